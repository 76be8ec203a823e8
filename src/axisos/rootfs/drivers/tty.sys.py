"""The terminal driver: `/dev/tty`, one screen, one keyboard.

This file joins three sides and does little else: requests from programs (the table of IRP handlers), interrupts from
the keyboard and screen, and the GPU. What the terminal is stands in its rooms, `tty/` beside this file; `tty/console`
is the one to begin with, `tty/controls` lists the control methods.

Works without a GPU or screen too: the model is then kept and never painted. A GPU or screen that is plugged in later
is taken into use.
"""

from __future__ import annotations

from tty.console import Console
from tty.controls import Controls
from tty.painter import Painter
from tty.terminal import Terminal

from axis import dk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from axis.guest import syscall

DRIVER_INFO = {"driver_name": "AxisTTY", "driver_type": "KernelModeDriver", "load_priority": 100, "version": "5.1.0"}

DEVICE = r"\Device\TTY0"
LINK = "/dev/tty"


class KernelPort:
    """What the console needs of the system below it."""

    pending = dk.PENDING

    @staticmethod
    def complete(irp: dk.Irp, status: int, information: object) -> None:
        """Answer a request that was left pending; one that was withdrawn meanwhile needs no answer."""
        try:
            dk.complete_request(irp, status, information)
        except dk.StatusError as error:
            dk.print(f"AxisTTY: {irp}: {error}")

    @staticmethod
    def log(text: str) -> None:
        dk.print(f"AxisTTY: {text}")

    @staticmethod
    def signal_group(group: int, number: int) -> None:
        """Signal a process group; one that is gone, or closed to us, has no need of it."""
        try:
            syscall("ke_signal_group", group, number)
        except dk.StatusError as error:
            if error.status != dk.Status.NO_SUCH_PROCESS:
                dk.print(f"AxisTTY: signal {number} for group {group}: {error}")

    @staticmethod
    def process_info(pid: int) -> dict[str, object]:
        info: dict[str, object] = syscall("process_info", pid)
        return info

    @staticmethod
    def now() -> float:
        """Machine time in seconds."""
        uptime: float = syscall("time_get")[0]
        return uptime


class TtyDriver:
    """The device: its requests, its interrupts, its hardware."""

    def __init__(self) -> None:
        self._terminal = Terminal()
        self._painter = Painter(self._terminal)
        self._console = Console(self._terminal, self._painter, KernelPort())
        self._screen = ""  # address of the screen that we draw on
        console = self._console
        self._interrupts: dict[str, Callable[..., object]] = {
            "key_down": console.key_down, "key_up": console.key_up, "clipboard": console.paste, "scroll": console.wheel,
            "touch": console.click, "drag": console.drag, "screen_resized": self._on_resized,
            "component_added": self._on_component_added, "component_removed": self._on_component_removed,
        }

    def driver_entry(self, driver: dk.DriverObject) -> None:
        """Make the device, take the screen, listen to the keyboard."""
        console = self._console
        driver.dispatch = {
            dk.IRP_MJ_CREATE: console.create, dk.IRP_MJ_CLOSE: console.close, dk.IRP_MJ_READ: console.read,
            dk.IRP_MJ_WRITE: console.write, dk.IRP_MJ_DEVICE_CONTROL: Controls(console).control,
        }
        dk.create_device(driver, DEVICE)
        dk.create_symbolic_link(LINK, DEVICE)
        self._take_screen()
        for name in self._interrupts:
            dk.register_interrupt(name)

    def driver_unload(self, driver: dk.DriverObject) -> None:
        """Undo `driver_entry`."""
        self._painter.detach()
        dk.delete_symbolic_link(LINK)
        dk.delete_device(DEVICE)

    def run(self) -> None:
        dk.run(
            self.driver_entry, self.driver_unload, on_idle=self._console.idle, on_interrupt=self._interrupts,
            on_cancel=self._console.cancel,
        )

    # The hardware

    def _take_screen(self) -> None:
        """Draw on the first screen through the first GPU, if the machine has both and they work."""
        try:
            self._attach_screen()
        except Exception as error:  # whatever a component raises: a terminal without a picture is one all the same
            self._painter.detach()
            dk.print(f"AxisTTY: no picture: {type(error).__name__}: {error}")

    def _attach_screen(self) -> None:
        gpus, screens = (list(syscall("raw_component_list", kind)) for kind in ("gpu", "screen"))
        if not gpus or not screens:
            return
        gpu: Any = dk.get_hardware_proxy(gpus[0])
        screen: str = screens[0]
        if gpu.getScreen() != screen:
            gpu.bind(screen, False)  # False: keep resolution and contents
        self._screen = screen
        self._console.resized(*gpu.getResolution())
        self._painter.attach(gpu)

    def _on_resized(self, screen: str, width: int, height: int, *_: object) -> None:
        if screen == self._screen:
            self._console.resized(width, height)

    def _on_component_added(self, address: str, kind: str, *_: object) -> None:
        if kind in ("gpu", "screen") and not self._painter.attached:
            self._take_screen()
            self._console.touch()

    def _on_component_removed(self, address: str, kind: str, *_: object) -> None:
        if kind in ("gpu", "screen") and self._painter.attached:
            self._painter.detach()
            self._take_screen()
            self._console.touch()


if __name__ == "__main__":
    TtyDriver().run()
