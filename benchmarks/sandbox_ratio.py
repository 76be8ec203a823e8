"""How much slower a program runs in ring 3 than in plain Python: both in this process, in turns, the best of several.

Processor time is compared, not wall time: on a busy machine wall time shows the neighbours.

Usage:  python benchmarks/sandbox_ratio.py [--rounds N] [--json] [PROGRAM ...]
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import io
import json
import math
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "src" / "axisos" / "rootfs"))

from executive.preempt import instrument  # noqa: E402  (the path must be set first)
from executive.sandbox import Sandbox  # noqa: E402


class FakeHost:
    """The least a sandbox needs: output goes to a buffer, checkpoints are only counted."""

    simulated = False
    component = None
    computer = None

    def __init__(self) -> None:
        self.output = bytearray()

    def syscall(self, name: str, *arguments: Any) -> Any:
        if name != "vfs_write":
            raise NotImplementedError(name)
        self.output += arguments[1]
        return len(arguments[1])

    def checkpoint(self) -> None:
        raise AssertionError("nobody raises the flag in this benchmark")

    def find_source(self, paths: list[str]) -> tuple[str, bytes] | None:
        return None

    def compile(self, source: bytes | str, path: str, kind: str) -> Any:
        return instrument(source, path, kind)

    def shared_module(self, name: str) -> ModuleType:
        return importlib.import_module(name)

    host_module = shared_module

    def thread_start(self, func: Any) -> int:
        raise NotImplementedError

    def id_counter(self) -> int:
        return 0


def plain_main(source: bytes, path: Path) -> Any:
    space: dict[str, Any] = {"__name__": "plain"}
    exec(compile(source, str(path), "exec"), space)
    return space["main"]


def guest_main(source: bytes, path: Path, host: FakeHost) -> Any:
    sandbox = Sandbox(host, 3, "/" + path.name, {})
    sandbox.main.__name__ = "guest"
    sandbox.run_main(host.compile(source, "/" + path.name, "program"))
    return vars(sandbox.main)["main"]


def timed(function: Any, repeat: int) -> float:
    start = time.thread_time()
    for _ in range(repeat):
        function()
    return time.thread_time() - start


def measure(path: Path, rounds: int) -> dict[str, Any]:
    """Best plain and guest time of one program, in seconds a run."""
    source = path.read_bytes()
    host = FakeHost()
    plain, guest = plain_main(source, path), guest_main(source, path, host)
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        plain()
        guest()
        if shown.getvalue().encode() != bytes(host.output):
            raise SystemExit(f"{path.stem}: {shown.getvalue()!r} in plain Python, {bytes(host.output)!r} in ring 3")
        repeat = max(1, round(0.004 / timed(plain, 1)))
        best_plain = best_guest = math.inf
        gc.collect()
        gc.disable()
        for _ in range(rounds):
            best_plain = min(best_plain, timed(plain, repeat))
            best_guest = min(best_guest, timed(guest, repeat))
        gc.enable()
    return {"program": path.stem, "plain_s": best_plain / repeat, "ring3_s": best_guest / repeat,
            "ratio": best_guest / best_plain}


def geometric_mean(values: list[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", nargs="*")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    paths = sorted((HERE.parent / "src" / "axisos" / "bench" / "programs").glob("*.py"))
    rows = [measure(path, options.rounds) for path in paths if not options.programs or path.stem in options.programs]
    mean = geometric_mean([row["ratio"] for row in rows])
    if options.json:
        print(json.dumps({"rows": rows, "geometric_mean": mean}, indent=1))
        return
    for row in rows:
        print(f"{row['program']:<16}{row['plain_s'] * 1e3:9.2f} ms{row['ring3_s'] * 1e3:9.2f} ms{row['ratio']:8.3f}")
    print(f"{'geometric mean':<38}{mean:8.3f}")


if __name__ == "__main__":
    main()
