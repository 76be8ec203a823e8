import hashlib
import os
from collections import defaultdict


def digest(path, block=64):
    h = hashlib.sha1()
    with open(path, "rb") as f:
        while chunk := f.read(block):
            h.update(chunk)
    return h.hexdigest()


def find(root):
    by_size = defaultdict(list)
    for directory, _, files in os.walk(root):
        for f in files:
            path = os.path.join(directory, f)
            by_size[os.path.getsize(path)].append(path)
    by_hash = defaultdict(list)
    for paths in by_size.values():
        if len(paths) > 1:
            for p in paths:
                by_hash[digest(p)].append(p)
    return sorted(sorted(g) for g in by_hash.values() if len(g) > 1)


os.makedirs("data/one/two")
for name, content in {"data/a": "same" * 100, "data/one/b": "same" * 100, "data/one/two/c": "diff" * 100, "data/d": "", "data/one/e": ""}.items():
    with open(name, "w") as f:
        f.write(content)
for group in find("data"):
    print(group)
print(digest("data/a"), os.path.commonpath(["data/one/b", "data/one/two/c"]), os.path.join("a", "..", "b"), os.path.normpath("a/../b"))
