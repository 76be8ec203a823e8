"""Programs that mean no good, made from the table of system calls: what each call may be given, and what not.

A program is a list of numbers, one a call. `line_of` makes the same line of a number each time: the call, arguments
that mostly fit the types that it declares, and where it is made from (the main thread, another, a signal handler, the
bottom of a recursion, a generator's `finally`, the unwinding of a killed thread). So a failing program can be made
smaller by leaving numbers out.

Programs keep what calls returned and use it again, also what others got and what is closed by now: handles go from
program to program by a section that all of them have mapped.
"""

from __future__ import annotations

from random import Random
from typing import Any

from executive.syscalls import declared_call

# Calls that end the machine.
LEFT_OUT = {"kernel_panic", "computer_shutdown", "computer_reboot"}
# May give a program something that is not plain data: a view, its own handler, a component (rings <= 2).
NOT_PLAIN = ("ke_map_section", "ke_signal_handler")

# What a hostile program puts where something else is meant; each is a source text.
ODD = (
    "None", "True", "False", "0", "1", "-1", "2", "3", "9", "15", "19", "18", "30", "64", "-10", "-12", "2**31",
    "-2**63", "10**400", "10**5000", "0.0", "-0.5", "1.5", "2.5", "1e308", "float('nan')",
    "float('inf')", "-float('inf')", "...", "NotImplemented",
    "''", "'x'", "'/'", "'/bin/init.py'", "'/nowhere'", "'\\x00'", "'\\ud800'", "'\\x1b[2J\\x07'", "'\\u202e'",
    "'\\\\Pipe\\\\x'", "'@VT\\\\SYS'", "'x' * 5000", "'\\x1b' * 70000", "b''", "b'x'", "b'x' * 70000",
    "bytearray(b'x')",
    "[]", "[1]", "[[]]", "[h, h]", "[h, e]", "[None]", "[10**5000]", "(1,) * 70000", "set()", "frozenset([1])",
    "()", "{}", "{-10: h}", "{-10: [1]}", "{'a': [1, {}]}", "{1: 2}", "{(): ()}", "{'\\ud800': '\\x00'}",
    "loop", "deep", "wide", "ring", "changing([1, [2], {}])", "changing({'a': [1]})", "changing([[]] * 100)",
    "[Liar()]", "{'a': Liar()}", "{Liar(): 1}", "(Liar(), Liar())", "[Text('x')]", "{Text('x'): Number(1)}",
    "object()", "Liar", "Liar()", "Liar()", "Number(3)", "Number(0)", "Text('x')", "Text('r')", "Raw(b'x')", "Row([1])",
    "Table({-10: 1})", "Real(1.5)", "Pair((1, 2))", "made", "(x for x in [1])", "iter([])", "range(5)",
    "print", "lambda *a: None", "h", "e", "r", "w", "H(7)", "F(7)", "me", "me + 1", "'SIG_IGN'", "'r'", "'info'",
)  # fmt: skip

# What a declared type may well be given.
FITTING: dict[type, tuple[str, ...]] = {
    int: ("0", "1", "2", "3", "9", "18", "19", "30", "64", "me", "P({0})", "P({0})", "-10", "-12", "10**400"),
    float: ("0.5", "2.5", "20.0", "1e308"),
    str: ("h", "e", "m", "r", "w", "t", "s", "q", "H({0})", "H({0})", "H({0})", "F({0})", "F({0})", "'x'", "'y'", "'z'",
          "'info'", "'600'", "'666'", "'rw'", "'r'", "'w'", "'/bin/init.py'", "'@VT\\\\SYS'", "'@VT\\\\z'", "'/tmp/x'",
          "'/tmp/y'", "'/dev/null'", "'/dev/tty'", "'/dev'", "'/etc/hostname'", "'null'", "'guest'", "'NUM'", "token"),
    bytes: ("b''", "b'x'", "b'x' * 100", "b'\\x1b[2J' * 30"),
    bool: ("True", "False"),
    dict: ("{}", "{-10: r, -11: w}", "{-10: H({0}), -12: F({0})}", "{'a': [1, {}]}"),
    list: ("[h]", "[h, e, m]", "[30]", "[2.5]", "[H({0}), H({0} + 1)]", "[F({0}), t, q]", "[15, 30]"),
    tuple: ("()", "(e, e)", "(H({0}),)"),
    type(None): ("None",),
}  # fmt: skip

# Where a call is made from.
PLACES = {
    "in_turn(lambda: {0})": 8,
    "beside(lambda: {0})": 6,
    "at_signal(lambda: {0})": 2,
    "at_bottom(lambda: {0})": 1,
    "at_close(lambda: {0})": 1,
    "at_death(lambda: {0})": 2,
}

PRELUDE = """
def probe(answer):
    try: syscall("probe")
    except Exception: pass
    return answer
class Liar:
    def __eq__(self, other): return probe(True)
    def __ne__(self, other): return probe(False)
    def __lt__(self, other): return probe(True)
    __gt__ = __le__ = __ge__ = __lt__
    def __hash__(self): return probe(1)
    def __bool__(self): return probe(True)
    def __len__(self): return probe(1)
    def __iter__(self): return iter(probe([1]))
    def __contains__(self, item): return probe(True)
    def __getitem__(self, at): return probe(1)
    def __getattr__(self, name): return probe(1)
    def __int__(self): return probe(3)
    __index__ = __int__
    def __float__(self): return probe(1.0)
    def __bytes__(self): return probe(b"x")
    def __str__(self): return probe("x")
    __repr__ = __fspath__ = __str__
    def __format__(self, spec): return probe("x")
    def __neg__(self): return probe(1)
    def __add__(self, other): return probe(1)
    __radd__ = __and__ = __rand__ = __sub__ = __rsub__ = __add__
    def __enter__(self): return probe(self)
    def __exit__(self, *a): return probe(True)
    def __get__(self, *a): return probe(1)
class Number(int):
    __eq__, __hash__, __str__, __repr__ = Liar.__eq__, Liar.__hash__, Liar.__str__, Liar.__str__
    __index__, __int__, __bool__, __lt__ = Liar.__index__, Liar.__int__, Liar.__bool__, Liar.__lt__
    __and__, __add__, __radd__ = Liar.__add__, Liar.__add__, Liar.__add__
class Real(float):
    __eq__, __hash__, __lt__, __gt__, __float__ = Liar.__eq__, Liar.__hash__, Liar.__lt__, Liar.__lt__, Liar.__float__
class Text(str):
    __eq__, __hash__, __str__, __len__ = Liar.__eq__, Liar.__hash__, Liar.__str__, Liar.__len__
    __getitem__, __contains__ = Liar.__getitem__, Liar.__contains__
    __format__, __iter__ = Liar.__format__, Liar.__iter__
class Raw(bytes):
    __eq__, __hash__, __len__, __getitem__ = Liar.__eq__, Liar.__hash__, Liar.__len__, Liar.__getitem__
    __iter__, __bytes__ = Liar.__iter__, Liar.__bytes__
class Row(list):
    __eq__, __len__, __iter__, __getitem__ = Liar.__eq__, Liar.__len__, Liar.__iter__, Liar.__getitem__
class Pair(tuple):
    __eq__, __len__, __iter__, __getitem__ = Liar.__eq__, Liar.__len__, Liar.__iter__, Liar.__getitem__
class Table(dict):
    __eq__, __len__, __iter__, __getitem__ = Liar.__eq__, Liar.__len__, Liar.__iter__, Liar.__getitem__
def bare_generator():
    yield 1
made = bare_generator()
loop = []
loop.append(loop)
ring = {}
ring["r"] = [ring]
deep = []
for _ in range(200): deep = [deep]
wide = [[0] * 300] * 300
CHANGING, RESULTS, ARGUMENTS, HANDLES, PIDS = [], [], [], [], [2, 3, 20]
def changing(value):
    CHANGING.append(value)
    return value
def change():
    for _ in range(40):
        syscall("process_sleep", 1)
        for each in CHANGING[-20:]:
            if type(each) is dict: each["changed"] = Liar()
            else: each.append(Liar()); each[0] = [Liar()]
def H(at): return HANDLES[at % len(HANDLES)] if HANDLES else "H-0"
def P(at): return PIDS[at % len(PIDS)]
def F(at):
    known = POOL.keys() if POOL is not None else []
    return POOL[known[at % len(known)]] if known else H(at)
def note(value):
    if type(value) is str and value[:2] == "H-":
        HANDLES.append(value)
        try: POOL[str(len(HANDLES)) + "of" + str(me)] = value
        except Exception: pass
    elif type(value) is int and 1 < value < 200: PIDS.append(value)
    elif type(value) in (tuple, list): [note(each) for each in value[:8]]
    elif type(value) is dict: [note(each) for each in list(value.values())[:8]]
PLAIN = (None.__class__, bool, int, float, str, bytes)
def odd(value, depth=0):
    kind = type(value)
    if kind in PLAIN: return False
    if depth > 20: return True
    if kind is list or kind is tuple: return any([odd(each, depth + 1) for each in value])
    if kind is dict: return any([odd(each, depth + 1) for pair in value.items() for each in pair])
    return True
def call(name, *args):
    ARGUMENTS.append(args)
    try:
        result = syscall(name, *args)
    except Exception as error:
        if type(error) is not StatusError and type(error) is not Nudge:
            if not BOTTOM or type(error) is not RecursionError: say(name, "raised", type(error).__name__)
        return
    if RING > 2 and name not in NOT_PLAIN:
        if odd(result): say(name, "gave", type(result).__name__)
        RESULTS.append(result)
        note(result)
BOTTOM, LATER, TURN = [], [], [0]
class Nudge(Exception): pass  # takes the main thread out of a call that has lasted too long
def on_nudge(signum): raise Nudge
def in_turn(act):
    TURN[0] += 1
    try: act()
    except Nudge: pass
def nudge():
    before = 0
    for _ in range(60):
        try:
            syscall("process_sleep", 12)
            if TURN[0] == before: syscall("process_kill", me, 1)
        except (Nudge, StatusError): pass
        before = TURN[0]
def beside(act):
    try: PIDS.append(syscall("process_thread", act))
    except StatusError: pass
def on_signal(signum):
    if LATER: LATER.pop()()
def at_signal(act):
    LATER.append(act)
    try: syscall("process_kill", me, 31)
    except StatusError: pass
def at_bottom(act):
    left = [4]
    def dig():
        try: dig()
        except RecursionError: pass
        if left[0]:
            left[0] -= 1
            act()
    BOTTOM.append(1)
    try: dig()
    except RecursionError: pass
    BOTTOM.pop()
def at_close(act):
    def left_open():
        try: yield
        finally: act()
    opened = left_open()
    next(opened)
    opened.close()
def at_death(act):
    def waiting():
        try: syscall("signal_pull")
        finally:
            try: act()
            finally: act()
    beside(waiting)
from abi.status import StatusError
RING = syscall("process_get_ring")
me, token, POOL = syscall("process_get_pid"), syscall("synapse_get_token"), None
try: syscall("ke_create_section", "pool", 65536, "666")
except StatusError: pass
try: POOL = syscall("ke_map_section", syscall("ke_open_section", "pool"))
except StatusError: pass
h, e = syscall("ke_create_semaphore", 1, 5), syscall("ke_create_event")
m, t = syscall("ke_create_mutex"), syscall("ke_create_timer")[0]
q, s = syscall("ke_create_mqueue", None, 2), syscall("ke_create_section", None, 64)
r, w = syscall("ke_create_pipe", 64)
note([h, e, m, t, q, s, r, w])
note([each["pid"] for each in syscall("process_list")][-8:])
syscall("ke_signal_handler", 30, lambda signum: syscall("process_sleep", 1))
syscall("ke_signal_handler", 31, on_signal)
syscall("ke_signal_handler", 1, on_nudge)
beside(change)
beside(nudge)
"""


def calls_of(kernel: Any, ring: float, handlers: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    """Every call open to a ring with the parameters that it declares, or its server's handler does."""
    calls = []
    for name in sorted(kernel.table.by_ring[ring]):
        if name in LEFT_OUT:
            continue
        entry = kernel.table.entries.get(name)
        if entry is None:
            entry = declared_call(name, (), handlers[name])  # (request, ...) as (thread, ...)
        calls.append((name, entry.parameters))
    return calls


def arguments(random: Random, parameters: list[Any]) -> list[str]:
    """Arguments that mostly fit; now and then odd ones, too few, or one too many."""
    least = sum(1 for each in parameters if each.required)
    most = len(parameters) + sum(1 for each in parameters if each.variadic)
    count = random.randint(0, len(parameters) + 1) if random.randrange(16) == 0 else random.randint(least, most)
    chosen = []
    for at in range(count):
        types = parameters[at].types if at < len(parameters) else None
        fitting = [source for kind in types or () for source in FITTING[kind]]
        source = random.choice(fitting if fitting and random.randrange(5) else ODD)
        chosen.append(source.replace("{0}", str(random.randrange(50))))
    return chosen


def line_of(number: int, calls: list[tuple[str, list[Any]]]) -> str:
    """The line of a program that a number stands for."""
    random = Random(number)
    name, parameters = random.choice(calls)
    if random.randrange(400) == 0:
        name = random.choice(("no_such_call", "ob_create_handle", "\ud800", "vfs_read\x1b[2J"))
    act = f"call({', '.join([ascii(name), *arguments(random, parameters)])})"
    return random.choices(list(PLACES), list(PLACES.values()))[0].format(act)


def program(numbers: list[int], calls: list[tuple[str, list[Any]]]) -> str:
    """A whole program: the numbers' lines, in their order."""
    lines = "\n".join(line_of(number, calls) for number in numbers)
    return f"NOT_PLAIN = {NOT_PLAIN!r}\n{PRELUDE}\n{lines}\n"
