"""Ping: several connections to a host's port in a row, each closed at once, and how long they took.

There is no ICMP on the card. Where it makes no TCP connections, an HTTP request for the head of `/` stands in.

Called by   controls.
Owns        nothing; a series lives in the wait of its session.
"""

from __future__ import annotations

from abi.status import StatusError

from .address import Target
from .sessions import NOT_YET, Wait
from .transfers import hardware

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from abi.irp import Irp

    from .transfers import Port, Transfers

MAX_COUNT = 20


class Series:
    """One ping: its probes so far."""

    def __init__(
        self, transfers: Transfers, port: Port, irp: Irp, target: Target, count: int, timeout_s: float
    ) -> None:
        self._transfers = transfers
        self._port = port
        self._count = count
        self._timeout_s = timeout_s
        self._target = target
        self._results: list[dict[str, object]] = []
        self._times_ms: list[float] = []
        self._sent_at = 0.0
        self._is_under_way = False
        self._session, place = transfers.admit("ping", irp, target, timeout_s)
        self._connect = self._probe_of(place)
        self._wait = Wait(irp, 0.0, self._step, self._expire)

    def start(self) -> object:
        """Send the first probe."""
        return self._transfers.begin(self._session, self._wait)

    def _probe_of(self, place: Target) -> Callable[[], Any]:
        card = self._transfers.card
        if place.proto == "tcp":
            return lambda: card.connect(place.host, place.port)
        return lambda: card.request(place.url, None, {"Host": self._target.authority}, "HEAD")

    def _step(self) -> object:
        """Go on until a probe has to be waited for, or all are done."""
        while len(self._results) < self._count:
            try:
                if not self._is_under_way:
                    self._send()
                if not hardware(self._session.handle.finish_connect):
                    return NOT_YET
            except StatusError as error:
                self._note("error", None, error.detail)
            else:
                elapsed_ms = round((self._port.now() - self._sent_at) * 1000, 3)
                self._times_ms.append(elapsed_ms)
                self._note("ok", elapsed_ms, None)
        self._transfers.sessions.remove(self._session)
        return self._summary()

    def _expire(self) -> object:
        """The present probe was not answered in time: go on with the next."""
        self._note("timeout", None, None)
        return self._step()

    def _send(self) -> None:
        now = self._port.now()
        self._sent_at = self._session.used = now
        self._wait.deadline = now + self._timeout_s
        self._is_under_way = True
        self._transfers.try_connect(self._session, self._connect)

    def _note(self, status: str, elapsed_ms: float | None, error: str | None) -> None:
        self._is_under_way = False
        self._results.append({"seq": len(self._results) + 1, "status": status, "ms": elapsed_ms, "error": error})

    def _summary(self) -> dict[str, object]:
        times, sent = self._times_ms, len(self._results)
        return {
            "host": self._target.host, "port": self._target.port, "method": self._target.proto, "sent": sent,
            "recv": len(times), "loss": round(100 * (sent - len(times)) / sent, 1),
            "min_ms": min(times, default=None), "max_ms": max(times, default=None),
            "avg_ms": round(sum(times) / len(times), 3) if times else None, "results": self._results,
        }
