# Run it: axisos run --seed 7 files.py
path = "/tmp/notes"
handle = syscall("vfs_open", path, "w")
print("wrote", syscall("vfs_write", handle, b"one two three"), "bytes")
syscall("vfs_close", handle)

handle = syscall("vfs_open", path, "rw")  # "rw" keeps what is there
print(syscall("vfs_read", handle, 3), "then at", syscall("vfs_seek", handle, 1, "cur"))
syscall("vfs_write", handle, b"TWO")
syscall("vfs_truncate", handle, 7)
syscall("vfs_seek", handle, 0)
print(syscall("vfs_read", handle), syscall("vfs_read", handle))  # None for the count: all there is; b"" is the end
syscall("vfs_rename", path, "/tmp/renamed")
syscall("vfs_seek", handle, 0)
print(syscall("vfs_read", handle, 3), "by the same handle, after the name has changed")
syscall("vfs_delete", "/tmp/renamed")
syscall("vfs_seek", handle, 0)
print(syscall("vfs_read", handle, 3), "and after it is gone")
syscall("vfs_close", handle)

syscall("vfs_mkdir", "/tmp/d")
syscall("vfs_close", syscall("vfs_open", "/tmp/d/f", "a"))
print(syscall("vfs_list", "/tmp/d"), {**syscall("vfs_stat", "/tmp/d/f"), "mtime": "..."})
for call in (("vfs_delete", "/tmp/d"), ("vfs_open", "/tmp/d"), ("vfs_open", "/tmp/d/g"), ("vfs_write", handle, b"")):
    try:
        syscall(*call)
    except Exception as error:
        print(int(error.status), error.detail)
print(syscall("vfs_delete", "/tmp/d", True))
