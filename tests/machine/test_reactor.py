"""The simulated reactor: its boards, and that its physics does what its first page says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axisos.machine import Bus, ComponentError, Machine, reactor_core
from axisos.machine.components import reactor

PLACES = {"F": (6, 6), "R": (7, 6), "B": (6, 5)}  # of the shipped layout


class Plant:
    """A reactor on a bus, with a clock that the test moves."""

    def __init__(self, layout: str = reactor.LAYOUT) -> None:
        self.now = 0.0
        self.bus = Bus(lambda name, *args: None)
        count = iter(range(1000))
        self.boards = reactor.build(layout, lambda kind: f"{kind} {next(count)}", lambda: self.now)
        for board in self.boards:
            self.bus.attach(board)
        self.bus.started()
        self.console = self.first("console")

    def all(self, kind: str) -> list[Any]:
        return [self.bus.proxy(address) for address in self.bus.list(f"rbmk_{kind}", True)]

    def first(self, kind: str) -> Any:
        return self.all(kind)[0]

    def wait(self, seconds: float) -> dict[str, Any]:
        """Let time go by; what the console says then."""
        self.now += seconds
        return self.console.getInfo()  # type: ignore[no-any-return]


def heat_after(level: float, seconds: float, layout: str = reactor.LAYOUT) -> float:
    """The first fuel rod's."""
    plant = Plant(layout)
    plant.console.setLevel(level)
    plant.now = seconds
    return float(plant.first("fuel_rod").getInfo()["heat"])


def test_the_shipped_reactor() -> None:
    """Its boards are on the bus by type, each with its place; the console sees the same columns."""
    plant = Plant()
    kinds = [kind.removeprefix("rbmk_") for kind in plant.bus.list().values()]
    assert len(kinds) == 16
    assert set(kinds) == {*reactor.KINDS.values(), "console", "crane"}
    grid = plant.console.getGrid()
    assert [len(row) for row in grid] == [15] * 15
    for kind in reactor.KINDS.values():
        for part in plant.all(kind):
            facts = part.getInfo()
            x, y = facts["position"]
            assert facts["kind"] == kind and facts["heat"] == 20
            assert grid[y][x] == facts == plant.console.getColumn(x, y)
    assert plant.console.getColumn(0, 0) is None and plant.console.getPos() == (7, 7)
    assert sum(cell is not None for row in grid for cell in row) == plant.console.getInfo()["columns"] == 14


def test_rods_move_slowly_and_drop_quickly() -> None:
    """From all in to all out in 20 seconds, half of the way in half of the time; AZ-5 takes 5."""
    plant = Plant()
    rod = plant.first("control_rod")
    plant.console.setLevel(1)
    plant.wait(10)
    assert (rod.getInfo()["level"], rod.getInfo()["target"]) == (0.5, 1)
    plant.wait(10)
    assert rod.getInfo()["level"] == 1
    plant.console.pressAz5()
    plant.wait(2.5)
    assert rod.getInfo()["level"] == 0.5
    plant.wait(2.5)
    assert {each.getInfo()["level"] for each in plant.all("control_rod")} == {0}


def test_a_reactor_whose_rods_are_in_stays_cold() -> None:
    """And one whose rods are half out hardly warms: not enough of the flux gets from rod to rod."""
    assert heat_after(0, 1000) < 25
    assert 25 < heat_after(0.5, 1000) < 60


def test_the_level_sets_the_temperature() -> None:
    """The farther out the rods, the hotter the fuel settles."""
    heats = [heat_after(level, 900) for level in (0.5, 0.6, 0.7, 0.8)]
    assert heats == sorted(heats) and heats[-1] > heats[0] + 200


def test_hot_fuel_reacts_less() -> None:
    """Left alone at one level, flux rises, overshoots, and settles far below its peak."""
    plant = Plant()
    plant.console.setLevel(0.7)
    flux = [plant.wait(10)["flux"] for _ in range(60)]
    assert max(flux) > 1000 and flux[-1] < max(flux) / 3 and flux[-1] > 50
    assert abs(flux[-1] - flux[-2]) < flux[-1] / 20


def test_all_rods_out_melts_the_core() -> None:
    """It can be looked at afterwards, and cools, but nothing can be done any more."""
    plant = Plant()
    plant.console.setLevel(1)
    for _ in range(20):
        facts = plant.wait(10)
    assert facts["melted"] and facts["flux"] == 0
    assert plant.first("fuel_rod").getInfo()["loaded"] is False
    for call in (
        plant.console.pressAz5, lambda: plant.console.setLevel(0), lambda: plant.first("control_rod").setLevel(0),
        lambda: plant.first("boiler").setSteamType(2), plant.first("crane").load,
        lambda: plant.console.setColor(*PLACES["R"], 1),
    ):
        with pytest.raises(ComponentError, match="the reactor has melted down") as caught:
            call()
        assert caught.value.soft and caught.value.status == 300
    assert plant.wait(600)["hottest"] < facts["hottest"]
    plant.bus.stopped()
    plant.bus.started()
    plant.now = 0.0
    facts = plant.bus.proxy("rbmk_console 0").getInfo()
    assert (facts["melted"], facts["hottest"]) == (False, 20)  # a new core for a new power cycle


def test_az5_in_time_saves_it() -> None:
    """The same reactor, with the button pressed when it passes 500 degrees."""
    plant = Plant()
    plant.console.setLevel(1)
    while plant.wait(0.5)["hottest"] < 500:
        pass
    plant.console.pressAz5()
    assert not plant.wait(600)["melted"] and plant.wait(0)["hottest"] < 300


def test_xenon_rises_after_a_shutdown_before_it_falls() -> None:
    """Iodine that is there goes on becoming xenon, and nothing burns it."""
    plant = Plant()
    rod = plant.first("fuel_rod")
    plant.console.setLevel(0.75)
    plant.wait(900)
    running = rod.getInfo()["xenon"]
    plant.console.pressAz5()
    after = []
    for _ in range(40):
        plant.wait(30)
        after.append(rod.getInfo()["xenon"])
    peak = after.index(max(after))
    assert 0.03 < running < after[1] < max(after) and 2 <= peak < 15 and after[-1] < running
    assert after[: peak + 1] == sorted(after[: peak + 1])
    assert after[peak:] == sorted(after[peak:], reverse=True)


def test_fuel_wears_out() -> None:
    """Depletion only grows, and with it gone the same level gives less flux."""
    plant = Plant()
    plant.console.setLevel(0.8)
    rod = plant.first("fuel_rod")
    worn = []
    flux = []
    for _ in range(20):
        plant.wait(3000)
        worn.append(rod.getInfo()["depletion"])
        flux.append(rod.getInfo()["flux"])
    assert worn == sorted(worn) and 0 < worn[0] < worn[-1] <= 1
    assert flux[-1] < flux[0]


def test_boilers_boil_at_what_their_steam_says() -> None:
    """A higher type of steam leaves the boiler hotter; water is used, and fed."""
    plants = [Plant(), Plant()]
    for boiler in plants[1].all("boiler"):
        boiler.setSteamType(3)
    for plant in plants:
        plant.console.setLevel(0.8)
        plant.wait(200)
    low, high = (plant.first("boiler").getInfo() for plant in plants)
    assert low["steam_flow"] > 0 and low["steam_type"] == 1 and high["steam_type"] == 3
    assert high["heat"] > low["heat"] > 100
    assert 0 <= low["water"] <= 10_000
    assert plants[0].first("heater").getInfo()["coolant_flow"] > 0
    assert plants[0].first("cooler").getInfo()["cooling"] > 0


def test_the_outgasser_lives_on_flux() -> None:
    """No flux, no gas; a portion at a time, up to its limit."""
    plant = Plant()
    outgasser = plant.first("outgasser")
    plant.wait(500)
    assert outgasser.getInfo()["gas"] == 0 and outgasser.getInfo()["progress"] < 0.1
    plant.console.setLevel(0.75)
    plant.wait(900)
    assert outgasser.getInfo()["gas"] >= 1000 and outgasser.getInfo()["gas"] % 1000 == 0


def test_the_crane_carries_fuel() -> None:
    """From its channel to an empty one; without fuel a column gives no flux."""
    plant = Plant("F.F/RRR/F.F")
    crane = plant.first("crane")
    assert crane.getPos() == (7, 7) and crane.load() is False  # over a control rod
    assert crane.move("up") and crane.move("left") and crane.getPos() == (6, 6)
    plant.console.setLevel(0.6)
    plant.wait(300)
    assert crane.getDepletion() is None and crane.load() is True
    worn = crane.getDepletion()
    assert worn > 0 and crane.getXenon() > 0 and crane.getInfo()["loaded"]
    plant.wait(10)
    assert plant.console.getColumn(6, 6)["flux"] == 0 and plant.console.getColumn(6, 6)["depletion"] is None
    assert crane.move("right") and crane.load() is False  # there is nothing to let it down into
    assert crane.move("right") and crane.load() is False  # and here is fuel already
    assert crane.move("left") and crane.move("left") and crane.load() is True
    assert plant.console.getColumn(6, 6)["depletion"] == worn and crane.getXenon() is None
    while crane.move("down"):
        pass
    assert crane.getPos() == (6, 14)


def test_colours() -> None:
    """Rods can be given colours and moved by them."""
    plant = Plant()
    x, y = PLACES["R"]
    plant.console.setColor(x, y, 3)
    plant.console.setColorLevel(3, 0.5)
    plant.console.setColorLevel(2, 0.9)  # nobody's
    plant.console.setColumnLevel(6, 7, 0.1)
    assert plant.console.getColumn(x, y)["color"] == 3
    assert sorted(each.getInfo()["target"] for each in plant.all("control_rod")) == [0, 0, 0.1, 0.5]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda plant: plant.console.setLevel(1.01), r"level must be in \[0, 1\]"),
        (lambda plant: plant.console.setLevel(float("nan")), "number expected"),
        (lambda plant: plant.console.setLevel(True), "number expected, got boolean"),
        (lambda plant: plant.console.setLevel(), "bad arguments #1"),
        (lambda plant: plant.console.getColumn(15, 0), r"coordinates must be in \[0, 14\]"),
        (lambda plant: plant.console.getColumn(0, -1), r"coordinates must be in \[0, 14\]"),
        (lambda plant: plant.console.getColumn("a", 0), "bad argument #1"),
        (lambda plant: plant.console.setColumnLevel(*PLACES["F"], 1), "there is no control rod at 6, 6"),
        (lambda plant: plant.console.setColor(*PLACES["R"], 5), r"color must be in \[0, 4\]"),
        (lambda plant: plant.console.setColorLevel(-1, 1), r"color must be in \[0, 4\]"),
        (lambda plant: plant.first("control_rod").setLevel("out"), "bad argument #1"),
        (lambda plant: plant.first("boiler").setSteamType(5), r"steam type must be in \[1, 4\]"),
        (lambda plant: plant.first("crane").move("west"), "direction must be one of up, down, left, right"),
    ],
)
def test_what_is_refused(call: Callable[[Plant], object], reason: str) -> None:
    """The caller's mistakes are thrown, and change nothing."""
    plant = Plant()
    before = plant.console.getGrid()
    with pytest.raises(ComponentError, match=reason) as caught:
        call(plant)
    assert (caught.value.status, caught.value.soft) == (601, False)
    assert plant.console.getGrid() == before


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 60), max_size=12), st.floats(0, 1))
def test_looking_changes_nothing(looks: list[float], level: float) -> None:
    """A reactor that was looked at all the time is where one is that nobody looked at."""
    watched, unseen = Plant(), Plant()
    for plant in (watched, unseen):
        plant.console.setLevel(level)
    for pause in looks:
        watched.wait(pause)
    unseen.now = watched.now
    assert watched.console.getGrid() == unseen.console.getGrid()


def test_a_long_sleep_is_bounded() -> None:
    """After a year only an hour is computed: the machine goes on at once."""
    plant = Plant()
    plant.console.setLevel(0.6)
    year = 365 * 86_400
    plant.wait(year)
    core = plant.boards[0]._core
    assert core.steps == int(year / reactor_core.STEP_S)
    other = Plant()
    other.console.setLevel(0.6)
    other.wait(reactor_core.MOST_STEPS * reactor_core.STEP_S)
    assert other.console.getGrid() == plant.console.getGrid()


def test_plugging_a_board_in_again_does_not_start_the_reactor_anew() -> None:
    """The board is only the wire to its column."""
    with Machine(seed=7, rom="while True: computer.pull_signal()", components=["reactor:layout=FRF"]) as machine:
        machine.power_on()
        machine.run_until_idle()
        console, _crane, rod, *_rest = machine.bus.components()[-5:]
        machine.bus.proxy(console.address).setLevel(1)
        machine.run_for(60)
        before = machine.bus.proxy(rod.address).getInfo()
        machine.unplug(rod)
        with pytest.raises(ComponentError, match="no such component"):
            machine.bus.proxy(rod.address)
        machine.plug(rod)
        assert machine.bus.proxy(rod.address).getInfo() == before and before["flux"] > 0
