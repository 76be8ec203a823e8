"""Turns a little Markdown into HTML."""
import html
import re

INLINE = [
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\*(.+?)\*"), r"<em>\1</em>"),
    (re.compile(r"`(.+?)`"), r"<code>\1</code>"),
    (re.compile(r"\[([^\]]+)\]\(([^)]+)\)"), r'<a href="\2">\1</a>'),
]


def inline(text):
    text = html.escape(text, quote=False)
    for pattern, replacement in INLINE:
        text = pattern.sub(replacement, text)
    return text


def blocks(source):
    block = []
    fenced = False
    for line in source.splitlines():
        if line.startswith("```"):
            fenced = not fenced
            block.append(line)
            if not fenced:
                yield block
                block = []
        elif fenced or line.strip():
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def render(block):
    match block:
        case [first, *lines, last] if first.startswith("```") and last == "```":
            return "<pre>" + html.escape("\n".join(lines)) + "</pre>"
        case [line] if m := re.match(r"(#{1,6})\s+(.*)", line):
            return f"<h{len(m[1])}>{inline(m[2])}</h{len(m[1])}>"
        case [*lines] if all(re.match(r"[-*] ", l) for l in lines):
            return "<ul>\n" + "\n".join(f"  <li>{inline(l[2:])}</li>" for l in lines) + "\n</ul>"
        case [*lines] if all(re.match(r"\d+\. ", l) for l in lines):
            return "<ol>\n" + "\n".join(f"  <li>{inline(l.split('. ', 1)[1])}</li>" for l in lines) + "\n</ol>"
        case [*lines] if all(l.startswith(">") for l in lines):
            return f"<blockquote>{inline(' '.join(l.lstrip('> ') for l in lines))}</blockquote>"
        case lines:
            return f"<p>{inline(' '.join(lines))}</p>"


SOURCE = """# Title & more

A *short* paragraph with **bold**, `x < y` and a
[link](http://example.com/?a=1&b=2).

- one
- two **b**

1. first
2. second

> quoted
> text

```
code <b>
  indented
```

### End"""
print("\n".join(render(b) for b in blocks(SOURCE)))
