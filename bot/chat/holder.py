"""Who has an update in hand: of several processes on one PostgreSQL each answers its own.

A process gives a sign of life every few seconds; what one has left that gives none any more, the
others take over. On SQLite there is one process: all that it finds at its start was left.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable

from bot import telemetry
from bot.chat.failures import Caught
from bot.clock import Clock, micros
from bot.store import inbox
from bot.store.database import Database, read_clock
from bot.store.inbox import Letter

log = telemetry.logger(__name__)

BEAT = 5.0
"""Seconds between two signs of life."""
DEAD = 30_000_000
"""Microseconds without one after which a process counts as dead."""


class Holder:
    """This process, as the inbox knows it by its `name`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._is_shared = database.engine_name != "sqlite"
        self._beating: asyncio.Task[None] | None = None
        self.name = secrets.token_hex(8)
        self.is_seated = False
        """Whether what was left before is taken over: nothing new is taken in until then."""

    async def take_over(self, limit: int) -> list[Letter]:
        """What was kept and not finished by processes that live no more; a sign of our own life.

        Raises StoreError.
        """
        async with self._database.write() as conn:
            now = micros(self._clock.now())
            if self._is_shared:
                now = await read_clock(conn)
                await inbox.beat(conn, self.name, now)
            letters = await inbox.take_over(conn, self.name, now - DEAD, limit)
        self.is_seated = True
        return letters

    def beat(self, look: Callable[[], Awaitable[None]]) -> None:
        """Have `look`, which takes over, called every few seconds until `leave`."""
        if self._is_shared:
            self._beating = asyncio.create_task(self._beat(look), name="intake beats")

    async def leave(self) -> None:
        """We are done: what is left belongs to the others at once."""
        if self._beating is None:
            return
        self._beating.cancel()
        await asyncio.gather(self._beating, return_exceptions=True)
        with Caught() as caught:
            async with self._database.write() as conn:
                await inbox.leave(conn, self.name)
        if caught.error is not None:
            log.warning("Others learn late that we are gone.", action="store away")

    async def _beat(self, look: Callable[[], Awaitable[None]]) -> None:
        while True:
            await self._clock.sleep(BEAT)
            with Caught() as caught:
                await look()
            if caught.error is not None:
                log.warning("No sign of life.", action="store away", error=str(caught.error))
