import base64
import binascii
import hashlib
import hmac
import struct
import uuid
import zlib
from array import array

data = "Grüße, World! ".encode() * 5
print(base64.b64encode(data), base64.b64decode(base64.b64encode(data)) == data, base64.urlsafe_b64encode(b"\xfb\xff\xfe"), base64.b32encode(b"hello"), base64.b16encode(b"\x01\xab"), base64.b85encode(b"hello"), base64.a85encode(b"hello"), base64.b64decode("aGk=", validate=True), base64.encodebytes(b"x" * 60), base64.standard_b64decode(b"QUI="), base64.b32decode("NBSWY3DP"), base64.b32hexencode(b"a"))
for bad in (lambda: base64.b64decode("a"), lambda: base64.b64decode("!!", validate=True), lambda: binascii.unhexlify("abc"), lambda: binascii.unhexlify("zz"), lambda: base64.b32decode("1")):
    try:
        bad()
    except (binascii.Error, ValueError) as e:
        print(type(e).__name__, e)
print(binascii.hexlify(b"\x00\xff"), binascii.hexlify(b"abcd", "-", 2), binascii.crc32(b"abc"), binascii.b2a_base64(b"abc", newline=False), binascii.a2b_hex("6869"), binascii.crc_hqx(b"abc", 0))
for name in ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b"):
    print(name, hashlib.new(name, data).hexdigest()[:32], getattr(hashlib, name)().digest_size, getattr(hashlib, name)().block_size, getattr(hashlib, name)().name)
h = hashlib.sha256()
h.update(b"part one "); h2 = h.copy(); h.update(b"part two")
print(h.hexdigest() == hashlib.sha256(b"part one part two").hexdigest(), h2.hexdigest()[:8], hashlib.shake_128(b"x").hexdigest(8), hashlib.blake2s(b"x", digest_size=8, key=b"k").hexdigest(), hashlib.pbkdf2_hmac("sha256", b"pw", b"salt", 1000).hex()[:16], "sha256" in hashlib.algorithms_available)
print(hmac.new(b"key", b"msg", "sha256").hexdigest(), hmac.compare_digest("a", "a"), hmac.digest(b"k", b"m", "md5").hex(), hmac.new(b"k", digestmod=hashlib.sha1).name)
print(struct.pack("<HhIiQq", 1, -1, 2, -2, 3, -3), struct.pack(">fd?c5s", 1.5, 2.5, True, b"x", b"abc"), struct.unpack("<3B", b"\x01\x02\x03"), struct.calcsize("!IHB"), struct.calcsize("@cI"), list(struct.iter_unpack("<H", b"\x01\x00\x02\x00")), struct.unpack_from(">H", b"\x00\x00\x01\x02", 2), struct.pack("4x2sx", b"ab"))
buf = bytearray(8); struct.pack_into("<I", buf, 2, 0xDEADBEEF); print(buf, struct.Struct("<2H").unpack(b"\x01\x00\x02\x00"), struct.Struct("<2H").size, struct.Struct(">I").format)
for bad in (lambda: struct.pack("B", 300), lambda: struct.unpack("I", b"ab"), lambda: struct.pack("Z", 1), lambda: struct.pack("H"), lambda: struct.pack("i", "x")):
    try:
        bad()
    except struct.error as e:
        print(e)
z = zlib.compress(data * 20, 9)
print(len(z) < len(data), zlib.decompress(z) == data * 20, zlib.crc32(data), zlib.adler32(data))
co, do = zlib.compressobj(6), zlib.decompressobj()
stream = co.compress(data) + co.flush()
print(do.decompress(stream[:10]) + do.decompress(stream[10:]) == data, do.eof, zlib.decompressobj().decompress(stream, 5))
try:
    zlib.decompress(b"garbage")
except zlib.error as e:
    print(e)
a = array("i", [3, 1, 2])
a.append(9); a.extend([4]); a[0] = -5
print(a, a.tolist(), a.itemsize, a.typecode, a.index(9), a.pop(), a.tobytes()[:4], array("d", [1.5]) + array("d", [2]), array("B", b"\x01\x02"), a[1:], sum(a), a.count(1), array("h", [1, 256]).tobytes(), list(reversed(a)), a == array("i", a))
b = array("H"); b.frombytes(b"\x01\x00\x02\x00"); b.byteswap(); b.insert(0, 7); b.remove(256); print(b, bytes(b).hex(), memoryview(b).format)
for bad in (lambda: a.append("x"), lambda: array("b", [200]), lambda: array("q?"[1:], [])):
    try:
        bad()
    except (TypeError, OverflowError, ValueError) as e:
        print(type(e).__name__, e)
u = uuid.UUID("12345678-1234-5678-1234-567812345678")
print(u, u.hex, u.int, u.version, u.bytes[:4], u.fields, u.urn, uuid.uuid5(uuid.NAMESPACE_DNS, "python.org"), uuid.uuid3(uuid.NAMESPACE_URL, "x"), uuid.UUID(int=5), repr(u), uuid.uuid4().version, len(str(uuid.uuid4())), uuid.uuid4() != uuid.uuid4(), u < uuid.UUID(int=2 ** 127), uuid.UUID(bytes=b"\x01" * 16))
try:
    uuid.UUID("nope")
except ValueError as e:
    print(e)
