"""The trace: one line of text for everything that happens, in machine time.

    0.000123456 switch 20
    0.000123456 syscall 20 vfs_open
    0.000124456 forward 20 -> 2 #7 vfs_open
    0.000126456 irp 3 CREATE \\Device\\TTY0 2 -> 3
    0.000131456 return 20 #7 SUCCESS
    0.000131456 wait 20 signal
    0.000131456 signal 21 SIGINT

A machine that is not traced never meets this code: the traced scheduler and messages take the plain ones' places at
boot. Under one seed two runs write the same lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi.irp import MAJOR_NAMES, Irp
from abi.request import SyscallRequest
from abi.signals import NAMES
from abi.status import Status
from executive.log import printable
from executive.messages import Messages
from executive.scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from executive.process import Process, Thread, Wait

MAX_WORD = 60  # characters of a name that a program chose


class Trace:
    """Writes the lines."""

    def __init__(self, write: Callable[[str], object], now_ns: Callable[[], int]) -> None:
        self._write = write
        self._now_ns = now_ns

    def line(self, text: str) -> None:
        """One line, stamped with machine time in seconds."""
        now_ns = self._now_ns()
        self._write(f"{now_ns // 1_000_000_000}.{now_ns % 1_000_000_000:09d} {text}")

    def syscall(self, thread: Thread, name: object, args: tuple[object, ...]) -> None:
        """A call at the gate."""
        self.line(f"syscall {thread.pid} {printable(name)[:MAX_WORD] if type(name) is str else '?'}")

    def signal(self, process: Process, signum: int) -> None:
        """A POSIX signal is sent."""
        self.line(f"signal {process.pid} {NAMES[signum]}")


class TracedScheduler(Scheduler):
    """A scheduler whose switches and waits are written down."""

    def __init__(self, computer: Any, kernel_thread: Thread, trace: Trace) -> None:
        super().__init__(computer, kernel_thread)
        self._trace = trace

    def block(self, thread: Thread, reason: str, successor: Thread | None = None) -> object:
        self._trace.line(f"wait {thread.pid} {reason}")
        return super().block(thread, reason, successor)

    def resumer(self, thread: Thread) -> Callable[..., object]:
        switch = super().resumer(thread)
        trace = self._trace

        def resume(*args: object) -> object:
            trace.line(f"switch {thread.pid}")
            return switch(*args)

        return resume


class TracedMessages(Messages):
    """Messages that are written down: forwarded calls, answers, IRPs."""

    trace: Trace

    def forward(self, thread: Thread, server: Thread, name: str, args: tuple[object, ...]) -> object:
        self.trace.line(f"forward {thread.pid} -> {server.pid} #{self._last_request + 1} {name}")
        return super().forward(thread, server, name, args)

    def deliver(self, receiver: Thread, message: tuple[object, ...]) -> None:
        for part in message[2:]:
            if type(part) is Irp:
                major = MAJOR_NAMES.get(part.major_function, hex(part.major_function))
                self.trace.line(f"irp {part.irp_id} {major} {part.device_name} {message[0]} -> {receiver.pid}")
        if not any(type(part) in (Irp, SyscallRequest) for part in message[2:3]):
            self.trace.line(f"message {message[0]} -> {receiver.pid} {printable(str(message[1]))[:MAX_WORD]}")
        super().deliver(receiver, message)

    def _answer(self, thread: Thread, pid: int, args: tuple[object, ...]) -> bool:
        if len(args) == 3 and type(args[0]) is int and type(args[1]) in (int, Status):
            self.trace.line(f"return {pid} #{args[0] % 10**9} {Status(args[1]).name[:MAX_WORD]}")  # type: ignore[arg-type]
        return super()._answer(thread, pid, args)

    def cancel_request(self, wait: Wait) -> None:
        if wait.request_id:
            self.trace.line(f"cancel {wait.thread.pid} #{wait.request_id}")
        super().cancel_request(wait)
