"""The host's network, for machines whose owner has said where they may go (see `allowance.py`).

Each link has one helper thread, which looks the name up, connects, and moves bytes; it holds nothing of the machine.
What it finds out it posts to the machine's thread, where alone links change. A helper that waits is woken by a byte in
its pipe, or by its socket being shut down; a lookup cannot be interrupted, but such a helper has nothing open.

    machine's thread                         helper
    HostNetwork.request, connect  --start-->  look up, connect, talk
    Carrier.read_from, close      --wake--->
    Link.opened, arrived, ...     <--post---

Always so   only addresses that the allowance permits are connected to, and it is those that were looked at: a name is
            looked up once. When `stop` returns, every socket is closed and every helper has ended, but one that waits
            for a name server still, for which STOP_S is all that is waited.
"""

from __future__ import annotations

import os
import select
import socket
import threading
from time import monotonic

from axisos.machine.allowance import Allowance, as_address
from axisos.machine.errors import soft
from axisos.machine.network import LINK_BYTES, Carrier, HttpRequest, Link, Network, connection_lost, not_allowed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from axisos.machine.errors import ComponentError
    from axisos.machine.network import Later, Post

CONNECT_S = 30.0  # for one address; whoever asks has a shorter limit of its own
READ_BYTES = 1 << 16
STACK_BYTES = 1 << 20  # of a helper: the machine's memory limit counts what threads reserve
STOP_S = 1.0


class HostNetwork(Network):
    """The host's network through one machine's allowance."""

    is_real = True

    def __init__(self, allow: Iterable[str], post: Post) -> None:
        self._allowance = Allowance(allow)
        self._post = post
        self._helpers: set[_Helper] = set()

    def check(self, host: str, port: int) -> None:
        if not self._allowance.permits(host, port):
            raise not_allowed(f"{host}:{port} is not on this machine's list of hosts (axisos run --allow-net)")
        address = as_address(host)
        if address is not None and not self._allowance.permits_address(address, port):
            raise not_allowed(f"{host} is not a public address")

    def request(self, link: Link, request: HttpRequest, later: Later) -> Carrier:
        return self._start(_Exchange(self, link, request))

    def connect(self, link: Link, host: str, port: int, later: Later) -> Carrier:
        return self._start(_Connection(self, link, host, port))

    def stop(self) -> None:
        helpers, self._helpers = list(self._helpers), set()
        for helper in helpers:
            helper.close()
        deadline = monotonic() + STOP_S
        for helper in helpers:
            helper.thread.join(max(0.0, deadline - monotonic()))

    # -- for helpers --------------------------------------------------------------------------------------------

    def lookup(self, host: str, port: int) -> list[Any]:
        """What the host's resolver says of a name, as far as it is permitted; any thread. Raises OSError."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        permitted = []
        for entry in found:
            address = as_address(str(entry[4][0]))
            if address is not None and self._allowance.permits_address(address, port):
                permitted.append(entry)
        if not permitted:
            raise _NotPublic(f"{host} leads to {found[0][4][0]}, which is no public address, nor on the list itself")
        return permitted

    def post(self, action: Callable[[], object]) -> None:
        """Have something done on the machine's thread; any thread."""
        self._post(action)

    def done(self, helper: _Helper) -> None:
        """A helper has ended."""
        self._helpers.discard(helper)

    def _start(self, helper: _Helper) -> _Helper:
        self._helpers.add(helper)
        former = threading.stack_size(STACK_BYTES)
        try:
            helper.thread.start()
        except (RuntimeError, MemoryError):
            self._helpers.discard(helper)
            helper.close()
            raise soft("the host has no room for another connection") from None
        finally:
            threading.stack_size(former)
        return helper


class _NotPublic(OSError):
    """A name leads to addresses that this machine may not go to."""


class _Closed(Exception):
    """The link was closed while its helper was at work."""


class _Helper(Carrier):
    """One link's helper: its thread, its socket, its pipe."""

    def __init__(self, network: HostNetwork, link: Link, host: str, port: int) -> None:
        self.link = link
        self._network = network
        self._host = host
        self._port = port
        self._lock = threading.Lock()  # for all that follows
        self._socket: socket.socket | None = None
        self._is_closed = False
        self._under_way = 0  # bytes posted that have not arrived in the link
        self._unread = 0  # these, and what waits in the link
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self.thread = threading.Thread(target=self._run, name=f"axisos-net {host}:{port}", daemon=True)

    # -- the machine's thread -----------------------------------------------------------------------------------

    def read_from(self) -> None:
        with self._lock:
            was_full = self._unread >= LINK_BYTES
            self._unread = self.link.buffered + self._under_way
            if was_full:
                self._ring()

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            if self._socket is not None:
                _shut_down(self._socket)
            if self.thread.ident is None:  # it could not be started
                self._close_pipe()
            else:
                self._ring()

    def _arrive(self, data: bytes) -> None:
        with self._lock:
            self._under_way -= len(data)
        self.link.arrived(data)

    # -- the helper's thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        post, link = self._network.post, self.link
        try:
            self._talk()
        except _Closed:
            pass
        except Exception as error:
            reason = _reason(error, self._host)
            post(lambda: link.failed(reason))
        finally:
            with self._lock:
                if self._socket is not None:
                    self._socket.close()
                    self._socket = None
                self._close_pipe()
            post(lambda: self._network.done(self))

    def _talk(self) -> None:
        raise NotImplementedError

    def _bring(self, data: bytes) -> None:
        """Hand bytes over; waits while too many have not been read."""
        with self._lock:
            self._under_way += len(data)
            self._unread += len(data)
            is_full = self._unread >= LINK_BYTES
        self._network.post(lambda: self._arrive(data))
        while is_full:
            self._wait([])
            with self._lock:
                is_full = self._unread >= LINK_BYTES

    def _connect(self) -> socket.socket:
        """A connected socket that does not block, to the first address that answers."""
        failure: OSError = OSError("no address")
        for family, kind, protocol, _name, address in self._network.lookup(self._host, self._port):
            try:
                made = socket.socket(family, kind, protocol)
                self._adopt(made)
                made.setblocking(False)
                try:
                    made.connect(address)
                except BlockingIOError:
                    if not self._wait([(made.fileno(), select.POLLOUT)], CONNECT_S):
                        raise TimeoutError("it does not answer") from None
                    number = made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if number:
                        raise OSError(number, os.strerror(number)) from None
                return made
            except OSError as error:
                failure = error
        raise failure

    def _adopt(self, made: socket.socket) -> None:
        """This is our socket now; a former one is closed. Raises _Closed."""
        with self._lock:
            former, self._socket = self._socket, made
            if former is not None:
                former.close()
            if self._is_closed:
                raise _Closed

    def _wait(self, events: list[tuple[int, int]], limit_s: float | None = None) -> list[tuple[int, int]]:
        """Wait for one of these events, or to be woken. Returns those that came. Raises _Closed."""
        poll = select.poll()
        poll.register(self._wake_read, select.POLLIN)
        for fd, mask in events:
            poll.register(fd, mask)
        ready = poll.poll(None if limit_s is None else limit_s * 1000)
        try:
            while os.read(self._wake_read, 64):
                pass
        except BlockingIOError:
            pass  # nobody rings any more
        if self._is_closed:
            raise _Closed
        return [(fd, mask) for fd, mask in ready if fd != self._wake_read]

    # -- under the lock -----------------------------------------------------------------------------------------

    def _ring(self) -> None:
        if self._wake_write >= 0:
            try:
                os.write(self._wake_write, b"!")
            except OSError:
                pass  # it is full of rings already

    def _close_pipe(self) -> None:
        read, write = self._wake_read, self._wake_write
        self._wake_read = self._wake_write = -1
        for fd in (read, write):
            if fd >= 0:
                os.close(fd)


class _Connection(_Helper):
    """A TCP connection. What is sent goes straight into the socket; the helper waits for what comes, and for room."""

    def __init__(self, network: HostNetwork, link: Link, host: str, port: int) -> None:
        super().__init__(network, link, host, port)
        self._wants_room = False  # the machine was told that there is none

    def send(self, data: bytes) -> int:
        with self._lock:
            if self._is_closed or self._socket is None:
                return 0
            try:
                sent = self._socket.send(data)
            except BlockingIOError:
                sent = 0
            except OSError as error:
                self.link.error = _reason(error, self._host)
                return 0
            if sent < len(data):
                self._wants_room = True
                self._ring()
        return sent

    def _talk(self) -> None:
        connection = self._connect()
        self._network.post(self.link.opened)
        listens = select.POLLIN
        while True:
            mask = listens | (select.POLLOUT if self._wants_room else 0)
            for _, came in self._wait([(connection.fileno(), mask)] if mask else []):
                if came & select.POLLOUT:
                    self._wants_room = False
                    self._network.post(self.link.has_room)
                if listens and came & (select.POLLIN | select.POLLHUP | select.POLLERR):
                    data = self._receive(connection)
                    if data:
                        self._bring(data)
                    elif data is not None:
                        listens = 0  # what we have to say still goes out, until the link is closed
                        self._network.post(self.link.ended)

    def _receive(self, connection: socket.socket) -> bytes | None:
        """What has come, b"" for the end; None when there was nothing after all."""
        try:
            return connection.recv(READ_BYTES)
        except BlockingIOError:
            return None


class _Exchange(_Helper):
    """One HTTP request and its answer."""

    def __init__(self, network: HostNetwork, link: Link, request: HttpRequest) -> None:
        super().__init__(network, link, request.host, request.port)
        self._request = request

    def _talk(self) -> None:
        from http.client import HTTPConnection

        request = self._request
        connection = self._connect()
        connection.setblocking(True)
        if request.scheme == "https":
            import ssl

            context = ssl.create_default_context()
            secure = context.wrap_socket(connection, server_hostname=request.host, do_handshake_on_connect=False)
            self._adopt(secure)  # the old object has no descriptor any more
            secure.do_handshake()
            connection = secure
        http = HTTPConnection(request.host, request.port)
        http.sock = connection
        http.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
        given = {name.lower() for name in request.headers}
        own = {"Host": request.authority, "User-Agent": "AxisOS", "Accept": "*/*", "Connection": "close"}
        if request.body is not None:
            own["Content-Length"] = str(len(request.body))
        for name, value in own.items():
            if name.lower() not in given:
                http.putheader(name, value)
        for name, value in request.headers.items():
            http.putheader(name, value.encode("latin-1"))
        http.endheaders(request.body)
        response = http.getresponse()
        headers: dict[str, list[str]] = {}
        for name, value in response.getheaders():
            headers.setdefault(name, []).append(value)
        head = response.status, response.reason, headers
        self._network.post(lambda: self.link.opened(head))
        expected, got = response.length, 0
        while data := response.read1(READ_BYTES):
            got += len(data)
            self._bring(data)
        if expected is not None and got < expected:
            raise connection_lost()
        self._network.post(self.link.ended)


def _shut_down(connection: socket.socket) -> None:
    """Have whoever waits on this socket, in any thread, go on; TLS is not asked."""
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        pass  # it is not connected


def _reason(error: Exception, host: str) -> ComponentError:
    """What a helper's failure is to the machine."""
    from axisos.machine.errors import ComponentError

    if isinstance(error, ComponentError):
        return error
    if isinstance(error, _NotPublic):
        return not_allowed(str(error))
    if isinstance(error, socket.gaierror):
        return soft(f"unknown host: {host}")
    if isinstance(error, ConnectionRefusedError):
        return soft("connection refused")
    mistrust = getattr(error, "verify_message", None)  # ssl's own error has it; importing ssl for it would take 10 ms
    if mistrust:
        return soft(f"the certificate of {host} is not accepted: {mistrust}")
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return soft(f"i/o error: {text or type(error).__name__}")
