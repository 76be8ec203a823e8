"""A directory of the host: nothing outside can be reached."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from axisos.machine import ComponentError
from axisos.machine.host_directory import HostDirectory

from .test_storage import read, tree, write


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A directory with a secret beside the disk `tmp_path / "disk"`."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret")
    return tmp_path / "outside"


def test_links_that_lead_out_do_not_exist(outside: Path) -> None:
    """Neither to files nor to directories, nor through a chain, nor to be written through."""
    disk = outside.parent / "disk"
    (disk / "file").symlink_to(outside / "secret")
    (disk / "directory").symlink_to(outside)
    (disk / "sub").mkdir()
    (disk / "sub" / "up").symlink_to("../../outside")
    (disk / "chain").symlink_to("sub/up")
    (disk / "dangling").symlink_to(outside / "new")
    (disk / "loop").symlink_to("loop")
    storage = HostDirectory(str(disk))
    assert tree(storage) == {"sub": None}
    for path in ("file", "directory/secret", "sub/up/secret", "chain/secret", "dangling", "loop"):
        assert storage.stat(path) is None and storage.open(path, "r") is None and storage.real_path(path) is None
        for mode in ("w", "a", "r+"):
            assert storage.open(path, mode) is None
        assert not storage.make_directory(path) and not storage.rename("sub", path + "/x")
    assert not storage.remove("directory/secret") and not storage.make_directory("directory/new")
    assert storage.list("directory") is None
    assert sorted(os.listdir(outside)) == ["secret"] and (outside / "secret").read_text() == "secret"


def test_links_that_stay_inside_work(outside: Path) -> None:
    """They are followed; removing one takes the link."""
    disk = outside.parent / "disk"
    (disk / "real").mkdir()
    (disk / "real" / "file").write_text("text")
    (disk / "alias").symlink_to("real")
    (disk / "short").symlink_to(disk / "real" / "file")
    storage = HostDirectory(str(disk))
    assert read(storage, "alias/file") == read(storage, "short") == b"text"
    assert storage.list("") == ["alias/", "real/", "short"]
    assert storage.space_used() == 512 * 5 + 8
    assert storage.remove("alias") and read(storage, "real/file") == b"text"


def test_a_directory_that_becomes_a_link_under_way(outside: Path) -> None:
    """What was found safe before is checked again when a file is opened."""
    disk = outside.parent / "disk"
    (disk / "sub").mkdir()
    (disk / "sub" / "secret").write_text("harmless")
    storage = HostDirectory(str(disk))
    assert read(storage, "sub/secret") == b"harmless" and storage.stat("sub/secret") is not None
    (disk / "sub").rename(disk / "old")
    (disk / "sub").symlink_to(outside)
    assert storage.open("sub/secret", "r") is None
    assert storage.open("sub/secret", "w") is None and (outside / "secret").read_text() == "secret"


def test_only_files_and_directories_exist(outside: Path) -> None:
    """Pipes do not block, sockets and devices are not there, and names nobody can spell are not shown."""
    disk = outside.parent / "disk"
    os.mkfifo(disk / "pipe")
    (disk / "a:b").write_text("x")
    (disk / "new\nline").write_text("x")
    with open(os.fsencode(str(disk)) + b"/\xff", "wb"):
        pass
    storage = HostDirectory(str(disk))
    assert storage.list("") == [] and storage.open("pipe", "r") is None and storage.open("pipe", "w") is None
    (disk / "sub").mkdir()
    (disk / "sub" / "x|y").write_text("x")
    assert storage.remove("sub"), "with all that cannot be seen"


def test_a_read_only_directory_stays_as_it_is(outside: Path) -> None:
    """Each change is refused by name."""
    storage = HostDirectory(str(outside), read_only=True)
    for change in (
        lambda: storage.open("new", "w"),
        lambda: storage.open("secret", "r+"),
        lambda: storage.make_directory("new"),
        lambda: storage.remove("secret"),
        lambda: storage.rename("secret", "new"),
    ):
        with pytest.raises(ComponentError, match="storage is readonly") as caught:
            change()
        assert caught.value.soft and caught.value.status == 617
    assert tree(storage) == {"secret": b"secret"}


def test_what_the_host_hides(outside: Path) -> None:
    """Hidden names do not exist, at any depth."""
    (outside / "lib" / "__pycache__").mkdir(parents=True)
    (outside / "lib" / "__pycache__" / "x.pyc").write_text("x")
    storage = HostDirectory(str(outside), hidden=("__pycache__",))
    assert tree(storage) == {"lib": None, "secret": b"secret"}
    assert storage.stat("lib/__pycache__") is None and storage.open("lib/__pycache__/x.pyc", "r") is None
    assert not storage.remove("lib/__pycache__")


def test_a_capacity(outside: Path) -> None:
    """Counted as the game does; appending, too."""
    storage = HostDirectory(str(outside), capacity=512 * 3 + 10)
    assert storage.space_used() == 512 * 2 + 6
    assert write(storage, "f", b"0123")
    with pytest.raises(ComponentError, match="not enough space"):
        write(storage, "f", b"4", "a")
    storage.remove("secret")
    assert write(storage, "f", b"4", "a") and read(storage, "f") == b"01234"


def test_times_that_do_not_depend_on_the_host(outside: Path) -> None:
    """A seeded machine sees one time on what was there, and its own on what it wrote."""
    storage = HostDirectory(str(outside), fixed_mtime=1000.0)
    storage.now = lambda: 2000.0
    write(storage, "new", b"")
    storage.rename("new", "newer")
    facts = [storage.stat(path) for path in ("secret", "newer")]
    assert [one.mtime for one in facts if one is not None] == [1000.0, 2000.0]


def test_names_that_are_too_long(outside: Path) -> None:
    """Do not exist, and cannot be made, in words."""
    storage = HostDirectory(str(outside))
    assert storage.stat("x" * 300) is None
    with pytest.raises(ComponentError, match="too long"):
        storage.open("x" * 300, "w")


def test_descriptors_are_not_inherited(outside: Path) -> None:
    """A child of the host process does not hold a machine's files."""
    storage = HostDirectory(str(outside))
    file = storage.open("secret", "r+")
    assert file is not None and not os.get_inheritable(file._fd)  # type: ignore[attr-defined]
    file.close()


def test_a_file_that_was_replaced_is_looked_at_anew(outside: Path) -> None:
    """What was found inside once is not believed of another file at the same place, nor of a link put there."""
    disk = outside.parent / "disk"
    (disk / "f").write_text("inside")
    for storage in (HostDirectory(str(disk)), HostDirectory(str(disk), read_only=True)):
        for _ in range(4):
            assert read(storage, "f") == b"inside"
        (disk / "f").unlink()
        (disk / "f").symlink_to(outside / "secret")
        assert storage.open("f", "r") is None
        (disk / "f").unlink()
        (disk / "f").write_text("another")
        assert [read(storage, "f") for _ in range(3)] == [b"another"] * 3
        (disk / "f").write_text("changed")
        assert [read(storage, "f") for _ in range(3)] == [b"changed"] * 3
        (disk / "f").unlink()
        assert storage.open("f", "r") is None
        (disk / "f").write_text("inside")


def test_a_kept_file_reads_like_any_other(tmp_path: Path) -> None:
    """Of a read-only disk, small files are kept: positions, ends and refusals are the same."""
    (tmp_path / "f").write_bytes(b"0123456789")
    (tmp_path / "big").write_bytes(b"x" * 100_000)
    storage = HostDirectory(str(tmp_path), read_only=True)
    answers = []
    for _ in range(4):
        file = storage.open("f", "r")
        assert file is not None
        answers.append([
            file.read(3), file.seek("cur", 1), file.read(2), file.seek("end", -1), file.read(9), file.read(1),
            file.seek("set", 50), file.read(1), file.seek("set", 0), file.read(float("inf")),
        ])
        for act in (lambda file=file: file.write(b"x"), lambda file=file: file.truncate(0),
                    lambda file=file: file.seek("set", -1)):  # fmt: skip
            with pytest.raises(ComponentError):
                act()
        file.close()
        assert len(read(storage, "big") or b"") == 100_000
    assert answers == answers[:1] * 4
    assert answers[0] == [b"012", 4, b"45", 9, b"9", b"", 50, b"", 0, b"0123456789"]


def test_a_listing_is_always_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept only of directories that are at rest: whatever the host does is seen at once."""
    storage = HostDirectory(str(tmp_path))
    place = tmp_path / "d"
    place.mkdir()
    for number in range(20):
        (place / f"f{number:02}").touch()
        assert len(storage.list("d") or ()) == number + 1
    monkeypatch.setattr("time.time_ns", lambda: 1 << 62)  # long afterwards
    first = storage.list("d")
    assert first is not None and storage.list("d") == first
    first.clear()
    assert len(storage.list("d") or ()) == 20, "who gets a listing may do with it what he likes"
    os.rename(place / "f00", place / "g")
    os.utime(place, (1, 1))  # the host's clock may be too coarse to tell the difference
    assert "g" in (storage.list("d") or ())
    (place / "inside").symlink_to(place / "g")
    os.utime(place, (2, 2))
    assert "inside" in (storage.list("d") or ())
    (tmp_path / "elsewhere").mkdir()
    os.rename(place / "g", tmp_path / "elsewhere" / "g")
    (place / "g").symlink_to(tmp_path / "elsewhere" / "g")
    os.utime(place, (3, 3))
    assert "inside" in (storage.list("d") or ())
    (tmp_path / "elsewhere" / "g").unlink()
    assert "inside" not in (storage.list("d") or ()), "links are looked at each time"


def test_writers_of_one_file_count_its_space_once(tmp_path: Path) -> None:
    """However many they are and wherever they write; after a failure the host is asked what is there."""
    storage = HostDirectory(str(tmp_path), capacity=4096)
    one, two = storage.open("f", "w"), storage.open("f", "r+")
    assert one is not None and two is not None
    one.write(b"x" * 100)
    two.write(b"y" * 150)
    one.write(b"z" * 10)
    assert storage.space_used() == 1024 + 150 == HostDirectory(str(tmp_path)).space_used()
    two.truncate(20)
    appender = storage.open("f", "a")
    assert appender is not None
    appender.write(b"end")
    assert (tmp_path / "f").read_bytes() == b"y" * 20 + b"end" and storage.space_used() == 1024 + 23
    one.seek("end", 7)
    one.write(b"!")
    assert storage.space_used() == 1024 + 31
    with pytest.raises(ComponentError, match="space"):
        two.write(b"x" * 4096)
    assert storage.space_used() == 1024 + 31 and storage.usage("f") == 512 + 31
    for file in (one, two, appender):
        file.close()
    with pytest.raises(ComponentError, match="too long"):
        storage.open("n" * 300, "w")
    assert storage.space_used() == 1024 + 31, "what could not be made takes no space"
