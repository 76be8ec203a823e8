"""Running the syntax tree: variables, functions, redirections, pipelines and the statuses that come of them.

    simple command ── builtin ───────────────────────────> in this process
                   ├─ function ──────────────────────────> in this process
                   └─ program, script ── process_spawn ──> a process of its own
    ( … ) and $( … ) ── a copy of the `Shell` ───────────> in this process: the kernel knows no working directory
                                                           and no variables, so all that a shell is, is one object
    stages of a pipeline, … & ── `sh.py --subshell` ─────> a process of its own, started with its state as a script

Called by   `/bin/sh.py` (a line, a file, standard input), `session` (a person), the builtins `eval` and `source`.
Owns        everything about one shell: variables, functions, aliases, options, positional parameters, streams, jobs.
Always so   the shell's own copies of pipe ends and files are closed before it waits, so ends of file get through;
            stages of a pipeline are processes of one group, which owns the terminal while the shell waits for it.
"""

from __future__ import annotations

from abi.signals import SIGCONT, SIGINT, SIGPIPE, SIGTSTP
from abi.status import Status, StatusError
from axis.shell.expand import Expander, ExpansionError
from axis.shell.parser import Parser
from axis.shell.syntax import (
    AndOr,
    Case,
    For,
    Function,
    Group,
    If,
    Pipeline,
    Sequence,
    ShellSyntaxError,
    Simple,
    Subshell,
    While,
)
from axis.shell.system import SHELL_PATH, STANDARD, decode, encode, normalise, reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from axis.shell.jobs import Job, JobTable
    from axis.shell.syntax import Assignment, Command, Redirect
    from axis.shell.system import Handle, System
    from axis.shell.terminal import Terminal

    Streams = dict[int, "Handle | Capture"]
    Builtin = Callable[["Shell", list[str], Streams], int]

DEFAULT_PATH = "/usr/commands:/bin"
DEEPEST_CALL = 100  # functions within functions
SPECIAL_BUILTINS = frozenset({
    ":", ".", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "source",
    "trap", "unset",
})
# Builtins that only write: in a pipeline they need no process of their own.
QUIET_BUILTINS = frozenset({":", "alias", "echo", "env", "false", "printf", "pwd", "test", "[", "true", "type"})
BUILTINS = SPECIAL_BUILTINS | QUIET_BUILTINS | frozenset({
    "bg", "builtin", "cd", "clear", "command", "disown", "fg", "history", "jobs", "kill", "let", "local", "logout",
    "read", "unalias", "ulimit", "umask", "wait",
})
NOT_FOUND = 127
NOT_EXECUTABLE = 126
SIGNALLED = 128


class ShellError(Exception):
    """A command that could not be carried out: one line for people, and the status that it leaves."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class ExitShell(Exception):
    """`exit`: ends this shell, or this copy of it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class LeaveLoop(Exception):
    """`break` and `continue`: on its way to the loop that it means."""

    def __init__(self, levels: int, again: bool) -> None:
        super().__init__(levels)
        self.levels = levels
        self.again = again


class ReturnFromFunction(Exception):
    """`return`: on its way to the end of the function or sourced file."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Interrupted(Exception):
    """Ctrl+C reached the command in front: the rest of the line is dropped."""


class Capture:
    """Where output goes inside `$(…)`: what builtins write is kept as it is, programs get a pipe."""

    __slots__ = ("pieces",)

    def __init__(self) -> None:
        self.pieces: list[bytes] = []


def _reads_file(command: Simple) -> bool:
    """Whether a command is only `< file`."""
    if command.words or command.assignments or len(command.redirects) != 1:
        return False
    return command.redirects[0].operator == "<" and command.redirects[0].descriptor is None


def _counts(command: Command) -> bool:
    """Whether `set -e` takes a failure of *command* seriously (`&&` and `||` see to that themselves)."""
    return type(command) is not AndOr and not (type(command) is Pipeline and command.negated)


class Shell:
    """One shell, or one `( … )` of it."""

    def __init__(
        self, system: System, environment: dict[str, Any], name: str = "sh", arguments: list[str] | None = None,
        pid: int | None = None,
    ) -> None:
        self.system = system
        self.name = name
        self.positional: list[str] = arguments or []
        self.variables: dict[str, str] = {
            key: value for key, value in environment.items() if isinstance(value, str) and key.isidentifier()
        }
        self.exported: set[str] = set(self.variables)
        self.fixed: set[str] = set()  # readonly
        self.functions: dict[str, Command] = {}
        self.aliases: dict[str, str] = {}
        self.options: set[str] = set()  # of `set -<letter>`, and "pipefail"
        self.traps: dict[str, str] = {}
        self.streams: Streams = dict(STANDARD)
        self.status = 0
        self.last_background = 0
        self.terminal: Terminal | None = None  # set in an interactive shell, which then controls jobs
        self.group = 0  # the shell's own process group, in an interactive shell
        self.jobs: JobTable | None = None
        self.history: Any = None  # a History, in an interactive shell
        self.interrupted = False  # Ctrl+C came while the shell itself was working
        self.pending_traps: list[str] = []
        self.pid = pid
        self.in_copy = False  # this is the inside of ( … ) or $( … )
        self.expander = Expander(self)
        self.locals: list[dict[str, str | None]] = []  # what `local` hides, one table for each function being run
        self.sourcing = 0  # files being sourced: `return` may end them
        self.loops = 0  # loops being run: `break` may end them
        self._guarded = 0  # > 0 where a failure is part of the question: `set -e` does not count
        self._substituted = 0  # the status of the last $( … )
        self._started: float | None = None
        self._line = 0
        variables = self.variables
        if "PATH" not in variables:
            variables["PATH"] = DEFAULT_PATH
            self.exported.add("PATH")
        variables["PWD"] = normalise(variables.get("PWD") or variables.get("HOME") or "/", "/")
        self.exported.add("PWD")
        self._runners: dict[type, Callable[[Any, Streams], int]] = {
            Simple: self._simple, Pipeline: self._pipeline, AndOr: self._and_or, Sequence: self.run, Group: self._group,
            Subshell: self._subshell, If: self._if, While: self._while, For: self._for, Case: self._case,
            Function: self._define,
        }

    def copy(self) -> Shell:
        """A shell of the same state that can change without changing this one."""
        other = Shell(self.system, {}, self.name, list(self.positional), self.shell_pid())
        other.variables = dict(self.variables)
        other.exported = set(self.exported)
        other.fixed = set(self.fixed)
        other.functions = dict(self.functions)
        other.aliases = dict(self.aliases)
        other.options = set(self.options)
        other.streams = dict(self.streams)
        other.status = self.status
        other.last_background = self.last_background
        other.terminal = self.terminal
        other.group = self.group
        other.jobs = self.jobs
        other.history = self.history
        other.in_copy = True
        other.locals = [{}] if self.locals else []
        other.sourcing = self.sourcing
        other.loops = self.loops
        other._guarded = self._guarded
        return other

    # -- what expansion asks for --------------------------------------------------------------------------------------

    def lookup(self, name: str) -> str | None:
        """The value of a variable or special parameter, None if it is unset."""
        value = self.variables.get(name)
        if value is not None:
            return value
        special = _SPECIAL.get(name)
        if special is not None:
            return special(self)
        if name.isdigit():
            index = int(name)
            if index == 0:
                return self.name
            return self.positional[index - 1] if index <= len(self.positional) else None
        return None

    def assign(self, name: str, value: str) -> None:
        """Set a variable. Raises ShellError if it is readonly."""
        if name in self.fixed:
            raise ShellError(f"{name}: readonly variable")
        self.variables[name] = value
        if "a" in self.options:
            self.exported.add(name)

    def option(self, name: str) -> bool:
        """Whether an option of `set` is on."""
        return name in self.options

    def absolute(self, path: str) -> str:
        """*path* as the kernel wants it."""
        return normalise(path, self.variables["PWD"])

    def exists(self, path: str) -> bool:
        """Whether *path* names anything."""
        return self.system.stat(self.absolute(path)) is not None

    def list_directory(self, path: str) -> list[str]:
        """Names in a directory, none if it cannot be read."""
        try:
            return self.system.list(self.absolute(path))
        except StatusError:
            return []

    def substitute(self, body: Sequence) -> str:
        """The output of commands, without the newlines at its end."""
        only = body.items[0][0] if len(body.items) == 1 else None
        if type(only) is Simple and _reads_file(only):
            handle = self._open(self.expander.text(only.redirects[0].target), "r")
            try:
                return decode(self.system.read_all(handle)).rstrip("\n")
            finally:
                self.system.close(handle)
        capture = Capture()
        streams = dict(self.streams)
        streams[1] = capture
        self._substituted = self._run_copy(body, streams)
        return decode(b"".join(capture.pieces)).replace("\0", "").rstrip("\n")

    def shell_pid(self) -> int:
        """`$$`: the pid of the shell that the user started."""
        if self.pid is None:
            self.pid = int(self.system.info()["pid"])
        return self.pid

    def seconds_running(self) -> int:
        """`$SECONDS`."""
        now = self.system.seconds()
        if self._started is None:
            self._started = now
        return int(now - self._started)

    def line_number(self) -> int:
        """`$LINENO`."""
        return self._line

    # -- texts --------------------------------------------------------------------------------------------------------

    def run_text(self, text: str, streams: Streams | None = None, line: int = 1) -> int:
        """Parse and run *text* command line by command line; the status of the last.

        A syntax error is reported and ends the text with status 2; what stood before it has been run.
        """
        parser = Parser(text, line=line, aliases=self.aliases)
        while True:
            try:
                tree = parser.parse_line()
            except ShellSyntaxError as error:
                self.complain(f"line {error.line}: {error.message}")
                self.status = 2
                if self.terminal is None and not self.in_copy:
                    raise ExitShell(2) from None
                return 2
            if tree is None:
                return self.status
            self.run(tree, self.streams if streams is None else streams)

    def main(self, run: Callable[[], object]) -> int:
        """Run a whole shell by *run*, with everything that can end it; the exit status."""
        try:
            run()
        except ExitShell as error:
            self.status = error.status
        except (LeaveLoop, ReturnFromFunction):
            pass
        except Interrupted:
            self.status = SIGNALLED + SIGINT
        except ShellError as error:
            self.complain(error.message)
            self.status = error.status
        except RecursionError:
            self.complain("the commands are nested too deeply")
            self.status = 2
        if "EXIT" in self.traps:
            return self._last_trap()
        return self.status

    def _last_trap(self) -> int:
        text = self.traps.pop("EXIT")
        status = self.status
        try:
            self.run_text(text)
        except ExitShell as error:
            return error.status
        except (ShellError, LeaveLoop, ReturnFromFunction, Interrupted):
            pass
        return status

    def complain(self, message: str, streams: Streams | None = None) -> None:
        """One line on standard error, with the shell's name in front."""
        name = self.name.rsplit("/", 1)[-1]
        name = "sh" if name == "sh.py" else name
        try:
            self.write(self.streams if streams is None else streams, 2, f"{name}: {message}\n")
        except (StatusError, ShellError):
            pass  # nobody listens

    def write(self, streams: Streams, descriptor: int, text: str) -> None:
        """Write to a descriptor. Raises StatusError (PIPE_BROKEN: nobody reads)."""
        handle = streams.get(descriptor)
        if handle is None:
            raise ShellError(f"{descriptor}: Bad file descriptor")
        if type(handle) is Capture:
            handle.pieces.append(encode(text))
        elif text:
            self.system.write(handle, encode(text))  # type: ignore[arg-type]

    # -- lists --------------------------------------------------------------------------------------------------------

    def run(self, node: Sequence, streams: Streams) -> int:
        """Run commands one after another; the status of the last."""
        for command, background in node.items:
            if self.interrupted:
                self.interrupted = False
                raise Interrupted
            if self.pending_traps:
                self._run_traps()
            if background:
                self._background(command, streams)
                self.status = 0
                continue
            try:
                status = self.status = self._runners[type(command)](command, streams)
            except (ShellError, ExpansionError, StatusError) as error:
                status = self.status = self._failed(error, streams)
            if status and "e" in self.options and not self._guarded and _counts(command):
                raise ExitShell(status)
        return self.status

    def _failed(self, error: Exception, streams: Streams) -> int:
        """Report what kept a command from being run; its status. A script ends where a word had no value."""
        if type(error) is StatusError:
            if error.status == Status.PIPE_BROKEN:
                self._nobody_reads()
                return SIGNALLED + SIGPIPE
            self.complain(reason(error), streams)
            return 1
        self.complain(str(error), streams)
        if type(error) is ExpansionError and self.terminal is None:
            raise ExitShell(1)
        return error.status if type(error) is ShellError else 1

    def trap_handler(self, name: str) -> Callable[[int], None]:
        """What the kernel calls for a trapped signal: the trap itself runs between two commands."""

        def handler(_: int) -> None:
            self.pending_traps.append(name)

        return handler

    def _run_traps(self) -> None:
        pending, self.pending_traps = self.pending_traps, []
        status = self.status
        for name in pending:
            if name in self.traps:
                self.run_text(self.traps[name])
        self.status = status

    def _execute(self, node: Command, streams: Streams) -> int:
        """Run any command; sets and returns the status."""
        self.status = self._runners[type(node)](node, streams)
        return self.status

    def _asked(self, node: Command, streams: Streams) -> int:
        """Run a command whose failure is an answer, not an error."""
        self._guarded += 1
        try:
            return self._execute(node, streams)
        finally:
            self._guarded -= 1

    def _and_or(self, node: AndOr, streams: Streams) -> int:
        last = len(node.rest) - 1
        status = self._asked(node.first, streams)
        for index, (operator, command) in enumerate(node.rest):
            if (status == 0) == (operator == "&&"):
                status = self._asked(command, streams) if index < last else self._execute(command, streams)
                if index == last and status and "e" in self.options and not self._guarded:
                    raise ExitShell(status)
        return status

    # -- compound commands --------------------------------------------------------------------------------------------

    def _with_redirects(
        self, redirects: list[Redirect], streams: Streams, run: Callable[[Streams], int],
    ) -> int:
        """Run with redirections applied; the files are closed afterwards."""
        if not redirects:
            return run(streams)
        opened: list[Handle] = []
        try:
            inner = self.redirected(redirects, streams, opened)
        except (ShellError, ExpansionError) as error:
            self._close(opened)
            self.complain(str(error), streams)
            return 1
        outer, self.streams = self.streams, inner
        try:
            return run(inner)
        finally:
            self.streams = outer
            self._close(opened)

    def _close(self, handles: list[Handle]) -> None:
        for handle in handles:
            self.system.close(handle)

    def _group(self, node: Group, streams: Streams) -> int:
        if not node.redirects:
            return self.run(node.body, streams)
        return self._with_redirects(node.redirects, streams, lambda inner: self.run(node.body, inner))

    def _subshell(self, node: Subshell, streams: Streams) -> int:
        if not node.redirects:
            return self._run_copy(node.body, streams)
        return self._with_redirects(node.redirects, streams, lambda inner: self._run_copy(node.body, inner))

    def _run_copy(self, body: Command, streams: Streams) -> int:
        """Run in a copy of this shell; the status that it ends with."""
        inner = self.copy()
        inner.streams = streams
        try:
            inner._execute(body, streams)
        except ExitShell as error:
            inner.status = error.status
        except (LeaveLoop, ReturnFromFunction):
            pass
        except ShellError as error:
            self.complain(error.message, streams)
            return error.status
        return inner._last_trap() if "EXIT" in inner.traps else inner.status

    def _if(self, node: If, streams: Streams) -> int:
        if not node.redirects:
            return self._clauses(node, streams)
        return self._with_redirects(node.redirects, streams, lambda inner: self._clauses(node, inner))

    def _clauses(self, node: If, streams: Streams) -> int:
        for condition, body in node.clauses:
            if self._asked(condition, streams) == 0:
                return self.run(body, streams)
        return self.run(node.otherwise, streams) if node.otherwise is not None else 0

    def _while(self, node: While, streams: Streams) -> int:
        if not node.redirects:
            return self._repeat(node, streams)
        return self._with_redirects(node.redirects, streams, lambda inner: self._repeat(node, inner))

    def _repeat(self, node: While, streams: Streams) -> int:
        status = 0
        while (self._asked(node.condition, streams) == 0) != node.until:
            going, status = self._loop_body(node.body, streams)
            if not going:
                break
        return status

    def _loop_body(self, body: Sequence, streams: Streams) -> tuple[bool, int]:
        """Run a loop's body once: whether the loop goes on, and the status."""
        self.loops += 1
        try:
            return True, self.run(body, streams)
        except LeaveLoop as leave:
            if leave.levels > 1:
                leave.levels -= 1
                raise
            return leave.again, 0
        finally:
            self.loops -= 1

    def _for(self, node: For, streams: Streams) -> int:
        if not node.redirects:
            return self._each(node, streams)
        return self._with_redirects(node.redirects, streams, lambda inner: self._each(node, inner))

    def _each(self, node: For, streams: Streams) -> int:
        values = self.positional if node.words is None else self.expander.arguments(node.words)
        status = 0
        for value in list(values):
            self.assign(node.name, value)
            going, status = self._loop_body(node.body, streams)
            if not going:
                break
        return status

    def _case(self, node: Case, streams: Streams) -> int:
        if not node.redirects:
            return self._choose(node, streams)
        return self._with_redirects(node.redirects, streams, lambda inner: self._choose(node, inner))

    def _choose(self, node: Case, streams: Streams) -> int:
        from axis.shell.pattern import match

        text = self.expander.text(node.word)
        for patterns, body in node.branches:
            for pattern in patterns:
                if match(self.expander.pattern(pattern), text):
                    self.status = 0
                    return self.run(body, streams)
        return 0

    def _define(self, node: Function, streams: Streams) -> int:
        self.functions[node.name] = node.body
        return 0

    # -- redirections -------------------------------------------------------------------------------------------------

    def redirected(self, redirects: list[Redirect], streams: Streams, opened: list[Handle]) -> Streams:
        """*streams* with redirections applied in order; what was opened for them is added to *opened*."""
        inner = dict(streams)
        for redirect in redirects:
            operator = redirect.operator
            descriptor = redirect.descriptor
            if descriptor is None:
                descriptor = 0 if operator[0] == "<" else 1
            target = self.expander.text(redirect.target)
            if operator in ("<<", "<<<"):
                data = encode(target + ("\n" if operator == "<<<" else ""))
                inner[descriptor] = self._opened(self.system.feed(data), opened)
            elif operator in (">&", "<&") and (target == "-" or target.isdigit()):
                if target == "-":
                    inner.pop(descriptor, None)
                elif int(target) in inner:
                    inner[descriptor] = inner[int(target)]
                else:
                    raise ShellError(f"{target}: Bad file descriptor")
            elif operator in ("&>", "&>>", ">&"):
                handle = self._open(target, "a" if operator == "&>>" else "w")
                inner[1] = inner[2] = self._opened(handle, opened)
            elif operator == "<&":
                raise ShellError(f"{target}: Bad file descriptor")
            else:
                mode = {"<": "r", ">": "w", ">|": "w", ">>": "a", "<>": "rw"}[operator]
                inner[descriptor] = self._opened(self._open(target, mode), opened)
        return inner

    def _opened(self, handle: Handle, opened: list[Handle]) -> Handle:
        opened.append(handle)
        return handle

    def _open(self, path: str, mode: str) -> Handle:
        if not path:
            raise ShellError(": No such file or directory")
        if mode == "w" and "C" in self.options and self.exists(path):
            raise ShellError(f"{path}: cannot overwrite existing file")
        try:
            return self.system.open(self.absolute(path), mode)
        except StatusError as error:
            raise ShellError(f"{path}: {reason(error)}") from None

    # -- simple commands ----------------------------------------------------------------------------------------------

    def _simple(self, node: Simple, streams: Streams) -> int:
        self._line = node.line
        self._substituted = 0
        try:
            arguments = self.expander.arguments(node.words) if node.words else []
            if not arguments:
                return self._only_assignments(node, streams)
            if "x" in self.options:
                self._trace(node, arguments, streams)
            name = arguments[0]
            if name in SPECIAL_BUILTINS or (name in BUILTINS and name not in self.functions):
                return self._run_builtin(node, arguments, streams)
            if name in self.functions:
                if not node.assignments and not node.redirects:
                    return self.call_function(name, arguments[1:], streams)
                return self._with_assignments(
                    node, streams, lambda inner: self.call_function(name, arguments[1:], inner)
                )
            extra = {item.name: self._value_of(item) for item in node.assignments}
        except (ShellError, ExpansionError) as error:
            return self._failed(error, streams)
        if not node.redirects:
            return self._program(node, arguments, extra, streams)
        return self._with_redirects(
            node.redirects, streams, lambda inner: self._program(node, arguments, extra, inner)
        )

    def _trace(self, node: Simple, arguments: list[str], streams: Streams) -> None:
        from axis.shell.unparse import quote

        pieces = [f"{item.name}={quote(self._value_of(item))}" for item in node.assignments]
        self.write(streams, 2, "+ " + " ".join(pieces + [quote(argument) for argument in arguments]) + "\n")

    def _value_of(self, item: Assignment) -> str:
        value = self.expander.text(item.word, True)
        return (self.lookup(item.name) or "") + value if item.append else value

    def _only_assignments(self, node: Simple, streams: Streams) -> int:
        for item in node.assignments:
            value = self._value_of(item)
            if "x" in self.options:
                self.write(streams, 2, f"+ {item.name}={value}\n")
            self.assign(item.name, value)
        if node.redirects:
            return self._with_redirects(node.redirects, streams, lambda _: self._substituted)
        return self._substituted

    def _with_assignments(self, node: Simple, streams: Streams, run: Callable[[Streams], int]) -> int:
        """Run with the assignments in front of the command in force for it alone."""
        if not node.assignments:
            return self._with_redirects(node.redirects, streams, run)
        saved: list[tuple[str, str | None, bool]] = []
        for item in node.assignments:
            value = self._value_of(item)
            saved.append((item.name, self.variables.get(item.name), item.name in self.exported))
            self.assign(item.name, value)
            self.exported.add(item.name)
        try:
            return self._with_redirects(node.redirects, streams, run)
        finally:
            for name, value_before, was_exported in reversed(saved):
                self._restore(name, value_before)
                if not was_exported:
                    self.exported.discard(name)

    def _restore(self, name: str, value: str | None) -> None:
        if value is None:
            self.variables.pop(name, None)
        else:
            self.variables[name] = value

    def _run_builtin(self, node: Simple, arguments: list[str], streams: Streams) -> int:
        name = arguments[0]
        if name == "exec":
            return self._exec(node, arguments, streams)
        if name in ("true", ":", "false") and not node.redirects and not node.assignments:
            return 1 if name == "false" else 0
        if not node.redirects and not node.assignments:
            return self.call_builtin(arguments, streams)
        if name in SPECIAL_BUILTINS:  # assignments in front of these stay
            for item in node.assignments:
                self.assign(item.name, self._value_of(item))
            return self._with_redirects(
                node.redirects, streams, lambda inner: self.call_builtin(arguments, inner)
            )
        return self._with_assignments(node, streams, lambda inner: self.call_builtin(arguments, inner))

    def call_builtin(self, arguments: list[str], streams: Streams) -> int:
        """Run a builtin; what goes wrong is reported as its own message."""
        from axis.shell import builtins

        name = arguments[0]
        try:
            return builtins.TABLE[name](self, arguments, streams)
        except StatusError as error:
            if error.status == Status.PIPE_BROKEN:
                self._nobody_reads()
                return SIGNALLED + SIGPIPE
            self.complain(f"{name}: {reason(error)}", streams)
            return 1
        except ShellError as error:
            self.complain(f"{name}: {error.message}", streams)
            return error.status
        except ExpansionError as error:
            self.complain(f"{name}: {error}", streams)
            return 1

    def _nobody_reads(self) -> None:
        """A builtin's output has no reader any more: what SIGPIPE does to a program, a shell does to itself."""
        if self.terminal is None or self.in_copy:
            raise ExitShell(SIGNALLED + SIGPIPE)

    def call_function(self, name: str, arguments: list[str], streams: Streams) -> int:
        """Call a shell function with positional parameters of its own."""
        if len(self.locals) >= DEEPEST_CALL:
            raise ShellError(f"{name}: more than {DEEPEST_CALL} functions deep")
        positional, self.positional = self.positional, arguments
        self.locals.append({})
        outer, self.streams = self.streams, streams
        try:
            return self._execute(self.functions[name], streams)
        except ReturnFromFunction as leave:
            return leave.status
        finally:
            self.streams = outer
            self.positional = positional
            for variable, value in self.locals.pop().items():
                self._restore(variable, value)

    def _exec(self, node: Simple, arguments: list[str], streams: Streams) -> int:
        """`exec`: with a command, the shell ends with it; without, the redirections stay."""
        if len(arguments) == 1:
            try:
                self.streams = self.redirected(node.redirects, streams, [])
            except ShellError as error:
                self.complain(f"exec: {error.message}", streams)
                return 1
            streams.clear()
            streams.update(self.streams)  # also for the rest of the line that is being run
            self.streams = streams
            return 0
        for item in node.assignments:
            self.assign(item.name, self._value_of(item))
            self.exported.add(item.name)
        status = self._with_redirects(
            node.redirects, streams, lambda inner: self._program(node, arguments[1:], {}, inner)
        )
        raise ExitShell(status)

    # -- programs -----------------------------------------------------------------------------------------------------

    def find_program(self, name: str) -> str | None:
        """The file that a command name means, None if there is none."""
        stat = self.system.stat
        if "/" in name:
            path = self.absolute(name)
            return path if stat(path) or not stat(path + ".py") else path + ".py"
        for directory in (self.lookup("PATH") or DEFAULT_PATH).split(":"):
            base = self.absolute(f"{directory or '.'}/{name}")
            for path in (base, base + ".py") if name.endswith((".py", ".sh")) else (base + ".py", base):
                found = stat(path)
                if found is not None and found["type"] == "file":
                    return path
        return None

    def environment(self, arguments: list[str], extra: dict[str, str]) -> dict[str, Any]:
        """What a child sees as `env`."""
        variables = self.variables
        result: dict[str, Any] = {name: variables[name] for name in self.exported if name in variables}
        result.update(extra)
        result["ARGS"] = arguments
        return dict(sorted(result.items()))

    def _program(self, node: Command, arguments: list[str], extra: dict[str, str], streams: Streams) -> int:
        """Run a program in the foreground and wait for it."""
        real, capture, reader, writer = self._real_streams(streams)
        group = 0 if self.terminal is not None else None
        try:
            pid, status = self._launch(arguments, extra, real, group)
        finally:
            if writer is not None:
                self.system.close(writer)
        if self.terminal is None:
            if capture is not None:
                self._drain(capture, reader, None)
            return status if pid is None else self.system.wait(pid)
        from axis.shell.jobs import Job
        from axis.shell.unparse import command_text

        job = Job(command_text(node), pid or 0)
        job.add(pid, status)
        return self._foreground(job, capture, reader)

    def run_program(self, arguments: list[str], streams: Streams) -> int:
        """`command name`: run a program even if a function has its name."""
        from axis.shell.syntax import Text, Word

        words = [Word([Text(argument, True)]) for argument in arguments]
        return self._program(Simple([], words, []), arguments, {}, streams)

    def _real_streams(self, streams: Streams) -> tuple[dict[int, Handle], Capture | None, Handle | None, Handle | None]:
        """*streams* for processes: a capture becomes a pipe, whose reading and writing end come last."""
        capture = None
        for target in streams.values():
            if type(target) is Capture:
                capture = target
        if capture is None:
            return streams, None, None, None  # type: ignore[return-value]
        reader, writer = self.system.pipe()
        real: dict[int, Handle] = {}
        for descriptor, target in streams.items():
            real[descriptor] = writer if type(target) is Capture else target  # type: ignore[assignment]
        return real, capture, reader, writer

    def _drain(self, capture: Capture, reader: Handle | None, job: Job | None) -> None:
        """Move what programs write into the capture, up to the end. *job*: kept from being stopped meanwhile."""
        assert reader is not None
        try:
            while True:
                if job is not None and not self.system.readable_within(reader, 200):
                    self._keep_going(job)
                    continue
                data = self.system.read(reader, 65536)
                if not data:
                    return
                capture.pieces.append(data)
        finally:
            self.system.close(reader)

    def _keep_going(self, job: Job) -> None:
        """What stands in `$(…)` cannot be put aside: continue it if Ctrl+Z stopped it."""
        for pid, ended in zip(job.pids, job.ended, strict=True):
            if pid is not None and not ended:
                try:
                    if self.system.info(pid)["status"] == "stopped":
                        self.system.kill_group(job.group, SIGCONT)
                        return
                except StatusError:
                    continue

    def _launch(
        self, arguments: list[str], extra: dict[str, str], streams: dict[int, Handle], group: int | None,
    ) -> tuple[int | None, int]:
        """Start a program or script: its pid, or None and the status if that was not possible."""
        name = arguments[0]
        path = self.find_program(name)
        if path is None:
            self.complain(f"{name}: command not found", streams)  # type: ignore[arg-type]
            return None, NOT_FOUND
        try:
            if not path.endswith(".py"):
                path, before = self._interpreter(path)
                arguments = [arguments[0], *before, *arguments[1:]]
            return self._start(path, arguments[1:], extra, streams, group), 0
        except StatusError as error:
            if error.status in (Status.NO_SUCH_FILE, Status.NO_SUCH_DEVICE):
                self.complain(f"{name}: {'No such file or directory' if '/' in name else 'command not found'}",
                              streams)  # type: ignore[arg-type]
                return None, NOT_FOUND
            self.complain(f"{name}: {reason(error)}", streams)  # type: ignore[arg-type]
            return None, NOT_EXECUTABLE

    def _interpreter(self, path: str) -> tuple[str, list[str]]:
        """What runs a file without `.py`: a program, and the arguments that come before the user's own."""
        found = self.system.stat(path)
        if found is None:
            raise StatusError(Status.NO_SUCH_FILE, path)
        if found["type"] != "file":
            raise StatusError(Status.IS_A_DIRECTORY if found["type"] == "directory" else Status.ACCESS_DENIED, path)
        handle = self.system.open(path, "r")
        try:
            first = decode(self.system.read(handle, 256)).split("\n", 1)[0]
        finally:
            self.system.close(handle)
        words = first[2:].split(None, 1) if first.startswith("#!") else []
        if not words and not path.endswith(".sh"):
            return path, []
        if not self.permitted(found, 1):
            raise StatusError(Status.ACCESS_DENIED, path)
        interpreter = words[0] if words else SHELL_PATH
        if interpreter in ("/bin/sh", "/bin/bash", "/usr/bin/sh"):
            interpreter = SHELL_PATH
        return interpreter, [*words[1:], path]

    def permitted(self, found: dict[str, Any], bit: int) -> bool:
        """Whether a file's mode gives this user a right: 4 read, 2 write, 1 execute."""
        mode = int(str(found["mode"]), 8)
        own = self.system.info()
        if own["uid"] == 0:
            return bit != 1 or found["type"] == "directory" or bool(mode & 0o111)
        if found["uid"] == own["uid"]:
            return bool(mode >> 6 & bit)
        if found["gid"] == own["gid"] or found["gid"] in own.get("groups", ()):
            return bool(mode >> 3 & bit)
        return bool(mode & bit)

    def _start(
        self, path: str, arguments: list[str], extra: dict[str, str], streams: dict[int, Handle], group: int | None,
    ) -> int:
        """Spawn, and give a new foreground group the terminal."""
        environment = self.environment(arguments, extra)
        handles: dict[int, Handle] | None = None
        for descriptor, slot in STANDARD.items():
            if streams.get(descriptor) != slot:
                handles = {slot: streams[fd] for fd, slot in STANDARD.items() if fd in streams}
                if streams.get(1) != STANDARD[1]:
                    environment.setdefault("NO_COLOR", "1")
                break
        return self.system.spawn(path, environment, handles, group)

    # -- pipelines ----------------------------------------------------------------------------------------------------

    def _pipeline(self, node: Pipeline, streams: Streams) -> int:
        if node.negated:
            if len(node.commands) == 1:
                return int(self._asked(node.commands[0], streams) == 0)
            return int(self._stages(node, streams) == 0)
        return self._stages(node, streams)

    def _stages(self, node: Pipeline, streams: Streams) -> int:
        """Start all stages, then wait for all of them."""
        from axis.shell.jobs import Job

        real, capture, reader, writer = self._real_streams(streams)
        job = Job("")
        if self.terminal is not None:
            from axis.shell.unparse import command_text

            job.text = command_text(node)
        last = len(node.commands) - 1
        here = self.terminal is None and capture is None  # the last stage may run in this process
        previous: Handle | None = None
        try:
            for index, command in enumerate(node.commands):
                stage: dict[int, Handle] = dict(real)
                if previous is not None:
                    stage[0] = previous
                following: Handle | None = None
                output: Handle | None = None
                quiet = self._is_quiet(command)
                if index < last and not quiet:
                    following, output = self.system.pipe()
                    stage[1] = output
                try:
                    if index < last and quiet:
                        status, data = self._written(command, stage)
                        job.add(None, status)
                        following = self.system.feed(data)
                    elif quiet:
                        job.add(None, self._run_copy(command, {**streams, 0: stage[0]}))
                    elif index == last and here and not self._is_program(command):
                        job.add(None, self._run_copy(command, stage))  # type: ignore[arg-type]
                    else:
                        self._stage(command, stage, job, self.terminal is not None)
                finally:
                    if previous is not None:
                        self.system.close(previous)
                    previous = following
                    if output is not None:
                        self.system.close(output)
        finally:
            if writer is not None:
                self.system.close(writer)
        if self.terminal is not None:
            return self._foreground(job, capture, reader)
        if capture is not None:
            self._drain(capture, reader, None)
        for index, pid in enumerate(job.pids):
            if pid is not None:
                job.statuses[index] = self.system.wait(pid)
        return job.status("pipefail" in self.options)

    def _is_program(self, command: Command) -> bool:
        """Whether *command* is plainly the name of a program."""
        if type(command) is not Simple or not command.words:
            return False
        name = command.words[0].literal()
        return name is not None and name not in BUILTINS and name not in self.functions

    def _is_quiet(self, command: Command) -> bool:
        """Whether *command* is a builtin that only writes."""
        if type(command) is not Simple or not command.words:
            return False
        name = command.words[0].literal()
        return name in QUIET_BUILTINS and name not in self.functions

    def _written(self, command: Command, streams: dict[int, Handle]) -> tuple[int, bytes]:
        """Run a builtin that only writes: its status, and what the next stage will read."""
        capture = Capture()
        inner: Streams = dict(streams)
        inner[1] = capture
        status = self._run_copy(command, inner)
        return status, b"".join(capture.pieces)

    def _stage(self, command: Command, streams: dict[int, Handle], job: Job, own_group: bool) -> None:
        """Start one stage of a pipeline, or a background command, and enter it into *job*."""
        group = job.group if own_group else None
        pid: int | None = None
        status = 0
        if type(command) is Simple and command.words and self._is_program(command):
            try:
                pid, status = self._program_stage(command, streams, group)
            except (ShellError, ExpansionError) as error:
                self.complain(str(error), streams)  # type: ignore[arg-type]
                status = 1
            except ExitShell as leave:
                status = leave.status
            self._enter(job, pid, status, own_group)
            return
        try:
            pid = self._start(SHELL_PATH, self._as_script(command), {}, streams, group)
        except StatusError as error:
            self.complain(f"{SHELL_PATH}: {reason(error)}", streams)  # type: ignore[arg-type]
            status = NOT_EXECUTABLE
        self._enter(job, pid, status, own_group)

    def _enter(self, job: Job, pid: int | None, status: int, own_group: bool) -> None:
        job.add(pid, status)
        if own_group and pid is not None and job.group == 0:
            job.group = pid

    def _program_stage(
        self, command: Simple, streams: dict[int, Handle], group: int | None,
    ) -> tuple[int | None, int]:
        arguments = self.expander.arguments(command.words)
        extra = {item.name: self._value_of(item) for item in command.assignments}
        opened: list[Handle] = []
        try:
            inner = self.redirected(command.redirects, streams, opened)  # type: ignore[arg-type]
            return self._launch(arguments, extra, inner, group)  # type: ignore[arg-type]
        finally:
            self._close(opened)

    def _as_script(self, command: Command) -> list[str]:
        """The arguments that make `sh.py` run *command* as this shell would."""
        from axis.shell.unparse import command_text, quote

        lines = []
        for name in sorted(self.variables):
            if name not in self.exported and name.isidentifier():
                lines.append(f"{name}={quote(self.variables[name])}")
        for name in sorted(self.fixed):
            lines.append(f"readonly {name}")
        for name in sorted(self.functions):
            lines.append(f"{name}() {command_text(self.functions[name])}")
        letters = "".join([option for option in sorted(self.options) if len(option) == 1])
        if letters:
            lines.append(f"set -{letters}")
        if "pipefail" in self.options:
            lines.append("set -o pipefail")
        state = f"{self.shell_pid()},{self.status},{self.last_background}"
        return ["--subshell", state, "\n".join(lines), command_text(command), self.name, *self.positional]

    def _background(self, command: Command, streams: Streams) -> None:
        """`command &`: start it and go on; `$!` is its (last) process."""
        from axis.shell.jobs import Job, JobTable
        from axis.shell.unparse import command_text

        real, capture, reader, writer = self._real_streams(streams)
        if self.jobs is None:
            self.jobs = JobTable()
        job = Job(command_text(command))
        nothing: Handle | None = None
        if real.get(0) == STANDARD[0]:  # it must not read what is typed at the shell
            nothing = self.system.feed(b"")
            real = {**real, 0: nothing}
        try:
            self._stage(command, real, job, self.terminal is not None)
        finally:
            if nothing is not None:
                self.system.close(nothing)
            if writer is not None:
                self.system.close(writer)
        self.last_background = job.pids[-1] or self.last_background
        if job.pids[-1] is None:
            return
        self.jobs.enter(job)
        if capture is not None:
            self._drain(capture, reader, None)
        if self.terminal is not None and not self.in_copy:
            self.write(self.streams, 2, f"[{job.number}] {job.pids[-1]}\n")

    # -- waiting with job control -------------------------------------------------------------------------------------

    def _foreground(self, job: Job, capture: Capture | None = None, reader: Handle | None = None) -> int:
        """Give *job* the terminal, wait until it has ended or stopped, and take the terminal back; its status."""
        assert self.terminal is not None
        if job.group:
            self.terminal.lend(job.group)
        try:
            if capture is not None:
                self._drain(capture, reader, job)
            self._await(job)
        finally:
            if job.group:
                self.terminal.take_back(self.group)
        return self._came_back(job)

    def _await(self, job: Job) -> None:
        while job.state() == "Running":
            what = self.system.wait_any(None, True)
            if what is None:
                self._lost(job)
                return
            if what[0] in job.pids:
                job.note(*what)
            elif self.jobs is not None:
                self.jobs.note(*what)

    def _lost(self, job: Job) -> None:
        """The kernel knows no children any more: whatever is left of the job is taken as failed."""
        for index, ended in enumerate(job.ended):
            if not ended:
                job.ended[index] = True
                job.statuses[index] = 1

    def _came_back(self, job: Job) -> int:
        """A job left the foreground: enter it if it is stopped, forget it if it has ended."""
        from axis.shell.jobs import SIGNAL_WORDS, STOPPED, JobTable

        assert self.terminal is not None
        if self.jobs is None:
            self.jobs = JobTable()
        if job.state() == STOPPED:
            self.jobs.enter(job)
            self.terminal.fresh_line()
            self.write(self.streams, 2, job.line(self.jobs.mark(job)) + "\n")
            return SIGNALLED + SIGTSTP
        self.jobs.forget(job)
        status = job.status("pipefail" in self.options)
        if status == SIGNALLED + SIGINT:
            raise Interrupted
        if status > SIGNALLED and status != SIGNALLED + SIGPIPE and status - SIGNALLED in SIGNAL_WORDS:
            self.write(self.streams, 2, SIGNAL_WORDS[status - SIGNALLED] + "\n")
        return status

    def resume(self, job: Job, foreground: bool) -> int:
        """`fg` and `bg`: let a stopped job go on."""
        assert self.terminal is not None
        job.continued()
        if foreground and job.group:
            self.terminal.lend(job.group)
        if job.group:
            self.system.resume_group(job.group)
        return self._foreground(job) if foreground else 0

    def reap(self) -> None:
        """Learn, without waiting, which children ended or stopped."""
        if self.jobs is None:
            return
        while True:
            what = self.system.wait_any(0, True)
            if what is None:
                return
            self.jobs.note(*what)

    def wait_for_child(self, pid: int) -> int | None:
        """The status of a child of this shell, once it has ended; None if it is not known."""
        if self.terminal is None:
            if self.jobs is not None and pid in self.jobs.finished:
                return self.jobs.finished[pid]
            try:
                status = self.system.wait(pid)
            except StatusError:
                return None
            if self.jobs is not None:
                self.jobs.note(pid, status)
            return status
        assert self.jobs is not None
        while pid not in self.jobs.finished:
            if self.interrupted:
                self.interrupted = False
                raise Interrupted
            try:
                self.system.info(pid)
            except StatusError:
                self.reap()
                return self.jobs.finished.get(pid)
            what = self.system.wait_any(200, True)
            if what is not None:
                self.jobs.note(*what)
        return self.jobs.finished[pid]


_SPECIAL: dict[str, Callable[[Shell], str | None]] = {
    "?": lambda shell: str(shell.status),
    "$": lambda shell: str(shell.shell_pid()),
    "!": lambda shell: str(shell.last_background) if shell.last_background else None,
    "#": lambda shell: str(len(shell.positional)),
    "@": lambda shell: " ".join(shell.positional),
    "*": lambda shell: " ".join(shell.positional),
    "-": lambda shell: "".join([option for option in sorted(shell.options) if len(option) == 1]),
    "RANDOM": lambda shell: str(shell.system.random()),
    "SECONDS": lambda shell: str(shell.seconds_running()),
    "LINENO": lambda shell: str(shell.line_number()),
    "PPID": lambda shell: str(shell.system.info()["parent"]),
}
