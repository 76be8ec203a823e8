import os
import sys
from pathlib import Path

print(len(sys.argv), sys.argv[1:], Path(sys.argv[0]).name, __name__)
os.environ["GREETING"] = "hello"
print(os.environ.get("GREETING"), os.getenv("SURELY_NOT_SET", "default"), "GREETING" in os.environ, os.path.expandvars("$GREETING/${GREETING}"))
del os.environ["GREETING"]
print(sys.byteorder, sys.maxsize == 2 ** 63 - 1, sys.version_info >= (3, 11), os.sep, os.linesep == "\n", os.name, os.curdir, os.pardir, os.extsep)
here = os.getcwd()
os.mkdir("inner")
os.chdir("inner")
print(os.path.basename(os.getcwd()), os.path.relpath(here), Path.cwd().parent == Path(here))
os.chdir("..")
sys.stderr.write("this goes to stderr\n")
line = input("name? ")
print(f"Hello {line}", sys.stdin.readline().strip(), sys.stdin.read().split(), sep=" / ")
try:
    input()
except EOFError:
    print("end of input")
try:
    sys.exit("fatal: giving up")
finally:
    print("cleaning up")
