"""Each deliberately broken driver is caught for its own reason, at the line of its mistake; good ones are clean.

In tests/drivers/broken a comment `# <- rule` marks the line that the finding must name. A rule without a line of its
own (a load that fails, a machine that stops) stands in `WITHOUT_LINE`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import axisos
from axisos.verify.campaign import Campaign
from axisos.verify.plan import files_of
from axisos.verify.report import Entry, entries, rules
from axisos.verify.run import Job

BROKEN = sorted((Path(__file__).parent.parent / "drivers" / "broken").glob("*.sys.py"))
SHIPPED = sorted((Path(axisos.__path__[0]) / "rootfs" / "drivers").glob("*.sys.py"))
MARK = re.compile(r"# <- (?P<rule>[a-z-]+)")
HARDWARE: dict[str, tuple[str, ...]] = {  # what a component driver needs that machines do not have by themselves
    "blkdev": ("drive:size=64K",), "rbmk": ("reactor",),
}
WITHOUT_LINE = {
    "breaks_the_system": {"breaks-the-system"}, "does_not_load": {"does-not-load"}, "half_made": {"does-not-unload"},
}
NEEDS_FAULT = {"half_made", "lock_and_hardware", "unchecked_hardware"}  # nothing is wrong with them until a call fails
LONG = os.environ.get("AXISOS_LONG") == "1"


def verify(path: Path, seeds: int, faults: bool = True, boards: tuple[str, ...] = ()) -> tuple[Campaign, list[Entry]]:
    """A campaign, one run at a time."""
    job = Job(str(path), files_of(str(path)), boards, stall_s=0.5)
    campaign = Campaign(job, range(seeds), faults=faults, time_s=300)
    campaign.go()
    assert not campaign.unusable, campaign.unusable
    assert campaign.left == 0, campaign.stopped
    return campaign, entries(campaign)


def marks_of(path: Path) -> set[tuple[str, int]]:
    """(rule, line) of each mark in a driver."""
    return {
        (mark["rule"], number)
        for number, line in enumerate(path.read_text().splitlines(), 1) if (mark := MARK.search(line))
    }


def found_at(entry: Entry) -> tuple[str, int]:
    """(rule, line) of a finding; line 0 where there is none."""
    line = re.search(r":(\d+)", entry.finding["place"])
    return entry.finding["rule"], int(line[1]) if line else 0


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.name.split(".")[0])
def test_a_broken_driver_is_caught_for_its_own_reason(path: Path) -> None:
    """The finding names the rule and the line, no other rule is broken, and the same run shows it again."""
    name = path.name.split(".")[0]
    campaign, found = verify(path, 2)
    if not found:  # its mistake shows under few loads
        campaign, found = verify(path, 12)
    expected = marks_of(path)
    if name in WITHOUT_LINE:
        assert {entry.finding["rule"] for entry in found} == WITHOUT_LINE[name]
    else:
        places = {found_at(entry) for entry in found}
        assert places <= expected, [entry.finding for entry in found]
        assert {rule for rule, _ in places} == {rule for rule, _ in expected}
    assert all(entry.fault for entry in found) == (name in NEEDS_FAULT)
    for entry in found:
        again = Campaign(campaign._job, [entry.seed], only_fault=entry.fault, time_s=300)
        again.go()
        result = next(result for result in again.results if result.fault == entry.fault)
        assert entry.finding in result.findings


@pytest.mark.parametrize("rule", list(rules()))
def test_each_rule_has_a_broken_driver(rule: str) -> None:
    """No rule that nothing can break."""
    caught = {mark for path in BROKEN for mark, _ in marks_of(path)}
    assert rule in caught.union(*WITHOUT_LINE.values())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name.split(".")[0])
def test_the_shipped_drivers_are_clean(path: Path) -> None:
    """Under a load, and with each call that can fail failing once. AXISOS_LONG=1 tries more loads."""
    _, found = verify(path, 20 if LONG else 1, boards=HARDWARE.get(path.name.split(".")[0], ()))
    assert [entry.finding for entry in found] == []

