"""Who is written to outside the hours: the subscribers of one edition, or all of them.

Pages hold whole chats, so that a chat with several subscriptions is met once. How far a fan-out
has come is noted with each page, in the same transaction: one that was cut off is taken up again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import delete, select

from bot.store.bulletins import Variant, split_topics
from bot.store.database import Connection, write_meta
from bot.store.sql import fetch, pack
from bot.store.tables import meta
from bot.text import spoken

FAN = "fan:"


@dataclass(frozen=True, slots=True)
class Member:
    """One chat (or topic of it) that follows what is asked for; nothing of it has ended.

    `state` is that of the wish: active, paused, or the chat's own where it cannot be reached.
    `next_at` is its next hour of that edition (microseconds), `done_date` the last date it had.
    `is_lost` tells that its forum topic was gone at the last message.
    """

    chat_id: int
    tg_id: int
    thread_id: int
    state: str
    variant: Variant
    zone: str | None
    quiet_from: int | None
    quiet_to: int | None
    next_at: int | None
    done_date: date | None
    is_lost: bool


class Owing(NamedTuple):
    """One delivery to be written down; times are microseconds."""

    chat_id: int
    thread_id: int
    bulletin_id: int
    not_before: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class Page:
    """The members of some chats, and where the next page begins; `after` is None at the end."""

    members: tuple[Member, ...]
    after: int | None


async def page(
    conn: Connection, *, edition: str = "", now: int, after: int = 0, limit: int = 1000
) -> Page:
    """The members among the next `limit` chats; of one edition, or without one of any."""
    [[upto]] = await fetch(conn, UPTO, {"after": after, "limit": limit})
    if upto is None:
        return Page((), None)
    bounds = {"after": after, "upto": upto, "edition": edition}
    return Page(_members(await fetch(conn, MEMBERS, bounds), now), int(upto))


async def of_chat(conn: Connection, chat_id: int, edition: str, now: int) -> tuple[Member, ...]:
    """The members that one chat is, for one edition."""
    bounds = {"after": chat_id - 1, "upto": chat_id, "edition": edition}
    return _members(await fetch(conn, MEMBERS, bounds), now)


UPTO = """
SELECT max(id) FROM (SELECT id FROM chats WHERE id > :after ORDER BY id LIMIT :limit) AS page
"""

MEMBERS = """
SELECT c.id, c.tg_id, s.thread_id, c.state AS chat_state, s.state, s.paused_until, c.language,
  c.kind,
  coalesce(s.length, c.length) AS length, s.topics, c.zone, c.quiet_from, c.quiet_to, h.next_at,
  s.done_date,
  CASE WHEN s.thread_id <> 0 AND (SELECT d.error_class FROM deliveries d
      WHERE d.chat_id = c.id AND d.thread_id = s.thread_id AND d.state = 'sent'
      ORDER BY d.id DESC LIMIT 1) IN ('topic gone', 'topic closed') THEN 1 ELSE 0 END AS is_lost
FROM chats c JOIN subscriptions s ON s.chat_id = c.id LEFT JOIN cohorts h ON h.id = s.cohort_id
WHERE c.id > :after AND c.id <= :upto AND s.state <> 'ended'
  AND (CAST(:edition AS TEXT) = '' OR s.edition = CAST(:edition AS TEXT))
ORDER BY c.id, s.thread_id, s.id
"""


class _Row(NamedTuple):
    chat_id: int
    tg_id: int
    thread_id: int
    chat_state: str
    state: str
    paused_until: int | None
    language: str
    kind: str
    length: str
    topics: str
    zone: str | None
    quiet_from: int | None
    quiet_to: int | None
    next_at: int | None
    done_date: str | None
    is_lost: int

    def wish(self, now: int) -> str:
        if self.chat_state != "active":
            return self.chat_state
        over = self.paused_until is not None and self.paused_until <= now
        return "active" if self.state == "active" or over else "paused"


def _members(rows: Sequence[tuple[object, ...]], now: int) -> tuple[Member, ...]:
    places: dict[tuple[int, int], list[_Row]] = {}
    for row in map(_Row._make, rows):
        places.setdefault((row.chat_id, row.thread_id), []).append(row)
    return tuple(_member(group, now) for group in places.values())


def _member(rows: list[_Row], now: int) -> Member:
    """Several hours of one edition in one place: active if one is, in the words of that one."""
    first = min(rows, key=lambda row: row.wish(now) != "active")
    times = [row.next_at for row in rows if row.next_at is not None]
    days = [row.done_date for row in rows if row.done_date is not None]
    return Member(
        chat_id=first.chat_id,
        tg_id=first.tg_id,
        thread_id=first.thread_id,
        state=first.wish(now),
        variant=Variant(
            spoken(first.language),
            "short" if first.length == "short" else "full",
            split_topics(first.topics),
            is_public=first.kind != "private",
        ),
        zone=first.zone,
        quiet_from=first.quiet_from,
        quiet_to=first.quiet_to,
        next_at=min(times, default=None),
        done_date=date.fromisoformat(max(days)) if days else None,
        is_lost=bool(first.is_lost),
    )


async def owe(conn: Connection, occasion_id: int, rows: Sequence[Owing], now: int) -> int:
    """Write down what is owed on one occasion; what was owed before stays. Returns how many."""
    if not rows:
        return 0
    made = await fetch(conn, OWE, {"occasion": occasion_id, "rows": pack(rows), "now": now})
    return len(made)


OWE = """
INSERT INTO deliveries (occasion_id, chat_id, thread_id, bulletin_id, not_before, expires_at,
  created_at, updated_at)
SELECT CAST(:occasion AS BIGINT), v.chat, v.thread, v.bulletin, v.not_before, v.expires_at,
  CAST(:now AS BIGINT), CAST(:now AS BIGINT)
FROM ROWS(:rows, chat BIGINT, thread BIGINT, bulletin BIGINT, not_before BIGINT, \
expires_at BIGINT)
WHERE true
ON CONFLICT DO NOTHING
RETURNING id
"""


async def note(conn: Connection, occasion_id: int, after: int | None) -> None:
    """Note how far the fan-out of an occasion has come; None when it is through."""
    if after is None:
        await conn.execute(delete(meta).where(meta.c.key == f"{FAN}{occasion_id}"))
    else:
        await write_meta(conn, f"{FAN}{occasion_id}", str(after))


async def unfinished(conn: Connection) -> dict[int, int]:
    """The fan-outs that were cut off: the occasion, and the chat after which to go on."""
    rows = await conn.execute(
        select(meta.c.key, meta.c.value).where(meta.c.key.like(f"{FAN}%")).order_by(meta.c.key)
    )
    return {int(key.removeprefix(FAN)): int(value) for key, value in rows}
