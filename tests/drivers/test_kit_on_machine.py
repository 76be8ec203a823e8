"""The driver kit on a whole machine: positions, timers, deferred calls, reload, and who holds a request."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from axisos import Machine
from axisos.host import run

HEAD = """
from axis import dk
DRIVER_INFO = {"driver_name": "Test", "driver_type": dk.DRIVER_TYPE_KMD, "load_priority": 500, "version": "1.0"}
DEVICE = "\\\\Device\\\\Test"
"""

RAM = HEAD + """
memory = bytearray(b"0123456789")

def on_read(device, irp):
    start, length = irp.parameters.offset, irp.parameters.length
    return bytes(memory[start:] if length is None else memory[start : start + length])

def on_write(device, irp):
    start, data = irp.parameters.offset, irp.parameters.data[: max(0, len(memory) - irp.parameters.offset)]
    memory[start : start + len(data)] = data
    return len(data)

def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    driver.dispatch[dk.IRP_MJ_WRITE] = on_write
    dk.set_seekable(dk.create_device(driver, DEVICE), len(memory))
    dk.create_symbolic_link("/dev/test", DEVICE)

dk.run(driver_entry)
"""

CLOCK = HEAD + """
waiting = []

def on_read(device, irp):
    waiting.append(irp)
    irp.step = "waiting for the next tick"
    return dk.PENDING

def on_control(device, irp):
    if irp.parameters.method == "soon":
        dk.queue_dpc(lambda held: dk.complete_request(held, 0, "done"), irp)
        return dk.PENDING
    if irp.parameters.method == "sleep":
        def sleepy(_):
            try:
                syscall("process_sleep", 1)
            except dk.StatusError as error:
                dk.complete_request(irp, error.status)
        dk.queue_dpc(sleepy)
        return dk.PENDING
    return timer.cancel()

def on_tick(word):
    for irp in waiting:
        dk.complete_request(irp, 0, word)
    waiting.clear()

def driver_entry(driver):
    global timer
    timer = dk.Timer()
    timer.set(1.0, on_tick, b"tick", period_s=1.0)
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link("/dev/test", DEVICE)

dk.run(driver_entry, on_cancel=waiting.remove)
"""

PROLOGUE = """
from abi.status import StatusError

def status_of(*call):
    try:
        return syscall(*call)
    except StatusError as error:
        return int(error.status)

"""


@pytest.fixture
def with_driver(tmp_path: Path) -> Callable[..., list[str]]:
    """Runs a program as root beside a driver; returns what it printed."""

    def start(driver: str, program: str, **more: object) -> list[str]:
        (tmp_path / "test.sys.py").write_text(driver)
        (tmp_path / "program.py").write_text(PROLOGUE + program)
        result = run(
            Machine(seed=7), str(tmp_path / "program.py"), user="root", drivers=[str(tmp_path / "test.sys.py")], **more
        )
        assert result.exit_code == 0, result
        return result.stdout.decode().splitlines()

    return start


def test_opens_of_a_seekable_device_have_positions(with_driver: Callable[..., list[str]]) -> None:
    """Each its own; reads, writes and seeks move it, as in a file."""
    lines = with_driver(RAM, """
first, second = syscall("vfs_open", "/dev/test", "rw"), syscall("vfs_open", "/dev/test", "r")
print(syscall("vfs_read", first, 3), syscall("vfs_read", first, 3), syscall("vfs_read", second, 2))
print(syscall("vfs_seek", first, -2, "end"), syscall("vfs_write", first, b"abcd"), syscall("vfs_read", first))
print(syscall("vfs_seek", second, 6, "cur"), syscall("vfs_read", second))
print(status_of("vfs_seek", first, -1), status_of("vfs_seek", first, 0, "here"))
null = syscall("vfs_open", "/dev/null", "r")
print(status_of("vfs_seek", null, 0))
""")
    assert lines == ["b'012' b'345' b'01'", "8 2 b''", "8 b'ab'", "601 601", "601"]


def test_a_drivers_timer_ticks_and_its_deferred_calls_come(with_driver: Callable[..., list[str]]) -> None:
    """A read waits for the tick; a DPC completes a request, and may not sleep; a cancelled timer is silent."""
    lines = with_driver(CLOCK, """
h = syscall("vfs_open", "/dev/test", "rw")
syscall("vfs_read", h)
start = syscall("time_get")[0]
print(syscall("vfs_read", h), syscall("vfs_read", h), round(syscall("time_get")[0] - start, 2))
print(syscall("vfs_device_control", h, "soon"), status_of("vfs_device_control", h, "sleep"))
print(syscall("vfs_device_control", h, "stop"), syscall("vfs_device_control", h, "stop"))
""")
    assert lines == ["b'tick' b'tick' 2.0", "done 821", "True False"]


def test_who_holds_a_request_and_how_it_is_withdrawn(with_driver: Callable[..., list[str]]) -> None:
    """The driver says what it waits for; whoever asked gets 611, and the driver has let go of it."""
    lines = with_driver(CLOCK, """
h = syscall("vfs_open", "/dev/test", "r")
syscall("vfs_read", h)
ended = []
reader = syscall("process_thread", lambda: ended.append(status_of("vfs_read", h)))
syscall("process_sleep", 200)
(row,) = syscall("irp_query")
print(row["major"], row["path"], row["pid"] == reader, row["driver"], row["step"], round(row["age"], 1))
print(syscall("irp_cancel", row["irp_id"]))
syscall("process_wait", reader)
print(ended, syscall("irp_query"), status_of("vfs_device_control", h, "soon", [], 1000))
""")
    assert lines == ["READ /dev/test True Test waiting for the next tick 0.2", "True", "[611] [] done"]


def test_a_driver_is_replaced_under_those_who_use_it(
    with_driver: Callable[..., list[str]], tmp_path: Path
) -> None:
    """The handle stays good, the new file answers; what waited in the old one gets 605."""
    (tmp_path / "new").write_text(CLOCK.replace('b"tick"', 'b"TICK"'))
    lines = with_driver(CLOCK, """
h = syscall("vfs_open", "/dev/test", "r")
print(syscall("vfs_read", h))
ended = []
reader = syscall("process_thread", lambda: ended.append(status_of("vfs_read", h)))
syscall("process_sleep", 100)
syscall("vfs_rename", "/drivers/new.py", "/drivers/test.sys.py")
print(syscall("driver_reload", "Test"))
syscall("process_wait", reader)
print(ended, syscall("vfs_read", h))
print([(row["name"], row["state"], row["open_files"]) for row in syscall("driver_query") if row["name"] == "Test"])
print(status_of("driver_unload", "Test"), syscall("vfs_close", h), syscall("driver_unload", "Test"))
print("test" in syscall("vfs_list", "/dev"), [row for row in syscall("driver_query") if row["name"] == "Test"])
""", put=[(str(tmp_path / "new"), "/drivers/new.py")])
    assert lines == [
        "b'tick'", "Test was reloaded", "[605] b'TICK'", "[('Test', 'online', 1)]", "604 True Test was unloaded",
        "False []",
    ]
