"""The driver verifier: which drivers are to be watched, and what was found.

    DriverVerifier      a room of DKMS, entered when somebody asks for it; the watching is `system.driver_watch`

Called by   DKMS: `driver_verify`, the loads of watched drivers.
Owns        the names under watch and the watches; each watch has its own findings.
Always so   a driver that is not watched is not slowed down. A watched one's requests all come through DKMS.
"""

from __future__ import annotations

from abi.status import Status, StatusError
from system.driver_watch import DriverWatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from system.driver_books import Driver
    from system.driver_findings import Finding


class DriverVerifier:
    """Which drivers are verified, and what was found."""

    def __init__(self, syscall: Callable[..., Any], log: Callable[[str, str], object]) -> None:
        self._syscall = syscall
        self._log = log
        self._names: dict[str, str] = {}  # name or path of a driver -> the site that is to fail, "" for none
        self._watches: list[DriverWatch] = []
        self._unlogged: list[Finding] = []

    def switch_on(self, name: str, fail_at: str = "") -> None:
        """Watch a driver, given by its name or path, from its next start on."""
        self._names[name] = fail_at

    def switch_off(self, name: str) -> None:
        """Watch it no more, from its next start on; what was found is forgotten.

        Raises: 601 it is not watched.
        """
        if self._names.pop(name, None) is None:
            raise StatusError(Status.INVALID_PARAMETER, f"the verifier is not on for {name!r}")
        self._watches = [watch for watch in self._watches if name not in (watch.driver.name, watch.driver.path)]

    def attend(self, driver: Driver) -> None:
        """A driver's process was made and has not run yet: watch it if it is to be watched.

        A user-mode driver is not: its mistakes end at its host, which keeps the rules in its place.
        """
        if driver.user_mode:
            return
        for key in (driver.name, driver.path):
            if key in self._names:
                site = self._names[key]
                spent = any(each.failed_at == site for each in self._watches)
                watch = DriverWatch(driver, self.note, "" if spent else site)
                self._syscall("ke_watch_calls", driver.pid, watch)
                driver.watch = watch
                self._watches.append(watch)
                return

    def who(self) -> list[dict[str, object]]:
        """[{name, watched (process ids that are or were), findings}]."""
        rows = []
        for name in self._names:
            watches = [each for each in self._watches if name in (each.driver.name, each.driver.path)]
            found = sum(len(watch.findings) for watch in watches)
            rows.append({"name": name, "watched": [watch.driver.pid for watch in watches], "findings": found})
        return rows

    def report(self, name: str | None) -> list[dict[str, object]]:
        """What was found, of one driver or of all: [{rule, driver, request, place, detail, failed, count}]."""
        return [
            finding.as_dict()
            for watch in self._watches if name is None or name in (watch.driver.name, watch.driver.path)
            for finding in watch.findings
        ]

    def note(self, finding: Finding) -> None:
        """A finding is new."""
        self._unlogged.append(finding)

    def log_findings(self) -> None:
        """Log what is new."""
        findings, self._unlogged = self._unlogged, []
        for finding in findings:
            self._log(f"verifier: {finding}", "warn")
