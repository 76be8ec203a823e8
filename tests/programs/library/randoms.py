import random

random.seed(12345)
print(random.random(), random.randint(1, 6), random.randrange(0, 100, 5), random.uniform(1, 2), random.choice("abc"), random.choices([1, 2, 3], weights=[1, 5, 1], k=5), random.sample(range(100), 5), random.gauss(0, 1), random.getrandbits(40), random.triangular(), random.expovariate(2), random.betavariate(1, 2), random.normalvariate(), random.randbytes(5), random.paretovariate(3), random.vonmisesvariate(0, 4), random.gammavariate(2, 1), random.weibullvariate(1, 2), random.lognormvariate(0, 1))
deck = [f"{r}{s}" for s in "SHDC" for r in "A23"]
random.shuffle(deck)
print(deck)
r1, r2 = random.Random(7), random.Random(7)
print([r1.random() for _ in range(3)] == [r2.random() for _ in range(3)], random.Random("text").random(), random.Random(b"bytes").randint(0, 999), random.Random(3.5).random(), random.Random(-1).random())
state = r1.getstate()
first = [r1.randint(0, 9) for _ in range(10)]
r1.setstate(state)
print(first == [r1.randint(0, 9) for _ in range(10)], len(state), random.sample(["x", "y"], k=3, counts=[2, 2]))
for bad in (lambda: random.choice([]), lambda: random.sample([1], 2), lambda: random.randint(2, 1), lambda: random.choices([], k=1), lambda: random.randrange(0), lambda: random.Random([1])):
    try:
        bad()
    except (IndexError, ValueError, TypeError) as e:
        print(type(e).__name__, e)


class Loaded(random.Random):
    def random(self): return 0.999


print(Loaded().random(), Loaded().uniform(0, 10), 1 <= Loaded().randint(1, 6) <= 6)
inside = sum(random.random() ** 2 + random.random() ** 2 <= 1 for _ in range(2000))
print(4 * inside / 2000)
walk, x = [], 0
for _ in range(20):
    x += random.choice((-1, 1))
    walk.append(x)
print(walk)
words = "the cat sat on the mat the cat ran".split()
chain = {}
for a, b in zip(words, words[1:]):
    chain.setdefault(a, []).append(b)
word, out = "the", []
while word in chain and len(out) < 12:
    out.append(word)
    word = random.choice(chain[word])
print(" ".join(out))
unseeded = random.Random()
print(0 <= unseeded.random() < 1, 0 <= random.SystemRandom().randrange(10) < 10)
