import csv
import io
from collections import defaultdict

TEXT = '''name,dept,salary,note
Ann,Eng,5200,"likes ""quotes"""
Bob,Ops,4100,"two
lines"
Cid,Eng,6100,"a, comma"
Dee,Ops,,
'''
rows = list(csv.DictReader(io.StringIO(TEXT)))
for row in rows:
    print(row)
by_dept = defaultdict(list)
for row in rows:
    by_dept[row["dept"]].append(float(row["salary"] or 0))
for dept, salaries in sorted(by_dept.items()):
    print(f"{dept}: {sum(salaries) / len(salaries):.1f} {max(salaries)}")
out = io.StringIO()
w = csv.writer(out)
w.writerow(["a", 1, None, 2.5, 'q"q', "x,y", "new\nline"])
w.writerows([[1, 2], ["", " "]])
print(repr(out.getvalue()))
out = io.StringIO()
dw = csv.DictWriter(out, fieldnames=["x", "y"], extrasaction="ignore", restval="?", lineterminator="\n")
dw.writeheader()
dw.writerows([{"x": 1, "y": 2, "z": 3}, {"x": 4}])
print(out.getvalue())
try:
    csv.DictWriter(out, ["x"]).writerow({"q": 1})
except ValueError as e:
    print(e)
csv.register_dialect("pipes", delimiter="|", quoting=csv.QUOTE_ALL, lineterminator="\n")
out = io.StringIO()
csv.writer(out, "pipes").writerow(["a", 2])
print(out.getvalue(), list(csv.reader(["'a'|'b|c'"], delimiter="|", quotechar="'")), "pipes" in csv.list_dialects(), csv.get_dialect("pipes").delimiter)
print(list(csv.reader(["a\tb", "c\td"], "excel-tab")), list(csv.reader(["1,2,x"], quoting=csv.QUOTE_NONE)), list(csv.reader(['1,"2",3.5'], quoting=csv.QUOTE_NONNUMERIC)), list(csv.reader(["a\\,b,c"], escapechar="\\")), list(csv.reader([" a, b"], skipinitialspace=True)))
dialect = csv.Sniffer().sniff("a;b;c\n1;2;3\n4;5;6\n")
print(dialect.delimiter, csv.Sniffer().has_header("name;age\nann;31\nbob;22\n"))
class Semi(csv.excel):
    delimiter = ";"
print(list(csv.reader(["x;y"], Semi)), csv.field_size_limit())
for bad in (lambda: list(csv.reader(['"open'], strict=True)), lambda: csv.writer(io.StringIO(), quoting=csv.QUOTE_NONE).writerow(["a,b"]), lambda: csv.get_dialect("nope"), lambda: csv.reader([], delimiter="ab")):
    try:
        bad()
    except (csv.Error, TypeError) as e:
        print(type(e).__name__, e)
with open("t.csv", "w", newline="") as f:
    csv.writer(f).writerows([["é", 1], ["b", "x\ny"]])
with open("t.csv", newline="") as f:
    r = csv.reader(f)
    for row in r:
        print(r.line_num, row)
print(open("t.csv", "rb").read())
