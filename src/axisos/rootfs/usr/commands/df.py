"""df: how full the disks are."""

from __future__ import annotations

from axis import cli, filesystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Row = dict[str, Any]

HELP = """\
Usage: df [-bkm] [PATH...]

Show how much of each disk is used: of those that are mounted, or of those that the PATHs lie on. A mount with a size=
in its options shows that quota. - stands for what has no limit.

  -b  bytes     -k  KiB     -m  MiB     (otherwise whatever reads best)
"""

UNITS = (("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10))


def shown(size: int | None, unit: int | None) -> str:
    if size is None:
        return "-"
    if unit:
        return str(-(-size // unit))
    for letter, factor in UNITS:
        if size >= 10 * factor or (size >= factor and size % factor == 0):
            return f"{size / factor:.1f}".removesuffix(".0") + letter
    return f"{size}B"


def place(rows: list[Row], path: str) -> Row:
    """The mount that a path lies on; another name leads on to where its files are."""
    while True:
        row = max(
            (row for row in rows if path == row["point"] or path.startswith(row["point"].rstrip("/") + "/")),
            key=lambda row: len(row["point"]),
        )
        if not row["alias"] or row["alias"].startswith("/dev/"):
            return row
        path = row["alias"] + path[len(row["point"]) :]


def main(options: cli.Options, operands: list[str]) -> None:
    rows = filesystem.mounts()
    chosen: list[Row] = [row for row in rows if not row["alias"]]
    if operands:
        chosen = []
        for path in operands:
            try:
                filesystem.stat(path)
            except OSError as error:
                cli.warn(path, cli.why(error))
                continue
            row = place(rows, filesystem.abspath(path))
            if row not in chosen:
                chosen.append(row)
        if not chosen:
            return
    unit = next((factor for letter, factor in (("b", 1), ("k", 1 << 10), ("m", 1 << 20)) if letter in options), None)
    table = []
    for row in chosen:
        size, used = row["size"], row["used"]
        percent = "-" if not size else f"{100 * used / size:.0f}%"
        name = row["label"] or row["disk"][:8]
        table.append([
            name, row["type"], shown(size, unit), shown(used, unit), shown(row["free"], unit), percent, row["point"],
        ])
    cli.table(["DISK", "TYPE", "SIZE", "USED", "FREE", "USE%", "MOUNTED ON"], table)


cli.run(main, HELP, flags="bkm", long={"bytes": "b", "kibi": "k", "mebi": "m"})
