"""What `axisos verify` prints: the findings by rule, each with its request, its line, and the command that replays it.

Called by   the command.
Owns        nothing.
"""

from __future__ import annotations

import ast
import json
import os
import re
import textwrap
from functools import cache
from shlex import quote

from axisos.machine.disk import packaged_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axisos.verify.campaign import Campaign

    Rule = tuple[str, str, str]

WIDTH = 110
DRIVERS = "/drivers/"
_NUMBER = re.compile(r"[0-9]+")


@cache
def rules() -> dict[str, Rule]:
    """The rules, as the system disk has them: name -> (what was done, why it matters, what to write instead)."""
    with open(os.path.join(packaged_root(), "system", "driver_rules.py"), encoding="utf-8") as file:
        tree = ast.parse(file.read())
    for statement in tree.body:
        if isinstance(statement, ast.AnnAssign) and getattr(statement.target, "id", "") == "RULES":
            assert statement.value is not None
            found: dict[str, Rule] = ast.literal_eval(statement.value)
            return found
    raise AssertionError("driver_rules.py has a table RULES")


class Entry:
    """One finding, of all the runs that had it."""

    def __init__(self, finding: dict[str, Any], seed: int, fault: int) -> None:
        self.finding = finding
        self.seed = seed
        self.fault = fault
        self.runs = {(seed, fault)}  # that had it
        self.count = finding["count"]


def entries(campaign: Campaign) -> list[Entry]:
    """The findings, those of the same rule and place as one, which tells the first run that had it; by rule."""
    found: dict[tuple[str, str, str], Entry] = {}
    for result in campaign.results:
        for finding in result.findings:
            what = "" if finding["place"] else _NUMBER.sub("#", finding["detail"])
            key = finding["rule"], finding["place"], what
            entry = found.get(key)
            if entry is None:
                found[key] = Entry(finding, result.seed, result.fault)
            else:
                entry.runs.add((result.seed, result.fault))
                entry.count += finding["count"]
    order = list(rules())
    return sorted(found.values(), key=lambda entry: order.index(entry.finding["rule"]))


def report(campaign: Campaign, driver: str, extra: str, seconds: float, as_json: bool) -> int:
    """Print it. *extra*: the options, beside seed and fault, that a replay needs. Returns the exit code."""
    found = entries(campaign)
    if as_json:
        print(json.dumps(_as_json(campaign, driver, extra, seconds, found), indent=1))
        return _exit_code(campaign, found)
    plain = sum(1 for result in campaign.results if not result.fault)
    failing = len(campaign.results) - plain
    runs = f"{plain} seed{'s' * (plain != 1)}"
    if failing:
        runs += f", {failing} run{'s' * (failing != 1)} in which a call was made to fail"
    print(f"{driver}: {_count(len(found)) if campaign.results else 'nothing is known'} ({runs})")
    if campaign.left:
        print(f"{campaign.stopped}: {campaign.left} runs were not done")
    rule = ""
    for entry in found:
        finding = entry.finding
        if finding["rule"] != rule:
            rule = finding["rule"]
            print(f"\n{rule}: {rules()[rule][0]}")
        place, detail = _on_the_host(finding["place"], driver), _on_the_host(finding["detail"], driver)
        print(_wrapped(f"{place}: {detail}" if place else detail, "  "))
        if finding["request"]:
            print(_wrapped(f"request: {finding['request']}", "    "))
        if finding.get("failed"):
            print(_wrapped(f"after a failure of {_on_the_host(finding['failed'], driver)}", "    "))
        if entry.count > 1:
            print(f"    {entry.count} times in {len(entry.runs)} run{'s' * (len(entry.runs) != 1)}")
        print(f"    replay: {replay(driver, extra, entry)}")
        if entry is _last_of(found, rule):
            print(_wrapped(f"instead: {rules()[rule][2]}", "  "))
    return _exit_code(campaign, found)


def _exit_code(campaign: Campaign, found: list[Entry]) -> int:
    """1 when something was found, or no run came to its end: that is not clean."""
    return int(bool(found) or not campaign.results)


def replay(driver: str, extra: str, entry: Entry) -> str:
    """The command that does the run again in which something was found."""
    return f"axisos verify {quote(driver)}{extra} --seed {entry.seed} --fault {entry.fault}"


def show_rules(as_json: bool) -> int:
    """Print the rules. Returns the exit code."""
    if as_json:
        keys = "what", "why", "instead"
        table = [{"rule": name, **dict(zip(keys, rule, strict=True))} for name, rule in rules().items()]
        print(json.dumps(table, indent=1))
        return 0
    for name, (what, why, hint) in rules().items():
        print(name)
        for label, text in (("", what), ("why: ", why), ("instead: ", hint)):
            print(_wrapped(label + text, "    "))
    return 0


def _as_json(campaign: Campaign, driver: str, extra: str, seconds: float, found: list[Entry]) -> dict[str, Any]:
    return {
        "driver": driver,
        "seeds": sum(1 for result in campaign.results if not result.fault),
        "runs": len(campaign.results), "left": campaign.left, "stopped": campaign.stopped,
        "seconds": round(seconds, 2), "sites": campaign.sites,
        "findings": [
            {**entry.finding, "seed": entry.seed, "fault": entry.fault, "runs": len(entry.runs), "count": entry.count,
             "replay": replay(driver, extra, entry)}
            for entry in found
        ],
    }  # fmt: skip


def _count(findings: int) -> str:
    return "clean" if not findings else f"{findings} finding{'s' * (findings != 1)}"


def _last_of(found: list[Entry], rule: str) -> Entry:
    return [entry for entry in found if entry.finding["rule"] == rule][-1]


def _on_the_host(text: str, driver: str) -> str:
    """Places in the driver's own files as they are called on the host, where an editor finds them."""
    return text if driver.startswith("guest:") else text.replace(DRIVERS, os.path.join(os.path.dirname(driver), ""))


def _wrapped(text: str, indent: str) -> str:
    return textwrap.fill(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False,
        break_on_hyphens=False,
    )
