"""irp: say who holds a request to a driver, and cancel it."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import syscall

    Request = dict[str, Any]

HELP = """\
Usage: irp [-v] [ID | PID]...
       irp -c ID...

List the requests to drivers that are under way: yours, or as root all. With the number of a request, or of a process
that waits, tell the way of each from its caller to the device.

  -v  the way of all of them
  -c  cancel requests: their callers get an error (611) at once, their drivers are told to let go

AGE     seconds since it was asked
HOLDER  the driver that has it, or DKMS while no driver can take it
"""


def seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def what(request: Request) -> str:
    """READ, or `DEVICE_CONTROL resize`."""
    return f"{request['major']} {cli.printable(request['method'])}".strip()


def row_of(request: Request) -> list[str]:
    holder = f"{request['driver'] or 'driver'} ({request['driver_pid']})" if request["driver_pid"] else "DKMS"
    return [
        str(request["irp_id"]), what(request), request["path"] or request["device"], str(request["pid"]),
        seconds(request["age"]), holder, cli.printable(request["step"]),
    ]


def tell(request: Request) -> None:
    """The way of one request, from the top down."""
    size = "" if request["bytes"] is None else f" of {request['bytes']} bytes"
    age = "" if request["age"] is None else f", {request['age']:.3f} s ago"
    cli.write(f"request {request['irp_id']}: {what(request)}{size}{', cancelled' if request['cancelled'] else ''}\n")
    cli.write(f"  asked by   process {request['pid']} (uid {request['uid']}){age}\n")
    cli.write(f"  through    PM (2) -> DKMS (3) names the device -> {request['device']}\n")
    if request["driver_pid"]:
        cli.write(f"  held by    driver {request['driver'] or '?'} (process {request['driver_pid']})\n")
        cli.write(f"  which      waits for {request['waits_for']}\n" if ":" not in request["waits_for"]
                  else f"  which      does {request['waits_for']}\n")
    else:
        cli.write("  held by    DKMS: no driver can take it yet\n")
    cli.write(f"  last step  {cli.printable(request['step'])}\n")
    if request["time_left"] is not None:
        cli.write(f"  given up   in {request['time_left']:.3f} s\n")


def cancel(operands: list[str]) -> None:
    cli.need_operands(operands, 1, None, "the number of a request")
    for text in operands:
        try:
            syscall("irp_cancel", cli.integer(text, "the number of a request"))
        except StatusError as error:
            cli.warn(text, error.detail)


def main(options: cli.Options, operands: list[str]) -> None:
    if "c" in options:
        cancel(operands)
        return
    requests = syscall("irp_query")
    numbers = [cli.integer(text, "the number of a request or process") for text in operands]
    for number in numbers:
        found = [each for each in requests if number in (each["irp_id"], each["pid"])]
        if not found:
            cli.warn(number, "no request of that number, or of that process, is under way")
        for request in found:
            tell(request)
    if numbers:
        return
    if "v" in options:
        for request in requests:
            tell(request)
    elif requests:
        cli.table(["ID", "REQUEST", "DEVICE", "PID", "AGE", "HOLDER", "LAST STEP"], [row_of(each) for each in requests])


cli.run(main, HELP, flags="cv", long={"cancel": "c", "verbose": "v"})
