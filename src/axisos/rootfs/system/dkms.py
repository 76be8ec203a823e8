"""The Dynamic Kernel Module System: loads drivers and brings them their requests (manual, chapter 9).

DKMS is a ring-1 process, started by the Pipeline Manager. It does one thing at a time and never waits for anybody: a
message comes in, what it says is done, the next one is taken. What cannot be finished at once (a driver's start, a
request, an unload) is written down and goes on when the message comes that it needs, or when its time is over.

    PM      -> load_driver_path, load_driver_path_request, load_driver_for_component   -> driver_loader
            -> vfs_io_request, irp_cancel, irp_late, dkms_list_devices_request         -> driverdispatch
            -> driver_reopened                                                         -> driverdispatch
            -> driver_detached                                                         -> driver_endings
            -> os_event                                                                -> interrupts, hot plug
    driver  -> driver_init_complete                                                    -> driver_loader
            -> driver_unload_complete, driver_pong                                     -> driver_endings
            -> the dkms_* system calls                                                 -> driverdispatch
    host    -> dkms_host_report, for the same of a user-mode driver                    -> driver_loader
    kernel  -> process_exited                                                          -> driver_loader
            -> watch_found                                                             -> driver_verifier
    anybody -> the system calls driver_unload, driver_reload (uid 0)                   -> driver_endings
            -> driver_query                                                            -> driver_books
            -> driver_check, driver_recheck (uid 0)                                    -> dkms_sec
            -> driver_verify (uid 0)                                                   -> driver_verifier

Always so   a message is believed only from whom it must come from.
"""

from __future__ import annotations

from abi.irp import Irp
from abi.names import KERNEL_PID, PIPELINE_PID, RINGS
from abi.status import Status, StatusError
from system.dkms_sec import LEVELS, DriverPolicy
from system.driver_books import DriverBooks
from system.driver_endings import DriverEndings
from system.driver_hive import DriverHive
from system.driver_hosts import DriverHosts, plain_device
from system.driver_loader import DriverLoader, unheard
from system.driverdispatch import Dispatcher
from system.interrupts import Interrupts
from system.timekeeper import Timekeeper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from abi.request import SyscallRequest
    from axis.guest import syscall
    from system.driver_books import Driver
    from system.driver_verifier import DriverVerifier

    Message = tuple[Any, ...]

DRIVER_RINGS = (0, 1, 2, 2.5)  # who may make the dkms_* calls; 2.5 is the host of a user-mode driver


class _Later:
    """Returned by a call's handler that will answer when it can."""


LATER = _Later()


class Dkms:
    """The server: its parts, its tables, its loop."""

    def __init__(self, syscall: Callable[..., Any], pm_pid: int = PIPELINE_PID) -> None:
        self._syscall = syscall
        self._pm_pid = pm_pid
        self._clock = Timekeeper(syscall)
        hive = DriverHive(syscall, self._log)
        self.policy = policy = DriverPolicy.from_disk(syscall, self._log)
        self.interrupts = Interrupts(self._send, self._log)
        self.books = books = DriverBooks(self._driver_gone)
        hosts = DriverHosts(syscall, pm_pid)
        self.endings = endings = DriverEndings(syscall, books, hive, hosts, self._clock, self._log, pm_pid)
        self.loader = DriverLoader(syscall, books, endings, policy, hive, hosts, self._clock, self._log)
        self.dispatcher = Dispatcher(
            self._send, self._log, hive, pm_pid, endings.is_late, self.loader.loads_under_way
        )
        self.loader.dispatcher = endings.dispatcher = self.dispatcher
        self._indices: dict[tuple[object, ...], int] = {}  # type, driver file, address, how many before -> its number
        self._next_index: dict[str, int] = {}  # component type -> number of its next link
        dispatch = self.dispatcher.dispatch
        self._from_pm: dict[str, Callable[..., object]] = {
            "load_driver_path": self._load_path,
            "load_driver_path_request": self._load_path_request,
            "load_driver_for_component": self._load_for_component,
            "irp_cancel": self.dispatcher.cancel,
            "irp_late": self.dispatcher.late,
            "driver_detached": endings.detached,
            "driver_reopened": self._driver_reopened,
            "dkms_list_devices_request": self._list_devices,
            "os_event": self._on_os_event,
        }
        self._from_driver: dict[str, Callable[..., object]] = {
            "driver_init_complete": self.loader.init_complete,
            "driver_unload_complete": endings.unload_complete,
            "driver_pong": endings.pong,
        }
        self._calls: dict[str, tuple[Callable[..., object], int, int]] = {  # name -> handler, fewest, most arguments
            "dkms_create_device": (self._create_device, 1, 1),
            "dkms_create_symlink": (self._create_symlink, 2, 2),
            "dkms_delete_device": (self._delete_device, 1, 1),
            "dkms_delete_symlink": (self._delete_symlink, 1, 1),
            "dkms_complete_irp": (self._complete_irp, 1, 3),
            "dkms_set_device": (self._set_device, 2, 2),
            "dkms_host_report": (self._host_report, 2, 3),
            "dkms_register_interrupt": (self._register_interrupt, 1, 1),
            "dkms_get_next_index": (self._get_next_index, 1, 1),
            "driver_unload": (self._driver_unload, 1, 2),
            "driver_check": (self._driver_check, 1, 2),
            "driver_recheck": (self._driver_recheck, 0, 0),
            "driver_reload": (self._driver_reload, 1, 1),
            "driver_query": (self._driver_query, 0, 0),
            "driver_verify": (self._driver_verify, 1, 3),
        }
        self._serve: dict[str, Callable[[Message], object]] = {
            "vfs_io_request": lambda message: dispatch(message[2]) if message[0] == pm_pid else self._distrust(message),
            "syscall": self._on_syscall,
            "dkms_complete_irp": self._on_completed,
            "process_exited": self._on_process_exited,
            "wake": self._on_wake,
            "watch_found": self._on_watch_found,
        }
        self._serve.update(dict.fromkeys(self._from_pm, self._on_pm_message))
        self._serve.update(dict.fromkeys(self._from_driver, self._on_driver_message))

    # --- the loop ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Take over the calls that DKMS answers."""
        for name in self._calls:
            self._syscall("syscall_override", name, DRIVER_RINGS if name.startswith("dkms_") else RINGS)

    def serve(self) -> None:
        """Take messages for ever."""
        pull, serve_one = self._syscall, self.serve_one
        while True:
            message = pull("signal_pull")
            try:
                serve_one(message)
            except Exception as error:  # a bug of ours, or of a driver that we did not foresee: the others live on
                self._on_error(message, error)

    def serve_one(self, message: Message) -> None:
        """Do what one message says; one that means nothing to DKMS is dropped."""
        handler = self._serve.get(message[1])
        if handler is not None:
            handler(message)

    def _on_error(self, message: Message, error: Exception) -> None:
        """Write down what went wrong in DKMS itself; whoever made the call is told."""
        sender, name = message[:2]
        self._log(f"{name} from process {sender}: {type(error).__name__}: {error} ({_place_of(error)})", "fail")
        why = "it failed inside DKMS; the kernel log says where"
        if name == "syscall" and sender == KERNEL_PID:
            self.answer(message[2], Status.UNSUCCESSFUL, why)
        elif name == "vfs_io_request" and sender == self._pm_pid and type(message[2]) is Irp:
            self.dispatcher.refuse(message[2], Status.UNSUCCESSFUL, why)

    def _on_wake(self, message: Message) -> None:
        if self._clock.is_from_thread(message[0]):
            self._clock.ring()
        else:
            self._distrust(message)

    # --- system calls ------------------------------------------------------------------------------------------

    def _on_syscall(self, message: Message) -> None:
        if message[0] != KERNEL_PID:
            self._distrust(message)
            return
        request: SyscallRequest = message[2]
        handler, fewest, most = self._calls[request.name]
        args = request.args
        try:
            if not fewest <= len(args) <= most:
                raise StatusError(Status.INVALID_PARAMETER, f"{request.name} was given {len(args)} arguments")
            value = handler(request, *args)
        except StatusError as error:
            self.answer(request, error.status, error.detail)
            return
        if value is not LATER:
            self._syscall("signal_send", request.sender_pid, "syscall_return", request.request_id, 0, value)

    def answer(self, request: SyscallRequest, status: int, value: object) -> None:
        """Let a caller go on, with a value (status 0) or an error."""
        self._syscall("signal_send", request.sender_pid, "syscall_return", request.request_id, status, value)

    def _caller(self, request: SyscallRequest) -> Driver:
        """The driver that makes a call.

        Raises: 500 if the calling process is none.
        """
        driver = self.books.driver_registry.get(request.sender_tgid)
        if driver is None:
            raise StatusError(
                Status.ACCESS_DENIED, f"{request.name}: process {request.sender_tgid} is no driver that DKMS has loaded"
            )
        return driver

    def _create_device(self, request: SyscallRequest, name: object) -> object:
        """`dkms_create_device(name: str)`: Enter a device of the calling driver.

        Args:    name: `\\Device\\` and a name.
        Returns: its device object; to the host of a user-mode driver {device_name, registry_id, registry_path}.
        Raises:  DEVICE_ALREADY_EXISTS; INVALID_PARAMETER; ACCESS_DENIED when the caller is no driver.
        """
        driver = self._caller(request)
        device = self.dispatcher.create_device(driver, name)
        return plain_device(device) if driver.user_mode else device

    def _delete_device(self, request: SyscallRequest, name: object) -> int:
        """`dkms_delete_device(name: str)`: Take a device of the calling driver away, and its links.

        Returns: 0. Requests that the driver still holds stay with it.
        Raises:  NO_SUCH_DEVICE; ACCESS_DENIED for another driver's, or when the caller is no driver.
        """
        self.dispatcher.delete_device(self._caller(request), name)
        return 0

    def _set_device(self, request: SyscallRequest, name: object, facts: object) -> int:
        """`dkms_set_device(name: str, facts: dict[str, object])`: Say how a device of the calling driver behaves.

        A driver of ring 2 has its device object for that; this is for the host of a user-mode driver.

        Args:    facts: any of `time_limits`: {major function: seconds, or None for no limit}; `seekable`: a bool, and
                 with it `size`: bytes, or None.
        Returns: 0.
        Raises:  NO_SUCH_DEVICE; INVALID_PARAMETER; ACCESS_DENIED for another driver's, or when the caller is no driver.
        """
        self.dispatcher.set_device(self._caller(request), name, facts)
        return 0

    def _create_symlink(self, request: SyscallRequest, link: object, device_name: object) -> int:
        """`dkms_create_symlink(link: str, device_name: str)`: Give a device of the calling driver a name in /dev.

        Args:    link: `/dev/` and a name. device_name: the device's name.
        Returns: 0; a link that leads there already is fine.
        Raises:  NO_SUCH_DEVICE; DEVICE_ALREADY_EXISTS when the link leads elsewhere; INVALID_PARAMETER; ACCESS_DENIED
                 for another driver's device, or when the caller is no driver.
        """
        self.dispatcher.create_link(self._caller(request), link, device_name)
        return 0

    def _delete_symlink(self, request: SyscallRequest, link: object) -> int:
        """`dkms_delete_symlink(link: str)`: Take a name of the calling driver's out of /dev.

        Returns: 0.
        Raises:  NO_SUCH_DEVICE; ACCESS_DENIED for another driver's, or when the caller is no driver.
        """
        self.dispatcher.delete_link(self._caller(request), link)
        return 0

    def _complete_irp(
        self, request: SyscallRequest, irp: Any, status: int | None = None, information: object = None
    ) -> int:
        """`dkms_complete_irp(irp: Irp | int, status: int | None = None, information: object = None)`: Answer a request
        that was brought to the caller.

        Args:    irp: the IRP; from the host of a user-mode driver its number. status: how it ended; None takes what
                 stands in the IRP. information: what the host has for the caller; a driver's stands in the IRP.
        Returns: 0.
        Raises:  INVALID_PARAMETER for what is no IRP, or one that is not (any more) with the caller.
        """
        driver = self.books.driver_registry.get(request.sender_tgid)
        if driver is not None and driver.user_mode:
            self.dispatcher.complete_plain(driver, irp, status, information)
        else:
            self.dispatcher.complete(request.sender_tgid, irp, status)
        return 0

    def _host_report(self, request: SyscallRequest, what: object, value: object, rest: object = None) -> int:
        """`dkms_host_report(what: str, value: int, rest: object = None)`: Say in a user-mode driver's place what it
        cannot say itself; only its host may.

        Args:    what: `child`: value is the driver's pid. `init_complete`: value is how its entry went, rest the list
                 of major functions that it answers, or a line that says why it could not be started.
                 `unload_complete`: value is how that went. `pong`: it lives; value says nothing.
        Returns: 0.
        Raises:  ACCESS_DENIED when the caller is no host; INVALID_PARAMETER.
        """
        driver = self._caller(request)
        if not driver.user_mode:
            raise StatusError(Status.ACCESS_DENIED, f"dkms_host_report: {driver} is no host of a user-mode driver")
        self.loader.host_report(driver, what, value, rest)
        return 0

    def _register_interrupt(self, request: SyscallRequest, event: object) -> int:
        """`dkms_register_interrupt(event: str)`: Have a signal of the machine sent to the calling driver.

        Args:    event: its name, as `key_down`; it comes as the message `hardware_interrupt`.
        Returns: 0; asking twice is fine.
        Raises:  INVALID_PARAMETER; ACCESS_DENIED when the caller is no driver.
        """
        self.interrupts.subscribe(self._caller(request), event)
        return 0

    def _get_next_index(self, request: SyscallRequest, device_type: object) -> int:
        """`dkms_get_next_index(device_type: str)`: A number for the next device of a type.

        Returns: 0, 1, 2, ... for each type; a driver that is started again for its component gets what it had.
        Raises:  INVALID_PARAMETER; ACCESS_DENIED when the caller is no driver.
        """
        driver = self._caller(request)
        if type(device_type) is not str or not device_type:
            raise StatusError(Status.INVALID_PARAMETER, "dkms_get_next_index needs a device type")
        before = driver.indices.get(device_type, 0)
        driver.indices[device_type] = before + 1
        key = device_type, driver.path, driver.address, before
        index = self._indices.get(key) if driver.address is not None else None
        if index is None:
            index = self._indices[key] = self._next_index.get(device_type, 0)
            self._next_index[device_type] = index + 1
        return index

    def _driver_unload(self, request: SyscallRequest, name: object, force: object = False) -> object:
        """`driver_unload(name: str, force: bool = False)`: Unload all instances of a driver, for uid 0 only.

        Args:    name: its name or its path. force: even while files are open on it.
        Returns: a line that says what was done.
        Blocks:  as long as the driver's unload routine takes, within a limit.
        Raises:  PRIVILEGE_NOT_HELD; NO_SUCH_DEVICE when no such driver is loaded; DEVICE_BUSY; DRIVER_UNLOAD_FAILED or
                 the driver's own; INVALID_PARAMETER.
        """
        _demand_root(request, "only root (uid 0) may unload drivers")
        if type(name) is not str or type(force) is not bool:
            raise StatusError(Status.INVALID_PARAMETER, "driver_unload takes a driver's name or path, and a bool")
        self.endings.unload(name, force, lambda status, text: self.answer(request, status, text))
        return LATER

    def _driver_check(self, request: SyscallRequest, path: object, level: object = None) -> object:
        """`driver_check(path: str, level: int | None = None)`: Ask whether a file may become a driver, for uid 0 only.

        Args:    path: the driver file, absolute, on the root file system. level: 0, 1 or 2; None is the level in force.
        Returns: what would be logged at a load, as a list of lines; an empty list when there is nothing to remark.
        Raises:  DRIVER_VALIDATION_FAILED with the reason, NO_SUCH_FILE, PRIVILEGE_NOT_HELD, INVALID_PARAMETER.
        """
        _demand_root(request, f"{request.name}: only root (uid 0) may ask")
        if type(path) is not str or (level is not None and (type(level) is not int or level not in LEVELS)):
            raise StatusError(Status.INVALID_PARAMETER, "driver_check takes a path, and a level from 0 to 2")
        source = self._syscall("vfs_read_file", path)
        remarks: list[str] = []
        wanted = level if isinstance(level, int) else self.policy.level
        self.policy.at_level(wanted, lambda text, _kind: remarks.append(text)).admit(path, source)
        return remarks

    def _driver_recheck(self, request: SyscallRequest) -> object:
        """`driver_recheck()`: Which files have changed since the drivers that run were started from them, for uid 0.

        Returns: a list of {pid, path, change}; change is "changed" or "missing".
        Raises:  PRIVILEGE_NOT_HELD.
        """
        _demand_root(request, f"{request.name}: only root (uid 0) may ask")
        return self.policy.runtime_recheck()

    def _driver_reload(self, request: SyscallRequest, name: object) -> object:
        """`driver_reload(name: str)`: Replace all instances of a driver by what its file holds now, for uid 0 only.

        Opens of its devices go on, requests wait meanwhile; what the old one still holds ends with DEVICE_NOT_READY.

        Args:    name: its name or its path.
        Returns: a line that says what was done.
        Blocks:  as long as the old one takes to unload and the new one to start, within limits.
        Raises:  PRIVILEGE_NOT_HELD; INVALID_PARAMETER; NO_SUCH_DEVICE when no such driver is loaded; DEVICE_BUSY.
                 Nothing has changed when the file is no driver: NO_SUCH_FILE, INVALID_DRIVER_OBJECT,
                 INVALID_DRIVER_ENTRY, INVALID_DRIVER_INFO, INVALID_DRIVER_TYPE, DRIVER_VALIDATION_FAILED; nor when the
                 old one refuses to go: DRIVER_UNLOAD_FAILED or its own. It is gone when the new one does not start:
                 DRIVER_INIT_FAILED or its own.
        """
        _demand_root(request, "only root (uid 0) may reload drivers")
        if type(name) is not str:
            raise StatusError(Status.INVALID_PARAMETER, "driver_reload takes a driver's name or path")
        self.endings.reload(name, lambda status, text: self.answer(request, status, text))
        return LATER

    def _driver_query(self, request: SyscallRequest) -> object:
        """`driver_query()`: Tell which drivers there are.

        Returns: [{name, path, type, version, priority, pid, child_pid, address, state, devices, open_files, events,
                 restarts, reason}], in the order of their starts; then those that wait to be started again (state
                 "restarting") and those that were given up ("failed", with the reason). child_pid: of a user-mode
                 driver, whose host has the pid; else 0. devices: [{name, links}]; events: the interrupts it asked for.
        Raises:  nothing.
        """
        return self.books.describe()

    def _driver_verify(
        self, request: SyscallRequest, action: object, name: object = None, fail_at: object = ""
    ) -> object:
        """`driver_verify(action: str, name: str | None = None, fail_at: str = '')`: Hold drivers against the rules.

        Args:    action: "on" or "off": watch the driver *name*, or watch it no more, from its next start on; "list":
                 who is watched; "report": what was found, of one driver or, without a name, of all. name: the driver's
                 name or path. fail_at: with "on", the site whose first call is to fail, see `axisos verify`.
        Returns: True; for "list" [{name, watched, findings}], for "report" [{rule, driver, request, place, detail,
                 failed, count}].
        Raises:  PRIVILEGE_NOT_HELD; INVALID_PARAMETER, also for "off" when it is not on.
        """
        _demand_root(request, "only root (uid 0) may verify drivers")
        if type(fail_at) is not str or not (type(name) is str or (name is None and action in ("list", "report"))):
            raise StatusError(Status.INVALID_PARAMETER, "driver_verify takes an action and a driver's name or path")
        verifier = self._verifier()
        if action == "list":
            return verifier.who()
        if action == "report":
            return verifier.report(name)
        if action == "on":
            verifier.switch_on(str(name), fail_at)
        elif action == "off":
            verifier.switch_off(str(name))
        else:
            raise StatusError(Status.INVALID_PARAMETER, f"driver_verify: on, off, list or report, not {action!r:.40}")
        return True

    def _verifier(self) -> DriverVerifier:
        """The verifier, which is loaded when somebody asks for it first."""
        if self.loader.verifier is None:
            from system.driver_verifier import DriverVerifier

            self.loader.verifier = DriverVerifier(self._syscall, self._log)
        return self.loader.verifier

    # --- messages ----------------------------------------------------------------------------------------------

    def _on_pm_message(self, message: Message) -> None:
        if message[0] == self._pm_pid:
            self._from_pm[message[1]](*message[2:])
        else:
            self._distrust(message)

    def _on_driver_message(self, message: Message) -> None:
        """The sender's pid is the driver's; the loader looks it up among those that owe such an answer."""
        name = message[1]
        first, second, third = (*message[2:5], None, None, None)[:3]
        rest = (third,) if name == "driver_init_complete" else ()
        self._from_driver[name](message[0], first, second, *rest)

    def _on_completed(self, message: Message) -> None:
        """A driver's answer without the wait for ours; what is wrong with it has been logged."""
        try:
            self.dispatcher.complete(message[0], *message[2:3])
        except StatusError:
            pass

    def _on_process_exited(self, message: Message) -> None:
        if message[0] == KERNEL_PID:
            self.loader.exited(message[2])
        else:
            self._distrust(message)

    def _driver_gone(self, driver: Driver) -> None:
        self.policy.ended(driver.pid)
        self.interrupts.forget(driver)

    def _on_watch_found(self, message: Message) -> None:
        if message[0] == KERNEL_PID:
            self._verifier().log_findings()
        else:
            self._distrust(message)

    def _load_path(self, path: str) -> None:
        self.loader.load(path, None, unheard)

    def _load_path_request(self, path: str, requester_pid: int) -> None:
        self.loader.load_for_request(path, self._result_for(requester_pid))

    def _load_for_component(self, component_type: str, address: str, requester_pid: int | None = None) -> None:
        """With a third value the load is answered like a `load_driver_path_request`."""
        report = unheard if requester_pid is None else self._result_for(requester_pid)
        self.loader.load_for_component(component_type, address, report)

    def _result_for(self, requester_pid: int) -> Callable[[Status, str, int], object]:
        def report(status: Status, text: str, pid: int) -> None:
            self._send(self._pm_pid, "load_driver_result", requester_pid, status, text, pid)

        return report

    def _driver_reopened(self, pid: int) -> None:
        driver = self.books.driver_registry.get(pid)
        if driver is not None and driver.reopens:
            self.dispatcher.reopened(driver)

    def _list_devices(self, requester_pid: int) -> None:
        self._send(self._pm_pid, "dkms_list_devices_result", requester_pid, self.dispatcher.list_devices())

    def _on_os_event(self, name: str, *values: Any) -> None:
        self.interrupts.raise_event(name, values)
        if name == "component_added":
            self.loader.component_added(*values[:2])
        elif name == "component_removed":
            self.loader.component_removed(values[0])

    def _distrust(self, message: Message) -> None:
        self._log(f"process {message[0]} sent {message[1]!r}, which is not its to send: ignored", "sec")

    # --- ports -------------------------------------------------------------------------------------------------

    def _send(self, pid: int, name: str, *values: object) -> None:
        self._syscall("signal_send", pid, name, *values)

    def _log(self, text: str, level: str) -> None:
        self._syscall("kernel_log", f"DKMS: {text}", level)


def _demand_root(request: SyscallRequest, refusal: str) -> None:
    """Raises PRIVILEGE_NOT_HELD for every uid but 0."""
    if request.sender_uid != 0:
        raise StatusError(Status.PRIVILEGE_NOT_HELD, refusal)


def _place_of(error: Exception) -> str:
    """Where in our own code it happened."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}, line {trace.tb_lineno}"


def main() -> None:
    """DKMS as a process."""
    dkms = Dkms(syscall)
    dkms.start()
    dkms.serve()


if __name__ == "__main__":
    main()
