"""Driver policy: the table of situations and levels, each with a real data card; files that were tampered with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from abi.status import Status, StatusError
from axis.driver_signing import (
    FIELDS,
    Key,
    body_of,
    fingerprint,
    generate_whitelist,
    is_p384,
    keystore_text,
    mentions_a_block,
    own_modules,
    parse_keystore,
    parse_whitelist,
    read_block,
    sign_source,
)
from axisos.machine import Bus
from axisos.machine.components.data import Data
from axisos.machine.entropy import SeededEntropy
from small_kernel import small_kernel
from system.dkms_sec import CONFIG_PATH, KEYSTORE_PATH, WHITELIST_PATH, DriverPolicy, read_settings

PAGE = Path(__file__).parent.parent.parent / "docs" / "drivers" / "signing.md"
BODY = b"print('driver')\n\n\n# the end\n"
PATH = "/drivers/x.sys.py"
CARD = "c0ffee"


class Signer:
    """Somebody with a key of his own on a card of his own."""

    def __init__(self, seed: int, bits: int = 384) -> None:
        bus = Bus(lambda *_: None)
        entropy = SeededEntropy(seed)
        bus.attach(Data("own", 3, lambda: entropy))
        self.card = bus.proxy("own")
        public, self.private = self.card.generateKeyPair(bits)
        self.der: bytes = public.serialize()

    def sign(self, source: bytes) -> bytes:
        """The file with a good block."""
        return sign_source(source, self.der, lambda body: self.card.ecdsa(body, self.private))

    def key(self, status: str = "approved") -> Key:
        return Key(self.der, "ann", status)


ANN, BOB = Signer(1), Signer(2)


class Disk:
    """The root file system and the hardware as the policy sees them."""

    def __init__(self, files: dict[str, bytes], tier: int | None = 3) -> None:
        self.files = files
        self.bus = Bus(lambda *_: None)
        if tier is not None:
            self.bus.attach(Data(CARD, tier))
        self.log: list[tuple[str, str]] = []

    def __call__(self, name: str, *args: Any) -> Any:
        if name == "vfs_read_file":
            if args[0] not in self.files:
                raise StatusError(Status.NO_SUCH_FILE, args[0])
            return self.files[args[0]]
        if name == "raw_component_list":
            return self.bus.list(*args, True)
        if name == "raw_component_proxy":
            return self.bus.proxy(*args)
        assert name == "kernel_get_root_fs"
        return "root", self

    def list(self, directory: str) -> list[str] | None:
        start = directory + "/"
        inside = [path[len(start):] for path in self.files if path.startswith(start)]
        names = {name.split("/")[0] + ("/" if "/" in name else "") for name in inside}
        return sorted(names) or None

    def policy(self, level: int, whitelist: object = 0) -> DriverPolicy:
        return DriverPolicy(self, lambda text, kind: self.log.append((kind, text)), level, whitelist)

    def outcome(self, level: int, source: bytes, whitelist: object = 0) -> str:
        """accept, log or 403."""
        self.log.clear()
        try:
            self.policy(level, whitelist).admit(PATH, source)
        except StatusError as error:
            assert error.status == Status.DRIVER_VALIDATION_FAILED and "/drivers/x" in error.detail
            return "403"
        return "log" if self.log else "accept"


def keystore(*keys: Key) -> dict[str, bytes]:
    return {KEYSTORE_PATH: keystore_text(keys).encode()}


def swapped_signature(signer: Signer, other: bytes) -> bytes:
    """A block whose hash and signer fit, with the signature of something else."""
    lines = signer.sign(BODY).splitlines(keepends=True)
    return b"".join(lines[:-1]) + signer.sign(other).splitlines(keepends=True)[-1]


GOOD = ANN.sign(BODY)
APPROVED = keystore(ANN.key())
SITUATIONS: dict[str, tuple[bytes, dict[str, bytes], int | None, tuple[str, str, str]]] = {
    # source, files in /etc, tier of the data card -> what comes of it at levels 0, 1, 2
    "not signed": (BODY, APPROVED, 3, ("accept", "log", "403")),
    "no signature line": (GOOD.rsplit(b"\n", 2)[0] + b"\n", APPROVED, 3, ("accept", "log", "403")),
    "no signer line": (
        b"\n".join(line for line in GOOD.split(b"\n") if b"SIGNER" not in line), APPROVED, 3, ("accept", "log", "403")),
    "the hash is wrong": (b"x" + GOOD, APPROVED, 3, ("accept", "403", "403")),
    "the hash is wrong, no card": (b"x" + GOOD, APPROVED, None, ("accept", "403", "403")),
    "no data card": (GOOD, APPROVED, None, ("accept", "log", "403")),
    "a card of tier 1": (GOOD, APPROVED, 1, ("accept", "log", "403")),
    "a card of tier 2": (GOOD, APPROVED, 2, ("accept", "log", "403")),
    "no keystore": (GOOD, {}, 3, ("accept", "log", "403")),
    "the keystore is nonsense": (GOOD, {KEYSTORE_PATH: b"[keys"}, 3, ("accept", "log", "403")),
    "signer unknown": (GOOD, keystore(BOB.key()), 3, ("accept", "log", "403")),
    "signer pending": (GOOD, keystore(ANN.key("pending")), 3, ("accept", "log", "403")),
    "signer revoked": (GOOD, keystore(ANN.key("revoked")), 3, ("accept", "403", "403")),
    "signer revoked, no card": (GOOD, keystore(ANN.key("revoked")), None, ("accept", "403", "403")),
    "signature of another text": (swapped_signature(ANN, b"other\n"), APPROVED, 3, ("accept", "403", "403")),
    "signed by another key": (
        BOB.sign(BODY).replace(fingerprint(BOB.der).encode(), fingerprint(ANN.der).encode()),
        keystore(ANN.key(), BOB.key()), 3, ("accept", "403", "403")),
    "good": (GOOD, APPROVED, 3, ("accept", "accept", "accept")),
    "good, among other keys": (GOOD, keystore(BOB.key("revoked"), ANN.key()), 3, ("accept", "accept", "accept")),
}


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("level", [0, 1, 2])
def test_the_table(situation: str, level: int) -> None:
    """Each row of the table in dkms_sec at each level."""
    source, etc, tier, expected = SITUATIONS[situation]
    assert Disk({PATH: source, **etc}, tier).outcome(level, source) == expected[level]


def test_the_manual_says_the_same() -> None:
    """Each row of the page's table is a situation of this one."""
    rows = {
        "not signed, or the block is not the last three lines": "not signed",
        "the hash is not that of the bytes above it": "the hash is wrong",
        "the signer's key is revoked": "signer revoked", "the signer is not in the keystore": "signer unknown",
        "the signer's key is there, and not `approved`": "signer pending",
        "no data card, or none of tier 3": "a card of tier 2",
        "the signature is not the signer's": "signature of another text", "the signature is the signer's": "good",
    }
    table = (PAGE.read_text().split("| Situation |")[1].split("\n\n")[0]).split("\n")[2:]
    assert len(table) == len(rows)
    for line in table:
        label, *outcomes = [cell.strip() for cell in line.strip("|").split("|")]
        assert tuple(outcomes) == SITUATIONS[rows[label]][3], label


@pytest.mark.parametrize("change", [
    lambda source: source + b"\n", lambda source: source + b" ", lambda source: source + b"import os\n",
    lambda source: b"\n" + source, lambda source: source.replace(b"\n\n\n", b"\n\n"),
    lambda source: source.replace(b"\n", b"\r\n"), lambda source: source.replace(b"driver", b"Driver", 1),
    # The tokenizer of Python ends a line at a lone carriage return; base64 decoders like to skip what they do not know.
    lambda source: source[:-1] + b"\rimport os\n", lambda source: source.replace(b"SIGNATURE:", b"SIGNATURE:\r"),
    lambda source: source.replace(b"\n#@SIGNER", b"\rimport os\n#@SIGNER"),
    lambda source: source.replace(b"\n#@SIGNATURE", b"\rimport os\n#@SIGNATURE"),
    lambda source: source.replace(b"#@HASH:", b"#@HASH: "), lambda source: source.replace(b"#@SIGNER:", b"#@signer:"),
    lambda source: source[:-2] + b"\n",
])
def test_no_changed_byte_gets_past_level_2(change: Callable[[bytes], bytes]) -> None:
    """Before the block, in it, behind it: also where Python or base64 would look away."""
    disk = Disk(dict(APPROVED))
    changed = change(GOOD)
    assert changed != GOOD and disk.outcome(2, GOOD) == "accept"
    assert disk.outcome(2, changed) == "403"


@given(st.integers(0, len(GOOD) - 2), st.integers(1, 255))
def test_no_flipped_bits_get_past_level_2(position: int, flip: int) -> None:
    """Whatever one byte of a signed file becomes, it does not load."""
    changed = bytearray(GOOD)
    changed[position] ^= flip
    assert Disk(dict(APPROVED)).outcome(2, bytes(changed)) == "403"


def test_the_twin_of_a_signature_says_the_same() -> None:
    """ECDSA allows two texts for each signature (s, and the order less s): the block differs, the driver does not."""
    block = read_block(GOOD)
    assert block is not None
    r, s = decode_dss_signature(block.signature_bytes())
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
    twin = sign_source(BODY, ANN.der, lambda body: encode_dss_signature(r, order - s))
    assert twin != GOOD and body_of(twin) == body_of(GOOD)
    assert Disk(dict(APPROVED)).outcome(2, twin) == "accept"


class TestOwnModules:
    """A driver's own modules are judged like the driver."""

    def disk(self, main: bytes, module: bytes) -> Disk:
        return Disk({PATH: main, "/drivers/x/part.py": module, "/drivers/x/deep/er.py": ANN.sign(b"1\n"),
                     "/drivers/x/notes.txt": b"", "/drivers/y.py": b"", **APPROVED})

    def test_at_level_2_they_are_signed_and_nothing_else_can_be_imported(self) -> None:
        """The bytes that were judged are those that are handed on."""
        disk = self.disk(GOOD, ANN.sign(b"part\n"))
        files, closed = disk.policy(2).admit(PATH, GOOD)
        assert closed and set(files) == {PATH, "/drivers/x/part.py", "/drivers/x/deep/er.py"}
        assert files[PATH] == GOOD and files["/drivers/x/part.py"] == ANN.sign(b"part\n")

    @pytest.mark.parametrize("module", [b"part\n", ANN.sign(b"part\n") + b"more\n", BOB.sign(b"part\n")])
    def test_one_that_is_not_signed_keeps_the_driver_out(self, module: bytes) -> None:
        with pytest.raises(StatusError, match=r"/drivers/x/part\.py"):
            self.disk(GOOD, module).policy(2).admit(PATH, GOOD)

    def test_at_level_1_only_a_changed_one_does(self) -> None:
        """And the directory stays open; nothing is looked at for a driver that is not signed itself."""
        assert self.disk(GOOD, b"part\n").policy(1).admit(PATH, GOOD)[1] is False
        tampered = self.disk(GOOD, b"x" + ANN.sign(b"part\n"))
        with pytest.raises(StatusError, match=r"/drivers/x/part\.py"):
            tampered.policy(1).admit(PATH, GOOD)
        assert tampered.policy(1).admit(PATH, BODY) == ({PATH: BODY}, False)


LISTED = {WHITELIST_PATH: generate_whitelist([(PATH, BODY)]).encode()}


class TestWhitelist:
    """The second gate: the SHA-256 of whole files."""

    @pytest.mark.parametrize(("mode", "listed", "unlisted"), [
        ("off", "accept", "accept"), ("audit", "accept", "log"), ("block", "accept", "403"),
        (0, "accept", "accept"), (2, "accept", "403"), ("nonsense", "log", "log"), (True, "log", "log"),
    ])
    def test_by_mode(self, mode: object, listed: str, unlisted: str) -> None:
        """It works at level 0, too. A word that means nothing audits, and says so."""
        disk = Disk({PATH: BODY, **LISTED})
        assert disk.outcome(0, BODY, mode) == listed
        assert disk.outcome(0, BODY + b"#", mode) == unlisted

    def test_where_it_is_not_said_it_follows_the_level(self) -> None:
        """As soon as there is a list; a list that cannot be read lists nothing."""
        assert [Disk({}).policy(level, None).whitelist for level in (0, 1, 2)] == [0, 0, 0]
        assert [Disk(dict(LISTED)).policy(level, None).whitelist for level in (0, 1, 2)] == [0, 1, 2]
        for broken in (b"[[driver", b"[[driver]]\npath = '/x'\n", b"[[driver]]\nsha256 = 'ABC'\n", b"\xff"):
            disk = Disk({WHITELIST_PATH: broken})
            assert disk.outcome(0, BODY, "block") == "403" and WHITELIST_PATH in disk.log[0][1]

    def test_a_signature_does_not_replace_it_nor_the_other_way_round(self) -> None:
        """Both gates are asked; modules of the driver's own pass both."""
        disk = Disk({**APPROVED, **LISTED})
        assert disk.outcome(2, GOOD, "block") == "403" and disk.outcome(2, BODY, "block") == "403"
        module = ("/drivers/x/part.py", b"1\n")
        disk = Disk({WHITELIST_PATH: generate_whitelist([(PATH, BODY)]).encode(), module[0]: module[1]})
        assert disk.outcome(0, BODY, "block") == "403"
        disk.files[WHITELIST_PATH] = generate_whitelist([(PATH, BODY), module]).encode()
        assert disk.outcome(0, BODY, "block") == "accept"


def test_the_recheck_names_what_has_changed_since() -> None:
    """Only for drivers that run; the disk is compared with what they were started from, byte by byte."""
    disk = Disk({PATH: GOOD, "/drivers/x/part.py": ANN.sign(b"1\n"), **APPROVED})
    policy = disk.policy(2)
    for pid in (7, 8):
        policy.started(pid, policy.admit(PATH, GOOD)[0])
    assert policy.runtime_recheck() == []
    policy.ended(7)
    disk.files[PATH] += b"#"
    del disk.files["/drivers/x/part.py"]
    assert policy.runtime_recheck() == [
        {"pid": 8, "path": PATH, "change": "changed"}, {"pid": 8, "path": "/drivers/x/part.py", "change": "missing"},
    ]
    policy.ended(8)
    assert policy.runtime_recheck() == []


@pytest.mark.parametrize(("config", "level", "whitelist"), [
    (None, 1, 0), (b"", 1, 0), (b"security_level = 2\n", 2, 0), (b"security_level = 0 # off\n", 0, 0),
    (b'security_level = "enforce"', 2, 0), (b"security_level = 2\ndriver_whitelist = 1", 2, 1),
    (b'driver_whitelist = "block"', 1, 2), (b'security_level = 0\ndriver_whitelist = "audit"', 0, 1),
    (b"pki_url = 'x'\nsecurity_level = 1\n", 1, 0), (b"[other]\nsecurity_level = 0\n", 1, 0),
    (b"security_level = 9", 1, 0), (b"security_level = true", 1, 0), (b"security_level = 2.0", 1, 0),
    (b"security_level = [", 1, 0), (b"security_level = 0\nsecurity_level = 2", 1, 0), (b"security_level = {}", 1, 0),
    (b"# security_level = 0\nsecurity_level = 2", 2, 0), (b"\xff security_level", 1, 0),
    (b"driver_whitelist = 'x'", 1, 1), (b'x = """\nsecurity_level = 0\n"""', 1, 0),
])
def test_the_level_comes_from_the_configuration(config: bytes | None, level: int, whitelist: int) -> None:
    """Level 1 when there is none or it makes no sense; nonsense is logged and never counts as off."""
    log: list[str] = []
    disk = Disk({} if config is None else {CONFIG_PATH: config})
    policy = DriverPolicy.from_disk(disk, lambda text, kind: log.append(kind))
    assert (policy.level, policy.whitelist) == (level, whitelist)
    assert set(log) <= {"warn"}


@given(st.sampled_from([b"security_level", b"driver_whitelist", b"x"]), st.binary(max_size=12), st.binary(max_size=9))
def test_no_configuration_stops_dkms(name: bytes, before: bytes, value: bytes) -> None:
    """Whatever stands in the file, there is a policy; TOML that says nothing of the level leaves it at 1."""
    text = before + b"\n" + name + b" = " + value
    policy = DriverPolicy.from_disk(Disk({CONFIG_PATH: text}), lambda text, kind: None)
    if policy.level != 1:
        assert read_settings(text)["security_level"] in (0, 2, "off", "enforce")


class TestBlocks:
    """The format of the block, as bytes."""

    @given(st.binary(max_size=300))
    def test_what_is_signed_is_read_back(self, source: bytes) -> None:
        """Any file; a second signature replaces the first; the body is the same, plus a newline if it had none."""
        signed = sign_source(source, ANN.der, lambda body: b"signature of %d" % len(body))
        block = read_block(signed)
        assert block is not None and block.hash_fits() and block.signer == fingerprint(ANN.der)
        if read_block(source) is None:
            assert block.body == source if source.endswith(b"\n") else source + b"\n"
        assert block.signature_bytes() == b"signature of %d" % len(block.body)
        assert sign_source(signed, ANN.der, lambda body: b"signature of %d" % len(body)) == signed
        assert body_of(signed) == block.body

    @given(st.lists(st.sampled_from([*FIELDS, b"#@HASH", b"x", b"\n", b"\r", b":", b"AAAA", b"\xff"]), max_size=24))
    def test_anything_can_be_read(self, parts: list[bytes]) -> None:
        """Files of nothing but pieces of blocks: a block is three whole lines with something before them, or none."""
        source = b"".join(parts)
        block = read_block(source)
        if block is None:
            return
        assert mentions_a_block(source) and source.startswith(block.body)
        lines = source.removesuffix(b"\n").split(b"\n")[-3:]
        assert all(line.startswith(field) for line, field in zip(lines, FIELDS, strict=True))

    def test_a_block_is_the_end_of_the_file(self) -> None:
        """Three lines in their order, with one newline at most behind them, and a file in front of them."""
        assert read_block(GOOD) is not None and read_block(GOOD.removesuffix(b"\n")) is not None
        lines = GOOD.splitlines(keepends=True)
        block = lines[-3:]
        assert read_block(b"".join(block)) is None
        for order in ((1, 0, 2), (0, 2, 1), (2, 1, 0)):
            assert read_block(BODY + b"".join(block[place] for place in order)) is None
        assert read_block(GOOD + b"\n") is read_block(GOOD + b"x") is read_block(b"") is None

    def test_too_much_is_not_signed(self) -> None:
        """What no data card takes is refused before anybody signs it."""
        with pytest.raises(ValueError, match="too many"):
            sign_source(bytes(1 << 20), ANN.der, lambda body: b"")
        assert sign_source(b"\n" * (1 << 20), ANN.der, lambda body: b"")


class TestKeystore:
    """What is read is checked."""

    def test_there_and_back(self) -> None:
        """Names and statuses survive, quotes and all."""
        key = Key(ANN.der, 'An "n"\\\n', "approved")
        keys, problems = parse_keystore(keystore_text([key, BOB.key("revoked")]))
        assert problems == [] and list(keys) == [fingerprint(ANN.der), fingerprint(BOB.der)]
        assert keys[key.fingerprint].username == key.username and keys[key.fingerprint].public_key == ANN.der
        assert keys[fingerprint(BOB.der)].status == "revoked"

    @pytest.mark.parametrize("change", [
        lambda text: text.replace(fingerprint(ANN.der), fingerprint(BOB.der)),  # a key under another's name
        lambda text: text.replace("MH", "AH", 1), lambda text: text.replace('"approved"', "1"),
        lambda text: text.replace("public_key", "publickey"), lambda text: text.replace('"approved"', '""'),
        lambda text: text.replace('public_key = "', 'public_key = " '),
    ])
    def test_an_entry_that_makes_no_sense_is_no_key(self, change: Callable[[str], str]) -> None:
        text = keystore_text([ANN.key()])
        keys, problems = parse_keystore(change(text))
        assert change(text) != text and keys == {} and len(problems) == 1

    def test_only_p384(self) -> None:
        """A key on the other curve, or a private one, has another form."""
        other = Signer(3, 256)
        assert is_p384(ANN.der) and not is_p384(other.der) and not is_p384(ANN.private.serialize())
        assert parse_keystore(keystore_text([Key(other.der, "x", "approved")]))[0] == {}


def test_own_modules_lie_in_a_directory_of_the_drivers_name() -> None:
    """Down to the bottom, Python files only; where there is no such directory there are none."""
    tree = {"/drivers/tty": ["a.py", "b.txt", "c/"], "/drivers/tty/c": ["d.py"]}
    assert own_modules("/drivers/tty.sys.py", tree.get) == ["/drivers/tty/a.py", "/drivers/tty/c/d.py"]
    assert own_modules("/drivers/gpu.sys.py", tree.get) == []


def test_a_whitelist_is_there_and_back() -> None:
    """By the digest that `sha256sum` prints."""
    text = generate_whitelist([("/drivers/a\"b.sys.py", b"abc")])
    assert parse_whitelist(text) == {
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad": '/drivers/a"b.sys.py'}


DRIVER = """\
from axis import dk
DRIVER_INFO = {"driver_name": "X", "driver_type": "KernelModeDriver", "load_priority": 5}
def driver_entry(driver):
    dk.print("this is what was judged")
dk.run(driver_entry)
"""


def test_a_file_that_is_swapped_after_the_check_does_not_run() -> None:
    """The process is made of the bytes that were judged, whatever the disk holds by then."""
    with small_kernel({PATH: DRIVER}) as kernel:
        judge = kernel.process_spawn_image

        def swap(*args: Any) -> int:
            kernel.files[PATH] = DRIVER.replace("judged", "swapped in").encode()
            return judge(*args)

        kernel.process_spawn_image = swap  # type: ignore[method-assign]
        assert kernel.load(PATH)[0] == 0
        assert "this is what was judged" in kernel.log_text() and "swapped in" not in kernel.log_text()
        ask = kernel.call("driver_recheck")
        status, changed = kernel.answers[ask]
        assert status == 0 and [(row["path"], row["change"]) for row in changed] == [(PATH, "changed")]  # type: ignore[attr-defined]


def test_asking_before_loading() -> None:
    """driver_check says what a load would meet, at this level or another one, and leaves nothing behind; root only."""
    with small_kernel({PATH: DRIVER}) as kernel:
        def ask(*args: object, uid: int = 0) -> tuple[int, object]:
            return kernel.answers[kernel.call("driver_check", *args, uid=uid)]

        status, remarks = ask(PATH)
        assert status == 0 and remarks == [f"driver {PATH}: it is not signed"]
        assert ask(PATH, 0) == (0, [])
        assert ask(PATH, 2)[0] == Status.DRIVER_VALIDATION_FAILED
        assert ask("/drivers/none.sys.py")[0] == Status.NO_SUCH_FILE
        assert ask(PATH, 3)[0] == ask(7)[0] == ask(PATH, True)[0] == Status.INVALID_PARAMETER
        assert ask(PATH, uid=1000)[0] == Status.PRIVILEGE_NOT_HELD
        assert kernel.answers[kernel.call("driver_recheck", uid=1000)][0] == Status.PRIVILEGE_NOT_HELD
        assert kernel.drivers() == []
