s = "The Quick brown fox"
print(s.lower(), s.upper(), s.title(), s.swapcase(), s.capitalize(), s.casefold(), len(s), s[4:9], s[::-1], s[-3:])
print(s.split(), s.split("o"), s.split(None, 1), s.rsplit(" ", 1), s.partition(" "), s.rpartition(" "), "a,b,,c".split(","), "a\nb\r\nc".splitlines(), "a\nb\n".splitlines(True))
print(s.find("q"), s.find("Q"), s.rfind("o"), s.index("fox"), s.count("o"), s.startswith(("A", "The")), s.endswith("x"), s.replace("o", "0", 1), "Quick" in s)
print("  x ".strip(), "xxaxx".strip("x"), "xxa".lstrip("x"), "axx".rstrip("x"), "prefix-name".removeprefix("prefix-"), "a.py".removesuffix(".py"))
print("-".join("abc"), "ab" * 3, "a" + "b", "abc".translate(str.maketrans("ab", "xy", "c")), "hello".translate({104: "J", 111: None}))
print("abc".isalpha(), "12".isdigit(), "½".isnumeric(), "a1".isalnum(), " ".isspace(), "Ab".istitle(), "AB".isupper(), "ab_1".isidentifier(), "".isalpha(), "a b".isprintable(), "é".isascii())
print(ord("a"), chr(8364), "é".encode(), "€".encode("utf-8"), b"\xe2\x82\xac".decode(), "é".encode("latin-1"), "naïve café".encode("ascii", "replace"), "é".encode("ascii", "xmlcharrefreplace"), "é".encode("ascii", "backslashreplace"), b"\xffa".decode("utf-8", "ignore"))
import unicodedata
print(unicodedata.name("é"), unicodedata.normalize("NFD", "é").encode(), unicodedata.category("A"), unicodedata.lookup("SNOWMAN"), len("😀"), len("e\u0301"), unicodedata.normalize("NFC", "e\u0301") == "é", "ß".upper(), "İ".lower() == "i̇", "ǆ".title(), unicodedata.numeric("½"), unicodedata.east_asian_width("あ"))
print("".join(c for c in unicodedata.normalize("NFKD", "Crème Brûlée") if not unicodedata.combining(c)), sorted("ÄaZzä"), "\N{GREEK SMALL LETTER PI}", "\u03b1\U0001f600", "straße".casefold() == "STRASSE".casefold())
b = b"hello world"
print(b[0], b[0:1], b.split(), b.upper(), b.find(b"o"), b.replace(b"l", b"L"), b.hex(), bytes.fromhex("68 65"), b.hex("-", 2), b.startswith(b"he"), b"a" in b, 104 in b, b.decode(), list(b[:3]), bytes(3), bytes([1, 2]), bytes("é", "utf-8"), b"%d-%s" % (5, b"x"))
ba = bytearray(b"abc")
ba += b"de"; ba[0] = 65; ba.append(33); ba.extend(b"??"); ba.insert(1, 95); del ba[2]; ba[1:2] = b"<>"
print(ba, ba.pop(), ba.index(b"d"), bytes(ba), ba.copy() is ba, ba.reverse(), ba, ba.decode("ascii"), bytearray(2), len(ba), ba == bytes(ba))
data = bytearray(range(10))
m = memoryview(data)
m[2:4] = b"\xff\xfe"
print(m[2], m[-1], len(m), m[1:3].tolist(), bytes(m[::3]), data.hex(), m.nbytes, m.format, m.readonly, memoryview(b"x").readonly, m.cast("H").tolist()[:2], m.tobytes()[:2], m[5:].obj is data)
m.release()
print("%s|%10s|%-10s|" % ("a", "b", "c"), "a\tb\\n", 'q"q', "it's", """tri"ple""", "\x41\101\u0041", "con" "cat", "é" == "\xe9", "Z" < "a", max("hello"), min("hello"), sorted("hello"), list("ab"), tuple("ab"), set("aa"), "x" in "text", "" in "a", "abc" > "abd", hash("a") == hash("a"))
vowels = sum(c in "aeiou" for c in s)
def caesar(text, k): return "".join(chr((ord(c) - base + k) % 26 + base) if c.isalpha() and (base := 65 if c.isupper() else 97) else c for c in text)
def is_palindrome(t): return (u := [c.lower() for c in t if c.isalnum()]) == u[::-1]
print(vowels, caesar("Hello, World!", 3), caesar(caesar("Zebra", 5), -5), is_palindrome("A man, a plan, a canal: Panama"), " ".join(w[::-1] for w in s.split()))
print(str(b"x"), str(b"\xc3\xa9", "utf-8"), repr("\ud800"), int("٣"), float(" 1e3 "), "5" * 3, "abc"[5:], "%c%c" % (65, "B"), "{:c}".format(97), "ab".join(["1", "2", "3"]))
