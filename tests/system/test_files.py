"""The vfs calls on files: opening, reading, names, rights. A real disk, a kernel of tables."""

from __future__ import annotations

import pytest
from vfsrig import GUEST, HOME_DISK, TMP_DISK, Bench, Disks, booted

from abi.status import Status, StatusError


@pytest.fixture
def bench() -> Bench:
    """A booted bench with a home for guest."""
    made = booted()
    made.call("vfs_mkdir", "/home/guest")
    made.call("vfs_chown", "/home/guest", 1000, 1000)
    return made


def refused(bench: Bench, *call: object, **caller: int) -> StatusError:
    """How a call fails."""
    with pytest.raises(StatusError) as error:
        bench.call(*call, **caller)
    return error.value


def test_a_file_is_written_read_and_closed_with_its_last_handle(bench: Bench) -> None:
    """The raw file stays open while one handle of two is left."""
    handle = bench.call("vfs_open", "/tmp/f", "w")
    assert bench.call("vfs_write", handle, b"hello") == 5
    assert bench.call("vfs_close", handle) is True
    handle = bench.call("vfs_open", "/tmp/f")
    header, access = bench.handles[30, handle]
    bench.handles[31, "H-copy"] = header, access
    header.handles += 1
    assert header.references == 1, "the handle's own; PM gave its reference back"
    assert bench.call("vfs_read", handle, 2) == b"he"
    bench.call("vfs_close", handle)
    assert bench.call("vfs_read", "H-copy", pid=31) == b"llo"
    assert bench.call("vfs_read", "H-copy", pid=31) == b""
    bench.call("vfs_close", "H-copy", pid=31)
    assert not bench.disks.bus.component(TMP_DISK)._handles


def test_modes(bench: Bench) -> None:
    """a appends, rw keeps what is there and creates what is not, w empties; others are refused by name."""
    bench.write_file("/tmp/f", b"one")
    handle = bench.call("vfs_open", "/tmp/f", "a")
    bench.call("vfs_write", handle, b"two")
    assert refused(bench, "vfs_read", handle).status is Status.ACCESS_DENIED
    bench.call("vfs_close", handle)
    handle = bench.call("vfs_open", "/tmp/f", "rw")
    assert bench.call("vfs_read", handle, 3) == b"one"
    bench.call("vfs_write", handle, b"TWO")
    assert bench.call("vfs_seek", handle, 0) == 0
    assert bench.call("vfs_read", handle) == b"oneTWO"
    assert bench.call("vfs_seek", handle, -3, "end") == 3
    bench.call("vfs_close", handle)
    bench.call("vfs_close", bench.call("vfs_open", "/tmp/new", "rw"))
    assert bench.call("vfs_stat", "/tmp/new")["size"] == 0
    bench.call("vfs_close", bench.call("vfs_open", "/tmp/f", "w"))
    assert bench.read_file("/tmp/f") == b""
    assert "mode 'x+q'" in refused(bench, "vfs_open", "/tmp/f", "x+q").detail
    assert refused(bench, "vfs_open", "/tmp/f", ["r"]).status is Status.INVALID_PARAMETER


def test_failures_say_what_and_where(bench: Bench) -> None:
    """Each kind of failure has its own status, and the path stands in the message."""
    for status, call in (
        (Status.NO_SUCH_FILE, ("vfs_open", "/nowhere/f")), (Status.IS_A_DIRECTORY, ("vfs_open", "/etc")),
        (Status.IS_A_DIRECTORY, ("vfs_open", "/etc", "w")), (Status.IS_A_DIRECTORY, ("vfs_open", "/dev")),
        (Status.NO_SUCH_FILE, ("vfs_open", "/nowhere/f", "w")),
        (Status.NOT_A_DIRECTORY, ("vfs_mkdir", "/etc/hostname/x")),
        (Status.FILE_EXISTS, ("vfs_mkdir", "/home")), (Status.NO_SUCH_FILE, ("vfs_list", "/nowhere")),
        (Status.NOT_A_DIRECTORY, ("vfs_list", "/etc/hostname")), (Status.ACCESS_DENIED, ("vfs_mkdir", "/dev/x")),
        (Status.ACCESS_DENIED, ("vfs_delete", "/")), (Status.ACCESS_DENIED, ("vfs_delete", "/dev/tty")),
        (Status.ACCESS_DENIED, ("vfs_delete", "/boot/x")), (Status.NO_SUCH_FILE, ("vfs_delete", "/bootx")),
        (Status.DEVICE_BUSY, ("vfs_delete", "/home")), (Status.NO_SUCH_FILE, ("vfs_chmod", "/nowhere", "700")),
        (Status.NO_SUCH_FILE, ("vfs_stat", "/nowhere")), (Status.INVALID_PARAMETER, ("vfs_stat", "relative")),
    ):
        error = refused(bench, *call)
        assert error.status is status, (call, error)
        assert str(call[1]).rsplit("/", 1)[0] in error.detail


def test_wrong_arguments_are_601_and_change_nothing(bench: Bench) -> None:
    """Counts, types and numbers of arguments; PM goes on."""
    handle = bench.call("vfs_open", "/tmp/f", "rw")
    for call in (
        ("vfs_open",), ("vfs_open", "/tmp/f", "r", 3), ("vfs_open", 7), ("vfs_read", handle, -1),
        ("vfs_read", handle, "1"),
        ("vfs_write", handle, "text"), ("vfs_write", handle), ("vfs_seek", handle, 0, "top"), ("vfs_seek", handle, "0"),
        ("vfs_chmod", "/tmp/f", 755), ("vfs_chown", "/tmp/f", -1, 0), ("vfs_device_control", handle, "m", []),
        ("image_open", "/bin/x", True), ("vfs_list", None),
    ):
        assert refused(bench, *call).status is Status.INVALID_PARAMETER, call
    assert "takes path, mode; 0 arguments" in refused(bench, "vfs_open").detail
    assert bench.call("vfs_write", handle, b"still here") == 10
    assert refused(bench, "vfs_read", "H-none").status is Status.INVALID_HANDLE


def test_a_bug_in_a_handler_is_an_answer_and_a_line_in_the_log(bench: Bench) -> None:
    """The caller gets 300, the next one is served."""
    bench.pm._calls["vfs_stat"] = lambda request, path: {}["missing"]
    assert refused(bench, "vfs_stat", "/").status is Status.UNSUCCESSFUL
    assert any(level == "fail" and "KeyError" in line and "test_files.py" in line for level, line in bench.log)
    assert bench.call("vfs_list", "/etc")


def test_listing(bench: Bench) -> None:
    """Sorted, directories with a slash, mount points and /dev in their places."""
    names = bench.call("vfs_list", "/")
    assert names == sorted(names) and {"etc/", "home/", "tmp/", "dev/", "var/"} - set(names) <= {"var/"}
    assert bench.call("vfs_list", "/home") == ["guest/"]
    assert "passwd.toml" in bench.call("vfs_list", "/etc")


def test_guest_works_at_home_and_nowhere_else(bench: Bench) -> None:
    """Its own files, everybody's /tmp, readable system files; nothing of others, nothing of the system."""
    bench.write_file("/home/guest/notes", b"mine", **GUEST)
    assert bench.call("vfs_stat", "/home/guest/notes", **GUEST) == {
        "type": "file", "size": 4, "mtime": 0.0, "uid": 1000, "gid": 1000, "mode": "644",
    }
    bench.call("vfs_mkdir", "/home/guest/box", **GUEST)
    assert bench.call("vfs_stat", "/home/guest/box")["mode"] == "755"
    assert bench.read_file("/etc/hostname", **GUEST)
    for call in (
        ("vfs_open", "/etc/passwd.toml"), ("vfs_open", "/etc/../etc//passwd.toml"), ("vfs_open", "/etc/hostname", "w"),
        ("vfs_open", "/etc/hostname", "rw"), ("vfs_open", "/etc/new", "w"), ("vfs_mkdir", "/x"),
        ("vfs_delete", "/etc/hostname"), ("vfs_chmod", "/etc/hostname", "777"),
        ("vfs_rename", "/etc/hostname", "/home/guest/h"), ("vfs_open", "/root/x"),
        ("vfs_stat", "/root/x"), ("vfs_list", "/root"),
    ):
        assert refused(bench, *call, **GUEST).status in (Status.ACCESS_DENIED, Status.NOT_IMPLEMENTED), call
    assert refused(bench, "vfs_chown", "/home/guest/notes", 0, 0, **GUEST).status is Status.PRIVILEGE_NOT_HELD
    assert refused(bench, "vfs_open", "/etc/nowhere", **GUEST).status is Status.NO_SUCH_FILE
    assert bench.call("vfs_chmod", "/home/guest/notes", "600", **GUEST)
    assert refused(bench, "vfs_open", "/home/guest/notes", uid=1001, gid=1001).status is Status.ACCESS_DENIED


def test_a_refusal_is_logged_once(bench: Bench) -> None:
    """However often a program tries."""
    for _ in range(5):
        refused(bench, "vfs_open", "/etc/passwd.toml", **GUEST)
    denials = [line for level, line in bench.log if level == "sec" and "denied" in line]
    assert len(denials) == 1 and "uid 1000" in denials[0] and "/etc/passwd.toml" in denials[0]


def test_deleting(bench: Bench) -> None:
    """A directory must be empty or asked for with all in it, and then each of its directories must be open to it."""
    bench.call("vfs_mkdir", "/tmp/d", **GUEST)
    bench.write_file("/tmp/d/f", b"x", **GUEST)
    assert refused(bench, "vfs_delete", "/tmp/d", **GUEST).status is Status.DIRECTORY_NOT_EMPTY
    assert refused(bench, "vfs_delete", "/tmp/d", True, uid=1001, gid=1001).status is Status.ACCESS_DENIED
    bench.call("vfs_mkdir", "/tmp/d/others", uid=0)
    bench.write_file("/tmp/d/others/f", b"x")
    assert refused(bench, "vfs_delete", "/tmp/d", True, **GUEST).status is Status.ACCESS_DENIED
    bench.call("vfs_delete", "/tmp/d/others", True)
    assert bench.call("vfs_delete", "/tmp/d", True, **GUEST) is True
    assert bench.call("vfs_list", "/tmp") == []
    assert not [path for path in bench.pm._permissions.entries if path.startswith("/tmp/")]


def test_a_file_that_is_made_again_is_its_new_makers(bench: Bench) -> None:
    """Nothing of the first one's permissions is left over."""
    bench.write_file("/tmp/f", b"", **GUEST)
    bench.call("vfs_chmod", "/tmp/f", "600", **GUEST)
    bench.call("vfs_delete", "/tmp/f", **GUEST)
    bench.write_file("/tmp/f", b"", uid=1001, gid=1001)
    info = bench.call("vfs_stat", "/tmp/f")
    assert (info["uid"], info["mode"]) == (1001, "644")


def test_renaming(bench: Bench) -> None:
    """On one disk, with its permissions; a file is replaced, a directory is not; to another disk one has to copy."""
    bench.write_file("/tmp/a", b"a", **GUEST)
    bench.call("vfs_chmod", "/tmp/a", "600", **GUEST)
    bench.write_file("/tmp/b", b"b", **GUEST)
    assert bench.call("vfs_rename", "/tmp/a", "/tmp/b", **GUEST) is True
    assert bench.read_file("/tmp/b", **GUEST) == b"a" and bench.call("vfs_stat", "/tmp/b")["mode"] == "600"
    bench.call("vfs_mkdir", "/tmp/d", **GUEST)
    assert refused(bench, "vfs_rename", "/tmp/b", "/tmp/d", **GUEST).status is Status.FILE_EXISTS
    assert refused(bench, "vfs_rename", "/tmp/d", "/tmp/d/e", **GUEST).status is Status.INVALID_PARAMETER
    across = refused(bench, "vfs_rename", "/tmp/b", "/home/guest/b", **GUEST)
    assert across.status is Status.NOT_IMPLEMENTED and "copy" in across.detail
    assert refused(bench, "vfs_rename", "/tmp/b", "/tmp/c", uid=1001, gid=1001).status is Status.ACCESS_DENIED
    assert refused(bench, "vfs_rename", "/tmp/none", "/tmp/c", **GUEST).status is Status.NO_SUCH_FILE
    bench.write_file("/tmp/theirs", b"", uid=1001, gid=1001)
    assert refused(bench, "vfs_rename", "/tmp/b", "/tmp/theirs", **GUEST).status is Status.ACCESS_DENIED


def test_image_open_takes_the_first_that_is_there_if_it_may(bench: Bench) -> None:
    """Read, and execute where it is to be run; a directory of that name is passed by."""
    bench.disks.boot.makeDirectory("/bin/ls.py")
    bench.disks.put("/bin/cat.py", b"print()")
    assert bench.call("image_open", ["/nowhere", "/bin/ls.py", "/dev/tty", "/bin//cat.py"], True, **GUEST) == (
        "/bin/cat.py", b"print()",
    )
    bench.write_file("/home/guest/x.py", b"1", **GUEST)
    assert refused(bench, "image_open", ["/home/guest/x.py"], True, **GUEST).status is Status.ACCESS_DENIED
    assert bench.call("image_open", ["/home/guest/x.py"], False, **GUEST)[1] == b"1"
    bench.call("vfs_chmod", "/home/guest/x.py", "755", **GUEST)
    assert bench.call("image_open", ["/home/guest/x.py"], True, **GUEST)[1] == b"1"
    assert refused(bench, "image_open", ["/a", "/b"], True).status is Status.NO_SUCH_FILE
    assert refused(bench, "image_open", [], True).status is Status.NO_SUCH_FILE
    assert not bench.disks.bus.component(HOME_DISK)._handles


def test_when_the_caller_can_have_no_handle_the_file_is_closed(bench: Bench) -> None:
    """701, and nothing is left open."""
    bench.write_file("/tmp/f", b"x")
    bench.max_handles = 0
    assert refused(bench, "vfs_open", "/tmp/f").status is Status.HANDLE_TABLE_FULL
    assert not bench.disks.bus.component(TMP_DISK)._handles


def test_a_handle_that_nobody_heard_of_is_closed(bench: Bench) -> None:
    """The caller was interrupted while its open was under way."""
    bench.write_file("/tmp/f", b"x")
    bench.gone = {30}
    bench.call("vfs_open", "/tmp/f")
    number = bench.start_call("vfs_open", "/dev/echo")
    bench.run()
    bench.complete(bench.requests()[-1], 0, 9)
    assert number in bench.answers and not bench.handles and not bench.pm._devices._open
    assert not bench.disks.bus.component(TMP_DISK)._handles


def test_a_process_that_dies_leaves_nothing_open(bench: Bench) -> None:
    """The kernel says which file lost its last handle."""
    handle = bench.call("vfs_open", "/tmp/f", "w")
    body = bench.handles.pop((30, handle))[0].body
    bench.post(0, "handle_closed", body)
    assert not bench.disks.bus.component(TMP_DISK)._handles
    bench.post(7, "handle_closed", body)
    assert any(level == "sec" and "process 7" in line for level, line in bench.log), "only the kernel may say so"


def test_a_disk_of_the_game_gives_two_kilobytes_at_a_time() -> None:
    """A read without a count still gives all there is."""
    bench = booted()
    bench.write_file("/tmp/big", bytes(5000))
    bench.disks.bus.component(TMP_DISK)._max_read = 2048
    assert len(bench.read_file("/tmp/big")) == 5000
    handle = bench.call("vfs_open", "/tmp/big")
    assert len(bench.call("vfs_read", handle, 5000)) == 2048


def test_a_read_only_mount() -> None:
    """617 for everything that would change it."""
    disks = Disks()
    before, after = disks.get("/etc/fstab.toml").split(b'mount = "/tmp"')
    disks.put("/etc/fstab.toml", before + b'mount = "/tmp"' + after.replace(b'"rw"', b'"ro"', 1))
    disks.put("/f", b"x", TMP_DISK)
    bench = booted(disks)
    for call in (
        ("vfs_open", "/tmp/f", "w"), ("vfs_delete", "/tmp/f"), ("vfs_mkdir", "/tmp/d"),
        ("vfs_rename", "/tmp/f", "/tmp/g"),
    ):
        assert refused(bench, *call).status is Status.READ_ONLY, call
    assert bench.read_file("/tmp/f") == b"x"


def test_a_change_of_a_file_that_the_system_needs_is_reported(bench: Bench) -> None:
    """With the first write, and a kernel that does not want to know is no failure."""
    handle = bench.call("vfs_open", "/bin/init.py", "w")
    assert "critical_file_modified" not in bench.steps
    bench.call("vfs_write", handle, b"1")
    bench.call("vfs_write", handle, b"2")
    assert bench.steps.count("critical_file_modified") == 1
    assert any("/bin/init.py is being changed" in line for _, line in bench.log)


def test_an_edited_permission_file_is_in_force_when_it_is_closed(bench: Bench) -> None:
    """If it makes sense; otherwise the old table stays and the log says why."""
    table = bench.read_file("/etc/perms.toml").replace(b'"/root" = { uid = 0, gid = 0, mode = "700" }', b"")
    bench.call("vfs_mkdir", "/root")
    bench.call("vfs_chmod", "/etc/hostname", "600")
    bench.write_file("/etc/perms.toml", table)
    assert bench.call("vfs_list", "/root", **GUEST) == []
    assert bench.read_file("/etc/hostname", **GUEST), "what the edited file says goes before what was changed earlier"
    bench.write_file("/etc/perms.toml", b"[pa")
    assert bench.call("vfs_list", "/root", **GUEST) == []
    assert any(level == "fail" and "perms.toml" in line for level, line in bench.log)


def test_the_table_is_saved_by_the_clock_not_by_the_call() -> None:
    """However many changes, one alarm; when it rings the file is written."""
    bench = booted()
    before = bench.disks.get("/etc/perms.toml")
    bench.call("vfs_chmod", "/etc/hostname", "600")
    bench.call("vfs_chmod", "/etc/hostname", "640")
    assert bench.disks.get("/etc/perms.toml") == before
    bench.now_s += 2
    bench.post(6, "wake")
    assert bench.disks.get("/etc/perms.toml") == before, "not its timekeeper"
    bench.post(5, "wake")
    assert b'mode = "640"' in bench.disks.get("/etc/perms.toml")
    bench.call("vfs_chmod", "/etc/hostname", "644")
    bench.pass_time(2)
    assert b'mode = "640"' not in bench.disks.get("/etc/perms.toml")
