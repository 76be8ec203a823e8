"""tee: copy standard input to standard output and to files."""

from __future__ import annotations

from abi.status import StatusError
from axis import cli, filesystem, streams

HELP = """\
Usage: tee [-a] [FILE...]

Copy standard input to standard output and to each FILE.

  -a  add to the FILEs
"""


def main(options: cli.Options, operands: list[str]) -> None:
    files = []
    for path in operands:
        try:
            files.append(filesystem.open_bytes(path, "a" if "a" in options else "w", write_behind=0))
        except (OSError, StatusError) as error:
            cli.warn(path, cli.why(error))
    for chunk in cli.chunks(cli.standard_input()):
        for file in list(files):
            try:
                file.write(chunk)
            except (OSError, StatusError) as error:
                cli.warn(file.name, cli.why(error))
                files.remove(file)
        streams.write_all(-11, chunk)
    for file in files:
        file.close()


cli.run(main, HELP, flags="a", long={"append": "a"})
