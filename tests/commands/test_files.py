"""The commands that look at and change files, as a user types them."""

# ruff: noqa: E501 - a program or command line reads best on one line
from __future__ import annotations

import pytest


def test_a_file_is_made_copied_moved_and_deleted(shell) -> None:
    """cp, mv, rm do what they are asked and say nothing."""
    result = shell(
        "echo one > a; cp a b; mv b c; cat a c; mkdir d; cp -v a c d; ls d; rm a c; ls; rm d; rm -r d; ls; mkdir -p x/y/z;"
        "cp -r x w; ls -R w; mv w /tmp/w; ls /tmp/w; rmdir x/y/z; ls x"
    )
    assert result.stdout.decode().split("\n") == [
        "one", "one", "a -> d/a", "c -> d/c", "a", "c", "d/", "w:", "y/", "", "w/y:", "z/", "", "w/y/z:", "y/", "y/", "",
    ]
    assert result.stderr == b"rm: d: is a directory (use -r)\n"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("cat nope", "cat: nope: No such file or directory"),
        ("cat /tmp", "cat: /tmp: Is a directory"),
        ("cat /etc/passwd.toml", "cat: /etc/passwd.toml: Permission denied"),
        ("cp nope x", "cp: nope: No such file or directory"),
        ("cp /tmp x", "cp: /tmp: is a directory (use -r)"),
        ("cp /etc/hostname /etc/x", "cp: /etc/x: Permission denied"),
        ("mkdir a; cp -r a a/b", "cp: a: cannot be copied into itself, a/b"),
        ("mv nope x", "mv: nope: No such file or directory"),
        ("echo > a; mv a a", "mv: a: is the same file as a"),
        ("rm nope", "rm: nope: No such file or directory"),
        ("rm -rf /", "rm: /: the system needs it"),
        ("rm -rf /etc", "rm: /etc: the system needs it"),
        ("rm -r .", "rm: .: the working directory is in it"),
        ("mkdir a a", "mkdir: a: File exists"),
        ("mkdir a/b", "mkdir: a/b: No such file or directory"),
        ("mkdir a; echo > a/b; rmdir a", "rmdir: a: Directory not empty"),
        ("touch /etc/x", "touch: /etc/x: Permission denied"),
        ("chmod 700 /etc", "chmod: /etc: Permission denied"),
        ("ls nope", "ls: nope: No such file or directory"),
        ("head nope", "head: nope: No such file or directory"),
        ("wc nope", "wc: nope: No such file or directory"),
        ("tail /tmp", "tail: /tmp: Is a directory"),
        ("tee /etc/x < /dev/host_in", "tee: /etc/x: Permission denied"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(shell, line: str, complaint: str) -> None:
    """`command: what: why` on standard error, exit status 1, no traceback."""
    result = shell(line)
    assert result.stderr.decode() == complaint + "\n"
    assert result.exit_code == 1


@pytest.mark.parametrize(
    "line",
    [
        "cat -Z", "cp a", "cp", "mv", "rm", "mkdir", "mkdir -m 9 a", "touch", "chmod 755", "chmod 9 a", "chmod foo a",
        "grep", "grep -E '('", "head -n x", "tail -n", "wc --nope", "ps x", "free x", "/usr/commands/kill.py",
        "/usr/commands/kill.py x", "/usr/commands/kill.py -NOPE 1", "/usr/commands/env.py -Z",
        "sleep", "sleep x", "sleep -1", "seq", "seq 1 0 2", "seq x", "cut -c1 -f1", "cut -f", "cut -f 0", "tr a", "tr",
        "sort -k x", "reg", "reg nope", "reg get x", "reg tree x", "insmod", "dmesg -l nope", "dmesg -n x", "which",
        "date -d x", "find . -nope", "find . -type x", "uniq a b c", "reboot now", "id x", "whoami x",
    ],
)
def test_a_command_called_wrongly_says_how_and_exits_with_2(shell, line: str) -> None:
    """One line that names the command and its help."""
    result = shell(line)
    assert result.exit_code == 2, result
    assert result.stdout == b""
    lines = result.stderr.decode().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(line.split()[0].removeprefix("/usr/commands/").removesuffix(".py") + ": ")
    assert "--help" in lines[0]


def test_bytes_that_are_no_text_pass_unchanged(shell) -> None:
    """cat, cp, head, tail, tee and tr are safe for any byte."""
    data = bytes(range(256)) * 40
    assert shell("cat", stdin=data).stdout == data
    assert shell("cat > x; cp x y; cat y - < x", stdin=data).stdout == data * 2
    assert shell("tee /tmp/x | head -c 300; tail -c 9 /tmp/x", stdin=data).stdout == data[:300] + data[-9:]
    assert shell("tr a b", stdin=data).stdout == data.replace(b"a", b"b")


def test_a_large_file_is_copied_whole(shell) -> None:
    """More than fits into one system call goes through in pieces."""
    result = shell("seq 80000 > big; cp big big2; wc -lc big2; tail -n 1 big2; sort -rn big2 | head -n 2")
    assert result.stdout.split() == [b"80000", b"468894", b"big2", b"80000", b"80000", b"79999"], result


def test_modes_are_shown_and_changed(shell) -> None:
    """chmod takes digits and words; ls -l shows them."""
    result = shell("echo > a; chmod 640 a; ls -l a; chmod u+x,g=,o+r a; ls -l a; chmod -x a; ls -l a; chmod 000 a; cat a")
    lines = result.stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == ["-rw-r-----", "-rwx---r--", "-rw----r--"]
    assert lines[0].split()[1:3] == ["1000", "1"]
    assert result.stderr == b"cat: a: Permission denied\n"


def test_dot_files_are_shown_with_a(shell) -> None:
    """And sorting by size and backwards works."""
    result = shell("cd /tmp; mkdir q; cd q; echo > .h; echo 123 > b; echo > a; ls; ls -a; ls -r; ls -S")
    assert result.stdout == b"a\nb\n.h\na\nb\nb\na\nb\na\n"


def test_find_walks_a_tree(shell) -> None:
    """Names, types, depths, emptiness, deletion."""
    result = shell(
        "cd /tmp; mkdir -p t/u/v; echo x > t/a.py; echo > t/u/b.txt; touch t/u/v/c.py; find t; echo -; find t -name '*.py';"
        "echo -; find t -type d -maxdepth 1; echo -; find t -empty; echo -; find t ! -name '*.py' -type f;"
        "find t -name '*.py' -delete; find t -type f"
    )
    assert result.stdout.decode().split() == [
        "t", "t/a.py", "t/u", "t/u/b.txt", "t/u/v", "t/u/v/c.py", "-", "t/a.py", "t/u/v/c.py", "-", "t", "t/u", "-",
        "t/u/v/c.py", "-", "t/u/b.txt", "t/u/b.txt",
    ]


def test_which_names_the_program(shell) -> None:
    """And fails for a command that is not there."""
    result = shell("which ls nope; echo $?")
    assert result.stdout == b"/usr/commands/ls.py\n1\n"
