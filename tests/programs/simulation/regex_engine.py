"""A regular expression matcher by derivatives of sets of states."""
from dataclasses import dataclass
import re


@dataclass(frozen=True)
class Char:
    c: str
@dataclass(frozen=True)
class Any_: pass
@dataclass(frozen=True)
class Seq:
    parts: tuple
@dataclass(frozen=True)
class Alt:
    options: tuple
@dataclass(frozen=True)
class Star:
    inner: object


class Parser:
    def __init__(self, text): self.text, self.i = text, 0
    def peek(self): return self.text[self.i:self.i + 1]
    def next(self):
        self.i += 1
        return self.text[self.i - 1]
    def alt(self):
        options = [self.seq()]
        while self.peek() == "|":
            self.next()
            options.append(self.seq())
        return options[0] if len(options) == 1 else Alt(tuple(options))
    def seq(self):
        parts = []
        while self.peek() and self.peek() not in "|)":
            parts.append(self.postfix())
        return Seq(tuple(parts))
    def postfix(self):
        atom = self.atom()
        while self.peek() and self.peek() in "*+?":
            match self.next():
                case "*": atom = Star(atom)
                case "+": atom = Seq((atom, Star(atom)))
                case "?": atom = Alt((atom, Seq(())))
        return atom
    def atom(self):
        c = self.next()
        if c == "(":
            inner = self.alt()
            if self.peek() != ")": raise ValueError("missing )")
            self.next()
            return inner
        return Any_() if c == "." else Char(c)


def ends(node, text, starts):
    match node:
        case Char(c): return {i + 1 for i in starts if text[i:i + 1] == c}
        case Any_(): return {i + 1 for i in starts if i < len(text)}
        case Seq(parts):
            for p in parts: starts = ends(p, text, starts)
            return starts
        case Alt(options): return set().union(*(ends(o, text, starts) for o in options))
        case Star(inner):
            seen, new = set(starts), set(starts)
            while new:
                new = ends(inner, text, new) - seen
                seen |= new
            return seen


def fullmatch(pattern, text): return len(text) in ends(Parser(pattern).alt(), text, {0})


cases = [("a*b", "aaab"), ("a*b", "aac"), ("(ab|c)+d?", "abccab"), ("(a|b)*abb", "babaabb"), (".*x.*", "foxes"), ("", ""), ("a?", ""), ("(a*)*c", "a" * 20), ("(x+x+)+y", "x" * 25)]
for pattern, text in cases:
    mine = fullmatch(pattern, text)
    theirs = bool(re.fullmatch(pattern, text)) if "(x+x+)" not in pattern else False
    print(f"{pattern:12} {text:26} {mine} {'agree' if mine == theirs else 'DIFFER'}")
try:
    fullmatch("(a", "a")
except ValueError as e:
    print(e)
print(Parser("a(b|c)*").alt())
