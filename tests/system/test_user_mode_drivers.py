"""User-mode drivers on a whole machine: a driver at ring 3, its host, and who tries to get past them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import axisos
from axisos.host import run
from axisos.machine.machine import Machine

ROOTFS = Path(axisos.__path__[0]) / "rootfs"

BOX = r'''
from axis import umd

DRIVER_INFO = {"driver_name": "Box", "driver_type": "UserModeDriver", "load_priority": 500, "version": "1.0"}

kept, waiting, openers, dropped = [], [], {}, []

def on_create(device, irp):
    openers[irp.file_id] = irp.requester_uid

def on_read(device, irp):
    if irp.parameters.length == 1:
        waiting.append(irp)
        return umd.PENDING
    return b"".join(kept) or None

def on_write(device, irp):
    kept.append(irp.parameters.data)
    for irp in waiting:
        umd.complete_request(irp, 0, kept[-1][:1])
    waiting.clear()

def on_control(device, irp):
    method, args = irp.parameters.method, irp.parameters.args
    if method == "openers":
        return sorted(openers.values())
    if method == "dropped":
        return dropped
    if method == "call":
        return syscall(*args)
    if method == "loop":
        while True:
            pass
    if method == "die":
        raise SystemExit
    if method == "odd":
        return object()
    if method == "bug":
        return 1 // 0
    raise umd.StatusError(umd.Status.NOT_IMPLEMENTED, "a box cannot do that")

def on_cancel(irp):
    waiting.remove(irp)
    dropped.append(irp.sender_pid)

def um_driver_entry(driver):
    driver.dispatch.update({
        umd.IRP_MJ_CREATE: on_create, umd.IRP_MJ_CLOSE: lambda device, irp: openers.pop(irp.file_id, None) and None,
        umd.IRP_MJ_READ: on_read, umd.IRP_MJ_WRITE: on_write, umd.IRP_MJ_DEVICE_CONTROL: on_control,
    })
    umd.create_device(driver, r"\Device\Box0")
    umd.create_symbolic_link("/dev/box", r"\Device\Box0")

def um_driver_unload(driver):
    umd.delete_symbolic_link("/dev/box")
    umd.delete_device(r"\Device\Box0")

umd.run(um_driver_entry, um_driver_unload, on_cancel=on_cancel)
'''
BIN = BOX.replace("Box0", "Bin0").replace('"Box"', '"Bin"').replace("/dev/box", "/dev/bin")

PROLOGUE = """
from abi.status import StatusError

def status_of(*call):
    try:
        return syscall(*call)
    except StatusError as error:
        return int(error.status)

def load(name="box"):
    return status_of("driver_load", f"/drivers/{name}.sys.py")

def row(name="Box"):
    return next((each for each in syscall("driver_query") if each["name"] == name), None)

def held():
    return sum(request["driver_pid"] == row()["pid"] for request in syscall("irp_query"))

def drivers():
    return [each["image"] for each in syscall("process_list") if each["uid"] >= 60000]

def control(handle, method, *args):
    return status_of("vfs_device_control", handle, method, list(args))

def start(*call):
    results = []
    return results, syscall("process_thread", lambda: results.append(status_of(*call)))

def sleep(seconds):
    syscall("process_sleep", int(seconds * 1000))

"""

Run = Callable[..., list[str]]


@pytest.fixture
def as_root(tmp_path: Path) -> Run:
    """Runs a program as root on a fresh machine with some driver files on its disk; returns what it printed."""

    def start(program: str, **drivers: str) -> list[str]:
        put = []
        for name, source in drivers.items():
            (tmp_path / name).write_text(source)
            put.append((str(tmp_path / name), f"/drivers/{name}.sys.py"))
        (tmp_path / "program.py").write_text(PROLOGUE + program)
        with Machine(seed=7) as machine:
            result = run(machine, str(tmp_path / "program.py"), user="root", put=put)
        assert result.exit_code == 0, result
        return result.stdout.decode().splitlines()

    return start


def test_from_load_to_unload(as_root: Run) -> None:
    """It is opened, read, written and controlled as any driver; when it is unloaded nothing of it is left."""
    lines = as_root(
        """
print(load().split(" (")[0], load().split(" (")[0], drivers())
h = syscall("vfs_open", "/dev/box", "rw")
print(syscall("vfs_read", h), syscall("vfs_write", h, b"12345"), syscall("vfs_read", h))
print(control(h, "openers"), control(h, "fold"), control(h, "bug"), control(h, "odd"))
mine = row()
print(mine["state"], mine["open_files"], mine["type"])
print([syscall("process_info", mine[pid])["image"] for pid in ("pid", "child_pid")])
key = syscall("reg_enum_keys", "@VT\\\\DEV")[-1]
print([syscall("reg_get_value", f"@VT\\\\DEV\\\\{key}", name)[0] for name in ("DeviceName", "DriverType", "Ring")])
print(status_of("driver_unload", "Box"))
syscall("vfs_close", h)
print(status_of("driver_unload", "Box"), drivers(), row(), status_of("vfs_open", "/dev/box", "r"))
print(syscall("reg_key_exists", "@VT\\\\DRV\\\\Box"), syscall("reg_key_exists", f"@VT\\\\DEV\\\\{key}"))
""",
        box=BOX,
    )
    assert lines == [
        "Box loaded Box loaded ['/system/driverhost.py', '/drivers/box.sys.py']",
        "b'' 5 b'12345'",
        "[0] 301 300 300",
        "online 1 UserModeDriver",
        "['/system/driverhost.py', '/drivers/box.sys.py']",
        "['\\\\Device\\\\Box0', 'UserModeDriver', 3]",
        "604",
        "Box was unloaded [] None 405",
        "False False",
    ]


def test_one_that_is_loaded_at_boot(tmp_path: Path) -> None:
    """Named in the list of drivers, it is there at the login prompt, and like every virtual device for everybody."""
    disk = tmp_path / "disk"
    shutil.copytree(ROOTFS, disk, ignore=shutil.ignore_patterns("__pycache__"))
    (disk / "drivers" / "box.sys.py").write_text(BOX)
    with (disk / "etc" / "drivers.toml").open("a") as drivers:
        drivers.write('\n[[driver]]\nname = "box"\npath = "/drivers/box.sys.py"\n')
    with Machine(seed=7, disk=str(disk)) as machine:
        machine.power_on()
        machine.run_until("login:")
        machine.type("guest\nguest\n")
        machine.run_until("guest@")
        machine.type("lsmod Box; echo from guest > /dev/box; head -1 /dev/box\n")
        machine.run_until_idle()
        screen = machine.screen.text()
    assert re.search(r"Box +UMD +1\.0 +20\+21 +online +0 +0 +0 +/dev/box", screen), screen
    assert "\nfrom guest\n" in re.sub(" +\n", "\n", screen)


def test_requests_that_wait(as_root: Run) -> None:
    """A pending read is completed by another request; one that nobody waits for any more is taken back from it."""
    lines = as_root(
        """
load()
reader, writer = syscall("vfs_open", "/dev/box", "r"), syscall("vfs_open", "/dev/box", "w")
first, thread = start("vfs_read", reader, 1)
sleep(0.1)
print(first, held(), control(writer, "openers"))
pids = row()
print([each["step"] == f"with process {pids['child_pid']}, behind its host" for each in syscall("irp_query")])
syscall("vfs_write", writer, b"xyz")
syscall("process_wait", thread)
print(first, held())
second, thread = start("vfs_read", reader, 1)
sleep(0.1)
syscall("vfs_close", reader)
syscall("process_wait", thread)
sleep(0.1)
print(second, held(), len(control(writer, "dropped")), control(writer, "openers"))
print(status_of("vfs_device_control", writer, "loop", [], 100))
""",
        box=BOX,
    )
    assert lines == ["[] 1 [0, 0]", "[True]", "[b'x'] 0", "[611] 0 1 [0]", "258"]


def test_a_device_with_positions_and_another_time_limit(as_root: Run) -> None:
    """Seeks move the position that the driver reads from; its controls may take two seconds, not thirty."""
    lines = as_root(
        """
load()
h = syscall("vfs_open", "/dev/box", "r")
print(syscall("vfs_read", h, 3), syscall("vfs_seek", h, -2, "end"), syscall("vfs_read", h, 3))
began = syscall("time_get")[0]
print(control(h, "loop"), syscall("time_get")[0] - began < 5)
""",
        box=BOX.replace(r'''umd.create_device(driver, r"\Device\Box0")
''', r'''device = umd.create_device(driver, r"\Device\Box0")
    umd.set_seekable(device, 10)
    umd.set_time_limit(device, umd.IRP_MJ_DEVICE_CONTROL, 2)
''').replace(
            "def on_read(device, irp):",
            "def on_read(device, irp):\n    at = irp.parameters.offset\n"
            "    return b'0123456789'[at : at + irp.parameters.length]",
        ),
    )
    assert lines == ["b'012' 8 b'89'", "258 True"]


def test_a_driver_that_dies_while_somebody_reads(as_root: Run) -> None:
    """The reader gets 605, as do those who come before the restart; then the old open goes on, at new processes."""
    lines = as_root(
        """
load()
h = syscall("vfs_open", "/dev/box", "r")
before = row()
results, reader = start("vfs_read", h, 1)
sleep(0.1)
print(results)
print(control(h, "die"))
syscall("process_wait", reader)
print(results, row()["state"], row()["pid"], status_of("vfs_read", h), drivers())
sleep(1.1)
after = row()
print(status_of("vfs_read", h), after["state"], after["restarts"], drivers())
print(before["pid"] != after["pid"], before["child_pid"] != after["child_pid"])
print({syscall("process_get_uid", after[pid]) for pid in ("pid", "child_pid")})
""",
        box=BOX,
    )
    both = "['/system/driverhost.py', '/drivers/box.sys.py']"
    assert lines == ["[]", "605", "[605] restarting 0 605 []", f"b'' online 1 {both}", "True True", "{60000}"]


@pytest.mark.parametrize("which", ["pid", "child_pid"])
def test_one_of_the_two_is_killed(as_root: Run, which: str) -> None:
    """Host or driver: the other one does not outlive it, and both are started again."""
    lines = as_root(
        f"""
load()
h = syscall("vfs_open", "/dev/box", "r")
syscall("process_kill", row()[{which!r}], 9)
sleep(0.1)
print(row()["state"], drivers(), status_of("vfs_read", h))
sleep(1.1)
print(row()["state"], len(drivers()), status_of("vfs_read", h))
""",
        box=BOX,
    )
    assert lines == ["restarting [] 605", "online 2 b''"]


def test_an_endless_loop_in_a_handler(as_root: Run) -> None:
    """Others go on; the caller is let go at its time limit, and the driver, which answers no ping, is replaced."""
    lines = as_root(
        """
load(), load("bin")
h, other = syscall("vfs_open", "/dev/box", "r"), syscall("vfs_open", "/dev/bin", "rw")
began = syscall("time_get")[0]
results, thread = start("vfs_device_control", h, "loop", [])
sleep(0.1)
print(syscall("vfs_write", other, b"on we go"), syscall("vfs_read", other), row()["state"])
syscall("process_wait", thread)
print(results, 30 <= syscall("time_get")[0] - began < 33, row()["state"])
waits, thread = start("vfs_read", h)
syscall("process_wait", thread)
print(waits, row()["state"], row("Bin")["state"])
sleep(1.5)
print(syscall("vfs_read", h), row()["state"], row()["restarts"])
""",
        box=BOX,
        bin=BIN,
    )
    assert lines == ["8 b'on we go' online", "[258] True suspect", "[605] restarting online", "b'' online 1"]


def test_a_driver_that_crashes_at_every_start(as_root: Run) -> None:
    """Three restarts, each a little later; then it is given up, and its name is free again."""
    lines = as_root(
        """
load()
h = syscall("vfs_open", "/dev/box", "r")
for _ in range(4):
    control(h, "die")
    sleep(5)
print(row()["state"], row()["restarts"], row()["reason"], drivers(), status_of("vfs_open", "/dev/box", "r"))
print(load().split(" (")[0], row()["state"], drivers())
""",
        box=BOX,
    )
    assert lines == [
        "failed 3 it died, after 3 restarts [] 405",
        "Box loaded online ['/system/driverhost.py', '/drivers/box.sys.py']",
    ]


def test_a_reload_keeps_what_is_open(as_root: Run) -> None:
    """The new file's driver serves the old opens; a file that is no driver changes nothing."""
    lines = as_root(
        """
load()
h = syscall("vfs_open", "/dev/box", "r")
path = "/drivers/box.sys.py"
with open(path) as file:
    source = file.read()
def put(text):
    with open(path, "w") as file:
        file.write(text)
put(source.replace('b"".join(kept)', 'b"new"'))
print(status_of("driver_reload", "Box"), status_of("vfs_read", h), control(h, "openers"), len(drivers()))
put("DRIVER_INFO = {")
print(status_of("driver_reload", "Box"), status_of("vfs_read", h), len(drivers()))
""",
        box=BOX,
    )
    assert lines == ["Box was reloaded b'new' [0] 2", "400 b'new' 2"]


FAILURES = {
    "syntax": (BOX + "def x(:\n", "400"),
    "forbidden": (BOX + "\numd.run.__globals__\n", "404"),
    "no_info": ("def um_driver_entry(driver):\n    pass\n", "402"),
    "no_entry": (BOX.replace("um_driver_entry", "driver_entry").split("\numd.run")[0], "401"),
    "component": (BOX.replace('"version": "1.0"', '"supported_component": "gpu"'), "407"),
    "status": (BOX.replace("def um_driver_unload", "    return 604\n\ndef um_driver_unload"), "604"),
    "error": (BOX.replace("def um_driver_unload", "    1 // 0\n\ndef um_driver_unload"), "404"),
    "exits": (BOX.replace("def um_driver_unload", "    raise SystemExit\n\ndef um_driver_unload"), "404"),
    "hangs": (BOX.replace("def um_driver_unload", "    while True: pass\n\ndef um_driver_unload"), "404"),
    "no_loop": (BOX.split("\numd.run")[0], "404"),
    "call": (BOX.replace("    umd.create_device(", "    syscall('dkms_create_device', "), "404"),
    "taken": (BOX.replace("Box0", "Null"), "406"),
    "bad_name": (BOX.replace(r"\Device\Box0", "Box0"), "601"),
    "stolen_link": (BOX.replace("/dev/box", "/dev/null"), "406"),
    "not_plain": (BOX.replace(r'r"\Device\Box0"', "print"), "601"),
}


def test_files_that_cannot_be_loaded(as_root: Run) -> None:
    """Each fails with the status of its step, and leaves nothing; one that only root can read is none of them."""
    lines = as_root(
        f"""
for name in {list(FAILURES)!r}:
    print(name, load(name), drivers(), row(), "box" in syscall("vfs_list", "/dev"))
syscall("vfs_chmod", "/drivers/secret.sys.py", "700")
print("secret", load("secret").split(" (")[0], syscall("reg_enum_keys", "@VT\\\\DRV").count("Box"))
""",
        **{name: source for name, (source, _) in FAILURES.items()},
        secret=BOX,
    )
    assert lines == [
        *(f"{name} {status} [] None False" for name, (_, status) in FAILURES.items()), "secret Box loaded 1",
    ]


def test_a_driver_has_no_rights_of_roots(as_root: Run) -> None:
    """Loaded by root, it is nobody: no files, no processes of others, not even of the next user-mode driver."""
    lines = as_root(
        """
load(), load("bin")
box, bin = syscall("vfs_open", "/dev/box", "r"), syscall("vfs_open", "/dev/bin", "r")
for handle in (box, bin):
    print(control(handle, "call", "process_get_ring"), control(handle, "call", "process_get_uid"))
print(control(box, "call", "vfs_open", "/etc/passwd.toml", "r"), control(box, "call", "vfs_open", "/drivers/x", "w"))
print([control(box, "call", "process_kill", row("Bin")[pid], 9) for pid in ("pid", "child_pid")])
print([control(box, "call", "process_kill", pid, 9) for pid in (row()["pid"], 3, syscall("process_get_pid"))])
print(control(box, "call", "driver_load", "/drivers/bin.sys.py"), control(box, "call", "driver_unload", "Bin"))
print([row(name)["restarts"] for name in ("Box", "Bin")], len(drivers()))
""",
        box=BOX,
        bin=BIN,
    )
    assert lines == ["3 60000", "3 60001", "500 500", "[501, 500]", "[501, 501, 501]", "501 501", "[0, 0] 4"]


CALLS_OF_DKMS = (
    "dkms_create_device", "dkms_create_symlink", "dkms_delete_device", "dkms_delete_symlink", "dkms_complete_irp",
    "dkms_register_interrupt", "dkms_get_next_index", "dkms_set_device", "dkms_host_report", "raw_component_list",
    "syscall_override",
)


def test_calls_that_are_its_hosts(as_root: Run) -> None:
    """A driver that makes one of DKMS's calls itself is ended for it, as every program of ring 3."""
    lines = as_root(
        f"""
for name in {CALLS_OF_DKMS!r}:
    load()
    h = syscall("vfs_open", "/dev/box", "r")
    print(name, control(h, "call", name, "x"), row()["state"])
    syscall("vfs_close", h)
    syscall("driver_unload", "Box", True)
""",
        box=BOX,
    )
    assert lines == [f"{name} 605 restarting" for name in CALLS_OF_DKMS]


def test_forged_messages(as_root: Run) -> None:
    """What others send to host and driver in each other's name changes nothing, nor what the driver sends to DKMS."""
    lines = as_root(
        """
load()
h = syscall("vfs_open", "/dev/box", "rw")
results, thread = start("vfs_read", h, 1)
sleep(0.1)
host, child = row()["pid"], row()["child_pid"]
irp = 1
for irp in range(1, 500):
    for kind in ("complete_request", "complete_unload", "complete_init", "pong", "delete_device"):
        payload = {"irp": irp, "status": 0, "info": b"forged", "device_name": "\\\\Device\\\\Box0"}
        try:
            syscall("signal_send", host, "umd_request", {"type": kind, "payload": payload})
        except StatusError:
            sleep(0.01)
for name, value in (("umd_unload", None), ("umd_cancel", 1), ("umd_irp", {}), ("umd_initialize", {}), ("umd_reply", 1)):
    syscall("signal_send", child, name, value)
for name in ("irp_dispatch", "driver_unload", "driver_ping", "driver_init", "irp_cancel"):
    print(name, status_of("signal_send", host, name, {}), end=" ")
print()
for name in ("driver_init_complete", "driver_unload_complete", "driver_pong", "dkms_complete_irp", "irp_complete"):
    print([control(h, "call", "signal_send", pid, name, 0) for pid in (2, 3)], end=" ")
print()
print([control(h, "call", "signal_send", pid, "umd_request", {}) for pid in (2, 3)], control(h, "openers"))
print(results, row()["state"], row()["restarts"], "box" in syscall("vfs_list", "/dev"))
syscall("vfs_write", h, b"really")
syscall("process_wait", thread)
print(results)
""",
        box=BOX,
    )
    assert lines == [
        "irp_dispatch 500 driver_unload 500 driver_ping 500 driver_init 500 irp_cancel 500 ",
        "[500, 500] " * 5,
        "[True, True] [0]",
        "[] online 0 True",
        "[b'r']",
    ]


THIEF = BOX.replace("Box0", "Thief0").replace('"Box"', '"Thief"').replace("/dev/box", "/dev/thief").replace(
    'if method == "openers":',
    '''if method == "steal":
        stolen = []
        def exchange():
            for number in range(1, irp.irp_id if args[0] else 0):
                payload = {"irp": number, "status": 0, "info": b"stolen"}
                umd_ask("complete_request", payload, stolen)
            for kind, payload in args[1]:
                umd_ask(kind, payload, stolen)
        syscall("process_wait", syscall("process_thread", exchange))
        return sorted(set(stolen))
    if method == "openers":''',
).replace(
    "def on_create(",
    '''def umd_ask(kind, payload, answers):
    syscall("signal_send", env["host_pid"], "umd_request", {"type": kind, "payload": payload})
    answers.append(syscall("signal_pull")[2]["status"])

def on_create(''',
)


def test_a_driver_that_reaches_for_what_is_anothers(as_root: Run) -> None:
    """It completes no request but its own, deletes no device but its own, and links to none but its own."""
    lines = as_root(
        """
load(), load("thief")
h, thief = syscall("vfs_open", "/dev/box", "rw"), syscall("vfs_open", "/dev/thief", "r")
results, thread = start("vfs_read", h, 1)
sleep(0.1)
device = "\\\\Device\\\\Box0"
print(control(thief, "steal", True, []))
link = {"link_name": "/dev/loot", "device_name": device}
attempts = [["delete_device", link], ["delete_symlink", {"link_name": "/dev/box"}], ["create_symlink", link]]
print(control(thief, "steal", False, attempts))
print(control(thief, "steal", False, [["create_device", {"device_name": device}]]))
print(control(thief, "steal", False, [["component_invoke", {}], [None, None], [["x"], "y"]]))
print(results, row()["state"], row("Thief")["state"])
syscall("vfs_write", h, b"mine")
syscall("process_wait", thread)
print(results)
""",
        box=BOX,
        thief=THIEF,
    )
    assert lines == ["[601]", "[500]", "[406]", "[301]", "[] online online", "[b'm']"]


def test_a_driver_that_floods_its_host(as_root: Run) -> None:
    """Its host goes on serving it, others go on, and neither queue grows beyond its limit."""
    lines = as_root(
        """
load(), load("bin")
box, bin = syscall("vfs_open", "/dev/box", "rw"), syscall("vfs_open", "/dev/bin", "rw")
for _ in range(3):
    print(control(box, "flood"), end=" ")
print()
most = {"pid": 0, "child_pid": 0}
for turn in range(50):
    sleep(0.02)
    for which in most:
        most[which] = max(most[which], syscall("process_info", row()[which])["messages"])
print(syscall("vfs_write", bin, b"calm"), syscall("vfs_read", bin), syscall("vfs_write", box, b"busy"))
print(most["pid"] <= 256, most["child_pid"] <= 70, row()["state"], row()["restarts"])
""",
        box=BOX.replace(
            'if method == "openers":',
            '''if method == "flood":
        def flood():
            while True:
                try:
                    syscall("signal_send", env["host_pid"], "umd_request", {"type": "noise", "payload": {}})
                except umd.StatusError:
                    syscall("process_sleep", 1)
        syscall("process_thread", flood)
        return True
    if method == "openers":''',
        ),
        bin=BIN,
    )
    assert lines == ["True True True ", "4 b'calm' 4", "True True online 0"]


def test_a_driver_in_the_hand_written_form(as_root: Run) -> None:
    """No umd.run: a loop of its own over the messages of the contract, one reply to each question."""
    lines = as_root(
        """
print(load("plain").split(" (")[0])
h = syscall("vfs_open", "/dev/plain", "r")
print(syscall("vfs_read", h), status_of("vfs_write", h, b"x"), row("Plain")["state"])
syscall("vfs_close", h)
print(syscall("driver_unload", "Plain"), drivers())
""",
        plain=r'''
DRIVER_INFO = {"driver_name": "Plain", "driver_type": "UserModeDriver", "load_priority": 500, "version": "1.0"}

def say(kind, **payload):
    syscall("signal_send", env["host_pid"], "umd_request", {"type": kind, "payload": payload})

def ask(kind, **payload):
    say(kind, **payload)
    return syscall("signal_pull")[2]

def um_driver_entry(driver):
    made = ask("create_device", device_type="virtual", device_name=r"\Device\Plain")
    linked = ask("create_symlink", link_name="/dev/plain", device_name=r"\Device\Plain")
    assert sorted(made) == ["data", "status"] and made["data"]["registry_id"].startswith("VIRT_")
    return made["status"] or linked["status"]

replies = []
while True:
    sender, name, *values = syscall("signal_pull")
    if sender != env["host_pid"]:
        continue
    if name == "umd_initialize":
        say("complete_init", status=um_driver_entry(values[0]))
    elif name == "umd_irp":
        major = values[0]["major_function"]
        say("complete_request", irp=values[0]["irp_id"], status=0 if major in (0, 2, 3) else 301, info=repr(replies))
    elif name == "umd_reply":
        replies.append(values[0]["status"])
    elif name == "umd_unload":
        break
''',
    )
    assert lines == ["Plain loaded", "b'[0]' 500 online", "Plain was unloaded []"]
