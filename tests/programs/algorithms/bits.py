import struct


def popcount(n):
    count = 0
    while n:
        n &= n - 1
        count += 1
    return count


def reverse_bits(n, width=8):
    return int(f"{n:0{width}b}"[::-1], 2)


def gray(n):
    return n ^ (n >> 1)


def crc32(data):
    table = []
    for i in range(256):
        c = i
        for _ in range(8):
            c = 0xEDB88320 ^ (c >> 1) if c & 1 else c >> 1
        table.append(c)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def fnv1a(data):
    h = 0xCBF29CE484222325
    for b in data:
        h = ((h ^ b) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return h


def float_bits(x):
    (n,) = struct.unpack(">Q", struct.pack(">d", x))
    return f"{n >> 63} {(n >> 52) & 0x7FF:011b} {n & ((1 << 52) - 1):052b}"


def xorshift(seed):
    while True:
        seed ^= (seed << 13) & 0xFFFFFFFF
        seed ^= seed >> 17
        seed ^= (seed << 5) & 0xFFFFFFFF
        yield seed


import zlib, binascii
data = b"The quick brown fox"
print(hex(crc32(data)), crc32(data) == zlib.crc32(data) == binascii.crc32(data), hex(fnv1a(data)))
print([popcount(n) for n in (0, 1, 255, 1023, 2 ** 64 - 1)], [reverse_bits(n) for n in (1, 6, 0b11010000)])
print([f"{gray(n):03b}" for n in range(8)])
for x in (1.0, -2.5, 0.1, float("inf")):
    print(float_bits(x))
gen = xorshift(2463534242)
print([next(gen) for _ in range(4)])
subsets = [[c for i, c in enumerate("abc") if mask >> i & 1] for mask in range(8)]
print(subsets)
print(5 & 3, 5 | 3, 5 ^ 3, ~5, 5 << 2, 5 >> 1, -1 >> 10, (-5) & 0xFF, True + True, True ^ True)
