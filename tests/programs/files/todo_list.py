"""A to-do list kept in a JSON file."""
import json
import os
import sys
from pathlib import Path

STORE = Path("todo.json")


def load():
    if not STORE.exists():
        return []
    return json.loads(STORE.read_text())


def save(items):
    temporary = STORE.with_suffix(".tmp")
    temporary.write_text(json.dumps(items, indent=2))
    os.replace(temporary, STORE)


def main(*args):
    items = load()
    match args:
        case ["add", *words]:
            items.append({"text": " ".join(words), "done": False})
        case ["done", n] if n.isdigit() and int(n) <= len(items):
            items[int(n) - 1]["done"] = True
        case ["list"]:
            for i, item in enumerate(items, 1):
                print(f"{i}. [{'x' if item['done'] else ' '}] {item['text']}")
        case ["clear"]:
            items = [i for i in items if not i["done"]]
        case _:
            print("usage: todo add|done|list|clear", file=sys.stderr)
            return 2
    save(items)
    return 0


for line in ("list", "add buy milk", "add write code", "done 1", "list", "done 9", "clear", "list"):
    print("$", line, "->", main(*line.split()))
print(sorted(os.listdir()), STORE.read_text())
