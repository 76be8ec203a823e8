"""Results that come later, and pools of threads that work them out, on `threading` and `queue`.

A future goes PENDING -> RUNNING -> FINISHED, or PENDING -> CANCELLED -> CANCELLED_AND_NOTIFIED. All times are seconds.
"""

from __future__ import annotations

import itertools
import queue
import threading

from _waiting import deadline_after, left_until, now

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, NoReturn, Self

    from axis.guest import _axis_process

__all__ = [
    "ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION", "BrokenExecutor", "CancelledError", "Executor", "Future",
    "InvalidStateError", "ThreadPoolExecutor", "TimeoutError", "as_completed", "wait",
]

FIRST_COMPLETED = "FIRST_COMPLETED"
FIRST_EXCEPTION = "FIRST_EXCEPTION"
ALL_COMPLETED = "ALL_COMPLETED"
TimeoutError = TimeoutError
_PENDING = "PENDING"
_RUNNING = "RUNNING"
_CANCELLED = "CANCELLED"
_CANCELLED_AND_NOTIFIED = "CANCELLED_AND_NOTIFIED"
_FINISHED = "FINISHED"
_DONE = (_CANCELLED, _CANCELLED_AND_NOTIFIED, _FINISHED)
_BROKEN = "A thread initializer failed, the thread pool is not usable anymore"
_DEFAULT_WORKERS = 5  # a machine has one processor; more threads are of use where they wait


class Error(Exception):
    """What goes wrong with futures themselves."""


class CancelledError(Error):
    """The future was cancelled."""


class InvalidStateError(Error):
    """The future is not in the state for that."""


class BrokenExecutor(RuntimeError):
    """The pool's `initializer` failed; it does nothing any more."""


class Future:
    """A result that will be there, or the exception that came instead."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._state = _PENDING
        self._result: Any = None
        self._exception: BaseException | None = None
        self._callbacks: list[Callable[[Future], object]] = []
        self._watchers: list[_Watcher] = []

    def cancel(self) -> bool:
        """Do not work it out; False if that has begun or is over."""
        with self._condition:
            if self._state in (_RUNNING, _FINISHED):
                return False
            if self._state != _PENDING:
                return True
            self._state = _CANCELLED
            self._condition.notify_all()
        self._call_back()
        return True

    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self._state in (_CANCELLED, _CANCELLED_AND_NOTIFIED)

    def running(self) -> bool:
        """Whether it is being worked out now."""
        return self._state == _RUNNING

    def done(self) -> bool:
        """Whether it has its result or exception, or was cancelled."""
        return self._state in _DONE

    def result(self, timeout: float | None = None) -> Any:
        """The result; raises what was raised instead, CancelledError, or TimeoutError. Blocks until it is there."""
        error = self.exception(timeout)
        if error is not None:
            raise error
        return self._result

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """The exception, None if there is a result; raises CancelledError or TimeoutError. Blocks until it is known."""
        with self._condition:
            if not self._condition.wait_for(self.done, timeout):
                raise TimeoutError()
            if self.cancelled():
                raise CancelledError()
            return self._exception

    def add_done_callback(self, fn: Callable[[Future], object]) -> None:
        """Call *fn(future)* when it is done, at once if it is; what that raises is printed and otherwise ignored."""
        with self._condition:
            if not self.done():
                self._callbacks.append(fn)
                return
        self._call(fn)

    def _call_back(self) -> None:
        for callback in self._callbacks:
            self._call(callback)

    def _call(self, callback: Callable[[Future], object]) -> None:
        try:
            callback(self)
        except Exception as error:
            _report(f"exception calling callback for {self!r}", error)

    # For executors, and for tests of programs that use them.

    def set_running_or_notify_cancel(self) -> bool:
        """The work begins now; False if it was cancelled, and must not."""
        with self._condition:
            if self._state == _CANCELLED:
                self._state = _CANCELLED_AND_NOTIFIED
                self._notify()
                return False
            if self._state != _PENDING:
                raise InvalidStateError(f"Future in unexpected state: {self._state}")
            self._state = _RUNNING
            return True

    def set_result(self, result: Any) -> None:
        """This came out."""
        self._finish(result, None)

    def set_exception(self, exception: BaseException | None) -> None:
        """This was raised instead."""
        self._finish(None, exception)

    def _finish(self, result: Any, exception: BaseException | None) -> None:
        with self._condition:
            if self.done():
                raise InvalidStateError(f"{self._state}: {self!r}")
            self._result = result
            self._exception = exception
            self._state = _FINISHED
            self._notify()
            self._condition.notify_all()
        self._call_back()

    def _notify(self) -> None:
        for watcher in self._watchers:
            watcher.put(self)

    def _watch(self, watcher: _Watcher) -> None:
        """Have the future put into the queue *watcher* when it is done, at once if it is."""
        with self._condition:
            if self._state in (_FINISHED, _CANCELLED_AND_NOTIFIED):
                watcher.put(self)
            else:
                self._watchers.append(watcher)

    def _forget(self, watcher: _Watcher) -> None:
        with self._condition:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

    def __repr__(self) -> str:
        text = f"<{type(self).__name__} at {id(self):#x} state={self._state.lower()}"
        if self._state == _FINISHED:
            value = self._result if self._exception is None else self._exception
            text += f" {'returned' if self._exception is None else 'raised'} {type(value).__name__}"
        return text + ">"


if TYPE_CHECKING:
    _Watcher = queue.SimpleQueue


def _report(what: str, error: BaseException) -> None:
    """Tell of an error that nobody can be given."""
    import sys

    sys.stderr.write(f"{what}\n{_axis_process.format_exception(error)}")


class DoneAndNotDoneFutures(tuple):  # type: ignore[type-arg]
    """(done, not_done): two sets of futures."""

    __slots__ = ()

    @property
    def done(self) -> Any:
        return self[0]

    @property
    def not_done(self) -> Any:
        return self[1]

    def __repr__(self) -> str:
        return f"DoneAndNotDoneFutures(done={self[0]!r}, not_done={self[1]!r})"


def wait(fs: Iterable[Future], timeout: float | None = None, return_when: str = ALL_COMPLETED) -> Any:
    """Wait until all of *fs* are done, the first is, or the first has failed; (done, not_done) after that or the limit.

    A future that was cancelled counts as done when its executor has noticed.
    """
    if return_when not in (FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED):
        raise ValueError(f"Invalid return condition: {return_when!r}")
    waited = {*fs}
    done: set[Future] = set()
    for future in _as_they_end(waited, timeout, None):
        done.add(future)
        failed = not future.cancelled() and future.exception() is not None
        if return_when == FIRST_COMPLETED or (return_when == FIRST_EXCEPTION and failed):
            break
    done |= {future for future in waited if future._state in (_FINISHED, _CANCELLED_AND_NOTIFIED)}
    return DoneAndNotDoneFutures((done, waited - done))


def as_completed(fs: Iterable[Future], timeout: float | None = None) -> Iterator[Future]:
    """The futures one by one as they are done; raises TimeoutError if not all are within *timeout* from the first."""
    return _as_they_end({*fs}, timeout, TimeoutError)


def _as_they_end(fs: set[Future], timeout: float | None, late: type[BaseException] | None) -> Iterator[Future]:
    """The futures as they are done; at the limit *late* is raised, or the rest left out."""
    watcher: Any = queue.SimpleQueue()
    deadline = deadline_after(timeout)
    left = len(fs)
    try:
        for future in fs:
            future._watch(watcher)
        while left:
            try:
                future = watcher.get(timeout=None if deadline is None else max(0.0, deadline - now()))
            except queue.Empty:
                if late is not None:
                    raise late(f"{left} (of {len(fs)}) futures unfinished") from None
                return
            left -= 1
            yield future
    finally:
        for future in fs:
            future._forget(watcher)


class Executor:
    """Works out calls some time. Use it in a `with`: at its end everything has been worked out."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        """Have *fn(*args, **kwargs)* called; a future of what it returns."""
        raise NotImplementedError

    def map(
        self, fn: Callable[..., Any], *iterables: Iterable[Any], timeout: float | None = None, chunksize: int = 1,
    ) -> Iterator[Any]:
        """The results of *fn* for the items of *iterables*, in their order; all calls are submitted at once.

        *timeout* is counted from the call of `map`; *chunksize* is for pools of processes.
        """
        deadline = deadline_after(timeout)
        futures = [self.submit(fn, *args) for args in zip(*iterables, strict=False)]
        return _results(futures, deadline)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more; *wait* until all is worked out, or *cancel_futures* that has not begun."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> bool | None:
        self.shutdown()
        return None


def _results(futures: list[Future], deadline: float | None) -> Iterator[Any]:
    futures.reverse()
    try:
        while futures:
            yield futures.pop().result(left_until(deadline))
    finally:
        for future in futures:
            future.cancel()


class ThreadPoolExecutor(Executor):
    """Up to *max_workers* threads, started when there is work and kept until `shutdown` or the program's end."""

    _numbers = itertools.count()

    def __init__(
        self, max_workers: int | None = None, thread_name_prefix: str = "",
        initializer: Callable[..., object] | None = None, initargs: tuple[Any, ...] = (),
    ) -> None:
        if max_workers is not None and max_workers <= 0:
            raise ValueError("max_workers must be greater than 0")
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        self._most = _DEFAULT_WORKERS if max_workers is None else max_workers
        self._prefix = thread_name_prefix or f"ThreadPoolExecutor-{next(self._numbers)}"
        self._initializer = initializer
        self._initargs = initargs
        self._work: Any = queue.SimpleQueue()  # of (future, fn, args, kwargs); None ends a worker
        self._idle = threading.Semaphore(0)
        self._workers: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._closed = False
        self._broken = False
        _pools.append(self)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        with self._lock:
            if self._broken:
                raise BrokenExecutor(_BROKEN)
            if self._closed:
                raise RuntimeError("cannot schedule new futures after shutdown")
            future = Future()
            self._work.put((future, fn, args, kwargs))
            if not self._idle.acquire(False) and len(self._workers) < self._most:
                name = f"{self._prefix}_{len(self._workers)}"
                worker = threading.Thread(target=self._run, name=name, daemon=False)
                self._workers.append(worker)
                worker.start()
            return future

    def _run(self) -> None:
        if self._initializer is not None:
            try:
                self._initializer(*self._initargs)
            except BaseException as error:
                _report("Exception in initializer:", error)
                self._break()
                return
        while True:
            item = self._work.get()
            if item is None:
                return
            future, fn, args, kwargs = item
            if future.set_running_or_notify_cancel():
                try:
                    result = fn(*args, **kwargs)
                except BaseException as error:
                    future.set_exception(error)
                else:
                    future.set_result(result)
                    del result
            del item, future, fn, args, kwargs  # nothing is kept alive by a worker that waits
            self._idle.release()

    def _break(self) -> None:
        with self._lock:
            self._broken = True
            for future in self._unbegun():
                future.set_exception(BrokenExecutor(_BROKEN))

    def _unbegun(self) -> list[Future]:
        """Take out the work that has not begun."""
        taken = []
        while not self._work.empty():
            item = self._work.get_nowait()
            if item is not None:
                taken.append(item[0])
        return taken

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        with self._lock:
            self._closed = True
            if cancel_futures:
                for future in self._unbegun():
                    future.cancel()
                    future.set_running_or_notify_cancel()
            for _ in self._workers:
                self._work.put(None)
            if self in _pools:
                _pools.remove(self)
        if wait:
            for worker in self._workers:
                worker.join()


_pools: list[ThreadPoolExecutor] = []  # that take work


def _finish_all() -> None:
    """The program has returned: what it has submitted is still worked out, as in any Python."""
    for pool in [*_pools]:
        pool.shutdown(False)  # `threading` then waits for the workers


_axis_process.at_flush(_finish_all)


def __getattr__(name: str) -> NoReturn:
    from axis import absent

    absent.attribute("concurrent.futures", name)
