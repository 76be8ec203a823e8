import configparser
import io

TEXT = """
[DEFAULT]
timeout = 30
base = /srv

[web]
path = %(base)s/web
debug: yes
ports = 80, 443
multi = one
    two

[db]
timeout = 5
empty =
ratio = 0.25
"""
c = configparser.ConfigParser()
c.read_string(TEXT)
print(c.sections(), c["web"]["path"], c.getint("web", "timeout"), c.getboolean("web", "debug"), c.getfloat("db", "ratio"), c["db"].getint("timeout"), repr(c["web"]["multi"]), repr(c["db"]["empty"]))
print(c.get("web", "nope", fallback="fb"), c.has_option("db", "path"), "web" in c, sorted(c["db"]), dict(c.items("db")) == dict(c["db"]))
c.add_section("new")
c.set("new", "key", "value 100%%")
c["other"] = {"a": 1}
out = io.StringIO()
c.write(out)
print(out.getvalue())
for bad in (lambda: c.get("no", "x"), lambda: c.get("web", "x"), lambda: c.add_section("web"), lambda: c.getint("web", "path"), lambda: configparser.ConfigParser().read_string("x = 1"), lambda: configparser.ConfigParser().read_string("[a]\nx=1\nx=2"), lambda: c.set("new", "k", "%(missing)s") or c["new"]["k"]):
    try:
        print(bad())
    except (configparser.Error, ValueError) as e:
        print(type(e).__name__, str(e).splitlines()[0])
raw = configparser.RawConfigParser(allow_no_value=True, delimiters=("=",))
raw.optionxform = str
raw.read_string("[S]\nKey = %d\nflag\n")
print(raw.get("S", "Key"), raw.get("S", "flag"), raw.options("S"), raw.remove_option("S", "flag"), raw.remove_section("S"), raw.sections())
with open("app.ini", "w") as f: c.write(f)
again = configparser.ConfigParser()
print(again.read(["app.ini", "missing.ini"]), again["new"]["key"])
