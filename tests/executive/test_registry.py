"""The registry's rules: paths, types, limits, whose a key is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from abi.status import Status, StatusError
from executive import registry as rules
from executive.process import Process
from executive.registry import Registry
from kernelrig import BareMachine


class Caller:
    """Stands for a thread where only its process is looked at."""

    def __init__(self, pid: int, ring: float) -> None:
        self.process = Process(pid, None, ring, "/test.py", "", 0)


class Clock:
    """Machine time that a test sets."""

    def __init__(self) -> None:
        self.now = 1.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def registry() -> Any:
    made = Registry(Clock())
    made.init_system()
    return made


SERVICE, DRIVER, OTHER, PROGRAM = Caller(2, 1), Caller(5, 2), Caller(6, 2), Caller(20, 3)


def refused(status: Status, call: Callable[..., object], *args: object) -> str:
    """Makes a call that must be refused with that status; returns the reason."""
    with pytest.raises(StatusError) as refusal:
        call(*args)
    assert refusal.value.status == status
    return refusal.value.detail


def given(registry: Any, path: str = "@VT\\DRV\\Echo", caller: Caller = DRIVER) -> str:
    """A key as DKMS makes it for a driver."""
    registry.reg_create_key(SERVICE, path)
    registry.reg_set_owner(SERVICE, path, caller.process.pid)
    return path


def test_one_key_has_one_path_and_every_spelling_finds_it(registry: Any) -> None:
    """Empty components do not count; case does; without the root it is no path."""
    registry.reg_create_key(SERVICE, "@VT\\SYS\\\\Lab\\")
    for path in ("@VT\\SYS\\Lab", "@VT\\\\SYS\\Lab", "\\@VT\\SYS\\Lab\\\\"):
        assert registry.reg_query_info(PROGRAM, path)["path"] == "@VT\\SYS\\Lab"
    assert not registry.reg_key_exists(PROGRAM, "@VT\\sys\\lab")
    for path in ("", "\\", "SYS\\Lab", "@vt\\SYS", "VT", "@VTSYS", "@VT\\a\nb", "@VT\\" + "n" * 256, "@VT\\\x00"):
        for call in (registry.reg_key_exists, registry.reg_enum_keys, registry.reg_query_info):
            refused(Status.INVALID_PARAMETER, call, PROGRAM, path)
        refused(Status.INVALID_PARAMETER, registry.reg_create_key, SERVICE, path)
    assert registry.reg_key_exists(PROGRAM, "@VT\\" + "n" * 255) is False


def test_the_hives_cannot_be_deleted_however_they_are_spelt(registry: Any) -> None:
    """Not by a service either, and nobody takes them over."""
    for hive in ("@VT", "@VT\\", "@VT\\DEV\\", "@VT\\\\DRV", "\\@VT\\SYS", "@VT\\SYS\\BOOT", "@VT\\SYS\\\\CONFIG\\"):
        refused(Status.REGISTRY_PROTECTED, registry.reg_delete_key, SERVICE, hive)
        refused(Status.REGISTRY_PROTECTED, registry.reg_set_owner, SERVICE, hive, 5)
    assert registry.reg_enum_keys(PROGRAM, "@VT") == ["DEV", "DRV", "SYS"]
    assert registry.reg_enum_keys(PROGRAM, "@VT\\SYS") == ["BOOT", "CONFIG", "HARDWARE"]


def test_a_value_has_the_type_that_it_says_or_the_one_that_it_shows(registry: Any) -> None:
    """STR, NUM, BOOL and TAB are inferred; what is none of them, or not the one that was declared, is refused."""
    key = given(registry)
    fitting = ("text", "STR"), (1, "NUM"), (1.5, "NUM"), (True, "BOOL"), ([1, "a"], "TAB"), ({"a": [1]}, "TAB")
    for data, kind in fitting:
        registry.reg_set_value(DRIVER, key, "v", data)
        assert registry.reg_get_value(PROGRAM, key, "v") == (data, kind)
        registry.reg_set_value(DRIVER, key, "v", data, kind)
    for data, kind in (
        ("1", "NUM"), (1, "STR"), (1, "BOOL"), (True, "NUM"), ((1, 2), "TAB"), ("a", "TAB"), (1, "REG_DWORD"),
        (None, None), (b"x", None), ((1, 2), None), (print, None), ([print], "TAB"), (1 << 5000, "NUM"),
    ):
        refused(Status.INVALID_PARAMETER, registry.reg_set_value, DRIVER, key, "v", data, kind)
    for name in ("", "n" * 256, "a\tb", "\x1b[2J"):
        refused(Status.INVALID_PARAMETER, registry.reg_set_value, DRIVER, key, name, 1)
    assert registry.reg_get_value(PROGRAM, key, "v") == ({"a": [1]}, "TAB")
    assert registry.reg_get_value(PROGRAM, key, "none") is None
    assert registry.reg_get_value(PROGRAM, "@VT\\none", "v") is None
    refused(Status.REGISTRY_KEY_NOT_FOUND, registry.reg_set_value, SERVICE, "@VT\\none", "v", 1)


def test_a_table_is_nobody_elses(registry: Any) -> None:
    """What is set is copied, what is got is copied; no later change of either side is seen by the other."""
    key = given(registry)
    mine = {"list": [1, 2]}
    registry.reg_set_value(DRIVER, key, "t", mine)
    mine["list"].append(3)
    first = registry.reg_get_value(PROGRAM, key, "t")[0]
    first["list"].clear()
    listed = registry.reg_enum_values(PROGRAM, key)
    assert listed == [{"name": "t", "type": "TAB", "value": {"list": [1, 2]}}]
    listed[0]["value"]["list"].clear()
    assert registry.reg_get_value(PROGRAM, key, "t") == ({"list": [1, 2]}, "TAB")


def test_a_driver_changes_what_is_its_own_and_nothing_else(registry: Any) -> None:
    """Its key, keys below it, and a tree of its own below the root; services change everything."""
    key = given(registry)
    registry.reg_create_key(DRIVER, key + "\\part\\deep")
    registry.reg_set_value(DRIVER, key + "\\part", "Speed", 3)
    registry.reg_create_key(DRIVER, "@VT\\Lab\\one")
    registry.reg_create_key(OTHER, key)  # it is there: nothing happens
    for call, args in (
        (registry.reg_set_value, (key, "x", 1)),
        (registry.reg_delete_value, (key + "\\part", "Speed")),
        (registry.reg_delete_key, (key,)),
        (registry.reg_delete_key, ("@VT\\Lab",)),
        (registry.reg_create_key, (key + "\\theirs",)),
        (registry.reg_create_key, ("@VT\\DRV\\Squatter",)),
        (registry.reg_create_key, ("@VT\\DEV\\VIRT_999",)),
        (registry.reg_create_key, ("@VT\\SYS\\HARDWARE\\gpu_9b0000",)),
        (registry.reg_create_key, ("@VT\\SYS\\mine",)),
        (registry.reg_set_value, ("@VT\\SYS\\BOOT", "SafeMode", "true")),
        (registry.reg_set_value, ("@VT", "x", 1)),
    ):
        refused(Status.ACCESS_DENIED, call, OTHER, *args)
    assert refused(Status.ACCESS_DENIED, registry.reg_set_value, OTHER, key, "x", 1) == (
        "@VT\\DRV\\Echo belongs to process 5"
    )

    registry.reg_create_key(SERVICE, key + "\\part\\service")
    refused(Status.ACCESS_DENIED, registry.reg_delete_key, DRIVER, key)  # a key of others is below it
    registry.reg_delete_key(SERVICE, key + "\\part\\service")
    registry.reg_delete_key(DRIVER, key)
    assert registry.reg_enum_keys(PROGRAM, "@VT\\DRV") == []
    registry.reg_set_value(SERVICE, "@VT\\Lab", "x", 1)
    assert registry.reg_query_info(PROGRAM, "@VT\\Lab")["owner_pid"] == 5


def test_a_key_that_changes_hands(registry: Any) -> None:
    """The new owner may change it and what was made below it, the old one no more; keys of others stay theirs."""
    key = given(registry)
    registry.reg_create_key(DRIVER, key + "\\part")
    registry.reg_create_key(SERVICE, key + "\\services")
    registry.reg_set_owner(SERVICE, key, 6)
    registry.reg_set_value(OTHER, key, "x", 1)
    registry.reg_set_value(OTHER, key + "\\part", "x", 2)
    refused(Status.ACCESS_DENIED, registry.reg_set_value, OTHER, key + "\\services", "x", 2)
    refused(Status.ACCESS_DENIED, registry.reg_set_value, DRIVER, key, "x", 2)
    refused(Status.ACCESS_DENIED, registry.reg_set_value, DRIVER, key + "\\part", "x", 2)
    refused(Status.REGISTRY_KEY_NOT_FOUND, registry.reg_set_owner, SERVICE, "@VT\\DRV\\None", 6)
    refused(Status.INVALID_PARAMETER, registry.reg_set_owner, SERVICE, key, -1)


def test_the_limits_of_one_key_and_one_value(registry: Any) -> None:
    """The 257th value, the 1,025th key, the 21st level, a long text, a large table: refused, nothing has changed."""
    for number in range(rules.MAX_VALUES):
        registry.reg_set_value(SERVICE, "@VT\\DRV", f"v{number}", number)
    refused(Status.REGISTRY_QUOTA, registry.reg_set_value, SERVICE, "@VT\\DRV", "one more", 1)
    registry.reg_set_value(SERVICE, "@VT\\DRV", "v0", "there is room for what is there")
    registry.reg_delete_value(SERVICE, "@VT\\DRV", "v1")
    registry.reg_set_value(SERVICE, "@VT\\DRV", "one more", 1)

    for number in range(rules.MAX_SUB_KEYS):
        registry.reg_create_key(SERVICE, f"@VT\\DEV\\{number}")
    refused(Status.REGISTRY_QUOTA, registry.reg_create_key, SERVICE, "@VT\\DEV\\one more\\below")
    registry.reg_create_key(SERVICE, "@VT\\DEV\\7\\below")

    deepest = "@VT\\" + "\\".join(f"k{level}" for level in range(rules.MAX_DEPTH))
    registry.reg_create_key(SERVICE, deepest)
    refused(Status.REGISTRY_QUOTA, registry.reg_create_key, SERVICE, deepest + "\\deeper")
    refused(Status.REGISTRY_QUOTA, registry.reg_create_key, SERVICE, "@VT\\new\\" + "\\".join("x" * 20))
    assert not registry.reg_key_exists(PROGRAM, "@VT\\new")
    assert registry.reg_key_exists(PROGRAM, deepest + "\\deeper") is False

    registry.reg_set_value(SERVICE, deepest, "text", "ä" * rules.MAX_STRING)
    refused(Status.REGISTRY_QUOTA, registry.reg_set_value, SERVICE, deepest, "text", "ä" * (rules.MAX_STRING + 1))
    table = ["x" * (rules.MAX_TABLE - 4)]  # ['xxx...']
    registry.reg_set_value(SERVICE, deepest, "table", table)
    refused(Status.REGISTRY_QUOTA, registry.reg_set_value, SERVICE, deepest, "table", [*table, 1])
    nested: list[object] = []
    for _ in range(20):
        nested = [nested]
    refused(Status.INVALID_PARAMETER, registry.reg_set_value, SERVICE, deepest, "table", nested)
    assert registry.reg_get_value(PROGRAM, deepest, "table") == (table, "TAB")


def test_the_limits_of_the_whole_registry(registry: Any) -> None:
    """So many keys and so many bytes; what is deleted makes room again."""
    before = len(registry.reg_dump_tree(PROGRAM))
    made = before
    while made + 1001 <= rules.MAX_KEYS:
        for number in range(1000):
            registry.reg_create_key(SERVICE, f"@VT\\t{made}\\{number}")
        made += 1001
        last = f"@VT\\t{made - 1001}"
    for number in range(rules.MAX_KEYS - made):
        registry.reg_create_key(SERVICE, f"@VT\\SYS\\{number}")
    refused(Status.REGISTRY_QUOTA, registry.reg_create_key, SERVICE, "@VT\\SYS\\one more")
    assert len(registry.reg_dump_tree(PROGRAM)) == rules.MAX_KEYS
    registry.reg_delete_key(SERVICE, last)
    registry.reg_create_key(SERVICE, "@VT\\SYS\\one more")

    table = ["x" * (rules.MAX_TABLE - 4)]
    for number in range(rules.MAX_DATA // rules.MAX_TABLE):
        registry.reg_set_value(SERVICE, "@VT\\SYS\\one more", f"v{number}", table)
    refused(Status.REGISTRY_QUOTA, registry.reg_set_value, SERVICE, "@VT\\SYS\\1", "v", "a")
    registry.reg_set_value(SERVICE, "@VT\\SYS\\one more", "v0", "small")
    registry.reg_set_value(SERVICE, "@VT\\SYS\\1", "v", table[0][:4000])
    registry.reg_delete_key(SERVICE, "@VT\\SYS\\one more")
    registry.reg_create_key(SERVICE, "@VT\\SYS\\one more")
    registry.reg_set_value(SERVICE, "@VT\\SYS\\one more", "v", table)


def test_what_is_told_of_a_key_and_of_a_tree(registry: Any) -> None:
    """Counts, times and the owner; a tree depth first, by name, as deep as was asked for."""
    clock = registry._uptime
    registry.reg_create_key(DRIVER, "@VT\\Lab\\b\\deep")
    clock.now = 2.0
    registry.reg_create_key(DRIVER, "@VT\\Lab\\a")
    registry.reg_set_value(DRIVER, "@VT\\Lab\\b", "v", 1)
    clock.now = 3.0
    assert registry.reg_query_info(PROGRAM, "@VT\\Lab") == {
        "path": "@VT\\Lab", "name": "Lab", "sub_keys": 2, "values": 0, "created": 1.0, "modified": 2.0, "owner_pid": 5,
    }
    assert registry.reg_query_info(PROGRAM, "@VT\\none") is None
    rows = registry.reg_dump_tree(PROGRAM, "@VT\\Lab\\")
    assert [(row["depth"], row["path"], row["sub_keys"], row["values"]) for row in rows] == [
        (0, "@VT\\Lab", 2, 0), (1, "@VT\\Lab\\a", 0, 0), (1, "@VT\\Lab\\b", 1, 1), (2, "@VT\\Lab\\b\\deep", 0, 0),
    ]
    assert [row["name"] for row in registry.reg_dump_tree(PROGRAM, "@VT\\Lab", 1)] == ["Lab", "a", "b"]
    assert [row["name"] for row in registry.reg_dump_tree(PROGRAM, "@VT\\Lab", 0)] == ["Lab"]
    assert registry.reg_dump_tree(PROGRAM, "@VT\\none") == []
    registry.reg_delete_value(DRIVER, "@VT\\Lab\\b", "v")
    assert registry.reg_query_info(PROGRAM, "@VT\\Lab\\b")["modified"] == 3.0
    assert registry.reg_delete_value(DRIVER, "@VT\\Lab\\b", "v") is False


def test_device_ids_are_never_used_again(registry: Any) -> None:
    """One counter for all classes."""
    classes = ("virtual", "physical", "network", "block", "toaster")
    ids = [registry.reg_alloc_device_id(DRIVER, device_class) for device_class in classes]
    assert ids == ["VIRT_001", "PHYS_002", "NET_003", "BLK_004", "DEV_005"]


@pytest.mark.parametrize(
    "call",
    ["'reg_create_key', '@VT\\\\x'", "'reg_set_value', '@VT\\\\SYS', 'x', 1", "'reg_delete_key', '@VT\\\\x'",
     "'reg_delete_value', '@VT\\\\SYS', 'x'", "'reg_set_owner', '@VT\\\\x', 1", "'reg_alloc_device_id', 'virtual'"],
)
def test_a_program_that_changes_the_registry_is_ended(call: str) -> None:
    """As for every call that is closed to its ring; reading is open."""
    with BareMachine() as bare:
        process = bare.run(f"say(syscall('reg_enum_keys', '@VT'))\nsyscall({call})\nsay('still there')")
        assert bare.said() == ["['DEV', 'DRV', 'SYS']"]
        assert process.exit_status == 137
