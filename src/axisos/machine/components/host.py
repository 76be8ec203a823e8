"""The host port: how a headless machine and the process around it exchange one job (architecture §7.2).

    host side                         the machine's side (its driver)
    feed(data), feed_eof()   --->     read(n)          b"" = nothing yet, None = the end     signal host_input
    take(stream)             <---     write(stream, d) bytes taken, 0 = full                 signal host_space
    result                   <---     finish(exit_code, reason)

Nothing is lost and nothing grows without bound: a full output takes no more until the host has taken some.
"""

from __future__ import annotations

from axisos.machine import arguments
from axisos.machine.component import Component, callback
from axisos.machine.errors import thrown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Job = dict[str, Any]

OUTPUT_BYTES = 1 << 16  # a stream holds this many before it counts as full
INPUT_BYTES = 1 << 16  # `wants_input` is False above this many


class HostPort:
    """The host's end. Used on the machine's thread only (others: `machine.post`)."""

    def __init__(self, job: Job, notify: Callable[..., object]) -> None:
        self.job = job
        self.result: tuple[int, str | None] | None = None  # (exit code, reason) when the job has ended
        self._notify = notify  # notify(signal name, *arguments after the address)
        self._input = bytearray()
        self._input_ended = False
        self._input_awaited = False  # the machine was told "nothing yet"
        self._output = {1: bytearray(), 2: bytearray()}
        self._space_awaited: set[int] = set()  # streams on which the machine was told "full"

    # -- host side ----------------------------------------------------------------------------------------------

    @property
    def wants_input(self) -> bool:
        """Whether it is time to read more from the host's standard input."""
        return not self._input_ended and len(self._input) < INPUT_BYTES

    def feed(self, data: bytes) -> None:
        """Give the job input. Raises ValueError after the end."""
        if self._input_ended:
            raise ValueError("input after its end")
        if data:
            self._input += data
            self._tell_input()

    def feed_eof(self) -> None:
        """The job's input ends here; idempotent."""
        if not self._input_ended:
            self._input_ended = True
            self._tell_input()

    def pending(self, stream: int) -> int:
        """Bytes of output that `take` would give."""
        return len(self._output[stream])

    def take(self, stream: int) -> bytes:
        """All output of stream 1 or 2 so far; makes room for more."""
        buffer = self._output[stream]
        data = bytes(buffer)
        buffer.clear()
        if stream in self._space_awaited:
            self._space_awaited.discard(stream)
            self._notify("host_space", stream)
        return data

    def _tell_input(self) -> None:
        if self._input_awaited:
            self._input_awaited = False
            self._notify("host_input")

    # -- machine side -------------------------------------------------------------------------------------------

    def draw(self, count: int) -> bytes | None:
        """Up to `count` bytes of input; b"" = nothing yet, None = the end."""
        if self._input:
            data = bytes(self._input[:count])
            del self._input[:count]
            return data
        if self._input_ended:
            return None
        self._input_awaited = True
        return b""

    def put(self, stream: int, data: bytes) -> int:
        """Take output; how many bytes of it, 0 = full."""
        buffer = self._output[stream]
        room = max(0, OUTPUT_BYTES - len(buffer))
        buffer += data[:room]
        if room < len(data):
            self._space_awaited.add(stream)
        return min(room, len(data))

    def restart(self) -> None:
        """The machine was switched on: the job begins anew, with the input that is left."""
        self._input_awaited = False
        self._space_awaited.clear()
        self.result = None


class Host(Component):
    """The board in the machine."""

    type = "host"
    device_class = "communication"
    device_description = "Host port"

    def __init__(self, address: str, job: Job, deliver: Callable[..., object]) -> None:
        super().__init__(address)
        self.port = HostPort(job, lambda name, *args: deliver(name, address, *args))

    def started(self) -> None:
        self.port.restart()

    @callback(doc="function():table -- The job to do.")
    def job(self) -> Job:
        """The job record."""
        return self.port.job

    @callback(doc='function(count:number):string or nil -- Input; "" = nothing yet, nil = its end.')
    def read(self, count: Any = None) -> bytes | None:
        """Up to `count` bytes of input; b"" = nothing yet (`host_input` follows), None = the end."""
        wanted = arguments.integer(count, 1)
        return b"" if wanted <= 0 else self.port.draw(wanted)

    @callback(doc="function(stream:number, data:string):number -- Output on 1 or 2; how many bytes were taken.")
    def write(self, stream: Any = None, data: Any = None) -> int:
        """Give output; how many bytes were taken (fewer: full, `host_space` follows)."""
        which = arguments.integer(stream, 1)
        if which not in (1, 2):
            raise thrown("bad argument #1 (stream 1 or 2 expected)")
        return self.port.put(which, arguments.data(data, 2))

    @callback(doc="function(exit_code:number[, reason:string]) -- The job has ended.")
    def finish(self, exit_code: Any = None, reason: Any = None) -> None:
        """The job has ended with this exit code (0 to 255), for this reason if it was killed."""
        code = arguments.integer(exit_code, 1)
        self.port.result = (code & 255, None if reason is None else arguments.text(reason, 2))
