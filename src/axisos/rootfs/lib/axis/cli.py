"""What every command does alike: options, messages, exit status, input files, colours.

    from axis import cli

    HELP = "Usage: rev [FILE...]\n\nReverse the characters of each line.\n"

    def main(options, operands):
        for name, stream in cli.inputs(operands):
            for line in stream:
                cli.write(line[::-1])

    cli.run(main, HELP)

Conventions  results on standard output, complaints on standard error as `command: what: why`; exit status 0, 1 when
             something failed, 2 when the command was called wrongly; `-` is standard input; `--` ends the options.
             A command whose reader is gone ends without a word (SIGPIPE).
"""

from __future__ import annotations

import sys

from abi.status import StatusError
from axis import filesystem, streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, NoReturn

    from axis.guest import env, syscall

    Options = dict[str, Any]  # letter -> True, how often, or the value

OK = 0
FAILED = 1
USAGE = 2
_BROKEN_PIPE = 128 + 13
_INTERRUPTED = 128 + 2

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36", "grey": "90"}


class _Run:
    """The one run of this command: its name, and what its exit status will be."""

    __slots__ = ("colour", "help", "name", "status")

    def __init__(self) -> None:
        self.name = "command"
        self.help = ""
        self.status = OK
        self.colour: bool | None = None  # not decided yet


_run = _Run()  # this module runs once in each process


def run(
    main: Callable[[Options, list[str]], int | None], help: str, *, flags: str = "", values: str = "",
    long: dict[str, str] | None = None, number: str = "", intermixed: bool = True,
    verbatim: bool = False, repeated: str = "",
) -> NoReturn:
    """Run a command: parse its arguments, call *main(options, operands)*, exit with its status.

    Args:    main: returns the exit status; None = 0, or 1 if `warn` was called. An `OSError` that it lets out is
             reported and ends the command with 1.
             help: for -h and --help; begins with "Usage: <name> ...", the name that messages carry.
             flags, values: the letters of options without and with a value; long: {"lines": "n"} for --lines;
             number: the letter that -5 stands for (as in head -5);
             intermixed: options may follow operands; otherwise the first operand ends them;
             verbatim: all words are operands, except that -h or --help alone asks for help;
             repeated: those of the letters in *values* whose values are all kept, in a list.
    """
    _run.help = help
    _run.name = help.split("Usage:", 1)[1].split(None, 1)[0]
    code: int | None
    try:
        arguments = list(env.get("ARGS") or ())
        if verbatim:
            if arguments in (["-h"], ["--help"]):
                show_help()
            options: Options = {}
            operands = arguments
        else:
            options, operands = parse(arguments, flags, values, long or {}, number, intermixed, repeated)
        code = main(options, operands)
        streams.flush_all()
        if code is None:
            code = _run.status
    except KeyboardInterrupt:
        code = _INTERRUPTED
    except (OSError, StatusError, EOFError, ValueError, RecursionError, MemoryError) as error:
        code = _failed(error)
    sys.exit(code)


def _failed(error: Exception) -> int:
    """Report what ended the command; returns the exit status."""
    if isinstance(error, BrokenPipeError) or (isinstance(error, StatusError) and error.status == 820):
        return _BROKEN_PIPE
    if not isinstance(error, (OSError, StatusError)) and type(error) not in (RecursionError, MemoryError, EOFError):
        raise error  # a mistake of the command's own: let it be seen
    name = getattr(error, "filename", None)
    warn(*([_shown(name)] if name is not None else []), why(error))
    return FAILED


def _shown(name: object) -> str:
    return {"<stdin>": "standard input", "<stdout>": "standard output"}.get(str(name), str(name))


def parse(
    arguments: list[str], flags: str = "", values: str = "", long: dict[str, str] | None = None, number: str = "",
    intermixed: bool = True, repeated: str = "",
) -> tuple[Options, list[str]]:
    """Split *arguments* into ({letter: True or count or value}, operands). Exits with 2 for an unknown option.

    A flag that is given n times counts n (True for once); an option with a value takes the rest of its word, or the
    next word; the last one given counts, of those in *repeated* all do.
    """
    options: Options = {}
    operands: list[str] = []
    long = long or {}
    position = 0
    while position < len(arguments):
        word = arguments[position]
        position += 1
        if word == "--":
            operands += arguments[position:]
            break
        if len(word) < 2 or word[0] != "-":
            operands.append(word)
            if not intermixed:
                operands += arguments[position:]
                break
            continue
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            if name == "help":
                show_help()
            letter = long.get(name)
            if letter is None:
                usage(f"{word}: unknown option")
            if letter in values:
                if not equals:
                    if position >= len(arguments):
                        usage(f"{word}: needs a value")
                    value = arguments[position]
                    position += 1
                _set(options, letter, value, repeated)
            elif equals:
                usage(f"--{name}: takes no value")
            else:
                _count(options, letter)
            continue
        if number and word[1:].isdecimal():
            options[number] = word[1:]
            continue
        at = 1
        while at < len(word):
            letter = word[at]
            at += 1
            if letter in values:
                value = word[at:]
                if not value:
                    if position >= len(arguments):
                        usage(f"-{letter}: needs a value")
                    value = arguments[position]
                    position += 1
                _set(options, letter, value, repeated)
                break
            if letter in flags:
                _count(options, letter)
            elif letter == "h":
                show_help()
            else:
                usage(f"-{letter}: unknown option")
    return options, operands


def _set(options: Options, letter: str, value: str, repeated: str) -> None:
    options[letter] = [*options.get(letter, ()), value] if letter in repeated else value


def _count(options: Options, letter: str) -> None:
    options[letter] = options[letter] + 1 if letter in options else True


def show_help() -> NoReturn:
    """Print the help text and exit with 0."""
    write(_run.help)
    sys.stdout.flush()
    sys.exit(OK)


def usage(*what: str) -> NoReturn:
    """Complain about how the command was called, and exit with 2."""
    warn(*what, f"see {_run.name} --help") if len(what) > 1 else warn(f"{what[0]} (see {_run.name} --help)")
    sys.exit(USAGE)


def fail(*what: object, status: int = FAILED) -> NoReturn:
    """Complain (`command: what: why`) and exit."""
    warn(*what)
    sys.exit(status)


def note(*what: object) -> None:
    """Say something on standard error (`command: what`) that does not count as a failure."""
    before = _run.status
    warn(*what)
    _run.status = before


def warn(*what: object) -> None:
    """Complain on standard error (`command: what: why`); the command goes on, and its exit status will be 1.

    A reason that begins with the path before it, as the system's own words do, does not say it a second time.
    """
    _run.status = FAILED
    try:
        sys.stdout.flush()
    except (OSError, StatusError, ValueError):
        pass  # the complaint matters more; the next write to standard output fails again
    parts = [str(part) for part in what]
    if len(parts) > 1 and parts[-2] and parts[-1][:1] == "/":
        parts[-1] = parts[-1].removeprefix(f"{filesystem.abspath(parts[-2])}: ")
    text = ": ".join([_run.name, *parts])
    try:
        syscall("vfs_write", -12, printable(text).encode("utf-8", "replace") + b"\n")
    except StatusError:
        pass  # nobody listens to standard error


def failed() -> bool:
    """Whether `warn` was called."""
    return _run.status != OK


def why(error: BaseException) -> str:
    """The reason in an exception, for people: `No such file or directory`."""
    from axis import errors

    return errors.reason(error)


def told(error: BaseException, path: str) -> str:
    """All that the system said of a failure, without the *path* that it begins with; `why` if it said nothing."""
    detail = getattr(error, "detail", "")
    return detail.removeprefix(f"{filesystem.abspath(path)}: ") if detail else why(error)


def printable(text: str) -> str:
    """*text* with control characters shown as \\x1b: a file name must not paint the reader's terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


# -- output


def write(data: bytes | str) -> None:
    """Write to standard output (buffered; a read, a complaint and the end of the command flush it)."""
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogateescape")
    sys.stdout.buffer.write(data)


def flush() -> None:
    """Hand on what was written so far, before waiting for something other than input."""
    sys.stdout.flush()


def table(heading: list[str], rows: list[list[str]], right: bool = False) -> None:
    """Write *rows* below *heading* in columns; numbers (with *right* everything) to the right, the last one ragged."""
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max([len(title), *(len(row[index]) for row in rows)]) for index, title in enumerate(heading)]
    numeric = [right or all(row[index][:1].isdigit() for row in rows) for index in range(len(heading))]
    for row in [heading, *rows]:
        cells = [f"{cell:>{w}}" if n else f"{cell:<{w}}" for cell, w, n in zip(row, widths, numeric, strict=True)]
        write("  ".join(cells).rstrip() + "\n")


def colourful() -> bool:
    """Whether to use colours: standard output is a terminal and NO_COLOR is not set."""
    if _run.colour is None:
        _run.colour = not env.get("NO_COLOR") and streams.is_terminal(-11)
    return _run.colour


def coloured(text: str, colour: str) -> str:
    """*text* in red, green, yellow, blue, magenta, cyan or grey - where colours are wanted."""
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if colourful() else text


def terminal_size(default: tuple[int, int] = (80, 25)) -> tuple[int, int]:
    """(columns, rows) of the terminal at standard output, or *default*."""
    try:
        size = syscall("vfs_device_control", -11, "get_size", [])
    except StatusError:
        return default
    return (size["w"], size["h"]) if isinstance(size, dict) else (size[0], size[1])


# -- input


def standard_input() -> streams.ByteStream:
    """Standard input as bytes."""
    return sys.stdin.buffer  # type: ignore[return-value]  # the guest's `sys`


def text_input() -> streams.TextStream:
    """Standard input as text; bytes that are no UTF-8 come back as they were when they are written again."""
    return streams.TextStream(standard_input(), None, "surrogateescape", "\n")


def inputs(operands: list[str]) -> Iterator[tuple[str, streams.ByteStream]]:
    """(name, byte stream) of each operand; `-`, and no operand at all, is standard input.

    What cannot be opened or read is complained about and left out; the command's status is 1 then.
    """
    for operand in operands or ["-"]:
        if operand == "-":
            yield operand, standard_input()
            continue
        try:
            if filesystem.is_dir(operand):
                warn(operand, "Is a directory")
                continue
            stream = filesystem.open_bytes(operand)
        except (OSError, StatusError) as error:
            warn(operand, why(error))
            continue
        try:
            yield operand, stream
        finally:
            stream.close()


def chunks(stream: streams.ByteStream, size: int = streams.READ_AHEAD) -> Iterator[bytes]:
    """The bytes of *stream* as they come, in pieces of up to *size*."""
    while data := stream.read1(size):
        yield data


def integer(text: str, what: str, minimum: int | None = None, maximum: int | None = None) -> int:
    """*text* as an int within limits; anything else is wrong usage (exit 2)."""
    digits = text[1:] if text[:1] in ("-", "+") else text
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 18:
        usage(f"{text}: {what} must be a whole number")
    value = int(text)
    if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        limits = f"at least {minimum}" if maximum is None else f"from {minimum} to {maximum}"
        usage(f"{text}: {what} must be {limits}")
    return value


def number(text: str, what: str, minimum: float | None = None) -> float:
    """*text* as a float; anything else is wrong usage (exit 2)."""
    try:
        value = float(text)
    except ValueError:
        usage(f"{text}: {what} must be a number")
    if value != value or (minimum is not None and value < minimum):
        usage(f"{text}: {what} must be a number" + (f", at least {minimum:g}" if minimum is not None else ""))
    return value


def need_operands(operands: list[str], least: int, most: int | None, what: str) -> None:
    """Wrong usage (exit 2) unless there are from *least* to *most* operands; *what* says which are wanted."""
    if len(operands) < least:
        usage(f"missing operand: {what}")
    if most is not None and len(operands) > most:
        usage(f"{operands[most]}: too many operands")


# -- paths


def basename(path: str) -> str:
    """The last part of a path: `c` of `/a/b/c/`."""
    return path.rstrip("/").rsplit("/", 1)[-1] or "/"


def join(directory: str, name: str) -> str:
    """`directory/name`."""
    return directory + name if directory.endswith("/") else f"{directory}/{name}"


def into(source: str, target: str) -> str:
    """Where *source* goes when it is copied or moved to *target*: into it, if that is a directory."""
    return join(target, basename(filesystem.abspath(source))) if filesystem.is_dir(target) else target


# -- names


def user_name(uid: int) -> str:
    """The name of a user, as far as a program may know it: one's own, `root`, or the number."""
    if env.get("USER") and uid == syscall("process_get_uid"):
        return str(env["USER"])
    return "root" if uid == 0 else str(uid)


def rights(mode: str) -> str:
    """`rwxr-xr-x` for "755"."""
    bits = (("r", 4), ("w", 2), ("x", 1))
    return "".join([letter if int(digit) & bit else "-" for digit in mode for letter, bit in bits])


def programs_named(name: str, search: str) -> list[str]:
    """The paths that *name* may stand for: itself if it has a slash, otherwise in the directories of *search*."""
    places = [name] if "/" in name else [join(place, f"{name}.py") for place in search.split(":") if place]
    return [place for place in places if filesystem.is_file(place)]


def find_program(name: str, search: str) -> str | None:
    """The path of the program that *name* starts, or None."""
    return next(iter(programs_named(name, search)), None)
