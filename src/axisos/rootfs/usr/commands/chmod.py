"""chmod: change who may read, write and execute."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem

HELP = """\
Usage: chmod [-R] MODE PATH...

Set the rights of each PATH. MODE is three octal digits (owner, group, others; 4 read, 2 write, 1 execute), or words as
in u+x, go-w, a=r (u owner, g group, o others, a all), separated by commas.

  -R  everything below, too
"""

_BITS = {"r": 4, "w": 2, "x": 1}


def changed(mode: str, words: str) -> str | None:
    """The three digits *mode* with the changes in *words* made; None if they make no sense."""
    digits = [int(digit) for digit in mode]
    for word in words.split(","):
        split = next((index for index, letter in enumerate(word) if letter in "+-="), None)
        if split is None:
            return None
        who, sign, what = word[:split], word[split], word[split + 1:]
        if who.strip("ugoa") or what.strip("rwx"):
            return None
        bits = sum(_BITS[letter] for letter in set(what))
        for index, letter in enumerate("ugo"):
            if not who or letter in who or "a" in who:
                digits[index] = {"+": digits[index] | bits, "-": digits[index] & ~bits, "=": bits}[sign]
    return "".join(map(str, digits))


def change(path: str, mode: str, recursive: bool) -> None:
    try:
        info = filesystem.stat(path)
        digits = mode if not mode.strip("01234567") else changed(info["mode"], mode)
        filesystem.chmod(path, digits or mode)
        if recursive and info["type"] == "directory":
            for name in filesystem.list(path):
                change(cli.join(path, name.rstrip("/")), mode, True)
    except (OSError, StatusError) as error:
        cli.warn(path, cli.why(error))


def main(options: cli.Options, operands: list[str]) -> None:
    words = list(operands)
    recursive = False
    while words and words[0] in ("-R", "--recursive", "--"):
        recursive = words.pop(0) != "--" or recursive
    if words and words[0][:1] == "-" and words[0].strip("-+=rwxugoa,"):
        cli.usage(f"{words[0]}: unknown option")
    cli.need_operands(words, 2, None, "a mode and a path")
    mode, *paths = words
    if mode.strip("01234567"):
        if changed("000", mode) is None:
            cli.usage(f"{mode}: neither three octal digits nor words as in u+x")
    elif len(mode) not in (3, 4) or (len(mode) == 4 and mode[0] != "0"):
        cli.usage(f"{mode}: the mode is three octal digits, as in 755")
    else:
        mode = mode[-3:]
    for path in paths:
        change(path, mode, recursive)


# A mode such as -x begins like an option, so the words are looked at here.
cli.run(main, HELP, verbatim=True)
