"""The tables of the documentation that are made from the code: a page cannot say anything else than the code does.

A page has the place of a table between two comments, the first with the table's name:

    <!-- table: policy-rules -->
    <!-- end -->

`python scripts/doc_tables.py` says which pages are not up to date; with `--write` it brings them up to date. A test
compares and changes nothing.
"""

from __future__ import annotations

import ast
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
def booted() -> tuple[dict[str, syscall_reference.Call], dict[str, Any], dict[str, dict[str, str]]]:
    """The system calls, object types and registry values (key -> name -> type) of a machine that is booted for this."""
    from axisos import Machine

    with Machine(seed=7, boot_args={"timeout": 0}) as machine:
        machine.power_on()
        machine.run_until("login:")
        registry = machine.kernel.registry
        values = {
            key.path: {name: value.kind for name, value in key.values.items()}
            for key in registry.existing("@VT").subtree()
        }
        return syscall_reference.calls(machine.kernel), machine.kernel.ob.types, values


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


def driver_rules() -> Iterable[str]:
    """Each rule that the driver verifier knows."""
    from system.driver_rules import RULES

    yield "| Rule | Broken when | Why it matters | Write instead |"
    yield "|---|---|---|---|"
    for name, (what, why, hint) in RULES.items():
        yield f"| `{name}` | {cell(what)} | {cell(why)} | {cell(hint)} |"


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
    "CmRegistryWatch": ("the changes of a registry key", {"close": "it watches no more"}),
    "KeLogWatch": ("new entries of the kernel's log", {"close": "it watches no more"}),
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


# What stands in the registry by itself: a pattern of keys, and each value's meaning. "?": only some keys have it.
REGISTRY_VALUES: dict[str, tuple[str, dict[str, str]]] = {
    r"@VT\SYS\BOOT": ("@VT\\\\SYS\\\\BOOT", {
        "KernelVersion": "of the kernel", "BootTime": "uptime when the registry was made, seconds",
        "RegistryVersion": "of its layout", "SafeMode": "`true` or `false`",
        "InitPath": "the program that was started as init"}),
    r"@VT\SYS\CONFIG": ("@VT\\\\SYS\\\\CONFIG", {
        "Hostname": "the machine's name", "logging.*": "each setting of `[logging]`, as it is in force"}),
    r"@VT\SYS\HARDWARE\<type>_<address>": ("@VT\\\\SYS\\\\HARDWARE\\\\[a-z]+_[0-9a-f]{6}", {
        "Address": "of the component", "ComponentType": "`gpu`, `filesystem`, ...",
        "ShortAddress": "its first eight characters"}),
    r"@VT\DEV\<device id>": ("@VT\\\\DEV\\\\[A-Z]+_[0-9]{3}", {
        "DeviceName": "`\\Device\\...`", "DriverName": "its driver's", "DriverType": "its driver's",
        "DriverVersion": "its driver's, or `N/A`", "DriverPID": "the process that serves it",
        "DeviceClass": "`physical` for a component driver's, else `virtual`",
        "Status": "`online`, `offline`, `reloading`, `restarting`", "Ring": "of its driver",
        "Symlink": "? `/dev/...`", "FriendlyName": "? that without `/dev/`"}),
    r"@VT\DRV\<driver name>": ("@VT\\\\DRV\\\\\\w+", {
        "Path": "its file", "Type": "`KernelModeDriver`, `ComponentModeDriver`, `UserModeDriver`", "Version": "its own",
        "Status": "`loading`, `loaded`, `suspect`, `unloading`, `reloading`, `restarting`, `failed`",
        "PID": "its process",
        "LoadPriority": "its own", "RestartCount": "how often it was started again", "Component": "? type it drives",
        "Reason": "? why it was given up"}),
    r"@VT\DRV\<driver name>\<address>": ("@VT\\\\DRV\\\\\\w+\\\\[0-9a-f]{8}", {
        "PID": "the process for that component", "Status": "as above", "Address": "of the component"}),
}  # fmt: skip


def registry_values() -> Iterable[str]:
    """The keys that fill themselves, as a booted machine has them."""
    left = {path: dict(values) for path, values in booted()[2].items() if values}
    yield "| Key | Value | Type | |"
    yield "|---|---|---|---|"
    for title, (pattern, values) in REGISTRY_VALUES.items():
        keys = [path for path in left if re.fullmatch(pattern, path)]
        if not keys:
            raise LookupError(f"no key of a booted machine is like {title}")
        found: dict[str, str] = {}
        for path in keys:
            found.update(left.pop(path))
        for name, meaning in values.items():
            told = [each for each in found if re.fullmatch(name.replace("*", ".*"), each)]
            if not told and not meaning.startswith("?"):
                raise LookupError(f"{title} has no value {name}")
            kind = {found.pop(each) for each in told} or {"STR"}
            yield f"| {title and f'`{title}`'} | `{name}` | {'/'.join(sorted(kind))} | {meaning.removeprefix('? ')} |"
            title = ""
        if found and "SYS" in pattern:  # drivers put what they like into their own keys
            raise LookupError(f"REGISTRY_VALUES lacks {sorted(found)} of {keys[0]}")
    if any(path.startswith("@VT\\SYS") for path in left):
        raise LookupError(f"REGISTRY_VALUES lacks one of {sorted(left)}")


def registry_limits() -> Iterable[str]:
    """How large the registry and what is in it may be."""
    from executive import registry, watches

    yield "| Limit | | Beyond it |"
    yield "|---|---:|---|"
    for what, limit, status in (
        ("characters of a name, all printable", registry.MAX_NAME, "601"),
        ("keys one below the other", registry.MAX_DEPTH, "802"),
        ("keys directly below one", registry.MAX_SUB_KEYS, "802"),
        ("values of one key", registry.MAX_VALUES, "802"),
        ("characters of a STR", registry.MAX_STRING, "802"),
        ("bytes of a TAB, written out", registry.MAX_TABLE, "802"),
        ("keys in all", registry.MAX_KEYS, "802"),
        ("bytes of all values together", registry.MAX_DATA, "802"),
        ("changes that a watch holds", watches.MAX_CHANGES, "they are counted"),
    ):
        yield f"| {what} | {limit:,} | {status} |"


LOG_SETTINGS = {
    "enable_screen_log": "the log is shown on the screen until the terminal takes it",
    "log_device": "the ring device, a path below `/dev`; `\"\"` for none",
    "ring_buffer_size": "bytes that it keeps",
    "enable_log_rotation_saver": "each boot begins files of its own; without, there are none",
    "max_log_files": "files in each directory",
    "max_log_size": "bytes of one file; lines that would make it larger begin the next",
    "log_dir": "where the `.log` files are: what people read",
    "vbl_dir": "where the `.vbl` files are: everything",
}


def log_settings() -> Iterable[str]:
    """[logging] of /etc/sys.toml."""
    from system.vfs.startup import LogSettings

    defaults = LogSettings()
    if set(LOG_SETTINGS) != set(LogSettings.__slots__):
        raise LookupError(f"LOG_SETTINGS and the code differ: {set(LOG_SETTINGS) ^ set(LogSettings.__slots__)}")
    yield "| Setting | Default | |"
    yield "|---|---|---|"
    for name, meaning in LOG_SETTINGS.items():
        default = getattr(defaults, name)
        text = str(default).lower() if type(default) is bool else f'"{default}"' if type(default) is str else default
        yield f"| `{name}` | `{text}` | {meaning} |"


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


def driver_kit(kit_name: str) -> Iterable[str]:
    """The functions and classes of `axis.dk`, or another kit: how they are called, what they do, statuses."""
    import inspect
    from importlib import import_module

    from abi.status import all_statuses

    kit = import_module(f"axis.{kit_name}")

    names = {int(status): status.name for status in all_statuses()}
    yield f"| Of `{kit_name}` | Does | Statuses |"
    yield "|---|---|---|"
    for name in sorted(kit.__all__, key=str.lower):
        thing = getattr(kit, name)
        if thing.__class__.__name__ not in ("function", "type") or not thing.__module__.startswith(f"axis.{kit_name}"):
            continue  # constants, and what abi defines
        signature = inspect.signature(thing)
        bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()]
        signature = signature.replace(parameters=bare, return_annotation=inspect.Signature.empty)
        doc = inspect.getdoc(thing) or ""
        found = sorted({int(code) for code in re.findall(r"\b[3-8]\d\d\b", doc.partition("Raises:")[2])})
        statuses = ", ".join(f"{code} {names[code]}" for code in found)
        yield f"| `{name}{signature}` | {cell(doc.splitlines()[0])} | {cell(statuses)} |"


def board_methods(module: str, driver: str) -> Iterable[str]:
    """What a driver of boards offers, by type: its METHODS, with what the boards say of theirs."""
    from importlib import import_module

    from axisos.machine.component import Component

    tree = ast.parse((DISK / "drivers" / f"{driver}.sys.py").read_text())
    methods = next(
        ast.literal_eval(node.value) for node in tree.body
        if isinstance(node, ast.AnnAssign) and node.value is not None and ast.unparse(node.target) == "METHODS"
    )
    boards = {
        each.type: each.callbacks for each in vars(import_module(f"axisos.machine.components.{module}")).values()
        if isinstance(each, type) and issubclass(each, Component)
    }
    yield "| Component | Control method | Arguments | Method of the component, and what it does |"
    yield "|---|---|---|---|"
    for kind, rows in methods.items():
        for name, (wire, _) in rows.items():
            head, _, text = (boards[kind][wire].doc or "").partition(" -- ")
            arguments = re.findall(r"(\w+):\w+", head.partition(")")[0])
            yield f"| `{kind}` | `{name}` | {', '.join(f'`{each}`' for each in arguments)} | `{wire}`: {cell(text)} |"


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
    "drivers": ("driver_",),
    "dkms": ("dkms_",),
    "requests": ("irp_", "vfs_device_control"),
    "registry": ("reg_",),
    "log": ("kernel_log", "dmesg_", "kernel_get_boot_log", "kernel_set_log_mode"),
}

def trace_records() -> Iterable[str]:
    """What a traced kernel writes down."""
    from executive.trace import KINDS

    yield "| Record | Written when | Fields |"
    yield "|---|---|---|"
    for name, fields, when in KINDS:
        yield f"| `{name}` | {cell(when)} | {' '.join(f'`{field}`' for field in fields)} |"


TABLES: dict[str, Callable[[], Iterable[str]]] = {
    "trace-records": trace_records,
    "policy-rules": policy_rules,
    "driver-rules": driver_rules,
    "policy-names": policy_names,
    "modules-offered": modules_offered,
    "names-withheld": names_withheld,
    "plain-limits": plain_limits,
    "limits": limits,
    "object-types": object_types,
    "open-modes": open_modes,
    "permissions": permissions,
    "volumes": volumes,
    "registry-values": registry_values,
    "registry-limits": registry_limits,
    "log-settings": log_settings,
    "access-bits": access_bits,
    "statuses": statuses,
    "builtin-exceptions": builtins,
    "stop-codes": stop_codes,
    "posix-signals": posix_signals,
    "driver-kit": lambda: driver_kit("dk"),
    "user-mode-kit": lambda: driver_kit("umd"),
    "calls-index": lambda: syscall_reference.index(calls()),
    "calls": lambda: syscall_reference.reference(calls()),
    "calls-missing": syscall_reference.missing,
    "reactor-methods": partial(board_methods, "reactor", "rbmk"),
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
