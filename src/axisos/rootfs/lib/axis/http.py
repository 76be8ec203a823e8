"""Requests to the web (manual, chapter 17.2).

    print(http.get("http://example.org/").text)

    with http.open("http://example.org/big") as stream:
        for chunk in stream.chunks():
            ...

`open` gives the answer as a stream and raises what goes wrong on the way. `get`, `post`, `put`, `delete`, `head` and
`request` give the whole answer as one object and raise only for arguments that make no sense: where there was no answer
its `code` is 0 and its `error` says why. An answer with an error code (404, 500) is an answer like others; see
`Response.raise_for_status`.

Redirects are followed, each as a request of its own that the firewall judges anew; the headers Authorization and Cookie
stay with the host that they were meant for.

Raises      as `axis.net`.
"""

from __future__ import annotations

import builtins

from abi.status import Status, StatusError
from axis import errors, filesystem
from axis.net import Device, Source, info

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Body = bytes | bytearray | memoryview | str | None
    Given = dict[str, str] | None

__all__ = [
    "Headers", "Response", "Stream", "delete", "download", "get", "head", "info", "open", "post", "put", "request",
]
MAX_REDIRECTS = 10
_REDIRECTS = (301, 302, 303, 307, 308)
_PRIVATE = ("authorization", "cookie")
_BODY_HEADERS = ("content-type", "content-encoding", "content-language")


class Headers:
    """The headers of an answer: `headers["content-type"]`, in any capitals."""

    def __init__(self, values: dict[str, list[str]]) -> None:
        self._values = {name.lower(): (name, texts) for name, texts in values.items()}

    def get(self, name: str, default: str | None = None) -> str | None:
        """The value; several of one name are joined with ", "."""
        entry = self._values.get(name.lower())
        return default if entry is None else ", ".join(entry[1])

    def all(self, name: str) -> list[str]:
        """All values of one name."""
        entry = self._values.get(name.lower())
        return [] if entry is None else [*entry[1]]

    def items(self) -> list[tuple[str, str]]:
        """(name, value), each value by itself."""
        return [(name, text) for name, texts in self._values.values() for text in texts]

    def __getitem__(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, _ in self._values.values()])

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({dict(self.items())!r})"


class Stream(Source):
    """An answer whose body is read as it comes."""

    _method = "http_read"

    def __init__(self, device: Device, answer: dict[str, Any], url: str) -> None:
        super().__init__(device, answer["session_id"])
        self.code: int = answer["status_code"]
        self.message: str = answer["status_message"]
        self.headers = Headers(answer["headers"])
        self.connect_ms: float = answer["connect_ms"]  # from the request to the head of its answer
        self.url = url  # after redirects

    @property
    def length(self) -> int | None:
        """How many bytes the server promises; None if it does not say."""
        text = self.headers.get("content-length") or ""
        return int(text) if text.isdecimal() else None

    def __repr__(self) -> str:
        return f"<Stream {self.code} {self.url}{' closed' if self.closed else ''}>"


class Response:
    """A whole answer; or none, then `code` is 0 and `error` says why."""

    def __init__(
        self, url: str, code: int = 0, message: str = "", headers: Headers | None = None, body: bytes = b"",
        connect_ms: float = 0.0, error: str | None = None,
    ) -> None:
        self.url = url
        self.code = code
        self.message = message
        self.headers = headers or Headers({})
        self.body = body
        self.connect_ms = connect_ms
        self.error = error

    @property
    def ok(self) -> bool:
        """Whether there was an answer, and no error code in it."""
        return self.error is None and 200 <= self.code < 400

    @property
    def text(self) -> str:
        """The body as text, by the charset that its Content-Type names, otherwise UTF-8; what is none is replaced."""
        _, _, charset = (self.headers.get("content-type") or "").lower().partition("charset=")
        try:
            return self.body.decode(charset.partition(";")[0].strip(" \"'") or "utf-8", "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        import json

        return json.loads(self.body)

    def raise_for_status(self) -> None:
        """Raise ConnectionError if there was no answer, or one with an error code."""
        if not self.ok:
            said = self.error or f"{self.code} {self.message}".rstrip()
            raise errors.ConnectionError(Status.UNSUCCESSFUL, "", 5, f"{self.url}: {said}")

    def __repr__(self) -> str:
        return f"<Response {self.code} {self.url}{f': {self.error}' if self.error else ''}>"


def open(
    url: str, method: str = "GET", body: Body = None, headers: Given = None, timeout: float = 10,
    redirects: int = MAX_REDIRECTS,
) -> Stream:
    """Ask a web server; returns when the head of its answer has come.

    Args:    url: http:// or https://. headers: names and values. timeout: seconds, for the head and for each read after
             it. redirects: how many are followed; 0 gives the redirect itself.
    Blocks:  until then.
    Raises:  300, 500, 258, 604, 605, 609, 601.
    """
    data = bytes(body) if isinstance(body, bytearray | memoryview) else body
    given = dict(headers or {})
    left = redirects
    device = Device()
    try:
        while True:
            answer = device.control("http_request", url, method, data, given, timeout)
            place = Headers(answer["headers"]).get("location")
            if answer["status_code"] not in _REDIRECTS or place is None or redirects == 0:
                return Stream(device, answer, url)
            if left == 0:
                raise errors.ConnectionError(Status.UNSUCCESSFUL, "", 5, f"{url}: more than {redirects} redirects")
            left -= 1
            device.control("http_close", answer["session_id"])
            following = _joined(url, place)
            if answer["status_code"] == 303 or (answer["status_code"] in (301, 302) and method == "POST"):
                method, data = "HEAD" if method == "HEAD" else "GET", None
                given = _without(given, _BODY_HEADERS)
            if _origin(following) != _origin(url):
                given = _without(given, _PRIVATE)
            url = following
    except BaseException:
        device.close()
        raise


def request(
    method: str, url: str, body: Body = None, headers: Given = None, timeout: float = 10
) -> Response:
    """Ask, and read the whole answer. Blocks until it is there. Raises 601 only."""
    connect_ms = 0.0
    try:
        with open(url, method, body, headers, timeout) as stream:
            connect_ms = stream.connect_ms
            data = stream.read()
            return Response(stream.url, stream.code, stream.message, stream.headers, data, connect_ms)
    except StatusError as error:
        if error.status == Status.INVALID_PARAMETER:
            raise
        return Response(url, connect_ms=connect_ms, error=errors.reason(error))


def get(url: str, headers: Given = None, timeout: float = 10) -> Response:
    """GET; see `request`."""
    return request("GET", url, None, headers, timeout)


def post(url: str, body: Body = None, headers: Given = None, timeout: float = 10) -> Response:
    """POST; see `request`."""
    return request("POST", url, body, headers, timeout)


def put(url: str, body: Body = None, headers: Given = None, timeout: float = 10) -> Response:
    """PUT; see `request`."""
    return request("PUT", url, body, headers, timeout)


def delete(url: str, headers: Given = None, timeout: float = 10) -> Response:
    """DELETE; see `request`."""
    return request("DELETE", url, None, headers, timeout)


def head(url: str, headers: Given = None, timeout: float = 10) -> Response:
    """HEAD: an answer without its body; see `request`."""
    return request("HEAD", url, None, headers, timeout)


def download(
    url: str, path: object, progress: Callable[[int], object] | None = None, timeout: float = 10,
    headers: Given = None,
) -> dict[str, Any]:
    """Write the body of an answer into a file; nothing is written for an answer with an error code.

    Args:    progress: called with the number of bytes so far, after each piece.
    Returns: {code, bytes, connect_ms}.
    Raises:  as `open`, and what the file system says; what there was of the file is removed then.
    """
    total = 0
    with open(url, "GET", None, headers, timeout) as stream:
        if stream.code < 400:
            try:
                with filesystem.open_bytes(path, "w") as file:
                    for chunk in stream.chunks():
                        file.write(chunk)
                        total += len(chunk)
                        if progress is not None:
                            progress(total)
            except BaseException:
                _remove(path)
                raise
        return {"code": stream.code, "bytes": total, "connect_ms": stream.connect_ms}


def _remove(path: object) -> None:
    """Take away what there is of a file; that it is not there is fine."""
    try:
        filesystem.remove(path)
    except (OSError, StatusError, builtins.ValueError):
        pass


def _without(headers: dict[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in names}


def _origin(url: str) -> str:
    """Scheme, host and port of a URL, as far as they are written alike."""
    scheme, _, rest = url.lower().partition("://")
    return f"{scheme}://{rest[: _end_of_authority(rest)]}"


def _end_of_authority(rest: str) -> int:
    return min([rest.find(mark) for mark in "/?#" if mark in rest], default=len(rest))


def _joined(base: str, place: str) -> str:
    """The URL that a redirect to *place* means, seen from *base*."""
    if "://" in place.partition("?")[0]:
        return place
    scheme, _, rest = base.partition("://")
    if place.startswith("//"):
        return f"{scheme}:{place}"
    cut = _end_of_authority(rest)
    authority, path = rest[:cut], rest[cut:].partition("#")[0].partition("?")[0] or "/"
    if place.startswith("/"):
        return f"{scheme}://{authority}{place}"
    if place.startswith("?"):
        return f"{scheme}://{authority}{path}{place}"
    return f"{scheme}://{authority}{path[: path.rfind('/') + 1]}{place}"


