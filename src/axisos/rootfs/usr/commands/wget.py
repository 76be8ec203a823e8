"""wget: fetch what a URL names into a file."""

from __future__ import annotations

from axis import cli, filesystem, http

HELP = """\
Usage: wget [-q] [-T SECONDS] URL [PATH]

Fetch URL into PATH; without it into a file of the URL's last part, in the working directory. PATH may be a directory. A
file that is there is replaced. Nothing is left of a download that breaks off.

  -q          say nothing
  -T SECONDS  give up after so long without an answer (10)
"""


def name_in(url: str) -> str:
    """The last part of a URL's path, without its query: a plain file name."""
    path = url.partition("://")[2].partition("?")[0].partition("#")[0]
    name = path.partition("/")[2].rstrip("/").rpartition("/")[2]
    return name if name not in ("", ".", "..") else "index.html"


class Counter:
    """Shows on a terminal how much has come."""

    def __init__(self, is_shown: bool) -> None:
        self._is_shown = is_shown

    def update(self, total: int) -> None:
        if self._is_shown:
            cli.write(f"\r{total:,} bytes")
            cli.flush()

    def end(self) -> None:
        if self._is_shown:
            cli.write("\r")


def main(options: cli.Options, operands: list[str]) -> int | None:
    cli.need_operands(operands, 1, 2, "a URL")
    url = operands[0] if "://" in operands[0] else f"http://{operands[0]}"
    timeout = cli.number(options["T"], "the number of seconds", 0.001) if "T" in options else 10.0
    path = operands[1] if len(operands) > 1 else name_in(url)
    if filesystem.is_dir(path):
        path = cli.join(path, name_in(url))
    counter = Counter("q" not in options and filesystem.isatty(-11))
    result = http.download(url, path, counter.update, timeout)
    counter.end()
    if result["code"] >= 400:
        cli.fail(url, f"the server answered {result['code']}")
    if "q" not in options:
        cli.write(f"{cli.printable(path)}: {result['bytes']:,} bytes\n")
    return None


cli.run(main, HELP, flags="q", values="T")
