"""Somebody looks into the registry: reg prints it and follows it, regedit shows it on the whole screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from abi.names import DKMS_PID, KERNEL_PID
from axisos import host
from axisos.machine.machine import Machine
from stories.test_commands_at_the_terminal import at_the_prompt

DRIVER = """
from axis import dk

DRIVER_INFO = {"driver_name": "Lab", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "2.0"}
KEY = "@VT\\\\DRV\\\\Lab"


def on_write(device, irp):
    name, _, value = irp.parameters.data.decode().strip().partition("=")
    syscall("reg_set_value", KEY, name, int(value))


def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_WRITE] = on_write
    dk.create_device(driver, "\\\\Device\\\\Lab")
    dk.create_symbolic_link("/dev/lab", "\\\\Device\\\\Lab")
    syscall("reg_create_key", KEY + "\\\\Limits")
    syscall("reg_set_value", KEY, "Online", True)


if __name__ == "__main__":
    dk.run(driver_entry)
"""


def change(machine: Machine, path: str, name: str, value: object) -> None:
    """The kernel changes the registry."""
    registry = machine.kernel.registry
    registry.create_key(path)
    registry.set_value(path, name, value)
    machine.computer.push_signal("work")
    machine.run_until_idle()


def rows(machine: Machine) -> list[str]:
    return [line.rstrip() for line in machine.screen.lines()]


@pytest.fixture
def regedit(machine: Machine) -> Iterator[Machine]:
    """A machine at whose terminal regedit has been started."""
    at_the_prompt(machine)
    machine.type("clear; echo before; regedit; echo status $?\n")
    machine.run_until_idle()
    yield machine


def test_a_drivers_keys_are_there_and_its_own(shell: Callable[..., host.Result], tmp_path: Path) -> None:
    """It has its key before its entry runs, writes to it, and makes keys below it; DKMS fills in the rest."""
    driver = tmp_path / "lab.sys.py"
    driver.write_text(DRIVER)
    result = shell(
        "echo Speed=7 > /dev/lab; reg query '@VT\\DRV\\Lab'; reg get '@VT\\DRV\\Lab' Speed; reg tree @VT/DRV/Lab;"
        "reg find '\\lab'",
        user="root", drivers=[str(driver)],
    )
    text = result.stdout.decode()
    assert text.startswith("@VT\\DRV\\Lab\n  Limits\n  NAME                     TYPE   DATA\n")
    for name, kind, data in (("Online", "BOOL", "True"), ("Speed", "NUM", "7"), ("Status", "STR", "loaded"),
                             ("Version", "STR", "2.0"), ("LoadPriority", "NUM", "500")):
        assert f"  {name:<24} {kind:<6} {data}\n" in text
    assert "Speed = 7 (NUM)\n" in text
    assert "@VT\\DRV\\Lab\\Limits\n2 found\n" in text


def test_all_keys_that_fill_themselves_are_there(machine: Machine) -> None:
    """Devices, drivers, boot, configuration, hardware: each with its values and their types."""
    machine.power_on()
    machine.run_until("login:")
    registry = machine.kernel.registry

    def values(path: str) -> dict[str, str]:
        return {name: value.kind for name, value in registry.existing(path).values.items()}

    boot = values("@VT\\SYS\\BOOT")
    assert boot == {
        "KernelVersion": "STR", "BootTime": "NUM", "RegistryVersion": "STR", "SafeMode": "STR", "InitPath": "STR",
    }
    config = registry.existing("@VT\\SYS\\CONFIG").values
    assert {value.kind for value in config.values()} == {"STR"}
    assert config["Hostname"].data and config["logging.log_device"].data == "/dev/ringlog"
    hardware = registry.existing("@VT\\SYS\\HARDWARE").sub_keys
    assert {name.rpartition("_")[0] for name in hardware} >= {"gpu", "screen", "keyboard", "filesystem", "eeprom"}
    for name, key in hardware.items():
        facts = {value: key.values[value].data for value in key.values}
        assert set(facts) == {"Address", "ComponentType", "ShortAddress"}
        assert name == f"{facts['ComponentType']}_{facts['Address'][:6]}"
        assert facts["ShortAddress"] == facts["Address"][:8]
    devices = registry.existing("@VT\\DEV").sub_keys.values()
    assert len(devices) >= 3
    for key in devices:
        assert {name: value.kind for name, value in key.values.items()}.items() >= {
            "DeviceName": "STR", "DriverName": "STR", "DriverType": "STR", "DriverVersion": "STR",
            "DeviceClass": "STR", "Status": "STR", "DriverPID": "NUM", "Ring": "NUM",
        }.items()
        assert key.owner_pid == key.values["DriverPID"].data
        driver = registry.existing("@VT\\DRV\\" + key.values["DriverName"].data)
        for instance in driver.sub_keys.values():
            assert instance.name == instance.values["Address"].data[:8]
            assert instance.values["PID"].data == instance.owner_pid
        if driver.values["Type"].data != "ComponentModeDriver":
            assert driver.values["PID"].data == driver.owner_pid == key.owner_pid
    drivers = registry.existing("@VT\\DRV").sub_keys.values()
    for key in drivers:
        is_shared = key.values["Type"].data == "ComponentModeDriver"  # each component has its own process
        assert key.owner_pid == (DKMS_PID if is_shared else key.values["PID"].data)
        assert {name: value.kind for name, value in key.values.items()}.items() >= {
            "Path": "STR", "Type": "STR", "Version": "STR", "Status": "STR", "PID": "NUM", "LoadPriority": "NUM",
        }.items()
    assert registry.existing("@VT\\SYS").owner_pid == KERNEL_PID


def test_a_driver_that_does_not_start_leaves_no_key(shell: Callable[..., host.Result], tmp_path: Path) -> None:
    """Not even what it made itself."""
    driver = tmp_path / "lab.sys.py"
    driver.write_text(DRIVER.replace('"Online", True)', '"Online", True)\n    raise RuntimeError("no")'))
    assert "RuntimeError" in driver.read_text()
    result = shell(
        "reg watch @VT/DRV > /tmp/changes & sleep 1;"
        " insmod /drivers/lab.sys.py; kill %1; cat /tmp/changes; reg find lab",
        user="root", put=[(str(driver), "/drivers/lab.sys.py")],
    )
    assert b"set     @VT\\DRV\\Lab Online = True (BOOL)" in result.stdout or b"Online (gone by now)" in result.stdout
    assert result.stdout.endswith(b"0 found\n") and result.exit_code == 1


def test_reg_watch_tells_what_happens_as_it_happens(machine: Machine) -> None:
    """Made, set, unset, deleted, each with what there is to know; it ends with the key, after COUNT, or by Ctrl+C."""
    at_the_prompt(machine)
    registry = machine.kernel.registry
    registry.create_key("@VT\\Lab")
    machine.type("clear; reg watch @VT/Lab; echo ended $?\n")
    machine.run_until_idle()
    change(machine, "@VT\\Lab\\Power", "Watts", 5)
    change(machine, "@VT\\Lab\\Power", "Watts", 6)
    change(machine, "@VT\\Elsewhere", "Watts", 6)
    shown = rows(machine)
    assert shown[:3] == [
        "made    @VT\\Lab\\Power", "set     @VT\\Lab\\Power Watts = 5 (NUM)", "set     @VT\\Lab\\Power Watts = 6 (NUM)",
    ]
    service = next(thread for thread in machine.kernel.processes.threads.values() if thread.process.ring == 1)
    registry.reg_delete_value(service, "@VT\\Lab\\Power", "Watts")
    registry.reg_set_owner(service, "@VT\\Lab\\Power", 9)
    registry.reg_delete_key(service, "@VT\\Lab")
    machine.computer.push_signal("work")
    machine.run_until("ended 0")
    text = machine.screen.text()
    assert "unset   @VT\\Lab\\Power Watts" in text and "deleted @VT\\Lab" in text and "the key was deleted" in text
    machine.type("clear; reg watch @VT 2; echo over $?\n")
    machine.run_until_idle()
    change(machine, "@VT\\A", "x", "y")
    machine.run_until("over 0")
    machine.type("clear; reg watch\n")
    machine.run_until_idle()
    machine.press("ctrl+c")
    machine.run_until_idle()
    assert machine.kernel.registry.on_change is None


@pytest.mark.parametrize(
    ("line", "code", "complaint"),
    [
        ("reg watch @VT/none", 1, "reg: @VT/none: Key not found\n"),
        ("reg watch SYS", 2, "reg: SYS: a registry path begins with @VT: see reg --help\n"),
        ("reg watch @VT 0", 2, None),
        ("reg watch @VT 1 2", 2, None),
        ("regedit", 1, "regedit: it needs a terminal; `reg tree` and `reg query` print the registry\n"),
        ("regedit x", 2, None),
        ("reg set @VT/SYS/BOOT x 1", 1, "reg: @VT\\SYS\\BOOT x: the registry can be changed by rings 0 to 2 only\n"),
    ],
)
def test_what_is_refused(shell: Callable[..., host.Result], line: str, code: int, complaint: str | None) -> None:
    """One line, and the status that says whose mistake it was."""
    result = shell(line)
    assert result.exit_code == code and result.stderr.count(b"\n") == 1
    if complaint is not None:
        assert result.stderr.decode().replace(" (see reg --help)", ": see reg --help") == complaint


def test_regedit_walks_with_the_arrows(regedit: Machine) -> None:
    """Unfold, fold, to the key above, to the values and back; the path and the place follow."""
    screen = rows(regedit)
    assert screen[0] == " regedit    [keys]" and screen[1] == "@VT"
    assert screen[2].split() == ["Key", "|", "Name", "Type", "Value"]
    assert [line.split("|")[0].rstrip() for line in screen[3:10]] == [
        "- @VT", "  + DEV", "  + DRV", "  - SYS", "      BOOT (5)", "      CONFIG (9)", "    + HARDWARE",
    ]
    for key in ("down", "right"):
        regedit.press(key)
    regedit.run_until_idle()
    assert rows(regedit)[1] == "@VT\\DEV" and rows(regedit)[4].startswith("  - DEV")
    regedit.press("right")  # into it
    regedit.run_until_idle()
    first = min(regedit.kernel.registry.existing("@VT\\DEV").sub_keys.values(), key=lambda key: key.name)
    assert rows(regedit)[1] == first.path
    regedit.press("right")  # a leaf: to its values
    regedit.press("down")
    regedit.run_until_idle()
    assert rows(regedit)[0] == " regedit    [values]"
    assert rows(regedit)[-1].rstrip() == f"2/10   DeviceName = {first.values['DeviceName'].data}"
    regedit.press("left")  # back
    regedit.press("left")  # to the key above
    regedit.run_until_idle()
    assert rows(regedit)[:2] == [" regedit    [keys]", "@VT\\DEV"]
    regedit.press("left")  # fold
    regedit.run_until_idle()
    assert rows(regedit)[4].startswith("  + DEV")
    regedit.press("end")
    regedit.run_until_idle()
    assert rows(regedit)[1] == "@VT\\SYS\\HARDWARE"
    regedit.press("home")
    regedit.run_until_idle()
    assert rows(regedit)[1] == "@VT" and rows(regedit)[-1].startswith("1/7")


@pytest.mark.parametrize("end", ["q", "ctrl+c"])
def test_regedit_leaves_the_terminal_as_it_was(regedit: Machine, end: str) -> None:
    """What was on the screen is there again, lines can be typed, and the status is 0."""
    regedit.press(end)
    regedit.run_until("status 0")
    assert rows(regedit)[0] == "before"
    regedit.type("echo typed $((6 * 7))\n")
    regedit.run_until("typed 42")
    assert regedit.kernel.registry.on_change is None


def test_regedit_is_killed_and_the_terminal_recovers(machine: Machine) -> None:
    """The terminal's driver restores what the program could not."""
    at_the_prompt(machine)
    machine.type("clear; echo before; regedit\n")
    machine.run_until("[keys]")
    (process,) = [each for each in machine.kernel.processes.processes() if "regedit" in each.image]
    machine.kernel.processes.terminate(process, 137, "killed by the test")
    machine.computer.push_signal("work")
    machine.run_until("guest@")
    assert rows(machine)[0] == "before"
    machine.type("echo typed $((6 * 7))\n")
    machine.run_until("typed 42")


def test_regedit_searches_while_one_types(regedit: Machine) -> None:
    """The first key with the text is selected; Enter keeps the filter, Esc drops it, r ends it."""
    regedit.type("/boo")
    regedit.run_until_idle()
    assert rows(regedit)[1] == "@VT\\SYS\\BOOT" and rows(regedit)[-1].startswith("/boo_")
    assert [line.split("|")[0].strip() for line in rows(regedit)[3:7]] == ["- @VT", "- SYS", "BOOT (5)", ""]
    regedit.press("escape")
    regedit.run_until_idle()
    assert rows(regedit)[0] == " regedit    [keys]" and "DRV" in rows(regedit)[5]
    regedit.type("/q")
    regedit.press("backspace")
    regedit.press("backspace")
    regedit.run_until_idle()
    assert rows(regedit)[-1].endswith("q quit")
    regedit.type("/CONFIG\n")
    regedit.run_until_idle()
    assert rows(regedit)[0] == " regedit    [keys]    filter: CONFIG" and rows(regedit)[1] == "@VT\\SYS\\CONFIG"
    regedit.type("\tr")
    regedit.run_until_idle()
    assert rows(regedit)[0] == " regedit    [values]"
    regedit.type("/no such key anywhere\n")
    regedit.run_until_idle()
    assert rows(regedit)[3].startswith(" " * 10) and rows(regedit)[-1].startswith("0/0")
    for key in ("down", "right", "left", "end"):
        regedit.press(key)
    regedit.press("f5")
    regedit.run_until_idle()
    assert rows(regedit)[3].startswith("- @VT")


def test_regedit_sees_changes_at_once(regedit: Machine) -> None:
    """A new key appears, a changed value is yellow, a deleted key gives way to the one above it."""
    change(regedit, "@VT\\Lab\\deep", "Watts", 5)
    assert any(line.startswith("  + Lab") for line in rows(regedit))
    regedit.type("/deep\n")
    regedit.run_until_idle()
    change(regedit, "@VT\\Lab\\deep", "Watts", 6)
    (y,) = [number for number, line in enumerate(rows(regedit), 1) if "Watts" in line]
    line = rows(regedit)[y - 1]
    column = line.index("Watts") + 1
    assert line.endswith("NUM    6") and regedit.screen.cell(column, y)[1] & 0xFF < 0x80  # yellow, not white
    change(regedit, "@VT\\SYS\\BOOT", "Mood", "good")
    assert regedit.screen.cell(column, y)[1] == 0xFFFFFF
    service = next(thread for thread in regedit.kernel.processes.threads.values() if thread.process.ring == 1)
    regedit.press("f5")
    regedit.run_until_idle()
    regedit.kernel.registry.reg_delete_key(service, "@VT\\Lab")
    regedit.computer.push_signal("work")
    regedit.run_until_idle()
    assert rows(regedit)[1] == "@VT" and not any("Lab" in line for line in rows(regedit))


def test_regedit_and_the_mouse(regedit: Machine) -> None:
    """A click selects, one on the sign or on what is selected folds; it changes panels; the wheel moves."""
    regedit.click(12, 8)
    regedit.run_until_idle()
    assert rows(regedit)[1] == "@VT\\SYS\\BOOT"
    regedit.click(3, 5)  # the sign of DEV
    regedit.run_until_idle()
    assert rows(regedit)[1] == "@VT\\DEV" and rows(regedit)[4].startswith("  - DEV")
    regedit.click(8, 5)  # again, anywhere on it
    regedit.run_until_idle()
    assert rows(regedit)[4].startswith("  + DEV")
    regedit.click(12, 8)
    regedit.click(40, 6)  # the third value
    regedit.run_until_idle()
    assert rows(regedit)[0] == " regedit    [values]" and rows(regedit)[-1].startswith("3/5")
    regedit.scroll(5, 5, -1)
    regedit.run_until_idle()
    assert rows(regedit)[0] == " regedit    [keys]" and rows(regedit)[1] == "@VT\\SYS\\HARDWARE"
    regedit.scroll(5, 5, 1)
    regedit.click(5, 24)  # below the rows
    regedit.click(5, 1)
    regedit.run_until_idle()
    assert rows(regedit)[1] == "@VT\\SYS"


def test_regedit_takes_any_size(regedit: Machine) -> None:
    """The columns follow the width; where nothing fits it says so, and comes back."""
    regedit.resize_screen(60, 12)
    regedit.run_until_idle()
    assert all(line.index("|") == 22 for line in rows(regedit)[3:11]) and rows(regedit)[11].startswith("1/7")
    regedit.resize_screen(20, 5)
    regedit.run_until_idle()
    assert rows(regedit)[0] == "regedit needs 40 x 6"
    regedit.resize_screen(80, 25)
    regedit.run_until_idle()
    assert rows(regedit)[0] == " regedit    [keys]" and rows(regedit)[24].startswith("1/7")


def test_regedit_pages_through_many_keys(regedit: Machine) -> None:
    """The selected row is always in view."""
    for number in range(100):
        regedit.kernel.registry.create_key(f"@VT\\DEV\\many{number:03d}")
    regedit.computer.push_signal("work")
    regedit.press("down")
    regedit.press("right")
    regedit.run_until_idle()
    seen = set()
    for _ in range(6):
        regedit.press("pagedown")
        regedit.run_until_idle()
        name = rows(regedit)[1].rpartition("\\")[2]
        seen.add(name)
        assert any(name in line for line in rows(regedit)[3:24])
    assert len(seen) > 4
    regedit.press("end")
    regedit.press("pageup")
    regedit.run_until_idle()
    name = rows(regedit)[1].rpartition("\\")[2]
    assert any(name in line for line in rows(regedit)[3:24])
