"""The filesystem board: handles, limits, labels."""

from __future__ import annotations

import pytest

from axisos.machine import Bus, ComponentError
from axisos.machine.bus import Proxy
from axisos.machine.components.filesystem import Filesystem
from axisos.machine.memory_storage import MemoryStorage

from .conftest import Boot


def bench(capacity: float = float("inf")) -> tuple[Proxy, Filesystem]:
    """A disk in memory, on a bus of its own."""
    bus = Bus(lambda name, *args: None)
    board = Filesystem("disk", MemoryStorage(capacity), "label")
    bus.attach(board)
    bus.started()
    return bus.proxy("disk"), board


def test_a_file_is_written_and_read() -> None:
    """Through handles, by either spelling of the methods."""
    disk, _ = bench()
    assert disk.makeDirectory("/a/b") is True and disk.make_directory("a/b") is False
    handle = disk.open("/a/b/f", "w")
    assert disk.write(handle, b"bytes ") is True and disk.write(handle, "text") is True
    disk.close(handle)
    handle = disk.open("a/b/f")
    assert disk.read(handle, 0) == b"" and disk.read(handle, 6) == b"bytes "
    assert disk.seek(handle, "cur", -1) == 5
    assert disk.read(handle, float("inf")) == b" text" and disk.read(handle, 1) is None
    disk.close(handle)
    assert disk.exists("a/b/f") and disk.size("a/b/f") == 10 and disk.size("a") == 0 == disk.size("none")
    assert disk.isDirectory("/a") and not disk.isDirectory("a/b/f") and disk.isDirectory("/")
    assert disk.list("a") == ["b/"] and disk.list("a/b/f") is None and disk.list("") == ["a/"]
    assert disk.stat("a/b/f") == {"type": "file", "size": 10, "mtime": 0.0}
    assert disk.stat("a")["type"] == "directory" and disk.stat("none") is None
    assert disk.realPath("a/b/f") is None


def test_space() -> None:
    """The worked example of the manual."""
    disk, _ = bench(1 << 20)
    assert (disk.spaceTotal(), disk.spaceUsed()) == (1048576, 512)
    disk.makeDirectory("/a/b")
    assert disk.spaceUsed() == 1536
    handle = disk.open("/f", "w")
    disk.write(handle, b"0123456789")
    disk.close(handle)
    assert disk.spaceUsed() == 2058


def test_what_cannot_be_opened() -> None:
    """Soft, with the cleaned path as the reason; a wrong mode is the caller's mistake."""
    disk, _ = bench()
    disk.makeDirectory("d")
    for path, mode in (("/none", "r"), ("d", "r"), ("d", "w"), ("x/y", "w"), ("/none", "r+")):
        with pytest.raises(ComponentError) as caught:
            disk.open(path, mode)
        assert caught.value.soft and caught.value.reason == path.strip("/") and caught.value.status == 603
    for mode in ("q", "w+", ""):
        with pytest.raises(ComponentError, match="unsupported mode") as caught:
            disk.open("f", mode)
        assert not caught.value.soft


def test_one_file_has_one_writer() -> None:
    """It can be read meanwhile, not written a second time, not removed; r+ is not bound to that."""
    disk, _ = bench()
    writer = disk.open("f", "w")
    for mode in ("w", "a"):
        with pytest.raises(ComponentError) as caught:
            disk.open("f", mode)
        assert caught.value.reason == "f"
    assert disk.remove("f") is False
    disk.close(disk.open("f", "r"))
    disk.close(disk.open("f", "r+"))
    disk.close(writer)
    disk.close(disk.open("f", "a"))
    assert disk.remove("f") is True and disk.remove("f") is False


def test_handles_are_opaque_and_end() -> None:
    """A closed one, a number, another board's, or one for the other direction is bad."""
    disk, _ = bench()
    other, _ = bench()
    writer, foreign = disk.open("f", "w"), other.open("f", "w")
    reader = disk.open("f")
    closed = disk.open("f")
    disk.close(closed)
    for call in (
        lambda: disk.read(closed, 1),
        lambda: disk.read(1, 1),
        lambda: disk.read(writer, 1),
        lambda: disk.write(reader, b""),
        lambda: disk.write(foreign, b""),
        lambda: disk.seek(None, "set", 0),
        lambda: disk.close(closed),
        lambda: disk.close("f"),
    ):
        with pytest.raises(ComponentError, match="bad file descriptor") as caught:
            call()
        assert caught.value.soft and caught.value.status == 600
    with pytest.raises(ComponentError, match="invalid mode"):
        disk.seek(reader, "middle", 0)
    with pytest.raises(ComponentError, match="invalid offset"):
        disk.seek(reader, "set", -1)


def test_the_power_goes_and_handles_with_it() -> None:
    """Files are closed and writable again afterwards."""
    disk, board = bench()
    handle = disk.open("f", "w")
    disk.write(handle, b"kept")
    board.stopped()
    with pytest.raises(ComponentError, match="bad file descriptor"):
        disk.write(handle, b"lost")
    handle = disk.open("f", "a")
    disk.close(handle)
    assert disk.size("f") == 4


def test_too_many_handles(boot: Boot) -> None:
    """16 in the game, far more with timing "free"."""
    program = """
disk = component.proxy(computer.tmp_address())
disk.close(disk.open("f", "w"))
handles = []
try:
    while len(handles) < 100:
        handles.append(disk.open("f"))
except Exception as error:
    say(error.reason, error.status)
say(len(handles))
disk.close(handles.pop())
say(disk.open("f") is not None)
computer.pull_signal()
"""
    limited, free = boot(program, timing="oc"), boot(program)
    limited.run_until("True")
    free.run_until("True")
    assert limited.screen.lines()[:2] == ["too many open handles 701", "16"]
    assert free.screen.line(1) == "100"


def test_rename() -> None:
    """Replaces a file; a missing source is a soft error with its path."""
    disk, _ = bench()
    disk.close(disk.open("a", "w"))
    disk.close(disk.open("b", "w"))
    assert disk.rename("a", "b") is True and disk.list("") == ["b"]
    with pytest.raises(ComponentError) as caught:
        disk.rename("/gone", "c")
    assert caught.value.reason == "gone" and caught.value.soft


def test_labels() -> None:
    """16 characters; None clears; a fixed one is refused."""
    disk, board = bench()
    assert disk.getLabel() == "label" and disk.setLabel("x" * 20) == "x" * 16 and disk.setLabel(None) is None
    board._label_fixed = True
    with pytest.raises(ComponentError, match="label is read only"):
        disk.setLabel("new")


def test_the_disks_of_a_machine(boot: Boot) -> None:
    """System, home and tmpfs; what is written to tmpfs survives a reboot but not the power switch; home both."""
    machine = boot("""
disks = {component.proxy(a).getLabel(): component.proxy(a) for a in component.list("filesystem", True)}
say(*disks, computer.tmp_address() == disks["tmpfs"].address)
say(*(name for name in ("home", "tmpfs", "AxisOS") if disks[name].exists("mark")))
for disk in disks.values():
    disk.close(disk.open("mark", "w"))
if computer.pull_signal()[0] == "reboot":
    computer.shutdown(True)
computer.pull_signal()
""")
    machine.run_until_idle()
    assert machine.screen.lines()[:2] == ["AxisOS home tmpfs True", ""]
    machine.computer.push_signal("reboot")
    machine.run_until("home tmpfs AxisOS")
    machine.power_off()
    machine.power_on()
    machine.run_until("home AxisOS")


def test_a_file_gets_the_length_that_is_asked_for() -> None:
    """Cut off or filled up with zeros; the position stays, and the space is counted."""
    disk, board = bench(4096)
    handle = disk.open("f", "w")
    disk.write(handle, b"0123456789")
    assert disk.truncate(handle, 4) is True and board.storage.space_used() == 2 * 512 + 4
    assert disk.seek(handle, "cur", 0) == 10
    assert disk.truncate(handle, 6) is True
    disk.write(handle, b"x")
    disk.close(handle)
    handle = disk.open("f")
    assert disk.read(handle, 99) == b"0123\0\0\0\0\0\0x"
    for wrong, size in ((handle, 1), (None, 1)):
        with pytest.raises(ComponentError):
            disk.truncate(wrong, size)
    handle = disk.open("f", "r+")
    with pytest.raises(ComponentError, match="offset"):
        disk.truncate(handle, -1)
    with pytest.raises(ComponentError, match="space"):
        disk.truncate(handle, 10_000)
    assert disk.size("f") == 11 and board.storage.space_used() == 2 * 512 + 11


def test_who_writes_a_file_keeps_it_under_its_new_name() -> None:
    """The old name is free for another writer, the new one is not; what was replaced has no name to keep."""
    disk, _ = bench()
    disk.makeDirectory("d")
    handle = disk.open("d/f", "w")
    disk.rename("d", "e")
    disk.makeDirectory("d")
    other = disk.open("d/f", "w")
    for path in ("e/f", "d/f"):
        with pytest.raises(ComponentError):
            disk.open(path, "a")
        assert disk.remove(path) is False
    disk.rename("e/f", "d/f")
    with pytest.raises(ComponentError):
        disk.open("d/f", "w")
    disk.write(other, b"nobody reads this")
    disk.close(other)
    disk.write(handle, b"renamed")
    disk.close(handle)
    assert disk.size("d/f") == 7
    disk.close(disk.open("d/f", "w"))


def test_names_that_no_listing_shows_cannot_be_made() -> None:
    """Control characters, and what else cannot be printed."""
    disk, _ = bench()
    for name in ("a\nb", "tab\t", "\x1b[2J", "\u2028", "\x7f"):
        with pytest.raises(ComponentError, match="invalid characters"):
            disk.open(name, "w")
        with pytest.raises(ComponentError, match="invalid characters"):
            disk.makeDirectory(name)
    assert disk.list("") == []
