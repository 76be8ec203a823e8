"""Devices and requests: which driver serves which device, and which request is with whom.

    PM -> vfs_io_request -> dispatch -> irp_dispatch -> driver -> dkms_complete_irp -> complete -> irp_complete -> PM

The first open of a name comes this way. Its answer gives PM the device, and from then on PM sends the requests for it
to the driver itself, until it hears that names or drivers have changed. Time limits are PM's as well.

Called by   DKMS, for everything that names a device or an IRP.
Owns        the device tree, the links, the IRPs that came through here, and what each driver holds of them.
Always so   a pending IRP is with exactly one driver, and exactly one answer leaves for it: the driver's, or ours when
            the driver is gone or was never asked. What PM has given up is nobody's any more.
            Nothing here waits: an IRP for a driver that is still starting, or is being replaced, is parked until its
            load has ended.
"""

from __future__ import annotations

from abi.driver import DEVICE_FLAG_DIRECT, DEVICE_FLAG_SEEKABLE, DeviceObject, unlink
from abi.irp import IRP_FLAG_DIRECT, IRP_FLAG_NO_REPLY, IRP_MJ_CREATE, MAJOR_NAMES, Irp
from abi.status import Status, StatusError
from system.driver_books import GONE, LOADING, RELOADING, SERVING, status_from
from system.driver_hosts import checked_facts, plain_irp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from system.driver_books import Driver
    from system.driver_hive import DriverHive

DEVICE_PREFIX = "\\Device\\"
LINK_PREFIX = "/dev/"


class Dispatcher:
    """The device tree and the requests of one machine."""

    def __init__(
        self, send: Callable[..., object], log: Callable[[str, str], object], hive: DriverHive, pm_pid: int,
        on_late: Callable[[Driver], object], loads_under_way: Callable[[], list[object]],
    ) -> None:
        self._send = send  # (pid, message name, *values); raises StatusError if it cannot be delivered
        self._log = log
        self._hive = hive
        self._pm_pid = pm_pid
        self._on_late = on_late  # a driver let a request pass its time limit
        self._loads_under_way = loads_under_way
        self.device_tree: dict[str, tuple[DeviceObject, Driver]] = {}
        self.symbolic_links: dict[str, str] = {}
        self.pending_irps: dict[int, tuple[Irp, Driver]] = {}
        self._parked: list[tuple[Irp, list[object]]] = []  # with the loads that each waits for
        self._pm_knows_routes = False  # PM remembers where opens went, and must be told when that changes

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
        form: object = irp
        if driver.user_mode:
            form = plain_irp(irp)
            irp.step = f"with process {driver.child_pid}, behind its host"
        try:
            self._send(driver.pid, "irp_dispatch", form, major)
        except StatusError as error:
            status = error.status  # of data that nests too deep to go to another ring, or:
            if status == Status.NO_SUCH_PROCESS:
                status = Status.DEVICE_NOT_READY
            self._withdraw(irp, driver, status, f"{driver} cannot be reached: {error}")

    def complete(self, driver_pid: int, irp: Irp | None = None, status: int | None = None) -> None:
        """Pass on a driver's answer.

        Raises: 601 if the request is not with this driver (any more).
        """
        if type(irp) is not Irp:
            raise StatusError(Status.INVALID_PARAMETER, "dkms_complete_irp needs an IRP")
        entry = self.pending_irps.get(irp.irp_id) if type(irp.irp_id) is int else None
        if entry is None and irp.flags & IRP_FLAG_DIRECT and irp.driver_pid == driver_pid and irp.reply_pid:
            io_status, reply_pid = irp.io_status, irp.reply_pid
            irp.reply_pid = 0  # it is answered; a second time is a mistake
            self._send(reply_pid, "irp_complete", irp.irp_id, _status_of(irp, status), io_status.information)
            return
        if entry is None or entry[0] is not irp or entry[1].pid != driver_pid:
            self._log(f"driver process {driver_pid} completed {irp}, which is not with it: ignored", "warn")
            raise StatusError(Status.INVALID_PARAMETER, f"{irp} is not yours to complete (any more)")
        self._finish(irp, entry[1], _status_of(irp, status), irp.io_status.information)

    def complete_plain(self, driver: Driver, irp_id: object, status: object, information: object) -> None:
        """Pass on the answer of a user-mode driver, which has no IRP but its number.

        Raises: 601 if no such request is with this driver (any more).
        """
        entry = self.pending_irps.get(irp_id) if type(irp_id) is int else None
        if entry is None or entry[1] is not driver:
            raise StatusError(Status.INVALID_PARAMETER, f"request {irp_id!r} is not yours to complete (any more)")
        irp = entry[0]
        irp.io_status.status, irp.io_status.information = _status_of(irp, status), information
        self._finish(irp, driver, irp.io_status.status, information)

    def _finish(self, irp: Irp, driver: Driver, status: Status, information: object) -> None:
        """Take a pending request off the driver's hands and send its one answer."""
        del self.pending_irps[irp.irp_id]
        if irp.major_function == IRP_MJ_CREATE and status == Status.SUCCESS:
            information = driver.pid
            irp.device_object = driver.devices.get(irp.device_name)  # PM keeps count of its opens
            self._pm_knows_routes = driver.is_known_to_pm = True
        if not irp.flags & IRP_FLAG_NO_REPLY:
            self._send(irp.reply_pid, "irp_complete", irp.irp_id, status, information)

    def late(self, irp: Irp) -> None:
        """PM has given a request up, and its caller has been told: whose it was has to answer for it."""
        entry = self.pending_irps.pop(irp.irp_id, None)
        if entry is not None:
            driver = entry[1]
        else:
            self._drop_parked(irp.irp_id)
            route = self.device_tree.get(irp.device_name)
            if route is None or route[1].pid != irp.driver_pid:
                return
            driver = route[1]
        self._log(f"{driver}: {irp} passed its time limit", "warn")
        irp.driver_pid = irp.reply_pid = 0  # a late answer finds nobody
        if driver.watch is not None:
            driver.watch.late(irp)
        self._on_late(driver)

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
        parked = self._drop_parked(irp_id)
        if parked is not None:
            self.refuse(parked, Status.CANCELLED, "withdrawn before its driver had started")

    def _drop_parked(self, irp_id: int) -> Irp | None:
        for position, (irp, _loads) in enumerate(self._parked):
            if irp.irp_id == irp_id:
                del self._parked[position]
                return irp
        return None

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
            irp.step = "parked: one of the drivers that are starting may bring its device"
            self._parked.append((irp, loads))
        else:
            self._refuse_unknown(irp)

    def _refuse_unknown(self, irp: Irp) -> None:
        self.refuse(irp, Status.NO_SUCH_DEVICE, f"there is no device {irp.device_name}")

    def _refuse_or_park(self, irp: Irp, driver: Driver) -> None:
        """A request that the driver does not take: not yet, not any more, or never."""
        if driver.state in (LOADING, RELOADING) or driver.reopens:
            irp.step = f"parked: {driver.name} is {'reopening' if driver.reopens else driver.state}"
            self._parked.append((irp, [driver]))
        elif driver.state not in SERVING:
            self.refuse(irp, Status.DEVICE_NOT_READY, f"{driver.name} is {driver.state}")
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

    # --- devices and links -------------------------------------------------------------------------------------

    def create_device(self, driver: Driver, name: object) -> DeviceObject:
        """Enter a device at the head of its driver's list, in the object namespace and the registry.

        Raises: 406 the name is taken; 601 not `\\Device\\<name>`.
        """
        if type(name) is not str or not _is_name(name, DEVICE_PREFIX, "\\"):
            raise StatusError(Status.INVALID_PARAMETER, f"a device name is \\Device\\<name>, not {name!r}")
        taken = self.device_tree.get(name)
        if taken is not None and taken[1] is not driver.predecessor:
            raise StatusError(Status.DEVICE_ALREADY_EXISTS, f"{name} belongs to {taken[1]}")
        device = DeviceObject(name, driver.object)
        device.flags = 0 if driver.watch is not None or driver.user_mode else DEVICE_FLAG_DIRECT
        if taken is None:
            self._hive.add_device(device, driver)
        else:
            self._adopt(device, driver)
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
        if driver.state is RELOADING:
            return  # it lets go of it; the device stays for its successor
        if driver.predecessor is not None and name in driver.adopted:
            self._return_device(driver, driver.predecessor, name)
            return
        for link in [link for link, target in driver.links.items() if target == name]:
            self._drop_link(driver, link)
        device = driver.devices.pop(name)
        device.device_name = name  # whatever its driver has made of it
        del self.device_tree[name]
        self._routes_change()
        unlink(driver.object, device)
        self._hive.remove_device(device)

    def set_device(self, driver: Driver, name: object, facts: object) -> None:
        """Enter what a driver that has no device object says of its device.

        Raises: 405 no such device; 500 another driver's; 601 not facts of this form.
        """
        self._demand_device(driver, name)
        device = driver.devices[str(name)]
        limits, seekable, size = checked_facts(facts)
        device.time_limits.update(limits)
        if seekable is not None:
            device.flags = device.flags & ~DEVICE_FLAG_SEEKABLE | (DEVICE_FLAG_SEEKABLE if seekable else 0)
            device.size = size

    def create_link(self, driver: Driver, link: object, device_name: object) -> None:
        """Give a device of the driver a name in /dev. Doing so twice is fine.

        Raises: 405 no such device; 406 the link belongs to another device; 500 another driver's device; 601 bad link.
        """
        if type(link) is not str or not _is_name(link, LINK_PREFIX, "/"):
            raise StatusError(Status.INVALID_PARAMETER, f"a link is /dev/<name>, not {link!r}")
        self._demand_device(driver, device_name)
        assert isinstance(device_name, str)
        taken_by = self.symbolic_links.get(link)
        if driver.predecessor is not None and link in driver.predecessor.links:
            self._drop_link(driver.predecessor, link)
        elif taken_by == device_name:
            return
        elif taken_by is not None:
            raise StatusError(Status.DEVICE_ALREADY_EXISTS, f"{link} leads to {taken_by}")
        self._hive.add_link(link, driver.devices[device_name])
        self.symbolic_links[link] = driver.links[link] = device_name

    def delete_link(self, driver: Driver, link: object) -> None:
        """Take a link away.

        Raises: 405 no such link; 500 another driver's.
        """
        if type(link) is not str or link not in self.symbolic_links:
            raise StatusError(Status.NO_SUCH_DEVICE, f"there is no link {link!r}")
        if link not in driver.links:
            raise StatusError(Status.ACCESS_DENIED, f"{link} is another driver's")
        if driver.state is not RELOADING:
            self._drop_link(driver, link)

    def _drop_link(self, driver: Driver, link: str) -> None:
        name = driver.links.pop(link)
        del self.symbolic_links[link]
        self._routes_change()
        self._hive.remove_link(link, self.device_tree[name][0])

    def _routes_change(self) -> None:
        """A name leads nowhere, or elsewhere, from now on."""
        if self._pm_knows_routes:
            self._pm_knows_routes = False
            self._send(self._pm_pid, "routes_changed")

    def list_devices(self) -> list[str]:
        """The names in /dev, sorted, without that prefix."""
        return sorted(link[len(LINK_PREFIX) :] for link in self.symbolic_links)

    # --- one driver in another's place -------------------------------------------------------------------------

    def _adopt(self, device: DeviceObject, driver: Driver) -> None:
        """A driver that takes another's place makes a device that its predecessor had: the same one goes on."""
        assert driver.predecessor is not None
        name = device.device_name
        self._hive.replace_device(driver.predecessor.devices[name], device, driver)
        del driver.predecessor.devices[name]
        driver.adopted[name] = None

    def hand_over(self, driver: Driver) -> None:
        """A driver has taken its predecessor's place: what it did not take over goes, and PM hears who serves now."""
        orphan, driver.predecessor = driver.predecessor, None
        if orphan is None:
            return
        self.drop_driver(orphan, Status.NO_SUCH_DEVICE, f"{driver.name} does not offer it any more")
        driver.reopens = True
        driver.majors = driver.majors & {IRP_MJ_CREATE}
        self._send(self._pm_pid, "driver_restarted", list(driver.adopted), driver.pid)

    def reopened(self, driver: Driver) -> None:
        """PM has sent the opens that the driver's predecessor had: everything else may follow."""
        driver.reopens = False
        driver.majors = driver.majors_answered()
        self.load_ended(driver)

    def give_back(self, driver: Driver) -> None:
        """A driver did not manage to take its predecessor's place: the devices go on waiting for the next."""
        orphan, driver.predecessor = driver.predecessor, None
        assert orphan is not None
        for name in list(driver.adopted):
            self._return_device(driver, orphan, name)

    def _return_device(self, driver: Driver, orphan: Driver, name: str) -> None:
        """A driver that is still starting lets go of a device that it had taken over: it waits for the next again."""
        orphan.devices[name] = device = driver.devices.pop(name)
        self.device_tree[name] = device, orphan
        for link in [link for link, target in driver.links.items() if target == name]:
            orphan.links[link] = driver.links.pop(link)
        del driver.adopted[name]
        unlink(driver.object, device)

    # --- the end of a driver -----------------------------------------------------------------------------------

    def drop_driver(self, driver: Driver, status: Status, reason: str) -> None:
        """A driver is gone: answer its requests, take its links and devices away."""
        self.withdraw_requests(driver, status, reason)
        driver.majors = frozenset()
        driver.state = GONE
        for link in list(driver.links):
            self._drop_link(driver, link)
        for name in list(driver.devices):
            self.delete_device(driver, name)

    def withdraw_requests(self, driver: Driver, status: Status, reason: str) -> None:
        """Answer all requests that a driver holds, in its place; PM does so with those that it has sent itself."""
        if driver.is_known_to_pm:
            driver.is_known_to_pm = False  # until something of it is opened again, which comes through here
            self._send(self._pm_pid, "driver_gone", driver.pid, int(status), reason)
        for number, (irp, holder) in list(self.pending_irps.items()):
            if holder is driver:
                irp.irp_id = number  # whatever its driver has made of it
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


def _status_of(irp: Irp, status: object) -> Status:
    """How a driver says that a request ended; one of its own form may have put a number, or worse."""
    return status_from(irp.io_status.status if status is None else status)
