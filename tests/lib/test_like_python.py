"""The library's Python names do what Python's own do: the same program prints the same in both."""

# ruff: noqa: E501 - a program or command line reads best on one line
from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from guest_program import run_guest, run_host

PROGRAMS = {
    "typed classes and everyday modules": r"""
        import typing, dataclasses, enum
        from dataclasses import dataclass, field
        from typing import ClassVar, Optional, NamedTuple, Generic, TypeVar, Protocol, TypedDict
        T=TypeVar("T")
        @dataclass(order=True)
        class A:
            k: ClassVar[int] = 3
            x: int
            y: "Optional[str]" = None
            z: list = field(default_factory=list)
        @dataclass(frozen=True, slots=True)
        class B(Generic[T]):
            v: int
        class N(NamedTuple):
            a: int
            b: str = "q"
        class P(Protocol):
            def f(self) -> int: ...
        class D(TypedDict):
            a: int
        class Col(enum.Flag):
            R=enum.auto(); G=enum.auto()
        print(A(1), A.k, [f.name for f in dataclasses.fields(A)], B(2), N(1), Col.R|Col.G, D(a=1), dataclasses.asdict(A(1)), dataclasses.replace(A(1), x=5))
        print(typing.get_type_hints(A))
        import argparse, contextlib, io, logging, os, pprint, sys
        print(len(os.environ) > 0, "PATH" in {**os.environ})
        pprint.pprint([1, {"a": 2}])
        parser = argparse.ArgumentParser()
        parser.add_argument("--n", type=int, default=3)
        print(parser.parse_args(["--n", "4"]))
        logging.basicConfig(level=logging.INFO, stream=sys.stdout)
        logging.info("hello %s", "x")
        with contextlib.redirect_stdout(io.StringIO()) as caught:
            print("caught")
        print(repr(caught.getvalue()))
    """,
    "text files": r"""
        with open("a", "w") as f:
            print(f.write("héllo\nwörld\r\nthird\rfourth"), f.tell(), f.mode, f.encoding, f.name, f.writable(), f.readable())
        print(f.closed)
        print(open("a").readlines(), open("a", newline="").readlines(), open("a", newline="\n").readlines())
        print(open("a", newline="\r\n").readlines(), open("a", newline="\r").readlines(), [*open("a", "rb")])
        f = open("a")
        seen = []
        while True:
            at = f.tell()
            line = f.readline()
            if not line:
                break
            seen.append((at, line))
        for at, line in reversed(seen):
            f.seek(at)
            assert f.readline() == line, (at, line)
        print([line for _, line in seen])
        f.seek(0); print(f.read(3), f.tell(), f.read(2), f.tell(), repr(f.read()), repr(f.read()), f.seek(0, 2))
        f.close()
        for call in (lambda: f.read(), lambda: f.write("x"), lambda: next(f)):
            try:
                call()
            except ValueError as error:
                print(type(error).__name__, error)
    """,
    "modes": r"""
        open("a", "w").write("12345")
        for mode in ("r+", "a", "a+", "w+", "x", "rb+", "r"):
            try:
                with open("a", mode) as f:
                    data = b"XY" if "b" in mode else "XY"
                    steps = []
                    for step in (lambda: f.tell(), lambda: f.read(2), lambda: f.seek(2), lambda: f.write(data), lambda: f.seek(0), lambda: f.read()):
                        try:
                            steps.append(step())
                        except Exception as error:
                            steps.append(type(error).__name__)
                    if mode != "a+":
                        print(mode, steps)
                print(mode, open("a").read())
            except OSError as error:
                print(mode, type(error).__name__, error.errno, error.filename)
        for mode in ("", "rw", "rr", "q", "rbt", "b", "+"):
            try:
                open("a", mode)
            except ValueError as error:
                print(mode, error)
        for name in ("nope", "nope/x", ".", ""):
            try:
                open(name)
            except OSError as error:
                print(type(error).__name__, error.errno, error.filename)
    """,
    "encodings": r"""
        text = "aé€😀\n" * 3
        for encoding in ("utf-8", "utf-16", "utf-32", "utf-8-sig", "latin-1"):
            try:
                with open("a", "w", encoding=encoding) as f:
                    f.write(text)
            except UnicodeEncodeError as error:
                print(encoding, error)
                continue
            print(encoding, open("a", "rb").read() if encoding == "utf-8" else "", open("a", encoding=encoding).read() == text)
            print([*open("a", encoding=encoding)] == text.splitlines(True))
        open("b", "wb").write(b"ok\xff\xfebad\xe2\x82")
        for errors in ("strict", "replace", "ignore", "surrogateescape", "backslashreplace"):
            try:
                print(errors, ascii(open("b", errors=errors).read()), ascii(open("b", errors=errors).readline()))
            except UnicodeDecodeError as error:
                print(errors, error)
        try:
            open("a", encoding="nope")
        except LookupError as error:
            print(error)
    """,
    "binary files": r"""
        with open("a", "wb") as f:
            print(f.write(b"abc\ndef\n"), f.write(bytearray(b"123")), f.write(memoryview(b"4")), f.tell())
            try:
                f.write("text")
            except TypeError as error:
                print(error)
        with open("a", "rb") as f:
            buffer = bytearray(4)
            print(f.read(2), f.peek(1)[:1], f.readline(), f.readline(2), f.tell(), f.seek(-2, 2), f.read(), f.read())
            print(f.seek(1), f.seek(2, 1), f.readinto(buffer), buffer, f.read1(2), f.seekable())
        with open("a", "r+b") as f:
            f.read(3); f.write(b"!"); print(f.tell()); f.seek(0); print(f.read())
        data = bytes(range(256)) * 4000
        with open("b", "wb") as f:
            for start in range(0, len(data), 777):
                f.write(data[start:start + 777])
        with open("b", "rb") as f:
            print(f.read() == data, f.seek(500000), f.read(5) == data[500000:500005])
        with open("b", "rb") as f:
            print(b"".join(iter(lambda: f.read(70001), b"")) == data)
            f.seek(0); print(sum(len(line) for line in f) == len(data), len(open("b", "rb").readlines()))
    """,
    "long lines": r"""
        lines = ["x" * n + "é" * (n % 7) + "\n" for n in (0, 1, 8191, 8192, 65535, 65536, 65537, 200000, 3)]
        with open("a", "w") as f:
            f.writelines(lines)
        print([*open("a")] == lines, open("a").readline(5), [len(line) for line in open("a")])
        with open("a") as f:
            print(len(f.readlines(100000)), len(f.read()))
        with open("a", newline="") as f:
            print([*f] == lines)
    """,
    "memory streams": r"""
        import io
        s = io.StringIO("a\nb\r\nc")
        print(s.readlines(), s.getvalue(), s.tell(), s.seek(1), s.write("ZZZZ"), s.getvalue(), s.truncate(3), s.getvalue())
        s = io.StringIO(); print("x", 1, file=s); s.write("é"); print(repr(s.getvalue())); s.seek(10); s.write("!"); print(repr(s.getvalue()))
        b = io.BytesIO(b"one\ntwo"); print(b.readline(), b.read(1), b.tell(), b.seek(-1, 2), b.read(), b.getvalue(), [*io.BytesIO(b"q\nr")])
        b.seek(9); b.write(b"end"); print(b.getvalue(), b.truncate(2), b.getvalue())
        with io.StringIO("z") as s:
            pass
        try:
            s.read()
        except ValueError as error:
            print("closed")
        print(io.UnsupportedOperation.__mro__[1:3], isinstance(s, io.TextIOBase), isinstance(b, io.IOBase))
    """,
    "paths": r"""
        import os.path as p
        for path in ("", "/", "a", "/a", "a/b", "a//b/", "../a", "/../a/./b/..", ".x", "a.tar.gz", "..a.b", "/a/.b", "//x"):
            print(p.split(path), p.splitext(path), p.basename(path), p.dirname(path), p.isabs(path), p.join(path, "z"), p.join("q", path))
            if path != "//x":
                print(p.normpath(path))
        print(p.commonprefix(["abc", "abd"]), p.commonpath(["/a/b", "/a/c"]), p.relpath("/a/b", "/a/c/d"), p.relpath("/a", "/a"))
        print(p.expanduser("~x"), p.expandvars("$NOPE ${NOPE} $ x$"), p.exists("nope"), p.isdir("."), p.isfile("."))
    """,
    "pathlib": r"""
        from pathlib import Path, PurePath
        for text in ("/a/b.tar.gz", "a", ".", "/", "a/.x", "x.", "a/../b"):
            q = PurePath(text)
            print(q, q.name, q.stem, q.suffix, q.suffixes, q.parent, q.parts, q.is_absolute(), q / "z", [str(x) for x in q.parents])
        print(Path("a") / "b", "x" / Path("y"), Path("a/b").with_suffix(".c"), Path("a/b.c").with_name("d"), Path("/a/b").relative_to("/a"))
        print(repr(Path("a")), Path("a") == Path("a/"), Path("a/b.py").match("*.py"), hash(Path("a")) == hash(Path("a")))
        d = Path("d"); (d / "e").mkdir(parents=True); (d / "f.txt").write_text("hi"); (d / "e" / "g.txt").write_bytes(b"yo")
        print(sorted(str(x) for x in d.iterdir()), sorted(str(x) for x in d.rglob("*.txt")), sorted(str(x) for x in d.glob("*")))
        print((d / "f.txt").read_text(), (d / "e/g.txt").stat().st_size, d.is_dir(), (d / "f.txt").is_file(), (d / "no").exists())
        (d / "f.txt").unlink(); (d / "no").unlink(missing_ok=True); d.mkdir(exist_ok=True)
        for call in (lambda: d.mkdir(), lambda: d.rmdir(), lambda: (d / "no").read_text(), lambda: (d / "x/y").mkdir()):
            try:
                call()
            except OSError as error:
                print(type(error).__name__, error)
    """,
    "os": r"""
        import os
        os.makedirs("a/b/c"); os.makedirs("a/b", exist_ok=True); open("a/f", "w").close(); open("a/b/g", "w").write("123")
        print(sorted(os.listdir("a")), sorted((e.name, e.is_dir(), e.path) for e in os.scandir("a")), os.path.getsize("a/b/g"))
        print([(d, sorted(ds), sorted(fs)) for d, ds, fs in os.walk("a")], [d for d, _, _ in os.walk("a", topdown=False)])
        os.rename("a/f", "a/h"); os.chdir("a"); print(sorted(os.listdir()), os.path.basename(os.getcwd())); os.chdir("..")
        for call in (lambda: os.mkdir("a"), lambda: os.remove("no"), lambda: os.rmdir("a"), lambda: os.rmdir("a/h"),
                     lambda: os.listdir("no"), lambda: os.chdir("no"), lambda: os.listdir("a/h"), lambda: os.rename("no", "x")):
            try:
                call()
            except OSError as error:
                print(type(error).__name__, error.errno, error)
        os.environ["X"] = "1"; print(os.environ["X"], os.getenv("NO", 5), "X" in os.environ, os.environ.pop("X"), os.getenv("X"))
        import stat
        os.chmod("a/h", 0o640); print(oct(os.stat("a/h").st_mode), stat.filemode(os.stat("a/h").st_mode), os.access("a/h", os.R_OK))
        import shutil
        shutil.copytree("a", "z"); shutil.copy("a/b/g", "z"); shutil.move("z/g", "z/q"); print(sorted(os.listdir("z")))
        shutil.rmtree("z"); print(os.path.exists("z"))
        import glob
        print(sorted(glob.glob("a/*")), sorted(glob.glob("**/g", recursive=True)), sorted(glob.glob("a/?")), glob.glob("no*"))
        r, w = os.pipe(); os.write(w, b"hello"); os.close(w); print(os.read(r, 3), os.read(r, 9), os.read(r, 9))
    """,
    "time": r"""
        import time
        for t in (0, 86399.9, 951782400, 1709164800, 4102444799, -1):
            g = time.gmtime(t)
            print(tuple(g), g, time.strftime("%Y-%m-%d %H:%M:%S %j %a %A %b %B %y %I %p %U %W %u %w %G %V %% %F %T", g), time.asctime(g), time.ctime(t))
        print(time.strptime("2024-02-29 1:02:03 PM", "%Y-%m-%d %I:%M:%S %p"), time.mktime(time.gmtime(1e9)))
        for text, form in (("2023-02-29", "%Y-%m-%d"), ("x", "%d"), ("20245", "%Y")):
            try:
                time.strptime(text, form)
            except ValueError as error:
                print(error)
        a = time.monotonic(); time.sleep(0.02); print(0.02 <= time.monotonic() - a < 1)
        try:
            time.sleep(-1)
        except ValueError as error:
            print(error)
    """,
    "threads": r"""
        import threading, time
        lock, total = threading.Lock(), 0
        def add():
            global total
            for _ in range(2000):
                with lock:
                    total += 1
        threads = [threading.Thread(target=add) for _ in range(4)]
        for t in threads: t.start()
        for t in threads: t.join()
        print(total, [t.is_alive() for t in threads], threading.active_count(), threading.current_thread() is threading.main_thread())
        event, out = threading.Event(), []
        t = threading.Thread(target=lambda: out.append((event.wait(5), event.wait(0), threading.current_thread().name)), name="T")
        t.start(); time.sleep(0.01); event.set(); t.join(); print(out)
        items, ready = [], threading.Condition()
        def consume():
            with ready:
                while len(out) < 4:
                    ready.wait_for(lambda: items)
                    out.append(items.pop())
        t = threading.Thread(target=consume); t.start()
        for n in range(3):
            with ready:
                items.append(n); ready.notify()
            time.sleep(0.01)
        t.join(); print(out[1:])
        s = threading.BoundedSemaphore(2); print(s.acquire(), s.acquire(), s.acquire(blocking=False), s.acquire(timeout=0.01), s.release(), s.release())
        for call in (s.release, lock.release, lambda: threading.RLock().release(), lambda: t.start()):
            try:
                call()
            except (ValueError, RuntimeError) as error:
                print(type(error).__name__, error)
        here = threading.local(); here.x = 1
        t = threading.Thread(target=lambda: out.append(hasattr(here, "x"))); t.start(); t.join(); print(out[-1], here.x)
        r = threading.RLock()
        with r, r:
            print(r.acquire(blocking=False)); r.release()
        b = threading.Barrier(3); got = []
        ts = [threading.Thread(target=lambda: got.append(b.wait())) for _ in range(3)]
        for t in ts: t.start()
        for t in ts: t.join()
        print(sorted(got))
        timer = threading.Timer(0.01, got.append, ["late"]); timer.start(); timer.join(); print(got[-1])
        threading.Thread(target=lambda: (time.sleep(0.02), print("after main"))).start()
        print(lock.acquire(), lock.acquire(timeout=0.01), lock.locked())
    """,
    "signals": r"""
        import os, signal
        got = []
        print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, signal.signal(signal.SIGTERM, lambda n, f: got.append(n)) is signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM); print(got == [15]); signal.raise_signal(signal.SIGTERM); print(len(got))
        signal.signal(signal.SIGTERM, signal.SIG_IGN); os.kill(os.getpid(), signal.SIGTERM); print(len(got))
        for call in (lambda: signal.signal(signal.SIGKILL, signal.SIG_IGN), lambda: signal.signal(999, signal.SIG_IGN)):
            try:
                call()
            except (OSError, ValueError) as error:
                print(type(error).__name__)
    """,
    "words and names": r"""
        import fnmatch, shlex
        for line in ("a b", "'a b' c", '"a \\"b\\" \\x" \\  d', "a'b'\"c\"", "", "''", "a # b", "x\\\ny"):
            print(shlex.split(line), shlex.split(line, comments=True), shlex.quote(line), shlex.join(["a", line]))
        for line in ("'a", '"a', "a\\"):
            try:
                shlex.split(line)
            except ValueError as error:
                print(error)
        for name in ("", "a", "abc.py", ".x", "]", "a-c", "[a]"):
            for pattern in ("", "*", "?", "a*", "*.py", "[a-c]", "[!a]*", "[]]", "[", "a[", "*[.]*", "**", "[[]a]", "a-c"):
                print(int(fnmatch.fnmatchcase(name, pattern)), end="")
        print(fnmatch.filter(["a", "b.py"], "*.py"))
    """,
    "the end": r"""
        import atexit
        def last(*words, **more):
            print("bye", *words, more)
        atexit.register(last, 1, x=2); atexit.register(print, "first"); atexit.register(last, 9); atexit.unregister(print)
        print("end")
    """,
    "standard streams": r"""
        import sys
        sys.stdout.write("a"); print("b", end="")
        print(sys.stdin.readline(), sys.stdin.read(2), input(), end="|")
        print([line for line in sys.stdin], repr(sys.stdin.read()))
        print(sys.stdout.writable(), sys.stdin.readable(), sys.stdin.fileno(), sys.stdout.fileno(), sys.stdout.isatty(), sys.maxsize)
        try:
            input()
        except EOFError as error:
            print(error)
        import io
        old, sys.stdout = sys.stdout, io.StringIO()
        print("hidden")
        caught, sys.stdout = sys.stdout, old
        print(repr(caught.getvalue()))
        print("no newline at the end", end="")
    """,
    "type variables of all kinds": """
        from typing import *
        from dataclasses import dataclass
        import typing, copy
        T = TypeVar("T"); P = ParamSpec("P"); Ts = TypeVarTuple("Ts")
        class Stack(Generic[T]):
            def __init__(self) -> None: self.items: list[T] = []
            def push(self, x: T) -> None: self.items.append(x)
        s = Stack[int](); s.push(1); print(s.items, Stack[int], Stack[T].__parameters__)
        print(T | None, Union[T, int], list[T] | None, int | T)
        def deco(f: Callable[P, T]) -> Callable[P, T]:
            def inner(*a: P.args, **k: P.kwargs) -> T: return f(*a, **k)
            return inner
        print(deco(lambda x: x + 1)(2), P.args, P.kwargs, Callable[P, T][[int, str], float], Callable[Concatenate[int, P], T])
        class Arr(Generic[Unpack[Ts]]): pass
        print(Arr[int, str], Tuple[Unpack[Ts]], Generic[T, Unpack[Ts]])
        class Shape(Protocol):
            def area(self) -> float: ...
        @runtime_checkable
        class Sized2(Protocol):
            def __len__(self) -> int: ...
        print(isinstance([], Sized2), isinstance(1, Sized2), isinstance(1, SupportsInt), isinstance(-1, SupportsAbs))
        class NT(NamedTuple, Generic[T]):
            x: T
            y: int = 0
        print(NT(1), NT[int](2))
        class TD(TypedDict, total=False):
            a: int
        print(TD(a=1), get_type_hints(TD))
        @dataclass
        class D(Generic[T]):
            x: T
        print(D(1), D[int](2), get_args(Dict[str, List[T]]), get_origin(list[int]))
        K = TypeVar("K", bound=int); C = TypeVar("C", int, str); V = TypeVar("V", covariant=True)
        print(K, C, V, K.__bound__, C.__constraints__, V.__covariant__, K.__name__, T.__module__, copy.deepcopy(T) is T)
        class Sub(Stack[int], Mapping[str, T]):
            def __getitem__(self, k): return 1
            def __iter__(self): return iter(())
            def __len__(self): return 0
        print(Dict[T, V][int, str], Optional[T][int])
        for bad in ("TypeVar('X', int)", "TypeVar('X', covariant=True, contravariant=True)", "Stack[int, str]", "class X(T): pass"):
            try: exec(bad)
            except TypeError as e: print(type(e).__name__, e)
            except ValueError as e: print(type(e).__name__, e)
        UserId = NewType("UserId", int); print(UserId(5), UserId.__name__)
        def g(x: "T", y: Optional["int"] = None) -> "list[T]": ...
        print(get_type_hints(g))
        @overload
        def h(x: int) -> int: ...
        def h(x): return x
        print(h(1), cast(int, "x"), Literal[1, "a"], Annotated[int, "m"], ClassVar[int], Final)
    """,
    "files that change their length": r"""
        import os
        for mode in ("w", "w+", "r+", "a", "rb+"):
            open("a", "w").write("0123456789")
            with open("a", mode) as f:
                print(mode, f.write(b"xy" if "b" in mode else "xy"), f.truncate(5), f.write(b"z" if "b" in mode else "z"), f.truncate(20), f.truncate(7), f.tell())
            print(open("a", "rb").read())
        os.truncate("a", 3); print(os.stat("a").st_size); os.truncate("a", 5); print(open("a", "rb").read())
        fd = os.open("a", os.O_RDWR); os.ftruncate(fd, 2); print(os.fstat(fd).st_size, os.lseek(fd, 0, os.SEEK_END)); os.close(fd)
        with open("a") as f:
            try:
                f.truncate(1)
            except OSError as error:
                print(type(error).__name__, isinstance(error, ValueError))
        with open("a", "a+") as f:  # what is written goes to the end, whatever was read before
            f.seek(0); print(repr(f.read(1))); f.write("END"); f.seek(0); print(repr(f.read()))
    """,
    "descriptors": r"""
        import os, stat
        fd = os.open("a", os.O_WRONLY | os.O_CREAT | os.O_EXCL); print(os.write(fd, b"hello"), os.isatty(fd)); os.close(fd)
        for call in (lambda: os.open("a", os.O_CREAT | os.O_EXCL | os.O_WRONLY), lambda: os.open("nope", os.O_RDONLY), lambda: os.lseek(os.pipe()[0], 0, 0)):
            try:
                call()
            except OSError as error:
                print(type(error).__name__, error.errno, error.filename)
        fd = os.open("a", os.O_RDONLY); print(os.read(fd, 2), os.lseek(fd, 1, os.SEEK_CUR), os.read(fd, 9), os.read(fd, 9), os.lseek(fd, -2, os.SEEK_END)); os.close(fd)
        fd = os.open("a", os.O_WRONLY | os.O_APPEND); os.write(fd, b"!"); os.close(fd)
        fd = os.open("a", os.O_WRONLY | os.O_TRUNC); os.write(fd, b"new"); os.close(fd)
        with os.fdopen(os.open("a", os.O_RDONLY), encoding="utf-8") as f:
            print(f.read(), os.fstat(f.fileno()).st_size, stat.S_ISREG(os.fstat(f.fileno()).st_mode))
        r, w = os.pipe(); print(stat.S_ISFIFO(os.fstat(r).st_mode))
        with os.fdopen(w, "w") as f:
            print("through a pipe", file=f)
        print(os.fdopen(r).read())
        print(os.path.exists(1), len(os.urandom(70000)), os.fsencode("é"), os.fsdecode(b"\xc3\xa9"), os.strerror(2), os.strerror(17), os.strerror(122))
    """,
    "names on the disk": r"""
        import errno, os
        os.makedirs("d/e"); os.mkdir("empty"); open("f", "w").write("f"); open("d/e/x", "w").close()
        def tried(call):
            try:
                return call()
            except OSError as error:
                return type(error).__name__, errno.errorcode[error.errno], error.filename, error.filename2
        print(tried(lambda: os.rename("d/e", "empty")), os.listdir("empty"), tried(lambda: os.rename("f", "empty")), tried(lambda: os.rename("d", "f")))
        os.mkdir("g"); print(tried(lambda: os.rename("g", "empty")), tried(lambda: os.replace("f", "g2")), tried(lambda: os.rename("none", "x")))
        os.renames("g2", "new/place/f"); print(os.path.isfile("new/place/f"), os.path.exists("g2"))
        os.makedirs("p/q/r"); os.removedirs("p/q/r"); print(os.path.exists("p"))
        print(tried(lambda: os.makedirs("d")), tried(lambda: os.makedirs("d", exist_ok=True)), tried(lambda: os.makedirs("new/place/f", exist_ok=True)))
        print(sorted(entry.name for entry in os.scandir()), [sorted(part) for part in next(os.walk("."))])
        with os.scandir("new") as entries:
            entry = next(entries); print(entry.name, entry.path, entry.is_dir(), entry.is_file(), entry.is_symlink(), os.fspath(entry), repr(entry), entry.stat().st_size >= 0)
        s = os.stat("new/place/f"); print(len(s), s.st_size, s[6], isinstance(s.st_mtime, float), isinstance(s[8], int), s.st_mtime_ns // 10**9 == s[8], s.st_nlink)
        class P:
            def __fspath__(self): return "d"
        print(os.path.isdir(P()), os.fspath(P()), isinstance(P(), os.PathLike), os.path.join(P(), "x"), os.access(P(), os.F_OK))
        for wrong in (None, 3.5, object()):
            try:
                os.fspath(wrong)
            except TypeError as error:
                print(error)
    """,
    "the environment": r"""
        import os
        env = os.environ
        for name in list(env):
            del env[name]
        env["A"] = "1"; env.setdefault("B", "2"); env.update({"C": "3"}, D="4"); env |= {"E": "5"}
        print(dict(env), env, len(env), sorted(env), sorted(env.keys()), sorted(env.items()), "A" in env, env.get("Z"), env.get("Z", 1))
        print(env | {"A": "x"}, {"A": "x", "Q": "q"} | env, env.pop("E"), env.pop("E", None), env == {"A": "1", "B": "2", "C": "3", "D": "4"}, env.copy())
        for call in (lambda: env["Z"], lambda: env.pop("Z"), lambda: env.__setitem__("A", 1) if False else env.update({"A": 1}), lambda: env.update({3: "x"})):
            try:
                call()
            except (KeyError, TypeError, ValueError) as error:
                print(type(error).__name__, error)
        print(os.getenv("A"), os.getenv("Z"), os.getenv("Z", "d")); os.putenv("Q", "1"); os.unsetenv("Q"); print(os.get_exec_path({"PATH": "/a:/b"}))
    """,
    "children": r"""
        import os, subprocess as s, sys
        py = [sys.executable, "-c"]
        print(s.run([*py, "print('out')"], capture_output=True, text=True).stdout, s.run([*py, "raise SystemExit(7)"]).returncode)
        print(s.run([*py, "import sys; print(sys.stdin.read().upper())"], input="text", capture_output=True, text=True).stdout)
        print(s.run([*py, "import sys; print('o'); sys.stdout.flush(); print('e', file=sys.stderr)"], stdout=s.PIPE, stderr=s.STDOUT).stdout)
        for call in (lambda: s.run([*py, "raise SystemExit(3)"], check=True), lambda: s.check_output([*py, "print(1); raise SystemExit(2)"]),
                     lambda: s.check_call([*py, "raise SystemExit(4)"]), lambda: s.run(["no-such-program"]), lambda: s.run([*py, ""], input="", stdin=s.PIPE),
                     lambda: s.run([*py, ""], capture_output=True, stdout=s.PIPE), lambda: s.check_output([*py, ""], stdout=s.PIPE), lambda: s.Popen([*py, ""], text=True, universal_newlines=False)):
            try:
                call()
            except (s.SubprocessError, OSError, ValueError) as error:
                print(type(error).__name__, str(error).replace(sys.executable, "python"), getattr(error, "output", ""), getattr(error, "returncode", ""))
        child = s.Popen([*py, "import time; print('begun', flush=True); time.sleep(60)"], stdout=s.PIPE, text=True)
        print(child.stdout.readline(), child.poll())
        try:
            child.communicate(timeout=0.1)
        except s.TimeoutExpired as error:
            print(error.timeout, child.returncode)
        child.terminate(); print(child.wait(), child.poll(), child.communicate())
        child = s.Popen([*py, "import time; time.sleep(60)"]); child.kill(); print(child.wait(timeout=20), child.returncode)
        with s.Popen([*py, "print(input()[::-1])"], stdin=s.PIPE, stdout=s.PIPE, text=True, bufsize=1) as child:
            child.stdin.write("abc\n"); child.stdin.close(); print(child.stdout.read())
        print(s.call([*py, "raise SystemExit(5)"]), s.check_output([*py, "import os; print(os.environ['V'])"], env={**os.environ, "V": "w"}), s.CompletedProcess(["a"], 0, stdout="x"))
        try:
            raise s.CalledProcessError(-9, "x")
        except s.CalledProcessError as error:
            print(error, s.CalledProcessError(-99, "x"), s.TimeoutExpired("x", 2))
        print(os.system("exit 3") >> 8, s.getstatusoutput("echo a; exit 2"), s.getoutput("echo b"), s.run("echo $0x; exit 6", shell=True, capture_output=True).returncode)
        with os.popen("echo one; echo two") as f:
            print(f.readlines())
        print(os.popen("exit 3").close(), s.list2cmdline(["a b", 'c"d', "", "e\\", "f g\\"]))
    """,
    "which error is handled": r"""
        import sys
        def seen():
            kind, value, _ = sys.exc_info()
            return kind, repr(value)
        print(seen())
        try:
            1 / 0
        except ZeroDivisionError:
            print(seen())
            try:
                {}["x"]
            except KeyError:
                print(seen())
            print(seen())
        print(seen())
        def late():
            yield seen()
            try:
                raise ValueError("in a generator")
            except ValueError:
                yield seen()
            yield seen()
        steps = late()
        print(next(steps), next(steps), seen(), next(steps))
        try:
            sys.exit("words")
        except SystemExit as error:
            print(error.code, seen()[0])
        print(sys.maxsize, sys.byteorder, sys.float_info.max, sys.intern("a") is sys.intern("a"), sys.getsizeof(1) > 0, sys.version_info >= (3, 11), sys.getdefaultencoding())
    """,
    "threads to their ends": r"""
        import queue, sys, threading, time
        def fails():
            raise ValueError("in a thread")
        def hook(args):
            print("hook", args.exc_type.__name__, args.exc_value, args.thread.name)
        threading.excepthook = hook
        for target in (fails, lambda: sys.exit(3), lambda: (_ for _ in ()).throw(KeyboardInterrupt)):
            thread = threading.Thread(target=target, name="T"); thread.start(); thread.join(); print(thread.is_alive())
        many = [threading.Thread(target=lambda: got.append(threading.get_ident())) for _ in range(500)]
        got = []
        for thread in many: thread.start()
        for thread in many: thread.join()
        print(len(got), {thread.is_alive() for thread in many})
        line, taken = queue.Queue(3), []
        def produce(n):
            for i in range(40): line.put((n, i))
        def consume():
            while (item := line.get()) is not None:
                taken.append(item); line.task_done()
        consumers = [threading.Thread(target=consume, daemon=True) for _ in range(4)]
        producers = [threading.Thread(target=produce, args=(n,)) for n in range(8)]
        for thread in consumers + producers: thread.start()
        for thread in producers: thread.join()
        line.join(); print(len(taken), len(set(taken)), all([i for m, i in taken if m == n] != [] for n in range(8)))
        for _ in consumers: line.put(None)
        for thread in consumers: thread.join()
        slow = threading.Thread(target=time.sleep, args=(0.2,), name="slow"); print(slow, slow.ident); slow.start()
        slow.join(0.01); print(slow.is_alive(), slow.name, slow.daemon, threading.active_count(), [t.name for t in threading.enumerate()]); slow.join(); print(slow.is_alive())
        class Counter(threading.Thread):
            def __init__(self): super().__init__(daemon=True); self.total = 0
            def run(self): self.total = sum(range(10))
        counter = Counter(); counter.start(); counter.join(); print(counter.total, counter.daemon)
        class Careless(threading.Thread):
            def __init__(self): pass
        for call in (lambda: Careless().start(), lambda: threading.Thread(group=1), lambda: counter.start(), lambda: threading.Thread().join(), lambda: threading.current_thread().join(),
                     lambda: setattr(threading.main_thread(), "daemon", True), lambda: threading.Lock().acquire(False, 1), lambda: threading.Semaphore(-1), lambda: threading.Condition().wait(),
                     lambda: threading.Condition().notify(),):
            try:
                call()
            except (RuntimeError, ValueError, AssertionError) as error:
                print(type(error).__name__, error)
        barrier = threading.Barrier(2, timeout=0.05)
        try:
            barrier.wait()
        except threading.BrokenBarrierError:
            print("broken", barrier.broken, barrier.parties, barrier.n_waiting)
        print(type(threading.main_thread()).__name__, threading.current_thread().name, threading.TIMEOUT_MAX > 1e6)
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()  # the end does not wait for it
    """,
    "the end, with threads": r"""
        import threading, time, atexit
        atexit.register(print, "atexit comes after the threads")
        threading.Thread(target=lambda: (time.sleep(0.05), print("a thread that main did not wait for"))).start()
        print("main is over")
    """,
    "the end, threads first": r"""
        import atexit
        atexit.register(print, "atexit comes after the threads")
        import threading, time
        threading.Thread(target=lambda: (time.sleep(0.05), print("a thread that main did not wait for"))).start()
        print("main is over")
    """,
    "signals by name": r"""
        import os, signal
        print(repr(signal.SIGTERM), f"{signal.SIGTERM}", signal.SIGTERM.name, signal.Signals(2), signal.Signals["SIGKILL"].value, signal.SIGINT in signal.valid_signals(), isinstance(signal.SIGINT, int), {2: "two"}[signal.SIGINT])
        print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, repr(signal.signal(signal.SIGTERM, signal.SIG_IGN)), repr(signal.getsignal(signal.SIGTERM)), signal.strsignal(signal.SIGINT))
        got = []
        signal.signal(signal.SIGUSR1, lambda number, frame: got.append(repr(signal.Signals(number))))
        print(signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])); os.kill(os.getpid(), signal.SIGUSR1); print(len(got))
        print([s.name for s in signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])], len(got))
        for call in (lambda: signal.raise_signal(signal.SIGINT), lambda: signal.signal(signal.SIGKILL, signal.SIG_DFL), lambda: signal.Signals(1000), lambda: signal.signal(signal.SIGTERM, "x")):
            try:
                call()
            except (KeyboardInterrupt, OSError, ValueError, TypeError) as error:
                print(type(error).__name__, error)
    """,
    "spooled and named": r"""
        import os, tempfile
        with tempfile.SpooledTemporaryFile(8, "w+") as f:
            f.write("short"); f.write("and longer"); f.seek(0); print(f.read(), f.mode)
        with tempfile.SpooledTemporaryFile(100) as f:
            print(f.write(b"x"), f.tell(), f.seek(0), f.read(), f.truncate(0))
        with tempfile.NamedTemporaryFile("w+", suffix=".s", prefix="p", dir=".", delete=False) as f:
            name = f.name; print(os.path.basename(name)[0], name[-2:], f.write("kept"))
        print(open(name).read(), oct(os.stat(name).st_mode & 0o777)); os.remove(name)
        d = tempfile.TemporaryDirectory(); open(os.path.join(d.name, "x"), "w").close(); d.cleanup(); print(os.path.exists(d.name))
    """,
    "trees": r"""
        import os, shutil
        os.makedirs("a/b"); open("a/b/x.py", "w").write("x"); open("a/y.txt", "w").write("y"); os.chmod("a/y.txt", 0o600)
        print(shutil.copytree("a", "c", ignore=shutil.ignore_patterns("*.py")), sorted(os.listdir("c")), os.listdir("c/b"), oct(os.stat("c/y.txt").st_mode))
        print(shutil.copy("a/y.txt", "c/b"), shutil.copyfile("a/y.txt", "z"), shutil.copy2("a/y.txt", "z2"), shutil.move("c", "d"), shutil.move("z", "d"), sorted(os.listdir("d")))
        def tried(call):
            try:
                return call()
            except OSError as error:
                return type(error).__name__, error.errno
        print(tried(lambda: shutil.copyfile("z2", "z2")), tried(lambda: shutil.copytree("a", "d")), tried(lambda: shutil.rmtree("none")), tried(lambda: shutil.rmtree("none", ignore_errors=True)), tried(lambda: shutil.move("z2", "d") and shutil.copy("a/y.txt", "z2") and shutil.move("z2", "d")))
        print(shutil.copytree("a", "d", dirs_exist_ok=True), sorted(os.listdir("d/b")), shutil.which("no-such")); shutil.rmtree("d"); print(os.path.exists("d"))
    """,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_same_program_prints_the_same(name: str, tmp_path: Path) -> None:
    """In a machine and in the host's Python."""
    source = PROGRAMS[name]
    stdin = b"first\nxyz\nl1\nl2\xff\nl3"
    setup = "import os; os.mkdir('/tmp/work'); os.chdir('/tmp/work')\n"
    result = run_guest(tmp_path, setup + textwrap.dedent(source), stdin=stdin)
    assert result.stderr.decode() == ""
    assert result.stdout.decode("utf-8", "replace").splitlines() == (
        run_host(tmp_path, source, stdin).decode("utf-8", "replace").splitlines()
    )
    assert result.exit_code == 0
