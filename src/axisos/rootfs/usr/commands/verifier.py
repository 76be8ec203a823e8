"""verifier: watch whether drivers keep the rules while they do their daily work."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import syscall

HELP = """\
Usage: verifier on [-r] DRIVER...
       verifier off DRIVER...
       verifier list
       verifier report [DRIVER]

Watch drivers and say which rules they break, for root. DRIVER is a driver's name or path. What is found goes to the
kernel log, too. axisos verify tries a driver out on purpose.

  on      watch it from its next start on
  -r      and start it anew now: it is replaced in place, what is open goes on
  off     watch it no more, from its next start on, and forget what was found
  list    who is watched
  report  what was found; the status is 1 if there is something

A watched driver's requests take a longer way, and each of its system calls is looked at.
"""


def change(action: str, names: list[str], restart: bool) -> int:
    """Switch on or off. Returns the exit status."""
    failures = 0
    for name in names:
        try:
            syscall("driver_verify", action, name)
            if restart:
                cli.write(f"{syscall('driver_reload', name)}\n")
            elif action == "on":
                cli.write(f"{name} is watched from its next start on\n")
        except StatusError as error:
            cli.warn(name, f"{int(error.status)} {error.detail or error.status.meaning}")
            failures += 1
    return 1 if failures else 0


def show_list() -> None:
    cli.table(["DRIVER", "FINDINGS", "PROCESSES"], [
        [row["name"], str(row["findings"]), " ".join(map(str, row["watched"])) or "-"]
        for row in syscall("driver_verify", "list")
    ])


def show_report(name: str | None) -> int:
    """Print the findings. Returns the exit status: 1 if there are some."""
    findings: list[dict[str, Any]] = syscall("driver_verify", "report", name)
    for finding in findings:
        times = f", {finding['count']} times" if finding["count"] > 1 else ""
        cli.write(f"{finding['driver']}: {finding['rule']}{times}\n")
        cli.write(f"  {cli.printable(finding['detail'])}\n")
        if finding["place"]:
            cli.write(f"  at {cli.printable(finding['place'])}\n")
        if finding["request"]:
            cli.write(f"  request {cli.printable(finding['request'])}\n")
    return 1 if findings else 0


def main(options: cli.Options, operands: list[str]) -> int | None:
    cli.need_operands(operands, 1, None, "on, off, list or report")
    action, *names = operands
    if syscall("process_get_uid") != 0:
        cli.fail(action, "only root may verify drivers")
    if action in ("on", "off"):
        if not names:
            cli.usage(f"{action} which driver?")
        return change(action, names, "r" in options)
    if action == "list" and not names:
        show_list()
        return 0
    if action == "report" and len(names) <= 1:
        return show_report(names[0] if names else None)
    cli.usage(f"cannot do {' '.join(operands)!r}")
    return None


cli.run(main, HELP, flags="r", long={"restart": "r"})
