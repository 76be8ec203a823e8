"""A recursive descent calculator reading lines from standard input."""
import math
import re
import sys

TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?)|([A-Za-z_]\w*)|(\*\*|[-+*/%^(),=]))")


class CalcError(Exception):
    pass


class Calculator:
    functions = {"sqrt": math.sqrt, "sin": math.sin, "max": max, "min": min, "abs": abs, "hyp": math.hypot}

    def __init__(self):
        self.variables = {"pi": math.pi, "e": math.e, "_": 0}

    def tokenize(self, text):
        pos, tokens = 0, []
        text = text.rstrip()
        while pos < len(text):
            m = TOKEN.match(text, pos)
            if not m:
                raise CalcError(f"bad character {text[pos:].strip()[0]!r}")
            pos = m.end()
            number, name, op = m.groups()
            tokens.append(("num", float(number)) if number else ("name", name) if name else ("op", op))
        return tokens + [("end", None)]

    def calculate(self, text):
        self.tokens, self.i = self.tokenize(text), 0
        if self.tokens[0][0] == "name" and self.tokens[1] == ("op", "="):
            name = self.tokens[0][1]
            self.i = 2
            value = self.variables[name] = self.expr()
        else:
            value = self.expr()
        if self.peek()[0] != "end":
            raise CalcError(f"unexpected {self.peek()[1]!r}")
        self.variables["_"] = value
        return value

    def peek(self): return self.tokens[self.i]

    def take(self, *ops):
        kind, value = self.tokens[self.i]
        if kind == "op" and value in ops:
            self.i += 1
            return value

    def expr(self):
        value = self.term()
        while op := self.take("+", "-"):
            right = self.term()
            value = value + right if op == "+" else value - right
        return value

    def term(self):
        value = self.unary()
        while op := self.take("*", "/", "%"):
            right = self.unary()
            try:
                value = {"*": lambda: value * right, "/": lambda: value / right, "%": lambda: value % right}[op]()
            except ZeroDivisionError:
                raise CalcError("division by zero") from None
        return value

    def unary(self):
        if self.take("-"): return -self.unary()
        self.take("+")
        return self.power()

    def power(self):
        base = self.atom()
        if self.take("^", "**"):
            return base ** self.unary()
        return base

    def atom(self):
        kind, value = self.peek()
        self.i += 1
        if kind == "num": return value
        if kind == "name":
            if self.take("("):
                args = []
                while not self.take(")"):
                    args.append(self.expr())
                    self.take(",")
                if value not in self.functions: raise CalcError(f"no function {value}")
                return self.functions[value](*args)
            if value not in self.variables: raise CalcError(f"no variable {value}")
            return self.variables[value]
        if (kind, value) == ("op", "("):
            inner = self.expr()
            if not self.take(")"): raise CalcError("missing )")
            return inner
        self.i -= 1
        raise CalcError(f"unexpected {'end' if kind == 'end' else value}")


calc, errors = Calculator(), 0
for line in sys.stdin:
    if not line.strip(): continue
    try:
        print(f"{line.strip()} -> {calc.calculate(line):.10g}")
    except CalcError as e:
        errors += 1
        print(f"{line.strip()} -> error: {e}", file=sys.stdout)
sys.exit(errors)
