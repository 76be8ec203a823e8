# Run it: PYTHONHASHSEED=0 python instrumented.py
import ast
import sys
from pathlib import Path

import axisos

sys.path.insert(0, str(Path(axisos.__file__).parent / "rootfs"))  # the system's own files, as they lie on its disk

from executive.preempt import Instrumenter  # noqa: E402

PROGRAM = '''
def mean(values, start=0):
    """The docstring stays first."""
    total = start
    for i in range(len(values)):
        total += values[i]
    return total / len(values)

squares = [2]
while True:
    try:
        squares = [n * n for n in squares]
        squares.sort(key=lambda n: -n)
    except OverflowError:
        squares = [2]
    finally:
        print(mean(squares))
'''

print(ast.unparse(Instrumenter("/home/me/mean.py", "program").module(ast.parse(PROGRAM))))
