"""Programs that do not want to die, one for each way to hold on: what `kill` kills.

Each runs at ring 3, says "at it" to its parent when it is in the middle of it, and would never end. Settings: parent.
`LONG` are those that the watchdog is for: they print a line, and then one operation of C takes longer than it may.
"""

from __future__ import annotations

AT_IT = 'syscall("signal_send", env["parent"], "at it")\n'

STUBBORN = {
    "plain while loop": AT_IT + """
while True:
    pass
""",
    "except BaseException": AT_IT + """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
""",
    "nested finally with loops": AT_IT + """
def hold(depth):
    try:
        if depth:
            hold(depth - 1)
        while True:
            pass
    finally:
        while True:
            pass

while True:
    try:
        hold(30)
    finally:
        while True:
            try:
                while True:
                    pass
            finally:
                continue
""",
    "__exit__ that swallows": """
class Hold:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return True

""" + AT_IT + """
while True:
    with Hold(), Hold(), Hold():
        while True:
            pass
""",
    "generators that catch GeneratorExit": """
def hold():
    while True:
        try:
            while True:
                yield 0
        except BaseException:
            pass

kept = [hold() for _ in range(50)]
for each in kept:
    next(each)
""" + AT_IT + """
while True:
    for each in kept:
        next(each)
""",
    "a hundred handlers": """
def hold(depth):
    try:
        if depth:
            hold(depth - 1)
        while True:
            pass
    except BaseException:
        while True:
            pass

""" + AT_IT + """
while True:
    try:
        hold(100)
    except BaseException:
        pass
""",
    "recursion that catches at each level": """
def hold(depth):
    while True:
        try:
            hold(depth + 1)
        except BaseException:
            pass

""" + AT_IT + """
while True:
    try:
        hold(0)
    except BaseException:
        pass
""",
    "threads that start each other again": """
def again():
    try:
        while True:
            pass
    finally:
        for _ in range(3):
            try:
                syscall("process_thread", again)
            except BaseException:
                pass

for _ in range(10):
    syscall("process_thread", again)
""" + AT_IT + """
again()
""",
    "system calls in a handler of everything": AT_IT + """
while True:
    try:
        while True:
            syscall("process_yield")
    except BaseException:
        pass
""",
    "sleeps in a handler of everything": AT_IT + """
while True:
    try:
        syscall("process_sleep", 3_600_000)
    except BaseException:
        pass
""",
    "sorted of 1,000,000": """
import random
data = [random.random() for _ in range(100_000)] * 10
""" + AT_IT + """
while True:
    sorted(data)
""",
    "SIGTERM is ignored": """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
""" + AT_IT + """
while True:
    pass
""",
    "SIGTERM has a handler that raises": """
import signal

def refuse(number, frame):
    raise ValueError("no")

signal.signal(signal.SIGTERM, refuse)
""" + AT_IT + """
while True:
    try:
        while True:
            pass
    except ValueError:
        pass
""",
    "SIGTERM has a handler that loops": """
import signal

def refuse(number, frame):
    while True:
        pass

signal.signal(signal.SIGTERM, refuse)
""" + AT_IT + """
while True:
    pass
""",
}

FIRST_LINE = 'print("at it", flush=True)\nsyscall("process_sleep", 50)\n'  # the host must have it before it begins

LONG = {
    "slices of 2 to 3 s": """
import decimal
from time import perf_counter
start = perf_counter()
int(decimal.Decimal("1e60000"))
digits = int(60_000 * (2.4 / (perf_counter() - start)) ** 0.5)  # the time grows with the square
""" + FIRST_LINE + """
while True:
    int(decimal.Decimal(f"1e{digits}"))
""",
    "a call that signals break into": """
import re
""" + FIRST_LINE + """
while True:
    try:
        re.match("(a|aa)+$", "a" * 80 + "b")
    except TimeoutError:
        pass
""",
    "a call that nothing breaks into": """
import decimal
""" + FIRST_LINE + """
int(decimal.Decimal("1e2000000"))
""",
}
