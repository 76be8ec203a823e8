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
