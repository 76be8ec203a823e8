"""`axisos driver new` writes drivers that work, and tests that pass; nothing is overwritten."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from axisos.cli import parse
from axisos.driver_template import KINDS, CannotWrite, write


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_works(kind: str, tmp_path: Path) -> None:
    """Its own test passes, as the user would run it, and fails once the driver is broken."""
    assert run_command(tmp_path, "new", "lunch_box", "--type", kind) == (0, "lunch_box.sys.py\ntest_lunch_box.py\n", "")
    assert "LunchBox" in (tmp_path / "lunch_box.sys.py").read_text()
    assert own_test(tmp_path) == 0
    source = (tmp_path / "lunch_box.sys.py").read_text()
    (tmp_path / "lunch_box.sys.py").write_text(source.replace("def on_read(self, device, irp):\n", "def on_read(self, device, irp):\n        return b'x'\n"))  # fmt: skip  # noqa: E501  (one replacement)
    assert own_test(tmp_path) == 1


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """Not even half of it; a bad name and a missing directory are one line each."""
    (tmp_path / "test_box.py").write_text("mine")
    status, out, err = run_command(tmp_path, "new", "box")
    assert (status, out) == (1, "") and err.endswith("test_box.py exists already; nothing was written\n")
    assert (tmp_path / "test_box.py").read_text() == "mine" and not (tmp_path / "box.sys.py").exists()
    for name in ("2box", "a-b", "", "a/b", "_x", "größe", "dk", "UMD", "class", "none"):
        with pytest.raises(CannotWrite, match="no name for a driver"):
            write(name, "kmd", str(tmp_path))
    with pytest.raises(CannotWrite, match="No such file or directory"):
        write("box", "kmd", str(tmp_path / "nowhere"))


def test_bad_usage_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2."""
    for words in (["driver"], ["driver", "new"], ["driver", "new", "x", "--type", "exe"]):
        with pytest.raises(SystemExit) as ended:
            parse(words)
        assert ended.value.code == 2
        assert capsys.readouterr().err.count("\n") == 1


def run_command(directory: Path, *words: str) -> tuple[int, str, str]:
    """`axisos driver ...` in a directory: exit code, output, errors."""
    program = "import sys; from axisos.supervisor import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, "driver", *words], cwd=directory, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def own_test(directory: Path) -> int:
    """The exit code of the driver's own test."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", "."]
    return subprocess.run([*command, "test_lunch_box.py"], cwd=directory, capture_output=True, check=False).returncode
