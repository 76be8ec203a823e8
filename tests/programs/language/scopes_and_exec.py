code = compile("x * 2 + y", "<expr>", "eval")
print(eval(code, {"x": 10, "y": 1}), eval("[i ** 2 for i in range(n)]", {"n": 4}), eval("max(a)", {"a": [3, 8]}))
ns = {}
exec("""
def area(r):
    return 3 * r * r

class Box:
    size = area(2)

total = sum(i for i in range(5))
""", ns)
print(ns["area"](3), ns["Box"].size, ns["total"], sorted(k for k in ns if not k.startswith("__")))
for bad in ("1 +", "def f(:", "x = = 2", "'open", "(1", "if True:\nprint()"):
    try:
        compile(bad, "<bad>", "exec")
    except SyntaxError as e:
        print(type(e).__name__, e.lineno, e.filename)
def f():
    a, b = 1, 2
    return sorted(locals()), eval("a + b")
print(f())
exec("globals_made = 5")
print(globals_made, "f" in globals(), globals()["globals_made"], callable(globals()["f"]))
globals()["dynamic"] = 7
print(dynamic)
class C:
    x = 1
    y = [i for i in range(2)]
    def method(self): return self.x
    z = sorted(n for n in locals() if not n.startswith("__"))
print(C.y, C.z, vars(C)["x"], C().method())
def make(name, *fields):
    src = f"class {name}:\n    def __init__(self, {', '.join(fields)}):\n" + "".join(f"        self.{x} = {x}\n" for x in fields)
    space = {}
    exec(src, space)
    return space[name]
Point = make("Point", "x", "y")
print(vars(Point(1, 2)), Point.__name__)
calc = {"+": lambda a, b: a + b, "-": lambda a, b: a - b}
print(eval("calc['+'](2, 3)"), eval("(lambda v: v * 3)(4)"), eval(" 5"), eval("__import__('math').floor(2.7)"))
try:
    eval("missing + 1")
except NameError as e:
    print(e)
try:
    exec("raise ValueError('inside')")
except ValueError as e:
    print(e)
import types
mod = types.ModuleType("mod", "doc")
exec("def hello(): return 'hello from ' + __name__\nVALUE = 3", mod.__dict__)
print(mod.hello(), mod.VALUE, mod.__name__, mod.__doc__)
if __name__ == "__main__":
    print("main", __file__.endswith("scopes_and_exec.py"))
