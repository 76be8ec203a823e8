"""What a program may have of everything: each limit has its own clear error, and counts what is there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abi.status import Status, StatusError
from axisos import Machine
from axisos.host import run
from axisos.machine.disk import storage_for
from executive.limits import KNOWN, NO_LIMIT, Ledger, LimitBook, Limits, charge
from kernelrig import BareMachine

ATTEMPT = """
from abi.status import StatusError
def attempt(*call):
    try: return syscall(*call)
    except StatusError as error: return f"{int(error.status)} {error.detail}"
"""


def limited(bare: BareMachine, **values: int) -> None:
    """Lower limits of everybody, as /etc/limits.toml would have."""
    book = bare.kernel.processes.limits
    for name, value in values.items():
        setattr(book.of(0, 3), name, value)


def test_the_shipped_file_says_what_the_kernel_knows() -> None:
    """Every limit stands in /etc/limits.toml with the built-in value, and nothing else does."""
    import tomllib
    from importlib.resources import files

    shipped = tomllib.loads(files("axisos").joinpath("rootfs/etc/limits.toml").read_text())
    assert shipped["limits"] == {name: default for name, (default, _) in KNOWN.items()}


@pytest.mark.parametrize(("text", "warning"), [
    ("limits = 3", "limits is a table"),
    ("[limits]\nhandels = 3", "has no limit named handels"),
    ("[limits]\nhandles = 'many'", "handles is a whole number"),
    ("[limits]\nhandles = -1", "handles is a whole number"),
    ("[limits]\nhandles = true", "handles is a whole number"),
    ("[users.guest]\nhandles = 1", "named by the number"),
    ("users = 1", "users are tables"),
    ("[other]", "there is no table [other]"),
    ("handles = ", "is not TOML"),
])  # fmt: skip
def test_a_wrong_file_is_told_and_leaves_the_defaults(text: str, warning: str) -> None:
    """One line says what is wrong and where; the built-in limits hold."""
    warnings: list[str] = []
    book = LimitBook(text, warnings.append)
    assert len(warnings) == 1 and warning in warnings[0] and "/etc/limits.toml" in warnings[0]
    assert book.of(1000, 3).handles == KNOWN["handles"][0]


def test_users_differ_and_the_system_has_no_limits() -> None:
    """[users.<uid>] goes over [limits]; 0 is no limit; rings <= 2 are not held to any."""
    book = LimitBook("[limits]\nhandles = 5\n[users.7]\nhandles = 9\nthreads = 0", pytest.fail)
    assert [book.of(uid, 3).handles for uid in (7, 8)] == [9, 5]
    assert book.of(7, 2.5).threads == NO_LIMIT == book.of(7, 2).handles


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(1, 9), st.booleans()), max_size=60))
def test_charges_add_up(steps: list[tuple[str, int, bool]]) -> None:
    """Whatever is charged and released, in any order and twice: a ledger holds what is out, and never too much."""
    limits = Limits({"pipe_bytes": 20, "user_pipe_bytes": 30})
    user = Ledger("user", 1, limits, "user_")
    ledgers = {name: Ledger(name, 1, limits) for name in "ab"}
    out: list[tuple[str, int, Any]] = []
    for name, amount, gives_back in steps:
        if gives_back and out:
            _, _, charged = out.pop(0)
            charged.release()
            charged.release()
            continue
        held = sum(size for owner, size, _ in out if owner == name)
        fits = held + amount <= 20 and sum(size for _, size, _ in out) + amount <= 30
        try:
            out.append((name, amount, charge((ledgers[name], user), "pipe_bytes", amount)))
        except StatusError as error:
            assert not fits and error.status == Status.QUOTA_EXCEEDED
        else:
            assert fits
    assert user.counts.get("pipe_bytes", 0) == sum(size for _, size, _ in out)


@pytest.mark.parametrize(("limits", "program", "error"), [
    ({"handles": 3}, "[attempt('ke_create_event') for _ in range(4)]",
     "701 process 20 has 3 open handles (limit handles in /etc/limits.toml)"),
    ({"threads": 2}, "[attempt('process_thread', lambda: syscall('signal_pull')) for _ in range(3)]",
     "609 process 20 may have 2 threads beside its main one (limit threads in /etc/limits.toml)"),
    ({"user_threads": 2}, "[attempt('process_thread', lambda: syscall('signal_pull')) for _ in range(3)]",
     "609 user 0 may have 2 threads beside the main ones (limit user_threads in /etc/limits.toml)"),
    ({"pipe_bytes": 5000}, "[attempt('ke_create_pipe', 4096), attempt('ke_create_pipe', 4096)]",
     "609 process 20 may have 5000 bytes of pipe buffers (limit pipe_bytes in /etc/limits.toml)"),
    ({"section_bytes": 5000}, "[attempt('ke_create_section', None, 4096), attempt('ke_create_section', None, 4096)]",
     "609 process 20 may have 5000 bytes of sections (limit section_bytes in /etc/limits.toml)"),
    ({"queue_bytes": 50}, "[attempt('ke_create_mqueue', None, 4, 10), attempt('ke_create_mqueue', None, 4, 10)]",
     "609 process 20 may have 50 bytes of message queues (limit queue_bytes in /etc/limits.toml)"),
    ({"messages_per_sender": 2}, "[attempt('signal_send', 20, 'x') for _ in range(3)]",
     "609 signal_send: 2 messages of yours wait at process 20 already (limit messages_per_sender in /etc/limits.toml)"),
    ({"messages": 2}, "[attempt('signal_send', 20, 'x') for _ in range(3)]",
     "609 signal_send: the queue of process 20 is full (limit messages in /etc/limits.toml)"),
])  # fmt: skip
def test_each_limit_has_its_own_error(limits: dict[str, int], program: str, error: str) -> None:
    """The last of the calls is refused and says which limit it met; all before it were let pass."""
    with BareMachine() as bare:
        limited(bare, **limits)
        bare.run(f"{ATTEMPT}outcomes = {program}\nsay(outcomes[-1])\nsay(any('609' in str(x) for x in outcomes[:-1]))")
        assert bare.said() == [error, "False"]


def test_what_is_given_back_can_be_had_again() -> None:
    """Closing pipes, sections, queues and ending threads makes room, for the process and for its user."""
    with BareMachine() as bare:
        limited(bare, pipe_bytes=4096, section_bytes=4096, queue_bytes=100, threads=1)
        bare.run("""
for _ in range(20):
    for handle in syscall("ke_create_pipe", 4096): syscall("vfs_close", handle)
    for handle in syscall("ke_create_named_pipe", "p", 4096): syscall("vfs_close", handle)
    syscall("vfs_close", syscall("ke_create_section", None, 4096))
    syscall("vfs_close", syscall("ke_create_mqueue", None, 10, 10))
    syscall("process_wait", syscall("process_thread", lambda: None))
say("still room")
""")
        assert bare.said() == ["still room"]
        assert set(bare.kernel.processes.limits.account(0, 3).counts.values()) <= {0}


def test_a_refused_pipe_books_nothing() -> None:
    """When the handle table is full in the middle of making a pipe, its buffer is not charged for ever."""
    with BareMachine() as bare:
        limited(bare, handles=1, pipe_bytes=4096)
        bare.run(f"""{ATTEMPT}
for _ in range(3): attempt("ke_create_pipe", 4096), attempt("ke_create_named_pipe", "p", 4096)
say(attempt("ke_create_pipe", 4096)[:3])
""")
        assert bare.said() == ["701"]


def test_a_fork_bomb_is_one_users_business() -> None:
    """A user has so many processes; who is refused goes on, others start what they like, and all of it can be ended."""
    machine = Machine(seed=7, disk=_disk_with("[limits]\nuser_processes = 12\n[users.0]\nuser_processes = 500"))
    result = run(machine, None, line="""
echo 'import subprocess, sys, time
while True:
    try: subprocess.Popen([sys.argv[0]])
    except Exception as error: print(type(error).__name__, error); time.sleep(1)' > /tmp/bomb.py
chmod 755 /tmp/bomb.py
/tmp/bomb.py > /tmp/said &
sleep 5; head -1 /tmp/said; echo over
""", timeout=120)  # fmt: skip
    assert b"user 1000 may have 12 processes" in result.stdout, result


def _disk_with(limits: str) -> Any:
    disk = storage_for(None, system=True, simulated=True, capacity=1 << 26)
    file = disk.open("etc/limits.toml", "w")
    assert file is not None
    file.write(limits.encode())
    file.close()
    return disk


def test_a_flood_of_calls_ends_the_program_and_is_logged() -> None:
    """More calls in a second of machine time than the limit: the sec log says so, and the program is gone."""
    with BareMachine() as bare:
        limited(bare, syscalls_per_second=1000)
        calm = bare.run("for _ in range(3000): syscall('process_get_pid'), syscall('process_sleep', 4)\nsay('calm')")
        wild = bare.run("while True: syscall('process_get_pid')")
        assert bare.said() == ["calm"]
        assert calm.exit_status == 0
        assert wild.exit_status == 137
        assert wild.exit_reason == "it made more than 1000 system calls in a second (limit syscalls_per_second)"
        assert any("syscall_flood" in str(entry["msg"]) for entry in bare.kernel.log.newest(100))


def test_who_prints_too_much_is_held_up() -> None:
    """A program may print a hundred bytes a second; it gets them all out, and takes its time."""
    machine = Machine(seed=7, disk=_disk_with("[limits]\noutput_bytes_per_second = 100"))
    result = run(machine, None, line="yes | head -500; uptime -s", timeout=120)
    assert result.stdout.count(b"y\n") == 500
    assert machine.clock.lifetime_ns() > 8e9


def test_a_program_can_ask_for_its_limits() -> None:
    """What it may have and has, of itself and of others; rates are not counted."""
    with BareMachine() as bare:
        bare.kernel.processes.limits.of(0, 3).threads = NO_LIMIT
        bare.run("""
syscall("ke_create_pipe", 100)
syscall("process_thread", lambda: syscall("signal_pull"))
shown = syscall("process_limits")
say(*[shown[name] for name in ("handles", "pipe_bytes", "threads", "user_processes", "recursion")])
say(syscall("process_limits", 0)["handles"])
""")
        assert bare.said() == ["(1024, 2) (16777216, 100) (None, 1) (None, 1) (100000, None)", "(None, 0)"]
