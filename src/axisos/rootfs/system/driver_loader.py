"""Loading drivers: seven steps, all or nothing; and which files are loaded for which components.

    file -> DRIVER_INFO -> policy -> process -> driver_init -> the driver's answer -> the books

Called by   DKMS, for load requests, hardware that comes and goes, and what drivers say of their start;
            `driver_endings`, for a new process in the place of one that was reloaded or has crashed.
Owns        the loads under way, and which component drivers were seen.
Always so   after a failure the process, devices, links, interrupts and registry keys of the load are gone before the
            failure is reported. Nothing here waits, so a driver that hangs delays only its own load.
"""

from __future__ import annotations

from abi.driver import DRIVER_TYPE_CMD, DRIVER_TYPE_UMD, DriverObject
from abi.names import RING_DRIVER
from abi.status import Status, StatusError
from system.driver_books import LOADING, ONLINE, RESTARTING, SERVING, Driver, status_from
from system.driver_hosts import plain_driver, served_by_host
from system.driver_info import parse, read_driver_info, supported_components

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from system.dkms_sec import DriverPolicy
    from system.driver_books import DriverBooks, Report
    from system.driver_endings import DriverEndings
    from system.driver_hive import DriverHive
    from system.driver_hosts import DriverHosts
    from system.driver_verifier import DriverVerifier
    from system.driverdispatch import Dispatcher
    from system.timekeeper import Timekeeper

INIT_LIMIT_S = 10.0
MAX_REASON = 300  # characters of what a driver says of its failed start

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


class DriverLoader:
    """Loads the drivers of one machine."""

    def __init__(
        self, syscall: Callable[..., object], books: DriverBooks, endings: DriverEndings, policy: DriverPolicy,
        hive: DriverHive, hosts: DriverHosts, clock: Timekeeper, log: Callable[[str, str], object],
    ) -> None:
        self._syscall = syscall
        self._books = books
        self._endings = endings
        self._policy = policy
        self._hive = hive
        self._hosts = hosts
        self._clock = clock
        self._log = log
        self.dispatcher: Dispatcher  # wired by DKMS; it needs us, we need it
        self.component_drivers: dict[str, dict[str, None]] = {}  # component type -> files of drivers seen for it
        self._loads: dict[int, Load] = {}  # by the pid that has yet to answer
        self.verifier: DriverVerifier | None = None  # made by DKMS when somebody asks for it
        endings.start = self.start_in_place_of
        endings.examine = self.examine

    # --- phase 4: the seven steps of a load --------------------------------------------------------------------

    def load(self, path: str, address: str | None, report: Report) -> None:
        """Load the driver at *path*, for one component if *address* is given; *report* hears how it ended.

        A driver that is online at this path and address is not loaded twice: that is a success. One that waits to be
        started again is started now.
        """
        place = path, address
        present = self._books.by_place.get(place)
        if present is not None:
            self._join(present, report)
            return
        self._endings.forgive(place)
        self._start(Load(path, address, report, self._books.orphans.get(place)))

    def start_in_place_of(self, orphan: Driver, report: Report | None) -> None:
        """Load a driver's file again; the new process takes over what is left of the old one."""
        self._start(Load(orphan.path, orphan.address, report or unheard, orphan))

    def examine(self, path: str, address: str | None) -> None:
        """See whether a load would come as far as to a process. Raises what a load would fail with before."""
        trial = Load(path, address, unheard)
        self._look_for_file(trial)
        self._inspect(trial)
        self._check_policy(trial)

    def _start(self, load: Load) -> None:
        try:
            self._look_for_file(load)  # 1  /drivers/<component type>.sys.py, or the path that was asked for
            self._inspect(load)  # 2  its DRIVER_INFO, read without running it
            self._check_policy(load)  # 3  its signature, as the security level demands
            self._spawn(load)  # 4  its process, at ring 2; for a user-mode driver its host's, at ring 2.5
            self._send_init(load)  # 5  driver_init, with a DRIVER_OBJECT
        except StatusError as error:
            self._fail(load, error.status, error.detail)
        except Exception as error:  # a mistake of ours, or a file that nobody foresaw: who asked for it hears so
            self._fail(load, Status.DRIVER_INIT_FAILED, f"{load.path}: {type(error).__name__}: {error}")
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
        self._books.enter(driver)
        self._hive.announce_driver(driver)
        if self.verifier is not None:
            self.verifier.attend(driver)

    def _send_init(self, load: Load) -> None:
        driver = load.driver
        assert driver is not None
        self._loads[driver.pid] = load
        self._clock.set_in(("init", driver.pid), INIT_LIMIT_S, lambda: self._init_is_late(load))
        form = plain_driver(driver.object) if driver.user_mode else driver.object
        self._syscall("signal_send", driver.pid, "driver_init", form)

    def init_complete(self, pid: int, status: object, driver_object: object, why: object = None) -> None:
        """The driver's own word on how its entry went, and why it failed."""
        load = self._loads.get(pid)
        if load is None:
            self._log(f"process {pid} sent driver_init_complete, which nobody asked it for: ignored", "warn")
            return
        assert load.driver is not None
        if type(driver_object) is not DriverObject or not isinstance(status, int):
            self._fail(load, Status.DRIVER_INIT_FAILED, f"{load.path}: driver_init_complete without status or object")
        elif type(driver_object.dispatch) is not dict:
            self._fail(load, Status.DRIVER_INIT_FAILED, f"{load.path}: its dispatch table is no dict")
        elif status != Status.SUCCESS:
            code = status_from(status, Status.DRIVER_INIT_FAILED)
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
            self._endings.unload_complete(driver.pid, value)
        elif what == "pong":
            self._endings.pong(driver.pid)
        else:
            raise StatusError(Status.INVALID_PARAMETER, f"dkms_host_report: {what!r} is nothing that a host reports")

    def _host_init_complete(self, driver: Driver, status: int, rest: object) -> None:
        """*rest* is what the driver answers (major functions), or why it was not started."""
        load = self._loads.get(driver.pid)
        if load is not None and type(rest) is str:
            self._fail(load, status_from(status or None, Status.DRIVER_INIT_FAILED), f"{load.path}: {rest}")
            return
        if load is not None:
            majors = [major for major in rest if type(major) is int] if type(rest) is list else []
            driver.object.dispatch = dict.fromkeys(majors, served_by_host)
        self.init_complete(driver.pid, status, driver.object)

    def _init_is_late(self, load: Load) -> None:
        self._fail(load, Status.DRIVER_INIT_FAILED, f"{load.path}: driver_entry did not end within {INIT_LIMIT_S:g} s")

    def exited(self, pid: int) -> None:
        """A process has ended; if it was a driver, clean up after it."""
        driver = self._books.driver_registry.get(pid)
        if driver is not None and driver.watch is not None and driver.state in (LOADING, *SERVING):
            driver.watch.died(self._attempt("process_info", pid))
        facts = self._attempt("process_info", pid) if driver is not None and driver.state is LOADING else None
        self._attempt("process_wait_status", pid, 0)  # takes the record of a child of ours
        if driver is None:
            return
        if driver.state is LOADING:
            self._died_in_init(self._loads[pid], str(facts.get("reason", "")) if isinstance(facts, dict) else "")
        else:
            self._endings.exited(driver)

    def _died_in_init(self, load: Load, reason: str) -> None:
        """Death before the answer; for a file that does not even parse, say so."""
        status, text = Status.DRIVER_INIT_FAILED, f"{load.path}: the driver ended before it answered"
        if reason == "exited":
            text += ": is there a dk.run(driver_entry) at its end?"
        else:
            text += f": {reason[:MAX_REASON]}" if reason else " (see the log)"
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
        driver.majors = driver.majors_answered()
        driver.state = ONLINE
        self._hive.add_driver(driver)
        if load.predecessor is not None:
            self._books.orphans.pop((driver.path, driver.address), None)
            self.dispatcher.hand_over(driver)
        who = f"driver {driver.name} {driver.info['version']}"
        self._log(f"{who} is online, pid {driver.pid}{driver.for_component}", "drv")
        self._end(load, Status.SUCCESS, driver.name, driver.pid)

    def _fail(self, load: Load, status: Status, text: str) -> None:
        """Leave nothing of a load behind, then say that it failed."""
        try:
            self._undo(load, text)
        finally:  # whatever goes wrong there, who asked for the load is told
            level = "dev" if status == Status.NO_SUCH_FILE else "fail"  # most components have no driver of their own
            self._log(f"driver load failed, status {int(status)}: {text}", level)
            self._end(load, status, text, NO_PID)

    def _undo(self, load: Load, text: str) -> None:
        """Take away what a load that failed has made, and see what becomes of a predecessor's devices."""
        driver, orphan = load.driver, load.predecessor
        if driver is not None:
            if orphan is not None:
                self.dispatcher.give_back(driver)
            self._endings.remove(driver, Status.DEVICE_NOT_READY, "its driver did not start")
            self._endings.kill(driver)
        if orphan is not None and orphan.state is RESTARTING:
            self._hive.set_driver_status(orphan, RESTARTING)
            self._endings.start_again(orphan, text)
        elif orphan is not None:
            self._endings.drop_orphan(orphan, "its new driver did not start")

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
            given_up = self._books.quarantine.get((path, address))
            if given_up is not None:
                self._log(f"{path} is in quarantine and not loaded: {given_up[1]}; insmod loads it even so", "warn")
            elif path == f"/drivers/{component_type}.sys.py":
                self.load_for_component(component_type, address, unheard)
            else:
                self.load(path, address, unheard)

    def component_removed(self, address: str) -> None:
        """A component was pulled out: its drivers' requests end with 405, and they are unloaded."""
        for driver in [each for each in self._books.driver_registry.values() if each.address == address]:
            for device in driver.devices.values():
                self._hive.set_device_status(device, "offline")
            self.dispatcher.withdraw_requests(driver, Status.NO_SUCH_DEVICE, "the component was removed")
            if driver.state is LOADING:
                self._fail(self._loads[driver.pid], Status.NO_SUCH_DEVICE, f"{driver.path}: the component was removed")
            elif driver.state in SERVING:
                self._endings.retire(driver)
        for orphan in [each for each in self._books.orphans.values() if each.address == address]:
            self._endings.drop_orphan(orphan, "the component was removed")

    def _remember_component_driver(self, path: str, info: dict[str, object]) -> None:
        for component in supported_components(info):
            self.component_drivers.setdefault(component, {})[path] = None

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

    def _attempt(self, call: str, *args: object) -> object:
        """A call whose failure changes nothing, and gives None."""
        try:
            return self._syscall(call, *args)
        except StatusError:
            return None


def unheard(_status: Status, _text: str, _pid: int) -> None:
    """The report of a load that nobody waits for; the log has it."""
