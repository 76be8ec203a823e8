"""/etc/drivers.toml: which drivers are loaded at boot, and in which order.

    [[driver]]
    name = "null"                      # unique
    path = "/drivers/null.sys.py"      # absolute
    enabled = true                     # true if it is not said
    priority = 90                      # lower first; 500 if it is not said
    depends = []                       # names of entries that are loaded before
    description = "/dev/null and /dev/zero"

Called by   the Pipeline Manager at boot, and the command drvconf: both read it in one way.
Owns        nothing.
"""

from __future__ import annotations

DRIVERS = "/etc/drivers.toml"
DEFAULT_PRIORITY = 500


class DriverEntry:
    """One [[driver]] of /etc/drivers.toml."""

    __slots__ = ("depends", "enabled", "name", "path", "priority")

    def __init__(self, name: str, path: str, enabled: bool, priority: float, depends: list[str]) -> None:
        self.name = name
        self.path = path
        self.enabled = enabled
        self.priority = priority  # lower first
        self.depends = depends  # names


def parse_drivers(text: str) -> tuple[list[DriverEntry], list[str]]:
    """The entries of /etc/drivers.toml in their order, and a line for each that makes no sense and is left out.

    Raises: ValueError when it is no TOML.
    """
    import tomllib

    rows = tomllib.loads(text).get("driver", [])
    if type(rows) is not list:
        raise ValueError("drivers are written as [[driver]] tables")
    entries: list[DriverEntry] = []
    problems: list[str] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        try:
            entry = _parse_driver(row)
            if entry.name in seen:
                raise ValueError(f"the name {entry.name!r} is taken by an entry before it")
        except ValueError as error:
            problems.append(f"entry {number} is left out: {error}")
            continue
        seen.add(entry.name)
        entries.append(entry)
    return entries, problems


def _parse_driver(row: object) -> DriverEntry:
    if type(row) is not dict:
        raise ValueError("an entry is a table [[driver]]")
    name, path = row.get("name"), row.get("path")
    if type(name) is not str or not name:
        raise ValueError("it has no name")
    if type(path) is not str or not path.startswith("/"):
        raise ValueError(f"{name!r} needs an absolute path")
    enabled, priority, depends = row.get("enabled", True), row.get("priority", DEFAULT_PRIORITY), row.get("depends", [])
    if type(enabled) is not bool:
        raise ValueError(f"{name!r}: enabled is true or false")
    if type(priority) not in (int, float) or priority != priority:
        raise ValueError(f"{name!r}: priority is a number")
    if type(depends) is not list or not all(type(other) is str for other in depends):
        raise ValueError(f"{name!r}: depends is a list of names")
    return DriverEntry(name, path, enabled, priority, depends)


def load_order(entries: list[DriverEntry]) -> tuple[list[DriverEntry], list[str]]:
    """The enabled entries, each after those that it depends on and otherwise by priority; and what is odd about them.

    A circle of dependencies cannot be put in order: priorities alone decide then.
    """
    enabled = sorted((entry for entry in entries if entry.enabled), key=lambda entry: entry.priority)
    by_name = {entry.name: entry for entry in enabled}
    configured = {entry.name for entry in entries}
    problems = [
        f"{entry.name} depends on {name}, which is {'disabled' if name in configured else 'not configured'}"
        for entry in enabled
        for name in entry.depends
        if name not in by_name
    ]
    order: list[DriverEntry] = []
    try:
        for entry in enabled:
            _place(entry, by_name, order, [])
    except _CircleError as circle:
        names = " -> ".join(circle.names)
        return enabled, [*problems, f"they depend on one another: {names}; all are loaded by priority alone"]
    return order, problems


class _CircleError(Exception):
    """A driver depends on itself, through others or not."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(names)
        self.names = names


def _place(entry: DriverEntry, by_name: dict[str, DriverEntry], order: list[DriverEntry], above: list[str]) -> None:
    """Put an entry into the order, what it depends on before it."""
    if entry in order:
        return
    if entry.name in above:
        raise _CircleError([*above[above.index(entry.name) :], entry.name])
    for name in entry.depends:
        if name in by_name:
            _place(by_name[name], by_name, order, [*above, entry.name])
    order.append(entry)
