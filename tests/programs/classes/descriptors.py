class Typed:
    """A field that checks its type."""

    def __init__(self, kind, default=None):
        self.kind, self.default = kind, default

    def __set_name__(self, owner, name):
        self.name = "_" + name
        print("set_name", owner.__name__, name)

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return getattr(instance, self.name, self.default)

    def __set__(self, instance, value):
        if not isinstance(value, self.kind):
            raise TypeError(f"{self.name[1:]} must be {self.kind.__name__}, not {type(value).__name__}")
        setattr(instance, self.name, value)

    def __delete__(self, instance):
        delattr(instance, self.name)


class Positive(Typed):
    def __set__(self, instance, value):
        super().__set__(instance, value)
        if value <= 0:
            raise ValueError(f"{self.name[1:]} must be positive")


class Lazy:
    """Computes once, then is replaced by the value in the instance (a non-data descriptor)."""

    def __init__(self, function):
        self.function = function
        self.__doc__ = function.__doc__

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        if instance is None:
            return self
        print("computing", self.name)
        value = instance.__dict__[self.name] = self.function(instance)
        return value


class Item:
    name = Typed(str, "nothing")
    price = Positive(float, 1.0)

    def __init__(self, name, price):
        self.name = name
        self.price = price

    @Lazy
    def label(self):
        """Name and price."""
        return f"{self.name}: {self.price:.2f}"


item = Item("tea", 2.5)
print(item.label, item.label, sorted(vars(item)))
for name, value in (("name", 3), ("price", -1.0), ("price", "x"), ("price", 9.75)):
    try:
        setattr(item, name, value)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
del item.price
print(item.price, Item.price.kind is float, type(Item.name).__name__, Item.label.__doc__)


class Celsius:
    def __init__(self, degrees=0.0):
        self.degrees = degrees

    @property
    def fahrenheit(self):
        return self.degrees * 9 / 5 + 32

    @fahrenheit.setter
    def fahrenheit(self, value):
        self.degrees = (value - 32) * 5 / 9

    @fahrenheit.deleter
    def fahrenheit(self):
        self.degrees = -273.15


c = Celsius(100)
print(c.fahrenheit)
c.fahrenheit = 32
print(c.degrees)
del c.fahrenheit
print(round(c.fahrenheit, 2), isinstance(Celsius.fahrenheit, property), Celsius.fahrenheit.fset is not None)


class Meta:
    @classmethod
    def name(cls):
        return cls.__name__

    @staticmethod
    def add(a, b):
        return a + b


print(Meta.name(), Meta().name(), Meta.add(1, 2), Meta().add("a", "b"))
