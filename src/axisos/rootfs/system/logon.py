"""The logon service: who knows a password may run programs as its user (manual, chapter 3; spec of login).

Nobody else reads `/etc/passwd.toml`, and no password leaves this process. A caller that has proved itself gets a grant
from the kernel, for its next `process_spawn(..., as_granted=True)` or `process_elevate`; what it does with the facts
that are returned to it changes nothing about its rights.

    auth_login(user, password) -> {user, uid, gid, groups, home, shell, ring}
    auth_passwd(user, old, new) -> True

A failure is answered two seconds late, and the service goes on serving others meanwhile. After five failures in a row
an account is closed for thirty seconds, whoever asks. A caller of uid 0 needs no password (None): so the system's own
programs start things for users, and root becomes anybody.

Owns        the failures of each name, and the answers that are being held back. The accounts are on the disk and are
            read anew for each attempt.
Always so   an unknown name costs as much time as a wrong password; the reason that is told is the same for both.
"""

from __future__ import annotations

import hashlib
import hmac
from binascii import Error as BinasciiError
from binascii import a2b_base64, b2a_base64
from heapq import heapify, heappop, heappush

from abi.names import KERNEL_PID, RING_ELEVATED, RING_USER, RINGS
from abi.status import Status, StatusError
from system.vfs import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from abi.request import SyscallRequest
    from axis.guest import syscall
    from system.vfs.files import Disk

    Syscall = Callable[..., Any]

PASSWD = "/etc/passwd.toml"
SETTINGS = "/etc/sys.toml"
GUEST = "guest"

FAILURE_DELAY_S = 2.0
MAX_FAILURES = 5  # in a row, then the account is closed
LOCK_OUT_S = 30.0
MAX_HELD_BACK = 64  # answers; beyond that, attempts are refused unseen
MAX_REMEMBERED_NAMES = 1024

SCRYPT_N, SCRYPT_R, SCRYPT_P = 16_384, 8, 1
SCRYPT_MAX_MEMORY = 64 * 1024 * 1024  # bytes
KEY_BYTES = 32
SALT_BYTES = 16
MAX_PASSWORD_BYTES = 1024
MIN_PASSWORD_CHARACTERS = 8  # for users; uid 0 may choose shorter ones
NOBODY = "scrypt$16384$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="  # matches no password

WRONG = "the user name or the password is wrong"


# --- passwords -------------------------------------------------------------------------------------------------


def hash_password(password: str, salt: bytes) -> str:
    """What is kept of a password: `scrypt$n$r$p$<salt>$<key>`, both in base64."""
    key = hashlib.scrypt(
        password.encode(), salt=salt, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, maxmem=SCRYPT_MAX_MEMORY, dklen=KEY_BYTES
    )
    return "$".join(("scrypt", str(SCRYPT_N), str(SCRYPT_R), str(SCRYPT_P), _base64(salt), _base64(key)))


def matches(password: str, kept: str) -> bool:
    """Whether a password is the one of which *kept* is kept; false for a record that makes no sense."""
    try:
        method, n, r, p, salt, key = kept.split("$")
        wanted = a2b_base64(key)
        if method != "scrypt" or not wanted:
            return False
        found = hashlib.scrypt(
            password.encode(), salt=a2b_base64(salt), n=int(n), r=int(r), p=int(p), maxmem=SCRYPT_MAX_MEMORY,
            dklen=len(wanted),
        )
    except (ValueError, BinasciiError):
        return False
    return hmac.compare_digest(found, wanted)


def _base64(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode()


# --- accounts --------------------------------------------------------------------------------------------------


class Account:
    """One [users.<name>] of /etc/passwd.toml."""

    __slots__ = ("gid", "groups", "home", "kept", "locked", "name", "ring", "shell", "uid")

    def __init__(self, name: str, row: object) -> None:
        """Raises: ValueError saying what is wrong with the row."""
        if type(row) is not dict:
            raise ValueError(f"[users.{name}] must be a table")
        self.name = name
        self.uid: int = _field(name, row, "uid", int, None)
        self.gid: int = _field(name, row, "gid", int, self.uid)
        self.groups: list[int] = _field(name, row, "groups", list, [])
        self.home: str = _field(name, row, "home", str, "/")
        self.shell: str = _field(name, row, "shell", str, "/bin/sh.py")
        self.kept: str = _field(name, row, "hash", str, "")  # "": nobody can log in with a password
        self.locked: bool = _field(name, row, "locked", bool, False)
        ring = row.get("ring", RING_USER)
        if ring not in RINGS or type(ring) is bool:
            raise ValueError(f"[users.{name}] ring must be one of {', '.join(map(str, RINGS))}")
        self.ring: float = max(ring, RING_ELEVATED)  # no user runs below
        if self.uid < 0 or self.gid < 0 or not all(type(group) is int and group >= 0 for group in self.groups):
            raise ValueError(f"[users.{name}] uid, gid and groups are numbers from 0")

    def facts(self) -> dict[str, object]:
        """What a caller learns of the account."""
        return {
            "user": self.name, "uid": self.uid, "gid": self.gid, "groups": self.groups, "home": self.home,
            "shell": self.shell, "ring": self.ring,
        }


def _field(name: str, row: dict[str, Any], key: str, kind: type, default: Any) -> Any:
    value = row.get(key, default)
    if type(value) is not kind:
        raise ValueError(f"[users.{name}] {key} must be a {kind.__name__}")
    return value


class Accounts:
    """The accounts on one disk."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def find(self, name: str) -> Account | None:
        """The account of that name, None if there is none.

        Raises: UNSUCCESSFUL when the file, or that account, cannot be used.
        """
        row = self._document().get("users", {}).get(name)
        try:
            return None if row is None else Account(name, row)
        except ValueError as error:
            raise StatusError(Status.UNSUCCESSFUL, f"{PASSWD}: {error}; correct it as uid 0") from None

    def set_password(self, name: str, kept: str) -> None:
        """Keep another password. The file is replaced in one step."""
        import tomli_w

        document = self._document()
        document["users"][name]["hash"] = kept
        files.replace_all(self._disk, PASSWD, tomli_w.dumps(document).encode())

    def allows(self, setting: str) -> bool:
        """A switch of [security] in /etc/sys.toml; on when it is not there."""
        import tomllib

        try:
            security = tomllib.loads(files.read_all(self._disk, SETTINGS).decode()).get("security", {})
        except (StatusError, ValueError):
            return True
        return type(security) is not dict or security.get(setting, True) is not False

    def _document(self) -> dict[str, Any]:
        import tomllib

        try:
            document = tomllib.loads(files.read_all(self._disk, PASSWD).decode())
            if type(document.get("users", {})) is not dict:
                raise ValueError("users must be a table of accounts")
        except (StatusError, ValueError) as error:
            reason = getattr(error, "detail", error)
            raise StatusError(
                Status.UNSUCCESSFUL, f"nobody can log in: {PASSWD} cannot be used: {reason}; repair that file"
            ) from None
        return document


# --- attempts --------------------------------------------------------------------------------------------------


class Failures:
    """How often each name failed of late, and which are closed for a while."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._count: dict[str, int] = {}
        self._closed_until_s: dict[str, float] = {}

    def seconds_closed(self, name: str) -> float:
        """How long a name is still closed, 0 if it is open."""
        until_s = self._closed_until_s.get(name)
        if until_s is None:
            return 0.0
        left_s = until_s - self._now_s()
        if left_s > 0:
            return left_s
        del self._closed_until_s[name]
        return 0.0

    def failed(self, name: str) -> bool:
        """Count a failure. Returns whether the name is closed by it."""
        count = self._count.pop(name, 0) + 1
        if count >= MAX_FAILURES:
            self._closed_until_s[name] = self._now_s() + LOCK_OUT_S
            _bound(self._closed_until_s)
            return True
        self._count[name] = count
        _bound(self._count)
        return False

    def succeeded(self, name: str) -> None:
        """Forget a name's failures."""
        self._count.pop(name, None)


def _bound(names: dict[str, Any]) -> None:
    """Names are made up by callers: forget the oldest."""
    while len(names) > MAX_REMEMBERED_NAMES:
        del names[next(iter(names))]


class RefusedError(Exception):
    """An attempt failed; its caller hears of it later."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Logon:
    """Decides on attempts. Knows accounts and failures; not how answers travel."""

    def __init__(
        self, accounts: Accounts, failures: Failures, random_bytes: Callable[[int], bytes], log: Callable[[str], object]
    ) -> None:
        self._accounts = accounts
        self._failures = failures
        self._random_bytes = random_bytes
        self._log = log

    def login(self, caller_pid: int, caller_uid: int, user: object, password: object) -> Account:
        """The account of a user who has proved to be that user.

        Raises: RefusedError; StatusError INVALID_PARAMETER for arguments of the wrong kind, PRIVILEGE_NOT_HELD when a
        caller other than uid 0 gives no password.
        """
        name = _name(user)
        if password is None:
            if caller_uid != 0:
                raise StatusError(Status.PRIVILEGE_NOT_HELD, f"auth_login {name}: only uid 0 needs no password")
            account = self._accounts.find(name)
            if account is None:
                raise StatusError(Status.ACCESS_DENIED, f"auth_login: there is no user {name!r} in {PASSWD}")
            return account
        account = self._prove(caller_pid, name, _password(password))
        if name == GUEST and not self._accounts.allows("allow_guest"):
            raise self._refusal(caller_pid, name, f"{SETTINGS} does not allow guests")
        if account.uid == 0 and caller_uid == 0 and not self._accounts.allows("root_login_allowed"):
            raise self._refusal(caller_pid, name, f"{SETTINGS} does not let uid 0 log in; log in as a user, then su")
        return account

    def change_password(self, caller_pid: int, caller_uid: int, user: object, old: object, new: object) -> None:
        """Give a user another password; the user must know the old one, uid 0 need not.

        Raises: as `login`; INVALID_PARAMETER for a password that is too short; PRIVILEGE_NOT_HELD for another's.
        """
        name, password = _name(user), _password(new)
        if caller_uid != 0:
            account = self._accounts.find(name)
            if account is None or account.uid != caller_uid:
                raise StatusError(
                    Status.PRIVILEGE_NOT_HELD, f"auth_passwd {name}: uid {caller_uid} may change its own password only"
                )
            if len(password) < MIN_PASSWORD_CHARACTERS:
                raise StatusError(
                    Status.INVALID_PARAMETER, f"auth_passwd: choose {MIN_PASSWORD_CHARACTERS} characters or more"
                )
            self._prove(caller_pid, name, _password(old))
        elif self._accounts.find(name) is None:
            raise StatusError(Status.ACCESS_DENIED, f"auth_passwd: there is no user {name!r} in {PASSWD}")
        if not password:
            raise StatusError(Status.INVALID_PARAMETER, "auth_passwd: a password has one character or more")
        self._accounts.set_password(name, hash_password(password, self._random_bytes(SALT_BYTES)))
        self._log(f"the password of {name} was changed by process {caller_pid} (uid {caller_uid})")

    def _prove(self, caller_pid: int, name: str, password: str) -> Account:
        """The account whose password that is. Raises: RefusedError."""
        closed_s = self._failures.seconds_closed(name)
        if closed_s:
            raise self._refusal(caller_pid, name, f"too many failures: try again in {closed_s:.0f} s")
        account = self._accounts.find(name)
        right = matches(password, account.kept if account is not None and account.kept else NOBODY)
        if account is None or not right or account.locked:
            if self._failures.failed(name):
                self._log(f"{name!r} is closed for {LOCK_OUT_S:g} s after {MAX_FAILURES} failures")
            raise self._refusal(caller_pid, name, WRONG)
        self._failures.succeeded(name)
        return account

    def _refusal(self, caller_pid: int, name: str, detail: str) -> RefusedError:
        self._log(f"logon of {name!r} by process {caller_pid} failed: {detail}")
        return RefusedError(detail)


def _name(user: object) -> str:
    if type(user) is not str or not 0 < len(user) <= 64:
        raise StatusError(Status.INVALID_PARAMETER, "a user name is a text of 1 to 64 characters")
    return user


def _password(password: object) -> str:
    if type(password) is not str:
        raise StatusError(Status.INVALID_PARAMETER, "a password is a text")
    try:
        size = len(password.encode())
    except UnicodeEncodeError:
        raise StatusError(Status.INVALID_PARAMETER, "a password is text that UTF-8 can hold") from None
    if size > MAX_PASSWORD_BYTES:
        raise StatusError(Status.INVALID_PARAMETER, f"a password has at most {MAX_PASSWORD_BYTES} bytes")
    return password


# --- the process -----------------------------------------------------------------------------------------------


class LogonService:
    """The server: takes calls, asks `Logon`, answers at once or when a failure's time is over."""

    def __init__(self, syscall: Syscall) -> None:
        self._syscall = syscall
        disk = syscall("kernel_get_root_fs")[1]
        self._logon = Logon(
            Accounts(disk), Failures(self._now_s), lambda count: syscall("random_bytes", count),
            lambda message: syscall("kernel_log", message, "sec"),
        )
        self._held_back: list[tuple[float, int, SyscallRequest, str]] = []  # heap: when, request id, request, detail
        self._calls: dict[str, Callable[..., object]] = {"auth_login": self._login, "auth_passwd": self._passwd}

    def start(self) -> None:
        """Take over the calls that this service answers."""
        for name in self._calls:
            self._syscall("syscall_override", name)

    def serve(self) -> None:
        """Take messages for ever."""
        while True:
            message = self._syscall("signal_pull", self._milliseconds_left())
            if message is not None and message[0] == KERNEL_PID:
                if message[1] == "syscall":
                    self._on_call(message[2])
                elif message[1] == "request_cancelled":
                    self._held_back = [entry for entry in self._held_back if entry[1] != message[2]]
                    heapify(self._held_back)
            self._answer_due()

    def _on_call(self, request: SyscallRequest) -> None:
        if len(self._held_back) >= MAX_HELD_BACK:
            self._answer(request, Status.QUOTA_EXCEEDED, "too many logon attempts are under way; try again later")
            return
        try:
            value = self._calls[request.name](request)
        except RefusedError as refusal:
            heappush(self._held_back, (self._now_s() + FAILURE_DELAY_S, request.request_id, request, refusal.detail))
        except StatusError as error:
            self._answer(request, error.status, error.detail)
        except Exception as error:  # a bug here must not end the service that everybody logs in by
            self._syscall("kernel_log", f"{request.name}: {type(error).__name__}: {error}", "fail")
            self._answer(request, Status.UNSUCCESSFUL, f"{request.name} failed inside the logon service")
        else:
            self._answer(request, Status.SUCCESS, value)

    def _login(self, request: SyscallRequest) -> object:
        """`auth_login(user: str, password: str | None)`: Prove to be a user.

        Who succeeds has a grant for the next `process_spawn(..., as_granted=True)` or `process_elevate`: ring 2.5 for
        uid 0 asked for by another user, else the account's ring.

        Args:    password: None only for callers of uid 0, who need none.
        Returns: {user, uid, gid, groups, home, shell, ring}, the ring as granted; what the caller does with them
                 changes no rights.
        Blocks:  two seconds for a failure.
        Raises:  ACCESS_DENIED (wrong name or password, or the account is closed for a while after five failures);
                 PRIVILEGE_NOT_HELD (no password, and not uid 0); INVALID_PARAMETER; QUOTA_EXCEEDED (64 failures under
                 way).
        """
        user, password = _arguments(request, "a user name and a password", 2)
        caller = request.sender_pid
        account = self._logon.login(caller, request.sender_uid, user, password)
        self._make_home(account)
        # To become root by su is to be elevated; logging in is not.
        by_su = account.uid == 0 and (request.sender_uid != 0 or password is None)
        ring = RING_ELEVATED if by_su else account.ring
        self._syscall("process_grant", request.sender_tgid, account.uid, account.gid, account.groups, ring)
        self._syscall("kernel_log", f"process {caller} (uid {request.sender_uid}) may act as {account.name}", "sec")
        return {**account.facts(), "ring": ring}

    def _passwd(self, request: SyscallRequest) -> object:
        """`auth_passwd(user: str, old: str | None, new: str)`: Change a password: one's own, or for uid 0 anyone's.

        Args:    old: the present one; uid 0 need not give it. new: 8 characters or more; uid 0 may choose shorter ones.
        Returns: True.
        Blocks:  two seconds for a wrong password.
        Raises:  ACCESS_DENIED, PRIVILEGE_NOT_HELD (another's password), INVALID_PARAMETER, QUOTA_EXCEEDED.
        """
        user, old, new = _arguments(request, "a user name, the old and the new password", 3)
        self._logon.change_password(request.sender_pid, request.sender_uid, user, old, new)
        return True

    def _make_home(self, account: Account) -> None:
        """A user's first login finds a home."""
        home = account.home
        try:
            self._syscall("vfs_stat", home)
        except StatusError as error:
            if error.status != Status.NO_SUCH_FILE:
                return
            try:
                self._syscall("vfs_mkdir", home)
                self._syscall("vfs_chown", home, account.uid, account.gid)
            except StatusError as failure:
                self._syscall("kernel_log", f"no home for {account.name}: {failure.detail}", "warn")

    # --- time --------------------------------------------------------------------------------------------------

    def _now_s(self) -> float:
        uptime_s: float = self._syscall("time_get")[0]
        return uptime_s

    def _milliseconds_left(self) -> float | None:
        """Until the next answer is due; None when none is held back."""
        if not self._held_back:
            return None
        return max(0.0, (self._held_back[0][0] - self._now_s()) * 1000)

    def _answer_due(self) -> None:
        while self._held_back and self._held_back[0][0] <= self._now_s():
            _, _, request, detail = heappop(self._held_back)
            self._answer(request, Status.ACCESS_DENIED, detail)

    def _answer(self, request: SyscallRequest, status: int, value: object) -> None:
        self._syscall("signal_send", request.sender_pid, "syscall_return", request.request_id, int(status), value)


def _arguments(request: SyscallRequest, what: str, count: int) -> tuple[object, ...]:
    if len(request.args) != count:
        raise StatusError(
            Status.INVALID_PARAMETER, f"{request.name} takes {what}; {len(request.args)} arguments were given"
        )
    return request.args


def main() -> None:
    """The logon service as a process."""
    service = LogonService(syscall)
    service.start()
    service.serve()


if __name__ == "__main__":
    main()
