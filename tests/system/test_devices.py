"""The vfs calls on devices: requests go out, answers come back, and everybody may die in between."""

from __future__ import annotations

import pytest
from vfsrig import DKMS_PID, GUEST, Bench, booted

from abi import irp as i
from abi.driver import DEVICE_FLAG_SEEKABLE
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
    bench.dispatch(create, "\\Device\\Echo0", 9)
    bench.complete(create, 0, 9)
    handle = bench.result(opening)
    assert bench.devices["\\Device\\Echo0"].open_count == 1

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
    assert [pid for pid, name, *_ in bench.sent if name == "irp_dispatch"] == [9, 9, 9], "DKMS is only asked for names"
    assert bench.devices["\\Device\\Echo0"].open_count == 0
    assert not bench.pm._devices.pending and not bench.pm._devices._open


def test_the_way_to_a_device_is_remembered_until_dkms_says_otherwise(bench: Bench) -> None:
    """The second open goes straight to the driver; when names have changed, DKMS is asked again."""
    bench.open_device("/dev/echo", "r", "\\Device\\Echo0", 9)
    bench.open_device("/dev/echo", "r", "\\Device\\Echo0", 9)
    bench.post(9, "routes_changed")
    bench.open_device("/dev/echo", "r", "\\Device\\Echo0", 9)
    bench.post(DKMS_PID, "routes_changed")
    bench.open_device("/dev/echo", "r", "\\Device\\Echo0", 9)
    asked = [pid for pid, name, *_ in bench.sent if name in ("vfs_io_request", "irp_dispatch")]
    assert asked == [DKMS_PID, 9, 9, DKMS_PID]
    assert bench.devices["\\Device\\Echo0"].open_count == 4


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
    too_many = "/dev/echo: its driver says that it took 4 of 3 bytes"
    for information, answer in ((None, (0, 3)), (2, (0, 2)), (4, (300, too_many))):
        number = bench.start_call("vfs_write", handle, b"abc")
        bench.run()
        bench.complete(bench.requests()[-1], 0, information)
        assert bench.answers[number] == answer


def test_what_a_driver_gives_beyond_what_was_asked_for_is_kept(bench: Bench) -> None:
    """The next reads get it without asking the driver; a device with positions gives it again instead."""
    handle = bench.open_device("/dev/echo", "r", "\\Device\\Echo0", 9)
    number = bench.start_call("vfs_read", handle, 4)
    bench.run()
    bench.complete(bench.requests()[-1], 0, b"one line\n")
    assert bench.answers[number] == (0, b"one ")
    asked = len(bench.requests())
    assert bench.call("vfs_read", handle, 2) == b"li" and bench.call("vfs_read", handle) == b"ne\n"
    assert len(bench.requests()) == asked
    bench.devices["\\Device\\Echo0"].flags |= DEVICE_FLAG_SEEKABLE
    number = bench.start_call("vfs_read", handle, 1)
    bench.run()
    bench.complete(bench.requests()[-1], 0, b"abc")
    assert bench.answers[number] == (0, b"a")
    bench.start_call("vfs_read", handle, 1)
    bench.run()
    assert bench.requests()[-1].parameters.offset == 10


def test_the_terminal_is_written_to_directly_and_waited_for(bench: Bench) -> None:
    """The request goes to the driver, its answer comes from the driver, and from nobody else."""
    handle = bench.open_device("/dev/tty", "w", DEVICE_TTY, TTY_PID)
    assert bench.standard == {(30, -11): handle, (30, -12): handle}
    number = bench.start_call("vfs_write", handle, b"hello")
    bench.run()
    pid, name, irp, major = bench.sent[-1]
    assert (pid, name, major, irp.flags) == (TTY_PID, "irp_dispatch", i.IRP_MJ_WRITE, i.IRP_FLAG_DIRECT)
    assert number not in bench.answers
    bench.complete(irp, 0, 5, sender=12)
    assert number not in bench.answers and any("not sent to it" in line for level, line in bench.log if level == "sec")
    bench.complete(irp, 0, 5, sender=TTY_PID)
    assert bench.answers[number] == (0, 5)
    bench.complete(irp, 0, 5, sender=TTY_PID)  # a second answer is nobody's


def test_answers_that_make_no_sense_hurt_nobody(bench: Bench) -> None:
    """A driver of its own form may send anything: its caller gets 300 at worst, PM lives on."""
    handle = bench.open_device("/dev/echo", "r", "\\Device\\Echo0", 9)
    for nonsense in ((), ([], 0, b""), (1,), ({}, {}, {}, {})):
        bench.post(9, "irp_complete", *nonsense)
    number = bench.start_call("vfs_read", handle)
    bench.run()
    bench.post(9, "irp_complete", number, "fine", b"x")
    assert bench.answers[number][0] == Status.UNSUCCESSFUL
    assert bench.call("vfs_list", "/etc")


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
    assert (9, "irp_cancel", number) in bench.sent and irp.cancelled
    bench.complete(irp, 611, None)
    assert number not in bench.answers and not bench.pm._devices.pending
    bench.post(0, "request_cancelled", 999)


def test_a_device_opened_for_a_dead_caller_is_closed_again(bench: Bench) -> None:
    """The driver had already said yes."""
    number = bench.start_call("vfs_open", "/dev/echo", "r")
    bench.run()
    bench.post(0, "request_cancelled", number)
    bench.dispatch(bench.requests()[-1], "\\Device\\Echo0", 9)
    bench.complete(bench.requests()[-1], 0, 9)
    close = bench.requests()[-1]
    assert close.major_function == i.IRP_MJ_CLOSE and close.file_id == 1
    assert number not in bench.answers and not bench.handles
    assert bench.devices["\\Device\\Echo0"].open_count == 0


def test_a_cancelled_answer_of_dkms_is_still_an_answer(bench: Bench) -> None:
    """DKMS marks what it answers in a driver's place; the caller, who lives, must hear it."""
    handle = bench.open_device("/dev/echo", "r", "\\Device\\Echo0", 9)
    number = bench.start_call("vfs_read", handle)
    bench.run()
    irp = bench.requests()[-1]
    irp.cancelled = True
    bench.complete(irp, 605, "Echo has died")
    assert bench.answers[number] == (605, "/dev/echo: cannot read: Echo has died")


def test_a_driver_dies_and_comes_back(bench: Bench) -> None:
    """Requests on their way get 605; the new process hears of the opens before what follows, without a new open."""
    handle = bench.open_device("/dev/echo", "w", "\\Device\\Echo0", 9)
    number = bench.start_call("vfs_write", handle, b"lost")
    bench.run()
    bench.post(12, "driver_gone", 9, 605, "a lie")
    assert number not in bench.answers, "only DKMS may say so"
    bench.post(DKMS_PID, "driver_gone", 9, 605, "Echo died")
    assert bench.answers[number] == (605, "/dev/echo: cannot write: Echo died")

    bench.post(DKMS_PID, "driver_restarted", ["\\Device\\Echo0"], 77)
    create = bench.requests()[-1]
    assert (create.major_function, create.file_id, create.parameters.args) == (i.IRP_MJ_CREATE, 1, ["w"])
    assert bench.sent[-1] == (DKMS_PID, "driver_reopened", 77)
    bench.call("vfs_write", handle, b"early")
    assert bench.sent[-1][:2] == (DKMS_PID, "vfs_io_request"), "behind the open, through DKMS"
    bench.dispatch(create, "\\Device\\Echo0", 77)
    bench.complete(create, 0, 77)
    bench.call("vfs_write", handle, b"found")
    assert bench.sent[-1][:2] == (77, "irp_dispatch")


def test_a_restarted_driver_may_not_want_an_old_open(bench: Bench) -> None:
    """What follows on that handle is 605 and says to open again; closing works."""
    handle = bench.open_device("/dev/echo", "w", "\\Device\\Echo0", 9)
    bench.post(DKMS_PID, "driver_gone", 9, 605, "Echo died")
    bench.post(DKMS_PID, "driver_restarted", ["\\Device\\Echo0"], 77)
    bench.complete(bench.requests()[-1], int(Status.DEVICE_BUSY), "one at a time")
    with pytest.raises(StatusError, match="open it again") as refused:
        bench.call("vfs_write", handle, b"x")
    assert refused.value.status is Status.DEVICE_NOT_READY and not bench.pm._devices.pending
    number = bench.start_call("vfs_close", handle)
    bench.run()
    bench.complete(bench.requests()[-1], 0)
    assert bench.answers[number] == (0, True)


def test_requests_have_time_limits(bench: Bench) -> None:
    """A control ends with 258 after some 30 s, and DKMS is told; a read waits for ever; devices may differ."""
    handle = bench.open_device("/dev/echo", "rw", "\\Device\\Echo0", 9)
    reading = bench.start_call("vfs_read", handle)
    control = bench.start_call("vfs_device_control", handle, "never")
    bench.run()
    irp = bench.requests()[-1]
    irp.device_object = bench.devices["\\Device\\Echo0"]
    bench.pass_time(29.9)
    assert control not in bench.answers
    bench.pass_time(2)
    assert bench.answers[control] == (258, "/dev/echo: its driver did not answer in time")
    assert (DKMS_PID, "irp_late", irp) in bench.sent
    bench.complete(irp, 0, "too late")
    bench.pass_time(3600)
    assert reading not in bench.answers

    bench.devices["\\Device\\Echo0"].time_limits[i.IRP_MJ_DEVICE_CONTROL] = 2.0
    control = bench.start_call("vfs_device_control", handle, "never")
    bench.run()
    bench.pass_time(3.5)
    assert bench.answers[control][0] == 258
    bench.devices["\\Device\\Echo0"].time_limits[i.IRP_MJ_READ] = 2.0
    reading = bench.start_call("vfs_read", handle)
    bench.run()
    bench.pass_time(3.5)
    assert bench.answers[reading] == (258, "/dev/echo: its driver did not answer in time")
    bench.devices["\\Device\\Echo0"].time_limits[i.IRP_MJ_DEVICE_CONTROL] = None
    control = bench.start_call("vfs_device_control", handle, "never")
    bench.run()
    bench.pass_time(3600)
    assert control not in bench.answers


def test_a_caller_may_limit_its_own_wait(bench: Bench) -> None:
    """258 for the caller at its time; the driver is told to let go, and has some seconds for it."""
    handle = bench.open_device("/dev/echo", "rw", "\\Device\\Echo0", 9)
    number = bench.start_call("vfs_device_control", handle, "slow", [], 500)
    quick = bench.start_call("vfs_device_control", handle, "quick", [], 500)
    bench.run()
    slow_irp, quick_irp = bench.requests()[-2:]
    bench.complete(quick_irp, 0, "done")
    bench.pass_time(0.4)
    assert bench.answers == {**bench.answers, quick: (0, "done")} and number not in bench.answers
    bench.pass_time(0.2)
    assert bench.answers[number] == (258, "/dev/echo: its driver has not answered in the time given")
    assert (9, "irp_cancel", slow_irp.irp_id) in bench.sent
    bench.pass_time(10)
    assert (DKMS_PID, "irp_late", slow_irp) in bench.sent and not bench.pm._devices.pending
    for wrong in (0, -1, "soon", True):
        with pytest.raises(StatusError, match="milliseconds"):
            bench.call("vfs_device_control", handle, "x", [], wrong)


def test_closing_a_device_ends_what_waits_on_it(bench: Bench) -> None:
    """A thread that reads while another closes the last handle gets 611."""
    handle = bench.open_device("/dev/echo", "r", "\\Device\\Echo0", 9)
    reading = bench.start_call("vfs_read", handle)
    bench.run()
    bench.start_call("vfs_close", handle)
    bench.run()
    assert bench.answers[reading] == (611, "/dev/echo was closed")
    assert [name for pid, name, *_ in bench.sent if pid == 9] == ["irp_dispatch", "irp_cancel", "irp_dispatch"]


def test_an_open_that_comes_too_late_is_closed_again(bench: Bench) -> None:
    """The caller got 258 after five seconds; the driver must not keep anything for it."""
    number = bench.start_call("vfs_open", "/dev/echo", "r")
    bench.run()
    create = bench.requests()[-1]
    bench.pass_time(7)
    assert bench.answers[number][0] == 258
    close = bench.requests()[-1]
    assert (close.major_function, close.file_id) == (i.IRP_MJ_CLOSE, create.file_id)


def test_who_holds_my_request(bench: Bench) -> None:
    """Each sees its own, root sees all; it can be withdrawn, by its user and root."""
    handle = bench.open_device("/dev/echo", "rw", "\\Device\\Echo0", 9, pid=40, **GUEST)
    number = bench.start_call("vfs_device_control", handle, "slow", [1], pid=40, **GUEST)
    bench.run()
    irp = bench.requests()[-1]
    (row,) = bench.call("irp_query", uid=1000)
    expected = {
        "irp_id": number, "major": "DEVICE_CONTROL", "method": "slow", "path": "/dev/echo", "pid": 40, "uid": 1000,
        "driver": "Echo0", "driver_pid": 9, "holder": "driver",
    }
    assert {key: row[key] for key in expected} == expected
    assert bench.call("irp_query", number) == bench.call("irp_query") and len(bench.call("irp_query")) == 1
    assert bench.call("irp_query", uid=2000) == [] == bench.call("irp_query", 999)
    with pytest.raises(StatusError, match="another user"):
        bench.call("irp_cancel", number, uid=2000)
    assert bench.call("irp_cancel", number, pid=41, uid=1000) is True
    assert bench.answers[number] == (611, "it was withdrawn by process 41")
    assert (9, "irp_cancel", irp.irp_id) in bench.sent
    assert bench.call("irp_query")[0]["cancelled"] is True
    for wrong in (number, 999, "all"):
        with pytest.raises(StatusError) as refused:
            bench.call("irp_cancel", wrong)
        assert refused.value.status is Status.INVALID_PARAMETER


def test_when_a_process_dies_its_devices_are_closed(bench: Bench) -> None:
    """Nobody waits for that CLOSE."""
    handle = bench.open_device("/dev/echo", "r", "\\Device\\Echo0", 9)
    bench.post(0, "handle_closed", bench.handles.pop((30, handle))[0].body)
    close = bench.requests()[-1]
    assert (close.major_function, close.device_name) == (i.IRP_MJ_CLOSE, "\\Device\\Echo0")
    assert close.irp_id < 0, "its own requests do not take the number of a call"
    bench.complete(close)
    assert not bench.pm._devices.pending


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


def test_an_answer_that_the_kernel_does_not_take_ends_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel has told the caller that it is too much; the others are served as before."""
    send = bench._signal_send

    def refusing(pid: int, name: str, *args: object) -> bool:
        if name == "syscall_return" and type(args[2]) is list:
            raise StatusError(Status.INVALID_PARAMETER, "result: more than 65536 items")
        return send(pid, name, *args)

    monkeypatch.setattr(bench, "_signal_send", refusing)
    bench.start_call("vfs_list", "/etc")
    bench.run()
    assert bench.log[-1] == ("fail", "the answer to <SyscallRequest 1 vfs_list from 30>: result: more than 65536 items")
    assert bench.call("vfs_stat", "/etc")["type"] == "directory"


def test_one_look_at_the_time_limits_that_fails_is_not_the_last(bench: Bench) -> None:
    """A caller that cannot be answered keeps no other from being let go."""
    handle = bench.open_device("/dev/echo", "rw", "\\Device\\Echo0", 9)
    first, second = (bench.start_call("vfs_device_control", handle, "never") for _ in range(2))
    bench.run()
    entries = list(bench.pm._devices.pending.values())
    entries[0].irp.deadline, entries[0].body = 1.0, None  # a mistake inside: answering it fails
    bench.pass_time(40)
    assert bench.answers[second][0] == Status.TIMEOUT and first not in bench.answers
