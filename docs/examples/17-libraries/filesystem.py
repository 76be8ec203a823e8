# Run it: axisos run --seed 7 filesystem.py
from axis import filesystem

filesystem.chdir("/tmp")
filesystem.mkdir("box")
with filesystem.open("box/notes", "w") as file:
    file.write("first\nsecond\nthird\n")
with filesystem.open("box/notes", "a") as file:
    file.write("fourth\n")
with filesystem.open("box/notes") as file:
    print(file.readline().rstrip(), [line.rstrip() for line in file])

with filesystem.open("box/notes", "r+b") as file:
    file.seek(-7, filesystem.SEEK_END)
    print(file.read(), "at", file.tell())
    file.truncate(6)
print(filesystem.list("box"), filesystem.stat("box/notes")["size"], filesystem.is_dir("box"), filesystem.exists("nope"))

token = filesystem.open_handle("box/notes", "r")  # a bare token, as system calls take it
print(repr(filesystem.read(token)), filesystem.close(token))
filesystem.write(1, "by number\n")  # 0, 1, 2 and -10, -11, -12 are the standard streams

filesystem.rename("box/notes", "box/kept")
for attempt in (
    lambda: filesystem.open("box/notes"),
    lambda: filesystem.open("box"),
    lambda: filesystem.remove("box"),
    lambda: filesystem.mkdir("box"),
    lambda: filesystem.open("/etc/passwd.toml"),
    lambda: filesystem.chmod("box", "rwx"),
    lambda: filesystem.unmount("/home"),
):
    try:
        attempt()
    except (OSError, ValueError) as error:
        print(type(error).__name__, int(error.status))
print(filesystem.remove("box", recursive=True))
print([(row["point"], row["type"]) for row in filesystem.mounts(usage=False)])
