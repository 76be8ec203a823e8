from html.parser import HTMLParser
from html import escape
from urllib.parse import urljoin


class Links(HTMLParser):
    def __init__(self, base):
        super().__init__()
        self.base, self.links, self.text, self.depth, self.deepest = base, [], [], 0, 0

    def handle_starttag(self, tag, attrs):
        self.depth += 1
        self.deepest = max(self.depth, self.deepest)
        if tag == "a" and (href := dict(attrs).get("href")): self.links.append(urljoin(self.base, href))

    def handle_endtag(self, tag): self.depth -= 1
    def handle_startendtag(self, tag, attrs): self.text.append(f"<{tag}/>")
    def handle_data(self, data):
        if data.strip(): self.text.append(data.strip())
    def handle_comment(self, data): self.text.append(f"({data.strip()})")
    def handle_decl(self, decl): self.text.append(decl)


p = Links("http://site/dir/page.html")
p.feed("<!DOCTYPE html><html><body><p class=x>Hello &amp; <b>wel")
p.feed("come</b> <a href='other.html'>here</a><br/><a href=/top>top &#233;</a><!-- note --></p></body></html>")
p.close()
print(p.links, p.text, p.depth, p.deepest, p.getpos(), escape("<&>"))
