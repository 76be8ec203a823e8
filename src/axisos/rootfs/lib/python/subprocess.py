"""Run programs and talk to them through pipes.

A program is a path, or a name that is looked for in PATH (`ls` is /usr/commands/ls.py); `shell=True` runs a line in
/bin/sh.py. The child gets a copy of `os.environ`, or *env*; its working directory is this one's, or *cwd*.
"""

from __future__ import annotations

from abi.status import StatusError
from axis import filesystem, streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

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
        """The same as `output`."""
        return self.output

    @stdout.setter
    def stdout(self, value: Any) -> None:
        self.output = value

    def __str__(self) -> str:
        if self.returncode < 0:
            import signal

            number = -self.returncode
            what = repr(signal.Signals(number)) if number in signal.Signals else f"unknown signal {number}"
            return f"Command '{self.cmd}' died with {what}."
        return f"Command '{self.cmd}' returned non-zero exit status {self.returncode}."


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
        """The same as `output`."""
        return self.output

    @stdout.setter
    def stdout(self, value: Any) -> None:
        self.output = value

    def __str__(self) -> str:
        return f"Command '{self.cmd}' timed out after {self.timeout} seconds"


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

    def __class_getitem__(cls, item: object) -> type:
        return cls


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
        env: Any = None, universal_newlines: bool | None = None, startupinfo: Any = None, creationflags: int = 0,
        restore_signals: bool = True, start_new_session: bool = False, pass_fds: Any = (), *, user: Any = None,
        group: Any = None, extra_groups: Any = None, encoding: str | None = None, errors: str | None = None,
        text: bool | None = None, umask: int = -1, pipesize: int = -1, process_group: int | None = None,
    ) -> None:
        _refuse(
            preexec_fn=preexec_fn, startupinfo=startupinfo, creationflags=creationflags or None,
            pass_fds=pass_fds or None, user=user, group=group, extra_groups=extra_groups,
            umask=None if umask == -1 else umask,
        )
        if not isinstance(bufsize, int):
            raise TypeError("bufsize must be an integer")
        if text is not None and universal_newlines is not None and bool(text) != bool(universal_newlines):
            raise SubprocessError("Cannot disambiguate when both text and universal_newlines are supplied but "
                                  "different. Pass one or the other.")
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
        self._bufsize = bufsize
        self._pipe_size = 65536 if pipesize <= 0 else min(pipesize, 65536)
        self._readers: dict[str, int] = {}  # name of a stream -> the thread that `communicate` reads it in
        self._results: dict[str, Any] = {}  # what these threads have read
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
            read_end, write_end = syscall("ke_create_pipe", self._pipe_size)
            theirs, ours = (read_end, write_end) if name == "stdin" else (write_end, read_end)
            handles[index] = theirs
            self._given.append(theirs)
            if wanted == DEVNULL and name == "stdin":
                self._given.append(ours)
            elif wanted == DEVNULL:
                syscall("process_thread", lambda: _drain(ours))
            else:
                behind = 0 if self._bufsize == 0 and not self._text else streams.WRITE_BEHIND
                stream: Any = streams.ByteStream(ours, name, "w" if name == "stdin" else "r", write_behind=behind)
                if self._text:
                    eager = name == "stdin" and self._bufsize == 1
                    stream = streams.TextStream(stream, self._encoding, self._errors, None, eager)
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
        """Send *input*, read everything, wait for the end: (stdout, stderr).

        Raises: TimeoutExpired; it may then be called again, without *input*, and nothing that came is lost.
        """
        if self._readers and input:
            raise ValueError("Cannot send input after starting communication")
        used = [name for name in _STANDARD if getattr(self, name) is not None]
        if timeout is None and len(used) < 2 and not self._readers:
            for name in used:
                self._work(name, input)
        else:
            for name in used:
                if name not in self._readers and not getattr(self, name).closed:
                    self._readers[name] = syscall("process_thread", lambda name=name: self._work(name, input))
            self._join(timeout)
        self.wait()
        for stream in (self.stdout, self.stderr):
            if stream is not None:
                stream.close()
        failure = self._results.get("failure")
        if failure is not None:
            raise failure
        return self._got("stdout"), self._got("stderr")

    def _got(self, name: str) -> Any:
        """What came from a stream, None if it is no pipe."""
        if getattr(self, name) is None:
            return None
        return ("" if self._text else b"").join(self._results.get(name, ()))

    def _work(self, name: str, input: Any) -> None:
        """The part of `communicate` that one stream has."""
        if name == "stdin":
            self._feed(input)
            return
        stream = getattr(self, name)
        pieces = self._results[name] = []
        try:
            while piece := stream.read1():
                pieces.append(piece)
        except Exception as error:
            self._results["failure"] = error

    def _join(self, timeout: float | None) -> None:
        deadline = None if timeout is None else syscall("time_get")[0] + timeout
        for thread in [*self._readers.values(), self.pid]:
            left = None if deadline is None else max(0.0, deadline - syscall("time_get")[0]) * 1000
            try:
                syscall("process_wait", thread, left)
            except StatusError as error:
                if error.status == _OUT_OF_TIME:
                    got = [b"".join(self._results.get(name, ())) if not self._text else self._got(name)
                           for name in ("stdout", "stderr")]
                    raise TimeoutExpired(self.args, timeout or 0, got[0] or None, got[1] or None) from None
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

    def send_signal(self, sig: int) -> None:
        """Send a signal, unless the child has ended."""
        if self.poll() is None:
            try:
                syscall("process_kill", self.pid, int(sig))
            except StatusError as error:
                if error.status != 606:
                    filesystem.raise_for(error)

    def terminate(self) -> None:
        self.send_signal(15)

    def kill(self) -> None:
        self.send_signal(9)

    def __enter__(self) -> Popen:
        return self

    def __exit__(self, exc_type: object, value: object, traceback: object) -> None:
        try:
            for stream in (self.stdout, self.stderr, self.stdin):
                if stream is not None:
                    stream.close()
        finally:
            self.wait()

    def __class_getitem__(cls, item: object) -> type:
        return cls

    def __repr__(self) -> str:
        return f"<Popen: returncode: {self.returncode} args: {self.args!r}>"


class _CommandStream:
    """What `os.popen` gives: one stream of a child, and the child's status when it is closed."""

    def __init__(self, line: str, mode: str) -> None:
        if mode == "r":
            self._child = Popen(line, shell=True, text=True, stdout=PIPE)
        else:
            self._child = Popen(line, shell=True, text=True, stdin=PIPE)
        self._stream: Any = self._child.stdout if mode == "r" else self._child.stdin

    def close(self) -> int | None:
        """Close the stream, wait for the child: None for status 0, otherwise the status in the form of `os.wait`."""
        self._stream.close()
        code = self._child.wait()
        return None if code == 0 else code << 8

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __iter__(self) -> Any:
        return iter(self._stream)

    def __enter__(self) -> _CommandStream:
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        self.close()


def _refuse(**given: Any) -> None:
    """Refuse the arguments that mean nothing here, when they are given."""
    for name, value in given.items():
        if value is not None:
            from axis import absent

            raise absent.call(f"subprocess.Popen({name}=...)", "see what syscall process_spawn takes")


def _drain(handle: str) -> None:
    """Read a pipe to its end for nobody."""
    while syscall("vfs_read", handle, streams.READ_AHEAD):
        pass
    syscall("vfs_close", handle)


def run(
    *popenargs: Any, input: Any = None, capture_output: bool = False, timeout: float | None = None,
    check: bool = False, **kwargs: Any,
) -> CompletedProcess:
    """Run a program to its end."""
    if input is not None:
        if kwargs.get("stdin") is not None:
            raise ValueError("stdin and input arguments may not both be used.")
        kwargs["stdin"] = PIPE
    if capture_output:
        if kwargs.get("stdout") is not None or kwargs.get("stderr") is not None:
            raise ValueError("stdout and stderr arguments may not be used with capture_output.")
        kwargs["stdout"] = kwargs["stderr"] = PIPE
    with Popen(*popenargs, **kwargs) as process:
        try:
            stdout, stderr = process.communicate(input, timeout)
        except BaseException:
            process.kill()
            raise
    result = CompletedProcess(process.args, process.returncode or 0, stdout, stderr)
    if check:
        result.check_returncode()
    return result


def call(*popenargs: Any, timeout: float | None = None, **kwargs: Any) -> int:
    """Run a program; its return code."""
    with Popen(*popenargs, **kwargs) as process:
        try:
            return process.wait(timeout)
        except BaseException:
            process.kill()
            raise


def check_call(*popenargs: Any, **kwargs: Any) -> int:
    """Run a program; CalledProcessError unless its return code is 0."""
    code = call(*popenargs, **kwargs)
    if code:
        raise CalledProcessError(code, popenargs[0] if popenargs else kwargs.get("args"))
    return 0


def check_output(*popenargs: Any, timeout: float | None = None, **kwargs: Any) -> Any:
    """Run a program; what it printed. CalledProcessError unless its return code is 0."""
    for name in ("stdout", "check"):
        if name in kwargs:
            raise ValueError(f"{name} argument not allowed, it will be overridden.")
    if "input" in kwargs and kwargs["input"] is None:
        text = kwargs.get("text") or kwargs.get("universal_newlines") or kwargs.get("encoding") or kwargs.get("errors")
        kwargs["input"] = "" if text else b""
    return run(*popenargs, stdout=PIPE, timeout=timeout, check=True, **kwargs).stdout


def getstatusoutput(cmd: str, *, encoding: str | None = None, errors: str | None = None) -> tuple[int, str]:
    """(exit status, output of both streams without the last newline) of a shell line."""
    result = run(cmd, shell=True, stdout=PIPE, stderr=STDOUT, text=True, encoding=encoding, errors=errors)
    return result.returncode, result.stdout.removesuffix("\n")


def getoutput(cmd: str, *, encoding: str | None = None, errors: str | None = None) -> str:
    """The output of both streams of a shell line, without the last newline."""
    return getstatusoutput(cmd, encoding=encoding, errors=errors)[1]


def __getattr__(name: str) -> NoReturn:
    from axis import absent

    absent.attribute("subprocess", name)


def list2cmdline(seq: Any) -> str:
    """One line of text that another operating system would take for these words."""
    out = []
    for word in [filesystem.text_of(item) for item in seq]:
        text = ""
        backslashes = 0
        for letter in word:
            if letter == "\\":
                backslashes += 1
                continue
            text += "\\" * (backslashes * 2 + 1 if letter == '"' else backslashes) + letter
            backslashes = 0
        quoted = not word or " " in word or "\t" in word
        text += "\\" * (backslashes * 2 if quoted else backslashes)
        out.append(f'"{text}"' if quoted else text)
    return " ".join(out)
