"""Watching the registry and the log: who waits is woken by a change, hears of each, and costs nothing when gone."""

from __future__ import annotations

import pytest

from kernelrig import BareMachine


def test_who_watches_a_key_wakes_when_it_changes_and_hears_what_changed() -> None:
    """In order, once, with names; between two waits nothing is missed."""
    with BareMachine() as bare:
        bare.start("""
from axis import registry
for change in registry.watch("@VT\\\\SYS"):
    say(change)
""")
        bare.settle()
        assert bare.said() == []
        bare.run("""
syscall("reg_create_key", "@VT\\\\SYS\\\\Lab\\\\deep")
syscall("reg_set_value", "@VT\\\\SYS\\\\Lab", "Power", 7)
syscall("reg_create_key", "@VT\\\\DRV\\\\unheard")
""", ring=1)
        assert bare.said() == [
            "<key_created @VT\\SYS\\Lab>", "<key_created @VT\\SYS\\Lab\\deep>", "<value_set @VT\\SYS\\Lab Power>",
        ]
        bare.run("""
syscall("reg_set_value", "@VT\\\\SYS\\\\Lab", "Power", 7)      # as it was: no change
syscall("reg_delete_value", "@VT\\\\SYS\\\\Lab", "Power")
syscall("reg_set_owner", "@VT\\\\SYS\\\\Lab", 5)
syscall("reg_delete_key", "@VT\\\\SYS\\\\Lab")
""", ring=1)
        assert bare.said()[3:] == [
            "<value_deleted @VT\\SYS\\Lab Power>", "<key_deleted @VT\\SYS\\Lab>", "<key_deleted @VT\\SYS\\Lab\\deep>",
        ]


def test_a_watch_waits_with_other_objects_and_with_a_time_limit() -> None:
    """Whichever comes first ends the wait; an unread watch stays signaled."""
    with BareMachine() as bare:
        bare.start("""
from axis import registry, sync
with registry.watch("@VT\\\\SYS\\\\BOOT", False) as watch, sync.Event() as event:
    say(watch.wait(10), watch.take())
    say(sync.wait_multiple([event, watch]))
    say(sync.wait_multiple([event, watch], timeout_ms=0), watch.wait(0))
    say(watch.take(), watch.wait(0))
""")
        bare.settle()
        assert bare.said() == ["False []"]
        bare.run('syscall("reg_set_value", "@VT\\\\SYS\\\\BOOT", "Mood", "good")', ring=1)
        assert bare.said()[1:] == ["1", "1 True", "[<value_set @VT\\SYS\\BOOT Mood>] False"]
        assert bare.kernel.registry.on_change is None


def test_a_deleted_key_ends_its_watch() -> None:
    """The watch tells of the end, then says that there is nothing to watch; it does not come back with the name."""
    with BareMachine() as bare:
        bare.run('syscall("reg_create_key", "@VT\\\\Lab")', ring=1)
        bare.start("""
from abi.status import StatusError
from axis import registry
watch = registry.watch("@VT\\\\Lab", changes=registry.NOTIFY_VALUE)
for change in watch:
    say(change)
say("over", watch.wait(0))
try:
    watch.take()
except StatusError as error:
    say(int(error.status))
""")
        bare.settle()
        bare.run('syscall("reg_delete_key", "@VT\\\\Lab")\nsyscall("reg_create_key", "@VT\\\\Lab")\n'
                 'syscall("reg_set_value", "@VT\\\\Lab", "x", 1)', ring=1)
        assert bare.said() == ["<key_deleted @VT\\Lab>", "over True", "800"]


def test_more_changes_than_a_watch_holds_are_counted() -> None:
    """256 are kept, the rest is a number; one value that changes a thousand times is one change."""
    with BareMachine() as bare:
        bare.start("""
from axis import registry
watch = registry.watch("@VT\\\\SYS")
syscall("process_sleep", 1000)
changes = watch.take()
say(len(changes), watch.lost, changes[0], changes[-1])
say(watch.take(), watch.lost)
""")
        bare.settle(0.5)
        bare.start("""
for number in range(1000):
    syscall("reg_set_value", "@VT\\\\SYS", "busy", number)
for number in range(200):
    syscall("reg_set_value", "@VT\\\\SYS\\\\BOOT", f"v{number}", 1)
    syscall("reg_set_value", "@VT\\\\SYS\\\\CONFIG", f"v{number}", 1)
""", ring=1)
        bare.machine.run_for(2)
        assert bare.said() == ["256 145 <value_set @VT\\SYS busy> <value_set @VT\\SYS\\BOOT v127>", "[] 145"]


def test_a_watcher_that_is_killed_leaves_nothing_behind() -> None:
    """Its watches go with its handles, and changes cost nothing again."""
    with BareMachine() as bare:
        source = 'handle = syscall("reg_notify", "@VT")\nsyscall("ke_wait_single", handle)'
        watchers = [bare.start(source) for _ in range(3)]
        bare.settle()
        assert bare.kernel.registry.on_change is not None
        for watcher in watchers:
            bare.kernel.processes.terminate(watcher, 137, "killed")
        bare.settle()
        assert bare.kernel.registry.on_change is None
        assert bare.kernel.ob.query_type_statistics()["CmRegistryWatch"] == (0, 0)
        assert bare.kernel.registry.find("@VT").watches == ()


@pytest.mark.parametrize("call", ['"reg_notify", "@VT"', '"dmesg_notify"'])
def test_one_process_may_have_so_many_watches(call: str) -> None:
    """Beyond the limit is 609; a closed one makes room."""
    with BareMachine() as bare:
        bare.run(f"""
from abi.status import StatusError
made = []
try:
    while True:
        made.append(syscall({call}))
except StatusError as error:
    say(len(made), int(error.status), error.detail)
syscall("vfs_close", made.pop())
syscall({call})
say("room")
""")
        assert bare.said()[0].startswith("64 609 ") and "limit watches" in bare.said()[0]
        assert bare.said()[1] == "room"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [('"@VT\\\\none"', 800), ('"SYS"', 601), ('"@VT", True, 0', 601), ('"@VT", True, 2', 601), ('"@VT", True, -1', 601),
     ('"@VT", 1', 601), ("7", 601)],
)
def test_what_cannot_be_watched(arguments: str, status: int) -> None:
    """Each with its status, and without a watch left behind."""
    with BareMachine() as bare:
        bare.run(f"""
from abi.status import StatusError
try:
    syscall("reg_notify", {arguments})
except StatusError as error:
    say(int(error.status))
say(syscall("ob_list_handles"))
""")
        assert bare.said() == [str(status), "[]"]


def test_a_watch_without_the_right_to_read() -> None:
    """Waiting needs SYNCHRONIZE, reading READ; another kind of handle is no watch."""
    with BareMachine() as bare:
        bare.run("""
from abi.status import StatusError
from abi import access
handle = syscall("reg_notify", "@VT")
me = syscall("process_get_pid")
blind = syscall("ob_duplicate_handle", me, handle, me, access.SYNCHRONIZE)
for target in (blind, syscall("ke_create_event"), "H-none"):
    try:
        syscall("reg_read_changes", target)
    except StatusError as error:
        say(int(error.status))
say(syscall("ke_wait_single", blind, 0))
""")
        assert bare.said() == ["500", "706", "600", "258"]


def test_who_waits_for_the_log_is_woken_by_its_next_entry() -> None:
    """An entry that comes before the next wait ends that at once; nobody has to look again and again."""
    with BareMachine() as bare:
        bare.start("""
watch = syscall("dmesg_notify")
heard = []
for turn in range(2):
    syscall("ke_wait_single", watch)
    heard.append(syscall("dmesg_stats")["total"])
say(heard, syscall("ke_wait_single", watch, 0), syscall("ke_wait_single", watch, 0))
syscall("vfs_close", watch)
""")
        bare.settle()
        before = len(bare.kernel.log.newest(1000))
        bare.run('say("one")\nsay("two")')
        assert bare.said() == ["one", "two", f"[{before + 2}, {before + 2}] 258 258"]
        assert bare.kernel.log.on_entry is None


def test_a_program_that_waits_for_the_registry_is_not_stuck() -> None:
    """The system may change it any time: the wait graph does not call that a deadlock."""
    with BareMachine() as bare:
        bare.start('syscall("ke_wait_single", syscall("reg_notify", "@VT"))')
        bare.settle()
        assert bare.kernel.wait_graph.deadlock() == []
