from contextlib import contextmanager, ExitStack, suppress, redirect_stdout, redirect_stderr, closing, nullcontext, ContextDecorator, AbstractContextManager
import io
import sys


class Managed:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    def __enter__(self):
        print("enter", self.name)
        return self

    def __exit__(self, kind, value, tb):
        print("exit", self.name, kind and kind.__name__, value)
        return self.swallow


@contextmanager
def tag(name):
    print(f"<{name}>")
    try:
        yield name.upper()
    except ZeroDivisionError as e:
        print("swallowed", e)
    finally:
        print(f"</{name}>")


class indent(ContextDecorator):
    level = 0
    def __enter__(self):
        indent.level += 1
        return self
    def __exit__(self, *exc):
        indent.level -= 1
        return False


@indent()
def inside():
    return indent.level


with Managed("a") as a, Managed("b", swallow=True) as b:
    print(a.name, b.name)
    raise ValueError("oops")
with (
    Managed("p"),
    Managed("q"),
):
    pass
with tag("div") as name:
    print(name)
    1 / 0
try:
    with tag("p"):
        raise KeyError("k")
except KeyError as e:
    print("outer", e)
with ExitStack() as stack:
    for n in range(3):
        stack.enter_context(Managed(n))
    stack.callback(print, "callback", sep="-")
    stack.push(lambda *exc: print("pushed", exc[0]) or True)
    raise RuntimeError("in stack")
with ExitStack() as s:
    s.callback(lambda: print("never"))
    kept = s.pop_all()
print("kept"); kept.close()
with suppress(FileNotFoundError, KeyError):
    {}["x"]
    print("not here")
out = io.StringIO()
with redirect_stdout(out):
    print("captured")
    sys.stdout.write("too")
print(repr(out.getvalue()))
err = io.StringIO()
with redirect_stderr(err):
    print("bad", file=sys.stderr)
print(repr(err.getvalue()))
class Res:
    def close(self): print("closed")
with closing(Res()):
    print("using")
with nullcontext(5) as five:
    print(five, inside(), indent.level)
print(isinstance(Managed("x"), AbstractContextManager), issubclass(Res, AbstractContextManager))
def early():
    with Managed("ret"):
        return 5
print(early())
for i in range(3):
    with Managed(i):
        if i == 0: continue
        break
try:
    with 5:
        pass
except TypeError as e:
    print(type(e).__name__, str(e)[:40])
try:
    with open("/nonexistent/file") as f:
        pass
except OSError as e:
    print(type(e).__name__, e.errno)
@contextmanager
def broken():
    if False:
        yield
try:
    with broken():
        pass
except RuntimeError as e:
    print(e)
