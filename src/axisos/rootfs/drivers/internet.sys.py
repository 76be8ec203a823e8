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

from internet.controls import Controls
from internet.netfilter import Netfilter
from internet.transfers import Transfers

from axis import dk

TYPE_CHECKING = False
if TYPE_CHECKING:
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
        self._transfers: Transfers
        self._controls: Controls
        self._netfilter: Netfilter
        self._device_name = ""

    def driver_entry(self, driver: dk.DriverObject) -> None:
        """Serve the card that this process was started for."""
        card, port = dk.get_hardware_proxy(env["address"]), KernelPort()
        self._netfilter = Netfilter(port.read_file, port.log, port.now)
        self._transfers = Transfers(card, self._netfilter, port)
        self._controls = Controls(self._transfers, self._netfilter, port, str(DRIVER_INFO["version"]))
        driver.dispatch = {
            dk.IRP_MJ_CREATE: self.create, dk.IRP_MJ_CLOSE: self.close, dk.IRP_MJ_READ: self._controls.read,
            dk.IRP_MJ_WRITE: self._controls.write, dk.IRP_MJ_DEVICE_CONTROL: self._controls.control,
        }
        self._make_device(driver)
        dk.register_interrupt("internet_ready")
        self._write_registry(bool(card.isHttpEnabled() or card.isTcpEnabled()))

    def driver_unload(self, driver: dk.DriverObject) -> None:
        """End what is under way; take the device away, its link goes with it."""
        self._transfers.close_all()
        dk.delete_device(self._device_name)

    def create(self, device: dk.DeviceObject, irp: dk.Irp) -> None:
        """An open: the policy is read before the first request."""
        self._netfilter.load()

    def close(self, device: dk.DeviceObject, irp: dk.Irp) -> None:
        """The last handle of an open has gone, by `close` or with its process."""
        self._controls.forget_file(irp.file_id)
        self._transfers.file_closed(irp.file_id)

    def on_ready(self, _address: str, handle_id: str) -> None:
        """The card has news of one of its handles."""
        self._transfers.ready(handle_id)

    def on_idle(self) -> float | None:
        """See to deadlines."""
        return self._transfers.tick()

    def on_cancel(self, irp: dk.Irp) -> None:
        """Let go of a request."""
        self._transfers.cancel(irp)

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
        """Say in the driver's key whether there is a network; DKMS writes the rest of it."""
        try:
            syscall("reg_create_key", REGISTRY_KEY)
            syscall("reg_set_value", REGISTRY_KEY, "Online", is_online, "BOOL")
        except dk.StatusError as error:
            dk.print(f"AxisNet: {REGISTRY_KEY}: {error}")


def main() -> None:
    """The driver as a process."""
    net = NetDriver()
    dk.run(
        net.driver_entry, net.driver_unload, on_idle=net.on_idle, on_cancel=net.on_cancel,
        on_interrupt={"internet_ready": net.on_ready}, idle_after_messages=True,
    )


if __name__ == "__main__":
    main()
