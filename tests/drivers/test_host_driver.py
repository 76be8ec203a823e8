"""The host driver on a real host component: bytes in and out, back-pressure, the end of the job."""

from __future__ import annotations

from typing import Any

import pytest

from abi.irp import IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_DEVICE_CONTROL, IRP_MJ_READ, IRP_MJ_WRITE, Irp
from abi.status import Status
from axisos.machine.components.host import OUTPUT_BYTES, Host
from small_kernel import SmallKernel, small_kernel


class HostMachine:
    """A real host component on a small kernel: its signals go the way of all signals, through PM."""

    def __init__(self, kernel: SmallKernel, host: Host, events: list[tuple[Any, ...]]) -> None:
        self.kernel = kernel
        self.port = host.port
        self._events = events

    def settle(self) -> None:
        """Deliver what the component has signalled."""
        while self._events:
            self.kernel.from_pm("os_event", *self._events.pop(0))

    def start(self, major: int, device: str, **details: Any) -> Irp:
        """A request that may have to wait."""
        irp = self.kernel.irp(major, device, **details)
        self.kernel.from_pm("vfs_io_request", irp)
        return irp

    def waiting(self) -> bool:
        return not self.kernel.pm


@pytest.fixture
def machine() -> Any:
    events: list[tuple[Any, ...]] = []
    host = Host("c0ffee", {"argv": ["/tmp/a.py"]}, lambda *signal: events.append(signal))
    with small_kernel(components={"c0ffee": ("host", host)}) as kernel:
        kernel.from_pm("load_driver_for_component", "host", "c0ffee", 1)
        assert kernel.pm.pop()[2:4] == (0, "AxisHost")
        yield HostMachine(kernel, host, events)


def test_input_is_read_as_it_comes_and_ends_once(machine: HostMachine) -> None:
    """Readers wait in their order; each gets at most what it asked for; after the end everybody gets b""."""
    first = machine.start(IRP_MJ_READ, "/dev/host_in", length=3)
    second = machine.start(IRP_MJ_READ, "/dev/host_in")
    third = machine.start(IRP_MJ_READ, "/dev/host_in")
    assert machine.waiting()
    machine.port.feed(b"hello\x00\xff")
    machine.settle()
    assert machine.kernel.answer_to(first) == (0, b"hel")
    assert machine.kernel.answer_to(second) == (0, b"lo\x00\xff")
    assert machine.waiting()
    machine.port.feed_eof()
    machine.settle()
    assert machine.kernel.answer_to(third) == (0, b"")
    assert machine.kernel.ask(IRP_MJ_READ, "/dev/host_in") == (0, b"")
    assert machine.kernel.ask(IRP_MJ_READ, "/dev/host_in", length=0) == (0, b"")


def test_a_reader_that_is_withdrawn_takes_no_input(machine: HostMachine) -> None:
    """What comes afterwards is for the next reader."""
    gone = machine.start(IRP_MJ_READ, "/dev/host_in")
    machine.kernel.from_pm("irp_cancel", gone.irp_id)
    assert machine.kernel.answer_to(gone)[0] == Status.CANCELLED
    machine.port.feed(b"for the next")
    machine.settle()
    assert machine.kernel.ask(IRP_MJ_READ, "/dev/host_in") == (0, b"for the next")


def test_a_flood_of_output_arrives_byte_for_byte(machine: HostMachine) -> None:
    """Writers wait while the host is full, for as long as it likes, and their bytes keep their order."""
    flood = bytes(range(256)) * (OUTPUT_BYTES // 64)  # four times what a stream holds
    first = machine.start(IRP_MJ_WRITE, "/dev/host_out", data=flood)
    second = machine.start(IRP_MJ_WRITE, "/dev/host_out", data=b"after it")
    assert machine.kernel.ask(IRP_MJ_WRITE, "/dev/host_err", data=b"not held up") == (0, 11)
    assert machine.waiting()
    machine.kernel.advance(3600)
    assert machine.waiting()
    received = b""
    while b"after it" not in received[-8:]:
        taken = machine.port.take(1)
        assert taken
        received += taken
        machine.settle()
    assert received == flood + b"after it"
    assert machine.kernel.answer_to(first) == (0, len(flood))
    assert machine.kernel.answer_to(second) == (0, 8)
    assert machine.port.take(2) == b"not held up"


def test_a_writer_that_is_withdrawn_writes_no_more(machine: HostMachine) -> None:
    """What is out stays out; those behind it go on."""
    machine.start(IRP_MJ_WRITE, "/dev/host_out", data=b"a" * OUTPUT_BYTES)
    gone = machine.start(IRP_MJ_WRITE, "/dev/host_out", data=b"b" * 10)
    behind = machine.start(IRP_MJ_WRITE, "/dev/host_out", data=b"c" * 10)
    machine.kernel.from_pm("irp_cancel", gone.irp_id)
    assert machine.kernel.answer_to(gone)[0] == Status.CANCELLED
    assert machine.port.take(1) == b"a" * OUTPUT_BYTES
    machine.settle()
    assert machine.kernel.answer_to(behind) == (0, 10)
    assert machine.port.take(1) == b"c" * 10


def test_the_job_ends_after_the_output_given_before_it(machine: HostMachine) -> None:
    """`finish` waits for what waits on either stream, not for what comes later; only uid 0 may end the job."""
    out, err = "/dev/host_out", "/dev/host_err"
    assert machine.kernel.control(out, "job", requester_uid=0) == (0, {"argv": ["/tmp/a.py"]})
    for method in ("job", "finish"):
        refused = machine.kernel.control(out, method, 0, None, requester_uid=1000)
        assert refused[0] == Status.PRIVILEGE_NOT_HELD
    assert machine.kernel.control(out, "finish", "0")[0] == Status.INVALID_PARAMETER
    assert machine.kernel.control(out, "explode")[0] == Status.NOT_IMPLEMENTED

    for device in (out, err):
        machine.start(IRP_MJ_WRITE, device, data=b"a" * (OUTPUT_BYTES + 1))
    finish = machine.start(IRP_MJ_DEVICE_CONTROL, out, method="finish", args=[3, "killed"])
    machine.start(IRP_MJ_WRITE, out, data=b"b" * 2 * OUTPUT_BYTES)  # somebody in the background
    machine.port.take(1)
    machine.settle()
    assert machine.port.result is None
    machine.port.take(2)
    machine.settle()
    assert machine.port.result == (3, "killed")
    assert machine.kernel.answer_to(finish) == (0, None)


def test_the_streams_have_their_directions(machine: HostMachine) -> None:
    """Input cannot be written, output cannot be read; opening and closing are free."""
    for device in ("/dev/host_in", "/dev/host_out", "/dev/host_err"):
        assert machine.kernel.ask(IRP_MJ_CREATE, device, file_id=1)[0] == 0
        assert machine.kernel.ask(IRP_MJ_CLOSE, device, file_id=1)[0] == 0
    assert machine.kernel.ask(IRP_MJ_WRITE, "/dev/host_in", data=b"x")[0] == Status.NOT_IMPLEMENTED
    assert machine.kernel.ask(IRP_MJ_READ, "/dev/host_out")[0] == Status.NOT_IMPLEMENTED
    assert machine.kernel.ask(IRP_MJ_WRITE, "/dev/host_out", data=b"") == (0, 0)
