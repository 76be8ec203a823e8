from itertools import cycle, islice
from collections import deque


class Light:
    def __init__(self, *phases): self.phases = cycle(phases); self.advance()
    def advance(self): self.colour, self.left = next(self.phases)
    def tick(self):
        self.left -= 1
        if not self.left: self.advance()


class Road:
    def __init__(self, light, every): self.light, self.every, self.queue, self.passed, self.waited = light, every, deque(), 0, 0
    def tick(self, now):
        if now % self.every == 0: self.queue.append(now)
        if self.light.colour == "green" and self.queue:
            self.waited += now - self.queue.popleft()
            self.passed += 1
        self.light.tick()


a = Road(Light(("green", 4), ("yellow", 1), ("red", 5)), 2)
b = Road(Light(("red", 5), ("green", 4), ("yellow", 1)), 3)
history = []
for now in range(40):
    history.append(a.light.colour[0] + b.light.colour[0])
    for road in (a, b): road.tick(now)
    assert "green" not in (a.light.colour,) or b.light.colour != "green"
print(*history[:12])
for name, road in (("a", a), ("b", b)): print(name, road.passed, len(road.queue), f"{road.waited / road.passed:.2f}")
print(list(islice(cycle("ryg"), 7)))
