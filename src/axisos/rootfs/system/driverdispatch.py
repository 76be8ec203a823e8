"""Devices and requests: which driver serves which device, and which request is with whom.

    PM -> vfs_io_request -> dispatch -> irp_dispatch -> driver -> dkms_complete_irp -> complete -> irp_complete -> PM

Called by   DKMS, for everything that names a device or an IRP.
Owns        the device tree, the links, the pending IRPs, and what each driver holds of them.
Always so   a pending IRP is with exactly one driver, and exactly one answer leaves for it: the driver's, or ours when
            the driver is gone, was too late, or was never asked.
            Nothing here waits: an IRP for a driver that is still starting is parked until its load has ended.
"""

from __future__ import annotations

from abi.driver import DRIVER_TYPE_CMD, DeviceObject, DriverObject
from abi.irp import (
    IRP_FLAG_NO_REPLY,
    IRP_MJ_CLOSE,
    IRP_MJ_CREATE,
    IRP_MJ_DEVICE_CONTROL,
    IRP_MJ_READ,
    IRP_MJ_WRITE,
    MAJOR_NAMES,
    Irp,
)
from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from system.driver_hive import DriverHive

# States of a driver: LOADING -> ONLINE <-> SUSPECT, any of them -> UNLOADING -> GONE (an unload may fail: -> ONLINE)
LOADING = "loading"
ONLINE = "online"
SUSPECT = "suspect"  # was late with a request; asked whether it still lives
UNLOADING = "unloading"
GONE = "gone"
SERVING = (ONLINE, SUSPECT)

LOOK_EVERY_S = 1.0  # while requests with a time limit are pending
NOT_STAMPED = 0.0  # deadline of such a request until the first look at it: setting it must cost nothing
TIME_LIMITS_S = {IRP_MJ_CREATE: 5.0, IRP_MJ_CLOSE: 5.0, IRP_MJ_WRITE: 10.0, IRP_MJ_DEVICE_CONTROL: 30.0}  # READ: none

DEVICE_PREFIX = "\\Device\\"
LINK_PREFIX = "/dev/"


class Driver:
    """One driver process, as DKMS knows it."""

    __slots__ = (
        "address", "devices", "events", "info", "links", "majors", "name", "object", "open_files", "path", "pid",
        "state",
    )

    def __init__(self, pid: int, path: str, address: str | None, info: dict[str, object]) -> None:
        self.pid = pid
        self.path = path
        self.address = address  # of its component, None for a driver without
        self.info = info
        self.name = str(info["driver_name"])
        self.object = DriverObject(path, pid, info)
        self.state = LOADING
        self.majors: frozenset[int] = frozenset()  # the requests that it answers, known once it is online
        self.devices: dict[str, DeviceObject] = {}
        self.links: dict[str, str] = {}  # link -> device name
        self.events: dict[str, None] = {}  # interrupts that it asked for, in order
        self.open_files: set[int] = set()

    @property
    def is_component_driver(self) -> bool:
        """Whether it is bound to one component (CMD)."""
        return self.info["driver_type"] == DRIVER_TYPE_CMD

    def __repr__(self) -> str:
        return f"{self.name} (pid {self.pid})"


class Dispatcher:
    """The device tree and the requests of one machine."""

    def __init__(
        self, send: Callable[..., object], log: Callable[[str, str], object], hive: DriverHive,
        now: Callable[[], float], look_later: Callable[[], object],
        on_late: Callable[[Driver], object], loads_under_way: Callable[[], list[object]],
    ) -> None:
        self._send = send  # (pid, message name, *values); raises StatusError if it cannot be delivered
        self._log = log
        self._hive = hive
        self._now = now  # machine time, seconds
        self._look_later = look_later  # has `look_at_deadlines` called in LOOK_EVERY_S
        self._on_late = on_late  # a driver let a request pass its time limit
        self._loads_under_way = loads_under_way
        self.device_tree: dict[str, tuple[DeviceObject, Driver]] = {}
        self.symbolic_links: dict[str, str] = {}
        self.pending_irps: dict[int, tuple[Irp, Driver]] = {}
        self._parked: list[tuple[Irp, list[object]]] = []  # with the loads that each waits for
        self._looking = False  # `look_at_deadlines` is going to be called

    # --- requests ----------------------------------------------------------------------------------------------

    def dispatch(self, irp: Irp) -> None:
        """Hand a request to the driver of its device, or answer it at once with why that cannot be.

        405 no such device, 301 no handler for it, 605 the driver is going away.
        """
        route = self.device_tree.get(irp.device_name)
        if route is None:
            route = self._follow_link(irp)
            if route is None:
                self._park_or_refuse(irp)
                return
        device, driver = route
        major = irp.major_function
        if major not in driver.majors:
            self._refuse_or_park(irp, driver)
            return
        irp.device_object = device
        irp.driver_pid = driver.pid
        irp.io_status.information = None
        self.pending_irps[irp.irp_id] = irp, driver
        if major != IRP_MJ_READ:
            irp.deadline = NOT_STAMPED
            if not self._looking:
                self._looking = True
                self._look_later()
        try:
            self._send(driver.pid, "irp_dispatch", irp, major)
        except StatusError as error:
            status = error.status if error.status == Status.QUOTA_EXCEEDED else Status.DEVICE_NOT_READY
            self._withdraw(irp, driver, status, f"{driver} cannot be reached: {error}")

    def complete(self, driver_pid: int, irp: Irp | None = None, status: int | None = None) -> None:
        """Pass on a driver's answer.

        Raises: 601 if the request is not with this driver (any more).
        """
        if type(irp) is not Irp:
            raise StatusError(Status.INVALID_PARAMETER, "dkms_complete_irp needs an IRP")
        entry = self.pending_irps.get(irp.irp_id)
        if entry is None or entry[0] is not irp or entry[1].pid != driver_pid:
            self._log(f"driver process {driver_pid} completed {irp}, which is not with it: ignored", "warn")
            raise StatusError(Status.INVALID_PARAMETER, f"{irp} is not yours to complete (any more)")
        io_status = irp.io_status
        if status is None:
            status = io_status.status
        if type(status) is not Status:  # a driver of its own form may have put a number, or worse
            status = Status(status) if type(status) is int else Status.UNSUCCESSFUL
        self._finish(irp, entry[1], status, io_status.information)

    def _finish(self, irp: Irp, driver: Driver, status: Status, information: object) -> None:
        """Take a pending request off the driver's hands and send its one answer."""
        del self.pending_irps[irp.irp_id]
        major = irp.major_function
        if major == IRP_MJ_CREATE:
            if status == Status.SUCCESS:
                information = driver.pid  # PM may talk to it directly from now on
                driver.open_files.add(irp.file_id)
        elif major == IRP_MJ_CLOSE:
            driver.open_files.discard(irp.file_id)
        if not irp.flags & IRP_FLAG_NO_REPLY:
            self._send(irp.reply_pid, "irp_complete", irp.irp_id, status, information)

    def _withdraw(self, irp: Irp, driver: Driver, status: Status, reason: str) -> None:
        """Answer a pending request in its driver's place."""
        irp.cancelled = True
        irp.driver_pid = 0
        irp.io_status.status, irp.io_status.information = status, reason
        self._finish(irp, driver, status, reason)

    def refuse(self, irp: Irp, status: Status, reason: str) -> None:
        """Answer a request that no driver was asked about."""
        irp.io_status.status, irp.io_status.information = status, reason
        if not irp.flags & IRP_FLAG_NO_REPLY:
            self._send(irp.reply_pid, "irp_complete", irp.irp_id, status, reason)

    def cancel(self, irp_id: int) -> None:
        """Nobody waits for a request any more: tell its driver, which completes it with 611."""
        entry = self.pending_irps.get(irp_id)
        if entry is not None:
            irp, driver = entry
            irp.cancelled = True
            try:
                self._send(driver.pid, "irp_cancel", irp_id)
            except StatusError as error:
                self._withdraw(irp, driver, Status.CANCELLED, f"{driver} cannot be reached: {error}")
            return
        for position, (irp, _loads) in enumerate(self._parked):
            if irp.irp_id == irp_id:
                del self._parked[position]
                self.refuse(irp, Status.CANCELLED, "withdrawn before its driver had started")
                return

    def _follow_link(self, irp: Irp) -> tuple[DeviceObject, Driver] | None:
        """The route of a request that names a link; the request gets the device's real name."""
        name = self.symbolic_links.get(irp.device_name)
        if name is None:
            return None
        irp.device_name = name
        return self.device_tree[name]

    # --- requests that come too early --------------------------------------------------------------------------

    def _park_or_refuse(self, irp: Irp) -> None:
        """An unknown device: one of the drivers that are starting may be about to make it."""
        loads = self._loads_under_way()
        if loads:
            self._parked.append((irp, loads))
        else:
            self._refuse_unknown(irp)

    def _refuse_unknown(self, irp: Irp) -> None:
        self.refuse(irp, Status.NO_SUCH_DEVICE, f"there is no device {irp.device_name}")

    def _refuse_or_park(self, irp: Irp, driver: Driver) -> None:
        """A request that the driver does not take: not yet, not any more, or never."""
        if driver.state is LOADING:
            self._parked.append((irp, [driver]))
        elif driver.state not in SERVING:
            self.refuse(irp, Status.DEVICE_NOT_READY, f"{driver} is being unloaded")
        else:
            major = MAJOR_NAMES.get(irp.major_function, hex(irp.major_function))
            self.refuse(irp, Status.NOT_IMPLEMENTED, f"{driver.name} does not answer {major} requests")

    def load_ended(self, load: object) -> None:
        """Look again at the requests that came while *load* was under way."""
        parked, self._parked = self._parked, []
        for irp, loads in parked:
            if load in loads:
                loads.remove(load)
            if self._known(irp.device_name):
                self.dispatch(irp)
            elif loads:
                self._parked.append((irp, loads))
            else:
                self._refuse_unknown(irp)

    def _known(self, name: str) -> bool:
        route = self.device_tree.get(self.symbolic_links.get(name, name))
        return route is not None and route[1].state is not LOADING

    # --- time limits -------------------------------------------------------------------------------------------

    def look_at_deadlines(self) -> None:
        """Answer the requests whose time limit has passed; a driver may set `irp.deadline`, None is never."""
        now = self._now()
        late: dict[int, Driver] = {}
        look_again = False
        for irp, driver in list(self.pending_irps.values()):
            if irp.deadline is None:
                continue
            if irp.deadline == NOT_STAMPED:
                irp.deadline = now + TIME_LIMITS_S.get(irp.major_function, 30.0)
            if irp.deadline > now:
                look_again = True
                continue
            self._log(f"{driver}: {irp} passed its time limit", "warn")
            self._withdraw(irp, driver, Status.TIMEOUT, f"{driver.name} did not answer in time")
            late[driver.pid] = driver
        self._looking = look_again
        if look_again:
            self._look_later()
        for driver in late.values():
            self._on_late(driver)

    # --- devices and links -------------------------------------------------------------------------------------

    def create_device(self, driver: Driver, name: object) -> DeviceObject:
        """Enter a device at the head of its driver's list, in the object namespace and the registry.

        Raises: 406 the name is taken; 601 not `\\Device\\<name>`.
        """
        if type(name) is not str or not _is_name(name, DEVICE_PREFIX, "\\"):
            raise StatusError(Status.INVALID_PARAMETER, f"a device name is \\Device\\<name>, not {name!r}")
        if name in self.device_tree:
            raise StatusError(Status.DEVICE_ALREADY_EXISTS, f"{name} belongs to {self.device_tree[name][1]}")
        device = DeviceObject(name, driver.object)
        self._hive.add_device(device, driver)
        device.next_device = driver.object.device_object
        driver.object.device_object = device
        driver.devices[name] = device
        self.device_tree[name] = device, driver
        return device

    def delete_device(self, driver: Driver, name: object) -> None:
        """Take one device and its links away. Requests that its driver holds stay with it.

        Raises: 405 no such device; 500 another driver's.
        """
        self._demand_device(driver, name)
        assert isinstance(name, str)
        for link in [link for link, target in driver.links.items() if target == name]:
            self.delete_link(driver, link)
        device = driver.devices.pop(name)
        del self.device_tree[name]
        _unlink(driver.object, device)
        self._hive.remove_device(device)

    def create_link(self, driver: Driver, link: object, device_name: object) -> None:
        """Give a device of the driver a name in /dev. Doing so twice is fine.

        Raises: 405 no such device; 406 the link belongs to another device; 500 another driver's device; 601 bad link.
        """
        if type(link) is not str or not _is_name(link, LINK_PREFIX, "/"):
            raise StatusError(Status.INVALID_PARAMETER, f"a link is /dev/<name>, not {link!r}")
        self._demand_device(driver, device_name)
        assert isinstance(device_name, str)
        taken_by = self.symbolic_links.get(link)
        if taken_by == device_name:
            return
        if taken_by is not None:
            raise StatusError(Status.DEVICE_ALREADY_EXISTS, f"{link} leads to {taken_by}")
        self._hive.add_link(link, driver.devices[device_name])
        self.symbolic_links[link] = driver.links[link] = device_name

    def delete_link(self, driver: Driver, link: object) -> None:
        """Take a link away.

        Raises: 405 no such link; 500 another driver's.
        """
        if link not in self.symbolic_links:
            raise StatusError(Status.NO_SUCH_DEVICE, f"there is no link {link!r}")
        if link not in driver.links:
            raise StatusError(Status.ACCESS_DENIED, f"{link} is another driver's")
        assert isinstance(link, str)
        device_name = driver.links.pop(link)
        del self.symbolic_links[link]
        self._hive.remove_link(link, driver.devices[device_name])

    def list_devices(self) -> list[str]:
        """The names in /dev, sorted, without that prefix."""
        return sorted(link[len(LINK_PREFIX) :] for link in self.symbolic_links)

    def drop_driver(self, driver: Driver, status: Status, reason: str) -> None:
        """A driver is gone: answer its requests, take its links and devices away."""
        self.withdraw_requests(driver, status, reason)
        driver.majors = frozenset()
        for link in list(driver.links):
            self.delete_link(driver, link)
        for name in list(driver.devices):
            self.delete_device(driver, name)

    def withdraw_requests(self, driver: Driver, status: Status, reason: str) -> None:
        """Answer all requests that a driver holds, in its place."""
        for irp, holder in list(self.pending_irps.values()):
            if holder is driver:
                self._withdraw(irp, driver, status, reason)

    def _demand_device(self, driver: Driver, name: object) -> None:
        if not isinstance(name, str) or name not in self.device_tree:
            raise StatusError(Status.NO_SUCH_DEVICE, f"there is no device {name!r}")
        if name not in driver.devices:
            raise StatusError(Status.ACCESS_DENIED, f"{name} is another driver's device")


def _is_name(name: str, prefix: str, separator: str) -> bool:
    """Whether *name* is the prefix and one component more."""
    component = name[len(prefix) :]
    plain = component not in ("", ".", "..") and separator not in component and component.isprintable()
    return plain and name.startswith(prefix)


def _unlink(driver: DriverObject, device: DeviceObject) -> None:
    """Take one device out of its driver's list."""
    if driver.device_object is device:
        driver.device_object = device.next_device
        return
    before = driver.device_object
    while before is not None and before.next_device is not device:
        before = before.next_device
    if before is not None:
        before.next_device = device.next_device
