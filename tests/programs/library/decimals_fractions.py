from decimal import Decimal, getcontext, localcontext, Context, ROUND_HALF_EVEN, ROUND_DOWN, ROUND_UP, ROUND_HALF_UP, InvalidOperation, DivisionByZero, Inexact
from fractions import Fraction
import decimal
import math

print(Decimal("0.1") + Decimal("0.2"), Decimal(0.1), Decimal("1.10") * 3, Decimal(1) / 7, Decimal("1e3"), Decimal("-0"), Decimal("Infinity"), Decimal("NaN"), Decimal((1, (1, 2, 3), -2)), Decimal(10) ** 20, Decimal(2) ** Decimal("0.5"), -Decimal("5") // 3, Decimal("-5") % 3, divmod(Decimal(17), 5))
getcontext().prec = 10
print(Decimal(1) / 3, Decimal(2).sqrt(), Decimal(1).exp(), Decimal(10).ln(), Decimal(100).log10(), +Decimal("1.23456789012345"))
with localcontext() as ctx:
    ctx.prec = 50
    print(Decimal(2).sqrt(), Decimal(1).exp())
with localcontext(prec=3, rounding=ROUND_UP):
    print(Decimal(1) / 3)
print(Decimal(1) / 3, getcontext().prec, getcontext().rounding)
for value in ("2.5", "3.5", "-2.5", "2.675", "1.005"):
    d = Decimal(value)
    print(value, *(d.quantize(Decimal("1"), rounding=r) for r in (ROUND_HALF_EVEN, ROUND_DOWN, ROUND_UP, ROUND_HALF_UP)), round(d, 1), round(d), int(d), math.floor(d))
d = Decimal("1234567.891")
print(f"{d:,.2f} {d:e} {d:.3g} {d:>15} {d:08.1f}", d.as_tuple(), d.normalize(), Decimal("1.500").normalize(), d.to_eng_string(), d.adjusted(), d.is_signed(), d.copy_negate(), d.compare(Decimal(2)), d.as_integer_ratio(), Decimal("1E+5").to_integral_value(), d.number_class(), Decimal("12.3").scaleb(2), d.next_plus(), Decimal(5).fma(2, 3), hash(Decimal(5)) == hash(5), Decimal("1.0") == 1, Decimal(1) < 1.5, sum([Decimal("0.1")] * 10), max(Decimal(1), Decimal(2)), float(d), str(d), repr(d), bool(Decimal(0)))
for bad in (lambda: Decimal(1) / 0, lambda: Decimal("x"), lambda: Decimal(-1).sqrt(), lambda: Decimal(0) / 0, lambda: Decimal(1) + 1.5, lambda: Decimal("sNaN") + 1, lambda: int(Decimal("NaN")), lambda: Decimal(1).quantize(Decimal("1e-30"))):
    try:
        print(bad())
    except (InvalidOperation, DivisionByZero, TypeError, ValueError) as e:
        print(type(e).__name__, e)
c = Context(prec=4, rounding=ROUND_DOWN)
print(c.divide(Decimal(2), Decimal(3)), c.create_decimal("1.23456"), c.sqrt(Decimal(2)), c.flags[Inexact], c.power(2, 10))
getcontext().traps[DivisionByZero] = False
print(Decimal(1) / 0, getcontext().flags[DivisionByZero])
getcontext().clear_flags()
print(getcontext().flags[DivisionByZero], decimal.MAX_PREC > 0, isinstance(getcontext(), Context))
f = Fraction(3, 4)
print(f + Fraction(1, 6), f * 2, f / 3, f ** 2, f ** -1, f // Fraction(1, 3), f % Fraction(1, 2), -f, abs(Fraction(-1, 2)), Fraction("0.125"), Fraction(" 22/7 "), Fraction(0.5), Fraction(1.1).limit_denominator(100), Fraction(math.pi).limit_denominator(1000), f.numerator, f.denominator, float(f), int(Fraction(7, 2)), round(Fraction(7, 2)), math.floor(Fraction(-1, 2)), Fraction(6, 4), f == 0.75, f < 1, Fraction(1, 3) + 1, Fraction(1, 2) + 0.5, sum([Fraction(1, n) for n in range(1, 8)]), repr(f), str(f), hash(Fraction(2)) == hash(2), Fraction(Decimal("0.3")), Fraction.from_float(0.25), f.as_integer_ratio(), bool(Fraction(0)))
for bad in (lambda: Fraction(1, 0), lambda: Fraction("a"), lambda: Fraction(1.5, 2)):
    try:
        bad()
    except (ZeroDivisionError, ValueError, TypeError) as e:
        print(type(e).__name__, e)
def pi():
    getcontext().prec = 30
    three = Decimal(3)
    lasts, t, s, n, na, d, da = 0, three, 3, 1, 0, 0, 24
    while s != lasts:
        lasts = s
        n, na = n + na, na + 8
        d, da = d + da, da + 32
        t = (t * n) / d
        s += t
    return +s
print(pi())
