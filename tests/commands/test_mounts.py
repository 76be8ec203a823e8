"""mount, umount, df, chown, stat: what they print and what they say when they cannot."""

# ruff: noqa: E501 - a program or command line reads best on one line
from __future__ import annotations

import pytest


def test_what_is_mounted_is_shown(shell) -> None:
    """Disk, place, type, options; with -t those of one type."""
    result = shell("mount; echo; mount -t tmpfs")
    assert result.stdout.decode().split("\n") == [
        "AxisOS on / type rootfs (rw)", "home on /home type homefs (rw)", "tmpfs on /tmp type tmpfs (rw)",
        "/log on /var/log type ringfs (rw)", "/dev/ringlog on /var/log/syslog type ringfs (rw,size=8192)", "",
        "tmpfs on /tmp type tmpfs (rw)", "",
    ]


def test_a_quota_is_mounted_filled_and_unmounted(shell) -> None:
    """A full quota is one line on standard error; df counts what is there."""
    result = shell(
        "mkdir /d; mount -o size=2 boot:/d /d; yes | head -c 1000 > /d/f; df -b /d; yes | head -c 9000 > /d/g; df -k /d;"
        "umount /d; ls /d; df -b / | wc -l", user="root",
    )
    assert result.stdout.decode().split("\n") == [
        "DISK    TYPE    SIZE  USED  FREE  USE%  MOUNTED ON", "AxisOS  homefs  2048  1512   536   74%  /d",
        "DISK    TYPE    SIZE  USED  FREE  USE%  MOUNTED ON", "AxisOS  homefs     2     2     1   99%  /d", "f", "g", "2", "",
    ]
    assert b"No space left on device" in result.stderr


def test_df_follows_other_names_and_needs_no_rights(shell) -> None:
    """/var/log lies on the root disk."""
    result = shell("df /var/log /tmp /etc | tail -n +2 | tr -s ' ' | cut -d ' ' -f 7; df /nope")
    assert result.stdout == b"/\n/tmp\n" and result.stderr == b"df: /nope: No such file or directory\n"


def test_owners_are_changed_and_shown(shell) -> None:
    """chown takes numbers and root, alone or with a group, and goes down with -R; stat and ls show them."""
    result = shell(
        "mkdir -p /d/e; echo hi > /d/e/f; chown -R 7:8 /d; chown :9 /d/e; chown root /d; stat -c '%n %u %g %a %A %F %s' /d /d/e /d/e/f;"
        "ls -l /d/e | cut -c 1-15; stat -c '100%% %m' /tmp; stat /d/e/f | head -3", user="root",
    )
    assert result.stdout.decode().split("\n") == [
        "/d 0 8 755 rwxr-xr-x directory 0", "/d/e 7 9 755 rwxr-xr-x directory 0", "/d/e/f 7 8 644 rw-r--r-- file 3",
        "-rw-r--r--  7  ", "100% /tmp", "  File: /d/e/f", "  Type: file   Size: 3   On: /", "Access: 644 (rw-r--r--)   Uid: 7   Gid: 8", "",
    ]


@pytest.mark.parametrize(
    ("line", "complaint", "code"),
    [
        ("mount label=tmpfs /home/guest", "mount: /home/guest: only root (uid 0) may mount and unmount", 1),
        ("umount /tmp", "umount: /tmp: only root (uid 0) may mount and unmount", 1),
        ("chown 5 /etc/hostname", "chown: /etc/hostname: Operation not permitted", 1),
        ("mount /nope", "mount: /nope: /etc/fstab.toml has no entry for it", 1),
        ("stat nope", "stat: nope: No such file or directory", 1),
        ("stat -c %q /", "stat: %q: a format has %n %F %s %a %A %u %g %Y %y %m and %% (see stat --help)", 2),
        ("stat -c 100% /", "stat: %: a format has %n %F %s %a %A %u %g %Y %y %m and %% (see stat --help)", 2),
        ("chown : x", "chown: :: neither an owner nor a group (see chown --help)", 2),
        ("chown joe x", "chown: joe: the owner must be a whole number (see chown --help)", 2),
        ("chown 5", "chown: missing operand: an owner and a path (see chown --help)", 2),
        ("umount", "umount: missing operand: where it is mounted (see umount --help)", 2),
        ("mount -a x", "mount: x: too many operands (see mount --help)", 2),
        ("df -z", "df: -z: unknown option (see df --help)", 2),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(shell, line: str, complaint: str, code: int) -> None:
    """On standard error, without a traceback; wrong use is 2."""
    result = shell(line)
    assert (result.stderr.decode(), result.exit_code) == (complaint + "\n", code)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("mount floppy /tmp", "mount: /tmp: a disk is mounted there already; unmount it first, or give remount"),
        ("mount floppy /etc", "mount: /etc: no disk of this machine has the address 'floppy'; a label is given as label:<name>"),
        ("mount -o quick label=tmpfs /etc", "mount: /etc: option 'quick' is none of rw, ro, noauto, remount, size=<KiB>, uid=, gid=, mode="),
        ("mount -o size=12k label=tmpfs /etc", "mount: /etc: option 'size' takes a whole number from 0, not '12k'"),
        ("mount -t ext4 label=tmpfs /etc", "mount: /etc: type 'ext4' is none of homefs, tmpfs, ringfs"),
        ("mount -o remount,ro /nope", "mount: /nope: nothing is mounted there"),
        ("umount /", "umount: /: the root is what the machine runs from"),
        ("umount /etc", "umount: /etc: nothing is mounted there"),
    ],
)
def test_what_root_cannot_do_either(shell, line: str, complaint: str) -> None:
    """The whole reason, once."""
    result = shell(line, user="root")
    assert (result.stderr.decode(), result.exit_code) == (complaint + "\n", 1)


def test_mount_a_brings_back_what_fstab_names(shell) -> None:
    """By -a and by the point alone, with its rights; what is mounted already is left alone."""
    result = shell(
        "echo one > /home/f; chmod 600 /home/f; umount /home; ls /home; mount -a; stat -c %a /home/f; umount /home;"
        "mount /home; cat /home/f; mount -a; mount -o remount,ro /home; rm /home/f; mount | grep home", user="root",
    )
    assert result.stdout.decode().split("\n") == ["600", "one", "home on /home type homefs (ro)", ""]
    assert result.stderr.decode().startswith("rm: /home/f: Read-only file system")
