"""ls: list directories."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Facts = dict[str, Any]
    Entry = tuple[str, str, Facts | None]  # shown name, path, what is known of it

HELP = """\
Usage: ls [-aAl1dRrtS] [PATH...]

List the entries of each PATH (the working directory by default), sorted by name.

  -a  entries that begin with a dot as well       -l  type, rights, owner, size, time, name
  -d  directories themselves, not their entries   -R  everything below, too
  -t  newest first                                -S  largest first
  -r  the other way round                         -F  ignored: directories always end in /
"""

_TYPES = {"directory": "d", "device": "c", "file": "-"}


def when(mtime: float) -> str:
    """A time stamp as `2024-05-17 09:30` (UTC)."""
    import time

    t = time.gmtime(mtime)
    return f"{t.tm_year}-{t.tm_mon:02}-{t.tm_mday:02} {t.tm_hour:02}:{t.tm_min:02}"


def painted(name: str, path: str, info: Facts | None) -> str:
    """The name as it is shown: / after directories, and the colour of its kind."""
    shown = cli.printable(name)
    if name.endswith("/"):
        return cli.coloured(shown, "blue")
    if path.startswith("/dev/"):
        return cli.coloured(shown, "yellow")
    executable = "1" in "".join(str(int(d) & 1) for d in info["mode"]) if info else path.startswith("/usr/commands/")
    if executable or path.endswith(".py"):
        return cli.coloured(shown, "green")
    return shown


def facts(path: str) -> Facts | None:
    """What is known of *path*, or None when it may not be looked at."""
    try:
        return filesystem.stat(path)
    except (OSError, StatusError):
        return None


def show(entries: list[Entry], options: cli.Options) -> None:
    """Print (shown name, path, facts) entries."""
    if "l" not in options:
        for name, path, info in entries:
            cli.write(painted(name, path, info) + "\n")
        return
    rows = []
    for name, path, info in entries:
        info = info or {}
        kind = "d" if name.endswith("/") else _TYPES.get(info.get("type", "file"), "-")
        mode = kind + (cli.rights(info["mode"]) if "mode" in info else "?" * 9)
        owner = "root" if info.get("uid") == 0 else str(info.get("uid", "?"))
        stamp = when(info["mtime"]) if info.get("mtime") is not None else "?"
        rows.append((mode, owner, str(info.get("size", "?")), stamp, painted(name, path, info)))
    owners = max((len(row[1]) for row in rows), default=0)
    sizes = max((len(row[2]) for row in rows), default=0)
    for mode, owner, size, stamp, name in rows:
        cli.write(f"{mode}  {owner:<{owners}}  {size:>{sizes}}  {stamp}  {name}\n")


def ordered(entries: list[Entry], options: cli.Options) -> list[Entry]:
    """Entries in the order asked for."""
    entries.sort(key=lambda entry: entry[0])
    if "t" in options:
        entries.sort(key=lambda entry: -(entry[2] or {}).get("mtime", 0))
    elif "S" in options:
        entries.sort(key=lambda entry: -(entry[2] or {}).get("size", 0))
    if "r" in options:
        entries.reverse()
    return entries


def list_directory(path: str, options: cli.Options, heading: str | None) -> None:
    names = filesystem.list(path)
    if "a" not in options and "A" not in options:
        names = [name for name in names if name[0] != "."]
    need_facts = any(letter in options for letter in "ltS") or cli.colourful()
    entries = [
        (name, cli.join(filesystem.abspath(path), name.rstrip("/")),
         facts(cli.join(path, name.rstrip("/"))) if need_facts else None)
        for name in names
    ]
    ordered(entries, options)
    if heading is not None:
        cli.write(f"{heading}{cli.printable(path)}:\n")
    show(entries, options)
    if "R" in options:
        for name, _, _ in entries:
            if name.endswith("/"):
                below = cli.join(path, name[:-1])
                try:
                    list_directory(below, options, "\n")
                except (OSError, StatusError) as error:
                    cli.warn(below, cli.why(error))


def main(options: cli.Options, operands: list[str]) -> None:
    files: list[Entry] = []
    directories = []
    for path in operands or ["."]:
        try:
            info = filesystem.stat(path)
        except (OSError, StatusError) as error:
            cli.warn(path, cli.why(error))
            continue
        if info["type"] == "directory" and "d" not in options:
            directories.append(path)
        else:
            files.append((path, filesystem.abspath(path), info))
    show(ordered(files, options), options)
    many = len(operands) > 1 or "R" in options
    for index, path in enumerate(directories):
        heading = ("\n" if index or files else "") if many else None
        try:
            list_directory(path, options, heading)
        except (OSError, StatusError) as error:
            cli.warn(path, cli.why(error))


cli.run(main, HELP, flags="aAl1dRrtSF", long={"all": "a", "almost-all": "A", "recursive": "R", "reverse": "r"})
