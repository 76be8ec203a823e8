"""`axisos trace --summary`: what stands in a file that `axisos trace` has written, in one page of text.

The file is read line by line, as it was written, and nothing of it is kept but sums and the longest waits.

Called by   the command line.
"""

from __future__ import annotations

import heapq
import json
import os
import sys

from axisos.tracing.timeline import SYSTEM_RING
from axisos.tracing.viewer_file import BEGINNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    Event = dict[str, Any]

FAILED_EXIT, UNREADABLE_EXIT = 1, 2
READER_GONE_EXIT = 141  # 128 + SIGPIPE
FOR_WORK = "wait: message"  # the same without its call: a service or driver sleeps until somebody wants something
ROWS = 12  # of a table
IDLE = frozenset({"signal_pull", "process_sleep", "process_wait"})  # what those call who wait for work
DAMAGE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)  # what it leads to


class NotATrace(ValueError):
    """The file is none of ours. One line."""


class Calls:
    """What is known of one system call, or of one kind of request."""

    def __init__(self) -> None:
        self.times: list[float] = []  # microseconds
        self.failed = 0

    def add(self, time: float, failed: bool) -> None:
        self.times.append(time)
        self.failed += failed


class Summary:
    """The sums of one file."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}
        self.first = float("inf")
        self.last = 0.0
        self.processor: dict[int, float] = {}  # pid -> microseconds
        self.turns: dict[int, int] = {}
        self.calls: dict[str, dict[int, Calls]] = {}  # name -> by process
        self.requests: dict[str, Calls] = {}
        self.waits: list[tuple[float, float, int, str, str]] = []  # how long, when, thread, what for, in what call
        self.wait_pids: dict[int, int] = {}
        self._begun: dict[str, Event] = {}
        self._inside: dict[int, tuple[float, str]] = {}  # thread -> end and name of its last call

    def add(self, event: Event) -> None:
        """One event, in the order of the file."""
        phase = event["ph"]
        if phase == "M":
            return
        at = event["ts"]
        self.first = min(self.first, at)
        self.last = max(self.last, at + event.get("dur", 0))
        category = event["cat"]
        if phase == "X":
            if category == "call":
                self._call(event)
            elif category == "processor":
                pid = event["args"]["pid"]
                self.processor[pid] = self.processor.get(pid, 0) + event["dur"]
                self.turns[pid] = self.turns.get(pid, 0) + 1
            elif category == "wait":
                self._wait(event)
        elif category == "irp":
            if phase == "b":
                self._begun[event["id"]] = event
            elif phase == "e":
                begin = self._begun.pop(event["id"])
                args = begin["args"]
                failed = "status" in args or "cut_off" in args
                self.requests.setdefault(event["name"], Calls()).add(at - begin["ts"], failed)

    def _call(self, event: Event) -> None:
        args = event.get("args", {})
        of_all = self.calls.setdefault(event["name"], {})
        of_all.setdefault(event["pid"], Calls()).add(event["dur"], bool(args))
        self._inside[event["tid"]] = event["ts"] + event["dur"], event["name"]

    def _wait(self, event: Event) -> None:
        tid, at = event["tid"], event["ts"]
        end, call = self._inside.get(tid, (0.0, ""))
        self.wait_pids[tid] = event["pid"]
        name, call = event["name"], call if at < end else ""
        wait = event["dur"], at, tid, name, call
        if not ((call in IDLE or name == FOR_WORK) and self.is_system(event["pid"])):
            (heapq.heappush if len(self.waits) < ROWS else heapq.heappushpop)(self.waits, wait)

    def is_system(self, pid: int) -> bool:
        """Whether it is a service or a driver, or the init that only waits for the program."""
        process = self.process(pid)
        program = self.process(self.facts.get("program", 0))
        return bool(process.get("ring", 0) <= SYSTEM_RING or program.get("parent") == pid)

    def process(self, pid: int) -> dict[str, Any]:
        """What is known of a process."""
        found: dict[str, Any] = self.facts.get("processes", {}).get(str(pid), {})
        return found

    # --- out ---------------------------------------------------------------------------------------------------

    def lines(self, path: str) -> Iterable[str]:
        """The page."""
        facts = self.facts
        what = facts.get("line") or " ".join(facts.get("argv") or ["?"])
        seed = "" if facts.get("seed") is None else f", seed {facts['seed']}"
        length = max(0.0, self.last - self.first)
        yield f"{path}: {what}{seed}, exit code {facts.get('exit_code')}"
        yield f"{duration(length)} of machine time, {facts.get('events', 0):,} events"
        if facts.get("lost"):
            yield f"not complete: {facts['lost']:,} records were over the limit"
        if not facts.get("complete", True) or facts.get("stopped") or facts.get("failure"):
            yield "not complete: the trace was cut off"
        yield from self._processes(length)
        yield from self._system_calls()
        yield from self._device_requests()
        yield from self._longest_waits()

    def _processes(self, length: float) -> Iterable[str]:
        ranked = sorted(self.processor.items(), key=lambda item: (-item[1], item[0]))
        rows = []
        for pid, used in ranked[:ROWS]:
            image = self.process(pid).get("image", "?")
            rows.append((f"{pid} {image}", duration(used), share(used, length), f"{self.turns[pid]:,}"))
        yield from table(("Process", "processor", "share", "turns"), rows)

    def _system_calls(self) -> Iterable[str]:
        merged = []
        for name, by_process in self.calls.items():
            for of_system in (False, True):
                kept = [calls for pid, calls in by_process.items() if self.is_system(pid) is of_system]
                times = [time for calls in kept for time in calls.times]
                if times and not (name in IDLE and of_system):
                    merged.append((sum(times), name, of_system, times, sum(calls.failed for calls in kept)))
        merged.sort(key=lambda item: (item[2], -item[0], item[1]))
        for of_system, title in ((False, "System call, of programs"), (True, "System call, of services and drivers")):
            rows = [
                (name, f"{len(times):,}", *map(duration, (total, total / len(times), max(times))), f"{failed:,}")
                for total, name, system, times, failed in merged
                if system is of_system
            ]
            yield from table((title, "count", "total", "mean", "longest", "failed"), rows[:ROWS])

    def _device_requests(self) -> Iterable[str]:
        rows = []
        for name, calls in sorted(self.requests.items(), key=lambda item: (-sum(item[1].times), item[0])):
            times = sorted(calls.times)
            spread = [duration(at_percent(times, percent)) for percent in (50, 95, 99, 100)]
            rows.append((name, f"{len(times):,}", *spread, f"{calls.failed:,}"))
        yield from table(("Request to a device", "count", "median", "95 %", "99 %", "longest", "failed"), rows[:ROWS])

    def _longest_waits(self) -> Iterable[str]:
        rows = []
        for time, at, tid, name, call in sorted(self.waits, key=lambda wait: (-wait[0], wait[1], wait[2])):
            image = self.process(self.wait_pids[tid]).get("image", "?")
            inside = f" in {call}" if call else ""
            rows.append((f"{tid} {image}: {name.removeprefix('wait: ')}{inside}", duration(time), duration(at)))
        yield from table(("Longest wait", "time", "from"), rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """A table as text, an empty line before it; nothing without rows."""
    if not rows:
        return
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    yield ""
    for row in (head, *rows):
        cells = [f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join([f"{row[0]:<{widths[0]}}", *cells])


def duration(microseconds: float) -> str:
    """A time with a unit of fitting size."""
    for scale, unit in ((1e6, "s"), (1e3, "ms")):
        if microseconds >= scale:
            return f"{microseconds / scale:.2f} {unit}"
    return f"{microseconds:.2f} µs"


def share(part: float, whole: float) -> str:
    """A part in percent."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def at_percent(times: Sequence[float], percent: int) -> float:
    """The time (of sorted ones) that so many percent do not exceed."""
    return times[max(0, -(-len(times) * percent // 100) - 1)]


def read(path: str) -> Summary:
    """Sum a file up. Raises: OSError; NotATrace."""
    summary = Summary()
    with open(path, encoding="utf-8") as file:
        try:
            if file.readline(len(BEGINNING) + 1).rstrip("\n") != BEGINNING:
                raise NotATrace("it is not a file that `axisos trace` has written")
            summary.facts = _facts_of(path)
            for line in file:
                if line.startswith('{"ph"'):
                    summary.add(json.loads(line.rstrip("\n").rstrip(",")))
        except DAMAGE as error:
            raise _damaged(error) from None
    return summary


def _damaged(error: Exception) -> NotATrace:
    """What is said of a file that makes no sense."""
    if isinstance(error, NotATrace):
        return error
    return NotATrace(f"it is damaged, or not as `axisos trace` writes it ({type(error).__name__})")


def _page(path: str) -> str:
    """The page about a file. Raises: OSError; NotATrace."""
    summary = read(path)
    try:
        return "\n".join(summary.lines(path)) + "\n"
    except DAMAGE as error:
        raise _damaged(error) from None


def _facts_of(path: str) -> dict[str, Any]:
    """What the last line says of the trace as a whole."""
    with open(path, "rb") as file:
        last = b""
        for line in file:
            last = line
    if not last.startswith(b"],"):
        raise NotATrace("its end is missing")
    facts: dict[str, Any] = json.loads(b"{" + last[2:])["otherData"]
    return facts


def summarise(path: str) -> int:
    """Print the page.

    Returns: the exit code: 0; 2 for a file that is none of ours or cannot be read; 1 if the page cannot be written, 141
             if nobody reads it any more.
    """
    try:
        page = _page(path)
    except (OSError, NotATrace) as error:
        said = error.strerror if isinstance(error, OSError) else error
        print(f"axisos: {path}: {said}", file=sys.stderr)
        return UNREADABLE_EXIT
    code = 0
    try:
        sys.stdout.write(page)
        sys.stdout.flush()
    except BrokenPipeError:
        code = READER_GONE_EXIT
    except OSError as error:
        print(f"axisos: the summary cannot be written: {error.strerror}", file=sys.stderr)
        code = FAILED_EXIT
    if code:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer has nowhere to go either
    return code
