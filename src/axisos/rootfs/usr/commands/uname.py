"""uname: what system this is."""

from __future__ import annotations

from axis import cli, filesystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall

HELP = """\
Usage: uname [-asnrvmo]

Print the name of the operating system.

  -s  its name     -n  the host's name     -r  its release     -v  its kernel     -m  the machine     -a  all of it
"""


def registry(key: str, name: str, default: str) -> str:
    found = syscall("reg_get_value", key, name)
    return str(found[0]) if found else default


def host_name() -> str:
    try:
        with filesystem.open("/etc/hostname") as file:
            return "".join(file.read().split()) or "localhost"
    except OSError:
        return str(env.get("HOSTNAME") or "localhost")


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 0, "")
    facts = {
        "s": "AxisOS", "n": host_name(), "r": registry("@VT\\SYS\\BOOT", "KernelVersion", "0.3"), "v": "Xen XKA",
        "m": "python", "o": "AxisOS",
    }
    letters = "snrvm" if "a" in options else "".join(letter for letter in "snrvmo" if letter in options) or "s"
    cli.write(" ".join([facts[letter] for letter in letters]) + "\n")


cli.run(main, HELP, flags="asnrvmo", long={"all": "a"})
