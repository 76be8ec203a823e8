import argparse
import sys


def build():
    p = argparse.ArgumentParser(prog="tool", description="A tool.", epilog="That is all.")
    p.add_argument("--version", action="version", version="tool 1.0")
    p.add_argument("-v", "--verbose", action="count", default=0, help="more output")
    sub = p.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add = sub.add_parser("add", help="add numbers")
    add.add_argument("numbers", nargs="+", type=float)
    add.add_argument("--round", type=int, default=2, metavar="N", help="digits (default: %(default)s)")
    cat = sub.add_parser("cat")
    cat.add_argument("name", nargs="?", default="nobody")
    cat.add_argument("--colour", choices=["red", "blue"], default="red")
    cat.add_argument("--flag", action="store_true")
    cat.add_argument("--tag", action="append", default=[])
    group = cat.add_mutually_exclusive_group()
    group.add_argument("--big", action="store_const", const="BIG", dest="size")
    group.add_argument("--small", action="store_const", const="small", dest="size")
    cat.add_argument("--feature", action=argparse.BooleanOptionalAction, default=True)
    return p


p = build()
for line in ("add 1 2 3.5", "-vv add 1 --round 0", "cat", "cat tom --flag --tag a --tag=b --big", "cat --no-feature", "cat --colour blue x"):
    print(p.parse_args(line.split()))
print(p.format_help())
print(p.format_usage())
for line in ("", "add", "add x", "cat --colour green", "cat --big --small", "dog", "add 1 --bogus"):
    try:
        p.parse_args(line.split())
    except SystemExit as e:
        print("exit", e.code)
sys.stderr.flush()
try:
    p.parse_args(["--version"])
except SystemExit as e:
    print("exit", e.code)
q = argparse.ArgumentParser(exit_on_error=False)
q.add_argument("n", type=int)
q.add_argument("rest", nargs=argparse.REMAINDER)
ns = q.parse_args(["3", "-x", "y"])
print(ns.n, ns.rest, vars(ns), "n" in ns, ns == argparse.Namespace(n=3, rest=["-x", "y"]))
r = argparse.ArgumentParser()
r.add_argument("--k", type=lambda s: s.split(","), default=[])
print(r.parse_known_args(["--k", "a,b", "--other"]), r.parse_args(["--k=x"]))
args = build().parse_args(sys.argv[1:])
print(round(sum(args.numbers), args.round))
