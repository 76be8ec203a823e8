# Run it: axisos run --seed 7 --fake-net site requests.py
from axis import http

page = http.get("http://example.test/")
print(page.code, page.message, page.headers["content-type"], repr(page.text))
print(http.get("http://example.test/about.json").json()["rings"])

missing = http.get("http://example.test/missing")
print("missing:", missing.code, missing.ok, missing.error)
nobody = http.get("http://nobody.test/")
print("nobody:", nobody.code, nobody.ok, nobody.error)

with http.open("http://example.test/notes/numbers.txt") as stream:
    for line in stream.lines():
        print("line:", line, end="")

print(http.download("http://example.test/notes/numbers.txt", "/tmp/numbers", lambda total: print("so far:", total)))

try:
    http.open("http://ads.example/")
except PermissionError as error:
    print(int(error.status), error.strerror)
