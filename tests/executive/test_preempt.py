"""The instrumenter: the same behaviour, the same lines, and a checkpoint wherever code can go round."""

# ruff: noqa: E501  (a program under test stands on as few lines as it can)
from __future__ import annotations

import marshal
import traceback

import pytest

from executive import preempt
from sandbox_world import Killed, boot, run

SPINNING = {
    "while": "while True: pass",
    "for": "for _ in iter(int, 1): pass",
    "function": "def f():\n  while True: pass\nf()",
    "continue": "while True:\n  continue",
    "else": "while True:\n  for _ in (): pass\n  else: continue",
    "list comprehension": "[0 for _ in iter(int, 1)]",
    "filtered comprehension": "[0 for _ in iter(int, 1) if False]",
    "set comprehension": "{0 for _ in iter(int, 1)}",
    "dict comprehension": "{0: 0 for _ in iter(int, 1)}",
    "generator expression": "any(0 for _ in iter(int, 1))",
    "nested generators": "def g(i):\n  for x in i: yield x\nfor _ in g(g(g(iter(int, 1)))): pass",
    "lambda recursion": "f = lambda: f()\nwhile True:\n  try: f()\n  except RecursionError: pass",
    "mutual recursion": "def a(): b()\ndef b(): a()\nwhile True:\n  try: a()\n  except RecursionError: pass",
    "finally": "try:\n  1 / 0\nfinally:\n  while True: pass",
    "except": "try:\n  1 / 0\nexcept ZeroDivisionError:\n  while True: pass",
    "swallows everything": "while True:\n  try:\n    while True: pass\n  except BaseException: pass",
    "with": "class C:\n  def __enter__(self): pass\n  def __exit__(self, *e):\n    while True: pass\nwith C(): pass",
    "decorator": "def d(f):\n  while True: pass\n@d\ndef f(): pass",
    "sort key": "sorted([1, 2], key=lambda v: [0 for _ in iter(int, 1)])",
    "equality": "class A:\n  def __eq__(self, o):\n    while True: pass\n[A()].count(3)",
    "class body": "class A:\n  while True: pass",
    "class body with locals": "class A:\n  locals()['_axis_' + 'due'] = False\n  while True: pass",
    "generator close": "def g():\n  try: yield\n  finally:\n    while True: pass\nx = g()\nnext(x)\nx.close()",
    "exec": "exec('while True: pass')",
    "exec with own dict": "exec('while True: pass', {'_axis_' + 'due': False, '_axis_' + 'checkpoint': int})",
    "exec with own locals": "exec('while True: pass', {}, {'_axis_' + 'due': False})",
    "eval": "eval('[0 for _ in iter(int, 1)]')",
    "compiled": "exec(compile('while True: pass', 'x', 'exec'))",
    "cleared globals": "for name in list(globals()): del globals()[name]\nwhile True: pass",
    "endless count": "import itertools\nsum(itertools.count())",
    "endless cycle": "import itertools\nany(itertools.cycle([0]))",
    "endless repeat": "import itertools\nmax(itertools.repeat(1))",
    "huge product": "import itertools\nfor _ in zip(itertools.product(range(9), repeat=40)): pass",
    "chained": "import itertools\nlist(itertools.chain.from_iterable([[]] * 10**6)) \nwhile True: pass",
    "huge range": "sum(range(10**15))",
    "range alias": "r = range\nsum(r(10**15))",
    "map of C functions": "sum(map(abs, iter(int, 1)))",
    "filter of C functions": "list(filter(None, iter(int, 1)))",
    "reduce": "import functools\nfunctools.reduce(max, iter(int, 1))",
    "async": "async def f():\n  while True: pass\ntry: f().send(None)\nexcept StopIteration: pass",
    "match": "while True:\n  match 1:\n    case 1: continue",
    "star": "print(*(0 for _ in iter(int, 1)))",
    "getattr": "class A:\n  def __getattr__(self, n):\n    while True: pass\nA().x",
    "library loop": "import textwrap\nwhile True: textwrap.dedent('a')",
}


@pytest.mark.parametrize("shape", SPINNING)
def test_a_spinning_program_reaches_checkpoints(shape: str) -> None:
    """Whatever goes round, a kill comes through in the end, and cannot be swallowed."""
    with pytest.raises(BaseException) as caught:
        run(SPINNING[shape], limit=3000)
    assert isinstance(caught.value, Killed), caught.value


def test_the_flag_makes_the_difference() -> None:
    """With the flag down nothing is called; raised from outside, the next checkpoint calls the kernel."""
    source = "total = 0\nfor i in range(100): total += i\nprint(total)"
    sandbox, host = boot(source)
    sandbox.run_main(host.compile(source, "/home/program.py", "program"))
    assert (host.checkpoints, host.out) == (0, b"4950\n")

    sandbox, host = boot(source)
    sandbox.raise_flag()
    sandbox.run_main(host.compile(source, "/home/program.py", "program"))
    assert host.checkpoints == 100

    sandbox, host = boot(source)
    sandbox.raise_flag()
    sandbox.lower_flag()
    sandbox.run_main(host.compile(source, "/home/program.py", "program"))
    assert host.checkpoints == 0


def test_in_simulation_every_checkpoint_counts_and_counts_alike() -> None:
    """The flag never comes down, so the number of checkpoints is a property of the program."""
    source = "def f(n):\n  return sum(i for i in range(n))\nprint(f(10), [x for x in 'ab'])\nimport json"
    counts = []
    for _ in range(2):
        sandbox, host = boot(source, simulated=True)
        sandbox.lower_flag()
        sandbox.run_main(host.compile(source, "/home/program.py", "program"))
        counts.append(host.checkpoints)
    assert counts[0] == counts[1] > 10


def test_the_result_is_the_same_each_time_and_can_be_stored() -> None:
    """The kernel caches instrumented code with marshal, so it may depend on nothing else and hold no objects."""
    source = "x = {1, 2}\ndef f(a, *b, c=1, **d):\n  a.b = [i for i in b if i]\n  return lambda: a ** c * 'x'\n"
    for kind in ("program", "library", "exec"):
        first = preempt.instrument(source, "/p.py", kind)
        assert first == preempt.instrument(source, "/p.py", kind) == marshal.loads(marshal.dumps(first))
    assert preempt.policy_hash() == preempt.policy_hash()
    assert len(preempt.policy_hash()) == 16


def test_lines_of_errors_are_exact() -> None:
    """A traceback points where the author would look."""
    source = '"""Doc."""\nfrom __future__ import annotations\n\n\ndef f(x):\n    """Doc."""\n\n    y = [\n        1,\n        1 / x,\n    ]\n    return y\n\n\nfor i in [1, 0]:\n    f(\n        i\n    )\n'
    sandbox, host = boot(source)
    with pytest.raises(ZeroDivisionError) as caught:
        sandbox.run_main(host.compile(source, "/home/program.py", "program"))
    frames = [frame for frame in traceback.extract_tb(caught.value.__traceback__) if frame.filename == "/home/program.py"]
    assert [frame.lineno for frame in frames] == [16, 10]
    text = sandbox.format_exception(caught.value)
    assert text == (
        'Traceback (most recent call last):\n  File "/home/program.py", line 16, in <module>\n    f(\n'
        '  File "/home/program.py", line 10, in f\n    1 / x,\nZeroDivisionError: division by zero\n'
    )


def test_docstrings_and_future_imports_stay_first() -> None:
    """What we put in comes behind them."""
    source = (
        '"""Module."""\nfrom __future__ import annotations\nclass A:\n    """Class."""\n    x: Missing = 1\n'
        '    def f(self):\n        """Method."""\n'
        "print(__doc__, A.__doc__, A.f.__doc__, A.__annotations__)\n"
    )
    assert run(source) == "Module. Class. Method. {'x': 'Missing'}\n"


def test_operands_are_evaluated_once_and_in_order() -> None:
    """The guards around products, shifts, powers, stores and formats keep Python's order."""
    source = """
seen = []
def v(name, value):
    seen.append(name)
    return value
class Box: pass
def work():
    box = Box()
    seen.append(v("a", 2) * v("b", 3))
    seen.append(v("a", 1) << v("b", 3))
    seen.append(v("a", 2) ** v("b", 5))
    v("target", box).x = v("value", 7)
    v("target", box).x += v("value", 1)
    v("target", box).x *= v("value", 2)
    x = 5
    x *= v("m", 4)
    x <<= v("s", 1)
    x **= v("p", 2)
    seen.append(("{}" + v("f", "")).format(v("arg", x)))
    del v("target", box).x
    for v("target", box).y in [1, 2]: pass
    v("t", box).a, v("u", box).b = v("pair", (1, 2))
    seen.append(box.y + box.a + box.b)
work()
print(seen)
"""
    space: dict[str, object] = {}
    lines: list[str] = []
    exec(source.replace("print(seen)", "show(seen)"), {"show": lambda value: lines.append(f"{value}\n"), **space})
    assert run(source) == lines[0]


@pytest.mark.parametrize("source", [
    "while True: x = x * x", "while True: x *= x", "while True: x = x ** 2", "while True: x = pow(x, 2)",
    "x = x*x\n" * 60, "y = x*x; x = y*y\n" * 40, "x = 7 ** 10**9", "x = 1 << 10**11", "x <<= 10**11", "x **= 10**9",
    "x = (5).__pow__(10**10)", "x = int.__pow__(5, 10**10)", "import operator; operator.pow(5, 10**10)",
    "import math; math.factorial(10**8)", "pow(3, 10**8, 10**100000)", "import math; math.comb(10**9, 10**8)",
])
def test_integers_cannot_explode(source: str) -> None:
    """Powers, shifts and repeated squaring end in an OverflowError instead of minutes inside one C call."""
    body = "\n".join("    " + line for line in source.splitlines())
    sandbox, host = boot("")
    host.checkpoint = lambda: sandbox.raise_flag()  # type: ignore[method-assign]
    sandbox = type(sandbox)(host, 3, "/p.py", {})
    sandbox.raise_flag()
    with pytest.raises(OverflowError):
        sandbox.run_main(host.compile(f"x = 3\ndef f(x):\n{body}\nf(3)\n", "/p.py", "program"))


@pytest.mark.parametrize("source", [
    "x = [0] * 10**10", "x = 10**11 * 'a'", "s = 'a'; n = 10**11; x = s * n", "s = [1]; n = 10**11\ns *= n",
    "x = 'a'.ljust(10**11)", "x = f'{1:{10**11}}'", "x = '{:>{}}'.format(1, 10**11)", "x = format(1, '99999999999')",
    "x = b'a'.center(10**11)", "x = 'a'.__mul__(10**11)", "x = str.zfill('a', 10**11)", "x = (1).__format__('999999999')",
    "import operator; operator.mul('a', 10**11)",
])
def test_repetitions_and_paddings_are_bounded(source: str) -> None:
    """They are refused before a byte is allocated."""
    with pytest.raises((MemoryError, ValueError)):
        run("def f():\n" + "\n".join("    " + line for line in source.splitlines()) + "\nf()")
    with pytest.raises((MemoryError, ValueError)):
        run(source)
