"""`axisos verify`: from its options to its exit code.

    0  clean        1  something was found        2  bad usage, no driver that can be verified, no time
    130, 137        stopped by Ctrl+C, by a limit from outside; what was found is printed

Called by   the command line.
Owns        nothing.
"""

from __future__ import annotations

import os
import signal
import sys
from shlex import quote
from time import monotonic

from axisos.machine.disk import packaged_root
from axisos.verify.campaign import Campaign
from axisos.verify.plan import files_of
from axisos.verify.report import report, show_rules
from axisos.verify.run import Job

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

USAGE_EXIT = 2
INTERRUPTED_EXIT = 130
GUEST = "guest:"
SEEDS, QUICK_SEEDS = 8, 2


def verify(options: Namespace, control: int) -> int:
    """Do what was asked for. Returns the exit code; *control*: whatever can be read there ends it early."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor says it
    if options.rules:
        return show_rules(options.json)
    driver: str = options.driver
    on_host = packaged_root() + driver[len(GUEST):] if driver.startswith(GUEST) else driver
    try:
        job = Job(driver, files_of(on_host), options.component)
    except OSError as error:
        return _refuse(f"{driver}: {error.strerror or error}")
    unusable = _unusable_boards(options.component)
    if unusable:
        return _refuse(unusable)
    seeds = [options.only_seed] if options.only_seed is not None else range(options.seeds or _default_seeds(options))
    progress = _Progress()
    campaign = Campaign(
        job, seeds, faults=not options.quick, only_fault=options.fault, time_s=options.time, control=control,
        jobs=options.jobs or len(os.sched_getaffinity(0)), progress=progress.show,
    )
    start = monotonic()
    campaign.go()
    progress.clear()
    if campaign.unusable:
        return _refuse(f"{driver}: {campaign.unusable}")
    if options.fault and not campaign.stopped and options.fault not in {result.fault for result in campaign.results}:
        return _refuse(f"--fault {options.fault}: seed {options.only_seed} comes to {len(campaign.sites)} such places")
    if campaign.stopped == "out of time" and not campaign.results:
        return _refuse(f"{driver}: no run was done within {options.time:g} s, so nothing is known of it; try --time")
    if options.fault:
        campaign.results = [result for result in campaign.results if result.fault]
    extra = "".join(f" --component {quote(board)}" for board in options.component)
    code = report(campaign, driver, extra, monotonic() - start, options.json)
    sys.stdout.flush()
    return INTERRUPTED_EXIT if campaign.stopped == "stopped" else code


def _default_seeds(options: Namespace) -> int:
    return QUICK_SEEDS if options.quick else SEEDS


def _unusable_boards(boards: list[str]) -> str:
    """What is wrong with the descriptions of further hardware; "" if nothing is."""
    if not boards:
        return ""
    from axisos.machine.hardware import UnusableHardware, blueprint

    for board in boards:
        try:
            blueprint(board).close()
        except UnusableHardware as error:
            return f"--component {error}"
    return ""


def _refuse(message: str) -> int:
    print(f"axisos verify: {message}", file=sys.stderr)
    return USAGE_EXIT


class _Progress:
    """A line on the terminal that says how far it is."""

    def __init__(self) -> None:
        self._shows = sys.stderr.isatty()
        self._width = 0

    def show(self, text: str) -> None:
        if self._shows:
            print(f"\r{text:<{self._width}}", end="", file=sys.stderr, flush=True)
            self._width = len(text)

    def clear(self) -> None:
        if self._width:
            print(f"\r{'':{self._width}}\r", end="", file=sys.stderr, flush=True)
