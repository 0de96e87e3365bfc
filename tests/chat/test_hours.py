"""The hour that a reader chose: kept in local time, once, through restarts and absences."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.store import chats
from tests.cast import Actor, Town


async def test_the_brief_comes_at_the_hour_in_local_time_and_once(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await zoe.says("/subscribe daily 08:30 Europe/Berlin")
    await town.pass_time(days=1)
    [(at, line)] = town.briefs(ada)
    assert at.replace(microsecond=0) == datetime(2025, 11, 25, 3, 30, tzinfo=UTC)
    assert line == "Morning brief, Tuesday 25 November"
    [(at, _)] = town.briefs(zoe)
    assert at.replace(microsecond=0) == datetime(2025, 11, 24, 7, 30, tzinfo=UTC)


async def test_it_comes_within_a_second_of_the_hour(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.pass_time(days=1)
    [(at, _)] = town.briefs(ada)
    assert at - datetime(2025, 11, 25, 3, 30, tzinfo=UTC) < timedelta(seconds=1)


async def test_on_the_next_day_it_says_that_nothing_is_new(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.pass_time(days=2)
    assert [line for _, line in town.briefs(ada)] == [
        "Morning brief, Tuesday 25 November",
        "Morning brief: nothing new since Tuesday 25 November.",
    ]


async def test_no_brief_on_days_that_were_not_chosen(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.pass_time(days=7)
    assert [at.weekday() for at, _ in town.briefs(ada)] == [1, 2, 3, 4, 0]


async def test_weekly_and_daily_keep_their_hours_side_by_side(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await ada.says("/subscribe weekly mon 09:00")
    await town.pass_time(days=7)
    assert [line for _, line in town.briefs(ada)][-1].startswith("Weekly brief, Monday 1")
    assert len(town.briefs(ada)) == 6


async def test_an_hour_moved_within_the_day_does_not_bring_a_second_brief(
    ada: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.pass_time(days=1)
    await ada.says("/subscribe daily 20:00")
    assert "on Wednesday 26" in ada.sees or "tomorrow" in ada.sees
    await town.pass_time(hours=12)
    assert len(town.briefs(ada)) == 1


async def test_days_changed_between_the_hour_and_a_late_round_cost_nobody_the_brief(
    ada: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 10:30 Asia/Almaty")
    # The round is late: a bot that has much to do, or was just started.
    await town.clock.leap(timedelta(minutes=31).total_seconds())
    await ada.says("/subscribe daily 10:30 mon-sun")
    await town.pass_time(minutes=1)
    assert len(town.briefs(ada)) == 1
    await town.pass_time(days=1)
    assert len(town.briefs(ada)) == 2


async def test_a_restart_before_the_hour_loses_nothing(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.restart(after=timedelta(hours=20))
    await town.pass_time(hours=4)
    assert len(town.briefs(ada)) == 1


async def test_a_restart_after_the_hour_sends_nothing_twice(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.pass_time(days=1)
    for _ in range(3):
        await town.restart(after=timedelta(minutes=5))
    assert len(town.briefs(ada)) == 1


async def test_a_bot_that_was_down_at_the_hour_sends_late_and_says_so(
    ada: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.restart(after=timedelta(hours=23, minutes=20))
    assert ada.sees.startswith("Meant for 08:30, sent at 09:20.\n")
    assert "Morning brief, Tuesday 25 November" in ada.sees
    await town.pass_time(hours=5)
    assert sum("Morning brief, " in text for text in town.sent(ada)) == 1


async def test_too_late_for_today_the_next_brief_says_that_one_was_missed(
    ada: Actor, town: Town
) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.pass_time(days=1)
    await town.restart(after=timedelta(hours=30))
    assert len(town.briefs(ada)) == 1
    await town.pass_time(hours=20)
    assert "missed" in ada.sees or "could not be sent" in ada.sees
    assert "27 November" in ada.sees or "nothing new" in ada.sees


async def test_days_of_absence_never_end_in_a_pile(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.restart(after=timedelta(days=9))
    await town.pass_time(days=1)
    assert len(town.sent(ada)) <= 3


async def test_stopped_before_the_hour_nothing_comes(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.pass_time(hours=22)
    await ada.says("/unsubscribe")
    await town.pass_time(days=2)
    assert town.briefs(ada) == []


async def test_the_hour_stays_when_summer_time_ends(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 America/New_York daily")
    await town.clock.leap(timedelta(days=102).total_seconds())
    await town.app.rounds.tick()
    await town.answered()
    before = len(town.briefs(ada))
    await town.pass_time(days=4)
    hours = {(at.month, at.day): at.hour for at, _ in town.briefs(ada)[before:]}
    assert hours[(3, 7)] == 13
    assert hours[(3, 8)] == 12


# --- who has blocked us ----------------------------------------------------------------------


async def test_a_blocked_reader_is_not_written_to_again(ben: Actor, town: Town) -> None:
    await ben.says("/subscribe daily 08:30 Asia/Almaty")
    await ben.blocks()
    tried = town.calls("sendMessage")
    await town.pass_time(days=3)
    assert town.calls("sendMessage") == tried


async def test_one_who_blocks_in_silence_costs_one_try(ben: Actor, town: Town) -> None:
    await ben.says("/subscribe daily 08:30 Asia/Almaty")
    town.world.updates.allow(["message"])
    town.world.block(ben.person)
    tried = town.calls("sendMessage")
    await town.pass_time(days=4)
    assert town.calls("sendMessage") == tried + 1


async def test_coming_back_brings_nothing_that_was_not_asked_for(ben: Actor, town: Town) -> None:
    await ben.says("/subscribe daily 08:30 Asia/Almaty")
    await ben.blocks()
    await town.pass_time(days=2)
    told = len(ben.told())
    await ben.unblocks()
    await town.pass_time(minutes=5)
    assert len([text for text in town.sent(ben)[told:] if "Morning brief, " in text]) == 0
    await ben.says("/topics")
    assert ben.sees.startswith("Topics")


async def test_a_reader_who_blocked_costs_the_others_nothing(
    ada: Actor, ben: Actor, town: Town
) -> None:
    for actor in (ada, ben):
        await actor.says("/subscribe daily 08:30 Asia/Almaty")
    await ben.blocks()
    await town.pass_time(days=1)
    assert len(town.briefs(ada)) == 1
    assert town.briefs(ben) == []


async def test_a_clock_that_jumps_ahead_neither_sends_nor_expires_what_waits_for_the_morning(
    ada: Actor, town: Town
) -> None:
    await ada.says("/start")
    async with town.app.database.write() as conn:
        chat = await chats.find(conn, ada.person.id)
        assert chat is not None
        await chats.set_fields(conn, chat.id, zone="Asia/Almaty", quiet_from=540, quiet_to=720)
        chat = await chats.get(conn, chat.id)
    assert chat is not None
    await town.app.desk.manual.send_now(chat, "daily", key="x", is_asked=False)
    await town.app.rounds.tick()
    before = len(ada.told())
    town.clock.jump(86_400)
    town.app.worker.wake()
    await town.clock.advance(3)
    await town.work.rests()
    assert len(ada.told()) == before
    assert await town.rows("SELECT state FROM deliveries") == [("pending",)]
    town.clock.jump(-86_400)
    await town.pass_time(hours=3)
    assert await town.rows("SELECT state FROM deliveries") == [("sent",)]
    assert len(ada.told()) == before + 1
