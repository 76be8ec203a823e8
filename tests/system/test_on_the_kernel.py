"""Ring 1 on a whole machine: the real kernel, DKMS and drivers around the Pipeline Manager and the logon service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from axisos import Machine
from axisos.machine import disk
from axisos.machine.memory_storage import MemoryStorage
from axisos.machine.storage import Storage


class Computer:
    """A simulated machine with its disk, and programs given as source."""

    def __init__(self, storage: Storage | None = None) -> None:
        self.storage = storage or disk.overlay(MemoryStorage(), simulated=True)
        self.machine = Machine(disk=self.storage, seed=7)
        self.machine.power_on()
        self.machine.run_until("login:")

    def start(self, source: str, uid: int = 1000) -> Any:
        """A ring-3 process that runs *source* as that user."""
        process = self.machine.kernel.spawn_source(source)
        process.uid = process.gid = uid
        return process

    def run(self, source: str, uid: int = 1000) -> Any:
        """Run *source* to its end."""
        process = self.start(source, uid)
        self.machine.run_until(lambda: process.exit_status is not None)
        return process

    def log(self) -> list[str]:
        """The kernel log's messages so far."""
        return [str(entry["msg"]) for entry in self.machine.kernel.log.newest(1000)]


def saying(source: str) -> str:
    """*source*, whose failures become a line in the kernel log."""
    return f"try:\n    {source}\nexcept Exception as error:\n    syscall('kernel_log', str(error))\n"


@pytest.fixture
def computer() -> Iterator[Computer]:
    """A machine at its login prompt."""
    made = Computer()
    yield made
    made.machine.power_off()


def test_the_boot_reaches_init_with_every_driver_in_place(computer: Computer) -> None:
    """The terminal first; nothing failed; the log is in the files of the first session."""
    log = computer.log()
    online = [line for line in log if "is online" in line]
    assert "AxisTTY" in online[0] and any("AxisRingFS" in line for line in online)
    assert log.index(online[-1]) < log.index("/bin/init.py is process 20")
    stats = computer.machine.kernel.log.dmesg_stats(None)["level_counts"]
    assert not stats.get("fail") and not stats.get("warn"), log


def test_a_change_of_permissions_survives_the_power_switch() -> None:
    """At once, without any shutdown; and again after the table was written."""
    first = Computer()
    assert first.run("syscall('vfs_chmod', '/etc/hostname', '600')", 0).exit_status == 0
    first.machine.power_off()
    second = Computer(first.storage)
    try:
        second.run(saying("syscall('vfs_open', '/etc/hostname')"))
        assert any("/etc/hostname: uid 1000 may not read it" in line for line in second.log())
        assert second.storage.stat("etc/perms.log") is not None
        second.run("syscall('vfs_chmod', '/etc/hostname', '644')", 0)
        second.machine.run_for(1.5)
        assert second.storage.stat("etc/perms.log") is None, "it is in the table now"
        assert second.run("syscall('vfs_open', '/etc/hostname')").exit_status == 0
    finally:
        second.machine.power_off()


def test_one_waits_for_a_key_and_all_others_go_on(computer: Computer) -> None:
    """The shell reads the terminal: that holds up nobody."""
    computer.machine.type("guest\nguest\n")
    computer.machine.run_until("guest@")
    computer.machine.run_until_idle()
    writing = "h = syscall('vfs_open', '/tmp/f', 'w')\nfor _ in range(100): syscall('vfs_write', h, b'x')\n"
    assert computer.run(writing + "syscall('vfs_close', h)").exit_status == 0
    computer.machine.type("pwd\n")
    computer.machine.run_until("/home/guest")


def test_files_and_devices_of_a_dead_process_are_closed(computer: Computer) -> None:
    """Whatever it had open; PM's books are empty again."""
    opened = "syscall('vfs_open', '/tmp/f', 'w'), syscall('vfs_open', '/dev/ringlog', 'r')"
    source = f"h = {opened}\nsyscall('signal_pull')"
    process = computer.start(source)
    computer.machine.run_until_idle()
    tmp = next(board for board in computer.machine.bus.components() if getattr(board, "label", "") == "tmpfs")
    assert len(tmp._handles) == 1
    computer.run(f"syscall('process_kill', {process.pid}, 9)", 0)
    computer.machine.run_until_idle()
    assert process.exit_status == 128 + 9 and not tmp._handles


def test_logging_in_wrongly_takes_two_seconds_and_five_times_half_a_minute(computer: Computer) -> None:
    """At the prompt, in machine time; another user is let in meanwhile by another process."""
    machine = computer.machine
    start_s = machine.clock.now()
    machine.type("guest\nwrong\n")
    machine.run_until("incorrect")
    assert 2.0 <= machine.clock.now() - start_s < 3.0
    attempts = "for _ in range(4):\n    try: syscall('auth_login', 'guest', 'x')\n    except Exception: pass\n"
    computer.run(attempts)
    computer.run(saying("syscall('auth_login', 'guest', 'guest')"))
    assert any("ACCESS_DENIED: too many failures: try again in" in line for line in computer.log())
    machine.run_for(31)
    machine.type("guest\nguest\n")
    machine.run_until("guest@")


def test_no_password_and_no_file_for_a_program_of_a_user(computer: Computer) -> None:
    """The accounts are the logon service's alone; rights come by grant, not by asking."""
    for call in (
        "'vfs_open', '/etc/passwd.toml'", "'auth_login', 'root', None",
        "'auth_passwd', 'root', 'root', 'mine for ever'",
    ):
        computer.run(saying(f"syscall({call})"))
    said = "\n".join(computer.log())
    assert "/etc/passwd.toml: uid 1000 may not read it" in said
    assert "PRIVILEGE_NOT_HELD: auth_login root: only uid 0 needs no password" in said
    assert "PRIVILEGE_NOT_HELD: auth_passwd root" in said
