"""The Pipeline Manager on a bench: real disks, a kernel that is just tables, and a DKMS that answers by a script."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

from abi.driver import DEVICE_FLAG_DIRECT, DeviceObject, DriverObject
from abi.irp import IRP_FLAG_DIRECT, Irp
from abi.request import SyscallRequest
from abi.status import Status, StatusError
from axisos.machine.bus import Bus
from axisos.machine.components.filesystem import Filesystem
from axisos.machine.memory_storage import MemoryStorage
from requests_rig import sender
from system.pipeline_manager import PipelineManager
from system.timekeeper import NEVER

ETC = Path(__file__).parents[2] / "src" / "axisos" / "rootfs" / "etc"
BOOT_DISK, HOME_DISK, TMP_DISK = "b0070000-0000", "40e00000-0000", "7e400000-0000"
PM_PID, DKMS_PID, LOGON_PID, TIMEKEEPER_PID, INIT_PID = 2, 3, 4, 5, 20
GUEST = {"uid": 1000, "gid": 1000}
SHIPPED = ("fstab.toml", "perms.toml", "sys.toml", "drivers.toml", "autoload.toml", "passwd.toml", "hostname")


class IdleError(Exception):
    """Nothing is left to do: what would be a sleep in the real kernel."""


class Panicked(BaseException):  # nothing in the machine survives it
    """The kernel was told to panic."""


class Disks:
    """A machine's disks, as the bus shows them: boot with the shipped /etc, home, tmpfs."""

    def __init__(self) -> None:
        self.bus = Bus(lambda *_signal: None)
        for address, label in ((BOOT_DISK, "AxisOS"), (HOME_DISK, "home"), (TMP_DISK, "tmpfs")):
            self.bus.attach(Filesystem(address, MemoryStorage(), label))
        self.bus.started()
        self.boot = self.bus.proxy(BOOT_DISK)
        self.boot.makeDirectory("/etc")
        self.boot.makeDirectory("/bin")
        for name in SHIPPED:
            self.put(f"/etc/{name}", (ETC / name).read_bytes())

    def put(self, path: str, data: bytes, disk: str = BOOT_DISK) -> None:
        """Write a file past everybody."""
        proxy = self.bus.proxy(disk)
        handle = proxy.open(path, "w")
        proxy.write(handle, data)
        proxy.close(handle)

    def get(self, path: str, disk: str = BOOT_DISK) -> bytes:
        """Read a file past everybody."""
        proxy = self.bus.proxy(disk)
        handle = proxy.open(path, "r")
        data = proxy.read(handle, float("inf")) or b""
        proxy.close(handle)
        return bytes(data)


class Header:
    """An object header, as far as PM looks at it."""

    def __init__(self, body: object) -> None:
        self.body = body
        self.handles = 0
        self.references = 1


class Bench:
    """One Pipeline Manager with its surroundings. `call` makes a system call as some process."""

    def __init__(self, disks: Disks | None = None, **env: object) -> None:
        self.disks = disks or Disks()
        self.now_s = 1.0
        self.inbox: deque[tuple[object, ...]] = deque()
        self.sent: list[tuple[object, ...]] = []  # (pid, name, *args) of every message
        self.answers: dict[int, tuple[int, object]] = {}
        self.handles: dict[tuple[int, str], tuple[Header, int]] = {}
        self.standard: dict[tuple[int, int], str] = {}
        self.log: list[tuple[str, str]] = []  # (level, message)
        self.boot_log = ""
        self.registry: dict[str, dict[str, str]] = {}
        self.spawned: list[tuple[object, ...]] = []
        self.overridden: list[str] = []
        self.steps: list[str] = []  # names of the calls PM made, in order
        self.load_results: dict[str, tuple[int, str, int]] = {}  # path or component type -> what DKMS says
        self.hung_loads: set[str] = set()
        self.unstartable: set[str] = set()
        self.max_handles = 100
        self.wakes_at = NEVER  # machine time at which PM is to be woken
        self.devices: dict[str, DeviceObject] = {}  # those of `open_device`
        self.gone: set[int] = set()  # callers that were interrupted and hear no answer
        self._last = 0
        self.pm = PipelineManager(self.syscall, env)

    # --- a caller's side ---------------------------------------------------------------------------------------

    def call(
        self, name: str, *args: object, pid: int = 30, uid: int = 0, gid: int = 0, groups: tuple[int, ...] = ()
    ) -> Any:
        """Make a call and let PM work until it has nothing to do. None while it is not answered."""
        self.answers.pop(self.start_call(name, *args, pid=pid, uid=uid, gid=gid, groups=groups), None)
        self.run()
        return self.result(self._last)

    def start_call(
        self, name: str, *args: object, pid: int = 30, uid: int = 0, gid: int = 0, groups: tuple[int, ...] = ()
    ) -> int:
        """Send a call to PM. Returns its request id."""
        self._last += 1
        request = SyscallRequest(self._last, name, args, pid, sender(pid, 3, uid, gid, groups))
        self.inbox.append((0, "syscall", request))
        return self._last

    def result(self, request_id: int) -> Any:
        """What a call gave, or its failure; None if it is not answered."""
        status, value = self.answers.get(request_id, (0, None))
        if status:
            raise StatusError(status, str(value))
        return value

    def run(self) -> None:
        """Let PM work until it has nothing to do."""
        try:
            self.pm.serve()
        except IdleError:
            return

    def post(self, sender: int, name: str, *args: object) -> None:
        """Send PM a message and let it work."""
        self.inbox.append((sender, name, *args))
        self.run()

    def write_file(self, path: str, data: bytes, **caller: Any) -> None:
        """Write a whole file through PM."""
        handle = self.call("vfs_open", path, "w", **caller)
        self.call("vfs_write", handle, data, **caller)
        self.call("vfs_close", handle, **caller)

    def read_file(self, path: str, **caller: Any) -> bytes:
        """Read a whole file through PM."""
        handle = self.call("vfs_open", path, **caller)
        data = self.call("vfs_read", handle, **caller)
        self.call("vfs_close", handle, **caller)
        return bytes(data)

    # --- a driver's side ---------------------------------------------------------------------------------------

    def requests(self) -> list[Irp]:
        """The IRPs that PM has sent, to DKMS or straight to a driver, oldest first."""
        return [args[0] for _, name, *args in self.sent if name in ("vfs_io_request", "irp_dispatch")]  # type: ignore[misc]

    def complete(self, irp: Irp, status: int = 0, information: object = None, sender: int | None = None) -> None:
        """Answer an IRP, as DKMS or the driver that it was sent to, and let PM work."""
        if sender is None:
            sender = irp.driver_pid if irp.flags & IRP_FLAG_DIRECT else DKMS_PID
        self.post(sender, "irp_complete", irp.irp_id, status, information)

    def dispatch(self, irp: Irp, device: str, driver_pid: int) -> None:
        """What DKMS does with a request: it finds the device, and answers an open with it."""
        irp.device_name, irp.driver_pid = device, driver_pid
        if device not in self.devices or self.devices[device].driver_object.driver_pid != driver_pid:
            info: dict[str, object] = {"driver_name": device.rsplit("\\", 1)[-1]}
            self.devices[device] = DeviceObject(device, DriverObject("/drivers/x.sys.py", driver_pid, info))
            self.devices[device].flags = DEVICE_FLAG_DIRECT
        irp.device_object = self.devices[device]

    def open_device(self, path: str, mode: str, device: str, driver_pid: int, **caller: Any) -> str:
        """Open a device whose driver agrees."""
        number = self.start_call("vfs_open", path, mode, **caller)
        self.run()
        irp = self.requests()[-1]
        if not irp.flags & IRP_FLAG_DIRECT:
            self.dispatch(irp, device, driver_pid)
        self.complete(irp, 0, driver_pid)
        return str(self.result(number))

    def pass_time(self, seconds: float) -> None:
        """Let machine time go by, and PM's timekeeper wake it when it was told to."""
        end = self.now_s + seconds
        while self.wakes_at <= end:
            self.now_s, self.wakes_at = max(self.now_s, self.wakes_at), NEVER
            self.post(TIMEKEEPER_PID, "wake")
        self.now_s = end

    # --- the kernel's side -------------------------------------------------------------------------------------

    def syscall(self, name: str, *args: Any) -> Any:
        """The kernel as PM sees it."""
        self.steps.append(name)
        return getattr(self, f"_{name}")(*args)

    def _signal_pull(self, timeout_ms: float | None = None) -> object:
        if self.inbox:
            return self.inbox.popleft()
        if timeout_ms is None:
            raise IdleError
        self.now_s += timeout_ms / 1000
        return None

    def _signal_send(self, pid: int, name: str, *args: Any) -> bool:
        if name == "syscall_return":
            request_id, status, value = args
            assert request_id not in self.answers, f"request {request_id} is answered twice"
            assert type(status) is int, "a status crosses as a plain number"
            self.answers[request_id] = status, value
            return pid not in self.gone
        if pid == TIMEKEEPER_PID:
            self.wakes_at = min(self.wakes_at, args[0])
            return True
        self.sent.append((pid, name, *args))
        if pid == DKMS_PID and name in ("load_driver_path_request", "load_driver_for_component"):
            what, ticket = args[0], args[-1]
            if what not in self.hung_loads:
                result = self.load_results.get(what, (0, "a driver", 7))
                self.inbox.append((DKMS_PID, "load_driver_result", ticket, *result))
        return True

    def _process_spawn(self, path: str, ring: float, env: object, handles: object = None, pgid: object = None) -> int:
        if path in self.unstartable:
            raise StatusError(Status.NO_SUCH_FILE, f"{path}: there is no such file")
        self.spawned.append((path, ring, env))
        return {"/system/dkms.py": DKMS_PID, "/system/logon.py": LOGON_PID}.get(path, INIT_PID)

    def _process_get_pid(self) -> int:
        return PM_PID

    def _process_thread(self, _function: object) -> int:
        return TIMEKEEPER_PID

    def _process_info(self, pid: int) -> dict[str, object]:
        raise StatusError(Status.NO_SUCH_PROCESS, f"there is no process {pid}")

    def _time_get(self) -> tuple[float, float]:
        return self.now_s, 1_000_000.0 + self.now_s

    def _kernel_register_pipeline(self) -> bool:
        return True

    def _kernel_get_root_fs(self) -> tuple[str, object]:
        return BOOT_DISK, self.disks.boot

    def _kernel_log(self, message: str, level: str = "info") -> bool:
        self.log.append((level, message))
        return True

    def _kernel_get_boot_log(self) -> str:
        text, self.boot_log = self.boot_log, ""
        return text

    def _kernel_set_log_mode(self, _on: bool) -> bool:
        return True

    def _kernel_panic(self, reason: str) -> None:
        raise Panicked(reason)

    def _syscall_override(self, name: str) -> bool:
        self.overridden.append(name)
        return True

    def _raw_component_list(self, kind: str | None = None) -> dict[str, str]:
        return dict(self.disks.bus.list(kind, True))

    def _raw_component_proxy(self, address: str) -> object:
        return self.disks.bus.proxy(address)

    def _reg_create_key(self, key: str) -> bool:
        self.registry.setdefault(key, {})
        return True

    def _reg_set_value(self, key: str, name: str, value: str, _kind: str) -> bool:
        self.registry[key][name] = value
        return True

    def _reg_delete_key(self, key: str) -> bool:
        del self.registry[key]
        return True

    def _critical_file_modified(self, path: str, pid: int) -> bool:
        raise StatusError(Status.UNKNOWN_SYSCALL, "no such system call")

    def _ob_create_object(self, _type: str, body: object) -> Header:
        return Header(body)

    def _ob_query_handles(self, _pid: int | None) -> list[dict[str, object]]:
        return [
            {"pid": pid, "image": f"/bin/{pid}.py", "type": "IoFileObject", "token": token}
            for pid, token in self.handles
        ]

    def _ob_create_owned(self, pid: int, type_name: str, body: object, access: int) -> str:
        header = self._ob_create_object(type_name, body)
        token = self._ob_create_handle(pid, header, access)
        self._ob_dereference_object(header)
        return token

    def _ob_create_handle(self, pid: int, header: Header, access: int) -> str:
        if len(self.handles) >= self.max_handles:
            raise StatusError(Status.HANDLE_TABLE_FULL, "too many open handles")
        self._last_handle = getattr(self, "_last_handle", 0) + 1
        token = f"H-{self._last_handle}"
        self.handles[pid, token] = header, access
        header.handles += 1
        header.references += 1
        return token

    def _ob_dereference_object(self, header: Header) -> bool:
        header.references -= 1
        return True

    def _ob_reference_by_handle(self, pid: int, handle: object, access: int) -> Header:
        token = self.standard.get((pid, handle), handle) if type(handle) is int else handle
        entry = self.handles.get((pid, token))  # type: ignore[arg-type]
        if entry is None:
            raise StatusError(Status.INVALID_HANDLE, "no such open handle")
        if entry[1] & access != access:
            raise StatusError(Status.ACCESS_DENIED, "the handle does not grant that")
        return entry[0]

    def _ob_close_handle(self, pid: int, handle: str) -> object:
        entry = self.handles.pop((pid, handle), None)
        if entry is None:
            raise StatusError(Status.INVALID_HANDLE, "no such open handle")
        entry[0].handles -= 1
        return entry[0].body if entry[0].handles == 0 else None

    def _ob_get_standard_handle(self, pid: int, index: int) -> str | None:
        return self.standard.get((pid, index))

    def _ob_set_standard_handle(self, pid: int, index: int, token: str) -> bool:
        self.standard[pid, index] = token
        return True


def booted(disks: Disks | None = None, **env: object) -> Bench:
    """A bench whose PM has been through its ten steps; what it has said so far is forgotten."""
    bench = Bench(disks, **env)
    bench.pm.boot()
    bench.run()
    for irp in bench.requests():
        bench.complete(irp)
    bench.pass_time(2)
    bench.sent.clear()
    bench.steps.clear()
    return bench
