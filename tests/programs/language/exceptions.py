import traceback
import sys


class AppError(Exception):
    code = 1

    def __init__(self, message, *, detail=None):
        super().__init__(message)
        self.detail = detail

    def __str__(self):
        base = super().__str__()
        return f"{base} ({self.detail})" if self.detail else base


class NotFound(AppError, LookupError):
    code = 404


def load(key):
    try:
        return {"a": 1}[key]
    except KeyError as e:
        raise NotFound(f"no {key}", detail="load") from e


def chain():
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            int("x")
    except ValueError as e:
        return e


def order():
    steps = []
    try:
        steps.append("try")
        raise ValueError
    except ValueError:
        steps.append("except")
    else:
        steps.append("else")
    finally:
        steps.append("finally")
    return steps


def finally_wins():
    try:
        return "try"
    finally:
        return "finally"


def loop_finally():
    for i in range(5):
        try:
            if i == 1: continue
            if i == 3: break
        finally:
            print("f", i, end=" ")
    print()


try:
    load("z")
except AppError as e:
    print(repr(e), e, e.code, type(e.__cause__).__name__, isinstance(e, LookupError), e.args)
e = chain()
print(e, "|", repr(e.__context__), e.__cause__)
print(order(), finally_wins())
loop_finally()
try:
    try:
        raise KeyError("inner")
    except KeyError:
        raise RuntimeError("outer") from None
except RuntimeError as e:
    print(e.__suppress_context__, type(e.__context__).__name__)
try:
    raise ExceptionGroup("several", [ValueError("v"), TypeError("t"), ExceptionGroup("nested", [KeyError("k")])])
except* ValueError as group:
    print("values", group.exceptions)
except* (TypeError, KeyError) as group:
    print("others", [type(x).__name__ for x in group.exceptions])
eg = ExceptionGroup("g", [OSError(1, "one"), ValueError(2)])
match, rest = eg.split(OSError)
print(match.exceptions, rest.exceptions, eg.subgroup(lambda x: isinstance(x, ValueError)).exceptions, eg.message)
err = ValueError("noted")
err.add_note("first note")
err.add_note("second")
print(err.__notes__)
try:
    raise err
except ValueError:
    print(traceback.format_exc().splitlines()[-3:])
    print(sys.exc_info()[0].__name__ if hasattr(sys, "exc_info") else "ValueError")
for bad in (lambda: [][1], lambda: {}["k"], lambda: int("q"), lambda: None.x, lambda: "a" + 1, lambda: [1, 2].remove(3), lambda: (1).foo,
            lambda: open("/no/such"), lambda: next(iter([])), lambda: "abc".index("z"), lambda: float("nope"), lambda: len(5), lambda: 5(), lambda: {}.popitem(), lambda: [] < 3,
            lambda: bytes([300]), lambda: chr(-1), lambda: "x".encode("ascii").decode("utf-8") + b"", lambda: "é".encode("ascii"), lambda: b"\xff".decode(), lambda: __import__("nope_nope"), lambda: iter(3), lambda: range(1, 2, 0), lambda: [1][{}]):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, "-", str(e).split(";")[0])
def assertion(x):
    assert x > 0, f"{x} is not positive"
try:
    assertion(-1)
except AssertionError as e:
    print(e)
def recurse(n): return recurse(n + 1)
try:
    recurse(0)
except RecursionError as e:
    print(str(e)[:32])
try:
    raise Exception("a", 1)
except Exception as e:
    print(e, e.args, repr(e))
try:
    raise OSError(2, "gone", "file.txt")
except FileNotFoundError as e:
    print(e, e.errno, e.strerror, e.filename)
class Cm:
    def __enter__(self): return self
    def __exit__(self, t, v, tb):
        raise TypeError("from exit")
try:
    with Cm():
        raise ValueError("body")
except TypeError as e:
    print(e, repr(e.__context__))
sys.exit(3)
