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
_CLOSED = {
    "_getframe": "frames are closed to programs; traceback.format_exc() gives the text",
    "settrace": "there is no tracing; see `axisos trace`",
    "setprofile": "there is no profiling; see syscall process_cpu_stats",
    "gettrace": "there is no tracing; see `axisos trace`",
    "exc_info": "use `except ... as error`, or traceback.format_exc()",
    "meta_path": "imports come from the program's directory, /lib/python and /usr/lib",
    "path_hooks": "imports come from the program's directory, /lib/python and /usr/lib",
}


def __getattr__(name: str) -> Any:
    """The facts about the interpreter that are looked up when somebody asks, and why others are missing."""
    if name in _FROM_THE_HOST:
        value = globals()[name] = getattr(_host_facts(), name)
        return value
    if name == "version":
        info = __getattr__("version_info")
        return f"{info[0]}.{info[1]}.{info[2]} (AxisOS)"
    reason = _CLOSED.get(name)
    raise AttributeError(f"module 'sys' has no attribute {name!r}" + (f": {reason}" if reason else ""))


def _host_facts() -> Any:
    """The few names of the host's `sys` that say what interpreter this is."""
    return _axis_process.host_facts()


def exit(status: object = None, /) -> NoReturn:
    """End the program: None is 0, an int is the exit status, anything else is printed to stderr and is 1."""
    raise SystemExit(status)


def exception() -> None:
    """Always None: use `except ... as error`."""
    return


def getdefaultencoding() -> str:
    return "utf-8"


def getfilesystemencoding() -> str:
    return "utf-8"


def getfilesystemencodeerrors() -> str:
    return "surrogateescape"


def getrecursionlimit() -> int:
    """How deep calls may nest."""
    return syscall("process_recursion")  # type: ignore[no-any-return]


def setrecursionlimit(limit: int) -> None:
    """Let calls nest deeper; what is more than the machine allows is taken as what it allows."""
    if limit < 1:
        raise ValueError("recursion limit must be greater or equal than 1")
    syscall("process_recursion", limit)


def is_finalizing() -> bool:
    return False


def displayhook(value: object) -> None:
    if value is not None:
        stdout.write(f"{value!r}\n")


def excepthook(kind: object, value: BaseException, trace: object) -> None:
    """Print the traceback of *value* to stderr."""
    stderr.write(_axis_process.format_exception(value))
