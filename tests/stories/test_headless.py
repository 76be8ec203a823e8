"""Whole-machine scenes without a screen: a program goes in, its output and exit code come out."""

from __future__ import annotations

from pathlib import Path

import axisos
from axisos import Machine
from axisos.host import Result, run


def run_source(tmp_path: Path, source: str, *args: str, **options: object) -> Result:
    """Run a program in a fresh seeded machine."""
    program = tmp_path / "program.py"
    program.write_text(source)
    return run(Machine(seed=7), str(program), args, **options)  # type: ignore[arg-type]


def test_a_program_reads_computes_and_answers(tmp_path: Path) -> None:
    """Arguments, standard input, output, error output and the exit code all get through, byte for byte."""
    source = """
import sys
print("arguments", sys.argv[1:])
for line in sys.stdin:
    print(line.strip().upper())
print("oh", file=sys.stderr)
sys.exit(3)
"""
    result = run_source(tmp_path, source, "one", "two words", stdin=b"alpha\nbeta\n")

    assert result.stdout == b"arguments ['one', 'two words']\nALPHA\nBETA\n"
    assert result.stderr == b"oh\n"
    assert (result.exit_code, result.reason) == (3, None)


def test_an_uncaught_error_tells_the_programs_own_file_and_line(tmp_path: Path) -> None:
    """The traceback is Python's, with no frame of the kernel in it, and the exit code is 1."""
    result = run_source(tmp_path, "def half(n):\n    return n / 0\n\nhalf(3)\n")

    assert result.exit_code == 1
    lines = result.stderr.decode().splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert '  File "/tmp/program.py", line 4, in <module>' in lines
    assert '  File "/tmp/program.py", line 2, in half' in lines
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert "executive" not in result.stderr.decode()


def test_a_syntax_error_is_reported_as_python_does(tmp_path: Path) -> None:
    """The program never starts; the message names its line."""
    result = run_source(tmp_path, "x = 1\nif x\n    y = 2\n")

    assert result.exit_code == 1
    assert 'File "/tmp/program.py", line 2' in result.stderr.decode()
    assert "SyntaxError: expected ':'" in result.stderr.decode()


def test_a_program_that_breaks_its_ring_is_stopped_and_the_host_learns_why(tmp_path: Path) -> None:
    """A call that ring 3 may not make never returns."""
    result = run_source(tmp_path, "print('before')\nsyscall('kernel_set_log_mode', True)\nprint('after')\n")

    assert result.stdout == b"before\n"
    assert result.exit_code == 137
    assert result.reason is not None and "kernel_set_log_mode" in result.reason


def test_a_program_that_never_ends_is_preempted_and_killed_by_its_limit(tmp_path: Path) -> None:
    """A spinning program gives the processor away at its checkpoints, so that its time can be measured."""
    result = run_source(tmp_path, "while True:\n    pass\n", cpu_limit=0.5)

    assert result.exit_code == 137
    assert result.reason is not None and "processor time" in result.reason


def test_a_program_that_ends_by_a_signal_has_its_number_in_the_exit_code(tmp_path: Path) -> None:
    """SIGTERM is 15: 128 + 15."""
    result = run_source(tmp_path, "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n")

    assert (result.exit_code, result.reason) == (143, None)


def test_the_same_seed_gives_the_same_run(tmp_path: Path) -> None:
    """Random numbers, times, pids and the trace itself are equal, line by line."""
    source = """
import random, time
print(random.random(), time.time(), syscall("process_get_pid"), syscall("synapse_get_token"))
print([hash(word) for word in ("a", "b")], id(object()))
"""
    program = tmp_path / "program.py"
    program.write_text(source)
    runs = []
    for _ in range(2):
        trace: list[str] = []
        result = run(Machine(seed=11, trace=trace.append), str(program))
        assert result.exit_code == 0, result
        runs.append((result.stdout, trace))

    assert runs[0] == runs[1]
    assert len(runs[0][1]) > 100
    assert run(Machine(seed=12), str(program)).stdout != runs[0][0]


def test_two_machines_side_by_side_do_not_meet(tmp_path: Path) -> None:
    """Both run in one Python process, step by step in turns; each keeps its own files, pids and output."""
    from axisos.host import JobRunner, make_job

    program = tmp_path / "program.py"
    program.write_text(
        "import sys, time\n"
        "open('/tmp/mark', 'w').write(sys.argv[1])\n"
        "time.sleep(0.2)\n"
        "print(open('/tmp/mark').read(), syscall('process_get_pid'))\n"
    )
    machines = [Machine(seed=1), Machine(seed=2)]
    runners = [JobRunner(m, make_job(str(program), [n])) for m, n in zip(machines, ("left", "right"), strict=True)]
    for runner in runners:
        runner.port.feed_eof()
    while any(runner.outcome() is None for runner in runners):
        for machine, runner in zip(machines, runners, strict=True):
            if runner.outcome() is None:
                wait = runner.advance()
                machine.wait(wait.deadline)

    assert [runner.port.take(1) for runner in runners] == [b"left 21\n", b"right 21\n"]
    for machine in machines:
        machine.power_off()


def test_the_bit_bucket_swallows_everything_and_gives_nothing() -> None:
    """/dev/null and /dev/zero are there for shells and programs."""
    line = "echo gone > /dev/null; cat /dev/null; head -c 5 /dev/zero | wc -c; cat < /dev/null; echo end"
    result = run(Machine(seed=7), None, line=line)

    assert (result.stdout.split(), result.stderr, result.exit_code) == ([b"5", b"end"], b"", 0)


def test_a_driver_in_the_place_of_one_that_the_boot_has_loaded_replaces_it(tmp_path: Path) -> None:
    """Whoever changes a copy of a shipped driver tries the copy, not the original; one of hardware likewise."""
    root = Path(axisos.__path__[0]) / "rootfs" / "drivers"
    for name, old in (("null.sys.py", "AxisNull"), ("data.sys.py", "AxisData")):
        (tmp_path / name).write_text((root / name).read_text().replace(old, "Mine"))
        names = f"print([d['name'] for d in syscall('driver_query') if d['name'] in {('Mine', old)!r}])"
        result = run_source(tmp_path, names, user="root", drivers=[str(tmp_path / name)])
        assert result.stdout == b"['Mine']\n", result.stderr
