"""The data card: hashes, compression, ciphers, randomness and signatures, in three tiers.

    tier 1    encode64, decode64, deflate, inflate, crc32, md5, sha256
    tier 2    HMAC (a second argument of md5 and sha256), encrypt, decrypt, random
    tier 3    generateKeyPair, ecdsa, ecdh, deserializeKey: curves P-256 and P-384

Ciphers and curves come from the host's package `cryptography`, an extra (`pip install axisos[crypto]`). It is imported
by the first call that needs it, never on the way of a boot. Without it there is no AES and no curve, so the card is
one of tier 1 and offers nothing else: a program asks whether it has `ecdsa` or `encrypt`, as everywhere on this bus.

Always so: on a seeded machine all that the card gives follows from the seed, keys and signatures included: keys are
           drawn from the machine's entropy, and the number in a signature that must never repeat is made of the key and
           the message (RFC 6979).
"""

from __future__ import annotations

from axisos.machine import arguments
from axisos.machine.component import Callback, Component, callback
from axisos.machine.errors import INVALID_PARAMETER, NOT_IMPLEMENTED, soft, thrown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from axisos.machine.entropy import Entropy

LIMIT_BYTES = 1 << 20  # of one call's input, and of what inflate gives
PAUSE_ABOVE_BYTES = 8192
PAUSE_S = 1.0
RANDOM_BYTES = 1024  # at most in one call
BLOCK_BYTES = 16  # of AES; its key and its initialisation vector have the same size here
CURVES = {256: "SECP256R1", 384: "SECP384R1"}
PUBLIC, PRIVATE = "ec-public", "ec-private"
ALGORITHMS = (  # DER: an elliptic curve's key, on P-256 or P-384
    bytes.fromhex("301306072a8648ce3d020106082a8648ce3d030107"), bytes.fromhex("301006072a8648ce3d020106052b81040022"),
)
DER_SEQUENCE, DER_VERSION_BYTES = 0x30, 3
MAX_KEY_BYTES = 1024  # many times what such a key has
EXTRA = "cryptography"

_URL_ALPHABET = bytes.maketrans(b"-_", b"+/")
_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_TIER_2 = frozenset({"encrypt", "decrypt", "random"})
_TIER_3 = frozenset({"generateKeyPair", "ecdsa", "ecdh", "deserializeKey"})


class Key:
    """One EC key, public or private, as the card hands it out."""

    __slots__ = ("_key", "_public")

    def __init__(self, key: Any, public: bool) -> None:
        self._key = key
        self._public = public

    def is_public(self) -> bool:
        """Whether it is the public half."""
        return self._public

    def key_type(self) -> str:
        """ "ec-public" or "ec-private"."""
        return PUBLIC if self._public else PRIVATE

    def serialize(self) -> bytes:
        """The key as DER: X.509 SubjectPublicKeyInfo, or PKCS#8."""
        from cryptography.hazmat.primitives import serialization as form

        if self._public:
            public: bytes = self._key.public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)
            return public
        private: bytes = self._key.private_bytes(form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption())
        return private

    isPublic = is_public
    keyType = key_type

    def __repr__(self) -> str:
        return f"<key {self.key_type()}>"


class Data(Component):
    """One card. `tier` is what was plugged in; what it can do also depends on the host, see `offered`."""

    type = "data"
    device_class = "processor"
    device_description = "Data processor card"

    def __init__(self, address: str, tier: int = 3, entropy: Callable[[], Entropy] | None = None) -> None:
        super().__init__(address)
        self._plugged_tier = tier
        self._entropy = entropy  # where random bytes come from; asked each time, for the machine may change it
        self._offered: dict[str, Callback] | None = None  # known when somebody has asked

    @property
    def tier(self) -> int:
        """1, 2 or 3: what it can do on this host."""
        return self._plugged_tier if _has_extra() else min(self._plugged_tier, 1)

    def offered(self) -> dict[str, Callback]:
        """The methods of its tier, looked up when somebody first asks for the card."""
        if self._offered is None:
            tier = self.tier
            missing = (_TIER_3 if tier < 3 else frozenset()) | (_TIER_2 if tier < 2 else frozenset())
            self._offered = {name: entry for name, entry in self.callbacks.items() if name not in missing}
        return self._offered

    def device_info(self) -> dict[str, str]:
        """Its entry in `getDeviceInfo`, with the tier that it has."""
        info = super().device_info()
        info["product"] = f"data card, tier {self.tier}"
        if self.tier < self._plugged_tier:
            info["product"] += f" of {self._plugged_tier}: the host has no package {EXTRA!r}"
        return info

    def _input(self, value: Any, position: int) -> bytes:
        """One argument of bytes, within the card's limit."""
        data = arguments.data(value, position)
        if len(data) > LIMIT_BYTES:
            raise thrown("data size limit exceeded")
        if len(data) > PAUSE_ABOVE_BYTES:
            self.pause(PAUSE_S)
        return data

    def _draw(self, count: int) -> bytes:
        assert self._entropy is not None, "a data card of tier 2 is given the machine's entropy"
        return self._entropy().bytes(count)

    # -- tier 1 -------------------------------------------------------------------------------------------------

    @callback(doc="function():number -- How many bytes one call takes.")
    def get_limit(self) -> int:
        """How many bytes one call takes."""
        return LIMIT_BYTES

    @callback(limit=32, doc="function(data:string):string -- Base64, without line breaks.")
    def encode64(self, data: Any = None) -> bytes:
        """Base64, without line breaks."""
        from binascii import b2a_base64

        return b2a_base64(self._input(data, 1), newline=False)

    @callback(limit=32, doc="function(data:string):string -- What base64 text stands for.")
    def decode64(self, data: Any = None) -> bytes:
        """What base64 text stands for; both alphabets, what belongs to neither is skipped, padding may be missing."""
        from binascii import a2b_base64

        text = self._input(data, 1).translate(_URL_ALPHABET).split(b"=")[0]
        text = bytes(byte for byte in text if byte in _BASE64)
        if len(text) % 4 == 1:
            text = text[:-1]  # six bits are no byte
        return a2b_base64(text + b"=" * (-len(text) % 4))

    @callback(limit=4, doc="function(data:string):string -- Compressed, as zlib does it.")
    def deflate(self, data: Any = None) -> bytes:
        """Compressed, as a zlib stream."""
        from zlib import compress

        return compress(self._input(data, 1))

    @callback(limit=4, doc="function(data:string):string -- Decompressed.")
    def inflate(self, data: Any = None) -> bytes:
        """Decompressed. Raises (soft): no zlib stream; more than `getLimit()` bytes would come out."""
        import zlib

        stream = zlib.decompressobj()
        try:
            plain = stream.decompress(self._input(data, 1), LIMIT_BYTES + 1)
        except zlib.error:
            raise soft("incorrect data", INVALID_PARAMETER) from None
        if len(plain) > LIMIT_BYTES:
            raise soft("data size limit exceeded", INVALID_PARAMETER)
        if not stream.eof:
            raise soft("incorrect data", INVALID_PARAMETER)
        return plain

    @callback(limit=32, doc="function(data:string):string -- CRC-32, four bytes, the lowest first.")
    def crc32(self, data: Any = None) -> bytes:
        """CRC-32: four bytes, the lowest first."""
        from zlib import crc32

        return crc32(self._input(data, 1)).to_bytes(4, "little")

    @callback(limit=8, doc="function(data:string[, key:string]):string -- MD5; with a key (tier 2) HMAC-MD5.")
    def md5(self, data: Any = None, key: Any = None) -> bytes:
        """MD5, or with a key HMAC-MD5: 16 bytes."""
        return self._hash("md5", data, key)

    @callback(limit=4, doc="function(data:string[, key:string]):string -- SHA-256; with a key (tier 2) HMAC-SHA-256.")
    def sha256(self, data: Any = None, key: Any = None) -> bytes:
        """SHA-256, or with a key HMAC-SHA-256: 32 bytes."""
        return self._hash("sha256", data, key)

    def _hash(self, name: str, data: Any, key: Any) -> bytes:
        import hashlib

        message = self._input(data, 1)
        if key is None:
            return hashlib.new(name, message, usedforsecurity=False).digest()
        if self.tier < 2:
            raise thrown("unsupported operation", NOT_IMPLEMENTED)  # a plain hash in its place would be believed
        import hmac

        return hmac.digest(arguments.data(key, 2), message, name)

    # -- tier 2 -------------------------------------------------------------------------------------------------

    @callback(limit=8, doc="function(data:string, key:string, iv:string):string -- AES-128-CBC with PKCS#7 padding.")
    def encrypt(self, data: Any = None, key: Any = None, iv: Any = None) -> bytes:
        """AES-128-CBC with PKCS#7 padding. Raises (thrown): key or initialisation vector not of 16 bytes."""
        message = self._input(data, 1)
        padding = BLOCK_BYTES - len(message) % BLOCK_BYTES
        cipher = self._aes(key, iv).encryptor()
        encrypted: bytes = cipher.update(message + bytes([padding]) * padding) + cipher.finalize()
        return encrypted

    @callback(limit=8, doc="function(data:string, key:string, iv:string):string -- Undoes encrypt.")
    def decrypt(self, data: Any = None, key: Any = None, iv: Any = None) -> bytes:
        """Undo `encrypt`. Raises: as it; (soft) the padding is wrong: another key, or damaged data."""
        message = self._input(data, 1)
        if len(message) % BLOCK_BYTES or not message:
            raise soft("input length must be a multiple of 16", INVALID_PARAMETER)
        cipher = self._aes(key, iv).decryptor()
        padded: bytes = cipher.update(message) + cipher.finalize()
        padding = padded[-1]
        if not 1 <= padding <= BLOCK_BYTES or padded[-padding:] != bytes([padding]) * padding:
            raise soft("bad padding", INVALID_PARAMETER)
        return padded[:-padding]

    def _aes(self, key: Any, iv: Any) -> Any:
        key, iv = arguments.data(key, 2), arguments.data(iv, 3)
        if len(key) != BLOCK_BYTES:
            raise thrown("expected a 128-bit AES key")
        if len(iv) != BLOCK_BYTES:
            raise thrown("expected a 128-bit AES IV")
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        return Cipher(algorithms.AES(key), modes.CBC(iv))

    @callback(limit=4, doc="function(count:number):string -- Random bytes.")
    def random(self, count: Any = None) -> bytes:
        """*count* random bytes, 1 to 1024."""
        wanted = arguments.integer(count, 1)
        if not 1 <= wanted <= RANDOM_BYTES:
            raise thrown(f"length must be in range [1..{RANDOM_BYTES}]")
        return self._draw(wanted)

    # -- tier 3 -------------------------------------------------------------------------------------------------

    @callback(limit=1, doc="function([bits:number=384]):userdata, userdata -- A new public and private key.")
    def generate_key_pair(self, bits: Any = None) -> tuple[Key, Key]:
        """A new key pair (public, private) on P-256 or P-384. Raises (thrown) for another length."""
        length = arguments.optional_integer(bits, 1, 384)
        if length not in CURVES:
            raise thrown("invalid key length, must be 256 or 384")
        from cryptography.hazmat.primitives.asymmetric import ec

        curve = getattr(ec, CURVES[length])()
        # 64 bits more than the group's order has: taken modulo the order, no value is likelier than another.
        drawn = int.from_bytes(self._draw(length // 8 + 8), "big")
        private = ec.derive_private_key(drawn % (_order(length) - 1) + 1, curve)
        return Key(private.public_key(), True), Key(private, False)

    @callback(limit=1, doc="function(data:string, key:userdata[, sig:string]):string or boolean -- Signs, or verifies.")
    def ecdsa(self, data: Any = None, key: Any = None, sig: Any = None) -> bytes | bool:
        """Without *sig* the signature of *data* (DER, over its SHA-256) by a private key; with it, whether it is one
        by the owner of a public key. Raises (thrown): the wrong kind of key."""
        message = self._input(data, 1)
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.hashes import SHA256

        if sig is None:
            signature: bytes = _key(key, False).sign(message, ec.ECDSA(SHA256(), deterministic_signing=True))
            return signature
        public, claimed = _key(key, True), arguments.data(sig, 3)
        try:
            public.verify(claimed, message, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True

    @callback(limit=1, doc="function(private:userdata, public:userdata):string -- The secret that two keys share.")
    def ecdh(self, private: Any = None, public: Any = None) -> bytes:
        """The secret that the owners of two keys share. Raises: (thrown) the wrong kind; (soft) different curves."""
        own, other = _key(private, False), _key(public, True)
        if own.curve.name != other.curve.name:
            raise soft("the keys are on different curves", INVALID_PARAMETER)
        from cryptography.hazmat.primitives.asymmetric import ec

        secret: bytes = own.exchange(ec.ECDH(), other)
        return secret

    @callback(limit=8, doc='function(data:string, type:string):userdata -- The key of `serialize`; "ec-public" or so.')
    def deserialize_key(self, data: Any = None, type: Any = None) -> Key:
        """The key that `serialize` gave. Raises: (thrown) no such type; (soft) not such a key, or another curve."""
        text, kind = self._input(data, 1), arguments.text(type, 2)
        if kind not in (PUBLIC, PRIVATE):
            raise thrown("invalid key type, must be ec-public or ec-private")
        if not _names_a_curve(text, kind == PUBLIC):
            raise soft("invalid key", INVALID_PARAMETER)
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

        try:
            key: Any = load_der_public_key(text) if kind == PUBLIC else load_der_private_key(text, None)
            if key.curve.name not in ("secp256r1", "secp384r1"):
                raise ValueError
        except (ValueError, TypeError, AttributeError, UnsupportedAlgorithm):
            raise soft("invalid key", INVALID_PARAMETER) from None
        return Key(key, kind == PUBLIC)


def _names_a_curve(der: bytes, public: bool) -> bool:
    """Whether the algorithm of a key, where it must stand, is one of our curves. Keys of other kinds are not even
    loaded: the host would look for a minute whether the numbers in a large RSA key are prime, and all would wait."""
    if not 4 < len(der) <= MAX_KEY_BYTES or der[0] != DER_SEQUENCE:
        return False
    at = 2 + (der[1] & 0x7F if der[1] & 0x80 else 0)
    return der.startswith(ALGORITHMS, at if public else at + DER_VERSION_BYTES)


def _has_extra() -> bool:
    """Whether the host has the package for ciphers and curves; it is looked for, not imported."""
    from importlib.util import find_spec

    try:
        return find_spec(EXTRA) is not None
    except (ImportError, ValueError):
        return False


def _key(value: Any, public: bool) -> Any:
    """The host's key in an argument."""
    if type(value) is not Key or value.is_public() != public:
        raise thrown("public key expected" if public else "private key expected")
    return value._key


def _order(length: int) -> int:
    """How many points the group of the curve has (FIPS 186-4)."""
    if length == 256:
        return 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    return 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
