"""The Object Manager against plain dicts: whatever is made, named, linked, held, passed on and let go.

The model keeps who holds what; references, handles, names, and what the procedures of types were told follow from that
and must be the Object Manager's own after each step.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from abi import access as mask
from abi.names import TYPE_DIRECTORY, TYPE_SYMBOLIC_LINK
from abi.status import Status, StatusError
from executive.limits import Limits
from executive.ob_manager import ObjectManager
from executive.ob_objects import Security
from executive.process import Process

LONG = os.environ.get("AXISOS_LONG") == "1"
EXAMPLES, STEPS = (500, 80) if LONG else (12, 20)
MOST_HANDLES = 5  # of one process
MOST_HOPS = 8
PATHS = (
    "\\A", "\\A\\B", "\\A\\B\\C", "\\D", "\\D\\B", "\\Device\\X", "\\Device\\X\\Y", "\\Device\\L", "\\L", "\\L\\B",
    "\\Nowhere\\X", "\\ObjectTypes\\Box",
)  # fmt: skip
NO_PATHS = ("", "A", "\\A\\", "\\\\A", "\\A\\\\B", "\\" + 255 * "x")
TYPES = ("Box", "Crate", TYPE_DIRECTORY)
ACCESS = st.integers(0, mask.ALL)

paths = st.sampled_from(PATHS)
DICE = st.integers(0, 2**48).map(Random)  # who and with what
LENGTHS = st.sampled_from((3, 10, 30, 200, 200)) if LONG else st.just(200)  # of what happens before the rules choose


class Refused(Exception):
    """The model refuses with a status."""

    def __init__(self, status: Status) -> None:
        super().__init__(status)
        self.status = status


def outcome(call: Callable[[], Any]) -> Any:
    """What a call gives, or the status with which it refuses."""
    try:
        return call()
    except (StatusError, Refused) as error:
        return Status(error.status)


def require_path(path: str) -> None:
    """Refuses what is no path, or more than a path may be."""
    if not path.startswith("\\") or path.endswith("\\") or "\\\\" in path or len(path) > 255:
        raise Refused(Status.OBJECT_NAME_INVALID)


class ObjectsAndHandles(RuleBasedStateMachine):
    """Objects are known by numbers, those of the system by their paths."""

    def __init__(self) -> None:
        super().__init__()
        numbers = iter(range(10**6))
        self.ob = ObjectManager(lambda count: f"{next(numbers):0{2 * count}x}"[::-1], lambda: 0)
        self.told: list[tuple[str, Any]] = []  # by the procedures of types
        self.expected: list[tuple[str, Any]] = []
        for name in TYPES[:2]:
            self.ob.create_object_type(
                name, lambda h: self.told.append(("close", h.body)), lambda h: self.told.append(("delete", h.body))
            )
        self.headers: dict[Any, Any] = {header.name: header for _, header in self.ob.named_objects()}
        self.names: dict[str, Any] = {path: path for path in self.headers}  # full path -> object
        self.objects: dict[Any, dict[str, Any]] = {
            path: {"type": header.type, "own": 1, "permanent": True, "security": (0, 0, 0o755)}
            for path, header in self.headers.items()
        }
        self.temporary: set[Any] = set()  # whose name holds no reference
        self.pending: set[Any] = set()
        self.handles: dict[str, dict[str, Any]] = {}  # token -> process, object, access, inheritable, protected
        self.slots: dict[int, dict[int, str]] = {}
        self.expired: dict[int, set[str]] = {}
        self.processes: dict[int, Process] = {}
        self.made = 0
        for uid in (0, 1000):
            self.a_process_starts(uid)
        for kind in TYPES:
            self.something_is_made(kind, 1000, 1000, 0o640)

    @initialize(seed=st.integers(0, 2**32), length=LENGTHS)
    def much_happens(self, seed: int, length: int) -> None:
        """As the rules have it, but evenly; hypothesis would try small numbers and few things first."""
        dice = Random(f"objects {seed}")
        for _ in range(length):
            name, needs_handles, arguments = dice.choice(OPENING)
            if self.handles or not needs_handles:
                getattr(self, name)(**arguments(dice))
            self.all_counts_are_the_models()
            self.all_names_are_the_models()
            self.all_handles_are_the_models()
            self.procedures_were_called_as_often_and_in_that_order()

    # --- the model ---------------------------------------------------------------------------------------------

    def name_of(self, key: Any) -> str:
        return next((path for path, at in self.names.items() if at == key), "")

    def handles_to(self, key: Any) -> int:
        return sum(1 for handle in self.handles.values() if handle["object"] == key)

    def references_to(self, key: Any) -> int:
        """Those that somebody took, one a handle, one of the name."""
        named = bool(self.name_of(key)) and key not in self.temporary and not self.objects[key]["permanent"]
        return self.objects[key]["own"] + self.handles_to(key) + named

    def after_loss(self, key: Any) -> None:
        """An object that nobody needs any more ends, and its name with it."""
        if not self.references_to(key) and not self.objects[key]["permanent"]:
            self.names.pop(self.name_of(key), None)
            if self.objects.pop(key)["type"] in TYPES[:2]:
                self.expected.append(("delete", key))

    def drop_handle(self, token: str) -> None:
        handle = self.handles.pop(token)
        key = handle["object"]
        slots = self.slots[handle["process"]]
        for index in [index for index, held in slots.items() if held == token]:
            del slots[index]
        if not self.handles_to(key) and self.objects[key]["type"] in TYPES[:2]:
            self.expected.append(("close", key))
        self.after_loss(key)

    def walk(self, path: str) -> tuple[Any, str]:
        """Where a path comes to by directories alone, and what is left of it."""
        if path == "\\":
            return "\\", ""
        require_path(path)
        at, key, names = "", "\\", path[1:].split("\\")
        for position, name in enumerate(names):
            if self.objects[key]["type"] != TYPE_DIRECTORY:
                return key, "\\" + "\\".join(names[position:])
            at += "\\" + name
            if at not in self.names:
                raise Refused(Status.OBJECT_NAME_NOT_FOUND)
            key = self.names[at]
        return key, ""

    def find(self, path: str) -> Any:
        for _ in range(MOST_HOPS + 1):
            key, rest = self.walk(path)
            if self.objects[key]["type"] != TYPE_SYMBOLIC_LINK:
                if rest:
                    raise Refused(Status.OBJECT_NAME_NOT_FOUND)
                return key
            path = self.objects[key]["target"] + rest
        raise Refused(Status.OBJECT_NAME_INVALID)

    def enter(self, key: Any, path: str) -> None:
        """Under its true name: links on the way there do not count."""
        require_path(path)
        if self.name_of(key):
            raise Refused(Status.INVALID_PARAMETER)
        if key in self.pending:
            raise Refused(Status.DELETE_PENDING)
        above, _, name = path.rpartition("\\")
        directory = self.find(above or "\\")
        if self.objects[directory]["type"] != TYPE_DIRECTORY:
            raise Refused(Status.OBJECT_NAME_NOT_FOUND)
        full = f"{self.name_of(directory).rstrip(chr(92))}\\{name}"
        if full in self.names:
            raise Refused(Status.OBJECT_NAME_COLLISION)
        self.names[full] = key

    def allowed(self, process: Process, key: Any) -> int:
        owner, group, mode = self.objects[key]["security"]
        if process.uid == 0:
            return mask.ALL
        mine = process.uid == owner
        digit = mode >> 6 if mine else mode >> 3 if process.gid == group else mode
        rights = mask.DELETE if mine else 0
        for bit, right in (
            (4, mask.GENERIC_READ | mask.SYNCHRONIZE), (2, mask.GENERIC_WRITE), (1, mask.GENERIC_EXECUTE)
        ):  # fmt: skip
            rights |= right if digit & bit else 0
        return rights

    def give(self, pid: int, key: Any, access: int, inheritable: bool) -> dict[str, Any]:
        if sum(1 for handle in self.handles.values() if handle["process"] == pid) >= MOST_HANDLES:
            raise Refused(Status.HANDLE_TABLE_FULL)
        if key in self.pending:
            raise Refused(Status.DELETE_PENDING)
        return {"process": pid, "object": key, "access": access, "inheritable": inheritable, "protected": False}

    # --- both --------------------------------------------------------------------------------------------------

    def same(self, real: Callable[[], Any], model: Callable[[], Any]) -> Any:
        """Both do it, and both refuse or neither. Returns what the Object Manager gives, None if it refuses."""
        did, should = outcome(real), outcome(model)
        if isinstance(did, Status) or isinstance(should, Status):
            assert did == should
            return None
        return did

    def receive(self, real: Callable[[], str], model: Callable[[], dict[str, Any]]) -> None:
        """A new handle on both sides."""
        given: list[dict[str, Any]] = []
        token = self.same(real, lambda: given.append(model()))
        if token is not None:
            assert token not in self.handles
            self.handles[token] = given[0]

    def draw_object(self, dice: Random) -> Any:
        """Mostly one that was made here."""
        here = [key for key in self.objects if type(key) is int]
        return dice.choice(here[-6:] * 3 + ["\\", "\\Device", "\\ObjectTypes\\Box"])

    def draw_process(self, dice: Random) -> Process:
        return self.processes[dice.choice(sorted(self.processes))]

    def draw_token(self, dice: Random) -> str:
        return dice.choice(sorted(self.handles))

    # --- objects and names -------------------------------------------------------------------------------------

    @rule(kind=st.sampled_from(TYPES), owner=st.sampled_from((1000, 1001)), group=st.sampled_from((1000, 1001)),
          mode=st.integers(0, 0o777))  # fmt: skip
    def something_is_made(self, kind: str, owner: int, group: int, mode: int) -> None:
        self.made += 1
        header = self.ob.create_object(kind, {} if kind == TYPE_DIRECTORY else self.made)
        header.security = Security(owner, group, mode)
        self.headers[self.made] = header
        self.objects[self.made] = {"type": kind, "own": 1, "permanent": False, "security": (owner, group, mode)}

    @rule()
    def nothing_is_of_an_unknown_type(self) -> None:
        assert outcome(lambda: self.ob.create_object("Chest", None)) == Status.OBJECT_TYPE_MISMATCH

    @rule(dice=DICE)
    def somebody_takes_a_reference(self, dice: Random) -> None:
        key = self.draw_object(dice)
        self.ob.reference_object(self.headers[key])
        self.objects[key]["own"] += 1

    @rule(dice=DICE)
    def somebody_gives_a_reference_back(self, dice: Random) -> None:
        key = self.draw_object(dice)
        if self.objects[key]["own"]:
            self.objects[key]["own"] -= 1
            self.after_loss(key)
            self.ob.dereference_object(self.headers[key])

    @rule(dice=DICE, path=paths | st.sampled_from(NO_PATHS), temporary=st.booleans())
    def something_is_named(self, dice: Random, path: str, temporary: bool) -> None:
        key = self.draw_object(dice)
        it = self.objects[key]
        temporary = temporary and it["type"] != TYPE_DIRECTORY
        if not it["own"] and not temporary:
            return  # nobody has a reference to give to the name
        if self.same(lambda: self.ob.insert_object(self.headers[key], path, temporary) or True,
                     lambda: self.enter(key, path)):  # fmt: skip
            if temporary:
                self.temporary.add(key)
            else:
                it["own"] -= 1

    @rule(path=paths, leads_to=paths | st.sampled_from(NO_PATHS))
    def a_link_is_made(self, path: str, leads_to: str) -> None:
        self.made += 1
        key = self.made

        def model() -> None:
            if leads_to in NO_PATHS:
                raise Refused(Status.OBJECT_NAME_INVALID)
            self.objects[key] = {"type": TYPE_SYMBOLIC_LINK, "own": 0, "permanent": False, "target": leads_to,
                                 "security": (0, 0, 0o755)}  # fmt: skip
            try:
                self.enter(key, path)
            except Refused:
                del self.objects[key]
                raise

        if self.same(lambda: self.ob.create_symbolic_link(path, leads_to) or True, model):
            self.headers[key] = dict(self.ob.named_objects())[self.name_of(key)]

    @rule(path=paths | st.sampled_from((*NO_PATHS, "\\")))
    def something_is_looked_up(self, path: str) -> None:
        found: list[Any] = []
        header = self.same(lambda: self.ob.lookup_object(path), lambda: found.append(self.find(path)))
        assert header is None or header is self.headers[found[0]]

    @rule(path=paths | st.sampled_from(("\\", "\\Device", "")))
    def a_name_is_deleted(self, path: str) -> None:
        gone: list[Any] = []

        def model() -> None:
            key, rest = self.walk(path)
            if rest:
                raise Refused(Status.OBJECT_NAME_NOT_FOUND)
            if self.objects[key]["permanent"]:
                raise Refused(Status.ACCESS_DENIED)
            if any(name.startswith(path + "\\") for name in self.names):
                raise Refused(Status.DIRECTORY_NOT_EMPTY)
            gone.append(key)

        if self.same(lambda: self.ob.delete_object(path) or True, model):
            del self.names[path]
            self.pending.add(gone[0])
            if gone[0] not in self.temporary:
                self.after_loss(gone[0])

    # --- handles -----------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.processes) < 4)
    @rule(uid=st.sampled_from((0, 1000, 1001)))
    def a_process_starts(self, uid: int) -> None:
        pid = 20 + len(self.slots)
        process = self.processes[pid] = Process(pid, None, 3, "/test.py", f"SYN-{pid}", 0)
        process.uid = process.gid = uid
        process.limits = Limits({"handles": MOST_HANDLES})
        self.ob.initialize_process(process)
        self.slots[pid], self.expired[pid] = {}, set()

    @rule(dice=DICE, access=ACCESS | st.just(mask.ALL + 1), inheritable=st.booleans())
    def a_process_gets_a_handle(self, dice: Random, access: int, inheritable: bool) -> None:
        process, key = self.draw_process(dice), self.draw_object(dice)

        def model() -> dict[str, Any]:
            given = self.give(process.pid, key, access, inheritable)
            if access > mask.ALL:
                raise Refused(Status.INVALID_PARAMETER)
            return given

        self.receive(lambda: self.ob.create_handle(process, self.headers[key], access, inheritable), model)

    @rule(dice=DICE, path=paths, access=st.none() | ACCESS)
    def a_process_opens_a_name(self, dice: Random, path: str, access: int | None) -> None:
        process = self.draw_process(dice)

        def model() -> dict[str, Any]:
            key = self.find(path)
            allowed = self.allowed(process, key)
            if not allowed or (access is not None and access & ~allowed):
                raise Refused(Status.ACCESS_DENIED)
            return self.give(process.pid, key, allowed if access is None else access, False)

        self.receive(lambda: self.ob.open_object(process, path, access), model)

    @precondition(lambda self: self.handles)
    @rule(dice=DICE, access=ACCESS | st.just(0), kind=st.sampled_from(TYPES))
    def a_handle_is_used(self, dice: Random, access: int, kind: str) -> None:
        """By its process, which may or may not have the right, or by another, which has none."""
        token, process = self.draw_token(dice), self.draw_process(dice)
        handle = self.handles[token]

        def model() -> Any:
            if handle["process"] != process.pid:
                raise Refused(Status.INVALID_HANDLE)
            if access & ~handle["access"]:
                raise Refused(Status.ACCESS_DENIED)
            if self.objects[handle["object"]]["type"] != kind:
                raise Refused(Status.OBJECT_TYPE_MISMATCH)

        body = self.same(lambda: (self.ob.body_of(process, token, access, kind),), model)
        assert body is None or body[0] is self.headers[handle["object"]].body

    @precondition(lambda self: self.handles)
    @rule(dice=DICE)
    def a_handle_is_used_under_another_token(self, dice: Random) -> None:
        token = self.draw_token(dice)
        process = self.processes[self.handles[token]["process"]]
        rightful, process.token = process.token, "SYN-forged"
        assert outcome(lambda: self.ob.resolve(process, token)) == Status.SYNAPSE_TOKEN_MISMATCH
        process.token = rightful

    @precondition(lambda self: self.handles)
    @rule(dice=DICE, inheritable=st.booleans(), protected=st.booleans())
    def a_handle_is_marked(self, dice: Random, inheritable: bool, protected: bool) -> None:
        token = self.draw_token(dice)
        entry = self.ob.resolve(self.processes[self.handles[token]["process"]], token)
        entry.inheritable, entry.protected = inheritable, protected
        self.handles[token].update(inheritable=inheritable, protected=protected)

    @precondition(lambda self: self.handles)
    @rule(dice=DICE)
    def a_handle_is_closed(self, dice: Random) -> None:
        """By its process or by another."""
        token, process = self.draw_token(dice), self.draw_process(dice)

        def model() -> None:
            if self.handles[token]["process"] != process.pid:
                raise Refused(Status.INVALID_HANDLE)
            if self.handles[token]["protected"]:
                raise Refused(Status.HANDLE_NOT_CLOSABLE)
            self.drop_handle(token)

        self.same(lambda: self.ob.close_handle(process, token), model)

    @precondition(lambda self: self.handles)
    @rule(dice=DICE, access=st.none() | ACCESS, inheritable=st.booleans())
    def a_handle_is_duplicated(self, dice: Random, access: int | None, inheritable: bool) -> None:
        token, target = self.draw_token(dice), self.draw_process(dice)
        handle = self.handles[token]

        def model() -> dict[str, Any]:
            if access is not None and access & ~handle["access"]:
                raise Refused(Status.ACCESS_DENIED)
            return self.give(target.pid, handle["object"], handle["access"] if access is None else access, inheritable)

        source = self.processes[handle["process"]]
        self.receive(lambda: self.ob.duplicate_handle(source, token, target, access, inheritable), model)

    @precondition(lambda self: len(self.processes) < 4)
    @rule(dice=DICE)
    def a_child_inherits(self, dice: Random) -> None:
        """What is marked, and does not go away, with the same rights."""
        parent = self.draw_process(dice)
        self.a_process_starts(parent.uid)
        child = self.processes[max(self.processes)]
        passed = self.ob.inherit_handles(parent, child)
        assert list(passed) == [
            token
            for token, handle in self.handles.items()
            if handle["process"] == parent.pid and handle["inheritable"] and handle["object"] not in self.pending
        ]
        for old, new in passed.items():
            self.handles[new] = {**self.handles[old], "process": child.pid, "protected": False}

    @precondition(lambda self: self.handles)
    @rule(dice=DICE, index=st.sampled_from((-10, -11, -12, -13, 0)), empty=st.booleans())
    def a_slot_is_set(self, dice: Random, index: int, empty: bool) -> None:
        process, token = self.draw_process(dice), None if empty else self.draw_token(dice)

        def model() -> None:
            if index not in (-10, -11, -12):
                raise Refused(Status.INVALID_PARAMETER)
            if token is None:
                self.slots[process.pid].pop(index, None)
            elif self.handles[token]["process"] != process.pid:
                raise Refused(Status.INVALID_HANDLE)
            else:
                self.slots[process.pid][index] = token

        self.same(lambda: self.ob.set_standard_handle(process, index, token), model)

    @rule(dice=DICE, index=st.sampled_from((-10, -11, -12, 3)))
    def a_slot_is_used(self, dice: Random, index: int) -> None:
        process = self.draw_process(dice)
        token = self.slots[process.pid].get(index)
        header = outcome(lambda: self.ob.reference_by_handle(process, index, 0))
        if token is None:
            assert header == Status.INVALID_HANDLE
        else:
            assert header is self.headers[self.handles[token]["object"]]

    @rule(dice=DICE)
    def a_token_is_rotated(self, dice: Random) -> None:
        """All of its handles are closed, the protected ones too, and who uses one is told that it has expired."""
        process = self.draw_process(dice)
        self.expired[process.pid] = self.leave(process)
        self.ob.expire_handles(process)
        process.token += "+"
        for token in self.expired[process.pid]:
            assert outcome(lambda token=token: self.ob.resolve(process, token)) == Status.SYNAPSE_TOKEN_EXPIRED

    @precondition(lambda self: len(self.processes) > 1)
    @rule(dice=DICE)
    def a_process_ends(self, dice: Random) -> None:
        process = self.draw_process(dice)
        self.leave(process)
        self.ob.destroy_process(process)
        del self.processes[process.pid]

    def a_process_comes_or_goes(self, dice: Random) -> None:
        """There are two at least and four at most."""
        what = dice.random()
        if what < 0.3:
            self.a_token_is_rotated(dice)
        elif len(self.processes) < 4:
            if what < 0.65:
                self.a_child_inherits(dice)
            else:
                self.a_process_starts(dice.choice((0, 1000, 1001)))
        else:
            self.a_process_ends(dice)

    def leave(self, process: Process) -> set[str]:
        """All handles of a process go, the newest first."""
        held = [token for token, handle in self.handles.items() if handle["process"] == process.pid]
        for token in reversed(held):
            self.drop_handle(token)
        return set(held)

    # --- what always holds -------------------------------------------------------------------------------------

    @invariant()
    def all_counts_are_the_models(self) -> None:
        for key, it in self.objects.items():
            header = self.headers[key]
            assert (header.reference_count, header.handle_count) == (self.references_to(key), self.handles_to(key)), it
            assert (header.name, header.delete_pending) == (self.name_of(key), key in self.pending)
        objects = Counter(it["type"] for it in self.objects.values())
        handles = Counter(self.objects[handle["object"]]["type"] for handle in self.handles.values())
        assert self.ob.query_type_statistics() == {name: (objects[name], handles[name]) for name in self.ob.types}

    @invariant()
    def all_names_are_the_models(self) -> None:
        assert {path: id(header) for path, header in self.ob.named_objects()} == {
            path: id(self.headers[key]) for path, key in self.names.items()
        }

    @invariant()
    def all_handles_are_the_models(self) -> None:
        for pid, process in self.processes.items():
            assert [
                (row["token"], row["granted_access"], row["inheritable"], row["protected"], row["object_id"])
                for row in self.ob.list_handles(process)
            ] == [
                (token, h["access"], h["inheritable"], h["protected"], self.headers[h["object"]].object_id)
                for token, h in self.handles.items()
                if h["process"] == pid
            ]
            assert process.handles.standard == self.slots[pid]

    @invariant()
    def procedures_were_called_as_often_and_in_that_order(self) -> None:
        assert self.told == self.expected

    def teardown(self) -> None:
        """With all processes, references and names gone, nothing is left but what was there at first."""
        for process in self.processes.values():
            self.leave(process)
            self.ob.destroy_process(process)
        for key in [key for key, it in self.objects.items() if not it["permanent"]]:
            for _ in range(self.objects[key]["own"]):
                self.ob.dereference_object(self.headers[key])
        for path in sorted(self.names, key=len, reverse=True):
            key = self.names[path]
            if not self.objects[key]["permanent"] and key not in self.temporary:
                self.ob.delete_object(path)
        statistics = self.ob.query_type_statistics()
        assert [statistics[name] for name in ("Box", "Crate", TYPE_SYMBOLIC_LINK)] == [(0, 0)] * 3
        assert {path for path, _ in self.ob.named_objects()} == {key for key in self.objects if type(key) is str}


def _access(dice: Random) -> int:
    return dice.choice((0, 1, 3, 0x41, mask.ALL, dice.randint(0, mask.ALL)))


# What may happen in the opening: the rule, whether it needs a handle, its arguments.
OPENING: tuple[tuple[str, bool, Callable[[Random], dict[str, Any]]], ...] = (
    ("something_is_made", False, lambda d: {
        "kind": d.choice(TYPES), "owner": d.choice((1000, 1001)), "group": d.choice((1000, 1001)),
        "mode": d.randint(0, 0o777),
    }),
    ("somebody_takes_a_reference", False, lambda d: {"dice": d}),
    ("somebody_gives_a_reference_back", False, lambda d: {"dice": d}),
    ("somebody_gives_a_reference_back", False, lambda d: {"dice": d}),
    *2 * (("something_is_named", False, lambda d: {
        "dice": d, "path": d.choice(PATHS + NO_PATHS[:2]), "temporary": d.random() < 0.4,
    }),),
    ("a_link_is_made", False, lambda d: {"path": d.choice(PATHS), "leads_to": d.choice(PATHS)}),
    *2 * (("something_is_looked_up", False, lambda d: {"path": d.choice(PATHS)}),),
    ("a_name_is_deleted", False, lambda d: {"path": d.choice(PATHS)}),
    ("a_process_gets_a_handle", False, lambda d: {
        "dice": d, "access": _access(d), "inheritable": d.random() < 0.5,
    }),
    ("a_process_opens_a_name", False, lambda d: {
        "dice": d, "path": d.choice(PATHS), "access": d.choice((None, _access(d))),
    }),
    ("a_handle_is_used", True, lambda d: {"dice": d, "access": _access(d), "kind": d.choice(TYPES)}),
    ("a_handle_is_marked", True, lambda d: {
        "dice": d, "inheritable": d.random() < 0.5, "protected": d.random() < 0.3,
    }),
    *2 * (("a_handle_is_closed", True, lambda d: {"dice": d}),),
    *2 * (("a_handle_is_duplicated", True, lambda d: {
        "dice": d, "access": d.choice((None, _access(d))), "inheritable": d.random() < 0.5,
    }),),
    ("a_slot_is_set", True, lambda d: {"dice": d, "index": d.choice((-10, -11, -13)), "empty": d.random() < 0.2}),
    ("a_slot_is_used", False, lambda d: {"dice": d, "index": d.choice((-10, -11))}),
    ("a_process_comes_or_goes", False, lambda d: {"dice": d}),
)  # fmt: skip


def test_the_object_manager_is_what_plain_dicts_say() -> None:
    """Counts, names, rights, slots and the procedures of types, whatever is done in whatever order."""
    run_state_machine_as_test(
        ObjectsAndHandles,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not LONG,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink) if LONG else (Phase.generate,),
        ),
    )
