"""What programs have open: sessions, each bound to the open file through which it was made.

A session's number means something together with its file only, so a number guessed by another program leads nowhere. A
child that inherits the handle has the sessions with it, as with a socket. When the last handle to the file goes, for
whatever reason, its sessions are closed.

Called by   transfers.
Owns        the table of sessions, MAX_SESSIONS at most.
"""

from __future__ import annotations

from abi.status import Status, StatusError

from .address import Target, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from abi.irp import Irp

MAX_SESSIONS = 32
LAST_ID = 99999
STALE_S = 120.0  # unused for so long, a session is closed
NOT_YET = object()  # what a step returns that has to wait


class Requester:
    """Who asks: what the kernel wrote into the request."""

    __slots__ = ("file_id", "pid", "ring", "uid")

    def __init__(self, pid: int, uid: int, ring: float, file_id: int) -> None:
        self.pid = pid
        self.uid = uid
        self.ring = ring
        self.file_id = file_id

    @classmethod
    def of(cls, irp: Irp) -> Requester:
        return cls(irp.sender_pid, irp.requester_uid, irp.requester_ring, irp.file_id)


class Wait:
    """A request that waits for its session: `step` tries again, `expire` is called at the deadline.

    Both return the answer or NOT_YET, or raise StatusError.
    """

    __slots__ = ("deadline", "expire", "irp", "step")

    def __init__(
        self, irp: Irp, deadline: float, step: Callable[[], object], expire: Callable[[], object]
    ) -> None:
        self.irp = irp
        self.deadline = deadline  # machine time, seconds
        self.step = step
        self.expire = expire


class Session:
    """One request or connection of one program."""

    __slots__ = (
        "bytes_read", "bytes_written", "connect_ms", "handle", "id", "kind", "requester", "started", "status",
        "target", "timeout_s", "used", "wait",
    )

    def __init__(self, id: int, kind: str, requester: Requester, target: Target, timeout_s: float, now: float) -> None:
        self.id = id
        self.kind = kind  # "http", "tcp", "ping"
        self.requester = requester
        self.target = target  # as it was asked for, before the hosts table
        self.timeout_s = timeout_s
        self.started = self.used = now  # machine time, seconds
        self.status = "new"  # then connecting, connected, closed, error
        self.connect_ms: float | None = None
        self.bytes_read = 0
        self.bytes_written = 0
        self.handle: Any = None  # the card's
        self.wait: Wait | None = None

    @property
    def url(self) -> str:
        return self.target.url

    def is_stale(self, now: float) -> bool:
        """Whether nobody seems to need it any more."""
        return self.wait is None and (self.status in ("closed", "error") or now - self.used >= STALE_S)


class Sessions:
    """The sessions of one card."""

    def __init__(self, now: Callable[[], float], on_end: Callable[[Session], object]) -> None:
        self._now = now
        self._on_end = on_end  # a session leaves the table
        self._by_id: dict[int, Session] = {}
        self._last_id = 0

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Any:
        return iter(list(self._by_id.values()))

    def make_room(self) -> None:
        """Raises 604 when the table is full of sessions that are in use."""
        if len(self._by_id) >= MAX_SESSIONS:
            self.clean(0)
        if len(self._by_id) >= MAX_SESSIONS:
            raise StatusError(Status.DEVICE_BUSY, f"all {MAX_SESSIONS} sessions of the network are in use")

    def add(self, kind: str, requester: Requester, target: Target, timeout_s: float) -> Session:
        """A new session; `make_room` was called before."""
        number = self._last_id
        while True:
            number = number % LAST_ID + 1
            if number not in self._by_id:
                break
        self._last_id = number
        session = self._by_id[number] = Session(number, kind, requester, target, timeout_s, self._now())
        return session

    def find(self, irp: Irp, id: object, kind: str) -> Session:
        """The session of this number and kind that the caller's file has. Raises 601: there is none."""
        session = self._by_id.get(id) if type(id) is int else None
        if session is None or session.kind != kind or session.requester.file_id != irp.file_id:
            raise refuse(f"this handle of /dev/net has no {kind} session {id!r:.20}")
        session.used = self._now()
        return session

    def remove(self, session: Session) -> None:
        """Close a session; idempotent."""
        if self._by_id.pop(session.id, None) is not None:
            session.status = "closed"
            self._on_end(session)

    def of_file(self, file_id: int) -> list[Session]:
        """The sessions made through one open file."""
        return [session for session in self if session.requester.file_id == file_id]

    def clean(self, uid: int) -> int:
        """Close what is stale of one user, uid 0: of all. Returns how many."""
        now = self._now()
        stale = [each for each in self if uid in (0, each.requester.uid) and each.is_stale(now)]
        for session in stale:
            self.remove(session)
        return len(stale)

    def table(self, uid: int) -> list[dict[str, object]]:
        """What one user has open, uid 0: all of it."""
        now = self._now()
        return [
            {
                "id": each.id, "type": each.kind, "status": each.status, "url": each.url,
                "bytes": each.bytes_read + each.bytes_written, "age_ms": round((now - each.started) * 1000, 3),
                "pid": each.requester.pid, "uid": each.requester.uid,
            }
            for each in self if uid in (0, each.requester.uid)
        ]
