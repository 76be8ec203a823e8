import sys


class Animal:
    population = 0
    sound = "..."

    def __new__(cls, *args, **kwargs):
        instance = super().__new__(cls)
        Animal.population += 1
        return instance

    def __init__(self, name):
        self.name = name

    def speak(self):
        return f"{self.name} says {self.sound}"

    def __eq__(self, other):
        return type(self) is type(other) and self.name == other.name

    def __hash__(self):
        return hash(self.name)


class Dog(Animal):
    sound = "Woof"

    def speak(self, loud=False):
        text = super().speak()
        return text.upper() if loud else text


class Walker:
    legs = 4

    def walk(self):
        return f"{self.name} walks on {self.legs} legs"


class Swimmer:
    def swim(self):
        return f"{self.name} swims"


class Duck(Animal, Walker, Swimmer):
    sound = "Quack"
    legs = 2

    def __init__(self, name, colour="white"):
        super().__init__(name)
        self.colour = colour

    def __repr__(self):
        return f"<Duck {self.name}, {self.colour}>"


class LoggedDict(dict):
    def __init__(self, *a, **k):
        super().__init__(*a, **k)
        self.log = []

    def __setitem__(self, key, value):
        self.log.append(("set", key))
        super().__setitem__(key, value)

    def __delitem__(self, key):
        self.log.append(("del", key))
        dict.__delitem__(self, key)


class Even(int):
    def __new__(cls, value):
        value = int(value)
        return super().__new__(cls, value - value % 2)

    def __add__(self, other):
        return type(self)(int(self) + int(other))


class Name(str):
    @property
    def initials(self):
        return "".join(part[0] for part in self.split())

    def __eq__(self, other):
        return self.lower() == str(other).lower()

    __hash__ = str.__hash__


class Stack(list):
    def peek(self): return self[-1]
    push = list.append


d = Dog("Rex")
duck = Duck("Donald", colour="blue")
print(d.speak(), d.speak(loud=True), duck.speak(), duck.walk(), duck.swim(), duck)
print(Animal.population, d == Dog("Rex"), d == Animal("Rex"), len({d, Dog("Rex")}), Animal.population)
print([k.__name__ for k in Duck.__mro__], Duck.__bases__ == (Animal, Walker, Swimmer), isinstance(duck, Swimmer), Animal.speak(duck))
x = LoggedDict(a=1)
x["b"] = 2
del x["a"]
x.update(c=3)
print(x, x.log, isinstance(x, dict), x.setdefault("d", 4))
print(Even(7), Even(7) + 3, type(Even(2) + 2).__name__, Even(4) * 2, Name("Ada Lovelace").initials, Name("ADA") == "ada")
s = Stack([1, 2]); s.push(3); print(s.peek(), s, s[0:2])


class Countable:
    instances = []

    def __init__(self): type(self).instances = type(self).instances + [self]


class Sub(Countable): pass


Countable(); Sub(); Sub()
print(len(Countable.instances), len(Sub.instances))


class Outer:
    x = 1

    class Inner:
        y = 2

        def both(self): return Outer.x + self.y

    def make(self): return Outer.Inner()


print(Outer().make().both(), Outer.Inner.__qualname__, Outer.make.__qualname__)


class Temp:
    def __bool__(self): return False
    def __len__(self): return 5
    def __call__(self, *a, **k): return a, k
    def __contains__(self, x): return x == 1
    def __reversed__(self): return iter("cba")
    def __length_hint__(self): return 3
    def __bytes__(self): return b"temp"
    def __complex__(self): return 1j


t = Temp()
print(bool(t), len(t), t(1, a=2), 1 in t, list(reversed(t)), bytes(t), complex(t), callable(t), callable(3))
