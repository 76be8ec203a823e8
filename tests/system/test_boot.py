"""The ten steps of phase 3, and what PM does when a part of the system is missing."""

from __future__ import annotations

import pytest
from vfsrig import DKMS_PID, INIT_PID, LOGON_PID, Bench, Disks, Panicked, booted

from abi.irp import IRP_MJ_DEVICE_CONTROL, IRP_MJ_WRITE
from axisos.machine.component import Component


class Board(Component):
    """Some component."""

    def __init__(self, kind: str, address: str) -> None:
        super().__init__(address)
        self.type = kind  # type: ignore[misc]


def with_screen() -> Disks:
    """Disks beside a gpu, a screen and a keyboard."""
    disks = Disks()
    for kind, address in (("gpu", "9b0000-1"), ("screen", "5c0000-1"), ("keyboard", "4e0000-1")):
        disks.bus.attach(Board(kind, address))
    return disks


def test_the_ten_steps_in_their_order() -> None:
    """Calls first, then DKMS, the terminal before all other drivers, the screen before init."""
    bench = Bench(with_screen())
    bench.pm.boot()
    loads = [args[1] for args in ((name, *rest) for _, name, *rest in bench.sent if name.startswith("load_"))]
    assert loads == [
        "/drivers/tty.sys.py", "gpu", "filesystem", "filesystem", "filesystem", "/drivers/ringfs.sys.py",
        "/drivers/null.sys.py", "/drivers/blkdev.sys.py", "/drivers/rbmk.sys.py",
    ]
    milestones = [step for step in bench.steps if step in (
        "kernel_register_pipeline", "syscall_override", "process_spawn", "signal_pull", "reg_create_key",
        "kernel_set_log_mode",
    )]
    first = {step: milestones.index(step) for step in milestones}
    assert list(first) == [
        "kernel_register_pipeline", "syscall_override", "process_spawn", "signal_pull", "reg_create_key",
        "kernel_set_log_mode",
    ]
    assert milestones[-1] == "process_spawn"
    assert [path for path, *_ in bench.spawned] == ["/system/dkms.py", "/system/logon.py", "/bin/init.py"]
    assert bench.spawned[2][1] == 3 and "vfs_open" in bench.overridden and "driver_load" in bench.overridden


def test_the_registry_knows_hardware_configuration_and_boot() -> None:
    """Every component, also those without a driver."""
    bench = booted(with_screen(), SAFE_MODE=True, INIT_PATH="/bin/own.py")
    assert bench.registry["@VT\\SYS\\HARDWARE\\gpu_9b0000"] == {
        "Address": "9b0000-1", "ComponentType": "gpu", "ShortAddress": "9b0000-1"[:8],
    }
    assert bench.registry["@VT\\SYS\\CONFIG"]["Hostname"] == "AxisBox"
    assert bench.registry["@VT\\SYS\\CONFIG"]["logging.enable_log_rotation_saver"] == "true"
    assert bench.registry["@VT\\SYS\\BOOT"] == {"SafeMode": "true", "InitPath": "/bin/own.py"}
    bench.post(0, "os_event", "component_added", "abcdef-9", "modem")
    assert "@VT\\SYS\\HARDWARE\\modem_abcdef" in bench.registry
    assert bench.sent[-1] == (DKMS_PID, "os_event", "component_added", "abcdef-9", "modem")
    bench.post(0, "os_event", "component_removed", "abcdef-9", "modem")
    assert "@VT\\SYS\\HARDWARE\\modem_abcdef" not in bench.registry


def test_a_driver_that_fails_is_logged_and_one_that_is_not_there_is_not() -> None:
    """Nothing of it stops the boot."""
    bench = Bench(with_screen())
    bench.load_results = {"filesystem": (603, "no driver", -1), "/drivers/tty.sys.py": (404, "it did not start", -1)}
    bench.pm.boot()
    failures = [line for level, line in bench.log if level == "fail"]
    assert len(failures) == 2 and "tty.sys.py" in failures[0] and "it did not start" in failures[0]
    assert "no terminal" in failures[1], "and the log stays on the screen, since nothing else can"
    assert bench.spawned[-1][0] == "/bin/init.py"


def test_a_driver_that_hangs_delays_init_by_a_second_of_machine_time() -> None:
    """It goes on loading; its result is still heard."""
    bench = Bench()
    bench.hung_loads = {"/drivers/ringfs.sys.py"}
    start_s = bench.now_s
    bench.pm.boot()
    assert bench.now_s - start_s == pytest.approx(1.0)
    assert any("still loading" in line for _, line in bench.log)
    ticket = next(args[-1] for _, name, *args in bench.sent if args[0] == "/drivers/ringfs.sys.py")
    bench.post(DKMS_PID, "load_driver_result", ticket, 0, "AxisRingFS", 9)
    assert not bench.pm._loads


def test_the_log_goes_to_the_ring_and_to_the_files_of_this_session() -> None:
    """From the first line on, the ring sized as fstab says; the .log file without the noise."""
    disks = Disks()
    bench = Bench(disks)
    bench.boot_log = "[   0.1] [  OK  ] PID=0   kernel\n[   0.2] [ DEV  ] PID=3   noise"
    bench.pm.boot()
    own = [irp for irp in bench.requests() if irp.irp_id < 0]
    assert own[0].major_function == IRP_MJ_DEVICE_CONTROL and own[0].parameters.args == [8192]
    written = b"".join(irp.parameters.data for irp in own if irp.major_function == IRP_MJ_WRITE)
    assert written == b"[   0.1] [  OK  ] PID=0   kernel\n[   0.2] [ DEV  ] PID=3   noise\n"
    assert disks.get("/vbl/syslog_001.vbl").endswith(written)
    assert b"noise" not in disks.get("/log/syslog_001.log") and b"kernel\n" in disks.get("/log/syslog_001.log")
    bench.boot_log = "[   3.0] [ INFO ] PID=20  later"
    bench.post(0, "log_pending")
    assert disks.get("/log/syslog_001.log").endswith(b"later\n")
    bench.complete(own[-1], 0, len(written))  # one write is under way at a time
    assert bench.requests()[-1].parameters.data.endswith(b"later\n")


def test_whoever_opens_a_log_sees_all_of_it() -> None:
    """Also the lines that the kernel still had."""
    bench = booted()
    for path in ("/dev/ringlog", "/log/syslog_001.log", "/var/log/syslog", "/var/log/syslog_001.log", "/vbl"):
        bench.boot_log = f"[   9.0] [ INFO ] PID=1   {path}"
        bench.start_call("vfs_list" if path == "/vbl" else "vfs_open", path)
        bench.run()
        assert bench.boot_log == "" and path.encode() in bench.disks.get("/vbl/syslog_001.vbl")


def test_sessions_are_numbered_and_the_oldest_go() -> None:
    """The larger number of the two directories counts; other files stay."""
    disks = Disks()
    disks.boot.makeDirectory("/log")
    disks.boot.makeDirectory("/vbl")
    for name in ("/log/syslog_007.log", "/log/syslog_002.log", "/log/syslog_999x.log", "/log/crash_001.dump"):
        disks.put(name, b"")
    for number in range(3, 12):
        disks.put(f"/vbl/syslog_{number:03d}.vbl", b"")
    bench = booted(disks)
    assert disks.boot.list("/vbl") == [f"syslog_{number:03d}.vbl" for number in (8, 9, 10, 11, 12)]
    assert disks.boot.list("/log") == [
        "crash_001.dump", "syslog_002.log", "syslog_007.log", "syslog_012.log", "syslog_999x.log",
    ]
    assert b"session" in disks.get("/log/syslog_012.log")
    assert bench.pm is not None


def test_without_ring_or_files_the_boot_goes_on() -> None:
    """A disk that cannot be written, a ring driver that does not load."""
    disks = Disks()
    disks.boot.makeDirectory = lambda *_: (_ for _ in ()).throw(OSError("read-only"))
    bench = Bench(disks)
    bench.load_results = {"/drivers/ringfs.sys.py": (603, "no such file", -1)}
    bench.boot_log = "line"
    bench.pm.boot()
    assert any("no log files" in line for level, line in bench.log if level == "warn")
    assert bench.spawned[-1][0] == "/bin/init.py" and not bench.requests()


def test_configured_drivers_are_loaded_but_not_in_safe_mode() -> None:
    """drivers.toml first, then autoload.toml; safe mode is silent about neither."""
    for safe in (False, True):
        disks = Disks()
        disks.put("/etc/drivers.toml", b'[[driver]]\nname = "a"\npath = "/drivers/a.sys.py"\n')
        disks.put("/etc/autoload.toml", b'drivers = ["/drivers/b.sys.py"]')
        bench = Bench(disks, SAFE_MODE=safe)
        bench.pm.boot()
        asked = [args[0] for _, name, *args in bench.sent if name == "load_driver_path_request"]
        assert ("/drivers/a.sys.py" in asked, "/drivers/b.sys.py" in asked) == (not safe, not safe)


def test_broken_configuration_is_named_and_its_defaults_are_used() -> None:
    """Each file for itself."""
    disks = Disks()
    for name in ("sys", "drivers", "autoload", "perms"):
        disks.put(f"/etc/{name}.toml", b"= nonsense")
    disks.boot.remove("/etc/hostname")
    floppy = b'[[mount]]\nuuid = "label:floppy"\npath = "/"\nmount = "/mnt"\ntype = "homefs"\n'
    disks.put("/etc/fstab.toml", disks.get("/etc/fstab.toml") + floppy)
    bench = booted(disks)
    complaints = [line for level, line in bench.log if level in ("warn", "fail")]
    for name in ("sys.toml", "drivers.toml", "autoload.toml", "perms.toml", "floppy"):
        assert sum(name in line for line in complaints) == 1, (name, complaints)
    assert bench.registry["@VT\\SYS\\CONFIG"]["Hostname"] == "AxisBox"
    assert bench.call("vfs_list", "/etc")


def test_services_that_cannot_start() -> None:
    """Without DKMS or init there is no system; without logon there is one that nobody can log in to."""
    for path in ("/system/dkms.py", "/bin/init.py"):
        bench = Bench()
        bench.unstartable = {path}
        with pytest.raises(Panicked, match=path):
            bench.pm.boot()
    bench = Bench(SAFE_MODE=True)
    bench.unstartable = {"/bin/init.py", "/system/logon.py"}
    bench.pm.boot()
    assert bench.spawned[-1][0] == "/bin/sh.py"
    assert any("nobody can log in" in line for level, line in bench.log if level == "fail")


def test_logon_and_init_are_started_again_but_not_for_ever() -> None:
    """DKMS is not: with it every device is gone."""
    bench = booted()
    before = len(bench.spawned)
    for _ in range(5):
        bench.post(0, "process_exited", LOGON_PID)
    assert [path for path, *_ in bench.spawned[before:]] == ["/system/logon.py"] * 3
    bench.post(7, "process_exited", DKMS_PID)
    for _ in range(3):
        bench.post(0, "process_exited", INIT_PID)
    with pytest.raises(Panicked, match="init"):
        bench.post(0, "process_exited", INIT_PID)
    with pytest.raises(Panicked, match="DKMS"):
        bench.post(0, "process_exited", DKMS_PID)


def test_driver_load_is_for_uid_0_and_says_what_was_loaded() -> None:
    """The loader's own words with the process, or its failure."""
    bench = booted()
    from abi.status import Status, StatusError

    with pytest.raises(StatusError) as refused:
        bench.call("driver_load", "/drivers/x.sys.py", uid=1000)
    assert refused.value.status is Status.PRIVILEGE_NOT_HELD
    bench.load_results = {
        "/drivers/x.sys.py": (0, "Echo", 9), "/drivers/y.sys.py": (0, "0 instances", 0), "/z": (402, "no info", -1),
    }
    assert bench.call("driver_load", "/drivers/../drivers/x.sys.py") == "Echo loaded (PID 9)"
    assert bench.call("driver_load", "/drivers/y.sys.py") == "0 instances"
    with pytest.raises(StatusError, match="no info") as failed:
        bench.call("driver_load", "/z")
    assert failed.value.status is Status.INVALID_DRIVER_INFO


def test_messages_are_believed_from_whom_they_must_come_from() -> None:
    """A program that says it is the kernel is logged, and nothing happens."""
    bench = booted()
    body = object()
    for message in (
        ("syscall", body), ("process_exited", DKMS_PID), ("load_driver_result", 1, 0, "", 1), ("handle_closed", body),
    ):
        bench.post(30, *message)
    assert len([line for level, line in bench.log if level == "sec" and "process 30" in line]) == 4
    bench.post(30, "hello")
    assert bench.call("vfs_list", "/etc")
