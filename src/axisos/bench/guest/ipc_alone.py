"""Kernel objects with nobody else about. Settings: turns."""

from __future__ import annotations

from stopwatch import least  # type: ignore[import-not-found]  # it stands beside this file in the guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall


def create_close(turns: int) -> None:
    for _ in range(turns):
        syscall("vfs_close", syscall("ke_create_event"))


def wait_signaled(turns: int) -> None:
    event = syscall("ke_create_event", True, True)
    for _ in range(turns):
        syscall("ke_wait_single", event)


def mutex(turns: int) -> None:
    mutex = syscall("ke_create_mutex")
    for _ in range(turns):
        syscall("ke_wait_single", mutex)
        syscall("ke_release_mutex", mutex)


def semaphore(turns: int) -> None:
    semaphore = syscall("ke_create_semaphore")
    for _ in range(turns):
        syscall("ke_wait_single", semaphore)
        syscall("ke_release_semaphore", semaphore)


def queue(turns: int) -> None:
    queue = syscall("ke_create_mqueue")
    for _ in range(turns):
        syscall("ke_mq_send", queue, b"message")
        syscall("ke_mq_receive", queue)


turns = env["turns"]
syscall("bench_report", {
    "create_close": least(create_close, turns), "wait_signaled": least(wait_signaled, turns),
    "mutex": least(mutex, turns), "semaphore": least(semaphore, turns), "queue": least(queue, turns),
})
