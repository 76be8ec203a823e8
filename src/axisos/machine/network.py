"""What an internet card sends through: links, and the networks that carry them.

A link is one HTTP request or one TCP connection, with two sides:

    the card's side                           the network's side
    poll, read, send, close        <-->       opened, arrived, ended, failed, has_room

    CONNECTING --opened--> OPEN --ended, failed--> OPEN or FAILED, until what has come is read
         |                                              |
         +-------------- close, from any state ---------+--> CLOSED

A network is asked to carry a link and gives back a `Carrier`, its handle on what lies behind. Three networks exist:
none at all (`OfflineNetwork`, here), one inside this process (`fake_network.py`), and the host's (`host_network.py`).

Always so   all of a link happens on the machine's thread; after a "nothing yet" (False, b"", 0) exactly one change is
            told, and nobody who was not told so is bothered; what arrives waits in the link and is bounded by
            LINK_BYTES, because a carrier stops bringing when the link is full.
"""

from __future__ import annotations

from collections import deque

from axisos.machine.errors import ACCESS_DENIED, INVALID_HANDLE, soft

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from axisos.machine.errors import ComponentError

    Headers = dict[str, list[str]]
    Head = tuple[int, str, Headers]  # status code, message, headers
    Later = Callable[[float, Callable[[], object]], object]  # (machine seconds, action)
    Post = Callable[[Callable[[], object]], object]  # runs an action on the machine's thread

LINK_BYTES = 1 << 18  # what a link holds before its carrier has to wait

CONNECTING = "connecting"
OPEN = "open"
FAILED = "failed"
CLOSED = "closed"


class HttpRequest:
    """What is asked of a web server. The card has checked that no part can be mistaken for another."""

    __slots__ = ("body", "headers", "host", "method", "path", "port", "scheme")

    def __init__(
        self, method: str, scheme: str, host: str, port: int, path: str, headers: dict[str, str], body: bytes | None
    ) -> None:
        self.method = method
        self.scheme = scheme  # "http" or "https"
        self.host = host  # lower case; an IPv6 address without its brackets
        self.port = port
        self.path = path  # begins with "/", query included
        self.headers = headers
        self.body = body

    @property
    def authority(self) -> str:
        """The host as a Host header names it: with the port unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == default_port(self.scheme) else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole of it."""
        return f"{self.scheme}://{self.authority}{self.path}"


def default_port(scheme: str) -> int:
    """The port that a scheme stands for."""
    return 443 if scheme == "https" else 80


class Carrier:
    """A network's handle on what lies behind one link; the machine's thread calls it."""

    def read_from(self) -> None:
        """The link has been read: there is room for more."""

    def send(self, data: bytes) -> int:
        """Take bytes for the far side; how many, 0 = not now (`Link.has_room` follows)."""
        return 0

    def close(self) -> None:
        """The link is closed: let go of everything."""


class Link:
    """One request or connection, as far as it has come."""

    __slots__ = ("_at_end", "_awaited", "_chunks", "_on_change", "buffered", "carrier", "error", "head", "id", "state")

    def __init__(self, id: str, on_change: Callable[[Link], object]) -> None:
        self.id = id
        self.state = CONNECTING
        self.head: Head | None = None  # of a request: the head of its answer
        self.error: ComponentError | None = None  # why it failed
        self.buffered = 0  # bytes that wait to be read
        self.carrier = Carrier()
        self._on_change = on_change
        self._chunks: deque[bytes] = deque()
        self._at_end = False
        self._awaited = False  # the card's program was told "nothing yet" and waits for a change

    # -- the card's side ----------------------------------------------------------------------------------------

    def poll(self) -> bool:
        """Whether it is connected, a request: whether its answer's head is there. Raises why it failed (soft)."""
        if self.state == CLOSED:
            raise connection_lost()
        if self.state == FAILED and self.error is not None:
            raise self.error
        if self.state == CONNECTING:
            self._awaited = True
            return False
        return True

    def read(self, count: int) -> bytes | None:
        """Up to *count* bytes; b"" = nothing yet, None = the end. Raises why it failed, when all before was read."""
        if self.state == CLOSED:
            raise connection_lost()
        if self._chunks:
            chunk = self._chunks.popleft()
            if len(chunk) > count:
                self._chunks.appendleft(chunk[count:])
                chunk = chunk[:count]
            self.buffered -= len(chunk)
            self.carrier.read_from()
            return chunk
        if self.error is not None:
            raise self.error
        if self._at_end:
            return None
        self._awaited = True
        return b""

    def send(self, data: bytes) -> int:
        """Give bytes to the far side; how many were taken, 0 while connecting or when it is full."""
        if not self.poll():
            return 0
        taken = self.carrier.send(data)
        if self.error is not None:
            raise self.error
        if taken < len(data):
            self._awaited = True
        return taken

    def close(self) -> None:
        """Be done with it; idempotent."""
        if self.state != CLOSED:
            self.state = CLOSED
            self._chunks.clear()
            self.buffered = 0
            self.carrier.close()

    # -- the network's side, on the machine's thread -------------------------------------------------------------

    @property
    def is_full(self) -> bool:
        """Whether a carrier has to wait before it brings more."""
        return self.buffered >= LINK_BYTES

    def opened(self, head: Head | None = None) -> None:
        """It is connected; of a request, the head of the answer has come."""
        if self.state == CONNECTING:
            self.state = OPEN
            self.head = head
            self._tell()

    def arrived(self, data: bytes) -> None:
        """Bytes from the far side."""
        if self.state == OPEN and data:
            self._chunks.append(data)
            self.buffered += len(data)
            self._tell()

    def ended(self) -> None:
        """The far side has said all."""
        if self.state == OPEN:
            self._at_end = True
            self._tell()

    def failed(self, error: ComponentError) -> None:
        """It cannot be connected, or was lost."""
        if self.state in (CONNECTING, OPEN):
            if self.state == CONNECTING:
                self.state = FAILED
            self.error = error
            self._tell()

    def has_room(self) -> None:
        """The far side takes more."""
        if self.state == OPEN:
            self._tell()

    def _tell(self) -> None:
        if self._awaited:
            self._awaited = False
            self._on_change(self)


class Network:
    """What may lie behind a card."""

    http_enabled = True  # whether requests can be made at all,
    tcp_enabled = True  # and connections
    is_real = False  # whether it leaves this process

    def check(self, host: str, port: int) -> None:
        """Raises (soft): "address is not allowed", if this host may never be asked."""

    def request(self, link: Link, request: HttpRequest, later: Later) -> Carrier:
        """Ask a web server. *later* has something done on the machine's thread after so many machine seconds."""
        raise NotImplementedError

    def connect(self, link: Link, host: str, port: int, later: Later) -> Carrier:
        """Open a TCP connection."""
        raise NotImplementedError

    def stop(self) -> None:
        """The machine is off and all its links are closed: nothing of it may go on."""


class OfflineNetwork(Network):
    """No network: what a machine has that was not given one."""

    http_enabled = False
    tcp_enabled = False


def connection_lost() -> ComponentError:
    """The link is closed."""
    return soft("connection lost", INVALID_HANDLE)


def not_allowed(what: str) -> ComponentError:
    """This machine may not go there, whoever asks."""
    return soft(f"address is not allowed: {what}", ACCESS_DENIED)
