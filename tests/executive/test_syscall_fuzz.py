"""The whole table of system calls, called by programs that mean no good: nothing breaks, nothing is left over.

Quick as it stands; with the environment variable AXISOS_LONG=1 it tries for minutes.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel_invariants import broken_promises
from kernelrig import BareMachine

LONG = os.environ.get("AXISOS_LONG") == "1"
EXAMPLES = 150 if LONG else 12
CALLS = 60 if LONG else 30

# Calls that end the machine, and those of services that trust their callers with the kernel's own objects.
LEFT_OUT = {"kernel_panic", "computer_shutdown", "computer_reboot"}

# What a hostile program puts where something else is meant; each is a source text.
ODD = (
    "None", "True", "False", "0", "1", "-1", "2", "3", "9", "15", "19", "18", "30", "64", "-10", "-12", "2**31",
    "-2**63", "10**400", "10**5000", "0.0", "-0.5", "1.5", "2.5", "1e308", "float('nan')",
    "float('inf')", "-float('inf')",
    "''", "'x'", "'/'", "'/bin/init.py'", "'/nowhere'", "'\\x00'", "'\\ud800'", "'\\\\Pipe\\\\x'", "'@VT\\\\SYS'",
    "'x' * 5000", "b''", "b'x'", "b'x' * 70000", "[]", "[1]", "[[]]", "[h, h]", "[h, e]", "[None]", "[10**5000]",
    "()", "{}", "{-10: h}", "{-10: [1]}", "{'a': [1, {}]}", "{1: 2}", "loop", "deep", "wide",
    "object()", "Liar()", "Number(3)", "Text('x')",
    "print", "lambda *a: None", "h", "e", "r", "w", "me", "me + 1", "'SIG_IGN'", "'r'", "'info'",
)  # fmt: skip

# What a declared type may well be given.
FITTING: dict[type, tuple[str, ...]] = {
    int: ("0", "1", "2", "3", "9", "18", "19", "30", "64", "me", "me + 1", "-10", "-12", "10**400"),
    float: ("0.5", "2.5", "20.0", "1e308"),
    str: ("h", "e", "m", "r", "w", "t", "s", "q", "'x'", "'y'", "'info'", "'rw'", "'/bin/init.py'", "'@VT\\\\SYS'"),
    bytes: ("b''", "b'x'", "b'x' * 100"),
    bool: ("True", "False"),
    dict: ("{}", "{-10: r, -11: w}"),
    list: ("[h]", "[h, e, m]", "[30]", "[2.5]"),
    tuple: ("()", "(e, e)"),
    type(None): ("None",),
}
PRELUDE = """
class Number(int):
    pass
class Text(str):
    pass
class Liar:
    def __eq__(self, other): return True
    def __hash__(self): return 1
    def __index__(self): raise ValueError
    def __str__(self): raise ValueError
    __repr__ = __str__
loop = []
loop.append(loop)
deep = []
for _ in range(200): deep = [deep]
wide = [[0] * 300] * 300
me = syscall("process_get_pid")
h, e = syscall("ke_create_semaphore", 1, 5), syscall("ke_create_event")
m, t = syscall("ke_create_mutex"), syscall("ke_create_timer")[0]
q, s = syscall("ke_create_mqueue", None, 2), syscall("ke_create_section", None, 64)
r, w = syscall("ke_create_pipe", 64)
syscall("ke_signal_handler", 30, lambda signum: syscall("process_sleep", 1))
def call(name, *args):
    try:
        syscall(name, *args)
    except Exception as error:
        if not hasattr(error, "status"):
            say(name, "raised", type(error).__name__)
"""


def calls_of(bare: BareMachine, ring: float) -> list[tuple[str, list[Any]]]:
    """Every call open to a ring, with its parameters."""
    entries = bare.kernel.table.entries
    names = sorted(bare.kernel.table.by_ring[ring])
    return [(name, entries[name].parameters) for name in names if name not in LEFT_OUT]


with BareMachine() as _bare:
    CALLS_OF_RING = {ring: calls_of(_bare, ring) for ring in (2, 3)}


def arguments(draw: st.DrawFn, parameters: list[Any]) -> list[str]:
    """Arguments that mostly fit; now and then odd ones, too few, or one too many."""
    least = sum(1 for each in parameters if each.required)
    wrong_count = draw(st.integers(0, 15)) == 0
    count = draw(st.integers(0, len(parameters) + 1) if wrong_count else st.integers(least, len(parameters)))
    chosen = []
    for at in range(count):
        types = parameters[at].types if at < len(parameters) else None
        fitting = [source for kind in types or () for source in FITTING[kind]]
        chosen.append(draw(st.sampled_from(fitting if fitting and draw(st.integers(0, 4)) else ODD)))
    return chosen


@st.composite
def programs(draw: st.DrawFn, ring: float) -> str:
    """A program that makes many calls, half of them in threads: one that blocks holds up itself only."""
    lines = []
    for _ in range(draw(st.integers(1, CALLS))):
        name, parameters = draw(st.sampled_from(CALLS_OF_RING[ring]))
        line = f"call({', '.join([repr(name), *arguments(draw, parameters)])})"
        if draw(st.booleans()):
            line = f"try: syscall('process_thread', lambda: {line})\nexcept Exception: pass"
        lines.append(line)
    return PRELUDE + "\n".join(lines)


@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=not LONG, database=None, suppress_health_check=list(HealthCheck)
)
@given(
    st.lists(programs(3), min_size=1, max_size=4), st.lists(programs(2), max_size=1), st.integers(0, 3), st.booleans()
)
def test_no_call_breaks_the_kernel(users: list[str], drivers: list[str], uid: int, killed_late: bool) -> None:
    """Whatever programs call with whatever arguments: no bug is logged, every promise holds, and all goes with them."""
    with BareMachine() as bare:
        before = bare.kernel.ob.query_type_statistics()
        processes = [bare.start(source) for source in users]
        for process in processes:
            process.uid = uid
        processes += [bare.start(source, ring=2) for source in drivers]
        bare.machine.run_for(2.0)

        assert bare.machine.last_error is None, bare.machine.last_error
        assert [str(e["msg"]) for e in bare.kernel.log.newest(1000) if "kernel bug" in str(e["msg"])] == []
        assert [line for line in bare.said() if " raised " in line] == []
        assert broken_promises(bare.kernel) == []

        for process in bare.kernel.processes.processes()[1:]:
            bare.kernel.processes.terminate(process, 137, "the test is over")
            if killed_late:
                bare.machine.run_for(0.001)
        bare.machine.computer.push_signal("work")
        bare.settle()

        assert broken_promises(bare.kernel) == []
        assert bare.kernel.ob.query_type_statistics() == before
        assert set(bare.kernel.processes.threads) == {0}
        bare.run("say('still here')")
        assert bare.said()[-1] == "still here"
