def rule(number, width=31, steps=10):
    table = {tuple(map(int, f"{i:03b}")): number >> i & 1 for i in range(8)}
    row = [0] * width
    row[width // 2] = 1
    for _ in range(steps):
        yield row
        row = [table[row[i - 1], row[i], row[(i + 1) % width]] for i in range(width)]


for number in (30, 90):
    print("rule", number)
    for row in rule(number):
        print("".join(" █"[c] for c in row).rstrip())


class Ant:
    def __init__(self): self.x = self.y = 0; self.d = 1; self.black = set()
    def step(self):
        here = self.x, self.y
        self.d *= -1j if here not in self.black else 1j
        self.black ^= {here}
        self.x += int(self.d.real) if isinstance(self.d, complex) else self.d
        self.y += int(self.d.imag) if isinstance(self.d, complex) else 0


ant = Ant()
for _ in range(500): ant.step()
print(len(ant.black), (ant.x, ant.y))
def lsystem(axiom, rules, n):
    for _ in range(n): axiom = "".join(rules.get(c, c) for c in axiom)
    return axiom
print(lsystem("A", {"A": "AB", "B": "A"}, 6), len(lsystem("F", {"F": "FF+[+F-F-F]-[-F+F+F]"}, 2)))
def look_and_say(n, s="1"):
    from itertools import groupby
    for _ in range(n): s = "".join(f"{len(list(g))}{k}" for k, g in groupby(s))
    return s
print(look_and_say(8))
def langton_turtle(path):
    pos, heading, visited = 0j, 1, {0j}
    for c in path:
        match c:
            case "L": heading *= 1j
            case "R": heading *= -1j
            case "F":
                pos += heading
                visited.add(pos)
    return pos, len(visited)
print(langton_turtle("FFLFFLFRFF"))
