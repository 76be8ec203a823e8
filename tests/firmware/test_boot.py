"""Phase 1 of the boot, from power-on to the kernel's first line, and every way in which it can end before."""

from __future__ import annotations

import gc
import sys
import weakref
from typing import Any

import pytest

from axisos import Machine
from firmware.firmware_machine import (
    KERNEL,
    boot_args,
    eeprom,
    kernel_space,
    make_disk,
    make_machine,
    nvram,
    read,
    without,
)

DEFAULTS = {"lvl": "Info", "safe": "Disabled", "init": "/bin/init.py", "quick": "Disabled"}


def halted(machine: Machine) -> str:
    """Run until the firmware has given up; what it told the host."""
    machine.run_until(lambda: machine.last_error is not None)
    assert machine.last_error is not None
    return machine.last_error


# -- the hand-over ------------------------------------------------------------------------------------------------


def test_the_kernel_gets_the_firmwares_namespace_and_the_manuals_defaults() -> None:
    with make_machine(make_disk({"boot/loader.toml": None})) as machine:
        machine.power_on()
        space = kernel_space(machine)
        assert space["__name__"] == "kernel"
        assert space["boot_args"] == DEFAULTS
        assert space["raw_component"].type(space["boot_fs_address"]) == "filesystem"
        assert "boot_security" not in space
        assert callable(space["read_loader"])  # the firmware's own names are there too


def test_a_machine_without_display_boots_at_once_and_draws_nothing() -> None:
    """The shipped loader.toml waits a second; nobody could press a key, so a headless boot does not."""
    with without(make_machine(), "gpu") as machine:
        machine.power_on()
        assert boot_args(machine) == DEFAULTS
        assert machine.clock.now() < 0.1
        assert machine.screen.text().strip() == ""


def test_the_splash_waits_as_long_as_it_was_told() -> None:
    """loader.toml's second, the EEPROM's byte, the command line's word; quick cuts it to a tenth."""
    cases: list[tuple[dict[str, Any], bytes, float]] = [
        ({}, b"", 1.0),
        ({}, nvram(timeout=4), 4.0),
        ({"timeout": 2.5}, nvram(timeout=4), 2.5),
        ({"timeout": "0"}, nvram(timeout=4), 0.0),
        ({"quick": "Enabled"}, b"", 0.1),
        ({}, nvram(quick=1), 0.1),
        ({"timeout": 0, "quick": "Enabled"}, b"", 0.0),
    ]
    for options, data, seconds in cases:
        with make_machine(boot_args=options) as machine:
            eeprom(machine).set_data(data)
            machine.power_on()
            boot_args(machine)
            assert machine.clock.now() == pytest.approx(seconds, abs=0.01), (options, data)


def test_the_splash_says_who_boots_and_how_to_get_into_setup() -> None:
    with make_machine() as machine:
        machine.power_on()
        machine.run_until("Press DEL to enter SETUP")
        assert "AxisOS Xen XKA" in machine.screen.text()
        machine.press("enter")  # goes on at once
        boot_args(machine)
        assert machine.clock.now() < 0.5


def test_signals_that_are_no_keys_reach_the_kernel() -> None:
    """A message that comes during the splash is not the firmware's to swallow."""
    kernel = KERNEL.replace("    raw_computer.pull_signal()", "    Kernel.got.append(raw_computer.pull_signal())")
    kernel = kernel.replace("class Kernel:", "class Kernel:\n    got = []")
    with make_machine(make_disk({"kernel.py": kernel})) as machine:
        machine.power_on()
        machine.run_until("Press DEL")
        machine.computer.push_signal("modem_message", "a", "b", 5)
        boot_args(machine)
        machine.run_until(lambda: machine.kernel.got)
        assert machine.kernel.got[0] == ("modem_message", "a", "b", 5)


# -- boot arguments -----------------------------------------------------------------------------------------------


def test_command_line_beats_eeprom_beats_entry_beats_default() -> None:
    loader = """
        default = "mine"
        [[entries]]
        id = "other"
        [[entries]]
        id = "mine"
        init = "/bin/entry.py"
        params = { loglevel = "Debug", safemode = true, quick = true, nodrivers = true }
    """
    entry = {"lvl": "Debug", "safe": "Enabled", "init": "/bin/entry.py", "quick": "Enabled", "nodrivers": "Enabled"}
    chip = nvram(level=3, safe=0, init=b"/bin/chip.py")
    line = {"lvl": "Warn", "init": "/bin/line.py", "profile": "bare", "timeout": 0}
    with make_machine(make_disk({"boot/loader.toml": loader})) as machine:
        machine.power_on()
        assert boot_args(machine) == entry

        machine.power_off()
        eeprom(machine).set_data(chip)
        machine.power_on()
        assert boot_args(machine) == {**entry, "lvl": "Error", "safe": "Disabled", "init": "/bin/chip.py"}

    with make_machine(make_disk({"boot/loader.toml": loader}), boot_args=line) as machine:
        eeprom(machine).set_data(chip)
        machine.power_on()
        args = {**entry, "lvl": "Warn", "safe": "Disabled", "init": "/bin/line.py", "profile": "bare"}
        assert boot_args(machine) == args


def test_the_eeproms_default_entry_is_an_index() -> None:
    with make_machine() as machine:
        eeprom(machine).set_data(nvram(default=2))
        machine.power_on()
        assert boot_args(machine)["lvl"] == "Debug"  # axis-verbose


def test_old_names_and_other_spellings_of_arguments_are_understood() -> None:
    with make_machine(boot_args={"loglevel": "debug", "safemode": True}) as machine:
        machine.power_on()
        args = boot_args(machine)
        assert (args["lvl"], args["safe"]) == ("Debug", "Enabled")
        assert not {"loglevel", "safemode"} & args.keys()


def test_a_value_that_the_manual_does_not_know_is_named_and_left_out() -> None:
    with make_machine(boot_args={"lvl": "Loud"}) as machine:
        machine.power_on()
        machine.run_until("command line: lvl must be Debug or Info or Warn or Error, not Loud")
        space = kernel_space(machine)
        assert space["boot_args"]["lvl"] == "Info"
        assert space["boot_messages"] == ["command line: lvl must be Debug or Info or Warn or Error, not Loud"]


# -- the EEPROM's data --------------------------------------------------------------------------------------------


def test_every_boot_is_counted() -> None:
    with make_machine() as machine:
        for count in (1, 2, 3):
            machine.power_on()
            boot_args(machine)
            data = eeprom(machine).get_data()
            assert data[:4] == b"AXC2"
            assert int.from_bytes(data[240:244], "big") == count
            assert int.from_bytes(data[10:12], "big") == sum(data[4:10])
            machine.power_off()


def test_a_wrong_checksum_means_defaults_but_the_count_goes_on() -> None:
    data = bytearray(nvram(level=0, safe=1, init=b"/bin/evil.py", count=41))
    data[11] ^= 1
    with make_machine() as machine:
        eeprom(machine).set_data(bytes(data))
        machine.power_on()
        machine.run_until("EEPROM data: wrong checksum, back to defaults")
        assert boot_args(machine) == DEFAULTS
        assert eeprom(machine).get_data() == nvram(count=42)


def test_anything_else_in_the_chip_counts_as_unset() -> None:
    for data in (b"AXSB" + bytes(65), b"hello", b"\xff" * 256, b"AXC2"):
        with make_machine() as machine:
            eeprom(machine).set_data(data)
            machine.power_on()
            assert boot_args(machine) == DEFAULTS
            assert eeprom(machine).get_data() == nvram(count=1)


# -- the boot file system -----------------------------------------------------------------------------------------


def test_the_first_file_system_with_a_kernel_boots_unless_the_eeprom_names_another() -> None:
    home = make_disk({"boot/loader.toml": '[[entries]]\ninit = "/bin/from_home.py"\n'})
    with make_machine(home=home) as machine:
        machine.power_on()
        assert boot_args(machine)["init"] == "/bin/init.py"
        second = next(a for a in machine.bus.list("filesystem", True) if machine.bus.proxy(a).getLabel() == "home")
        machine.power_off()

        eeprom(machine).set_data(nvram(disk=bytes.fromhex(second.replace("-", ""))))
        machine.power_on()
        space = kernel_space(machine)
        assert space["boot_fs_address"] == second
        assert space["boot_args"]["init"] == "/bin/from_home.py"


def test_no_disk_with_a_kernel_halts() -> None:
    with make_machine(make_disk({"kernel.py": None})) as machine:
        machine.power_on()
        assert halted(machine) == "No system disk"
        machine.run_until("BOOT BLOCKED")
        assert "No system disk" in machine.screen.text()


def test_a_kernel_of_less_than_a_hundred_bytes_halts() -> None:
    with make_machine(make_disk({"kernel.py": "x = 1\n"})) as machine:
        machine.power_on()
        assert halted(machine).startswith("Kernel missing/corrupt\n/kernel.py on ")
        assert "6 bytes" in machine.screen.text()


def test_an_entry_whose_kernel_is_missing_halts() -> None:
    with make_machine(make_disk({"boot/loader.toml": '[[entries]]\nid = "a"\nkernel = "/old.py"\n'})) as machine:
        machine.power_on()
        assert halted(machine).startswith("Kernel missing/corrupt\n/old.py on ")


def test_an_entry_may_boot_another_kernel_even_one_with_a_byte_order_mark() -> None:
    other = b"\xef\xbb\xbf" + KERNEL.replace("space = globals()", "space = globals(); other = True").encode()
    loader = '[[entries]]\nid = "other"\nkernel = "/other.py"\n'
    with make_machine(make_disk({"boot/loader.toml": loader, "other.py": other})) as machine:
        machine.power_on()
        boot_args(machine)
        assert machine.kernel.other


# -- loader.toml --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("timeout = = 3", "/boot/loader.toml: Invalid value"),
        (b"\xff\xfe", "/boot/loader.toml: 'utf-8' codec can't decode"),
        ('timeout = "long"', "/boot/loader.toml: timeout must be int"),
        ("entries = 3", "/boot/loader.toml: entries must be list"),
        ("[[entries]]\nid = 7", "/boot/loader.toml: id must be str"),
        ("[[entries]]\nparams = 7", "/boot/loader.toml: params must be dict"),
        (None, "/boot/loader.toml: no file"),
    ],
)
def test_a_broken_loader_file_is_named_and_the_defaults_boot(text: str | bytes | None, message: str) -> None:
    with make_machine(make_disk({"boot/loader.toml": text})) as machine:
        machine.power_on()
        machine.run_until(message)
        space = kernel_space(machine)
        assert space["boot_args"] == DEFAULTS
        assert space["boot_messages"][0].endswith("; timeout 3, one entry axis")
        assert machine.clock.now() == pytest.approx(3, abs=0.01)


def test_a_loader_file_without_entries_halts() -> None:
    with make_machine(make_disk({"boot/loader.toml": "timeout = 0\n"})) as machine:
        machine.power_on()
        assert halted(machine) == "No boot entries!"


def test_an_unknown_default_means_the_first_entry() -> None:
    loader = 'default = "gone"\n[[entries]]\nid = "a"\ninit = "/a.py"\n[[entries]]\nid = "b"\ninit = "/b.py"\n'
    with make_machine(make_disk({"boot/loader.toml": loader})) as machine:
        machine.power_on()
        assert boot_args(machine)["init"] == "/a.py"


# -- the boot menu ------------------------------------------------------------------------------------------------


def test_a_key_opens_the_menu_and_the_chosen_entry_boots() -> None:
    with make_machine() as machine:
        machine.power_on()
        machine.run_until("Press DEL")
        machine.press("space")
        machine.run_until("AxisOS boot menu")
        assert "AxisOS, safe mode" in machine.screen.text()
        machine.press("up")  # stays at the top
        machine.press("down")
        machine.press("enter")
        assert boot_args(machine)["safe"] == "Enabled"


def test_five_seconds_without_a_key_boot_the_selection() -> None:
    with make_machine() as machine:
        machine.power_on()
        machine.run_until("Press DEL")
        machine.press("down")
        machine.run_until("AxisOS boot menu")
        machine.press("down")
        machine.press("down")
        assert boot_args(machine)["lvl"] == "Debug"
        assert 5 <= machine.clock.now() < 7


def test_parameters_can_be_typed_for_one_boot() -> None:
    with make_machine() as machine:
        machine.power_on()
        machine.run_until("Press DEL")
        machine.press("space")
        machine.run_until("AxisOS boot menu")
        machine.press("e")
        machine.run_until("init=/bin/init.py quick=Disabled_")
        for _ in range(80):
            machine.press("backspace")
        machine.type("init=/bin/sh.py lvl=error\n")
        machine.run_until("init=/bin/sh.py lvl=error")
        machine.press("enter")
        args = boot_args(machine)
        assert (args["init"], args["lvl"], args["safe"]) == ("/bin/sh.py", "Error", "Disabled")
        assert eeprom(machine).get_data() == nvram(count=1)


def test_a_key_pressed_before_the_splash_counts_even_without_a_time_limit() -> None:
    with make_machine(boot_args={"timeout": 0}) as machine:
        machine.power_on()
        machine.press("space")
        machine.run_until("AxisOS boot menu")


# -- halts that come from the kernel ------------------------------------------------------------------------------


def test_a_kernel_that_does_not_parse_halts() -> None:
    kernel = "# " + "x" * 100 + "\nthis is no Python\n"
    with make_machine(make_disk({"kernel.py": kernel})) as machine:
        machine.power_on()
        error = halted(machine)
        assert error.startswith("PARSE: SyntaxError: invalid syntax")
        assert 'kernel.py", line 2' in error
        assert "PARSE: SyntaxError" in machine.screen.text()


def test_a_kernel_that_fails_halts_with_its_traceback() -> None:
    """Even if it has overwritten the firmware's own names."""
    overwriting = "draw = halt = gpu = explain = computer = clear = None\n"
    kernel = f"# {'x' * 100}\n{overwriting}\ndef start():\n    1 / 0\nstart()\n"
    with make_machine(make_disk({"kernel.py": kernel})) as machine:
        machine.power_on()
        error = halted(machine)
        assert error.startswith("PANIC: ZeroDivisionError: division by zero\nTraceback")
        assert 'kernel.py", line 5, in start' in error
        assert "bios" not in error
        machine.run_until("BOOT BLOCKED")
        assert "line 5, in start" in machine.screen.text()


def test_a_kernel_that_returns_halts() -> None:
    with make_machine(make_disk({"kernel.py": "# nothing to do" + " " * 100})) as machine:
        machine.power_on()
        assert halted(machine).startswith("PANIC: RuntimeError: the kernel returned")


def test_a_halt_without_display_reaches_the_host() -> None:
    with without(make_machine(make_disk({"kernel.py": None})), "gpu", "screen") as machine:
        machine.power_on()
        assert halted(machine) == "No system disk"


def test_a_halted_machine_can_be_switched_off_and_on_again() -> None:
    disk = make_disk({"kernel.py": "x = 1\n"})
    with make_machine(disk) as machine:
        machine.power_on()
        halted(machine)
        machine.power_off()
        file = disk.open("kernel.py", "w")
        assert file is not None
        file.write(KERNEL.encode())
        machine.power_on()
        assert boot_args(machine)["lvl"] == "Info"


def test_a_setup_that_fails_says_so() -> None:
    with make_machine(make_disk({"boot/setup.py": "1 / 0\n"})) as machine:
        machine.power_on()
        machine.run_until("Press DEL")
        machine.press("delete")
        assert halted(machine).startswith("PANIC: ZeroDivisionError")


# -- ring-0 modules -----------------------------------------------------------------------------------------------

MODULES: dict[str, str | bytes | None] = {
    "abi/__init__.py": "",
    "abi/status.py": "OK = 0\n",
    "executive/__init__.py": "from __future__ import annotations\n",
    "executive/table.py": "from abi.status import OK\nfrom . import names\nfrom .deep.tree import LEAF\nimport json\n",
    "executive/names.py": "import executive.table as table\ndef late():\n from executive import lazy\n return lazy\n",
    "executive/lazy.py": "made = []\n",
    "executive/deep/__init__.py": "from ..names import late\n",
    "executive/deep/tree.py": "LEAF = __name__\n",
}


def module_kernel(body: str) -> str:
    """A stub kernel that runs *body* first."""
    return body + KERNEL


def test_the_kernel_imports_abi_and_executive_from_its_disk() -> None:
    """All forms of import, a circle among them; the rest comes from the host; nothing shows in sys.modules."""
    kernel = module_kernel(
        "import executive.table\nfrom executive import names\nfrom executive.deep import *\nimport json\n"
        "lazy = names.late()\nassert executive.table.names is names and names.table is executive.table\n"
    )
    before = {name for name in sys.modules if name.split(".")[0] in ("abi", "executive")}
    with make_machine(make_disk({"kernel.py": kernel, **MODULES})) as machine:
        machine.power_on()
        space = kernel_space(machine)
        table = space["executive"].table
        assert table.OK == 0
        assert table.LEAF == "executive.deep.tree"
        assert table.json is sys.modules["json"]
        assert table.__file__.endswith("/executive/table.py")
        assert table.__package__ == "executive"
        assert space["executive"].__package__ == "executive"
        assert space["lazy"].made == []
    assert before == {name for name in sys.modules if name.split(".")[0] in ("abi", "executive")}


def test_equal_sources_are_executed_once_for_all_machines_and_changed_ones_anew() -> None:
    kernel = module_kernel("from executive import lazy\n")
    with make_machine(make_disk({"kernel.py": kernel, **MODULES})) as one:
        one.power_on()
        first = kernel_space(one)["lazy"]
    with make_machine(make_disk({"kernel.py": kernel, **MODULES})) as two:
        two.power_on()
        assert kernel_space(two)["lazy"] is first
    changed = {**MODULES, "abi/status.py": "OK = 1\n"}
    with make_machine(make_disk({"kernel.py": kernel, **changed})) as three:
        three.power_on()
        assert kernel_space(three)["lazy"] is not first


def test_shared_modules_keep_no_machine_alive() -> None:
    kernel = module_kernel("from executive import lazy\n")
    modules = {**MODULES, "executive/lazy.py": "made = ['for one machine only']\n"}
    machine = make_machine(make_disk({"kernel.py": kernel, **modules}))
    machine.power_on()
    lazy = kernel_space(machine)["lazy"]
    computer = weakref.ref(machine.computer)
    machine.power_off()
    del machine
    gc.collect()
    assert lazy.made
    assert computer() is None


def test_a_module_that_fails_names_its_line_and_is_tried_again_by_the_next_machine() -> None:
    modules = {**MODULES, "executive/lazy.py": "made = []\nraise OSError('not today')\n"}
    kernel = module_kernel("from executive import lazy\n")
    for _ in range(2):
        with make_machine(make_disk({"kernel.py": kernel, **modules})) as machine:
            machine.power_on()
            error = halted(machine)
            assert error.startswith("PANIC: OSError: not today")
            assert "importer.py" not in error
            assert '/executive/lazy.py", line 2' in error


def test_a_module_that_is_not_on_the_disk_is_named() -> None:
    for line in ("import executive.nothing\n", "from executive.nothing import x\n", "from executive import nothing\n"):
        with make_machine(make_disk({"kernel.py": module_kernel(line), **MODULES})) as machine:
            machine.power_on()
            assert "nothing" in halted(machine).splitlines()[0]


def test_setup_and_the_menu_leave_the_disk_as_it_is() -> None:
    disk = make_disk()
    loader = read(disk, "boot/loader.toml")
    with make_machine(disk) as machine:
        machine.power_on()
        machine.run_until("Press DEL")
        machine.press("delete")
        machine.run_until("AxisOS setup")
        machine.press("escape")
        boot_args(machine)
    assert read(disk, "boot/loader.toml") == loader


def test_a_disk_with_a_kernel_and_nothing_else_boots() -> None:
    """Without /boot the kernel gets the host's own import, and the defaults."""
    disk = make_disk({"boot/importer.py": None, "boot/setup.py": None, "boot/menu.py": None, "boot/loader.toml": None})
    with make_machine(disk) as machine:
        machine.power_on()
        assert boot_args(machine) == DEFAULTS


def test_the_games_own_timing_and_a_small_screen_will_do() -> None:
    """Ticks of 0.05 s, reads of 2,048 bytes, 50 by 16 characters."""
    big = KERNEL + "# " + "x" * 5000
    with make_machine(make_disk({"kernel.py": big, **MODULES}), timing="oc", resolution=(50, 16)) as machine:
        machine.power_on()
        machine.run_until("A x i s O S")
        assert boot_args(machine)["lvl"] == "Info"
