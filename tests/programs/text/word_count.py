#!/usr/bin/env python3
"""wc: count lines, words and characters of standard input."""
import sys
from collections import Counter


def main(argv):
    flags = {a for a in argv if a.startswith("-")}
    text = sys.stdin.read()
    counts = {"-l": text.count("\n"), "-w": len(text.split()), "-c": len(text.encode())}
    chosen = [f for f in ("-l", "-w", "-c") if not flags or f in flags]
    print(*(counts[f] for f in chosen))
    words = Counter(w.strip(".,!?;:").lower() for w in text.split())
    width = max(map(len, words))
    for word, n in sorted(words.items(), key=lambda kv: (-kv[1], kv[0]))[:5]:
        print(f"{word:<{width}} {'#' * n} {n}")
    return 0 if words else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
