import math
from collections import namedtuple

Point = namedtuple("Point", "x y")


def cross(o, a, b): return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x)


def hull(points):
    points = sorted(set(points))
    def half(ps):
        out = []
        for p in ps:
            while len(out) >= 2 and cross(out[-2], out[-1], p) <= 0: out.pop()
            out.append(p)
        return out[:-1]
    return half(points) + half(reversed(points))


def area(polygon): return abs(sum(a.x * b.y - b.x * a.y for a, b in zip(polygon, polygon[1:] + polygon[:1]))) / 2


def inside(p, polygon):
    result = False
    for a, b in zip(polygon, polygon[1:] + polygon[:1]):
        if (a.y > p.y) != (b.y > p.y) and p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x: result = not result
    return result


def closest(points):
    return min(((math.dist(a, b), a, b) for i, a in enumerate(points) for b in points[i + 1:]))


points = [Point(*p) for p in [(0, 0), (4, 0), (4, 3), (0, 3), (2, 1), (1, 2), (2, 2.5)]]
h = hull(points)
print(h, area(h), [inside(p, h) for p in (Point(1, 1), Point(5, 1))], closest(points))
def rotate(p, angle): return Point(round(p.x * math.cos(angle) - p.y * math.sin(angle), 9), round(p.x * math.sin(angle) + p.y * math.cos(angle), 9))
print(rotate(Point(1, 0), math.pi / 2), sum(map(math.hypot, *zip(*points))))
def line(x0, y0, x1, y1):
    dx, dy, sx, sy = abs(x1 - x0), -abs(y1 - y0), (1 if x0 < x1 else -1), (1 if y0 < y1 else -1)
    err = dx + dy
    while True:
        yield x0, y0
        if (x0, y0) == (x1, y1): return
        e2 = 2 * err
        if e2 >= dy: err += dy; x0 += sx
        if e2 <= dx: err += dx; y0 += sy
print(list(line(0, 0, 5, 2)))
