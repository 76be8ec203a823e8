"""The log's way from the kernel to the ring device and the files: what is lost is counted, where it was lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from vfsrig import DKMS_PID, Bench, Disks

from abi.irp import IRP_MJ_DEVICE_CONTROL, IRP_MJ_WRITE, Irp
from abi.status import Status, StatusError
from system.vfs.logs import MAX_WAITING_BYTES, LogFile, session_number

LOST = re.compile(rb"PID=0   (\d+) lines? (?:was|were) lost")


def booted(disks: Disks | None = None, **settings: object) -> Bench:
    """A Pipeline Manager after its boot; [logging] of sys.toml has these settings as well."""
    disks = disks or Disks()
    if settings:
        lines = [f"{name} = {value}" for name, value in settings.items()]
        disks.put("/etc/sys.toml", "\n".join(["[logging]", *lines]).encode())
    bench = Bench(disks)
    bench.pm.boot()
    return bench


def without_ringfs(disks: Disks, *paths: str, size: str = "") -> Disks:
    """An fstab with just the root, and ringfs entries for these paths."""
    entries = ['[[mount]]\nuuid = "boot"\npath = "/"\nmount = "/"\ntype = "rootfs"\noptions = "rw"\n']
    for path in paths:
        entries.append(
            f'[[mount]]\nuuid = "virtual"\npath = "{path}"\nmount = "/var/log/ring"\ntype = "ringfs"\n'
            f'options = "rw{size}"\n'
        )
    disks.put("/etc/fstab.toml", "\n".join(entries).encode())
    return disks


def logged(bench: Bench, *lines: str) -> None:
    """The kernel has lines, and says so."""
    bench.boot_log = "\n".join(lines)
    bench.post(0, "log_pending")


def writes(bench: Bench) -> list[Irp]:
    return [irp for irp in bench.requests() if irp.major_function == IRP_MJ_WRITE]


def to_ring(bench: Bench, then: int = 0) -> bytes:
    """Answer the ring's writes until there are none; what was written with success."""
    got, done = b"", 0
    while len(writes(bench)) > done:
        irp = writes(bench)[done]
        done += 1
        if irp.irp_id in bench.__dict__.setdefault("answered", set()):
            continue
        bench.__dict__["answered"].add(irp.irp_id)
        bench.complete(irp, then, len(irp.parameters.data))
        if then == 0:
            got += irp.parameters.data
        else:
            break
    return got


def test_one_write_is_under_way_at_a_time() -> None:
    """What comes meanwhile is sent together, in order, when the first is answered."""
    bench = booted()
    logged(bench, "one")
    logged(bench, "two")
    logged(bench, "three")
    assert [irp.parameters.data for irp in writes(bench)] == [b"one\n"]
    assert to_ring(bench) == b"one\ntwo\nthree\n"
    assert [irp.parameters.data for irp in writes(bench)] == [b"one\n", b"two\nthree\n"]


def test_what_the_ring_does_not_take_is_sent_again() -> None:
    """A driver that fails, or is not there for a while, costs nothing; it is told its size anew."""
    bench = booted()
    logged(bench, "one")
    to_ring(bench, then=Status.DEVICE_NOT_READY)
    sizes = [irp for irp in bench.requests() if irp.major_function == IRP_MJ_DEVICE_CONTROL]
    assert [irp.parameters.args for irp in sizes] == [[8192]]
    logged(bench, "two")
    assert to_ring(bench) == b"one\ntwo\n"
    sizes = [irp for irp in bench.requests() if irp.major_function == IRP_MJ_DEVICE_CONTROL]
    assert [irp.parameters.args for irp in sizes] == [[8192], [8192]]


def test_lines_that_find_no_room_are_counted_where_they_were() -> None:
    """The oldest go; the number in their place counts every one of them, also after several failures."""
    bench = booted()
    logged(bench, "first")  # is under way
    count = MAX_WAITING_BYTES // 100
    for number in range(2 * count):
        logged(bench, f"{number:099d}")
    to_ring(bench, then=Status.TIMEOUT)
    logged(bench, "last")
    text = to_ring(bench)
    lines = text.splitlines()
    assert (lines[0], lines[-1]) == (b"first", b"last")  # there was room for it again
    lost = LOST.search(lines[1])
    assert lost is not None and int(lost[1]) >= count
    assert [int(line) for line in lines[2:-1]] == list(range(int(lost[1]), 2 * count))


def test_a_message_queue_that_is_full_costs_no_line() -> None:
    """DKMS takes no more messages for a while: the lines wait."""
    bench = booted()
    send, full = bench._signal_send, True

    def refuse(pid: int, name: str, *args: Any) -> bool:
        if full and pid == DKMS_PID and name == "vfs_io_request":
            raise StatusError(Status.QUOTA_EXCEEDED, "too many messages")
        return send(pid, name, *args)

    bench._signal_send = refuse  # type: ignore[method-assign]
    logged(bench, "one")
    logged(bench, "two")
    assert writes(bench) == []
    full = False
    logged(bench, "three")
    assert to_ring(bench) == b"one\ntwo\nthree\n"


def test_a_disk_that_is_full_for_a_while() -> None:
    """The file says how many lines it missed; the ring device, that it cannot be written, once."""
    bench = booted()
    write, full = bench.disks.boot.write, True

    def refuse(handle: Any, data: bytes) -> bool:
        if full:
            raise OSError("not enough space")
        return bool(write(handle, data))

    bench.disks.boot.write = refuse
    for number in range(5):
        logged(bench, f"lost {number} a", f"lost {number} b [ DEV  ]")
    full = False
    logged(bench, "kept")
    vbl = bench.disks.get("/vbl/syslog_001.vbl").splitlines()[1:]
    log = bench.disks.get("/log/syslog_001.log").splitlines()[1:]
    assert [LOST.search(lines[0])[1] for lines in (vbl, log)] == [b"10", b"5"]  # type: ignore[index]
    assert (vbl[1:], log[1:]) == ([b"kept"], [b"kept"])
    complaints = [line for line in to_ring(bench).splitlines() if b"not enough space" in line]
    assert len(complaints) == 2 and b"/vbl/syslog_001.vbl" in complaints[0] and b".log" in complaints[1]


def test_a_file_that_becomes_too_large_is_followed_by_the_next() -> None:
    """Both files of the pair, with a header that says so; the oldest are deleted, the readers know the new names."""
    bench = booted(max_log_size=400, max_log_files=3)
    for number in range(40):
        logged(bench, f"line {number:03d} " + "x" * 40)
    stored = {name: bench.disks.get(f"/vbl/{name}") for name in bench.disks.boot.list("/vbl")}
    assert len(stored) == len(bench.disks.boot.list("/log")) == 3
    assert all(len(content) <= 400 for content in stored.values())
    numbers = [int(number) for content in stored.values() for number in re.findall(rb"line (\d+)", content)]
    assert numbers == list(range(40 - len(numbers), 40)) and len(numbers) > 10
    newest = sorted(stored)[-1]
    before = sorted(stored)[-2].replace(".vbl", "")
    assert stored[newest].splitlines()[0].decode() == f"=== the session goes on, after {before}.log"
    bench.boot_log = "seen by who opens the new file"
    bench.call("vfs_open", f"/vbl/{newest}")
    assert bench.boot_log == ""
    assert b"seen by who opens" in bench.disks.get(f"/vbl/{newest}")


def test_one_file_is_enough() -> None:
    """With max_log_files = 1 the file that is written is the one that goes."""
    bench = booted(max_log_size=200, max_log_files=1)
    for number in range(20):
        logged(bench, f"line {number:03d} " + "x" * 40)
    assert len(bench.disks.boot.list("/vbl")) == 1
    assert b"line 019" in bench.disks.get("/vbl/" + bench.disks.boot.list("/vbl")[0])


def test_files_that_cannot_be_rolled_grow() -> None:
    """The lines are kept, and the ring device hears why; it is not tried again at each line."""
    bench = booted(max_log_size=300)
    bench.disks.boot.list = lambda *_: (_ for _ in ()).throw(OSError("the directory is gone"))
    for number in range(12):
        logged(bench, f"line {number:03d} " + "x" * 40)
    assert bench.disks.get("/vbl/syslog_001.vbl").count(b"line ") == 12
    assert 1 <= to_ring(bench).count(b"the directory is gone") <= 2


@pytest.mark.parametrize(
    ("entries", "size", "device", "bytes_"),
    [
        ((), "", "/dev/mylog", 2000),  # sys.toml alone
        (("/log",), "", "/dev/mylog", 2000),  # an entry that names no device and no size
        (("/log",), ",size=777", "/dev/mylog", 777),
        (("/dev/theirs",), ",size=3000", "/dev/theirs", 3000),
        (("/dev/first", "/dev/second"), ",size=3000", "/dev/second", 3000),  # the last one counts
        (("/dev/theirs",), ",size=many", "/dev/theirs", 2000),
    ],
)
def test_fstab_goes_before_the_settings(entries: tuple[str, ...], size: str, device: str, bytes_: int) -> None:
    """The device and its size; what contradicts is told; the registry has what is in force."""
    disks = without_ringfs(Disks(), *entries, size=size)
    bench = booted(disks, log_device='"/dev/mylog"', ring_buffer_size=2000)
    logged(bench, "line")
    assert writes(bench)[0].device_name == device
    sizes = [irp.parameters.args for irp in bench.requests() if irp.major_function == IRP_MJ_DEVICE_CONTROL]
    assert sizes == [[bytes_]]
    told = [line for _, line in bench.log if "which goes before" in line]
    assert len(told) == (device != "/dev/mylog") + (bytes_ != 2000)
    config = bench.registry["@VT\\SYS\\CONFIG"]
    assert (config["logging.log_device"], config["logging.ring_buffer_size"]) == (device, str(bytes_))
    assert any("size=many" in line for _, line in bench.log) == ("many" in size)


def test_no_log_device_at_all() -> None:
    """log_device = "": no driver is loaded for it, nothing is sent, the files go on."""
    bench = booted(without_ringfs(Disks()), log_device='""')
    logged(bench, "line")
    assert writes(bench) == []
    assert not any("ringfs" in str(args) for _, name, *args in bench.sent if name == "load_driver_path_request")
    assert b"line\n" in bench.disks.get("/log/syslog_001.log")


def test_a_setting_that_the_registry_does_not_take_stops_no_boot() -> None:
    """A key of three hundred characters in sys.toml: a line in the log."""
    disks = Disks()
    disks.put("/etc/sys.toml", f'[logging]\n{"k" * 300} = 1\nmax_log_files = 2\n'.encode())
    bench = Bench(disks)

    def strict(key: str, name: str, value: str, _kind: str) -> bool:
        if len(name) > 255:
            raise StatusError(Status.INVALID_PARAMETER, "a registry name has 1 to 255 printable characters")
        bench.registry[key][name] = value
        return True

    bench._reg_set_value = strict  # type: ignore[method-assign]
    bench.pm.boot()
    assert bench.registry["@VT\\SYS\\CONFIG"]["logging.max_log_files"] == "2"
    assert any(level == "warn" and "printable characters" in line for level, line in bench.log)


def test_only_our_own_files_are_counted_and_deleted() -> None:
    """The suffix belongs to the name."""
    assert session_number("syslog_007.log", ".log") == 7
    assert session_number("syslog_1234.vbl", ".vbl") == 1234
    for name in ("syslog_007.log.gz", "syslog_007.vbl", "syslog_.log", "syslog_x7.log", "syslog_007", "syslog_٧.log",
                 "my_syslog_007.log"):
        assert session_number(name, ".log") == -1


def test_a_file_that_was_never_begun_can_be_written() -> None:
    """It is opened when the first lines come."""
    disks = Disks()
    file = LogFile(disks.boot, "/late.log", print)
    file.write(b"line\n")
    assert disks.get("/late.log") == b"line\n" and file.size_bytes == 5
    file.end()
    file.end()
