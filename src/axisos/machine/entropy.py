"""Randomness: the host's, or a stream that follows from a seed.

The seeded stream is SHA-256 in counter mode over the seed; it goes on over reboots, so a rebooted machine does not
repeat its tokens, and two machines of one seed draw the same.
"""

from __future__ import annotations

from os import urandom


class Entropy:
    """What both sources offer."""

    def bytes(self, count: int) -> bytes:
        """`count` random bytes."""
        raise NotImplementedError

    def token_hex(self, count: int) -> str:
        """`count` random bytes as 2 * count hexadecimal digits."""
        return self.bytes(count).hex()


class HostEntropy(Entropy):
    """The operating system's source."""

    def bytes(self, count: int) -> bytes:
        return urandom(count)


class SeededEntropy(Entropy):
    """The stream of a seed."""

    def __init__(self, seed: int) -> None:
        self.begin(seed)

    def begin(self, seed: int) -> None:
        """Go over to the stream of a seed, from its beginning."""
        self._key = b"axisos entropy %d " % seed
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
