"""Compiled code, kept so that a warm boot compiles nothing.

In memory for the whole host process, and on the host's disk below `$XDG_CACHE_HOME/axisos/<python tag>-<policy>/`.
The key is the hash of kind, guest path, source and interpreter; an entry begins with a digest over key and content.
Whatever is wrong with the directory or an entry, the answer is a miss: the code is compiled again.

Always so: the directory belongs to this user, mode 0700, or it is not used; entries appear whole or not at all;
nothing here is visible to a guest.
"""

from __future__ import annotations

import marshal
import os
import sys
from _frozen_importlib_external import MAGIC_NUMBER  # as importlib.util, without its cost

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

_MEMORY_LIMIT = 8192  # entries
_MACHINE_LIMIT = 32 << 20  # bytes that one machine may put into the directory: programs write programs without an end
_DIRECTORY_LIMIT = 256 << 20  # bytes of entries at which the oldest half goes

# State of the host process, on purpose: code objects and ring-0 modules hold no state of a machine, and making them
# anew for each of a thousand machines is what would be costly. Keyed by content, so there is nothing to go stale.
_code: dict[bytes, CodeType] = {}
_module_tables: dict[str, dict[str, Any]] = {}


class CodeCache:
    """The cache as one machine sees it. `directory` None: memory only."""

    __slots__ = ("_directory", "_folder", "_policy", "_written", "hits", "misses")

    def __init__(self, directory: str | None) -> None:
        self._directory = directory
        self._policy = "base"
        self._folder: str | None = None  # checked and ready; "" = not usable
        self._written = 0  # bytes
        self.hits = 0
        self.misses = 0

    @property
    def policy(self) -> str:
        """Names the rules that the code was compiled under."""
        return self._policy

    def set_policy(self, policy: str) -> None:
        """Keep to entries made under these rules from now on."""
        self._policy = "".join(char if char.isalnum() else "_" for char in policy) or "base"
        self._folder = None

    def module_table(self, digest: str) -> dict[str, Any]:
        """The executed ring-0 modules of a set of sources: one table for all machines of this host process."""
        return _module_tables.setdefault(digest, {})

    def get(self, kind: str, source: bytes, path: str) -> CodeType | None:
        """The compiled code of a source, or None."""
        key = self._key(kind, source, path)
        code = _code.get(key)
        if code is None:
            code = self._load(key)
            if code is None:
                self.misses += 1
                return None
            self._remember(key, code)
        self.hits += 1
        return code

    def put(self, kind: str, source: bytes, path: str, code: CodeType) -> None:
        """Keep compiled code; does nothing where it cannot."""
        key = self._key(kind, source, path)
        self._remember(key, code)
        folder = self._ready_folder()
        if not folder:
            return
        from hashlib import sha256

        content = marshal.dumps(code)
        if self._written == 0:
            _make_room(folder)
        self._written += 32 + len(content)
        if self._written > _MACHINE_LIMIT:
            return
        name = os.path.join(folder, key.hex())
        temporary = f"{name}.{os.getpid()}"
        try:
            fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                with os.fdopen(fd, "wb") as file:
                    file.write(sha256(key + content).digest() + content)
                os.replace(temporary, name)
            except OSError:
                os.unlink(temporary)
        except OSError:
            pass

    def _remember(self, key: bytes, code: CodeType) -> None:
        if len(_code) >= _MEMORY_LIMIT:
            for old in list(_code)[: _MEMORY_LIMIT // 4]:
                _code.pop(old, None)
        _code[key] = code

    def _key(self, kind: str, source: bytes, path: str) -> bytes:
        from hashlib import sha256

        head = f"{self._policy}\0{kind}\0{path}\0{sys.flags.optimize}\0".encode("utf-8", "surrogateescape")
        digest = sha256(MAGIC_NUMBER + head)
        digest.update(source)
        return digest.digest()

    def _load(self, key: bytes) -> CodeType | None:
        folder = self._ready_folder()
        if not folder:
            return None
        try:
            with open(f"{folder}/{key.hex()}", "rb", buffering=0) as file:
                entry = file.readall()
        except OSError:
            return None
        from hashlib import sha256

        content = entry[32:]
        if sha256(key + content).digest() != entry[:32]:
            return None
        try:
            code = marshal.loads(content)
        except (ValueError, EOFError, TypeError):
            return None
        return code if hasattr(code, "co_code") else None

    def _ready_folder(self) -> str:
        if self._folder is None:
            self._folder = self._make_folder()
        return self._folder

    def _make_folder(self) -> str:
        """The directory of this interpreter and policy, made and checked; "" if it cannot be trusted."""
        if self._directory is None:
            return ""
        folder = os.path.join(self._directory, f"{sys.implementation.cache_tag}-{self._policy}")
        try:
            os.makedirs(self._directory, 0o700, exist_ok=True)
            if not os.path.isdir(folder):
                os.mkdir(folder, 0o700)
        except OSError:
            if not os.path.isdir(folder):
                return ""
        return folder if _is_private(self._directory) and _is_private(folder) else ""


def _is_private(folder: str) -> bool:
    try:
        facts = os.lstat(folder)
    except OSError:
        return False
    return (facts.st_mode & 0o170077) == 0o040000 and facts.st_uid == os.getuid()


def default_directory() -> str | None:
    """`$XDG_CACHE_HOME/axisos`, or None if the user has no home."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "axisos") if os.path.isabs(base) else None


def _make_room(folder: str) -> None:
    """Delete the older half of the entries when they have become too many."""
    try:
        with os.scandir(folder) as found:
            entries = [(stat.st_mtime, stat.st_size, item.path) for item in found for stat in (item.stat(),)]
    except OSError:
        return
    left = sum(size for _, size, _ in entries)
    if left <= _DIRECTORY_LIMIT:
        return
    for _, size, path in sorted(entries):
        try:
            os.unlink(path)
        except OSError:
            continue  # another machine was faster
        left -= size
        if left <= _DIRECTORY_LIMIT // 2:
            return
