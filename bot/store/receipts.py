"""Receipts: which message in which chat carries which observations, of which revision."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select, text

from bot.store.database import Connection, Hot
from bot.store.sql import fetch, pack, phrase
from bot.store.tables import receipts

Kind = Literal["text", "photo", "inline"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One message that shows figures. `chat_id` is our row's id, `sent_at` microseconds.

    A part of a bulletin names `bulletin_id` and `part`; its observations are the bulletin's and
    need not be repeated. An answer lists its `observations` (keys).
    """

    chat_id: int
    message_id: int
    revision: int
    place: str
    sent_at: int
    thread_id: int = 0
    kind: Kind = "text"
    bulletin_id: int | None = None
    part: int | None = None
    observations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """A message that somebody holds and that shows `observation`.

    A negative `message_id` was left behind in the group that the chat was before: it cannot be
    edited or replied to.
    """

    observation: str
    chat_id: int
    tg_id: int
    thread_id: int
    message_id: int
    revision: int
    place: str
    kind: Kind
    sent_at: int


async def write(conn: Hot, receipts: Sequence[Receipt]) -> None:
    """Keep receipts; a message that was edited gets the new one in place of its old.

    Those of chats that are no more (forgotten, or joined to another) are passed over.
    """
    last = {(one.chat_id, one.message_id): one for one in receipts}
    if not last:
        return
    rows = [
        (
            one.chat_id,
            one.thread_id,
            one.message_id,
            one.revision,
            one.place,
            one.kind,
            one.bulletin_id,
            one.part,
            one.sent_at,
        )
        for one in last.values()
    ]
    kept = await fetch(conn, KEEP, {"rows": pack(rows)})
    ids = {(chat_id, message_id): key for key, chat_id, message_id in kept}
    own = [key for key, one in last.items() if one.bulletin_id is None and key in ids]
    if not own:
        return
    await fetch(conn, BARE, {"ids": pack([ids[key] for key in own])})
    figures = [
        (ids[key], observation)
        for key in own
        for observation in dict.fromkeys(last[key].observations)
    ]
    if figures:
        await fetch(conn, FIGURES, {"rows": pack(figures)})


BARE = "DELETE FROM receipt_figures WHERE receipt_id AMONG(:ids)"

FIGURES = """
INSERT INTO receipt_figures (receipt_id, observation)
SELECT v.receipt_id, v.observation FROM ROWS(:rows, receipt_id BIGINT, observation TEXT)
"""


KEEP = """
INSERT INTO receipts (chat_id, thread_id, message_id, revision, place, kind, bulletin_id, part,
  sent_at)
SELECT v.chat_id, v.thread_id, v.message_id, v.revision, v.place, v.kind, v.bulletin_id, v.part,
  v.sent_at
FROM ROWS(:rows, chat_id BIGINT, thread_id BIGINT, message_id BIGINT, revision BIGINT, place TEXT, \
kind TEXT, bulletin_id BIGINT, part BIGINT, sent_at BIGINT)
JOIN chats c ON c.id = v.chat_id
WHERE true
ON CONFLICT (chat_id, message_id) DO UPDATE SET revision = excluded.revision,
  place = excluded.place, kind = excluded.kind, bulletin_id = excluded.bulletin_id,
  part = excluded.part, sent_at = excluded.sent_at
RETURNING id, chat_id, message_id
"""


async def revision_of(conn: Connection, chat_id: int, message_id: int) -> int | None:
    """Which revision a message shows; None if it shows no figure."""
    query = select(receipts.c.revision).where(
        receipts.c.chat_id == chat_id, receipts.c.message_id == message_id
    )
    found = await conn.scalar(query)
    return None if found is None else int(found)


async def for_observations(conn: Connection, keys: Collection[str]) -> list[Holding]:
    """Who holds a message that shows one of these observations, the newest first."""
    rows = await conn.execute(phrase(conn, HOLDERS), {"rows": pack([[key] for key in keys])})
    return [Holding(*row) for row in rows]


HOLDERS = """
SELECT held.observation, c.id, c.tg_id, r.thread_id, r.message_id, r.revision, r.place, r.kind,
  r.sent_at
FROM (
  SELECT f.observation, f.receipt_id FROM receipt_figures f
  JOIN ROWS(:rows, observation TEXT) ON f.observation = v.observation
  UNION
  SELECT b.observation, p.id FROM bulletin_figures b
  JOIN ROWS(:rows, observation TEXT) ON b.observation = v.observation
  JOIN receipts p ON p.bulletin_id = b.bulletin_id AND p.part = b.part
) AS held
JOIN receipts r ON r.id = held.receipt_id
JOIN chats c ON c.id = r.chat_id
ORDER BY r.sent_at DESC, r.id DESC, held.observation
"""


async def at(conn: Connection, chat_id: int, message_id: int) -> tuple[str, int] | None:
    """The place and revision of the screen that a message shows, if it shows figures."""
    bound = {"chat": chat_id, "message": message_id}
    row = (await conn.execute(text(AT), bound)).one_or_none()
    return None if row is None else (str(row[0]), int(row[1]))


AT = "SELECT place, revision FROM receipts WHERE chat_id = :chat AND message_id = :message"


async def forget(conn: Hot, chat_id: int, message_ids: Collection[int]) -> int:
    """Drop the receipts of messages that are gone; returns how many."""
    bound = {"chat": chat_id, "ids": pack(list(message_ids))}
    await fetch(conn, FORGET_FIGURES, bound)
    return len(await fetch(conn, FORGET, bound))


FORGET_FIGURES = """
DELETE FROM receipt_figures WHERE receipt_id IN (
  SELECT id FROM receipts WHERE chat_id = :chat AND message_id AMONG(:ids))
"""

FORGET = "DELETE FROM receipts WHERE chat_id = :chat AND message_id AMONG(:ids) RETURNING id"


async def prune(conn: Connection, before: int, limit: int = 2000) -> int:
    """Drop up to `limit` receipts of messages sent before a moment; returns how many."""
    bound = {"before": before, "limit": limit}
    await conn.execute(text(OLD_FIGURES), bound)
    return (await conn.execute(text(OLD), bound)).rowcount


OLD_FIGURES = """
DELETE FROM receipt_figures WHERE receipt_id IN (
  SELECT id FROM receipts WHERE sent_at < :before ORDER BY sent_at, id LIMIT :limit)
"""

OLD = """
DELETE FROM receipts WHERE id IN (
  SELECT id FROM receipts WHERE sent_at < :before ORDER BY sent_at, id LIMIT :limit)
"""
