"""mount: show what is mounted, or mount a disk."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HELP = """\
Usage: mount [-t TYPE] [-o OPTIONS] [DISK[:PATH] POINT]
       mount POINT | mount -a

Without operands, show what is mounted. Otherwise have DISK (of PATH, only what is in that directory of it) appear in
the directory POINT. DISK is an address or the beginning of one, label=NAME, or boot. With POINT alone, mount what
/etc/fstab.toml has for it. Only uid 0 may mount.

  -t  homefs (the default), tmpfs (rights are not kept) or ringfs (another name)
  -o  rw, ro, size=KIB (a quota), uid=N, gid=N, mode=755 (of its root), remount; separated by commas
  -a  all that /etc/fstab.toml names and that is not mounted, except noauto
"""

FSTAB = "/etc/fstab.toml"


def configured() -> list[dict[str, Any]]:
    """The entries of fstab; what makes no sense in it is complained about."""
    import tomllib

    try:
        with filesystem.open(FSTAB) as file:
            rows = tomllib.loads(file.read()).get("mount", [])
    except ValueError as error:
        cli.fail(FSTAB, str(error))
    wanted = ("uuid", "path", "mount", "type")
    good = [row for row in rows if isinstance(row, dict) and all(type(row.get(key)) is str for key in wanted)]
    if len(good) < len(rows):
        cli.warn(FSTAB, f"{len(rows) - len(good)} of its entries make no sense")
    return [row for row in good if row["type"] not in ("rootfs", "swap")]


def mount_configured(row: dict[str, Any]) -> None:
    try:
        filesystem.mount(row["uuid"], row["mount"], row["path"], row["type"], row.get("options") or "rw")
    except (OSError, StatusError) as error:
        cli.warn(row["mount"], cli.told(error, row["mount"]))


def show(kind: str | None) -> None:
    for row in filesystem.mounts(usage=False):
        if kind is None or row["type"] == kind:
            part = ":" + row["path"] if row["path"] != "/" else ""
            source = row["alias"] or (row["label"] or row["disk"][:8]) + part
            text = f"{source} on {row['point']} type {row['type']} ({row['options']})"
            cli.write(cli.printable(text) + "\n")


def mount_all() -> None:
    there = {row["point"] for row in filesystem.mounts(usage=False)}
    for row in configured():
        options = (row.get("options") or "").split(",")
        if row["mount"] != "none" and filesystem.abspath(row["mount"]) not in there and "noauto" not in options:
            mount_configured(row)


def main(options: cli.Options, operands: list[str]) -> None:
    if "a" in options:
        cli.need_operands(operands, 0, 0, "")
        mount_all()
        return
    cli.need_operands(operands, 0, 2, "")
    if not operands:
        show(options.get("t"))
        return
    if "remount" in options.get("o", "").split(","):
        point = filesystem.abspath(operands[-1])
        try:
            filesystem.mount("boot", point, "/", "homefs", options["o"])
        except (OSError, StatusError) as error:
            cli.fail(operands[-1], cli.told(error, point))
        return
    if len(operands) == 1:
        point = filesystem.abspath(operands[0])
        row = next((row for row in configured() if filesystem.abspath(row["mount"]) == point), None)
        if row is None:
            cli.fail(operands[0], f"{FSTAB} has no entry for it")
        mount_configured(row)
        return
    disk, _, path = operands[0].partition(":/")
    if disk.startswith("label="):
        disk = "label:" + disk[len("label=") :]
    try:
        filesystem.mount(disk, operands[1], "/" + path, options.get("t", "homefs"), options.get("o", "rw"))
    except (OSError, StatusError) as error:
        cli.fail(operands[1], cli.told(error, operands[1]))


cli.run(main, HELP, flags="a", values="to", long={"all": "a", "types": "t", "options": "o"})
