"""The main loop of a driver: takes the messages of DKMS and PM, calls the driver's functions, answers.

    driver_init(driver)             -> entry(driver), answered with driver_init_complete(status, driver[, why not])
    irp_dispatch(irp, major)        -> driver.dispatch[major](device, irp)
    irp_cancel(irp_id)              -> on_cancel(irp), for a request that the driver still holds
    hardware_interrupt(name, ...)   -> on_interrupt(name, ...)
    dpc(routine, argument)          -> routine(argument), for timers and `dk.queue_dpc`
    driver_ping(number)             -> driver_pong(number)
    driver_unload()                 -> unload(driver), answered with driver_unload_complete(status), and the loop ends

What a handler may do with its request:

    return a value                  completed with success and that value as information; None means everything was
                                    written (WRITE), nothing is left (READ), or no result
    return dk.PENDING               the driver completes it later; a WRITE or control request that may take long also
                                    sets `irp.deadline = None`, or PM gives it up
    raise StatusError               completed with that status and its detail
    raise anything else             completed with 300, and the error's place in the driver is logged
    call dk.complete_request        completed; what the handler returns is ignored (the manual's own form)
    return a Status                 completed with it

Called by   drivers, through `dk.run`.
Owns        the requests that handlers left pending, until they are completed.
Always so   an error in the driver's code ends one request, never the driver.
"""

from __future__ import annotations

from abi.irp import IRP_FLAG_DIRECT, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_READ, IRP_MJ_WRITE, MAJOR_NAMES
from abi.names import DISPATCH_LEVEL, DKMS_PID, KERNEL_PID
from abi.status import Status, StatusError
from axis.dk.requests import PENDING, complete_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from abi.driver import DeviceObject, DriverObject
    from abi.irp import Irp
    from axis.guest import syscall

    Interrupt = Callable[..., object]
    Message = tuple[Any, ...]

PRUNE_AT = 64  # held requests are looked through for completed ones when there are this many, and twice what is left


def run(
    entry: Callable[[DriverObject], object], unload: Callable[[DriverObject], object] | None = None, *,
    on_idle: Callable[[], float | None] | None = None,
    on_interrupt: Interrupt | Mapping[str, Interrupt] | None = None,
    on_cancel: Callable[[Irp], object] | None = None,
    idle_after_messages: bool = False,
) -> None:
    """Serve as a driver until DKMS unloads it. Blocks; returns when the driver was unloaded or its entry failed.

    Args:
        entry: sets `driver.dispatch`, makes devices and links; a status other than 0 or an error fails the load.
        unload: undoes it. What it leaves, DKMS takes away.
        on_idle: called when no message waits, and again when the time has come that it asked for: it returns the
            seconds until then, or None for "after the next message". Between two calls it is left alone, unless
            idle_after_messages: then it is also called after messages that come before its time, which may have
            brought something that is due earlier.
        on_interrupt: called with the name and the values of each registered interrupt; or a dict, name -> callable,
            which are called with the values only.
        on_cancel: called when nobody waits for a pending request any more; the driver lets go of it. It is then
            completed with 611, unless on_cancel did it or returned PENDING.
    """
    DriverLoop(entry, unload, on_idle, on_interrupt, on_cancel, idle_after_messages).serve()


class DriverLoop:
    """One driver's loop and its callbacks."""

    def __init__(
        self, entry: Callable[[DriverObject], object], unload: Callable[[DriverObject], object] | None,
        on_idle: Callable[[], float | None] | None, on_interrupt: Interrupt | Mapping[str, Interrupt] | None,
        on_cancel: Callable[[Irp], object] | None, idle_after_messages: bool = False,
    ) -> None:
        self._entry = entry
        self._unload = unload
        self._on_idle = on_idle
        self._on_interrupt = on_interrupt
        self._on_cancel = on_cancel
        self._idle_after_messages = idle_after_messages
        self._idle_due: float | None = None  # machine time at which on_idle wants to be called
        self._driver: DriverObject | None = None
        self._handlers: dict[int, Callable[..., object]] = {}  # (device, irp)
        self._held: dict[int, Irp] = {}
        self._prune_at = PRUNE_AT
        self._running = True
        self._serve: dict[str, Callable[[Message], None]] = {
            "irp_dispatch": self._on_request,
            "hardware_interrupt": self._on_hardware_interrupt,
            "irp_cancel": self._on_cancel_request,
            "dpc": self._on_dpc,
            "driver_ping": self._on_ping,
            "driver_init": self._on_init,
            "driver_unload": self._on_unload,
        }

    def serve(self) -> None:
        """Take messages until the driver has been unloaded."""
        serve = self._serve
        timeout_ms: int | None = None
        while self._running:
            message = syscall("signal_pull", timeout_ms)
            if message is not None:
                handler = serve.get(message[1])
                if handler is not None:
                    handler(message)
            if self._on_idle is not None:
                timeout_ms = self._idle(message is not None)

    # --- requests ----------------------------------------------------------------------------------------------

    def _on_request(self, message: Message) -> None:
        irp: Irp = message[2]
        handler = self._handlers.get(irp.major_function)
        if irp.device_object is None:  # straight from PM
            irp.device_object = self._device_of(irp)
            if irp.device_object is None:
                complete_request(irp, Status.NO_SUCH_DEVICE, f"there is no device {irp.device_name}")
                return
        try:
            if handler is None:
                name = MAJOR_NAMES.get(irp.major_function, hex(irp.major_function))
                raise StatusError(Status.NOT_IMPLEMENTED, f"{irp.device_name} does not know {name}")
            result = handler(irp.device_object, irp)
        except StatusError as error:
            self._finish(irp, error.status, error.detail)
        except Exception as error:
            self._log_error(str(irp), error)
            self._finish(irp, Status.UNSUCCESSFUL, f"the driver failed: {type(error).__name__}: {error}")
        else:
            if irp.device_object is None:
                return
            if result is PENDING:
                irp.step = irp.step or "pending in its driver"
                self._hold(irp)
            elif type(result) is Status:
                self._finish(irp, result, None)
            else:
                self._finish(irp, Status.SUCCESS, result if type(result) is bytes else _information(irp, result))

    def _finish(self, irp: Irp, status: Status, information: object) -> None:
        """Complete a request for the handler, unless it did so itself before it failed or returned."""
        if irp.device_object is None:
            return
        try:
            if irp.flags & IRP_FLAG_DIRECT:
                complete_request(irp, status, information)
                return
            irp.io_status.status = status
            irp.io_status.information = information
            irp.device_object = None
            syscall("signal_send", DKMS_PID, "dkms_complete_irp", irp)  # the call, not waiting for its end
        except StatusError as error:
            self._log(f"{irp} could not be answered: {error}")

    def _device_of(self, irp: Irp) -> DeviceObject | None:
        """The device that a request from PM is for: the one of its name, or else the driver's newest."""
        first = device = self._driver.device_object if self._driver is not None else None
        while device is not None and device.device_name != irp.device_name:
            device = device.next_device
        return device or first

    def _hold(self, irp: Irp) -> None:
        held = self._held
        if len(held) >= self._prune_at:
            self._held = held = {irp_id: each for irp_id, each in held.items() if each.device_object is not None}
            self._prune_at = max(PRUNE_AT, 2 * len(held))
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

    def _on_hardware_interrupt(self, message: Message) -> None:
        target, first = self._on_interrupt, 2
        if target is not None and not callable(target):
            target, first = target.get(message[2]), 3
        if target is not None:
            self._call(f"interrupt {message[2]}", target, *message[first:])

    def _on_dpc(self, message: Message) -> None:
        if message[0] not in (KERNEL_PID, syscall("process_get_pid")):
            return  # another driver's idea of what we should call
        old_irql = syscall("ke_raise_irql", DISPATCH_LEVEL)
        try:
            self._call("a DPC", message[2], message[3])
        finally:
            syscall("ke_lower_irql", old_irql)

    def _on_ping(self, message: Message) -> None:
        syscall("signal_send", message[0], "driver_pong", message[2])

    def _on_init(self, message: Message) -> None:
        self._driver = message[2]
        driver: DriverObject = message[2]
        driver.driver_unload = self._unload
        status, why = self._status_of("driver_entry", self._entry, driver, Status.DRIVER_INIT_FAILED)
        for major in (IRP_MJ_CREATE, IRP_MJ_CLOSE):
            driver.dispatch.setdefault(major, _agree)  # who does not care who opens its devices need not say so
        self._handlers = driver.dispatch
        self._running = status == Status.SUCCESS
        syscall("signal_send", message[0], "driver_init_complete", status, driver, *([why] if why else []))

    def _on_unload(self, message: Message) -> None:
        status = Status.SUCCESS
        if self._unload is not None and self._driver is not None:
            status, _ = self._status_of("driver_unload", self._unload, self._driver, Status.DRIVER_UNLOAD_FAILED)
        self._running = status != Status.SUCCESS
        syscall("signal_send", message[0], "driver_unload_complete", status)

    def _idle(self, active: bool) -> int | None:
        """Call on_idle if it is time. Returns how long to wait for the next message, milliseconds."""
        if active:
            if self._idle_due is None:
                return 0  # look once whether more messages wait
            left_s = self._idle_due - syscall("time_get")[0]
            if left_s > 0:
                return 0 if self._idle_after_messages else _milliseconds(left_s)
        delay_s = self._call("on_idle", self._on_idle)
        if delay_s is None:
            self._idle_due = None
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
            return failure, self._log_error(what, error)
        return Status(result) if isinstance(result, int) and result is not True else Status.SUCCESS, ""

    def _call(self, what: str, callback: Any, *args: object) -> Any:
        """Call a callback of the driver; an error is logged and counts as None."""
        try:
            return callback(*args)
        except Exception as error:
            self._log_error(what, error)
            return None

    def _log_error(self, what: str, error: Exception) -> str:
        """Log an error of the driver's. Returns the error and its place."""
        path = self._driver.driver_path if self._driver is not None else ""
        text = f"{type(error).__name__}: {error} ({_place_of(error, path)})"
        self._log(f"{what}: {text}")
        return text

    def _log(self, text: str) -> None:
        name = self._driver.driver_info.get("driver_name") if self._driver is not None else "a driver"
        syscall("kernel_log", f"[DK] {name}: {text}", "warn")


def _information(irp: Irp, result: object) -> object:
    """What a handler meant that returned nothing, or text from a READ."""
    if irp.major_function == IRP_MJ_READ:
        return b"" if result is None else result.encode() if type(result) is str else result
    return len(irp.parameters.data) if irp.major_function == IRP_MJ_WRITE and result is None else result


def _milliseconds(seconds: float) -> int:
    """Whole milliseconds, at least one, so that a driver that is always due does not keep others from running."""
    return max(1, -int(-seconds * 1000 // 1))


def _place_of(error: Exception, driver_path: str) -> str:
    """File and line at which the driver's own code failed; others' lines only if there are none of its own."""
    own = driver_path.removesuffix(".sys.py")  # its file, and the directory with its modules
    kit = _place_of.__code__.co_filename
    place, is_own = "", False
    trace = error.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        inside = path == driver_path or path.startswith(f"{own}/")
        if inside or (not is_own and (path != kit or not place)):
            place, is_own = f"{path.rsplit('/', 1)[-1]}, line {trace.tb_lineno}", inside
        trace = trace.tb_next
    return place


def _agree(device: DeviceObject, irp: Irp) -> None:
    """Opening and closing a device of a driver that has no handler for it: fine."""
