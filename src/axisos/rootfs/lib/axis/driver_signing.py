"""What signing a driver means in bytes: the block at a file's end, the keystore, the whitelist.

    ... the driver ...
    #@HASH:<base64 of the SHA-256 of all bytes before this line>
    #@SIGNER:<fingerprint of the signer's public key>
    #@SIGNATURE:<base64 of the ECDSA signature, P-384 over SHA-256, DER, of the same bytes>

The block is the file's last three lines; only one newline may follow it. A fingerprint is the SHA-256 of the public key
in DER (SubjectPublicKeyInfo), 64 hexadecimal digits, as `openssl pkey -pubin -outform DER | sha256sum` prints it.

    /etc/pki_keystore.toml       [keys."<fingerprint>"]  public_key (base64 of the DER), username, status
    /etc/driver_whitelist.toml   [[driver]]  sha256 (of the whole file, hexadecimal), path, size

Called by   `system.dkms_sec`, which decides on drivers, and `sign`, which makes all of this.
Owns        nothing. Nothing here signs or verifies: that is the data card's.
Always so   what is read is checked: a keystore entry whose fingerprint is not its key's is no key.
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

KEYSTORE = "/etc/pki_keystore.toml"
WHITELIST = "/etc/driver_whitelist.toml"
PRIVATE_KEY = "/etc/signing/private.key"
PUBLIC_KEY = "/etc/signing/public.key"

FIELDS = (b"#@HASH:", b"#@SIGNER:", b"#@SIGNATURE:")
APPROVED = "approved"
REVOKED = "revoked"
SIZE_LIMIT_BYTES = 1 << 20  # of what is signed: a data card takes no more

# How the DER of every public key on P-384 begins: algorithm, curve, and the head of 97 bytes for an uncompressed point.
_P384_HEAD = bytes.fromhex("3076301006072a8648ce3d020106052b8104002203620004")
_P384_BYTES = 120


class Block:
    """The signature block of one file, as it stands there, and the bytes that it is about."""

    __slots__ = ("body", "hash", "signature", "signer")

    def __init__(self, body: bytes, values: list[bytes]) -> None:
        self.body = body
        self.hash, signer, self.signature = values  # as text; `signature_bytes` decodes the last
        self.signer = signer.decode("ascii", "replace")

    def hash_fits(self) -> bool:
        """Whether the hash is that of the body."""
        return self.hash == _base64(sha256(self.body).digest())

    def signature_bytes(self) -> bytes:
        """The signature in DER; b"", which verifies nothing, unless its text is base64 and nothing else."""
        return decode_base64(self.signature) or b""


def read_block(source: bytes) -> Block | None:
    """The block at the end of a file; None if the file's last three lines are none."""
    lines = source.removesuffix(b"\n").rsplit(b"\n", len(FIELDS))
    if len(lines) != len(FIELDS) + 1:
        return None
    values = []
    for line, field in zip(lines[1:], FIELDS, strict=True):
        if not line.startswith(field):
            return None
        values.append(line[len(field) :])
    return Block(lines[0] + b"\n", values)


def mentions_a_block(source: bytes) -> bool:
    """Whether a line of the file begins as one of a block does, in its place or not."""
    return any(b"\n" + field in source or source.startswith(field) for field in FIELDS)


def body_of(source: bytes) -> bytes:
    """The bytes that a signature is made over: without an old block, and with a newline at the end."""
    block = read_block(source)
    if block is not None:
        return block.body
    return source if source.endswith(b"\n") else source + b"\n"


def sign_source(source: bytes, public_key: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """A driver file with a new block in place of an old one.

    Args:   public_key: DER, of the key that signs. sign: the signature of some bytes.
    Raises: ValueError if the file is too large to be signed.
    """
    body = body_of(source)
    if len(body) > SIZE_LIMIT_BYTES:
        raise ValueError(f"{len(body)} bytes are too many: a data card signs {SIZE_LIMIT_BYTES} at most")
    values = (_base64(sha256(body).digest()), fingerprint(public_key).encode(), _base64(sign(body)))
    return body + b"".join(field + value + b"\n" for field, value in zip(FIELDS, values, strict=True))


def modules_directory(path: str) -> str:
    """Where the modules of a driver lie that are its own: /drivers/tty of /drivers/tty.sys.py."""
    directory, _, name = path.rpartition("/")
    return f"{directory}/{name.partition('.')[0]}"


def own_modules(path: str, list_directory: Callable[[str], list[str] | None]) -> list[str]:
    """The paths of a driver's own modules, in order.

    Args: list_directory: the names in a directory, those of directories with a slash at the end; None if it is none.
    """
    found: list[str] = []
    own = modules_directory(path)
    waiting = [own] if own != path else []  # a name without a dot is no driver's
    while waiting:
        directory = waiting.pop()
        for name in list_directory(directory) or ():
            if name.endswith("/"):
                waiting.append(f"{directory}/{name[:-1]}")
            elif name.endswith(".py") and f"{directory}/{name}" != path:
                found.append(f"{directory}/{name}")
    return sorted(found)


# --- keys --------------------------------------------------------------------------------------------------------


class Key:
    """One entry of the keystore."""

    __slots__ = ("fingerprint", "public_key", "status", "username")

    def __init__(self, public_key: bytes, username: str, status: str) -> None:
        self.fingerprint = fingerprint(public_key)
        self.public_key = public_key  # DER
        self.username = username
        self.status = status


def fingerprint(public_key: bytes) -> str:
    """The name of a public key: the SHA-256 of its DER, hexadecimal."""
    return sha256(public_key).hexdigest()


def is_p384(public_key: bytes) -> bool:
    """Whether these bytes have the form of a public key on P-384 in DER, the only kind that drivers are signed with."""
    return len(public_key) == _P384_BYTES and public_key.startswith(_P384_HEAD)


def parse_keystore(text: str) -> tuple[dict[str, Key], list[str]]:
    """The keys of a keystore by fingerprint, and a line for each entry that makes no sense and is left out.

    Raises: ValueError if it is no TOML.
    """
    import tomllib

    rows = tomllib.loads(text).get("keys", {})
    if type(rows) is not dict:
        raise ValueError('keys are written as [keys."<fingerprint>"] tables')
    keys: dict[str, Key] = {}
    problems: list[str] = []
    for name, row in rows.items():
        try:
            keys[name] = _parse_key(name, row)
        except ValueError as error:
            problems.append(f"the key {name[:16]} is left out: {error}")
    return keys, problems


def _parse_key(name: str, row: Any) -> Key:
    if type(row) is not dict:
        raise ValueError("it is no table")
    public_key, username, status = (row.get(field, "") for field in ("public_key", "username", "status"))
    if type(public_key) is not str or type(username) is not str or type(status) is not str or not status:
        raise ValueError("public_key, username and status are texts")
    der = decode_base64(public_key.encode())
    if der is None or not is_p384(der):
        raise ValueError("its public_key is no P-384 key in base64")
    if fingerprint(der) != name:
        raise ValueError("its name is not the fingerprint of its public_key")
    return Key(der, username, status)


def keystore_text(keys: Iterable[Key]) -> str:
    """The keystore file that holds these keys."""
    from axis.toml_text import value_text

    parts = [
        "# Whose signatures count on drivers. status: \"approved\", or \"revoked\" (refused at every level but 0).\n"
        "# Kept by the command sign (-a, --revoke); DKMS reads it at each load.\n"
    ]
    for key in keys:
        rows = {"public_key": _base64(key.public_key).decode(), "username": key.username, "status": key.status}
        lines = [f"{name} = {value_text(value)}\n" for name, value in rows.items()]
        parts.append(f"[keys.{value_text(key.fingerprint)}]\n{''.join(lines)}")
    return "\n".join(parts)


# --- the whitelist ---------------------------------------------------------------------------------------------


def parse_whitelist(text: str) -> dict[str, str]:
    """{SHA-256 of a file, hexadecimal: its path}.

    Raises: ValueError if it is no TOML, or an entry makes no sense.
    """
    import tomllib

    rows = tomllib.loads(text).get("driver", [])
    if type(rows) is not list:
        raise ValueError("entries are written as [[driver]] tables")
    listed: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        digest, path = (row.get("sha256"), row.get("path", "")) if type(row) is dict else (None, "")
        if type(digest) is not str or len(digest) != 64 or digest.strip("0123456789abcdef") or type(path) is not str:
            raise ValueError(f"entry {number} has no sha256 of 64 hexadecimal digits")
        listed[digest] = path
    return listed


def generate_whitelist(files: Iterable[tuple[str, bytes]]) -> str:
    """The whitelist file that lists these (path, content)."""
    from axis.toml_text import value_text

    parts = [
        "# The files that may run as drivers where driver_whitelist in /etc/pki.toml says so. Made by sign -w.\n"
    ]
    for path, content in files:
        digest = sha256(content).hexdigest()
        parts.append(f'[[driver]]\nsha256 = "{digest}"\npath = {value_text(path)}\nsize = {len(content)}\n')
    return "\n".join(parts)


# --- base64 ------------------------------------------------------------------------------------------------------


def decode_base64(text: bytes) -> bytes | None:
    """What base64 text stands for; None if it is anything else, be it by one character."""
    try:
        return a2b_base64(text, strict_mode=True)
    except (Base64Error, ValueError):
        return None


def _base64(data: bytes) -> bytes:
    return b2a_base64(data, newline=False)
