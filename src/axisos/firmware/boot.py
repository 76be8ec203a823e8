"""The plain firmware: phase 1 of the boot, from power-on until the kernel runs.

    VIDEO -> NVRAM -> DISK -> loader.toml -> SPLASH -> (DEL) SETUP | (other key) MENU -> LOAD -> RUN;  failures -> HALT

The machine runs this file, packed by `plain_rom`, as the program of its EEPROM, with the bus as `component` and the
machine's `computer` in its namespace. It imports nothing of AxisOS: all it knows of the system is what it reads from
the boot file system. The kernel then runs in this very namespace, so whatever is defined here is in its reach.

Hands over  `boot_fs_address`, `boot_args`, `boot_fs_type`, `boot_messages` (complaints about the configuration), and
            builtins whose `__import__` finds `abi` and `executive` on the boot file system (/boot/importer.py).
Owns        the screen until the kernel starts; of the EEPROM's 256 data bytes only the boot counter.
Always so   whoever waits can be seen waiting: without a display or a time limit there is no splash, and every halt
            says why on the screen and to the host (`computer.fault`).

The EEPROM's data, `AXC2` (numbers are big-endian; 255 in bytes 5 to 9 = not set, the loader entry decides):

     0  4  "AXC2"                7  1  quick 0, 1                   80 64  init path
     4  1  secure boot mode      8  1  log level 0 Debug..3 Error  144 32  manifest hash
     5  1  default entry index   9  1  safe 0, 1                   176 16  address of the boot file system
     6  1  timeout in s, 0..15  10  2  sum of bytes 4 to 9         208 32  key fingerprint, hex
    16 32  machine binding      48 32  kernel hash                 240  4  boot counter
                                                                   244  2  last crash, violations (the kernel's)
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    component: Any = None  # the bus; this and the next are the machine's gift
    computer: Any = None
    boot_args: dict[str, Any] = {}  # these are ours to the kernel
    boot_fs_address = boot_fs_type = ""

# ROM: what stands above this line is for readers and type checkers, the rest is packed

LEVELS = "Debug", "Info", "Warn", "Error"
SWITCH = "Disabled", "Enabled"
CHOICES = {"lvl": LEVELS, "safe": SWITCH, "quick": SWITCH, "nodrivers": SWITCH}
LOADER_TYPES = {
    "timeout": int, "entries": list, "params": dict, "default": str, "id": str, "title": str, "kernel": str, "init": str
}  # fmt: skip
ALIASES = {"loglevel": "lvl", "safemode": "safe"}
LOADER = "/boot/loader.toml"
IMPORTER = "/boot/importer.py"
WHITE, BLACK, RED, GREY = 0xFFFFFF, 0, 0xFF0000, 0xAAAAAA
ENTER, DELETE = 28, 211
NEVER = float("inf")

gpu: Any = None
eeprom: Any = None
boot_fs: Any = None
width = height = 0
nvram = bytearray(256)
boot_messages: list[str] = []


def first(kind: str) -> Any:
    """The first component of a type, or None."""
    for address in component.list(kind, True):
        return component.proxy(address)
    return None


# VIDEO


def open_display() -> None:
    """Bind the first GPU to the first screen, in the resolution it has. A machine without either is headless."""
    global gpu, width, height
    card, screen = first("gpu"), first("screen")
    if card and screen:
        card.bind(screen.address, False)
        gpu = card
        width, height = gpu.getResolution()
        clear()


def clear() -> None:
    if gpu:
        gpu.setBackground(BLACK)
        gpu.setForeground(WHITE)
        gpu.fill(1, 1, width, height, " ")


def draw(row: int, text: str, colour: int = WHITE, background: int = BLACK, column: int = 3) -> None:
    """One line of text, cut to the screen; column 0 centres it."""
    if gpu:
        gpu.setBackground(background)
        gpu.setForeground(colour)
        gpu.fill(1, row, width, 1, " ")
        gpu.set(column or max(1, (width - len(text)) // 2 + 1), row, text[: width - 4])


def beep(frequency: int, seconds: float) -> None:
    if gpu:
        computer.beep(frequency, seconds)


def say(message: str) -> None:
    """A complaint that does not stop the boot: on the screen now, in the kernel's log later."""
    if message not in boot_messages:
        boot_messages.append(message)
        draw(len(boot_messages) + 2, message, RED)


def halt(reason: str, detail: str = "") -> NoReturn:
    """Say why the machine does not boot, on the screen and to the host, and stay there until the power goes off."""
    lines = detail.splitlines()
    if gpu:
        clear()
        for row, line in enumerate(lines[-(height - 3) :], 1):
            draw(row, line, GREY)
        draw(height - 2, "BOOT BLOCKED", RED)
        draw(height - 1, reason)
    computer.fault("\n".join([reason, *lines]))
    beep(200, 1)
    while True:
        computer.pull_signal()


def wait_key(seconds: float, kept: list[Any]) -> Any:
    """The next key_down signal within *seconds*, else None. What is no key goes to *kept*, for the kernel."""
    deadline = computer.uptime() + seconds
    while signal := computer.pull_signal(max(0, deadline - computer.uptime())):
        if signal[0] == "key_down":
            return signal
        if signal[0] != "key_up":
            kept.append(signal)
    return None


# NVRAM


def load_nvram() -> None:
    """Take over the EEPROM's data if it is sound, else start it anew; count this boot."""
    global eeprom
    eeprom = first("eeprom")
    data = bytes(eeprom.getData())
    ours = data[:4] == b"AXC2" and len(data) == 256
    if ours and int.from_bytes(data[10:12], "big") == sum(data[4:10]):
        nvram[:] = data
    else:
        nvram[:10] = b"AXC2\0" + b"\xff" * 5
        if ours:
            nvram[240:] = data[240:]
            say("EEPROM data: wrong checksum, back to defaults")
    count = int.from_bytes(nvram[240:244], "big") + 1
    nvram[240:244] = (count % 2**32).to_bytes(4, "big")
    save_nvram()


def save_nvram() -> None:
    nvram[10:12] = sum(nvram[4:10]).to_bytes(2, "big")
    eeprom.setData(bytes(nvram))


def nvram_args() -> dict[str, Any]:
    """The boot arguments that the EEPROM's data sets."""
    settings = ("quick", nvram[7], SWITCH), ("lvl", nvram[8], LEVELS), ("safe", nvram[9], SWITCH)
    args = {key: choices[value] for key, value, choices in settings if value < len(choices)}
    if nvram[80]:
        args["init"] = nvram[80:144].rstrip(b"\0").decode("utf-8", "replace")
    return args


# DISK


def find_disk() -> None:
    """The file system to boot from: the one the EEPROM names, else the first that has a kernel."""
    global boot_fs
    for address in sorted(component.list("filesystem", True), key=lambda a: a.replace("-", "") != nvram[176:192].hex()):
        disk = component.proxy(address)
        if disk.exists("/kernel.py"):
            boot_fs = disk
            return
    halt("No system disk")


def read(path: str) -> bytes:
    """A whole file of the boot file system."""
    if not boot_fs.exists(path):
        raise OSError(f"no file {path}")
    handle = boot_fs.open(path, "r")
    data = b""
    while chunk := boot_fs.read(handle, NEVER):
        data += chunk
    boot_fs.close(handle)
    return data


def read_loader() -> Any:
    """/boot/loader.toml, checked. A broken one is replaced by its defaults, with a message.

    The code cache keeps it as the code of a dict: a warm boot does without the 6 ms that importing tomllib takes.
    """
    try:
        source = read(LOADER)
        code = computer.code_cache.get("toml", source, LOADER)
        if not code:
            import tomllib

            code = compile(repr(tomllib.loads(source.decode())), LOADER, "eval")
            computer.code_cache.put("toml", source, LOADER, code)
        loader = eval(code)
        tables = [loader]
        for table in tables:
            for key, value in table.items():
                kind = LOADER_TYPES.get(key, object)
                if not isinstance(value, kind):
                    raise ValueError(f"{key} must be {kind.__name__}")
            tables += table.get("entries", [])
    except Exception as error:
        say(f"{LOADER}: {error}; timeout 3, one entry axis")
        loader = {"timeout": 3, "entries": [{"id": "axis"}]}
    for entry in loader.setdefault("entries", []):
        entry.setdefault("title", entry.setdefault("id", "axis"))
    return loader


def default_index(loader: dict[str, Any]) -> int:
    """Which entry boots when nobody chooses: the EEPROM's, else the file's, else the first."""
    entries = loader["entries"]
    if nvram[5] < len(entries):
        return nvram[5]
    ids = [entry["id"] for entry in entries]
    return ids.index(loader["default"]) if loader.get("default") in ids else 0


def merge(args: dict[str, Any], more: dict[str, Any], origin: str) -> None:
    """Put *more* boot arguments over *args*; a value that the manual does not know is refused with a message."""
    for key, value in more.items():
        key = ALIASES.get(key, key)
        choices = CHOICES.get(key)
        if choices:
            value = SWITCH[value] if type(value) is bool else str(value).capitalize()
            if value not in choices:
                say(f"{origin}: {key} must be {' or '.join(choices)}, not {value}")
                continue
        args[key] = value


def boot_arguments(entry: dict[str, Any], typed: str = "") -> dict[str, Any]:
    """What was typed in the menu over command line over EEPROM over loader entry over the manual's defaults."""
    args = {"lvl": "Info", "safe": "Disabled", "init": entry.get("init", "/bin/init.py"), "quick": "Disabled"}
    merge(args, entry.get("params", {}), LOADER)
    merge(args, nvram_args(), "EEPROM")
    merge(args, computer.boot_options, "command line")
    merge(args, dict(word.split("=", 1) for word in typed.split() if "=" in word), "menu")
    args.pop("timeout", None)
    if args.get("nodrivers") == "Disabled":
        del args["nodrivers"]  # not one of the manual's four: it is there only when it is asked for
    return args


# SPLASH, SETUP, MENU


def splash(loader: dict[str, Any]) -> int:
    """Show who boots and give the user a moment. The code of the key that was pressed, 0 for none."""
    if not gpu:
        return 0
    draw(1, "AxisOS Xen XKA for Python", column=0)
    draw(max(2, height // 3), "A x i s O S", column=0)
    draw(height - 2, "Press DEL to enter SETUP, another key for the boot menu", GREY, column=0)
    seconds = computer.boot_options.get("timeout")
    if seconds is None:
        seconds = nvram[6] if nvram[6] < 16 else loader.get("timeout", 3)
    entries = loader["entries"]
    seconds = float(seconds)
    if entries and boot_arguments(entries[default_index(loader)])["quick"] == "Enabled":
        seconds = min(seconds, 0.1)
    if seconds > 0:
        beep(1100, 0.1)
    kept: list[Any] = []
    key = wait_key(seconds, kept) if seconds > 0 or computer.signals_pending else None
    for signal in kept:
        computer.push_signal(*signal)
    return key[3] if key else 0


def compiled(path: str, source: bytes) -> Any:
    """The code of a file of the boot file system, from the host's cache if it has it."""
    name = boot_fs.realPath(path) or path
    code = computer.code_cache.get("ring0", source, name)
    if not code:
        code = compile(source, name, "exec", dont_inherit=True)
        computer.code_cache.put("ring0", source, name, code)
    return code


def run_from_disk(path: str, space: dict[str, Any]) -> dict[str, Any]:
    """Run a program of the boot file system in a namespace, which is returned when it ends."""
    space["__name__"] = path
    exec(compiled(path, read(path)), space)
    return space


def run_menu(path: str) -> dict[str, Any]:
    """Setup and the boot menu work with our functions, in a copy of our namespace, on a clear screen."""
    beep(1000, 0.1)
    clear()
    space = run_from_disk(path, {**globals()})
    clear()
    return space


# LOAD, RUN


def load_kernel(path: str) -> Any:
    """Read and compile the kernel, and give this namespace the builtins that it will run with."""
    import builtins

    source = read(path) if boot_fs.exists(path) else b""
    if len(source) < 100:
        halt("Kernel missing/corrupt", f"{path} on {boot_fs.address}: {len(source)} bytes")
    try:
        code = compiled(path, source.removeprefix(b"\xef\xbb\xbf"))
    except (SyntaxError, ValueError) as error:
        explain("PARSE", error)
    space = {**vars(builtins)}
    if boot_fs.exists(IMPORTER):
        make = run_from_disk(IMPORTER, {"__builtins__": builtins})["importer_for"]
        space["__import__"] = make(boot_fs, computer.code_cache)
    globals().update(__name__="kernel", __file__=code.co_filename, __builtins__=space)
    return code


def boot() -> Any:
    """Everything before the kernel, step by step; leaves the hand-over in this namespace."""
    global boot_args, boot_fs_address, boot_fs_type
    open_display()
    load_nvram()
    find_disk()
    loader = read_loader()
    key = splash(loader)
    if key == DELETE:
        run_menu("/boot/setup.py")
        boot_messages.clear()
        loader = read_loader()
    entries = loader["entries"]
    if not entries:
        halt("No boot entries!")
    index, typed = default_index(loader), ""
    if key not in (0, ENTER, DELETE) and len(entries) > 1:
        index, typed = run_menu("/boot/menu.py")["choose"](entries, index)
    entry = entries[index]
    draw(1, f"Booting: {entry['title']}")
    beep(900, 0.2)
    boot_args = boot_arguments(entry, typed)
    boot_fs_address, boot_fs_type = boot_fs.address, "managed"
    return load_kernel(entry.get("kernel", "/kernel.py"))


def explain(kind: str, error: Exception) -> NoReturn:
    """Halt with the traceback of *error*: the kernel's own frames, ours only if there are no others."""
    import traceback

    report = traceback.TracebackException.from_exception(error)
    stack = report.stack
    ours = boot.__code__.co_filename
    stack[:] = [frame for frame in stack if frame.filename != ours and not frame.filename.endswith(IMPORTER)] or stack
    lines = "".join(report.format_exception_only() if kind == "PARSE" else report.format()).strip()
    halt(f"{kind}: {lines.splitlines()[-1]}", lines)


def run() -> NoReturn:
    """Boot, and hand over to the kernel, which never comes back in a healthy machine."""
    space, firmware = globals(), {}
    try:
        code = boot()
        firmware.update(space)
        exec(code, space)
        raise RuntimeError("the kernel returned")
    except Exception as error:
        space.update(firmware)  # the kernel's names may have replaced ours
        explain("PANIC", error)


run()
