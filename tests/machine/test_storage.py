"""All kinds of storage against one model, and what an overlay keeps."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from axisos.machine import ComponentError
from axisos.machine.host_directory import HostDirectory
from axisos.machine.memory_storage import MemoryStorage
from axisos.machine.overlay_storage import WHITEOUT, OverlayStorage
from axisos.machine.storage import Storage, clean


def read(storage: Storage, path: str) -> bytes | None:
    """All of a file, or None."""
    file = storage.open(path, "r")
    if file is None:
        return None
    data = b"".join(iter(lambda: file.read(3), b""))
    file.close()
    return data


def write(storage: Storage, path: str, data: bytes, mode: str = "w") -> bool:
    """Write a file; whether it could be opened."""
    file = storage.open(path, mode)
    if file is None:
        return False
    file.write(data)
    file.close()
    return True


def tree(storage: Storage, path: str = "") -> dict[str, bytes | None]:
    """Every path with its contents, None for directories."""
    found: dict[str, bytes | None] = {}
    for name in storage.list(path) or ():
        below = f"{path}/{name}".strip("/")
        found[below] = None if name.endswith("/") else read(storage, below)
        if name.endswith("/"):
            found |= tree(storage, below)
    return found


START: dict[str, bytes | None] = {
    "a": None, "a/x": b"lower ax", "a/b": None, "a/b/y": b"lower aby", "a/b/z": b"", "c": b"lower c", "d": None,
}  # fmt: skip


def fill(storage: Storage) -> Storage:
    """The tree that every run begins with."""
    for path, data in START.items():
        if data is None:
            storage.make_directory(path)
        else:
            write(storage, path, data)
    return storage


names = st.sampled_from(["a", "b", "c", "d", "x", "y"])
paths = st.lists(names, min_size=1, max_size=3).map("/".join)


class StorageStory(RuleBasedStateMachine):
    """Whatever happens to it, a storage shows what a dict of paths would."""

    directory: tempfile.TemporaryDirectory[str] | None = None

    def __init__(self) -> None:
        super().__init__()
        self.storage = self.make()
        self.model = dict(START)

    def make(self) -> Storage:
        return fill(MemoryStorage())

    def place(self, name: str) -> str:
        """A fresh directory of the host."""
        if self.directory is None:
            self.directory = tempfile.TemporaryDirectory()
        place = os.path.join(self.directory.name, name)
        os.mkdir(place)
        return place

    def teardown(self) -> None:
        if self.directory is not None:
            self.directory.cleanup()

    def is_directory(self, path: str) -> bool:
        return path == "" or (path in self.model and self.model[path] is None)

    def parent(self, path: str) -> str:
        return path.rpartition("/")[0]

    def below(self, path: str) -> list[str]:
        return [other for other in self.model if other.startswith(path + "/")]

    @rule(path=paths, data=st.binary(max_size=9), mode=st.sampled_from(["w", "a", "r+"]))
    def write(self, path: str, data: bytes, mode: str) -> None:
        old = self.model.get(path)
        may = self.is_directory(self.parent(path)) and not self.is_directory(path)
        may = may and (mode != "r+" or path in self.model)
        assert write(self.storage, path, data, mode) == may
        if may:
            kept = {"w": b"", "a": old or b"", "r+": (old or b"")[len(data) :]}[mode]
            self.model[path] = kept + data if mode == "a" else data + kept

    @rule(path=paths)
    def make_directory(self, path: str) -> None:
        missing = [path]
        while (above := self.parent(missing[-1])) and above not in self.model:
            missing.append(above)
        may = path not in self.model and self.is_directory(self.parent(missing[-1]))
        assert self.storage.make_directory(path) == may
        if may:
            self.model |= dict.fromkeys(missing)

    @rule(path=paths)
    def remove(self, path: str) -> None:
        assert self.storage.remove(path) == (path in self.model)
        for gone in (path, *self.below(path)):
            self.model.pop(gone, None)

    @rule(old=paths, new=paths)
    def rename(self, old: str, new: str) -> None:
        may = old in self.model and self.is_directory(self.parent(new)) and not new.startswith(old + "/")
        if may and new in self.model and new != old:
            both = self.is_directory(old), self.is_directory(new)
            may = both == (False, False) or (both == (True, True) and not self.below(new))
        assert self.storage.rename(old, new) == may
        if may and old != new:
            self.model.pop(new, None)
            for path in (old, *self.below(old)):
                self.model[new + path[len(old) :]] = self.model.pop(path)

    @rule(path=paths)
    def look(self, path: str) -> None:
        facts = self.storage.stat(path)
        assert (facts is not None) == (path in self.model)
        if facts is not None:
            assert facts.is_directory == self.is_directory(path)
            assert facts.size == len(self.model[path] or b"")

    @invariant()
    def shows_the_model(self) -> None:
        assert tree(self.storage) == self.model


class MemoryStory(StorageStory):
    """Memory counts every byte."""

    @invariant()
    def counts_exactly(self) -> None:
        used = 512 + sum(512 + len(data or b"") for data in self.model.values())
        assert self.storage.space_used() == used


class HostStory(StorageStory):
    """A directory of the host."""

    def make(self) -> Storage:
        return fill(HostDirectory(self.place("disk"), capacity=1 << 20))

    @invariant()
    def counts_exactly(self) -> None:
        used = 512 + sum(512 + len(data or b"") for data in self.model.values())
        assert self.storage.space_used() == used


class OverlayStory(StorageStory):
    """An overlay never changes what is below, and can be taken up again from its upper half."""

    def make(self) -> Storage:
        self.lower = fill(MemoryStorage())
        self.upper: Storage = MemoryStorage()
        return OverlayStorage(self.upper, self.lower)

    @rule()
    def take_up_again(self) -> None:
        self.storage = OverlayStorage(self.upper, self.lower)

    @invariant()
    def lower_half_is_untouched(self) -> None:
        assert tree(self.lower) == START


class HostOverlayStory(OverlayStory):
    """Both halves on the host."""

    def make(self) -> Storage:
        place = self.place("lower")
        fill(HostDirectory(place))
        self.lower = HostDirectory(place, read_only=True)  # type: ignore[assignment]
        self.upper = HostDirectory(self.place("upper"))
        return OverlayStorage(self.upper, self.lower)


_few = settings(max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
_many = settings(max_examples=120, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
TestMemory = MemoryStory.TestCase
TestMemory.settings = _many
TestHost = HostStory.TestCase
TestHost.settings = _few
TestOverlay = OverlayStory.TestCase
TestOverlay.settings = _many
TestHostOverlay = HostOverlayStory.TestCase
TestHostOverlay.settings = _few

Make = Callable[[Path], Storage]
KINDS: list[Make] = [
    lambda place: MemoryStorage(),
    lambda place: HostDirectory(str(place)),
    lambda place: OverlayStorage(MemoryStorage(), HostDirectory(str(place), read_only=True)),
    lambda place: OverlayStorage(HostDirectory(str(place)), MemoryStorage()),
]


@pytest.mark.parametrize("make", KINDS)
def test_one_position_for_reading_and_writing(make: Make, tmp_path: Path) -> None:
    """Mode r+ reads and writes where it stands; seeking goes beyond the end and never before the start."""
    storage = make(tmp_path)
    write(storage, "file", b"0123456789")
    file = storage.open("file", "r+")
    assert file is not None
    assert file.read(2) == b"01"
    file.write(b"AB")
    assert file.read(2) == b"45" and file.seek("cur", -1) == 5 and file.read(1) == b"5"
    assert file.seek("end", 2) == 12
    file.write(b"!")
    assert file.seek("set", 0) == 0 and file.read(float("inf")) == b"01AB456789\0\0!"
    assert file.read(5) == b""
    with pytest.raises(ComponentError, match="invalid offset"):
        file.seek("set", -1)
    with pytest.raises(ComponentError, match="invalid offset"):
        file.seek("cur", -100)
    file.close()
    file.close()


@pytest.mark.parametrize("make", KINDS)
def test_appending_goes_to_the_end_whatever_the_position(make: Make, tmp_path: Path) -> None:
    """Two that append do not overwrite each other."""
    storage = make(tmp_path)
    one, other = storage.open("log", "a"), storage.open("log", "a")
    assert one is not None and other is not None
    one.write(b"1")
    other.write(b"2")
    one.seek("set", 0)
    one.write(b"3")
    assert read(storage, "log") == b"123"
    one.close()
    other.close()


@pytest.mark.parametrize("make", KINDS)
def test_a_deleted_file_is_read_to_its_end(make: Make, tmp_path: Path) -> None:
    """The handle keeps the contents; the name is free."""
    storage = make(tmp_path)
    write(storage, "file", b"still here")
    file = storage.open("file", "r")
    assert file is not None
    storage.remove("file")
    write(storage, "file", b"new")
    assert file.read(100) == b"still here" and read(storage, "file") == b"new"
    file.close()


def test_a_full_memory_disk() -> None:
    """What does not fit is refused whole, and what is deleted gives its space back."""
    storage = MemoryStorage(capacity=512 * 3 + 10)
    assert storage.make_directory("d") and write(storage, "d/f", b"0123456789")
    for attempt in (
        lambda: write(storage, "d/f", b"x", "a"),
        lambda: write(storage, "g", b""),
        lambda: storage.make_directory("e"),
    ):
        with pytest.raises(ComponentError, match="not enough space") as caught:
            attempt()
        assert caught.value.soft and caught.value.status == 616
    assert read(storage, "d/f") == b"0123456789"
    assert storage.remove("d") and storage.space_used() == 512
    assert write(storage, "g", b"fits")


def test_a_full_overlay_loses_nothing() -> None:
    """A copy that does not fit leaves both the old file and the one it was to replace."""
    lower = MemoryStorage()
    write(lower, "big", bytes(5000))
    overlay = OverlayStorage(MemoryStorage(capacity=4000), lower)
    write(overlay, "small", b"precious")
    for attempt in (lambda: overlay.open("big", "a"), lambda: overlay.rename("big", "small")):
        with pytest.raises(ComponentError, match="not enough space"):
            attempt()
    assert tree(overlay) == {"big": bytes(5000), "small": b"precious"}


def test_whiteouts_are_no_business_of_programs() -> None:
    """They can neither be seen, nor made, nor read."""
    overlay = OverlayStorage(upper := MemoryStorage(), fill(MemoryStorage()))
    overlay.remove("c")
    assert upper.list("") == [WHITEOUT + "c"]
    assert overlay.stat(WHITEOUT + "c") is None and overlay.open(WHITEOUT + "c", "r") is None
    assert WHITEOUT + "c" not in (overlay.list("") or ())
    for attempt in (
        lambda: overlay.open(WHITEOUT + "a", "w"),
        lambda: overlay.make_directory("d/" + WHITEOUT + "a"),
        lambda: overlay.rename("a", WHITEOUT + "a"),
    ):
        with pytest.raises(ComponentError, match="invalid characters"):
            attempt()
    assert not overlay.remove(WHITEOUT + "c")


def test_a_newer_disk_below_an_old_overlay() -> None:
    """A file that was written stays in force where the new disk has a directory; the rest is new."""
    upper = MemoryStorage()
    write(OverlayStorage(upper, MemoryStorage()), "tool", b"mine")
    newer = MemoryStorage()
    newer.make_directory("tool")
    write(newer, "tool/part", b"theirs")
    write(newer, "other", b"theirs")
    overlay = OverlayStorage(upper, newer)
    assert tree(overlay) == {"tool": b"mine", "other": b"theirs"}
    assert overlay.open("tool/part", "r") is None


def test_real_paths(tmp_path: Path) -> None:
    """A debugger finds the file wherever it lies; what is in memory has no place."""
    (tmp_path / "kernel.py").write_text("lower")
    overlay = OverlayStorage(MemoryStorage(), HostDirectory(str(tmp_path), read_only=True))
    assert overlay.real_path("kernel.py") == str(tmp_path / "kernel.py")
    assert overlay.real_path("nothing") is None
    write(overlay, "kernel.py", b"mine")
    assert overlay.real_path("kernel.py") is None


def test_times_follow_the_machine() -> None:
    """What is written carries the machine's calendar."""
    clock = [100.0]
    overlay = OverlayStorage(MemoryStorage(), fill(MemoryStorage()))
    overlay.now = lambda: clock[0]
    write(overlay, "c", b"new")
    clock[0] = 200.0
    write(overlay, "new", b"")
    facts = [overlay.stat(path) for path in ("c", "new", "a/x")]
    assert [one.mtime for one in facts if one is not None] == [100.0, 200.0, 0.0]


@pytest.mark.parametrize(
    ("path", "cleaned"),
    [
        ("", ""),
        ("/", ""),
        ("//a//b/", "a/b"),
        ("a/./b", "a/b"),
        ("./a", "a"),
        ("a/../b", "b"),
        ("/a/b/..", "a"),
        ("...", "..."),
        ("a/.b", "a/.b"),
    ],
)
def test_paths_are_cleaned(path: str, cleaned: str) -> None:
    """By their letters alone."""
    assert clean(path) == cleaned


@pytest.mark.parametrize(
    "path", ["..", "/..", "a/../..", "../a", 'a"b', "a\\b", "a:b", "a*", "a?", "<a", "a>", "a|b", "a\0b", "x" * 2000]
)
def test_paths_that_lead_nowhere(path: str) -> None:
    """Are refused, softly."""
    with pytest.raises(ComponentError) as caught:
        clean(path)
    assert caught.value.soft and caught.value.status == 601


@given(st.text(alphabet="/.ab", max_size=12))
def test_clean_paths_are_clean(path: str) -> None:
    """No empty part, no dots, and cleaning once is enough."""
    try:
        cleaned = clean(path)
    except ComponentError:
        return
    assert cleaned == "" or all(part not in ("", ".", "..") for part in cleaned.split("/"))
    assert clean(cleaned) == cleaned
