"""(How to write a (small) Lisp interpreter)"""
import math
import operator as op
from functools import reduce


class Env(dict):
    def __init__(self, params=(), args=(), outer=None):
        self.update(zip(params, args))
        self.outer = outer

    def find(self, name):
        if name in self: return self
        if self.outer is None: raise NameError(f"unbound symbol {name}")
        return self.outer.find(name)


class Symbol(str):
    pass


class Lambda:
    def __init__(self, params, body, env): self.params, self.body, self.env = params, body, env
    def __call__(self, *args): return evaluate(self.body, Env(self.params, args, self.env))
    def __repr__(self): return f"<lambda {' '.join(self.params)}>"


def tokenize(s): return s.replace("(", " ( ").replace(")", " ) ").replace("'", " ' ").split()


def read(tokens):
    if not tokens: raise SyntaxError("unexpected end")
    t = tokens.pop(0)
    if t == "(":
        out = []
        while tokens[0] != ")":
            out.append(read(tokens))
        tokens.pop(0)
        return out
    if t == ")": raise SyntaxError("unexpected )")
    if t == "'": return [Symbol("quote"), read(tokens)]
    for kind in (int, float):
        try: return kind(t)
        except ValueError: pass
    return Symbol(t)


def standard():
    env = Env()
    env.update({k: v for k, v in vars(math).items() if not k.startswith("_")})
    env.update({
        "+": lambda *a: sum(a), "*": lambda *a: reduce(op.mul, a, 1), "-": lambda a, *b: a - sum(b) if b else -a, "/": op.truediv,
        "<": op.lt, ">": op.gt, "=": op.eq, "car": lambda x: x[0], "cdr": lambda x: x[1:], "cons": lambda a, b: [a] + b,
        "list": lambda *a: list(a), "null?": lambda x: x == [], "map": lambda f, x: list(map(f, x)), "length": len, "#t": True, "#f": False,
    })
    return env


def evaluate(x, env):
    while True:
        if isinstance(x, Symbol): return env.find(x)[x]
        if not isinstance(x, list): return x
        match x:
            case ["quote", value]: return value
            case ["if", test, yes, no]:
                x = yes if evaluate(test, env) else no
                continue
            case ["define", [name, *params], body]:
                env[name] = Lambda(params, body, env)
                return None
            case ["define", name, value]:
                env[name] = evaluate(value, env)
                return None
            case ["set!", name, value]:
                env.find(name)[name] = evaluate(value, env)
                return None
            case ["lambda", params, body]: return Lambda(params, body, env)
            case ["let", bindings, body]:
                env = Env([b[0] for b in bindings], [evaluate(b[1], env) for b in bindings], env)
                x = body
                continue
            case ["begin", *rest, last]:
                for e in rest: evaluate(e, env)
                x = last
                continue
        f, *args = [evaluate(e, env) for e in x]
        if not isinstance(f, Lambda): return f(*args)
        x, env = f.body, Env(f.params, args, f.env)


def show(v):
    if v is True or v is False: return "#t" if v else "#f"
    return "(" + " ".join(map(show, v)) + ")" if isinstance(v, list) else str(v)


env = standard()
for line in """(define (fact n) (if (< n 2) 1 (* n (fact (- n 1)))))
(fact 20)
(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(map fib (list 1 2 3 4 5 10))
(define (loop n acc) (if (= n 0) acc (loop (- n 1) (+ acc n))))
(loop 2000 0)
(define counter ((lambda (n) (lambda () (begin (set! n (+ n 1)) n))) 0))
(begin (counter) (counter))
(let ((x 3) (y 4)) (sqrt (+ (* x x) (* y y))))
'(a (b 1.5) c)
(cons 1 (cdr '(2 3)))
(null? '())
fact
(undefined 1)
(car
)""".splitlines():
    try:
        value = evaluate(read(tokenize(line)), env)
        if value is not None: print(show(value))
    except (NameError, SyntaxError, IndexError) as e:
        print(type(e).__name__, e)
