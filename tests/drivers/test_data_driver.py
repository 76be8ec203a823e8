"""The data driver on real cards, and the library over it in a whole machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from abi.status import Status
from axisos.host import run
from axisos.machine import Bus, Machine
from axisos.machine.components.data import LIMIT_BYTES, Data
from axisos.machine.entropy import SeededEntropy
from small_kernel import SmallKernel, small_kernel


def cards(*tiers: int) -> dict[str, tuple[str, object]]:
    """Components for a small kernel: a card of each tier."""
    bus = Bus(lambda *_: None)
    entropy = SeededEntropy(1)
    for number, tier in enumerate(tiers):
        bus.attach(Data(f"c0ffee{number}", tier, lambda: entropy))
    return {address: ("data", bus.proxy(address)) for address in bus.list()}


def load(kernel: SmallKernel) -> None:
    """The driver, for every card there is."""
    for address in kernel.components:
        kernel.from_pm("load_driver_for_component", "data", address, 50)
        assert kernel.pm.pop()[2:4] == (0, "AxisData"), kernel.log_text()


@pytest.fixture
def kernel() -> Iterator[SmallKernel]:
    with small_kernel(components=cards(3)) as kernel:
        load(kernel)
        yield kernel


def test_a_message_is_signed_and_verified(kernel: SmallKernel) -> None:
    """Keys go to the program and back as bytes; a public key does not sign."""
    status, (public, private) = kernel.control("/dev/data", "generateKeyPair")
    assert status == 0 and type(public) is type(private) is bytes
    status, signature = kernel.control("/dev/data", "ecdsa", b"message", private)
    assert status == 0
    assert kernel.control("/dev/data", "ecdsa", b"message", public, signature) == (0, True)
    assert kernel.control("/dev/data", "ecdsa", b"massage", public, signature) == (0, False)
    assert kernel.control("/dev/data", "ecdsa", b"message", public)[0] == Status.INVALID_PARAMETER
    other = kernel.control("/dev/data", "generateKeyPair", 384)[1]
    secret = kernel.control("/dev/data", "ecdh", private, other[0])
    assert secret == kernel.control("/dev/data", "ecdh", other[1], public) and len(secret[1]) == 48


def test_what_the_card_refuses_is_answered_with_its_status_and_reason(kernel: SmallKernel) -> None:
    """The driver lives on, whatever it is asked; it hands on no more than the methods of its list."""
    for method, args, status, reason in (
        ("sha256", (bytes(LIMIT_BYTES + 1),), Status.INVALID_PARAMETER, "data size limit exceeded"),
        ("sha256", (), Status.INVALID_PARAMETER, "string expected"),
        ("sha256", (b"", b"", b""), Status.INVALID_PARAMETER, "does not take 3 arguments"),
        ("ecdsa", (), Status.INVALID_PARAMETER, "does not take 0 arguments"),
        ("ecdsa", (b"", b"no key"), Status.INVALID_PARAMETER, "invalid key"),
        ("random", (10**9,), Status.INVALID_PARAMETER, "1..1024"),
        ("deserializeKey", (b"", "ec-public"), Status.NOT_IMPLEMENTED, "no method"),
        ("__class__", (), Status.NOT_IMPLEMENTED, "no method"), ("", (), Status.NOT_IMPLEMENTED, "no method"),
    ):
        answered, said = kernel.control("/dev/data", method, *args)
        assert answered == status and reason in said, (method, said)
    assert kernel.control("/dev/data", "sha256", b"")[0] == 0 and "is online" in kernel.log[-1][1]


def test_a_card_of_a_low_tier_says_so() -> None:
    """What is asked for, which tier there is, and what helps."""
    with small_kernel(components=cards(1)) as kernel:
        load(kernel)
        assert kernel.control("/dev/data", "info") == (0, {"address": "c0ffee0", "tier": 1, "limit": LIMIT_BYTES})
        for method in ("random", "encrypt", "ecdsa", "generateKeyPair", "ecdh"):
            status, said = kernel.control("/dev/data", method, 1)
            assert status == Status.NOT_IMPLEMENTED and "tier 1" in said and "axisos[crypto]" in said
        assert kernel.control("/dev/data", "crc32", b"123456789") == (0, bytes.fromhex("2639f4cb"))


def test_each_card_has_a_name_and_the_first_one_everybodys() -> None:
    """When its driver goes, so do its names, and the others stay."""
    with small_kernel(components=cards(3, 2)) as kernel:
        # The names have six characters of the address; these two cards differ in the seventh.
        components = {f"{number}{address}": card for number, (address, card) in enumerate(kernel.components.items())}
        kernel.components = components
        load(kernel)
        names = [f"/dev/data_{address[:6]}_{number}" for number, address in enumerate(components)]
        tiers = [kernel.control(name, "info")[1]["tier"] for name in (*names, "/dev/data")]
        assert tiers == [3, 2, 3]
        assert kernel.answers[kernel.call("driver_unload", "AxisData")][0] == 0
        assert kernel.drivers() == [] and kernel.control("/dev/data", "info")[0] == Status.NO_SUCH_DEVICE


PROGRAM = """
from axis import data

with data.open() as card:
    public, private = card.generate_key_pair()
    print(card.tier, card.limit == 1 << 20, card.verify(b"m", public, card.sign(b"m", private)))
    print(card.sha256(b"abc").hex()[:8], card.crc32(b"123456789"), len(card.random(3000)), len(card.md5(b"", b"key")))
    key, iv = card.random(16), card.random(16)
    print(card.decrypt(card.encrypt(b"secret", key, iv), key, iv))
    other = card.generate_key_pair(256)
    mine = card.generate_key_pair(256)
    print(card.shared_secret(mine[1], other[0]) == card.shared_secret(other[1], mine[0]))
    for wrong in (lambda: card.decrypt(b"x" * 16, key, iv), lambda: card.sign(b"", public)):
        try:
            wrong()
        except ValueError as error:
            print(error)
try:
    card.sha256(b"")
except Exception as error:
    print(error.status.name)
try:
    data.open("/dev/data_none_0")
except FileNotFoundError:
    print("no such card")
import os
node = next(name for name in os.listdir("/dev") if name.startswith("data_"))
try:
    data.open("/dev/" + node)
except PermissionError:
    print("the card's own name is root's")
"""


def test_a_program_uses_the_card(tmp_path: Path) -> None:
    """By the library, as a guest: /dev/data is everybody's. The same seed gives the same keys."""
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    with Machine(seed=7) as machine:
        result = run(machine, str(file))
    assert result.stderr == b"" and result.exit_code == 0
    assert result.stdout.decode().splitlines() == [
        "3 True True", "ba7816bf 3421780262 3000 16", "b'secret'", "True",
        "/dev/data: cannot do 'decrypt': decrypt: bad padding", "/dev/data: cannot do 'ecdsa': ecdsa: invalid key",
        "INVALID_HANDLE", "no such card", "the card's own name is root's",
    ]
