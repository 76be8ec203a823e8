"""The driver file itself, in the driver kit's loop, on a pretend kernel: messages in, answers and pictures out."""

from __future__ import annotations

import builtins
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
from ttyrig import FakeGpu

import drivers.tty
from abi.driver import DeviceObject, DriverObject
from abi.irp import IRP_FLAG_DIRECT, IRP_MJ_DEVICE_CONTROL, IRP_MJ_READ, IRP_MJ_WRITE, Irp
from abi.status import Status, StatusError

DRIVER = Path(drivers.tty.__path__[0]).parent / "tty.sys.py"
PM, DKMS = 2, 3


class PretendKernel:
    """Answers the driver's system calls, and feeds it one message after the other until the list is empty."""

    def __init__(self, gpu: FakeGpu | None) -> None:
        self.gpu = gpu
        self.messages: list[tuple[Any, ...] | None] = []
        self.answers: dict[int, tuple[int, object]] = {}
        self.sent: list[tuple[Any, ...]] = []
        self.interrupts: list[str] = []
        self.links: dict[str, str] = {}
        self.bound: list[tuple[str, bool]] = []
        self.log: list[str] = []
        self.signalled: list[tuple[int, int]] = []
        self.time = 1.0
        self.driver = DriverObject(str(DRIVER), 4, {"driver_name": "AxisTTY"})

    def __call__(self, name: str, *args: Any) -> Any:
        return getattr(self, "sys_" + name)(*args)

    def sys_signal_pull(self, timeout_ms: int | None) -> tuple[Any, ...] | None:
        if timeout_ms == 0:
            return None if not self.messages or self.messages[0] is None else self.messages.pop(0)
        self.time += 1 if timeout_ms is None else timeout_ms / 1000
        if timeout_ms is not None:
            return None
        while self.messages and self.messages[0] is None:
            self.messages.pop(0)
        return self.messages.pop(0) if self.messages else (DKMS, "driver_unload")

    def sys_signal_send(self, pid: int, *message: Any) -> None:
        self.sent.append((pid, *message))
        if message[0] == "irp_complete":
            self.answers[message[1]] = (message[2], message[3])
        elif message[0] == "dkms_complete_irp":
            self.sys_dkms_complete_irp(message[1])

    def sys_ke_get_irql(self) -> int:
        return 0

    def sys_dkms_complete_irp(self, irp: Irp) -> None:
        assert irp.irp_id not in self.answers
        self.answers[irp.irp_id] = (irp.io_status.status, irp.io_status.information)

    def sys_dkms_create_device(self, name: str) -> DeviceObject:
        self.driver.device_object = DeviceObject(name, self.driver)
        return self.driver.device_object

    def sys_dkms_create_symlink(self, link: str, device: str) -> None:
        self.links[link] = device

    def sys_dkms_delete_symlink(self, link: str) -> None:
        del self.links[link]

    def sys_dkms_delete_device(self, name: str) -> None:
        self.driver.device_object = None

    def sys_dkms_register_interrupt(self, name: str) -> None:
        self.interrupts.append(name)

    def sys_raw_component_list(self, kind: str) -> dict[str, str]:
        return {f"{kind}-address": kind} if self.gpu is not None else {}

    def sys_raw_component_proxy(self, address: str) -> Any:
        assert address == "gpu-address"
        return self

    def sys_time_get(self) -> tuple[float, float]:
        return self.time, 0.0

    def sys_process_get_pid(self) -> int:
        return 4

    def sys_process_info(self, pid: int) -> dict[str, object]:
        return {"pid": pid, "tgid": pid, "pgid": pid, "uid": 1000, "ring": 3, "exit_status": None}

    def sys_ke_signal_group(self, group: int, number: int) -> bool:
        self.signalled.append((group, number))
        raise StatusError(Status.NO_SUCH_PROCESS, "it has just ended")

    def sys_kernel_log(self, text: str, level: str) -> None:
        self.log.append(text)

    # The GPU's proxy

    def getScreen(self) -> str | None:
        return self.bound[-1][0] if self.bound else None

    def bind(self, address: str, reset: bool) -> bool:
        self.bound.append((address, reset))
        return True

    def getResolution(self) -> tuple[int, int]:
        assert self.gpu is not None
        return self.gpu.size

    def __getattr__(self, name: str) -> Any:
        return getattr(self.gpu, name)


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the driver over a list of messages; None in the list = the driver finds its queue empty there."""

    def run(messages: list[tuple[Any, ...] | None], gpu: FakeGpu | None = None) -> PretendKernel:
        kernel = PretendKernel(gpu)
        kernel.messages = [(DKMS, "driver_init", kernel.driver), *messages]
        monkeypatch.setattr(builtins, "syscall", kernel, raising=False)
        for name in [name for name in sys.modules if name == "tty" or name.startswith("tty.")]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "tty", drivers.tty)
        for room in ("console", "controls", "painter", "terminal"):
            module = __import__(f"drivers.tty.{room}", fromlist=["*"])
            monkeypatch.setitem(sys.modules, f"tty.{room}", module)
        runpy.run_path(str(DRIVER), run_name="__main__")
        return kernel

    return run


def request(number: int, major: int, *, flags: int = 0, **parameters: Any) -> tuple[Any, ...]:
    irp = Irp(number, major, r"\Device\TTY0", sender_pid=20, reply_pid=PM, file_id=1, flags=flags, **parameters)
    irp.driver_pid = 4
    return (DKMS, "irp_dispatch", irp, major)


def key(char: str, code: int = 0) -> tuple[Any, ...]:
    return (DKMS, "hardware_interrupt", "key_down", "keyboard", ord(char), code)


def test_the_life_of_the_driver(play: Any) -> None:
    """Device, link and interrupts at the start; requests and keys are served; unload takes everything away."""
    gpu = FakeGpu(20, 5)
    kernel = play([
        request(1, 0),
        request(2, IRP_MJ_WRITE, data=b"name: ", flags=IRP_FLAG_DIRECT),
        request(3, IRP_MJ_READ),
        key("b"),
        None,
        key("\r", 28),
        request(4, IRP_MJ_DEVICE_CONTROL, method="get_size"),
        request(5, IRP_MJ_DEVICE_CONTROL, method="nonsense"),
        request(6, IRP_MJ_READ),
        request(7, IRP_MJ_READ),
        (DKMS, "irp_cancel", 6),
        request(8, 2),
    ], gpu)
    assert kernel.sent[0] == (DKMS, "driver_init_complete", Status.SUCCESS, kernel.driver)
    assert sorted(kernel.driver.dispatch) == [0, 2, 3, 4, 14]
    assert {"key_down", "key_up", "scroll", "clipboard", "touch", "drag", "screen_resized"} <= set(kernel.interrupts)
    assert kernel.bound == [("screen-address", False)]
    assert kernel.answers[1] == (Status.SUCCESS, None)
    assert kernel.answers[2] == (Status.SUCCESS, 6)
    assert kernel.answers[3] == (Status.SUCCESS, b"b\n")
    assert kernel.answers[4] == (Status.SUCCESS, {"w": 20, "h": 5})
    assert [kernel.answers[number][0] for number in (5, 6, 7, 8)] == [
        Status.NOT_IMPLEMENTED, Status.CANCELLED, Status.DEVICE_BUSY, Status.SUCCESS,
    ]
    assert gpu.lines()[-2:] == ["name: b", ""]
    assert kernel.sent[-1] == (DKMS, "driver_unload_complete", Status.SUCCESS)
    assert (kernel.links, kernel.driver.device_object) == ({}, None)


def test_without_a_screen_it_serves_blindly(play: Any) -> None:
    kernel = play([request(1, IRP_MJ_WRITE, data=b"x\n" * 100), request(2, IRP_MJ_READ), key("\x04")])
    assert kernel.answers == {1: (Status.SUCCESS, 200), 2: (Status.SUCCESS, b"")}
    assert kernel.log == []


def test_interrupts_of_the_mouse_the_clipboard_and_the_screen(play: Any) -> None:
    gpu = FakeGpu(20, 5)
    kernel = play([
        request(1, IRP_MJ_DEVICE_CONTROL, method="set_mode", args=["raw"]),
        (DKMS, "hardware_interrupt", "touch", 3, 4, 0),
        (DKMS, "hardware_interrupt", "drag", 3, 4, 0),
        (DKMS, "hardware_interrupt", "scroll", -1, 3, 4),
        (DKMS, "hardware_interrupt", "clipboard", "ä"),
        (DKMS, "hardware_interrupt", "key_down", "keyboard", 0, 42),
        (DKMS, "hardware_interrupt", "key_down", "keyboard", 9, 15),
        (DKMS, "hardware_interrupt", "key_up", "keyboard", 0, 42, "player"),
        *(request(number, IRP_MJ_READ) for number in range(2, 7)),
        (DKMS, "hardware_interrupt", "screen_resized", "another", 1, 1),
        (DKMS, "hardware_interrupt", "screen_resized", "screen-address", 20, 3),
        request(7, IRP_MJ_DEVICE_CONTROL, method="get_size"),
    ], gpu)
    assert [kernel.answers[number][1] for number in range(2, 7)] == [
        b"\x1b[<0;3;4M", b"\x1b[<32;3;4M", b"\x1b[<65;3;4M", "ä".encode(), b"\x1b[Z",
    ]
    assert kernel.answers[7][1] == {"w": 20, "h": 3}


def test_a_signal_to_a_group_that_has_just_ended_is_no_error(play: Any) -> None:
    kernel = play([
        request(1, IRP_MJ_DEVICE_CONTROL, method="set_foreground", args=[33]),
        key("\x03"),
        request(2, IRP_MJ_WRITE, data=b"alive"),
    ])
    assert kernel.signalled == [(33, 2)]
    assert kernel.answers[2] == (Status.SUCCESS, 5)
    assert kernel.log == []


def test_a_gpu_that_is_pulled_out_and_put_in_again(play: Any) -> None:
    gpu = FakeGpu(20, 5)

    def pull() -> tuple[Any, ...]:
        return (DKMS, "hardware_interrupt", "component_removed", "gpu-address", "gpu")

    kernel = play([
        request(1, IRP_MJ_WRITE, data=b"one\n"),
        pull(),
        (DKMS, "hardware_interrupt", "component_added", "gpu-address", "gpu"),
        request(2, IRP_MJ_WRITE, data=b"two\n"),
    ], gpu)
    assert kernel.log == []
    assert gpu.lines()[-3:] == ["one", "two", ""]
