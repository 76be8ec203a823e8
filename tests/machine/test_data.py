"""The data card: published vectors, its limits, and what is left of it without the package for ciphers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from axisos.machine import Bus, ComponentError, Machine
from axisos.machine.bus import Proxy
from axisos.machine.components import data as module
from axisos.machine.components.data import LIMIT_BYTES, Data
from axisos.machine.entropy import SeededEntropy

MIB = 1 << 20


def card_of(tier: int = 3, seed: int = 1) -> Proxy:
    """A card on a bus of its own."""
    entropy = SeededEntropy(seed)
    bus = Bus(lambda name, *args: None)
    bus.attach(Data("card", tier, lambda: entropy))
    return bus.proxy("card")


@pytest.fixture
def card() -> Proxy:
    """A card of tier 3."""
    return card_of()


def refused(call: Callable[[], object]) -> tuple[bool, int, str]:
    """How a call failed: (softly, status, reason)."""
    with pytest.raises(ComponentError) as caught:
        call()
    return caught.value.soft, caught.value.status, caught.value.reason


def private_key(card: Proxy, curve: ec.EllipticCurve, number: int) -> Any:
    """The private key with this number, put into the card as everybody would."""
    key = ec.derive_private_key(number, curve)
    der = key.private_bytes(form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption())
    return card.deserializeKey(der, "ec-private")


def public_half(card: Proxy, private: Any) -> Any:
    der = form.load_der_private_key(private.serialize(), None).public_key()
    return card.deserializeKey(
        der.public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo), "ec-public"
    )


def test_hashes(card: Proxy) -> None:
    """FIPS 180 and RFC 1321 ("abc"), RFC 4231 case 2 and RFC 2202 case 2; CRC-32 with its lowest byte first."""
    assert card.sha256("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert card.md5(b"abc").hex() == "900150983cd24fb0d6963f7d28e17f72"
    question = b"what do ya want for nothing?"
    assert card.sha256(question, b"Jefe").hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert card.md5(question, b"Jefe").hex() == "750c783e6ab0b503eaa86e310a5db738"
    assert card.crc32(b"123456789").hex() == "2639f4cb"


def test_aes(card: Proxy) -> None:
    """NIST SP 800-38A, F.2.1, with the padding that PKCS#7 adds; wrong keys and damaged data are told apart."""
    key, iv = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"), bytes(range(16))
    plain = bytes.fromhex("6bc1bee22e409f96e93d7e117393172a")
    encrypted = card.encrypt(plain, key, iv)
    assert encrypted[:16].hex() == "7649abac8119b246cee98e9b12e9197d" and len(encrypted) == 32
    assert card.decrypt(encrypted, key, iv) == plain
    assert card.decrypt(card.encrypt(b"", key, iv), key, iv) == b""
    assert refused(lambda: card.encrypt(plain, key + b"x", iv)) == (False, 601, "expected a 128-bit AES key")
    assert refused(lambda: card.encrypt(plain, key, iv[:-1])) == (False, 601, "expected a 128-bit AES IV")
    assert refused(lambda: card.decrypt(encrypted, key[::-1], iv)) == (True, 601, "bad padding")
    for damaged in (b"", encrypted[:-1], encrypted + b"x"):
        assert refused(lambda damaged=damaged: card.decrypt(damaged, key, iv))[0]


@pytest.mark.parametrize(("curve", "number", "r", "s"), [
    (ec.SECP256R1(), "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
     "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
     "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"),
    (ec.SECP384R1(), "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5",
     "21B13D1E013C7FA1392D03C5F99AF8B30C570C6F98D4EA8E354B63A21D3DAA33BDE1E888E63355D92FA2B3C36D8FB2CD",
     "F3AA443FB107745BF4BD77CB3891674632068A10CA67E3D45DB2266FA7D1FEEBEFDC63ECCD1AC42EC0CB8668A4FA0AB0"),
], ids=["P-256", "P-384"])
def test_signatures(card: Proxy, curve: ec.EllipticCurve, number: str, r: str, s: str) -> None:
    """RFC 6979, A.2.5 and A.2.6: "sample" under SHA-256. The same signature each time, and no other message fits."""
    private = private_key(card, curve, int(number, 16))
    signature = card.ecdsa("sample", private)
    assert decode_dss_signature(signature) == (int(r, 16), int(s, 16))
    public = public_half(card, private)
    assert card.ecdsa(b"sample", public, signature) is True
    assert card.ecdsa(b"Sample", public, signature) is False
    assert card.ecdsa(b"sample", public, b"") is card.ecdsa(b"sample", public, b"no DER") is False
    assert refused(lambda: card.ecdsa(b"sample", public)) == (False, 601, "private key expected")
    assert refused(lambda: card.ecdsa(b"sample", private, signature)) == (False, 601, "public key expected")
    assert refused(lambda: card.ecdsa(b"sample", None)) == (False, 601, "private key expected")


def test_shared_secrets(card: Proxy) -> None:
    """RFC 5903, section 8.1: both sides arrive at the same number; keys of two curves do not."""
    left, right = [
        private_key(card, ec.SECP256R1(), int(number, 16))
        for number in ("C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433",
                       "C6EF9C5D78AE012A011164ACB397CE2088685D8F06BF9BE0B283AB46476BEE53")
    ]
    secret = "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"
    assert card.ecdh(left, public_half(card, right)).hex() == secret
    assert card.ecdh(right, public_half(card, left)).hex() == secret
    assert refused(lambda: card.ecdh(left, card.generateKeyPair(384)[0]))[0]
    assert refused(lambda: card.ecdh(left, right)) == (False, 601, "public key expected")


def test_keys_come_and_go_as_der(card: Proxy) -> None:
    """What a key is, and that it survives being written down; nonsense is no key, nor is one on another curve."""
    public, private = card.generateKeyPair()
    assert (public.isPublic(), public.keyType(), private.is_public(), private.key_type()) == (
        True, "ec-public", False, "ec-private")
    again = card.deserializeKey(public.serialize(), "ec-public")
    assert card.ecdsa(b"m", again, card.ecdsa(b"m", card.deserializeKey(private.serialize(), "ec-private"))) is True
    other = ec.derive_private_key(5, ec.SECP521R1()).public_key()
    foreign = other.public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)
    for der, kind in ((b"", "ec-public"), (private.serialize(), "ec-public"), (public.serialize(), "ec-private"),
                      (foreign, "ec-public")):
        assert refused(lambda der=der, kind=kind: card.deserializeKey(der, kind)) == (True, 601, "invalid key")
    assert refused(lambda: card.deserializeKey(b"", "rsa"))[2] == "invalid key type, must be ec-public or ec-private"
    assert refused(lambda: card.generateKeyPair(521))[2] == "invalid key length, must be 256 or 384"


def test_limits(card: Proxy) -> None:
    """A mebibyte goes in, one byte more does not; a small stream that would come out larger is refused."""
    assert card.getLimit() == LIMIT_BYTES == MIB
    assert card.sha256(bytes(MIB)) == hashlib.sha256(bytes(MIB)).digest()
    assert refused(lambda: card.sha256(bytes(MIB + 1))) == (False, 601, "data size limit exceeded")
    assert card.inflate(card.deflate(bytes(MIB))) == bytes(MIB)
    import zlib

    assert refused(lambda: card.inflate(zlib.compress(bytes(MIB + 1)))) == (True, 601, "data size limit exceeded")
    for damaged in (b"", b"x", card.deflate(b"abc")[:-1]):
        assert refused(lambda damaged=damaged: card.inflate(damaged)) == (True, 601, "incorrect data")
    assert len(card.random(1)) == 1 and len(card.random(1024)) == 1024
    for count in (0, -1, 1025):
        assert refused(lambda count=count: card.random(count))[2] == "length must be in range [1..1024]"
    assert refused(card.sha256)[2] == "bad arguments #1 (string expected, got no value)"


@given(st.binary(max_size=200))
def test_base64_is_there_and_back(data: bytes) -> None:
    """In either alphabet, with or without padding, whatever stands between."""
    card = card_of(1)
    text = card.encode64(data)
    assert b"\n" not in text and card.decode64(text) == data
    url = text.replace(b"+", b"-").replace(b"/", b"_").rstrip(b"=")
    assert card.decode64(b" \n".join(bytes([byte]) for byte in url)) == data


@given(st.binary(max_size=60))
def test_decode64_takes_anything(text: bytes) -> None:
    """Lenient: what is no base64 is skipped, and nothing fails."""
    assert isinstance(card_of(1).decode64(text), bytes)


@pytest.mark.parametrize(("tier", "has", "lacks"), [
    (1, ("sha256", "inflate"), ("random", "encrypt", "ecdsa")),
    (2, ("sha256", "random", "encrypt"), ("ecdsa", "generateKeyPair", "deserializeKey")),
    (3, ("encrypt", "ecdsa", "ecdh"), ()),
])
def test_a_tier_is_what_a_card_offers(tier: int, has: tuple[str, ...], lacks: tuple[str, ...]) -> None:
    """A program finds out by asking for methods; a keyed hash on tier 1 is refused, not computed without its key."""
    card = card_of(tier)
    assert all(hasattr(card, name) for name in has) and not any(hasattr(card, name) for name in lacks)
    if tier == 1:
        assert refused(lambda: card.sha256(b"m", b"key")) == (False, 301, "unsupported operation")
    else:
        assert len(card.sha256(b"m", b"key")) == 32


def test_without_the_package_the_card_is_of_tier_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that has no `cryptography` gives hashes and compression, and says what is missing."""
    monkeypatch.setattr(module, "EXTRA", "a_package_that_nobody_has")
    bus = Bus(lambda name, *args: None)
    board = Data("card", 3, lambda: SeededEntropy(1))
    bus.attach(board)
    assert board.tier == 1 and not hasattr(bus.proxy("card"), "ecdsa") and "ecdsa" not in bus.methods("card")
    assert "a_package_that_nobody_has" in board.device_info()["product"]
    assert bus.proxy("card").md5(b"") == hashlib.md5(b"").digest()


def test_one_seed_one_card(machine: Machine) -> None:
    """Random bytes, keys and signatures follow from the seed; each machine has a card of its own address."""
    def story(seed: int) -> tuple[bytes, bytes, bytes]:
        card = card_of(3, seed)
        _public, private = card.generateKeyPair()
        return card.random(8), private.serialize(), card.ecdsa(b"message", private)

    assert story(1) == story(1) != story(2)
    board = machine.bus.first("data")
    assert board is not None and len(machine.bus.proxy(board.address).random(4)) == 4


def test_large_input_makes_the_machine_pause() -> None:
    """The game's clockwork, where it is wanted: a second for more than 8,192 bytes."""
    with Machine(seed=1, timing="oc", rom="import builtins") as machine:
        board = machine.bus.first("data")
        assert board is not None
        before = machine.clock.now()
        pauses: list[float] = []
        machine.bus.timing.pause = pauses.append  # type: ignore[union-attr,method-assign]
        machine.bus.proxy(board.address).sha256(bytes(8192))
        machine.bus.proxy(board.address).sha256(bytes(8193))
        assert pauses == [1.0] and machine.clock.now() >= before


@pytest.mark.parametrize("kind", ["ec-private", "ec-public"])
def test_a_key_of_another_kind_is_not_even_loaded(card: Proxy, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host would look for minutes whether the numbers in a large RSA key are prime."""
    key = rsa.generate_private_key(65537, 2048)
    ders = {
        "ec-public": key.public_key().public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo),
        "ec-private": key.private_bytes(form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption()),
    }
    old = key.private_bytes(form.Encoding.DER, form.PrivateFormat.TraditionalOpenSSL, form.NoEncryption())
    for loader in ("load_der_private_key", "load_der_public_key"):
        monkeypatch.setattr(form, loader, lambda *_: pytest.fail("it was loaded"))
    curve = bytes.fromhex("301306072a8648ce3d020106082a8648ce3d030107")
    for der in (ders[kind], old, ders[kind] + curve, curve + ders[kind], b"0\x82\1\0" + ders[kind], b"0", b"0\xff" * 3):
        assert refused(lambda der=der: card.deserializeKey(der, kind)) == (True, 601, "invalid key")
