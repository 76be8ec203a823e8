"""What the IPC subsystem must do, point by point, first come first served and on schedules of chance.

Told elsewhere: a wait for all takes all or nothing in 1,000 rounds of four threads, the DPC of a timer (test_timers);
64 KiB through 32 bytes, SIGPIPE and masked signals (test_ke_ipc); KILL and STOP cannot be masked, a call that is closed
to a ring ends its caller (test_guards); who may signal whom (test_processes); a counter that two processes share
(test_sections); priorities, full queues and messages that are too large (test_message_queues).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel_invariants import broken_promises
from kernelrig import BareMachine, adopt

CALL = (
    "def call(*args):\n    try: return syscall(*args)\n    except Exception as error: return int(error.status)\n"
)  # fmt: skip


@pytest.fixture(params=[("fifo", 7), *(("random", seed) for seed in range(4)), ("pct:3", 7)])
def bare(request: pytest.FixtureRequest) -> Iterator[BareMachine]:
    """A bare machine with some schedule; when a test is over, what must hold in its kernel does."""
    schedule, seed = request.param
    with BareMachine(seed, schedule) as made:
        yield made
        assert broken_promises(made.kernel) == []


def test_a_recursive_mutex_is_free_after_as_many_releases(bare: BareMachine) -> None:
    """Three waits, three releases, the fourth is refused; the second thread has it after the third and not before."""
    bare.run(
        CALL + "mutex = syscall('ke_create_mutex')\n"
        "for _ in range(3): say('wait', syscall('ke_wait_single', mutex))\n"
        "def second():\n"
        "    say('second', syscall('ke_wait_single', mutex))\n"
        "    syscall('ke_release_mutex', mutex)\n"
        "syscall('process_thread', second)\n"
        "for n in range(3):\n"
        "    syscall('process_sleep', 5)\n"
        "    say('release', n)\n"
        "    syscall('ke_release_mutex', mutex)\n"
        "syscall('process_sleep', 5)\n"
        "say(call('ke_release_mutex', mutex))\n"
    )
    said = bare.said()
    assert said[:3] == ["wait 0"] * 3
    assert said[3:] == ["release 0", "release 1", "release 2", "second 0", "822"]


def test_a_semaphore_wakes_exactly_as_many_as_permits_are_given_back(bare: BareMachine) -> None:
    """0 of 5, four wait: release(3) lets three in and leaves none; release(9) is refused and changes nothing."""
    bare.start(
        CALL + "permits = syscall('ke_create_semaphore', 0, 5)\n"
        "def enter():\n"
        "    syscall('ke_wait_single', permits)\n"
        "    say('in')\n"
        "for _ in range(4): syscall('process_thread', enter)\n"
        "syscall('process_sleep', 5)\n"
        "say('before', syscall('ke_release_semaphore', permits, 3))\n"
        "syscall('process_sleep', 5)\n"
        "say(call('ke_release_semaphore', permits, 9), call('ke_wait_single', permits, 0))\n"
        "say('before', syscall('ke_release_semaphore', permits, 2))\n"
        "syscall('process_sleep', 5)\n"
        "say('left', syscall('ke_release_semaphore', permits))\n"
    )
    bare.machine.run_for(1.0)
    said = bare.said()
    assert sorted(said[:4]) == ["before 0", "in", "in", "in"]
    assert said[4] == "823 258"
    assert sorted(said[5:7]) == ["before 0", "in"] and said[7] == "left 1"


def test_an_auto_reset_event_counts_to_one_and_a_manual_one_lets_all_go(bare: BareMachine) -> None:
    """Set twice with nobody waiting satisfies one wait, a pulse none; a manual event that is set wakes N of N."""
    bare.run(
        "auto, manual = syscall('ke_create_event'), syscall('ke_create_event', True)\n"
        "for _ in range(2): syscall('ke_set_event', auto)\n"
        "say(*[syscall('ke_wait_single', auto, 0) for _ in range(2)])\n"
        "say(syscall('ke_pulse_event', auto), syscall('ke_wait_single', auto, 0))\n"
        "say(syscall('ke_pulse_event', manual), syscall('ke_wait_single', manual, 0))\n"
        "for _ in range(5):\n"
        "    syscall('process_thread', lambda: say('gone', syscall('ke_wait_single', manual)))\n"
        "syscall('process_sleep', 5)\n"
        "woken = syscall('ke_set_event', manual)\n"
        "syscall('process_sleep', 5)\n"
        "say('woken', woken, syscall('ke_wait_single', manual, 0))\n"
    )
    assert bare.said() == ["0 258", "0 258", "0 258", *["gone 0"] * 5, "woken 5 0"]


def test_a_wait_for_any_takes_what_it_returns_and_leaves_the_rest_alone(bare: BareMachine) -> None:
    """(a mutex that another holds, an event that is set) gives 1; the mutex stays its owner's."""
    bare.run(
        CALL + "mutex, event = syscall('ke_create_mutex'), syscall('ke_create_event', False, True)\n"
        "def owner():\n"
        "    syscall('ke_wait_single', mutex)\n"
        "    syscall('process_sleep', 20)\n"
        "    say('owner', call('ke_release_mutex', mutex))\n"
        "syscall('process_thread', owner)\n"
        "syscall('process_sleep', 5)\n"
        "say(syscall('ke_wait_multiple', [mutex, event]), call('ke_release_mutex', mutex))\n"
        "say(syscall('ke_wait_multiple', [mutex, event], False, 0))\n"
        "syscall('process_sleep', 30)\n"
        "say(syscall('ke_wait_multiple', [mutex, event], False, 0))\n"
    )
    assert bare.said() == ["1 822", "258", "owner True", "0"]


@pytest.mark.parametrize("doing", ["while True: pass", "syscall('process_sleep', 10**6)", "syscall('signal_pull')"])
def test_who_is_killed_with_a_mutex_leaves_it_and_is_heard_of_once(bare: BareMachine, doing: str) -> None:
    """Whatever it was doing: the waiter gets 128, the parent's wait returns, one SIGCHLD comes."""
    parent = bare.start(
        "syscall('ke_signal_handler', 17, lambda n: say('SIGCHLD'))\n"
        "mutex = syscall('ke_create_mutex', False, 'shared')\n"
        "victim = syscall('signal_pull')[2]\n"
        "syscall('process_thread', lambda: say('got', syscall('ke_wait_single', mutex)))\n"
        "syscall('process_sleep', 5)\n"
        "syscall('process_thread', lambda: (syscall('process_sleep', 5), syscall('process_kill', victim, 9)))\n"
        "said = syscall('process_wait', victim), syscall('process_wait_status', victim)\n"
        "syscall('process_sleep', 50)\n"
        "say(*said)\n"
    )
    bare.machine.run_for(0.05)
    victim = bare.start(f"syscall('ke_wait_single', syscall('ke_open_mutex', 'shared'))\n{doing}\n")
    adopt(parent, victim)
    bare.machine.run_for(0.05)
    bare.tell(parent.pid, "victim", victim.pid)
    bare.machine.run_for(1.0)

    assert sorted(bare.said()) == ["SIGCHLD", "True 137", "got 128"]
    assert parent.exit_status == 0


def test_a_time_limit_ends_a_wait_in_time_and_a_handled_signal_does_not_move_it(bare: BareMachine) -> None:
    """100 ms are 100 to 200, 0 is at once, and with ten signals in between 100 ms are still that."""
    waiter = bare.start(
        "syscall('ke_signal_handler', 30, lambda n: None)\n"
        "event = syscall('ke_create_event')\n"
        "def wait(limit):\n"
        "    start = syscall('time_get')[0]\n"
        "    say(syscall('ke_wait_single', event, limit), (syscall('time_get')[0] - start) * 1000)\n"
        "for limit in (100, 0, 100): wait(limit)\n"
    )
    bare.machine.run_for(0.11)
    bare.start(f"for _ in range(10):\n    syscall('process_sleep', 5)\n    syscall('process_kill', {waiter.pid}, 30)\n")
    bare.machine.run_for(1.0)
    results = [line.split() for line in bare.said()]
    assert [status for status, _ in results] == ["258"] * 3
    assert 100 <= float(results[0][1]) < 200 and float(results[1][1]) < 5 and 100 <= float(results[2][1]) < 200
    assert bare.kernel.signals.signals_delivered == 10


def test_the_time_limit_of_a_wait_that_is_over_does_not_end_the_next_one(bare: BareMachine) -> None:
    """The first wait of 20 ms is satisfied after 5; the second, of 100 ms, takes them all."""
    bare.start(
        "event = syscall('ke_create_event')\n"
        "def set_it(): syscall('process_sleep', 5); syscall('ke_set_event', event)\n"
        "syscall('process_thread', set_it)\n"
        "first = syscall('ke_wait_single', event, 20)\n"
        "start = syscall('time_get')[0]\n"
        "second = syscall('ke_wait_single', event, 100)\n"
        "say(first, second, syscall('time_get')[0] - start >= 0.1)\n"
    )
    bare.machine.run_for(1.0)
    assert bare.said() == ["0 258 True"]


def test_a_signal_in_a_wait_for_a_mutex_gives_nobody_what_he_does_not_own(bare: BareMachine) -> None:
    """Whoever comes back with success may release it, whoever does not may not; twenty signals among three threads."""
    bare.run(
        CALL + "syscall('ke_signal_handler', 30, lambda n: None)\n"
        "mutex = syscall('ke_create_mutex')\n"
        "def compete(alertable):\n"
        "    for _ in range(10):\n"
        "        got = syscall('ke_wait_single', mutex, 7, alertable)\n"
        "        if got == 0: syscall('process_sleep', 3)\n"
        "        say(got, call('ke_release_mutex', mutex))\n"
        "threads = [syscall('process_thread', lambda alertable=alertable: compete(alertable))\n"
        "           for alertable in (True, False, False)]\n"
        "for _ in range(20):\n"
        "    syscall('process_sleep', 2)\n"
        "    syscall('process_kill', syscall('process_get_pid'), 30)\n"
        "for thread in threads: syscall('process_wait', thread)\n"
    )
    said = bare.said()
    assert len(said) == 30 and "0 True" in said
    assert set(said) <= {"0 True", "192 822", "258 822"}


def test_a_reader_sees_the_end_of_the_file_when_the_writer_has_exited(bare: BareMachine) -> None:
    """It has closed nothing, and another thread of it still waits; what it wrote comes first."""
    bare.start(
        "reader, writer = syscall('ke_create_named_pipe', 'p', 64)\n"
        "syscall('signal_pull')\n"
        "syscall('ke_pipe_close', writer, True)\n"
        "while data := syscall('ke_pipe_read', reader, 2): say(data)\n"
        "say('end')\n"
    )
    bare.machine.run_for(0.05)
    writer = bare.start(
        "end = syscall('ke_connect_named_pipe', 'p', 'w')\n"
        "syscall('ke_pipe_write', end, b'abc')\n"
        "syscall('process_thread', lambda: syscall('signal_pull'))\n"
        "syscall('process_sleep', 20)\n"
    )
    bare.machine.run_for(0.01)
    bare.tell(20, "it writes")
    bare.machine.run_for(1.0)
    assert bare.said() == ["b'ab'", "b'c'", "end"]
    assert writer.exit_status == 0


def test_a_write_that_fits_into_the_pipe_goes_in_whole_or_not_yet(bare: BareMachine) -> None:
    """Four of eight bytes are there, five more do not fit: a reader of eight gets the four, then the five."""
    bare.run(
        "reader, writer = syscall('ke_create_pipe', 8)\n"
        "syscall('ke_pipe_write', writer, b'four')\n"
        "syscall('process_thread', lambda: syscall('ke_pipe_write', writer, b'fiver'))\n"
        "for _ in range(2):\n"
        "    syscall('process_sleep', 5)\n"
        "    say(syscall('ke_pipe_read', reader, 8))\n"
    )
    assert bare.said() == ["b'four'", "b'fiver'"]


def test_who_waits_for_an_end_of_a_pipe_hears_of_the_other_ends_close(bare: BareMachine) -> None:
    """Beside other things: the reading end with the last writer, the writing end with the last reader."""
    bare.run(
        "never = syscall('ke_create_event')\n"
        "for keep, close in ((0, 1), (1, 0)):\n"
        "    ends = syscall('ke_create_pipe', 4)\n"
        "    if keep: syscall('ke_pipe_write', ends[1], b'full')\n"
        "    syscall('process_thread', lambda: say(syscall('ke_wait_multiple', [never, ends[keep]])))\n"
        "    syscall('process_sleep', 5)\n"
        "    syscall('vfs_close', ends[close])\n"
        "    syscall('process_sleep', 5)\n"
    )
    assert bare.said() == ["1", "1"]


@pytest.mark.parametrize("written", [1, 3, 4])
def test_who_waits_until_a_pipe_can_be_read_hears_of_the_first_bytes(bare: BareMachine, written: int) -> None:
    """Also when they fill it, so that the end that wrote them has no room any more."""
    bare.run(
        "reader, writer = syscall('ke_create_pipe', 4)\n"
        "syscall('process_thread', lambda: say('bytes', syscall('ke_wait_single', reader)))\n"
        "syscall('process_sleep', 5)\n"
        f"syscall('ke_pipe_write', writer, b'x' * {written})\n"
        "syscall('process_sleep', 5)\n"
        "say('later')\n"
    )
    assert bare.said() == ["bytes 0", "later"]


def test_a_process_that_is_stopped_and_continued_in_a_wait_waits_on(bare: BareMachine) -> None:
    """With the same time limit; what it is given meanwhile it has when it goes on, and nobody else gets it."""
    waiter = bare.start(
        "event = syscall('ke_create_event', False, False, 'e')\n"
        "say('first', syscall('ke_wait_single', event, 300))\n"
        "say('second', syscall('ke_wait_single', event))\n"
    )
    bare.machine.run_for(0.01)
    bare.start(f"for signal in (19, 18): syscall('process_kill', {waiter.pid}, signal)\n")
    bare.machine.run_for(0.2)
    assert bare.said() == [] and waiter.main.status == "sleeping"
    bare.machine.run_for(0.2)
    assert bare.said() == ["first 258"]

    bare.start(
        "event = syscall('ke_open_event', 'e')\n"
        f"syscall('process_kill', {waiter.pid}, 19)\n"
        "say('woken', syscall('ke_set_event', event), syscall('ke_wait_single', event, 0))\n"
    )
    bare.machine.run_for(0.2)
    assert bare.said()[1:] == ["woken 1 258"]
    bare.start(f"syscall('process_kill', {waiter.pid}, 18)\n")
    bare.machine.run_for(0.2)
    assert bare.said()[2:] == ["second 0"]
