"""Where a machine may go in the host's network: the list that its owner gave, and what no list opens by accident.

    example.org          this host, all ports               example.org:443      and only this port
    *.example.org        all hosts below it                 *                    all hosts
    10.1.2.3, [::1]:80   an address                         10.1.0.0/16          a block of addresses
    localhost            the host machine itself

A host must be on the list by its name or address. The address that is then connected to must be a public one, unless
the list names it, by itself or in a block: so a name that somebody else's name server points at 127.0.0.1 or at a
machine of the local network leads nowhere. `localhost` names the loopback addresses.

Called by   the host's network, on its helper threads too: an Allowance never changes.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Address = IPv4Address | IPv6Address
    Block = IPv4Network | IPv6Network

_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_NAT64 = IPv6Network("64:ff9b::/96")
_HOST_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._")


class Entry:
    """One line of the list: a name pattern or a block of addresses, and a port or None for all."""

    __slots__ = ("block", "pattern", "port", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.block: Block | None = None
        self.pattern = ""
        host, self.port = _split_port(text)
        try:
            self.block = ip_network(host)
        except ValueError as error:
            if "/" in host or host.replace(".", "").isdecimal():
                raise ValueError(f"{text!r} is no host, address or block of addresses: {error}") from None
            self.pattern = host.lower()
            if len(host) > 2:  # a dot at the end of a name changes nothing; `*.` is no pattern
                self.pattern = self.pattern.removesuffix(".")
            plain = self.pattern[2:] if self.pattern.startswith("*.") else self.pattern
            if self.pattern != "*" and (not plain or not _HOST_CHARACTERS.issuperset(plain)):
                raise ValueError(
                    f"{text!r} is no host: name one as example.org, example.org:443, *.example.org, an address, "
                    "a block 10.0.0.0/8, or * for all public ones"
                ) from None

    def names(self, host: str, port: int) -> bool:
        """Whether it lets a machine ask for this host: a name or an address in lower case."""
        if self.port not in (None, port):
            return False
        address = as_address(host)
        if address is not None:
            return self.covers(address, port) or self.pattern == "*"
        if self.pattern.startswith("*."):
            return host.endswith(self.pattern[1:])
        return self.pattern in ("*", host)

    def covers(self, address: Address, port: int) -> bool:
        """Whether it names this very address, public or not."""
        if self.port not in (None, port):
            return False
        if self.pattern == "localhost":
            return any(address in block for block in _LOOPBACK)
        return self.block is not None and address in self.block


class Allowance:
    """The list of one machine. Raises ValueError for an entry that makes no sense."""

    def __init__(self, entries: Iterable[str]) -> None:
        self.entries = tuple(Entry(text) for text in entries)

    def permits(self, host: str, port: int) -> bool:
        """Whether this host may be asked for, before its name is looked up."""
        return any(entry.names(host, port) for entry in self.entries)

    def permits_address(self, address: Address, port: int) -> bool:
        """Whether this address may be connected to, for a host that is permitted."""
        return is_public(address) or any(entry.covers(address, port) for entry in self.entries)


def _split_port(text: str) -> tuple[str, int | None]:
    """HOST, HOST:PORT, [ADDRESS]:PORT, or an IPv6 address without a port."""
    host, port = text, ""
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and rest[0] != ":"):
            raise ValueError(f"{text!r}: an address in brackets ends in ], then : and a port")
        port = rest[1:]
        if rest == ":":
            raise ValueError(f"{text!r}: a port is missing behind the colon")
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
        if not port:
            raise ValueError(f"{text!r}: a port is missing behind the colon")
    if not port:
        return host, None
    if not (port.isascii() and port.isdecimal()) or not 0 < int(port) < 65536:
        raise ValueError(f"{text!r}: {port!r} is no port from 1 to 65535")
    return host, int(port)


def as_address(host: str) -> Address | None:
    """The address that a host is written as; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet; an IPv6 address that wraps an IPv4 one is judged by both."""
    if isinstance(address, IPv6Address):
        inner = _wrapped(address)
        if inner is not None and not is_public(inner):
            return False
        if address.ipv4_mapped is not None:
            return True
        if address.scope_id is not None or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 one, for the ways in which packets would end up there."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or int(address) >> 32 == 0:  # the last: IPv4-compatible, long deprecated
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
