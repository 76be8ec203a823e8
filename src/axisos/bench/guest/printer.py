"""Prints numbered lines; how long that took goes into standard error, in seconds. Argument: how many."""

from __future__ import annotations

import sys
from time import perf_counter

count = int(sys.argv[1])
start = perf_counter()
for number in range(1, count + 1):
    print("line", number, "of many that a program prints one by one")
print(perf_counter() - start, file=sys.stderr)
