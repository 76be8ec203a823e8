"""A network inside this process: web pages and TCP services that are Python functions, for simulations and tests.

    network = FakeNetwork()
    network.page("http://example.test/", "hello\\n")
    network.site("api.example.test", lambda request: (200, {"X-Method": request.method}, request.body or b""))
    network.tcp("echo.test", 7, lambda data: data)
    network.silent("slow.test")
    Machine(seed=7, internet=network)

It takes machine time, not host time: a name is looked up, a connection made, a request answered after `latency_s` each.
So the same run happens again under the same seed, and a time limit of a minute costs nothing to test.

Called by   the internet card; `page`, `site`, ... by whoever sets the scene, also while a machine runs.
Owns        what is served; nothing of a single machine, so machines may share one (`log` tells what all have done).
"""

from __future__ import annotations

import os
from stat import S_ISREG

from axisos.machine.errors import soft
from axisos.machine.network import LINK_BYTES, Carrier, HttpRequest, Link, Network, default_port

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from axisos.machine.errors import ComponentError
    from axisos.machine.network import Later

    Answer = tuple[int, dict[str, str], bytes | str]  # status code, headers, body
    Handler = Callable[[HttpRequest], Answer]
    Responder = Callable[[bytes], bytes | None]

LATENCY_S = 0.01
CHUNK_BYTES = 16384  # how the body of an answer arrives
MAX_PAGE_BYTES = 64 << 20  # of a file

_MESSAGES = {
    200: "OK", 201: "Created", 204: "No Content", 301: "Moved Permanently", 302: "Found", 303: "See Other",
    307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
    404: "Not Found", 405: "Method Not Allowed", 418: "I'm a teapot", 500: "Internal Server Error",
    503: "Service Unavailable",
}  # fmt: skip
_CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8", ".json": "application/json", ".txt": "text/plain; charset=utf-8",
    ".py": "text/plain; charset=utf-8", ".toml": "text/plain; charset=utf-8", ".md": "text/plain; charset=utf-8",
}  # fmt: skip


class FakeNetwork(Network):
    """Hosts that exist because somebody has said so; all others are unknown."""

    def __init__(self, latency_s: float = LATENCY_S) -> None:
        self.latency_s = latency_s  # machine seconds for each step of a conversation
        self.log: list[str] = []  # one line for each request and connection that reached the network
        self._sites: dict[tuple[str, int], Handler] = {}
        self._services: dict[tuple[str, int], tuple[Responder, bytes]] = {}
        self._silent: set[tuple[str, int | None]] = set()

    @classmethod
    def from_directory(cls, directory: str, latency_s: float = LATENCY_S) -> FakeNetwork:
        """A network that serves files: DIRECTORY/HOST/path, or DIRECTORY/HOST:PORT/path, is http://HOST/path.

        A path that ends in / is its index.html. Files are read when they are asked for. Links are followed as long as
        they lead to plain files in *directory*; nothing else is there.
        Raises: OSError if the directory cannot be read; ValueError for a folder whose name is no host.
        """
        network = cls(latency_s)
        for name in sorted(os.listdir(directory)):
            place = os.path.join(directory, name)
            if not os.path.isdir(place):
                continue
            host, colon, port = name.partition(":")
            if colon and not (port.isdecimal() and 0 < int(port) < 65536):
                raise ValueError(f"{place}: the folder is named HOST or HOST:PORT, and {port!r} is no port")
            for number in [int(port)] if colon else [80, 443]:
                network.site(host, _files_below(directory, place), number)
        return network

    # -- setting the scene --------------------------------------------------------------------------------------

    def site(self, host: str, handler: Handler, port: int = 80) -> None:
        """Have all requests to a host and port answered by a function: request -> (code, headers, body)."""
        self._sites[host.lower(), port] = handler

    def page(
        self, url: str, body: bytes | str, code: int = 200, headers: dict[str, str] | None = None,
        cut_after: int | None = None,
    ) -> None:
        """Have one URL answered so. `cut_after`: the connection breaks after so many bytes of the body."""
        scheme, _, rest = url.partition("://")
        authority, slash, path = rest.partition("/")
        host, colon, port = authority.partition(":")
        key = host.lower(), int(port) if colon else default_port(scheme)
        handler = self._sites.get(key)
        if not isinstance(handler, _Pages):
            handler = self._sites[key] = _Pages()
        handler.pages[slash + path or "/"] = _Page(code, headers or {}, body, cut_after)

    def tcp(self, host: str, port: int, respond: Responder, greeting: bytes = b"") -> None:
        """Have a service at a host and port: what it gets is answered by *respond*, None = it hangs up."""
        self._services[host.lower(), port] = (respond, greeting)

    def silent(self, host: str, port: int | None = None) -> None:
        """Have a host (all of its ports, or one) that never answers."""
        self._silent.add((host.lower(), port))

    def _is_silent(self, host: str, port: int) -> bool:
        return (host, None) in self._silent or (host, port) in self._silent

    def _knows(self, host: str) -> bool:
        return any(name == host for name, _ in (*self._sites, *self._services, *self._silent))

    # -- the card's side ----------------------------------------------------------------------------------------

    def request(self, link: Link, request: HttpRequest, later: Later) -> Carrier:
        self.log.append(f"{request.method} {request.url}")
        carrier = _Answering(link)
        handler = self._sites.get((request.host, request.port))
        if self._is_silent(request.host, request.port):
            return carrier
        if handler is None:
            later(self.latency_s, lambda: link.failed(self._nobody(request.host)))
            return carrier

        def answer() -> None:
            result = handler(request)
            code, headers, body = result
            data = body.encode() if isinstance(body, str) else body
            named: dict[str, list[str]] = {"Content-Length": [str(len(data))]}
            named.update((name, [value]) for name, value in headers.items())
            link.opened((code, _MESSAGES.get(code, ""), named))
            is_empty = request.method == "HEAD" or code in (204, 304)
            carrier.begin(b"" if is_empty else data, result.cut_after if isinstance(result, _Page) else None)

        later(2 * self.latency_s, lambda: None if link.state == "closed" else answer())
        return carrier

    def connect(self, link: Link, host: str, port: int, later: Later) -> Carrier:
        self.log.append(f"connect {host}:{port}")
        service = self._services.get((host, port))
        if self._is_silent(host, port):
            return Carrier()
        if service is None and (host, port) not in self._sites:
            later(self.latency_s, lambda: link.failed(self._nobody(host)))
            return Carrier()
        respond, greeting = service or (_not_spoken, b"")

        def opened() -> None:
            link.opened()
            link.arrived(greeting)

        later(self.latency_s, opened)
        return _Conversation(link, respond, later, self.latency_s)

    def _nobody(self, host: str) -> ComponentError:
        return soft("connection refused" if self._knows(host) else f"unknown host: {host}")


class _Page(tuple):  # type: ignore[type-arg]  # an Answer that also says where it breaks
    """One page: an answer, and after how many bytes the connection breaks."""

    cut_after: int | None

    def __new__(cls, code: int, headers: dict[str, str], body: bytes | str, cut_after: int | None) -> _Page:
        page = super().__new__(cls, (code, headers, body))
        page.cut_after = cut_after
        return page


class _Pages:
    """A host whose pages were set one by one."""

    def __init__(self) -> None:
        self.pages: dict[str, _Page] = {}

    def __call__(self, request: HttpRequest) -> Answer:
        return self.pages.get(request.path) or self.pages.get(request.path.partition("?")[0]) or _not_found(request)


def _not_found(request: HttpRequest) -> Answer:
    return 404, {"Content-Type": "text/plain; charset=utf-8"}, f"there is no {request.path} here\n"


def _files_below(top: str, directory: str) -> Handler:
    """A site whose pages are files of *directory*, which is in *top*."""

    def answer(request: HttpRequest) -> Answer:
        path = request.path.partition("?")[0]
        if request.method not in ("GET", "HEAD"):
            return 405, {"Allow": "GET, HEAD"}, b""
        parts = [part for part in path.split("/") if part]
        if any(part.startswith(".") for part in parts):
            return _not_found(request)
        name = os.path.join(directory, *parts, *(["index.html"] if path.endswith("/") else []))
        try:
            data = _plain_file(top, name)
        except (OSError, ValueError):
            return _not_found(request)
        if data is None:
            return 500, {}, f"{request.path} has more than {MAX_PAGE_BYTES} bytes\n"
        content_type = _CONTENT_TYPES.get(os.path.splitext(name)[1], "application/octet-stream")
        return 200, {"Content-Type": content_type}, data

    return answer


def _plain_file(top: str, name: str) -> bytes | None:
    """What is in a plain file in *top*; None if that is too much. Raises: OSError, also for anything else."""
    top, name = os.path.realpath(top), os.path.realpath(name)
    if os.path.commonpath([top, name]) != top:
        raise FileNotFoundError(name)
    with open(os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:  # a pipe must not hold us up
        status = os.fstat(file.fileno())
        if not S_ISREG(status.st_mode):
            raise FileNotFoundError(name)
        return file.read() if status.st_size <= MAX_PAGE_BYTES else None


def _not_spoken(_data: bytes) -> bytes | None:
    """A web site that is talked to by hand: it hangs up."""
    return None


class _Answering(Carrier):
    """Brings the body of an answer, as fast as it is read."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._left: bytes | None = None
        self._is_cut = False

    def begin(self, body: bytes, cut_after: int | None) -> None:
        """The head is there; this follows."""
        self._is_cut = cut_after is not None
        self._left = body if cut_after is None else body[:cut_after]
        self.read_from()

    def read_from(self) -> None:
        link = self._link
        while self._left and not link.is_full:
            chunk, self._left = self._left[:CHUNK_BYTES], self._left[CHUNK_BYTES:]
            link.arrived(chunk)
        if self._left == b"":
            self._left = None
            if self._is_cut:
                link.failed(soft("connection lost"))
            else:
                link.ended()


class _Conversation(Carrier):
    """One TCP connection to a service that answers."""

    def __init__(self, link: Link, respond: Responder, later: Later, latency_s: float) -> None:
        self._link = link
        self._respond = respond
        self._later = later
        self._latency_s = latency_s

    def send(self, data: bytes) -> int:
        taken = data[:LINK_BYTES]
        self._later(2 * self._latency_s, lambda: self._answer(taken))
        return len(taken)

    def _answer(self, data: bytes) -> None:
        reply = self._respond(data)
        if reply is None:
            self._link.ended()
        else:
            self._link.arrived(reply)
