"""One driver process under watch: which rule it breaks, at which request, on which line.

    DriverWatch     sees each of the driver's system calls (`ke_watch_calls`) and hears from DKMS what the driver
                    leaves undone

What a driver does wrong shows in its calls: a request is completed that was completed before, a device is left when
`driver_unload_complete` is sent, `signal_pull` is called at a raised IRQL. What it fails to do shows to others: the
Pipeline Manager gives a request up, DKMS ends a process that hangs. Both come together here.

A watch can also make one call fail (`fail_at`), as if the system had no more of something or the hardware did not
work: how a driver takes that is what `axisos verify` tries for each place in it.

Called by   the kernel, at each of the driver's calls; DKMS, for late requests and ended processes.
Owns        what the driver holds now (requests, devices, links), what it has deleted, and the findings.
Always so   the watched one's IRQL is brought down when it is found raised; nothing else is changed for it.
"""

from __future__ import annotations

from abi.driver import DRIVER_TYPE_CMD, DeviceObject
from abi.irp import IRP_MJ_DEVICE_CONTROL, MAJOR_NAMES, Irp
from abi.names import DISPATCH_LEVEL, DKMS_PID, PIPELINE_PID
from abi.status import Status, StatusError
from system.driver_books import SERVING
from system.driver_findings import PROTOCOL, Finding, failure_status, in_words, lie, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from executive.call_watch import WatchedProcess
    from system.driver_books import Driver

    Call = tuple[Any, ...]

BUSY_LIMIT_S = 1.0  # that one message may take
QUEUE_MEMORY_S = 40.0  # after a message that took too long, in which requests may be late for having waited behind it
MAX_FINDINGS = 200  # of one driver that are kept; then they are only counted
MAX_REMEMBERED = 4096  # completed requests whose completion is remembered
KIT = "/lib/axis/dk/"


class _Held:
    """One request that a driver was given and has not completed."""

    __slots__ = ("cancelled", "irp")

    def __init__(self, irp: Irp) -> None:
        self.irp = irp
        self.cancelled = False  # the driver was told


class DriverWatch:
    """One watched driver process."""

    def __init__(self, driver: Driver, note: Callable[[Finding], None], fail_at: str = "") -> None:
        self.driver = driver
        self.fail_at = fail_at  # the site (`call file:line in function`) whose first call fails, "" for none
        self.failed_at = ""  # likewise, once that has happened
        self.sites: dict[str, None] = {}  # where calls could be made to fail, in the order of their first calls
        self.findings: list[Finding] = []
        self._note = note  # told of each new finding
        self._port: WatchedProcess
        self._held: dict[int, _Held] = {}
        self._completed: dict[int, str] = {}  # request -> where or when it was completed, the newest
        self._given_up: dict[int, None] = {}  # requests that somebody else has answered meanwhile
        self._devices: dict[str, str] = {}  # name -> where it was made
        self._links: dict[str, tuple[str, str]] = {}  # link -> its device, where it was made
        self._freed: dict[str, str] = {}  # name -> where it was deleted
        self._busy: dict[int, tuple[float, str]] = {}  # thread -> since when, with what
        self._longest: tuple[float, str] = (0.0, "")  # the longest call since then: how long, where
        self._call_began = 0.0
        self._held_up_s = float("-inf")  # when it last came back from a message that had kept it too long
        self._raised_at = ""  # where the IRQL was raised last
        self._freed_device = _freed_device_of(self)

    # --- what the kernel calls ---------------------------------------------------------------------------------

    def begin(self, port: WatchedProcess) -> None:
        """The watch begins, before the driver's first call."""
        self._port = port

    def before(self, name: str, args: Call) -> Exception | None:
        """The driver is about to make a call; what is returned is raised in its stead."""
        self._call_began = self._port.now_s()
        if name == "signal_pull":
            self._comes_for_messages()
            return None
        look = _BEFORE.get(name)
        if look is not None:
            look(self, args)
        return self._failure_for(name, args)

    def after(self, name: str, args: Call, result: Any, error: Exception | None) -> None:
        """A call of the driver's has ended."""
        if name == "signal_pull":
            if error is None:
                self._takes(result)
            return
        took_s = self._port.now_s() - self._call_began
        if took_s > self._longest[0]:
            self._longest = took_s, self._port.place()
        if error is None:
            look = _AFTER.get(name)
            if look is not None:
                look(self, args, result)
        elif type(error) is StatusError:
            self._status_came(name, args, error)

    # --- what DKMS tells ---------------------------------------------------------------------------------------

    def late(self, irp: Irp) -> None:
        """A request has passed its time limit, and its caller was told so."""
        held = self._held.pop(irp.irp_id, None)
        self._given_up[irp.irp_id] = None
        busy = self._busy.get(self.driver.pid)
        now_s = self._port.now_s()
        if busy is not None and now_s - busy[0] > BUSY_LIMIT_S:
            self._found_hanging()
        elif now_s - self._held_up_s < QUEUE_MEMORY_S:
            pass  # that other message is to blame, and was reported
        elif held is not None and held.cancelled:
            told = "it was told to let go of it, and did not complete it"
            self.found("ignores-cancel", irp, self._place_of_handler(irp), told)
        else:
            self.found("never-completes", irp, self._place_of_handler(irp), "its time limit has passed")

    def died(self, facts: object) -> None:
        """Its process has ended though nobody had asked for that; *facts*: what `process_info` says of it."""
        ended_by, place = self._port.ended_by or (None, "")
        reason = facts.get("reason") if isinstance(facts, dict) else None
        why = reason or "why is not known" if ended_by is None else f"{type(ended_by).__name__}: {ended_by}"
        self._enter(Finding("dies", self.driver.name, self._busy.get(self.driver.pid, (0.0, ""))[1], place, why))

    def gone(self, state: str, how: str) -> None:
        """DKMS ends its process, because it did not answer."""
        if self.driver.pid in self._busy:
            self._found_hanging()
        elif state not in SERVING:
            self.found("does-not-unload", None, self.place_of_life("does-not-unload"), f"it {how}")

    # --- what one who looks from outside may ask ---------------------------------------------------------------

    def doing_now(self) -> str:
        """What its main thread works on."""
        return self._busy.get(self.driver.pid, (0.0, ""))[1]

    def place_of_life(self, rule: str) -> str:
        """Where the routine begins that does what a rule about loading or unloading is about."""
        return _place_of_function(self.driver.object.driver_unload) if rule == "does-not-unload" else ""

    # --- messages ----------------------------------------------------------------------------------------------

    def _comes_for_messages(self) -> None:
        """Its loop is through with what it was doing."""
        port = self._port
        pid = port.thread_pid()
        if port.irql():
            self.found("irql-left-raised", None, self._raised_at, f"back in its loop at IRQL {port.irql()}")
            port.lower_irql()
        busy = self._busy.pop(pid, None)
        if busy is not None and port.now_s() - busy[0] > BUSY_LIMIT_S and busy[1] != "driver_init":
            self._held_up_s = port.now_s()
            self._held_up(port.now_s() - busy[0], busy[1], self._longest[1])
        self._longest = 0.0, ""

    def _takes(self, message: Call | None) -> None:
        """It has taken a message, or its time has come: None."""
        name = "on_idle" if message is None else message[1]
        doing = str(name)
        if message is None:
            self._busy[self._port.thread_pid()] = self._port.now_s(), doing
            return
        if name == "irp_dispatch" and message[0] in (DKMS_PID, PIPELINE_PID):
            irp: Irp = message[2]
            self._held[irp.irp_id] = _Held(irp)
            doing = in_words(irp)
        elif name == "irp_cancel":
            held = self._held.get(message[2])
            if held is not None:
                held.cancelled = True
                doing = f"cancel of {in_words(held.irp)}"
        elif name == "hardware_interrupt":
            doing = f"interrupt {message[2]}"
        self._busy[self._port.thread_pid()] = self._port.now_s(), doing

    def _doing(self) -> str:
        """What the thread that runs works on."""
        return self._busy.get(self._port.thread_pid(), (0.0, ""))[1]

    def _found_hanging(self) -> None:
        since, doing = self._busy.get(self.driver.pid, (self._port.now_s(), ""))
        self._held_up(self._port.now_s() - since, doing, self._port.waits_at())

    def _held_up(self, seconds: float, doing: str, place: str) -> None:
        long = f"{seconds:.0f} s" if seconds < 10 else "10 s and more"
        self._enter(Finding("holds-up-others", self.driver.name, doing, place, f"busy with one message for {long}"))

    # --- completions -------------------------------------------------------------------------------------------

    def _before_completion(self, args: Call) -> None:
        irp = args[0] if args else None
        if type(irp) is Irp:
            status = args[1] if len(args) > 1 and args[1] is not None else irp.io_status.status
            self._completes(irp.irp_id, irp, status, irp.io_status.information)
        else:
            what = f"dkms_complete_irp of {shown(irp)}, no request"
            self.found("completes-anothers", None, self._port.place(), what)

    def _before_send(self, args: Call) -> None:
        if len(args) < 2:
            return
        name, values = args[1], args[2:]
        if name == "dkms_complete_irp":
            self._before_completion(values)
        elif name == "irp_complete" and len(values) == 3:
            held = self._held.get(values[0]) if type(values[0]) is int else None
            self._completes(values[0], None if held is None else held.irp, values[1], values[2])
        elif name == "driver_init_complete" and values and values[0] == Status.SUCCESS:
            self._starts(values[1] if len(values) > 1 else None)
        elif name == "driver_unload_complete" and values and values[0] == Status.SUCCESS:
            self._leaves()

    def _completes(self, irp_id: int, irp: Irp | None, status: object, information: object) -> None:
        place = self._port.place()
        if " in " not in place and irp is not None:  # the kit did it, for a handler that has returned
            place = self._place_of_handler(irp) or place
        held = self._held.pop(irp_id, None)
        if held is None:
            if irp_id in self._completed:
                before = self._completed[irp_id]
                first = "" if before == f"at {place}" else f", {before}"
                self.found("completes-twice", irp, place, f"it was completed already{first}")
            elif irp_id not in self._given_up:
                self.found("completes-anothers", irp, place, f"request {irp_id} was not given to this driver")
            return
        by_cancel = held.cancelled and status == Status.CANCELLED
        self._completed[irp_id] = "when it was cancelled" if by_cancel else f"at {place}"
        if len(self._completed) > MAX_REMEMBERED:
            del self._completed[next(iter(self._completed))]
        wrong = lie(held.irp, status, information)
        if wrong:
            self.found("false-information", held.irp, place, wrong)
        if status == Status.NOT_IMPLEMENTED and held.irp.major_function == IRP_MJ_DEVICE_CONTROL:
            declared = self.driver.info.get("control_methods")
            if isinstance(declared, list) and held.irp.parameters.method in declared:
                promise = f"control_methods has {held.irp.parameters.method!r}, which it does not know"
                self.found("false-driver-info", held.irp, place, promise)

    # --- devices, life -----------------------------------------------------------------------------------------

    def _starts(self, driver_object: Any) -> None:
        """Its entry has succeeded: is it what it says?"""
        info = self.driver.info
        if info["driver_type"] == DRIVER_TYPE_CMD and not info.get("supported_component"):
            self.found("false-driver-info", None, "", "a component driver without supported_component")
        for major, handler in getattr(driver_object, "dispatch", {}).items():
            if major not in MAJOR_NAMES:
                what = f"dispatch has {major!r}, no IRP_MJ_*"
                self.found("false-driver-info", None, _place_of_function(handler), what)
            elif not callable(handler):
                what = f"dispatch has {shown(handler)} for {MAJOR_NAMES[major]}, no function"
                self.found("false-driver-info", None, "", what)

    def _leaves(self) -> None:
        """Its unload routine has succeeded: what is still there was forgotten. Who has none leaves it all to DKMS."""
        if self.driver.object.driver_unload is None:
            return
        for name, place in self._devices.items():
            self.found("leaks-device", None, place, f"{name} is left after driver_unload")
        for link, (_, place) in self._links.items():
            self.found("leaks-link", None, place, f"{link} is left after driver_unload")
        self._devices.clear()
        self._links.clear()

    def _device_made(self, args: Call, device: DeviceObject) -> None:
        self._devices[args[0]] = self._port.place()
        self._freed.pop(args[0], None)

    def _device_deleted(self, args: Call, _result: object) -> None:
        name: str = args[0]
        self._devices.pop(name, None)
        for link in [link for link, (device, _) in self._links.items() if device == name]:
            del self._links[link]
        self._freed[name] = self._port.place()

    def _before_delete(self, args: Call) -> None:
        """The device object is marked before DKMS forgets it; a call that fails marks nothing that is still there."""
        device = self.driver.devices.get(args[0]) if args and type(args[0]) is str else None
        if device is not None:
            device.__class__ = self._freed_device

    def _link_made(self, args: Call, _result: object) -> None:
        self._links[args[0]] = args[1], self._port.place()

    def _link_deleted(self, args: Call, _result: object) -> None:
        self._links.pop(args[0], None)

    def touched_freed(self, attribute: str) -> None:
        """A deleted device's attribute is used, by whomever."""
        if self._port.is_running():
            self.found("freed-device", None, self._port.place(), f"{attribute} of a device that it had deleted")

    # --- failures ----------------------------------------------------------------------------------------------

    def _failure_for(self, name: str, args: Call) -> Exception | None:
        """The error that this call gets, if it is its turn; notes that one could be made here."""
        status = failure_status(name)
        if status is None or (name == "signal_send" and len(args) > 1 and args[1] in PROTOCOL):
            return None
        place = self._port.place()
        if not place:
            return None
        site = f"{name} {place}"
        self.sites[site] = None
        if site != self.fail_at or self.failed_at:
            return None
        self.failed_at = site
        reason = f"{name}: made to fail by the verifier"
        return self._port.fault(status, reason) if "." in name else StatusError(status, reason)

    def _status_came(self, name: str, args: Call, error: StatusError) -> None:
        if error.status == Status.WOULD_BLOCK and self._port.irql() >= DISPATCH_LEVEL:
            what = f"{name} at IRQL {self._port.irql()}, which was raised at {self._raised_at}"
            self.found("blocks-at-raised-irql", None, self._port.place(), what)
        elif error.status == Status.NO_SUCH_DEVICE and name.startswith("dkms_"):
            gone = [arg for arg in args if type(arg) is str and arg in self._freed]
            if gone:
                where = self._freed[gone[0]]
                self.found("freed-device", None, self._port.place(), f"{name} of {gone[0]}, deleted at {where}")

    def _before_log(self, args: Call) -> None:
        """The kit logs what came out of a routine of the driver's: the error is still in its hands."""
        if args[1:2] != ("warn",) or not self._port.caller_file().startswith(KIT):
            return  # a driver that logs what it has caught has handled it
        error, place = self._port.error_in_hand() or (None, "")
        if error is not None and type(error) is not StatusError:
            self.found("unhandled-error", None, place, f"{type(error).__name__}: {error}")

    def _before_raise(self, args: Call) -> None:
        self._raised_at = self._port.place()

    # --- entering ----------------------------------------------------------------------------------------------

    def found(self, rule: str, irp: Irp | None, place: str, detail: str) -> None:
        """Enter a finding; of the same kind at the same place, only the first is kept, and counted."""
        request = in_words(irp) if irp is not None else self._doing()
        self._enter(Finding(rule, self.driver.name, request, place, detail))

    def _enter(self, finding: Finding) -> None:
        finding.failed = self.failed_at
        for known in self.findings:
            if known.rule == finding.rule and known.place == finding.place:
                known.count += 1
                return
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(finding)
            self._note(finding)
            self._port.tell_owner()  # nothing can be logged on the driver's thread

    def _place_of_handler(self, irp: Irp) -> str:
        return _place_of_function(self.driver.object.dispatch.get(irp.major_function))


_BEFORE: dict[str, Callable[[DriverWatch, Call], None]] = {
    "dkms_complete_irp": DriverWatch._before_completion,
    "signal_send": DriverWatch._before_send,
    "dkms_delete_device": DriverWatch._before_delete,
    "ke_raise_irql": DriverWatch._before_raise,
    "kernel_log": DriverWatch._before_log,
}
_AFTER: dict[str, Callable[[DriverWatch, Call, Any], None]] = {
    "dkms_create_device": DriverWatch._device_made,
    "dkms_delete_device": DriverWatch._device_deleted,
    "dkms_create_symlink": DriverWatch._link_made,
    "dkms_delete_symlink": DriverWatch._link_deleted,
}


def _place_of_function(function: Any) -> str:
    """Where a handler begins, as `file:line in name`; "" for the kit's own."""
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None)
    if code is None or code.co_filename.startswith("/lib/"):
        return ""
    return f"{code.co_filename}:{code.co_firstlineno} in {code.co_name}"


def _freed_device_of(watch: DriverWatch) -> type[DeviceObject]:
    """The class that a deleted device gets: it goes on as before, and tells who still uses it."""

    class FreedDevice(DeviceObject):
        __slots__ = ()

        def __getattribute__(self, name: str) -> object:
            if not name.startswith("__"):
                watch.touched_freed(name)
            return super().__getattribute__(name)

        def __setattr__(self, name: str, value: object) -> None:
            watch.touched_freed(name)
            super().__setattr__(name, value)

    return FreedDevice
