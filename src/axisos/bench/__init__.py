"""`axisos bench`: what the parts of the system cost, in named groups, each figure beside a reference of the same run.

The figures are information: whatever they are, the exit code is 0. Budgets are those that the project has set itself;
most are counted in G, the round trip between two greenlets, so that they mean the same on any computer.

Called by   the command line.
Always so   a group measures in machines of its own, so that no group's figures depend on which were measured before;
            one that cannot measure says why and keeps the others from nothing.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from axisos.bench.lab import Session
    from axisos.bench.rows import Row

GROUPS = (
    "boot", "syscall", "forward", "vfs", "irp", "switch", "ipc", "explore", "spawn", "memory", "console", "sandbox",
    "checkpoint", "fairness", "kill", "trace",
)
UNKNOWN_GROUP_EXIT = 2
OWN_LOAD = 1.5  # load average that the bench causes by itself, at most; above it others are at work
HEADINGS = ("measured", "reference", "", "ratio", "budget")
WIDTHS = (44, 15, 26, 10, 10)  # of the columns: name, measured, reference's name and figure, ratio


def run_groups(groups: Sequence[str], as_json: bool, share: float = 1.0) -> int:
    """Measure and print.

    Args:    groups: which, in this order; none means all. as_json: one object at the end instead of a table that
             grows. share: of the repetitions, for a quick look.
    Returns: the exit code: 0; 1 if a group could not be measured; 2 for the name of a group that does not exist.
    """
    wanted = list(dict.fromkeys(groups)) or list(GROUPS)
    unknown = [name for name in wanted if name not in GROUPS]
    if unknown:
        print(f"axisos bench: no group {unknown[0]!r}; the groups are {', '.join(GROUPS)}", file=sys.stderr)
        return UNKNOWN_GROUP_EXIT

    from axisos.bench.lab import Session

    session = Session(share)
    report: dict[str, Any] = {"system": _system(), "references": {}, "groups": {}, "failed": {}}
    if not as_json:
        print(_head(report["system"], session), flush=True)
    for name in wanted:
        try:
            rows = measure(name, session)
        except Exception as error:  # whatever part of the system fails: the others can still be measured
            words = str(error) or type(error).__name__
            report["failed"][name] = words
            if not as_json:
                print(f"\n{name}\n  not measured: {words}", flush=True)
            continue
        report["groups"][name] = rows
        if not as_json:
            print(_table(name, rows), flush=True)
    if as_json:
        import json

        report["references"] = _references(session)
        report["system"]["load_after"] = os.getloadavg()[0]
        report["groups"] = {name: [row.as_dict() for row in rows] for name, rows in report["groups"].items()}
        print(json.dumps(report, indent=1))
    elif max(report["system"]["load"], os.getloadavg()[0]) > OWN_LOAD:
        print(
            f"\nOthers use the processors, too (load {report['system']['load']:.1f} before, "
            f"{os.getloadavg()[0]:.1f} after): the figures may be too high."
        )
    return 1 if report["failed"] else 0


def measure(group: str, session: Session) -> list[Row]:
    """The rows of one group; the references are measured again just before and just after."""
    from importlib import import_module

    module: Any = import_module(f"axisos.bench.{group}")
    session.references.measure()
    rows: list[Row] = module.measure(session)
    session.references.measure()
    return rows


def _system() -> dict[str, Any]:
    import platform

    import greenlet

    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "greenlet": greenlet.__version__,
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0],
    }


def _references(session: Session) -> dict[str, float]:
    references = session.references
    return {each.name: each.value for each in (references.round_trip, references.call, references.loop)}


def _head(system: dict[str, Any], session: Session) -> str:
    from axisos.bench.rows import figure

    references = session.references
    costs = [figure(each.value, each.unit) for each in (references.round_trip, references.call, references.loop)]
    return (
        f"AxisOS bench: {system['implementation']} {system['python']}, greenlet {system['greenlet']}, "
        f"{system['processors']} processors ({system['machine']})\n"
        f"G, a greenlet round trip: {costs[0]}   a plain call: {costs[1]}   a plain loop's turn: {costs[2]}"
    )


def _table(group: str, rows: Sequence[Row]) -> str:
    """One group as text: a line of headings, a line a row."""
    lines = ["", _line(group, *HEADINGS)]
    lines += [_line(f"  {name}", *rest) for name, *rest in (row.columns() for row in rows)]
    return "\n".join(lines)


def _line(name: str, measured: str, reference: str, value: str, ratio: str, budget: str) -> str:
    width = WIDTHS
    text = f"{name:<{width[0]}}{measured:>{width[1]}}   {reference:<{width[2]}}{value:>{width[3]}}{ratio:>{width[4]}}"
    return f"{text}   {budget}".rstrip()
