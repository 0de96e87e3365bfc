"""Forum topics that take no messages any more: counted, and forgotten for good."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update

from bot.store import subscriptions
from bot.store.database import Connection
from bot.store.subscriptions import Subscription
from bot.store.tables import deliveries
from bot.store.tables import subscriptions as table

GONE = "topic gone"
CLOSED = "topic closed"
"""How a delivery notes that it went to the group in place of its topic."""


async def strayed(conn: Connection, chat_id: int, thread_id: int, before: int, most: int) -> int:
    """How many of the newest deliveries to a topic, those before one, strayed in a row.

    Up to `most` are looked at.
    """
    rows = await conn.scalars(
        select(deliveries.c.error_class)
        .where(
            deliveries.c.chat_id == chat_id,
            deliveries.c.thread_id == thread_id,
            deliveries.c.state == "sent",
            deliveries.c.id != before,
        )
        .order_by(deliveries.c.id.desc())
        .limit(most)
    )
    count = 0
    for noted in rows:
        if noted not in (GONE, CLOSED):
            break
        count += 1
    return count


async def forget(conn: Connection, chat_id: int, thread_id: int, now: int) -> int:
    """Hand a topic's subscriptions over to the group itself; returns how many.

    Where the group has one of that edition and hour, it stays and the topic's ends.
    """
    there = await subscriptions.list_for(conn, chat_id, 0, ended=True)
    moved = 0
    for item in await subscriptions.list_for(conn, chat_id, thread_id, ended=True):
        twin = next((one for one in there if _key(one) == _key(item)), None)
        if twin is None:
            await conn.execute(
                update(table)
                .where(table.c.id == item.id)
                .values(thread_id=0, version=table.c.version + 1, updated_at=now)
            )
            moved += item.state != "ended"
        elif item.state != "ended":
            if twin.state == "ended":
                await _revive(conn, twin, item, now)
                moved += 1
            await subscriptions.end(conn, item.id, now)
    return moved


def _key(item: Subscription) -> tuple[str, int | None]:
    return (item.edition, item.minute)


async def _revive(conn: Connection, twin: Subscription, item: Subscription, now: int) -> None:
    """The group's own, which had ended, takes the place of the topic's with all it had today."""
    last = max((twin, item), key=lambda one: (one.done_date or date.min, one.done_at or 0))
    await conn.execute(
        update(table)
        .where(table.c.id == twin.id)
        .values(
            topics=";".join(item.topics),
            cohort_id=item.cohort_id,
            days=item.days,
            zone=item.zone,
            length=item.length,
            state=item.state,
            paused_until=item.paused_until,
            since=item.since,
            done_date=None if last.done_date is None else last.done_date.isoformat(),
            done_at=last.done_at,
            version=table.c.version + 1,
            updated_at=now,
        )
    )
