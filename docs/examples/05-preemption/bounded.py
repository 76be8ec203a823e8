# Run it: axisos run --seed 7 bounded.py
import math


def attempt(text):
    try:
        result = eval(text)
        print(f"{text:34} a {type(result).__name__}")
    except Exception as error:
        print(f"{text:34} {type(error).__name__}: {error}")


attempt("2 ** 10**9")
attempt("1 << 10**9")
attempt("'x' * 10**12")
attempt("[0] * 10**9")
attempt("'x'.ljust(10**12)")
attempt("'{:>1000000000}'.format(1)")
attempt("math.factorial(10**7)")
attempt("pow(3, 10**6)")
attempt("sum(range(10**5))")
