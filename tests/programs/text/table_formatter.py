from typing import Iterable, NamedTuple


class Column(NamedTuple):
    title: str
    align: str = "<"
    form: str = ""


def table(rows: Iterable[tuple], *columns: Column, border=True) -> str:
    cells = [[format(v, c.form) if v is not None else "-" for v, c in zip(row, columns)] for row in rows]
    widths = [max(len(c.title), *(len(r[i]) for r in cells)) if cells else len(c.title) for i, c in enumerate(columns)]
    rule = "+" + "+".join("-" * (w + 2) for w in widths) + "+"
    def line(values, aligns): return "| " + " | ".join(f"{v:{a}{w}}" for v, a, w in zip(values, aligns, widths)) + " |"
    body = [line(r, [c.align for c in columns]) for r in cells]
    head = line([c.title for c in columns], "^" * len(columns))
    return "\n".join([rule, head, rule, *body, rule] if border else [head, *body])


print(table([("Tea", 1.5, 10), ("Biscuits", 12.25, None), ("Ünïcode", -3, 1000000)], Column("Item"), Column("Price", ">", ".2f"), Column("Count", "^", ",d")))
print(table([], Column("Nothing"), Column("Here")))
print(table([(1, "a")], Column("n", ">", "03d"), Column("s"), border=False))
histogram = {"a": 3, "bb": 7, "ccc": 1}
for k, v in sorted(histogram.items(), key=lambda kv: -kv[1]):
    print(f"{k:>5} {'█' * v:<8}{v / sum(histogram.values()):6.1%}")
print("\n".join("".join(f"{i * j:4}" for j in range(1, 8)) for i in range(1, 8)))
def progress(n, total, width=20): return f"[{'=' * (n * width // total):<{width}}] {n / total:>4.0%}"
print(*(progress(n, 8) for n in (0, 3, 8)), sep="\n")
