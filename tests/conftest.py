"""What tests of whole machines share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from axisos import host
from axisos.machine.machine import Machine


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A seeded machine that is off; it is off again afterwards."""
    made = Machine(seed=7)
    yield made
    made.power_off()


@pytest.fixture
def shell() -> Callable[..., host.Result]:
    """`shell(line, user="guest", stdin=b"")` runs one shell line in a new seeded machine."""

    def run(line: str, user: str = "guest", stdin: bytes = b"", **job: object) -> host.Result:
        with Machine(seed=7) as machine:
            return host.run(machine, None, user=user, stdin=stdin, line=line, **job)  # type: ignore[arg-type]

    return run
