"""The network driver: requests, connections, ping, whose a session is, time limits, and what is judged before what."""

# ruff: noqa: E501 - a request and what comes of it read best on one line
from __future__ import annotations

from typing import Any

import pytest
from netrig import GUEST, OTHER_USER, POLICY, ROOT, NetRig

from abi.irp import IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_READ
from abi.status import Status
from axisos.machine.components.internet import Internet
from axisos.machine.fake_network import FakeNetwork
from axisos.machine.network import OfflineNetwork
from drivers.internet.sessions import LAST_ID, MAX_SESSIONS, STALE_S
from small_kernel import ROOTFS, small_kernel


@pytest.fixture
def rig() -> NetRig:
    rig = NetRig()
    network = rig.network
    network.page("http://web.test/", "hello")
    network.page("http://web.test/big", b"0123456789" * 100_000)
    network.page("http://web.test/cut", b"x" * 1000, cut_after=100)
    network.page("http://sub.evil.test/", "evil")
    network.page("http://evil.test/", "evil")
    network.site("api.test", lambda asked: (201, {"X-Path": asked.path}, f"{asked.method} {asked.headers} {asked.body!r}"))
    network.tcp("echo.test", 7, lambda data: data, b"hi ")
    network.tcp("echo.test", 23, lambda data: data)
    network.silent("slow.test")
    return rig


def body_of(rig: NetRig, session_id: int, count: int | None = None, **who: Any) -> bytes:
    """All that can be read, and it must end with 602."""
    pieces = []
    while True:
        status, data = rig.ask("http_read", session_id, count, **who)
        if status:
            assert status == Status.END_OF_FILE
            return b"".join(pieces)
        assert data and (count is None or len(data) <= count)
        pieces.append(data)


# --- HTTP


def test_a_page_is_asked_for_and_read(rig: NetRig) -> None:
    """The head first, then the body, then its end; closed, the number means nothing any more."""
    answer = rig.do("http_request", "http://web.test/")
    assert (answer["status_code"], answer["status_message"], answer["headers"]) == (200, "OK", {"Content-Length": ["5"]})
    assert answer["connect_ms"] == 20.0
    number = answer["session_id"]
    assert body_of(rig, number) == b"hello"
    assert rig.ask("http_read", number)[0] == Status.END_OF_FILE
    assert rig.ask("http_close", number) == (0, 0)
    assert rig.ask("http_read", number)[0] == Status.INVALID_PARAMETER
    assert rig.open_links == 0


def test_a_megabyte_comes_whole_in_pieces_of_the_size_asked_for(rig: NetRig) -> None:
    """However it is cut, nothing is lost, doubled or put in another order."""
    number = rig.do("http_request", "http://web.test/big")["session_id"]
    assert rig.ask("http_read", number, 0) == (0, b"")
    assert body_of(rig, number, 70_001) == b"0123456789" * 100_000


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_every_method_is_sent_with_its_body_and_headers(rig: NetRig, method: str) -> None:
    """What was asked is what arrives; the driver adds nothing."""
    answer = rig.do("http_request", "http://api.test/a?b=c#d", method, "body", {"X-One": "1", "X-Two": 2})
    assert answer["status_code"] == 201 and answer["headers"]["X-Path"] == ["/a?b=c"]
    assert body_of(rig, answer["session_id"]) == (
        f"{method} {{'X-One': '1', 'X-Two': '2'}} b'body'".encode()
    )


def test_errors_of_the_web_server_are_answers(rig: NetRig) -> None:
    """404 has headers and a body like any other."""
    answer = rig.do("http_request", "http://web.test/nothing")
    assert answer["status_code"] == 404 and body_of(rig, answer["session_id"]) == b"there is no /nothing here\n"


@pytest.mark.parametrize(("url", "status", "said"), [
    ("http://nowhere.test/", 300, "unknown host: nowhere.test"),
    ("http://web.test:81/", 300, "connection refused"),
    ("http://slow.test/", 258, "slow.test did not answer within 10 s"),
    ("http://gone.test/", 500, "gone.test: blocked in /etc/hosts.toml"),
    ("http://sub.evil.test/", 500, "sub.evil.test: denied by rule 2 of /etc/netpolicy.toml (evil)"),
])  # fmt: skip
def test_what_cannot_be_fetched_says_why_and_leaves_nothing(rig: NetRig, url: str, status: int, said: str) -> None:
    """No session, no handle of the card, no count against the user stays behind."""
    assert rig.ask("http_request", url) == (status, said)
    assert rig.open_links == 0 and rig.do("session_list") == []
    assert rig.do("nf_stats")["processes"] == []


def test_a_connection_that_breaks_gives_what_came_and_then_the_reason(rig: NetRig) -> None:
    """The bytes before the break are not lost; after them the read fails, it does not end."""
    number = rig.do("http_request", "http://web.test/cut")["session_id"]
    assert rig.ask("http_read", number) == (0, b"x" * 100)
    assert rig.ask("http_read", number) == (300, "connection lost")


def test_the_time_limit_is_the_callers(rig: NetRig) -> None:
    """A limit of a minute is a minute, one of a tenth of a second that; both wait at the same time."""
    long, short = rig.start("http_request", "http://slow.test/", None, None, None, 60), None
    short = rig.start("http_request", "http://slow.test/", None, None, None, 0.1)
    rig.advance(0.2)
    assert rig.answer(short)[0] == Status.TIMEOUT and long.irp_id not in rig.answers
    rig.advance(59)
    assert long.irp_id not in rig.answers
    rig.advance(1)
    assert rig.answer(long) == (258, "slow.test did not answer within 60 s")


# --- TCP


def test_a_conversation(rig: NetRig) -> None:
    """The greeting, what is sent and comes back, one read at a time, and silence is a time-out and no end."""
    number = rig.do("tcp_connect", "echo.test", 7, 2)["session_id"]
    assert rig.do("tcp_read", number) == b"hi "
    waiting = rig.start("tcp_read", number, 3)
    assert rig.ask("tcp_read", number)[0] == Status.DEVICE_BUSY
    rig.advance(2)
    assert rig.answer(waiting) == (258, "echo.test:7 sent nothing for 2 s")
    assert rig.do("tcp_write", number, b"abcdef") == 6
    assert rig.do("tcp_read", number, 4) == b"abcd" and rig.do("tcp_read", number, 4) == b"ef"
    assert rig.do("tcp_close", number) == 0 and rig.open_links == 0


def test_a_number_of_another_kind_is_no_session(rig: NetRig) -> None:
    """http_read of a connection, tcp_read of a request: 601."""
    tcp = rig.do("tcp_connect", "echo.test", 7)["session_id"]
    http = rig.do("http_request", "http://web.test/")["session_id"]
    for method, number in (("http_read", tcp), ("http_close", tcp), ("tcp_read", http), ("tcp_write", http)):
        args = (b"x",) if method == "tcp_write" else ()
        assert rig.ask(method, number, *args)[0] == Status.INVALID_PARAMETER
    assert len(rig.do("session_list")) == 2


# --- ping


def test_ping_times_connections_and_counts_the_lost(rig: NetRig) -> None:
    """Answers, time-outs and refusals are told one by one and summed up; the next probe follows the last."""
    found = rig.do("ping", "echo.test", 7, 3)
    assert (found["sent"], found["recv"], found["loss"]) == (3, 3, 0.0)
    assert found["min_ms"] == found["avg_ms"] == found["max_ms"] == 10.0
    lost = rig.do("ping", "slow.test", 7, 2, 0.5)
    assert [each["status"] for each in lost["results"]] == ["timeout", "timeout"]
    assert (lost["loss"], lost["min_ms"]) == (100.0, None)
    refused = rig.do("ping", "nowhere.test", 7, 1)
    assert refused["results"] == [{"seq": 1, "status": "error", "ms": None, "error": "unknown host: nowhere.test"}]
    assert rig.open_links == 0 and rig.do("session_list") == []


def test_ping_asks_a_web_server_where_there_is_no_tcp(rig: NetRig) -> None:
    """The card has requests only: the head of / stands in, and is judged as a request."""
    rig.network.tcp_enabled = False
    found = rig.do("ping", "web.test", 80, 2)
    assert (found["method"], found["recv"]) == ("http", 2)
    assert rig.network.log == ["HEAD http://web.test/"] * 2
    assert rig.ask("ping", "evil.test")[0] == Status.ACCESS_DENIED


# --- whose a session is


def test_a_session_belongs_to_the_open_file(rig: NetRig) -> None:
    """Through another open nobody reads, writes, closes or sees it, not even a process of the same user; root sees it."""
    number = rig.do("tcp_connect", "echo.test", 7, file_id=1)["session_id"]
    for who in ({"file_id": 2}, {"file_id": 2, "uid": OTHER_USER, "pid": 30}, {"file_id": 2, "uid": ROOT}):
        for method, args in (("tcp_read", ()), ("tcp_write", (b"x",)), ("tcp_close", ())):
            assert rig.ask(method, number, *args, **who)[0] == Status.INVALID_PARAMETER
    assert rig.do("session_list", file_id=2, uid=OTHER_USER) == []
    assert [each["id"] for each in rig.do("session_list", file_id=3, uid=ROOT)] == [number]
    assert rig.do("tcp_read", number, file_id=1, pid=99) == b"hi "  # a thread, or a child that has the handle


def test_closing_the_file_closes_what_was_opened_through_it(rig: NetRig) -> None:
    """And answers whoever still waits there; other files keep theirs."""
    mine = rig.do("tcp_connect", "echo.test", 7, file_id=1)["session_id"]
    rig.do("tcp_connect", "echo.test", 7, file_id=2)
    rig.do("tcp_read", mine, file_id=1)
    waiting = rig.start("tcp_read", mine, file_id=1)
    connecting = rig.start("http_request", "http://slow.test/", file_id=1)
    rig.service.file_closed(1)
    assert rig.answer(waiting)[0] == rig.answer(connecting)[0] == Status.CANCELLED
    assert rig.open_links == 1 and len(rig.do("session_list", uid=ROOT)) == 1


def test_a_request_that_nobody_waits_for_any_more_opens_nothing(rig: NetRig) -> None:
    """Withdrawn while connecting, its session is gone; withdrawn while reading, the session is as before."""
    connecting = rig.start("tcp_connect", "echo.test", 7)
    rig.service.transfers.cancel(connecting)
    assert rig.open_links == 0
    number = rig.do("tcp_connect", "echo.test", 7)["session_id"]
    rig.do("tcp_read", number)
    reading = rig.start("tcp_read", number)
    rig.service.transfers.cancel(reading)
    rig.do("tcp_write", number, "again")
    assert rig.do("tcp_read", number) == b"again" and reading.irp_id not in rig.answers


def test_the_table_has_an_end_and_stale_sessions_make_room(rig: NetRig) -> None:
    """The 33rd session is 604 while all are in use; what nobody has used for two minutes is closed by itself."""
    for file_id in range(MAX_SESSIONS):
        rig.do("tcp_connect", "echo.test", 7, file_id=file_id, uid=2000 + file_id)
    assert rig.ask("tcp_connect", "echo.test", 7) == (604, "all 32 sessions of the network are in use")
    rig.advance(STALE_S - 1)
    assert rig.do("tcp_read", 1, file_id=0) == b"hi "
    rig.advance(1)
    assert [each["id"] for each in rig.do("session_list", uid=ROOT)] == [1] and rig.open_links == 1
    assert rig.do("tcp_connect", "echo.test", 7)["session_id"] == MAX_SESSIONS + 1


def test_what_has_ended_makes_room_at_once(rig: NetRig) -> None:
    """A full table of answers that were read to their end does not keep anybody out; `session_cleanup` does the same."""
    for file_id in range(MAX_SESSIONS):
        answer = rig.do("http_request", "http://web.test/", file_id=file_id, uid=2000 + file_id)
        body_of(rig, answer["session_id"], file_id=file_id, uid=2000 + file_id)
    assert rig.do("session_cleanup", uid=2005) == 1
    rig.do("tcp_connect", "echo.test", 7)
    rig.do("tcp_connect", "echo.test", 7)
    assert len(rig.do("session_list", uid=ROOT)) == 2


def test_numbers_wrap_and_skip_the_living(rig: NetRig) -> None:
    """After 99999 comes 1, unless it is in use."""
    first = rig.do("tcp_connect", "echo.test", 7)["session_id"]
    rig.service.transfers.sessions._last_id = LAST_ID - 1
    assert first == 1
    assert [rig.do("tcp_connect", "echo.test", 7)["session_id"] for _ in range(2)] == [LAST_ID, 2]


# --- the order: validate, hosts table, policy, limit, connect


@pytest.mark.parametrize(("method", "args"), [
    ("http_request", ("http://sub.evil.test/",)), ("http_request", ("http://gone.test/",)),
    ("tcp_connect", ("evil.test", 7)), ("tcp_connect", ("echo.test", 23)), ("ping", ("evil.test", 7)),
    ("http_request", ("nonsense",)), ("tcp_connect", ("echo.test", 70_000)),
])  # fmt: skip
def test_nothing_reaches_the_network_that_was_not_allowed(rig: NetRig, method: str, args: tuple[object, ...]) -> None:
    """The card is not even asked."""
    status, _ = rig.ask(method, *args)
    assert status in (Status.ACCESS_DENIED, Status.INVALID_PARAMETER)
    assert rig.network.log == []


def test_the_hosts_table_comes_before_the_rules(rig: NetRig) -> None:
    """The target is judged and connected to, the web server is told the name that was asked for."""
    rig.network.site("web.test", lambda asked: (200, {}, asked.headers["Host"]), 8080)
    answer = rig.do("http_request", "http://NICK.test:8080/")
    assert body_of(rig, answer["session_id"]) == b"nick.test:8080"
    rig.files["/etc/hosts.toml"] = '[hosts]\n"nick.test" = "evil.test"\n'
    rig.do("nf_reload", uid=ROOT)
    assert rig.ask("http_request", "http://nick.test/")[0] == Status.ACCESS_DENIED


def test_a_user_may_have_ten_connections(rig: NetRig) -> None:
    """The eleventh is 609, for this user only; a closed one makes room; the system is not counted."""
    numbers = [rig.do("tcp_connect", "echo.test", 7)["session_id"] for _ in range(10)]
    before = len(rig.network.log)
    assert rig.ask("tcp_connect", "echo.test", 7) == (609, "echo.test:7: user 1000 has 10 connections open")
    assert len(rig.network.log) == before
    rig.do("tcp_connect", "echo.test", 7, uid=OTHER_USER)
    for _ in range(3):
        rig.do("tcp_connect", "echo.test", 7, uid=GUEST, ring=2)
    rig.do("tcp_close", numbers[0])
    rig.do("tcp_connect", "echo.test", 7)
    assert rig.ask("tcp_connect", "echo.test", 7)[0] == Status.QUOTA_EXCEEDED


# --- arguments


@pytest.mark.parametrize(("method", "args"), [
    ("http_request", ()), ("http_request", (7,)), ("http_request", ("",)), ("http_request", ("http://web.test/", "BREW")),
    ("http_request", ("http://web.test/", "GET", "body")), ("http_request", ("http://web.test/", "POST", 7)),
    ("http_request", ("http://web.test/", None, None, [])), ("http_request", ("http://web.test/", None, None, {1: "x"})),
    ("http_request", ("http://web.test/", None, None, None, 0)), ("http_request", ("http://web.test/",) * 6),
    ("http_request", ("http://web.test/", None, None, None, float("nan"))), ("http_read", ("1",)), ("http_read", (None,)),
    ("tcp_connect", ("echo.test",)), ("tcp_connect", ("echo.test", "7")), ("tcp_connect", (None, 7)),
    ("ping", ("echo.test", 7, 0)), ("ping", ("echo.test", 7, 21)), ("ping", ("echo.test", 7, True)), ("info", (1,)),
    ("nf_audit", (-1,)), ("nf_test", ()), ("nf_test", ("echo.test", 0)),
])  # fmt: skip
def test_arguments_that_make_no_sense_are_601(rig: NetRig, method: str, args: tuple[object, ...]) -> None:
    """And nothing was asked of the network."""
    status, detail = rig.ask(method, *args)
    assert status == Status.INVALID_PARAMETER and detail
    assert rig.network.log == []


def test_headers_that_the_card_cannot_send_are_refused(rig: NetRig) -> None:
    """A line end in a header would end the request early; the session is taken back."""
    for headers in ({"X": "a\r\nHost: evil.test"}, {"X Y": "1"}, {"": "1"}, {"X": "\u20ac"}):
        status, _ = rig.ask("http_request", "http://web.test/", "GET", None, headers)
        assert status == Status.INVALID_PARAMETER
    assert rig.open_links == 0 and rig.do("session_list") == [] and rig.network.log == []


def test_an_unknown_method_is_301(rig: NetRig) -> None:
    """By its name."""
    assert rig.ask("brew") == (301, "the network has no method 'brew'")


def test_a_machine_without_a_network_says_so() -> None:
    """605 for all that would connect; what only asks works."""
    rig = NetRig(OfflineNetwork())
    for method, args in (("http_request", ("http://web.test/",)), ("tcp_connect", ("a.test", 7)), ("ping", ("a.test",))):
        status, detail = rig.ask(method, *args)
        assert status == Status.DEVICE_NOT_READY and "offline" in detail
    assert rig.do("info")["online"] is False and rig.do("nf_test", "http://web.test/")["allowed"] is True


# --- the older form


def test_a_url_is_written_and_its_answer_read(rig: NetRig) -> None:
    """Line ends are dropped; a second URL drops the first answer; before a URL there is nothing to read."""
    assert rig.read()[0] == Status.INVALID_PARAMETER
    assert rig.write("http://web.test/\r\n") == (0, 18)
    assert rig.read(3) == (0, b"hel") and rig.read() == (0, b"lo")
    assert rig.read()[0] == Status.END_OF_FILE and rig.read(file_id=2)[0] == Status.INVALID_PARAMETER
    assert rig.write("http://web.test/big")[0] == 0 and rig.open_links == 1
    assert rig.write("http://evil.test/")[0] == Status.ACCESS_DENIED
    assert rig.open_links == 0 and rig.read()[0] == Status.INVALID_PARAMETER
    rig.write("http://web.test/big")
    rig.advance(STALE_S)
    assert rig.open_links == 0 and rig.read() == (0, b"")


# --- under the real DKMS


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver imports its rooms from the directory that it lies in."""
    monkeypatch.syspath_prepend(str(ROOTFS / "drivers"))


def test_the_driver_lives_with_its_card(rooms: None) -> None:
    """Loaded for the card, device and link are there, and `Online`; a second load is a success and loads nothing; a request
    that waits when the card is pulled out ends with 405, and everything is gone.
    """
    network = FakeNetwork()
    network.silent("slow.test")
    card = Internet("c0ffee", network)
    with small_kernel(components={"c0ffee": ("internet", card)}) as kernel:
        policy = {"/etc/netpolicy.toml": POLICY.encode(), "/etc/hosts.toml": b""}
        kernel.files.update(policy)
        kernel.from_pm("load_driver_for_component", "internet", "c0ffee", 1)
        assert kernel.pm.pop()[2:4] == (0, "AxisNet")
        assert kernel.load("/drivers/internet.sys.py")[:2] == (0, "1 instance of AxisNet")
        assert len(kernel.drivers()) == 1
        assert kernel.registry["@VT\\DRV\\AxisNet\\c0ffee"]["Online"] is True
        kernel.open("/dev/net", 5)
        details = {"requester_uid": GUEST, "requester_ring": 3, "file_id": 5}
        assert kernel.control("/dev/net", "info", **details)[1]["online"] is True
        irp = kernel.irp(0x0E, "/dev/net", method="http_request", args=["http://slow.test/"], **details)
        kernel.from_pm("vfs_io_request", irp)
        assert not kernel.pm
        kernel.advance(5)
        assert not kernel.pm and irp.deadline is None
        del kernel.components["c0ffee"]
        kernel.from_pm("os_event", "component_removed", "c0ffee", "internet")
        assert kernel.answer_to(irp)[0] == Status.NO_SUCH_DEVICE
        assert kernel.drivers() == [] and kernel.ask(IRP_MJ_CREATE, "/dev/net")[0] == Status.NO_SUCH_DEVICE
        assert card._links == {}


def test_two_cards_are_two_devices(rooms: None) -> None:
    """The second is /dev/net1; each has its own sessions; closing works through both."""
    cards: dict[str, tuple[str, object]] = {name: ("internet", Internet(name, FakeNetwork())) for name in ("aaa", "bbb")}
    with small_kernel(components=cards) as kernel:
        kernel.files.update({"/etc/netpolicy.toml": b"", "/etc/hosts.toml": b""})
        assert kernel.load("/drivers/internet.sys.py")[:2] == (0, "2 instances of AxisNet")
        for number, link in enumerate(("/dev/net", "/dev/net1"), 7):
            kernel.open(link, number)
            assert kernel.control(link, "session_list", file_id=number) == (0, [])
            assert kernel.ask(IRP_MJ_CLOSE, link, file_id=number)[0] == 0
        assert kernel.ask(IRP_MJ_READ, "/dev/net1", file_id=9)[0] == Status.INVALID_PARAMETER
