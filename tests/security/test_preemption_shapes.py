"""The ways round preemption that the original's exploit suite tries, and their Python cousins: a victim must progress.

Each attacker runs in a thread or process beside a victim that counts and gives way; in simulation, where every
checkpoint has its price, so the victim's turns can be asked for exactly. (Acceptance: manual, chapters 5 and 14.)
"""

from __future__ import annotations

import pytest

from kernelrig import BareMachine

QUANTUM_S = 0.05
ATTACKERS = 3
TURNS = 2

# The twelve shapes of the original. Lua's tail calls, goto and coroutines are calls, loops and generators here.
ORIGINAL = {
    "endless tail call": """
def again(n=0):
    return again(n + 1)
while True:
    try: again()
    except RecursionError: pass
""",
    "conditional tail call": """
def again(n): return again(n - 1) if n else None
while True: again(400)
""",
    "mutual recursion": """
def ping(n): return pong(n + 1)
def pong(n): return ping(n + 1)
while True:
    try: ping(0)
    except RecursionError: pass
""",
    "loaded code that only returns": """
code = compile("0", "<loaded>", "eval")
while True: eval(code)
""",
    "a looping coroutine resumed in a loop": """
def looping():
    while True: yield
while True:
    coroutine = looping()
    for _ in range(1000): next(coroutine)
""",
    "the same by wrap": """
def looping():
    while True: yield
resume = looping().__next__
while True: resume()
""",
    "two nesting levels": """
def inner():
    while True: yield
def outer():
    while True: yield from inner()
for _ in outer(): pass
""",
    "tail recursion in a coroutine": """
def again(n):
    yield n
    yield from again(n + 1)
while True:
    try:
        for _ in again(0): pass
    except RecursionError: pass
""",
    "loaded code in a coroutine": """
def looping():
    while True: yield eval("[i for i in range(9)]")
for _ in looping(): pass
""",
    "a goto loop in a coroutine": """
def looping():
    while True:
        for _ in iter(int, 1): break
        yield
for _ in looping(): pass
""",
    "a coroutine that loops and never yields": """
def looping():
    if False: yield
    while True: pass
next(looping())
""",
    "coroutines that make coroutines": """
def nest(n):
    if n: yield from nest(n - 1)
    while True: yield n
while True:
    for _ in zip(range(50), nest(30)): pass
""",
}
COUSINS = {
    "every RecursionError is swallowed": """
def hold(n):
    while True:
        try: hold(n + 1)
        except BaseException: pass
hold(0)
""",
    "a chain of lambdas": "f = lambda: 0\nfor _ in range(80): f = (lambda g: lambda: g())(f)\nwhile True: f()",
    "a comprehension over an endless generator": "def e():\n    while True: yield 0\n[0 for _ in e()]",
    "sum of an endless generator": "def e():\n    while True: yield 0\nsum(e())",
    "any over iter(int, 1)": "any(iter(int, 1))",
    "max of itertools.count": "import itertools\nmax(itertools.count())",
    "a set of itertools.cycle": "import itertools\nset(itertools.cycle([1]))",
    "unpacking without an end": "import itertools\na, *b = itertools.repeat(1)",
    "arguments without an end": "import itertools\nprint(*(0 for _ in itertools.count()))",
    "membership in what never ends": "import itertools\n-1 in itertools.count()",
    "join of what never ends": "import itertools\n''.join('' for _ in itertools.count())",
    "map of C over what never ends": "import itertools\nfor _ in filter(None, map(int, itertools.repeat('0'))): pass",
    "functools.reduce": "import functools, itertools\nfunctools.reduce(max, itertools.count())",
    "collections.deque": "import collections, itertools\ncollections.deque(itertools.count(), maxlen=0)",
    "a key function": "sorted(range(5), key=lambda n: sum(1 for _ in iter(int, 1)))",
    "a hostile __eq__": """
class K:
    def __hash__(self): return 1
    def __eq__(self, other):
        while True: pass
{K(): 0, K(): 1}
""",
    "a hostile __index__": "class I:\n    def __index__(self):\n        while True: pass\n[0][I()]",
    "__getitem__ as an iterator": "class S:\n    def __getitem__(self, i): return 0\n[0 for _ in S()]",
    "__next__ of C": "class N:\n    __next__ = dict\n    def __iter__(self): return self\nfor _ in N(): pass",
    "__getattr__ that asks itself": """
class A:
    def __getattr__(self, name): return getattr(self, name + "x")
while True:
    try: A().x
    except RecursionError: pass
""",
    "a property": "class P:\n    @property\n    def p(self):\n        while True: pass\nP().p",
    "a default argument": "def f(x=[0 for _ in iter(int, 1)]): pass",
    "a class body": "class C:\n    while True: pass",
    "a decorator": "def d(f):\n    while True: pass\n@d\ndef g(): pass",
    "while in except": "try: 1 / 0\nexcept ZeroDivisionError:\n    while True: pass",
    "while in finally": "try: pass\nfinally:\n    while True: pass",
    "while in else": "try: pass\nexcept ValueError: pass\nelse:\n    while True: pass",
    "while in with": "import contextlib\nwith contextlib.suppress(BaseException):\n    while True: pass",
    "__exit__ that never ends": """
class W:
    def __enter__(self): pass
    def __exit__(self, *e):
        while True: pass
with W(): pass
""",
    "an except* that never ends": """
try: raise ExceptionGroup("", [ValueError()])
except* ValueError:
    while True: pass
""",
    "a match statement": "while True:\n    match [1, 2]:\n        case [a, *b] if sum(b): pass",
    "exec that makes exec": "def f(n):\n    while True: exec('f(n + 1)' if n < 20 else '1')\nf(0)",
    "a coroutine of async": "async def f():\n    while True: pass\nf().send(None)",
    "an asynchronous generator": """
async def g():
    while True: yield 0
async def f():
    async for _ in g(): pass
f().send(None)
""",
    "re.sub with a function": "import re\nre.sub('a', lambda m: sum(1 for _ in iter(int, 1)), 'a')",
    "a finalizer of a generator": """
def g():
    try: yield
    finally:
        while True: pass
x = g(); next(x); del x
""",
    "a weakref callback": """
import weakref
class A: pass
def forever(_):
    while True: pass
a = A(); r = weakref.ref(a, forever); del a
while True: pass
""",
    "a signal handler": """
def handler(signum):
    while True: pass
syscall("ke_signal_handler", 30, handler)
syscall("ke_signal_send", syscall("process_get_pid"), 30)
while True: pass
""",
}
VICTIM = """
turns = 0
last, worst = syscall("time_get")[0], 0
while turns < {turns}:
    turns += 1
    syscall("process_yield")
    now = syscall("time_get")[0]
    last, worst = now, max(worst, now - last)
say(round(worst, 3))
"""


@pytest.mark.parametrize("shape", [*ORIGINAL, *COUSINS])
def test_a_victim_gets_its_turns(shape: str) -> None:
    """Beside attackers of one shape a victim waits for no more than two quanta of each runnable process."""
    source = ORIGINAL.get(shape) or COUSINS[shape]
    with BareMachine() as bare:
        for _ in range(ATTACKERS):
            bare.start(source)
        bare.start(VICTIM.format(turns=TURNS))
        patience = 2 * QUANTUM_S * (ATTACKERS + 1) * (TURNS + 1)
        while not bare.said() and bare.machine.clock.now() < patience:
            bare.machine.run_for(QUANTUM_S)
        said = bare.said()
        assert said, "the victim never got through"
        assert float(said[0]) <= 2 * QUANTUM_S * (ATTACKERS + 1)
        assert bare.kernel.scheduler.statistics.watchdog_kills == 0


@pytest.mark.parametrize("shape", [*ORIGINAL, *COUSINS])
def test_an_attacker_can_be_killed(shape: str) -> None:
    """SIGKILL ends it for good, from outside its slice, within a quantum of machine time; nothing of it is left."""
    source = ORIGINAL.get(shape) or COUSINS[shape]
    with BareMachine() as bare:
        before = bare.kernel.ob.query_type_statistics()
        process = bare.start(source)
        bare.machine.run_for(0.2)
        if process.status == "dead":
            assert process.exit_status == 1, "it ended by itself, with an error of its own"
            return
        main = process.main
        bare.start(f"syscall('process_kill', {process.pid}, 9)\nsay('killed')")
        bare.machine.run_for(3 * QUANTUM_S)
        assert bare.said() == ["killed"]
        assert process.exit_status == 137 and main.status == "dead" and main.task is None
        assert process.pid not in bare.kernel.processes.threads
        assert bare.kernel.ob.query_type_statistics() == before


def test_five_attackers_at_once() -> None:
    """All different; the victim counts on, the statistics show preemptions, no kill, and no slice of 200 ms."""
    with BareMachine() as bare:
        for shape in list(ORIGINAL)[:5]:
            bare.start(ORIGINAL[shape])
        bare.start(VICTIM.format(turns=1000))
        bare.machine.run_for(3.0)
        statistics = bare.kernel.scheduler.statistics
        assert statistics.preemptions > 50 and statistics.watchdog_kills == 0
        assert statistics.max_slice_ns < 200_000_000


def test_threads_that_never_give_way_share_alike() -> None:
    """Two, then three endless loops in threads of one process: the counts differ by less than a third."""
    for count in (2, 3):
        with BareMachine() as bare:
            bare.start(f"""
counts = [0] * {count}
def loop(number):
    while True: counts[number] += 1
for number in range({count}): syscall("process_thread", lambda number=number: loop(number))
syscall("process_sleep", 2000)
say(min(counts) > 0, max(counts) < 1.5 * min(counts))
syscall("process_exit")
""")
            bare.machine.run_for(3.0)
            assert bare.said() == ["True True"]
