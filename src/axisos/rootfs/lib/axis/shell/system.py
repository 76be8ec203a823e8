"""The shell's door to the kernel: system calls with names, paths and Python values.

Called by   all other rooms, which get one `System` handed in; tests hand in another.
Owns        nothing but the way to make a call.
Always so   paths are absolute (the kernel knows no working directory); failures are `StatusError`.
"""

from __future__ import annotations

from abi.signals import SIGCONT
from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Handle = str | int

STANDARD = {0: -10, 1: -11, 2: -12}  # descriptor -> standard slot
SHELL_PATH = "/bin/sh.py"
PIPE_SIZE = 65536  # bytes in a pipe, the most that the kernel gives
TRANSFER = 262144  # bytes in one write at most


def encode(text: str) -> bytes:
    """Text as bytes; what `decode` could not read comes out as it went in."""
    return text.encode("utf-8", "surrogateescape")


def decode(data: bytes) -> str:
    """Bytes as text, whatever they are."""
    return data.decode("utf-8", "surrogateescape")


def normalise(path: str, directory: str) -> str:
    """*path* as an absolute one without `.`, `..` and doubled slashes; relative ones start at *directory*."""
    if not path.startswith("/"):
        path = f"{directory}/{path}"
    kept: list[str] = []
    for component in path.split("/"):
        if component == "..":
            if kept:
                kept.pop()
        elif component and component != ".":
            kept.append(component)
    return "/" + "/".join(kept)


def reason(error: StatusError) -> str:
    """A failure in the words that people know."""
    from axis import errors  # when something fails only: a shell starts more often

    return errors.reason(error)


class System:
    """Thin methods over `call`, the process's own `syscall`."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self.call = call

    # -- files --------------------------------------------------------------------------------------------------------

    def open(self, path: str, mode: str) -> Handle:
        """Open for "r", "w" (made, emptied), "a" (made) or "rw"."""
        handle: Handle = self.call("vfs_open", path, mode)
        return handle

    def close(self, handle: Handle) -> None:
        """Close; one that is closed already is let be."""
        try:
            self.call("vfs_close", handle)
        except StatusError as error:
            if error.status != Status.INVALID_HANDLE:
                raise

    def read(self, handle: Handle, count: int | None = None) -> bytes:
        """Up to *count* bytes, b"" at the end. Blocks until there is something."""
        data: bytes = self.call("vfs_read", handle, count)
        return data

    def read_all(self, handle: Handle) -> bytes:
        """Everything up to the end. Blocks until then."""
        pieces: list[bytes] = []
        while True:
            data = self.read(handle, 65536)
            if not data:
                return b"".join(pieces)
            pieces.append(data)

    def write(self, handle: Handle, data: bytes) -> None:
        """Write all of *data*. Blocks while the other side is full."""
        while data:
            count: int = self.call("vfs_write", handle, data[:TRANSFER])
            data = data[count:]

    def seek(self, handle: Handle, offset: int, whence: str) -> int | None:
        """The new position, None if this is no file."""
        try:
            position: int = self.call("vfs_seek", handle, offset, whence)
        except StatusError:
            return None
        return position

    def stat(self, path: str) -> dict[str, Any] | None:
        """What *path* is (see `vfs_stat`), None if there is nothing or it may not be seen."""
        try:
            found: dict[str, Any] = self.call("vfs_stat", path)
        except StatusError:
            return None
        return found

    def list(self, path: str) -> list[str]:
        """The names in a directory, directories with a slash at the end."""
        names: list[str] = self.call("vfs_list", path)
        return names

    def control(self, handle: Handle, method: str, *arguments: object) -> Any:
        """A device control."""
        return self.call("vfs_device_control", handle, method, list(arguments))

    def is_terminal(self, handle: Handle) -> bool:
        """Whether *handle* is a terminal: only a terminal knows its size."""
        try:
            self.control(handle, "get_size")
        except StatusError:
            return False
        return True

    def take_terminal(self) -> bool:
        """Open the machine's terminal if nobody has given us standard streams. Returns whether that was so."""
        pid = self.call("process_get_pid")
        if any(self.call("ob_get_standard_handle", pid, index) for index in (-10, -11, -12)):
            return False
        try:
            for mode in ("r", "w"):
                self.call("vfs_open", "/dev/tty", mode)  # fills the empty standard slots
        except StatusError:
            return False
        return True

    def pipe(self) -> tuple[Handle, Handle]:
        """A new pipe's ends: to read, to write."""
        reader, writer = self.call("ke_create_pipe", PIPE_SIZE)
        return reader, writer

    def feed(self, data: bytes) -> Handle:
        """The reading end of a pipe that delivers *data* and then ends, however slowly it is read."""
        reader, writer = self.pipe()
        if len(data) <= PIPE_SIZE:
            self.write(writer, data)
            self.close(writer)
            return reader

        def pour() -> None:
            try:
                self.write(writer, data)
            except StatusError:
                pass  # nobody reads any more
            self.close(writer)

        self.call("process_thread", pour)
        return reader

    # -- processes ----------------------------------------------------------------------------------------------------

    def spawn(
        self, path: str, environment: dict[str, Any], handles: dict[int, Handle] | None, group: int | None,
    ) -> int:
        """Start a program; its pid. *group*: None = the shell's own, 0 = a new one, else the one to join."""
        pid: int
        try:
            pid = self.call("process_spawn", path, None, environment, handles, group, False)
        except StatusError as error:
            if not group or error.status != Status.NO_SUCH_PROCESS:
                raise
            pid = self.call("process_spawn", path, None, environment, handles, 0, False)  # the group has ended by now
        return pid

    def wait(self, pid: int) -> int:
        """The exit status of a child, once it has ended. Blocks until then."""
        status: int = self.call("process_wait_status", pid, None)
        return status

    def wait_any(self, timeout_ms: int | None, untraced: bool) -> tuple[int, int | str] | None:
        """The next child that ended (pid, status) or stopped (pid, "stopped"); None = none in time, or no children."""
        try:
            result: tuple[int, int | str] | None = self.call("process_wait_any", timeout_ms, untraced)
        except StatusError as error:
            if error.status in (Status.TIMEOUT, Status.NO_SUCH_PROCESS):
                return None
            raise
        return result

    def info(self, pid: int | None = None) -> dict[str, Any]:
        """The public entry of a process."""
        entry: dict[str, Any] = self.call("process_info", pid)
        return entry

    def kill(self, pid: int, signal: int) -> None:
        """Send a signal to one process."""
        self.call("process_kill", pid, signal)

    def kill_group(self, group: int, signal: int) -> None:
        """Send a signal to all processes of a group."""
        self.call("ke_signal_group", group, signal)

    def resume_group(self, group: int) -> None:
        """Let a stopped group go on; one that has ended is let be."""
        try:
            self.kill_group(group, SIGCONT)
        except StatusError as error:
            if error.status != Status.NO_SUCH_PROCESS:
                raise

    def on_signal(self, signal: int, action: Callable[[int], None] | str | None) -> None:
        """Set what a signal does in the shell itself."""
        self.call("ke_signal_handler", signal, action)

    def readable_within(self, handle: Handle, timeout_ms: int) -> bool:
        """Whether a pipe has data or has ended, waiting at most *timeout_ms*."""
        return bool(self.call("ke_wait_single", handle, timeout_ms) != Status.TIMEOUT)

    def seconds(self) -> float:
        """Machine time since the start."""
        uptime, _ = self.call("time_get")
        return float(uptime)

    def random(self) -> int:
        """A number from 0 to 32767."""
        return int.from_bytes(self.call("random_bytes", 2), "big") & 0x7FFF
