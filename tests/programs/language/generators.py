import itertools


def countdown(n):
    print("start")
    while n:
        yield n
        n -= 1
    return "liftoff"


def averager():
    total = count = 0
    average = None
    while True:
        value = yield average
        if value is None:
            return total, count
        total += value
        count += 1
        average = total / count


def delegator(results):
    while True:
        result = yield from averager()
        results.append(result)


def walk(tree):
    for item in tree:
        if isinstance(item, list):
            yield from walk(item)
        else:
            yield item


def resilient():
    n = 0
    while True:
        try:
            got = yield n
            if got:
                n = got
        except ValueError as e:
            print("caught", e)
            n = -1
        except GeneratorExit:
            print("closing")
            raise
        finally:
            n += 1


g = countdown(3)
print(next(g), next(g), list(g))
def run():
    result = yield from countdown(1)
    print("got", result)
    yield result
print(list(run()))
results = []
d = delegator(results)
next(d)
print([d.send(x) for x in (10, 20, 60)])
d.send(None)
d.send(5); d.send(None)
print(results)
print(list(walk([1, [2, [3, [], 4]], [[5]]])))
r = resilient()
print(next(r), next(r), r.send(10), r.throw(ValueError("bad")), next(r))
r.close()
try:
    next(r)
except StopIteration as e:
    print("stopped", e.value)


def pipeline(lines):
    stripped = (line.strip() for line in lines)
    nonempty = (line for line in stripped if line and not line.startswith("#"))
    pairs = (line.split("=", 1) for line in nonempty)
    return {k.strip(): v.strip() for k, v in pairs}


print(pipeline(["a = 1", "", "# comment", " b=2=3 "]))


class Tree:
    def __init__(self, v, l=None, r=None): self.v, self.l, self.r = v, l, r
    def __iter__(self):
        if self.l: yield from self.l
        yield self.v
        if self.r: yield from self.r


print(list(Tree(4, Tree(2, Tree(1), Tree(3)), Tree(6, Tree(5)))))


def scheduler(tasks):
    from collections import deque
    queue = deque(tasks)
    while queue:
        task = queue.popleft()
        try:
            print(next(task), end=" ")
        except StopIteration:
            continue
        queue.append(task)
    print()


def task(name, n):
    for i in range(n):
        yield f"{name}{i}"


scheduler([task("a", 3), task("b", 1), task("c", 2)])
def chunks(xs, n):
    it = iter(xs)
    while chunk := list(itertools.islice(it, n)):
        yield chunk
print(list(chunks(range(7), 3)), sum(x * x for x in range(10)), max((len(w), w) for w in "a bbb cc".split()))
def bad():
    yield 1
    raise RuntimeError("inside")
b = bad()
next(b)
try:
    next(b)
except RuntimeError as e:
    print(e)
try:
    list(x for x in [1] for y in (_ for _ in ()).throw(KeyError("k")))
except KeyError as e:
    print("key", e)
def stop():
    raise StopIteration("x")
    yield
try:
    next(stop())
except RuntimeError as e:
    print(e, repr(e.__cause__))
print(dict(zip("abc", itertools.count(1))), [*itertools.takewhile(lambda n: n < 40, (n ** 2 for n in itertools.count()))])
