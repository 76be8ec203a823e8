"""What the bits of `st_mode` mean."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

S_IFDIR, S_IFCHR, S_IFBLK, S_IFREG = 0o40000, 0o20000, 0o60000, 0o100000
S_IFIFO, S_IFLNK, S_IFSOCK = 0o10000, 0o120000, 0o140000
S_IRWXU, S_IRUSR, S_IWUSR, S_IXUSR = 0o700, 0o400, 0o200, 0o100
S_IRWXG, S_IRGRP, S_IWGRP, S_IXGRP = 0o070, 0o040, 0o020, 0o010
S_IRWXO, S_IROTH, S_IWOTH, S_IXOTH = 0o007, 0o004, 0o002, 0o001
S_ISUID, S_ISGID, S_ISVTX, S_ENFMT = 0o4000, 0o2000, 0o1000, 0o2000
S_IREAD, S_IWRITE, S_IEXEC = 0o400, 0o200, 0o100
ST_MODE, ST_INO, ST_DEV, ST_NLINK, ST_UID, ST_GID, ST_SIZE, ST_ATIME, ST_MTIME, ST_CTIME = range(10)


def S_IMODE(mode: int, /) -> int:
    """The rights."""
    return mode & 0o7777


def S_IFMT(mode: int, /) -> int:
    """The kind of file."""
    return mode & 0o170000


def S_ISDIR(mode: int, /) -> bool:
    return mode & 0o170000 == S_IFDIR


def S_ISREG(mode: int, /) -> bool:
    return mode & 0o170000 == S_IFREG


def S_ISCHR(mode: int, /) -> bool:
    return mode & 0o170000 == S_IFCHR


def S_ISBLK(mode: int, /) -> bool:
    return mode & 0o170000 == S_IFBLK


def S_ISFIFO(mode: int, /) -> bool:
    return mode & 0o170000 == S_IFIFO


def S_ISLNK(mode: int, /) -> bool:
    return mode & 0o170000 == S_IFLNK


def S_ISSOCK(mode: int, /) -> bool:
    return mode & 0o170000 == S_IFSOCK


def S_ISDOOR(mode: int, /) -> bool:
    return False


def S_ISPORT(mode: int, /) -> bool:
    return False


def S_ISWHT(mode: int, /) -> bool:
    return False


def filemode(mode: int, /) -> str:
    """`-rw-r--r--`."""
    kinds = {S_IFDIR: "d", S_IFCHR: "c", S_IFREG: "-", S_IFBLK: "b", S_IFIFO: "p", S_IFLNK: "l", S_IFSOCK: "s"}
    letters = [kinds.get(S_IFMT(mode), "?")]
    letters += ["rwx"[index % 3] if mode >> 8 - index & 1 else "-" for index in range(9)]
    for bit, place, letter in ((S_ISUID, 3, "s"), (S_ISGID, 6, "s"), (S_ISVTX, 9, "t")):
        if mode & bit:
            letters[place] = letter if letters[place] == "x" else letter.upper()
    return "".join(letters)


def __getattr__(name: str) -> NoReturn:
    from axis import absent

    absent.attribute("stat", name)
