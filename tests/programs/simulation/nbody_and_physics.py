import math


class Vec3:
    __slots__ = "x", "y", "z"
    def __init__(self, x=0.0, y=0.0, z=0.0): self.x, self.y, self.z = x, y, z
    def __add__(self, o): return Vec3(self.x + o.x, self.y + o.y, self.z + o.z)
    def __sub__(self, o): return Vec3(self.x - o.x, self.y - o.y, self.z - o.z)
    def __mul__(self, k): return Vec3(self.x * k, self.y * k, self.z * k)
    def __abs__(self): return math.sqrt(self.x ** 2 + self.y ** 2 + self.z ** 2)
    def __iter__(self): yield from (self.x, self.y, self.z)
    def __repr__(self): return "({})".format(", ".join(f"{c:.6f}" for c in self))


class Body:
    def __init__(self, mass, position, velocity): self.mass, self.position, self.velocity = mass, position, velocity


def energy(bodies):
    total = sum(b.mass * abs(b.velocity) ** 2 / 2 for b in bodies)
    for i, a in enumerate(bodies):
        for b in bodies[i + 1:]:
            total -= a.mass * b.mass / abs(a.position - b.position)
    return total


def advance(bodies, dt):
    for i, a in enumerate(bodies):
        for b in bodies[i + 1:]:
            d = a.position - b.position
            f = dt / abs(d) ** 3
            a.velocity -= d * (b.mass * f) if hasattr(a.velocity, "__isub__") else d * (b.mass * f)
            b.velocity += d * (a.mass * f)
    for b in bodies:
        b.position += b.velocity * dt


bodies = [Body(10, Vec3(), Vec3()), Body(1, Vec3(5), Vec3(0, 1.4)), Body(0.1, Vec3(0, 8), Vec3(-1.1, 0, 0.2))]
before = energy(bodies)
for _ in range(150): advance(bodies, 0.01)
print(f"{before:.9f} {energy(bodies):.9f}")
for b in bodies: print(b.position, b.velocity)
def integrate(f, a, b, n=100):
    h = (b - a) / n
    return h / 3 * (f(a) + f(b) + sum(f(a + i * h) * (4 if i % 2 else 2) for i in range(1, n)))
def newton(f, x, eps=1e-12):
    while abs(y := f(x)) > eps:
        x -= y * 1e-6 / (f(x + 1e-6) - y)
    return x
def rk4(f, y, t, dt):
    k1 = f(t, y); k2 = f(t + dt / 2, y + dt * k1 / 2); k3 = f(t + dt / 2, y + dt * k2 / 2); k4 = f(t + dt, y + dt * k3)
    return y + dt * (k1 + 2 * k2 + 2 * k3 + k4) / 6
y = 1.0
for i in range(100): y = rk4(lambda t, y: y, y, i / 100, 0.01)
print(f"{integrate(math.sin, 0, math.pi):.10f} {newton(lambda x: x * x - 2, 1.0):.10f} {y:.10f} {math.e:.10f}")
