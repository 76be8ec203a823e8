"""The commands curl, wget, ping, nfw and netstat, over a network in this process."""

# ruff: noqa: E501 - a command line and what it prints read best on one line
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from axisos import FakeNetwork, Machine, host

Run = Callable[..., host.Result]


@pytest.fixture
def network() -> FakeNetwork:
    network = FakeNetwork()
    network.page("http://web.test/", "hello\n", headers={"Content-Type": "text/plain"})
    network.page("http://web.test/file.bin", bytes(range(256)) * 1000)
    network.page("http://web.test/cut", b"x" * 1000, cut_after=10)
    network.page("http://web.test/old", "", 302, {"Location": "/"})
    network.site("api.test", lambda asked: (200, {}, f"{asked.method} {sorted(asked.headers.items())} {asked.body!r}\n"))
    network.tcp("echo.test", 80, lambda data: data)
    network.silent("slow.test")
    return network


@pytest.fixture
def run(network: FakeNetwork) -> Run:
    """`run(line, user="guest")` runs one shell line in a new machine on the network."""

    def run_line(line: str, user: str = "guest", **job: Any) -> host.Result:
        with Machine(seed=7, internet=network) as machine:
            return host.run(machine, None, user=user, line=line, timeout=600, **job)

    return run_line


def test_curl_writes_the_body(run: Run) -> None:
    """And nothing else, where its output is no terminal; the scheme may be left out."""
    result = run("curl http://web.test/; curl web.test | wc -l; curl -s web.test/file.bin | wc -c")
    assert (result.stdout, result.stderr, result.exit_code) == (b"hello\n1\n256000\n", b"", 0)


def test_curl_sends_what_it_is_told(run: Run) -> None:
    """Method, headers as often as given, a body from the line or from a file."""
    result = run("echo -n file > /tmp/body; curl -X PUT -d '{}' -H 'Content-Type: application/json' -H 'X-A: b: c' api.test; curl -d @/tmp/body api.test; curl -X DELETE api.test")
    assert result.stdout.decode().splitlines() == [
        "PUT [('Content-Type', 'application/json'), ('X-A', 'b: c')] b'{}'",
        "POST [('Content-Type', 'application/x-www-form-urlencoded')] b'file'", "DELETE [] None",
    ]
    assert result.stderr == b""


def test_curl_shows_heads(run: Run) -> None:
    """-I the head alone, -v the conversation on standard error, -L what a redirect leads to."""
    result = run("curl -I web.test; curl -v -L web.test/old; curl web.test/old; curl -sv web.test > /dev/null")
    assert result.stdout == b"HTTP 200 OK\nContent-Length: 6\nContent-Type: text/plain\nhello\n"
    assert result.stderr.decode().splitlines() == [
        "curl: > GET http://web.test/old", "curl: < HTTP 200 OK", "curl: < Content-Length: 6", "curl: < Content-Type: text/plain",
    ]
    assert result.exit_code == 0


@pytest.mark.parametrize(("line", "code", "said"), [
    ("curl", 2, "curl: missing operand: a URL (see curl --help)"), ("curl a b", 2, "curl: b: too many operands (see curl --help)"),
    ("curl -H nonsense web.test", 2, "curl: nonsense: a header is NAME: VALUE (see curl --help)"),
    ("curl -m x web.test", 2, "curl: x: the number of seconds must be a number (see curl --help)"),
    ("curl ftp://web.test/", 1, "curl: ftp://web.test/: a URL begins with http:// or https://"),
    ("curl -X BREW web.test", 1, "curl: the method is one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, not 'BREW'"),
    ("curl nowhere.test", 1, "curl: unknown host: nowhere.test"), ("curl web.test:81", 1, "curl: connection refused"),
    ("curl -m 1 slow.test", 1, "curl: slow.test did not answer within 1 s"), ("curl ads.example", 1, "curl: ads.example: blocked in /etc/hosts.toml"),
    ("curl -f web.test/none", 1, "curl: http://web.test/none: HTTP 404 Not Found"), ("curl -d @/none api.test", 1, "curl: /none: No such file or directory"),
    ("curl -s -o /etc/x web.test", 1, "curl: /etc/x: Permission denied"), ("curl -s web.test/cut > /dev/null", 1, "curl: connection lost"),
    ("wget", 2, "wget: missing operand: a URL (see wget --help)"), ("wget -q nowhere.test", 1, "wget: unknown host: nowhere.test"),
    ("wget -q web.test/none /tmp/x", 1, "wget: http://web.test/none: the server answered 404"),
    ("ping", 2, "ping: missing operand: a host (see ping --help)"), ("ping -c 21 a", 2, "ping: 21: the count must be from 1 to 20 (see ping --help)"),
    ("ping -p 0 a", 2, "ping: 0: the port must be from 1 to 65535 (see ping --help)"), ("ping evil_/x", 1, "ping: 'evil_/x' is no host: letters, digits, - and _ between dots; others in their xn-- form"),
    ("ping -p 22 echo.test", 1, "ping: echo.test:22: denied by rule 8 of /etc/netpolicy.toml (other connections)"),
    ("nfw brew", 2, "nfw: brew: no such command (see nfw --help)"), ("nfw rules x", 2, "nfw: x: too many operands (see nfw --help)"),
    ("nfw limit", 2, "nfw: limit: missing operand: a number of connections (see nfw --help)"), ("nfw test", 2, "nfw: test: missing operand: a URL, or a host and a port (see nfw --help)"),
    ("nfw disable", 1, "nfw: nf_enable: only uid 0 may change or ask that"), ("nfw reload", 1, "nfw: nf_reload: only uid 0 may change or ask that"),
    ("nfw limit 99", 1, "nfw: nf_set_limit: only uid 0 may change or ask that"), ("netstat x", 2, "netstat: x: too many operands (see netstat --help)"),
])  # fmt: skip
def test_what_cannot_be_done_is_one_line(run: Run, line: str, code: int, said: str) -> None:
    """Which command, what and why, on standard error; 2 for wrong use, 1 for the rest."""
    result = run(line)
    assert (result.stdout, result.stderr.decode(), result.exit_code) == (b"", said + "\n", code)


def test_wget_makes_a_file(run: Run) -> None:
    """Named as in the URL, or as told, also into a directory; a break leaves nothing."""
    result = run("cd /tmp; mkdir d; wget web.test/file.bin?x=1; wget -q web.test page; wget web.test d; ls; wc -c file.bin page d/index.html; wget -q web.test/cut; ls cut")
    assert result.stdout.decode().splitlines() == [
        "file.bin: 256,000 bytes", "d/index.html: 6 bytes", "d/", "file.bin", "page", "256000 file.bin", "     6 page", "     6 d/index.html", "256012 total",
    ]
    assert result.stderr.decode().splitlines() == ["wget: connection lost", "ls: cut: No such file or directory"]


def test_ping_tells_each_probe_and_a_sum(run: Run) -> None:
    """A second apart; the status says whether anybody has answered."""
    result = run("ping -c 2 echo.test && ping -c 1 -t 0.5 slow.test || ping -c 2 -i 0 nowhere.test; echo $?")
    assert result.stdout.decode().splitlines() == [
        "PING echo.test port 80, tcp", "1: 10.005 ms", "2: 10.005 ms", "echo.test: 2 sent, 2 received, 0 % lost", "min/avg/max 10.005/10.005/10.005 ms",
        "PING slow.test port 80, tcp", "1: timeout", "slow.test: 1 sent, 0 received, 100 % lost",
        "PING nowhere.test port 80, tcp", "1: unknown host: nowhere.test", "2: unknown host: nowhere.test", "nowhere.test: 2 sent, 0 received, 100 % lost", "1",
    ]


def test_ping_ends_early_with_what_it_has(network: FakeNetwork) -> None:
    """Ctrl+C is no failure: the sum of what came so far, and its status."""
    with Machine(seed=7, internet=network) as machine:
        machine.power_on()
        machine.run_until("login:")
        machine.type("guest\nguest\n")
        machine.run_until("guest@")
        machine.type("ping -c 20 echo.test; echo status $?\n")
        machine.run_until("2: ")
        machine.press("ctrl+c")
        machine.run_until("status 0")
        lines = [line.strip() for line in machine.screen.text().splitlines()]
        assert any(line.startswith("echo.test: 2 sent, 2 received") for line in lines)
        machine.type("curl web.test\n")
        machine.run_until("hello")
        assert "HTTP 200 OK" in [line.strip() for line in machine.screen.text().splitlines()]


def test_nfw_shows_and_tries_the_policy(run: Run) -> None:
    """Rules, hosts, the record of a denial, and a test by the engine itself, whose status is the answer."""
    result = run("nfw; nfw rules | head -2; nfw hosts; curl -s web.test > /tmp/x; curl -s ads.example; nfw audit 1; nfw stats; nfw test http://x.malware.example/; nfw test web.test && nfw test echo.test 22 || echo denied")
    lines = result.stdout.decode().splitlines()
    audit = lines.pop(10).split()
    assert audit[1:4] == ["DENY", "http", "ads.example:80"] and audit[5:] == ["1000", "blocked", "in", "/etc/hosts.toml"]
    assert lines == [
        "firewall  on", "rules     8", "hosts     1", "limit     10 connections a user", "network   online",
        "#  ACTION  PROTO  HOST                        PORT  RING  UID  COMMENT", "1  allow   any    *                           *     0     *    the kernel",
        "NAME         LEADS TO", "ads.example  blocked",
        " TIME  ACTION  PROTO  TARGET          PID   UID  WHY",
        "ALLOW       1", "LOG_ALLOW   0", "DENY        1", "DENY_LIMIT  0",
        "DENY  http x.malware.example:80  rule 4 of /etc/netpolicy.toml (a sample of a host that nobody may ask)",
        "ALLOW  http web.test:80  rule 5 of /etc/netpolicy.toml (the web)", "DENY  tcp echo.test:22  rule 8 of /etc/netpolicy.toml (other connections)", "denied",
    ]


def test_root_changes_the_firewall(run: Run, tmp_path: Path) -> None:
    """A new rule counts after a reload; a mistake is told and changes nothing; a limit, off and on."""
    (tmp_path / "good").write_text('[[rule]]\naction = "deny"\nhost = "web.test"\n[[rule]]\naction = "allow"\n')
    (tmp_path / "bad").write_text('[[rule]]\naction = "allow"\nhost = 7\n')
    put = [(str(tmp_path / name), f"/tmp/{name}") for name in ("good", "bad")]
    result = run("curl web.test; cp /tmp/good /etc/netpolicy.toml; curl web.test; nfw reload; curl web.test; cp /tmp/bad /etc/netpolicy.toml; nfw reload; nfw test web.test 80 3 1000; nfw disable; curl web.test; nfw limit 3; nfw enable; nfw | head -4", "root", put=put)
    assert result.stdout.decode().splitlines() == [
        "hello", "hello", "2 rules, 1 hosts", "DENY  tcp web.test:80  rule 1 of /etc/netpolicy.toml", "hello", "firewall  on", "rules     2", "hosts     1", "limit     3 connections a user",
    ]
    assert result.stderr.decode().splitlines() == [
        "curl: web.test: denied by rule 1 of /etc/netpolicy.toml",
        "nfw: /etc/netpolicy.toml: rule 1: host and comment are texts; nothing was changed",
    ]


def test_a_policy_with_a_mistake_is_told_and_closes_the_network(run: Run, tmp_path: Path) -> None:
    """Programs are denied, nfw and the log say why; root mends the file."""
    (tmp_path / "bad").write_text('[[rule]]\naction = "permit"\n')
    (tmp_path / "good").write_text('[[rule]]\naction = "allow"\n')
    put = [(str(tmp_path / "bad"), "/etc/netpolicy.toml"), (str(tmp_path / "good"), "/tmp/good")]
    result = run("curl web.test; nfw > /tmp/x; dmesg | grep -c 'AxisNet: /etc/netpolicy.toml: rule 1: action'; cp /tmp/good /etc/netpolicy.toml; nfw reload; curl web.test", "root", put=put)
    assert result.stdout.decode().splitlines() == ["1", "1 rules, 1 hosts", "hello"]
    mistake = "/etc/netpolicy.toml: rule 1: action is one of allow, deny, log, not 'permit'"
    assert result.stderr.decode().splitlines() == [
        f"curl: web.test: the network policy has a mistake: {mistake}", f"nfw: programs are denied everything: {mistake}",
    ]


def test_netstat_shows_what_is_open(run: Run, tmp_path: Path) -> None:
    """Root sees the session of another user's program, the user its own; afterwards it is gone."""
    (tmp_path / "hold.py").write_text(
        "from axis import net\nimport subprocess\n"
        "with net.connect('echo.test', 80) as socket:\n    socket.write('hi')\n    subprocess.run(['netstat'])\nsubprocess.run(['netstat', '-c'])\n"
    )
    result = run("/tmp/hold.py", put=[(str(tmp_path / "hold.py"), "/tmp/hold.py")])
    lines = [line.split() for line in result.stdout.decode().splitlines()]
    assert lines[0] == ["ID", "TYPE", "STATUS", "PID", "UID", "BYTES", "AGE", "TARGET"]
    assert lines[1][:3] == ["1", "tcp", "connected"] and lines[1][4:6] == ["1000", "2"] and lines[1][-1] == "tcp://echo.test:80"
    assert ["1", "of", "32", "sessions", "in", "use,", "online"] in lines and ["0", "of", "32", "sessions", "in", "use,", "online"] in lines
    assert lines[-1] == ["ALLOW", "1", "LOG_ALLOW", "0", "DENY", "0", "DENY_LIMIT", "0"]


@pytest.mark.parametrize("command", ["curl", "wget", "ping", "nfw", "netstat"])
def test_each_explains_itself(run: Run, command: str) -> None:
    """-h, and `help` lists it."""
    result = run(f"{command} -h; help | grep -c {command}")
    assert result.stdout.decode().startswith(f"Usage: {command}") and result.exit_code == 0
