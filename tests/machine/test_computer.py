"""What else the computer offers: memory, users, tones, and the game's clockwork."""

from __future__ import annotations

from pathlib import Path

import pytest

from axisos.machine import ComponentError, Machine

from .conftest import Boot


def test_tones(boot: Boot) -> None:
    """Listeners hear them; wrong ones are refused."""
    machine = boot("""
computer.beep()
computer.beep(1000, 0.2)
computer.beep(20, 99)
computer.beep("..-x")
try:
    computer.beep(10)
except Exception as error:
    say(error.reason)
computer.pull_signal()
""")
    heard: list[tuple[float, float]] = []
    machine.screen.bell_listeners.append(lambda frequency, duration: heard.append((frequency, duration)))
    machine.run_until("invalid frequency, must be in [20, 2000]")
    assert heard[:3] == [(440.0, 0.1), (1000.0, 0.2), (20.0, 5.0)]
    assert len(heard) == 6 == machine.screen.bells


def test_facts(boot: Boot) -> None:
    """Memory as the kernel accounts for it, boot options, users, architecture."""
    machine = boot(
        """
say(computer.total_memory(), computer.free_memory())
computer.memory_meter = lambda: 1000
say(computer.free_memory())
say(computer.boot_options, computer.profile, computer.energy())
say(computer.add_user("ann"), computer.users(), computer.remove_user("ann"), computer.remove_user("ann"))
computer.pull_signal()
""",
        memory_kib=2, boot_args={"lvl": "Debug"}, profile="bare",
    )  # fmt: skip
    machine.run_until_idle()
    assert machine.screen.lines()[:4] == ["2048 2048", "1048", "{'lvl': 'Debug'} bare inf", "True ('ann',) True False"]
    computer = machine.computer
    assert computer.get_architecture() == "Python 3" and computer.set_architecture("Python 3") is False
    for number in range(16):
        computer.add_user(str(number))
    with pytest.raises(ComponentError, match="too many users"):
        computer.add_user("one more")
    computer.remove_user("0")
    for name, reason in (("1", "user exists"), ("x" * 33, "username too long")):
        with pytest.raises(ComponentError, match=reason):
            computer.add_user(name)


def test_the_games_clockwork(boot: Boot) -> None:
    """20 ticks a second: uptime in steps, a budget of calls each tick, a tick for a synchronized call, pauses."""
    machine = boot(
        """
while computer.uptime() == 0:
    computer.pull_signal(0.001)
start = computer.uptime()
for _ in range(384):
    gpu.set(1, 20, "x")
say(computer.uptime() - start)
for _ in range(383):
    gpu.set(1, 20, "x")
say(round(computer.uptime() - start, 2))
before = computer.uptime()
component.proxy(next(iter(component.list("screen")))).turnOn()
say(round(computer.uptime() - before, 2))
before = computer.uptime()
component.proxy(next(iter(component.list("eeprom")))).setData(b"x")
say(round(computer.uptime() - before, 2))
before = computer.uptime()
computer.pull_signal(0.12)
say(round(computer.uptime() - before, 2))
disk = component.proxy(computer.tmp_address())
handle = disk.open("f", "w")
disk.write(handle, bytes(5000))
disk.close(handle)
handle = disk.open("f")
say(len(disk.read(handle, float("inf"))))
before = computer.uptime()
computer.beep(440, 1)
say(round(computer.uptime() - before, 2))
computer.pull_signal()
""",
        timing="oc",
    )
    machine.run_for(10)
    assert machine.screen.lines()[:7] == ["0.0", "0.05", "0.05", "1.05", "0.15", "2048", "1.0"]
    assert machine.computer.total_memory() == 2 << 20


def test_a_pause_is_not_cut_short_by_a_signal(boot: Boot) -> None:
    """The machine stands still; the signal waits."""
    machine = boot("computer.beep(440, 2)\nsay(computer.uptime(), *computer.pull_signal())\ncomputer.pull_signal()",
                   timing="oc")  # fmt: skip
    machine.advance()
    machine.computer.push_signal("early")
    assert machine.advance().deadline is not None
    machine.run_until("early")
    assert float(machine.screen.line(1).split()[0]) >= 2


def test_an_eeprom_kept_in_a_file(tmp_path: Path) -> None:
    """Label and data outlive the host process; the program is what the machine is given."""
    place = str(tmp_path / "nvram")
    program = 'e = component.proxy(next(iter(component.list("eeprom"))))\ne.setData(e.getData() + b"x")\n'
    for _ in range(3):
        with Machine(rom=program, nvram=place, cache=False) as machine:
            machine.power_on()
            machine.advance()
    assert machine.eeprom.data == b"xxx" and (tmp_path / "nvram").read_bytes().endswith(program.encode())
    (tmp_path / "nvram").write_bytes(b"something else")
    with pytest.raises(ValueError, match="not an EEPROM image"):
        Machine(rom=program, nvram=place)


def test_the_screen_of_a_large_terminal() -> None:
    """Any size with timing "free"."""
    with Machine(rom="", resolution=(213, 77)) as machine:
        machine.power_on()
        assert machine.screen.size == (213, 77)
        gpu = machine.bus.proxy(machine.gpu.address)
        gpu.bind(machine.screen.address)
        assert gpu.maxResolution() == (213, 77)
