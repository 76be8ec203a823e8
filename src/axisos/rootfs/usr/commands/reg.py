"""reg: look into the virtual registry."""

from __future__ import annotations

from abi.status import Status, StatusError
from axis import cli, registry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from axis.guest import syscall

HELP = """\
Usage: reg query PATH             the keys below PATH and its values
       reg get PATH NAME          one value
       reg set PATH NAME VALUE    set one (rings 0 to 2): a number, true or false, otherwise text
       reg tree [PATH] [DEPTH]    everything below PATH (@VT), DEPTH (10) levels deep
       reg info PATH              about a key
       reg find TEXT              keys with TEXT in their path
       reg watch [PATH] [COUNT]   what changes at PATH (@VT) and below, as it happens; COUNT changes, or until Ctrl+C

A path is @VT\\SYS\\BOOT; one without \\ may be written with / instead.
"""

_CUT = 40
_MAX_DEPTH = 20


def path_of(text: str) -> str:
    path = (text if "\\" in text else text.replace("/", "\\")).strip("\\") or "@VT"
    if path.split("\\")[0] != "@VT":
        cli.usage(f"{text}: a registry path begins with @VT")
    return path


def existing(text: str) -> str:
    path = path_of(text)
    if not syscall("reg_key_exists", path):
        cli.fail(text, "Key not found")
    return path


def shown(value: object) -> str:
    text = cli.printable(str(value))
    return text if len(text) <= _CUT else text[:_CUT - 3] + "..."


def query(path: str) -> None:
    path = existing(path)
    keys = syscall("reg_enum_keys", path)
    values = syscall("reg_enum_values", path)
    cli.write(path + "\n")
    for key in keys:
        cli.write(f"  {cli.coloured(key, 'blue')}\n")
    if values:
        cli.write(f"  {'NAME':<24} {'TYPE':<6} DATA\n")
    for value in values:
        cli.write(f"  {cli.printable(value['name']):<24} {value['type']:<6} {shown(value['value'])}\n")


def get(path: str, name: str) -> None:
    found = syscall("reg_get_value", existing(path), name)
    if found is None:
        cli.fail(f"{path} {name}", "Value not found")
    cli.write(f"{name} = {cli.printable(str(found[0]))} ({found[1]})\n")


def typed(text: str) -> tuple[object, str]:
    """(value, type) as the text looks."""
    if text in ("true", "false"):
        return text == "true", "BOOL"
    for kind in (int, float):
        try:
            return kind(text), "NUM"
        except ValueError:
            continue
    return text, "STR"


def set_value(path: str, name: str, text: str) -> None:
    path = path_of(path)
    # The calls themselves would end a caller that may not make them.
    if syscall("process_get_ring") > 2:
        cli.fail(f"{path} {name}", "the registry can be changed by rings 0 to 2 only")
    syscall("reg_create_key", path)
    value, kind = typed(text)
    syscall("reg_set_value", path, name, value, kind)
    cli.write(f"{name} = {value} ({kind})\n")


def tree(path: str = "@VT", depth: str = "10") -> None:
    for node in syscall("reg_dump_tree", existing(path), cli.integer(depth, "the depth", 0, _MAX_DEPTH)):
        count = f" ({node['values']})" if node["values"] else ""
        sign = "+" if node["sub_keys"] else "-"
        cli.write(f"{'  ' * node['depth']}{sign} {cli.coloured(node['name'], 'blue')}{count}\n")


def info(path: str) -> None:
    facts = syscall("reg_query_info", existing(path))
    cli.write(
        f"name      {facts['name']}\nkeys      {facts['sub_keys']}\nvalues    {facts['values']}\n"
        f"created   {facts['created']:.4f}\nmodified  {facts['modified']:.4f}\nowner     {facts['owner_pid']}\n"
    )


def find(text: str) -> int:
    wanted = text.lower()
    found = [node["path"] for node in syscall("reg_dump_tree", "@VT", _MAX_DEPTH) if wanted in node["path"].lower()]
    for path in found:
        cli.write(path + "\n")
    cli.write(f"{len(found)} found\n")
    return 0 if found else 1


def story(change: registry.Change) -> str:
    """One change as a line; of a value that was set, what it is now."""
    verb, colour = {
        "key_created": ("made", "green"), "key_deleted": ("deleted", "red"), "value_set": ("set", "yellow"),
        "value_deleted": ("unset", "red"), "owner_set": ("given", "cyan"),
    }[change.what]
    line = f"{cli.coloured(f'{verb:<8}', colour)}{change.path}"
    if change.name is not None:
        line += f" {cli.printable(change.name)}"
    if change.what == "value_set":
        found = syscall("reg_get_value", change.path, change.name)
        line += f" = {shown(found[0])} ({found[1]})" if found is not None else " (gone by now)"
    elif change.what == "owner_set":
        info = syscall("reg_query_info", change.path)
        line += f" to process {info['owner_pid']}" if info is not None else " (gone by now)"
    return line + "\n"


def watch(path: str = "@VT", count: str = "") -> int:
    path = existing(path)
    left = cli.integer(count, "the number of changes", 1) if count else None
    with registry.watch(path) as watched:
        while True:
            watched.wait()
            try:
                changes = watched.take()
            except StatusError as error:
                if error.status != Status.REGISTRY_KEY_NOT_FOUND:
                    raise
                cli.note(path, "the key was deleted")
                return 0
            for change in changes:
                cli.write(story(change))
                if left is not None:
                    left -= 1
                    if left == 0:
                        return 0
            if watched.lost:
                cli.write(f"... {watched.lost} more changes were too many to be told\n")
                watched.lost = 0
            cli.flush()


_COMMANDS: dict[str, tuple[Callable[..., int | None], int, int]] = {
    "query": (query, 1, 1), "get": (get, 2, 2), "set": (set_value, 3, 3), "tree": (tree, 0, 2), "info": (info, 1, 1),
    "find": (find, 1, 1), "watch": (watch, 0, 2),
}


def main(options: cli.Options, operands: list[str]) -> int | None:
    cli.need_operands(operands, 1, None, "query, get, set, tree, info, find or watch")
    row = _COMMANDS.get(operands[0])
    if row is None:
        cli.usage(f"{operands[0]}: unknown subcommand")
    command, least, most = row
    words = operands[1:]
    if not least <= len(words) <= most:
        cli.usage(f"{operands[0]}: takes {least if least == most else f'{least} to {most}'} words, not {len(words)}")
    return command(*words)


# A value may be -5, so options end at the subcommand.
cli.run(main, HELP, intermixed=False)
