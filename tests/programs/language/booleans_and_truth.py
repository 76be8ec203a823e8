class Maybe:
    def __init__(self, truth, log): self.truth, self.log = truth, log
    def __bool__(self): self.log.append(self.truth); return self.truth


log = []
T, F = Maybe(True, log), Maybe(False, log)
print((T and F) is F, (F or T) is T, (F and T) is F, not F, bool(T and T), log)
values = [0, 1, "", "a", [], [0], {}, None, 0.0, float("nan"), set(), (), (None,), range(0), b"", 0j, ...]
print([bool(v) for v in values], list(filter(None, values)).__len__(), all(values), any(values), sum(map(bool, values)))
print(1 < 2 < 3, 1 < 3 < 2, 3 > 2 == 2, (1 < 2) == True, 1 in [1] == True, not 1 == 2, True is not False, None is None, [] is not [], "a" in "abc" and "z" not in "abc")
print(True + True, True * 3, sum([True, False, True]), {True: "a", 1: "b", 1.0: "c"}, {0: "z"}[False], [10, 20][True], isinstance(True, int), True == 1, str(True) == "True", True & False, True | False, True ^ True, ~True + 2)
x = None
print(x or "default", x if x is not None else "none", (x and x.attr), [y for y in (x, 1, 0, 2) if y], x is None or x > 5)
def side(n): print("eval", n, end="; "); return n
print(side(0) or side(2) and side(3) or side(4))
print(side(1) if side(0) else side(5))
print(1 if 0 else 2 if 0 else 3, (lambda: 1 if 1 else 2)(), max(True, 2, False), min("b", "a") < "b", (1, 2) < (1, 3) and [1] < [1, 0], {1} < {1, 2}, {1, 2} <= {2, 1})
nan = float("nan")
print(nan == nan, nan in [nan], nan != nan, [nan] == [nan], min([1, nan]), 0.0 == -0.0, 1 == 1.0 == 1 + 0j, "1" == 1, None == False, () == [], hash(1) == hash(True))
