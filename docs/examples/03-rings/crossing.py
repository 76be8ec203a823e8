# Run it: axisos run --seed 7 crossing.py
from abi.status import StatusError

me = syscall("process_get_pid")


def send(title, value):
    try:
        syscall("signal_send", me, "test", value)
        print(f"{title:18} arrives as {syscall('signal_pull')[2]!r:.40}")
    except StatusError as error:
        print(f"{title:18} {int(error.status)} {error.detail[:100]}")


class Sly(str):
    def __eq__(self, other):
        print("never called by the kernel")
        return True


deep = []
for _ in range(20):
    deep = [deep]

send("plain data", {"a": [1, 2.5, b"3"], None: (True, "x")})
send("a subclass of str", Sly("text"))
send("a set", {1, 2})
send("a function", send)
send("too deep", deep)
send("too many items", [0] * 100_000)
send("too large a number", 1 << 5000)

original = [1, 2, 3]
syscall("signal_send", me, "test", original)
original.append("later")
print("a copy:", syscall("signal_pull")[2])
