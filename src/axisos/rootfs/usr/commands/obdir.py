"""obdir: the names of kernel objects."""

from __future__ import annotations

from abi.status import Status, StatusError
from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import syscall

    Entry = dict[str, Any]

HELP = """\
Usage: obdir [-l] [-r] [PATH]
       obdir -t

List what stands in the directory PATH of the kernel's namespace, or what PATH names; \\ by default. A shell takes
backslashes away, so /Device/TTY0 means \\Device\\TTY0 here. Names of files are no names of objects: /dev/tty stands in
the namespace as \\DosDevices\\tty.

  -l  also rights, owner, group, how many references and handles there are, whether it stays without any (permanent)
  -r  everything below, too, drawn as a tree      -t  the types of objects, with how many objects and handles there are
"""

_KINDS = {"ObpDirectory": "d", "ObpSymbolicLink": "l", "IoDeviceObject": "c"}


def object_path(text: str) -> str:
    """`\\Device\\TTY0`, however it was spelt."""
    return "\\" + "\\".join(part for part in text.replace("\\", "/").split("/") if part)


def entries_at(path: str) -> list[Entry]:
    """The entries of a directory; of anything else the one entry that it is. Raises: as ob_query_directory."""
    try:
        return syscall("ob_query_directory", path)  # type: ignore[no-any-return]
    except StatusError as error:
        if error.status != Status.NOT_A_DIRECTORY:
            raise
    parent, _, name = path.rpartition("\\")
    return [entry for entry in syscall("ob_query_directory", parent or "\\") if entry["name"] == name]


def tree(entries: list[Entry], drawn: str = "") -> list[tuple[str, Entry]]:
    """(name behind its branch, entry) of *entries* and all below them; *drawn* are the branches that pass by."""
    rows = []
    for entry in entries:
        last = entry is entries[-1]
        rows.append((f"{drawn}{'`-- ' if last else '|-- '}{entry['name']}", entry))
        if entry["type"] == "ObpDirectory":
            try:
                below = entries_at(entry["path"])
            except StatusError as error:
                cli.warn(entry["path"], error.detail)
                continue
            rows += tree(below, drawn + ("    " if last else "|   "))
    return rows


def row_of(name: str, entry: Entry, full: bool) -> list[str]:
    kind = entry["type"] if entry["target"] is None else f"{entry['type']} -> {entry['target']}"
    if not full:
        return [name, kind]
    return [
        _KINDS.get(entry["type"], "-") + cli.rights(entry["mode"]), cli.user_name(entry["owner_uid"]),
        str(entry["group_gid"]), str(entry["ref_count"]), str(entry["handle_count"]),
        "yes" if entry["permanent"] else "no", name, kind,
    ]


def show_types() -> None:
    rows = [[name, str(objects), str(handles)] for name, (objects, handles) in syscall("ob_query_types").items()]
    cli.table(["TYPE", "OBJECTS", "HANDLES"], rows)


def main(options: cli.Options, operands: list[str]) -> None:
    if "t" in options:
        cli.need_operands(operands, 0, 0, "")
        show_types()
        return
    cli.need_operands(operands, 0, 1, "")
    path = object_path(operands[0]) if operands else "\\"
    try:
        entries = entries_at(path)
    except StatusError as error:
        if operands and operands[0].startswith("/dev/"):
            cli.fail(operands[0], f"the name of a file; as an object it would be /DosDevices/{operands[0][5:]}")
        if operands and "/" not in operands[0] and error.status == Status.OBJECT_NAME_NOT_FOUND:
            cli.fail(f"{error.detail} (quote the backslashes of a path, or write / for them)")
        cli.fail(error.detail)
    named = tree(entries) if "r" in options else [(entry["name"], entry) for entry in entries]
    full = "l" in options
    heading = ["RIGHTS", "OWNER", "GROUP", "REFS", "HANDLES", "PERMANENT", "NAME", "TYPE"]
    cli.table(heading if full else heading[6:], [row_of(name, entry, full) for name, entry in named])


cli.run(main, HELP, flags="lrt", long={"recursive": "r", "types": "t"})
