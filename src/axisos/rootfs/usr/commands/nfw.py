"""nfw: the firewall, who may go where in the network."""

from __future__ import annotations

from axis import cli, net

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Facts = dict[str, Any]

HELP = """\
Usage: nfw [COMMAND]

  status        whether it is on, how many rules there are (this is what nfw alone does)
  rules         the rules of /etc/netpolicy.toml in their order; the first that matches decides
  hosts         the names of /etc/hosts.toml that lead elsewhere or nowhere
  audit [N]     the last N decisions (20) about your requests; root: about all
  stats         how often what was decided, and what your processes have open; root: all
  test URL      what it would say to you about URL; HOST PORT: about a connection
                root: nfw test URL RING UID asks for others

Only root:
  reload        read both files again; a mistake in them is told, and nothing changes
  enable, disable
  limit N       how many connections a user may have open
"""

DEFAULT_AUDIT = 20


def show_status(_operands: list[str]) -> None:
    stats = net.firewall("stats")
    cli.write(f"firewall  {'on' if stats['enabled'] else 'off'}\n")
    cli.write(f"rules     {stats['rules']}\nhosts     {stats['hosts']}\n")
    cli.write(f"limit     {stats['limit']} connections a user\n")
    network = net.info()
    cli.write(f"network   {'online' if network['online'] else 'offline'}\n")
    if stats["mistake"]:
        cli.warn("programs are denied everything", stats["mistake"])


def show_rules(_operands: list[str]) -> None:
    fields = ("action", "proto", "host", "port", "ring", "uid", "comment")
    rows = [
        [str(number), *(str(rule[field]) for field in fields)] for number, rule in enumerate(net.firewall("rules"), 1)
    ]
    cli.table(["#", *(field.upper() for field in fields)], rows)


def show_hosts(_operands: list[str]) -> None:
    rows = [
        [name, "blocked" if target in ("0.0.0.0", "127.0.0.1") else target]
        for name, target in sorted(net.firewall("hosts").items())
    ]
    cli.table(["NAME", "LEADS TO"], rows)


def show_audit(operands: list[str]) -> None:
    count = cli.integer(operands[0], "the number of decisions", 1) if operands else DEFAULT_AUDIT
    rows = [
        [
            f"{entry['time']:.3f}", entry["action"], entry["proto"], f"{entry['host']}:{entry['port']}",
            str(entry["pid"]), str(entry["uid"]), entry["comment"],
        ]
        for entry in net.firewall("audit", count)
    ]
    cli.table(["TIME", "ACTION", "PROTO", "TARGET", "PID", "UID", "WHY"], rows)


def show_stats(_operands: list[str]) -> None:
    stats = net.firewall("stats")
    for action, count in stats["decisions"].items():
        cli.write(f"{action:<12}{count}\n")
    if stats["processes"]:
        rows = [[str(each[field]) for field in ("pid", "uid", "active", "bytes")] for each in stats["processes"]]
        cli.table(["PID", "UID", "OPEN", "BYTES"], rows)


def test(operands: list[str]) -> int:
    """Ask the engine that judges requests; 0 allowed, 1 denied."""
    if not operands:
        cli.usage("test: missing operand: a URL, or a host and a port")
    what, rest = operands[0], operands[1:]
    port = None
    if "://" not in what:
        if not rest:
            what = f"http://{what}"
        else:
            port = cli.integer(rest.pop(0), "the port", 1, 65535)
    ring = cli.number(rest[0], "the ring") if rest else None
    uid = cli.integer(rest[1], "the uid", 0) if len(rest) > 1 else None
    verdict: Facts = net.firewall("test", what, port, ring, uid)
    target = f"{verdict['proto']} {verdict['host']}:{verdict['port']}"
    cli.write(cli.printable(f"{verdict['action']}  {target}  {verdict['reason']}") + "\n")
    return cli.OK if verdict["allowed"] else cli.FAILED


def reload(_operands: list[str]) -> None:
    loaded = net.firewall("reload")
    cli.write(f"{loaded['rules']} rules, {loaded['hosts']} hosts\n")


def set_limit(operands: list[str]) -> None:
    if not operands:
        cli.usage("limit: missing operand: a number of connections")
    net.firewall("set_limit", cli.integer(operands[0], "the limit", 1))


def enable(_operands: list[str]) -> None:
    net.firewall("enable", True)


def disable(_operands: list[str]) -> None:
    net.firewall("enable", False)


COMMANDS: dict[str, tuple[Callable[[list[str]], int | None], int]] = {  # name -> what it does, most operands
    "status": (show_status, 0), "rules": (show_rules, 0), "hosts": (show_hosts, 0), "audit": (show_audit, 1),
    "stats": (show_stats, 0), "test": (test, 4), "reload": (reload, 0), "enable": (enable, 0), "disable": (disable, 0),
    "limit": (set_limit, 1),
}


def main(options: cli.Options, operands: list[str]) -> int | None:
    name, *rest = operands or ["status"]
    entry = COMMANDS.get(name)
    if entry is None:
        cli.usage(f"{name}: no such command")
    command, most = entry
    if len(rest) > most:
        cli.usage(f"{rest[most]}: too many operands")
    return command(rest)


cli.run(main, HELP)
