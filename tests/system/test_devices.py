"""The vfs calls on devices: requests go out, answers come back, and everybody may die in between."""

from __future__ import annotations

import pytest
from vfsrig import DKMS_PID, GUEST, Bench, booted

from abi import irp as i
from abi.names import DEVICE_TTY
from abi.status import Status, StatusError

TTY_PID = 8


@pytest.fixture
def bench() -> Bench:
    """A booted bench."""
    return booted()


def test_a_device_is_opened_read_controlled_and_closed(bench: Bench) -> None:
    """Each call is one request with the caller's identity, and only its caller waits."""
    opening = bench.start_call("vfs_open", "/dev/echo", "rw", pid=40, **GUEST)
    bench.run()
    assert opening not in bench.answers
    create = bench.requests()[-1]
    assert (create.major_function, create.device_name, create.file_id) == (i.IRP_MJ_CREATE, "/dev/echo", 1)
    assert (create.sender_pid, create.reply_pid, create.requester_uid, create.requester_ring) == (40, 2, 1000, 3)
    create.device_name = "\\Device\\Echo0"  # what the dispatcher does
    bench.complete(create, 0, 9)
    handle = bench.result(opening)

    assert bench.call("vfs_read", handle, 100, pid=40) is None
    assert bench.call("vfs_list", "/etc"), "others are served meanwhile"
    read = bench.requests()[-1]
    assert (read.device_name, read.parameters.length, read.file_id) == ("\\Device\\Echo0", 100, 1)
    bench.complete(read, 0, b"hello")
    assert bench.answers[read.irp_id] == (0, b"hello")

    bench.call("vfs_device_control", handle, "shout", [1, "x"], pid=40)
    control = bench.requests()[-1]
    assert (control.parameters.method, control.parameters.args) == ("shout", [1, "x"])
    bench.complete(control, 0, {"ok": True})
    assert bench.answers[control.irp_id] == (0, {"ok": True})

    bench.call("vfs_close", handle, pid=40)
    close = bench.requests()[-1]
    assert close.major_function == i.IRP_MJ_CLOSE
    bench.complete(close, 0, None)
    assert bench.answers[close.irp_id] == (0, True)
    assert not bench.pm._devices.pending and not bench.pm._devices._open


def test_what_answers_mean(bench: Bench) -> None:
    """End of file is b"", nothing is b"", a number written is the data's length; a failure names the device."""
    handle = bench.open_device("/dev/echo", "rw", "\\Device\\Echo0", 9)
    for status, information, answer in (
        (602, None, (0, b"")), (0, None, (0, b"")), (0, "text", (0, b"text")),
        (0, 7, (300, "/dev/echo: its driver answered a read with int, not bytes")),
        (Status.TIMEOUT, "Echo did not answer in time", (258, "/dev/echo: cannot read: Echo did not answer in time")),
        (605, None, (605, "/dev/echo: cannot read: the hardware is absent or restarting")),
    ):
        number = bench.start_call("vfs_read", handle)
        bench.run()
        bench.complete(bench.requests()[-1], status, information)
        assert bench.answers[number] == answer
    number = bench.start_call("vfs_write", handle, b"abc")
    bench.run()
    bench.complete(bench.requests()[-1], 0, None)
    assert bench.answers[number] == (0, 3)


def test_the_terminal_is_written_to_directly_and_waited_for(bench: Bench) -> None:
    """The request goes to the driver, its answer comes from the driver, and from nobody else."""
    handle = bench.open_device("/dev/tty", "w", DEVICE_TTY, TTY_PID)
    assert bench.standard == {(30, -11): handle, (30, -12): handle}
    number = bench.start_call("vfs_write", handle, b"hello")
    bench.run()
    pid, name, irp = bench.sent[-1]
    assert (pid, name, irp.flags) == (TTY_PID, "irp_dispatch", i.IRP_FLAG_DIRECT)
    assert number not in bench.answers
    bench.complete(irp, 0, 5, sender=DKMS_PID)
    assert number not in bench.answers and any("not sent to it" in line for level, line in bench.log if level == "sec")
    bench.complete(irp, 0, 5, sender=TTY_PID)
    assert bench.answers[number] == (0, 5)
    bench.complete(irp, 0, 5, sender=TTY_PID)  # a second answer is nobody's


def test_opening_the_terminal_fills_empty_slots_only(bench: Bench) -> None:
    """r is the input, w both outputs; what is taken stays."""
    first = bench.open_device("/dev/tty", "r", DEVICE_TTY, TTY_PID)
    assert bench.standard == {(30, -10): first}
    bench.open_device("/dev/tty", "r", DEVICE_TTY, TTY_PID)
    assert bench.standard == {(30, -10): first}
    third = bench.open_device("/dev/tty", "rw", DEVICE_TTY, TTY_PID)
    assert bench.standard == {(30, -10): first, (30, -11): third, (30, -12): third}


def test_a_caller_that_dies_is_withdrawn_and_never_answered(bench: Bench) -> None:
    """The driver is told; what it still answers goes nowhere."""
    handle = bench.open_device("/dev/echo", "r", "\\Device\\Echo0", 9)
    number = bench.start_call("vfs_read", handle)
    bench.run()
    irp = bench.requests()[-1]
    bench.post(0, "request_cancelled", number)
    assert bench.sent[-1] == (DKMS_PID, "irp_cancel", number) and irp.cancelled
    bench.complete(irp, 611, None)
    assert number not in bench.answers and not bench.pm._devices.pending
    bench.post(0, "request_cancelled", 999)


def test_a_device_opened_for_a_dead_caller_is_closed_again(bench: Bench) -> None:
    """The driver had already said yes."""
    number = bench.start_call("vfs_open", "/dev/echo", "r")
    bench.run()
    bench.post(0, "request_cancelled", number)
    bench.complete(bench.requests()[-1], 0, 9)
    close = bench.requests()[-1]
    assert close.major_function == i.IRP_MJ_CLOSE and close.flags & i.IRP_FLAG_NO_REPLY and close.file_id == 1
    assert number not in bench.answers and not bench.handles


def test_a_cancelled_answer_of_dkms_is_still_an_answer(bench: Bench) -> None:
    """DKMS marks what it answers in a driver's place; the caller, who lives, must hear it."""
    handle = bench.open_device("/dev/echo", "r", "\\Device\\Echo0", 9)
    number = bench.start_call("vfs_read", handle)
    bench.run()
    irp = bench.requests()[-1]
    irp.cancelled = True
    bench.complete(irp, 605, "Echo has died")
    assert bench.answers[number] == (605, "/dev/echo: cannot read: Echo has died")


def test_the_terminals_driver_dies_and_comes_back(bench: Bench) -> None:
    """Writers on their way get 605; later ones reach the new process without opening again."""
    handle = bench.open_device("/dev/tty", "w", DEVICE_TTY, TTY_PID)
    number = bench.start_call("vfs_write", handle, b"lost")
    bench.run()
    bench.post(0, "process_exited", TTY_PID)
    assert bench.answers[number][0] == 605
    bench.post(DKMS_PID, "driver_restarted", DEVICE_TTY, 77)
    bench.call("vfs_write", handle, b"found")
    assert bench.sent[-1][:2] == (77, "irp_dispatch")
    bench.post(12, "driver_restarted", DEVICE_TTY, 66)
    bench.call("vfs_write", handle, b"x")
    assert bench.sent[-1][0] == 77, "only DKMS may say so"


def test_when_a_process_dies_its_devices_are_closed(bench: Bench) -> None:
    """Nobody waits for that CLOSE."""
    handle = bench.open_device("/dev/echo", "r", "\\Device\\Echo0", 9)
    bench.post(0, "handle_closed", bench.handles.pop((30, handle))[0].body)
    close = bench.requests()[-1]
    assert (close.major_function, close.flags, close.device_name) == (
        i.IRP_MJ_CLOSE, i.IRP_FLAG_NO_REPLY, "\\Device\\Echo0",
    )
    assert close.irp_id < 0, "its own requests do not take the number of a call"


def test_device_nodes_have_permissions(bench: Bench) -> None:
    """Hardware is for uid 0 until somebody opens it up; what a driver made up is for all."""
    with pytest.raises(StatusError) as refused:
        bench.call("vfs_open", "/dev/drive_1a2b3c_0", "r", **GUEST)
    assert refused.value.status is Status.ACCESS_DENIED and not bench.requests()
    assert bench.call("vfs_chmod", "/dev/drive_1a2b3c_0", "644") is True
    bench.call("vfs_open", "/dev/drive_1a2b3c_0", "r", **GUEST)
    assert len(bench.requests()) == 1
    with pytest.raises(StatusError):
        bench.call("vfs_open", "/dev/drive_1a2b3c_0", "rw", **GUEST)


def test_dev_is_listed_and_looked_at_by_asking_dkms(bench: Bench) -> None:
    """Sorted names; a device that no driver offers is 405."""
    number = bench.start_call("vfs_list", "/dev")
    bench.run()
    pid, name, ticket = bench.sent[-1]
    assert (pid, name) == (DKMS_PID, "dkms_list_devices_request")
    bench.post(DKMS_PID, "dkms_list_devices_result", ticket, ["tty", "echo"])
    assert bench.answers[number] == (0, ["echo", "tty"])
    for path, answer in (("/dev/tty", 0), ("/dev/nothing", 405)):
        number = bench.start_call("vfs_stat", path)
        bench.run()
        bench.post(DKMS_PID, "dkms_list_devices_result", bench.sent[-1][2], ["tty", "echo"])
        assert bench.answers[number][0] == answer
    assert bench.call("vfs_stat", "/dev")["type"] == "directory"


def test_devices_have_no_position_and_files_no_controls(bench: Bench) -> None:
    """601 each."""
    handle = bench.open_device("/dev/echo", "r", "\\Device\\Echo0", 9)
    with pytest.raises(StatusError, match="no position"):
        bench.call("vfs_seek", handle, 0)
    file = bench.call("vfs_open", "/etc/hostname")
    with pytest.raises(StatusError, match="only devices"):
        bench.call("vfs_device_control", file, "x", [])


def test_a_table_full_of_handles_closes_the_device_again(bench: Bench) -> None:
    """701, and the driver is told."""
    bench.max_handles = 0
    number = bench.start_call("vfs_open", "/dev/echo", "r")
    bench.run()
    bench.complete(bench.requests()[-1], 0, 9)
    assert bench.answers[number][0] == Status.HANDLE_TABLE_FULL
    assert bench.requests()[-1].major_function == i.IRP_MJ_CLOSE
