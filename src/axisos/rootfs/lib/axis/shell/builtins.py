"""The commands that the shell carries out itself.

Called by   `Shell.call_builtin`, with the shell, the words (the command's own name first) and the streams in force.
Always so   a builtin returns its exit status; ShellError and StatusError become its message and status 1.
"""

from __future__ import annotations

from abi.signals import NAMES
from abi.status import StatusError
from axis.shell.run import BUILTINS, ExitShell, LeaveLoop, ReturnFromFunction, ShellError
from axis.shell.system import decode, normalise, reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.shell.jobs import Job
    from axis.shell.run import Builtin, Shell, Streams
    from axis.shell.system import Handle

SIGNALS = {"EXIT": 0, **{name.removeprefix("SIG"): number for number, name in NAMES.items()}}  # what `trap` takes
OPTION_NAMES = {
    "allexport": "a", "errexit": "e", "noglob": "f", "nounset": "u", "xtrace": "x", "noclobber": "C", "verbose": "v",
    "pipefail": "pipefail",
}
ECHO_ESCAPES = {
    "n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v", "\\": "\\",
}
def _number(text: str, what: str) -> int:
    """*text* as a number that is not negative."""
    if not text.isdigit():
        raise ShellError(f"{text}: {what} must be a number", 2)
    return int(text)


# -- text -------------------------------------------------------------------------------------------------------------

def unescape(text: str) -> tuple[str, bool]:
    """Backslash sequences of `echo -e` and `printf`; the flag is set by `\\c`: nothing more is to be written."""
    if "\\" not in text:
        return text, False
    result = []
    index = 0
    while index < len(text):
        character = text[index]
        index += 1
        if character != "\\" or index >= len(text):
            result.append(character)
            continue
        code = text[index]
        index += 1
        if code == "c":
            return "".join(result), True
        if code in ECHO_ESCAPES:
            result.append(ECHO_ESCAPES[code])
        elif code in "01234567x":
            base, most = (16, 2) if code == "x" else (8, 4 if code == "0" else 3)
            start = index if code == "x" else index - 1
            end = start
            digits = "0123456789abcdefABCDEF" if code == "x" else "01234567"
            while end < len(text) and end - start < most and text[end] in digits:
                end += 1
            if end == start:
                result.append("\\x")
                continue
            result.append(decode(bytes([int(text[start:end], base) & 0xFF])))
            index = end
        else:
            result.append("\\" + code)
    return "".join(result), False


def _echo(shell: Shell, words: list[str], streams: Streams) -> int:
    newline, escapes = True, False
    index = 1
    while index < len(words) and len(words[index]) > 1 and words[index][0] == "-" and not words[index][1:].strip("neE"):
        newline = newline and "n" not in words[index]
        escapes = "e" in words[index] or (escapes and "E" not in words[index])
        index += 1
    text = " ".join(words[index:])
    if escapes:
        text, stop = unescape(text)
        newline = newline and not stop
    shell.write(streams, 1, text + "\n" if newline else text)
    return 0


def _printf(shell: Shell, words: list[str], streams: Streams) -> int:
    from axis.shell.printf import format_all

    words = words[1:]
    if words and words[0] == "--":
        words = words[1:]
    if not words:
        raise ShellError("usage: printf FORMAT [ARGUMENT...]", 2)
    text, problems = format_all(words[0], words[1:])
    shell.write(streams, 1, text)
    for problem in problems:
        shell.complain(f"printf: {problem}", streams)
    return 1 if problems else 0


def _true(shell: Shell, words: list[str], streams: Streams) -> int:
    return 0


def _false(shell: Shell, words: list[str], streams: Streams) -> int:
    return 1


def _clear(shell: Shell, words: list[str], streams: Streams) -> int:
    shell.write(streams, 1, "\f")
    return 0


def _test(shell: Shell, words: list[str], streams: Streams) -> int:
    from axis.shell.condition import evaluate

    if words[0] == "[":
        if words[-1] != "]":
            raise ShellError("']' is missing at the end", 2)
        words = words[:-1]
    return 0 if evaluate(words[1:], shell, streams) else 1


# -- where we are -----------------------------------------------------------------------------------------------------

def _cd(shell: Shell, words: list[str], streams: Streams) -> int:
    words = [word for word in words if word not in ("-P", "-L", "--")]
    if len(words) > 2:
        raise ShellError("too many arguments", 2)
    target = words[1] if len(words) > 1 else shell.lookup("HOME")
    if target is None:
        raise ShellError("HOME is not set")
    back = target == "-"
    if back:
        target = shell.lookup("OLDPWD")
        if target is None:
            raise ShellError("OLDPWD is not set")
    path = shell.absolute(target)
    if not target.startswith(("/", "./", "../")) and target not in (".", "..") and not back:
        for directory in (shell.lookup("CDPATH") or "").split(":"):
            found = shell.system.stat(normalise(target, shell.absolute(directory))) if directory else None
            if found is not None and found["type"] == "directory":
                path, back = normalise(target, shell.absolute(directory)), True
                break
    try:
        found = shell.system.call("vfs_stat", path)
        if found["type"] != "directory":
            raise ShellError(f"{target}: Not a directory")
        shell.system.list(path)
    except StatusError as error:
        raise ShellError(f"{target}: {reason(error)}") from None
    shell.assign("OLDPWD", shell.variables["PWD"])
    shell.assign("PWD", path)
    shell.exported.update(("PWD", "OLDPWD"))
    if back:
        shell.write(streams, 1, path + "\n")
    return 0


def _pwd(shell: Shell, words: list[str], streams: Streams) -> int:
    shell.write(streams, 1, shell.variables["PWD"] + "\n")
    return 0


# -- variables --------------------------------------------------------------------------------------------------------

def _name(word: str) -> tuple[str, str | None]:
    """`name` or `name=value`."""
    name, equals, value = word.partition("=")
    if not (name.isascii() and name.isidentifier()):
        raise ShellError(f"{word!r}: not a valid variable name")
    return name, value if equals else None


def _export(shell: Shell, words: list[str], streams: Streams) -> int:
    from axis.shell.unparse import quote

    remove = words[1:2] == ["-n"]
    names = [word for word in words[1:] if word not in ("-p", "-n", "--")]
    if not names:
        for name in sorted(shell.exported):
            if name in shell.variables:
                shell.write(streams, 1, f"export {name}={quote(shell.variables[name])}\n")
        return 0
    for word in names:
        name, value = _name(word)
        if value is not None:
            shell.assign(name, value)
        if remove:
            shell.exported.discard(name)
        else:
            shell.exported.add(name)
    return 0


def _readonly(shell: Shell, words: list[str], streams: Streams) -> int:
    from axis.shell.unparse import quote

    names = [word for word in words[1:] if word not in ("-p", "--")]
    for word in names:
        name, value = _name(word)
        if value is not None:
            shell.assign(name, value)
        shell.fixed.add(name)
    if not names:
        for name in sorted(shell.fixed):
            shell.write(streams, 1, f"readonly {name}={quote(shell.variables.get(name, ''))}\n")
    return 0


def _local(shell: Shell, words: list[str], streams: Streams) -> int:
    if not shell.locals:
        raise ShellError("only possible in a function")
    for word in words[1:]:
        name, value = _name(word)
        shell.locals[-1].setdefault(name, shell.variables.get(name))
        if value is not None:
            shell.assign(name, value)
        else:
            shell.variables.pop(name, None)
    return 0


def _unset(shell: Shell, words: list[str], streams: Streams) -> int:
    functions = words[1:2] == ["-f"]
    for name in [word for word in words[1:] if word not in ("-f", "-v")]:
        if name in shell.fixed:
            raise ShellError(f"{name}: readonly variable")
        if functions or name not in shell.variables:
            shell.functions.pop(name, None)
        elif name == "PWD":
            raise ShellError("PWD: the shell needs it")
        else:
            del shell.variables[name]
            shell.exported.discard(name)
    return 0


def _set(shell: Shell, words: list[str], streams: Streams) -> int:
    if len(words) == 1:
        from axis.shell.unparse import quote

        for name in sorted(shell.variables):
            shell.write(streams, 1, f"{name}={quote(shell.variables[name])}\n")
        return 0
    index = 1
    while index < len(words):
        word = words[index]
        if word == "--":
            shell.positional = words[index + 1:]
            return 0
        if len(word) < 2 or word[0] not in "+-":
            break
        index += 1
        if word[1:] == "o":
            if index == len(words):
                _show_options(shell, streams)
                return 0
            option = OPTION_NAMES.get(words[index])
            if option is None:
                raise ShellError(f"{words[index]}: no such option", 2)
            index += 1
            letters = [option]
        else:
            letters = list(word[1:])
        for letter in letters:
            if letter not in OPTION_NAMES.values():
                raise ShellError(f"-{letter}: no such option", 2)
            if word[0] == "-":
                shell.options.add(letter)
            else:
                shell.options.discard(letter)
    if index < len(words):
        shell.positional = words[index:]
    return 0


def _show_options(shell: Shell, streams: Streams) -> None:
    for name in sorted(OPTION_NAMES):
        shell.write(streams, 1, f"{name:<12}{'on' if OPTION_NAMES[name] in shell.options else 'off'}\n")


def _shift(shell: Shell, words: list[str], streams: Streams) -> int:
    count = _number(words[1], "the count") if len(words) > 1 else 1
    if count > len(shell.positional):
        raise ShellError(f"{count}: there are only {len(shell.positional)} parameters")
    shell.positional = shell.positional[count:]
    return 0


def _env(shell: Shell, words: list[str], streams: Streams) -> int:
    extra: dict[str, str] = {}
    index = 1
    while index < len(words) and "=" in words[index]:
        name, _, value = words[index].partition("=")
        extra[name] = value
        index += 1
    if index < len(words):
        raise ShellError("to run a command with variables, write NAME=VALUE command")
    variables = {name: shell.variables[name] for name in shell.exported if name in shell.variables}
    variables.update(extra)
    shell.write(streams, 1, "".join([f"{name}={variables[name]}\n" for name in sorted(variables)]))
    return 0


def _let(shell: Shell, words: list[str], streams: Streams) -> int:
    value = 0
    for word in words[1:]:
        value = shell.expander.arithmetic(word)
    return int(value == 0)


def _alias(shell: Shell, words: list[str], streams: Streams) -> int:
    from axis.shell.unparse import quote

    status = 0
    for word in words[1:] or sorted(shell.aliases):
        name, equals, value = word.partition("=")
        if equals and name:
            shell.aliases[name] = value
        elif name in shell.aliases:
            shell.write(streams, 1, f"alias {name}={quote(shell.aliases[name])}\n")
        else:
            shell.complain(f"alias: {name}: not found", streams)
            status = 1
    return status


def _unalias(shell: Shell, words: list[str], streams: Streams) -> int:
    if words[1:] == ["-a"]:
        shell.aliases.clear()
        return 0
    status = 0
    for name in words[1:]:
        if shell.aliases.pop(name, None) is None:
            shell.complain(f"unalias: {name}: not found", streams)
            status = 1
    return status


# -- reading ----------------------------------------------------------------------------------------------------------

def read_line(shell: Shell, handle: Handle) -> tuple[str, bool]:
    """One line of *handle* and no byte more, so that whoever reads next gets the rest; the flag = it had an end."""
    system = shell.system
    position = system.seek(handle, 0, "cur")
    if position is not None:  # a file: read ahead, then go back
        data = b""
        while b"\n" not in data:
            piece = system.read(handle, 1024)
            if not piece:
                return decode(data), False
            data += piece
        line, _, rest = data.partition(b"\n")
        if rest:
            system.seek(handle, position + len(line) + 1, "set")
        return decode(line), True
    if system.is_terminal(handle):
        line = system.read(handle, None)
        return decode(line).rstrip("\n"), line.endswith(b"\n")
    pieces: list[bytes] = []
    while True:
        byte = system.read(handle, 1)
        if not byte or byte == b"\n":
            return decode(b"".join(pieces)), bool(byte)
        pieces.append(byte)


def _read(shell: Shell, words: list[str], streams: Streams) -> int:
    raw, prompt, silent = False, "", False
    names = words[1:]
    while names and names[0].startswith("-") and len(names[0]) > 1:
        option = names.pop(0)
        if option == "--":
            break
        if option == "-p" and names:
            prompt = names.pop(0)
        elif not option[1:].strip("rs"):
            raw, silent = raw or "r" in option, silent or "s" in option
        else:
            raise ShellError(f"usage: read [-rs] [-p PROMPT] [NAME...], not {option}", 2)
    handle = streams.get(0)
    if handle is None or not isinstance(handle, (str, int)):
        raise ShellError("0: Bad file descriptor")
    terminal = (prompt or silent) and shell.system.is_terminal(handle)
    if terminal:
        shell.write(streams, 2, prompt)
    if silent and terminal:
        shell.system.control(handle, "set_echo", False)
    try:
        line, ended = read_line(shell, handle)
        while not raw and ended and len(line) - len(line.rstrip("\\")) & 1:
            following, ended = read_line(shell, handle)
            line = line[:-1] + following
    finally:
        if silent and terminal:
            shell.system.control(handle, "set_echo", True)
            shell.write(streams, 2, "\n")
    for name in names:
        _name(name)
    _store_fields(shell, line, names or ["REPLY"], raw)
    return 0 if ended else 1


def _store_fields(shell: Shell, line: str, names: list[str], raw: bool) -> None:
    """Give each name a field, the last one all the rest."""
    separators = shell.lookup("IFS")
    separators = " \t\n" if separators is None else separators
    blanks = "".join([character for character in separators if character in " \t\n"])
    characters: list[tuple[str, bool]] = []  # and whether a backslash protects it
    index = 0
    while index < len(line):
        protected = not raw and line[index] == "\\" and index + 1 < len(line)
        index += protected
        characters.append((line[index], protected))
        index += 1
    start, end = 0, len(characters)
    while start < end and characters[start][0] in blanks and not characters[start][1]:
        start += 1
    while end > start and characters[end - 1][0] in blanks and not characters[end - 1][1]:
        end -= 1
    for name in names[:-1]:
        field = []
        while start < end and (characters[start][1] or characters[start][0] not in separators):
            field.append(characters[start][0])
            start += 1
        shell.assign(name, "".join(field))
        seen = False
        while start < end and not characters[start][1] and characters[start][0] in separators:
            if characters[start][0] not in blanks:
                if seen:
                    break
                seen = True
            start += 1
    shell.assign(names[-1], "".join([character for character, _ in characters[start:end]]))


# -- control ----------------------------------------------------------------------------------------------------------

def _status(shell: Shell, words: list[str]) -> int:
    if len(words) < 2:
        return shell.status
    try:
        return int(words[1]) & 0xFF
    except ValueError:
        raise ShellError(f"{words[1]}: a number is needed", 2) from None


def _exit(shell: Shell, words: list[str], streams: Streams) -> int:
    raise ExitShell(_status(shell, words))


def _return(shell: Shell, words: list[str], streams: Streams) -> int:
    if not shell.locals and not shell.sourcing:
        raise ShellError("only possible in a function or a sourced file", 2)
    raise ReturnFromFunction(_status(shell, words))


def _break(shell: Shell, words: list[str], streams: Streams) -> int:
    if not shell.loops:
        shell.complain(f"{words[0]}: only possible in a loop", streams)
        return 0
    raise LeaveLoop(max(1, _number(words[1], "the count")) if len(words) > 1 else 1, words[0] == "continue")


def _eval(shell: Shell, words: list[str], streams: Streams) -> int:
    shell.status = 0
    return shell.run_text(" ".join(words[1:]), streams)


def _source(shell: Shell, words: list[str], streams: Streams) -> int:
    if len(words) < 2:
        raise ShellError("a file name is needed", 2)
    path = shell.absolute(words[1])
    if "/" not in words[1] and shell.system.stat(path) is None:
        path = shell.find_program(words[1]) or path
    try:
        handle = shell.system.open(path, "r")
    except StatusError as error:
        raise ShellError(f"{words[1]}: {reason(error)}") from None
    try:
        text = decode(shell.system.read_all(handle))
    finally:
        shell.system.close(handle)
    positional = shell.positional
    if len(words) > 2:
        shell.positional = words[2:]
    shell.status = 0
    shell.sourcing += 1
    try:
        return shell.run_text(text, streams)
    except ReturnFromFunction as leave:
        return leave.status
    finally:
        shell.sourcing -= 1
        if len(words) > 2:
            shell.positional = positional


def _command(shell: Shell, words: list[str], streams: Streams) -> int:
    """`command name`: builtins and programs only; `command -v name`: what it is. `builtin` is the same here."""
    if len(words) > 1 and words[1] in ("-v", "-V"):
        return _type(shell, ["type", *(["-v"] if words[1] == "-v" else []), *words[2:]], streams)
    rest = [word for word in words[1:] if word != "-p"]
    if not rest:
        return 0
    if rest[0] in BUILTINS:
        return shell.call_builtin(rest, streams)
    if words[0] == "builtin":
        raise ShellError(f"{rest[0]}: not a shell builtin")
    return shell.run_program(rest, streams)


def _type(shell: Shell, words: list[str], streams: Streams) -> int:
    from axis.shell.parser import KEYWORDS
    from axis.shell.unparse import command_text, quote

    brief = words[1:2] == ["-v"]
    status = 0
    for name in words[2 if brief else 1:]:
        if name in shell.aliases:
            value = shell.aliases[name]
            text = f"alias {name}={quote(value)}" if brief else f"{name} is an alias for {value}"
        elif name in KEYWORDS:
            text = name if brief else f"{name} is a shell keyword"
        elif name in shell.functions:
            text = name if brief else f"{name} is a function\n{name}() {command_text(shell.functions[name])}"
        elif name in BUILTINS:
            text = name if brief else f"{name} is a shell builtin"
        else:
            path = shell.find_program(name)
            if path is None or shell.system.stat(path) is None:
                status = 1
                if not brief:
                    shell.complain(f"type: {name}: not found", streams)
                continue
            text = path if brief else f"{name} is {path}"
        shell.write(streams, 1, text + "\n")
    return status


def _trap(shell: Shell, words: list[str], streams: Streams) -> int:
    from axis.shell.unparse import quote

    if len(words) == 1:
        for name in sorted(shell.traps):
            shell.write(streams, 1, f"trap -- {quote(shell.traps[name])} {name}\n")
        return 0
    words = [word for word in words if word != "--"]
    remove = words[1] == "-" or len(words) == 2
    for word in words[1:] if len(words) == 2 else words[2:]:
        number = signal_number(word)
        name = signal_name(number)
        if number in (9, 19):
            raise ShellError(f"{word}: cannot be trapped")
        if remove:
            shell.traps.pop(name, None)
            if number:
                shell.system.on_signal(number, None)
            continue
        shell.traps[name] = words[1]
        if number:
            shell.system.on_signal(number, shell.trap_handler(name) if words[1] else "SIG_IGN")
    return 0


# -- jobs -------------------------------------------------------------------------------------------------------------

def signal_number(text: str) -> int:
    """The number of a signal given as `9`, `KILL` or `SIGKILL`."""
    if text.isdigit() and int(text) in SIGNALS.values():
        return int(text)
    name = text.upper().removeprefix("SIG")
    if name not in SIGNALS:
        raise ShellError(f"{text}: no such signal", 2)
    return SIGNALS[name]


def signal_name(number: int) -> str:
    """The name of a signal, without SIG."""
    for name, value in SIGNALS.items():
        if value == number:
            return name
    return str(number)


def _find_job(shell: Shell, word: str) -> Job:
    job = shell.jobs.find(word) if shell.jobs is not None else None
    if job is None:
        raise ShellError(f"{word or 'current'}: no such job")
    return job


def _jobs(shell: Shell, words: list[str], streams: Streams) -> int:
    if shell.jobs is None:
        return 0
    if shell.terminal is not None:
        shell.reap()
    for job in shell.jobs.all():
        if words[1:2] == ["-p"]:
            shell.write(streams, 1, f"{job.group or job.pids[-1]}\n")
        else:
            shell.write(streams, 1, job.line(shell.jobs.mark(job), words[1:2] == ["-l"]) + "\n")
        if job.state() == "Done":
            shell.jobs.forget(job)
    return 0


def _resume(shell: Shell, words: list[str], streams: Streams) -> int:
    if shell.terminal is None or (shell.jobs is None and len(words) < 2):
        raise ShellError("no current job" if shell.terminal is not None else "no job control in this shell")
    shell.reap()
    job = _find_job(shell, words[1] if len(words) > 1 else "%+")
    if job.state() == "Done":
        raise ShellError("the job has ended")
    assert shell.jobs is not None
    shell.jobs.make_current(job)
    foreground = words[0] == "fg"
    shell.write(streams, 1, f"{job.text}\n" if foreground else f"[{job.number}]{shell.jobs.mark(job)} {job.text} &\n")
    return shell.resume(job, foreground)


def _wait(shell: Shell, words: list[str], streams: Streams) -> int:
    if len(words) == 1:
        if shell.jobs is not None:
            for job in shell.jobs.all():
                if job.state() != "Stopped":
                    for pid in job.pids:
                        if pid is not None:
                            shell.wait_for_child(pid)
                    shell.jobs.forget(job)
        return 0
    status = 0
    for word in words[1:]:
        if word.startswith("%"):
            job = _find_job(shell, word)
            pids = [pid for pid in job.pids if pid is not None]
        else:
            pids = [_number(word, "a process")]
        for pid in pids:
            found = shell.wait_for_child(pid)
            if found is None:
                shell.complain(f"wait: {word}: not a child of this shell", streams)
            status = 127 if found is None else found
    return status


def _disown(shell: Shell, words: list[str], streams: Streams) -> int:
    for word in words[1:] or ["%+"]:
        job = _find_job(shell, word)
        assert shell.jobs is not None
        shell.jobs.forget(job)
    return 0


def _kill(shell: Shell, words: list[str], streams: Streams) -> int:
    signal = 15
    targets = words[1:]
    if targets[:1] == ["-l"]:
        names = [signal_name(_number(word, "a status") & 127) for word in targets[1:]]
        listed = names or [f"{number:>2} {name}" for name, number in SIGNALS.items() if name != "EXIT"]
        shell.write(streams, 1, "\n".join(listed) + "\n")
        return 0
    if targets[:1] in (["-s"], ["-n"]) and len(targets) > 1:
        signal, targets = signal_number(targets[1]), targets[2:]
    elif targets and len(targets[0]) > 1 and targets[0][0] == "-" and targets[0] != "--":
        signal, targets = signal_number(targets[0][1:]), targets[1:]
    targets = targets[1:] if targets[:1] == ["--"] else targets
    if not targets:
        raise ShellError("usage: kill [-SIGNAL] PID|%JOB...", 2)
    status = 0
    for word in targets:
        try:
            _kill_one(shell, word, signal)
        except StatusError as error:
            shell.complain(f"kill: {word}: {reason(error)}", streams)
            status = 1
    return status


def _kill_one(shell: Shell, word: str, signal: int) -> None:
    if word.startswith("%"):
        job = _find_job(shell, word)
        if job.group:
            shell.system.kill_group(job.group, signal)
            if signal in (1, 15) and job.state() == "Stopped":
                shell.system.resume_group(job.group)  # so that it can end
                job.continued()
            elif signal == 18:
                job.continued()
            return
        for pid in job.pids:
            if pid is not None:
                shell.system.kill(pid, signal)
        return
    if word.startswith("-") and word[1:].isdigit():
        shell.system.kill_group(int(word[1:]), signal)
        return
    shell.system.kill(_number(word, "a process"), signal)


def _history(shell: Shell, words: list[str], streams: Streams) -> int:
    if shell.history is None:
        return 0
    if words[1:2] == ["-c"]:
        shell.history.clear()
        return 0
    lines = list(shell.history.lines)
    first = len(lines) - _number(words[1], "the count") if len(words) > 1 else 0
    for index in range(max(0, first), len(lines)):
        shell.write(streams, 1, f"{index + 1:5}  {lines[index]}\n")
    return 0


def _umask(shell: Shell, words: list[str], streams: Streams) -> int:
    if len(words) > 1:
        raise ShellError("new files take their directory's mode here; use chmod")
    shell.write(streams, 1, "0022\n")
    return 0


def _ulimit(shell: Shell, words: list[str], streams: Streams) -> int:
    raise ShellError("limits are set by the system, not by the shell")


TABLE: dict[str, Builtin] = {
    ":": _true, "true": _true, "false": _false, "echo": _echo, "printf": _printf, "test": _test, "[": _test, "cd": _cd,
    "pwd": _pwd, "export": _export, "readonly": _readonly, "local": _local, "unset": _unset, "set": _set,
    "shift": _shift, "env": _env, "let": _let, "alias": _alias, "unalias": _unalias, "read": _read, "exit": _exit,
    "logout": _exit, "return": _return, "break": _break, "continue": _break, "eval": _eval, "source": _source,
    ".": _source, "command": _command, "builtin": _command, "type": _type, "trap": _trap, "jobs": _jobs, "fg": _resume,
    "bg": _resume, "wait": _wait, "disown": _disown, "kill": _kill, "history": _history, "clear": _clear,
    "umask": _umask, "ulimit": _ulimit,
}
