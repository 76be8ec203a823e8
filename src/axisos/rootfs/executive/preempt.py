"""The instrumenter: turns the source of a program into code that can be interrupted and that stays inside its fence.

It parses, lets `policy` refuse, and rewrites the syntax tree. Line numbers stay exact; nothing is wrapped that runs
at every attribute read. What it puts in:

    checkpoint      `if _axis_due: _axis_checkpoint()` at the start of functions, loop bodies, exception handlers and
                    finally blocks; the same as a condition in comprehensions and in front of a lambda's body
    store guard     `x.name = v` first looks whether x is a class: classes that processes share are sealed
    guarded reads   `.format`, `.__dict__`, `.__class__`, ... become a call that answers safely
    growth          `**`, `<<`, `*` where an operand may be a sequence or a chain of products may explode

A program finds the flag `_axis_due` in its own globals (fast) and in its builtins (when it cleared those); the helpers
are builtins. Code made at run time may be executed over a dictionary that the program controls, so it takes flag and
helpers from one constant, put in place by `bind_helpers`.

Called by   the kernel's compile service; the result is cached, so it must depend on nothing but its arguments.
Owns        nothing.
"""

from __future__ import annotations

import _ast
from types import CodeType

from executive import policy
from executive.growth import Growth, push_parts
from executive.safe_format import is_plain_template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable
    from typing import Any

VERSION = "3"
KINDS = frozenset({"program", "library", "system", "eval", "exec", "single", "library-exec", "library-eval"})
_MODES = {"eval": "eval", "library-eval": "eval", "single": "single"}
_DYNAMIC = frozenset({"eval", "exec", "single", "library-exec", "library-eval"})
_POLICED = frozenset({"program", "eval", "exec", "single", "library-exec", "library-eval"})
# The name that everything is compiled under. Python's compiler shows the line of an error out of the file of that name,
# on the host: a program's own name would show it what it may not read. This one can be no file anywhere.
NO_FILE = "/dev/null/no file"
_PARSE_ONLY = 0x400  # PyCF_ONLY_AST
_REFUSALS = (SyntaxError, ValueError, RecursionError, MemoryError)  # what checking and compiling raise for bad sources
# No source text can produce this constant: a tuple is never folded around a frozenset.
HELPERS = (frozenset({"axis helpers"}),)


class _LibraryNames:
    """The names in text that `dataclasses` makes."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name == "__create_fn__" or name.startswith("__dataclass_"))


_LIBRARY_DUNDERS = _LibraryNames()
_LIB_NAMES = frozenset({policy.PROCESS_HOOK, policy.UNDISTURBED})
_SIMPLE = frozenset({_ast.Assign, _ast.AugAssign, _ast.AnnAssign, _ast.Expr, _ast.Return, _ast.Assert})
# Builtins that go through all items in C.
HEAVY = frozenset({
    "sorted", "list", "dict", "set", "frozenset", "tuple", "sum", "min", "max", "any", "all", "bytes", "bytearray",
})
PADS = frozenset({"ljust", "rjust", "center", "zfill"})
SMALL_WIDTH = 4096  # a width that is written out and no larger is not looked at
_SCOPES = (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.Lambda, _ast.ClassDef)


def instrument(source: bytes | str, path: str, kind: str) -> CodeType:
    """Compile *source* for a process; *path* is the file name in tracebacks.

    Args:    kind: "program" (ring >= 2.5), "library" (vetted sources: not policed), "system" (rings <= 2: plain),
             "eval", "exec", "single" (made at run time; pass the result to `bind_helpers`), "library-exec",
             "library-eval" (text that a vetted library made out of a guest's names).
    Raises:  SyntaxError, and its subclass PolicyError with `.rule`, `.lineno`, `.hint`.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of code: {kind!r}")
    if len(source) > policy.MAX_SOURCE_BYTES:
        raise policy.PolicyError("too-large", path.rpartition("/")[2], path, None)
    if kind in _POLICED:
        policy.check_text(source, path)
    import warnings

    mode = _MODES.get(kind, "exec")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if kind == "system":
                return _named(compile(source, NO_FILE, mode, 0, True, 0), path)
            tree = compile(source, NO_FILE, mode, _PARSE_ONLY, True, 0)
            if kind in _POLICED:
                policy.check(tree, path, names=_names_beyond(kind, path))
            tree = Instrumenter(path, kind).module(tree)
            return _named(compile(tree, NO_FILE, mode, 0, True, 0), path)
        except _REFUSALS as error:
            refusal = _refused(error, source, path)
        raise refusal from None


def offences(source: bytes | str, path: str) -> list[SyntaxError]:
    """Everything for which `instrument` would refuse a program, in the order of the source; none if it would not."""
    import warnings

    found: list[SyntaxError] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if len(source) > policy.MAX_SOURCE_BYTES:
                raise policy.PolicyError("too-large", path.rpartition("/")[2], path, None)
            policy.check_text(source, path)
            tree = compile(source, NO_FILE, "exec", _PARSE_ONLY, True, 0)
            found += policy.offences(tree, path, names=_names_beyond("program", path))
            compile(tree, NO_FILE, "exec", 0, True, 0)  # what the parser lets pass: a `return` outside of functions
        except _REFUSALS as error:
            found.append(_refused(error, source, path))
    if not found:
        try:
            instrument(source, path, "program")
        except SyntaxError as error:
            found.append(error)
    return sorted(found, key=lambda offence: (offence.lineno or 0, offence.offset or 0))


def _names_beyond(kind: str, path: str) -> Container[str]:
    """The names that this source may say although no program may."""
    if kind.startswith("library"):
        return _LIBRARY_DUNDERS
    return _LIB_NAMES if kind == "program" and path.startswith("/lib/") else ()


def _refused(error: Exception, source: bytes | str, path: str) -> SyntaxError:
    """What went wrong in checking or compiling, as the one kind of error that callers know."""
    if isinstance(error, policy.PolicyError):
        return error
    if isinstance(error, SyntaxError):
        return _placed(error, source, path)
    if isinstance(error, ValueError):  # null bytes, surrogates, integers too long to convert
        return SyntaxError(str(error), (path, None, None, None))
    return policy.PolicyError("too-deep", path.rpartition("/")[2], path, None)


def _named(code: CodeType, path: str) -> CodeType:
    """*code* and all code in it as compiled from *path*."""
    constants = tuple([_named(each, path) if type(each) is CodeType else each for each in code.co_consts])
    return code.replace(co_filename=path, co_consts=constants)


def _placed(error: SyntaxError, source: bytes | str, path: str) -> SyntaxError:
    """An error of Python's compiler with the program's own file name and line of text."""
    line = error.lineno or 0
    lines = (source if isinstance(source, str) else source.decode("utf-8", "replace")).splitlines()
    text = lines[line - 1] + "\n" if 0 < line <= len(lines) else None
    place = (path, error.lineno, error.offset, text, error.end_lineno, error.end_offset)
    return type(error)(error.msg, place)


def policy_hash() -> str:
    """A short digest of everything that decides what `instrument` returns, for the name of the code cache."""
    import hashlib
    import sys

    digest = hashlib.sha256(f"{VERSION}|{sys.version}|{HELPERS!r}".encode())
    for name in sorted(vars(policy)):
        value = vars(policy)[name]
        if isinstance(value, frozenset):
            digest.update(f"{name}={sorted(value)}".encode())
        elif isinstance(value, (str, int, tuple)):
            digest.update(f"{name}={value!r}".encode())
    for version, nodes in policy.NODES.items():
        digest.update(f"{version}={[(kind, sorted(fields)) for kind, fields in nodes.items()]}".encode())
    for place, judge in policy.STRING_FIELDS.items():
        digest.update(f"{place}=".encode() + judge.__name__.encode())
    for module in ("executive.preempt", "executive.growth", "executive.safe_format", "executive.policy"):
        digest.update(_own_code(module))
    return digest.hexdigest()[:16]


def _own_code(name: str) -> bytes:
    """The bytecode of one of the modules that shape the result, so that an edit of them empties the cache."""
    import sys

    module = sys.modules.get(name)
    if module is None:
        return name.encode()
    parts = []
    for key in sorted(vars(module)):
        value = vars(module)[key]
        for function in (value, *(vars(value).values() if isinstance(value, type) else ())):
            code = getattr(function, "__code__", None)
            if code is not None:
                parts.append(_code_bytes(code))
    return b"\0".join(parts)


def _code_bytes(code: CodeType) -> bytes:
    names = repr((code.co_name, code.co_names, code.co_varnames)).encode()
    inner = b"".join(
        _code_bytes(item) if isinstance(item, CodeType) else _constant_bytes(item) for item in code.co_consts
    )
    return code.co_code + names + inner


def _constant_bytes(item: object) -> bytes:
    return repr(sorted(map(repr, item)) if isinstance(item, frozenset) else item).encode()


def bind_helpers(code: CodeType, helpers: object) -> CodeType:
    """Put *helpers* where dynamic code expects its flag and guards; returns new code, the cached one stays clean."""
    constants = code.co_consts
    bound = tuple(
        [
            bind_helpers(item, helpers) if type(item) is CodeType
            else helpers if type(item) is tuple and item == HELPERS
            else item
            for item in constants
        ]
    )
    for old, new in zip(constants, bound, strict=True):
        if old is not new:
            return code.replace(co_consts=bound)
    return code


class Instrumenter:
    """Rewrites one syntax tree in place. One object for one file."""

    def __init__(self, path: str, kind: str) -> None:
        self.path = path
        self.dynamic = kind in _DYNAMIC
        self.guest = kind in _POLICED and not kind.startswith("library")
        self.library = kind == "library"
        self.keep_annotations = False  # `from __future__ import annotations`: they are text, leave them as written
        self.used: set[str] = set()  # helpers named in the module or class body at hand
        self.safe: frozenset[str] = frozenset()  # parameters whose class was looked at when the function began
        self.temporaries = 0
        self.in_function = False  # where a temporary name would be a local variable
        self.growth = Growth()
        self.visitors: dict[type, Callable[[Any], Any]] = {
            _ast.FunctionDef: self.function, _ast.AsyncFunctionDef: self.function, _ast.ClassDef: self.class_body,
            _ast.For: self.loop, _ast.AsyncFor: self.loop, _ast.While: self.loop,
            _ast.Try: self.attempt, _ast.Lambda: self.lambda_body, _ast.comprehension: self.clause,
            _ast.ListComp: self.comprehended, _ast.SetComp: self.comprehended, _ast.GeneratorExp: self.comprehended,
            _ast.DictComp: self.comprehended,
            _ast.Attribute: self.attribute, _ast.BinOp: self.operation, _ast.AugAssign: self.augmented,
            _ast.Assign: self.assigned, _ast.FormattedValue: self.formatted, _ast.ImportFrom: self.import_from,
            _ast.Subscript: self.subscript, _ast.AnnAssign: self.annotated, _ast.arg: self.argument,
            _ast.Call: self.call, _ast.Match: self.match,
            _ast.Name: self.leaf, _ast.Constant: self.leaf, _ast.Pass: self.leaf, _ast.Break: self.leaf,
            _ast.Continue: self.leaf, _ast.Import: self.leaf, _ast.Global: self.leaf, _ast.Nonlocal: self.leaf,
            _ast.Load: self.leaf, _ast.Store: self.leaf, _ast.Del: self.leaf,
        }
        if hasattr(_ast, "TryStar"):
            self.visitors[_ast.TryStar] = self.attempt

    # The tree as a whole.

    def module(self, tree: Any) -> Any:
        if type(tree) is _ast.Expression:
            self.growth.enter_scope([tree.body], (), local=False)
            tree.body = self.visit(tree.body)
            return tree
        self.growth.look_at(tree)
        at = _after_prologue(tree.body)
        for statement in tree.body[:at]:
            if type(statement) is _ast.ImportFrom and statement.module == "__future__":
                self.keep_annotations |= any(name.name == "annotations" for name in statement.names)
        self.growth.enter_scope(tree.body, (), local=False)
        tree.body = self.statements(tree.body)
        self.declare(tree.body, at)
        return tree

    def declare(self, body: list[Any], at: int) -> None:
        """In module and class bodies a helper must not be looked up in a namespace that the program controls."""
        if self.used and not self.dynamic:
            where = body[at] if at < len(body) else body[-1]
            body.insert(at, _place(_ast.Global(names=sorted(self.used)), where))

    def visit(self, node: Any) -> Any:
        visitor = self.visitors.get(type(node))
        return self.children(node) if visitor is None else visitor(node)

    def children(self, node: Any) -> Any:
        for field in node._fields:
            value = getattr(node, field, None)
            if type(value) is list:
                if value:
                    if isinstance(value[0], _ast.stmt):
                        setattr(node, field, self.statements(value))
                    else:
                        value[:] = [self.visit(item) if isinstance(item, _ast.AST) else item for item in value]
            elif isinstance(value, _ast.AST):
                setattr(node, field, self.visit(value))
        return node

    def leaf(self, node: Any) -> Any:
        return node

    def statements(self, body: list[Any]) -> list[Any]:
        """The statements of one block; between two that may keep C busy for long there is a checkpoint."""
        done = []
        after_heavy = False
        for statement in body:
            if type(statement) in _SIMPLE and _is_heavy(statement):
                if after_heavy:
                    done.append(self.checkpoint(statement))
                after_heavy = True
            done.append(self.visit(statement))
        return done

    # Names that are put in.

    def helper(self, name: str, where: Any) -> Any:
        """An expression for the helper *name* (without its prefix)."""
        if self.dynamic:
            constant = _place(_ast.Constant(value=HELPERS, kind=None), where)  # type: ignore[arg-type]  # our marker
            return _place(_ast.Attribute(value=constant, attr=name, ctx=_ast.Load()), where)
        self.used.add(policy.RESERVED_PREFIX + name)
        return _place(_ast.Name(id=policy.RESERVED_PREFIX + name, ctx=_ast.Load()), where)

    def ask(self, name: str, arguments: list[Any], where: Any) -> Any:
        return _place(_ast.Call(func=self.helper(name, where), args=arguments, keywords=[]), where)

    def checkpoint(self, where: Any) -> Any:
        call = _place(_ast.Expr(value=self.ask("checkpoint", [], where)), where)
        return _place(_ast.If(test=self.helper("due", where), body=[call], orelse=[]), where)

    # Statements.

    def function(self, node: Any) -> Any:
        node.decorator_list = [self.visit(item) for item in node.decorator_list]
        self.arguments(node.args)
        if node.returns is not None and not self.keep_annotations:
            node.returns = self.visit(node.returns)
        outer_used, self.used = self.used, set()  # in a function the helpers are globals already
        outer_safe, outer_place = self.safe, self.in_function
        scope = self.growth.enter_scope(node.body, _parameters(node.args), local=True)
        start = 1 if _is_docstring(node.body) else 0
        where = node.body[start] if start < len(node.body) else node.body[0]
        head = [self.checkpoint(where)]
        checked = _parameters_to_check(node)
        head += [self.check_parameter(name, where) for name in checked]
        self.safe, self.in_function, self.temporaries = frozenset(checked), True, 0
        body = self.statements(node.body)
        node.body = body[:start] + head + body[start:]
        self.growth.leave_scope(scope)
        self.used, self.safe, self.in_function = outer_used, outer_safe, outer_place
        return node

    def arguments(self, node: Any) -> None:
        if not self.keep_annotations:
            for parameter in (*node.posonlyargs, *node.args, *node.kwonlyargs, node.vararg, node.kwarg):
                if parameter is not None:
                    self.argument(parameter)
        node.defaults = [self.visit(item) for item in node.defaults]
        node.kw_defaults = [None if item is None else self.visit(item) for item in node.kw_defaults]

    def argument(self, node: Any) -> Any:
        if node.annotation is not None and not self.keep_annotations:
            node.annotation = self.visit(node.annotation)
        return node

    def check_parameter(self, name: str, where: Any) -> Any:
        """`if type(self) is type: check(self)` once, for a function with several stores to its `self`."""
        def load() -> Any:
            return _place(_ast.Name(id=name, ctx=_ast.Load()), where)

        check = _place(_ast.Expr(value=self.ask("sealed", [load()], where)), where)
        return _place(_ast.If(test=self.is_class(load(), where), body=[check], orelse=[]), where)

    def is_class(self, value: Any, where: Any) -> Any:
        return _place(
            _ast.Compare(
                left=self.ask("type", [value], where), ops=[_ast.Is()], comparators=[self.helper("type", where)]
            ),
            where,
        )

    def class_body(self, node: Any) -> Any:
        node.decorator_list = [self.visit(item) for item in node.decorator_list]
        node.bases = [self.visit(item) for item in node.bases]
        if self.library:
            for base in node.bases:
                if type(base) is _ast.Name and base.id == "type":
                    base.id = policy.RESERVED_PREFIX + "meta"
        node.keywords = [self.visit(item) for item in node.keywords]
        outer_used, self.used = self.used, set()
        outer_safe, self.safe = self.safe, frozenset()
        outer_place, self.in_function = self.in_function, False
        scope = self.growth.enter_scope(node.body, (), local=False)
        node.body = self.statements(node.body)
        self.growth.leave_scope(scope)
        self.declare(node.body, 1 if _is_docstring(node.body) else 0)
        self.used, self.safe, self.in_function = outer_used, outer_safe, outer_place
        return node

    def loop(self, node: Any) -> Any:
        first = node.body[0]
        ranged = type(node) is not _ast.While and self.is_range(node.iter)
        self.children(node)
        if ranged:
            self.real_range(node.iter)
        node.body.insert(0, self.checkpoint(first))
        return node

    def attempt(self, node: Any) -> Any:
        firsts = [handler.body[0] for handler in node.handlers]
        last = node.finalbody[0] if node.finalbody else None
        self.children(node)
        for handler, first in zip(node.handlers, firsts, strict=True):
            handler.body.insert(0, self.checkpoint(first))
        if last is not None:
            node.finalbody.insert(0, self.checkpoint(last))
        return node

    def annotated(self, node: Any) -> Any:
        node.target = self.visit(node.target)
        if not self.keep_annotations:
            node.annotation = self.visit(node.annotation)
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def import_from(self, node: Any) -> Any:
        if self.guest and node.names[0].name == "*":
            module = _place(_ast.Constant(value=node.module or "", kind=None), node)
            level = _place(_ast.Constant(value=node.level or 0, kind=None), node)
            return _place(_ast.Expr(value=self.ask("import_all", [module, level], node)), node)
        return node

    def match(self, node: Any) -> Any:
        """`case C(x)` reads the attributes that C names: in front of it C is looked at, and what was looked at is used.

        As a case of its own that never matches: `case _ if [_axis_target1 := _axis_kind(C)] is None: pass`.
        """
        node.subject = self.visit(node.subject)
        cases = []
        for case in node.cases:
            looks = [self.looked_at(pattern) for pattern in _class_patterns(case.pattern)] if self.guest else []
            if looks:
                where = case.pattern
                never = _place(_ast.Compare(
                    left=_place(_ast.List(elts=looks, ctx=_ast.Load()), where), ops=[_ast.Is()],
                    comparators=[_place(_ast.Constant(value=None, kind=None), where)],
                ), where)
                anything = _place(_ast.MatchAs(pattern=None, name=None), where)
                cases.append(_ast.match_case(pattern=anything, guard=never, body=[_place(_ast.Pass(), where)]))
            cases.append(case)
            if case.guard is not None:
                case.guard = self.visit(case.guard)
            case.body = self.statements(case.body)
        node.cases = cases
        return node

    def looked_at(self, pattern: Any) -> Any:
        """An expression that checks the class of *pattern* and keeps it; the pattern uses what was kept."""
        where = pattern.cls
        self.temporaries += 1
        name = f"{policy.TEMPORARY}{self.temporaries}"
        if not self.in_function and not self.dynamic:
            self.used.add(name)
        checked = self.ask("kind", [self.visit(pattern.cls)], where)
        pattern.cls = _place(_ast.Name(id=name, ctx=_ast.Load()), where)
        return _place(_ast.NamedExpr(target=_place(_ast.Name(id=name, ctx=_ast.Store()), where), value=checked), where)

    # Expressions.

    def lambda_body(self, node: Any) -> Any:
        self.arguments(node.args)
        where = node.body
        scope = self.growth.enter_scope([node.body], _parameters(node.args), local=True)
        outer_place, self.in_function = self.in_function, True
        body = self.visit(node.body)
        self.in_function = outer_place
        self.growth.leave_scope(scope)
        due = _place(
            _ast.BoolOp(op=_ast.And(), values=[self.helper("due", where), self.ask("checkpoint", [], where)]), where
        )
        node.body = _place(_ast.BoolOp(op=_ast.Or(), values=[due, body]), where)  # a checkpoint returns None
        return node

    def comprehended(self, node: Any) -> Any:
        """A comprehension; in a class body it is a function of its own, but its names are looked up as globals."""
        scope = self.growth.enter_comprehension(node)
        outer_place, self.in_function = self.in_function, False
        node = self.children(node)
        self.in_function = outer_place
        self.growth.leave_scope(scope)
        return node

    def is_range(self, node: Any) -> bool:
        return self.guest and type(node) is _ast.Call and type(node.func) is _ast.Name and node.func.id == "range"

    def real_range(self, node: Any) -> None:
        """What is gone through by our own loop needs no guard: `(_axis_range if range is guard else range)(...)`."""
        test = _place(_ast.Compare(
            left=node.func, ops=[_ast.Is()], comparators=[self.helper("range_guard", node)]
        ), node)
        again = _place(_ast.Name(id="range", ctx=_ast.Load()), node)
        node.func = _place(_ast.IfExp(test=test, body=self.helper("range", node), orelse=again), node)

    def clause(self, node: Any) -> Any:
        where = node.iter
        ranged = self.is_range(node.iter)
        self.children(node)
        if ranged:
            self.real_range(node.iter)
        passed = _place(
            _ast.Compare(
                left=self.ask("checkpoint", [], where),
                ops=[_ast.Is()],
                comparators=[_place(_ast.Constant(value=None, kind=None), where)],
            ),
            where,
        )
        idle = _place(_ast.UnaryOp(op=_ast.Not(), operand=self.helper("due", where)), where)
        node.ifs.insert(0, _place(_ast.BoolOp(op=_ast.Or(), values=[idle, passed]), where))
        return node

    def attribute(self, node: Any) -> Any:
        if type(node.ctx) is not _ast.Load:
            return self.stored(node)
        name = node.attr
        if name in (policy.GUARDED if self.guest else policy.LIBRARY_GUARDED):
            receiver = node.value
            if name == "__init__" and _is_bare_super(receiver):
                test = _place(_ast.Compare(
                    left=receiver.func, ops=[_ast.Is()], comparators=[self.helper("super", node)]
                ), node)
                other = _place(_ast.Call(
                    func=_place(_ast.Name(id="super", ctx=_ast.Load()), node), args=[], keywords=[]
                ), node)
                checked = self.ask("receiver", [other], node)
                node.value = _place(_ast.IfExp(test=test, body=receiver, orelse=checked), node)
                return node
            if type(receiver) is _ast.Constant and name == "format" and is_plain_template(receiver.value):
                return node
            node.value = self.visit(receiver)
            text = _place(_ast.Constant(value=name, kind=None), node)
            return self.ask("attr", [node.value, text], node)
        node.value = self.visit(node.value)
        return node

    def subscript(self, node: Any) -> Any:
        if self.library and type(node.value) is _ast.Name and node.value.id == "type":
            # `type[...]` in an annotation shows what it is made of.
            node.value.id = policy.RESERVED_PREFIX + "type_guard"
        return self.children(node)

    def stored(self, node: Any) -> Any:
        """`x.name = v`: x may be a class that processes share."""
        value = node.value
        if type(value) is _ast.Name:
            if value.id in self.safe:
                return node
            def load() -> Any:
                return _place(_ast.Name(id=value.id, ctx=_ast.Load()), value)

            node.value = _place(
                _ast.IfExp(
                    test=self.is_class(load(), value), body=self.ask("sealed", [load()], value), orelse=load()
                ),
                value,
            )
        elif self.in_function:
            kept = _place(_ast.NamedExpr(target=self.temporary(_ast.Store(), value), value=self.visit(value)), value)
            node.value = _place(
                _ast.IfExp(
                    test=self.is_class(kept, value),
                    body=self.ask("sealed", [self.temporary(_ast.Load(), value)], value),
                    orelse=self.temporary(_ast.Load(), value),
                ),
                value,
            )
        else:
            node.value = self.ask("sealed", [self.visit(value)], value)
        return node

    def temporary(self, context: Any, where: Any) -> Any:
        return _place(_ast.Name(id=policy.TEMPORARY, ctx=context), where)

    def call(self, node: Any) -> Any:
        function = node.func
        if (
            self.guest and type(function) is _ast.Attribute and function.attr in PADS and node.args
            and not node.keywords and not any(type(argument) is _ast.Starred for argument in node.args)
        ):
            return self.padded(node)
        return self.children(node)

    def padded(self, node: Any) -> Any:
        """`text.ljust(width)`, `str.ljust(text, width)`: the width is looked at, the method is called as it is."""
        node.func.value = self.visit(node.func.value)
        node.args = [
            argument if type(argument) is _ast.Constant and not (
                type(argument.value) is int and argument.value > SMALL_WIDTH
            ) else self.ask("width", [self.visit(argument)], argument)
            for argument in node.args
        ]
        return node

    def operation(self, node: Any) -> Any:
        spine = [node]  # a + b + c + ... leans to the left and may be long
        while type(spine[-1].left) is _ast.BinOp:
            spine.append(spine[-1].left)
        plans = [self.growth.plan(item) for item in spine]
        result = self.visit(spine[-1].left)
        for item, plan in zip(reversed(spine), reversed(plans), strict=True):
            item.left = result
            item.right = self.visit(item.right)
            result = self.bounded(item, plan)
        return result

    def bounded(self, node: Any, plan: str | None) -> Any:
        """The operation *node*, whose operands are done, computed as *plan* says."""
        if plan is None:
            return node
        if plan == "same" or plan == "shift":
            if not self.in_function and not (_is_plain(node.left) and _is_plain(node.right)):
                return self.ask("mul" if plan == "same" else "shl", [node.left, node.right], node)
            return self.tested(node, plan)
        return self.ask(plan, [node.left, node.right], node)

    def tested(self, node: Any, plan: str) -> Any:
        """`a * b if type(a) is type(b) else mul(a, b)`: equal types are never a repetition. Operands in order, once."""
        first, left = self.kept(node.left)
        second, right = self.kept(node.right)
        if plan == "same":
            test = self.same_type(first, left, second, node)
            checked = self.ask("mul", [left(), right()], node)
        else:  # the left operand is evaluated in the test, too, to keep the order
            pair = _place(_ast.Compare(
                left=self.ask("type", [first], node), ops=[_ast.Is(), _ast.Is()],
                comparators=[self.helper("int", node), self.ask("type", [second], node)],
            ), node)
            small = _place(_ast.Compare(
                left=right(), ops=[_ast.Lt()], comparators=[_place(_ast.Constant(value=4096, kind=None), node)]
            ), node)
            test = _ast.BoolOp(op=_ast.And(), values=[pair, small])
            checked = self.ask("shl", [left(), right()], node)
            if type(node.left) is _ast.Constant:
                kind = _ast.Compare(
                    left=self.ask("type", [second], node), ops=[_ast.Is()], comparators=[self.helper("int", node)]
                )
                test.values[0] = _place(kind, node)
        node.left, node.right = left(), right()
        return _place(_ast.IfExp(test=_place(test, node), body=node, orelse=checked), node)

    def same_type(self, first: Any, left: Callable[[], Any], second: Any, node: Any) -> Any:
        """Whether no repetition is possible: the left operand is a float, or the types are equal."""
        equal = _place(_ast.Compare(
            left=self.ask("type", [left()], node), ops=[_ast.Is()], comparators=[self.ask("type", [second], node)]
        ), node)
        if not _is_plain(second):
            equal.left = self.ask("type", [first], node)
            return equal
        number = _place(_ast.Compare(
            left=self.ask("type", [first], node), ops=[_ast.Is()], comparators=[self.helper("float", node)]
        ), node)
        return _ast.BoolOp(op=_ast.Or(), values=[number, equal])

    def kept(self, value: Any) -> tuple[Any, Callable[[], Any]]:
        """An expression that evaluates *value* for the first time, and a maker of expressions that give it again."""
        if type(value) is _ast.Constant:
            return value, lambda: _place(_ast.Constant(value=value.value, kind=None), value)
        if type(value) is _ast.Name:
            return value, lambda: _place(_ast.Name(id=value.id, ctx=_ast.Load()), value)
        self.temporaries += 1
        name = f"{policy.TEMPORARY}{self.temporaries}"
        target = _place(_ast.Name(id=name, ctx=_ast.Store()), value)
        first = _place(_ast.NamedExpr(target=target, value=value), value)
        return first, lambda: _place(_ast.Name(id=name, ctx=_ast.Load()), value)

    def assigned(self, node: Any) -> Any:
        value = node.value
        self.growth.assigned(node.targets, value)
        node.value = self.visit(value)
        node.targets = [self.visit(target) for target in node.targets]
        return node

    def augmented(self, node: Any) -> Any:
        plan = self.growth.plan_augmented(node)
        node.target = self.visit(node.target)
        node.value = self.visit(node.value)
        if plan is None:
            return node
        if type(node.target) is not _ast.Name:
            node.value = self.ask("count", [node.value], node)
            return node
        load = _place(_ast.Name(id=node.target.id, ctx=_ast.Load()), node.target)
        if plan == "factor" and (self.in_function or _is_plain(node.value)):
            first, again = self.kept(node.value)
            test = _place(_ast.Compare(
                left=self.ask("type", [load], node), ops=[_ast.Is()], comparators=[self.ask("type", [first], node)]
            ), node)  # not `same_type`: the value must be evaluated in any case
            once_more = _place(_ast.Name(id=node.target.id, ctx=_ast.Load()), node.target)
            node.value = _place(
                _ast.IfExp(test=test, body=again(), orelse=self.ask("factor", [once_more, again()], node)), node
            )
        else:
            node.value = self.ask(plan, [load, node.value], node)
        return node

    def formatted(self, node: Any) -> Any:
        node.value = self.visit(node.value)
        spec = node.format_spec
        if spec is not None:
            spec = self.visit(spec)
            if any(type(part) is not _ast.Constant for part in spec.values) or any(
                _has_long_number(part.value) for part in spec.values
            ):
                checked = self.ask("spec", [spec], node)
                part = _place(_ast.FormattedValue(value=checked, conversion=-1, format_spec=None), node)
                spec = _place(_ast.JoinedStr(values=[part]), node)
            node.format_spec = spec
        return node


def _place(node: Any, where: Any) -> Any:
    node.lineno = where.lineno
    node.col_offset = where.col_offset
    node.end_lineno = where.end_lineno
    node.end_col_offset = where.end_col_offset
    return node


def _class_patterns(pattern: Any) -> list[Any]:
    """The class patterns in a pattern that take attributes by position, or whose class has a stand-in."""
    found = []
    stack = [pattern]
    while stack:
        item = stack.pop()
        if type(item) is _ast.MatchClass and (
            item.patterns or (type(item.cls) is _ast.Name and item.cls.id in ("type", "range"))
        ):
            found.append(item)
        push_parts(stack, item)
    return found


def _is_heavy(statement: Any) -> bool:
    """Whether a simple statement calls a builtin that goes through as many items as it is given."""
    stack = [statement]
    while stack:
        item = stack.pop()
        kind = type(item)
        if kind is _ast.Call and type(item.func) is _ast.Name and item.func.id in HEAVY:
            return True
        if kind is _ast.Lambda or kind is _ast.Constant or kind is _ast.Name:
            continue
        push_parts(stack, item)
    return False


def _is_docstring(body: list[Any]) -> bool:
    first = body[0] if body else None
    return type(first) is _ast.Expr and type(first.value) is _ast.Constant and type(first.value.value) is str


def _after_prologue(body: list[Any]) -> int:
    """Where the first statement of ours may stand: behind the docstring and the __future__ imports."""
    at = 1 if _is_docstring(body) else 0
    while at < len(body) and type(body[at]) is _ast.ImportFrom and body[at].module == "__future__":
        at += 1
    return at


def _parameters(arguments: Any) -> Iterable[str]:
    for group in (arguments.posonlyargs, arguments.args, arguments.kwonlyargs):
        for parameter in group:
            yield parameter.arg
    for parameter in (arguments.vararg, arguments.kwarg):
        if parameter is not None:
            yield parameter.arg


def _parameters_to_check(node: Any) -> list[str]:
    """The parameters whose class is worth a look at the start: stored into twice, or in a loop, and never bound."""
    names = dict.fromkeys((parameter.arg for parameter in node.args.posonlyargs + node.args.args), 0)
    stack: list[tuple[Any, int]] = [(statement, 1) for statement in node.body]
    while stack and names:
        item, weight = stack.pop()
        kind = type(item)
        if kind is _ast.Name:
            if type(item.ctx) is not _ast.Load:
                names.pop(item.id, None)
        elif kind is _ast.Attribute:
            if type(item.ctx) is not _ast.Load and type(item.value) is _ast.Name and item.value.id in names:
                names[item.value.id] += weight
        elif kind is _ast.For or kind is _ast.While or kind is _ast.AsyncFor:
            weight += 1
        elif kind is _ast.Import or kind is _ast.ImportFrom:
            for alias in item.names:
                names.pop(alias.asname or alias.name.split(".")[0], None)
        else:
            for field in ("name", "names", "rest"):  # def, class, except, match, global, nonlocal: also of inner scopes
                bound = getattr(item, field, None)
                for name in bound if type(bound) is list else (bound,):
                    if type(name) is str:
                        names.pop(name, None)
        if isinstance(item, _SCOPES):
            weight = -1000  # stores in inner scopes are not ours; names that they bind may be
        for field in item._fields:
            value = getattr(item, field, None)
            if type(value) is list:
                stack.extend((part, weight) for part in value if isinstance(part, _ast.AST))
            elif isinstance(value, _ast.AST):
                stack.append((value, weight))
    return [name for name, stores in names.items() if stores >= 2]


def _is_bare_super(node: Any) -> bool:
    """`super()`: its receiver is the method's own object, not a descriptor of somebody else's class."""
    return type(node) is _ast.Call and type(node.func) is _ast.Name and node.func.id == "super" and not (
        node.args or node.keywords
    )


def _is_plain(node: Any) -> bool:
    return type(node) is _ast.Name or type(node) is _ast.Constant


def _has_long_number(text: object) -> bool:
    """Whether a format specification asks for more than 9,999 of anything."""
    digits = 0
    for character in str(text):
        digits = digits + 1 if character.isdigit() else 0
        if digits > 4:
            return True
    return False
