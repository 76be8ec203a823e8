"""Watched processes: an observer sees every call of one process, may fail it, and costs nobody else anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from abi.status import Status
from kernelrig import BareMachine

PROGRAM = """
def ask():
    return syscall("process_get_ring")

outcomes = []
for _ in range(3):
    try:
        outcomes.append(ask())
    except Exception as error:
        outcomes.append(int(error.status))
say(outcomes)
proxy = syscall("raw_component_proxy", next(iter(syscall("raw_component_list", "screen"))))
try:
    say(proxy.type, proxy.getAspectRatio())
except Exception as error:
    say(repr(error))
raise KeyError("the end")
"""


class Observer:
    """Notes what it sees; the second `process_get_ring` fails."""

    def __init__(self, fails: str = "process_get_ring", breaks: bool = False) -> None:
        self.seen: list[tuple[Any, ...]] = []
        self.port: Any = None
        self._fails = fails
        self._breaks = breaks

    def begin(self, port: Any) -> None:
        self.port = port

    def before(self, name: str, args: tuple[Any, ...]) -> Exception | None:
        self.seen.append(("before", name, self.port.place()))
        if self._breaks:
            raise ValueError("a bug of the observer's")
        if name == self._fails and sum(each[:2] == ("before", name) for each in self.seen) == (1 if "." in name else 2):
            return self.port.fault(605, "not now")  # type: ignore[no-any-return]
        return None

    def after(self, name: str, args: tuple[Any, ...], result: object, error: Exception | None) -> None:
        self.seen.append(("after", name, error is None))


@pytest.fixture
def bare() -> Iterator[BareMachine]:
    with BareMachine() as machine:
        yield machine


def watch(bare: BareMachine, observer: Observer, ring: float = 2) -> list[str]:
    """Run the program under the observer. Returns what it said."""
    process = bare.start(PROGRAM, ring, "/drivers/tried.py")
    bare.kernel.call_watch.ke_watch_calls(bare.kernel.kernel_process.main, process.pid, observer)
    bare.settle()
    return bare.said()


def test_an_observer_sees_calls_with_their_places_and_fails_one(bare: BareMachine) -> None:
    """Before and after each call, in the caller's own lines; the call that it fails never reaches its body."""
    observer = Observer()
    said = watch(bare, observer)
    assert any("[2, 605, 2]" in line for line in said), said
    assert [each[2] for each in observer.seen if each[:2] == ("before", "process_get_ring")] == [
        "/drivers/tried.py:5 in ask"
    ] * 3
    assert [each[2] for each in observer.seen if each[:2] == ("after", "process_get_ring")] == [True, False, True]
    assert ("before", "screen.getAspectRatio", "/drivers/tried.py:16") in observer.seen
    error, place = observer.port.ended_by
    assert (type(error), place) == (KeyError, "/drivers/tried.py:19")


def test_hardware_can_be_made_to_fail(bare: BareMachine) -> None:
    """A component's method raises what components raise: an error with a status, which is no StatusError."""
    observer = Observer("screen.getAspectRatio")
    assert any("HardwareFault('not now')" in line for line in watch(bare, observer))


def test_a_broken_observer_is_dropped(bare: BareMachine) -> None:
    """The process goes on as if nobody watched, and the kernel log says so."""
    observer = Observer(breaks=True)
    said = watch(bare, observer)
    assert len(observer.seen) == 1
    assert any("[2, 2, 2]" in line for line in said)
    log = [str(entry["msg"]) for entry in bare.kernel.log.newest(1000)]
    assert any("has failed: ValueError: a bug of the observer's" in line for line in log)


def test_only_drivers_are_watched(bare: BareMachine) -> None:
    """Programs and services have their own observers: the trace."""
    with pytest.raises(Exception, match="runs at ring 3") as refused:
        watch(bare, Observer(), ring=3)
    assert refused.value.status == Status.INVALID_PARAMETER
