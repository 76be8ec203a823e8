"""What a program finds in its world, what it does not, and what it cannot do to it."""

# ruff: noqa: E501  (a program under test stands on as few lines as it can)
from __future__ import annotations

import sys
from pathlib import Path

import pytest

from abi.status import Status, StatusError
from executive import vetted
from executive.sandbox import Sandbox
from sandbox_world import Killed, boot, run

ORDINARY = {
    "classes": (
        "class A:\n  def __init__(self): self.__x = 1\n  def get(self): return self.__x\n"
        "class B(A):\n  def __init__(self):\n    super().__init__()\n    self.y = 2\n"
        "b = B()\nprint(b.get(), b.y, b.__dict__, vars(b), b.__class__.__name__, type(b) is B)",
        "1 2 {'_A__x': 1, 'y': 2} {'_A__x': 1, 'y': 2} B True\n",
    ),
    "explicit base init": (
        "class A:\n  def __init__(self, x): self.x = x\nclass B(A):\n  def __init__(self): A.__init__(self, 5)\nprint(B().x)",
        "5\n",
    ),
    "properties and slots": (
        "class A:\n  __slots__ = ('_v',)\n  @property\n  def v(self): return self._v\n  @v.setter\n"
        "  def v(self, x): self._v = x\na = A()\na.v = 3\nprint(a.v)\n"
        "try: a.w = 1\nexcept AttributeError as e: print(e)",
        "3\n'A' object has no attribute 'w'" + (
            " and no __dict__ for setting new attributes" if sys.version_info >= (3, 13) else "") + "\n",
    ),
    "metaclass": (
        "class M(type):\n  def __new__(m, n, b, d, **k):\n    d['tag'] = k.get('tag')\n    return super().__new__(m, n, b, d)\n"
        "  def __init__(c, n, b, d, **k): super().__init__(n, b, d)\n  def __call__(c, *a): return super().__call__(*a)\n"
        "class A(metaclass=M, tag=7): pass\nprint(A.tag, isinstance(A, type), type(A) is M, isinstance(A(), A))\n"
        "N = M('N', (A,), {'q': 1})\nprint(N.q, type.__new__(M, 'O', (), {}).__name__, type(type) is type)",
        "7 True True True\n1 O True\n",
    ),
    "descriptors": (
        "class D:\n  def __set_name__(self, o, n): o.names = n\n  def __get__(self, i, o): return 7\n"
        "class A:\n  d = D()\nprint(A().d, A.names)",
        "7 d\n",
    ),
    "init_subclass": (
        "class A:\n  subs = []\n  def __init_subclass__(cls, **k):\n    cls.tag = 't'\n    A.subs.append(cls.__name__)\n"
        "class B(A): pass\nA.count = 5\nprint(B.tag, A.subs, B.count)",
        "t ['B'] 5\n",
    ),
    "frozen by hand": (
        "class A:\n  def __init__(self): object.__setattr__(self, 'x', 1)\n"
        "  def __setattr__(self, n, v): raise AttributeError('frozen ' + n)\n"
        "a = A()\nprint(a.x)\ntry: a.x = 2\nexcept AttributeError as e: print(e)",
        "1\nfrozen x\n",
    ),
    "getattribute": (
        "class A:\n  def __getattribute__(self, n): return (n, super().__getattribute__('real'))\n  real = 4\nprint(A().x)",
        "('x', 4)\n",
    ),
    "generators": (
        "def g():\n  try:\n    x = yield 1\n    print('got', x)\n    yield from [2, 3]\n  finally: print('closed')\n"
        "it = g()\nprint(next(it), it.send('a'), next(it))\nit.close()",
        "got a\n1 2 3\nclosed\n",
    ),
    "async": (
        "async def f(): return 5\nasync def g(): return await f() + 1\n"
        "try: g().send(None)\nexcept StopIteration as e: print(e.value)",
        "6\n",
    ),
    "closures": (
        "def counter():\n  n = 0\n  def up(by=1):\n    nonlocal n\n    n += by\n    return n\n  return up\n"
        "c = counter()\nc()\nprint(c(by=4))\nx = 1\ndef set_x():\n  global x\n  x = 9\nset_x()\nprint(x)",
        "5\n9\n",
    ),
    "comprehensions": (
        "m = [[1, 2], [3, 4]]\nprint([x for r in m for x in r if x % 2], {x: y for x, y in m}, {x for x in 'aab'} == {'a', 'b'},\n"
        "  sum(x * y for x, y in m), [(last := x) for x in [1, 2]], last)",
        "[1, 3] {1: 2, 3: 4} True 14 [1, 2] 2\n",
    ),
    "match": (
        "class P:\n  __match_args__ = ('x', 'y')\n  def __init__(self, x, y): self.x, self.y = x, y\n"
        "def f(v):\n  match v:\n    case P(0, y): return y\n    case P(x=x): return -x\n    case [a, *b]: return a, b\n"
        "    case {'k': k, **r}: return k, r\n    case str() | int(): return 's'\n    case None: return None\n"
        "print(f(P(0, 5)), f(P(3, 1)), f([1, 2, 3]), f({'k': 1, 'z': 2}), f('a'), f(None))",
        "5 -3 (1, [2, 3]) (1, {'z': 2}) s None\n",
    ),
    "errors": (
        "try:\n  try: 1 / 0\n  except ZeroDivisionError as e: raise ValueError('v') from e\n"
        "except ValueError as e: print(repr(e), repr(e.__cause__), e.args)\n"
        "try: raise ExceptionGroup('g', [KeyError('k')])\nexcept* KeyError as g: print(g.exceptions)\n"
        "class E(Exception):\n  def __str__(self): return 'text'\ntry: raise E\nexcept E as e: print(e)",
        "ValueError('v') ZeroDivisionError('division by zero') ('v',)\n(KeyError('k'),)\ntext\n",
    ),
    "formats": (
        "x = 3.14159\nw = 8\nprint(f'{x:{w}.2f}|{x!r:>9}|{{}}', '{:>5}|{a[k]}|{b.real}'.format('r', a={'k': 1}, b=2), '%05d' % 3)\n"
        "print('{0}{1}{0}'.format(*'ab'), '{:{}}'.format('c', 3), '{x}'.format_map({'x': 1}), format(5, '03'))",
        "    3.14|  3.14159|{}     r|1|2 00003\naba c   1 005\n",
    ),
    "decorators": (
        "import functools\ndef twice(f):\n  @functools.wraps(f)\n  def g(*a, **k):\n    g.calls += 1\n    return f(*a, **k) * 2\n"
        "  g.calls = 0\n  return g\n@twice\ndef f(x):\n  'doc'\n  return x\nprint(f(3), f(x=4), f.calls, f.__name__, f.__doc__, f.__wrapped__(1))",
        "6 8 2 f doc 1\n",
    ),
    "dynamic code": (
        "x = 1\nexec('x += 1\\ndef f(n): return [x * i for i in range(n)]')\nprint(x, f(3), eval('x + y', {'x': 1, 'y': 2}))\n"
        "d = {}\nexec('a = 1\\ndef g(): return a', d)\nd['a'] = 5\nprint(d['g'](), sorted(k for k in d if k[0] != '_'))\n"
        "def h():\n  y = 3\n  return eval('y * 2')\nprint(h(), eval(compile('1 + 1', 'f', 'eval')))",
        "2 [0, 2, 4] 3\n5 ['a', 'g']\n6 2\n",
    ),
    "namespaces": (
        "a = 1\nglobals()['b'] = 2\nprint(b, 'a' in globals(), globals()['a'], dict(globals())['b'])\n"
        "def f(p):\n  q = 2\n  return locals()\nprint(f(1), {**vars()}['a'])\n"
        "print(getattr(f, 'none', 'no'), hasattr(f, '__name__'), 'upper' in dir(str), callable(f))",
        "2 True 1 2\n{'p': 1, 'q': 2} 1\nno True True True\n",
    ),
    "ranges and types": (
        "r = range(3)\nprint(isinstance(r, range), type(r) is range, list(range(2, 8, 3)), range(5)[1:3], len(range(10**9)),\n"
        "  10**8 in range(10**9), range(10**9)[-1], isinstance(range(10**9), range), type(range(10**9)) is range)\n"
        "print(list(map(str, [1])), list(map(max, [1], [2])), list(filter(None, [0, 1])), sum([[1], [2]], []), pow(2, 5, 7))\n"
        "print(type(1), type(None), type(type), isinstance(int, type), {type: 1}[type(int)])",
        "True True [2, 5] range(1, 3) 1000000000 True 999999999 True True\n['1'] [2] [1] [1, 2] 4\n"
        "<class 'int'> <class 'NoneType'> <class 'type'> True 1\n",
    ),
    "iter with a sentinel": ("it = iter([1, 2, 0, 3])\nprint(list(iter(lambda: next(it), 0)))", "[1, 2]\n"),
    "main guard": ("def main(): print('run')\nif __name__ == '__main__': main()", "run\n"),
    "annotations": (
        "from typing import Optional\nclass A:\n  x: int = 1\n  y: 'Optional[str]'\ndef f(a: int, *b: str) -> None: ...\n"
        "print(A.__annotations__, f.__annotations__['a'])",
        "{'x': <class 'int'>, 'y': 'Optional[str]'} <class 'int'>\n",
    ),
    "operators of a class": (
        "class V:\n  def __init__(s, x): s.x = x\n  def __mul__(s, o): return V(s.x * o)\n  __rmul__ = __mul__\n"
        "  def __lshift__(s, o): return ('sh', o)\n  def __pow__(s, o): return ('pw', o)\n  def __imul__(s, o):\n    s.x *= o\n    return s\n"
        "def f():\n  v = V(2)\n  n = 3\n  s = 'ab'\n  l = [1]\n  m = l\n  l *= n\n  v *= n\n  return (v * n).x, (n * v).x, v << s, v ** s, s * n, m\nprint(f())",
        "(18, 18, ('sh', 'ab'), ('pw', 'ab'), 'ababab', [1, 1, 1])\n",
    ),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_programs_run_unchanged(name: str) -> None:
    """The same output as in plain Python, at ring 3 and, where the program says nothing special, at ring 2."""
    source, expected = ORDINARY[name]
    assert run(source) == expected
    assert run(source, simulated=True) == expected


LIBRARY_USE = {
    "dataclasses": (
        "from dataclasses import *\n@dataclass(order=True)\nclass P:\n  x: int\n  y: list = field(default_factory=list)\n"
        "print(P(1), P(1) < P(2), asdict(P(3)), replace(P(1), x=5), fields(P)[0].name)\n"
        "@dataclass(frozen=True, slots=True)\nclass Q:\n  a: int = 1\nprint(hash(Q()) == hash(Q()))\n"
        "try: Q().a = 2\nexcept FrozenInstanceError as e: print(e)\n"
        "match P(1, [2]):\n  case P(x, y): print(x, y)",
        "P(x=1, y=[]) True {'x': 3, 'y': []} P(x=5, y=[]) x\nTrue\ncannot assign to field 'a'\n1 [2]\n",
    ),
    "enum": (
        "from enum import *\nclass C(Enum):\n  RED = 1\n  BLUE = auto()\n  @property\n  def low(self): return self.name.lower()\n"
        "class F(IntFlag):\n  A = 1\n  B = 2\nprint(C.RED, C(2).low, [c.name for c in C], C['RED'] is C.RED, F.A | F.B, Enum('E', 'p q').q.value)",
        "C.RED blue ['RED', 'BLUE'] True 3 2\n",
    ),
    "collections": (
        "from collections import *\nN = namedtuple('N', 'a b', defaults=[2])\nprint(N(1), N(1)._asdict(), Counter('aab').most_common(1),\n"
        "  deque([1, 2], maxlen=1), OrderedDict(a=1), ChainMap({'a': 1}, {'b': 2})['b'])\nd = defaultdict(list)\nd['x'].append(1)\nprint(dict(d))",
        "N(a=1, b=2) {'a': 1, 'b': 2} [('a', 2)] deque([2], maxlen=1) " + (
            "OrderedDict({'a': 1})" if sys.version_info >= (3, 12) else "OrderedDict([('a', 1)])") + " 2\n{'x': [1]}\n",
    ),
    "typing": (
        "from typing import *\nT = TypeVar('T')\nclass S(Generic[T]):\n  def __init__(self, x: T): self.x = x\nclass N(NamedTuple):\n  a: int\n  b: str = 'z'\n"
        "class D(TypedDict):\n  k: int\n@runtime_checkable\nclass P(Protocol):\n  def f(self): ...\nclass I:\n  def f(self): pass\n"
        "def g(x: int, y: 'N') -> None: ...\nprint(S[int](3).x, N(1), D(k=1), isinstance(I(), P), sorted(get_type_hints(g)))",
        "3 N(a=1, b='z') {'k': 1} True ['return', 'x', 'y']\n",
    ),
    "functools": (
        "from functools import *\n@lru_cache\ndef fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\n"
        "@singledispatch\ndef s(x): return 'o'\n@s.register\ndef _(x: int): return 'i'\n"
        "class A:\n  @cached_property\n  def v(self): return 4\nprint(fib(40), s(1), s(''), A().v, reduce(lambda a, b: a + b, [1, 2]), partial(pow, 2)(3), sorted([2, 1], key=cmp_to_key(lambda a, b: a - b)))",
        "102334155 i o 4 3 8 [1, 2]\n",
    ),
    "text": (
        "import re, json, string, textwrap, csv\n"
        "print(re.sub(r'(a)b', r'<\\1>', 'abc', flags=re.I), re.findall('[0-9]+', 'a1b22'), json.dumps({'a': [1, None]}, sort_keys=True), json.loads('{\"x\": 1.5}'))\n"
        "try: re.compile('(')\nexcept re.error as e: print(type(e).__name__)\n"
        "print(string.Template('$a').substitute(a=1), textwrap.fill('a b', 1).split(), list(csv.reader(['a,\"b,c\"'])), string.Formatter().format('{0.real}', 3))",
        "<a>c ['1', '22'] {\"a\": [1, null]} {'x': 1.5}\nerror\n1 ['a', 'b'] [['a', 'b,c']] 3\n",
    ),
    "numbers": (
        "import math, random, statistics, fractions, decimal, datetime, struct, heapq, bisect, itertools, operator, copy, hashlib, base64, uuid, zlib\n"
        "random.seed(3)\na = random.random()\nrandom.seed(3)\nprint(a == random.random(), math.isclose(math.sqrt(2) ** 2, 2), statistics.median([3, 1, 2]), fractions.Fraction(1, 3) * 3, decimal.Decimal('0.1') * 3)\n"
        "print(datetime.date(2024, 2, 28) + datetime.timedelta(2), struct.unpack('<H', b'\\1\\2'), heapq.nsmallest(1, [3, 1]), bisect.bisect([1, 3], 2), list(itertools.islice(itertools.count(5), 2)))\n"
        "print(operator.itemgetter(1)([1, 2]), operator.attrgetter('real')(5), copy.deepcopy({'a': [1]}), hashlib.sha256(b'').hexdigest()[:8], base64.b64encode(b'a'), uuid.UUID(int=1).hex[-2:], zlib.crc32(b'a'))",
        "True True 2 1 0.3\n2024-03-01 (513,) [1] 1 [5, 6]\n2 5 {'a': [1]} e3b0c442 b'YQ==' 01 3904355907\n",
    ),
    "contextlib": (
        "from contextlib import *\nimport abc\n@contextmanager\ndef c():\n  try: yield 1\n  finally: print('out')\nwith c() as v, suppress(KeyError): {}['a']\n"
        "with ExitStack() as s: s.callback(print, 'bye')\nclass A(abc.ABC):\n  @abc.abstractmethod\n  def f(self): ...\ntry: A()\nexcept TypeError: print('abstract')",
        "out\nbye\nabstract\n",
    ),
}


@pytest.mark.parametrize("name", LIBRARY_USE)
def test_the_vetted_library_works(name: str) -> None:
    """Modules of the standard library, executed in the process, behave as documented."""
    source, expected = LIBRARY_USE[name]
    assert run(source) == expected


@pytest.mark.parametrize("name", sorted(vetted.LIBRARY | vetted.PUBLIC_SHIMS | vetted.PUBLIC_C))
def test_every_vetted_module_can_be_imported_or_is_private(name: str) -> None:
    """Nothing in the table is there for show."""
    rootfs = Path(vetted.__file__).parent.parent
    lib = {"/" + str(path.relative_to(rootfs)): path.read_text() for path in (rootfs / "lib").rglob("*.py")}
    files = lib if name.split(".")[0] in ("sched", "timeit", "unittest") else {}  # they work with the program's `time`
    if name.split(".")[0] in vetted.PRIVATE_LIBRARY or name in vetted.PRIVATE_LIBRARY:
        with pytest.raises(ModuleNotFoundError):
            run(f"import {name}", files=files)
    else:
        run(f"import {name}", files=files)


@pytest.mark.parametrize("name", ["os", "sys", "subprocess", "ctypes", "gc", "importlib", "builtins.x", "socket",
                                  "threading", "pickle", "marshal", "weakref", "_thread", "posix", "abi.sealed", "executive", "system",
                                  "greenlet", "dis", "code", "io", "pathlib", "types.CodeType"])
def test_the_hosts_other_modules_are_not_there(name: str) -> None:
    """What the disk does not have, the program does not get."""
    with pytest.raises(ImportError):
        run(f"import {name}")


ESCAPES = {
    "format": "'{0.__class__}'.format(1)",
    "format deep": "'{0.a.__globals__}'.format(1)",
    "format_map": "'{x.__class__}'.format_map({'x': 1})",
    "format alias": "f = '{0.__class__}'.format\nf(1)",
    "format unbound": "str.format('{0.__class__}', 1)",
    "format getattr": "getattr('{0.__class__}', 'for' + 'mat')(1)",
    "format map": "list(map('{0.__class__}'.format, [1]))",
    "format subclass": "class S(str):\n  def f(self, *a): return super().format(*a)\nS('{0.__class__}').f(1)",
    "format nested": "'{:{0.__class__}}'.format(1)",
    "string.Formatter": "import string\nstring.Formatter().format('{0.__globals__}', print)",
    "UserString": "from collections import UserString\nUserString('{0.__class__}').format(1)",
    "methodcaller": "import operator\noperator.methodcaller('format', 1)('{0.__class__}')",
    "attrgetter": "import operator\noperator.attrgetter('__globals__')(lambda: 0)",
    "attrgetter path": "import operator\noperator.attrgetter('real.__class__')(1)('x')\noperator.attrgetter('a.tb_frame')",
    "getattr": "getattr(lambda: 0, '__glo' + 'bals__')",
    "getattr subclass of str": "class S(str):\n  def __eq__(s, o): return True\n  __hash__ = str.__hash__\ngetattr(lambda: 0, S('__globals__'))",
    "getattr default": "getattr(lambda: 0, '__code__', None)",
    "object getattribute": "object.__getattribute__(lambda: 0, '__globals__')",
    "super getattribute": "class A:\n  def g(self, n): return super().__getattribute__(n)\nA().g('__reduce_ex__')",
    "type of generator": "(i for i in ()).gi_frame",
    "class dict": "object.__dict__['__subclasses__']",
    "type dict": "vars(type(int))['__subclasses__']",
    "vars of type": "vars(type)['__subclasses__']",
    "builtins in exec": "d = {}\nexec('', d)\nd['__builtins__']['open']",
    "import of builtins": "import builtins\nbuiltins.open.__self__",
    "code constructor": "type(compile('1', '', 'eval'))('import os', 'exec')",
    "code rebuilt": "C = type(compile('1', '', 'eval'))\nc = C()\nobject.__setattr__(c, '__wrapped_code__', '1')",
    "traceback in exit": "class C:\n  def __enter__(self): pass\n  def __exit__(self, t, v, tb):\n    getattr(tb, 'tb_frame')\nwith C(): 1 / 0",
    "attribute error obj": "try: getattr(print, '__self__')\nexcept AttributeError as e: e.obj.__self__\n",
    "match args by setattr": "class A: pass\nsetattr(A, '__match_args__', ('__globals__',))",
    "match args by type": "type('A', (), {'__match_args__': ('tb_frame',)})",
    "match args by metaclass call": "class M(type): pass\nM('A', (), {'__match_args__': ('tb_frame',)})",
    "match args by type new": "class M(type): pass\ntype.__new__(M, 'A', (), {'__match_args__': ('tb_frame',)})",
    "match args by ABCMeta": "from abc import ABCMeta\nABCMeta('A', (), {'__match_args__': ('tb_frame',)})",
    "match args by dataclass": "from dataclasses import make_dataclass\nmake_dataclass('A', ['tb_frame'])",
    "match args by class body dataclass": "from dataclasses import dataclass\n@dataclass\nclass A:\n  tb_frame: int",
    "match args by namedtuple": "from collections import namedtuple\nnamedtuple('A', 'tb_frame gi_frame')\nraise Exception",
    "match args by enum": "from enum import Enum\nEnum('E', {'__match_args__': ('tb_frame',)})",
    "match args by new_class": "import types\ntypes.new_class('A', (), {}, lambda ns: ns.update(__match_args__=('tb_frame',)))",
    "match args by metaclass getattr": "class M(type):\n  def __getattr__(c, n): return ('__globals__',)",
    "del by type": "type('A', (), {'__del__': print})",
    "del by setattr": "class A: pass\nsetattr(A, '__del__', print)",
    "wraps assigned": "import functools\nclass C:\n  def __setattr__(s, n, v):\n    if n != '__wrapped__': raise SystemExit(v)\nfunctools.update_wrapper(C(), print, assigned=('__self__',), updated=())\nraise ValueError",
    "wraps assigned globals": "import functools\ndef f(): pass\nclass C:\n  def __setattr__(s, n, v):\n    if n != '__wrapped__': raise SystemExit(v)\nfunctools.update_wrapper(C(), print, assigned=('__globals__',), updated=())\nraise ValueError",
    "annotations in the host": "import typing\nclass O:\n  __wrapped__ = print\n  __annotations__ = {'x': '_host_builtins'}\ntyping.get_type_hints(O())",
    "dataclass injection": "from dataclasses import dataclass\nclass A: pass\nA.__annotations__ = {'x=__import__(\"os\")': int}\ndataclass(A)",
    "star import": "import evil\nfrom evil import *",
    "setattr on a shared class": "import zlib\nzlib.error.args = 1",
    "setattr builtin on a shared class": "import zlib\nsetattr(zlib.error, 'x', 1)",
    "store through self": "import zlib\nclass A:\n  def f(self):\n    self.x = 1\n    self.y = 2\nA.f(zlib.error)",
    "store in a for target": "import struct\nfor struct.error.x in [1]: pass",
    "store in a with target": "import struct\nclass C:\n  def __enter__(self): return 1\n  def __exit__(self, *e): pass\nwith C() as struct.error.x: pass",
    "store by unpacking": "import struct\n(struct.error.x, y) = 1, 2",
    "store by augmented assignment": "import decimal\ndecimal.Inexact.__doc__ += 'x'",
    "delete on a shared class": "import struct\ndel struct.error.x",
    "dataclass on a shared class": "import zlib, dataclasses\ndataclasses.dataclass(zlib.error)",
    "total_ordering on a shared class": "import zlib, functools\nclass L: pass\nfunctools.total_ordering(zlib.error)",
    "update_wrapper on a shared class": "import zlib, functools\nfunctools.update_wrapper(zlib.error, len, updated=())",
    "sealed status": "from abi.status import Status\nStatus.name = 5",
    "sealed status by type": "from abi.status import Status\ntype.__setattr__(Status, 'name', 5)",
    "property of a shared class": "from abi.status import Status\nStatus.name.__init__(lambda self: 5)",
    "property of a shared class unbound": "from abi.status import Status\nproperty.__init__(Status.name, lambda self: 5)",
    "property through a false super": "from abi.status import Status\nsuper = lambda: Status.name\ndef f(): super().__init__(lambda self: 5)\nf()",
    "private globals": "globals()['__builtins__']",
    "reserved through vars": "import json\nvars(json)['_axis_' + 'due'] = False",
    "reserved through setattr": "import json\nsetattr(json, '_axis_' + 'due', False)",
    "reserved through builtins": "import builtins\nsetattr(builtins, '_axis_' + 'due', False)",
    "helper in exec": "exec('class A: pass\\nimport zlib\\nzlib.error.x = 1', {'_axis_' + 'sealed': lambda x: x})",
    "bound method self": "getattr(print, '__self__')",
    "instance of the sandbox": "print.__func__",
    "modules dunder": "import json\njson.__loader__",
    "eval dunder": "eval('().__class__.__base__.__subclasses__()')",
    "subclasses by getattr": "getattr(object, '__subclasses__')()",
    "import by text": "__import__('os')",
    "relative import": "from ..executive import sandbox",
    "type changed": "x = 1\nx.__class__ = bool",
    "eval called by the kernel's own sum": "class A: __radd__ = eval\nclass B: __add__ = eval\nprint(sum(['_host_sys'], B()))",
    "globals called by print": "class A: __str__ = globals\nprint(A())",
    "locals called by the library": "import functools\nfunctools.reduce(eval, ['names', None])",
    "raw code constructor": "import dataclasses\ndataclasses.types.CodeType",
    "raw code constructor through typing": "import typing\ntyping.types.CodeType",
    "raw type of the library": "import dataclasses\ndataclasses.builtins.vars(dataclasses.builtins.type)",
    "kernel copied into a memo": "import copy\nmemo = {}\ncopy.deepcopy(print, memo)\nif not any('andbox' in repr(type(v)) for v in memo.values()): raise ValueError",
    "bad match args inherited": "import typing, abc\nclass P:\n  pass\nT = typing.get_origin(typing.Type[int])\nBad = T('Bad', (), {'__match_args__': ('tb_frame',)})\nclass B(Bad, abc.ABC): pass",
    "library sys": "import random\nrandom._os.system",
    "library internals": "import dataclasses\ndataclasses.sys.modules['builtins'].open.__self__",
    "library builtins": "import dataclasses\ndataclasses.builtins.open('/etc/passwd')",
}


@pytest.mark.parametrize("name", ESCAPES)
def test_ways_out_are_closed(name: str) -> None:
    """Each of these ends in an error before it has anything in hand."""
    files = {"/home/evil.py": "__all__ = ['_axis_' + 'sealed', '__builtins__']\ndef __getattr__(name): return lambda x: x"}
    with pytest.raises((AttributeError, TypeError, SyntaxError, ImportError, KeyError, NameError, ValueError, OSError)):
        run(ESCAPES[name], files=files)


def test_two_processes_share_nothing_that_can_be_changed() -> None:
    """A module that one process changes is as new in the next."""
    run("import json, random, collections, re\njson.dumps = random.seed = collections.Counter = 5\nre.compile = None")
    assert run("import json\nprint(json.dumps(1))") == "1\n"
    first, _ = boot("")
    second, _ = boot("")
    assert first.builtins is not second.builtins
    first.builtins["print"] = None
    assert second.builtins["print"] is not None


def test_functions_handed_to_programs_take_no_attributes() -> None:
    """Otherwise they would be a channel between processes."""
    source = "for f in (print, input, getattr, setattr, vars, exec, globals, iter, sum, pow, format, require):\n  try: f.mark = 1\n  except AttributeError: pass\n  else: print('open', f)"
    assert run(source) == ""


def test_print_is_one_write_and_follows_sys_stdout() -> None:
    """One message to the console a call; a stream of the program's own wins, and `file=` wins over that."""
    lib = {"/lib/python/sys.py": "class Out:\n  def __init__(self): self.text = ''\n  def write(self, t): _axis_process.write(-11, t.encode())\nstdout = Out()\n_axis_process.set_standard('stdout', stdout)\nargv = _axis_process.argv\n"}
    sandbox, host = boot("", files=lib)
    sandbox.run_main(host.compile("print('a', 1, sep='-', end='!\\n')\nprint()\nprint('é')", "/p.py", "program"))
    assert host.writes == [b"a-1!\n", b"\n", "é\n".encode()]

    source = (
        "import sys\nclass Mine:\n  def __init__(self): self.got = []\n  def write(self, t): self.got.append(t)\n"
        "old = sys.stdout\nprint('one')\nsys.stdout = mine = Mine()\nprint('two')\nprint('three', file=old)\nsys.stdout = old\nprint(mine.got, sys.argv)"
    )
    assert run(source, files=lib, env={"ARGS": ["x"]}) == "one\nthree\n['two\\n'] ['/home/program.py', 'x']\n"


def test_the_hook_of_the_library_is_closed_to_programs() -> None:
    """`_axis_process` is a name that only files below /lib may say."""
    with pytest.raises(SyntaxError):
        run("_axis_process")
    with pytest.raises(AttributeError):
        run("import helper\ngetattr(helper, '_axis_' + 'process')", files={"/lib/python/helper.py": "x = _axis_process.ring()"})


def test_input_reads_lines_and_loses_nothing() -> None:
    """The buffer behind `input` is the one behind `sys.stdin`."""
    lib = {"/lib/python/rest.py": "def rest(): return _axis_process.stdin.read()"}
    source = "a = input('? ')\nb = input()\nfrom rest import rest\nprint([a, b, rest()])\ntry: input()\nexcept EOFError: print('end')"
    assert run(source, files=lib, stdin="ä1\nzwei\nthe rest\nof it".encode()) == "? ['ä1', 'zwei', b'the rest\\nof it']\nend\n"
    assert run("print([input()])", stdin=b"no newline") == "['no newline']\n"


def test_modules_come_from_the_programs_directory_the_library_and_the_disk() -> None:
    """Own directory first, then the vetted library, /lib/axis for `axis.X`, /lib/python, /usr/lib."""
    files = {
        "/home/mine.py": "import json\nname = __name__, __file__\n",
        "/home/pack/__init__.py": "from .inner import value\nfrom . import other\n",
        "/home/pack/inner.py": "value = 5\n",
        "/home/pack/other.py": "from .inner import value as v\n",
        "/lib/axis/filesystem.py": "where = 'axis'\n",
        "/lib/axis/dk/__init__.py": "where = 'dk'\n",
        "/lib/python/time.py": "where = 'python'\n",
        "/usr/lib/extra.py": "where = 'usr'\n",
    }
    source = (
        "import mine, pack, extra, time\nfrom axis import filesystem, dk\nimport pack.inner as inner\nprint(mine.name, pack.value, pack.other.v, inner.value)\n"
        "print(filesystem.where, dk.where, time.where, extra.where, require('filesystem') is filesystem, require('extra').where)\n"
    )
    assert run(source, files=files) == "('mine', '/home/mine.py') 5 5 5\naxis dk python usr True usr\n"


def test_a_module_of_the_program_does_not_replace_what_the_library_uses() -> None:
    """A file `re.py` beside the program is for the program alone."""
    files = {"/home/re.py": "mine = True\n"}
    assert run("import json, re\nprint(json.loads('[1]'), re.mine)", files=files) == "[1] True\n"


def test_a_module_that_fails_is_not_kept() -> None:
    """A second import tries again; a cycle sees the half-made module."""
    files = {"/home/bad.py": "raise ValueError('once')\n", "/home/a.py": "import b\nx = 1\n", "/home/b.py": "import a\ny = 2\n"}
    source = "for _ in 'ab':\n  try: import bad\n  except ValueError as e: print(e)\nimport a, b\nprint(a.x, b.y)"
    assert run(source, files=files) == "once\nonce\n1 2\n"


def test_names_of_modules_cannot_climb() -> None:
    """No name leads out of the directories that are searched."""
    for name in ("../x", "a/b", "", "a..b", ".a", "__main__.x", "a-b"):
        with pytest.raises((ImportError, ValueError, TypeError)):
            run(f"require({name!r})")


def test_rings_below_the_fence_are_plain() -> None:
    """Rings 1 and 2 run uninstrumented with Python's own builtins, but their imports and streams are the kernel's."""
    files = {"/system/vfs/__init__.py": "", "/system/vfs/paths.py": "root = '/'\n", "/lib/axis/dk.py": "name = 'dk'\n"}
    source = (
        "from abi.status import Status, StatusError\nfrom system.vfs.paths import root\nfrom axis import dk\nimport json, tomllib\n"
        "print(Status(500).name, root, dk.name, component is not None, (lambda: 0).__code__.co_name, tomllib.loads('a = 1'))\n"
        "print(sorted(n for n in ('open', 'input', 'exec', 'eval', 'syscall', 'env', 'require', 'breakpoint') if n in dir(__builtins__)))"
    )
    text = run(source, ring=1, path="/system/server.py", files=files)
    assert text.startswith("ACCESS_DENIED / dk True <lambda> {'a': 1}\n")
    with pytest.raises(ImportError):
        run("import subprocess", ring=2)
    with pytest.raises(NameError):
        run("component", ring=3)


def test_errors_across_rings_are_one_class() -> None:
    """A program catches the very class that the kernel raises."""
    source = "from abi.status import StatusError, Status\ntry: syscall('nonsense')\nexcept StatusError as e: print(e.status == Status.UNKNOWN_SYSCALL, e.detail)"
    assert run(source) == "True nonsense\n"
    assert Status(303) is Status.UNKNOWN_SYSCALL
    assert issubclass(StatusError, Exception)


def test_tracebacks_show_the_guest_only() -> None:
    """Frames of the kernel, of guards and of the host do not appear; chains and notes do."""
    source = (
        "import json\ndef f():\n    try:\n        json.loads('{')\n    except ValueError as error:\n        error.add_note('while loading')\n"
        "        raise KeyError('k') from error\nf()\n"
    )
    sandbox, host = boot(source)
    with pytest.raises(KeyError) as caught:
        sandbox.run_main(host.compile(source, "/home/program.py", "program"))
    text = sandbox.format_exception(caught.value)
    assert "sandbox.py" not in text and "rootfs" not in text and "guards" not in text
    assert 'File "/home/program.py", line 4, in f\n    json.loads(\'{\')' in text
    assert "JSONDecodeError: Expecting property name" in text and "while loading" in text
    assert text.endswith("KeyError: 'k'\n")


def test_a_traceback_survives_hostile_errors() -> None:
    """Whatever `__str__` does, the text ends."""
    source = "class E(Exception):\n  def __str__(self): raise E\n  __module__ = 5\nraise E"
    sandbox, host = boot(source)
    with pytest.raises(Exception) as caught:
        sandbox.run_main(host.compile(source, "/home/program.py", "program"))
    assert "E: <exception str() failed>" in sandbox.format_exception(caught.value)


def test_a_syntax_error_shows_its_line() -> None:
    """As Python prints it."""
    sandbox, host = boot("")
    with pytest.raises(SyntaxError) as caught:
        host.compile("x = (\n", "/home/p.py", "program")
    assert 'File "/home/p.py", line 1' in sandbox.format_exception(caught.value)


def test_identity_is_counted_in_simulation() -> None:
    """Addresses differ from run to run, counters do not."""
    source = "class A: pass\na, b = A(), A()\nprint(id(a), id(b), id(a), hash(a), repr(b), a == b, len({a, b}))"
    assert run(source, simulated=True) == run(source, simulated=True)
    assert run(source, simulated=True).startswith("1 2 1 1 <__main__.A object at 0x2>")


def test_a_killed_process_cannot_go_on() -> None:
    """Each checkpoint raises again, whatever is caught."""
    source = "n = 0\nwhile True:\n  try:\n    while True:\n      n += 1\n  except:\n    n = 0\n  finally:\n    for _ in range(9): pass\n"
    with pytest.raises(Killed):
        run(source, limit=50)


def test_a_sandbox_is_cheap() -> None:
    """Thousands of processes: a few kilobytes each."""
    import tracemalloc

    _, host = boot("")
    kept: list[Sandbox] = [Sandbox(host, 3, "/p.py", {})]
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept += [Sandbox(host, 3, "/p.py", {}) for _ in range(100)]
    used = (tracemalloc.get_traced_memory()[0] - before) / 100
    tracemalloc.stop()
    assert used < 12_000


TYPE_MACHINERY = """
from typing import *
T, P, Ts = TypeVar("T"), ParamSpec("P"), TypeVarTuple("Ts")
class Box(Generic[T]): pass
made = [T | None, None | T, T | int, Box[T], Box[int], Generic[T, P], list[T] | None, Callable[P, T][[int], str],
        Tuple[Unpack[Ts]][int, str], next(iter(Ts)), P.args, T, P, Ts, Box, Generic]
"""


def test_what_typing_makes_is_the_processs_own() -> None:
    """Since Python 3.12 the interpreter has type variables in C, which use the host's `typing` and fill its caches."""
    import typing

    sandbox, host = boot(TYPE_MACHINERY)
    sandbox.run_main(host.compile(TYPE_MACHINERY, "/home/program.py", "program"))
    of_the_host = set(map(id, vars(typing).values()))
    for value in sandbox.main.__dict__["made"]:
        for kind in (value, *type.mro(type(value))):
            shared = id(kind) in of_the_host and isinstance(kind, type) and kind.__module__ == "typing"
            assert not shared, (value, kind)
