"""Programs and modules: where their source comes from, and how it becomes code.

Sources of ring <= 2 programs, and everything below /lib, come from the root file system; a program's own files come
through the Pipeline Manager, which checks the caller's rights. Programs of ring >= 2.5 are checked and instrumented
before they run. Compiled code is cached by content, so a file that has not changed is compiled once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abi.sealed import Sealed
from abi.signals import SIGINT
from abi.status import Status, StatusError
from executive.ke_ipc.posix_signals import keyboard_interrupt
from executive.preempt import instrument
from executive.process import HandlerRaised
from executive.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, ModuleType

    from executive.messages import Messages
    from executive.process import Process, Thread
    from executive.scheduler import Scheduler

LIBRARY_ROOTS = ("/lib/", "/usr/lib/")
KIND_PROGRAM = "program"
KIND_SYSTEM = "system"
CACHED_KINDS = frozenset({KIND_PROGRAM, KIND_SYSTEM, "library"})


class Image:
    """One program file, ready to be run by a new process."""

    __slots__ = ("_loader", "path", "source")

    def __init__(self, loader: Loader, path: str, source: bytes) -> None:
        self._loader = loader
        self.path = path
        self.source = source

    def run(self, process: Process) -> None:
        """The life of the process's main thread: its sandbox is made, its code compiled and run."""
        loader = self._loader
        process.sandbox = sandbox = Sandbox(loader.host_for(process), process.ring, self.path, process.env)
        kind = KIND_SYSTEM
        if process.ring > 2:
            kind = KIND_PROGRAM
            process.signal_handlers.setdefault(SIGINT, keyboard_interrupt)
        sandbox.run_main(loader.compile(self.source, self.path, kind))


class ComputerFacts(metaclass=Sealed):
    """What a process may know of the machine: the `computer` among its builtins. Each process has its own."""

    __slots__ = ("address", "free_memory", "tmp_address", "total_memory", "uptime")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("the computer's facts cannot be changed")


def facts_of(computer: Any) -> ComputerFacts:
    """The facts for one process."""
    facts = ComputerFacts()
    for name in ComputerFacts.__slots__:
        object.__setattr__(facts, name, getattr(computer, name))
    return facts


class ProcessHost:
    """What a sandbox gets from the kernel: one process's doors, and nothing else."""

    __slots__ = ("_loader", "_process", "checkpoint", "component", "computer", "simulated", "syscall")

    def __init__(self, loader: Loader, process: Process, checkpoint: Callable[[], None], component: Any) -> None:
        self._loader = loader
        self._process = process
        self.syscall: Any = process.syscall
        self.checkpoint = checkpoint
        self.component = component  # the bus, for rings <= 2
        self.computer = facts_of(loader.computer)
        self.simulated = loader.simulated

    def find_source(self, paths: list[str]) -> tuple[str, bytes] | None:
        """The first of *paths* that exists, and its content; None if none does. Blocks."""
        try:
            return self._loader.find_source(self._process, paths)
        except HandlerRaised as interrupted:
            failure = interrupted.error
        raise failure

    def compile(self, source: bytes | str, path: str, kind: str) -> CodeType:
        """Code for a source. Raises: SyntaxError."""
        return self._loader.compile(source if isinstance(source, bytes) else source.encode(), path, kind)

    def shared_module(self, name: str) -> ModuleType:
        """A module of the kernel's own (`abi.*`)."""
        return self._loader.import_module(name)

    def host_module(self, name: str) -> ModuleType:
        """A module of the host's Python."""
        return self._loader.import_module(name)

    def thread_start(self, func: Callable[[], object]) -> int:
        """Start a thread of the process. Returns its id."""
        return self.syscall("process_thread", func)  # type: ignore[no-any-return]

    def id_counter(self) -> int:
        """The next number that nothing in this machine has had."""
        return self._loader.next_id()


class Loader:
    """Finds, compiles and starts programs for one machine."""

    def __init__(
        self, scheduler: Scheduler, root_fs: Any, computer: Any, bus: Any, import_module: Callable[[str], ModuleType]
    ) -> None:
        self._scheduler = scheduler
        self._root_fs = root_fs
        self.computer = computer
        self._cache = computer.code_cache
        self._bus = bus
        self.import_module = import_module
        self.simulated = scheduler.simulated
        self._library_sources: dict[str, tuple[object, bytes]] = {}  # path -> (size and time, source)
        self._last_id = 0
        self.instrumented_files = 0
        self.messages: Messages  # wired by the kernel

    def read_root(self, path: str) -> bytes:
        """A whole file of the root file system. Raises: NO_SUCH_FILE."""
        fs = self._root_fs
        facts = fs.stat(path)
        if facts is None or facts["type"] != "file":
            raise StatusError(Status.NO_SUCH_FILE, f"{path}: no such file")
        handle = fs.open(path, "r")
        try:
            return fs.read(handle, float("inf")) or b""
        finally:
            fs.close(handle)

    def image(self, thread: Thread, path: str) -> Image:
        """The program at *path*, which the caller must be allowed to execute. Blocks. Raises: as the file system."""
        if not path.startswith("/"):
            raise StatusError(Status.INVALID_PARAMETER, f"{path[:80]!r}: the path of a program is absolute")
        if thread.process.ring <= 2:
            return Image(self, path, self.read_root(path))
        found_path, source = self._ask_pipeline(thread, [path], True)
        return Image(self, found_path, source)

    def image_of(self, path: str, source: bytes) -> Image:
        """A program whose source the caller has."""
        return Image(self, path, source)

    def _ask_pipeline(self, thread: Thread, paths: list[str], execute: bool) -> tuple[str, bytes]:
        server = self.messages.server_of("image_open")
        if server is None:
            for path in paths:
                try:
                    return path, self.read_root(path)
                except StatusError:
                    continue
            raise StatusError(Status.NO_SUCH_FILE, f"{paths[0]}: no such file")
        return self.messages.forward(thread, server, "image_open", (paths, execute))  # type: ignore[return-value]

    def find_source(self, process: Process, paths: list[str]) -> tuple[str, bytes] | None:
        """The first of *paths* that exists, and its content; None if none does."""
        asked: list[str] = []
        given, closed = process.given_files, process.closed_directory
        for path in paths:
            if given is not None and path in given:
                return path, given[path]
            if closed and path.startswith(closed):
                continue
            if process.ring > 2 and not path.startswith(LIBRARY_ROOTS):
                asked.append(path)
                continue
            found = self._ask_quietly(process, asked)
            if found is not None:
                return found
            asked = []
            source = self._library_source(path)
            if source is not None:
                return path, source
        return self._ask_quietly(process, asked)

    def _ask_quietly(self, process: Process, paths: list[str]) -> tuple[str, bytes] | None:
        if not paths:
            return None
        try:
            return self._ask_pipeline(self._scheduler.current, paths, False)
        except StatusError as error:
            if error.status in (Status.NO_SUCH_FILE, Status.NOT_A_DIRECTORY):
                return None
            raise

    def _library_source(self, path: str) -> bytes | None:
        """A file of the root file system; read once, and again when it has changed."""
        facts = self._root_fs.stat(path)
        if facts is None or facts["type"] != "file":
            return None
        version = (facts["size"], facts["mtime"])
        known = self._library_sources.get(path)
        if known is None or known[0] != version:
            known = self._library_sources[path] = (version, self.read_root(path))
        return known[1]

    def compile(self, source: bytes, path: str, kind: str) -> CodeType:
        """Code for a source, from the cache if it is known. Raises: SyntaxError."""
        if kind not in CACHED_KINDS:
            return instrument(source, path, kind)  # made by a program as it runs: it must not fill the host's disk
        code = self._cache.get(kind, source, path)
        if code is None:
            code = instrument(source, path, kind)
            self._cache.put(kind, source, path, code)
        if kind == KIND_PROGRAM:
            self.instrumented_files += 1
        return code  # type: ignore[no-any-return]

    def host_for(self, process: Process) -> ProcessHost:
        """What the sandbox of *process* gets."""
        return ProcessHost(self, process, self._checkpoint_for(process), self._bus if process.ring <= 2 else None)

    def next_id(self) -> int:
        """A number that nothing in this machine has had."""
        self._last_id += 1
        return self._last_id

    def _checkpoint_for(self, process: Process) -> Callable[[], None]:
        """What the process's code calls at a checkpoint when its flag is up."""
        scheduler = self._scheduler
        if scheduler.simulated:
            return self._simulated_checkpoint(process)

        def checkpoint() -> None:
            thread = scheduler.current
            if thread.process is not process:
                raise GeneratorExit  # a finalizer that runs in another's name
            if process.alarm:
                scheduler.on_alarm(thread)
            scheduler.checkpoint(thread)
            if not process.alarm:
                process.sandbox.lower_flag()  # type: ignore[union-attr]  # last: what failed above is to be tried again

        return checkpoint

    def _simulated_checkpoint(self, process: Process) -> Callable[[], None]:
        """The same where every checkpoint counts as five microseconds of machine time."""
        scheduler = self._scheduler
        clock = self.computer.clock
        advance_ns = clock.advance_ns
        step_ns = scheduler.checkpoint_ns
        step = scheduler.step if scheduler.follows_schedule else None

        def checkpoint() -> None:
            advance_ns(step_ns)
            thread = scheduler.current
            if thread.process is not process:
                raise GeneratorExit  # a finalizer that runs in another's name
            if process.alarm:
                scheduler.on_alarm(thread)
            if step is not None:
                step(thread)
            scheduler.checkpoint(thread)

        return checkpoint
