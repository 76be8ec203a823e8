import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

RAW = """date,category,amount
2024-01-05,food,12.50
2024-01-17,rent,800
2024-02-02,food,30.25
2024-02-20,fun,45.00
2024-03-01,food,-5.25
bad-date,food,1
2024-03-05,fun,oops
"""
Path("expenses.csv").write_text(RAW)
totals, errors = defaultdict(lambda: defaultdict(Decimal)), []
with open("expenses.csv", newline="") as f:
    for row in csv.DictReader(f):
        try:
            month = date.fromisoformat(row["date"]).strftime("%b")
            totals[month][row["category"]] += Decimal(row["amount"])
        except (ValueError, ArithmeticError) as e:
            errors.append((row["date"], type(e).__name__))
categories = sorted({c for t in totals.values() for c in t})
with open("report.csv", "w", newline="") as f:
    w = csv.writer(f, delimiter=";", lineterminator="\n")
    w.writerow(["month", *categories, "total"])
    for month, t in totals.items():
        w.writerow([month, *(t.get(c, "") for c in categories), sum(t.values())])
print(Path("report.csv").read_text(), errors)
rows = list(csv.reader(open("report.csv"), delimiter=";"))
print(rows[0], sum(Decimal(r[-1]) for r in rows[1:]))
