"""ping: how long it takes to connect to a host."""

from __future__ import annotations

import time

from axis import cli, net

HELP = """\
Usage: ping [-c COUNT] [-i SECONDS] [-p PORT] [-t SECONDS] HOST

Connect to a port of HOST some times, and say how long each took. (The network card knows TCP and HTTP only, no ICMP.)

  -c COUNT    how many times, from 1 to 20 (4)
  -i SECONDS  from one to the next (1)
  -p PORT     the port (80)
  -t SECONDS  how long to wait for each (5)

The exit status is 1 if HOST has not answered once. Ctrl+C ends it early.
"""


def main(options: cli.Options, operands: list[str]) -> int:
    cli.need_operands(operands, 1, 1, "a host")
    host = operands[0]
    count = cli.integer(options.get("c", "4"), "the count", 1, 20)
    port = cli.integer(options.get("p", "80"), "the port", 1, 65535)
    timeout = cli.number(options.get("t", "5"), "the number of seconds", 0.001)
    interval = cli.number(options.get("i", "1"), "the number of seconds", 0)
    probes: list[dict[str, object]] = []
    try:
        for number in range(1, count + 1):
            if number > 1:
                time.sleep(interval)
            result = net.ping(host, port, 1, timeout)
            if number == 1:
                cli.write(f"PING {result['host']} port {port}, {result['method']}\n")
            probes += result["results"]
            show(number, probes[-1])
    except KeyboardInterrupt:
        cli.write("\n")
    return summarize(host, probes)


def show(number: int, probe: dict[str, object]) -> None:
    said = f"{probe['ms']:.3f} ms" if probe["status"] == "ok" else probe["error"] or probe["status"]
    cli.write(cli.printable(f"{number}: {said}") + "\n")
    cli.flush()


def summarize(host: str, probes: list[dict[str, object]]) -> int:
    """The last lines; returns the exit status."""
    times = [probe["ms"] for probe in probes if isinstance(probe["ms"], float)]
    loss = 100 * (len(probes) - len(times)) / len(probes) if probes else 0.0
    cli.write(f"{host}: {len(probes)} sent, {len(times)} received, {loss:.0f} % lost\n")
    if not times:
        return cli.FAILED
    cli.write(f"min/avg/max {min(times):.3f}/{sum(times) / len(times):.3f}/{max(times):.3f} ms\n")
    return cli.OK


cli.run(main, HELP, values="cipt")
