"""Driver policy: may this file become a driver, and from which bytes?

A signed driver ends in a block of three lines, see `axis.driver_signing`. The level stands in /etc/pki.toml as
`security_level`:

    situation                                                   0 off     1 warn              2 enforce
    no block in the last three lines                            accept    accept, log         403
    the hash in it is not that of the bytes before it           accept    403                 403
    its signer's key is revoked in /etc/pki_keystore.toml       accept    403                 403
    its signer is not in the keystore, or not approved there    accept    accept, log         403
    no data card of tier 3 is there to verify it                accept    accept, log         403
    its signature is not its signer's                           accept    403                 403
    its signature is its signer's                               accept    accept              accept

`driver_whitelist` in the same file ("off", "audit", "block") asks, beyond that, whether the SHA-256 of the whole file
is listed in /etc/driver_whitelist.toml: "audit" logs what is not, "block" refuses it with 403. If it is not said, it
follows the level where that list exists, and is off where it does not.

What a driver imports from a directory of its own (/drivers/tty of /drivers/tty.sys.py) is judged like the driver. At
level 2, and under "block", nothing else can be imported from where it lies.

Called by   DKMS, in step 3 of a load, and for those who ask before they load.
Owns        level and mode, read once when DKMS starts: who changes the file changes the next boot. Keystore and
            whitelist are read anew at each load that needs them, so a key that is revoked is revoked at once. Remembers
            what each running driver was started from. Reads files straight from the root file system, never through PM.
Always so   an unreadable or nonsensical configuration counts as level 1 and is logged; it never lowers the level below.
            A keystore or whitelist that cannot be read has no entries. What has been judged is what the driver is
            started from: the bytes go to the kernel, the file is not read a second time.
"""

from __future__ import annotations

from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from axis.driver_signing import Block

    Log = Callable[[str, str], object]  # (message, level of the kernel log)
    Files = dict[str, bytes]

OFF, WARN, ENFORCE = 0, 1, 2
AUDIT, BLOCK = 1, 2  # of the whitelist
CONFIG_PATH = "/etc/pki.toml"
KEYSTORE_PATH = "/etc/pki_keystore.toml"
WHITELIST_PATH = "/etc/driver_whitelist.toml"
LEVELS: dict[object, int] = {0: OFF, 1: WARN, 2: ENFORCE, "off": OFF, "warn": WARN, "enforce": ENFORCE}
MODES: dict[object, int] = {0: OFF, 1: AUDIT, 2: BLOCK, "off": OFF, "audit": AUDIT, "block": BLOCK}

_SETTINGS = ("security_level", "driver_whitelist")
_MARK = b"#@"  # with which every line of a block begins


class DriverPolicy:
    """Decides on driver files at one level."""

    def __init__(self, syscall: Callable[..., Any], log: Log, level: int = WARN, whitelist: object = OFF) -> None:
        self._syscall = syscall
        self._log = log
        self.level = level
        self._wanted_whitelist = whitelist  # as configured; None: it was not said
        self.whitelist = self._whitelist_mode()
        self._started: dict[int, Files] = {}  # by the pid of the driver
        # Keystore and whitelist, each as it was read last and what it says: parsed, and complained about, once.
        self._keystore: tuple[bytes, dict[str, Any]] = b"", {}
        self._list: tuple[bytes, dict[str, str]] = b"", {}

    @classmethod
    def from_disk(cls, syscall: Callable[..., Any], log: Log) -> DriverPolicy:
        """The policy of /etc/pki.toml; level 1 if there is none."""
        settings: dict[str, object] = {}
        try:
            settings = read_settings(syscall("vfs_read_file", CONFIG_PATH))
        except StatusError:
            pass  # it is not there
        except (ValueError, TypeError) as error:
            log(f"{CONFIG_PATH}: {error}; drivers are checked at level 1", "warn")
        level = _choice(LEVELS, settings.get("security_level", WARN))
        if level is None:
            log(f"{CONFIG_PATH}: security_level is 0, 1 or 2; drivers are checked at level 1", "warn")
            level = WARN
        return cls(syscall, log, level, settings.get("driver_whitelist"))

    def at_level(self, level: int, log: Log) -> DriverPolicy:
        """What the policy would be at another level."""
        return DriverPolicy(self._syscall, log, level, self._wanted_whitelist)

    def _whitelist_mode(self) -> int:
        wanted = self._wanted_whitelist
        if wanted is None:
            return self.level if self.level != OFF and self._exists(WHITELIST_PATH) else OFF
        mode = _choice(MODES, wanted)
        if mode is None:
            self._log(f'{CONFIG_PATH}: driver_whitelist is "off", "audit" or "block"; it is taken as "audit"', "warn")
            return AUDIT
        return mode

    # --- deciding ----------------------------------------------------------------------------------------------

    def admit(self, path: str, source: bytes) -> tuple[Files, bool]:
        """Accept a driver or refuse it.

        Args:    source: what the file at *path* holds.
        Returns: {path: content} of the driver and its own modules as far as they were judged, to start it from; and
                 whether it may import nothing else from where it lies.
        Raises:  403 with the reason.
        """
        files = {path: source}
        is_signed = self.level != OFF and self._check_signature(path, source)
        closed = self.level == ENFORCE or self.whitelist == BLOCK
        if is_signed or closed:
            for module, content in self._own_modules(path):
                files[module] = content
                if self.level != OFF:
                    self._check_signature(module, content)
        if self.whitelist != OFF:
            self._check_whitelist(files)
        return files, closed

    def _check_signature(self, path: str, source: bytes) -> bool:
        """Judge one file; whether it has a block. Raises: 403."""
        if _MARK not in source:  # nobody pays for looking further who has not signed
            self._object(path, "it is not signed")
            return False
        from axis.driver_signing import mentions_a_block, read_block

        block = read_block(source)
        if block is None:
            is_torn = mentions_a_block(source)
            self._object(path, "its signature is not its last three lines" if is_torn else "it is not signed")
            return False
        if not block.hash_fits():
            self._refuse(path, "the file was changed after it was signed; sign it again")
        self._check_signer(path, block)
        return True

    def _check_signer(self, path: str, block: Block) -> None:
        from axis.driver_signing import APPROVED, REVOKED

        key = self._keys().get(block.signer)
        if key is not None and key.status == REVOKED:
            self._refuse(path, f"the key of its signer {_named(key)} was revoked")
        card = self._card()
        if key is None:
            self._object(path, f"its signer {block.signer[:16]!r} is not in {KEYSTORE_PATH}")
        elif key.status != APPROVED:
            self._object(path, f"the key of its signer {_named(key)} is not approved")
        elif card is None:
            self._object(path, "there is no data card to verify its signature with")
        elif not hasattr(card, "ecdsa"):
            self._object(path, "its signature cannot be verified: the data card is not one of tier 3")
        else:
            self._verify(path, block, key, card)

    def _verify(self, path: str, block: Block, key: Any, card: Any) -> None:
        try:
            good = card.ecdsa(block.body, card.deserializeKey(key.public_key, "ec-public"), block.signature_bytes())
        except Exception as error:  # the card's own kind of error
            self._object(path, f"its signature cannot be verified: {error}")
            return
        if good is not True:
            self._refuse(path, f"its signature is not one of {_named(key)}")

    def _check_whitelist(self, files: Files) -> None:
        """Raises: 403 if a file is not listed, under "block"."""
        from hashlib import sha256

        listed = self._listed()
        for path, content in files.items():
            if sha256(content).hexdigest() in listed:
                continue
            if self.whitelist == BLOCK:
                self._refuse(path, f"it is not listed in {WHITELIST_PATH}")
            self._log(f"driver {path}: it is not listed in {WHITELIST_PATH}", "warn")

    def _object(self, path: str, reason: str) -> None:
        """What is a remark at level 1 is a refusal at level 2."""
        if self.level == ENFORCE:
            self._refuse(path, f"{reason}, and {CONFIG_PATH} demands level 2")
        self._log(f"driver {path}: {reason}", "dev")

    def _refuse(self, path: str, reason: str) -> None:
        raise StatusError(Status.DRIVER_VALIDATION_FAILED, f"{path}: {reason}")

    # --- afterwards --------------------------------------------------------------------------------------------

    def started(self, pid: int, files: Files) -> None:
        """A driver was started from these files."""
        self._started[pid] = files

    def ended(self, pid: int) -> None:
        """A driver has ended."""
        self._started.pop(pid, None)

    def runtime_recheck(self) -> list[dict[str, object]]:
        """Which files of running drivers are not on the disk any more as they were when the driver was started.

        Returns: for each file {pid, path, change}, where change is "changed" or "missing".
        """
        found: list[dict[str, object]] = []
        for pid, files in self._started.items():
            for path, content in files.items():
                now = self._read(path)
                if now != content:
                    found.append({"pid": pid, "path": path, "change": "missing" if now is None else "changed"})
        return found

    # --- what it reads -----------------------------------------------------------------------------------------

    def _read(self, path: str) -> bytes | None:
        try:
            content: bytes = self._syscall("vfs_read_file", path)
        except StatusError:
            return None
        return content

    def _exists(self, path: str) -> bool:
        return self._read(path) is not None

    def _own_modules(self, path: str) -> list[tuple[str, bytes]]:
        from axis.driver_signing import own_modules

        _address, disk = self._syscall("kernel_get_root_fs")
        return [(module, self._syscall("vfs_read_file", module)) for module in own_modules(path, disk.list)]

    def _keys(self) -> dict[str, Any]:
        from axis.driver_signing import parse_keystore

        text = self._read(KEYSTORE_PATH) or b""
        if text != self._keystore[0]:
            try:
                keys, problems = parse_keystore(text.decode())
            except ValueError as error:
                keys, problems = {}, [f"it cannot be used: {error}"]
            for problem in problems:
                self._log(f"{KEYSTORE_PATH}: {problem}", "warn")
            self._keystore = text, dict(keys)
        return self._keystore[1]

    def _listed(self) -> dict[str, str]:
        from axis.driver_signing import parse_whitelist

        text = self._read(WHITELIST_PATH) or b""
        if text != self._list[0]:
            listed: dict[str, str] = {}
            try:
                listed = parse_whitelist(text.decode())
            except ValueError as error:
                self._log(f"{WHITELIST_PATH}: it cannot be used, so it lists nothing: {error}", "warn")
            self._list = text, listed
        return self._list[1]

    def _card(self) -> Any:
        """The proxy of the data card that can do most; None if there is none."""
        best = None
        for address in self._syscall("raw_component_list", "data"):
            card = self._syscall("raw_component_proxy", address)
            if hasattr(card, "ecdsa"):
                return card
            best = best or card
        return best


def read_settings(text: bytes) -> dict[str, object]:
    """The settings of /etc/pki.toml that are for drivers.

    Raises: ValueError when it is no TOML.

    The plain case is read off its lines, for tomllib takes 20 ms to import.
    """
    settings: dict[str, object] = {}
    for line in text.split(b"\n"):
        line = line.strip()
        if not line or line.startswith(b"#"):
            continue
        name, _, value = line.partition(b"=")
        value = value.partition(b"#")[0].strip()
        key = name.strip().decode("latin-1")
        if value not in (b"0", b"1", b"2") or key not in _SETTINGS or key in settings:
            import tomllib

            document = tomllib.loads(text.decode())
            return {name: document[name] for name in _SETTINGS if name in document}
        settings[key] = int(value)
    return settings


def _choice(table: dict[object, int], value: object) -> int | None:
    """What *value* means; None if it is none of the table's words and numbers."""
    return table.get(value) if type(value) in (int, str) else None


def _named(key: Any) -> str:
    return repr(key.username or key.fingerprint[:16])
