"""A small concurrent program: two threads that wait for a start, take a lock in turn, and report."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

start = syscall("ke_create_event", True)
lock = syscall("ke_create_mutex")
done = syscall("ke_create_semaphore", 0)


def work() -> None:
    syscall("ke_wait_single", start)
    syscall("ke_wait_single", lock)
    syscall("ke_release_mutex", lock)
    syscall("ke_release_semaphore", done)


threads = [syscall("process_thread", work) for _ in range(2)]
syscall("ke_set_event", start)
for _ in threads:
    syscall("ke_wait_single", done)
for thread in threads:
    syscall("process_wait", thread)
