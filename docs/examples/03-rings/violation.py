# Run it: axisos run --seed 7 violation.py
import sys

if len(sys.argv) > 1:
    try:
        syscall("reg_set_value", r"@VT\SYS\BOOT", "KernelVersion", "mine")  # open to rings 0, 1 and 2
    except BaseException:
        print("never printed")

child = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["child"]})
print("exit status", syscall("process_wait_status", child))
for entry in syscall("dmesg_read"):
    if f"process {child} " in entry["msg"] or f"pid={child} " in entry["msg"]:
        print(f"{entry['level']:5}", entry["msg"])
