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


KEY = "class K(str):\n  def __hash__(s): return hash(NAME)\n  def __eq__(s, o):\n    seen.append(o)\n    return len(seen) < 3\nseen = []\n"
GOT = "got = []\ntake = got.append\ndef show(what):\n  if what: print('OUT', what)\n"
MAKES = "def made(T):\n  try: return T('X', (), {'__class__': 5}) or 'a class around the checks'\n  except (TypeError, AttributeError): return None\n"

# Each of these held something that it should not have; it prints OUT and what that is.
LEAKS = {
    # Library code reads the insides of what a program hands to it.
    "the kernel by partialmethod": "import functools\nclass D:\n  def __get__(s, i, o): return print\nshow(functools.partialmethod(D()).__get__(None, int).__dict__)",
    "the kernel by partialmethod of a wrapper": "import functools\nclass D:\n  def __get__(s, i, o): return globals().keys\nshow(functools.partialmethod(D()).__get__(None, int).__dict__)",
    "a code object by the memo of a copy": "import copy\nmemo = {}\ntry: copy.deepcopy(compile('1', 'f', 'eval'), memo)\nexcept Exception: pass\nshow([v for v in memo.values() if type(v) is dict])",
    "any attribute by the state of an error": "import copy\nclass A(Exception): pass\nR = type('R', (A,), {'__reduce_ex__': lambda s, p: (A, (), {'__traceback__': None})})\ncopy.copy(R())\nshow('set')",
    "the process by the reduction of a builtin": "import string\ntry: reduction = string.Formatter().get_field('0.__reduce_ex__', (print,), {})[0](4)\nexcept AttributeError: reduction = None\nshow(reduction)",
    "the process by a copy that asks for a reduction": "import copy\nanswers = [None, print, '__reduce_ex__']\nclass M(dict):\n  def get(s, k, d=None): return answers.pop(0) or d\ntry: asked = copy.deepcopy((5).__add__, M())\nexcept AttributeError: asked = None\nshow(asked)",
    "the process by values of optparse": "import optparse\nclass V(optparse.Values):\n  def __getattr__(s, n): return getattr(print, n)\ntry: found = V({}).ensure_value('__reduce_ex__', None)\nexcept AttributeError: found = None\nshow(found)",
    "the process by the reduction of object": "import functools\nclass O: pass\no = O()\nfunctools.update_wrapper(o, object, assigned=(), updated=('__dict__',))\nshow([n for n in ('__reduce__', '__reduce_ex__') if n in o.__dict__])",
    "any attribute by the state of BaseException": "import functools\nclass O: pass\no = O()\nfunctools.update_wrapper(o, BaseException, assigned=(), updated=('__dict__',))\nshow('__setstate__' in o.__dict__)",
    "any attribute by the state of a class of errors": "import string\nclass A(Exception): pass\nclass B(Exception): pass\ne = A()\ntry: string.Formatter().get_field('0.__setstate__', (BaseException,), {})[0](e, {'__class__': B})\nexcept AttributeError: pass\nshow(type(e) is B)",
    "a raw map by its reduction": "import string\ntry: kind = string.Formatter().get_field('0.__reduce_ex__', (map(str, [1]),), {})[0](4)[0]\nexcept AttributeError: kind = None\nshow(kind)",
    # A key that looks like one name to the checks and like another one to Python.
    "the host's open by a key of globals": "NAME = '__builtins__'\n" + KEY + "d = {K('x'): 1}\nexec('r = open', d)\nshow(d.get('r') is not open)",
    "the host's open by a key of typing's globals": "import typing\nNAME = '__builtins__'\n" + KEY + "d = {K('x'): 1}\ndef f(x: 'open'): pass\nshow(typing.get_type_hints(f, d))",
    "a closed name by a key of a class": "NAME = '__match_args__'\n" + KEY.replace("len(seen) < 3", "False") + "class M(type): pass\nB = M('B', (), {K('x'): ('__traceback__',)})\nshow(seen)",
    "type by a metaclass used before it is made": MAKES + "import copy\nclass Mix:\n  def __hash__(c): return hash(type)\n  __eq__ = take\nclass Base(type):\n  def __init_subclass__(m): copy.copy(m('A', (), {})())\nclass M(Mix, Base): pass\nshow([g for g in got if made(g)])",
    "a closed name by a key of type.__new__": "NAME = '__match_args__'\n" + KEY.replace("len(seen) < 3", "False") + "class M(type): pass\nB = type.__new__(M, 'B', (), {K('x'): ('__traceback__',)})\nshow(seen)",
    # An error that carries the object it is about.
    "type behind its own error": "try: type.nothing\nexcept AttributeError as e: show(e.obj)",
    "range behind its own error": "try: range.nothing\nexcept AttributeError as e: show(e.obj)",
    "a function behind the error of a builtin": "try: setattr.nothing\nexcept AttributeError as e: show(type(e.obj) is type(lambda: 0))",
    "a function behind the error of a guard": "try: getattr.nothing\nexcept AttributeError as e: show(type(e.obj) is type(lambda: 0))",
    "a function behind the error of a sealed method": "try: globals().keys.nothing\nexcept AttributeError as e: show(type(e.obj) is type(lambda: 0))",
    "a function behind the error of operator": "import operator\ntry: operator.attrgetter.nothing\nexcept AttributeError as e: show(type(e.obj) is type(lambda: 0))",
    "a shared class set with a self of one's own": "import zlib\ntry: setattr.nothing\nexcept AttributeError as e: f = e.obj\nclass S:\n  def _sealed(s, c): return c\nif type(f) is type(lambda: 0):\n  f(S(), zlib.error, 'mark', 1)\n  show(zlib.error.mark)",
    # Classes of the host's own Python code.
    "the host's error of a pattern": "import re\ntry: re.compile('(a)').sub('\\\\2', 'a')\nexcept Exception as e: show(type(e) is not re.error)",
    "the host's error behind a pattern's": "import re\ntry: re.compile('(')\nexcept re.error as e: show(e.__context__ or e.__cause__)",
    "the host's error of json": "import json\ntry: json.loads('[\"a')\nexcept Exception as e: show(type(e) is not json.JSONDecodeError)",
    "the host's refusal of a module": "try: import evil\nexcept SyntaxError as e: show(type(e) is not SyntaxError)",
    "the host's module class": "import types\nshow('__getattr__' in vars(types.ModuleType))",
    # Methods around their guards.
    "format out of a class dictionary": "show(vars(str)['format']('{0.__class__.__mro__}', 1))",
    "format out of a copied class dictionary": "import functools\nclass O: pass\no = O()\nfunctools.update_wrapper(o, str, assigned=(), updated=('__dict__',))\nshow(o.__dict__['format']('{0.__class__.__mro__}', 1))",
    # Things that all processes share.
    "a function of the shared metaclass": "class M(type):\n  def look(c): return super().__new__\nf = type.__call__(M, 'a', (), {}).look()\nf.mark = 1\nshow(f)",
    "a dictionary of a shared class": "ExceptionGroup.__annotations__['mark'] = 1\nshow(ExceptionGroup.__annotations__)",
    "annotations left in a shared class by inspect": "import binascii, inspect\ninspect.get_annotations(binascii.Incomplete)\nshow('__annotations__' in vars(type(binascii.Incomplete())) or binascii.Incomplete.__annotations__ is binascii.Incomplete.__annotations__)",
    "the text of a shared property": "from abi.status import Status\nStatus.name.__doc__ = 'mark'\nshow('set')",
    "a wrapper in the dictionary of str": "vars(str)['maketrans'].mark = 1\nshow(getattr(vars(str)['maketrans'], 'mark', None))",
    # The real type, handed to a special method of a metaclass.
    "type by comparison with the tables of copy": MAKES + "import copy\nclass M(type):\n  def __hash__(c): return hash(type)\n  __eq__ = take\nclass A(metaclass=M): pass\ncopy.copy(A())\nshow([g for g in got if made(g)])",
    "type by an inherited comparison": MAKES + "import copy\nclass Mix:\n  def __hash__(c): return hash(type)\n  __eq__ = take\nclass M(Mix, type): pass\nclass A(metaclass=M): pass\ncopy.copy(A())\nshow([g for g in got if made(g)])",
    "type by a comparison put in later": MAKES + "import copy, functools\nclass Mix:\n  def __hash__(c): return hash(type)\n  def __eq__(c, o): return False\nclass M(Mix, type): pass\nclass A(metaclass=M): pass\nfunctools.update_wrapper(M, type('Q', (), {'__eq__': take}), assigned=('__eq__',), updated=())\ncopy.copy(A())\nshow([g for g in got if made(g)])",
    "type by a subclass hook in C": MAKES + "from abc import ABC\nclass A(ABC): __subclasshook__ = take\ntry: isinstance(int, A)\nexcept AssertionError: pass\nshow([g for g in got if made(g)])",
    "kinds by the tables of map": "class M(type):\n  def __hash__(c): return hash(list)\n  __eq__ = take\nclass A(metaclass=M):\n  def __iter__(s): return iter(())\nmap(str, A())\nshow(got)",
    "type by an annotation of the library": MAKES + "import typing\nfor part in typing.dataclass_transform.__annotations__['field_specifiers'].__args__[0].__args__: show(made(getattr(part, '__origin__', None)))",
    "type by a bound of the library": MAKES + "import typing\nshow(made(typing.CT_co.__bound__))",
    # Finalizers and namespaces that source may not have.
    "a finalizer by a slot": "class A(Exception): __slots__ = ('__del__',)\nshow(A)",
    "a lie about the class by a slot": "class A: __slots__ = ('__class__',)\nshow(A)",
    "a namespace of one's own for classes": "M = type('M', (type,), {'__prepare__': lambda n, b: {'y': 1}})\nclass A(metaclass=M): show(y)",
}


@pytest.mark.parametrize("name", LEAKS)
def test_nothing_gets_out(name: str) -> None:
    """Whether it ends in an error or not, the program holds nothing that leads on."""
    files = {**LIB, "/home/evil.py": "x.__globals__\n"}
    try:
        out = run(GOT + LEAKS[name], files=files)
    except REFUSALS as refusal:
        out = str(refusal)
    assert "OUT" not in out


def test_a_partial_around_itself_is_looked_into_for_a_while_only() -> None:
    """`inspect` follows what a partial is around, and gives up where that has no end."""
    source = "import functools, inspect\nclass P(functools.partial): pass\np = P(int)\nP.func = p\n"
    assert run(source + "print(inspect.isgeneratorfunction(p))") == "False\n"


def test_a_pattern_is_the_processs_own() -> None:
    """Its dictionary of groups can be had by comparison; what one process writes there, no other one reads."""
    source = (
        "import re\nclass E:\n  def __eq__(s, o):\n    got.append(o)\n    return True\ngot = []\n"
        "re.compile('(?P<a>x)').groupindex == E()\nprint(sorted(got[0]))\ngot[0]['mark'] = 1"
    )
    assert run(source) == run(source) == "['a']\n"


def test_decimals_keep_their_contexts() -> None:
    """What programs do with contexts works; a precision that would keep the host busy for minutes is refused."""
    source = (
        "from decimal import *\nwith localcontext() as c:\n  c.prec = 5\n  print(Decimal(1) / 3, c.sqrt(2))\n"
        "print(Decimal(1) / 3, Context(prec=3).divide(1, 3), Decimal('1.25').as_tuple())\ngetcontext().prec = 9\n"
        "print(Decimal(1) / 7, getcontext().copy().prec)\n"
        "for f in (lambda: setattr(getcontext(), 'prec', 10**8), lambda: Context(10**8), lambda: localcontext(prec=10**8)):\n"
        "  try: f()\n  except ValueError: print('refused')"
    )
    assert run(source) == (
        "0.33333 1.4142\n0.3333333333333333333333333333 0.333 DecimalTuple(sign=0, digits=(1, 2, 5), exponent=-2)\n"
        "0.142857143 9\nrefused\nrefused\nrefused\n"
    )


def test_long_lists_are_sorted_in_portions() -> None:
    """The order is Python's, with keys, reversed and stable, and there are checkpoints on the way."""
    source = (
        "n = [(i * 7919 % 1009, i) for i in range(600000)]\n"
        "a = sorted(n, key=lambda t: t[0])\nb = sorted(n, reverse=True)\nc = n[:]\nc.sort()\n"
        "print(a[0], a[-1], all(p[0] < q[0] or (p[0] == q[0] and p[1] < q[1]) for p, q in zip(a, a[1:])), b == c[::-1])\n"
    )
    assert run(source) == "(0, 0) (1008, 599102) True True\n"
    with pytest.raises(Killed):
        run("sorted([0.5] * 600000)", limit=100)


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
    "a class that is used before it is made": "class Base:\n  def __init_subclass__(c): any(c())\nclass I(Base):\n  def __iter__(s): return s\n  __next__ = dict",
    "a class that is named before it is made": "class D:\n  def __set_name__(s, c, n): any(c())\ndef make():\n  class I:\n    d = D()\n    def __iter__(s): return s\n    __next__ = dict\nwhile True:\n  try: make()\n  except RuntimeError: pass",
    "a type() that is used before it is made": "class Base:\n  def __init_subclass__(c): any(c())\ntype('I', (Base,), {'__iter__': lambda s: s, '__next__': dict})",
    "made by type()": "any(type('I', (), {'__iter__': lambda s: s, '__next__': dict})())",
    "made by new_class": "import types\nany(types.new_class('I', (), {}, lambda n: n.update(__next__=dict, __iter__=lambda s: s))())",
    "made by make_dataclass": "import dataclasses\nany(dataclasses.make_dataclass('I', [], namespace={'__next__': dict, '__iter__': lambda s: s})())",
    "put in by update_wrapper": "import functools\nclass I:\n  def __iter__(s): return s\n  def __next__(s): raise StopIteration\nfunctools.update_wrapper(I, type('Q', (), {'__next__': dict}), assigned=('__next__',), updated=())\nany(I())",
    "permutations": "import itertools\nall(itertools.permutations(range(20)))",
    "a list that grows under starmap": "import itertools\nl = [1]\nany(itertools.starmap(l.append, zip(l)))",
    "a comparison in C": "l = []\nclass E: __eq__ = l.extend\ne = E()\nl.append(e)\n(e,) in l",
    "a comparison by the list's own method": "class L(list): __eq__ = list.extend\nl = L()\nl.append(l)\n(l,) in l",
    "builtins of one's own": "d = {'any': any}\nexec('def mk():\\n  def f(i): return any(i)\\n  return f', d)\nd['__builtins__'] = {'_axis_' + 'due': False, 'any': any}\nclass I:\n  def __iter__(s): return s\n  __next__ = dict\nd['mk']()(I())",
    "a list that grows under its key": "l = []\nq = []\nq.append(q)\nl.append(q)\nmax(l, key=l.__iadd__)",
    "a list that grows under operator": "import functools, operator\nl = []\nq = []\nq.append(q)\nl.append(q)\nmax(l, key=functools.partial(operator.iadd, l))",
    "rows that grow as they are written": "import csv\nl = [[1]]\nclass F: write = l.extend\ncsv.writer(F()).writerows(l)",
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
