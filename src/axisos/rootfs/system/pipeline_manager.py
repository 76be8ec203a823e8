"""The Pipeline Manager: phase 3 of the boot, and from then on every file and device call (manual, chapters 2.4 and 8).

PM is the second process of the machine. It does one thing at a time and never waits for anybody: a message comes in,
what it asks for is done or handed on, the next one is taken. A call that needs a driver is answered when the driver's
answer comes; meanwhile only its caller waits.

    kernel  -> syscall (request)              -> the table of calls: vfs/calls, vfs/mounting, vfs/request_information
            -> request_cancelled              -> vfs/devices
            -> handle_closed                  -> vfs/calls
            -> log_pending                    -> vfs/logs
            -> process_exited, os_event       -> here: services that end, hardware that comes and goes
    DKMS    -> irp_complete, dkms_list_devices_result, driver_restarted, driver_gone, driver_detach, routes_changed
                                              -> vfs/devices
            -> load_driver_result             -> whoever asked for the load
    driver  -> irp_complete                   -> vfs/devices

Owns        the parts in vfs/, the loads under way, the processes that it started.
Always so   a message is believed only from whom it must come from; every call is answered once, whatever happens in
            its handler. If PM or DKMS ends, the machine stops.
"""

from __future__ import annotations

from functools import partial

from abi.names import KERNEL_PID, RING_SERVICE, RING_USER, SHORT_ADDRESS
from abi.status import Status, StatusError
from axis.driver_list import DRIVERS, load_order, parse_drivers
from system.timekeeper import Timekeeper
from system.vfs import files, startup
from system.vfs.calls import PENDING, VfsCalls
from system.vfs.devices import Devices
from system.vfs.logs import Logs
from system.vfs.mounting import Mounting
from system.vfs.mounts import Mounts, parse_fstab
from system.vfs.paths import canonical, shorten
from system.vfs.permission_file import TABLE, PermissionFile, save_delay_s
from system.vfs.permissions import Permissions
from system.vfs.request_information import RequestInformation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from typing import Any

    from abi.request import SyscallRequest
    from axis.guest import env, syscall
    from system.vfs.files import Disk
    from system.vfs.mounts import MountEntry
    from system.vfs.permissions import Entry

    Syscall = Callable[..., Any]
    Loaded = Callable[[int, str, int], object]  # (status, name or reason, pid of the driver)

DKMS = "/system/dkms.py"
LOGON = "/system/logon.py"
TTY_DRIVER = "/drivers/tty.sys.py"
RING_LOG_DRIVER = "/drivers/ringfs.sys.py"
DEFAULT_INIT = "/bin/init.py"
SHELL = "/bin/sh.py"

FSTAB = "/etc/fstab.toml"
SETTINGS = "/etc/sys.toml"
AUTOLOAD = "/etc/autoload.toml"
HOSTNAME = "/etc/hostname"

TTY_OWNED = ("screen", "gpu", "keyboard")  # components that get no driver by the hardware scan
TTY_LIMIT_S = 11.0  # a little more than DKMS gives a driver to start
LOADS_LIMIT_S = 1.0  # how long init waits for the other drivers; a slower one goes on loading beside it
FOREVER = (True,)
MAX_DENIALS = 256  # remembered, so that each is logged once
MAX_RESTARTS = 3  # of logon or init before they are given up


class PipelineManager:
    """The server: its parts, its tables, its boot, its loop."""

    def __init__(self, syscall: Syscall, env: dict[str, Any]) -> None:
        self._syscall = syscall
        self._safe_mode = bool(env.get("SAFE_MODE"))
        self._has_terminal = False
        self._no_drivers = bool(env.get("NO_DRIVERS"))  # none but the terminal's
        self._init_path = str(env.get("INIT_PATH") or DEFAULT_INIT)
        syscall("kernel_register_pipeline")
        self._pid: int = syscall("process_get_pid")
        self._log("Pipeline Manager starts", "info")

        # Where files are and who may touch them: needed before the first call can be answered.
        self._root = self._root_disk()
        self._disk = self._root[1]
        self._fstab = self._read_fstab()
        self._mounts = Mounts(self._disk, self._root[0])
        self._mounting = Mounting(syscall, self._mounts, self._root, self._fstab, self._log)
        self._mounting.mount_all()
        self._permission_file = PermissionFile(self._disk, self._log)
        self._permissions = Permissions(self._permission_file.load(self._mounting.place_of))
        self._permissions.journal = self._permission_changed
        self._mounting.keep_rights(self._permissions, self._permission_file, self._set_save)
        self._settings = self._read_settings()
        if not self._settings.logging.enable_screen_log:
            syscall("kernel_set_log_mode", False)

        self._clock = Timekeeper(syscall)
        self._devices = Devices(syscall, self._pid, self._clock)
        log_readers: dict[str, Callable[[], object]] = {}  # canonical path of a log -> bring it up to date
        self._logs = Logs(self._disk, self._devices, lambda: syscall("kernel_get_boot_log"), log_readers)
        self._vfs = VfsCalls(syscall, self._mounts, self._permissions, self._devices, self._on_denied, log_readers)
        self._devices.on_unheard = self._vfs.unheard
        self._requests = RequestInformation(syscall, self._devices)
        self._vfs.after_write[TABLE] = self._permissions_edited
        self._calls: dict[str, Callable[..., object]] = {
            "vfs_open": self._vfs.open,
            "vfs_read": self._vfs.read,
            "vfs_write": self._vfs.write,
            "vfs_close": self._vfs.close,
            "vfs_list": self._vfs.list_directory,
            "vfs_delete": self._vfs.delete,
            "vfs_mkdir": self._vfs.mkdir,
            "vfs_chmod": self._vfs.chmod,
            "vfs_device_control": self._vfs.device_control,
            "vfs_stat": self._vfs.stat,
            "vfs_rename": self._vfs.rename,
            "vfs_seek": self._vfs.seek,
            "vfs_chown": self._vfs.chown,
            "vfs_truncate": self._vfs.truncate,
            "vfs_mount": self._mounting.mount,
            "vfs_unmount": self._mounting.unmount,
            "vfs_mounts": self._mounting.mounts,
            "irp_query": self._requests.query,
            "irp_cancel": self._requests.cancel,
            "image_open": self._vfs.image_open,
            "driver_load": self._driver_load,
        }
        self._from_kernel: dict[str, Callable[..., object]] = {
            "os_event": self._on_os_event,
            "request_cancelled": self._devices.cancel,
            "handle_closed": self._vfs.handle_closed,
            "process_exited": self._on_process_exited,
            "log_pending": self._logs.drain,
        }
        self._from_dkms: dict[str, Callable[..., object]] = {
            "dkms_list_devices_result": self._devices.listed,
            "load_driver_result": self._on_load_result,
            "driver_restarted": self._devices.driver_restarted,
            "driver_gone": self._devices.driver_gone,
            "routes_changed": self._devices.routes_changed,
            "driver_detach": self._devices.driver_detach,
        }
        self._loads: dict[int, Loaded] = {}  # ticket -> what happens when DKMS has loaded the driver, or not
        self._last_ticket = 0
        self._dkms_pid = 0
        self._logon_pid = 0
        self._init_pid = 0
        self._restarts = {LOGON: 0, self._init_path: 0}
        self._denials: dict[tuple[int, str, str], None] = {}

    # --- the boot ----------------------------------------------------------------------------------------------

    def boot(self) -> None:
        """The manual's ten steps, in its order."""
        # 1. Answer all file system calls from now on.
        self._register_calls()
        # 2. Spawn DKMS at ring 1, and beside it the service that knows the accounts.
        self._spawn_services()
        # 3. Load the TTY driver, and wait for it: all console output flows through it.
        self._load_terminal()
        # 4. Ask for a driver for each component, and write down what hardware there is.
        self._scan_hardware()
        # 5. Process fstab: the ring log and its size. (The disks are mounted since PM began.)
        self._start_ring_log()
        # 6. Begin this session's log files and delete the oldest.
        self._start_log_files()
        # 7. Load the drivers that the configuration names.
        self._autoload()
        # 8. Fill @VT\SYS.
        self._fill_registry()
        # 9. Leave the screen to the terminal, with every driver in place.
        self._wait_for_loads(LOADS_LIMIT_S)
        if self._has_terminal:
            self._syscall("kernel_set_log_mode", False)
        else:
            self._log(f"there is no terminal: nobody can log in here until {TTY_DRIVER} loads", "fail")
        self._logs.drain()
        # 10. Spawn init at ring 3.
        self._spawn_init()

    def _register_calls(self) -> None:
        for name in self._calls:
            self._syscall("syscall_override", name)

    def _spawn_services(self) -> None:
        try:
            self._dkms_pid = self._syscall("process_spawn", DKMS, RING_SERVICE, {})
        except StatusError as error:
            self._panic(f"{DKMS} could not be started: {error.detail or error.status.meaning}")
        self._devices.dkms_pid = self._dkms_pid
        self._spawn_logon()

    def _load_terminal(self) -> None:
        def then(status: int, message: str) -> None:
            self._has_terminal = status == Status.SUCCESS
            self._report_load(TTY_DRIVER, status, message)

        self._load_configured(TTY_DRIVER, then)
        self._wait_for_loads(TTY_LIMIT_S)
        if self._no_drivers:
            return
        for address in self._components("gpu"):
            self._load_for("gpu", address)  # /dev/gpu0: lent by the terminal, which owns the hardware

    def _scan_hardware(self) -> None:
        for address, kind in self._components().items():
            self._enter_hardware(address, kind)
            if kind not in TTY_OWNED and not self._no_drivers:
                self._load_for(kind, address)

    def _start_ring_log(self) -> None:
        logging = self._settings.logging
        entries = [(entry.path, entry.options.get("size")) for entry in self._fstab if entry.kind == "ringfs"]
        for problem in startup.override_ring(self._settings, entries):
            self._log(f"{FSTAB}: {problem}", "warn")
        if self._no_drivers or not logging.log_device:
            return
        if logging.log_device != startup.RING_DEVICE:  # another driver's: lines wait here until it takes them
            self._logs.ring_is_up(logging.log_device, logging.ring_buffer_size)
            return

        def then(status: int, message: str, _pid: int) -> None:
            self._report_load(RING_LOG_DRIVER, status, message)
            if status == 0:
                self._logs.ring_is_up(logging.log_device, logging.ring_buffer_size)

        self._load(RING_LOG_DRIVER, then)

    def _start_log_files(self) -> None:
        settings = self._settings.logging
        if not settings.enable_log_rotation_saver:
            return
        uptime_s, epoch_s = self._syscall("time_get")
        header = f"=== {self._hostname()}: session begins {uptime_s:.3f} s after power on, {epoch_s:.0f} s since 1970"
        try:
            self._logs.start_session(settings, header)
        except StatusError as error:
            self._log(f"no log files in this session: {error.detail}", "warn")

    def _autoload(self) -> None:
        if self._safe_mode or self._no_drivers:
            self._log("safe mode: no drivers are loaded beyond those of the hardware", "warn")
            return
        entries, problems = self._read(DRIVERS, parse_drivers, ([], []))
        order, oddities = load_order(entries)
        for problem in [*problems, *oddities]:
            self._log(f"{DRIVERS}: {problem}", "warn")
        disabled = sum(1 for entry in entries if not entry.enabled)
        startup.Autoload(order, self._load_configured, self._log, disabled).start()
        for path in self._read(AUTOLOAD, startup.parse_autoload, []):
            self._load_configured(path, partial(self._report_load, path))

    def _fill_registry(self) -> None:
        config = {"Hostname": self._hostname()}
        config.update((f"logging.{key}", _as_text(value)) for key, value in self._settings.logging_in_force().items())
        self._enter("@VT\\SYS\\CONFIG", config)
        self._enter("@VT\\SYS\\BOOT", {"SafeMode": _as_text(self._safe_mode), "InitPath": self._init_path})

    def _spawn_init(self) -> None:
        path = self._init_path
        try:
            self._init_pid = self._spawn_user(path)
        except StatusError as error:
            reason = f"init {path} could not be started: {error.detail or error.status.meaning}"
            if not self._safe_mode:
                self._panic(f"{reason}; name another in the setup menu, or boot in safe mode, which starts {SHELL}")
            self._log(f"{reason}; safe mode starts {SHELL} instead", "fail")
            try:
                self._init_pid = self._spawn_user(SHELL)
            except StatusError as second:
                self._panic(f"{reason}; {SHELL}: {second.detail or second.status.meaning}")

    # --- the loop ----------------------------------------------------------------------------------------------

    def serve(self, waiting: Collection[object] = FOREVER, left_ms: Callable[[], float] | None = None) -> None:
        """Take messages while *waiting* holds something; with *left_ms*, also until no time is left."""
        syscall, calls, complete = self._syscall, self._calls, self._devices.complete
        while waiting:
            message = syscall("signal_pull", left_ms() if left_ms else None)
            if message is None:
                return
            name = message[1]
            if name == "syscall" and message[0] == KERNEL_PID:
                request = message[2]
                try:
                    value = calls[request.name](request, *request.args)
                except Exception as error:  # whatever it is, the caller gets an answer and PM lives on
                    self._fail(request, error)
                    continue
                try:
                    if value is not PENDING and not syscall(
                        "signal_send", request.sender_pid, "syscall_return", request.request_id, 0, value
                    ):
                        self._vfs.unheard(request, value)
                except StatusError as error:  # more than may be passed at once: the kernel has told the caller so
                    self._log(f"the answer to {request}: {error.detail}", "fail")
            else:
                try:
                    if name == "irp_complete":
                        complete(message[0], message[2], message[3], message[4])
                    else:
                        self._on_message(message)
                except Exception as error:  # a message that makes no sense, or a bug of ours: the others live on
                    what = f"{shorten(name)} from process {message[0]}"
                    self._log(f"{what}: {type(error).__name__}: {error} ({_place_of(error)})", "fail")

    def _on_message(self, message: tuple[Any, ...]) -> None:
        """Do what a message says that is no call. One that means nothing to PM is dropped."""
        sender, name = message[0], message[1]
        table = self._from_kernel if sender == KERNEL_PID else self._from_dkms if sender == self._dkms_pid else None
        if table is not None and name in table:
            table[name](*message[2:])
        elif name == "wake" and self._clock.is_from_thread(sender):
            self._clock.ring()
        elif name == "syscall" or name in self._from_kernel or name in self._from_dkms:
            self._log(f"process {sender} sent {shorten(name)!r}, which is not its to send: ignored", "sec")

    def _fail(self, request: SyscallRequest, error: Exception) -> None:
        """Answer a call whose handler raised."""
        if isinstance(error, StatusError):
            status, detail = int(error.status), error.detail
        else:
            takes = _parameters(self._calls[request.name])
            if isinstance(error, TypeError) and not takes[0] <= len(request.args) <= takes[1]:
                status = int(Status.INVALID_PARAMETER)
                detail = f"{request.name} takes {', '.join(takes[2])}; {len(request.args)} arguments were given"
            else:
                status = int(Status.UNSUCCESSFUL)
                detail = f"{request.name} failed inside the Pipeline Manager; the kernel log says where"
                self._log(f"{request.name}: {type(error).__name__}: {error} ({_place_of(error)})", "fail")
        self._syscall("signal_send", request.sender_pid, "syscall_return", request.request_id, status, detail)

    def _wait_for_loads(self, limit_s: float) -> None:
        """Serve until every load asked for has ended, or the time is over."""
        end_s = self._syscall("time_get")[0] + limit_s
        self.serve(self._loads, lambda: max(0.0, (end_s - self._syscall("time_get")[0]) * 1000))
        if self._loads:
            self._log(f"{len(self._loads)} drivers are still loading after {limit_s:g} s; the boot goes on", "warn")

    # --- messages ----------------------------------------------------------------------------------------------

    def _on_os_event(self, name: str, *values: object) -> None:
        """A signal of the machine: DKMS knows who wants it."""
        self._syscall("signal_send", self._dkms_pid, "os_event", name, *values)
        if name == "component_added":
            self._enter_hardware(str(values[0]), str(values[1]))
            if values[1] == "filesystem":
                self._mounting.disk_added(str(values[0]))
        elif name == "component_removed":
            self._mounting.disk_removed(str(values[0]))
            self._syscall("reg_delete_key", _hardware_key(str(values[0]), str(values[1])))

    def _on_process_exited(self, pid: int) -> None:
        if pid == self._dkms_pid:
            self._panic("DKMS has ended; no device can be reached any more")
        elif pid == self._logon_pid:
            self._log(f"{LOGON} has ended", "fail")
            if self._may_restart(LOGON):
                self._spawn_logon()
        elif pid == self._init_pid:
            self._log(f"init (process {pid}) has ended", "fail")
            if not self._may_restart(self._init_path):
                self._panic(f"init {self._init_path} ends again and again; the kernel log says why")
            self._spawn_init()

    def _on_load_result(self, ticket: int, status: int, message: str, pid: int) -> None:
        then = self._loads.pop(ticket, None)
        if then is not None:
            then(int(status), message, pid)

    # --- drivers -----------------------------------------------------------------------------------------------

    def _driver_load(self, request: SyscallRequest, path: str) -> object:
        """Load a driver, for uid 0 only.

        Returns: a line that names the driver and its process.
        Blocks:  until the driver has started or failed.
        Raises:  PRIVILEGE_NOT_HELD, NO_SUCH_FILE, INVALID_DRIVER_OBJECT, INVALID_DRIVER_ENTRY, INVALID_DRIVER_INFO,
                 INVALID_DRIVER_TYPE, DRIVER_VALIDATION_FAILED, DRIVER_INIT_FAILED, INSUFFICIENT_RESOURCES (a user-mode
                 driver that its host cannot start), the driver's own.
        """
        if request.sender_uid != 0:
            raise StatusError(Status.PRIVILEGE_NOT_HELD, "driver_load: only root (uid 0) may load drivers")
        self._load(canonical(path), lambda status, message, pid: self._answer_load(request, status, message, pid))
        return PENDING

    def _answer_load(self, request: SyscallRequest, status: int, message: str, pid: int) -> None:
        if status == 0 and pid > 0:
            message = f"{message} loaded (PID {pid})"
        self._syscall("signal_send", request.sender_pid, "syscall_return", request.request_id, status, message)

    def _load(self, path: str, then: Loaded) -> None:
        """Ask DKMS for a driver; *then* hears how it went. The number that DKMS echoes need not be a process."""
        self._loads[self._next_ticket()] = then
        self._syscall("signal_send", self._dkms_pid, "load_driver_path_request", path, self._last_ticket)

    def _load_for(self, kind: str, address: str) -> None:
        """Ask DKMS for the driver of one component; that there is none for its type is no failure."""

        def then(status: int, message: str, _pid: int) -> None:
            if status != Status.NO_SUCH_FILE:
                self._report_load(f"/drivers/{kind}.sys.py", status, message)

        self._loads[self._next_ticket()] = then
        self._syscall("signal_send", self._dkms_pid, "load_driver_for_component", kind, address, self._last_ticket)

    def _load_configured(self, path: str, then: Callable[[int, str], object]) -> None:
        """`_load` for those who do not care which process the driver is."""
        self._load(path, lambda status, message, _pid: then(status, message))

    def _next_ticket(self) -> int:
        self._last_ticket += 1
        return self._last_ticket

    def _report_load(self, path: str, status: int, message: str) -> None:
        if status != 0:
            self._log(f"driver {path} is not loaded: {message or Status(status).meaning} ({status})", "fail")

    # --- hardware and registry ---------------------------------------------------------------------------------

    def _components(self, kind: str | None = None) -> dict[str, str]:
        components: dict[str, str] = self._syscall("raw_component_list", kind)
        return components

    def _enter_hardware(self, address: str, kind: str) -> None:
        facts = {"Address": address, "ComponentType": kind, "ShortAddress": address[:SHORT_ADDRESS]}
        self._enter(_hardware_key(address, kind), facts)

    def _enter(self, key: str, values: dict[str, str]) -> None:
        """Set values of a registry key. What the registry does not take (a name in sys.toml may be long) is logged."""
        self._syscall("reg_create_key", key)
        for name, value in values.items():
            try:
                self._syscall("reg_set_value", key, name, value, "STR")
            except StatusError as error:
                self._log(f"registry: {error.detail}", "warn")

    # --- processes ---------------------------------------------------------------------------------------------

    def _spawn_logon(self) -> None:
        try:
            self._logon_pid = self._syscall("process_spawn", LOGON, RING_SERVICE, {})
        except StatusError as error:
            self._log(f"{LOGON} could not be started, nobody can log in: {error.detail}", "fail")

    def _spawn_user(self, path: str) -> int:
        environment = {
            "ARGS": [], "PWD": "/", "HOME": "/root", "PATH": "/usr/commands:/bin", "USER": "root",
            "HOSTNAME": self._hostname(),
        }
        pid: int = self._syscall("process_spawn", path, RING_USER, environment, None, 0)
        self._log(f"{path} is process {pid}", "ok")
        return pid

    def _may_restart(self, path: str) -> bool:
        self._restarts[path] += 1
        return self._restarts[path] <= MAX_RESTARTS

    def _panic(self, reason: str) -> None:
        self._syscall("kernel_panic", reason)

    # --- permissions -------------------------------------------------------------------------------------------

    def _permission_changed(self, path: str, entry: Entry | None) -> None:
        self._permission_file.note(path, entry)
        self._set_save()

    def _set_save(self) -> None:
        """Have the table written when it is time."""
        if self._permission_file.is_dirty and not self._clock.is_set("permissions"):
            self._clock.set_in("permissions", save_delay_s(len(self._permissions.entries)), self._save_permissions)

    def _save_permissions(self) -> None:
        self._permission_file.save(self._permissions.entries)

    def _permissions_edited(self) -> None:
        entries = self._permission_file.reload()
        if entries is not None:
            self._permissions.replace(entries)
            self._permissions.bring_back(self._mounts.place_on)

    def _on_denied(self, request: SyscallRequest, path: str, action: str) -> None:
        """Write a refusal down, each kind once: a program that keeps trying must not drown the log."""
        key = (request.sender_uid, path, action)
        if key in self._denials:
            return
        if len(self._denials) >= MAX_DENIALS:
            self._denials.clear()
        self._denials[key] = None
        self._log(f"denied: process {request.sender_pid} (uid {request.sender_uid}) may not {action}: {path}", "sec")

    # --- configuration -----------------------------------------------------------------------------------------

    def _root_disk(self) -> tuple[str, Disk]:
        try:
            address, disk = self._syscall("kernel_get_root_fs")
        except StatusError as error:
            self._panic(f"the root file system cannot be reached: {error.detail}")
            raise
        return address, disk

    def _read(self, path: str, parse: Callable[[str], Any], otherwise: Any) -> Any:
        """What *parse* makes of a configuration file; *otherwise*, and a line in the log, if it makes nothing of it."""
        try:
            return parse(files.read_all(self._disk, path).decode())
        except (StatusError, ValueError) as error:
            self._log(f"{path} cannot be used, its defaults are in force: {getattr(error, 'detail', error)}", "warn")
            return otherwise

    def _read_fstab(self) -> list[MountEntry]:
        entries, problems = self._read(FSTAB, parse_fstab, ([], []))
        for problem in problems:
            self._log(f"{FSTAB}: {problem}", "warn")
        return list(entries)

    def _read_settings(self) -> startup.SystemSettings:
        settings: startup.SystemSettings = self._read(SETTINGS, startup.parse_settings, startup.SystemSettings())
        for problem in settings.problems:
            self._log(f"{SETTINGS}: {problem}", "warn")
        return settings

    def _hostname(self) -> str:
        try:
            name = "".join(files.read_all(self._disk, HOSTNAME).decode().split())
        except (StatusError, ValueError):
            name = ""
        return name or self._settings.hostname

    def _log(self, message: str, level: str) -> None:
        self._syscall("kernel_log", message, level)


def _hardware_key(address: str, kind: str) -> str:
    return f"@VT\\SYS\\HARDWARE\\{kind}_{address[:6]}"


def _as_text(value: object) -> str:
    return str(value).lower() if type(value) is bool else str(value)


def _parameters(handler: Any) -> tuple[int, int, list[str]]:
    """How many arguments a call takes at least and at most, and their names."""
    code, defaults = handler.__code__, handler.__defaults__ or ()
    names = list(code.co_varnames[2 : code.co_argcount])
    return len(names) - len(defaults), len(names), names


def _place_of(error: Exception) -> str:
    """File and line where an exception was raised."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return f"{step.tb_frame.f_code.co_filename}:{step.tb_lineno}" if step is not None else "unknown place"


def main() -> None:
    """The Pipeline Manager as a process."""
    manager = PipelineManager(syscall, env)
    manager.boot()
    manager.serve()


if __name__ == "__main__":
    main()
