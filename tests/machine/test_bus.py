"""The bus: listing, proxies, hot plug."""

from __future__ import annotations

from typing import Any

import pytest

from axisos.machine import Bus, Component, ComponentError, callback

from .conftest import Boot


class Lamp(Component):
    """A board of our own."""

    type = "desk_lamp"

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.lit = False

    @callback(direct=False, doc="function(on:boolean):boolean -- Switches it.")
    def set_light(self, on: Any = None) -> bool:
        """Switch it; what it was."""
        old, self.lit = self.lit, bool(on)
        return old

    @callback()
    def blink(self) -> None:
        """Send a signal."""
        self.signal("lamp_blinked", 3)


class Torch(Lamp):
    """A kind of lamp."""

    type = "lamp"


def make_bus() -> tuple[Bus, list[tuple[Any, ...]]]:
    """A running bus, and the signals it sends."""
    signals: list[tuple[Any, ...]] = []
    bus = Bus(lambda name, *args: signals.append((name, *args)))
    bus.started()
    return bus, signals


def test_listing() -> None:
    """In attach order; by a part of the type, or by the whole."""
    bus, _ = make_bus()
    for address, kind in (("2", Lamp), ("1", Torch), ("3", Lamp)):
        bus.attach(kind(address))
    assert list(bus.list()) == ["2", "1", "3"]
    assert bus.list("lamp") == {"2": "desk_lamp", "1": "lamp", "3": "desk_lamp"}
    assert bus.list("lamp", True) == {"1": "lamp"} and bus.list("lamp", exact=True) == {"1": "lamp"}
    assert bus.type("1") == "lamp" and bus.slot("1") == -1 and bus.fields("1") == {}
    with pytest.raises(ValueError, match="taken"):
        bus.attach(Lamp("1"))


def test_calling() -> None:
    """By wire name or alias, through a proxy or `invoke`; methods can be listed and read about."""
    bus, signals = make_bus()
    lamp = Lamp("1")
    bus.attach(lamp)
    proxy = bus.proxy("1")
    assert proxy is bus.proxy("1") and (proxy.address, proxy.type, proxy.slot, proxy.fields) == (
        "1",
        "desk_lamp",
        -1,
        {},
    )
    assert proxy.setLight(True) is False and proxy.set_light(True) is True and lamp.lit
    assert hasattr(proxy, "blink") and not hasattr(proxy, "explode")
    assert bus.invoke("1", "setLight", False) is True and bus.invoke("1", "set_light") is False
    assert bus.methods("1") == {"setLight": False, "blink": True}
    assert bus.doc("1", "setLight") == "function(on:boolean):boolean -- Switches it." and bus.doc("1", "blink") is None
    bus.invoke("1", "blink")
    assert signals[-1] == ("lamp_blinked", "1", 3)


def test_what_is_not_there() -> None:
    """No such component: thrown from invoke, soft elsewhere. No such method."""
    bus, _ = make_bus()
    bus.attach(Lamp("1"))
    for call, soft in (
        (lambda: bus.invoke("9", "x"), False), (lambda: bus.type("9"), True), (lambda: bus.proxy("9"), True),
        (lambda: bus.methods("9"), True), (lambda: bus.slot("9"), True), (lambda: bus.fields("9"), True),
    ):  # fmt: skip
        with pytest.raises(ComponentError, match="no such component") as caught:
            call()
        assert caught.value.soft == soft and caught.value.status == 405
    for call, soft in (
        (lambda: bus.invoke("1", "explode"), False), (lambda: bus.invoke("1", "address"), False),
        (lambda: bus.doc("1", "explode"), True), (lambda: bus.proxy("1").explode(), False),
        (lambda: bus.invoke("1", "lit"), False), (lambda: bus.invoke("1", "attach"), False),
    ):  # fmt: skip
        with pytest.raises(ComponentError, match="no such method") as caught:
            call()
        assert caught.value.soft == soft and caught.value.status == 301


def test_hot_plug() -> None:
    """A board comes and goes while the machine runs; proxies of a board that went are dead, and stay so."""
    bus, signals = make_bus()
    lamp = Lamp("1")
    bus.attach(lamp)
    proxy = bus.proxy("1")
    bus.detach(lamp)
    assert signals == [("component_added", "1", "desk_lamp"), ("component_removed", "1", "desk_lamp")]
    with pytest.raises(ComponentError, match="no such component"):
        proxy.setLight(True)
    assert bus.list() == {} and not lamp.attached
    with pytest.raises(ValueError, match="not on this bus"):
        bus.detach(lamp)
    bus.attach(lamp)
    assert bus.proxy("1") is not proxy and bus.proxy("1").setLight(True) is False
    with pytest.raises(ComponentError):
        proxy.setLight(True)


def test_a_disk_is_pulled_while_a_program_reads(boot: Boot) -> None:
    """The program hears of it, its handle is bad, its proxy is dead, and it lives on."""
    machine = boot("""
disk = component.proxy(computer.tmp_address())
handle = disk.open("f", "w")
disk.write(handle, b"before")
say("ready")
say(*computer.pull_signal()[::2])
try:
    disk.write(handle, b"after")
except Exception as error:
    say(error.reason)
computer.pull_signal()
""")
    machine.run_until("ready")
    address = machine.computer.tmp_address()
    assert address is not None
    board = machine.bus.component(address)
    machine.bus.detach(board)
    machine.run_until_idle()
    assert machine.screen.lines()[1:3] == ["component_removed filesystem", "no such component"]


def test_proxies_end_with_the_power(boot: Boot) -> None:
    """What a program of the last run kept is of no use in the next."""
    machine = boot("computer.publish(gpu)\ncomputer.pull_signal()")
    machine.advance()
    gpu = machine.kernel
    machine.power_off()
    with pytest.raises(ComponentError, match="no such component"):
        gpu.set(1, 1, "ghost")


def test_the_boards_of_a_machine(boot: Boot) -> None:
    """In their order; the host port only where there is a job."""
    machine = boot("computer.pull_signal()", job={"argv": []})
    assert list(machine.bus.list().values()) == [
        "computer", "eeprom", "gpu", "screen", "keyboard", "filesystem", "filesystem", "filesystem", "internet", "data",
        "host",
    ]  # fmt: skip
    assert len(set(machine.bus.list())) == 11
    assert machine.bus.proxy(machine.computer.address()).isRunning() is True
    info = machine.computer.get_device_info()
    assert info[machine.gpu.address]["class"] == "display" and set(info) == set(machine.bus.list())
    assert machine.screen.address in machine.bus.list("screen", True)
    assert machine.bus.proxy(machine.screen.address).getKeyboards() == [machine.keyboard.address]
