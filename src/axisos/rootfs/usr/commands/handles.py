"""handles: who has which objects open, with which rights, and where the handles were made."""

from __future__ import annotations

from abi import access
from abi.status import StatusError
from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import syscall

    Handle = dict[str, Any]

HELP = """\
Usage: handles [-cv] [-t TYPE] [-s TEXT] [PID...]

List the open handles of your processes (as root: of all processes), or of the processes PID.

  -t TYPE  only those to objects of a type: KeMutex, mutex, file, pipe (obdir -t lists the types)
  -s TEXT  only those with TEXT, large or small, in the object's name, the program or the place
  -c       how many there are of each type in each process
  -v       the handles of this process itself in full, and programs with their paths

ACCESS  r read  w write  x execute  c control  d delete  a read attributes  s wait for it
FLAGS   i children get it, too  p protected from being closed  0 1 2 it is standard input, output, error output
AGE     seconds of machine time
"""

_LETTERS = (
    ("r", access.READ), ("w", access.WRITE), ("x", access.EXECUTE), ("c", access.DEVICE_CONTROL), ("d", access.DELETE),
    ("a", access.READ_ATTRIBUTES), ("s", access.SYNCHRONIZE),
)
_PREFIXES = ("Ke", "Io", "Mm", "Ipc", "Ps", "Obp")
_SHORT = len("H-123456")  # of a handle's token: enough to tell one process's from each other


def plain_name(type_name: str) -> str:
    """`mutex` of KeMutex, `pipe` of IoPipeObject."""
    prefix = next((prefix for prefix in _PREFIXES if type_name.startswith(prefix)), "")
    return type_name[len(prefix) :].removesuffix("Object").lower()


def types_named(text: str) -> set[str]:
    """The types that *text* may mean; wrong usage if there is none."""
    wanted = text.lower()
    found = {name for name in syscall("ob_query_types") if wanted in (name.lower(), plain_name(name))}
    if not found:
        cli.usage(text, "no such type of objects; obdir -t lists them")
    return found


def handles_of(pids: list[int]) -> list[Handle]:
    """The handles of these processes, or all that one may see; complains about processes that are not to be seen."""
    if not pids:
        return syscall("ob_query_handles")  # type: ignore[no-any-return]
    found = []
    for pid in pids:
        try:
            found += syscall("ob_query_handles", pid)
        except StatusError as error:
            cli.warn(pid, error.detail)
    return found


def contains(handle: Handle, text: str) -> bool:
    return any(text in handle[part].casefold() for part in ("name", "image", "origin"))


def program(handle: Handle, full: bool) -> str:
    return str(handle["image"]) if full else cli.basename(handle["image"]).removesuffix(".py")


def row_of(handle: Handle, full: bool) -> list[str]:
    token = handle["token"] or "-"
    granted = "".join([letter if handle["granted_access"] & bit else "-" for letter, bit in _LETTERS])
    flags = "i" * handle["inheritable"] + "p" * handle["protected"] + "".join(str(-10 - i) for i in handle["standard"])
    return [
        str(handle["pid"]), program(handle, full), token if full else token[:_SHORT], handle["type"],
        handle["name"] or str(handle["object_id"]), granted, flags or "-", f"{handle['age_s']:.3f}",
        handle["origin"] or "-",
    ]


def counted(handles: list[Handle], full: bool) -> list[list[str]]:
    """One row for each process and type."""
    counts: dict[tuple[int, str, str], int] = {}
    for handle in handles:
        key = (handle["pid"], handle["type"], program(handle, full))
        counts[key] = counts.get(key, 0) + 1
    return [[str(pid), name, kind, str(count)] for (pid, kind, name), count in sorted(counts.items())]


def main(options: cli.Options, operands: list[str]) -> None:
    pids = [cli.integer(text, "the pid", 0) for text in operands]
    types = types_named(options["t"]) if "t" in options else None
    found = handles_of(pids)
    if pids and cli.failed() and not found:
        return
    if types is not None:
        found = [handle for handle in found if handle["type"] in types]
    if "s" in options:
        found = [handle for handle in found if contains(handle, options["s"].casefold())]
    full = "v" in options
    if "c" in options:
        cli.table(["PID", "PROGRAM", "TYPE", "HANDLES"], counted(found, full))
        return
    heading = ["PID", "PROGRAM", "HANDLE", "TYPE", "OBJECT", "ACCESS", "FLAGS", "AGE", "MADE"]
    cli.table(heading, [row_of(handle, full) for handle in found])


cli.run(
    main, HELP, flags="cv", values="ts", long={"type": "t", "search": "s", "count": "c", "verbose": "v"},
)
