"""Handles and their tokens."""

from __future__ import annotations

import pytest

from abi.status import Status, StatusError
from executive.limits import Limits
from executive.ob_manager import ObjectManager
from executive.process import Process


@pytest.fixture
def ob() -> ObjectManager:
    numbers = iter(range(10**6))
    return ObjectManager(lambda count: f"{next(numbers):0{2 * count}x}"[::-1], lambda: 0)


def new_process(ob: ObjectManager, pid: int = 20, token: str = "SYN-a") -> Process:
    process = Process(pid, None, 3, "/test.py", token, 0)
    process.limits = Limits({})
    ob.initialize_process(process)
    return process


def test_an_object_lives_as_long_as_somebody_holds_it(ob: ObjectManager) -> None:
    """Close runs when the last handle goes, delete when the last reference goes; both once."""
    events: list[str] = []
    ob.create_object_type("Box", lambda h: events.append("closed"), lambda h: events.append("deleted"))
    process = new_process(ob)
    header = ob.create_object("Box", "content")
    first = ob.create_handle(process, header)
    second = ob.create_handle(process, header)
    ob.dereference_object(header)

    ob.close_handle(process, first)
    assert events == []
    ob.reference_object(header)
    ob.close_handle(process, second)
    assert events == ["closed"]
    ob.dereference_object(header)
    assert events == ["closed", "deleted"]
    assert ob.query_type_statistics()["Box"] == (0, 0)


def test_a_handle_is_good_for_its_owner_with_its_token_and_its_rights_only(ob: ObjectManager) -> None:
    """Another process, another token, a missing right: each its own status."""
    ob.create_object_type("Box")
    owner, other = new_process(ob), new_process(ob, 21, "SYN-b")
    handle = ob.create_owned(owner, "Box", "content", access=0x01)

    assert ob.body_of(owner, handle, 0x01, "Box") == "content"
    for process, access, kind, status in (
        (other, 0x01, "Box", Status.INVALID_HANDLE),
        (owner, 0x02, "Box", Status.ACCESS_DENIED),
        (owner, 0x01, "Crate", Status.OBJECT_TYPE_MISMATCH),
    ):
        with pytest.raises(StatusError) as refused:
            ob.body_of(process, handle, access, kind)
        assert refused.value.status == status

    rightful, owner.token = owner.token, "SYN-c"
    with pytest.raises(StatusError) as refused:
        ob.resolve(owner, handle)
    assert refused.value.status == Status.SYNAPSE_TOKEN_MISMATCH

    owner.token = rightful
    ob.expire_handles(owner)
    with pytest.raises(StatusError) as refused:
        ob.resolve(owner, handle)
    assert refused.value.status == Status.SYNAPSE_TOKEN_EXPIRED
    assert ob.query_type_statistics()["Box"] == (0, 0)


def test_duplicates_never_have_more_rights(ob: ObjectManager) -> None:
    """Fewer is possible; more is refused; each counts as a handle of its own."""
    ob.create_object_type("Box")
    owner, child = new_process(ob), new_process(ob, 21, "SYN-b")
    handle = ob.create_owned(owner, "Box", None, access=0x03)

    copy = ob.duplicate_handle(owner, handle, child, 0x01)
    assert ob.resolve(child, copy).granted_access == 0x01
    with pytest.raises(StatusError):
        ob.duplicate_handle(owner, handle, child, 0x04)
    assert ob.query_type_statistics()["Box"] == (1, 2)


def test_names_are_found_through_links_and_freed_with_their_objects(ob: ObjectManager) -> None:
    """Collision, missing, link, loop: each its own status."""
    device = ob.create_object("IoDeviceObject", "tty")
    ob.insert_object(device, "\\Device\\TTY0")
    ob.create_symbolic_link("\\DosDevices\\con", "\\Device\\TTY0")
    assert ob.lookup_object("\\DosDevices\\con") is device
    with pytest.raises(StatusError) as refused:
        ob.insert_object(ob.create_object("IoDeviceObject", ""), "\\Device\\TTY0")
    assert refused.value.status == Status.OBJECT_NAME_COLLISION

    ob.create_symbolic_link("\\a", "\\b")
    ob.create_symbolic_link("\\b", "\\a")
    with pytest.raises(StatusError) as refused:
        ob.lookup_object("\\a")
    assert refused.value.status == Status.OBJECT_NAME_INVALID

    ob.delete_object("\\Device\\TTY0")
    with pytest.raises(StatusError) as refused:
        ob.lookup_object("\\DosDevices\\con")
    assert refused.value.status == Status.OBJECT_NAME_NOT_FOUND


def test_the_handle_table_has_an_end(ob: ObjectManager) -> None:
    """The 1,025th handle is refused and changes nothing."""
    ob.create_object_type("Box")
    process = new_process(ob)
    for _ in range(1024):
        ob.create_owned(process, "Box", None)
    with pytest.raises(StatusError) as refused:
        ob.create_owned(process, "Box", None)
    assert refused.value.status == Status.HANDLE_TABLE_FULL
    assert ob.query_type_statistics()["Box"] == (1024, 1024)
    ob.destroy_process(process)
    assert ob.query_type_statistics()["Box"] == (0, 0)
