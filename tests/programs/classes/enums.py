from enum import Enum, IntEnum, Flag, IntFlag, auto, unique, StrEnum


class Color(Enum):
    RED = 1
    GREEN = 2
    BLUE = 3
    CRIMSON = 1

    def describe(self):
        return f"{self.name.title()}={self.value}"

    @classmethod
    def default(cls):
        return cls.GREEN


class Planet(Enum):
    MERCURY = (3.303e23, 2.4397e6)
    EARTH = (5.976e24, 6.37814e6)

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius

    @property
    def gravity(self):
        return 6.67430e-11 * self.mass / self.radius ** 2


class Level(IntEnum):
    LOW = 1
    HIGH = 10


class Perm(Flag):
    R = auto()
    W = auto()
    X = auto()
    RW = R | W


class Mode(IntFlag):
    A = 1
    B = 2
    C = 4


class Method(StrEnum):
    GET = auto()
    POST = auto()


class Auto(Enum):
    @staticmethod
    def _generate_next_value_(name, start, count, last):
        return name.lower() + str(count)

    ONE = auto()
    TWO = auto()


print(list(Color), Color(1), Color["BLUE"], Color.CRIMSON is Color.RED, Color.RED.describe(), Color.default(), len(Color))
print(list(Color.__members__), Color.RED in Color, repr(Color.RED), str(Color.RED), hash(Color.RED) == hash(Color.RED))
print(f"{Planet.EARTH.gravity:.2f}", Planet.MERCURY.value, Planet((5.976e24, 6.37814e6)).name)
print(Level.LOW < Level.HIGH, Level.HIGH + 1, Level(10), sorted([Level.HIGH, Level.LOW]), f"{Level.HIGH}", [0, "a"][Level.LOW])
print(Perm.R | Perm.X, Perm.RW, Perm.R in Perm.RW, ~Perm.R, Perm.RW & Perm.W, bool(Perm.R & Perm.W), Perm(7), list(Perm.RW), Perm(0))
print(Mode.A | Mode.C, Mode(3), Mode.A | 8, int(Mode.C), Mode.B ^ Mode.A)
print(Method.GET, Method.POST == "post", Method("get"), Method.GET.upper(), [m.value for m in Auto])
for bad in (lambda: Color(9), lambda: Color["PINK"], lambda: setattr(Color, "RED", 5), lambda: Color.RED < Color.BLUE):
    try:
        bad()
    except (ValueError, KeyError, AttributeError, TypeError) as e:
        print(type(e).__name__, e)
try:
    @unique
    class Dup(Enum):
        A = 1
        B = 1
except ValueError as e:
    print(e)
try:
    class More(Color):
        PINK = 4
except TypeError as e:
    print(e)
Animal = Enum("Animal", "ANT BEE CAT")
print(list(Animal), Animal.BEE.value, Animal.__name__)
Number = IntEnum("Number", {"ONE": 1, "TWO": 2})
print(Number.TWO * 2, Number(1).name)


class Shape(Enum):
    SQUARE = 2
    CIRCLE = 3

    @classmethod
    def _missing_(cls, value):
        if isinstance(value, str):
            return cls[value.upper()]
        return None


print(Shape("circle"))
match Color(2):
    case Color.RED:
        print("r")
    case Color.GREEN | Color.BLUE:
        print("g or b")
print({Color.RED: "x"}[Color.CRIMSON], Color.RED.name, Color.RED == 1, isinstance(Level.LOW, int))
