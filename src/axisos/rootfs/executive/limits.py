"""Limits: how much of everything a program, and all programs of one user together, may have.

/etc/limits.toml says it: the table [limits] for everybody, [users.<uid>] where a user differs. The kernel reads it at
boot. System processes (ring <= 2) have no limits; who answers calls for all cannot be held to one program's share.

    handles, messages, ...     of one process: looked at where the thing is made
    user_...                   of all processes of a user together
    what is counted            booked by `charge`, which gives a Charge; the thing that is made keeps it and releases
                               it when it ends, whoever ends it

Called by   the process manager (a process gets its limits), and each subsystem that makes something which counts.
Always so   a charge that was refused has booked nothing; one that is released twice is released once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from abi.status import Status, StatusError

if TYPE_CHECKING:
    from collections.abc import Callable

LIMITS_PATH = "/etc/limits.toml"
MIB = 1 << 20
UNLIMITED = 0  # in the file; inside, a number that nothing reaches
NO_LIMIT = 1 << 62

# name -> (default, what is counted). The shipped file says the same; this is for a disk without one.
KNOWN: dict[str, tuple[int, str]] = {
    "handles": (1024, "open handles"),
    "threads": (4096, "threads beside its main one"),
    "messages": (1024, "queued messages"),
    "messages_per_sender": (64, "messages of one sender that wait at one receiver"),
    "pipe_bytes": (16 * MIB, "bytes of pipe buffers"),
    "section_bytes": (16 * MIB, "bytes of sections"),
    "queue_bytes": (16 * MIB, "bytes of message queues"),
    "watches": (64, "watches of the registry and the log"),
    "syscalls_per_second": (10_000_000, "system calls in one second"),
    "output_bytes_per_second": (64 * MIB, "bytes to a console or device in one second"),
    "recursion": (100_000, "nested calls that sys.setrecursionlimit may ask for"),
    "memory_percent": (75, "percent of the machine's memory"),
    "user_processes": (256, "processes"),
    "user_threads": (16_384, "threads beside the main ones"),
    "user_pipe_bytes": (64 * MIB, "bytes of pipe buffers"),
    "user_section_bytes": (64 * MIB, "bytes of sections"),
    "user_queue_bytes": (64 * MIB, "bytes of message queues"),
    "user_watches": (512, "watches of the registry and the log"),
    "user_memory_percent": (90, "percent of the machine's memory"),
}
USER_PREFIX = "user_"
# Of these it is known how many there are; the others are rates, or looked at where they matter.
UNCOUNTED = ("_per_second", "_per_sender", "_percent", "recursion")
COUNTED = frozenset(name for name in KNOWN if not name.endswith(UNCOUNTED))


class Limits:
    """The numbers for the processes of one user."""

    __slots__ = tuple(KNOWN)

    handles: int
    threads: int
    messages: int
    messages_per_sender: int
    pipe_bytes: int
    section_bytes: int
    queue_bytes: int
    watches: int
    syscalls_per_second: int
    output_bytes_per_second: int
    recursion: int
    memory_percent: int
    user_processes: int
    user_threads: int
    user_pipe_bytes: int
    user_section_bytes: int
    user_queue_bytes: int
    user_watches: int
    user_memory_percent: int

    def __init__(self, values: dict[str, int], default: int | None = None) -> None:
        for name, (shipped, _) in KNOWN.items():
            setattr(self, name, values.get(name, shipped if default is None else default) or NO_LIMIT)


class Ledger:
    """What one process, or all processes of one user together, have at the moment."""

    __slots__ = ("_counts", "held_bytes", "limits", "number", "owner", "prefix", "warned")

    def __init__(self, owner: str, number: int, limits: Limits, prefix: str = "") -> None:
        self.owner = owner  # "process", "user"
        self.number = number  # pid or uid
        self.limits = limits
        self.prefix = prefix
        self._counts: dict[str, int] | None = None  # most processes never have anything that counts
        self.held_bytes = 0  # of the host's memory, by estimate
        self.warned = False  # it was told that this is too much

    def __str__(self) -> str:
        return f"{self.owner} {self.number}"

    @property
    def counts(self) -> dict[str, int]:
        """How much of each kind there is."""
        return self._counts or {}

    def need_room(self, kind: str, amount: int) -> None:
        """Refuse *amount* more where that would be too many. Raises: QUOTA_EXCEEDED."""
        name = self.prefix + kind
        limit = getattr(self.limits, name)
        if self.counts.get(kind, 0) + amount > limit:
            raise StatusError(
                Status.QUOTA_EXCEEDED, f"{self} may have {limit} {KNOWN[name][1]} (limit {name} in {LIMITS_PATH})"
            )

    def add(self, kind: str, amount: int) -> None:
        """Book *amount*, which may be negative."""
        if self._counts is None:
            self._counts = {}
        self._counts[kind] = self._counts.get(kind, 0) + amount


class Charge:
    """Something that counts, and whom it counts for."""

    __slots__ = ("_amount", "_kind", "_ledgers")

    def __init__(self, ledgers: tuple[Ledger, ...], kind: str, amount: int) -> None:
        self._ledgers = ledgers
        self._kind = kind
        self._amount = amount

    def release(self) -> None:
        """It is gone. Saying so again does nothing, and goes on with what could not be done for want of stack."""
        while self._ledgers:
            self._ledgers[-1].add(self._kind, -self._amount)
            self._ledgers = self._ledgers[:-1]


def charge(ledgers: tuple[Ledger, ...], kind: str, amount: int = 1) -> Charge:
    """Book *amount* of *kind* in all *ledgers*, or in none. Raises: QUOTA_EXCEEDED."""
    for ledger in ledgers:
        ledger.need_room(kind, amount)
    made = Charge(ledgers, kind, amount)
    booked: list[Ledger] = []
    try:
        for ledger in ledgers:
            ledger.add(kind, amount)
            booked += (ledger,)
    except BaseException:  # at the bottom of a recursion there may be no stack for the second
        for ledger in booked:
            ledger.add(kind, -amount)
        raise
    return made


class LimitBook:
    """The limits of one machine, and what its users have."""

    def __init__(self, text: str | None, warn: Callable[[str], object]) -> None:
        tables = _read(text, warn) if text is not None else {}
        everybody = _numbers(tables.get("limits", {}), "limits", warn)
        self._everybody = Limits(everybody)
        self._of_user: dict[int, Limits] = {}
        for uid, table in _users(tables, warn).items():
            self._of_user[uid] = Limits({**everybody, **_numbers(table, f"users.{uid}", warn)})
        self._accounts: dict[int, Ledger] = {}

    @property
    def accounts(self) -> list[Ledger]:
        """What each user that had a process has."""
        return list(self._accounts.values())

    def of(self, uid: int, ring: float) -> Limits:
        """The limits of a process."""
        return SYSTEM_LIMITS if ring <= 2 else self._of_user.get(uid, self._everybody)

    def account(self, uid: int, ring: float) -> Ledger:
        """What all processes of a user have together."""
        if ring <= 2:
            return SYSTEM_ACCOUNT
        account = self._accounts.get(uid)
        if account is None:
            account = self._accounts[uid] = Ledger("user", uid, self.of(uid, ring), USER_PREFIX)
        return account


def _read(text: str, warn: Callable[[str], object]) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(text)
    except ValueError as error:
        warn(f"{LIMITS_PATH} is not TOML ({error}); the built-in limits hold")
        return {}


def _users(tables: dict[str, object], warn: Callable[[str], object]) -> dict[int, object]:
    users = tables.get("users", {})
    for name in tables:
        if name not in ("limits", "users"):
            warn(f"{LIMITS_PATH}: there is no table [{name}]; it is ignored")
    if not isinstance(users, dict):
        warn(f"{LIMITS_PATH}: users are tables [users.<uid>]")
        return {}
    found = {}
    for name, table in users.items():
        if name.isdecimal():
            found[int(name)] = table
        else:
            warn(f"{LIMITS_PATH}: [users.{name}]: a user is named by the number (uid)")
    return found


def _numbers(table: object, where: str, warn: Callable[[str], object]) -> dict[str, int]:
    """The limits of one table; what is no limit is told and left out."""
    if not isinstance(table, dict):
        warn(f"{LIMITS_PATH}: {where} is a table")
        return {}
    numbers = {}
    for name, value in table.items():
        if name not in KNOWN:
            warn(f"{LIMITS_PATH}: [{where}] has no limit named {name}; it is ignored")
        elif type(value) is not int or value < UNLIMITED:
            warn(f"{LIMITS_PATH}: [{where}] {name} is a whole number, 0 for no limit; it is ignored")
        else:
            numbers[name] = value
    return numbers


class _Uncounted(Ledger):
    """What has no limits is not counted either; so all machines may share it."""

    __slots__ = ()

    def add(self, kind: str, amount: int) -> None:
        """Nothing."""


SYSTEM_LIMITS = Limits({}, UNLIMITED)
SYSTEM_ACCOUNT = _Uncounted("system", 0, SYSTEM_LIMITS, USER_PREFIX)
