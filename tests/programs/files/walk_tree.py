import os
import shutil
import tempfile
from pathlib import Path

root = Path(tempfile.mkdtemp())
layout = {"a.txt": "alpha", "b.py": "print(1)\n", "sub/c.txt": "gamma\n" * 3, "sub/deep/d.log": "x" * 100, "empty/.keep": ""}
for name, text in layout.items():
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def tree(path, prefix=""):
    entries = sorted(path.iterdir())
    for i, entry in enumerate(entries):
        last = i == len(entries) - 1
        print(f"{prefix}{'└── ' if last else '├── '}{entry.name}{'/' if entry.is_dir() else ''}")
        if entry.is_dir():
            tree(entry, prefix + ("    " if last else "│   "))


tree(root)
total = 0
for directory, dirs, files in os.walk(root):
    dirs.sort()
    for f in sorted(files):
        full = os.path.join(directory, f)
        size = os.path.getsize(full)
        total += size
        print(os.path.relpath(full, root), size, os.path.splitext(f)[1])
print(total, sorted(p.name for p in root.rglob("*.txt")), [p.suffix for p in sorted(root.glob("*.*"))])
shutil.copytree(root / "sub", root / "copy")
print(sorted(str(p.relative_to(root)) for p in (root / "copy").rglob("*")))
(root / "a.txt").rename(root / "renamed.txt")
(root / "renamed.txt").unlink()
try:
    (root / "nope.txt").read_text()
except FileNotFoundError as e:
    print(type(e).__name__, e.errno)
try:
    os.mkdir(root / "sub")
except FileExistsError as e:
    print(type(e).__name__)
try:
    os.rmdir(root / "sub")
except OSError as e:
    print("not empty")
shutil.rmtree(root)
print(root.exists())
