"""The minutes around an hour: changes, rests and stops that fall between it and its fan-out."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from bot.clock import micros
from bot.newsroom.slots import Leaving
from bot.store import subscriptions
from bot.store.subscriptions import Subscription
from tests.newsroom.desk import Desk, english

EVERY_DAY = 0b1111111


def leaving(desk: Desk) -> Leaving:
    return Leaving(desk.publisher.current.library, english, desk.clock.now())


async def change(
    desk: Desk, wish: Subscription, hour: str = "08:00", days: int = EVERY_DAY
) -> Subscription:
    """What the buttons under a subscription do."""
    return await desk.subscribe(
        await desk.chat(1), hour, days=days, change=wish.id, leaving=leaving(desk).owe
    )


@pytest.mark.parametrize("hour", ["08:00", "07:30", "18:00"])
@pytest.mark.parametrize("ahead", [True, False])
async def test_a_change_between_the_hour_and_a_late_fan_out_loses_no_brief_and_doubles_none(
    desk: Desk, hour: str, ahead: bool
) -> None:
    wish = await desk.subscribe(await desk.chat(1))
    if ahead:
        await desk.until("24 07:59")
    await desk.sleep_until("24 08:02")
    changed = await change(desk, wish, hour)
    await desk.rounds.tick()
    assert len(await desk.texts()) == 1
    await desk.until("24 18:00")
    await desk.until("24 20:00")
    assert await desk.texts() == []
    await desk.until(f"25 {hour}")
    [_] = await desk.texts()
    assert await desk.dates() == [
        (changed.id, "2025-11-24", "sent"),
        (changed.id, "2025-11-25", "sent"),
    ]


async def test_a_brief_owed_to_one_who_leaves_the_hour_says_that_it_is_late(desk: Desk) -> None:
    wish = await desk.subscribe(await desk.chat(1))
    await desk.sleep_until("24 08:10")
    await change(desk, wish)
    await desk.rounds.tick()
    [text] = await desk.texts()
    assert text.startswith("meant for 08:00, sent at 08:10")


async def test_who_leaves_an_hour_that_has_not_come_or_is_long_past_is_owed_nothing_from_it(
    desk: Desk,
) -> None:
    wish = await desk.subscribe(await desk.chat(1))
    await desk.sleep_until("24 07:59")
    wish = await change(desk, wish)
    assert await desk.dates() == []
    await desk.sleep_until("24 11:30")
    await change(desk, wish, "12:00")
    assert await desk.dates() == []
    await desk.until("24 12:00")
    [_] = await desk.texts()


async def test_who_moves_onto_an_hour_that_stands_there_already_keeps_todays_brief(
    desk: Desk,
) -> None:
    reader = await desk.chat(1)
    morning = await desk.subscribe(reader)
    evening = await desk.subscribe(reader, "18:00")
    await desk.sleep_until("24 08:02")
    await change(desk, morning, "18:00")
    await desk.until("24 18:00")
    assert [dates[:2] for dates in await desk.dates()] == [(morning.id, "2025-11-24")]
    await desk.until("25 18:00")
    assert await desk.dates() == [
        (morning.id, "2025-11-24", "pending"),
        (evening.id, "2025-11-25", "pending"),
    ]


async def test_an_hour_asked_for_during_a_rest_comes_and_the_rest_of_the_others_goes_on(
    desk: Desk,
) -> None:
    """Who asks for an hour while they rest wants it: the later word counts, for that hour."""
    reader = await desk.chat(1)
    morning = await desk.subscribe(reader)
    async with desk.database.write() as conn:
        until = micros(desk.clock.now()) + 7 * 86_400_000_000
        await subscriptions.pause(conn, reader.id, until=until, now=micros(desk.clock.now()))
    evening = await desk.subscribe(reader, "18:00")
    for hour in ("24 08:00", "24 18:00", "25 08:00", "25 18:00"):
        await desk.until(hour)
    assert {wish for wish, _, _ in await desk.dates()} == {evening.id}
    async with desk.database.read() as conn:
        resting = await subscriptions.get(conn, morning.id)
    assert resting is not None
    assert resting.state == "paused"


async def test_a_slot_stopped_in_the_middle_of_its_fan_out_is_owed_to_nobody_more(
    desk: Desk,
) -> None:
    await desk.crowd(7)

    def stop_after_a_page(name: str) -> None:
        if name == "owed":
            with closing(sqlite3.connect(str(desk.database.path), isolation_level=None)) as other:
                other.execute("UPDATE occasions SET state = 'stopped' WHERE kind = 'slot'")

    await desk.restart(stop_after_a_page, chunk=3)
    await desk.until("24 08:00")
    assert len(await desk.dates()) == 3
    assert await desk.claim() == []
    await desk.restart()
    await desk.until("25 08:00")
    assert len(await desk.claim()) == 7
