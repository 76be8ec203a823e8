# Run it: axisos run --seed 7 read_device.py
handle = syscall("vfs_open", "/dev/ringlog", "r")
print(syscall("vfs_read", handle, 11))
syscall("vfs_close", handle)
