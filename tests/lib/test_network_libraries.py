"""axis.http and axis.net: whole answers and streams, redirects, downloads, connections, and the errors that programs get."""

# ruff: noqa: E501 - a line of a program reads best on one line
from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from axisos import FakeNetwork, Machine, host


@pytest.fixture
def network() -> FakeNetwork:
    network = FakeNetwork()
    network.page("http://web.test/", "h\u00e9llo\n")
    network.page("http://web.test/latin", "h\u00e9llo".encode("latin-1"), headers={"Content-Type": "text/plain; charset=ISO-8859-1"})
    network.page("http://web.test/data", '{"a": [1, 2]}', headers={"Content-Type": "application/json"})
    network.page("http://web.test/big", b"0123456789" * 50_000)
    network.page("http://web.test/cut", b"x" * 5000, cut_after=3000)
    network.site("api.test", lambda asked: (200, {"X-Path": asked.path}, f"{asked.method} {asked.path} {sorted(asked.headers.items())} {asked.body!r}"))
    network.tcp("echo.test", 80, lambda data: None if data == b"bye\n" else data, b"welcome\nto echo\n")
    network.silent("slow.test")
    return network


def run(tmp_path: Path, network: FakeNetwork, source: str, user: str = "guest", **job: Any) -> list[str]:
    """The lines that a program prints; it must end well."""
    program = tmp_path / "program.py"
    program.write_text(dedent(source))
    with Machine(seed=7, internet=network) as machine:
        result = host.run(machine, str(program), user=user, timeout=600, **job)
    assert (result.exit_code, result.stderr) == (0, b""), result
    return result.stdout.decode().splitlines()


def test_whole_answers(tmp_path: Path, network: FakeNetwork) -> None:
    """Body, text by its charset, JSON, headers in any capitals; an error code is an answer; where none came, `error` says why."""
    assert run(tmp_path, network, """
        from axis import http
        page = http.get("http://web.test/")
        print(page.code, page.message, page.ok, page.error, page.body, page.text.strip(), page.headers["CONTENT-length"], page.connect_ms)
        print(http.get("http://web.test/latin").text, http.get("http://web.test/data").json()["a"])
        missing = http.get("http://web.test/none")
        print(missing.code, missing.ok, missing.error, missing)
        for url in ("http://nowhere.test/", "http://slow.test/", "http://x.malware.example/", "http://web.test:81/"):
            answer = http.get(url, timeout=0.5)
            print(answer.code, answer.body, answer.error)
        for answer in (missing, answer):
            try:
                answer.raise_for_status()
            except ConnectionError as error:
                print(int(error.status), error.strerror)
    """) == [
        "200 OK True None b'h\\xc3\\xa9llo\\n' h\u00e9llo 7 20.005", "h\u00e9llo [1, 2]",
        "404 False None <Response 404 http://web.test/none>",
        "0 b'' unknown host: nowhere.test", "0 b'' slow.test did not answer within 0.5 s",
        "0 b'' x.malware.example: denied by rule 4 of /etc/netpolicy.toml (a sample of a host that nobody may ask)",
        "0 b'' connection refused",
        "300 http://web.test/none: 404 Not Found", "300 http://web.test:81/: connection refused",
    ]  # fmt: skip


def test_what_is_sent(tmp_path: Path, network: FakeNetwork) -> None:
    """Methods, bodies as text and bytes, headers; nothing is put in unasked."""
    assert run(tmp_path, network, """
        from axis import http
        print(http.post("http://api.test/p", "t\u00e9xt", {"X-One": "1"}).text)
        print(http.put("http://api.test/q?r=s", bytearray(b"bytes")).text)
        print(http.delete("http://api.test/d").text)
        print(http.head("http://api.test/h").headers["x-path"], http.head("http://api.test/h").body)
        print(http.request("options", "http://api.test/o").text)
        for wrong in (lambda: http.get("nonsense"), lambda: http.get("http://api.test/", {"Host": "evil.test"}), lambda: http.request("BREW", "http://api.test/"), lambda: http.get("http://api.test/", timeout=-1)):
            try:
                wrong()
            except ValueError as error:
                print(int(error.status), error)
    """) == [
        "POST /p [('X-One', '1')] b't\\xc3\\xa9xt'", "PUT /q?r=s [] b'bytes'", "DELETE /d [] None", "/h b''", "OPTIONS /o [] None",
        "601 nonsense: a URL begins with http:// or https://",
        "601 the header Host follows from the URL and the body, and cannot be given",
        "601 the method is one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, not 'BREW'",
        "601 a timeout is a number of seconds above 0 and up to 3600, not -1",
    ]  # fmt: skip


def test_streams(tmp_path: Path, network: FakeNetwork) -> None:
    """Read in pieces, by line, to the end; closed by `with`; what breaks off raises after what came."""
    assert run(tmp_path, network, """
        from axis import http, net
        with http.open("http://web.test/big") as stream:
            print(stream.code, stream.length, stream.read(12), len(stream.read()), stream.read(5), stream.read())
        print(stream.closed, net.sessions())
        with http.open("http://web.test/big") as stream:
            sizes = [len(chunk) for chunk in stream.chunks(1000)]
            print(sum(sizes), max(sizes))
        with http.open("http://web.test/") as stream:
            print(list(stream), list(stream.lines()))
        with http.open("http://web.test/cut") as stream:
            got = 0
            try:
                for chunk in stream.chunks(100):
                    got += len(chunk)
            except ConnectionResetError as error:
                print(got, int(error.status), error)
        try:
            stream.read()
        except ValueError as error:
            print(error)
    """) == [
        "200 500000 b'012345678901' 499988 b'' b''", "True []", "500000 1000", "[b'h\\xc3\\xa9llo\\n'] []",
        "3000 300 [Errno 104] connection lost", "it is closed",
    ]  # fmt: skip


def test_redirects_are_followed_as_new_requests(tmp_path: Path, network: FakeNetwork) -> None:
    """Absolute, relative and without a scheme; POST becomes GET where it should; a circle ends; private headers stay at home."""
    def redirect(code: int, place: str) -> Any:
        return lambda asked: (code, {"Location": place}, "gone")

    network.site("a.test", redirect(302, "http://api.test/landed"))
    network.site("b.test", redirect(307, "//api.test/kept?x"))
    network.page("http://web.test/dir/page", "", 301, {"Location": "other"})
    network.page("http://web.test/dir/other", "", 301, {"Location": "/?q"})
    network.site("c.test", redirect(302, "/again"))
    network.site("d.test", redirect(302, "http://x.malware.example/"))
    network.site("e.test", redirect(303, "http://api.test/seen"))
    assert run(tmp_path, network, """
        from axis import http
        secret = {"Authorization": "s3cret", "Cookie": "c=1", "X-Plain": "p", "Content-Type": "text/plain"}
        for url in ("http://a.test/", "http://b.test/", "http://e.test/"):
            answer = http.post(url, "body", secret)
            print(answer.url, answer.text)
        print(http.get("http://web.test/dir/page").url)
        print(http.get("http://c.test/").error)
        print(http.get("http://d.test/").error)
        with http.open("http://a.test/", redirects=0) as stream:
            print(stream.code, stream.headers["location"], stream.read())
    """) == [
        "http://api.test/landed GET /landed [('X-Plain', 'p')] None",
        "http://api.test/kept?x POST /kept?x [('Content-Type', 'text/plain'), ('X-Plain', 'p')] b'body'",
        "http://api.test/seen GET /seen [('X-Plain', 'p')] None",
        "http://web.test/?q", "http://c.test/again: more than 10 redirects",
        "x.malware.example: denied by rule 4 of /etc/netpolicy.toml (a sample of a host that nobody may ask)",
        "302 http://api.test/landed b'gone'",
    ]  # fmt: skip
    assert not any("malware" in line for line in network.log)


def test_downloads_are_whole_or_not_there(tmp_path: Path, network: FakeNetwork) -> None:
    """The bytes are in the file; a break or an error code leaves none."""
    assert run(tmp_path, network, """
        import os
        from axis import http
        seen = []
        print(http.download("http://web.test/big", "/tmp/big", seen.append), os.path.getsize("/tmp/big"), seen[-1], seen == sorted(seen))
        for url in ("http://web.test/cut", "http://web.test/none", "http://nowhere.test/"):
            try:
                print(http.download(url, "/tmp/other"))
            except ConnectionError as error:
                print(type(error).__name__, error.strerror)
            print(os.path.exists("/tmp/other"))
        try:
            http.download("http://web.test/", "/etc/other")
        except PermissionError as error:
            print(error.filename)
    """) == [
        "{'code': 200, 'bytes': 500000, 'connect_ms': 20.005} 500000 500000 True",
        "ConnectionResetError connection lost", "False", "{'code': 404, 'bytes': 0, 'connect_ms': 20.005}", "False",
        "ConnectionError unknown host: nowhere.test", "False", "/etc/other",
    ]  # fmt: skip


def test_connections(tmp_path: Path, network: FakeNetwork) -> None:
    """Lines and bytes both ways, the end, time-outs, refusals; ping; two at a time."""
    assert run(tmp_path, network, """
        from axis import net, thread
        with net.connect("echo.test", 80, timeout=1) as socket:
            print(socket, socket.connect_ms, socket.readline(), next(socket.lines()))
            print(socket.write("some text"), socket.read(4), socket.read(100))
            try:
                socket.read(1)
            except TimeoutError as error:
                print(int(error.status), error)
            socket.write(b"bye\\n")
            print(socket.read(), socket.read(1))
        print(socket.closed, socket)
        for host, port in (("echo.test", 81), ("nowhere.test", 443), ("web.test", 443), ("slow.test", 80)):
            try:
                net.connect(host, port, 0.2)
            except (PermissionError, ConnectionError, TimeoutError) as error:
                print(type(error).__name__, int(error.status), error.strerror)
        found = net.ping("echo.test", count=2)
        print(found["recv"], found["avg_ms"], net.ping("nowhere.test", count=1)["results"][0]["error"])
        done = []
        def talk(name):
            with net.connect("echo.test", 80) as socket:
                socket.readline(), socket.readline()
                socket.write(name)
                done.append(socket.read(10))
        thread.parallel([lambda: talk("one"), lambda: talk("two")])
        print(sorted(done), net.info()["active_sessions"], net.cleanup())
    """) == [
        "<Socket echo.test:80> 10.005 b'welcome\\n' to echo", "", "9 b'some' b' text'",
        "258 [Errno 110] echo.test:80 sent nothing for 1 s", "b'' b''", "True <Socket echo.test:80 closed>",
        "PermissionError 500 echo.test:81: denied by rule 8 of /etc/netpolicy.toml (other connections)",
        "ConnectionError 300 unknown host: nowhere.test", "ConnectionRefusedError 300 connection refused",
        "TimeoutError 258 slow.test:80 did not answer within 0.2 s",
        "2 10.005 unknown host: nowhere.test", "[b'one', b'two'] 0 0",
    ]  # fmt: skip


def test_a_limit_longer_than_dkms_has_is_kept(tmp_path: Path, network: FakeNetwork) -> None:
    """The time is the driver's to watch: a request of two minutes is not given up after DKMS's thirty seconds."""
    assert run(tmp_path, network, """
        import time
        from axis import http, net
        before = time.monotonic()
        print(http.get("http://slow.test/", timeout=120).error, round(time.monotonic() - before))
        with net.connect("echo.test", 80, timeout=90) as socket:
            socket.read(100)
            try:
                socket.read(100)
            except TimeoutError as error:
                print(error.strerror)
    """) == ["slow.test did not answer within 120 s 120", "echo.test:80 sent nothing for 90 s"]


def test_a_write_larger_than_the_way_takes_goes_in_pieces(tmp_path: Path, network: FakeNetwork) -> None:
    """All of it arrives, in its order."""
    got: list[bytes] = []
    network.tcp("sink.test", 80, lambda data: got.append(data) or b"")
    assert run(tmp_path, network, """
        from axis import net
        with net.connect("sink.test", 80) as socket:
            print(socket.write(b"0123456789" * 100_000), socket.write(b""), socket.write(memoryview(b"end")))
            try:
                socket.read(1)
            except TimeoutError:
                print("nothing comes back")
    """) == ["1000000 0 3", "nothing comes back"]
    assert b"".join(got) == b"0123456789" * 100_000 + b"end"


def test_a_machine_without_a_network(tmp_path: Path) -> None:
    """Programs are told that it is offline, in one sentence; asking about it works."""
    program = tmp_path / "program.py"
    program.write_text(dedent("""
        from axis import http, net
        print(http.get("http://web.test/").error)
        try:
            net.connect("web.test", 80)
        except OSError as error:
            print(int(error.status), error.strerror)
        print(net.info()["online"])
    """))
    with Machine(seed=7) as machine:
        result = host.run(machine, str(program))
    said = "this machine is offline; its owner decides otherwise (axisos run --allow-net)"
    assert result.stdout.decode().splitlines() == [said, f"605 {said}", "False"], result


def test_the_same_run_happens_again(tmp_path: Path) -> None:
    """With one seed the machine's trace is the same, network and all."""
    program = tmp_path / "program.py"
    program.write_text(dedent("""
        from axis import http, thread
        thread.parallel([lambda: http.get("http://web.test/"), lambda: http.get("http://slow.test/", timeout=0.1), lambda: http.get("http://web.test/big")])
    """))
    traces = []
    for _ in range(2):
        network = FakeNetwork()
        network.page("http://web.test/", "hello")
        network.page("http://web.test/big", b"x" * 200_000)
        network.silent("slow.test")
        lines: list[str] = []
        with Machine(seed=7, schedule="random", internet=network, trace=lines.append) as machine:
            assert host.run(machine, str(program), seed=11).exit_code == 0
        traces.append(lines)
    assert traces[0] == traces[1] and len(traces[0]) > 100


@pytest.mark.parametrize(("statement", "said"), [
    ("import socket", "axis.net opens connections"), ("import urllib.request", "axis.http asks web servers"),
    ("from urllib.request import urlopen", "axis.http asks web servers"), ("import http.client", "axis.http asks web servers"),
    ("import ssl", "axis.http asks https:// servers"),
])  # fmt: skip
def test_who_looks_for_pythons_own_modules_is_told_of_ours(tmp_path: Path, statement: str, said: str) -> None:
    """In the error of the import, and by `axisos check`."""
    program = tmp_path / "program.py"
    program.write_text(statement + "\n")
    with Machine(seed=7) as machine:
        result = host.run(machine, str(program))
    assert result.exit_code == 1 and said in result.stderr.decode().splitlines()[-1]
    done = subprocess.run([sys.executable, "-m", "axisos.supervisor", "check", str(program)], capture_output=True, text=True, check=False)
    assert said in done.stdout
