# Run it: axisos run --seed 7 information.py
def show(facts):
    for key, value in facts.items():
        print(f"{key:16} {round(value, 2) if type(value) is float else value!r}")


show(syscall("process_info"))
print()
show(syscall("process_cpu_stats"))
