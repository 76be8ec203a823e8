"""The network driver under any order of events: every request is answered once, and nothing is left behind."""

# ruff: noqa: E501 - a rule and its arguments read best on one line

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from netrig import NetRig

from abi.irp import IRP_MJ_READ, IRP_MJ_WRITE, Irp
from axisos.machine.components.internet import MAX_LINKS
from drivers.internet.sessions import MAX_SESSIONS

FILES = st.integers(1, 4)
NUMBERS = st.integers(0, 12)
HOSTS = st.sampled_from(["web.test", "echo.test", "slow.test", "nowhere.test", "evil.test", "nick.test"])
WHO = {1: (1000, 3), 2: (1000, 3), 3: (1001, 2.5), 4: (0, 2)}  # file -> uid and ring of who opened it


class NetworkMachine(RuleBasedStateMachine):
    """Four programs do what they like, time passes, files close, requests are withdrawn."""

    def __init__(self) -> None:
        super().__init__()
        self.rig = NetRig()
        network = self.rig.network
        network.page("http://web.test/", b"w" * 300_000)
        network.page("http://web.test/cut", b"w" * 300, cut_after=7)
        network.tcp("echo.test", 7, lambda data: None if data == b"bye" else data, b"hello")
        network.silent("slow.test")
        self.waiting: list[Irp] = []
        self.withdrawn: set[int] = set()

    def start(self, method: str, *args: object, file_id: int, **details: Any) -> None:
        uid, ring = WHO[file_id]
        irp = self.rig.start(method, *args, file_id=file_id, uid=uid, ring=ring, **details)
        if irp.irp_id not in self.rig.answers:
            self.waiting.append(irp)

    @rule(file_id=FILES, host=HOSTS, path=st.sampled_from(["/", "/cut", "/none"]), timeout=st.sampled_from([None, 0.005, 30]))
    def http(self, file_id: int, host: str, path: str, timeout: float | None) -> None:
        self.start("http_request", f"http://{host}{path}", "GET", None, None, timeout, file_id=file_id)

    @rule(file_id=FILES, host=HOSTS, timeout=st.sampled_from([None, 0.005, 30]))
    def tcp(self, file_id: int, host: str, timeout: float | None) -> None:
        self.start("tcp_connect", host, 7, timeout, file_id=file_id)

    @rule(file_id=FILES, host=HOSTS, count=st.integers(1, 3))
    def ping(self, file_id: int, host: str, count: int) -> None:
        self.start("ping", host, 7, count, 0.05, file_id=file_id)

    @rule(file_id=FILES, kind=st.sampled_from(["http", "tcp"]), number=NUMBERS, count=st.sampled_from([None, 0, 1, 5000]))
    def read(self, file_id: int, kind: str, number: int, count: int | None) -> None:
        self.start(f"{kind}_read", number, count, file_id=file_id)

    @rule(file_id=FILES, number=NUMBERS, data=st.sampled_from([b"", b"x", b"bye", b"y" * 400_000]))
    def write(self, file_id: int, number: int, data: bytes) -> None:
        self.start("tcp_write", number, data, file_id=file_id)

    @rule(file_id=FILES, kind=st.sampled_from(["http", "tcp"]), number=NUMBERS)
    def close(self, file_id: int, kind: str, number: int) -> None:
        self.start(f"{kind}_close", number, file_id=file_id)

    @rule(file_id=FILES)
    def legacy_write(self, file_id: int) -> None:
        self.start("", file_id=file_id, major=IRP_MJ_WRITE, data=b"http://web.test/\n")

    @rule(file_id=FILES)
    def legacy_read(self, file_id: int) -> None:
        self.start("", file_id=file_id, major=IRP_MJ_READ, length=70_000)

    @rule(file_id=FILES)
    def cleanup(self, file_id: int) -> None:
        self.start("session_cleanup", file_id=file_id)

    @rule(file_id=FILES)
    def close_file(self, file_id: int) -> None:
        self.rig.service.file_closed(file_id)
        assert not self.rig.service.transfers.sessions.of_file(file_id)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        irp = data.draw(st.sampled_from(self.waiting))
        self.rig.service.transfers.cancel(irp)
        if irp.irp_id not in self.rig.answers:
            self.withdrawn.add(irp.irp_id)

    @rule(seconds=st.sampled_from([0.0, 0.01, 0.06, 11.0, 130.0]))
    def pass_time(self, seconds: float) -> None:
        self.rig.advance(seconds)

    @rule()
    def settle(self) -> None:
        self.rig.settle()

    @invariant()
    def books_agree(self) -> None:
        """Sessions, handles of the card, the table of handles and the firewall's counts tell the same story."""
        transfers, netfilter = self.rig.service.transfers, self.rig.service.netfilter
        sessions = list(transfers.sessions)
        assert len(sessions) <= MAX_SESSIONS < MAX_LINKS
        handles = [session.handle for session in sessions if session.handle is not None]
        assert {handle.id() for handle in handles} == set(self.rig.card._links) == set(transfers._by_handle)
        programs = [session.requester.uid for session in sessions if session.requester.ring >= 2.5]
        assert netfilter._open == {uid: programs.count(uid) for uid in set(programs)}
        assert all(count <= netfilter.limit for count in netfilter._open.values())
        assert sum(each.active for each in netfilter._traffic.values()) == len(sessions)

    @invariant()
    def who_waits_is_held_by_one_session(self) -> None:
        """A request that has no answer waits in exactly one place, unless it was withdrawn."""
        held = [each.wait.irp.irp_id for each in self.rig.service.transfers.sessions if each.wait is not None]
        unanswered = {irp.irp_id for irp in self.waiting} - set(self.rig.answers) - self.withdrawn
        assert sorted(held) == sorted(unanswered)
        assert not self.withdrawn & set(self.rig.answers)

    def teardown(self) -> None:
        """Left alone, everything ends by itself."""
        self.rig.advance(3_700.0)
        self.books_agree()
        assert self.rig.open_links == 0
        assert {irp.irp_id for irp in self.waiting} <= set(self.rig.answers) | self.withdrawn


NetworkMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestNetworkMachine = NetworkMachine.TestCase
