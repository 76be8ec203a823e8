"""Drivers that leave nonsense wherever they can, and programs that ask for more than can be answered.

A driver of ring 2 is trusted not to be hostile; but its mistakes are its own. Whatever it leaves in the objects that it
shares with the system: the services live on, nobody waits for ever, the driver can be replaced.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from axisos.host import run
from axisos.machine.machine import Machine

Beside = Callable[..., list[str]]

HEAD = r'''
from axis import dk
DRIVER_INFO = {"driver_name": "Odd", "driver_type": dk.DRIVER_TYPE_KMD, "load_priority": 500, "version": "1.0"}
DEVICE = "\\Device\\Odd"
'''

SPOILER = HEAD + r'''
held = []

def hold(device, irp):
    held.append(irp)
    return dk.PENDING

def control(device, irp):
    method, args = irp.parameters.method, irp.parameters.args
    if method == "hold":
        return hold(device, irp)
    if method == "die":
        raise SystemExit
    if method == "answer":
        value = {"object": device, "surrogate": "\ud800", "number": 1 << 100_000}[args[0]]
        for waiting in held:
            dk.complete_request(waiting, 0, value)
        held.clear()
        return None
    what, name, value = args
    value = {"itself": device, "object": object(), "nan": float("nan"), "huge": 10**400}.get(str(value), value)
    for target in {"device": [device], "driver": [mine], "request": held}[what]:
        setattr(target, name, value)

def driver_entry(driver):
    global mine
    mine = driver
    driver.dispatch[dk.IRP_MJ_READ] = hold
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = control
    dk.create_device(driver, DEVICE)
    dk.create_symbolic_link("/dev/odd", DEVICE)

dk.run(driver_entry)
'''

PROLOGUE = """
from abi.status import StatusError

def of(*call):
    try:
        return syscall(*call)
    except StatusError as error:
        return int(error.status)

answers = []

def begin(*call):
    syscall("process_thread", lambda: answers.append(of(*call)))
    syscall("process_sleep", 1)

"""


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    """Runs a program beside a driver; returns what it printed."""

    def start(driver: str, program: str, user: str = "root") -> list[str]:
        (tmp_path / "odd.sys.py").write_text(driver)
        (tmp_path / "program.py").write_text(PROLOGUE + program)
        result = run(Machine(seed=7), str(tmp_path / "program.py"), user=user, drivers=[str(tmp_path / "odd.sys.py")])
        assert result.exit_code == 0, result
        return result.stdout.decode().splitlines()

    return start


SPOILED = [
    ("device", "open_count", "x"), ("device", "flags", None), ("device", "size", "x"), ("device", "time_limits", 5),
    ("device", "time_limits", {0: "x", 2: b"", 4: [], 14: "x"}), ("device", "next_device", "itself"),
    ("device", "device_name", []), ("device", "registry_path", 7), ("driver", "device_object", 7),
    ("driver", "dispatch", 5), ("driver", "driver_info", {}), ("driver", "driver_info", 6),
    ("request", "deadline", "x"), ("request", "deadline", "nan"), ("request", "deadline", "huge"),
    ("request", "step", "object"), ("request", "step", "\x1b[2J" * 100_000), ("request", "irp_id", []),
    ("request", "flags", "x"), ("request", "driver_pid", "x"), ("request", "cancelled", True),
    ("request", "device_name", []), ("request", "device_object", 5), ("request", "major_function", []),
    ("request", "parameters", 5),
]


@pytest.mark.parametrize("spoiled", SPOILED, ids=[f"{what} {name} {value!r:.12}" for what, name, value in SPOILED])
def test_nonsense_in_a_drivers_objects_is_its_own_affair(beside: Beside, spoiled: tuple[object, ...]) -> None:
    """What is told of drivers and requests still is; limits pass; who waits hears of the driver's end."""
    lines = beside(SPOILER, f"""
h = syscall("vfs_open", "/dev/odd", "rw")
begin("vfs_read", h, 5)
begin("vfs_device_control", h, "hold")
syscall("vfs_device_control", h, "spoil", {list(spoiled)!r})
print(len(syscall("irp_query")), "Odd" in [row["name"] for row in syscall("driver_query")])
other = of("vfs_open", "/dev/odd", "r")
print(type(other).__name__, of("vfs_close", other))
syscall("process_sleep", 40_000)
begin("vfs_read", h, 5)
print(of("vfs_device_control", h, "die"), answers)
syscall("process_sleep", 2_000)
print(of("vfs_close", h), type(of("vfs_open", "/dev/odd", "r")).__name__)
print(of("driver_unload", "Odd", True), of("vfs_stat", "/dev/odd"))
print(type(of("driver_load", "/drivers/odd.sys.py")).__name__, type(of("vfs_open", "/dev/odd", "r")).__name__)
""")
    assert lines[0] == "2 True"
    assert lines[1] == "str True"
    end, _, heard = lines[2].partition(" ")
    assert (end, sorted(heard[1:-1].split(", "))) == ("605", ["605" if spoiled[2] == "huge" else "258", "605", "605"])
    assert lines[3:] == ["True str", "Odd was unloaded 405", "str str"]


def test_answers_that_cannot_be_given(beside: Beside) -> None:
    """What is no plain data, no text or too large is a failure for the caller, and for nobody else."""
    lines = beside(SPOILER, """
h = syscall("vfs_open", "/dev/odd", "rw")
for kind in ("object", "surrogate", "number"):
    answers.clear()
    begin("vfs_read", h)
    begin("vfs_device_control", h, "hold")
    syscall("vfs_device_control", h, "answer", [kind])
    syscall("process_sleep", 1)
    print(kind, answers if kind == "object" else answers[0])
""")
    assert lines == ["object [300, 300]", "surrogate 300", "number 300"]


def test_a_program_that_reads_too_much_and_waits_too_long(beside: Beside) -> None:
    """A number of bytes, a time limit or a name without measure is none of the system's trouble."""
    lines = beside(SPOILER, """
h = syscall("vfs_open", "/dev/odd", "rw")
print(of("vfs_read", h, 1 << 100_000), of("vfs_chmod", "/tmp", -(10**5000)), of("irp_cancel", 10**5000))
begin("vfs_read", h, 1 << 4000)
begin("vfs_device_control", h, "hold", [], 10**400)
begin("vfs_device_control", h, "hold", [], float("inf"))
begin("vfs_device_control", h, "hold", [], 1e300)
rows = syscall("irp_query")
print([row["bytes"] for row in rows], answers)
""", user="guest")
    assert lines == ["601 601 601", "[None, None, None, None] []"]


ENTRY = "def driver_entry(driver):\n    pass\ndk.run(driver_entry)\n"
DEEP = "x = " + "-" * 20_000 + "1\n"
FILES = {
    "nested too deep": HEAD + DEEP + ENTRY,
    "and without an entry": HEAD + DEEP,
    "chained too long": HEAD + "if 0:\n    pass\n" + "elif 1:\n    pass\n" * 3000,
    "a priority beyond all": HEAD.replace("500", "9" * 3000) + ENTRY,
    "no table": HEAD + ENTRY.replace("pass", "driver.dispatch = 5"),
}


@pytest.mark.parametrize("source", FILES.values(), ids=FILES)
def test_a_file_that_is_no_driver_is_answered(beside: Beside, source: str) -> None:
    """Whoever asks for its load hears why not, at once; what drivers there are can still be asked."""
    lines = beside(SPOILER, f"""
h = syscall("vfs_open", "/drivers/bad.sys.py", "w")
syscall("vfs_write", h, {source.encode()!r})
syscall("vfs_close", h)
begin("driver_load", "/drivers/bad.sys.py")
syscall("process_sleep", 100)
print(answers, "Odd" in [row["name"] for row in syscall("driver_query")])
""")
    assert lines[0] in ("[400] True", "[402] True", "[404] True")
