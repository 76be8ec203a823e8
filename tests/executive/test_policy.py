"""What the checker lets through, and what it refuses and why."""

# ruff: noqa: E501  (a program under test stands on as few lines as it can)
from __future__ import annotations

import ast
import sys

import pytest

from executive import policy
from executive.preempt import instrument

REFUSED = [
    ("x.__globals__", "dunder-attribute"),
    ("x.__class__.__subclasses__()", "dunder-attribute"),
    ("x.__code__", "dunder-attribute"),
    ("x.__builtins__", "dunder-attribute"),
    ("x.__self__", "dunder-attribute"),
    ("x.__traceback__", "dunder-attribute"),
    ("x.__reduce_ex__(2)", "dunder-attribute"),
    ("x.gi_frame", "frame-attribute"),
    ("x.tb_frame", "frame-attribute"),
    ("x.f_back", "frame-attribute"),
    ("x.co_consts", "frame-attribute"),
    ("x.cr_await", "frame-attribute"),
    ("__builtins__", "dunder-name"),
    ("__loader__", "dunder-name"),
    ("__build_class__", "dunder-name"),
    ("_axis_due = False", "reserved-name"),
    ("def f(_axis_due): pass", "reserved-name"),
    ("f(_axis_due=1)", "reserved-name"),
    ("import os as _axis_due", "reserved-name"),
    ("from os import _axis_due", "reserved-name"),
    ("global _axis_due", "reserved-name"),
    ("def f():\n x = 1\n def g():\n  nonlocal _axis_due", "reserved-name"),
    ("try: pass\nexcept E as _axis_due: pass", "reserved-name"),
    ("match x:\n case _axis_due: pass", "reserved-name"),
    ("match x:\n case [*_axis_due]: pass", "reserved-name"),
    ("match x:\n case {**_axis_due}: pass", "reserved-name"),
    ("match x:\n case object(__globals__=g): pass", "dunder-attribute"),
    ("match x:\n case object(tb_frame=g): pass", "frame-attribute"),
    ("match x:\n case object(__dict__=g): pass", "dunder-attribute"),
    ("class _axis_due: pass", "reserved-name"),
    ("lambda _axis_due: 0", "reserved-name"),
    ("(_axis_due := 0)", "reserved-name"),
    ("[0 for _axis_due in x]", "reserved-name"),
    ("with x as _axis_due: pass", "reserved-name"),
    ("del _axis_due", "reserved-name"),
    ("x._axis_due = 1", "reserved-name"),
    ("class A:\n def __del__(self): pass", "dunder-definition"),
    ("class A:\n __del__ = f", "dunder-definition"),
    ("class A:\n __prepare__ = f", "dunder-definition"),
    ("class A:\n def __reduce__(self): pass", "dunder-definition"),
    ("class A:\n __match_args__ = ('__globals__',)", "match-args"),
    ("class A:\n __match_args__ = ('tb_frame',)", "match-args"),
    ("class A:\n __match_args__ = names()", "match-args"),
    ("class A:\n for __match_args__ in x: pass", "match-args"),
    ("class A:\n def __match_args__(): pass", "match-args"),
    ("class A:\n __match_args__, y = x", "match-args"),
    ("class A:\n import x as __match_args__", "match-args"),
    ("x.__class__ = y", "dunder-store"),
    ("x.__dict__ = y", "dunder-store"),
    ("x.__match_args__ = y", "dunder-store"),
    ("del x.__init__", "dunder-store"),
    ("for x.__code__ in y: pass", "dunder-store"),
    ("with y as x.__bases__: pass", "dunder-store"),
    ("(x.__class__, y) = z", "dunder-store"),
    ("[x.__class__ for x.__class__ in y]", "dunder-store"),
    ("x.__call__ += 1", "dunder-store"),
    ("f'{x.__globals__}'", "dunder-attribute"),
    ("import os.__loader__", "dunder-attribute"),
    ("from x import __builtins__", "dunder-attribute"),
    ("x.\uff3f\uff3fglobals\uff3f\uff3f", "dunder-attribute"),
    ("x.__\uff47lobals__", "dunder-attribute"),
    ("@x.__globals__\ndef f(): pass", "dunder-attribute"),
    ("def f(a: x.__globals__): pass", "dunder-attribute"),
    ("def f(a=x.__globals__): pass", "dunder-attribute"),
    ("class A(x.__globals__): pass", "dunder-attribute"),
    ("type X = int", "type-parameters"),
    ("type X[T] = list[T]", "type-parameters"),
    ("def f[T](x: T): pass", "type-parameters"),
    ("class A[*T]: pass", "type-parameters"),
    ("async def f[**P](): pass", "type-parameters"),
    ("class A[T = int]: pass", "type-parameters"),
    ("t'{x.y}'", "template-string"),
]


@pytest.mark.parametrize(("source", "rule"), REFUSED)
def test_what_leads_out_is_refused_by_name(source: str, rule: str) -> None:
    """Every field of every node that can hold a name is looked at, and the error says where and what to do."""
    try:
        ast.parse(source)
    except SyntaxError:
        pytest.skip("not the syntax of this Python")
    with pytest.raises(policy.PolicyError) as caught:
        instrument(source, "/p.py", "program")
    if rule != "dunder-attribute" or caught.value.rule not in ("dunder-name", "dunder-definition"):
        assert caught.value.rule in (rule, "dunder-definition")
    assert caught.value.lineno is not None
    assert caught.value.hint
    assert caught.value.filename == "/p.py"


@pytest.mark.parametrize("source", [
    "self = x\nself.__private = 1\nself._protected = 2",
    "__version__ = '1'\n__all__ = ['a']\n__author__ = 'x'",
    "if __name__ == '__main__': pass",
    "class A:\n __slots__ = ('a',)\n __match_args__ = ('a', 'b')\n __hash__ = None",
    "class A:\n def __init__(self): super().__init__()\n def __getattr__(self, n): raise AttributeError(n)",
    "print(__file__, __doc__)",
    "x.__class__.__name__, x.__dict__, x.__doc__, f.__name__, f.__wrapped__",
    "match p:\n case Point(x=0, y=1) | [1, 2]: pass\n case [1, *rest]: pass\n case {'a': b, **more} if b: pass\n case _: pass",
    "async def f():\n async with a as b:\n  async for c in d: await e\n return [x async for x in y]",
    "try: pass\nexcept* ValueError as group: pass",
    "from __future__ import annotations",
])
def test_ordinary_python_passes(source: str) -> None:
    """One underscore, harmless special names and all statements of the language are nobody's business."""
    instrument(source, "/p.py", "program")


def test_every_node_of_this_python_is_admitted_or_refused_for_a_reason() -> None:
    """A new version of Python brings nothing that nobody has looked at: here it shows, and until then it is refused."""
    admitted = {kind for table in policy.NODES.values() for kind in table}
    here = {value.__name__ for value in vars(ast).values() if isinstance(value, type) and issubclass(value, ast.AST)}

    assert not here - admitted - policy.REFUSED_NODES.keys(), "neither admitted nor refused with a reason"
    assert not admitted & policy.REFUSED_NODES.keys()
    assert set(policy.REFUSED_NODES.values()) <= policy.RULES.keys()


def test_the_fields_that_were_reviewed_are_those_of_this_python() -> None:
    """Nothing is left that would have to be refused, and no version's table names what that version does not have."""
    assert policy._UNREVIEWED == {}, "new fields of known nodes"
    for version, table in policy.NODES.items():
        for kind, fields in table.items() if version <= sys.version_info[:2] else ():
            assert fields <= set(getattr(ast, kind)._fields), (version, kind)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="Python says of what type a field is since 3.13")
def test_every_string_in_an_admitted_node_has_its_judge() -> None:
    """The table of judges is held against what Python itself says of its nodes."""
    judged_elsewhere = {("Name", "id"), ("Attribute", "attr")}
    no_names = {("Constant", "kind"), ("TypeIgnore", "tag")}  # the u of u"...", and a comment
    texts = {
        (kind, field)
        for table in policy.NODES.values()
        for kind in table
        for field, holds in getattr(ast, kind)._field_types.items()
        if "str" in str(holds) and field != "type_comment"
    }
    assert texts - policy.STRING_FIELDS.keys() == judged_elsewhere | no_names


class NewNode(ast.stmt):
    """What a later Python might bring."""

    _fields = ("name", "value")


def test_a_node_and_a_field_that_nobody_has_reviewed_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the newer Python only gave a known node a new field, of whatever type."""
    place = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 1}
    tree = ast.Module(body=[NewNode(name="x", value=ast.Name(id="__builtins__", ctx=ast.Load(), **place), **place)],
                      type_ignores=[])
    assert [error.rule for error in policy.offences(tree, "/p.py")] == ["unknown-syntax", "dunder-name"]

    tree = ast.parse("import os")
    assert list(policy.offences(tree, "/p.py")) == []
    monkeypatch.setitem(policy._UNREVIEWED, ast.Import, ("is_lazy",))
    tree.body[0].is_lazy = 0  # type: ignore[attr-defined]
    assert list(policy.offences(tree, "/p.py")) == []
    tree.body[0].is_lazy = 1  # type: ignore[attr-defined]
    assert [error.what for error in policy.offences(tree, "/p.py")] == ["Import.is_lazy"]


def test_every_rule_has_a_reason_and_a_hint() -> None:
    """`axisos check` prints both."""
    for rule, (reason, hint) in policy.RULES.items():
        assert reason and hint, rule


@pytest.mark.parametrize("source", ["(" * 3000 + ")" * 3000, "-" * 20_000 + "1", "x" + ".a" * 20_000, "[" * 150 + "]" * 150,
                                    "a" + "+a" * 50_000, "if 1:\n" * 1])
def test_a_source_that_is_too_deep_is_a_syntax_error(source: str) -> None:
    """Neither the parser, nor our passes, nor the compiler may take the host down."""
    try:
        instrument(source, "/p.py", "program")
    except SyntaxError:
        pass


def test_null_bytes_and_bad_encodings_are_syntax_errors() -> None:
    """Whatever is wrong with the bytes, the caller sees one kind of error."""
    for source in (b"x = 1\0", b"# coding: nonsense\n", b"\xff\xfe", b"# coding: utf-8\n\xff"):
        with pytest.raises(SyntaxError):
            instrument(source, "/p.py", "program")


def test_a_source_may_not_be_endless() -> None:
    """Four megabytes of program are enough."""
    with pytest.raises(policy.PolicyError, match="too-large"):
        instrument(b"#" * (policy.MAX_SOURCE_BYTES + 1), "/p.py", "program")
