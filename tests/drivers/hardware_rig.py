"""Real components on a bus, for drivers under the real DKMS on a small kernel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from axisos.machine import Bus
from axisos.machine.component import Component
from small_kernel import PM, SmallKernel, small_kernel


class Bench:
    """A small kernel, and the bus that its drivers find."""

    def __init__(self, kernel: SmallKernel, bus: Bus) -> None:
        self.kernel = kernel
        self.bus = bus

    def plug(self, board: Component) -> None:
        """Plug a board in, and have everybody hear of it."""
        self.bus.attach(board)
        self.kernel.components[board.address] = board.type, self.bus.proxy(board.address)
        self.kernel.from_pm("os_event", "component_added", board.address, board.type, sender=PM)

    def unplug(self, board: Component) -> None:
        """Pull a board out, and have everybody hear of it."""
        self.bus.detach(board)
        del self.kernel.components[board.address]
        self.kernel.from_pm("os_event", "component_removed", board.address, board.type, sender=PM)

    def devices(self) -> list[str]:
        """What /dev shows."""
        self.kernel.from_pm("dkms_list_devices_request", 1)
        names: list[str] = self.kernel.pm.pop()[2]
        return names


@contextmanager
def bench(boards: Iterable[Component], *drivers: str) -> Iterator[Bench]:
    """A kernel with these boards and drivers."""
    bus = Bus(lambda name, *args: None)
    for board in boards:
        bus.attach(board)
    bus.started()
    components = {board.address: (board.type, bus.proxy(board.address)) for board in bus.components()}
    with small_kernel(components=components) as kernel:  # type: ignore[arg-type]  # the proxies are objects
        for driver in drivers:
            assert kernel.load(driver)[0] == 0
        yield Bench(kernel, bus)
