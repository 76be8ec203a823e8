"""The network as a whole: the rooms put together, for one card.

Called by   the driver, which makes it when the device is opened first: a boot does not pay for it.
Owns        the card's transfers and sessions, and the policy.
"""

from __future__ import annotations

from .controls import Controls
from .netfilter import Netfilter
from .transfers import Transfers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .transfers import Port


class NetService:
    """What answers the requests of one device."""

    def __init__(self, card: Any, port: Port, version: str) -> None:
        self.netfilter = Netfilter(port.read_file, port.log, port.now)
        self.transfers = Transfers(card, self.netfilter, port)
        self.controls = Controls(self.transfers, self.netfilter, port, version)

    def file_closed(self, file_id: int) -> None:
        """The last handle of an open has gone, by `close` or with its process."""
        self.controls.forget_file(file_id)
        self.transfers.file_closed(file_id)
