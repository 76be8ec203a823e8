"""The data card for programs: keyed hashes, AES, random bytes, signatures.

    from axis import data

    with data.open() as card:
        public, private = card.generate_key_pair()
        signature = card.sign(b"message", private)
        assert card.verify(b"message", public, signature)

Keys are bytes: DER, SubjectPublicKeyInfo and PKCS#8, as other tools read and write them. Signatures are ECDSA over
SHA-256 in DER. One call takes `card.limit` bytes (a mebibyte); what a plain program needs of hashes, compression and
base64 it also has in `hashlib`, `zlib` and `base64`, without asking a device.

Called by   programs, and the command sign.
Owns        one open device for each card.
Raises      `StatusError` 301 (it is NotImplementedError, too) where the card's tier is too low: 1 on a host without
            the package for ciphers and curves; 601 (ValueError) for arguments that make no sense, wrong keys and
            damaged data; 405 (FileNotFoundError) if there is no card.
"""

from __future__ import annotations

from axis import filesystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEVICE = "/dev/data"
RANDOM_BYTES = 1024  # in one call to the card


class Card:
    """One open data card. Each call blocks until the driver has answered, which takes a few milliseconds at most."""

    def __init__(self, path: str = DEVICE) -> None:
        self._handle = filesystem.open_handle(path, "r")
        info = self._ask("info")
        self.address: str = info["address"]
        self.tier: int = info["tier"]
        self.limit: int = info["limit"]  # bytes of one argument

    def __enter__(self) -> Card:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the device."""
        filesystem.close(self._handle)

    def _ask(self, method: str, *args: object) -> Any:
        return filesystem.device_control(self._handle, method, [*args])

    # -- tier 1

    def sha256(self, data: bytes, key: bytes | None = None) -> bytes:
        """SHA-256, with a key (tier 2) HMAC-SHA-256: 32 bytes."""
        digest: bytes = self._ask("sha256", data, key)
        return digest

    def md5(self, data: bytes, key: bytes | None = None) -> bytes:
        """MD5, with a key (tier 2) HMAC-MD5: 16 bytes. For what others chose; it protects nothing."""
        digest: bytes = self._ask("md5", data, key)
        return digest

    def crc32(self, data: bytes) -> int:
        """CRC-32, as `zlib.crc32` gives it."""
        return int.from_bytes(self._ask("crc32", data), "little")

    # -- tier 2

    def random(self, count: int) -> bytes:
        """*count* random bytes."""
        parts = []
        while count > 0:
            parts.append(self._ask("random", min(count, RANDOM_BYTES)))
            count -= RANDOM_BYTES
        return b"".join(parts)

    def encrypt(self, data: bytes, key: bytes, iv: bytes) -> bytes:
        """AES-128-CBC with PKCS#7 padding; key and iv have 16 bytes. It does not notice changes: add a keyed hash."""
        encrypted: bytes = self._ask("encrypt", data, key, iv)
        return encrypted

    def decrypt(self, data: bytes, key: bytes, iv: bytes) -> bytes:
        """Undo `encrypt`."""
        plain: bytes = self._ask("decrypt", data, key, iv)
        return plain

    # -- tier 3

    def generate_key_pair(self, bits: int = 384) -> tuple[bytes, bytes]:
        """A new (public, private) key on P-384, or P-256 for 256 bits."""
        public, private = self._ask("generateKeyPair", bits)
        return public, private

    def sign(self, data: bytes, private: bytes) -> bytes:
        """The signature of *data* by the owner of a private key; the same one each time."""
        signature: bytes = self._ask("ecdsa", data, private)
        return signature

    def verify(self, data: bytes, public: bytes, signature: bytes) -> bool:
        """Whether *signature* is one of *data* by the owner of a public key."""
        good: bool = self._ask("ecdsa", data, public, signature)
        return good

    def shared_secret(self, private: bytes, public: bytes) -> bytes:
        """What the owners of two keys of one curve both can compute, and nobody else (ECDH)."""
        secret: bytes = self._ask("ecdh", private, public)
        return secret


def open(path: str = DEVICE) -> Card:
    """The data card at *path*. Raises: 405 there is none; 500 it is not this user's."""
    return Card(path)
