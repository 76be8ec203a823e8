"""Which products, powers and shifts of a program must be computed under a limit.

`*` is too hot to be checked everywhere. Two things can go wrong with it: a sequence is repeated too often, or an
integer grows without bound by being multiplied with itself. The first needs an operand that may be a sequence and one
that may be an integer; the second needs a long chain of products without a checkpoint in between.

Owns        what is known about the names of the scope at hand, for one file.
"""

from __future__ import annotations

import _ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class Growth:
    """Decides for each operation of one file how it is to be computed; `None` means natively."""

    def enter_scope(self, body: list[Any], parameters: Iterable[str]) -> object:
        return None

    def enter_comprehension(self, node: Any) -> object:
        return None

    def leave_scope(self, scope: object) -> None:
        pass

    def plan(self, node: Any) -> str | None:
        kind = type(node.op)
        if kind is _ast.Pow:
            return None if _is_float(node.right) else "pow"
        if kind is _ast.LShift:
            if type(node.right) is _ast.Constant:
                return None
            return "small" if type(node.right) is _ast.Name and type(node.left) is _ast.Name else "shl"
        return None

    def plan_augmented(self, node: Any) -> str | None:
        return None


def _is_float(node: Any) -> bool:
    if type(node) is _ast.UnaryOp:
        node = node.operand
    return type(node) is _ast.Constant and type(node.value) is float
