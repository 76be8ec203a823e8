"""ipcs: what the IPC subsystem has done."""

from __future__ import annotations

from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

HELP = "Usage: ipcs\n\nShow the counters of events, pipes, sections, queues, signals, waits and timers.\n"

_GROUPS = (
    ("sync objects", ("event_created", "mutex_created", "sem_created")),
    ("pipes", ("pipe_created", "named_pipes", "pipe_bytes")),
    ("shared memory", ("section_created", "sections")),
    ("message queues", ("mq_created", "mqueues")),
    ("signals", ("signals_sent", "signals_delivered", "proc_groups")),
    ("waits", ("waits_issued", "waits_satisfied", "waits_timed_out")),
    ("timers and DPCs", ("timers_fired", "active_timers", "dpcs_processed", "active_dpcs")),
)


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 0, "")
    stats = dict(syscall("ke_ipc_stats"))
    for title, keys in _GROUPS:
        known = [(key, stats.pop(key)) for key in keys if key in stats]
        if known:
            cli.write(f"{title}\n")
            for key, value in known:
                cli.write(f"  {key:<20} {value}\n")
    for key in sorted(stats):
        cli.write(f"{key:<22} {stats[key]}\n")


cli.run(main, HELP)
