"""The file that a trace viewer reads: events in Chrome's trace event format, as Perfetto and chrome://tracing know it.

    {"traceEvents":[
    {"ph":"M","pid":21,"tid":21,"name":"process_name","args":{"name":"21 /tmp/a.py"}},
    {"ph":"X","pid":21,"tid":21,"ts":12.000,"dur":9.000,"name":"vfs_open","cat":"call"},
    ...
    ],"displayTimeUnit":"ns","otherData":{...}}

One event a line, ordered by time; of two slices that begin together the longer one comes first, so that slices nest.
Events come in here in any order: they are sorted in runs, which wait on the host's disk and are merged at the end.

Called by   `timeline`.
Owns        the runs.
Always so   of flows and of things that begin and end on their own, all parts are written or none. Whatever happens,
            what has been written is closed to a valid file.
"""

from __future__ import annotations

import heapq
import json
from tempfile import TemporaryFile

from axisos.tracing.chunks import read_chunk, write_chunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import IO, Any

    Event = tuple[int, int, int, str]  # when, rank among those of that moment, number, text
    Point = tuple[int, int, int]  # when, pid, tid

BEGINNING = '{"traceEvents":['  # the first line
RUN_EVENTS = 100_000  # sorted in memory at a time
BLOCK_EVENTS = 1_000  # of a run, read from the disk at a time
MAX_NAMES = 10_000  # whose JSON is remembered
LEVELS = {"work": 0, "call": 1, "wait": 2}  # of slices that begin and end together: which are in which
SLICE_RANKS = 4  # a slice has its negative length times this, plus its level
FIRST, COUNTER, MARK, LAST = -(1 << 70), 4, 5, 6  # the ranks of other events


class ViewerFile:
    """One file in the making.

    Args: file: for text. stopped: asked now and then whether to leave the rest away.
    """

    def __init__(self, file: IO[str], stopped: Callable[[], bool] = lambda: False) -> None:
        self.from_ns: int | None = None  # what happened before is left away; None: all so far
        self.events = 0
        self._last_id = 0
        self._file = file
        self._stopped = stopped
        self._run: list[Event] = []
        self._runs: list[IO[bytes]] = []
        self._names: dict[str, str] = {}
        self._heads: list[str] = []

    # --- events ------------------------------------------------------------------------------------------------

    def slice(self, pid: int, tid: int, start: int, end: int, name: str, category: str, args: str = "") -> None:
        """Something that a thread did, from *start* to *end* (nanoseconds); *args* is JSON, an object's inside."""
        from_ns = self.from_ns
        if from_ns is None or end < from_ns:
            return
        if start < from_ns:
            start = from_ns
        text = self._text("X", pid, tid, start, name, category, args)
        length = end - start
        rank = LEVELS.get(category, 0) - length * SLICE_RANKS
        self._add(start, rank, f'{text},"dur":{length // 1000}.{length % 1000:03d}}}')

    def instant(self, pid: int, tid: int, at: int, name: str, category: str, args: str = "") -> None:
        """Something that happened to a thread."""
        if self.from_ns is not None and at >= self.from_ns:
            self._add(at, MARK, self._text("i", pid, tid, at, name, category, args) + ',"s":"t"}')

    def counter(self, pid: int, at: int, name: str, what: str, value: int) -> None:
        """A figure, from now on: how many of *name* are *what*, as viewers put it together."""
        if self.from_ns is not None and at >= self.from_ns:
            self._add(at, COUNTER, self._text("C", pid, pid, at, name, "count", f'"{what}":{value}') + "}")

    def span(
        self, pid: int, start: int, end: int, name: str, category: str, steps: Sequence[tuple[int, str]] = (),
        args: str = "",
    ) -> None:
        """Something with a life of its own, and what happened to it."""
        from_ns = self.from_ns
        if from_ns is None or end < from_ns:
            return
        mark = f',"id":{self._next_id()}}}'
        begun = max(start, from_ns)
        self._add(begun, FIRST, self._text("b", pid, pid, begun, name, category, args) + mark)
        for at, what in steps:
            if at >= from_ns:
                self._add(at, MARK, self._text("n", pid, pid, at, name, category, f'"step":{self.json(what)}') + mark)
        self._add(end, LAST, self._text("e", pid, pid, end, name, category, "") + mark)

    def flow(self, points: Sequence[Point], name: str, category: str, args: str = "") -> None:
        """Arrows from each of the points to the next; *args* goes with the last one."""
        if self.from_ns is None or len(points) < 2 or points[0][0] < self.from_ns:
            return
        last, number = len(points) - 1, self._next_id()
        for index, (at, pid, tid) in enumerate(points):
            phase = "f" if index == last else "t" if index else "s"
            text = self._text(phase, pid, tid, at, name, category, args if index == last else "")
            binding = ',"bp":"e"' if phase == "f" else ""
            self._add(at, MARK, f'{text},"id":{number}{binding}}}')

    def _next_id(self) -> int:
        """A number by which a viewer knows the parts of one thing: some take nothing but numbers for it."""
        self._last_id += 1
        return self._last_id

    def head(self, pid: int, tid: int, kind: str, value: str | int) -> None:
        """What a process or thread is called (`process_name`, `thread_name`), or its place (`process_sort_index`)."""
        key = "name" if isinstance(value, str) else "sort_index"
        given = self.json(value) if isinstance(value, str) else value
        self._heads.append(f'{{"ph":"M","pid":{pid},"tid":{tid},"name":"{kind}","args":{{"{key}":{given}}}}}')

    def json(self, text: str) -> str:
        """A string as JSON."""
        known = self._names.get(text)
        if known is None:
            if len(self._names) >= MAX_NAMES:
                self._names.clear()
            known = self._names[text] = json.dumps(text)
        return known

    def _text(self, phase: str, pid: int, tid: int, at: int, name: str, category: str, args: str) -> str:
        """An event without its end."""
        inside = f',"args":{{{args}}}' if args else ""
        return (
            f'{{"ph":"{phase}","pid":{pid},"tid":{tid},"ts":{at // 1000}.{at % 1000:03d},"name":{self.json(name)},'
            f'"cat":"{category}"{inside}'
        )

    def _add(self, at: int, rank: int, text: str) -> None:
        self.events += 1
        self._run.append((at, rank, self.events, text))
        if len(self._run) >= RUN_EVENTS:
            self._put_away()

    # --- the file ----------------------------------------------------------------------------------------------

    def _put_away(self) -> None:
        self._run.sort()
        file = TemporaryFile()  # noqa: SIM115  # closed when it has been read
        for at in range(0, len(self._run), BLOCK_EVENTS):
            write_chunk(file, self._run[at : at + BLOCK_EVENTS])
        file.seek(0)
        self._runs.append(file)
        self._run = []

    def finish(self, facts: dict[str, Any]) -> bool:
        """Write all of it. *facts* about the trace as a whole go to its end.

        Returns: whether it is all there, and nobody has said to leave the rest away.
        Raises:  OSError.
        """
        self._run.sort()
        events: Iterable[Event] = heapq.merge(*map(_read, self._runs), self._run) if self._runs else self._run
        separator = "\n"
        write = self._file.write
        write(BEGINNING)
        for head in self._heads:
            write(separator + head)
            separator = ",\n"
        for _at, _rank, number, text in events:
            if not number & 1023 and self._stopped():
                break
            write(separator + text)
            separator = ",\n"
        stopped = self._stopped()
        if stopped:
            facts = {**facts, "stopped": True}
        write(f'\n],"displayTimeUnit":"ns","otherData":{json.dumps(facts)}}}\n')
        for file in self._runs:
            file.close()
        return not stopped


def _read(file: IO[bytes]) -> Iterator[Event]:
    while (block := read_chunk(file)) is not None:
        yield from block
