samples = ["hello", "Hello World", "123", "", "  x ", "ÀÉ", "a\tb", "ß", "ﬁ", "Ⅷ", "x_1", "\n"]
tests = ["isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper"]
changes = ["capitalize", "casefold", "lower", "lstrip", "rstrip", "strip", "swapcase", "title", "upper"]
for s in samples:
    print(repr(s), "".join("01"[getattr(s, t)()] for t in tests), *(repr(getattr(s, c)()) for c in changes))
for method, args in [("center", (9, "*")), ("ljust", (7,)), ("rjust", (7, ".")), ("zfill", (7,)), ("count", ("l",)), ("find", ("o",)), ("partition", ("l",)), ("replace", ("l", "L")), ("rsplit", ("l", 1)), ("split", ("l",)), ("startswith", ("he",)), ("expandtabs", (4,)), ("removeprefix", ("he",)), ("encode", ("utf-16-be",)), ("join", ("ab",)), ("translate", ({104: 72},))]:
    print(method, getattr("hello", method)(*args), getattr(str, method)("hello", *args) == getattr("hello", method)(*args))
for method, args in [("center", (9, b"*")), ("count", (b"l",)), ("split", (b"l",)), ("hex", ()), ("title", ()), ("swapcase", ()), ("zfill", (8,)), ("partition", (b"l",)), ("translate", (None, b"l")), ("isalpha", ()), ("endswith", (b"lo",)), ("rstrip", (b"o",))]:
    print(method, getattr(b"hello", method)(*args), getattr(bytearray(b"hello"), method)(*args))
for method, args in [("count", (2,)), ("index", (2,))]:
    print(method, getattr([1, 2, 2], method)(*args), getattr((1, 2, 2), method)(*args))
for name in ("bit_length", "conjugate", "as_integer_ratio", "__abs__", "__neg__"):
    print(name, getattr(12, name)(), end="; ")
print((0.5).as_integer_ratio(), (0.1).hex(), float.fromhex("0x1.8p3"), (3.0).is_integer(), (2.5).__round__(), int.from_bytes(b"\x01\x00", "big"), (10).to_bytes(2, "big"), complex(1, 2).real)
