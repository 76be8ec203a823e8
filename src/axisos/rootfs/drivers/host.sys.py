r"""The host port: standard input and output of the process around the machine, for headless runs.

    /dev/host_in    READ    waits until there is input; b"" is its end
    /dev/host_out   WRITE   waits until the host has taken all of it
    /dev/host_err   WRITE   likewise

    control job                          -> the job record; uid 0 only
    control finish [exit code, reason]   the job has ended; waits until the output given before is out; uid 0 only
    control set_foreground [pgid]        whom the host's signals (SIGINT, ...) are for; uid 0 only

The bytes of one stream leave in the order of their requests, those of waiting requests included.
"""

from __future__ import annotations

from collections import deque

from axis import dk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import env, syscall

DRIVER_INFO = {
    "driver_name": "AxisHost", "driver_type": "ComponentModeDriver", "supported_component": "host",
    "load_priority": 50, "version": "1.0.0",
}

LINKS = {"\\Device\\HostIn": "/dev/host_in", "\\Device\\HostOut": "/dev/host_out", "\\Device\\HostErr": "/dev/host_err"}
STREAMS = {"\\Device\\HostOut": 1, "\\Device\\HostErr": 2}
CHUNK = 65536  # bytes in one call of the component


def ask(method: Any, *args: object) -> Any:
    """Call a method of the host component. Raises: 605 with what it says, when it says no."""
    try:
        return method(*args)
    except Exception as error:
        raise dk.StatusError(dk.Status.DEVICE_NOT_READY, f"the host port: {error}") from None


class Output:
    """One output stream: the requests that wait until the host has room, oldest first."""

    def __init__(self, port: Any, stream: int) -> None:
        self._port = port
        self._stream = stream
        self.waiting: deque[tuple[dk.Irp, int]] = deque()  # (request, bytes of it that are out)

    def write(self, irp: dk.Irp) -> object:
        """Answer a WRITE: the count if the host takes all of it now, else later."""
        data = irp.parameters.data
        sent = 0 if self.waiting else self._push(data, 0)
        if sent == len(data):
            return sent
        self.queue(irp, sent)
        return dk.PENDING

    def flush(self) -> list[dk.Irp]:
        """There is room again: go on with what waits. Returns the `finish` requests whose turn has come."""
        finishing = []
        while self.waiting:
            irp, sent = self.waiting[0]
            if irp.major_function == dk.IRP_MJ_WRITE:
                try:
                    sent = self._push(irp.parameters.data, sent)
                except dk.StatusError as error:
                    dk.complete_request(irp, error.status, error.detail)
                    self.waiting.popleft()
                    continue
                if sent < len(irp.parameters.data):
                    self.waiting[0] = irp, sent
                    break
                dk.complete_request(irp, dk.Status.SUCCESS, sent)
            else:
                finishing.append(irp)
            self.waiting.popleft()
        return finishing

    def queue(self, irp: dk.Irp, sent: int = 0) -> None:
        """Have a request wait for its turn."""
        irp.deadline = None  # the host may take as long as it likes
        self.waiting.append((irp, sent))

    def holds(self, irp: dk.Irp) -> bool:
        """Whether a request still waits here."""
        return any(entry[0] is irp for entry in self.waiting)

    def drop(self, irp: dk.Irp) -> None:
        """Forget a request that nobody waits for any more."""
        self.waiting = deque(entry for entry in self.waiting if entry[0] is not irp)

    def _push(self, data: bytes, sent: int) -> int:
        """Give the host what it takes. Returns how much of *data* is out."""
        while sent < len(data):
            taken = ask(self._port.write, self._stream, data[sent : sent + CHUNK])
            if not taken:
                break
            sent += taken
        return sent


class HostDriver:
    """The three devices on one host component."""

    def __init__(self) -> None:
        self._port: Any = None
        self._readers: deque[dk.Irp] = deque()
        self._outputs: dict[str, Output] = {}
        self._foreground = 0  # process group of the job, 0 = none yet

    def driver_entry(self, driver: dk.DriverObject) -> None:
        """Serve the component that this process was started for."""
        self._port = dk.get_hardware_proxy(env["address"])
        self._outputs = {name: Output(self._port, stream) for name, stream in STREAMS.items()}
        driver.dispatch[dk.IRP_MJ_CREATE] = driver.dispatch[dk.IRP_MJ_CLOSE] = lambda device, irp: None
        driver.dispatch[dk.IRP_MJ_READ] = self.read
        driver.dispatch[dk.IRP_MJ_WRITE] = self.write
        driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = self.control
        for name, link in LINKS.items():
            dk.create_device(driver, name)
            dk.create_symbolic_link(link, name)
        dk.register_interrupt("host_input")
        dk.register_interrupt("host_space")
        dk.register_interrupt("host_signal")

    def driver_unload(self, driver: dk.DriverObject) -> None:
        """Take the devices away; their links go with them."""
        for name in LINKS:
            dk.delete_device(name)

    def read(self, device: dk.DeviceObject, irp: dk.Irp) -> object:
        """READ: what is there, the end, or later."""
        if device.device_name in STREAMS:
            raise dk.StatusError(dk.Status.NOT_IMPLEMENTED, f"{LINKS[device.device_name]} can only be written")
        data = None if self._readers else self._draw(irp)
        if data is not None:
            return data
        self._readers.append(irp)
        return dk.PENDING

    def write(self, device: dk.DeviceObject, irp: dk.Irp) -> object:
        """WRITE: all of it, now or later."""
        output = self._outputs.get(device.device_name)
        if output is None:
            raise dk.StatusError(dk.Status.NOT_IMPLEMENTED, f"{LINKS[device.device_name]} can only be read")
        return output.write(irp)

    def control(self, device: dk.DeviceObject, irp: dk.Irp) -> object:
        """job and finish, for the program that runs the job."""
        method, args = irp.parameters.method, irp.parameters.args
        if method not in ("job", "finish", "set_foreground"):
            raise dk.StatusError(dk.Status.NOT_IMPLEMENTED, f"the host port has no control method {method!r}")
        if irp.requester_uid != 0:
            raise dk.StatusError(dk.Status.PRIVILEGE_NOT_HELD, f"{method}: only uid 0 speaks for the job")
        if method == "job":
            return ask(self._port.job)
        if method == "set_foreground":
            if len(args) != 1 or type(args[0]) is not int:
                raise dk.StatusError(dk.Status.INVALID_PARAMETER, "set_foreground takes a process group")
            self._foreground = args[0]
            return True
        if len(args) != 2 or type(args[0]) is not int or type(args[1]) not in (str, type(None)):
            raise dk.StatusError(dk.Status.INVALID_PARAMETER, "finish takes the exit code and a reason (or None)")
        busy = [output for output in self._outputs.values() if output.waiting]
        for output in busy:
            output.queue(irp)
        return dk.PENDING if busy else ask(self._port.finish, *args)

    def on_input(self, _address: str) -> None:
        """Input or its end has come: serve the readers in their order."""
        while self._readers:
            irp = self._readers[0]
            try:
                data = self._draw(irp)
            except dk.StatusError as error:
                dk.complete_request(irp, error.status, error.detail)
            else:
                if data is None:
                    return
                dk.complete_request(irp, dk.Status.SUCCESS, data)
            self._readers.popleft()

    def on_space(self, _address: str, _stream: int) -> None:
        """The host has taken output."""
        outputs = self._outputs.values()
        for output in outputs:
            for irp in output.flush():
                if not any(other.holds(irp) for other in outputs):
                    self._finish(irp)

    def _finish(self, irp: dk.Irp) -> None:
        """A `finish` that had to wait."""
        try:
            ask(self._port.finish, *irp.parameters.args)
        except dk.StatusError as error:
            dk.complete_request(irp, error.status, error.detail)
        else:
            dk.complete_request(irp, dk.Status.SUCCESS)

    def on_signal(self, _address: str, signum: int) -> None:
        """The host was signalled: hand it on to the job."""
        if self._foreground:
            try:
                syscall("ke_signal_group", self._foreground, signum)
            except dk.StatusError:
                pass  # the job has just ended

    def on_cancel(self, irp: dk.Irp) -> None:
        """Let go of a request."""
        if irp in self._readers:
            self._readers.remove(irp)
        for output in self._outputs.values():
            output.drop(irp)

    def _draw(self, irp: dk.Irp) -> bytes | None:
        """Input for one reader, b"" for the end; None when there is nothing yet."""
        length = irp.parameters.length
        if length is not None and length <= 0:
            return b""
        data: bytes | None = ask(self._port.read, CHUNK if length is None else min(length, CHUNK))
        return b"" if data is None else data or None


def main() -> None:
    """The driver as a process."""
    host = HostDriver()
    dk.run(
        host.driver_entry, host.driver_unload, on_cancel=host.on_cancel,
        on_interrupt={"host_input": host.on_input, "host_space": host.on_space, "host_signal": host.on_signal},
    )


if __name__ == "__main__":
    main()
