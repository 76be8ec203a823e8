"""The other process of `ipc_pair`: plays the game that a message names, with the handles that it brings."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from axis.guest import syscall


def event(ping: str, pong: str) -> None:
    while True:
        syscall("ke_wait_single", ping)
        syscall("ke_set_event", pong)


def semaphore(ping: str, pong: str) -> None:
    while True:
        syscall("ke_wait_single", ping)
        syscall("ke_release_semaphore", pong)


def queue(ping: str, pong: str) -> None:
    while True:
        syscall("ke_mq_receive", ping)
        syscall("ke_mq_send", pong, b"message")


def pipe(ping: str, pong: str) -> None:
    while data := syscall("ke_pipe_read", ping, 1):
        syscall("ke_pipe_write", pong, data)


def stream(source: str, done: str, chunk: int, total: int) -> None:
    """Take *total* bytes in pieces of *chunk* at most, and say so; again and again, until the writer has gone."""
    left = total
    while data := syscall("ke_pipe_read", source, chunk):
        left -= len(data)
        if not left:
            syscall("ke_set_event", done)
            left = total


games: dict[str, Callable[..., None]] = {
    "event": event, "semaphore": semaphore, "queue": queue, "pipe": pipe, "stream": stream,
}
_sender, game, *arguments = syscall("signal_pull")
games[game](*arguments)
