"""What a program knows about its interpreter and about itself. The host's own `sys` is never visible here.

`_axis_process` is the sandbox's private word to the libraries below /lib (see executive/sandbox.py, ProcessHook).
Standard input shares its read-ahead with `input`; `print` goes through `stdout` from here on, so that order holds.

Differs from the host's: no frames, no tracing, no import hooks; the recursion limit has a ceiling; `platform` is
"axis".
"""

from __future__ import annotations

from axis.streams import ByteStream, TextStream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from axis.guest import _axis_process, syscall

argv: list[str] = _axis_process.argv
orig_argv = argv
modules = _axis_process.modules
path: list[str] = [_axis_process.image.rpartition("/")[0] or "/", "/lib/python", "/usr/lib"]

stdin = TextStream(ByteStream(-10, "<stdin>", "r", False, reader=_axis_process.stdin.read1), None, "surrogateescape")
stdout = TextStream(ByteStream(-11, "<stdout>", "w", False), None, "surrogateescape", None, None)
stderr = TextStream(ByteStream(-12, "<stderr>", "w", False), None, "backslashreplace", None, True)
_first = (stdin, stdout, stderr)  # kept alive and known when a program puts others in their place


platform = "axis"
executable = "/usr/commands/python.py"
prefix = base_prefix = exec_prefix = base_exec_prefix = "/usr"
byteorder = "little"
maxsize = (1 << 63) - 1
maxunicode = 0x10FFFF
dont_write_bytecode = True
ps1 = ">>> "
ps2 = "... "
warnoptions: list[str] = []
builtin_module_names = ("builtins", "sys", "time")
copyright = "AxisOS for Python"

_FROM_THE_HOST = (
    "version_info", "hexversion", "float_info", "int_info", "hash_info", "implementation", "intern", "getsizeof",
    "float_repr_style",
)


def __getattr__(name: str) -> Any:
    """The facts about the interpreter, which are looked up when somebody asks."""
    if name in _FROM_THE_HOST:
        value = globals()[name] = getattr(_host_facts(), name)
        return value
    if name == "version":
        info = __getattr__("version_info")
        return f"{info[0]}.{info[1]}.{info[2]} (AxisOS)"
    from axis import absent

    return absent.attribute("sys", name)


def _host_facts() -> Any:
    """The few names of the host's `sys` that say what interpreter this is."""
    return _axis_process.host_facts()


def exit(status: object = None, /) -> NoReturn:
    """End the program: None is 0, an int is the exit status, anything else is printed to stderr and is 1."""
    raise SystemExit(status)


def exception() -> BaseException | None:
    """The error that the caller is handling, None if it handles none."""
    try:
        raise LookupError  # whatever it is: Python enters the error being handled as its context
    except LookupError as probe:
        return probe.__context__


def exc_info() -> tuple[type[BaseException] | None, BaseException | None, None]:
    """(its type, the error that the caller is handling, None); tracebacks are text here, see the module traceback."""
    error = exception()
    return (None if error is None else type(error)), error, None


def getdefaultencoding() -> str:
    return "utf-8"


def getfilesystemencoding() -> str:
    return "utf-8"


def getfilesystemencodeerrors() -> str:
    return "surrogateescape"


def getrecursionlimit() -> int:
    """How deep calls may nest."""
    return syscall("process_recursion")  # type: ignore[no-any-return]


def setrecursionlimit(limit: int, /) -> None:
    """Let calls nest deeper; what is more than the machine allows is taken as what it allows."""
    if not isinstance(limit, int):
        raise TypeError(f"'{type(limit).__name__}' object cannot be interpreted as an integer")
    if limit < 1:
        raise ValueError("recursion limit must be greater or equal than 1")
    syscall("process_recursion", limit)


def get_int_max_str_digits() -> int:
    """How many digits an int may have when it becomes text or comes from it."""
    return __getattr__("int_info").default_max_str_digits  # type: ignore[no-any-return]


def is_finalizing() -> bool:
    return False


def displayhook(value: object, /) -> None:
    if value is not None:
        stdout.write(f"{value!r}\n")


def excepthook(kind: object, value: BaseException, trace: object, /) -> None:
    """Print the traceback of *value* to stderr."""
    stderr.write(_axis_process.format_exception(value))
