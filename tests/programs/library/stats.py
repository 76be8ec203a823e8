import statistics as st
import math
import random
from fractions import Fraction
from decimal import Decimal

data = [2.75, 1.75, 1.25, 0.25, 0.5, 1.25, 3.5]
print(st.mean(data), st.fmean(data), st.median(data), st.median_low([1, 2, 3, 4]), st.median_high([1, 2, 3, 4]), st.mode([1, 1, 2]), st.multimode("aabbc"), st.stdev(data), st.variance(data), st.pstdev(data), st.pvariance(data))
print(st.mean([1, 2, 3, 4]), st.mean([Fraction(1, 2), Fraction(1, 3)]), st.mean([Decimal("0.5"), Decimal("0.75")]), st.geometric_mean([54, 24, 36]), st.harmonic_mean([40, 60]), st.quantiles(range(1, 101), n=4), st.median_grouped([1, 2, 2, 3, 4, 4, 4, 4, 4, 5]), st.fmean([1, 2], weights=[3, 1]))
print(st.linear_regression([1, 2, 3], [2, 4, 6.1]), round(st.correlation([1, 2, 3], [1, 5, 7]), 6), st.covariance([1, 2, 3], [1, 5, 7]))
n = st.NormalDist(100, 15)
print(n.cdf(130), n.pdf(100), n.inv_cdf(0.95), n.zscore(115), n + 5, n * 2, n.overlap(st.NormalDist(110, 15)), st.NormalDist.from_samples([1, 2, 3]), n.quantiles(4), n.samples(3, seed=1))
for bad in (lambda: st.mean([]), lambda: st.mode([]), lambda: st.stdev([1]), lambda: st.geometric_mean([-1]), lambda: st.median([])):
    try:
        bad()
    except st.StatisticsError as e:
        print(e)
print(math.fsum([0.1] * 10), math.hypot(3, 4), math.dist((0, 0), (1, 1)), math.prod([1, 2, 3, 4]), math.isclose(0.1 + 0.2, 0.3), math.gcd(12, 18), math.degrees(math.pi), math.atan2(1, -1), math.log(8, 2), math.log2(10), math.log1p(1e-10), math.exp(1), math.trunc(-2.7), math.ceil(2.1), math.floor(-2.1), math.copysign(1, -0.0), math.frexp(10), math.ldexp(0.5, 4), math.modf(3.25), math.fmod(-7, 3), math.remainder(7, 4), math.isnan(float("nan")), math.inf, math.nan, math.tau, math.gamma(5), math.erf(0.5), math.cbrt(27), math.exp2(3), math.nextafter(1, 2), math.ulp(1.0), math.sumprod([1, 2], [3, 4]) if hasattr(math, "sumprod") else 11)
for bad in (lambda: math.sqrt(-1), lambda: math.log(0), lambda: math.exp(1000), lambda: math.factorial(-1), lambda: math.acos(2), lambda: math.factorial(1.5), lambda: math.comb(-1, 2)):
    try:
        bad()
    except (ValueError, OverflowError, TypeError) as e:
        print(type(e).__name__, e)
import cmath
print(cmath.sqrt(-1), cmath.exp(1j * math.pi).real, cmath.polar(1 + 1j), cmath.rect(2, math.pi / 2).imag, cmath.phase(-1), cmath.isclose(1, 1 + 1e-12j), abs(3 + 4j), (1 + 2j).conjugate(), (1 + 2j) * (3 - 1j), (2 + 0j) ** 0.5, complex("1+2j"), repr(-0j))
