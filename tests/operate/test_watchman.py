"""The dead man's handle: an hour that nobody was owed for is told to the admins, once."""

from __future__ import annotations

import pytest

from bot.newsroom.look import look_around, tell_look
from bot.newsroom.office import Office
from bot.newsroom.watchman import Watchman
from bot.store import questions
from bot.store.database import Database
from bot.store.tables import deliveries
from bot.text import load_words, words_for
from tests.newsroom.desk import Desk


@pytest.fixture
def watchman(desk: Desk) -> Watchman:
    return Watchman(desk.database, desk.clock, words_for, desk.tell)


async def test_an_hour_that_was_served_is_no_matter(desk: Desk, watchman: Watchman) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 08:00")
    await desk.clock.advance(600)
    assert await watchman.look() == []
    assert desk.told == []


async def test_rounds_that_do_not_come_through_are_told_once(
    desk: Desk, watchman: Watchman
) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.subscribe(await desk.chat(2))
    await desk.sleep_until("24 08:02")
    assert await watchman.look() == []
    await desk.sleep_until("24 08:04")
    [silent] = await watchman.look()
    assert silent.readers == 2
    [told] = desk.told
    assert "daily of Monday 24 November, 08:00 (Asia/Almaty)" in told
    assert "2 subscribers" in told
    assert await watchman.look() == []
    assert len(desk.told) == 1


async def test_a_slot_that_went_by_without_deliveries_is_told(
    desk: Desk, watchman: Watchman
) -> None:
    wish = await desk.subscribe(await desk.chat(1))
    await desk.until("24 08:00")
    async with desk.database.write() as conn:
        # As a fault of ours would leave it: the cohort moved on, and nobody was owed anything.
        await conn.execute(deliveries.delete())
        await conn.exec_driver_sql("UPDATE subscriptions SET done_date = NULL")
    await desk.clock.advance(300)
    [silent] = await watchman.look()
    assert (silent.cohort_id, silent.readers) == (wish.cohort_id, 1)


async def test_nobody_waits_for_an_hour_that_all_have_left(desk: Desk, watchman: Watchman) -> None:
    await desk.chat(1)
    await desk.sleep_until("24 08:10")
    assert await watchman.look() == []


async def test_silence_that_the_reader_chose_is_no_fault(desk: Desk, watchman: Watchman) -> None:
    await desk.subscribe(await desk.chat(1, empty="silence"))
    await desk.until("24 08:00")
    await desk.claim()
    await desk.until("25 08:00")
    assert await desk.claim() == []
    await desk.clock.advance(600)
    assert await watchman.look() == []


async def test_a_glance_counts_what_there_is(
    desk: Desk, office: Office, database: Database
) -> None:
    await desk.crowd(5)
    await desk.until("24 08:00")
    async with database.write() as conn:
        await questions.count(conn, "gdp of armenia", "en", office.now)
    seen = await look_around(office)
    assert (seen.revision, seen.chats, seen.subscriptions) == (1, {"active": 5}, {"daily": 5})
    assert (seen.queue.due, seen.queue.late, seen.queue.unanswered) == (5, 0, 1)
    await desk.clock.advance(61)
    assert (await look_around(office)).queue.late == 5
    await desk.claim()
    seen = await look_around(office)
    assert (seen.queue.due, seen.queue.sent) == (0, 5)
    assert seen.engine.startswith(("SQLite", "PostgreSQL"))
    assert "Subscriptions: daily 5" in tell_look(seen, load_words())
