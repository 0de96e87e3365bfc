"""What an operator's wishes are carried out with, in the running bot or beside a resting one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.clock import Clock, micros
from bot.errors import BriefingError
from bot.newsroom.build import Builder
from bot.newsroom.compose import FindWords
from bot.newsroom.publish import Publisher
from bot.store.database import Database

Told = Callable[[int], Awaitable[None]]
"""Told how many are done so far, now and then."""


class Refusal(BriefingError):
    """An operator's wish that cannot be carried out; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Office:
    """`rate` is in messages a second. `on_owed` is called when something new is owed (the
    worker's `wake`), `on_planned` when an hour is new (the schedule's)."""

    database: Database
    clock: Clock
    publisher: Publisher
    builder: Builder
    words: FindWords
    rate: float
    on_owed: Callable[[], None] = lambda: None
    on_planned: Callable[[], None] = lambda: None

    @property
    def now(self) -> int:
        """UTC microseconds."""
        return micros(self.clock.now())


async def say_nothing(_: int) -> None:
    """For who does not want to be told."""
