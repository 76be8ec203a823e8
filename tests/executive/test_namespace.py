"""The namespace as programs and services see it: directories, links, rights, types, and who holds what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from abi.status import Status, StatusError
from axisos import Machine, host
from executive.ob_manager import ObjectManager
from kernel_invariants import broken_promises
from kernelrig import BareMachine

ATTEMPT = """
from abi.status import StatusError
def attempt(name, *args):
    try:
        return syscall(name, *args)
    except StatusError as error:
        return int(error.status)
"""


def manager() -> ObjectManager:
    numbers = iter(range(10**6))
    return ObjectManager(lambda count: f"{next(numbers):0{2 * count}x}", lambda: 0)


def refused(call: Any, *args: Any, **named: Any) -> int:
    with pytest.raises(StatusError) as error:
        call(*args, **named)
    return int(error.value.status)


def test_a_name_needs_its_directory_and_a_directory_keeps_what_stands_in_it() -> None:
    """Below what is no directory nothing has a name; a directory can be taken away when it is empty."""
    ob = manager()
    box = ob.create_object("IoDeviceObject", "box")
    assert refused(ob.insert_object, box, "\\Lab\\Box") == Status.OBJECT_NAME_NOT_FOUND
    ob.insert_object(ob.create_object("ObpDirectory", {}), "\\Lab")
    ob.insert_object(box, "\\Lab\\Box")
    assert ob.lookup_object("\\Lab\\Box") is box
    assert [name for name, _ in ob.list_directory("\\Lab")] == ["Box"]
    assert refused(ob.lookup_object, "\\Lab\\Box\\Lid") == Status.OBJECT_NAME_NOT_FOUND
    assert refused(ob.insert_object, ob.create_object("ObpDirectory", {}), "\\Lab\\Box\\Lid") == (
        Status.OBJECT_NAME_NOT_FOUND
    )
    assert refused(ob.list_directory, "\\Lab\\Box") == Status.NOT_A_DIRECTORY
    assert refused(ob.delete_object, "\\Lab") == Status.DIRECTORY_NOT_EMPTY
    ob.delete_object("\\Lab\\Box")
    ob.delete_object("\\Lab")
    assert refused(ob.lookup_object, "\\Lab") == Status.OBJECT_NAME_NOT_FOUND
    assert ob.query_type_statistics()["IoDeviceObject"] == (0, 0)


def test_an_object_has_one_name_and_a_permanent_one_keeps_it() -> None:
    """A second name is refused, and any name once the first was taken away; what is held stays without one."""
    ob = manager()
    box = ob.create_object("IoDeviceObject", "box")
    ob.insert_object(box, "\\Device\\Box")
    assert refused(ob.insert_object, box, "\\Device\\Again") == Status.INVALID_PARAMETER
    box.permanent = True
    assert refused(ob.delete_object, "\\Device\\Box") == Status.ACCESS_DENIED
    box.permanent = False
    ob.reference_object(box)
    ob.delete_object("\\Device\\Box")
    assert refused(ob.insert_object, box, "\\Device\\Box") == Status.DELETE_PENDING
    assert ob.query_type_statistics()["IoDeviceObject"] == (1, 0)
    ob.dereference_object(box)
    assert ob.query_type_statistics()["IoDeviceObject"] == (0, 0)


def test_links_lead_on_in_the_middle_of_a_path_and_not_for_ever() -> None:
    """Eight of them, no more; deleting a link leaves what it leads to."""
    ob = manager()
    box = ob.create_object("IoDeviceObject", "box")
    ob.insert_object(box, "\\Device\\Box")
    ob.create_symbolic_link("\\DosDevices\\d0", "\\Device")
    for hop in range(1, 8):
        ob.create_symbolic_link(f"\\DosDevices\\d{hop}", f"\\DosDevices\\d{hop - 1}")
    assert ob.lookup_object("\\DosDevices\\d7\\Box") is box  # the eighth hop
    ob.create_symbolic_link("\\DosDevices\\d8", "\\DosDevices\\d7")
    assert refused(ob.lookup_object, "\\DosDevices\\d8\\Box") == Status.OBJECT_NAME_INVALID
    ob.create_symbolic_link("\\DosDevices\\up", "\\DosDevices\\up\\up")
    assert refused(ob.lookup_object, "\\DosDevices\\up") == Status.OBJECT_NAME_INVALID
    ob.delete_object("\\DosDevices\\d0")  # the link, not what it leads to
    assert ob.lookup_object("\\Device\\Box") is box


def test_a_type_may_say_how_a_path_goes_on_through_its_objects() -> None:
    """Its parse procedure is given what is left of the path."""
    ob = manager()
    ob.create_object_type("Disk", parse=lambda header, rest: f"\\Device\\{header.body}{rest.replace(chr(92), '-')}")
    ob.insert_object(ob.create_object("Disk", "Part"), "\\Disk0")
    part = ob.create_object("IoDeviceObject", "")
    ob.insert_object(part, "\\Device\\Part-1")
    assert ob.lookup_object("\\Disk0\\1") is part


@pytest.mark.parametrize("path", ["", "x", "\\x\\", "\\\\x", "\\x\\\\y", "\\" + "x" * 255, "x\\y"])
def test_what_is_no_path_is_refused(path: str) -> None:
    """For looking and for naming alike."""
    ob = manager()
    assert refused(ob.lookup_object, path) == Status.OBJECT_NAME_INVALID
    assert refused(ob.insert_object, ob.create_object("ObpDirectory", {}), path) == Status.OBJECT_NAME_INVALID


def test_programs_see_the_tree_and_every_type_stands_in_it() -> None:
    """With the permissions of what programs have named, and how many objects there are."""
    program = """
syscall("ke_create_mqueue", "jobs", 4, 16, "640")
def tree(path, depth=0):
    for entry in syscall("ob_query_directory", path):
        say("  " * depth + entry["name"], entry["type"], entry["mode"], entry["target"] or "")
        if entry["type"] == "ObpDirectory":
            tree(entry["path"], depth + 1)
tree("\\\\")
types = syscall("ob_query_types")
say(sorted(types) == [e["name"] for e in syscall("ob_query_directory", "\\\\ObjectTypes")])
say(types["IpcMessageQueue"])
"""
    with BareMachine() as bare:
        bare.run(program)
        said = bare.said()
        assert "MQueue ObpDirectory 755 " in said
        assert "  jobs IpcMessageQueue 640 " in said
        assert {f"  {name} ObpType 755 " for name in ("KeEvent", "IoPipeObject", "ObpSymbolicLink")} <= set(said)
        assert said[-2:] == ["True", "(1, 1)"]


def test_named_objects_are_opened_with_what_their_permissions_allow() -> None:
    """By their own call or by their path; more is refused, and each handle grants no more than that."""
    owner = """
held = [syscall("ke_create_event", True, True, "bell", "644"), syscall("ke_create_mutex", False, "lock", "600"),
        syscall("ke_create_semaphore", 1, 2, "seats", "666"), syscall("ke_create_named_pipe", "p", 64, "444")]
syscall("signal_pull")
"""
    guest = ATTEMPT + """
bell = attempt("ke_open_event", "bell")
say(attempt("ke_wait_single", bell, 0), attempt("ke_reset_event", bell))
say(attempt("ke_open_mutex", "lock"), attempt("ke_open_mutex", "bell"), attempt("ke_open_event", "no"))
seats = attempt("ob_open_object", "\\\\Semaphore\\\\seats")
say(attempt("ke_wait_single", seats), attempt("ke_release_semaphore", seats))
say(attempt("ob_open_object", "\\\\Semaphore\\\\seats", 0x10), attempt("ob_open_object", "\\\\Event\\\\bell", 0x1000))
pipe = attempt("ob_open_object", "\\\\Pipe\\\\p", 0x01)
say(attempt("ke_pipe_write", pipe, b"x"), attempt("ob_open_object", "\\\\Pipe\\\\p", 0x03))
say(sorted((h["type"], h["granted_access"]) for h in syscall("ob_list_handles")))
"""
    with BareMachine() as bare:
        bare.kernel.spawn_source(bare.PRELUDE + owner, 3, "/owner.py", uid=1000)
        bare.settle()
        bare.kernel.spawn_source(bare.PRELUDE + guest, 3, "/guest.py", uid=1001)
        bare.settle()
        assert bare.said() == [
            "0 500", "500 703 703", "0 0", "500 601", "500 500",
            "[('IoPipeObject', 65), ('KeEvent', 97), ('KeSemaphore', 99)]",
        ]  # fmt: skip
        assert broken_promises(bare.kernel) == []


def test_a_protected_handle_stays_open_until_its_process_ends() -> None:
    """Or until it is protected no more."""
    program = ATTEMPT + """
event = syscall("ke_create_event")
syscall("ob_set_handle_flags", event, None, True)
say(attempt("vfs_close", event), syscall("ke_set_event", event))
syscall("ob_set_handle_flags", event, None, False)
say(attempt("vfs_close", event), attempt("ob_set_handle_flags", event, True))
syscall("ob_set_handle_flags", syscall("ke_create_event"), None, True)
"""
    with BareMachine() as bare:
        bare.run(program)
        assert bare.said() == ["708 0", "True 600"]
        assert bare.kernel.ob.query_type_statistics()["KeEvent"] == (0, 0)


def test_every_handle_knows_where_it_was_made_and_who_may_see_it() -> None:
    """The line of the program and its age; other users see nothing, user 0 all but the tokens."""
    program = """
def open_one():
    return syscall("ke_create_event")
open_one()
handle = syscall("ke_create_mutex")
syscall("process_sleep", 1500)
for facts in syscall("ob_query_handles", syscall("process_get_pid")):
    say(facts["type"], facts["origin"], facts["age_s"] // 0.5 / 2, facts["uid"], facts["token"] is not None)
"""
    with BareMachine() as bare:
        bare.kernel.spawn_source(bare.PRELUDE + program, 3, "/a.py", uid=1000)
        bare.machine.run_for(2)
        assert bare.said() == ["KeEvent /a.py:5 in open_one 1.5 1000 True", "KeMutex /a.py:7 1.5 1000 True"]
    other = ATTEMPT + """
say(attempt("ob_query_handles", 20), attempt("ob_query_handles"), attempt("ob_query_handles", 99))
"""
    with BareMachine() as bare:
        bare.kernel.spawn_source("syscall('ke_create_event'); syscall('signal_pull')", 3, "/a.py", {}, 1000)
        bare.settle()
        bare.kernel.spawn_source(bare.PRELUDE + other, 3, "/b.py", {}, 1001)
        bare.settle()
        assert bare.said() == ["500 [] 606"]
        bare.run(ATTEMPT + 'say([(h["pid"], h["token"]) for h in syscall("ob_query_handles")])')  # user 0
        assert bare.said()[-1] == "[(20, None)]"


def test_the_end_of_a_process_or_thread_can_be_waited_for_beside_other_things() -> None:
    """Also when it is over already; the handle is for nothing else."""
    program = ATTEMPT + """
def short():
    syscall("process_sleep", 20)
thread = syscall("process_thread", short)
end, event = syscall("process_open", thread), syscall("ke_create_event")
say(syscall("ke_wait_multiple", [event, end], False, 5), syscall("ke_wait_multiple", [event, end]))
say(syscall("ke_wait_single", end, 0), syscall("ke_wait_single", syscall("process_open", thread), 0))
say(attempt("ke_set_event", end), attempt("process_open", 999))
"""
    with BareMachine() as bare:
        bare.run(program)
        assert bare.said() == ["258 1", "0 0", "500 606"]
        assert bare.kernel.ob.query_type_statistics()["PsProcess"] == (0, 0)
        assert broken_promises(bare.kernel) == []


@pytest.mark.parametrize(
    "call",
    [
        ("ke_create_event", False, False, None), ("ke_create_mutex", False, None),
        ("ke_create_semaphore", 1, 1, None), ("ke_create_section", None, 16), ("ke_create_mqueue", None, 1, 1),
    ],
    ids=lambda call: call[0],
)  # fmt: skip
@pytest.mark.parametrize("permissions", ["rw-", "8", "0644"])
def test_permissions_that_are_none_are_refused_without_a_name_too(call: tuple[object, ...], permissions: str) -> None:
    """And nothing is made, nor counted."""
    with BareMachine() as bare:
        bare.run(f"{ATTEMPT}\nsay(attempt(*{call!r}, {permissions!r}), syscall('ob_list_handles'))")
        assert bare.said() == ["601 []"]
        assert broken_promises(bare.kernel) == []


def test_who_waits_for_an_end_hears_of_it_also_when_all_handles_are_closed_meanwhile() -> None:
    program = """
gate = syscall("ke_create_event")
short = syscall("process_thread", lambda: syscall("ke_wait_single", gate))
end = syscall("process_open", short)
waiter = syscall("process_thread", lambda: say("heard", syscall("ke_wait_single", end)))
syscall("process_yield")
syscall("vfs_close", end)
again = syscall("process_open", short)
syscall("vfs_close", again)
syscall("ke_set_event", gate)
syscall("process_wait", waiter)
say(syscall("ke_wait_single", syscall("process_open", short), 0))
"""
    with BareMachine() as bare:
        bare.run(program)
        assert bare.said() == ["heard 0", "0"]
        assert bare.kernel.ob.query_type_statistics()["PsProcess"] == (0, 0)
        assert broken_promises(bare.kernel) == []


def test_a_mutex_that_cannot_be_made_is_nobodys() -> None:
    """Its name is taken: the caller owns nothing."""
    program = ATTEMPT + """
syscall("ke_create_mutex", False, "m")
say(attempt("ke_create_mutex", True, "m"))
syscall("signal_pull")
"""
    with BareMachine() as bare:
        process = bare.run(program)
        assert bare.said() == ["704"]
        assert process.main.mutexes == []


def test_a_handle_made_by_a_library_knows_the_programs_line(tmp_path: Path) -> None:
    """Not that of the library."""
    program = tmp_path / "p.py"
    program.write_text(
        "def look():\n    return open('/etc/hostname')\nfile = look()\n"
        "print(syscall('ob_list_handles')[-1]['origin'])\n"
    )
    with Machine(seed=7) as machine:
        assert host.run(machine, str(program)).stdout == b"/tmp/p.py:2 in look\n"


def test_a_file_is_not_waitable_whatever_its_handle_grants(tmp_path: Path) -> None:
    """It is refused as what it is (825)."""
    program = tmp_path / "p.py"
    program.write_text(
        "try:\n    syscall('ke_wait_single', syscall('vfs_open', '/etc/hostname'), 0)\n"
        "except Exception as error:\n    print(int(error.status))\n"
    )
    with Machine(seed=7) as machine:
        assert host.run(machine, str(program)).stdout == b"825\n"


def test_deleting_a_link_leaves_alone_what_is_no_link() -> None:
    """It is refused (706)."""
    program = r"""
from abi.status import StatusError
syscall("ob_insert_object", syscall("ob_create_object", "IoDeviceObject", {}), r"\Device\Box")
try:
    say(syscall("ob_delete_symlink", r"\Device\Box"))
except StatusError as error:
    say(int(error.status))
"""
    with BareMachine() as bare:
        bare.run(program, 1)
        assert bare.said() == ["706"]
