"""When the index of the library is made: aside from the answers, and after those who wait."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.chat.indexes import CALM, LOOK, LOOKS, Indexes
from bot.clock import ManualClock, settle
from bot.content.library import Library


@dataclass
class Crowd:
    """Those who wait for an answer."""

    waiting: int = 0


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 5, 9, tzinfo=UTC))


library = Library.of([], [], {})


async def test_it_is_made_before_anybody_asks(clock: ManualClock) -> None:
    making = asyncio.create_task(Indexes().prepare(library, clock, Crowd()))
    await settle()
    await clock.advance(CALM * LOOK)
    await making


async def test_who_waits_for_an_answer_comes_first_but_not_for_ever(clock: ManualClock) -> None:
    making = asyncio.create_task(Indexes().prepare(library, clock, Crowd(waiting=3)))
    await settle()
    await clock.advance((LOOKS - 1) * LOOK)
    assert not making.done()
    await clock.advance(LOOK)
    await making


async def test_it_waits_until_the_crowd_is_answered(clock: ManualClock) -> None:
    crowd = Crowd(waiting=3)
    making = asyncio.create_task(Indexes().prepare(library, clock, crowd))
    await settle()
    await clock.advance(10 * LOOK)
    assert not making.done()
    crowd.waiting = 0
    await clock.advance(CALM * LOOK)
    await making


async def test_whoever_asks_in_words_has_it_made_at_once(clock: ManualClock) -> None:
    indexes = Indexes()
    making = asyncio.create_task(indexes.prepare(library, clock, Crowd(waiting=3)))
    await settle()
    index = await indexes.of(library)
    await clock.advance(LOOK)
    await making
    assert await indexes.of(library) is index
