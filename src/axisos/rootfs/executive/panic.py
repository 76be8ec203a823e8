"""The end of the line: the panic screen, the crash dump, and the halt (manual, chapter 2; spec of the stop codes).

Called by   the kernel when a promise that it lives by is broken: a critical module or service is gone.
Always so   it never returns, never raises, and leaves the reason on the screen, on the disk and with the host.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from executive.log import KernelLog
    from executive.process import Thread
    from executive.scheduler import Scheduler

STOP_CODES = {
    "CRITICAL_STRUCTURE_CORRUPTION": 0x109,
    "PATCHGUARD_VIOLATION": 0x109,
    "KERNEL_SECURITY_CHECK_FAILURE": 0x139,
    "OOM_KILL": 0x9F,
    "WATCHDOG_TIMEOUT": 0x101,
    "IRQL_NOT_LESS_OR_EQUAL": 0x0A,
    "SYSTEM_SERVICE_EXCEPTION": 0x3B,
}
BOOT_COUNTER = slice(240, 244)  # in the EEPROM's data area
CRASH_TYPE = 244
CRASH_TYPE_PANIC = 1

_BLUE, _WHITE, _RED, _YELLOW, _GREY = 0x0000AA, 0xFFFFFF, 0xFF5555, 0xFFFF55, 0xAAAAAA


def stop_code(reason: str) -> int:
    """The number for a reason: a known name's, else a fold of its first 64 bytes."""
    for name, code in STOP_CODES.items():
        if name in reason:
            return code
    folded = 0
    for byte in reason.encode("utf-8", "replace")[:64]:
        folded = (folded * 31 + byte) % 0xFFFFFFFF
    return folded


class Panic:
    """What is needed to say why the machine stopped."""

    def __init__(self, computer: Any, bus: Any, root_fs: Any, log: KernelLog) -> None:
        self._computer = computer
        self._bus = bus
        self._root_fs = root_fs
        self._log = log
        self.threads: dict[int, Thread] = {}
        self.scheduler: Scheduler | None = None
        self.happened = False

    def stop(self, reason: str) -> None:
        """Say it everywhere and halt. Inside a thread, the halt happens in the hub; the caller must not go on."""
        if self.happened:
            return
        self.happened = True
        self._log.kprint("fail", f"KERNEL PANIC: {reason}")
        lines = self._report(reason)
        saved = self._save_dump(lines)
        self._try(self._beep)
        self._try(self._draw, reason, lines, saved)
        self._computer.fault(f"kernel panic: {reason}")
        if self.scheduler is None or self.scheduler.current is self.scheduler.kernel_thread:
            self.halt()
        self.scheduler.power_switch = self.halt  # type: ignore[union-attr]
        self.scheduler.attend_ns = 0  # type: ignore[union-attr]

    def halt(self) -> None:
        """Do nothing for ever; only the machine's power switch ends it."""
        while True:
            self._computer.pull_signal(float("inf"))

    @staticmethod
    def _try(step: Any, *args: object) -> object:
        """One step of saying it; if it fails, the others still happen."""
        try:
            return step(*args)
        except Exception:  # whatever it is: the screen, the disk or the speaker may be what broke
            return None

    def _beep(self) -> None:
        self._computer.beep(1200, 0.1)
        self._computer.beep(100, 2.0)

    def _report(self, reason: str) -> list[str]:
        uptime = int(self._computer.uptime())
        lines = [
            f"*** STOP: 0x{stop_code(reason):08X}",
            "",
            reason,
            "",
            f"uptime {uptime // 3600}:{uptime // 60 % 60:02d}:{uptime % 60:02d}   "
            f"memory {self._computer.free_memory() // 1024} of {self._computer.total_memory() // 1024} KiB free",
        ]
        current = self.scheduler.current if self.scheduler is not None else None
        if current is not None and current.pid:
            process = current.process
            lines.append(f"in process {current.pid} ({process.image}), ring {process.ring}, uid {process.uid}")
        else:
            lines.append("outside of any process")
        lines += ["", "  PID   PPID  RING  STATUS    CPU(s)   IMAGE"]
        for pid, thread in sorted(self.threads.items())[:50]:
            process = thread.process
            parent = process.parent.pid if process.parent else 0
            lines.append(
                f"{pid:5d}  {parent:5d}  {process.ring!s:4}  {thread.status:8}  "
                f"{thread.cpu_ns / 1e9:7.3f}  {process.image}"
            )
        return lines

    def _save_dump(self, lines: list[str]) -> str:
        """Write /log/crash_nnn.dump and the crash mark in the EEPROM. Returns what to say about it."""
        path = self._try(self._write_dump, lines)
        return f"dump: {path}" if path else "no dump could be written"

    def _write_dump(self, lines: list[str]) -> str:
        counter = 0
        for address in self._bus.list("eeprom", True):
            eeprom = self._bus.proxy(address)
            data = bytearray(eeprom.getData().ljust(256, b"\0"))
            counter = int.from_bytes(data[BOOT_COUNTER], "big")
            data[CRASH_TYPE] = CRASH_TYPE_PANIC
            eeprom.setData(bytes(data))
            break
        path = f"/log/crash_{counter % 1000:03d}.dump"
        recent = [f"[{entry['time']:9.4f}] {entry['level']} {entry['msg']}" for entry in self._log.newest(30)]
        self._root_fs.makeDirectory("/log")
        handle = self._root_fs.open(path, "w")
        self._root_fs.write(handle, "\n".join([*lines, "", "last log entries:", *recent, ""]).encode())
        self._root_fs.close(handle)
        return path

    def _draw(self, reason: str, lines: list[str], saved: str) -> None:
        gpu = bound_gpu(self._bus)
        if gpu is None:
            return
        width, height = gpu.getResolution()
        gpu.setBackground(_BLUE)
        gpu.fill(1, 1, width, height, " ")
        gpu.setForeground(_WHITE)
        gpu.set(2, 2, "AxisOS has hit a problem that it cannot go on from, and must be restarted."[: width - 2])
        row = 4
        for line in lines:
            gpu.setForeground(_RED if line.startswith("***") else _YELLOW if line == reason else _WHITE)
            for start in range(0, max(1, len(line)), width - 2):
                if row < height - 4:
                    gpu.set(2, row, line[start : start + width - 2])
                    row += 1
        gpu.setForeground(_GREY)
        gpu.set(2, height - 4, "-" * (width - 2))
        gpu.set(2, height - 3, saved[: width - 2])
        gpu.setForeground(_WHITE)
        gpu.set(2, height - 1, f"System halted. 0x{stop_code(reason):08X}"[: width - 2])


def take_crash_mark(bus: Any) -> int:
    """What the last panic left in the EEPROM: its crash type, which is cleared by this; 0 for none."""
    for address in bus.list("eeprom", True):
        eeprom = bus.proxy(address)
        data = bytearray(eeprom.getData().ljust(256, b"\0"))
        crash_type = data[CRASH_TYPE]
        if crash_type:
            data[CRASH_TYPE] = 0
            eeprom.setData(bytes(data))
        return crash_type
    return 0


def bound_gpu(bus: Any) -> Any | None:
    """The first gpu, bound to the first screen; None on a machine without them."""
    for gpu_address in bus.list("gpu", True):
        for screen_address in bus.list("screen", True):
            gpu = bus.proxy(gpu_address)
            if gpu.getScreen() != screen_address:
                gpu.bind(screen_address)
            return gpu
    return None
