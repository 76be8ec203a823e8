"""The ring log driver, loaded by DKMS on a small kernel and asked as PM asks."""

from __future__ import annotations

from abi.irp import IRP_MJ_CLOSE, IRP_MJ_READ, IRP_MJ_WRITE
from abi.status import Status
from small_kernel import small_kernel


def test_the_ring_keeps_the_newest_bytes_and_readers_come_to_an_end() -> None:
    """Each open reads what is kept, then what is new, then nothing; after a loss it begins at a whole line."""
    with small_kernel() as kernel:
        assert kernel.load("/drivers/ringfs.sys.py")[:2] == (0, "AxisRingFS")
        log = "/dev/ringlog"
        kernel.open(log, 1)
        kernel.open(log, 2)
        assert kernel.ask(IRP_MJ_READ, log, file_id=1) == (0, b"")
        assert kernel.ask(IRP_MJ_WRITE, log, data=b"first\n") == (0, 6)
        assert kernel.ask(IRP_MJ_READ, log, file_id=1) == (0, b"first\n")
        assert kernel.ask(IRP_MJ_READ, log, file_id=1) == (0, b"")
        assert kernel.ask(IRP_MJ_READ, log) == kernel.ask(IRP_MJ_READ, log) == (0, b"first\n")  # without an open

        assert kernel.control(log, "resize", 16) == (0, None)
        kernel.ask(IRP_MJ_WRITE, log, data=b"second\n")
        kernel.ask(IRP_MJ_WRITE, log, data=b"third\n")  # 19 bytes by now: "first" is cut
        assert kernel.ask(IRP_MJ_READ, log, file_id=1) == (0, b"second\nthird\n")
        assert kernel.ask(IRP_MJ_READ, log, file_id=2, length=4) == (0, b"seco")
        assert kernel.ask(IRP_MJ_READ, log, file_id=2, length=100) == (0, b"nd\nthird\n")
        kernel.ask(IRP_MJ_WRITE, log, data=b"x" * 100)
        assert kernel.ask(IRP_MJ_READ, log) == (0, b"x" * 16)

        assert kernel.control(log, "clear") == (0, None)
        assert kernel.ask(IRP_MJ_READ, log) == (0, b"")
        kernel.ask(IRP_MJ_CLOSE, log, file_id=1)


def test_what_the_ring_refuses() -> None:
    """No data, a size that is none, a method that is none: each with its status; the log is as before."""
    with small_kernel() as kernel:
        kernel.load("/drivers/ringfs.sys.py")
        assert kernel.ask(IRP_MJ_WRITE, "/dev/ringlog", data=b"")[0] == Status.INVALID_PARAMETER
        for args in ([], [0], [-1], ["8"], [True]):
            assert kernel.control("/dev/ringlog", "resize", *args)[0] == Status.INVALID_PARAMETER
        assert kernel.control("/dev/ringlog", "explode")[0] == Status.NOT_IMPLEMENTED
        assert kernel.ask(IRP_MJ_READ, "/dev/ringlog", length=-1)[0] == Status.INVALID_PARAMETER
        kernel.ask(IRP_MJ_WRITE, "/dev/ringlog", data=b"y" * 5000)
        assert kernel.ask(IRP_MJ_READ, "/dev/ringlog") == (0, b"y" * 4096)
