"""ipcs: what the IPC subsystem has done, who waits for whom, and which objects there are."""

from __future__ import annotations

from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import syscall

    Facts = dict[str, Any]

HELP = """\
Usage: ipcs [-a | -w]

Show the counters of events, pipes, sections, queues, signals, waits and timers.

  -a  the objects of these kinds that your processes hold (root: that any process holds), and who holds them
  -w  who waits for what, and which threads can help: `stuck` is who will wait for ever. Threads that wait for each
      other in a circle are named after that, and the exit status is 1 then. Left out is who waits for ipcs itself,
      as the shell does, and who waits for that one
"""

_GROUPS = (
    ("sync objects", ("event_created", "mutex_created", "sem_created")),
    ("pipes", ("pipe_created", "named_pipes", "pipe_bytes")),
    ("shared memory", ("section_created", "sections")),
    ("message queues", ("mq_created", "mqueues")),
    ("signals", ("signals_sent", "signals_delivered", "proc_groups")),
    ("waits", ("waits_issued", "waits_satisfied", "waits_timed_out")),
    ("timers and DPCs", ("timers_fired", "active_timers", "dpcs_processed", "active_dpcs")),
)
_OTHER_KINDS = ("Obp", "IoDevice", "IoFile", "IoDriver")  # names and files: obdir, handles
_MOST_TOLD = 8  # helpers or holders in a row


def show_counters() -> None:
    stats = dict(syscall("ke_ipc_stats"))
    for title, keys in _GROUPS:
        cli.write(f"{title}\n")
        for key in keys:
            cli.write(f"  {key:<20} {stats.pop(key)}\n")
    for key in sorted(stats):
        cli.write(f"{key:<22} {stats[key]}\n")


def told(numbers: list[int]) -> str:
    """Numbers in a row; of many the first ones, and how many more."""
    if not numbers:
        return "nobody"
    more = len(numbers) - _MOST_TOLD
    return " ".join(map(str, numbers[:_MOST_TOLD])) + (f" +{more}" if more > 0 else "")


# -- objects


def show_objects() -> None:
    """One row an object, oldest first."""
    holders: dict[int, list[Facts]] = {}
    for handle in syscall("ob_query_handles"):
        if not handle["type"].startswith(_OTHER_KINDS):
            holders.setdefault(handle["object_id"], []).append(handle)
    rows = []
    for number, handles in sorted(holders.items()):
        first = handles[0]
        pids = sorted({handle["pid"] for handle in handles})
        rows.append([
            str(number), first["type"], first["name"] or "-", str(first["handle_count"]), told(pids),
            first["origin"] or "-",
        ])
    cli.table(["OBJECT", "TYPE", "NAME", "HANDLES", "HELD BY", "MADE"], rows)


# -- waits


def in_words(target: Facts) -> str:
    """`KeMutex 31 (made at /tmp/a.py:3), owned by 22`"""
    text = f"{target['kind']} {target['name'] or target['number'] or ''}".rstrip()
    if target["origin"]:
        text += f" (made at {target['origin']})"
    return f"{text}, {target['state']}" if target["state"] else text


def wanted(wait: Facts) -> str:
    return (" and " if wait["needs_all"] else " or ").join(map(in_words, wait["on"])) or str(wait["reason"])


def helpers(wait: Facts) -> list[int]:
    """The threads that can help, each once."""
    return sorted({tid for target in wait["on"] for tid in target["helpers"]})


def is_for(wait: Facts, threads: set[int]) -> bool:
    """Whether *threads* end the wait by themselves."""
    each = [bool(target["helpers"]) and threads.issuperset(target["helpers"]) for target in wait["on"]]
    return all(each) if wait["needs_all"] else any(each)


def without_ours(waits: list[Facts]) -> list[Facts]:
    """*waits* but those that are for this process, and those that are for these."""
    ours = {syscall("process_get_pid")}
    left = waits
    while True:
        for_ours = {wait["tid"] for wait in left if is_for(wait, ours)}
        if not for_ours:
            return left
        ours |= for_ours
        left = [wait for wait in left if wait["tid"] not in for_ours]


def show_waits() -> int:
    """Print the graph; returns the exit status."""
    graph = syscall("ke_wait_graph")
    waits = without_ours(graph["waits"])
    if not waits:
        cli.write("nobody waits for another program\n")
        return cli.OK
    rows = [
        [
            str(wait["tid"]), cli.basename(wait["image"]).removesuffix(".py"), wait["place"] or "-",
            "stuck" if wait["stuck"] else "-", told(helpers(wait)), wanted(wait),
        ]
        for wait in waits
    ]
    cli.table(["TID", "PROGRAM", "AT", "STATE", "HELPED BY", "WAITS FOR"], rows)
    by_tid = {wait["tid"]: wait for wait in waits}
    for cycle in graph["cycles"]:
        cli.write(f"\ndeadlock: {' -> '.join(map(str, [*cycle, cycle[0]]))}\n")
        for tid in cycle:
            wait = by_tid[tid]
            cli.write(cli.printable(f"  {tid} ({wait['place'] or wait['image']}) waits for {wanted(wait)}") + "\n")
    return cli.FAILED if graph["cycles"] else cli.OK


def main(options: cli.Options, operands: list[str]) -> int | None:
    cli.need_operands(operands, 0, 0, "")
    if "a" in options and "w" in options:
        cli.usage("-a and -w are two questions: ask one at a time")
    if "w" in options:
        return show_waits()
    if "a" in options:
        show_objects()
    else:
        show_counters()
    return None


cli.run(main, HELP, flags="aw", long={"all": "a", "waits": "w"})
