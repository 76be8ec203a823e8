"""Watched processes: a service sees every system call that one process makes, and may fail it.

All that a driver does it does by system calls, and by calls of its hardware. So who would know whether it keeps the
rules looks there. The service hands over an *observer*, which the kernel calls in the middle of the driver's call:

    driver             kernel                               observer (an object of the service's)
      | dkms_create_device
      |------------------>| before(name, args) ------------->|  None: go on; an exception: the call fails with it
      |                   | the call itself
      |                   | after(name, args, result, None)->|
      |<------------------|

An observer runs on the driver's thread and so may make no system call; what it wants to know of the caller it asks its
`port`, the `WatchedProcess` of this module.

Called by   DKMS, for drivers that are verified.
Owns        who is watched, and by whom.
Always so   who is not watched pays nothing: a process's calls are looked up in a table of its own, and only a watched
            one's is another. An observer that fails is dropped and logged; the driver goes on as if unwatched.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from abi.status import Status, StatusError
from executive.origin import LIBRARIES, in_words, place_in, place_of
from executive.process import ProcessKilled
from executive.syscalls import SERVICE_ONLY, syscall

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from executive.messages import Messages
    from executive.origin import Origin
    from executive.process import Process, Thread
    from executive.processes import ProcessManager
    from executive.scheduler import Scheduler

    class Observer(Protocol):
        """What a service hands over. Both are called with arguments as the caller gave them."""

        def begin(self, port: WatchedProcess) -> object:
            """The watch begins."""

        def before(self, name: str, args: tuple[Any, ...]) -> Exception | None:
            """A call is about to be made; what is returned is raised in its stead."""

        def after(self, name: str, args: tuple[Any, ...], result: object, error: Exception | None) -> object:
            """A call has ended, with a result or an error."""


PROXY_CALLS = frozenset({"raw_component_proxy"})
PLAIN_NAMES = frozenset({"address", "type", "slot", "fields"})  # of a proxy: values, not methods


class HardwareFault(Exception):
    """A component says no, because the observer wants to see what the driver does then. Has what the real ones have."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.soft = True


class CallWatch:
    """The watches of one machine."""

    def __init__(
        self, scheduler: Scheduler, processes: ProcessManager, messages: Messages, log: Callable[..., object]
    ) -> None:
        self._scheduler = scheduler
        self._processes = processes
        self._messages = messages
        self._log = log
        self.observers: list[Observer] = []  # of all watches there were, for the one who looks from outside

    @syscall(rings=SERVICE_ONLY)
    def ke_watch_calls(self, thread: Thread, pid: int, observer: object) -> bool:
        """Have an observer see each system call of a process, before and after, and its calls of hardware.

        Args:    pid: a process of ring 2. observer: has `begin(port)`, `before(name, args)` and `after(name, args,
                 result, error)`; hardware calls are named `type.method`. It may make no system call.
        Returns: True. A second watch takes the place of the first.
        Blocks:  never.
        Raises:  NO_SUCH_PROCESS; INVALID_PARAMETER for a process of another ring.
        """
        process = self._processes.find(pid)
        if process.ring != 2:
            raise StatusError(Status.INVALID_PARAMETER, f"ke_watch_calls: process {pid} runs at ring {process.ring}")
        owner = thread.process.pid
        watched = WatchedProcess(
            self._scheduler, process, observer, lambda: self._messages.post(owner, "watch_found"), self._log  # type: ignore[arg-type]
        )
        process.calls = _WatchedCalls(process.calls, watched)
        entry = process.main.entry
        process.main.entry = lambda: watched.live(entry)  # in force if it has not run yet
        self.observers.append(observer)  # type: ignore[arg-type]
        observer.begin(watched)  # type: ignore[attr-defined]
        return True


class WatchedProcess:
    """One watched process, and what its observer may ask about it."""

    def __init__(
        self, scheduler: Scheduler, process: Process, observer: Observer, tell_owner: Callable[[], object],
        log: Callable[..., object],
    ) -> None:
        self._scheduler = scheduler
        self._process = process
        self._observer: Observer | None = observer
        self.tell_owner = tell_owner  # sends the service the message `watch_found`
        self._log = log
        self._words: dict[Origin, str] = {}  # a driver calls from the same few places
        self.ended_by: tuple[BaseException, str] | None = None  # the error that ended it, where that came from

    # --- for the observer --------------------------------------------------------------------------------------

    def is_running(self) -> bool:
        """Whether it is this process that runs just now."""
        return self._scheduler.current.process is self._process

    def place(self) -> str:
        """`file:line in function`: where its own code is just now, below the libraries; "" when it does not run."""
        sandbox = self._process.sandbox
        if sandbox is None or not self.is_running():
            return ""
        return self._in_words(place_in(sys._getframe(1), sandbox.builtins))

    def caller_file(self) -> str:
        """The file whose code makes the call that is under way, a library's too; "" when the process does not run."""
        sandbox = self._process.sandbox
        frame = sys._getframe(1) if sandbox is not None and self.is_running() else None
        while frame is not None and sandbox is not None and frame.f_builtins is not sandbox.builtins:
            frame = frame.f_back
        return "" if frame is None else frame.f_code.co_filename

    def waits_at(self) -> str:
        """Where its main thread, which does not run, is in its code."""
        return self._in_words(place_of(self._process.main))

    def irql(self) -> int:
        """The level of its thread that runs."""
        return self._scheduler.current.irql

    def lower_irql(self) -> None:
        """Bring the thread that runs back to PASSIVE level."""
        self._scheduler.current.irql = 0

    def thread_pid(self) -> int:
        """Which of its threads runs."""
        return self._scheduler.current.pid

    def now_s(self) -> float:
        """Machine time, seconds."""
        return self._scheduler.now_ns() / 1e9

    def error_in_hand(self) -> tuple[BaseException, str] | None:
        """The error that it is handling while it makes this call, and the place in its own code that it came from."""
        error = sys.exception()
        return None if error is None else (error, self._origin_of(error))

    def _origin_of(self, error: BaseException) -> str:
        """The deepest place in the process's own code that an error has come through."""
        sandbox = self._process.sandbox
        origin = None
        trace = error.__traceback__
        while trace is not None and sandbox is not None:
            frame = trace.tb_frame
            if frame.f_builtins is sandbox.builtins and not frame.f_code.co_filename.startswith(LIBRARIES):
                origin = frame.f_code, trace.tb_lasti
            trace = trace.tb_next
        return self._in_words(origin)

    @staticmethod
    def fault(status: int, reason: str) -> Exception:
        """An error as hardware raises it, for `before` to return."""
        return HardwareFault(status, reason)

    def _in_words(self, origin: Origin | None) -> str:
        if origin is None:
            return ""
        words = self._words.get(origin)
        if words is None:
            words = self._words[origin] = in_words(origin)
        return words

    # --- between the process and the kernel --------------------------------------------------------------------

    def live(self, entry: Callable[[], object]) -> None:
        """The life of its main thread; an error that ends it is kept."""
        try:
            entry()
        except ProcessKilled:
            raise
        except BaseException as error:
            self.ended_by = error, self._origin_of(error)
            raise

    def run(self, name: str, body: Callable[..., object], args: tuple[object, ...], thread: Thread | None) -> object:
        """One call, told to the observer. *thread*: the caller for a system call, None for a call of hardware."""
        refused = self._tell("before", name, args)
        if isinstance(refused, Exception):
            self._tell("after", name, args, None, refused)
            raise refused
        try:
            result = body(*args) if thread is None else body(thread, *args)
        except Exception as error:
            self._tell("after", name, args, None, error)
            raise
        if name in PROXY_CALLS:
            result = _WatchedProxy(self, result)
        self._tell("after", name, args, result, None)
        return result

    def _tell(self, what: str, *values: object) -> object:
        """Call the observer; one that fails is not called again."""
        if self._observer is None:
            return None
        try:
            return getattr(self._observer, what)(*values)
        except ProcessKilled:
            raise
        except Exception as error:
            self._observer = None
            self._log("fail", f"the watch of process {self._process.pid} has failed: {type(error).__name__}: {error}")
            return None


class _WatchedCalls(dict[str, "Callable[..., object]"]):
    """A process's calls, each behind its watch. Stays empty: the table behind it goes on changing."""

    def __init__(self, calls: dict[str, Callable[..., object]], watched: WatchedProcess) -> None:
        super().__init__()
        self._calls: dict[str, Callable[..., object]] = calls._calls if isinstance(calls, _WatchedCalls) else calls
        self._watched = watched

    def get(self, name: str, _default: object = None) -> Any:
        """The body of a call, as the gate asks for it."""
        body = self._calls.get(name)
        if body is None:
            return None
        run = self._watched.run
        return lambda thread, *args: run(name, body, args, thread)


class _WatchedProxy:
    """A component's proxy whose methods are watched."""

    def __init__(self, watched: WatchedProcess, proxy: Any) -> None:
        self._watched = watched
        self._proxy = proxy

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._proxy, name)
        if name in PLAIN_NAMES or not callable(value):
            return value
        run, full = self._watched.run, f"{self._proxy.type}.{name}"
        return lambda *args: run(full, value, args, None)

    def __repr__(self) -> str:
        return repr(self._proxy)
