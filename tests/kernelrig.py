"""A bare machine (the kernel without its services) to run small programs in, and what they say through the log."""

from __future__ import annotations

from typing import Any

from axisos import Machine


def adopt(parent: Any, child: Any) -> None:
    """Make a process the child of another, as if that had started it."""
    del child.parent.children[child.pid]
    child.parent, parent.children[child.pid] = parent, child


class BareMachine:
    """One seeded machine whose programs are source texts; `say(...)` in them is heard by the test."""

    PRELUDE = 'def say(*words):\n    syscall("kernel_log", " ".join(map(str, words)))\n'

    def __init__(self, seed: int = 7, schedule: str = "fifo") -> None:
        self.machine = Machine(
            profile="bare", seed=seed, schedule=schedule, boot_args={"timeout": 0}, resolution=(50, 16)
        )
        self.machine.power_on()
        self.machine.run_until_idle()
        assert self.machine.last_error is None, self.machine.last_error

    @property
    def kernel(self) -> Any:
        return self.machine.kernel

    def start(self, source: str, ring: float = 3, path: str = "/test.py") -> Any:
        """A process of *ring* that runs *source*; it runs when the machine goes on."""
        return self.kernel.spawn_source(self.PRELUDE + source, ring, path)

    def settle(self, timeout: float = 60.0) -> None:
        """Go on until nobody has anything to do."""
        self.machine.run_until_idle(timeout)

    def run(self, source: str, ring: float = 3, timeout: float = 60.0) -> Any:
        """Run a program to its end (or until everybody waits). Returns its process."""
        process = self.start(source, ring)
        self.settle(timeout)
        return process

    def tell(self, pid: int, *message: object) -> None:
        """Send a program a message, as from the kernel."""
        self.kernel.messages.post(pid, *message)
        self.machine.computer.push_signal("work")  # the hub may be asleep

    def said(self, level: str | None = "info") -> list[str]:
        """What programs have said so far, in order."""
        entries = self.kernel.log.newest(1000)
        return [str(entry["msg"]) for entry in entries if entry["pid"] and (level is None or entry["level"] == level)]

    def close(self) -> None:
        self.machine.power_off()

    def __enter__(self) -> BareMachine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
