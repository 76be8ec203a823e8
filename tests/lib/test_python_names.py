"""Every name of the Python modules that /lib/python stands in for is there, or says what does the like here."""

# ruff: noqa: E501 - a table, or a line of a program, reads best on one line
from __future__ import annotations

import ast
import importlib
import inspect
import json
from pathlib import Path
from types import ModuleType

import pytest
from guest_program import run_guest

from axisos import __file__ as PACKAGE

LIBRARY = Path(PACKAGE).parent / "rootfs" / "lib" / "python"
MODULES = (
    "os", "os.path", "sys", "time", "threading", "io", "pathlib", "signal", "subprocess", "shutil", "tempfile", "glob",
    "fnmatch", "stat", "errno", "shlex", "atexit", "getpass", "queue",
    "concurrent.futures",
)
# What the host's modules have imported for themselves, and what they do not document.
PASSERS_BY = {
    "os": {"GenericAlias", "Mapping", "MutableMapping"},
    "glob": {"magic_check", "magic_check_bytes", "translate"},
    "pathlib": {
        "EBADF", "ELOOP", "ENOENT", "ENOTDIR", "S_ISBLK", "S_ISCHR", "S_ISDIR", "S_ISFIFO", "S_ISLNK", "S_ISREG",
        "S_ISSOCK", "Sequence", "attrgetter", "urlquote_from_bytes",
    },
    "queue": {"GenericAlias", "deque", "heappop", "heappush", "time"},
    "shlex": {"StringIO", "deque"},
    "shutil": {"nt"},
    "sys": {"thread_info"},
    "threading": {"WeakSet"},
}


def public_names(module: ModuleType) -> set[str]:
    """What programs may ask of the host's module."""
    return {
        name for name in dir(module)
        if name[0] != "_" and not isinstance(getattr(module, name, None), ModuleType)
    } - PASSERS_BY.get(module.__name__.replace("posixpath", "os.path"), set())


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """module -> name -> "" if a program has it, otherwise what the AttributeError says."""
    wanted = {name: sorted(public_names(importlib.import_module(name))) for name in MODULES}
    result = run_guest(tmp_path_factory.mktemp("names"), """
        import json, sys
        answers = {}
        for module, names in json.loads(sys.stdin.read()).items():
            __import__(module)
            found = answers[module] = {}
            for name in names:
                try:
                    getattr(sys.modules[module], name)
                    found[name] = ""
                except AttributeError as error:
                    found[name] = str(error)
                assert hasattr(sys.modules[module], name) is not bool(found[name])
        print(json.dumps(answers))
    """, stdin=json.dumps(wanted).encode())
    assert (result.stderr.decode(), result.exit_code) == ("", 0)
    return json.loads(result.stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize("module", MODULES)
def test_each_name_is_there_or_says_why_not(module: str, answers: dict[str, dict[str, str]]) -> None:
    """`hasattr` tells which, and the error of a name that is missing says what to use."""
    silent = {name: said for name, said in answers[module].items() if said and f"{module}.{name} is not there: " not in said}
    assert not silent


def test_the_names_of_everyday_programs_are_there(answers: dict[str, dict[str, str]]) -> None:
    """Not refused with a reason, but there."""
    everyday = {
        "os": "open read write close stat fstat walk scandir listdir mkdir makedirs removedirs rename replace remove "
              "environ getenv urandom getpid getppid kill pipe cpu_count get_terminal_size linesep sep truncate "
              "popen system wait waitpid fsencode fsdecode fspath PathLike DirEntry strerror uname times access chmod",
        "sys": "argv exit stdin stdout stderr maxsize version version_info platform getsizeof getrecursionlimit "
               "setrecursionlimit intern modules path byteorder float_info exc_info excepthook executable",
        "time": "time time_ns monotonic perf_counter process_time sleep strftime strptime localtime gmtime mktime ctime "
                "struct_time asctime clock_gettime thread_time",
        "threading": "Thread Lock RLock Condition Event Semaphore BoundedSemaphore Barrier Timer local current_thread "
                     "enumerate active_count main_thread excepthook get_ident",
        "signal": "signal getsignal raise_signal Signals Handlers SIGINT SIGTERM SIG_IGN SIG_DFL default_int_handler",
        "subprocess": "run Popen call check_call check_output PIPE STDOUT DEVNULL TimeoutExpired CalledProcessError",
        "shlex": "shlex split join quote",
        "tempfile": "SpooledTemporaryFile NamedTemporaryFile TemporaryDirectory TemporaryFile mkstemp mkdtemp",
    }
    missing = {f"{module}.{name}" for module, names in everyday.items() for name in names.split() if answers[module][name]}
    assert not missing


def ours(arguments: ast.arguments) -> list[tuple[str, bool]]:
    """(name, has a default) of the parameters in a function's source."""
    plain = [*arguments.posonlyargs, *arguments.args]
    required = len(plain) - len(arguments.defaults)
    found = [(arg.arg, place >= required) for place, arg in enumerate(plain)]
    if arguments.vararg:
        found.append(("*" + arguments.vararg.arg, False))
    found += [(arg.arg, default is not None)
              for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    if arguments.kwarg:
        found.append(("**" + arguments.kwarg.arg, False))
    return found


def pythons(function: object) -> list[tuple[str, bool]] | None:
    """The same of a function of Python's; None if it does not tell. Positional-only ones have no name to keep."""
    try:
        parameters = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return [
        ("/" if parameter.kind is inspect.Parameter.POSITIONAL_ONLY else stars.get(parameter.kind, "") + parameter.name,
         parameter.default is not inspect.Parameter.empty)
        for parameter in parameters
    ]


# Parameters that later versions of Python have added: allowed beyond the host's own.
LATER = {
    "shutil.rmtree": {"onexc"}, "tempfile.NamedTemporaryFile": {"delete_on_close"},
    "tempfile.TemporaryDirectory.__init__": {"delete"}, "pathlib.PosixPath.exists": {"follow_symlinks"},
    "pathlib.PurePosixPath.relative_to": {"walk_up"}, "pathlib.PosixPath.read_text": {"newline"},
    "pathlib.PosixPath.write_text": {"newline"},
}
# Classes that are written in C, or that take anything and hand it on: their signature tells nothing.
OPAQUE = {
    "os.DirEntry.__init__", "threading.excepthook", "threading.Lock.__init__", "threading.RLock.__init__", "queue.SimpleQueue.__init__", "io.FileIO.__init__",
    "io.BytesIO.__init__", "io.StringIO.__init__", "pathlib.PurePosixPath.__init__", "os.stat_result.__init__",
    "tempfile.SpooledTemporaryFile.write", "tempfile.SpooledTemporaryFile.writelines",
}


def source_of(module: str) -> Path:
    """Where a module of ours is."""
    place = LIBRARY / module.replace("os.path", "posixpath").replace(".", "/")
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def functions_of(module: str) -> list[tuple[str, ast.FunctionDef, object]]:
    """(dotted name, our definition, Python's function) of what both have."""
    theirs = importlib.import_module(module)
    found = []
    for node in ast.parse(source_of(module).read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name[0] != "_":
            found.append((f"{module}.{node.name}", node, getattr(theirs, node.name, None)))
        if isinstance(node, ast.ClassDef) and node.name[0] != "_" and hasattr(theirs, node.name):
            kind = getattr(theirs, node.name)
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and (part.name[0] != "_" or part.name == "__init__"):
                    method = inspect.getattr_static(kind, part.name, None)
                    method = getattr(method, "__func__", method)
                    if callable(method):
                        found.append((f"{module}.{node.name}.{part.name}", part, method))
    return [(name, node, function) for name, node, function in found if function is not None]


@pytest.mark.parametrize("module", [module for module in MODULES if module != "errno"])
def test_functions_take_the_arguments_that_python_documents(module: str) -> None:
    """By the same names, in the same order, with a default where Python has one."""
    different = {}
    checked = 0
    for name, node, function in functions_of(module):
        wanted = pythons(function)
        if wanted is None or name in OPAQUE:
            continue
        checked += 1
        later = LATER.get(name, set()) - {parameter for parameter, _ in wanted}
        have = [entry for entry in ours(node.args) if entry[0] not in later]
        named = [("/", default) if place < len(wanted) and wanted[place][0] == "/" else (parameter, default)
                 for place, (parameter, default) in enumerate(have)]
        if named != wanted:
            different[name] = (have, wanted)
    assert not different
    assert checked or module in ("atexit", "io", "stat", "sys", "time")  # all of C, which tells nothing
