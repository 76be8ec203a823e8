"""The logon service: who gets in, how fast, and what it costs to guess."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest
from vfsrig import Disks, IdleError

from abi.request import SyscallRequest
from abi.status import Status, StatusError
from requests_rig import sender
from system import logon


class LogonBench:
    """One logon service with a kernel of tables; time stands still until somebody waits."""

    def __init__(self, disks: Disks | None = None) -> None:
        self.disks = disks or Disks()
        self.now_s = 10.0
        self.inbox: deque[tuple[object, ...]] = deque()
        self.answers: dict[int, tuple[int, object, float]] = {}  # request -> status, value, when
        self.grants: list[tuple[object, ...]] = []
        self.log: list[tuple[str, str]] = []
        self.files: list[tuple[object, ...]] = []
        self.homes = {"/home/guest"}
        self._last = 0
        self.service = logon.LogonService(self.syscall)
        self.service.start()

    def ask(self, name: str, *args: object, uid: int = 0, pid: int = 30) -> int:
        """Send a call. Returns its request id."""
        self._last += 1
        self.inbox.append((0, "syscall", SyscallRequest(self._last, name, args, pid, sender(pid, 3, uid))))
        return self._last

    def run(self) -> None:
        """Until nothing is left to do or to wait for."""
        with pytest.raises(IdleError):
            self.service.serve()

    def call(self, name: str, *args: object, uid: int = 0) -> Any:
        """Make a call, however long it takes."""
        number = self.ask(name, *args, uid=uid)
        self.run()
        status, value, _ = self.answers[number]
        if status:
            raise StatusError(status, str(value))
        return value

    def fails(self, name: str, *args: object, uid: int = 0) -> StatusError:
        """How a call fails."""
        with pytest.raises(StatusError) as error:
            self.call(name, *args, uid=uid)
        return error.value

    def syscall(self, name: str, *args: Any) -> Any:
        """The kernel as the service sees it."""
        if name == "signal_pull":
            if self.inbox:
                return self.inbox.popleft()
            if args[0] is None:
                raise IdleError
            self.now_s += args[0] / 1000
            return None
        if name == "signal_send":
            assert type(args[3]) is int and args[2] not in self.answers
            self.answers[args[2]] = args[3], args[4], self.now_s
            return True
        if name == "vfs_stat" and args[0] not in self.homes:
            raise StatusError(Status.NO_SUCH_FILE, "no")
        return {
            "time_get": lambda: (self.now_s, 0.0), "process_grant": lambda *grant: self.grants.append(grant),
            "kernel_log": lambda text, level="info": self.log.append((level, text)),
            "syscall_override": lambda _name: True,
            "kernel_get_root_fs": lambda: ("boot", self.disks.boot), "random_bytes": lambda count: bytes(range(count)),
            "vfs_stat": lambda path: {}, "vfs_mkdir": lambda *call: self.files.append(("mkdir", *call)),
            "vfs_chown": lambda *call: self.files.append(("chown", *call)),
        }[name](*args)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> LogonBench:
    """A service whose passwords are cheap to check."""
    disks = Disks()
    monkeypatch.setattr(logon, "SCRYPT_N", 4)
    monkeypatch.setattr(logon, "NOBODY", logon.NOBODY.replace("16384", "4"))
    text = disks.get("/etc/passwd.toml").decode()
    for line in [line for line in text.splitlines() if line.startswith("hash")]:
        name = text[: text.index(line)].rsplit("[users.", 1)[1].split("]")[0]
        text = text.replace(line, f'hash = "{logon.hash_password(name, b"salt")}"')
    disks.put("/etc/passwd.toml", text.encode())
    return LogonBench(disks)


def test_the_shipped_accounts_and_their_real_hashes() -> None:
    """root/root, guest/guest, dev/dev; ring 3; scrypt with the agreed cost and salts of their own."""
    accounts = logon.Accounts(Disks().boot)
    kept = []
    for name, uid, home in (("root", 0, "/root"), ("guest", 1000, "/home/guest"), ("dev", 0, "/home/dev")):
        account = accounts.find(name)
        assert account is not None and (account.uid, account.home, account.ring) == (uid, home, 3)
        assert account.kept.startswith("scrypt$16384$8$1$") and logon.matches(name, account.kept)
        assert not logon.matches(name + "x", account.kept)
        kept.append(account.kept)
    assert len({record.split("$")[4] for record in kept}) == 3
    assert not logon.matches("", logon.NOBODY)


def test_a_login_gives_facts_to_the_caller_and_a_grant_to_the_kernel(bench: LogonBench) -> None:
    """The rights go by the grant; the facts are for convenience."""
    assert bench.call("auth_login", "guest", "guest") == {
        "user": "guest", "uid": 1000, "gid": 1000, "groups": [], "home": "/home/guest", "shell": "/bin/sh.py",
        "ring": 3,
    }
    assert bench.grants == [(30, 1000, 1000, [], 3)] and not bench.files
    assert bench.call("auth_login", "root", "root")["uid"] == 0
    assert bench.grants[-1] == (30, 0, 0, [], 3)
    assert bench.files == [("mkdir", "/root"), ("chown", "/root", 0, 0)]


def test_su_gives_ring_2_5_for_root_only(bench: LogonBench) -> None:
    """A user who knows root's password, and root without any."""
    bench.call("auth_login", "root", "root", uid=1000)
    bench.call("auth_login", "guest", "guest", uid=1001)
    bench.call("auth_login", "dev", None, uid=0)
    assert [grant[4] for grant in bench.grants] == [2.5, 3, 2.5]


def test_no_password_is_for_uid_0(bench: LogonBench) -> None:
    """Everybody else is refused at once; and so is an unknown name."""
    assert bench.call("auth_login", "guest", None)["uid"] == 1000
    assert bench.fails("auth_login", "guest", None, uid=1000).status is Status.PRIVILEGE_NOT_HELD
    assert "no user 'nobody'" in bench.fails("auth_login", "nobody", None).detail
    assert len(bench.grants) == 1


def test_a_failure_is_late_and_says_nothing(bench: LogonBench) -> None:
    """Two seconds, in which others log in; the same words for a wrong name and a wrong password."""
    wrong = bench.ask("auth_login", "root", "toor", pid=31)
    unknown = bench.ask("auth_login", "nobody", "x", pid=32)
    right = bench.ask("auth_login", "guest", "guest", pid=33)
    bench.run()
    assert bench.answers[right][2] == 10.0
    assert bench.answers[wrong] == bench.answers[unknown] == (500, logon.WRONG, 12.0)
    assert [line for level, line in bench.log if level == "sec" and "failed" in line] == [
        f"logon of 'root' by process 31 failed: {logon.WRONG}",
        f"logon of 'nobody' by process 32 failed: {logon.WRONG}",
    ]


def test_five_failures_close_the_account_for_half_a_minute(bench: LogonBench) -> None:
    """Also to the right password; others are not touched; afterwards five more may be tried."""
    for _ in range(5):
        assert bench.fails("auth_login", "guest", "x").detail == logon.WRONG
    assert "too many failures" in bench.fails("auth_login", "guest", "guest").detail
    assert bench.call("auth_login", "root", "root")
    assert bench.call("auth_login", "guest", None), "uid 0 needs no password and is not asked to wait"
    bench.now_s += 30
    for _ in range(4):
        bench.fails("auth_login", "guest", "x")
    assert bench.call("auth_login", "guest", "guest")
    for _ in range(4):
        bench.fails("auth_login", "guest", "x")
    assert bench.call("auth_login", "guest", "guest"), "a success begins the count anew"


def test_a_caller_that_dies_while_it_waits_is_forgotten(bench: LogonBench) -> None:
    """And nobody is answered in its place."""
    first, second = bench.ask("auth_login", "guest", "x"), bench.ask("auth_login", "guest", "y")
    bench.inbox.append((0, "request_cancelled", first))
    bench.inbox.append((9, "request_cancelled", second))
    bench.run()
    assert first not in bench.answers and bench.answers[second][0] == 500


def test_too_many_at_once_are_refused_without_looking(bench: LogonBench) -> None:
    """A program that floods the service does not keep it busy with hashing."""
    numbers = [bench.ask("auth_login", f"user{number}", "x") for number in range(70)]
    bench.run()
    statuses = [bench.answers[number][0] for number in numbers]
    assert statuses.count(500) == 64 and statuses.count(Status.QUOTA_EXCEEDED) == 6


def test_the_switches_of_sys_toml(bench: LogonBench) -> None:
    """Guests and root can be kept from the login prompt; su still leads to root."""
    bench.disks.put("/etc/sys.toml", b"[security]\nallow_guest = false\nroot_login_allowed = false\n")
    assert "guests" in bench.fails("auth_login", "guest", "guest").detail
    assert "su" in bench.fails("auth_login", "root", "root").detail
    assert bench.call("auth_login", "root", "root", uid=1000)["uid"] == 0
    assert bench.call("auth_login", "guest", None)["uid"] == 1000


def test_passwords_are_changed_by_who_knows_them_and_by_uid_0(bench: LogonBench) -> None:
    """In force at once, the file still readable, the log without any password."""
    assert bench.call("auth_passwd", "guest", "guest", "long enough", uid=1000) is True
    bench.fails("auth_login", "guest", "guest")
    assert bench.call("auth_login", "guest", "long enough")
    assert bench.call("auth_passwd", "guest", None, "x") is True
    assert bench.call("auth_login", "guest", "x")
    assert bench.fails("auth_passwd", "guest", "x", "short", uid=1000).status is Status.INVALID_PARAMETER
    assert bench.fails("auth_passwd", "guest", "wrong", "long enough", uid=1000).status is Status.ACCESS_DENIED
    assert bench.fails("auth_passwd", "root", "root", "long enough", uid=1000).status is Status.PRIVILEGE_NOT_HELD
    assert bench.fails("auth_passwd", "nobody", None, "long enough").status is Status.ACCESS_DENIED
    assert bench.fails("auth_passwd", "guest", None, "").status is Status.INVALID_PARAMETER
    assert bench.call("auth_login", "root", "root"), "other accounts are untouched"
    assert not any("long enough" in line for _, line in bench.log)
    assert not bench.disks.boot.exists("/etc/passwd.toml.new")


@pytest.mark.parametrize(
    "args",
    [
        (), ("guest",), ("guest", "x", "y"), (7, "x"), ("", "x"), ("g" * 65, "x"), ("guest", 7), ("guest", "x" * 2000),
        ("guest", "\ud800"),
    ],
)
def test_wrong_arguments_are_601(bench: LogonBench, args: tuple[object, ...]) -> None:
    """And no failure of anybody's."""
    assert bench.fails("auth_login", *args).status is Status.INVALID_PARAMETER


@pytest.mark.parametrize(
    ("passwd", "word"),
    [
        (b"[users", "passwd.toml"), (b"users = 3", "table"), (b"[users.guest]\nuid = true", "uid"),
        (b"[users]\nguest = 3", "table"),
        (b'[users.guest]\nuid = 1000\nring = 7\nhash = "x"', "ring"), (b"[users.guest]\nuid = -1", "numbers"),
    ],
)
def test_a_broken_file_is_named_and_lets_nobody_in(bench: LogonBench, passwd: bytes, word: str) -> None:
    """There is no account to fall back on."""
    bench.disks.put("/etc/passwd.toml", passwd)
    error = bench.fails("auth_login", "guest", "guest")
    assert error.status is Status.UNSUCCESSFUL and word in error.detail and "passwd.toml" in error.detail
    assert not bench.grants


def test_accounts_that_are_closed(bench: LogonBench) -> None:
    """Locked, or without a password: no password opens them; a privileged ring is not given to users."""
    bench.disks.put("/etc/passwd.toml", (
        f'[users.off]\nuid = 5\nlocked = true\nhash = "{logon.hash_password("off", b"s")}"\n'
        '[users.none]\nuid = 6\nhash = ""\n'
        '[users.bad]\nuid = 7\nhash = "scrypt$4$8$1$!$!"\n'
        f'[users.high]\nuid = 8\nring = 0\nhash = "{logon.hash_password("h", b"s")}"\n'
    ).encode())
    for name in ("off", "none", "bad"):
        for password in (name, ""):
            assert bench.fails("auth_login", name, password).detail == logon.WRONG
    assert bench.call("auth_login", "high", "h")["ring"] == 2.5


def test_a_bug_does_not_end_the_service(bench: LogonBench) -> None:
    """The caller gets 300, the next one is served."""
    bench.service._calls["auth_login"] = lambda request: 1 // 0
    assert bench.fails("auth_login", "guest", "guest").status is Status.UNSUCCESSFUL
    assert bench.call("auth_passwd", "guest", None, "x") is True
