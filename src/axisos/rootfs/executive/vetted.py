"""Which modules of the host's Python a guest may import, and in which form it gets them.

    COPIED    modules written in C whose functions hold no state: the guest gets a module of its own with the names
              listed here (or all public ones); the functions and types behind them are shared
    LIBRARY   sources of the standard library, executed anew in each process that imports them, with checkpoints
    SHIMS     small modules of ours that stand in for one of the above, in `executive/shims`
    SYSTEM    what processes of ring <= 2 get from the host in addition, as it is

"Exported by `__all__`" is not a reason to offer a name: names that open files, reach frames, run text or keep state
for all processes are left out below.

Called by   the sandbox's importer.
Owns        constant tables.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# name -> the names it offers; an empty tuple means every public one.
COPIED: dict[str, frozenset[str]] = {
    "math": _words(""),
    "cmath": _words(""),
    "binascii": _words(""),
    "unicodedata": _words("""bidirectional category combining decimal decomposition digit east_asian_width
        is_normalized lookup mirrored name normalize numeric ucd_3_2_0 unidata_version"""),
    "array": _words("array ArrayType typecodes"),
    "zlib": _words(""),
    "_struct": _words("Struct calcsize error iter_unpack pack pack_into unpack unpack_from"),
    "_bisect": _words(""),
    "_heapq": _words(""),
    "_random": _words("Random"),
    "_operator": _words(""),
    "_datetime": _words("date datetime time timedelta timezone tzinfo MINYEAR MAXYEAR UTC"),
    "_json": _words("encode_basestring encode_basestring_ascii scanstring make_encoder make_scanner"),
    "_csv": _words(""),
    "_md5": _words(""),
    "_sha1": _words(""),
    "_sha256": _words(""),
    "_sha512": _words(""),
    "_sha2": _words(""),
    "_sha3": _words(""),
    "_blake2": _words(""),
    "_io": _words("""StringIO BytesIO TextIOWrapper BufferedReader BufferedWriter BufferedRandom BufferedRWPair
        IncrementalNewlineDecoder UnsupportedOperation DEFAULT_BUFFER_SIZE _IOBase _RawIOBase _BufferedIOBase
        _TextIOBase BlockingIOError"""),
    "_statistics": _words("_normal_dist_inv_cdf"),
    "_abc": _words("""_abc_init _abc_instancecheck _abc_register _abc_subclasscheck _get_dump _reset_caches
        _reset_registry get_cache_token"""),
    "_string": _words("formatter_parser formatter_field_name_split"),
    "_typing": _words("_idfunc"),
    "_weakref": _words("ref proxy getweakrefcount getweakrefs ReferenceType ProxyType CallableProxyType "
                       "_remove_dead_weakref"),
    "_contextvars": _words("Context ContextVar Token copy_context"),
    "_collections": _words("OrderedDict _count_elements _tuplegetter defaultdict deque _deque_iterator "
                           "_deque_reverse_iterator"),
    "_decimal": _words("""Decimal Context DecimalException DecimalTuple Clamped DivisionByZero FloatOperation Inexact
        InvalidOperation Overflow Rounded Subnormal Underflow ROUND_05UP ROUND_CEILING ROUND_DOWN ROUND_FLOOR
        ROUND_HALF_DOWN ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP MAX_EMAX MAX_PREC MIN_EMIN MIN_ETINY HAVE_THREADS
        HAVE_CONTEXTVAR getcontext setcontext localcontext"""),
}
# Public C modules that are offered under their own name; the rest of COPIED is for library code only.
PUBLIC_C = _words("math cmath binascii unicodedata array zlib")
LIBRARY = _words("""
    __future__ json json.decoder json.encoder json.scanner string textwrap random datetime decimal fractions statistics
    collections collections.abc _collections_abc functools operator heapq bisect copy dataclasses enum typing abc
    contextlib types base64 hmac struct csv difflib pprint calendar numbers queue keyword reprlib weakref _weakrefset
    copyreg graphlib colorsys stringprep shlex quopri html html.entities graphlib contextvars
""")
SHIMS = _words("""
    re itertools hashlib secrets uuid traceback inspect _thread warnings locale gettext _locale opcode fnmatch
    marshal_refused
""")
GUEST_LIBRARY = LIBRARY  # every one of them may be imported by its name
PRIVATE_LIBRARY = _words("_collections_abc _weakrefset copyreg")
SYSTEM = _words("tomllib tomli_w")


def copied(module: ModuleType, name: str) -> dict[str, Any]:
    """The names that a guest's own copy of the C module *name* holds."""
    offered = COPIED[name]
    if not offered:
        return {key: value for key, value in vars(module).items() if key[0] != "_"}
    return {key: value for key, value in vars(module).items() if key in offered}


def library_path(name: str) -> tuple[str, bool]:
    """Where the host keeps the source of library module *name*, and whether it is a package."""
    import os

    base = os.path.dirname(os.__file__) + "/" + name.replace(".", "/")
    if name in ("json", "collections", "html"):
        return base + "/__init__.py", True
    return base + ".py", False


# What library code may read of the host's `sys`.
LIBRARY_SYS = _words("""
    maxsize maxunicode byteorder float_info int_info hash_info version version_info implementation platform
    getrecursionlimit intern getsizeof float_repr_style hexversion copyright
""")


def shim_source(name: str) -> bytes:
    """The source of one of our stand-ins."""
    from executive import shims

    return shims.SOURCES[name].encode()


def patched(name: str, source: bytes) -> bytes:
    """Library source with the lines changed that would leave the process."""
    return source
