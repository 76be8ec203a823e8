"""Temporary files and directories, below /tmp."""

from __future__ import annotations

import os
import shutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import syscall

tempdir: str | None = None
template = "tmp"
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"
_TRIES = 100


def gettempdir() -> str:
    """Where temporary files go: TMPDIR, or /tmp."""
    return tempdir or os.environ.get("TMPDIR") or "/tmp"


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


class _Temporary:
    """A stream whose file is deleted when it is closed."""

    def __init__(self, path: str, mode: str, delete: bool, options: dict[str, Any]) -> None:
        self.name = path
        self.delete = delete
        self.file: Any = open(path, mode, **options)  # noqa: SIM115 - `close` closes it

    def close(self) -> None:
        if not self.file.closed:
            self.file.close()
            if self.delete and os.path.exists(self.name):
                os.remove(self.name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def __enter__(self) -> _Temporary:
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        self.close()

    def __iter__(self) -> Any:
        return iter(self.file)


def NamedTemporaryFile(
    mode: str = "w+b", buffering: int = -1, encoding: str | None = None, newline: str | None = None,
    suffix: str | None = None, prefix: str | None = None, dir: Any = None, delete: bool = True,
    *, errors: str | None = None,
) -> Any:
    """A new file, deleted when it is closed; use it in `with`, or close it."""
    options = {"buffering": buffering, "encoding": encoding, "newline": newline, "errors": errors}
    token, path = mkstemp(suffix, prefix, dir)
    os.close(token)
    return _Temporary(path, mode, delete, options)


TemporaryFile = NamedTemporaryFile


class TemporaryDirectory:
    """A new directory, deleted with all that is in it at the end of the `with`, or by `cleanup`."""

    def __init__(
        self, suffix: str | None = None, prefix: str | None = None, dir: Any = None,
        ignore_cleanup_errors: bool = False, *, delete: bool = True,
    ) -> None:
        self.name = mkdtemp(suffix, prefix, dir)
        self._ignore = ignore_cleanup_errors
        self._delete = delete

    def cleanup(self) -> None:
        if os.path.exists(self.name):
            shutil.rmtree(self.name, self._ignore)

    def __enter__(self) -> str:
        return self.name

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        if self._delete:
            self.cleanup()


def SpooledTemporaryFile(*args: Any, **keywords: Any) -> Any:
    raise NotImplementedError("tempfile.SpooledTemporaryFile: use io.BytesIO, or tempfile.TemporaryFile")
