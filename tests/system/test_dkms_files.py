"""What DKMS reads off a driver file: DRIVER_INFO, without running it, and the signature block."""

from __future__ import annotations

import base64
import hashlib

import pytest

from abi.status import Status, StatusError
from system.dkms_sec import CONFIG_PATH, DriverPolicy, find_signature
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


def signed(body: bytes) -> bytes:
    stated = base64.b64encode(hashlib.sha256(body).digest())
    return body + b"#@HASH: " + stated + b"\n#@SIGNER: c2lnbmVy\n#@SIGNATURE: c2lnbmF0dXJl\n"


@pytest.mark.parametrize(("level", "unsigned", "tampered", "good"), [(0, 0, 0, 0), (1, 0, 403, 0), (2, 403, 403, 403)])
def test_the_policy_by_level(level: int, unsigned: int, tampered: int, good: int) -> None:
    """The table of dkms_sec; what level 1 lets pass with a remark goes to the log at level dev."""
    body = b"print('driver')\n\n\n"
    for source, expected in ((body, unsigned), (b"x" + signed(body), tampered), (signed(body), good)):
        log: list[tuple[str, str]] = []
        policy = DriverPolicy(level, lambda text, kind, log=log: log.append((kind, text)))  # type: ignore[misc]
        try:
            policy.check(source, "/drivers/x.sys.py")
            status = 0
        except StatusError as error:
            status = int(error.status)
        assert status == expected
        assert [kind for kind, _ in log] == (["dev"] if level == 1 and expected == 0 else [])


def test_a_block_must_be_the_end_of_the_file() -> None:
    """Three lines in their order, nothing after them; the hash covers the exact bytes before."""
    body = b"a\r\n\n b"
    assert find_signature(signed(body + b"\n")) is not None
    block = find_signature(signed(body + b"\n"))
    assert block is not None and block[0] == body + b"\n"
    assert find_signature(signed(body + b"\n") + b"print()\n") is None
    assert find_signature(b"#@HASH: x\n#@SIGNER: y\n#@SIGNATURE: z\n") is None
    assert find_signature(b"") is None


@pytest.mark.parametrize(("config", "level"), [
    (None, 1), (b"", 1), (b"security_level = 2\n", 2), (b"security_level = 0 # off\n", 0),
    (b'security_level = "enforce"', 2),
    (b"pki_url = 'x'\nsecurity_level = 1\n", 1), (b"[other]\nsecurity_level = 0\n", 1), (b"security_level = 9", 1),
    (b"security_level = [", 1), (b"security_level = 0\nsecurity_level = 2", 1), (b"security_level = {}", 1),
    (b"# security_level = 0\nsecurity_level = 2", 2), (b"\xff security_level", 1),
])
def test_the_level_comes_from_the_configuration(config: bytes | None, level: int) -> None:
    """Level 1 when there is none or it makes no sense; nonsense is logged."""

    def read_file(path: str) -> bytes:
        assert path == CONFIG_PATH
        if config is None:
            raise StatusError(Status.NO_SUCH_FILE, path)
        return config

    log: list[str] = []
    assert DriverPolicy.from_disk(read_file, lambda text, kind: log.append(kind)).level == level
    assert set(log) <= {"warn"}
