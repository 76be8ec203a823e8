"""Paths, patterns, words, times and streams give what Python's own give, for any text and any order of operations.

Each example is a list of cases; one machine and one Python of the host answer them all, and the answers are compared.
"""

# ruff: noqa: E501 - a table, or a line of a program, reads best on one line
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from guest_program import answers
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

# A machine for each example: few examples, of many cases each. The same ones in every run; nothing is shrunk, for the
# failure names its cases.
few = settings(
    max_examples=4, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large,
                           HealthCheck.large_base_example],
)


def cases(one: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, min_size=40, max_size=120)


def compare(directory: Path, source: str, given_cases: list[Any]) -> None:
    guest, host = answers(directory, source, given_cases)
    different = [
        (case, ours, theirs) for case, ours, theirs in zip(given_cases, guest, host, strict=True) if ours != theirs
    ]
    assert not different, "\n".join([f"{case}\n   here   {ours}\n   Python {theirs}" for case, ours, theirs in different[:3]])


CALLS = """
    def told(call, *args, **keywords):
        try:
            result = call(*args, **keywords)
        except Exception as error:
            return [type(error).__name__]
        return [str(item) for item in result] if isinstance(result, (tuple, list)) else (
            result if isinstance(result, (bool, int)) else str(result))
"""

PATHS = """
    import os.path as p
    def answer(case):
        one, two = case
        return [
            told(p.split, one), told(p.splitext, one), told(p.basename, one), told(p.dirname, one), told(p.isabs, one),
            told(p.join, one, two), told(p.normpath, one), told(p.commonprefix, [one, two]),
            told(p.commonpath, [one, two]), told(p.relpath, "/" + one, "/" + two), told(p.expandvars, one),
            told(p.splitdrive, one), told(p.abspath, "/" + one), told(p.realpath, "/" + one), told(p.normcase, one),
        ]
"""


@few
@given(cases(st.tuples(st.text("//ab.. ~$é", max_size=9), st.text("/ab.", max_size=7))))
def test_paths_as_text(tmp_path: Path, given_cases: list[Any]) -> None:
    """os.path: every function of text, for any two paths."""
    compare(tmp_path, CALLS + PATHS, given_cases)


PURE_PATHS = """
    from pathlib import PurePosixPath as P
    def answer(case):
        one, two = case
        q = P(one)
        return [
            str(q), repr(q), q.name, q.stem, q.suffix, q.suffixes, told(lambda: q.parent), told(lambda: [*q.parents]),
            [*q.parts], q.root, q.anchor, q.drive, q.is_absolute(), told(lambda: q / two), told(lambda: two / q),
            told(q.joinpath, two, two), told(q.relative_to, two), told(q.is_relative_to, two), told(q.with_suffix, two),
            told(q.match, two), q == P(two), q < P(two), q <= P(two), told(q.as_uri), told(bytes, q),
            told(lambda: q.parents[0]), told(lambda: q.parents[-1]), told(lambda: q.parents[0:2]), len(q.parents),
            "/" in two or told(q.with_name, two), "/" in two or told(q.with_stem, two), hash(q) == hash(P(one + "/")),
        ]
"""


@few
@given(cases(st.tuples(st.text("//ab..*?[]", max_size=8), st.text("/ab.*?", max_size=6))))
def test_path_objects_as_text(tmp_path: Path, given_cases: list[Any]) -> None:
    """pathlib: the parts of a path, and what is made of two."""
    kept = [case for case in given_cases if not case[0].startswith("..") or case[1]]  # an odd corner of with_suffix
    compare(tmp_path, CALLS + PURE_PATHS, kept)


WORDS = """
    import shlex
    def answer(case):
        return [
            told(shlex.split, case), told(shlex.split, case, comments=True), told(shlex.split, case, posix=False),
            told(shlex.quote, case), told(shlex.join, [case, case]), told(lambda: [*shlex.shlex(case)]),
            told(lambda: [*shlex.shlex(case, posix=True, punctuation_chars=True)]),
            told(lambda: shlex.split(shlex.join([case, "x"]))),
        ]
"""


@few
@given(cases(st.text("ab '\"\\#\n\t|&;~-é", max_size=14)))
def test_words_of_a_line(tmp_path: Path, given_cases: list[Any]) -> None:
    """shlex: all its ways to split, and that what is joined splits again."""
    compare(tmp_path, CALLS + WORDS, given_cases)


NAMES = """
    import fnmatch, re
    def answer(case):
        name, pattern = case
        return [
            fnmatch.fnmatch(name, pattern), fnmatch.fnmatchcase(name, pattern),
            fnmatch.filter([name, name + "x", "x"], pattern), bool(re.match(fnmatch.translate(pattern), name)),
        ]
"""


@few
@given(cases(st.tuples(st.text("ab-]![^c\\\n", max_size=6), st.text("ab**?[[]]!-^c\\", max_size=9))))
def test_names_and_patterns(tmp_path: Path, given_cases: list[Any]) -> None:
    """fnmatch: what matches, and that the regular expression agrees."""
    compare(tmp_path, CALLS + NAMES, given_cases)


TREES = """
    import glob, os
    from pathlib import Path
    for name in ("a/b/c.py", "a/.h/x.py", "a/b/d/e.txt", ".hid/q.py", "b.py", "c/[x].py", "ab/b.py", "a/b/d/b/z.py"):
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        open(name, "w").close()
    def found(call, root=""):
        # without what Python makes up for a directory that is not there
        return sorted([str(name) for name in call() if os.path.exists(os.path.join(root, name))])
    def answer(pattern):
        return [
            found(lambda: glob.glob(pattern)), found(lambda: glob.glob(pattern, recursive=True)),
            found(lambda: glob.glob(pattern, root_dir="a"), "a"),
            found(lambda: glob.glob(pattern, root_dir="a", recursive=True, include_hidden=True), "a"),
            found(lambda: Path(".").glob(pattern)), found(lambda: Path("a").rglob(pattern)),
            found(lambda: glob.iglob(glob.escape(pattern))),
        ]
"""
PIECES = st.sampled_from(["a", "b", "*", "**", "?", "*.py", "[ab]", "[!a]*", ".*", "c.py", ".h", "x", "[[]x].py", "d", "*b*"])


@few
@given(cases(st.tuples(st.lists(PIECES, min_size=1, max_size=4), st.sampled_from(["", "", "/"]))))
def test_trees_and_patterns(tmp_path: Path, given_cases: list[Any]) -> None:
    """glob and Path.glob find the same files in the same tree."""
    compare(tmp_path, CALLS + TREES, ["/".join(pieces) + end for pieces, end in given_cases])


TIMES = """
    import time
    def read(text, form):
        fields = told(time.strptime, text, form)
        if len(fields) == 9 and ("U" in form or "W" in form):
            del fields[7]  # where a week reaches into the next year, Python counts the old year's days on
        return fields
    def answer(case):
        seconds, form, text = case
        moment = time.gmtime(seconds)
        written = told(time.strftime, form, moment)
        return [
            [*moment], repr(moment), written, told(time.asctime, moment), told(time.ctime, seconds),
            told(time.mktime, moment), read(written, form) if isinstance(written, str) else 0,
            read(text, form), [*time.localtime(seconds)],
        ]
"""
FORMATS = st.lists(
    st.sampled_from(["%" + letter for letter in "YmdHMSyIpaAbBUWVGujwcxXzf%"] + [" ", "-", ":", "/", "x"]), max_size=6, min_size=1
).map("".join)
SECONDS = st.one_of(
    st.integers(-62135596800, 253402300799), st.integers(0, 4 * 10**9), st.floats(-10, 2e9), st.sampled_from([0, -0.5])
)


@few
@given(cases(st.tuples(SECONDS, FORMATS, st.text("0123456789 /:-JanMonAMPM", max_size=12))))
def test_times_are_written_and_read(tmp_path: Path, given_cases: list[Any]) -> None:
    """time: any moment by any format, and what strptime makes of it."""
    compare(tmp_path, CALLS + TIMES, given_cases)


STREAMS = """
    import io
    def step(f, name, args):
        text = isinstance(f, io.TextIOBase)
        try:
            if name == "next":
                result = next(f, None)
            elif name == "iterate":
                result = [*f]
            elif name == "write":
                result = f.write(args[0] if text else args[0].encode())
            elif name == "writelines":
                result = f.writelines([args[0] if text else args[0].encode()] * 2)
            elif name == "readinto":
                buffer = bytearray(args[0])
                result = [f.readinto(buffer), buffer.decode("latin-1")]
            elif name == "mark":
                mark = f.tell()
                rest = f.read()
                f.seek(mark)
                result = [rest, f.read(), f.seek(0)]
            elif name == "able":
                result = [f.readable(), f.writable(), f.seekable(), f.closed]
            else:
                result = getattr(f, name)(*args)
        except Exception as error:
            return [type(error).__name__]
        if isinstance(result, list):
            return [item.decode("latin-1") if isinstance(item, bytes) else item for item in result]
        return result.decode("latin-1") if isinstance(result, bytes) else result
    def answer(case):
        kind, mode, options, start, steps = case
        if kind == "file":
            with open("f", "wb") as f:
                f.write(start.encode())
            f = open("f", mode, **options)
        else:
            f = io.StringIO(start, **options) if kind == "text" else io.BytesIO(start.encode())
        results = [step(f, name, args) for name, args in steps]
        if kind != "file":
            results.append(step(f, "getvalue", []))
        f.close()
        if kind == "file":
            with open("f", "rb") as f:
                results.append(f.read().decode("latin-1"))
        return results
"""
SIZES = st.sampled_from([-1, 0, 1, 2, 3, 5, 100])
NEWLINES = st.sampled_from([None, "", "\n", "\r", "\r\n"])
PIECE = st.text("ab\n\r\n", max_size=6)


def with_args(name: str, *args: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(st.just(name), st.tuples(*args).map(list))


READING = st.one_of(
    with_args("read"), with_args("read", SIZES), with_args("readline"), with_args("readline", SIZES),
    with_args("readlines"), with_args("next"), with_args("iterate"),
)
WRITING = st.one_of(with_args("write", PIECE), with_args("writelines", PIECE))
ANYWHERE = st.one_of(with_args("able"), with_args("flush"), with_args("truncate", st.integers(-1, 9)))
BYTES = st.one_of(
    READING, WRITING, ANYWHERE, with_args("readinto", st.integers(0, 5)), with_args("tell"), with_args("truncate"),
    with_args("seek", st.integers(-3, 12), st.sampled_from([0, 0, 1, 2])),
)
# Text may be read and written in turn only with a seek in between; before it is told, nothing may have been iterated.
TEXT = st.one_of(
    READING.map(lambda step: [step]), WRITING.map(lambda step: [step]), ANYWHERE.map(lambda step: [step]),
    st.just([("seek", [0]), ("mark", [])]), st.just([("seek", [0]), ("readline", []), ("mark", [])]),
)


def in_turn(groups: list[list[Any]]) -> list[Any]:
    """The steps one after the other, each group from a place that both sides agree on."""
    return [step for group in groups for step in [("seek", [0, 2 if group[0][0].startswith("write") else 0]), *group]]


@st.composite
def stream_cases(draw: st.DrawFn, kind: str) -> list[Any]:
    start = draw(st.text("abc\n\r\n", max_size=12))
    if kind == "bytes":
        return [kind, "", {}, start, draw(st.lists(BYTES, max_size=8))]
    options = {"newline": draw(NEWLINES)} if draw(st.booleans()) else {}
    if kind == "text":
        return [kind, "", options, start, in_turn(draw(st.lists(TEXT, max_size=5)))]
    mode = draw(st.sampled_from(["r", "w", "a", "r+", "w+", "a+"]))
    if draw(st.booleans()):
        buffering = draw(st.sampled_from([-1, -1, 0, 3]))
        return [kind, mode + "b", {"buffering": buffering}, start, draw(st.lists(BYTES, max_size=8))]
    options |= {"encoding": "utf-8", "buffering": draw(st.sampled_from([-1, 1, 8]))}
    return [kind, mode, options, start, in_turn(draw(st.lists(TEXT, max_size=5)))]


@pytest.mark.parametrize("kind", ["file", "text", "bytes"])
@few
@given(data=st.data())
def test_streams_in_any_order(kind: str, tmp_path: Path, data: st.DataObject) -> None:
    """Files in all modes, StringIO and BytesIO: any operations in any order give Python's results and contents."""
    one = stream_cases(kind)
    if kind == "bytes":  # Python's own BytesIO counts the hint of readlines otherwise than its files
        one = one.filter(lambda case: all(step != ("readlines", [1]) for step in case[4]))
    compare(tmp_path, STREAMS, data.draw(cases(one)))
