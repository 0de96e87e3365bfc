"""A rest: by words and by buttons, until its day, and what is owed meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.chat.rest import read_end
from tests.cast import Actor, Town

TODAY = date(2025, 11, 24)


@pytest.mark.parametrize(
    ("asked", "ends"),
    [
        ("7d", date(2025, 12, 1)),
        ("1d", date(2025, 11, 25)),
        ("7 days", date(2025, 12, 1)),
        ("2W", date(2025, 12, 8)),
        ("1 week", date(2025, 12, 1)),
        ("366d", date(2026, 11, 25)),
        ("2025-12-24", date(2025, 12, 24)),
        ("0d", None),
        ("367d", None),
        ("53w", None),
        ("2025-11-24", None),
        ("2027-11-24", None),
        ("7", None),
        ("-7d", None),
        ("7h", None),
        ("next week", None),
        ("٣d", date(2025, 11, 27)),
        ("", None),
    ],
)
def test_a_length_is_read_or_refused(asked: str, ends: date | None) -> None:
    assert read_end(asked, TODAY) == ends


async def test_a_week_of_rest_is_said_with_its_local_day_and_kept(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/pause 7d")
    assert ada.sees.startswith("All your briefs rest until Monday 1 December;")
    await town.pass_time(days=6, hours=21)
    assert town.briefs(ada) == []
    await town.pass_time(hours=3)
    [(at, line)] = town.briefs(ada)
    assert at.replace(microsecond=0, second=0) == datetime(2025, 12, 1, 3, 30, tzinfo=UTC)
    assert line.startswith("Morning brief, Monday 1 December")
    assert "missed" not in ada.sees


async def test_the_list_says_what_rests_and_when_it_comes_next(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/subscriptions")
    await ada.presses("Pause")
    await ada.presses("7 days")
    await ada.presses("My subscriptions")
    assert "It rests until Monday 1 December." in ada.sees
    assert "The next comes on Monday 1 December, 08:30." in ada.sees
    await ada.presses("Go on")
    assert ada.sees == "Your briefs go on."
    await ada.says("/subscriptions")
    assert "rests" not in ada.sees
    assert [row[5] for row in await town.held()] == ["active"]


async def test_who_moves_to_another_zone_is_told_at_which_hour_of_it_the_rest_ends(
    ada: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/subscribe alerts")
    await ada.says("/pause 1d")
    await ada.forges("zt:Europe/Istanbul")
    await ada.says("/subscriptions")
    assert "full. It rests until Monday 24 November, 22:00." in ada.sees
    assert "full. It rests until Tuesday 25 November. The next comes" in ada.sees


async def test_until_told_is_until_told(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/subscribe alerts corridor")
    await ada.says("/pause")
    await ada.presses("Until I say so")
    assert ada.sees.startswith("All your briefs rest until you say otherwise.")
    await town.pass_time(days=30)
    assert town.briefs(ada) == []
    await ada.says("/subscriptions")
    assert ada.sees.count("It rests until you say otherwise.") == 2
    assert "The next comes" not in ada.sees
    await ada.says("/pause off")
    assert ada.sees == "Your briefs go on."
    await town.pass_time(days=1)
    assert len(town.briefs(ada)) == 1


async def test_to_change_what_rests_does_not_wake_it(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    made = ada.last()
    await ada.says("/pause 7d")
    await ada.presses("Topics", made)
    await ada.presses("✓ Bilateral trade", made)
    [row] = await town.held()
    assert row[5] == "paused"
    assert "trade" not in row[4]
    await ada.says("/subscribe daily 09:00")
    assert [row[5] for row in await town.held()] == ["active"]


async def test_what_waits_for_the_morning_does_not_come_into_a_rest(
    ada: Actor, ed: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    async with town.app.database.write() as conn:
        await conn.exec_driver_sql("UPDATE chats SET quiet_from = 0, quiet_to = 1380")
    await ed.says("/announce Hello")
    await ed.presses("Send to 1")
    await ada.says("/pause 3d")
    await town.pass_time(days=2)
    assert "Hello" not in town.sent(ada)
    assert town.briefs(ada) == []


async def test_who_follows_nothing_and_who_does_not_rest_are_told(ada: Actor) -> None:
    await ada.says("/pause 7d")
    assert ada.sees.startswith("You have no subscriptions.")
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/pause off")
    assert ada.sees == "Nothing rests just now."


async def test_a_length_that_is_none_gets_a_remedy_that_works(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/pause for ever")
    assert "“for ever” is not a time to rest." in ada.sees
    assert [row[5] for row in await town.held()] == ["active"]
    for remedy in ("/pause 7d", "/pause 2w", "/pause 2025-12-01"):
        assert remedy in ada.sees or remedy not in ada.sees.split(", ")
        await ada.says(remedy)
        assert ada.sees.startswith("All your briefs rest until"), remedy


async def test_in_a_group_only_its_admins_let_it_rest(ada: Actor, ben: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty", town.club)
    await ben.says("/pause 7d", town.club)
    assert [row[5] for row in await town.held()] == ["active"]
    await ada.says("/pause 7d", town.club)
    assert [row[5] for row in await town.held()] == ["paused"]
