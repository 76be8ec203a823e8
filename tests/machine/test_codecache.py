"""The code cache: a warm boot compiles nothing, and nothing bad is ever run."""

from __future__ import annotations

import os
from pathlib import Path
from types import CodeType

import pytest

from axisos.machine import codecache
from axisos.machine.codecache import CodeCache

SOURCE = b"answer = 42"


@pytest.fixture(autouse=True)
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each story begins with nothing in memory."""
    forget(monkeypatch)


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a new start of the host process."""
    monkeypatch.setattr(codecache, "_code", {})
    monkeypatch.setattr(codecache, "_module_tables", {})


def compiled(source: bytes = SOURCE) -> CodeType:
    """Code of a source."""
    return compile(source, "<test>", "exec")


def entries(place: Path) -> list[Path]:
    """The files of a cache directory."""
    return [entry for entry in place.rglob("*") if entry.is_file()]


def test_code_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From memory at once, from the disk after a new start; private to this user."""
    place = tmp_path / "cache" / "axisos"
    cache = CodeCache(str(place))
    assert cache.get("program", SOURCE, "/bin/x") is None
    cache.put("program", SOURCE, "/bin/x", compiled())
    forget(monkeypatch)
    code = CodeCache(str(place)).get("program", SOURCE, "/bin/x")
    assert code is not None
    names: dict[str, int] = {}
    exec(code, names)
    assert names["answer"] == 42
    assert len(entries(place)) == 1
    for entry in (place, *place.rglob("*")):
        assert entry.stat().st_mode & 0o077 == 0, entry


def test_everything_counts(tmp_path: Path) -> None:
    """Another kind, path, source or policy is another entry."""
    cache = CodeCache(str(tmp_path / "axisos"))
    cache.put("program", SOURCE, "/bin/x", compiled())
    assert cache.get("system", SOURCE, "/bin/x") is None
    assert cache.get("program", SOURCE + b" ", "/bin/x") is None
    assert cache.get("program", SOURCE, "/bin/y") is None
    cache.set_policy("stricter/../rules")
    assert cache.get("program", SOURCE, "/bin/x") is None
    cache.put("program", SOURCE, "/bin/x", compiled())
    folders = sorted(os.listdir(tmp_path / "axisos"))
    assert len(folders) == 2 and all(name.startswith("cpython-") and ".." not in name for name in folders)


@pytest.mark.parametrize("damage", ["emptied", "cut", "changed", "swapped"])
def test_a_bad_entry_is_a_miss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    """Silently: it is compiled again."""
    cache = CodeCache(str(tmp_path / "axisos"))
    cache.put("program", SOURCE, "/bin/x", compiled())
    (entry,) = entries(tmp_path)
    good = entry.read_bytes()
    if damage == "swapped":
        cache.put("program", b"evil = 1", "/bin/x", compiled(b"evil = 1"))
        (other,) = (one for one in entries(tmp_path) if one != entry)
        other.replace(entry)
    else:
        entry.write_bytes({"emptied": b"", "cut": good[:-5], "changed": good[:-1] + b"?"}[damage])
    forget(monkeypatch)
    assert cache.get("program", SOURCE, "/bin/x") is None


def test_a_directory_that_others_can_write_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor one that is a link, nor one that cannot be made."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    link = tmp_path / "link"
    (tmp_path / "private").mkdir(mode=0o700)
    link.symlink_to(tmp_path / "private")
    (tmp_path / "file").write_text("")
    for place in (shared, link, tmp_path / "file" / "below"):
        cache = CodeCache(str(place))
        cache.put("program", SOURCE, "/bin/x", compiled())
        assert cache.get("program", SOURCE, "/bin/x") is not None, "memory still works"
        forget(monkeypatch)
        assert cache.get("program", SOURCE, "/bin/x") is None
    assert entries(shared) == entries(tmp_path / "private") == []


def test_memory_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a directory nothing touches the disk."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache = CodeCache(None)
    cache.put("program", SOURCE, "/bin/x", compiled())
    assert cache.get("program", SOURCE, "/bin/x") is not None and entries(tmp_path) == []
    assert codecache.default_directory() == str(tmp_path / "axisos")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that runs many sources does not keep them all."""
    monkeypatch.setattr(codecache, "_MEMORY_LIMIT", 8)
    cache = CodeCache(None)
    for number in range(50):
        cache.put("program", b"%d" % number, "/x", compiled())
    assert len(codecache._code) <= 8 and cache.get("program", b"49", "/x") is not None


def test_ring_0_modules_are_shared_by_content() -> None:
    """Machines with the same sources have one table, others another."""
    one, other = CodeCache(None), CodeCache(None)
    assert one.module_table("abc") is other.module_table("abc") is not one.module_table("def")
