r"""Loading and unloading drivers.

The life of a driver:

              load            driver_init_complete(0)         late with a request
    (file) ----------> LOADING ------------------> ONLINE <---------------------> SUSPECT
                          |                         |  ^         driver_pong         |
         status, death or |                  unload |  | the driver refuses          | no pong
         no answer in 10 s|                         v  |                             |
                          +-------> GONE <------ UNLOADING                           |
                                      ^------- death, from any state ----------------+

Called by   DKMS, for load and unload requests, the drivers' answers, and their deaths.
Owns        the registry of drivers and the loads and unloads under way.
Always so   a load is all or nothing: after a failure its process, devices, links, interrupts and registry keys are gone
            before the failure is reported. Nothing here waits, so a driver that hangs delays only its own load.
"""

from __future__ import annotations

from abi.driver import DRIVER_TYPE_CMD, DRIVER_TYPE_UMD, DriverObject
from abi.names import RING_DRIVER
from abi.signals import SIGKILL
from abi.status import Status, StatusError
from system.driver_info import parse, read_driver_info
from system.driverdispatch import GONE, LOADING, ONLINE, SERVING, SUSPECT, UNLOADING, Driver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from system.alarms import Alarms
    from system.dkms_sec import DriverPolicy
    from system.driver_hive import DriverHive
    from system.driverdispatch import Dispatcher

    Report = Callable[[Status, str, int], object]  # (0, driver's name, pid) or (status, what went wrong, -1)

INIT_LIMIT_S = 10.0
UNLOAD_LIMIT_S = 10.0
PONG_LIMIT_S = 10.0

NO_PID = -1  # in a report: no driver was loaded
MANY_PIDS = 0  # in a report: one process for each component


class Load:
    """One load under way."""

    __slots__ = ("address", "closed", "driver", "files", "info", "path", "reports", "source")

    def __init__(self, path: str, address: str | None, report: Report) -> None:
        self.path = path
        self.address = address
        self.reports = [report]
        self.source = b""
        self.files: dict[str, bytes] = {}  # what was judged and is started: the driver, and modules of its own
        self.closed = False  # it may import nothing else from its own directory
        self.info: dict[str, object] = {}
        self.driver: Driver | None = None


class Unload:
    """One unload under way: of all instances of a driver."""

    __slots__ = ("error", "name", "remaining", "report")

    def __init__(self, name: str, drivers: list[Driver], report: Callable[[Status, str], object]) -> None:
        self.name = name
        self.remaining = {driver.pid for driver in drivers}
        self.error: tuple[Status, str] | None = None
        self.report = report


class DriverLoader:
    """The drivers of one machine."""

    def __init__(
        self, syscall: Callable[..., object], policy: DriverPolicy, hive: DriverHive, alarms: Alarms,
        log: Callable[[str, str], object], on_gone: Callable[[Driver], object],
    ) -> None:
        self._syscall = syscall
        self._policy = policy
        self._hive = hive
        self._alarms = alarms
        self._log = log
        self._on_gone = on_gone  # a driver has left the registry
        self.dispatcher: Dispatcher  # wired by DKMS; it needs us, we need it
        self.driver_registry: dict[int, Driver] = {}  # by pid
        self.by_place: dict[tuple[str, str | None], Driver] = {}  # by path and component address
        self.component_drivers: dict[str, dict[str, None]] = {}  # component type -> files of drivers seen for it
        self._loads: dict[int, Load] = {}  # by the pid that has yet to answer
        self._unloads: dict[int, Unload] = {}
        self._last_ping = 0

    # --- phase 4: the seven steps of a load --------------------------------------------------------------------

    def load(self, path: str, address: str | None, report: Report) -> None:
        """Load the driver at *path*, for one component if *address* is given; *report* hears how it ended.

        A driver that is online at this path and address is not loaded twice: that is a success.
        """
        present = self.by_place.get((path, address))
        if present is not None:
            self._join(present, report)
            return
        load = Load(path, address, report)
        try:
            self._look_for_file(load)  # 1  /drivers/<component type>.sys.py, or the path that was asked for
            self._inspect(load)  # 2  its DRIVER_INFO, read without running it
            self._check_policy(load)  # 3  its signature, as the security level demands
            self._spawn(load)  # 4  its process, at ring 2
            self._send_init(load)  # 5  driver_init, with a DRIVER_OBJECT
        except StatusError as error:
            self._fail(load, error.status, error.detail)
        # 6  The answer: `init_complete`, or `exited`, or `_init_is_late`, whichever comes first.
        # 7  The books: `_register`.

    def _look_for_file(self, load: Load) -> None:
        load.source = self._read(load.path)

    def _inspect(self, load: Load) -> None:
        load.info = info = read_driver_info(load.source, load.path)
        driver_type = info["driver_type"]
        if driver_type == DRIVER_TYPE_UMD:
            raise StatusError(Status.NOT_IMPLEMENTED, f"{load.path}: user-mode drivers cannot be loaded yet")
        if driver_type == DRIVER_TYPE_CMD:
            self._remember_component_driver(load.path, info)
            if load.address is None:
                raise StatusError(
                    Status.INVALID_PARAMETER, f"{load.path} drives a component and cannot be loaded without its address"
                )

    def _check_policy(self, load: Load) -> None:
        load.files, load.closed = self._policy.admit(load.path, load.source)

    def _spawn(self, load: Load) -> None:
        env = {} if load.address is None else {"address": load.address}
        try:
            pid = self._syscall("process_spawn_image", load.path, int(RING_DRIVER), env, load.files, load.closed)
        except StatusError as error:
            raise StatusError(Status.DRIVER_INIT_FAILED, f"{load.path}: no process could be started: {error}") from None
        assert isinstance(pid, int)
        self._policy.started(pid, load.files)
        load.driver = driver = Driver(pid, load.path, load.address, load.info)
        self.driver_registry[pid] = self.by_place[load.path, load.address] = driver  # it may make devices from now on

    def _send_init(self, load: Load) -> None:
        driver = load.driver
        assert driver is not None
        self._loads[driver.pid] = load
        self._alarms.set(("init", driver.pid), self._alarms.now() + INIT_LIMIT_S, lambda: self._init_is_late(load))
        self._send(driver, "driver_init", driver.object)

    def init_complete(self, pid: int, status: object, driver_object: object) -> None:
        """The driver's own word on how its entry went."""
        load = self._loads.get(pid)
        if load is None:
            self._log(f"process {pid} sent driver_init_complete, which nobody asked it for: ignored", "warn")
            return
        assert load.driver is not None
        if type(driver_object) is not DriverObject or not isinstance(status, int):
            self._fail(load, Status.DRIVER_INIT_FAILED, f"{load.path}: driver_init_complete without status or object")
        elif status != Status.SUCCESS:
            code = Status(status)
            self._fail(load, code, f"{load.path}: driver_entry ended with {code.name}: {code.meaning}")
        else:
            self._register(load, driver_object)

    def _init_is_late(self, load: Load) -> None:
        self._fail(load, Status.DRIVER_INIT_FAILED, f"{load.path}: driver_entry did not end within {INIT_LIMIT_S:g} s")

    def _died_in_init(self, load: Load) -> None:
        """Death before the answer; for a file that does not even parse, say so."""
        status, text = Status.DRIVER_INIT_FAILED, f"{load.path}: the driver ended before it answered (see the log)"
        try:
            parse(load.source, load.path)
        except StatusError as error:
            status, text = error.status, error.detail
        self._fail(load, status, text)

    def _register(self, load: Load, driver_object: DriverObject) -> None:
        driver = load.driver
        assert driver is not None
        if driver_object is not driver.object:
            driver_object.device_object = driver.object.device_object
            driver.object = driver_object
        driver.majors = frozenset(driver_object.dispatch)
        driver.state = ONLINE
        self._hive.add_driver(driver)
        self._log(f"driver {driver.name} {driver.info['version']} is online, pid {driver.pid}{_for(driver)}", "drv")
        self._end(load, Status.SUCCESS, driver.name, driver.pid)

    def _fail(self, load: Load, status: Status, text: str) -> None:
        """Leave nothing of a load behind, then say that it failed."""
        driver = load.driver
        if driver is not None:
            self._remove(driver, Status.DEVICE_NOT_READY, "its driver did not start")
            self._kill(driver.pid)
        level = "dev" if status == Status.NO_SUCH_FILE else "fail"  # most components have no driver of their own
        self._log(f"driver load failed, status {int(status)}: {text}", level)
        self._end(load, status, text, NO_PID)

    def _end(self, load: Load, status: Status, text: str, pid: int) -> None:
        """Report a load's end to all who asked for it."""
        driver = load.driver
        if driver is not None:
            self._loads.pop(driver.pid, None)
            self._alarms.clear(("init", driver.pid))
        for report in load.reports:
            report(status, text, pid)
        if driver is not None:
            self.dispatcher.load_ended(driver)

    def _join(self, present: Driver, report: Report) -> None:
        """A load of what is there already."""
        if present.state is LOADING:
            self._loads[present.pid].reports.append(report)
        elif present.state in SERVING:
            report(Status.SUCCESS, present.name, present.pid)
        else:
            report(Status.DEVICE_BUSY, f"{present} is being unloaded", NO_PID)

    def loads_under_way(self) -> list[object]:
        """The drivers that have yet to answer."""
        return [load.driver for load in self._loads.values()]

    # --- which files, for which components ---------------------------------------------------------------------

    def load_for_request(self, path: str, report: Report) -> None:
        """Load a driver, a component driver once for each component of its type.

        For a component driver the report is (0, "<n> instances of <name>", 0) if one was loaded or there is no such
        component, else the last failure.
        """
        try:
            info = read_driver_info(self._read(path), path)
        except StatusError as error:
            self._log(f"driver load failed, status {int(error.status)}: {error.detail}", "fail")
            report(error.status, error.detail, NO_PID)
            return
        component = info.get("supported_component")
        if info["driver_type"] != DRIVER_TYPE_CMD or component is None:
            self.load(path, None, report)
            return
        self._remember_component_driver(path, info)
        addresses = self._syscall("raw_component_list", component)
        assert isinstance(addresses, dict)
        self._load_instances(path, str(info["driver_name"]), list(addresses), report)

    def _load_instances(self, path: str, name: str, addresses: list[str], report: Report) -> None:
        outcomes: list[tuple[Status, str]] = []

        def report_one(status: Status, text: str, _pid: int) -> None:
            outcomes.append((status, text))
            if len(outcomes) == len(addresses):
                finish()

        def finish() -> None:
            loaded = sum(1 for status, _ in outcomes if status == Status.SUCCESS)
            if loaded or not addresses:
                report(Status.SUCCESS, f"{loaded} instance{'' if loaded == 1 else 's'} of {name}", MANY_PIDS)
            else:
                report(*outcomes[-1], NO_PID)

        if not addresses:
            finish()
        for address in addresses:
            self.load(path, address, report_one)

    def load_for_component(self, component_type: str, address: str, report: Report) -> None:
        """Load /drivers/<component type>.sys.py for one component; that there is none is no failure to log."""
        if "/" in component_type or not component_type.isprintable():
            report(Status.INVALID_PARAMETER, f"{component_type!r} is no component type", NO_PID)
            return
        self.load(f"/drivers/{component_type}.sys.py", address, report)

    def component_added(self, address: str, component_type: str) -> None:
        """A component was plugged in: load what drives its type."""
        self.load_for_component(component_type, address, _ignore)
        for path in list(self.component_drivers.get(component_type, ())):
            self.load(path, address, _ignore)

    def component_removed(self, address: str) -> None:
        """A component was pulled out: its drivers' requests end with 405, and they are unloaded."""
        for driver in [each for each in self.driver_registry.values() if each.address == address]:
            for device in driver.devices.values():
                self._hive.set_device_status(device, "offline")
            self.dispatcher.withdraw_requests(driver, Status.NO_SUCH_DEVICE, "the component was removed")
            if driver.state is LOADING:
                self._fail(self._loads[driver.pid], Status.NO_SUCH_DEVICE, f"{driver.path}: the component was removed")
            elif driver.state in SERVING:
                self._start_unload(driver, Unload(driver.name, [driver], lambda _status, _text: None))

    def _remember_component_driver(self, path: str, info: dict[str, object]) -> None:
        component = info.get("supported_component")
        if isinstance(component, str):
            self.component_drivers.setdefault(component, {})[path] = None

    # --- the end of a driver -----------------------------------------------------------------------------------

    def unload(self, name: str, force: bool, report: Callable[[Status, str], object]) -> None:
        """Unload all instances of a driver, given by its name or its path.

        Report: (0, message); 405 no such driver; 604 open files, unless forced; 408 or the driver's own status.
        """
        drivers = [each for each in self.driver_registry.values() if name in (each.name, each.path)]
        busy = [each for each in drivers if each.state not in SERVING or (each.open_files and not force)]
        if not drivers:
            report(Status.NO_SUCH_DEVICE, f"no driver {name} is loaded")
        elif busy:
            why = f"{len(busy[0].open_files)} open files" if busy[0].state in SERVING else busy[0].state
            report(Status.DEVICE_BUSY, f"{busy[0]}: {why}")
        else:
            unload = Unload(name, drivers, report)
            for driver in drivers:
                self._start_unload(driver, unload)

    def _start_unload(self, driver: Driver, unload: Unload) -> None:
        driver.state = UNLOADING
        driver.majors = frozenset()
        self._hive.set_driver_status(driver, UNLOADING)
        self._unloads[driver.pid] = unload
        self._alarms.clear(("pong", driver.pid))
        self._alarms.set(
            ("unload", driver.pid), self._alarms.now() + UNLOAD_LIMIT_S,
            lambda: self._gone(driver, "did not unload in time"),
        )
        try:
            self._send(driver, "driver_unload")
        except StatusError as error:
            self._gone(driver, f"could not be reached: {error}")

    def unload_complete(self, pid: int, status: object, _rest: object = None) -> None:
        """The driver's own word on how its unload routine went; unless it failed, the driver goes now."""
        driver, unload = self.driver_registry.get(pid), self._unloads.get(pid)
        if driver is None or unload is None:
            return
        if status == Status.SUCCESS or (driver.address is not None and not self._is_present(driver.address)):
            self._gone(driver, "was unloaded")
            return
        driver.state = ONLINE
        driver.majors = frozenset(driver.object.dispatch)
        self._hive.set_driver_status(driver, "loaded")
        code = Status(status) if isinstance(status, int) else Status.DRIVER_UNLOAD_FAILED
        unload.error = code, f"{driver.name}: driver_unload ended with {code.name}"
        self._end_unload(pid)

    def exited(self, pid: int) -> None:
        """A process has ended; if it was a driver, clean up after it."""
        self._attempt("process_wait_status", pid, 0)  # takes the record of a child of ours
        driver = self.driver_registry.get(pid)
        if driver is None:
            return
        if driver.state is LOADING:
            self._died_in_init(self._loads[pid])
        else:
            self._gone(driver, "was unloaded" if driver.state is UNLOADING else "died")

    def is_late(self, driver: Driver) -> None:
        """A driver let a request pass its time limit: ask whether it still lives."""
        if driver.state is not ONLINE:
            return
        self._set_liveness(driver, SUSPECT)
        self._last_ping += 1
        self._alarms.set(
            ("pong", driver.pid), self._alarms.now() + PONG_LIMIT_S, lambda: self._gone(driver, "hangs, and was ended")
        )
        try:
            self._send(driver, "driver_ping", self._last_ping)
        except StatusError as error:
            self._gone(driver, f"could not be reached: {error}")

    def pong(self, pid: int, _number: object = None, _rest: object = None) -> None:
        """A suspect driver is well."""
        driver = self.driver_registry.get(pid)
        if driver is not None and driver.state is SUSPECT:
            self._alarms.clear(("pong", pid))
            self._set_liveness(driver, ONLINE)

    def _set_liveness(self, driver: Driver, state: str) -> None:
        driver.state = state
        self._hive.set_driver_status(driver, "loaded" if state is ONLINE else state)

    def _gone(self, driver: Driver, how: str) -> None:
        """An online driver is no more, for whatever reason: clean up and end its process."""
        expected = driver.state is UNLOADING
        self._log(f"driver {driver.name}, pid {driver.pid}{_for(driver)}, {how}", "drv" if expected else "fail")
        self._remove(driver, Status.DEVICE_NOT_READY, f"the driver {driver.name} {how}")
        self._kill(driver.pid)
        self._end_unload(driver.pid)

    def _end_unload(self, pid: int) -> None:
        unload = self._unloads.pop(pid, None)
        self._alarms.clear(("unload", pid))
        if unload is None:
            return
        unload.remaining.discard(pid)
        if not unload.remaining:
            unload.report(*(unload.error or (Status.SUCCESS, f"{unload.name} was unloaded")))

    def _remove(self, driver: Driver, status: Status, reason: str) -> None:
        """Take a driver, and all that it had, out of every book; its requests end with *status*."""
        was_online = driver.state is not LOADING
        driver.state = GONE
        self.driver_registry.pop(driver.pid, None)
        self.by_place.pop((driver.path, driver.address), None)
        self._alarms.clear(("pong", driver.pid))
        self.dispatcher.drop_driver(driver, status, reason)
        self._on_gone(driver)
        if was_online:
            namesakes = [each for each in self.driver_registry.values() if each.name == driver.name]
            self._hive.remove_driver(driver, next((each for each in namesakes if each.state in SERVING), None))

    # --- ports -------------------------------------------------------------------------------------------------

    def _read(self, path: str) -> bytes:
        if not path.startswith("/"):
            raise StatusError(Status.INVALID_PARAMETER, f"{path!r} is not the absolute path of a driver file")
        try:
            source = self._syscall("vfs_read_file", path)
        except StatusError as error:
            if error.status != Status.NO_SUCH_FILE:
                raise
            text = f"there is no {path} on the root file system, which drivers are loaded from"
            raise StatusError(Status.NO_SUCH_FILE, text) from None
        assert isinstance(source, bytes)
        return source

    def _send(self, driver: Driver, name: str, *values: object) -> None:
        self._syscall("signal_send", driver.pid, name, *values)

    def _kill(self, pid: int) -> None:
        self._attempt("process_kill", pid, SIGKILL)  # it may be dead already

    def _attempt(self, call: str, *args: object) -> None:
        """A call whose failure changes nothing."""
        try:
            self._syscall(call, *args)
        except StatusError:
            pass

    def _is_present(self, address: str) -> bool:
        components = self._syscall("raw_component_list")
        assert isinstance(components, dict)
        return address in components


def _for(driver: Driver) -> str:
    return "" if driver.address is None else f", for component {driver.address[:8]}"


def _ignore(_status: Status, _text: str, _pid: int) -> None:
    """The report of a load that nobody waits for; the log has it."""
