import re

text = "The year 1999 and 2024-02-29, mail bob@example.com or ann.lee@test.co.uk; $3.50, #tag #other_tag"
print(re.findall(r"\d+", text), re.findall(r"(\d{4})-(\d\d)-(\d\d)", text), re.findall(r"[\w.]+@[\w.]+", text), re.findall(r"#(\w+)", text))
m = re.search(r"(?P<year>\d{4})-(?P<month>\d\d)(?:-(?P<day>\d\d))?", text)
print(m, m.group(), m.group(1, "month"), m.groups(), m.groupdict(), m.span(), m.start("month"), m.end(), m["day"], m.lastgroup, m.lastindex, m.expand(r"\g<day>/\2/\1"), m.string is text, m.pos, m.re.groups, m.re.groupindex["day"])
print(re.match("year", text), re.fullmatch(r"\w+", "word"), bool(re.match(r"The\b", text)), re.split(r"[,;]\s*", text), re.split(r"(\s)", "a b c", maxsplit=1), re.sub(r"\d", "#", "a1b2", count=1), re.subn("a", "b", "banana"), re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world"), re.sub(r"\w+", lambda m: m[0].capitalize(), "make title case"))
print(re.findall("^a.*$", "abc\nABC\nadd", re.M | re.I), re.search("a.c", "a\nc", re.S).span(), re.sub(r"""
    (\d+)   # digits
    \s*     # spaces
    (px|em) # unit
""", r"<\1|\2>", "12 px 3em", flags=re.VERBOSE), re.escape("a.b*c[d]"), re.findall(r"(?i)HELLO", "Hello hello"), re.findall(r"(?<=\$)\d+\.\d+", text), re.findall(r"\w+(?=@)", text), re.findall(r"\b(?!the)\w+", "the cat then"), re.findall(r"(?<!a)b", "ab cb b"))
p = re.compile(r"(a+)(b+)?", re.I)
print(p.pattern, p.flags, p, [(m.span(), m.groups()) for m in p.finditer("aab AB ba")], p.search("xxaab", 3), p.match("baa", 1), p.fullmatch("aabb"), p.groups, p == re.compile(r"(a+)(b+)?", re.I), p.sub("-", "aabab"), p.split("1aab2a3"))
print(re.findall(r"(.)\1", "aabbcd"), re.match(r"(?P<q>['\"]).*?(?P=q)", "'quoted' rest").group(), re.findall(r"<.+?>", "<a><b>"), re.findall(r"<.+>", "<a><b>"), re.findall(r"x{2,3}", "xxxxx x xx"), re.findall("é", "café"), re.findall(r"\w", "é_1-"), re.findall(r"\w", "éa", re.A), re.findall(rb"\d+", b"a12b3"), re.findall(r"[^aeiou\s]+", "hello world"), re.findall(r"a|b|", "abc"), re.findall(r"\s+|\S+", "a  b"))
print(re.match(r"(a)|(b)", "b").groups(), re.match(r"(a)?b", "b").groups("none"), re.sub("x*", "-", "abxd"), re.sub("(?P<w>b)", r"[\g<w>\g<0>]", "abc"), re.split("", "abc"), re.findall(r"(?s:.)x", "\nx"), re.fullmatch(r"(?>a+)b", "aab"), re.fullmatch(r"a++b", "aab"), re.search(r"(?:(x)|y)(?(1)z|w)", "yw").group())
for bad in ("(", "[a", "a**", "(?P<1>a)", "(?<=a+)b", r"\g", "*", "(?P=x)", "a{3,1}", ")", "(?z)"):
    try:
        re.compile(bad)
    except re.error as e:
        print(e, "|", e.msg, e.pos, e.pattern)
TOKENS = [("NUM", r"\d+(\.\d*)?"), ("ID", r"[A-Za-z_]\w*"), ("OP", r"[+\-*/=()]"), ("SKIP", r"[ \t]+"), ("BAD", r".")]
master = re.compile("|".join(f"(?P<{n}>{p})" for n, p in TOKENS))
print([(m.lastgroup, m.group()) for m in master.finditer("x1 = 3.14*(y+2)?") if m.lastgroup != "SKIP"])
def camel(s): return re.sub(r"_(\w)", lambda m: m.group(1).upper(), s)
def snake(s): return re.sub(r"(?<!^)(?=[A-Z])", "_", s).lower()
print(camel("snake_case_name"), snake("CamelCaseName"), re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", "1234567"), bool(re.fullmatch(r"(\d{1,3}\.){3}\d{1,3}", "192.168.1.1")), re.I | re.M, re.IGNORECASE.name if hasattr(re.IGNORECASE, "name") else "IGNORECASE", isinstance(p, re.Pattern), isinstance(m, re.Match), re.RegexFlag(2), repr(re.X), int(re.S))
