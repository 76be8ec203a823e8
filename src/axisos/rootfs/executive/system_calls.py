"""System calls about the machine and the system as a whole: time, memory, hardware, power, statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abi.names import PIPELINE_PID
from abi.status import Status, StatusError
from executive.process import ProcessKilled
from executive.syscalls import ANY_RING, DRIVERS, SERVICES, syscall

if TYPE_CHECKING:
    from collections.abc import Callable

    from executive.loader import Loader
    from executive.log import KernelLog
    from executive.process import Thread
    from executive.processes import ProcessManager
    from executive.scheduler import Scheduler

MAX_RANDOM_BYTES = 65_536
# Bytes of the EEPROM's data area that uid 0 may change: settings and their checksum, the path of init.
EEPROM_SETTINGS = frozenset((*range(5, 12), *range(80, 144)))


class SystemCalls:
    """The machine, as processes see it."""

    def __init__(
        self,
        computer: Any,
        bus: Any,
        scheduler: Scheduler,
        processes: ProcessManager,
        log: KernelLog,
        loader: Loader,
        panic: Callable[[str], None],
        root: tuple[str, Any],
    ) -> None:
        self._computer = computer
        self._bus = bus
        self._scheduler = scheduler
        self._processes = processes
        self._log = log
        self._loader = loader
        self._panic = panic
        self._root = root
        self.pipeline_registered = False

    # --- time, chance, memory ----------------------------------------------------------------------------------

    @syscall(rings=ANY_RING)
    def time_get(self, thread: Thread) -> tuple[float, float]:
        """The time. Returns: (seconds of uptime, seconds since 1970 UTC); a simulated machine has its own calendar."""
        return self._computer.uptime(), self._computer.real_time()

    @syscall(rings=ANY_RING)
    def random_bytes(self, thread: Thread, count: int) -> bytes:
        """Random bytes of the machine's entropy. Raises: INVALID_PARAMETER unless 0 to 65,536 are asked for."""
        if not 0 <= count <= MAX_RANDOM_BYTES:
            raise StatusError(Status.INVALID_PARAMETER, f"random_bytes: 0 to {MAX_RANDOM_BYTES} bytes, not {count}")
        source = self._computer.program_entropy if thread.process.ring > 2 else self._computer.entropy
        return source.bytes(count)  # type: ignore[no-any-return]

    @syscall(rings=ANY_RING)
    def mem_info(self, thread: Thread) -> dict[str, object]:
        """The machine's memory, and what each process has.

        Returns: {total, free, used (bytes), used_pct, processes, dmesg_entries, process_list}, the last a list of {pid,
                 ring, status, handles, signals, threads, cpu}.
        """
        total, free = self._computer.total_memory(), self._computer.free_memory()
        return {
            "total": total,
            "free": free,
            "used": total - free,
            "used_pct": (total - free) * 100 / total,
            "processes": len(self._processes.processes()),
            "dmesg_entries": self._log.dmesg_stats(thread)["total"],
            "process_list": [
                {
                    "pid": each.pid,
                    "ring": each.ring,
                    "status": each.main.status,
                    "handles": len(each.handles.entries),
                    "signals": len(each.main.messages),
                    "threads": len(each.threads),
                    "cpu": each.main.cpu_ns / 1e9,
                }
                for each in self._processes.processes()
            ],
        }

    @syscall(rings=ANY_RING)
    def sched_get_stats(self, thread: Thread) -> dict[str, object]:
        """What the scheduler and the instrumenter count.

        Returns: {total_resumes, preemptions, watchdog_warnings, watchdog_kills, max_slice_ms, quantum_ms,
                 check_interval, instrumented_files}; the interval is always 1.
        """
        statistics = self._scheduler.statistics
        return {
            "total_resumes": self._scheduler.resumes,
            "preemptions": statistics.preemptions,
            "watchdog_warnings": statistics.watchdog_warnings,
            "watchdog_kills": statistics.watchdog_kills,
            "max_slice_ms": statistics.max_slice_ns / 1e6,
            "quantum_ms": self._scheduler.quantum_ms,
            "check_interval": 1,
            "instrumented_files": self._loader.instrumented_files,
        }

    # --- hardware ----------------------------------------------------------------------------------------------

    @syscall(rings=DRIVERS)
    def raw_component_list(self, thread: Thread, kind: str | None = None) -> dict[str, str]:
        """The components on the bus, all or those of one type. Returns: {address: type}, in the order of attaching."""
        return dict(self._bus.list(kind, True) if kind is not None else self._bus.list())

    @syscall(rings=DRIVERS)
    def raw_component_proxy(self, thread: Thread, address: str) -> object:
        """The proxy of a component. Raises: NO_SUCH_DEVICE."""
        return self._bus.proxy(address)

    @syscall(rings=DRIVERS)
    def raw_component_invoke(self, thread: Thread, address: str, method: str, *args: object) -> object:
        """Call one method of a component. Raises: NO_SUCH_DEVICE, NOT_IMPLEMENTED, the method's own."""
        return self._bus.invoke(address, method, *args)

    @syscall(rings=ANY_RING)
    def eeprom_get_data(self, thread: Thread) -> bytes:
        """The 256 bytes of the EEPROM's data area. Raises: NO_SUCH_DEVICE."""
        return self._eeprom().getData()  # type: ignore[no-any-return]

    @syscall(rings=ANY_RING)
    def eeprom_set_data(self, thread: Thread, data: bytes) -> bool:
        """Write the EEPROM's data area. Rings 0 and 1 may change all of it, uid 0 only the boot settings.

        Returns: True.
        Raises:  ACCESS_DENIED, INVALID_PARAMETER (longer than 256 bytes), NO_SUCH_DEVICE.
        """
        eeprom = self._eeprom()
        if len(data) > 256:
            raise StatusError(Status.INVALID_PARAMETER, f"eeprom_set_data: {len(data)} bytes do not fit into 256")
        if thread.process.ring > 1:
            if thread.process.uid != 0:
                raise StatusError(Status.ACCESS_DENIED, "eeprom_set_data: only uid 0 may change the boot settings")
            before = eeprom.getData().ljust(256, b"\0")
            after = data.ljust(256, b"\0")
            changed = {index for index in range(256) if before[index] != after[index]}
            if changed - EEPROM_SETTINGS:
                raise StatusError(
                    Status.ACCESS_DENIED, "eeprom_set_data: only the boot settings (bytes 5-11, 80-143) may change"
                )
        eeprom.setData(data)
        return True

    def _eeprom(self) -> Any:
        for address in self._bus.list("eeprom", True):
            return self._bus.proxy(address)
        raise StatusError(Status.NO_SUCH_DEVICE, "there is no EEPROM")

    # --- the system --------------------------------------------------------------------------------------------

    @syscall(rings=SERVICES)
    def kernel_get_root_fs(self, thread: Thread) -> tuple[str, object]:
        """The file system that is mounted at /. Returns: (address, proxy)."""
        return self._root

    @syscall(rings=DRIVERS)
    def vfs_read_file(self, thread: Thread, path: str) -> bytes:
        """A whole file of the root file system, past the Pipeline Manager. Raises: NO_SUCH_FILE."""
        return self._loader.read_root(path)

    @syscall(rings=SERVICES)
    def kernel_register_pipeline(self, thread: Thread) -> bool:
        """The Pipeline Manager says that it runs; once, and only process 2. Returns: True. Raises: ACCESS_DENIED."""
        if thread.process.pid != PIPELINE_PID or self.pipeline_registered:
            raise StatusError(Status.ACCESS_DENIED, "kernel_register_pipeline: process 2 does this, once")
        self.pipeline_registered = True
        return True

    @syscall(rings=DRIVERS)
    def kernel_panic(self, thread: Thread, reason: str) -> None:
        """Stop the machine and say why. Returns: never."""
        self._panic(f"{reason} (process {thread.process.pid}, {thread.process.image})")
        self._scheduler.give_way(thread)  # to the hub, which halts
        raise ProcessKilled

    @syscall(rings=ANY_RING)
    def computer_shutdown(self, thread: Thread) -> None:
        """Turn the machine off: for rings 0 to 2.5, and ring 3 with uid 0. Returns: never. Raises: ACCESS_DENIED."""
        self._power(thread, False)

    @syscall(rings=ANY_RING)
    def computer_reboot(self, thread: Thread) -> None:
        """Turn the machine off and on again; for whom: as computer_shutdown. Returns: never. Raises: ACCESS_DENIED."""
        self._power(thread, True)

    def _power(self, thread: Thread, reboot: bool) -> None:
        process = thread.process
        if process.ring > 2.5 and process.uid != 0:
            raise StatusError(Status.ACCESS_DENIED, "only uid 0 may turn the machine off; use su")
        self._scheduler.power_switch = lambda: self._computer.shutdown(reboot)
        self._scheduler.attend_ns = 0
        self._scheduler.give_way(thread)
        raise ProcessKilled
