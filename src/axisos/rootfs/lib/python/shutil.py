"""Copy, move and delete files and trees; find programs; the size of the terminal."""

from __future__ import annotations

import os

from abi.status import StatusError
from axis import filesystem, streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

_COPY_SIZE = COPY_BUFSIZE = streams.TRANSFER


class Error(OSError):
    """A list of what went wrong in a tree."""


class SameFileError(Error):
    """Source and target are the same file."""


class SpecialFileError(OSError):
    """What is asked for cannot be done with a device."""


class ExecError(OSError):
    """A command could not be started."""


def copyfileobj(fsrc: Any, fdst: Any, length: int = 0) -> None:
    """Copy between two streams from where they are."""
    while data := fsrc.read(length or _COPY_SIZE):
        fdst.write(data)


def copyfile(src: Any, dst: Any, *, follow_symlinks: bool = True) -> Any:
    """Copy a file's contents; returns *dst*."""
    from_path, to_path = os.fspath(src), os.fspath(dst)
    if os.path.exists(to_path) and os.path.samefile(from_path, to_path):
        raise SameFileError(f"{src!r} and {dst!r} are the same file")
    with filesystem.open_bytes(from_path) as reader, filesystem.open_bytes(to_path, "w", write_behind=0) as writer:
        while data := reader.read1(_COPY_SIZE):
            writer.write(data)
    return dst


def copymode(src: Any, dst: Any, *, follow_symlinks: bool = True) -> None:
    """Give *dst* the rights of *src*."""
    filesystem.chmod(os.fspath(dst), filesystem.stat(os.fspath(src))["mode"])


def copystat(src: Any, dst: Any, *, follow_symlinks: bool = True) -> None:
    """The same as `copymode`: the VFS sets times when a file is written."""
    copymode(src, dst)


def _place_in(src: Any, dst: Any) -> Any:
    return os.path.join(dst, os.path.basename(os.fspath(src))) if os.path.isdir(dst) else dst


def copy(src: Any, dst: Any, *, follow_symlinks: bool = True) -> Any:
    """Copy contents and rights to a file or into a directory; returns the path of the copy."""
    place = _place_in(src, dst)
    copyfile(src, place)
    copymode(src, place)
    return place


def copy2(src: Any, dst: Any, *, follow_symlinks: bool = True) -> Any:
    """The same as `copy`: the VFS sets times when a file is written."""
    return copy(src, dst)


def ignore_patterns(*patterns: str) -> Callable[[Any, list[str]], set[str]]:
    """For `copytree`: leave out names that match."""
    def ignore(_directory: Any, names: list[str]) -> set[str]:
        from fnmatch import fnmatchcase

        return {name for name in names for pattern in patterns if fnmatchcase(name, pattern)}

    return ignore


def copytree(
    src: Any, dst: Any, symlinks: bool = False, ignore: Callable[[Any, list[str]], Any] | None = None,
    copy_function: Callable[[Any, Any], Any] = copy2, ignore_dangling_symlinks: bool = False,
    dirs_exist_ok: bool = False,
) -> Any:
    """Copy a whole tree; returns *dst*. Raises: Error with a list of (source, target, why) after all else is copied."""
    from_path, to_path = os.fspath(src), os.fspath(dst)
    entries = filesystem.list(from_path)
    left_out = set(ignore(src, [entry.rstrip("/") for entry in entries])) if ignore is not None else set()
    os.makedirs(to_path, exist_ok=dirs_exist_ok)
    failures: list[Any] = []
    for entry in entries:
        name = entry.rstrip("/")
        if name in left_out:
            continue
        inner, outer = os.path.join(from_path, name), os.path.join(to_path, name)
        try:
            if entry[-1] == "/":
                copytree(inner, outer, symlinks, ignore, copy_function, ignore_dangling_symlinks, dirs_exist_ok)
            else:
                copy_function(inner, outer)
        except Error as error:
            failures.extend(error.args[0])
        except OSError as error:
            failures.append((inner, outer, str(error)))
    try:
        copystat(from_path, to_path)
    except OSError as error:
        failures.append((from_path, to_path, str(error)))
    if failures:
        raise Error(failures)
    return dst


def rmtree(
    path: Any, ignore_errors: bool = False, onerror: Callable[[Any, str, Any], object] | None = None, *,
    onexc: Callable[[Any, str, Any], object] | None = None, dir_fd: object = None,
) -> None:
    """Delete a directory and all that is in it; what cannot be deleted goes to *onexc*, or to *onerror*."""
    if dir_fd is not None:
        from axis import absent

        raise absent.call("shutil.rmtree(dir_fd=...)", "a path is enough")
    text = os.fspath(path)
    try:
        if filesystem.stat(text)["type"] != "directory":
            filesystem.raise_for(StatusError(613, text), text)
        filesystem.remove(text, True)
    except OSError as error:
        if onexc is not None:
            onexc(os.rmdir, text, error)
        elif onerror is not None:
            onerror(os.rmdir, text, (type(error), error, None))
        elif not ignore_errors:
            raise


rmtree.avoids_symlink_attacks = True  # type: ignore[attr-defined]  # there are no links


def move(src: Any, dst: Any, copy_function: Callable[[Any, Any], Any] = copy2) -> Any:
    """Rename; into *dst* if that is a directory; by copying to another file system. Returns the new path."""
    from_path = os.fspath(src)
    place: Any = dst
    if os.path.isdir(dst):
        if os.path.exists(from_path) and os.path.samefile(from_path, dst):
            os.rename(src, dst)
            return dst
        place = os.path.join(dst, os.path.basename(from_path.rstrip("/")))
        if os.path.exists(place):
            raise Error(f"Destination path '{place}' already exists")
    try:
        os.rename(from_path, place)
    except OSError as error:
        if error.errno != 18:
            raise
        if os.path.isdir(from_path):
            if (os.path.abspath(place) + "/").startswith(os.path.abspath(from_path) + "/"):
                raise Error(f"Cannot move a directory '{src}' into itself '{place}'.") from None
            copytree(from_path, place, copy_function=copy_function)
            rmtree(from_path)
        else:
            copy_function(from_path, place)
            os.unlink(from_path)
    return place


def chown(path: Any, user: int | None = None, group: int | None = None) -> None:
    """Give a path to another owner or group, by number."""
    if user is None and group is None:
        raise ValueError("user and/or group must be set")
    for name in (user, group):
        if isinstance(name, str):
            raise LookupError(f"no such user or group: {name!r}; programs do not see the list of users, give a number")
    os.chown(path, -1 if user is None else user, -1 if group is None else group)


def which(cmd: Any, mode: int = os.F_OK | os.X_OK, path: Any = None) -> str | None:
    """The path of the program that a command starts; `ls` is /usr/commands/ls.py. Rights are those of os.access."""
    def fits(place: str) -> bool:
        return os.path.isfile(place) and os.access(place, mode)

    word = os.fspath(cmd)
    if "/" in word:
        return word if fits(word) else None
    search = os.fspath(path) if path is not None else os.environ.get("PATH", os.defpath)
    for directory in search.split(":") if search else ():
        for name in (word, word + ".py"):
            place = os.path.join(directory, name)
            if fits(place):
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


def __getattr__(name: str) -> NoReturn:
    from axis import absent

    absent.attribute("shutil", name)
