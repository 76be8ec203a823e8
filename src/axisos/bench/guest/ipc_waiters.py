"""`threads` threads, each waiting for an event of its own. Wakes them one by one, as often as a message says.

Settings: threads, parent (pid of who sends the messages).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall


def start_waiter(event: str) -> None:
    def wait() -> None:
        while True:
            syscall("ke_wait_single", event)

    syscall("process_thread", wait)


events = [syscall("ke_create_event") for _ in range(env["threads"])]
for event in events:
    start_waiter(event)
syscall("process_yield")
syscall("signal_send", env["parent"], "ready")
while True:
    laps = syscall("signal_pull")[2]
    for _ in range(laps):
        for event in events:
            syscall("ke_set_event", event)
            syscall("process_yield")
    syscall("signal_send", env["parent"], "done")
