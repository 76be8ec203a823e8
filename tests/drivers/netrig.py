"""The network on a bench: the driver's rooms over a real card, a network in this process, a clock to turn by hand.

No kernel runs here: a request is a call, its answer is kept in `answers`, and a file id stands for an open of /dev/net.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

from abi.irp import IRP_MJ_DEVICE_CONTROL, IRP_MJ_READ, IRP_MJ_WRITE, Irp
from abi.status import Status, StatusError
from axisos.machine.components.internet import Internet
from axisos.machine.fake_network import FakeNetwork
from axisos.machine.network import Network
from drivers.internet.service import NetService

POLICY = """
[[rule]]
action = "allow"
ring = 2
[[rule]]
action = "deny"
host = "*.evil.test"
comment = "evil"
[[rule]]
action = "deny"
host = "evil.test"
[[rule]]
action = "allow"
proto = "http"
[[rule]]
action = "log"
proto = "tcp"
port = 7
"""
HOSTS = """
[hosts]
"nick.test" = "web.test"
"gone.test" = "0.0.0.0"
"""
GUEST, OTHER_USER, ROOT = 1000, 1001, 0
ADDRESS = "c0ffee00-1234-5123-a123-000000000000"


class Clock:
    """Machine time, and what is to be done at which time of it."""

    def __init__(self) -> None:
        self.now = 100.0
        self._later: list[tuple[float, int, Callable[[], object]]] = []
        self._last = 0

    def later(self, seconds: float, action: Callable[[], object]) -> None:
        self._last += 1
        heapq.heappush(self._later, (self.now + seconds, self._last, action))

    def next_due(self) -> float | None:
        return self._later[0][0] if self._later else None

    def do_due(self) -> None:
        while self._later and self._later[0][0] <= self.now:
            heapq.heappop(self._later)[2]()


class NetRig:
    """One card, one network, one driver's rooms."""

    pending = object()

    def __init__(
        self, network: Network | None = None, policy: str | None = POLICY, hosts: str | None = HOSTS
    ) -> None:
        self.network: Any = FakeNetwork() if network is None else network
        self.clock = Clock()
        self.files = {"/etc/netpolicy.toml": policy, "/etc/hosts.toml": hosts}
        self.logged: list[str] = []
        self.answers: dict[int, tuple[int, object]] = {}
        self._events: list[str] = []
        self.card = Internet(
            ADDRESS, self.network, lambda _name, _address, handle: self._events.append(handle), self.clock.later
        )
        self.service = NetService(self.card, self, "test")
        self._last_irp = 0

    # -- the port that the rooms see ------------------------------------------------------------------------------

    def complete(self, irp: Irp, status: int, information: object) -> None:
        assert irp.irp_id not in self.answers, f"{irp} is answered twice"
        self.answers[irp.irp_id] = (int(status), information)

    def now(self) -> float:
        return self.clock.now

    def read_file(self, path: str) -> bytes:
        text = self.files[path]
        if text is None:
            raise StatusError(Status.NO_SUCH_FILE, path)
        return text.encode()

    def log(self, text: str) -> None:
        self.logged.append(text)

    # -- what programs do -------------------------------------------------------------------------------------------

    def start(
        self, method: str, *args: object, uid: int = GUEST, ring: float = 3, pid: int = 25, file_id: int = 1,
        major: int = IRP_MJ_DEVICE_CONTROL, data: bytes = b"", length: int | None = None,
    ) -> Irp:
        """A request; its answer may come at once or later."""
        self._last_irp += 1
        irp = Irp(
            self._last_irp, major, "/dev/net", sender_pid=pid, reply_pid=2, requester_uid=uid, requester_ring=ring,
            file_id=file_id, method=method, args=list(args), data=data, length=length,
        )
        irp.device_object = self
        controls = self.service.controls
        handler = {IRP_MJ_READ: controls.read, IRP_MJ_WRITE: controls.write}.get(major, controls.control)
        try:
            value = handler(None, irp)
        except StatusError as error:
            self.complete(irp, error.status, error.detail)
        else:
            if value is not self.pending:
                self.complete(irp, 0, value)
        return irp

    def ask(self, method: str, *args: object, **who: Any) -> tuple[int, Any]:
        """A request and its answer, however long that takes: (status, value or detail)."""
        irp = self.start(method, *args, **who)
        self.run(lambda: irp.irp_id in self.answers)
        return self.answer(irp)

    def do(self, method: str, *args: object, **who: Any) -> Any:
        """A request that must succeed; its value."""
        status, value = self.ask(method, *args, **who)
        assert status == 0, (method, args, status, value)
        return value

    def answer(self, irp: Irp) -> tuple[int, Any]:
        assert irp.irp_id in self.answers, f"{irp} has no answer"
        return self.answers[irp.irp_id]

    def write(self, url: str, **who: Any) -> tuple[int, Any]:
        return self.ask("", major=IRP_MJ_WRITE, data=url.encode(), **who)

    def read(self, length: int | None = None, **who: Any) -> tuple[int, Any]:
        return self.ask("", major=IRP_MJ_READ, length=length, **who)

    # -- time -------------------------------------------------------------------------------------------------------

    def settle(self) -> float | None:
        """Do all that is due; when the next thing is."""
        while True:
            self.clock.do_due()
            events, self._events = self._events, []
            for handle in events:
                self.service.transfers.ready(handle)
            if not events and self.clock.next_due() != self.clock.now:
                break
        left = self.service.transfers.tick()
        due = [each for each in (self.clock.next_due(), None if left is None else self.clock.now + left) if each]
        return min(due, default=None)

    def run(self, done: Callable[[], bool], limit_s: float = 10_000.0) -> None:
        """Let time go by, from one event to the next, until something is so."""
        end = self.clock.now + limit_s
        following = self.settle()
        while not done():
            assert following is not None and following <= end, "nothing will happen any more"
            self.clock.now = max(self.clock.now, following)
            following = self.settle()

    def advance(self, seconds: float) -> None:
        """Let so much time go by."""
        end = self.clock.now + seconds
        while (following := self.settle()) is not None and following <= end:
            self.clock.now = max(self.clock.now, following)
        self.clock.now = end
        self.settle()

    @property
    def open_links(self) -> int:
        """How many handles of the card are open."""
        return len(self.card._links)
