"""What two programs can reach in common, and what none may reach: found by walking, not by a list of attacks."""

# ruff: noqa: E501  (a program under test stands on as few lines as it can)
from __future__ import annotations

import datetime
import types
from typing import Any

import pytest

from abi.sealed import Sealed, SealedFunction, SealedProperty
from abi.status import Status
from executive import policy, vetted
from executive.sandbox import Helpers, ProcessHook, Sandbox
from reachability import Walk
from sandbox_world import FakeHost, Killed, boot
from test_arrows import ROOTFS

MODULES = [*sorted((vetted.LIBRARY | vetted.PUBLIC_SHIMS | vetted.PUBLIC_C) - vetted.PRIVATE_LIBRARY), "abi.status"]
LIB = {"/" + str(path.relative_to(ROOTFS)): path.read_text() for folder in ("lib/python", "lib/axis", "abi")
       for path in (ROOTFS / folder).rglob("*.py")}
OWN = ["sys", "os", "io", "time", "threading", "pathlib", "signal", "axis.filesystem", "axis.streams"]
# Objects of every kind that a program makes without importing a name for them.
SAMPLES = """
import array, collections, copy, csv, dataclasses, datetime, decimal, enum, functools, hashlib, itertools, json, queue
import random, re, struct, types, typing, zlib, contextlib, hmac, textwrap, fractions, string, logging, abc
def generator(): yield
async def coroutine(): pass
async def stream(): yield
def failing(call):
    try: call()
    except BaseException as error: return error
class Meta(type): pass
class Plain(metaclass=Meta):
    __slots__ = ("a",)
class Way:
    def __enter__(self): return self
    def __exit__(self, kind, error, trace):
        self.seen = kind, error, trace
        return True
with Way() as way: 1 / 0
class Colour(enum.Enum): RED = 1
@dataclasses.dataclass
class Point: x: int = 1
@functools.singledispatch
def single(x): pass
running = coroutine(); running.close()
samples = [
    generator, generator(), running, stream(), stream().asend(None), lambda: 0, Meta, Plain, Plain(), way, Colour.RED,
    Point(), single, functools.lru_cache(generator), functools.partial(print, 1), functools.partialmethod(print),
    functools.cached_property(print), types.MethodType(len, []), types.SimpleNamespace(a=1), property(len), super,
    classmethod(len), staticmethod(len), super(Plain, Plain()), iter([]), iter({}), iter(()), iter("a"), iter(range(2)),
    iter(int, 1), map(len, []), filter(None, []), zip([]), enumerate([]), reversed([]), itertools.count(), itertools.chain(),
    itertools.product([1]), itertools.groupby([]), memoryview(b"a"), bytearray(1), slice(1), Ellipsis, {}.keys(), {}.items(),
    re.compile("(?P<a>x)"), re.match("(?P<a>x)", "x"), re.finditer("a", "a"), struct.Struct("i"), array.array("i"),
    zlib.compressobj(), zlib.decompressobj(), hashlib.sha256(), hashlib.blake2b(), hmac.new(b"k", b"m", "sha256"),
    random.Random(1), decimal.Decimal(1), decimal.getcontext(), decimal.Decimal(1).as_tuple(), csv.reader([]),
    csv.get_dialect("excel"), json.JSONDecoder(), json.JSONEncoder(), collections.deque(), collections.Counter(),
    collections.OrderedDict(), collections.defaultdict(list), collections.ChainMap(), collections.namedtuple("N", "a")(1),
    datetime.datetime(2024, 1, 1), datetime.timezone.utc, queue.Queue(), contextlib.ExitStack(), typing.List[int], list[int],
    int | str, typing.TypeVar("T"), typing.NamedTuple("M", [("a", int)])(1), fractions.Fraction(1, 2), string.Template("$a"),
    logging.getLogger("a"), globals(), vars(), locals(), compile("1", "f", "eval"), copy.copy(generator), abc.ABC,
    (lambda: (yield))().send, "a".join, [].append, {}.get, print.__call__, str.format, "".format, int.__pow__,
    failing(lambda: syscall("nonsense")), failing(lambda: 1 / 0), failing(lambda: [].nothing), failing(lambda: nothing),
    failing(lambda: json.loads("{")), failing(lambda: re.compile("(")), failing(lambda: re.compile("(a)").sub("\\\\2", "a")),
    failing(lambda: decimal.Decimal("x")), failing(lambda: struct.pack("i", "x")), failing(lambda: zlib.decompress(b"x")),
    failing(lambda: csv.reader([b"x"]).__next__()), failing(lambda: exec("a b")), failing(lambda: exec("x.__globals__")),
    failing(lambda: __import__("nothing.at.all")), failing(lambda: b"\\xff".decode()), failing(lambda: next(iter([]))),
    failing(lambda: (_ for _ in ()).throw(ExceptionGroup("g", [KeyError(1), AttributeError("a", obj=1)]))),
    failing(lambda: random.choice([])), failing(lambda: datetime.date(1, 1, 99)), failing(lambda: Colour(5)),
    failing(lambda: dataclasses.fields(3)), failing(lambda: open(5)), failing(lambda: input()), failing(lambda: type.nothing),
    failing(lambda: range.nothing), failing(lambda: print.nothing), failing(lambda: globals().nothing),
    failing(lambda: setattr(zlib.error, "x", 1)), failing(lambda: getattr(print, "__self__")), failing(lambda: pow(7, 10**9)),
]
"""
# Nobody has one of these, not even alone: from each of them the host is one step away.
FORBIDDEN = (types.FrameType, types.CodeType, types.CellType, Sandbox, ProcessHook, Helpers, FakeHost, Killed)
# Kinds whose objects nobody can change.
FIXED = (
    types.WrapperDescriptorType, types.MethodDescriptorType, types.BuiltinFunctionType, types.ClassMethodDescriptorType,
    types.MemberDescriptorType, types.GetSetDescriptorType, types.MethodWrapperType, types.EllipsisType,
    types.NotImplementedType, tuple, frozenset, complex, range, slice, str, bytes, int, float, Status, SealedFunction,
    SealedProperty, datetime.date, datetime.datetime, datetime.time, datetime.timedelta, datetime.timezone,
)  # fmt: skip


class Host(FakeHost):
    """Knows what `threading` asks as well."""

    def syscall(self, name: str, *arguments: Any) -> Any:
        if name == "process_info":
            return {"tgid": 20}
        return 20 if name in ("process_get_pid", "process_get_tid") else super().syscall(name, *arguments)


def explore() -> Walk:
    """Everything within reach of a new program that has imported all and made one of each."""
    host = Host(LIB)
    sandbox = Sandbox(host, 3, "/home/program.py", {})
    sandbox.run_main(host.compile(SAMPLES, "/home/program.py", "program"))
    walk = Walk(sandbox)
    for name, value in sandbox.builtins.items():
        if policy.attribute_rule(name) is None and name[:6] != policy.RESERVED_PREFIX:
            walk.start(value, name)
    for at, sample in enumerate(sandbox.main.__dict__["samples"]):
        walk.start(sample, f"samples[{at}]")
    for name in MODULES + OWN:
        walk.start(sandbox._import(name, fromlist=("x",)), name)
    walk.run()
    return walk


def is_fixed(thing: Any, sandbox: Sandbox) -> bool:
    """Whether nobody who holds *thing* can leave a mark on it."""
    kind = type(thing)
    if isinstance(thing, type):
        if isinstance(thing, Sealed) or kind is not type:
            return isinstance(thing, Sealed) or type(kind) is Sealed
        if not thing.__flags__ & (1 << 9) or thing.__flags__ & (1 << 8):
            return True  # made by C, or marked as immutable
        try:
            sandbox._sealed(thing)
        except TypeError:
            return True
        return False
    if kind is tuple or kind is frozenset or kind in FIXED:
        return True
    return isinstance(kind, Sealed) and not hasattr(thing, "__dict__") and not _open_slots(thing)


def _open_slots(thing: Any) -> bool:
    """Whether an object of a sealed class lets its slots be set."""
    for name in ("nothing_of_this_name", *type(thing).__slots__):  # type: ignore[attr-defined]
        try:
            setattr(thing, name, None)
        except (AttributeError, TypeError):
            continue
        return True
    return False


@pytest.fixture(scope="module")
def walks() -> tuple[Walk, Walk]:
    return explore(), explore()


def test_two_programs_reach_nothing_in_common_that_can_be_changed(walks: tuple[Walk, Walk]) -> None:
    """Neither can leave a mark on what both can lay their hands on: no dictionary, function, module or open class."""
    first, second = walks
    shared = [entry for number, entry in first.found.items() if number in second.found]
    assert len(shared) > 1000  # Python's own types and their methods
    open_things = [(repr(thing)[:80], path) for thing, path in shared if not is_fixed(thing, first.sandbox)]
    assert open_things == []


def test_no_program_reaches_the_insides_of_the_host(walks: tuple[Walk, Walk]) -> None:
    """No frame, code object or cell, nothing of the kernel's, none of Python's modules or of its builtins."""
    import builtins
    import sys

    closed = {id(module): name for name, module in sys.modules.items() if isinstance(module, types.ModuleType)}
    closed |= {id(vars(builtins)): "builtins", id(builtins.open): "open", id(builtins.__import__): "import",
               id(builtins.eval): "eval", id(builtins.exec): "exec", id(type): "type"}
    for walk in walks:
        found = [(repr(thing)[:80], path) for thing, path in walk.found.values()
                 if isinstance(thing, FORBIDDEN) or id(thing) in closed]
        assert found == []


def test_the_walk_finds_what_is_hidden_in_a_corner() -> None:
    """A dictionary that two programs share is found behind an attribute, in a list, in the error of a method."""

    class Corner:
        def method(self) -> None: ...

    planted = Corner()
    paths = []
    for _ in range(2):
        sandbox, _host = boot("")
        walk = Walk(sandbox)
        walk.start([{"a": (planted.method,)}], "thing")
        walk.run()
        paths.append(walk.found.get(id(Corner.method), (None, "not found"))[1])
        assert not is_fixed(Corner.method, sandbox) and not is_fixed({}, sandbox)
    assert [path.rpartition(".")[2] for path in paths] == ["obj", "obj"]
    assert paths[0].startswith("(error of thing[0]['a'][0].")
