"""axis.screen: what the terminal sends becomes events, and the terminal is as before afterwards."""

from __future__ import annotations

from pathlib import Path

from guest_program import output

from axisos.machine.machine import Machine
from stories.test_commands_at_the_terminal import at_the_prompt

PROGRAM = b"""
from axis import registry
from axis.screen import BLACK, WHITE, Screen

with Screen() as screen, registry.watch("@VT") as watch:
    events = []
    while "q" not in events:
        rows = [f"{screen.width} x {screen.height}", *[str(event) for event in events]]
        screen.draw([[(1, text, WHITE, BLACK)] for text in rows])
        events.append(screen.wait(watch))
        if events[-1] is None:
            watch.take()
print("the end of", len(events), "events")
"""


def put(machine: Machine, path: str, data: bytes) -> None:
    """Write a file on the machine's root disk."""
    disk = machine.kernel.primitive_fs
    handle = disk.open(path, "w")
    disk.write(handle, data)
    disk.close(handle)


def shown(machine: Machine) -> list[str]:
    machine.run_until_idle()
    return [line.strip() for line in machine.screen.lines() if line.strip()]


def test_keys_mouse_sizes_and_objects_come_as_events(machine: Machine) -> None:
    """Each as what it is, in their order; a new size is in force when it is told."""
    at_the_prompt(machine)
    put(machine, "/usr/commands/events.py", PROGRAM)
    machine.type("clear; echo before; events\n")
    assert shown(machine) == ["80 x 25"]
    for key in ("a", "up", "enter", "ctrl+c", "escape", "backspace"):
        machine.press(key)
    assert shown(machine)[1:] == ["a", "up", "enter", "ctrl+c", "escape", "backspace"]
    machine.click(7, 3)
    machine.scroll(2, 2, -1)
    assert shown(machine)[7:] == ["<press 0 at 7, 3>", "<wheel 1 at 2, 2>"]
    machine.kernel.registry.create_key("@VT\\Lab")
    machine.computer.push_signal("work")
    assert shown(machine)[9:] == ["None"]
    machine.resize_screen(60, 20)
    assert shown(machine)[0] == "60 x 20" and shown(machine)[10:] == ["<Resized 60 x 20>"]
    machine.press("q")
    assert shown(machine)[:2] == ["before", "the end of 11 events"]
    machine.type("echo typed $((6 * 7))\n")
    machine.run_until("typed 42")


def test_what_one_read_means(tmp_path: Path) -> None:
    """Names for what is no character; a sequence that nobody knows, or that is broken, stays as it is."""
    lines = output(tmp_path, r"""
        from axis.screen import decode
        for text in ("x", "\u00e4", "\x03", "\x1a", "\t", "\x1b", "\x1b[Z", "\x1b[15~", "\x1b[<0;3;4M", "\x1b[<34;3;4M",
                     "\x1b[48;24;80t"):
            print(decode(text))
        for text in ("\x1b[<0;3M", "\x1b[<0;3;4m", "\x1b[<;;M", "\x1b[<M", "\x1b[48;1t", "\x1b[48;a;bt", "\x1b[99~",
                     "ab", "\x1b[<0;3;99999999999M"):
            assert decode(text) is text, text
    """)
    assert lines == [
        "x", "\u00e4", "ctrl+c", "ctrl+z", "tab", "escape", "shift+tab", "f5", "<press 0 at 3, 4>", "<drag 2 at 3, 4>",
        "<Resized 80 x 24>",
    ]
