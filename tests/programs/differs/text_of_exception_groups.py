import traceback

try:
    raise ExceptionGroup("many", [ValueError(1), TypeError("two")])
except ExceptionGroup:
    print(traceback.format_exc())
