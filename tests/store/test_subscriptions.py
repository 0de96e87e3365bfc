"""Subscriptions: made, changed, ended, revived, rested; never more than twenty."""

from __future__ import annotations

import pytest

from bot.errors import TooMany
from bot.store import deliveries, subscriptions
from bot.store.database import Connection, Database
from bot.store.deliveries import Claimed, End, Outcome
from bot.store.subscriptions import LIMIT, Subscription
from tests.store.scene import (
    BEFORE,
    EIGHT_THIRTY,
    HOUR,
    MINUTE,
    MONDAY,
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


async def alerts(
    conn: Connection, chat_id: int, topics: tuple[str, ...] = (), thread_id: int = 0
) -> Subscription:
    return await subscriptions.put(
        conn, chat_id=chat_id, edition="alerts", topics=topics, thread_id=thread_id, now=BEFORE
    )


async def test_a_wish_is_kept_as_it_was_told(database: Database) -> None:
    async with database.write() as conn:
        chat = await reader(conn)
        wish = await daily(conn, chat, topics=("trade", "corridor", "trade"), thread_id=7)
        assert await subscriptions.get(conn, wish.id) == wish
        assert await subscriptions.get(conn, 99) is None
    assert (wish.chat_id, wish.thread_id, wish.edition) == (chat.id, 7, "daily")
    assert (wish.topics, wish.minute, wish.days) == (("corridor", "trade"), 510, 31)
    assert (wish.zone, wish.state, wish.version) == ("Asia/Almaty", "active", 1)
    assert (wish.since, wish.done_date, wish.length) == (BEFORE, None, None)


async def test_the_same_hour_told_twice_is_one_subscription(database: Database) -> None:
    async with database.write() as conn:
        chat = await reader(conn)
        first = await daily(conn, chat)
        second = await daily(conn, chat, topics=("corridor",))
        assert [one.id for one in await subscriptions.list_for(conn, chat.id)] == [first.id]
    assert (second.id, second.version, second.topics) == (first.id, 2, ("corridor",))


async def test_another_hour_is_another_subscription(database: Database) -> None:
    async with database.write() as conn:
        chat = await reader(conn)
        for minute in (1080, 510):
            await daily(conn, chat, minute=minute)
        hours = [one.minute for one in await subscriptions.list_for(conn, chat.id)]
    assert hours == [510, 1080]


async def test_a_change_of_hour_moves_the_subscription(database: Database) -> None:
    async with database.write() as conn:
        chat = await reader(conn)
        first = await daily(conn, chat)
        moved = await daily(conn, chat, minute=1080, change=first.id, now=EIGHT_THIRTY)
        assert len(await subscriptions.list_for(conn, chat.id)) == 1
    assert moved.id == first.id
    assert moved.cohort_id != first.cohort_id
    assert (moved.minute, moved.since, moved.version) == (1080, EIGHT_THIRTY, 2)


async def test_moving_onto_an_hour_of_old_makes_one_of_both(database: Database) -> None:
    async with database.write() as conn:
        chat = await reader(conn)
        evening = await daily(conn, chat, minute=1080)
        await subscriptions.end(conn, evening.id, BEFORE)
        morning = await daily(conn, chat)
        occasion = await slot(conn, morning.cohort_id)
    await fan_out(database, occasion)
    async with database.write() as conn:
        moved = await daily(conn, chat, minute=1080, change=morning.id, now=EIGHT_THIRTY + 1)
        assert moved.id == evening.id
        assert moved.done_date == MONDAY
        assert [one.id for one in await subscriptions.list_for(conn, chat.id)] == [evening.id]
        tonight = await slot(conn, moved.cohort_id, MONDAY, EIGHT_THIRTY + 570 * MINUTE)
    assert await fan_out(database, tonight) == 0


async def test_what_is_owed_from_the_old_hour_still_comes(database: Database) -> None:
    async with database.write() as conn:
        chat = await reader(conn)
        wish = await daily(conn, chat)
        occasion = await slot(conn, wish.cohort_id)
    await fan_out(database, occasion)
    async with database.write() as conn:
        await daily(conn, chat, minute=1080, change=wish.id, now=EIGHT_THIRTY + 1)
    assert await states(database) == {"pending": 1}


async def test_unsubscribing_cancels_what_is_owed(database: Database) -> None:
    async with database.write() as conn:
        wish = await daily(conn, await reader(conn))
        occasion = await slot(conn, wish.cohort_id)
        await ready(conn, occasion)
    await fan_out(database, occasion)
    async with database.write() as conn:
        assert await subscriptions.end(conn, wish.id, EIGHT_THIRTY)
        assert not await subscriptions.end(conn, wish.id, EIGHT_THIRTY)
    assert await states(database) == {"cancelled": 1}


async def on_the_wire(database: Database, parts: int = 1) -> tuple[Subscription, Claimed]:
    """A brief that is being sent to a reader just now."""
    async with database.write() as conn:
        wish = await daily(conn, await reader(conn))
        occasion = await slot(conn, wish.cohort_id)
        await ready(conn, occasion, parts=parts)
    await fan_out(database, occasion)
    (one,) = await take(database)
    await mark(database, [one])
    return wish, one


@pytest.mark.parametrize("next_part", [None, 1])
@pytest.mark.parametrize("rests", [False, True])
async def test_what_was_on_the_wire_at_unsubscribing_is_not_tried_again(
    database: Database, next_part: int | None, rests: bool
) -> None:
    wish, one = await on_the_wire(database, parts=2)
    async with database.write() as conn:
        if rests:
            await subscriptions.pause(conn, wish.chat_id, until=None, now=EIGHT_THIRTY)
        else:
            await subscriptions.end(conn, wish.id, EIGHT_THIRTY)
    assert await states(database) == {"sending": 1}
    end: End = "pending" if next_part is None else "sent"
    await settle(database, Outcome(one.id, one.token, 0, end, next_part=next_part))
    assert await take(database, EIGHT_THIRTY + MINUTE) == []
    assert await states(database) == {"cancelled": 1}


async def test_what_nobody_knows_of_is_not_resent_to_who_has_unsubscribed(
    database: Database,
) -> None:
    wish, one = await on_the_wire(database)
    await settle(database, Outcome(one.id, one.token, 0, "unknown"))
    later = EIGHT_THIRTY + HOUR
    async with database.write() as conn:
        await subscriptions.end(conn, wish.id, EIGHT_THIRTY)
        assert await deliveries.resend(conn, [one.id], now=later, expires_at=later + HOUR) == 0
    assert await take(database, later) == []
    assert await states(database) == {"cancelled": 1}


async def test_what_arrived_although_the_reader_left_meanwhile_is_sent(database: Database) -> None:
    wish, one = await on_the_wire(database)
    async with database.write() as conn:
        await subscriptions.end(conn, wish.id, EIGHT_THIRTY)
    await settle(database, Outcome(one.id, one.token, 0, "sent", 5))
    assert await states(database) == {"sent": 1}


async def test_subscribing_again_revives_the_row(database: Database) -> None:
    async with database.write() as conn:
        chat = await reader(conn)
        wish = await daily(conn, chat)
        await subscriptions.end(conn, wish.id, BEFORE + 1)
        assert await subscriptions.list_for(conn, chat.id) == []
        back = await daily(conn, chat, now=BEFORE + 2)
    assert (back.id, back.state, back.since) == (wish.id, "active", BEFORE + 2)
    assert back.version > wish.version


async def test_alerts_have_no_hour_and_are_one_for_each_topic_of_a_group(
    database: Database,
) -> None:
    async with database.write() as conn:
        chat = await reader(conn, -5, "supergroup")
        first = await alerts(conn, chat.id, ("corridor",))
        again = await alerts(conn, chat.id, ("trade",))
        other = await alerts(conn, chat.id, thread_id=9)
        followers = await subscriptions.followers(conn, "alerts", BEFORE)
    assert (first.minute, first.cohort_id, first.zone, first.days) == (None, None, None, 0)
    assert (again.id, again.topics) == (first.id, ("trade",))
    assert [one.id for one in followers] == [first.id, other.id]


async def test_half_an_hour_is_a_mistake_of_ours(database: Database) -> None:
    async with database.write() as conn:
        chat = await reader(conn)
        with pytest.raises(ValueError, match="minute, days and zone"):
            await subscriptions.put(
                conn, chat_id=chat.id, edition="daily", minute=510, days=31, now=BEFORE
            )


async def test_twenty_is_the_most_and_ended_ones_do_not_count(database: Database) -> None:
    async with database.write() as conn:
        chat = await reader(conn)
        made = [await daily(conn, chat, minute=n) for n in range(LIMIT)]
        with pytest.raises(TooMany, match="20"):
            await daily(conn, chat, minute=1000)
        await daily(conn, chat, minute=0, topics=("trade",))
        await subscriptions.end(conn, made[0].id, BEFORE)
        await daily(conn, chat, minute=1000)
        with pytest.raises(TooMany):
            await daily(conn, chat, minute=0)
        await daily(conn, await reader(conn, 2), minute=0)


async def test_a_pause_rests_one_topic_or_all_and_can_be_ended(database: Database) -> None:
    async with database.write() as conn:
        chat = await reader(conn, -5, "supergroup")
        for thread_id in (0, 9):
            await daily(conn, chat, thread_id=thread_id)
        assert await subscriptions.pause(conn, chat.id, until=None, now=BEFORE, thread_id=9) == 1
        assert await subscriptions.pause(conn, chat.id, until=EIGHT_THIRTY, now=BEFORE) == 2
        found = await subscriptions.list_for(conn, chat.id)
        assert [(one.state, one.paused_until) for one in found] == [("paused", EIGHT_THIRTY)] * 2
        assert await subscriptions.resume(conn, chat.id, now=BEFORE + 5) == 2
        assert await subscriptions.resume(conn, chat.id, now=BEFORE + 6) == 0
        found = await subscriptions.list_for(conn, chat.id)
        assert {(one.state, one.since) for one in found} == {("active", BEFORE + 5)}


async def test_followers_rest_while_paused_and_no_longer(database: Database) -> None:
    async with database.write() as conn:
        chat = await reader(conn)
        wish = await alerts(conn, chat.id)
        await subscriptions.pause(conn, chat.id, until=EIGHT_THIRTY, now=BEFORE)
        assert await subscriptions.followers(conn, "alerts", EIGHT_THIRTY - 1) == []
        (found,) = await subscriptions.followers(conn, "alerts", EIGHT_THIRTY)
        assert found.id == wish.id
        assert await subscriptions.followers(conn, "alerts", EIGHT_THIRTY, after=wish.id) == []


async def test_they_are_counted_by_edition(database: Database) -> None:
    async with database.write() as conn:
        for tg_id in (1, 2):
            await daily(conn, await reader(conn, tg_id))
        chat = await reader(conn, 3)
        await alerts(conn, chat.id)
        await daily(conn, chat)
        await subscriptions.end_all(conn, chat.id, BEFORE)
        assert await subscriptions.counts(conn) == {"daily": 2}
        assert await subscriptions.end_all(conn, chat.id, BEFORE) == 0
