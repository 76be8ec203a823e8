"""The parent of a machine on a terminal: keeps the terminal, the signals and the way out.

The command forks: the child is the machine and draws, the parent stays small, reads the keys and hands them on. So
there is a way out whatever the machine does (a driver in an endless loop, a C call that does not end, a crash of the
process itself), and the terminal is always given back as it was.

    keys        terminal -> parent -> pipe -> child         child ends: terminal back, then what it said on stderr
    Ctrl+] twice (within TWICE_S)                           power off in order, after GRACE_S by force
    SIGTERM, SIGHUP, SIGINT, SIGQUIT, terminal gone         the same; exit code 128 + the signal's number
    SIGWINCH, SIGCONT                                       the child looks at the size, and draws everything
    SIGTSTP                                                 ignored: Ctrl+Z belongs to the machine

Always so: the command ends within GRACE_S and LEAVE_TIMEOUT_S of being told to. If the parent is killed, the child
gives the terminal back and switches the machine off; one that hangs does not outlive it by more than GRACE_S.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from time import monotonic

from axisos.heartbeat import STUCK, Heart, Pulse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from axisos.consoles.tty import HostTerminal

GRACE_S = 1.5  # for the machine to switch itself off before it is killed
TWICE_S = 0.5  # between the two Ctrl+]
KILLED_EXIT = 137
WAY_OUT = b"\x1d"  # Ctrl+]
_HELD_KEYS = 1 << 20  # bytes that a machine which does not take them may be behind
_HELD_ERRORS = 1 << 16  # bytes of stderr, the last ones

POWER_OFF = b"o"  # what the parent tells the child: switch the machine off,
REDRAW = b"r"  # look at the terminal's size and draw everything

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)


class SignalPipe:
    """Signals of the host as bytes to poll for: each is written as its number."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self.fd, self._write = os.pipe()
        for fd in (self.fd, self._write):
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in numbers:
            signal.signal(number, _nothing)

    def read(self) -> bytes:
        """The numbers of those that came."""
        try:
            return os.read(self.fd, 4096)
        except BlockingIOError:
            return b""


def _nothing(_number: int, _frame: object) -> None:
    """The pipe has the signal already; a handler must be there, or the signal would do what it does by itself."""


def keep(terminal: HostTerminal, machine: Callable[[int, int, int, Heart], int]) -> int:
    """Run *machine(keys, control, signals, heart)* in a process of its own, on the terminal; returns the exit code.

    Args: machine: gets descriptors to poll: what was typed; POWER_OFF and REDRAW, whose end means that the parent is
    gone; the numbers of signals that were sent to the child itself (those of ENDING count). Returns an exit code.
    """
    keys, control, errors, pulse = os.pipe(), os.pipe(), os.pipe(), os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    signals = SignalPipe((*ENDING, signal.SIGWINCH, signal.SIGCONT, signal.SIGCHLD))
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    terminal.enter()
    try:
        pid = os.fork()
    except OSError:
        terminal.leave()
        raise
    if pid == 0:
        for fd in (keys[1], control[1], errors[0], pulse[0]):
            os.close(fd)
        _be_the_child(terminal, machine, keys[0], control[0], errors[1], Heart(pulse[1]))
    for fd in (keys[0], control[0], errors[1], pulse[1]):
        os.close(fd)
    keeper = _Keeper(terminal, Pulse(pulse[0], pid), pid, signals, keys[1], control[1], errors[0])
    try:
        return keeper.run()
    finally:
        terminal.leave()
        keeper.say_errors()


def _be_the_child(
    terminal: HostTerminal, machine: Callable[[int, int, int, Heart], int], keys: int, control: int, errors: int,
    heart: Heart,
) -> None:
    """The child's whole life. What it says on standard output and error waits until the terminal is free."""
    code = 1
    try:
        signals = SignalPipe(ENDING)
        for number in (signal.SIGWINCH, signal.SIGCONT, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        _follow_the_parent(terminal, control)
        os.dup2(errors, 1)
        if os.isatty(2):
            os.dup2(errors, 2)
        os.close(errors)
        code = machine(keys, control, signals.fd, heart)
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:  # nothing of this process may go back into the parent's code
        sys.excepthook(*sys.exc_info())
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except OSError:
            pass  # nobody reads any more
        if _is_hung_up(control):
            terminal.leave()  # the parent, whose task it is, is gone
        os._exit(code)


def _follow_the_parent(terminal: HostTerminal, control: int) -> None:
    """When the parent is gone, give the terminal back and do not stay for long, even if the machine hangs.

    The machine's loop sees the end of `control` by itself; a loop that never comes back is interrupted by SIGIO.
    """
    import fcntl

    def on_news(_number: int, _frame: object) -> None:
        if _is_hung_up(control):
            terminal.leave()
            signal.setitimer(signal.ITIMER_REAL, GRACE_S)  # SIGALRM is left to kill us

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGIO, on_news)
    fcntl.fcntl(control, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(control, fcntl.F_SETFL, fcntl.fcntl(control, fcntl.F_GETFL) | os.O_ASYNC)


def _is_hung_up(fd: int) -> bool:
    """Whether the other end of a pipe has been closed."""
    poll = select.poll()
    poll.register(fd, 0)
    return any(event & select.POLLHUP for _, event in poll.poll(0))


class _Keeper:
    """The parent's part."""

    def __init__(
        self, terminal: HostTerminal, pulse: Pulse, pid: int, signals: SignalPipe, keys: int, control: int, errors: int
    ) -> None:
        self._terminal = terminal
        self._pulse = pulse
        self._beats = True  # the pulse's pipe is open
        self._pid = pid
        self._signals = signals
        self._keys = keys
        self._control = control
        self._errors = errors
        for fd in (keys, control, errors):
            os.set_blocking(fd, False)
        self._held = bytearray()  # keys that the child has not taken yet
        self._said = bytearray()  # by the child on stderr
        self._status: int | None = None  # of the child, when it has ended
        self._ending = 0  # the signal that ends the command
        self._told = False  # the child was told to switch off
        self._forced = ""  # why the child was ended by force
        self._deadline: float | None = None  # for it to end by itself
        self._way_out_at = -TWICE_S  # when Ctrl+] was pressed last, with nothing after it
        self._is_gone = False  # the terminal

    def run(self) -> int:
        """Hand on what comes until the child has ended. Returns the command's exit code."""
        terminal_fd = 0
        while self._status is None:
            poll = select.poll()
            poll.register(self._signals.fd, select.POLLIN)
            if self._errors >= 0:
                poll.register(self._errors, select.POLLIN)
            if not self._is_gone and len(self._held) < _HELD_KEYS:
                poll.register(terminal_fd, select.POLLIN)
            if self._held:
                poll.register(self._keys, select.POLLOUT)
            if self._beats:
                poll.register(self._pulse.fd, select.POLLIN)
            ready = {fd for fd, _ in poll.poll(self._patience_ms())}
            if self._beats and self._pulse.fd in ready:
                self._beats = self._pulse.feel()
            if self._pulse.is_stuck() and not self._forced:
                self._force(STUCK)
            if self._signals.fd in ready:
                self._obey(self._signals.read())
            if self._errors in ready:
                self._read_errors()
            if terminal_fd in ready:
                self._read_keys()
            if self._keys in ready:
                self._hand_on()
            if self._deadline is not None and monotonic() >= self._deadline:
                self._force("it did not switch itself off")
        while self._errors >= 0 and self._read_errors():
            pass
        return self._exit_code()

    def _exit_code(self) -> int:
        assert self._status is not None, "the child runs"
        code = os.waitstatus_to_exitcode(self._status)
        if self._ending:
            return 128 + self._ending
        if self._forced:
            self._said += f"axisos: the machine was ended by force: {self._forced}\n".encode()
            return KILLED_EXIT
        if code < 0:
            self._said += f"axisos: the machine's process was ended by signal {-code}\n".encode()
            return 128 - code
        return code

    def say_errors(self) -> None:
        """What the child said, now that there is a screen to say it on."""
        if self._said:
            sys.stderr.write(self._said.decode("utf-8", "replace"))
            sys.stderr.flush()

    # -- signals ------------------------------------------------------------------------------------------------

    def _obey(self, numbers: bytes) -> None:
        for number in numbers:
            if number == signal.SIGCHLD:
                pid, status = os.waitpid(self._pid, os.WNOHANG)
                if pid:
                    self._status = status
            elif number == signal.SIGWINCH:
                self._tell(REDRAW)
            elif number == signal.SIGCONT:
                if not self._told:
                    self._terminal.enter()  # a shell had it meanwhile
                self._tell(REDRAW)
            elif number in ENDING:
                self._end(number)

    def _end(self, number: int) -> None:
        """The command ends by a signal."""
        self._ending = self._ending or number
        self._power_off()

    def _power_off(self) -> None:
        if not self._told:
            self._told = True
            self._deadline = monotonic() + GRACE_S
            self._tell(POWER_OFF)

    def _patience_ms(self) -> float | None:
        """How long to wait for something to happen."""
        left = [self._pulse.left_s() if self._beats else None]
        if self._deadline is not None:
            left.append(max(0.0, self._deadline - monotonic()))
        return min((seconds * 1000 for seconds in left if seconds is not None), default=None)

    def _force(self, why: str) -> None:
        self._deadline = None
        self._forced = why
        os.kill(self._pid, signal.SIGKILL)

    def _tell(self, word: bytes) -> None:
        try:
            os.write(self._control, word)
        except OSError:
            pass  # the child is gone, or has not read the thousands of words before

    # -- streams ------------------------------------------------------------------------------------------------

    def _read_keys(self) -> None:
        data = self._terminal.read()
        if not data:
            self._is_gone = True
            self._end(signal.SIGHUP)
            return
        self._held += data
        if self._is_way_out(data):
            self._power_off()
        self._hand_on()

    def _is_way_out(self, data: bytes) -> bool:
        """Whether Ctrl+] was pressed twice, with nothing between and not much time."""
        now = monotonic()
        if WAY_OUT * 2 in data or (data.startswith(WAY_OUT) and now - self._way_out_at < TWICE_S):
            return True
        self._way_out_at = now if data.endswith(WAY_OUT) else -TWICE_S
        return False

    def _hand_on(self) -> None:
        try:
            while self._held:
                del self._held[: os.write(self._keys, self._held)]
        except BlockingIOError:
            pass  # the machine is busy; later
        except OSError:
            self._held.clear()  # it has ended

    def _read_errors(self) -> bool:
        """Take what the child says. False if there is nothing at present."""
        try:
            data = os.read(self._errors, 65536)
        except BlockingIOError:
            return False
        if not data:
            os.close(self._errors)
            self._errors = -1
        self._said += data
        del self._said[:-_HELD_ERRORS]
        return bool(data)
