"""drvconf: say which drivers are loaded at boot."""

from __future__ import annotations

from axis import cli, filesystem, toml_edit
from axis.driver_list import DEFAULT_PRIORITY, DRIVERS, load_order, parse_drivers
from axis.toml_text import replace_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.driver_list import DriverEntry

HELP = """\
Usage: drvconf [--file FILE] [list]
       drvconf [--file FILE] enable|disable NAME
       drvconf [--file FILE] add NAME PATH [PRIORITY]
       drvconf [--file FILE] remove NAME
       drvconf [--file FILE] set NAME KEY VALUE
       drvconf [--file FILE] check
       drvconf [--file FILE] order

Show or change the list of drivers that are loaded at boot, /etc/drivers.toml. A change is for root, and counts at the
next boot. Comments in the file stay.

  --file FILE    another file than /etc/drivers.toml
  list, ls       a table of all entries
  add            enter a driver; a lower PRIORITY is loaded earlier (500)
  remove, rm     take an entry out
  set            KEY is priority, path, description (desc) or depends (deps): names with commas between them, or none
  check          files that are missing, dependencies that do not hold, circles; exit status 1 if there is any
  order          in which order they are loaded
"""

KEYS = {
    "priority": "priority", "path": "path", "description": "description", "desc": "description", "depends": "depends",
    "deps": "depends",
}


class List:
    """The file, as text and as what it says."""

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            with filesystem.open(path) as file:
                self.text = file.read()
            self.entries, self.problems = parse_drivers(self.text)
        except ValueError as error:
            if isinstance(error, OSError):
                raise
            cli.fail(path, f"this is no list of drivers: {error}")
        self.rows: list[Any] = rows_of(self.text)

    def entry(self, name: str) -> DriverEntry:
        """The entry of that name; ends the command if there is none."""
        found = next((entry for entry in self.entries if entry.name == name), None)
        if found is None:
            cli.fail(cli.printable(name), f"{self.path} has no driver of this name")
        return found

    def index(self, name: str) -> int:
        """Which table of the file it is; also one that makes no sense otherwise can be changed or removed."""
        names = [row.get("name") if isinstance(row, dict) else None for row in self.rows]
        if name not in names:
            cli.fail(cli.printable(name), f"{self.path} has no driver of this name")
        return names.index(name)

    def dependents(self, name: str) -> list[str]:
        """Who is loaded and needs it."""
        return [entry.name for entry in self.entries if entry.enabled and name in entry.depends]

    def replace(self, text: str, said: str) -> None:
        """Write the file, and say what was done."""
        before = {line.strip() for line in self.text.split("\n") if line.strip().startswith("#")}
        try:
            replace_file(self.path, text)
        except PermissionError:
            cli.fail(self.path, "only root may change this list" if self.path == DRIVERS else "Permission denied")
        if before - {line.strip() for line in text.split("\n")}:
            cli.note(self.path, "the file was written anew, its comments are gone")
        cli.write(f"{said} ({self.path}{'; it counts at the next boot' if self.path == DRIVERS else ''})\n")

    def set(self, name: str, key: str, value: object, said: str) -> None:
        self.replace(toml_edit.set_value(self.text, "driver", self.index(name), key, value), said)


def rows_of(text: str) -> list[Any]:
    import tomllib

    rows: list[Any] = tomllib.loads(text).get("driver", [])
    return rows


# --- what it does --------------------------------------------------------------------------------------------------


def show(drivers: List) -> None:
    """A table of all entries."""
    rows = [
        [str(number), entry.name, f"{entry.priority:g}", "ON" if entry.enabled else "OFF",
         ",".join(entry.depends) or "-", entry.path]
        for number, entry in enumerate(drivers.entries, 1)
    ]
    cli.write(f"{drivers.path}\n")
    cli.table(["#", "NAME", "PRI", "STATUS", "DEPS", "PATH"], rows)
    for problem in drivers.problems:
        cli.note(drivers.path, problem)


def enable(drivers: List, name: str) -> None:
    """Load it from the next boot on."""
    off = [other.name for other in drivers.entries if not other.enabled and other.name in drivers.entry(name).depends]
    drivers.set(name, "enabled", True, f"{cli.printable(name)} is enabled")
    for other in off:
        cli.note(name, f"it depends on {cli.printable(other)}, which is disabled")


def disable(drivers: List, name: str) -> None:
    """Do not load it."""
    drivers.entry(name)
    drivers.set(name, "enabled", False, f"{cli.printable(name)} is disabled")
    for other in drivers.dependents(name):
        cli.note(name, f"{cli.printable(other)} depends on it")


def add(drivers: List, name: str, path: str, priority: str = str(DEFAULT_PRIORITY)) -> None:
    """Enter a driver."""
    if not name or not name.isprintable():
        cli.usage("a driver needs a name of printable characters")
    if any(isinstance(row, dict) and row.get("name") == name for row in drivers.rows):
        cli.fail(name, f"{drivers.path} has a driver of this name already")
    row = {
        "name": name, "path": filesystem.abspath(path), "enabled": True, "priority": number(priority), "depends": [],
    }
    drivers.replace(toml_edit.append_table(drivers.text, "driver", row), f"{name} is entered")
    warn_if_missing(str(row["path"]))


def remove(drivers: List, name: str) -> None:
    """Take an entry out."""
    text = toml_edit.remove_table(drivers.text, "driver", drivers.index(name))
    drivers.replace(text, f"{cli.printable(name)} is removed")
    for other in drivers.dependents(name):
        cli.note(name, f"{cli.printable(other)} depends on it")


def change(drivers: List, name: str, key: str, value: str) -> None:
    """Set one value of an entry."""
    field = KEYS.get(key)
    if field is None:
        cli.usage(f"{key}: it is priority, path, description or depends that can be set")
    new: Any = value
    if field == "priority":
        new = number(value)
    elif field == "path":
        new = filesystem.abspath(value)
    elif field == "depends":
        new = [] if value in ("", "none") else [part.strip() for part in value.split(",") if part.strip()]
    try:
        value.encode()
    except UnicodeEncodeError:
        cli.usage("the value is no text")
    drivers.set(name, field, new, f"{field} of {cli.printable(name)} is set")
    if field == "path":
        warn_if_missing(new)
    for other in new if field == "depends" else ():
        if other not in {entry.name for entry in drivers.entries}:
            cli.note(name, f"it depends on {cli.printable(other)}, which is not configured")


def check(drivers: List) -> int:
    """Everything that is odd about the list."""
    order, oddities = load_order(drivers.entries)
    found = [*drivers.problems, *oddities]
    found += [f"{entry.name}: there is no file {entry.path}" for entry in drivers.entries if not exists(entry.path)]
    for problem in found:
        cli.write(cli.printable(problem) + "\n")
    cli.write(f"{drivers.path}: {len(drivers.entries)} drivers, {len(order)} of them enabled; {len(found)} problems\n")
    return 1 if found else 0


def order(drivers: List) -> None:
    """The order of the next boot."""
    ordered, oddities = load_order(drivers.entries)
    for number, entry in enumerate(ordered, 1):
        cli.write(f"{number}. {cli.printable(entry.name)} ({entry.priority:g}) {cli.printable(entry.path)}\n")
    for problem in [*drivers.problems, *oddities]:
        cli.note(drivers.path, cli.printable(problem))


# --- words and files ------------------------------------------------------------------------------------------------


def number(text: str) -> int | float:
    value = cli.number(text, "the priority")
    if value in (float("inf"), float("-inf")):
        cli.usage(f"{text}: the priority must be a number")
    return int(value) if value == int(value) else value


def exists(path: str) -> bool:
    try:
        return filesystem.is_file(path)
    except OSError:
        return False


def warn_if_missing(path: str) -> None:
    if not exists(path):
        cli.note(path, "there is no such file yet")


COMMANDS = {  # name -> what does it, fewest and most operands
    "list": (show, 0, 0), "ls": (show, 0, 0), "enable": (enable, 1, 1), "disable": (disable, 1, 1),
    "add": (add, 2, 3), "remove": (remove, 1, 1), "rm": (remove, 1, 1), "set": (change, 3, 3), "check": (check, 0, 0),
    "order": (order, 0, 0),
}


def main(options: cli.Options, operands: list[str]) -> int | None:
    """Do what the first word says."""
    word, *rest = operands or ["list"]
    if word not in COMMANDS:
        cli.usage(f"{word}: no such command of drvconf")
    action, fewest, most = COMMANDS[word]
    cli.need_operands(rest, fewest, most, f"drvconf {word} takes more")
    return action(List(filesystem.abspath(options.get("f", DRIVERS))), *rest)  # type: ignore[operator, no-any-return]


if __name__ == "__main__":
    cli.run(main, HELP, values="f", long={"file": "f"}, intermixed=False)  # a priority may begin with a minus
