"""curl: ask a web server, and write its answer."""

from __future__ import annotations

from axis import cli, filesystem, http

HELP = """\
Usage: curl [-ILfsv] [-X METHOD] [-d DATA] [-H 'NAME: VALUE']... [-o FILE] [-m SECONDS] URL

Ask URL (http:// is put before it if it has no scheme) and write the body of the answer to standard output. On a
terminal the status line is written before it.

  -X METHOD   the method: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS
  -d DATA     a body, sent by POST unless -X says otherwise; @FILE: what is in the file
  -H HEADER   a header of the request; may be given several times
  -I          ask for the head only, and write it
  -L          follow redirects
  -o FILE     write the body into FILE
  -m SECONDS  give up after so long without an answer (10)
  -f          fail (exit status 1) for an answer with an error code
  -s          the body only, nothing about it
  -v          write what is sent and the head of the answer to standard error
"""

DEFAULT_TIMEOUT_S = 10.0


def headers_of(lines: list[str]) -> dict[str, str]:
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            cli.usage(f"{line}: a header is NAME: VALUE")
        headers[name.strip()] = value.strip()
    return headers


def body_of(data: str | None) -> bytes | None:
    if data is None:
        return None
    if data.startswith("@"):
        with filesystem.open_bytes(data[1:]) as file:
            return file.read()
    return data.encode()


def head_lines(stream: http.Stream) -> list[str]:
    status = f"HTTP {stream.code} {stream.message}".rstrip()
    return [status, *(f"{name}: {value}" for name, value in stream.headers.items())]


def main(options: cli.Options, operands: list[str]) -> int | None:
    cli.need_operands(operands, 1, 1, "a URL")
    url = operands[0] if "://" in operands[0] else f"http://{operands[0]}"
    body = body_of(options.get("d"))
    wants_head = "I" in options
    method = options.get("X") or ("HEAD" if wants_head else "GET" if body is None else "POST")
    headers = headers_of(options.get("H", []))
    if body is not None and "content-type" not in {name.lower() for name in headers}:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    timeout = cli.number(options["m"], "the number of seconds", 0.001) if "m" in options else DEFAULT_TIMEOUT_S
    is_verbose = "v" in options and "s" not in options
    if is_verbose:
        for line in [f"> {method.upper()} {url}", *(f"> {name}: {value}" for name, value in headers.items())]:
            cli.note(line)
    redirects = http.MAX_REDIRECTS if "L" in options else 0
    with http.open(url, method, body, headers, timeout, redirects) as stream:
        head = head_lines(stream)
        if is_verbose:
            for line in head:
                cli.note(f"< {line}")
        if wants_head:
            cli.write("".join(f"{cli.printable(line)}\n" for line in head))
        elif "s" not in options and "o" not in options and filesystem.isatty(-11):
            cli.write(f"{cli.printable(head[0])}\n")
        if "f" in options and stream.code >= 400:
            cli.fail(url, head[0])
        write_body(stream, options.get("o"))
    return None


def write_body(stream: http.Stream, path: str | None) -> None:
    """The body, to a file or to standard output as it comes."""
    if path is None or path == "-":
        for chunk in stream.chunks():
            cli.write(chunk)
        return
    with filesystem.open_bytes(path, "w") as file:
        for chunk in stream.chunks():
            file.write(chunk)


cli.run(main, HELP, flags="ILfsv", values="XdHom", repeated="H")
