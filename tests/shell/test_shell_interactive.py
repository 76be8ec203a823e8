"""What only a person at the shell sees: history, completion, prompt, job lines, line editing requests."""

from __future__ import annotations

import pytest
from shell_rig import Machine, Process

from axis.shell.complete import LastWord, complete
from axis.shell.history import LIMIT, History
from axis.shell.jobs import DONE, RUNNING, STOPPED, Job, JobTable
from axis.shell.line import LineReader
from axis.shell.prompt import Prompt, shown_path
from axis.shell.run import Interrupted, Shell
from axis.shell.system import System


def shell(machine: Machine | None = None, **variables: str) -> Shell:
    machine = machine or Machine()
    machine.files.update({"/home/guest/notes.txt": b"", "/home/guest/new file": b"", "/home/guest/.hidden": b""})
    machine.directories.add("/home/guest/nested")
    env = {"HOME": "/home/guest", "PWD": "/home/guest", "USER": "guest", "HOSTNAME": "box", "PATH": "/usr/commands"}
    env.update(variables)
    return Shell(System(Process(machine, 20, env, {}).call), env)


class ScriptedTerminal:
    """Plays the terminal: gives prepared reads, keeps what it is told."""

    def __init__(self, *reads: str) -> None:
        self.reads = list(reads)
        self.shown: list[str] = []
        self.lines: list[str] = []
        self.modes: list[str] = []

    def read(self) -> str:
        return self.reads.pop(0)

    def write(self, text: str) -> None:
        self.shown.append(text)

    def set_line(self, text: str) -> None:
        self.lines.append(text)

    def set_mode(self, mode: str) -> None:
        self.modes.append(mode)

    def width(self) -> int:
        return 40


def reader(*reads: str, history: list[str] | None = None) -> tuple[LineReader, ScriptedTerminal]:
    terminal = ScriptedTerminal(*reads)
    kept = History(System(lambda *_: None), None)
    for line in history or []:
        kept.add(line)
    return LineReader(terminal, kept, lambda typed: complete(shell(), typed)), terminal  # type: ignore[arg-type]


def test_a_finished_line_is_given_back() -> None:
    lines, terminal = reader("echo hi", "\n", "")
    assert lines.read("> ") == "echo hi"
    assert lines.read("> ") == ""
    assert lines.read("> ") is None
    assert terminal.shown == ["> "] * 3
    assert set(terminal.modes) == {"edit"}


def test_ctrl_c_drops_the_line() -> None:
    lines, _ = reader("\x03")
    with pytest.raises(Interrupted):
        lines.read("> ")


def test_up_and_down_walk_through_the_history_and_back_to_the_draft() -> None:
    lines, terminal = reader("\x1b[Adra", "\x1b[Atwo", "\x1b[Aone", "\x1b[Bone", "\x1b[Btwo", "\x1b[Bdra", "done",
                             history=["one", "two"])
    assert lines.read("> ") == "done"
    assert terminal.lines == ["two", "one", "one", "two", "dra", "dra"]


def test_tab_completes_as_far_as_it_can_then_lists() -> None:
    lines, terminal = reader("\tcat n", "\tcat ne", "x")
    lines.read("\nme$ ")
    assert terminal.lines == ["cat n", "cat ne"]
    listing = "".join(terminal.shown)
    assert "nested/" in listing and "new\\ file" not in listing and "notes.txt" in listing
    assert terminal.shown[-1].endswith("me$ ") or terminal.shown[-2].endswith("me$ ")


def test_ctrl_r_finds_and_runs() -> None:
    """Each key narrows the search; Enter runs what is shown."""
    lines, terminal = reader("\x12", "e", "c", "\x12", "\n", history=["echo old", "ls", "echo new"])
    assert lines.read("$ ") == "echo old"
    assert terminal.modes == ["edit", "raw", "edit"]
    lines, terminal = reader("\x12", "l", "\x1b[C", "ls -l", history=["ls"])
    assert lines.read("$ ") == "ls -l"
    assert terminal.lines == ["ls"]


@pytest.mark.parametrize(
    ("typed", "line", "shown"),
    [("cat no", "cat notes.txt ", 0), ("cat .h", "cat .hidden ", 0), ("cat new", "cat new\\ file ", 0),
     ("cat 'new", "cat 'new file' ", 0),
     ("cat \"new", "cat \"new file\" ", 0), ("cd n", "cd nested/", 0), ("prin", "print", 2),
     ("printf /e", "printf /etc/", 0),
     ("echo a; upp", "echo a; upper ", 0), ("if tru", "if true ", 0), ("x=1 upp", "x=1 upper ", 0),
     ("ls > no", "ls > notes.txt ", 0),
     ("echo $HO", "echo $HO", 2), ("echo ~/no", "echo ~/notes.txt ", 0), ("/etc/mo", "/etc/motd ", 0),
     ("nothing here", "nothing here", 0),
     ("cat ", "cat n", 3), ("unal", "unalias ", 0)],
)
def test_completion(typed: str, line: str, shown: int) -> None:
    """What the line becomes, and how many possibilities are left."""
    assert complete(shell(), typed)[0] == line
    assert len(complete(shell(), typed)[1]) == shown


def test_the_last_word_knows_its_quotes() -> None:
    word = LastWord("cd 'a b")
    assert (word.text, word.quote, word.command, word.is_command, word.start) == ("a b", "'", "cd", False, 3)
    word = LastWord("a | ")
    assert (word.text, word.is_command, word.start) == ("", True, 4)


def test_history_is_kept_on_the_disk() -> None:
    """Blank lines, lines with a leading blank and repetitions are not."""
    machine = Machine()
    system = shell(machine).system
    history = History(system, "/home/guest/.sh_history")
    for line in ("one", "one", "", " secret", "two"):
        history.add(line)
    assert machine.files["/home/guest/.sh_history"] == b"one\ntwo\n"
    assert History(system, "/home/guest/.sh_history").lines == ["one", "two"]


def test_history_is_bounded() -> None:
    machine = Machine()
    machine.files["/h"] = b"".join(b"%d\n" % number for number in range(LIMIT + 50))
    history = History(shell(machine).system, "/h")
    assert len(history.lines) == LIMIT and history.lines[0] == "50"
    assert machine.files["/h"].startswith(b"50\n")


def test_the_prompt_shows_the_place() -> None:
    """Home is shortened by whole components."""
    assert shown_path("/home/guest/x", "/home/guest") == "~/x"
    assert shown_path("/home/guest2", "/home/guest") == "/home/guest2"
    assert shown_path("/etc", "/") == "/etc"
    assert Prompt(shell(NO_COLOR="1")).first() == "\nguest@box:~$ "
    assert Prompt(shell(PS1="\\u \\W\\$ ", PWD="/usr/commands")).first() == "guest commands$ "


def test_a_job_from_start_to_end() -> None:
    """Running, stopped, continued, done: and the line that tells of it."""
    table = JobTable()
    job = Job("a | b")
    job.add(30)
    job.add(31)
    table.enter(job)
    assert (job.state(), job.line(table.mark(job))) == (RUNNING, f"[1]+  {'Running':<24}a | b &")
    table.note(30, "stopped")
    assert job.state() == RUNNING
    table.note(31, "stopped")
    assert job.state() == STOPPED
    job.continued()
    table.note(30, 0)
    table.note(31, 137)
    assert job.state() == DONE
    assert "Killed" in job.line(table.mark(job))
    assert (job.status(), table.finished) == (137, {30: 0, 31: 137})


def test_jobs_are_found_by_number_and_text() -> None:
    table = JobTable()
    jobs = [Job("sleep 1"), Job("cat file")]
    for job in jobs:
        job.add(40 + len(table.all()))
        table.enter(job)
    assert table.find("%1") is jobs[0] and table.find("%+") is jobs[1] and table.find("%-") is jobs[0]
    assert table.find("%sl") is jobs[0] and table.find("%?file") is jobs[1] and table.find("%9") is None
    table.forget(jobs[1])
    assert table.find("%%") is jobs[0]
