"""The examples of the documentation: files that run, with what they print beside them.

    docs/examples/<chapter>/<name>.py        a program; its first line says how to run it
    docs/examples/<chapter>/<name>.console   a scene at the command line: lines that begin with "$ " are commands
    docs/examples/<chapter>/<name>.out       what comes out (a .console file holds its own answers)

A page shows a file by naming it in a comment and having its text in the fenced block that follows:

    <!-- file: examples/01-kernel-architecture/rings.py -->

`python scripts/doc_examples.py` brings these blocks up to date. With `--run` it first runs every example and rewrites
what comes out: look at the difference before you keep it. The tests check both and change nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
EXAMPLES = DOCS / "examples"
GUEST_MARK = "# Run it: axisos run --seed 7 "
HOST_MARK = "# Run it: PYTHONHASHSEED=0 python "
LANGUAGES = {".py": "python", ".out": "text", ".console": "console"}
BLOCK = re.compile(r"(<!-- file: (?P<path>\S+) -->\n+)```\w*\n.*?^```$", re.DOTALL | re.MULTILINE)
SCENE_LIMIT_S = 60


def examples() -> list[Path]:
    """Every example whose output is checked, in order."""
    programs = [path for path in EXAMPLES.rglob("*.py") if path.with_suffix(".out").exists() or is_marked(path)]
    return sorted([*programs, *EXAMPLES.rglob("*.console")])


def is_marked(path: Path) -> bool:
    """Whether a file's first line says how to run it; files without are parts of a scene."""
    return path.read_text().startswith((GUEST_MARK, HOST_MARK))


def expected(path: Path) -> str:
    """What an example should print, as it is kept."""
    return (path if path.suffix == ".console" else path.with_suffix(".out")).read_text()


def actual(path: Path) -> str:
    """What an example prints now."""
    if path.suffix == ".console":
        return play_scene(path)
    if path.read_text().startswith(GUEST_MARK):
        return run_in_a_machine(path)
    return run_on_the_host(path)


def run_in_a_machine(path: Path) -> str:
    """A program of the guest, as `axisos run --seed 7` runs it; this Python must run with PYTHONHASHSEED=0."""
    from axisos import FakeNetwork, Machine, host

    options = path.read_text().partition("\n")[0].removeprefix(GUEST_MARK).split()
    schedule = "fifo" if "--in-order" in options else "random"
    site = path.parent / options[options.index("--fake-net") + 1] if "--fake-net" in options else None
    network = None if site is None else FakeNetwork.from_directory(str(site))
    result = host.run(Machine(seed=host.BOOT_SEED, schedule=schedule, internet=network), str(path), seed=7)
    text = result.stdout.decode() + result.stderr.decode()
    if result.exit_code:
        text += f"exit code {result.exit_code}" + (f": {result.reason}" if result.reason else "") + "\n"
    return text


def run_on_the_host(path: Path) -> str:
    """A program that makes machines of its own."""
    done = subprocess.run(
        [sys.executable, str(path)], env=environment(), capture_output=True, text=True, timeout=SCENE_LIMIT_S,
        check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def play_scene(path: Path) -> str:
    """The commands of a scene one by one in a copy of its folder, each followed by its answer."""
    axisos = f'axisos() {{ "{sys.executable}" -m axisos.supervisor "$@"; }}\n'
    played = ""
    with tempfile.TemporaryDirectory() as directory:
        place = shutil.copytree(path.parent, Path(directory) / "scene")
        for line in path.read_text().splitlines():
            if line.startswith("$ "):
                done = subprocess.run(
                    ["bash", "-c", axisos + line[2:]], cwd=place, env=environment(), stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, timeout=SCENE_LIMIT_S, check=False,
                )  # fmt: skip
                played += f"{line}\n{done.stdout}"
    return played


def environment() -> dict[str, str]:
    """This process's environment, in which `import axisos` finds this tree and hashes are the same in every run."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": "0"}


def pages() -> list[Path]:
    """Every page of the documentation."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]


def shown(page: str) -> list[str]:
    """The files that a page's text shows, by their path below docs/."""
    return [found["path"] for found in BLOCK.finditer(page)]


def refreshed(page: str) -> str:
    """A page's text with every file in it as it is now."""

    def block(found: re.Match[str]) -> str:
        path = DOCS / found["path"]
        return f"{found[1]}```{LANGUAGES[path.suffix]}\n{path.read_text()}```"

    return BLOCK.sub(block, page)


def main(arguments: list[str]) -> int:
    if "--run" in arguments:
        if os.environ.get("PYTHONHASHSEED") != "0":
            os.execve(sys.executable, [sys.executable, *sys.argv], environment())
        for path in examples():
            (path if path.suffix == ".console" else path.with_suffix(".out")).write_text(actual(path))
    for page in pages():
        page.write_text(refreshed(page.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
