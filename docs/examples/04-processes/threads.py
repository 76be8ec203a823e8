# Run it: axisos run --seed 7 --in-order threads.py
import threading

seen = []


def work(name):
    seen.append((name, syscall("process_get_pid"), syscall("process_info")["tgid"], syscall("synapse_get_token")))
    handles[name] = syscall("vfs_open", "/etc/hostname", "r")


handles = {}
threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
for thread in threads:
    thread.start()
print("threads:", syscall("process_list_threads"))
for thread in threads:
    thread.join()
for name, pid, tgid, _ in seen:
    print(name, "was thread", pid, "of process", tgid)
print("tokens:", len({token for *_, token in seen}), "- a handle of thread b, here:", syscall("vfs_read", handles["b"]))
print("threads:", syscall("process_list_threads"))


def endless():
    while True:
        pass


threading.Thread(target=endless, daemon=True).start()
print("the main thread returns, and that is the end of all")
