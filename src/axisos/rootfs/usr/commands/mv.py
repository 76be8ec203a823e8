"""mv: rename and move files and directories."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem, streams

HELP = """\
Usage: mv [-fnv] SOURCE TARGET
       mv [-fnv] SOURCE... DIRECTORY

Give SOURCE the name TARGET, or move each SOURCE into DIRECTORY. Across file systems it is copied and then deleted.

  -n  leave what exists alone     -v  say what is moved     -f  accepted: targets are always replaced
"""


def copy_tree(source: str, target: str) -> None:
    """Copy a file or a tree to another file system, rights included."""
    info = filesystem.stat(source)
    if info["type"] == "directory":
        filesystem.mkdir(target)
        for name in filesystem.list(source):
            copy_tree(cli.join(source, name.rstrip("/")), cli.join(target, name.rstrip("/")))
    else:
        with filesystem.open_bytes(source) as reader, filesystem.open_bytes(target, "w", write_behind=0) as writer:
            while data := reader.read1(streams.TRANSFER):
                writer.write(data)
    if info["mode"] not in ("644", "755"):
        filesystem.chmod(target, info["mode"])


def move(source: str, target: str) -> None:
    try:
        filesystem.rename(source, target)
    except (OSError, StatusError, ValueError) as error:
        # 601, 301 and 300 are how a rename between two file systems is refused
        if getattr(error, "status", 0) not in (601, 301, 300) or filesystem.is_dir(target):
            raise
        copy_tree(source, target)
        filesystem.remove(source, True)


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 2, None, "a source and a target")
    *sources, target = operands
    if len(sources) > 1 and not filesystem.is_dir(target):
        cli.fail(target, "Not a directory")
    for source in sources:
        place = cli.into(source, target)
        from_path, to_path = filesystem.abspath(source), filesystem.abspath(place)
        try:
            kind = filesystem.stat(source)["type"]
            if from_path == to_path:
                cli.warn(source, f"is the same file as {place}")
            elif to_path.startswith(from_path + "/") and kind == "directory":
                cli.warn(source, f"cannot be moved into itself, {place}")
            elif filesystem.exists(place) and "n" in options:
                continue
            elif filesystem.is_dir(place) and kind != "directory":
                cli.warn(place, "Is a directory")
            else:
                move(source, place)
                if "v" in options:
                    cli.write(f"{source} -> {place}\n")
        except (OSError, StatusError, ValueError) as error:
            name = getattr(error, "filename2", None) if getattr(error, "status", 0) in (612, 614, 615) else None
            cli.warn(name or getattr(error, "filename", None) or source, cli.why(error))


cli.run(main, HELP, flags="fnv", long={"force": "f", "verbose": "v", "no-clobber": "n"})
