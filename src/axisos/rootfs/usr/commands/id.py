"""id: who you are to the system."""

from __future__ import annotations

from axis import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import syscall

HELP = """\
Usage: id [-ugnGr]

Print user id, group id and ring of this process, as the kernel holds them.

  -u  only the user id     -g  only the group id     -G  all groups     -r  only the ring     -n  with -u: the name
"""


def main(options: cli.Options, operands: list[str]) -> None:
    cli.need_operands(operands, 0, 0, "")
    info = syscall("process_info")
    name = cli.user_name(info["uid"])
    if "u" in options:
        cli.write(f"{name if 'n' in options else info['uid']}\n")
    elif "g" in options:
        cli.write(f"{info['gid']}\n")
    elif "G" in options:
        cli.write(" ".join(map(str, dict.fromkeys([info["gid"], *info.get("groups", ())]))) + "\n")
    elif "r" in options:
        cli.write(f"{info['ring']:g}\n")
    else:
        groups = ",".join(map(str, dict.fromkeys([info["gid"], *info.get("groups", ())])))
        cli.write(f"uid={info['uid']}({name}) gid={info['gid']} groups={groups} ring={info['ring']:g}\n")


cli.run(main, HELP, flags="ugnGr", long={"user": "u", "group": "g", "groups": "G", "name": "n"})
