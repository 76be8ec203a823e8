ROWS = "ABCDEFGHI"
COLS = "123456789"


def cross(a, b):
    return [x + y for x in a for y in b]


squares = cross(ROWS, COLS)
unitlist = (
    [cross(ROWS, c) for c in COLS]
    + [cross(r, COLS) for r in ROWS]
    + [cross(rs, cs) for rs in ("ABC", "DEF", "GHI") for cs in ("123", "456", "789")]
)
units = {s: [u for u in unitlist if s in u] for s in squares}
peers = {s: set(sum(units[s], [])) - {s} for s in squares}


def parse(grid):
    values = dict.fromkeys(squares, COLS)
    for s, d in zip(squares, grid):
        if d in COLS and not assign(values, s, d):
            return None
    return values


def assign(values, s, d):
    return values if all(eliminate(values, s, d2) for d2 in values[s].replace(d, "")) else None


def eliminate(values, s, d):
    if d not in values[s]:
        return values
    values[s] = values[s].replace(d, "")
    if not values[s]:
        return None
    if len(values[s]) == 1 and not all(eliminate(values, s2, values[s]) for s2 in peers[s]):
        return None
    for u in units[s]:
        places = [s for s in u if d in values[s]]
        if not places or len(places) == 1 and not assign(values, places[0], d):
            return None
    return values


def search(values):
    if values is None:
        return None
    if all(len(values[s]) == 1 for s in squares):
        return values
    _, s = min((len(values[s]), s) for s in squares if len(values[s]) > 1)
    for d in values[s]:
        if found := search(assign(values.copy(), s, d)):
            return found
    return None


puzzle = "4.....8.5.3..........7......2.....6.....8.4......1.......6.3.7.5..2.....1.4......"
solved = search(parse(puzzle))
for r in ROWS:
    print(" ".join(solved[r + c] + ("|" if c in "36" else "") for c in COLS))
    if r in "CF":
        print("-" * 20)
print(search(parse("11" + "." * 79)))
