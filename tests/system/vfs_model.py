"""A file system in plain Python, for the real one to be held against: nodes, disks, mounts, rights, quotas.

It knows no paths of the system's code and no order of its checks. For each call it says what may be wrong with it: the
real one must refuse with one of these statuses, and must do it if there is none. Whoever cannot reach a path may learn
nothing about it: then ACCESS_DENIED is all that may be said.
"""

from __future__ import annotations

from abi.status import Status

ENTRY_BYTES = 512
User = tuple[int, int, tuple[int, ...]]  # uid, gid, further groups


class Node:
    """A file or a directory."""

    def __init__(self, owner: tuple[int, int, int] | None, is_directory: bool) -> None:
        self.owner = owner  # uid, gid, mode; None inherits
        self.names: dict[str, Node] | None = {} if is_directory else None
        self.data = bytearray()
        self.opens: list[Open] = []

    @property
    def is_directory(self) -> bool:
        return self.names is not None

    def below(self) -> list[Node]:
        """Itself and everything in it."""
        return [self, *(node for child in (self.names or {}).values() for node in child.below())]

    def is_written(self) -> bool:
        """Whether somebody writes it, or something in it, as the only one who may."""
        return any(each.mode in "wa" for node in self.below() for each in node.opens)

    def size(self) -> int:
        return sum(ENTRY_BYTES + len(node.data) for node in self.below())


class Open:
    """An open file: shared by the handles to it."""

    def __init__(self, node: Node, mode: str, mount: Mount, path: str) -> None:
        self.node = node
        self.mode = mode
        self.mount = mount
        self.path = path
        self.position = 0
        self.is_lost = False  # its disk was pulled out
        node.opens.append(self)


class Mount:
    """A disk in its place."""

    def __init__(self, disk: Node, read_only: bool = False, limit: int | None = None) -> None:
        self.disk = disk
        self.read_only = read_only
        self.limit = limit
        self.opens: list[Open] = []

    def used(self) -> int:
        linked = set(map(id, self.disk.below()))
        left_open = {
            id(each.node): each.node for each in self.opens if each.mode != "r" and id(each.node) not in linked
        }
        return self.disk.size() - ENTRY_BYTES + sum(ENTRY_BYTES + len(node.data) for node in left_open.values())

    def has_room(self, growth: int) -> bool:
        return self.limit is None or growth <= 0 or self.used() + growth <= self.limit


class Place:
    """What a path leads to: its mount, its node if there is one, what stands above it, and who may do what."""

    def __init__(self, model: Model, path: str, user: User) -> None:
        self.path = path
        self.parts = [part for part in path.split("/") if part]
        self.user = user
        self.is_point = path in model.mounts
        self.mount = model.mounts["/"]
        node: Node | None = self.mount.disk
        owner = (0, 0, 0o755)
        if node is not None and node.owner is not None:
            owner = node.owner
        self.is_reachable = True
        self.is_below_file = False  # then it cannot be there, whoever asks: how that is said does not matter
        self.parent: Node | None = None
        self.parent_owner = owner
        here = ""
        for part in self.parts:
            if user[0] != 0 and not bits(owner, user) & 1:
                self.is_reachable = False
            self.is_below_file = self.is_below_file or (node is not None and not node.is_directory)
            self.parent, self.parent_owner = node, owner
            here += "/" + part
            if here in model.mounts:
                self.mount = model.mounts[here]
                node = self.mount.disk
            else:
                node = node.names.get(part) if node is not None and node.names is not None else None
            if node is not None and node.owner is not None:
                owner = node.owner
        self.node = node
        self.owner = owner

    def may(self, wanted: int) -> bool:
        return self.user[0] == 0 or (self.is_reachable and bits(self.owner, self.user) & wanted == wanted)

    def may_in_parent(self) -> bool:
        return self.user[0] == 0 or (self.is_reachable and bits(self.parent_owner, self.user) & 3 == 3)

    def may_remove(self) -> bool:
        if self.user[0] == 0:
            return True
        is_everybodys = self.parent_owner[2] & 2
        return self.may_in_parent() and (not is_everybodys or self.user[0] in (self.parent_owner[0], self.owner[0]))

    def creating(self) -> set[Status]:
        """What is wrong with making something there."""
        wrong = set()
        if not self.may_in_parent():
            wrong.add(Status.ACCESS_DENIED)
        if self.mount.read_only:
            wrong.add(Status.READ_ONLY)
        if self.parent is None:
            wrong.add(Status.NO_SUCH_FILE)
        elif not self.parent.is_directory:
            wrong.add(Status.NOT_A_DIRECTORY)
        if not self.mount.has_room(ENTRY_BYTES):
            wrong.add(Status.DISK_FULL)
        return wrong

    def hidden(self) -> set[Status] | None:
        """For whom the path is out of reach, all that may be said; None for whom it is not."""
        if self.is_below_file:
            return {Status.ACCESS_DENIED, Status.NO_SUCH_FILE, Status.NOT_A_DIRECTORY, Status.READ_ONLY}
        if self.is_reachable:
            return None
        return {Status.ACCESS_DENIED} | ({Status.READ_ONLY} if self.mount.read_only else set())


class Model:
    """The whole of it."""

    def __init__(self, root: Node) -> None:
        self.mounts = {"/": Mount(root)}

    def has_point_in(self, path: str) -> bool:
        return any(point == path or point.startswith(path.rstrip("/") + "/") for point in self.mounts)

    def place(self, path: str, user: User) -> Place:
        return Place(self, path, user)

    def put(self, place: Place, node: Node) -> None:
        assert place.parent is not None and place.parent.names is not None
        place.parent.names[place.parts[-1]] = node

    def take(self, place: Place) -> Node:
        assert place.parent is not None and place.parent.names is not None
        return place.parent.names.pop(place.parts[-1])


def bits(owner: tuple[int, int, int], user: User) -> int:
    """What owner, group and mode give a user."""
    uid, gid, mode = owner
    if user[0] == uid:
        return mode >> 6
    return (mode >> 3 if gid == user[1] or gid in user[2] else mode) & 7
