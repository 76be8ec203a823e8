"""What the source of a ring 2.5 or ring 3 program may say: the checker that runs before anything is compiled.

The checker reads the syntax tree and refuses what it does not know: every kind of node, every field of a node and
every string in a field stands in a table below, so a new Python version adds refusals, never holes. What it lets
through is ordinary Python; what it refuses are the names by which Python code can step out of its module: frames, code
objects, the insides of functions, generators and classes, and the names that the instrumenter puts in.

Called by   `preempt.instrument`, which stops at the first offence; `preempt.offences`, which collects them for
            `axisos check`; and the sandbox's `getattr`, `setattr`, `vars`, ... for names made at run time.
Owns        constant tables only.
Always so   a name that is refused in source is refused at run time too, and the other way round.
"""

from __future__ import annotations

import _ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

RESERVED_PREFIX = "_axis_"
FLAG = "_axis_due"
CHECKPOINT = "_axis_checkpoint"
TEMPORARY = "_axis_target"  # a local variable of the instrumenter
UNDISTURBED = "_axis_undisturbed"  # a local variable of library functions in which no handler of a signal runs
UNDISTURBED_MODULE = "_waiting"  # which all such functions use
PROCESS_HOOK = "_axis_process"  # modules below /lib only
MAX_SOURCE_BYTES = 4 << 20

# rule -> (why it is refused, what to write instead); `axisos check --rules` prints the table
RULES: dict[str, tuple[str, str]] = {
    "dunder-name": (
        "names with two underscores on both sides belong to Python; as a variable or parameter, this one is the "
        "module's machinery (its builtins, its loader, its specification) or may become it",
        "leave the underscores out of names of your own; import what you need by its name",
    ),
    "dunder-attribute": (
        "this attribute leads from a value to the insides of Python (globals, code, all subclasses of a class, the "
        "state behind a method), which programs share with the system",
        "use the public way: type(x), vars(x), super(), functools.partial, copy.copy; pass values instead of looking "
        "them up",
    ),
    "dunder-store": (
        "setting or deleting this attribute changes what a class or function is after it was checked",
        "define special methods in the class body; make a subclass, or a new function with functools.wraps",
    ),
    "dunder-definition": (
        "this special method or name would be called by Python at a time, or under an identity, that is not the "
        "program's (finalizers, pickling), or would answer for what was checked already",
        "for clean-up write with, try/finally or atexit; for copies define __copy__ and __deepcopy__; other special "
        "methods may be defined",
    ),
    "frame-attribute": (
        "attributes of frames, code objects, tracebacks, generators and coroutines (names that begin with co_, tb_, "
        "gi_, cr_, ag_, and f_back, f_globals, ...) reach the code that called",
        "use traceback.format_exc() for messages; pass values as arguments; if the attribute is your own, choose "
        "another prefix",
    ),
    "reserved-name": (
        "names that begin with _axis_ are the interruption flag and the guards that are put into the program",
        "choose another name",
    ),
    "match-args": (
        "__match_args__ turns strings into attribute reads, so it must be readable in the source",
        'assign a tuple of plain attribute names written out: __match_args__ = ("x", "y")',
    ),
    "format-field": (
        "a format string may not reach this attribute: the text of a format is code that reads attributes",
        "pass the value itself: '{}'.format(x.name)",
    ),
    "star-import": (
        "import * would bind a name here that a program may not bind itself",
        "import the names that you need",
    ),
    "type-parameters": (
        "type parameters and type statements are made by the interpreter out of the host's one typing module, whose "
        "classes and caches all processes would share",
        'write T = TypeVar("T"), class A(Generic[T]), and X: TypeAlias = int | str',
    ),
    "template-string": (
        "template strings came with Python 3.14, with which the sandbox has not been tried",
        "write an f-string, or use string.Template",
    ),
    "never-in-source": (
        "no source text of the Pythons that are known has this in its tree",
        "write the program as text",
    ),
    "unknown-syntax": (
        "this syntax, or this part of it, is newer than the list of what was reviewed; what is not known is refused",
        "write it with older syntax: axisos check --rules lists what is admitted",
    ),
    "bad-string": (
        "the name changes when Python brings it into its normal form (NFKC), so it is not the name that it looks like",
        "write the name in its normal form",
    ),
    "too-deep": (
        "the program is nested so deeply that Python's own compiler could overflow its stack",
        "split the expression into several statements, or build the data in a loop",
    ),
    "too-large": (
        f"the source is longer than {MAX_SOURCE_BYTES >> 20} MiB",
        "split it into modules, or read the data from a file",
    ),
}


class PolicyError(SyntaxError):
    """The program says something that the sandbox refuses.

    `rule` is a key of `RULES`, `what` is what the program says, `reason` says why it is refused, `hint` what to write.
    """

    def __init__(self, rule: str, what: str, path: str, lineno: int | None, offset: int | None = None) -> None:
        self.reason, self.hint = RULES[rule]
        self.rule, self.what = rule, what
        super().__init__(f"{what}: {self.reason}; {self.hint} [{rule}]", (path, lineno, offset, None))


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
    __copy__ __deepcopy__ __replace__ __getstate__ __sizeof__ __fspath__
    __instancecheck__ __subclasscheck__ __subclasshook__ __class_getitem__ __mro_entries__
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
    format format_map ljust rjust center zfill expandtabs rfind rindex rsplit rpartition
    mro __mro__ __bases__ __new__ __init__ __format__
    __mul__ __rmul__ __imul__ __pow__ __rpow__ __ipow__ __lshift__ __rlshift__ __ilshift__
    __get__ __set__ __delete__ as_tuple sub subn expand sort __iadd__ __context__ __cause__
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
LIBRARY_READABLE = _words("""
    __func__ __flags__ __setstate__ __signature__ __no_type_check__ __final__ __override__ __orig_bases__
    __orig_class__ __typing_subst__ __typing_prepare_subst__ __typing_is_unpacked_typevartuple__
    __unittest_skip__ __unittest_skip_why__ __unittest_expecting_failure__
    __typing_unpacked_tuple_args__ __type_params__ __default__ __bound__ __deprecated__ __protocol_attrs__
""")
LIBRARY_STORABLE = METHODS | STORABLE | _words("""
    __match_args__ __dataclass_fields__ __dataclass_params__ __abstractmethods__ __parameters__ __orig_class__
    __orig_bases__
    __no_type_check__ __final__ __override__ __type_params__ __setstate__ __total__
    __firstlineno__ __static_attributes__
""")
# What the source of library code reads through a check: it would open the kernel's, too, when a program hands that in.
LIBRARY_GUARDED = _words("""
    format format_map __dict__ __self__ __func__ __code__ __closure__ __globals__ __builtins__ __setstate__
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


def _nonlocal(name: str) -> str | None:
    return None if name == "__class__" else _binding(name)


def _class_pattern(name: str) -> str | None:
    return "dunder-attribute" if name in GUARDED else attribute_rule(name)


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
STRING_FIELDS: dict[tuple[str, str], Callable[[str], str | None]] = {
    ("FunctionDef", "name"): _binding,
    ("AsyncFunctionDef", "name"): _binding,
    ("ClassDef", "name"): _binding,
    ("arg", "arg"): _parameter,
    ("keyword", "arg"): _keyword,
    ("alias", "name"): _module_part,
    ("alias", "asname"): _binding,
    ("ImportFrom", "module"): _module_part,
    ("Global", "names"): _binding,
    ("Nonlocal", "names"): _nonlocal,
    ("ExceptHandler", "name"): _parameter,
    ("MatchStar", "name"): _parameter,
    ("MatchAs", "name"): _parameter,
    ("MatchMapping", "rest"): _parameter,
    ("MatchClass", "kwd_attrs"): _class_pattern,
}


def _nodes(text: str) -> dict[str, frozenset[str]]:
    """A table of lines `node field field ...`; several nodes without fields may share one, after a dash."""
    table: dict[str, frozenset[str]] = {}
    for line in text.split("\n"):
        first, *rest = line.split() or [""]
        table.update(dict.fromkeys(rest, frozenset()) if first == "-" else {first: frozenset(rest)} if first else {})
    return table


# Every kind of node that may occur, with the fields that were reviewed, under the Python version that brought them.
# A version that brought nothing that is admitted has no entry: 3.13 gave type parameters defaults, 3.14 brought
# template strings; `except A, B:` (3.14) and nested f-strings (3.12) come as trees of the older nodes.
NODES: dict[tuple[int, int], dict[str, frozenset[str]]] = {
    (3, 11): _nodes("""
        Module body type_ignores
        Interactive body
        Expression body
        FunctionDef name args body decorator_list returns type_comment
        AsyncFunctionDef name args body decorator_list returns type_comment
        ClassDef name bases keywords body decorator_list
        Return value
        Delete targets
        Assign targets value type_comment
        AugAssign target op value
        AnnAssign target annotation value simple
        For target iter body orelse type_comment
        AsyncFor target iter body orelse type_comment
        While test body orelse
        If test body orelse
        With items body type_comment
        AsyncWith items body type_comment
        Match subject cases
        Raise exc cause
        Try body handlers orelse finalbody
        TryStar body handlers orelse finalbody
        Assert test msg
        Import names
        ImportFrom module names level
        Global names
        Nonlocal names
        Expr value
        - Pass Break Continue
        BoolOp op values
        NamedExpr target value
        BinOp left op right
        UnaryOp op operand
        Lambda args body
        IfExp test body orelse
        Dict keys values
        Set elts
        ListComp elt generators
        SetComp elt generators
        DictComp key value generators
        GeneratorExp elt generators
        Await value
        Yield value
        YieldFrom value
        Compare left ops comparators
        Call func args keywords
        FormattedValue value conversion format_spec
        JoinedStr values
        Constant value kind
        Attribute value attr ctx
        Subscript value slice ctx
        Starred value ctx
        Name id ctx
        List elts ctx
        Tuple elts ctx
        Slice lower upper step
        comprehension target iter ifs is_async
        ExceptHandler type name body
        arguments posonlyargs args vararg kwonlyargs kw_defaults kwarg defaults
        arg arg annotation type_comment
        keyword arg value
        alias name asname
        withitem context_expr optional_vars
        match_case pattern guard body
        MatchValue value
        MatchSingleton value
        MatchSequence patterns
        MatchMapping keys patterns rest
        MatchClass cls patterns kwd_attrs kwd_patterns
        MatchStar name
        MatchAs pattern name
        MatchOr patterns
        TypeIgnore lineno tag
        - Load Store Del And Or Add BitAnd BitOr BitXor Div FloorDiv LShift MatMult Mod Mult Pow RShift Sub
        - Invert Not UAdd USub Eq Gt GtE In Is IsNot Lt LtE NotEq NotIn
    """),
    (3, 12): _nodes("""
        FunctionDef type_params
        AsyncFunctionDef type_params
        ClassDef type_params
    """),  # the field is there, what would stand in it is refused below
}
# Every other kind that some Python's `ast` has -> the rule that refuses it.
REFUSED_NODES = {
    **dict.fromkeys(_words("TypeAlias TypeVar ParamSpec TypeVarTuple"), "type-parameters"),
    **dict.fromkeys(_words("TemplateStr Interpolation"), "template-string"),
    # Families of nodes, trees of other modes, and what older Pythons had.
    **dict.fromkeys(
        _words("""
            AST mod stmt expr expr_context boolop operator unaryop cmpop excepthandler pattern type_ignore type_param
            slice FunctionType Suite Index ExtSlice AugLoad AugStore Param Num Str Bytes NameConstant Ellipsis
        """),
        "never-in-source",
    ),
}
_CONSTANTS = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis))


def _fields_by_class() -> tuple[dict[type, tuple[str, ...]], dict[type, tuple[str, ...]]]:
    """For the nodes of this Python: all fields, last first, and those among them that nobody has reviewed."""
    reviewed: dict[str, frozenset[str]] = {}
    for table in NODES.values():
        for kind, fields in table.items():
            reviewed[kind] = reviewed.get(kind, frozenset()) | fields
    everything: dict[type, tuple[str, ...]] = {}
    unknown: dict[type, tuple[str, ...]] = {}
    for kind, fields in reviewed.items():
        node = getattr(_ast, kind, None)
        if node is not None:
            everything[node] = tuple(reversed(node._fields))
            new = tuple([field for field in node._fields if field not in fields])
            if new:
                unknown[node] = new
    return everything, unknown


_FIELDS, _UNREVIEWED = _fields_by_class()


def check(tree: _ast.AST, path: str, *, names: Container[str] = ()) -> None:
    """Refuse the program *tree* if it says anything that is not allowed.

    *names* are variables that this one source may read and bind beyond the tables.
    Raises PolicyError for the first offence in the order of the source.
    """
    for offence in offences(tree, path, names=names):
        raise offence


def offences(tree: _ast.AST, path: str, *, names: Container[str] = ()) -> Iterator[PolicyError]:
    """Everything in *tree* that is not allowed, about in the order of the source; see `check`."""
    approved: set[_ast.AST] = set()  # names `__match_args__` that are bound to a harmless literal, or refused already
    stack: list[_ast.AST] = [tree]
    pop, push = stack.pop, stack.append
    known = _FIELDS
    name_node, constant, attribute, load = _ast.Name, _ast.Constant, _ast.Attribute, _ast.Load
    while stack:
        node = pop()
        kind: type = type(node)
        fields = known.get(kind)
        if fields is None:
            yield _refusal(REFUSED_NODES.get(kind.__name__, "unknown-syntax"), kind.__name__, path, node)
            for field in reversed(node._fields):
                value = getattr(node, field, None)
                for item in reversed(value) if isinstance(value, list) else (value,):
                    if isinstance(item, _ast.AST):
                        push(item)
            continue
        if _UNREVIEWED and kind in _UNREVIEWED:
            for field in _UNREVIEWED[kind]:
                if getattr(node, field, None):
                    yield _refusal("unknown-syntax", f"{kind.__name__}.{field}", path, node)
        if kind is name_node:
            name, store = node.id, type(node.ctx) is not load  # type: ignore[attr-defined]
            rule = _binding(name) if store else _name_rule(name, READABLE)
            if rule is not None and name not in names and node not in approved:
                yield _refusal(rule, f"the name {name!r}", path, node)
            continue
        if kind is constant:
            if type(node.value) not in _CONSTANTS:  # type: ignore[attr-defined]
                yield _refusal("unknown-syntax", "constant", path, node)
            continue
        if kind is attribute:
            name = node.attr  # type: ignore[attr-defined]
            rule = attribute_rule(name, store=type(node.ctx) is not load)  # type: ignore[attr-defined]
            if rule is not None:
                yield _refusal(rule, f"the attribute {name!r}", path, node, at_end=len(name.encode()))
            push(node.value)  # type: ignore[attr-defined]
            continue
        if kind is _ast.Assign or kind is _ast.AnnAssign:
            for target in _match_args_targets(node):
                if not _is_match_args(node.value):  # type: ignore[attr-defined]
                    yield _refusal("match-args", "__match_args__", path, node)
                approved.add(target)
        for field in fields:
            value = getattr(node, field, None)
            if value is None:
                continue
            if isinstance(value, list):
                for item in reversed(value):
                    if isinstance(item, _ast.AST):
                        push(item)
                    elif item is not None:
                        rule = _string_rule(kind.__name__, field, item, names)
                        if rule is not None:
                            yield _string_refusal(rule, kind.__name__, field, item, path, node)
            elif isinstance(value, _ast.AST):
                push(value)
            elif type(value) is int:
                continue  # a count (ImportFrom.level, FormattedValue.conversion, ...), never a name
            elif kind is _ast.MatchSingleton:
                if value is not True and value is not False:
                    yield _refusal("unknown-syntax", "match constant", path, node)
            else:
                rule = _string_rule(kind.__name__, field, value, names)
                if rule is not None:
                    yield _string_refusal(rule, kind.__name__, field, value, path, node)


def _string_rule(kind: str, field: str, value: object, names: Container[str]) -> str | None:
    """The rule that forbids the string *value* in a field of a node."""
    judge = STRING_FIELDS.get((kind, field))
    if judge is None or type(value) is not str:
        return None if field == "type_comment" or (kind, field) == ("TypeIgnore", "tag") else "unknown-syntax"
    if value in names:
        return None
    if not value.isascii():
        import unicodedata

        if unicodedata.normalize("NFKC", value) != value:
            return "bad-string"
    return judge(value)


def _string_refusal(rule: str, kind: str, field: str, value: object, path: str, node: _ast.AST) -> PolicyError:
    what = f"{kind}.{field}" if rule == "unknown-syntax" else f"the name {value!r}"
    return _refusal(rule, what, path, node)


def _match_args_targets(node: _ast.AST) -> list[_ast.AST]:
    """The names `__match_args__` among the targets of an assignment."""
    targets = node.targets if type(node) is _ast.Assign else [node.target]  # type: ignore[attr-defined]
    return [target for target in targets if type(target) is _ast.Name and target.id == "__match_args__"]


def _is_match_args(value: object) -> bool:
    """Whether an expression is a literal tuple of names that a class pattern may read: what it says can be seen."""
    return type(value) is _ast.Tuple and all(
        type(item) is _ast.Constant and safe_match_name(item.value) for item in value.elts
    )


def safe_match_name(name: object) -> bool:
    """Whether a class pattern may read the attribute *name* by position."""
    return type(name) is str and name not in GUARDED and attribute_rule(name) is None


def _refusal(rule: str, what: str, path: str, node: _ast.AST, *, at_end: int = 0) -> PolicyError:
    """The error, placed at the beginning of *node*, or at its last *at_end* bytes."""
    line, offset = getattr(node, "lineno", None), getattr(node, "col_offset", None)
    if at_end and offset is not None:
        line, offset = node.end_lineno, max(node.end_col_offset - at_end, 0)  # type: ignore[attr-defined]
    return PolicyError(rule, what, path, line, None if offset is None else offset + 1)
