"""`axisos trace` from outside: the file is there and valid however the run ends, and the summary says what is in it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from axisos.tracing.summary import at_percent, duration
from trace_view import View, faults

SOURCE = Path(__file__).parent.parent.parent / "src"
PATIENCE_S = 60  # for a busy machine: nothing here takes so long
HOST_CHILDREN = Path("/proc/self/task")  # only some hosts tell whose child a process is


class Tool:
    """The `axisos` command with a cache of its own, and a directory to write to."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {**os.environ, "PYTHONPATH": str(SOURCE), "XDG_CACHE_HOME": str(home / "cache")}

    def program(self, source: str) -> str:
        path = self.home / "program.py"
        path.write_text(source)
        return str(path)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        pipes: Any = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        return subprocess.Popen([sys.executable, "-m", "axisos.supervisor", *arguments], env=self.environment, **pipes)

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """(exit code, stdout, stderr) of a whole run."""
        process = self.start(*arguments)
        out, err = process.communicate(b"", timeout=PATIENCE_S)
        return process.returncode, out.decode(), err.decode()


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    return Tool(tmp_path_factory.mktemp("home"))


def facts_of(path: Path) -> dict[str, Any]:
    """The file is valid JSON; what it says of itself."""
    document = json.loads(path.read_text())
    assert document["traceEvents"]
    facts: dict[str, Any] = document["otherData"]
    return facts


def test_the_program_runs_as_with_run_and_leaves_a_file(tool: Tool) -> None:
    """Streams and exit code are the program's, nothing is added; on the host's own clock the file can be drawn, too."""
    file = tool.home / "trace.json"
    program = tool.program("import sys\nprint('out', sys.argv[1:])\nprint('err', file=sys.stderr)\nsys.exit(3)\n")

    assert tool("trace", "-o", str(file), program, "one", "-o") == (3, "out ['one', '-o']\n", "err\n")
    facts = facts_of(file)
    assert faults(View(file.read_text())) == []
    assert facts["argv"] == [program, "one", "-o"] and facts["exit_code"] == 3 and facts["complete"]
    assert tool("trace", "-o", str(file), "-c", "echo hi; exit 4") == (4, "hi\n", "")
    assert facts_of(file)["line"] == "echo hi; exit 4"


def test_one_seed_one_file(tool: Tool) -> None:
    """Two runs with a seed write the same bytes; another seed, another file."""
    program = tool.program("import random, time\ntime.sleep(random.random())\n")
    files = [tool.home / name for name in ("first", "second", "other")]
    for file, seed in zip(files, ("5", "5", "6"), strict=True):
        assert tool("trace", "--seed", seed, "--from", "boot", "-o", str(file), program) == (0, "", "")

    first, second, other = (file.read_bytes() for file in files)
    assert first == second != other and len(first) > 50_000


def test_at_the_time_limit_the_file_is_still_written(tool: Tool) -> None:
    """137 and one line, and a valid file of all that happened until then."""
    file = tool.home / "late.json"
    program = tool.program("while True: pass\n")
    code, out, err = tool("trace", "--from", "boot", "--timeout", "2", "-o", str(file), program)

    assert (code, out) == (137, "") and err.startswith("axisos: the machine was stopped: it was not done after 2 s\n")
    facts = facts_of(file)
    assert facts["exit_code"] == 137
    if not facts["complete"]:  # on a busy host the machine may not get the time to switch itself off
        assert err.splitlines()[1:] == ["axisos: the trace ends early: the machine's process was killed"]


def test_interrupts_go_to_the_program_and_the_file_is_written(tool: Tool) -> None:
    """Ctrl+C ends the program as it would without a trace; the signal stands in the file."""
    file = tool.home / "interrupted.json"
    process = tool.start("trace", "-o", str(file), tool.program("print('ready', flush=True)\nwhile True: pass\n"))
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)

    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert facts_of(file)["complete"] and '"name":"SIGINT"' in file.read_text()


@pytest.mark.skipif(not list(HOST_CHILDREN.glob("*/children")), reason="no list of a process's children")
def test_what_was_spooled_survives_the_machines_process(tool: Tool) -> None:
    """The machine's process is killed outright: the command says so, and the file has what had been put away."""
    file = tool.home / "killed.json"
    program = "import time\nprint('ready', flush=True)\nfor i in range(40): time.sleep(0.01)\nprint('go', flush=True)\n"
    process = tool.start("trace", "-o", str(file), tool.program(program + "while True: pass\n"))
    assert process.stdout is not None and [process.stdout.readline() for _ in range(2)] == [b"ready\n", b"go\n"]
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(child), signal.SIGKILL)

    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 137
    assert b"ended by signal 9" in err and b"the trace ends early" in err and len(err.splitlines()) == 2
    facts = facts_of(file)
    assert not facts["complete"] and facts["program"] and file.read_text().count('"name":"process_sleep"') > 10


def test_a_limit_is_told(tool: Tool) -> None:
    """What is over the limit is left away, and one line says how much; --quiet leaves the line away."""
    file, program = str(tool.home / "part.json"), tool.program("for i in range(20_000): syscall('time_get')\n")

    code, out, err = tool("trace", "--seed", "1", "--limit", "2000", "-o", file, program)
    assert (code, out) == (0, "") and "records are over its limit (--limit 2000)" in err and len(err.splitlines()) == 1
    assert facts_of(Path(file))["lost"] > 10_000
    assert tool("trace", "--quiet", "--seed", "1", "--limit", "2000", "-o", file, program) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("trace",), 2, "axisos trace: where to? -o FILE"),
        (("trace", "-o", "{home}/x"), 2, "axisos trace: either PROGRAM or -c LINE"),
        (("trace", "-o", "{home}/x", "-c", "true", "guest:/bin/sh.py"), 2, "axisos trace: either PROGRAM or -c LINE"),
        (("trace", "--from", "dawn", "-o", "{home}/x", "guest:/bin/sh.py"), 2, "axisos trace: argument --from: "),
        (("trace", "--limit", "0", "-o", "{home}/x", "guest:/bin/sh.py"), 2, "axisos trace: argument --limit: "),
        (("trace", "--pct", "2", "-o", "{home}/x", "guest:/bin/sh.py"), 2, "axisos: --pct needs --seed"),
        (("trace", "-o", "/nowhere/x", "guest:/bin/sh.py"), 2, "axisos: /nowhere/x: No such file or directory"),
        (("trace", "-o", "{home}/x", "/nowhere/x.py"), 127, "axisos: /nowhere/x.py: No such file or directory"),
        (("trace", "--summary", "/nowhere/x"), 2, "axisos: /nowhere/x: No such file or directory"),
        (("trace", "--summary", "/nowhere/x", "y"), 2, "axisos trace: --summary goes alone"),
        (("trace", "--summary", "{source}"), 2, "axisos: {source}: it is not a file that `axisos trace` has written"),
        (("trace", "-o", "/dev/full", "guest:/usr/commands/true.py"), 1, "axisos: /dev/full: No space left on device"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(tool: Tool, arguments: tuple[str, ...], code: int, said: str) -> None:
    """No traceback of ours, whatever is wrong with the request."""
    names = {"home": str(tool.home), "source": str(Path(__file__))}
    returned, out, err = tool(*(argument.format(**names) for argument in arguments))

    assert (returned, out) == (code, ""), err
    assert err.startswith(said.format(**names)) and len(err.strip().splitlines()) == 1, err


@pytest.mark.parametrize("option", [("trace", "-o"), ("run", "--trace")])
def test_the_program_itself_is_not_written_over(tool: Tool, option: tuple[str, ...]) -> None:
    """By whatever name: a slip must not cost the program."""
    program = tool.program("print('still here')\n")
    other_name = tool.home / "link.json"
    other_name.unlink(missing_ok=True)
    other_name.symlink_to(program)
    for name in (program, str(other_name)):
        code, out, err = tool(*option, name, program)
        assert (code, out) == (2, "")
        assert err == f"axisos: {name} is the program itself; name another file for the trace\n"
    assert Path(program).read_text() == "print('still here')\n"


def test_the_summary_is_a_page(tool: Tool) -> None:
    """Who used the processor, which calls, which requests, who waited longest: without a browser."""
    file = str(tool.home / "summed.json")
    program = tool.program("import time\ntime.sleep(0.5)\nfor i in range(7): open('/dev/null').read()\n")
    assert tool("trace", "--seed", "2", "-o", file, program)[0] == 0

    code, page, err = tool("trace", "--summary", file)
    assert (code, err) == (0, "")
    lines = page.splitlines()
    assert lines[0] == f"{file}: {program}, seed 2, exit code 0"
    tables = {block.split("  ")[0]: block.splitlines()[1:] for block in page.split("\n\n")[1:]}
    assert list(tables) == [
        "Process", "System call, of programs", "System call, of services and drivers", "Request to a device",
        "Longest wait",
    ]  # fmt: skip
    assert tables["Process"][0].startswith("21 /tmp/program.py")
    calls = {row.split()[0]: row.split()[1] for row in tables["System call, of programs"]}
    assert calls["process_sleep"] == "1" and calls["vfs_open"] == "7"
    requests = {tuple(row.split()[:2]): row.split()[2] for row in tables["Request to a device"]}
    assert requests["CREATE", "\\Device\\Null"] == "7"
    assert "sleep in process_sleep" in tables["Longest wait"][0] and "500." in tables["Longest wait"][0]
    assert not [row for row in tables["Longest wait"] if "signal_pull" in row]


@pytest.mark.parametrize("damage", ["cut", "garbled", "no facts", "other facts", "nested"])
def test_a_damaged_file_is_refused_in_one_line(tool: Tool, damage: str) -> None:
    """No traceback, whatever has become of the file."""
    good, bad = tool.home / "good.json", tool.home / "bad.json"
    assert tool("trace", "--seed", "2", "-o", str(good), "-c", "true")[0] == 0
    text = good.read_text()
    bad.write_text({
        "cut": text[: len(text) // 2], "garbled": text.replace('"ts"', '"tz"'),
        "no facts": text[: text.rindex('"otherData"')] + "}",
        "other facts": text.replace('"events": ', '"events": "x", "other": '),
        "nested": text.replace('{"ph"', '{"ph":' + "[" * 100_000 + '\n{"ph"', 1),
    }[damage])  # fmt: skip

    code, out, err = tool("trace", "--summary", str(bad))
    assert (code, out) == (2, "") and err.startswith(f"axisos: {bad}: ") and len(err.splitlines()) == 1


def test_a_page_that_nobody_reads_is_no_error(tool: Tool) -> None:
    """A reader that has gone ends the summary as it ends any other tool; a full disk is told in one line."""
    file = tool.home / "unread.json"
    assert tool("trace", "--seed", "2", "-o", str(file), "-c", "true")[0] == 0
    command = [sys.executable, "-m", "axisos.supervisor", "trace", "--summary", str(file)]

    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, env=tool.environment, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, env=tool.environment, stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (1, b"axisos: the summary cannot be written: No space left on device\n")


def test_figures_for_people() -> None:
    """A fitting unit; the time that so many percent do not exceed is one of those that were measured."""
    assert [*map(duration, (0.25, 999.0, 1000.0, 2_500_000.0))] == ["0.25 µs", "999.00 µs", "1.00 ms", "2.50 s"]
    assert [at_percent([1.0, 2.0, 3.0, 4.0], percent) for percent in (50, 95, 100)] == [2.0, 4.0, 4.0]
    assert at_percent([5.0], 50) == 5.0


def test_nobody_is_killed_after_the_machine_has_ended(tool: Tool) -> None:
    """The time limit is off when the machine's process is gone: what its parent does then takes as long as it takes."""
    program = (
        "import signal\nfrom axisos.supervisor import supervise\n"
        "print(supervise(lambda control, heart: 5, 50.0, True), signal.getitimer(signal.ITIMER_REAL))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], env=tool.environment, capture_output=True, check=True)

    assert done.stdout == b"5 (0.0, 0.0)\n"
