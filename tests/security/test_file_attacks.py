"""Attacks on the file system's rights, by programs that are hostile or only clumsy: on a whole machine, and call by
call on the Pipeline Manager alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from abi.status import Status, StatusError
from axisos import Machine
from axisos.host import run

sys.path.append(str(Path(__file__).parents[1] / "system"))
from vfsrig import GUEST, Bench, booted

EVE = {"uid": 1001, "gid": 1001}


@pytest.fixture
def bench() -> Bench:
    """A machine whose guest has a home with a secret, and root one that nobody can reach."""
    made = booted()
    made.call("vfs_mkdir", "/home/guest")
    made.call("vfs_chown", "/home/guest", 1000, 1000)
    made.write_file("/home/guest/secret", b"mine", **GUEST)
    made.call("vfs_chmod", "/home/guest/secret", "600", **GUEST)
    made.call("vfs_mkdir", "/root")
    made.call("vfs_chmod", "/root", "700")
    made.write_file("/root/there", b"")
    made.call("vfs_mkdir", "/root/box")
    return made


def status(bench: Bench, *call: object, **caller: int) -> tuple[Status, str]:
    """How a call fails, and what is said."""
    with pytest.raises(StatusError) as error:
        bench.call(*call, **caller)
    return error.value.status, error.value.detail


CALLS = (
    ("vfs_open", "{}", "r"), ("vfs_open", "{}", "w"), ("vfs_open", "{}", "a"), ("vfs_open", "{}", "rw"),
    ("vfs_stat", "{}"), ("vfs_list", "{}"), ("vfs_mkdir", "{}"), ("vfs_delete", "{}"), ("vfs_delete", "{}", True),
    ("vfs_rename", "{}", "/tmp/x"), ("vfs_rename", "/tmp/own", "{}"), ("vfs_rename", "{}", "/root/y"),
    ("vfs_chmod", "{}", "777"), ("vfs_chown", "{}", 1001, 1001), ("image_open", ["{}"]),
)  # fmt: skip


@pytest.mark.parametrize("call", CALLS, ids=lambda call: "-".join(map(str, call)))
def test_nobody_learns_what_is_in_a_directory_that_is_closed_to_him(bench: Bench, call: tuple[object, ...]) -> None:
    """A file, a directory and nothing at all give the same status and the same words, but for the name."""
    bench.write_file("/tmp/own", b"", **EVE)
    answers = set()
    for name in ("there", "box", "nothing"):
        path = f"/root/{name}"
        filled = [
            part.format(path) if type(part) is str else [path] if type(part) is list else part for part in call
        ]
        code, detail = status(bench, *filled, **EVE)
        answers.add((code, detail.replace(path, "PATH")))
    assert len(answers) == 1, answers


@pytest.mark.parametrize("spelling", [
    "/home/guest/../guest/secret", "//home//guest//secret", "/home/./guest/./secret", "/home/guest/secret/",
    "/home/guest/secret/.", "/tmp/../home/guest/secret", "/../home/guest/secret", "/home/guest/x/../secret",
    "/var/../home/guest/secret",
])  # fmt: skip
def test_no_spelling_of_a_path_opens_a_secret(bench: Bench, spelling: str) -> None:
    """For its owner each of them leads to it, for others none."""
    assert bench.read_file(spelling, **GUEST) == b"mine"
    assert status(bench, "vfs_open", spelling, **EVE)[0] is Status.ACCESS_DENIED


@pytest.mark.parametrize("path", [
    "", "secret", "./x", "home/guest", "/a\0b", "/" + "x" * 5000, "/x" * 200, "/\ud800", None, 5, b"/etc", ["/etc"],
    "/tmp/new\nline", "/tmp/tab\t", "/tmp/a\x1b[2J", "/tmp/a:b", "/tmp/a*", "/tmp/" + "n" * 1100,
])  # fmt: skip
def test_paths_that_make_no_sense(bench: Bench, path: object) -> None:
    """601 for every call that takes one, and nothing is made."""
    bench.write_file("/tmp/own", b"")
    before = bench.call("vfs_list", "/tmp")
    for call in (("vfs_open", path, "w"), ("vfs_mkdir", path), ("vfs_rename", "/tmp/own", path)):
        assert status(bench, *call)[0] is Status.INVALID_PARAMETER, call
    assert status(bench, "vfs_stat", path)[0] in (Status.INVALID_PARAMETER, Status.NO_SUCH_FILE)
    assert bench.call("vfs_list", "/tmp") == before


def test_a_name_in_other_letters_is_another_name(bench: Bench) -> None:
    """Large and small letters, and the two ways to write an accent, are different files with rights of their own."""
    bench.write_file("/tmp/caf\u00e9", b"one", **GUEST)
    bench.call("vfs_chmod", "/tmp/caf\u00e9", "600", **GUEST)
    for other in ("/tmp/cafe\u0301", "/tmp/CAF\u00c9"):
        bench.write_file(other, b"two", **EVE)
        assert bench.read_file(other, **EVE) == b"two"
    assert bench.read_file("/tmp/caf\u00e9", **GUEST) == b"one"
    assert status(bench, "vfs_open", "/tmp/caf\u00e9", **EVE)[0] is Status.ACCESS_DENIED


def test_deleting_a_tree_deletes_only_ones_own(bench: Bench) -> None:
    """Also below directories that everybody may write: what is in them belongs to its owners."""
    for path in ("/tmp/box", "/tmp/box/shared"):
        bench.call("vfs_mkdir", path, **EVE)
        bench.call("vfs_chmod", path, "777", **EVE)
    bench.call("vfs_chown", "/tmp/box/shared", 1002, 1002)
    bench.write_file("/tmp/box/shared/guests", b"", **GUEST)
    assert status(bench, "vfs_delete", "/tmp/box", True, **EVE)[0] is Status.ACCESS_DENIED
    assert bench.call("vfs_stat", "/tmp/box/shared/guests")["uid"] == 1000
    bench.call("vfs_mkdir", "/tmp/box/closed", **GUEST)
    bench.call("vfs_chown", "/tmp/box/shared", 1001, 1001)
    bench.call("vfs_delete", "/tmp/box/shared/guests")
    bench.write_file("/tmp/box/closed/f", b"", **GUEST)
    assert status(bench, "vfs_delete", "/tmp/box", True, **EVE)[0] is Status.ACCESS_DENIED
    bench.call("vfs_delete", "/tmp/box/closed", True, **GUEST)
    assert bench.call("vfs_delete", "/tmp/box", True, **EVE) is True


def test_renaming_takes_no_rights_along_that_were_not_there(bench: Bench) -> None:
    """A moved secret stays one; who moves a file over another's must be allowed to remove that."""
    bench.call("vfs_rename", "/home/guest/secret", "/home/guest/moved", **GUEST)
    assert status(bench, "vfs_open", "/home/guest/moved", **EVE)[0] is Status.ACCESS_DENIED
    bench.write_file("/home/guest/secret", b"new", **GUEST)
    assert bench.call("vfs_stat", "/home/guest/secret")["mode"] == "644", "a new file has new rights"
    bench.write_file("/tmp/guests", b"", **GUEST)
    bench.write_file("/tmp/eves", b"", **EVE)
    assert status(bench, "vfs_rename", "/tmp/eves", "/tmp/guests", **EVE)[0] is Status.ACCESS_DENIED
    assert status(bench, "vfs_rename", "/tmp/guests", "/tmp/mine", **EVE)[0] is Status.ACCESS_DENIED
    assert status(bench, "vfs_rename", "/tmp", "/t")[0] is Status.DEVICE_BUSY


def test_what_the_system_relies_on_is_watched_on_every_way(bench: Bench) -> None:
    """Written, deleted, replaced, renamed, or moved with its directory: the log says who did it."""
    for path in ("/system", "/executive"):
        bench.call("vfs_mkdir", path)
    for path in ("/system/dkms.py", "/executive/preempt.py", "/bin/init.py", "/kernel.py", "/new.py"):
        bench.write_file(path, b"#", pid=50)
    for call, watched in (
        (("vfs_rename", "/new.py", "/kernel.py"), "/kernel.py"), (("vfs_delete", "/kernel.py"), "/kernel.py"),
        (("vfs_rename", "/system", "/systems"), "/system/dkms.py"), (("vfs_delete", "/bin", True), "/bin/init.py"),
    ):
        bench.log.clear()
        bench.call(*call, pid=77)
        assert ("sec", f"{watched} is being changed by process 77") in bench.log, call
    handle = bench.call("vfs_open", "/executive/preempt.py", "rw", pid=77)
    bench.log.clear()
    bench.call("vfs_truncate", handle, 0, pid=77)
    assert ("sec", "/executive/preempt.py is being changed by process 77") in bench.log


def test_the_permission_file_is_obeyed_however_it_is_replaced(bench: Bench) -> None:
    """Written in place, or by a rename, as editors do it."""
    text = bench.read_file("/etc/perms.toml").decode()
    opened = text.replace('"/etc/hostname"', '"/etc/other"') + '"/etc/hostname" = { uid = 0, gid = 0, mode = "600" }\n'
    bench.write_file("/etc/perms.toml.mine", opened.encode())
    assert bench.read_file("/etc/hostname", **GUEST)
    bench.call("vfs_rename", "/etc/perms.toml.mine", "/etc/perms.toml")
    assert status(bench, "vfs_open", "/etc/hostname", **GUEST)[0] is Status.ACCESS_DENIED


def test_owners_are_numbers_that_there_are(bench: Bench) -> None:
    """chown with anything else changes nothing."""
    for uid, gid in ((-1, 0), (0, -1), (2**31, 0), (0, 2**64), ("0", 0), (True, 0), (None, None)):
        assert status(bench, "vfs_chown", "/etc/hostname", uid, gid)[0] is Status.INVALID_PARAMETER
    assert bench.call("vfs_stat", "/etc/hostname")["uid"] == 0


def test_files_of_a_killed_program_are_closed_and_can_be_unmounted(tmp_path: Path) -> None:
    """On a whole machine: an heir keeps the file, its death frees it, and the mount names both before."""
    program = tmp_path / "program.py"
    program.write_text("""
import time
syscall("vfs_mkdir", "/d")
syscall("vfs_mount", "boot", "/d", "/d", "homefs", "size=100")
holder = "handle = syscall('vfs_open', '/d/f', 'w')\\nsyscall('signal_pull')\\n"
with open("/tmp/holder.py", "w") as file:
    file.write(holder)
syscall("vfs_chmod", "/tmp/holder.py", "755")
pid = syscall("process_spawn", "/tmp/holder.py")
time.sleep(0.1)
try:
    syscall("vfs_unmount", "/d")
except Exception as error:
    print(error.detail.replace(str(pid), "PID"))
syscall("process_kill", pid, 9)
syscall("process_wait", pid)
time.sleep(0.1)
print(syscall("vfs_unmount", "/d"))
""")
    with Machine(seed=7) as machine:
        result = run(machine, str(program), user="root")
    said = "/d: it is in use: process PID (/tmp/holder.py) has /d/f open\nTrue\n"
    assert result.stdout.decode() == said, result.stderr


def test_a_guest_can_neither_mount_nor_lift_its_quota(tmp_path: Path) -> None:
    """Nor hide what is in a directory by something of his own."""
    program = tmp_path / "program.py"
    program.write_text("""
for call in (("vfs_mount", "label:tmpfs", "/", "/home/guest"), ("vfs_unmount", "/tmp"),
             ("vfs_mount", "x", "/", "/home", "homefs", "remount,size=999999")):
    try:
        syscall(*call)
        print("done")
    except Exception as error:
        print(int(error.status))
print([row["point"] for row in syscall("vfs_mounts")])
""")
    with Machine(seed=7) as machine:
        result = run(machine, str(program))
    assert result.stdout.decode() == "501\n501\n501\n['/', '/home', '/tmp', '/var/log', '/var/log/syslog']\n"
