"""kill: send signals."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, signals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

HELP = """\
Usage: kill [-s SIGNAL | -SIGNAL | -N] PID...
       kill -l [N]

Send SIGTERM, or SIGNAL (TERM, SIGTERM or its number), to each process; -PID, after --, means a process group.

  -l  list the signals; with N, the name of that one (also of an exit status such as 143)
"""


def list_signals(numbers: list[str]) -> None:
    if not numbers:
        for number, name in signals.NAMES.items():
            cli.write(f"{number:>2}  {name}\n")
    for text in numbers:
        number = cli.integer(text, "the signal", 0)
        known = signals.NAMES.get(number) or signals.NAMES.get(number - 128)
        if known is None:
            cli.warn(text, "no such signal")
        else:
            cli.write(known[3:] + "\n")


def number_of(text: str) -> int:
    try:
        return 0 if text == "0" else signals.number_of(text)
    except ValueError:
        cli.usage(f"{text}: no such signal")


def send(target: int, signal: int) -> None:
    try:
        if signal == 0:
            syscall("process_info", abs(target))
        elif target < 0:
            syscall("ke_signal_group", -target, signal)
        else:
            syscall("process_kill", target, signal)
    except StatusError as error:
        cli.warn(target, cli.why(error))


def main(options: cli.Options, operands: list[str]) -> None:
    words = operands
    signal = signals.SIGTERM
    if words and words[0] in ("-l", "--list"):
        list_signals(words[1:])
        return
    if words and words[0] in ("-s", "-n"):
        if len(words) < 2:
            cli.usage(f"{words[0]}: needs a signal")
        signal, words = number_of(words[1]), words[2:]
    elif words and words[0] != "--" and words[0][:1] == "-" and len(words[0]) > 1:
        signal, words = number_of(words[0][1:]), words[1:]
    if words[:1] == ["--"]:
        words = words[1:]
    cli.need_operands(words, 1, None, "the pid of a process")
    for target in [cli.integer(text, "the pid") for text in words]:
        send(target, signal)


cli.run(main, HELP, verbatim=True)
