"""String formatting that reaches no attribute that the source could not name.

`"{0.__class__}".format(x)` reads attributes by text. Every way to `str.format` ends here: the instrumenter sends each
`.format` and `.format_map` through the sandbox's `attr` helper, which hands out the functions below.

Called by   the instrumenter (is a literal template harmless?) and the sandbox.
Owns        nothing.
"""

from __future__ import annotations

import _string  # type: ignore[import-not-found]  # a C module without stubs

from executive import policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

MAX_WIDTH = 1 << 20  # characters that one field may be padded to


def is_plain_template(template: object) -> bool:
    """Whether a literal template only has fields without attributes, items or computed widths."""
    if type(template) is not str:
        return False
    try:
        return all(
            field is None or ("." not in field and "[" not in field and "{" not in (spec or "")
                              and not _too_wide(spec or ""))
            for _, field, spec, _ in _string.formatter_parser(template)
        )
    except ValueError:
        return True  # the call raises the same error


def check_spec(spec: str) -> str:
    """Return *spec*, or refuse a width or precision that would fill the memory."""
    if _too_wide(spec):
        raise ValueError(f"format width or precision is larger than {MAX_WIDTH} characters")
    return spec


def _too_wide(spec: str) -> bool:
    number = 0
    for character in spec:
        if character.isdecimal():
            number = number * 10 + int(character)
            if number > MAX_WIDTH:
                return True
        else:
            number = 0
    return False


def check_template(template: str, depth: int = 2) -> bool:
    """Refuse attribute names in *template* that are closed; returns whether a width in it is computed."""
    computed = False
    for _, field, spec, _ in _string.formatter_parser(template):
        if field is None:
            continue
        if "." in field:
            _, rest = _string.formatter_field_name_split(field)
            for is_attribute, name in rest:
                if is_attribute and (name in policy.GUARDED or policy.attribute_rule(name) is not None):
                    raise AttributeError(f"a format string may not reach the attribute {name!r}")
        if spec:
            if "{" in spec:
                if depth <= 0:
                    raise ValueError("Max string recursion exceeded")
                check_template(spec, depth - 1)
                computed = True
            else:
                check_spec(spec)
    return computed


def format_text(template: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """`str.format` under the sandbox's rules; *template* may be of a subclass of str."""
    exact = str.__str__(template)
    if check_template(exact):
        return _expand(exact, args, kwargs, [0, False], 2)
    return str.format(exact, *args, **kwargs)


def format_map_text(template: str, mapping: Mapping[str, Any]) -> str:
    """`str.format_map` under the sandbox's rules."""
    exact = str.__str__(template)
    if check_template(exact):
        return _expand(exact, (), mapping, [0, False], 2)
    return str.format_map(exact, mapping)


def _expand(template: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], auto: list[Any], depth: int) -> str:
    """The algorithm of `string.Formatter.vformat`, for templates whose widths are fields themselves."""
    out: list[str] = []
    for literal, field, spec, conversion in _string.formatter_parser(template):
        out.append(literal)
        if field is None:
            continue
        first, rest = _string.formatter_field_name_split(field)
        if first == "":
            if auto[1]:
                raise ValueError("cannot switch from manual field specification to automatic field numbering")
            first = auto[0]
            auto[0] += 1
        elif isinstance(first, int):
            if auto[0]:
                raise ValueError("cannot switch from automatic field numbering to manual field specification")
            auto[1] = True
        if isinstance(first, int):
            if first >= len(args):
                raise IndexError(f"Replacement index {first} out of range for positional args tuple")
            value = args[first]
        else:
            value = kwargs[first]
        for is_attribute, name in rest:
            value = getattr(value, name) if is_attribute else value[name]
        if conversion == "r":
            value = repr(value)
        elif conversion == "s":
            value = str(value)
        elif conversion == "a":
            value = ascii(value)
        elif conversion is not None:
            raise ValueError(f"Unknown conversion specifier {conversion!r}")
        wanted = _expand(spec, args, kwargs, auto, depth - 1) if spec and "{" in spec else spec or ""
        out.append(format(value, check_spec(wanted)))
    return "".join(out)
