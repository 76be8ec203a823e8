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
    for value in values:
        total += value
    return total / len(values)

while True:
    try:
        print(mean([n * n for n in range(5)]), key=lambda pair: pair[1])
    except Exception:
        pass
    finally:
        total = 0
'''

print(ast.unparse(Instrumenter("/home/me/mean.py", "program").module(ast.parse(PROGRAM))))
