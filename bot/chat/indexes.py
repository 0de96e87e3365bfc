"""The index of the library that is served: made once for each, aside from the answers."""

from __future__ import annotations

import asyncio
import gc
import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from bot.clock import Clock
from bot.content.library import Library
from bot.content.search import Index

KEPT = 3
"""Libraries whose index is held: the one in force, the one before, one more under embargo."""

TURN = 0.0005
"""Seconds that the making of an index may keep an answer waiting, again and again."""


LOOK, CALM, LOOKS = 0.5, 4, 60
"""Seconds between two looks at who waits; how many in a row find nobody before an index is made
that nobody asked for; and how many there are at most."""


class Waits(Protocol):
    """Who waits for an answer: the intake."""

    @property
    def waiting(self) -> int: ...


@dataclass(frozen=True)
class Named:
    """A library that is known by its hash."""

    it: Library

    def __hash__(self) -> int:
        return hash(self.it.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Named) and other.it.hash == self.it.hash


@lru_cache(maxsize=KEPT)
def _made(named: Named) -> Index:
    return Index(named.it)


class Indexes:
    """Hands out the index of a library. Who asks while it is being made waits for it."""

    def __init__(self) -> None:
        self._ready: dict[str, Index] = {}
        self._making: dict[str, asyncio.Task[Index]] = {}
        self._turn = sys.getswitchinterval()

    async def of(self, library: Library) -> Index:
        """The index; of a library that was not prepared, once it is made."""
        ready = self._ready.get(library.hash)
        if ready is not None:
            return ready
        making = self._making.get(library.hash)
        if making is None:
            making = asyncio.create_task(self._make(library), name="index")
            self._making[library.hash] = making
        # Whoever asked first may go away; the others still want it.
        return await asyncio.shield(making)

    async def prepare(self, library: Library, clock: Clock, waits: Waits) -> None:
        """Make it before anybody asks, yet after those who wait for an answer that needs none.

        Whoever asks in words meanwhile has it made at once.
        """
        calm = 0
        for _ in range(LOOKS):
            if calm == CALM or library.hash in self._ready or library.hash in self._making:
                break
            await clock.sleep(LOOK)
            calm = 0 if waits.waiting else calm + 1
        await self.of(library)

    async def _make(self, library: Library) -> Index:
        try:
            # A second of work, which is not to hold up an answer by 5 ms at each turn.
            sys.setswitchinterval(TURN)
            try:
                index = await asyncio.to_thread(_made, Named(library))
            finally:
                sys.setswitchinterval(self._turn)
            # It is there to stay: the collector's rounds through it would slow each answer.
            gc.freeze()
            while len(self._ready) >= KEPT:
                self._ready.pop(next(iter(self._ready)))
            self._ready[library.hash] = index
            return index
        finally:
            del self._making[library.hash]
