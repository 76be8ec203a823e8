"""async/await without asyncio: a tiny event loop that steps coroutines by hand."""
import heapq
import itertools


class Sleep:
    def __init__(self, ticks): self.ticks = ticks

    def __await__(self):
        yield self
        return self.ticks


class Loop:
    def __init__(self):
        self.now, self.queue, self.ids, self.results = 0, [], itertools.count(), {}

    def spawn(self, name, coro):
        heapq.heappush(self.queue, (self.now, next(self.ids), name, coro))

    def run(self):
        while self.queue:
            self.now, _, name, coro = heapq.heappop(self.queue)
            try:
                request = coro.send(None)
            except StopIteration as stop:
                self.results[name] = stop.value
            except Exception as e:
                self.results[name] = repr(e)
            else:
                heapq.heappush(self.queue, (self.now + request.ticks, next(self.ids), name, coro))
        return self.results


class Ticker:
    def __init__(self, n): self.n = n
    def __aiter__(self): return self
    async def __anext__(self):
        if not self.n:
            raise StopAsyncIteration
        self.n -= 1
        await Sleep(1)
        return self.n


class Session:
    async def __aenter__(self):
        await Sleep(1)
        print("open")
        return self
    async def __aexit__(self, kind, value, tb):
        await Sleep(1)
        print("close", kind.__name__ if kind else None)
        return kind is KeyError


async def agen(n):
    for i in range(n):
        await Sleep(1)
        yield i * i


async def worker(name, steps):
    for i in range(steps):
        print(f"{loop.now:>2} {name} step {i}")
        await Sleep(steps)
    return f"{name} done"


async def failing():
    await Sleep(2)
    raise ValueError("broken")


async def everything():
    out = [i async for i in Ticker(3)]
    async with Session() as s:
        out += [x async for x in agen(4) if x % 2 == 0]
        raise KeyError("swallowed")
    async for x in agen(2):
        out.append(-x)
    return out, await nested()


async def nested(): return (await Sleep(3)) * 2


loop = Loop()
loop.spawn("a", worker("a", 2))
loop.spawn("b", worker("b", 3))
loop.spawn("f", failing())
loop.spawn("e", everything())
for name, result in sorted(loop.run().items()):
    print(name, result)
c = nested()
print(type(c).__name__, c.send(None).ticks)
c.close()
