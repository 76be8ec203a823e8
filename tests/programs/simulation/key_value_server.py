"""A line protocol, spoken without sockets."""
import shlex
from functools import wraps


class ProtocolError(Exception): ...


def command(name, arity):
    def decorator(method):
        @wraps(method)
        def checked(self, *args):
            if len(args) != arity: raise ProtocolError(f"{name} takes {arity} arguments, not {len(args)}")
            return method(self, *args)
        checked.command = name
        return checked
    return decorator


class Server:
    def __init__(self):
        self.data, self.clock, self.expires = {}, 0, {}
        self.commands = {m.command: m for m in (getattr(self, n) for n in dir(self) if not n.startswith("_") and n != "commands") if hasattr(m, "command")}

    @command("SET", 2)
    def set(self, key, value): self.data[key] = value; return "OK"
    @command("GET", 1)
    def get(self, key):
        if self.expires.get(key, 1e9) <= self.clock: self.data.pop(key, None)
        return self.data.get(key, "(nil)")
    @command("INCR", 1)
    def incr(self, key):
        try: self.data[key] = str(int(self.data.get(key, 0)) + 1)
        except ValueError: raise ProtocolError("not a number") from None
        return self.data[key]
    @command("KEYS", 0)
    def keys(self): return " ".join(sorted(self.data)) or "(none)"
    @command("EXPIRE", 2)
    def expire(self, key, ticks): self.expires[key] = self.clock + int(ticks); return "OK"

    def handle(self, line):
        self.clock += 1
        try:
            name, *args = shlex.split(line)
            return self.commands[name.upper()](*args)
        except KeyError as e: return f"ERR unknown command {e}"
        except (ProtocolError, ValueError) as e: return f"ERR {e}"


s = Server()
for line in ("set a 'hello world'", "get a", "incr n", "incr n", "incr a", "keys", "get", "nope", "expire a 2", "get a", "get a", "set 'open", ""):
    print(f"{line!r:24} {s.handle(line)}")
print(sorted(s.commands))
