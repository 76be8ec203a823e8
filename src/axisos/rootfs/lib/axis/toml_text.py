"""Writing TOML where Python reads it only: one value as text, and one file in a single step.

Called by   libraries and commands that keep files in /etc.
Owns        nothing.
Always so   what `value_text` gives, `tomllib` reads back as the same value; a file is the old one or the new one,
            whatever happens in between.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import syscall

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def value_text(value: Any) -> str:
    """A text, number, bool, or list of these, as TOML writes it.

    Raises: ValueError for what TOML cannot hold.
    """
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is int:
        return str(value)
    if type(value) is float:
        return "nan" if value != value else repr(value)
    if type(value) is str:
        return f'"{"".join(map(_escaped, value))}"'
    if type(value) is list:
        return f"[{', '.join(map(value_text, value))}]"
    raise ValueError(f"a configuration file cannot hold a {type(value).__name__}")


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    code = ord(letter)
    if 0xD800 <= code < 0xE000:
        raise ValueError("it is no text: half of a surrogate pair is in it")
    return f"\\u{code:04x}" if code < 0x20 or code == 0x7F else letter


def replace_file(path: str, content: str | bytes, mode: str | None = None) -> None:
    """Put *content* in the place of a file, in one step. The owner stays the same if the caller may decide on that.

    Args:   mode: three octal digits; None keeps the file's own, a new file gets 644.
    Blocks: while it is written.
    Raises: as the file system; the old file is there then, unchanged.
    """
    from axis import filesystem  # who only writes values has no files to open

    path = filesystem.abspath(path)
    draft = f"{path}.new"
    before = filesystem.stat(path) if filesystem.exists(path) else None
    filesystem.open_bytes(draft, "w").close()
    try:
        # Before there is anything to read in it.
        filesystem.chmod(draft, mode or (str(before["mode"]) if before is not None else "644"))
        if before is not None and syscall("process_get_uid") == 0:
            filesystem.chown(draft, before["uid"], before["gid"])
        with filesystem.open_bytes(draft, "w") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        filesystem.rename(draft, path)
    except BaseException:
        try:
            filesystem.remove(draft)
        except OSError:
            pass  # the first failure is the one to tell
        raise
