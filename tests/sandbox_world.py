"""A stand-in for the kernel, large enough for a sandbox: files in a dict, output in a buffer, a checkpoint limit."""

from __future__ import annotations

import importlib
from types import CodeType, ModuleType
from typing import Any

from abi.status import StatusError
from executive.preempt import instrument
from executive.sandbox import Sandbox


class Killed(BaseException):
    """The process is dying."""


class FakeHost:
    """A `SandboxHost`. After *limit* checkpoints each further one raises Killed."""

    def __init__(
        self, files: dict[str, str] | None = None, *, stdin: bytes = b"", simulated: bool = False,
        limit: int | None = None,
    ) -> None:
        self.files = files or {}
        self.stdin = stdin
        self.simulated = simulated
        self.limit = limit
        self.checkpoints = 0
        self.out = b""
        self.err = b""
        self.writes: list[bytes] = []
        self.component = object()
        self.computer = None
        self._ids = 0
        self._codes: dict[tuple[Any, str, str], CodeType] = {}

    def syscall(self, name: str, *arguments: Any) -> Any:
        if name == "vfs_write":
            handle, data = arguments
            assert type(data) is bytes
            if handle == -11:
                self.out += data
                self.writes.append(data)
            else:
                self.err += data
            return len(data)
        if name == "vfs_read":
            size = arguments[1]
            data, self.stdin = self.stdin[:size], self.stdin[size:]
            return data
        if name == "random_bytes":
            return bytes(index % 256 for index in range(arguments[0]))
        if name == "time_get":
            return 1.5, 1_700_000_000.0
        raise StatusError(303, name)

    def checkpoint(self) -> None:
        self.checkpoints += 1
        if self.limit is not None and self.checkpoints > self.limit:
            raise Killed

    def find_source(self, paths: list[str]) -> tuple[str, bytes] | None:
        for path in paths:
            if path in self.files:
                return path, self.files[path].encode()
        return None

    def compile(self, source: bytes | str, path: str, kind: str) -> CodeType:
        key = (source, path, kind)
        if key not in self._codes:
            self._codes[key] = instrument(source, path, kind)
        return self._codes[key]

    def shared_module(self, name: str) -> ModuleType:
        return importlib.import_module(name)

    def host_module(self, name: str) -> ModuleType:
        return importlib.import_module(name)

    def thread_start(self, func: Any) -> int:
        return 21

    def id_counter(self) -> int:
        self._ids += 1
        return self._ids


def boot(source: str, *, ring: float = 3, path: str = "/home/program.py", env: dict[str, Any] | None = None,
         **options: Any) -> tuple[Sandbox, FakeHost]:
    """A sandbox that is ready to run *source*, and its host."""
    files = {path: source, **options.pop("files", {})}
    host = FakeHost(files, **options)
    return Sandbox(host, ring, path, env or {}), host


def run(source: str, *, ring: float = 3, path: str = "/home/program.py", **options: Any) -> str:
    """Run a program; what it printed."""
    sandbox, host = boot(source, ring=ring, path=path, **options)
    if host.limit is not None:
        sandbox.raise_flag()
    sandbox.run_main(host.compile(source, path, "program" if ring >= 2.5 else "system"))
    sandbox.flush()
    return host.out.decode()
