"""logread: the system's logs."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem, streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

HELP = """\
Usage: logread [-f FILE | -l | -a]

Print the live log, /dev/ringlog.

  -f FILE  a stored log instead; a name without / is looked for in /log and /vbl
  -l       list the stored logs         -a  print all complete ones (/vbl), oldest first
"""

_DIRECTORIES = ("/log", "/vbl")


def copy(path: str) -> None:
    with filesystem.open_bytes(path) as stream:
        while data := stream.read1():
            streams.write_all(-11, data)


def live() -> None:
    """The ring log's contents: a device answers one read with all it has."""
    token = filesystem.open_handle("/dev/ringlog", "r")
    data = syscall("vfs_read", token, None)
    filesystem.close(token)
    if data:
        streams.write_all(-11, data)
        if not data.endswith(b"\n"):
            streams.write_all(-11, b"\n")


def names_in(directory: str) -> list[str]:
    try:
        return sorted(name for name in filesystem.list(directory) if not name.endswith("/"))
    except FileNotFoundError:
        return []
    except (OSError, StatusError) as error:
        cli.warn(directory, cli.why(error))
        return []


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 0, "")
    if "l" in options:
        for directory in _DIRECTORIES:
            cli.write(f"{directory}:\n")
            for name in names_in(directory):
                try:
                    size = filesystem.stat(f"{directory}/{name}")["size"]
                except (OSError, StatusError):
                    size = "?"
                cli.write(f"  {name}  {size}\n")
    elif "a" in options:
        for name in names_in("/vbl"):
            if name.endswith(".vbl"):
                try:
                    copy(f"/vbl/{name}")
                except (OSError, StatusError) as error:
                    cli.warn(f"/vbl/{name}", cli.why(error))
    elif "f" in options:
        path = options["f"]
        if "/" not in path and not filesystem.exists(path):
            path = next((f"{place}/{path}" for place in _DIRECTORIES if filesystem.exists(f"{place}/{path}")), path)
        copy(path)
    else:
        live()


cli.run(main, HELP, flags="la", values="f", long={"file": "f", "list": "l", "all": "a"})
