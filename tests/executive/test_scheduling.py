"""Threads get their turns: fairness, sleeping, waiting, and the statistics that show it."""

from __future__ import annotations

from kernelrig import BareMachine

HOG = "while True:\n    pass\n"


def test_a_program_that_only_computes_does_not_keep_others_from_running() -> None:
    """Beside three endless loops, a thread that counts gets its share, and theirs are equal."""
    with BareMachine() as bare:
        hogs = [bare.start(HOG) for _ in range(3)]
        bare.start("n = 0\nwhile n < 20:\n    n += 1\n    syscall('process_yield')\nsay('counted', n)\n")
        bare.machine.run_for(4.0)

        assert bare.said() == ["counted 20"]
        times = [hog.main.cpu_ns for hog in hogs]
        assert min(times) > 0.9 * max(times)
        assert all(hog.main.preempt_count > 10 for hog in hogs)


def test_who_wakes_from_sleep_runs_before_those_who_used_up_their_quantum() -> None:
    """A sleeper beside ten endless loops is late by a quantum at most, not by ten."""
    with BareMachine() as bare:
        for _ in range(10):
            bare.start(HOG)
        bare.machine.run_for(1.0)
        bare.start(
            "for _ in range(5):\n"
            "    before = syscall('time_get')[0]\n"
            "    syscall('process_sleep', 100)\n"
            "    say(round((syscall('time_get')[0] - before) * 1000))\n"
        )
        bare.machine.run_for(3.0)

        delays = [int(word) for word in bare.said()]
        assert len(delays) == 5
        assert all(100 <= delay <= 160 for delay in delays), delays


def test_two_programs_that_wake_each_other_share_one_turn_with_a_third() -> None:
    """Passing the processor to and fro is no way to more of it."""
    with BareMachine() as bare:
        hog = bare.start(HOG)
        pong = bare.start(
            "while True:\n    sender, *_ = syscall('signal_pull')\n    syscall('signal_send', sender, 'pong')\n"
        )
        ping = bare.start(f"while True:\n    syscall('signal_send', {pong.pid}, 'ping')\n    syscall('signal_pull')\n")
        bare.machine.run_for(5.0)

        used = ping.main.cpu_ns + pong.main.cpu_ns
        assert hog.main.cpu_ns > 0.25 * (used + hog.main.cpu_ns)
        assert used > 0.25 * (used + hog.main.cpu_ns)


def test_threads_share_their_process_and_end_with_it() -> None:
    """A thread sees the globals of its process; when main returns, the endless one is gone."""
    with BareMachine() as bare:
        process = bare.run(
            "box = []\n"
            "def fill():\n"
            "    box.append(syscall('process_get_pid'))\n"
            "def spin():\n"
            "    while True: pass\n"
            "first = syscall('process_thread', fill)\n"
            "second = syscall('process_thread', spin)\n"
            "syscall('process_wait', first)\n"
            "say(box == [first], syscall('process_list_threads') == [syscall('process_get_pid'), second])\n"
        )

        assert bare.said() == ["True True"]
        assert process.exit_status == 0
        assert set(bare.kernel.processes.threads) == {0}


def test_a_wait_with_a_time_limit_ends_on_time_and_not_before() -> None:
    """258 is the status; the clock says when."""
    with BareMachine() as bare:
        bare.start(
            "event = syscall('ke_create_event')\n"
            "before = syscall('time_get')[0]\n"
            "say(syscall('ke_wait_single', event, 100), round((syscall('time_get')[0] - before) * 1000))\n"
            "say(syscall('ke_wait_single', event, 0))\n"
        )
        bare.machine.run_for(1.0)

        assert bare.said() == ["258 100", "258"]


def test_the_machine_sleeps_when_nobody_has_anything_to_do() -> None:
    """Waiting costs nothing: no resumes happen while everybody sleeps."""
    with BareMachine() as bare:
        bare.start("syscall('process_sleep', 3_600_000)\nsay('an hour later')\n")
        bare.settle()
        resumes = bare.kernel.scheduler.resumes
        bare.machine.run_for(1800)
        assert bare.kernel.scheduler.resumes == resumes
        bare.machine.run_for(1801)
        assert bare.said() == ["an hour later"]


SLOW_SERVER = """
syscall("syscall_override", "work", [3])
while True:
    _, name, request = syscall("signal_pull")
    if name == "syscall":
        for _ in range(2000): syscall("process_get_pid")  # two milliseconds of machine time
        syscall("signal_send", request.sender_pid, "syscall_return", request.request_id, 0, None)
"""


def test_who_has_services_work_pays_for_it() -> None:
    """Ten programs that keep a service busy get a turn each, like ten that compute: a yielder waits for no more."""
    with BareMachine() as bare:
        bare.start(SLOW_SERVER, ring=1)
        bare.machine.run_for(0.01)
        clients = [bare.start("while True: syscall('work')") for _ in range(10)]
        bare.start("""
last, worst = syscall("time_get")[0], 0
for _ in range(6):
    syscall("process_yield")
    now = syscall("time_get")[0]
    worst, last = max(worst, now - last), now
say(worst < 2 * 0.05 * 11)
""")
        bare.machine.run_for(8.0)
        assert bare.said() == ["True"]
        assert all(client.main.cpu_ns > 0 for client in clients)


def test_a_service_charges_each_client_for_its_own_request() -> None:
    """A queue of requests is worked off in one go; a client that asks for little does not pay for the others."""
    with BareMachine() as bare:
        bare.start("""
syscall("syscall_override", "work", [3])
while True:
    _, name, request = syscall("signal_pull")
    if name == "syscall":
        for _ in range(request.args[0]): syscall("process_get_pid")
        syscall("signal_send", request.sender_pid, "syscall_return", request.request_id, 0, None)
    else:
        syscall("process_sleep", 50)
""", ring=1)
        bare.machine.run_for(0.01)
        bare.start("syscall('signal_send', 4, 'pause', None)")
        bare.machine.run_for(0.01)
        heavy = [bare.start("syscall('work', 9000)\nsyscall('signal_pull')") for _ in range(3)]
        light = bare.start("syscall('work', 10)\nsyscall('signal_pull')")
        bare.machine.run_for(0.01)
        assert len(bare.kernel.processes.threads[4].messages) == 4
        bare.settle()
        used_ms = [client.main.used_ns // 1_000_000 for client in (*heavy, light)]
        assert all(9 <= used <= 10 for used in used_ms[:3]) and used_ms[3] == 0, used_ms
