"""logread: the system's logs."""

from __future__ import annotations

from collections import deque

from abi.status import Status, StatusError
from axis import cli, filesystem, registry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from axis.guest import syscall

HELP = """\
Usage: logread [-n N] [-f]       the live log, which keeps the newest lines
       logread [-n N] [-f] FILE  a stored log; a name without / is looked for in the log directories
       logread -l | -a | -s      about the logs

  -n N  only the last N lines          -f  live log: go on as lines come, until Ctrl+C
  -l    list the stored logs           -a  print all complete ones (.vbl), oldest first
  -s    how full the live log is, and how much has fallen off its old end

A stored log has no more to come, so -f changes nothing there; `logread -f FILE` is how the manual writes it.
"""

_CONFIG = "@VT\\SYS\\CONFIG"
_CHUNK = 65_536
_TRIES = 10  # while the driver is being started again
_RESTART_MS = 1000


def setting(name: str, default: str) -> str:
    """A setting of [logging] in /etc/sys.toml, as the system uses it."""
    return str(registry.get(_CONFIG, f"logging.{name}", default))


def directories() -> list[str]:
    """Where the logs are stored."""
    return list(dict.fromkeys([setting("log_dir", "/log"), setting("vbl_dir", "/vbl")]))


def ring_device() -> str:
    device = setting("log_device", "/dev/ringlog")
    if not device:
        cli.fail("there is no live log: log_device in /etc/sys.toml is empty")
    return device


def chunks(token: str) -> Iterator[bytes]:
    """What a device or file has, until it has no more."""
    while data := syscall("vfs_read", token, _CHUNK):
        yield data


def show(pieces: Iterator[bytes], count: int | None) -> None:
    """Print them, or the last *count* lines of them, and end with a whole line."""
    last = b"\n"
    if count is not None:
        lines: deque[bytes] = deque(maxlen=count)
        part = b""
        for piece in pieces:
            *whole, part = (part + piece).split(b"\n")
            lines.extend(line + b"\n" for line in whole)
        if part:
            lines.append(part)
        pieces = iter(lines)
    for piece in pieces:
        cli.write(piece)
        last = piece
    if not last.endswith(b"\n"):
        cli.write("\n")


def copy(path: str, count: int | None) -> None:
    token = filesystem.open_handle(path, "r")
    try:
        show(chunks(token), count)
    finally:
        filesystem.close(token)


def follow(token: str) -> None:
    """Print what comes, as it comes. A driver that is started again meanwhile has forgotten that we follow."""
    failures = 0
    while failures < _TRIES:
        try:
            syscall("vfs_device_control", token, "follow", [True])
            while data := syscall("vfs_read", token, _CHUNK):
                cli.write(data)
                cli.flush()
                failures = 0
            failures += 1
        except StatusError as error:
            failures += 1
            if error.status != Status.DEVICE_NOT_READY or failures == _TRIES:
                raise
            syscall("process_sleep", _RESTART_MS)


def live(count: int | None, follows: bool) -> None:
    token = filesystem.open_handle(ring_device(), "r")
    try:
        show(chunks(token), count)
        if follows:
            cli.flush()
            follow(token)
    finally:
        filesystem.close(token)


def names_in(directory: str) -> list[str]:
    try:
        return sorted(name for name in filesystem.list(directory) if not name.endswith("/"))
    except FileNotFoundError:
        return []
    except (OSError, StatusError) as error:
        cli.warn(directory, cli.why(error))
        return []


def list_stored() -> None:
    for directory in directories():
        cli.write(f"{directory}:\n")
        for name in names_in(directory):
            try:
                size = filesystem.stat(f"{directory}/{name}")["size"]
            except (OSError, StatusError):
                size = "?"
            cli.write(f"  {cli.printable(name)}  {size}\n")


def print_all(count: int | None) -> None:
    directory = setting("vbl_dir", "/vbl")
    for name in names_in(directory):
        if name.endswith(".vbl"):
            try:
                copy(f"{directory}/{name}", count)
            except (OSError, StatusError) as error:
                cli.warn(f"{directory}/{name}", cli.why(error))


def statistics() -> None:
    device = ring_device()
    token = filesystem.open_handle(device, "r")
    try:
        facts = syscall("vfs_device_control", token, "stats", [])
    finally:
        filesystem.close(token)
    cli.write(
        f"{device}: {facts['used']} of {facts['size']} bytes\nwritten  {facts['written']} bytes\n"
        f"gone     {facts['dropped']} bytes, {facts['dropped_lines']} lines\n"
    )


def stored(name: str) -> str:
    """The path of a stored log."""
    if "/" in name or filesystem.exists(name):
        return name
    return next((f"{place}/{name}" for place in directories() if filesystem.exists(f"{place}/{name}")), name)


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 1, "")
    modes = [letter for letter in "las" if letter in options]
    if len(modes) > 1 or (modes and ("f" in options or operands)):
        cli.usage(f"-{modes[0]} goes alone")
    count = cli.integer(options["n"], "the number of lines", 0) if "n" in options else None
    if operands:
        copy(stored(operands[0]), count)
    elif "l" in options:
        list_stored()
    elif "a" in options:
        print_all(count)
    elif "s" in options:
        statistics()
    else:
        live(count, "f" in options)


cli.run(
    main, HELP, flags="flas", values="n", number="n",
    long={"follow": "f", "lines": "n", "list": "l", "all": "a", "stats": "s"},
)
