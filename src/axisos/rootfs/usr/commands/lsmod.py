"""lsmod: which drivers are loaded, what they serve, and how they are."""

from __future__ import annotations

from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import syscall

HELP = """\
Usage: lsmod [-v] [NAME...]

List the loaded drivers, or those of a name or path.

  -v  each device with its links, the interrupts, and why a driver was given up

STATE   online, or what it is on the way to: loading, suspect (too slow, asked whether it lives), unloading, reloading,
        restarting (it crashed and is started again), failed (it crashed too often and was given up)
PID     its process; of a user-mode driver that of its host, and its own
OPEN    how often its devices are open
HELD    requests of yours, or as root of all, that it has not answered; irp tells of each
"""

_KINDS = {"KernelModeDriver": "KMD", "ComponentModeDriver": "CMD", "UserModeDriver": "UMD"}


def _pids(driver: dict[str, Any]) -> str:
    """Its process; of a user-mode driver the host's and its own."""
    return "+".join(str(pid) for pid in (driver["pid"], driver["child_pid"]) if pid) or "-"


def row_of(driver: dict[str, Any], held: int) -> list[str]:
    """A driver in one line."""
    links = [link for device in driver["devices"] for link in device["links"]]
    return [
        driver["name"], _KINDS.get(driver["type"], "?"), driver["version"], _pids(driver), driver["state"],
        str(driver["open_files"]), str(held), str(driver["restarts"]), " ".join(links) or "-",
    ]


def show(driver: dict[str, Any], held: int) -> None:
    """A driver in full."""
    pid = f"process {_pids(driver)}" if driver["pid"] else "no process"
    cli.write(f"{driver['name']} {driver['version']}: {driver['state']}, {pid}, {driver['type']}, {driver['path']}\n")
    if driver["address"]:
        cli.write(f"  component  {driver['address']}\n")
    for device in driver["devices"]:
        cli.write(f"  device     {device['name']}  {' '.join(device['links'])}\n")
    if driver["events"]:
        cli.write(f"  hears of   {' '.join(driver['events'])}\n")
    cli.write(f"  open {driver['open_files']}, held {held}, restarted {driver['restarts']} times\n")
    if driver["reason"]:
        cli.write(f"  given up   {driver['reason']}; insmod loads it again\n")


def main(options: cli.Options, operands: list[str]) -> None:
    drivers = syscall("driver_query")
    for wanted in operands:
        if all(wanted not in (driver["name"], driver["path"]) for driver in drivers):
            cli.warn(wanted, "no such driver is loaded")
    if operands:
        drivers = [driver for driver in drivers if {driver["name"], driver["path"]} & set(operands)]
    holders = [request["driver_pid"] for request in syscall("irp_query")]
    if "v" in options:
        for driver in drivers:
            show(driver, holders.count(driver["pid"]))
    elif drivers:
        heading = ["NAME", "TYPE", "VERSION", "PID", "STATE", "OPEN", "HELD", "RESTARTS", "DEVICES"]
        cli.table(heading, [row_of(driver, holders.count(driver["pid"])) for driver in drivers])


cli.run(main, HELP, flags="v", long={"verbose": "v"})
