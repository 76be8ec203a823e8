"""Attacks on the machine around the sandbox: its other processes, its host, its files, the terminal of its reader."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import axisos
from axisos import Machine
from axisos.host import Result, run
from axisos.machine.codecache import CodeCache
from axisos.supervisor import supervise


def attack(tmp_path: Path, source: str) -> Result:
    """Run the attacker's program as guest in a new seeded machine."""
    program = tmp_path / "program.py"
    program.write_text(source)
    return run(Machine(seed=7), str(program))


def command(tmp_path: Path, source: str, *options: str) -> tuple[int, str, str, float]:
    """`axisos run` in a host process of its own: exit code, output, error output, seconds."""
    program = tmp_path / "program.py"
    program.write_text(source)
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "axisos.supervisor", "run", *options, str(program)], capture_output=True, text=True,
        timeout=60, check=False,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(Path(axisos.__file__).parents[1])},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr, time.monotonic() - start


def test_the_computers_facts_cannot_be_forged_for_others(tmp_path: Path) -> None:
    """Each process has its own: what one puts there, even around the guard, no other process calls."""
    result = attack(tmp_path, """
import subprocess
for forge in (lambda: object.__setattr__(computer, "uptime", lambda: "forged"), lambda: computer.__init__(5)):
    try: forge()
    except (AttributeError, TypeError): pass
print("forged" in subprocess.run(["uptime"], capture_output=True, text=True).stdout)
""")
    assert (result.exit_code, result.stdout) == (0, b"False\n"), result.stderr


@pytest.mark.parametrize("path", [
    "/etc/passwd.toml", "/etc/../etc/passwd.toml", "//etc//./passwd.toml", "/home/guest/../../etc/passwd.toml",
    "/dev/../etc/passwd.toml", "/etc/passwd.toml/", "/ETC/passwd.toml", "/etc/\\uff50asswd.toml", "/etc/passwd.toml\\0",
    "/../../../../etc/shadow", "/proc/self/environ",
])  # fmt: skip
def test_no_spelling_of_a_path_passes_the_rights(tmp_path: Path, path: str) -> None:
    """A guest reads neither the passwords nor anything of the host, however the path is written."""
    result = attack(tmp_path, f"""
from abi.status import StatusError
try: print("OPEN", syscall("vfs_open", "{path}", "r"))
except StatusError as error: print(int(error.status))
""")
    assert result.stdout in (b"500\n", b"603\n", b"601\n")


def test_nobody_becomes_root_by_asking(tmp_path: Path) -> None:
    """Logins without a password, grants that were not given, rings and users in the environment: all in vain."""
    result = attack(tmp_path, """
from abi.status import StatusError
def attempt(*call):
    try: return syscall(*call)
    except StatusError as error: return int(error.status)
print(attempt("auth_login", "root", ""), attempt("auth_login", "root", None), attempt("process_elevate", 2.5),
      attempt("process_spawn", "/bin/sh.py", 1), attempt("process_spawn", "/bin/sh.py", None, None, None, None, True))
program = "/home/guest/who.py"
open(program, "w").write("print(syscall('process_get_uid'))")
import os, subprocess
os.chmod(program, 0o755)
print(subprocess.run([program], env={"UID": "0", "USER": "root"}, capture_output=True, text=True).stdout)
for pid in (0, 2, 3):
    print(attempt("process_kill", pid, 9) in (500, 501))
print(attempt("signal_send", 3, "process_exited", 20), attempt("signal_send", 2, "syscall_return", 1, 0, "x"))
""")
    assert result.stdout == b"500 501 500 501 500\n1000\n\nTrue\nTrue\nTrue\n500 False\n", result.stderr


def test_a_process_name_cannot_paint_the_terminal(tmp_path: Path) -> None:
    """No file, and so no program, has escapes in its name; those in a line of the log reach nobody's terminal."""
    result = attack(tmp_path, r"""
import os, subprocess
program = "/home/guest/a\x1b[31m\x07.py"
for make in (lambda: open(program, "w"), lambda: os.mkdir(program), lambda: os.rename("/tmp/program.py", program)):
    try:
        make()
    except (ValueError, OSError) as error:
        print(int(getattr(error, "status", 0)) or error.errno)
syscall("kernel_log", "\x1b[2Jgone")
for call in (["ps"], ["ps", "-l"], ["ls", "/home/guest"], ["dmesg"], ["sched", "-p"]):
    out = subprocess.run(call, capture_output=True).stdout
    if b"\x1b" in out or b"\x07" in out: print(call, out)
print("done")
""")
    assert result.stdout == b"601\n601\n18\ndone\n", result.stderr  # EXDEV: /tmp is another disk


def test_python_tells_the_hosts_stderr_nothing_on_a_programs_behalf(tmp_path: Path) -> None:
    """Neither ignored errors nor warnings with text of the program, or lines of a file of the host, come out."""
    secret = tmp_path / "secret.txt"
    secret.write_text("the host's secret\n")
    code, out, err, _ = command(tmp_path, f"""
def g():
    try: yield
    finally: raise ValueError("\\x1b[2Jpainted")
x = g(); next(x); del x
async def f(): pass
f.__qualname__ = "\\x1b[31mpainted"
f()
exec(compile("if NotImplemented: pass", {str(secret)!r}, "exec"))
print("end")
""")
    assert (code, out, err) == (0, "end\n", "")


def test_a_regular_expression_that_backtracks_is_broken_into(tmp_path: Path) -> None:
    """One call of C that would take years ends in TimeoutError, without any time limit being asked for."""
    code, out, _, seconds = command(tmp_path, """
import re
try: re.match("(a+)+b", "a" * 40)
except TimeoutError as error: print("broken into")
""")
    assert (code, out) == (0, "broken into\n")
    assert seconds < 30


@pytest.mark.parametrize("nest, use", [
    ("(x,)", "hash(x)"), ("slice(x)", "del x"), ("zip(x or [0])", "next(x)"), ("staticmethod(x)",
    "hasattr(x, '__isabstractmethod__')"), ("list[x]", "hash(x)"), ("enumerate(x or [0])", "next(x)"),
])  # fmt: skip
def test_objects_of_c_may_be_nested_as_deeply_as_memory_goes(tmp_path: Path, nest: str, use: str) -> None:
    """Hashing, dropping, or going through what is nested a million times does not overflow the host's C stack."""
    code, out, err, _ = command(tmp_path, f"x = ()\nfor _ in range(1_000_000): x = {nest}\n{use}\nprint('whole')\n")
    assert (code, out, err) == (0, "whole\n", "")


def test_a_crash_of_the_machines_process_is_one_line_and_137(capfd: pytest.CaptureFixture[str]) -> None:
    """Should the host's process crash all the same, the command ends in order and says so."""
    assert supervise(lambda control, heart: os.kill(os.getpid(), signal.SIGKILL) or 0, None, False) == 137
    assert capfd.readouterr().err == "axisos: the machine was stopped: its process was ended by signal 9\n"


def test_an_exit_without_a_checkpoint_does_not_outlive_a_kill(tmp_path: Path) -> None:
    """`__exit__ = slice` swallows whatever is raised, without a line of the program's; it helps for a moment."""
    code, out, _, seconds = command(tmp_path, """
import threading
class S: __enter__ = dict; __exit__ = slice
def spin():
    with S():
        with S():
            while True: pass
        while True: pass
    while True: pass
threading.Thread(target=spin, daemon=True).start()
print("over")
raise SystemExit(3)
""", "--timeout", "20")
    assert (code, out) == (3, "over\n")
    assert seconds < 15


def test_memory_ends_in_an_error_of_the_programs_own(tmp_path: Path) -> None:
    """Who eats all there is gets MemoryError, and can say goodbye."""
    source = "x = [0]\ntry:\n    while True: x += x\nexcept MemoryError:\n    x = None\n    print('full')\n"
    assert command(tmp_path, source, "--memory", "256")[:2] == (0, "full\n")


def test_programs_that_write_programs_do_not_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One machine puts a bounded amount into the cache of code; when that is large, its older half goes."""
    monkeypatch.setattr("axisos.machine.codecache._MACHINE_LIMIT", 20_000)
    monkeypatch.setattr("axisos.machine.codecache._DIRECTORY_LIMIT", 30_000)
    code = compile("x = 1", "x.py", "exec")

    def size() -> int:
        return sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())

    for round_ in range(4):
        cache = CodeCache(str(tmp_path / "cache"))
        for number in range(500):
            cache.put("program", f"{round_} {number}".encode(), "/tmp/x.py", code)
        assert 0 < size() <= 50_000


def test_library_code_uses_the_programs_streams(tmp_path: Path) -> None:
    """redirect_stdout, argparse and logging work, and reach nothing of the host's sys."""
    result = attack(tmp_path, """
import argparse, contextlib, io, logging, sys
held = io.StringIO()
with contextlib.redirect_stdout(held):
    print("caught")
print(held.getvalue().strip(), sys.version_info[0])
parser = argparse.ArgumentParser(prog="x")
parser.add_argument("--n", type=int, default=3)
print(parser.parse_args(["--n", "5"]).n)
try: parser.parse_args(["--bad"])
except SystemExit as leaving: print(leaving.code)
logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stdout)
logging.getLogger("a").info("hi %d", 3)
logging.Formatter("{message.__class__}", style="{") if False else None
sys.implementation.name = "mine"
""")
    assert result.stdout == b"caught 3\n5\n2\nINFO hi 3\n", result.stderr
    assert b"unrecognized arguments: --bad" in result.stderr
    assert sys.implementation.name == "cpython"
