"""What the IPC objects are said to do, in plain Python: a few dicts and lists, and no scheduler.

A model knows threads by number, objects by name, and time in milliseconds. `do` lets one thread make one call, which
gives its result or sleeps; what becomes known in a step stands in `results` (call number -> result) and `signals`
(who handled which). Where the manual leaves open which of several things comes first, a model becomes several,
its possible *worlds*: what a machine does must be what happens in one of them.

    worlds = [world for each in worlds for world in each.do(thread, number, "set", "e1")]
    worlds = [world for each in worlds for world in each.settle()]
    worlds = [world for each in worlds for world in each.tick()]

An error is ("error", status), or the name of what was raised that has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from itertools import permutations
from typing import Any

STEP_MS = 10

ABANDONED, INTERRUPTED, TIMEOUT = 128, 192, 258
INVALID_HANDLE, INVALID_PARAMETER, NO_SUCH_PROCESS, QUOTA_EXCEEDED, CANCELLED = 600, 601, 606, 609, 611
NAME_NOT_FOUND, NAME_COLLISION, ACCESS_DENIED = 703, 704, 500
PIPE_BROKEN, NOT_OWNED, TOO_MANY_PERMITS, TOO_LARGE = 820, 822, 823, 824
SIGKILL, SIGPIPE, SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGUSR1 = 9, 13, 17, 18, 19, 20, 30

SLEEPS = object()  # what a call gives that has no result yet
GONE = object()  # its caller died in it
HANDLE = object()  # the result is a handle: what it looks like is not the model's business


def error(status: int | str) -> tuple[str, int | str]:
    """What a refused call gives: a status, or the name of another exception."""
    return "error", status


class Model:
    """Threads, their processes, and time; what they wait for is the business of the kinds below."""

    def __init__(self) -> None:
        self.now = 0  # ms
        self.process_of: dict[int, int] = {}  # living thread -> its process; the lowest is the main one
        self.asleep: dict[int, dict[str, Any]] = {}  # thread -> the call that it sleeps in
        self.kept: dict[int, tuple[int, object, object]] = {}  # thread that is stopped -> number, result, what it took
        self.stopped: set[int] = set()
        self.pending: set[int] = set()  # processes that will handle a signal when they go on
        self.results: dict[int, object] = {}
        self.ended: dict[int, int] = {}  # process -> exit status
        self.signals: list[tuple[int, int]] = []  # (process, signal), in the order in which each handled them

    # --- for the test ------------------------------------------------------------------------------------------

    def idle(self) -> list[int]:
        """Who can be told to do something."""
        return [
            thread
            for thread, process in self.process_of.items()
            if thread not in self.asleep and thread not in self.kept and process not in self.stopped
        ]

    def forget_news(self) -> None:
        """What became known has been seen."""
        self.results = {}
        self.signals = []

    def do(self, thread: int, number: int, what: str, *args: Any) -> list[Model]:
        """One thread makes one call. Returns the worlds that may be there when the next call of that step is made."""
        if thread in self.process_of:
            result = getattr(self, "do_" + what)(thread, number, *args)
            if result not in (SLEEPS, GONE, HANDLE):
                self.report(thread, number, result)
        return self.in_between()

    def in_between(self) -> list[Model]:
        """The worlds in which some of what can happen by now has happened."""
        return [self]

    def settle(self) -> list[Model]:
        """The worlds in which all has happened that can happen by now."""
        return [self]

    def tick(self) -> list[Model]:
        """A step of time goes by."""
        end = self.now + STEP_MS
        done: list[Model] = []
        todo: list[Model] = [self]
        while todo:
            world = todo.pop()
            moment = min(world.due_times(), default=end)
            if moment >= end:
                world.now = end
                done.append(world)
                continue
            world.now = moment
            todo += world.at_moment()
        return done

    def due_times(self) -> Iterable[int]:
        """When something is due by itself."""
        return [call["due"] for call in self.asleep.values() if call["due"] is not None]

    def at_moment(self) -> list[Model]:
        """What is due now happens."""
        for thread, call in list(self.asleep.items()):
            if call["due"] == self.now:
                self.finish(thread, call["late"])
        return [self]

    # --- sleeping and waking -----------------------------------------------------------------------------------

    def sleep(self, thread: int, number: int, timeout: int | None, late: object = TIMEOUT, **call: Any) -> object:
        """The thread sleeps in a call, whose result at its time limit is *late*."""
        due = None if timeout is None else self.now + timeout
        self.asleep[thread] = {"number": number, "due": due, "late": late, "alertable": False, **call}
        return SLEEPS

    def finish(self, thread: int, result: object, took: object = None) -> None:
        """The call that a thread sleeps in is over."""
        self.withdraw(thread)
        self.report(thread, self.asleep.pop(thread)["number"], result, took)

    def withdraw(self, thread: int) -> None:
        """It leaves all queues."""

    def report(self, thread: int, number: int, result: object, took: object = None) -> None:
        """A call has its result; a stopped process shows it when it goes on."""
        if self.process_of[thread] in self.stopped:
            self.kept[thread] = (number, result, took)
        else:
            self.results[number] = result

    # --- signals and ends --------------------------------------------------------------------------------------

    def threads_of(self, process: int) -> list[int]:
        return [thread for thread, of in self.process_of.items() if of == process]

    def do_thread(self, thread: int, number: int, tid: int) -> object:
        """A further thread of its process."""
        self.process_of[tid] = self.process_of[thread]
        return tid

    def do_signal(self, thread: int, number: int, process: int) -> object:
        """SIGUSR1, which the process handles, in its main thread."""
        self.pending.add(process)
        self.handle(process)
        return True

    def handle(self, process: int) -> None:
        if process in self.pending and process not in self.stopped:
            self.pending.remove(process)
            self.signals.append((process, SIGUSR1))
            if self.asleep.get(process, {}).get("alertable"):
                self.finish(process, INTERRUPTED)

    def do_stop(self, thread: int, number: int, process: int) -> object:
        self.stopped.add(process)
        return True

    def do_go_on(self, thread: int, number: int, process: int) -> object:
        """What happened to its waits meanwhile is known now."""
        self.stopped.discard(process)
        for each in self.threads_of(process):
            if each in self.kept:
                number_then, result, _took = self.kept.pop(each)
                self.results[number_then] = result
        self.handle(process)
        return True

    def do_kill(self, thread: int, number: int, process: int) -> object:
        self.end(process, 128 + SIGKILL)
        return True

    def do_exit(self, thread: int, number: int, code: int = 0) -> object:
        self.end(self.process_of[thread], code)
        return GONE

    def do_return(self, thread: int, number: int, status: int = 0) -> object:
        """A thread ends, and with the main one its process."""
        if thread == self.process_of[thread]:
            self.end(thread, status)
        else:
            self.bury([thread])
        return GONE

    def end(self, process: int, status: int) -> None:
        """All threads of a process end at one moment: none of them gets anything any more."""
        self.ended[process] = status
        self.stopped.discard(process)
        self.pending.discard(process)
        self.bury(self.threads_of(process))
        self.close_all(process)

    def bury(self, threads: list[int]) -> None:
        taken = []
        for thread in threads:
            if thread in self.asleep:
                self.withdraw(thread)
                del self.asleep[thread]
            if thread in self.kept:
                taken.append(self.kept.pop(thread)[2])
            del self.process_of[thread]
        for thread in threads:
            self.left_behind(thread)
        for what in taken:
            if what is not None:
                self.give_back(what)

    def left_behind(self, thread: int) -> None:
        """What a dead thread owned."""

    def give_back(self, what: Any) -> None:
        """What a dead thread had taken and never got to see."""

    def close_all(self, process: int) -> None:
        """The handles of a dead process."""


class Waiting(Model):
    """Objects to wait for. A satisfied wait takes, at that moment, all that it takes; nobody is passed over."""

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, dict[str, Any]] = {}
        self.queues: dict[str, list[int]] = {}  # who waits for it, the first first
        self.holders: dict[str, set[int]] = {}  # processes that have a handle to it
        self.acquired = 0  # mutexes, so far

    def do_make(self, thread: int, number: int, name: str, processes: Iterable[int], thing: dict[str, Any]) -> object:
        """A new object, to which these processes get handles."""
        self.objects[name] = thing = deepcopy(thing)
        if thing["kind"] == "mutex" and thing["owner"] is not None:
            self.acquired += 1
            thing["since"] = self.acquired
        self.queues[name] = []
        self.holders[name] = set(processes)
        return HANDLE

    def knows(self, thread: int, names: Iterable[str]) -> bool:
        """Whether its process has handles to all of them."""
        return all(self.process_of[thread] in self.holders[name] for name in names)

    # --- what each kind is -------------------------------------------------------------------------------------

    def signaled(self, name: str, thread: int) -> bool:
        it = self.objects[name]
        if it["kind"] in ("event", "timer", "end"):
            return bool(it["set"])
        if it["kind"] == "mutex":
            return it["owner"] in (None, thread)
        if it["kind"] == "semaphore":
            return bool(it["count"] > 0)
        raise AssertionError(it["kind"])

    def take(self, name: str, thread: int) -> bool:
        """Whether it had been abandoned."""
        it = self.objects[name]
        abandoned = False
        if (it["kind"] == "event" and not it["manual"]) or (it["kind"] == "timer" and it["period"]):
            it["set"] = False
        elif it["kind"] == "semaphore":
            it["count"] -= 1
        elif it["kind"] == "mutex":
            abandoned, it["abandoned"] = it["abandoned"], False
            if it["owner"] is None:
                self.acquired += 1
                it.update(owner=thread, since=self.acquired)
            it["times"] += 1
        return abandoned

    def outcome(self, thread: int, names: list[str], wait_all: bool) -> int | None:
        """Take what the wait takes if it is satisfied."""
        if wait_all:
            if not all(self.signaled(name, thread) for name in names):
                return None
            abandoned = [self.take(name, thread) for name in names]  # all of them
            return ABANDONED if any(abandoned) else 0
        for index, name in enumerate(names):
            if self.signaled(name, thread):
                return ABANDONED + index if self.take(name, thread) else index
        return None

    def wake(self, name: str) -> int:
        woken = 0
        for thread in list(self.queues[name]):
            call = self.asleep.get(thread)
            if call is None or thread not in self.queues[name]:
                continue
            result = self.outcome(thread, call["names"], call["wait_all"])
            if result is not None:
                self.finish(thread, result)
                woken += 1
        return woken

    # --- calls -------------------------------------------------------------------------------------------------

    def do_wait(
        self, thread: int, number: int, names: list[str], wait_all: bool, timeout: int | None, alertable: bool
    ) -> object:
        if not self.knows(thread, names):
            return error(INVALID_HANDLE)
        if wait_all and len(set(names)) < len(names):
            return error(INVALID_PARAMETER)
        result = self.outcome(thread, names, wait_all)
        if result is not None:
            return result
        if timeout == 0:
            return TIMEOUT
        for name in names:
            self.queues[name].append(thread)
        return self.sleep(thread, number, timeout, names=names, wait_all=wait_all, alertable=alertable)

    def withdraw(self, thread: int) -> None:
        for queue in self.queues.values():
            while thread in queue:
                queue.remove(thread)

    def do_set(self, thread: int, number: int, name: str) -> object:
        if not self.knows(thread, [name]):
            return error(INVALID_HANDLE)
        self.objects[name]["set"] = True
        return self.wake(name)

    def do_reset(self, thread: int, number: int, name: str) -> object:
        if not self.knows(thread, [name]):
            return error(INVALID_HANDLE)
        self.objects[name]["set"] = False
        return True

    def do_pulse(self, thread: int, number: int, name: str) -> object:
        woken = self.do_set(thread, number, name)
        self.do_reset(thread, number, name)
        return woken

    def do_release_mutex(self, thread: int, number: int, name: str) -> object:
        it = self.objects[name]
        if not self.knows(thread, [name]):
            return error(INVALID_HANDLE)
        if it["owner"] != thread:
            return error(NOT_OWNED)
        it["times"] -= 1
        if it["times"] == 0:
            it["owner"] = None
            self.wake(name)
        return True

    def do_release_semaphore(self, thread: int, number: int, name: str, count: int) -> object:
        it = self.objects[name]
        if not self.knows(thread, [name]):
            return error(INVALID_HANDLE)
        if count < 1:
            return error(INVALID_PARAMETER)
        before: int = it["count"]
        if before + count > it["maximum"]:
            return error(TOO_MANY_PERMITS)
        it["count"] += count
        self.wake(name)
        return before

    def do_set_timer(self, thread: int, number: int, name: str, delay: int, period: int) -> object:
        it = self.objects[name]
        if not self.knows(thread, [name]):
            return error(INVALID_HANDLE)
        it.update(set=False, due=self.now + delay, period=period)
        if delay == 0:
            self.fire(name)
        return True

    def do_cancel_timer(self, thread: int, number: int, name: str) -> object:
        it = self.objects[name]
        if not self.knows(thread, [name]):
            return error(INVALID_HANDLE)
        running, it["due"] = it["due"] is not None, None
        return running

    def do_close(self, thread: int, number: int, name: str) -> object:
        if not self.knows(thread, [name]):
            return error(INVALID_HANDLE)
        self.close(name, self.process_of[thread])
        return True

    def do_join(self, thread: int, number: int, target: int, timeout: int | None) -> object:
        """Wait for another thread's or process's end."""
        return self.sleep(thread, number, timeout, error(TIMEOUT), names=[], target=target)

    # --- timers and ends ---------------------------------------------------------------------------------------

    def timers(self) -> list[str]:
        return [name for name, it in self.objects.items() if it["kind"] == "timer" and it["due"] is not None]

    def due_times(self) -> Iterable[int]:
        return [*super().due_times(), *(self.objects[name]["due"] for name in self.timers())]

    def at_moment(self) -> list[Model]:
        """Timers that are due at one moment fire in whatever order."""
        super().at_moment()
        due = [name for name in self.timers() if self.objects[name]["due"] == self.now]
        worlds: list[Model] = []
        for order in permutations(due):
            world = deepcopy(self) if len(due) > 1 else self
            for name in order:
                world.fire(name)
            worlds.append(world)
        return worlds

    def fire(self, name: str) -> None:
        it = self.objects[name]
        it["set"] = True
        due, it["due"] = it["due"], None
        self.wake(name)
        if it["period"] and (self.holders[name] or self.queues[name]):
            it["due"] = due + it["period"]

    def close(self, name: str, process: int) -> None:
        self.holders[name].discard(process)
        if not self.holders[name] and not self.queues[name] and self.objects[name]["kind"] == "timer":
            self.objects[name]["due"] = None

    def close_all(self, process: int) -> None:
        for name in self.objects:
            if process in self.holders[name]:
                self.close(name, process)

    def left_behind(self, thread: int) -> None:
        """What it owned is free, and who gets it next learns of that; who waited for its end is told."""
        owned = [(it["since"], name) for name, it in self.objects.items() if it.get("owner") == thread]
        for _, name in sorted(owned):
            self.objects[name].update(owner=None, times=0, abandoned=True)
            self.wake(name)
        for name, it in self.objects.items():
            if it.get("of") == thread:
                it["set"] = True
                self.wake(name)
        for other, call in list(self.asleep.items()):
            if call.get("target") == thread:
                self.finish(other, True)


class Queueing(Model):
    """Message queues: the most urgent message first, equals in their order; receivers and senders in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.queues: dict[str, dict[str, Any]] = {}
        self.holders: dict[str, set[int]] = {}
        self.sent = 0

    def do_make(self, thread: int, number: int, name: str, processes: Iterable[int], most: int, size: int) -> object:
        """A new queue, to which these processes get handles."""
        self.queues[name] = {"most": most, "size": size, "messages": [], "receivers": [], "senders": [], "waiters": []}
        self.holders[name] = set(processes)
        return HANDLE

    def put(self, name: str, message: tuple[int, int, object]) -> None:
        queue = self.queues[name]
        if queue["receivers"]:
            priority, _, data = message
            self.finish(queue["receivers"][0], (data, -priority), (name, message))
        else:
            queue["messages"] = sorted([*queue["messages"], message])
            for thread in list(queue["waiters"]):
                self.finish(thread, 0)

    def do_send(
        self, thread: int, number: int, name: str, data: bytes | str, priority: int, timeout: int | None
    ) -> object:
        queue = self.queues[name]
        if self.process_of[thread] not in self.holders[name]:
            return error(INVALID_HANDLE)
        if len(data.encode() if isinstance(data, str) else data) > queue["size"]:
            return error(TOO_LARGE)
        self.sent += 1
        message = (-priority, self.sent, data)
        if len(queue["messages"]) < queue["most"]:
            self.put(name, message)
            return True
        if timeout == 0:
            return error(TIMEOUT)
        queue["senders"].append(thread)
        return self.sleep(thread, number, timeout, error(TIMEOUT), message=message)

    def do_receive(self, thread: int, number: int, name: str, timeout: int | None) -> object:
        queue = self.queues[name]
        if self.process_of[thread] not in self.holders[name]:
            return error(INVALID_HANDLE)
        if queue["messages"]:
            priority, _, data = queue["messages"].pop(0)
            if queue["senders"]:
                sender = queue["senders"][0]
                message = self.asleep[sender]["message"]
                self.finish(sender, True)
                self.put(name, message)
            return data, -priority
        if timeout == 0:
            return error(TIMEOUT)
        queue["receivers"].append(thread)
        return self.sleep(thread, number, timeout, error(TIMEOUT))

    def do_wait(self, thread: int, number: int, name: str, timeout: int | None, alertable: bool) -> object:
        queue = self.queues[name]
        if self.process_of[thread] not in self.holders[name]:
            return error(INVALID_HANDLE)
        if queue["messages"]:
            return 0
        if timeout == 0:
            return TIMEOUT
        queue["waiters"].append(thread)
        return self.sleep(thread, number, timeout, alertable=alertable)

    def withdraw(self, thread: int) -> None:
        for queue in self.queues.values():
            for side in ("receivers", "senders", "waiters"):
                if thread in queue[side]:
                    queue[side].remove(thread)

    def give_back(self, what: Any) -> None:
        """A message that nobody has seen is where it was."""
        self.put(*what)

    def do_open(self, thread: int, number: int, name: str) -> object:
        """By its name, which lasts as long as some handle."""
        if not self.holders[name]:
            return error(NAME_NOT_FOUND)
        self.holders[name].add(self.process_of[thread])
        return HANDLE

    def do_close(self, thread: int, number: int, name: str) -> object:
        if self.process_of[thread] not in self.holders[name]:
            return error(INVALID_HANDLE)
        self.close(name, self.process_of[thread])
        return True

    def close(self, name: str, process: int) -> None:
        """With the last handle goes the hope of those who wait for a message or for room."""
        self.holders[name].discard(process)
        if not self.holders[name]:
            for thread in [*self.queues[name]["receivers"], *self.queues[name]["senders"]]:
                self.finish(thread, error(CANCELLED))

    def close_all(self, process: int) -> None:
        for name in self.queues:
            if process in self.holders[name]:
                self.close(name, process)


class Piping(Model):
    """Pipes: a stream of bytes. Who of several goes on first is open; that nobody sleeps who could go on is not."""

    def __init__(self) -> None:
        super().__init__()
        self.pipes: dict[str, dict[str, Any]] = {}
        self.ends: dict[tuple[int, str], str] = {}  # (process, pipe:access) -> access: "r", "w" or "rw"
        self.careful: set[int] = set()  # processes that SIGPIPE does not end

    def do_make(self, thread: int, number: int, pipe: str, size: int) -> object:
        """A new pipe, of which the maker has both ends."""
        self.pipes[pipe] = {"size": size, "data": b""}
        for access in "rw":
            self.ends[self.process_of[thread], f"{pipe}:{access}"] = access
        return HANDLE

    def do_be_careful(self, thread: int, number: int) -> object:
        """It ignores SIGPIPE."""
        self.careful.add(self.process_of[thread])
        return None

    def open_for(self, pipe: str, side: str) -> bool:
        return any(end.split(":")[0] == pipe and side in access for (_, end), access in self.ends.items())

    def access(self, thread: int, end: str) -> str:
        """What the thread may do with it: nothing if its process has no such handle."""
        return self.ends.get((self.process_of[thread], end), "")

    def do_connect(self, thread: int, number: int, end: str) -> object:
        """To a named pipe, which is there as long as one of its ends is."""
        pipe, access = end.split(":")
        if not self.open_for(pipe, "r") and not self.open_for(pipe, "w"):
            return error(NAME_NOT_FOUND)
        self.ends[self.process_of[thread], end] = access
        return HANDLE

    def do_read(self, thread: int, number: int, end: str, count: int | None) -> object:
        access = self.access(thread, end)
        if "r" not in access:
            return error(ACCESS_DENIED if access else INVALID_HANDLE)
        if count == 0:
            return b""
        return self.sleep(thread, number, None, reads=end.split(":")[0], count=count)

    def do_write(self, thread: int, number: int, end: str, data: bytes) -> object:
        access = self.access(thread, end)
        if "w" not in access:
            return error(ACCESS_DENIED if access else INVALID_HANDLE)
        return self.sleep(thread, number, None, writes=end.split(":")[0], data=data, left=data)

    def do_wait(self, thread: int, number: int, end: str, timeout: int | None, alertable: bool) -> object:
        if not self.access(thread, end):
            return error(INVALID_HANDLE)
        if timeout == 0 and not self.signaled(end):
            return TIMEOUT
        return self.sleep(thread, number, timeout, waits=end, alertable=alertable)

    def signaled(self, end: str) -> bool:
        """Reading (and so if it can do both): data or the end. Writing: room, or nobody who reads."""
        pipe, access = end.split(":")
        it = self.pipes[pipe]
        if "r" in access:
            return bool(it["data"]) or not self.open_for(pipe, "w")
        return len(it["data"]) < it["size"] or not self.open_for(pipe, "r")

    def do_close(self, thread: int, number: int, end: str) -> object:
        if not self.access(thread, end):
            return error(INVALID_HANDLE)
        self.close(self.process_of[thread], end)
        return True

    def close(self, process: int, end: str) -> None:
        del self.ends[process, end]
        pipe = end.split(":")[0]
        if not self.open_for(pipe, "r"):
            self.pipes[pipe]["data"] = b""

    def close_all(self, process: int) -> None:
        for owner, end in list(self.ends):
            if owner == process:
                self.close(owner, end)

    # --- what can happen ---------------------------------------------------------------------------------------

    def settle(self) -> list[Model]:
        """All orders in which those who can go on do so, until nobody can."""
        return [world for world in self.explore() if not world.movers()]

    def in_between(self) -> list[Model]:
        """Who can go on may do so before the next call is made, or after it."""
        return list(self.explore())

    def explore(self) -> list[Piping]:
        """All worlds that this one may become, itself among them."""
        found: dict[str, Piping] = {}
        todo: list[Piping] = [self]
        while todo:
            world = todo.pop()
            key = repr(sorted(vars(world).items()))
            if key in found:
                continue
            found[key] = world
            for thread in world.movers():
                following = deepcopy(world)
                following.move(thread)
                todo.append(following)
        return list(found.values())

    def movers(self) -> list[int]:
        return [thread for thread in self.asleep if self.can_move(thread)]

    def at_moment(self) -> list[Model]:
        super().at_moment()
        return self.settle()

    def can_move(self, thread: int) -> bool:
        call = self.asleep[thread]
        if "waits" in call:  # it is served where it sleeps, stopped or not
            return self.signaled(call["waits"])
        if self.process_of[thread] in self.stopped:
            return False
        if "reads" in call:
            return bool(self.pipes[call["reads"]]["data"]) or not self.open_for(call["reads"], "w")
        return not self.open_for(call["writes"], "r") or self.portion(call) is not None

    def portion(self, call: dict[str, Any]) -> int | None:
        """How much a writer can write now: all of it, or a part if it is more than what is written in one piece."""
        it = self.pipes[call["writes"]]
        room = it["size"] - len(it["data"])
        if room >= len(call["left"]):
            return len(call["left"])
        return room if room and len(call["data"]) > min(4096, it["size"]) else None

    def move(self, thread: int) -> None:
        call = self.asleep[thread]
        if "waits" in call:
            self.finish(thread, 0)
        elif "reads" in call:
            it = self.pipes[call["reads"]]
            count = len(it["data"]) if call["count"] is None else call["count"]
            taken, it["data"] = it["data"][:count], it["data"][count:]
            self.finish(thread, taken)
        elif not self.open_for(call["writes"], "r"):
            if self.process_of[thread] not in self.careful:
                self.end(self.process_of[thread], 128 + SIGPIPE)
            else:
                self.finish(thread, error(PIPE_BROKEN))
        else:
            portion = self.portion(call)
            assert portion is not None
            self.pipes[call["writes"]]["data"] += call["left"][:portion]
            call["left"] = call["left"][portion:]
            if not call["left"]:
                self.finish(thread, len(call["data"]))


DEFAULTS = {
    **dict.fromkeys((1, 3, 4, 6, 9, 13, 14, 15, 30, 31), "die"),
    SIGCHLD: "ignore", SIGCONT: "continue", SIGSTOP: "stop", SIGTSTP: "stop",
}  # fmt: skip


class Signalling(Model):
    """POSIX signals to processes of one thread each: pending once a number, taken in their order unless masked."""

    def __init__(self) -> None:
        super().__init__()
        self.handlers: dict[int, dict[int, str]] = {}  # process -> signal -> "heard" or "SIG_IGN"
        self.mask: dict[int, set[int]] = {}
        self.waiting: dict[int, list[int]] = {}  # signals that are pending
        self.parent: dict[int, int] = {}

    def begin(self, process: int, handled: Iterable[int], parent: int | None) -> None:
        self.process_of[process] = process
        self.handlers[process] = dict.fromkeys(handled, "heard")
        self.mask[process], self.waiting[process] = set(), []
        if parent is not None:
            self.parent[process] = parent

    def action(self, process: int, signum: int) -> str:
        """What the signal would do."""
        if signum in (SIGKILL, SIGSTOP):
            return DEFAULTS[signum]
        return {"heard": "handle", "SIG_IGN": "ignore"}.get(self.handlers[process].get(signum, ""), DEFAULTS[signum])

    def do_send(self, thread: int, number: int, process: int, signum: int) -> object:
        if process not in self.process_of:
            return error(NO_SUCH_PROCESS)
        self.send(process, signum)
        return True

    def send(self, process: int, signum: int) -> None:
        waiting, action = self.waiting[process], self.action(process, signum)
        if signum == SIGCONT and process in self.stopped:
            self.do_go_on(process, 0, process)
        if signum in (SIGSTOP, SIGTSTP) and SIGCONT in waiting:
            waiting.remove(SIGCONT)
        masked = signum in self.mask[process] and signum not in (SIGKILL, SIGSTOP)
        if action in ("ignore", "continue"):
            return
        if action == "handle" or masked:
            if signum not in waiting:
                waiting.append(signum)
            self.handle(process)
        elif action == "stop":
            if process not in self.stopped:
                self.stopped.add(process)
                self.tell_parent(process)
        else:
            self.end(process, 128 + signum)

    def handle(self, process: int) -> None:
        """All that is pending and not masked, unless it is stopped."""
        waiting = self.waiting[process]
        for signum in list(waiting):
            if signum not in self.mask[process] and process not in self.stopped:
                waiting.remove(signum)
                self.signals.append((process, signum))

    def do_mask(self, thread: int, number: int, signums: list[int]) -> object:
        """Returns the mask before; what it held back and nobody handles acts first."""
        before = sorted(self.mask[thread])
        self.mask[thread] = set(signums) - {SIGKILL, SIGSTOP}
        for signum in [each for each in self.waiting[thread] if each not in self.mask[thread]]:
            if thread in self.process_of and signum not in self.handlers[thread]:
                self.waiting[thread].remove(signum)
                self.send(thread, signum)
        if thread not in self.process_of:
            return GONE
        self.handle(thread)
        return before

    def do_handler(self, thread: int, number: int, signum: int, what: str) -> object:
        if signum in (SIGKILL, SIGSTOP):
            return error(INVALID_PARAMETER)
        self.handlers[thread].pop(signum, None)
        if what != "default":
            self.handlers[thread][signum] = what
        return None

    def do(self, thread: int, number: int, what: str, *args: Any) -> list[Model]:
        """Who stops itself may have noted the result before that, or notes it when it goes on."""
        worlds = super().do(thread, number, what, *args)
        if thread not in self.kept:
            return worlds
        other = deepcopy(self)
        other.results[number] = other.kept.pop(thread)[1]
        return [*worlds, other]

    def end(self, process: int, status: int) -> None:
        """Its children are its parent's from now on."""
        super().end(process, status)
        self.tell_parent(process)
        heir = self.parent.pop(process, None)
        for child in [child for child, parent in self.parent.items() if parent == process]:
            del self.parent[child]
            if heir is not None:
                self.parent[child] = heir

    def tell_parent(self, process: int) -> None:
        parent = self.parent.get(process)
        if parent in self.process_of and SIGCHLD in self.handlers[parent]:  # type: ignore[index]
            self.send(parent, SIGCHLD)  # type: ignore[arg-type]


class Sharing(Model):
    """Sections: named values and raw bytes, at most so many; copies go in and come out."""

    def __init__(self) -> None:
        super().__init__()
        self.sections: dict[str, dict[str, Any]] = {}
        self.holders: dict[str, set[int]] = {}
        self.views: dict[tuple[int, str], str] = {}  # (process, view) -> section

    def do_create(self, thread: int, number: int, name: str, made: str, size: int) -> object:
        """*made* is what the model calls this one: the name may be another's later."""
        if self.find(name) is not None:
            return error(NAME_COLLISION)
        self.sections[made] = {"name": name, "size": size, "values": {}, "raw": b"", "used": 0}
        self.holders[made] = {self.process_of[thread]}
        return HANDLE

    def find(self, name: str) -> str | None:
        """A name lasts as long as some handle."""
        return next((made for made, it in self.sections.items() if it["name"] == name and self.holders[made]), None)

    def do_open(self, thread: int, number: int, name: str) -> object:
        made = self.find(name)
        if made is None:
            return error(NAME_NOT_FOUND)
        self.holders[made].add(self.process_of[thread])
        return HANDLE

    def do_close(self, thread: int, number: int, made: str) -> object:
        if self.process_of[thread] not in self.holders[made]:
            return error(INVALID_HANDLE)
        self.holders[made].discard(self.process_of[thread])
        return True

    def do_view(self, thread: int, number: int, view: str, made: str) -> object:
        if self.process_of[thread] not in self.holders[made]:
            return error(INVALID_HANDLE)
        self.views[self.process_of[thread], view] = made
        return None

    def close_all(self, process: int) -> None:
        for holders in self.holders.values():
            holders.discard(process)

    def do_item(self, thread: int, number: int, view: str, what: str, *args: Any) -> object:
        made = self.views.get((self.process_of[thread], view))
        if made is None:
            return error("KeyError")
        it = self.sections[made]
        values = it["values"]
        if what in ("load", "delete"):
            if args[0] not in values:
                return error("KeyError")
            return deepcopy(values[args[0]]) if what == "load" else self.forget(it, args[0])
        if what == "store":
            return self.store(it, *args)
        if what == "read":
            offset, count = args
            return it["raw"].ljust(it["size"], b"\0")[offset : offset + count]
        if what == "write":
            return self.write(it, *args)
        return deepcopy(values), it["used"]

    def forget(self, it: dict[str, Any], name: str) -> None:
        it["used"] -= cost(name) + cost(it["values"].pop(name))

    def store(self, it: dict[str, Any], name: str, value: Any) -> object:
        growth = cost(name) + cost(value)
        if name in it["values"]:
            growth -= cost(name) + cost(it["values"][name])
        if it["used"] + growth > it["size"]:
            return error(QUOTA_EXCEEDED)
        it["used"] += growth
        it["values"][name] = deepcopy(value)
        return None

    def write(self, it: dict[str, Any], offset: int, data: bytes) -> object:
        end = offset + len(data)
        growth = max(0, end - len(it["raw"]))
        if end > it["size"] or it["used"] + growth > it["size"]:
            return error(QUOTA_EXCEEDED)
        it["used"] += growth
        raw = it["raw"].ljust(end, b"\0")
        it["raw"] = raw[:offset] + data + raw[end:]
        return None


def cost(value: Any) -> int:
    """16 bytes for each value, what text and bytes are long on top, and all that is in a list or a dict."""
    if type(value) in (str, bytes):
        return 16 + len(value if type(value) is bytes else value.encode())
    if type(value) in (list, tuple):
        return 16 + sum(map(cost, value))
    if type(value) is dict:
        return 16 + sum(cost(part) for pair in value.items() for part in pair)
    return 16 + (value.bit_length() // 64 * 8 if type(value) is int else 0)
