"""The driver kit against a scripted kernel: what its loop sends for what it receives."""

from __future__ import annotations

import builtins
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest

from abi.driver import DeviceObject, DriverObject
from abi.irp import IRP_FLAG_DIRECT, IRP_FLAG_NO_REPLY, IRP_MJ_DEVICE_CONTROL, IRP_MJ_READ, IRP_MJ_WRITE, Irp
from abi.status import Status, StatusError
from axis import dk
from axis.dk import spinlock

DKMS, PM, SELF = 3, 2, 9


class Kernel:
    """Gives the driver its messages, one by one, and notes what it says. The clock moves by waiting only."""

    def __init__(self) -> None:
        self.now = 50.0
        self.inbox: deque[tuple[Any, ...] | float] = deque()  # a number: nothing comes for so many seconds
        self.sent: list[tuple[Any, ...]] = []
        self.completed: list[tuple[int, int, object]] = []
        self.log: list[str] = []
        self.irql = 0
        self.timers: list[tuple[object, ...]] = []  # as they were set
        self.device = DeviceObject("\\Device\\Test", DriverObject("", SELF, {}))

    def syscall(self, name: str, *args: Any) -> Any:
        self.current = name
        return getattr(self, name)(*args)

    def signal_pull(self, timeout_ms: int | None = None) -> tuple[Any, ...] | None:
        if not self.inbox:
            return (DKMS, "driver_unload")
        if isinstance(self.inbox[0], tuple):
            return self.inbox.popleft()
        pause = self.inbox.popleft()
        assert timeout_ms is None or isinstance(timeout_ms, int)
        if timeout_ms is not None and timeout_ms / 1000 < pause:
            self.now += timeout_ms / 1000
            self.inbox.appendleft(pause - timeout_ms / 1000)
            return None
        self.now += pause
        return self.signal_pull(timeout_ms)

    def signal_send(self, pid: int, name: str, *values: object) -> None:
        if name == "irp_complete":
            self.completed.append(values)  # type: ignore[arg-type]
        elif name == "dkms_complete_irp":
            self.dkms_complete_irp(*values)  # type: ignore[arg-type]
            return
        self.sent.append((pid, name, *values))

    def dkms_complete_irp(self, irp: Irp) -> None:
        if self.irql and self.current == "dkms_complete_irp":
            raise StatusError(Status.WOULD_BLOCK, "a call that sleeps")
        self.completed.append((irp.irp_id, irp.io_status.status, irp.io_status.information))

    def process_sleep(self, duration_ms: int) -> None:
        self.now += duration_ms / 1000

    def time_get(self) -> tuple[float, float]:
        return self.now, 0.0

    def kernel_log(self, text: str, level: str = "info") -> None:
        self.log.append(text)

    def process_get_pid(self) -> int:
        return SELF

    def ke_create_timer(self) -> tuple[str, int]:
        return "timer", 1

    def ke_set_timer_dpc(self, *args: object) -> None:
        self.timers.append(args)

    def ke_get_irql(self) -> int:
        return self.irql

    def ke_raise_irql(self, level: int) -> int:
        before, self.irql = self.irql, level
        return before

    def ke_lower_irql(self, level: int) -> None:
        self.irql = level

    def give(self, irp: Irp) -> Irp:
        """A request for the driver, as DKMS dispatches it."""
        if not irp.flags & IRP_FLAG_DIRECT:
            irp.device_object = self.device
        self.inbox.append((DKMS, "irp_dispatch", irp, irp.major_function))
        return irp

    def serve(self, handlers: dict[int, Any], **callbacks: Any) -> None:
        """Run a driver with these handlers until the messages are used up."""
        driver = DriverObject("/drivers/test.sys.py", SELF, {"driver_name": "Test"})

        def entry(given: DriverObject) -> None:
            given.dispatch.update(handlers)
            given.device_object = self.device

        self.inbox.appendleft((DKMS, "driver_init", driver))
        dk.run(entry, **callbacks)
        assert (DKMS, "driver_init_complete", Status.SUCCESS, driver) in self.sent
        assert self.sent[-1] == (DKMS, "driver_unload_complete", Status.SUCCESS)


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    fake = Kernel()
    vars(builtins)["syscall"] = fake.syscall
    yield fake
    del vars(builtins)["syscall"]


def irp(number: int, major: int = IRP_MJ_READ, **details: Any) -> Irp:
    return Irp(number, major, "\\Device\\Test", sender_pid=30, reply_pid=PM, **details)


def raising(error: Exception) -> Any:
    def handler(device: object, request: Irp) -> object:
        raise error

    return handler


@pytest.mark.parametrize(("major", "result", "answer"), [
    (IRP_MJ_READ, b"data", (0, b"data")),
    (IRP_MJ_READ, "täxt", (0, "täxt".encode())),
    (IRP_MJ_READ, None, (0, b"")),
    (IRP_MJ_WRITE, None, (0, 5)),
    (IRP_MJ_WRITE, 1, (0, 1)),  # not mistaken for PENDING
    (IRP_MJ_DEVICE_CONTROL, {"a": 1}, (0, {"a": 1})),
    (IRP_MJ_DEVICE_CONTROL, None, (0, None)),
    (IRP_MJ_READ, Status.NO_SUCH_DEVICE, (405, None)),
])
def test_what_a_handler_returns_is_the_answer(kernel: Kernel, major: int, result: object, answer: object) -> None:
    """A value completes; None means what it must mean; a Status completes with it."""
    kernel.give(irp(1, major, data=b"12345"))
    kernel.serve({major: lambda device, request: result})
    assert [each[1:] for each in kernel.completed] == [answer]


def test_what_a_handler_raises_is_the_answer(kernel: Kernel) -> None:
    """StatusError: its status and detail. Anything else: 300, and the place in the log. The driver goes on."""
    kernel.give(irp(1, IRP_MJ_READ))
    kernel.give(irp(2, IRP_MJ_WRITE))
    kernel.give(irp(3, IRP_MJ_DEVICE_CONTROL))
    kernel.serve({IRP_MJ_READ: raising(StatusError(604, "not now")), IRP_MJ_WRITE: raising(KeyError("lost"))})
    assert kernel.completed[0] == (1, 604, "not now")
    assert kernel.completed[1][:2] == (2, 300)
    assert "KeyError: 'lost' (test_dk.py, line" in kernel.log[-1] and "Test" in kernel.log[-1]
    assert kernel.completed[2][1] == Status.NOT_IMPLEMENTED


def test_the_manuals_own_form(kernel: Kernel) -> None:
    """A handler completes its request and returns a status; nothing is completed twice, not even if it then fails."""

    def read(device: object, request: Irp) -> int:
        dk.complete_request(request, dk.STATUS_SUCCESS, b"mine")
        return 0

    def write(device: object, request: Irp) -> int:
        dk.complete_request(request, 616)
        raise ValueError("after the fact")

    kernel.give(irp(1, IRP_MJ_READ))
    kernel.give(irp(2, IRP_MJ_WRITE, data=b"x"))
    kernel.serve({IRP_MJ_READ: read, IRP_MJ_WRITE: write})
    assert kernel.completed == [(1, 0, b"mine"), (2, 616, None)]


def test_a_pending_request_is_completed_later_or_withdrawn(kernel: Kernel) -> None:
    """PENDING leaves it with the driver; a cancelled one ends with 611, a completed one cannot be cancelled."""
    held: list[Irp] = []
    dropped: list[Irp] = []

    def hold(device: object, request: Irp) -> object:
        held.append(request)
        return dk.PENDING

    def release(device: object, request: Irp) -> None:
        dk.complete_request(held[0], 0, b"late")

    for number in (1, 2):
        kernel.give(irp(number, IRP_MJ_READ))
    kernel.give(irp(3, IRP_MJ_DEVICE_CONTROL))
    kernel.inbox.extend([(DKMS, "irp_cancel", 1), (DKMS, "irp_cancel", 2), (DKMS, "irp_cancel", 99)])
    kernel.serve({IRP_MJ_READ: hold, IRP_MJ_DEVICE_CONTROL: release}, on_cancel=dropped.append)
    assert [each[:2] for each in kernel.completed] == [(1, 0), (3, 0), (2, Status.CANCELLED)]
    assert dropped == [held[1]] and held[1].cancelled


def test_many_held_requests_do_not_pile_up(kernel: Kernel) -> None:
    """The loop forgets requests that the driver has completed elsewhere."""
    held: list[Irp] = []

    def hold(device: object, request: Irp) -> object:
        if held:
            dk.complete_request(held.pop(), 0, b"")
        held.append(request)
        return dk.PENDING

    for number in range(1000):
        kernel.give(irp(number))
    kernel.inbox.append((DKMS, "irp_cancel", 999))
    kernel.serve({IRP_MJ_READ: hold})
    assert len(kernel.completed) == 1000


def test_a_request_that_came_straight_from_pm_is_answered_to_pm(kernel: Kernel) -> None:
    """It gets its device and its answer without DKMS; a second answer is refused; NO_REPLY gets none."""
    seen: list[object] = []
    request = kernel.give(irp(7, IRP_MJ_WRITE, data=b"abc", flags=IRP_FLAG_DIRECT))
    kernel.give(irp(8, IRP_MJ_WRITE, data=b"abc", flags=IRP_FLAG_DIRECT | IRP_FLAG_NO_REPLY))
    kernel.serve({IRP_MJ_WRITE: lambda device, each: seen.append(each)})
    assert (PM, "irp_complete", 7, 0, 3) in kernel.sent
    assert kernel.completed == [(7, 0, 3)] and len(seen) == 2
    with pytest.raises(StatusError) as caught:
        dk.complete_request(request, 0)
    assert caught.value.status == Status.INVALID_PARAMETER


def test_deferred_calls_and_timers(kernel: Kernel) -> None:
    """In the loop at DISPATCH level, from the kernel and the driver itself only; one that fails ends nothing."""
    seen: list[object] = []

    def control(device: object, request: Irp) -> None:
        dk.queue_dpc(later, "queued")
        dk.Timer().set(0.5, later, "ticked", period_s=1)

    def later(argument: object) -> None:
        seen.append((argument, kernel.irql))
        if argument == "bad":
            raise ValueError("on purpose")

    kernel.give(irp(1, IRP_MJ_DEVICE_CONTROL))
    kernel.inbox.extend([(0, "dpc", later, "bad"), (77, "dpc", later, "forged"), (0, "dpc", later, "tick")])
    kernel.serve({IRP_MJ_DEVICE_CONTROL: control})
    assert kernel.timers == [("timer", 500.0, 1000, later, "ticked")]
    assert (SELF, "dpc", later, "queued") in kernel.sent
    assert seen == [("bad", 2), ("tick", 2)] and kernel.irql == 0
    assert any("a DPC: ValueError: on purpose" in line for line in kernel.log)


def test_a_request_can_be_completed_where_nothing_may_sleep(kernel: Kernel) -> None:
    """In a DPC a call to DKMS would sleep; the answer goes as a message instead."""
    request = kernel.give(irp(1))
    kernel.inbox.append((0, "dpc", lambda held: dk.complete_request(held, 0, b"later"), request))
    kernel.serve({IRP_MJ_READ: lambda device, irp: dk.PENDING})
    assert kernel.completed == [(1, 0, b"later")]


def test_time_limits_of_a_device() -> None:
    """Seconds, or none; for requests that there are."""
    device = DeviceObject("\\Device\\Test", DriverObject("", SELF, {}))
    dk.set_time_limit(device, IRP_MJ_READ, 2)
    dk.set_time_limit(device, IRP_MJ_DEVICE_CONTROL, None)
    assert device.time_limits == {IRP_MJ_READ: 2, IRP_MJ_DEVICE_CONTROL: None}
    for major, seconds in ((IRP_MJ_READ, 0), (IRP_MJ_READ, -1), (99, 1)):
        with pytest.raises(StatusError):
            dk.set_time_limit(device, major, seconds)


def test_interrupts_one_callback_or_one_each(kernel: Kernel) -> None:
    """A callable gets name and values, a dict's callables the values; a failing one is logged and survived."""
    heard: list[object] = []
    events = [(DKMS, "hardware_interrupt", "key_down", "kb", 97, 30), (DKMS, "hardware_interrupt", "touch", 1, 2, 0)]
    kernel.inbox.extend(events)
    kernel.serve({}, on_interrupt=lambda *values: heard.append(values))
    kernel.inbox.extend(events)
    kernel.serve({}, on_interrupt={"touch": lambda x, y, button: heard.append((x, y, button, 1 // button))})
    assert heard == [("key_down", "kb", 97, 30), ("touch", 1, 2, 0)]
    assert "interrupt touch: ZeroDivisionError" in kernel.log[-1]


def test_on_idle_is_called_when_there_is_nothing_to_do_and_at_its_time(kernel: Kernel) -> None:
    """After the last message of a burst, then when it asked for, then no more until something happens."""
    calls: list[float] = []
    delays = iter([0.5, None, None])

    def on_idle() -> float | None:
        calls.append(round(kernel.now - 50, 3))
        return next(delays)

    for number in range(3):
        kernel.give(irp(number))
    kernel.inbox.append(0.2)
    kernel.give(irp(4))  # before its time: it is not called for this one
    kernel.inbox.append(10.0)
    kernel.give(irp(5))
    kernel.inbox.append(5.0)
    kernel.serve({IRP_MJ_READ: lambda device, request: b""}, on_idle=on_idle)
    assert calls == [0.0, 0.5, 10.2]
    assert len(kernel.completed) == 5


def test_on_idle_may_be_called_after_messages_too(kernel: Kernel) -> None:
    """What came before its time may be due earlier; so it is called after each burst, and its newest word counts."""
    calls: list[float] = []
    delays = iter([0.5, 0.1, None, None])

    def on_idle() -> float | None:
        calls.append(round(kernel.now - 50, 3))
        return next(delays)

    kernel.give(irp(1))
    kernel.inbox.append(0.2)
    kernel.give(irp(2))  # before its time
    kernel.give(irp(3))
    kernel.inbox.append(10.0)
    kernel.give(irp(4))
    kernel.inbox.append(5.0)
    kernel.serve({IRP_MJ_READ: lambda device, request: b""}, on_idle=on_idle, idle_after_messages=True)
    assert calls == [0.0, 0.2, 0.3, 10.2]


@pytest.mark.parametrize("idle_after_messages", [False, True])
def test_on_idle_is_not_starved_by_messages(kernel: Kernel, idle_after_messages: bool) -> None:
    """Its time comes although there is always a message waiting."""
    calls: list[int] = []

    def read(device: object, request: Irp) -> bytes:
        kernel.now += 0.01
        return b""

    def on_idle() -> float:
        calls.append(len(kernel.completed))
        return 0.1

    kernel.inbox.append((DKMS, "driver_ping", 1))
    kernel.inbox.append(0.001)
    for number in range(100):
        kernel.give(irp(number))
    kernel.serve({IRP_MJ_READ: read}, on_idle=on_idle, idle_after_messages=idle_after_messages)
    assert len(calls) >= 9


@pytest.mark.parametrize(("result", "told"), [
    (None, [0]), (0, [0]), (605, [605]), (StatusError(406, "taken"), [406, "taken"]),
    (RuntimeError("no"), [404, "RuntimeError: no"]),
])
def test_the_end_of_the_entry_is_reported(kernel: Kernel, result: object, told: list[object]) -> None:
    """Success keeps the loop going, anything else ends it: DKMS cleans up, and tells why."""
    driver = DriverObject("/drivers/test.sys.py", SELF, {"driver_name": "Test"})

    def entry(given: DriverObject) -> object:
        if isinstance(result, Exception):
            raise result
        return result

    kernel.inbox.append((DKMS, "driver_init", driver))
    dk.run(entry)
    _, name, status, given, *why = kernel.sent[0]
    assert (name, given) == ("driver_init_complete", driver)
    assert [status, *(text.partition(" (")[0] for text in why)] == told
    assert len(kernel.sent) == (2 if status == 0 else 1)


def test_an_unload_routine_that_fails_keeps_the_driver(kernel: Kernel) -> None:
    """It reports its status and goes on serving; the next attempt may succeed."""
    driver = DriverObject("/drivers/test.sys.py", SELF, {"driver_name": "Test"})
    outcomes = iter([604, 0])
    kernel.inbox.append((DKMS, "driver_init", driver))
    dk.run(lambda given: None, lambda given: next(outcomes))
    assert [each[2] for each in kernel.sent[1:]] == [604, 0]
    assert driver.driver_unload is not None


def test_pings_are_answered(kernel: Kernel) -> None:
    """With the number that they carry, to whoever asked."""
    kernel.inbox.append((DKMS, "driver_ping", 42))
    kernel.serve({})
    assert (DKMS, "driver_pong", 42) in kernel.sent


def test_spin_locks_raise_the_irql() -> None:
    """Taken once; a second acquire can never succeed and says so."""
    fake = Kernel()
    vars(builtins)["syscall"] = fake.syscall
    try:
        lock = spinlock.initialize()
        old = spinlock.acquire(lock)
        assert (old, fake.irql) == (0, 2)
        with pytest.raises(StatusError) as caught:
            spinlock.acquire(lock)
        assert caught.value.status == Status.WOULD_DEADLOCK
        spinlock.release(lock, old)
        assert fake.irql == 0
        with pytest.raises(StatusError):
            spinlock.release(lock, old)
    finally:
        del vars(builtins)["syscall"]


def test_the_names_of_the_kit() -> None:
    """Everything that it promises is there, the manual's status names included."""
    assert all(hasattr(dk, name) for name in dk.__all__)
    assert dk.STATUS_NO_SUCH_DEVICE is Status.NO_SUCH_DEVICE
    assert dk.PENDING is dk.STATUS_PENDING
    with pytest.raises(AttributeError):
        _ = dk.STATUS_NONSENSE
