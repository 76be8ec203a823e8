"""A terminal on a bench: fake processes, a fake GPU that really draws, and the requests that programs would send."""

from __future__ import annotations

from abi.irp import IRP_MJ_DEVICE_CONTROL, IRP_MJ_READ, IRP_MJ_WRITE, Irp
from abi.status import Status, StatusError
from drivers.tty.console import Console
from drivers.tty.controls import Controls
from drivers.tty.painter import Painter
from drivers.tty.terminal import Terminal

CODES = {
    "enter": (13, 28), "tab": (9, 15), "backspace": (8, 14), "escape": (27, 1), "up": (0, 200), "down": (0, 208),
    "left": (0, 203), "right": (0, 205), "home": (0, 199), "end": (0, 207), "delete": (0, 211), "page up": (0, 201),
    "page down": (0, 209), "f1": (0, 59), "shift": (0, 42), "control": (0, 29), "keypad enter": (13, 156),
}


class FakeGpu:
    """A GPU with a screen of its own. Counts the calls it gets."""

    def __init__(self, width: int = 80, height: int = 25, legend: str = "") -> None:
        self.size = (width, height)
        self.cells = [[(char, 0xFFFFFF, 0) for char in legend.ljust(width)[:width]] for _ in range(height)]
        self.foreground, self.background = 0xFFFFFF, 0
        self.calls: list[str] = []
        self.broken = False

    def _called(self, name: str) -> None:
        if self.broken:
            raise RuntimeError("no such component")
        self.calls.append(name)

    def setForeground(self, colour: int) -> None:
        self._called("setForeground")
        self.foreground = colour

    def setBackground(self, colour: int) -> None:
        self._called("setBackground")
        self.background = colour

    def set(self, x: int, y: int, text: str) -> None:
        self._called("set")
        for char in text:
            wide = "\u1100" <= char < "\uffe0" and char not in "\ufffd"
            for part in (char, "") if wide else (char,):
                if 1 <= x <= self.size[0]:
                    self.cells[y - 1][x - 1] = (part, self.foreground, self.background)
                x += 1

    def fill(self, x: int, y: int, width: int, height: int, char: str) -> None:
        self._called("fill")
        for row in range(y - 1, y - 1 + height):
            self.cells[row][x - 1:x - 1 + width] = [(char, self.foreground, self.background)] * width

    def copy(self, x: int, y: int, width: int, height: int, dx: int, dy: int) -> None:
        self._called("copy")
        block = [row[x - 1:x - 1 + width] for row in self.cells[y - 1:y - 1 + height]]
        for offset, row in enumerate(block):
            self.cells[y - 1 + dy + offset][x - 1 + dx:x - 1 + dx + width] = row

    def lines(self) -> list[str]:
        return ["".join(char for char, _, _ in row).rstrip() for row in self.cells]


class FakePort:
    """The system below the console: answers are kept, time is what the test says."""

    pending = object()

    def __init__(self) -> None:
        self.answers: dict[int, tuple[Status, object]] = {}
        self.signals: list[tuple[int, int]] = []
        self.processes: dict[int, dict[str, object]] = {}
        self.time = 1.0
        self.logged: list[str] = []

    def complete(self, irp: Irp, status: int, information: object) -> None:
        assert irp.irp_id not in self.answers, f"{irp} answered twice"
        self.answers[irp.irp_id] = (Status(status), information)

    def signal_group(self, group: int, number: int) -> None:
        self.signals.append((group, number))

    def process_info(self, pid: int) -> dict[str, object]:
        try:
            return self.processes[pid]
        except KeyError:
            raise StatusError(Status.NO_SUCH_PROCESS, str(pid)) from None

    def now(self) -> float:
        return self.time

    def log(self, text: str) -> None:
        self.logged.append(text)


class Reading:
    """A read that a program has issued."""

    def __init__(self, port: FakePort, irp: Irp) -> None:
        self._port = port
        self.irp = irp

    @property
    def pending(self) -> bool:
        return self.irp.irp_id not in self._port.answers

    @property
    def data(self) -> object:
        status, information = self._port.answers[self.irp.irp_id]
        assert status == Status.SUCCESS, (status, information)
        return information

    @property
    def status(self) -> Status:
        return self._port.answers[self.irp.irp_id][0]


class Rig:
    """One terminal and its users. Processes are numbers; each has one open, numbered like itself."""

    def __init__(self, width: int = 80, height: int = 25, gpu: FakeGpu | None = None) -> None:
        self.terminal = Terminal(width, height)
        self.painter = Painter(self.terminal)
        self.port = FakePort()
        self.console = Console(self.terminal, self.painter, self.port)
        self.controls = Controls(self.console)
        self.gpu = gpu
        if gpu is not None:
            self.painter.attach(gpu)
        self._ids = 0

    # Processes

    def start(self, pid: int, group: int | None = None, uid: int = 1000, ring: float = 3) -> int:
        self.port.processes[pid] = {"pid": pid, "tgid": pid, "pgid": group or pid, "uid": uid, "ring": ring}
        return pid

    def end(self, pid: int) -> None:
        del self.port.processes[pid]

    # Requests

    def irp(self, major: int, pid: int, file_id: int | None, **parameters: object) -> Irp:
        self._ids += 1
        if pid not in self.port.processes:
            self.start(pid)
        uid = self.port.processes[pid]["uid"]
        return Irp(
            self._ids, major, "/dev/tty", sender_pid=pid, reply_pid=2, requester_uid=uid,  # type: ignore[arg-type]
            requester_ring=3, file_id=pid if file_id is None else file_id, **parameters,  # type: ignore[arg-type]
        )

    def write(self, data: bytes | str, pid: int = 20, file_id: int | None = None) -> None:
        data = data.encode() if isinstance(data, str) else data
        assert self.console.write(None, self.irp(IRP_MJ_WRITE, pid, file_id, data=data)) == len(data)

    def read(self, pid: int = 20, length: int | None = None, file_id: int | None = None) -> Reading:
        irp = self.irp(IRP_MJ_READ, pid, file_id, length=length)
        result = self.console.read(None, irp)
        if result is not self.port.pending:
            self.port.complete(irp, Status.SUCCESS, result)
        return Reading(self.port, irp)

    def control(self, method: str, *args: object, pid: int = 20, file_id: int | None = None) -> object:
        irp = self.irp(IRP_MJ_DEVICE_CONTROL, pid, file_id, method=method, args=list(args))
        return self.controls.control(None, irp)

    def close(self, file_id: int) -> None:
        self.console.close(None, self.irp(2, 20, file_id))

    # Keys

    def press(self, *names: str, shift: bool = False) -> None:
        """Press keys by name; "ctrl+c" and single characters are understood too."""
        if shift:
            self.console.key_down("keyboard", *CODES["shift"])
        for name in names:
            if name.startswith("ctrl+"):
                self.console.key_down("keyboard", ord(name[5].upper()) & 0x1F, 0)
            else:
                self.console.key_down("keyboard", *(CODES[name] if name in CODES else (ord(name), 0)))
        if shift:
            self.console.key_up("keyboard", *CODES["shift"])

    def type(self, text: str) -> None:
        for char in text:
            self.press("enter" if char == "\n" else "tab" if char == "\t" else char)

    # What people see

    def line(self, y: int) -> str:
        """Row *y* from 1; -1 is the last."""
        return self.terminal.text()[y - 1 if y > 0 else y]

    def paint(self) -> list[str]:
        """Let the painter have its turn, and return the rows on the fake screen."""
        self.port.time += 1
        assert self.console.idle() is None
        assert self.gpu is not None
        return self.gpu.lines()
