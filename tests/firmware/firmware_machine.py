"""A machine with nothing on its disk but what phase 1 of the boot needs, and a kernel that only looks around."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axisos
from axisos import Machine
from axisos.machine.memory_storage import MemoryStorage

ROOTFS = Path(axisos.__file__).parent / "rootfs"

KERNEL = """\
# A stub: publishes what the firmware handed over, and waits for ever.
class Kernel:
    space = globals()

raw_computer.publish(Kernel)
while True:
    raw_computer.pull_signal()
"""


def make_disk(files: dict[str, str | bytes | None] | None = None) -> MemoryStorage:
    """A system disk: the stub kernel, the shipped /boot, and *files* by path (None = leave it out)."""
    contents: dict[str, str | bytes | None] = {"kernel.py": KERNEL}
    for name in ("loader.toml", "setup.py", "menu.py", "importer.py"):
        contents[f"boot/{name}"] = (ROOTFS / "boot" / name).read_bytes()
    contents |= files or {}
    disk = MemoryStorage(identity="firmware test")
    for path, text in contents.items():
        if text is not None:
            write(disk, path, text)
    return disk


def write(disk: MemoryStorage, path: str, text: str | bytes) -> None:
    """Put a file on a disk."""
    disk.make_directory(path.rpartition("/")[0])
    file = disk.open(path, "w")
    assert file is not None
    file.write(text.encode() if isinstance(text, str) else text)
    file.close()


def read(disk: MemoryStorage, path: str) -> str:
    """The text of a file on a disk."""
    file = disk.open(path, "r")
    assert file is not None, path
    return file.read(float("inf")).decode()


def make_machine(disk: MemoryStorage | None = None, **options: Any) -> Machine:
    """A seeded machine with that disk."""
    return Machine(disk or make_disk(), seed=1, cache=False, **options)


def kernel_space(machine: Machine) -> dict[str, Any]:
    """Run until the stub kernel stands; the namespace that it was given."""
    machine.run_until(lambda: machine.kernel is not None or machine.last_error is not None)
    assert machine.last_error is None, machine.last_error
    space: dict[str, Any] = machine.kernel.space
    return space


def boot_args(machine: Machine) -> dict[str, Any]:
    """Run until the stub kernel stands; its boot arguments."""
    args: dict[str, Any] = kernel_space(machine)["boot_args"]
    return args


def eeprom(machine: Machine) -> Any:
    """The EEPROM's board."""
    return machine.bus.first("eeprom")


def without(machine: Machine, *types: str) -> Machine:
    """The machine with these boards pulled out."""
    for name in types:
        board = machine.bus.first(name)
        assert board is not None, name
        machine.bus.detach(board)
    return machine


def nvram(*, default: int = 255, timeout: int = 255, quick: int = 255, level: int = 255, safe: int = 255,
          init: bytes = b"", disk: bytes = b"", count: int = 0) -> bytes:  # fmt: skip
    """EEPROM data as setup writes it."""
    head = bytes([0, default, timeout, quick, level, safe])
    data = b"AXC2" + head + sum(head).to_bytes(2, "big")
    data = data.ljust(80, b"\0") + init.ljust(64, b"\0")
    data = data.ljust(176, b"\0") + disk
    return (data.ljust(240, b"\0") + count.to_bytes(4, "big")).ljust(256, b"\0")
