"""What store tests begin with: readers, subscriptions, occasions, bulletins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.store import bulletins, chats, claims, cohorts, deliveries, occasions, subscriptions
from bot.store.bulletins import Part, Variant
from bot.store.chats import Chat, Kind
from bot.store.database import Connection, Database
from bot.store.deliveries import Claimed, Outcome
from bot.store.occasions import Occasion, Served
from bot.store.subscriptions import Subscription

SECOND = 1_000_000
LANGUAGES = ("en", "kk")
"""Those that these tests have catalogues of."""
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
# Monday, 5 January 2026, 03:30 UTC: half past eight in Almaty.
EIGHT_THIRTY = 1_767_583_800 * SECOND
MONDAY = date(2026, 1, 5)
TUESDAY = date(2026, 1, 6)
BEFORE = EIGHT_THIRTY - HOUR
EN = Variant("en", "full")
PUBLIC = Variant("en", "full", is_public=True)
"""For groups."""


async def reader(
    conn: Connection, tg_id: int = 1, kind: Kind = "private", language: str = "en"
) -> Chat:
    return await chats.ensure(conn, tg_id, kind, f"Reader {tg_id}", language, BEFORE)


async def daily(
    conn: Connection,
    chat: Chat,
    *,
    minute: int = 510,
    now: int = BEFORE,
    topics: Sequence[str] = (),
    thread_id: int = 0,
    change: int | None = None,
    zone: str = "Asia/Almaty",
) -> Subscription:
    return await subscriptions.put(
        conn,
        chat_id=chat.id,
        thread_id=thread_id,
        edition="daily",
        topics=topics,
        minute=minute,
        days=31,
        zone=zone,
        now=now,
        next_at=EIGHT_THIRTY,
        next_date=MONDAY,
        change=change,
    )


async def slot(
    conn: Connection,
    cohort_id: int | None,
    day: date = MONDAY,
    due_at: int = EIGHT_THIRTY,
    expires_at: int | None = None,
) -> Occasion:
    return await occasions.ensure(
        conn,
        kind="slot",
        key=f"daily {cohort_id} {day}",
        edition="daily",
        cohort_id=cohort_id,
        local_date=day,
        due_at=due_at,
        expires_at=due_at + 3 * HOUR if expires_at is None else expires_at,
        now=due_at,
    )


async def news(conn: Connection, key: str = "change 1", due_at: int = EIGHT_THIRTY) -> Occasion:
    return await occasions.ensure(
        conn, kind="change", key=key, due_at=due_at, expires_at=due_at + HOUR, now=due_at
    )


async def ready(
    conn: Connection, occasion: Occasion, variant: Variant = EN, *, parts: int = 1
) -> int:
    """A finished bulletin of `parts` messages; its id."""
    bulletin = await bulletins.ensure(conn, occasion.id, variant)
    messages = [
        Part(f"<b>Part {n}</b>", f"Part {n}", {"inline_keyboard": []}, (f"corridor.volume@{n}:a",))
        for n in range(parts)
    ]
    await bulletins.finish(conn, bulletin.id, messages, revision=1)
    return bulletin.id


@dataclass(frozen=True)
class Owed:
    """One delivery that waits, and the chat it waits for."""

    id: int
    chat: Chat
    occasion: Occasion


async def owed(
    conn: Connection,
    tg_id: int = 1,
    *,
    parts: int = 1,
    key: str = "change 1",
    kind: Kind = "private",
    not_before: int = EIGHT_THIRTY,
) -> Owed:
    """A reader who is owed a finished bulletin."""
    chat = await reader(conn, tg_id, kind)
    occasion = await news(conn, key)
    known = await bulletins.of(conn, occasion.id)
    bulletin_id = known[0].id if known else await ready(conn, occasion, parts=parts)
    delivery_id = await deliveries.owe(
        conn,
        occasion_id=occasion.id,
        chat_id=chat.id,
        bulletin_id=bulletin_id,
        not_before=not_before,
        expires_at=occasion.expires_at,
        now=not_before,
    )
    assert delivery_id is not None
    return Owed(delivery_id, chat, occasion)


async def take(
    database: Database,
    now: int = EIGHT_THIRTY,
    *,
    token: str = "t",
    limit: int = 10,
    interval: int = 40_000,
    horizon: int = 1_000_000,
    lease: int = MINUTE,
    notice: int = 0,
    spent: int = 0,
) -> list[Claimed]:
    """One claim in a transaction of its own."""
    async with database.write() as conn:
        return await claims.claim(
            conn,
            now=now,
            token=token,
            limit=limit,
            lease=lease,
            interval=interval,
            horizon=horizon,
            notice=notice,
            spent=spent,
        )


async def mark(database: Database, taken: Sequence[Claimed], now: int = EIGHT_THIRTY) -> set[int]:
    token = taken[0].token if taken else ""
    async with database.write() as conn:
        return await deliveries.mark(conn, [one.id for one in taken], token, now, 20 * SECOND)


async def settle(database: Database, *outcomes: Outcome, now: int = EIGHT_THIRTY) -> set[int]:
    async with database.write() as conn:
        return set(await deliveries.settle(conn, outcomes, now))


async def states(database: Database) -> dict[str, int]:
    async with database.read() as conn:
        return await deliveries.counts(conn)


async def fan_out(
    database: Database,
    occasion: Occasion,
    limit: int = 1000,
    *,
    prefaces: Mapping[str, str] | None = None,
    apologies: Mapping[str, str] | None = None,
    missed: Mapping[str, str] | None = None,
    since: Served | None = None,
) -> int:
    """The whole fan-out, chunk by chunk; how many were owed."""
    total = 0
    after: int | None = 0
    while after is not None:
        async with database.write() as conn:
            fan = await cohorts.fan_out(
                conn,
                occasion,
                now=occasion.due_at,
                after=after,
                limit=limit,
                since=since,
                prefaces=prefaces,
                apologies=apologies,
                missed=missed,
                languages=LANGUAGES,
            )
        total += fan.owed
        after = fan.after
    return total
