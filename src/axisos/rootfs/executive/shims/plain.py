"""The smaller stand-ins: hashes, secrets, and what library code wants of os, io, threading and others."""

from __future__ import annotations

import operator
from types import SimpleNamespace

from abi.sealed import Sealed
from executive import policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from executive.shims import World

MAX_ROUNDS = 1_000_000  # of a key derivation in one call
MAX_SCRYPT = 1 << 25  # bytes


class Lock(metaclass=Sealed):
    """A lock for library code: its critical sections are short, and a process's threads switch at checkpoints only."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        self.count += 1
        return True

    def release(self) -> None:
        self.count -= 1

    def locked(self) -> bool:
        return self.count > 0

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()


def make_thread(world: World) -> dict[str, Any]:
    return {
        "RLock": lambda: Lock(), "allocate_lock": lambda: Lock(), "get_ident": lambda: 1, "error": RuntimeError,
        "TIMEOUT_MAX": 1e9,
    }


def make_threading(world: World) -> dict[str, Any]:
    """The guest's own `threading` of /lib/python when it can be had (queue needs its conditions)."""
    try:
        return dict(vars(world.builtins["__import__"]("threading")))
    except ImportError:
        return make_thread(world) | {"Lock": lambda: Lock(), "local": type("local", (), {})}


def make_time(world: World) -> dict[str, Any]:
    try:
        return dict(vars(world.builtins["__import__"]("time")))
    except ImportError:
        import time

        return {
            "gmtime": time.gmtime, "localtime": time.gmtime, "strftime": time.strftime,
            "time": lambda: world.syscall("time_get")[1], "monotonic": lambda: world.syscall("time_get")[0],
            "time_ns": lambda: int(world.syscall("time_get")[1] * 1e9),
        }


_OF_OS = frozenset({
    "path", "fspath", "getpid", "environ", "linesep", "sep", "stat", "fstat", "PathLike", "getcwd", "listdir", "curdir",
    "pardir", "altsep",
})


def make_os(world: World) -> dict[str, Any]:
    """`os` for library code: chance from the machine, and the program's own `os` for the rest."""
    def urandom(size: int) -> Any:
        return world.syscall("random_bytes", size)

    def __getattr__(name: str) -> Any:
        if name in _OF_OS:
            return getattr(world.builtins["__import__"]("os"), name)
        raise AttributeError(f"module 'os' has no attribute {name!r}", name=name)

    return {"urandom": urandom, "name": "posix", "__getattr__": __getattr__}


def make_gettext(world: World) -> dict[str, Any]:
    return {
        "gettext": lambda message: message,
        "ngettext": lambda singular, plural, count: singular if count == 1 else plural,
    }


def make_shutil(world: World) -> dict[str, Any]:
    """What argparse wants to know of the terminal."""
    def get_terminal_size(fallback: tuple[int, int] = (80, 24)) -> Any:
        return world.builtins["__import__"]("shutil").get_terminal_size(fallback)

    return {"get_terminal_size": get_terminal_size}


def make_unicodedata(world: World) -> dict[str, Any]:
    from executive import vetted

    names = vetted.copied(world.host_module("unicodedata"), "unicodedata")
    real_normalize, real_is_normalized = names["normalize"], names["is_normalized"]

    def checked(text: str) -> str:
        if isinstance(text, str) and policy.has_many_marks(text):
            raise ValueError(f"more than {policy.MAX_MARKS} combining characters in a row")
        return text

    names["normalize"] = lambda form, text, /: real_normalize(form, checked(text))
    names["is_normalized"] = lambda form, text, /: real_is_normalized(form, checked(text))
    return names


_COLLECTION_FLAGS = 1 << 5 | 1 << 6  # what sequences and mappings are known by in patterns
_IMMUTABLE = 1 << 8
_flags_of = type.__dict__["__flags__"].__get__


def make_abc(world: World) -> dict[str, Any]:
    """`_abc`, but that no process marks a class that others share as a sequence or a mapping."""
    from executive import vetted

    names = vetted.copied(world.host_module("_abc"), "_abc")
    real_register = names["_abc_register"]

    def _abc_register(cls: Any, subclass: Any, /) -> Any:
        if (
            isinstance(subclass, type) and _flags_of(cls) & _COLLECTION_FLAGS
            and not _flags_of(subclass) & (_IMMUTABLE | _COLLECTION_FLAGS)
        ):
            world.builtins["_axis_sealed"](subclass)
        return real_register(cls, subclass)

    names["_abc_register"] = _abc_register
    return names


def make_platform(world: World) -> dict[str, Any]:
    return {"system": lambda: "AxisOS"}


def make_atexit(world: World) -> dict[str, Any]:
    return {"register": lambda function, *args, **kwargs: function, "unregister": lambda function: None}


def make_io(world: World) -> dict[str, Any]:
    from executive import vetted

    names = vetted.copied(world.host_module("_io"), "_io")
    host_base, host_raw, host_buffered, host_text = (
        names.pop(name) for name in ("_IOBase", "_RawIOBase", "_BufferedIOBase", "_TextIOBase")
    )

    class IOBase(host_base):  # type: ignore[misc, valid-type]
        """What all streams can do."""

        __module__ = "io"

    class RawIOBase(host_raw, IOBase):  # type: ignore[misc, valid-type]
        """Streams of bytes without a buffer."""

        __module__ = "io"

    class BufferedIOBase(host_buffered, IOBase):  # type: ignore[misc, valid-type]
        """Streams of bytes with a buffer."""

        __module__ = "io"

    class TextIOBase(host_text, IOBase):  # type: ignore[misc, valid-type]
        """Streams of text."""

        __module__ = "io"

    for kind in (IOBase, RawIOBase, BufferedIOBase, TextIOBase):
        world.own(kind)
        names[kind.__name__] = kind
    names.update(SEEK_SET=0, SEEK_CUR=1, SEEK_END=2)
    names["open"] = world.builtins["open"]
    names["text_encoding"] = lambda encoding, stacklevel=2: encoding or "utf-8"
    return names


def make_locale(world: World) -> dict[str, Any]:
    def getlocale(category: int = 0) -> tuple[str, str]:
        return "C", "UTF-8"

    def setlocale(category: int, locale: Any = None) -> str:
        return "C"

    return {
        "getlocale": getlocale, "setlocale": setlocale, "LC_ALL": 6, "LC_TIME": 2, "LC_NUMERIC": 1, "LC_CTYPE": 0,
        "Error": ValueError, "getpreferredencoding": lambda do_setlocale=True: "UTF-8",
        "localeconv": lambda: {"decimal_point": ".", "thousands_sep": "", "grouping": []},
    }


def make_hashlib(world: World) -> dict[str, Any]:
    real = world.host_module("hashlib")
    always = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s", "sha3_224", "sha3_256",
              "sha3_384", "sha3_512", "shake_128", "shake_256")
    constructors = {name: getattr(real, name) for name in always}

    def new(name: str, data: Any = b"", **kwargs: Any) -> Any:
        maker = constructors.get(name.lower()) if type(name) is str else None
        if maker is None:
            raise ValueError(f"unsupported hash type {name}")
        return maker(data, **kwargs)

    def pbkdf2_hmac(hash_name: str, password: Any, salt: Any, iterations: int, dklen: Any = None) -> Any:
        blocks = 1 if dklen is None else -(-operator.index(dklen) // new(hash_name).digest_size)
        if type(iterations) is not int or iterations * blocks > MAX_ROUNDS:
            raise ValueError(f"at most {MAX_ROUNDS} iterations for each {new(hash_name).digest_size} bytes of the key")
        return real.pbkdf2_hmac(hash_name, password, salt, iterations, dklen)

    def scrypt(password: Any, *, salt: Any, n: int, r: int, p: int, maxmem: int = 0, dklen: int = 64) -> Any:
        if any(type(number) is not int for number in (n, r, p)) or n * r * 128 > MAX_SCRYPT or p > 8:
            raise ValueError(f"scrypt with more than {MAX_SCRYPT >> 20} MiB or p above 8 is not offered")
        return real.scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=MAX_SCRYPT * 2, dklen=dklen)

    def file_digest(fileobj: Any, digest: Any) -> Any:
        made = new(digest) if isinstance(digest, str) else digest()
        while data := fileobj.read(65536):
            world.pause()
            made.update(data)
        return made

    return {
        **constructors, "new": new, "pbkdf2_hmac": pbkdf2_hmac, "scrypt": scrypt, "file_digest": file_digest,
        "algorithms_guaranteed": frozenset(always), "algorithms_available": frozenset(always),
    }


def make_secrets(world: World) -> dict[str, Any]:
    import base64
    import hmac

    def token_bytes(nbytes: Any = None) -> Any:
        return world.syscall("random_bytes", 32 if nbytes is None else nbytes)

    def token_hex(nbytes: Any = None) -> str:
        return str(token_bytes(nbytes).hex())

    def token_urlsafe(nbytes: Any = None) -> str:
        return base64.urlsafe_b64encode(token_bytes(nbytes)).rstrip(b"=").decode("ascii")

    def randbits(k: int) -> int:
        size = (k + 7) // 8
        return int.from_bytes(token_bytes(size), "big") >> (size * 8 - k)

    def randbelow(exclusive_upper_bound: int) -> int:
        if exclusive_upper_bound <= 0:
            raise ValueError("Upper bound must be positive.")
        bits = exclusive_upper_bound.bit_length()
        while (value := randbits(bits)) >= exclusive_upper_bound:
            pass
        return value

    def choice(sequence: Any) -> Any:
        if not len(sequence):
            raise IndexError("cannot choose from an empty sequence")
        return sequence[randbelow(len(sequence))]

    def compare_digest(a: Any, b: Any) -> bool:
        return hmac.compare_digest(a, b)

    return {
        "SystemRandom": world.library("random").SystemRandom,
        "token_bytes": token_bytes, "token_hex": token_hex, "token_urlsafe": token_urlsafe, "randbits": randbits,
        "randbelow": randbelow, "choice": choice, "compare_digest": compare_digest, "DEFAULT_ENTROPY": 32,
    }


def make_importlib(world: World) -> dict[str, Any]:
    """For library code that imports what a program named: as the program would."""
    def import_module(name: str) -> Any:
        world.builtins["__import__"](name)
        return world.modules[name]

    return {"import_module": import_module}


def make_linecache(world: World) -> dict[str, Any]:
    """Lines of source, for library code: there are none of texts that were compiled at run time."""
    return {"getline": lambda *place: "", "getlines": lambda *place: [], "cache": {}, "checkcache": lambda *name: None}


def make_gc(world: World) -> dict[str, Any]:
    """The collector is the host's: library code finds it switched on, and cannot switch it."""
    return {"isenabled": lambda: True, "enable": lambda: None, "disable": lambda: None, "collect": lambda *level: 0}


def make_codecs(world: World) -> dict[str, Any]:
    import codecs

    names = {name: getattr(codecs, name) for name in dir(codecs) if name.startswith("BOM")}

    def encode(text: Any, encoding: str = "utf-8", errors: str = "strict") -> Any:
        return str.encode(text, encoding, errors)

    def decode(data: Any, encoding: str = "utf-8", errors: str = "strict") -> Any:
        return bytes(data).decode(encoding, errors)

    return {**names, "encode": encode, "decode": decode}


def make_json(world: World) -> dict[str, Any]:
    """`_json`, whose scanner raises an error class of the host's: programs get the one of their own `json`."""
    from executive import vetted

    host = world.host_module("json")
    names = vetted.copied(world.host_module("_json"), "_json")

    def translated(function: Any) -> Any:
        def call(*args: Any) -> Any:
            try:
                return function(*args)
            except host.JSONDecodeError as error:
                problem = error
            raise world.library("json.decoder").JSONDecodeError(problem.msg, problem.doc, problem.pos)

        return call

    real_make, real_scan = names["make_scanner"], names["scanstring"]
    names.update(make_scanner=lambda context: translated(real_make(context)), scanstring=translated(real_scan))
    return names


def make_csv(world: World) -> dict[str, Any]:
    """`_csv` with a table of dialects for each process: the C module has one for all."""
    from executive import vetted

    names = vetted.copied(world.host_module("_csv"), "_csv")
    error, real_reader, real_writer, real_dialect = (names[key] for key in ("Error", "reader", "writer", "Dialect"))
    dialects: dict[str, Any] = {}
    limit = [131072]

    def get_dialect(name: str) -> Any:
        try:
            return dialects[name]
        except KeyError:
            raise error("unknown dialect") from None

    def resolve(dialect: Any) -> Any:
        return get_dialect(dialect) if isinstance(dialect, str) else dialect

    def register_dialect(name: str, dialect: Any = None, **options: Any) -> None:
        if not isinstance(name, str):
            raise TypeError("dialect name must be a string")
        base = resolve(dialect)
        dialects[name] = real_dialect(base, **options) if base is not None else real_dialect(**options)

    def unregister_dialect(name: str) -> None:
        get_dialect(name)
        del dialects[name]

    def reader(rows: Any, dialect: Any = "excel", **options: Any) -> Any:
        return real_reader(rows, resolve(dialect), **options)

    def writer(file: Any, dialect: Any = "excel", **options: Any) -> Any:
        write = file.write

        def paced_write(text: str) -> Any:
            world.pause()  # `writerows` calls it from C, for as long as there are rows
            return write(text)

        return real_writer(SimpleNamespace(write=paced_write), resolve(dialect), **options)

    def field_size_limit(*new: int) -> int:
        old = limit[0]
        if new:
            limit[0] = new[0]
        return old

    names.update(
        reader=reader, writer=writer, register_dialect=register_dialect, unregister_dialect=unregister_dialect,
        get_dialect=get_dialect, list_dialects=lambda: list(dialects), field_size_limit=field_size_limit,
    )
    return names
