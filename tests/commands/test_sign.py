"""sign and drvconf at the shell: keys, signatures, who decides on them, and the list of drivers."""

# ruff: noqa: E501 - a command line reads best on one line
from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from axis.driver_signing import fingerprint, is_p384, parse_keystore, parse_whitelist, read_block
from axisos.machine import Machine
from axisos.machine.components import data

DRIVER = """\
from axis import dk
DRIVER_INFO = {"driver_name": "Mine", "driver_type": "KernelModeDriver", "load_priority": 5}
def driver_entry(driver):
    from mine import helper
    dk.print(helper.WORD)
dk.run(driver_entry)
"""
MAKE = "mkdir /drivers/mine; echo > /drivers/mine/__init__.py; echo WORD = 1 > /drivers/mine/helper.py; cat > /drivers/mine.sys.py;"


def lines(output: bytes) -> list[str]:
    return output.decode().splitlines()


class TestKeys:
    """What -g makes, and the keystore."""

    def test_a_key_pair_is_made_once(self, shell) -> None:
        """The private half is root's alone; a second pair would orphan what the first has signed, unless one insists."""
        result = shell("sign -g; ls -l /etc/signing; sign -g; echo $?; sign -g -f | tail -1; cat /etc/signing/public.key", user="root")
        said = lines(result.stdout)
        assert said[:2] == ["private key: /etc/signing/private.key", "public key:  /etc/signing/public.key"]
        assert said[3].startswith("-rw-------") and said[4].startswith("-rw-r--r--") and said[5] == "1"
        assert said[6] != said[2]
        public = base64.b64decode(said[7])
        assert is_p384(public) and said[6] == f"fingerprint: {fingerprint(public)}"
        assert result.stderr.startswith(b"sign: /etc/signing/private.key: there is a key already")

    def test_everybody_may_have_a_key_of_his_own(self, shell) -> None:
        """Beside it lies KEY.pub; /etc/signing stays closed, and so does the keystore."""
        result = shell("cd /tmp; sign -g -k my.key; echo 1 > x.py; sign -k my.key x.py; sign -v -k my.key x.py; ls -l my.key*; sign -g; sign -a my.key.pub; sign x.py; sign --revoke 12345678")
        said = lines(result.stdout)
        assert said[3:5] == ["signed: x.py", f"x.py: good signature of {said[2].split()[1][:16]}"]
        assert said[5].startswith("-rw-------") and said[6].startswith("-rw-r--r--")
        assert lines(result.stderr) == [
            "sign: only root may write /etc/signing; make a key of your own with -k KEY",
            "sign: only root may say whose signatures count",
            "sign: /etc/signing/private.key: Permission denied",
            "sign: only root may say whose signatures count",
        ]

    def test_a_key_is_approved_revoked_and_approved_again(self, shell) -> None:
        """By a piece of its fingerprint that only it has; the owner's name stays."""
        result = shell(
            "sign -g > /tmp/g; sign -a -n 'Ann \"A\"'; sign -L; sign --revoke 12345; sign --revoke $(sign -L | tail -1 | cut -c 11-24) ; sign -L; sign -a; cat /etc/pki_keystore.toml",
            user="root",
        )
        said = lines(result.stdout)
        assert said[0].startswith("approved: ") and said[0].endswith(' (Ann "A")')
        digits = said[0].split()[1]
        assert said[1:5] == [f'approved  {digits} Ann "A"', f'revoked: {digits} (Ann "A")', f'revoked   {digits} Ann "A"',
                             f'approved: {digits} (Ann "A"); it had been revoked']
        keys, problems = parse_keystore("\n".join(said[5:]))
        assert [key.status for key in keys.values()] == ["approved"] and problems == []
        assert lines(result.stderr)[0].startswith("sign: 12345: give 8 digits or more")

    @pytest.mark.parametrize(("line", "status", "complaint"), [
        ("sign", 2, "missing operand"), ("sign -g -a", 2, "different things"), ("sign -v -l 1 x", 2, "no meaning here"),
        ("sign -c -l 3", 2, "from 0 to 2"), ("sign /drivers/null.sys.py", 1, "/etc/signing/private.key: No such file"),
        ("sign -a /etc/passwd.toml", 1, "no key file"), ("sign -r", 1, "no server"), ("sign -L x", 2, "too many"),
        ("echo AAAA > /tmp/k; sign -a /tmp/k", 1, "no public key on P-384"),
        ("sign -g -k /nowhere/k", 1, "/nowhere"), ("sign -v /nowhere", 1, "/nowhere: No such file"),
        ("sign -v /drivers", 1, "/drivers: Is a directory"), ("sign -a -n a b c", 2, "too many"),
        ("echo x > /etc/pki_keystore.toml; sign -L", 1, "cannot be read"),
        ("cd /tmp; sign -g -k a >/dev/null; sign -g -k b >/dev/null; mv a.pub b.pub; echo > x; sign -k b x", 1, "it is not the public half of b"),
    ])
    def test_what_cannot_be_done_is_one_line(self, shell, line: str, status: int, complaint: str) -> None:
        """What, where and why, with the exit status that says which kind."""
        result = shell(line, user="root")
        assert (result.exit_code, result.stdout) == (status, b"")
        assert complaint in result.stderr.decode() and len(lines(result.stderr)) == 1


class TestSignatures:
    """What `sign` puts at the end of files, and what it says of them."""

    def test_the_block_is_what_other_tools_verify(self, shell) -> None:
        """ECDSA on P-384 over SHA-256 of the bytes before the block; a second signature takes the first one's place."""
        result = shell("sign -g > /tmp/g; printf 'a\\n\\n b' > /tmp/x; sign /tmp/x; sign /tmp/x; cat /etc/signing/public.key /tmp/x", user="root")
        first, rest = result.stdout.split(b"signed: /tmp/x\n")[-1].split(b"\n", 1)
        block = read_block(rest)
        assert block is not None and block.body == b"a\n\n b\n" and rest.count(b"#@") == 3
        public = base64.b64decode(first)
        assert block.signer == fingerprint(public)
        load_der_public_key(public).verify(block.signature_bytes(), block.body, ECDSA(SHA256()))  # type: ignore[call-arg,union-attr]

    def test_a_driver_is_signed_with_its_modules_and_verified(self, shell) -> None:
        """The mode stays. What was changed, stripped, or signed by others is told apart."""
        result = shell(
            MAKE + "chmod 640 /drivers/mine.sys.py; sign -g >/tmp/g; D=/drivers/mine.sys.py; sign -v $D; sign $D; ls -l $D;"
            "sign -v $D; sign -a > /tmp/a; sign -v $D; echo $?; echo >> $D; sign -v $D; sign $D > /tmp/s; echo X=2 > /drivers/mine/helper.py; sign -v $D; echo $?",
            user="root", stdin=DRIVER.encode(),
        )
        said = lines(result.stdout)
        own = ["/drivers/mine/__init__.py", "/drivers/mine/helper.py"]
        assert said[:3] == [f"signed: {path}" for path in ("/drivers/mine.sys.py", *own)]
        assert said[3].startswith("-rw-r-----  root")
        assert [line.split(" (")[0] for line in said[4:]] == [
            *(f"{path}: good signature of root" for path in ("/drivers/mine.sys.py", *own)), "0",
            *(f"{path}: good signature of root" for path in (*own, "/drivers/mine.sys.py", own[0])), "1",
        ]
        told = [line.split(": ", 2)[2] for line in lines(result.stderr)]
        assert told[:3] == ["not signed"] * 3 and all("whose key is not known" in line for line in told[3:6])
        assert told[6:] == ["its signature is not its last three lines", "not signed"]

    def test_a_file_that_no_card_signs_is_left_alone(self, shell) -> None:
        """Too large: one line, and the others are signed."""
        result = shell("sign -g > /tmp/g; head -c 1048577 /dev/zero > /tmp/big; echo > /tmp/small; sign /tmp/big /tmp/small; echo $?; wc -c < /tmp/big", user="root")
        assert lines(result.stdout) == ["signed: /tmp/small", "1", "1048577"]
        assert b"/tmp/big: 1048578 bytes are too many" in result.stderr

    def test_without_a_card_of_tier_3_it_says_what_is_missing(self, shell, monkeypatch: pytest.MonkeyPatch) -> None:
        """And how one gets it."""
        monkeypatch.setattr(data, "EXTRA", "a_package_that_nobody_has")
        result = shell("sign -g; ls /etc/signing", user="root")
        assert result.exit_code == 1 or b"private" not in result.stdout
        assert b"this data card is of tier 1" in result.stderr and b"axisos[crypto]" in result.stderr


class TestTheSystem:
    """-c, -w and -t: what DKMS thinks of drivers."""

    def test_what_would_load_is_known_before_it_matters(self, shell) -> None:
        """At the level in force, and at another one; the driver itself then loads, or does not, as was said."""
        result = shell(
            MAKE + "D=/drivers/mine.sys.py; sign -c $D; sign -c -l 2 $D; insmod mine; sign -g >/tmp/g; sign -a >/tmp/a; sign $D >/tmp/s; sign -c -l 2 $D; sign -t; echo $?",
            user="root", stdin=DRIVER.encode(),
        )
        said = lines(result.stdout)
        assert said[0] == "/drivers/mine.sys.py: would load: it is not signed"
        assert said[1].startswith("Mine loaded") and said[2:] == ["/drivers/mine.sys.py: would load", "1"]
        told = lines(result.stderr)
        assert told[0] == "sign: /drivers/mine.sys.py: 403 it is not signed, and /etc/pki.toml demands level 2"
        assert told[1].startswith("sign: /drivers/mine.sys.py: changed since a driver was started from it (process ")

    def test_without_files_it_is_all_drivers(self, shell) -> None:
        """Every one that is shipped would load at level 1; a guest may not ask."""
        result = shell("sign -c | wc -l; ls /drivers | grep -c sys.py", user="root")
        checked, shipped = lines(result.stdout)
        assert checked == shipped and result.stderr == b""
        assert shell("sign -c").stderr == b"sign: only root may ask DKMS about drivers\n"

    def test_a_whitelist_lists_drivers_and_their_modules(self, shell) -> None:
        """By SHA-256, for the files that are named or for all."""
        result = shell(MAKE + "sign -w /drivers/mine.sys.py; cat /etc/driver_whitelist.toml; sign -w", user="root", stdin=DRIVER.encode())
        head, text = result.stdout.decode().split("\n", 1)
        assert head == "/etc/driver_whitelist.toml: 3 files"
        text, _, tail = text.rpartition("/etc/driver_whitelist.toml: ")
        assert list(parse_whitelist(text).values()) == [
            "/drivers/mine.sys.py", "/drivers/mine/__init__.py", "/drivers/mine/helper.py"]
        assert int(tail.split()[0]) > 20


def boot_to_root(machine: Machine) -> None:
    machine.power_on()
    machine.run_until("login:")
    machine.type("root\nroot\n")
    machine.run_until("root@")


def type_and_read(machine: Machine, line: str) -> str:
    """What the screen shows after a line that was typed on a clear screen."""
    machine.type("clear\n")
    machine.run_until_idle()
    machine.type(f"{line}; echo do''ne\n")
    machine.run_until("done", timeout=300)
    return machine.screen.text()


def test_a_machine_at_level_2() -> None:
    """Root signs what is there, looks whether all of it would load, and raises the level. The machine boots as ever;
    a driver that nobody has signed does not load, nor does one whose module was changed, nor one of a revoked key."""
    with Machine(seed=7) as machine:
        boot_to_root(machine)
        assert "would load" in type_and_read(
            machine, "sign -g > /tmp/g; sign -a > /tmp/a; sign /drivers/*.sys.py > /tmp/s; sign -c -l 2 && echo security_level = 2 > /etc/pki.toml")
        assert "403" not in machine.screen.text()
        machine.power_off()
        boot_to_root(machine)
        kernel_log = type_and_read(machine, "dmesg | grep AxisTTY")
        assert "AxisTTY" in kernel_log
        text = "from axis import dk; DRIVER_INFO = {'driver_name': 'M', 'driver_type': dk.DRIVER_TYPE_KMD, 'load_priority': 1}"
        type_and_read(machine, f'echo "{text}" > /drivers/m.sys.py; echo "def driver_entry(driver): from m import part" >> /drivers/m.sys.py; echo "dk.run(driver_entry)" >> /drivers/m.sys.py')
        assert "403" in type_and_read(machine, "insmod m")
        type_and_read(machine, "mkdir /drivers/m; echo > /drivers/m/__init__.py; echo 1 > /drivers/m/part.py; sign /drivers/m.sys.py; echo 2 >> /drivers/m/part.py")
        said = type_and_read(machine, "insmod m").replace("\n", "")
        assert "403" in said and "/drivers/m/part.py" in said
        assert "M loaded" in type_and_read(machine, "sign /drivers/m.sys.py; insmod m")
        said = type_and_read(machine, "sign --revoke $(sign -L | tail -1 | cut -c 11-24); sign -c /drivers/null.sys.py")
        assert "was revoked" in said.replace("\n", "")


class TestDrvconf:
    """The list of drivers that the boot loads."""

    def test_it_is_shown(self, shell) -> None:
        """A table with the file's name above; everybody may look. What is shipped has no problems."""
        said = lines(shell("drvconf; echo ---; drvconf ls; echo ---; drvconf order; echo ---; drvconf check").stdout)
        listed, again, ordered, checked = [part.strip().split("\n") for part in "\n".join(said).split("---")]
        assert listed == again and listed[0] == "/etc/drivers.toml"
        table = [line.split() for line in listed[1:]]
        assert table[:2] == [["#", "NAME", "PRI", "STATUS", "DEPS", "PATH"], ["1", "null", "90", "ON", "-", "/drivers/null.sys.py"]]
        assert ordered[0] == "1. null (90) /drivers/null.sys.py"
        assert len(checked) == 1 and checked[0].startswith(f"/etc/drivers.toml: {len(table) - 1} drivers, ") and checked[0].endswith("; 0 problems")

    def test_a_driver_is_entered_changed_and_taken_out(self, shell) -> None:
        """Comments stay; a missing file and a missing dependency are remarked upon and no more."""
        mine = '# Mine.\n\n[[driver]]  # the only one\nname = "null"\npath = "/drivers/null.sys.py"\nenabled = true\npriority = 90\n'
        result = shell(
            "cat > /etc/drivers.toml; cd /drivers; drvconf add x x.sys.py -3; drvconf set x deps 'null, y'; drvconf set x desc 'an # x'; drvconf order; drvconf disable null; drvconf;"
            "drvconf check; echo $?; drvconf set x deps none; drvconf enable null; drvconf rm x; echo ---; ls -l /etc/drivers.toml; cat /etc/drivers.toml",
            user="root", stdin=mine.encode(),
        )
        did, after = result.stdout.decode().split("---\n")
        assert after.split("\n", 1)[1] == mine and after.startswith("-rw-r--r--  root")
        said = did.splitlines()
        assert said[0] == "x is entered (/etc/drivers.toml; it counts at the next boot)"
        assert said[3:5] == ["1. null (90) /drivers/null.sys.py", "2. x (-3) /drivers/x.sys.py"]
        assert said[8:10] == ["1  null  90   OFF     -       /drivers/null.sys.py", "2  x     -3   ON      null,y  /drivers/x.sys.py"]
        assert said[10:15] == ["x depends on null, which is disabled", "x depends on y, which is not configured", "x: there is no file /drivers/x.sys.py", "/etc/drivers.toml: 2 drivers, 1 of them enabled; 3 problems", "1"]
        assert lines(result.stderr) == [
            "drvconf: /drivers/x.sys.py: there is no such file yet", "drvconf: x: it depends on y, which is not configured",
            "drvconf: /etc/drivers.toml: x depends on y, which is not configured", "drvconf: null: x depends on it",
        ]

    def test_circles_are_found(self, shell) -> None:
        """And the boot's own way out is named."""
        result = shell("F=/tmp/f; echo > $F; for n in a b; do drvconf --file $F add $n /drivers/null.sys.py; done; drvconf --file $F set a deps b; drvconf --file $F set b deps a; drvconf --file $F check; echo $?")
        assert lines(result.stdout)[-3:] == [
            "they depend on one another: a -> b -> a; all are loaded by priority alone", "/tmp/f: 2 drivers, 2 of them enabled; 1 problems", "1"]

    def test_a_file_that_cannot_be_edited_by_lines_is_written_anew(self, shell) -> None:
        """With a word about its comments; entries that make no sense are told and can be removed."""
        text = "# kept by hand\ndriver = [{name = 'a', path = '/x'}, {name = 'b'}]\n"
        result = shell("cat > /tmp/f; drvconf --file /tmp/f; drvconf --file /tmp/f rm b; cat /tmp/f", stdin=text.encode())
        assert lines(result.stdout)[-3:] == ["[[driver]]", 'name = "a"', 'path = "/x"']
        assert lines(result.stderr) == [
            "drvconf: /tmp/f: entry 2 is left out: 'b' needs an absolute path",
            "drvconf: /tmp/f: the file was written anew, its comments are gone",
        ]

    def test_what_changes_the_list_changes_the_boot(self) -> None:
        """A driver that is disabled is not there after the next start."""
        with Machine(seed=7) as machine:
            boot_to_root(machine)
            assert "null" in type_and_read(machine, "ls /dev")
            type_and_read(machine, "drvconf disable null")
            machine.power_off()
            boot_to_root(machine)
            assert "null" not in type_and_read(machine, "ls /dev | cat")

    @pytest.mark.parametrize(("line", "status", "complaint"), [
        ("drvconf frob", 2, "no such command"), ("drvconf enable", 2, "missing operand"), ("drvconf enable x", 1, "no driver of this name"),
        ("drvconf add null /x", 1, "of this name already"), ("drvconf add x /y z", 2, "must be a number"), ("drvconf add x /y inf", 2, "must be a number"),
        ("drvconf set null name x", 2, "that can be set"), ("drvconf rm x", 1, "no driver of this name"), ("drvconf --file /nowhere", 1, "/nowhere: No such file"),
        ("echo [ > /tmp/f; drvconf --file /tmp/f", 1, "no list of drivers"), ("drvconf list x", 2, "too many operands"), ("drvconf --file /etc", 1, "Is a directory"),
    ])
    def test_what_cannot_be_done_is_one_line(self, shell, line: str, status: int, complaint: str) -> None:
        """What, where and why; nothing is written."""
        result = shell(f"cat /etc/drivers.toml; {line}; E=$?; cat /etc/drivers.toml; exit $E", user="root")
        half = len(result.stdout) // 2
        assert result.exit_code == status and result.stdout[:half] == result.stdout[half:] != b""
        assert complaint in result.stderr.decode() and len(lines(result.stderr)) == 1

    def test_a_guest_is_refused_politely(self, shell) -> None:
        """One line, exit status 1, the list untouched."""
        result = shell("drvconf disable null; echo $?; drvconf add x /x; echo $?; drvconf | head -3 | tail -1; drvconf | grep x.py; ls /etc | grep new")
        assert lines(result.stdout)[:2] == ["1", "1"] and [line.split() for line in lines(result.stdout)[2:]] == [["1", "null", "90", "ON", "-", "/drivers/null.sys.py"]]
        assert lines(result.stderr) == ["drvconf: /etc/drivers.toml: only root may change this list"] * 2
