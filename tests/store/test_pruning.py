"""What is dropped in time, and what is kept for whoever may still ask for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from bot.store import (
    bulletins,
    chats,
    deliveries,
    inbox,
    occasions,
    prompts,
    pruning,
    questions,
    receipts,
    subscriptions,
)
from bot.store.database import Database
from bot.store.deliveries import Claimed, End, Outcome
from bot.store.inbox import Update
from bot.store.receipts import Receipt
from tests.store.scene import (
    EIGHT_THIRTY,
    HOUR,
    daily,
    mark,
    owed,
    reader,
    settle,
    states,
    take,
)

DAY = 24 * HOUR
LATER = EIGHT_THIRTY + 40 * DAY
BEFORE = LATER - 35 * DAY


async def sent(database: Database, one: Claimed, end: End = "sent") -> None:
    await mark(database, [one])
    number = 5 if end == "sent" else None
    await settle(database, Outcome(one.id, one.token, one.part, end, number))


async def prune(database: Database, before: int = BEFORE) -> dict[str, int]:
    return dict(await pruning.prune(database, now=LATER, before=before, page=2))


async def count(database: Database, *names: str) -> list[int]:
    async with database.read() as conn:
        rows = [await conn.scalar(text(f"SELECT count(*) FROM {name}")) for name in names]
    return [int(row or 0) for row in rows]


async def test_only_what_ended_long_ago_is_pruned(database: Database) -> None:
    ends: list[End] = ["unknown", "sent", "dead", "gone", "expired", "unknown", "cancelled"]
    async with database.write() as conn:
        for tg_id in range(len(ends) + 1):
            await owed(conn, tg_id + 1)
    taken = await take(database, limit=len(ends))
    for one, end in zip(taken, ends, strict=True):
        await sent(database, one, end)
    assert await prune(database, EIGHT_THIRTY) == {}
    assert await prune(database) == {"deliveries": 5}
    assert await states(database) == {"unknown": 2, "pending": 1}


async def test_what_is_young_is_not_even_looked_at(database: Database) -> None:
    async with database.write() as conn:
        old, young = await owed(conn, 1), await owed(conn, 2, key="change 2", not_before=LATER)
        assert await pruning.old(conn, 0, BEFORE, 1) == old.id
        assert await pruning.old(conn, old.id, BEFORE, 1) is None
        assert await pruning.old(conn, young.id, BEFORE, 1) is None


async def test_an_occasion_that_is_over_is_dropped_with_its_texts(database: Database) -> None:
    async with database.write() as conn:
        await owed(conn)
    (one,) = await take(database)
    await sent(database, one, "dead")
    assert await prune(database) == {"deliveries": 1, "occasions": 1}
    assert await count(database, "bulletins", "bulletin_parts", "bulletin_figures") == [0, 0, 0]
    assert await prune(database) == {}


async def test_what_a_reader_holds_can_be_corrected_however_old_it_is(database: Database) -> None:
    async with database.write() as conn:
        it = await owed(conn)
    (one,) = await take(database)
    await sent(database, one)
    async with database.write() as conn:
        row = Receipt(
            it.chat.id, 5, 1, "bulletin", EIGHT_THIRTY, bulletin_id=one.bulletin_id, part=0
        )
        await receipts.write(conn, [row])
    assert await prune(database) == {"deliveries": 1}
    async with database.read() as conn:
        (held,) = await receipts.for_observations(conn, ["corridor.volume@0:a"])
    assert (held.tg_id, held.message_id) == (1, 5)
    assert await count(database, "occasions", "bulletins", "bulletin_parts") == [1, 1, 0]


async def test_what_is_still_owed_keeps_its_texts(database: Database) -> None:
    async with database.write() as conn:
        await owed(conn, 1)
        await owed(conn, 2)
    (one, _) = await take(database, limit=2)
    await sent(database, one, "unknown")
    assert await prune(database) == {}
    async with database.write() as conn:
        await deliveries.resend(conn, [one.id], now=LATER, expires_at=LATER + HOUR)
    assert [again.id for again in await take(database, LATER, token="u")] == [one.id]


async def test_an_occasion_that_is_yet_to_come_stays(database: Database) -> None:
    async with database.write() as conn:
        made: dict[str, Any] = {"kind": "manual", "now": EIGHT_THIRTY}
        await occasions.ensure(conn, key="a", due_at=1, expires_at=LATER, **made)
        await occasions.ensure(conn, key="b", due_at=LATER, expires_at=LATER + 1, **made)
        await occasions.ensure(conn, key="c", due_at=1, expires_at=2, **made)
    assert await prune(database) == {"occasions": 1}


async def test_a_cohort_that_nobody_belongs_to_is_dropped_and_its_number_not_used_again(
    database: Database,
) -> None:
    async with database.write() as conn:
        ada, ben = await reader(conn, 1), await reader(conn, 2)
        wish = await daily(conn, ada)
        for minute in (600, 601, 602):
            wish = await daily(conn, ada, minute=minute, change=wish.id)
        other = await daily(conn, ben)
        await subscriptions.end(conn, other.id, EIGHT_THIRTY)
    assert await prune(database) == {"cohorts": 2}
    async with database.write() as conn:
        wish = await daily(conn, ada, minute=603, change=wish.id)
        newest = wish.cohort_id
        wish = await daily(conn, ada, minute=510, change=wish.id)
    assert await prune(database) == {"cohorts": 1}
    async with database.write() as conn:
        fresh = await daily(conn, ada, minute=700)
        assert newest is not None
        assert fresh.cohort_id is not None
        assert fresh.cohort_id > newest


async def test_questions_and_updates_lapse(database: Database) -> None:
    async with database.write() as conn:
        ada = await reader(conn)
        await prompts.ask(conn, ada.id, 1, {}, EIGHT_THIRTY)
        await prompts.ask(conn, ada.id, 2, {}, LATER - 29 * DAY)
        await inbox.keep(conn, [Update(1, 1, "{}"), Update(2, 1, "{}")], EIGHT_THIRTY)
        await inbox.done(conn, [1])
        await inbox.beat(conn, "dead", EIGHT_THIRTY)
        await inbox.beat(conn, "living", LATER)
    assert await prune(database) == {"prompts": 1, "updates": 1}
    assert await count(database, "meta WHERE key LIKE 'intake:%'") == [1]
    async with database.read() as conn:
        assert await prompts.take(conn, ada.id, 1) is None
        assert await prompts.take(conn, ada.id, 2) == {}


async def test_a_question_that_nobody_asked_for_ninety_days_is_dropped(database: Database) -> None:
    async with database.write() as conn:
        await questions.count(conn, "gdp of armenia", "en", LATER - 91 * DAY)
        await questions.count(conn, "height of Ararat", "en", LATER - 91 * DAY)
        await questions.count(conn, "height of Ararat", "en", LATER - 89 * DAY)
    assert await prune(database) == {"questions": 1}
    async with database.read() as conn:
        [kept] = await questions.top(conn)
    assert (kept.text, kept.count) == ("height of ararat", 2)


async def test_chats_and_their_bulletins_are_left_alone(database: Database) -> None:
    async with database.write() as conn:
        await reader(conn)
        assert await bulletins.counts(conn) == {}
    assert await prune(database) == {}
    async with database.read() as conn:
        assert await chats.counts(conn) == {"active": 1}
