"""One measured figure: what it is, what it is compared with, and what it may cost.

Figures are kept in seconds, bytes, bytes or lines a second, percent or plain counts; only the table turns them into
text.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SECONDS, BYTES, BYTES_PER_SECOND, TIMES, PERCENT, COUNT = "s", "B", "B/s", "x", "%", ""
LINES_PER_SECOND, RUNS_PER_SECOND = "lines/s", "runs/s"
_SCALES = {
    SECONDS: ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")),
    BYTES: ((1e6, "MB"), (1e3, "KB"), (1.0, "B")),
    BYTES_PER_SECOND: ((1e9, "GB/s"), (1e6, "MB/s"), (1e3, "KB/s"), (1.0, "B/s")),
}


class Reference:
    """A figure of the same run that others are compared with. `sign` stands after a ratio: 1.5 G, 3.2 x."""

    __slots__ = ("name", "sign", "unit", "value")

    def __init__(self, name: str, value: float, unit: str = SECONDS, sign: str = "x") -> None:
        self.name = name
        self.value = value
        self.unit = unit
        self.sign = sign


class Budget:
    """What the figure may be. `relative`: counted in the row's reference, not in the row's unit."""

    __slots__ = ("at_least", "limit", "relative")

    def __init__(self, limit: float, *, relative: bool = False, at_least: bool = False) -> None:
        self.limit = limit
        self.relative = relative
        self.at_least = at_least


class Row:
    """One line of the table."""

    __slots__ = ("budget", "name", "reference", "unit", "value")

    def __init__(
        self,
        name: str,
        value: float,
        unit: str = SECONDS,
        reference: Reference | None = None,
        budget: Budget | None = None,
    ) -> None:
        assert budget is None or not budget.relative or reference is not None, f"{name}: a budget in units of nothing"
        self.name = name
        self.value = value
        self.unit = unit
        self.reference = reference
        self.budget = budget

    @property
    def ratio(self) -> float | None:
        """The figure in units of its reference."""
        if self.reference is None or not self.reference.value:
            return None
        return self.value / self.reference.value

    @property
    def is_within(self) -> bool | None:
        """Whether the budget is kept; None where there is none."""
        budget = self.budget
        measured = self.ratio if budget is not None and budget.relative else self.value
        if budget is None or measured is None:
            return None
        return measured >= budget.limit if budget.at_least else measured <= budget.limit

    def as_dict(self) -> dict[str, Any]:
        """For JSON; figures in base units."""
        reference, budget = self.reference, self.budget
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "reference": reference and {"name": reference.name, "value": reference.value, "unit": reference.unit},
            "ratio": self.ratio,
            "budget": budget and {
                "limit": budget.limit,
                "unit": reference.sign if budget.relative and reference else self.unit,
                "kind": "at least" if budget.at_least else "at most",
            },
            "within": self.is_within,
        }

    def columns(self) -> tuple[str, str, str, str, str, str]:
        """The texts of the table's columns: name, measured, reference's name and figure, ratio, budget and mark."""
        reference, ratio, budget = self.reference, self.ratio, self.budget
        limit = ""
        if budget is not None:
            limit = ("≥ " if budget.at_least else "") + (
                f"{budget.limit:g} {reference.sign}"
                if budget.relative and reference is not None
                else figure(budget.limit, self.unit)
            )
            limit += "  ok" if self.is_within else "  OVER"
        return (
            self.name,
            figure(self.value, self.unit),
            "" if reference is None else reference.name,
            "" if reference is None else figure(reference.value, reference.unit),
            "" if reference is None or ratio is None else figure(ratio, TIMES, reference.sign),
            limit,
        )


def figure(value: float, unit: str, sign: str = "x") -> str:
    """A figure with three significant digits and a unit of fitting size."""
    if unit in _SCALES:
        scales = _SCALES[unit]
        for scale, name in scales:
            if abs(value) >= scale * 0.9995:
                return f"{_digits(value / scale)} {name}"
        scale, name = scales[-1]
        return f"{_digits(value / scale)} {name}"
    if unit in (LINES_PER_SECOND, RUNS_PER_SECOND):
        return f"{round(value):,} {unit}"
    return f"{_digits(value)} {sign if unit == TIMES else unit}".rstrip()


def _digits(value: float) -> str:
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    decimals = 0 if abs(value) >= 99.95 else 1 if abs(value) >= 9.995 else 2
    return f"{value:.{decimals}f}"
