"""Each guard of the system is held by a test: weaken it, and one fails.

The source is copied, one guard of the copy is weakened (see mutants.py), and the tests that the row names run against
the copy. All of them passing means that the guard could be lost without anybody noticing. `make test` looks whether all
rows still fit their files and tries every fourth; AXISOS_LONG=1 tries all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .mutants import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
LONG = os.environ.get("AXISOS_LONG") == "1"
QUICK_STEP = 4  # a second each
LIMIT_S = 120  # a test that does not end has failed as well


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's source and tests, in a folder of their own."""
    folder = tmp_path_factory.mktemp("mutants")
    ignored = shutil.ignore_patterns("__pycache__", "mutation", "*.egg-info")
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def run_tests(folder: Path, tests: str) -> subprocess.CompletedProcess[str]:
    """Run tests of the copy, until one fails."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONHASHSEED": "0", "AXISOS_LONG": "0",
                   "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:xdist", "--no-header", "--tb=line",
         *(f"tests/{test}" for test in tests.split())],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=LIMIT_S, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name.replace(" ", "_") for mutant in MUTANTS])
def test_a_weakened_guard_is_noticed(copy: Path, mutant: Mutant) -> None:
    """One of the tests that the row names fails, and it is a test that fails, not the loading of the file."""
    file = copy / "src/axisos/rootfs" / mutant.file
    source = file.read_text()
    assert source.count(mutant.text) == 1, f"{mutant.file} does not have the text once: {mutant.text!r}"
    assert mutant.text != mutant.instead
    if mutant not in MUTANTS[:: 1 if LONG else QUICK_STEP]:
        pytest.skip("AXISOS_LONG=1 tries it")
    file.write_text(source.replace(mutant.text, mutant.instead))
    try:
        done = run_tests(copy, mutant.tests)
    except subprocess.TimeoutExpired:
        return
    finally:
        file.write_text(source)
    assert done.returncode == 1, f"exit code {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-500:]}"


def test_the_names_of_mutants_are_their_own() -> None:
    """Forty at least, and no two alike."""
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 40
