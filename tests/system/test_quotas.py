"""system/vfs/quotas: what may be used of a mount, counted to the byte."""

from __future__ import annotations

import pytest
from vfsrig import GUEST, HOME_DISK, Bench, Disks, booted

from abi.status import Status, StatusError
from axisos.machine.components.filesystem import Filesystem
from system.vfs.quotas import ENTRY_BYTES

KIB = 4
LIMIT = KIB * 1024


def with_quota(disks: Disks | None = None) -> Bench:
    """A bench whose /home may use 4 KiB."""
    disks = disks or Disks()
    text = disks.get("/etc/fstab.toml").decode()
    text = text.replace('type = "homefs"\noptions = "rw"', f'type = "homefs"\noptions = "rw,size={KIB}"')
    disks.put("/etc/fstab.toml", text.encode())
    return booted(disks)


def used(bench: Bench, point: str = "/home") -> int:
    """Bytes that a mount says are used, which must be what is really there."""
    (row,) = [row for row in bench.call("vfs_mounts") if row["point"] == point]
    board = bench.disks.bus.component(HOME_DISK)
    assert isinstance(board, Filesystem)
    if not board._handles:
        assert row["used"] == board.storage.space_used() - ENTRY_BYTES
    assert row["size"] == LIMIT and row["free"] == LIMIT - row["used"]
    return int(row["used"])


def refused(bench: Bench, *call: object, **caller: int) -> StatusError:
    """How a call fails."""
    with pytest.raises(StatusError) as error:
        bench.call(*call, **caller)
    return error.value


def test_growth_stops_at_the_limit_and_not_a_byte_after() -> None:
    """What would not fit is not begun, and the message says whose quota, what is left and what was needed."""
    bench = with_quota()
    handle = bench.call("vfs_open", "/home/f", "w")
    assert bench.call("vfs_write", handle, b"x" * (LIMIT - ENTRY_BYTES - 10)) == LIMIT - ENTRY_BYTES - 10
    full = refused(bench, "vfs_write", handle, b"x" * 11)
    assert full.status is Status.DISK_FULL
    assert full.detail == (
        "/home/f: cannot write it: the quota of /home, 4 KiB, has 10 bytes left, and 11 are needed; delete "
        "something on that disk"
    )
    assert used(bench) == LIMIT - 10, "nothing of it was written"
    assert bench.call("vfs_write", handle, b"y" * 10) == 10 and used(bench) == LIMIT
    assert refused(bench, "vfs_mkdir", "/home/d").status is Status.DISK_FULL
    assert refused(bench, "vfs_open", "/home/g", "w").status is Status.DISK_FULL
    assert bench.call("vfs_seek", handle, 5) == 5
    assert bench.call("vfs_write", handle, b"within") == 6, "what does not grow needs no room"
    bench.write_file("/tmp/f", b"x" * 10_000)
    bench.call("vfs_close", handle)
    assert bench.call("vfs_delete", "/home/f") and used(bench) == 0


def test_everything_gives_back_what_it_took() -> None:
    """Emptying, cutting off, deleting, replacing by rename, and a whole directory."""
    bench = with_quota()
    bench.write_file("/home/f", b"x" * 1000)
    bench.call("vfs_close", bench.call("vfs_open", "/home/f", "w"))
    assert used(bench) == ENTRY_BYTES
    handle = bench.call("vfs_open", "/home/f", "rw")
    assert bench.call("vfs_truncate", handle, 700) is True and used(bench) == ENTRY_BYTES + 700
    assert refused(bench, "vfs_truncate", handle, LIMIT).status is Status.DISK_FULL
    bench.call("vfs_seek", handle, 100, "end")
    bench.call("vfs_write", handle, b"!")
    assert used(bench) == ENTRY_BYTES + 801, "a gap counts"
    bench.call("vfs_truncate", handle, 3)
    bench.call("vfs_close", handle)
    bench.write_file("/home/g", b"x" * 500)
    bench.call("vfs_rename", "/home/g", "/home/f")
    assert used(bench) == ENTRY_BYTES + 500
    bench.call("vfs_mkdir", "/home/d")
    bench.call("vfs_rename", "/home/f", "/home/d/f")
    assert used(bench) == 2 * ENTRY_BYTES + 500
    bench.call("vfs_delete", "/home/d", True)
    assert used(bench) == 0


def test_a_deleted_file_counts_until_nobody_writes_it() -> None:
    """A program cannot write past its quota into a file without a name."""
    bench = with_quota()
    used(bench)
    handle = bench.call("vfs_open", "/home/f", "rw")
    bench.call("vfs_write", handle, b"x" * 1000)
    bench.call("vfs_delete", "/home/f")
    assert used(bench) == ENTRY_BYTES + 1000
    bench.call("vfs_write", handle, b"x" * 1000)
    assert refused(bench, "vfs_write", handle, b"x" * LIMIT).status is Status.DISK_FULL
    bench.write_file("/home/f", b"another")
    assert used(bench) == 2 * ENTRY_BYTES + 2007
    bench.call("vfs_close", handle)
    assert used(bench) == ENTRY_BYTES + 7


def test_two_writers_of_one_file_count_it_once() -> None:
    """By whatever handle it grows, and also after it has got another name."""
    bench = with_quota()
    used(bench)
    one, two = bench.call("vfs_open", "/home/f", "rw"), bench.call("vfs_open", "/home/f", "rw")
    bench.call("vfs_write", one, b"x" * 100)
    bench.call("vfs_write", two, b"y" * 150)
    assert bench.call("vfs_read", one) == b"y" * 50
    bench.call("vfs_rename", "/home/f", "/home/g")
    bench.call("vfs_write", one, b"z" * 10)
    assert used(bench) == ENTRY_BYTES + 160
    for handle in (one, two):
        bench.call("vfs_close", handle)
    assert used(bench) == ENTRY_BYTES + 160


def test_what_was_there_counts_after_a_boot_but_nobody_counts_it_then() -> None:
    """The first growth, or the first question, goes through the disk; a boot and reading do not."""
    first = with_quota()
    first.call("vfs_mkdir", "/home/guest")
    first.write_file("/home/guest/f", b"x" * 1000)
    second = booted(first.disks)
    mount = second.pm._mounts.at("/home")
    assert mount is not None and mount.quota is not None
    assert second.read_file("/home/guest/f") == b"x" * 1000 and mount.quota._counted is None
    handle = second.call("vfs_open", "/home/guest/f", "a")
    assert mount.quota._counted is None
    second.call("vfs_write", handle, b"more")
    assert mount.quota._counted == 2 * ENTRY_BYTES + 1004
    assert used(second) == 2 * ENTRY_BYTES + 1004


def test_a_full_disk_below_a_quota_is_counted_by_what_is_there() -> None:
    """The disk itself may be smaller than the quota."""
    bench = with_quota()
    board = bench.disks.bus.component(HOME_DISK)
    assert isinstance(board, Filesystem)
    used(bench)
    board.storage.capacity = 2000
    handle = bench.call("vfs_open", "/home/f", "w")
    assert refused(bench, "vfs_write", handle, b"x" * 1500).status is Status.DISK_FULL
    bench.call("vfs_write", handle, b"x" * 100)
    bench.call("vfs_close", handle)
    (row,) = [row for row in bench.call("vfs_mounts") if row["point"] == "/home"]
    assert (row["used"], row["free"]) == (ENTRY_BYTES + 100, 2000 - 2 * ENTRY_BYTES - 100)


def test_a_directory_of_the_root_disk_can_have_a_quota() -> None:
    """The names stay what they are; the rest of the disk is not limited."""
    bench = booted()
    bench.call("vfs_mkdir", "/srv")
    bench.call("vfs_chmod", "/srv", "777")
    bench.call("vfs_mount", "boot", "/srv", "/srv", "homefs", f"size={KIB}")
    assert bench.call("vfs_stat", "/srv")["mode"] == "777"
    bench.write_file("/srv/f", b"x" * 3000, **GUEST)
    handle = bench.call("vfs_open", "/srv/g", "w", **GUEST)
    assert refused(bench, "vfs_write", handle, b"x" * 3000, **GUEST).status is Status.DISK_FULL
    bench.write_file("/big", b"x" * 10_000)
    assert refused(bench, "vfs_rename", "/big", "/srv/big").status is Status.NOT_IMPLEMENTED, "no way past the count"
    bench.call("vfs_close", handle, **GUEST)
    bench.call("vfs_unmount", "/srv")
    assert bench.read_file("/srv/f") == b"x" * 3000
    assert bench.call("vfs_stat", "/srv/f")["uid"] == 1000
