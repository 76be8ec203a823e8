"""Ring 0: phase 2 of the boot (manual, chapter 2.3), a list to read from top to bottom, and then the scheduler.

The firmware runs this file with its own namespace, in which it has put `raw_component`, `raw_computer`,
`boot_fs_address` and `boot_args`. The kernel never returns: `boot` makes the system, `Kernel.run` is its life.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from abi.names import DKMS_PID, KERNEL_PID, PIPELINE_PID, TYPE_FILE
from abi.status import StatusError
from executive.limits import LIMITS_PATH, LimitBook
from executive.log import KernelLog
from executive.panic import Panic, bound_gpu, take_crash_mark
from executive.process import Process, Thread
from executive.scheduler import Scheduler
from executive.synapse import new_process_token
from executive.syscalls import Gate, SyscallTable

if TYPE_CHECKING:
    from collections.abc import Iterator

KERNEL_VERSION = "0.32-alpha1"
PIPELINE_MANAGER = "/system/pipeline_manager.py"
DEFAULT_INIT = "/bin/init.py"


class Kernel:
    """The system of one machine: its parts, wired to one another."""

    def __init__(self, bus: Any, computer: Any, root_address: str, arguments: dict[str, object]) -> None:
        self.bus = bus
        self.computer = computer
        self.arguments = arguments
        self.boot(root_address)

    def boot(self, boot_fs_address: str) -> None:
        """Phase 2 of the boot, in the manual's six steps."""
        computer, bus = self.computer, self.bus

        # 1. GPU and logger: find the GPU, bind the screen, set up kprint.
        trace = None
        if computer.trace is not None:
            from executive.trace import Trace, TracedGate, TracedLog, TracedMessages, TracedScheduler

            trace = Trace(computer)
        log_settings = computer.uptime, str(self.arguments.get("lvl", "Info")), computer.verbose_log
        self.log = log = KernelLog(*log_settings) if trace is None else TracedLog(trace, *log_settings)
        self.kprint = log.kprint
        gpu = bound_gpu(bus)
        if gpu is not None:
            log.use_screen(gpu)
        log.kprint("ok", f"AxisOS Xen XKA {KERNEL_VERSION}, kernel start")

        # 2. Root file system bootstrap: the primitive file system that everything is loaded from.
        self.primitive_fs = bus.proxy(boot_fs_address)
        self.panic = panic = Panic(computer, bus, self.primitive_fs, log)
        log.kprint("ok", f"primitive file system on {boot_fs_address[:8]}")

        # 3. The four critical modules: Object Manager, Virtual Registry, Preempt, Kernel IPC.
        with self._loading("/executive/ob_manager.py"):
            from executive.ob_manager import ObjectManager
        with self._loading("/executive/registry.py"):
            from executive.registry import Registry
        with self._loading("/executive/preempt.py"):
            from executive.loader import Loader
            from executive.preempt import policy_hash
        with self._loading("/executive/ke_ipc"):
            from executive.ke_ipc.dispatcher import Waits
            from executive.ke_ipc.dpc import Dpcs
            from executive.ke_ipc.events import Events
            from executive.ke_ipc.irql import Irql
            from executive.ke_ipc.message_queues import MessageQueues
            from executive.ke_ipc.mutexes import Mutexes
            from executive.ke_ipc.pipes import Pipes
            from executive.ke_ipc.posix_signals import PosixSignals
            from executive.ke_ipc.sections import Sections
            from executive.ke_ipc.semaphores import Semaphores
            from executive.ke_ipc.statistics import IpcStatistics
            from executive.ke_ipc.timers import Timers
        from executive.call_watch import CallWatch
        from executive.files import Files
        from executive.memory import Memory
        from executive.messages import Messages
        from executive.ob_calls import ObjectCalls
        from executive.origin import origin_of_call
        from executive.process_information import ProcessInformation
        from executive.process_objects import ProcessObjects
        from executive.processes import ProcessManager
        from executive.system_calls import SystemCalls
        from executive.wait_graph import WaitGraph
        from executive.watchdog import Watchdog
        from executive.watches import Watches

        computer.code_cache.set_policy(policy_hash())
        self.ob = ob = ObjectManager(computer.entropy.token_hex, computer.clock.ticks_ns)
        self.registry = registry = Registry(computer.uptime)
        registry.init_system()
        registry.set_value("@VT\\SYS\\BOOT", "KernelVersion", KERNEL_VERSION)
        registry.set_value("@VT\\SYS\\BOOT", "BootTime", computer.uptime())
        registry.set_value("@VT\\SYS\\BOOT", "RegistryVersion", "1.0.0")

        # 4. Mount root: entry 1 of fstab says what stands at /.
        root = self._mount_root(boot_fs_address)
        if take_crash_mark(bus):
            log.kprint("sec", "the system stopped with a panic last time; /log/crash_*.dump says why")

        # 5. PID 0, the kernel process.
        self.kernel_process = kernel_process = Process(
            KERNEL_PID, None, 0, "kernel", new_process_token(computer.entropy.token_hex), computer.clock.ticks_ns()
        )
        ob.initialize_process(kernel_process)
        kernel_thread = Thread(KERNEL_PID, kernel_process, _no_entry, computer.clock.ticks_ns())
        kernel_process.threads.append(kernel_thread)
        threads = {KERNEL_PID: kernel_thread}
        table = SyscallTable()
        if trace is None:
            self.scheduler = scheduler = Scheduler(computer, kernel_thread)
            self.messages = messages = Messages(scheduler, table, threads)
        else:
            self.scheduler = scheduler = TracedScheduler(computer, kernel_thread, trace)
            self.messages = messages = TracedMessages(scheduler, table, threads, trace)
        self.table = table
        self.processes = processes = ProcessManager(
            scheduler, table, ob, log, computer.entropy.token_hex, kernel_process, threads
        )
        processes.limits = LimitBook(self._limits_text(), lambda text: log.kprint("warn", text))
        process_information = ProcessInformation(scheduler, processes, computer.recursion_room)
        memory = Memory(
            scheduler, processes, log, computer.total_memory(), computer.resident_bytes, computer.collector.collect
        )
        self.watchdog = watchdog = Watchdog(scheduler, processes, memory, log)
        self.signals = signals = PosixSignals(scheduler, processes, trace.signal if trace else None)
        self.waits = waits = Waits(scheduler, ob)
        signals.look_again = waits.look_again
        self.loader = loader = Loader(scheduler, self.primitive_fs, computer, bus, _import_module)
        events, mutexes, semaphores = Events(ob, waits), Mutexes(ob, waits), Semaphores(ob, waits)
        self.dpcs = dpcs = Dpcs(scheduler, log.kprint)
        self.timers = timers = Timers(scheduler, ob, waits, dpcs, messages.post)
        pipes = Pipes(scheduler, ob, waits, signals)
        sections, message_queues = Sections(ob), MessageQueues(scheduler, ob, waits)
        files = Files(ob, pipes, scheduler)
        self.object_calls = object_calls = ObjectCalls(ob, processes)
        process_objects = ProcessObjects(ob, waits, processes)
        self.wait_graph = wait_graph = WaitGraph(scheduler, processes)
        self.call_watch = call_watch = CallWatch(scheduler, processes, messages, log.kprint)
        system_calls = SystemCalls(computer, bus, scheduler, processes, log, loader, panic.stop, root)
        statistics = IpcStatistics(
            processes, signals, waits, events, mutexes, semaphores, timers, dpcs, pipes, sections, message_queues
        )
        for subsystem in (
            log,
            registry,
            messages,
            processes,
            process_information,
            signals,
            waits,
            events,
            mutexes,
            semaphores,
            timers,
            pipes,
            sections,
            message_queues,
            Irql(),
            Watches(registry, log, ob, waits),
            statistics,
            files,
            object_calls,
            process_objects,
            wait_graph,
            call_watch,
            system_calls,
        ):
            table.enter_subsystem(subsystem)

        log.current_pid = lambda: scheduler.current.pid
        log.on_pending = lambda: messages.post(PIPELINE_PID, "log_pending")
        panic.threads, panic.scheduler = threads, scheduler
        messages.direct = {"vfs_read": files.read_pipe, "vfs_write": files.write_pipe, "vfs_close": files.close_object}
        loader.messages = messages
        processes.gate = (Gate if trace is None else partial(TracedGate, trace))(
            table,
            scheduler,
            computer.clock.advance_ns if computer.clock.simulated else None,
            processes.violation,
            processes.flood,
            self._on_bug,
        )
        processes.loader, processes.messages, processes.signals = loader, messages, signals
        processes.on_service_death = self._on_service_death
        processes.on_thread_end = (mutexes.abandon, process_objects.ended, memory.thread_ended)
        if trace is not None:
            processes.on_thread_end += (trace.thread_ended,)
        ob.origin_of_call = partial(origin_of_call, scheduler)
        computer.memory_meter = process_information.memory_in_use
        scheduler.on_exit = processes.thread_ended
        scheduler.on_alarm = signals.attend
        scheduler.on_long_slice = watchdog.slice_ended
        scheduler.on_slow = watchdog.find_deep_stacks
        scheduler.raise_all_flags = processes.raise_all_flags
        computer.collector.on_start = self._on_collector_start
        scheduler.on_weigh = memory.weigh
        memory.watch()
        scheduler.on_signal = self._on_machine_signal
        ob.types[TYPE_FILE].close = self._on_file_closed
        log.kprint("ok", "process 0 is the kernel")

        # 6. The Pipeline Manager: process 2, ring 1.
        if computer.profile == "bare":
            processes.keep_service_pids_free()
        else:
            self._start_pipeline_manager()

    @contextmanager
    def _loading(self, path: str) -> Iterator[None]:
        """A critical module is loaded from the disk; without it there is no system."""
        try:
            yield
        except Exception as error:  # a missing file, a syntax error, an error while it runs: all mean the same here
            self.panic.stop(f"critical module {path} does not load: {type(error).__name__}: {error}")
        self.log.kprint("ok", f"loaded {path}")

    def _mount_root(self, boot_fs_address: str) -> tuple[str, Any]:
        """What fstab's first entry puts at /: (address, proxy). Panics when there is none."""
        import tomllib

        try:
            handle = self.primitive_fs.open("/etc/fstab.toml", "r")
            text = (self.primitive_fs.read(handle, float("inf")) or b"").decode()
            self.primitive_fs.close(handle)
            entry = tomllib.loads(text)["mount"][0]
            kind, uuid = entry["type"], entry["uuid"]
        except Exception as error:  # missing, not UTF-8, not TOML, not a list of tables
            self.panic.stop(f"/etc/fstab.toml is missing or corrupt ({type(error).__name__}: {error})")
            raise
        if kind != "rootfs" or entry.get("mount") != "/":
            self.panic.stop(f"/etc/fstab.toml: entry 1 must mount a rootfs at /, not a {kind} at {entry.get('mount')}")
        address = boot_fs_address
        if uuid != "boot" and uuid != boot_fs_address:
            if uuid in self.bus.list("filesystem", True):
                address = uuid
            else:
                self.log.kprint("warn", f"fstab: no file system {uuid}: the boot file system is mounted at / instead")
        self.log.kprint("ok", f"mounted {address[:8]} at /")
        return address, self.bus.proxy(address)

    def _limits_text(self) -> str | None:
        """What /etc/limits.toml says, None if there is none."""
        facts = self.primitive_fs.stat(LIMITS_PATH)
        if facts is None:
            return None
        handle = self.primitive_fs.open(LIMITS_PATH, "r")
        try:
            return (self.primitive_fs.read(handle, float("inf")) or b"").decode("utf-8", "replace")
        finally:
            self.primitive_fs.close(handle)

    def _start_pipeline_manager(self) -> None:
        from executive.loader import Image

        environment: dict[str, object] = {
            "SAFE_MODE": self.arguments.get("safe") == "Enabled",
            "INIT_PATH": self.arguments.get("init") or DEFAULT_INIT,
            "NO_DRIVERS": self.arguments.get("nodrivers") == "Enabled",
        }
        try:
            image = Image(self.loader, PIPELINE_MANAGER, self.loader.read_root(PIPELINE_MANAGER))
        except StatusError as error:
            self.panic.stop(f"critical service failure: pipeline_manager: {error.detail}")
            raise
        process = self.processes.create(self.kernel_process, PIPELINE_MANAGER, 1, environment, image.run)
        self.processes.start(process)
        self.log.kprint("ok", f"pipeline manager is process {process.pid}")

    def run(self) -> None:
        """The scheduler's life; when the machine's power goes, every thread is unwound in its own name."""
        timer = self.computer.interrupt_timer
        if timer is not None:
            timer.break_in = self.watchdog.break_in
            timer.start(self.scheduler.tick)
        try:
            self.scheduler.run()
        finally:
            if timer is not None:
                timer.stop()
            self.scheduler.unwind_all([thread for _, thread in sorted(self.processes.threads.items()) if thread.pid])

    def spawn_source(
        self, source: str, ring: float = 3, path: str = "/test.py", env: dict[str, object] | None = None, uid: int = 0
    ) -> Process:
        """A process of user *uid* that runs *source*, for tests and exploration of kernel objects (profile "bare")."""
        from executive.loader import Image

        image = Image(self.loader, path, source.encode())
        process = self.processes.create(self.kernel_process, path, ring, env or {}, image.run, (uid, uid, (), ring))
        self.processes.start(process)
        self.computer.push_signal("work")  # the hub may be asleep
        return process

    # --- what happens by itself --------------------------------------------------------------------------------

    def _on_machine_signal(self, signal: tuple[object, ...]) -> None:
        """A key, a click, a component: to the Pipeline Manager, which tells DKMS, which tells the driver."""
        self.messages.post(PIPELINE_PID, "os_event", *signal)

    def _on_collector_start(self) -> None:
        """Python's collector begins. While the machine is idle no timer watches over the finalizers of programs."""
        if self.scheduler.idle:
            self.processes.raise_all_flags()

    def _on_file_closed(self, header: Any) -> None:
        """The last handle of a file is gone; if not the Pipeline Manager closed it, it must be told."""
        if self.object_calls.closing_for is None:
            self.messages.post(PIPELINE_PID, "handle_closed", header.body)

    def _on_service_death(self, process: Process) -> None:
        """A process of ring <= 2 has ended: a critical one takes the system with it, of others the services hear."""
        if process.pid in (PIPELINE_PID, DKMS_PID):
            self.panic.stop(f"critical service died: {process.image} ({process.exit_reason})")
            return
        for pid in (PIPELINE_PID, DKMS_PID):
            if process.parent is None or process.parent.pid != pid:  # a parent hears of it anyway
                self.messages.post(pid, "process_exited", process.pid)

    def _on_bug(self, thread: Thread, name: str, error: BaseException) -> None:
        """A system call failed in a way that no caller can be blamed for: our own mistake, told in full."""
        from traceback import format_exception

        self.log.kprint("fail", f"kernel bug in {name}, called by process {thread.pid} ({thread.process.image})")
        for line in "".join(format_exception(error)).splitlines():
            self.log.kprint("fail", line)


def _no_entry() -> None:
    """The kernel's own thread is the hub, which nobody starts."""


def _import_module(name: str) -> Any:
    """A module of the kernel's own (`abi.*`), for processes of ring <= 2."""
    return __import__(name, globals(), None, ("__name__",), 0)


def start(given: dict[str, Any]) -> None:
    """Boot and run, with what the firmware has put into this file's namespace. Never returns."""
    computer = given["raw_computer"]
    kernel = Kernel(given["raw_component"], computer, given["boot_fs_address"], given["boot_args"])
    for message in given.get("boot_messages", ()):
        kernel.kprint("warn", message)
    computer.publish(kernel)
    kernel.run()


if __name__ == "kernel":
    start(globals())
