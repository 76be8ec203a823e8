r"""The drivers' part of the system's books: registry keys and names in the object namespace.

    @VT\DEV\<id>                    one key a device         \Device\<name>       IoDeviceObject
    @VT\DRV\<driver>[\<address>]    one key a driver, and one for each component that it drives
                                                             \DosDevices\<name>   symbolic link, for /dev/<name>

Called by   the dispatcher (devices, links), the loader (drivers that come) and `driver_endings` (drivers that go).
Owns        nothing: the books are the kernel's.
Always so   the key of a device belongs to its driver, and so does that of a driver; of a component driver, which runs
            once for each component, each process has the key of its component, and none the one above them.
"""

from __future__ import annotations

from abi.names import RING_DRIVER, RING_USER, SHORT_ADDRESS, TYPE_DEVICE
from abi.status import StatusError
from system.driver_info import supported_components

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from abi.driver import DeviceObject
    from system.driver_books import Driver

DEVICES_KEY = "@VT\\DEV"
DRIVERS_KEY = "@VT\\DRV"


class DriverHive:
    """Writes the books through system calls."""

    def __init__(self, syscall: Callable[..., object], log: Callable[[str, str], object]) -> None:
        self._syscall = syscall
        self._log = log

    # --- devices -----------------------------------------------------------------------------------------------

    def add_device(self, device: DeviceObject, driver: Driver) -> None:
        """Enter a device; fills in its registry id and path.

        Raises: 704 if the namespace has the name already; nothing is entered then.
        """
        header = self._syscall("ob_create_object", TYPE_DEVICE, {"driver": driver.object, "device": device})
        try:
            self._syscall("ob_insert_object", header, device.device_name)
        except StatusError:
            self._syscall("ob_dereference_object", header)
            raise
        device_class = "physical" if driver.is_component_driver else "virtual"
        try:
            device.registry_id = str(self._syscall("reg_alloc_device_id", device_class))
        except StatusError:  # or its name would be taken for ever
            self._quietly("ob_delete_object", device.device_name)
            raise
        device.registry_path = f"{DEVICES_KEY}\\{device.registry_id}"
        self._write(device.registry_path, {
            "DeviceName": device.device_name, "DriverName": driver.name, "DriverType": driver.info["driver_type"],
            "DriverVersion": driver.info["version"], "DeviceClass": device_class, "Status": "online",
            "DriverPID": driver.pid, "Ring": int(RING_USER if driver.user_mode else RING_DRIVER),
        })
        self._give(device.registry_path, driver)

    def replace_device(self, old: DeviceObject, new: DeviceObject, driver: Driver) -> None:
        """Another driver serves a device from now on: same name, same registry key, new process."""
        header = self._syscall("ob_create_object", TYPE_DEVICE, {"driver": driver.object, "device": new})
        self._quietly("ob_delete_object", new.device_name)
        self._syscall("ob_insert_object", header, new.device_name)
        new.registry_id, new.registry_path = old.registry_id, old.registry_path
        self._write(new.registry_path, {
            "DriverName": driver.name, "DriverVersion": driver.info["version"], "DriverPID": driver.pid,
            "Status": "online",
        })
        self._give(new.registry_path, driver)

    def set_device_status(self, device: DeviceObject, status: str) -> None:
        """Enter how a device is: online, offline, reloading, restarting."""
        self._write(device.registry_path, {"Status": status})

    def remove_device(self, device: DeviceObject) -> None:
        """Take a device out again."""
        self.set_device_status(device, "offline")
        self._quietly("reg_delete_key", device.registry_path)
        self._quietly("ob_delete_object", device.device_name)

    def add_link(self, link: str, device: DeviceObject) -> None:
        """Enter a link `/dev/<name>` to a device.

        Raises: 704 if the namespace has the name already.
        """
        name = link.rsplit("/", 1)[1]
        self._syscall("ob_create_symlink", _namespace_link(name), device.device_name)
        self._write(device.registry_path, {"Symlink": link, "FriendlyName": name})

    def remove_link(self, link: str, device: DeviceObject) -> None:
        """Take a link out again."""
        self._quietly("ob_delete_symlink", _namespace_link(link.rsplit("/", 1)[1]))
        self._quietly("reg_delete_value", device.registry_path, "Symlink")
        self._quietly("reg_delete_value", device.registry_path, "FriendlyName")

    # --- drivers -----------------------------------------------------------------------------------------------

    def announce_driver(self, driver: Driver) -> None:
        """Enter a driver that is about to start: its entry finds a key of its own to write to, or its predecessor's."""
        for key in _own_keys(driver):
            self._write(key, {"PID": driver.pid, "Status": "loading"})
            self._give(key, driver)

    def add_driver(self, driver: Driver) -> None:
        """Enter a driver that has come online."""
        info = driver.info
        values = {
            "Path": driver.path, "Type": info["driver_type"], "Version": info["version"], "Status": "loaded",
            "PID": driver.pid, "LoadPriority": info["load_priority"], "RestartCount": driver.restarts,
        }
        components = supported_components(info)
        if components:
            values["Component"] = ", ".join(components)
        key = _driver_key(driver)
        self._write(key, values)
        if driver.address is not None:
            self._write(_instance_key(driver), {"PID": driver.pid, "Status": "loaded", "Address": driver.address})
        for own in _own_keys(driver):
            self._give(own, driver)

    def set_driver_status(self, driver: Driver, status: str) -> None:
        """Enter how a driver is: loaded, suspect, unloading, reloading, restarting."""
        self._write(_driver_key(driver), {"Status": status})
        if driver.address is not None:
            self._write(_instance_key(driver), {"Status": status})

    def remove_driver(self, driver: Driver, successor: Driver | None) -> None:
        """Take a driver out; its key stays, with *successor*'s pid, while another instance of that name lives."""
        if driver.address is not None:
            self._quietly("reg_delete_key", _instance_key(driver))
        if successor is None:
            self._quietly("reg_delete_key", _driver_key(driver))
        else:
            self.add_driver(successor)

    def quarantine_driver(self, driver: Driver, reason: str) -> None:
        """A driver is given up; its key stays and says why."""
        values = {"Status": "failed", "Reason": reason, "PID": 0, "RestartCount": driver.restarts}
        self._write(_driver_key(driver), values)
        if driver.address is not None:
            self._write(_instance_key(driver), {"Status": "failed", "PID": 0, "Address": driver.address})

    def lift_quarantine(self, driver: Driver) -> None:
        """A driver that was given up is loaded again."""
        self._quietly("reg_delete_value", _driver_key(driver), "Reason")

    # --- writing -----------------------------------------------------------------------------------------------

    def _write(self, key: str, values: dict[str, object]) -> None:
        """Make a key if need be and set its values. The books going wrong stops no device; it is logged."""
        syscall = self._syscall
        try:
            syscall("reg_create_key", key)
            for name, value in values.items():
                syscall("reg_set_value", key, name, value, "STR" if type(value) is str else "NUM")
        except StatusError as error:
            self._log(f"registry key {key}: {error}", "warn")

    def _give(self, key: str, driver: Driver) -> None:
        """The key is the driver's from now on: it may change it, and make keys below it."""
        self._quietly("reg_set_owner", key, driver.pid)

    def _quietly(self, call: str, *args: object) -> None:
        """Take something out that may be gone already."""
        try:
            self._syscall(call, *args)
        except StatusError as error:
            self._log(f"{call} {args[0]}: {error}", "dev")


def _namespace_link(name: str) -> str:
    return f"\\DosDevices\\{name}"


def _driver_key(driver: Driver) -> str:
    return f"{DRIVERS_KEY}\\{driver.name}"


def _own_keys(driver: Driver) -> list[str]:
    """The keys that are the driver's; the one with its name is nobody's if each component has its own driver."""
    named = [] if driver.is_component_driver else [_driver_key(driver)]
    return named if driver.address is None else [*named, _instance_key(driver)]


def _instance_key(driver: Driver) -> str:
    assert driver.address is not None
    return f"{DRIVERS_KEY}\\{driver.name}\\{driver.address[:SHORT_ADDRESS]}"
