# Streams as linked thunks, in the manner of SICP.
class Stream:
    def __init__(self, first, rest_thunk):
        self.first = first
        self._thunk = rest_thunk
        self._rest = None

    @property
    def rest(self):
        if self._thunk is not None:
            self._rest, self._thunk = self._thunk(), None
        return self._rest

    def take(self, n):
        s = self
        for _ in range(n):
            yield s.first
            s = s.rest

    def map(self, f):
        return Stream(f(self.first), lambda: self.rest.map(f))

    def filter(self, p):
        s = self
        while not p(s.first):
            s = s.rest
        return Stream(s.first, lambda: s.rest.filter(p))

    def __add__(self, other):
        return Stream(self.first + other.first, lambda: self.rest + other.rest)


def integers(n=0):
    return Stream(n, lambda: integers(n + 1))


def primes(s=None):
    s = s or integers(2)
    p = s.first
    return Stream(p, lambda: primes(s.rest.filter(lambda n: n % p)))


fibs = Stream(0, lambda: Stream(1, lambda: fibs + fibs.rest))
print(*primes().take(25))
print(*fibs.take(20))
print(list(integers().map(lambda n: n * n).filter(lambda n: n % 3 == 1).take(8)))
