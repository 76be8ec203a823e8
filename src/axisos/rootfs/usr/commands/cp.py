"""cp: copy files and, with -r, directories."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem, streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HELP = """\
Usage: cp [-rfnv] SOURCE TARGET
       cp [-rfnv] SOURCE... DIRECTORY

Copy SOURCE to TARGET, or each SOURCE into DIRECTORY.

  -r  directories with all that is in them     -n  leave what exists alone
  -v  say what is copied                       -f  accepted: targets are always replaced
"""


def copy_file(source: str, target: str, info: dict[str, Any]) -> None:
    with filesystem.open_bytes(source) as reader:
        new = not filesystem.exists(target)
        with filesystem.open_bytes(target, "w", write_behind=0) as writer:
            while data := reader.read1(streams.TRANSFER):
                writer.write(data)
    if new and info["mode"] not in ("644", "666"):
        filesystem.chmod(target, info["mode"])


def copy(source: str, target: str, options: cli.Options) -> None:
    """Copy one file or tree; complaints are made here."""
    try:
        info = filesystem.stat(source)
        if info["type"] == "directory":
            if "r" not in options:
                cli.warn(source, "is a directory (use -r)")
                return
            if not filesystem.exists(target):
                filesystem.mkdir(target)
            elif not filesystem.is_dir(target):
                cli.warn(target, "Not a directory")
                return
            if "v" in options:
                cli.write(f"{source} -> {target}\n")
            for name in filesystem.list(source):
                copy(cli.join(source, name.rstrip("/")), cli.join(target, name.rstrip("/")), options)
            return
        if filesystem.is_dir(target):
            cli.warn(target, "Is a directory")
            return
        if "n" in options and filesystem.exists(target):
            return
        copy_file(source, target, info)
        if "v" in options:
            cli.write(f"{source} -> {target}\n")
    except (OSError, StatusError) as error:
        cli.warn(getattr(error, "filename", None) or source, cli.why(error))


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 2, None, "a source and a target")
    *sources, target = operands
    if len(sources) > 1 and not filesystem.is_dir(target):
        cli.fail(target, "Not a directory")
    for source in sources:
        place = cli.into(source, target)
        from_path, to_path = filesystem.abspath(source), filesystem.abspath(place)
        if from_path == to_path:
            cli.warn(source, f"is the same file as {place}")
        elif to_path.startswith(from_path + "/") and filesystem.is_dir(source):
            cli.warn(source, f"cannot be copied into itself, {place}")
        else:
            copy(source, place, options)


cli.run(main, HELP, flags="rfnv", long={"recursive": "r", "force": "f", "verbose": "v", "no-clobber": "n"})
