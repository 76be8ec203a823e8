"""Which disk a machine gets."""

from __future__ import annotations

import os
from pathlib import Path

from axisos.machine import Machine, disk
from axisos.machine.host_directory import HostDirectory
from axisos.machine.memory_storage import MemoryStorage

from .test_storage import read, tree, write


def proxy_of(machine: Machine, label: str) -> object:
    """The proxy of the disk with this label."""
    proxies = [machine.bus.proxy(address) for address in machine.bus.list("filesystem", True)]
    return next(proxy for proxy in proxies if proxy.getLabel() == label)


def test_the_packaged_disk_stays_as_it_was() -> None:
    """A machine may change its system disk; the package and the next machine do not see it."""
    upper = MemoryStorage()
    storage = disk.overlay(upper)
    assert storage.stat("abi/status.py") is not None and storage.real_path("abi/status.py") is not None
    write(storage, "abi/status.py", b"changed")
    storage.remove("executive")
    fresh = disk.overlay(MemoryStorage())
    assert read(fresh, "abi/status.py") != b"changed" and read(storage, "abi/status.py") == b"changed"
    assert not any("__pycache__" in path for path in tree(fresh))


def test_disks_of_the_host(tmp_path: Path) -> None:
    """A directory is the disk itself; what the machine writes is there."""
    (tmp_path / "system").mkdir()
    (tmp_path / "home").mkdir()
    (tmp_path / "system" / "kernel.py").write_text("kernel")
    with Machine(tmp_path / "system", home=str(tmp_path / "home"), rom="") as machine:
        machine.power_on()
        system, home = proxy_of(machine, "AxisOS"), proxy_of(machine, "home")
        assert system.exists("/kernel.py") and system.realPath("kernel.py") == str(tmp_path / "system" / "kernel.py")
        handle = home.open("letter", "w")
        home.write(handle, b"dear")
        machine.power_off()
    assert (tmp_path / "home" / "letter").read_text() == "dear"


def test_populating_a_disk(tmp_path: Path) -> None:
    """What is there stays, what is missing comes."""
    source = MemoryStorage()
    source.make_directory("etc/empty")
    write(source, "etc/motd", b"welcome")
    write(source, "kernel.py", b"kernel")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "motd").write_text("mine")
    target = HostDirectory(str(tmp_path))
    assert disk.populate(target, source) == 1
    assert tree(target) == {"etc": None, "etc/empty": None, "etc/motd": b"mine", "kernel.py": b"kernel"}
    assert disk.populate(target, source) == 0
    assert os.path.isdir(disk.packaged_root())
