"""Changing one table of a TOML file that people also write by hand: their comments, order and spelling stay.

    text = set_value(text, "driver", 0, "enabled", False)
    text = append_table(text, "driver", {"name": "x", "path": "/drivers/x.sys.py"})
    text = remove_table(text, "driver", 1)

The text is edited by lines, as a person would do it, and then parsed: only what reads as exactly the wanted change is
taken. Where the file is written in a way that editing by lines does not understand (inline tables, texts over many
lines), it is written anew from its values, without its comments.

Called by   commands that change files in /etc.
Owns        nothing.
Raises      ValueError if the text is no TOML, or cannot be written anew either: tables within tables, dates.
Always so   what comes back parses as what was there with the one change in it.
"""

from __future__ import annotations

from axis.toml_text import value_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Document = dict[str, Any]

Lines = list[str]


def set_value(text: str, array: str, index: int, key: str, value: Any) -> str:
    """The text with one value changed or added in table number *index* of [[array]]."""

    def change(document: Document) -> None:
        document[array][index][key] = value

    return _edited(text, change, lambda lines: _set_line(lines, array, index, key, value_text(value)))


def append_table(text: str, array: str, row: Document) -> str:
    """The text with another table at the end of [[array]]."""

    def change(document: Document) -> None:
        document.setdefault(array, []).append(row)

    def edit(lines: Lines) -> None:
        while lines and not lines[-1].strip():
            lines.pop()
        lines += ["", *_table_lines(array, row)] if lines else _table_lines(array, row)

    return _edited(text, change, edit)


def remove_table(text: str, array: str, index: int) -> str:
    """The text without table number *index* of [[array]]."""

    def change(document: Document) -> None:
        del document[array][index]
        if not document[array]:
            del document[array]

    def edit(lines: Lines) -> None:
        start, end = _span(lines, array, index)
        del lines[start:end]
        if 0 < start < len(lines) and not lines[start].strip() and not lines[start - 1].strip():
            del lines[start]  # one empty line between its neighbours is enough

    return _edited(text, change, edit)


def _edited(text: str, change: Callable[[Document], None], edit: Callable[[Lines], None]) -> str:
    import tomllib

    wanted = tomllib.loads(text)
    change(wanted)
    lines = text.split("\n")
    try:
        edit(lines)
        edited = "\n".join(lines).rstrip("\n") + "\n"
        if tomllib.loads(edited) == wanted:
            return edited
    except (LookupError, ValueError):
        pass  # by lines it cannot be done
    return _written_anew(wanted)


def _set_line(lines: Lines, array: str, index: int, key: str, value: str) -> None:
    start, end = _span(lines, array, index)
    for number in range(start + 1, end):
        name, equals, rest = lines[number].partition("=")
        if equals and name.strip() == key:
            lines[number] = f"{name.rstrip()} = {value}{_comment_after(rest)}"
            return
    lines.insert(end, f"{key} = {value}")


def _comment_after(rest: str) -> str:
    """The comment behind a value, with the blanks in front of it; "" if there is none."""
    import tomllib

    position = rest.find("#")
    while position >= 0:
        value = rest[:position]
        try:
            tomllib.loads(f"value ={value}")
        except ValueError:
            position = rest.find("#", position + 1)  # that one is in a text
            continue
        return value[len(value.rstrip()) :] + rest[position:]
    return ""


def _span(lines: Lines, array: str, index: int) -> tuple[int, int]:
    """Where a table begins, and where its last value ends: what follows of comments belongs to the next one."""
    heads = [number for number, line in enumerate(lines) if line.split("#")[0].strip() == f"[[{array}]]"]
    start = heads[index]
    end = start + 1
    for number in range(start + 1, len(lines)):
        line = lines[number].strip()
        if line.startswith("["):
            break
        if line and not line.startswith("#"):
            end = number + 1
    return start, end


def _table_lines(array: str, row: Document) -> Lines:
    return [f"[[{array}]]", *(f"{_key_text(key)} = {value_text(value)}" for key, value in row.items())]


def _written_anew(document: Document) -> str:
    """A file that holds values and arrays of flat tables; others cannot be written."""
    simple: Lines = []
    parts: list[Lines] = []
    for key, value in document.items():
        if type(value) is list and value and all(type(row) is dict for row in value):
            parts += [_table_lines(_key_text(key), row) for row in value]
        elif type(value) is dict:
            parts.append([f"[{_key_text(key)}]", *_table_lines("", value)[1:]])
        else:
            simple.append(f"{_key_text(key)} = {value_text(value)}")
    return "\n\n".join("\n".join(lines) for lines in ([simple] if simple else []) + parts) + "\n"


def _key_text(key: str) -> str:
    plain = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if plain else value_text(key)
