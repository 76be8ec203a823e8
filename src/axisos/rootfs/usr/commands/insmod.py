"""insmod: load a driver."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

HELP = """\
Usage: insmod [-v] DRIVER
       insmod [-v] -s COMPONENT
       insmod [-v] -r DRIVER
       insmod -i DRIVER

Load a driver, for root. DRIVER is a path, or a name that is looked for as NAME, NAME.sys.py and NAME.py in the working
directory, /sys/drivers and /drivers.

  -i            only inspect the file: what it says of itself, and what looks wrong
  -r            replace the loaded driver by what its file holds now; what is open on it stays open
  -s COMPONENT  the driver of a kind of hardware, /drivers/COMPONENT.sys.py
  -v            say what is done
"""

_RINGS = {"KernelModeDriver": "2", "ComponentModeDriver": "2", "UserModeDriver": "3"}
_SHORT = {"KMD": "KernelModeDriver", "CMD": "ComponentModeDriver", "UMD": "UserModeDriver"}
_FIELDS = ("driver_name", "driver_type", "load_priority", "version", "supported_component")
_HINTS = {
    403: "its signature or hash is not accepted: see drivers and signing in the manual",
    404: "its entry failed: logread says why",
    405: "no hardware of its kind is there",
    500: "only root may load drivers",
    501: "only root may load drivers",
    605: "no hardware of its kind is ready",
}


def resolve(target: str) -> str | None:
    """The path of the driver file *target*, or None."""
    places = [target]
    if not target.startswith("/"):
        for directory in (".", "/sys/drivers", "/drivers"):
            places += [f"{directory}/{target}", f"{directory}/{target}.sys.py", f"{directory}/{target}.py"]
    return next((filesystem.abspath(place) for place in places if filesystem.is_file(place)), None)


def value_after(source: str, field: str) -> str | None:
    """The literal that follows `"field":` in a driver's source, as text; None if there is none."""
    for quote in "\"'":
        at = source.find(f"{quote}{field}{quote}")
        if at >= 0:
            rest = source[at + len(field) + 2:].lstrip()
            if rest[:1] == ":":
                rest = rest[1:].lstrip()
                if rest[:1] == "[":  # several of them
                    words = rest[1:].partition("]")[0].replace("\n", " ").split(",")
                    return ", ".join(each.strip().strip("\"'") for each in words if each.strip())
                end = next((index for index, letter in enumerate(rest) if letter in ",}\n"), len(rest))
                value = rest[:end].strip()
                return value.strip("\"'") if value[:1] in "\"'" else value.removeprefix("dk.").removeprefix("umd.")
    return None


def facts_of(source: str) -> dict[str, str | None]:
    """What the driver says of itself: {field: text}."""
    start = source.find("DRIVER_INFO")
    facts = {field: value_after(source[start:], field) for field in _FIELDS} if start >= 0 else {}
    kind = facts.get("driver_type") or ""
    if kind.startswith("DRIVER_TYPE_"):
        facts["driver_type"] = _SHORT.get(kind[12:], kind)
    return facts


def warnings_about(source: str, facts: dict[str, str | None]) -> list[str]:
    """What looks wrong in a driver's source."""
    found = []
    if not facts:
        found.append("no DRIVER_INFO: it will not load")
    elif facts.get("driver_type") not in _RINGS:
        found.append("driver_type is none of KernelModeDriver, ComponentModeDriver, UserModeDriver")
    elif not facts.get("driver_name"):
        found.append("DRIVER_INFO has no driver_name")
    if "def driver_entry(" not in source and "def um_driver_entry(" not in source:
        found.append("no function driver_entry")
    if not any(loop in source for loop in ("dk.run(", "umd.run(", "signal_pull")):
        found.append("neither dk.run, umd.run nor a loop over signal_pull: it would end at once")
    return found


def inspect(path: str) -> tuple[dict[str, str | None], list[tuple[str, str]], list[str]]:
    """(facts, rows to print, warnings) about the file."""
    with filesystem.open(path) as file:
        source = file.read()
    facts = facts_of(source)
    kind = facts.get("driver_type")
    rows = [
        ("file", path), ("name", facts.get("driver_name")),
        ("type", kind and f"{kind} (ring {_RINGS.get(kind, '?')})"), ("priority", facts.get("load_priority")),
        ("version", facts.get("version")), ("size", f"{filesystem.stat(path)['size']} bytes"),
        ("component", facts.get("supported_component")),
    ]
    return facts, [(label, value) for label, value in rows if value], warnings_about(source, facts)


def main(options: cli.Options, operands: list[str]) -> int | None:
    if "s" in options:
        cli.need_operands(operands, 0, 0, "")
        target = f"/drivers/{options['s']}.sys.py"
    else:
        cli.need_operands(operands, 1, 1, "a driver")
        target = operands[0]
    path = resolve(target)
    if path is None:
        cli.fail(target, "no such driver file")
    facts, rows, warnings = inspect(path)
    if "i" in options or "v" in options:
        for label, value in rows:
            cli.write(f"{label + ':':<11}{cli.printable(value)}\n")
    for warning in warnings:
        cli.write(f"{'warning:':<11}{warning}\n") if "i" in options else cli.note(path, warning)
    if "i" in options:
        return 1 if warnings else 0
    if syscall("process_get_uid") != 0:
        cli.fail(path, "only root may load drivers")
    if "v" in options and facts.get("driver_type") == "ComponentModeDriver":
        cli.write(f"it needs a component of type {facts.get('supported_component') or '?'}\n")
    try:
        message = syscall("driver_reload" if "r" in options else "driver_load", path)
    except StatusError as error:
        hint = _HINTS.get(int(error.status))
        cli.fail(path, f"{int(error.status)} {error}" + (f"; {hint}" if hint else ""))
    cli.write(f"{message}\n")
    components = facts.get("supported_component")
    if facts.get("driver_type") == "ComponentModeDriver" and components:
        starts = tuple(f"{each}_".lower() for each in components.split(", "))
        for name in filesystem.list("/dev"):
            if name.lower().startswith(starts):
                cli.write(f"/dev/{name}\n")
    return None


cli.run(
    main, HELP, flags="vir", values="s", long={"verbose": "v", "inspect": "i", "component": "s", "reload": "r"},
)
