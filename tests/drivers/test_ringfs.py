"""The ring log driver, loaded by DKMS on a small kernel and asked as PM asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abi.irp import IRP_MJ_CLOSE, IRP_MJ_READ, IRP_MJ_WRITE, Irp
from abi.status import Status
from small_kernel import SmallKernel, small_kernel

LOG = "/dev/ringlog"


@pytest.fixture
def kernel() -> Iterator[SmallKernel]:
    with small_kernel() as made:
        assert made.load("/drivers/ringfs.sys.py")[:2] == (0, "AxisRingFS")
        yield made


def write(kernel: SmallKernel, data: bytes) -> None:
    assert kernel.ask(IRP_MJ_WRITE, LOG, data=data) == (0, len(data))


def wait_for_news(kernel: SmallKernel, file_id: int, **details: object) -> Irp:
    """A READ that is not answered yet."""
    irp = kernel.irp(IRP_MJ_READ, LOG, file_id=file_id, **details)
    kernel.from_pm("vfs_io_request", irp)
    assert not any(message[:2] == ("irp_complete", irp.irp_id) for message in kernel.pm)
    return irp


def follower(kernel: SmallKernel, file_id: int) -> None:
    kernel.open(LOG, file_id)
    assert kernel.control(LOG, "follow", True, file_id=file_id) == (0, None)


def test_the_ring_keeps_the_newest_bytes_and_readers_come_to_an_end(kernel: SmallKernel) -> None:
    """Each open reads what is kept, then what is new, then nothing; after a loss it begins at a whole line."""
    kernel.open(LOG, 1)
    kernel.open(LOG, 2)
    assert kernel.ask(IRP_MJ_READ, LOG, file_id=1) == (0, b"")
    write(kernel, b"first\n")
    assert kernel.ask(IRP_MJ_READ, LOG, file_id=1) == (0, b"first\n")
    assert kernel.ask(IRP_MJ_READ, LOG, file_id=1) == (0, b"")
    assert kernel.ask(IRP_MJ_READ, LOG) == kernel.ask(IRP_MJ_READ, LOG) == (0, b"first\n")  # without an open

    assert kernel.control(LOG, "resize", 16) == (0, None)
    write(kernel, b"second\n")
    write(kernel, b"third\n")  # 19 bytes by now: "first" is cut
    assert kernel.ask(IRP_MJ_READ, LOG, file_id=1) == (0, b"second\nthird\n")
    assert kernel.ask(IRP_MJ_READ, LOG, file_id=2, length=4) == (0, b"seco")
    assert kernel.ask(IRP_MJ_READ, LOG, file_id=2, length=100) == (0, b"nd\nthird\n")
    write(kernel, b"x" * 100)
    assert kernel.ask(IRP_MJ_READ, LOG) == (0, b"x" * 16)

    assert kernel.control(LOG, "clear") == (0, None)
    assert kernel.ask(IRP_MJ_READ, LOG) == (0, b"")
    kernel.ask(IRP_MJ_CLOSE, LOG, file_id=1)


def test_a_reader_that_was_overtaken_is_told_how_much_it_has_missed(kernel: SmallKernel) -> None:
    """The number stands where the lines would have stood, also when it is read in small pieces."""
    kernel.control(LOG, "resize", 20)
    kernel.open(LOG, 1)
    write(kernel, b"one\ntwo\n")
    assert kernel.ask(IRP_MJ_READ, LOG, file_id=1, length=6) == (0, b"one\ntw")
    write(kernel, b"three\nfour\nfive\nsix\n")  # 20 bytes, all whole
    assert kernel.ask(IRP_MJ_READ, LOG, file_id=1) == (0, b"... 1 line was lost here\nthree\nfour\nfive\nsix\n")

    write(kernel, b"seven\neight\nnine\nten\neleven\n")  # the 20 newest bytes begin in "eight"
    text = b""
    while piece := kernel.ask(IRP_MJ_READ, LOG, file_id=1, length=7)[1]:
        assert len(piece) <= 7
        text += piece
    assert text == b"... 2 lines were lost here\nnine\nten\neleven\n"
    kernel.open(LOG, 2)
    assert kernel.ask(IRP_MJ_READ, LOG, file_id=2) == (0, b"nine\nten\neleven\n")  # who is new has missed nothing


def test_who_follows_waits_for_news_and_every_write_brings_some(kernel: SmallKernel) -> None:
    """First what is there, then each write at once; so for two; one that follows no more comes to an end."""
    write(kernel, b"old\n")
    follower(kernel, 1)
    follower(kernel, 2)
    assert kernel.ask(IRP_MJ_READ, LOG, file_id=1) == (0, b"old\n")
    first = wait_for_news(kernel, 1)
    assert kernel.ask(IRP_MJ_READ, LOG, file_id=2, length=2) == (0, b"ol")
    assert kernel.ask(IRP_MJ_READ, LOG, file_id=2, length=2) == (0, b"d\n")
    second = wait_for_news(kernel, 2, length=3)
    write(kernel, b"new\n")
    assert kernel.answer_to(first) == (0, b"new\n")
    assert kernel.answer_to(second) == (0, b"new")
    assert kernel.ask(IRP_MJ_READ, LOG, file_id=2) == (0, b"\n")
    third = wait_for_news(kernel, 1)
    assert kernel.ask(IRP_MJ_READ, LOG, file_id=1)[0] == Status.DEVICE_BUSY
    assert kernel.control(LOG, "follow", False, file_id=1) == (0, None)
    assert kernel.answer_to(third) == (0, b"")
    assert kernel.ask(IRP_MJ_READ, LOG, file_id=1) == (0, b"")


@pytest.mark.parametrize("end", ["cancel", "close"])
def test_who_stops_following_leaves_nothing_behind(kernel: SmallKernel, end: str) -> None:
    """A cancelled READ is completed with 611, one whose open is closed with nothing; the next write answers nobody."""
    follower(kernel, 1)
    irp = wait_for_news(kernel, 1)
    if end == "cancel":
        kernel.from_pm("irp_cancel", irp.irp_id)
        assert kernel.answer_to(irp)[0] == Status.CANCELLED
    else:
        kernel.ask(IRP_MJ_CLOSE, LOG, file_id=1)
        assert kernel.answer_to(irp) == (0, b"")
    write(kernel, b"nobody hears\n")
    assert kernel.pm == []
    assert kernel.control(LOG, "stats")[1]["readers"] == (1 if end == "cancel" else 0)


def test_what_has_fallen_off_is_counted(kernel: SmallKernel) -> None:
    """Bytes and lines; clearing counts as well."""
    kernel.control(LOG, "resize", 10)
    for _ in range(3):
        write(kernel, b"1234\n")
    assert kernel.control(LOG, "stats") == (
        0, {"size": 10, "used": 10, "written": 15, "dropped": 5, "dropped_lines": 1, "readers": 0},
    )
    kernel.control(LOG, "clear")
    facts = kernel.control(LOG, "stats")[1]
    assert (facts["used"], facts["dropped"], facts["dropped_lines"]) == (0, 15, 3)


def test_what_the_ring_refuses(kernel: SmallKernel) -> None:
    """No data, a size that is none, a method that is none: each with its status; the log is as before."""
    assert kernel.ask(IRP_MJ_WRITE, LOG, data=b"")[0] == Status.INVALID_PARAMETER
    for args in ([], [0], [-1], ["8"], [True], [1 << 40]):
        assert kernel.control(LOG, "resize", *args)[0] == Status.INVALID_PARAMETER
    for args in ([], [1], [True, True]):
        assert kernel.control(LOG, "follow", *args)[0] == Status.INVALID_PARAMETER
    assert kernel.control(LOG, "follow", True)[0] == Status.INVALID_PARAMETER  # without an open
    assert kernel.control(LOG, "explode")[0] == Status.NOT_IMPLEMENTED
    assert kernel.ask(IRP_MJ_READ, LOG, length=-1)[0] == Status.INVALID_PARAMETER
    for method, args in (("clear", []), ("resize", [1])):
        status, reason = kernel.control(LOG, method, *args, requester_ring=3, requester_uid=1000)
        assert (status, reason) == (Status.ACCESS_DENIED, f"{method} of {LOG} is for root only")
        assert kernel.control(LOG, method, *args, requester_ring=3, requester_uid=0)[0] == 0
        kernel.control(LOG, "resize", 4096)
    write(kernel, b"y" * 5000)
    assert kernel.ask(IRP_MJ_READ, LOG) == (0, b"y" * 4096)


def test_a_driver_that_is_started_again_has_the_size_that_was_set(kernel: SmallKernel) -> None:
    """The registry knows it."""
    kernel.registry["@VT\\SYS\\CONFIG"] = {"logging.ring_buffer_size": "50"}
    assert kernel.answers[kernel.call("driver_unload", "AxisRingFS", True)][0] == 0
    assert kernel.load("/drivers/ringfs.sys.py")[0] == 0
    assert kernel.control(LOG, "stats")[1]["size"] == 50


lines = st.lists(st.text("ab", max_size=6), max_size=4).map(
    lambda texts: "".join(f"{each}\n" for each in texts).encode()
)


@given(size=st.integers(1, 30), steps=st.lists(st.one_of(lines, st.integers(1, 12)), max_size=30))
def test_every_line_is_read_or_counted(size: int, steps: list[bytes | int]) -> None:
    """Whatever is written and read in whichever pieces: what a reader gets, with the losses told, is all there was."""
    with small_kernel() as kernel:
        kernel.load("/drivers/ringfs.sys.py")
        kernel.control(LOG, "resize", size)
        kernel.open(LOG, 1)
        kernel.ask(IRP_MJ_READ, LOG, file_id=1)  # from here on it misses nothing silently
        written, got = b"", b""
        for step in steps:
            if isinstance(step, int):
                got += kernel.ask(IRP_MJ_READ, LOG, file_id=1, length=step)[1]
            elif step:
                write(kernel, step)
                written += step
        while piece := kernel.ask(IRP_MJ_READ, LOG, file_id=1)[1]:
            got += piece
        lost, whole = 0, 0
        for line in got.split(b"\n")[:-1]:
            _cut, told, rest = line.partition(b"... ")
            lost += int(rest.split()[0]) if told else 0
            whole += 0 if told else 1
            assert not told or rest.endswith(b"lost here")
        assert whole + lost == written.count(b"\n")
        assert written.endswith(got.rpartition(b"lost here\n")[2])
