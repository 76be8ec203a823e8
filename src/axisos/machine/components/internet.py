"""The internet card: HTTP requests and TCP connections for the machine's program.

    card.request(url, body, headers, method) -> RequestHandle    finishConnect, response, read, close, id
    card.connect(host, port)                 -> SocketHandle     finishConnect, read, write, close, id

No call waits. Who is told "nothing yet" (False, b"", 0) gets the signal `internet_ready` with the handle's id when that
has changed, once. Redirects are not followed: the answer says where they lead, and who asks decides anew. Answers
with an error code are answers like others; `http_errors="fail"` has them fail, as in the game.

The card checks addresses, methods and headers itself, so that nothing put together from untrusted parts says more on
the wire than it seems to.

Always so   handles and the network behind them are closed when the machine goes off or the card is pulled out.
"""

from __future__ import annotations

from axisos.machine import arguments
from axisos.machine.component import Component, callback
from axisos.machine.errors import ACCESS_DENIED, HANDLE_TABLE_FULL, soft, thrown
from axisos.machine.network import HttpRequest, Link, OfflineNetwork, default_port

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from axisos.machine.network import Head, Later, Network

MAX_LINKS = 64  # open at the same time
OC_MAX_LINKS = 4  # the same in the game
MAX_READ_BYTES = 1 << 16  # of one read
OC_MAX_READ_BYTES = 2048
MAX_URL_CHARACTERS = 8192
MAX_HEADER_BYTES = 1 << 16

_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_HOST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._")
_ADDRESS = frozenset("0123456789abcdef:.")


class _Handle:
    """What both kinds of handle have."""

    def __init__(self, card: Internet, link: Link) -> None:
        self._card = card
        self._link = link

    def id(self) -> str:
        """What `internet_ready` calls it."""
        return self._link.id

    def finish_connect(self) -> bool:
        """Whether it is connected. Raises (soft) why it failed; "connection lost" once it is closed."""
        return self._link.poll()

    def read(self, count: Any = None) -> bytes | None:
        """Up to `count` bytes; b"" = nothing yet, None = the end. Raises (soft) why the connection was lost."""
        most = self._card.max_read_bytes
        wanted = most if count is None else min(arguments.integer(count, 1), most)
        return b"" if wanted <= 0 else self._link.read(wanted)

    def close(self) -> None:
        """Be done with it; idempotent."""
        self._card.forget(self._link)

    finishConnect = finish_connect  # the names on the wire


class RequestHandle(_Handle):
    """One HTTP request."""

    def finish_connect(self) -> bool:
        """Whether the head of the answer is there. Raises (soft) why it failed."""
        if not self._link.poll():
            return False
        head = self._link.head
        if self._card.http_errors == "fail" and head is not None and head[0] >= 400:
            raise soft(f"{head[0]} {head[1]}")
        return True

    def response(self) -> Head | None:
        """(code, message, headers: name -> list of values), None while it is awaited."""
        return self._link.head

    finishConnect = finish_connect


class SocketHandle(_Handle):
    """One TCP connection."""

    def write(self, data: Any = None) -> int:
        """Send bytes; how many were taken, 0 = not now."""
        return self._link.send(arguments.data(data, 1))


class Internet(Component):
    """The board in the machine.

    Args:
        network: what lies behind it.
        deliver: signals the machine; unlike `push_signal` it never drops one.
        later: has an action done after so many machine seconds.
        limited: the game's small sizes.
        http_errors: "pass", or "fail" as in the game.
    """

    type = "internet"
    device_class = "communication"
    device_description = "Internet modem"

    def __init__(
        self, address: str, network: Network | None = None, deliver: Callable[..., object] = lambda *_signal: None,
        later: Later = lambda _seconds, _action: None, *, limited: bool = False, http_errors: str = "pass",
    ) -> None:
        super().__init__(address)
        if http_errors not in ("pass", "fail"):
            raise ValueError(f'http_errors is "pass" or "fail", not {http_errors!r}')
        self.network = network or OfflineNetwork()
        self.http_errors = http_errors
        self.max_read_bytes = OC_MAX_READ_BYTES if limited else MAX_READ_BYTES
        self._max_links = OC_MAX_LINKS if limited else MAX_LINKS
        self._deliver = deliver
        self._later = later
        self._links: dict[str, Link] = {}
        self._last_id = 0

    def started(self) -> None:
        self._close_all()
        self._last_id = 0

    def stopped(self) -> None:
        self._close_all()
        self.network.stop()

    def forget(self, link: Link) -> None:
        """A handle was closed."""
        self._links.pop(link.id, None)
        link.close()

    # -- what programs call -------------------------------------------------------------------------------------

    @callback(doc="function():boolean -- Whether HTTP requests can be made.")
    def is_http_enabled(self) -> bool:
        """Whether there is a network that takes requests."""
        return self.network.http_enabled

    @callback(doc="function():boolean -- Whether TCP connections can be made.")
    def is_tcp_enabled(self) -> bool:
        """Whether there is a network that takes connections."""
        return self.network.tcp_enabled

    @callback(
        direct=False,
        doc="function(url:string[, body:string[, headers:table[, method:string]]]):userdata -- Starts an HTTP request.",
    )
    def request(self, url: Any = None, body: Any = None, headers: Any = None, method: Any = None) -> RequestHandle:
        """Ask a web server; GET unless a body or a method is given. Follows no redirect.

        Raises (soft): "internet access is unavailable", "invalid address", "unsupported protocol", "address is not
        allowed", "too many open connections"; (thrown) an unsupported method or header.
        """
        if not self.network.http_enabled:
            raise soft("internet access is unavailable", ACCESS_DENIED)
        scheme, host, port, path = parse_url(arguments.text(url, 1))
        content = None if body is None else arguments.data(body, 2)
        verb = ("GET" if content is None else "POST") if method is None else arguments.text(method, 4)
        request = HttpRequest(_method(verb), scheme, host, port, path, _headers(headers), content)
        self.network.check(host, port)
        link = self._new_link()
        link.carrier = self.network.request(link, request, self._later)
        return RequestHandle(self, link)

    @callback(direct=False, doc="function(host:string[, port:number]):userdata -- Opens a TCP connection.")
    def connect(self, host: Any = None, port: Any = None) -> SocketHandle:
        """Open a connection to host and port, or "host:port".

        Raises (soft): "tcp connections are unavailable", "address is not allowed", "too many open connections";
        (thrown) "address could not be parsed or no valid port given".
        """
        name, number = parse_target(arguments.text(host, 1), None if port is None else arguments.integer(port, 2))
        if not self.network.tcp_enabled:
            raise soft("tcp connections are unavailable", ACCESS_DENIED)
        self.network.check(name, number)
        link = self._new_link()
        link.carrier = self.network.connect(link, name, number, self._later)
        return SocketHandle(self, link)

    # -- inside -------------------------------------------------------------------------------------------------

    def _new_link(self) -> Link:
        if len(self._links) >= self._max_links:
            raise soft("too many open connections", HANDLE_TABLE_FULL)
        self._last_id += 1
        link = Link(f"{self.address[:24]}{self._last_id:012x}", self._changed)
        self._links[link.id] = link
        return link

    def _changed(self, link: Link) -> None:
        self._deliver("internet_ready", self.address, link.id)

    def _close_all(self) -> None:
        links, self._links = self._links, {}
        for link in links.values():
            link.close()


def parse_url(url: str) -> tuple[str, str, int, str]:
    """(scheme, host, port, path) of a URL. Raises (soft) "invalid address", "unsupported protocol"."""
    scheme, colon, rest = url.partition("://")
    if not colon or len(url) > MAX_URL_CHARACTERS or not url.isascii() or not url.isprintable() or " " in url:
        raise soft("invalid address")
    scheme = scheme.lower()
    if scheme not in ("http", "https"):
        raise soft("unsupported protocol")
    cut = min((rest.find(mark) for mark in "/?#" if mark in rest), default=len(rest))
    authority, path = rest[:cut], rest[cut:].partition("#")[0]
    host, port = _split_authority(authority.lower())
    if port == "":
        number = default_port(scheme)
    elif port.isdecimal() and len(port) <= 5 and 0 < int(port) < 65536:
        number = int(port)
    else:
        raise soft("invalid address")
    return scheme, host, number, path if path.startswith("/") else "/" + path


def parse_target(text: str, port: int | None) -> tuple[str, int]:
    """(host, port) of "host:port", or of a host beside its port. Raises (thrown) if they are none."""
    try:
        host, inside = _split_authority(f"[{text}]".lower() if text.count(":") > 1 and text[0] != "[" else text.lower())
    except Exception:
        raise thrown("address could not be parsed or no valid port given") from None
    if port is None and inside.isdecimal() and len(inside) <= 5:
        port = int(inside)
    elif inside:
        port = None
    if port is None or not 0 < port < 65536:
        raise thrown("address could not be parsed or no valid port given")
    return host, port


def _split_authority(text: str) -> tuple[str, str]:
    """(host, port or "") of the part between the slashes. No user names: they only serve to deceive."""
    if text.startswith("["):
        host, bracket, port = text[1:].partition("]")
        is_good = bracket and _ADDRESS.issuperset(host) and ":" in host and (not port or port[0] == ":")
        port = port[1:]
    else:
        host, _, port = text.partition(":")
        host = host.rstrip(".")
        is_good = _HOST.issuperset(host) and len(host) <= 253
    if not is_good or not host:
        raise soft("invalid address")
    return host, port


def _method(verb: str) -> str:
    if not verb or len(verb) > 32 or not _TOKEN.issuperset(verb) or verb.upper() in ("CONNECT", "TRACE"):
        raise thrown(f"unsupported method {verb[:32]!r}")
    return verb.upper()


def _headers(value: Any) -> dict[str, str]:
    """Checked headers: names are tokens, values hold no line ends."""
    if value is None:
        return {}
    if type(value) is not dict:
        raise thrown(f"bad argument #3 (table expected, got {type(value).__name__})")
    headers: dict[str, str] = {}
    for name, text in value.items():
        if type(name) is not str or not name or not _TOKEN.issuperset(name):
            raise thrown(f"unsupported header {name!r:.40}")
        if type(text) not in (str, int, float):
            raise thrown(f"unsupported value of the header {name}")
        text = str(text)
        if not text.replace("\t", " ").isprintable() or any(ord(char) > 255 for char in text):
            raise thrown(f"unsupported value of the header {name}")
        headers[name] = text
    if sum(len(name) + len(text) for name, text in headers.items()) > MAX_HEADER_BYTES:
        raise thrown("unsupported headers: they are too long")
    return headers


