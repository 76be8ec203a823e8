"""What a driver file says of itself, read without running it.

DRIVER_INFO is a dict of literals at the top level of the file; the names DRIVER_TYPE_KMD, _CMD and _UMD are known, also
as attributes (`dk.DRIVER_TYPE_KMD`). Only the one statement is parsed if it stands out; the whole file is parsed when
it does not, or when somebody asks why a driver does not load.

Called by   DKMS, in step 2 of a load.
Always so   nothing in the file is executed or evaluated; what comes back has been checked.
"""

from __future__ import annotations

from abi.driver import DRIVER_TYPE_CMD, DRIVER_TYPE_KMD, DRIVER_TYPE_UMD, DRIVER_TYPES
from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

PARSE_ONLY = 0x400  # ast.PyCF_ONLY_AST, without the 10 ms that importing `ast` takes

MAX_NAME_LENGTH = 255  # it becomes a component of a registry path
MAX_PRIORITY = 10**6

_TYPE_NAMES = {
    "DRIVER_TYPE_KMD": DRIVER_TYPE_KMD, "DRIVER_TYPE_CMD": DRIVER_TYPE_CMD, "DRIVER_TYPE_UMD": DRIVER_TYPE_UMD,
}
_MARK = b"\nDRIVER_INFO"


class _NotLiteral(Exception):
    """A part of DRIVER_INFO that would have to be run to be known."""

    def __init__(self, node: Any) -> None:
        super().__init__(f"line {getattr(node, 'lineno', '?')}")


def read_driver_info(source: bytes, path: str) -> dict[str, object]:
    """The driver's checked DRIVER_INFO.

    Returns: driver_name, driver_type, load_priority, version (str or "N/A"), and supported_component (a str or a list
             of them) if it is given.
    Raises:  400 the file does not parse; 401 no entry function; 402 DRIVER_INFO missing or malformed; 407 unknown type.
    """
    try:
        info = _stand_out_info(source)
        if info is None or f"def {_entry_name(info)}(".encode() not in source:
            module = parse(source, path)
            info = _info_of(module, path)
            _demand_entry(module, path, info)
    except RecursionError:
        raise StatusError(Status.INVALID_DRIVER_OBJECT, f"{path}: it is nested too deep to be read") from None
    return _checked(info, path)


def supported_components(info: dict[str, object]) -> list[str]:
    """The component types that a driver with this DRIVER_INFO is for; none if it does not say."""
    components = info.get("supported_component")
    if isinstance(components, str):
        return [components]
    return [str(each) for each in components] if isinstance(components, list) else []


def parse(source: bytes, path: str) -> Any:
    """The syntax tree of a whole driver file.

    Raises: 400 with file and line if it does not parse.
    """
    try:
        return compile(source, path, "exec", PARSE_ONLY, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # NUL bytes, bad text, nested too deep
        line = getattr(error, "lineno", None)
        place = f"{path}, line {line}" if line else path
        why = getattr(error, "msg", None) or str(error) or "it is nested too deep"
        raise StatusError(Status.INVALID_DRIVER_OBJECT, f"{place}: {why}") from None


def _stand_out_info(source: bytes) -> object | None:
    """DRIVER_INFO if exactly one line begins with that name and its statement parses alone; else None."""
    text = b"\n" + source + b"\n"
    start = text.find(_MARK)
    if start < 0 or text.find(_MARK, start + 1) >= 0:
        return None
    end_of_line = text.find(b"\n", start + 1)
    closing_brace = text.find(b"\n}", start + 1) + 2
    for end in (end_of_line, closing_brace):
        try:
            return _info_of(compile(text[start + 1 : end], "DRIVER_INFO", "exec", PARSE_ONLY, dont_inherit=True), "")
        except (SyntaxError, ValueError, RecursionError, MemoryError, StatusError):
            continue
    return None


def _info_of(module: Any, path: str) -> object:
    """The value of the top-level statement `DRIVER_INFO = ...`; the last one counts, as it would at run time."""
    value = None
    for statement in module.body:
        kind = type(statement).__name__
        if kind == "Assign":
            targets = statement.targets
        elif kind == "AnnAssign" and statement.value is not None:
            targets = [statement.target]
        else:
            continue
        if any(getattr(target, "id", None) == "DRIVER_INFO" for target in targets):
            value = statement.value
    if value is None:
        raise StatusError(Status.INVALID_DRIVER_INFO, f"{path}: there is no DRIVER_INFO at the top level of the file")
    try:
        return _literal(value)
    except _NotLiteral as error:
        raise StatusError(
            Status.INVALID_DRIVER_INFO, f"{path}, {error}: DRIVER_INFO may hold only literals and DRIVER_TYPE_* names"
        ) from None


def _literal(node: Any) -> object:
    kind = type(node).__name__
    if kind == "Constant":
        value: object = node.value
        return value
    if kind == "Dict":
        if None in node.keys:
            raise _NotLiteral(node)  # {**other}
        try:
            return {_literal(key): _literal(value) for key, value in zip(node.keys, node.values, strict=True)}
        except TypeError:
            raise _NotLiteral(node) from None  # an unhashable key
    if kind in ("List", "Tuple"):
        return [_literal(item) for item in node.elts]
    if kind == "UnaryOp" and type(node.op).__name__ == "USub":
        number = _literal(node.operand)
        if type(number) in (int, float):
            return -number  # type: ignore[operator]  # the line above
    name = node.id if kind == "Name" else node.attr if kind == "Attribute" else None
    if name in _TYPE_NAMES:
        return _TYPE_NAMES[name]
    raise _NotLiteral(node)


def _demand_entry(module: Any, path: str, info: object) -> None:
    """Raise 401 unless the file defines an entry function (or method), or gives one to `dk.run`."""
    wanted = _entry_name(info)
    if not any(_binds(statement, wanted) or _runs_a_driver(statement) for statement in _statements(module)):
        raise StatusError(Status.INVALID_DRIVER_ENTRY, f"{path}: there is no function {wanted}(driver)")


def _entry_name(info: object) -> str:
    """The function that a driver of this type begins with."""
    user_mode = isinstance(info, dict) and info.get("driver_type") == DRIVER_TYPE_UMD
    return "um_driver_entry" if user_mode else "driver_entry"


def _statements(block: Any) -> Iterator[Any]:
    """The statements of a file, with those inside its classes and its `if`, `try` and `with`."""
    for statement in [*block.body, *getattr(block, "orelse", ())]:
        yield statement
        if type(statement).__name__ in ("ClassDef", "If", "Try", "With"):
            yield from _statements(statement)


def _binds(statement: Any, name: str) -> bool:
    """Whether a statement gives *name* a value by def, assignment or import."""
    if getattr(statement, "name", None) == name:
        return True
    names = [getattr(target, "id", None) for target in getattr(statement, "targets", ())]
    names += [alias.asname or alias.name for alias in getattr(statement, "names", ()) if not isinstance(alias, str)]
    return name in names


def _runs_a_driver(statement: Any) -> bool:
    """Whether a statement is `dk.run(entry, ...)`."""
    call: Any = getattr(statement, "value", None)
    if type(call).__name__ != "Call" or not call.args:
        return False
    return (getattr(call.func, "attr", None) or getattr(call.func, "id", None)) in ("run", "run_driver")


def _checked(info: object, path: str) -> dict[str, object]:
    """*info* as a driver may have it, completed with its defaults."""

    def demand(holds: bool, what: str) -> None:
        if not holds:
            raise StatusError(Status.INVALID_DRIVER_INFO, f"{path}: {what}")

    demand(isinstance(info, dict), "DRIVER_INFO must be a dict")
    assert isinstance(info, dict)
    name, driver_type = info.get("driver_name"), info.get("driver_type")
    demand(isinstance(name, str) and _is_key_name(name), "driver_name must be a name of 1 to 255 printable characters")
    demand(isinstance(driver_type, str), "driver_type must be one of DRIVER_TYPE_KMD, DRIVER_TYPE_CMD, DRIVER_TYPE_UMD")
    priority = info.get("load_priority")
    demand(
        type(priority) in (int, float) and abs(priority) <= MAX_PRIORITY,  # type: ignore[arg-type]  # a number by then
        f"load_priority must be a number from -{MAX_PRIORITY} to {MAX_PRIORITY}",
    )
    version, component = info.get("version"), info.get("supported_component")
    demand(version is None or isinstance(version, str), "version must be a str")
    demand(
        component is None or _is_component_type(component)
        or (isinstance(component, list) and component != [] and all(map(_is_component_type, component))),
        "supported_component must be a component type, a str, or a list of them",
    )
    if driver_type not in DRIVER_TYPES:
        known = ", ".join(DRIVER_TYPES)
        raise StatusError(Status.INVALID_DRIVER_TYPE, f"{path}: driver_type {driver_type!r} is none of {known}")
    return {**info, "version": version or "N/A"}


def _is_component_type(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_key_name(name: str) -> bool:
    return 0 < len(name) <= MAX_NAME_LENGTH and "\\" not in name and name.isprintable()
