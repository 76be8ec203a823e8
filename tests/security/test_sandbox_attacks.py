"""Ways out of ring 3 that worked once: each is a short program of an attacker, and what it meets now."""

# ruff: noqa: E501  (a program under test stands on as few lines as it can)
from __future__ import annotations

import pytest

from sandbox_world import Killed, run

LIB = {"/lib/python/sys.py": "modules = _axis_process.modules\n"}
REFUSALS = (AttributeError, TypeError, SyntaxError, ImportError, KeyError, NameError, ValueError)

# A class whose pattern names an attribute that is closed; {T} makes it, whatever stands for `type` there.
READ_TRACEBACK = (
    "X = T('X', (Exception,), {'__match_args__': ('__traceback__',)})\n"
    "try: raise X\nexcept X as e:\n  match e:\n    case X(found): print('OUT', found)"
)
READ_GLOBALS = "import functools\nmatch functools.update_wrapper:\n  case B(found): print('OUT', type(found))"

ESCAPES = {
    # Python puts the host's builtins into a dictionary that has none: so no dictionary may lie about having some.
    "a dictionary that lies to eval": "import builtins\nclass D(dict):\n  def get(s, k, d=None): return builtins\nd = D()\neval('1', type(globals())(d))\nprint('OUT', dict.get(d, '__builtins__'))",
    "a dictionary that lies to typing": "import typing\nclass D(dict):\n  def setdefault(s, k, v=None): pass\nd = D()\ndef f(x: 'int'): pass\ntyping.get_type_hints(f, d)\nprint('OUT', d)",
    "a module that lies to dataclasses": "import sys, dataclasses\nclass D(dict):\n  def setdefault(s, *a): pass\nsys.modules['evil'] = type('T', (), {'__dict__': property(lambda s: D())})()\nclass X: __module__ = 'evil'\nX.__annotations__ = {'a': int}\ndataclasses.dataclass(X)\nprint('OUT')",
    "a namespace filled again": "globals().__init__(5)",
    # The real `type` makes classes without the checks.
    "a metaclass made by type()": "M = type('M', (type,), {'__instancecheck__': lambda c, o: True})\nB = M('B', (), {'__match_args__': ('__globals__',)})\n" + READ_GLOBALS,
    "a metaclass that inherits its answers": "class Mix:\n  def __getattr__(c, n): return ('__globals__',)\nclass M(Mix, type):\n  def __instancecheck__(c, o): return True\nclass B(metaclass=M): pass\n" + READ_GLOBALS,
    "a metaclass that leaves the guard out of its order": "class M(type):\n  def mro(c): return [c, object]",
    "type behind type[int]": "T = type[int].__origin__\n" + READ_TRACEBACK,
    "type behind type | int": "T = (type | int).__args__[0]\n" + READ_TRACEBACK,
    "type behind typing.Type": "import typing\nT = typing.get_origin(typing.Type[int])\n" + READ_TRACEBACK,
    "type behind prepare_class": "import types\nT = types.prepare_class('A')[0]\n" + READ_TRACEBACK,
    "type behind a format field": "import string\nT = string.Formatter().get_field('0.__class__', (int,), {})[0]\n" + READ_TRACEBACK,
    "type behind a sealed class": "T = type(type(globals()))\n" + READ_TRACEBACK,
    "type behind a subclass hook": "from abc import ABC\ngot = []\nclass A(ABC):\n  @classmethod\n  def __subclasshook__(c, k):\n    got.append(k)\n    return NotImplemented\nisinstance(int, A)\nT = got[0]\n" + READ_TRACEBACK,
    "type handed to __eq__ of a class": "import copy\ngot = []\nclass M(type):\n  def __hash__(c): return hash(type)\n  def __eq__(c, o):\n    got.append(o)\n    return False\nclass A(metaclass=M): pass\ncopy.copy(A())\nT = got[0]\n" + READ_TRACEBACK,
    "type.__call__": "T = lambda *a: type.__call__(type, *a)\n" + READ_TRACEBACK,
    # A descriptor of Python's own opens what its name says.
    "class dictionary by update_wrapper": "import functools, types\nclass O: pass\no = O()\nfunctools.update_wrapper(o, types.FunctionType, assigned=(), updated=('__dict__',))\nprint('OUT', o.__dict__['__globals__'].__get__(functools.wraps))",
    "class dictionary by cached_property": "import functools, types\nc = functools.cached_property(lambda x: None)\nc.__set_name__(int, '__globals__')\nprint('OUT', c.__get__(types.FunctionType).__get__(functools.wraps))",
    "class dictionary by a format field": "import string, types, functools\nd = string.Formatter().get_field('0.__dict__', (types.FunctionType,), {})[0]\nprint('OUT', d['__globals__'].__get__(functools.wraps))",
    "wrapped code by a format field": "import string\nprint('OUT', string.Formatter().get_field('0.__wrapped_code__', (compile('1', 'f', 'eval'),), {}))",
    "wrapped namespace by a format field": "import string\nprint('OUT', string.Formatter().get_field('0.__wrapped_namespace__', (globals(),), {}))",
    "own globals by a format field": "import string\ndef f(): pass\ng = string.Formatter().get_field('0.__globals__', (f,), {})[0]\ng['_axis_checkpoint'] = lambda: None",
    # Library code that stores into the dictionaries of modules.
    "checkpoint replaced by cached_property": "import functools, sys\nc = functools.cached_property(lambda x: lambda: None)\nc.__set_name__(int, '_axis_checkpoint')\nc.__get__(sys.modules['__main__'])",
    "checkpoint replaced by update_wrapper": "import functools, sys\nclass O: pass\no = O()\no.__dict__['_axis_checkpoint'] = lambda: None\nfunctools.update_wrapper(sys.modules['__main__'], o, assigned=(), updated=('__dict__',))",
    "checkpoint replaced by enum": "import enum\nclass S: pass\ns = S()\ns.__dict__['_axis_checkpoint'] = 5\nenum.IntEnum._convert_('X', '__main__', lambda n: True, source=s)",
    "hook of the library by update_wrapper": "import functools, sys\nclass O: pass\no = O()\nfunctools.update_wrapper(o, sys, assigned=(), updated=('__dict__',))\nprint('OUT', o.__dict__['_axis_process'])",
    # Things that all processes share.
    "a property of a shared class by a format field": "import string\nfrom abi.status import Status\nstring.Formatter().get_field('0.name.__init__', (Status,), {})[0](lambda self: 5)",
    "attributes on a function of a shared class": "type(globals()).keys.mark = 1",
    "attributes on a property's function": "from abi.status import Status\nStatus.name.fget.mark = 1",
    "attributes on a function of a lock": "import functools\ntype(functools.cached_property(None).lock).acquire.mark = 1",
    "a shared class registered as a sequence": "import collections.abc, zlib\ncollections.abc.Sequence.register(zlib.error)",
    "the library's builtins as a module": "import dataclasses\ndataclasses.builtins",
}


@pytest.mark.parametrize("name", ESCAPES)
def test_a_way_out_is_closed(name: str) -> None:
    """The program ends in an error before it has anything in hand."""
    with pytest.raises(REFUSALS) as caught:
        print(run(ESCAPES[name], files=LIB))
    assert "OUT" not in str(caught.value)


def test_a_lie_to_eval_leaves_the_hosts_builtins_out() -> None:
    """Even a dictionary without builtins gets the process's own, never the host's."""
    assert run("d = {}\nexec('', d)\nprint(d['__builtins__'].open is open)") == "True\n"
    assert "OUT" not in run("import typing\nd = {}\ndef f(x: 'int'): pass\ntyping.get_type_hints(f, d)\nif d['__builtins__'] is not __import__('builtins'): print('OUT')")


@pytest.mark.parametrize("shared", ["type(globals()).keys", "ExceptionGroup", "zlib.error", "type(globals())"])
def test_annotations_of_what_is_shared_are_no_channel(shared: str) -> None:
    """What one process writes into them, no other one reads, and no dictionary is made for it to write into."""
    write = f"import zlib\ntry: {shared}.__annotations__['mark'] = 1\nexcept AttributeError: pass"
    run(write)
    assert run(f"import zlib\nprint('mark' in getattr({shared}, '__annotations__', ()))") == "False\n"


ENDLESS = {
    "next by a type": "class I:\n  def __iter__(s): return s\n  __next__ = dict\nany(I())",
    "items by a builtin": "class S: __getitem__ = abs\n-1 in S()",
    "items by a host function": "import locale\nclass I:\n  def __iter__(s): return s\n  __next__ = locale.getlocale\nall(I())",
    "a metaclass": "class M(type):\n  def __iter__(c): return c\n  __next__ = dict\nclass A(metaclass=M): pass\nany(A)",
    "a class of abc": "import abc\nclass I(abc.ABC):\n  def __iter__(s): return s\n  __next__ = dict\nany(I())",
    "made by type()": "any(type('I', (), {'__iter__': lambda s: s, '__next__': dict})())",
    "made by new_class": "import types\nany(types.new_class('I', (), {}, lambda n: n.update(__next__=dict, __iter__=lambda s: s))())",
    "made by make_dataclass": "import dataclasses\nany(dataclasses.make_dataclass('I', [], namespace={'__next__': dict, '__iter__': lambda s: s})())",
    "put in by update_wrapper": "import functools\nclass I:\n  def __iter__(s): return s\n  def __next__(s): raise StopIteration\nfunctools.update_wrapper(I, type('Q', (), {'__next__': dict}), assigned=('__next__',), updated=())\nany(I())",
    "permutations": "import itertools\nall(itertools.permutations(range(20)))",
    "a list that grows under starmap": "import itertools\nl = [1]\nany(itertools.starmap(l.append, zip(l)))",
    "a list that grows under filterfalse": "import itertools\nl = [1]\nany(itertools.filterfalse(lambda x: x, itertools.filterfalse(l.append, l)))",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_ends_can_be_killed(name: str) -> None:
    """An iterator whose every step is C meets a checkpoint at each."""
    with pytest.raises(Killed):
        run(ENDLESS[name], limit=500)


@pytest.mark.parametrize("source", [
    "import itertools\ntype(itertools.repeat(1, 1))(0)", "import itertools\ntype(itertools.permutations([1]))(range(20))",
    "type(map(str, []))(len, [])", "type(filter(None, []))(None, [])",
])
def test_raw_iterators_are_not_to_be_had_by_their_type(source: str) -> None:
    """`type(x)` of an iterator of C is no way to make an endless one."""
    with pytest.raises(TypeError):
        run(source)


@pytest.mark.parametrize("source", [
    "import unicodedata\nunicodedata.normalize('NFD', 'a' + '\\u0300\\u0316' * 10**6)",
    "exec('a' + '\\u0301\\u0316' * 300000 + ' = 1')",
    "exec(b'# coding: punycode\\nx = 1')",
])
def test_text_that_takes_the_square_of_its_length_is_refused(source: str) -> None:
    """Marks are put in order by insertion: a million of them would take an hour in one call."""
    with pytest.raises((ValueError, SyntaxError)):
        run(source)
    assert run("import unicodedata\nprint(len(unicodedata.normalize('NFD', 'é' * 2000)))\nexec('# coding: utf-8\\né = 2')") == "4000\n"


def test_patterns_still_match() -> None:
    """The look in front of a class pattern changes nothing for ordinary programs."""
    source = (
        "class P:\n  __match_args__ = ('x',)\n  def __init__(s, x): s.x = x\n"
        "def f(v):\n  match v:\n    case P(P(int(y))): return y\n    case [P(a), *r]: return a, r\n    case type(): return 'type'\n    case range(stop=s): return s\n    case None: return 0\n"
        "print(f(P(P(4))), f([P(1), 2]), f(int), f(range(3)), f(None))\n"
        "class Q:\n  match P(3):\n    case P(z): w = z\nprint(Q.w)\nexec('match P(9):\\n case P(z): print(z)')\n"
        "import enum\nclass M(enum.EnumMeta): pass\nclass E(enum.Enum, metaclass=M): X = 1\nprint(E.X, type | None, isinstance(int, type | str), isinstance(3, type | str), type[int])\n"
    )
    assert run(source) == "4 (1, [2]) type 3 0\n3\n9\nE.X type | None True False type[int]\n"
    assert run(source, simulated=True) == run(source)
