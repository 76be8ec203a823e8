"""The Pipeline Manager against a file system in plain Python, under random operations, users, kills and mounts.

The Pipeline Manager and its disks are the real ones, the kernel around them is tables (`vfsrig`). After each run, and
whenever the rules say so, every file and directory is compared: names, contents, owners, modes, and what quotas count.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from vfs_model import Model, Mount, Node, Open, Place, User
from vfsrig import BOOT_DISK, HOME_DISK, TMP_DISK, Bench, Disks, booted

from abi import access as mask
from abi.status import Status, StatusError
from axisos.machine.components.filesystem import Filesystem
from axisos.machine.memory_storage import MemoryStorage

LONG = os.environ.get("AXISOS_LONG") == "1"
EXAMPLES, STEPS = (400, 20) if LONG else (25, 5)
STICK = "57100000-0000"
QUOTA_KIB = 4
USERS: tuple[User, ...] = ((0, 0, ()), (1000, 1000, ()), (1001, 1001, (1000,)), (1002, 1002, ()))
PIDS = (30, 31, 32)
TOPS = ("/home/guest", "/tmp", "/mnt", "/work")
PATHS = [
    *TOPS, *(f"{top}/{name}" for top in TOPS for name in "ab"),
    *(f"{top}/{one}/{two}" for top in TOPS for one in "ab" for two in "ab"), "/mnt/in", "/mnt/in/f", "/home",
    "/home/guest/a/b/a", "/tmp/a/a/b",
]  # fmt: skip
SPELLINGS = ("{}", "{}", "{}/", "/{}", "{}/.", "{}/x/..", "/../{}")
GRANTED = {"r": mask.READ, "w": mask.WRITE, "a": mask.WRITE, "rw": mask.READ | mask.WRITE}
FAILED = object()

LONG_HISTORIES = 300 if LONG else 8
MODES = ("000", "111", "444", "555", "600", "640", "644", "700", "711", "750", "755", "770", "777")
SIZES = (0, 1, 10, 100, 1000, 3000)
DICE = st.integers(0, 2**48).map(Random)  # who does what with which path
AT_ONCE = 100  # things that happen before the rules choose again


def caller(pid: int, user: User) -> dict[str, Any]:
    """A process of a user, as the bench wants it."""
    return {"pid": pid, "uid": user[0], "gid": user[1], "groups": user[2]}


def directory(owner: tuple[int, int, int] | None, **names: Node) -> Node:
    """A directory of the model."""
    node = Node(owner, True)
    assert node.names is not None
    node.names.update(names)
    return node


class FileSystems(RuleBasedStateMachine):
    """Both of them, side by side."""

    bench: Bench
    model: Model
    handles: dict[tuple[int, str], Open]

    @initialize()
    def begin(self) -> None:
        """A booted machine with a home, a directory for everybody on the root disk, and a stick in a drawer."""
        disks = Disks()
        text = disks.get("/etc/fstab.toml").decode()
        text = text.replace('type = "homefs"\noptions = "rw"', f'type = "homefs"\noptions = "rw,size={QUOTA_KIB}"')
        disks.put("/etc/fstab.toml", text.encode())
        disks.bus.proxy(HOME_DISK).makeDirectory("/guest")
        for path in ("/mnt", "/work"):
            disks.boot.makeDirectory(path)
        self.stick = Filesystem(STICK, MemoryStorage(), "stick")
        disks.bus.attach(self.stick)
        disks.bus.proxy(STICK).makeDirectory("/in")
        disks.put("/in/f", b"on the stick", STICK)
        self.is_plugged = True
        self.bench = booted(disks)
        self.bench.call("vfs_chmod", "/work", "777")
        file = Node(None, False)
        file.data[:] = b"on the stick"
        self.stick_root = directory(None, **{"in": directory(None, f=file)})
        self.home_root = directory((0, 0, 0o755), guest=directory((1000, 1000, 0o755)))
        work, mnt = directory((0, 0, 0o777)), directory(None)
        self.root = directory((0, 0, 0o755), home=directory(None), tmp=directory(None), mnt=mnt, work=work)
        self.tmp_owner: tuple[int, int, int] | None = (0, 0, 0o777)
        self.mount_those_of_fstab()

    def mount_those_of_fstab(self) -> None:
        self.model = Model(self.root)
        self.model.mounts["/home"] = Mount(self.home_root, limit=QUOTA_KIB * 1024)
        self.model.mounts["/tmp"] = Mount(directory(self.tmp_owner))
        self.handles = {}

    # --- how calls are compared --------------------------------------------------------------------------------

    def attempt(self, wrong: set[Status], name: str, *args: object, **who: Any) -> Any:
        """Make a call with which just these things are wrong."""
        try:
            value = self.bench.call(name, *args, **who)
        except StatusError as error:
            assert error.status in wrong, f"{name}{args} by {who}: {error}; the model says {wrong or 'yes'}"
            assert error.detail, "a refusal says why"
            return FAILED
        assert not wrong, f"{name}{args} by {who} gave {value!r}; the model has {wrong} against it"
        return value

    def place(self, path: str, user: User) -> Place:
        return self.model.place(path, user)

    # --- files -------------------------------------------------------------------------------------------------

    def open(self, path: str, mode: str, user: User, pid: int, spelling: str) -> None:
        place = self.place(path, user)
        wrong = set()
        if mode == "r":
            if place.node is None:
                wrong.add(Status.NO_SUCH_FILE)
            elif place.node.is_directory:
                wrong.add(Status.IS_A_DIRECTORY)
            if place.node is not None and not place.may(4):
                wrong.add(Status.ACCESS_DENIED)
        elif place.node is None:
            wrong = place.creating()
        else:
            wrong = {Status.IS_A_DIRECTORY} if place.node.is_directory else set()
            if not place.may(6 if mode == "rw" else 2):
                wrong.add(Status.ACCESS_DENIED)
            if place.mount.read_only:
                wrong.add(Status.READ_ONLY)
            if mode in "wa" and not place.node.is_directory and place.node.is_written():
                wrong.add(Status.DEVICE_BUSY)
        hidden = place.hidden()
        token = self.attempt(wrong if hidden is None else hidden, "vfs_open", spelling.format(path), mode,
                             **caller(pid, user))  # fmt: skip
        if token is FAILED:
            return
        node = place.node
        if node is None:
            node = Node((user[0], user[1], 0o644), False)
            self.model.put(place, node)
        elif mode == "w":
            del node.data[:]
        body = Open(node, mode, place.mount, path)
        place.mount.opens.append(body)
        self.handles[pid, token] = body

    def some_handle(self, number: int) -> tuple[tuple[int, str], Open]:
        return list(self.handles.items())[number % len(self.handles)]

    def write(self, number: int, size: int) -> None:
        (pid, token), body = self.some_handle(number)
        data = bytes([65 + number % 26]) * size
        node = body.node
        at = len(node.data) if body.mode == "a" else body.position
        wrong = set()
        if body.mode == "r":
            wrong.add(Status.ACCESS_DENIED)
        elif body.is_lost:
            wrong.add(Status.NO_SUCH_DEVICE)
        elif data and not body.mount.has_room(at + size - len(node.data)):
            wrong.add(Status.DISK_FULL)
        if self.attempt(wrong, "vfs_write", token, data, pid=pid) is FAILED:
            return
        if data:
            node.data.extend(bytes(max(0, at - len(node.data))))
            node.data[at : at + size] = data
        body.position = at + size

    def read(self, number: int, size: int | None) -> None:
        (pid, token), body = self.some_handle(number)
        wrong = set()
        if body.mode in "wa":
            wrong.add(Status.ACCESS_DENIED)
        elif body.is_lost:
            wrong.add(Status.NO_SUCH_DEVICE)
        data = self.attempt(wrong, "vfs_read", token, size, pid=pid)
        if data is not FAILED:
            expected = bytes(body.node.data[body.position :][:size])
            assert data == expected, f"{body.path} at {body.position}"
            body.position += len(expected)

    def seek(self, number: int, offset: int, whence: str) -> None:
        (pid, token), body = self.some_handle(number)
        target = offset + {"set": 0, "cur": body.position, "end": len(body.node.data)}[whence]
        wrong = {Status.INVALID_PARAMETER} if target < 0 else set()
        if body.is_lost:
            wrong = {Status.NO_SUCH_DEVICE}
        if self.attempt(wrong, "vfs_seek", token, offset, whence, pid=pid) is not FAILED:
            body.position = target

    def truncate(self, number: int, size: int) -> None:
        (pid, token), body = self.some_handle(number)
        data = body.node.data
        wrong = set()
        if body.mode == "r":
            wrong.add(Status.ACCESS_DENIED)
        elif size < 0:
            wrong.add(Status.INVALID_PARAMETER)
        elif body.is_lost:
            wrong.add(Status.NO_SUCH_DEVICE)
        elif not body.mount.has_room(size - len(data)):
            wrong.add(Status.DISK_FULL)
        if self.attempt(wrong, "vfs_truncate", token, size, pid=pid) is not FAILED:
            data[size:] = bytes(max(0, size - len(data)))

    def close(self, number: int) -> None:
        (pid, token), _ = self.some_handle(number)
        assert self.bench.call("vfs_close", token, pid=pid) is True
        self.forget(pid, token)

    def inherit(self, number: int, heir: int) -> None:
        """Another process gets a handle to the same open file."""
        (pid, token), body = self.some_handle(number)
        header, access = self.bench.handles[pid, token]
        header.handles += 1
        copy = f"H-copy-{number}-{len(self.bench.handles)}-{self.bench._last}"
        self.bench.handles[heir, copy] = header, access
        self.handles[heir, copy] = body

    def kill(self, pid: int) -> None:
        """A process ends with everything that it has open."""
        for holder, token in [key for key in self.handles if key[0] == pid]:
            header, _ = self.bench.handles.pop((holder, token))
            header.handles -= 1
            if not header.handles:
                self.bench.post(0, "handle_closed", header.body)
            self.forget(holder, token)

    def forget(self, pid: int, token: str) -> None:
        body = self.handles.pop((pid, token))
        if body not in self.handles.values():
            body.node.opens.remove(body)
            body.mount.opens.remove(body)

    # --- names -------------------------------------------------------------------------------------------------

    def mkdir(self, path: str, user: User) -> None:
        place = self.place(path, user)
        wrong = place.creating() if place.node is None else {Status.FILE_EXISTS}
        hidden = place.hidden()
        if self.attempt(wrong if hidden is None else hidden, "vfs_mkdir", path, **caller(30, user)) is not FAILED:
            self.model.put(place, Node((user[0], user[1], 0o755), True))

    def delete(self, path: str, user: User, recursive: bool) -> None:
        if path in TOPS:
            return  # they stay, for everything else to happen in
        place = self.place(path, user)
        wrong: set[Status] = set()
        if place.node is None:
            wrong.add(Status.NO_SUCH_FILE)
        else:
            if not place.may_remove():
                wrong.add(Status.ACCESS_DENIED)
            if place.mount.read_only:
                wrong.add(Status.READ_ONLY)
            if place.node.is_written():
                wrong.add(Status.DEVICE_BUSY)
            if place.node.names:
                if not recursive:
                    wrong.add(Status.DIRECTORY_NOT_EMPTY)
                elif not self.may_empty(path, place.node, user):
                    wrong.add(Status.ACCESS_DENIED)
        hidden = place.hidden()
        wrong = wrong if hidden is None else hidden
        if self.model.has_point_in(path):
            wrong = wrong | {Status.DEVICE_BUSY}
        if self.attempt(wrong, "vfs_delete", path, recursive, **caller(30, user)) is not FAILED:
            self.model.take(place)

    def may_empty(self, path: str, node: Node, user: User) -> bool:
        """Whether a user may take everything out of a directory and of those in it."""
        if not node.names:
            return True
        if not self.place(path, user).may(7):
            return False
        return all(
            self.place(f"{path}/{name}", user).may_remove() and self.may_empty(f"{path}/{name}", child, user)
            for name, child in node.names.items()
        )

    def rename(self, old: str, new: str, user: User) -> None:
        if old in TOPS:
            return
        source, target = self.place(old, user), self.place(new, user)
        wrong: set[Status] = set()
        if source.node is None:
            wrong.add(Status.NO_SUCH_FILE)
        elif not source.may_remove():
            wrong.add(Status.ACCESS_DENIED)
        if source.mount is not target.mount:
            wrong.add(Status.NOT_IMPLEMENTED)
        if source.mount.read_only or target.mount.read_only:
            wrong.add(Status.READ_ONLY)
        is_directory = source.node is not None and source.node.is_directory
        if new.startswith(old + "/") and is_directory:
            wrong.add(Status.INVALID_PARAMETER)
        if target.node is None:
            wrong |= target.creating() - {Status.DISK_FULL}
        elif old != new:
            if not target.may_remove():
                wrong.add(Status.ACCESS_DENIED)
            if target.node.is_directory or is_directory:
                wrong.add(Status.FILE_EXISTS)
        if source.hidden() is not None or target.hidden() is not None:
            wrong = wrong & {Status.NOT_IMPLEMENTED, Status.READ_ONLY, Status.INVALID_PARAMETER}
            wrong |= (source.hidden() or set()) | (target.hidden() or set())
            if source.hidden() is None and source.node is None:
                wrong.add(Status.NO_SUCH_FILE)
        if self.model.has_point_in(old) or self.model.has_point_in(new):
            wrong = wrong | {Status.DEVICE_BUSY}
        if self.attempt(wrong, "vfs_rename", old, new, **caller(30, user)) is FAILED or old == new:
            return
        node = self.model.take(source)
        node.owner = source.owner
        self.model.put(target, node)

    def chmod(self, path: str, mode: str, user: User) -> None:
        place = self.place(path, user)
        wrong = set()
        if place.node is None:
            wrong.add(Status.NO_SUCH_FILE)
        elif user[0] not in (0, place.owner[0]):
            wrong.add(Status.ACCESS_DENIED)
        hidden = place.hidden()
        wrong = wrong if hidden is None else hidden
        if self.attempt(wrong, "vfs_chmod", path, mode, **caller(30, user)) is not FAILED:
            assert place.node is not None
            place.node.owner = (*place.owner[:2], int(mode, 8))

    def chown(self, path: str, to: User, user: User) -> None:
        place = self.place(path, user)
        wrong = {Status.PRIVILEGE_NOT_HELD} if user[0] else set()
        if place.node is None:
            wrong.add(Status.NO_SUCH_FILE)
        hidden = place.hidden()
        if hidden is not None:
            wrong = hidden if not user[0] else {Status.PRIVILEGE_NOT_HELD}
        if self.attempt(wrong, "vfs_chown", path, to[0], to[1], **caller(30, user)) is not FAILED:
            assert place.node is not None
            place.node.owner = (to[0], to[1], place.owner[2])

    def look(self, path: str, user: User) -> None:
        """stat, list and image_open of one path."""
        place = self.place(path, user)
        missing = {Status.NO_SUCH_FILE} if place.node is None else set()
        unreachable = place.hidden()
        facts = self.attempt(unreachable or missing, "vfs_stat", path, **caller(30, user))
        if facts is not FAILED:
            assert place.node is not None
            kind, size = ("directory", 0) if place.node.is_directory else ("file", len(place.node.data))
            uid, gid, mode = place.owner
            assert (facts["type"], facts["size"]) == (kind, size), path
            assert (facts["uid"], facts["gid"], facts["mode"]) == (uid, gid, f"{mode:03o}"), path
        wrong = set(missing)
        if place.node is not None and not place.node.is_directory:
            wrong.add(Status.NOT_A_DIRECTORY)
        if not place.may(4):
            wrong.add(Status.ACCESS_DENIED)
        names = self.attempt(unreachable or wrong, "vfs_list", path, **caller(30, user))
        if names is not FAILED:
            assert place.node is not None and place.node.names is not None
            shown = sorted(name + "/" * child.is_directory for name, child in place.node.names.items())
            assert names == shown, path
        wrong = set(missing)
        if place.node is not None and place.node.is_directory:
            wrong.add(Status.NO_SUCH_FILE)
        elif place.node is not None and not place.may(5):
            wrong.add(Status.ACCESS_DENIED)
        image = self.attempt(unreachable or wrong, "image_open", [path], **caller(30, user))
        if image is not FAILED:
            assert place.node is not None and image == (path, bytes(place.node.data))

    # --- mounts ------------------------------------------------------------------------------------------------

    def mount(self, read_only: bool, limit: int | None, user: User, top: str) -> None:
        """The stick, if it is there and nowhere mounted yet (twice is another name, which has tests of its own)."""
        if any(mount.disk is self.stick_root for mount in self.model.mounts.values()):
            return
        wrong = {Status.PRIVILEGE_NOT_HELD} if user[0] else set()
        if not self.is_plugged:
            wrong.add(Status.NO_SUCH_DEVICE)
        options = ("ro" if read_only else "rw") + (f",size={limit}" if limit else "")
        if self.attempt(wrong, "vfs_mount", STICK, "/", top, "homefs", options, **caller(30, user)) is FAILED:
            return
        self.model.mounts[top] = Mount(self.stick_root, read_only, limit * 1024 if limit else None)
        if self.stick_root.owner is None:
            self.stick_root.owner = (0, 0, 0o755)

    def unmount(self, point: str, user: User) -> None:
        mount = self.model.mounts.get(point)
        wrong = {Status.PRIVILEGE_NOT_HELD} if user[0] else set()
        if mount is None:
            wrong.add(Status.INVALID_PARAMETER)
        elif point == "/" or mount.opens:
            wrong.add(Status.DEVICE_BUSY)
        if point in ("/home", "/tmp") and not wrong:
            return  # they stay: what would be made in their places is not what this is about
        if self.attempt(wrong, "vfs_unmount", point, **caller(30, user)) is not FAILED:
            del self.model.mounts[point]

    def pull_out_or_plug_in(self) -> None:
        """The stick leaves the machine, or comes back with all that is on it."""
        if not self.is_plugged:
            self.bench.disks.bus.attach(self.stick)
            self.bench.post(0, "os_event", "component_added", STICK, "filesystem")
            self.is_plugged = True
            return
        self.bench.disks.bus.detach(self.stick)
        self.bench.post(0, "os_event", "component_removed", STICK, "filesystem")
        self.is_plugged = False
        for point, mount in list(self.model.mounts.items()):
            if mount.disk is self.stick_root:
                del self.model.mounts[point]
                for body in mount.opens:
                    body.is_lost = True
                    body.node.opens.remove(body)
                    body.node = Node(None, False)
                    body.node.opens.append(body)

    def boot_again(self, orderly: bool) -> None:
        """The power goes, after the permission file was written or before; what was open and in /tmp is gone."""
        if orderly:
            self.bench.pass_time(10)
        self.tmp_owner = self.model.mounts["/tmp"].disk.owner
        disks = self.bench.disks
        for board in disks.bus.components():
            board.stopped()
        tmp = disks.bus.component(TMP_DISK)
        assert isinstance(tmp, Filesystem)
        tmp.storage = MemoryStorage()
        for root in (self.root, self.home_root, self.stick_root):
            for node in root.below():
                node.opens.clear()
        self.bench = booted(disks)
        self.mount_those_of_fstab()

    # --- what happens ------------------------------------------------------------------------------------------

    @rule(dice=DICE)
    def things_happen(self, dice: Random) -> None:
        """Some operations; most on what there is, by whoever."""
        for _ in range(AT_ONCE):
            _weight, needs_handle, act = dice.choices(ACTIONS, [weight for weight, _, _ in ACTIONS])[0]
            if self.handles or not needs_handle:
                act(self, dice)

    def a_path(self, dice: Random) -> str:
        """One that leads to something, more often than not."""
        path = dice.choice(PATHS)
        for _ in range(2):
            if self.place(path, USERS[0]).node is None:
                path = dice.choice(PATHS)
        return path

    # --- the whole ---------------------------------------------------------------------------------------------

    @rule()
    def compare(self) -> None:
        """Everything that can be seen, on the disks and through the calls."""
        for path in PATHS:
            self.look(path, USERS[0])
        for point, mount in self.model.mounts.items():
            (row,) = [row for row in self.bench.call("vfs_mounts") if row["point"] == point]
            assert row["open"] == len(mount.opens), point
            if mount.limit is not None:
                assert (row["size"], row["used"]) == (mount.limit, mount.used()), point
        for node, path, address in ((self.root, "/work", BOOT_DISK), (self.home_root, "", HOME_DISK)):
            for part in filter(None, path.split("/")):
                assert node.names is not None
                node = node.names[part]
            board = self.bench.disks.bus.component(address)
            assert isinstance(board, Filesystem)
            assert board.usage(path) == node.size(), "the disk holds what the model holds, and nothing else"

    def teardown(self) -> None:
        if not hasattr(self, "bench"):
            return
        self.compare()
        for pid in PIDS:
            self.kill(pid)
        self.compare()
        boards = [board for board in self.bench.disks.bus.components() if isinstance(board, Filesystem)]
        own = ("log/", "vbl/", "etc/")  # the Pipeline Manager's files of the system
        left = [handle for board in boards for handle in board._handles if not handle.path.startswith(own)]
        assert not left, left


def _user(dice: Random) -> User:
    return dice.choice(USERS)


# How often it happens beside the others, whether it needs an open file, and what it is.
ACTIONS: tuple[tuple[int, bool, Callable[[FileSystems, Random], object]], ...] = (
    (30, False, lambda self, d: self.open(
        self.a_path(d), d.choice(("r", "w", "w", "a", "rw")), _user(d), d.choice(PIDS), d.choice(SPELLINGS))),
    (20, True, lambda self, d: self.write(d.randrange(9999), d.choice(SIZES))),
    (12, True, lambda self, d: self.read(d.randrange(9999), d.choice((None, 0, 1, 10, 5000)))),
    (8, True, lambda self, d: self.seek(d.randrange(9999), d.randint(-20, 2000), d.choice(("set", "cur", "end")))),
    (6, True, lambda self, d: self.truncate(d.randrange(9999), d.randint(-1, 3000))),
    (18, True, lambda self, d: self.close(d.randrange(9999))),
    (5, True, lambda self, d: self.inherit(d.randrange(9999), d.choice(PIDS))),
    (3, True, lambda self, d: self.kill(d.choice(PIDS))),
    (18, False, lambda self, d: self.mkdir(d.choice(PATHS), _user(d))),
    (10, False, lambda self, d: self.delete(self.a_path(d), _user(d), d.random() < 0.5)),
    (15, False, lambda self, d: self.rename(self.a_path(d), d.choice(PATHS), _user(d))),
    (10, False, lambda self, d: self.chmod(self.a_path(d), d.choice(MODES), _user(d))),
    (4, False, lambda self, d: self.chown(self.a_path(d), _user(d), d.choice((USERS[0], _user(d))))),
    (10, False, lambda self, d: self.look(self.a_path(d), _user(d))),
    (6, False, lambda self, d: self.mount(
        d.random() < 0.2, d.choice((None, 2, 4)), d.choice(USERS[:2]), d.choice(("/mnt", "/mnt", "/work")))),
    (4, False, lambda self, d: self.unmount(d.choice(("/mnt", "/work", "/home", "/tmp", "/")), d.choice(USERS[:2]))),
    (1, False, lambda self, d: self.pull_out_or_plug_in()),
    (1, False, lambda self, d: self.boot_again(d.random() < 0.5)),
)  # fmt: skip


@pytest.mark.parametrize("seed", range(LONG_HISTORIES))
def test_a_long_history_leaves_the_same_behind(seed: int) -> None:
    """What goes wrong only after many steps: one sequence of hundreds for each seed."""
    both = FileSystems()
    both.begin()
    for part in range(8):
        both.things_happen(Random(1000 * seed + part))
        both.compare()
    both.teardown()


def test_the_file_system_does_what_the_model_does() -> None:
    """Whoever does what in whatever order: the same files, rights, refusals and counts."""
    run_state_machine_as_test(
        FileSystems,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=not LONG,
            suppress_health_check=list(HealthCheck), database=None, phases=(Phase.generate,),
        ),
    )
