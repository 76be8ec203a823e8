import heapq
from collections import defaultdict, deque


class Graph:
    def __init__(self, directed=False):
        self.directed = directed
        self.edges = defaultdict(dict)

    def add(self, a, b, weight=1):
        self.edges[a][b] = weight
        if self.directed:
            self.edges.setdefault(b, {})
        else:
            self.edges[b][a] = weight
        return self

    def dijkstra(self, source):
        dist = {source: 0}
        prev = {}
        queue = [(0, source)]
        while queue:
            d, node = heapq.heappop(queue)
            if d > dist[node]:
                continue
            for other, w in self.edges[node].items():
                nd = d + w
                if nd < dist.get(other, float("inf")):
                    dist[other] = nd
                    prev[other] = node
                    heapq.heappush(queue, (nd, other))
        return dist, prev

    def path(self, source, target):
        dist, prev = self.dijkstra(source)
        if target not in dist:
            return None, float("inf")
        path = [target]
        while path[-1] != source:
            path.append(prev[path[-1]])
        return path[::-1], dist[target]

    def bfs(self, source):
        seen, queue = {source}, deque([source])
        while queue:
            node = queue.popleft()
            yield node
            for other in sorted(self.edges[node]):
                if other not in seen:
                    seen.add(other)
                    queue.append(other)

    def dfs(self, node, seen=None):
        seen = set() if seen is None else seen
        seen.add(node)
        yield node
        for other in sorted(self.edges[node]):
            if other not in seen:
                yield from self.dfs(other, seen)


g = Graph()
for line in """A B 4
A C 2
B C 5
B D 10
C E 3
E D 4
D F 11
X Y 1""".splitlines():
    a, b, w = line.split()
    g.add(a, b, int(w))
print(g.path("A", "F"), g.path("A", "Y"))
print({k: v for k, v in sorted(g.dijkstra("A")[0].items())})
print("bfs", *g.bfs("A"))
print("dfs", *g.dfs("A"))

from graphlib import TopologicalSorter, CycleError

deps = {"app": {"db", "web"}, "web": {"core"}, "db": {"core"}, "core": set()}
order = list(TopologicalSorter(deps).static_order())
assert order.index("core") < order.index("db") < order.index("app")
print(order[0], order[-1])
try:
    list(TopologicalSorter({"a": {"b"}, "b": {"a"}}).static_order())
except CycleError as e:
    print("cycle:", e.args[0], sorted(set(e.args[1])))
