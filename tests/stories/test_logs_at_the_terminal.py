"""Somebody reads the logs: the live one as it grows, the stored ones, the kernel's own."""

from __future__ import annotations

from collections.abc import Callable

from axisos import host
from axisos.machine.machine import Machine
from stories.test_commands_at_the_terminal import at_the_prompt


def test_logread_follows_the_log_until_it_is_interrupted(machine: Machine) -> None:
    """New lines appear by themselves; while there are none, nothing happens in the machine; Ctrl+C leaves nothing."""
    at_the_prompt(machine)
    machine.type("clear; logread -n 0 -f &\n")
    machine.run_until_idle()
    machine.type("clear\n")
    machine.run_until_idle()
    machine.type("python -c 'syscall(\"kernel_log\", \"hello from the \" + \"log\")'\n")
    machine.run_until("hello from the log")
    machine.run_until_idle()
    machine.type("clear; kill %1; jobs; echo over\n")
    machine.run_until("over")
    machine.type("clear; logread -f\n")
    machine.run_until_idle()
    (reader,) = [each for each in machine.kernel.processes.processes() if "logread" in each.image]
    used_ns = reader.threads[0].cpu_ns
    machine.run_for(100)
    assert reader.threads[0].cpu_ns == used_ns
    machine.press("ctrl+c")
    machine.run_until_idle()
    machine.type("clear; logread -s; echo status $?\n")
    machine.run_until("status 0")
    assert "/dev/ringlog: " in machine.screen.text()
    assert not [each for each in machine.kernel.processes.processes() if "logread" in each.image]


def test_dmesg_follows_the_kernels_log(machine: Machine) -> None:
    """`dmesg -w` sleeps until there is an entry."""
    at_the_prompt(machine)
    machine.type("clear; dmesg -n 0 -w -l warn\n")
    machine.run_until_idle()
    (reader,) = [each for each in machine.kernel.processes.processes() if "dmesg" in each.image]
    used_ns = reader.threads[0].cpu_ns
    machine.run_for(100)
    assert reader.threads[0].cpu_ns == used_ns
    machine.kernel.kprint("info", "not wanted")
    machine.kernel.kprint("warn", "look here")
    machine.computer.push_signal("work")  # the kernel sleeps
    machine.run_until("look here")
    assert "not wanted" not in machine.screen.text()
    machine.press("ctrl+c")
    machine.run_until("guest@")


def test_the_stored_logs(shell: Callable[..., host.Result]) -> None:
    """By name or path, the last lines of one, the list of all."""
    result = shell(
        "logread -l; logread -n 1 syslog_001.log | wc -l; logread -f syslog_001.vbl | head -1; logread -a | wc -l"
    )
    text = result.stdout.decode()
    assert "/log:\n  syslog_001.log " in text and "/vbl:\n  syslog_001.vbl " in text
    assert "\n1\n" in text and "session begins" in text
    assert result.exit_code == 0


def test_what_logread_refuses(shell: Callable[..., host.Result]) -> None:
    """Wrong use is 2, a log that is not there is 1, each with one line."""
    for line, code, complaint in (
        ("logread none.log", 1, b"logread: none.log: No such file or directory\n"),
        ("logread -l -a", 2, b"logread: -l goes alone (see logread --help)\n"),
        ("logread -s -f", 2, b"logread: -s goes alone (see logread --help)\n"),
        ("logread -n x", 2, b"logread: x: the number of lines must be a whole number (see logread --help)\n"),
        ("logread a b", 2, b"logread: b: too many operands (see logread --help)\n"),
    ):
        result = shell(line)
        assert (result.exit_code, result.stderr) == (code, complaint), line


def test_the_live_log_is_whole_lines_and_ends_with_the_newest(shell: Callable[..., host.Result]) -> None:
    """What was just logged is there."""
    result = shell("python -c 'syscall(\"kernel_log\", \"just now\")'; logread | tail -1; logread -1")
    first, second = result.stdout.decode().splitlines()[-2:]
    assert "just now" in first or "just now" in result.stdout.decode()
    assert second.startswith("[")


def test_dmesg_says_what_it_has_missed(machine: Machine) -> None:
    """More entries than the log keeps came while the reader was stopped: their number stands in their place."""
    at_the_prompt(machine)
    machine.type("clear; dmesg -n 0 -f | grep -E 'lost here|the last' &\n")
    machine.run_until_idle()
    (reader,) = [each for each in machine.kernel.processes.processes() if "dmesg" in each.image]
    machine.type(f"kill -STOP {reader.pid}\n")
    machine.run_until_idle()
    for number in range(1500):
        machine.kernel.kprint("info", f"number {number}")
    machine.kernel.kprint("info", "the last")
    machine.type(f"clear; kill -CONT {reader.pid}\n")
    machine.run_until("entries were lost here")
    machine.run_until("the last")


def test_the_log_goes_on_when_its_driver_is_started_again(machine: Machine) -> None:
    """Lines that come while there is no driver wait; who follows goes on following; the ring has its size again."""
    at_the_prompt(machine)
    machine.type("clear; logread -n 0 -f | grep -E 'number|driver' &\n")
    machine.run_until_idle()
    processes = machine.kernel.processes
    (driver,) = [each for each in processes.processes() if "ringfs" in each.image]
    processes.terminate(driver, 137, "killed by the test")
    for number in range(3):
        machine.kernel.kprint("info", f"number {number}")
    machine.computer.push_signal("work")
    machine.run_for(5)
    machine.kernel.kprint("info", "number 3")
    machine.computer.push_signal("work")
    machine.run_for(5)
    text = machine.screen.text()
    assert [text.count(f"number {number}") for number in range(4)] == [1, 1, 1, 1]
    machine.type("clear; kill %1; logread -s\n")
    machine.run_until("of 8192 bytes")
