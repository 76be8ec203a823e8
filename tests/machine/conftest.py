"""Machines for stories about hardware: small EEPROM programs stand in for an operating system."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from axisos.machine import Machine

# What every little program here begins with: the GPU, bound, and `say` to write a line.
PREAMBLE = """
gpu = component.proxy(next(iter(component.list("gpu", True))))
gpu.bind(next(iter(component.list("screen", True))))
row = 0
def say(*words):
    global row
    row += 1
    gpu.set(1, row, " ".join(str(word) for word in words))
"""

Boot = Callable[..., Machine]


@pytest.fixture
def boot() -> Iterator[Boot]:
    """Make and switch on machines that run the given program; all are switched off at the end."""
    machines: list[Machine] = []

    def make(program: str = "", *, preamble: bool = True, **options: Any) -> Machine:
        options.setdefault("seed", 7)
        options.setdefault("cache", False)
        machine = Machine(rom=(PREAMBLE if preamble else "") + program, **options)
        machines.append(machine)
        machine.power_on()
        return machine

    yield make
    for machine in machines:
        machine.power_off()
