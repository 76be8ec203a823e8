r"""The graphics card, `/dev/gpu0`: its methods as control requests.

A control request names a method of the GPU component and gives its arguments; the answer is the list of what the method
returns. Anybody who may open the device may ask the card things. Drawing is another matter: the screen has one owner,
the terminal, and a process draws only while the terminal lends it the card:

    control lend [pid]      from ring <= 2: that process may draw, until `reclaim` or until it has closed the device
    control reclaim []      from ring <= 2: nobody may

Errors: 601 arguments that are no list; 301 no such method; 604 drawing without the loan; 300 what the card refuses.
"""

from __future__ import annotations

from axis import dk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import env

DRIVER_INFO = {
    "driver_name": "AxisGPU", "driver_type": "KernelModeDriver",
    "load_priority": 150, "version": "1.0.0",
}

DEVICE = "\\Device\\Gpu0"
LINK = "/dev/gpu0"

ASKING = frozenset({
    "getScreen", "getBackground", "getForeground", "getPaletteColor", "getDepth", "maxDepth", "getResolution",
    "maxResolution", "getViewport", "get", "getActiveBuffer", "buffers", "getBufferSize", "totalMemory", "freeMemory",
})
DRAWING = frozenset({
    "bind", "setBackground", "setForeground", "setPaletteColor", "setDepth", "setResolution", "setViewport", "set",
    "copy", "fill", "allocateBuffer", "freeBuffer", "freeAllBuffers", "setActiveBuffer", "bitblt",
})


class GpuDriver:
    """One card, who has it open, and to whom it is lent."""

    def __init__(self, card: Any) -> None:
        self._card = card
        self._opens: dict[int, int] = {}  # file id -> pid
        self._borrower: int | None = None

    def create(self, device: dk.DeviceObject, irp: dk.Irp) -> None:
        self._opens[irp.file_id] = irp.sender_pid

    def close(self, device: dk.DeviceObject, irp: dk.Irp) -> None:
        pid = self._opens.pop(irp.file_id, None)
        if pid == self._borrower and pid not in self._opens.values():
            self._borrower = None

    def control(self, device: dk.DeviceObject, irp: dk.Irp) -> list[object]:
        method, args = irp.parameters.method, irp.parameters.args
        if not method or type(args) is not list:
            raise dk.StatusError(dk.Status.INVALID_PARAMETER, f"{LINK}: takes a method's name and a list of arguments")
        if method in ("lend", "reclaim"):
            return self._lend(irp, method, args)
        if method in DRAWING:
            if irp.requester_ring > 2 and irp.sender_pid != self._borrower:
                raise dk.StatusError(dk.Status.DEVICE_BUSY, f"{method}: the screen belongs to the terminal")
        elif method not in ASKING:
            raise dk.StatusError(dk.Status.NOT_IMPLEMENTED, f"{LINK} has no method {method!r}")
        try:
            result = getattr(self._card, method)(*args)
        except Exception as error:
            raise dk.StatusError(dk.Status.UNSUCCESSFUL, f"{method}: {error}") from None
        if result is None:
            return []
        return list(result) if type(result) is tuple else [result]

    def _lend(self, irp: dk.Irp, method: str, args: list[Any]) -> list[object]:
        if irp.requester_ring > 2:
            raise dk.StatusError(dk.Status.PRIVILEGE_NOT_HELD, f"{method}: only the terminal lends the card")
        if method == "lend" and [type(arg) for arg in args] != [int]:
            raise dk.StatusError(dk.Status.INVALID_PARAMETER, "lend takes the pid of the borrower")
        self._borrower = args[0] if method == "lend" else None
        return []


def driver_entry(driver: dk.DriverObject) -> None:
    """Serve the card that this process was started for."""
    address = env.get("address")
    if not address:
        raise dk.StatusError(dk.Status.INVALID_PARAMETER, "the GPU driver needs the address of a card")
    try:
        card = dk.get_hardware_proxy(address)
    except dk.StatusError as error:
        raise dk.StatusError(dk.Status.DEVICE_NOT_READY, f"no card at {address}: {error.detail}") from None
    gpu = GpuDriver(card)
    driver.dispatch[dk.IRP_MJ_CREATE] = gpu.create
    driver.dispatch[dk.IRP_MJ_CLOSE] = gpu.close
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = gpu.control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link(LINK, DEVICE)


def driver_unload(driver: dk.DriverObject) -> None:
    """Take the device away."""
    dk.delete_symbolic_link(LINK)
    dk.delete_device(DEVICE)


if __name__ == "__main__":
    dk.run(driver_entry, driver_unload)
