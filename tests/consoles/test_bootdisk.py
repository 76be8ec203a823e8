"""The disk of `axisos boot`: the user's overlay or a directory, one machine at a time, nothing overwritten."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import axisos
from axisos import firmware
from axisos.consoles.bootdisk import BootDisk, UnusableDisk, data_directory, open_boot_disk
from axisos.machine import disk as disks
from axisos.machine.components.eeprom import Eeprom
from axisos.machine.storage import Storage


class Package:
    """A packaged disk that can become a newer one."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.patch = patch
        for path in ("kernel.py", "etc/motd", "etc/fstab", "bin/sh.py"):
            self.write(path, f"{path} of version 1")

    def write(self, path: str, text: str) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def publish(self, version: str) -> None:
        self.patch.setattr(axisos, "__version__", version)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """A small package, and a home of the user's in an empty directory."""
    root = tmp_path / "rootfs"
    monkeypatch.setattr(disks, "packaged_root", lambda: str(root))
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return Package(root, monkeypatch)


def read(storage: Storage, path: str) -> bytes | None:
    file = storage.open(path, "r")
    if file is None:
        return None
    data = file.read(float("inf"))
    file.close()
    return data


def write(storage: Storage, path: str, data: bytes) -> None:
    file = storage.open(path, "w")
    assert file is not None
    file.write(data)
    file.close()


def boot(directory: Path | None = None) -> list[str]:
    """One boot with nothing done; what it had to say."""
    disk = open_boot_disk(None if directory is None else str(directory))
    disk.close()
    return disk.notes


def changed(path: str, data: bytes, directory: Path | None = None) -> None:
    """One boot in which a file is written."""
    disk = open_boot_disk(None if directory is None else str(directory))
    write(disk.system, path, data)
    disk.close()


def test_changes_are_kept_in_the_users_overlay(package: Package, tmp_path: Path) -> None:
    """What a machine writes is there at the next boot; the package is untouched; others may not look in."""
    changed("etc/motd", b"mine")
    disk = open_boot_disk(None)
    assert read(disk.system, "etc/motd") == b"mine" and read(disk.system, "bin/sh.py") == b"bin/sh.py of version 1"
    write(disk.home, "letter", b"dear")
    disk.close()
    assert (tmp_path / "data/axisos/disk/etc/motd").read_bytes() == b"mine"
    assert (tmp_path / "data/axisos/home/letter").exists()
    assert (package.root / "etc/motd").read_text() == "etc/motd of version 1"
    assert (tmp_path / "data/axisos").stat().st_mode & 0o077 == 0


def test_a_relative_data_directory_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """As its standard wants it."""
    monkeypatch.setenv("HOME", "/nowhere")
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert data_directory() == "/nowhere/.local/share/axisos"


@pytest.mark.parametrize("where", [None, "own"])
def test_only_one_machine_uses_a_disk(package: Package, tmp_path: Path, where: str | None) -> None:
    """The second is refused by one line; when the first is gone, the next may."""
    directory = None if where is None else str(tmp_path / where)
    first = open_boot_disk(directory)
    with pytest.raises(UnusableDisk, match="running"):
        open_boot_disk(directory)
    first.close()
    open_boot_disk(directory).close()


def test_a_newer_package_is_in_force_where_the_user_changed_nothing(package: Package) -> None:
    """Without a change on both sides there is nothing to report."""
    changed("etc/motd", b"mine")
    package.write("bin/sh.py", "bin/sh.py of version 2")
    package.publish("2")
    disk = open_boot_disk(None)
    assert disk.notes == [] and read(disk.system, "bin/sh.py") == b"bin/sh.py of version 2"
    disk.close()


def test_changes_on_both_sides_are_reported_once(package: Package) -> None:
    """The user's file stays in force; the report names it and both versions."""
    package.publish("1")
    changed("etc/motd", b"mine")
    assert boot() == []
    package.write("etc/motd", "etc/motd of version 2")
    package.write("etc/fstab", "etc/fstab of version 2")
    package.publish("2")
    [note] = boot()
    assert "/etc/motd" in note and "AxisOS 2" in note and "before: 1" in note
    disk = open_boot_disk(None)
    assert read(disk.system, "etc/motd") == b"mine" and disk.notes == []
    disk.close()


def test_a_package_that_caught_up_with_the_user_is_no_conflict(package: Package) -> None:
    """Equal is equal, however it came about."""
    changed("etc/motd", b"the same")
    package.write("etc/motd", "the same")
    package.publish("2")
    assert boot() == []


def test_an_empty_directory_becomes_a_whole_disk(package: Package, tmp_path: Path) -> None:
    """It is filled; what is removed comes back, what was changed stays; its home directory is the other disk."""
    directory = tmp_path / "disks" / "own"
    disk = open_boot_disk(str(directory))
    assert read(disk.system, "etc/fstab") == b"etc/fstab of version 1"
    write(disk.home, "letter", b"dear")
    assert disk.system.stat(".axisos") is None and ".axisos/" not in (disk.system.list("") or ())
    disk.close()
    assert (directory / "home/letter").exists()
    (directory / "kernel.py").unlink()
    (directory / "etc/motd").write_text("mine")
    disk = open_boot_disk(str(directory))
    assert read(disk.system, "kernel.py") == b"kernel.py of version 1" and read(disk.system, "etc/motd") == b"mine"
    disk.close()


def test_a_directory_keeps_its_files_when_the_package_is_newer(package: Package, tmp_path: Path) -> None:
    """Files of the older package are named in one line, changed ones each in their own."""
    directory = tmp_path / "own"
    changed("etc/motd", b"mine", directory)
    for path in ("kernel.py", "etc/motd", "etc/fstab", "bin/sh.py"):
        package.write(path, f"{path} of version 2")
    package.publish("2")
    conflict, older = boot(directory)
    assert "/etc/motd" in conflict and "still as in AxisOS" in older and "/kernel.py" in older
    assert (directory / "kernel.py").read_text() == "kernel.py of version 1"


def test_directories_of_other_things_are_left_alone(package: Package, tmp_path: Path) -> None:
    """A home, the root, a directory with other files, a file: one line each."""
    other, file = tmp_path / "other", tmp_path / "file"
    other.mkdir()
    (other / "thesis.txt").write_text("...")
    file.write_text("")
    (tmp_path / "user").mkdir()
    for place in (other, file, tmp_path / "user", Path("/")):
        with pytest.raises(UnusableDisk) as refusal:
            open_boot_disk(str(place))
        assert str(place) in str(refusal.value) and "\n" not in str(refusal.value)
    assert os.listdir(other) == ["thesis.txt"]


def chip_with(disk: BootDisk, code: bytes) -> None:
    """Leave an EEPROM with this program."""
    Path(disk.nvram).write_bytes(Eeprom("", code, b"data").image())


def test_the_chip_gets_newer_firmware_unless_the_user_flashed_it(
    package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old packaged program is replaced by the new one, a program of the user's own stays."""
    monkeypatch.setattr(firmware, "plain_rom", lambda: b"firmware 1")
    disk = open_boot_disk(None)
    assert disk.rom is None
    chip_with(disk, b"firmware 1")
    disk.close()
    monkeypatch.setattr(firmware, "plain_rom", lambda: b"firmware 2")
    disk = open_boot_disk(None)
    assert disk.rom == b"firmware 2"
    chip_with(disk, b"the user's")
    disk.close()
    monkeypatch.setattr(firmware, "plain_rom", lambda: b"firmware 3")
    disk = open_boot_disk(None)
    assert disk.rom is None
    disk.close()


def test_a_chip_file_that_is_none_is_put_aside(package: Package) -> None:
    """The machine boots with a fresh chip; nothing is thrown away."""
    disk = open_boot_disk(None)
    Path(disk.nvram).write_bytes(b"rubbish")
    disk.close()
    [note] = boot()
    assert "nvram.bad" in note
    assert Path(disk.nvram + ".bad").read_bytes() == b"rubbish" and not Path(disk.nvram).exists()
