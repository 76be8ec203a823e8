"""sign: sign drivers, and decide whose signatures count."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, data, driver_signing, filesystem
from axis.driver_signing import KEYSTORE, PRIVATE_KEY, PUBLIC_KEY, WHITELIST, Key
from axis.toml_text import replace_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall

HELP = """\
Usage: sign [-k KEY] FILE...
       sign -g [-f] [-k KEY]
       sign -v [-k KEY] FILE...
       sign -a [-n NAME] [PUBLIC]
       sign --revoke FINGERPRINT
       sign -L
       sign -c [-l LEVEL] [FILE...]
       sign -w [FILE...]
       sign -t

Sign driver files, each with the modules of its own (those of /drivers/x.sys.py lie in /drivers/x). A signature is three
lines at the end of a file; an old one is replaced.

  -g            make a key pair; -f: in place of an old one
  -k KEY        the private key is KEY and the public one KEY.pub, not those in /etc/signing; with -v: verify by KEY
  -v            verify: is the signature good, whose is it, and is his key approved
  -a            approve a public key, your own if none is given: for root; -n: its owner's name
  --revoke      revoke an approved key, given by at least 8 digits of its fingerprint: for root
  -L            list the keys that are approved or revoked
  -c            say which files (all of /drivers if none is given) would load, and what would be remarked; for root.
                -l: at level 0, 1 or 2 instead of the one in force. The level is set in /etc/pki.toml and counts at boot
  -w            write the whitelist of driver files (all of /drivers if none is given): for root
  -t            say which files have changed since the drivers that run were started from them: for root
"""

MODES = "gvaxLcwtr"


def main(options: cli.Options, operands: list[str]) -> int | None:
    """Do what the one letter says; without one, sign."""
    modes = [letter for letter in MODES if letter in options]
    if len(modes) > 1:
        cli.usage(f"-{modes[0]} and -{modes[1]} are different things to do")
    mode = modes[0] if modes else ""
    for letter, allowed in {"k": ("", "g", "v"), "n": ("a",), "l": ("c",), "f": ("g",)}.items():
        if letter in options and mode not in allowed:
            cli.usage(f"-{letter}: has no meaning here")
    if mode in ("", "v"):
        cli.need_operands(operands, 1, None, "a driver file")
    elif mode == "a":
        cli.need_operands(operands, 0, 1, "")
    elif mode in ("g", "x", "L", "t", "r"):
        cli.need_operands(operands, 0, 0, "")
    action = {
        "": sign, "g": generate, "v": verify, "a": approve, "x": revoke, "L": list_keys, "c": check, "w": whitelist,
        "t": recheck, "r": register,
    }[mode]
    action(options, operands)
    return None


# --- keys --------------------------------------------------------------------------------------------------------


def key_paths(options: cli.Options) -> tuple[str, str]:
    """Where the private and the public key are."""
    if "k" not in options:
        return PRIVATE_KEY, PUBLIC_KEY
    private = str(options["k"])
    if cli.basename(private) == "private.key":
        return private, private[: -len("private.key")] + "public.key"
    return private, f"{private}.pub"


def read_key(path: str) -> bytes:
    """A key file: base64 of DER."""
    with filesystem.open_bytes(path) as file:
        der = driver_signing.decode_base64(b"".join(file.read().split()))
    if not der:
        cli.fail(path, "this is no key file: one line of base64")
    return der


def read_public_key(path: str) -> bytes:
    der = read_key(path)
    if not driver_signing.is_p384(der):
        cli.fail(path, "this is no public key on P-384")
    return der


def generate(options: cli.Options, _operands: list[str]) -> None:
    """Make a key pair."""
    private_path, public_path = key_paths(options)
    if "k" not in options:
        need_root("write /etc/signing; make a key of your own with -k KEY")
        if not filesystem.exists("/etc/signing"):
            filesystem.mkdir("/etc/signing")
            filesystem.chmod("/etc/signing", "700")
    if filesystem.exists(private_path) and "f" not in options:
        cli.fail(private_path, "there is a key already; what it has signed stays signed by it (-f replaces it)")
    with data.open() as card:
        public, private = card.generate_key_pair()
    replace_file(private_path, key_text(private), "600")
    replace_file(public_path, key_text(public), "644")
    cli.write(f"private key: {private_path}\npublic key:  {public_path}\n")
    cli.write(f"fingerprint: {driver_signing.fingerprint(public)}\n")


def key_text(der: bytes) -> bytes:
    from base64 import b64encode

    return b64encode(der) + b"\n"


def read_keystore() -> dict[str, Key]:
    """The keys by fingerprint; what makes no sense is remarked upon."""
    if not filesystem.exists(KEYSTORE):
        return {}
    with filesystem.open(KEYSTORE) as file:
        text = file.read()
    try:
        keys, problems = driver_signing.parse_keystore(text)
    except ValueError as error:
        cli.fail(KEYSTORE, f"it cannot be read: {error}")
    for problem in problems:
        cli.note(KEYSTORE, problem)
    return keys


def approve(options: cli.Options, operands: list[str]) -> None:
    """Enter a key into the keystore."""
    need_root("say whose signatures count")
    key = Key(read_public_key(operands[0] if operands else PUBLIC_KEY), owner(options), driver_signing.APPROVED)
    keys = read_keystore()
    before = keys.get(key.fingerprint)
    if before is not None and "n" not in options:
        key.username = before.username
    keys[key.fingerprint] = key
    replace_file(KEYSTORE, driver_signing.keystore_text(keys.values()))
    again = "; it had been revoked" if before is not None and before.status == driver_signing.REVOKED else ""
    cli.write(f"approved: {key.fingerprint} ({cli.printable(key.username)}){again}\n")


def owner(options: cli.Options) -> str:
    name = str(options.get("n") or env.get("USER") or "")
    try:
        name.encode()
    except UnicodeEncodeError:
        cli.usage("-n: the name is no text")
    return name


def revoke(options: cli.Options, _operands: list[str]) -> None:
    """Mark a key: its signatures are refused from now on."""
    need_root("say whose signatures count")
    wanted = str(options["x"]).lower()
    keys = read_keystore()
    found = [name for name in keys if name.startswith(wanted)]
    if len(wanted) < 8 or len(found) != 1:
        cli.fail(wanted, "give 8 digits or more of the fingerprint of one key that sign -L lists")
    keys[found[0]].status = driver_signing.REVOKED
    replace_file(KEYSTORE, driver_signing.keystore_text(keys.values()))
    cli.write(f"revoked: {found[0]} ({cli.printable(keys[found[0]].username)})\n")
    cli.note("drivers that run already go on: sign -c says which would not load again")


def list_keys(_options: cli.Options, _operands: list[str]) -> None:
    """The keystore, one key a line."""
    for key in read_keystore().values():
        cli.write(f"{cli.printable(key.status):<9} {key.fingerprint} {cli.printable(key.username)}\n")


def register(_options: cli.Options, _operands: list[str]) -> None:
    """The original asked a server."""
    cli.fail("-r: keys are registered with no server here; sign -a approves one on this machine")


# --- signing and verifying -----------------------------------------------------------------------------------------


def sign(options: cli.Options, operands: list[str]) -> None:
    """Put a new block at the end of each file."""
    private_path, public_path = key_paths(options)
    private, public = read_key(private_path), read_public_key(public_path)
    with data.open() as card:
        if not card.verify(b"", public, card.sign(b"", private)):
            cli.fail(public_path, f"it is not the public half of {private_path}")
        for path in with_modules(operands):
            try:
                source = read_source(path)
                replace_file(path, driver_signing.sign_source(source, public, lambda body: card.sign(body, private)))
            except (OSError, StatusError) as error:
                cli.warn(path, cli.why(error))
            except ValueError as error:  # it is too large
                cli.warn(path, error)
            else:
                cli.write(f"signed: {cli.printable(path)}\n")


def with_modules(operands: list[str]) -> list[str]:
    """The files, each followed by its own modules."""
    paths: list[str] = []
    for operand in operands:
        paths.append(operand)
        paths += driver_signing.own_modules(filesystem.abspath(operand), listing)
    return list(dict.fromkeys(paths))


def listing(directory: str) -> list[str] | None:
    return filesystem.list(directory) if filesystem.is_dir(directory) else None


def read_source(path: str) -> bytes:
    with filesystem.open_bytes(path) as file:
        return file.read()


def verify(options: cli.Options, operands: list[str]) -> None:
    """Say of each file whether its signature is good."""
    given = Key(read_public_key(key_paths(options)[1]), "", "") if "k" in options else None
    keys = read_keystore() if given is None else {given.fingerprint: given}
    with data.open() as card:
        for path in with_modules(operands):
            try:
                verdict = verdict_on(read_source(path), keys, card)
            except (OSError, StatusError) as error:
                cli.warn(path, cli.why(error))
                continue
            if verdict[0]:
                cli.write(f"{cli.printable(path)}: {verdict[1]}\n")
            else:
                cli.warn(path, verdict[1])


def verdict_on(source: bytes, keys: dict[str, Key], card: data.Card) -> tuple[bool, str]:
    """(whether the signature is good and counts, what to say)."""
    block = driver_signing.read_block(source)
    if block is None:
        torn = driver_signing.mentions_a_block(source)
        return False, "its signature is not its last three lines" if torn else "not signed"
    if not block.hash_fits():
        return False, "the file was changed after it was signed"
    key = keys.get(block.signer)
    if key is None:
        return False, f"signed by {cli.printable(block.signer[:64])}, whose key is not known"
    if not card.verify(block.body, key.public_key, block.signature_bytes()):
        return False, "the signature is not one of the signer that it names"
    name = f"{cli.printable(key.username)} ({key.fingerprint[:16]})" if key.username else key.fingerprint[:16]
    if key.status not in ("", driver_signing.APPROVED):
        return False, f"a good signature of {name}, whose key is {cli.printable(key.status)}"
    return True, f"good signature of {name}"


# --- the whole system ----------------------------------------------------------------------------------------------


def need_root(what: str) -> None:
    if syscall("process_get_uid") != 0:
        cli.fail(f"only root may {what}")


def driver_files(operands: list[str]) -> list[str]:
    """The files, or all drivers there are."""
    if operands:
        return [filesystem.abspath(operand) for operand in operands]
    return [f"/drivers/{name}" for name in filesystem.list("/drivers") if name.endswith(".sys.py")]


def check(options: cli.Options, operands: list[str]) -> None:
    """What DKMS would say."""
    need_root("ask DKMS about drivers")
    level = cli.integer(str(options["l"]), "the level", 0, 2) if "l" in options else None
    for path in driver_files(operands):
        try:
            remarks = syscall("driver_check", path, level)
        except StatusError as error:
            cli.warn(path, f"{int(error.status)} {error.detail or error.status.meaning}".replace(f"{path}: ", ""))
            continue
        said = "; ".join(remark.replace(f"driver {path}: ", "") for remark in remarks)
        cli.write(f"{cli.printable(path)}: would load{': ' + cli.printable(said) if said else ''}\n")


def whitelist(_options: cli.Options, operands: list[str]) -> None:
    """Write the list anew."""
    need_root("write the whitelist")
    files = [(path, read_source(path)) for path in with_modules(driver_files(operands))]
    replace_file(WHITELIST, driver_signing.generate_whitelist(files))
    cli.write(f"{WHITELIST}: {len(files)} files\n")


def recheck(_options: cli.Options, _operands: list[str]) -> None:
    """What has changed below running drivers."""
    need_root("ask DKMS about drivers")
    for row in syscall("driver_recheck"):
        cli.warn(row["path"], f"{row['change']} since a driver was started from it (process {row['pid']})")


if __name__ == "__main__":
    cli.run(
        main, HELP, flags="gvafLcwtr", values="knlx",
        long={
            "generate": "g", "key": "k", "verify": "v", "approve": "a", "name": "n", "revoke": "x", "list": "L",
            "check": "c", "level": "l", "whitelist": "w", "recheck": "t", "force": "f",
        },
    )
