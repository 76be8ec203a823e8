"""Who waits for whom, and who waits in vain (manual, chapter 13.11).

A thread that waits can be helped by certain others: the owner of a mutex, whoever has a handle by which an event can be
set, the other side of a pipe, the process whose end is waited for. Whoever runs, or has a time limit, or waits for a
service of the system, is *free*: it goes on by itself. Whoever can be helped by somebody free will be free. The rest is
stuck, and where helpers stand in a circle there is a deadlock to be named:

    20 --- waits for ---> KeMutex 31 --- owned by ---> 21 --- waits for ---> KeMutex 30 --- owned by ---> 20

Called by   `ke_wait_graph`, and hosts of seeded machines when nothing happens any more.
Owns        nothing: it looks at what the others have, and changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi import access as mask
from abi.names import RING_DRIVER
from executive.ke_ipc.dispatcher import WAIT_ALERTABLE, WAIT_OBJECT, satisfiable
from executive.ke_ipc.events import Event
from executive.ke_ipc.message_queues import WAIT_RECEIVE, WAIT_SEND, MessageQueue
from executive.ke_ipc.mutexes import Mutex
from executive.ke_ipc.pipes import WAIT_READ, WAIT_WRITE, Pipe, PipeEnd
from executive.ke_ipc.semaphores import Semaphore
from executive.ke_ipc.timers import Timer
from executive.log import printable
from executive.messages import WAIT_MESSAGE
from executive.origin import in_words, place_of
from executive.process import DEAD, SLEEPING, Process, Thread
from executive.process_objects import ProcessObject
from executive.processes import WAIT_EXIT
from executive.syscalls import ANY_RING, syscall
from executive.watches import Watch

if TYPE_CHECKING:
    from executive.ob_manager import HandleEntry
    from executive.process import Wait
    from executive.processes import ProcessManager
    from executive.scheduler import Scheduler

MAX_TOLD = 8  # helpers that a sentence names
MAX_HELPERS = 32  # that are listed with one thing: of a thousand threads each may help all others
_FOR_OBJECTS = frozenset({WAIT_OBJECT, WAIT_ALERTABLE})
_FOR_THINGS = frozenset({WAIT_READ, WAIT_WRITE, WAIT_SEND, WAIT_RECEIVE, WAIT_EXIT})


class Target:
    """One thing that a thread waits for."""

    def __init__(self, kind: str, number: int, name: str, state: str, helpers: list[Thread], origin: str = "") -> None:
        self.kind = kind
        self.number = number  # the object's id, or a process's
        self.name = name
        self.state = state  # in words, what it is that keeps the thread waiting
        self.helpers = helpers  # who could change that: one list for all who wait for it, who may stand in it, too
        self.origin = origin  # where the object was made

    def __str__(self) -> str:
        text = f"{self.kind} {self.name or self.number}"
        if self.origin:
            text += f" (made at {self.origin})"
        return f"{text}, {self.state}" if self.state else text


class Waiting:
    """One thread that waits for others."""

    def __init__(self, thread: Thread, targets: list[Target], needs_all: bool) -> None:
        self.thread = thread
        self.targets = targets
        self.needs_all = needs_all

    def helpers(self, target: Target) -> list[int]:
        """The ids of the others who could help with one of the targets; the first of them."""
        return _ids(target.helpers, self.thread, MAX_HELPERS)

    def sentence(self) -> str:
        """`20 /tmp/a.py at a.py:12 waits for ...`"""
        place = in_words(place_of(self.thread))
        wanted = (" and " if self.needs_all else " or ").join(map(str, self.targets)) or self.thread.wait.reason
        return f"{self.thread.pid} ({place or printable(self.thread.process.image)}) waits for {wanted}"


class WaitGraph:
    """The question, for one machine."""

    def __init__(self, scheduler: Scheduler, processes: ProcessManager) -> None:
        self._scheduler = scheduler
        self._processes = processes

    @syscall(rings=ANY_RING)
    def ke_wait_graph(self, thread: Thread) -> dict[str, object]:
        """Which threads of programs wait for which others; user 0 sees all programs, others their own.

        Returns: {waits, cycles}. waits: [{tid, pid, image, reason, place, needs_all, stuck, on}], by tid; on: [{kind,
                 number, name, state, origin, helpers}], helpers: ids of the first 32 threads that can end the wait;
                 stuck: whether no thread ever will. cycles: [[tid, ...]], each thread waits for the next and the last
                 one for the first.
        """
        snapshot = Snapshot(self._scheduler, self._processes)
        stuck = snapshot.stuck()
        caller = thread.process
        sees_all = caller.uid == 0 or caller.ring <= 1
        return {
            "waits": [
                {
                    "tid": waiting.thread.pid,
                    "pid": waiting.thread.process.pid,
                    "image": waiting.thread.process.image,
                    "reason": waiting.thread.wait.reason,
                    "place": in_words(place_of(waiting.thread)),
                    "needs_all": waiting.needs_all,
                    "stuck": tid in stuck,
                    "on": [
                        {
                            "kind": target.kind,
                            "number": target.number,
                            "name": target.name,
                            "state": target.state,
                            "origin": target.origin,
                            "helpers": waiting.helpers(target),
                        }
                        for target in waiting.targets
                    ],
                }
                for tid, waiting in snapshot.waiting.items()
                if sees_all or waiting.thread.process.uid == caller.uid
            ],
            "cycles": [
                cycle
                for cycle in snapshot.cycles(stuck)
                if sees_all or all(snapshot.waiting[tid].thread.process.uid == caller.uid for tid in cycle)
            ],
        }

    def deadlock(self) -> list[str]:
        """What is to be said when no program will ever go on; empty while one can. For hosts, between two turns."""
        snapshot = Snapshot(self._scheduler, self._processes)
        stuck = snapshot.stuck()
        jobs = [thread for thread in snapshot.threads if not thread.process.is_init]
        if not jobs or any(thread.pid not in stuck for thread in jobs):
            return []
        cycles = snapshot.cycles(stuck)
        what = "every thread waits, and none for one that could help it"
        if cycles:
            what = f"threads {', '.join(map(str, cycles[0]))} wait for each other in a circle"
        return [what, *(snapshot.waiting[thread.pid].sentence() for thread in jobs)]

    def lost_wakeups(self) -> list[str]:
        """Threads that wait for something that is there: whoever made it so has forgotten them."""
        snapshot = Snapshot(self._scheduler, self._processes)
        return [
            f"{waiting.sentence()}: it could go on"
            for waiting in snapshot.waiting.values()
            if _could_go_on(waiting.thread)
        ]


class Snapshot:
    """All waits of programs at one moment."""

    def __init__(self, scheduler: Scheduler, processes: ProcessManager) -> None:
        self.threads = [thread for _, thread in sorted(processes.threads.items()) if not thread.is_system]
        self._limited = scheduler.waits_with_deadlines()
        self._driver_will_wake = any(  # by its own time limit; it may then send a message to anybody
            thread.process.ring == RING_DRIVER and id(thread.wait) in self._limited
            for thread in processes.threads.values()
        )
        self._programs = [thread for thread in self.threads if not thread.process.is_init]
        self._able: dict[tuple[int, int], list[Thread]] = {}  # (a thing's identity, access) -> who has it
        self._holders: dict[int, list[tuple[Process, HandleEntry]]] = {}  # by the body's identity; of pipes, the pipe's
        for process in processes.processes():
            for entry in process.handles.entries.values():
                body = entry.header.body
                thing = body.pipe if isinstance(body, PipeEnd) else body
                self._holders.setdefault(id(thing), []).append((process, entry))
        self.waiting: dict[int, Waiting] = {}  # by thread id: who does not go on by itself
        for thread in self.threads:
            if thread.process.stopped:
                self.waiting[thread.pid] = Waiting(thread, [self._anybody("SIGCONT")], False)
            elif thread.status is SLEEPING and thread.wait.active and id(thread.wait) not in self._limited:
                waiting = self._wait_of(thread)
                if waiting is not None:
                    self.waiting[thread.pid] = waiting

    def stuck(self) -> set[int]:
        """The ids of those who can never be helped."""
        helps: dict[int, list[int]] = {}  # thread id -> the lists of helpers that it stands in, by identity
        waiting_for: dict[int, list[int]] = {}  # such a list -> ids of the threads that are helped by it
        missing: dict[int, int] = {}  # thread id -> how many of its lists must have a free thread
        serving: set[int] = set()  # ids of helpers that are the system's own: they work for others and are never stuck
        for tid, waiting in self.waiting.items():
            lists = {id(target.helpers): target.helpers for target in waiting.targets}
            missing[tid] = len(lists) if waiting.needs_all else 1
            for number, helpers in lists.items():
                if number not in waiting_for:
                    waiting_for[number] = []
                    for helper in helpers:
                        helps.setdefault(helper.pid, []).append(number)
                        if helper.is_system:
                            serving.add(helper.pid)
                waiting_for[number].append(tid)
        free = [thread.pid for thread in self.threads if not missing.get(thread.pid)] + sorted(serving)
        for tid in free:  # which grows
            for number in helps.get(tid, ()):
                for helped in waiting_for.pop(number, ()):
                    missing[helped] -= 1
                    if missing[helped] == 0:
                        free.append(helped)
        return {tid for tid, count in missing.items() if count > 0}

    def cycles(self, stuck: set[int]) -> list[list[int]]:
        """Circles among the stuck, each thread in one of them at most, from its lowest id."""
        found: list[list[int]] = []
        seen: set[int] = set()
        ranked: dict[int, list[Thread]] = {}  # a list of helpers, by identity -> its stuck threads, the likeliest first
        for start in sorted(stuck):
            path: dict[int, int] = {}  # thread id -> its place
            at: int | None = start
            while at is not None and at not in seen and at not in path:
                path[at] = len(path)
                at = self._stuck_helper(at, stuck, ranked)
            if at in path:
                circle = list(path)[path[at] :]
                lowest = circle.index(min(circle))
                found.append(circle[lowest:] + circle[:lowest])
            seen.update(path)
        return found

    def _stuck_helper(self, tid: int, stuck: set[int], ranked: dict[int, list[Thread]]) -> int | None:
        """Whom a stuck thread waits for; who waits for an end itself helps nobody: others are the reason."""
        waiting = self.waiting[tid]
        likeliest = None
        for target in waiting.targets:
            number = id(target.helpers)
            if number not in ranked:
                ranked[number] = [helper for helper in target.helpers if helper.pid in stuck]
                ranked[number].sort(key=self._waits_for_an_end)
            helper = next((each for each in ranked[number] if each is not waiting.thread), None)
            if helper is not None:
                if not self._waits_for_an_end(helper):
                    return helper.pid
                likeliest = likeliest or helper
        return likeliest.pid if likeliest is not None else None

    @staticmethod
    def _waits_for_an_end(thread: Thread) -> bool:
        return thread.wait.reason is WAIT_EXIT

    # --- what a wait is for ------------------------------------------------------------------------------------

    def _wait_of(self, thread: Thread) -> Waiting | None:
        """None for a wait that ends without any program's help."""
        wait = thread.wait
        if wait.reason is WAIT_MESSAGE:
            return None if self._driver_will_wake else Waiting(thread, [self._anybody("a message")], False)
        if wait.reason in _FOR_OBJECTS:
            if not wait.wait_all and any(_comes_by_itself(each) for each in wait.objects):
                return None
            targets = [self._object(thread, each) for each in wait.objects if not _comes_by_itself(each)]
            return Waiting(thread, targets, wait.wait_all)
        on = _thing(wait)
        if isinstance(on, Pipe):
            return Waiting(thread, [self._pipe(thread, on, wait.reason is WAIT_READ)], False)
        if isinstance(on, MessageQueue):
            return Waiting(thread, [self._queue(thread, on, wait.reason is WAIT_SEND)], False)
        if isinstance(on, Thread):
            return Waiting(thread, [_end_of(on)], False)
        if isinstance(on, Process):
            return Waiting(thread, [_end_of(child.main) for child in on.children.values()], False)
        return None

    def _object(self, thread: Thread, body: object) -> Target:
        """A dispatcher object and who can signal it."""
        if isinstance(body, Mutex):
            owner = body.owner
            state = "free" if owner is None else f"owned by {owner.pid}"
            return self._held(body, state, [] if owner is None else [owner])
        if isinstance(body, ProcessObject):
            return _end_of(body.target) if body.target is not None else self._held(body, "ended", [])
        if isinstance(body, PipeEnd):
            return self._pipe(thread, body.pipe, body.reads)
        if isinstance(body, MessageQueue):
            return self._queue(thread, body, False)
        others = self._others(body, mask.WRITE)
        doing = {Event: "set", Semaphore: "released", Timer: "started"}.get(type(body), "signaled")
        return self._held(body, _by(others, thread, f"to be {doing} by"), others)

    def _pipe(self, thread: Thread, pipe: Pipe, reads: bool) -> Target:
        others = self._others(pipe, mask.WRITE if reads else mask.READ)
        return self._held(pipe, _by(others, thread, "empty, written by" if reads else "full, read by"), others)

    def _queue(self, thread: Thread, queue: MessageQueue, sends: bool) -> Target:
        others = self._others(queue, mask.READ if sends else mask.WRITE)
        state = _by(others, thread, "full, received from by" if sends else "empty, sent to by")
        return self._held(queue, state, others)

    def _held(self, thing: object, state: str, helpers: list[Thread]) -> Target:
        """An object as its first holder knows it."""
        holders = self._holders.get(id(thing))
        if not holders:
            return Target(type(thing).__name__, 0, "", state, helpers)
        _process, entry = holders[0]
        header = entry.header
        return Target(header.type, header.object_id, header.name, state, helpers, in_words(entry.origin))

    def _others(self, thing: object, access: int) -> list[Thread]:
        """The threads of all processes that have a handle to *thing* with that access."""
        found = self._able.get((id(thing), access))
        if found is None:
            able = {
                process.pid: process
                for process, entry in self._holders.get(id(thing), ())
                if entry.granted_access & access == access
            }
            found = [thread for _, process in sorted(able.items()) for thread in process.threads]
            self._able[id(thing), access] = found
        return found

    def _anybody(self, what: str) -> Target:
        return Target(what, 0, "from another program", "", self._programs)


def _end_of(thread: Thread) -> Target:
    kind = "the end of process" if thread.is_main else "the end of thread"
    return Target(kind, thread.pid, "", "", [thread])


def _ids(threads: list[Thread], but: Thread, most: int) -> list[int]:
    """The ids of the first *most* threads other than *but*."""
    return [thread.pid for thread in threads[: most + 1] if thread is not but][:most]


def _by(helpers: list[Thread], waiter: Thread, how: str) -> str:
    pids = _ids(helpers, waiter, MAX_TOLD + 1)
    if not pids:
        return f"{how} nobody else"
    told = ", ".join(map(str, pids[:MAX_TOLD]))
    return f"{how} {told} and others" if len(pids) > MAX_TOLD else f"{how} {told}"


def _comes_by_itself(body: object) -> bool:
    """Whether the system signals it, sooner or later, whatever programs do."""
    return isinstance(body, Watch) or (isinstance(body, Timer) and (body.is_set or body.deadline is not None))


def _thing(wait: Wait) -> object:
    """What a wait that is not for dispatcher objects is for; None where programs have no part in it."""
    return wait.on if wait.reason in _FOR_THINGS else None


def _could_go_on(thread: Thread) -> bool:
    """Whether what a thread waits for is there."""
    if thread.process.stopped or thread.killed:
        return False
    wait = thread.wait
    if wait.reason is WAIT_MESSAGE:
        return bool(thread.messages)
    if wait.reason in _FOR_OBJECTS:
        return satisfiable(thread, wait.objects, wait.wait_all)
    on = _thing(wait)
    if isinstance(on, Pipe):
        if wait.reason is WAIT_READ:
            return on.buffered > 0 or not on.writers
        return not on.buffered or not on.readers
    if isinstance(on, MessageQueue):
        return len(on.messages) < on.max_messages if wait.reason is WAIT_SEND else bool(on.messages)
    return isinstance(on, Thread) and on.status is DEAD
