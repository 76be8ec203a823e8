"""Randomness: the host's, or streams that follow from a seed.

The seeded stream is SHA-256 in counter mode over the seed; it goes on over reboots, so a rebooted machine does not
repeat its tokens, and two machines of one seed draw the same.
"""

from __future__ import annotations

from os import register_at_fork, urandom

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = 4096  # bytes that are asked of the host at a time
SHORT = 256  # bytes; longer draws do not use up a page


# State of the host's process, on purpose: no machine's, but what all of them need to know of it.
_generation = 0  # how often it and its ancestors have forked


def _forked() -> None:
    global _generation
    _generation += 1


register_at_fork(after_in_child=_forked)


class Entropy:
    """What both sources offer."""

    def bytes(self, count: int) -> bytes:
        """`count` random bytes."""
        raise NotImplementedError

    def token_hex(self, count: int) -> str:
        """`count` random bytes as 2 * count hexadecimal digits."""
        return self.bytes(count).hex()


class HostEntropy(Entropy):
    """The operating system's source, asked for a page at a time: most that is drawn is short."""

    def __init__(self) -> None:
        self._page = b""
        self._at = 0
        self._generation = 0  # of the process that has drawn the page: one that is forked must not repeat it

    def bytes(self, count: int) -> bytes:
        at = self._at
        end = self._at = at + count
        if end > len(self._page) or self._generation != _generation:
            if count > SHORT:
                return urandom(count)
            self._page, self._generation = urandom(PAGE), _generation
            at, end = 0, count
            self._at = end
        return self._page[at:end]


class SeededEntropy(Entropy):
    """The stream of a seed."""

    def __init__(self, seed: int, name: str = "entropy") -> None:
        self._key = f"axisos {name} {seed} ".encode()
        self._counter = 0
        self._rest = b""

    def bytes(self, count: int) -> bytes:
        from hashlib import sha256

        parts = [self._rest]
        have = len(self._rest)
        while have < count:
            parts.append(sha256(self._key + self._counter.to_bytes(8, "little")).digest())
            self._counter += 1
            have += 32
        drawn = b"".join(parts)
        self._rest = drawn[count:]
        return drawn[:count]


class Chance:
    """What a seeded machine leaves to chance in its programs' runs: the seed is asked for when first something is.

    Up to there a run is the same for all seeds, so that runs of many seeds can share it.
    """

    def __init__(self, ask: Callable[[], int]) -> None:
        self.ask = ask  # may be replaced until it was called
        self._seed: int | None = None

    @property
    def seed(self) -> int:
        """The seed, once and for all."""
        if self._seed is None:
            self._seed = self.ask()
        return self._seed


class ChanceEntropy(Entropy):
    """The stream that programs draw from."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._stream: SeededEntropy | None = None

    def bytes(self, count: int) -> bytes:
        if self._stream is None:
            self._stream = SeededEntropy(self._chance.seed, "programs")
        return self._stream.bytes(count)
