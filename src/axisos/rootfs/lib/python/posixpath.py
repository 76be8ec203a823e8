"""Paths as text, and questions about what they name: `os.path`."""

from __future__ import annotations

from axis import filesystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, NoReturn

    from axis.guest import env

curdir = "."
pardir = ".."
extsep = "."
sep = "/"
pathsep = ":"
defpath = "/usr/commands"
altsep = None
devnull = "/dev/null"
supports_unicode_filenames = True


def _text(path: object) -> str:
    """A path given as str or as an object with `__fspath__`."""
    if type(path) is str:
        return path
    if isinstance(path, str):
        return "".join(path)
    if isinstance(path, bytes):
        raise TypeError("paths are str on AxisOS, not bytes: decode it first")
    convert = getattr(path, "__fspath__", None)
    if convert is None:
        raise TypeError(f"expected str, bytes or os.PathLike object, not {type(path).__name__}")
    return _text(convert())


def normcase(s: object) -> str:
    return _text(s)


def isabs(s: object) -> bool:
    return _text(s)[:1] == "/"


def join(a: object, *p: object) -> str:
    """Put parts together with /; an absolute part begins anew."""
    joined = _text(a)
    for part in p:
        text = _text(part)
        if text[:1] == "/":
            joined = text
        elif not joined or joined[-1] == "/":
            joined += text
        else:
            joined += "/" + text
    return joined


def split(p: object) -> tuple[str, str]:
    text = _text(p)
    at = text.rfind("/") + 1
    head, tail = text[:at], text[at:]
    if head and head.strip("/"):
        head = head.rstrip("/")
    return head, tail


def basename(p: object) -> str:
    text = _text(p)
    return text[text.rfind("/") + 1:]


def dirname(p: object) -> str:
    return split(p)[0]


def splitext(p: object) -> tuple[str, str]:
    text = _text(p)
    start = text.rfind("/") + 1
    dot = text.rfind(".")
    if dot <= start or not text[start:dot].strip("."):
        return text, ""
    return text[:dot], text[dot:]


def splitdrive(p: object) -> tuple[str, str]:
    return "", _text(p)


def _root(text: str) -> str:
    """The slashes that a path begins with, as POSIX counts them: two are not one, three are."""
    if text[:1] != "/":
        return ""
    return "//" if text[:2] == "//" and text[2:3] != "/" else "/"


def splitroot(p: object) -> tuple[str, str, str]:
    """(no drive, the slashes at the beginning, the rest)."""
    text = _text(p)
    root = _root(text)
    return "", root, text[len(root):]


def normpath(path: object) -> str:
    """Without `.`, `..` and double slashes, as text."""
    text = _text(path)
    if not text:
        return "."
    root = _root(text)
    parts: list[str] = []
    for part in text.split("/"):
        if part in ("", "."):
            continue
        if part != ".." or (not root and (not parts or parts[-1] == "..")):
            parts.append(part)
        elif parts:
            parts.pop()
    return root + "/".join(parts) or "."


def abspath(path: object) -> str:
    text = _text(path)
    return normpath(text if text[:1] == "/" else join(filesystem.getcwd(), text))


def realpath(filename: object, *, strict: bool = False) -> str:
    """The same as `abspath`, with one slash at its beginning: there are no links."""
    whole = abspath(filename)
    if "\0" in whole:
        raise ValueError("embedded null byte")
    if strict:
        filesystem.stat(whole)
    return whole[1:] if whole[:2] == "//" else whole


def relpath(path: object, start: object = None) -> str:
    """*path* as seen from the directory *start* (the working directory)."""
    if not _text(path):
        raise ValueError("no path specified")
    base = [part for part in abspath("." if start is None else start).split("/") if part]
    target = [part for part in abspath(path).split("/") if part]
    common = 0
    while common < min(len(base), len(target)) and base[common] == target[common]:
        common += 1
    return "/".join([".."] * (len(base) - common) + target[common:]) or "."


def commonprefix(m: Iterable[Any]) -> Any:
    """The longest beginning that all have, of paths or of any sequences."""
    items = [*m]
    if not items:
        return ""
    if not isinstance(items[0], (list, tuple)):
        items = [_text(item) for item in items]
    low, high = min(items), max(items)
    for index, letter in enumerate(low):
        if letter != high[index]:
            return low[:index]
    return low


def commonpath(paths: Iterable[object]) -> str:
    """The longest directory that all lie in."""
    texts = [_text(path) for path in paths]
    if not texts:
        raise ValueError("commonpath() arg is an empty sequence")
    if len({text[:1] == "/" for text in texts}) > 1:
        raise ValueError("Can't mix absolute and relative paths")
    split_paths = [[part for part in text.split("/") if part and part != "."] for text in texts]
    low, high = min(split_paths), max(split_paths)
    common = low
    for index, part in enumerate(low):
        if index >= len(high) or part != high[index]:
            common = low[:index]
            break
    return ("/" if texts[0][:1] == "/" else "") + "/".join(common)


def expanduser(path: object) -> str:
    """`~` at the beginning becomes HOME; `~name` stays, for programs do not see the list of users."""
    text = _text(path)
    if text != "~" and text[:2] != "~/":
        return text
    home = str(env.get("HOME") or "/")
    return home if text == "~" else home.rstrip("/") + text[1:]


def expandvars(path: object) -> str:
    """$NAME and ${NAME} become the variable's value; unknown ones stay."""
    text = _text(path)
    out = []
    at = 0
    while at < len(text):
        dollar = text.find("$", at)
        if dollar < 0:
            break
        out.append(text[at:dollar])
        if text[dollar + 1:dollar + 2] == "{":
            end = text.find("}", dollar)
            if end < 0:
                at = dollar
                break
            name, after = text[dollar + 2:end], end + 1
        else:
            after = dollar + 1
            while after < len(text) and (text[after].isalnum() or text[after] == "_"):
                after += 1
            name = text[dollar + 1:after]
        value = env.get(name)
        out.append(str(value) if name and name != "ARGS" and value is not None else text[dollar:after])
        at = after
    return "".join(out) + text[at:]


def _answered(question: Any, path: object) -> bool:
    """Ask about a path, or about what is behind one of the standard handles 0, 1, 2."""
    if type(path) is not int:
        return bool(question(_text(path)))
    import os

    try:
        mode = os.fstat(path).st_mode
    except (OSError, ValueError):
        return False
    return question is filesystem.exists or (question is filesystem.is_file and mode & 0o170000 == 0o100000)


def exists(path: object) -> bool:
    return _answered(filesystem.exists, path)


def lexists(path: object) -> bool:
    """The same as `exists`: there are no links."""
    return exists(path)


def isfile(path: object) -> bool:
    return _answered(filesystem.is_file, path)


def isdir(s: object) -> bool:
    return _answered(filesystem.is_dir, s)


def islink(path: object) -> bool:
    """Always False: there are no links."""
    _text(path)
    return False


def isjunction(path: object) -> bool:
    """Always False."""
    return islink(path)


def ismount(path: object) -> bool:
    """Whether another file system may begin here: /, /home, /tmp and /dev."""
    return abspath(path) in ("/", "/home", "/tmp", "/dev")


def getsize(filename: object) -> int:
    return filesystem.stat(_text(filename))["size"]  # type: ignore[no-any-return]


def getmtime(filename: object) -> float:
    return float(filesystem.stat(_text(filename))["mtime"] or 0)


def getatime(filename: object) -> float:
    """The same as `getmtime`: a file has one time."""
    return getmtime(filename)


def getctime(filename: object) -> float:
    """The same as `getmtime`: a file has one time."""
    return getmtime(filename)


def samefile(f1: object, f2: object) -> bool:
    """Whether both name the same file."""
    filesystem.stat(_text(f1))
    filesystem.stat(_text(f2))
    return realpath(f1) == realpath(f2)


def samestat(s1: object, s2: object) -> NoReturn:
    from axis import absent

    raise absent.call("os.path.samestat", "files have no numbers; use os.path.samefile with their paths")


def sameopenfile(fp1: str | int, fp2: str | int) -> bool:
    """Whether two handles that `open` or `os.open` gave lead to the same file."""
    from axis import streams

    places = [streams.path_behind(filesystem.handle_of(fp)) for fp in (fp1, fp2)]
    if None in places:
        raise OSError(9, "Bad file descriptor")
    return places[0] == places[1]


def __getattr__(name: str) -> NoReturn:
    from axis import absent

    absent.attribute("os.path", name)
