"""Whole lines, from text to status: the shell's rooms together, on a machine of dicts (see `shell_rig`)."""

from __future__ import annotations

import pytest
from shell_rig import Machine, Process, Result


def sh(line: str, *arguments: str, stdin: str = "", **variables: str) -> Result:
    result = Machine().run("-c", line, *arguments, stdin=stdin, **variables)
    assert not result.left_open, f"{line!r} left {result.left_open} open"
    return result


@pytest.mark.parametrize(
    ("line", "out"),
    [
        ("echo hi", "hi\n"), ("echo -n hi", "hi"), ("echo -e 'a\\tb\\c' x", "a\tb"), ("echo a; echo b", "a\nb\n"),
        ("true && echo y || echo n", "y\n"), ("false && echo y || echo n", "n\n"), ("! false; echo $?", "0\n"),
        ("echo a | upper | cat", "A\n"), ("echo hi > f; cat f; cat < f", "hi\nhi\n"),
        ("echo a >f; echo b >>f; cat f", "a\nb\n"),
        ("nosuch 2>/dev/null; echo $?", "127\n"), ("{ echo a; echo b >&2; } 2>&1 | upper", "A\nB\n"),
        ("cat nofile &> f; cat f", "cat: nofile: No such file or directory\n"),
        ("cat nofile 2>&1 >f | upper", "CAT: NOFILE: NO SUCH FILE OR DIRECTORY\n"),
        ("cat <<E\nhi $USER `echo x`\n\\$y\nE", "hi guest x\n$y\n"), ("cat <<'E'\n$USER\nE", "$USER\n"),
        ("cat <<A; cat <<B\na\nA\nb\nB", "a\nb\n"), ("cat <<< \"$USER\"", "guest\n"),
        ("x=5; echo $x ${x}y '$x' \"$x\"", "5 5y $x 5\n"),
        ("x=1 printenv | cat | upper >f; echo ${x-unset}", "unset\n"),
        ("export Y=2 Z; Z=3; W=4; printenv | while read l; do case $l in [W-Z]*) echo $l; esac; done", "Y=2\nZ=3\n"),
        ("f() { echo $# $1; return 3; }; f a b; echo $? $#", "2 a\n3 3\n"),
        ("f() { local x=in; echo $x; }; x=out; f; echo $x", "in\nout\n"),
        ("f() { echo f; }; f | upper; f > o; cat o", "F\nf\n"), ("echo() { printf 'my %s\\n' $1; }; echo x", "my x\n"),
        ("for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done", "1\n3\n"),
        ("for i in 1 2; do for j in a b; do [ $j = b ] && continue 2; echo $i$j; done; done", "1a\n2a\n"),
        ("i=0; while true; do i=$((i+1)); [ $i = 3 ] && break; done; echo $i", "3\n"),
        ("i=3; until [ $i -eq 0 ]; do echo $i; i=$((i-1)); done", "3\n2\n1\n"),
        ("if false; then echo a; elif true; then echo b; else echo c; fi", "b\n"),
        ("if false; then echo a; fi; echo $?", "0\n"),
        ("case a.py in *.c) echo c;; *.py|*.sh) echo script;; *) echo other; esac", "script\n"),
        ("case '*' in '*') echo star;; esac", "star\n"), ("set -- a 'b c'; for x; do echo $x; done", "a\nb c\n"),
        ("(cd /tmp; x=1; pwd); pwd; echo ${x-no}", "/tmp\n/home/guest\nno\n"), ("(exit 3); echo $?", "3\n"),
        ("cd /tmp; cd ..; pwd; cd -; cd; pwd", "/\n/tmp\n/home/guest\n"),
        ("cd /home/./guest/../guest; pwd", "/home/guest\n"),
        ("x=$(echo a; echo b); echo \"$x\"", "a\nb\n"), ("echo $(echo $(echo deep))", "deep\n"),
        ("x=$(fail 3); echo $?", "3\n"), ("echo $(< /etc/motd)", "welcome\n"), ("x=`echo old`; echo $x", "old\n"),
        ("echo one two | while read a b; do echo $b $a; done", "two one\n"),
        ("printf '1\\n2\\n' > f; while read l; do echo \"<$l>\"; done < f", "<1>\n<2>\n"),
        ("printf 'a\\nb\\n' > f; { read x; read y; echo $y $x; } < f", "b a\n"),
        ("printf 'a\\nb\\n' > f; { read x; cat; } < f", "b\n"),
        ("echo 'a:b c:d' | { IFS=: read x y; echo \"$x,$y\"; }", "a,b c:d\n"),
        ("echo 'a\\b' | { read -r x; echo \"$x\"; }", "a\\b\n"), ("read x < /dev/null || echo end", "end\n"),
        ("eval 'x=1; echo $x'; echo $x", "1\n1\n"), ("echo 'y=2' > s; . ./s; echo $y", "2\n"),
        ("fail 3 | true; echo $?; set -o pipefail; fail 3 | true; echo $?", "0\n3\n"),
        ("set -e; false || true; if false; then :; fi; ! true; echo on", "on\n"),
        ("trap 'echo bye' EXIT; echo hi", "hi\nbye\n"), ("shift 2; echo $1", "c\n"), ("echo $0 $1 $#", "name a 3\n"),
        ("type cd nosuch cat if 2>/dev/null",
         "cd is a shell builtin\ncat is /usr/commands/cat.py\nif is a shell keyword\n"),
        ("f() { a; }; type f", "f is a function\nf() { a; }\n"), ("command -v cat", "/usr/commands/cat.py\n"),
        ("cat() { echo mine; }; cat; command cat /etc/motd", "mine\nwelcome\n"),
        ("alias hi='echo hello'\nhi you", "hello you\n"),
        ("unset x; echo ${x:-none}; x=1; unset x; echo ${x:-none}", "none\nnone\n"),
        ("printf '%5s|%-4d|%03d|%x|%c|%%\\n' a 7 7 255 xyz", "    a|7   |007|ff|x|%\n"),
        ("printf '%s-' a b c", "a-b-c-"),
        ("printf '%b' 'a\\nb'", "a\nb"), ("printf '%.2f %q\\n' 1.005 'a b'", "1.00 'a b'\n"),
        ("test -f /etc/motd -a -d /etc && echo ok", "ok\n"), ("[ ! -e /none ] && echo ok", "ok\n"),
        ("[ a = b -o 1 -lt 2 ] && echo ok", "ok\n"), ("[ -z '' ] && [ -n x ] && echo ok", "ok\n"),
        ("[ '(' = '(' ] && echo ok", "ok\n"),
        ("echo a & wait; echo $?", "a\n0\n"), ("fail 4 & wait $!; echo $?", "4\n"),
        ("exec >f; echo hidden; cat f >&2; true", ""),
        ("args *", "<*>\n"), ("echo $((2 * (3 + 4)))", "14\n"), ("echo \"$(echo \"a b\")\"", "a b\n"),
        ("x='a b'; args $x \"$x\"", "<a><b><a b>\n"), ("echo ${x:-$(echo sub)}", "sub\n"),
        ("echo a >&2 2>/dev/null", ""),
        ("env A=1 | cat > f; cat f | { read l; echo $l; }", "A=1\n"), ("exit 0; echo no", ""), ("echo a # b", "a\n"),
        ("echo 1 2 | { read a b; echo $a; } | upper", "1\n"), ("kill -l 9", "KILL\n"),
        ("kill -l | { read a b; echo $a $b; }", "1 HUP\n"), ("let x=3+4; echo $x", "7\n"),
    ],
)
def test_a_line_and_what_it_writes(line: str, out: str) -> None:
    """The line's output, with nothing left open."""
    machine = Machine()
    result = machine.run("-c", line, "name", "a", "b", "c")
    assert result.out == out, result
    assert not result.left_open or line.startswith("exec"), result.left_open


@pytest.mark.parametrize(
    ("line", "status"),
    [("true", 0), ("false", 1), ("exit 7", 7), ("exit 256", 0), ("fail 9", 9), ("nosuch", 127), ("/etc/motd", 126),
     ("/etc", 126),
     ("/none/x", 127), ("fail 3; true", 0), ("true | fail 5", 5), ("( exit 4 )", 4), ("echo )", 2), ("'", 2),
     ("set -e; false; true", 1),
     ("false || fail 2", 2), ("return 3", 2), ("cd /none", 1), ("test 1 -eq x", 2), ("x=$(fail 6)", 6),
     ("set -u; echo $none", 1),
     ("echo ${x?needed}", 1), ("cat < /none", 1), ("f() { return 5; }; f", 5), ("if fail 3; then true; fi", 0),
     ("! fail 3", 0)],
)
def test_a_line_and_its_status(line: str, status: int) -> None:
    assert sh(line).status == status


@pytest.mark.parametrize(
    ("line", "complaint"),
    [("nosuch a", "sh: nosuch: command not found\n"), ("/none/x", "sh: /none/x: No such file or directory\n"),
     ("/etc/motd", "sh: /etc/motd: Permission denied\n"), ("cat < /none", "sh: /none: No such file or directory\n"),
     ("cd /etc/motd", "sh: cd: /etc/motd: Not a directory\n"),
     ("echo a > /none/f", "sh: /none/f: No such file or directory\n"),
     ("echo ${x?needed}", "sh: x: needed\n"), ("echo $((1/0))", "sh: 1/0: division by 0\n"),
     ("readonly a=1; a=2", "sh: a: readonly variable\n"),
     ("f() { f; }; f", "sh: f: more than 100 functions deep\n"), ("echo a >&9", "sh: 9: Bad file descriptor\n"),
     ("a |", "sh: line 1: unexpected end, a command expected\n"), ("set -x; x=1 echo 'a b'", "+ x=1 echo 'a b'\n")],
)
def test_complaints_say_what_and_where(line: str, complaint: str) -> None:
    assert sh(line).err == complaint


def test_only_exported_variables_reach_a_program() -> None:
    """And what stands in front of the command, for it alone."""
    out = sh("a=1; export b=2; c=3 printenv; printenv", PATH="/usr/commands").out
    assert out.count("b=2\n") == 2
    assert out.count("c=3\n") == 1
    assert "a=1" not in out


def test_a_redirected_program_is_told_to_use_no_colours() -> None:
    assert "NO_COLOR=1" in sh("printenv | cat").out
    assert "NO_COLOR" not in sh("printenv").out


def test_functions_and_variables_reach_the_stages_of_a_pipeline() -> None:
    """A stage that is no plain program is a process of its own, with the state of the shell that started it."""
    machine = Machine()
    line = "x='a b'; f() { echo \"$x $1 $$ $?\"; }; (exit 3); f \"q'\" | cat; set -- 1 2; { echo $@ $#; } | cat"
    result = machine.run("-c", line)
    assert result.out == "a b q' 21 3\n1 2 2\n"
    assert [path for path, _ in machine.spawned].count("/bin/sh.py") == 2


def test_simple_lines_start_no_shell() -> None:
    """Builtins, substitutions and ( ) stay in the process; each program is one process."""
    machine = Machine()
    machine.run("-c", "x=$(echo $(pwd)); (cd /; echo a) > f; cat f | cat; echo $x | upper")
    assert [path for path, _ in machine.spawned] == ["/usr/commands/cat.py"] * 2 + ["/usr/commands/upper.py"]


def test_what_a_stage_changes_is_gone_afterwards() -> None:
    assert sh("x=1; echo 2 | read x; echo $x; x=3 | true; echo $x; (x=4); echo $x").out == "1\n1\n1\n"


def test_a_script_gets_its_arguments() -> None:
    """By `sh file`, by its ending, and by its first line."""
    machine = Machine()
    machine.files["/home/guest/s.sh"] = b"echo $0 $1 $#\nexit 3\n"
    machine.files["/home/guest/tool"] = b"#!/bin/sh.py\necho tool $1\n"
    result = machine.run("-c", "sh s.sh a b; echo $?; ./s.sh c; ./tool d; /home/guest/tool e")
    assert result.out == "s.sh a 2\n3\n/home/guest/s.sh c 1\ntool d\ntool e\n"


def test_a_script_without_the_right_to_execute_is_refused() -> None:
    machine = Machine()
    machine.files["/home/guest/s.sh"] = b"echo no\n"
    machine.modes["/home/guest/s.sh"] = "644"
    result = machine.run("-c", "./s.sh; echo $?")
    assert result.out == "126\n"
    assert result.err == "sh: ./s.sh: Permission denied\n"


def test_lines_before_a_syntax_error_are_run() -> None:
    result = sh("echo a\necho )\necho b")
    assert (result.out, result.status) == ("a\n", 2)
    assert result.err == "sh: line 2: syntax error near ')'\n"


def test_standard_input_is_read_line_by_line() -> None:
    """A command in a script on standard input reads what follows it."""
    result = Machine().run(stdin="echo a\nread x\nhello\nif true\nthen echo $x\nfi\ncat\nrest\n")
    assert result.out == "a\nhello\nrest\n"


def test_large_texts_go_through() -> None:
    """Output beyond a pipe's size, from a builtin, a here-document and a program."""
    line = "x=$(printf '%070000d' 0); echo ${#x}; y=$(echo $x | cat); echo ${#y}; z=$(cat <<E\n$x\nE\n); echo ${#z}"
    assert sh(line).out == "70000\n70000\n70000\n"


def test_a_script_is_not_stopped_by_bytes_that_are_no_text() -> None:
    machine = Machine()
    machine.files["/home/guest/f"] = b"a\xff\xfeb"
    machine.add_program("/usr/commands/raw.py", lambda process: _copy(process))
    machine.run("-c", "x=$(raw); echo \"$x\" > g")
    assert machine.files["/home/guest/g"] == b"a\xff\xfeb\n"


def _copy(process: Process) -> int:
    process.call("vfs_write", -11, process.machine.files["/home/guest/f"])
    return 0


def test_traps_run_between_commands() -> None:
    """The kernel calls the handler; the trap itself runs when the command is over."""
    machine = Machine()

    def term(process: Process) -> int:
        machine.handlers[15](15)
        return 0

    machine.add_program("/usr/commands/term.py", term)
    result = machine.run("-c", "trap 'echo caught $?' TERM; term; echo next; trap - TERM")
    assert result.out == "caught 0\nnext\n"
    assert machine.handlers[15] is None


def test_bad_options_are_bad_usage() -> None:
    result = Machine().run("-q")
    assert result.status == 2
    assert result.err.startswith("sh: -q: no such option\nusage:")
    assert Machine().run("-c").status == 2
    assert Machine().run("none.sh").status == 127
    assert Machine().run("--help").out.startswith("usage:")


def test_options_of_the_command_line() -> None:
    assert Machine().run("-ec", "false; echo no").status == 1
    assert Machine().run("-o", "pipefail", "-c", "fail 2 | true").status == 2


def test_kill_and_its_targets() -> None:
    machine = Machine()
    machine.run("-c", "kill -9 100; kill -TERM 101; kill -s INT 102; kill 103")
    assert machine.killed == [(100, 9), (101, 15), (102, 2), (103, 15)]
