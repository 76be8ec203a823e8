from abi.status import StatusError

box = syscall("vfs_open", "/dev/mailbox", "rw")
print("letters:", syscall("vfs_device_control", box, "count"))
try:
    syscall("vfs_device_control", box, "burn", [])
except StatusError as error:
    print(int(error.status), error.detail)

results = []
start = syscall("time_get")[0]
reader = syscall("process_thread", lambda: results.append(syscall("vfs_read", box)))
syscall("process_sleep", 40_000)
print("a read has no limit: after", round(syscall("time_get")[0] - start), "s it still waits:", results == [])
syscall("vfs_write", box, b"at last")
syscall("process_wait", reader)
print(results)
