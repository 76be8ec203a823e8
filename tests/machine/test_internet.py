"""The internet card: handles that never wait, a network in this process, and the host's network through an allowance."""

# ruff: noqa: E501 - a call and what comes of it read best on one line
from __future__ import annotations

import http.server
import os
import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axisos import FakeNetwork, Machine
from axisos.machine import fake_network, host_network
from axisos.machine.allowance import Allowance, is_public
from axisos.machine.components.internet import MAX_LINKS, Internet
from axisos.machine.errors import ComponentError
from axisos.machine.host_network import HostNetwork
from axisos.machine.network import LINK_BYTES, HttpRequest

from .conftest import Boot

# --- the card over a network in this process

ASK = """
card = component.proxy(next(iter(component.list("internet", True))))
say(card.isHttpEnabled(), card.isTcpEnabled())
def follow(handle):
    while not handle.finishConnect():
        say(computer.pull_signal()[0], handle.id()[-4:])
request = card.request("http://web.test/hello")
follow(request)
say(request.response()[:2], request.read(), request.read(), request.read())
echo = card.connect("echo.test:7")
say(echo.write("too early"))
follow(echo)
say(echo.read())
say(echo.read(), echo.write("ping"), computer.pull_signal()[0], echo.read(2), echo.read(2))
echo.close()
try:
    echo.read()
except Exception as error:
    say(error.reason, error.status)
computer.pull_signal()
"""


def test_a_program_in_the_eeprom_asks_and_is_told(boot: Boot) -> None:
    """No call waits: who hears "nothing yet" gets one signal, then the news is there; and it is the same with each run."""
    network = FakeNetwork()
    network.page("http://web.test/hello", "hi")
    network.tcp("echo.test", 7, lambda data: data, b"welcome")
    screens = []
    for _ in range(2):
        machine = boot(ASK, seed=3, internet=network)
        machine.run_until_idle()
        screens.append((machine.screen.text(), machine.clock.now()))
    assert screens[0] == screens[1]
    lines = [line.rstrip() for line in screens[0][0].splitlines() if line.strip()]
    assert lines == [
        "True True", "internet_ready 0001", "(200, 'OK') b'hi' None None", "0", "internet_ready 0002", "b'welcome'",
        "b'' 4 internet_ready b'pi' b'ng'", "connection lost 600",
    ]
    assert network.log == ["GET http://web.test/hello", "connect echo.test:7"] * 2


def test_a_machine_that_was_given_no_network_has_none(boot: Boot) -> None:
    """The card is there and says so."""
    machine = boot("""
card = component.proxy(next(iter(component.list("internet", True))))
say(card.isHttpEnabled(), card.isTcpEnabled())
for call in (lambda: card.request("http://web.test/"), lambda: card.connect("web.test", 80)):
    try:
        call()
    except Exception as error:
        say(error.reason, error.status, error.soft)
computer.pull_signal()
""")
    machine.run_until_idle()
    lines = [line.rstrip() for line in machine.screen.text().splitlines() if line.strip()]
    assert lines == ["False False", "internet access is unavailable 500 True", "tcp connections are unavailable 500 True"]


def test_what_makes_no_sense_is_refused_before_anything_is_asked() -> None:
    """Addresses, methods, headers; the reason is the game's text where it has one."""
    network = FakeNetwork()
    card = Internet("c0ffee", network)
    for args, reason in [
        (("nonsense",), "invalid address"), (("ftp://a.test/",), "unsupported protocol"), (("http://a b/",), "invalid address"),
        (("http://u@a.test/",), "invalid address"), (("http://a.test/", 7), "bad argument #2"), ((None,), "bad arguments #1"),
        (("http://a.test/", None, None, "CONNECT"), "unsupported method"), (("http://a.test/", None, None, "A B"), "unsupported method"),
        (("http://a.test/", None, {"A": "b\nc"}), "unsupported value"), (("http://a.test/", None, {"A:": "b"}), "unsupported header"),
        (("http://a.test/", None, [1]), "bad argument #3"), (("http://a.test/", None, {"A": "b" * 70_000}), "too long"),
    ]:  # fmt: skip
        with pytest.raises(ComponentError) as failure:
            card.request(*args)
        assert reason in failure.value.reason
    for args in [("a.test",), ("a.test", 0), ("a.test:80", 81), ("a.test", 70_000), ("a b", 80), ("", 80), ("::1", None)]:
        with pytest.raises(ComponentError) as failure:
            card.connect(*args)
        assert failure.value.reason.startswith(("address could not be parsed", "bad argument"))
    assert network.log == []


def test_handles_are_limited_and_end_with_the_machine() -> None:
    """The 65th is refused until one is closed; off, all are closed; errors are the game's way if asked for."""
    network = FakeNetwork()
    network.silent("slow.test")
    later: list[Callable[[], object]] = []
    card = Internet("c0ffee", network, later=lambda _seconds, action: later.append(action), http_errors="fail")
    handles = [card.connect("slow.test", 80) for _ in range(MAX_LINKS)]
    with pytest.raises(ComponentError, match="too many open connections"):
        card.connect("slow.test", 80)
    handles[0].close()
    handles[0].close()
    request = card.request("http://slow.test:81/")
    network.page("http://web.test/", "", 404)
    card.stopped()
    for handle in (*handles, request):
        with pytest.raises(ComponentError, match="connection lost"):
            handle.finish_connect()
    missing = card.request("http://web.test/")
    for action in later:
        action()
    with pytest.raises(ComponentError, match="404 Not Found"):
        missing.finish_connect()


def test_what_nobody_reads_does_not_pile_up() -> None:
    """A link is full at its limit; the rest waits at the other end and comes as there is room, byte for byte."""
    network = FakeNetwork()
    story = os.urandom(3 * LINK_BYTES)
    network.page("http://web.test/", story)
    later: list[Callable[[], object]] = []
    card = Internet("c0ffee", network, later=lambda _seconds, action: later.append(action))
    request = card.request("http://web.test/")
    later.pop()()
    link = next(iter(card._links.values()))
    assert LINK_BYTES <= link.buffered < LINK_BYTES + (1 << 15)
    got = b""
    while (data := request.read(10_000)) is not None:
        assert data and link.buffered < LINK_BYTES + (1 << 15)
        got += data
    assert got == story


def test_a_directory_is_a_network(tmp_path: Any) -> None:
    """DIRECTORY/HOST/path is http://HOST/path and https; what lies outside, or is hidden, is not served."""
    (tmp_path / "web.test" / "sub").mkdir(parents=True)
    (tmp_path / "web.test:8080").mkdir()
    (tmp_path / "web.test" / "index.html").write_text("index")
    (tmp_path / "web.test" / ".secret").write_text("secret")
    (tmp_path / "web.test:8080" / "data.json").write_text("{}")
    (tmp_path / "outside.txt").write_text("outside")
    network = FakeNetwork.from_directory(str(tmp_path))
    later: list[Callable[[], object]] = []
    card = Internet("c0ffee", network, later=lambda _seconds, action: later.append(action))

    def ask(url: str, method: str = "GET") -> tuple[int, bytes]:
        request = card.request(url, None, None, method)
        later.pop()()
        response = request.response()
        assert response is not None
        return response[0], request.read() or b""

    assert ask("http://web.test/") == ask("https://web.test/?x=1") == (200, b"index")
    assert ask("http://web.test:8080/data.json") == (200, b"{}") and ask("http://web.test/", "HEAD") == (200, b"")
    for path in ("none", "sub", ".secret", "../outside.txt", "%2e%2e/outside.txt", "sub/../../outside.txt"):
        assert ask(f"http://web.test/{path}")[0] == 404
    assert ask("http://web.test/", "POST")[0] == 405
    (tmp_path / "web.test:http").mkdir()
    with pytest.raises(ValueError, match="'http' is no port"):
        FakeNetwork.from_directory(str(tmp_path))


def test_a_network_of_files_has_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links may lead about in the directory, not out of it; pipes, devices and files without measure hold nobody up."""
    web, inside = tmp_path / "net" / "web.test", tmp_path / "net" / "other.test"
    web.mkdir(parents=True)
    inside.mkdir()
    (inside / "page").write_text("a page")
    (tmp_path / "secret").write_text("secret")
    for name, place in (("in", inside / "page"), ("out", tmp_path / "secret"), ("up", tmp_path), ("loop", web / "loop")):
        (web / name).symlink_to(place)
    (tmp_path / "net" / "all.test").symlink_to("/etc")
    (web / "zero").symlink_to("/dev/zero")
    os.mkfifo(web / "pipe")
    with open(web / "huge", "wb") as file:
        file.truncate(fake_network.MAX_PAGE_BYTES + 1)
    network = FakeNetwork.from_directory(str(tmp_path / "net"))

    def ask(host: str, path: str) -> tuple[int, bytes | str]:
        code, _, body = network._sites[host, 80](HttpRequest("GET", "http", host, 80, path, {}, None))
        return code, body

    assert ask("web.test", "/in") == (200, b"a page")
    for path in ("/out", "/up/secret", "/loop", "/zero", "/pipe", "/in\0"):
        assert ask("web.test", path)[0] == 404
    assert ask("all.test", "/passwd")[0] == 404
    assert ask("web.test", "/huge")[0] == 500


def test_what_lies_behind_the_card_is_said_when_a_machine_is_made() -> None:
    """A simulation cannot ask real hosts; a text is no list of hosts; a host that is none is told at once."""
    with pytest.raises(ValueError, match="FakeNetwork"):
        Machine(seed=1, internet=["example.org"])
    with pytest.raises(ValueError, match="list of hosts"):
        Machine(internet="example.org")
    with pytest.raises(ValueError, match="is no host"):
        Machine(internet=["example org"])
    Machine(internet=[])


def test_what_a_board_wants_done_later_is_done_at_its_time_and_in_its_run(boot: Boot) -> None:
    """In the order of the times, those asked for first first; a machine that goes off forgets it."""
    machine = boot("computer.pull_signal()", seed=3)
    done: list[object] = []
    for name, seconds in (("late", 2.0), ("early", 1.0), ("early too", 1.0), ("never", 4.0)):
        machine.call_later(seconds, lambda name=name: done.append((name, round(machine.clock.now(), 3))))  # type: ignore[misc]
    machine.run_for(3)
    assert done == [("early", 1.0), ("early too", 1.0), ("late", 2.0)]
    machine.power_off()
    machine.power_on()
    machine.run_for(10)
    assert len(done) == 3


# --- the allowance


@pytest.mark.parametrize(("entries", "permitted", "refused"), [
    (["web.test"], [("web.test", 80), ("web.test", 7)], [("a.web.test", 80), ("xweb.test", 80), ("10.0.0.1", 80)]),
    (["web.test:80"], [("web.test", 80)], [("web.test", 81)]),
    (["*.web.test:80"], [("a.web.test", 80), ("a.b.web.test", 80)], [("web.test", 80), ("a.web.test", 81), ("aweb.test", 80)]),
    (["*"], [("web.test", 80), ("8.8.8.8", 80)], []), (["10.0.0.0/8"], [("10.1.2.3", 80)], [("11.0.0.1", 80), ("web.test", 80)]),
    (["[::1]:7"], [("::1", 7)], [("::1", 8)]), (["::1"], [("::1", 8)], []), (["localhost"], [("localhost", 1), ("127.0.0.1", 1)], []),
    ([], [], [("web.test", 80)]), (["WEB.Test."], [("web.test", 80)], []),
])  # fmt: skip
def test_only_hosts_on_the_list_may_be_asked(entries: list[str], permitted: list[tuple[str, int]], refused: list[tuple[str, int]]) -> None:
    """By name, by pattern, by address, by block, with a port or for all."""
    allowance = Allowance(entries)
    assert all(allowance.permits(*target) for target in permitted)
    assert not any(allowance.permits(*target) for target in refused)


@pytest.mark.parametrize("entry", ["", "a b", "*.", "a*b", "*.*.test", "10.0.0.1/8", "10.0.0.0/99", "256.1.1.1", "2130706433", "127.1",
                                   "web.test:", "web.test:0", "web.test:x", "[::1", "[::1]x", "http://web.test/", "web.test/80"])
def test_an_entry_that_makes_no_sense_is_told(entry: str) -> None:
    """As one sentence with the entry in it."""
    with pytest.raises(ValueError, match=r"no host|no port|port is missing|in brackets"):
        Allowance([entry])


PRIVATE = ["127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
           "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1", "::", "::1", "fe80::1", "fc00::1", "fd00::1", "ff02::1", "fec0::1",
           "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "::127.0.0.1", "2001:db8::1",
           "2001:0:7f00:1::"]


def test_no_address_is_public_that_leads_back_inside() -> None:
    """Loopback, private, link-local, reserved, and IPv6 addresses that wrap such; a list of everything does not open them."""
    import ipaddress

    everything = Allowance(["*"])
    for text in PRIVATE:
        address = ipaddress.ip_address(text)
        assert not is_public(address), text
        assert not everything.permits_address(address, 80), text
        assert Allowance([text]).permits_address(address, 80), text
    for text in ("8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"):
        assert is_public(ipaddress.ip_address(text)), text


@given(st.ip_addresses(v=4))
@settings(deadline=None)
def test_a_wrapped_address_is_as_public_as_the_one_inside(address: Any) -> None:
    """In each of the forms in which an IPv6 address can carry an IPv4 one."""
    import ipaddress

    number = int(address)
    for wrapped in ((0xFFFF << 32) | number, (0x64FF9B << 96) | number, (0x2002 << 112) | (number << 80), number):
        if not is_public(address):
            assert not is_public(ipaddress.IPv6Address(wrapped))


# --- the host's network, against servers in this process


class Bench:
    """A card on the host's network without a machine: this thread is the machine's, and does what helpers post."""

    def __init__(self, allow: list[str]) -> None:
        self._posts: queue.Queue[Callable[[], object]] = queue.Queue()
        self.network = HostNetwork(allow, self._posts.put)
        self.card = Internet("c0ffee", self.network)

    def until(self, done: Callable[[], Any]) -> Any:
        """Work until something is so; its value."""
        while not (value := done()):
            self._posts.get(timeout=20)()
        return value

    def work(self, wait: bool) -> None:
        """Do what was posted; *wait* until there is something."""
        if wait:
            self._posts.get(timeout=20)()
        while not self._posts.empty():
            self._posts.get()()

    def read_all(self, handle: Any, count: int | None = None) -> bytes:
        pieces: list[bytes] = []
        while (data := handle.read(count)) is not None:
            if data:
                pieces.append(data)
            else:
                self._posts.get(timeout=20)()
        return b"".join(pieces)


class Pages(http.server.BaseHTTPRequestHandler):
    """A little web server."""

    protocol_version = "HTTP/1.1"
    hold: threading.Event

    def do_GET(self) -> None:
        if self.path == "/hold":
            self.hold.wait(20)
        body = {"/": b"hello", "/big": b"0123456789" * 300_000, "/short": b"x" * 50}.get(self.path, b"")
        self.send_response(200 if body else 404, "Fine" if body else "Missing")
        self.send_header("Content-Length", str(len(body) + (50 if self.path == "/short" else 0)))
        self.send_header("X-Twice", "1")
        self.send_header("X-Twice", "2")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.close_connection = True

    do_HEAD = do_GET

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told = f"{self.command} {self.headers['Host']} {self.headers['X-One']} ".encode() + body
        self.send_response(201)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in (told[:5], told[5:]):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    do_PUT = do_POST

    def log_message(self, *_: object) -> None:
        pass


class WebServer(http.server.ThreadingHTTPServer):
    """Its threads are joined when it is closed; a client that goes away early is nothing to talk about."""

    daemon_threads = False

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@pytest.fixture
def web() -> Iterator[int]:
    """The port of a web server in this process."""
    Pages.hold = threading.Event()
    server = WebServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_address[1]
    Pages.hold.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A listening socket whose other end the test plays."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.settimeout(20)
        yield made


@pytest.fixture
def bench() -> Iterator[Callable[..., Bench]]:
    """Benches that leave neither thread nor descriptor behind."""
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    made: list[Bench] = []

    def make(*allow: str) -> Bench:
        made.append(Bench(list(allow)))
        return made[-1]

    yield make
    for each in made:
        each.card.stopped()
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("axisos-net")]
    if before:
        assert len(os.listdir("/proc/self/fd")) <= before


def test_real_pages_are_fetched(bench: Callable[..., Bench], web: int) -> None:
    """GET, HEAD and errors, with the headers as they came."""
    it = bench(f"127.0.0.1:{web}")
    request = it.card.request(f"http://127.0.0.1:{web}/")
    it.until(request.finish_connect)
    code, message, headers = request.response()
    assert (code, message, headers["X-Twice"]) == (200, "Fine", ["1", "2"]) and it.read_all(request) == b"hello"
    head = it.card.request(f"http://127.0.0.1:{web}/big", None, None, "HEAD")
    it.until(head.finish_connect)
    assert head.response()[2]["Content-Length"] == ["3000000"] and it.read_all(head) == b""
    missing = it.card.request(f"http://127.0.0.1:{web}/none")
    it.until(missing.finish_connect)
    assert missing.response()[:2] == (404, "Missing")


def test_real_bodies_go_both_ways(bench: Callable[..., Bench], web: int) -> None:
    """What is posted arrives with its headers; chunks become one body; three megabytes come whole, and never too much at once."""
    it = bench(f"127.0.0.1:{web}")
    for method in ("POST", "PUT"):
        request = it.card.request(f"http://127.0.0.1:{web}/", b"some \x00 body", {"X-One": "eins"}, method)
        it.until(request.finish_connect)
        assert it.read_all(request) == f"{method} 127.0.0.1:{web} eins ".encode() + b"some \x00 body"
    big = it.card.request(f"http://127.0.0.1:{web}/big")
    it.until(big.finish_connect)
    link = next(each for each in it.card._links.values() if each.id == big.id())
    it.until(lambda: link.is_full)
    most = 0
    pieces: list[bytes] = []
    while (data := big.read(100_000)) is not None:
        pieces.append(data)
        it.work(wait=not data)
        most = max(most, link.buffered)
        assert link.carrier._unread >= link.buffered  # what the helper goes by is never too little
    assert b"".join(pieces) == b"0123456789" * 300_000
    assert LINK_BYTES - 100_000 <= most < LINK_BYTES + host_network.READ_BYTES


def test_an_answer_that_breaks_off_is_no_whole_answer(bench: Callable[..., Bench], web: int) -> None:
    """Fewer bytes than promised: they are given, then the connection is lost."""
    it = bench(f"127.0.0.1:{web}")
    request = it.card.request(f"http://127.0.0.1:{web}/short")
    it.until(request.finish_connect)
    assert it.until(request.read) == b"x" * 50
    with pytest.raises(ComponentError, match="connection lost"):
        it.read_all(request)


def test_https_is_for_servers_that_prove_who_they_are(
    bench: Callable[..., Bench], listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate that nobody vouches for, or of another name, is refused before a byte of the request is sent."""
    certificate = str(Path(__file__).with_name("localhost.pem"))  # of localhost, made for this test only
    port = listener.getsockname()[1]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    received: list[bytes] = []

    def serve() -> None:
        for _ in range(3):
            raw, _address = listener.accept()
            try:
                with context.wrap_socket(raw, server_side=True) as peer:
                    received.append(peer.recv(1000))
                    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
            except OSError:
                raw.close()

    server = threading.Thread(target=serve)
    server.start()
    it = bench("localhost", "127.0.0.0/8")
    doubtful = it.card.request(f"https://localhost:{port}/")
    with pytest.raises(ComponentError, match="certificate of localhost is not accepted: self-signed"):
        it.until(doubtful.finish_connect)
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    other = it.card.request(f"https://127.0.0.1:{port}/")
    with pytest.raises(ComponentError, match=r"certificate of 127\.0\.0\.1 is not accepted"):
        it.until(other.finish_connect)
    trusted = it.card.request(f"https://localhost:{port}/path")
    it.until(trusted.finish_connect)
    assert it.read_all(trusted) == b"secret"
    server.join(20)
    assert len(received) == 1 and received[0].startswith(b"GET /path HTTP/1.1\r\nHost: localhost:")


def test_a_real_conversation(bench: Callable[..., Bench], listener: socket.socket) -> None:
    """Connecting, both directions, the other side's end, and ours."""
    port = listener.getsockname()[1]
    it = bench("127.0.0.1")
    handle = it.card.connect("127.0.0.1", port)
    peer, _ = listener.accept()
    with peer:
        it.until(handle.finish_connect)
        assert handle.write(b"hello") == 5 and peer.recv(100) == b"hello"
        peer.sendall(b"back")
        assert it.until(handle.read) == b"back" and handle.read() == b""
        peer.shutdown(socket.SHUT_WR)
        assert it.read_all(handle) == b""
        assert handle.write(b"still here") == 10 and peer.recv(100) == b"still here"
        handle.close()
        assert peer.recv(100) == b""


def test_who_does_not_read_is_not_sent_more_than_fits(bench: Callable[..., Bench], listener: socket.socket) -> None:
    """A write takes what the socket takes, says 0 when it is full, and goes on when there is room; nothing is lost."""
    port = listener.getsockname()[1]
    it = bench("127.0.0.1")
    handle = it.card.connect("127.0.0.1", port)
    peer, _ = listener.accept()
    with peer:
        it.until(handle.finish_connect)
        total, chunk = 0, b"z" * (1 << 20)
        while taken := handle.write(chunk):
            total += taken
        received = 0
        while received < total:
            received += len(peer.recv(1 << 20))
        total += it.until(lambda: handle.write(b"more"))
        assert total == received + 4 and peer.recv(100) == b"more"


@pytest.mark.parametrize("how", ["close", "stop"])
def test_whatever_a_helper_waits_for_it_ends_with_its_handle(
    bench: Callable[..., Bench], listener: socket.socket, web: int, how: str
) -> None:
    """For a connection, an answer, data, room, a reader: closed or switched off, its thread and socket are gone."""
    port = listener.getsockname()[1]
    it = bench("127.0.0.1")
    silent = it.card.request(f"http://127.0.0.1:{port}/")  # accepted by nobody, answered by nobody
    held = it.card.request(f"http://127.0.0.1:{web}/hold")
    unread = it.card.request(f"http://127.0.0.1:{web}/big")
    idle = it.card.connect("127.0.0.1", port)
    full = it.card.connect("127.0.0.1", port)
    it.until(lambda: unread.finish_connect() and idle.finish_connect() and full.finish_connect())
    while full.write(b"z" * (1 << 20)):
        pass
    helpers = list(it.network._helpers)
    assert len(helpers) == 5
    if how == "close":
        for handle in (silent, held, unread, idle, full):
            handle.close()
        it.until(lambda: not it.network._helpers)
    else:
        it.card.stopped()
    for helper in helpers:
        helper.thread.join(20)
        assert not helper.thread.is_alive()


def test_a_port_that_nobody_listens_on_is_refused(bench: Callable[..., Bench], listener: socket.socket) -> None:
    """And so the handle says, soft."""
    port = listener.getsockname()[1]
    listener.close()
    it = bench("127.0.0.1")
    handle = it.card.connect("127.0.0.1", port)
    with pytest.raises(ComponentError, match="connection refused") as failure:
        it.until(handle.finish_connect)
    assert failure.value.soft


def test_a_name_that_leads_inside_leads_nowhere(
    bench: Callable[..., Bench], listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An allowed name whose name server says 127.0.0.1 is refused, and nobody is connected to; with the address on the list it works."""
    port = listener.getsockname()[1]
    lookups: list[str] = []

    def lookup(host: str, port: int, **_: object) -> list[Any]:
        lookups.append(host)
        if host == "unknown.test":
            raise socket.gaierror(8, "no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(host_network.socket, "getaddrinfo", lookup)
    it = bench("*")
    handle = it.card.connect("rebound.test", port)
    with pytest.raises(ComponentError, match=r"address is not allowed: rebound\.test leads to 127\.0\.0\.1") as failure:
        it.until(handle.finish_connect)
    assert failure.value.status == 500
    unknown = it.card.connect("unknown.test", port)
    with pytest.raises(ComponentError, match=r"unknown host: unknown\.test"):
        it.until(unknown.finish_connect)
    listener.settimeout(0)
    with pytest.raises(BlockingIOError):
        listener.accept()
    listed = bench("rebound.test", "127.0.0.1")
    handle = listed.card.connect("rebound.test", port)
    listed.until(handle.finish_connect)
    assert lookups == ["rebound.test", "unknown.test", "rebound.test"]  # each once: what was looked at is what is used


def test_what_is_not_on_the_list_is_not_even_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """No lookup, no thread, no socket: at once and soft, status 500."""
    monkeypatch.setattr(host_network.socket, "getaddrinfo", lambda *_, **__: pytest.fail("a name was looked up"))
    monkeypatch.setattr(host_network.socket, "socket", lambda *_, **__: pytest.fail("a socket was made"))
    it = Bench(["web.test:80", "10.0.0.1"])
    for call in (
        lambda: it.card.request("http://evil.test/"), lambda: it.card.request("https://web.test/"), lambda: it.card.connect("web.test", 81),
        lambda: it.card.connect("127.0.0.1", 80), lambda: it.card.request("http://[::ffff:127.0.0.1]/"), lambda: it.card.request("http://2130706433/"),
    ):
        with pytest.raises(ComponentError, match="address is not allowed") as failure:
            call()
        assert failure.value.status == 500
    assert not it.network._helpers
