"""Processes: how they start, wait for each other, and end."""

from __future__ import annotations

import pytest

from kernelrig import BareMachine, adopt


def test_everything_a_process_held_is_gone_when_it_ends() -> None:
    """Whatever ends it: handles, objects, table entries and messages go with it."""
    endings = [
        "pass",
        "raise SystemExit(3)",
        "1 / 0",
        "syscall('process_exit', 4)",
        "syscall('process_kill', syscall('process_get_pid'), 9)",
        "syscall('kernel_set_log_mode', True)",
        "def die(): syscall('process_exit', 5)\nsyscall('process_thread', die)\nsyscall('signal_pull')",
    ]
    statuses = [0, 3, 1, 4, 137, 137, 5]
    with BareMachine() as bare:
        before = bare.kernel.ob.query_type_statistics()
        for ending, status in zip(endings, statuses, strict=True):
            process = bare.run(
                "held = [syscall('ke_create_event'), syscall('ke_create_mutex', True), *syscall('ke_create_pipe')]\n"
                + ending
            )
            assert process.exit_status == status, ending
            assert process.status == "dead"
            assert set(bare.kernel.processes.threads) == {0}, ending
            assert bare.kernel.ob.query_type_statistics() == before, ending


def test_a_parent_learns_how_its_child_ended_also_when_it_asks_late() -> None:
    """The record stays until the parent has taken it, once."""
    with BareMachine() as bare:
        parent = bare.start(
            "while not (child := syscall('signal_pull')[2]): pass\n"
            "syscall('process_wait', child)\n"
            "syscall('process_sleep', 10)\n"
            "say(syscall('process_poll', child), syscall('process_wait_status', child))\n"
            "try:\n    syscall('process_wait_status', child)\n"
            "except Exception as error:\n    say(error.status)\n"
        )
        child = bare.start("raise SystemExit(7)")
        adopt(parent, child)
        bare.kernel.messages.post(parent.pid, "child", child.pid)
        bare.settle()

        assert bare.said() == ["7 7", "STATUS_NO_SUCH_PROCESS"]


@pytest.mark.parametrize(
    "body",
    [
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "try:\n    while True: pass\nfinally:\n    while True: pass",
        "def again():\n    try:\n        while True: pass\n    finally:\n        again()\nagain()",
        "class Stay:\n    def __enter__(self): return self\n    def __exit__(self, *a):\n        while True: pass\n"
        "with Stay():\n    while True: pass",
        "def gen():\n    while True:\n        try:\n            yield 1\n        except BaseException: pass\n"
        "for _ in gen(): pass",
        "while True:\n    try: syscall('process_sleep', 1)\n    except BaseException: pass",
        "while True:\n    try: syscall('signal_pull')\n    except BaseException: pass",
    ],
)
def test_a_program_that_will_not_die_dies(body: str) -> None:
    """SIGKILL ends it whatever it catches, and the next program runs as if nothing had been."""
    with BareMachine() as bare:
        victim = bare.start(body)
        bare.machine.run_for(0.3)
        assert victim.status != "dead"
        bare.run(f"syscall('process_kill', {victim.pid}, 9)\nsay('killed')")

        assert victim.status == "dead" and victim.exit_status == 137
        assert victim.threads[0].task is None
        bare.run("say('next')")
        assert bare.said() == ["killed", "next"]


@pytest.mark.parametrize("body", [
    "while True:\n        try:\n            while True: pass\n        except BaseException: pass",
    "try:\n        while True: pass\n    finally:\n        while True: pass",
    "try:\n        syscall('ke_wait_single', syscall('ke_create_event'))\n    finally:\n        say('never')",
])  # fmt: skip
def test_one_thread_is_ended_and_the_others_go_on(body: str) -> None:
    """Whatever it does, in the middle of it; who waits for it wakes, and what it owned is abandoned."""
    with BareMachine() as bare:
        bare.run(
            "mutex, got = syscall('ke_create_mutex'), []\n"
            "def victim():\n"
            "    syscall('ke_wait_single', mutex)\n"
            f"    {body}\n"
            "def waiter(): got.append(syscall('process_wait', tid))\n"
            "syscall('ke_signal_handler', 30, got.append)\n"
            "tid = syscall('process_thread', victim)\n"
            "syscall('process_thread', waiter)\n"
            "syscall('process_sleep', 20)\n"
            "say(syscall('process_end_thread', tid), syscall('process_status', tid))\n"
            "syscall('process_sleep', 1)\n"
            "say(syscall('ke_wait_single', mutex, 0), len(syscall('process_list_threads')))\n"
            "syscall('ke_signal_send', syscall('process_get_pid'), 30)\n"
            "syscall('process_yield')\n"
            "say(got)\n"
        )

        assert bare.said() == ["True None", "128 1", "[True, 30]"]


def test_whose_threads_may_be_ended() -> None:
    """One's own process's, but not the main one; a thread may end itself."""
    with BareMachine() as bare:
        other = bare.start("syscall('process_thread', lambda: syscall('signal_pull'))\nsyscall('signal_pull')")
        bare.settle()
        theirs = other.threads[1].pid
        bare.run(
            "def own():\n"
            "    say('begins')\n"
            "    try: syscall('process_end_thread', syscall('process_get_pid'))\n"
            "    finally: say('never')\n"
            "tid = syscall('process_thread', own)\n"
            "syscall('process_wait', tid)\n"
            f"for each in (tid, {theirs}, {other.pid}, 999, syscall('process_get_pid')):\n"
            "    try: say(syscall('process_end_thread', each))\n"
            "    except Exception as error: say(error.status.name)\n"
        )

        assert bare.said() == ["begins", *["NO_SUCH_PROCESS"] * 4, "INVALID_PARAMETER"]
        assert [thread.pid for thread in other.threads] == [other.pid, theirs]


def test_who_may_signal_whom() -> None:
    """Pids 0 and 1, other users and more privileged rings are out of reach; uid 0 reaches other users."""
    with BareMachine() as bare:
        system = bare.start("syscall('signal_pull')", ring=2)
        other = bare.start("syscall('signal_pull')")
        other.uid = 1001
        attempt = (
            "def attempt(pid):\n"
            "    try: return syscall('process_kill', pid, 15)\n"
            "    except Exception as e: return e.status.name\n"
        )
        guest = bare.start(attempt + f"say([attempt(pid) for pid in (0, {system.pid}, {other.pid}, 9999)])")
        guest.uid = 1000
        bare.settle()
        bare.run(attempt + f"say(attempt({other.pid}))")

        assert bare.said() == [
            "['ACCESS_DENIED', 'PRIVILEGE_NOT_HELD', 'ACCESS_DENIED', 'NO_SUCH_PROCESS']", "True",
        ]  # fmt: skip
        assert other.exit_status == 128 + 15


def test_pids_are_never_used_twice_and_programs_start_at_twenty() -> None:
    """System processes count from 4 (2 and 3 are the services' own), programs and their threads from 20."""
    with BareMachine() as bare:
        system = [bare.start("pass", ring=2).pid for _ in range(3)]
        programs = [bare.start("pass").pid for _ in range(3)]
        bare.settle()
        later = bare.start("pass").pid

        assert system == [4, 5, 6]
        assert programs == [20, 21, 22]
        assert later == 23


def test_switching_the_machine_off_ends_every_thread_in_its_own_name() -> None:
    """No greenlet is left behind; cleanup code runs, but it cannot call the system any more."""
    bare = BareMachine()
    processes = [
        bare.start("try:\n    syscall('signal_pull')\nfinally:\n    syscall('kernel_log', 'never said')\n"),
        bare.start("while True: pass"),
        bare.start(
            "def wait(): syscall('process_sleep', 1e6)\nsyscall('process_thread', wait)\nsyscall('signal_pull')"
        ),
    ]
    bare.machine.run_for(0.2)
    tasks = [thread.task for process in processes for thread in process.threads]
    bare.close()

    assert len(tasks) == 4
    assert all(task.dead for task in tasks)
    assert "never said" not in bare.said(None)
