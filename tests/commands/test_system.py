"""The commands that look at the system, and those that change it."""

# ruff: noqa: E501 - a program or command line reads best on one line
from __future__ import annotations

from pathlib import Path

import pytest

from axisos.machine import disk
from axisos.machine.machine import Machine

COMMANDS = sorted(path.stem for path in Path(disk.packaged_root(), "usr", "commands").glob("*.py"))


def test_every_command_has_help(shell) -> None:
    """-h and --help print how it is used, with exit status 0."""
    paths = [f"/usr/commands/{name}.py" for name in COMMANDS]  # some of the names are the shell's own words
    script = "; ".join(f"{path} -h > /tmp/h || echo {path}; head -n 1 /tmp/h; {path} --help | head -n 1" for path in paths)
    result = shell(script)
    lines = result.stdout.decode().splitlines()
    assert result.stderr == b""
    assert len(lines) == 2 * len(COMMANDS)
    for index, name in enumerate(COMMANDS):
        assert lines[2 * index].startswith(f"Usage: {name}"), name
        assert lines[2 * index + 1] == lines[2 * index]


def test_help_lists_every_command(shell) -> None:
    """With one line on each."""
    words = [line.split(None, 1) for line in shell("/usr/commands/help.py").stdout.decode().splitlines()]
    listed = dict(pair for pair in words if len(pair) == 2)
    assert set(COMMANDS) <= set(listed)
    assert listed["ls"] == "list directories."
    assert not {"exercise", "headless", "init"} & set(listed)


def test_help_knows_the_shells_own_words(shell) -> None:
    """`cd` is no program, and there is help about it all the same."""
    result = shell("help cd while nosuch")
    assert result.stderr.decode().splitlines() == [
        "help: cd: a word of the shell; `help` alone shows how it is used",
        "help: while: a word of the shell; `help` alone shows how it is used",
        "help: nosuch: command not found",
    ]


def test_who_and_where_one_is(shell) -> None:
    """id, whoami, hostname, uname, printenv, env speak of the user's own process."""
    result = shell(
        "id; whoami; id -u; uname; printenv USER;"
        "/usr/commands/env.py -u HOME X=1 printenv X HOME; echo $?; /usr/commands/env.py X=2 | grep X="
    )
    assert result.stdout.decode().split("\n") == [
        "uid=1000(guest) gid=1000 groups=1000 ring=3", "guest", "1000", "AxisOS", "guest", "1", "1", "X=2", "",
    ]
    assert shell("whoami; id -u", user="root").stdout == b"root\n0\n"
    assert shell("uname -a").stdout.startswith(b"AxisOS ")


def test_processes_are_listed_and_ended(shell) -> None:
    """ps shows pid, parent, ring, status and image; kill ends a process by signal."""
    result = shell("sleep 100 & $K $!; wait $!; echo $?; ps; $K -l 143; $K -0 $$; echo $?", env={"K": "/usr/commands/kill.py"})
    lines = result.stdout.decode().splitlines()
    assert lines[0] == "143"
    assert lines[1].split() == ["PID", "PPID", "RING", "STATUS", "IMAGE"]
    assert any(line.split()[2:] == ["3", "running", "/usr/commands/ps.py"] for line in lines)
    assert lines[-2:] == ["TERM", "0"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("/usr/commands/kill.py 99999", "kill: 99999: No such process"),
        ("/usr/commands/kill.py 2", "kill: 2: Operation not permitted"),
        ("reboot", "reboot: only root may; use su"),
        ("shutdown", "shutdown: only root may; use su"),
        ("insmod nope", "insmod: nope: no such driver file"),
        ("insmod ringfs", "insmod: /drivers/ringfs.sys.py: only root may load drivers"),
        ("reg set @VT/SYS x 1", r"reg: @VT\SYS x: the registry can be changed by rings 0 to 2 only"),
        ("reg query @VT/NOPE", "reg: @VT/NOPE: Key not found"),
        ("dmesg -c", "dmesg: only rings 0 and 1 may empty the log"),
        ("hostname box", "hostname: /etc/hostname: Permission denied"),
        ("logread -f nope", "logread: nope: No such file or directory"),
    ],
)
def test_what_the_user_may_not_is_refused_politely(shell, line: str, complaint: str) -> None:
    """The command says so by itself: it is not ended for a forbidden system call."""
    result = shell(line)
    assert (result.stderr.decode(), result.exit_code) == (complaint + "\n", 1)


def test_the_registry_can_be_read(shell) -> None:
    """query, get, tree, info and find."""
    result = shell(
        "reg query '@VT\\SYS\\BOOT' | grep KernelVersion | cut -c 1-15; reg get @VT/SYS/BOOT SafeMode; reg tree @VT/SYS 1;"
        "reg info @VT/SYS | head -1; reg find boot"
    )
    text = result.stdout.decode()
    assert text.startswith("  KernelVersion\nSafeMode = false (STR)\n+ SYS\n  - BOOT")
    assert "name      SYS\n" in text
    assert text.endswith("@VT\\SYS\\BOOT\n1 found\n")


def test_the_machine_is_described(shell) -> None:
    """free, uptime, date, sched, meminfo, ipcs, dmesg, logread print their numbers."""
    result = shell(
        "free | head -1; uptime; date -d @0; date +%Y -d @86400; sched | head -1; sched -pv | grep -c PREEMPT; meminfo -p | head -1;"
        "ipcs | head -1; dmesg -n 1 | wc -l; dmesg -s | tail -1 | cut -d ' ' -f 2-3; logread | head -1 | wc -l; logread -l | head -1"
    )
    lines = result.stdout.decode().splitlines()
    assert result.stderr == b""
    assert lines[0].split() == ["TOTAL", "USED", "FREE", "USE%"]
    assert lines[1].startswith("up 0:00:")
    assert lines[2:4] == ["Thu Jan  1 00:00:00 UTC 1970", "1970"]
    assert lines[4].startswith("resumes")
    assert lines[5] == "1"
    assert lines[6].startswith("total")
    assert lines[7] == "sync objects"
    assert lines[8:10] == ["1", "of 1000"]
    assert lines[-1] == "/log:"


def test_a_driver_is_inspected(shell) -> None:
    """insmod -i shows what the file says of itself; anybody may."""
    result = shell("insmod -i ringfs")
    assert b"file:      /drivers/ringfs.sys.py\n" in result.stdout
    assert b"type:      KernelModeDriver (ring 2)\n" in result.stdout
    assert result.exit_code == 0


def test_root_turns_the_machine_off(machine: Machine) -> None:
    """shutdown by uid 0 stops the machine."""
    from axisos import host

    result = host.run(machine, None, line="shutdown", user="root")
    assert result.exit_code == 137
    assert "switched off" in (result.reason or "")


def test_sleeping_takes_machine_time(machine: Machine) -> None:
    """Units are understood and added up."""
    from axisos import host

    result = host.run(machine, None, line="date +%s; sleep 1m 1.5 0.5s; date +%s", timeout=600.0)
    before, after = (int(word) for word in result.stdout.split())
    assert after - before in (62, 63)


def test_passwords_come_from_standard_input_where_there_is_no_terminal(shell) -> None:
    """su and passwd take a line for each question and end at the end: a run without a terminal never hangs."""
    assert shell("su -c 'id -u; cat'", stdin=b"root\nrest").stdout == b"0\nrest"
    assert shell("su -c id", stdin=b"wrong\n").exit_code == 1
    assert shell("su -c id").stderr == b"su: no password was given\n"
    assert shell("passwd").stderr == b"passwd: nothing was changed\n"
    result = shell("passwd; su -c 'id -u' guest", stdin=b"guest\nlonger one\nlonger one\nlonger one\n")
    assert result.stdout.decode().splitlines()[1:] == ["The password of guest was changed.", "1000"], result


def test_limits_are_shown(shell) -> None:
    """Each limit with what there may be and what there is; one's own, or another process's."""
    lines = shell("limits; limits $$ | wc -l; limits 99999").stdout.decode().splitlines()
    assert lines[0].split() == ["LIMIT", "MAY", "HAS"]
    shown = {line.split()[0]: line.split()[1:] for line in lines[1:-1]}
    assert shown["handles"][0] == "1024" and int(shown["user_processes"][1]) >= 2
    assert shown["syscalls_per_second"] == ["10000000", "-"]
    assert lines[-1] == str(len(lines) - 1)
