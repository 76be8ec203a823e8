"""`axisos trace`: the job runs in a process of its own that spools what happens; then the file is made of it.

The file is made by the parent, when the machine's process has ended, whichever way: by itself, by Ctrl+C, by --timeout,
or by force. So neither the program's limits nor its figures count what the file costs.

Called by   the command line.
Always so   FILE is valid when the command ends. While it is written, one more Ctrl+C or SIGTERM leaves the rest away.
"""

from __future__ import annotations

import signal
import sys

from axisos.tracing.spool import Spool, spool_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from typing import Any

    from axisos.machine.trace import TraceBuffer

FAILED_EXIT, USAGE_EXIT = 1, 2


def trace_job(options: argparse.Namespace, run: Callable[[TraceBuffer], int]) -> int:
    """Have the job done by `run(trace)` and write `options.output`. Returns the command's exit code."""
    try:
        output = open(options.output, "w", encoding="ascii")  # noqa: SIM115  # closed below
    except OSError as error:
        print(f"axisos: {options.output}: {error.strerror}", file=sys.stderr)
        return USAGE_EXIT
    with output, spool_file() as spool:
        try:
            code = run(Spool(spool, options.limit))
            from axisos.tracing.timeline import write_file

            facts = write_file(spool, output, options.start, _facts(options, code), _stopped_by_signal())
            output.flush()
        except OSError as error:
            print(f"axisos: {options.output}: {error.strerror}", file=sys.stderr)
            return FAILED_EXIT
    if not options.quiet:
        for note in _notes(facts, options):
            print(f"axisos: {note}", file=sys.stderr)
    return code


def _facts(options: argparse.Namespace, code: int) -> dict[str, Any]:
    """What the file says of the run as a whole."""
    what = {"line": options.line} if options.line is not None else {"argv": options.target}
    return {"made_by": "axisos trace", **what, "user": options.user, "seed": options.seed, "exit_code": code}


def _stopped_by_signal() -> Callable[[], bool]:
    """From now on Ctrl+C and SIGTERM are remembered, and asked for by what this returns."""
    received: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: received.append(number))
    return lambda: bool(received)


def _notes(facts: dict[str, Any], options: argparse.Namespace) -> list[str]:
    """What a person must know of the file to trust it."""
    notes = []
    if facts["stopped"]:
        return ["the trace is not complete: a signal came while it was written"]
    if facts["failure"]:
        notes.append(f"the trace is not complete: what happened could not be kept ({facts['failure']})")
    if facts["lost"]:
        notes.append(f"the trace is not complete: {facts['lost']} records are over its limit (--limit {options.limit})")
    elif not facts["complete"]:
        notes.append("the trace ends early: the machine's process was killed")
    if not facts["program"] and options.start == "program":
        why = "its limit was reached before the program ran" if facts["lost"] else "the program never ran"
        notes.append(f"the trace is empty: {why} (--from boot shows what came before)")
    return notes
