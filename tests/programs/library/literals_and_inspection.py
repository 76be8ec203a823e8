import ast
import inspect
import keyword
from dataclasses import dataclass
from typing import Optional

print(ast.literal_eval("{'a': [1, 2.5, None, True], (1, 2): {3}, 'b': b'x', 'c': -1 + 2j}"), ast.literal_eval(" 'text' "), ast.literal_eval("[]"))
for bad in ("__import__('os')", "x", "1 +", "[i for i in ()]", "f''"):
    try:
        ast.literal_eval(bad)
    except (ValueError, SyntaxError) as e:
        print(type(e).__name__)


def greet(name: str, times: int = 2, *args, loud: bool = False, **extra) -> Optional[str]:
    """Greet somebody.

        Indented more.
    """


class Base:
    """Base doc."""
    def method(self, x): "doc of method"
    @staticmethod
    def stat(a, /, b): ...
    @classmethod
    def make(cls, *, k=1): ...


class Child(Base):
    def method(self, x): ...


sig = inspect.signature(greet)
print(sig, list(sig.parameters), sig.parameters["times"].default, sig.parameters["name"].annotation, sig.return_annotation, sig.parameters["args"].kind, sig.parameters["loud"].kind.name, sig.parameters["name"].default is inspect.Parameter.empty)
b = sig.bind("Ann", 3, 4, loud=True, z=1)
print(b.arguments, b.args, b.kwargs)
b = sig.bind("Bob"); b.apply_defaults(); print(b.arguments)
try:
    sig.bind()
except TypeError as e:
    print(e)
print(inspect.signature(Base().method), inspect.signature(Base.stat), inspect.signature(Base.make), inspect.signature(lambda a, b=1: 0), inspect.getdoc(greet), inspect.getdoc(Child.method), inspect.cleandoc("  a\n    b\n  c"))
print(inspect.isfunction(greet), inspect.isclass(Base), inspect.ismethod(Base().method), inspect.isbuiltin(len), inspect.isgenerator(x for x in ()), inspect.isgeneratorfunction(greet), inspect.iscoroutinefunction(greet), inspect.isabstract(Base), callable(Base), inspect.isroutine(len), inspect.ismodule(ast))
print([n for n, _ in inspect.getmembers(Child, inspect.isfunction)], [c.__name__ for c in inspect.getmro(Child)])
@dataclass
class Point:
    x: int
    y: int = 0
print(inspect.signature(Point), inspect.signature(Point).replace(return_annotation=int))
