"""Paths as objects: `PurePath` for text, `Path` for what it names. Paths here are always POSIX paths."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, NoReturn


class _Parents:
    """The directories above a path, the nearest first."""

    def __init__(self, path: Any) -> None:
        self._path = path
        self._count = len(path._names)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return tuple([self[place] for place in range(*index.indices(self._count))])
        if not -self._count <= index < self._count:
            raise IndexError(index)
        index = index + self._count if index < 0 else index
        path = self._path
        return path._made(path._root + "/".join(path._names[:self._count - 1 - index]))

    def __repr__(self) -> str:
        return f"<{type(self._path).__name__}.parents>"


class PurePosixPath:
    """A path as text, in parts."""

    def __init__(self, *args: object) -> None:
        text = os.path.join("", *args) if args else ""
        root = os.path.splitroot(text)[1]
        self._root = root
        self._names = [part for part in text.split("/") if part and part != "."]
        self._text = root + "/".join(self._names) or "."

    def with_segments(self, *pathsegments: object) -> Any:
        """A path of the same class; what this class makes, it makes by this."""
        return type(self)(*pathsegments)

    def _made(self, text: str) -> Any:
        return self.with_segments(text)

    def __bytes__(self) -> bytes:
        return os.fsencode(self._text)

    def __class_getitem__(cls, item: object) -> type:
        return cls

    def __str__(self) -> str:
        return self._text

    def __fspath__(self) -> str:
        return self._text

    def as_posix(self) -> str:
        return self._text

    def as_uri(self) -> str:
        if not self._root:
            raise ValueError("relative path can't be expressed as a file URI")
        safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~/"
        return "file://" + "".join([
            letter if letter in safe else "".join([f"%{byte:02X}" for byte in os.fsencode(letter)])
            for letter in self._text
        ])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._text!r})"

    def __hash__(self) -> int:
        return hash(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PurePosixPath) and self._text == other._text

    def __lt__(self, other: object) -> Any:
        return self._key() < other._key() if isinstance(other, PurePosixPath) else NotImplemented

    def __le__(self, other: object) -> Any:
        return self._key() <= other._key() if isinstance(other, PurePosixPath) else NotImplemented

    def __gt__(self, other: object) -> Any:
        return self._key() > other._key() if isinstance(other, PurePosixPath) else NotImplemented

    def __ge__(self, other: object) -> Any:
        return self._key() >= other._key() if isinstance(other, PurePosixPath) else NotImplemented

    def _key(self) -> list[str]:
        return [self._root, *self._names] if self._root else self._names

    def __truediv__(self, other: object) -> Any:
        if not isinstance(other, str) and not hasattr(other, "__fspath__"):
            return NotImplemented
        return self.with_segments(self, other)

    def __rtruediv__(self, other: object) -> Any:
        if not isinstance(other, str) and not hasattr(other, "__fspath__"):
            return NotImplemented
        return self.with_segments(other, self)

    def joinpath(self, *args: object) -> Any:
        """This path and more parts; an absolute part begins anew."""
        return self.with_segments(self, *args)

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self._key())

    @property
    def drive(self) -> str:
        return ""

    @property
    def root(self) -> str:
        return self._root

    @property
    def anchor(self) -> str:
        return self._root

    @property
    def name(self) -> str:
        return self._names[-1] if self._names else ""

    @property
    def suffix(self) -> str:
        name = self.name
        dot = name.rfind(".")
        return name[dot:] if 0 < dot < len(name) - 1 else ""

    @property
    def suffixes(self) -> list[str]:
        name = self.name
        if name.endswith("."):
            return []
        return ["." + part for part in name.lstrip(".").split(".")[1:]]

    @property
    def stem(self) -> str:
        return self.name.removesuffix(self.suffix) if self.suffix else self.name

    @property
    def parent(self) -> Any:
        return self._made(self._root + "/".join(self._names[:-1]))

    @property
    def parents(self) -> _Parents:
        return _Parents(self)

    def is_absolute(self) -> bool:
        return bool(self._root)

    def is_reserved(self) -> bool:
        """False: no name is reserved here."""
        return False

    def is_relative_to(self, *other: object) -> bool:
        if not other:
            raise TypeError("need at least one argument")
        base = self.with_segments(*other)
        return self._root == base._root and self._names[:len(base._names)] == base._names

    def relative_to(self, *other: object, walk_up: bool = False) -> Any:
        """This path as seen from another; outside of it only with *walk_up*."""
        if not other:
            raise TypeError("need at least one argument")
        base = self.with_segments(*other)
        if self.is_relative_to(base):
            return self._made("/".join(self._names[len(base._names):]))
        if not walk_up or self._root != base._root:
            raise ValueError(f"{self._text!r} is not in the subpath of {base._text!r} "
                             "OR one path is relative and the other is absolute.")
        common = 0
        while common < min(len(self._names), len(base._names)) and self._names[common] == base._names[common]:
            common += 1
        if ".." in base._names[common:]:
            raise ValueError(f"'..' segment in {base._text!r} cannot be walked")
        return self._made("/".join([".."] * (len(base._names) - common) + self._names[common:]))

    def with_name(self, name: str) -> Any:
        if not self.name:
            raise ValueError(f"{self!r} has an empty name")
        if not name or "/" in name or name == ".":
            raise ValueError(f"Invalid name {name!r}")
        return self._made(self._root + "/".join([*self._names[:-1], name]))

    def with_stem(self, stem: str) -> Any:
        return self.with_name(stem + self.suffix)

    def with_suffix(self, suffix: str) -> Any:
        if "/" in suffix or (suffix and suffix[0] != ".") or suffix == ".":
            raise ValueError(f"Invalid suffix {suffix!r}")
        return self.with_name(self.stem + suffix)

    def match(self, path_pattern: object) -> bool:
        """Whether the end of the path (all of it, if the pattern is absolute) matches."""
        from fnmatch import fnmatchcase

        pattern = os.fspath(path_pattern)
        wanted = PurePosixPath(pattern).parts
        if not wanted:
            raise ValueError("empty pattern")
        have = self.parts
        if (pattern[:1] == "/" and len(have) != len(wanted)) or len(wanted) > len(have):
            return False
        return all(fnmatchcase(part, want) for part, want in zip(reversed(have), reversed(wanted), strict=False))


PurePath = PurePosixPath


class PosixPath(PurePosixPath):
    """A path and what it names."""

    @classmethod
    def cwd(cls) -> Any:
        return cls(os.getcwd())

    @classmethod
    def home(cls) -> Any:
        return cls(os.path.expanduser("~"))

    def absolute(self) -> Any:
        return self if self._root else self._made(os.path.join(os.getcwd(), self._text))

    def resolve(self, strict: bool = False) -> Any:
        return self._made(os.path.realpath(self._text, strict=strict))

    def expanduser(self) -> Any:
        return self._made(os.path.expanduser(self._text))

    def readlink(self) -> NoReturn:
        raise OSError(22, "Invalid argument", self._text)

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        return os.stat(self._text)

    def lstat(self) -> os.stat_result:
        """The same as `stat`: there are no links."""
        return os.stat(self._text)

    def exists(self, *, follow_symlinks: bool = True) -> bool:
        return os.path.exists(self._text)

    def is_file(self) -> bool:
        return os.path.isfile(self._text)

    def is_dir(self) -> bool:
        return os.path.isdir(self._text)

    def is_symlink(self) -> bool:
        return False

    def is_junction(self) -> bool:
        return False

    def is_mount(self) -> bool:
        return os.path.ismount(self._text)

    def _is(self, kind: int) -> bool:
        try:
            return os.stat(self._text).st_mode & 0o170000 == kind
        except (OSError, ValueError):
            return False

    def is_char_device(self) -> bool:
        return self._is(0o020000)

    def is_block_device(self) -> bool:
        return self._is(0o060000)

    def is_fifo(self) -> bool:
        return self._is(0o010000)

    def is_socket(self) -> bool:
        return self._is(0o140000)

    def samefile(self, other_path: object) -> bool:
        return os.path.samefile(self._text, other_path)

    def open(
        self, mode: str = "r", buffering: int = -1, encoding: str | None = None, errors: str | None = None,
        newline: str | None = None,
    ) -> Any:
        return open(self._text, mode, buffering, encoding, errors, newline)

    def read_text(
        self, encoding: str | None = None, errors: str | None = None, newline: str | None = None,
    ) -> str:
        with self.open("r", -1, encoding, errors, newline) as file:
            return file.read()  # type: ignore[no-any-return]

    def read_bytes(self) -> bytes:
        with self.open("rb") as file:
            return file.read()  # type: ignore[no-any-return]

    def write_text(
        self, data: str, encoding: str | None = None, errors: str | None = None, newline: str | None = None,
    ) -> int:
        if not isinstance(data, str):
            raise TypeError(f"data must be str, not {type(data).__name__}")
        with self.open("w", -1, encoding, errors, newline) as file:
            return file.write(data)  # type: ignore[no-any-return]

    def write_bytes(self, data: bytes) -> int:
        if isinstance(data, str):
            raise TypeError("memoryview: a bytes-like object is required, not 'str'")
        with self.open("wb") as file:
            return file.write(data)  # type: ignore[no-any-return]

    def iterdir(self) -> Iterator[Any]:
        for name in os.listdir(self._text):
            yield self / name

    def glob(self, pattern: str) -> Iterator[Any]:
        """The paths below this one that match; `**` stands for any number of directories."""
        if not pattern:
            raise ValueError(f"Unacceptable pattern: {pattern!r}")
        if pattern[0] == "/":
            raise NotImplementedError("Non-relative patterns are unsupported")
        return self._found([part for part in pattern.split("/") if part and part != "."], pattern[-1] == "/")

    def _found(self, parts: list[str], only_directories: bool) -> Iterator[Any]:
        """In the order of the directories, each path once."""
        seen = set()
        for found, is_directory in _matching("" if self._text == "." else self._text, parts):
            if found not in seen and (is_directory or not only_directories):
                seen.add(found)
                yield self._made(found)

    def rglob(self, pattern: str) -> Iterator[Any]:
        """`glob` with `**/` before the pattern."""
        return self.glob("**/" + pattern)

    def walk(self, top_down: bool = True, on_error: Any = None, follow_symlinks: bool = False) -> Iterator[Any]:
        for directory, directories, files in os.walk(self._text, top_down, on_error):
            yield self._made(directory), directories, files

    def mkdir(self, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        try:
            os.mkdir(self._text, mode)
        except FileNotFoundError:
            if not parents or self.parent == self:
                raise
            self.parent.mkdir(parents=True, exist_ok=True)
            self.mkdir(mode, exist_ok=exist_ok)
        except OSError:
            if not exist_ok or not self.is_dir():
                raise

    def touch(self, mode: int = 0o666, exist_ok: bool = True) -> None:
        """Make the file, or give it the present time: its last byte is written again, for the VFS has no other way."""
        if not self.exists():
            self.open("a").close()
            if mode != 0o666:
                self.chmod(mode)
        elif not exist_ok:
            raise FileExistsError(17, "File exists", self._text)
        elif self.is_file():
            with self.open("r+b") as file:
                if file.seek(0, 2):
                    file.seek(-1, 2)
                    last = file.read(1)
                    file.seek(-1, 2)
                    file.write(last)

    def unlink(self, missing_ok: bool = False) -> None:
        try:
            os.remove(self._text)
        except FileNotFoundError:
            if not missing_ok:
                raise

    def rmdir(self) -> None:
        os.rmdir(self._text)

    def rename(self, target: object) -> Any:
        """Give it another name; the new path."""
        os.rename(self._text, target)
        return self.with_segments(target)

    def replace(self, target: object) -> Any:
        """The same as `rename`."""
        return self.rename(target)

    def chmod(self, mode: int, *, follow_symlinks: bool = True) -> None:
        os.chmod(self._text, mode)

    def lchmod(self, mode: int) -> None:
        self.chmod(mode)

    def owner(self) -> str:
        return _not_here("owner", "programs do not see the list of users; use stat().st_uid")

    def group(self) -> str:
        return _not_here("group", "programs do not see the list of groups; use stat().st_gid")

    def symlink_to(self, target: object, target_is_directory: bool = False) -> None:
        _not_here("symlink_to", "there are no links; shutil.copy makes a copy")

    def hardlink_to(self, target: object) -> None:
        _not_here("hardlink_to", "there are no links; shutil.copy makes a copy")


def _not_here(method: str, instead: str) -> NoReturn:
    from axis import absent

    raise absent.call(f"pathlib.Path.{method}", instead)


def _entries(directory: str) -> list[os.DirEntry]:
    try:
        return [*os.scandir(directory or ".")]
    except OSError:
        return []


def _matching(head: str, parts: list[str]) -> Iterator[tuple[str, bool]]:
    """(path, whether it is a directory) of what is below *head* and matches the remaining parts."""
    from fnmatch import fnmatchcase

    if not parts:
        yield head, os.path.isdir(head or ".")
        return
    part, rest = parts[0], parts[1:]
    if part == "**":
        yield from _matching(head, rest)
        for entry in _entries(head):
            if entry.is_dir():
                yield from _matching(_joined(head, entry.name), parts)
    elif "**" in part:
        raise ValueError("Invalid pattern: '**' can only be an entire path component")
    elif not any(letter in part for letter in "*?["):
        path = _joined(head, part)
        if os.path.exists(path) and (not rest or os.path.isdir(path)):
            yield from _matching(path, rest)
    else:
        for entry in _entries(head):
            if fnmatchcase(entry.name, part) and (not rest or entry.is_dir()):
                yield from _matching(_joined(head, entry.name), rest)


def _joined(head: str, name: str) -> str:
    return f"{head}/{name}" if head and head[-1] != "/" else head + name


def __getattr__(name: str) -> NoReturn:
    from axis import absent

    absent.attribute("pathlib", name)


Path = PosixPath
