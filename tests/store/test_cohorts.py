"""The fan-out: everyone once for each local date, whoever wants it and whatever they change."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import select, text

from bot.store import bulletins, chats, cohorts, deliveries, subscriptions
from bot.store.bulletins import Part, Variant
from bot.store.database import Connection, Database
from bot.store.deliveries import Outcome
from bot.store.occasions import Occasion, Served
from bot.store.tables import deliveries as table
from bot.text import spoken
from tests.store.conftest import opened
from tests.store.scene import (
    BEFORE,
    EIGHT_THIRTY,
    EN,
    HOUR,
    LANGUAGES,
    MINUTE,
    MONDAY,
    SECOND,
    TUESDAY,
    daily,
    fan_out,
    mark,
    reader,
    ready,
    settle,
    slot,
    states,
    take,
)

DAY = 24 * HOUR


async def members(conn: Connection, number: int) -> int:
    """`number` readers of one cohort; its id."""
    cohort_id = 0
    for tg_id in range(1, number + 1):
        wish = await daily(conn, await reader(conn, tg_id))
        cohort_id = wish.cohort_id or 0
    return cohort_id


async def begin(database: Database, number: int = 1) -> Occasion:
    """A cohort of `number` readers whose hour has come, its bulletin finished."""
    async with database.write() as conn:
        occasion = await slot(conn, await members(conn, number))
        await ready(conn, occasion)
        return occasion


async def prefaces(database: Database) -> list[str]:
    async with database.read() as conn:
        rows = await conn.execute(select(table.c.preface).order_by(table.c.id))
        return [row[0] for row in rows]


async def test_subscriptions_that_agree_share_a_cohort(database: Database) -> None:
    async with database.write() as conn:
        one = await daily(conn, await reader(conn, 1))
        two = await daily(conn, await reader(conn, 2))
        other = await daily(conn, await reader(conn, 3), zone="Europe/Berlin")
        cohort = await cohorts.get(conn, one.cohort_id or 0)
    assert one.cohort_id == two.cohort_id != other.cohort_id
    assert cohort is not None
    assert (cohort.edition, cohort.minute, cohort.days) == ("daily", 510, 31)
    assert (cohort.next_at, cohort.next_date) == (EIGHT_THIRTY, MONDAY)


async def test_cohorts_are_due_in_the_order_of_their_times(database: Database) -> None:
    async with database.write() as conn:
        for minute, at in ((540, 30), (510, 10), (600, 20)):
            await cohorts.ensure(
                conn,
                edition="daily",
                minute=minute,
                days=31,
                zone="UTC",
                next_at=at,
                next_date=MONDAY,
            )
        assert [one.next_at for one in await cohorts.due(conn, 20)] == [10, 20]
        assert [one.next_at for one in await cohorts.due(conn, 99, limit=1)] == [10]
        assert await cohorts.earliest(conn) == 10


async def test_a_cohort_without_a_plan_waits_for_one(database: Database) -> None:
    async with database.write() as conn:
        made = await cohorts.ensure(conn, edition="daily", minute=1, days=31, zone="UTC")
        assert await cohorts.due(conn, 2**60) == []
        assert await cohorts.earliest(conn) is None
        assert await cohorts.unplanned(conn) == [made]
        assert await cohorts.advance(conn, made.id, None, 5, MONDAY)
        assert await cohorts.unplanned(conn) == []
        assert [one.id for one in await cohorts.listed(conn)] == [made.id]


async def test_a_cohort_moves_on_once(database: Database) -> None:
    async with database.write() as conn:
        cohort_id = await members(conn, 1)
        assert await cohorts.advance(conn, cohort_id, EIGHT_THIRTY, EIGHT_THIRTY + DAY, TUESDAY)
        assert not await cohorts.advance(conn, cohort_id, EIGHT_THIRTY, 5, MONDAY)
        cohort = await cohorts.get(conn, cohort_id)
    assert cohort is not None
    assert (cohort.next_at, cohort.next_date) == (EIGHT_THIRTY + DAY, TUESDAY)


async def test_the_variants_are_those_that_members_want(database: Database) -> None:
    async with database.write() as conn:
        zoe, ben = await reader(conn, 1, language="kk"), await reader(conn, 2)
        await daily(conn, zoe, topics=("trade", "corridor"))
        cohort_id = (await daily(conn, ben)).cohort_id or 0
        await daily(conn, await reader(conn, 3))
        await chats.set_fields(conn, ben.id, length="short")
        lost = await reader(conn, 4, language="ru")
        await daily(conn, lost)
        await chats.set_state(conn, lost.id, "blocked", BEFORE)
        found = await cohorts.variants(conn, cohort_id, languages=LANGUAGES)
    assert found == [
        Variant("en", "full"),
        Variant("en", "short"),
        Variant("kk", "full", ("corridor", "trade")),
    ]


@pytest.mark.parametrize("known", [("en",), ("de", "en", "pt", "pt-br")])
async def test_the_database_finds_the_nearest_language_as_the_words_do(
    database: Database, known: tuple[str, ...]
) -> None:
    codes = ["en", "en-GB", "de_AT", "DE", "pt-BR", "pt_br", "pt-PT", "fr", "zh-hans", "ptx", "e"]
    async with database.write() as conn:
        for number, code in enumerate(codes, 1):
            wish = await daily(conn, await reader(conn, number, language="en"))
            await chats.set_fields(conn, wish.chat_id, language=code)
            found = await cohorts.variants(conn, wish.cohort_id or 0, languages=known)
            assert Variant(spoken(code, known), "full") in found, code
            await chats.set_fields(conn, wish.chat_id, language="en")
    assert found[0].language in known


async def test_everyone_in_the_cohort_is_owed_once(database: Database) -> None:
    occasion = await begin(database, 7)
    assert await fan_out(database, occasion, limit=3) == 7
    assert await fan_out(database, occasion, limit=3) == 0
    taken = await take(database)
    assert sorted(one.tg_id for one in taken) == list(range(1, 8))
    async with database.read() as conn:
        (first, *_) = await subscriptions.list_for(conn, taken[0].chat_id)
    assert first.done_date == MONDAY


async def test_a_fan_out_that_died_in_the_middle_is_finished_by_the_next(
    database: Database,
) -> None:
    occasion = await begin(database, 5)
    async with database.write() as conn:
        fan = await cohorts.fan_out(conn, occasion, now=EIGHT_THIRTY, limit=2)
    assert fan.owed == 2
    assert fan.after is not None
    assert await fan_out(database, occasion) == 3
    assert await states(database) == {"pending": 5}


async def test_processes_that_fan_out_together_owe_everyone_once(postgres_url: str) -> None:
    async with opened(postgres_url) as one, opened(postgres_url) as two:
        occasion = await begin(one, 40)
        owed = await asyncio.gather(*(fan_out(it, occasion, limit=7) for it in (one, two)))
        assert sum(owed) == 40
        assert await states(one) == {"pending": 40}


async def test_who_ended_or_pauses_or_came_too_late_or_is_lost_is_owed_nothing(
    database: Database,
) -> None:
    async with database.write() as conn:
        occasion = await slot(conn, await members(conn, 1))
        for tg_id in (2, 3, 4, 5, 6):
            await daily(conn, await reader(conn, tg_id))
        ended, paused, blocked, gone, resting = [await reader(conn, n) for n in (2, 3, 4, 5, 6)]
        await subscriptions.end_all(conn, ended.id, BEFORE)
        await subscriptions.pause(conn, paused.id, until=None, now=BEFORE)
        await subscriptions.pause(conn, resting.id, until=EIGHT_THIRTY + 1, now=BEFORE)
        await chats.set_state(conn, blocked.id, "blocked", BEFORE)
        await chats.set_state(conn, gone.id, "gone", BEFORE)
        await daily(conn, await reader(conn, 7), now=EIGHT_THIRTY + SECOND)
        await ready(conn, occasion)
    assert await fan_out(database, occasion) == 1
    assert [one.tg_id for one in await take(database)] == [1]


async def test_a_pause_that_is_over_is_over(database: Database) -> None:
    async with database.write() as conn:
        occasion = await slot(conn, await members(conn, 1))
        chat = await reader(conn)
        await subscriptions.pause(conn, chat.id, until=EIGHT_THIRTY, now=BEFORE)
        assert await cohorts.variants(conn, occasion.cohort_id or 0) == []
        assert await cohorts.variants(conn, occasion.cohort_id or 0, EIGHT_THIRTY) == [EN]
    assert await fan_out(database, occasion) == 1


async def test_a_variant_that_nobody_foresaw_is_opened_to_be_built(database: Database) -> None:
    async with database.write() as conn:
        occasion = await slot(conn, await members(conn, 2))
        await ready(conn, occasion)
        await chats.set_fields(conn, (await reader(conn, 2)).id, language="kk", length="short")
    assert await fan_out(database, occasion) == 2
    assert [one.tg_id for one in await take(database)] == [1]
    async with database.write() as conn:
        (waiting,) = await bulletins.building(conn, EIGHT_THIRTY)
        assert waiting.variant == Variant("kk", "short")
        await ready(conn, occasion, waiting.variant)
    assert [one.tg_id for one in await take(database, EIGHT_THIRTY + SECOND)] == [2]


async def test_changing_the_hour_gives_no_second_one_that_day(database: Database) -> None:
    occasion = await begin(database)
    await fan_out(database, occasion)
    async with database.write() as conn:
        chat = await reader(conn)
        (wish,) = await subscriptions.list_for(conn, chat.id)
        moved = await daily(conn, chat, minute=1080, change=wish.id, now=EIGHT_THIRTY + MINUTE)
        assert moved.id == wish.id
        evening = await slot(conn, moved.cohort_id, MONDAY, EIGHT_THIRTY + 10 * HOUR)
        tomorrow = await slot(conn, moved.cohort_id, TUESDAY, EIGHT_THIRTY + DAY)
        await ready(conn, tomorrow)
    assert await fan_out(database, evening) == 0
    assert await fan_out(database, tomorrow) == 1


async def test_moving_back_over_the_date_line_gives_no_day_a_second_time(
    database: Database,
) -> None:
    async with database.write() as conn:
        wish = await daily(conn, await reader(conn), zone="Pacific/Kiritimati")
        occasion = await slot(conn, wish.cohort_id, TUESDAY)
        await ready(conn, occasion)
    await fan_out(database, occasion)
    async with database.write() as conn:
        moved = await daily(
            conn, await reader(conn), zone="Pacific/Honolulu", change=wish.id, now=EIGHT_THIRTY + 1
        )
        later = [
            await slot(conn, moved.cohort_id, day, EIGHT_THIRTY + n * DAY)
            for n, day in enumerate((MONDAY, TUESDAY, date(2026, 1, 7)), start=1)
        ]
    assert [await fan_out(database, one) for one in later] == [0, 0, 1]


async def test_leaving_and_coming_back_gives_no_second_one_that_day(database: Database) -> None:
    occasion = await begin(database)
    await fan_out(database, occasion)
    async with database.write() as conn:
        chat = await reader(conn)
        (wish,) = await subscriptions.list_for(conn, chat.id)
        await subscriptions.end(conn, wish.id, EIGHT_THIRTY + 1)
        back = await daily(conn, chat, now=EIGHT_THIRTY + 2)
        again = await slot(conn, back.cohort_id, MONDAY, EIGHT_THIRTY + HOUR)
    assert back.id == wish.id
    assert await fan_out(database, again) == 0


async def test_two_hours_a_day_are_two_deliveries(database: Database) -> None:
    async with database.write() as conn:
        chat = await reader(conn)
        morning, evening = await daily(conn, chat), await daily(conn, chat, minute=1080)
        slots = [
            await slot(conn, one.cohort_id, MONDAY, EIGHT_THIRTY + n * HOUR)
            for n, one in enumerate((morning, evening))
        ]
    assert [await fan_out(database, one) for one in slots] == [1, 1]


async def test_nothing_changed_is_not_owed_to_the_silent(database: Database) -> None:
    async with database.write() as conn:
        occasion = await slot(conn, await members(conn, 2))
        await chats.set_fields(conn, (await reader(conn, 1)).id, empty="silence")
        bulletin = await bulletins.ensure(conn, occasion.id, EN)
        line = Part("Nothing new.", "Nothing new.")
        await bulletins.finish(conn, bulletin.id, [line], revision=1, empty=True)
    assert await fan_out(database, occasion) == 1
    assert [one.tg_id for one in await take(database)] == [2]


async def test_the_first_line_is_in_the_language_of_the_chat(database: Database) -> None:
    async with database.write() as conn:
        occasion = await slot(conn, await members(conn, 2))
        await chats.set_fields(conn, (await reader(conn, 2)).id, language="kk")
    await fan_out(database, occasion, prefaces={"en": "For 08:30.", "kk": "08:30 үшін."})
    assert await prefaces(database) == ["For 08:30.", "08:30 үшін."]


async def test_who_may_have_missed_the_last_one_is_told_so(database: Database) -> None:
    occasion = await begin(database, 3)
    await fan_out(database, occasion)
    first, second, third = await take(database)
    await mark(database, [first, second, third])
    await settle(
        database,
        Outcome(first.id, first.token, 0, "unknown"),
        Outcome(second.id, second.token, 0, "expired"),
        Outcome(third.id, third.token, 0, "sent", 5),
    )
    async with database.write() as conn:
        tomorrow = await slot(conn, occasion.cohort_id, TUESDAY, EIGHT_THIRTY + DAY)
    await fan_out(
        database,
        tomorrow,
        prefaces={"en": "Late."},
        apologies={"en": "It may not have reached you."},
        missed={"en": "One was missed."},
    )
    assert (await prefaces(database))[3:] == [
        "Late.\nIt may not have reached you.",
        "Late.\nOne was missed.",
        "Late.",
    ]


async def test_who_did_not_have_the_last_one_gets_a_variant_of_their_own(
    database: Database,
) -> None:
    occasion, last = await begin(database, 2), Served(MONDAY, EIGHT_THIRTY)
    await fan_out(database, occasion)
    async with database.write() as conn:
        await daily(conn, await reader(conn, 3), now=EIGHT_THIRTY + 1)
        tomorrow = await slot(conn, occasion.cohort_id, TUESDAY, EIGHT_THIRTY + DAY)
        wanted = await cohorts.variants(conn, occasion.cohort_id or 0, tomorrow.due_at, since=last)
    assert wanted == [EN, Variant("en", "full", (), "new")]
    assert await fan_out(database, tomorrow, since=last) == 3
    async with database.read() as conn:
        made = [one.variant for one in await bulletins.of(conn, tomorrow.id)]
    assert sorted(made, key=lambda one: one.key) == wanted


async def test_deliveries_wait_for_the_hour_when_fanned_out_ahead(database: Database) -> None:
    occasion = await begin(database)
    await fan_out(database, occasion)
    assert await take(database, EIGHT_THIRTY - 1) == []
    async with database.read() as conn:
        assert await deliveries.next_at(conn) == EIGHT_THIRTY
        assert await cohorts.members(conn, occasion.cohort_id or 0) == 1
    (one,) = await take(database, EIGHT_THIRTY)
    assert one.expires_at == occasion.expires_at


async def test_one_transaction_is_one_chunk(database: Database) -> None:
    occasion = await begin(database, 4)
    async with database.write() as conn:
        fan = await cohorts.fan_out(conn, occasion, now=EIGHT_THIRTY, limit=3)
        rows = await conn.scalar(text("SELECT count(*) FROM deliveries"))
        end = await cohorts.fan_out(conn, occasion, now=EIGHT_THIRTY, after=fan.after or 0)
        last = await cohorts.fan_out(conn, occasion, now=EIGHT_THIRTY, after=end.after or 0)
    assert (fan.owed, rows, end.owed, last.owed, last.after) == (3, 3, 1, 0, None)
