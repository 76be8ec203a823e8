"""A key-value store with a log on disk, compaction and transactions."""
import json
import os
from contextlib import contextmanager


class Database:
    def __init__(self, path):
        self.path, self.data, self.pending = path, {}, None
        if os.path.exists(path):
            with open(path) as f:
                for line in f:
                    op, *args = json.loads(line)
                    getattr(self, "_" + op)(*args)
        self.log = open(path, "a")

    def _set(self, k, v): self.data[k] = v
    def _delete(self, k): self.data.pop(k, None)

    def _write(self, *record):
        if self.pending is not None:
            self.pending.append(record)
            return
        self.log.write(json.dumps(record) + "\n")
        self.log.flush()
        getattr(self, "_" + record[0])(*record[1:])

    def __setitem__(self, k, v): self._write("set", k, v)
    def __delitem__(self, k): self._write("delete", k)
    def __getitem__(self, k): return self.data[k]
    def __contains__(self, k): return k in self.data
    def __iter__(self): return iter(sorted(self.data))
    def __len__(self): return len(self.data)

    @contextmanager
    def transaction(self):
        self.pending = []
        try:
            yield self
        except Exception:
            self.pending = None
            raise
        records, self.pending = self.pending, None
        for r in records:
            self._write(*r)

    def compact(self):
        self.log.close()
        with open(self.path + ".new", "w") as f:
            for k in self:
                f.write(json.dumps(["set", k, self.data[k]]) + "\n")
        os.replace(self.path + ".new", self.path)
        self.log = open(self.path, "a")

    def close(self): self.log.close()


db = Database("store.log")
db["a"] = 1
db["b"] = {"x": [1, 2]}
db["a"] = 2
del db["b"]
with db.transaction():
    db["c"] = "in"
    db["d"] = None
try:
    with db.transaction():
        db["e"] = 1
        raise RuntimeError("rollback")
except RuntimeError as e:
    print(e)
print(list(db), db["a"], "e" in db, len(db))
db.close()
again = Database("store.log")
print(again.data, len(open("store.log").readlines()))
again.compact()
again["z"] = 26
again.close()
print(open("store.log").read(), Database("store.log").data)
