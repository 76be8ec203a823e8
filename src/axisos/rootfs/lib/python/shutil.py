"""Copy, move and delete files and trees; find programs; the size of the terminal."""

from __future__ import annotations

import os

from abi.status import StatusError
from axis import filesystem, streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_COPY_SIZE = streams.TRANSFER


class Error(OSError):
    """A list of what went wrong in a tree."""


class SameFileError(Error):
    """Source and target are the same file."""


def copyfileobj(source: Any, target: Any, length: int = 0) -> None:
    """Copy between two streams from where they are."""
    while data := source.read(length or _COPY_SIZE):
        target.write(data)


def copyfile(source: object, target: object, *, follow_symlinks: bool = True) -> Any:
    """Copy a file's contents; returns *target*."""
    from_path, to_path = os.fspath(source), os.fspath(target)
    if os.path.exists(to_path) and os.path.samefile(from_path, to_path):
        raise SameFileError(f"{from_path!r} and {to_path!r} are the same file")
    with filesystem.open_bytes(from_path) as reader, filesystem.open_bytes(to_path, "w", write_behind=0) as writer:
        while data := reader.read1(_COPY_SIZE):
            writer.write(data)
    return target


def copymode(source: object, target: object, *, follow_symlinks: bool = True) -> None:
    filesystem.chmod(os.fspath(target), filesystem.stat(os.fspath(source))["mode"])


copystat = copymode


def copy(source: object, target: object, *, follow_symlinks: bool = True) -> Any:
    """Copy contents and rights to a file or into a directory; returns the path of the copy."""
    place: Any = target
    if os.path.isdir(target):
        place = os.path.join(target, os.path.basename(os.fspath(source)))
    copyfile(source, place)
    copymode(source, place)
    return place


copy2 = copy


def ignore_patterns(*patterns: str) -> Callable[[Any, list[str]], set[str]]:
    """For `copytree`: leave out names that match."""
    def ignore(_directory: Any, names: list[str]) -> set[str]:
        from fnmatch import fnmatchcase

        return {name for name in names for pattern in patterns if fnmatchcase(name, pattern)}

    return ignore


def copytree(
    source: object, target: object, symlinks: bool = False, ignore: Callable[[Any, list[str]], Any] | None = None,
    copy_function: Callable[[Any, Any], Any] = copy2, ignore_dangling_symlinks: bool = False,
    dirs_exist_ok: bool = False,
) -> Any:
    """Copy a whole tree; returns *target*."""
    from_path, to_path = os.fspath(source), os.fspath(target)
    entries = filesystem.list(from_path)
    left_out = set(ignore(from_path, [entry.rstrip("/") for entry in entries])) if ignore is not None else set()
    os.makedirs(to_path, exist_ok=dirs_exist_ok)
    failures: list[Any] = []
    for entry in entries:
        name = entry.rstrip("/")
        if name in left_out:
            continue
        inner, outer = os.path.join(from_path, name), os.path.join(to_path, name)
        try:
            if entry[-1] == "/":
                copytree(inner, outer, symlinks, ignore, copy_function, False, dirs_exist_ok)
            else:
                copy_function(inner, outer)
        except Error as error:
            failures.extend(error.args[0])
        except OSError as error:
            failures.append((inner, outer, str(error)))
    if failures:
        raise Error(failures)
    return target


def rmtree(
    path: object, ignore_errors: bool = False, onerror: Callable[[Any, str, Any], object] | None = None,
    **_more: object,
) -> None:
    """Delete a directory and all that is in it."""
    text = os.fspath(path)
    try:
        if filesystem.stat(text)["type"] != "directory":
            filesystem.raise_for(StatusError(613, text), text)
        filesystem.remove(text, True)
    except OSError as error:
        if onerror is not None:
            onerror(rmtree, text, (type(error), error, None))
        elif not ignore_errors:
            raise


def move(source: object, target: object, copy_function: Callable[[Any, Any], Any] = copy2) -> Any:
    """Rename; into *target* if that is a directory; by copying to another file system. Returns the new path."""
    from_path = os.fspath(source)
    place: Any = target
    if os.path.isdir(target):
        if os.path.samefile(from_path, target):
            return target
        place = os.path.join(target, os.path.basename(from_path.rstrip("/")))
        if os.path.exists(place):
            raise Error(f"Destination path '{place}' already exists")
    try:
        os.rename(from_path, place)
    except (OSError, NotImplementedError) as error:
        if not isinstance(error, NotImplementedError):
            raise
        if os.path.isdir(from_path):
            copytree(from_path, place, copy_function=copy_function)
            rmtree(from_path)
        else:
            copy_function(from_path, place)
            os.unlink(from_path)
    return place


def which(cmd: str, mode: int = os.F_OK | os.X_OK, path: str | None = None) -> str | None:
    """The path of the program that a command starts."""
    search = path if path is not None else os.environ.get("PATH", os.defpath)
    if "/" in cmd:
        return cmd if os.path.isfile(cmd) else None
    for directory in search.split(":"):
        for name in (cmd, cmd + ".py"):
            place = os.path.join(directory, name)
            if os.path.isfile(place):
                return place
    return None


def get_terminal_size(fallback: tuple[int, int] = (80, 24)) -> os.terminal_size:
    """(columns, lines): COLUMNS and LINES if they are set, the terminal's, or *fallback*."""
    def of(name: str) -> int:
        text = os.environ.get(name, "")
        return int(text) if text.isdecimal() else 0

    columns, lines = of("COLUMNS"), of("LINES")
    if not columns or not lines:
        try:
            size: Any = os.get_terminal_size(1)
        except OSError:
            size = os.terminal_size(fallback)
        columns, lines = columns or size[0], lines or size[1]
    return os.terminal_size((columns, lines))


def disk_usage(path: object) -> Any:
    raise NotImplementedError("shutil.disk_usage: the VFS has no call for free space; see syscall mem_info")
