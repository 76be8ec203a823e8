"""system/vfs/mounts: where a path leads."""

from __future__ import annotations

import pytest
from vfsrig import BOOT_DISK, ETC, HOME_DISK, Disks

from abi.status import Status, StatusError
from system.vfs.mounts import DEVICE, DEVICES, FILE, MountEntry, Mounts, find_disk, parse_fstab, parse_options


def mounted(*entries: tuple[str, str, str], options: str = "rw") -> tuple[Mounts, Disks]:
    """Mounts of (uuid, path, mount point) on the root of a bench's disks."""
    disks = Disks()
    mounts = Mounts(disks.boot, BOOT_DISK)
    everything = {address: disks.bus.proxy(address) for address in disks.bus.list("filesystem", True)}
    for uuid, path, point in entries:
        entry = MountEntry(uuid, path, point, "homefs", parse_options(options))
        address, disk = find_disk(entry, (BOOT_DISK, disks.boot), everything)
        mounts.mount(entry, disk, address)
    return mounts, disks


def test_the_longest_mount_point_decides() -> None:
    """/home is another disk, /homes is not, and a spelling changes nothing."""
    mounts, disks = mounted(("label:home", "/", "/home"), ("label:tmpfs", "/in/side", "/home/guest/tmp"))
    home = disks.bus.proxy(HOME_DISK)
    assert (mounts.resolve("/home/a").disk, mounts.resolve("/home/a").raw) == (home, "/a")
    assert mounts.resolve("/homes/a").disk is disks.boot
    assert mounts.resolve("/home//x/../guest/tmp/f").raw == "/in/side/f"
    assert mounts.resolve("/home").raw == "/" and mounts.resolve("/").raw == "/"
    assert mounts.resolve("/x/../home/a").path == "/home/a"


def test_a_part_of_a_mounted_disk_is_another_name() -> None:
    """/var/log/x is /log/x, so there is one set of permissions for it; a circle of names ends."""
    mounts, _ = mounted(("boot", "/log", "/var/log"), ("virtual", "/dev/ringlog", "/var/log/syslog"))
    assert mounts.resolve("/var/log/syslog_001.log").path == "/log/syslog_001.log"
    assert mounts.resolve("/var/log").path == "/log"
    ring = mounts.resolve("/var/log/syslog")
    assert (ring.kind, ring.path) == (DEVICE, "/dev/ringlog")
    same, _ = mounted(("boot", "/home", "/home"))
    assert same.resolve("/home/x").raw == "/home/x"


def test_dev_is_nobodys_disk() -> None:
    """Its names are devices, it is a directory of its own, and nothing can be mounted in it."""
    mounts, _ = mounted()
    assert mounts.resolve("/dev/tty").kind == DEVICE and mounts.resolve("/dev/").kind == DEVICES
    assert mounts.resolve("/devx").kind == FILE
    with pytest.raises(StatusError, match="nothing can be mounted"):
        mounted(("label:home", "/", "/dev/home"))
    assert mounts.points_below("/") == ["dev/"]
    assert mounts.has_point_in("/") and mounts.has_point_in("/dev/tty") is False


def test_mount_points_stand_in_the_listing_of_their_directory() -> None:
    """A device's other name without a slash."""
    mounts, _ = mounted(("label:home", "/", "/home"), ("virtual", "/dev/ringlog", "/syslog"))
    assert sorted(mounts.points_below("/")) == ["dev/", "home/", "syslog"]
    assert mounts.points_below("/etc") == []


def test_a_disk_that_is_not_there_is_named() -> None:
    """405 with what was looked for."""
    with pytest.raises(StatusError, match="labelled 'floppy'") as missing:
        mounted(("label:floppy", "/", "/mnt"))
    assert missing.value.status is Status.NO_SUCH_DEVICE
    with pytest.raises(StatusError, match="address 'nowhere'"):
        mounted(("nowhere", "/", "/mnt"))


def test_fstab_as_shipped_and_as_broken() -> None:
    """The shipped file makes sense throughout; of a broken one the rest is used."""
    entries, problems = parse_fstab((ETC / "fstab.toml").read_text())
    assert not problems and entries[0].kind == "rootfs" and entries[0].mount == "/"
    assert entries[-1].options == {"rw": True, "size": 8192}
    rows = '[[mount]]\nuuid = "boot"\npath = "/"\nmount = "/"\ntype = "rootfs"\n'
    broken = ["[[mount]]\nuuid = 3\n", rows.replace("rootfs", "ext4"), rows.replace('"/"', '"x"')]
    entries, problems = parse_fstab(rows + "".join(broken))
    assert len(entries) == 1 and len(problems) == 3 and problems[0].startswith("entry 2 is left out")
    with pytest.raises(ValueError, match="mount"):
        parse_fstab("")


def test_routes_are_remembered_but_not_without_bound() -> None:
    """A program that makes up paths does not fill the memory."""
    mounts, _ = mounted()
    assert mounts.resolve("/a") is mounts.resolve("/a")
    for number in range(5000):
        mounts.resolve(f"/{number}")
    assert len(mounts.routes) <= 2048
    for nonsense in (["/a"], None, 3):
        with pytest.raises(StatusError):
            mounts.resolve(nonsense)
