"""Requests and connections under way: what is asked of the card, and what becomes of it.

Every operation has a step that is tried at once, and again whenever the card says that something has changed; at its
deadline it ends with 258. So the driver never waits, and one slow server holds up nobody else.

Called by   controls, for requests; the driver, for `internet_ready`, time, CLOSE and withdrawn requests.
Owns        the sessions, and which of the card's handles belongs to which.
Always so   nothing is connected before it was judged; a session that leaves the table has its handle closed and is not
            counted any more.
"""

from __future__ import annotations

from abi.status import Status, StatusError

from .address import Target, refuse
from .sessions import NOT_YET, STALE_S, Requester, Session, Sessions, Wait

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from abi.irp import Irp

    from .netfilter import Netfilter

    class Port(Protocol):
        """What the rooms need of the system below them."""

        @property
        def pending(self) -> object: ...
        def complete(self, irp: Irp, status: int, information: object) -> None: ...
        def now(self) -> float: ...
        def read_file(self, path: str) -> bytes: ...
        def log(self, text: str) -> None: ...

TIMEOUT_S = 10.0
MAX_READ_BYTES = 1 << 20
BODY_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
METHODS = BODY_METHODS | {"GET", "HEAD", "OPTIONS"}
# Headers by which a request could say something else than was judged, or end elsewhere than its body does.
KEPT_HEADERS = frozenset({
    "connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
})


class Transfers:
    """Everything under way on one card."""

    def __init__(self, card: Any, netfilter: Netfilter, port: Port) -> None:
        self.card = card  # its proxy
        self._netfilter = netfilter
        self._port = port
        self.sessions = Sessions(port.now, self._ended)
        self._by_handle: dict[str, Session] = {}  # the card's id of a handle -> whose it is

    # --- operations --------------------------------------------------------------------------------------------

    def request(
        self, irp: Irp, target: Target, method: str, body: bytes | None, headers: dict[str, str], timeout_s: float,
        answer: Callable[[Session], object],
    ) -> object:
        """Start an HTTP request; *answer* makes the result of its session when the head has come."""
        session, place = self.admit("http", irp, target, timeout_s)
        if place.host != target.host:  # the web server is told the name that was asked for
            headers = {**headers, "Host": target.authority}
        self._attach(session, lambda: self.card.request(place.url, body, headers, method))
        session.bytes_written = len(body or b"")
        return self._begin(session, irp, lambda: self._connected(session, answer), self._give_up(session))

    def connect(self, irp: Irp, target: Target, timeout_s: float) -> object:
        """Open a TCP connection."""
        session, place = self.admit("tcp", irp, target, timeout_s)
        self._attach(session, lambda: self.card.connect(place.host, place.port))
        return self._begin(
            session, irp,
            lambda: self._connected(session, lambda each: {"session_id": each.id, "connect_ms": each.connect_ms}),
            self._give_up(session),
        )

    def read(self, irp: Irp, session: Session, count: int | None) -> object:
        """Up to *count* bytes, as soon as there are any. Raises 602 at the end."""
        most = MAX_READ_BYTES if count is None else min(count, MAX_READ_BYTES)
        return self._begin(session, irp, lambda: self._read(session, most), self._late(session, "sent nothing"))

    def write(self, irp: Irp, session: Session, data: bytes) -> object:
        """Send bytes; how many were taken, at least one."""
        return self._begin(session, irp, lambda: self._write(session, data), self._late(session, "took nothing"))

    def close(self, session: Session) -> None:
        """Close a session; whoever waits for it is answered."""
        self.withdraw(session, Status.CANCELLED, "the session was closed")
        self.sessions.remove(session)

    # --- what happens meanwhile --------------------------------------------------------------------------------

    def ready(self, handle_id: str) -> None:
        """The card says that something has changed."""
        session = self._by_handle.get(handle_id)
        if session is not None and session.wait is not None:
            self._answer(session, session.wait, session.wait.step)

    def tick(self) -> float | None:
        """End what is past its deadline. Returns the seconds until the next one, None if nothing waits."""
        now = self._port.now()
        following = None
        for session in self.sessions:
            wait = session.wait
            if wait is not None and wait.deadline <= now:
                self._answer(session, wait, wait.expire)
                wait = session.wait
            due = self._due(session, wait)
            if due <= now:
                self.sessions.remove(session)
            elif following is None or due < following:
                following = due
        return None if following is None else following - now

    def cancel(self, irp: Irp) -> None:
        """Nobody waits for a request any more; what it would have opened is closed."""
        for session in self.sessions:
            if session.wait is not None and session.wait.irp is irp:
                session.wait = None
                if session.status in ("new", "connecting"):
                    self.sessions.remove(session)

    def file_closed(self, file_id: int) -> None:
        """The last handle to an open of the device has gone."""
        for session in self.sessions.of_file(file_id):
            self.close(session)

    def close_all(self) -> None:
        """The driver goes."""
        for session in self.sessions:
            self.close(session)

    # --- the parts of an operation -----------------------------------------------------------------------------

    def admit(self, kind: str, irp: Irp, target: Target, timeout_s: float) -> tuple[Session, Target]:
        """Judge a request and make its session. Returns it, and the target after the hosts table.

        Raises: 500 denied; 609 the user, 604 the card has too much open.
        """
        requester = Requester.of(irp)
        place = self._netfilter.judge(requester, target)
        self.sessions.make_room()
        session = self.sessions.add(kind, requester, target, timeout_s)
        self._netfilter.opened(requester)
        session.status = "connecting"
        return session, place

    def try_connect(self, session: Session, call: Callable[[], Any]) -> None:
        """Give a session a new handle in place of its former one. Raises what the card says."""
        self._detach(session)
        session.handle = handle = hardware(call)
        self._by_handle[handle.id()] = session

    # --- steps -------------------------------------------------------------------------------------------------

    def _connected(self, session: Session, answer: Callable[[Session], object]) -> object:
        try:
            is_connected = hardware(session.handle.finish_connect)
        except StatusError:
            self._fail(session)
            raise
        if not is_connected:
            return NOT_YET
        now = self._port.now()
        session.status = "connected"
        session.used = now
        session.connect_ms = round((now - session.started) * 1000, 3)
        return answer(session)

    def _read(self, session: Session, most: int) -> object:
        data: bytes | None = hardware(session.handle.read, most)
        if data is None:
            session.status = "closed"
            raise StatusError(Status.END_OF_FILE, "there is no more")
        if not data and most > 0:
            return NOT_YET
        pieces, length = [data], len(data)
        while data and length < most:  # what else is there already
            try:
                data = hardware(session.handle.read, most - length)
            except StatusError:
                break  # the next read says so; these bytes did come
            pieces.append(data or b"")
            length += len(pieces[-1])
        session.bytes_read += length
        self._moved(session, length)
        return b"".join(pieces)

    def _write(self, session: Session, data: bytes) -> object:
        taken: int = hardware(session.handle.write, data)
        if not taken and data:
            return NOT_YET
        session.bytes_written += taken
        self._moved(session, taken)
        return taken

    def _give_up(self, session: Session) -> Callable[[], object]:
        def expire() -> object:
            self._fail(session)
            raise StatusError(
                Status.TIMEOUT, f"{session.target.authority} did not answer within {session.timeout_s:g} s"
            )

        return expire

    def _late(self, session: Session, what: str) -> Callable[[], object]:
        def expire() -> object:
            raise StatusError(Status.TIMEOUT, f"{session.target.authority} {what} for {session.timeout_s:g} s")

        return expire

    # --- inside ------------------------------------------------------------------------------------------------

    def _attach(self, session: Session, call: Callable[[], Any]) -> None:
        try:
            self.try_connect(session, call)
        except StatusError:
            self._fail(session)
            raise

    def _begin(
        self, session: Session, irp: Irp, step: Callable[[], object], expire: Callable[[], object]
    ) -> object:
        return self.begin(session, Wait(irp, self._port.now() + session.timeout_s, step, expire))

    def begin(self, session: Session, wait: Wait) -> object:
        """Try a step; if it has to wait, leave the request pending. Raises 604 if another one waits."""
        if session.wait is not None:
            raise StatusError(Status.DEVICE_BUSY, f"session {session.id} has a request that waits already")
        value = wait.step()
        if value is not NOT_YET:
            return value
        wait.irp.deadline = None  # the time limit is ours
        session.wait = wait
        return self._port.pending

    def _answer(self, session: Session, wait: Wait, ask: Callable[[], object]) -> None:
        """Go on with a request that waits; answer it if it is done."""
        status: int = Status.SUCCESS
        try:
            information = ask()
        except StatusError as error:
            status, information = error.status, error.detail
        if information is NOT_YET:
            return
        if session.wait is wait:
            session.wait = None
        session.used = self._port.now()
        self._port.complete(wait.irp, status, information)

    def withdraw(self, session: Session, status: Status, detail: str) -> None:
        """Answer whoever waits for a session in its place."""
        wait, session.wait = session.wait, None
        if wait is not None:
            self._port.complete(wait.irp, status, detail)

    def _due(self, session: Session, wait: Wait | None) -> float:
        """When the next thing happens to a session that nobody asks for anything."""
        return wait.deadline if wait is not None else session.used + STALE_S

    def _fail(self, session: Session) -> None:
        session.status = "error"
        self.sessions.remove(session)

    def _moved(self, session: Session, count: int) -> None:
        session.used = self._port.now()
        self._netfilter.moved(session.requester, count)

    def _detach(self, session: Session) -> None:
        handle, session.handle = session.handle, None
        if handle is not None:
            self._by_handle.pop(handle.id(), None)
            hardware(handle.close)

    def _ended(self, session: Session) -> None:
        self._detach(session)
        self._netfilter.closed(session.requester)


def hardware(call: Callable[..., Any], *args: object) -> Any:
    """Call the card; what it says no to becomes a status.

    A card that is full is 604, one that may not go there 500; any other failure of a connection is 300.
    """
    try:
        return call(*args)
    except StatusError:
        raise
    except Exception as error:
        number = getattr(error, "status", Status.UNSUCCESSFUL)
        status = {int(Status.HANDLE_TABLE_FULL): Status.DEVICE_BUSY, int(Status.INVALID_HANDLE): Status.UNSUCCESSFUL}
        raise StatusError(status.get(number, Status(number)), str(error)) from None


def check_headers(headers: object, target: Target) -> dict[str, str]:
    """Headers as the card takes them. Raises 601: one is none, or is the driver's to set."""
    if headers is None:
        return {}
    if type(headers) is not dict:
        raise refuse(f"headers are a dict of names and values, not {type(headers).__name__}")
    checked: dict[str, str] = {}
    for name, value in headers.items():
        if type(name) is not str or type(value) not in (str, int, float):
            raise refuse(f"the header {name!r:.40} must be text, with a text or number for its value")
        text = str(value)
        if name.lower() == "host" and text.lower() in (target.authority, target.host):
            continue  # it says what the URL says
        if name.lower() in KEPT_HEADERS or name.lower().startswith("proxy-"):
            raise refuse(f"the header {name} follows from the URL and the body, and cannot be given")
        checked[name] = text
    return checked


def check_method(method: object, body: bytes | None) -> str:
    """The method in capitals. Raises 601."""
    if type(method) is not str or method.upper() not in METHODS:
        raise refuse(f"the method is one of {', '.join(sorted(METHODS))}, not {method!r:.20}")
    if body and method.upper() not in BODY_METHODS:
        raise refuse(f"{method.upper()} carries no body; {', '.join(sorted(BODY_METHODS))} do")
    return method.upper()
