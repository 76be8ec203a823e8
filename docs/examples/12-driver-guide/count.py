counter = syscall("vfs_open", "/dev/keycount", "r")
print(syscall("vfs_device_control", counter, "counts"))
