"""What one run does to a driver: made from the driver's source and a seed, and from nothing else.

A plan is plain data; `/bin/exercise.py` carries it out. Sizes, arguments and the order of things are odd on purpose:
reads of nothing and of a megabyte, methods that there are and that there are not, arguments of the wrong type, several
users at once, callers that are killed, close what they wait for, or wait in patience.

Called by   `run`, for each run.
Always so   the same source and seed give the same plan.
"""

from __future__ import annotations

import ast
import os
import random

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Step = list[Any]
    Plan = dict[str, Any]

USERS = ("root", "guest", "dev")
SIZES = (0, 1, 2, 7, 64, 100, 4096, 65_536, 300_000)
KINDS = ("read", "read", "write", "control", "control", "control", "close", "sleep", "thread", "open")
MODES = ("r", "w", "rw", "rw", "a")
MAX_METHODS = 80
MAX_METHOD_LENGTH = 40
FLOOD_MS = 12_000  # in which a flood's requests come to their time limits, if they are not answered
BUSY_MS = 2500  # of machine time in which callers that are not patient do their steps
HEAD_START_MS = 100  # that who leaves in the middle of a call has before all others
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 7, 80, 255, 65_536, 2**31, -(2**63), 10**18, 0.5, -1e300, "", "a", "guest",
    "/dev/null", "x" * 300, "\u00fc\u6f22\U0001f40d", [], [1], [[]], {}, {"a": 1},
    "\0bytes",  # which /bin/exercise.py makes bytes of
)  # fmt: skip

# What a machine's signals look like to drivers: name -> the values it may come with (an address stands first in most).
EVENTS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "key_down": (("@keyboard", 97, 30, "player"), ("@keyboard", 0, 0, "player"), ("@keyboard", 3, 46, "player"),
                 ("@keyboard", 0x1F40D, 255, "player"), ("@keyboard", 13, 28, "player"), ("", 27, 1, "player")),
    "key_up": (("@keyboard", 97, 30, "player"), ("@keyboard", 0, 255, "player")),
    "clipboard": (("@keyboard", "pasted", "player"), ("@keyboard", "", "player"), ("@keyboard", "y" * 5000, "player")),
    "touch": (("@screen", 1, 1, 0, "player"), ("@screen", 9999, -1, 9, "player")),
    "drag": (("@screen", 2, 2, 0, "player"), ("@screen", 0, 0, 1, "player")),
    "drop": (("@screen", 2, 2, 0, "player"),),
    "scroll": (("@screen", 1, 1, 1, "player"), ("@screen", 500, 500, -1, "player")),
    "screen_resized": (("@screen", 40, 10), ("@screen", 80, 25), ("@screen", 1, 1), ("elsewhere", 3, 3)),
    "host_input": (("@host",),),
    "host_space": (("@host", 1), ("@host", 2)),
    "host_signal": (("@host", 2), ("@host", 15)),
    "component_unavailable": (("elsewhere", "screen"),),
}  # fmt: skip


class Source:
    """What a driver's files say without being run: its control methods, and whether it needs an address."""

    def __init__(self, files: Iterable[bytes]) -> None:
        likely: dict[str, None] = {}
        others: dict[str, None] = {}
        self.needs_address = False  # it is no component driver, and yet is started for a component
        for text in files:
            try:
                tree = ast.parse(text)
            except (SyntaxError, ValueError):
                continue  # the load will say it better
            for node in ast.walk(tree):
                if isinstance(node, ast.Compare) and _is_method(node.left):
                    likely.update(dict.fromkeys(_names_in(node)))
                elif isinstance(node, ast.Dict) and node.keys and all(_is_name(key) for key in node.keys):
                    table = all(isinstance(value, (ast.Name, ast.Attribute, ast.Lambda)) for value in node.values)
                    (likely if table else others).update(dict.fromkeys(_names_in(*node.keys)))
                elif isinstance(node, ast.Constant) and _is_name(node):
                    others[str(node.value)] = None
            asks = b'env["address"]' in text or b'env.get("address")' in text
            self.needs_address |= asks and b"ComponentMode" not in text and b"TYPE_CMD" not in text
        self.methods = [*likely, *(name for name in others if name not in likely)][:MAX_METHODS]
        self.likely = list(likely)


def _is_method(node: ast.AST) -> bool:
    return (isinstance(node, ast.Name) and node.id == "method") or (
        isinstance(node, ast.Attribute) and node.attr == "method"
    )


def _is_name(node: ast.AST | None) -> bool:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    return node.value.isidentifier() and len(node.value) <= MAX_METHOD_LENGTH and node.value != "address"


def _names_in(*nodes: ast.AST | None) -> list[str]:
    return [
        str(inner.value)
        for node in nodes if node is not None
        for inner in ast.walk(node) if isinstance(inner, ast.Constant) and _is_name(inner)
    ]


def files_of(path: str) -> dict[str, bytes]:
    """A driver's file, and those of the package of its name beside it: {path below /drivers: text}.

    Raises OSError.
    """
    name = os.path.basename(path)
    found = {name: _read(path)}
    rooms = os.path.join(os.path.dirname(path), name.split(".", 1)[0])
    if os.path.isdir(rooms):
        for directory, below, names in os.walk(rooms):
            below[:] = sorted(each for each in below if each != "__pycache__")
            for each in sorted(each for each in names if each.endswith(".py")):
                full = os.path.join(directory, each)
                found[os.path.relpath(full, os.path.dirname(path))] = _read(full)
    return found


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


class Planner:
    """Draws one plan."""

    def __init__(self, seed: int, source: Source) -> None:
        self._seed = seed
        self._random = random.Random(f"plan {seed}")
        self._source = source

    def plan(self, path: str, fail_at: str) -> Plan:
        """The plan of one run; *path*: the driver's, on the system disk; *fail_at*: the site that is to fail."""
        draw = self._random
        callers = [self._leaver(), *(self._caller() for _ in range(draw.randint(2, 4)))]
        callers.append({"user": "root", "patient": True, "steps": self._patient_steps()})
        if self._seed % 2:
            callers.append({"user": "root", "patient": True, "steps": self._flood()})
        for caller in callers[1:]:
            caller["steps"].insert(0, ["sleep", HEAD_START_MS])
        troubles: list[list[Any]] = [[draw.randint(20, HEAD_START_MS - 10), "kill", 0]]
        for _ in range(draw.randint(1, 3)):
            name = draw.choice(("kill", "kill", "reload", "unload", "force"))
            values = [draw.randrange(len(callers) - 1)] if name == "kill" else []
            troubles.append([draw.randint(0, BUSY_MS), name, *values])
        return {
            "driver": path, "fail_at": fail_at, "needs_address": self._source.needs_address, "callers": callers,
            "busy_ms": BUSY_MS, "troubles": sorted(troubles, key=lambda trouble: trouble[0]),
        }

    def events(self) -> list[tuple[float, str, tuple[Any, ...]]]:
        """Signals of the machine, each at a time in seconds after the callers' start: (time, name, values)."""
        draw = self._random
        names = list(EVENTS)
        drawn = []
        for _ in range(40):
            name = draw.choice(names)
            drawn.append((draw.uniform(0, BUSY_MS / 1000), name, draw.choice(EVENTS[name])))
        return sorted(drawn, key=lambda event: event[0])

    def _leaver(self) -> dict[str, Any]:
        """Who asks before anybody has given anything, waits, and is killed: others come after it."""
        reads: list[Step] = [["read", 0, size] for size in self._random.sample(SIZES[1:], 3)]
        threads: list[Step] = [["thread", [read]] for read in reads]
        steps: list[Step] = [["open", 0, self._random.randrange(16), "rw"], *threads, ["sleep", BUSY_MS]]
        return {"user": "root", "patient": False, "steps": steps}

    def _caller(self) -> dict[str, Any]:
        draw = self._random
        steps: list[Step] = [["sleep", draw.randint(0, 300)], self._open(0)]
        for _ in range(draw.randint(4, 14)):
            steps.append(self._step(draw.choice((0, 0, 0, 1))))
        if draw.random() < 0.7:
            steps.append(["sleep", draw.randint(0, 1500)])
        return {"user": draw.choice(USERS), "patient": False, "steps": steps}

    def _step(self, slot: int) -> Step:
        draw = self._random
        kind = draw.choice(KINDS)
        if kind == "open":
            return self._open(draw.choice((0, 1)))
        if kind == "close":
            return ["close", slot]
        if kind == "sleep":
            return ["sleep", draw.choice((0, 1, 10, 200))]
        if kind == "thread":
            return ["thread", [self._use(slot) for _ in range(draw.randint(1, 4))]]
        use = self._use(slot)
        return ["thread", [use]] if use[0] == "read" and draw.random() < 0.8 else use  # a read may wait for ever

    def _use(self, slot: int) -> Step:
        draw = self._random
        kind = draw.choice(("read", "write", "control", "control"))
        if kind == "read":
            return ["read", slot, draw.choice(SIZES)]
        if kind == "write":
            return ["write", slot, draw.choice(SIZES)]
        return self._control(slot, draw.choice((None, None, 1, 50, 1000)))

    def _control(self, slot: int, timeout_ms: int | None) -> Step:
        draw = self._random
        pool = self._source.likely if self._source.likely and draw.random() < 0.7 else self._source.methods
        method = draw.choice(pool) if pool and draw.random() < 0.9 else draw.choice(("no_such_method", "", "x" * 200))
        args = [draw.choice(VALUES) for _ in range(draw.choice((0, 0, 1, 1, 1, 2, 3, 6)))]
        return ["control", slot, method, args, timeout_ms]

    def _open(self, slot: int) -> Step:
        return ["open", slot, self._random.randrange(16), self._random.choice(MODES)]

    def _patient_steps(self) -> list[Step]:
        """Whoever waits as long as it takes: writes and controls have a time limit, by which they must be answered."""
        steps: list[Step] = []
        for which in range(3):
            steps += [["open", 0, which, "rw"], ["write", 0, self._random.choice(SIZES[1:])]]
            steps += [["control", 0, method, [], None] for method in self._source.likely]
            steps += [self._control(0, None) for _ in range(3)]
            steps.append(["close", 0])
        return steps

    def _flood(self) -> list[Step]:
        """More requests at once than anybody would expect."""
        firsts = [["write", 0, 64], ["read", 0, 64], self._control(0, None)]
        threads: list[Step] = [["thread", [first, *(self._use(0) for _ in range(6))]] for first in firsts * 6]
        return [["open", 0, self._random.randrange(16), "rw"], *threads, ["sleep", FLOOD_MS]]
