"""Run programs and talk to them through pipes.

A program is a path, or a name that is looked for in PATH (`ls` is /usr/commands/ls.py); `shell=True` runs a line in
/bin/sh.py. The child gets a copy of `os.environ`, or *env*; its working directory is this one's, or *cwd*.
"""

from __future__ import annotations

from abi.status import StatusError
from axis import filesystem, streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import env as _env
    from axis.guest import syscall
else:
    _env = env  # noqa: F821 - the sandbox's builtin; `env` is a parameter's name below

PIPE = -1
STDOUT = -2
DEVNULL = -3
_SHELL = "/bin/sh.py"
_STANDARD = {"stdin": -10, "stdout": -11, "stderr": -12}
_OUT_OF_TIME = 258


class SubprocessError(Exception):
    """What went wrong with a child."""


class CalledProcessError(SubprocessError):
    """The child's exit status was not 0 (negative: the signal that ended it)."""

    def __init__(self, returncode: int, cmd: Any, output: Any = None, stderr: Any = None) -> None:
        self.returncode = returncode
        self.cmd = cmd
        self.output = output
        self.stderr = stderr
        SubprocessError.__init__(self, returncode, cmd)

    @property
    def stdout(self) -> Any:
        return self.output

    def __str__(self) -> str:
        if self.returncode < 0:
            return f"Command {self.cmd!r} died with signal {-self.returncode}."
        return f"Command {self.cmd!r} returned non-zero exit status {self.returncode}."


class TimeoutExpired(SubprocessError):
    """The child did not end in time."""

    def __init__(self, cmd: Any, timeout: float, output: Any = None, stderr: Any = None) -> None:
        self.cmd = cmd
        self.timeout = timeout
        self.output = output
        self.stderr = stderr
        SubprocessError.__init__(self, cmd, timeout)

    @property
    def stdout(self) -> Any:
        return self.output

    def __str__(self) -> str:
        return f"Command {self.cmd!r} timed out after {self.timeout} seconds"


class CompletedProcess:
    """How a child ended: `args`, `returncode`, `stdout`, `stderr`."""

    def __init__(self, args: Any, returncode: int, stdout: Any = None, stderr: Any = None) -> None:
        self.args = args
        self.returncode = returncode
        self.stdout = stdout
        self.stderr = stderr

    def check_returncode(self) -> None:
        if self.returncode:
            raise CalledProcessError(self.returncode, self.args, self.stdout, self.stderr)

    def __repr__(self) -> str:
        parts = [f"args={self.args!r}", f"returncode={self.returncode!r}"]
        outputs = (("stdout", self.stdout), ("stderr", self.stderr))
        parts += [f"{name}={value!r}" for name, value in outputs if value is not None]
        return f"CompletedProcess({', '.join(parts)})"


def _program(word: str, search: str) -> str:
    """The path of the program that *word* names. Raises FileNotFoundError."""
    if "/" in word:
        return filesystem.abspath(word)
    for directory in search.split(":"):
        for name in (word + ".py", word):
            place = f"{directory or '.'}/{name}"
            if filesystem.is_file(place):
                return filesystem.abspath(place)
    return filesystem.raise_for(StatusError(603, f"{word}: no such program in {search}"), word)


class Popen:
    """A running child. `stdin`, `stdout`, `stderr` are streams where PIPE was asked for."""

    def __init__(
        self, args: Any, bufsize: int = -1, executable: Any = None, stdin: Any = None, stdout: Any = None,
        stderr: Any = None, preexec_fn: Any = None, close_fds: bool = True, shell: bool = False, cwd: Any = None,
        env: dict[str, str] | None = None, universal_newlines: bool | None = None, *, encoding: str | None = None,
        errors: str | None = None, text: bool | None = None, start_new_session: bool = False,
        process_group: int | None = None, **unknown: Any,
    ) -> None:
        if preexec_fn is not None or unknown:
            name = "preexec_fn" if preexec_fn is not None else next(iter(unknown))
            raise NotImplementedError(f"subprocess: {name} is not possible here; see syscall process_spawn")
        words = [_SHELL, "-c", args] if shell and isinstance(args, str) else args
        words = [words] if isinstance(words, str) or hasattr(words, "__fspath__") else [*words]
        if shell and not isinstance(args, str):
            words = [_SHELL, "-c", *words]
        if not words:
            raise ValueError("args is empty: it needs the program's name")
        words = [filesystem.text_of(word) for word in words]
        world = {key: str(value) for key, value in (_env if env is None else env).items() if key != "ARGS"}
        for key in ("PATH", "HOME", "USER", "UID", "HOSTNAME"):
            if env is not None and key in _env:
                world.setdefault(key, str(_env[key]))
        world["PWD"] = filesystem.abspath(cwd) if cwd is not None else filesystem.getcwd()
        if cwd is not None and not filesystem.is_dir(cwd):
            filesystem.raise_for(StatusError(603, world["PWD"]), cwd)
        path = filesystem.abspath(executable) if executable is not None else _program(words[0], world.get("PATH", ""))
        self.args = args
        self.returncode: int | None = None
        self.stdin: Any = None
        self.stdout: Any = None
        self.stderr: Any = None
        self._text = bool(text or universal_newlines or encoding or errors)
        self._encoding, self._errors = encoding, errors
        self._given: list[Any] = []  # ends that the child has and this process closes
        handles: dict[int, Any] = {}
        try:
            self._connect("stdin", stdin, handles)
            self._connect("stdout", stdout, handles)
            self._connect("stderr", stderr, handles)
            streams.settle()
            arguments: dict[str, Any] = {**world, "ARGS": words[1:]}
            pgid = 0 if start_new_session else process_group
            try:
                self.pid: int = syscall("process_spawn", path, None, arguments, handles, pgid)
            except StatusError as error:
                filesystem.raise_for(error, words[0])
        except BaseException:
            for stream in (self.stdin, self.stdout, self.stderr):
                if stream is not None:
                    stream.close()
            raise
        finally:
            for handle in self._given:
                syscall("vfs_close", handle)

    def _connect(self, name: str, wanted: Any, handles: dict[int, Any]) -> None:
        """Decide what stands behind one standard handle of the child."""
        index = _STANDARD[name]
        if wanted is None:
            handles[index] = index
        elif wanted in (PIPE, DEVNULL):
            read_end, write_end = syscall("ke_create_pipe", 65536)
            theirs, ours = (read_end, write_end) if name == "stdin" else (write_end, read_end)
            handles[index] = theirs
            self._given.append(theirs)
            if wanted == DEVNULL and name == "stdin":
                self._given.append(ours)
            elif wanted == DEVNULL:
                syscall("process_thread", lambda: _drain(ours))
            else:
                stream: Any = streams.ByteStream(ours, name, "w" if name == "stdin" else "r")
                if self._text:
                    stream = streams.TextStream(stream, self._encoding, self._errors, None, name == "stdin")
                setattr(self, name, stream)
        elif wanted == STDOUT and name == "stderr":
            handles[index] = handles[-11]
        else:
            flush = getattr(wanted, "flush", None)
            if flush is not None and name != "stdin":
                flush()
            handles[index] = filesystem.handle_of(wanted)

    def poll(self) -> int | None:
        """The return code if the child has ended, None while it runs."""
        if self.returncode is None and syscall("process_poll", self.pid) is not None:
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; the exit status, or -n if signal n ended it. Raises TimeoutExpired."""
        if self.returncode is None:
            try:
                syscall("process_wait", self.pid, None if timeout is None else max(timeout, 0) * 1000)
                reason = syscall("process_info", self.pid).get("reason") or ""
                code = syscall("process_wait_status", self.pid)
            except StatusError as error:
                if error.status == _OUT_OF_TIME:
                    raise TimeoutExpired(self.args, timeout or 0) from None
                if error.status != 606:
                    filesystem.raise_for(error)
                reason, code = "", 0  # somebody else has waited for it
            self.returncode = 128 - code if reason[:7] == "signal " else code
        return self.returncode

    def communicate(self, input: Any = None, timeout: float | None = None) -> tuple[Any, Any]:
        """Send *input*, read everything, wait for the end: (stdout, stderr)."""
        results: dict[str, Any] = {}
        workers = []
        if self.stdin is not None:
            workers.append(lambda: self._feed(input))
        for name in ("stdout", "stderr"):
            stream = getattr(self, name)
            if stream is not None:
                workers.append(lambda name=name, stream=stream: results.update({name: stream.read()}))
        threads = [] if timeout is None and len(workers) < 2 else [syscall("process_thread", work) for work in workers]
        if not threads:
            for work in workers:
                work()
        self._join(threads, timeout, results)
        self.wait()
        for stream in (self.stdout, self.stderr):
            if stream is not None:
                stream.close()
        return results.get("stdout"), results.get("stderr")

    def _join(self, threads: list[int], timeout: float | None, results: dict[str, Any]) -> None:
        deadline = None if timeout is None else syscall("time_get")[0] + timeout
        for thread in [*threads, self.pid]:
            left = None if deadline is None else max(0.0, deadline - syscall("time_get")[0]) * 1000
            try:
                syscall("process_wait", thread, left)
            except StatusError as error:
                if error.status == _OUT_OF_TIME:
                    got = results.get("stdout"), results.get("stderr")
                    raise TimeoutExpired(self.args, timeout or 0, *got) from None
                if error.status != 606:
                    filesystem.raise_for(error)

    def _feed(self, data: Any) -> None:
        try:
            if data:
                self.stdin.write(data)
            self.stdin.close()
        except OSError as error:
            if not isinstance(error, BrokenPipeError):
                raise

    def send_signal(self, signal: int) -> None:
        if self.poll() is None:
            try:
                syscall("process_kill", self.pid, int(signal))
            except StatusError as error:
                if error.status != 606:
                    filesystem.raise_for(error)

    def terminate(self) -> None:
        self.send_signal(15)

    def kill(self) -> None:
        self.send_signal(9)

    def __enter__(self) -> Popen:
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        for stream in (self.stdout, self.stderr, self.stdin):
            if stream is not None:
                stream.close()
        self.wait()

    def __repr__(self) -> str:
        return f"<Popen: returncode: {self.returncode} args: {self.args!r}>"


def _drain(handle: str) -> None:
    """Read a pipe to its end for nobody."""
    while syscall("vfs_read", handle, streams.READ_AHEAD):
        pass
    syscall("vfs_close", handle)


def run(
    args: Any, *, input: Any = None, capture_output: bool = False, timeout: float | None = None,
    check: bool = False, **options: Any,
) -> CompletedProcess:
    """Run a program to its end."""
    if input is not None:
        if options.get("stdin") is not None:
            raise ValueError("stdin and input arguments may not both be used.")
        options["stdin"] = PIPE
    if capture_output:
        if options.get("stdout") is not None or options.get("stderr") is not None:
            raise ValueError("stdout and stderr arguments may not be used with capture_output.")
        options["stdout"] = options["stderr"] = PIPE
    with Popen(args, **options) as process:
        try:
            stdout, stderr = process.communicate(input, timeout)
        except BaseException:
            process.kill()
            raise
    result = CompletedProcess(args, process.returncode or 0, stdout, stderr)
    if check:
        result.check_returncode()
    return result


def call(args: Any, *, timeout: float | None = None, **options: Any) -> int:
    """Run a program; its return code."""
    return run(args, timeout=timeout, **options).returncode


def check_call(args: Any, **options: Any) -> int:
    """Run a program; CalledProcessError unless its return code is 0."""
    return run(args, check=True, **options).returncode


def check_output(args: Any, *, timeout: float | None = None, **options: Any) -> Any:
    """Run a program; what it printed. CalledProcessError unless its return code is 0."""
    return run(args, stdout=PIPE, timeout=timeout, check=True, **options).stdout


def getstatusoutput(cmd: str) -> tuple[int, str]:
    """(exit status, output of both streams without the last newline) of a shell line."""
    result = run(cmd, shell=True, stdout=PIPE, stderr=STDOUT, text=True)
    return result.returncode, result.stdout.removesuffix("\n")


def getoutput(cmd: str) -> str:
    return getstatusoutput(cmd)[1]


def list2cmdline(words: list[str]) -> str:
    return " ".join([f'"{word}"' if " " in word or not word else word for word in words])
