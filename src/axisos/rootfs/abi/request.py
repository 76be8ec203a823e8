"""A forwarded system call, as the server that overrides it sees it (manual, chapter 8.2)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Sender(Protocol):
        """The process that calls, as far as a request tells of it."""

        pid: int
        ring: float
        uid: int
        gid: int
        groups: tuple[int, ...]
        token: str


class SyscallRequest:
    """One call on its way to a ring-1 server. Filled in by the kernel; a caller cannot forge any of it.

    The server answers with `syscall("signal_send", request.sender_pid, "syscall_return", request.request_id, status,
    value)`: status 0 hands *value* to the caller, any other raises `StatusError(status, str(value))` there.
    """

    __slots__ = ("args", "name", "request_id", "sender", "sender_pid")

    def __init__(self, request_id: int, name: str, args: tuple[object, ...], sender_pid: int, sender: Sender) -> None:
        self.request_id = request_id
        self.name = name
        self.args = args
        self.sender_pid = sender_pid  # the calling thread
        self.sender = sender  # its process, which sleeps until it is answered

    @property
    def sender_tgid(self) -> int:
        """The calling process."""
        return self.sender.pid

    @property
    def sender_ring(self) -> float:
        """Its ring."""
        return self.sender.ring

    @property
    def sender_uid(self) -> int:
        """Its user."""
        return self.sender.uid

    @property
    def sender_gid(self) -> int:
        """Its group."""
        return self.sender.gid

    @property
    def sender_groups(self) -> tuple[int, ...]:
        """Its further groups."""
        return self.sender.groups

    @property
    def synapse_token(self) -> str:
        """Its synapse token."""
        return self.sender.token

    def __repr__(self) -> str:
        return f"<SyscallRequest {self.request_id} {self.name} from {self.sender_pid}>"
