"""The unmanaged disk: sectors, bytes, labels, its image in memory or in a file, and how a machine gets one."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axisos.machine import Bus, ComponentError, Machine
from axisos.machine.bus import Proxy
from axisos.machine.components.drive import Drive
from axisos.machine.disk_image import FileImage, MemoryImage, UnusableImage
from axisos.machine.hardware import UnusableHardware, blueprint, drive_blueprint, size_in_bytes

from .conftest import Boot

NOT_THERE = "invalid offset, not in a usable sector"


def plugged(image: MemoryImage | FileImage, **options: Any) -> Proxy:
    """A drive over an image, as a program sees it."""
    bus = Bus(lambda name, *args: None)
    bus.attach(Drive("disk", image, **options))
    return bus.proxy("disk")


@pytest.mark.parametrize(
    ("kibibytes", "platters"), [(512, 1), (1024, 2), (2048, 4), (4096, 8), (360, 1), (1440, 4), (20_480, 8)]
)
def test_sizes(kibibytes: int, platters: int) -> None:
    """The image decides the capacity; platters are those of the smallest disk of the game that holds it."""
    drive = plugged(MemoryImage(kibibytes << 10))
    assert (drive.getCapacity(), drive.getSectorSize(), drive.getPlatterCount()) == (kibibytes << 10, 512, platters)


def test_sectors_and_bytes_count_from_one() -> None:
    """A short sector keeps its tail, a long one is cut; a byte is stored by its low 8 bits and read with a sign."""
    drive = plugged(MemoryImage(1 << 20))
    drive.writeSector(1, b"x" * 600)
    assert drive.readSector(1) == b"x" * 512 and drive.readSector(2) == bytes(512)
    assert drive.writeSector(1, "AX") is None
    assert drive.readSector(1) == b"AX" + b"x" * 510
    drive.writeByte(1, 200)
    assert drive.readByte(1) == -56 and drive.readSector(1)[0] == 200
    drive.writeByte(2, -129)
    drive.writeByte(1 << 20, 256 + 7)
    assert (drive.readByte(2), drive.readByte(1 << 20)) == (127, 7)
    assert drive.readSector(2048)[-1] == 7


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda drive: drive.readSector(0), NOT_THERE),
        (lambda drive: drive.readSector(2049), NOT_THERE),
        (lambda drive: drive.readSector(float("inf")), NOT_THERE),
        (lambda drive: drive.writeSector(-1, b""), NOT_THERE),
        (lambda drive: drive.readByte(0), NOT_THERE),
        (lambda drive: drive.writeByte((1 << 20) + 1, 0), NOT_THERE),
        (lambda drive: drive.readSector(), r"bad arguments #1 \(number expected, got no value\)"),
        (lambda drive: drive.writeSector(1), r"bad arguments #2 \(string expected, got no value\)"),
        (lambda drive: drive.writeSector("1", b""), r"bad argument #1 \(number expected, got string\)"),
        (lambda drive: drive.writeByte(1, True), r"bad argument #2 \(number expected, got boolean\)"),
        (lambda drive: drive.writeByte(None, None), "bad arguments #1"),
    ],
)
def test_what_is_refused(call: Callable[[Any], object], reason: str) -> None:
    """What is not on the disk, and what is no number or data: thrown, before anything is touched."""
    image = MemoryImage(1 << 20)
    with pytest.raises(ComponentError, match=reason) as caught:
        call(plugged(image))
    assert (caught.value.status, caught.value.soft) == (601, False)
    assert image.read(0, 1 << 20) == bytes(1 << 20)


def test_the_label() -> None:
    """16 characters, none at first; an empty one is none."""
    drive = plugged(MemoryImage(512), label="a label of twenty ch")
    assert drive.getLabel() == "a label of twent"
    assert (drive.setLabel(None), drive.getLabel()) == (None, None)
    assert (drive.setLabel("data"), drive.setLabel("")) == ("data", None)


@given(st.lists(st.tuples(st.integers(1, 6), st.binary(max_size=700)), max_size=30))
def test_a_drive_is_an_array_of_bytes(writes: list[tuple[int, bytes]]) -> None:
    """Whatever is written in whatever order, it reads as the same writes to plain bytes."""
    drive, model = plugged(MemoryImage(6 * 512)), bytearray(6 * 512)
    for number, data in writes:
        drive.writeSector(number, data)
        model[(number - 1) * 512 : (number - 1) * 512 + len(data[:512])] = data[:512]
    assert b"".join(drive.readSector(number) for number in range(1, 7)) == bytes(model)
    assert [drive.readByte(place) & 255 for place in range(1, 100)] == list(model[:99])


# --- images in files ---------------------------------------------------------------------------------------------


def test_an_image_is_the_disk_byte_for_byte(tmp_path: Path) -> None:
    """A file that is not there is made with its size; what is written is in it at once, and there the next time."""
    path = tmp_path / "disk.img"
    image = FileImage(str(path), 4096)
    plugged(image).writeSector(3, b"hello")
    assert path.read_bytes() == bytes(1024) + b"hello" + bytes(4096 - 1029)
    image.close()
    again = FileImage(str(path))
    assert again.capacity == 4096 and plugged(again).readSector(3)[:5] == b"hello"
    again.close()
    again.close()


def test_a_read_only_image(tmp_path: Path) -> None:
    """It can be read, by several at a time; writing is refused, softly."""
    path = tmp_path / "disk.img"
    path.write_bytes(b"boot".ljust(512, b"\0"))
    first, second = FileImage(str(path), read_only=True), FileImage(str(path), read_only=True)
    for image in (first, second):
        drive = plugged(image)
        assert drive.readByte(1) == ord("b")
        for call in (lambda drive=drive: drive.writeSector(1, b"x"), lambda drive=drive: drive.writeByte(1, 1)):
            with pytest.raises(ComponentError, match="drive is read only") as caught:
                call()
            assert (caught.value.status, caught.value.soft) == (617, True)
        image.flush()
        image.close()


def test_two_machines_cannot_write_to_one_image(tmp_path: Path) -> None:
    """The second is told who is in its way; when the first is gone, it can have the disk."""
    path = str(tmp_path / "disk.img")
    first = FileImage(path, 512)
    for read_only in (False, True):
        with pytest.raises(UnusableImage, match="in use"):
            FileImage(path, read_only=read_only)
    first.close()
    FileImage(path).close()


def test_files_that_are_no_disks(tmp_path: Path) -> None:
    """Each is refused in one line that says why, and left as it was; nothing is made on the way."""
    odd, small, packed, pipe = (tmp_path / name for name in ("odd", "small", "packed", "pipe"))
    odd.write_bytes(bytes(513))
    small.write_bytes(bytes(512))
    packed.write_bytes(b"\x1f\x8b" + bytes(99))
    os.mkfifo(pipe)
    empty = tmp_path / "empty"
    empty.touch()
    for path, size, why in (
        (odd, None, "513 bytes are no whole number of sectors"), (small, 1024, "has 512 bytes, not 1024"),
        (packed, None, "gunzip"), (pipe, None, "not a plain file"), (tmp_path, None, "Is a directory"),
        (tmp_path / "missing", None, "no such file; give its size"), (empty, None, "0 bytes"),
        (tmp_path / "no" / "where", 512, "No such file or directory"),
    ):
        with pytest.raises(UnusableImage, match=why):
            FileImage(str(path), size)
    with pytest.raises(UnusableImage, match="No such file"):
        FileImage(str(tmp_path / "missing"), 512, read_only=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "odd", "packed", "pipe", "small"]
    FileImage(str(empty), 1024).close()  # an empty file may become one
    assert empty.stat().st_size == 1024


def test_a_file_that_is_cut_off_below_us(tmp_path: Path) -> None:
    """What is gone reads as zeros; what the host refuses is an error of the drive, not of Python."""
    path = tmp_path / "disk.img"
    image = FileImage(str(path), 1024)
    drive = plugged(image)
    os.truncate(path, 100)
    assert drive.readSector(2) == bytes(512)
    image.close()
    for call in (lambda: drive.readSector(1), lambda: drive.writeSector(1, b"x")):
        with pytest.raises(ComponentError, match="i/o error") as caught:
            call()
        assert (caught.value.status, caught.value.soft) == (300, True)


# --- descriptions ------------------------------------------------------------------------------------------------


def test_sizes_in_words() -> None:
    """Powers of 1024, whole sectors; anything else is refused."""
    sizes = ("512", "720K", "4M", "4m", "1G", "2MiB", "1440kb")
    assert [size_in_bytes(text) for text in sizes] == [512, 737_280, 4 << 20, 4 << 20, 1 << 30, 2 << 20, 1_474_560]
    for text in ("", "0", "100", "1.5M", "-1M", "M", "4T", "4 M", "1e6"):
        with pytest.raises(UnusableHardware, match="is no size"):
            size_in_bytes(text)


@pytest.mark.parametrize(
    ("description", "why"),
    [
        ("", "can be added; there are drive, reactor"), ("toaster", "'toaster' is no component"),
        ("drive:speed=9", "unknown key 'speed'"), ("drive:size=1M,size=2M", "size is given twice"),
        ("drive:size", "is no size"), ("drive:size=300M", "at most 256M"), ("drive:readonly", "only a disk with a"),
        ("drive:readonly=maybe", "readonly is true or false"), ("drive:address=1", "is no address"),
        ("drive:file=/nowhere/at/all", "no such file"), ("drive:,", "unknown key ''"),
        ("reactor:layout=FXF", "'X' is none of F fuel_rod"), ("reactor:layout=.", "no column"),
        ("reactor:layout=" + "F" * 16, "more than 15 by 15"), ("reactor:size=1M", "unknown key 'size'"),
    ],
)  # fmt: skip
def test_descriptions_that_mean_nothing(description: str, why: str) -> None:
    """One line each."""
    with pytest.raises(UnusableHardware, match=why) as caught:
        blueprint(description)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=30) | st.from_regex(r"(drive|reactor):[a-z=,0-9MK./]{0,20}", fullmatch=True))
def test_any_description_is_taken_or_refused(description: str) -> None:
    """Never another exception. (Files are not tried here: they would be made.)"""
    if "file" in description:
        return
    try:
        blueprint(description).close()
    except UnusableHardware:
        pass


def test_a_colon_in_a_file_name(tmp_path: Path) -> None:
    """Only what looks like a size is one."""
    drive_blueprint(f"{tmp_path}/a:b.img:1M").close()
    drive_blueprint(f"{tmp_path}/a:b.img").close()
    assert (tmp_path / "a:b.img").stat().st_size == 1 << 20


# --- in a machine ------------------------------------------------------------------------------------------------

LISTEN = """
while True:
    name, address, kind = computer.pull_signal()
    say(name, kind, len(component.list("drive", True)))
    if name == "component_added":
        disk = component.proxy(address)
        disk.writeSector(1, b"was here")
    else:
        try:
            disk.readSector(1)
        except Exception as error:
            say(error)
"""


def test_a_drive_comes_and_goes(boot: Boot, tmp_path: Path) -> None:
    """Plugged in and pulled out while the machine runs: a signal each; afterwards the proxy is useless."""
    machine = boot(LISTEN, components=["drive:size=1M"])
    machine.run_until_idle()
    [drive] = machine.plug(f"drive:file={tmp_path}/disk.img,size=64K,label=new")
    machine.run_until("component_added drive 2")
    assert (tmp_path / "disk.img").read_bytes().startswith(b"was here")
    machine.unplug(drive)
    machine.run_until("no such component")
    assert "component_removed drive 1" in machine.screen.text()
    with pytest.raises(ValueError, match="not on this bus"):
        machine.unplug(drive)
    machine.plug(drive)  # the same board again
    machine.run_until(lambda: machine.screen.text().count("component_added drive 2") == 2)


def test_addresses_last(boot: Boot) -> None:
    """They follow from the seed and the order; one that is given is kept, and cannot be taken twice."""
    own = "01234567-89ab-cdef-0123-456789abcdef"
    first, second = (boot(components=["drive", "drive", f"drive:address={own}"]) for _ in range(2))
    addresses = list(first.bus.list("drive", True))
    assert addresses == list(second.bus.list("drive", True)) and len({each[:6] for each in addresses}) == 3
    assert addresses[2] == own
    with pytest.raises(ValueError, match="is taken by a drive"):
        first.plug(f"drive:address={own}")


def test_the_disk_is_flushed_when_the_machine_goes_off(boot: Boot, tmp_path: Path) -> None:
    """And stays locked by its machine, which can be switched on again."""
    path = tmp_path / "disk.img"
    machine = boot("computer.shutdown()", components=[f"drive:file={path},size=1K"])
    [drive] = [board for board in machine.bus.components() if isinstance(board, Drive)]
    flushed = []
    drive.image.flush = lambda: flushed.append(True)  # type: ignore[method-assign]
    machine.run_for(1)
    assert machine.state == "stopped" and flushed == [True]
    with open(path, "rb") as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    machine.power_on()


def test_the_end_of_with_gives_the_file_back(tmp_path: Path) -> None:
    """The next machine can have it at once."""
    drive = f"drive:file={tmp_path}/disk.img,size=1K"
    with Machine(seed=7, components=[drive]), pytest.raises(UnusableHardware, match="in use"):
        blueprint(drive)
    blueprint(drive).close()


SEEK = """
disk = component.proxy(next(iter(component.list("drive", True))))
start = computer.uptime()
for sector in {sectors}:
    disk.readSector(sector)
say("took", round(computer.uptime() - start, 2))
computer.pull_signal()
"""


@pytest.mark.parametrize(
    ("sectors", "timing", "seconds"),
    [
        ("[1, 129, 1]", "oc", "0.0"),  # 128 sectors are near
        ("[130, 1]", "oc", "0.2"),  # farther, there and back
        ("[1, 1 + 4096 // 4, 1]", "oc", "0.0"),  # the same place on the next platter
        ("[1] * 80", "oc", "0.05"),  # 60 calls fit into the budget of a tick
        ("[1, 1024] * 500", "free", "0.0"),
    ],
)
def test_what_a_call_costs(boot: Boot, sectors: str, timing: str, seconds: str) -> None:
    """With the game's timing a disk of tier 2 reads 40 sectors for a tick's unit, and moves its head in 0.1 s."""
    machine = boot(SEEK.format(sectors=sectors), components=["drive:size=2M"], timing=timing)
    machine.run_until("took")
    assert f"took {seconds}" in machine.screen.text()
