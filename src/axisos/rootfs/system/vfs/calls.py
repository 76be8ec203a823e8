"""The vfs_* calls: who may, where the path leads, and then the disk or the driver does it (manual, chapter 8.3).

Each method is one call and gets the request and its arguments; what it returns is the caller's result, a `StatusError`
is the caller's failure, and PENDING means that a driver's answer will be both. The caller's identity comes with the
request, from the kernel. `open`, `read`, `write` and `close` are what programs spend their time in: they are flat.

Called by   the Pipeline Manager's message loop.
Owns        nothing: the mounts, permissions and devices are given to it.
Always so   every call of a path asks `guard` for the rights to it first; a handle's rights were asked for when it was
            opened.
"""

from __future__ import annotations

from abi import access
from abi.names import MAX_ID, STDERR, STDIN, STDOUT, TYPE_FILE
from abi.status import Status, StatusError
from system.vfs import files
from system.vfs.devices import failed
from system.vfs.files import CATEGORY_DEVICE, CATEGORY_FILE, OpenFile, refuse
from system.vfs.guard import Guard, info_of, no_such
from system.vfs.mounts import DEV, DEVICE, DEVICES, FILE
from system.vfs.paths import is_below, parent_of, shorten
from system.vfs.permissions import EXECUTE, READ, SEARCH, WRITE, format_mode, parse_mode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

    from abi.irp import Irp
    from abi.request import SyscallRequest
    from system.vfs.devices import Devices
    from system.vfs.mounts import Mounts, Route
    from system.vfs.permissions import Permissions

    Syscall = Callable[..., Any]

PENDING = object()  # a handler's result: the call is answered later

TTY = "/dev/tty"
WHENCE = ("set", "cur", "end")

# mode -> access of the handle, rights that the path must grant, mode of the disk
_READ_MODE = (access.READ | access.DEVICE_CONTROL, READ, "r")
_WRITE_MODE = (access.WRITE | access.DEVICE_CONTROL, WRITE, "w")
_APPEND_MODE = (access.WRITE | access.DEVICE_CONTROL, WRITE, "a")
_UPDATE_MODE = (access.READ | access.WRITE | access.DEVICE_CONTROL, READ | WRITE, "r+")
_GRANTED = {mode: granted for granted, _, mode in (_READ_MODE, _WRITE_MODE, _APPEND_MODE, _UPDATE_MODE)}
MODES: dict[str | None, tuple[int, int, str]] = {
    None: _READ_MODE, "r": _READ_MODE, "rb": _READ_MODE, "w": _WRITE_MODE, "wb": _WRITE_MODE, "a": _APPEND_MODE,
    "ab": _APPEND_MODE, "rw": _UPDATE_MODE, "rwb": _UPDATE_MODE, "r+": _UPDATE_MODE, "r+b": _UPDATE_MODE,
    "rb+": _UPDATE_MODE,
}

# What the machine cannot start or defend itself without: a write to one is reported to the kernel.
CRITICAL = frozenset({
    "/kernel.py", "/system/pipeline_manager.py", "/executive/ob_manager.py", "/executive/preempt.py", "/bin/init.py",
    "/system/dkms.py", "/drivers/tty.sys.py", "/executive/patchguard.py", "/boot/boot.py",
})


class VfsCalls:
    """The file system calls of one machine."""

    def __init__(
        self, syscall: Syscall, mounts: Mounts, permissions: Permissions, devices: Devices,
        on_denied: Callable[[SyscallRequest, str, str], object], before_open: dict[str, Callable[[], object]],
    ) -> None:
        self._syscall = syscall
        self._mounts = mounts
        self._routes = mounts.routes
        self._permissions = permissions
        self._devices = devices
        self._guard = Guard(mounts, permissions, on_denied)
        self._before_open = before_open  # canonical path -> done before it is opened
        self.after_write: dict[str, Callable[[], object]] = {}  # canonical path -> done when a writer has closed it

    # --- open, read, write, close ------------------------------------------------------------------------------

    def open(self, request: SyscallRequest, path: str, mode: str | None = "r") -> object:
        """Open a file or device.

        Args:    mode: "r", "w" (empties or creates), "a" (writes at the end) or "rw" (creates, keeps what is there);
                 a "b" changes nothing, "r+" is "rw", None is "r".
        Returns: a handle: READ for r, WRITE for w and a, both for rw, and always DEVICE_CONTROL.
        Raises:  NO_SUCH_FILE, NO_SUCH_DEVICE, ACCESS_DENIED (a right is missing), IS_A_DIRECTORY, NOT_A_DIRECTORY,
                 READ_ONLY, DISK_FULL, HANDLE_TABLE_FULL, INVALID_PARAMETER (path or mode), the device's own.
        """
        route = self._routes.get(path) if type(path) is str else None
        if route is None:
            route = self._mounts.resolve(path)
        try:
            granted, needed, raw_mode = MODES[mode]
        except (KeyError, TypeError):
            raise _invalid(f"{shorten(path)}: mode {mode!r:.20} is none of r, w, a, rw") from None
        if route.path in self._before_open:
            self._before_open[route.path]()
        if route.kind is not FILE:
            return self._open_device(request, route, granted, needed, raw_mode)
        if raw_mode == "r":
            uid = request.sender_uid
            if uid != 0:
                rights = self._permissions.rights(route.path, uid, request.sender_gid, request.sender_groups)
                if not rights & READ:
                    self._guard.deny_or_miss(request, route, "read it")
            try:
                handle = route.disk.open(route.raw, "r")
            except Exception as error:
                self._refuse_open(error, route)
        else:
            handle = self._open_for_writing(request, route, needed, raw_mode)
        body = OpenFile(route.path, raw_mode, CATEGORY_FILE)
        body.disk = route.disk
        body.raw_handle = handle
        body.mount = route.mount
        route.mount.files[body] = None
        if raw_mode != "r" and route.path in CRITICAL:
            body.notify = True
        try:
            return self._syscall("ob_create_owned", request.sender_pid, TYPE_FILE, body, granted)
        except StatusError:
            self.close_file(body)
            raise

    def read(self, request: SyscallRequest, handle: str | int, count: int | None = None) -> object:
        """Up to *count* bytes, None for all there are; b"" at the end."""
        body = self._syscall("ob_reference_by_handle", request.sender_pid, handle, access.READ).body
        if type(body) is not OpenFile:
            raise _not_a_file("vfs_read")
        if count is not None and (type(count) is not int or count < 0):
            raise _invalid(f"{body.path}: vfs_read takes a number of bytes from 0, or None, not {count!r:.20}")
        if body.category is CATEGORY_DEVICE:
            if body.rest:
                return self._devices.take_rest(body, count)
            self._devices.read(request, body, count)
            return PENDING
        try:
            if count is None:
                return files.read_rest(body.disk, body.raw_handle)
            return body.disk.read(body.raw_handle, count) or b""
        except Exception as error:
            refuse(error, "read it", body.path)

    def write(self, request: SyscallRequest, handle: str | int, data: bytes) -> object:
        """Write bytes; the number written."""
        body = self._syscall("ob_reference_by_handle", request.sender_pid, handle, access.WRITE).body
        if type(body) is not OpenFile:
            raise _not_a_file("vfs_write")
        if type(data) is not bytes:
            raise _invalid(f"{body.path}: vfs_write takes bytes, not {type(data).__name__}; encode text first")
        if body.category is CATEGORY_DEVICE:
            self._devices.write(request, body, data)
            return PENDING
        if body.notify:
            body.notify = False
            self._report_critical(request, body.path)
        try:
            body.disk.write(body.raw_handle, data)
        except Exception as error:
            refuse(error, "write it", body.path)
        return len(data)

    def close(self, request: SyscallRequest, handle: str | int) -> object:
        """Close a handle; with the last one the file or device is closed."""
        body = self._syscall("ob_close_handle", request.sender_pid, handle)
        if type(body) is not OpenFile:
            return True
        if body.category is CATEGORY_DEVICE:
            self._devices.close(body, request)
            return PENDING
        self.close_file(body)
        return True

    def close_file(self, body: OpenFile) -> None:
        """The last handle to a file is gone."""
        del body.mount.files[body]
        try:
            body.disk.close(body.raw_handle)
        except Exception as error:
            if getattr(error, "status", 0) != Status.NO_SUCH_DEVICE:  # its disk was pulled out, and closed it
                refuse(error, "close it", body.path)
        if body.mode != "r" and body.path in self.after_write:
            self.after_write[body.path]()

    def handle_closed(self, body: object) -> None:
        """The last handle went with its process."""
        if type(body) is OpenFile:
            if body.category is CATEGORY_DEVICE:
                self._devices.close(body)
            else:
                self.close_file(body)

    def unheard(self, request: SyscallRequest, value: object) -> None:
        """An answer found its caller gone, or interrupted: a handle that nobody has heard of is closed again."""
        if request.name == "vfs_open":
            try:
                self.handle_closed(self._syscall("ob_close_handle", request.sender_pid, value))
            except StatusError:
                return  # the caller has died, and its handles with it

    def seek(self, request: SyscallRequest, handle: str | int, offset: int, whence: str = "set") -> object:
        """Move the position of an open file.

        Args:    offset: bytes, counted from *whence*: "set" (the start), "cur" (the position) or "end".
        Returns: the new position.
        Raises:  INVALID_HANDLE, SYNAPSE_TOKEN_MISMATCH, SYNAPSE_TOKEN_EXPIRED, OBJECT_TYPE_MISMATCH (a pipe or another
                 object), INVALID_PARAMETER (a device without positions, or a wrong *whence*).
        """
        body = self._file_of(request, handle, "vfs_seek")
        if whence not in WHENCE or type(offset) is not int:
            raise _invalid(f"{body.path}: vfs_seek takes a whole number and set, cur or end, not {whence!r:.20}")
        if body.category is CATEGORY_DEVICE:
            return self._devices.seek(body, whence, offset)
        try:
            return body.disk.seek(body.raw_handle, whence, offset)
        except Exception as error:
            refuse(error, "move there", body.path)

    def truncate(self, request: SyscallRequest, handle: str | int, size: int) -> object:
        """Make an open file so many bytes long: cut off, or filled up with zeros. Its position stays.

        Args:    handle: one that may write. size: bytes.
        Returns: True.
        Raises:  INVALID_HANDLE, SYNAPSE_TOKEN_MISMATCH, SYNAPSE_TOKEN_EXPIRED, ACCESS_DENIED (no WRITE),
                 OBJECT_TYPE_MISMATCH (a pipe or another object), INVALID_PARAMETER (a device, or a size below 0),
                 DISK_FULL.
        """
        body = self._syscall("ob_reference_by_handle", request.sender_pid, handle, access.WRITE).body
        if type(body) is not OpenFile:
            raise _not_a_file("vfs_truncate")
        if type(size) is not int or size < 0:
            raise _invalid(f"{body.path}: vfs_truncate takes a number of bytes from 0, not {size!r:.20}")
        if body.category is CATEGORY_DEVICE:
            raise _invalid(f"{body.path} is a device: it has no length")
        if body.notify:
            body.notify = False
            self._report_critical(request, body.path)
        try:
            body.disk.truncate(body.raw_handle, size)
        except Exception as error:
            refuse(error, "change its length", body.path)
        return True

    def device_control(
        self, request: SyscallRequest, handle: str | int, method: str, args: object = None,
        timeout_ms: float | None = None,
    ) -> object:
        """Have the driver of an open device do something.

        Args:    method: what the driver is to do. args: a list or tuple of arguments, None for none. timeout_ms:
                 milliseconds after which the request is withdrawn; None for the limit of the device.
        Returns: what the driver answers.
        Raises:  TIMEOUT, INVALID_HANDLE, SYNAPSE_TOKEN_MISMATCH, SYNAPSE_TOKEN_EXPIRED, ACCESS_DENIED (no
                 DEVICE_CONTROL), INVALID_PARAMETER (a file), OBJECT_TYPE_MISMATCH (another object), NOT_IMPLEMENTED
                 (the driver has no such method), CANCELLED, the driver's own.
        """
        body = self._syscall("ob_reference_by_handle", request.sender_pid, handle, access.DEVICE_CONTROL).body
        if type(body) is not OpenFile:
            raise _not_a_file("vfs_device_control")
        if body.category is not CATEGORY_DEVICE:
            raise _invalid(f"{body.path} is a file: only devices have control methods")
        if type(method) is not str or type(args) not in (list, tuple, type(None)):
            raise _invalid(f"{body.path}: vfs_device_control takes the method's name and a list of arguments")
        if timeout_ms is not None and (type(timeout_ms) not in (int, float) or not timeout_ms > 0):
            raise _invalid(f"{body.path}: a time limit is a number of milliseconds above 0, not {timeout_ms!r:.20}")
        arguments: list[object] = list(args or ())  # type: ignore[call-overload]  # see above
        self._devices.control(request, body, method, arguments, timeout_ms)
        return PENDING

    # --- names -------------------------------------------------------------------------------------------------

    def stat(self, request: SyscallRequest, path: str) -> object:
        """Say what a path is.

        Returns: {type, size, mtime, uid, gid, mode}; type is "file", "directory" or "device", size counts bytes, mode
                 is three octal digits.
        Raises:  NO_SUCH_FILE, NO_SUCH_DEVICE, ACCESS_DENIED (the way there), INVALID_PARAMETER.
        """
        route = self._mounts.resolve(path)
        self._guard.need(request, parent_of(route.path), SEARCH, "reach it", route.path)
        if route.kind is DEVICE:
            self._devices.ask_names(request, self._finish_stat, route)
            return PENDING
        if route.kind is DEVICES:
            return self._facts(route.path, "directory", 0, 0.0)
        info = info_of(route)
        if info is None:
            raise no_such(route.path)
        return self._facts(route.path, info["type"], info["size"], info["mtime"])

    def list_directory(self, request: SyscallRequest, path: str) -> object:
        """List a directory.

        Returns: the names in it, sorted; those of directories end in "/".
        Raises:  NO_SUCH_FILE, NOT_A_DIRECTORY, ACCESS_DENIED, INVALID_PARAMETER.
        """
        route = self._mounts.resolve(path)
        if route.kind is DEVICES:
            self._guard.need(request, DEV, READ, "list it", DEV)
            self._devices.ask_names(request, _finish_list, None)
            return PENDING
        if route.kind is DEVICE:
            raise StatusError(Status.NOT_A_DIRECTORY, f"{route.path} is a device, it cannot be listed")
        if route.path in self._before_open:
            self._before_open[route.path]()
        self._guard.need(request, route.path, READ, "list it", route.path)
        names = files.list_names(route.disk, route.raw, route.path)
        points = self._mounts.points_below(route.path)
        if points:
            return sorted({*names, *points})
        names.sort()  # in order already, from most disks
        return names

    def delete(self, request: SyscallRequest, path: str, recursive: bool = False) -> object:
        """Delete a file or an empty directory; with *recursive*, a directory and all that is in it.

        Returns: True.
        Raises:  NO_SUCH_FILE, ACCESS_DENIED (also for the root and what is below /dev and /boot), DIRECTORY_NOT_EMPTY,
                 DEVICE_BUSY (in use, or a disk is mounted there), READ_ONLY, INVALID_PARAMETER.
        """
        guard = self._guard
        route = self._mounts.resolve(path)
        guard.refuse_protected(route, "delete")
        guard.refuse_point(route, path)
        info = info_of(route)
        guard.may_remove(request, route.path, "delete it", info is not None)
        if info is None:
            raise no_such(route.path)
        guard.need_writable(route, "delete")
        is_directory = info["type"] == "directory"
        if is_directory:
            guard.check_directory_removal(request, route, recursive)
        self._report_critical(request, route.path)
        try:
            done = route.disk.remove(route.raw)
        except Exception as error:
            refuse(error, "delete it", route.path)
        if done is False:
            raise StatusError(Status.DEVICE_BUSY, f"{route.path}: it is in use; close it and try again")
        self._permissions.deleted(route.path, is_directory)
        return True

    def mkdir(self, request: SyscallRequest, path: str) -> object:
        """Make a directory in one that exists.

        Returns: True.
        Raises:  FILE_EXISTS, NO_SUCH_FILE or NOT_A_DIRECTORY (what it is to stand in), ACCESS_DENIED, READ_ONLY,
                 DISK_FULL, INVALID_PARAMETER.
        """
        route = self._mounts.resolve(path)
        if route.kind is not FILE:
            raise StatusError(Status.ACCESS_DENIED, f"{route.path}: cannot mkdir in /dev, it holds devices only")
        self._guard.need(request, parent_of(route.path), SEARCH, "make a directory", route.path)
        if info_of(route) is not None or self._mounts.has_point_in(route.path):
            raise StatusError(Status.FILE_EXISTS, f"{route.path} exists already")
        self._guard.may_create(request, route, "make a directory")
        try:
            done = route.disk.makeDirectory(route.raw)
        except Exception as error:
            refuse(error, "make it", route.path)
        if done is False:  # its disk has something there that it does not show
            raise StatusError(Status.FILE_EXISTS, f"{route.path}: its disk cannot have a directory of that name")
        self._permissions.created(route.path, request.sender_uid, request.sender_gid, True)
        return True

    def rename(self, request: SyscallRequest, old: str, new: str) -> object:
        """Give a file or directory another name on the same disk; a file of the new name is replaced.

        Returns: True.
        Raises:  NO_SUCH_FILE, FILE_EXISTS (a directory is there), NOT_IMPLEMENTED (another disk), ACCESS_DENIED,
                 DEVICE_BUSY, READ_ONLY, INVALID_PARAMETER (into itself).
        """
        guard = self._guard
        source, target = self._mounts.resolve(old), self._mounts.resolve(new)
        guard.refuse_protected(source, "rename")
        guard.refuse_protected(target, "replace")
        guard.refuse_point(source, old)
        guard.refuse_point(target, new)
        guard.need(request, parent_of(target.path), SEARCH, "put it there", target.path)
        if source.mount is not target.mount:
            raise StatusError(
                Status.NOT_IMPLEMENTED,
                f"{source.path} -> {target.path}: they are on different disks ({source.mount.point} and "
                f"{target.mount.point}); copy the file and delete the original",
            )
        info = info_of(source)
        guard.may_remove(request, source.path, "rename it", info is not None)
        if info is None:
            raise no_such(source.path)
        guard.need_writable(source, "rename")
        guard.need_writable(target, "replace")
        is_directory = info["type"] == "directory"
        if is_directory and is_below(target.path, source.path) and target.path != source.path:
            raise _invalid(f"{source.path} cannot be moved into itself ({target.path})")
        there = info_of(target)
        if there is None:
            guard.may_create(request, target, "put it there")
        elif target.path != source.path:
            if there["type"] == "directory" or is_directory:
                raise StatusError(Status.FILE_EXISTS, f"{target.path} exists already; delete it first")
            guard.may_remove(request, target.path, "replace it", True)
        if target.path != source.path:
            self._report_critical(request, source.path, target.path)
            try:
                done = source.disk.rename(source.raw, target.raw)
            except Exception as error:
                refuse(error, "rename it", source.path)
            if done is False:
                raise StatusError(Status.DEVICE_BUSY, f"{source.path} -> {target.path}: in use; close it and try again")
            self._permissions.renamed(source.path, target.path, is_directory)
            for body in source.mount.files:
                if is_below(body.path, source.path):
                    body.path = target.path + body.path[len(source.path) :]
            if target.path in self.after_write:
                self.after_write[target.path]()
        return True

    def chmod(self, request: SyscallRequest, path: str, mode: str) -> object:
        """Set the permissions of a path, for its owner and uid 0 only.

        Args:    mode: three octal digits for owner, group and others, as "755".
        Returns: True.
        Raises:  NO_SUCH_FILE, ACCESS_DENIED, INVALID_PARAMETER.
        """
        bits = parse_mode(mode)
        route = self._existing(request, path)
        uid = request.sender_uid
        self._permissions.change_mode(route.path, bits, uid)
        self._syscall("kernel_log", f"chmod {mode} {route.path} by process {request.sender_pid} (uid {uid})", "vfs")
        return True

    def chown(self, request: SyscallRequest, path: str, uid: int, gid: int) -> object:
        """Set owner and group of a path, for uid 0 only.

        Returns: True.
        Raises:  PRIVILEGE_NOT_HELD, NO_SUCH_FILE, INVALID_PARAMETER.
        """
        if request.sender_uid != 0:
            raise StatusError(Status.PRIVILEGE_NOT_HELD, f"{shorten(str(path))}: only uid 0 may change owners")
        if type(uid) is not int or type(gid) is not int or not (0 <= uid <= MAX_ID and 0 <= gid <= MAX_ID):
            raise _invalid(f"{shorten(str(path))}: uid and gid are numbers from 0 to {MAX_ID}")
        route = self._existing(request, path)
        self._permissions.change_owner(route.path, uid, gid)
        return True

    def image_open(self, request: SyscallRequest, paths: object, execute: bool = True) -> object:
        """Read the program or module that stands first in a list of places; the kernel uses it for spawn and import.

        Args:    paths: a list or tuple of paths. execute: whether the caller must be allowed to execute the file, too.
        Returns: (path, bytes) of the first of them that is a file.
        Raises:  NO_SUCH_FILE, ACCESS_DENIED, INVALID_PARAMETER.
        """
        if type(paths) not in (list, tuple):
            raise _invalid("image_open takes a list of paths")
        needed = READ | EXECUTE if execute else READ
        action = "execute it" if execute else "read it"
        uid, gid, groups = request.sender_uid, request.sender_gid, request.sender_groups
        hidden = None
        for path in paths:  # type: ignore[attr-defined]  # a list or tuple, see above
            route = self._mounts.resolve(path)
            if route.kind is not FILE:
                continue
            rights = self._permissions.rights(route.path, uid, gid, groups)
            if rights & needed != needed and not self._permissions.rights(
                parent_of(route.path), uid, gid, groups
            ) & SEARCH:
                hidden = hidden or route.path  # whether it is there is not the caller's to know
                continue
            try:
                handle = route.disk.open(route.raw, "r")
            except Exception:  # not there, or a directory: the next one may be
                continue
            try:
                if rights & needed != needed:
                    raise self._guard.denial(request, route.path, action)
                return route.path, files.read_rest(route.disk, handle)
            finally:
                route.disk.close(handle)
        if hidden is not None and execute:
            raise self._guard.denial(request, hidden, action)
        places = ", ".join(shorten(str(path)) for path in paths)  # type: ignore[attr-defined]
        raise StatusError(Status.NO_SUCH_FILE, f"there is no file {places or 'in an empty list of paths'}")

    # --- opening -----------------------------------------------------------------------------------------------

    def _handle_to(self, request: SyscallRequest, body: OpenFile, granted: int) -> object:
        """A handle of the caller to an open file; when it can have none, the file is closed again."""
        try:
            return self._syscall("ob_create_owned", request.sender_pid, TYPE_FILE, body, granted)
        except StatusError:
            self.handle_closed(body)
            raise

    def _open_device(self, request: SyscallRequest, route: Route, granted: int, needed: int, mode: str) -> object:
        if route.kind is DEVICES:
            raise StatusError(Status.IS_A_DIRECTORY, f"{route.path} is a directory: open a device in it, such as {TTY}")
        self._guard.need(request, route.path, needed, "open it", route.path)
        body = OpenFile(route.path, mode, CATEGORY_DEVICE)
        self._devices.open(request, body, self._finish_open)
        return PENDING

    def _finish_open(
        self, request: SyscallRequest, irp: Irp, status: int, information: object, body: OpenFile
    ) -> object:
        """The driver has opened its device, or not: make the handle."""
        if status != 0:
            raise failed(status, information, body, "open it")
        token = self._handle_to(request, body, _GRANTED[body.mode])
        if body.path == TTY:
            for index in (STDIN,) if body.mode == "r" else (STDOUT, STDERR):
                if self._syscall("ob_get_standard_handle", request.sender_pid, index) is None:
                    self._syscall("ob_set_standard_handle", request.sender_pid, index, token)
        return token

    def _open_for_writing(self, request: SyscallRequest, route: Route, needed: int, raw_mode: str) -> object:
        self._guard.need_writable(route, "write")
        action = "write it" if needed == WRITE else "read and write it"
        self._guard.need(request, parent_of(route.path), SEARCH, action, route.path)
        info = info_of(route)
        if info is None:
            self._guard.may_create(request, route, "create it")
            try:
                handle = route.disk.open(route.raw, "w" if raw_mode == "r+" else raw_mode)
                if raw_mode == "r+":  # the disk updates only what exists
                    route.disk.close(handle)
                    handle = route.disk.open(route.raw, "r+")
            except Exception as error:
                self._refuse_open(error, route)
            self._permissions.created(route.path, request.sender_uid, request.sender_gid, False)
            return handle
        if info["type"] == "directory":
            raise StatusError(Status.IS_A_DIRECTORY, f"{route.path} is a directory, it cannot be written")
        self._guard.need(request, route.path, needed, action, route.path)
        try:
            return route.disk.open(route.raw, raw_mode)
        except Exception as error:
            self._refuse_open(error, route)

    def _refuse_open(self, error: Exception, route: Route) -> NoReturn:
        """Say why a file did not open."""
        info = info_of(route)
        if info is not None and info["type"] == "directory":
            raise StatusError(Status.IS_A_DIRECTORY, f"{route.path} is a directory; list it instead") from None
        if getattr(error, "status", 0) == Status.NO_SUCH_FILE:
            if info is None:
                raise no_such(route.path) from None
            # the game's disks have one writer for a file
            raise StatusError(Status.DEVICE_BUSY, f"{route.path} is being written already; close it there") from None
        refuse(error, "open it", route.path)

    def _report_critical(self, request: SyscallRequest, *paths: str) -> None:
        """What the system relies on is being changed: files at these paths, or in these directories."""
        for path in sorted(CRITICAL):
            if any(is_below(path, changed) for changed in paths):
                self._syscall("kernel_log", f"{path} is being changed by process {request.sender_pid}", "sec")
                try:
                    self._syscall("critical_file_modified", path, request.sender_pid)
                except StatusError as error:
                    if error.status != Status.UNKNOWN_SYSCALL:  # a kernel without integrity checks does not know it
                        raise

    # --- small things ------------------------------------------------------------------------------------------

    def _file_of(self, request: SyscallRequest, handle: str | int, call: str) -> OpenFile:
        body = self._syscall("ob_reference_by_handle", request.sender_pid, handle, 0).body
        if type(body) is not OpenFile:
            raise _not_a_file(call)
        return body

    def _existing(self, request: SyscallRequest, path: str) -> Route:
        route = self._mounts.resolve(path)
        self._guard.need(request, parent_of(route.path), SEARCH, "reach it", route.path)
        if info_of(route) is None:
            raise no_such(route.path)
        return route

    def _facts(self, path: str, kind: str, size: int, mtime: float) -> dict[str, object]:
        uid, gid, mode = self._permissions.entry(path)
        return {"type": kind, "size": size, "mtime": mtime, "uid": uid, "gid": gid, "mode": format_mode(mode)}

    def _finish_stat(self, request: SyscallRequest, names: list[str], route: Route) -> object:
        if route.path[len(DEV) + 1 :] not in names:
            raise StatusError(Status.NO_SUCH_DEVICE, f"{route.path}: no driver offers this device")
        return self._facts(route.path, "device", 0, 0.0)

def _finish_list(request: SyscallRequest, names: list[str], context: object) -> object:
    return sorted(names)


def _not_a_file(call: str) -> StatusError:
    return StatusError(Status.OBJECT_TYPE_MISMATCH, f"{call}: the handle is not one to a file or device")


def _invalid(detail: str) -> StatusError:
    return StatusError(Status.INVALID_PARAMETER, detail)
