import gzip
import io
import zlib

data = b"the quick brown fox " * 50
for module in (zlib, gzip):
    packed = module.compress(data)
    print(module.__name__, len(packed) < len(data), module.decompress(packed) == data)
with gzip.open("file.gz", "wt", encoding="utf-8") as f: f.write("line one\nzweite Zeile ü\n")
with gzip.open("file.gz", "rt", encoding="utf-8") as f: print(f.readlines())
buffer = io.BytesIO()
with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as f: f.write(data)
print(gzip.decompress(buffer.getvalue()) == data, buffer.getvalue()[:2])
for bad in (lambda: gzip.decompress(b"nope"), lambda: zlib.decompress(b"nope"), lambda: zlib.decompress(zlib.compress(data)[:-5])):
    try:
        bad()
    except (OSError, zlib.error) as e:
        print(type(e).__name__, e)
c, d = zlib.compressobj(9), zlib.decompressobj()
stream = c.compress(data * 100) + c.flush()
out = d.decompress(stream, 100)
while d.unconsumed_tail: out += d.decompress(d.unconsumed_tail, 4096)
print(out == data * 100, d.eof, d.unused_data, zlib.decompressobj().decompress(stream + b"tail")[:9], len(zlib.decompress(stream)))
