"""process_spawn_image: a process is made of the bytes that a service has judged, and of no others."""

from __future__ import annotations

import pytest

from axisos import Machine
from kernelrig import BareMachine

SERVICE = """
def attempt(*args):
    try: return syscall("process_spawn_image", *args)
    except Exception as error: return getattr(error, "status", error).name
"""
TELL = 'syscall("kernel_log", {!r})\n'


def bytes_of(*words: str) -> str:
    return repr("".join(TELL.format(word) for word in words).encode())


def test_the_bytes_given_run_not_those_on_the_disk() -> None:
    """Also where the disk has another file at that path, or none."""
    with BareMachine() as bare:
        files = f"{{'/drivers/null.sys.py': {bytes_of('given')}, '/no/such': {bytes_of('nowhere')}}}"
        bare.run(SERVICE + f"files = {files}\nfor path in files: attempt(path, 2, {{}}, files)\n", ring=1)
        assert bare.said() == ["given", "nowhere"]


@pytest.mark.parametrize(("closed", "heard"), [(False, "from the disk"), (True, "ImportError")])
def test_modules_come_from_the_bytes_first(closed: bool, heard: str) -> None:
    """What is not among them comes from the disk, unless the directory is closed; libraries are always there."""
    main = (
        "import helper\nimport json\nfrom axis import errcheck\n"
        "try:\n    import tty.keys\n    syscall('kernel_log', 'from the disk')\n"
        "except ImportError: syscall('kernel_log', 'ImportError')\n"
    )
    with BareMachine() as bare:
        files = f"{{'/drivers/x.sys.py': {main.encode()!r}, '/drivers/helper.py': {bytes_of('from the bytes')}}}"
        bare.run(SERVICE + f"attempt('/drivers/x.sys.py', 2, {{}}, {files}, {closed})\n", ring=1)
        assert bare.said() == ["from the bytes", heard]


def test_who_may_ask_and_for_what() -> None:
    """Services only; a ring that is theirs or above; with the program among the files, as bytes; plain environments."""
    with BareMachine() as bare:
        bare.run(
            SERVICE + "f = {'/x': b''}\n"
            "for args in (('/x', 0, {}, f), ('/x', 7, {}, f), ('/y', 2, {}, f), ('/x', 2, {}, {'/x': 'text'}),\n"
            "             ('/x', 2, {}, []), ('/x', 2, {'a': print}, f)):\n"
            "    syscall('kernel_log', attempt(*args))\n", ring=1)
        assert bare.said() == ["PRIVILEGE_NOT_HELD"] + ["INVALID_PARAMETER"] * 5
        driver = bare.run(SERVICE + "attempt('/x', 2, {}, {'/x': b''})\nsyscall('kernel_log', 'goes on')\n", ring=2)
        assert driver.exit_status != 0 and "goes on" not in bare.said()  # a call of a ring that is not its own


DRIVER = """\
from axis import dk
DRIVER_INFO = {"driver_name": "X", "driver_type": "KernelModeDriver", "load_priority": 5}
def driver_entry(driver):
    dk.print("this is version %d")
dk.run(driver_entry)
"""


def test_a_driver_is_started_from_what_was_read_last() -> None:
    """On a whole machine whose disk has another version of the file after each look at it: DKMS looks twice (what is
    it, may it run), and what it saw then is what runs. Nobody looks a third time."""
    with Machine(seed=7) as machine:
        machine.power_on()
        machine.run_until("login:")
        loader = machine.kernel.processes.loader
        read, looks = loader.read_root, []

        def another_each_time(path: str) -> bytes:
            if path != "/drivers/x.sys.py":
                return read(path)  # type: ignore[no-any-return]
            looks.append(path)
            return (DRIVER % len(looks)).encode()

        loader.read_root = another_each_time
        machine.type("root\nroot\n")
        machine.run_until("root@")
        machine.type("echo > /drivers/x.sys.py; insmod x; dmesg | grep version\n")
        machine.run_until("this is version", timeout=30)
        assert "this is version 2" in machine.screen.text() and len(looks) == 2
