"""Temporary files and directories, below /tmp."""

from __future__ import annotations

import os
import shutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from axis.guest import syscall

tempdir: str | None = None
template = "tmp"
TMP_MAX = 10000
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"
_TRIES = 100


def gettempdir() -> str:
    """Where temporary files go: `tempdir`, what TMPDIR, TEMP or TMP name if it is a directory, or /tmp."""
    if tempdir is not None:
        return tempdir
    for name in ("TMPDIR", "TEMP", "TMP"):
        place = os.environ.get(name)
        if place and os.path.isdir(place):
            return os.path.abspath(place)
    return "/tmp"


def gettempprefix() -> str:
    return template


def _name() -> str:
    """Eight letters that nobody can guess."""
    return "".join([_LETTERS[byte % len(_LETTERS)] for byte in syscall("random_bytes", 8)])


def _fresh(suffix: str | None, prefix: str | None, directory: Any) -> str:
    """A path that does not exist yet."""
    base = os.path.abspath(gettempdir() if directory is None else directory)
    for _ in range(_TRIES):
        path = os.path.join(base, f"{template if prefix is None else prefix}{_name()}{suffix or ''}")
        if not os.path.exists(path):
            return path
    raise FileExistsError(17, "No usable temporary file name found", base)


def mktemp(suffix: str = "", prefix: str = template, dir: Any = None) -> str:
    """A path that does not exist yet; somebody else may take it first. Better: `mkstemp`."""
    return _fresh(suffix, prefix, dir)


def mkstemp(
    suffix: str | None = None, prefix: str | None = None, dir: Any = None, text: bool = False,
) -> tuple[str, str]:
    """(handle token, path) of a new file that only its owner may read."""
    path = _fresh(suffix, prefix, dir)
    token = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    os.chmod(path, 0o600)
    return token, path


def mkdtemp(suffix: str | None = None, prefix: str | None = None, dir: Any = None) -> str:
    """A new directory that only its owner may enter."""
    path = _fresh(suffix, prefix, dir)
    os.mkdir(path)
    os.chmod(path, 0o700)
    return path


class _TemporaryFile:
    """A stream whose file is deleted when it is closed, or at the end of the `with`."""

    def __init__(self, path: str, mode: str, delete: bool, delete_on_close: bool, options: dict[str, Any]) -> None:
        self.name = path
        self.delete = delete
        self._delete_on_close = delete_on_close
        self.file: Any = open(path, mode, **options)  # noqa: SIM115 - `close` closes it

    def close(self) -> None:
        if not self.file.closed:
            self.file.close()
            if self._delete_on_close:
                self._remove()

    def _remove(self) -> None:
        if self.delete and os.path.exists(self.name):
            os.remove(self.name)

    def __repr__(self) -> str:
        return f"<tempfile._TemporaryFile name={self.name!r}>"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def __enter__(self) -> _TemporaryFile:
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        self.close()
        self._remove()

    def __iter__(self) -> Any:
        return iter(self.file)


def NamedTemporaryFile(
    mode: str = "w+b", buffering: int = -1, encoding: str | None = None, newline: str | None = None,
    suffix: str | None = None, prefix: str | None = None, dir: Any = None, delete: bool = True,
    *, errors: str | None = None, delete_on_close: bool = True,
) -> Any:
    """A new file, deleted when it is closed; use it in `with`, or close it."""
    options = {"buffering": buffering, "encoding": encoding, "newline": newline, "errors": errors}
    token, path = mkstemp(suffix, prefix, dir)
    os.close(token)
    return _TemporaryFile(path, mode, delete, delete_on_close, options)


def TemporaryFile(
    mode: str = "w+b", buffering: int = -1, encoding: str | None = None, newline: str | None = None,
    suffix: str | None = None, prefix: str | None = None, dir: Any = None, *, errors: str | None = None,
) -> Any:
    """The same as `NamedTemporaryFile`: every file has a name until it is deleted."""
    return NamedTemporaryFile(mode, buffering, encoding, newline, suffix, prefix, dir, errors=errors)


class SpooledTemporaryFile:
    """A stream in memory that moves into a temporary file when it holds more than *max_size* bytes or characters."""

    def __init__(
        self, max_size: int = 0, mode: str = "w+b", buffering: int = -1, encoding: str | None = None,
        newline: str | None = None, suffix: str | None = None, prefix: str | None = None, dir: Any = None, *,
        errors: str | None = None,
    ) -> None:
        import io

        self._max_size = max_size
        self._mode = mode
        self._rolled = False
        self._options = (mode, buffering, encoding, newline, suffix, prefix, dir)
        self._errors = errors
        self._file: Any = io.BytesIO() if "b" in mode else io.StringIO(newline="\n" if newline is None else newline)

    @property
    def name(self) -> Any:
        return getattr(self._file, "name", None)

    @property
    def mode(self) -> str:
        return self._mode

    def rollover(self) -> None:
        """Move into a file now."""
        if self._rolled:
            return
        before, position = self._file, self._file.tell()
        self._file = NamedTemporaryFile(*self._options, errors=self._errors)  # noqa: SIM115 - `__exit__` closes it
        self._file.write(before.getvalue())
        self._file.seek(0)
        if "b" in self._mode:
            self._file.seek(position)
        else:
            self._file.read(position)  # characters, not bytes
            self._file.seek(self._file.tell())
        self._rolled = True

    def write(self, data: Any) -> int:
        count: int = self._file.write(data)
        if not self._rolled and 0 < self._max_size < self._file.tell():
            self.rollover()
        return count

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def truncate(self, size: int | None = None) -> int:
        if size is not None and size > self._max_size:
            self.rollover()
        return self._file.truncate(size)  # type: ignore[no-any-return]

    def fileno(self) -> Any:
        self.rollover()
        return self._file.fileno()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __iter__(self) -> Any:
        return iter(self._file)

    def __enter__(self) -> SpooledTemporaryFile:
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        self._file.close()


class TemporaryDirectory:
    """A new directory, deleted with all that is in it at the end of the `with`, or by `cleanup`."""

    def __init__(
        self, suffix: str | None = None, prefix: str | None = None, dir: Any = None,
        ignore_cleanup_errors: bool = False, *, delete: bool = True,
    ) -> None:
        self.name = mkdtemp(suffix, prefix, dir)
        self._ignore = ignore_cleanup_errors
        self._delete = delete

    def __repr__(self) -> str:
        return f"<TemporaryDirectory {self.name!r}>"

    def cleanup(self) -> None:
        """Delete it now."""
        if os.path.exists(self.name):
            shutil.rmtree(self.name, self._ignore)

    def __enter__(self) -> str:
        return self.name

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        if self._delete:
            self.cleanup()


def __getattr__(name: str) -> NoReturn:
    from axis import absent

    absent.attribute("tempfile", name)
