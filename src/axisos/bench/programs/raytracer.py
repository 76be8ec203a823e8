# mypy: ignore-errors
"""Spheres over a floor, seen through a small window: classes with operators, constructors in the inner loop."""

import math


class Vector:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def scale(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def length(self):
        return math.sqrt(self.dot(self))

    def unit(self):
        return self.scale(1.0 / self.length())


class Ray:
    def __init__(self, origin, direction):
        self.origin = origin
        self.direction = direction.unit()

    def at(self, distance):
        return self.origin + self.direction.scale(distance)


class Sphere:
    def __init__(self, centre, radius, shade):
        self.centre = centre
        self.radius = radius
        self.shade = shade

    def hit(self, ray):
        offset = self.centre - ray.origin
        along = offset.dot(ray.direction)
        rest = self.radius * self.radius - (offset.dot(offset) - along * along)
        if rest < 0.0:
            return None
        distance = along - math.sqrt(rest)
        return distance if distance > 1e-6 else None

    def normal(self, point):
        return (point - self.centre).unit()


class Floor:
    shade = 0.4

    def __init__(self, height):
        self.height = height

    def hit(self, ray):
        if ray.direction.y > -1e-6:
            return None
        distance = (self.height - ray.origin.y) / ray.direction.y
        return distance if distance > 1e-6 else None

    def normal(self, point):
        return Vector(0.0, 1.0, 0.0)


class Scene:
    def __init__(self, things, light):
        self.things = things
        self.light = light

    def nearest(self, ray):
        best = None
        for thing in self.things:
            distance = thing.hit(ray)
            if distance is not None and (best is None or distance < best[0]):
                best = (distance, thing)
        return best

    def shade(self, ray, depth):
        found = self.nearest(ray)
        if found is None:
            return 0.1
        distance, thing = found
        point = ray.at(distance)
        normal = thing.normal(point)
        to_light = self.light - point
        bright = max(0.0, normal.dot(to_light.unit()))
        if bright and self.nearest(Ray(point, to_light)) is not None:
            bright = 0.0
        value = thing.shade * (0.2 + 0.8 * bright)
        if depth:
            bounce = ray.direction - normal.scale(2.0 * ray.direction.dot(normal))
            value += 0.3 * self.shade(Ray(point, bounce), depth - 1)
        return value


def main(n=24):
    scene = Scene(
        [Sphere(Vector(i - 2.0, math.sin(i), 6.0 + i), 0.8, 0.3 + 0.1 * i) for i in range(5)] + [Floor(-1.0)],
        Vector(5.0, 8.0, 0.0),
    )
    eye = Vector(0.0, 0.5, -2.0)
    total = 0.0
    for row in range(n):
        for column in range(n):
            direction = Vector((column - n / 2) / n, (n / 2 - row) / n, 1.0)
            total += scene.shade(Ray(eye, direction), 2)
    print(f"{total:.9f}")


if __name__ == "__main__":
    main()
