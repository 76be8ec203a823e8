"""Plays with another process, by objects of which both have handles. Settings: partner (path of its program), turns."""

from __future__ import annotations

from stopwatch import least  # type: ignore[import-not-found]  # it stands beside this file in the guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from axis.guest import env, syscall

KIB = 1 << 10
PIPE_SIZE = 64 * KIB


def play_with_partner(game: str, handles: tuple[str, ...], *arguments: int) -> None:
    """Start a partner that plays *game* with handles of its own to the same objects."""
    partner = syscall("process_spawn", env["partner"], 3, {}, {})
    me = syscall("process_get_pid")
    theirs = [syscall("ob_duplicate_handle", me, handle, partner) for handle in handles]
    syscall("signal_send", partner, game, *theirs, *arguments)


def event() -> Callable[[int], None]:
    """Round trips."""
    ping, pong = syscall("ke_create_event"), syscall("ke_create_event")
    play_with_partner("event", (ping, pong))

    def play(turns: int) -> None:
        for _ in range(turns):
            syscall("ke_set_event", ping)
            syscall("ke_wait_single", pong)

    return play


def semaphore() -> Callable[[int], None]:
    """Round trips."""
    ping, pong = syscall("ke_create_semaphore", 0), syscall("ke_create_semaphore", 0)
    play_with_partner("semaphore", (ping, pong))

    def play(turns: int) -> None:
        for _ in range(turns):
            syscall("ke_release_semaphore", ping)
            syscall("ke_wait_single", pong)

    return play


def queue() -> Callable[[int], None]:
    """Round trips."""
    ping, pong = syscall("ke_create_mqueue"), syscall("ke_create_mqueue")
    play_with_partner("queue", (ping, pong))

    def play(turns: int) -> None:
        for _ in range(turns):
            syscall("ke_mq_send", ping, b"message")
            syscall("ke_mq_receive", pong)

    return play


def pipe() -> Callable[[int], None]:
    """Round trips of one byte."""
    (theirs, ping), (pong, answer) = syscall("ke_create_pipe"), syscall("ke_create_pipe")
    play_with_partner("pipe", (theirs, answer))

    def play(turns: int) -> None:
        for _ in range(turns):
            syscall("ke_pipe_write", ping, b"x")
            syscall("ke_pipe_read", pong, 1)

    return play


def stream(chunk: int, read: int) -> float:
    """Bytes in a second through a pipe, written in pieces of *chunk* and read in pieces of up to *read*."""
    source, sink = syscall("ke_create_pipe", PIPE_SIZE)
    done = syscall("ke_create_event")
    count = max(1, turns * 64 * KIB // chunk // 16)
    play_with_partner("stream", (source, done), read, count * chunk)
    data = b"x" * chunk

    def write(count: int) -> None:
        for _ in range(count):
            syscall("ke_pipe_write", sink, data)
        syscall("ke_wait_single", done)

    return float(chunk / least(write, count))


turns = env["turns"]
syscall("bench_report", {
    **{game.__name__: least(game(), turns) for game in (event, semaphore, queue, pipe)},
    "64K": stream(64 * KIB, 64 * KIB), "4K": stream(4 * KIB, 4 * KIB), "64": stream(64, PIPE_SIZE),
})
