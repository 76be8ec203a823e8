"""What the source of a ring 2.5 or ring 3 program may say: the checker that runs before anything is compiled.

The checker reads the syntax tree and refuses what it does not know: every kind of node and every string field of a
node stands in a table below, so a new Python version adds refusals, never holes. What it lets through is ordinary
Python; what it refuses are the names by which Python code can step out of its module: frames, code objects, the
insides of functions, generators and classes, and the names that the instrumenter puts in.

Called by   `preempt.instrument`, and by the sandbox's `getattr`, `setattr`, `vars`, ... for names made at run time.
Owns        constant tables only.
Always so   a name that is refused in source is refused at run time too, and the other way round.
"""

from __future__ import annotations

import _ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

RESERVED_PREFIX = "_axis_"
FLAG = "_axis_due"
CHECKPOINT = "_axis_checkpoint"
TEMPORARY = "_axis_target"  # a local variable of the instrumenter
PROCESS_HOOK = "_axis_process"  # modules below /lib only
MAX_SOURCE_BYTES = 4 << 20
MAX_DEPTH = 400  # levels of nesting in a syntax tree that our own passes and the compiler surely survive

# rule -> (why it is refused, what to write instead)
RULES: dict[str, tuple[str, str]] = {
    "unknown-syntax": (
        "this kind of syntax is not in the list that the sandbox knows",
        "write it with older syntax; newer forms are let in after review",
    ),
    "reserved-name": (
        "names that begin with _axis_ belong to the instrumenter",
        "choose another name",
    ),
    "dunder-name": (
        "this double-underscore name leads out of the program",
        "use the documented function for it, or choose a name without the underscores",
    ),
    "dunder-attribute": (
        "this double-underscore attribute leads to the insides of Python",
        "use the public interface: type(x), vars(x), getattr(x, name), super()",
    ),
    "dunder-store": (
        "this double-underscore attribute may not be set or deleted",
        "define it in the class body instead",
    ),
    "dunder-definition": (
        "a class or module of a program may not define this special method or name",
        "use with/try-finally or atexit for clean-up; see the list in chapter 3 of the manual",
    ),
    "frame-attribute": (
        "attributes of frames, code objects, tracebacks and generators are closed",
        "use the traceback module for messages and sys.exc_info()[1] for the error",
    ),
    "match-args": (
        "__match_args__ must be a tuple of plain attribute names written out",
        'write __match_args__ = ("x", "y")',
    ),
    "format-field": (
        "a format string may not reach this attribute",
        "pass the value itself to format",
    ),
    "star-import": (
        "import * is only possible from modules that name what they export",
        "import the names you need",
    ),
    "too-deep": (
        "the program is nested too deeply",
        "split the expression or build the data in a loop",
    ),
    "too-large": (
        f"the source is longer than {MAX_SOURCE_BYTES >> 20} MiB",
        "split it into modules or read the data from a file",
    ),
    "bad-string": (
        "a name in the source is not a proper identifier",
        "write the name in its normal form",
    ),
}


class PolicyError(SyntaxError):
    """The program says something that the sandbox refuses. `rule` is a key of `RULES`, `hint` says what to do."""

    def __init__(self, rule: str, what: str, path: str, lineno: int | None, offset: int | None = None) -> None:
        reason, self.hint = RULES[rule]
        self.rule = rule
        super().__init__(f"{what}: {reason}; {self.hint} [{rule}]", (path, lineno, offset, None))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Special methods that a guest's class may define. Missing on purpose: __del__ (would run under whoever drops the
# object), __prepare__ (a class body whose names are computed), __reduce__ and __reduce_ex__ (copy and pickle call
# whatever they name), __class__ (lies about the type to library code), __getattr__ of metaclasses is refused when
# the class is made.
METHODS = _words("""
    __init__ __new__ __init_subclass__ __post_init__ __set_name__ __call__ __repr__ __str__ __bytes__ __format__
    __hash__ __bool__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__
    __getattr__ __getattribute__ __setattr__ __delattr__ __dir__ __get__ __set__ __delete__
    __len__ __length_hint__ __getitem__ __setitem__ __delitem__ __missing__ __iter__ __next__ __reversed__ __contains__
    __add__ __sub__ __mul__ __matmul__ __truediv__ __floordiv__ __mod__ __divmod__ __pow__ __lshift__ __rshift__
    __and__ __xor__ __or__ __radd__ __rsub__ __rmul__ __rmatmul__ __rtruediv__ __rfloordiv__ __rmod__ __rdivmod__
    __rpow__ __rlshift__ __rrshift__ __rand__ __rxor__ __ror__ __iadd__ __isub__ __imul__ __imatmul__ __itruediv__
    __ifloordiv__ __imod__ __ipow__ __ilshift__ __irshift__ __iand__ __ixor__ __ior__ __neg__ __pos__ __abs__
    __invert__ __complex__ __int__ __float__ __index__ __round__ __trunc__ __floor__ __ceil__
    __enter__ __exit__ __await__ __aiter__ __anext__ __aenter__ __aexit__
    __copy__ __deepcopy__ __getstate__ __sizeof__ __fspath__ __instancecheck__ __subclasscheck__ __subclasshook__
    __class_getitem__ __mro_entries__
""")
# Names that a module or a class body may bind, beside the methods.
BINDABLE = METHODS | _words("""
    __slots__ __doc__ __module__ __qualname__ __annotations__ __all__ __version__ __author__ __email__
    __license__ __copyright__ __credits__ __maintainer__ __status__ __date__ __name__ __debug__ __hash__
    __order__ __total__ __test__
""")
# Names that source may read as variables.
READABLE = BINDABLE | _words("__file__ __class__ __package__ __import__ __match_args__")
# Attributes that source may read. `__dict__`, `__class__`, ... are rewritten to checked calls, see GUARDED.
ATTRIBUTES = METHODS | _words("""
    __name__ __qualname__ __doc__ __module__ __file__ __version__ __all__ __author__ __slots__ __match_args__ __hash__
    __cause__ __context__ __suppress_context__ __notes__ __wrapped__ __members__ __mro__ __bases__
    __isabstractmethod__ __abstractmethods__ __dataclass_fields__ __dataclass_params__ __total__ __required_keys__
    __optional_keys__ __origin__ __args__ __parameters__ __bound__ __constraints__ __supertype__ __metadata__
    __covariant__ __contravariant__ __forward_arg__ __unpacked__ __text_signature__
    __dict__ __class__ __annotations__ __order__ __basicsize__ __itemsize__
""")
# Attribute reads that the instrumenter turns into a checked call: their value depends on what it is read from.
GUARDED = _words("""
    __dict__ __class__ __annotations__ __getattribute__ __setattr__ __delattr__
    format format_map ljust rjust center zfill expandtabs mro __mro__ __bases__ __new__ __init__ __format__
    __mul__ __rmul__ __imul__ __pow__ __rpow__ __ipow__ __lshift__ __rlshift__ __ilshift__
    __get__ __set__ __delete__
""")
# Attributes that source may set or delete.
STORABLE = _words("""
    __name__ __qualname__ __doc__ __module__ __wrapped__ __cause__ __context__ __suppress_context__ __notes__
    __annotations__ __version__ __signature__
""")
# Attributes of frames, code, tracebacks, generators, coroutines; matched by exact name or by prefix.
FRAME_NAMES = _words("""
    f_back f_builtins f_code f_globals f_lasti f_lineno f_locals f_trace f_trace_lines f_trace_opcodes
    f_generator tb_frame tb_lasti tb_lineno tb_next
    gi_code gi_frame gi_yieldfrom gi_suspended cr_await cr_code cr_frame cr_origin cr_suspended
    ag_await ag_code ag_frame ag_suspended
    func_globals func_code func_closure func_defaults func_dict func_builtins
""")
FRAME_PREFIXES = ("co_", "tb_", "gi_", "cr_", "ag_")
# What library code, which is trusted but acts on names that guests hand to it, may reach by a computed name beyond
# what a guest may: its own protocols.
COPY_PROTOCOL = _words("__reduce__ __reduce_ex__")
LIBRARY_READABLE = COPY_PROTOCOL | _words("""
    __func__ __flags__ __setstate__ __signature__ __no_type_check__ __final__ __override__ __orig_bases__
    __orig_class__ __typing_subst__ __typing_prepare_subst__ __typing_is_unpacked_typevartuple__
    __typing_unpacked_tuple_args__ __type_params__ __default__ __bound__ __deprecated__ __protocol_attrs__
""")
LIBRARY_STORABLE = METHODS | STORABLE | _words("""
    __match_args__ __dataclass_fields__ __dataclass_params__ __abstractmethods__ __parameters__ __orig_class__
    __orig_bases__
    __no_type_check__ __final__ __override__ __type_params__ __setstate__ __total__
""")
# What a class dictionary does not show to library code when the value is one of Python's own descriptors.
HIDDEN_DESCRIPTORS = _words("""
    __globals__ __builtins__ __code__ __closure__ __subclasses__ __traceback__ __self__ __func__ __defaults__
    __kwdefaults__ __weakref__ __dict__ __class__ __objclass__ __base__ __thisclass__ __self_class__ __mro__ __bases__
    __getattribute__ __setattr__ __delattr__ __set__ __delete__ mro
""")


MAX_MARKS = 1000  # combining marks in a row: they are put in order by insertion, in time that grows with the square
# Source in another encoding goes through a codec of the host that nobody has looked at.
ENCODINGS = _words("utf-8 utf8 utf-8-sig ascii us-ascii latin-1 latin1 iso-8859-1 iso-8859-15 cp1252")


def has_many_marks(text: str) -> bool:
    """Whether more than MAX_MARKS combining characters follow each other."""
    if len(text) <= MAX_MARKS or b"?" * MAX_MARKS not in text.encode("ascii", "replace"):
        return False
    from unicodedata import combining

    marks = 0
    for character in text:
        marks = marks + 1 if character > "\u02ff" and combining(character) else 0
        if marks > MAX_MARKS:
            return True
    return False


def check_text(source: bytes | str, path: str) -> None:
    """Refuse source that would keep the host's parser busy before there is a tree to look at. Raises: SyntaxError."""
    if isinstance(source, bytes):
        for line in source.split(b"\n", 2)[:2]:
            before, found, after = line.partition(b"coding")
            if found and before.lstrip()[:1] == b"#" and after[:1] in (b":", b"="):
                name = after[1:].split(b"-*-")[0].split()[:1]
                encoding = name[0].decode("latin-1").lower().replace("_", "-") if name else ""
                if encoding not in ENCODINGS:
                    raise SyntaxError(f"encoding {encoding!r} is not offered; save it as UTF-8", (path, 1, None, None))
        source = "" if source.isascii() else source.decode("utf-8", "replace")
    if has_many_marks(source):
        raise SyntaxError(f"more than {MAX_MARKS} combining characters in a row", (path, None, None, None))


def is_dunder(name: str) -> bool:
    return name[:2] == "__" and name[-2:] == "__" and len(name) > 4


def is_frame_name(name: str) -> bool:
    return name in FRAME_NAMES or name.startswith(FRAME_PREFIXES)


def attribute_rule(name: str, *, store: bool = False) -> str | None:
    """The rule that forbids a guest to read (or to set) the attribute *name*, None if it may."""
    if name[:2] == "__" and name[-2:] == "__":
        if store:
            return None if name in STORABLE else "dunder-store"
        return None if name in ATTRIBUTES else "dunder-attribute"
    if name[:6] == RESERVED_PREFIX:
        return "reserved-name"
    if is_frame_name(name):
        return "frame-attribute"
    return None


def library_rule(name: str, *, store: bool = False) -> str | None:
    """The rule that forbids library code to reach the attribute *name* when the name was computed, None if it may."""
    if name[:2] == "__" and name[-2:] == "__":
        if store:
            return None if name in LIBRARY_STORABLE else "dunder-store"
        return None if name in ATTRIBUTES or name in LIBRARY_READABLE else "dunder-attribute"
    return attribute_rule(name, store=store)


def _name_rule(name: str, allowed: frozenset[str]) -> str | None:
    if name[:2] == "__" and name[-2:] == "__" and name not in allowed:
        return "dunder-name"
    if name[:6] == RESERVED_PREFIX:
        return "reserved-name"
    return None


def _parameter(name: str) -> str | None:
    return _name_rule(name, frozenset())


def _keyword(name: str) -> str | None:
    return _name_rule(name, BINDABLE)


def _binding(name: str) -> str | None:
    if name == "__match_args__":
        return "match-args"
    rule = _name_rule(name, BINDABLE)
    return "dunder-definition" if rule == "dunder-name" else rule


def _module_part(name: str) -> str | None:
    for part in name.split("."):
        if part == "__future__" or part == "__main__":
            continue
        rule = _name_rule(part, ATTRIBUTES)
        if rule is None and part[:2] == "__" and part[-2:] == "__" and part in GUARDED:
            rule = "dunder-name"
        if rule is not None or is_frame_name(part):
            return rule or "frame-attribute"
    return None


# node and field -> what judges the string in it. A string field that is not here is refused.
_STRING_FIELDS = {
    ("FunctionDef", "name"): _binding,
    ("AsyncFunctionDef", "name"): _binding,
    ("ClassDef", "name"): _binding,
    ("arg", "arg"): _parameter,
    ("keyword", "arg"): _keyword,
    ("alias", "name"): _module_part,
    ("alias", "asname"): _binding,
    ("ImportFrom", "module"): _module_part,
    ("Global", "names"): _binding,
    ("Nonlocal", "names"): lambda name: None if name == "__class__" else _binding(name),
    ("ExceptHandler", "name"): _parameter,
    ("MatchStar", "name"): _parameter,
    ("MatchAs", "name"): _parameter,
    ("MatchMapping", "rest"): _parameter,
    ("MatchClass", "kwd_attrs"): lambda name: "dunder-attribute" if name in GUARDED else attribute_rule(name),
    ("TypeVar", "name"): _parameter,
    ("ParamSpec", "name"): _parameter,
    ("TypeVarTuple", "name"): _parameter,
}

# Every kind of node that may occur, by the Python version that brought it. TypeAlias and the template strings of
# 3.14 are not in it: they wait for a review of their own.
NODES = _words("""
    Module Interactive Expression FunctionDef AsyncFunctionDef ClassDef Return Delete Assign AugAssign AnnAssign For
    AsyncFor While If With AsyncWith Match Raise Try TryStar Assert Import ImportFrom Global Nonlocal Expr Pass Break
    Continue BoolOp NamedExpr BinOp UnaryOp Lambda IfExp Dict Set ListComp SetComp DictComp GeneratorExp Await Yield
    YieldFrom Compare Call FormattedValue JoinedStr Constant Attribute Subscript Starred Name List Tuple Slice
    Load Store Del And Or Add BitAnd BitOr BitXor Div FloorDiv LShift MatMult Mod Mult Pow RShift Sub Invert Not UAdd
    USub Eq Gt GtE In Is IsNot Lt LtE NotEq NotIn comprehension ExceptHandler arguments arg keyword alias withitem
    match_case MatchValue MatchSingleton MatchSequence MatchMapping MatchClass MatchStar MatchAs MatchOr
    TypeIgnore
""")
_CONSTANTS = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis))


def check(tree: _ast.AST, path: str, *, names: Container[str] = ()) -> None:
    """Refuse the program *tree* if it says anything that is not allowed.

    *names* are variables that this one source may read and bind beyond the tables.
    Raises PolicyError for the first offence in the order of the source.
    """
    approved: set[_ast.AST] = set()  # names `__match_args__` that are bound to a harmless literal
    stack: list[_ast.AST] = [tree]
    pop, push = stack.pop, stack.append
    while stack:
        node = pop()
        kind = type(node).__name__
        if kind not in NODES:
            raise _refusal("unknown-syntax", kind, path, node)
        if kind == "Name":
            name, store = node.id, type(node.ctx) is not _ast.Load  # type: ignore[attr-defined]
            judged = _binding(name) if store else _name_rule(name, READABLE)
            rule = None if name in names or node in approved else judged
            if rule is not None:
                raise _refusal(rule, f"the name {name!r}", path, node)
            continue
        if kind == "Constant":
            if type(node.value) not in _CONSTANTS:  # type: ignore[attr-defined]
                raise _refusal("unknown-syntax", "constant", path, node)
            continue
        if kind == "Attribute":
            name = node.attr  # type: ignore[attr-defined]
            rule = attribute_rule(name, store=type(node.ctx) is not _ast.Load)  # type: ignore[attr-defined]
            if rule is not None:
                raise _refusal(rule, f"the attribute {name!r}", path, node)
            push(node.value)  # type: ignore[attr-defined]
            continue
        if kind == "Assign" or kind == "AnnAssign":
            _approve_match_args(kind, node, path, approved)
        for field in reversed(node._fields):
            value = getattr(node, field, None)
            if value is None:
                continue
            if isinstance(value, list):
                for item in reversed(value):
                    if isinstance(item, _ast.AST):
                        push(item)
                    elif item is not None:
                        _check_string(kind, field, item, path, node, names)
            elif isinstance(value, _ast.AST):
                push(value)
            elif type(value) is int:
                continue  # a count (ImportFrom.level, FormattedValue.conversion, ...), never a name
            elif (kind, field) == ("MatchSingleton", "value"):
                if value is not True and value is not False:
                    raise _refusal("unknown-syntax", "match constant", path, node)
            else:
                _check_string(kind, field, value, path, node, names)


def _check_string(kind: str, field: str, value: object, path: str, node: _ast.AST, names: Container[str]) -> None:
    judge = _STRING_FIELDS.get((kind, field))
    if judge is None or type(value) is not str:
        if field == "type_comment" or (kind, field) == ("TypeIgnore", "tag"):
            return
        raise _refusal("unknown-syntax", f"{kind}.{field}", path, node)
    if value in names:
        return
    if not value.isascii():
        import unicodedata

        if unicodedata.normalize("NFKC", value) != value:
            raise _refusal("bad-string", repr(value), path, node)
    rule = judge(value)
    if rule is not None:
        raise _refusal(rule, f"the name {value!r}", path, node)


def _approve_match_args(kind: str, node: _ast.AST, path: str, approved: set[_ast.AST]) -> None:
    """`__match_args__` names attributes in strings: only a plain assignment of a literal tuple of harmless names."""
    targets = node.targets if kind == "Assign" else [node.target]  # type: ignore[attr-defined]
    for target in targets:
        if type(target) is _ast.Name and target.id == "__match_args__":
            value = node.value  # type: ignore[attr-defined]
            if type(value) is not _ast.Tuple:
                raise _refusal("match-args", "__match_args__", path, node)
            for item in value.elts:
                if type(item) is not _ast.Constant or not safe_match_name(item.value):
                    raise _refusal("match-args", "__match_args__", path, node)
            approved.add(target)


def safe_match_name(name: object) -> bool:
    """Whether a class pattern may read the attribute *name* by position."""
    return type(name) is str and name not in GUARDED and attribute_rule(name) is None


def _refusal(rule: str, what: str, path: str, node: _ast.AST) -> PolicyError:
    offset = getattr(node, "col_offset", None)
    return PolicyError(rule, what, path, getattr(node, "lineno", None), None if offset is None else offset + 1)
