import argparse
import re
import sys

parser = argparse.ArgumentParser(description="search lines")
parser.add_argument("pattern")
parser.add_argument("-i", "--ignore-case", action="store_true")
parser.add_argument("-v", "--invert", action="store_true")
parser.add_argument("-n", "--number", action="store_true")
parser.add_argument("-c", "--count", action="store_true")
parser.add_argument("-C", "--context", type=int, default=0)
args = parser.parse_args()
pattern = re.compile(args.pattern, re.I if args.ignore_case else 0)
lines = [line.rstrip("\n") for line in sys.stdin]
hits = [i for i, line in enumerate(lines) if bool(pattern.search(line)) != args.invert]
if args.count:
    print(len(hits))
else:
    shown = sorted({j for i in hits for j in range(i - args.context, i + args.context + 1) if 0 <= j < len(lines)})
    for i in shown:
        prefix = f"{i + 1}{':' if i in hits else '-'}" if args.number else ""
        print(prefix + pattern.sub(lambda m: f"[{m[0]}]" if m[0] else "", lines[i]) if not args.invert else prefix + lines[i])
sys.exit(not hits)
