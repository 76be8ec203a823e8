"""The commands that read text and write text, mostly in pipelines."""

from __future__ import annotations

import pytest

TEXT = b"banana 3\napple 10\ncherry 2\napple 10\n"


@pytest.mark.parametrize(
    ("line", "output"),
    [
        ("head -n 2", b"banana 3\napple 10\n"), ("head -1", b"banana 3\n"), ("head -n -3", b"banana 3\n"),
        ("head -c 6", b"banana"), ("tail -n 1", b"apple 10\n"), ("tail -n2", b"cherry 2\napple 10\n"),
        ("tail -n +4", b"apple 10\n"), ("tail -c 3", b"10\n"), ("wc", b" 4  8 36\n"), ("wc -l", b"4\n"),
        ("wc -L", b"8\n"), ("sort", b"apple 10\napple 10\nbanana 3\ncherry 2\n"),
        ("sort -u", b"apple 10\nbanana 3\ncherry 2\n"), ("sort -r | head -1", b"cherry 2\n"),
        ("sort -n -k 2 | head -1", b"cherry 2\n"), ("sort -k2,2nr | tail -1", b"cherry 2\n"),
        ("sort | uniq -c | sort -rn | head -1", b"      2 apple 10\n"), ("sort | uniq -d", b"apple 10\n"),
        ("sort | uniq -u", b"banana 3\ncherry 2\n"), ("cut -d ' ' -f 2", b"3\n10\n2\n10\n"),
        ("cut -c 1-2,4 | head -1", b"baa\n"), ("cut -b 2 | head -1", b"a\n"), ("tr a-z A-Z | head -1", b"BANANA 3\n"),
        ("tr -d aeiou | head -1", b"bnn 3\n"), ("tr -s '[:alpha:]' < /dev/host_in | tail -1", b"aple 10\n"),
        ("tr -cd '[:digit:]'", b"310210"), ("grep apple", b"apple 10\napple 10\n"), ("grep -c an", b"1\n"),
        ("grep -v apple", b"banana 3\ncherry 2\n"), ("grep -n -i CHERRY", b"3:cherry 2\n"),
        ("grep -E '^(ban|che)' -o", b"ban\nche\n"), ("grep -w 1", b""), ("grep -x 'cherry 2'", b"cherry 2\n"),
        ("grep -m 1 apple", b"apple 10\n"), ("grep -A 1 banana -n", b"1:banana 3\n2-apple 10\n"),
        ("grep -B1 cherry", b"apple 10\ncherry 2\n"), ("grep .", b""), ("cat", TEXT), ("cat - -", TEXT), ("tee", TEXT),
    ],
)
def test_a_filter_reads_standard_input(shell, line: str, output: bytes) -> None:
    """And writes exactly this."""
    result = shell(line, stdin=TEXT)
    assert (result.stdout, result.stderr) == (output, b"")


def test_grep_says_what_it_found_by_its_exit_status(shell) -> None:
    """0 found, 1 not found, 2 an error; -q prints nothing; several files get their names in front."""
    result = shell(
        "echo ab > x; echo cb > y; grep a x; echo $?; grep z x; echo $?; grep a nope; echo $?; grep -q b x; echo $?;"
        "grep b x y; grep -l a x y; grep -L a x y; grep -h a x > z; grep -r cb ."
    )
    assert result.stdout.decode().split("\n")[:8] == ["ab", "0", "1", "2", "0", "x:ab", "y:cb", "x"]
    assert result.stdout.endswith(b"y\n./y:cb\n")
    assert b"grep: nope: No such file or directory\n" in result.stderr


def test_lines_that_are_no_text_can_be_searched(shell) -> None:
    """grep gives back the bytes that it was given."""
    result = shell("grep -E b.", stdin=b"\xff\xfe b\xff\nzz\n")
    assert result.stdout == b"\xff\xfe b\xff\n"


def test_a_reader_that_leaves_ends_the_writer_quietly(shell) -> None:
    """`yes | head` ends, with nothing on standard error."""
    result = shell("yes | head -n 3; yes no | head -n 1; seq 100000 | head -n 1; cat /kernel.py | true")
    assert (result.stdout, result.stderr) == (b"y\ny\ny\nno\n1\n", b"")


def test_words_and_numbers_are_printed(shell) -> None:
    """echo and seq."""
    result = shell(
        "$E -n a b; $E; $E -e 'x\\ty\\x41\\c' z; $E; $E -z -- w; seq 3; seq 5 -2 1; seq -s , -2 0;"
        "seq -w 9 10; seq 0.5 0.5 1.5; seq 3 1",
        env={"E": "/usr/commands/echo.py"},
    )
    assert result.stdout.decode() == (
        "a b\nx\tyA\n-z -- w\n1\n2\n3\n5\n3\n1\n-2,-1,0\n09\n10\n0.5\n1.0\n1.5\n"
    )


def test_no_colours_where_there_is_no_terminal(shell) -> None:
    """Output into a file or pipe is plain."""
    result = shell("mkdir d; ls; ls -l /dev; echo abc | grep b; free; dmesg | head -2")
    assert b"\x1b" not in result.stdout
