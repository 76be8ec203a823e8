"""`zlib` for one process: the host's, a portion at a time, and with an end to what a few bytes may unfold to."""

from __future__ import annotations

import operator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from executive.shims import World

PORTION = 1 << 20  # bytes that are compressed between two checkpoints
MAX_UNFOLDED = 1 << 27  # bytes that one call may make out of compressed ones


def make_zlib(world: World) -> dict[str, Any]:
    host = world.host_module("zlib")
    names = {key: value for key, value in vars(host).items() if key[0] != "_"}
    error = host.error

    class Compress:
        """Compresses a stream."""

        __module__ = "zlib"

        def __init__(self, real: Any) -> None:
            self._axis_real = real

        def compress(self, data: Any, /) -> bytes:
            view, parts = memoryview(data).cast("B"), []
            for at in range(0, len(view), PORTION):
                world.pause()
                parts.append(self._axis_real.compress(view[at : at + PORTION]))
            return b"".join(parts)

        def flush(self, *mode: int) -> Any:
            return self._axis_real.flush(*mode)

        def copy(self) -> Any:
            return Compress(self._axis_real.copy())

        __copy__ = copy

        def __deepcopy__(self, memo: Any) -> Any:
            return self.copy()

    class Decompress:
        """Unfolds a compressed stream."""

        __module__ = "zlib"

        def __init__(self, real: Any) -> None:
            self._axis_real = real

        def decompress(self, data: Any, /, max_length: int = 0) -> Any:
            if max_length or len(data) * 2000 < MAX_UNFOLDED:  # deflate makes at most 1032 bytes out of one
                return self._axis_real.decompress(data, max_length)
            parts, made = [], 0
            while True:
                world.pause()
                part = self._axis_real.decompress(data, PORTION)
                made += len(part)
                if made > MAX_UNFOLDED:
                    raise error(f"the data unfold to more than {MAX_UNFOLDED >> 20} MiB in one call; use max_length")
                parts.append(part)
                data = self._axis_real.unconsumed_tail
                if not data and len(part) < PORTION:
                    return b"".join(parts)

        def flush(self, *length: int) -> Any:
            return self._axis_real.flush(*length)

        def copy(self) -> Any:
            return Decompress(self._axis_real.copy())

        __copy__ = copy

        def __deepcopy__(self, memo: Any) -> Any:
            return self.copy()

        @property
        def unused_data(self) -> Any:
            return self._axis_real.unused_data

        @property
        def unconsumed_tail(self) -> Any:
            return self._axis_real.unconsumed_tail

        @property
        def eof(self) -> Any:
            return self._axis_real.eof

    def compressobj(*args: Any, **kwargs: Any) -> Any:
        return Compress(host.compressobj(*args, **kwargs))

    def decompressobj(*args: Any, **kwargs: Any) -> Any:
        return Decompress(host.decompressobj(*args, **kwargs))

    def compress(data: Any, /, level: int = -1, wbits: int = 15) -> Any:
        if len(data) <= PORTION:
            return host.compress(data, level, wbits)
        maker = compressobj(level, host.DEFLATED, wbits)
        return maker.compress(data) + maker.flush()

    def decompress(data: Any, /, wbits: int = 15, bufsize: int = 16384) -> Any:
        if len(data) * 2000 < MAX_UNFOLDED:
            return host.decompress(data, wbits, min(operator.index(bufsize), PORTION))
        maker = decompressobj(wbits)
        made = maker.decompress(data)
        if not maker.eof:
            raise error("Error -5 while decompressing data: incomplete or truncated stream")
        return made

    for kind in (Compress, Decompress):
        world.own(kind)
    names.update(compressobj=compressobj, decompressobj=decompressobj, compress=compress, decompress=decompress)
    return names
