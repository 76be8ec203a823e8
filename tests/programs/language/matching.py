from dataclasses import dataclass
from collections import namedtuple
from enum import Enum


@dataclass
class Num: value: float
@dataclass
class Add: left: object; right: object
@dataclass
class Mul: left: object; right: object
@dataclass
class Neg: expr: object
@dataclass
class Var: name: str


def simplify(e):
    match e:
        case Add(Num(0), x) | Add(x, Num(0)): return simplify(x)
        case Mul(Num(0), _) | Mul(_, Num(0)): return Num(0)
        case Mul(Num(1), x) | Mul(x, Num(1)): return simplify(x)
        case Neg(Neg(x)): return simplify(x)
        case Add(Num(a), Num(b)): return Num(a + b)
        case Add(l, r):
            new = Add(simplify(l), simplify(r))
            return simplify(new) if new != e else new
        case Mul(l, r): return Mul(simplify(l), simplify(r))
        case _: return e


def show(e):
    match e:
        case Num(value=v): return f"{v:g}"
        case Var(n): return n
        case Neg(x): return f"-{show(x)}"
        case Add(l, r): return f"({show(l)} + {show(r)})"
        case Mul(left=l, right=r): return f"{show(l)}*{show(r)}"


def command(line):
    match line.split():
        case []: return "nothing"
        case ["quit" | "exit"]: return "bye"
        case ["go", ("north" | "south") as direction]: return f"going {direction}"
        case ["go", other]: return f"cannot go {other}"
        case ["take", *things] if len(things) > 2: return f"too much: {len(things)}"
        case ["take", *things]: return f"taking {' and '.join(things)}"
        case [first, *_, last]: return f"from {first} to {last}"
        case [only]: return f"just {only}"


def classify(x):
    match x:
        case None: return "none"
        case True | False: return "bool"
        case 0: return "zero"
        case int(n) if n < 0: return f"negative {n}"
        case int(): return "int"
        case float() as f: return f"float {f}"
        case "": return "empty string"
        case str(s): return f"string of {len(s)}"
        case b"bytes": return "the bytes"
        case []: return "empty list"
        case [x]: return f"one: {classify(x)}"
        case [x, y]: return f"pair {x},{y}"
        case [_, _, *rest]: return f"2+{len(rest)}"
        case {"type": "circle", "r": r}: return f"circle {r}"
        case {"type": t, **rest}: return f"{t} with {sorted(rest)}"
        case {}: return "dict"
        case set() | frozenset(): return "set"
        case complex(real=r, imag=i): return f"complex {r} {i}"
        case type(): return "class"
        case _: return "other"


class Color(Enum):
    RED = "r"
    BLUE = "b"


P = namedtuple("P", "x y")


def point(p):
    match p:
        case P(0, 0): return "origin"
        case P(x=0): return "y axis"
        case P(x, y) if x == y: return "diagonal"
        case (x, y): return f"{x}/{y}"


e = Add(Mul(Num(1), Var("x")), Add(Num(0), Neg(Neg(Mul(Num(2), Num(0))))))
print(show(e), "=>", show(simplify(e)), show(simplify(Add(Num(2), Add(Num(3), Num(4))))))
for line in ("", "quit", "go north", "go up", "take a b", "take a b c", "one two three", "hm"):
    print(command(line))
for x in (None, True, 0, -5, 7, 1.5, "", "abc", b"bytes", [], [[1, 2]], (1, 2), [1, 2, 3, 4], {"type": "circle", "r": 2, "z": 1},
          {"type": "q", "a": 1}, {}, {1: 2}, {1}, 2 + 3j, int, object()):
    print(classify(x), end="; ")
print()
print([point(p) for p in (P(0, 0), P(0, 5), P(3, 3), P(1, 2), (8, 9))])
match Color("b"):
    case Color.RED: print("red")
    case Color.BLUE: print("blue")
match {"user": {"name": "Ann", "tags": ["x", "y"]}, "ok": True}:
    case {"user": {"name": str(name), "tags": [*_, last]}, "ok": True}: print(name, last)
match (1, [2, {"k": (3, 4)}]):
    case (a, [b, {"k": (c, d)}]): print(a, b, c, d)
class Positional:
    __match_args__ = ("a", "b")
    def __init__(self, a, b): self.a, self.b = a, b
match Positional(1, 2):
    case Positional(1, b): print("positional", b)
match -3:
    case -3: print("minus three")
match 1 + 2j:
    case 1 + 2j: print("complex literal")
match = 5
case = match + 1
print(match, case)
