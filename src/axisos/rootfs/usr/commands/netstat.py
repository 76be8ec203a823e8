"""netstat: what is open in the network, and what the firewall has decided."""

from __future__ import annotations

from axis import cli, net

HELP = """\
Usage: netstat [-c]

Show the requests and connections that your processes have open (root: all), and the counters of the firewall.

  -c  close what is stale first: sessions that have ended, and that nobody has used for two minutes
"""


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 0, "")
    if "c" in options:
        cli.write(f"closed: {net.cleanup()}\n")
    rows = [
        [
            str(each["id"]), each["type"], each["status"], str(each["pid"]), str(each["uid"]), str(each["bytes"]),
            f"{each['age_ms'] / 1000:.1f}", each["url"],
        ]
        for each in net.sessions()
    ]
    cli.table(["ID", "TYPE", "STATUS", "PID", "UID", "BYTES", "AGE", "TARGET"], rows)
    info = net.info()
    decisions = net.firewall("stats")["decisions"]
    cli.write(f"\n{info['active_sessions']} of {info['max_sessions']} sessions in use, ")
    cli.write("online\n" if info["online"] else "offline\n")
    cli.write("  ".join(f"{action} {count}" for action, count in decisions.items()) + "\n")


cli.run(main, HELP, flags="c")
