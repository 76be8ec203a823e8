"""A kernel small enough to read in one go, for tests of DKMS and drivers: processes, messages, a clock that jumps.

The test plays the Pipeline Manager (pid 2); DKMS is pid 3 and real; drivers are real files, run as processes. What the
real kernel does with registry and namespace is kept in two dicts to look into.
"""

from __future__ import annotations

import builtins
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from greenlet import getcurrent, greenlet

import axisos
from abi.driver import DeviceObject
from abi.irp import IRP_MJ_CREATE, IRP_MJ_DEVICE_CONTROL, Irp
from abi.request import SyscallRequest
from abi.status import Status, StatusError
from requests_rig import sender
from system.dkms import Dkms

ROOTFS = Path(axisos.__path__[0]) / "rootfs"
PM, DKMS = 2, 3
PM_ANSWERS = {  # what PM is told of drivers -> what it says to that
    "driver_gone": "", "routes_changed": "", "driver_restarted": "driver_reopened", "driver_detach": "driver_detached",
}


class Killed(BaseException):
    """Unwinds a process that was ended from outside."""


class Process:
    """One process: a greenlet, its messages, and the call that it waits for."""

    def __init__(self, pid: int, kernel: SmallKernel, body: Callable[[], object], env: dict[str, object]) -> None:
        self.pid = pid
        self.kernel = kernel
        self.env = env
        self.messages: deque[tuple[Any, ...]] = deque()
        self.deadline: float | None = None  # of a signal_pull with a time limit
        self.waits_for = ""  # "", "message", "answer", "for ever"
        self.answer: tuple[int, object] | None = None
        self.task = greenlet(body, getcurrent())
        self.exit_status: int | None = None

    def ready(self) -> bool:
        """Whether it has something to do."""
        if self.waits_for == "message":
            return bool(self.messages) or (self.deadline is not None and self.deadline <= self.kernel.now)
        if self.waits_for == "sleep":
            return self.deadline is not None and self.deadline <= self.kernel.now
        return self.waits_for == "" or (self.waits_for == "answer" and self.answer is not None)

    def block(self, reason: str) -> None:
        self.waits_for = reason
        self.kernel.hub.switch()
        self.waits_for = ""


class SmallKernel:
    """The machine of one test."""

    def __init__(self, files: dict[str, str], components: dict[str, tuple[str, object]]) -> None:
        self.hub = getcurrent()
        self.now = 100.0
        self.files = {path: text.encode() for path, text in files.items()}
        self.components = components
        self.processes: dict[int, Process] = {}
        self.overrides: dict[str, Process] = {}
        self.registry: dict[str, dict[str, object]] = {}
        self.registry_owners: dict[str, int] = {}
        self.namespace: dict[str, object] = {}
        self.log: list[tuple[str, str]] = []  # (level, message)
        self.pm: list[tuple[Any, ...]] = []  # messages that PM received: (name, *values)
        self.notices: list[tuple[Any, ...]] = []  # of those, what it was told of drivers, and has acted upon
        self.answers: dict[int, tuple[int, object]] = {}  # request id -> what a caller of ours was answered
        self.current: Process
        self._last_thread = 1000
        self._last_pid, self._last_request, self._last_irp, self._last_device = DKMS, 0, 0, 0
        self.dkms = self._start(DKMS, self._run_dkms, {})
        self.run()

    # --- what a test does ---------------------------------------------------------------------------------------

    def run(self) -> None:
        """Let everybody work until all wait."""
        while True:
            ready = next((each for each in self.processes.values() if each.ready()), None)
            if ready is None:
                return
            self.current = ready
            vars(builtins).update(syscall=self.syscall, env=ready.env)
            ready.task.switch()
            if ready.task.dead:
                self._end(ready, 0)

    def advance(self, seconds: float) -> None:
        """Let machine time pass, stopping at each deadline on the way."""
        end = self.now + seconds
        while True:
            self.run()
            deadlines = [each.deadline for each in self.processes.values() if each.deadline is not None]
            following = min(deadlines, default=end)
            if following > end:
                break
            self.now = max(self.now, following)
            if following == end:
                break
        self.now = end
        self.run()

    def from_pm(self, name: str, *values: object, sender: int = PM) -> None:
        """PM says something to DKMS, and everybody reacts."""
        self.dkms.messages.append((sender, name, *values))
        self.run()

    def load(self, path: str, requester: int = 77) -> tuple[Any, ...]:
        """Ask for a load; the answer (status, text, pid), which must have come."""
        self.from_pm("load_driver_path_request", path, requester)
        assert self.pm, f"no answer to the load of {path}; log: {self.log}"
        name, answered, *result = self.pm.pop()
        assert (name, answered) == ("load_driver_result", requester)
        return tuple(result)

    def irp(self, major: int, device: str, **details: Any) -> Irp:
        """A request as PM makes it."""
        self._last_irp += 1
        return Irp(self._last_irp, major, device, sender_pid=25, reply_pid=PM, **details)

    def ask(self, major: int, device: str, **details: Any) -> tuple[Any, ...]:
        """Send a request and take its answer, which must have come: (status, information)."""
        irp = self.irp(major, device, **details)
        self.from_pm("vfs_io_request", irp)
        return self.answer_to(irp)

    def control(self, device: str, method: str, *args: object, **details: Any) -> tuple[Any, ...]:
        """A control request and its answer: (status, information)."""
        return self.ask(IRP_MJ_DEVICE_CONTROL, device, method=method, args=list(args), **details)

    def answer_to(self, irp: Irp) -> tuple[Any, ...]:
        """Take the answer to a request out of PM's messages."""
        for position, message in enumerate(self.pm):
            if message[:2] == ("irp_complete", irp.irp_id):
                del self.pm[position]
                return message[2:]
        raise AssertionError(f"{irp} was not answered; PM has {self.pm}, the log {self.log}")

    def open(self, device: str, file_id: int) -> DeviceObject:
        """A CREATE that must succeed; PM counts it in the device."""
        irp = self.irp(IRP_MJ_CREATE, device, file_id=file_id)
        self.from_pm("vfs_io_request", irp)
        status, _ = self.answer_to(irp)
        assert status == 0
        assert isinstance(irp.device_object, DeviceObject)
        irp.device_object.open_count += 1
        return irp.device_object

    def call(self, name: str, *args: object, uid: int = 0, pid: int = 25) -> int:
        """A system call by some program that DKMS answers. Returns its request id; see `answers`."""
        self._last_request += 1
        request = SyscallRequest(self._last_request, name, args, pid, sender(pid, 3, uid))
        self.dkms.messages.append((0, "syscall", request))
        self.run()
        return request.request_id

    def drivers(self) -> list[int]:
        """The pids of all processes but DKMS."""
        return sorted(pid for pid in self.processes if DKMS < pid < 1000)

    def log_text(self) -> str:
        return "\n".join(message for _, message in self.log)

    def power_off(self) -> None:
        for process in list(self.processes.values()):
            process.task.throw(Killed)

    # --- processes -----------------------------------------------------------------------------------------------

    def _start(self, pid: int, body: Callable[[], object], env: dict[str, object]) -> Process:
        def live() -> None:
            try:
                body()
            except (Killed, SystemExit):
                pass
            except Exception as error:
                self.log.append(("fail", f"process {pid} crashed: {type(error).__name__}: {error}"))

        self.processes[pid] = process = Process(pid, self, live, env)
        process.task.parent = self.hub
        return process

    def _run_dkms(self) -> None:
        server = Dkms(self.syscall)
        server.start()
        server.serve()

    def _end(self, process: Process, status: int) -> None:
        if self.processes.pop(process.pid, None) is None:
            return
        process.exit_status = status
        self.dkms.messages.append((0, "process_exited", process.pid))
        if process is self.dkms:
            raise AssertionError(f"DKMS died: {self.log[-1]}")

    def syscall(self, name: str, *args: Any) -> Any:
        """The system calls of whoever runs."""
        caller = self.current
        if name in self.overrides and self.overrides[name] is not caller:
            return self.forward(caller, name, args)
        return getattr(self, name)(caller, *args)

    def forward(self, caller: Process, name: str, args: tuple[Any, ...]) -> Any:
        self._last_request += 1
        request = SyscallRequest(self._last_request, name, args, caller.pid, sender(caller.pid, 2, 0))
        self.overrides[name].messages.append((0, "syscall", request))
        caller.answer = None
        caller.block("answer")
        assert caller.answer is not None
        status, value = caller.answer
        if status:
            raise StatusError(status, value if isinstance(value, str) else "")
        return value

    # --- system calls --------------------------------------------------------------------------------------------

    def syscall_override(self, process: Process, name: str, _rings: object) -> bool:
        self.overrides[name] = process
        return True

    def signal_send(self, sender: Process, pid: int, name: str, *args: Any) -> bool:
        target = self.processes.get(pid)
        if name == "syscall_return":
            request_id, status, value = args
            if target is not None and target.waits_for == "answer":
                target.answer = status, value
            else:
                self.answers[request_id] = status, value
        elif pid == PM and name in PM_ANSWERS:
            self.notices.append((name, *args))
            if PM_ANSWERS[name]:
                self.dkms.messages.append((PM, PM_ANSWERS[name], args[-1]))
        elif pid == PM:
            self.pm.append((name, *args))
        elif target is None:
            raise StatusError(Status.NO_SUCH_PROCESS, f"there is no process {pid}")
        else:
            target.messages.append((sender.pid, name, *args))
        return True

    def signal_pull(self, process: Process, timeout_ms: float | None = None) -> tuple[Any, ...] | None:
        if not process.messages and timeout_ms != 0:
            process.deadline = None if timeout_ms is None else self.now + timeout_ms / 1000
            process.block("message")
            process.deadline = None
        return process.messages.popleft() if process.messages else None

    def process_spawn_image(
        self, parent: Process, path: str, ring: int, env: dict[str, object], files: dict[str, bytes], closed: bool
    ) -> int:
        source = files[path]
        self._last_pid += 1
        pid = self._last_pid

        def body() -> None:
            scope = {"__name__": "__main__", "syscall": self.syscall, "env": env}
            exec(compile(source, path, "exec"), scope)

        self._start(pid, body, env)
        return pid

    def process_thread(self, parent: Process, body: Callable[[], object]) -> int:
        self._last_thread += 1
        self._start(self._last_thread, body, parent.env)
        return self._last_thread

    def process_sleep(self, process: Process, duration_ms: int) -> bool:
        process.deadline = self.now + duration_ms / 1000
        process.block("sleep")
        process.deadline = None
        return True

    def process_kill(self, _killer: Process, pid: int, _signal: int) -> bool:
        process = self.processes.get(pid)
        if process is None:
            raise StatusError(Status.NO_SUCH_PROCESS, f"there is no process {pid}")
        if process.task:
            hub, process.task.parent = process.task.parent, getcurrent()
            process.task.throw(Killed)
            assert hub is not None
        self._end(process, 137)
        return True

    def process_info(self, _process: Process, _pid: int) -> dict[str, object]:
        return {"reason": ""}

    def process_wait_status(self, _process: Process, _pid: int, _timeout_ms: int) -> int:
        return 0

    def process_get_pid(self, process: Process) -> int:
        return process.pid

    def sleep_for_ever(self, process: Process) -> None:
        process.block("for ever")

    def time_get(self, _process: Process) -> tuple[float, float]:
        return self.now, 1_700_000_000 + self.now

    def ke_get_irql(self, _process: Process) -> int:
        return 0

    def kernel_log(self, _process: Process, message: str, level: str = "info") -> bool:
        self.log.append((level, message))
        return True

    def vfs_read_file(self, _process: Process, path: str) -> bytes:
        if path in self.files:
            return self.files[path]
        real = ROOTFS / path.lstrip("/")
        if path.startswith("/drivers/") and real.is_file():
            return real.read_bytes()
        raise StatusError(Status.NO_SUCH_FILE, path)

    def raw_component_list(self, _process: Process, wanted: str | None = None) -> dict[str, str]:
        return {address: kind for address, (kind, _) in self.components.items() if wanted in (None, kind)}

    def raw_component_proxy(self, _process: Process, address: str) -> object:
        if address not in self.components:
            raise StatusError(Status.NO_SUCH_DEVICE, f"no component {address}")
        return self.components[address][1]

    def reg_create_key(self, _process: Process, path: str) -> bool:
        self.registry.setdefault(path, {})
        return True

    def reg_set_value(self, _process: Process, path: str, name: str, value: object, _kind: str) -> bool:
        self.registry[path][name] = value
        return True

    def reg_get_value(self, _process: Process, path: str, name: str) -> object:
        values = self.registry.get(path, {})
        return (values[name], "STR") if name in values else None

    def reg_delete_value(self, _process: Process, path: str, name: str) -> bool:
        return self.registry[path].pop(name, None) is not None

    def reg_delete_key(self, _process: Process, path: str) -> bool:
        for key in [key for key in self.registry if key == path or key.startswith(path + "\\")]:
            del self.registry[key]
        return True

    def reg_set_owner(self, _process: Process, path: str, pid: int) -> bool:
        if path not in self.registry:
            raise StatusError(Status.REGISTRY_KEY_NOT_FOUND, path)
        self.registry_owners[path] = pid
        return True

    def reg_alloc_device_id(self, _process: Process, device_class: str) -> str:
        self._last_device += 1
        return f"{'PHYS' if device_class == 'physical' else 'VIRT'}_{self._last_device:03}"

    def ob_create_object(self, _process: Process, kind: str, body: object) -> tuple[str, object]:
        return kind, body

    def ob_dereference_object(self, _process: Process, _header: object) -> bool:
        return True

    def ob_insert_object(self, _process: Process, header: object, path: str) -> bool:
        if path in self.namespace:
            raise StatusError(Status.OBJECT_NAME_COLLISION, path)
        self.namespace[path] = header
        return True

    def ob_create_symlink(self, process: Process, link: str, target: str) -> bool:
        return self.ob_insert_object(process, target, link)

    def ob_delete_object(self, _process: Process, path: str) -> bool:
        del self.namespace[path]
        return True

    ob_delete_symlink = ob_delete_object


@contextmanager
def small_kernel(
    files: dict[str, str] | None = None, components: dict[str, tuple[str, object]] | None = None
) -> Iterator[SmallKernel]:
    """A running DKMS for one test; everything is thrown out afterwards, the builtins that it lent included."""
    kernel = SmallKernel(files or {}, {} if components is None else components)
    try:
        yield kernel
    finally:
        kernel.power_off()
        vars(builtins).pop("syscall", None)
        vars(builtins).pop("env", None)
