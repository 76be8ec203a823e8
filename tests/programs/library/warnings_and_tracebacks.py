import io
import sys
import traceback
import warnings


def old(): warnings.warn("old() is gone", DeprecationWarning, stacklevel=2)


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    old()
    warnings.warn("user thing")
    warnings.warn(FutureWarning("future"))
print(len(caught), [(w.category.__name__, str(w.message)) for w in caught])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        old()
    except DeprecationWarning as e:
        print("raised", e)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    warnings.warn("silent")
with warnings.catch_warnings():
    warnings.filterwarnings("error", message="spe.*", category=UserWarning)
    warnings.filterwarnings("ignore", message="quiet")
    warnings.warn("quiet please")
    try:
        warnings.warn("special")
    except UserWarning as e:
        print("error", e)


def inner(x): return 1 / x
def outer(x):
    try:
        return inner(x)
    except ZeroDivisionError as e:
        raise ValueError("outer failed") from e


try:
    outer(0)
except ValueError as e:
    text = traceback.format_exc()
    print(text.count("Traceback (most recent call last)"), "direct cause" in text, text.splitlines()[-1], "line" in text, "inner" in text)
    print(traceback.format_exception_only(type(e), e), traceback.format_exception(e)[-1].strip(), traceback.format_exception_only(e))
    out = io.StringIO()
    traceback.print_exc(file=out)
    print(out.getvalue() == text)

    t = traceback.TracebackException.from_exception(e)
    print("".join(t.format()) == text, str(t), t.exc_type.__name__)
def walk(e, depth=0):
    while e:
        print(" " * depth, type(e).__name__, e)
        e, depth = e.__cause__ or e.__context__, depth + 1
try:
    outer(0)
except ValueError as e:
    walk(e)
print(traceback.format_exc().strip())
