"""DKMS, the kit and drivers on a whole machine: what a program of root sees of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from axisos.host import Result, run
from axisos.machine.machine import Machine

ECHO = r'''
from axis import dk

DRIVER_INFO = {"driver_name": "Echo", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}

def driver_entry(driver):
    waiting = []

    def on_read(device, irp):
        if irp.parameters.length == 1:
            waiting.append(irp)
            return dk.PENDING
        return b"hello"

    def on_control(device, irp):
        if irp.parameters.method == "die":
            raise SystemExit
        return 1 // 0

    driver.dispatch[dk.IRP_MJ_CREATE] = driver.dispatch[dk.IRP_MJ_CLOSE] = lambda device, irp: None
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    driver.dispatch[dk.IRP_MJ_WRITE] = lambda device, irp: None
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = on_control
    dk.create_device(driver, r"\Device\Echo0")
    dk.create_symbolic_link("/dev/echo", r"\Device\Echo0")

def driver_unload(driver):
    dk.delete_symbolic_link("/dev/echo")
    dk.delete_device(r"\Device\Echo0")

dk.run(driver_entry, driver_unload)
'''

MANUAL = r'''
from axis import dk

DRIVER_INFO = {"driver_name": "Manual", "driver_type": dk.DRIVER_TYPE_KMD, "load_priority": 500, "version": "1.0"}

def handle_open(device, irp):
    dk.complete_request(irp, dk.STATUS_SUCCESS)
    return dk.STATUS_SUCCESS

def handle_read(device, irp):
    dk.complete_request(irp, dk.STATUS_SUCCESS, b"by the book")
    return dk.STATUS_SUCCESS

def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_CREATE] = driver.dispatch[dk.IRP_MJ_CLOSE] = handle_open
    driver.dispatch[dk.IRP_MJ_READ] = handle_read
    device = dk.create_device(driver, r"\Device\Manual")
    dk.create_symbolic_link("/dev/manual", r"\Device\Manual")
    return dk.STATUS_SUCCESS

def driver_unload(driver):
    return dk.STATUS_SUCCESS

while True:
    sender, name, *values = syscall("signal_pull")
    if name == "driver_init":
        driver = values[0]
        driver.driver_unload = driver_unload
        syscall("signal_send", sender, "driver_init_complete", driver_entry(driver), driver)
    elif name == "irp_dispatch":
        irp, major = values
        driver.dispatch[major](irp.device_object, irp)
    elif name == "driver_unload":
        syscall("signal_send", sender, "driver_unload_complete", driver_unload(driver))
'''

PROLOGUE = """
from abi.status import StatusError

def status_of(*call):
    try:
        return syscall(*call)
    except StatusError as error:
        return int(error.status)

def devices():
    return [name for name in syscall("vfs_list", "/dev") if name in ("echo", "manual", "bad")]

"""


@pytest.fixture
def as_root(tmp_path: Path) -> object:
    """Runs a program as root on a fresh machine with some driver files on its disk; returns what it printed."""

    def start(program: str, **drivers: str) -> list[str]:
        put = []
        for name, source in drivers.items():
            (tmp_path / name).write_text(source)
            put.append((str(tmp_path / name), f"/drivers/{name}.sys.py"))
        (tmp_path / "program.py").write_text(PROLOGUE + program)
        result: Result = run(Machine(), str(tmp_path / "program.py"), user="root", put=put)
        assert result.exit_code == 0, result
        return result.stdout.decode().splitlines()

    return start


def test_a_driver_from_load_to_unload(as_root) -> None:  # type: ignore[no-untyped-def]
    """Loaded twice as once, listed, read, written, unloaded only when nobody has it open; then it is gone."""
    lines = as_root(
        """
print(syscall("driver_load", "/drivers/echo.sys.py").split(" (")[0], devices())
syscall("driver_load", "/drivers/echo.sys.py")
h = syscall("vfs_open", "/dev/echo", "rw")
print(syscall("vfs_read", h), syscall("vfs_write", h, b"12345"), status_of("vfs_device_control", h, "x", []))
print(syscall("reg_get_value", "@VT\\\\DRV\\\\Echo", "Status"))
print(status_of("driver_unload", "Echo"))
syscall("vfs_close", h)
print(status_of("driver_unload", "Echo"), devices(), status_of("vfs_open", "/dev/echo", "r"))
print(syscall("reg_key_exists", "@VT\\\\DRV\\\\Echo"))
""",
        echo=ECHO,
    )
    assert lines[0] == "Echo loaded ['echo']"
    assert lines[1] == "b'hello' 5 300"
    assert "loaded" in lines[2]
    assert lines[3:] == ["604", "Echo was unloaded [] 405", "False"]


def test_the_manuals_own_form_of_a_driver(as_root) -> None:  # type: ignore[no-untyped-def]
    """No dk.run, handlers that complete by themselves."""
    lines = as_root(
        """
syscall("driver_load", "/drivers/manual.sys.py")
h = syscall("vfs_open", "/dev/manual", "r")
print(syscall("vfs_read", h), syscall("vfs_read", h))
syscall("vfs_close", h)
print(syscall("driver_unload", "Manual"), devices())
""",
        manual=MANUAL,
    )
    assert lines == ["b'by the book' b'by the book'", "Manual was unloaded []"]


def test_a_driver_dies_while_somebody_reads(as_root) -> None:  # type: ignore[no-untyped-def]
    """The waiting reader gets 605, so do those who come before it is started again; then the old open goes on."""
    lines = as_root(
        """
syscall("driver_load", "/drivers/echo.sys.py")
h = syscall("vfs_open", "/dev/echo", "r")
results = []
reader = syscall("process_thread", lambda: results.append(status_of("vfs_read", h, 1)))
syscall("process_sleep", 10)
print(results == [], status_of("vfs_device_control", h, "die", []))
syscall("process_wait", reader)
print(results, devices(), status_of("vfs_read", h))
syscall("process_sleep", 1100)
print(syscall("vfs_read", h), syscall("vfs_read", syscall("vfs_open", "/dev/echo", "r")))
""",
        echo=ECHO,
    )
    assert lines == ["True 605", "[605] ['echo'] 605", "b'hello' b'hello'"]


def test_files_that_are_no_drivers(as_root) -> None:  # type: ignore[no-untyped-def]
    """Each says what is wrong with it, and leaves no process and no device."""
    lines = as_root(
        """
before = len(syscall("process_list"))
for name in ("syntax", "broken", "bad", "missing"):
    print(name, status_of("driver_load", f"/drivers/{name}.sys.py"))
print(len(syscall("process_list")) - before, devices())
""",
        syntax="def driver_entry(:\n",
        broken=ECHO + "def x(:\n",
        bad=ECHO.replace("echo", "bad").replace("def driver_unload", "    return 604\n\ndef driver_unload"),
    )
    assert lines == ["syntax 400", "broken 400", "bad 604", "missing 603", "0 []"]


def test_a_megabyte_through_the_host_port(tmp_path: Path) -> None:
    """All bytes, in order, on both streams and the way in."""
    program = tmp_path / "program.py"
    program.write_text(
        'data = b""\n'
        'while chunk := syscall("vfs_read", -10, 100_000):\n    data += chunk\n'
        'for start in range(0, len(data), 70_001):\n    syscall("vfs_write", -11, data[start:start + 70_001])\n'
        'syscall("vfs_write", -12, data[::-1])\n'
    )
    data = bytes(range(256)) * 4096
    result = run(Machine(), str(program), stdin=data)
    assert (result.exit_code, result.stdout == data, result.stderr == data[::-1]) == (0, True, True)
