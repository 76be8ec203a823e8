"""The scheduler: one thread runs at a time, and each gets its turn.

Every thread is a greenlet. One more, the *hub*, is the machine's own: it starts threads, buries dead ones, fires
deadlines and asks the machine for its signals. A thread that blocks switches directly to the next ready one; it goes
through the hub only when there is something for the hub to do.

Called by   everything that blocks (`block`), ends a wait (`wake`) or gives way (`give_way`, the checkpoints).
Owns        the ready queues, the deadlines, the current thread.
Always so   three queues, first come first served within each: system threads (ring <= 2); threads that were woken
            and have not used up their quantum; threads that have. A thread is in one queue at most.
            Nothing scans the process table. `current` is the thread whose code runs, the kernel's thread in the hub.

A thread's quantum is processor time, not a turn: whoever sleeps and wakes keeps what is left of it, so a program that
waits for input is not made to queue behind those that only compute, and two programs that wake each other share one
turn with them.
"""

from __future__ import annotations

import heapq
from collections import deque
from sys import getrecursionlimit, setrecursionlimit
from typing import TYPE_CHECKING, Any

from greenlet import getcurrent, greenlet

from abi.status import Status, StatusError
from executive.headroom import ROOM
from executive.process import DEAD, READY, RUNNING, SLEEPING, STOPPED, HandlerRaised, ProcessKilled, Thread, Wait

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from executive.process import Process

    class Computer(Protocol):
        """What the scheduler needs of the machine: its clock, its signals, and its interrupt timer."""

        clock: Any
        collector: Any
        interrupt_timer: Any
        schedule: Any
        signals_pending: int

        def pull_signal(self, timeout: float) -> tuple[object, ...] | None: ...


QUANTUM_NS = 50_000_000
POLL_NS = 10_000_000  # the machine is asked for signals this often, however busy it is
SIMULATED_CHECKPOINT_NS = 5_000  # machine time that one checkpoint takes in a simulation
WATCHDOG_WARN_NS = 2_000_000_000  # a slice longer than this is a strike
SLOW_NS = 100_000_000  # a slice longer than this may be a switch that had to move a large stack
WEIGH_NS = 1_000_000  # machine time between two looks at the memory in use, while it does not grow
NEVER = 1 << 62  # nanoseconds: longer than any machine runs
BURIAL_ATTEMPTS = 100  # throws into a thread that will not die before it is left where it is
MIN_COMPACT = 64  # deadlines in the heap before cancelled ones are looked for
TICK_AGAIN_S = 0.005  # between two looks at a thread that has been told to give way


class Deadline:
    """A call to be made by the hub at a machine time, unless it is cancelled before."""

    __slots__ = ("action", "argument")

    def __init__(self, action: Callable[[Any], object], argument: object) -> None:
        self.action: Callable[[Any], object] | None = action  # None: cancelled
        self.argument = argument

    def cancel(self) -> None:
        """It will not be called. Cancelling twice, or after it was called, does nothing."""
        self.action = None


class ChosenQueue(deque[Thread]):
    """A ready queue out of which the machine's schedule chooses."""

    def __init__(self, schedule: Any) -> None:
        super().__init__()
        self._choose: Callable[[deque[Thread]], int] = schedule.choose

    def popleft(self) -> Thread:
        """The thread that is to run next. The first program, which has started the others, is not kept waiting."""
        index = 0
        if len(self) > 1:
            inits = [at for at, thread in enumerate(self) if thread.process.is_init]
            index = inits[0] if inits else self._choose(self)
        thread = self[index]
        del self[index]
        return thread


class Statistics:
    """What the scheduler counts; `sched_get_stats` shows just that."""

    __slots__ = ("max_slice_ns", "preemptions", "watchdog_kills", "watchdog_warnings")

    def __init__(self) -> None:
        self.preemptions = 0
        self.watchdog_warnings = 0
        self.watchdog_kills = 0
        self.max_slice_ns = 0


class Scheduler:
    """Runs the threads of one machine."""

    quantum_ms = QUANTUM_NS / 1e6
    checkpoint_ns = SIMULATED_CHECKPOINT_NS

    def __init__(self, computer: Computer, kernel_thread: Thread) -> None:
        self._computer = computer
        self._clock = computer.clock
        self.now_ns: Callable[[], int] = computer.clock.ticks_ns  # all times in here count from the same moment
        self.simulated: bool = computer.clock.simulated
        self.hub: greenlet = getcurrent()
        self.kernel_thread = kernel_thread
        self.current = kernel_thread
        self.resumes = 0
        self.recursion = getrecursionlimit()  # for all that have none of their own
        self.statistics = Statistics()
        self.slice_start_ns = self.now_ns()
        self.attend_ns = 0  # machine time at which the hub must look again, at the latest
        self.weigh_ns = NEVER  # machine time at which the end of a slice looks at the memory in use
        self.idle = False
        self.power_switch: Callable[[], None] | None = None  # set to have the hub turn the machine off
        # What ends a thread, handles its signals, and judges its slices is decided elsewhere; wired by the kernel.
        self.on_exit: Callable[[Thread, BaseException | None], None]
        self.on_alarm: Callable[[Thread], None]
        self.on_long_slice: Callable[[Thread, int, int], None]  # thread, length, start
        self.on_signal: Callable[[tuple[object, ...]], None]
        self.on_slow: Callable[[Thread], None]
        self.raise_all_flags: Callable[[], None]
        self.on_weigh: Callable[[Thread, int], None]
        self._collector = computer.collector
        self._system: deque[Thread] = deque()
        schedule = computer.schedule  # of programs, in a simulation: None for first come first served
        self._schedule = schedule
        self.follows_schedule = schedule is not None
        self._woken: deque[Thread] = deque() if schedule is None else ChosenQueue(schedule)
        self._expired: deque[Thread] = deque() if schedule is None else ChosenQueue(schedule)
        self._deadlines: list[tuple[int, int, Deadline]] = []
        self._compact_at = MIN_COMPACT
        self._arrivals = 0
        self._poll_ns = 0
        self._poll_processor_ns = 0  # what the host's processors had done by then
        self._doomed: deque[Thread] = deque()
        self._slow: Thread | None = None  # whose last slice took very long
        self._overlong: list[tuple[Thread, int, int]] = []  # slices that the watchdog must hear of
        self._timer = computer.interrupt_timer

    # --- making threads runnable -------------------------------------------------------------------------------

    def make_ready(self, thread: Thread) -> None:
        """Put a thread into its queue. Only for one that is in none."""
        if thread.process.stopped:
            thread.status = STOPPED
            return
        if thread.is_system:
            self._system.append(thread)
        elif thread.used_ns < QUANTUM_NS:
            self._woken.append(thread)
        else:
            self._expired.append(thread)
        thread.status = READY  # last: at the bottom of a recursion there may be no stack to append

    def wake(self, wait: Wait, result: object) -> None:
        """End a wait with *result*. Does nothing when it is over already."""
        if not wait.active:
            return
        thread = wait.thread
        if thread.status is SLEEPING and thread.wait is wait:
            if thread.is_system or thread.process.stopped or thread.used_ns >= QUANTUM_NS:
                self.make_ready(thread)  # first: where no stack is left for it, the wait goes on
            else:  # as it does in nearly all cases
                self._woken.append(thread)
                thread.status = READY
        wait.active = False
        wait.result = result

    def poke(self, thread: Thread) -> None:
        """Make a sleeping thread runnable without ending its wait: it has a signal to handle."""
        if thread.status is SLEEPING:
            self.make_ready(thread)

    def resume_stopped(self, process: Process) -> None:
        """Let the threads go on that were kept from running while their process was stopped."""
        for thread in process.threads:
            if thread.status is STOPPED:
                self.make_ready(thread)

    def doom(self, thread: Thread) -> None:
        """Take a thread's life. Its code runs no further; the hub unwinds it before anything else runs."""
        thread.killed = True
        thread.resume = None
        thread.wait.active = False
        thread.status = DEAD
        if thread is not self.current:
            self._doomed.append(thread)
            self.attend_ns = 0

    def call_at(self, due_ns: int, action: Callable[[Any], object], argument: object) -> Deadline:
        """Have the hub call *action(argument)* at a machine time; it must not block. Returns what can cancel it."""
        deadline = Deadline(action, argument)
        if len(self._deadlines) >= self._compact_at:
            self._compact_deadlines()
        self._arrivals += 1
        heapq.heappush(self._deadlines, (due_ns, self._arrivals, deadline))
        if due_ns < self.attend_ns:
            self.attend_ns = due_ns
            if self._timer is not None:
                self._timer.kick()
        return deadline

    def waits_with_deadlines(self) -> set[int]:
        """The identities of the waits that a deadline will end."""
        return {
            id(deadline.argument)
            for _due_ns, _arrival, deadline in self._deadlines
            if deadline.action is not None
        }

    def _compact_deadlines(self) -> None:
        """Forget the cancelled ones; done each time the heap has doubled, so that it costs next to nothing."""
        self._deadlines = [entry for entry in self._deadlines if entry[2].action is not None]
        heapq.heapify(self._deadlines)
        self._compact_at = max(MIN_COMPACT, 2 * len(self._deadlines))

    def call_in_ms(self, delay_ms: float, action: Callable[[Any], object], argument: object) -> Deadline:
        """`call_at`, *delay_ms* milliseconds from now. Raises: INVALID_PARAMETER when that is not a number."""
        return self.call_at(self.after_ms(delay_ms), action, argument)

    def after_ms(self, delay_ms: float) -> int:
        """The machine time *delay_ms* milliseconds from now; a delay longer than any machine runs is NEVER.

        Raises: INVALID_PARAMETER when it is not a number.
        """
        if not delay_ms < NEVER // 1_000_000:
            if delay_ms != delay_ms:
                raise StatusError(Status.INVALID_PARAMETER, "a time limit is a number of milliseconds, not nan")
            return NEVER
        return self.now_ns() + int(max(delay_ms, 0) * 1_000_000)

    # --- giving the processor away -----------------------------------------------------------------------------

    def block(self, thread: Thread, reason: str, successor: Thread | None = None) -> object:
        """Sleep until `wake`, and return what it was woken with.

        *successor*, if given, is a system thread whose wait has just ended; it gets the processor at once. A signal
        handler may run meanwhile and may raise: the caller must then withdraw whatever it had registered.
        """
        if self._collector.running:
            raise GeneratorExit  # a finalizer: a switch inside Python's collector would leave it stuck for everybody
        wait = thread.wait
        wait.active = True
        wait.reason = reason
        process = thread.process
        while True:
            if process.alarm:  # also before it sleeps: a call that waits again and again may have been alarmed between
                if successor is not None:
                    self.make_ready(successor)
                    successor = None
                if wait.active or thread.killed:  # a wait that is over keeps what it got
                    self._alarmed_while_waiting(thread, wait)
                elif process.sandbox is not None:
                    process.sandbox.raise_flag()  # and what there is to look after comes next
            if not wait.active:
                break
            thread.status = SLEEPING
            self._switch_from(thread, successor)
            successor = None
        result = wait.result
        wait.result = None
        return result

    def _alarmed_while_waiting(self, thread: Thread, wait: Wait) -> None:
        """Handle the alarm; a thread that leaves by an exception waits for nothing any more."""
        try:
            self.attend(thread)
        except BaseException:
            wait.active = False
            wait.result = None
            raise

    def quantum_used(self) -> int:
        """What the running thread has used of its quantum: a new thread is made at its expense. 0 in the hub."""
        thread = self.current
        return 0 if thread is self.kernel_thread else thread.used_ns + self.now_ns() - self.slice_start_ns

    def attend(self, thread: Thread) -> None:
        """Look after the alarm of the running thread in the middle of a system call.

        Raises: ProcessKilled; HandlerRaised with what a signal handler of the program raised.
        """
        try:
            self.on_alarm(thread)
        except ProcessKilled:
            raise
        except BaseException as error:
            raise HandlerRaised(error) from None

    def give_way(self, thread: Thread) -> None:
        """Let all others run once."""
        if self._collector.running:
            raise GeneratorExit  # as in `block`
        thread.used_ns = 0
        if thread.process.stopped:
            thread.status = STOPPED
        else:
            thread.status = READY
            (self._system if thread.is_system else self._expired).append(thread)
        self._switch_from(thread, None)
        if thread.process.alarm:
            self.attend(thread)

    def checkpoint(self, thread: Thread) -> None:
        """Take the processor from the running thread if its quantum is used up or the hub is wanted."""
        now_ns = self.now_ns()
        if now_ns >= self.attend_ns or thread.used_ns + now_ns - self.slice_start_ns >= QUANTUM_NS:
            self._preempt(thread)

    def step(self, thread: Thread) -> None:
        """A program has come to a checkpoint or a system call of a run that follows a schedule: change threads?"""
        if (self._woken or self._expired) and not thread.process.is_init and self._schedule.is_due(thread):
            self._preempt(thread)

    def _preempt(self, thread: Thread) -> None:
        isinstance(None, ROOM)  # or RecursionError, before anything has changed
        if self._collector.running:
            raise GeneratorExit  # as in `block`
        thread.preempt_count += 1
        self.statistics.preemptions += 1
        self._leave(thread)
        self.make_ready(thread)
        self._enter_hub()
        if thread.process.alarm:
            self.on_alarm(thread)

    def stop(self, thread: Thread) -> None:
        """Keep the running thread from running until its process is continued."""
        while thread.process.stopped:
            thread.status = STOPPED
            self._switch_from(thread, None)

    def _switch_from(self, thread: Thread, successor: Thread | None) -> None:
        """Hand the processor over: to *successor*, to the next ready thread, or to the hub; return when it is back."""
        now_ns = self.now_ns()
        slice_ns = now_ns - self.slice_start_ns
        thread.cpu_ns += slice_ns
        thread.payer.used_ns += slice_ns
        thread.last_slice_ns = slice_ns
        thread.left_ns = now_ns
        if slice_ns > thread.notable_ns:
            self._note_long(thread, slice_ns)
        if now_ns >= self.weigh_ns:
            self.on_weigh(thread, now_ns)
        if now_ns >= self.attend_ns or thread.resume is None:
            if successor is not None:
                self.make_ready(successor)
            self._enter_hub()
            return
        while successor is None:
            queue = self._system or self._woken or self._expired
            if not queue:
                self._enter_hub()
                return
            successor = queue.popleft()
            if successor.resume is None:  # the hub must start or bury it first
                queue.appendleft(successor)
                self._enter_hub()
                return
            if successor.used_ns >= QUANTUM_NS:
                successor = self._renewed(successor, queue)
        successor.status = RUNNING
        self.slice_start_ns = now_ns
        if successor is not thread:
            self.resumes += 1
            self.current = successor
            successor.resume()  # type: ignore[misc]  # not None: it was started

    def _leave(self, thread: Thread) -> None:
        """Book the slice of the thread that gives the processor to the hub."""
        now_ns = self.now_ns()
        slice_ns = now_ns - self.slice_start_ns
        thread.cpu_ns += slice_ns
        thread.payer.used_ns += slice_ns
        thread.last_slice_ns = slice_ns
        thread.left_ns = now_ns
        if slice_ns > thread.notable_ns:
            self._note_long(thread, slice_ns)
        if now_ns >= self.weigh_ns:
            self.on_weigh(thread, now_ns)

    def _renewed(self, thread: Thread, queue: deque[Thread]) -> Thread | None:
        """A thread whose quantum is used up is to run: with a new one if it had waited for it, else it must wait now.

        A client is woken before the time that was worked for it is booked, so it may stand among the woken.
        """
        if queue is self._woken:
            self._expired.append(thread)
            return None
        thread.used_ns = 0
        return thread

    def settle(self, thread: Thread) -> None:
        """Book what the running thread has worked so far: from here on another pays for it."""
        now_ns = self.now_ns()
        worked_ns = now_ns - self.slice_start_ns
        thread.cpu_ns += worked_ns
        thread.payer.used_ns += worked_ns
        self.slice_start_ns = now_ns

    def _note_long(self, thread: Thread, slice_ns: int) -> None:
        """A thread has never run so long at a stretch, or so long that the hub must look why, or tell the watchdog."""
        thread.max_slice_ns = max(slice_ns, thread.max_slice_ns)
        thread.notable_ns = min(thread.max_slice_ns, SLOW_NS)
        self.statistics.max_slice_ns = max(slice_ns, self.statistics.max_slice_ns)
        if slice_ns > SLOW_NS:
            self._slow = thread
            self.attend_ns = 0
        if slice_ns > WATCHDOG_WARN_NS:
            spent_ns = self.spent_ns()
            if spent_ns > WATCHDOG_WARN_NS:
                self._overlong.append((thread, spent_ns, self.slice_start_ns))

    def spent_ns(self) -> int:
        """Processor time of the slice at hand: on a busy host it lasts longer than the program can help.

        To within the time between two polls, which is little beside what the watchdog looks at.
        """
        worked_ns: int = self._clock.processor_ns() - self._poll_processor_ns
        lasted_ns: int = self.now_ns() - self.slice_start_ns
        return worked_ns if worked_ns < lasted_ns else lasted_ns

    def uptime_at(self, at_ns: int) -> float:
        """The machine's uptime, in seconds, when `now_ns` was *at_ns*."""
        return float(self._clock.now() - (self.now_ns() - at_ns) / 1e9)

    def _enter_hub(self) -> None:
        self.current = self.kernel_thread
        self.hub.switch()

    # --- the hub -----------------------------------------------------------------------------------------------

    def run(self) -> None:
        """The hub's life: bury, fire, poll, start, and sleep when nothing is ready. Leaves by an exception only."""
        while True:
            if self._slow is not None:
                self.on_slow(self._slow)
                self._slow = None
            while self._overlong:
                self.on_long_slice(*self._overlong.pop(0))
            while self._doomed:
                self._bury(self._doomed.popleft())
            if self.power_switch is not None:
                self.power_switch()
            now_ns = self.now_ns()
            if now_ns >= self._poll_ns:
                self._poll_ns = now_ns + POLL_NS
                self._poll_processor_ns = self._clock.processor_ns()
                self._deliver(self._computer.pull_signal(0))
            self._fire_deadlines(now_ns)
            queue = self._system or self._woken or self._expired
            if queue:
                self.attend_ns = min(self._poll_ns, self._earliest_ns())
                thread = queue.popleft()
                if thread.used_ns < QUANTUM_NS or self._renewed(thread, queue) is not None:
                    self._run_thread(thread)
            elif not self._doomed:
                self._sleep()

    def unwind_all(self, threads: list[Thread]) -> None:
        """End every thread, for the machine's power is going off: nothing suspended is merely dropped."""
        for thread in threads:
            thread.killed = True
            thread.process.alarm = True
            if thread.process.sandbox is not None:
                thread.process.sandbox.raise_flag()
        for thread in threads:
            self._bury(thread)

    def _deliver(self, signal: tuple[object, ...] | None) -> None:
        """Hand over one signal of the machine and all that came with it."""
        while signal is not None:
            self.on_signal(signal)
            signal = self._computer.pull_signal(0) if self._computer.signals_pending else None

    def _sleep(self) -> None:
        """Nothing is ready: leave the machine to itself until a signal comes or a deadline is due."""
        earliest_ns = self._earliest_ns()
        timeout = float("inf") if earliest_ns == NEVER else max(0, earliest_ns - self.now_ns()) / 1e9
        self.idle = True
        signal = self._computer.pull_signal(timeout)
        self.idle = False
        if self._timer is not None:
            self._timer.kick()
        self._poll_ns = self.now_ns() + POLL_NS
        self._poll_processor_ns = self._clock.processor_ns()
        self._deliver(signal)

    def _run_thread(self, thread: Thread) -> None:
        """Give the processor to a ready thread, starting it if it has never run; returns when the hub is wanted."""
        if thread.killed:
            return
        recursion = thread.process.recursion
        started = thread.task is not None
        if not started:
            thread.task = greenlet(self._live, self.hub)
        resume = thread.resume
        if resume is None:
            resume = self.resumer(thread)
            if not recursion:
                thread.resume = resume
        thread.status = RUNNING
        self.resumes += 1
        self.current = thread
        if recursion:
            setrecursionlimit(recursion)
        self.slice_start_ns = self.now_ns()
        if started:
            resume()
        else:
            resume(thread)
        if recursion:
            setrecursionlimit(self.recursion)

    def set_recursion(self, thread: Thread, limit: int) -> None:
        """Give the running thread's process a limit of nested calls of its own.

        The limit is one of the host's Python, for all greenlets; so threads that have their own are entered and left
        through the hub only, which sets it for the time.
        """
        thread.process.recursion = limit
        for each in thread.process.threads:
            each.resume = None
        self.give_way(thread)

    def resumer(self, thread: Thread) -> Callable[..., object]:
        """What switches into a thread's task."""
        assert thread.task is not None
        return thread.task.switch

    def _live(self, thread: Thread) -> None:
        """A thread from its first instruction to its end; what it returns to is the hub."""
        error: BaseException | None = None
        try:
            if thread.process.alarm:  # stopped before it ever ran, or a signal that it may take
                self.on_alarm(thread)
            thread.entry()
        except BaseException as caught:  # whatever it is, it ends this thread and nothing else
            error = caught
        try:
            self.on_exit(thread, error)
        except ProcessKilled:
            pass  # it was killed while its last words were written
        error = None
        self._leave(thread)
        thread.status = DEAD
        thread.task = thread.resume = None
        self.current = self.kernel_thread

    def _bury(self, thread: Thread) -> None:
        """Unwind a dead thread's stack under its own identity."""
        task = thread.task
        if task is not None:
            setrecursionlimit(thread.process.recursion or self.recursion)  # it may be deeper than others ever get
            for _attempt in range(BURIAL_ATTEMPTS):
                if task.dead:
                    break
                self.current = thread
                self.slice_start_ns = self.now_ns()
                task.throw(ProcessKilled)
            setrecursionlimit(self.recursion)
        thread.status = DEAD
        thread.task = thread.resume = None
        self.current = self.kernel_thread

    def _earliest_ns(self) -> int:
        deadlines = self._deadlines
        while deadlines and deadlines[0][2].action is None:
            heapq.heappop(deadlines)
        return deadlines[0][0] if deadlines else NEVER

    def _fire_deadlines(self, now_ns: int) -> None:
        deadlines = self._deadlines
        while deadlines and deadlines[0][0] <= now_ns:
            deadline = heapq.heappop(deadlines)[2]
            action = deadline.action
            if action is not None:
                deadline.action = None
                action(deadline.argument)

    # --- the interrupt timer (another thread of the host) ------------------------------------------------------

    def tick(self) -> float | None:
        """Raise the running program's flag when its time is up. Called by the timer's own host thread.

        Returns: seconds until the next call is wanted; None to sleep until the timer is kicked.
        """
        if self.idle:
            return None
        thread = self.current
        now_ns = self.now_ns()
        due_ns = min(self.attend_ns, self.slice_start_ns + QUANTUM_NS - thread.used_ns)
        if now_ns < due_ns:
            return float(due_ns - now_ns) / 1e9
        sandbox = thread.process.sandbox
        if sandbox is not None:
            sandbox.raise_flag()
        if self._collector.running:
            self.raise_all_flags()  # it may be another's finalizer that runs here, and looks at its own flag
        return TICK_AGAIN_S
