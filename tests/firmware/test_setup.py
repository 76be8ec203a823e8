"""BIOS setup: what is changed there is in force from that boot on, and nothing else changes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest

from axisos import Machine
from axisos.machine.memory_storage import MemoryStorage
from firmware.firmware_machine import boot_args, eeprom, make_disk, make_machine, nvram, read, write

MAIN = ("Boot options", "Boot entries", "EEPROM parameters", "Save & Exit", "Exit without saving", "Reboot")
RED = 0xAA0000


@pytest.fixture
def disk() -> MemoryStorage:
    return make_disk()


@pytest.fixture
def machine(disk: MemoryStorage) -> Iterator[Machine]:
    """A machine that has just been switched on, with the user pressing DEL."""
    with make_machine(disk) as machine:
        enter_setup(machine)
        yield machine


def enter_setup(machine: Machine) -> None:
    machine.power_on()
    machine.run_until("Press DEL")
    machine.press("delete")
    machine.run_until("AxisOS setup")


def press(machine: Machine, *keys: str) -> None:
    for key in keys:
        machine.press(key)
        machine.run_until_idle()


def choose(machine: Machine, label: str) -> None:
    """Move the selection to a line of the menu and press Enter."""
    lines = machine.screen.lines()
    rows = [row for row, line in enumerate(lines) if line.strip().startswith(label)]
    assert rows, f"no {label!r} in\n{machine.screen.text()}"
    selected = selection(machine)
    press(machine, *(["down"] * (rows[0] - selected) if rows[0] > selected else ["up"] * (selected - rows[0])), "enter")


def selection(machine: Machine) -> int:
    """The row that is white on red, counted from 0."""
    wanted = [row for row in range(3, machine.screen.size[1] - 1) if is_red(machine.screen.cell(3, row + 1)[2])]
    assert len(wanted) == 1, wanted
    return wanted[0]


def is_red(colour: int) -> bool:
    red, green, blue = colour >> 16, colour >> 8 & 255, colour & 255
    return red > 2 * green and red > 2 * blue


def value(machine: Machine, label: str) -> str:
    """What stands behind a label."""
    lines = [line.strip() for line in machine.screen.lines() if line.strip().startswith(label)]
    assert lines, f"no {label!r} in\n{machine.screen.text()}"
    return lines[0].removeprefix(label).strip()


def next_boot(machine: Machine) -> dict[str, object]:
    """Power cycle; the boot arguments that arrive."""
    machine.power_off()
    machine.power_on()
    return boot_args(machine)


def test_the_main_menu_shows_what_there_is(machine: Machine) -> None:
    for label in MAIN:
        assert label in machine.screen.text()
    assert "F10: save and exit" in machine.screen.lines()[-1]
    assert "Boot options" in machine.screen.lines()[selection(machine)]


def test_boot_options_start_with_the_manuals_defaults(machine: Machine) -> None:
    choose(machine, "Boot options")
    assert value(machine, "Log Level") == "Info"
    assert value(machine, "Safe Mode") == "Disabled"
    assert value(machine, "Quick Boot") == "Disabled"
    assert value(machine, "Init Path") == "/bin/init.py"
    assert value(machine, "Boot Delay") == "1 s"


def test_a_changed_option_is_in_force_at_once_and_after_a_power_cycle(machine: Machine) -> None:
    choose(machine, "Boot options")
    choose(machine, "Log Level")
    assert value(machine, "Log Level") == "Warn"
    choose(machine, "Safe Mode")
    choose(machine, "Quick Boot")
    press(machine, "f10")
    wanted = {"lvl": "Warn", "safe": "Enabled", "quick": "Enabled", "init": "/bin/init.py"}
    assert boot_args(machine) == wanted
    assert eeprom(machine).get_data() == nvram(level=2, safe=1, quick=1, count=1)
    assert next_boot(machine) == wanted


def test_the_log_level_goes_round_all_four_values(machine: Machine) -> None:
    choose(machine, "Boot options")
    seen = []
    for _ in range(4):
        choose(machine, "Log Level")
        seen.append(value(machine, "Log Level"))
    assert seen == ["Warn", "Error", "Debug", "Info"]


def test_an_option_set_back_leaves_the_other_entries_their_own(machine: Machine) -> None:
    """Safe Mode on and off again is "not set", or the entry axis-safe would not be safe any more."""
    choose(machine, "Boot options")
    choose(machine, "Safe Mode")
    choose(machine, "Safe Mode")
    assert value(machine, "Safe Mode") == "Disabled"
    press(machine, "f10")
    assert boot_args(machine)["safe"] == "Disabled"
    assert eeprom(machine).get_data() == nvram(count=1)


def test_an_init_path_is_typed_and_checked(machine: Machine) -> None:
    choose(machine, "Boot options")
    choose(machine, "Init Path")
    press(machine, *["backspace"] * len("/bin/init.py"))
    machine.type("sh.py\n")
    machine.run_until("an init path starts with /")
    press(machine, *["backspace"] * len("sh.py"))
    machine.type("/bin/" + "long" * 16 + "\n")
    machine.run_until("the EEPROM holds 64 bytes of path")
    press(machine, *["backspace"] * 64)
    machine.type("sh.py\n")
    machine.run_until_idle()
    assert value(machine, "Init Path") == "/bin/sh.py"
    press(machine, "f10")
    assert boot_args(machine)["init"] == "/bin/sh.py"
    assert eeprom(machine).get_data() == nvram(init=b"/bin/sh.py", count=1)


def test_escape_leaves_a_text_as_it_was(machine: Machine) -> None:
    choose(machine, "Boot options")
    choose(machine, "Init Path")
    machine.type("xyz")
    press(machine, "escape")
    assert value(machine, "Init Path") == "/bin/init.py"


def test_the_boot_delay_is_the_splashs_time(machine: Machine) -> None:
    choose(machine, "Boot options")
    choose(machine, "Boot Delay")
    press(machine, "backspace")
    machine.type("99\n")
    machine.run_until("a boot delay is 0 to 10 seconds")
    press(machine, "backspace", "backspace")
    machine.type("7\n")
    machine.run_until_idle()
    press(machine, "f10")
    boot_args(machine)
    next_boot(machine)
    assert machine.clock.now() == pytest.approx(7, abs=0.01)


def test_another_default_entry_and_timeout_go_into_the_file_and_its_comments_stay(
    machine: Machine, disk: MemoryStorage
) -> None:
    before = read(disk, "boot/loader.toml")
    choose(machine, "Boot entries")
    assert value(machine, "Default entry") == "axis"
    choose(machine, "AxisOS, verbose")
    assert value(machine, "Default entry") == "axis-verbose"
    assert value(machine, "AxisOS, verbose (debug messages)") == "*DEFAULT*"
    choose(machine, "Timeout")
    assert value(machine, "Timeout") == "2 s"
    press(machine, "f10")
    assert boot_args(machine)["lvl"] == "Debug"
    after = read(disk, "boot/loader.toml")
    assert tomllib.loads(after) == {**tomllib.loads(before), "default": "axis-verbose", "timeout": 2}
    assert [line for line in after.splitlines() if "#" in line and "=" not in line] == [
        line for line in before.splitlines() if "#" in line and "=" not in line
    ]
    assert "# seconds that the firmware waits" in after
    assert next_boot(machine)["lvl"] == "Debug"
    assert machine.clock.now() == pytest.approx(2, abs=0.01)


def test_the_timeout_goes_from_ten_back_to_zero(machine: Machine) -> None:
    choose(machine, "Boot entries")
    for _ in range(9):
        choose(machine, "Timeout")
    assert value(machine, "Timeout") == "10 s"
    choose(machine, "Timeout")
    assert value(machine, "Timeout") == "0 s"


def test_eeprom_parameters_are_shown_moved_on_written_and_reset(machine: Machine) -> None:
    choose(machine, "EEPROM parameters")
    for label in ("Default entry", "Timeout", "Quick boot", "Log level", "Safe mode", "Init path"):
        assert value(machine, label) == "not set"
    assert value(machine, "Secure boot mode") == "0 (off)"
    assert value(machine, "Boot count") == "1"
    assert value(machine, "Machine binding") == "none"

    choose(machine, "Log level")
    choose(machine, "Default entry")
    choose(machine, "Default entry")
    assert (value(machine, "Log level"), value(machine, "Default entry")) == ("Debug", "axis-safe")
    choose(machine, "Write to the EEPROM now")
    machine.run_until("Written to the EEPROM")
    assert eeprom(machine).get_data() == nvram(level=0, default=1, count=1)

    choose(machine, "Reset")
    machine.run_until("but for the boot count")
    assert eeprom(machine).get_data() == nvram(count=1)


def test_the_eeprom_can_name_the_disk_to_boot_from(machine: Machine) -> None:
    address = next(iter(machine.bus.list("filesystem", True)))
    choose(machine, "EEPROM parameters")
    assert value(machine, "Boot disk") == "first with a kernel"
    choose(machine, "Boot disk")
    assert value(machine, "Boot disk") == address
    press(machine, "f10")
    boot_args(machine)
    assert eeprom(machine).get_data() == nvram(disk=bytes.fromhex(address.replace("-", "")), count=1)


def test_leaving_without_saving_changes_nothing(machine: Machine, disk: MemoryStorage) -> None:
    before = read(disk, "boot/loader.toml")
    choose(machine, "Boot options")
    choose(machine, "Safe Mode")
    press(machine, "backspace")
    choose(machine, "Boot entries")
    choose(machine, "Timeout")
    press(machine, "backspace")
    press(machine, "backspace")
    assert "There are changes" in machine.screen.lines()[-1]
    choose(machine, "Exit without saving")
    assert boot_args(machine)["safe"] == "Disabled"
    assert eeprom(machine).get_data() == nvram(count=1)
    assert read(disk, "boot/loader.toml") == before


def test_reboot_starts_over_and_drops_what_was_not_saved(machine: Machine) -> None:
    choose(machine, "Boot options")
    choose(machine, "Safe Mode")
    press(machine, "escape")
    choose(machine, "Reboot")
    machine.run_until("Press DEL")
    assert boot_args(machine)["safe"] == "Disabled"
    assert eeprom(machine).get_data() == nvram(count=2)


def test_a_broken_loader_file_is_not_written_over(disk: MemoryStorage) -> None:
    """The user sees why, keeps the file, and can still leave without saving."""
    write(disk, "boot/loader.toml", "timeout = = 3\n")
    with make_machine(disk) as machine:
        enter_setup(machine)
        choose(machine, "Boot entries")
        choose(machine, "Timeout")
        press(machine, "f10")
        assert "Not saved: Invalid value" in machine.screen.lines()[-1]
        press(machine, "backspace")
        choose(machine, "Exit without saving")
        boot_args(machine)
    assert read(disk, "boot/loader.toml") == "timeout = = 3\n"


def test_signals_that_are_no_keys_outlive_setup(machine: Machine) -> None:
    machine.computer.push_signal("modem_message", "a", "b", 5)
    machine.run_until_idle()
    press(machine, "f10")
    boot_args(machine)
    assert machine.last_error is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('default = "a" # why\n[[entries]]\nid = "a"\n', 'default = "b" # why\n[[entries]]\nid = "a"\n'),
        ('[[entries]]\nid = "a"\n', 'default = "b"\n[[entries]]\nid = "a"\n'),
        ("", 'default = "b"\n'),
        ('"default" = "a"\n', 'default = "b"\n'),  # not changeable line by line: written anew
    ],
)
def test_a_toml_document_is_edited_in_place_if_that_is_possible(before: str, after: str) -> None:
    from boot.setup import edited_toml

    assert edited_toml(before, {"default": "b"}) == after
