"""Norvig-like spelling correction over a tiny corpus."""
import re
from collections import Counter

CORPUS = """It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness,
it was the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was the season of Darkness"""


def words(text): return re.findall(r"\w+", text.lower())


WORDS = Counter(words(CORPUS))


def P(word, N=sum(WORDS.values())): return WORDS[word] / N
def correction(word): return max(candidates(word), key=P)
def candidates(word): return known([word]) or known(edits1(word)) or known(edits2(word)) or [word]
def known(ws): return sorted({w for w in ws if w in WORDS})


def edits1(word):
    letters = "abcdefghijklmnopqrstuvwxyz"
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    deletes = [L + R[1:] for L, R in splits if R]
    transposes = [L + R[1] + R[0] + R[2:] for L, R in splits if len(R) > 1]
    replaces = [L + c + R[1:] for L, R in splits if R for c in letters]
    inserts = [L + c + R for L, R in splits for c in letters]
    return set(deletes + transposes + replaces + inserts)


def edits2(word): return (e2 for e1 in edits1(word) for e2 in edits1(e1))


for w in ("tims", "wisdm", "epohc", "best", "zzz"):
    print(w, "->", correction(w), f"{P(correction(w)):.4f}")
print(len(edits1("something")), WORDS.most_common(3))
def soundex(name):
    codes = {c: d for d, cs in enumerate(("", "bfpv", "cgjkqsxz", "dt", "l", "mn", "r")) for c in cs}
    name = name.lower()
    digits = [codes.get(c, 0) for c in name]
    out = [d for i, d in enumerate(digits[1:], 1) if d and d != digits[i - 1]]
    return (name[0].upper() + "".join(map(str, out)) + "000")[:4]
print(soundex("Robert"), soundex("Rupert"), soundex("Honeyman"))
def ngrams(text, n): return zip(*(text[i:] for i in range(n)))
print(Counter("".join(g) for g in ngrams("banana bandana", 2)).most_common(3))
