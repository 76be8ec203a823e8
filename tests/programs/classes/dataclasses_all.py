from dataclasses import dataclass, field, fields, asdict, astuple, replace, FrozenInstanceError, KW_ONLY, InitVar, make_dataclass, is_dataclass
from typing import ClassVar, List, Optional
import copy


@dataclass
class Point:
    x: float
    y: float = 0.0

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)


@dataclass(frozen=True, order=True)
class Version:
    major: int
    minor: int = 0
    patch: int = 0
    tag: str = field(default="", compare=False)

    @classmethod
    def parse(cls, text):
        core, _, tag = text.partition("-")
        return cls(*map(int, core.split(".")), tag=tag)

    def __str__(self):
        return ".".join(map(str, astuple(self)[:3])) + (f"-{self.tag}" if self.tag else "")


@dataclass
class Order:
    customer: str
    items: List[str] = field(default_factory=list)
    count: ClassVar[int] = 0
    discount: InitVar[Optional[float]] = None
    total: float = field(init=False, default=0.0)
    _: KW_ONLY
    note: str = ""

    def __post_init__(self, discount):
        Order.count += 1
        self.total = len(self.items) * 10 * (1 - (discount or 0))


@dataclass(slots=True)
class Slotted:
    a: int
    b: list = field(default_factory=list, repr=False)


@dataclass
class Base:
    name: str
    size: int = 1


@dataclass
class Derived(Base):
    size: int = 5
    colour: str = "red"


print(Point(1), Point(1, 2) + Point(3), Point(1, 2) == Point(1.0, 2.0), Point(1) != Point(2))
print(sorted(map(Version.parse, ["1.10.0", "1.2.3-beta", "1.2.3", "0.9"])), Version(1) < Version(1, 1), str(Version.parse("2.0-rc1")))
print({Version(1, 2): "a"}[Version(1, 2, 0, "x")], hash(Version(1)) == hash(Version(1)))
o = Order("Ann", ["tea", "bun"], 0.1, note="quick")
print(o, Order.count, asdict(o), replace(o, customer="Bob", discount=None).total)
print([(f.name, f.type, f.init) for f in fields(Derived)], Derived("q"), Derived("q") == Base("q", 5))
for bad in (lambda: setattr(Version(1), "major", 2), lambda: Point(), lambda: Order("a", [], None, "x"), lambda: setattr(Slotted(1), "c", 2), lambda: Point(1) < Point(2), lambda: hash(Point(1))):
    try:
        bad()
    except (FrozenInstanceError, TypeError, AttributeError) as e:
        print(type(e).__name__, "|", str(e).replace("Order.", ""))
try:
    @dataclass
    class Mutable:
        xs: list = []
except ValueError as e:
    print(e)
C = make_dataclass("C", ["a", ("b", int), ("c", str, "z")], namespace={"twice": lambda self: self.b * 2})
print(C(1, 2), C(1, 2).twice(), is_dataclass(C), is_dataclass(C(1, 2)), Point.__match_args__)
deep = copy.deepcopy(o)
deep.items.append("x")
print(o.items, deep.items, copy.copy(Slotted(1, [2])).b)


def describe(obj):
    match obj:
        case Point(0, 0): return "origin"
        case Point(x, 0): return f"on x at {x}"
        case Point(x=0, y=y): return f"on y at {y}"
        case Version(major=m, tag=t) if t: return f"pre of {m}"
        case Version(): return "release"


print([describe(d) for d in (Point(0), Point(2), Point(0, 3), Version(1, tag="a"), Version(2), 5)])
print(Point.__doc__, Slotted.__slots__, Derived.__eq__ is not Base.__eq__)
