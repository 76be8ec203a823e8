import math
import random
from collections import Counter

rng = random.Random(0)


def kmeans(points, k, rounds=10):
    centres = points[:k]
    for _ in range(rounds):
        groups = [[] for _ in centres]
        for p in points: groups[min(range(k), key=lambda i: math.dist(p, centres[i]))].append(p)
        centres = [tuple(sum(c) / len(g) for c in zip(*g)) if g else centre for g, centre in zip(groups, centres)]
    return centres, list(map(len, groups))


class Perceptron:
    def __init__(self, n, rate=0.1): self.w, self.rate = [0.0] * (n + 1), rate
    def predict(self, x): return int(self.w[0] + sum(w * v for w, v in zip(self.w[1:], x)) > 0)
    def train(self, data, epochs=20):
        for _ in range(epochs):
            for x, y in data:
                error = y - self.predict(x)
                self.w = [w + self.rate * error * v for w, v in zip(self.w, (1, *x))]
        return self


def naive_bayes(docs):
    counts, totals = {}, Counter()
    for label, text in docs:
        counts.setdefault(label, Counter()).update(text.split())
        totals[label] += 1
    vocabulary = {w for c in counts.values() for w in c}
    def classify(text):
        def score(label):
            c = counts[label]
            return math.log(totals[label]) + sum(math.log((c[w] + 1) / (c.total() + len(vocabulary))) for w in text.split())
        return max(sorted(counts), key=score)
    return classify


class Net:
    def __init__(self, *sizes): self.layers = [[[rng.uniform(-1, 1) for _ in range(a + 1)] for _ in range(b)] for a, b in zip(sizes, sizes[1:])]
    def forward(self, x):
        out = [list(x)]
        for layer in self.layers: out.append([1 / (1 + math.exp(-sum(w * v for w, v in zip(n, out[-1] + [1])))) for n in layer])
        return out
    def train(self, x, y, rate=2):
        outs = self.forward(x)
        deltas = [(t - o) * o * (1 - o) for t, o in zip(y, outs[-1])]
        for i in range(len(self.layers) - 1, -1, -1):
            layer, before = self.layers[i], outs[i] + [1]
            nxt = [sum(d * n[j] for d, n in zip(deltas, layer)) * before[j] * (1 - before[j]) for j in range(len(before) - 1)]
            for d, n in zip(deltas, layer):
                for j, v in enumerate(before): n[j] += rate * d * v
            deltas = nxt


points = [(rng.gauss(cx, 0.5), rng.gauss(cy, 0.5)) for cx, cy in ((0, 0), (5, 5)) for _ in range(15)]
centres, sizes = kmeans(points, 2)
print([tuple(round(c, 4) for c in centre) for centre in centres], sizes)
gate = [((a, b), int(a and b)) for a in (0, 1) for b in (0, 1)]
p = Perceptron(2).train(gate)
print([p.predict(x) for x, _ in gate], [round(w, 2) for w in p.w])
classify = naive_bayes([("spam", "buy cheap pills"), ("ham", "meeting at noon"), ("spam", "cheap cheap offer"), ("ham", "lunch at the office")])
print(classify("cheap office pills"), classify("noon lunch"))
net = Net(2, 3, 1)
for _ in range(60):
    for x, y in gate: net.train(x, [y])
print([round(net.forward(x)[-1][0], 3) for x, _ in gate])
