"""The registry against a dict: any order of calls by any processes, tight limits, and who hears of which change."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from abi.registry import NOTIFY_ALL, NOTIFY_NAME, NOTIFY_OWNER, NOTIFY_VALUE
from abi.status import Status, StatusError
from executive import registry as rules
from executive import watches as watch_rules
from executive.ke_ipc.dispatcher import Waits
from executive.limits import Limits
from executive.ob_manager import ObjectManager
from executive.process import Process
from executive.registry import Registry
from executive.watches import Watches

TIGHT = {"MAX_DEPTH": 4, "MAX_VALUES": 3, "MAX_SUB_KEYS": 4, "MAX_KEYS": 13, "MAX_STRING": 6, "MAX_TABLE": 20,
         "MAX_DATA": 60}
TIGHT_CHANGES = 5
WATCHES = 3  # of one process
PLACES = ["@VT", "@VT\\DEV", "@VT\\DRV", "@VT\\SYS", "@VT\\SYS\\BOOT", "@VT\\SYS\\CONFIG", "@VT\\SYS\\HARDWARE"]
PIDS = {2: 1, 5: 2, 6: 2, 20: 3}  # pid -> ring

names = st.sampled_from(["a", "b", "c"])
paths = st.builds(
    lambda start, below: "\\".join([start, *below]),
    st.sampled_from(["@VT", "@VT\\DRV", "@VT\\SYS"]),
    st.lists(names, max_size=4),
)
spellings = st.sampled_from([lambda p: p, lambda p: p + "\\", lambda p: p.replace("\\", "\\\\"), lambda p: "\\" + p])
data = st.one_of(
    st.text("xyz", max_size=8), st.integers(-9, 9), st.floats(allow_nan=False, width=16), st.booleans(),
    st.lists(st.integers(0, 9), max_size=8), st.dictionaries(names, st.integers(0, 9), max_size=3), st.none(),
    st.binary(max_size=2),
)
kinds = st.sampled_from([*[None] * 9, "STR", "NUM", "BOOL", "TAB", "BIN"])
changers = st.sampled_from([2, 2, 5, 5, 6])
choices = st.integers(0, 999)


class Log:
    """A log that nobody watches here."""

    on_entry = None


class Caller:
    """A thread of a process, as far as these calls look at it."""

    def __init__(self, process: Process) -> None:
        self.process = process


def kind_of(value: object) -> str | None:
    table = {str: "STR", int: "NUM", float: "NUM", bool: "BOOL", list: "TAB", dict: "TAB"}
    return table.get(type(value))


def is_below(path: str, top: str) -> bool:
    return (path + "\\").startswith(top + "\\")


def bytes_of(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    return len(repr(value)) if isinstance(value, list | dict) else 8


class Refused(Exception):
    """What the model says to a call that must not succeed."""


class RegistryMachine(RuleBasedStateMachine):
    """Registry and model, side by side."""

    @initialize()
    def begin(self) -> None:
        self.loose = {name: getattr(rules, name) for name in TIGHT}
        self.loose_changes = watch_rules.MAX_CHANGES
        for name, limit in TIGHT.items():
            setattr(rules, name, limit)
        watch_rules.MAX_CHANGES = TIGHT_CHANGES
        numbers = iter(range(10**6))
        self.ob = ObjectManager(lambda count: f"{next(numbers):0{2 * count}x}"[::-1], lambda: 0)
        self.registry: Any = Registry(lambda: 0.0)
        self.registry.init_system()
        self.watches: Any = Watches(self.registry, Log(), self.ob, Waits(None, self.ob))  # type: ignore[arg-type]
        self.callers: dict[int, Any] = {}
        for pid, ring in PIDS.items():
            process = Process(pid, None, ring, "/test.py", f"SYN-{pid}", 0)
            if ring > 2:
                process.limits = process.ledger.limits = Limits({"watches": WATCHES})
            self.ob.initialize_process(process)
            self.callers[pid] = Caller(process)
        self.keys: dict[str, dict[str, Any]] = {path: {"owner": 0, "values": {}} for path in PLACES}
        self.watching: dict[str, dict[str, Any]] = {}  # handle -> its watch, as the model has it

    def teardown(self) -> None:
        if hasattr(self, "loose"):
            for name, limit in self.loose.items():
                setattr(rules, name, limit)
            watch_rules.MAX_CHANGES = self.loose_changes

    # --- the model ---------------------------------------------------------------------------------------------

    def may_change(self, pid: int, path: str) -> None:
        if PIDS[pid] > 1 and self.keys[path]["owner"] != pid:
            raise Refused(Status.ACCESS_DENIED)

    def existing(self, path: str) -> dict[str, Any]:
        if path not in self.keys:
            raise Refused(Status.REGISTRY_KEY_NOT_FOUND)
        return self.keys[path]

    def below(self, path: str) -> list[str]:
        """A key and its subtree, depth first."""
        return sorted((each for each in self.keys if is_below(each, path)), key=lambda each: each.split("\\"))

    def bytes(self) -> int:
        return sum(bytes_of(value) for key in self.keys.values() for value, _kind in key["values"].values())

    def hear(self, path: str, name: str | None, what: str) -> None:
        """A change happened: who hears of it?"""
        bit = {"key": NOTIFY_NAME, "value": NOTIFY_VALUE, "owner": NOTIFY_OWNER}[what.split("_")[0]]
        near = path.rpartition("\\")[0] if bit == NOTIFY_NAME else path
        for watch in self.watching.values():
            at = watch["path"]
            if at is None:
                continue
            itself_is_gone = what == "key_deleted" and at == path
            wanted = watch["filter"] & bit and (at == near or (watch["subtree"] and is_below(near, at)))
            if not itself_is_gone and not wanted:
                continue
            watch["changes"] = [change for change in watch["changes"] if change[1:] != (path, name)]
            if len(watch["changes"]) < TIGHT_CHANGES:
                watch["changes"].append((what, path, name))
            else:
                watch["lost"] += 1
            if itself_is_gone:
                watch["path"] = None

    def create(self, pid: int, path: str) -> bool:
        if path in self.keys:
            return True
        parts = path.split("\\")
        if len(parts) - 1 > TIGHT["MAX_DEPTH"]:
            raise Refused(Status.REGISTRY_QUOTA)
        missing = []
        while "\\".join(parts) not in self.keys:
            missing.insert(0, parts.pop())
        parent = "\\".join(parts)
        if parent != "@VT":
            self.may_change(pid, parent)
        children = [each for each in self.keys if each.rpartition("\\")[0] == parent]
        if len(children) >= TIGHT["MAX_SUB_KEYS"] or len(self.keys) + len(missing) > TIGHT["MAX_KEYS"]:
            raise Refused(Status.REGISTRY_QUOTA)
        for name in missing:
            parent = f"{parent}\\{name}"
            self.keys[parent] = {"owner": pid, "values": {}}
            self.hear(parent, None, "key_created")
        return True

    def set(self, pid: int, path: str, name: str, value: Any, kind: str | None) -> bool:
        key = self.existing(path)
        self.may_change(pid, path)
        if kind_of(value) is None or kind not in (None, kind_of(value)):
            raise Refused(Status.INVALID_PARAMETER)
        kind = kind_of(value)
        if bytes_of(value) > {"STR": TIGHT["MAX_STRING"], "TAB": TIGHT["MAX_TABLE"]}.get(str(kind), 8):
            raise Refused(Status.REGISTRY_QUOTA)
        before = key["values"].get(name)
        if before is None and len(key["values"]) >= TIGHT["MAX_VALUES"]:
            raise Refused(Status.REGISTRY_QUOTA)
        grown = bytes_of(value) - (bytes_of(before[0]) if before else 0)
        if grown > 0 and self.bytes() + grown > TIGHT["MAX_DATA"]:
            raise Refused(Status.REGISTRY_QUOTA)
        key["values"][name] = (value, kind)
        if before is None or before[1] != kind or before[0] != value:
            self.hear(path, name, "value_set")
        return True

    def delete(self, pid: int, path: str) -> bool:
        if path in PLACES:
            raise Refused(Status.REGISTRY_PROTECTED)
        self.existing(path)
        doomed = self.below(path)
        for each in doomed:
            self.may_change(pid, each)
        for each in doomed:
            del self.keys[each]
        for each in doomed:
            self.hear(each, None, "key_deleted")
        return True

    def unset(self, pid: int, path: str, name: str) -> bool:
        key = self.existing(path)
        self.may_change(pid, path)
        if key["values"].pop(name, None) is None:
            return False
        self.hear(path, name, "value_deleted")
        return True

    def own(self, path: str, pid: int) -> bool:
        key = self.existing(path)
        if path in PLACES:
            raise Refused(Status.REGISTRY_PROTECTED)
        before = key["owner"]
        for each in self.below(path) if before != pid else ():
            if self.keys[each]["owner"] == before:
                self.keys[each]["owner"] = pid
                self.hear(each, None, "owner_set")
        return True

    # --- one call, twice ---------------------------------------------------------------------------------------

    def both(self, call: Any, arguments: tuple[Any, ...], model: Any, expected: tuple[Any, ...]) -> None:
        try:
            wanted: object = model(*expected)
        except Refused as outcome:
            wanted = outcome.args[0]
        try:
            got: object = call(*arguments)
        except StatusError as outcome:
            got = outcome.status
        assert got == wanted, f"{call.__name__}{arguments[1:]}: {got!r}, not {wanted!r}"

    def at(self, choice: int, path: str) -> str:
        """Mostly a key that is there, else *path*, which may be anything."""
        return sorted(self.keys)[choice % len(self.keys)] if choice % 5 else path

    @rule(pid=changers, choice=choices, name=names, path=paths, spelt=spellings)
    def create_key(self, pid: int, choice: int, name: str, path: str, spelt: Any) -> None:
        path = self.at(choice, path)
        if choice % 2:
            path = f"{path}\\{name}"
        self.both(self.registry.reg_create_key, (self.callers[pid], spelt(path)), self.create, (pid, path))

    @rule(pid=changers, choice=choices, path=paths, name=names, value=data, kind=kinds, spelt=spellings)
    def set_value(
        self, pid: int, choice: int, path: str, name: str, value: Any, kind: str | None, spelt: Any
    ) -> None:
        path = self.at(choice, path)
        self.both(
            self.registry.reg_set_value, (self.callers[pid], spelt(path), name, value, kind),
            self.set, (pid, path, name, value, kind),
        )

    @rule(pid=changers, choice=choices, path=paths, spelt=spellings)
    def delete_key(self, pid: int, choice: int, path: str, spelt: Any) -> None:
        path = self.at(choice, path)
        self.both(self.registry.reg_delete_key, (self.callers[pid], spelt(path)), self.delete, (pid, path))

    @rule(pid=changers, choice=choices, path=paths, name=names)
    def delete_value(self, pid: int, choice: int, path: str, name: str) -> None:
        path = self.at(choice, path)
        self.both(self.registry.reg_delete_value, (self.callers[pid], path, name), self.unset, (pid, path, name))

    @rule(choice=choices, path=paths, pid=st.sampled_from([5, 6]))
    def set_owner(self, choice: int, path: str, pid: int) -> None:
        path = self.at(choice, path)
        self.both(self.registry.reg_set_owner, (self.callers[2], path, pid), self.own, (path, pid))

    # --- watching ----------------------------------------------------------------------------------------------

    @rule(choice=choices, path=paths, subtree=st.booleans(), filter=st.sampled_from([NOTIFY_ALL, 1, 4, 8, 5]))
    def watch(self, choice: int, path: str, subtree: bool, filter: int) -> None:
        path = self.at(choice, path)
        try:
            handle = self.watches.reg_notify(self.callers[20], path, subtree, filter)
        except StatusError as outcome:
            room = len(self.watching) < WATCHES
            assert outcome.status == (Status.QUOTA_EXCEEDED if path in self.keys else Status.REGISTRY_KEY_NOT_FOUND)
            assert path not in self.keys or not room
            return
        assert path in self.keys and len(self.watching) < WATCHES
        self.watching[handle] = {"path": path, "subtree": subtree, "filter": filter, "changes": [], "lost": 0}

    @precondition(lambda self: self.watching)
    @rule(choice=choices)
    def read_changes(self, choice: int) -> None:
        handle = sorted(self.watching)[choice % len(self.watching)]
        watch = self.watching[handle]
        try:
            told = self.watches.reg_read_changes(self.callers[20], handle)
        except StatusError as outcome:
            assert outcome.status == Status.REGISTRY_KEY_NOT_FOUND
            assert watch["path"] is None and not watch["changes"] and not watch["lost"]
            return
        assert [(each["change"], each["path"], each["name"]) for each in told["changes"]] == watch["changes"]
        assert told["lost"] == watch["lost"]
        watch.update(changes=[], lost=0)

    @precondition(lambda self: len(self.watching) == WATCHES)
    @rule(choice=choices)
    def stop_watching(self, choice: int) -> None:
        handle = sorted(self.watching)[choice % len(self.watching)]
        del self.watching[handle]
        self.ob.close_handle(self.callers[20].process, handle)

    # --- what holds in between ---------------------------------------------------------------------------------

    @invariant()
    def the_tree_is_the_models(self) -> None:
        if not hasattr(self, "registry"):
            return
        rows = self.registry.reg_dump_tree(self.callers[20])
        assert [row["path"] for row in rows] == self.below("@VT")
        for row in rows:
            path, key = row["path"], self.keys[row["path"]]
            info = self.registry.reg_query_info(self.callers[20], path)
            assert info["owner_pid"] == key["owner"]
            assert info["values"] == row["values"] == len(key["values"])
            assert [
                (each["name"], each["value"], each["type"])
                for each in self.registry.reg_enum_values(self.callers[20], path)
            ] == [(name, *key["values"][name]) for name in sorted(key["values"])]
        assert self.registry._data == self.bytes()

    @invariant()
    def who_watches_is_signaled_when_there_is_news_and_costs_nothing_when_gone(self) -> None:
        if not hasattr(self, "registry"):
            return
        for handle, watch in self.watching.items():
            body = self.ob.entry_of(self.callers[20].process, handle).header.body
            assert body.signaled(None) == bool(watch["changes"] or watch["lost"] or watch["path"] is None)
        living = sum(1 for watch in self.watching.values() if watch["path"] is not None)
        assert (self.registry.on_change is not None) == (living > 0)
        assert sum(len(key.watches) for key in self.registry._keys.values()) == living
        assert self.callers[20].process.ledger.counts.get("watches", 0) == len(self.watching)


TestRegistryMachine = RegistryMachine.TestCase
TestRegistryMachine.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
