"""The parent of every headless run: keeps signals and time limits, whatever the machine in the child does.

While one C call runs in the child, no signal handler and no other thread of that process runs. So the command forks
at once, before anything heavy is imported: the child becomes the machine, the parent stays small, hands signals on,
and ends the child by force if it must.

    SIGINT, 1st   SIGINT to the program        SIGTERM, 3rd SIGINT, --timeout   power off in order,
    SIGINT, 2nd   SIGKILL to the program                                        then SIGKILL after GRACE_S

A machine that does not beat any more while it computes (see `heartbeat`) is ended by force as well.

Always so: the command ends within two seconds of the third SIGINT, of SIGTERM and of `--timeout`.
"""

from __future__ import annotations

import os
import sys

from axisos.heartbeat import STUCK, Heart, Pulse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

GRACE_S = 1.5  # for a machine to switch itself off before it is killed
KILLED_EXIT = 137

INTERRUPT = b"i"  # what the parent tells the child: SIGINT to the program,
KILL = b"k"  # SIGKILL to the program,
POWER_OFF = b"o"  # switch the machine off


def main(argv: list[str] | None = None) -> int:
    """The `axisos` command. Returns its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    from axisos.cli import parse

    options = parse(arguments)
    if options.seed is not None and os.environ.get("PYTHONHASHSEED") != "0":
        _execute_again()
    return int(options.action(options))


def _execute_again() -> None:
    """A seeded run needs the same hashes each time, which Python fixes at its start only: start once more."""
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    os.execve(
        sys.executable,
        [sys.executable, "-c", "import sys; from axisos.supervisor import main; sys.exit(main())", *sys.argv[1:]],
        environment,
    )


def supervise(child: Callable[[int, Heart], int], timeout_s: float | None, quiet: bool) -> int:
    """Run *child(control descriptor, heart)* in a process of its own and return its exit code.

    Args: child: reads INTERRUPT, KILL and POWER_OFF from the descriptor; has the heart beaten. timeout_s: wall time
    for all of it.
    """
    import signal

    control_read, control_write = os.pipe()
    pulse, heart = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(control_write)
        os.close(pulse)
        _be_the_child(lambda: child(control_read, Heart(heart)))
    os.close(control_read)
    os.close(heart)
    parent = _Parent(pid, control_write, Pulse(pulse, pid), timeout_s, quiet)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, parent.on_signal)
    if timeout_s is not None:
        signal.setitimer(signal.ITIMER_REAL, max(timeout_s, 1e-3))
    code = parent.wait()
    signal.setitimer(signal.ITIMER_REAL, 0)  # there is nobody left to be ended by it
    return code


def _be_the_child(child: Callable[[], int]) -> None:
    """The child's whole life: signals are the parent's business."""
    import signal

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    code = 1
    try:
        code = child()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BrokenPipeError:
        code = 128 + signal.SIGPIPE  # nobody reads any more: as it would end without Python
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except BaseException:  # nothing of this process may go back into the parent's code
        sys.excepthook(*sys.exc_info())
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except OSError:
            pass  # nobody reads any more
        os._exit(code)


class _Parent:
    """What the parent knows of its child."""

    def __init__(self, pid: int, control: int, pulse: Pulse, timeout_s: float | None, quiet: bool) -> None:
        self._pid = pid
        self._control = control
        self._pulse = pulse
        self._timeout_s = timeout_s
        self._quiet = quiet
        self._interrupts = 0
        self._ending = ""  # why the machine was told to switch off

    def on_signal(self, number: int, _frame: object) -> None:
        import signal

        if number == signal.SIGALRM:
            if self._ending:
                self._kill()
            else:
                self._power_off(f"it was not done after {self._timeout_s:g} s")
        elif number == signal.SIGINT and self._interrupts < 2:
            self._interrupts += 1
            self._tell(INTERRUPT if self._interrupts == 1 else KILL)
        else:
            self._power_off(f"{signal.Signals(number).name} was received")

    def _power_off(self, why: str) -> None:
        import signal

        if self._ending:
            return
        self._ending = why
        self._tell(POWER_OFF)
        signal.setitimer(signal.ITIMER_REAL, GRACE_S)

    def _kill(self) -> None:
        import signal

        os.kill(self._pid, signal.SIGKILL)

    def _tell(self, word: bytes) -> None:
        try:
            os.write(self._control, word)
        except OSError:
            pass  # the child is gone already

    def wait(self) -> int:
        """The exit code of the command."""
        from select import select

        pulse = self._pulse
        alive = True
        while alive:
            if select([pulse.fd], [], [], pulse.left_s())[0]:
                alive = pulse.feel()
            elif pulse.is_stuck() and not self._ending:
                self._ending = STUCK
                self._kill()
        _, status = os.waitpid(self._pid, 0)
        code = os.waitstatus_to_exitcode(status)
        if self._ending or code < 0:
            if not self._quiet:
                why = self._ending or f"its process was ended by signal {-code}"
                print(f"axisos: the machine was stopped: {why}", file=sys.stderr)
            return KILLED_EXIT
        return code


if __name__ == "__main__":
    sys.exit(main())
