"""The library that programs at ring 3 import: which names are kept back, where time comes from, and what is bounded."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

from executive import shims, vetted
from sandbox_world import boot, run

# The public names of the host's modules that programs do not get, each with its reason.
WITHHELD: dict[str, tuple[str, str]] = {
    "ast": ("*", "syntax trees: `compile` would take any; literal_eval is offered"),
    "codecs": ("*", "codecs are shared by all processes; encode, decode and the marks are offered"),
    "datetime": ("datetime_CAPI", "a C pointer"),
    "inspect": ("*", "frames, source and closures; signatures, documentation, members and kinds are offered"),
    "locale": ("*", "the locale is the host's; there is one, C with UTF-8"),
    "re": ("Scanner template", "not documented, and gone in Python 3.13"),
    "traceback": (
        "FrameSummary StackSummary extract_stack format_list print_last print_list suppress walk_stack "
        "walk_tb", "frames are closed",
    ),
    "types": ("AsyncGeneratorType CodeType FrameType TracebackType coroutine", "they lead to frames and code"),
    "unicodedata": ("UCD ucd_3_2_0", "a second table of all characters, with its own unbounded normalize"),
    "warnings": (
        "defaultaction filters onceregistry showwarning warn_explicit",
        "tables of C that all processes would share",
    ),
}
MODULES = """
    math cmath json json.decoder re string textwrap random datetime decimal fractions statistics collections
    collections.abc itertools functools operator heapq bisect copy dataclasses enum typing abc contextlib types base64
    binascii hashlib hmac struct uuid zlib csv difflib pprint traceback unicodedata secrets calendar numbers array
    keyword reprlib graphlib colorsys html html.entities html.parser argparse logging configparser ipaddress
    urllib.parse getopt optparse cmd sched timeit tomllib quopri gzip unittest inspect ast codecs locale warnings
""".split()  # noqa: SIM905  (a table is read as words)

ROOTFS = Path(vetted.__file__).parent.parent
# The program's own `os`, `time`, ... that library code works with.
LIB = {"/" + str(path.relative_to(ROOTFS)): path.read_text() for path in (ROOTFS / "lib").rglob("*.py")}

WITH_LIB = ("sched", "timeit", "unittest")


def public_names(name: str) -> set[str]:
    """What the host's module offers, without the modules that it imports itself."""
    module = importlib.import_module(name)
    names = {key for key, value in vars(module).items() if key[0] != "_" and not isinstance(value, ModuleType)}
    listed = getattr(module, "__all__", None)
    return names & set(listed) if listed is not None else names


@pytest.mark.parametrize("name", MODULES)
def test_a_module_offers_what_python_does(name: str) -> None:
    """Every public name is there but those of the table; a name of the table that is there is struck from it."""
    offered = set(run(f"import {name} as module\nprint(*dir(module))", files=LIB if name in WITH_LIB else {}).split())
    missing = public_names(name) - offered
    kept_back, reason = WITHHELD.get(name, ("", ""))
    if kept_back == "*":
        assert missing, reason
        return
    assert missing <= set(kept_back.split()), f"{name}: {sorted(missing)}"
    assert not offered & set(kept_back.split()), name


def test_every_offered_module_is_compared() -> None:
    """No module is offered that the test above does not know."""
    offered = vetted.PUBLIC_C | vetted.PUBLIC_SHIMS | (vetted.LIBRARY - vetted.PRIVATE_LIBRARY)
    assert offered - set(MODULES) == {
        "__future__", "json.encoder", "json.scanner", "urllib",  # nothing of their own
    }


def test_now_is_the_machines() -> None:
    """`datetime` and `date` tell the machine's time, not the host's, and local time is UTC."""
    assert run("""
        from datetime import date, datetime, timezone
        print(datetime.now(), datetime.today(), datetime.utcnow(), date.today(), sep="|")
        print(datetime.now(timezone.utc), datetime.fromtimestamp(0), date.fromtimestamp(86400), sep="|")
        print(datetime(2001, 9, 9, 1, 46, 40).timestamp(), datetime(2024, 1, 1).astimezone())
    """.replace("\n        ", "\n")) == (
        "2023-11-14 22:13:20|2023-11-14 22:13:20|2023-11-14 22:13:20|2023-11-14\n"
        "2023-11-14 22:13:20+00:00|1970-01-01 00:00:00|1970-01-02\n"
        "1000000000.0 2024-01-01 00:00:00+00:00\n"
    )


def test_the_bases_of_dates_are_as_in_python() -> None:
    """The classes of the host behind `date`, `datetime` and `Context` are not seen."""
    assert run("""
from datetime import date, datetime
from decimal import Context
print([kind.__name__ for kind in datetime.__mro__], datetime.__bases__, date.__bases__, Context.__mro__)
""") == (
        "['datetime', 'date', 'object'] (<class 'datetime.date'>,) (<class 'object'>,) "
        "(<class 'decimal.Context'>, <class 'object'>)\n"
    )


@pytest.mark.parametrize("attempt", [
    "getcontext().prec = 10**6",
    "Context(prec=10**6)",
    "Context(10**6)",
    "localcontext(prec=10**6)",
    "c = getcontext().copy(); c.prec = 10**6",
    "setattr(ExtendedContext, 'prec', 10**6)",
    "c = Context(); super(Context, c).__setattr__('prec', 10**6)",
    "import copy; c = copy.copy(getcontext()); c.prec = 10**6",
    "import copy; c = copy.deepcopy(getcontext()); c.prec = 10**6",
    "with localcontext() as c: c.prec = 10**6",
    "type(getcontext())(prec=10**6)",
    "class Mine(Context): pass\nMine(prec=10**6)",
    "Context.__mro__[-2](prec=10**6)",
])
def test_no_way_to_a_context_of_great_precision(attempt: str) -> None:
    """A logarithm to a million digits would run for hours, and nothing could break in."""
    source = f"from decimal import *\ntry:\n    exec({attempt!r})\nexcept ValueError as error:\n    print(error)"
    assert run(source) == "valid range for prec is [1, 5000]: more digits would take too long here\n"


@pytest.mark.parametrize(("attempt", "said"), [
    ("import zlib; zlib.decompress(zlib.compress(bytes(1 << 20)) * 1 + b'', 15)", "no error"),
    ("import zlib; b = zlib.compressobj(); d = b''.join(b.compress(bytes(1 << 20)) for _ in range(160)) + b.flush(); "
     "zlib.decompress(d)", "error: the data unfold to more than 128 MiB"),
    ("import gzip, zlib; b = zlib.compressobj(9, 8, 31); "
     "d = b''.join(b.compress(bytes(1 << 20)) for _ in range(160)) + b.flush(); gzip.decompress(d)",
     "error: the data unfold to more than 128 MiB"),
    ("import hashlib; hashlib.pbkdf2_hmac('sha256', b'', b'', 10**5, 10**6)", "ValueError: at most 1000000"),
    ("import hashlib; hashlib.scrypt(b'', salt=b'', n=1 << 15, r=8, p=99)", "ValueError: scrypt with more"),
    ("import math; math.gcd(int.from_bytes(b'x' * 131073), 3)", "OverflowError: integers of more than"),
    ("import math; math.lcm(*[(1 << 600000) + n for n in range(9)])", "OverflowError: integers of more than"),
    ("import math; math.isqrt(int.from_bytes(b'x' * 131073))", "OverflowError: integers of more than"),
    ("import math; math.comb(10**6, 5 * 10**5)", "OverflowError: the result would be too large"),
    ("import re; re.compile('[a-z\\u0100-\\uffff]' * 1500)", "error: the pattern has too many large sets"),
    ("import re; re.compile('[a-z\\u0100-\\uffff]' * 400, re.I)", "error: the pattern has too many large sets"),
    ("import re; re.compile('[a-z][0-9_]' * 900)", "no error"),
    ("import json; json.loads('[' * 10**5)", "RecursionError: maximum recursion depth exceeded"),
    ("import ast; ast.literal_eval('(' * 10**4)", "SyntaxError: too many nested parentheses"),
])
def test_no_single_call_runs_for_long(attempt: str, said: str) -> None:
    """What C would compute for many seconds is refused, and says so; what is ordinary is not."""
    source = (
        f"try:\n    exec({attempt!r})\nexcept Exception as error:\n    print(type(error).__name__ + ':', error)\n"
        "else:\n    print('no error')"
    )
    assert run(source).startswith(said)


def test_errors_of_json_are_the_processs_own() -> None:
    """A mistake that C finds is the `JSONDecodeError` that the program imported."""
    assert run("""
import json
from json.decoder import JSONDecodeError, scanstring
for text in ("[1,", '"open', "{", "[1] 2", '{"a"}'):
    try:
        json.loads(text)
    except JSONDecodeError as error:
        print(type(error) is json.JSONDecodeError, error.pos)
""") == "True 3\nTrue 0\nTrue 1\nTrue 4\nTrue 4\n"


def test_a_signature_is_shown_of_own_functions_only() -> None:
    """The defaults of the kernel's functions stay with the kernel."""
    assert run("""
import inspect
for target in (print, syscall, open, globals, getattr, len):
    try:
        print(inspect.signature(target))
    except (ValueError, TypeError) as error:
        print("none")
print(inspect.signature(lambda a, *, b=1: a))
""") == "none\n" * 6 + "(a, *, b=1)\n"


@pytest.mark.parametrize("attempt", [
    "import timeit; timeit.timeit('print(type is real, itertools)', 'import builtins; real = type', number=1)",
    "import timeit; timeit.timeit('print(template)', number=1)",
    "import unittest; print(unittest.defaultTestLoader.loadTestsFromName('weakref.nope')._tests[0]._exception.obj)",
    "import unittest; print(unittest.main(module='weakref', exit=False, argv=['x']).module)",
    "import zlib; zlib.decompressobj()._axis_real",
    "import zlib; getattr(zlib.compressobj(), '_axis_real')",
])
def test_the_library_does_not_hand_out_its_own_insides(attempt: str) -> None:
    """Text and names that a program gives to library code are looked up among the program's names."""
    source = f"try:\n    exec({attempt!r})\nexcept (Exception, SystemExit) as error:\n    print('refused')"
    assert run(source, files=LIB) == "refused\n"


def test_what_is_offered_of_inspect_and_ast() -> None:
    """No frames, no source, no closures, no trees."""
    assert run("""
import ast, inspect
print([name for name in dir(ast) if name[0] != "_"])
print([name for name in ("currentframe", "stack", "trace", "getsource", "getclosurevars", "getattr_static",
                         "getgeneratorlocals", "getframeinfo", "getmodule") if hasattr(inspect, name)])
""") == "['literal_eval']\n[]\n"


def test_each_stand_in_has_a_maker() -> None:
    """The tables of stand-ins agree."""
    assert set(shims.MAKERS) | set(shims.OF_THE_PROGRAM) == vetted.SHIMS


def test_an_empty_program_imports_no_library() -> None:
    """Modules are made when they are asked for."""
    sandbox, host = boot("x = 1")
    sandbox.run_main(host.compile("x = 1", "/home/program.py", "program"))
    assert sorted(sandbox.modules) == ["__main__", "builtins"]
    assert sandbox._library_modules is None
