"""system/vfs/permissions and permission_file: who may, and how that survives."""

from __future__ import annotations

import pytest
from vfsrig import Disks

from abi.status import Status, StatusError
from system.vfs.permission_file import LOG, TABLE, PermissionFile, format_line, parse_table, replay, save_delay_s
from system.vfs.permissions import EXECUTE, READ, SEARCH, WRITE, Permissions, format_mode, parse_mode

ALICE, BOB = (1000, 1000, ()), (1001, 1001, ())


def table(**modes: tuple[int, int, str]) -> Permissions:
    """A table from `dir_sub=(uid, gid, "755")`, an underscore for each slash."""
    entries = {"/" + name.replace("_", "/"): (uid, gid, int(mode, 8)) for name, (uid, gid, mode) in modes.items()}
    return Permissions({"/": (0, 0, 0o755), **entries})


def test_owner_then_group_then_others() -> None:
    """The first digit that fits counts, also when a later one gives more."""
    permissions = table(f=(1000, 50, "062"))
    assert permissions.rights("/f", 1000, 50, ()) == 0
    assert permissions.rights("/f", 1001, 50, ()) == 6
    assert permissions.rights("/f", 1001, 1001, (50,)) == 6
    assert permissions.rights("/f", *BOB) == 2
    assert permissions.rights("/f", 0, 0, ()) == 7


def test_a_path_without_an_entry_has_its_ancestors_rights() -> None:
    """A closed directory closes everything in it, however it is spelled out in the table."""
    permissions = table(etc=(0, 0, "755"), etc_signing=(0, 0, "700"), etc_signing_public=(0, 0, "644"))
    assert permissions.rights("/etc/motd", *ALICE) == READ | SEARCH
    assert permissions.rights("/etc/signing/private.key", *ALICE) == 0
    assert permissions.rights("/etc/signing/public", *ALICE) == 0, "644, but it cannot be reached"


def test_every_directory_above_must_be_searchable() -> None:
    """Search far above is needed as well; read of a directory is not."""
    permissions = table(a=(0, 0, "711"), a_b=(1000, 1000, "700"), a_b_c=(1000, 1000, "644"))
    assert permissions.rights("/a", *ALICE) == EXECUTE
    assert permissions.rights("/a/b/c", *ALICE) == READ | WRITE
    assert permissions.rights("/a/b/c", *BOB) == 0


def test_in_tmp_everybody_creates_and_nobody_deletes_anothers() -> None:
    """Where all may write, only the owner of a file, or of the directory, removes it."""
    permissions = table(tmp=(0, 0, "777"))
    permissions.created("/tmp/alice", 1000, 1000, False)
    assert permissions.may_remove("/tmp/alice", *ALICE)
    assert not permissions.may_remove("/tmp/alice", *BOB)
    assert permissions.may_remove("/tmp/alice", 0, 0, ())
    assert permissions.rights("/tmp/alice", *BOB) == READ


def test_chmod_is_the_owners_and_makes_nobody_an_owner() -> None:
    """Also for a path without an entry, and not below /boot and /sys, part by part."""
    permissions = table(boot=(0, 0, "755"), boot_mine=(1000, 1000, "644"), bootx=(1000, 1000, "755"))
    for path in ("/etc", "/boot/mine"):
        with pytest.raises(StatusError) as refused:
            permissions.change_mode(path, 0o777, 1000)
        assert refused.value.status is Status.ACCESS_DENIED
    assert permissions.entry("/etc") == (0, 0, 0o755) and "/etc" not in permissions.entries
    permissions.change_mode("/bootx", 0o700, 1000)
    permissions.change_mode("/boot/mine", 0o600, 0)
    assert permissions.entries["/bootx"] == (1000, 1000, 0o700) and permissions.entries["/boot/mine"][2] == 0o600


def test_what_was_remembered_is_forgotten_when_it_changes() -> None:
    """A mode above, an owner, a deletion: the next answer is the new one."""
    permissions = table(home=(0, 0, "755"), home_a=(1000, 1000, "755"))
    assert permissions.rights("/home/a/x", *BOB) == READ | EXECUTE
    permissions.change_mode("/home", 0o700, 0)
    assert permissions.rights("/home/a/x", *BOB) == 0
    permissions.change_mode("/home", 0o755, 0)
    permissions.created("/home/a/x", 1000, 1000, False)
    assert permissions.rights("/home/a/x", *BOB) == READ
    permissions.change_owner("/home/a/x", 1001, 1001)
    assert permissions.rights("/home/a/x", *BOB) == READ | WRITE
    permissions.deleted("/home/a/x", False)
    assert permissions.rights("/home/a/x", *BOB) == READ | EXECUTE


def test_a_move_keeps_owner_and_mode_of_all_that_moves() -> None:
    """The directory, what has an entry in it, and nothing of what stood there before."""
    permissions = table(tmp=(0, 0, "777"), home_a=(1000, 1000, "755"), home_a_secret=(1000, 1000, "600"))
    permissions.entries["/tmp/box/old"] = (7, 7, 0o777)
    permissions.renamed("/home/a", "/tmp/box", True)
    assert permissions.entry("/tmp/box") == (1000, 1000, 0o755)
    assert permissions.entry("/tmp/box/secret") == (1000, 1000, 0o600)
    assert "/tmp/box/old" not in permissions.entries and "/home/a/secret" not in permissions.entries


def test_devices_without_an_entry() -> None:
    """What drivers make up is for all, what stands for a component is for uid 0."""
    permissions = table(dev=(0, 0, "755"), dev_tty=(0, 0, "660"))
    assert permissions.rights("/dev/echo", *ALICE) == 6
    assert permissions.rights("/dev/drive_1a2b3c_0", *ALICE) == 0
    assert permissions.rights("/dev/tty", *ALICE) == 0


@pytest.mark.parametrize("mode", ["75", "7555", "789", "rwx", "", 755, 0o755, None, "+75"])
def test_a_mode_is_three_octal_digits(mode: object) -> None:
    """Anything else is 601, above all numbers, which everybody reads differently."""
    with pytest.raises(StatusError) as refused:
        parse_mode(mode)
    assert refused.value.status is Status.INVALID_PARAMETER
    assert parse_mode("640") == 0o640 and format_mode(0o640) == "640" and format_mode(0) == "000"


def test_a_bad_entry_is_closed_and_named() -> None:
    """A typing error in the file must not open anything."""
    rows = '"/a" = { uid = 0, mode = 755 }\n"/b" = { mode = "640", gid = 7 }\n"c" = {}\n'
    entries, problems = parse_table("[paths]\n" + rows)
    assert entries == {"/a": (0, 0, 0), "/b": (0, 7, 0o640)}
    assert len(problems) == 2 and "/a" in problems[0] + problems[1]


def kept(disks: Disks, log: list[str] | None = None) -> PermissionFile:
    """The permission file of a disk."""
    lines = log if log is not None else []
    return PermissionFile(disks.boot, lambda message, _level: lines.append(message), ("/tmp",))


def test_changes_survive_a_power_cut_and_are_written_once_it_is_time() -> None:
    """The log has them at once; the file gets all of them in one step, and the log begins anew."""
    disks = Disks()
    keeper = kept(disks)
    permissions = Permissions(keeper.load(), keeper.note)
    permissions.created("/home/guest/ü\n", 1000, 1000, False)
    permissions.change_mode("/etc", 0o700, 0)
    permissions.created("/tmp/x", 1000, 1000, False)
    before = disks.get(TABLE)
    assert disks.get(LOG).count(b"\n") == 2, "what is in /tmp is gone after a boot, and so are its permissions"

    again = kept(disks).load()  # the power went
    assert again["/etc"] == (0, 0, 0o700) and again["/home/guest/ü\n"] == (1000, 1000, 0o644)
    assert disks.get(TABLE) == before

    keeper.save(permissions.entries)
    assert not disks.boot.exists(LOG) and not disks.boot.exists(TABLE + ".new")
    assert kept(disks).load() == again
    assert (save_delay_s(10), save_delay_s(4000)) == (1.0, 4.0), "a long table is not written every second"


def test_the_log_may_end_anywhere() -> None:
    """Half a line is as if it had not been written; replaying a log twice is replaying it once."""
    log = format_line("/a", (1, 2, 0o600)) + format_line("/b c", (3, 4, 0o644)) + format_line("/a", None)
    for end in range(len(log) + 1):
        entries: dict[str, tuple[int, int, int]] = {}
        assert replay(log[:end], entries) == 0
        once = dict(entries)
        replay(log[:end], entries)
        assert entries == once
    assert once == {"/b c": (3, 4, 0o644)}


def test_a_file_that_cannot_be_read_closes_what_must_be_closed() -> None:
    """And it is not overwritten: somebody wants to see what was in it."""
    disks = Disks()
    disks.put(TABLE, b"[paths\n")
    log: list[str] = []
    keeper = kept(disks, log)
    permissions = Permissions(keeper.load(), keeper.note)
    assert permissions.rights("/etc/passwd.toml", *ALICE) == 0 and permissions.rights("/tmp", *ALICE) == 7
    permissions.change_mode("/etc", 0o700, 0)
    keeper.save(permissions.entries)
    assert disks.get(TABLE) == b"[paths\n" and not disks.boot.exists(LOG)
    assert TABLE in log[0]


def test_a_disk_that_cannot_be_written_is_said_once() -> None:
    """The table goes on in memory."""
    disks = Disks()
    log: list[str] = []
    keeper = kept(disks, log)
    permissions = Permissions(keeper.load(), keeper.note)
    disks.boot.open = lambda *_: (_ for _ in ()).throw(OSError("read-only"))
    permissions.change_mode("/etc", 0o700, 0)
    permissions.change_mode("/bin", 0o700, 0)
    assert permissions.entry("/bin") == (0, 0, 0o700)
    assert len(log) == 1 and "next boot" in log[0]
