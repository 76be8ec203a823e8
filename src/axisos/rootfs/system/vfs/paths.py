"""Paths: one spelling for each file, so that no rule can be passed by another spelling.

A canonical path is absolute, has no `.`, `..`, empty parts or slash at the end, and names the same file for everybody.

Called by   every room that gets a path from outside.
Always so   what `canonical` returns is its own canonical form.
"""

from __future__ import annotations

from abi.status import Status, StatusError

MAX_PATH = 4096  # characters
MAX_DEPTH = 128  # directories


def canonical(path: object) -> str:
    """The one spelling of *path*; `..` at the root stays at the root.

    Raises: INVALID_PARAMETER for what is no absolute path.
    """
    if type(path) is not str:
        raise StatusError(Status.INVALID_PARAMETER, f"a path must be str, not {type(path).__name__}")
    if not path.startswith("/"):
        raise StatusError(
            Status.INVALID_PARAMETER,
            f"{shorten(path)!r}: a path must start with '/'; put the working directory before it",
        )
    if len(path) > MAX_PATH or path.count("/") > MAX_DEPTH:
        raise StatusError(
            Status.INVALID_PARAMETER,
            f"{shorten(path)!r}...: a path has at most {MAX_PATH} characters and {MAX_DEPTH} directories",
        )
    if "\0" in path:
        raise StatusError(Status.INVALID_PARAMETER, f"{shorten(path)!r}: a path cannot hold a NUL character")
    if not path.isascii():
        _check_encodable(path)
    if "//" in path or "/." in path or path.endswith("/"):
        return _collapse(path)
    return path


def parent_of(path: str) -> str:
    """The directory that holds a canonical path; that of "/" is "/"."""
    return path[: path.rfind("/")] or "/"


def is_below(path: str, directory: str) -> bool:
    """Whether a canonical path is *directory* or something in it, part by part: /bootx is not below /boot."""
    return path == directory or directory == "/" or path.startswith(directory + "/")


def join(directory: str, name: str) -> str:
    """The path of *name* in a canonical directory."""
    return directory + name if directory == "/" else f"{directory}/{name}"


def shorten(path: str) -> str:
    """A path as a message may show it, however long it is."""
    return path if len(path) <= 80 else path[:77] + "..."


def _collapse(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if parts:
                parts.pop()
        elif part and part != ".":
            parts.append(part)
    return "/" + "/".join(parts)


def _check_encodable(path: str) -> None:
    try:
        path.encode()
    except UnicodeEncodeError:
        raise StatusError(
            Status.INVALID_PARAMETER, f"{shorten(path)!r}: a path must be text that UTF-8 can hold"
        ) from None
