"""Files of traces, as a viewer reads them, and what would be wrong with one."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any


class View:
    """The text of such a file; *result* is how the run ended, if it is known."""

    def __init__(self, text: str, result: Any = None) -> None:
        self.text = text
        self.result = result
        self.document = json.loads(text)
        self.facts: dict[str, Any] = self.document["otherData"]
        self.events: list[dict[str, Any]] = self.document["traceEvents"]
        self.program: int = self.facts["program"]

    def of(self, phase: str, category: str, name: str = "") -> list[dict[str, Any]]:
        return [e for e in self.events if e["ph"] == phase and e["cat"] == category and e["name"].startswith(name)]

    def flow(self, event: dict[str, Any]) -> list[dict[str, Any]]:
        """The arrows of which one point is given."""
        return [e for e in self.events if e["ph"] in "stf" and (e["cat"], e["id"]) == (event["cat"], event["id"])]

    def flows_from(self, call: dict[str, Any]) -> list[list[dict[str, Any]]]:
        """The arrows that begin within a slice."""
        return [
            self.flow(e)
            for e in self.events
            if e["ph"] == "s" and e["tid"] == call["tid"] and call["ts"] <= e["ts"] < call["ts"] + call["dur"]
        ]


def faults(view: View) -> list[str]:
    """What a viewer would draw wrongly: time that goes back, slices that cross, arrows and spans that do not close."""
    found = []
    open_slices: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    chains: dict[tuple[str, str], str] = defaultdict(str)
    named = {(e["pid"], e["tid"]) for e in view.events if e["name"] == "thread_name"}
    last = 0
    for event in view.events:
        if event["ph"] == "M":
            continue
        at = round(event["ts"] * 1000)
        if at < last:
            found.append(f"time goes back at {event}")
        last = at
        place = event["pid"], event["tid"]
        if place not in named and event["ph"] not in "Cben":
            found.append(f"a track without a name: {event}")
        stack = open_slices[place]
        while stack and stack[-1][1] <= at:
            stack.pop()
        if event["ph"] == "X":
            end = at + round(event["dur"] * 1000)
            if stack and end > stack[-1][1]:
                found.append(f"crosses what it is in: {event}")
            stack.append((at, end))
        elif event["ph"] in "stf":
            chains[event["cat"], event["id"]] += event["ph"]
            if not stack:
                found.append(f"an arrow that hangs in the air: {event}")
        elif event["ph"] in "ben":
            chains[event["cat"], event["id"]] += event["ph"]
    for what, phases in chains.items():
        first, between, closing = phases[0], set(phases[1:-1]), phases[-1]
        if (first, closing) not in (("s", "f"), ("b", "e")) or between - {"t" if first == "s" else "n"}:
            found.append(f"{what} goes {phases}")
    return found
