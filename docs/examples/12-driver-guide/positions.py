from abi.status import StatusError

disk = syscall("vfs_open", "/dev/ram0", "rw")
print("wrote", syscall("vfs_write", disk, b"axis"), "now at", syscall("vfs_seek", disk, 0, "cur"))
print("back to", syscall("vfs_seek", disk, 1), "read", syscall("vfs_read", disk, 2))
print("near the end", syscall("vfs_seek", disk, -2, "end"), "read", syscall("vfs_read", disk))
try:
    syscall("vfs_write", disk, b"!")
except StatusError as error:
    print(int(error.status), error.detail)
