"""tee: copy standard input to standard output and to files."""

from abi.status import StatusError
from axis import cli, filesystem, streams

HELP = "Usage: tee [-a] [FILE...]\n\nCopy standard input to standard output and to each FILE.\n\n  -a  add to the FILEs\n"


def main(options, operands):
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
