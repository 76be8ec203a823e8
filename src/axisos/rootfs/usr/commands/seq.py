"""seq: a sequence of numbers."""

from __future__ import annotations

from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env

HELP = """\
Usage: seq [-w] [-s SEPARATOR] [FIRST [STEP]] LAST

Print the numbers from FIRST (1) to LAST, STEP (1) apart.

  -s SEPARATOR  instead of a newline between them     -w  all equally wide, with zeros in front
"""


def value_of(text: str) -> tuple[float, int]:
    """An int where one is written, otherwise a float; and the digits after its point."""
    number = cli.number(text, "the number")
    if number in (float("inf"), float("-inf")):
        cli.usage(f"{text}: the number must be finite")
    digits = len(text.partition(".")[2]) if "." in text and "e" not in text.lower() else 0
    return (int(text) if "." not in text and "e" not in text.lower() else number), digits


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 1, 3, "the last number")
    numbers = [value_of(text) for text in operands]
    first = numbers[0][0] if len(numbers) > 1 else 1
    step = numbers[1][0] if len(numbers) > 2 else 1
    last = numbers[-1][0]
    digits = max(digits for _, digits in numbers)
    if step == 0:
        cli.usage("the step cannot be 0")
    separator = options.get("s", "\n")
    count = int((last - first) / step + 1e-9) + 1 if (last - first) / step >= 0 else 0
    width = max(len(f"{first:.{digits}f}"), len(f"{last:.{digits}f}")) if "w" in options else 0
    for index in range(count):
        if index:
            cli.write(separator)
        cli.write(f"{first + index * step:0{width}.{digits}f}" if width else f"{first + index * step:.{digits}f}")
    if count:
        cli.write("\n")


# -5 is a number here and no option: only -s, -w and --help in front of the numbers are options.
def split(arguments: list[str]) -> tuple[list[str], list[str]]:
    options = []
    while arguments and arguments[0][:1] == "-" and not arguments[0][1:2].isdigit() and arguments[0][1:2] != ".":
        word, arguments = arguments[0], arguments[1:]
        options.append(word)
        if word == "--":
            return options, arguments
        if word == "-s" and arguments:
            options.append(arguments[0])
            arguments = arguments[1:]
    return [*options, "--"], arguments


options_part, number_part = split(list(env.get("ARGS") or ()))
env["ARGS"] = options_part + number_part
cli.run(main, HELP, flags="w", values="s", long={"separator": "s", "equal-width": "w"})
