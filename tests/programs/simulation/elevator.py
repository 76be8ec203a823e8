from collections import deque
from dataclasses import dataclass


@dataclass
class Passenger:
    name: str
    start: int
    goal: int


class Elevator:
    def __init__(self, floors, capacity=3):
        self.floors, self.capacity = floors, capacity
        self.floor, self.direction, self.inside, self.log = 0, 1, [], []
        self.waiting = {f: deque() for f in range(floors)}

    def call(self, *passengers):
        for p in passengers: self.waiting[p.start].append(p)

    @property
    def busy(self): return bool(self.inside) or any(self.waiting.values())

    def wanted(self): return {p.goal for p in self.inside} | {f for f, q in self.waiting.items() if q}

    def step(self):
        leaving = [p for p in self.inside if p.goal == self.floor]
        self.inside = [p for p in self.inside if p.goal != self.floor]
        queue = self.waiting[self.floor]
        entering = []
        while queue and len(self.inside) < self.capacity:
            entering.append(queue.popleft())
            self.inside.append(entering[-1])
        if leaving or entering:
            self.log.append(f"floor {self.floor}: out {[p.name for p in leaving]} in {[p.name for p in entering]}")
        wanted = self.wanted() - {self.floor}
        if not any((f - self.floor) * self.direction > 0 for f in wanted):
            self.direction *= -1
        if wanted:
            self.floor += self.direction


e = Elevator(6)
e.call(Passenger("Ann", 0, 4), Passenger("Bob", 3, 1), Passenger("Cid", 0, 5), Passenger("Dee", 5, 0), Passenger("Eve", 0, 2), Passenger("Fay", 0, 1))
steps = 0
while e.busy and steps < 50:
    e.step()
    steps += 1
print(*e.log, sep="\n")
print(steps, e.floor)
