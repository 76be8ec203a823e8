"""May this caller do that to this path? And if not, what is said to him (manual, chapter 8.5).

The permissions answer for one path; here stands which paths a call has to ask about, and in which order, so that a
refusal tells nobody what he may not know: what lies behind a closed directory is neither there nor missing.

Called by   the vfs calls that go by a path; reading, which is what programs do most, asks the permissions itself.
Owns        nothing: the mounts and permissions are given to it.
Always so   who asks has been refused with an error that names the path, or may go on; each refusal is written down.
"""

from __future__ import annotations

from abi.status import Status, StatusError
from system.vfs import files
from system.vfs.files import refuse
from system.vfs.mounts import DEVICES, FILE
from system.vfs.paths import canonical, is_below, join, parent_of
from system.vfs.permissions import READ, SEARCH, WRITE, format_mode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

    from abi.request import SyscallRequest
    from system.vfs.mounts import Mounts, Route
    from system.vfs.permissions import Permissions

UNDELETABLE = (("/dev", "device nodes come and go with their drivers"), ("/boot", "the machine boots from there"))


class Guard:
    """Asks for the calls of one machine."""

    def __init__(
        self, mounts: Mounts, permissions: Permissions, on_denied: Callable[[SyscallRequest, str, str], object]
    ) -> None:
        self._mounts = mounts
        self._permissions = permissions
        self._on_denied = on_denied  # (request, path, what it wanted)

    # --- rights ------------------------------------------------------------------------------------------------

    def need(self, request: SyscallRequest, path: str, needed: int, action: str, what: str) -> None:
        """Raise unless the caller has *needed* of *path*."""
        uid = request.sender_uid
        if uid != 0:
            rights = self._permissions.rights(path, uid, request.sender_gid, request.sender_groups)
            if rights & needed != needed:
                raise self.denial(request, what, action)

    def may_create(self, request: SyscallRequest, route: Route, action: str) -> None:
        """Raise unless the caller may make an entry at *route*, and there is a directory for it to stand in."""
        self.need_writable(route, "write")
        directory = parent_of(route.path)
        self.need(request, directory, WRITE | SEARCH, action, route.path)
        above = info_of(self._mounts.resolve(directory))
        if above is None:
            raise StatusError(Status.NO_SUCH_FILE, f"{route.path}: there is no directory {directory}; make it first")
        if above["type"] != "directory":
            raise StatusError(Status.NOT_A_DIRECTORY, f"{route.path}: {directory} is a file, not a directory")

    def may_remove(self, request: SyscallRequest, path: str, action: str, exists: bool) -> None:
        """Raise unless the caller may take an entry out of its directory. What is not there is for others to say."""
        permissions = self._permissions
        uid, gid, groups = request.sender_uid, request.sender_gid, request.sender_groups
        if not exists and permissions.rights(parent_of(path), uid, gid, groups) & SEARCH:
            return  # what is not there is missing, not forbidden
        if not permissions.may_remove(path, uid, gid, groups):
            raise self.denial(request, path, action)

    def check_directory_removal(self, request: SyscallRequest, route: Route, recursive: bool) -> None:
        """Raise unless a directory is empty or, with *recursive*, may be emptied."""
        try:
            if not recursive:
                if route.disk.list(route.raw):
                    raise StatusError(
                        Status.DIRECTORY_NOT_EMPTY, f"{route.path}: it is not empty; delete what is in it first"
                    )
                return
            if request.sender_uid != 0:
                self._check_tree_removal(request, route)
        except StatusError:
            raise
        except Exception as error:
            refuse(error, "list it", route.path)

    def _check_tree_removal(self, request: SyscallRequest, route: Route) -> None:
        """Each directory must be the caller's to list and empty, each name in it the caller's to remove."""
        permissions = self._permissions
        uid, gid, groups = request.sender_uid, request.sender_gid, request.sender_groups
        for below, names in files.walk(route.disk, route.raw):
            directory = join(route.path, below[:-1]) if below else route.path
            if not names:
                continue  # nothing in it to be emptied
            self.need(request, directory, READ | WRITE | SEARCH, "empty it", directory)
            if permissions.entry(directory)[2] & WRITE:  # everybody's: names in it are their owners'
                for name in names:
                    path = join(directory, name.rstrip("/"))
                    if not permissions.may_remove(path, uid, gid, groups):
                        raise self.denial(request, path, "delete it")

    def deny_or_miss(self, request: SyscallRequest, route: Route, action: str) -> NoReturn:
        """A right is missing: say that the path is, if it is and the caller may know."""
        uid, gid, groups = request.sender_uid, request.sender_gid, request.sender_groups
        if self._permissions.rights(parent_of(route.path), uid, gid, groups) & SEARCH and info_of(route) is None:
            raise no_such(route.path)
        raise self.denial(request, route.path, action)

    def denial(self, request: SyscallRequest, path: str, action: str) -> StatusError:
        """The refusal, written down. Of what lies behind a closed directory it says nothing, not even whether it is."""
        self._on_denied(request, path, action)
        closed = self._closed_directory(request, path)
        owner, group, mode = self._permissions.entry(closed or path)
        what = f"{closed}, on the way there," if closed else "it"
        return StatusError(
            Status.ACCESS_DENIED,
            f"{path}: uid {request.sender_uid} may not {action}; {what} belongs to uid {owner}, gid {group}, mode "
            f"{format_mode(mode)}" + ("" if closed else ", and its directories count too"),
        )

    def _closed_directory(self, request: SyscallRequest, path: str) -> str:
        """The first directory above a path that the caller may not pass through; "" for none."""
        uid, gid, groups = request.sender_uid, request.sender_gid, request.sender_groups
        above = []
        while path != "/":
            path = parent_of(path)
            above.append(path)
        for directory in reversed(above):
            if not self._permissions.rights(directory, uid, gid, groups) & SEARCH:
                return directory
        return ""

    # --- rules that hold for everybody -------------------------------------------------------------------------

    def need_writable(self, route: Route, action: str) -> None:
        """Raise if *route* leads over a mount that is read-only."""
        if route.read_only:
            place = route.mount.point
            raise StatusError(Status.READ_ONLY, f"{route.path}: cannot {action} it: {place} is mounted read-only")

    def refuse_point(self, route: Route, path: str) -> None:
        """Mount points stay, also those that are other names: below them lies what is not theirs to take along."""
        given = canonical(path)
        if self._mounts.has_point_in(route.path) or self._mounts.has_point_in(given):
            raise StatusError(
                Status.DEVICE_BUSY, f"{given}: a disk is mounted there; unmount it first, or see /etc/fstab.toml"
            )

    def refuse_protected(self, route: Route, action: str) -> None:
        """Raise for what nobody deletes or renames."""
        if route.path == "/":
            raise StatusError(Status.ACCESS_DENIED, f"/: cannot {action} the root directory")
        for directory, reason in UNDELETABLE:
            if is_below(route.path, directory):
                raise StatusError(
                    Status.ACCESS_DENIED, f"{route.path}: cannot {action} what is below {directory}: {reason}"
                )


def info_of(route: Route) -> dict[str, Any] | None:
    """What the disk knows of a path, as its `stat`; None if nothing is there."""
    if route.kind is not FILE:
        return {"type": "directory" if route.kind is DEVICES else "device", "size": 0, "mtime": 0.0}
    try:
        return route.disk.stat(route.raw)
    except Exception as error:
        refuse(error, "look at it", route.path)


def no_such(path: str) -> StatusError:
    """The error for a path that leads nowhere."""
    return StatusError(Status.NO_SUCH_FILE, f"{path}: there is no such file or directory")
