import io
import sys

s = io.StringIO("line one\nline two\nlast")
print(s.readline(), s.read(4), s.tell(), s.readlines(), s.read(), s.seek(0), [l.strip() for l in s])
s.seek(0, io.SEEK_END); s.write("!"); print(s.getvalue(), s.closed, s.readable(), s.seekable())
b = io.BytesIO()
b.write(b"abc"); b.writelines([b"1", b"2"]); b.seek(1)
print(b.read(2), b.read1(10), b.getvalue(), b.getbuffer()[0], b.tell(), b.truncate(2), b.getvalue(), b.readinto(bytearray(1)))
t = io.TextIOWrapper(io.BytesIO("é\r\nb\n".encode()), encoding="utf-8", newline=None)
print(t.read(), t.encoding)
w = io.BytesIO(); tw = io.TextIOWrapper(w, encoding="utf-8", newline="\r\n"); tw.write("ö\n"); tw.flush(); print(w.getvalue())
with io.StringIO() as out:
    print("a", 1, sep="|", end="#", file=out)
    print(out.getvalue())
old = sys.stdout
sys.stdout = captured = io.StringIO()
try:
    print("hidden");
finally:
    sys.stdout = old
print(repr(captured.getvalue()))
for bad in (lambda: s.write(b"x"), lambda: b.write("x"), lambda: io.StringIO("x").seek(-1)):
    try:
        bad()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
class Upper(io.StringIO):
    def write(self, text): return super().write(text.upper())
u = Upper(); print("shout", file=u); print(u.getvalue(), isinstance(u, io.TextIOBase), isinstance(b, io.IOBase))
class Tee:
    def __init__(self, *streams): self.streams = streams
    def write(self, text):
        for x in self.streams: x.write(text)
        return len(text)
    def flush(self): pass
x, y = io.StringIO(), io.StringIO()
print("both", file=Tee(x, y)); print(x.getvalue() == y.getvalue() == "both\n")
sys.stdout.write("direct\n"); print("no newline", end=""); print(); print(1, "a", None, [1], sep=" - "); print(end=""); print("x", flush=True)
