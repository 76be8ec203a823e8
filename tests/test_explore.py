"""`axisos explore`: finds the schedules under which a program fails, and `axisos run --seed` shows each again."""

from __future__ import annotations

import json
import select
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from test_command_line import Tool

LOST_UPDATE = """
from axis import sync, thread

balance = 0

def fee():
    return 0

def deposit():
    global balance
    for _ in range(2):
        seen = balance
        balance = seen + 1 - fee()

thread.parallel([deposit, deposit])
assert balance == 4, "lost update"
"""

PHILOSOPHERS = """
from axis import sync, thread

forks = [sync.create_mutex() for _ in range(3)]

def philosopher(seat):
    def eat():
        with sync.locked(forks[seat]):
            with sync.locked(forks[(seat + 1) % 3]):
                pass
    return eat

thread.parallel([philosopher(seat) for seat in range(3)])
"""


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    return Tool(tmp_path_factory.mktemp("home"))


def explored(tool: Tool, source: str, *options: str) -> tuple[int, dict[str, Any]]:
    """(exit code, report) of an exploration."""
    code, out, err = tool("explore", "--json", *options, tool.program(source))
    assert err == ""
    return code, json.loads(out)


def kinds(report: dict[str, Any]) -> dict[str, int]:
    """How many runs ended in which way."""
    return {kind["kind"]: kind["runs"] for kind in report["kinds"]}


@pytest.mark.parametrize("options", [(), ("--pct", "2")], ids=["random", "pct"])
def test_a_lost_update_is_found_and_every_seed_can_be_run_again(tool: Tool, options: tuple[str, ...]) -> None:
    """The line that it prints runs the failing one, the same each time; one that passed passes again."""
    code, report = explored(tool, LOST_UPDATE, "--seeds", "150", *options)
    assert code == 1
    assert set(kinds(report)) == {"ended with status 0", "AssertionError: lost update"}
    smallest = {kind["kind"]: kind["smallest_seed"] for kind in report["kinds"]}
    assert report["smallest_failing_seed"] == smallest["AssertionError: lost update"]

    words = shlex.split(report["replay"])
    assert words[:2] == ["axisos", "run"]
    again = [tool(*words[1:]) for _ in range(2)]
    assert again[0] == again[1]
    assert again[0][0] == 1 and again[0][2].endswith("AssertionError: lost update\n")
    assert tool("run", "--seed", str(smallest["ended with status 0"]), *options, words[-1]) == (0, "", "")


def test_a_deadlock_is_told_with_who_waits_for_whom(tool: Tool) -> None:
    """With the places in the program, and in the same words when it is run again."""
    code, report = explored(tool, PHILOSOPHERS, "--seeds", "40")
    assert code == 1 and set(kinds(report)) == {"ended with status 0", "deadlock"}
    [deadlock] = [kind for kind in report["kinds"] if kind["failed"]]
    assert deadlock["lines"][0] == "deadlock: threads 22, 23, 24 wait for each other in a circle"
    assert deadlock["lines"][2].split("waits for KeMutex")[0] == "  22 (/tmp/program.py:9 in eat) "

    code, out, err = tool(*shlex.split(report["replay"])[1:])
    assert (code, out) == (137, "")
    assert err.splitlines() == ["axisos: the program was stopped: " + deadlock["lines"][0], *deadlock["lines"][1:]]


ASSERTS_IN_A_THREAD = """
import threading

pair = [0, 0]

def step():
    pass

def write():
    pair[0] += 1
    step()
    pair[1] += 1

def read():
    assert pair[0] == pair[1], "half written"

threads = [threading.Thread(target=target) for target in (write, read)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize("module", ["threading", "axis.thread"])
def test_an_assertion_that_fails_in_a_thread_fails_the_run(tool: Tool, module: str) -> None:
    """It ends that thread only, and the program with status 0, as in any Python; a passed run it is not."""
    source = ASSERTS_IN_A_THREAD
    if module == "axis.thread":
        source = source.partition("threads = ")[0] + "from axis import thread\nthread.parallel([write, read])\n"
    code, report = explored(tool, source, "--seeds", "200")
    error = "AssertionError: half written, though it ended with status 0"
    assert code == 1 and set(kinds(report)) == {"ended with status 0", error}
    assert any("in read" in line for line in report["kinds"][-1]["lines"] + report["kinds"][0]["lines"])


def test_a_deadlock_shows_the_error_that_led_to_it(tool: Tool) -> None:
    """Who dies with a lock in hand leaves the others waiting."""
    source = """
import threading
lock = threading.Lock()
def die():
    lock.acquire()
    raise ValueError("with the lock")
thread = threading.Thread(target=die)
thread.start()
thread.join()
lock.acquire()
"""
    code, report = explored(tool, source, "--seeds", "2")
    assert (code, kinds(report)) == (1, {"deadlock": 2})
    assert report["kinds"][0]["lines"][-1] == "ValueError: with the lock"


def test_no_schedule_breaks_pythons_own_locks(tool: Tool) -> None:
    """A thread that is called out of the line while its time is over, or while it is still on its way to sleep."""
    source = """
import queue, threading, time
lock, items = threading.Lock(), queue.Queue()
def work():
    with lock:
        time.sleep(0.05)
        items.put(1)
for _ in range(2):
    threading.Thread(target=work).start()
try:
    items.get(timeout=0.05)
except queue.Empty:
    print("too late")
with lock:
    pass
"""
    code, report = explored(tool, source, "--seeds", "300")
    assert (code, kinds(report)) == (0, {"ended with status 0": 300})
    assert report["outputs"] == 2


def test_what_is_right_under_every_schedule_passes(tool: Tool) -> None:
    """The same program with a lock: nothing to replay."""
    locked = LOST_UPDATE.replace("balance = 0", "balance, lock = 0, sync.create_mutex()").replace(
        "        seen = balance\n        balance = seen + 1 - fee()\n",
        "        with sync.locked(lock):\n            seen = balance\n            balance = seen + 1 - fee()\n",
    )
    code, report = explored(tool, locked, "--seeds", "60", "--first", "1000")
    assert (code, kinds(report)) == (0, {"ended with status 0": 60})
    assert (report["smallest_failing_seed"], report["replay"]) == (None, None)


def test_a_run_may_write_much_before_and_after_something_is_left_to_chance(tool: Tool) -> None:
    """More than the host takes at once, which is no end; all of it is compared, the end of its errors told."""
    writer = (
        "import random, sys\nprint('x' * 300_000)\ntail = random.randrange(2)\n"
        "print('y' * 300_000, tail, 'z' * 300_000)\nprint('no\\n' * 100_000, file=sys.stderr)\nsys.exit('the end')\n"
    )
    code, report = explored(tool, writer, "--seeds", "10")
    assert (code, kinds(report), report["outputs"]) == (1, {"the end": 10}, 2)


def test_the_runs_end_with_the_command(tool: Tool) -> None:
    """When it is told to end, no run of its lives on, for as long as it may: they hold the output, which ends now."""
    spinning = "import random\nrandom.random()\nwhile True: sum(range(10**5))\n"
    process = tool.start("explore", "--seeds", "4", "--jobs", "4", "--timeout", "2", tool.program(spinning))
    assert process.wait(60) == 137
    assert process.stdout is not None and process.stdin is not None and process.stderr is not None
    try:
        assert select.select([process.stdout], [], [], 5)[0], "somebody still has the command's output"
        assert process.stdout.read().startswith(b"stopped before the end: 0 of 4 runs were done")
    finally:
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()


def test_chance_is_more_than_the_schedule(tool: Tool) -> None:
    """What a program draws at random differs from seed to seed; what it writes is compared."""
    dice = "import random\nthrow = random.randint(1, 6)\nprint(throw)\nassert throw != 3\n"
    code, report = explored(tool, dice, "--seeds", "50")
    assert code == 1 and set(kinds(report)) == {"ended with status 0", "AssertionError"}
    assert report["outputs"] == 6
    code, out, _err = tool("run", "--seed", str(report["smallest_failing_seed"]), tool.program(dice))
    assert (code, out) == (1, "3\n")


def test_who_stops_early_gets_what_was_found(tool: Tool) -> None:
    """By a time limit, as by Ctrl+C. No run is left behind."""
    dice = "import random\nassert random.randint(1, 6) != 3\n"
    code, out, err = tool("explore", "--json", "--timeout", "3", "--seeds", "1000000", tool.program(dice))
    report = json.loads(out)
    assert (code, err) == (137, "axisos: the machine was stopped: it was not done after 3 s\n")
    assert report["stopped"] and 0 < report["runs"] < 1000000
    assert sum(kinds(report).values()) == report["runs"] and "AssertionError" in kinds(report)


STOPPED_AFTER_FIVE = """
import os, sys
from axisos.cli import parse
from axisos.explore import Explorer

told, tell = os.pipe()

class Verdicts(list):
    def append(self, verdict):
        super().append(verdict)
        if len(self) == 5:
            os.write(tell, b"i")

made = Explorer.__init__
def make(self, *args):
    made(self, *args[:-1], told)
    self.verdicts = Verdicts()
Explorer.__init__ = make
options = parse(sys.argv[1:])
sys.exit(options.action(options))
"""


def test_the_word_to_stop_ends_the_runs_that_are_under_way(tool: Tool) -> None:
    source = "from axis import thread\nthread.parallel([lambda: None, lambda: None])\n"
    process = subprocess.run(
        [sys.executable, "-c", STOPPED_AFTER_FIVE, "explore", "--seeds", "5000", "--jobs", "2", tool.program(source)],
        env={**tool.environment, "PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    first, second, third = process.stdout.splitlines()
    runs = int(second.split()[0])
    assert (process.returncode, process.stderr) == (130, "") and 5 <= runs <= 10
    assert first == f"stopped before the end: {runs} of 5000 runs were done"
    assert third.split(None, 1) == [str(runs), "ended with status 0"]


def test_a_program_that_leaves_nothing_to_chance_is_run_once(tool: Tool) -> None:
    """It is said that all runs are the same."""
    program = tool.program("print(sum(range(10)))\n")
    code, out, _err = tool("explore", "--seeds", "500", program)
    first, second, third = out.splitlines()
    assert code == 0 and first == "the program leaves nothing to chance: all runs are the same"
    assert second.startswith("1 run under random schedules in ")
    assert third.split(None, 1) == ["1", "ended with status 0"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("while True: pass", "did not end: it worked for 20 s of machine time"),
        ("thread.sleep(10**6)", "did not end: it slept for 3600 s of machine time"),
        ("raise SystemExit(3)", "ended with status 3"),
        ("syscall('process_kill', syscall('process_get_pid'))", "ended by signal SIGTERM"),
        ("for _ in range(400): print('x' * 999)\nraise SystemExit(4)", "ended with status 4"),
        ("syscall('ke_raise_irql', 2)", "stopped: ring violation: called ke_raise_irql, which is closed to ring 3"),
    ],
)
def test_each_way_to_fail_has_its_own_words(tool: Tool, body: str, kind: str) -> None:
    """Working, sleeping, an exit status, a violation."""
    source = f"from axis import thread\nthread.create(lambda: None)\nthread.yield_()\n{body}\n"
    code, report = explored(tool, source, "--seeds", "2")
    assert (code, kinds(report)) == (1, {kind: 2})


def test_a_report_that_cannot_be_written_is_one_line(tool: Tool) -> None:
    """A full disk: exit code 1, nothing of Python's."""
    with open("/dev/full", "wb") as full:
        process = tool.start("explore", "--seeds", "3", tool.program("import random\nrandom.random()\n"), stdout=full)
        _out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, b"axisos: the report cannot be written: No space left on device\n")


def test_options_may_follow_the_program_and_its_own_go_behind_two_dashes(tool: Tool) -> None:
    """`axisos explore PROGRAM --seeds N`, as well as the other way round."""
    program = tool.program(
        "import random, sys\nprint(random.random())\nassert sys.argv[1:] == ['-1', 'x', '--seeds']\n"
    )
    for arguments in (
        ["--seeds", "7", program, "-1", "x", "--", "--seeds"],
        [program, "-1", "--seeds", "7", "--pct", "2", "x", "--json", "--", "--seeds"],
        [program, "--seeds=7", "--", "-1", "x", "--seeds"],
    ):
        code, out, err = tool("explore", *arguments)
        assert (code, err) == (0, "") and ("7 runs" in out or json.loads(out)["runs"] == 7)


def test_a_with_block_gives_its_lock_back_whenever_a_handler_raises(tool: Tool) -> None:
    """The handler of a signal waits until the lock is free and the next waiter called."""
    source = """
import signal, threading

class Interrupted(Exception):
    pass

def handler(number, frame):
    raise Interrupted

lock, seats = threading.Lock(), threading.Semaphore(1)
signal.signal(signal.SIGCHLD, handler)
try:
    syscall("process_spawn", "/usr/commands/true.py", 3, {})
    for _ in range(200):
        with lock:
            pass
        with seats:
            pass
except Interrupted:
    pass
signal.signal(signal.SIGCHLD, signal.SIG_DFL)
assert not lock.locked() and seats.acquire(blocking=False)
"""
    code, report = explored(tool, source, "--seeds", "80")
    assert (code, kinds(report)) == (0, {"ended with status 0": 80})


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["explore"], 2, "PROGRAM"),
        (["explore", "x.py", "--flag"], 2, "unrecognized arguments: --flag"),
        (["explore", "/nowhere.py"], 127, "/nowhere.py"),
        (["explore", "--seeds", "0", "x.py"], 2, "'0' is not a whole number from 1 to 1000000000"),
        (["explore", "--pct", "1000", "x.py"], 2, "1000 is more than 100"),
        (["run", "--pct", "2", "x.py"], 2, "--pct needs --seed"),
        (["run", "--in-order", "x.py"], 2, "--in-order needs --seed"),
        (["run", "--seed", "1", "--pct", "2", "--in-order", "x.py"], 2, "not allowed with argument"),
    ],
)
def test_bad_usage_is_one_line(tool: Tool, arguments: list[str], code: int, said: str) -> None:
    """It says what is wrong with which word, and the exit code is a shell's."""
    found, out, err = tool(*arguments)
    assert (found, out) == (code, "")
    assert said in err and err.count("\n") == 1


def test_other_files_and_arguments_go_into_every_run(tool: Tool, tmp_path: Path) -> None:
    """And into the line that replays one."""
    (tmp_path / "helper.py").write_text("LIMIT = 2\n")
    source = LOST_UPDATE.replace("range(2)", "range(helper.LIMIT)").replace(
        "from axis", "import sys\nimport helper\nassert sys.argv[1] == 'a {b}'\nfrom axis", 1
    )
    program = tool.program(source)
    code, out, _err = tool("explore", "--seeds", "40", "--put", str(tmp_path / "helper.py"), program, "a {b}")
    assert code == 1
    words = shlex.split(out.rpartition("replay: ")[2])
    assert words[-1] == "a {b}"
    code, _out, err = tool(*words[1:])
    assert code == 1 and err.endswith("AssertionError: lost update\n")
