a, b = 1, 2
a, b = b, a
first, *middle, last = range(6)
(x, (y, z)), w = (1, (2, 3)), 4
*start, end = "hello"
[p, q] = {"k": 1, "l": 2}
print(a, b, first, middle, last, x, y, z, w, start, end, p, q)
print(*range(3), *"ab", sep=",")
merged = {**{"a": 1, "b": 2}, "c": 3, **{"b": 9}}
print(merged, [*range(2), *[5]], {*"aab"} == {"a", "b"}, (*[1], 2), {"x": 1} | {"y": 2})
def f(*args, **kwargs): return args, kwargs
print(f(*[1, 2], 3, *(4,), a=1, **{"b": 2}))
for i, (k, v) in enumerate({"one": 1, "two": 2}.items(), start=1):
    print(i, k, v)
for head, *tail in [(1, 2, 3), "xy", [9]]:
    print(head, tail)
x = y = []
x.append(1)
print(y, x is y)
i = 0
xs = [0, 0, 0]
i, xs[i] = 1, 5
print(i, xs)
a = [1, 2, 3, 4, 5, 6]
a[1:3] = ["x"]
a[::2] = "QRS"
del a[-1]
print(a, a[::-1], a[-2:], a[5:], a[1:100])
while (n := len(a)) > 2:
    a.pop()
print(n, a)
if (m := max([3, 9, 2])) > 5 and (half := m / 2):
    print(m, half)
print([last := v * 2 for v in range(3)], last)
total = 0
print([total := total + v for v in (1, 2, 3)], total)
x = 5 if not a else 6 if n == 1 else 7
print(x, 1 < 2 < 3, 1 < 3 > 2, not 0, 0 or "default", "a" and "b", None or 0 or [], 1 == 1.0 == True)
matrix = [[1, 2, 3], [4, 5, 6]]
print([list(r) for r in zip(*matrix)], [v for row in matrix for v in row if v % 2], {v: v * v for v in range(3)}, {v % 3 for v in range(9)})
print([[i * j for j in range(1, 4)] for i in range(1, 4)], dict(zip("ab", [1, 2])), [(i, j) for i in range(3) for j in range(i)])
for bad in ("a, b = 1, 2, 3", "a, b = [1]", "a, *b, c = [1]", "a, b = 5", "[a] = {}"):
    try:
        exec(bad)
    except (ValueError, TypeError) as e:
        print(e)
for n in range(2, 12):
    for d in range(2, n):
        if n % d == 0:
            break
    else:
        print(n, end=" ")
        continue
    if n == 9:
        break
else:
    print("never")
print()
while True:
    i += 1
    if i % 2:
        continue
    if i > 6:
        break
print(i)
pass; ...; None
lines = """one
two \
three
    four"""
print(lines, "con" "cat", r"\n", b"by\x41", 0xFF, 0o17, 0b11, 1_000, 1e3, 1.5e-3, 2j, sep="|")
global_list = [1, 2, 3]
global_list += (4,)
global_list *= 2
print(global_list, sorted(set(global_list)), any(v > 3 for v in global_list), all([]), sum([[1], [2]], []))
del global_list[0], global_list[0]
print(global_list, [1, 2] < [1, 3], (1, 2) < (1, 2, 0), "a" < "b" < "c", [1, 2] == [1.0, 2.0])
print(type(()), type((1,)), (1), (1,), {}, set(), {1}, ..., type(...), type(None), type(NotImplemented), 10 ** -1, 7 / 2, 2 ** 0.5)
