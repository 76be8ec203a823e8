"""Paths as objects: `PurePath` for text, `Path` for what it names. Paths here are always POSIX paths."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class PurePosixPath:
    """A path as text, in parts."""

    def __init__(self, *parts: object) -> None:
        text = os.path.join("", *parts) if parts else ""
        root = "/" if text[:1] == "/" else ""
        self._root = root
        self._names = [part for part in text.split("/") if part and part != "."]
        self._text = root + "/".join(self._names) or "."

    def _made(self, text: str) -> Any:
        return type(self)(text)

    def __str__(self) -> str:
        return self._text

    def __fspath__(self) -> str:
        return self._text

    def as_posix(self) -> str:
        return self._text

    def as_uri(self) -> str:
        if not self._root:
            raise ValueError("relative path can't be expressed as a file URI")
        return "file://" + self._text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._text!r})"

    def __hash__(self) -> int:
        return hash(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PurePosixPath) and self._text == other._text

    def __lt__(self, other: PurePosixPath) -> bool:
        return self.parts < other.parts

    def __le__(self, other: PurePosixPath) -> bool:
        return self.parts <= other.parts

    def __gt__(self, other: PurePosixPath) -> bool:
        return self.parts > other.parts

    def __ge__(self, other: PurePosixPath) -> bool:
        return self.parts >= other.parts

    def __truediv__(self, other: object) -> Any:
        return self._made(os.path.join(self._text, other))

    def __rtruediv__(self, other: object) -> Any:
        return self._made(os.path.join(other, self._text))

    def joinpath(self, *others: object) -> Any:
        return self._made(os.path.join(self._text, *others))

    @property
    def parts(self) -> tuple[str, ...]:
        return (("/",) if self._root else ()) + tuple(self._names)

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
    def parents(self) -> tuple[Any, ...]:
        return tuple([
            self._made(self._root + "/".join(self._names[:length])) for length in range(len(self._names) - 1, -1, -1)
        ])

    def is_absolute(self) -> bool:
        return bool(self._root)

    def is_relative_to(self, *other: object) -> bool:
        base = type(self)(*other).parts
        return self.parts[:len(base)] == base

    def relative_to(self, *other: object) -> Any:
        base = type(self)(*other)
        if not self.is_relative_to(base):
            raise ValueError(f"{self._text!r} is not in the subpath of {base._text!r}")
        return self._made("/".join(self.parts[len(base.parts):]))

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

    def match(self, pattern: str) -> bool:
        """Whether the end of the path (all of it, if the pattern is absolute) matches."""
        from fnmatch import fnmatchcase

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

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        return os.stat(self._text)

    lstat = stat

    def exists(self, *, follow_symlinks: bool = True) -> bool:
        return os.path.exists(self._text)

    def is_file(self) -> bool:
        return os.path.isfile(self._text)

    def is_dir(self) -> bool:
        return os.path.isdir(self._text)

    def is_symlink(self) -> bool:
        return False

    def is_mount(self) -> bool:
        return os.path.ismount(self._text)

    def samefile(self, other: object) -> bool:
        return os.path.samefile(self._text, other)

    def open(
        self, mode: str = "r", buffering: int = -1, encoding: str | None = None, errors: str | None = None,
        newline: str | None = None,
    ) -> Any:
        return open(self._text, mode, buffering, encoding, errors, newline)

    def read_text(self, encoding: str | None = None, errors: str | None = None) -> str:
        with self.open("r", -1, encoding, errors) as file:
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
        with self.open("wb") as file:
            return file.write(data)  # type: ignore[no-any-return]

    def iterdir(self) -> Iterator[Any]:
        for name in os.listdir(self._text):
            yield self / name

    def glob(self, pattern: str) -> Iterator[Any]:
        if not pattern:
            raise ValueError(f"Unacceptable pattern: {pattern!r}")
        if pattern[0] == "/":
            raise NotImplementedError("Non-relative patterns are unsupported")
        from glob import iglob

        for found in iglob(pattern, root_dir=self._text, recursive=True, include_hidden=True):
            yield self / found

    def rglob(self, pattern: str) -> Iterator[Any]:
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
        if not exist_ok and self.exists():
            raise FileExistsError(17, "File exists", self._text)
        self.open("a").close()

    def unlink(self, missing_ok: bool = False) -> None:
        try:
            os.remove(self._text)
        except FileNotFoundError:
            if not missing_ok:
                raise

    def rmdir(self) -> None:
        os.rmdir(self._text)

    def rename(self, target: object) -> Any:
        os.rename(self._text, target)
        return self._made(os.fspath(target))

    replace = rename

    def chmod(self, mode: int, *, follow_symlinks: bool = True) -> None:
        os.chmod(self._text, mode)

    def owner(self) -> str:
        raise NotImplementedError("Path.owner: programs do not see the list of users; use stat().st_uid")


Path = PosixPath
