"""Ordinary programs, that nobody has adapted, print at ring 3 what they print under plain CPython.

The programs stand in the folders beside this file. Each runs twice: by the host's Python, and as a process of its own
in a seeded machine; one machine runs a whole folder. A program that wants arguments or input is named in `WITH`.
"""

from __future__ import annotations

import difflib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from axisos import host
from axisos.machine.machine import Machine

HERE = Path(__file__).parent
THEMES = sorted({path.parent.name for path in HERE.glob("*/*.py")} - {"differs"})
PROSE = "It was the best of times;\nit was the worst of times.\nWhat times!\n"
# program -> (arguments, standard input)
WITH: dict[str, tuple[tuple[str, ...], str]] = {
    "files/environment_and_args": (("one", "two words", "-x"), "Ann\nnext line\nand the\nrest"),
    "library/argparse_tool": (("add", "2", "3.25", "--round", "1"), ""),
    "selftest/text_adventure": ((), "go north\ntake key\ntake sword\nfly\ngo south\ngo east\nbag\n\ngo gate\nlook\n"),
    "text/calculator": (
        (), "1 + 2 * 3\nx = 2 ^ 3 ^ 2\nx / 4\nhyp(3, 4) - -1\n_ % 4\n1 /\n1 / 0\n$\nnope(1)\n(1\npi * 2\n",
    ),
    "text/grep": (("-n", "-C", "1", "best|worst"), "a\nb\n" + PROSE + "c\nd\n"),
    "text/pretty_json": ((), '{"a": [1, 2.5, {"b": null}], "é": "x", "t": true, "e": {}}'),
    "text/word_count": (("-l", "-w"), PROSE),
}
# Programs of `differs/`: what they say at ring 3, and why that is not what CPython says.
DIFFERS: dict[str, tuple[bytes, bytes]] = {
    "archives": (b"", b"No module named 'zipfile'"),  # unfolding an archive takes as long as it likes in C
    "bound_self": (b"", b"[dunder-attribute]"),  # behind `__self__` of a bound function may be the kernel
    "finalizer": (b"", b"[dunder-definition]"),  # it would run while another process does
    "frames": (b"", b"[frame-attribute]"),  # a frame leads to all variables of whoever called
    "locals_as_namespace": (b"", b"has no attribute 'x'"),  # `locals()` is a copy, as Python allows
    "names_of_dates_in_messages": (b"'date' and 'int'", b""),  # `date` is the process's own, derived from C's
    "original_bases": (b"", b"[dunder-attribute]"),
    "pickling": (b"", b"No module named 'pickle'"),  # a pickle calls whatever it names
    "precision_of_decimals": (b"", b"valid range for prec is"),  # C looks for no signals while it computes
    "text_of_exception_groups": (b"TypeError: two", b""),  # the drawing of the groups is simpler
    "special_method_set_later": (b"", b"[dunder-store]"),  # classes are looked at when they are made
    "weak_references": (b"", b"No module named 'weakref'"),  # their callbacks would run while another process does
}

# Runs each program of the list as a process with a directory of its own and tells how it went.
DRIVER = """
import json, os, subprocess, sys
for name, args, given in json.load(open("/tmp/programs.json")):
    os.mkdir("/tmp/" + name)
    done = subprocess.run(["/tmp/programs/" + name + ".py", *args], cwd="/tmp/" + name, input=given.encode(),
                          capture_output=True)
    print(json.dumps([name, done.returncode, done.stdout.decode("latin-1"), done.stderr.decode("latin-1")]))
"""


def programs_of(theme: str) -> list[Path]:
    return sorted((HERE / theme).glob("*.py"))


def by_the_host(path: Path, directory: Path) -> tuple[int, bytes, bytes]:
    """Exit code, standard output and standard error of the program under plain CPython."""
    args, given = WITH.get(f"{path.parent.name}/{path.stem}", ((), ""))
    place = directory / path.stem
    place.mkdir()
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment.update(PYTHONHASHSEED="0", TZ="UTC", PYTHONUTF8="1", NO_COLOR="1", COLUMNS="80")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(path), *args], cwd=place, input=given.encode(), capture_output=True,
        env=environment, check=False,
    )
    return done.returncode, done.stdout, done.stderr


def in_a_machine(theme: str, directory: Path) -> dict[str, tuple[int, bytes, bytes]]:
    """The same of all programs of a folder, each a process at ring 3 of one machine."""
    names = [path.stem for path in programs_of(theme)]
    driver = directory / "driver.py"
    driver.write_text(DRIVER)
    work = directory / "programs.json"
    work.write_text(json.dumps([[name, *WITH.get(f"{theme}/{name}", ((), ""))] for name in names]))
    with Machine(seed=7) as machine:
        result = host.run(
            machine, str(driver), put=[(str(HERE / theme), "/tmp/programs"), (str(work), "/tmp/programs.json")],
            timeout=600,
        )
    assert result.exit_code == 0, result
    lines = [json.loads(line) for line in result.stdout.decode().splitlines()]
    return {name: (code, out.encode("latin-1"), err.encode("latin-1")) for name, code, out, err in lines}


@pytest.mark.parametrize("theme", THEMES)
def test_an_ordinary_program_does_what_it_does_elsewhere(theme: str, tmp_path: Path) -> None:
    """Standard output and exit code are those of plain CPython, for every program of the folder."""
    found = in_a_machine(theme, tmp_path)
    differences = []
    for path in programs_of(theme):
        code, out, err = by_the_host(path, tmp_path)
        guest_code, guest_out, guest_err = found[path.stem]
        if (code, out) != (guest_code, guest_out):
            lines = difflib.unified_diff(
                out.decode("utf-8", "replace").splitlines(), guest_out.decode("utf-8", "replace").splitlines(),
                "CPython", "ring 3", f"exit {code}", f"exit {guest_code}", 0, lineterm="",
            )
            differences.append("\n".join([
                f"== {theme}/{path.name}: exit code {code}, at ring 3 {guest_code}", *lines,
                *(("-- CPython's errors", err.decode()) if err and not guest_err else ()),
                guest_err.decode("utf-8", "replace"),
            ]))
    assert not differences, "\n" + "\n".join(differences)


def test_what_differs_is_known(tmp_path: Path) -> None:
    """The programs that do something else at ring 3 are few, and each says what the table above says."""
    found = in_a_machine("differs", tmp_path)
    assert sorted(found) == sorted(DIFFERS)
    for name, (out, err) in DIFFERS.items():
        assert by_the_host(HERE / "differs" / f"{name}.py", tmp_path)[0] == 0, name
        code, guest_out, guest_err = found[name]
        assert (code == 0, out in guest_out, err in guest_err) == (not err, True, True), (name, found[name])


def test_there_are_many_programs() -> None:
    """The corpus stays worth its name."""
    assert sum(len(programs_of(theme)) for theme in THEMES) >= 120
