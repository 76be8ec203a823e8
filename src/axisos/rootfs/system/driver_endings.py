"""The end of drivers: unloading, replacing, hanging, crashing; and what comes after it.

Who crashes is started again, within a budget. Meanwhile its devices and links stay, and requests get 605; the new
process takes them over under their names, and the opens that there were go on. The same happens, without a crash and
with requests that wait instead of failing, when a driver is reloaded. `driver_books` draws the whole life.

Called by   DKMS, for unload and reload requests, the drivers' answers, and their deaths; the loader, for starts that
            fail and components that are pulled out.
Owns        the unloads and reloads under way, and the budget of restarts.
Always so   what a driver had is gone from every book before anybody hears that it is unloaded. Nothing here waits: who
            does not answer in time is ended.
"""

from __future__ import annotations

from abi.signals import SIGKILL
from abi.status import Status, StatusError
from system.driver_books import FAILED, LOADING, ONLINE, RELOADING, RESTARTING, SERVING, SUSPECT, UNLOADING, status_from
from system.driver_restarts import RestartBudget

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from system.driver_books import Driver, DriverBooks, Report
    from system.driver_hive import DriverHive
    from system.driver_hosts import DriverHosts
    from system.driver_restarts import Place
    from system.driverdispatch import Dispatcher
    from system.timekeeper import Timekeeper

UNLOAD_LIMIT_S = 10.0
PONG_LIMIT_S = 10.0


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


class DriverEndings:
    """Takes the drivers of one machine out again."""

    def __init__(
        self, syscall: Callable[..., object], books: DriverBooks, hive: DriverHive, hosts: DriverHosts,
        clock: Timekeeper, log: Callable[[str, str], object], pm_pid: int,
    ) -> None:
        self._syscall = syscall
        self._books = books
        self._hive = hive
        self._hosts = hosts
        self._clock = clock
        self._log = log
        self._pm_pid = pm_pid
        self._unloads: dict[int, Unload] = {}  # by the pid that has yet to answer
        self._budget = RestartBudget()
        self._last_ping = 0
        self.dispatcher: Dispatcher  # wired by DKMS
        self.start: Callable[[Driver, Report | None], object]  # a new process in a driver's place; wired by the loader
        self.examine: Callable[[str, str | None], object]  # raises unless the file at a path may be loaded; likewise

    # --- unload and reload -------------------------------------------------------------------------------------

    def unload(self, name: str, force: bool, report: Callable[[Status, str], object]) -> None:
        """Unload all instances of a driver, given by its name or its path.

        Report: (0, message); 405 no such driver; 604 open files, unless forced; 408 or the driver's own status.
        """
        orphans = [each for each in self._books.orphans.values() if name in (each.name, each.path)]
        drivers = self._books.instances(name)
        busy = [each for each in drivers if each.state not in SERVING or (each.open_files and not force)]
        if busy:
            count = busy[0].open_files
            why = f"{count} open file{'' if count == 1 else 's'}" if busy[0].state in SERVING else busy[0].state
            report(Status.DEVICE_BUSY, f"{busy[0]}: {why}")
            return
        for orphan in orphans:
            self.drop_orphan(orphan, "it was unloaded")
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
        drivers = self._books.instances(name)
        busy = [each for each in drivers if each.state not in SERVING or each.reopens]
        if not drivers or busy:
            status = Status.DEVICE_BUSY if busy else Status.NO_SUCH_DEVICE
            report(status, f"{busy[0]} is {busy[0].state}" if busy else f"no driver {name} is loaded")
            return
        try:
            for path, address in {each.path: each.address for each in drivers}.items():
                self.examine(path, address)
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
        driver = self._books.driver_registry.get(pid)
        if driver is not None and driver.state is RELOADING:
            self._ask_to_go(driver)

    def retire(self, driver: Driver) -> None:
        """Unload one driver whose component was pulled out; nobody waits for it."""
        self._start_unload(driver, Unload(driver.name, [driver], lambda _status, _text: None))

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
            self._syscall("signal_send", driver.pid, "driver_unload")
        except StatusError as error:
            self._gone(driver, f"could not be reached: {error}")

    def unload_complete(self, pid: int, status: object, _rest: object = None) -> None:
        """The driver's own word on how its unload routine went; unless it failed, the driver goes now."""
        driver, unload = self._books.driver_registry.get(pid), self._unloads.get(pid)
        if driver is None or unload is None:
            return
        if status == Status.SUCCESS or (driver.address is not None and not self._is_present(driver.address)):
            self._gone(driver, "was unloaded")
            return
        driver.state = ONLINE
        driver.majors = driver.majors_answered()
        self._hive.set_driver_status(driver, "loaded")
        code = status_from(status, Status.DRIVER_UNLOAD_FAILED)
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

    # --- hanging and dying -------------------------------------------------------------------------------------

    def exited(self, driver: Driver) -> None:
        """The process of a driver that had come online has ended."""
        self._gone(driver, "was unloaded" if driver.state in (UNLOADING, RELOADING) else "died")

    def is_late(self, driver: Driver) -> None:
        """A driver let a request pass its time limit: ask whether it still lives."""
        if driver.state is not ONLINE:
            return
        self._set_liveness(driver, SUSPECT)
        self._last_ping += 1
        self._clock.set_in(("pong", driver.pid), PONG_LIMIT_S, lambda: self._gone(driver, "hangs, and was ended"))
        try:
            self._syscall("signal_send", driver.pid, "driver_ping", self._last_ping)
        except StatusError as error:
            self._gone(driver, f"could not be reached: {error}")

    def pong(self, pid: int, _number: object = None, _rest: object = None) -> None:
        """A suspect driver is well."""
        driver = self._books.driver_registry.get(pid)
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
        level = "fail" if state in SERVING else "drv"
        self._log(f"driver {driver.name}, pid {driver.pid}{driver.for_component}, {how}", level)
        if state is UNLOADING:
            try:
                self.remove(driver, Status.DEVICE_NOT_READY, f"the driver {driver.name} {how}")
                self.kill(driver)
            finally:
                self._end_unload(driver.pid)
            return
        self._orphan(driver, RELOADING if state is RELOADING else RESTARTING, how)
        self.kill(driver)
        if state is RELOADING:
            self.start(driver, self._reload_report(driver.pid))
        else:
            self.start_again(driver, how)

    def _orphan(self, driver: Driver, state: str, how: str) -> None:
        """A driver's process goes, its devices and links stay for the next."""
        self._leave_registry(driver)
        driver.state = state
        driver.majors = frozenset()
        driver.reopens = False
        self._books.orphans[driver.path, driver.address] = driver
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

    # --- what comes after --------------------------------------------------------------------------------------

    def forgive(self, place: Place) -> None:
        """Somebody asks for this driver by name: it begins anew, also if it was given up or waits for its turn."""
        self._budget.forgive(place)
        self._clock.clear(("restart", place))
        given_up = self._books.quarantine.pop(place, None)
        if given_up is not None:
            self._hive.lift_quarantine(given_up[0])

    def start_again(self, orphan: Driver, how: str) -> None:
        """Start what has crashed in a while, or give it up."""
        place = orphan.path, orphan.address
        delay_s = self._budget.delay(place, self._clock.now())
        if delay_s is None:
            reason = f"it {how}, after {orphan.restarts} restarts" if orphan.restarts else f"it {how}"
            self._log(f"driver {orphan.name}{orphan.for_component} is given up: {reason}", "fail")
            self.drop_orphan(orphan, f"its driver was given up: {reason}")
            orphan.state = FAILED
            self._books.quarantine[place] = orphan, reason
            self._hive.quarantine_driver(orphan, reason)
            return
        self._log(f"driver {orphan.name}{orphan.for_component} is started again in {delay_s:g} s", "warn")
        self._clock.set_in(("restart", place), delay_s, lambda: self._restart(orphan))

    def _restart(self, orphan: Driver) -> None:
        orphan.restarts += 1
        self.start(orphan, None)

    def drop_orphan(self, orphan: Driver, reason: str) -> None:
        """Nobody takes a driver's place: its devices and links go as well."""
        place = orphan.path, orphan.address
        self._clock.clear(("restart", place))
        self._books.orphans.pop(place, None)
        self.dispatcher.drop_driver(orphan, Status.NO_SUCH_DEVICE, reason)
        self._remove_from_hive(orphan)

    def remove(self, driver: Driver, status: Status, reason: str) -> None:
        """Take a driver, and all that it had, out of every book; its requests end with *status*."""
        has_successor = driver.state is LOADING and driver.predecessor is not None  # the one before it, once more
        self._leave_registry(driver)
        self.dispatcher.drop_driver(driver, status, reason)
        if not has_successor:
            self._remove_from_hive(driver)

    def _leave_registry(self, driver: Driver) -> None:
        self._clock.clear(("pong", driver.pid))
        self._books.leave(driver)

    def _remove_from_hive(self, driver: Driver) -> None:
        self._hive.remove_driver(driver, self._books.namesake(driver))

    def kill(self, driver: Driver) -> None:
        """End a driver's process, of a user-mode driver both; it may be dead already."""
        try:
            self._syscall("process_kill", driver.pid, SIGKILL)
        except StatusError:
            pass
        if driver.user_mode:
            self._hosts.end(driver.path)

    def _is_present(self, address: str) -> bool:
        components = self._syscall("raw_component_list")
        assert isinstance(components, dict)
        return address in components
