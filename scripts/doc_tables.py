"""The tables of the documentation that are made from the code: a page cannot say anything else than the code does.

A page has the place of a table between two comments, the first with the table's name:

    <!-- table: policy-rules -->
    <!-- end -->

`python scripts/doc_tables.py` says which pages are not up to date; with `--write` it brings them up to date. A test
compares and changes nothing.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import syscall_reference

ROOT = Path(__file__).resolve().parent.parent
DISK = ROOT / "src" / "axisos" / "rootfs"
PLACE = re.compile(r"(?P<begin><!-- table: (?P<name>[\w-]+) -->\n).*?(?P<end>^<!-- end -->$)", re.DOTALL | re.MULTILINE)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@cache
def booted() -> tuple[dict[str, syscall_reference.Call], dict[str, Any]]:
    """The system calls and the object types of a machine that is booted for this."""
    from axisos import Machine

    with Machine(seed=7, boot_args={"timeout": 0}) as machine:
        machine.power_on()
        machine.run_until("login:")
        return syscall_reference.calls(machine.kernel), machine.kernel.ob.types


def calls() -> dict[str, syscall_reference.Call]:
    """The system calls of a booted machine."""
    return booted()[0]


def policy_rules() -> Iterable[str]:
    """Each rule of the checker, why it is there, what to write instead."""
    from executive.policy import RULES

    yield "| Rule | Refused, because | Write instead |"
    yield "|---|---|---|"
    for name, (reason, hint) in RULES.items():
        yield f"| `{name}` | {cell(reason)} | {cell(hint)} |"


def policy_names() -> Iterable[str]:
    """The double-underscore names that a program may use, and what for."""
    from executive import policy

    def dunders(names: Iterable[str]) -> str:
        return " ".join(f"`{name}`" for name in sorted(set(names)) if policy.is_dunder(name))

    yield "| A program may | Names |"
    yield "|---|---|"
    yield f"| define as a method, and read | {dunders(policy.METHODS)} |"
    yield f"| bind in a module or class body | {dunders(policy.BINDABLE - policy.METHODS)} |"
    yield f"| read as a variable | {dunders(policy.READABLE - policy.BINDABLE)} |"
    yield f"| read as an attribute | {dunders(policy.ATTRIBUTES - policy.METHODS)} |"
    yield f"| set or delete as an attribute | {dunders(policy.STORABLE)} |"
    yield ""
    prefixes = ", ".join(f"`{prefix}...`" for prefix in policy.FRAME_PREFIXES)
    closed = " ".join(f"`{name}`" for name in sorted(policy.FRAME_NAMES) if not name.startswith(policy.FRAME_PREFIXES))
    yield f"Closed without underscores: {prefixes} {closed}."


def modules_offered() -> Iterable[str]:
    """What a program may import beside its own files and the system's libraries, by the form in which it gets it."""
    from executive import vetted

    def modules(names: Iterable[str]) -> str:
        return " ".join(f"`{name}`" for name in sorted(names) if name[0] != "_" or name == "__future__")

    guests_own = {path.stem for path in (DISK / "lib" / "python").glob("*.py")}
    library = vetted.LIBRARY - vetted.PRIVATE_LIBRARY
    yield "| Form | Modules |"
    yield "|---|---|"
    yield f"| Python's own source, executed anew in each process | {modules(library)} |"
    yield f"| a module of the process's own over shared functions of C | {modules(vetted.PUBLIC_C)} |"
    yield f"| a stand-in of the same interface | {modules(vetted.PUBLIC_SHIMS)} |"
    yield f"| the system's own, `/lib/python`, on top of system calls | {modules(guests_own)} |"


def names_withheld() -> Iterable[str]:
    """Public names of these modules that a program does not get."""
    from executive import vetted

    yield "| Module | Without |"
    yield "|---|---|"
    for module, names in sorted(vetted.WITHHELD.items()):
        yield f"| `{module}` | {' '.join(f'`{name}`' for name in sorted(names))} |"


def plain_limits() -> Iterable[str]:
    """How large what crosses a ring may be."""
    from executive import plain

    yield "| Limit of one value | |"
    yield "|---|---:|"
    yield f"| levels of nesting | {plain.MAX_DEPTH} |"
    yield f"| items in all | {plain.MAX_ITEMS:,} |"
    yield f"| characters and bytes of all texts and bytes | {plain.MAX_BYTES:,} |"
    yield f"| bits of an integer | {plain.MAX_INT_BITS:,} |"


# What a program meets at a limit; the tables of statuses and limits do not say it.
AT_THE_LIMIT = {
    "handles": "HANDLE_TABLE_FULL 701",
    "syscalls_per_second": "the program ends, 137",
    "output_bytes_per_second": "the writer waits until the second is over",
    "recursion": "a wish for more is taken as this, or what the stack holds",
    "memory_percent": "MemoryError; 137 for who takes still more",
    "user_memory_percent": "the same, for the user's largest program",
}
QUOTA = "QUOTA_EXCEEDED 609"


def limits() -> Iterable[str]:
    """The limits of the shipped /etc/limits.toml, what they count, and what happens there."""
    from executive.limits import KNOWN

    tables = tomllib.loads((DISK / "etc" / "limits.toml").read_text())
    root = tables["users"]["0"]
    yield "| Limit | Everybody | uid 0 | Counts | At the limit |"
    yield "|---|---:|---:|---|---|"
    for name, (_, counts) in KNOWN.items():
        shipped = tables["limits"][name]
        yield f"| `{name}` | {shipped:,} | {root.get(name, shipped):,} | {counts} | {AT_THE_LIMIT.get(name, QUOTA)} |"


# What each kind of object is, and what its procedures do (`executive.ob_objects.ObjectType` says when they run).
OBJECT_TYPES: dict[str, tuple[str, dict[str, str]]] = {
    "ObpDirectory": ("a directory of the namespace", {}),
    "ObpSymbolicLink": ("another name of an object", {"parse": "the path goes on where the link leads, with the rest"}),
    "ObpType": ("a type", {}),
    "IoDeviceObject": ("a device of a driver", {}),
    "IoFileObject": ("an open file or device", {
        "close": "the Pipeline Manager closes the file, or has the driver close its device"}),
    "IoDriverObject": ("a driver; so far DKMS keeps drivers in the registry only", {}),
    "PsProcess": ("the end of a process or thread", {"delete": "a later `process_open` makes a new one"}),
    "KeEvent": ("an event", {}),
    "KeMutex": ("a mutex", {}),
    "KeSemaphore": ("a semaphore", {}),
    "KeTimer": ("a timer", {"close": "it stops, unless somebody waits for it"}),
    "IoPipeObject": ("an end of a pipe; of a named pipe also what carries the name", {
        "open": "a connection is made, an end of its own",
        "close": "end of file for readers, SIGPIPE for writers, if it was the last of its side",
        "delete": "of what carries the name: there is one named pipe less"}),
    "MmSectionObject": ("a section", {"delete": "its bytes no longer count; its content goes with the last view"}),
    "IpcMessageQueue": ("a message queue", {
        "close": "who still waits at it gets 611", "delete": "its bytes no longer count"}),
}  # fmt: skip
PROCEDURES = ("parse", "open", "close", "delete")


def object_types() -> Iterable[str]:
    """The object types of a booted machine."""
    found = booted()[1]
    if found.keys() != OBJECT_TYPES.keys():
        raise LookupError(f"OBJECT_TYPES lacks, or has too many: {sorted(found.keys() ^ OBJECT_TYPES.keys())}")
    yield "| Type | Is | Procedures |"
    yield "|---|---|---|"
    for name, (meaning, told) in OBJECT_TYPES.items():
        if set(told) != {each for each in PROCEDURES if getattr(found[name], each) is not None}:
            raise LookupError(f"OBJECT_TYPES and the code differ on the procedures of {name}")
        yield f"| `{name}` | {cell(meaning)} | {'; '.join(f'*{each}*: {cell(text)}' for each, text in told.items())} |"


def open_modes() -> Iterable[str]:
    """The modes of vfs_open: what the handle grants, what the path must, and what happens to the file."""
    from abi import access
    from system.vfs import calls as vfs
    from system.vfs.permissions import READ, WRITE

    does = {
        "r": "reads from the start; there must be a file",
        "w": "empties the file, or makes one",
        "a": "writes at the end, wherever the position is; makes a file",
        "r+": "reads and writes at one position from the start; keeps what is there, or makes a file",
    }
    names: dict[str, list[str]] = {}
    for mode, (_, _, disk_mode) in vfs.MODES.items():
        names.setdefault(disk_mode, []).append(f"`{mode}`")
    yield "| Modes | Handle grants | Path must grant | The file |"
    yield "|---|---|---|---|"
    for disk_mode, spelt in names.items():
        granted, needed, _ = next(row for row in vfs.MODES.values() if row[2] == disk_mode)
        grants = [name for name in ("READ", "WRITE", "DEVICE_CONTROL") if granted & getattr(access, name)]
        rights = "".join(letter for letter, bit in (("r", READ), ("w", WRITE)) if needed & bit)
        yield f"| {' '.join(spelt)} | {', '.join(grants)} | {rights} | {does[disk_mode]} |"


def permissions() -> Iterable[str]:
    """The shipped permission table, but for those that are as everybody expects."""
    rows = tomllib.loads((DISK / "etc" / "perms.toml").read_text())["paths"]
    yield "| Path | Owner | Mode |"
    yield "|---|---|---|"
    for path, row in sorted(rows.items()):
        if row["mode"] not in ("755", "644") or row["uid"]:
            yield f"| `{path}` | {row['uid']}:{row['gid']} | {row['mode']} |"


def volumes() -> Iterable[str]:
    """The shipped fstab."""
    yield "| Disk | Part | Mount point | Type | Options |"
    yield "|---|---|---|---|---|"
    for row in tomllib.loads((DISK / "etc" / "fstab.toml").read_text())["mount"]:
        yield f"| `{row['uuid']}` | `{row['path']}` | `{row['mount']}` | {row['type']} | `{row['options']}` |"


def access_bits() -> Iterable[str]:
    """The bits of an access mask."""
    from abi import access

    uses = {
        "READ": "read the file, the pipe, the section; receive from the queue",
        "WRITE": "write it; set, reset, pulse, release, start, cancel; send to the queue",
        "EXECUTE": "",
        "DEVICE_CONTROL": "`vfs_device_control`",
        "DELETE": "",
        "READ_ATTRIBUTES": "",
        "SYNCHRONIZE": "wait for the object",
        "ALL": "all of these",
    }
    yield "| Right | Bit | Needed to |"
    yield "|---|---:|---|"
    for name, use in uses.items():
        yield f"| `{name}` | 0x{getattr(access, name):02X} | {use or 'nothing yet'} |"


# Where statuses come from that the docstring of no call names.
NOT_FROM_CALLS = {
    "SUCCESS": "requests and waits that ended well; it is returned, never raised",
    "PENDING": "a driver's dispatch function that completes the request later; it is returned",
    "ABANDONED": "`ke_wait_single`, `ke_wait_multiple` return it, plus the index",
    "IO_COMPLETION": "alertable waits return it",
    "FAILED": "`sync.wait(..., raising=False)` returns it",
    "UNSUCCESSFUL": "hardware, and mistakes inside the system; the kernel log says more",
    "UNKNOWN_SYSCALL": "`syscall` with a name that no call has",
    "END_OF_FILE": "drivers; the Pipeline Manager makes `b\"\"` of it",
    "DEVICE_NOT_READY": "drivers, by way of any call that reaches a device",
    "WOULD_DEADLOCK": "a service that asks itself; `dk` spin locks",
}
MANY_CALLS = 8  # a status of more calls than this is told by their groups


def statuses() -> Iterable[str]:
    """Every status: number, name, NT value, meaning, and which calls raise it."""
    from abi.status import all_statuses

    found = calls()
    raised = {name: syscall_reference.statuses_of(found, name) for name in found}
    yield "| Code | Name | NT value | Means | Raised by |"
    yield "|---:|---|---|---|---|"
    for status in all_statuses():
        names = [name for name in found if status.name in raised[name]]
        nt_code = f"0x{status.nt_code:X}" if status.nt_code else ""
        row = (int(status), f"`{status.name}`", nt_code, cell(status.meaning), sources(status.name, names))
        yield f"| {' | '.join(map(str, row))} |"


def sources(status: str, names: list[str]) -> str:
    """Where a status comes from: the calls, their groups if they are many, or what else raises it."""
    if not names:
        if status in NOT_FROM_CALLS:
            return NOT_FROM_CALLS[status]
        if status in statuses_in_use():
            raise LookupError(f"{status} is raised, but by no call's docstring: NOT_FROM_CALLS must say where")
        return "nothing so far"
    if len(names) <= MANY_CALLS:
        return " ".join(f"[{name}](15-system-calls.md#{name})" for name in names)
    titles = dict.fromkeys(map(syscall_reference.group_of, names))
    places = ", ".join(f"[{title.lower()}](15-system-calls.md#{syscall_reference.anchor(title)})" for title in titles)
    return f"{len(names)} calls: {places}"


@cache
def statuses_in_use() -> set[str]:
    """The statuses that some file of the disk names."""
    text = "\n".join(path.read_text() for path in DISK.rglob("*.py"))
    return set(re.findall(r"\b(?:Status\.|STATUS_)([A-Z][A-Z_]+)\b", text))


def builtins() -> Iterable[str]:
    """Which of Python's exceptions stands for which statuses."""
    from abi.status import Status
    from axis import errors

    rows: dict[str, list[str]] = {}
    for code, (kind, errno, _) in errors._TABLE.items():
        told = f"{code} {Status(code).name}" + (f" (errno {errno})" if errno is not None else "")
        rows.setdefault(kind.__name__, []).append(told)
    yield "| Python's exception | Statuses |"
    yield "|---|---|"
    for name in sorted(rows, key=lambda name: (name == "OSError", name)):
        yield f"| `{name}` | {cell(', '.join(sorted(rows[name])))} |"


def stop_codes() -> Iterable[str]:
    """The numbers of a panic whose reason has one of these names in it."""
    from executive.panic import STOP_CODES

    yield "| Name in the reason | Stop code |"
    yield "|---|---|"
    for name, code in STOP_CODES.items():
        yield f"| `{name}` | 0x{code:08X} |"


def posix_signals() -> Iterable[str]:
    """The signals: number, name, what happens by default, and whether a program may see to it itself."""
    from abi.signals import DEFAULT_ACTIONS, NAMES, UNCATCHABLE

    yield "| No. | Name | By default | Can be handled, ignored, blocked |"
    yield "|---:|---|---|---|"
    for number, name in NAMES.items():
        yield f"| {number} | {name} | {DEFAULT_ACTIONS[number]} | {'no' if number in UNCATCHABLE else 'yes'} |"


def summary(beginnings: tuple[str, ...]) -> Iterable[str]:
    """The calls whose names begin so: rings, what they do, statuses."""
    return syscall_reference.summary_table(calls(), beginnings)


def cell(text: str) -> str:
    """Text that stands in one cell of a table; what is code in it stays as it is."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"([_*])", r"\\\1", part) for part in parts[::2]]
    return "`".join(parts).replace("|", "\\|")


# Which calls the tables in chapters tell of, by the beginnings of their names, in the order of the table.
SUMMARIES: dict[str, tuple[str, ...]] = {
    "objects": ("ob_",),
    "files": ("vfs_", "image_open"),
    "overrides": ("syscall_override", "signal_send", "signal_pull"),
    "waits": ("ke_wait_", "process_open"),
    "events": ("ke_create_event", "ke_open_event", "ke_set_event", "ke_reset_event", "ke_pulse_event"),
    "mutexes": ("ke_create_mutex", "ke_open_mutex", "ke_release_mutex"),
    "semaphores": ("ke_create_semaphore", "ke_open_semaphore", "ke_release_semaphore"),
    "timers": ("ke_create_timer", "ke_set_timer", "ke_cancel_timer"),
    "pipes": ("ke_create_pipe", "ke_create_named_pipe", "ke_connect_named_pipe", "ke_pipe_"),
    "sections": ("ke_create_section", "ke_open_section", "ke_map_section"),
    "queues": ("ke_create_mqueue", "ke_open_mqueue", "ke_mq_"),
    "signals": ("ke_signal_", "ke_setpgid", "ke_getpgid"),
    "irql": ("ke_raise_irql", "ke_lower_irql", "ke_get_irql"),
    "statistics": ("ke_ipc_stats",),
    "wait-graph": ("ke_wait_graph",),
}

TABLES: dict[str, Callable[[], Iterable[str]]] = {
    "policy-rules": policy_rules,
    "policy-names": policy_names,
    "modules-offered": modules_offered,
    "names-withheld": names_withheld,
    "plain-limits": plain_limits,
    "limits": limits,
    "object-types": object_types,
    "open-modes": open_modes,
    "permissions": permissions,
    "volumes": volumes,
    "access-bits": access_bits,
    "statuses": statuses,
    "builtin-exceptions": builtins,
    "stop-codes": stop_codes,
    "posix-signals": posix_signals,
    "calls-index": lambda: syscall_reference.index(calls()),
    "calls": lambda: syscall_reference.reference(calls()),
    "calls-missing": syscall_reference.missing,
    **{f"calls-{name}": partial(summary, names) for name, names in SUMMARIES.items()},
}


def refreshed(page: str) -> str:
    """A page's text with every table in it as the code has it now."""

    def made(found: re.Match[str]) -> str:
        lines = "\n".join(TABLES[found["name"]]()).strip("\n")
        return f"{found['begin']}\n{lines}\n\n{found['end']}"

    return PLACE.sub(made, page)


def pages() -> list[Path]:
    """Every page that has a table of the code in it."""
    return [path for path in sorted((ROOT / "docs").rglob("*.md")) if "<!-- table: " in path.read_text()]


def main(arguments: list[str]) -> int:
    if os.environ.get("PYTHONHASHSEED") != "0":  # seeded machines need it
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    sys.path[:0] = [str(ROOT / "src"), str(DISK), str(DISK / "lib")]
    stale = 0
    for path in pages():
        text = refreshed(path.read_text())
        if text != path.read_text():
            stale += 1
            if "--write" in arguments:
                path.write_text(text)
            print(f"{path.relative_to(ROOT)}: {'brought' if '--write' in arguments else 'not'} up to date")
    return 1 if stale and "--write" not in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
