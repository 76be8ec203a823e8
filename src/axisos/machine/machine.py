"""A whole virtual computer, and the host's side of it.

    with Machine(seed=7) as machine:
        machine.power_on()
        machine.run_until("login:")
        machine.type("guest\\nguest\\n")
        machine.run_until_idle()
        assert "guest@" in machine.screen.text()

One greenlet is the processor. It runs the program in the EEPROM, which loads the kernel, which never returns. The
host lets it go on with `advance`, until it asks for a signal; all else here (`run_until`, `run_for`, the consoles) is
a loop around that.

    power_on --> running --- program ends or fails ---> halted
                 ^   | shutdown(reboot)                    |
                 +---+      | shutdown, power_off          | power_off
                            v                              v
                         stopped <-------------------------+

Always so: everything here belongs to the thread that switched the machine on, except `post` and
`computer.push_signal`; when `power_off` returns, no greenlet of the machine is left; storages, EEPROM and screen
outlive a power cycle, all else begins anew.
"""

from __future__ import annotations

import builtins
import os
import sys
from _thread import get_ident
from collections import deque

from greenlet import GreenletExit, getcurrent, greenlet

from axisos.machine import disk as disks
from axisos.machine import keys
from axisos.machine.bus import Bus
from axisos.machine.clock import Clock, JumpingClock, RealClock
from axisos.machine.codecache import CodeCache, default_directory
from axisos.machine.components.computer import ComputerBoard
from axisos.machine.components.data import Data
from axisos.machine.components.eeprom import Eeprom
from axisos.machine.components.filesystem import Filesystem
from axisos.machine.components.gpu import Gpu
from axisos.machine.components.internet import Internet
from axisos.machine.components.keyboard import Keyboard
from axisos.machine.components.screen import Screen
from axisos.machine.computer import Computer, MachineStopped
from axisos.machine.entropy import Chance, ChanceEntropy, Entropy, HostEntropy, SeededEntropy
from axisos.machine.hushed import hush_programs
from axisos.machine.memory_storage import MemoryStorage
from axisos.machine.timing import OcTiming
from axisos.machine.trace import LineTrace, TraceBuffer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import TracebackType
    from typing import Any

    from axisos.machine.component import Component
    from axisos.machine.components.host import HostPort
    from axisos.machine.hardware import Blueprint
    from axisos.machine.network import Network
    from axisos.machine.schedule import Schedule
    from axisos.machine.storage import Storage

    ErrorType = type[BaseException]
    Place = str | os.PathLike[str] | Storage | None
    Board = str | Blueprint | Component

RESOLUTION = (80, 25)
MEMORY_BYTES = 1 << 30
TMPFS_BYTES = 64 << 20
OC_MEMORY_BYTES = 2 << 20
OC_DISK_BYTES = 4 << 20
OC_TMPFS_BYTES = 64 << 10
INPUT_LIMIT = 128  # typed signals go into the machine's queue up to here; more wait outside, so that none is dropped
REBOOT_NS = 1_000_000  # what a reboot takes in simulation
PLAYER = "player"
ERROR_BLUE = 0x0000FF


class Wait:
    """What the processor wants when it has given the host control.

    `deadline`: machine time in seconds (as `clock.now()`) until which it would sleep, None = until a signal, in the
    past = it only polls. `halted`: it is off; there is nothing to wait for.
    """

    __slots__ = ("deadline_ns", "halted")

    def __init__(self, deadline_ns: int | None, halted: bool = False) -> None:
        self.deadline_ns = deadline_ns
        self.halted = halted

    @property
    def deadline(self) -> float | None:
        """Machine time in seconds, or None."""
        return None if self.deadline_ns is None else self.deadline_ns / 1e9

    def __repr__(self) -> str:
        return "<halted>" if self.halted else f"<until {self.deadline}>"


class Machine:
    """One virtual computer.

    Args:
        disk: system disk. None = the packaged one, read-only under an overlay in memory; a host directory that holds
            a whole system disk; or a `Storage`.
        home: disk labelled "home". None = empty memory; a host directory; or a `Storage`.
        seed: None = the host's clock and randomness. A number = a clock that jumps and randomness that follows from
            the seed: the same run each time. Needs PYTHONHASHSEED=0.
        schedule: in which order programs run on a seeded machine: "fifo", or as the seed decides, "random" or "pct:D"
            (see `schedule.py`).
        boot_args: boot options for this machine's power-ons; they outrank what the EEPROM and the loader say.
        profile: "full", or "bare" for a kernel without its services (read by the kernel).
        timing: "free", or "oc" for the game's ticks, call budgets, pauses and small sizes.
        trace: called with one line for everything that the kernel writes down, as soon as the host has control; or a
            `TraceBuffer`, which gets it as records.
        resolution: columns and rows of the screen; (80, 25) if not given.
        max_resolution: the largest that programs may set; `resolution` if not given.
        rom: the program in the EEPROM; the packaged firmware if not given.
        nvram: a host file that keeps the EEPROM over this object's life; made when something changes.
        internet: what lies behind the internet card. None = nothing, it is offline; a list of the hosts in the real
            network that it may ask (see `allowance.py`), not on a seeded machine; or a `FakeNetwork`.
        memory_kib: the machine's memory.
        job: a job record; plugs in the `host` component (`host_port` is its other end).
        verbose_log: called with each line of the kernel's log.
        cache: keep compiled code on the host's disk; False: in memory only; a path: there.
        components: further boards, as of `plug`: "drive:size=4M", "reactor", or a `Component` of your own.
    """

    def __init__(
        self,
        disk: Place = None,
        *,
        seed: int | None = None,
        boot_args: dict[str, Any] | None = None,
        profile: str = "full",
        timing: str = "free",
        trace: Callable[[str], object] | TraceBuffer | None = None,
        resolution: tuple[int, int] | None = None,
        rom: bytes | str | None = None,
        memory_kib: int | None = None,
        home: Place = None,
        job: dict[str, Any] | None = None,
        verbose_log: Callable[[str], object] | None = None,
        cache: bool | str = True,
        max_resolution: tuple[int, int] | None = None,
        nvram: str | None = None,
        schedule: str = "fifo",
        components: Iterable[Board] = (),
        internet: Sequence[str] | Network | None = None,
    ) -> None:
        if timing not in ("free", "oc"):
            raise ValueError(f'timing is "free" or "oc", not {timing!r}')
        if profile not in ("full", "bare"):
            raise ValueError(f'profile is "full" or "bare", not {profile!r}')
        if seed is None and schedule != "fifo":
            raise ValueError("a schedule is for a seeded machine")
        limited = timing == "oc"
        self.seed = seed
        self.profile = profile
        self.boot_args = dict(boot_args or {})
        self.state = "stopped"
        self.last_error: str | None = None
        self.last_traceback: str | None = None
        self.clock: Clock = RealClock() if seed is None else JumpingClock()
        self.entropy: Entropy = HostEntropy() if seed is None else SeededEntropy(seed)
        self.chance = None if seed is None else Chance(lambda: seed)
        self.host_port: HostPort | None = None
        self._limited = limited
        self._rom = rom.encode() if isinstance(rom, str) else rom
        self._input: deque[tuple[Any, ...]] = deque()  # signals of the host that must not be dropped
        self._posts: deque[Callable[[], object]] = deque()
        self._later: list[tuple[int, int, Callable[[], object]]] = []  # a heap: due at, number, what to do
        self._last_later = 0
        self._escaped: BaseException | None = None  # what the processor may not swallow: KeyboardInterrupt and such
        self._is_rebooting = False
        self._new_schedule: Callable[[Chance], Schedule] | None = None
        self._further: dict[str, int] = {}  # by type, how many boards have been given addresses beyond the usual ones

        simulated, capacity = self.clock.simulated, OC_DISK_BYTES if limited else disks.MEMORY_DISK_BYTES
        system = disks.storage_for(disk, system=True, simulated=simulated, capacity=capacity)
        homes = disks.storage_for(home, system=False, simulated=simulated, capacity=capacity)
        self._identity = system.identity if seed is None else f"seed {seed}"

        self.bus = Bus(self._signal)
        cache_directory = cache if isinstance(cache, str) else default_directory() if cache else None
        self.computer = Computer(
            self._address("computer"), self.bus, self.clock, self.entropy, CodeCache(cache_directory)
        )
        self.computer.profile = profile
        if self.chance is not None:
            self.computer.program_entropy = ChanceEntropy(self.chance)
        if schedule != "fifo":
            from axisos.machine.schedule import schedule_named

            self._new_schedule = schedule_named(schedule)
        self.computer.on_fault = self._note_fault
        self._trace = LineTrace(trace) if trace is not None and not isinstance(trace, TraceBuffer) else trace
        self.computer.trace = self._trace
        self.computer.verbose_log = verbose_log
        self.computer.memory = (
            (OC_MEMORY_BYTES if limited else MEMORY_BYTES) if memory_kib is None else memory_kib << 10
        )
        self.computer.ticking = limited
        if limited:
            self.bus.timing = OcTiming(self.clock, self.computer.stall)

        largest = max_resolution or resolution or RESOLUTION
        self.eeprom = Eeprom(self._address("eeprom"), self._rom or b"")
        self.screen = Screen(self._address("screen"), 3, largest)
        self.gpu = Gpu(self._address("gpu"), 3, None if limited else largest)
        self.keyboard = Keyboard(self._address("keyboard"))
        network = self._network_for(internet)
        self.internet = Internet(
            self._address("internet"), network, self.deliver, self.call_later, limited=limited
        )
        self._tmpfs = Filesystem(self._address("filesystem", "tmpfs"), self._fresh_tmpfs(), "tmpfs", speed=4)
        self.computer.bells = self.screen.ring
        for board in (
            ComputerBoard(self.computer.address(), self.computer),
            self.eeprom,
            self.gpu,
            self.screen,
            self.keyboard,
            Filesystem(self._address("filesystem", "AxisOS"), system, "AxisOS"),
            Filesystem(self._address("filesystem", "home"), homes, "home"),
            self._tmpfs,
            self.internet,
            Data(self._address("data"), 3, lambda: self.computer.program_entropy),
        ):
            self.bus.attach(board)
        for storage in (system, homes):
            storage.now = self.clock.real_time
        for further in components:
            self.plug(further)
        if job is not None:
            self.plug_host(job)
        if nvram is not None:
            self._keep_eeprom(nvram)

    def plug_host(self, job: dict[str, Any]) -> HostPort:
        """Plug in the `host` component with a job; only while the machine is off, and once. Returns its other end."""
        from axisos.machine.components.host import Host

        if self.state == "running" or self.host_port is not None:
            raise RuntimeError("a machine does one job, given to it before it is switched on")
        host = Host(self._address("host"), job, self.deliver)
        self.bus.attach(host)
        self.host_port = host.port
        return host.port

    def plug(self, board: Board) -> list[Component]:
        """Plug boards in, on the machine's thread, at any time; a running machine gets `component_added` for each.

        Args:    board: a `Component`; or a description, as `drive:file=disk.img,size=4M` (see `hardware.py`).
        Returns: the boards: one, or all of a reactor.
        Raises:  ValueError (`hardware.UnusableHardware`) with one line for the user; for an address that is taken.
        """
        from axisos.machine.component import Component

        if isinstance(board, Component):
            boards = [board]
        else:
            from axisos.machine.hardware import blueprint

            plan = blueprint(board) if isinstance(board, str) else board
            boards = plan.build(self._further_address, self.clock.now)
        for each in boards:
            self.bus.attach(each)
        return boards

    def unplug(self, board: Component) -> None:
        """Pull a board out, on the machine's thread, at any time; a running machine gets `component_removed`.

        Raises:  ValueError if it is not in.
        """
        self.bus.detach(board)

    # -- life ---------------------------------------------------------------------------------------------------

    def power_on(self) -> None:
        """Switch on; the processor begins at the next `advance`.

        Raises RuntimeError if it is on, or if it is seeded and the host's hashes are random.
        """
        if self.state == "running":
            raise RuntimeError("the machine is on already")
        hush_programs()
        if self.seed is not None and sys.flags.hash_randomization:
            raise RuntimeError(
                "a seeded machine needs the same hashes in every run: start Python with PYTHONHASHSEED=0 "
                "in its environment"
            )
        if not self._is_rebooting:
            self._tmpfs.storage = self._fresh_tmpfs()
        if self._rom is None and not self.eeprom.code:
            from axisos.firmware import plain_rom

            self.eeprom.code = plain_rom()
        self._input.clear()
        self.last_error = self.last_traceback = None
        self.clock.restart()
        self.bus.started()
        self.computer.boot_options = dict(self.boot_args)
        if self._new_schedule is not None and self.chance is not None:
            self.computer.schedule = self._new_schedule(self.chance)
        self.computer.switch_on(greenlet(self._run_processor), self._tmpfs.address)
        self.state = "running"

    def power_off(self) -> None:
        """Switch off: every greenlet ends in order, every file is closed. Idempotent."""
        if self.state == "running":
            self._stop_processor()
            self._switch_off()
        self.state = "stopped"
        self._posts.clear()
        self.computer.wake.close()

    def advance(self) -> Wait:
        """Let the processor run until it asks for a signal, if it has a reason to. Never sleeps itself."""
        computer = self.computer
        if self.state != "running":
            return Wait(None, True)
        if computer.wake.rung:
            computer.wake.drain()
        if self._posts:
            self._run_posts()
            if self.state != "running":
                return Wait(None, True)
        if self._later:
            self._do_later()
        if self._input:
            self._feed_input()
        if not computer.request:
            if computer.parked is not None and not computer.due():
                return self._wait_of(computer.deadline_ns)
            self._resume()
        if computer.request or not computer.cpu:
            return self._end_run()
        return self._wait_of(computer.deadline_ns)

    def _wait_of(self, deadline_ns: int | None) -> Wait:
        """What the processor wants, unless a board has something to do before."""
        if self._later and (deadline_ns is None or self._later[0][0] < deadline_ns):
            deadline_ns = self._later[0][0]
        return Wait(deadline_ns)

    def _resume(self) -> None:
        """Go on where the machine gave the host control; comes back when it does so again, or has ended."""
        computer = self.computer
        here = getcurrent()
        if get_ident() != computer.thread:
            raise RuntimeError("a machine belongs to the thread that switched it on; use machine.post from others")
        cpu = computer.cpu
        assert cpu is not None, "a running machine has a processor"
        target = computer.parked
        if target is None:
            if computer.host is not None:
                raise RuntimeError("the machine is advancing already")
            target = cpu
        if cpu.parent is not here:
            cpu.parent = here
        computer.host = here
        computer.parked = None
        try:
            target.switch()
        except MachineStopped:
            pass  # a greenlet of the machine was ended by it
        finally:
            if self._trace is not None:
                self._trace.turn()
            if computer.parked is None and not computer.request and cpu:
                computer.request = "stop"  # an error came past the processor: there is nothing to go back to

    def _end_run(self) -> Wait:
        """The processor has ended, or is asked to: switch off, and on again for a reboot."""
        request = self.computer.request
        self._stop_processor()
        crashed = self.last_error is not None and request is None
        self._switch_off()
        if self._escaped is not None:
            escaped, self._escaped = self._escaped, None
            self.state = "halted"
            raise escaped
        if request == "reboot":
            self._is_rebooting = True
            try:
                self.clock.advance_ns(REBOOT_NS)
                self.state = "stopped"
                self.power_on()
            finally:
                self._is_rebooting = False
            return Wait(self.clock.now_ns())
        self.state = "halted" if crashed else "stopped"
        return Wait(None, True)

    def _stop_processor(self) -> None:
        """Throw out what is still running: the processor's main greenlet, which ends the others, then who was left."""
        computer = self.computer
        cpu, parked, here = computer.cpu, computer.parked, getcurrent()
        computer.begin_ending()
        computer.host = here
        if cpu is not None and cpu.parent is not here:
            cpu.parent = here
        for target in (cpu, parked):
            tries = 0
            while target is not None and target and tries < 100:  # a greenlet is true while it is suspended
                tries += 1
                try:
                    target.throw(MachineStopped)
                except MachineStopped:
                    pass
        computer.cpu = computer.parked = None
        if self._trace is not None:
            self._trace.flush()

    def _switch_off(self) -> None:
        self.computer.switch_off()
        self.bus.stopped()
        self._later.clear()

    def _run_processor(self) -> None:
        """The body of the processor's greenlet: run the EEPROM; whatever happens, end what it started."""
        computer = self.computer
        try:
            self._crash(self._run_eeprom(), None)
        except (MachineStopped, GreenletExit):
            pass
        except Exception as error:
            self._crash(f"{type(error).__name__}: {error}", error)
        except BaseException as error:
            self._crash(type(error).__name__, error)
            self._escaped = error
        computer.begin_ending()
        hook = getattr(computer.kernel, "power_off_hook", None)
        if hook is not None:
            try:
                hook()
            except MachineStopped:
                pass
            except Exception as error:
                self._crash(f"while switching off: {type(error).__name__}: {error}", error)

    def _run_eeprom(self) -> str:
        """Run the program in the EEPROM; if it ends by itself, what to say about it."""
        code = self.eeprom.code
        if not code:
            return "no bios found; install a configured EEPROM"
        if code.startswith(b"AXZ1"):
            from zlib import decompress

            code = decompress(code[4:])
        cache = self.computer.code_cache
        program = cache.get("rom", code, "eeprom")
        if program is None:
            program = compile(code, "<eeprom>", "exec", dont_inherit=True)
            cache.put("rom", code, "eeprom", program)
        names = {"__name__": "__eeprom__", "__builtins__": builtins}
        hardware = {"component": self.bus, "computer": self.computer}
        exec(program, {**names, **hardware, **{f"raw_{name}": part for name, part in hardware.items()}})
        return "computer halted"

    def _note_fault(self, message: str) -> None:
        """Software of the machine says that it cannot go on; the processor halts by itself, with its screen kept."""
        if self.last_error is None:
            self.last_error = message

    def _crash(self, message: str, error: BaseException | None) -> None:
        """Remember why, beep, and show it on a blue screen."""
        if self.last_error is not None:
            return
        self.last_error = message
        if error is not None:
            import traceback

            self.last_traceback = "".join(traceback.format_exception(error))
        grid = self.screen.grid
        grid.set_foreground(0xFFFFFF, False)
        grid.set_background(ERROR_BLUE if grid.depth > 1 else 0x000000, False)
        grid.clear()
        for y, line in enumerate(f"Unrecoverable error:\n\n{message}".splitlines(), 2):
            for start in range(0, max(1, len(line)), max(1, grid.width - 4)):
                grid.put(3, y, line[start : start + grid.width - 4])
                y += 1
        self.screen.ring(1000.0, 0.3)

    # -- waiting ------------------------------------------------------------------------------------------------

    @property
    def wake_fd(self) -> int:
        """Readable when another thread has posted something: add it to your `select`, then call `advance`."""
        return self.computer.wake.fd()

    def post(self, action: Callable[[], object]) -> None:
        """Run `action` on the machine's thread before the processor's next `pull_signal` returns. Any thread."""
        self._posts.append(action)
        self.computer.wake.ring()

    def call_later(self, seconds: float, action: Callable[[], object]) -> None:
        """For boards: have something done on the machine's thread after so much machine time; not if it goes off."""
        from heapq import heappush

        self._last_later += 1  # of two that are due together, the first asked for is first
        heappush(self._later, (self.clock.now_ns() + int(max(0.0, seconds) * 1e9), self._last_later, action))

    def wait(self, deadline: float | None, extra_fds: Sequence[int] = (), *, pace: bool = False) -> list[int]:
        """Let time go by until the machine has a reason to go on; for consoles, between two `advance`.

        Args:    deadline: machine time in seconds (`Wait.deadline`), None = no time limit; extra_fds: host
                 descriptors to watch for input; pace: a seeded machine sleeps too, as long as it would in real time
                 (for people who watch), instead of jumping.
        Returns: those of extra_fds that are readable.
        Blocks:  the host thread; ends early for input, for a post or signal of another thread.
        """
        clock = self.clock
        deadline_ns = None if deadline is None else -int(-deadline * 1e9 // 1)
        left = None if deadline_ns is None else max(0.0, (deadline_ns - clock.now_ns()) / 1e9)
        if self._has_reason():
            left = 0.0
        sleeps = not clock.simulated or pace or left is None
        readable = self._select(extra_fds, left if sleeps else 0.0)
        if clock.simulated and deadline_ns is not None and not readable and not self._posts:
            clock.jump_to_ns(deadline_ns)
        return readable

    def _select(self, fds: Sequence[int], timeout: float | None) -> list[int]:
        import select

        wake_fd = self.wake_fd
        if self._has_reason():
            timeout = 0.0  # it came before there was a pipe to ring
        poll = select.poll()
        for fd in (wake_fd, *fds):
            poll.register(fd, select.POLLIN)
        events = poll.poll(None if timeout is None else min(timeout, 1e6) * 1000)
        return [fd for fd, _ in events if fd != wake_fd]

    def run_until(self, what: str | Callable[[], object], timeout: float = 60.0) -> None:
        """Run until a text is on the screen, or a callable gives a true value.

        Args: timeout: machine seconds. Raises TimeoutError, telling what the screen shows, when they are over, or
        when the machine is off or sleeps for ever before.
        """
        screen, seen = self.screen, -1
        limit = self._limit(timeout)
        while True:
            wait = self.advance()
            if isinstance(what, str):
                if screen.version != seen:
                    seen = screen.version
                    if what in screen.text():
                        return
            elif what():
                return
            self._pass_time(wait, limit, what)

    def run_until_idle(self, timeout: float = 60.0, quiet: float = 0.05) -> None:
        """Run until nothing is ready, no signal is queued, and no deadline comes within `quiet` machine seconds.

        Raises TimeoutError as `run_until`.
        """
        limit = self._limit(timeout)
        while True:
            wait = self.advance()
            if wait.halted:
                return
            deadline = wait.deadline_ns
            if not self._has_reason() and (deadline is None or deadline - self.clock.now_ns() > quiet * 1e9):
                return
            self._pass_time(wait, limit, "an idle machine")

    def run_for(self, seconds: float) -> None:
        """Run for so much machine time; less if the machine goes off."""
        limit = self._limit(seconds)
        while self.clock.lifetime_ns() < limit:
            wait = self.advance()
            if wait.halted:
                return
            end = self.clock.now_ns() + limit - self.clock.lifetime_ns()
            self._sleep_until(end if wait.deadline_ns is None else min(end, wait.deadline_ns))

    def _limit(self, seconds: float) -> int:
        return self.clock.lifetime_ns() + int(min(seconds, 1e9) * 1e9)

    def _pass_time(self, wait: Wait, limit: int, what: object) -> None:
        """Let time go by until the machine wants to go on. Raises TimeoutError if that is never, or too late."""
        reason = None
        clock = self.clock
        end = clock.now_ns() + limit - clock.lifetime_ns()
        if wait.halted:
            reason = f"the machine is {self.state}" + (f": {self.last_error}" if self.last_error else "")
        elif clock.lifetime_ns() >= limit:
            reason = "the time is over"
        elif wait.deadline_ns is None and clock.simulated and not self._has_reason():
            reason = "the machine sleeps for ever"
        if reason is not None:
            raise TimeoutError(self._timeout_message(what, reason))
        self._sleep_until(end if wait.deadline_ns is None else min(end, wait.deadline_ns))

    def _has_reason(self) -> bool:
        computer = self.computer
        return bool(self._posts or (computer.listening and (self._input or computer.signals_pending)))

    def _sleep_until(self, deadline_ns: int) -> None:
        left = deadline_ns - self.clock.now_ns()
        if left <= 0 or self._has_reason():
            return
        if self.clock.simulated:
            self.clock.jump_to_ns(deadline_ns)
        else:
            self._select((), left / 1e9)

    def _timeout_message(self, what: object, reason: str) -> str:
        wanted = repr(what) if isinstance(what, str) else "a condition"
        if self.last_traceback:
            reason += "\n" + self.last_traceback.rstrip()
        rule = "-" * self.screen.size[0]
        return (
            f"waited in vain for {wanted} at machine time {self.clock.now():.3f} s: {reason}\n"
            f"the screen shows:\n{rule}\n{self.screen.text()}\n{rule}"
        )

    # -- the user's hands ---------------------------------------------------------------------------------------

    def type(self, text: str) -> None:
        """Type a text, each character pressed and released; "\\n" is Enter, "\\x03" is Ctrl+C."""
        for char in text:
            self._strike(keys.typed(char))

    def press(self, key: str) -> None:
        """Press and release a key with its modifiers: "ctrl+c", "up", "shift+left", "f10", "delete".

        Raises ValueError for a name that no key has.
        """
        self._strike(keys.named(key))

    def key(self, char: int, code: int) -> None:
        """Press and release a key by character and key code."""
        self._strike(keys.Key(char, code))

    def paste(self, text: str) -> None:
        """Paste a text: one `clipboard` signal a line."""
        for signal in self.keyboard.pasted(text, PLAYER):
            self._deliver(signal)

    def click(self, x: int, y: int, button: int = 0) -> None:
        """Press a mouse button (0 left, 1 right, 2 middle) on a cell."""
        self._point("touch", x, y, button)

    def drag(self, x: int, y: int, to_x: int, to_y: int, button: int = 0) -> None:
        """Press a mouse button on a cell, move to another, release."""
        self._point("touch", x, y, button)
        self._point("drag", to_x, to_y, button)
        self._point("drop", to_x, to_y, button)

    def scroll(self, x: int, y: int, direction: int) -> None:
        """Turn the wheel over a cell: +1 up, -1 down."""
        self._point("scroll", x, y, direction)

    def resize_screen(self, width: int, height: int) -> None:
        """The panel has another size now (a terminal was resized): the largest and the present resolution."""
        self.screen.max_resolution = (width, height)
        if not self._limited:
            self.gpu.max_size = (max(self.gpu.max_size[0], width), max(self.gpu.max_size[1], height))
        self.screen.set_resolution(width, height)

    def deliver(self, name: str, *args: Any) -> None:
        """Signal the machine; unlike `push_signal` never dropped: it waits outside until the queue has room."""
        self._deliver((name, *args))

    def _strike(self, key: keys.Key) -> None:
        for signal in self.keyboard.strokes(key, PLAYER):
            self._deliver(signal)

    def _point(self, name: str, x: int, y: int, value: int) -> None:
        self._deliver((name, self.screen.address, x, y, value, PLAYER))

    def _deliver(self, signal: tuple[Any, ...]) -> None:
        if self.state != "running":
            return
        self._input.append(signal)
        if len(self._input) == 1:
            self._feed_input()

    def _feed_input(self) -> None:
        computer, waiting = self.computer, self._input
        while waiting and computer.signals_pending < INPUT_LIMIT:
            computer.push_signal(*waiting.popleft())

    # -- looking in ---------------------------------------------------------------------------------------------

    @property
    def kernel(self) -> Any:
        """What the kernel published for tests and diagnostics; None before it did."""
        return self.computer.kernel

    @property
    def dropped_signals(self) -> int:
        """Signals lost to a full queue since power-on."""
        return self.computer.dropped_signals

    def __enter__(self) -> Machine:
        return self

    def __exit__(self, kind: ErrorType | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.power_off()
        for board in self.bus.components():
            board.dispose()

    def __repr__(self) -> str:
        return f"<Machine {self.computer.address()[:8]} {self.state}>"

    # -- inside -------------------------------------------------------------------------------------------------

    def _run_posts(self) -> None:
        for _ in range(len(self._posts)):
            self._posts.popleft()()

    def _do_later(self) -> None:
        """Do what is due."""
        from heapq import heappop

        now_ns = self.clock.now_ns()
        while self._later and self._later[0][0] <= now_ns:
            heappop(self._later)[2]()

    def _network_for(self, internet: Sequence[str] | Network | None) -> Network | None:
        """What lies behind the internet card."""
        if internet is None or not isinstance(internet, (list, tuple)):
            if isinstance(internet, str):
                raise ValueError(f"internet is a list of hosts, as in [{internet!r}]")
            return internet  # type: ignore[return-value]  # a Network: other sequences are nothing of ours
        if self.seed is not None:
            raise ValueError("a seeded machine is a simulation and cannot ask real hosts; give it a FakeNetwork")
        from axisos.machine.host_network import HostNetwork

        return HostNetwork(internet, self.post)

    def _signal(self, name: str, *args: Any) -> None:
        self.computer.push_signal(name, *args)

    def _address(self, type_name: str, label: str = "") -> str:
        """A permanent address: it follows from what the machine is made of, or from its seed."""
        from hashlib import sha256

        digits = sha256(f"axisos {self._identity}/{type_name}/{label}".encode("utf-8", "surrogateescape")).hexdigest()
        return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"

    def _further_address(self, type_name: str) -> str:
        """The address of one more board of a type: the same one for the same boards plugged in the same order.

        No two boards of a type begin alike: six characters name them where people look.
        """
        while True:
            number = self._further[type_name] = self._further.get(type_name, 0) + 1
            address = self._address(type_name, str(number))
            if all(address[:6] != other[:6] for other in self.bus.list(type_name, True)):
                return address

    def _fresh_tmpfs(self) -> MemoryStorage:
        storage = MemoryStorage(OC_TMPFS_BYTES if self._limited else TMPFS_BYTES, "tmpfs")
        storage.now = self.clock.real_time
        return storage

    def _keep_eeprom(self, path: str) -> None:
        """Fill the chip from a host file if there is one, and write the file whenever the chip changes."""
        try:
            with open(path, "rb") as file:
                self.eeprom.restore(file.read())
        except FileNotFoundError:
            pass
        if self._rom is not None:
            self.eeprom.code = self._rom

        def save() -> None:
            draft = f"{path}.{os.getpid()}"
            with open(draft, "wb") as file:
                file.write(self.eeprom.image())
            os.replace(draft, path)

        self.eeprom.saved = save
