r"""The network: one internet card, `/dev/net` (a second card is `/dev/net1`, and so on).

This file joins requests from programs, interrupts from the card, and the rooms in `internet/` beside it, where
`internet/controls` lists the methods and `internet/netfilter` decides who may go where.

    control   HTTP requests, TCP connections, ping, sessions, the firewall: see `internet/controls`
    WRITE     a URL: asks for it; waits until the head of the answer has come
    READ      the next bytes of the answer to the URL written before; b"" is its end
    CLOSE     closes what was opened through this handle

A request that has to wait for the network stays pending; nothing here blocks.
"""

from __future__ import annotations

from abi.names import SHORT_ADDRESS
from axis import dk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from internet.service import NetService

    from axis.guest import env, syscall

DRIVER_INFO = {
    "driver_name": "AxisNet", "driver_type": "ComponentModeDriver", "supported_component": "internet",
    "load_priority": 250, "version": "2.1.0",
}

MAX_CARDS = 8
REGISTRY_KEY = "@VT\\DRV\\AxisNet"


class KernelPort:
    """What the rooms need of the system below them."""

    pending = dk.PENDING

    @staticmethod
    def complete(irp: dk.Irp, status: int, information: object) -> None:
        """Answer a request that was left pending; one that was withdrawn meanwhile needs no answer."""
        try:
            dk.complete_request(irp, status, information)
        except dk.StatusError as error:
            dk.print(f"AxisNet: {irp}: {error}")

    @staticmethod
    def now() -> float:
        """Machine time in seconds."""
        uptime: float = syscall("time_get")[0]
        return uptime

    @staticmethod
    def read_file(path: str) -> bytes:
        data: bytes = syscall("vfs_read_file", path)
        return data

    @staticmethod
    def log(text: str) -> None:
        syscall("kernel_log", f"[DK] AxisNet: {text}", "warn")


class NetDriver:
    """One card as a device."""

    def __init__(self) -> None:
        self._card: Any = None
        self._service: NetService | None = None  # made when the device is opened first
        self._device_name = ""

    def driver_entry(self, driver: dk.DriverObject) -> None:
        """Serve the card that this process was started for."""
        self._card = dk.get_hardware_proxy(env["address"])
        driver.dispatch = {
            dk.IRP_MJ_CREATE: self.create, dk.IRP_MJ_CLOSE: self.close, dk.IRP_MJ_READ: self.read,
            dk.IRP_MJ_WRITE: self.write, dk.IRP_MJ_DEVICE_CONTROL: self.control,
        }
        self._make_device(driver)
        dk.register_interrupt("internet_ready")
        try:
            is_enabled = bool(self._card.is_http_enabled() or self._card.is_tcp_enabled())
        except Exception as error:  # whatever a component raises
            raise dk.StatusError(dk.Status.DEVICE_NOT_READY, f"the card does not answer: {error}") from None
        self._write_registry(is_enabled)

    def driver_unload(self, driver: dk.DriverObject) -> None:
        """End what is under way; take the device away, its link goes with it."""
        if self._service is not None:
            self._service.transfers.close_all()
        dk.delete_device(self._device_name)

    # --- requests ----------------------------------------------------------------------------------------------

    @property
    def service(self) -> NetService:
        """The rooms: they are loaded, and the policy is read, before anything is asked for."""
        if self._service is None:
            from internet.service import NetService

            self._service = NetService(self._card, KernelPort(), str(DRIVER_INFO["version"]))
        return self._service

    def create(self, device: dk.DeviceObject, irp: dk.Irp) -> None:
        """Somebody opens the device: a mistake in the policy is logged now, not at the first request."""
        self.service.netfilter.load()

    def close(self, device: dk.DeviceObject, irp: dk.Irp) -> None:
        """The last handle of an open has gone."""
        self.service.file_closed(irp.file_id)

    def read(self, device: dk.DeviceObject, irp: dk.Irp) -> object:
        """READ: of the answer to the URL that was written."""
        return self.service.controls.read(device, irp)

    def write(self, device: dk.DeviceObject, irp: dk.Irp) -> object:
        """WRITE: a URL."""
        return self.service.controls.write(device, irp)

    def control(self, device: dk.DeviceObject, irp: dk.Irp) -> object:
        """All else."""
        return self.service.controls.control(device, irp)

    # --- what happens meanwhile --------------------------------------------------------------------------------

    def on_ready(self, _address: str, handle_id: str) -> None:
        """The card has news of one of its handles."""
        if self._service is not None:
            self._service.transfers.ready(handle_id)

    def on_idle(self) -> float | None:
        """See to deadlines."""
        return None if self._service is None else self._service.transfers.tick()

    def on_cancel(self, irp: dk.Irp) -> None:
        """Let go of a request."""
        if self._service is not None:
            self._service.transfers.cancel(irp)

    def _make_device(self, driver: dk.DriverObject) -> None:
        """The first free of Net0, Net1, ...; the first card is `/dev/net`."""
        for number in range(MAX_CARDS):
            name = f"\\Device\\Net{number}"
            try:
                dk.create_device(driver, name)
            except dk.StatusError as error:
                if error.status != dk.Status.DEVICE_ALREADY_EXISTS or number == MAX_CARDS - 1:
                    raise
                continue
            self._device_name = name
            dk.create_symbolic_link(f"/dev/net{number or ''}", name)
            return

    @staticmethod
    def _write_registry(is_online: bool) -> None:
        """Say in the card's key, which DKMS has made for us, whether there is a network."""
        key = f"{REGISTRY_KEY}\\{env['address'][:SHORT_ADDRESS]}"
        try:
            syscall("reg_set_value", key, "Online", is_online, "BOOL")
        except dk.StatusError as error:
            dk.print(f"AxisNet: {key}: {error}")


def main() -> None:
    """The driver as a process."""
    net = NetDriver()
    dk.run(
        net.driver_entry, net.driver_unload, on_idle=net.on_idle, on_cancel=net.on_cancel,
        on_interrupt={"internet_ready": net.on_ready}, idle_after_messages=True,
    )


if __name__ == "__main__":
    main()
