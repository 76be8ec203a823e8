"""The computer as the program in its EEPROM sees it: time, signals, memory, power.

`pull_signal` is the one place where the processor gives the host control. It may be called from any greenlet of the
machine: the machine goes on exactly there. Only `push_signal` and `post` (of the machine) may be called from other
threads.

Always so: a signal that was accepted is delivered once, in order; a full queue drops and counts (`dropped_signals`).
"""

from __future__ import annotations

from _thread import get_ident
from collections import deque

from greenlet import getcurrent

from axisos.machine import arguments
from axisos.machine.collector import CollectorWatch
from axisos.machine.errors import INVALID_PARAMETER, NOT_IMPLEMENTED, soft, thrown
from axisos.machine.footprint import Footprint
from axisos.machine.interrupt import InterruptTimer
from axisos.machine.timing import TICK_S
from axisos.machine.wake import WakePipe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from greenlet import greenlet

    from axisos.machine.bus import Bus
    from axisos.machine.clock import Clock
    from axisos.machine.codecache import CodeCache
    from axisos.machine.entropy import Entropy
    from axisos.machine.schedule import Schedule
    from axisos.machine.trace import TraceBuffer

    Signal = tuple[Any, ...]

SIGNAL_LIMIT = 256
CALL_BYTES = 2560  # of C stack that one nested call takes at the most: measured 1,700, where C calls Python back
MAX_RECURSION = 1_000_000
POLL_NS = 10_000  # what asking for a signal costs in simulation, so that a program that only polls sees time go by
TICK_NS = int(TICK_S * 1e9)
MAX_USERS = 16
USER_CHARACTERS = 32
_PLAIN = frozenset((type(None), bool, int, float, str, bytes))
_INFINITY = float("inf")
_BEEPS = {".": (1000.0, 0.1), "-": (1000.0, 0.3)}


class MachineStopped(BaseException):
    """Thrown into the machine's greenlets to end them; nothing but the machine should catch it for good."""


class Computer:
    """What one machine's program calls; made once, reset at each power-on."""

    cpu: greenlet | None  # the greenlet that runs the EEPROM
    host: greenlet | None  # the one that lets the machine go on
    parked: greenlet | None  # the one that gave the host control
    deadline_ns: int | None  # until when it did
    request: str | None  # "stop" or "reboot", when asked for

    def __init__(self, address: str, bus: Bus, clock: Clock, entropy: Entropy, code_cache: CodeCache) -> None:
        self.clock = clock
        self.entropy = entropy
        self.program_entropy = entropy  # what programs draw; of a seeded machine a stream of its own
        self.code_cache = code_cache
        self.memory = 0  # bytes
        self.memory_meter: Callable[[], int] | None = None  # set by the kernel: bytes in use
        self.boot_options: dict[str, Any] = {}
        self.profile = "full"
        self.schedule: Schedule | None = None  # of a seeded machine's programs; None: first come first served
        self.trace: TraceBuffer | None = None  # where the kernel writes down what happens
        self.verbose_log: Callable[[str], object] | None = None
        self.collector = CollectorWatch()
        self._footprint = Footprint()
        self.resident_bytes = self._footprint.resident_bytes
        self.interrupt_timer: InterruptTimer | None = None if clock.simulated else InterruptTimer()
        self.on_signal: Callable[[], object] | None = None  # called, on any thread, after a signal was queued
        self.on_fault: Callable[[str], object] | None = None
        self.kernel: Any = None  # what the kernel published
        self.dropped_signals = 0
        self.running = False
        self.ticking = False  # timing "oc": 20 ticks a second
        self.bells: Callable[[float, float], object] | None = None
        self.wake = WakePipe()
        self._address = address
        self._bus = bus
        self._tmp_address: str | None = None
        self._users: list[str] = []
        self._signals: deque[Signal] = deque()
        self.thread = get_ident()
        self._forget_run()

    # -- time and chance ----------------------------------------------------------------------------------------

    def uptime(self) -> float:
        """Seconds since power-on; in steps of 0.05 with timing "oc"."""
        if self.ticking:
            return int(self.clock.now() / TICK_S + 1e-9) * TICK_S
        return self.clock.now()

    def real_time(self) -> float:
        """Seconds since 1970, UTC; of a seeded machine counted from a fixed day."""
        return self.clock.real_time()

    # -- signals ------------------------------------------------------------------------------------------------

    @property
    def signals_pending(self) -> int:
        """How many signals are queued."""
        return len(self._signals)

    def push_signal(self, name: str, *args: Any) -> bool:
        """Queue a signal; any thread. False if the queue is full or the machine is off.

        Raises: "unsupported data type" for values other than None, bool, int, float, str, bytes, dicts of such.
        """
        for value in args:
            if type(value) not in _PLAIN:
                _check_plain(value)
        if not self.running:
            return False
        if len(self._signals) >= SIGNAL_LIMIT:
            self.dropped_signals += 1
            return False
        self._signals.append((name, *args))
        if get_ident() != self.thread:
            self.wake.ring()
        if self.on_signal is not None:
            self.on_signal()
        return True

    def pull_signal(self, timeout: float | None = None) -> Signal | None:
        """The next signal, or None when `timeout` seconds have gone by (None or infinite: wait for ever).

        Gives the host control in any case, also with timeout 0 and with a signal at hand.
        """
        clock = self.clock
        clock.advance_ns(POLL_NS)
        if timeout is None or timeout == _INFINITY:
            deadline = None
        else:
            deadline = clock.now_ns()
            if timeout > 0:
                deadline += int(timeout * 1e9)
                if self.ticking:
                    deadline = -(-deadline // TICK_NS) * TICK_NS
        signals = self._signals
        while True:
            self._park(deadline, True)
            if signals:
                return signals.popleft()
            if deadline is not None and clock.now_ns() >= deadline:
                return None

    def stall(self, deadline: float) -> None:
        """Stand still until a machine time in seconds, whatever is signalled (timing "oc")."""
        self._park(int(deadline * 1e9), False)

    def _park(self, deadline_ns: int | None, interruptible: bool) -> None:
        """Give the host control until the deadline, or a signal if `interruptible`."""
        if self._ending or self.host is None:
            raise MachineStopped
        self.parked = getcurrent()
        self.deadline_ns = deadline_ns
        self.listening = interruptible
        self.host.switch()

    # -- power --------------------------------------------------------------------------------------------------

    def shutdown(self, reboot: bool = False) -> None:
        """Switch the machine off, or off and on again. Never returns to a program of the machine."""
        self.request = "reboot" if reboot else "stop"
        current = getcurrent()
        if self.host is None or current is self.host:
            return  # asked from outside: the machine sees to it when it goes on
        if current is not self.cpu and not self._ending:
            self.parked = current
            self.host.switch()
        raise MachineStopped

    def fault(self, message: str) -> None:
        """Tell the host why the machine will not go on (a firmware halt, a panic); it stays on. The first one wins."""
        if self.on_fault is not None:
            self.on_fault(message)

    def publish(self, kernel: Any) -> None:
        """The debug port: show this object to tests and diagnostics as `machine.kernel`."""
        self.kernel = kernel

    # -- facts --------------------------------------------------------------------------------------------------

    def address(self) -> str:
        """The machine's own address."""
        return self._address

    def tmp_address(self) -> str | None:
        """Address of the temporary file system."""
        return self._tmp_address

    def total_memory(self) -> int:
        """Bytes of memory."""
        return self.memory

    def free_memory(self) -> int:
        """Bytes that are free, as far as the kernel accounts for them."""
        return self.memory if self.memory_meter is None else max(0, self.memory - self.memory_meter())

    def recursion_room(self) -> int:
        """How many nested calls of Python the host's C stack surely holds."""
        from resource import RLIM_INFINITY, RLIMIT_STACK, getrlimit

        stack_bytes = getrlimit(RLIMIT_STACK)[0]
        return MAX_RECURSION if stack_bytes == RLIM_INFINITY else min(stack_bytes // CALL_BYTES, MAX_RECURSION)

    def energy(self) -> float:
        """Power is ignored: infinite."""
        return _INFINITY

    def max_energy(self) -> float:
        """Power is ignored: infinite."""
        return _INFINITY

    def users(self) -> tuple[str, ...]:
        """Who may use the machine; nobody listed = everybody."""
        return tuple(self._users)

    def add_user(self, name: str) -> bool:
        """List a user. Raises (soft): "too many users", "user exists", "username too long"."""
        if len(self._users) >= MAX_USERS:
            raise soft("too many users")
        if name in self._users:
            raise soft("user exists", INVALID_PARAMETER)
        if len(name) > USER_CHARACTERS:
            raise soft("username too long", INVALID_PARAMETER)
        self._users.append(name)
        return True

    def remove_user(self, name: str) -> bool:
        """Take a user off the list; whether he was on it."""
        if name not in self._users:
            return False
        self._users.remove(name)
        return True

    def beep(self, frequency: Any = None, duration: Any = None) -> None:
        """A tone (20 to 2000 Hz, 0.05 to 5 s), or a pattern of "." and "-".

        Raises: "invalid frequency, must be in [20, 2000]".
        """
        if type(frequency) is str:
            tones = [_BEEPS[char] for char in frequency if char in _BEEPS]
        else:
            tone = 440.0 if frequency is None else arguments.number(frequency, 1)
            length = 0.1 if duration is None else arguments.number(duration, 2)
            if not 20 <= tone <= 2000:
                raise thrown("invalid frequency, must be in [20, 2000]")
            tones = [(tone, min(5.0, max(0.05, length)))]
        for tone, length in tones:
            if self.bells is not None:
                self.bells(tone, length)
            if self.ticking:
                self.stall(self.clock.now() + length)

    def get_device_info(self) -> dict[str, dict[str, str]]:
        """What is plugged in, by address."""
        if self.ticking:
            self.stall(self.clock.now() + 1.0)
        return {component.address: component.device_info() for component in self._bus.components()}

    def get_architecture(self) -> str:
        """What its programs are written in."""
        return "Python 3"

    def get_architectures(self) -> tuple[str, ...]:
        """What its programs can be written in."""
        return ("Python 3",)

    def set_architecture(self, name: str) -> bool:
        """False: it is that already. Raises: "unknown architecture"."""
        if name != "Python 3":
            raise thrown("unknown architecture", NOT_IMPLEMENTED)
        return False

    # -- the machine's side -------------------------------------------------------------------------------------

    def switch_on(self, cpu: greenlet, tmp_address: str | None) -> None:
        """A new run begins, on this thread, with this processor."""
        self.cpu = cpu
        self.thread = get_ident()
        self._tmp_address = tmp_address
        self._signals.clear()
        self.kernel = None
        self.dropped_signals = 0
        self._ending = False
        self.collector.start()
        self._footprint.open()
        self.running = True

    def switch_off(self) -> None:
        """The run is over: every greenlet has ended."""
        if self.interrupt_timer is not None:
            self.interrupt_timer.stop()
        self.collector.stop()
        self._footprint.close()
        self._forget_run()

    def _forget_run(self) -> None:
        self.running = False
        self.cpu = self.host = self.parked = None
        self.deadline_ns = None
        self.request = None
        self.on_signal = None
        self.memory_meter = None
        self.listening = True  # False while it stands still whatever is signalled
        self._ending = True
        self._signals.clear()

    def begin_ending(self) -> None:
        """From now on nothing parks: who tries gets `MachineStopped`."""
        self._ending = True

    def due(self) -> bool:
        """Whether the parked greenlet has a reason to go on."""
        if self._signals and self.listening:
            return True
        return self.deadline_ns is not None and self.clock.now_ns() >= self.deadline_ns


def _check_plain(value: Any) -> None:
    """Dicts of plain values pass, all else does not."""
    if type(value) is dict:
        for key, item in value.items():
            for part in (key, item):
                if type(part) not in _PLAIN:
                    _check_plain(part)
    else:
        raise thrown("unsupported data type")
