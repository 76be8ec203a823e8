from __future__ import annotations
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import reduce
from typing import Iterator


class Kind(Enum):
    FOOD, TOOL, BOOK = range(3)


class StockError(Exception): ...


@dataclass(frozen=True)
class Product:
    sku: str
    name: str
    price: Decimal
    kind: Kind = Kind.FOOD


@dataclass
class Line:
    product: Product
    quantity: int

    @property
    def total(self) -> Decimal: return self.product.price * self.quantity


@dataclass
class Order:
    lines: list[Line] = field(default_factory=list)
    discounts: list = field(default_factory=list)

    def add(self, product: Product, quantity: int = 1) -> Order:
        self.lines.append(Line(product, quantity))
        return self

    @property
    def total(self) -> Decimal:
        total = sum((line.total for line in self.lines), Decimal())
        return reduce(lambda t, d: d(t, self), self.discounts, total).quantize(Decimal("0.01"))


class Warehouse:
    def __init__(self): self.stock: dict[Product, int] = defaultdict(int)
    def __iadd__(self, item):
        product, n = item
        self.stock[product] += n
        return self
    def __getitem__(self, kind: Kind) -> Iterator[Product]: return (p for p in self.stock if p.kind is kind)
    def ship(self, order: Order):
        short = {l.product.name: l.quantity - self.stock[l.product] for l in order.lines if self.stock[l.product] < l.quantity}
        if short: raise StockError(f"short of {short}")
        for l in order.lines: self.stock[l.product] -= l.quantity


tea = Product("T1", "Tea", Decimal("3.49"))
saw = Product("S1", "Saw", Decimal("24.90"), Kind.TOOL)
w = Warehouse()
w += tea, 10
w += saw, 1
order = Order().add(tea, 4).add(saw)
order.discounts += [lambda t, o: t * Decimal("0.9") if len(o.lines) > 1 else t, lambda t, o: t - 1]
print(order.total, [p.name for p in w[Kind.TOOL]], order.lines[0])
w.ship(order)
try:
    w.ship(order)
except StockError as e:
    print(e)
print({p.name: n for p, n in w.stock.items()}, tea in w.stock, Product("T1", "Tea", Decimal("3.490")) == tea, sorted(Kind, key=lambda k: -k.value)[0])
