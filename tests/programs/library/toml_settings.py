import tomllib
from datetime import date

TEXT = """
title = "Example"
when = 2024-02-29
at = 2024-02-29T10:30:00Z
numbers = [1, 2.5, 0xff, 1_000]

[server]
host = 'local\\host'
ports = [80, 443]
[server.limits]
cpu = { soft = 10, hard = inf }

[[users]]
name = "Ann"
[[users]]
name = "Bob"
bio = \"\"\"
two
lines\"\"\"
"""
data = tomllib.loads(TEXT)
print(data)
print(isinstance(data["when"], date), data["at"].tzinfo, data["server"]["limits"]["cpu"]["hard"], [u["name"] for u in data["users"]])
for bad in ("a = ", "a = 1\na = 2", "[x", 'k = "open', "d = 2024-13-01"):
    try:
        tomllib.loads(bad)
    except tomllib.TOMLDecodeError as e:
        print(e)
with open("s.toml", "w") as f: f.write("x = true\n")
with open("s.toml", "rb") as f: print(tomllib.load(f))
