import math
import numbers
import sys

for n in (0, 7, -7, 255, 10 ** 12, 2 ** 64):
    print(f"{n:d}|{n:>8}|{n:<8}|{n:^8}|{n:+}|{n:,}|{n:_}|{n:#x}|{n:#b}|{n:o}|{n:e}|{n:.2f}|{n:%}|{n:08}")
for x in (0.0, 1.5, -2.25, 1e-10, 123456.789, 1e16, 1e22, float("inf"), float("nan"), 0.1, 1 / 3):
    print(f"{x}|{x:.3f}|{x:e}|{x:g}|{x:.3g}|{x:10.2f}|{x:<10.1f}|{x:+.1f}|{x:%}|{x:,.2f}|{x!r}|{x:G}")
print(round(2.675, 2), round(1e300, -300), round(-0.5), round(12345, -3), int(-3.9), math.trunc(3.9), 7 // -2, 7 % -2, -7 // 2, divmod(7.5, 2), 2 ** -2, 0 ** 0, 10 ** 20 // 3, 5 / 2, 6 / 2, 1e3 == 1000, 0.1 + 0.2 == 0.3, 3 == 3.0, hash(3) == hash(3.0), True + 1, int(True))
print(float("1e5"), float("-inf"), float("  3.5\n"), int("-12"), int("0x1f", 16), int("1010", 2), complex("1-2j"), bool("False"), bool(0.0), str(1e15), str(1e16), str(123456789012345678), repr(1e-5), repr(0.0001))
for kind, value in ((numbers.Integral, 3), (numbers.Real, 3.5), (numbers.Complex, 1j), (numbers.Number, True), (numbers.Rational, 0.5)):
    print(kind.__name__, isinstance(value, kind), end=" ")
print(sys.float_info.max > 1e308, sys.float_info.epsilon, sys.int_info.bits_per_digit > 0)
for bad in ("1 % 0", "1.5 // 0", "int('')", "float('x')", "int(float('nan'))", "int(float('inf'))", "1 << -1", "'%d' % '1'", "2.5 & 1", "0 ** -1", "10.0 ** 400", "complex('x')", "int('9', 8)", "int(2, 5)"):
    try:
        print(eval(bad))
    except Exception as e:
        print(type(e).__name__, e)
