# Run it: axisos run --seed 7 last_handle.py
import sys

if len(sys.argv) > 1:
    syscall("vfs_write", -11, b"written by the child\n")
    syscall("vfs_close", -11)
    sys.exit()

file = syscall("vfs_open", "/tmp/shared", "w")
child = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["child"]}, {-11: file})
syscall("process_wait", child)
print(syscall("vfs_write", file, b"the child has closed its handle, not the file\n"), "bytes after that")
syscall("vfs_close", file)
print(open("/tmp/shared").read(), end="")

reader, writer = syscall("ke_create_pipe")
child = syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["child"]}, {-11: writer})
syscall("vfs_close", writer)  # or the last end that writes would be our own
print([syscall("ke_pipe_read", reader), syscall("ke_pipe_read", reader)])
