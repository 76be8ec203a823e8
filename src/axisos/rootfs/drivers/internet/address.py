"""URLs, hosts and ports in their one spelling, so that a rule about a host holds however a program writes it.

What could mislead is refused: user names, empty ports, hosts that are numbers in disguise. The rest is put into one
form: capitals, a dot at the end, addresses. The card is given the URL put together anew from these parts, never the
text that a program wrote: what was judged is what is asked.

Always so   two texts for one host give one host; what has no clear meaning is 601.
"""

from __future__ import annotations

from abi.status import Status, StatusError

MAX_URL_CHARACTERS = 8192
MAX_HOST_CHARACTERS = 253
MAX_LABEL_CHARACTERS = 63
DEFAULT_PORTS = {"http": 80, "https": 443}

_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_HEXADECIMAL = frozenset("0123456789abcdef")


class Target:
    """What is to be asked: a web server and a path, or a host's port."""

    __slots__ = ("host", "path", "port", "scheme")

    def __init__(self, scheme: str, host: str, port: int, path: str = "") -> None:
        self.scheme = scheme  # "http", "https", "tcp"
        self.host = host  # in its one spelling; an IPv6 address without brackets
        self.port = port
        self.path = path

    @property
    def proto(self) -> str:
        """What rules call it: "http" or "tcp"."""
        return "tcp" if self.scheme == "tcp" else "http"

    @property
    def authority(self) -> str:
        """Host and port, the port unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if DEFAULT_PORTS.get(self.scheme) == self.port else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole of it, in the one spelling."""
        return f"{self.scheme}://{self.authority}{self.path}"

    def at(self, host: str) -> Target:
        """The same of another host."""
        return Target(self.scheme, host, self.port, self.path)


def refuse(detail: str) -> StatusError:
    """The error for an argument that makes no sense."""
    return StatusError(Status.INVALID_PARAMETER, detail)


def parse_url(text: object) -> Target:
    """The parts of an http or https URL; a fragment is dropped. Raises 601."""
    if type(text) is not str or not text:
        raise refuse(f"a URL must be text, as http://example.org/, not {text!r:.60}")
    if len(text) > MAX_URL_CHARACTERS:
        raise refuse(f"the URL has {len(text)} characters; {MAX_URL_CHARACTERS} are the limit")
    if not text.isascii() or not text.isprintable() or " " in text:
        raise refuse(f"{text!r:.80}: a URL holds no spaces, control or other than ASCII characters; write them as %XX")
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower()
    if not separator or scheme not in DEFAULT_PORTS:
        raise refuse(f"{text:.80}: a URL begins with http:// or https://")
    cut = min([rest.find(mark) for mark in "/?#" if mark in rest], default=len(rest))
    authority, path = rest[:cut], rest[cut:].partition("#")[0]
    if "@" in authority:
        raise refuse(f"{text:.80}: user names in URLs are not sent; use the header Authorization")
    host, port = _split(authority, text)
    if not path.startswith("/"):
        path = "/" + path
    return Target(scheme, parse_host(host), DEFAULT_PORTS[scheme] if port is None else _port_of(port), path)


def parse_target(host: object, port: object) -> Target:
    """A host's port, for a connection. Raises 601."""
    return Target("tcp", parse_host(host), parse_port(port))


def parse_host(host: object) -> str:
    """A host in its one spelling. Raises 601."""
    if type(host) is not str or not host:
        raise refuse(f"a host must be text, as example.org, not {host!r:.60}")
    text = host.lower()
    if text[0] == "[" and text[-1] == "]":
        return _ipv6(text[1:-1], host)
    if ":" in text:
        return _ipv6(text, host)
    text = text[:-1] if text[-1] == "." else text
    labels = text.split(".")
    if len(text) > MAX_HOST_CHARACTERS or not all(
        label and len(label) <= MAX_LABEL_CHARACTERS and _NAME.issuperset(label) for label in labels
    ):
        raise refuse(f"{host!r:.80} is no host: letters, digits, - and _ between dots; others in their xn-- form")
    if _is_number(labels[-1]) and not _is_dotted_quad(labels):
        raise refuse(f"{host!r:.80}: an address is written as four decimal numbers from 0 to 255, as 192.0.2.1")
    return text


def parse_port(port: object) -> int:
    """A port. Raises 601."""
    if type(port) is not int or not 0 < port < 65536:
        raise refuse(f"a port is a number from 1 to 65535, not {port!r:.20}")
    return port


def _split(authority: str, url: str) -> tuple[str, str | None]:
    """Host and port of what stands between the slashes; None without a port."""
    host, colon, port = authority, "", ""
    if authority.startswith("["):
        host, bracket, rest = authority.partition("]")
        host += bracket
        if rest and rest[0] != ":":
            raise refuse(f"{url:.80}: behind the address in brackets comes : and a port, or nothing")
        colon, port = rest[:1], rest[1:]
    elif ":" in authority:
        host, colon, port = authority.partition(":")
    return host, port if colon else None


def _port_of(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 5:
        raise refuse(f"a port is a number from 1 to 65535, not {text!r:.20}")
    return parse_port(int(text))


def _is_number(label: str) -> bool:
    """Whether resolvers take a host that ends so for an address in one of its disguises."""
    return label.isdecimal() or (label[:2] == "0x" and _HEXADECIMAL.issuperset(label[2:]))


def _is_dotted_quad(labels: list[str]) -> bool:
    return len(labels) == 4 and all(
        label.isdecimal() and len(label) <= 3 and int(label) <= 255 and (label == "0" or label[0] != "0")
        for label in labels
    )


def _ipv6(text: str, written: str) -> str:
    """An IPv6 address in its short form; one that stands for an IPv4 address as that."""
    from ipaddress import AddressValueError, IPv6Address

    try:
        if "%" in text:
            raise AddressValueError("zones are not known here")
        address = IPv6Address(text)
    except AddressValueError as error:
        raise refuse(f"{written!r:.80} is no IPv6 address: {error}") from None
    return str(address.ipv4_mapped or address.compressed)
