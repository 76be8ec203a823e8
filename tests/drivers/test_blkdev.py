"""The driver of raw drives, on real drives under the real DKMS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hardware_rig import bench
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from abi.irp import IRP_MJ_READ, IRP_MJ_WRITE
from abi.status import Status
from axisos.machine import ComponentError
from axisos.machine.components.drive import Drive
from axisos.machine.disk_image import FileImage, MemoryImage
from small_kernel import SmallKernel

DRIVER = "/drivers/blkdev.sys.py"
DISK = "/dev/drive_aaaaaa_0"
SECTORS = 8


def drive(sectors: int = SECTORS, address: str = "aaaaaaaa-1") -> Drive:
    return Drive(address, MemoryImage(sectors * 512), "test")


def test_what_a_drive_is() -> None:
    """Sizes, platters and label; each drive has a device of its own, seen as hardware in the registry."""
    with bench([drive(), drive(2048, "bbbbbbbb-2")], DRIVER) as table:
        assert table.devices() == ["drive_aaaaaa_0", "drive_bbbbbb_1"]
        assert table.kernel.control(DISK, "info") == (0, {
            "sector_size": 512, "capacity": 4096, "platters": 1, "sector_count": 8, "label": "test",
        })  # fmt: skip
        assert table.kernel.control("/dev/drive_bbbbbb_1", "info")[1]["sector_count"] == 2048
        assert table.kernel.registry["@VT\\DEV\\PHYS_001"]["DeviceClass"] == "physical"
        assert table.kernel.registry["@VT\\DRV\\AxisBlockDev"]["Component"] == "drive"


def test_sectors_go_in_and_come_out() -> None:
    """Counted from 1; a short one keeps the rest of what was there; batches do many at once."""
    with bench([drive()], DRIVER) as table:
        control = table.kernel.control
        assert control(DISK, "write_sector", 1, b"x" * 512) == (0, 512)
        assert control(DISK, "write_sector", 1, b"AX") == (0, 2)
        assert control(DISK, "read_sector", 1) == (0, b"AX" + b"x" * 510)
        assert control(DISK, "batch_write", [[2, b"two"], (3, b"three"), [2, b"T"]]) == (0, 3)
        status, sectors = control(DISK, "batch_read", [3, 2, 9, 0, 8])
        assert status == 0
        assert [each and each[:5] for each in sectors] == [b"three", b"Two\0\0", False, False, bytes(5)]
        assert control(DISK, "batch_read", []) == (0, []) and control(DISK, "batch_write", ()) == (0, 0)


@pytest.mark.parametrize(
    ("method", "args", "status"),
    [
        ("read_sector", (), 601), ("read_sector", (1, 2), 601), ("read_sector", (0,), 601), ("read_sector", (9,), 601),
        ("read_sector", (-1,), 601), ("read_sector", (1.0,), 601), ("read_sector", (True,), 601),
        ("read_sector", ("1",), 601), ("read_sector", (10**30,), 601), ("info", (1,), 601),
        ("write_sector", (1,), 601), ("write_sector", (1, b""), 601), ("write_sector", (1, b"x" * 513), 601),
        ("write_sector", (1, "text"), 601), ("write_sector", (9, b"x"), 601), ("write_sector", (None, b"x"), 601),
        ("batch_read", (1,), 601), ("batch_read", ([1, "2"],), 601), ("batch_read", ([1] * 2049,), 601),
        ("batch_write", ([[1, b"x"], [9, b"x"]],), 601), ("batch_write", ([[1, b"x"], [2]],), 601),
        ("batch_write", ([[1, b"x"], b"xx"],), 601), ("batch_write", ({1: b"x"},), 601),
        ("format", (), 301), ("", (), 301),
    ],
)  # fmt: skip
def test_what_a_drive_refuses(method: str, args: tuple[object, ...], status: int) -> None:
    """Each with a line that says why; nothing is written, not even the good part of a batch."""
    disk = drive()
    with bench([disk], DRIVER) as table:
        answer, why = table.kernel.control(DISK, method, *args)
        assert answer == status and why and "\n" not in why
    assert disk.image.read(0, 4096) == bytes(4096)


def at(kernel: SmallKernel, offset: int, major: int, **details: Any) -> tuple[Any, ...]:
    """A READ or WRITE at a position, as PM keeps it: (status, information)."""
    irp = kernel.irp(major, DISK, **details)
    irp.parameters.offset = offset
    kernel.from_pm("vfs_io_request", irp)
    return kernel.answer_to(irp)


def test_a_drive_is_a_stream_of_bytes_too() -> None:
    """Positions count from 0 and need not fit sectors; what is beside the written bytes stays as it was."""
    with bench([drive()], DRIVER) as table:
        kernel = table.kernel
        kernel.control(DISK, "batch_write", [[number, bytes([64 + number]) * 512] for number in (1, 2, 3)])
        assert at(kernel, 510, IRP_MJ_WRITE, data=b"hello") == (0, 5)
        assert at(kernel, 508, IRP_MJ_READ, length=10) == (0, b"AAhelloBBB")
        assert at(kernel, 100, IRP_MJ_WRITE, data=b"x" * 1000) == (0, 1000)
        assert at(kernel, 99, IRP_MJ_READ, length=1002) == (0, b"A" + b"x" * 1000 + b"C")
        assert at(kernel, 0, IRP_MJ_READ)[1] == bytes(kernel.control(DISK, "read_sector", 1)[1]) + at(
            kernel, 512, IRP_MJ_READ, length=10_000
        )[1]
        assert at(kernel, 5, IRP_MJ_READ, length=0) == (0, b"") and at(kernel, 5, IRP_MJ_WRITE, data=b"") == (0, 0)
        assert at(kernel, 5, IRP_MJ_READ, length=-1)[0] == Status.INVALID_PARAMETER


def test_the_end_of_a_drive() -> None:
    """Reading comes to its end; a write takes what fits, then there is no room."""
    with bench([drive()], DRIVER) as table:
        assert at(table.kernel, 4094, IRP_MJ_WRITE, data=b"abcdef") == (0, 2)
        assert at(table.kernel, 4090, IRP_MJ_READ, length=100) == (0, b"\0\0\0\0ab")
        for beyond in (4096, 10**15):
            assert at(table.kernel, beyond, IRP_MJ_READ, length=100) == (0, b"")
            assert at(table.kernel, beyond, IRP_MJ_WRITE, data=b"x")[0] == Status.DISK_FULL
            assert at(table.kernel, beyond, IRP_MJ_WRITE, data=b"") == (0, 0)


def test_a_request_is_bounded() -> None:
    """Of what is larger than a mebibyte the beginning is done, so that others get their turn."""
    with bench([drive(4096)], DRIVER) as table:
        assert at(table.kernel, 1, IRP_MJ_WRITE, data=b"y" * (2 << 20)) == (0, (1 << 20) - 1)
        status, data = at(table.kernel, 1, IRP_MJ_READ, length=1 << 30)
        assert (status, data) == (0, b"y" * ((1 << 20) - 1))
        assert len(at(table.kernel, 0, IRP_MJ_READ)[1]) == 65_536


def test_what_the_hardware_says_is_passed_on(tmp_path: Path) -> None:
    """A read-only disk is 617; one that fails in the middle of a batch tells how many sectors it has taken."""
    path = tmp_path / "disk.img"
    path.write_bytes(bytes(1024))
    image = FileImage(str(path), read_only=True)
    with bench([Drive("aaaaaaaa-1", image)], DRIVER) as table:
        status, why = table.kernel.control(DISK, "write_sector", 1, b"x")
        assert (status, why) == (Status.READ_ONLY, "drive is read only")
        assert table.kernel.control(DISK, "batch_write", [[1, b"x"]])[0] == Status.READ_ONLY
    image.close()
    failing = drive()
    with bench([failing], DRIVER) as table:

        def write(offset: int, data: bytes) -> None:
            if offset >= 1024:
                raise ComponentError(616, "not enough space", True)

        failing.image.write = write  # type: ignore[method-assign]
        assert table.kernel.control(DISK, "batch_write", [[1, b"x"], [2, b"x"], [3, b"x"], [1, b"x"]]) == (0, 2)
        assert table.kernel.control(DISK, "batch_write", [[3, b"x"]])[0] == Status.DISK_FULL


def test_drives_come_and_go_and_are_not_loaded_twice() -> None:
    """A new one gets the next number; one that is pulled out takes its device along; loading again changes nothing."""
    first, second = drive(), drive(4, "bbbbbbbb-2")
    with bench([first], DRIVER) as table:
        before = table.kernel.drivers()
        assert table.kernel.load(DRIVER) == (0, "1 instance of AxisBlockDev", 0)
        assert table.kernel.drivers() == before and table.devices() == ["drive_aaaaaa_0"]
        table.plug(second)
        assert table.devices() == ["drive_aaaaaa_0", "drive_bbbbbb_1"]
        table.unplug(first)
        assert table.devices() == ["drive_bbbbbb_1"]
        assert table.kernel.control(DISK, "info")[0] == Status.NO_SUCH_DEVICE
        table.unplug(second)
        assert table.devices() == [] and table.kernel.drivers() == []
        assert not [key for key in table.kernel.registry if "AxisBlockDev" in key or "PHYS" in key]


def test_a_drive_that_is_gone_before_anybody_has_said_so() -> None:
    """Its driver still lives for a moment: the request ends with 405."""
    disk = drive()
    with bench([disk], DRIVER) as table:
        table.bus.detach(disk)
        assert table.kernel.control(DISK, "read_sector", 1) == (405, "no such component")
        assert table.kernel.control(DISK, "batch_read", [[1]][0]) == (0, [False])


def test_a_driver_that_dies_comes_back_to_its_drive() -> None:
    """Requests meanwhile are told to come again (605); then the device has its old name and the disk its contents."""
    with bench([drive(), drive(4, "bbbbbbbb-2")], DRIVER) as table:
        table.kernel.control(DISK, "write_sector", 7, b"kept")
        table.kernel.process_kill(table.kernel.dkms, table.kernel.drivers()[0], 9)
        table.kernel.run()
        assert table.kernel.control(DISK, "info")[0] == Status.DEVICE_NOT_READY
        assert table.kernel.control("/dev/drive_bbbbbb_1", "info")[0] == 0
        table.kernel.advance(5)
        assert table.devices() == ["drive_aaaaaa_0", "drive_bbbbbb_1"]
        assert table.kernel.control(DISK, "read_sector", 7)[1][:4] == b"kept"


class BlockDevice(RuleBasedStateMachine):
    """A drive behind its driver against an array of bytes."""

    def __init__(self) -> None:
        super().__init__()
        self._context = bench([drive()], DRIVER)
        self.kernel = self._context.__enter__().kernel
        self.model = bytearray(SECTORS * 512)

    def teardown(self) -> None:
        self._context.__exit__(None, None, None)

    def good(self, number: int, data: bytes) -> bool:
        return 1 <= number <= SECTORS and 1 <= len(data) <= 512

    def put(self, number: int, data: bytes) -> None:
        self.model[(number - 1) * 512 : (number - 1) * 512 + len(data)] = data

    numbers = st.integers(-1, SECTORS + 2)
    contents = st.binary(max_size=8) | st.integers(500, 515).map(lambda size: b"z" * size)

    @rule(number=numbers, data=contents)
    def write(self, number: int, data: bytes) -> None:
        status, count = self.kernel.control(DISK, "write_sector", number, data)
        if self.good(number, data):
            self.put(number, data)
            assert (status, count) == (0, len(data))
        else:
            assert status == 601

    @rule(writes=st.lists(st.tuples(numbers, contents), max_size=5))
    def write_many(self, writes: list[tuple[int, bytes]]) -> None:
        status, count = self.kernel.control(DISK, "batch_write", [list(each) for each in writes])
        if all(self.good(*each) for each in writes):
            for each in writes:
                self.put(*each)
            assert (status, count) == (0, len(writes))
        else:
            assert status == 601

    @rule(number=numbers)
    def read(self, number: int) -> None:
        status, data = self.kernel.control(DISK, "read_sector", number)
        assert (status, data) == (0, self.model[(number - 1) * 512 : number * 512]) or (
            status == 601 and not 1 <= number <= SECTORS
        )

    @rule(position=st.integers(0, SECTORS * 512 + 600), data=st.binary(max_size=20) | st.just(b"q" * 1500))
    def write_at(self, position: int, data: bytes) -> None:
        status, count = at(self.kernel, position, IRP_MJ_WRITE, data=data)
        fits = max(0, min(len(data), SECTORS * 512 - position))
        self.model[position : position + fits] = data[:fits]
        assert (status, count) == (0, fits) or (status == 616 and fits == 0 and data)

    @rule(position=st.integers(0, SECTORS * 512 + 600), length=st.integers(0, 2000))
    def read_at(self, position: int, length: int) -> None:
        expected = bytes(self.model[position : position + length])
        assert at(self.kernel, position, IRP_MJ_READ, length=length) == (0, expected)

    @invariant()
    def reads_as_the_model(self) -> None:
        status, sectors = self.kernel.control(DISK, "batch_read", list(range(1, SECTORS + 1)))
        assert status == 0 and b"".join(sectors) == bytes(self.model)


TestBlockDevice = BlockDevice.TestCase
TestBlockDevice.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
