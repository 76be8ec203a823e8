"""Programs that take all the processor they can get, one for each way to go round: what `fairness` sets on others.

Each runs at ring 3 until its machine ends. None of them gives way by itself, and each keeps at what it does, whatever
error it is answered with. Settings: crowd (pids of all of its kind), many (a directory with many entries), nothing (the
path of a program that ends at once).
"""

from __future__ import annotations

SPINNERS = {
    "while loop": """
while True:
    pass
""",
    "for over a range": """
while True:
    for _ in range(10**9):
        pass
""",
    "comprehension": """
while True:
    [i for i in range(10**6)]
""",
    "generator expression into sum": """
while True:
    sum(i for i in range(10**9))
""",
    "chain of lambdas": """
step = lambda n: n + 1
for _ in range(60):
    step = (lambda inner: lambda n: inner(n) + 1)(step)
while True:
    step(0)
""",
    "mutual recursion in try and except": """
def ping(n):
    try:
        return pong(n + 1)
    except RecursionError:
        return ping(0)

def pong(n):
    try:
        return ping(n + 1)
    except RecursionError:
        return pong(0)

while True:
    try:
        ping(0)
    except RecursionError:
        pass
""",
    "recursion that catches at each level": """
def hold(depth):
    while True:
        try:
            hold(depth + 1)
        except BaseException:
            pass

hold(0)
""",
    "nested generators": """
def through(source):
    for each in source:
        yield each

def endless():
    while True:
        yield 0

chain = endless()
for _ in range(30):
    chain = through(chain)
for _ in chain:
    pass
""",
    "while in finally": """
try:
    1 / 0
finally:
    while True:
        pass
""",
    "while in an except handler": """
try:
    1 / 0
except ZeroDivisionError:
    while True:
        pass
""",
    "decorators": """
def forever(function):
    while True:
        function()

@forever
def nothing():
    pass
""",
    "sort keys": """
data = list(range(20_000))
while True:
    data.sort(key=lambda value: -value)
    data.sort(key=lambda value: value)
""",
    "loop made by exec": """
exec("while True:\\n    pass")
""",
    "loop made by eval": """
while True:
    eval("[i for i in range(10**6)]")
""",
    "itertools.count into any": """
import itertools
import operator
while True:
    try:
        any(map(operator.not_, itertools.count(1)))
    except Exception:
        pass
""",
    "iter(callable, sentinel) into any": """
while True:
    try:
        any(iter(int, 1))
    except Exception:
        pass
""",
    "dict of hostile keys": """
class Key:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        for _ in range(20):
            pass
        return False

while True:
    crowded = {}
    for number in range(500):
        crowded[Key()] = number
""",
    "class bodies": """
while True:
    class Made:
        for number in range(1000):
            value = number

        def method(self):
            return self.value
""",
    "sorted of 100,000": """
import random
data = [random.random() for _ in range(100_000)]
while True:
    sorted(data)
""",
    "lists and dicts of 100,000": """
data = list(range(100_000))
while True:
    table = dict.fromkeys(data)
    pairs = list(zip(data, table))
    mirrored = dict(pairs)
    distinct = set(data) & set(mirrored)
    text = ",".join(map(str, data))
    numbers = text.split(",")
""",
    "prints to the console": """
terminal = syscall("vfs_open", "/dev/tty", "w")
while True:
    try:
        syscall("vfs_write", terminal, b"one of many lines that a program prints\\n")
    except Exception:
        pass
""",
    "system calls": """
while True:
    syscall("process_get_pid")
""",
    "forwarded calls": """
while True:
    try:
        syscall("vfs_list", env["many"])
    except Exception:
        pass
""",
    "messages": """
me = syscall("process_get_pid")
while True:
    for pid in env["crowd"]:
        try:
            syscall("signal_send", pid, "flood", b"x" * 1000)
        except Exception:
            pass
    while syscall("signal_pull", 0):
        pass
""",
    "ping-pong through pipes": """
there_reader, there = syscall("ke_create_pipe")
back_reader, back = syscall("ke_create_pipe")

def answer():
    while True:
        syscall("vfs_write", back, syscall("vfs_read", there_reader, 1))

syscall("process_thread", answer)
while True:
    syscall("vfs_write", there, b"x")
    syscall("vfs_read", back_reader, 1)
""",
    "spawns and exits": """
while True:
    try:
        syscall("process_wait_status", syscall("process_spawn", env["nothing"], 3, {}, {}))
    except Exception:
        pass
""",
    "allocations": """
while True:
    try:
        kept = [bytearray(1 << 14) for _ in range(500)]
        kept = [[number] * 50 for number in range(20_000)]
    except MemoryError:
        pass
""",
}
