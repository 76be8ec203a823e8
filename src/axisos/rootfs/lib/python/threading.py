"""Threads and locks as Python programmers know them, on the kernel's threads and events.

Threads are preempted like processes. The process ends when its main thread has returned and the threads that are not
daemons have ended. Free locks are taken and given back without a system call: a thread is only ever preempted at a
function's entry, in a loop's body or in a system call, so a test and the store that follows it are one step.
"""

from __future__ import annotations

from _waiting import Line, deadline_after, left_until, milliseconds

from abi.status import StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, NoReturn

    from axis.guest import _axis_process, syscall

TIMEOUT_MAX = 9223372036.0
ThreadError = RuntimeError


class Lock:
    """A lock that any thread may release. Waiting for it blocks the calling thread only."""

    def __init__(self) -> None:
        self._held = False
        self._line = Line()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take it; False if it was not to be had in time. *timeout* in seconds, -1 = for ever."""
        if timeout != -1:
            if not blocking:
                raise ValueError("can't specify a timeout for a non-blocking call")
            if timeout != timeout:
                raise ValueError("Invalid value NaN (not a number)")
            if timeout < 0:
                raise ValueError("timeout value must be a non-negative number")
            if timeout > TIMEOUT_MAX:
                raise OverflowError("timeout value is too large")
        if not self._held:
            self._held = True
            return True
        if not blocking:
            return False
        return self._wait(None if timeout == -1 else timeout)

    def _wait(self, timeout: float | None) -> bool:
        deadline = deadline_after(timeout)
        while self._held:
            if not self._line.wait(left_until(deadline), self.locked) and self._held:
                return False
        self._held = True
        return True

    def release(self) -> None:
        """Give it back; RuntimeError if nobody holds it."""
        _axis_undisturbed = True
        if not self._held:
            raise RuntimeError("release unlocked lock")
        self._held = False
        if self._line.waiters:
            self._line.call()

    def locked(self) -> bool:
        return self._held

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        _axis_undisturbed = True
        self.release()

    def __repr__(self) -> str:
        return f"<{'locked' if self._held else 'unlocked'} _thread.lock object at {id(self):#x}>"


class RLock:
    """A lock that its owner may take again; it is free when it has been released as often."""

    def __init__(self) -> None:
        self._block = Lock()
        self._owner: Thread | None = None
        self._count = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        me = current_thread()
        if self._owner is me:
            self._count += 1
            return True
        if not self._block.acquire(blocking, timeout):
            return False
        self._owner = me
        self._count = 1
        return True

    def release(self) -> None:
        _axis_undisturbed = True
        if self._owner is not current_thread():
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1
        if not self._count:
            self._owner = None
            self._block.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        _axis_undisturbed = True
        self.release()

    def __repr__(self) -> str:
        state = "locked" if self._count else "unlocked"
        owner = self._owner.ident if self._owner is not None else 0
        return f"<{state} _thread.RLock object owner={owner} count={self._count} at {id(self):#x}>"

    def _is_owned(self) -> bool:
        return self._owner is current_thread()

    def _release_save(self) -> tuple[int, Thread | None]:
        _axis_undisturbed = True
        saved = self._count, self._owner
        self._count = 0
        self._owner = None
        self._block.release()
        return saved

    def _acquire_restore(self, saved: tuple[int, Thread | None]) -> None:
        _axis_undisturbed = True
        self._block.acquire()
        self._count, self._owner = saved


class Condition:
    """Wait until another thread says that something has changed."""

    def __init__(self, lock: Any = None) -> None:
        self._lock = RLock() if lock is None else lock
        self._line = Line()
        self.acquire = self._lock.acquire
        self.release = self._lock.release

    def __enter__(self) -> bool:
        return self._lock.__enter__()  # type: ignore[no-any-return]

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        _axis_undisturbed = True
        self._lock.release()

    def _is_owned(self) -> bool:
        if isinstance(self._lock, RLock):
            return self._lock._is_owned()
        if self._lock.acquire(False):
            self._lock.release()
            return False
        return True

    def wait(self, timeout: float | None = None) -> bool:
        """Give the lock back, wait to be notified, take it again; False if *timeout* seconds passed first."""
        if not self._is_owned():
            raise RuntimeError("cannot wait on un-acquired lock")
        saved: list[Any] = []

        def let_go() -> bool:
            saved.append(self._release_save())
            return True

        try:
            return self._line.wait(timeout, let_go)
        finally:
            if saved:
                self._acquire_restore(saved[0])

    def _release_save(self) -> Any:
        _axis_undisturbed = True
        return self._lock._release_save() if isinstance(self._lock, RLock) else self._lock.release()

    def _acquire_restore(self, saved: Any) -> None:
        _axis_undisturbed = True
        if isinstance(self._lock, RLock):
            self._lock._acquire_restore(saved)
        else:
            self._lock.acquire()

    def wait_for(self, predicate: Callable[[], Any], timeout: float | None = None) -> Any:
        """Wait until *predicate* is true; its last value."""
        result = predicate()
        deadline = None if result else deadline_after(timeout)
        while not result:
            left = left_until(deadline)
            if left is not None and left <= 0:
                break
            self.wait(left)
            result = predicate()
        return result

    def notify(self, n: int = 1) -> None:
        """Wake up to *n* of the waiting threads."""
        _axis_undisturbed = True
        if not self._is_owned():
            raise RuntimeError("cannot notify on un-acquired lock")
        if self._line.waiters:
            self._line.call(n)

    def notify_all(self) -> None:
        """Wake all waiting threads."""
        self.notify(len(self._line.waiters))

    notifyAll = notify_all

    def __repr__(self) -> str:
        return f"<Condition({self._lock!r}, {len(self._line.waiters)})>"


class Semaphore:
    """So many threads at a time."""

    def __init__(self, value: int = 1) -> None:
        if value < 0:
            raise ValueError("semaphore initial value must be >= 0")
        self._condition = Condition(Lock())
        self._value = value

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        """Take one; False if there was none in time."""
        if not blocking and timeout is not None:
            raise ValueError("can't specify timeout for non-blocking acquire")
        with self._condition:
            if not self._condition.wait_for(lambda: self._value > 0, timeout if blocking else 0):
                return False
            self._value -= 1
            return True

    def release(self, n: int = 1) -> None:
        _axis_undisturbed = True
        if n < 1:
            raise ValueError("n must be one or more")
        with self._condition:
            self._check(n)
            self._value += n
            self._condition.notify(n)

    def _check(self, n: int) -> None:
        """Whether *n* more are allowed."""

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__qualname__} at {id(self):#x}: value={self._permits()}>"

    def _permits(self) -> str:
        return str(self._value)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        _axis_undisturbed = True
        self.release()


class BoundedSemaphore(Semaphore):
    """A semaphore that complains when it is released too often."""

    def __init__(self, value: int = 1) -> None:
        Semaphore.__init__(self, value)
        self._initial = value

    def _check(self, n: int) -> None:
        if self._value + n > self._initial:
            raise ValueError("Semaphore released too many times")

    def _permits(self) -> str:
        return f"{self._value}/{self._initial}"


class Event:
    """A flag that threads can wait for."""

    def __init__(self) -> None:
        self._condition = Condition(Lock())
        self._flag = False

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.Event at {id(self):#x}: {'set' if self._flag else 'unset'}>"

    def is_set(self) -> bool:
        return self._flag

    isSet = is_set

    def set(self) -> None:
        _axis_undisturbed = True
        with self._condition:
            self._flag = True
            self._condition.notify_all()

    def clear(self) -> None:
        with self._condition:
            self._flag = False

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set; False if *timeout* seconds passed first."""
        if self._flag:
            return True
        with self._condition:
            return bool(self._condition.wait_for(lambda: self._flag, timeout))


class BrokenBarrierError(RuntimeError):
    """A barrier was aborted, reset, or not reached in time."""


class _Gathering:
    """Those who wait at a barrier until all have come."""

    def __init__(self) -> None:
        self.waiting = 0
        self.complete = False
        self.broken = False


class Barrier:
    """All of *parties* threads wait for each other, as often as they like."""

    def __init__(self, parties: int, action: Callable[[], object] | None = None, timeout: float | None = None) -> None:
        if parties < 1:
            raise ValueError("parties must be > 0")
        self._parties = parties
        self._action = action
        self._timeout = timeout
        self._gathering = _Gathering()
        self._condition = Condition(Lock())

    @property
    def parties(self) -> int:
        """How many threads it waits for."""
        return self._parties

    @property
    def n_waiting(self) -> int:
        """How many threads wait now."""
        return 0 if self._gathering.broken else self._gathering.waiting

    @property
    def broken(self) -> bool:
        """Whether it was aborted or not reached in time, and not reset since."""
        return self._gathering.broken

    def wait(self, timeout: float | None = None) -> int:
        """Returns a different number from 0 to parties - 1 in each thread; BrokenBarrierError if it is broken."""
        with self._condition:
            mine = self._gathering
            if mine.broken:
                raise BrokenBarrierError
            index = mine.waiting
            mine.waiting += 1
            if mine.waiting == self._parties:
                self._complete(mine)
                return index
            limit = self._timeout if timeout is None else timeout
            try:
                in_time = self._condition.wait_for(lambda: mine.complete or mine.broken, limit)
            except BaseException:
                mine.waiting -= 1
                raise
            if not in_time:
                self._break()
            if mine.broken:
                raise BrokenBarrierError
            return index

    def _complete(self, gathering: _Gathering) -> None:
        try:
            if self._action is not None:
                self._action()
        except BaseException:
            self._break()
            raise
        gathering.complete = True
        self._gathering = _Gathering()
        self._condition.notify_all()

    def _break(self) -> None:
        self._gathering.broken = True
        self._condition.notify_all()

    def abort(self) -> None:
        """Break it: those who wait, and who come until `reset`, get BrokenBarrierError."""
        with self._condition:
            self._break()

    def reset(self) -> None:
        """Begin anew; those who wait get BrokenBarrierError."""
        with self._condition:
            if self._gathering.waiting:
                self._break()
            self._gathering = _Gathering()

    def __repr__(self) -> str:
        state = "broken" if self.broken else f"waiters={self.n_waiting}/{self._parties}"
        return f"<{type(self).__module__}.{type(self).__qualname__} at {id(self):#x}: {state}>"


class Thread:
    """One thread of this process: runs `target(*args, **kwargs)`, or an overridden `run`."""

    def __init__(
        self, group: None = None, target: Callable[..., object] | None = None, name: str | None = None,
        args: Iterable[Any] = (), kwargs: dict[str, Any] | None = None, *, daemon: bool | None = None,
    ) -> None:
        if group is not None:
            raise AssertionError("group argument must be None for now")
        self._target = target
        self._args = args
        self._kwargs = {} if kwargs is None else kwargs
        if name:
            self._name = str(name)
        else:
            _state.count += 1
            self._name = f"Thread-{_state.count}" + (f" ({_name_of(target)})" if target is not None else "")
        self._daemon = current_thread().daemon if daemon is None else bool(daemon)
        self._ident: int | None = None
        self._ended = False

    @property
    def name(self) -> str:
        """For people; threads may share one."""
        return self._name

    @name.setter
    def name(self, name: object) -> None:
        self._name = str(name)

    @property
    def ident(self) -> int | None:
        """The id that the system knows it by; None before it was started."""
        self._check_made()
        return self._ident

    @property
    def native_id(self) -> int | None:
        return self.ident

    @property
    def daemon(self) -> bool:
        """Whether the process ends without waiting for it."""
        self._check_made()
        return self._daemon

    @daemon.setter
    def daemon(self, daemonic: bool) -> None:
        self._check_made()
        if self._ident is not None and not self._ended:
            raise RuntimeError("cannot set daemon status of active thread")
        self._daemon = bool(daemonic)

    def isDaemon(self) -> bool:
        return self.daemon

    def setDaemon(self, daemonic: bool) -> None:
        self.daemon = daemonic

    def getName(self) -> str:
        return self.name

    def setName(self, name: str) -> None:
        self.name = name

    def _check_made(self) -> None:
        if not hasattr(self, "_ended"):
            raise RuntimeError("Thread.__init__() not called")

    def start(self) -> None:
        """Begin; a thread can be started once."""
        if not hasattr(self, "_ended"):
            raise RuntimeError("thread.__init__() not called")
        if self._ident is not None:
            raise RuntimeError("threads can only be started once")
        self._ident = 0
        _state.threads.append(self)
        try:
            self._ident = syscall("process_thread", self._bootstrap)
        except StatusError as error:
            _state.threads.remove(self)
            self._ident = None
            raise RuntimeError(f"can't start new thread: {error.detail or error}") from None

    def _bootstrap(self) -> None:
        me = syscall("process_get_pid")
        self._ident = me
        _state.by_ident[me] = self
        try:
            self.run()
        except (Exception, SystemExit, KeyboardInterrupt, GeneratorExit) as error:  # ends this thread only
            excepthook(ExceptHookArgs((type(error), error, None, self)))
        finally:
            self._ended = True
            _state.by_ident.pop(me, None)
            if self in _state.threads:
                _state.threads.remove(self)

    def run(self) -> None:
        if self._target is not None:
            self._target(*self._args, **self._kwargs)

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has ended, at most *timeout* seconds."""
        self._check_made()
        if self._ident is None:
            raise RuntimeError("cannot join thread before it is started")
        if self is current_thread():
            raise RuntimeError("cannot join current thread")
        if self._ended:
            return
        try:
            syscall("process_wait", self.ident, milliseconds(timeout))
            self._ended = True
        except StatusError as error:
            if error.status == 606:
                self._ended = True
            elif error.status != 258:
                raise

    def is_alive(self) -> bool:
        if self.ident is None or self._ended:
            return False
        if syscall("process_status", self.ident) is None:
            self._ended = True
        return not self._ended

    def __repr__(self) -> str:
        state = "initial" if self.ident is None else "started" if self.is_alive() else "stopped"
        number = f" {self._ident}" if self._ident is not None else ""
        return f"<{type(self).__name__}({self._name}, {state}{' daemon' if self._daemon else ''}{number})>"


class Timer(Thread):
    """Calls a function after *interval* seconds unless it is cancelled first."""

    def __init__(
        self, interval: float, function: Callable[..., object], args: Iterable[Any] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        Thread.__init__(self)
        self.interval = interval
        self.function = function
        self.args = args if args is not None else []
        self.kwargs = kwargs if kwargs is not None else {}
        self.finished = Event()

    def cancel(self) -> None:
        self.finished.set()

    def run(self) -> None:
        if not self.finished.wait(self.interval):
            self.function(*self.args, **self.kwargs)
        self.finished.set()


class _MainThread(Thread):
    """The thread in which the program began."""

    def __init__(self, name: str, ident: int, daemon: bool) -> None:
        self._target = None
        self._args = ()
        self._kwargs = {}
        self._name = name
        self._daemon = daemon
        self._ident = ident
        self._ended = False


class _DummyThread(_MainThread):
    """A thread that this module did not start, as those of `axis.thread`."""


class ExceptHookArgs(tuple):  # type: ignore[type-arg]
    """(exc_type, exc_value, exc_traceback, thread) of an error that ended a thread."""

    __slots__ = ()

    @property
    def exc_type(self) -> Any:
        return self[0]

    @property
    def exc_value(self) -> Any:
        return self[1]

    @property
    def exc_traceback(self) -> Any:
        return self[2]

    @property
    def thread(self) -> Any:
        return self[3]


def excepthook(args: Any) -> None:
    """Print the error that ended a thread to standard error; a program may put its own function in this place."""
    import sys

    if args[0] is SystemExit:
        return
    text = _axis_process.format_exception(args[1])
    sys.stderr.write(f"Exception in thread {args[3].name}:\n{text}" + ("" if text.endswith("\n") else "\n"))


class _State:
    """The threads of this process."""

    def __init__(self) -> None:
        self.count = 0
        self.dummies = 0
        self.threads: list[Thread] = []  # started here and not ended
        self.main: Thread | None = None
        self.by_ident: dict[int, Thread] = {}


_state = _State()


def _name_of(target: object) -> str:
    return str(getattr(target, "__name__", "?"))


def __getattr__(name: str) -> NoReturn:
    from axis import absent

    absent.attribute("threading", name)


def get_ident() -> int:
    """The id of the calling thread."""
    return syscall("process_get_pid")  # type: ignore[no-any-return]


get_native_id = get_ident


def current_thread() -> Thread:
    """The calling thread's object."""
    ident = syscall("process_get_pid")
    thread = _state.by_ident.get(ident)
    if thread is None:
        if ident == main_thread().ident:
            thread = main_thread()
        else:
            _state.dummies += 1
            thread = _DummyThread(f"Dummy-{_state.dummies}", ident, True)
        _state.by_ident[ident] = thread
    return thread


def main_thread() -> Thread:
    if _state.main is None:
        _state.main = _MainThread("MainThread", syscall("process_info")["tgid"], False)
    return _state.main


def enumerate() -> list[Thread]:
    """All threads that run: the main one and those started here."""
    return [main_thread(), *_state.threads]


def active_count() -> int:
    return len(enumerate())


currentThread = current_thread
activeCount = active_count


class local:
    """Attributes that each thread has for itself."""

    def __new__(cls, *args: Any, **keywords: Any) -> local:
        self = object.__new__(cls)
        object.__setattr__(self, "_own", {})
        object.__setattr__(self, "_made_with", (args, keywords))
        local._mine(self)
        return self

    def _mine(self) -> dict[str, Any]:
        spaces = object.__getattribute__(self, "_own")
        me = current_thread()
        space = spaces.get(me)
        if space is None:
            ended = [thread for thread in spaces if thread._ended]
            for thread in ended:
                del spaces[thread]
            space = spaces[me] = {}
            args, keywords = object.__getattribute__(self, "_made_with")
            if len(spaces) > 1:  # the first thread's __init__ runs by itself
                self.__init__(*args, **keywords)  # type: ignore[misc]
        return space  # type: ignore[no-any-return]

    def __getattr__(self, name: str) -> Any:
        space = local._mine(self)
        if name not in space:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute {name!r}")
        return space[name]

    def __setattr__(self, name: str, value: Any) -> None:
        local._mine(self)[name] = value

    def __delattr__(self, name: str) -> None:
        space = local._mine(self)
        if name not in space:
            raise AttributeError(name)
        del space[name]


def _join_all() -> None:
    """The program has returned: wait for the threads that are not daemons."""
    while True:
        waited = [thread for thread in _state.threads if not thread.daemon and thread.is_alive()]
        if not waited:
            break
        for thread in waited:
            thread.join()
    streams = _axis_process.modules.get("axis.streams")
    if hasattr(streams, "flush_all"):
        streams.flush_all()  # if that module came later, its own turn at the end is over


_axis_process.at_flush(_join_all)
