"""Each kind of IPC object against its textbook semantics: programs do what chance says, the model says what follows.

The programs are puppets on a bare machine (see puppets.py), the models stand in ipc_models.py. Several puppets may move
at once; then what is seen must be what some order of their moves gives. After each step all results, who lives, and all
promises of the kernel are looked at, and after each play that nothing is left. Turns follow first come first served or
a schedule that the seed decides. AXISOS_LONG=1 plays many more and longer ones.
"""

from __future__ import annotations

import os
from copy import deepcopy
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from ipc_models import (
    DEFAULTS,
    SIGCHLD,
    SIGCONT,
    SIGKILL,
    SIGPIPE,
    SIGSTOP,
    SIGTSTP,
    SIGUSR1,
    Model,
    Piping,
    Queueing,
    Sharing,
    Signalling,
    Waiting,
)

from kernel_invariants import broken_promises
from puppets import HANDLED, Puppet, Stage

LONG = os.environ.get("AXISOS_LONG") == "1"
EXAMPLES, STEPS = (400, 20) if LONG else (24, 6)
LOOK_EACH = 1 if LONG else 4  # so many steps the kernel's promises are looked at
MOST_PROCESSES, MOST_THREADS, MOST_OBJECTS = 3, 7, 4
TIMEOUTS = (None, None, None, None, 0, 5, 15, 25, 45)  # ms; never due together with a timer
OFTEN = (SIGSTOP, SIGSTOP, SIGTSTP, SIGCONT, *HANDLED)  # other signals mostly just kill
DELAYS, PERIODS = (8, 18, 38), (0, 0, 10, 20, 30)

LENGTHS = st.sampled_from((3, 10, 30, 90, 90, 90)) if LONG else st.just(90)  # of what happens before the rules choose
DICE = st.integers(0, 2**48).map(Random)  # who moves and how: evenly, where hypothesis would try small numbers first

Move = tuple[int, str, tuple[Any, ...], str, tuple[Any, ...]]  # thread; the model's call; the machine's call

clean: list[Stage] = []  # without a schedule: the next play may use it


class Play(RuleBasedStateMachine):
    """Puppets, and what the model thinks of them. One of them is the hand: it lives on, never sleeps, and signals."""

    model: type[Model]
    with_threads = True

    def __init__(self) -> None:
        super().__init__()
        self.worlds: list[Model] = [self.model()]
        self.puppets: dict[int, Puppet] = {}
        self.handles: dict[tuple[int, str], str] = {}  # (pid, name) -> token
        self.made = 0
        self.history: list[tuple[int, tuple[Move, ...]]] = []  # (time, moves), to tell when it comes out otherwise
        self.sound = False

    @initialize(
        schedule=st.sampled_from(("fifo", "random", "random", "pct:3")), seed=st.integers(0, 2**32), length=LENGTHS
    )
    def raise_the_curtain(self, schedule: str, seed: int, length: int) -> None:
        self.schedule = schedule
        self.stage = clean.pop() if schedule == "fifo" and clean else Stage(schedule, seed)
        self.hand = self.enter(self.stage.program())
        first = self.enter(self.stage.program())
        self.play()
        if self.with_threads:
            self.start_thread(first)
        self.prepare()
        self.improvise(Random(f"{schedule} {seed}"), length)

    def improvise(self, dice: Random, length: int) -> None:
        """So many things happen."""
        raise NotImplementedError

    def prepare(self) -> None:
        """What else there must be from the start."""

    def teardown(self) -> None:
        if not self.puppets:
            return
        if self.sound:
            self.stage.clear()
        if self.sound and self.schedule == "fifo":
            clean.append(self.stage)
        else:
            self.stage.close()

    # --- moving ------------------------------------------------------------------------------------------------

    @property
    def world(self) -> Any:
        """Any of them, for what is the same in all."""
        return self.worlds[0]

    def enter(self, puppet: Puppet) -> int:
        self.puppets[puppet.tid] = puppet
        for world in self.worlds:
            world.process_of[puppet.tid] = puppet.pid
        return puppet.tid

    def start_thread(self, process: int) -> None:
        """A further thread of a process, by its main one."""
        self.play()  # it may be new itself
        tid = self.stage.next_tid()
        self.puppets[tid] = Puppet(self.puppets[process].process, tid)
        self.play((process, "thread", (tid,), "thread", ()))

    def players(self) -> list[int]:
        """Who can move, but the hand."""
        return [thread for thread in self.world.idle() if thread != self.hand]

    def processes(self) -> list[int]:
        """All but the hand's."""
        return sorted({process for process in self.world.process_of.values() if process != self.hand})

    def new_name(self) -> str:
        self.made += 1
        return f"o{self.made}"

    def play(self, *moves: Move, unknown: bool = False) -> dict[int, object]:
        """Some puppets move, a step goes by, and what is seen is what happens in some world.

        Returns: the results, by the place of the move. *unknown*: they are handles, of which the model knows nothing.
        """
        self.sound = False
        self.history.append((self.world.now, moves))
        stage = self.stage
        numbered = [(stage.tell(self.puppets[move[0]], move[3], *move[4]), move) for move in moves]
        worlds: list[Model] = []
        orders = list(permutations(numbered))
        for order in orders:
            for world in self.worlds:
                following = [deepcopy(world) if len(orders) > 1 else world]
                for number, (thread, what, args, _, _) in order:
                    following = [each for at in following for each in at.do(thread, number, what, *args)]
                worlds += [each for at in following for each in at.settle()]
        worlds = [each for world in worlds for each in world.tick()]
        results, signals = stage.run()
        handles = {}
        if unknown:
            for place, (number, _) in enumerate(numbered):
                if not (isinstance(results.get(number), tuple) and results[number][0] == "error"):  # type: ignore[index]
                    handles[place] = results.pop(number)
        seen = (results, signals, stage.living(), stage.ended())
        agreeing = [world for world in worlds if self.shown_by(world) == seen]
        assert agreeing, self.disagreement(moves, worlds, seen)
        if len(agreeing) > 1:
            agreeing = list({repr(sorted(vars(world).items())): world for world in agreeing}.values())
        self.worlds = agreeing
        for world in self.worlds:
            world.forget_news()
        if len(self.history) % LOOK_EACH == 0:
            assert broken_promises(stage.kernel) == []
        self.sound = True
        return handles

    def shown_by(self, world: Model) -> tuple[object, ...]:
        """What shows of a world."""
        signals = sorted(world.signals, key=lambda signal: signal[0])
        return world.results, signals, set(world.process_of), world.ended

    def disagreement(self, moves: tuple[Move, ...], worlds: list[Model], seen: object) -> str:
        possible = "\n".join({f"  {self.shown_by(world)}" for world in worlds})
        history = "\n".join(f"  {now} ms: {moves}" for now, moves in self.history)
        return f"{moves}\nwas expected to give one of\n{possible}\nand gave\n  {seen}\nhow it came:\n{history}"

    @rule()
    def wait_a_little(self) -> None:
        self.play()

    @rule(dice=DICE)
    def much_happens(self, dice: Random) -> None:
        self.improvise(dice, 8)


class Acting(Play):
    """Programs that make calls, alone or several at once, and stop, and end."""

    def the_cast_changes(self, dice: Random) -> None:
        """Somebody comes, or goes."""
        if len(self.processes()) < MOST_PROCESSES:
            self.admit(self.enter(self.stage.program()))
            self.play()
        elif self.can_start_threads() and dice.random() < 0.6:
            self.start_thread(dice.choice(self.can_start_threads()))
        elif self.players():
            self.one_ends(dice, dice.choice(self.players()))

    def admit(self, newcomer: int) -> None:
        """A new process gets what it needs."""

    def can_start_threads(self) -> list[int]:
        room = self.with_threads and len(self.world.process_of) < MOST_THREADS
        return [process for process in self.processes() if room and process in self.world.idle()]

    def signal(self, what: str, process: int, signum: int) -> None:
        self.play((self.hand, what, (process,), "process_kill", (process, signum)))

    def the_hand_signals(self, dice: Random, signum: int) -> None:
        what = {SIGKILL: "kill", SIGSTOP: "stop", SIGCONT: "go_on", SIGUSR1: "signal"}[signum]
        self.signal(what, dice.choice(self.processes()), signum)

    def one_ends(self, dice: Random, thread: int) -> None:
        how = dice.choice(("return", "process_exit", "crash"))
        if how == "crash" and thread != self.world.process_of[thread]:
            how = "return"  # an error that nobody catches ends a thread likewise
        what = "exit" if how == "process_exit" else "return"
        self.play((thread, what, (1,) if how == "crash" else (), how, ()))

    def improvise(self, dice: Random, length: int) -> None:
        """Mostly calls, one at a time or several; now and then the hand signals, somebody comes, or nothing happens."""
        for _ in range(length):
            what = dice.random()
            if what < 0.06:
                self.the_cast_changes(dice)
            elif what < 0.12 or not self.things():
                self.one_makes(dice)
            elif what < 0.24 and self.processes():
                signals = (SIGKILL, SIGSTOP, SIGSTOP, SIGCONT, SIGCONT, SIGCONT, SIGUSR1, SIGUSR1)
                self.the_hand_signals(dice, dice.choice(signals))
            elif what < 0.3:
                self.play()
            else:
                self.some_move(dice, dice.choice((1, 1, 1, 2, 3)))

    def one_makes(self, dice: Random) -> None:
        """A new thing, if there is room."""
        raise NotImplementedError

    def some_move(self, dice: Random, count: int) -> None:
        moves: list[Move] = []
        threads = self.players()
        if not threads or dice.random() < 0.3:
            threads = [*threads, self.hand]
        while threads and len(moves) < count:
            thread = dice.choice(threads)
            of = self.world.process_of
            threads = [each for each in threads if of[each] != of[thread]]
            moves.append(self.move(dice, thread, count == 1))
        self.play(*moves)

    def things(self) -> Any:
        """What there is to move with."""
        raise NotImplementedError

    def move(self, dice: Random, thread: int, alone: bool) -> Move:
        """Something that a thread may do; *alone* in this step."""
        raise NotImplementedError

    def share_with_all(self, name: str, token: str, giver: int) -> None:
        self.handles[giver, name] = token
        for process in self.processes():
            if process != giver:
                self.handles[process, name] = self.stage.share(self.puppets[giver], token, self.puppets[process])

    def token(self, thread: int, name: str) -> str:
        """A handle of the thread's process, which may be closed."""
        return self.handles.get((self.world.process_of[thread], name), "H-none")


class Waits(Acting):
    """Dispatcher objects; the kinds below have one or several sorts of them."""

    model = Waiting
    kinds: tuple[str, ...] = ("event", "manual event", "mutex", "semaphore", "timer", "end")

    def things(self) -> Any:
        return self.world.objects

    def prepare(self) -> None:
        """Two of the things, and somebody who is not the first program's."""
        self.start_thread(self.enter(self.stage.program()))
        for flag in (False, True):
            self.make_something(Random(flag), flag, 0)

    def admit(self, newcomer: int) -> None:
        """Handles to all that the hand has."""
        for world in self.worlds:
            for holders in world.holders.values():  # type: ignore[attr-defined]
                if self.hand in holders:
                    holders.add(newcomer)
        for name in self.world.objects:
            if self.hand in self.world.holders[name]:
                hand, puppet = self.puppets[self.hand], self.puppets[newcomer]
                self.handles[newcomer, name] = self.stage.share(hand, self.handles[self.hand, name], puppet)

    def one_makes(self, dice: Random) -> None:
        if len(self.world.objects) < MOST_OBJECTS:
            self.make_something(dice, dice.random() < 0.5, dice.randint(0, 3))

    def make_something(self, dice: Random, flag: bool, count: int) -> None:
        kind = dice.choice(self.kinds)
        name, everybody = self.new_name(), {self.hand, *self.processes()}
        call: str
        args: tuple[Any, ...]
        thing: dict[str, Any]
        if kind == "mutex":
            call, args = "ke_create_mutex", (flag,)
            thing = {"kind": kind, "owner": self.hand if flag else None, "times": int(flag), "abandoned": False}
        elif kind == "semaphore":
            call, args = "ke_create_semaphore", (count, 3)
            thing = {"kind": kind, "count": count, "maximum": 3}
        elif kind == "end":
            known = {it.get("of") for it in self.world.objects.values()}  # a second handle would be to the same object
            of = dice.choice(sorted(set(self.world.process_of) - known) or [None])
            if of is None:
                return
            call, args = "process_open", (of,)
            thing = {"kind": kind, "of": of, "set": False}
        elif kind == "timer":
            call, args = "ke_create_timer", ()
            thing = {"kind": kind, "set": False, "due": None, "period": 0}
        else:
            call, args = "ke_create_event", (kind == "manual event", flag)
            thing = {"kind": "event", "manual": kind == "manual event", "set": flag}
        token: Any = self.play((self.hand, "make", (name, everybody, thing), call, args), unknown=True)[0]
        self.share_with_all(name, token[0] if type(token) is tuple else token, self.hand)

    def move(self, dice: Random, thread: int, alone: bool) -> Move:
        objects = self.world.objects
        what = dice.choice(("wait", "wait", "wait", "change", "change", "change", "close", "join"))
        if what == "join":
            own = self.world.process_of[thread]
            targets = [each for each in self.world.process_of if each not in (thread, own)]
            timeout = dice.choice(TIMEOUTS[4:]) if thread != self.hand else None
            if thread != self.hand and targets:
                target = dice.choice(sorted(targets))
                return thread, "join", (target, timeout), "process_wait", (target, timeout)
            what = "change"
        if what == "wait":
            names = dice.choices(sorted(objects), k=dice.choice((1, 1, 2, 3)))
            wait_all = len(names) > 1 and dice.random() < 0.5
            timeout = 0 if thread == self.hand else dice.choice(TIMEOUTS)
            alertable = dice.random() < 0.5
            tokens = [self.token(thread, name) for name in names]
            if len(tokens) == 1:
                call, args = "ke_wait_single", (tokens[0], timeout, alertable)
            else:
                call, args = "ke_wait_multiple", (tokens, wait_all, timeout, alertable)  # type: ignore[assignment]
            return thread, "wait", (names, wait_all, timeout, alertable), call, args
        name = dice.choice(sorted(objects))
        token, kind = self.token(thread, name), objects[name]["kind"]
        if what == "close" or kind == "end":
            return thread, "close", (name,), "vfs_close", (token,)
        if kind == "event":
            how = dice.choice(("set", "set", "reset", "pulse"))
            return thread, how, (name,), f"ke_{how}_event", (token,)
        if kind == "mutex":
            return thread, "release_mutex", (name,), "ke_release_mutex", (token,)
        if kind == "semaphore":
            count = dice.randint(0, 4)
            return thread, "release_semaphore", (name, count), "ke_release_semaphore", (token, count)
        if dice.random() < 0.5:
            return thread, "cancel_timer", (name,), "ke_cancel_timer", (token,)
        delay = dice.choice((0, *DELAYS) if alone else DELAYS)
        period = dice.choice(PERIODS) if delay else 0  # or its ticks would come at the time of moves
        return thread, "set_timer", (name, delay, period), "ke_set_timer", (token, delay, period)


class Events(Waits):
    """Both kinds of events."""

    kinds = ("event", "manual event")


class Mutexes(Waits):
    """Mutexes alone: owners, recursion, abandonment."""

    kinds = ("mutex",)


class Semaphores(Waits):
    """Semaphores alone."""

    kinds = ("semaphore",)


class Timers(Waits):
    """Timers alone: due times, periods, ticks that nobody took."""

    kinds = ("timer",)


class Ends(Waits):
    """Processes and threads that are waited for as objects, beside events."""

    kinds = ("end", "end", "event")


class Queues(Acting):
    """Message queues."""

    model = Queueing

    def things(self) -> Any:
        return self.world.queues

    def one_makes(self, dice: Random) -> None:
        if self.world.queues and dice.random() < 0.5 and self.players():
            self.one_opens(dice)
        elif len(self.world.queues) < 3:
            self.make_a_queue(dice.randint(1, 3))

    def make_a_queue(self, most: int) -> None:
        name, everybody = self.new_name(), {self.hand, *self.processes()}
        args = (f"q{self.hand}.{name}", most, 4)
        move = (self.hand, "make", (name, everybody, most, 4), "ke_create_mqueue", args)
        self.share_with_all(name, self.play(move, unknown=True)[0], self.hand)  # type: ignore[arg-type]

    def one_opens(self, dice: Random) -> None:
        """By who has no handle to it."""
        world = self.world
        thread, name = dice.choice(self.players()), dice.choice(sorted(world.queues))
        process = world.process_of[thread]
        if process not in world.holders[name]:
            move = (thread, "open", (name,), "ke_open_mqueue", (f"q{self.hand}.{name}",))
            for token in self.play(move, unknown=True).values():
                self.handles[process, name] = str(token)

    def move(self, dice: Random, thread: int, alone: bool) -> Move:
        name = dice.choice(sorted(self.world.queues))
        token = self.token(thread, name)
        timeout = 0 if thread == self.hand else dice.choice(TIMEOUTS)
        what = dice.choice(("send", "send", "send", "receive", "receive", "receive", "wait", "close"))
        if what == "send":
            message = dice.choice((b"", b"a", "b", b"four", "\N{SNOWMAN}", "four!", "\N{SNOWMAN}xy"))
            priority = dice.choice((0, 0, 0, -1, 1))
            return (
                thread, "send", (name, message, priority, timeout),
                "ke_mq_send", (token, message, priority, timeout),
            )  # fmt: skip
        if what == "receive":
            return thread, "receive", (name, timeout), "ke_mq_receive", (token, timeout)
        if what == "wait":
            alertable = dice.random() < 0.5
            return thread, "wait", (name, timeout, alertable), "ke_wait_single", (token, timeout, alertable)
        return thread, "close", (name,), "vfs_close", (token,)


class Pipes(Acting):
    """Pipes with and without names."""

    model = Piping

    def prepare(self) -> None:
        """SIGPIPE does not end the hand."""
        self.named: set[str] = set()
        self.be_careful(self.hand)

    def be_careful(self, process: int) -> None:
        self.play((process, "be_careful", (), "handle", (SIGPIPE, "SIG_IGN")))

    def things(self) -> Any:
        return self.world.pipes

    def one_makes(self, dice: Random) -> None:
        what = dice.random()
        if len(self.world.pipes) < 3 and what < 0.4:
            self.make_a_pipe(dice, dice.randint(1, 6), dice.random() < 0.5)
        elif self.world.ends and self.processes() and what < 0.7:
            self.an_end_is_passed_on(dice)
        elif self.world.pipes:
            self.one_connects(dice, dice.choice(("r", "w", "rw", "rw")))
        if self.players() and dice.random() < 0.3:
            self.be_careful(dice.choice(self.players()))

    def make_a_pipe(self, dice: Random, size: int, named: bool) -> None:
        pipe = self.new_name()
        name: tuple[Any, ...] = (f"p{self.hand}.{pipe}",) if named else ()
        call = "ke_create_named_pipe" if named else "ke_create_pipe"
        tokens: Any = self.play((self.hand, "make", (pipe, size), call, (*name, size)), unknown=True)[0]
        if named:
            self.named.add(pipe)
        for access, token in zip("rw", tokens, strict=True):
            self.handles[self.hand, f"{pipe}:{access}"] = token
        for process in self.processes():
            for access in dice.choice(("r", "w", "rw", "rw")):
                self.pass_on(self.hand, f"{pipe}:{access}", process)
        if dice.random() < 0.3:
            self.play((self.hand, "close", (f"{pipe}:r",), "ke_pipe_close", (tokens[0], False)))

    def pass_on(self, giver: int, end: str, taker: int) -> None:
        for world in self.worlds:
            world.ends[taker, end] = end.split(":")[1]  # type: ignore[attr-defined]
        token = self.handles[giver, end]
        self.handles[taker, end] = self.stage.share(self.puppets[giver], token, self.puppets[taker])

    def an_end_is_passed_on(self, dice: Random) -> None:
        giver, end = dice.choice(sorted(self.world.ends))
        taker = dice.choice(self.processes())
        if (taker, end) not in self.world.ends:
            self.pass_on(giver, end, taker)

    def one_connects(self, dice: Random, access: str) -> None:
        thread = dice.choice([self.hand, *self.players()])
        pipe = dice.choice(sorted(self.world.pipes))
        end, process = f"{pipe}:{access}", self.world.process_of[thread]
        if (process, end) in self.world.ends or pipe not in self.named:
            return
        move = (thread, "connect", (end,), "ke_connect_named_pipe", (f"p{self.hand}.{pipe}", access))
        for token in self.play(move, unknown=True).values():
            self.handles[process, end] = str(token)

    def move(self, dice: Random, thread: int, alone: bool) -> Move:
        own = self.world.process_of[thread]
        mine = sorted(end for process, end in self.world.ends if process == own)
        some = [f"{pipe}:{access}" for pipe in self.world.pipes for access in ("r", "w")]
        end = dice.choice(mine or some)
        if mine and dice.random() < 0.5:  # a reader takes all that comes: let there be more who write
            end = dice.choice([each for each in mine if "w" in each] or mine)
        token = self.token(thread, end)
        what = dice.choice(("move",) * 6 + ("wait",) * 4 + ("wrong",) + ("close",) * (thread != self.hand or alone))
        if what == "close":
            return thread, "close", (end,), "ke_pipe_close", (token, "w" in end.split(":")[1])
        if what == "wait" or thread == self.hand:
            timeout = 0 if thread == self.hand else dice.choice(TIMEOUTS)
            alertable = dice.random() < 0.5
            return thread, "wait", (end, timeout, alertable), "ke_wait_single", (token, timeout, alertable)
        reads = dice.random() < 0.5 if end.endswith(":rw") else end.endswith(":r")
        if reads != (what == "wrong"):
            count = dice.choice((None, None, 0, 1, 2, 5))
            return thread, "read", (end, count), "ke_pipe_read", (token, count)
        self.made += 1
        size = self.world.pipes[end.split(":")[0]]["size"]
        written = bytes([ord("a") + self.made % 26]) * dice.choice((0, 1, 2, size - 1, size, size, 9))
        return thread, "write", (end, written), "ke_pipe_write", (token, written)


class Sections(Acting):
    """Shared memory: what one stores all load, as long as it fits; names last as long as handles, data as views."""

    model = Sharing
    with_threads = False

    def things(self) -> Any:
        return self.world.sections

    def name(self, letter: str) -> str:
        """Another stage's sections may have had this letter."""
        return f"s{self.hand}.{letter}"

    def one_makes(self, dice: Random) -> None:
        if len(self.world.sections) < 4 and dice.random() < 0.5:
            self.one_makes_a_section(dice, dice.choice("ab"), dice.randint(30, 150))
        else:
            self.one_opens_a_section(dice, dice.choice("ab"))

    def one_makes_a_section(self, dice: Random, letter: str, size: int) -> None:
        thread, made = dice.choice([self.hand, *self.players()]), self.new_name()
        args = (self.name(letter), size)
        move = (thread, "create", (self.name(letter), made, size), "ke_create_section", args)
        self.keep(thread, made, self.play(move, unknown=True))

    def keep(self, thread: int, made: str, tokens: dict[int, object]) -> None:
        for token in tokens.values():
            self.handles[thread, made] = str(token)
            self.play((thread, "view", (f"{made}v", made), "view", (f"{made}v", token)))

    def one_opens_a_section(self, dice: Random, letter: str) -> None:
        thread, made = dice.choice([self.hand, *self.players()]), self.world.find(self.name(letter))
        if made is None or thread not in self.world.holders[made]:
            move = (thread, "open", (self.name(letter),), "ke_open_section", (self.name(letter),))
            self.keep(thread, made or "", self.play(move, unknown=True))

    def move(self, dice: Random, thread: int, alone: bool) -> Move:
        made = dice.choice(sorted(self.world.sections))
        what = dice.choice(("store", "store", "load", "delete", "write", "read", "all", "close"))
        token = self.token(thread, made)
        if what == "close":
            return thread, "close", (made,), "vfs_close", (token,)
        args: tuple[Any, ...] = ()
        if what in ("load", "delete", "store"):
            args = (dice.choice(("x", "long name")),)
        if what == "store":
            args += (dice.choice((None, True, 5, 1 << 70, 1.5, "text", b"bytes", [1, ["x"]], {"k": [b"v"]})),)
        elif what == "write":
            args = (dice.randint(0, 160), dice.choice((b"", b"ab", b"x" * 40)))
        elif what == "read":
            args = (dice.randint(0, 160), dice.randint(0, 60))
        return thread, "item", (f"{made}v", what, *args), "item", (f"{made}v", what, *args)


class Signals(Play):
    """POSIX signals among a family of programs that do nothing else."""

    model = Signalling
    with_threads = False

    def enter(self, puppet: Puppet, parent: int | None = None) -> int:
        super().enter(puppet)
        for world in self.worlds:
            world.begin(puppet.pid, HANDLED, parent)  # type: ignore[attr-defined]
        return puppet.tid

    def prepare(self) -> None:
        """A parent that hears of its child."""
        (parent,) = self.processes()
        self.play((parent, "handler", (SIGCHLD, "heard"), "handle", (SIGCHLD, "heard")))
        self.bear(parent)

    def bear(self, parent: int | None) -> None:
        self.enter(self.stage.program(parent=self.puppets[parent] if parent is not None else None), parent)
        self.play()

    def improvise(self, dice: Random, length: int) -> None:
        """The hand sends, and its receivers mask, handle, have children and leave."""
        for _ in range(length):
            if len(self.processes()) < MOST_PROCESSES and dice.random() < 0.3:
                self.bear(dice.choice([*self.processes(), None]))
            elif not self.players() or dice.random() < 0.6:
                pid = dice.choice(self.processes() or sorted(set(self.puppets) - {self.hand}))
                signum = dice.choice(OFTEN * 3 + tuple(sorted(DEFAULTS)))
                self.play((self.hand, "send", (pid, signum), "ke_signal_send", (pid, signum)))
            else:
                self.one_prepares(dice, dice.choice(self.players()))

    def one_prepares(self, dice: Random, process: int) -> None:
        """Whether a pending signal outlives its being ignored for a while is nobody's promise."""
        what = dice.random()
        if what < 0.5:
            signums = dice.sample(sorted(DEFAULTS), dice.randint(0, 6))
            self.play((process, "mask", (signums,), "ke_signal_mask", (signums,)))
        elif what < 0.95:
            signum, handler = dice.choice(sorted(DEFAULTS)), dice.choice(("heard", "heard", "default", "SIG_IGN"))
            if handler != "SIG_IGN" or signum not in self.world.waiting[process]:
                self.play((process, "handler", (signum, handler), "handle", (signum, handler)))
        else:
            code = dice.randint(0, 255)
            self.play((process, "exit", (code,), "process_exit", (code,)))


PLAYS = (Events, Mutexes, Semaphores, Timers, Ends, Waits, Queues, Pipes, Sections, Signals)


@pytest.mark.parametrize("play", PLAYS)
def test_what_programs_see_is_what_the_model_says(play: type[Play]) -> None:
    """Whatever they do, in whatever order, and whoever dies in the middle of it."""
    run_state_machine_as_test(
        play,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not LONG,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink) if LONG else (Phase.generate,),
        ),
    )
