r"""The drivers that DKMS knows: what each of them is, where it stands in its life, and how it is found.

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

Called by   all of DKMS, to look a driver up; the loader enters drivers, `driver_endings` takes them out.
Owns        the registry of drivers, what is left of those whose place is to be taken, and those that were given up.
Always so   a place (a driver file, and the component that it is for) has one process at most.
"""

from __future__ import annotations

from abi.driver import DRIVER_TYPE_CMD, DRIVER_TYPE_UMD, DeviceObject, DriverObject
from abi.names import SHORT_ADDRESS
from abi.status import Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from system.driver_restarts import Place
    from system.driver_watch import DriverWatch

    Report = Callable[[Status, str, int], object]  # (0, driver's name, pid) or (status, what went wrong, -1)

MAX_STATUS = 2**31  # no status is further from 0

# The states, see above.
LOADING = "loading"
ONLINE = "online"
SUSPECT = "suspect"  # was late with a request; asked whether it still lives
UNLOADING = "unloading"
RELOADING = "reloading"  # is to be replaced: it lets go, what it had stays for its successor
RESTARTING = "restarting"  # its process is gone, what it had waits for its successor
FAILED = "failed"  # crashed too often and was given up
GONE = "gone"
SERVING = (ONLINE, SUSPECT)


class Driver:
    """One driver process, as DKMS knows it."""

    __slots__ = (
        "address", "adopted", "child_pid", "devices", "events", "indices", "info", "is_known_to_pm", "links", "majors",
        "name", "object", "path", "pid", "predecessor", "reopens", "restarts", "state", "user_mode", "watch",
    )

    def __init__(self, pid: int, path: str, address: str | None, info: dict[str, object]) -> None:
        self.pid = pid
        self.path = path
        self.address = address  # of its component, None for a driver without
        self.info = info
        self.name = str(info["driver_name"])
        self.object = DriverObject(path, pid, dict(info))
        self.state = LOADING
        self.majors: frozenset[int] = frozenset()  # the requests that it answers, known once it is online
        self.devices: dict[str, DeviceObject] = {}
        self.links: dict[str, str] = {}  # link -> device name
        self.events: dict[str, None] = {}  # interrupts that it asked for, in order
        self.indices: dict[str, int] = {}  # component type -> how many names of that type it has asked for
        self.predecessor: Driver | None = None  # whose devices wait for it while it starts
        self.adopted: dict[str, None] = {}  # the devices that it has taken over
        self.reopens = False  # PM tells it of the opens that its predecessor had; other requests wait until then
        self.is_known_to_pm = False  # something of it was opened: PM may send it requests by itself
        self.restarts = 0  # how often it was started again after a crash
        self.watch: DriverWatch | None = None  # the verifier's; all its requests come through DKMS then
        self.user_mode = info["driver_type"] == DRIVER_TYPE_UMD  # the process is its host's, to whom plain data goes
        self.child_pid = 0  # of the driver itself when it is user-mode, as its host says

    @property
    def is_component_driver(self) -> bool:
        """Whether it is bound to one component (CMD)."""
        return self.info["driver_type"] == DRIVER_TYPE_CMD

    @property
    def open_files(self) -> int:
        """How often its devices are open, as far as the driver has left the counts alone."""
        counts = [device.open_count for device in self.devices.values()]
        return sum(count for count in counts if type(count) is int)

    def majors_answered(self) -> frozenset[int]:
        """The requests that it answers, by its dispatch table; none if it has put something else there."""
        table = self.object.dispatch
        return frozenset([each for each in table if type(each) is int]) if type(table) is dict else frozenset()

    @property
    def for_component(self) -> str:
        """Which component it is for, as a line of the log goes on; "" for a driver without."""
        return "" if self.address is None else f", for component {self.address[:SHORT_ADDRESS]}"

    def __repr__(self) -> str:
        return f"{self.name} (pid {self.pid})"


class DriverBooks:
    """The drivers of one machine."""

    def __init__(self, on_gone: Callable[[Driver], object]) -> None:
        self._on_gone = on_gone  # a driver has left the registry
        self.driver_registry: dict[int, Driver] = {}  # by pid
        self.by_place: dict[Place, Driver] = {}
        self.orphans: dict[Place, Driver] = {}  # what is left of drivers whose place is to be taken
        self.quarantine: dict[Place, tuple[Driver, str]] = {}  # drivers that were given up, and why

    def enter(self, driver: Driver) -> None:
        """A driver's process was made: it may make devices from now on."""
        self.driver_registry[driver.pid] = self.by_place[driver.path, driver.address] = driver

    def leave(self, driver: Driver) -> None:
        """A driver's process is no more, or is about to be ended."""
        self.driver_registry.pop(driver.pid, None)
        self.by_place.pop((driver.path, driver.address), None)
        self._on_gone(driver)

    def instances(self, name: str) -> list[Driver]:
        """The drivers of a name or a path: of a component driver, one for each component."""
        return [each for each in self.driver_registry.values() if name in (each.name, each.path)]

    def namesake(self, driver: Driver) -> Driver | None:
        """Another driver of that name that serves."""
        others = (each for each in self.driver_registry.values() if each.name == driver.name)
        return next((each for each in others if each.state in SERVING), None)

    def describe(self) -> list[dict[str, object]]:
        """All drivers, for people: those that run, those that wait for a successor, those that were given up."""
        rows = [_describe(driver) for driver in self.driver_registry.values()]
        rows += [_describe(orphan) for place, orphan in self.orphans.items() if place not in self.by_place]
        rows += [_describe(driver) | {"reason": reason} for driver, reason in self.quarantine.values()]
        return rows


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


def status_from(value: object, otherwise: Status = Status.UNSUCCESSFUL) -> Status:
    """What a driver gives as a status; *otherwise* for what is none."""
    if type(value) is Status:
        return value
    return Status(value) if type(value) is int and abs(value) <= MAX_STATUS else otherwise
