"""The network: TCP connections, ping, and what the firewall says (manual, chapter 17.2). For the web: `axis.http`.

    with net.connect("example.org", 80) as socket:
        socket.write("HEAD / HTTP/1.0\\r\\nHost: example.org\\r\\n\\r\\n")
        for line in socket.lines():
            print(line, end="")

Data is bytes; a str is written as UTF-8. Each object has a handle of `/dev/net` of its own, and all that it opened
there is closed with it. Where a program may connect to is decided twice: by whoever started the machine (`axisos run
--allow-net`), and by the rules in /etc/netpolicy.toml (see the command nfw).

Raises      ConnectionRefusedError, ConnectionResetError, ConnectionError (300), PermissionError (500: denied, 501),
            TimeoutError (258), OSError (604, 609: too much is open; 605: the machine is offline), ValueError (601). All
            are `StatusError` too.
"""

from __future__ import annotations

from abi.status import StatusError
from axis import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Self

    from axis.guest import syscall

    Facts = dict[str, Any]

DEVICE = "/dev/net"
CHUNK_BYTES = 1 << 16
END_OF_FILE = 602

_KINDS: dict[int, tuple[type[StatusError], int]] = {
    258: (errors.TimeoutError, 110), 500: (errors.PermissionError, 13), 501: (errors.PermissionError, 1),
    604: (errors.OSError, 16), 605: (errors.OSError, 100), 609: (errors.OSError, 24),
    405: (errors.OSError, 19), 611: (errors.OSError, 125),
}
_CONNECTION_KINDS: dict[str, tuple[type[StatusError], int]] = {
    "connection refused": (errors.ConnectionRefusedError, 111), "connection lost": (errors.ConnectionResetError, 104),
}


class Device:
    """One open of /dev/net; what is opened through it is closed with it."""

    def __init__(self) -> None:
        self.handle = ""
        try:
            self.handle = syscall("vfs_open", DEVICE, "rw")
        except StatusError as error:
            raise network_error(error, "") from None

    def control(self, method: str, *args: object) -> Any:
        """Ask the driver for a method; chapter 17.2 has the table. Raises as the module says; EOFError (602)."""
        if not self.handle:
            raise errors.invalid("it is closed")
        try:
            return syscall("vfs_device_control", self.handle, method, list(args))
        except StatusError as error:
            raise network_error(error, method) from None

    def close(self) -> None:
        """Close it; idempotent."""
        handle, self.handle = self.handle, ""
        if handle:
            syscall("vfs_close", handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        self.close()


class Source:
    """What bytes can be read from: a connection, or the answer of a web server."""

    _method = ""  # the driver's method that reads

    def __init__(self, device: Device, session_id: int) -> None:
        self._device = device
        self._session_id = session_id
        self._left = b""  # read, and not yet given out
        self._at_end = False

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return not self._device.handle

    def read(self, count: int | None = None) -> bytes:
        """Up to *count* bytes as soon as there are any; without it all until the end. b"" at the end.

        Blocks until something comes, within the timeout that it was opened with. Raises 258, 300, 601.
        """
        if count is None or count < 0:
            return b"".join(self.chunks())
        if not self._left and count and not self._at_end:
            self._left = self._receive()
        data, self._left = self._left[:count], self._left[count:]
        return data

    def chunks(self, size: int = CHUNK_BYTES) -> Iterator[bytes]:
        """All until the end, in pieces of at most *size* bytes as they come."""
        while data := self.read(size):
            yield data

    def readline(self) -> bytes:
        """One line with its end; b"" at the end."""
        pieces = []
        while True:
            if not self._left:
                if self._at_end:
                    break
                self._left = self._receive()
                continue
            line, newline, rest = self._left.partition(b"\n")
            pieces.append(line + newline)
            self._left = rest
            if newline:
                break
        return b"".join(pieces)

    def lines(self) -> Iterator[str]:
        """The lines as text (UTF-8, what is none replaced), each with its end."""
        while line := self.readline():
            yield line.decode("utf-8", "replace")

    def _receive(self) -> bytes:
        try:
            data: bytes = self._device.control(self._method, self._session_id, CHUNK_BYTES)
        except EOFError:
            self._at_end = True
            return b""
        return data

    def close(self) -> None:
        """Close it; idempotent."""
        self._device.close()

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        self.close()


class Socket(Source):
    """One TCP connection."""

    _method = "tcp_read"

    def __init__(self, device: Device, session_id: int, connect_ms: float, peer: tuple[str, int]) -> None:
        super().__init__(device, session_id)
        self.connect_ms = connect_ms
        self.peer = peer

    def write(self, data: bytes | bytearray | memoryview | str) -> int:
        """Send all of *data*; returns how many bytes that were. Blocks while the other side takes no more. Raises 258,
        300: its `partial` is what was taken before."""
        if type(data) is str:
            data = data.encode()
        view = memoryview(data)  # type: ignore[arg-type]  # no str any more
        sent = 0
        while sent < len(view):
            try:
                sent += self._device.control("tcp_write", self._session_id, bytes(view[sent : sent + CHUNK_BYTES]))
            except StatusError as error:
                error.partial = sent
                raise
        return sent

    def __repr__(self) -> str:
        return f"<Socket {self.peer[0]}:{self.peer[1]}{' closed' if self.closed else ''}>"


def connect(host: str, port: int, timeout: float = 10) -> Socket:
    """Open a TCP connection.

    Args:    timeout: seconds, to connect and for each read and write after that.
    Blocks:  until it is connected.
    Raises:  300, 500, 258, 604, 605, 609, 601.
    """
    device = Device()
    try:
        result = device.control("tcp_connect", host, port, timeout)
    except BaseException:
        device.close()
        raise
    return Socket(device, result["session_id"], result["connect_ms"], (host, port))


def ping(host: str, port: int = 80, count: int = 4, timeout: float = 5) -> Facts:
    """Connect to a host's port some times in a row (20 at most) and tell how long it took.

    Returns: {host, port, method ("tcp" or "http"), sent, recv, loss (percent), min_ms, avg_ms, max_ms (None if nothing
             came), results: [{seq, status ("ok", "timeout", "error"), ms, error}]}.
    Blocks:  for *count* times *timeout* seconds at most.
    Raises:  500, 604, 605, 609, 601; a host that does not answer is a result.
    """
    return _ask("ping", host, port, count, timeout)  # type: ignore[no-any-return]


def info() -> Facts:
    """{http_enabled, tcp_enabled, online, max_sessions, active_sessions, driver_version}."""
    return _ask("info")  # type: ignore[no-any-return]


def sessions() -> list[Facts]:
    """What the caller's user has open (root: everybody): [{id, type, status, url, bytes, age_ms, pid, uid}]."""
    return _ask("session_list")  # type: ignore[no-any-return]


def cleanup() -> int:
    """Close what is stale of these sessions. Returns how many."""
    return _ask("session_cleanup")  # type: ignore[no-any-return]


def firewall(method: str, *args: object) -> Any:
    """Ask the firewall: "rules", "hosts", "stats", "audit", "test"; root also "reload", "enable", "set_limit",
    "audit_clear". Raises 501, 601."""
    return _ask(f"nf_{method}", *args)


def _ask(method: str, *args: object) -> Any:
    with Device() as device:
        return device.control(method, *args)


def network_error(error: StatusError, method: str) -> StatusError:
    """What a failure of the driver is to a program: the fitting builtin, with the driver's own words."""
    text = error.detail.partition(f"{method!r}: ")[2] or error.detail or error.status.meaning
    number = int(error.status)
    if number == 300:
        kind, errno = _CONNECTION_KINDS.get(text, (errors.ConnectionError, 5))
    elif number in _KINDS:
        kind, errno = _KINDS[number]
    else:
        return errors.to_builtin(StatusError(error.status, text))
    return kind(error.status, "", errno, text)  # type: ignore[call-arg]  # of errors: they take errno, strerror
