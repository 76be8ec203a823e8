def now():
    return round(syscall("time_get")[0] - start, 3)


ticker = syscall("vfs_open", "/dev/ticker", "r")
syscall("vfs_read", ticker)
start = syscall("time_get")[0]
print(syscall("vfs_read", ticker).decode().strip(), "after", now(), "s")
syscall("vfs_device_control", ticker, "tempo", [240])
print(syscall("vfs_read", ticker).decode().strip(), "after", now(), "s")
