import json
from collections import OrderedDict
from decimal import Decimal
from datetime import date
from enum import IntEnum


class Encoder(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, (set, frozenset)):
            return sorted(o)
        if isinstance(o, date):
            return o.isoformat()
        if isinstance(o, complex):
            return {"__complex__": True, "re": o.real, "im": o.imag}
        return super().default(o)


def as_complex(d):
    return complex(d["re"], d["im"]) if d.get("__complex__") else d


class Level(IntEnum):
    LOW = 1


data = {"name": "Zoë", "n": [1, 2.5, -3e10, True, None], "nested": {"a": {"b": []}}, "é": "\u2028\"\\\n\t\x01", "t": (1, 2), 5: "int key", None: 0, True: 1, 1.5: "f"}
text = json.dumps(data)
print(text)
print(json.dumps(data, ensure_ascii=False, indent=2))
print(json.loads(text))
print(json.dumps({"b": 1, "a": [1, {"z": 2, "y": 3}]}, sort_keys=True, separators=(",", ":")), json.dumps([1, [2]], indent="\t"), json.dumps([]), json.dumps({}), json.dumps("x", indent=4))
print(json.dumps({"s": {3, 1}, "d": date(2024, 1, 2), "c": 1 + 2j}, cls=Encoder), json.loads('{"__complex__": true, "re": 1, "im": 2}', object_hook=as_complex))
print(json.loads("[1.10, 2]", parse_float=Decimal, parse_int=str), json.loads('{"b":1,"a":2}', object_pairs_hook=OrderedDict), json.loads('{"a":1,"a":2}', object_pairs_hook=list))
print(json.loads("[NaN, Infinity, -Infinity]"), json.dumps(float("inf")), json.dumps(Level.LOW), json.loads(b'{"k": "v"}'), json.loads('"\\u00e9\\ud83d\\ude00"'), json.dumps("😀"), json.loads("1e5"), json.loads(" [ ] "))
for bad in ("{", '{"a": }', "[1,]", "nul", '{"a" 1}', "'x'", '"\x01"', "", "[1] x", '{"a":1,}', '"\\x"'):
    try:
        json.loads(bad)
    except json.JSONDecodeError as e:
        print(e, "|", e.lineno, e.colno, e.pos)
for bad in ({1, 2}, object, {(1, 2): 3}, b"bytes"):
    try:
        json.dumps(bad)
    except TypeError as e:
        print(e)
try:
    json.dumps(float("nan"), allow_nan=False)
except ValueError as e:
    print(e)
loop = []
loop.append(loop)
try:
    json.dumps(loop)
except ValueError as e:
    print(e)
with open("data.json", "w", encoding="utf-8") as f:
    json.dump({"k": ["ü", 1]}, f, indent=1, ensure_ascii=False)
with open("data.json", encoding="utf-8") as f:
    print(f.read())
with open("data.json", "rb") as f:
    print(json.load(f))
print(list(json.JSONEncoder(indent=None).iterencode([1, {"a": 2}])), json.JSONDecoder().raw_decode('{"a": 1} tail'), json.dumps({"skip": 1, (1,): 2}, skipkeys=True), json.dumps(data, default=str) == text)
