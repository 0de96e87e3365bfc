"""Two rows that turn out to be one chat: a group, and the supergroup that it became."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection as Connection

from bot.store.tables import chats, deliveries, prompts, receipts, reports, subscriptions

# Of two deliveries that are one and the same, the one that has come farther is the true one:
# sent; else by the parts that have arrived, so that none is begun again; else by state.
FAR = {"sent": 6, "sending": 5, "unknown": 4, "claimed": 3, "pending": 2}


async def join(conn: Connection, old: int, new: int, now: int) -> None:
    """Hang everything of the row `new` on the row `old`, and drop `new`.

    What both were owed on one date or occasion stays owed once, in the state that has come
    farther.
    """
    await _join_subscriptions(conn, old, new, now)
    await _join_occasions(conn, old, new)
    for rows in (deliveries, receipts, reports):
        await conn.execute(update(rows).where(rows.c.chat_id == new).values(chat_id=old))
    await conn.execute(delete(prompts).where(prompts.c.chat_id == new))
    await conn.execute(delete(chats).where(chats.c.id == new))


async def leave_behind(conn: Connection, chat_id: int) -> None:
    """Mark the chat's receipts as of messages that can no longer be edited.

    A supergroup counts its messages anew, so the old numbers would point at others: they are
    kept as negative ones, and what was asked there can no longer be answered by a reply.
    """
    await conn.execute(
        delete(prompts).where(prompts.c.chat_id == chat_id, prompts.c.message_id > 0)
    )
    await conn.execute(
        update(receipts)
        .where(receipts.c.chat_id == chat_id, receipts.c.message_id > 0)
        .values(message_id=-receipts.c.message_id)
    )


async def come_along(conn: Connection, chat_id: int, left_at: int, now: int) -> None:
    """The group left us behind by becoming a supergroup: what rests since then goes on."""
    await conn.execute(
        update(subscriptions)
        .where(
            subscriptions.c.chat_id == chat_id,
            subscriptions.c.state == "paused",
            subscriptions.c.paused_until.is_(None),
            subscriptions.c.updated_at == left_at,
        )
        .values(state="active", version=subscriptions.c.version + 1, updated_at=now)
    )


async def _join_subscriptions(conn: Connection, old: int, new: int, now: int) -> None:
    mine, theirs = subscriptions.alias("mine"), subscriptions.alias("theirs")
    twins = await conn.execute(
        select(
            mine.c.id,
            theirs.c.id,
            mine.c.state,
            theirs.c.state,
            mine.c.done_date,
            theirs.c.done_date,
            mine.c.done_at,
            theirs.c.done_at,
        ).where(
            mine.c.chat_id == old,
            theirs.c.chat_id == new,
            mine.c.thread_id == theirs.c.thread_id,
            mine.c.edition == theirs.c.edition,
            mine.c.minute.is_not_distinct_from(theirs.c.minute),
        )
    )
    for keep, drop, state, other_state, done, other_done, at, other_at in twins.all():
        await _join_dates(conn, keep, drop)
        day, hour = max((done or "", at or 0), (other_done or "", other_at or 0))
        values: dict[str, object] = {
            "done_date": day or None,
            "done_at": hour or None,
            "version": subscriptions.c.version + 1,
            "updated_at": now,
        }
        if state != "active" and other_state == "active":
            values |= {"state": "active", "paused_until": None}
        await conn.execute(update(subscriptions).where(subscriptions.c.id == keep).values(values))
        await conn.execute(delete(subscriptions).where(subscriptions.c.id == drop))
    await conn.execute(
        update(subscriptions).where(subscriptions.c.chat_id == new).values(chat_id=old)
    )


async def _join_dates(conn: Connection, keep: int, drop: int) -> None:
    """One delivery for each date of two subscriptions that become one."""
    mine, theirs = deliveries.alias("mine"), deliveries.alias("theirs")
    pairs = await conn.execute(
        select(
            mine.c.id,
            mine.c.state,
            mine.c.next_part,
            theirs.c.id,
            theirs.c.state,
            theirs.c.next_part,
        ).where(
            mine.c.subscription_id == keep,
            theirs.c.subscription_id == drop,
            mine.c.local_date == theirs.c.local_date,
        )
    )
    await _drop_lesser(conn, pairs.all())
    await conn.execute(
        update(deliveries).where(deliveries.c.subscription_id == drop).values(subscription_id=keep)
    )


async def _join_occasions(conn: Connection, old: int, new: int) -> None:
    """One delivery for each change, correction or announcement that both were owed."""
    mine, theirs = deliveries.alias("mine"), deliveries.alias("theirs")
    pairs = await conn.execute(
        select(
            mine.c.id,
            mine.c.state,
            mine.c.next_part,
            theirs.c.id,
            theirs.c.state,
            theirs.c.next_part,
        ).where(
            mine.c.chat_id == old,
            theirs.c.chat_id == new,
            mine.c.occasion_id == theirs.c.occasion_id,
            mine.c.thread_id == theirs.c.thread_id,
            mine.c.subscription_id.is_(None),
            theirs.c.subscription_id.is_(None),
        )
    )
    await _drop_lesser(conn, pairs.all())


async def _drop_lesser(conn: Connection, pairs: Sequence[Row[*tuple[Any, ...]]]) -> None:
    lesser = [
        theirs if _farness(state, part) >= _farness(other, other_part) else mine
        for mine, state, part, theirs, other, other_part in pairs
    ]
    await conn.execute(delete(deliveries).where(deliveries.c.id.in_(lesser)))


def _farness(state: str, next_part: int) -> tuple[bool, int, int]:
    # What has ended unsent keeps nobody from the one that is still owed.
    return state == "sent", next_part if state in FAR else 0, FAR.get(state, 1)
