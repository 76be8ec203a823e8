import re


class Template:
    token = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.S)

    def __init__(self, source):
        self.parts = [p for p in self.token.split(source) if p]

    def render(self, **context):
        out = []
        self._run(0, len(self.parts), context, out)
        return "".join(out)

    def _value(self, expr, context):
        expr, *filters = [e.strip() for e in expr.split("|")]
        value = context
        if expr.startswith('"'):
            value = expr.strip('"')
        else:
            for name in expr.split("."):
                value = value[name] if isinstance(value, dict) else value[int(name)] if name.isdigit() else getattr(value, name)
        for f in filters:
            name, _, arg = f.partition(":")
            value = {"upper": lambda v: str(v).upper(), "join": lambda v: arg.join(map(str, v)), "len": len, "default": lambda v: v or arg}[name](value)
        return value

    def _end(self, i, kind):
        depth = 0
        for j in range(i, len(self.parts)):
            part = self.parts[j]
            if part.startswith("{% " + kind): depth += 1
            elif part == "{% end" + kind + " %}":
                depth -= 1
                if not depth: return j
        raise SyntaxError(f"unclosed {kind}")

    def _run(self, i, stop, context, out):
        while i < stop:
            part = self.parts[i]
            if part.startswith("{{"):
                out.append(str(self._value(part[2:-2].strip(), context)))
            elif part.startswith("{% for"):
                m = re.match(r"\{% for (\w+) in (.+?) %\}", part)
                end = self._end(i, "for")
                for n, item in enumerate(self._value(m[2], context)):
                    self._run(i + 1, end, {**context, m[1]: item, "index": n}, out)
                i = end
            elif part.startswith("{% if"):
                end = self._end(i, "if")
                if self._value(part[5:-2].strip(), context):
                    self._run(i + 1, end, context, out)
                i = end
            else:
                out.append(part)
            i += 1


class User:
    def __init__(self, name, tags): self.name, self.tags = name, tags


t = Template("""Hello {{ user.name|upper }}!
{% for tag in user.tags %}{{ index }}:{{ tag }}{% if index %} (not first){% endif %}
{% endfor %}{% if empty %}never{% endif %}{{ data.list.1 }} {{ user.tags|join:+ }} {{ user.tags|len }} {{ nothing|default:none }}""")
print(t.render(user=User("ann", ["x", "y", "z"]), empty=[], data={"list": [10, 20]}, nothing=""))
try:
    Template("{% for x in y %}").render(y=[1])
except SyntaxError as e:
    print(e)
