"""toml_edit and toml_text: what a person has written stays, what comes back is exactly the wanted change."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axis.toml_edit import append_table, remove_table, set_value
from axis.toml_text import value_text

FILE = """\
# What the boot loads.

[[driver]]
name = "a"          # the first
enabled = true      # for now
priority = 90

# The second one has a story.
# It is long.
[[driver]]  # b
name = "b # not a comment"
depends = ["a"]
"""


def test_one_value_is_changed_and_its_comment_stays() -> None:
    """So does everything else, to the blank."""
    edited = set_value(FILE, "driver", 0, "enabled", False)
    assert edited == FILE.replace("enabled = true      # for now", "enabled = false      # for now")
    edited = set_value(FILE, "driver", 1, "name", "c")
    assert edited == FILE.replace('"b # not a comment"', '"c"')


def test_a_new_value_goes_to_the_end_of_its_table() -> None:
    """Before the comments that belong to the next one."""
    edited = set_value(FILE, "driver", 0, "description", "x")
    assert edited == FILE.replace("priority = 90\n", 'priority = 90\ndescription = "x"\n')
    assert set_value(FILE, "driver", 1, "priority", 7) == FILE + "priority = 7\n"


def test_a_table_is_added_and_removed() -> None:
    """The file is as it was afterwards, but for empty lines at its end."""
    row = {"name": "c", "priority": 1, "depends": ["a", "b"]}
    added = append_table(FILE + "\n\n", "driver", row)
    assert added == FILE + '\n[[driver]]\nname = "c"\npriority = 1\ndepends = ["a", "b"]\n'
    assert remove_table(added, "driver", 2) == FILE
    assert append_table("", "driver", {"name": "a"}) == '[[driver]]\nname = "a"\n'
    assert "# The second one" in remove_table(FILE, "driver", 0) and tomllib.loads(remove_table(FILE, "driver", 0)) == {
        "driver": [{"name": "b # not a comment", "depends": ["a"]}]}


@pytest.mark.parametrize("text", [
    'driver = [{name = "a"}, {name = "b"}]\n',
    '[[driver]]\nname = """\n[[driver]]\n"""\n[[driver]]\nname = "b"\n',
    '[[driver]]\n"name" = "a"\n[[driver]]\nname = "b"\n',
    '[[ driver ]]\nname = "a"\n[["driver"]]\nname = "b"\n',
    'other = 1\n[[driver]]\nname = [\n  "a",\n]\n[[driver]]\n',
    "driver = [{}, {}]\n[z]\nx = 1.5\n",
])
def test_what_editing_by_lines_does_not_understand_is_written_anew(text: str) -> None:
    """The values are right all the same."""
    for index in (0, 1):
        document = tomllib.loads(text)
        document["driver"][index]["name"] = "new"
        assert tomllib.loads(set_value(text, "driver", index, "name", "new")) == document
        del document["driver"][index]
        assert tomllib.loads(remove_table(text, "driver", index)) == document


def test_what_cannot_be_written_is_refused_rather_than_lost() -> None:
    """A date in a table that cannot be edited by lines; what is no TOML; a table that is not there."""
    with pytest.raises(ValueError, match="cannot hold a date"):
        set_value("driver = [{x = 2020-01-01}]", "driver", 0, "name", "a")
    with pytest.raises(ValueError, match=r"Expected|Invalid"):
        set_value("driver = [", "driver", 0, "name", "a")
    with pytest.raises(LookupError):
        set_value(FILE, "driver", 2, "name", "a")


VALUES = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    lambda inner: st.lists(inner, max_size=3), max_leaves=5,
)


@given(VALUES)
def test_values_are_read_back(value: Any) -> None:
    """All texts, numbers and lists; halves of surrogate pairs and objects are refused."""
    read = tomllib.loads(f"x = {value_text(value)}")["x"]
    assert read == value and type(read) is type(value)


def test_what_toml_cannot_hold_is_refused() -> None:
    """None, bytes, tables in values, half a character."""
    for value in (None, b"", {}, (1,), "\ud800"):
        with pytest.raises(ValueError, match=r"cannot hold|no text"):
            value_text(value)
    assert tomllib.loads(f"x = {value_text(float('nan'))}")["x"] != 0


LINES = st.sampled_from([
    "[[driver]]", "[[driver]] # x", " [[driver]]", "[[other]]", "[table]", "# comment", "", 'name = "a"', 'name="b" #c',
    "enabled = true", "list = [1,", "]", 'text = """', '"""', "[[driver.sub]]", "x.y = 1", "'quoted key' = 2",
    "#[[driver]]",
])


@given(st.lists(LINES, max_size=14), st.integers(0, 3), VALUES)
def test_any_file_gets_exactly_the_change_or_stays(lines: list[str], index: int, value: Any) -> None:
    """Lines in any order: if the file is TOML with such a table, the result differs in this one value."""
    text = "\n".join(lines)
    try:
        document = tomllib.loads(text)
        document["driver"][index]["enabled"] = value
    except (ValueError, LookupError):
        return
    try:
        edited = set_value(text, "driver", index, "enabled", value)
    except ValueError as error:
        assert "cannot hold" in str(error)  # tables within tables, in a file that lines do not explain
        return
    assert tomllib.loads(edited) == document
