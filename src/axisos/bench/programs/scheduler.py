# mypy: ignore-errors
"""A little operating system in objects: tasks with states pass packets along queues. Methods and attributes."""

IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = range(6)
DEVICE_PACKET, WORK_PACKET = range(2)


class Packet:
    def __init__(self, link, ident, kind):
        self.link = link
        self.ident = ident
        self.kind = kind
        self.datum = 0
        self.data = [0, 0, 0, 0]

    def append_to(self, queue):
        self.link = None
        if queue is None:
            return self
        packet = queue
        while packet.link is not None:
            packet = packet.link
        packet.link = self
        return queue


class Task:
    def __init__(self, kernel, ident, priority, queue):
        self.kernel = kernel
        self.ident = ident
        self.priority = priority
        self.queue = queue
        self.pending = queue is not None
        self.waiting = queue is None
        self.held = False
        kernel.tasks.append(self)
        kernel.table[ident] = self

    def ready(self):
        return not self.held and (self.pending or not self.waiting)

    def offer(self, packet, sender):
        if self.queue is None:
            self.queue = packet
            self.pending = True
            if self.priority > sender.priority:
                return self
        else:
            packet.append_to(self.queue)
        return sender

    def wait(self):
        self.waiting = True
        return self

    def hold(self):
        self.kernel.holds += 1
        self.held = True

    def release(self, ident):
        task = self.kernel.table[ident]
        task.held = False
        return task if task.priority > self.priority else self

    def send(self, packet):
        target = self.kernel.table[packet.ident]
        self.kernel.queued += 1
        packet.link = None
        packet.ident = self.ident
        return target.offer(packet, self)

    def step(self):
        packet = None
        if self.waiting and self.pending:
            packet = self.queue
            self.queue = packet.link
            self.pending = self.queue is not None
            self.waiting = False
        return self.run(packet)

    def run(self, packet):
        raise NotImplementedError


class Idle(Task):
    def __init__(self, kernel, count):
        super().__init__(kernel, IDLE, 0, None)
        self.waiting = False
        self.control = 1
        self.count = count

    def run(self, packet):
        self.count -= 1
        if self.count == 0:
            return self.hold()
        if self.control & 1 == 0:
            self.control //= 2
            return self.release(DEVICE_A)
        self.control = self.control // 2 ^ 0xD008
        return self.release(DEVICE_B)


class Worker(Task):
    def __init__(self, kernel, queue):
        super().__init__(kernel, WORKER, 1000, queue)
        self.destination = HANDLER_A
        self.letter = 0

    def run(self, packet):
        if packet is None:
            return self.wait()
        self.destination = HANDLER_B if self.destination == HANDLER_A else HANDLER_A
        packet.ident = self.destination
        packet.datum = 0
        for place in range(4):
            self.letter += 1
            if self.letter > 26:
                self.letter = 1
            packet.data[place] = 64 + self.letter
        return self.send(packet)


class Handler(Task):
    def __init__(self, kernel, ident, priority, queue):
        super().__init__(kernel, ident, priority, queue)
        self.work = None
        self.devices = None

    def run(self, packet):
        if packet is not None:
            if packet.kind == WORK_PACKET:
                self.work = packet.append_to(self.work)
            else:
                self.devices = packet.append_to(self.devices)
        work = self.work
        if work is None:
            return self.wait()
        if work.datum >= 4:
            self.work = work.link
            return self.send(work)
        device = self.devices
        if device is None:
            return self.wait()
        self.devices = device.link
        device.datum = work.data[work.datum]
        work.datum += 1
        return self.send(device)


class Device(Task):
    def __init__(self, kernel, ident, priority):
        super().__init__(kernel, ident, priority, None)
        self.parked = None

    def run(self, packet):
        if packet is None:
            packet = self.parked
            if packet is None:
                return self.wait()
            self.parked = None
            return self.send(packet)
        self.parked = packet
        return self.hold()


class Kernel:
    def __init__(self, count):
        self.tasks = []
        self.table = {}
        self.holds = 0
        self.queued = 0
        self.steps = 0
        Idle(self, count)
        queue = Packet(None, 0, WORK_PACKET)
        queue = Packet(queue, 0, WORK_PACKET)
        Worker(self, queue)
        for ident, device, priority in ((HANDLER_A, DEVICE_A, 2000), (HANDLER_B, DEVICE_B, 3000)):
            queue = None
            for _ in range(3):
                queue = Packet(queue, device, DEVICE_PACKET)
            Handler(self, ident, priority, queue)
        Device(self, DEVICE_A, 4000)
        Device(self, DEVICE_B, 5000)
        self.tasks.sort(key=lambda task: -task.priority)

    def schedule(self):
        while True:
            for task in self.tasks:
                if task.ready():
                    while task is not None and task.ready():
                        self.steps += 1
                        task = task.step()
                    break
            else:
                return


def main(n=4000):
    kernel = Kernel(n)
    kernel.schedule()
    print(kernel.steps, kernel.queued, kernel.holds)


if __name__ == "__main__":
    main()
