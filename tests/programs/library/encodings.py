import codecs
import binascii
import quopri
import string

text = "naïve – ☃ 𝄞"
for name in ("utf-8", "utf-16", "utf-16-le", "utf-32-be", "utf-8-sig", "cp1252", "latin-1", "ascii", "koi8-r"):
    for errors in ("strict", "replace", "ignore"):
        try:
            print(name, errors, text.encode(name, errors)[:20])
        except UnicodeEncodeError as e:
            print(name, errors, e.reason, e.start, e.end, e.object[e.start])
try:
    b"ab\xffc".decode("utf-8")
except UnicodeDecodeError as e:
    print(e, e.start, e.object, e.encoding)
print(codecs.encode("abc", "utf-8"), codecs.decode(b"\xe9", "latin-1"), codecs.BOM_UTF8, b"\xef\xbb\xbfhi".decode("utf-8-sig"), "ab".encode("utf-7"), "é".encode("unicode_escape"), b"\\u00e9".decode("unicode_escape"), "a\ud800".encode("utf-8", "surrogatepass"), b"\xff".decode("ascii", "surrogateescape").encode("ascii", "surrogateescape"))
print(quopri.encodestring("é=1".encode()), quopri.decodestring(b"=C3=A9"), binascii.b2a_qp(b"a=b"), binascii.a2b_base64(b"YQ=="))
try:
    "x".encode("no-such")
except LookupError as e:
    print(e)
rot = str.maketrans(string.ascii_lowercase, string.ascii_lowercase[13:] + string.ascii_lowercase[:13])
print("uryyb".translate(rot), [f"U+{ord(c):04X}" for c in text[-3:]], len(text), len(text.encode("utf-16-le")) // 2)
