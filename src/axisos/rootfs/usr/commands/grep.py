"""grep: lines that contain a text."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem, streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

HELP = """\
Usage: grep [-EFinvclLoqswxHr] [-m N] [-A N] [-B N] [-C N] PATTERN [FILE...]
       grep [options] -e PATTERN [FILE...]

Print the lines of each FILE (standard input by default) that contain PATTERN, a plain text unless -E is given.

  -E  PATTERN is a regular expression of Python's   -F  PATTERN is plain text (the default)
  -i  capital and small letters are the same        -v  the lines that do not match
  -w  whole words only                              -x  whole lines only
  -n  line numbers                                  -c  only how many lines
  -l  only the names of files with a match          -L  only the names of files without one
  -o  only the part that matches                    -q  no output, only the exit status
  -H  always the file's name    --no-filename never -s  no complaints about files
  -r  directories with all files in them            -m N  at most N lines of each file
  -A N, -B N, -C N  N lines after, before, around each match

Exit status: 0 if a line was found, 1 if none, 2 if something went wrong.
"""


def files_below(path: str) -> Iterator[str]:
    """Every file in a directory tree, in order."""
    try:
        names = sorted(filesystem.list(path))
    except (OSError, StatusError) as error:
        cli.warn(path, cli.why(error))
        return
    for name in names:
        whole = cli.join(path, name.rstrip("/"))
        if name.endswith("/"):
            yield from files_below(whole)
        else:
            yield whole


def expression(patterns: list[str], options: cli.Options) -> Any:
    """One compiled pattern for all the patterns given."""
    import re

    parts = []
    for pattern in patterns:
        for line in pattern.split("\n"):
            part = line if "E" in options else re.escape(line)
            if "w" in options:
                part = rf"(?<!\w)(?:{part})(?!\w)"
            if "x" in options:
                part = rf"\A(?:{part})\Z"
            parts.append(f"(?:{part})" if len(patterns) > 1 or "\n" in pattern else part)
    try:
        return re.compile("|".join(parts), re.IGNORECASE if "i" in options else 0)
    except (re.error, RecursionError, OverflowError) as error:
        cli.usage(f"{patterns[0]}: not a regular expression: {error}")


def painted(text: str, pattern: Any) -> str:
    """The line with its matches in red."""
    parts, at = [], 0
    for match in pattern.finditer(text):
        if match.end() > match.start():
            parts += [text[at:match.start()], cli.coloured(match.group(), "red")]
            at = match.end()
    return "".join(parts) + text[at:]


class Search:
    """One search over any number of files."""

    def __init__(self, pattern: Any, options: cli.Options, prefix: bool) -> None:
        self.pattern = pattern
        self.options = options
        self.prefix = prefix
        self.found = False
        self.before = int(options["B"] if "B" in options else options.get("C", "0"))
        self.after = int(options["A"] if "A" in options else options.get("C", "0"))
        self.limit = int(options["m"]) if "m" in options else None
        self.quiet = any(letter in options for letter in "qlLc")
        self.paint = cli.colourful() and "v" not in options
        # Plain text with no other wish is looked for in the bytes: most lines are never decoded.
        self.plain: bytes | None = None

    def emit(self, name: str, number: int, text: str, mark: str = ":") -> None:
        if "o" in self.options and mark == ":":
            if "v" not in self.options:
                for match in self.pattern.finditer(text):
                    if match.group():
                        self.line(name, number, cli.coloured(match.group(), "red"), mark)
            return
        self.line(name, number, painted(text, self.pattern) if self.paint and mark == ":" else text, mark)

    def line(self, name: str, number: int, text: str, mark: str) -> None:
        head = f"{cli.coloured(name, 'magenta')}{mark}" if self.prefix else ""
        if "n" in self.options:
            head += f"{cli.coloured(str(number), 'green')}{mark}"
        cli.write(f"{head}{text}\n")

    def run(self, name: str, stream: streams.ByteStream) -> bool:
        """Search one file; True when the search as a whole is over (-q)."""
        wanted = "v" not in self.options
        plain = self.plain
        search: Any = None if self.pattern is None else self.pattern.search
        count = 0
        earlier: list[str] = []
        show_until = last_shown = 0
        for number, line in enumerate(stream, 1):
            if plain is not None:
                hit = plain in line
            else:
                text = line.decode("utf-8", "surrogateescape")
                if text.endswith("\n"):
                    text = text[:-1]
                hit = search(text) is not None
            if hit is wanted:
                count += 1
                self.found = True
                if "q" in self.options:
                    return True
                if not self.quiet:
                    if plain is not None:
                        text = line.decode("utf-8", "surrogateescape").removesuffix("\n")
                    if (self.before or self.after) and last_shown and number - len(earlier) > last_shown + 1:
                        cli.write("--\n")
                    for back, old in enumerate(earlier):
                        self.emit(name, number - len(earlier) + back, old, "-")
                    earlier = []
                    self.emit(name, number, text)
                    last_shown = number
                    show_until = number + self.after
                elif "l" in self.options or "L" in self.options:
                    break
                if self.limit is not None and count >= self.limit:
                    break
            elif not self.quiet and (self.before or self.after):
                if plain is not None:
                    text = line.decode("utf-8", "surrogateescape").removesuffix("\n")
                if number <= show_until:
                    self.emit(name, number, text, "-")
                    last_shown = number
                elif self.before:
                    earlier = [*earlier, text][-self.before:]
        if "l" in self.options or "L" in self.options:
            if ("l" in self.options) is (count > 0):
                cli.write(name + "\n")
        elif "c" in self.options:
            cli.write((f"{name}:" if self.prefix else "") + f"{count}\n")
        return False


def main(options: cli.Options, operands: list[str]) -> int | None:
    if "e" in options:
        patterns = [options["e"]]
    else:
        cli.need_operands(operands, 1, None, "what to look for")
        patterns, operands = [operands[0]], operands[1:]
    for letter in "ABCm":
        if letter in options:
            cli.integer(options[letter], f"-{letter}", 0)
    files = operands
    if "r" in options:
        files = []
        for operand in operands or ["."]:
            files += files_below(operand) if filesystem.is_dir(operand) else [operand]
        if not files:
            return 1
    if "s" in options:
        files = [file for file in files if file == "-" or filesystem.is_file(file)]
        if operands and not files:
            return 2
    plain = not any(letter in options for letter in "Eiwxo") and "\n" not in patterns[0]
    pattern = None if plain and not cli.colourful() else expression(patterns, options)
    prefix = "H" in options or (("r" in options or len(operands) > 1) and "N" not in options)
    search = Search(pattern, options, prefix)
    if plain:
        search.plain = patterns[0].encode("utf-8", "surrogateescape")
    for name, stream in cli.inputs(files):
        if search.run("(standard input)" if name == "-" else name, stream):
            return 0
    if cli.failed():
        return 0 if search.found and "q" in options else 2
    return 0 if search.found else 1


cli.run(
    main, HELP, flags="EFinvclLoqswxHrN", values="emABC",
    long={
        "ignore-case": "i", "line-number": "n", "invert-match": "v", "count": "c", "files-with-matches": "l",
        "only-matching": "o", "quiet": "q", "word-regexp": "w", "line-regexp": "x", "extended-regexp": "E",
        "fixed-strings": "F", "recursive": "r", "regexp": "e", "max-count": "m", "with-filename": "H",
        "no-filename": "N", "no-messages": "s", "after-context": "A", "before-context": "B", "context": "C",
        "files-without-match": "L",
    },
)
