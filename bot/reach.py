"""How a command reaches the bot's state: through the bot that runs, else by itself."""

from __future__ import annotations

import zoneinfo
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

from bot import operations
from bot.clock import Clock
from bot.config import Settings
from bot.control import Line, NobodyThere, calling
from bot.errors import StateInUse
from bot.newsroom.build import Builder
from bot.newsroom.compose import Composer
from bot.newsroom.office import Office
from bot.newsroom.publish import Publisher
from bot.store.database import Database
from bot.text import load_words, words_for

THROUGH = "through the running bot"
DIRECTLY = "directly"
PATIENCE = 5.0
"""Seconds that a bot which is just starting is waited for."""
PAUSE = 0.2

Fields = dict[str, object]
Hear = Callable[[Fields], None]


class Hand(Protocol):
    """Carries out wishes; `how` says by which way."""

    how: str

    async def ask(self, name: str, given: Fields, hear: Hear = ...) -> Fields: ...


class Through:
    """By the socket of the running bot."""

    how = THROUGH

    def __init__(self, line: Line) -> None:
        self._line = line

    async def ask(self, name: str, given: Fields, hear: Hear = lambda _: None) -> Fields:
        """Raises BriefingError in the bot's words."""
        return await self._line.ask(name, given, hear)


class Directly:
    """On the database itself, whose lock is held meanwhile (SQLite)."""

    how = DIRECTLY

    def __init__(self, office: Office) -> None:
        self._office = office

    async def ask(self, name: str, given: Fields, hear: Hear = lambda _: None) -> Fields:
        """Raises BriefingError."""

        async def tell(event: Fields) -> bool:
            hear(event)
            return True

        return await operations.perform(self._office, name, given, tell)


@asynccontextmanager
async def reaching(settings: Settings, clock: Clock) -> AsyncIterator[Hand]:
    """A hand on the bot's state. Raises StoreError, or ContentError where nothing was published.

    A running bot on SQLite is the only one that writes; on PostgreSQL any process may.
    """
    waited = 0.0
    async with AsyncExitStack() as stack:
        while True:
            try:
                line = await stack.enter_async_context(calling(settings.state))
            except NobodyThere:
                pass
            else:
                yield Through(line)
                return
            try:
                database = await Database.open(settings.database, state=settings.state)
                break
            except StateInUse:
                # It holds the state and does not answer yet: it starts, or another command works.
                if waited >= PATIENCE:
                    raise
                waited += PAUSE
                await clock.sleep(PAUSE)
        stack.push_async_callback(database.close)
        yield Directly(await open_office(settings, clock, database))


async def open_office(settings: Settings, clock: Clock, database: Database) -> Office:
    """What the running bot would use, without the bot. Raises ContentError."""
    zoneinfo.reset_tzpath(to=())
    publisher = Publisher(
        database,
        clock,
        briefings=settings.briefings,
        seeds=settings.seeds,
        words=load_words(),
        tell_admins=_say_nothing,
    )
    if not await publisher.recall():
        await publisher.accept()
    builder = Builder(database, clock, publisher, Composer(), _say_nothing)
    return Office(database, clock, publisher, builder, words_for, settings.global_rate)


async def _say_nothing(_: str) -> None:
    """There is nobody at Telegram to tell: the log has it."""
