"""The EEPROM."""

from __future__ import annotations

import pytest

from axisos.machine import Bus, ComponentError
from axisos.machine.bus import Proxy
from axisos.machine.components.eeprom import Eeprom


@pytest.fixture
def chip() -> Proxy:
    """An empty chip."""
    bus = Bus(lambda name, *args: None)
    bus.attach(Eeprom("chip"))
    return bus.proxy("chip")


def test_contents(chip: Proxy) -> None:
    """Program and data have their sizes, and are refused whole beyond."""
    assert (chip.getSize(), chip.getDataSize(), chip.get(), chip.getData()) == (4096, 256, b"", b"")
    chip.set(b"x" * 4096)
    chip.setData("ä")
    assert chip.getData() == "ä".encode()
    for call in (lambda: chip.set(b"x" * 4097), lambda: chip.setData(b"x" * 257)):
        with pytest.raises(ComponentError, match="not enough space") as caught:
            call()
        assert not caught.value.soft and caught.value.status == 616
    assert len(chip.get()) == 4096
    chip.set()
    chip.setData()
    assert chip.get() == chip.getData() == b""


@pytest.mark.parametrize(
    ("code", "checksum"), [(b"123456789", "2639f4cb"), (b"print(1)", "08a790ed"), (b"", "00000000")]
)
def test_checksum(chip: Proxy, code: bytes, checksum: str) -> None:
    """CRC-32, its bytes little-endian."""
    chip.set(code)
    assert chip.getChecksum() == checksum


def test_locking(chip: Proxy) -> None:
    """With the right checksum only, for ever; the data area stays writable."""
    chip.set(b"123456789")
    with pytest.raises(ComponentError, match="incorrect checksum") as caught:
        chip.makeReadonly("00000000")
    assert caught.value.soft
    assert chip.makeReadonly("2639f4cb") is True
    for call in (lambda: chip.set(b""), lambda: chip.setLabel("new")):
        with pytest.raises(ComponentError, match="storage is readonly") as caught:
            call()
        assert caught.value.soft and caught.value.status == 617
    chip.setData(b"still")
    assert chip.getData() == b"still" and chip.get() == b"123456789"


def test_label(chip: Proxy) -> None:
    """Trimmed, 24 characters, never empty."""
    assert chip.getLabel() == "EEPROM" and chip.setLabel("  boot  ") == "boot"
    assert chip.setLabel("x" * 30) == "x" * 24 and chip.setLabel("  ") == "EEPROM" and chip.setLabel() == "EEPROM"


def test_images() -> None:
    """A chip can be kept and taken up again, lock and all."""
    one, other = Eeprom("1", b"code", b"data", "läbel"), Eeprom("2")
    one.readonly = True
    other.restore(one.image())
    assert (other.code, other.data, other.label, other.readonly) == (b"code", b"data", "läbel", True)
    with pytest.raises(ValueError, match="not an EEPROM image"):
        other.restore(b"code")
