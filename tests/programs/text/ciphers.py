import string
from itertools import cycle


def caesar(text, shift):
    table = str.maketrans(
        string.ascii_letters,
        string.ascii_lowercase[shift:] + string.ascii_lowercase[:shift] + string.ascii_uppercase[shift:] + string.ascii_uppercase[:shift],
    )
    return text.translate(table)


def vigenere(text, key, sign=1):
    shifts = cycle(ord(k) - 97 for k in key.lower())
    return "".join(chr((ord(c) - 97 + sign * next(shifts)) % 26 + 97) if c.isalpha() else c for c in text.lower())


def rail_fence(text, rails):
    rows = [[] for _ in range(rails)]
    pattern = cycle([*range(rails), *range(rails - 2, 0, -1)])
    for c, r in zip(text, pattern):
        rows[r].append(c)
    return "".join("".join(r) for r in rows)


MORSE = {"A": ".-", "B": "-...", "C": "-.-.", "D": "-..", "E": ".", "H": "....", "L": ".-..", "O": "---", "R": ".-.", "S": "...", "W": ".--"}
BACK = {v: k for k, v in MORSE.items()}


def rle(s):
    out, i = [], 0
    while i < len(s):
        j = i
        while j < len(s) and s[j] == s[i]: j += 1
        out.append(f"{j - i if j - i > 1 else ''}{s[i]}")
        i = j
    return "".join(out)


def unrle(s):
    n, out = "", ""
    for c in s:
        if c.isdigit(): n += c
        else:
            out += c * int(n or 1)
            n = ""
    return out


def xor(data, key): return bytes(a ^ b for a, b in zip(data, cycle(key)))
def rc4(key, data):
    S, j = list(range(256)), 0
    for i in range(256):
        j = (j + S[i] + key[i % len(key)]) % 256
        S[i], S[j] = S[j], S[i]
    i = j = 0
    out = bytearray()
    for byte in data:
        i = (i + 1) % 256
        j = (j + S[i]) % 256
        S[i], S[j] = S[j], S[i]
        out.append(byte ^ S[(S[i] + S[j]) % 256])
    return bytes(out)


print(caesar("Hello, World!", 3), caesar(caesar("Round trip", 5), 21), vigenere("attack at dawn", "lemon"), vigenere(vigenere("secret text", "key"), "key", -1))
print(rail_fence("WEAREDISCOVERED", 3), " ".join(MORSE[c] for c in "HELLO"), "".join(BACK[m] for m in "... --- ...".split()))
print(rle("WWWWBWWB"), unrle("4WB2WB"), unrle(rle("aabccc")) == "aabccc", xor(xor(b"secret", b"k"), b"k"), rc4(b"Key", b"Plaintext").hex())
print("".join(sorted("listen")) == "".join(sorted("silent")), caesar("Gur Mra bs Clguba", 13), [w for w in "level noon word radar".split() if w == w[::-1]])
print(bytes.fromhex("48656c6c6f").decode(), "".join(f"{ord(c):08b}" for c in "Hi"), int("101010", 2), "Hi".encode("utf-16-le"), "".join(map(chr, (72, 105))), list("Hi".encode()))
