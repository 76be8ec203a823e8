import json
import sys


def colour(value, level=0):
    pad = "  " * level
    if isinstance(value, dict):
        if not value: return "{}"
        inner = ",\n".join(f"{pad}  <k>{k}</k>: {colour(v, level + 1)}" for k, v in value.items())
        return "{\n" + inner + f"\n{pad}}}"
    if isinstance(value, list):
        return "[" + ", ".join(colour(v, level + 1) for v in value) + "]"
    return f"<{type(value).__name__}>{json.dumps(value)}</>"


def query(data, path):
    for part in filter(None, path.replace("[", ".[").split(".")):
        data = data[int(part[1:-1])] if part.startswith("[") else data[part]
    return data


def flatten(data, prefix=""):
    match data:
        case dict():
            for k, v in data.items(): yield from flatten(v, f"{prefix}.{k}" if prefix else k)
        case list():
            for i, v in enumerate(data): yield from flatten(v, f"{prefix}[{i}]")
        case _:
            yield prefix, data


try:
    data = json.load(sys.stdin)
except json.JSONDecodeError as e:
    sys.exit(f"bad json: {e}")
print(colour(data))
for path, value in flatten(data):
    assert query(data, path) == value
    print(path, "=", repr(value))
print(sum(v for _, v in flatten(data) if isinstance(v, (int, float)) and not isinstance(v, bool)))
