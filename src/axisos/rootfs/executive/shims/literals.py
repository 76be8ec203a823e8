"""`ast` for one process: `literal_eval`. Syntax trees themselves are not offered: `compile` would take any."""

from __future__ import annotations

import _ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from executive.shims import World

_PARSE_ONLY = 0x400  # PyCF_ONLY_AST
MAX_TEXT = 1 << 22  # characters


def make(world: World) -> dict[str, Any]:
    from executive import policy

    def literal_eval(text: Any) -> Any:
        """The value of a literal: numbers, texts, bytes, tuples, lists, dicts, sets, booleans and None."""
        if not isinstance(text, str):
            raise ValueError(f"malformed node or string: {text!r}")
        source = str.__str__(text).lstrip(" \t")
        if len(source) > MAX_TEXT:
            raise MemoryError(f"the literal is longer than {MAX_TEXT} characters")
        policy.check_text(source, "<unknown>")
        try:
            return value_of(compile(source, "<unknown>", "eval", _PARSE_ONLY, True).body)
        except SyntaxError as problem:
            failure = SyntaxError(problem.msg, ("<unknown>", problem.lineno, problem.offset, problem.text))
        raise failure

    def value_of(node: Any) -> Any:
        world.pause()
        kind = type(node)
        if kind is _ast.Constant:
            return node.value
        if kind is _ast.Tuple:
            return tuple([value_of(item) for item in node.elts])
        if kind is _ast.List:
            return [value_of(item) for item in node.elts]
        if kind is _ast.Set:
            return {value_of(item) for item in node.elts}
        if kind is _ast.Dict and None not in node.keys:
            return {value_of(key): value_of(item) for key, item in zip(node.keys, node.values, strict=True)}
        if kind is _ast.Call and type(node.func) is _ast.Name and node.func.id == "set" and not (
            node.args or node.keywords
        ):
            return set()
        if kind is _ast.BinOp and type(node.op) in (_ast.Add, _ast.Sub):
            left, right = signed(node.left), number(node.right)
            if isinstance(left, (int, float)) and isinstance(right, complex):
                return left + right if type(node.op) is _ast.Add else left - right
        return signed(node)

    def signed(node: Any) -> Any:
        if type(node) is _ast.UnaryOp and type(node.op) in (_ast.UAdd, _ast.USub):
            value = number(node.operand)
            return +value if type(node.op) is _ast.UAdd else -value
        return number(node)

    def number(node: Any) -> Any:
        if type(node) is _ast.Constant and type(node.value) in (int, float, complex):
            return node.value
        line = getattr(node, "lineno", None)
        raise ValueError(f"malformed node or string{f' on line {line}' if line else ''}: {type(node).__name__}")

    return {"literal_eval": literal_eval}
