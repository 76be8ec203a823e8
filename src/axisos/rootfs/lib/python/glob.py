"""File names by pattern: * ? [..] and ** for whole trees."""

from __future__ import annotations

from axis import filesystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NoReturn


def has_magic(s: str) -> bool:
    return any(letter in s for letter in "*?[")


def escape(pathname: str) -> str:
    """*pathname* so that it matches itself only."""
    return "".join([f"[{letter}]" if letter in "*?[" else letter for letter in pathname])


def glob(
    pathname: str, *, root_dir: str | None = None, dir_fd: object = None, recursive: bool = False,
    include_hidden: bool = False,
) -> list[str]:
    """The paths that match, in the order of their directories."""
    return list(iglob(pathname, root_dir=root_dir, recursive=recursive, include_hidden=include_hidden))


def iglob(
    pathname: str, *, root_dir: str | None = None, dir_fd: object = None, recursive: bool = False,
    include_hidden: bool = False,
) -> Iterator[str]:
    """The paths that match, one by one."""
    start = "/" if pathname[:1] == "/" else ""
    parts = [part for part in pathname.split("/") if part]
    only_directories = pathname[-1:] == "/"
    for path in _matching(start, parts, root_dir or "", recursive, include_hidden):
        if path and (not only_directories or filesystem.is_dir(_below(root_dir or "", path))):
            yield path + "/" if only_directories and path[-1] != "/" else path


def _below(root: str, path: str) -> str:
    if not root or path[:1] == "/":
        return path or "."
    return f"{root}/{path}" if path else root


def _join(head: str, name: str) -> str:
    return head + name if not head or head[-1] == "/" else f"{head}/{name}"


def _names(root: str, head: str) -> list[str]:
    try:
        return filesystem.list(_below(root, head))
    except OSError:
        return []


def _matching(head: str, parts: list[str], root: str, recursive: bool, hidden: bool) -> Iterator[str]:
    """The paths below *head* that match the remaining parts."""
    if not parts:
        yield head
        return
    part, rest = parts[0], parts[1:]
    if part == "**" and recursive:
        if rest:
            yield from _matching(head, rest, root, recursive, hidden)
        elif head and filesystem.is_dir(_below(root, head)):
            yield _join(head, "")
        yield from _whole_tree(head, parts, root, hidden)
    elif not has_magic(part):
        path = _join(head, part)
        if filesystem.exists(_below(root, path)):
            yield from _matching(path, rest, root, recursive, hidden)
    else:
        from fnmatch import fnmatchcase

        for name in _names(root, head):
            plain = name.rstrip("/")
            visible = hidden or part[0] == "." or plain[0] != "."
            if visible and fnmatchcase(plain, part) and (not rest or name[-1] == "/"):
                yield from _matching(_join(head, plain), rest, root, recursive, hidden)


def _whole_tree(head: str, parts: list[str], root: str, hidden: bool) -> Iterator[str]:
    """What `**` and the parts after it match in the directories below *head*."""
    rest = parts[1:]
    for name in _names(root, head):
        if name[0] == "." and not hidden:
            continue
        path = _join(head, name.rstrip("/"))
        if not rest:
            yield path
        if name[-1] == "/":
            if rest:
                yield from _matching(path, rest, root, True, hidden)
            yield from _whole_tree(path, parts, root, hidden)


def __getattr__(name: str) -> NoReturn:
    from axis import absent

    absent.attribute("glob", name)
