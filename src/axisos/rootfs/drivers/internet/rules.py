"""The two files of the network policy: what they may say, and what a rule matches.

    /etc/netpolicy.toml     [[rule]]  action = "allow" | "deny" | "log"  (log = allow, and mark it in the record)
                                      proto = "http" | "tcp" | "any"     https is http
                                      host = "example.org", "*.example.org", "re:ads[0-9]+\\.example\\.org", "*"
                                      port, ring, uid = a number or "*"
                                      comment = "..."
    /etc/hosts.toml         [hosts]   "name" = "target"    0.0.0.0 or 127.0.0.1: the name is blocked

The first rule that matches decides; what is left out of a rule matches everything. A file with a mistake is no policy
at all: an unknown key or a misspelt word could turn a rule about one host into one about all.

Called by   netfilter.
Owns        nothing.
"""

from __future__ import annotations

import re

from abi.status import StatusError

from .address import Target, parse_host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

ALLOW, DENY, LOG = "allow", "deny", "log"
ACTIONS = (ALLOW, DENY, LOG)
PROTOCOLS = ("http", "tcp", "any")
ANY = "*"
REGEX = "re:"
BLOCKED = ("0.0.0.0", "127.0.0.1")  # targets in the hosts table that stand for nowhere
KEYS = frozenset({"action", "proto", "host", "port", "ring", "uid", "comment"})


class Rule:
    """One rule; None in a field matches everything."""

    __slots__ = ("_matches_host", "action", "comment", "host", "port", "proto", "ring", "uid")

    def __init__(
        self, action: str, proto: str = "any", host: str = ANY, port: int | None = None, ring: float | None = None,
        uid: int | None = None, comment: str = "",
    ) -> None:
        self.action = action
        self.proto = proto
        self.host = host  # as it is written
        self.port = port
        self.ring = ring
        self.uid = uid
        self.comment = comment
        self._matches_host = host_matcher(host)

    def matches(self, target: Target, ring: float, uid: int) -> bool:
        """Whether it is about this request."""
        return (
            self.proto in ("any", target.proto)
            and self.port in (None, target.port)
            and self.ring in (None, ring)
            and self.uid in (None, uid)
            and self._matches_host(target.host)
        )

    def as_table(self) -> dict[str, object]:
        """Its fields as the file has them."""
        shown = {name: ANY if value is None else value for name, value in self._numbers()}
        return {"action": self.action, "proto": self.proto, "host": self.host, **shown, "comment": self.comment}

    def _numbers(self) -> list[tuple[str, float | None]]:
        return [("port", self.port), ("ring", self.ring), ("uid", self.uid)]


def host_matcher(pattern: str) -> Callable[[str], bool]:
    """What tells whether a host, in its one spelling, fits a pattern; all of it. Raises ValueError."""
    if pattern == ANY:
        return lambda host: True
    if pattern.startswith(REGEX):
        try:
            found = re.compile(pattern[len(REGEX) :], re.IGNORECASE).fullmatch
        except re.error as error:
            raise ValueError(f"host {pattern!r}: {error}") from None
        return lambda host: found(host) is not None
    if "*" in pattern or "?" in pattern:
        parts = {"*": ".*", "?": "."}
        glob = re.compile("".join(parts.get(char) or re.escape(char) for char in pattern.lower())).fullmatch
        return lambda host: glob(host) is not None
    try:
        exact = parse_host(pattern)
    except StatusError as error:
        raise ValueError(f"host {error.detail}") from None
    return lambda host: host == exact


def parse_policy(document: dict[str, object]) -> list[Rule]:
    """The rules of /etc/netpolicy.toml. Raises ValueError, naming the rule."""
    unknown = sorted(set(document) - {"rule"})
    rows = document.get("rule", [])
    if unknown or type(rows) is not list:
        raise ValueError(f"rules are written as [[rule]] tables{f', not as {unknown[0]}' if unknown else ''}")
    rules = []
    for number, row in enumerate(rows, 1):
        try:
            rules.append(_parse_rule(row))
        except ValueError as error:
            raise ValueError(f"rule {number}: {error}") from None
    return rules


def _parse_rule(row: object) -> Rule:
    if type(row) is not dict:
        raise ValueError("a rule is a table [[rule]]")
    unknown = sorted(set(row) - KEYS)
    if unknown:
        raise ValueError(f"{unknown[0]!r} is none of {', '.join(sorted(KEYS))}")
    action, proto = row.get("action"), row.get("proto", "any")
    if action not in ACTIONS:
        raise ValueError(f"action is one of {', '.join(ACTIONS)}, not {action!r}")
    if proto not in PROTOCOLS:
        raise ValueError(f"proto is one of {', '.join(PROTOCOLS)}, not {proto!r}")
    host, comment = row.get("host", ANY), row.get("comment", "")
    if type(host) is not str or not host or type(comment) is not str:
        raise ValueError("host and comment are texts")
    port, ring, uid = (_number(row, name) for name in ("port", "ring", "uid"))
    if (port is not None and type(port) is not int) or (uid is not None and type(uid) is not int):
        raise ValueError("port and uid are whole numbers")
    return Rule(action, proto, host, port, ring, uid, comment)


def _number(row: dict[str, object], name: str) -> float | None:
    value = row.get(name, ANY)
    if value == ANY:
        return None
    if type(value) not in (int, float):
        raise ValueError(f'{name} is a number or "*", not {value!r}')
    return value  # type: ignore[return-value]  # checked above


def parse_hosts(document: dict[str, object]) -> dict[str, str]:
    """The table of /etc/hosts.toml, both sides in their one spelling. Raises ValueError, naming the entry."""
    unknown = sorted(set(document) - {"hosts"})
    rows = document.get("hosts", {})
    if unknown or type(rows) is not dict:
        raise ValueError("hosts are written as [hosts] and lines \"name\" = \"target\"")
    hosts = {}
    for name, target in rows.items():
        try:
            hosts[parse_host(name)] = parse_host(target)
        except StatusError as error:
            raise ValueError(f"{name}: {error.detail}") from None
    return hosts
