"""Chats: known once, lost and found, and one after a move however it was announced."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, text

from bot.store import bulletins, chats, deliveries, inbox, receipts, reports, subscriptions
from bot.store.chats import Chat
from bot.store.database import Connection, Database
from bot.store.deliveries import Outcome
from bot.store.inbox import Update
from bot.store.receipts import Receipt
from bot.store.tables import metadata
from tests.store.conftest import opened
from tests.store.scene import (
    BEFORE,
    EIGHT_THIRTY,
    HOUR,
    MINUTE,
    PUBLIC,
    SECOND,
    daily,
    fan_out,
    mark,
    news,
    owed,
    reader,
    ready,
    settle,
    slot,
    states,
    take,
)

CLUB, SUPERCLUB = -5, -100_500


async def test_a_chat_is_known_by_its_telegram_id(database: Database) -> None:
    async with database.write() as conn:
        assert await chats.find(conn, 1) is None
        made = await chats.ensure(conn, 1, "private", "Ada", "kk", BEFORE)
        assert await chats.find(conn, 1) == await chats.get(conn, made.id) == made
    assert (made.state, made.language, made.zone, made.length) == ("active", "kk", None, "full")
    assert (made.empty, made.quiet_from, made.open_to_all) == ("line", None, False)


async def test_a_known_chat_keeps_its_language_and_follows_its_title(database: Database) -> None:
    async with database.write() as conn:
        made = await chats.ensure(conn, CLUB, "group", "Club", "kk", BEFORE)
        again = await chats.ensure(conn, CLUB, "group", "The Club", "en", BEFORE + 1)
    assert (again.id, again.language, again.title) == (made.id, "kk", "The Club")


async def test_settings_are_kept(database: Database) -> None:
    async with database.write() as conn:
        chat = await reader(conn)
        await chats.set_fields(
            conn,
            chat.id,
            now=EIGHT_THIRTY,
            zone="Asia/Almaty",
            quiet_from=1320,
            quiet_to=420,
            empty="silence",
            open_to_all=True,
        )
        await chats.set_fields(conn, chat.id)
        kept = await chats.get(conn, chat.id)
    assert kept is not None
    assert (kept.zone, kept.quiet_from, kept.quiet_to) == ("Asia/Almaty", 1320, 420)
    assert (kept.empty, kept.open_to_all, kept.updated_at) == ("silence", True, EIGHT_THIRTY)


async def test_who_blocks_us_is_owed_nothing_more_and_keeps_the_subscriptions(
    database: Database,
) -> None:
    async with database.write() as conn:
        it = await owed(conn)
        await owed(conn, 2)
        await daily(conn, it.chat)
        assert await chats.set_state(conn, it.chat.id, "blocked", EIGHT_THIRTY) == 1
        (wish,) = await subscriptions.list_for(conn, it.chat.id)
        assert (wish.state, wish.paused_until) == ("paused", None)
        assert await chats.counts(conn) == {"active": 1, "blocked": 1}
    assert [one.tg_id for one in await take(database)] == [2]


async def test_a_message_already_claimed_for_someone_who_left_is_not_sent(
    database: Database,
) -> None:
    async with database.write() as conn:
        it = await owed(conn)
    taken = await take(database)
    async with database.write() as conn:
        await chats.set_state(conn, it.chat.id, "gone", EIGHT_THIRTY)
    assert await mark(database, taken) == set()
    assert await states(database) == {"gone": 1}


async def test_a_chat_that_is_gone_keeps_the_record_of_its_subscriptions(
    database: Database,
) -> None:
    async with database.write() as conn:
        chat = await reader(conn)
        await daily(conn, chat)
        await chats.set_state(conn, chat.id, "gone", EIGHT_THIRTY)
        assert await subscriptions.list_for(conn, chat.id) == []
        (wish,) = await subscriptions.list_for(conn, chat.id, ended=True)
        assert wish.state == "ended"
        await chats.set_state(conn, chat.id, "active", EIGHT_THIRTY)
        assert await subscriptions.list_for(conn, chat.id) == []


async def test_three_refusals_within_a_day_are_not_enough(database: Database) -> None:
    async with database.write() as conn:
        chat = await reader(conn)
        strikes = [await chats.strike(conn, chat.id, EIGHT_THIRTY + n * HOUR) for n in range(5)]
        assert [one.count for one in strikes] == [1, 2, 3, 4, 5]
        assert not any(one.out for one in strikes)
        assert (await chats.strike(conn, chat.id, EIGHT_THIRTY + 24 * HOUR)).out


async def test_two_refusals_far_apart_are_not_enough(database: Database) -> None:
    async with database.write() as conn:
        chat = await reader(conn)
        await chats.strike(conn, chat.id, EIGHT_THIRTY)
        assert not (await chats.strike(conn, chat.id, EIGHT_THIRTY + 48 * HOUR)).out
        assert (await chats.strike(conn, chat.id, EIGHT_THIRTY + 49 * HOUR)).out
        await chats.set_state(conn, chat.id, "active", EIGHT_THIRTY)
        assert (await chats.strike(conn, chat.id, EIGHT_THIRTY + 99 * HOUR)).count == 1


async def test_a_chat_that_nobody_knows_has_no_strikes(database: Database) -> None:
    async with database.write() as conn:
        assert (await chats.strike(conn, 99, EIGHT_THIRTY)).count == 0


# --- a group becomes a supergroup ------------------------------------------------------------


async def club(conn: Connection) -> chats.Chat:
    return await reader(conn, CLUB, "group")


async def test_a_group_that_moves_keeps_everything(database: Database) -> None:
    async with database.write() as conn:
        it = await owed(conn, CLUB, kind="group")
        await daily(conn, it.chat)
        moved = await chats.migrate(conn, CLUB, SUPERCLUB, EIGHT_THIRTY)
        assert moved is not None
        assert (moved.id, moved.tg_id, moved.kind) == (it.chat.id, SUPERCLUB, "supergroup")
        assert await chats.find(conn, CLUB) is None
        assert len(await subscriptions.list_for(conn, moved.id)) == 1
    assert [one.tg_id for one in await take(database)] == [SUPERCLUB]


async def test_a_move_told_twice_is_one_move(database: Database) -> None:
    async with database.write() as conn:
        old = await club(conn)
        first = await chats.migrate(conn, CLUB, SUPERCLUB, EIGHT_THIRTY)
        again = await chats.migrate(conn, CLUB, SUPERCLUB, EIGHT_THIRTY + 1)
        assert await chats.migrate(conn, -8, -9, EIGHT_THIRTY) is None
    assert first == again
    assert first is not None
    assert first.id == old.id


async def test_both_ids_known_become_one_chat_with_one_delivery(database: Database) -> None:
    async with database.write() as conn:
        old, new = await club(conn), await reader(conn, SUPERCLUB, "supergroup")
        wishes = [await daily(conn, chat) for chat in (old, new)]
        only_new = await daily(conn, new, minute=1080)
        occasion = await slot(conn, wishes[0].cohort_id)
        await ready(conn, occasion, PUBLIC)
    assert await fan_out(database, occasion) == 2
    async with database.write() as conn:
        for chat in (old, new):
            await owed(conn, chat.tg_id, kind=chat.kind)
        merged = await chats.migrate(conn, CLUB, SUPERCLUB, EIGHT_THIRTY)
        assert merged is not None
        assert merged.id == old.id
        assert [one.id for one in await subscriptions.list_for(conn, old.id)] == [
            wishes[0].id,
            only_new.id,
        ]
    assert await states(database) == {"pending": 2}
    seen = [one.tg_id for n in range(8) for one in await take(database, EIGHT_THIRTY + n * SECOND)]
    assert seen == [SUPERCLUB, SUPERCLUB]


async def test_what_one_of_both_was_sent_the_other_is_not_sent_again(database: Database) -> None:
    async with database.write() as conn:
        old, new = await club(conn), await reader(conn, SUPERCLUB, "supergroup")
        cohort_id = (await daily(conn, old)).cohort_id
        await daily(conn, new)
        occasion = await slot(conn, cohort_id)
        await ready(conn, occasion, PUBLIC)
    await fan_out(database, occasion)
    taken = {one.tg_id: one for one in await take(database)}
    new_one = taken[SUPERCLUB]
    await mark(database, [new_one])
    await settle(database, Outcome(new_one.id, new_one.token, 0, "sent", 5))
    old_one = taken[CLUB]
    await settle(database, Outcome(old_one.id, old_one.token, 0, "pending", counted=False))
    async with database.write() as conn:
        await chats.migrate(conn, CLUB, SUPERCLUB, EIGHT_THIRTY)
        (wish,) = await subscriptions.list_for(conn, old.id)
        assert wish.done_date is not None
        again = await slot(conn, cohort_id, due_at=EIGHT_THIRTY + HOUR)
    assert await states(database) == {"sent": 1}
    assert await fan_out(database, again) == 0


@pytest.mark.parametrize("first", [CLUB, SUPERCLUB])
@pytest.mark.parametrize("other", ["pending", "claimed", "sending"])
async def test_what_is_half_sent_to_one_of_both_is_finished_and_not_begun_again(
    database: Database, first: int, other: str
) -> None:
    async with database.write() as conn:
        old, new = await club(conn), await reader(conn, SUPERCLUB, "supergroup")
        cohort_id = (await daily(conn, old)).cohort_id
        await daily(conn, new)
        occasion = await slot(conn, cohort_id)
        await ready(conn, occasion, PUBLIC, parts=2)
    await fan_out(database, occasion)
    taken = {one.tg_id: one for one in await take(database)}
    half = taken.pop(first)
    await mark(database, [half])
    await settle(database, Outcome(half.id, half.token, 0, "sent", 5, next_part=1))
    for one in taken.values():
        if other == "pending":
            await settle(database, Outcome(one.id, one.token, 0, "pending", counted=False))
        elif other == "sending":
            await mark(database, [one])
    async with database.write() as conn:
        await chats.migrate(conn, CLUB, SUPERCLUB, EIGHT_THIRTY)
    assert await states(database) == {"pending": 1}
    assert [one.part for one in await take(database, EIGHT_THIRTY + MINUTE)] == [1]


async def test_a_move_meets_the_new_chat_just_being_made(postgres_url: str) -> None:
    async with opened(postgres_url) as one, opened(postgres_url) as two:
        async with one.write() as conn:
            old = await club(conn)

        async def move() -> Chat | None:
            async with two.write() as conn:
                return await chats.migrate(conn, CLUB, SUPERCLUB, EIGHT_THIRTY)

        async with one.write() as conn:
            await reader(conn, SUPERCLUB, "supergroup")
            moving = asyncio.create_task(move())
            await asyncio.wait([moving], timeout=0.3)
            assert not moving.done()
        merged = await moving
        assert merged is not None
        assert (merged.id, merged.tg_id) == (old.id, SUPERCLUB)
        async with one.read() as conn:
            assert await chats.counts(conn) == {"active": 1}


async def test_messages_of_the_old_group_are_left_behind(database: Database) -> None:
    async with database.write() as conn:
        old, new = await club(conn), await reader(conn, SUPERCLUB, "supergroup")
        for chat in (old, new):
            await receipts.write(
                conn,
                [Receipt(chat.id, 12, 1, "corridor", EIGHT_THIRTY, observations=("a",))],
            )
        await chats.migrate(conn, CLUB, SUPERCLUB, EIGHT_THIRTY)
        found = await receipts.for_observations(conn, ["a"])
    assert {(one.tg_id, one.message_id) for one in found} == {(SUPERCLUB, -12), (SUPERCLUB, 12)}


# --- forgetting --------------------------------------------------------------------------------


async def test_forgetting_a_chat_leaves_nothing_of_it(database: Database) -> None:
    async with database.write() as conn:
        it = await owed(conn, 1)
        other = await owed(conn, 2)
        await daily(conn, it.chat)
        one = Receipt(it.chat.id, 5, 1, "corridor", EIGHT_THIRTY, observations=("a",))
        await receipts.write(conn, [one])
        await reports.add(conn, chat_id=it.chat.id, place="x", revision=1, now=EIGHT_THIRTY)
        await inbox.keep(conn, [Update(1, 1, "secret"), Update(2, 2, "other")], EIGHT_THIRTY)
        await chats.forget(conn, it.chat.id)
        assert await chats.find(conn, 1) is None
        for name in ("subscriptions", "receipts", "receipt_figures", "reports"):
            left = select(func.count()).select_from(metadata.tables[name])
            assert await conn.scalar(left) == 0
        rows = (await conn.execute(text("SELECT update_id, chat_id, body FROM inbox"))).all()
        assert sorted(tuple(row) for row in rows) == [(1, None, ""), (2, 2, "other")]
        assert await deliveries.counts(conn) == {"pending": 1}
        assert await bulletins.of(conn, other.occasion.id)
    assert [one.tg_id for one in await take(database)] == [2]


async def test_a_delivery_whose_chat_is_gone_from_the_table_blocks_nobody(
    database: Database,
) -> None:
    async with database.write() as conn:
        await owed(conn, 1)
        occasion = await news(conn)
        await deliveries.owe(
            conn,
            occasion_id=occasion.id,
            chat_id=4711,
            bulletin_id=1,
            not_before=0,
            expires_at=EIGHT_THIRTY + HOUR,
            now=EIGHT_THIRTY,
        )
    assert [one.tg_id for one in await take(database)] == [1]
    assert await take(database, EIGHT_THIRTY + HOUR + 1) == []
    assert await states(database) == {"claimed": 1, "expired": 1}
