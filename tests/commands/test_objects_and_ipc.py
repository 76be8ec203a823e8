"""The commands that show kernel objects: obdir, handles, ipcs and sched; and ipc_test, which tries them out."""

# ruff: noqa: E501 - a command line and a row of a table read best on one line
from __future__ import annotations

from pathlib import Path

import pytest

from axisos import host
from axisos.machine import disk
from axisos.machine.machine import Machine
from axisos.machine.memory_storage import MemoryStorage

# Takes its first mutex, then wants its second one; both are found by name.
GREEDY = """\
import sys

def named(name):
    try:
        return syscall("ke_create_mutex", False, name)
    except Exception:
        return syscall("ke_open_mutex", name)

first, second = map(named, sys.argv[1:])
syscall("ke_wait_single", first)
syscall("process_sleep", 100)
print(sys.argv[1], "got", syscall("ke_wait_single", second), flush=True)
"""
# Holds one object of several types until it is ended.
HOLDER = """\
def make():
    return syscall("ke_create_event", False, False, "Bell")

bell = make()
syscall("ob_set_handle_flags", bell, True, True)
reader, writer = syscall("ke_create_pipe")
syscall("ke_create_section", "Board")
syscall("process_sleep", 10_000)
"""


@pytest.fixture
def with_program(shell, tmp_path: Path):
    """`with_program(text, line)` runs a shell line with a program at /tmp/p.py; returns the lines of its output."""

    def run(text: str, line: str, user: str = "guest") -> list[str]:
        (tmp_path / "p.py").write_text(text)
        result = shell(line, user=user, put=[(str(tmp_path / "p.py"), "/tmp/p.py")])
        assert result.stderr == b""
        return result.stdout.decode().splitlines()

    return run


def columns(lines: list[str]) -> list[list[str]]:
    return [line.split() for line in lines]


# --- obdir


def test_the_namespace_begins_at_its_root(shell) -> None:
    """Without a path the root is listed; the same directory has several spellings."""
    lines = shell("obdir").stdout.decode().splitlines()
    assert columns(lines[:3]) == [["NAME", "TYPE"], ["Device", "ObpDirectory"], ["DosDevices", "ObpDirectory"]]
    spellings = ["/DosDevices", r"'\DosDevices'", r"\\DosDevices", r"'\\DosDevices'", r"\DosDevices", "DosDevices/"]
    shown = {shell(f"obdir {spelling}").stdout for spelling in spellings}
    assert len(shown) == 1
    assert ["tty", "ObpSymbolicLink", "->", r"\Device\TTY0"] in columns(shown.pop().decode().splitlines())


def test_an_entry_is_shown_with_all_that_is_known_of_it(with_program) -> None:
    """-l has rights, owner, group, counts; what is no directory stands for itself."""
    lines = with_program(HOLDER, "/tmp/p.py & sleep 1; obdir -l /Event; obdir -l /Event/Bell; obdir -l / | head -2; kill %1; wait; obdir -l /Event")
    heading = ["RIGHTS", "OWNER", "GROUP", "REFS", "HANDLES", "PERMANENT", "NAME", "TYPE"]
    bell = ["-rw-------", "guest", "1000", "1", "1", "no", "Bell", "KeEvent"]
    device = ["drwxr-xr-x", "root", "0", "1", "0", "yes", "Device", "ObpDirectory"]
    assert columns(lines) == [heading, bell, heading, bell, heading, device, heading]


def test_the_tree_is_drawn(shell) -> None:
    """-r goes down into every directory, and branches end where nothing follows."""
    lines = shell("obdir -r").stdout.decode().splitlines()
    assert lines[1].split() == ["|--", "Device", "ObpDirectory"]
    assert lines[2].startswith("|   |-- ") and lines[2].endswith(" IoDeviceObject")
    assert any(line.startswith("|   `-- zero ") for line in lines)
    assert lines[-1].split() == ["`--", "Semaphore", "ObpDirectory"]
    below = shell("obdir -rl /Device").stdout.decode().splitlines()
    assert below[-1].split()[-3:] == ["`--", "ringlog", "IoDeviceObject"]


def test_what_stands_in_the_last_directory_has_no_branch_beside_it(with_program) -> None:
    """And what is no directory is shown alone, whatever stands beside it."""
    program = 'for n in "ab": syscall("ke_create_semaphore", 0, 1, n)\nsyscall("process_sleep", 10_000)'
    lines = with_program(program, "/tmp/p.py & sleep 1; obdir -r | tail -3; obdir /Semaphore/a; kill %1")
    assert [line[:9] for line in lines[:3]] == ["`-- Semap", "    |-- a", "    `-- b"]
    assert columns(lines[3:]) == [["NAME", "TYPE"], ["a", "KeSemaphore"]]


def test_types_are_counted(with_program) -> None:
    """-t has every type, those without objects too."""
    rows = {name: counts for name, *counts in columns(with_program(HOLDER, "/tmp/p.py & sleep 1; obdir -t; kill %1"))}
    assert rows["TYPE"] == ["OBJECTS", "HANDLES"]
    assert (rows["KeEvent"], rows["MmSectionObject"], rows["KeMutex"]) == (["1", "1"], ["1", "1"], ["0", "0"])
    assert int(rows["ObpDirectory"][0]) >= 10


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("obdir /nope", r"obdir: there is no object \nope"),
        ("obdir /Device/TTY0/x", r"obdir: there is no object \Device\TTY0\x"),
        ("obdir /dev/tty", "obdir: /dev/tty: the name of a file; as an object it would be /DosDevices/tty"),
        (r"obdir \Device\TTY0", r"obdir: there is no object \DeviceTTY0 (quote the backslashes of a path, or write / for them)"),
        ("handles 99999", "handles: 99999: there is no process 99999"),
        ("handles 2", "handles: 2: the handles of process 2 are another user's"),
    ],
)
def test_what_is_not_there_or_not_for_the_user_is_named(shell, line: str, complaint: str) -> None:
    """One line on standard error, exit status 1."""
    result = shell(line)
    assert (result.stdout, result.stderr.decode(), result.exit_code) == (b"", complaint + "\n", 1)


@pytest.mark.parametrize(
    "line",
    ["obdir -t /Device", "obdir / /Device", "handles -t nope", "handles x", "ipcs -aw", "ipcs 1", "ipc_test x", "sched 1"],
)
def test_a_question_that_makes_no_sense_is_wrong_usage(shell, line: str) -> None:
    """Nothing is shown, and the exit status is 2."""
    result = shell(line)
    assert (result.stdout, result.exit_code) == (b"", 2)
    assert result.stderr.decode().startswith(f"{line.split()[0]}: ")


# --- handles


def test_handles_tell_who_has_what_and_where_it_was_made(with_program) -> None:
    """Rights and flags are letters, standard streams digits; tokens are one's own only."""
    lines = with_program(HOLDER, "/tmp/p.py & sleep 1; handles $!; handles > h; tail -1 h; handles -v > h; tail -1 h; kill %1")
    assert lines[0].split() == ["PID", "PROGRAM", "HANDLE", "TYPE", "OBJECT", "ACCESS", "FLAGS", "AGE", "MADE"]
    held = [row[1:7] + row[8:] for row in columns(lines[1:8])]
    assert [row[2] for row in held] == ["IoPipeObject"] + ["IoFileObject"] * 2 + ["KeEvent", "IoPipeObject", "IoPipeObject", "MmSectionObject"]
    assert held[3] == ["p", "-", "KeEvent", r"\Event\Bell", "rwxcdas", "ip", "/tmp/p.py:2", "in", "make"]
    assert [row[4:7] for row in held[4:6]] == [["r-----s", "-", "/tmp/p.py:6"], ["-w----s", "-", "/tmp/p.py:6"]]
    assert [row[5] for row in held[:3]] == ["0", "1", "2"]
    ages = [float(row[7]) for row in columns(lines[1:8])]
    assert 0.9 < min(ages) <= max(ages) < 1.5
    own, full = lines[8].split(), lines[9].split()
    assert own[1] == "handles" and len(own[2]) == 8 and own[2].startswith("H-")
    assert full[1] == "/usr/commands/handles.py" and len(full[2]) == 24


def test_handles_are_chosen_by_type_and_text_and_counted(with_program) -> None:
    """-t takes a type with or without its prefix, -s looks at names, programs and places; both and -c go together."""
    lines = with_program(
        HOLDER,
        "/tmp/p.py & sleep 1; for t in event KeEvent EVENT; do handles -t $t | wc -l; done; handles -s bell | wc -l;"
        "handles -s P.PY:6 | wc -l; handles -t section -s BOARD | wc -l; handles -t section -s bell | wc -l;"
        "handles -c; handles -ct pipe -s p.py:6 $!; handles -cv -t section; kill %1",
    )
    assert lines[:7] == ["2", "2", "2", "2", "3", "2", "1"]
    counts = [row[1:] for row in columns(lines[7:])]
    assert counts[:2] == [["PROGRAM", "TYPE", "HANDLES"], ["sh", "IoFileObject", "3"]]
    assert ["p", "IoPipeObject", "3"] in counts and ["p", "KeEvent", "1"] in counts and ["handles", "IoFileObject", "3"] in counts
    assert counts[-3:] == [["p", "IoPipeObject", "2"], ["PROGRAM", "TYPE", "HANDLES"], ["/tmp/p.py", "MmSectionObject", "1"]]


def test_a_user_sees_the_handles_of_that_user_and_root_sees_all(shell) -> None:
    """The init program is root's; one unknown process does not hide the others."""
    seen, seen_by_root = ({row[1] for row in columns(shell("handles", user=user).stdout.decode().splitlines())} for user in ("guest", "root"))
    assert seen == {"PROGRAM", "sh", "handles"}
    assert seen_by_root == {"PROGRAM", "sh", "handles", "headless"}
    result = shell("handles 99999 $$")
    assert result.stderr == b"handles: 99999: there is no process 99999\n"
    assert (len(result.stdout.splitlines()), result.exit_code) == (4, 1)


# --- ipcs


def test_two_programs_in_a_deadlock_are_named_and_a_kill_frees_one(with_program) -> None:
    """ipcs -w draws the circle with the places in the programs, and its status says so; the other one then goes on."""
    lines = with_program(
        GREEDY,
        "/tmp/p.py fork knife & a=$!; /tmp/p.py knife fork & b=$!; sleep 1; echo $a $b; ipcs -w; echo $?;"
        "kill $a; wait; ipcs -w; echo $?",
    )
    a, b = lines[0].split()
    assert lines[1].split() == ["TID", "PROGRAM", "AT", "STATE", "HELPED", "BY", "WAITS", "FOR"]
    assert lines[2].split()[:5] == [a, "p", "/tmp/p.py:12", "stuck", b]
    assert lines[3].split()[:5] == [b, "p", "/tmp/p.py:12", "stuck", a]
    assert lines[2].endswith(rf"KeMutex \Mutex\knife (made at /tmp/p.py:5 in named), owned by {b}")
    assert lines[4:6] == ["", f"deadlock: {a} -> {b} -> {a}"]
    assert lines[6] == rf"  {a} (/tmp/p.py:12) waits for KeMutex \Mutex\knife (made at /tmp/p.py:5 in named), owned by {b}"
    assert lines[7] == rf"  {b} (/tmp/p.py:12) waits for KeMutex \Mutex\fork (made at /tmp/p.py:5 in named), owned by {a}"
    assert lines[8:] == ["1", "knife got 128", "nobody waits for another program", "0"]


def test_who_waits_but_will_be_helped_is_no_deadlock(with_program) -> None:
    """The wait for a child is shown with its helper, not marked, and the exit status is 0."""
    program = 'pid = syscall("process_spawn", "/usr/commands/sleep.py", None, {"ARGS": ["100"]}); syscall("process_wait", pid)'
    lines = with_program(program, "/tmp/p.py & sleep 1; ipcs -w; echo $?; ps | grep commands/sleep; kill %1")
    assert len(lines) == 4 and lines[2] == "0"
    waiting, child = lines[1].split(), lines[3].split()[0]
    assert waiting[1:] == ["p", "/tmp/p.py:1", "-", child, "the", "end", "of", "process", child]


def test_one_alone_that_nobody_can_help_is_stuck_without_a_deadlock(with_program) -> None:
    """Its event is its own; there is no circle, so the exit status is 0."""
    lines = with_program('syscall("ke_wait_single", syscall("ke_create_event"))', "/tmp/p.py & sleep 1; ipcs -w; echo $?; kill %1")
    assert lines[1].split()[1:5] == ["p", "/tmp/p.py:1", "stuck", "nobody"]
    assert lines[1].endswith("(made at /tmp/p.py:1), to be set by nobody else") and lines[2:] == ["0"]


def test_objects_are_shown_with_their_holders(with_program) -> None:
    """-a has each object once, whoever holds it; files and devices are not of its kinds."""
    lines = with_program(GREEDY, "/tmp/p.py fork knife & a=$!; /tmp/p.py knife fork & echo $a $!; sleep 1; ipcs -a; kill %1 %2")
    holders = lines[0].split()
    assert lines[1].split() == ["OBJECT", "TYPE", "NAME", "HANDLES", "HELD", "BY", "MADE"]
    mutexes = [row[1:6] for row in columns(lines[2:]) if row[1] == "KeMutex"]
    assert mutexes == [["KeMutex", rf"\Mutex\{name}", "2", *holders] for name in ("fork", "knife")]
    assert {row[1] for row in columns(lines[2:])} == {"KeMutex", "IoPipeObject"}


def test_the_counters_of_ipc_go_up(with_program) -> None:
    """Without an option all counters are shown in groups."""
    lines = with_program(HOLDER, "/tmp/p.py & sleep 1; ipcs; kill %1")
    numbers = {row[0]: row[1] for row in columns(lines) if len(row) == 2}
    assert (numbers["event_created"], numbers["section_created"], numbers["sections"]) == ("1", "1", "1")
    assert [line for line in lines if not line.startswith(" ")] == [
        "sync objects", "pipes", "shared memory", "message queues", "signals", "waits", "timers and DPCs",
    ]


# --- sched


def test_the_scheduler_is_described(shell) -> None:
    """-v adds what preemption works with, -p a row for each process."""
    plain, more = (shell(line).stdout.decode().splitlines() for line in ("sched", "sched -v"))
    labels = ["resumes", "preemptions", "watchdog warnings", "watchdog kills", "longest slice (ms)"]
    assert [line[:20].rstrip() for line in plain] == labels
    assert [line[:20].rstrip() for line in more] == [*labels, "instrumented files", "quantum (ms)"]
    assert float(more[-1].split()[-1]) == 50 and int(more[-2].split()[-1]) > 0
    rows = shell("sched -p").stdout.decode().splitlines()
    assert rows[6].split() == ["PID", "CPU", "PREEMPT", "LAST", "MAX", "STRIKES", "IMAGE"]
    assert rows[-1].split()[-1] == "/usr/commands/sched.py"


# --- ipc_test


def test_ipc_passes_its_own_test(shell) -> None:
    """Each check says ok; -v shows what was looked at."""
    result = shell("ipc_test")
    lines = result.stdout.decode().splitlines()
    assert (result.stderr, result.exit_code) == (b"", 0)
    assert [line[:6] for line in lines[:-1]] == ["ok    "] * 18
    assert lines[-1] == "18 of 18 checks passed"
    details = shell("ipc_test -v").stdout.decode().splitlines()
    assert [line for line in details if not line.startswith("      ")] == lines
    assert "      2 threads x 500 increments: 1000" in details


@pytest.mark.parametrize(
    ("file", "text", "instead", "complaint"),
    [
        ("mutexes", "return self.owner is None or self.owner is thread", "return True", "mutex: 2 threads x 500 increments: expected 1000, got 5"),
        ("events", "if not self.manual_reset:", "if False:", "event, auto reset: and no second one: expected 258, got 0"),
        ("events", "return self._waits.wake_waiters(event)", "return 0", "event, auto reset: set wakes one of them: expected 1, got 0"),
        ("pipes", "data = pipe.take(count)\n        if pipe.write_waits:", "data = pipe.take(count)\n        if False:", "pipe, blocked writer: it did not end within 10000 ms"),
        ("semaphores", "self.count -= 1", "self.count -= 0", "semaphore: a third is not had within 20 ms: expected 258, got 0"),
    ],
)
def test_ipc_that_is_broken_fails_its_test(file: str, text: str, instead: str, complaint: str) -> None:
    """A kernel with a fault on its disk: the check that meets it says what it expected, and the status is 1."""
    path = f"executive/ke_ipc/{file}.py"
    source = Path(disk.packaged_root(), path).read_text()
    assert source.count(text) == 1
    upper = MemoryStorage()
    broken = disk.overlay(upper, simulated=True)
    opened = broken.open(path, "w")
    assert opened is not None
    opened.write(source.replace(text, instead).encode())
    opened.close()
    with Machine(disk=broken, seed=7) as machine:
        result = host.run(machine, None, line="ipc_test")
    failures = [line for line in result.stdout.decode().splitlines() if line.startswith("FAIL")]
    assert failures[0].startswith(f"FAIL  {complaint}")
    assert result.exit_code == 1
