"""The GPU driver: who may ask, who may draw."""

from __future__ import annotations

from abi.irp import IRP_MJ_CLOSE
from abi.status import Status
from small_kernel import small_kernel


class Card:
    """As much of a graphics card as can be asked and drawn on."""

    def __init__(self) -> None:
        self.drawn: list[object] = []

    def getResolution(self) -> tuple[int, int]:  # the component's own name
        return 80, 25

    def fill(self, *args: object) -> bool:
        self.drawn.append(args)
        return True

    def freeAllBuffers(self) -> None:
        """Returns nothing."""

    def maxDepth(self) -> int:
        raise ValueError("the card is on fire")


def test_anybody_asks_the_card_but_only_the_borrower_draws() -> None:
    """The loan is the terminal's to give, and ends when it is called back or the borrower has closed the device."""
    card = Card()
    with small_kernel(components={"feed": ("gpu", card)}) as kernel:
        kernel.from_pm("load_driver_for_component", "gpu", "feed")
        user = {"requester_ring": 3, "requester_uid": 0}
        assert kernel.control("/dev/gpu0", "getResolution", **user) == (0, [80, 25])
        assert kernel.control("/dev/gpu0", "fill", 1, 1, 2, 2, " ", **user)[0] == Status.DEVICE_BUSY
        assert kernel.control("/dev/gpu0", "lend", 25, **user)[0] == Status.PRIVILEGE_NOT_HELD

        kernel.open("/dev/gpu0", 1)
        assert kernel.control("/dev/gpu0", "lend", 25, requester_ring=2) == (0, [])
        assert kernel.control("/dev/gpu0", "fill", 1, 1, 2, 2, " ", **user) == (0, [True])
        assert kernel.control("/dev/gpu0", "freeAllBuffers", **user) == (0, [])
        kernel.ask(IRP_MJ_CLOSE, "/dev/gpu0", file_id=1)
        assert kernel.control("/dev/gpu0", "fill", 1, 1, 2, 2, " ", **user)[0] == Status.DEVICE_BUSY

        kernel.control("/dev/gpu0", "lend", 25, requester_ring=2)
        kernel.control("/dev/gpu0", "reclaim", requester_ring=2)
        assert kernel.control("/dev/gpu0", "fill", 1, 1, 2, 2, " ", **user)[0] == Status.DEVICE_BUSY
        assert card.drawn == [(1, 1, 2, 2, " ")]


def test_what_the_card_refuses() -> None:
    """Names outside the list, the card's own errors, no card, no address."""
    components: dict[str, tuple[str, object]] = {"feed": ("gpu", Card())}
    with small_kernel(components=components) as kernel:
        assert kernel.load("/drivers/gpu.sys.py")[0] == Status.INVALID_PARAMETER  # without an address
        kernel.from_pm("load_driver_for_component", "gpu", "gone", 1)
        assert kernel.pm.pop()[2] == Status.DEVICE_NOT_READY
        kernel.from_pm("load_driver_for_component", "gpu", "feed")
        for method in ("__init__", "drawn", "address"):
            assert kernel.control("/dev/gpu0", method)[0] == Status.NOT_IMPLEMENTED
        assert kernel.control("/dev/gpu0", "")[0] == Status.INVALID_PARAMETER
        assert kernel.control("/dev/gpu0", "maxDepth") == (Status.UNSUCCESSFUL, "maxDepth: the card is on fire")
        assert kernel.control("/dev/gpu0", "lend", "me", requester_ring=2)[0] == Status.INVALID_PARAMETER
