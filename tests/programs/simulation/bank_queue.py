import heapq
import random
from dataclasses import dataclass, field


@dataclass(order=True)
class Event:
    time: float
    order: int
    action: object = field(compare=False)


class Simulation:
    def __init__(self, seed):
        self.now, self.queue, self.count, self.rng = 0.0, [], 0, random.Random(seed)

    def at(self, delay, action):
        self.count += 1
        heapq.heappush(self.queue, Event(self.now + delay, self.count, action))

    def run(self, until):
        while self.queue and self.queue[0].time <= until:
            event = heapq.heappop(self.queue)
            self.now = event.time
            event.action()


class Bank(Simulation):
    def __init__(self, seed, clerks):
        super().__init__(seed)
        self.free, self.waiting, self.served, self.waits = clerks, [], 0, []
        self.arrive()

    def arrive(self):
        self.waiting.append(self.now)
        self.start()
        self.at(self.rng.expovariate(1 / 3), self.arrive)

    def start(self):
        if self.free and self.waiting:
            self.free -= 1
            self.waits.append(self.now - self.waiting.pop(0))
            self.at(self.rng.uniform(3, 7), self.finish)

    def finish(self):
        self.free += 1
        self.served += 1
        self.start()


for clerks in (1, 2, 3):
    bank = Bank(seed=7, clerks=clerks)
    bank.run(200)
    print(f"{clerks} clerks: served {bank.served}, mean wait {sum(bank.waits) / len(bank.waits):.3f}, waiting {len(bank.waiting)}")
