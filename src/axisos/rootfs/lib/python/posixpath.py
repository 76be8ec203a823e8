"""Paths as text, and questions about what they name: `os.path`."""

from __future__ import annotations

from axis import filesystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

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
        raise TypeError(f"expected str or os.PathLike object, not {type(path).__name__}")
    return _text(convert())


def normcase(path: object) -> str:
    return _text(path)


def isabs(path: object) -> bool:
    return _text(path)[:1] == "/"


def join(path: object, *paths: object) -> str:
    """Put parts together with /; an absolute part begins anew."""
    joined = _text(path)
    for part in paths:
        text = _text(part)
        if text[:1] == "/":
            joined = text
        elif not joined or joined[-1] == "/":
            joined += text
        else:
            joined += "/" + text
    return joined


def split(path: object) -> tuple[str, str]:
    text = _text(path)
    at = text.rfind("/") + 1
    head, tail = text[:at], text[at:]
    if head and head.strip("/"):
        head = head.rstrip("/")
    return head, tail


def basename(path: object) -> str:
    text = _text(path)
    return text[text.rfind("/") + 1:]


def dirname(path: object) -> str:
    return split(path)[0]


def splitext(path: object) -> tuple[str, str]:
    text = _text(path)
    start = text.rfind("/") + 1
    dot = text.rfind(".")
    if dot <= start or not text[start:dot].strip("."):
        return text, ""
    return text[:dot], text[dot:]


def splitdrive(path: object) -> tuple[str, str]:
    return "", _text(path)


def splitroot(path: object) -> tuple[str, str, str]:
    text = _text(path)
    return ("", "/", text[1:]) if text[:1] == "/" else ("", "", text)


def normpath(path: object) -> str:
    """Without `.`, `..` and double slashes, as text."""
    text = _text(path)
    if not text:
        return "."
    root = "/" if text[0] == "/" else ""
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


def realpath(path: object, *, strict: bool = False) -> str:
    """The same as `abspath`: there are no links."""
    whole = abspath(path)
    if strict:
        filesystem.stat(whole)
    return whole


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


def commonprefix(paths: Iterable[object]) -> str:
    """The longest text with which all begin."""
    texts = [_text(path) for path in paths]
    if not texts:
        return ""
    low, high = min(texts), max(texts)
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


def exists(path: object) -> bool:
    return filesystem.exists(_text(path))


lexists = exists


def isfile(path: object) -> bool:
    return filesystem.is_file(_text(path))


def isdir(path: object) -> bool:
    return filesystem.is_dir(_text(path))


def islink(path: object) -> bool:
    """Always False: there are no links."""
    _text(path)
    return False


isjunction = islink


def ismount(path: object) -> bool:
    """Whether another file system may begin here: /, /home, /tmp and /dev."""
    return abspath(path) in ("/", "/home", "/tmp", "/dev")


def getsize(path: object) -> int:
    return filesystem.stat(_text(path))["size"]  # type: ignore[no-any-return]


def getmtime(path: object) -> float:
    return float(filesystem.stat(_text(path))["mtime"] or 0)


getatime = getctime = getmtime


def samefile(first: object, second: object) -> bool:
    """Whether both name the same file."""
    filesystem.stat(_text(first))
    filesystem.stat(_text(second))
    return abspath(first) == abspath(second)
