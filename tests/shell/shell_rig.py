"""A machine for the shell's tests: files in a dict, pipes without end, programs that run at once, to their end.

It serves the system calls that the shell makes, each process with its own standard handles, so the shell's rooms run
unchanged. A program is a function `(process) -> exit status`; `/bin/sh.py` is the real one.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

from abi.status import Status, StatusError
from axis.shell.system import System

SHELL_FILE = Path(__file__).parents[2] / "src/axisos/rootfs/bin/sh.py"


class Stream:
    """An open file or a pipe."""

    def __init__(self, data: bytes = b"", path: str | None = None, at_end: bool = False) -> None:
        self.data = bytearray(data)
        self.path = path
        self.position = len(self.data) if at_end else 0


class Process:
    """One process: what it may call."""

    def __init__(self, machine: Machine, pid: int, env: dict[str, Any], handles: dict[int, Stream]) -> None:
        self.machine = machine
        self.pid = pid
        self.env = env
        self.handles: dict[int | str, Stream] = dict(handles)  # type: ignore[arg-type]

    @property
    def args(self) -> list[str]:
        return list(self.env["ARGS"])

    def read(self) -> str:
        """All of standard input."""
        return System(self.call).read_all(-10).decode()

    def write(self, text: str, descriptor: int = 1) -> None:
        self.call("vfs_write", {1: -11, 2: -12}[descriptor], text.encode())

    def call(self, name: str, *arguments: Any) -> Any:
        """One system call."""
        return getattr(self, "_" + name)(*arguments)

    def _process_get_pid(self) -> int:
        return 20

    def _ob_get_standard_handle(self, pid: int, index: int) -> str | None:
        return "somebody's" if index in self.handles else None

    def _handle(self, handle: int | str) -> Stream:
        if handle not in self.handles:
            raise StatusError(Status.INVALID_HANDLE, str(handle))
        return self.handles[handle]

    def _new(self, stream: Stream) -> str:
        token = self.machine.token()
        self.handles[token] = stream
        return token

    def _vfs_open(self, path: str, mode: str) -> str:
        files = self.machine.files
        assert path.startswith("/"), path
        if path in self.machine.directories:
            raise StatusError(Status.IS_A_DIRECTORY, path)
        if path not in files:
            parent = path.rpartition("/")[0] or "/"
            if ("w" not in mode and mode != "a") or parent not in self.machine.directories:
                raise StatusError(Status.NO_SUCH_FILE, path)
        if mode == "w":
            files[path] = b""
        return self._new(Stream(files.setdefault(path, b""), path, mode == "a"))

    def _vfs_read(self, handle: int | str, count: int | None = None) -> bytes:
        stream = self._handle(handle)
        end = len(stream.data) if count is None else stream.position + count
        data = bytes(stream.data[stream.position:end])
        stream.position += len(data)
        return data

    def _vfs_write(self, handle: int | str, data: bytes) -> int:
        stream = self._handle(handle)
        if stream.path is None:
            stream.data += data
        else:
            stored = bytearray(self.machine.files[stream.path])
            stored[stream.position:stream.position + len(data)] = data
            stream.position += len(data)
            self.machine.files[stream.path] = bytes(stored)
        return len(data)

    def _vfs_close(self, handle: int | str) -> None:
        self._handle(handle)
        del self.handles[handle]

    def _vfs_seek(self, handle: int | str, offset: int, whence: str) -> int:
        stream = self._handle(handle)
        if stream.path is None:
            raise StatusError(Status.INVALID_PARAMETER, "a pipe")
        stream.position = {"set": 0, "cur": stream.position, "end": len(stream.data)}[whence] + offset
        return stream.position

    def _vfs_stat(self, path: str) -> dict[str, Any]:
        if path in self.machine.directories:
            return {"type": "directory", "size": 0, "mtime": 0.0, "uid": 0, "gid": 0, "mode": "755"}
        if path not in self.machine.files:
            raise StatusError(Status.NO_SUCH_FILE, path)
        size = len(self.machine.files[path])
        mode = self.machine.modes.get(path, "755")
        return {"type": "file", "size": size, "mtime": 0.0, "uid": 0, "gid": 0, "mode": mode}

    def _vfs_list(self, path: str) -> list[str]:
        if path not in self.machine.directories:
            raise StatusError(Status.NO_SUCH_FILE, path)
        base = path.rstrip("/") + "/"
        names = [name[len(base):] for name in self.machine.files if name.startswith(base)]
        names += [name[len(base):] + "/" for name in self.machine.directories if name.startswith(base) and name != base]
        return sorted(name for name in names if name and "/" not in name.rstrip("/") and name != "/")

    def _vfs_device_control(self, handle: int | str, method: str, arguments: list[Any]) -> Any:
        raise StatusError(Status.INVALID_PARAMETER, "no device")

    def _ke_create_pipe(self, size: int) -> tuple[str, str]:
        stream = Stream()
        return self._new(stream), self._new(stream)

    def _process_spawn(
        self, path: str, ring: Any, env: dict[str, Any], handles: dict[int, Any] | None, group: Any, granted: Any,
    ) -> int:
        program = self.machine.programs.get(path)
        if program is None:
            known = path in self.machine.files
            raise StatusError(Status.ACCESS_DENIED if known else Status.NO_SUCH_FILE, path)
        slots = handles if handles is not None else {slot: slot for slot in (-10, -11, -12)}
        given = {slot: self._handle(handle) for slot, handle in slots.items()}
        for key, value in env.items():
            assert key == "ARGS" or isinstance(value, str), (key, value)
        child = Process(self.machine, self.machine.next_pid(), env, given)
        self.machine.spawned.append((path, list(env["ARGS"])))
        self.machine.statuses[child.pid] = program(child)
        return child.pid

    def _process_wait_status(self, pid: int, timeout_ms: int | None) -> int:
        if pid not in self.machine.statuses:
            raise StatusError(Status.NO_SUCH_PROCESS, str(pid))
        return self.machine.statuses.pop(pid)

    def _process_info(self, pid: int | None) -> dict[str, Any]:
        return {"pid": pid or self.pid, "pgid": 20, "uid": 1000, "gid": 1000, "ring": 3, "parent": 2, "status": "ready"}

    def _process_kill(self, pid: int, signal: int) -> None:
        self.machine.killed.append((pid, signal))

    def _process_thread(self, function: Callable[[], None]) -> None:
        function()

    def _ke_signal_handler(self, number: int, action: Any) -> None:
        self.machine.handlers[number] = action

    def _time_get(self) -> tuple[float, float]:
        return 1.0, 1.0

    def _random_bytes(self, count: int) -> bytes:
        return bytes(range(1, count + 1))


def _cat(process: Process) -> int:
    if not process.args:
        process.write(process.read())
    for path in process.args:
        full = path if path.startswith("/") else f"{process.env['PWD'].rstrip('/')}/{path}"
        if full not in process.machine.files:
            process.write(f"cat: {path}: No such file or directory\n", 2)
            return 1
        process.write(process.machine.files[full].decode())
    return 0


def _upper(process: Process) -> int:
    process.write(process.read().upper())
    return 0


def _args(process: Process) -> int:
    process.write("".join(f"<{argument}>" for argument in process.args) + "\n")
    return 0


def _exit(process: Process) -> int:
    return int(process.args[0])


def _environment(process: Process) -> int:
    process.write("".join(f"{k}={v}\n" for k, v in sorted(process.env.items()) if k != "ARGS"))
    return 0


class Machine:
    """Files, programs and what happened to them."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {"/etc/motd": b"welcome\n", "/dev/null": b""}
        self.modes: dict[str, str] = {}
        self.directories = {"/", "/dev", "/home", "/home/guest", "/tmp", "/etc", "/usr", "/usr/commands", "/bin"}
        self.programs: dict[str, Callable[[Process], int]] = {"/bin/sh.py": self._shell}
        for name, program in {
            "cat": _cat, "upper": _upper, "args": _args, "fail": _exit, "printenv": _environment,
        }.items():
            self.add_program(f"/usr/commands/{name}.py", program)
        self.files["/bin/sh.py"] = b""
        self.spawned: list[tuple[str, list[str]]] = []
        self.statuses: dict[int, int] = {}
        self.killed: list[tuple[int, int]] = []
        self.handlers: dict[int, Any] = {}
        self._pid = 20
        self._token = 0
        spec = importlib.util.spec_from_file_location("axis_sh", SHELL_FILE)
        assert spec is not None and spec.loader is not None
        self._sh = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self._sh)

    def add_program(self, path: str, program: Callable[[Process], int]) -> None:
        self.programs[path] = program
        self.files[path] = b""

    def next_pid(self) -> int:
        self._pid += 1
        return self._pid

    def token(self) -> str:
        self._token += 1
        return f"H-{self._token}"

    def _shell(self, process: Process) -> int:
        return int(self._sh.start(System(process.call), process.env))

    def run(self, *arguments: str, stdin: str = "", **variables: str) -> Result:
        """`sh` with these arguments, to its end."""
        env: dict[str, Any] = {
            "ARGS": list(arguments), "PWD": "/home/guest", "HOME": "/home/guest", "USER": "guest",
            "PATH": "/usr/commands:/bin", **variables,
        }
        streams = {-10: Stream(stdin.encode()), -11: Stream(), -12: Stream()}
        process = Process(self, self.next_pid(), env, streams)
        status = self._shell(process)
        left = [handle for handle in process.handles if not isinstance(handle, int)]
        return Result(status, bytes(streams[-11].data), bytes(streams[-12].data), left)


class Result:
    """How a shell ended."""

    def __init__(self, status: int, out: bytes, err: bytes, left_open: list[Any]) -> None:
        self.status = status
        self.out = out.decode()
        self.err = err.decode()
        self.left_open = left_open

    def __repr__(self) -> str:
        return f"<{self.status} {self.out!r} {self.err!r}>"
