"""system/vfs/mounting: disks that come and go while the machine runs. A real disk, a kernel of tables."""

from __future__ import annotations

import pytest
from vfsrig import GUEST, HOME_DISK, TMP_DISK, Bench, Disks, booted

from abi.status import Status, StatusError
from axisos.machine.components.filesystem import Filesystem
from axisos.machine.memory_storage import MemoryStorage
from system.vfs.permission_file import TABLE

STICK = "57100000-0000"  # a disk that is no part of the bench's machine


def with_stick(*, label: str = "stick", **env: object) -> tuple[Bench, Filesystem]:
    """A booted bench, and a disk plugged into it, with a directory and a file."""
    bench = booted(**env)
    bench.call("vfs_mkdir", "/mnt")
    return bench, plug_in(bench, label)


def plug_in(bench: Bench, label: str = "stick", address: str = STICK) -> Filesystem:
    """Plug a disk in, and have everybody hear of it."""
    stick = Filesystem(address, MemoryStorage(), label)
    bench.disks.bus.attach(stick)
    bench.disks.bus.proxy(address).makeDirectory("/in")
    bench.disks.put("/in/f", b"on the stick", address)
    bench.post(0, "os_event", "component_added", address, "filesystem")
    return stick


def pull_out(bench: Bench, stick: Filesystem) -> None:
    """Pull a disk out, and have everybody hear of it."""
    bench.disks.bus.detach(stick)
    bench.post(0, "os_event", "component_removed", stick.address, "filesystem")


def refused(bench: Bench, *call: object, **caller: int) -> StatusError:
    """How a call fails."""
    with pytest.raises(StatusError) as error:
        bench.call(*call, **caller)
    return error.value


def points(bench: Bench) -> list[str]:
    """Where something is mounted."""
    return [row["point"] for row in bench.call("vfs_mounts")]


def test_a_disk_is_mounted_used_and_unmounted() -> None:
    """What stood in the directory before is covered meanwhile, and its rights with it."""
    bench, _ = with_stick()
    bench.write_file("/mnt/below", b"covered")
    bench.call("vfs_chmod", "/mnt/below", "600")
    assert bench.call("vfs_mount", "label:stick", "/", "/mnt") is True
    assert bench.call("vfs_list", "/mnt") == ["in/"] and bench.read_file("/mnt/in/f") == b"on the stick"
    assert bench.call("vfs_stat", "/mnt/in/f")["mode"] == "755", "nobody has set rights on that disk"
    assert bench.call("vfs_unmount", "/mnt") is True
    assert bench.read_file("/mnt/below") == b"covered" and bench.call("vfs_stat", "/mnt/below")["mode"] == "600"
    assert not bench.disks.bus.component(STICK)._handles


def test_a_part_of_a_disk_an_address_and_its_beginning() -> None:
    """Each names the same disk; a part of one that is mounted is another name."""
    bench, _ = with_stick()
    bench.call("vfs_mount", STICK[:4], "/in", "/mnt")
    assert bench.read_file("/mnt/f") == b"on the stick"
    bench.call("vfs_unmount", "/mnt")
    bench.call("vfs_mount", STICK, "/", "/mnt", "homefs", "ro")
    bench.call("vfs_mkdir", "/other")
    bench.call("vfs_mount", STICK, "/in", "/other", "ringfs")
    assert bench.call("vfs_mounts")[-1] | {"label": ""} == {
        "point": "/var/log/syslog", "type": "ringfs", "disk": "virtual", "path": "/dev/ringlog",
        "alias": "/dev/ringlog", "options": "rw,size=8192", "open": 0, "label": "", "size": None, "used": None,
        "free": None,
    }
    (other,) = [row for row in bench.call("vfs_mounts") if row["point"] == "/other"]
    assert other["alias"] == "/mnt/in"
    assert refused(bench, "vfs_unmount", "/mnt").detail == "/mnt: /other is mounted on it; unmount that first"
    assert refused(bench, "vfs_open", "/other/new", "w").status is Status.READ_ONLY


def test_only_root_mounts_and_what_makes_no_sense_is_refused() -> None:
    """Each mistake has its status; nothing is changed by one."""
    bench, _ = with_stick()
    bench.call("vfs_mkdir", "/mnt/in")
    before = bench.call("vfs_mounts")
    for status, call in (
        (Status.NO_SUCH_DEVICE, ("vfs_mount", "label:floppy", "/", "/mnt")),
        (Status.NO_SUCH_DEVICE, ("vfs_mount", "57", "/", "/mnt")),
        (Status.NO_SUCH_FILE, ("vfs_mount", STICK, "/", "/nowhere")),
        (Status.NO_SUCH_FILE, ("vfs_mount", STICK, "/nowhere", "/mnt")),
        (Status.NO_SUCH_FILE, ("vfs_mount", STICK, "/in/f", "/mnt")),
        (Status.NOT_A_DIRECTORY, ("vfs_mount", STICK, "/", "/etc/hostname")),
        (Status.DEVICE_BUSY, ("vfs_mount", STICK, "/", "/home")),
        (Status.DEVICE_BUSY, ("vfs_mount", STICK, "/", "/")),
        (Status.DEVICE_BUSY, ("vfs_mount", STICK, "/", "/var")),
        (Status.INVALID_PARAMETER, ("vfs_mount", STICK, "/", "/dev/x")),
        (Status.INVALID_PARAMETER, ("vfs_mount", STICK, "/", "/mnt", "rootfs")),
        (Status.INVALID_PARAMETER, ("vfs_mount", STICK, "/", "/mnt", "homefs", "size=big")),
        (Status.INVALID_PARAMETER, ("vfs_mount", STICK, "/", "/mnt", "homefs", "mode=9")),
        (Status.INVALID_PARAMETER, ("vfs_mount", STICK, "/", "/mnt", "homefs", "nosuid")),
        (Status.INVALID_PARAMETER, ("vfs_mount", STICK, "/", "/mnt", "homefs", 5)),
        (Status.INVALID_PARAMETER, ("vfs_mount", STICK, "in", "/mnt")),
        (Status.INVALID_PARAMETER, ("vfs_mount", "virtual", "/etc", "/mnt")),
        (Status.INVALID_PARAMETER, ("vfs_mount", STICK, "/", "/mnt", "homefs", "remount")),
        (Status.INVALID_PARAMETER, ("vfs_mount", "boot", "/etc", "/mnt", "homefs", "size=9")),
        (Status.INVALID_PARAMETER, ("vfs_unmount", "/mnt")), (Status.INVALID_PARAMETER, ("vfs_unmount", None)),
        (Status.DEVICE_BUSY, ("vfs_unmount", "/")),
    ):
        error = refused(bench, *call)
        assert error.status is status and error.detail, call
    for call in (("vfs_mount", STICK, "/", "/mnt"), ("vfs_unmount", "/home")):
        assert refused(bench, *call, **GUEST).status is Status.PRIVILEGE_NOT_HELD
    assert bench.call("vfs_mounts") == before


def test_a_mount_in_use_stays_and_says_who_uses_it() -> None:
    """By process, image and file; when the last handle has gone, also by kill, it can be unmounted."""
    bench, _ = with_stick()
    bench.call("vfs_mount", STICK, "/", "/mnt")
    handle = bench.call("vfs_open", "/mnt/in/f", pid=41)
    header, access = bench.handles[41, handle]
    bench.handles[42, "H-inherited"] = header, access
    header.handles += 1
    said = refused(bench, "vfs_unmount", "/mnt")
    assert said.status is Status.DEVICE_BUSY
    assert said.detail == (
        "/mnt: it is in use: process 41 (/bin/41.py) has /mnt/in/f open, process 42 (/bin/42.py) has /mnt/in/f open"
    )
    bench.call("vfs_close", handle, pid=41)
    assert "process 42" in refused(bench, "vfs_unmount", "/mnt").detail
    bench.post(0, "handle_closed", bench.handles.pop((42, "H-inherited"))[0].body)
    assert bench.call("vfs_unmount", "/mnt") is True


def test_rights_go_with_their_disk() -> None:
    """A secret stays one wherever its disk is mounted, and another disk at the same place has rights of its own."""
    bench, _ = with_stick()
    bench.call("vfs_mount", STICK, "/", "/mnt")
    bench.call("vfs_chown", "/mnt/in/f", 1000, 1000)
    bench.call("vfs_chmod", "/mnt/in/f", "600")
    bench.call("vfs_unmount", "/mnt")
    plug_in(bench, "second", "5ec00000-0000")
    bench.call("vfs_mount", "label:second", "/", "/mnt", "homefs", "mode=777,uid=7,gid=8")
    assert bench.call("vfs_stat", "/mnt/in/f")["uid"] == 7, "not what the first disk's file of that name has"
    assert bench.call("vfs_stat", "/mnt") == bench.call("vfs_stat", "/mnt") | {"uid": 7, "gid": 8, "mode": "777"}
    bench.call("vfs_mkdir", "/other")
    bench.call("vfs_mount", STICK, "/in", "/other")
    assert bench.call("vfs_stat", "/other/f")["mode"] == "600"
    assert bench.read_file("/other/f", **GUEST) == b"on the stick"
    assert refused(bench, "vfs_open", "/other/f", uid=1001).status is Status.ACCESS_DENIED


def test_rights_of_a_stick_survive_a_boot_under_its_own_name() -> None:
    """The next boot does not mount it: the file must not give its rights to whatever has that path then."""
    bench, _ = with_stick()
    bench.call("vfs_mount", STICK, "/", "/mnt")
    bench.call("vfs_chmod", "/mnt/in/f", "600")
    assert f"@{STICK}:/in/f".encode() in bench.disks.get("/etc/perms.log"), "at once, in case of a power cut"
    bench.pass_time(10)
    assert f'"@{STICK}:/in/f"'.encode() in bench.disks.get(TABLE)
    assert b'"/mnt/in/f"' not in bench.disks.get(TABLE)
    again = booted(bench.disks)
    again.call("vfs_mount", STICK, "/", "/mnt")
    assert again.call("vfs_stat", "/mnt/in/f")["mode"] == "600"
    again.call("vfs_unmount", "/home")
    again.pass_time(10)
    assert f'"@{HOME_DISK}:/guest"'.encode() in bench.disks.get(TABLE)
    third = booted(bench.disks)
    third.call("vfs_mkdir", "/home/guest")
    assert third.pm._permissions.entry("/home/guest") == (0, 0, 0o755), "made anew, by uid 0"


def test_home_is_unmounted_and_mounted_again_with_all_its_rights() -> None:
    """The shipped rights of /home/guest are those of the disk that fstab puts there."""
    bench = booted()
    bench.call("vfs_mkdir", "/home/guest")
    bench.call("vfs_chown", "/home/guest", 1000, 1000)
    bench.write_file("/home/guest/f", b"mine", **GUEST)
    bench.call("vfs_chmod", "/home/guest/f", "600", **GUEST)
    bench.call("vfs_unmount", "/home")
    assert refused(bench, "vfs_stat", "/home/guest/f").status is Status.NO_SUCH_FILE
    bench.call("vfs_mkdir", "/home")
    bench.call("vfs_mount", "label:home", "/", "/home")
    assert bench.read_file("/home/guest/f", **GUEST) == b"mine"
    assert bench.call("vfs_stat", "/home/guest/f")["mode"] == "600"
    bench.pass_time(10)
    assert b'"/home/guest/f"' in bench.disks.get(TABLE), "as fstab mounts it, its rights stand under its path"


def test_a_disk_that_is_pulled_out_takes_its_mounts_along() -> None:
    """Open files fail by name, closing them is no failure, and everything else goes on."""
    bench, stick = with_stick()
    bench.call("vfs_mount", STICK, "/", "/mnt")
    bench.call("vfs_mkdir", "/other")
    bench.call("vfs_mount", STICK, "/in", "/other", "ringfs")
    reading, writing = bench.call("vfs_open", "/mnt/in/f"), bench.call("vfs_open", "/mnt/new", "w")
    pull_out(bench, stick)
    assert points(bench) == ["/", "/home", "/tmp", "/var/log", "/var/log/syslog"]
    for call in (("vfs_read", reading), ("vfs_write", writing, b"x"), ("vfs_seek", reading, 0)):
        error = refused(bench, *call)
        assert error.status is Status.NO_SUCH_DEVICE and error.detail.startswith("/mnt/"), call
    assert bench.call("vfs_close", reading) is True
    bench.post(0, "handle_closed", bench.handles.pop((30, writing))[0].body)
    assert bench.call("vfs_list", "/mnt") == []
    assert any("pulled out" in message and "with 2 open files" in message for _, message in bench.log)
    bench.write_file("/tmp/f", b"goes on")


def test_a_disk_of_fstab_that_comes_late_is_mounted_when_it_comes() -> None:
    """And again after it was away; one with noauto waits to be asked for."""
    disks = Disks()
    rows = disks.get("/etc/fstab.toml").decode()
    late = '[[mount]]\nuuid = "label:late"\npath = "/"\nmount = "/{0}"\ntype = "homefs"\noptions = "{1}"\n'
    disks.put("/etc/fstab.toml", (rows + late.format("late", "rw") + late.format("no", "noauto")).encode())
    disks.boot.makeDirectory("/late")
    bench = booted(disks)
    assert "/late" not in points(bench)
    stick = plug_in(bench, "late")
    assert "/late" in points(bench) and "/no" not in points(bench)
    assert bench.read_file("/late/in/f") == b"on the stick"
    pull_out(bench, stick)
    assert "/late" not in points(bench)
    plug_in(bench, "another")
    assert "/late" not in points(bench)


def test_mount_points_and_what_holds_them_stay() -> None:
    """Neither deleting nor renaming takes a mount along, or what another name of a place leads to."""
    bench, _ = with_stick()
    bench.call("vfs_mount", STICK, "/", "/mnt")
    for call in (
        ("vfs_delete", "/mnt", True), ("vfs_rename", "/mnt", "/m"), ("vfs_rename", "/mnt/in", "/home"),
        ("vfs_delete", "/var/log", True), ("vfs_rename", "/var/log", "/x"), ("vfs_rename", "/var", "/x"),
    ):
        assert refused(bench, *call).status is Status.DEVICE_BUSY, call
    assert refused(bench, "vfs_rename", "/mnt/in", "/tmp/in").status is Status.NOT_IMPLEMENTED
    assert bench.call("vfs_list", "/log")


def test_read_only_and_back_by_remount() -> None:
    """Not while somebody writes; a size can be given as well."""
    bench, _ = with_stick()
    bench.call("vfs_mount", STICK, "/", "/mnt")
    handle = bench.call("vfs_open", "/mnt/new", "w", pid=41)
    assert "process 41" in refused(bench, "vfs_mount", "x", "/", "/mnt", "homefs", "remount,ro").detail
    bench.call("vfs_close", handle, pid=41)
    bench.call("vfs_mount", "x", "/", "/mnt", "homefs", "remount,ro")
    for call in (
        ("vfs_open", "/mnt/new", "w"), ("vfs_mkdir", "/mnt/d"), ("vfs_delete", "/mnt/new"),
        ("vfs_rename", "/mnt/new", "/mnt/n"),
    ):
        assert refused(bench, *call).status is Status.READ_ONLY
    bench.call("vfs_mount", "x", "/", "/mnt", "homefs", "remount,rw,size=4")
    (row,) = [row for row in bench.call("vfs_mounts") if row["point"] == "/mnt"]
    assert (row["options"], row["size"]) == ("rw,size=4", 4096)
    assert refused(bench, "vfs_mount", "x", "/", "/var/log", "ringfs", "remount,size=3").status is (
        Status.INVALID_PARAMETER
    )


def test_a_disk_is_not_mounted_beside_its_own_part() -> None:
    """Otherwise one file would have two names and two sets of rights."""
    bench, _ = with_stick()
    bench.call("vfs_mkdir", "/part")
    bench.call("vfs_mount", STICK, "/in", "/part")
    bench.call("vfs_chmod", "/part/f", "600")
    assert "/in" in refused(bench, "vfs_mount", STICK, "/", "/mnt").detail
    assert bench.call("vfs_stat", "/part/f")["mode"] == "600", "a mount that failed moves no rights"
    bench.call("vfs_unmount", "/part")
    bench.call("vfs_mount", STICK, "/", "/mnt")
    assert refused(bench, "vfs_open", "/mnt/in/f", **GUEST).status is Status.ACCESS_DENIED


def test_what_is_on_tmpfs_leaves_no_rights_behind() -> None:
    """Neither under its path nor under its disk's name, mounted or not."""
    bench, _ = with_stick()
    bench.write_file("/tmp/f", b"", **GUEST)
    bench.call("vfs_unmount", "/tmp")
    bench.pass_time(10)
    assert TMP_DISK.encode() not in bench.disks.get(TABLE) and b"/tmp/f" not in bench.disks.get(TABLE)
    bench.call("vfs_mount", "label:tmpfs", "/", "/mnt", "tmpfs")
    assert bench.call("vfs_stat", "/mnt/f")["uid"] == 1000


def test_figures() -> None:
    """What df shows: bytes used and free of each disk, nothing for another name."""
    bench, stick = with_stick()
    stick.storage.capacity = 100_000
    bench.call("vfs_mount", STICK, "/", "/mnt")
    (row,) = [row for row in bench.call("vfs_mounts") if row["point"] == "/mnt"]
    assert (row["size"], row["used"], row["free"]) == (100_000, 3 * 512 + 12, 100_000 - 3 * 512 - 12)
    assert (row["disk"], row["label"], row["open"]) == (STICK, "stick", 0)
    (row,) = [row for row in bench.call("vfs_mounts", False) if row["point"] == "/mnt"]
    assert (row["size"], row["used"], row["free"]) == (None, None, None)
