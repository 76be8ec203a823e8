"""A forwarded system call, as the server that overrides it sees it (manual, chapter 8.2)."""

from __future__ import annotations


class SyscallRequest:
    """One call on its way to a ring-1 server. Filled in by the kernel; a caller cannot forge any of it.

    The server answers with `syscall("signal_send", request.sender_pid, "syscall_return", request.request_id, status,
    value)`: status 0 hands *value* to the caller, any other raises `StatusError(status, str(value))` there.
    """

    __slots__ = (
        "args",
        "name",
        "request_id",
        "sender_gid",
        "sender_groups",
        "sender_pid",
        "sender_ring",
        "sender_tgid",
        "sender_uid",
        "synapse_token",
    )

    def __init__(
        self,
        request_id: int,
        name: str,
        args: tuple[object, ...],
        sender_pid: int,
        sender_tgid: int,
        sender_ring: float,
        sender_uid: int,
        sender_gid: int,
        sender_groups: tuple[int, ...],
        synapse_token: str,
    ) -> None:
        self.request_id = request_id
        self.name = name
        self.args = args
        self.sender_pid = sender_pid  # the calling thread
        self.sender_tgid = sender_tgid  # its process
        self.sender_ring = sender_ring
        self.sender_uid = sender_uid
        self.sender_gid = sender_gid
        self.sender_groups = sender_groups
        self.synapse_token = synapse_token

    def __repr__(self) -> str:
        return f"<SyscallRequest {self.request_id} {self.name} from {self.sender_pid}>"
