"""The error numbers that this system's exceptions carry."""

from __future__ import annotations

EPERM, ENOENT, ESRCH, EINTR, EIO, ENXIO, EBADF, ECHILD, EAGAIN, ENOMEM, EACCES = 1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13
EBUSY, EEXIST, EXDEV, ENODEV, ENOTDIR, EISDIR, EINVAL, ENFILE, EMFILE, ENOTTY = 16, 17, 18, 19, 20, 21, 22, 23, 24, 25
EFBIG, ENOSPC, ESPIPE, EROFS, EPIPE, EDOM, ERANGE, EDEADLK, ENAMETOOLONG = 27, 28, 29, 30, 32, 33, 34, 35, 36
ENOSYS, ENOTEMPTY, EMSGSIZE, ETIMEDOUT, ECONNREFUSED, EDQUOT, ECANCELED = 38, 39, 90, 110, 111, 122, 125
EWOULDBLOCK = EAGAIN

errorcode = {number: name for name, number in list(globals().items()) if name[0] == "E" and name != "EWOULDBLOCK"}
