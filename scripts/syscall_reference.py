"""The reference of system calls, chapter 15 of the manual, made from the table of a machine that has booted.

Rings, parameters, types and defaults come from the declarations; what the Pipeline Manager, DKMS and the logon service
answer comes from the tables of these very processes. The words come from the docstrings: a first sentence, then
`Args:`, `Returns:`, `Blocks:` and `Raises:`. A server's handler that takes bare values begins its docstring with the
call in backquotes, as its caller writes it: `name(parameter: type = default)`.

Called by   `scripts/doc_tables.py`, which puts what is made here into the page.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

RINGS = (0, 1, 2, 2.5, 3)
SERVERS = {2: "Pipeline Manager", 3: "DKMS", 4: "logon service"}
PARTS = ("Args", "Returns", "Blocks", "Raises")

# Groups in the manual's order; a call belongs to the first one that has its name or the beginning of its name.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Kernel and machine", ("kernel_panic", "kernel_get_root_fs", "kernel_register_pipeline", "computer_", "time_get",
                            "random_bytes", "mem_info", "sched_get_stats")),
    ("Log", ("kernel_log", "kernel_get_boot_log", "kernel_set_log_mode", "dmesg_")),
    ("Processes and threads", ("process_",)),
    ("Accounts", ("auth_",)),
    ("Messages", ("signal_send", "signal_pull", "syscall_override")),
    ("Files", ("vfs_", "image_open")),
    ("Drivers and requests", ("driver_", "dkms_", "irp_", "ke_watch_calls")),
    ("Hardware", ("raw_component_", "eeprom_")),
    ("Objects and handles", ("ob_",)),
    ("Synapse tokens", ("synapse_",)),
    ("Registry", ("reg_",)),
    ("Waits", ("ke_wait_",)),
    ("Events, mutexes, semaphores, timers", (
        "ke_create_event", "ke_set_event", "ke_reset_event", "ke_pulse_event", "ke_create_mutex", "ke_release_mutex",
        "ke_create_semaphore", "ke_release_semaphore", "ke_open_event", "ke_open_mutex", "ke_open_semaphore",
        "ke_create_timer", "ke_set_timer", "ke_set_timer_dpc", "ke_cancel_timer")),
    ("Pipes", ("ke_create_pipe", "ke_create_named_pipe", "ke_connect_named_pipe", "ke_pipe_")),
    ("Sections and message queues", ("ke_create_section", "ke_open_section", "ke_map_section", "ke_create_mqueue",
                                     "ke_open_mqueue", "ke_mq_")),
    ("POSIX signals and process groups", ("ke_signal_", "ke_setpgid", "ke_getpgid")),
    ("IRQL and statistics", ("ke_raise_irql", "ke_lower_irql", "ke_get_irql", "ke_ipc_stats")),
)  # fmt: skip

# Calls of the original's table that are not here, and why.
MISSING: dict[str, str] = {
    "kernel_yield": "`process_yield` does it",
    "kernel_host_yield": "the hub looks at the host's events by itself",
    "kernel_register_driver kernel_map_component": "nothing called them; DKMS knows its drivers",
    "critical_file_modified patchguard_arm patchguard_check patchguard_status": "there is no PatchGuard yet",
    "secureboot_compute_binding secureboot_compute_kernel_hash": "there is no secure boot yet",
    "disk_list_drives": "there are no raw drives yet",
    "ob_init_process ob_destroy_process ob_inherit_handles": "the kernel does it when a process begins and ends",
    "gdi_create_surface gdi_destroy_surface gdi_resize_surface gdi_surface_set gdi_surface_fill gdi_surface_scroll "
    "gdi_surface_clear gdi_batch_submit gdi_surface_set_visible gdi_surface_set_position gdi_surface_set_z "
    "gdi_surface_bring_to_front gdi_surface_get_size gdi_surface_set_gpu gdi_force_redraw gdi_bind_gpu gdi_set_focus "
    "gdi_get_focus gdi_pop_input gdi_push_input gdi_input_queue_size gdi_composite gdi_get_gpu_count gdi_get_gpu_info "
    "gdi_get_surface_list gdi_get_raw_gpu": "there is no compositor; a program draws through `/dev/gpu0` while the "
    "terminal lends it",
    "ob_resolve_handle ob_set_alias driver_create_object driver_create_device driver_create_symlink "
    "driver_delete_object KeRaiseIrql KeLowerIrql": "the original calls them, and defines them nowhere",
}
# Calls that the original does not have.
NEW = frozenset("""
    auth_login auth_passwd driver_check driver_query driver_recheck driver_reload driver_unload driver_verify
    image_open irp_cancel irp_query ke_set_timer_dpc ke_watch_calls ob_create_owned process_end_thread process_exit
    process_grant process_info process_limits process_poll process_recursion process_sleep process_spawn_image
    process_wait_any process_wait_status random_bytes time_get vfs_chown vfs_mount vfs_mounts vfs_rename vfs_seek
    vfs_stat vfs_truncate vfs_unmount
""".split())  # noqa: SIM905  (a table is read as words)


class Call:
    """One system call as a program sees it."""

    def __init__(self, name: str, rings: tuple[float, ...], server: str, parameters: list[str], returns: str,
                 doc: str) -> None:  # fmt: skip
        self.name = name
        self.rings = rings
        self.server = server  # who answers; "" for the kernel
        self.parameters = parameters  # as they are written in a declaration
        self.returns = returns  # the annotation, "" where it says nothing
        self.summary, self.parts = split_doc(doc)

    @property
    def blocks(self) -> bool:
        """Whether the caller may have to sleep: for a server's answer, or for what the docstring says."""
        return bool(self.server) or self.parts.get("Blocks", "never.") != "never."

    @property
    def signature(self) -> str:
        arrow = f" -> {self.returns}" if self.returns else ""
        return f"{self.name}({', '.join(self.parameters)}){arrow}"


def split_doc(doc: str) -> tuple[str, dict[str, str]]:
    """A docstring's first words, and its labelled parts with all white space made single."""
    pieces = re.split(rf"(?<!\w)({'|'.join(PARTS)}):\s+", " ".join(doc.split()))
    return pieces[0].strip(), {label: text.strip() for label, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def calls(kernel: Any) -> dict[str, Call]:
    """Every call of a booted machine, by name."""
    found = {}
    table = kernel.table
    for name in sorted({name for by_name in table.by_ring.values() for name in by_name}):
        rings = tuple(ring for ring in RINGS if name in table.by_ring[ring])
        entry = table.entries.get(name)
        server = kernel.messages.server_of(name)
        who = SERVERS[server.process.pid] if server is not None else ""
        if entry is not None:
            function = getattr(entry.body, "__func__", entry.body)
            returns = function.__annotations__.get("return", "")
            parameters = [str(each) for each in entry.parameters]
            found[name] = Call(name, rings, who, parameters, _told(returns), entry.documentation)
        else:
            found[name] = _served(name, rings, who, handler_of(server, name))
    return found


def statuses_of(found: Mapping[str, Call], name: str) -> set[str]:
    """The names of the statuses that a call's docstring says it raises; "as ke_..." means all of that call's."""
    from abi.status import Status

    text = found[name].parts.get("Raises", "")
    words = set(re.findall(r"\b[A-Z][A-Z_]{3,}\b", text))
    words = {word for word in words if isinstance(getattr(Status, word, None), Status)}
    for other in re.findall(r"\bas (\w+)", text):
        if other in found:
            words |= statuses_of(found, other)
    return words


def summary_table(found: Mapping[str, Call], beginnings: tuple[str, ...]) -> Iterator[str]:
    """One row for each call whose name begins with one of *beginnings*, or is one of them, in their order."""
    from abi.status import Status

    yield "| Call | Rings | Sleeps | Does | Statuses |"
    yield "|---|---|---|---|---|"
    for beginning in beginnings:
        for name in sorted(found):
            if name != beginning and not (beginning.endswith("_") and name.startswith(beginning)):
                continue
            call = found[name]
            arguments = ", ".join(re.sub(r": .*?(?= = |$)", "", each).replace(" = ", "=") for each in call.parameters)
            numbers = sorted(int(getattr(Status, each)) for each in statuses_of(found, name))
            does = re.sub(r"\.$", "", re.split(r"(?<=\.) ", call.summary)[0])
            row = [
                f"[`{name}`](15-system-calls.md#{name})`({arguments})`",
                "all" if call.rings == RINGS else ", ".join(f"{ring:g}" for ring in call.rings),
                "yes" if call.blocks else "",
                _escaped(does),
                ", ".join(map(str, numbers)),
            ]
            yield f"| {' | '.join(row)} |"


def _told(annotation: str) -> str:
    """A return annotation that says something; a call that returns None never returns."""
    return "" if annotation in ("object", "None") else annotation


def handler_of(server: Any, name: str) -> Callable[..., object]:
    """The function that answers *name* in a server that sleeps in its loop: its own table has it."""
    frame = server.task.gr_frame
    while frame is not None:
        handlers = getattr(frame.f_locals.get("self"), "_calls", None)
        if handlers is not None and name in handlers:
            found = handlers[name]
            return found[0] if isinstance(found, tuple) else found
        frame = frame.f_back
    raise LookupError(f"{server} has no table with {name}")


def _served(name: str, rings: tuple[float, ...], who: str, handler: Callable[..., object]) -> Call:
    """The row of a call that a service answers."""
    function: Any = getattr(handler, "__func__", handler)
    doc = " ".join((function.__doc__ or "").split())
    code, defaults = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[2 : code.co_argcount]  # after self and request
    first_default = len(names) - len(defaults)
    written = re.match(rf"`{name}\((?P<parameters>.*?)\)`[:.]? *", doc)
    if written is not None:
        parameters = _split(written["parameters"])
        if names and [each.split(":")[0] for each in parameters] != list(names):
            raise AssertionError(f"{name}: the docstring has {parameters}, the code {names}")
        doc = doc[written.end() :]
    else:
        parameters = [
            f"{each}: {function.__annotations__[each].replace('str | int', 'Handle')}"
            + (f" = {defaults[index - first_default]!r}" if index >= first_default else "")
            for index, each in enumerate(names)
        ]
    return Call(name, rings, who, parameters, "", doc)


def _split(parameters: str) -> list[str]:
    """`a: dict[str, object], b: int = 0` at its outer commas."""
    parts = re.split(r", (?![^\[(]*[\])])", parameters)
    return [part for part in parts if part]


def group_of(name: str) -> str:
    """The heading that a call stands under."""
    for title, beginnings in GROUPS:
        if any(name == each or (each.endswith("_") and name.startswith(each)) for each in beginnings):
            return title
    raise LookupError(f"{name} belongs to no group: enter it into GROUPS")


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _rings(rings: tuple[float, ...]) -> str:
    return "all rings" if rings == RINGS else "ring " + ", ".join(f"{ring:g}" for ring in rings)


def _numbered(text: str, statuses: dict[str, int]) -> str:
    """*text* with the number behind the name of each status."""
    def put(match: re.Match[str]) -> str:
        name = match[0]
        return f"{name} {statuses[name]}" if name in statuses else name

    return re.sub(r"\b[A-Z][A-Z_]{3,}\b", put, text)


def _escaped(text: str) -> str:
    """Words of a docstring as Markdown: what would be a tag or a link there is none."""
    return re.sub(r"<(?! |=)", "\\<", text).replace("[{", "\\[{").replace(", *args", ", \\*args")


def entry(call: Call, statuses: dict[str, int]) -> Iterator[str]:
    """The lines of one call."""
    yield f"### {call.name}"
    yield ""
    yield "```text"
    yield from _folded_signature(call)
    yield "```"
    yield ""
    facts = [_rings(call.rings)]
    if call.server:
        facts.append(f"answered by {'' if call.server == 'DKMS' else 'the '}{call.server}")
    facts.append("blocks" if call.blocks else "does not block")
    if call.name in NEW:
        facts.append("not in the original")
    yield f"*{'; '.join(facts).capitalize().replace('dkms', 'DKMS').replace('pipeline manager', 'Pipeline Manager')}.*"
    yield from _wrapped(_escaped(call.summary))
    rows = [(label, call.parts[label]) for label in PARTS if label in call.parts]
    if rows:
        yield ""
    for label, text in rows:
        if label == "Raises":
            text = _numbered(text, statuses)
        yield from _wrapped(f"* {label}: {_escaped(text)}", "  ")
    yield ""


def _folded_signature(call: Call) -> list[str]:
    text = call.signature
    if len(text) <= 110:
        return [text]
    arrow = text[text.rindex(")") :]
    return [f"{call.name}(", *(f"    {each}," for each in call.parameters), arrow]


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, 118, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def index(found: Mapping[str, Call]) -> Iterator[str]:
    """The table of groups and the calls in each."""
    yield f"{len(found)} calls:"
    yield ""
    yield "| Group | Calls |"
    yield "|---|---|"
    for title, members in grouped(found):
        yield f"| [{title}](#{anchor(title)}) | {' '.join(f'[{each.name}](#{each.name})' for each in members)} |"


def reference(found: Mapping[str, Call]) -> Iterator[str]:
    """Every call under the heading of its group."""
    from abi.status import Status

    statuses = {name: int(value) for name, value in vars(Status).items() if isinstance(value, Status)}
    for title, members in grouped(found):
        yield f"## {title}"
        yield ""
        for call in members:
            yield from entry(call, statuses)


def grouped(found: Mapping[str, Call]) -> list[tuple[str, list[Call]]]:
    """The calls of each group by name, in the groups' order."""
    groups: dict[str, list[Call]] = {title: [] for title, _ in GROUPS}
    for name in sorted(found):
        groups[group_of(name)].append(found[name])
    return list(groups.items())


def missing() -> Iterator[str]:
    """The table of calls that the original has and this system has not."""
    yield "| Call | Why |"
    yield "|---|---|"
    for names, why in MISSING.items():
        yield f"| {', '.join(f'`{name}`' for name in names.split())} | {why} |"
