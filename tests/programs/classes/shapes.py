from abc import ABC, abstractmethod
import math


class Shape(ABC):
    registry = {}

    def __init_subclass__(cls, /, sides=None, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.sides = sides
        Shape.registry[cls.__name__.lower()] = cls

    @property
    @abstractmethod
    def area(self): ...

    @abstractmethod
    def scale(self, factor):
        """Larger by *factor*."""

    def __str__(self):
        return f"{type(self).__name__} of area {self.area:.3f}"

    def __lt__(self, other):
        return self.area < other.area

    @classmethod
    def create(cls, kind, *args):
        try:
            return cls.registry[kind](*args)
        except KeyError:
            raise ValueError(f"no shape {kind!r}") from None


class Circle(Shape, sides=0):
    def __init__(self, radius):
        self.radius = radius

    @property
    def area(self):
        return math.pi * self.radius ** 2

    def scale(self, factor):
        return Circle(self.radius * factor)


class Rectangle(Shape, sides=4):
    def __init__(self, width, height):
        self.width, self.height = width, height

    @property
    def area(self):
        return self.width * self.height

    def scale(self, factor):
        return type(self)(self.width * factor, self.height * factor)


class Square(Rectangle, sides=4):
    def __init__(self, side, _=None):
        super().__init__(side, side)


class Triangle(Shape, sides=3):
    def __init__(self, a, b, c):
        if not a + b > c:
            raise ValueError("not a triangle")
        self.a, self.b, self.c = a, b, c

    @property
    def area(self):
        s = (self.a + self.b + self.c) / 2
        return math.sqrt(s * (s - self.a) * (s - self.b) * (s - self.c))

    scale = lambda self, f: Triangle(self.a * f, self.b * f, self.c * f)


shapes = [Shape.create("circle", 1), Shape.create("rectangle", 2, 3.5), Square(2), Triangle(3, 4, 5)]
for shape in sorted(shapes):
    print(shape, "->", shape.scale(2), shape.sides)
print(sorted(Shape.registry), issubclass(Square, Shape), isinstance(shapes[0], Rectangle))
for bad in (Shape, lambda: Shape.create("blob"), lambda: Triangle(1, 1, 5)):
    try:
        bad()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)


class Half(Shape):
    def scale(self, f): return self


try:
    Half()
except TypeError as e:
    print(e)
print([c.__name__ for c in Square.__mro__], Shape.scale.__doc__, sorted(Shape.__abstractmethods__))


@Shape.register
class Point:
    pass


print(isinstance(Point(), Shape), issubclass(Point, Shape), Point.__mro__[1] is object)
