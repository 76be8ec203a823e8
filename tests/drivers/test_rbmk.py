"""The reactor's driver: one file for eight types of component, on the simulated reactor under the real DKMS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest
from hardware_rig import Bench, bench

from abi.irp import IRP_MJ_DEVICE_CONTROL, Irp
from abi.status import Status
from axisos.machine.component import Component
from axisos.machine.components import reactor

DRIVER = "/drivers/rbmk.sys.py"
CONSOLE, CRANE, ROD = "/dev/rbmk_console_000000_0", "/dev/rbmk_crane_000001_0", "/dev/rbmk_control_rod_000003_0"


class Plant(Bench):
    """A bench with a reactor whose time is the kernel's."""

    boards: list[Component]

    def wait_for(self, device: str) -> Irp:
        """Somebody waits for a rod."""
        irp = self.kernel.irp(IRP_MJ_DEVICE_CONTROL, device, method="control_wait")
        self.kernel.from_pm("vfs_io_request", irp)
        return irp

    def is_answered(self, irp: Irp) -> bool:
        return any(message[:2] == ("irp_complete", irp.irp_id) for message in self.kernel.pm)


@contextmanager
def plant(layout: str = "FRF/BHC/.O.") -> Iterator[Plant]:
    numbers = count()
    clock: list[Plant] = []
    boards = reactor.build(
        layout, lambda _kind: f"{next(numbers):06}-x", lambda: clock[0].kernel.now - 100 if clock else 0.0
    )
    with bench(boards, DRIVER) as table:
        made = Plant(table.kernel, table.bus)
        made.boards = list(boards)
        clock.append(made)
        yield made


def test_every_part_has_a_device_of_its_type() -> None:
    """From one driver file, one process for each; which methods it has follows from what it drives."""
    with plant() as table:
        assert table.devices() == sorted(
            f"{board.type}_{board.address[:6]}_{index}"
            for kind in {board.type for board in table.boards}
            for index, board in enumerate(board for board in table.boards if board.type == kind)
        )
        assert len(table.kernel.drivers()) == 9
        for board, method in zip(table.boards[2:], (
            "fuel_info", "control_info", "fuel_info", "boiler_info", "heater_info", "cooler_info", "outgasser_info",
        ), strict=True):  # fmt: skip
            device = f"\\Device\\{board.type}_{board.address[:6]}"
            status, facts = table.kernel.control(device, method)
            assert status == 0 and facts["heat"] > 0
            assert table.kernel.control(device, "info")[1] == {"type": board.type, "address": board.address, **facts}
        assert table.kernel.registry["@VT\\DRV\\AxisReactor"]["Component"].split(", ")[:2] == [
            "rbmk_console", "rbmk_crane",
        ]  # fmt: skip


def test_the_desk() -> None:
    """All of the console's methods."""
    with plant() as table:
        control = table.kernel.control
        assert control(CONSOLE, "console_pos") == (0, [7, 7])
        status, grid = control(CONSOLE, "console_grid")
        assert status == 0 and len(grid) == 15 and grid[6][7]["kind"] == "control_rod"
        assert control(CONSOLE, "console_column", 7, 6) == (0, grid[6][7])
        assert control(CONSOLE, "console_column", 0, 0) == (0, None)
        for method, args, target in (
            ("console_set_level", (0.5,), 0.5), ("console_set_column_level", (7, 6, 0.25), 0.25),
            ("console_set_color", (7, 6, 2), 0.25), ("console_set_color_level", (2, 1), 1), ("console_az5", (), 0),
        ):
            assert control(CONSOLE, method, *args) == (0, None)
            assert control(ROD, "control_info")[1]["target"] == target
        assert control(ROD, "control_set_level", 0.75) == (0, None)
        assert control(ROD, "control_info")[1] == {
            "kind": "control_rod", "position": [7, 6], "heat": 20.0, "level": 0.0, "target": 0.75, "color": 2,
        }  # fmt: skip


def test_the_crane_and_the_boiler() -> None:
    """Fuel is lifted out and put back; steam has four types."""
    with plant() as table:
        control = table.kernel.control
        assert control(CRANE, "crane_pos") == (0, [7, 7]) and control(CRANE, "crane_xenon") == (0, None)
        assert [control(CRANE, "crane_move", way) for way in ("up", "left")] == [(0, True)] * 2
        assert control(CRANE, "crane_load") == (0, True) and control(CRANE, "crane_depletion") == (0, 0.0)
        assert control(CONSOLE, "console_column", 6, 6)[1]["loaded"] is False
        assert control(CRANE, "crane_load") == (0, True) and control(CRANE, "crane_depletion") == (0, None)
        boiler = "\\Device\\rbmk_boiler_000005"
        assert control(boiler, "boiler_set_steam_type", 3) == (0, None)
        assert control(boiler, "boiler_info")[1]["steam_type"] == 3


@pytest.mark.parametrize(
    ("device", "method", "args", "status"),
    [
        (CONSOLE, "console_set_level", (), 601), (CONSOLE, "console_set_level", (2,), 601),
        (CONSOLE, "console_set_level", ("out",), 601), (CONSOLE, "console_column", (15, 0), 601),
        (CONSOLE, "console_az5", (1,), 601), (CONSOLE, "console_set_column_level", (6, 6, 1), 601),
        (CONSOLE, "crane_load", (), 301), (CONSOLE, "control_wait", (), 301), (CONSOLE, "", (), 301),
        (CONSOLE, "info", (1,), 601), (ROD, "console_grid", (), 301), (ROD, "control_wait", (1,), 601),
        (CRANE, "crane_move", ("west",), 601), (CRANE, "comp_invoke", (), 601), (CRANE, "comp_invoke", (3,), 601),
        (CRANE, "comp_invoke", ("__class__",), 601), (CRANE, "comp_invoke", ("sing",), 301),
        (CRANE, "comp_invoke", ("type",), 301), (CRANE, "comp_invoke", ("getPos", 1, 2), 601),
        (CRANE, "comp_invoke", ("move", "west"), 601),
    ],
)  # fmt: skip
def test_what_is_refused(device: str, method: str, args: tuple[object, ...], status: int) -> None:
    """What a part does not have, and what its component will not take, each in a line of text."""
    with plant() as table:
        answer, why = table.kernel.control(device, method, *args)
        assert answer == status and isinstance(why, str) and why


def test_any_method_of_the_component_can_be_called() -> None:
    """By its own name or the other one; several results come as a list."""
    with plant() as table:
        assert table.kernel.control(CRANE, "comp_invoke", "getPos") == (0, [7, 7])
        assert table.kernel.control(CRANE, "comp_invoke", "get_pos") == (0, [7, 7])
        assert table.kernel.control(CONSOLE, "comp_invoke", "setLevel", 1) == (0, None)
        assert table.kernel.control(ROD, "comp_invoke", "getInfo")[1]["target"] == 1


def test_waiting_for_a_rod() -> None:
    """Whoever waits is answered when it stands still, and others are served meanwhile; one that stands answers now."""
    with plant() as table:
        assert table.kernel.control(ROD, "control_wait")[1]["level"] == 0
        table.kernel.control(ROD, "control_set_level", 1)
        waiting = [table.wait_for(ROD), table.wait_for(ROD)]
        assert {irp.step for irp in waiting} == {"waits until the rod stands still"}  # for those who look
        table.kernel.advance(10)
        assert not any(map(table.is_answered, waiting))
        assert table.kernel.control(ROD, "control_info")[1]["level"] == pytest.approx(0.5, abs=0.05)
        for level in (0, 1, 0, 1, 0.9):  # on its way it is sent elsewhere, for longer than DKMS would wait
            table.kernel.control(ROD, "control_set_level", level)
            assert not any(map(table.is_answered, waiting))
            table.kernel.advance(9)
        for irp in waiting:
            status, facts = table.kernel.answer_to(irp)
            assert status == 0 and facts["level"] == facts["target"] == 0.9
        table.kernel.control(ROD, "control_set_level", 0)
        again = table.wait_for(ROD)
        table.kernel.advance(100)
        assert table.kernel.answer_to(again)[1]["level"] == 0


def test_a_wait_that_nobody_waits_for_any_more() -> None:
    """It is let go of with 611; the others go on waiting."""
    with plant() as table:
        table.kernel.control(ROD, "control_set_level", 1)
        given_up, patient = table.wait_for(ROD), table.wait_for(ROD)
        table.kernel.from_pm("irp_cancel", given_up.irp_id)
        assert table.kernel.answer_to(given_up)[0] == Status.CANCELLED
        table.kernel.advance(30)
        assert table.kernel.answer_to(patient)[0] == 0
        assert not [line for level, line in table.kernel.log if level == "warn"]  # nothing is answered twice


def test_a_rod_is_unplugged_while_somebody_waits_for_it() -> None:
    """The wait ends with 405 and the device is gone; the other parts do not notice."""
    with plant() as table:
        table.kernel.control(ROD, "control_set_level", 1)
        waiting = table.wait_for(ROD)
        rod = table.boards[3]
        table.unplug(rod)
        assert table.kernel.answer_to(waiting)[0] == Status.NO_SUCH_DEVICE
        assert table.kernel.control(ROD, "control_info")[0] == Status.NO_SUCH_DEVICE
        assert len(table.kernel.drivers()) == 8 and table.kernel.control(CONSOLE, "console_pos")[0] == 0
        table.kernel.advance(30)
        table.plug(rod)
        assert table.kernel.control(ROD, "control_info")[1]["level"] == 1  # under its old name


def test_a_rod_that_is_gone_before_anybody_has_said_so() -> None:
    """The driver notices by itself when it looks, and answers 405."""
    with plant() as table:
        table.kernel.control(ROD, "control_set_level", 1)
        waiting = table.wait_for(ROD)
        table.bus.detach(table.boards[3])
        table.kernel.advance(2)
        assert table.kernel.answer_to(waiting)[0] == Status.NO_SUCH_DEVICE


def test_a_melted_core_is_told() -> None:
    """300, in the reactor's own words."""
    with plant("FRF/R.R/FRF") as table:
        table.kernel.control(CONSOLE, "console_set_level", 1)
        table.kernel.advance(400)
        assert table.kernel.control(CONSOLE, "info")[1]["melted"]
        assert table.kernel.control(CONSOLE, "console_az5") == (300, "the reactor has melted down")


def test_a_driver_for_several_types_takes_no_other() -> None:
    """A component of a type that it does not know fails its load: 601."""
    with plant() as table:
        table.kernel.components["ffffff-x"] = "toaster", type("Toaster", (), {"type": "toaster"})()
        assert table.kernel.load(DRIVER)[:2] == (0, "9 instances of AxisReactor")
        table.kernel.files["/drivers/toaster.sys.py"] = table.kernel.vfs_read_file(table.kernel.dkms, DRIVER)
        table.kernel.from_pm("load_driver_for_component", "toaster", "ffffff-x", 5)
        assert table.kernel.pm.pop()[:3] == ("load_driver_result", 5, 601)
