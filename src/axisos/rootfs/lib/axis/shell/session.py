"""The interactive shell: prompt, read, run, again; and the shell's own part in job control.

Called by   `/bin/sh.py` when a person sits at the other end.
Always so   Ctrl+C, Ctrl+Z and Ctrl+\\ never end or stop the shell itself; whatever goes wrong in a command, the next
            prompt comes.
"""

from __future__ import annotations

from abi.signals import SIG_IGN, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTSTP
from abi.status import Status, StatusError
from axis.shell.complete import complete
from axis.shell.history import History
from axis.shell.jobs import DONE, STOPPED, JobTable
from axis.shell.line import LineReader
from axis.shell.parser import Parser
from axis.shell.prompt import Prompt
from axis.shell.run import ExitShell, Interrupted, LeaveLoop, ReturnFromFunction, ShellError
from axis.shell.syntax import IncompleteError, ShellSyntaxError
from axis.shell.system import reason
from axis.shell.terminal import Terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.shell.run import Shell

STARTUP_FILE = ".shrc"
HISTORY_FILE = ".sh_history"
MOST_FAILURES = 20  # reads that may fail in a row before the shell gives up


class Session:
    """One person's time at the shell."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._jobs = shell.jobs = JobTable()
        system = shell.system
        system.on_signal(SIGINT, self._on_interrupt)
        system.on_signal(SIGTSTP, SIG_IGN)
        system.on_signal(SIGQUIT, SIG_IGN)
        self._terminal = Terminal(system)
        shell.group = int(system.info()["pgid"])
        self._terminal.take_back(shell.group)
        home = shell.lookup("HOME")
        self._history = shell.history = History(system, f"{home.rstrip('/')}/{HISTORY_FILE}" if home else None)
        self._prompt = Prompt(shell)
        self._reader = LineReader(self._terminal, self._history, lambda typed: complete(shell, typed))
        self._warned = False  # that jobs are stopped, and nothing was run since

    def _on_interrupt(self, _: int) -> None:
        self._shell.interrupted = True

    def run(self) -> int:
        """Serve until `exit` or the end of input; the exit status."""
        shell = self._shell
        status = shell.main(self._serve)
        for job in self._jobs.all():
            if job.state() == STOPPED and job.group:
                self._hang_up(job.group)
        return status

    def _hang_up(self, group: int) -> None:
        """A stopped job would be left behind for ever."""
        for signal in (SIGHUP, SIGCONT):
            try:
                self._shell.system.kill_group(group, signal)
            except StatusError:
                return

    def _serve(self) -> None:
        shell = self._shell
        shell.terminal = self._terminal
        home = shell.lookup("HOME") or "/"
        if shell.exists(f"{home}/{STARTUP_FILE}"):
            self._run(f". '{home}/{STARTUP_FILE}'")
        while True:
            self._report()
            text = self._command()
            if text is None:
                if self._stopped_jobs():
                    continue
                self._terminal.write("exit\n")
                return
            if not text.strip():
                continue
            self._keep(text)
            try:
                self._run(text)
            except ExitShell:
                if not self._stopped_jobs():
                    raise
            else:
                self._warned = False

    def _stopped_jobs(self) -> bool:
        """Warn, once, of jobs that would be lost by leaving now."""
        stopped = [job for job in self._jobs.all() if job.state() == STOPPED]
        if not stopped or self._warned:
            return False
        self._terminal.write("there are stopped jobs\n")
        self._warned = True
        return True

    def _report(self) -> None:
        """Say which background jobs ended."""
        self._shell.reap()
        for job in self._jobs.all():
            if job.state() == DONE:
                self._terminal.write(job.line(self._jobs.mark(job)) + "\n")
                self._jobs.forget(job)

    def _command(self) -> str | None:
        """What is typed, up to the end of a command; None at the end of input."""
        shell = self._shell
        text = ""
        prompt = self._prompt.first()
        failures = 0
        while True:
            try:
                line = self._reader.read(prompt)
            except Interrupted:
                shell.status = 130
                return ""
            except StatusError as error:
                failures += 1
                if failures > MOST_FAILURES:
                    shell.complain(f"cannot read from the terminal: {reason(error)}")
                    return None
                if error.status in (Status.DEVICE_BUSY, Status.CANCELLED, Status.DEVICE_NOT_READY):
                    shell.system.call("process_sleep", 100)
                continue
            if line is None:
                if not text:
                    return None
                shell.complain("unexpected end of input")
                return ""
            text += line
            try:
                Parser(text, aliases=shell.aliases).parse_program()
            except IncompleteError:
                text += "\n"
                prompt = self._prompt.next()
                continue
            except ShellSyntaxError:
                pass  # running it reports it
            return text

    def _keep(self, text: str) -> None:
        """Put a command into the history, on one line."""
        if "\n" in text:
            from axis.shell.unparse import command_text

            try:
                text = command_text(Parser(text, aliases={}).parse_program()).replace("\n", " ")
            except ShellSyntaxError:
                text = text.replace("\n", " ")
        self._history.add(text)

    def _run(self, text: str) -> None:
        """Run a command; everything but `exit` leads back to the prompt."""
        shell = self._shell
        shell.interrupted = False
        self._terminal.set_mode("cooked")
        try:
            shell.run_text(text)
        except Interrupted:
            shell.status = 128 + SIGINT
        except (LeaveLoop, ReturnFromFunction):
            pass
        except ShellError as error:
            shell.complain(error.message)
            shell.status = error.status
        except StatusError as error:
            shell.complain(reason(error))
            shell.status = 1
        except RecursionError:
            shell.complain("the command is nested too deeply")
            shell.status = 2
