"""The main loop of a user-mode driver: takes the messages of its host, calls the driver's functions, answers.

    umd_initialize(driver)   -> entry(driver), answered with complete_init
    umd_irp(irp)             -> driver.dispatch[major](device, irp), answered with complete_request
    umd_cancel(irp id)       -> on_cancel(irp), for a request that the driver still holds
    umd_ping(number)         -> pong
    umd_reply(reply)         -> logged: something that was not waited for has failed
    umd_unload()             -> unload(driver), answered with complete_unload, and the loop ends

What a handler may do with its request is what it may do in `axis.dk`: return a value, `umd.PENDING` or a Status,
raise, or call `umd.complete_request`.

Called by   user-mode drivers, through `umd.run`.
Owns        the requests that handlers left pending, until they are completed.
Always so   only the host is listened to; an error in the driver's code ends one request, never the driver.
"""

from __future__ import annotations

from abi.driver import DeviceObject, DriverObject
from abi.irp import IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_READ, IRP_MJ_WRITE, MAJOR_NAMES, Irp
from abi.status import Status, StatusError
from axis.umd.requests import PENDING, complete_request, tell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from axis.guest import env, syscall

    Message = tuple[Any, ...]

PRUNE_AT = 64  # held requests are looked through for completed ones when there are this many


def run(
    entry: Callable[[DriverObject], object], unload: Callable[[DriverObject], object] | None = None, *,
    on_idle: Callable[[], float | None] | None = None, on_cancel: Callable[[Irp], object] | None = None,
) -> None:
    """Serve as a user-mode driver until it is unloaded. Blocks; returns when it was, or when its entry failed.

    Args:
        entry: sets `driver.dispatch`, makes devices and links; a status other than 0 or an error fails the load.
        unload: undoes it. What it leaves, DKMS takes away.
        on_idle: called when no message waits; it returns the seconds until it wants to be called again, messages or
            not, or None for "after the next message".
        on_cancel: called when nobody waits for a pending request any more; the driver lets go of it. It is then
            completed with 611, unless on_cancel did it or returned PENDING.
    """
    if "host_pid" not in env:
        raise SystemExit("a user-mode driver is started by its host: load it with insmod, or axisos run --driver FILE")
    UserDriverLoop(entry, unload, on_idle, on_cancel).serve()


class UserDriverLoop:
    """One driver's loop and its callbacks."""

    def __init__(
        self, entry: Callable[[DriverObject], object], unload: Callable[[DriverObject], object] | None,
        on_idle: Callable[[], float | None] | None, on_cancel: Callable[[Irp], object] | None,
    ) -> None:
        self._entry = entry
        self._unload = unload
        self._on_idle = on_idle
        self._on_cancel = on_cancel
        self._idle_due = 0.0  # machine time at which on_idle wants to be called, 0 = when no message waits
        self._host_pid: int = env["host_pid"]
        self._driver: DriverObject | None = None
        self._held: dict[int, Irp] = {}
        self._running = True
        self._serve: dict[str, Callable[[Message], None]] = {
            "umd_irp": self._on_request,
            "umd_cancel": self._on_cancel_request,
            "umd_ping": self._on_ping,
            "umd_reply": self._on_reply,
            "umd_initialize": self._on_init,
            "umd_unload": self._on_unload,
        }

    def serve(self) -> None:
        """Take messages until the driver has been unloaded."""
        serve, host_pid = self._serve, self._host_pid
        timeout_ms: int | None = None
        while self._running:
            message = syscall("signal_pull", timeout_ms)
            if message is not None and message[0] == host_pid:
                handler = serve.get(message[1])
                if handler is not None:
                    handler(message)
            if self._on_idle is not None and self._running:
                timeout_ms = self._idle(message is not None)

    # --- requests ----------------------------------------------------------------------------------------------

    def _on_request(self, message: Message) -> None:
        driver = self._driver
        if driver is None:
            return
        fields = message[2]
        offset = fields.pop("offset", 0)
        irp = Irp(reply_pid=0, **fields)
        irp.parameters.offset = offset
        irp.device_object = device = _device_of(driver, irp.device_name)
        handler = driver.dispatch.get(irp.major_function)
        try:
            if handler is None:
                name = MAJOR_NAMES.get(irp.major_function, hex(irp.major_function))
                raise StatusError(Status.NOT_IMPLEMENTED, f"{irp.device_name} does not know {name}")
            result = handler(device, irp)
        except StatusError as error:
            self._finish(irp, error.status, error.detail)
        except Exception as error:
            self._log_error(str(irp), error)
            self._finish(irp, Status.UNSUCCESSFUL, f"the driver failed: {type(error).__name__}: {error}")
        else:
            if result is PENDING:
                self._hold(irp)
            elif type(result) is Status:
                self._finish(irp, result, None)
            else:
                self._finish(irp, Status.SUCCESS, _information(irp, result))

    def _finish(self, irp: Irp, status: Status, information: object) -> None:
        """Complete a request for the handler, unless it did so itself before it failed or returned."""
        if irp.device_object is None:
            return
        try:
            complete_request(irp, status, information)
        except StatusError as error:  # it may hold what no other process can be given
            self._log(f"{irp} could not be answered: {error}")
            complete_request(irp, Status.UNSUCCESSFUL, f"the driver's answer is not plain data: {error.detail}")

    def _hold(self, irp: Irp) -> None:
        held = self._held
        if len(held) >= PRUNE_AT:
            self._held = held = {irp_id: each for irp_id, each in held.items() if each.device_object is not None}
        held[irp.irp_id] = irp

    def _on_cancel_request(self, message: Message) -> None:
        irp = self._held.pop(message[2], None)
        if irp is None or irp.device_object is None:
            return  # answered already
        irp.cancelled = True
        result = None if self._on_cancel is None else self._call(f"on_cancel of {irp}", self._on_cancel, irp)
        if result is PENDING:
            self._held[irp.irp_id] = irp
        else:
            self._finish(irp, Status.CANCELLED, "nobody waits for it any more")

    # --- everything else ---------------------------------------------------------------------------------------

    def _on_ping(self, message: Message) -> None:
        tell("pong", {})

    def _on_reply(self, message: Message) -> None:
        self._log(f"the host says {message[2].get('status')}: {message[2].get('data')}")

    def _on_init(self, message: Message) -> None:
        if self._driver is not None:
            return
        fields = message[2]
        self._driver = driver = DriverObject(fields["driver_path"], fields["driver_pid"], fields["driver_info"])
        driver.driver_unload = self._unload
        status, why = self._status_of("um_driver_entry", self._entry, driver, Status.DRIVER_INIT_FAILED)
        for major in (IRP_MJ_CREATE, IRP_MJ_CLOSE):
            driver.dispatch.setdefault(major, _agree)  # who does not care who opens its devices need not say so
        self._running = status == Status.SUCCESS
        end = {"status": int(status), "majors": [int(major) for major in driver.dispatch]}
        tell("complete_init", {**end, "why": why} if why else end)

    def _on_unload(self, message: Message) -> None:
        status = Status.SUCCESS
        if self._unload is not None and self._driver is not None:
            status, _ = self._status_of("um_driver_unload", self._unload, self._driver, Status.DRIVER_UNLOAD_FAILED)
        self._running = status != Status.SUCCESS
        tell("complete_unload", {"status": int(status)})

    def _idle(self, active: bool) -> int | None:
        """Call on_idle if it is time. Returns how long to wait for the next message, milliseconds."""
        if active:
            if not self._idle_due:
                return 0  # look once whether more messages wait
            left_s = self._idle_due - syscall("time_get")[0]
            if left_s > 0:
                return _milliseconds(left_s)
        delay_s = self._call("on_idle", self._on_idle)
        if delay_s is None:
            self._idle_due = 0.0
            return None
        self._idle_due = syscall("time_get")[0] + delay_s
        return _milliseconds(delay_s)

    def _status_of(
        self, what: str, routine: Callable[[DriverObject], object], driver: DriverObject, failure: Status
    ) -> tuple[Status, str]:
        """Run the driver's entry or unload routine; None and 0 are success. Returns its status, and why it failed."""
        try:
            result = routine(driver)
        except StatusError as error:
            self._log(f"{what} failed: {error}")
            return error.status, error.detail
        except Exception as error:
            self._log_error(what, error)
            return failure, f"{type(error).__name__}: {error}"
        return Status(result) if isinstance(result, int) and result is not True else Status.SUCCESS, ""

    def _call(self, what: str, callback: Any, *args: object) -> Any:
        """Call a callback of the driver; an error is logged and counts as None."""
        try:
            return callback(*args)
        except Exception as error:
            self._log_error(what, error)
            return None

    def _log_error(self, what: str, error: Exception) -> None:
        self._log(f"{what}: {type(error).__name__}: {error}")

    def _log(self, text: str) -> None:
        name = self._driver.driver_info.get("driver_name") if self._driver is not None else "a driver"
        syscall("kernel_log", f"[DK] {name}: {text}", "warn")


def _device_of(driver: DriverObject, name: str) -> DeviceObject:
    """The device that a request is for; one that the driver has made past the kit gets an object now."""
    device = driver.device_object
    while device is not None and device.device_name != name:
        device = device.next_device
    if device is None:
        device = DeviceObject(name, driver)
        device.next_device = driver.device_object
        driver.device_object = device
    return device


def _information(irp: Irp, result: object) -> object:
    """What a handler meant that returned nothing, or text from a READ."""
    if irp.major_function == IRP_MJ_READ:
        return b"" if result is None else result.encode() if type(result) is str else result
    return len(irp.parameters.data) if irp.major_function == IRP_MJ_WRITE and result is None else result


def _milliseconds(seconds: float) -> int:
    """Whole milliseconds, at least one, so that a driver that is always due does not keep others from running."""
    return max(1, -int(-seconds * 1000 // 1))


def _agree(device: DeviceObject, irp: Irp) -> None:
    """Opening and closing a device of a driver that has no handler for it: fine."""
