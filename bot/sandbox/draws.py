"""Chances that fall the same way each time: numbers drawn from a seed."""

from __future__ import annotations

from hashlib import blake2b


class Draws:
    """A row of numbers between 0 and 1, fixed by its seed."""

    __slots__ = ("_count", "seed")

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._count = 0

    def share(self) -> float:
        """The next number."""
        self._count += 1
        digest = blake2b(f"{self.seed}:{self._count}".encode(), digest_size=7).digest()
        return int.from_bytes(digest) / 2**56
