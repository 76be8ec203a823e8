"""Makes events when it is told to, and keeps them. Settings: events."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall

syscall("signal_pull")
events = [syscall("ke_create_event") for _ in range(env["events"])]
syscall("bench_report", len(events))
syscall("signal_pull")
