"""`axisos boot`: a machine on the terminal of its user.

The machine's screen takes the terminal's size (at least SMALLEST; of a larger screen the top left part is seen) and
follows it. Every key goes to the machine, Ctrl+C and Ctrl+Z too; mouse and pastes as well. The command ends when the
machine is switched off (`shutdown`). A machine that has stopped by a fault keeps showing its screen.

The way out of everything: Ctrl+] twice, quickly, switches the machine off (Ctrl+5 on keyboards where ] is hard to
reach). See `keeper` for the parent process that makes this hold in any case.

    keys    keeper -> pipe -> Decoder -> signals of the machine          the loop sleeps in one poll: on keys, orders,
    screen  machine -> Painter -> Output -> terminal                     the machine's deadline; idle, it costs nothing

Exit codes: 0 the machine was switched off, 1 it stopped by a fault, or could not be started, 128 + n by signal n.
"""

from __future__ import annotations

import os
import sys
from time import monotonic

from axisos.consoles import keeper
from axisos.consoles.keyboard import Decoder, Mouse, Paste
from axisos.consoles.painter import Painter, colours_of
from axisos.consoles.tty import HostTerminal, Output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from axisos.consoles.bootdisk import BootDisk
    from axisos.consoles.keyboard import Events
    from axisos.heartbeat import Heart
    from axisos.machine.hardware import Blueprint
    from axisos.machine.machine import Machine, Wait
    from axisos.machine.network import Network

    Internet = Sequence[str] | Network | None

SMALLEST = (50, 16)  # columns and rows of a screen
FRAME_S = 1 / 60  # between two pictures of a machine that is busy, at the least
PAINT_SHARE = 5  # painting takes at most a fifth of its time
PLAYER = "player"
BELL = b"\a"
READ_BYTES = 65536


def boot_on_terminal(
    directory: str | None, boot_args: dict[str, Any], seed: int | None, boards: Sequence[Blueprint] = (),
    network: Internet = None,
) -> int:
    """Boot a machine on this terminal; returns the exit code of the command.

    Args: directory: the system disk, None = the user's own overlay of the packaged one; boot_args: stronger than what
    the disk says; seed: a simulation, at the pace of its user; boards: further hardware; network: as `internet` of
    `Machine`.
    """
    from axisos.consoles.bootdisk import UnusableDisk, open_boot_disk

    if not (os.isatty(0) and os.isatty(1)):
        print("axisos: boot needs a terminal; without one use `axisos run` or `axisos sh -c`", file=sys.stderr)
        return 1
    try:
        disk = open_boot_disk(directory, seed is not None)
    except UnusableDisk as error:
        print(f"axisos: {error}", file=sys.stderr)
        return 1
    for note in disk.notes:
        print(f"axisos: {note}", file=sys.stderr)
    if boot_args.get("quick") == "Enabled":
        boot_args = {"timeout": 0, **boot_args}  # otherwise the disk decides; as shipped, a second
    try:
        terminal = HostTerminal()

        def machine(keys: int, control: int, signals: int, heart: Heart) -> int:
            hardware = boards, network
            return _run_machine(disk, boot_args, seed, hardware, terminal, (keys, control, signals), heart)

        return keeper.keep(terminal, machine)
    finally:
        disk.close()


def _run_machine(
    disk: BootDisk, boot_args: dict[str, Any], seed: int | None, hardware: tuple[Sequence[Blueprint], Internet],
    terminal: HostTerminal,
    fds: tuple[int, int, int], heart: Heart,
) -> int:
    """The machine's process."""
    from axisos.machine.confinement import confine
    from axisos.machine.interrupt import break_into_long_calls
    from axisos.machine.machine import MEMORY_BYTES, Machine

    confine(MEMORY_BYTES)
    size = _screen_size(terminal.size())
    machine = Machine(
        disk.system, home=disk.home, nvram=disk.nvram, rom=disk.rom, seed=seed, boot_args=boot_args,
        resolution=size, max_resolution=size, components=hardware[0], internet=hardware[1],
    )  # fmt: skip
    break_into_long_calls(machine, heart)
    with machine:
        machine.power_on()
        code = Console(machine, terminal, *fds).run()
    if machine.last_traceback:
        sys.stderr.write(machine.last_traceback)
    if machine.last_error:
        print(f"axisos: the machine had stopped: {machine.last_error.splitlines()[0]}", file=sys.stderr)
    return code


def _screen_size(terminal_size: tuple[int, int]) -> tuple[int, int]:
    return max(SMALLEST[0], terminal_size[0]), max(SMALLEST[1], terminal_size[1])


class Console:
    """One machine on one terminal.

    Args: keys: descriptor with what was typed; control: the keeper's orders; signals: the numbers of signals that
    were sent to this process.
    """

    def __init__(self, machine: Machine, terminal: HostTerminal, keys: int, control: int, signals: int) -> None:
        self._machine = machine
        self._terminal = terminal
        self._keys = keys
        self._control = control
        self._signals = signals
        self._output = Output(terminal.output_fd)
        self._decoder = Decoder()
        self._expires_at: float | None = None  # when what the decoder holds is to be taken as it is
        self._painter = Painter(*terminal.size(), colours_of(dict(os.environ)))
        self._frame_at = 0.0  # when the next picture of a busy machine is due
        self._rings = False
        self._exit_code: int | None = None
        machine.screen.bell_listeners.append(self._ring)

    def run(self) -> int:
        """Run the machine until it is switched off. Returns the exit code."""
        machine = self._machine
        while self._exit_code is None:
            wait = machine.advance()
            if wait.halted and machine.last_error is None:
                return 0
            self._draw(wait)
            for fd in self._wait(wait):
                if fd == self._keys:
                    self._read_keys()
                elif fd == self._control:
                    self._obey(os.read(fd, 256))
                else:
                    self._end_by(os.read(fd, 256))
            if self._expires_at is not None and monotonic() >= self._expires_at:
                self._act(self._decoder.expire())
        return self._exit_code

    # -- time ---------------------------------------------------------------------------------------------------

    def _wait(self, wait: Wait) -> list[int]:
        """Sleep until the machine wants to go on, or something has come. Returns the readable descriptors."""
        machine, output = self._machine, self._output
        fds = (self._keys, self._control, self._signals)
        clock = machine.clock
        deadline = wait.deadline
        if self._expires_at is not None:
            own = clock.now() + max(0.0, self._expires_at - monotonic())
            deadline = own if deadline is None else min(deadline, own)
        if not output.pending:
            return machine.wait(deadline, fds, pace=True)
        left = None if deadline is None else deadline - clock.now()
        is_over = not output.wait((*fds, machine.wake_fd), left)
        return machine.wait(deadline if is_over and deadline is not None else clock.now(), fds)

    # -- the screen ---------------------------------------------------------------------------------------------

    def _draw(self, wait: Wait) -> None:
        """Draw what has changed: at once if the machine will be idle until the next frame, else once a frame."""
        screen, status = self._machine.screen, self._status()
        output = self._output
        if output.pending:
            output.push()
        if output.pending or (self._painter.is_current(screen, status) and not self._rings):
            return
        now = monotonic()
        until_frame = self._frame_at - now
        if until_frame > 0 and wait.deadline is not None and wait.deadline - self._machine.clock.now() < until_frame:
            return
        data = self._painter.paint(screen, status)
        self._frame_at = now + max(FRAME_S, PAINT_SHARE * (monotonic() - now))
        if self._rings:
            self._rings = False
            data += BELL
        output.begin(data)

    def _status(self) -> str:
        """A line about the machine that its own screen does not show."""
        if self._machine.last_error is not None:
            return "The machine has stopped. Ctrl+] twice switches it off."
        width, height = self._painter.width, self._painter.height
        if width < SMALLEST[0] or height < SMALLEST[1]:
            return f"{width}x{height} is too small, AxisOS needs {SMALLEST[0]}x{SMALLEST[1]}"
        return ""

    def _ring(self, _frequency_hz: float, _duration_s: float) -> None:
        self._rings = True

    def _resize(self) -> None:
        size = self._terminal.size()
        self._output.drop()
        self._painter.resize(*size)
        if _screen_size(size) != self._machine.screen.max_resolution:
            self._machine.resize_screen(*_screen_size(size))

    # -- orders and keys ----------------------------------------------------------------------------------------

    def _obey(self, words: bytes) -> None:
        """What the keeper wants. If it is gone, so is the terminal, as far as we can know."""
        if not words:
            self._exit_code = 129
        elif keeper.POWER_OFF in words:
            self._exit_code = 1 if self._machine.last_error is not None else 0
        else:
            self._resize()

    def _end_by(self, signals: bytes) -> None:
        """Signals were sent to this process itself."""
        for number in signals:
            if number in keeper.ENDING:
                self._exit_code = 128 + number

    def _read_keys(self) -> None:
        data = os.read(self._keys, READ_BYTES)
        if data:
            self._act(self._decoder.feed(data))
        else:
            self._exit_code = 129  # the keeper is gone

    def _act(self, events: Events) -> None:
        machine = self._machine
        for event in events:
            if isinstance(event, Paste):
                machine.paste(event.text)
            elif isinstance(event, Mouse):
                self._point(event)
            else:
                for name, *args in machine.keyboard.strokes(event, PLAYER):
                    machine.deliver(str(name), *args)
        timeout = self._decoder.timeout_s
        self._expires_at = None if timeout is None else monotonic() + timeout

    def _point(self, mouse: Mouse) -> None:
        """The mouse did something; beside the screen it counts only while a button is held, at the edge."""
        screen = self._machine.screen
        width, height = screen.size
        x, y = mouse.x, mouse.y
        if x > width or y > height:
            if mouse.what not in ("drag", "drop"):
                return
            x, y = min(x, width), min(y, height)
        self._machine.deliver(mouse.what, screen.address, x, y, mouse.value, PLAYER)
