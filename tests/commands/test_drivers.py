"""The commands around drivers and their requests: insmod, lsmod, rmmod, irp."""

from __future__ import annotations

import re
from pathlib import Path

SLOW = r"""
from axis import dk

DRIVER_INFO = {"driver_name": "Slow", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}

held = []

def on_read(device, irp):
    irp.step = "waiting for the tide"
    held.append(irp)
    return dk.PENDING

def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    dk.create_device(driver, r"\Device\Slow")
    dk.create_symbolic_link("/dev/slow", r"\Device\Slow")
    dk.register_interrupt("key_down")

dk.run(driver_entry, on_cancel=held.remove)
"""


def slow(tmp_path: Path, text: str = SLOW) -> list[tuple[str, str]]:
    """The driver on the machine's disk, not loaded."""
    (tmp_path / "slow").write_text(text)
    return [(str(tmp_path / "slow"), "/drivers/slow.sys.py")]


def test_a_driver_is_loaded_looked_at_and_unloaded(shell, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """insmod, lsmod with its devices and interrupts, rmmod, which refuses while it is in use, unless forced."""
    result = shell(
        "insmod slow; lsmod Slow; lsmod -v /drivers/slow.sys.py; cat /dev/slow & sleep 0.1; rmmod Slow; echo $?;"
        "rmmod -f Slow; wait $!; echo cat $?; lsmod Slow; echo $?; ls /dev | grep -c slow",
        user="root", put=slow(tmp_path),
    )
    lines = result.stdout.decode().splitlines()
    assert lines[0].startswith("Slow loaded (PID ")
    assert lines[2].split()[:3] + lines[2].split()[4:] == ["Slow", "KMD", "1.0", "online", "0", "0", "0", "/dev/slow"]
    assert lines[4:7] == [
        r"  device     \Device\Slow  /dev/slow", "  hears of   key_down", "  open 0, held 0, restarted 0 times",
    ]
    assert lines[7:] == ["1", "Slow was unloaded", "cat 1", "1", "0"]
    errors = result.stderr.decode().splitlines()
    assert errors[0].startswith("rmmod: Slow: 604 Slow (pid ")
    assert errors[0].endswith("close its devices first, or use -f")
    assert "lsmod: Slow: no such driver is loaded" in errors


def test_everybody_may_look_and_only_root_may_act(shell, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """lsmod works for guests; rmmod and insmod -r refuse politely; wrong names are said so."""
    result = shell("lsmod | head -1; rmmod AxisNull; insmod -r null; rmmod; echo $?")
    assert result.stdout.decode().split() == ["NAME", "TYPE", "VERSION", "PID", "STATE", "OPEN", "HELD", "RESTARTS",
                                              "DEVICES", "2"]  # fmt: skip
    errors = result.stderr.decode().splitlines()
    assert errors[:2] == [
        "rmmod: AxisNull: only root may unload drivers", "insmod: /drivers/null.sys.py: only root may load drivers",
    ]
    result = shell("rmmod Nobody", user="root")
    assert result.stderr.decode() == "rmmod: Nobody: 405 no driver Nobody is loaded; lsmod lists the drivers\n"


def test_a_driver_is_replaced(shell, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """insmod -r takes the file as it is now."""
    result = shell(
        "insmod slow; insmod -r slow; lsmod Slow | tail -1 | cut -c1-4",
        user="root", put=slow(tmp_path),
    )
    assert result.stdout.decode().splitlines()[1:] == ["/drivers/slow.sys.py was reloaded", "Slow"]


def test_irp_tells_who_holds_a_request_and_cancels_it(shell, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """The list, the way of one, and -c: its caller ends with 611."""
    result = shell(
        "insmod slow > /dev/null; cat /dev/slow & sleep 0.5; irp; irp $!; ID=$(irp | tail -1 | cut -d ' ' -f 1);"
        "irp -c $ID; wait $!; echo $?; irp; irp -c $ID; irp 99999",
        user="root", put=slow(tmp_path),
    )
    lines = result.stdout.decode().splitlines()
    assert lines[0].split() == ["ID", "REQUEST", "DEVICE", "PID", "AGE", "HOLDER", "LAST", "STEP"]
    number, what, device, pid, age, *holder_and_step = lines[1].split()
    assert (what, device, holder_and_step[0]) == ("READ", "/dev/slow", "Slow")
    assert 0.4 < float(age) < 0.6 and lines[1].endswith("waiting for the tide")
    assert lines[2] == f"request {number}: READ of 65536 bytes"
    assert lines[3].startswith(f"  asked by   process {pid} (uid 0), 0.")
    assert lines[4] == r"  through    PM (2) -> DKMS (3) names the device -> \Device\Slow"
    assert lines[5].startswith("  held by    driver Slow (process ")
    assert lines[6].startswith("  which      waits for its next message, for 0.")
    assert lines[7:] == ["  last step  waiting for the tide", "1"]
    assert result.stderr.decode().splitlines()[-3:] == [
        "cat: /dev/slow: Operation cancelled", f"irp: {number}: there is no request {number} under way; see irp_query",
        "irp: 99999: no request of that number, or of that process, is under way",
    ]


def test_a_user_sees_and_cancels_its_own_requests_only(shell, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Root's are hidden, and cannot be withdrawn."""
    result = shell(
        "insmod slow > /dev/null; cat /dev/slow & sleep 0.1; ID=$(irp | tail -1 | cut -d ' ' -f 1);"
        "su guest -c 'irp; irp -c '$ID; irp | wc -l; kill $!",
        user="root", put=slow(tmp_path),
    )
    assert result.stdout.decode().split() == ["2"]
    assert result.stderr.decode().splitlines()[0].endswith("is that of another user")


def test_a_user_mode_driver_is_inspected_and_loaded(shell, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Its type and ring, and both of its processes; that only root may read its file does not matter."""
    driver = tmp_path / "mild"
    driver.write_text(
        'from axis import umd\n\nDRIVER_INFO = {"driver_name": "Mild", "driver_type": umd.DRIVER_TYPE_UMD, '
        '"load_priority": 500}\n\n\ndef um_driver_entry(driver):\n    pass\n\n\numd.run(um_driver_entry)\n'
    )
    result = shell(
        "insmod -i mild | grep -v size; insmod mild | cut -c1-11; lsmod Mild | tail -1 | tr -s ' ';"
        "rmmod Mild; chmod 700 /drivers/mild.sys.py; insmod mild | cut -c1-11",
        user="root", put=[(str(driver), "/drivers/mild.sys.py")],
    )
    told, loaded = result.stdout.decode().splitlines()[:4], result.stdout.decode().splitlines()[4:]
    assert told == [
        "file:      /drivers/mild.sys.py", "name:      Mild", "type:      UserModeDriver (ring 3)", "priority:  500",
    ]
    assert loaded[0] == "Mild loaded" and re.match(r"Mild UMD N/A \d+\+\d+ online 0 0 0 -", loaded[1]), loaded
    assert loaded[2:] == ["Mild was unloaded", "Mild loaded"]


def test_a_start_that_fails_says_why_in_its_own_words(shell, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """An error with the line of the driver's own file, a status with what was wrong; and at ring 3 alike."""
    ring3 = SLOW.replace("dk", "umd").replace("driver_entry", "um_driver_entry").replace("KernelMode", "UserMode")
    for text, said in (
        (SLOW.replace('"/dev/slow"', "LINK"), "NameError: name 'LINK' is not defined (slow.sys.py, line 16)"),
        (SLOW.replace('"/dev/slow"', '"/dev/null"'), r"DEVICE_ALREADY_EXISTS: /dev/null leads to \Device\Null"),
        (SLOW.replace("IRP_MJ_READ", "IRP_MJ_RAED"), "the driver kit has no IRP_MJ_RAED (slow.sys.py, line 14)"),
        (SLOW.replace("dk.run", "dk.rum"), "before it answered: uncaught error: AttributeError: the driver kit"),
        (SLOW[: SLOW.index("dk.run")], "it answered: is there a dk.run(driver_entry) at its end?"),
        (ring3.replace("umd.register_interrupt", "oh"), "um_driver_entry failed: NameError: name 'oh' is not defined"),
    ):
        result = shell("insmod slow", user="root", put=slow(tmp_path, text))
        assert result.exit_code == 1 and said in result.stderr.decode(), result.stderr


def test_a_device_that_cannot_be_read_is_named_once(shell, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Whether the command says its name or the system does."""
    files = slow(tmp_path, SLOW.replace("IRP_MJ_READ", "IRP_MJ_WRITE"))
    result = shell("insmod slow > /tmp/out; head -1 /dev/slow; cd /dev; cat slow", user="root", put=files)
    assert result.stderr.decode().splitlines() == [
        r"head: /dev/slow: cannot read: \Device\Slow does not know READ",
        r"cat: slow: cannot read: \Device\Slow does not know READ",
    ]


def test_an_error_of_a_control_names_the_device(shell, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """As an error of a read does; the method is no file."""
    text = SLOW.replace("IRP_MJ_READ", "IRP_MJ_DEVICE_CONTROL").replace("held.append(irp)", "raise SystemExit")
    program = 'import axis.filesystem as fs; fs.device_control(fs.open("/dev/slow", "r"), "faint")'
    result = shell(f"insmod slow; python -c '{program}'", user="root", put=slow(tmp_path, text))
    assert result.stderr.decode().splitlines()[-1].endswith("Device not ready: '/dev/slow'")
