"""Timers, DPCs and alertable waits under the deterministic scheduler."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from executive.ke_ipc.events import Event
from kernel_invariants import broken_promises
from kernelrig import BareMachine


def run(bare: BareMachine, source: str, ring: float = 3) -> None:
    """Run a program that sleeps long in between: three seconds of machine time."""
    bare.start(source, ring)
    bare.machine.run_for(3.0)


NOW = "now = lambda: syscall('time_get')[0] * 1000\n"  # milliseconds


def test_a_timer_is_signaled_when_its_time_has_come_and_stays_so_until_it_is_set_again() -> None:
    """Not before, and for everybody; setting it anew unsignals it and forgets the old deadline."""
    with BareMachine() as bare:
        run(
            bare,
            NOW + "timer, number = syscall('ke_create_timer')\n"
            "say(syscall('ke_create_timer')[1] - number, syscall('ke_wait_single', timer, 0))\n"
            "start = now()\n"
            "syscall('ke_set_timer', timer, 100)\n"
            "say(syscall('ke_wait_single', timer, 99), syscall('ke_wait_single', timer), round(now() - start))\n"
            "say(syscall('ke_wait_single', timer, 0), syscall('ke_wait_single', timer, 0))\n"
            "start = now()\n"
            "syscall('ke_set_timer', timer, 50)\n"
            "syscall('ke_set_timer', timer, 200)\n"
            "say(syscall('ke_wait_single', timer, 0))\n"
            "say(syscall('ke_wait_single', timer), round(now() - start))\n",
        )

        assert bare.said() == ["1 258", "258 0 100", "0 0", "258", "0 200"]


def test_a_periodic_timer_does_not_drift() -> None:
    """Its ticks are due at whole periods after the first, however long the program was busy in between."""
    with BareMachine() as bare:
        run(
            bare,
            NOW + "timer, _ = syscall('ke_create_timer')\n"
            "start = now()\n"
            "syscall('ke_set_timer', timer, 30, 100)\n"
            "for _ in range(5):\n"
            "    syscall('ke_wait_single', timer)\n"
            "    say(round(now() - start))\n"
            "    n = 0\n"
            "    while now() - start < 20 or n < 500: n += 1\n",
        )

        assert bare.said() == ["30", "130", "230", "330", "430"]


def test_ticks_that_nobody_waited_for_count_as_one() -> None:
    """Who sleeps through three ticks gets one of them, and then the next one on time."""
    with BareMachine() as bare:
        run(
            bare,
            NOW + "timer, _ = syscall('ke_create_timer')\n"
            "start = now()\n"
            "syscall('ke_set_timer', timer, 100, 100)\n"
            "syscall('process_sleep', 350)\n"
            "say(syscall('ke_wait_single', timer), round(now() - start))\n"
            "say(syscall('ke_wait_single', timer, 0))\n"
            "say(syscall('ke_wait_single', timer), round(now() - start))\n"
            "say(syscall('ke_cancel_timer', timer), syscall('ke_cancel_timer', timer))\n"
            "say(syscall('ke_wait_single', timer, 1000))\n",
        )

        assert bare.said() == ["0 350", "258", "0 400", "True False", "258"]


def test_a_tick_of_a_periodic_timer_goes_to_one_of_its_waiters() -> None:
    """A one-shot timer lets all of them go."""
    with BareMachine() as bare:
        bare.start(
            "timer, _ = syscall('ke_create_timer')\n"
            "def wait(name):\n"
            "    syscall('ke_wait_single', timer)\n"
            "    say(name)\n"
            "for name in 'abc': syscall('process_thread', lambda name=name: wait(name))\n"
            "syscall('process_sleep', 1)\n"
            "syscall('ke_set_timer', timer, 100, 100)\n"
            "syscall('process_sleep', 250)\n"
            "say('one shot')\n"
            "for name in 'de': syscall('process_thread', lambda name=name: wait(name))\n"
            "syscall('process_sleep', 1)\n"
            "syscall('ke_set_timer', timer, 10)\n"
            "syscall('process_sleep', 50)\n"
        )
        bare.machine.run_for(1.0)

        assert bare.said() == ["a", "b", "one shot", "c", "d", "e"]


def test_a_timer_that_nobody_can_name_any_more_stops() -> None:
    """Who waited for it when its last handle was closed still gets the tick; then nothing ticks on."""
    with BareMachine() as bare:
        run(
            bare,
            "timer, _ = syscall('ke_create_timer')\n"
            "lost, _ = syscall('ke_create_timer')\n"
            "for each in (timer, lost): syscall('ke_set_timer', each, 10, 10)\n"
            "syscall('process_thread', lambda: say('tick', syscall('ke_wait_single', timer)))\n"
            "syscall('process_sleep', 1)\n"
            "for each in (timer, lost): syscall('vfs_close', each)\n"
            "say(syscall('ke_ipc_stats')['active_timers'])\n"
            "syscall('process_sleep', 100)\n"
            "stats = syscall('ke_ipc_stats')\n"
            "say(stats['active_timers'], stats['timers_fired'])\n",
        )
        bare.run("syscall('ke_set_timer', syscall('ke_create_timer')[0], 1000, 1000)")
        bare.run("say(syscall('ke_ipc_stats')['active_timers'])")

        assert bare.said() == ["1", "tick 0", "0 1", "0"]


@pytest.mark.parametrize(
    ("limit", "then"), [("5", "syscall('vfs_close', timer)\nsyscall('signal_pull')"), ("None", "")]
)
def test_a_timer_stops_when_the_last_who_waited_for_it_has_gone(limit: str, then: str) -> None:
    """By its time limit after the last handle was closed, or killed with the process that held it."""
    with BareMachine() as bare:
        bare.start(
            "timer, _ = syscall('ke_create_timer')\n"
            "syscall('ke_set_timer', timer, 10**9)\n"
            f"syscall('process_thread', lambda: syscall('ke_wait_single', timer, {limit}))\n"
            "syscall('process_sleep', 1)\n" + then
        )
        bare.machine.run_for(0.1)

        assert broken_promises(bare.kernel) == []
        assert bare.kernel.timers.active_timers == 0


def test_what_a_timer_cannot_be_set_to() -> None:
    """Negative, not a number, for ever, or a period so short that the machine would do nothing else."""
    with BareMachine() as bare:
        bare.run(
            "timer, _ = syscall('ke_create_timer')\n"
            "event = syscall('ke_create_event')\n"
            "for args in ((timer, -1), (timer, float('nan')), (timer, float('inf')), (timer, 1, 0.001),\n"
            "             (timer, 1, -5), (timer, 'soon'), (event, 1), ('nothing', 1)):\n"
            "    try: say(syscall('ke_set_timer', *args))\n"
            "    except Exception as error: say(error.status.name)\n"
        )

        assert bare.said() == ["INVALID_PARAMETER"] * 6 + ["OBJECT_TYPE_MISMATCH", "INVALID_HANDLE"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    delay=st.integers(0, 300), period=st.integers(1, 200), pauses=st.lists(st.integers(0, 500), min_size=1, max_size=8)
)
def test_every_wait_for_a_periodic_timer_ends_at_the_first_tick_that_is_not_taken(
    delay: int, period: int, pauses: list[int]
) -> None:
    """Whatever the delay, the period and the program's own pauses."""
    with BareMachine() as bare:
        run(
            bare,
            f"{NOW}timer, _ = syscall('ke_create_timer')\n"
            f"syscall('ke_set_timer', timer, {delay}, {period})\n"
            f"start = now()\n"
            f"for pause in {pauses}:\n"
            f"    syscall('process_sleep', pause)\n"
            f"    asked = now() - start\n"
            f"    syscall('ke_wait_single', timer)\n"
            f"    say(asked, now() - start)\n",
        )
        taken = -1  # the last tick that a wait has taken, tick n being due at delay + n * period
        for line in bare.said():
            asked, got = map(float, line.split())
            newest = int((got - delay) // period)
            assert newest > taken, "a tick was given twice"
            if asked + 0.1 < delay + (taken + 1) * period:  # nothing was there yet
                assert abs(got - (delay + (taken + 1) * period)) < 0.1
            else:
                assert got - asked < 0.1 or abs(got - (delay + newest * period)) < 0.1
            taken = newest


# --- DPCs ------------------------------------------------------------------------------------------------------


def test_the_dpc_of_a_timer_runs_once_a_tick_after_the_time_limits_and_at_dispatch_level() -> None:
    """All that is due at that moment comes first; the procedure gets its argument and the timer's number."""
    with BareMachine() as bare:
        kernel, ran = bare.kernel, []
        timer = kernel.timers.make()

        def procedure(argument: object, number: object) -> None:
            ran.append((argument, number == timer.timer_id, kernel.scheduler.kernel_thread.irql))

        kernel.timers.set(timer, 100, 100, procedure, "argument")
        kernel.scheduler.call_at(timer.due_ns, ran.append, "time limit")
        bare.machine.computer.push_signal("work")
        bare.machine.run_for(0.25)

        assert ran == ["time limit", ("argument", True, 2), ("argument", True, 2)]
        assert kernel.scheduler.kernel_thread.irql == 0
        assert kernel.timers.cancel(timer)
        bare.run("stats = syscall('ke_ipc_stats'); say(stats['dpcs_processed'], stats['active_dpcs'])")
        assert bare.said() == ["2 0"]


def test_a_dpc_that_sleeps_or_fails_is_logged_and_does_no_harm() -> None:
    """The sleep is refused with WOULD_BLOCK; the next procedure runs as if nothing had been."""
    with BareMachine() as bare:
        kernel, ran = bare.kernel, []

        def sleeps(_first: object, _second: object) -> None:
            kernel.waits.wait(kernel.scheduler.kernel_thread, (Event(False, False),), False, None)

        kernel.dpcs.queue_dpc(sleeps)
        kernel.dpcs.queue_dpc(lambda first, second: ran.append((first, second)), 1, 2)
        bare.machine.computer.push_signal("work")
        bare.settle()

        assert ran == [(1, 2)]
        failure = next(str(entry["msg"]) for entry in kernel.log.newest(5) if entry["level"] == "fail")
        assert "sleeps" in failure and "WOULD_BLOCK" in failure


def test_at_most_64_dpcs_run_before_threads_have_their_turn() -> None:
    """200 queued ones take four passes, and a program that computes goes on between them."""
    with BareMachine() as bare:
        kernel, seen = bare.kernel, []
        bare.start("n = 0\nwhile n < 100000: n += 1\n")
        bare.machine.run_for(0.01)
        for _ in range(200):
            kernel.dpcs.queue_dpc(lambda _first, _second: seen.append(kernel.scheduler.resumes))
        bare.machine.run_for(0.5)

        assert [seen.count(resumes) for resumes in sorted(set(seen))] == [64, 64, 64, 8]


def test_a_cancelled_dpc_does_not_run() -> None:
    """Cancelling works once, and not after it has run; what a procedure queues runs in a later pass."""
    with BareMachine() as bare:
        dpcs, ran = bare.kernel.dpcs, []
        first = dpcs.queue_dpc(lambda _first, _second: ran.append("cancelled"))
        second = dpcs.queue_dpc(lambda _first, _second: dpcs.queue_dpc(lambda *_: ran.append("queued by a DPC")))
        assert (first < second, dpcs.cancel_dpc(first), dpcs.cancel_dpc(first)) == (True, True, False)
        bare.machine.computer.push_signal("work")
        bare.settle()

        assert ran == ["queued by a DPC"]
        assert not dpcs.cancel_dpc(second)


# --- waits -----------------------------------------------------------------------------------------------------


def test_an_alertable_wait_ends_when_a_signal_handler_has_run() -> None:
    """It returns 192 and has taken nothing; any other wait goes on with its first time limit."""
    with BareMachine() as bare:
        sleeper = bare.start(
            NOW + "syscall('ke_signal_handler', 30, lambda n: say('handled'))\n"
            "event, mutex = syscall('ke_create_event'), syscall('ke_create_mutex')\n"
            "start = now()\n"
            "say(syscall('ke_wait_single', event, 500, True), round(now() - start))\n"
            "start = now()\n"
            "say(syscall('ke_wait_single', event, 500), round(now() - start))\n"
            "say(syscall('ke_wait_multiple', [mutex, event], True, None, True))\n"
            "try: syscall('ke_release_mutex', mutex)\n"
            "except Exception as error: say(error.status.name)\n"
            "syscall('ke_set_event', event)\n"
            "say(syscall('ke_wait_single', event, 0, True))\n"
        )
        bare.start(
            "for pause in (100, 200, 500):\n"
            "    syscall('process_sleep', pause)\n"
            f"    syscall('ke_signal_send', {sleeper.pid}, 30)\n"
        )
        bare.machine.run_for(2.0)

        assert bare.said() == [
            "handled", "192 100", "handled", "258 500", "handled", "192", "MUTANT_NOT_OWNED", "0",
        ]  # fmt: skip


def test_an_alertable_wait_that_is_over_takes_nothing_while_a_second_handler_runs() -> None:
    """What is set meanwhile goes to somebody who still waits."""
    with BareMachine() as bare:
        sleeper = bare.start(
            "event = syscall('ke_create_event')\n"
            "def slow(n):\n"
            "    syscall('process_sleep', 100)\n"
            "    say('handled', n)\n"
            "for n in (30, 31): syscall('ke_signal_handler', n, slow)\n"
            "def setter():\n"
            "    syscall('process_sleep', 150)\n"
            "    say('woken:', syscall('ke_set_event', event))\n"
            "syscall('process_thread', setter)\n"
            "say(syscall('ke_wait_single', event, None, True))\n"
            "say(syscall('ke_wait_single', event, 0))\n"
        )
        bare.settle()
        bare.start(f"for n in (30, 31): syscall('ke_signal_send', {sleeper.pid}, n)")
        bare.machine.run_for(1.0)

        assert bare.said() == ["handled 30", "woken: 0", "handled 31", "192", "0"]


def test_a_killed_waiter_takes_nothing_with_it() -> None:
    """An event that is set right after the kill goes to the next in the queue, a mutex likewise."""
    with BareMachine() as bare:
        waiter = "_, _, event, mutex = syscall('signal_pull')\nsay('event', syscall('ke_wait_single', event))\n"
        victim, heir = bare.start(waiter), bare.start(waiter)
        owner = "_, _, event, mutex = syscall('signal_pull')\nsay('mutex', syscall('ke_wait_single', mutex))\n"
        other_victim, other_heir = bare.start(owner), bare.start(owner)
        bare.start(
            "event, mutex = syscall('ke_create_event'), syscall('ke_create_mutex', True)\n"
            "me = syscall('process_get_pid')\n"
            f"for pid in ({victim.pid}, {heir.pid}, {other_victim.pid}, {other_heir.pid}):\n"
            "    given = [syscall('ob_duplicate_handle', me, each, pid) for each in (event, mutex)]\n"
            "    syscall('signal_send', pid, 'yours', *given)\n"
            "    syscall('process_sleep', 1)\n"
            f"for pid in ({victim.pid}, {other_victim.pid}): syscall('process_kill', pid, 9)\n"
            "say('woken:', syscall('ke_set_event', event))\n"
            "syscall('ke_release_mutex', mutex)\n",
            ring=1,
        )
        bare.machine.run_for(1.0)

        assert bare.said() == ["woken: 1", "event 0", "mutex 0"]


def test_a_wait_for_all_takes_all_or_nothing_under_contention() -> None:
    """1,000 rounds by four threads for the same two permits, while a fifth keeps taking one of them alone."""
    with BareMachine() as bare:
        bare.start(
            "pair = [syscall('ke_create_semaphore', 1, 1) for _ in range(2)]\n"
            "inside, rounds, ended = [], [], []\n"
            "def both(who):\n"
            "    for n in range(250):\n"
            "        assert syscall('ke_wait_multiple', pair, True) == 0\n"
            "        inside.append(who)\n"
            "        if n % 3 == who % 3: syscall('process_yield')\n"
            "        rounds.append(list(inside) == [who])\n"
            "        inside.clear()\n"
            "        for each in pair: syscall('ke_release_semaphore', each)\n"
            "    ended.append(who)\n"
            "def one():\n"
            "    while len(ended) < 4:\n"
            "        if syscall('ke_wait_single', pair[1], 1) == 0:\n"
            "            syscall('process_yield')\n"
            "            syscall('ke_release_semaphore', pair[1])\n"
            "        syscall('process_yield')\n"
            "threads = [syscall('process_thread', lambda who=who: both(who)) for who in range(4)]\n"
            "threads.append(syscall('process_thread', one))\n"
            "for thread in threads: syscall('process_wait', thread)\n"
            "say(len(rounds), all(rounds), [syscall('ke_wait_single', each, 0) for each in pair])\n"
        )
        bare.machine.run_for(30.0)

        assert bare.said() == ["1000 True [0, 0]"]


def test_a_call_that_could_sleep_is_refused_at_dispatch_level_and_a_poll_is_not() -> None:
    """Waits, queues and pipes alike; the level is lowered again and all is well."""
    with BareMachine() as bare:
        bare.run(
            "event, queue = syscall('ke_create_event', False, True), syscall('ke_create_mqueue', None, 1)\n"
            "timer, _ = syscall('ke_create_timer')\n"
            "reader, writer = syscall('ke_create_pipe')\n"
            "syscall('ke_raise_irql', 2)\n"
            "for call in (('ke_mq_receive', queue), ('ke_mq_receive', queue, 0), ('ke_mq_send', queue, b'x'),\n"
            "             ('ke_mq_send', queue, b'x'), ('ke_set_timer', timer, 5), ('ke_wait_single', event),\n"
            "             ('ke_pipe_read', reader), ('signal_pull',), ('signal_pull', 5), ('signal_pull', 0),\n"
            "             ('process_sleep', 1), ('process_wait', 99)):\n"
            "    try: say(syscall(*call))\n"
            "    except Exception as error: say(error.status.name)\n"
            "syscall('ke_lower_irql', 0)\n"
            "say(syscall('ke_wait_single', timer))\n",
            ring=2,
        )

        assert bare.said() == [
            "WOULD_BLOCK",
            "TIMEOUT",
            "True",
            "WOULD_BLOCK",
            "True",
            "WOULD_BLOCK",
            "WOULD_BLOCK",
            "WOULD_BLOCK",
            "WOULD_BLOCK",
            "None",
            "WOULD_BLOCK",
            "NO_SUCH_PROCESS",
            "0",
        ]
