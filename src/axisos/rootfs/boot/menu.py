"""The boot menu: which entry of /boot/loader.toml to boot, and with which arguments this once.

The firmware runs this file in a copy of its own namespace, when a key was pressed during the splash, and calls
`choose`. Nothing that is chosen here is stored.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axisos.firmware.boot import (
        BLACK,
        ENTER,
        GREY,
        NEVER,
        WHITE,
        boot_arguments,
        clear,
        computer,
        draw,
        height,
        wait_key,
        width,
    )

PATIENCE_S = 5  # so long without a key, and the selection boots
TOP = 4  # first row of the list
ESCAPE, BACKSPACE, UP, DOWN = 1, 14, 200, 208
CONTROLS = "Up, Down: select   Enter: boot   e: edit parameters"


def choose(entries: list[dict[str, Any]], index: int) -> tuple[int, str]:
    """Let the user choose; blocks until they have, or have touched no key for five seconds.

    Args:    entries: of loader.toml; index: the one selected at first.
    Returns: the index of the entry to boot, and `key=value ...` typed for this boot, "" for none.
    """
    typed = ""
    kept: list[Any] = []  # signals that are no keys: for the kernel
    while True:
        show(entries, index, typed)
        key = wait_key(PATIENCE_S, kept)
        if key is None or key[3] == ENTER:
            break
        if key[2] == ord("e"):
            args = boot_arguments(entries[index], typed)
            typed = edit("Parameters", " ".join(f"{name}={value}" for name, value in args.items()), kept) or typed
        elif key[3] in (UP, DOWN):
            chosen = min(max(index + (1 if key[3] == DOWN else -1), 0), len(entries) - 1)
            if chosen != index:
                index, typed = chosen, ""
    for signal in kept:
        computer.push_signal(*signal)
    return index, typed


def show(entries: list[dict[str, Any]], index: int, typed: str) -> None:
    """Draw the menu, scrolled so that the selection is in sight."""
    clear()
    draw(1, "AxisOS boot menu", column=0)
    rows = max(1, height - TOP - 3)
    top = max(0, index - rows + 1)
    for number, entry in enumerate(entries[top : top + rows], top):
        colours = (BLACK, WHITE) if number == index else (WHITE, BLACK)
        draw(TOP + number - top, entry["title"], *colours)
    draw(height - 2, CONTROLS, GREY, column=0)
    draw(height - 1, typed, GREY)


def edit(label: str, text: str, kept: list[Any]) -> str | None:
    """Let the user change a line of text; None if they leave with Esc."""
    while True:
        draw(height - 1, f"{label}: {text[-max(8, width - len(label) - 7) :]}_", BLACK, WHITE)
        _, _, char, code, *_ = wait_key(NEVER, kept)
        if code == ENTER:
            return text
        if code == ESCAPE:
            return None
        if code == BACKSPACE:
            text = text[:-1]
        elif char >= 32:
            text += chr(char)
