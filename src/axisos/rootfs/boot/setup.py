"""BIOS setup: the blue menu behind the DEL key. What is saved here is in force from this very boot on.

The firmware runs this file in a copy of its own namespace and goes on booting when it ends. So it uses the firmware's
functions and works on its `nvram`, the EEPROM's data (drawn in the firmware's source), directly; leaving without
saving puts back what the chip holds.

Keys    Up, Down move; Enter changes or opens; Backspace or Esc go back; F10 saves and leaves.
Owns    bytes 4 to 239 of the EEPROM's data; `timeout` and `default` of /boot/loader.toml.
Always so   an argument that equals the default entry's stays "not set" in the EEPROM, so that the other entries (safe
            mode, verbose) still get theirs; the file is replaced in one step, or not at all.
"""

from __future__ import annotations

import tomllib
from functools import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

    from axisos.firmware.boot import (
        ENTER,
        LEVELS,
        LOADER,
        NEVER,
        SWITCH,
        boot_fs,
        component,
        computer,
        default_index,
        draw,
        gpu,
        height,
        merge,
        nvram,
        nvram_args,
        read,
        read_loader,
        save_nvram,
        wait_key,
        width,
    )

    # A line of a menu: label, value ("" for none), what Enter does (None: it only shows something).
    Item = tuple[str, str, Callable[[], object] | None]

ESCAPE, BACKSPACE, F10, UP, DOWN = 1, 14, 68, 200, 208
WHITE, BLACK, BLUE, RED, YELLOW = 0xFFFFFF, 0x000000, 0x0000AA, 0xAA0000, 0xFFFF55
TOP = 4  # first row of a menu
KEYS = "Up, Down: move   Enter: change   Backspace: back   F10: save and exit"

NOT_SET = 255
MODE, DEFAULT, TIMEOUT, QUICK, LEVEL, SAFE = range(4, 10)  # single bytes of the EEPROM's data
BINDING, KERNEL_HASH, MANIFEST_HASH = slice(16, 48), slice(48, 80), slice(144, 176)
INIT, BOOT_DISK, FINGERPRINT, COUNT = slice(80, 144), slice(176, 192), slice(208, 240), slice(240, 244)
INIT_MAX_BYTES = 64
DELAY_MAX_S = 10  # what the menus offer


class Leave(Exception):
    """The user has left setup."""


class Setup:
    """The menus, and what they change."""

    def __init__(self) -> None:
        self.loader = read_loader()
        self.edits: dict[str, Any] = {}  # of loader.toml, not yet written
        self.stored = bytes(nvram)  # what the chip holds
        self.kept: list[Any] = []  # signals that are no keys: for the kernel
        self.status = ""  # shown instead of the keys until the next one is pressed

    def run(self) -> None:
        """Show the main menu until the user leaves."""
        try:
            self.page("AxisOS setup", self.main_items, self.leave_main)
        except Leave:
            for signal in self.kept:
                computer.push_signal(*signal)

    # -- the menus ----------------------------------------------------------------------------------------------

    def main_items(self) -> list[Item]:
        return [
            ("Boot options", "", lambda: self.page("Boot options", self.option_items)),
            ("Boot entries", "", lambda: self.page("Boot entries", self.entry_items)),
            ("EEPROM parameters", "", lambda: self.page("EEPROM parameters", self.eeprom_items)),
            ("Save & Exit", "", self.save_and_exit),
            ("Exit without saving", "", self.drop_and_exit),
            ("Reboot", "", lambda: computer.shutdown(True)),
        ]

    def option_items(self) -> list[Item]:
        """The manual's boot arguments, as the next boot gets them."""
        args = {**self.entry_arguments(), **nvram_args()}
        return [
            ("Log Level", args["lvl"], lambda: self.next_choice("lvl", LEVEL, LEVELS)),
            ("Safe Mode", args["safe"], lambda: self.next_choice("safe", SAFE, SWITCH)),
            ("Quick Boot", args["quick"], lambda: self.next_choice("quick", QUICK, SWITCH)),
            ("Init Path", args["init"], lambda: self.ask_init(args["init"])),
            ("Boot Delay", f"{self.delay()} s", self.ask_delay),
        ]

    def entry_items(self) -> list[Item]:
        """The entries of loader.toml, the default one, and the time that the user has to choose."""
        entries = self.loader["entries"]
        default = default_index(self.loader)
        items: list[Item] = []
        if entries:
            following = (default + 1) % len(entries)
            items.append(("Default entry", entries[default]["id"], partial(self.make_default, following)))
        items.append(("Timeout", f"{self.delay()} s", lambda: self.set_timeout((self.delay() + 1) % (DELAY_MAX_S + 1))))
        for index, entry in enumerate(entries):
            mark = "*DEFAULT*" if index == default else ""
            items.append((entry["title"], mark, partial(self.make_default, index)))
        return items

    def eeprom_items(self) -> list[Item]:
        """The chip's bytes as they are; "not set" leaves the choice to loader.toml."""
        ids = [entry["id"] for entry in self.loader["entries"]]
        seconds = [f"{number} s" for number in range(DELAY_MAX_S + 1)]
        mode = ("0 (off)", "1 (warn)", "2 (enforce)")
        return [
            ("Secure boot mode", mode[nvram[MODE]] if nvram[MODE] < len(mode) else str(nvram[MODE]), None),
            self.byte_item("Default entry", DEFAULT, ids),
            self.byte_item("Timeout", TIMEOUT, seconds),
            self.byte_item("Quick boot", QUICK, SWITCH),
            self.byte_item("Log level", LEVEL, LEVELS),
            self.byte_item("Safe mode", SAFE, SWITCH),
            ("Init path", text_of(INIT) or "not set", lambda: self.ask_init(text_of(INIT))),
            ("Boot disk", self.boot_disk() or "first with a kernel", self.next_boot_disk),
            ("Boot count", str(int.from_bytes(nvram[COUNT], "big")), None),
            ("Machine binding", hex_of(BINDING), None),
            ("Kernel hash", hex_of(KERNEL_HASH), None),
            ("Manifest hash", hex_of(MANIFEST_HASH), None),
            ("Key fingerprint", text_of(FINGERPRINT) or "none", None),
            ("Write to the EEPROM now", "", self.write_eeprom),
            ("Reset (keeps the boot count)", "", self.reset_eeprom),
        ]

    def byte_item(self, label: str, offset: int, names: Any) -> Item:
        """A byte of the chip that Enter moves on: not set, 0, 1, ... and round again."""
        value = nvram[offset]

        def move_on() -> None:
            following = 0 if value >= len(names) else value + 1
            nvram[offset] = following if following < len(names) else NOT_SET

        return label, names[value] if value < len(names) else "not set", move_on

    # -- what they show and change ------------------------------------------------------------------------------

    def entry_arguments(self) -> dict[str, Any]:
        """The boot arguments of the default entry, before the EEPROM and the command line."""
        entries = self.loader["entries"]
        entry = entries[default_index(self.loader)] if entries else {}
        args = {"lvl": "Info", "safe": "Disabled", "init": entry.get("init", "/bin/init.py"), "quick": "Disabled"}
        merge(args, entry.get("params", {}), LOADER)
        return args

    def next_choice(self, key: str, offset: int, choices: tuple[str, ...]) -> None:
        from_entry = self.entry_arguments()[key]
        value = nvram_args().get(key, from_entry)
        following = choices[(choices.index(value) + 1) % len(choices)]
        nvram[offset] = NOT_SET if following == from_entry else choices.index(following)

    def ask_init(self, path: str) -> None:
        def problem(text: str) -> str:
            if text and not text.startswith("/"):
                return "an init path starts with /"
            if len(text.encode()) > INIT_MAX_BYTES:
                return f"the EEPROM holds {INIT_MAX_BYTES} bytes of path"
            return ""

        text = self.ask("Init path", path, problem)
        if text is not None:
            from_entry = text == self.entry_arguments()["init"]
            nvram[INIT] = (b"" if from_entry else text.encode()).ljust(INIT_MAX_BYTES, b"\0")

    def delay(self) -> int:
        """Seconds that the splash waits."""
        return nvram[TIMEOUT] if nvram[TIMEOUT] < 16 else int(self.loader.get("timeout", 3))

    def ask_delay(self) -> None:
        def problem(text: str) -> str:
            digits = text.isascii() and text.isdigit()
            return "" if digits and int(text) <= DELAY_MAX_S else f"a boot delay is 0 to {DELAY_MAX_S} seconds"

        text = self.ask("Boot delay in seconds", str(self.delay()), problem)
        if text is not None:
            nvram[TIMEOUT] = NOT_SET if int(text) == self.loader.get("timeout", 3) else int(text)

    def make_default(self, index: int) -> None:
        self.edit_loader("default", self.loader["entries"][index]["id"])
        nvram[DEFAULT] = NOT_SET  # or the chip's choice would stay the stronger one

    def set_timeout(self, seconds: int) -> None:
        self.edit_loader("timeout", seconds)
        nvram[TIMEOUT] = NOT_SET

    def edit_loader(self, key: str, value: Any) -> None:
        self.loader[key] = self.edits[key] = value

    def boot_disk(self) -> str:
        """Address of the file system that the chip names, "" for none."""
        number = nvram[BOOT_DISK].hex()
        if not int(number, 16):
            return ""
        return "-".join((number[:8], number[8:12], number[12:16], number[16:20], number[20:]))

    def next_boot_disk(self) -> None:
        disks = [a for a in component.list("filesystem", True) if component.proxy(a).exists("/kernel.py")]
        choices = ["", *disks]
        now = self.boot_disk()
        following = choices[(choices.index(now) + 1 if now in choices else 0) % len(choices)]
        nvram[BOOT_DISK] = bytes.fromhex(following.replace("-", "")).ljust(16, b"\0")

    # -- saving and leaving -------------------------------------------------------------------------------------

    def write_eeprom(self) -> None:
        save_nvram()
        self.stored = bytes(nvram)
        self.status = "Written to the EEPROM"

    def reset_eeprom(self) -> None:
        nvram[4:240] = bytes([0, NOT_SET, NOT_SET, NOT_SET, NOT_SET, NOT_SET]).ljust(236, b"\0")
        self.write_eeprom()
        self.status = "The EEPROM is as new, but for the boot count"

    def save_and_exit(self) -> None:
        """Leaves only if everything could be stored."""
        try:
            if self.edits:
                write_whole(LOADER, edited_toml(read(LOADER).decode(), self.edits))
            self.write_eeprom()
        except Exception as error:
            self.status = f"Not saved: {error}"
        else:
            raise Leave

    def drop_and_exit(self) -> NoReturn:
        nvram[:] = self.stored
        raise Leave

    def leave_main(self) -> None:
        """Back from the main menu: only when nothing would be lost."""
        if self.edits or bytes(nvram) != self.stored:
            self.status = "There are changes: F10 saves them, Exit without saving drops them"
        else:
            raise Leave

    # -- screen and keys ----------------------------------------------------------------------------------------

    def page(self, title: str, items_now: Callable[[], list[Item]], leave: Callable[[], None] | None = None) -> None:
        """Show a menu and obey its keys until the user goes back; *leave* may refuse that by returning."""
        chosen = 0
        while True:
            items = items_now()
            self.show(title, items, chosen)
            code = self.key()[3]
            self.status = ""
            action = items[chosen][2]
            if code in (UP, DOWN):
                chosen = min(max(chosen + (1 if code == DOWN else -1), 0), len(items) - 1)
            elif code == ENTER and action:
                action()
            elif code == F10:
                self.save_and_exit()
            elif code in (BACKSPACE, ESCAPE):
                if leave is None:
                    return
                leave()

    def show(self, title: str, items: list[Item], chosen: int) -> None:
        gpu.setBackground(BLUE)
        gpu.setForeground(WHITE)
        gpu.fill(1, 1, width, height, " ")
        draw(1, title, WHITE, BLUE, 0)
        rows = max(1, height - TOP - 1)
        top = max(0, chosen - rows + 1)
        label_width = max(len(label) for label, _, _ in items) + 3
        for number, (label, value, _) in enumerate(items[top : top + rows], top):
            draw(TOP + number - top, label.ljust(label_width) + value, WHITE, RED if number == chosen else BLUE)
        draw(height, self.status or KEYS, BLACK, YELLOW)

    def key(self) -> Any:
        return wait_key(NEVER, self.kept)

    def ask(self, label: str, text: str, problem: Callable[[str], str]) -> str | None:
        """Let the user change a text until *problem* has nothing to say against it; None if they leave with Esc."""
        complaint = ""
        while True:
            shown = f"{label}: {text}_" + (f"   ({complaint})" if complaint else "")
            draw(height, shown[-(width - 4) :] if len(shown) > width - 4 else shown, BLACK, YELLOW)
            _, _, char, code, *_ = self.key()
            if code == ESCAPE:
                return None
            if code == ENTER:
                complaint = problem(text)
                if not complaint:
                    return text
            elif code == BACKSPACE:
                text = text[:-1]
            elif char >= 32:
                text += chr(char)


def text_of(part: slice) -> str:
    """A text of the EEPROM's data, without its padding."""
    return nvram[part].rstrip(b"\0").decode("utf-8", "replace")


def hex_of(part: slice) -> str:
    """A hash of the EEPROM's data; all zero means none."""
    return nvram[part].hex() if any(nvram[part]) else "none"


def edited_toml(text: str, changes: dict[str, Any]) -> str:
    """A TOML document with other top-level values; its comments stay if the change can be made line by line.

    Raises ValueError if the text is not TOML: a file that its owner must repair is not written over.
    """
    import tomli_w

    wanted = {**tomllib.loads(text), **changes}
    lines = text.splitlines()
    for key, value in changes.items():
        new = tomli_w.dumps({key: value}).strip()
        for number, line in enumerate(lines):
            if line.startswith("["):
                lines.insert(0, new)
                break
            if line.partition("=")[0].strip() == key:
                before, mark, comment = line.partition("#")
                lines[number] = new.ljust(len(before)) + mark + comment
                break
        else:
            lines.append(new)
    result = "\n".join(lines) + "\n"
    try:
        if tomllib.loads(result) == wanted:
            return result
    except tomllib.TOMLDecodeError:
        pass
    return tomli_w.dumps(wanted)


def write_whole(path: str, text: str) -> None:
    """Replace a file of the boot file system in one step."""
    handle = boot_fs.open(path + ".new", "w")
    boot_fs.write(handle, text.encode())
    boot_fs.close(handle)
    if not boot_fs.rename(path + ".new", path):
        raise OSError(f"{path} cannot be replaced")


if __name__ == "/boot/setup.py":
    Setup().run()
