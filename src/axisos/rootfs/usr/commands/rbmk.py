"""rbmk: look at the reactor and steer it."""

from __future__ import annotations

from axis import cli, reactor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Facts = dict[str, Any]

HELP = """\
Usage: rbmk scan
       rbmk list [KIND]
       rbmk info [PART]
       rbmk grid
       rbmk set [-w] LEVEL
       rbmk set [-w] LEVEL GX GY
       rbmk set [-w] -c COLOR LEVEL
       rbmk color GX GY COLOR
       rbmk az5 [-w]

Look at the reactor and steer it, for root.

  scan   how many parts there are: the exit status is 1 if there are none
  list   their devices; KIND is console, crane, fuel_rod, control_rod, boiler, heater, cooler or outgasser
  info   all that is known of PART: a device, or a kind for its first one (default: console)
  grid   the columns with their heat: F fuel rod, R control rod with its level in percent, B boiler, H heater,
         C cooler, O outgasser
  set    move the control rods to LEVEL, 0 (all in) to 1 (all out): all of them, the one at GX GY, or those of a COLOR
  color  give the control rod at GX GY a color: red, yellow, green, blue or purple
  az5    drop all control rods at once

  -c COLOR  of which color
  -w        wait until the control rods stand still
"""

COLORS = ("red", "yellow", "green", "blue", "purple")
_LETTERS = {
    "fuel_rod": "F", "control_rod": "R", "boiler": "B", "heater": "H", "cooler": "C", "outgasser": "O",
}


def color_of(text: str) -> int:
    if text not in COLORS:
        cli.usage(f"{text}: a color is {', '.join(COLORS)}")
    return COLORS.index(text)


def place_of(words: list[str]) -> tuple[int, int]:
    return cli.integer(words[0], "GX", 0, 14), cli.integer(words[1], "GY", 0, 14)


def level_of(text: str) -> float:
    level = cli.number(text, "LEVEL", 0)
    if level > 1:
        cli.usage(f"{text}: LEVEL must be from 0 to 1")
    return level


def shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def show_list(kind: str | None) -> int:
    if kind is not None and kind.removeprefix(reactor.PREFIX) not in reactor.KINDS:
        cli.usage(f"{kind}: a kind is {', '.join(reactor.KINDS)}")
    names = reactor.parts(kind)
    for name in names:
        cli.write(f"{name.path}\n")
    return cli.OK if names else cli.FAILED


def show_info(part: str) -> None:
    with reactor.first(part) if part in reactor.KINDS else reactor.open(part) as device:
        facts: Facts = device.info()
    for key, value in facts.items():
        cli.write(f"{key.replace('_', ' ') + ':':<14}{cli.printable(shown(value))}\n")


def cell(column: Facts | None) -> str:
    if column is None:
        return "."
    level = f"/{column['level'] * 100:.0f}" if "level" in column else ""
    return f"{_LETTERS.get(column['kind'], '?')}{column['heat']:.0f}{level}"


def show_grid() -> None:
    with reactor.first("console") as console:
        rows = console.grid()
    used_rows = [y for y, row in enumerate(rows) if any(row)]
    used = [x for x in range(len(rows[0])) if any(row[x] for row in rows)]
    for y in [None, *range(min(used_rows), max(used_rows) + 1)]:
        head = "" if y is None else str(y)
        cells = [str(x) if y is None else cell(rows[y][x]) for x in range(min(used), max(used) + 1)]
        cli.write(f"{head:>2} " + "".join(f"{each:>10}" for each in cells) + "\n")


def wait_for_rods() -> None:
    for name in reactor.parts("control_rod"):
        with reactor.open(name.path) as rod:
            rod.wait()


def set_level(options: cli.Options, words: list[str]) -> None:
    level = level_of(words[0])
    with reactor.first("console") as console:
        if "c" in options:
            console.set_color_level(color_of(options["c"]), level)
        elif len(words) == 3:
            console.set_column_level(*place_of(words[1:]), level)
        else:
            console.set_level(level)
    if "w" in options:
        wait_for_rods()


def set_color(words: list[str]) -> None:
    color = color_of(words[2])
    with reactor.first("console") as console:
        console.set_color(*place_of(words), color)


def drop_rods(options: cli.Options) -> None:
    with reactor.first("console") as console:
        console.az5()
    if "w" in options:
        wait_for_rods()


# subcommand -> how many operands it takes, which options
SHAPES: dict[str, tuple[tuple[int, ...], str]] = {
    "scan": ((0,), ""), "list": ((0, 1), ""), "info": ((0, 1), ""), "grid": ((0,), ""), "set": ((1, 3), "cw"),
    "color": ((3,), ""), "az5": ((0,), "w"),
}


def check_shape(options: cli.Options, operands: list[str]) -> None:
    """Wrong usage (exit 2) unless the words fit a line of the help."""
    cli.need_operands(operands, 1, None, f"one of {', '.join(SHAPES)}")
    command, *words = operands
    if command not in SHAPES:
        cli.usage(f"{command}: there are {', '.join(SHAPES)}")
    counts, letters = SHAPES[command]
    if len(words) not in counts or ("c" in options and len(words) == 3):
        cli.usage(f"{command}: {len(words)} operands do not fit")
    for letter in options:
        if letter not in letters:
            cli.usage(f"{command} has no option -{letter}")


def main(options: cli.Options, operands: list[str]) -> int | None:
    check_shape(options, operands)
    command, *words = operands
    try:
        if command == "scan":
            count = reactor.scan()
            cli.write(f"{count} parts\n")
            return cli.OK if count else cli.FAILED
        if command == "list":
            return show_list(words[0] if words else None)
        if command == "info":
            show_info(*words or ["console"])
        elif command == "grid":
            show_grid()
        elif command == "set":
            set_level(options, words)
        elif command == "color":
            set_color(words)
        else:
            drop_rods(options)
    except ValueError as error:  # the reactor's own word on what was asked of it, as "there is no control rod at 7, 7"
        cli.fail(command, str(error))
    return None


cli.run(main, HELP, flags="w", values="c")
