"""chown: change who owns a file."""

from __future__ import annotations

from abi.names import MAX_ID
from abi.status import StatusError
from axis import cli, filesystem

HELP = """\
Usage: chown [-R] OWNER[:GROUP] PATH...
       chown [-R] :GROUP PATH...

Give each PATH to another owner and group, named by their numbers; `root` is 0. Without GROUP the group stays as it is.
Only uid 0 may do so.

  -R  everything below, too
"""


def number(text: str, what: str) -> int:
    """The uid or gid that a word means."""
    return 0 if text == "root" else cli.integer(text, what, 0, MAX_ID)


def change(path: str, uid: int | None, gid: int | None, recursive: bool) -> None:
    try:
        info = filesystem.stat(path)
        filesystem.chown(path, info["uid"] if uid is None else uid, info["gid"] if gid is None else gid)
        if recursive and info["type"] == "directory":
            for name in filesystem.list(path):
                change(cli.join(path, name.rstrip("/")), uid, gid, True)
    except (OSError, StatusError) as error:
        cli.warn(path, cli.why(error))


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 2, None, "an owner and a path")
    owner, colon, group = operands[0].partition(":")
    if not owner and not group:
        cli.usage(f"{operands[0]}: neither an owner nor a group")
    uid = number(owner, "the owner") if owner else None
    gid = number(group, "the group") if colon and group else None
    for path in operands[1:]:
        change(path, uid, gid, "R" in options)


cli.run(main, HELP, flags="R", long={"recursive": "R"})
