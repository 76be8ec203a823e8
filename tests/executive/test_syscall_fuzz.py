"""The whole table of system calls, called by programs that mean no good: nothing breaks, nothing is left over.

Quick as it stands; with the environment variable AXISOS_LONG=1 it tries for minutes.
"""

from __future__ import annotations

import os

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
    "None", "True", "False", "0", "1", "-1", "2", "3", "9", "15", "19", "18", "30", "64", "-10", "-12", "2**31", "-2**63",
    "10**400", "10**5000", "0.0", "-0.5", "1.5", "2.5", "1e308", "float('nan')", "float('inf')", "-float('inf')",
    "''", "'x'", "'/'", "'/bin/init.py'", "'/nowhere'", "'\\x00'", "'\\ud800'", "'\\\\Pipe\\\\x'", "'@VT\\\\SYS'", "'x' * 5000",
    "b''", "b'x'", "b'x' * 70000", "[]", "[1]", "[[]]", "[h, h]", "[h, e]", "[None]", "[10**5000]", "()", "{}", "{-10: h}",
    "{-10: [1]}", "{'a': [1, {}]}", "{1: 2}", "loop", "deep", "wide", "object()", "Liar()", "Number(3)", "Text('x')",
    "print", "lambda *a: None", "h", "e", "r", "w", "me", "me + 1", "'SIG_IGN'", "'r'", "'info'",
)  # fmt: skip
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
r, w = syscall("ke_create_pipe", 64)
def call(name, *args):
    try:
        syscall(name, *args)
    except Exception as error:
        if not hasattr(error, "status"): say(name, "raised", type(error).__name__)
"""


def calls_of(bare: BareMachine, ring: float) -> list[tuple[str, int]]:
    """Every call open to a ring, with the most arguments that it takes."""
    entries = bare.kernel.table.entries
    return [(name, len(entries[name].parameters)) for name in sorted(bare.kernel.table.by_ring[ring]) if name not in LEFT_OUT]


with BareMachine() as _bare:
    CALLS_OF_RING = {ring: calls_of(_bare, ring) for ring in (2, 3)}


@st.composite
def programs(draw: st.DrawFn, ring: float) -> str:
    """A program that makes many odd calls, now and then with the wrong number of arguments."""
    lines = []
    for _ in range(draw(st.integers(1, CALLS))):
        name, most = draw(st.sampled_from(CALLS_OF_RING[ring]))
        count = draw(st.integers(0, most + 1))
        args = [draw(st.sampled_from(ODD)) for _ in range(count)]
        line = f"call({', '.join([repr(name), *args])})"
        if draw(st.booleans()):  # one that blocks holds up itself only
            line = f"try: syscall('process_thread', lambda: {line})\nexcept Exception: pass"
        lines.append(line)
    return PRELUDE + "\n".join(lines)


@settings(max_examples=EXAMPLES, deadline=None, derandomize=not LONG, database=None, suppress_health_check=list(HealthCheck))
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
