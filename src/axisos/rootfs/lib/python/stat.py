"""What the bits of `st_mode` mean."""

from __future__ import annotations

S_IFDIR, S_IFCHR, S_IFBLK, S_IFREG = 0o40000, 0o20000, 0o60000, 0o100000
S_IFIFO, S_IFLNK, S_IFSOCK = 0o10000, 0o120000, 0o140000
S_IRWXU, S_IRUSR, S_IWUSR, S_IXUSR = 0o700, 0o400, 0o200, 0o100
S_IRWXG, S_IRGRP, S_IWGRP, S_IXGRP = 0o070, 0o040, 0o020, 0o010
S_IRWXO, S_IROTH, S_IWOTH, S_IXOTH = 0o007, 0o004, 0o002, 0o001
S_ISUID, S_ISGID, S_ISVTX = 0o4000, 0o2000, 0o1000
ST_MODE, ST_INO, ST_DEV, ST_NLINK, ST_UID, ST_GID, ST_SIZE, ST_ATIME, ST_MTIME, ST_CTIME = range(10)


def S_IMODE(mode: int) -> int:
    return mode & 0o7777


def S_IFMT(mode: int) -> int:
    return mode & 0o170000


def S_ISDIR(mode: int) -> bool:
    return S_IFMT(mode) == S_IFDIR


def S_ISREG(mode: int) -> bool:
    return S_IFMT(mode) == S_IFREG


def S_ISCHR(mode: int) -> bool:
    return S_IFMT(mode) == S_IFCHR


def S_ISLNK(mode: int) -> bool:
    return False


def filemode(mode: int) -> str:
    """`-rw-r--r--`."""
    kind = {S_IFDIR: "d", S_IFCHR: "c", S_IFREG: "-"}.get(S_IFMT(mode), "?")
    return kind + "".join(["rwx"[index % 3] if mode >> 8 - index & 1 else "-" for index in range(9)])
