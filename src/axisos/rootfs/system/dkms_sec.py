"""Driver policy: may this file become a driver?

A signed file ends in three lines `#@HASH:`, `#@SIGNER:`, `#@SIGNATURE:`; HASH is the base64 SHA-256 of the exact bytes
before them. The level stands in /etc/pki.toml as `security_level`:

    situation                                   0 off     1 warn            2 enforce
    no block, or one that is not complete       accept    accept, log dev   403
    the hash does not fit the file              accept    403               403
    the hash fits                               accept    accept, log dev   403: the signature cannot be verified yet

Called by   DKMS, in step 3 of a load.
Owns        the level, read once when DKMS starts. Reads files straight from the root file system, never through PM.
Always so   an unreadable or nonsensical configuration counts as level 1 and is logged; it never lowers the level below.
"""

from __future__ import annotations

from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Log = Callable[[str, str], object]

OFF, WARN, ENFORCE = 0, 1, 2
CONFIG_PATH = "/etc/pki.toml"
FIELDS = (b"#@HASH:", b"#@SIGNER:", b"#@SIGNATURE:")

_LEVELS: dict[object, int] = {0: OFF, 1: WARN, 2: ENFORCE, "off": OFF, "warn": WARN, "enforce": ENFORCE}


class DriverPolicy:
    """Decides on driver files at one level."""

    def __init__(self, level: int, log: Log) -> None:
        self.level = level
        self._log = log  # (message, level of the kernel log)

    @classmethod
    def from_disk(cls, read_file: Callable[[str], bytes], log: Log) -> DriverPolicy:
        """The policy of /etc/pki.toml; level 1 if there is none.

        Args: read_file: path -> whole file; raises StatusError if it is not there.
        """
        try:
            text = read_file(CONFIG_PATH)
        except StatusError:
            return cls(WARN, log)
        try:
            level = _LEVELS[_security_level(text)]
        except (ValueError, KeyError, TypeError) as error:
            log(f"{CONFIG_PATH}: {error}; drivers are checked at level 1", "warn")
            level = WARN
        return cls(level, log)

    def check(self, source: bytes, path: str) -> None:
        """Accept the file or refuse it.

        Raises: 403 with the reason.
        """
        if self.level == OFF:
            return
        block = find_signature(source)
        if block is None:
            self._object(path, "it is not signed")
            return
        import base64  # not on the way of an unsigned driver, that is, of every boot so far
        import hashlib

        body, stated_hash = block
        actual_hash = base64.b64encode(hashlib.sha256(body).digest())
        if stated_hash != actual_hash:
            raise StatusError(
                Status.DRIVER_VALIDATION_FAILED, f"{path}: the file was changed after it was signed; sign it again"
            )
        self._object(path, "its signature cannot be verified yet, only its hash was")

    def _object(self, path: str, reason: str) -> None:
        """What is a remark at level 1 is a refusal at level 2."""
        if self.level == ENFORCE:
            raise StatusError(Status.DRIVER_VALIDATION_FAILED, f"{path}: {reason}, and {CONFIG_PATH} demands level 2")
        self._log(f"driver {path}: {reason}", "dev")


def find_signature(source: bytes) -> tuple[bytes, bytes] | None:
    """The signed bytes and the hash stated for them, if the file ends in a complete signature block."""
    lines = source.rstrip(b"\r\n").rsplit(b"\n", len(FIELDS))
    if len(lines) != len(FIELDS) + 1:
        return None
    values = []
    for line, field in zip(lines[1:], FIELDS, strict=True):
        if not line.startswith(field):
            return None
        values.append(line[len(field) :].strip())
    return lines[0] + b"\n", values[0]


def _security_level(text: bytes) -> object:
    """The value of `security_level`; 1 if it is not given.

    The plain case is read off its line, for tomllib takes 20 ms to import.
    """
    if b"security_level" not in text:
        return WARN
    lines = [line.strip() for line in text.split(b"\n")]
    named = [number for number, line in enumerate(lines) if b"security_level" in line]
    if len(named) == 1 and not any(line.startswith(b"[") or b'"""' in line for line in lines[: named[0]]):
        name, equals, value = lines[named[0]].partition(b"=")
        value = value.partition(b"#")[0].strip()
        if name.strip() == b"security_level" and equals and value in (b"0", b"1", b"2"):
            return int(value)
    import tomllib

    return tomllib.loads(text.decode()).get("security_level", WARN)
