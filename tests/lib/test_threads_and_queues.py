"""Threads and queues as Python has them: who waits, who goes on, and what is left of it."""

# ruff: noqa: E501 - a line of a program reads best on one line
from __future__ import annotations

import random
from pathlib import Path

import pytest
from guest_program import answers, output, run_host


def test_a_thread_that_waits_often_needs_no_more_handles(tmp_path: Path) -> None:
    """Thousands of waits, of one lock or of thousands, share the few events that were needed at one time."""
    lines = output(tmp_path, """
        import queue, threading
        condition, q = threading.Condition(), queue.Queue(1)
        def open_handles():
            return syscall("process_limits")["handles"][1]
        before = open_handles()
        with condition:
            for _ in range(1500):
                condition.wait(0.001)
        for _ in range(1500):
            threading.Event().wait(0.001)
        taker = threading.Thread(target=lambda: [q.get() for _ in range(1500)])
        taker.start()
        for n in range(1500):
            q.put(n)
        taker.join()
        print(open_handles() - before)
    """)
    assert int(lines[0]) <= 3


def test_nobody_is_forgotten_when_a_handler_raises_out_of_a_wait(tmp_path: Path) -> None:
    """A thread that leaves its place in the line by an exception does not take the call of the next one with it."""
    lines = output(tmp_path, """
        import signal, subprocess, threading, time
        lock, got = threading.Lock(), []
        lock.acquire()
        def handler(number, frame):
            lock.release()  # which calls this very thread, the first in the line
            raise InterruptedError
        signal.signal(signal.SIGCHLD, handler)
        second = threading.Thread(target=lambda: got.append(lock.acquire()))
        def begin():
            second.start()
            subprocess.Popen(["true"])  # its end is the signal
            time.sleep(1)
        helper = threading.Timer(0.05, begin); helper.start()
        try:
            lock.acquire()
        except InterruptedError:
            got.append("interrupted")
        helper.join(); second.join()
        print(got, lock.locked())
    """)
    assert lines == ["['interrupted', True] True"]


def test_a_barrier_that_is_reset_or_aborted_lets_nobody_through(tmp_path: Path) -> None:
    """Those who waited get BrokenBarrierError; after a reset the next ones meet again."""
    lines = output(tmp_path, """
        import threading, time
        barrier, got = threading.Barrier(2), []
        def wait(timeout=5):
            try:
                got.append(barrier.wait(timeout))
            except threading.BrokenBarrierError:
                got.append("broken")
        def alone(then):
            thread = threading.Thread(target=wait); thread.start(); time.sleep(0.01)
            print(barrier.n_waiting, end=" "); then(); thread.join(); print(got, barrier.broken, barrier.n_waiting); got.clear()
        alone(barrier.reset)
        alone(barrier.abort)
        wait(); barrier.reset()
        alone(wait)
        wait(0.01); print(got, barrier.broken)
    """)
    assert lines[:2] == ["1 ['broken'] False 0", "1 ['broken'] True 0"]
    assert lines[2] in ("1 ['broken', 0, 1] False 0", "1 ['broken', 1, 0] False 0")
    assert lines[3] == "['broken'] True"


def test_waiting_for_a_simple_queue_blocks_its_own_thread_only(tmp_path: Path) -> None:
    """The others run on, and the one that puts something in wakes it; a limit is machine time."""
    lines = output(tmp_path, """
        import queue, threading, time
        q, seen = queue.SimpleQueue(), []
        takers = [threading.Thread(target=lambda: seen.append(q.get())) for _ in range(3)]
        for taker in takers:
            taker.start()
        begun = time.monotonic()
        try:
            queue.SimpleQueue().get(timeout=2)
        except queue.Empty:
            print(2 <= time.monotonic() - begun < 2.1, seen)
        for n in range(3):
            q.put(n)
        for taker in takers:
            taker.join()
        print(sorted(seen), q.empty(), q.qsize())
    """)
    assert lines == ["True []", "[0, 1, 2] True 0"]


def test_a_bounded_queue_holds_its_makers_back(tmp_path: Path) -> None:
    """put waits for room, join for task_done, and limits of time are kept on both sides."""
    lines = output(tmp_path, """
        import queue, threading, time
        q, most, total = queue.Queue(3), [0], []
        def work():
            while (item := q.get()) is not None:
                most[0] = max(most[0], q.qsize()); total.append(item); q.task_done()
        worker = threading.Thread(target=work); worker.start()
        for n in range(200):
            q.put(n)
        q.join(); print(total == [*range(200)], most[0] <= 3, q.unfinished_tasks)
        q.put(None); worker.join()
        begun = time.monotonic()
        for call in (lambda: q.get(timeout=1), lambda: [q.put(n, timeout=1) for n in range(4)]):
            try:
                call()
            except (queue.Empty, queue.Full) as error:
                print(type(error).__name__, q.full())
        print(2 <= time.monotonic() - begun < 2.1)
    """)
    assert lines == ["True True 0", "Empty False", "Full True", "True"]


QUEUE_PROGRAM = """
import queue

def answer(case):
    kind, maxsize, steps = case
    q = getattr(queue, kind)() if kind == "SimpleQueue" else getattr(queue, kind)(maxsize)
    told = []
    for name, *args in steps:
        try:
            told.append(getattr(q, name)(*args))
        except (queue.Empty, queue.Full, ValueError, AttributeError, TypeError) as error:
            told.append(type(error).__name__)
    return told
"""


@pytest.mark.parametrize("kind", ["Queue", "LifoQueue", "PriorityQueue", "SimpleQueue"])
def test_a_queue_answers_as_pythons_does(tmp_path: Path, kind: str) -> None:
    """Any order of the calls that do not block gives the same answers, and the same refusals."""
    chance = random.Random(kind)

    def step() -> list[object]:
        calls: tuple[list[object], ...] = (
            ["put", chance.randrange(100), False], ["put_nowait", chance.randrange(100)], ["get", False], ["get_nowait"],
            ["get", True, 0.001], ["get", True, -1], ["put", 1, True, -1], ["put", 2, True, 0.001], ["qsize"], ["empty"],
            ["full"], ["task_done"],
        )
        return chance.choice(calls)

    cases: list[object] = [[kind, chance.choice((0, 1, 3, -1)), [step() for _ in range(60)]] for _ in range(40)]
    ours, pythons = answers(tmp_path, QUEUE_PROGRAM, cases)
    assert ours == pythons


def test_locks_refuse_what_pythons_locks_refuse(tmp_path: Path) -> None:
    """By the same kind of error."""
    program = """
        import queue, threading
        for call in (lambda: threading.Lock().acquire(False, 1), lambda: threading.Lock().acquire(True, -2),
                     lambda: threading.Lock().acquire(timeout=float("nan")), lambda: threading.Lock().acquire(timeout=1e10),
                     lambda: threading.Lock().release(), lambda: threading.RLock().release(), lambda: threading.Semaphore(-1),
                     lambda: threading.Semaphore().release(0), lambda: threading.BoundedSemaphore().release(),
                     lambda: threading.Condition().wait(), lambda: threading.Condition().notify(),
                     lambda: threading.current_thread().join(), lambda: threading.Thread(target=print).join(),
                     lambda: threading.Event().wait("x"), lambda: queue.Queue().get(timeout="x"), lambda: threading.Thread(1)):
            try:
                print(call())
            except Exception as error:
                print(type(error).__name__)
        print(repr(threading.Semaphore(2)).split()[-1], repr(threading.BoundedSemaphore()).split()[-1], repr(threading.Barrier(3)).split()[-1])
    """
    assert "\n".join(output(tmp_path, program)) + "\n" == run_host(tmp_path, program).decode()


def test_no_call_is_lost_between_looking_and_standing_in_line(tmp_path: Path) -> None:
    """A thread may be preempted on its way into the line: once there it looks again, and a call does not pass it by."""
    lines = output(tmp_path, """
        from _waiting import Line
        line = Line()
        print(line.wait(None, lambda: False), len(line.waiters))
        print(line.wait(None, lambda: line.call() or True), len(line.waiters))
        print(line.wait(0.01, lambda: True), len(line.waiters))
    """)
    assert lines == ["True 0", "True 0", "False 0"]


def test_a_pool_of_threads_is_finished_at_the_end_of_its_block(tmp_path: Path) -> None:
    """At most so many at a time, all results in order; what was submitted is worked out, and no thread is left."""
    lines = output(tmp_path, """
        import threading, time
        from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
        inside, most = [0], [0]
        def work(n):
            inside[0] += 1; most[0] = max(most[0], inside[0]); time.sleep(0.01); inside[0] -= 1
            return n
        begun = time.monotonic()
        with ThreadPoolExecutor(5) as pool:
            print([*pool.map(work, range(20))] == [*range(20)], most, 0.04 <= time.monotonic() - begun < 0.06)
        print(threading.active_count())
        broken = ThreadPoolExecutor(1, initializer=lambda: None.nothing)
        import sys, io
        sys.stderr, kept = io.StringIO(), sys.stderr
        try:
            broken.submit(work, 1).result()
        except BrokenExecutor:
            print("broken", "AttributeError" in sys.stderr.getvalue())
        sys.stderr = kept
        try:
            from concurrent.futures import ProcessPoolExecutor
        except ImportError:
            print("no processes")
    """)
    assert lines == ["True [5] True", "1", "broken True", "no processes"]
