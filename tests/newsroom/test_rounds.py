"""Whose hour has come, end to end: over a real database, up to what a worker would claim."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, update

from bot.clock import ManualClock, micros
from bot.errors import NotCovered
from bot.newsroom.compose import Brief, write_edition
from bot.newsroom.rounds import Round
from bot.render.message import View
from bot.store import bulletins, chats, cohorts, subscriptions, tables
from bot.store.database import Database
from bot.text import Words, words_for
from tests.newsroom.desk import EDITIONS, HARBOUR, MONDAY, Desk, plain_view

BRIEF = "Morning brief, 24 November 2025, revision 1\n\nen full"


class Killed(BaseException):
    """Ends a round anywhere, as the death of its process does."""


# --- at the hour ------------------------------------------------------------------------------


async def test_the_brief_is_finished_before_the_hour_and_owed_at_it(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 07:59")
    await desk.clock.advance(30)
    await desk.rounds.tick()
    assert await desk.bulletins() == {"ready": 1}
    assert await desk.states() == {}
    await desk.clock.advance(29.99)
    assert (await desk.rounds.tick()).next_at == MONDAY + timedelta(hours=1)
    assert await desk.states() == {}
    await desk.clock.advance(0.01)
    done = await desk.rounds.tick()
    assert (done.owed, done.built, desk.woken) == (1, 0, 1)
    assert await desk.texts() == [BRIEF]


async def test_a_reader_gets_one_brief_for_each_working_day(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    days = []
    for day in range(24, 31):
        await desk.until(f"{day} 08:00")
        days += [day] * len(await desk.texts())
    assert days == [24, 25, 26, 27, 28]


async def test_two_hours_of_one_reader_are_two_briefs(desk: Desk) -> None:
    ada = await desk.chat(1)
    await desk.subscribe(ada)
    await desk.subscribe(ada, "18:00", edition="evening")
    await desk.until("24 08:00")
    assert await desk.texts() == [BRIEF]
    await desk.until("24 18:00")
    assert await desk.texts() == ["Evening brief, 24 November 2025, revision 1\n\nen full"]


async def test_who_subscribes_after_the_hour_waits_for_tomorrow(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 08:00")
    await desk.clock.advance(1)
    await desk.subscribe(await desk.chat(2))
    await desk.rounds.tick()
    assert len(await desk.texts()) == 1
    await desk.until("25 08:00")
    assert len(await desk.texts()) == 2


async def test_a_thousand_readers_share_one_bulletin(desk: Desk) -> None:
    await desk.crowd(1000)
    await desk.restart(chunk=200)
    await desk.until("24 08:00")
    assert await desk.bulletins() == {"ready": 1}
    assert await desk.states() == {"pending": 1000}
    assert desk.woken == 5
    sent = await desk.claim()
    assert len({one.tg_id for one in sent}) == len(sent) == 1000
    assert {one.plain for one in sent} == {BRIEF}


async def test_each_language_and_choice_of_topics_has_its_own_bulletin(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.subscribe(await desk.chat(2, language="de"))
    await desk.subscribe(await desk.chat(3), topics=("harbour",))
    await desk.subscribe(await desk.chat(4))
    await desk.until("24 08:00")
    assert await desk.bulletins() == {"ready": 3}
    assert sorted(await desk.texts()) == sorted(
        [BRIEF, BRIEF, BRIEF.replace("en full", "de full"), BRIEF[:-7] + "on harbour\n\nen full"]
    )


async def test_readers_of_a_language_that_we_have_not_share_the_bulletin_of_the_nearest(
    desk: Desk,
) -> None:
    for number, code in enumerate(("en", "en-GB", "EN_us", "fr", "zh-hans", "de-AT"), 1):
        await desk.subscribe(await desk.chat(number, language=code))
    await desk.until("24 07:59")
    assert await desk.bulletins() == {"ready": 2}
    await desk.until("24 08:00")
    texts = {one.tg_id: one.plain.splitlines()[-1] for one in await desk.claim()}
    assert texts == dict.fromkeys(range(1, 6), "en full") | {6: "de full"}
    assert await desk.bulletins() == {"ready": 2}
    async with desk.database.read() as conn:
        # The wish itself stays as it was told: a catalogue may come.
        second = await chats.find(conn, 2)
    assert second is not None
    assert second.language == "en-GB"


async def test_a_variant_that_turns_up_after_composing_is_built_at_the_hour(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 07:59")
    await desk.clock.advance(45)
    await desk.rounds.tick()
    await desk.subscribe(await desk.chat(2), topics=("harbour",))
    await desk.clock.advance(15)
    await desk.rounds.tick()
    assert len(await desk.texts()) == 2


async def test_a_cohort_without_an_hour_gets_one(desk: Desk) -> None:
    async with desk.database.write() as conn:
        await cohorts.ensure(conn, edition="daily", minute=480, days=127, zone="Asia/Almaty")
    done = await desk.rounds.tick()
    assert done.next_at == MONDAY + timedelta(hours=1)


CODES = ["en/x", "en/../..", "", "x" * 40, "half \ud83d", "e\x00n", "en;de", "<b>"]


@pytest.mark.parametrize("code", CODES)
async def test_a_language_code_that_is_none_keeps_nobody_from_the_brief(
    desk: Desk, code: str
) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.subscribe(await desk.chat(2, language=code))
    await desk.until("24 08:00")
    assert await desk.texts() == [BRIEF, BRIEF]


async def test_a_cohort_that_cannot_be_served_holds_up_no_other(desk: Desk) -> None:
    spoilt = await desk.subscribe(await desk.chat(1))
    await desk.subscribe(await desk.chat(2), "08:00", "Asia/Tashkent")
    async with desk.database.write() as conn:
        await conn.execute(
            update(tables.cohorts).where(tables.cohorts.c.id == spoilt.cohort_id).values(days=0)
        )
    await desk.until("24 08:00")
    assert await desk.texts() == [BRIEF]
    done = await desk.rounds.tick()
    assert (done.is_whole, done.skipped) == (False, {"failed": 1})
    assert desk.told == ["daily at 08:00 (Asia/Almaty) fails: days are bits from 1 to 127, not 0"]
    await desk.until("25 08:00")
    assert len(await desk.texts()) == 1


async def test_a_new_revision_reaches_every_brief_that_waits_however_many_there_are(
    desk: Desk,
) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 07:59")
    await desk.clock.advance(30)
    await desk.rounds.tick()
    now = micros(desk.clock.now())
    row = {"kind": "manual", "edition": "daily", "due_at": now + 10**9, "created_at": now}
    rows = [{**row, "key": f"manual:{one}", "expires_at": now + 10**10} for one in range(2500)]
    async with desk.database.write() as conn:
        await conn.execute(insert(tables.occasions), rows)
    desk.save("briefings/harbour.yaml", HARBOUR.replace("It is open.", "It is closed."))
    await desk.publisher.accept()
    await desk.until("24 08:00")
    assert await desk.texts() == [BRIEF.replace("revision 1", "revision 2")]


# --- restarts and deaths ----------------------------------------------------------------------


async def test_a_restart_before_the_hour_loses_nothing(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 07:59")
    await desk.restart()
    await desk.until("24 08:00")
    assert await desk.texts() == [BRIEF]


async def test_a_restart_after_the_hour_sends_nothing_twice(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 08:00")
    assert await desk.texts() == [BRIEF]
    await desk.restart()
    await desk.rounds.tick()
    await desk.clock.advance(600)
    await desk.rounds.tick()
    assert await desk.texts() == []


@pytest.mark.parametrize("where", ["opening", "opened", "built", "owing", "owed", "advancing"])
@pytest.mark.parametrize("ahead", [True, False])
async def test_a_process_that_dies_in_a_round_owes_each_reader_once(
    desk: Desk, where: str, ahead: bool, figure: Callable[[str], None]
) -> None:
    await desk.crowd(7)
    await (desk.until if ahead else desk.sleep_until)("24 07:59")
    await desk.sleep_until("24 08:00")
    deaths = 0
    for death in range(3):
        passed = 0

        def die(step: str, death: int = death) -> None:
            nonlocal passed
            passed += step == where
            if passed > death:
                raise Killed

        await desk.restart(step=die, chunk=3)
        try:
            await desk.rounds.tick()
        except Killed:
            deaths += 1
    assert deaths
    await desk.restart(chunk=3)
    await desk.rounds.tick()
    owed = len(await desk.dates())
    built = sum((await desk.bulletins()).values())
    figure(f"{deaths} at {where!r}: {owed} owed to 7, {built} built")
    assert await desk.bulletins() == {"ready": 1}
    assert len(await desk.texts()) == 7
    assert {day for _, day, _ in await desk.dates()} == {"2025-11-24"}
    assert len(await desk.dates()) == 7


async def test_two_processes_at_once_owe_each_reader_once(desk: Desk) -> None:
    await desk.crowd(29)
    await desk.sleep_until("24 08:00")
    one = desk.rounds
    await desk.restart(chunk=4)
    await asyncio.gather(one.tick(), desk.rounds.tick())
    assert len(await desk.texts()) == 29
    assert await desk.states() == {"sent": 29}


# --- late and missed --------------------------------------------------------------------------


async def test_after_a_short_absence_the_brief_comes_once_and_says_that_it_is_late(
    desk: Desk,
) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.sleep_until("24 09:20")
    await desk.rounds.tick()
    assert await desk.texts() == [f"meant for 08:00, sent at 09:20\n{BRIEF}"]
    await desk.rounds.tick()
    assert await desk.texts() == []


async def test_a_minute_is_not_late(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.sleep_until("24 08:00")
    await desk.clock.advance(59)
    await desk.rounds.tick()
    assert await desk.texts() == [BRIEF]


async def test_a_brief_that_is_too_late_is_missed_and_the_next_one_says_so(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.sleep_until("24 11:01")
    done = await desk.rounds.tick()
    assert done.skipped == {"late": 1}
    assert await desk.texts() == []
    await desk.until("25 08:00")
    [text] = await desk.texts()
    assert text.startswith("The last Morning brief did not reach you in time: /latest\n")
    assert text.endswith("Morning brief, 25 November 2025, revision 1\n\nen full")
    await desk.until("26 08:00")
    assert await desk.texts() == ["Morning brief: nothing new since Tuesday 25 November."]


async def test_after_a_brief_that_may_be_lost_the_next_one_points_to_it(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 08:00")
    [lost] = await desk.claim(arrives=False)
    assert lost.plain == BRIEF
    assert await desk.states() == {"unknown": 1}
    await desk.until("25 08:00")
    [text] = await desk.texts()
    assert text.startswith("The last Morning brief may not have reached you: /latest\n")


async def test_after_days_away_there_is_no_pile(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.sleep_until("27 08:30")
    done = await desk.rounds.tick()
    assert done.skipped == {"late": 3}
    [text] = await desk.texts()
    assert text.splitlines() == [
        "meant for 08:00, sent at 08:30",
        "3 were missed, last Wednesday 26 November.",
        "Morning brief, 27 November 2025, revision 1",
        "",
        "en full",
    ]


async def test_a_late_brief_of_another_day_names_the_day(desk: Desk) -> None:
    desk.save("briefings/editions.yaml", EDITIONS.replace("late: 3h", "late: 24h"))
    await desk.restart()
    await desk.subscribe(await desk.chat(1), days=0b0000001)
    await desk.sleep_until("25 06:00")
    await desk.rounds.tick()
    [text] = await desk.texts()
    assert text.startswith("meant for Monday 24 November, 08:00, sent at 06:00\n")


async def test_a_machine_that_slept_counts_what_it_slept_through(
    desk: Desk, figure: Callable[[str], None]
) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.rounds.tick()
    await desk.sleep_until("24 15:00")
    done = await desk.rounds.tick()
    figure(f"asleep for eight hours: {done.owed} owed, skipped {done.skipped}")
    assert (done.is_whole, done.skipped) == (True, {"late": 1})


# --- summer time, zones, edits ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "hour", "start", "dates"),
    [
        ("Europe/Berlin", "02:30", "2026-03-27", ["27", "28", "29", "30", "31"]),
        ("Europe/Berlin", "02:30", "2026-10-23", ["23", "24", "25", "26", "27"]),
        ("Australia/Lord_Howe", "02:15", "2025-10-03", ["03", "04", "05", "06", "07"]),
        ("Australia/Lord_Howe", "01:45", "2026-04-03", ["03", "04", "05", "06", "07"]),
        ("America/Santiago", "00:30", "2025-09-05", ["05", "06", "07", "08", "09"]),
        ("America/Santiago", "23:30", "2026-04-02", ["02", "03", "04", "05", "06"]),
        ("Asia/Beirut", "00:00", "2025-03-28", ["28", "29", "30", "31", "01"]),
        ("Africa/Casablanca", "02:30", "2026-03-20", ["20", "21", "22", "23", "24"]),
        ("Pacific/Apia", "08:00", "2011-12-28", ["28", "29", "31", "01", "02"]),
    ],
)
async def test_days_on_which_the_clocks_change_have_one_brief_each(
    tmp_path: Path, database: Database, zone: str, hour: str, start: str, dates: list[str]
) -> None:
    midnight = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone))
    desk = Desk(tmp_path, ManualClock(midnight.astimezone(UTC) - timedelta(minutes=7)), database)
    await desk.publisher.accept()
    await desk.subscribe(await desk.chat(1), hour, zone, days=127)
    while (done := await desk.rounds.tick()).next_at is not None:
        if desk.clock.now() - midnight.astimezone(UTC) > timedelta(days=5):
            break
        await desk.clock.advance((done.next_at - desk.clock.now()).total_seconds())
    assert [day[-2:] for _, day, _ in await desk.dates()][:5] == dates


async def test_a_change_of_hour_just_before_it_is_obeyed(desk: Desk) -> None:
    ada = await desk.chat(1)
    morning = await desk.subscribe(ada)
    await desk.until("24 07:59")
    await desk.clock.advance(45)
    await desk.rounds.tick()
    await desk.subscribe(ada, "18:00", change=morning.id)
    await desk.until("24 08:00")
    assert await desk.texts() == []
    await desk.until("24 18:00")
    assert await desk.texts() == [BRIEF]


async def test_a_change_of_hour_after_it_gives_no_second_brief_that_day(desk: Desk) -> None:
    ada = await desk.chat(1)
    morning = await desk.subscribe(ada)
    await desk.until("24 08:00")
    assert await desk.texts() == [BRIEF]
    await desk.subscribe(ada, "18:00", change=morning.id)
    await desk.until("24 18:00")
    assert await desk.texts() == []
    await desk.until("25 18:00")
    assert len(await desk.texts()) == 1


async def test_a_move_over_the_date_line_gives_no_date_twice(
    desk: Desk, figure: Callable[[str], None]
) -> None:
    ada = await desk.chat(1)
    row = await desk.subscribe(ada, "08:00", "Pacific/Auckland", days=127)
    for zone in ("Pacific/Honolulu", "Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Midway"):
        for _ in range(4):
            await desk.clock.advance(7200)
            await desk.rounds.tick()
        row = await desk.subscribe(ada, "08:00", zone, days=127, change=row.id)
    for _ in range(24):
        await desk.clock.advance(7200)
        await desk.rounds.tick()
    days = [day for _, day, _ in await desk.dates()]
    figure(f"4 moves: {len(days)} briefs, {len(days) - len(set(days))} for a date that had one")
    assert days == sorted(set(days))
    assert len(days) >= 2


async def test_new_zone_rules_move_the_hour_and_nothing_comes_twice(
    desk: Desk, figure: Callable[[str], None]
) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 08:00")
    assert len(await desk.texts()) == 1
    async with desk.database.write() as conn:
        [cohort] = await cohorts.listed(conn)
        assert cohort.next_at is not None
        assert cohort.next_date is not None
        # As the rules of 2023 had it, with Almaty at +06:00.
        old = cohort.next_at - 3_600_000_000
        await cohorts.advance(conn, cohort.id, cohort.next_at, old, cohort.next_date)
    moved = await desk.rounds.renew_zones("2026.6")
    figure(f"moved {moved} of 1 cohort")
    assert moved == 1
    assert await desk.rounds.renew_zones("2026.6") == 0
    await desk.until("25 07:30")
    assert await desk.texts() == []
    await desk.until("25 08:00")
    assert len(await desk.texts()) == 1


async def test_an_unknown_zone_holds_up_nobody_else(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    async with desk.database.write() as conn:
        await cohorts.ensure(
            conn,
            edition="daily",
            minute=480,
            days=127,
            zone="Mars/Base",
            next_at=micros(MONDAY),
            next_date=MONDAY.date(),
        )
    await desk.until("24 08:00")
    assert await desk.texts() == [BRIEF]
    assert desk.told == ["There is no time zone Mars/Base."]


# --- what changed -----------------------------------------------------------------------------


async def test_the_next_brief_tells_what_changed_since(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 08:00")
    await desk.texts()
    desk.save("briefings/harbour.yaml", HARBOUR.replace("It is open.", "It is closed."))
    await desk.publisher.accept()
    await desk.until("25 08:00")
    [text] = await desk.texts()
    assert "since 2025-11-24: updated State of the harbour" in text
    assert "revision 2" in text


async def test_where_nothing_changed_a_line_says_so_or_nothing_comes(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.subscribe(await desk.chat(2, empty="silence"))
    await desk.until("24 08:00")
    assert len(await desk.texts()) == 2
    await desk.until("25 08:00")
    assert await desk.texts() == ["Morning brief: nothing new since Monday 24 November."]


async def test_a_new_reader_gets_the_whole_where_the_others_hear_that_nothing_is_new(
    desk: Desk,
) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 08:00")
    await desk.texts()
    await desk.subscribe(await desk.chat(2))
    await desk.until("25 08:00")
    assert sorted(await desk.texts()) == [
        BRIEF.replace("24", "25"),
        "Morning brief: nothing new since Monday 24 November.",
    ]
    await desk.until("26 08:00")
    assert set(await desk.texts()) == {"Morning brief: nothing new since Tuesday 25 November."}


async def test_a_reader_who_rested_hears_of_what_changed_meanwhile(desk: Desk) -> None:
    ada, ben = await desk.chat(1), await desk.chat(2)
    await desk.subscribe(ada)
    await desk.subscribe(ben)
    await desk.until("24 08:00")
    await desk.texts()
    async with desk.database.write() as conn:
        until = micros(MONDAY + timedelta(days=2))
        await subscriptions.pause(conn, ben.id, until=until, now=micros(desk.clock.now()))
    desk.save("briefings/harbour.yaml", HARBOUR.replace("It is open.", "It is closed."))
    await desk.publisher.accept()
    await desk.until("25 08:00")
    assert len(await desk.texts()) == 1
    await desk.until("26 08:00")
    line, news = sorted(await desk.texts(), key=len)
    assert line == "Morning brief: nothing new since Tuesday 25 November."
    assert "since 2025-11-24: updated State of the harbour" in news


async def test_who_moves_to_a_later_hour_hears_of_what_changed_between_the_two(desk: Desk) -> None:
    ada, ben, zoe = await desk.chat(1), await desk.chat(2), await desk.chat(3)
    morning = await desk.subscribe(ada)
    await desk.subscribe(ben, "18:00")
    await desk.until("24 08:00")
    assert len(await desk.texts()) == 1
    await desk.until("24 12:00")
    desk.save("briefings/harbour.yaml", HARBOUR.replace("It is open.", "It is closed."))
    await desk.publisher.accept()
    await desk.until("24 18:00")
    assert len(await desk.texts()) == 1
    await desk.subscribe(ada, "18:00", change=morning.id)
    evening = await desk.subscribe(zoe, "18:00")
    await desk.until("25 18:00")
    told = {one.tg_id: one.plain for one in await desk.claim()}
    assert "since 2025-11-24: updated State of the harbour" in told[1]
    assert told[2] == "Morning brief: nothing new since Monday 24 November."
    await desk.subscribe(zoe, change=evening.id)
    await desk.until("26 18:00")
    assert {one.plain for one in await desk.claim()} == {
        "Morning brief: nothing new since Tuesday 25 November."
    }


async def test_silence_lasts_until_there_is_news_and_then_all_of_it_comes(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1, empty="silence"))
    await desk.subscribe(await desk.chat(2))
    for day in (24, 25, 26):
        await desk.until(f"{day} 08:00")
        await desk.texts()
    desk.save("briefings/harbour.yaml", HARBOUR.replace("It is open.", "It is closed."))
    await desk.publisher.accept()
    await desk.until("27 08:00")
    silent, other = sorted(await desk.texts())
    assert "since 2025-11-24: updated State of the harbour" in silent
    assert "since 2025-11-26: updated State of the harbour" in other


async def test_a_reader_who_moves_to_another_hour_does_not_get_the_same_text_again(
    desk: Desk,
) -> None:
    ada = await desk.chat(1)
    morning = await desk.subscribe(ada)
    await desk.subscribe(await desk.chat(2), "09:00")
    await desk.until("24 09:00")
    assert len(await desk.texts()) == 2
    await desk.subscribe(ada, "09:00", change=morning.id)
    await desk.until("25 09:00")
    assert set(await desk.texts()) == {"Morning brief: nothing new since Monday 24 November."}


async def test_a_change_on_other_topics_is_nothing_new(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1), topics=("market",))
    await desk.until("24 08:00")
    await desk.texts()
    desk.save("briefings/harbour.yaml", HARBOUR.replace("It is open.", "It is closed."))
    await desk.publisher.accept()
    await desk.until("25 08:00")
    assert await desk.texts() == ["Morning brief: nothing new since Monday 24 November."]


async def test_an_edition_that_tells_no_changes_is_never_empty(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1), "18:00", edition="evening")
    await desk.until("24 18:00")
    await desk.texts()
    await desk.until("25 18:00")
    assert await desk.texts() == ["Evening brief, 25 November 2025, revision 1\n\nen full"]


async def test_a_revision_after_composing_is_what_is_sent(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 07:59")
    await desk.clock.advance(45)
    await desk.rounds.tick()
    assert await desk.bulletins() == {"ready": 1}
    desk.save("briefings/harbour.yaml", HARBOUR.replace("It is open.", "It is closed."))
    await desk.publisher.accept()
    assert await desk.bulletins() == {"building": 1}
    await desk.clock.advance(15)
    await desk.rounds.tick()
    assert await desk.texts() == [BRIEF.replace("revision 1", "revision 2")]


async def test_what_was_sent_is_not_composed_anew(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 08:00")
    await desk.texts()
    desk.save("briefings/harbour.yaml", HARBOUR.replace("It is open.", "It is closed."))
    await desk.publisher.accept()
    assert await desk.bulletins() == {"ready": 1}


async def test_an_embargo_that_ends_at_the_hour_is_over_in_its_brief(desk: Desk) -> None:
    desk.write = lambda brief, _: write_edition(brief, words_for("en"))
    desk.save("briefings/harbour.yaml", HARBOUR + "embargo: 2025-11-25T08:00+05:00\n")
    await desk.publisher.accept()
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 08:00")
    [before] = await desk.claim()
    assert "Morning brief, Monday 24 November" in before.plain
    assert "arbour" not in before.plain
    await desk.until("25 08:00")
    [after] = await desk.claim()
    assert "New: The harbour" in after.plain
    assert "40 tons" in after.plain
    assert after.carries == ("harbour.freight@2024:report",)
    assert after.keyboard is not None


# --- bulletins that cannot be built -----------------------------------------------------------


def poisonous(brief: Brief, words: Words) -> View:
    if brief.variant.topics:
        raise ValueError("poison")
    return plain_view(brief, words)


async def test_a_bulletin_that_cannot_be_built_is_given_up_and_the_others_go(desk: Desk) -> None:
    desk.write = poisonous
    await desk.subscribe(await desk.chat(1))
    await desk.subscribe(await desk.chat(2), topics=("harbour",))
    await desk.until("24 07:59")
    for _ in range(4):
        await desk.clock.advance(15)
        await desk.rounds.tick()
    assert await desk.texts() == [BRIEF]
    await desk.until("24 08:05")
    assert await desk.bulletins() == {"failed": 1, "ready": 1}
    assert desk.told == ["daily (en/full/harbour) could not be built: ValueError: poison"]


async def test_a_new_revision_gives_a_failed_bulletin_another_chance(desk: Desk) -> None:
    desk.write = poisonous
    await desk.subscribe(await desk.chat(2), topics=("harbour",))
    await desk.until("24 08:05")
    assert await desk.bulletins() == {"failed": 1}
    assert await desk.texts() == []
    desk.write = plain_view
    desk.save("briefings/harbour.yaml", HARBOUR.replace("It is open.", "It is closed."))
    await desk.publisher.accept()
    await desk.clock.advance(15)
    await desk.rounds.tick()
    await desk.clock.advance(30)
    [text] = await desk.texts()
    assert "revision 2" in text


async def test_a_text_that_kills_the_process_is_given_up_after_three_deaths(desk: Desk) -> None:
    def deadly(brief: Brief, words: Words) -> View:
        if brief.variant.topics:
            raise Killed
        return plain_view(brief, words)

    desk.write = deadly
    await desk.subscribe(await desk.chat(1), topics=("harbour",))
    await desk.subscribe(await desk.chat(2))
    await desk.sleep_until("24 08:00")
    deaths = 0
    for _ in range(8):
        await desk.restart()
        try:
            await desk.rounds.tick()
        except Killed:
            deaths += 1
        await desk.clock.advance(61)
    assert deaths == 3
    assert await desk.bulletins() == {"failed": 1, "ready": 1}
    [text] = await desk.texts()
    assert text.endswith(BRIEF)


async def test_what_is_owed_of_an_edition_that_was_removed_is_cancelled(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1), "08:00", edition="evening")
    await desk.until("24 08:00")
    assert await desk.states() == {"pending": 1}
    kept = EDITIONS[: EDITIONS.index("  evening:")]
    desk.save("briefings/editions.yaml", kept)
    await desk.publisher.accept()
    assert await desk.states() == {"cancelled": 1}
    await desk.sleep_until("25 08:00")
    assert (await desk.rounds.tick()).skipped == {"gone": 1}
    assert await desk.texts() == []


# --- the clock --------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [1, -1, 3652])
async def test_after_a_jump_of_the_clock_nothing_is_owed_until_it_agrees_again(
    desk: Desk, days: int, figure: Callable[[str], None]
) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.rounds.tick()
    desk.clock.jump(days * 86400)
    for _ in range(3):
        assert not (await desk.rounds.tick()).is_whole
        await desk.clock.advance(15)
    figure(f"{days:+} days: {sum((await desk.states()).values())} wrongly owed")
    assert await desk.states() == {}
    assert desk.told == [f"The clock moved by {days * 1440} minutes."]
    desk.clock.jump(-days * 86400)
    for _ in range(4):
        done: Round = await desk.rounds.tick()
        await desk.clock.advance(15)
    assert done.is_whole
    assert desk.told[-1] == "The clock agrees with itself again."
    await desk.until("24 08:00")
    assert await desk.texts() == [BRIEF]


async def test_a_clock_set_back_after_the_hour_gives_no_second_brief(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 08:00")
    assert await desk.texts() == [BRIEF]
    desk.clock.jump(-7200)
    desk.guard.trust()
    await desk.until("24 08:30")
    assert await desk.texts() == []


async def test_a_clock_that_is_moved_on_purpose_is_believed(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.rounds.tick()
    desk.guard.expect(timedelta(hours=1))
    desk.clock.jump(3600)
    done = await desk.rounds.tick()
    assert (done.is_whole, done.owed, desk.told) == (True, 1, [])


async def test_more_than_can_be_sent_in_time_is_told_beforehand(desk: Desk) -> None:
    await desk.crowd(4)
    desk.build(rate=0.0001)
    await desk.publisher.accept()
    await desk.sleep_until("24 08:00")
    await desk.rounds.tick()
    assert desk.told == ["4 messages take 11.1 hours."]


# --- asked for by one chat --------------------------------------------------------------------


async def test_a_brief_that_one_chat_asks_for_comes_at_once_and_once(desk: Desk) -> None:
    ada = await desk.chat(1, zone="Asia/Almaty")
    first = await desk.manual.send_now(ada, "daily", key="press 7")
    again = await desk.manual.send_now(ada, "daily", key="press 7")
    assert first is not None
    assert again is None
    assert await desk.texts() == [BRIEF]


async def test_a_brief_that_was_asked_for_leaves_the_hour_as_it_is(desk: Desk) -> None:
    ada = await desk.chat(1, zone="Asia/Almaty")
    await desk.subscribe(ada)
    await desk.manual.send_now(ada, "daily", key="press 7")
    assert await desk.texts() == [BRIEF]
    await desk.until("24 08:00")
    assert await desk.texts() == [BRIEF]


async def test_what_an_operator_sends_waits_for_the_end_of_quiet_hours(desk: Desk) -> None:
    ada = await desk.chat(1, zone="Asia/Almaty")
    async with desk.database.write() as conn:
        await chats.set_fields(
            conn, ada.id, now=micros(MONDAY), quiet_from=22 * 60, quiet_to=9 * 60
        )
        found = await chats.find(conn, 1)
    assert found is not None
    await desk.manual.send_now(found, "daily", key="cli 1", is_asked=False)
    assert await desk.texts() == []
    await desk.until("24 09:00")
    assert await desk.texts() == [BRIEF]


async def test_an_edition_that_there_is_not_is_refused(desk: Desk) -> None:
    with pytest.raises(NotCovered) as refused:
        await desk.manual.send_now(await desk.chat(1), "hourly", key="x")
    assert refused.value.nearest == ("daily", "evening")


async def test_the_frozen_messages_are_what_was_composed(desk: Desk) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 08:00")
    [claimed] = await desk.claim()
    async with desk.database.read() as conn:
        kept = await bulletins.get(conn, claimed.bulletin_id)
        [part] = await bulletins.parts(conn, claimed.bulletin_id)
    assert kept is not None
    assert (kept.state, kept.revision, len(kept.sha256 or "")) == ("ready", 1, 64)
    assert (part.html, part.plain) == (claimed.html, claimed.plain) == (BRIEF, BRIEF)
