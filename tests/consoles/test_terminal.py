"""`axisos boot` on a real pseudo-terminal.

Most scenes boot a kernel of a few lines, so that they tell about the console and nothing else. Nothing sleeps: a
scene waits until the terminal shows something, or the command has ended, and fails after DEADLINE_S.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from .vt import AT_REST, Terminal

DEADLINE_S = 30.0
COMMAND = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # the session's terminal, so that its signals come from it
if "SHELL_STAYS" in os.environ and os.fork():  # when a session's first process ends, its terminal hangs up
    signal.pause()
from axisos.supervisor import main
sys.exit(main(sys.argv[1:]))
"""
KERNEL = '''
# Shows what comes; obeys a few keys.
gpu = component.proxy(next(iter(component.list("gpu", True))))
gpu.bind(next(iter(component.list("screen", True))), False)
row = 0

def say(*words):
    global row
    row = row % 14 + 1
    gpu.fill(1, row, 200, 1, " ")
    gpu.set(1, row, " ".join(str(word) for word in words) + " .")

def spin():
    say("spinning")
    count, signal = 0, None
    while not signal or signal[0] != "key_down":
        count += 1
        gpu.set(1, 15, str(count))
        signal = computer.pull_signal(0)
    say("spun")

def flood():
    count = 0
    while True:
        count += 1
        for y in range(2, 26):
            gpu.set(1, y, chr(65 + (count + y) % 26) * 80)
        computer.pull_signal(0)

def stuck():
    while True:
        pass

def broken():
    raise ValueError("something broke")

def off():
    computer.shutdown(False)

def again():
    computer.shutdown(True)

def colours():
    gpu.setForeground(0x00FF00)
    gpu.setBackground(0x0000FF)
    say("colours 漢字")

orders = {"s": spin, "f": flood, "k": stuck, "b": broken, "o": off, "r": again, "c": colours}
say("kernel is up", *gpu.getResolution())
while True:
    name, address, *values = computer.pull_signal()
    if name == "key_down" and chr(values[0]) in orders:
        orders[chr(values[0])]()
    elif name != "key_up":
        say(name, *values)
'''


class Boot:
    """A running `axisos boot` and the terminal that it runs on."""

    def __init__(self, arguments: list[str], environment: dict[str, str], size: tuple[int, int]) -> None:
        self.screen = Terminal(*size)
        self.master, self._slave = pty.openpty()
        self._set_size(*size)
        self.modes = termios.tcgetattr(self._slave)
        self._errors_read, errors = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "boot", *arguments], stdin=self._slave, stdout=self._slave,
            stderr=self._slave if "STDERR_ON_TERMINAL" in environment else errors, start_new_session=True,
            env={**os.environ, **environment},
        )  # fmt: skip
        os.close(errors)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for fd in (self.master, self._slave, self._errors_read):
            if fd >= 0:
                os.close(fd)
        self.master = self._slave = self._errors_read = -1

    def _set_size(self, width: int, height: int) -> None:
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def resize(self, width: int, height: int) -> None:
        self.screen.resize(width, height)
        self._set_size(width, height)  # this sends SIGWINCH

    def send(self, data: bytes) -> None:
        os.write(self.master, data)

    def wait_for(self, what: str | Callable[[], object]) -> None:
        """Read what the terminal gets until it shows a text, or a condition holds."""
        end = monotonic() + DEADLINE_S
        while not (what in self.screen.text() if isinstance(what, str) else what()):
            left = end - monotonic()
            ready = select.select([self.master], [], [], max(0.0, min(left, 0.25)))[0]  # conditions may not print
            if ready:
                self.screen.feed(os.read(self.master, 65536))
            elif left <= 0:
                raise AssertionError(f"waited in vain for {what!r}; the terminal shows:\n{self.screen.text()}")

    def ended(self) -> int:
        """Wait for the command to end and the terminal to be as it was. Returns the exit code."""
        self.wait_for(lambda: self.process.poll() is not None)
        while select.select([self.master], [], [], 0)[0]:
            self.screen.feed(os.read(self.master, 65536))
        assert self.is_given_back()
        return self.process.returncode

    def is_given_back(self) -> bool:
        """Whether the terminal's modes are as they were before."""
        modes = {mode: is_on for mode, is_on in self.screen.modes.items() if is_on or mode in AT_REST}
        return modes == AT_REST and termios.tcgetattr(self._slave) == self.modes

    def errors(self) -> str:
        """What the command said on standard error; only when it has ended."""
        parts = []
        while part := os.read(self._errors_read, 65536):
            parts.append(part)
        return b"".join(parts).decode()

    def wait_until_stuck(self, machine: int) -> None:
        """Send the key that makes the small kernel hang, and wait until it does."""
        before = time_of(machine)
        self.send(b"k")
        self.wait_for(lambda: time_of(machine) > before + 20)  # a busy host may have no time to draw a word

    @property
    def machine_pid(self) -> int:
        """The process of the machine, the command's child."""
        return child_of(self.process.pid)


def child_of(pid: int) -> int:
    """The only child of a process."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text())


def time_of(pid: int) -> int:
    """Processor time of a process, in ticks of the host."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11])


def has_ended(pid: int) -> bool:
    """Whether a process has ended, buried or not."""
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return True


Start = Callable[..., Boot]


@pytest.fixture
def boot(tmp_path: Path) -> Iterator[Start]:
    """Start `axisos boot` with the small kernel (or, `kernel=None`, with the whole system)."""
    started: list[Boot] = []

    def start(
        *arguments: str, kernel: str | None = KERNEL, size: tuple[int, int] = (80, 25), **environment: str
    ) -> Boot:
        environment = {
            "XDG_DATA_HOME": str(tmp_path / "data"), "XDG_CACHE_HOME": str(tmp_path / "cache"), "TERM": "xterm",
            "PYTHONPATH": os.pathsep.join(sys.path), **environment,
        }  # fmt: skip
        if kernel is not None:
            directory = tmp_path / "disk"
            directory.mkdir(exist_ok=True)
            (directory / "kernel.py").write_text(kernel)
            arguments = ("--disk", str(directory), *arguments)
        started.append(Boot(["--quick", *arguments], environment, size))
        return started[-1]

    yield start
    for each in started:
        each.close()


def test_the_machine_is_shown_and_gets_every_key(boot: Start) -> None:
    """Keys, control keys, mouse and pastes reach the machine; switching it off ends the command with 0."""
    session = boot()
    session.wait_for("kernel is up 80 25")
    assert session.screen.modes["1049"] and not session.screen.modes["25"]
    for data, shown in (
        (b"x", "key_down 120 45"),
        (b"\x03", "key_down 3 46"),
        (b"\x1a", "key_down 26 44"),
        (b"\x1c", "key_down 28 43"),
        (b"\x13", "key_down 19 31"),
        (b"\x1b[1;5A", "key_down 0 200"),
        (b"\x1b", "key_down 27 1"),  # by itself, after a moment
        ("ü".encode(), "key_down 252 0"),
        (b"\x1b[<0;3;4M", "touch 3 4 0"),
        (b"\x1b[<65;3;4M", "scroll 3 4 -1"),
        (b"\x1b[200~two\rlines\x1b[201~", "clipboard two"),
    ):
        session.send(data)
        session.wait_for(shown)
    session.wait_for("clipboard lines")
    session.send(b"o")
    assert session.ended() == 0
    assert session.errors() == ""


def test_colours_and_wide_characters(boot: Start) -> None:
    """What the machine draws is drawn as it is, in 24-bit colours."""
    session = boot()
    session.wait_for("kernel is up")
    session.send(b"c")
    session.wait_for("colours 漢字")
    row = next(row for row in session.screen.rows if row[0][0] == "c")
    assert row[0] == ("c", 0x00FF00, 0x0000FF) and row[8][0] == "漢" and row[9][0] == "" and row[10][0] == "字"


def test_the_screen_follows_the_terminals_size(boot: Start) -> None:
    """A resize reaches the machine; too small a terminal says so and shows the part that fits."""
    session = boot()
    session.wait_for("kernel is up 80 25")
    session.resize(100, 30)
    session.wait_for("screen_resized 100 30")
    session.resize(40, 10)
    session.wait_for("too small")
    session.wait_for("screen_resized 50 16")
    session.resize(80, 25)
    session.wait_for("screen_resized 80 25")
    assert "too small" not in session.screen.text()


def test_a_busy_machine_is_shown_and_hears(boot: Start) -> None:
    """While a program spins its screen is drawn, and a key reaches it at once."""
    session = boot()
    session.wait_for("kernel is up")
    session.send(b"s")
    session.wait_for("spinning")
    first = session.screen.text().splitlines()[14]
    session.wait_for(lambda: session.screen.text().splitlines()[14] != first)
    session.send(b"x")
    session.wait_for("spun")


def test_a_reboot_goes_on(boot: Start) -> None:
    """The command stays; the machine starts anew on the same terminal."""
    session = boot()
    session.wait_for("kernel is up")
    session.send(b"x")
    session.wait_for("key_down 120")
    session.send(b"r")
    session.wait_for(lambda: "kernel is up" in session.screen.text() and "key_down" not in session.screen.text())
    session.send(b"o")
    assert session.ended() == 0


def test_a_machine_that_broke_down_stays_to_be_read(boot: Start) -> None:
    """Its own screen says why; Ctrl+] twice ends it, and the reason is repeated."""
    session = boot()
    session.wait_for("kernel is up")
    session.send(b"b")
    session.wait_for("ValueError: something broke")
    session.wait_for("Ctrl+] twice")
    session.send(b"\x1d\x1d")
    assert session.ended() == 1
    assert "something broke" in session.errors()


def test_ctrl_bracket_twice_ends_a_machine_that_hangs(boot: Start) -> None:
    """Even one that never asks for a key again; once alone is a key as any other."""
    session = boot()
    session.wait_for("kernel is up")
    session.send(b"\x1dx")
    session.wait_for("key_down 29 27")
    session.wait_until_stuck(session.machine_pid)
    session.send(b"\x1d")
    session.send(b"\x1d")
    assert session.ended() == 137
    assert "by force" in session.errors()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signals_switch_it_off_in_order(boot: Start, number: int) -> None:
    """The exit code tells which; the terminal is as it was."""
    session = boot()
    session.wait_for("kernel is up")
    session.process.send_signal(number)
    assert session.ended() == 128 + number


def test_a_signal_ends_a_machine_that_hangs(boot: Start) -> None:
    """By force after a moment."""
    session = boot()
    session.wait_for("kernel is up")
    session.wait_until_stuck(session.machine_pid)
    session.process.send_signal(signal.SIGTERM)
    assert session.ended() == 143


def test_a_terminal_that_takes_nothing_holds_up_nobody(boot: Start) -> None:
    """A stopped terminal (nobody reads from it) neither stops the machine nor the way out."""
    session = boot()
    session.wait_for("kernel is up")
    session.send(b"f")
    session.wait_for("A" * 80)
    machine, end = session.machine_pid, monotonic() + DEADLINE_S
    before = time_of(machine)
    while time_of(machine) < before + 30:
        assert monotonic() < end, "the machine does not run on"
        select.select([], [], [], 0.05)
    session.process.send_signal(signal.SIGTERM)
    assert session.process.wait(DEADLINE_S) == 143
    assert termios.tcgetattr(session._slave) == session.modes


def test_a_crash_of_its_process_gives_the_terminal_back(boot: Start) -> None:
    """Whatever killed it is named."""
    session = boot(STDERR_ON_TERMINAL="1")
    session.wait_for("kernel is up")
    os.kill(session.machine_pid, signal.SIGSEGV)
    session.wait_for("ended by signal 11")
    assert session.ended() == 139


def test_a_python_error_is_told_after_the_terminal_is_back(boot: Start) -> None:
    """A traceback on the screen that everybody can read, not on the one that goes away."""
    session = boot(kernel="raise KeyboardInterrupt('of the host')\n" + "#" * 100, STDERR_ON_TERMINAL="1")
    session.wait_for("KeyboardInterrupt: of the host")
    assert session.ended() == 1


@pytest.mark.parametrize("hangs", [False, True])
def test_the_machine_ends_with_its_keeper(boot: Start, hangs: bool) -> None:
    """If the parent is killed, the terminal is given back and the machine's process ends, even if the machine hangs."""
    session = boot(SHELL_STAYS="1")
    session.wait_for("kernel is up")
    keeper = child_of(session.process.pid)
    machine = child_of(keeper)
    if hangs:
        session.wait_until_stuck(machine)
    os.kill(keeper, signal.SIGKILL)
    session.wait_for(lambda: not session.screen.modes["1049"] and session.is_given_back())
    session.wait_for(lambda: has_ended(machine))


def test_the_terminal_goes_away(boot: Start) -> None:
    """Closing the window ends the command as SIGHUP does."""
    session = boot()
    session.wait_for("kernel is up")
    os.close(session.master)
    os.close(session._slave)
    session.master = session._slave = -1
    assert session.process.wait(DEADLINE_S) == 129


def test_coming_back_after_a_stop_draws_everything(boot: Start) -> None:
    """SIGCONT: the modes and the picture are made anew, for a shell had the terminal meanwhile."""
    session = boot()
    session.wait_for("kernel is up")
    session.screen.resize(80, 25)
    session.screen.modes.update({"1049": False, "25": True})
    assert "kernel" not in session.screen.text()
    session.process.send_signal(signal.SIGCONT)
    session.wait_for("kernel is up")
    assert session.screen.modes["1049"] and not session.screen.modes["25"]


def test_without_a_terminal_it_says_what_to_use(tmp_path: Path) -> None:
    """One line, exit code 1, nothing made."""
    result = subprocess.run(
        [sys.executable, "-m", "axisos.supervisor", "boot"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path / "data"), "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert result.returncode == 1 and result.stdout == ""
    assert result.stderr.count("\n") == 1 and "axisos run" in result.stderr
    assert not (tmp_path / "data").exists()


def test_a_second_boot_is_refused(boot: Start) -> None:
    """One line, and the first goes on."""
    first = boot()
    first.wait_for("kernel is up")
    second = boot()
    second.wait_for(lambda: second.process.poll() is not None)
    assert second.process.returncode == 1 and second.errors().count("\n") == 1
    first.send(b"o")
    assert first.ended() == 0


def test_further_hardware_is_plugged_in(boot: Start, tmp_path: Path) -> None:
    """By --drive and --component; the drive's file is free again when the machine is off."""
    image = tmp_path / "disk.img"
    look = 'say("drives:", len(component.list("drive", True)), "reactor parts:", len(component.list("rbmk_")))\n'
    kernel = KERNEL.replace('say("kernel is up"', look + 'say("kernel is up"')
    for drive in (f"{image}:64K", str(image)):
        session = boot("--drive", drive, "--component", "reactor:layout=FRF", kernel=kernel)
        session.wait_for("drives: 1 reactor parts: 5")
        session.send(b"o")
        assert session.ended() == 0
    assert image.stat().st_size == 65_536


def test_the_whole_system_from_login_to_shutdown(boot: Start) -> None:
    """The packaged disk on a terminal: log in, run a command, look at the time of a loop, switch off; 0."""
    session = boot("--seed", "3", kernel=None)
    session.wait_for("login:")
    session.send(b"root\r")
    session.wait_for("assword:")
    session.send(b"root\r")
    session.wait_for("root@")
    session.send("echo 漢字 $((6*7))x\r".encode())
    session.wait_for("漢字 ")
    session.send(b"yes\r")
    session.wait_for("y\ny\ny\n")
    session.send(b"\x03")
    session.wait_for("^C")
    session.send(b"shutdown\r")
    assert session.ended() == 0
