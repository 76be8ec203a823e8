"""How ring 0 imports: `abi` and `executive` come from the boot file system, everything else from the host.

The firmware runs this file in a namespace of its own and puts what `importer_for` returns into the builtins that the
kernel runs with, as `__import__`. From then on an import statement in /kernel.py, /abi and /executive comes here.

Modules of equal sources are executed once in a host process and shared by all its machines (they hold no state):
the table belongs to the host and is found by a digest over all of them. So does the `__import__` that fills it.

Always so: nothing in the table, this namespace included, refers to a machine, its disk or its bus, or the first
machine with these sources would live as long as the process. `sys.modules` is not touched.
"""

from __future__ import annotations

import _thread
import builtins
import hashlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    Import = Callable[..., object]
    Sources = dict[str, tuple[str, bytes]]  # module name -> file name, source

FOLDERS = "/abi", "/executive"
IMPORT = ""  # where the table keeps its `__import__`; all else in it are modules by name


def importer_for(disk: Any, cache: Any) -> Import:
    """The `__import__` for a kernel.

    Args: disk: proxy of the boot file system; cache: the machine's code cache.
    """
    digest, sources = read_sources(disk)
    table: dict[str, Any] = cache.module_table(digest)
    shared: Import = table.setdefault(IMPORT, make_import(sources, table, cache))
    return shared


def read_sources(disk: Any) -> tuple[str, Sources]:
    """Every module below the folders, each read once; the digest is over their paths and contents."""
    digest = hashlib.sha256()
    sources: Sources = {}
    folders = list(FOLDERS)
    for folder in folders:  # grows while it is gone through
        for name in sorted(disk.list(folder) or ()):
            path = f"{folder}/{name}"
            if path.endswith("/"):
                folders.append(path[:-1])
            elif path.endswith(".py"):
                handle = disk.open(path, "r")
                parts = []
                while part := disk.read(handle, float("inf")):
                    parts.append(part)
                disk.close(handle)
                source = b"".join(parts)
                digest.update(f"{path} {len(source)} ".encode())
                digest.update(source)
                module = path[1:-3].replace("/", ".").removesuffix(".__init__")
                sources[module] = disk.realPath(path) or path, source
    return digest.hexdigest(), sources


def make_import(sources: Sources, table: dict[str, Any], cache: Any) -> Import:
    """An `__import__` over these sources; modules go into *table*, their code into *cache*."""
    host_import = builtins.__import__
    lock = _thread.RLock()  # two machines may run in two threads

    def ring0_import(name: str, importer: Any = None, scope: Any = None, names: Any = (), level: int = 0, /) -> object:
        if level:
            package = importer["__package__"].split(".")
            name = ".".join(package[: len(package) - level + 1] + ([name] if name else []))
        parts = name.split(".")
        if parts[0] not in sources:
            return host_import(name, importer, scope, names)
        if name not in table or names:
            with lock:
                for count in range(len(parts)):
                    load(".".join(parts[: count + 1]))
                for child in names or ():
                    if f"{name}.{child}" in sources and not hasattr(table[name], child):
                        load(f"{name}.{child}")
        return table[name if names else parts[0]]

    def load(name: str) -> None:
        """Execute a module, its package being loaded, unless it is there (or on its way, in a circle of imports)."""
        if name in table:
            return
        if name not in sources:
            raise ModuleNotFoundError(f"No module named {name!r} on the boot file system", name=name)
        path, source = sources[name]
        code = cache.get("ring0", source, path)
        if code is None:
            code = compile(source, path, "exec", dont_inherit=True)
            cache.put("ring0", source, path, code)
        parent, _, child = name.rpartition(".")
        module: ModuleType = type(builtins)(name)
        vars(module).update(__file__=path, __package__=parent, __builtins__=ring0_builtins)
        if path.endswith("__init__.py"):
            vars(module).update(__package__=name, __path__=[])
        table[name] = module
        if parent:
            setattr(table[parent], child, module)
        try:
            exec(code, vars(module))
        except BaseException:
            del table[name]
            if parent:
                delattr(table[parent], child)
            raise

    ring0_builtins = {**vars(builtins), "__import__": ring0_import}
    return ring0_import
