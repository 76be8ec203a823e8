"""date: the time."""

from __future__ import annotations

import time

from axis import cli

HELP = """\
Usage: date [-u] [-I] [-d @SECONDS] [+FORMAT]

Print the machine's time (UTC), by FORMAT as strftime knows it: %Y %m %d %H %M %S %j %a %b %s ...

  -I  as 2024-05-17     -d @SECONDS  that time instead, in seconds since 1970     -u  accepted: it is always UTC
"""


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 1, "")
    if operands and operands[0][:1] != "+":
        cli.usage(f"{operands[0]}: a format begins with +; the time cannot be set")
    moment = time.time()
    if "d" in options:
        text = options["d"]
        if text[:1] != "@":
            cli.usage(f"-d {text}: write it as @SECONDS")
        moment = cli.number(text[1:], "the time")
        if abs(moment) > 2e11:
            cli.usage(f"-d {text}: too far away")
    form = operands[0][1:] if operands else "%Y-%m-%d" if "I" in options else "%a %b %e %H:%M:%S UTC %Y"
    form = form.replace("%s", str(int(moment // 1)))
    cli.write(time.strftime(form, time.gmtime(moment)) + "\n")


cli.run(main, HELP, flags="uI", values="d", long={"utc": "u", "date": "d", "iso-8601": "I"})
