"""Which modules of the host's Python a guest may import, and in which form it gets them.

    COPIED    modules written in C whose functions hold no state: the guest gets a module of its own with the names
              listed here (or all public ones); the functions and types behind them are shared
    LIBRARY   sources of the standard library, executed anew in each process that imports them, with checkpoints
    SHIMS     small modules of ours that stand in for one of the above, in `executive/shims`
    SYSTEM    what processes of ring <= 2 get from the host, as it is

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
    "cmath": _words(""),
    "binascii": _words(""),
    "unicodedata": _words("""bidirectional category combining decimal decomposition digit east_asian_width
        is_normalized lookup mirrored name normalize numeric unidata_version"""),
    "array": _words("array ArrayType typecodes"),
    "zlib": _words(""),
    "_bisect": _words(""),
    "_heapq": _words(""),
    "_random": _words("Random"),
    "_json": _words("encode_basestring encode_basestring_ascii scanstring make_encoder make_scanner"),
    "_csv": _words("""Dialect Error QUOTE_ALL QUOTE_MINIMAL QUOTE_NONE QUOTE_NONNUMERIC QUOTE_STRINGS QUOTE_NOTNULL
        __version__ reader writer"""),
    "struct": _words("Struct calcsize error iter_unpack pack pack_into unpack unpack_from"),
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
    "_weakref": _words("ref proxy getweakrefcount getweakrefs ReferenceType ProxyType CallableProxyType "
                       "_remove_dead_weakref"),
    "_contextvars": _words("Context ContextVar Token copy_context"),
    "_collections": _words("OrderedDict _count_elements _tuplegetter defaultdict deque _deque_iterator "
                           "_deque_reverse_iterator"),
    "decimal": _words("""Decimal Context DecimalException DecimalTuple Clamped DivisionByZero FloatOperation Inexact
        InvalidOperation Overflow Rounded Subnormal Underflow ROUND_05UP ROUND_CEILING ROUND_DOWN ROUND_FLOOR
        ROUND_HALF_DOWN ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP MAX_EMAX MAX_PREC MIN_EMIN MIN_ETINY HAVE_THREADS
        HAVE_CONTEXTVAR getcontext setcontext localcontext"""),
}
# Public C modules that are offered under their own name; the rest of COPIED is for library code only.
PUBLIC_C = _words("cmath binascii array struct")
_LIBRARY = _words("""
    __future__ json json.decoder json.encoder json.scanner string textwrap random fractions statistics
    collections collections.abc _collections_abc functools operator heapq bisect copy dataclasses enum typing abc
    contextlib types base64 hmac csv difflib pprint calendar numbers keyword reprlib weakref _weakrefset
    copyreg graphlib colorsys html html.entities uuid argparse logging
""")
# What ordinary programs import beyond the everyday modules. Each is Python that computes on what it is given, or opens
# files by the process's own `open`; none runs text, reaches frames on behalf of others, or starts anything.
_FOR_PROGRAMS = _words("""
    configparser ipaddress urllib urllib.parse getopt optparse cmd sched timeit tomllib quopri gzip html.parser
    unittest
""")
# The parts behind them, which programs do not see.
_PARTS = _words("""
    _strptime _compression _markupbase tomllib._parser tomllib._re tomllib._types unittest.result unittest.case
    unittest.suite unittest.loader unittest.main unittest.runner unittest.signals unittest.util unittest._log
""")
LIBRARY = _LIBRARY | _FOR_PROGRAMS | _PARTS
PACKAGES = _words("json collections html logging urllib tomllib unittest")
SHIMS = _words("""
    math re itertools hashlib secrets traceback inspect _thread warnings locale os platform time threading atexit io
    _functools _csv _operator codecs gettext shutil unicodedata _abc _json datetime decimal zlib
    fnmatch os.path posixpath stat pathlib gc linecache ast importlib _typing
""")
PUBLIC_SHIMS = _words("""
    math unicodedata codecs re itertools hashlib secrets traceback warnings locale
    datetime decimal zlib ast inspect
""")
PRIVATE_LIBRARY = _words("weakref _collections_abc _weakrefset copyreg") | _PARTS
# Trusted code needs no instances of its own; what brings in time or chance past the machine is left out.
SYSTEM = _words("""
    tomllib tomli_w re itertools hashlib traceback ast unicodedata datetime decimal zlib ipaddress
""") | PUBLIC_C | (
    _LIBRARY - _words("random uuid calendar argparse logging")
)

# Modules of Python's library that are not offered, and what does the like.
INSTEAD = {
    "multiprocessing": "threading, concurrent.futures and queue work side by side, subprocess runs programs, axis.pipe "
                       "and axis.ipc connect them",
    "http": "axis.http asks web servers",
    "urllib.request": "axis.http asks web servers",
    "urllib.error": "axis.http asks web servers; what fails is a ConnectionError, TimeoutError or PermissionError",
    "socket": "axis.net opens connections, axis.http asks web servers",
    "ssl": "axis.http asks https:// servers",
}


# Modules that the manual names and that have another name, or another place, here.
_MANUALS_OWN = {
    "signal_lib": "the library of signals is axis.signals",
    "ke": "the kernel's calls are system calls, syscall(\"ke_...\"); axis.sync, axis.pipe and axis.ipc offer them",
}


def renamed(name: str) -> str:
    """What the error for a module that the manual names says of where it is here; "" for others."""
    instead = _MANUALS_OWN.get(name)
    return f"; {instead}" if instead else ""


def not_offered(name: str) -> str:
    """What the error for a module of Python's library says that is not offered."""
    instead = INSTEAD.get(name) or INSTEAD.get(name.partition(".")[0])
    return "; AxisOS does not offer this part of Python's library" + (f": {instead}" if instead else "")


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
    if name in PACKAGES:
        return base + "/__init__.py", True
    return base + ".py", False


# What library code may read of the host's `sys`.
LIBRARY_SYS = _words("""
    maxsize maxunicode byteorder float_info int_info hash_info version version_info
    getrecursionlimit intern getsizeof float_repr_style hexversion copyright exc_info getdefaultencoding
    exception
""")

# Changes of library source: module -> (text, replacement). A text that is not there is an error, so that a new
# version of Python is looked at by somebody.
PATCHES: dict[str, tuple[tuple[str, str], ...]] = {
    "random": (
        ("        if version == 1 and isinstance(a, (str, bytes)):",
         "        if a is None:\n            a = int.from_bytes(_urandom(32), 'big')\n"
         "        if version == 1 and isinstance(a, (str, bytes)):"),
    ),
    "collections": (
        ("result = type(typename, (tuple,), class_namespace)",
         "result = _axis_make_class(typename, (tuple,), class_namespace)"),
    ),
    "dataclasses": (
        ("    cls = type(cls)(cls.__name__, cls.__bases__, cls_dict)\n",
         "    cls = _axis_own(type(cls)(cls.__name__, cls.__bases__, cls_dict))\n"),
    ),
    "types": (
        ("ModuleType = type(sys)", "ModuleType = _axis_module"),
        ("    return meta(name, resolved_bases, ns, **kwds)\n",
         "    return _axis_own(meta(name, resolved_bases, ns, **kwds))\n"),
        ("        exec_body(ns)\n", "        exec_body(ns)\n        _axis_check_namespace(ns)\n"),
        ("    return meta, ns, kwds\n", "    return _axis_shown(meta), ns, kwds\n"),
    ),
    "typing": (
        ("Type = _alias(type, 1, ", "Type = _alias(_axis_type_guard, 1, "),
        ("covariant=True, bound=type)", "covariant=True, bound=_axis_type_guard)"),
    ),
    "copy": (
        ("    return type(x)(x.__func__, deepcopy(x.__self__, memo))\n",
         "    return type(x)(x.__func__, deepcopy(x.__self__, memo)) if _axis_may_copy(x.__self__) else x\n"),
        ('reductor = getattr(x, "__reduce_ex__", None)\n', "reductor = _axis_reductor(x)\n"),
    ),
    "timeit": (
        ("exec(code, global_ns, local_ns)\n", "exec(src, global_ns, local_ns)\n"),
        ("_globals = globals\n", "_globals = dict\n"),  # a program's text does not run among the library's names
    ),
    "unittest.main": (
        ("            self.module = __import__(module)\n",
         "            self.module = importlib.import_module(module.partition('.')[0])\n"),
        ("import argparse\n", "import argparse\nimport importlib\n"),
    ),
    # Modules are looked up among the program's, not among the library's own.
    "unittest.loader": (
        ("import functools\n", "import functools\nimport importlib\n"),
        ("            obj = getattr(module, name)\n", "            obj = getattr(module, name, None)\n"),
        ("module = __import__(module_name)\n", "module = importlib.import_module(module_name.partition('.')[0])\n"),
        ("                __import__(start_dir)\n", "                importlib.import_module(start_dir)\n"),
        ("the_module = sys.modules[start_dir]\n", "the_module = importlib.import_module(start_dir)\n"),
        ("        __import__(name)\n        return sys.modules[name]\n",
         "        return importlib.import_module(name)\n"),
    ),
    "unittest.case": (
        ("        for v in list(sys.modules.values()):\n", "        for v in ():\n"),
    ),
    "unittest.signals": (
        ("import signal\n", "signal = None\n"),
    ),
    "logging": (
        ("_srcfile = os.path.normcase(addLevelName.__code__.co_filename)", "_srcfile = None"),
        # No stacks are told, and there is no path to compare.
        ("os.path.dirname(frame.f_code.co_filename) ==\n                       __path__[0]", "False"),
    ),
    "enum": (
        # Only `copy` asks for reductions; members answer it by `__copy__` and `__deepcopy__`.
        ("for name in ('__repr__', '__str__', '__format__', '__reduce_ex__'):",
         "for name in ('__repr__', '__str__', '__format__'):"),
        ("            classdict[member_name] = member_value\n",
         "            _axis_check_namespace({member_name: member_value})\n"
         "            classdict[member_name] = member_value\n"),
    ),
}
# The same, since the version of Python that brought the text.
PATCHES_SINCE: tuple[tuple[tuple[int, int], str, str, str], ...] = (
    ((3, 12), "_collections_abc", "    def __buffer__(self, flags", "    def _buffer(self, flags"),  # closed to classes
    # Type parameters would be made out of the host's `typing`.
    ((3, 12), "typing", "class SupportsAbs[T](Protocol):", "class SupportsAbs(Protocol[T_co]):"),
    ((3, 12), "typing", "class SupportsRound[T](Protocol):", "class SupportsRound(Protocol[T_co]):"),
    ((3, 12), "typing", "def reveal_type[T](", "def reveal_type("),
    ((3, 12), "typing", "    def __call__[T](", "    def __call__("),
    ((3, 12), "typing", "type _Func = ", "_Func = "),
    ((3, 12), "typing", "def override[F: _Func](method: F, /) -> F:", "def override(method: _Func, /) -> _Func:"),
    ((3, 12), "typing", "from inspect import getattr_static", "from _typing import getattr_static"),
    # It puts another module in its own place, past the importer.
    ((3, 13), "collections.abc", "sys.modules[__name__] = _collections_abc",
     "from _collections_abc import *\nfrom _collections_abc import __all__, _CallableGenericAlias"),
)
# Names that the guest's instance of a library module does not have.
WITHHELD: dict[str, frozenset[str]] = {
    "types": _words("CodeType FrameType TracebackType coroutine AsyncGeneratorType"),
}


def patched(name: str, source: bytes) -> bytes:
    """Library source with the lines changed that would leave the process."""
    import sys

    here = sys.version_info
    since = [(old, new) for version, module, old, new in PATCHES_SINCE if module == name and here >= version]
    for old, new in (*PATCHES.get(name, ()), *since):
        before = source
        source = source.replace(old.encode(), new.encode())
        if source == before:
            raise AssertionError(f"the source of {name} has changed: {old!r} is not in it")
    return source
