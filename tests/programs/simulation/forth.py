import operator


class Forth:
    def __init__(self):
        self.stack, self.out = [], []
        binary = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.floordiv, "mod": operator.mod, "=": lambda a, b: -(a == b), "<": lambda a, b: -(a < b), ">": lambda a, b: -(a > b)}
        self.words = {name: self._binary(f) for name, f in binary.items()}
        self.words |= {"dup": lambda: self.push(self.stack[-1]), "drop": lambda: self.pop(), "swap": self.swap, "over": lambda: self.push(self.stack[-2]), ".": lambda: self.out.append(str(self.pop())), "emit": lambda: self.out.append(chr(self.pop())), ".s": lambda: self.out.append(repr(self.stack))}

    def push(self, v): self.stack.append(v)

    def pop(self):
        if not self.stack: raise IndexError("stack underflow")
        return self.stack.pop()

    def swap(self):
        a, b = self.pop(), self.pop()
        self.push(a); self.push(b)

    def _binary(self, f):
        def word():
            b, a = self.pop(), self.pop()
            self.push(f(a, b))
        return word

    def run(self, text):
        self.out.clear()
        self._execute(text.lower().split())
        return " ".join(self.out)

    def _execute(self, tokens):
        it = iter(range(len(tokens)))
        i = 0
        while i < len(tokens):
            t = tokens[i]
            if t == ":":
                end = tokens.index(";", i)
                name, body = tokens[i + 1], tokens[i + 2:end]
                self.words[name] = lambda body=body: self._execute(body)
                i = end
            elif t == "if":
                depth, j, other = 1, i, None
                while depth:
                    j += 1
                    depth += (tokens[j] == "if") - (tokens[j] == "then")
                    if tokens[j] == "else" and depth == 1: other = j
                self._execute(tokens[i + 1:other or j] if self.pop() else tokens[other + 1:j] if other else [])
                i = j
            elif t == "begin":
                end = tokens.index("until", i)
                while True:
                    self._execute(tokens[i + 1:end])
                    if self.pop(): break
                i = end
            elif t in self.words:
                self.words[t]()
            else:
                self.push(int(t))
            i += 1


f = Forth()
for line in ("1 2 + .", ": square dup * ; 7 square .", ": fact dup 1 > if dup 1 - fact * else drop 1 then ; 10 fact .", "5 begin dup . 1 - dup 0 = until drop", "72 emit 105 emit", "1 2 3 .s", "drop drop drop drop", "nope", "10 3 mod . 7 2 / ."):
    try:
        print(f"{line!r:60} {f.run(line)}")
    except (IndexError, ValueError) as e:
        print(f"{line!r:60} {type(e).__name__}: {e}")
