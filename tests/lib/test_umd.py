"""The kit of user-mode drivers against a scripted kernel: what its loop sends for what its host says."""

from __future__ import annotations

import builtins
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest

from abi.driver import DeviceObject
from abi.irp import IRP_MJ_CREATE, IRP_MJ_DEVICE_CONTROL, IRP_MJ_READ, IRP_MJ_WRITE, Irp
from abi.status import Status, StatusError
from axis import umd

HOST, SELF, STRANGER = 9, 10, 50


class Kernel:
    """Gives the driver its messages, one by one, and notes what it says. The clock moves by waiting only."""

    def __init__(self) -> None:
        self.now = 50.0
        self.inbox: deque[tuple[Any, ...] | float] = deque()  # a number: nothing comes for so many seconds
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.quiet: list[bool] = []
        self.log: list[str] = []
        self.full_for = 0  # so many messages are refused
        self.refuses: dict[str, tuple[int, str]] = {}  # requests that the host answers so

    def syscall(self, name: str, *args: Any) -> Any:
        return getattr(self, name)(*args)

    def signal_pull(self, timeout_ms: int | None = None) -> tuple[Any, ...] | None:
        if not self.inbox:
            return (HOST, "umd_unload")
        if isinstance(self.inbox[0], tuple):
            return self.inbox.popleft()
        pause = self.inbox.popleft()
        if timeout_ms is not None and timeout_ms / 1000 < pause:
            self.now += timeout_ms / 1000
            self.inbox.appendleft(pause - timeout_ms / 1000)
            return None
        self.now += pause
        return self.signal_pull(timeout_ms)

    def signal_send(self, pid: int, name: str, request: dict[str, Any]) -> None:
        assert (pid, name) == (HOST, "umd_request")
        if self.full_for:
            self.full_for -= 1
            raise StatusError(Status.QUOTA_EXCEEDED, "full")
        kind, payload = request["type"], request["payload"]
        if any(type(value) not in (int, str, bytes, list, type(None)) for value in payload.values()):
            raise StatusError(Status.INVALID_PARAMETER, "only plain data")
        self.sent.append((kind, payload))
        self.quiet.append(request.get("quiet", False))
        if kind[:6] in ("create", "delete"):
            made = {"registry_id": "VIRT_001", "registry_path": "@VT\\DEV\\VIRT_001"}
            status, data = self.refuses.get(kind, (0, made))
            self.inbox.appendleft((STRANGER, "umd_reply", {"status": 0, "data": "forged"}))
            self.inbox.insert(1, (HOST, "umd_reply", {"status": status, "data": data}))

    def process_thread(self, body: Any) -> int:
        body()
        return 0

    def process_wait(self, _tid: int) -> bool:
        return True

    def process_sleep(self, duration_ms: int) -> bool:
        self.now += duration_ms / 1000
        return True

    def time_get(self) -> tuple[float, float]:
        return self.now, self.now

    def kernel_log(self, text: str, _level: str) -> bool:
        self.log.append(text)
        return True

    def completed(self) -> list[tuple[int, int, object]]:
        return [(each["irp"], each["status"], each["info"]) for kind, each in self.sent if kind == "complete_request"]

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.sent]


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    made = Kernel()
    vars(builtins).update(syscall=made.syscall, env={"host_pid": HOST})
    yield made
    vars(builtins).pop("syscall")
    vars(builtins).pop("env")


def irp_message(irp_id: int, major: int = IRP_MJ_READ, sender: int = HOST, **more: Any) -> tuple[Any, ...]:
    fields = {"irp_id": irp_id, "major_function": major, "device_name": "\\Device\\X", "sender_pid": 25, "file_id": 1}
    return (sender, "umd_irp", {**fields, **more})


def serve(kernel: Kernel, handlers: dict[int, Any], *messages: Any, **options: Any) -> None:
    """Run a driver with one device and these handlers through these messages, then unload it."""

    def um_driver_entry(driver: umd.DriverObject) -> None:
        driver.dispatch.update(handlers)
        umd.create_device(driver, "\\Device\\X")

    start = (HOST, "umd_initialize", {"driver_path": "/drivers/x", "driver_pid": HOST, "driver_info": {}})
    kernel.inbox.extend([start, *messages])
    umd.run(um_driver_entry, **options)


def test_what_a_handler_may_return(kernel: Kernel) -> None:
    """Values, text, statuses, errors, an own completion: the same as in the other kit."""

    def on_control(device: DeviceObject, irp: Irp) -> object:
        answers = {
            "value": [1], "status": Status.DEVICE_BUSY, "none": None, "not plain": device, "done": None, "bug": None,
        }
        if irp.parameters.method == "done":
            umd.complete_request(irp, 0, "myself")
            with pytest.raises(StatusError):
                umd.complete_request(irp, 0, "twice")
        if irp.parameters.method == "bug":
            raise KeyError("x")
        return answers[irp.parameters.method]

    def on_write(device: DeviceObject, irp: Irp) -> None:
        assert (device.device_name, irp.requester_uid, irp.parameters.data) == ("\\Device\\X", 1000, b"abc")

    methods = ["value", "status", "none", "not plain", "done", "bug"]
    serve(
        kernel,
        {IRP_MJ_READ: lambda device, irp: "text", IRP_MJ_WRITE: on_write, IRP_MJ_DEVICE_CONTROL: on_control},
        irp_message(1, length=4), irp_message(2, IRP_MJ_WRITE, data=b"abc", requester_uid=1000),
        irp_message(3, IRP_MJ_CREATE, args=["r"]), irp_message(4, 0x77),
        *(irp_message(10 + n, IRP_MJ_DEVICE_CONTROL, method=method, args=[]) for n, method in enumerate(methods)),
    )
    assert kernel.completed() == [
        (1, 0, b"text"), (2, 0, 3), (3, 0, None), (4, 301, "\\Device\\X does not know 0x77"), (10, 0, [1]),
        (11, 604, None), (12, 0, None), (13, 300, "the driver's answer is not plain data: only plain data"),
        (14, 0, "myself"), (15, 300, "the driver failed: KeyError: 'x'"),
    ]
    assert kernel.kinds()[:2] == ["create_device", "complete_init"] and kernel.kinds()[-1] == "complete_unload"
    assert kernel.sent[1][1] == {"status": 0, "majors": [IRP_MJ_READ, IRP_MJ_WRITE, IRP_MJ_DEVICE_CONTROL, 0, 2]}
    assert kernel.quiet == [kind == "complete_request" for kind in kernel.kinds()]


def test_only_the_host_is_listened_to(kernel: Kernel) -> None:
    """Whatever others send under its names is dropped; a reply that nobody waits for is logged."""
    serve(
        kernel, {IRP_MJ_READ: lambda device, irp: b""}, irp_message(1, sender=STRANGER), (STRANGER, "umd_unload"),
        (STRANGER, "umd_ping", 1), (HOST, "noise"), (HOST, "umd_reply", {"status": 601, "data": "too late"}),
        (HOST, "umd_ping", 2), irp_message(2),
    )
    assert kernel.kinds() == ["create_device", "complete_init", "pong", "complete_request", "complete_unload"]
    assert any("too late" in line for line in kernel.log)


def test_a_request_that_nobody_waits_for_any_more(kernel: Kernel) -> None:
    """It is completed with 611, once, unless on_cancel completes or keeps it; one that is done is left alone."""
    pending: dict[int, Irp] = {}

    def on_read(device: DeviceObject, irp: Irp) -> object:
        pending[irp.irp_id] = irp
        if irp.irp_id == 9:
            for irp_id in (3, 4):
                umd.complete_request(pending[irp_id], 0, b"late")
        return umd.PENDING if irp.irp_id != 9 else b""

    def on_cancel(irp: Irp) -> object:
        if irp.irp_id == 2:
            umd.complete_request(irp, 0, b"in time")
        if irp.irp_id == 5:
            raise ValueError("a bug of the driver's")
        return umd.PENDING if irp.irp_id == 3 else None

    cancels = [(HOST, "umd_cancel", irp_id) for irp_id in (1, 2, 3, 5, 7)]
    serve(
        kernel, {IRP_MJ_READ: on_read}, *map(irp_message, (1, 2, 3, 4, 5)), *cancels, irp_message(9),
        (HOST, "umd_cancel", 4), on_cancel=on_cancel,
    )
    reason = "nobody waits for it any more"
    assert kernel.completed() == [
        (1, 611, reason), (2, 0, b"in time"), (5, 611, reason), (3, 0, b"late"), (4, 0, b"late"), (9, 0, b""),
    ]


def test_the_host_is_too_busy_to_listen(kernel: Kernel) -> None:
    """The driver waits until there is room, and loses nothing."""

    def on_read(device: DeviceObject, irp: Irp) -> bytes:
        kernel.full_for = 3
        return b"x"

    serve(kernel, {IRP_MJ_READ: on_read}, irp_message(1))
    assert kernel.completed() == [(1, 0, b"x")] and round(kernel.now, 6) == 50.003


def test_on_idle_is_called_when_it_is_due(kernel: Kernel) -> None:
    """When no message waits, and again at its time, however many messages come meanwhile."""
    calls: list[float] = []

    def on_idle() -> float | None:
        calls.append(round(kernel.now, 6))
        return 0.5 if len(calls) < 3 else None

    serve(
        kernel, {IRP_MJ_READ: lambda device, irp: b""}, 0.1, irp_message(1), 0.2, irp_message(2), 1.5, irp_message(3),
        2.0, on_idle=on_idle,
    )
    assert calls[:3] == [50.0, 50.5, 51.0] and len(calls) <= 6


def test_the_host_refuses(kernel: Kernel) -> None:
    """Its status and line come back as an error; an entry that lets it pass ends with it, and the loop, too."""
    kernel.refuses["create_device"] = (406, "the name is taken")
    serve(kernel, {}, irp_message(1))
    assert kernel.sent[1] == ("complete_init", {"status": 406, "majors": [0, 2], "why": "the name is taken"})
    assert kernel.completed() == [] and len(kernel.inbox) > 0
    assert "the name is taken" in kernel.log[0]


def test_devices_come_and_go(kernel: Kernel) -> None:
    """The driver's list follows; what was made past the kit gets an object with its first request."""
    driver = umd.DriverObject("/drivers/x", HOST, {})
    first, second, third = (umd.create_device(driver, f"\\Device\\{name}") for name in "ABC")
    assert first.registry_id == "VIRT_001"
    umd.delete_device(second)
    assert (driver.device_object, third.next_device) == (third, first)
    umd.delete_device(third)
    assert driver.device_object is first
    umd.delete_device("\\Device\\A")
    umd.create_symbolic_link("/dev/a", "\\Device\\A")
    umd.delete_symbolic_link("/dev/a")
    assert kernel.sent[-3:] == [
        ("delete_device", {"device_name": "\\Device\\A"}),
        ("create_symlink", {"link_name": "/dev/a", "device_name": "\\Device\\A"}),
        ("delete_symlink", {"link_name": "/dev/a"}),
    ]
    serve(kernel, {IRP_MJ_READ: lambda device, irp: device.device_name}, irp_message(1, device_name="\\Device\\Z"))
    assert kernel.completed() == [(1, 0, b"\\Device\\Z")]


def test_it_is_started_by_hand(kernel: Kernel) -> None:
    """A user-mode driver that is run as a program says how to load it."""
    vars(builtins)["env"] = {}
    with pytest.raises(SystemExit, match="insmod"):
        umd.run(lambda driver: None)


def test_the_manuals_names(kernel: Kernel) -> None:
    """STATUS_ names, and a line for the log."""
    assert umd.STATUS_DEVICE_BUSY is Status.DEVICE_BUSY
    with pytest.raises(AttributeError, match="no STATUS_NONSENSE"):
        umd.STATUS_NONSENSE  # noqa: B018  # reading it is the test
    umd.print("hello", 3)
    assert kernel.log == ["[DK] hello 3"]
