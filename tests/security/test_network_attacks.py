"""Attacks on the network: around the rules, into other programs' sessions, out of the machine, against its life.

The attacker is a program of ring 3. What counts is what reached the network (`network.log`), not what it was told.
"""

# ruff: noqa: E501 - an attack reads best on one line
from __future__ import annotations

import os
import socket
import threading
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from axisos import FakeNetwork, Machine, host

DENY_EVIL = """
[[rule]]
action = "deny"
host = "evil.test"
[[rule]]
action = "deny"
host = "10.6.6.6"
[[rule]]
action = "deny"
host = "::6"
[[rule]]
action = "allow"
"""


@pytest.fixture
def network() -> FakeNetwork:
    """Every spelling of evil.test leads somewhere: what gets through is seen."""
    network = FakeNetwork()
    for name in ("evil.test", "evil.test.", "10.6.6.6", "::6", "good.test"):
        network.site(name, lambda asked: (200, {}, f"{asked.host} {asked.headers.get('Host')}"))
        network.site(name, lambda asked: (200, {}, asked.host), 8080)
        network.tcp(name, 7, lambda data: data)
    for code in (301, 302, 303, 307, 308):
        network.page(f"http://good.test:81/{code}", "", code, {"Location": "http://EVIL.test/"})
    return network


def attack(tmp_path: Path, network: Any, source: str, policy: str | None = DENY_EVIL, user: str = "guest", **job: Any) -> host.Result:
    """Run the attacker's program in a new machine."""
    program = tmp_path / "attacker.py"
    program.write_text(dedent(source))
    put = list(job.pop("put", []))
    if policy is not None:
        (tmp_path / "policy").write_text(policy)
        put.append((str(tmp_path / "policy"), "/etc/netpolicy.toml"))
    with Machine(seed=7, internet=network) as machine:
        return host.run(machine, str(program), user=user, put=put, timeout=2000, **job)


def test_no_spelling_leads_around_a_rule(tmp_path: Path, network: FakeNetwork) -> None:
    """Capitals, dots, ports, user names, escapes, fragments, disguised and wrapped addresses, other schemes and methods."""
    result = attack(tmp_path, network, r"""
        from axis import http, net
        urls = [
            "http://evil.test/", "HTTP://EVIL.TEST/", "http://Evil.Test./", "http://evil.test..", "http://evil.test:80/", "http://evil.test:8080/",
            "https://evil.test/", "http://evil.test?good.test", "http://evil.test#good.test", "http://evil.test/@good.test", "http://good.test@evil.test/",
            "http://good.test:80@evil.test/", "http://good.test\\@evil.test/", "http://good.test#@evil.test/", "http://good.test%40evil.test/", "http://%65vil.test/",
            "http://evil%2etest/", "http://evil.test%00.good.test/", "http://evil.test\t/", "http://evil.test\r\nHost: good.test/", " http://evil.test/", "http://\u0435vil.test/",
            "http://evil\u3002test/", "http:///evil.test/", "http:/evil.test/", "http:evil.test", "//evil.test/", "http://good.test//evil.test",
            "http://10.6.6.6/", "http://168167942/", "http://0xa060606/", "http://012.6.6.6/", "http://10.6.1542/", "http://10.6.6.6./", "http://[::ffff:10.6.6.6]/",
            "http://[::ffff:a06:606]/", "http://[0:0:0:0:0:ffff:10.6.6.6]/", "http://[::6]/", "http://[0::0:6]/", "http://[0000:0000:0000:0000:0000:0000:0000:0006]/", "http://[::0.0.0.6]/",
        ]
        for url in urls:
            for method in ("GET", "post", "HEAD"):
                try:
                    http.request(method, url, timeout=1)
                except ValueError:
                    pass
        hosts = ["evil.test", "EVIL.test", "evil.test.", "evil.test:7", "[::6]", "::6", "0::6", "10.6.6.6", "::ffff:10.6.6.6", "[::ffff:a06:606]", "168167942", "0xa.6.6.6", "evil.test\0", "evil.test/", "a@evil.test"]
        for name in hosts:
            for call in (lambda: net.connect(name, 7, 1), lambda: net.ping(name, 7, 1, 1)):
                try:
                    call()
                except (OSError, ValueError):
                    pass
        print("done")
    """)
    assert (result.stdout, result.exit_code) == (b"done\n", 0), result
    reached = [line for line in network.log if "//good.test/" not in line]
    assert reached == []


def test_a_redirect_is_a_request_like_any_other(tmp_path: Path, network: FakeNetwork) -> None:
    """An allowed host that sends the program to a denied one does not get it there, whatever the code."""
    result = attack(tmp_path, network, """
        from axis import http
        print([http.get(f"http://good.test:81/{code}").error for code in (301, 302, 303, 307, 308)])
    """)
    assert result.stdout.count(b"evil.test: denied by rule 1") == 5, result
    assert all("evil" not in line.lower() for line in network.log) and len(network.log) == 5


def test_a_header_cannot_say_another_host_or_smuggle_a_request(tmp_path: Path, network: FakeNetwork) -> None:
    """Host, lengths, transfer codings and line ends are not the program's to set."""
    result = attack(tmp_path, network, r"""
        from axis import http
        headers = [
            {"Host": "evil.test"}, {"HOST": "evil.test"}, {"host": "good.test:81"}, {"Host ": "evil.test"}, {"X": "1\r\nHost: evil.test"}, {"X\r\nHost": "evil.test"},
            {"Content-Length": "0"}, {"Transfer-Encoding": "chunked"}, {"Connection": "Upgrade"}, {"Upgrade": "h2c"}, {"Proxy-Authorization": "x"}, {"Expect": "100-continue"},
        ]
        refused = 0
        for each in headers:
            try:
                http.post("http://good.test/", "GET http://evil.test/ HTTP/1.1", each)
            except ValueError:
                refused += 1
        print(refused, len(headers), http.get("http://good.test/", {"Host": "GOOD.test"}).text)
        for method in ("GET http://evil.test/ HTTP/1.1\r\n\r\nGET", "CONNECT", "TRACE", "G\tET"):
            try:
                http.request(method, "http://good.test/")
            except ValueError:
                refused += 1
        print(refused)
    """)
    assert result.stdout.decode().splitlines() == ["12 12 good.test None", "16"], result
    assert network.log == ["GET http://good.test/"]


def test_sessions_of_others_are_out_of_reach(tmp_path: Path, network: FakeNetwork) -> None:
    """All numbers tried through a handle of its own, the attacker neither reads, writes, closes nor sees a session."""
    (tmp_path / "victim.py").write_text(dedent("""
        import time
        from axis import net
        with net.connect("good.test", 7) as socket:
            time.sleep(5)
            socket.write("secret")
            print(socket.read(100).decode())
    """))
    result = attack(tmp_path, network, """
        import subprocess, time
        from axis import net
        victim = subprocess.Popen(["/tmp/victim.py"], stdout=subprocess.PIPE)
        time.sleep(1)
        taken = []
        with net.Device() as device:
            for number in range(1, 2000):
                for method, args in (("tcp_read", (100,)), ("tcp_write", (b"x",)), ("tcp_close", ()), ("http_read", ()), ("http_close", ())):
                    try:
                        taken.append(device.control(method, number, *args))
                    except ValueError:
                        pass
            print(taken, device.control("session_cleanup"), len(device.control("session_list")))
        print(victim.communicate()[0].decode())
    """, put=[(str(tmp_path / "victim.py"), "/tmp/victim.py")])
    assert result.stdout.decode().split() == ["[]", "0", "1", "secret"], result


def test_what_other_users_do_is_not_told(tmp_path: Path, network: FakeNetwork) -> None:
    """A program of guest learns nothing of root's requests: sessions, record, statistics."""
    (tmp_path / "spy.py").write_text(dedent("""
        from axis import net
        print(net.sessions(), net.firewall("audit"), net.firewall("stats")["processes"])
    """))
    (tmp_path / "policy").write_text(DENY_EVIL)
    with Machine(seed=7, internet=network) as machine:
        machine.power_on()
        machine.run_until("login:")
        machine.type("root\nroot\n")
        machine.run_until("root@")
        machine.type("curl http://good.test/private; ping -c 1 good.test; printf 'from axis import net\\nprint(net.sessions(), net.firewall(\"audit\"))' > /tmp/spy.py; chmod 755 /tmp/spy.py; nfw audit\n")
        machine.run_until("TIME")
        machine.run_until_idle()
        machine.type("clear; su guest\n")
        machine.run_until("guest@")
        machine.type("/tmp/spy.py\n")
        machine.run_until("[] []")


def test_a_forger_cannot_answer_or_ask_in_anothers_name(tmp_path: Path, network: FakeNetwork) -> None:
    """Uid and ring come from the kernel: environment and arguments do not count; the driver believes PM and DKMS only."""
    result = attack(tmp_path, network, """
        import os, subprocess, sys
        from abi.status import StatusError
        from axis import net
        if len(sys.argv) > 1:
            for call in (lambda: net.firewall("enable", False), lambda: net.firewall("set_limit", 10_000), lambda: net.firewall("test", "http://good.test/", None, 0, 0)):
                try:
                    print(call())
                except PermissionError as error:
                    print(int(error.status))
        else:
            os.environ.update(UID="0", RING="0", USER="root")
            subprocess.run([sys.argv[0], "again"], env={"UID": "0", "RING": "0", "USER": "root"})
            driver = next(each["pid"] for each in syscall("process_list") if "internet.sys" in each["image"])
            for message in (("irp_dispatch", {"major": 14}), ("hardware_interrupt", "internet_ready", "x", "y"), ("driver_unload",), ("irp_cancel", 1)):
                try:
                    syscall("signal_send", driver, *message)
                except (StatusError, OSError) as error:
                    print(int(error.status))
            print(net.info()["online"])
    """)
    lines = result.stdout.decode().splitlines()
    assert lines[:3] == ["501", "501", "501"] and lines[-1] == "True" and set(lines[3:-1]) <= {"500", "501"}, result


def test_the_files_of_the_policy_are_roots(tmp_path: Path, network: FakeNetwork) -> None:
    """A program cannot write them, nor put others in their place."""
    result = attack(tmp_path, network, """
        import os
        from axis import http
        for path in ("/etc/netpolicy.toml", "/etc/hosts.toml"):
            for call in (lambda: open(path, "w"), lambda: open(path, "a"), lambda: os.remove(path), lambda: os.rename("/tmp/attacker.py", path), lambda: os.chmod(path, 0o777)):
                try:
                    call()
                    print("done", path)
                except OSError as error:
                    assert isinstance(error, PermissionError) or error.errno == 18, error  # 18: not even on that disk
        print(http.get("http://x.malware.example/").code)
    """, policy=None)
    assert result.stdout == b"0\n", result


def test_greed_stays_the_greedy_ones_trouble(network: FakeNetwork) -> None:
    """One user's program has all that it may have, and fifty threads that want more: another user gets a page at once."""
    network.silent("slow.test")
    greedy = (
        "import threading\\nfrom axis import net\\ndef want():\\n    while True:\\n        try:\\n            net.connect(\"slow.test\", 80, 60)\\n"
        "        except OSError: pass\\nfor _ in range(50): threading.Thread(target=want).start()\\n"
    )
    with Machine(seed=7, internet=network) as machine:
        machine.power_on()
        machine.run_until("login:")
        machine.type("root\nroot\n")
        machine.run_until("root@")
        machine.type(f"printf '{greedy}' > /tmp/greedy.py; chmod 755 /tmp/greedy.py; su guest\n")
        machine.run_until("guest@")
        machine.type("/tmp/greedy.py &\n")
        machine.run_for(5)
        machine.type("nfw; exit\n")
        machine.run_until("online")
        machine.type("clear\n")
        machine.run_for(1)
        machine.type("netstat | grep -c connecting; curl good.test\n")
        machine.run_until("good.test None", timeout=1)
        assert "10" in [line.strip() for line in machine.screen.text().splitlines()]


def test_a_program_that_is_killed_leaves_nothing_open(tmp_path: Path, network: FakeNetwork) -> None:
    """While connecting, reading, or holding: its sessions go with it."""
    network.silent("slow.test")
    (tmp_path / "held.py").write_text(dedent("""
        import sys, threading
        from axis import http, net
        kept = [net.connect("good.test", 7) for _ in range(3)]
        threading.Thread(target=lambda: kept[0].read(1)).start()
        threading.Thread(target=lambda: http.get("http://slow.test/", timeout=1000)).start()
        print("ready", flush=True)
        http.get("http://slow.test/", timeout=1000)
    """))
    result = attack(tmp_path, network, """
        import subprocess
        from axis import net
        for _ in range(8):
            held = subprocess.Popen(["/tmp/held.py"], stdout=subprocess.PIPE)
            held.stdout.readline()
            held.kill()
            held.wait()
        print(net.sessions(), net.info()["active_sessions"], net.firewall("stats")["processes"])
    """, put=[(str(tmp_path / "held.py"), "/tmp/held.py")])
    assert result.stdout == b"[] 0 []\n", result


# --- out of the machine, over the host's network


def test_an_offline_machine_makes_no_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a list of hosts nothing of the host's network is even loaded, whatever a program asks for."""
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("a socket was made"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("a name was looked up"))
    program = tmp_path / "program.py"
    program.write_text("from axis import http, net\nprint(http.get('http://127.0.0.1/').code, http.get('http://example.org/').code)\n")
    for machine in (Machine(), Machine(seed=7), Machine(seed=7, internet=FakeNetwork())):
        with machine:
            assert host.run(machine, str(program)).stdout == b"0 0\n"


def test_the_owners_list_holds_whatever_the_rules_allow(tmp_path: Path) -> None:
    """Root with an open policy reaches the one port on the list, and neither its neighbours nor a redirect to them."""
    with socket.create_server(("127.0.0.1", 0)) as listed, socket.create_server(("127.0.0.1", 0)) as neighbour:
        port, other = listed.getsockname()[1], neighbour.getsockname()[1]
        listed.settimeout(20)
        redirect = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{other}/\r\nContent-Length: 0\r\n\r\n".encode()

        def serve() -> None:
            peer, _ = listed.accept()
            with peer:
                peer.recv(1000)
                peer.sendall(redirect)

        server = threading.Thread(target=serve)
        server.start()
        program = tmp_path / "program.py"
        program.write_text(dedent(f"""
            from axis import http, net
            net.firewall("enable", False)
            print(http.get("http://127.0.0.1:{port}/").error)
            for url in ("http://127.0.0.1:{other}/", "http://localhost:{port}/", "http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{other}/", "http://example.org:{port}/"):
                print(http.get(url).error.partition(":")[0])
        """))
        machine = Machine(internet=[f"127.0.0.1:{port}"])
        result = host.run(machine, str(program), user="root")
        server.join(20)
        neighbour.settimeout(0)
        with pytest.raises(BlockingIOError):
            neighbour.accept()
    assert result.stdout.decode().splitlines() == [
        f"address is not allowed: 127.0.0.1:{other} is not on this machine's list of hosts (axisos run --allow-net)", *["address is not allowed"] * 5,
    ], result


def test_a_machine_that_is_switched_off_in_the_middle_leaves_neither_thread_nor_socket(tmp_path: Path) -> None:
    """Requests and connections under way, unread answers: after `power_off` the process is as it was before."""
    program = tmp_path / "program.py"
    before = {thread.ident for thread in threading.enumerate()}
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listed:
        port = listed.getsockname()[1]
        program.write_text(dedent(f"""
            import threading
            from axis import http, net
            kept = [net.connect("127.0.0.1", {port}) for _ in range(3)]
            for _ in range(3):
                threading.Thread(target=lambda: http.get("http://127.0.0.1:{port}/", timeout=600)).start()
            threading.Thread(target=lambda: kept[0].read(), daemon=True).start()
            print("ready", flush=True)
            kept[1].read()
        """))
        (tmp_path / "policy").write_text('[[rule]]\naction = "allow"\n')
        descriptors = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
        machine = Machine(internet=["127.0.0.1"])
        job = host.make_job(str(program), put=[(str(tmp_path / "policy"), "/etc/netpolicy.toml")])
        runner = host.JobRunner(machine, job)
        runner.port.feed_eof()
        machine.run_until(lambda: runner.port.pending(1))
        machine.run_until(lambda: len(machine.internet._links) == 6)
        assert len(threading.enumerate()) >= len(before) + 6
        machine.power_off()
        assert {thread.ident for thread in threading.enumerate()} == before
        if descriptors is not None:
            assert len(os.listdir("/proc/self/fd")) <= descriptors
