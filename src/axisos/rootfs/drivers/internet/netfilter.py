"""Who may go where: the hosts table, the rules, the limit of connections, and the record of what was decided.

Each request is judged before anything is connected, in this order:

    1  the hosts table      a blocked name is refused, another is replaced by its target
    2  the rules            the first that matches; none matches: allowed for rings below 2.5, denied for the others
    3  the limit            so many open connections a user, for ring 2.5 and above

The files are read when the device is opened first. If one cannot be read, or has a mistake, everything is denied to
ring 2.5 and above, and the log says why. A reload of files with a mistake changes nothing.

Called by   transfers, for every request; controls, for the nf_ methods.
Owns        the policy, the counters, the last AUDIT_ENTRIES decisions.
Always so   the requester's identity is what the kernel said of it, never what it said itself.
"""

from __future__ import annotations

from collections import deque

from abi.status import Status, StatusError

from .address import Target, refuse
from .rules import BLOCKED, DENY, LOG, Rule, parse_hosts, parse_policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .sessions import Requester

    ReadFile = Callable[[str], bytes]
    Table = dict[str, object]

POLICY_FILE = "/etc/netpolicy.toml"
HOSTS_FILE = "/etc/hosts.toml"
CONNECTIONS_PER_USER = 10
AUDIT_ENTRIES = 200
PROGRAM_RING = 2.5  # from here on nothing is allowed that no rule allows


class Verdict:
    """What was decided about one request, and why."""

    __slots__ = ("action", "reason", "rule", "target")

    def __init__(self, action: str, reason: str, target: Target, rule: int | None = None) -> None:
        self.action = action  # ALLOW, LOG_ALLOW, DENY, DENY_LIMIT
        self.reason = reason
        self.target = target  # after the hosts table
        self.rule = rule  # number of the rule that decided, from 1

    @property
    def is_allowed(self) -> bool:
        return self.action in ("ALLOW", "LOG_ALLOW")


class Traffic:
    """What one process has open and has moved."""

    __slots__ = ("active", "bytes", "uid")

    def __init__(self, uid: int) -> None:
        self.uid = uid
        self.active = 0
        self.bytes = 0


class Netfilter:
    """The network policy of one machine."""

    def __init__(
        self, read_file: ReadFile, log: Callable[[str], object], now: Callable[[], float]
    ) -> None:
        self._read_file = read_file
        self._log = log
        self._now = now  # machine time, seconds
        self.enabled = True
        self.limit = CONNECTIONS_PER_USER
        self.rules: list[Rule] = []
        self.hosts: dict[str, str] = {}
        self.mistake = ""  # why the files are no policy
        self._is_loaded = False
        self.audit: deque[Table] = deque(maxlen=AUDIT_ENTRIES)
        self.decisions = {"ALLOW": 0, "LOG_ALLOW": 0, "DENY": 0, "DENY_LIMIT": 0}
        self._traffic: dict[int, Traffic] = {}  # by pid, of processes that have something open
        self._open: dict[int, int] = {}  # connections of programs, by uid

    # --- the files ---------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the files, the first time."""
        if self._is_loaded:
            return
        self._is_loaded = True
        try:
            self.rules, self.hosts = self._read()
        except ValueError as error:
            self.mistake = str(error)
            self._log(f"{error}; programs have no network until `nfw reload` finds the files in order")

    def reload(self) -> Table:
        """Read the files again. Raises 601 for a mistake in them: what was in force stays so."""
        self._is_loaded = True
        try:
            self.rules, self.hosts = self._read()
        except ValueError as error:
            raise refuse(f"{error}; nothing was changed") from None
        self.mistake = ""
        return {"rules": len(self.rules), "hosts": len(self.hosts)}

    def _read(self) -> tuple[list[Rule], dict[str, str]]:
        import tomllib

        parsed = []
        for path, parse in ((POLICY_FILE, parse_policy), (HOSTS_FILE, parse_hosts)):
            try:
                parsed.append(parse(tomllib.loads(self._read_file(path).decode())))
            except StatusError as error:
                raise ValueError(f"{path} cannot be read: {error.status.meaning}") from None
            except ValueError as error:  # tomllib's errors, and those of the text's encoding, are such too
                raise ValueError(f"{path}: {error}") from None
        return parsed[0], parsed[1]  # type: ignore[return-value]  # each parser's own kind

    # --- judging -----------------------------------------------------------------------------------------------

    def judge(self, requester: Requester, target: Target) -> Target:
        """Decide about a request, and write it down.

        Returns: the target after the hosts table, to be connected to now.
        Raises:  500 it is denied; 609 the user has too much open.
        """
        verdict = self.evaluate(requester.ring, requester.uid, target)
        if verdict.is_allowed and self._is_over_limit(requester):
            verdict = Verdict("DENY_LIMIT", f"user {requester.uid} has {self.limit} connections open", verdict.target)
        self._record(requester, verdict)
        if verdict.is_allowed:
            return verdict.target
        status = Status.QUOTA_EXCEEDED if verdict.action == "DENY_LIMIT" else Status.ACCESS_DENIED
        reason = f"denied by {verdict.reason}" if verdict.rule and verdict.action == "DENY" else verdict.reason
        raise StatusError(status, f"{target.authority}: {reason}")

    def evaluate(self, ring: float, uid: int, target: Target) -> Verdict:
        """What hosts table and rules say, without doing or recording anything."""
        self.load()
        is_program = ring >= PROGRAM_RING
        if self.mistake and is_program and self.enabled:
            return Verdict("DENY", f"the network policy has a mistake: {self.mistake}", target)
        replacement = self.hosts.get(target.host)
        if replacement in BLOCKED:
            return Verdict("DENY", f"blocked in {HOSTS_FILE}", target)
        if replacement is not None:
            target = target.at(replacement)
        if not self.enabled:
            return Verdict("ALLOW", "the firewall is switched off", target)
        for number, rule in enumerate(self.rules, 1):
            if rule.matches(target, ring, uid):
                reason = f"rule {number} of {POLICY_FILE}" + (f" ({rule.comment})" if rule.comment else "")
                action = {DENY: "DENY", LOG: "LOG_ALLOW"}.get(rule.action, "ALLOW")
                return Verdict(action, reason, target, number)
        if is_program:
            return Verdict("DENY", f"no rule of {POLICY_FILE} allows it", target)
        return Verdict("ALLOW", "no rule forbids it to the system", target)

    def _is_over_limit(self, requester: Requester) -> bool:
        return (
            self.enabled and requester.ring >= PROGRAM_RING and self._open.get(requester.uid, 0) >= self.limit
        )

    def _record(self, requester: Requester, verdict: Verdict) -> None:
        target = verdict.target
        self.decisions[verdict.action] += 1
        self.audit.append({
            "time": self._now(), "action": verdict.action, "proto": target.proto, "host": target.host,
            "port": target.port, "pid": requester.pid, "uid": requester.uid, "comment": verdict.reason,
        })

    # --- tracking ----------------------------------------------------------------------------------------------

    def opened(self, requester: Requester) -> None:
        """A connection of this process is open."""
        if requester.ring >= PROGRAM_RING:
            self._open[requester.uid] = self._open.get(requester.uid, 0) + 1
        traffic = self._traffic.get(requester.pid)
        if traffic is None:
            traffic = self._traffic[requester.pid] = Traffic(requester.uid)
        traffic.active += 1

    def moved(self, requester: Requester, count: int) -> None:
        """Bytes went through one."""
        traffic = self._traffic.get(requester.pid)
        if traffic is not None:
            traffic.bytes += count

    def closed(self, requester: Requester) -> None:
        """One is closed; a process without any is forgotten."""
        if requester.ring >= PROGRAM_RING:
            self._open[requester.uid] -= 1
            if not self._open[requester.uid]:
                del self._open[requester.uid]
        traffic = self._traffic.get(requester.pid)
        if traffic is not None:
            traffic.active -= 1
            if traffic.active <= 0:
                del self._traffic[requester.pid]

    # --- what is told ------------------------------------------------------------------------------------------

    def stats(self, uid: int) -> Table:
        """Counters, and what the processes of a user have open (uid 0: of all)."""
        processes = [
            {"pid": pid, "uid": each.uid, "active": each.active, "bytes": each.bytes}
            for pid, each in self._traffic.items() if uid in (0, each.uid)
        ]
        return {
            "enabled": self.enabled, "limit": self.limit, "rules": len(self.rules), "hosts": len(self.hosts),
            "mistake": self.mistake, "decisions": dict(self.decisions), "processes": processes,
        }

    def audit_of(self, uid: int) -> list[Table]:
        """The decisions about a user's requests (uid 0: all), oldest first."""
        return [dict(entry) for entry in self.audit if uid in (0, entry["uid"])]
