"""Which products, powers and shifts of a program must be computed under a limit.

`*` is too hot to be checked everywhere. Two things can go wrong with it: a sequence is repeated too often, or an
integer grows without bound by being multiplied with itself. The first needs an operand that may be a sequence and one
that may be an integer; a look at the assignments of a function rules that out for most arithmetic. The second needs a
chain of products: a long one without a loop is found here, one in a loop meets a checkpoint, where the sandbox looks
at the size of what the variables hold.

Called by   the instrumenter, scope by scope.
Owns        what is known about the names of the scope at hand, for one file.
"""

from __future__ import annotations

import _ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

SEQUENCE, INTEGER = 1, 2  # what a value may be; 0 is neither: a float, or an object with operators of its own
UNKNOWN = SEQUENCE | INTEGER
SMALL = 16  # a factor up to this is never checked
MAX_CHAIN = 3  # products of products that may be computed without a checkpoint in between
_SCOPES = (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.Lambda, _ast.ClassDef, _ast.ListComp, _ast.SetComp,
           _ast.DictComp, _ast.GeneratorExp)


class Growth:
    """Decides for each operation of one file how it is to be computed; `None` means natively."""

    def __init__(self) -> None:
        self._kinds: dict[str, int] = {}
        self._chains: dict[str, int] = {}
        self._range_is_ours = True
        self._local = False  # whether the scope at hand is a function, and may be hot

    def look_at(self, tree: Any) -> None:
        """Whether the whole file leaves the name `range` alone."""
        stack = [tree]
        while stack and self._range_is_ours:
            item = stack.pop()
            for field in item._fields:
                value = getattr(item, field, None)
                if type(value) is list:
                    stack.extend(part for part in value if isinstance(part, _ast.AST))
                elif isinstance(value, _ast.AST):
                    stack.append(value)
                elif value == "range" and (type(item) is not _ast.Name or type(item.ctx) is not _ast.Load):
                    self._range_is_ours = type(item) is _ast.Attribute or type(item) is _ast.Constant

    def enter_scope(self, body: list[Any], parameters: Iterable[str], *, local: bool) -> object:
        """Begin a function (*local*) or a module or class body, whose names anybody may change."""
        saved = self._kinds, self._chains, self._local
        self._chains, self._local = {}, local
        self._kinds = self._infer(body, parameters) if local else {}
        return saved

    def enter_comprehension(self, node: Any) -> object:
        """Its own variables hide those of the function around it."""
        saved = self._kinds, self._chains, self._local
        self._kinds = dict(self._kinds)
        for clause in node.generators:
            for name, kind in self._bindings(clause.target, clause.iter):
                self._kinds[name] = kind
        return saved

    def leave_scope(self, scope: object) -> None:
        self._kinds, self._chains, self._local = scope  # type: ignore[misc]

    # What a value may be.

    def _infer(self, body: list[Any], parameters: Iterable[str]) -> dict[str, int]:
        bound: list[tuple[str, Any]] = [(name, None) for name in parameters]
        stack = list(body)
        inner: list[Any] = []
        while stack:
            item = stack.pop()
            kind = type(item)
            if kind is _ast.Assign:
                for target in item.targets:
                    bound += self._pairs(target, item.value)
                stack.append(item.value)
                continue
            if kind is _ast.AugAssign:
                if type(item.target) is _ast.Name:
                    whole = _ast.BinOp(
                        left=_ast.Name(id=item.target.id, ctx=_ast.Load()), op=item.op, right=item.value
                    )
                    bound.append((item.target.id, whole))
                stack.append(item.value)
                continue
            if kind is _ast.NamedExpr:
                bound.append((item.target.id, item.value))
                stack.append(item.value)
                continue
            if kind is _ast.For:
                bound += self._bindings(item.target, item.iter)
                stack += [item.iter, *item.body, *item.orelse]
                continue
            if kind is _ast.Name:
                if type(item.ctx) is not _ast.Load:
                    bound.append((item.id, None))
                continue
            for field in ("name", "names", "rest"):
                value = getattr(item, field, None)
                bound += [(name, None) for name in (value if type(value) is list else [value]) if type(name) is str]
            if kind is _ast.alias:
                bound.append((item.asname or item.name.partition(".")[0], None))
            if isinstance(item, _SCOPES):
                inner.append(item)
                continue
            push_parts(stack, item)
        for item in inner:
            bound += [(name, None) for name in _reached_from_inside(item)]
        self._kinds = dict.fromkeys((name for name, _ in bound), 0)
        changed = True
        while changed:
            changed = False
            for name, value in bound:
                may_be = UNKNOWN if value is None else value if type(value) is int else self.kind(value)
                if may_be | self._kinds[name] != self._kinds[name]:
                    self._kinds[name] |= may_be
                    changed = True
        return self._kinds

    def _pairs(self, target: Any, value: Any) -> list[tuple[str, Any]]:
        if type(target) is _ast.Name:
            return [(target.id, value)]
        if type(target) in (_ast.Tuple, _ast.List):
            if type(value) in (_ast.Tuple, _ast.List) and len(value.elts) == len(target.elts) and not any(
                type(item) is _ast.Starred for item in (*target.elts, *value.elts)
            ):
                return [pair for one, other in zip(target.elts, value.elts, strict=True)
                        for pair in self._pairs(one, other)]
            return [(name, None) for name in _names_in(target)]
        return []

    def _bindings(self, target: Any, items: Any) -> list[tuple[str, Any]]:
        """What a `for` binds: integers if it goes over a range."""
        ranged = type(items) is _ast.Call and type(items.func) is _ast.Name and items.func.id == "range"
        if type(target) is _ast.Name and ranged and self._range_is_ours:
            return [(target.id, INTEGER)]
        return [(name, UNKNOWN) for name in _names_in(target)]

    def kind(self, node: Any) -> int:
        """What the value of an expression may be."""
        kind = type(node)
        if kind is _ast.Constant:
            value = node.value
            return INTEGER if isinstance(value, int) else SEQUENCE if isinstance(value, (str, bytes)) else 0
        if kind is _ast.Name:
            return self._kinds.get(node.id, UNKNOWN)
        if kind is _ast.BinOp:
            op = type(node.op)
            if op is _ast.Div:
                return 0
            left, right = self.kind(node.left), self.kind(node.right)
            if op is _ast.Add:
                return left & right
            if op is _ast.Mult:
                repeated = (left & SEQUENCE and right & INTEGER) or (left & INTEGER and right & SEQUENCE)
                return (SEQUENCE if repeated else 0) | (left & right & INTEGER)
            if op is _ast.Mod:
                return (left & SEQUENCE) | (left & right & INTEGER)
            if op is _ast.MatMult:
                return UNKNOWN
            return left & right & INTEGER
        if kind is _ast.UnaryOp:
            return INTEGER if type(node.op) is _ast.Not else self.kind(node.operand) & INTEGER
        if kind is _ast.IfExp:
            return self.kind(node.body) | self.kind(node.orelse)
        if kind is _ast.NamedExpr:
            return self.kind(node.value)
        if kind in (_ast.JoinedStr, _ast.List, _ast.Tuple, _ast.ListComp):
            return SEQUENCE
        if kind in (_ast.Dict, _ast.Set, _ast.SetComp, _ast.DictComp, _ast.Lambda, _ast.GeneratorExp):
            return 0
        return UNKNOWN

    def _chain(self, node: Any) -> int:
        """How many products of products stand behind a value since the last checkpoint that we know of."""
        kind = type(node)
        if kind is _ast.Name:
            return self._chains.get(node.id, 0)
        if kind is _ast.BinOp:
            deepest = max(self._chain(node.left), self._chain(node.right))
            if not self.kind(node) & INTEGER:
                return 0
            grows = type(node.op) is _ast.Pow or (
                type(node.op) is _ast.Mult
                and not _is_small(node.left) and not _is_small(node.right)
            )
            return deepest + grows
        if kind is _ast.NamedExpr:
            return self._chain(node.value)
        if kind is _ast.IfExp:
            return max(self._chain(node.body), self._chain(node.orelse))
        return 0

    def assigned(self, targets: list[Any], value: Any) -> None:
        """An assignment was passed, in the order of the text."""
        depth = min(self._chain(value), MAX_CHAIN)
        for target in targets:
            if type(target) is _ast.Name:
                self._chains[target.id] = depth

    # Plans.

    def plan(self, node: Any) -> str | None:
        """How to compute a BinOp: None natively, "same" and "shift" by an inline test, else the helper's name."""
        op = type(node.op)
        if op is _ast.Mult:
            left, right = node.left, node.right
            if _is_small(left) or _is_small(right):
                return None
            one, other = self.kind(left), self.kind(right)
            if one & other & INTEGER and self._chain(node) > MAX_CHAIN:
                return "mul"
            if not ((one & SEQUENCE and other & INTEGER) or (one & INTEGER and other & SEQUENCE)):
                return None
            if one == SEQUENCE or other == SEQUENCE or not self._local:
                return "mul"
            # In functions the test would cost more than the product: attributes and items rely on the memory limit.
            plain = type(left) in (_ast.Name, _ast.Constant) and type(right) in (_ast.Name, _ast.Constant)
            return "same" if plain else None
        if op is _ast.Pow:
            if not (self.kind(node.left) & INTEGER and self.kind(node.right) & INTEGER):
                return None
            if type(node.right) is _ast.Constant and type(node.right.value) is int and 0 <= node.right.value <= 3:
                return None if self._chain(node) <= MAX_CHAIN else "pow"
            return "pow"
        if op is _ast.LShift:
            if type(node.right) is _ast.Constant and type(node.right.value) is int and node.right.value <= 4096:
                return None
            return "shift"
        return None

    def plan_augmented(self, node: Any) -> str | None:
        """How to check the right side of `x op= value`: None not at all, else by the helper of that name."""
        plan = self.plan(_ast.BinOp(left=_loaded(node.target), op=node.op, right=node.value))
        return None if plan is None else {"same": "factor", "mul": "factor", "pow": "exponent", "shift": "bits"}[plan]


def push_parts(stack: list[Any], node: Any) -> None:
    """Put the nodes directly below *node* onto a stack of nodes to look at."""
    for field in node._fields:
        value = getattr(node, field, None)
        if type(value) is list:
            stack.extend(part for part in value if isinstance(part, _ast.AST))
        elif isinstance(value, _ast.AST):
            stack.append(value)


def _loaded(target: Any) -> Any:
    return _ast.Name(id=target.id, ctx=_ast.Load()) if type(target) is _ast.Name else target


def _is_small(node: Any) -> bool:
    if type(node) is _ast.UnaryOp:
        node = node.operand
    return type(node) is _ast.Constant and isinstance(node.value, int) and -SMALL <= node.value <= SMALL


def _names_in(target: Any) -> list[str]:
    if type(target) is _ast.Name:
        return [target.id]
    if type(target) is _ast.Starred:
        return _names_in(target.value)
    if type(target) in (_ast.Tuple, _ast.List):
        return [name for item in target.elts for name in _names_in(item)]
    return []


def _reached_from_inside(scope: Any) -> list[str]:
    """Names that a scope within the function may bind in it: by nonlocal, or by `:=` in a comprehension."""
    names: list[str] = []
    stack = [scope]
    while stack:
        item = stack.pop()
        if type(item) is _ast.Nonlocal:
            names += item.names
        elif type(item) is _ast.NamedExpr:
            names.append(item.target.id)
        push_parts(stack, item)
    return names
