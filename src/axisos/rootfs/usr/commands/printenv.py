"""printenv: the environment."""

from axis import cli

HELP = "Usage: printenv [-0] [NAME...]\n\nPrint the environment, or the values of the NAMEs only.\n\n  -0  end each with a zero byte\n"


def main(options, operands):
    end = "\0" if "0" in options else "\n"
    if not operands:
        for name in sorted(env):
            if name != "ARGS":
                cli.write(f"{name}={env[name]}{end}")
        return 0
    for name in operands:
        if name in env and name != "ARGS":
            cli.write(f"{env[name]}{end}")
    return 0 if all(name in env for name in operands) else 1


cli.run(main, HELP, flags="0", long={"null": "0"})
