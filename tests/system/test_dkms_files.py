"""What DKMS reads off a driver file: DRIVER_INFO, without running it."""

from __future__ import annotations

import pytest

from abi.status import Status, StatusError
from system.driver_info import read_driver_info, supported_components

ENTRY = "\ndef driver_entry(driver):\n    pass\n"


def info_of(text: str) -> dict[str, object]:
    return read_driver_info((text + ENTRY).encode(), "/drivers/x.sys.py")


def status_of(text: str) -> int:
    with pytest.raises(StatusError) as caught:
        info_of(text)
    assert "/drivers/x.sys.py" in caught.value.detail
    return int(caught.value.status)


@pytest.mark.parametrize("form", [
    'DRIVER_INFO = {"driver_name": "X", "driver_type": "KernelModeDriver", "load_priority": 5}',
    'DRIVER_INFO: dict = {"driver_name": "X", "driver_type": DRIVER_TYPE_KMD, "load_priority": 5}',
    'DRIVER_INFO = {\n    "driver_name": "X",  # a comment\n    "driver_type": dk.DRIVER_TYPE_KMD,\n'
    '    "load_priority": 5,\n}',
    'if True:\n    pass\nDRIVER_INFO = {"driver_name": "Y"}\nDRIVER_INFO = {"driver_name": "X",'
    ' "driver_type": "KernelModeDriver", "load_priority": 5}',
    '"""A docstring with the line\nDRIVER_INFO = {"driver_name": "no"}\n"""\n'
    'DRIVER_INFO = {"driver_name": "X", "driver_type": "KernelModeDriver",\n"load_priority": 5}',
    'X = 1; DRIVER_INFO = {"driver_name": "X", "driver_type": "KernelModeDriver", "load_priority": 5}',
], ids=["one line", "annotated", "many lines", "twice", "in a docstring too", "not at the start of a line"])
def test_driver_info_is_found(form: str) -> None:
    """However it is written, as long as it is a top-level dict of literals; the last one counts."""
    assert info_of(form) == {
        "driver_name": "X", "driver_type": "KernelModeDriver", "load_priority": 5, "version": "N/A"
    }


def test_the_file_is_not_run() -> None:
    """Code around DRIVER_INFO and calls inside it have no effect but a refusal."""
    text = (
        'raise SystemExit("run!")\n'
        'DRIVER_INFO = {"driver_name": "X", "driver_type": "KernelModeDriver", "load_priority": -5}'
    )
    assert info_of(text)["load_priority"] == -5
    for value in ('__import__("os")', 'f"{1}"', '"a" "b".lower()', "[x for x in y]", "{**other}", "-'a'", "{[]: 1}"):
        assert status_of(f'DRIVER_INFO = {{"driver_name": {value}}}') == Status.INVALID_DRIVER_INFO


@pytest.mark.parametrize(("change", "status"), [
    ({"driver_name": ""}, 402), ({"driver_name": 7}, 402), ({"driver_name": "a\\b"}, 402),
    ({"driver_name": "x" * 256}, 402),
    ({"driver_type": None}, 402), ({"driver_type": "Kernel"}, 407), ({"load_priority": "high"}, 402),
    ({"load_priority": True}, 402), ({"version": 1.0}, 402), ({"supported_component": 3}, 402),
    ({"supported_component": []}, 402), ({"supported_component": ["drive", ""]}, 402),
    ({"supported_component": {"drive": 1}}, 402),
])
def test_driver_info_is_checked(change: dict[str, object], status: int) -> None:
    """Each field has its type; an unknown driver type has a status of its own."""
    info = {"driver_name": "X", "driver_type": "KernelModeDriver", "load_priority": 5, **change}
    assert status_of(f"DRIVER_INFO = {info!r}") == status


@pytest.mark.parametrize(("given", "types"), [
    (None, []), ("drive", ["drive"]), (["drive", "tape"], ["drive", "tape"]), (("drive",), ["drive"]),
])
def test_a_driver_may_be_for_several_types_of_component(given: object, types: list[str]) -> None:
    """One, a list of them, or none."""
    info = {"driver_name": "X", "driver_type": "ComponentModeDriver", "load_priority": 5, "supported_component": given}
    assert supported_components(info_of(f"DRIVER_INFO = {info!r}")) == types


@pytest.mark.parametrize("entry", [
    "from kit import driver_entry", "from kit import start as driver_entry", "driver_entry = print", "dk.run(start)",
    "if __name__ == '__main__':\n    run(start, stop)",
    "class Driver:\n    def driver_entry(self, driver):\n        pass",
])
def test_an_entry_may_take_many_forms(entry: str) -> None:
    """A function, a method, an imported name, or whatever is given to `dk.run`."""
    info = 'DRIVER_INFO = {"driver_name": "X", "driver_type": "KernelModeDriver", "load_priority": 5}\n'
    assert read_driver_info(f"{info}{entry}\n".encode(), "x")["driver_name"] == "X"
    with pytest.raises(StatusError) as caught:
        read_driver_info(info.encode(), "x")
    assert caught.value.status == Status.INVALID_DRIVER_ENTRY
