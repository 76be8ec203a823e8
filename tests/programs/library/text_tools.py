import difflib
import pprint
import string
import textwrap
from string import Template

para = """The quick brown fox jumps over the lazy dog. Pack my box with five dozen liquor jugs.
How vexingly quick daft zebras jump!"""
print(textwrap.fill(para, 40), textwrap.shorten(para, 30, placeholder="..."), textwrap.wrap("averyverylongword short", 8), sep="\n")
print(textwrap.indent("a\n\nb", "> "), textwrap.dedent("""\
    if x:
        y
    z"""), textwrap.fill("- item text that wraps", 12, initial_indent="* ", subsequent_indent="  "), textwrap.TextWrapper(width=10, break_long_words=False).fill("abcdefghijklmnop qr"), textwrap.indent("a\nb", "+", lambda l: l.startswith("a")), sep="\n")
t = Template("$who likes ${what}, costs $$5 $unknown")
print(t.safe_substitute(who="Ann", what="tea"), Template("$a $b").substitute({"a": 1}, b=2), t.get_identifiers() if hasattr(t, "get_identifiers") else "", t.template[:4])
for bad in (lambda: t.substitute(who=1, what=2), lambda: Template("$ x").substitute()):
    try:
        bad()
    except (KeyError, ValueError) as e:
        print(type(e).__name__, e)
class Percent(Template):
    delimiter = "%"
    idpattern = "[a-z]+"
print(Percent("%name is %age%%").substitute(name="Bob", age=4))
class Upper(string.Formatter):
    def format_field(self, value, spec):
        return str(value).upper() if spec == "up" else super().format_field(value, spec)
    def get_value(self, key, args, kwargs):
        return kwargs.get(key, f"<{key}>") if isinstance(key, str) else args[key]
    def convert_field(self, value, conversion):
        return value[::-1] if conversion == "v" else super().convert_field(value, conversion)
print(Upper().format("{0:up} {name:>5} {missing} {1!v} {2!r}", "abc", "xyz", "q", name="n"), list(string.Formatter().parse("a{b!r:>{w}}c")), string.ascii_lowercase, string.digits, string.punctuation, string.capwords("hello big world"), repr(string.whitespace), string.hexdigits, string.octdigits)
a, b = "one\ntwo\nthree\nfour".splitlines(), "one\ntoo\nthree\nfour\nfive".splitlines()
print("\n".join(difflib.unified_diff(a, b, "old", "new", lineterm="")))
print("\n".join(difflib.ndiff(a, b)), "\n".join(difflib.context_diff(a, b, lineterm="")), sep="\n")
sm = difflib.SequenceMatcher(None, "private Thread", "private volatile Thread")
print(round(sm.ratio(), 4), sm.get_matching_blocks(), sm.get_opcodes(), difflib.get_close_matches("appel", ["ape", "apple", "peach"]), sm.find_longest_match(), round(sm.quick_ratio(), 3), "".join(difflib.restore(difflib.ndiff(["x\n"], ["y\n"]), 2)))
data = {"name": "x" * 30, "list": list(range(25)), "nested": {"k": {"deep": [("tuple", 1), {"set"}, None]}}, "text": "long text " * 12, 3: b"bytes", "empty": []}
pprint.pprint(data)
pprint.pprint(data, width=40, depth=2, compact=True, sort_dicts=False)
print(pprint.pformat([1, [2, [3, [4]]]], depth=2), pprint.isreadable([1]), pprint.pformat({"b": 1, "a": 2}), pprint.saferepr([1]), pprint.pformat("a b " * 30, width=30), pprint.pformat(1234567, underscore_numbers=True))
import reprlib, keyword
print(reprlib.repr(list(range(100))), reprlib.repr("x" * 100), keyword.iskeyword("for"), keyword.iskeyword("x"), len(keyword.kwlist), keyword.softkwlist)
import html
print(html.escape("<a href=\"x\">T&C's</a>"), html.unescape("&lt;&eacute;&#233;&#x41;&nbsp;&copy;"), html.escape('"', quote=False))
