"""stat: what is known of a file."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem

HELP = """\
Usage: stat [-c FORMAT] PATH...

Say what each PATH is: its type, size, rights, owner, group, and when it last changed (UTC).

  -c  a line for each in FORMAT instead: %n name, %F type, %s size, %a rights (755), %A rights (rwxr-xr-x),
      %u owner, %g group, %Y seconds since 1970, %y as a date, %m the mount it is on, %% a percent sign
"""

FORMAT_LETTERS = "nFsaAugYym%"


def date(mtime: float) -> str:
    """A time stamp as `2024-05-17 09:30:00`."""
    import time

    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(mtime))


def mount_of(path: str) -> str:
    """The mount point that a path lies on."""
    points: list[str] = [row["point"] for row in filesystem.mounts(usage=False)]
    place = filesystem.abspath(path)
    return max((point for point in points if place == point or place.startswith(point.rstrip("/") + "/")), key=len)


def line(text: str, path: str) -> str:
    """FORMAT with the facts of *path* put in."""
    info = filesystem.stat(path)
    parts = []
    position = 0
    while position < len(text):
        letter = text[position]
        position += 1
        if letter != "%":
            parts.append(letter)
            continue
        letter = text[position]
        position += 1
        if letter == "y":
            parts.append(date(info["mtime"]))
        elif letter == "m":
            parts.append(mount_of(path))
        else:
            parts.append(str({
                "n": path, "F": info["type"], "s": info["size"], "a": info["mode"], "A": cli.rights(info["mode"]),
                "u": info["uid"], "g": info["gid"], "Y": int(info["mtime"]), "%": "%",
            }[letter]))
    return "".join(parts)


def check(text: str) -> None:
    """Wrong usage for a FORMAT with letters that mean nothing."""
    rest = text
    while "%" in rest:
        _, _, rest = rest.partition("%")
        if not rest or rest[0] not in FORMAT_LETTERS:
            cli.usage(f"%{rest[:1]}: a format has %n %F %s %a %A %u %g %Y %y %m and %%")
        rest = rest[1:]


LONG = """\
  File: %n
  Type: %F   Size: %s   On: %m
Access: %a (%A)   Uid: %u   Gid: %g
Change: %y"""


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 1, None, "a path")
    text = options.get("c", LONG)
    check(text)
    for path in operands:
        try:
            cli.write(cli.printable(line(text, path)) + "\n" if "c" in options else line(text, path) + "\n")
        except (OSError, StatusError) as error:
            cli.warn(path, cli.why(error))


cli.run(main, HELP, values="c", long={"format": "c"})
