"""The firewall: spellings of hosts, rules, the hosts table, files with mistakes, the record, and who may change it."""

# ruff: noqa: E501 - a request and what comes of it read best on one line
from __future__ import annotations

import ipaddress
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from netrig import GUEST, HOSTS, OTHER_USER, POLICY, ROOT, NetRig

from abi.status import Status, StatusError
from axisos.machine.components import internet as card
from axisos.machine.errors import ComponentError
from drivers.internet.address import Target, parse_host, parse_url
from drivers.internet.rules import Rule, host_matcher, parse_hosts, parse_policy

# --- spellings


@pytest.mark.parametrize(("url", "same_as"), [
    ("HTTP://EXAMPLE.Test", "http://example.test/"), ("http://example.test.:80/#part", "http://example.test/"),
    ("https://example.test:0443", "https://example.test/"), ("http://example.test:443/", "http://example.test:443/"),
    ("http://example.test?a=b/c#d", "http://example.test/?a=b/c"), ("http://[::1]:80", "http://[::1]/"),
    ("http://[0:0::1]/", "http://[::1]/"), ("http://[::ffff:127.0.0.1]/", "http://127.0.0.1/"),
    ("http://[::FFFF:7f00:1]/", "http://127.0.0.1/"), ("http://a_b-c.test/x%20y", "http://a_b-c.test/x%20y"),
])  # fmt: skip
def test_every_url_has_one_spelling(url: str, same_as: str) -> None:
    """Capitals, a dot at the end, the usual port, forms of an address: all one."""
    assert parse_url(url).url == same_as
    assert parse_url(same_as).url == same_as


@pytest.mark.parametrize("url", [
    "", "example.test", "ftp://example.test/", "http:/example.test", "http://", "http:///path", "http://user@example.test/",
    "http://example.test:80@evil.test/", "http://example.test\\@evil.test/", "http://exa mple.test/", "http://example.test/a b",
    "http://example.test/\r\nX: y", "http://ex\u00e4mple.test/", "http://example.test:/", "http://example.test:0/",
    "http://example.test:65536/", "http://example.test:80:80/", "http://example.test:+80/", "http://[::1", "http://[::1]x/",
    "http://[fe80::1%25eth0]/", "http://[v1.x]/", "http://127.1/", "http://2130706433/", "http://0x7f000001/",
    "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://127.0.0.01/", "http://1.2.3.256/", "http://1.2.3.4.5/",
    "http://a..b/", "http://.a/", "http://" + "a" * 64 + ".test/", "http://" + "a." * 127 + "test/", "http://a.test/" + "x" * 9000,
    "http://%65vil.test/", "http://evil.test%2f.example.test/", "http://a,b/", 7, None, b"http://example.test/",
])  # fmt: skip
def test_what_could_be_read_in_two_ways_is_refused(url: Any) -> None:
    """601, and never a guess."""
    with pytest.raises(StatusError) as failure:
        parse_url(url)
    assert failure.value.status == Status.INVALID_PARAMETER and failure.value.detail


def test_a_user_name_in_a_url_is_told_apart_from_a_bad_host() -> None:
    """Who writes one learns what to do instead."""
    with pytest.raises(StatusError, match="user names in URLs are not sent; use the header Authorization"):
        parse_url("http://user:secret@example.test/")


@given(st.text(alphabet="htps:/.@[]#?%ab01xX-_ \\\t\r\n\u00e9:2", max_size=40).map(lambda text: "http://" + text))
@settings(max_examples=400, deadline=None)
def test_driver_and_card_read_a_url_alike(url: str) -> None:
    """What the driver lets through the card understands, and as the very same host, port and path."""
    try:
        target = parse_url(url)
    except StatusError as error:
        assert error.status == Status.INVALID_PARAMETER
        return
    assert card.parse_url(target.url) == (target.scheme, target.host, target.port, target.path)
    assert parse_url(target.url).url == target.url


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
@settings(deadline=None)
def test_every_address_has_one_spelling(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """Long or short, in brackets or not; an IPv6 address that stands for an IPv4 one is that one."""
    spelled = parse_host(str(address))
    assert parse_host(spelled) == spelled
    if isinstance(address, ipaddress.IPv6Address):
        assert parse_host(f"[{address.exploded.upper()}]") == spelled
        assert spelled == str(address.ipv4_mapped or address)
        assert card.parse_target(spelled, 80) == (spelled, 80)
    else:
        assert spelled == str(address) == parse_host(f"::ffff:{address}")


@given(st.text(max_size=30))
@settings(deadline=None)
def test_the_card_refuses_or_reads_any_text(text: str) -> None:
    """Never anything but its own error."""
    for parse in (card.parse_url, lambda value: card.parse_target(value, None)):
        try:
            _scheme_or_host = parse(text)
        except ComponentError as error:
            assert error.reason


# --- rules


@pytest.mark.parametrize(("pattern", "hosts", "others"), [
    ("web.test", ["web.test"], ["a.web.test", "webxtest", "web.test.evil.test"]),
    ("WEB.test.", ["web.test"], []), ("*.web.test", ["a.web.test", "a.b.web.test"], ["web.test", "web.testx", "aweb.test"]),
    ("w?b.test", ["wib.test"], ["wb.test"]), ("re:ads[0-9]+\\.test", ["ads7.test", "ADS12.test"], ["ads.test", "xads7.test", "ads7.test.x"]),
    ("*", ["a", "::1"], []), ("::1", ["::1"], ["127.0.0.1"]), ("[0::1]", ["::1"], []), ("10.0.0.*", ["10.0.0.7"], ["10.0.1.7"]),
])  # fmt: skip
def test_patterns_match_whole_hosts(pattern: str, hosts: list[str], others: list[str]) -> None:
    """From the first character to the last."""
    matches = host_matcher(pattern)
    assert all(map(matches, hosts)) and not any(map(matches, others))


@given(
    st.sampled_from(["any", "http", "tcp"]), st.sampled_from(["*", "a.test", "*.test"]), st.sampled_from([None, 80, 443]),
    st.sampled_from([None, 2, 2.5, 3]), st.sampled_from([None, 0, 1000]),
    st.sampled_from(["http", "https", "tcp"]), st.sampled_from(["a.test", "b.test", "c"]), st.sampled_from([80, 443]),
    st.sampled_from([2, 2.5, 3]), st.sampled_from([0, 1000]),
)  # fmt: skip
def test_a_rule_matches_what_all_its_fields_match(
    proto: str, host: str, port: int | None, ring: float | None, uid: int | None,
    scheme: str, asked: str, asked_port: int, asked_ring: float, asked_uid: int,
) -> None:  # fmt: skip
    """Against the sentence that says so."""
    told = Rule("allow", proto, host, port, ring, uid).matches(Target(scheme, asked, asked_port), asked_ring, asked_uid)
    is_host = {"*": True, "a.test": asked == "a.test", "*.test": asked.endswith(".test")}[host]
    is_proto = proto == "any" or (proto == "tcp") == (scheme == "tcp")
    assert told == (is_proto and is_host and port in (None, asked_port) and ring in (None, asked_ring) and uid in (None, asked_uid))


def test_the_first_rule_that_matches_decides() -> None:
    """Not the strictest, not the last; and without any rule programs are denied, the system is not."""
    policy = """
        [[rule]]
        action = "allow"
        host = "a.test"
        [[rule]]
        action = "deny"
        host = "*.test"
        uid = 1000
    """
    rig = NetRig(policy=policy)
    said = {
        (host, ring, uid): rig.do("nf_test", f"http://{host}/", None, ring, uid, uid=ROOT)
        for host, ring, uid in (("a.test", 3, 1000), ("b.test", 3, 1000), ("b.test", 3, 7), ("b.test", 2.5, 7), ("b.test", 2, 7), ("b.test", 2, 1000))
    }
    assert {key: (each["action"], each["rule"]) for key, each in said.items()} == {
        ("a.test", 3, 1000): ("ALLOW", 1), ("b.test", 3, 1000): ("DENY", 2), ("b.test", 3, 7): ("DENY", None),
        ("b.test", 2.5, 7): ("DENY", None), ("b.test", 2, 7): ("ALLOW", None), ("b.test", 2, 1000): ("DENY", 2),
    }
    assert rig.network.log == [] and rig.do("nf_audit", uid=ROOT) == []  # asking is not doing


# --- files with mistakes


@pytest.mark.parametrize(("policy", "hosts", "said"), [
    (None, HOSTS, "/etc/netpolicy.toml cannot be read"), (POLICY, None, "/etc/hosts.toml cannot be read"),
    ("rule = 7", HOSTS, "[[rule]]"), ("[[rules]]\naction = 'allow'", HOSTS, "rules"), ("[[rule]", HOSTS, "/etc/netpolicy.toml:"),
    ("[[rule]]\naction = 'allow'\n[[rule]]\naction = 'allw'", HOSTS, "rule 2: action is one of"),
    ("[[rule]]\naction = 'allow'\nprot = 'tcp'", HOSTS, "rule 1: 'prot' is none of"),
    ("[[rule]]\naction = 'allow'\nproto = 'udp'", HOSTS, "proto is one of"), ("[[rule]]\naction = 'allow'\nport = '80'", HOSTS, "port is a number"),
    ("[[rule]]\naction = 'allow'\nport = 80.5", HOSTS, "whole numbers"), ("[[rule]]\naction = 'allow'\nring = true", HOSTS, "ring is a number"),
    ("[[rule]]\naction = 'allow'\nhost = 're:('", HOSTS, "host 're:('"), ("[[rule]]\naction = 'allow'\nhost = 'a b'", HOSTS, "'a b' is no host"),
    ("[[rule]]\naction = 'allow'\nhost = ''", HOSTS, "texts"), ("[[rule]]", HOSTS, "action"), (POLICY, "[hosts]\n'a.test' = 7", "a.test:"),
    (POLICY, "[hosts]\n'a b' = 'c'", "no host"), (POLICY, "'a' = 'b'", "[hosts]"), (POLICY, "hosts = []", "[hosts]"),
])  # fmt: skip
def test_a_mistake_in_a_file_closes_the_network_to_programs(policy: str | None, hosts: str | None, said: str) -> None:
    """Everything is denied from ring 2.5 on, the log and the answer say what is wrong; the system goes on."""
    rig = NetRig(policy=policy, hosts=hosts)
    rig.network.page("http://web.test/", "")
    for ring in (2.5, 3):
        status, detail = rig.ask("http_request", "http://web.test/", ring=ring, uid=ROOT)
        assert status == Status.ACCESS_DENIED and said in detail
    assert rig.network.log == []
    assert len(rig.logged) == 1 and said in rig.logged[0]
    assert rig.do("nf_stats")["mistake"] in rig.logged[0]
    rig.do("http_request", "http://web.test/", ring=2, uid=ROOT)


def test_a_reload_is_all_or_nothing() -> None:
    """Files with a mistake change nothing; in order again, they are in force, and a network that was closed opens."""
    rig = NetRig(policy="oops")
    rig.network.page("http://web.test/", "")
    assert rig.ask("http_request", "http://web.test/")[0] == Status.ACCESS_DENIED
    rig.files["/etc/netpolicy.toml"] = POLICY
    assert rig.do("nf_reload", uid=ROOT) == {"rules": 5, "hosts": 2}
    rig.do("http_request", "http://web.test/")
    rig.files["/etc/netpolicy.toml"] = "[[rule]]\naction = 'allow'\n[[rule]]\n"
    status, detail = rig.ask("nf_reload", uid=ROOT)
    assert status == Status.INVALID_PARAMETER and "rule 2" in detail and "nothing was changed" in detail
    assert len(rig.do("nf_rules")) == 5 and rig.ask("tcp_connect", "web.test", 80)[0] == Status.ACCESS_DENIED


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["rule", "action", "proto", "host", "hosts", "port", "x"]), inner, max_size=3), max_leaves=8))
@settings(max_examples=200, deadline=None)
def test_a_file_is_a_policy_or_a_mistake(document: object) -> None:
    """Nothing else comes out of the parsers, whatever TOML may hold."""
    for parse in (parse_policy, parse_hosts):
        if isinstance(document, dict):
            try:
                parse(document)
            except ValueError:
                pass


# --- the record, and who may change what


def test_each_decision_is_written_down_once() -> None:
    """Who, what, and by which rule; a user sees its own, root all; 200 are kept."""
    rig = NetRig()
    rig.network.page("http://web.test/", "")
    rig.network.tcp("echo.test", 7, lambda data: data)
    rig.do("http_request", "http://nick.test/", pid=31)
    rig.do("tcp_connect", "echo.test", 7, pid=32, uid=OTHER_USER)
    rig.ask("tcp_connect", "evil.test", 7, pid=33)
    record = rig.do("nf_audit", uid=ROOT)
    assert [(each["action"], each["proto"], each["host"], each["port"], each["pid"], each["uid"]) for each in record] == [
        ("ALLOW", "http", "web.test", 80, 31, GUEST), ("LOG_ALLOW", "tcp", "echo.test", 7, 32, OTHER_USER),
        ("DENY", "tcp", "evil.test", 7, 33, GUEST),
    ]
    assert [each["pid"] for each in rig.do("nf_audit")] == [31, 33] and [each["pid"] for each in rig.do("nf_audit", 1)] == [33]
    assert rig.do("nf_stats", uid=ROOT)["processes"] == [
        {"pid": 31, "uid": GUEST, "active": 1, "bytes": 0}, {"pid": 32, "uid": OTHER_USER, "active": 1, "bytes": 0},
    ]
    assert [each["pid"] for each in rig.do("nf_stats")["processes"]] == [31]
    for _ in range(250):
        rig.ask("tcp_connect", "evil.test", 7)
    assert len(rig.do("nf_audit", uid=ROOT)) == 200 and rig.do("nf_audit", 0) == []
    assert rig.do("nf_stats")["decisions"] == {"ALLOW": 1, "LOG_ALLOW": 1, "DENY": 251, "DENY_LIMIT": 0}


@pytest.mark.parametrize(("method", "args"), [
    ("nf_reload", ()), ("nf_enable", (False,)), ("nf_set_limit", (99,)), ("nf_audit_clear", ()),
    ("nf_test", ("http://web.test/", None, 2, GUEST)), ("nf_test", ("http://web.test/", None, 3, ROOT)),
])  # fmt: skip
def test_only_root_changes_the_firewall_or_asks_for_others(method: str, args: tuple[object, ...]) -> None:
    """501 for anybody else, at any ring that a program can have; for uid 0 it works."""
    rig = NetRig()
    for uid in (GUEST, OTHER_USER):
        for ring in (2.5, 3):
            assert rig.ask(method, *args, uid=uid, ring=ring)[0] == Status.PRIVILEGE_NOT_HELD
    assert rig.ask(method, *args, uid=ROOT)[0] == 0


def test_switched_off_it_lets_through_but_for_the_hosts_table() -> None:
    """Rules and limit do not count then, the names of the hosts table lead where they lead."""
    rig = NetRig()
    rig.network.page("http://evil.test/", "")
    assert rig.do("nf_enable", False, uid=ROOT) is False and rig.do("nf_set_limit", 1, uid=ROOT) == 1
    for _ in range(3):
        rig.do("http_request", "http://evil.test/")
    assert rig.ask("http_request", "http://gone.test/")[0] == Status.ACCESS_DENIED
    rig.do("nf_enable", True, uid=ROOT)
    assert rig.ask("http_request", "http://evil.test/")[0] == Status.ACCESS_DENIED
    assert rig.ask("http_request", "http://web.test/")[0] == Status.QUOTA_EXCEEDED
    for wrong in (0, -1, True, "5", None):
        assert rig.ask("nf_set_limit", wrong, uid=ROOT)[0] == Status.INVALID_PARAMETER
    assert rig.ask("nf_enable", 1, uid=ROOT)[0] == Status.INVALID_PARAMETER


def test_rules_are_shown_as_they_are_written() -> None:
    """What `nfw rules` and `nfw hosts` show is what is in force."""
    rig = NetRig()
    assert rig.do("nf_rules")[1] == {"action": "deny", "proto": "any", "host": "*.evil.test", "port": "*", "ring": "*", "uid": "*", "comment": "evil"}
    assert rig.do("nf_rules")[4]["port"] == 7 and rig.do("nf_hosts") == {"nick.test": "web.test", "gone.test": "0.0.0.0"}
    assert re.fullmatch("[0-9]+", str(rig.do("nf_stats")["limit"]))
