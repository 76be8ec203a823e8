r"""Loading, replacing and unloading drivers.

The life of a driver:

              load            driver_init_complete(0)         late with a request
    (file) ----------> LOADING ------------------> ONLINE <---------------------> SUSPECT
                        ^ |                         |  ^         driver_pong         |
         status, death  | |                  unload |  | the driver refuses          | no pong
         or no answer   | |                  reload v  |                             |
         in 10 s        | |                    UNLOADING, RELOADING                  | death
                        | |                         |                                |
                        | +-------> GONE <----------+-- death                        |
                        |            ^                                               |
                        |            | too often                                     |
                        +--- 1, 2, 4 s --- RESTARTING <------------------------------+

Who crashes is started again, within a budget. Meanwhile its devices and links stay, and requests get 605; the new
process takes them over under their names, and the opens that there were go on. The same happens, without a crash and
with requests that wait instead of failing, when a driver is reloaded.

Called by   DKMS, for load, reload and unload requests, the drivers' answers, and their deaths.
Owns        the registry of drivers, the loads and unloads under way, and the devices that wait for a successor.
Always so   a load is all or nothing: after a failure its process, devices, links, interrupts and registry keys are gone
            before the failure is reported. Nothing here waits, so a driver that hangs delays only its own load.
"""

from __future__ import annotations

from abi.driver import DRIVER_TYPE_CMD, DRIVER_TYPE_UMD, DriverObject
from abi.names import RING_DRIVER
from abi.signals import SIGKILL
from abi.status import Status, StatusError
from system.driver_hosts import DriverHosts, plain_driver, served_by_host
from system.driver_info import parse, read_driver_info, supported_components
from system.driver_restarts import RestartBudget
from system.driverdispatch import FAILED, LOADING, ONLINE, RELOADING, RESTARTING, SERVING, SUSPECT, UNLOADING, Driver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from system.dkms_sec import DriverPolicy
    from system.driver_hive import DriverHive
    from system.driver_restarts import Place
    from system.driver_verifier import DriverVerifier
    from system.driverdispatch import Dispatcher
    from system.timekeeper import Timekeeper

    Report = Callable[[Status, str, int], object]  # (0, driver's name, pid) or (status, what went wrong, -1)

INIT_LIMIT_S = 10.0
MAX_REASON = 300  # characters of what a driver says of its failed start
UNLOAD_LIMIT_S = 10.0
PONG_LIMIT_S = 10.0

NO_PID = -1  # in a report: no driver was loaded
MANY_PIDS = 0  # in a report: one process for each component


class Load:
    """One load under way."""

    __slots__ = ("address", "closed", "driver", "files", "info", "path", "predecessor", "reports", "source")

    def __init__(self, path: str, address: str | None, report: Report, predecessor: Driver | None = None) -> None:
        self.path = path
        self.address = address
        self.predecessor = predecessor  # whose place it takes
        self.reports = [report]
        self.source = b""
        self.files: dict[str, bytes] = {}  # what was judged and is started: the driver, and modules of its own
        self.closed = False  # it may import nothing else from its own directory
        self.info: dict[str, object] = {}
        self.driver: Driver | None = None


class Unload:
    """One unload or reload under way: of all instances of a driver."""

    __slots__ = ("error", "name", "remaining", "replaces", "report")

    def __init__(
        self, name: str, drivers: list[Driver], report: Callable[[Status, str], object], replaces: bool = False
    ) -> None:
        self.name = name
        self.replaces = replaces  # it is a reload
        self.remaining = {driver.pid for driver in drivers}
        self.error: tuple[Status, str] | None = None
        self.report = report


class DriverLoader:
    """The drivers of one machine."""

    def __init__(
        self, syscall: Callable[..., object], policy: DriverPolicy, hive: DriverHive, clock: Timekeeper,
        log: Callable[[str, str], object], on_gone: Callable[[Driver], object], pm_pid: int,
    ) -> None:
        self._syscall = syscall
        self._policy = policy
        self._hive = hive
        self._clock = clock
        self._pm_pid = pm_pid
        self._log = log
        self._on_gone = on_gone  # a driver has left the registry
        self.dispatcher: Dispatcher  # wired by DKMS; it needs us, we need it
        self.driver_registry: dict[int, Driver] = {}  # by pid
        self.by_place: dict[tuple[str, str | None], Driver] = {}  # by path and component address
        self.component_drivers: dict[str, dict[str, None]] = {}  # component type -> files of drivers seen for it
        self._loads: dict[int, Load] = {}  # by the pid that has yet to answer
        self._unloads: dict[int, Unload] = {}
        self.orphans: dict[Place, Driver] = {}  # what is left of drivers whose place is to be taken
        self.quarantine: dict[Place, tuple[Driver, str]] = {}  # drivers that were given up, and why
        self._budget = RestartBudget()
        self._hosts = DriverHosts(syscall, pm_pid)
        self._last_ping = 0
        self.verifier: DriverVerifier | None = None  # made by DKMS when somebody asks for it

    # --- phase 4: the seven steps of a load --------------------------------------------------------------------

    def load(self, path: str, address: str | None, report: Report) -> None:
        """Load the driver at *path*, for one component if *address* is given; *report* hears how it ended.

        A driver that is online at this path and address is not loaded twice: that is a success. One that waits to be
        started again is started now.
        """
        place = path, address
        present = self.by_place.get(place)
        if present is not None:
            self._join(present, report)
            return
        self._budget.forgive(place)
        self._clock.clear(("restart", place))
        given_up = self.quarantine.pop(place, None)
        if given_up is not None:
            self._hive.lift_quarantine(given_up[0])
        self._start(Load(path, address, report, self.orphans.get(place)))

    def _start(self, load: Load) -> None:
        try:
            self._look_for_file(load)  # 1  /drivers/<component type>.sys.py, or the path that was asked for
            self._inspect(load)  # 2  its DRIVER_INFO, read without running it
            self._check_policy(load)  # 3  its signature, as the security level demands
            self._spawn(load)  # 4  its process, at ring 2; for a user-mode driver its host's, at ring 2.5
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
        if driver_type == DRIVER_TYPE_UMD and (load.address is not None or "supported_component" in info):
            raise StatusError(
                Status.INVALID_DRIVER_TYPE, f"{load.path}: a user-mode driver has no hardware; a component needs a CMD"
            )
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
            if load.info["driver_type"] == DRIVER_TYPE_UMD:
                pid: object = self._hosts.start(load.path, load.files, load.closed)
            else:
                pid = self._syscall("process_spawn_image", load.path, int(RING_DRIVER), env, load.files, load.closed)
        except StatusError as error:
            raise StatusError(Status.DRIVER_INIT_FAILED, f"{load.path}: no process could be started: {error}") from None
        assert isinstance(pid, int)
        self._policy.started(pid, load.files)
        load.driver = driver = Driver(pid, load.path, load.address, load.info)
        if load.predecessor is not None:
            driver.predecessor = load.predecessor
            driver.restarts = load.predecessor.restarts
        self.driver_registry[pid] = self.by_place[load.path, load.address] = driver  # it may make devices from now on
        self._hive.announce_driver(driver)
        if self.verifier is not None:
            self.verifier.attend(driver)

    def _send_init(self, load: Load) -> None:
        driver = load.driver
        assert driver is not None
        self._loads[driver.pid] = load
        self._clock.set_in(("init", driver.pid), INIT_LIMIT_S, lambda: self._init_is_late(load))
        self._send(driver, "driver_init", plain_driver(driver.object) if driver.user_mode else driver.object)

    def init_complete(self, pid: int, status: object, driver_object: object, why: object = None) -> None:
        """The driver's own word on how its entry went, and why it failed."""
        load = self._loads.get(pid)
        if load is None:
            self._log(f"process {pid} sent driver_init_complete, which nobody asked it for: ignored", "warn")
            return
        assert load.driver is not None
        if type(driver_object) is not DriverObject or not isinstance(status, int):
            self._fail(load, Status.DRIVER_INIT_FAILED, f"{load.path}: driver_init_complete without status or object")
        elif status != Status.SUCCESS:
            code = Status(status)
            reason = why[:MAX_REASON] if type(why) is str and why else code.meaning
            self._fail(load, code, f"{load.path}: driver_entry ended with {code.name}: {reason}")
        else:
            self._register(load, driver_object)

    def host_report(self, driver: Driver, what: object, value: object, rest: object) -> None:
        """What the host of a user-mode driver says in its place: the messages that ring 2.5 cannot send.

        Raises: 601 for something else.
        """
        if what == "child":
            driver.child_pid = value if type(value) is int else 0
        elif what == "init_complete" and type(value) is int:
            self._host_init_complete(driver, value, rest)
        elif what == "unload_complete":
            self.unload_complete(driver.pid, value)
        elif what == "pong":
            self.pong(driver.pid)
        else:
            raise StatusError(Status.INVALID_PARAMETER, f"dkms_host_report: {what!r} is nothing that a host reports")

    def _host_init_complete(self, driver: Driver, status: int, rest: object) -> None:
        """*rest* is what the driver answers (major functions), or why it was not started."""
        load = self._loads.get(driver.pid)
        if load is not None and type(rest) is str:
            self._fail(load, Status(status) if status else Status.DRIVER_INIT_FAILED, f"{load.path}: {rest}")
            return
        if load is not None:
            majors = [major for major in rest if type(major) is int] if type(rest) is list else []
            driver.object.dispatch = dict.fromkeys(majors, served_by_host)
        self.init_complete(driver.pid, status, driver.object)

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
        if load.predecessor is not None:
            self.orphans.pop((driver.path, driver.address), None)
            self.dispatcher.hand_over(driver)
        self._log(f"driver {driver.name} {driver.info['version']} is online, pid {driver.pid}{_for(driver)}", "drv")
        self._end(load, Status.SUCCESS, driver.name, driver.pid)

    def _fail(self, load: Load, status: Status, text: str) -> None:
        """Leave nothing of a load behind, then say that it failed."""
        driver, orphan = load.driver, load.predecessor
        if driver is not None:
            if orphan is not None:
                self.dispatcher.give_back(driver)
            self._remove(driver, Status.DEVICE_NOT_READY, "its driver did not start")
            self._kill(driver)
        if orphan is not None and orphan.state is RESTARTING:
            self._hive.set_driver_status(orphan, RESTARTING)
            self._start_again(orphan, text)
        elif orphan is not None:
            self._drop_orphan(orphan, "its new driver did not start")
        level = "dev" if status == Status.NO_SUCH_FILE else "fail"  # most components have no driver of their own
        self._log(f"driver load failed, status {int(status)}: {text}", level)
        self._end(load, status, text, NO_PID)

    def _end(self, load: Load, status: Status, text: str, pid: int) -> None:
        """Report a load's end to all who asked for it."""
        driver = load.driver
        if driver is not None:
            self._loads.pop(driver.pid, None)
            self._clock.clear(("init", driver.pid))
        for report in load.reports:
            report(status, text, pid)
        for waited_for in (driver, load.predecessor):
            if waited_for is not None:
                self.dispatcher.load_ended(waited_for)

    def _join(self, present: Driver, report: Report) -> None:
        """A load of what is there already."""
        if present.state is LOADING:
            self._loads[present.pid].reports.append(report)
        elif present.state in SERVING:
            report(Status.SUCCESS, present.name, present.pid)
        else:
            report(Status.DEVICE_BUSY, f"{present} is {present.state}", NO_PID)

    def loads_under_way(self) -> list[object]:
        """The drivers that have yet to answer."""
        return [load.driver for load in self._loads.values()]

    def describe(self) -> list[dict[str, object]]:
        """All drivers, for people: those that run, those that wait for a successor, those that were given up."""
        rows = [_describe(driver) for driver in self.driver_registry.values()]
        rows += [_describe(orphan) for place, orphan in self.orphans.items() if place not in self.by_place]
        rows += [_describe(driver) | {"reason": reason} for driver, reason in self.quarantine.values()]
        return rows

    # --- which files, for which components ---------------------------------------------------------------------

    def load_for_request(self, path: str, report: Report) -> None:
        """Load a driver, a component driver once for each component of its type or types.

        For a component driver the report is (0, "<n> instances of <name>", 0) if one was loaded or there is no such
        component, else the last failure.
        """
        try:
            info = read_driver_info(self._read(path), path)
        except StatusError as error:
            self._log(f"driver load failed, status {int(error.status)}: {error.detail}", "fail")
            report(error.status, error.detail, NO_PID)
            return
        components = supported_components(info)
        if info["driver_type"] != DRIVER_TYPE_CMD or not components:
            self.load(path, None, report)
            return
        self._remember_component_driver(path, info)
        present = self._syscall("raw_component_list")
        assert isinstance(present, dict)
        addresses = [address for address, kind in present.items() if kind in components]
        self._load_instances(path, str(info["driver_name"]), addresses, report)

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
        for path in {f"/drivers/{component_type}.sys.py": None, **self.component_drivers.get(component_type, {})}:
            given_up = self.quarantine.get((path, address))
            if given_up is not None:
                self._log(f"{path} is in quarantine and not loaded: {given_up[1]}; insmod loads it even so", "warn")
            elif path == f"/drivers/{component_type}.sys.py":
                self.load_for_component(component_type, address, _ignore)
            else:
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
        for orphan in [each for each in self.orphans.values() if each.address == address]:
            self._drop_orphan(orphan, "the component was removed")

    def _remember_component_driver(self, path: str, info: dict[str, object]) -> None:
        for component in supported_components(info):
            self.component_drivers.setdefault(component, {})[path] = None

    # --- unload and reload -------------------------------------------------------------------------------------

    def unload(self, name: str, force: bool, report: Callable[[Status, str], object]) -> None:
        """Unload all instances of a driver, given by its name or its path.

        Report: (0, message); 405 no such driver; 604 open files, unless forced; 408 or the driver's own status.
        """
        orphans = [each for each in self.orphans.values() if name in (each.name, each.path)]
        drivers = [each for each in self.driver_registry.values() if name in (each.name, each.path)]
        busy = [each for each in drivers if each.state not in SERVING or (each.open_files and not force)]
        if busy:
            count = busy[0].open_files
            why = f"{count} open file{'' if count == 1 else 's'}" if busy[0].state in SERVING else busy[0].state
            report(Status.DEVICE_BUSY, f"{busy[0]}: {why}")
            return
        for orphan in orphans:
            self._drop_orphan(orphan, "it was unloaded")
        unload = Unload(name, drivers, report)
        for driver in drivers:
            self._start_unload(driver, unload)
        if not drivers:
            if orphans:
                report(Status.SUCCESS, f"{name} was unloaded; it was about to be started again")
            else:
                report(Status.NO_SUCH_DEVICE, f"no driver {name} is loaded")

    def reload(self, name: str, report: Callable[[Status, str], object]) -> None:
        """Replace all instances of a driver by what its file holds now. Opens of its devices go on.

        Report: (0, message); 405 no such driver; 604 it is starting or going; what is wrong with the file: nothing has
        changed then; 408 or the driver's own status: it would not go; the status of the new one's start: it is gone.
        """
        drivers = [each for each in self.driver_registry.values() if name in (each.name, each.path)]
        busy = [each for each in drivers if each.state not in SERVING or each.reopens]
        if not drivers or busy:
            status = Status.DEVICE_BUSY if busy else Status.NO_SUCH_DEVICE
            report(status, f"{busy[0]} is {busy[0].state}" if busy else f"no driver {name} is loaded")
            return
        try:
            for path, address in {each.path: each.address for each in drivers}.items():
                trial = Load(path, address, _ignore)
                self._look_for_file(trial)
                self._inspect(trial)
                self._check_policy(trial)
        except StatusError as error:
            report(error.status, f"{error.detail}; what was loaded goes on")
            return
        reload = Unload(name, drivers, report, replaces=True)
        for driver in drivers:
            self._unloads[driver.pid] = reload
            self._set_leaving(driver, RELOADING)
            self._syscall("signal_send", self._pm_pid, "driver_detach", driver.pid)

    def detached(self, pid: int) -> None:
        """PM sends a driver that is to be replaced nothing more by itself: what it has sent comes before this."""
        driver = self.driver_registry.get(pid)
        if driver is not None and driver.state is RELOADING:
            self._ask_to_go(driver)

    def _start_unload(self, driver: Driver, unload: Unload) -> None:
        self._unloads[driver.pid] = unload
        self._set_leaving(driver, UNLOADING)
        self._ask_to_go(driver)

    def _set_leaving(self, driver: Driver, state: str) -> None:
        driver.state = state
        driver.majors = frozenset()
        self._hive.set_driver_status(driver, state)
        self._clock.clear(("pong", driver.pid))

    def _ask_to_go(self, driver: Driver) -> None:
        self._clock.set_in(("unload", driver.pid), UNLOAD_LIMIT_S, lambda: self._gone(driver, "did not unload in time"))
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
        self.dispatcher.load_ended(driver)  # what was parked while it seemed to go

    def _end_unload(self, pid: int) -> None:
        unload = self._unloads.pop(pid, None)
        self._clock.clear(("unload", pid))
        if unload is None:
            return
        unload.remaining.discard(pid)
        if not unload.remaining:
            done = "reloaded" if unload.replaces else "unloaded"
            unload.report(*(unload.error or (Status.SUCCESS, f"{unload.name} was {done}")))

    # --- the end of a driver -----------------------------------------------------------------------------------

    def exited(self, pid: int) -> None:
        """A process has ended; if it was a driver, clean up after it."""
        driver = self.driver_registry.get(pid)
        if driver is not None and driver.watch is not None and driver.state in (LOADING, *SERVING):
            driver.watch.died(self._attempt("process_info", pid))
        self._attempt("process_wait_status", pid, 0)  # takes the record of a child of ours
        if driver is None:
            return
        if driver.state is LOADING:
            self._died_in_init(self._loads[pid])
        else:
            self._gone(driver, "was unloaded" if driver.state in (UNLOADING, RELOADING) else "died")

    def is_late(self, driver: Driver) -> None:
        """A driver let a request pass its time limit: ask whether it still lives."""
        if driver.state is not ONLINE:
            return
        self._set_liveness(driver, SUSPECT)
        self._last_ping += 1
        self._clock.set_in(
            ("pong", driver.pid), PONG_LIMIT_S, lambda: self._gone(driver, "hangs, and was ended")
        )
        try:
            self._send(driver, "driver_ping", self._last_ping)
        except StatusError as error:
            self._gone(driver, f"could not be reached: {error}")

    def pong(self, pid: int, _number: object = None, _rest: object = None) -> None:
        """A suspect driver is well."""
        driver = self.driver_registry.get(pid)
        if driver is not None and driver.state is SUSPECT:
            self._clock.clear(("pong", pid))
            self._set_liveness(driver, ONLINE)

    def _set_liveness(self, driver: Driver, state: str) -> None:
        driver.state = state
        self._hive.set_driver_status(driver, "loaded" if state is ONLINE else state)

    def _gone(self, driver: Driver, how: str) -> None:
        """A driver that was online is no more, for whatever reason: clean up, end its process, see what comes next."""
        state = driver.state
        if driver.watch is not None and how not in ("was unloaded", "died"):
            driver.watch.gone(state, how)
        self._clock.clear(("unload", driver.pid))
        self._log(f"driver {driver.name}, pid {driver.pid}{_for(driver)}, {how}", "fail" if state in SERVING else "drv")
        if state is UNLOADING:
            self._remove(driver, Status.DEVICE_NOT_READY, f"the driver {driver.name} {how}")
            self._kill(driver)
            self._end_unload(driver.pid)
            return
        self._orphan(driver, RELOADING if state is RELOADING else RESTARTING, how)
        self._kill(driver)
        if state is RELOADING:
            self._start(Load(driver.path, driver.address, self._reload_report(driver.pid), driver))
        else:
            self._start_again(driver, how)

    def _orphan(self, driver: Driver, state: str, how: str) -> None:
        """A driver's process goes, its devices and links stay for the next."""
        self._leave_registry(driver)
        driver.state = state
        driver.majors = frozenset()
        driver.reopens = False
        self.orphans[driver.path, driver.address] = driver
        self._hive.set_driver_status(driver, state)
        for device in driver.devices.values():
            self._hive.set_device_status(device, state)
        self.dispatcher.withdraw_requests(driver, Status.DEVICE_NOT_READY, f"the driver {driver.name} {how}")

    def _reload_report(self, pid: int) -> Report:
        """Enters how one instance's replacement went into the books of the whole reload."""

        def report(status: Status, text: str, _pid: int) -> None:
            unload = self._unloads.get(pid)
            if unload is not None and status != Status.SUCCESS:
                unload.error = status, f"{text}; the driver is not loaded any more"
            self._end_unload(pid)

        return report

    def _start_again(self, orphan: Driver, how: str) -> None:
        """Start what has crashed in a while, or give it up."""
        place = orphan.path, orphan.address
        delay_s = self._budget.delay(place, self._clock.now())
        if delay_s is None:
            reason = f"it {how}, after {orphan.restarts} restarts" if orphan.restarts else f"it {how}"
            self._log(f"driver {orphan.name}{_for(orphan)} is given up: {reason}", "fail")
            self._drop_orphan(orphan, f"its driver was given up: {reason}")
            orphan.state = FAILED
            self.quarantine[place] = orphan, reason
            self._hive.quarantine_driver(orphan, reason)
            return
        self._log(f"driver {orphan.name}{_for(orphan)} is started again in {delay_s:g} s", "warn")
        self._clock.set_in(("restart", place), delay_s, lambda: self._restart(orphan))

    def _restart(self, orphan: Driver) -> None:
        orphan.restarts += 1
        self._start(Load(orphan.path, orphan.address, _ignore, orphan))

    def _drop_orphan(self, orphan: Driver, reason: str) -> None:
        """Nobody takes a driver's place: its devices and links go as well."""
        place = orphan.path, orphan.address
        self._clock.clear(("restart", place))
        self.orphans.pop(place, None)
        self.dispatcher.drop_driver(orphan, Status.NO_SUCH_DEVICE, reason)
        self._remove_from_hive(orphan)

    def _remove(self, driver: Driver, status: Status, reason: str) -> None:
        """Take a driver, and all that it had, out of every book; its requests end with *status*."""
        has_successor = driver.state is LOADING and driver.predecessor is not None  # the one before it, once more
        self._leave_registry(driver)
        self.dispatcher.drop_driver(driver, status, reason)
        if not has_successor:
            self._remove_from_hive(driver)

    def _leave_registry(self, driver: Driver) -> None:
        self.driver_registry.pop(driver.pid, None)
        self.by_place.pop((driver.path, driver.address), None)
        self._clock.clear(("pong", driver.pid))
        self._policy.ended(driver.pid)
        self._on_gone(driver)

    def _remove_from_hive(self, driver: Driver) -> None:
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

    def _kill(self, driver: Driver) -> None:
        """End a driver's process, of a user-mode driver both; it may be dead already."""
        self._attempt("process_kill", driver.pid, SIGKILL)
        if driver.user_mode:
            self._hosts.end(driver.path)

    def _attempt(self, call: str, *args: object) -> object:
        """A call whose failure changes nothing, and gives None."""
        try:
            return self._syscall(call, *args)
        except StatusError:
            return None

    def _is_present(self, address: str) -> bool:
        components = self._syscall("raw_component_list")
        assert isinstance(components, dict)
        return address in components


def _for(driver: Driver) -> str:
    return "" if driver.address is None else f", for component {driver.address[:8]}"


def _ignore(_status: Status, _text: str, _pid: int) -> None:
    """The report of a load that nobody waits for; the log has it."""


def _describe(driver: Driver) -> dict[str, object]:
    info = driver.info
    return {
        "name": driver.name,
        "path": driver.path,
        "type": info["driver_type"],
        "version": info["version"],
        "priority": info["load_priority"],
        "pid": 0 if driver.state in (RESTARTING, FAILED) else driver.pid,
        "child_pid": 0 if driver.state in (RESTARTING, FAILED) else driver.child_pid,
        "address": driver.address or "",
        "state": driver.state,
        "devices": [
            {"name": name, "links": [link for link, target in driver.links.items() if target == name]}
            for name in driver.devices
        ],
        "open_files": driver.open_files,
        "events": list(driver.events),
        "restarts": driver.restarts,
        "reason": "",
    }
