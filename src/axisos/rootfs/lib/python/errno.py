"""Error numbers by name: the whole POSIX table, so that programs can compare, and the text of those that occur here."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

_NUMBERS = """
    1:EPERM 2:ENOENT 3:ESRCH 4:EINTR 5:EIO 6:ENXIO 7:E2BIG 8:ENOEXEC 9:EBADF 10:ECHILD 11:EAGAIN 12:ENOMEM 13:EACCES
    14:EFAULT 15:ENOTBLK 16:EBUSY 17:EEXIST 18:EXDEV 19:ENODEV 20:ENOTDIR 21:EISDIR 22:EINVAL 23:ENFILE 24:EMFILE
    25:ENOTTY 26:ETXTBSY 27:EFBIG 28:ENOSPC 29:ESPIPE 30:EROFS 31:EMLINK 32:EPIPE 33:EDOM 34:ERANGE 35:EDEADLOCK
    36:ENAMETOOLONG 37:ENOLCK 38:ENOSYS 39:ENOTEMPTY 40:ELOOP 42:ENOMSG 43:EIDRM 44:ECHRNG 45:EL2NSYNC 46:EL3HLT
    47:EL3RST 48:ELNRNG 49:EUNATCH 50:ENOCSI 51:EL2HLT 52:EBADE 53:EBADR 54:EXFULL 55:ENOANO 56:EBADRQC 57:EBADSLT
    59:EBFONT 60:ENOSTR 61:ENODATA 62:ETIME 63:ENOSR 64:ENONET 65:ENOPKG 66:EREMOTE 67:ENOLINK 68:EADV 69:ESRMNT
    70:ECOMM 71:EPROTO 72:EMULTIHOP 73:EDOTDOT 74:EBADMSG 75:EOVERFLOW 76:ENOTUNIQ 77:EBADFD 78:EREMCHG 79:ELIBACC
    80:ELIBBAD 81:ELIBSCN 82:ELIBMAX 83:ELIBEXEC 84:EILSEQ 85:ERESTART 86:ESTRPIPE 87:EUSERS 88:ENOTSOCK
    89:EDESTADDRREQ 90:EMSGSIZE 91:EPROTOTYPE 92:ENOPROTOOPT 93:EPROTONOSUPPORT 94:ESOCKTNOSUPPORT 95:ENOTSUP
    96:EPFNOSUPPORT 97:EAFNOSUPPORT 98:EADDRINUSE 99:EADDRNOTAVAIL 100:ENETDOWN 101:ENETUNREACH 102:ENETRESET
    103:ECONNABORTED 104:ECONNRESET 105:ENOBUFS 106:EISCONN 107:ENOTCONN 108:ESHUTDOWN 109:ETOOMANYREFS 110:ETIMEDOUT
    111:ECONNREFUSED 112:EHOSTDOWN 113:EHOSTUNREACH 114:EALREADY 115:EINPROGRESS 116:ESTALE 117:EUCLEAN 118:ENOTNAM
    119:ENAVAIL 120:EISNAM 121:EREMOTEIO 122:EDQUOT 123:ENOMEDIUM 124:EMEDIUMTYPE 125:ECANCELED 126:ENOKEY
    127:EKEYEXPIRED 128:EKEYREVOKED 129:EKEYREJECTED 130:EOWNERDEAD 131:ENOTRECOVERABLE 132:ERFKILL
"""
_OTHER_NAMES = {"EWOULDBLOCK": 11, "EDEADLK": 35, "EOPNOTSUPP": 95}
_TEXTS = {  # of those for which axis.errors, which has the others, has none
    0: "Success", 7: "Argument list too long", 8: "Exec format error", 10: "No child processes", 14: "Bad address",
    18: "Invalid cross-device link", 22: "Invalid argument", 25: "Inappropriate ioctl for device", 27: "File too large",
    29: "Illegal seek", 31: "Too many links", 33: "Numerical argument out of domain",
    34: "Numerical result out of range", 36: "File name too long", 38: "Function not implemented",
    40: "Too many levels of symbolic links", 95: "Operation not supported", 98: "Address already in use",
    104: "Connection reset by peer", 111: "Connection refused", 122: "Disk quota exceeded",
}

errorcode: dict[int, str] = {}
for _pair in _NUMBERS.split():
    _number, _, _name = _pair.partition(":")
    errorcode[int(_number)] = _name
globals().update({name: number for number, name in errorcode.items()})
globals().update(_OTHER_NAMES)


def _text_of(number: int) -> str:
    """What `os.strerror` says."""
    if number in _TEXTS:
        return _TEXTS[number]
    from axis import errors

    for _kind, known, text in errors._TABLE.values():
        if known == number:
            return text
    return f"Unknown error {number}"


def __getattr__(name: str) -> NoReturn:
    from axis import absent

    absent.attribute("errno", name)
