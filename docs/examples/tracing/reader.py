# The least that can be said to a device: open it, read from it.
handle = syscall("vfs_open", "/dev/slow", "r")
print(syscall("vfs_read", handle, 100))
