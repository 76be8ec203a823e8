"""The world that one process sees: its builtins, its modules, its way to import more.

A sandbox is made for each process. Rings 2.5 and 3 get guarded builtins and instrumented code; rings 1 and 2 get
Python's own builtins without those that reach the host, and plain code.

Called by   the kernel: it makes a sandbox, lets it run `main`, raises and lowers its flag.
Owns        the process's builtins module, its table of modules, the buffer behind its standard input.
Always so   no object that can be changed is reachable from two sandboxes of ring >= 2.5, nor from one and the host.
"""

from __future__ import annotations

import builtins as _host_builtins
import sys as _host_sys
from types import FunctionType, GetSetDescriptorType, MethodType, ModuleType, SimpleNamespace

from abi.sealed import Sealed, opaque
from abi.status import Status, StatusError
from executive import policy, priced, vetted
from executive.guards import (
    GUARDS,
    TYPE,
    ClassDoor,
    GuardedMeta,
    Guards,
    check_class,
    check_match_args,
    finish_class,
    put_method,
    shown_class,
)
from executive.names import Namespace, plain_name, refuse
from executive.pacing import RANGE, paced_by
from executive.preempt import bind_helpers
from executive.traceback_text import format_exception

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType
    from typing import Any, Protocol

    class SandboxHost(Protocol):
        """What a sandbox needs from the kernel."""

        syscall: Callable[..., Any]
        checkpoint: Callable[[], None]
        simulated: bool
        component: Any
        computer: Any

        def find_source(self, paths: list[str]) -> tuple[str, bytes] | None: ...
        def compile(self, source: bytes | str, path: str, kind: str) -> CodeType: ...
        def shared_module(self, name: str) -> ModuleType: ...
        def host_module(self, name: str) -> ModuleType: ...
        def thread_start(self, func: Callable[[], object]) -> int: ...
        def id_counter(self) -> int: ...


FLAG = policy.FLAG
STDIN, STDOUT, STDERR = -10, -11, -12
READ_SIZE = 8192
WRITE_SIZE = 1 << 18
_ABI_FOR_GUESTS = frozenset({
    "abi.status", "abi.signals", "abi.access", "abi.names", "abi.registry", "abi.irp", "abi.driver",
})
_get_frame = _host_sys._getframe

# Builtins that a guest gets as they are: immutable types and functions without state.
PLAIN = """
    None True False Ellipsis NotImplemented __debug__ object int float complex bool str bytes bytearray
    memoryview list tuple dict set frozenset slice property classmethod staticmethod super enumerate zip
    reversed range map filter abs all any ascii bin callable chr divmod hash hex isinstance issubclass iter len
    max min next oct ord pow repr round sorted sum aiter anext id BaseException Exception ArithmeticError
    AssertionError AttributeError BlockingIOError BrokenPipeError BufferError BytesWarning ChildProcessError
    ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError DeprecationWarning
    EOFError EncodingWarning EnvironmentError FileExistsError FileNotFoundError FloatingPointError FutureWarning
    GeneratorExit IOError ImportError ImportWarning IndentationError IndexError InterruptedError
    IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError
    NotADirectoryError NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError
    ProcessLookupError RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning
    StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError
    TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError
    UnicodeWarning UserWarning ValueError Warning ZeroDivisionError BaseExceptionGroup ExceptionGroup
""".split()  # noqa: SIM905  (a table is read as words)


class StandardInput(metaclass=Sealed):
    """Bytes read ahead from handle -10, shared by `input` and `sys.stdin`, so that none is lost between them."""

    __slots__ = ("__wrapped_bytes__", "__wrapped_read__")

    def __init__(self, syscall: Callable[..., Any]) -> None:
        self.__wrapped_read__ = syscall
        self.__wrapped_bytes__ = b""

    def _fill(self) -> bool:
        data = self.__wrapped_read__("vfs_read", STDIN, READ_SIZE)
        if not data:
            return False
        self.__wrapped_bytes__ += data
        return True

    def readline(self, limit: int = -1) -> bytes:
        """One line with its newline, b"" at the end of input. Blocks."""
        scanned = 0
        while True:
            buffered = self.__wrapped_bytes__
            at = buffered.find(b"\n", scanned) + 1
            if 0 <= limit <= len(buffered) and (not at or at > limit):
                at = limit
            if at or limit == 0:
                self.__wrapped_bytes__ = buffered[at:]
                return buffered[:at]
            scanned = len(buffered)
            if not self._fill():
                self.__wrapped_bytes__ = b""
                return buffered

    def read(self, size: int = -1) -> bytes:
        """*size* bytes, fewer at the end of input only; all of it when negative. Blocks."""
        while size < 0 or len(self.__wrapped_bytes__) < size:
            if not self._fill():
                break
        buffered = self.__wrapped_bytes__
        cut = len(buffered) if size < 0 else size
        self.__wrapped_bytes__ = buffered[cut:]
        return buffered[:cut]

    def read1(self, size: int = -1) -> bytes:
        """What is there, at most *size* bytes; waits only when nothing is."""
        if size == 0 or (not self.__wrapped_bytes__ and not self._fill()):
            return b""
        buffered = self.__wrapped_bytes__
        cut = len(buffered) if size < 0 else size
        self.__wrapped_bytes__ = buffered[cut:]
        return buffered[:cut]


class ProcessHook(metaclass=Sealed):
    """What modules below /lib may know of their process, as the global `_axis_process`; programs cannot name it."""

    __slots__ = (
        "argv",
        "at_flush",
        "computer",
        "current_globals",
        "format_exception",
        "host_facts",
        "image",
        "load",
        "modules",
        "next_id",
        "ring",
        "set_standard",
        "simulated",
        "stdin",
        "thread_start",
        "write",
    )

    def __init__(self, sandbox: Sandbox) -> None:
        put = object.__setattr__
        put(self, "stdin", sandbox.stdin)
        put(self, "modules", sandbox.modules)
        put(self, "argv", [sandbox.path, *_strings(sandbox.env.get("ARGS"))])
        put(self, "image", sandbox.path)
        put(self, "ring", sandbox._ring_now)
        put(self, "write", sandbox._write_all)
        put(self, "format_exception", sandbox.format_exception)
        put(self, "thread_start", sandbox._thread_start)
        put(self, "host_facts", sandbox._host_facts)
        put(self, "at_flush", sandbox._at_flush)
        put(self, "set_standard", sandbox._set_standard)
        put(self, "current_globals", sandbox._caller_name)
        put(self, "simulated", bool(sandbox.host.simulated))
        put(self, "computer", sandbox.builtins.get("computer"))
        put(self, "next_id", sandbox._next_id)
        put(self, "load", sandbox._load)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("the process hook cannot be changed")


class CompiledCode(metaclass=Sealed):
    """What `compile` gives a guest: something to hand to `exec` and `eval`, nothing to look into."""

    __slots__ = ("__wrapped_code__",)

    __wrapped_code__: CodeType

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("code objects cannot be changed")


class _ModulesForLibrary:
    """`sys.modules` as library code sees it: its own instance of a vetted module, where the program has a view of one.

    A program's own modules, found by the name that a class carries, are the program's.
    """

    __slots__ = ("_library", "_program")

    def __init__(self, library: dict[str, ModuleType], program: dict[str, Any]) -> None:
        self._library = library
        self._program = program

    def get(self, name: str, default: Any = None) -> Any:
        found = self._program.get(name, default)
        own = self._library.get(name)
        if own is not None and (found is default or getattr(found, "__file__", "")[:1] != "/"):
            return own
        return found

    def __getitem__(self, name: str) -> Any:
        found = self.get(name, self)
        if found is self:
            raise KeyError(name)
        return found

    def __setitem__(self, name: str, module: Any) -> None:
        self._program[name] = module  # typing enters modules of its own

    def __contains__(self, name: str) -> bool:
        return self.get(name, self) is not self


class Helpers:
    """Flag and helpers of one process, for code that may run over a dictionary of the guest's."""

    due: bool

    __slots__ = (
        "attr",
        "bits",
        "checkpoint",
        "count",
        "due",
        "exponent",
        "factor",
        "float",
        "import_all",
        "int",
        "kind",
        "mul",
        "pow",
        "range",
        "range_guard",
        "receiver",
        "sealed",
        "shl",
        "spec",
        "super",
        "type",
        "width",
    )


class Sandbox:
    """The world of one process. The kernel keeps it; guests reach bound methods of it only."""

    __slots__ = (
        "__weakref__", "_building", "_closers", "_counted", "_dynamic", "_helpers", "_hook", "_ids",
        "_library_builtins", "_library_modules", "_namespaces", "_owned", "_packages", "_ring", "_sources", "_std",
        "_until_look", "builtins", "env", "guest", "host", "main", "modules", "path", "stdin",
    )

    def __repr__(self) -> str:
        return "<the process>"  # shown in the repr of its bound methods

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("a process cannot be copied")

    def __init__(self, host: SandboxHost, ring: float, path: str, env: dict[str, Any]) -> None:
        self.host = host
        self.path = path
        self.env = env
        self._ring = ring
        self.guest = ring >= 2.5
        self.stdin = StandardInput(host.syscall)
        self._closers: list[Callable[[], object]] = []
        self._std: dict[str, Any] = {}
        self._helpers: Helpers | None = None
        self._library_builtins: dict[str, Any] | None = None
        self._library_modules: dict[str, ModuleType] | None = None
        self._packages: dict[str, str] = {}
        self._hook: ProcessHook | None = None
        self._owned: Any = None
        self._building: Any = None
        self._until_look = LOOK_EVERY
        self._counted: type | None = None
        self._ids: dict[int, Any] | None = None
        self._dynamic: dict[Any, CodeType] | None = None
        self._sources: dict[str, bytes] | None = None
        module = ModuleType("builtins")
        names = module.__dict__
        names.update(_GUEST_BUILTINS if self.guest else _SYSTEM_BUILTINS)
        self.builtins = names
        self._bind(names)
        main = ModuleType("__main__")
        space = main.__dict__
        space["__builtins__"] = module
        space["__file__"] = path
        space[FLAG] = names[FLAG] = bool(host.simulated and self.guest)
        self.main = main
        self.modules: dict[str, Any] = {"__main__": main, "builtins": module}
        self._namespaces: tuple[dict[str, Any], ...] = (names, space)

    def _bind(self, names: dict[str, Any]) -> None:
        """Put in what belongs to this process."""
        host = self.host
        names["syscall"] = host.syscall
        names["env"] = self.env
        names["print"] = self._print
        names["input"] = self._input
        names["open"] = self._open
        names["require"] = self._require
        names["__import__"] = self._import
        names["exec"] = self._exec
        names["eval"] = self._eval
        names["compile"] = self._compile if self.guest else _host_builtins.compile
        names["computer"] = host.computer
        names["globals"] = self._globals
        if self.guest:
            names["__build_class__"] = self._build_class
            names["locals"] = self._locals
            names["vars"] = self._vars
            names["dir"] = self._dir
            names["setattr"] = self._setattr
            names["delattr"] = self._delattr
            names["_axis_checkpoint"] = self._checkpoint
            names["iter"] = self._iter
            names["map"] = self._map
            names["filter"] = self._filter
            names["sum"] = self._sum
            names["_axis_sealed"] = self._sealed
            names["_axis_import_all"] = self._import_all
            if host.simulated:
                names["id"] = self._id
            for name, value in names.items():
                if type(value) is MethodType and name[:6] != policy.RESERVED_PREFIX:
                    names[name] = opaque(value)
        else:
            names["component"] = host.component

    # What the kernel calls.

    def run_main(self, code: CodeType) -> None:
        """Execute the program as `__main__`; returns when it has returned, raises what it raised."""
        exec(code, self.main.__dict__)

    def raise_flag(self) -> None:
        """Make every checkpoint call the kernel. May be called from any thread of the host."""
        for namespace in self._namespaces:
            namespace[FLAG] = True
        helpers = self._helpers
        if helpers is not None:
            helpers.due = True

    def lower_flag(self) -> None:
        """Let checkpoints pass again (never in simulation)."""
        if self.host.simulated:
            return
        for namespace in self._namespaces:
            namespace[FLAG] = False
        helpers = self._helpers
        if helpers is not None:
            helpers.due = False

    def set_ring(self, ring: float) -> None:
        """The process was elevated; rings 3 and 2.5 have the same builtins."""
        self._ring = ring

    def flush(self) -> None:
        """Write out what the guest's files and streams still hold. The kernel calls it when main has returned."""
        closers, self._closers = self._closers, []
        for close in reversed(closers):
            close()

    def format_exception(self, error: BaseException) -> str:
        """The traceback of *error* with the guest's own frames only. Runs the guest's `__str__`."""
        return format_exception(error, self._is_own_frame, self._source_line)

    def may_break(self, frame: FrameType | None) -> bool:
        """Whether an error may be raised into *frame*: it is the program's, or works for it and keeps no state."""
        while frame is not None:
            if self._is_own_frame(frame):
                return True
            name = frame.f_globals.get("__name__", "")
            if name.partition(".")[0] in _KERNEL_PACKAGES and name not in _STATELESS and ".shims." not in name:
                return False
            frame = frame.f_back
        return False

    def _is_own_frame(self, frame: FrameType) -> bool:
        return frame.f_builtins is self.builtins or frame.f_builtins is self._library_builtins

    def _source_line(self, path: str, line: int) -> str:
        if self._sources is None:
            self._sources = {}
        source = self._sources.get(path)
        if source is None:
            source = b""
            if path[:1] == "/":
                try:
                    found = self.host.find_source([path])
                    source = found[1] if found is not None else b""
                except StatusError:
                    source = b""
            self._sources[path] = source
        lines = source.split(b"\n", line)
        return lines[line - 1].decode("utf-8", "replace") if 0 < line <= len(lines) else ""

    # Standard streams.

    def _write_all(self, handle: int, data: bytes) -> None:
        syscall = self.host.syscall
        while data:
            count = syscall("vfs_write", handle, data[:WRITE_SIZE])
            if count is None or count >= len(data):
                return
            data = data[count:]

    def _print(self, *values: Any, sep: str | None = " ", end: str | None = "\n", file: Any = None,
               flush: bool = False) -> None:
        """Write the values to handle -11 in one call, or to *file*, or to the program's own `sys.stdout`."""
        if sep is None:
            sep = " "
        elif not isinstance(sep, str):
            raise TypeError(f"sep must be None or a string, not {type(sep).__name__}")
        if end is None:
            end = "\n"
        elif not isinstance(end, str):
            raise TypeError(f"end must be None or a string, not {type(end).__name__}")
        text = str.__add__(str.join(sep, [str(value) for value in values]), end)
        if file is None:
            file = self._replaced("stdout")
            if file is None:
                if "NO_COLOR" in self.env:
                    text = without_colours(text)
                self._write_all(STDOUT, str.encode(text, "utf-8", "surrogateescape"))
                return
        file.write(text)
        if flush:
            file.flush()

    def _replaced(self, name: str) -> Any:
        """The program's own `sys.<name>` if it put one there, else None."""
        system = self.modules.get("sys")
        if type(system) is not ModuleType:
            return None
        stream = system.__dict__.get(name)
        return None if stream is self._std.get(name) else stream

    def _set_standard(self, name: str, stream: Any) -> None:
        """/lib/python/sys.py says which object stands for handle -10, -11 or -12."""
        self._std[name] = stream

    def _at_flush(self, close: Callable[[], object]) -> None:
        self._closers.append(close)

    def _input(self, prompt: object = "") -> str:
        """Show *prompt*, read a line. Raises EOFError at the end of input. Blocks."""
        if prompt != "":
            self._print(prompt, end="")
        source = self._replaced("stdin")
        if source is not None:
            line = source.readline()
            if not isinstance(line, str):
                raise TypeError("object.readline() returned non-string")
        else:
            line = self.stdin.readline().decode("utf-8", "surrogateescape")
        if not line:
            raise EOFError("EOF when reading a line")
        return line[:-1] if line[-1] == "\n" else line

    def _open(self, *args: Any, **kwargs: Any) -> Any:
        """`open` of /lib/python/io.py."""
        return self._load("io").open(*args, **kwargs)

    # Importing.

    def _require(self, name: str) -> Any:
        """`require("filesystem")` is `from axis import filesystem`; other names are imported as they are."""
        name = plain_name(name)
        _check_module_name(name)
        try:
            return self._load("axis." + name)
        except ModuleNotFoundError as error:
            if error.name != "axis." + name and error.name != "axis":
                raise
        return self._load(name)

    def _import(self, name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        name = plain_name(name)
        package = ""
        if level:
            space = self._caller().f_globals if type(globals) is not dict else globals
            package = _package_of(space, level)
            full = package + "." + name if name else package
        else:
            full = name
        module = self.modules.get(full)
        if module is None:
            module = self._load(full)
        if not fromlist:
            if level:
                return module
            return module if "." not in name else self.modules[name.partition(".")[0]]
        if full in self._packages:
            for item in fromlist:
                item = plain_name(item)
                if item != "*" and not hasattr(module, item):
                    try:
                        self._load(full + "." + item)
                    except ModuleNotFoundError as error:
                        if error.name != full + "." + item:
                            raise
        return module

    def _load(self, name: str) -> Any:
        """The module *name* of this process, executed now if it has not been yet."""
        modules = self.modules
        module = modules.get(name)
        if module is not None:
            return module
        if name in modules:
            raise ModuleNotFoundError(f"import of {name} halted; None in sys.modules", name=name)
        _check_module_name(name)
        parent, _, last = name.rpartition(".")
        holder = None
        if parent:
            holder = self._load(parent)
            module = modules.get(name)
            if module is not None:
                return module
            directory = self._packages.get(parent)
            if directory is None:
                raise ModuleNotFoundError(f"No module named {name!r}; {parent!r} is not a package", name=name)
            module = self._load_child(name, directory + "/" + last)
        else:
            module = self._load_top(name)
        if module is None:
            message = f"No module named {name!r}"
            top = name.partition(".")[0]
            if top in _host_sys.stdlib_module_names:
                message += vetted.not_offered(name)
            message += vetted.renamed(name.rpartition(".")[2])
            raise ModuleNotFoundError(message, name=name)
        if holder is not None and type(holder) is ModuleType:
            holder.__dict__[last] = module
        return module

    def _load_top(self, name: str) -> Any:
        if name == "axis":
            return self._from_disk(name, "/lib/axis", optional_package=True)
        if not self.guest:
            module = self._load_system(name)
            if module is not None:
                return module
        if name == "abi":
            return self._empty_package("abi")
        own = self.path.rpartition("/")[0] or ""
        fixed = name in vetted.PUBLIC_C or name in ("sys", "time", "builtins")
        if not fixed:
            module = self._from_disk(name, own + "/" + name)
            if module is not None:
                return module
        module = self._vetted(name)
        if module is not None:
            return self._keep(name, module)
        return self._from_disk(name, "/lib/python/" + name, "/usr/lib/" + name)

    def _load_child(self, name: str, base: str) -> Any:
        if name.startswith("abi."):
            return self._abi(name)
        if not self.guest and name in vetted.SYSTEM:
            return self._keep(name, self.host.host_module(name))
        if name in vetted.LIBRARY:
            module = self._vetted(name) if self.guest else self.host.host_module(name)
            if module is not None:
                self.modules[name] = module
            return module
        return self._from_disk(name, base)

    def _load_system(self, name: str) -> Any:
        if name == "abi":
            self._packages["abi"] = "/abi"
            return self._keep(name, self.host.shared_module("abi"))
        if name == "system":
            self._packages[name] = "/system"
            return self._empty_package(name, "/system")
        if name in vetted.SYSTEM:
            if name in vetted.PACKAGES:
                self._packages[name] = name  # its children come from the host as well
            return self._keep(name, self.host.host_module(name))
        return None

    def _keep(self, name: str, module: Any) -> Any:
        self.modules[name] = module
        return module

    def _empty_package(self, name: str, directory: str = "") -> ModuleType:
        module = self._new_module(name, directory, self.builtins_module, package=True)
        self._packages[name] = directory
        self.modules[name] = module
        return module

    def _abi(self, name: str) -> Any:
        if not self.guest:
            return self._keep(name, self.host.shared_module(name))
        if name not in _ABI_FOR_GUESTS:
            return None
        if name == "abi.status":
            module = self._new_module(name, "/abi/status.py", self.builtins_module)
            module.__dict__.update(Status=Status, StatusError=StatusError)
            return self._keep(name, module)
        return self._from_disk(name, "/" + name.replace(".", "/"))

    @property
    def builtins_module(self) -> ModuleType:
        module: ModuleType = self.main.__dict__["__builtins__"]
        return module

    def _from_disk(self, name: str, *bases: str, optional_package: bool = False) -> Any:
        """Find, compile and execute a module of the guest's disk; None if there is none."""
        paths = []
        for base in bases:
            paths.append(base + ".py")
            paths.append(base + "/__init__.py")
        found = self.host.find_source(paths)
        if found is None:
            if optional_package:
                return self._empty_package(name, bases[0])
            return None
        path, source = found
        code = self._compiled(source, path, "program") if self.guest else self.host.compile(source, path, "system")
        package = path.endswith("/__init__.py")
        module = self._new_module(name, path, self.main.__dict__["__builtins__"], package=package)
        if package:
            self._packages[name] = path.rpartition("/")[0]
        if path.startswith("/lib/"):
            module.__dict__["_axis_process"] = self._process_hook()
        return self._execute(module, code, self.modules)

    def _process_hook(self) -> ProcessHook:
        if self._hook is None:
            self._hook = ProcessHook(self)
        return self._hook

    def _new_module(self, name: str, path: str, builtins: Any, *, package: bool = False) -> ModuleType:
        module = ModuleType(name)
        space = module.__dict__
        space["__builtins__"] = builtins
        space["__file__"] = path
        space["__package__"] = name if package else name.rpartition(".")[0]
        space[FLAG] = self.builtins[FLAG]
        self._namespaces = (*self._namespaces, space)
        return module

    def _execute(self, module: ModuleType, code: CodeType, table: dict[str, Any]) -> Any:
        name = module.__name__
        table[name] = module
        try:
            exec(code, module.__dict__)
        except BaseException:
            if table.get(name) is module:
                del table[name]
            raise
        return table.get(name, module)

    # The vetted part of Python's library.

    def _vetted(self, name: str) -> ModuleType | None:
        """The process's own instance of a vetted module; None if *name* is not offered to programs."""
        if name in vetted.PUBLIC_C or name in vetted.PUBLIC_SHIMS:
            return self._library(name)
        if name not in vetted.LIBRARY or name in vetted.PRIVATE_LIBRARY:
            return None
        return self._shown(name)

    def _shown(self, name: str) -> ModuleType:
        """A guest's view of a library module: what it is for, without the modules and helpers behind it."""
        module = self._library(name)
        withheld = vetted.WITHHELD.get(name, ())
        shown = ModuleType(name)
        names = shown.__dict__
        for key, value in module.__dict__.items():
            if key in withheld or isinstance(value, ModuleType) or (key[:1] == "_" and key not in _SHOWN_PRIVATE):
                continue
            names[key] = value
        names["__package__"] = module.__dict__.get("__package__", "")
        if name in vetted.PACKAGES:
            self._packages[name] = ""
        return shown

    def _library(self, name: str) -> ModuleType:
        """The instance of a library module that this process's library code uses."""
        if self._library_modules is None:
            self._library_modules = {}
        table = self._library_modules
        module = table.get(name)
        if module is not None:
            return module
        if name in vetted.SHIMS:
            from executive import shims

            module = ModuleType(name)
            module.__dict__.update(shims.make(name, self._world()))
            table[name] = module
            return module
        if name in vetted.COPIED and name not in vetted.LIBRARY:
            real = self.host.host_module(name)
            module = ModuleType(name)
            module.__dict__.update(vetted.copied(real, name))
            module.__dict__["__doc__"] = real.__doc__
            table[name] = module
            return module
        if name in vetted.LIBRARY:
            parent, _, last = name.rpartition(".")
            holder = self._library(parent) if parent else None
            path, package = vetted.library_path(name)
            with _host_builtins.open(path, "rb") as file:
                source = file.read()
            module = self._execute_library(name, vetted.patched(name, source), f"<library {name}>", package=package)
            if holder is not None:
                holder.__dict__[last] = module
            return module
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    def _world(self) -> Any:
        from executive.shims import World

        return World(self.builtins, self.host.host_module, self.host.syscall, self.format_exception, self._library,
                     self._own, self.modules)

    def _execute_library(self, name: str, source: bytes, path: str, *, package: bool) -> ModuleType:
        code = self.host.compile(source, path, "library")
        builtins = self._for_library()
        module = self._new_module(name, path, builtins, package=package)
        if package:
            module.__dict__["__path__"] = []
        assert self._library_modules is not None
        made: ModuleType = self._execute(module, code, self._library_modules)
        return made

    def _for_library(self) -> dict[str, Any]:
        """The builtins of library code: Python's own, except that computed names are looked at."""
        names = self._library_builtins
        if names is None:
            names = dict(self.builtins)
            names.update(_LIBRARY_BUILTINS)
            names["__import__"] = self._library_import
            names["getattr"] = self._library_getattr
            names["exec"] = self._library_exec
            names["eval"] = self._library_eval
            names["setattr"] = self._library_setattr
            names["delattr"] = self._library_delattr
            names["__build_class__"] = self._build_class if self.guest else _host_builtins.__build_class__
            names["_axis_make_class"] = self._make_class
            names["_axis_own"] = self._own
            names["_axis_may_copy"] = self._may_copy
            names["_axis_reductor"] = GUARDS.reductor
            self._library_builtins = names
            self._namespaces = (*self._namespaces, names)
        return names

    def _library_import(self, name: str, globals: Any = None, locals: Any = None, fromlist: Any = (),
                        level: int = 0) -> Any:
        if level:
            package = _package_of(globals, level)
            name = package + "." + name if name else package
        if name == "sys":
            return self._library_sys()
        if name == "builtins":
            own = _LibraryBuiltins("builtins")
            own.__dict__.update(self._for_library())
            return own
        module = self._library(name)
        if not fromlist:
            return module if "." not in name or level else self._library(name.partition(".")[0])
        if name in vetted.PACKAGES:
            for item in fromlist:
                if item not in module.__dict__ and f"{name}.{item}" in vetted.LIBRARY:
                    self._library(f"{name}.{item}")
        return module

    def _library_sys(self) -> ModuleType:
        assert self._library_modules is not None
        module = self._library_modules.get("sys")
        if module is None:
            module = _LibrarySys("sys")
            names = module.__dict__
            for name in vetted.LIBRARY_SYS:
                if hasattr(_host_sys, name):
                    names[name] = getattr(_host_sys, name)
            names["implementation"] = SimpleNamespace(**vars(_host_sys.implementation))  # the host's can be changed
            names["modules"] = _ModulesForLibrary(self._library_modules, self.modules)
            names["platform"] = "axis"
            names["_getframe"] = self._library_frame
            names["_getframemodulename"] = self._caller_name
            names["__streams__"] = self._streams
            self._library_modules["sys"] = module
        return module

    def _host_facts(self) -> SimpleNamespace:
        """What the program's own `sys` tells of the interpreter."""
        facts = {name: getattr(_host_sys, name) for name in vetted.LIBRARY_SYS if name not in ("exc_info", "exception")}
        return SimpleNamespace(**facts, implementation=SimpleNamespace(**vars(_host_sys.implementation)))

    def _streams(self) -> ModuleType:
        """The program's own `sys`, whose streams, argv and exit library code uses."""
        module: ModuleType = self._load("sys")
        return module

    def _library_frame(self, depth: int = 0) -> Any:
        """What library code reads of a frame: the module name of its caller."""
        return _Frame(_get_frame(depth + 1))

    def _library_exec(self, source: Any, globals: Any = None, locals: Any = None) -> None:
        """Text that library code made, perhaps out of a guest's names: held to the guest's policy."""
        frame = self._library_caller()
        if globals is None:
            globals = frame.f_globals
            if locals is None:
                locals = frame.f_locals
        code = bind_helpers(self._compiled(source, "<string>", "library-exec"), self._helper_table())
        globals, locals = self._own_namespaces(globals, locals)
        exec(code, globals, locals)

    def _library_eval(self, source: Any, globals: Any = None, locals: Any = None) -> Any:
        frame = self._library_caller()
        if globals is None:
            globals = frame.f_globals
            if locals is None:
                locals = frame.f_locals
        if type(source) is CompiledCode:
            code = source.__wrapped_code__
        else:
            code = bind_helpers(self._compiled(source, "<string>", "library-eval"), self._helper_table())
        globals, locals = self._own_namespaces(globals, locals)
        return eval(code, globals, locals)

    def _own_namespaces(self, globals: Any, locals: Any) -> tuple[dict[str, Any], Any]:
        """The dictionaries to run code over; Python puts the host's builtins into one that has none of its own."""
        if type(globals) is Namespace:
            globals = globals.__wrapped_namespace__
        if type(globals) is not dict:
            raise TypeError(f"globals must be a dict, not {type(globals).__name__}")
        if not _TEXT_ONLY.issuperset(map(id, map(type, globals))):
            # A key of a subclass of str may answer as `__builtins__` to us but not to Python, which then puts in the
            # host's.
            raise TypeError("the names in globals must be exact strings")
        present = globals.get("__builtins__")
        if present is None or present is not self._library_builtins:
            globals["__builtins__"] = self.main.__dict__["__builtins__"]
        if type(locals) is Namespace:
            locals = locals.__wrapped_namespace__
        return globals, globals if locals is None else locals

    def _library_getattr(self, target: Any, name: str, *default: Any) -> Any:
        # Typing evaluates annotations in them: those of the guest's functions only, and without what is the sandbox's.
        if type(name) is str and name == "__globals__":
            if type(target) is FunctionType and getattr(target, "__builtins__", None) is self.builtins:
                return Namespace(target.__globals__)
            if not default:
                raise refuse(name, "dunder-attribute")
            return default[0]
        return GUARDS.library_getattr(target, name, *default)

    def _may_copy(self, owner: Any) -> bool:
        """Whether the object behind a bound method may be copied with it: not if it is the kernel's."""
        kind = type(owner)
        if id(kind) in _PLAIN_KINDS:
            return True
        owned = self._owned or ()
        return any(made in owned for made in _mro_of(kind)) or (type(kind) is not type and type(kind) is not Sealed)

    def _library_setattr(self, target: Any, name: str, value: Any) -> None:
        name = plain_name(name)
        rule = policy.library_rule(name, store=True)
        if name == "__match_args__":
            check_match_args(value)
        elif rule is not None:
            raise refuse(name, rule)
        if type(target) is type:
            self._sealed(target)
        if name in policy.METHODS and isinstance(target, type):
            value = put_method(target, name, value)
        setattr(target, name, value)

    def _library_delattr(self, target: Any, name: str) -> None:
        name = plain_name(name)
        rule = policy.library_rule(name, store=True)
        if rule is not None:
            raise refuse(name, rule)
        if type(target) is type:
            self._sealed(target)
        delattr(target, name)

    # Checkpoints, and what must meet them.

    def _checkpoint(self) -> None:
        """Let the kernel have its say; then look at what the program holds, if that was a long way to here."""
        self.host.checkpoint()
        if self.host.simulated:
            self._until_look -= 1
            if self._until_look > 0:
                return
            self._until_look = LOOK_EVERY
        frame = self._caller()
        variables = frame.f_locals
        try:
            large = _largest(variables.values())
        finally:
            if frame.f_code.co_flags & _OPTIMIZED and type(variables) is dict:
                variables.clear()  # a copy, which would keep what it holds alive
        if large:
            self.raise_flag()  # the next checkpoint looks again
            raise OverflowError(f"a variable holds an integer of more than {priced.MAX_BITS} bits")

    def _iter(self, source: Any, *sentinel: Any) -> Any:
        if not sentinel:
            return iter(source)
        return _until(source, sentinel[0], self.builtins) if len(sentinel) == 1 else iter(source, *sentinel)

    def _map(self, function: Any, /, *iterables: Any) -> Any:
        if (type(function) is FunctionType or any(function is cheap for cheap in _CHEAP)) and all(
            id(type(items)) in _FLAT for items in iterables
        ):
            return map(function, *iterables)
        return _mapped(function, zip(*map(iter, iterables), strict=False), self.builtins)

    def _filter(self, function: Any, items: Any, /) -> Any:
        if (type(function) is FunctionType or function is None) and id(type(items)) in _FLAT:
            return filter(function, items)
        return _filtered(function, iter(items), self.builtins)

    def _sum(self, items: Any, /, start: Any = 0) -> Any:
        if type(start) is int or type(start) is float:
            return sum(items, start)
        if isinstance(start, (str, bytes, bytearray)):
            return sum((), start)  # raises what Python raises
        for item in paced_by(items, self.builtins):
            start = start + item
        return start

    # Classes.

    def _build_class(self, function: Any, name: str, /, *bases: Any, **keywords: Any) -> Any:
        own = getattr(function, "__builtins__", None) is self.builtins  # the library's classes are made as they are
        if own and self.host.simulated and (not bases or bases == _OBJECT_ONLY):
            bases = (self._counted_object(),)
        building = self._building
        self._building = (name, bases, building)
        if own:
            keywords["metaclass"] = ClassDoor(keywords.get("metaclass"))
        try:
            made = _host_builtins.__build_class__(function, name, *bases, **keywords)
        finally:
            self._building = building
        if own:
            check_class(made)
            if issubclass(type(made), type) and issubclass(made, type):
                finish_class(made)  # metaclasses came by neither the door nor GuardedMeta
        return self._remember(made)

    def _make_class(self, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        """`type(name, bases, namespace)` of library code."""
        return self._own(TYPE(name, bases, namespace))

    def _own(self, made: Any) -> Any:
        """A class that library code made for the program."""
        return self._remember(finish_class(made)) if type(made) is type else made

    def _remember(self, made: Any) -> Any:
        """Know a class as this process's, so that its attributes may be set."""
        if type(made) is not type:
            return made
        if self._owned is None:
            from weakref import WeakSet

            self._owned = WeakSet()
        self._owned.add(made)
        return made

    def _sealed(self, target: Any) -> Any:
        """The helper `_axis_sealed`: let a store into *target* pass, or refuse it because the class is shared.

        A class belongs to this process if it or one of its bases was made here: no shared class derives from one.
        """
        if type(target) is not type:
            return target
        owned = self._owned
        if owned is not None:
            for made in _mro_of(target):
                if made in owned:
                    return target
        building = self._building
        while building is not None:  # `__set_name__` runs before the class is known
            name, bases, building = building
            if target.__name__ == name and target.__bases__ == (bases or (object,)) and (
                target.__module__ == "__main__" or target.__module__ not in _host_sys.modules
            ):
                return target
        raise TypeError(f"cannot set attributes of the shared type {target.__name__!r}; make a subclass")

    def _counted_object(self) -> type:
        """What stands in for `object` as a base in simulation: its hash and representation come from a counter.

        A base, and not methods put into each class, so that dataclasses and the like find the class as it was written.
        """
        if self._counted is None:
            methods = {"__slots__": (), "__hash__": _counted_hash(self._id), "__repr__": _counted_repr(self._id)}
            self._counted = type("object", (), {**methods, "__module__": "builtins", "__qualname__": "object"})
        return self._counted

    def _id(self, target: Any, /) -> int:
        """`id` from the process's counter."""
        if self._ids is None:
            self._ids = {}
        address = id(target)
        known = self._ids.get(address)
        if known is not None and (known[1]() if type(known[1]) is _WEAK else known[1]) is target:
            return int(known[0])
        number = self._next_id()
        try:
            holder: Any = _WEAK(target)
        except TypeError:
            holder = target
        self._ids[address] = (number, holder)
        return number

    def _next_id(self) -> int:
        return self.host.id_counter()

    def _caller(self) -> FrameType:
        """The nearest frame of the guest's own code.

        Not simply the frame that called: `__radd__ = eval` makes one of ours call on the guest's behalf.
        """
        frame: FrameType | None = _get_frame(2)
        while frame is not None:
            if frame.f_builtins is self.builtins:
                return frame
            frame = frame.f_back
        raise RuntimeError("this must be called by the program")

    def _library_caller(self) -> FrameType:
        frame = _get_frame(2)
        if frame.f_builtins is not self._library_builtins:
            raise RuntimeError("this must be called by the library")
        return frame

    # Attributes by computed name.

    def _setattr(self, target: Any, name: str, value: Any, /) -> None:
        name = plain_name(name)
        rule = policy.attribute_rule(name, store=True)
        if rule is not None:
            raise refuse(name, rule)
        if type(target) is type:
            self._sealed(target)
        setattr(target, name, value)

    def _delattr(self, target: Any, name: str, /) -> None:
        name = plain_name(name)
        rule = policy.attribute_rule(name, store=True)
        if rule is not None:
            raise refuse(name, rule)
        if type(target) is type:
            self._sealed(target)
        delattr(target, name)

    def _globals(self) -> Any:
        space = self._caller().f_globals
        return Namespace(space) if self.guest else space

    def _locals(self) -> Any:
        frame = self._caller()
        if frame.f_locals is frame.f_globals:
            return Namespace(frame.f_globals)
        return {key: value for key, value in frame.f_locals.items() if key[:6] != policy.RESERVED_PREFIX}

    def _vars(self, *target: Any) -> Any:
        if not target:
            frame = self._caller()
            if frame.f_locals is frame.f_globals:
                return Namespace(frame.f_globals)
            return {key: value for key, value in frame.f_locals.items() if key[:6] != policy.RESERVED_PREFIX}
        if len(target) > 1:
            raise TypeError(f"vars expected at most 1 argument, got {len(target)}")
        try:
            return GUARDS.dictionary(target[0])
        except AttributeError:
            raise TypeError("vars() argument must have __dict__ attribute") from None

    def _dir(self, *target: Any) -> list[str]:
        if not target:
            frame = self._caller()
            return GUARDS.dir_names(sorted(key for key in frame.f_locals if type(key) is str))
        return GUARDS.dir_names(dir(*target))

    # Code made at run time.

    def _helper_table(self) -> Helpers:
        helpers = self._helpers
        if helpers is None:
            helpers = Helpers()
            for name in Helpers.__slots__:
                setattr(helpers, name, self.builtins[policy.RESERVED_PREFIX + name])
            self._helpers = helpers
        return helpers

    def _compile(self, source: Any, filename: str, mode: str, flags: int = 0, dont_inherit: bool = False,
                 optimize: int = -1, **unknown: Any) -> Any:
        if mode not in ("exec", "eval", "single"):
            raise ValueError("compile() mode must be 'exec', 'eval' or 'single'")
        if flags or unknown:
            raise ValueError("compile() takes no flags here")
        made = CompiledCode()
        object.__setattr__(made, "__wrapped_code__", self._dynamic_code(source, plain_name(filename), mode))
        return made

    def _dynamic_code(self, source: Any, filename: str, mode: str) -> CodeType:
        if isinstance(source, str):
            source = str.__str__(source)
        elif isinstance(source, (bytes, bytearray)):
            source = bytes(source)
        else:
            raise TypeError("exec(), eval() and compile() take text, bytes or what compile() returned")
        if mode == "eval":
            source = source.lstrip(" \t" if isinstance(source, str) else b" \t")
        if self._dynamic is None:
            self._dynamic = {}
        key = (source, filename, mode)
        code = self._dynamic.get(key)
        if code is None:
            if not self.guest:
                return compile(source, filename, mode, 0, True)
            code = bind_helpers(self._compiled(source, filename, mode), self._helper_table())
            if len(self._dynamic) >= 64:
                del self._dynamic[next(iter(self._dynamic))]
            if len(source) <= 4096:
                self._dynamic[key] = code
        return code

    def _compiled(self, source: Any, filename: str, mode: str) -> CodeType:
        """Compile for a guest: a refusal reaches it as a plain SyntaxError, without anything of ours behind it."""
        try:
            return self.host.compile(source, filename, mode)
        except policy.PolicyError as error:
            refusal = SyntaxError(error.msg, (filename, error.lineno, error.offset, None))
        raise refusal

    def _exec(self, source: Any, globals: Any = None, locals: Any = None, /) -> None:
        self._dynamic_run(source, globals, locals, "exec", self._caller())

    def _eval(self, source: Any, globals: Any = None, locals: Any = None, /) -> Any:
        return self._dynamic_run(source, globals, locals, "eval", self._caller())

    def _dynamic_run(self, source: Any, globals: Any, locals: Any, mode: str, frame: FrameType) -> Any:
        compiled = type(source) is CompiledCode
        code = source.__wrapped_code__ if compiled else self._dynamic_code(source, "<string>", mode)
        if globals is None:
            globals = frame.f_globals
            if locals is None and frame.f_locals is not globals:
                locals = dict(frame.f_locals)
        globals, locals = self._own_namespaces(globals, locals)
        return eval(code, globals, locals)

    def _import_all(self, name: str, level: int) -> None:
        """`from name import *` in the caller's module."""
        space = self._caller().f_globals
        module = self._import(name, space, None, ("*",), level)
        names = getattr(module, "__all__", None)
        if names is None:
            names = [key for key in GUARDS.dictionary(module) if key[:1] != "_"]
        for key in list(names):
            key = plain_name(key)
            if policy.attribute_rule(key) is not None or (policy.is_dunder(key) and key not in policy.BINDABLE):
                raise refuse(key, "star-import")
            if key in self._packages.get(name, ()) or not hasattr(module, key):
                self._load(f"{name}.{key}" if not level else f"{module.__name__}.{key}")
            space[key] = getattr(module, key)

    # For /lib.

    def _ring_now(self) -> float:
        return self._ring

    def _thread_start(self, function: Callable[[], object]) -> int:
        return self.host.thread_start(function)

    def _caller_name(self, depth: int = 1) -> str:
        """`__name__` of the module *depth* calls above the caller."""
        try:
            name = _get_frame(depth + 1).f_globals.get("__name__")
        except ValueError:
            return "__main__"
        return name if type(name) is str else "__main__"


class _LibraryBuiltins(ModuleType):
    """`builtins` for library code."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"module 'builtins' has no attribute {name!r}", name=name)


class _LibrarySys(ModuleType):
    """`sys` for library code: what is the process's own is read from, and stored into, the program's `sys`."""

    def __getattr__(self, name: str) -> Any:
        if name in _OF_THE_PROCESS:
            return getattr(self.__dict__["__streams__"](), name)
        # Without the module in `error.obj`: programs must not get hold of it.
        raise AttributeError(f"module 'sys' has no attribute {name!r}", name=name)

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _OF_THE_PROCESS:
            raise AttributeError(f"sys.{name} cannot be set by the library")
        setattr(self.__dict__["__streams__"](), name, value)


class _Frame:
    """As much of a frame as namedtuple, enum and typing ask for."""

    __slots__ = ("f_globals", "f_locals")

    def __init__(self, frame: FrameType) -> None:
        self.f_globals = {"__name__": frame.f_globals.get("__name__", "__main__")}
        self.f_locals: dict[str, Any] = {}


def _counted_hash(number: Callable[[Any], int]) -> FunctionType:
    def __hash__(self: Any) -> int:
        return number(self)

    return __hash__  # type: ignore[return-value]


def _counted_repr(number: Callable[[Any], int]) -> FunctionType:
    def __repr__(self: Any) -> str:
        kind = type(self)
        return f"<{kind.__module__}.{kind.__qualname__} object at {number(self):#x}>"

    return __repr__  # type: ignore[return-value]


def _variables_of(value: Any, kind: type) -> Any:
    """The dictionary of an instance, None if it has none; a `__dict__` of the program's own is not asked."""
    for base in _mro_of(kind):
        descriptor = _dictionary_of(base).get("__dict__")
        if descriptor is not None:
            return descriptor.__get__(value) if type(descriptor) is GetSetDescriptorType else None
    return None


def _largest(values: Any) -> bool:
    """Whether one of the values, or of the first items of one, is an integer that takes seconds to multiply."""
    for value in list(values):
        kind = type(value)
        if kind is int:
            if value.bit_length() > priced.MAX_BITS:
                return True
        elif kind is list or kind is tuple:
            for item in value[:64]:
                if type(item) is int and item.bit_length() > priced.MAX_BITS:
                    return True
        elif kind is dict and len(value) <= 64:
            for item in list(value.values()):
                if type(item) is int and item.bit_length() > priced.MAX_BITS:
                    return True
        elif id(kind) not in _LEAVES:
            space = _variables_of(value, kind)
            if type(space) is dict and len(space) <= 64:
                for item in list(space.values()):
                    if type(item) is int and item.bit_length() > priced.MAX_BITS:
                        return True
    return False


def _until(function: Any, sentinel: Any, names: dict[str, Any]) -> Any:
    """`iter(function, sentinel)`."""
    while True:
        if names[FLAG]:
            names[policy.CHECKPOINT]()
        value = function()
        if value == sentinel:
            return
        yield value


def _mapped(function: Any, rows: Any, names: dict[str, Any]) -> Any:
    for row in rows:
        if names[FLAG]:
            names[policy.CHECKPOINT]()
        yield function(*row)


def _filtered(function: Any, items: Any, names: dict[str, Any]) -> Any:
    for item in items:
        if names[FLAG]:
            names[policy.CHECKPOINT]()
        if item if function is None else function(item):
            yield item


_OF_THE_PROCESS = frozenset({"stdin", "stdout", "stderr", "argv", "exit", "warnoptions"})
_KERNEL_PACKAGES = frozenset({"executive", "abi", "kernel", "system", "drivers", "axisos", "greenlet"})
_STATELESS = frozenset({
    "executive.guards", "executive.names", "executive.pacing", "executive.priced", "executive.safe_format",
})
_SHOWN_PRIVATE = frozenset({"__all__", "__doc__", "__version__", "__file__", "__getattr__"})
_OBJECT_ONLY = (object,)
_CHEAP = (int, float, str, bool, ord, chr, abs, len)
# Kinds by identity: a class of the guest's may have a hash, and comparisons, of its own.
_FLAT = frozenset(map(id, (list, tuple, range, str, bytes, dict, set, frozenset, type((lambda: (yield))()),
                           type({}.keys()), type({}.values()), type({}.items()))))
_LEAVES = frozenset(map(id, (str, float, bytes, bool, type(None), FunctionType, ModuleType, type, set, range)))
_PLAIN_KINDS = frozenset(map(id, (int, float, str, bytes, bytearray, list, tuple, dict, set, frozenset, bool, complex)))
_TEXT_ONLY = frozenset({id(str)})
_OPTIMIZED = 1  # the frame is a function's
LOOK_EVERY = 200  # checkpoints between two looks at the variables, in simulation
_mro_of = type.__dict__["__mro__"].__get__
_dictionary_of = type.__dict__["__dict__"].__get__


class _Weak:
    pass


_WEAK = type(__import__("weakref").ref(_Weak))


def _strings(value: Any) -> list[str]:
    return [item for item in value if type(item) is str] if type(value) in (list, tuple) else []


def without_colours(text: str) -> str:
    """The text without `ESC [ digits ; ... letter`."""
    if "\x1b[" not in text:
        return text
    first, *rest = text.split("\x1b[")
    out = [first]
    for part in rest:
        at = 0
        while at < len(part) and (part[at].isdigit() or part[at] == ";"):
            at += 1
        out.append(part[at + 1:] if at < len(part) and part[at].isalpha() else "\x1b[" + part)
    return "".join(out)


def _check_module_name(name: str) -> None:
    for part in name.split("."):
        if not part.isidentifier() or (policy.is_dunder(part) and part != "__future__"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def _package_of(space: Any, level: int) -> str:
    package = space.get("__package__") if type(space) is dict else None
    if not isinstance(package, str) or not package:
        raise ImportError("attempted relative import with no known parent package")
    for _ in range(level - 1):
        package, dot, _last = package.rpartition(".")
        if not dot:
            raise ImportError("attempted relative import beyond top-level package")
    return package


def _guest_builtins() -> dict[str, Any]:
    names = {name: getattr(_host_builtins, name) for name in PLAIN if hasattr(_host_builtins, name)}
    guards: Guards = GUARDS
    names.update({
        "type": TYPE,
        "range": RANGE,
        "pow": opaque(guards.pow),
        "round": opaque(guards.round),
        "sorted": opaque(guards.sorted),
        "_axis_range": range,
        "_axis_range_guard": RANGE,
        "_axis_super": super,
        "_axis_receiver": guards.receiver,
        "getattr": opaque(guards.getattr),
        "hasattr": opaque(guards.hasattr),
        "format": opaque(guards.format),
        FLAG: False,
        "_axis_type": type,
        "_axis_int": int,
        "_axis_float": float,
        "_axis_attr": guards.attribute,
        "_axis_kind": guards.pattern_class,
        "_axis_spec": guards.spec,
        "_axis_pow": guards.power,
        "_axis_shl": guards.shift_left,
        "_axis_mul": guards.multiply,
        "_axis_factor": guards.factor,
        "_axis_exponent": guards.exponent,
        "_axis_bits": guards.bits,
        "_axis_count": guards.count,
        "_axis_width": guards.width,
    })
    return names


def _library_builtins() -> dict[str, Any]:
    """What library code gets beyond a guest's builtins."""
    return {
        "hasattr": hasattr,
        "type": type,
        "iter": iter,
        "map": map,
        "filter": filter,
        "sum": sum,
        "range": range,
        "pow": pow,
        "vars": GUARDS.vars,
        "dir": dir,
        "_axis_attr": GUARDS.library_attribute,
        "_axis_type_guard": TYPE,
        "_axis_shown": shown_class,
        "globals": _host_builtins.globals,
        "locals": _host_builtins.locals,
        "_axis_check_namespace": GUARDS.check_namespace,
        "_axis_meta": GuardedMeta,
        "_axis_module": ModuleType,
    }


def _system_builtins() -> dict[str, Any]:
    names = dict(vars(_host_builtins))
    for name in ("open", "input", "exec", "eval", "compile", "__import__", "breakpoint", "exit", "quit", "help",
                 "copyright", "credits", "license", "__loader__", "__spec__"):
        names.pop(name, None)
    names[FLAG] = False
    return names


_GUEST_BUILTINS = _guest_builtins()
_LIBRARY_BUILTINS = _library_builtins()
_SYSTEM_BUILTINS = _system_builtins()
