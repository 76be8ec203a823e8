import os
import tempfile
import threading
from pathlib import Path


class FileCounter:
    def __init__(self, path):
        self.path, self.lock = Path(path), threading.Lock()
        if not self.path.exists():
            self.path.write_text("0")

    def increment(self):
        with self.lock:
            value = int(self.path.read_text()) + 1
            fd, name = tempfile.mkstemp(dir=".")
            with os.fdopen(fd, "w") as f:
                f.write(str(value))
            os.replace(name, self.path)
            return value


counter = FileCounter("count.txt")
seen = []
threads = [threading.Thread(target=lambda: seen.extend(counter.increment() for _ in range(5)), name=f"t{i}") for i in range(4)]
for t in threads: t.start()
for t in threads: t.join()
print(sorted(seen) == list(range(1, 21)), Path("count.txt").read_text(), [t.name for t in threads], os.listdir())
with tempfile.TemporaryDirectory() as d:
    (Path(d) / "x").touch()
    print(os.listdir(d))
print(os.path.exists(d))
with tempfile.NamedTemporaryFile("w+", suffix=".txt") as f:
    f.write("temporary")
    f.seek(0)
    print(f.read(), f.name.endswith(".txt"))
