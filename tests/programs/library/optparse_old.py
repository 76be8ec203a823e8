from optparse import OptionParser, OptionGroup

p = OptionParser(usage="usage: %prog [options] file", prog="old", version="%prog 2.0")
p.add_option("-f", "--file", dest="filename", metavar="FILE", help="write to FILE")
p.add_option("-q", "--quiet", action="store_false", dest="verbose", default=True)
p.add_option("-n", type="int", default=3)
p.add_option("-c", action="append", choices=["a", "b"])
g = OptionGroup(p, "Dangerous")
g.add_option("--boom", action="store_true")
p.add_option_group(g)
o, args = p.parse_args(["-f", "out", "-q", "-n5", "-c", "a", "rest", "--boom"])
print(o.filename, o.verbose, o.n, o.c, o.boom, args)
print(p.format_help())
for bad in (["-n", "x"], ["--nope"], ["-c", "z"]):
    try:
        p.parse_args(bad)
    except SystemExit as e:
        print("exit", e.code)
