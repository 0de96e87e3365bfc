"""Subscriptions: a chat's wish for an edition. Rows are never deleted, so that nobody who leaves
and comes back the same day gets the day's edition twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Update, and_, case, func, insert, or_, select, update

from bot.errors import TooMany
from bot.store import cohorts
from bot.store.bulletins import join_topics, split_topics
from bot.store.chats import Length
from bot.store.claims import NEVER
from bot.store.database import Connection, lock_name
from bot.store.tables import deliveries, occasions, subscriptions

State = Literal["active", "paused", "ended"]

LIMIT = 20

Leaving = Callable[[Connection, "Subscription"], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """One wish. `topics` empty means all; `length` None means the chat's own.

    Alerts have no hour: `minute`, `cohort_id` and `zone` are None and `days` is 0. `since` is
    when it last began to count, `done_date` the last nominal local date that was owed,
    and `done_at` its hour (None where that is not known). Each change bumps `version`.
    """

    id: int
    chat_id: int
    thread_id: int
    edition: str
    topics: tuple[str, ...]
    cohort_id: int | None
    minute: int | None
    days: int
    zone: str | None
    length: Length | None
    state: State
    paused_until: int | None
    since: int
    done_date: date | None
    done_at: int | None
    version: int
    created_at: int
    updated_at: int


async def get(conn: Connection, subscription_id: int) -> Subscription | None:
    return await _one(conn, subscriptions.c.id == subscription_id)


async def list_for(
    conn: Connection, chat_id: int, thread_id: int | None = None, *, ended: bool = False
) -> list[Subscription]:
    """The chat's subscriptions (of one topic, or of all), by edition and hour.

    Those that ended are left out unless `ended`.
    """
    table = subscriptions
    query = select(table).where(table.c.chat_id == chat_id)
    if thread_id is not None:
        query = query.where(table.c.thread_id == thread_id)
    if not ended:
        query = query.where(table.c.state != "ended")
    rows = await conn.execute(query.order_by(table.c.edition, table.c.minute, table.c.id))
    return [_subscription(row) for row in rows]


async def put(
    conn: Connection,
    *,
    chat_id: int,
    edition: str,
    now: int,
    thread_id: int = 0,
    topics: Sequence[str] = (),
    minute: int | None = None,
    days: int = 0,
    zone: str | None = None,
    length: Length | None = None,
    next_at: int | None = None,
    next_date: date | None = None,
    change: int | None = None,
    keeps_rest: bool = False,
    leaving: Leaving | None = None,
) -> Subscription:
    """Make, revive or change a subscription, and find or make its cohort.

    With `minute`, `days` (bits, Monday is 1) and `zone` it is one for each hour; without them it
    is for alerts. One that exists for the same chat, topic, edition and hour is changed, and
    revived if it had ended. `change` names a subscription that moves to this hour instead; if
    another already stands there, that one is changed and the moved one ends. `next_at` and
    `next_date` plan a cohort that is new (else it waits in `cohorts.unplanned`). One that rests
    goes on, unless `keeps_rest`.

    Whatever it had today it does not get again, and what is owed from its old hour still comes;
    `leaving` is called before a row leaves its cohort, for what that owes and has not written.
    Raises `TooMany` over 20 in the chat.
    """
    if (minute is None) != (zone is None) or (minute is None) != (days == 0):
        raise ValueError("an hour takes minute, days and zone; alerts take none of them")
    cohort_id = None
    if minute is not None and zone is not None:
        cohort = await cohorts.ensure(
            conn,
            edition=edition,
            minute=minute,
            days=days,
            zone=zone,
            next_at=next_at,
            next_date=next_date,
        )
        cohort_id = cohort.id
    await lock_name(conn, f"subscriptions {chat_id}")
    moved = None if change is None else await get(conn, change)
    table = subscriptions
    there = await _one(
        conn,
        table.c.chat_id == chat_id,
        table.c.thread_id == thread_id,
        table.c.edition == edition,
        table.c.minute.is_not_distinct_from(minute),
    )
    for left in filter(None, (moved, there)):
        if leaving is not None and left.state != "ended" and left.cohort_id != cohort_id:
            await leaving(conn, left)
    if there is not None and moved is not None and there.id != moved.id:
        moved = await get(conn, moved.id) or moved
        await conn.execute(_ending(now).where(subscriptions.c.id == moved.id))
        there = await _inherit(conn, there, moved)
    known = there or moved
    if known is None or known.state == "ended":
        await _make_room(conn, chat_id)
    values: dict[str, object] = {
        "topics": join_topics(topics),
        "cohort_id": cohort_id,
        "minute": minute,
        "days": days,
        "zone": zone,
        "length": length,
        "state": "active",
        "paused_until": None,
        "updated_at": now,
    }
    if known is None:
        made = insert(table).values(
            **values,
            chat_id=chat_id,
            thread_id=thread_id,
            edition=edition,
            since=now,
            created_at=now,
        )
        return _subscription((await conn.execute(made.returning(*table.c))).one())
    if known.state == "paused" and keeps_rest:
        del values["state"], values["paused_until"]
    if known.state != "active" or known.cohort_id != cohort_id:
        values["since"] = now
    changed = (
        update(table).where(table.c.id == known.id).values(**values, version=table.c.version + 1)
    )
    return _subscription((await conn.execute(changed.returning(*table.c))).one())


async def end(conn: Connection, subscription_id: int, now: int) -> bool:
    """Unsubscribe; what was owed and not yet on its way is cancelled. False if it had ended."""
    done = await conn.execute(_ending(now).where(subscriptions.c.id == subscription_id))
    await _drop_owed(conn, [subscription_id], now)
    return done.rowcount > 0


async def end_all(conn: Connection, chat_id: int, now: int, thread_id: int | None = None) -> int:
    """Unsubscribe the chat (or one of its topics) from everything; returns from how many."""
    ids = [item.id for item in await list_for(conn, chat_id, thread_id)]
    await conn.execute(_ending(now).where(subscriptions.c.id.in_(ids)))
    await _drop_owed(conn, ids, now)
    return len(ids)


async def pause(
    conn: Connection, chat_id: int, *, until: int | None, now: int, thread_id: int | None = None
) -> int:
    """Rest until a moment (microseconds; None for until told); returns how many rest.

    What was owed and not yet on its way is cancelled, alerts and announcements that wait for a
    morning too; a correction still comes. Once `until` is past they count as active without
    anybody doing anything.
    """
    ids = [item.id for item in await list_for(conn, chat_id, thread_id)]
    await conn.execute(
        update(subscriptions)
        .where(subscriptions.c.id.in_(ids))
        .values(
            state="paused",
            paused_until=until,
            version=subscriptions.c.version + 1,
            updated_at=now,
        )
    )
    await _drop_owed(conn, ids, now)
    await _drop_news(conn, chat_id, thread_id, now)
    return len(ids)


async def resume(conn: Connection, chat_id: int, *, now: int, thread_id: int | None = None) -> int:
    """End the rest early; returns how many go on, from their next hour."""
    ids = [item.id for item in await list_for(conn, chat_id, thread_id) if item.state == "paused"]
    await conn.execute(
        update(subscriptions)
        .where(subscriptions.c.id.in_(ids))
        .values(
            state="active",
            paused_until=None,
            since=now,
            version=subscriptions.c.version + 1,
            updated_at=now,
        )
    )
    return len(ids)


async def followers(
    conn: Connection, edition: str, now: int, *, after: int = 0, limit: int = 1000
) -> list[Subscription]:
    """Active subscriptions without an hour (alerts), a page in the order of their ids."""
    table = subscriptions
    rows = await conn.execute(
        select(table)
        .where(
            table.c.cohort_id.is_(None),
            table.c.edition == edition,
            table.c.id > after,
            or_(
                table.c.state == "active",
                and_(table.c.state == "paused", table.c.paused_until <= now),
            ),
        )
        .order_by(table.c.id)
        .limit(limit)
    )
    return [_subscription(row) for row in rows]


async def counts(conn: Connection) -> dict[str, int]:
    """How many active subscriptions each edition has."""
    table = subscriptions
    rows = await conn.execute(
        select(table.c.edition, func.count())
        .where(table.c.state == "active")
        .group_by(table.c.edition)
        .order_by(table.c.edition)
    )
    return {row[0]: row[1] for row in rows}


async def _one(conn: Connection, *conditions: ColumnElement[bool]) -> Subscription | None:
    row = (await conn.execute(select(subscriptions).where(*conditions))).one_or_none()
    return None if row is None else _subscription(row)


async def _make_room(conn: Connection, chat_id: int) -> None:
    table = subscriptions
    number = await conn.scalar(
        select(func.count())
        .select_from(table)
        .where(table.c.chat_id == chat_id, table.c.state != "ended")
    )
    if int(number or 0) >= LIMIT:
        raise TooMany(LIMIT)


async def _inherit(conn: Connection, there: Subscription, moved: Subscription) -> Subscription:
    """A reader who moves onto an old row of theirs takes along what they had today."""
    had = [(item.done_date, item.done_at) for item in (there, moved) if item.done_date is not None]
    if had:
        day, at = max(had, key=lambda one: (one[0], one[1] or 0))
        await conn.execute(
            update(subscriptions)
            .where(subscriptions.c.id == there.id)
            .values(done_date=day.isoformat(), done_at=at)
        )
    return there


async def _drop_owed(conn: Connection, ids: Sequence[int], now: int) -> None:
    mine = deliveries.c.subscription_id.in_(ids)
    await conn.execute(_cancelling("unsubscribed", now).where(mine))


async def _drop_news(conn: Connection, chat_id: int, thread_id: int | None, now: int) -> None:
    """What is owed to the chat on no subscription of its own and is news, not a correction."""
    news = select(occasions.c.id).where(occasions.c.kind.in_(("change", "announcement")))
    table = deliveries
    query = _cancelling("paused", now).where(
        table.c.chat_id == chat_id,
        table.c.subscription_id.is_(None),
        table.c.occasion_id.in_(news),
    )
    if thread_id is not None:
        query = query.where(table.c.thread_id == thread_id)
    await conn.execute(query)


def _cancelling(reason: str, now: int) -> Update:
    """What waits is cancelled. What is on the wire cannot be: should it turn out not to have
    left, or to have more parts, it is not sent any more."""
    state = deliveries.c.state
    waits = state.in_(("pending", "claimed"))
    return (
        update(deliveries)
        .where(state.in_(("pending", "claimed", "sending", "unknown")))
        .values(
            state=case((waits, "cancelled"), else_=state),
            lease_until=case((waits, None), else_=deliveries.c.lease_until),
            error_class=case((waits, reason), else_=deliveries.c.error_class),
            expires_at=case((waits, deliveries.c.expires_at), else_=NEVER),
            updated_at=now,
        )
    )


def _ending(now: int) -> Update:
    return (
        update(subscriptions)
        .where(subscriptions.c.state != "ended")
        .values(
            state="ended",
            paused_until=None,
            version=subscriptions.c.version + 1,
            updated_at=now,
        )
    )


def _subscription(row: Row[*tuple[Any, ...]]) -> Subscription:
    fields = dict(row._mapping)
    day = fields["done_date"]
    return Subscription(
        **{
            **fields,
            "topics": split_topics(fields["topics"]),
            "done_date": None if day is None else date.fromisoformat(day),
        }
    )
