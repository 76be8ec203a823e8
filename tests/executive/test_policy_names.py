"""No place in a program is left where a forbidden name could stand: generated programs, every field, every spelling."""

from __future__ import annotations

import ast
import copy
import unicodedata
import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from executive import policy
from executive.preempt import instrument, offences

FORBIDDEN = (
    "_axis_due", "_axis_x", "__globals__", "__builtins__", "__subclasses__", "__code__", "__del__", "__reduce__",
)  # fmt: skip
ATTRIBUTES_ONLY = ("tb_frame", "gi_frame", "f_back", "co_consts", "cr_await", "ag_code", "func_globals")
# Fields that hold text which is no name, and where only some of the names are forbidden.
NO_NAMES = {("Constant", "kind"), ("TypeIgnore", "tag")}
READS_ATTRIBUTES = {("Attribute", "attr"), ("MatchClass", "kwd_attrs"), ("alias", "name"), ("ImportFrom", "module")}

NAMES = st.sampled_from(["a", "b", "value", "_private", "K", "naïve"])
CONSTANTS = st.sampled_from(["0", "1.5", "2j", "'text'", "b'bytes'", "None", "True", "...", "'{a}'"])


def expressions(depth: int) -> st.SearchStrategy[str]:
    """Source texts of expressions that hold every kind of expression node."""
    if depth == 0:
        return NAMES | CONSTANTS
    one = expressions(depth - 1)
    shapes = [
        "({0}).{n}", "({0})[{1}]", "({0})[{1}:{0}:{1}]", "{n}({0}, *{n}, {n}={1}, **{n})", "({0} + {1})", "(not {0})",
        "({0} and {1})", "({0} if {1} else {0})", "({0} < {1} is {0})", "[{0}, *{n}]", "({0}, {1})",
        "{{{0}: {1}, **{n}}}", "{{{0}, {1}}}", "[{0} for {n} in {1} if {0}]",
        "{{{0} for {n} in {1}}}", "{{{0}: {1} for {n} in {0}}}",
        "({0} for {n} in {1} for {m} in {0})", "(lambda {n}, /, {m}={0}, *args, key={1}, **rest: {0})", "({n} := {0})",
        "f'{{({0})!r:>{{({1})}}}}'",
    ]  # fmt: skip
    return st.builds(lambda shape, a, b, n, m: shape.format(a, b, n=n, m=m + "2"), st.sampled_from(shapes), one, one,
                     NAMES, NAMES)


STATEMENTS = [
    "{0}", "{n} = {m} = {0}", "{n} += {0}", "{n}: {0} = {1}", "({0}).{n} = {1}", "del {n}, ({0}).{m}", "pass",
    "assert {0}, {1}", "import {n}.{m} as {m}, {n}", "from {n}.{m} import {n} as {m}, {m}", "from . import {n}",
    "raise {n}({0}) from {1}", "global {n}", "for {n} in {0}: break\nelse: {1}", "while {0}: continue",
    "if {0}: {1}\nelif {1}: pass", "with {0} as {n}, {1}: {0}",
    "try: {0}\nexcept {n} as {m}: {1}\nelse: pass\nfinally: pass",
    "try: {0}\nexcept* {n} as {m}: {1}",
    "@{n}\ndef {n}({m}: {0}, /, a1={1}, *args: {0}, key={1}, **rest) -> {0}:\n  nonlocal_ = 1\n  return {1}",
    "async def {n}():\n  async with {0} as {n}:\n    await {1}\n  async for {m} in {0}: yield {1}\n  return",
    "def {n}():\n  {m} = 1\n  def inner():\n    nonlocal {m}\n    yield from {0}\n    yield",
    "@{n}\nclass {n}({0}, {m}={1}):\n  {m} = {0}",
    "match {0}:\n  case {n}.{m} | -1 | None: {1}\n  case [1, *{m}]: pass\n  case {{'k': {n}, **{m}}} if {1}: pass\n"
    "  case {n}(1, {m}=2) as {n}: pass\n  case [{n}, ({m})]: pass\n  case {m}: pass",
]  # fmt: skip


def statement(shape: str, a: str, b: str, n: str, m: str) -> str:
    return shape.format(a, b, n=n, m=m + "2")


PROGRAMS = st.lists(
    st.builds(statement, st.sampled_from(STATEMENTS), expressions(2), expressions(1), NAMES, NAMES), min_size=1,
    max_size=4,
).map("\n".join)  # fmt: skip


def parsed(source: str) -> ast.Module | None:
    """The tree, or None if the pieces do not make a program."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about code that is odd, as ours is
            tree = ast.parse(source)
            compile(copy.deepcopy(tree), "p.py", "exec", dont_inherit=True)
    except SyntaxError:
        return None
    return tree


def text_places(tree: ast.AST) -> list[tuple[ast.AST, str, int | None]]:
    """Every place of a tree that holds a name: node, field, index in the field."""
    places: list[tuple[ast.AST, str, int | None]] = []
    for node in ast.walk(tree):
        kind = type(node).__name__
        for field, value in ast.iter_fields(node):
            if (kind, field) in NO_NAMES or field in ("type_comment", "value"):
                continue
            if isinstance(value, str):
                places.append((node, field, None))
            elif isinstance(value, list):
                places += [(node, field, at) for at, item in enumerate(value) if isinstance(item, str)]
    return places


def rules_broken(source: str | bytes) -> list[str]:
    return [getattr(error, "rule", "syntax") for error in offences(source, "/p.py")]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(PROGRAMS, st.data())
def test_a_forbidden_name_is_refused_wherever_it_stands(source: str, data: st.DataObject) -> None:
    """Into every string field of every node of a program that is allowed, one after the other, a name is planted."""
    tree = parsed(source)
    if tree is None:
        return
    assert rules_broken(source) == [], source
    for number, (node, field, _at) in enumerate(text_places(tree)):
        kind = type(node).__name__
        name = data.draw(st.sampled_from(FORBIDDEN + (ATTRIBUTES_ONLY if (kind, field) in READS_ATTRIBUTES else ())))
        planted = copy.deepcopy(tree)
        other, _, at = text_places(planted)[number]
        if at is None:
            setattr(other, field, name)
        else:
            getattr(other, field)[at] = name
        text = ast.unparse(planted)
        assert name in text, (kind, field)
        broken = rules_broken(text)
        assert broken, f"{kind}.{field} took {name!r}:\n{text}"
        with pytest.raises(SyntaxError):
            instrument(text, "/p.py", "program")


def test_the_generated_programs_hold_every_kind_of_name() -> None:
    """Or the test above would promise more than it keeps."""
    kinds: set[tuple[str, str]] = {("Name", "id"), ("Attribute", "attr")}
    for shape in STATEMENTS:
        tree = parsed(statement(shape, "(a)", "(lambda x, *y, k, **z: f(k=1))", "n", "m"))
        if tree is not None:
            kinds |= {(type(node).__name__, field) for node, field, _ in text_places(tree)}
    assert kinds == policy.STRING_FIELDS.keys() | {("Name", "id"), ("Attribute", "attr")}


def folded_spellings(name: str) -> list[str]:
    """Other characters that Python brings into the form of *name*."""
    alike: dict[str, list[str]] = {}
    for code in range(0x80, 0x1FFFF):
        character = chr(code)
        plain = unicodedata.normalize("NFKC", character)
        if len(plain) == 1 and plain in "_abcdefghijklmnopqrstuvwxyz" and f"a{character}".isidentifier():
            alike.setdefault(plain, []).append(character)
    found = []
    for at, letter in enumerate(name):
        for other in alike.get(letter, ()):
            if at or other.isidentifier() or unicodedata.category(other) == "Pc":
                found.append(name[:at] + other + name[at + 1 :])
    return found


PLACES = (
    "x.{}", "{} = 1", "def {}(): pass", "class {}: pass", "def f({}): pass", "f({}=1)", "import {}", "import os as {}",
    "from os import {}", "from {} import x", "global {}", "lambda {}: 0", "try: pass\nexcept E as {}: pass",
    "match x:\n case {}: pass", "match x:\n case [*{}]: pass", "match x:\n case {{**{}}}: pass",
    "match x:\n case A({}=1): pass", "for {} in x: pass", "[0 for {} in x]", "with x as {}: pass", "({} := 1)",
    "del {}",
    "x.{} = 1", "f'{{x.{}}}'", "def f():\n x = 1\n def g():\n  nonlocal {}",
)  # fmt: skip


def test_names_that_python_folds_are_refused_by_what_they_become() -> None:
    """Every other spelling of one letter, in every place: Python reads them as the same name."""
    for name in ("__globals__", "_axis_due"):
        spellings = folded_spellings(name)
        assert len(spellings) > 100
        for number, spelling in enumerate(spellings):
            assert unicodedata.normalize("NFKC", spelling) == name
            source = PLACES[number % len(PLACES)].format(spelling)
            assert rules_broken(source), ascii(source)


@pytest.mark.parametrize("place", PLACES)
def test_a_tree_whose_names_were_never_folded_is_refused(place: str) -> None:
    """Python's parser folds names, so an unfolded one in a tree comes from somewhere else."""
    tree = ast.parse(place.format("_axis_due"))
    for node, field, at in text_places(tree):
        value = getattr(node, field) if at is None else getattr(node, field)[at]
        if value == "_axis_due":
            new = "_axis_\uff44ue"
            setattr(node, field, new) if at is None else getattr(node, field).__setitem__(at, new)
    if "_axis_\uff44ue" not in [getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(tree)]:
        assert list(policy.offences(tree, "/p.py")), ast.dump(tree)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ["__globals__", "_axis_due"])
def test_no_dress_of_the_text_hides_a_name(place: str, name: str) -> None:
    """Byte order marks, encodings by cookie, form feeds, continued lines, other line ends: the tree is what counts."""
    text = place.format(name)
    for dressed in (
        b"\xef\xbb\xbf" + text.encode(), b"# coding: latin-1\n" + text.encode("latin-1"),
        b"#!/bin/axis\n# -*- coding: cp1252 -*-\n" + text.encode(),
        b"# vim: set fileencoding=iso-8859-15 :\n" + text.encode(),
        b"\x0c" + text.encode(), text.replace("\n", "\r\n").encode(), text.replace("\n", "\r").encode(),
        text.replace(name, "\\\n" + name).encode() if "'" not in text else text.encode(),
        f"if 1:\n\t{text}".replace("\n ", "\n\t ").encode(), f"{text} # type: ignore".encode(),
    ):  # fmt: skip
        assert rules_broken(dressed), dressed
        with pytest.raises(SyntaxError):
            instrument(dressed, "/p.py", "program")


@pytest.mark.parametrize("codec", ["utf-7", "utf-16", "utf-32", "rot13", "punycode", "unicode_escape",
                                   "raw_unicode_escape", "idna", "base64", "cp037", "euc_jp", "utf_7", "UTF-7",
                                   "mbcs", "hz"])
def test_an_encoding_in_which_the_text_says_something_else_is_refused(codec: str) -> None:
    """Escapes and shift states could spell what the bytes do not show; those codecs are not offered to sources."""
    for line in (b"# coding: %b\n", b"#!x\n# -*- coding=%b -*-\n", b"# vim: fileencoding=%b :\n", b"\n#coding:%b\n"):
        assert rules_broken(line % codec.encode() + b"print(1)"), line
