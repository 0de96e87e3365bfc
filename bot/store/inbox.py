"""The inbox: updates that Telegram handed over, kept before they are confirmed.

Each belongs to the process that took it in, its holder. Of several on one PostgreSQL each gives
signs of life by `beat`; what a holder that gives none any more has left, another takes over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, text, update

from bot.store.database import Connection, Hot, write_meta
from bot.store.sql import fetch, pack
from bot.store.tables import inbox, meta

BEAT = "intake:"
KEPT = 48 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class Update:
    """One update as it came: `body` is its JSON, `chat_id` Telegram's id of the chat, if any."""

    update_id: int
    chat_id: int | None
    body: str


@dataclass(frozen=True, slots=True)
class Letter:
    """An update that waits to be handled; `attempts` counts how often that was begun."""

    update_id: int
    chat_id: int | None
    received_at: int
    body: str
    attempts: int


async def keep(conn: Hot, updates: Sequence[Update], now: int, holder: str = "") -> list[int]:
    """Keep what is new; returns the ids of those, in order. The rest came before."""
    rows = pack([(one.update_id, one.chat_id, one.body) for one in updates])
    new = await fetch(conn, KEEP, {"rows": rows, "now": now, "holder": holder})
    return sorted(row[0] for row in new)


KEEP = """
INSERT INTO inbox (update_id, chat_id, received_at, body, holder)
SELECT v.update_id, v.chat_id, CAST(:now AS BIGINT), v.body, CAST(:holder AS TEXT)
FROM ROWS(:rows, update_id BIGINT, chat_id BIGINT, body TEXT)
WHERE true
ON CONFLICT DO NOTHING
RETURNING update_id
"""


async def pending(conn: Connection, limit: int = 100) -> list[Letter]:
    """What was kept and is not done, in the order it came."""
    rows = await conn.execute(text(PENDING), {"limit": limit})
    return [Letter(*row) for row in rows]


PENDING = """
SELECT update_id, chat_id, received_at, body, attempts FROM inbox
WHERE state = 'new' ORDER BY received_at, update_id LIMIT :limit
"""


async def beat(conn: Connection, holder: str, now: int) -> None:
    """Note that this holder lives at `now` (microseconds, by the clock that all share)."""
    await write_meta(conn, f"{BEAT}{holder}", _written(now))


async def leave(conn: Connection, holder: str) -> None:
    """It lives no more: what it has not done is anybody's."""
    await conn.execute(delete(meta).where(meta.c.key == f"{BEAT}{holder}"))


async def take_over(conn: Connection, holder: str, since: int, limit: int = 100) -> list[Letter]:
    """Hold what is not done and belongs to nobody who has lived since a moment; oldest first."""
    bounds = {"holder": holder, "since": _written(since), "limit": limit}
    rows = await fetch(conn, TAKE_OVER, bounds)
    return sorted((Letter(*row) for row in rows), key=lambda one: (one.received_at, one.update_id))


def _written(moment: int) -> str:
    """As text whose order is that of time."""
    return f"{moment:016d}"


TAKE_OVER = """
UPDATE inbox SET holder = CAST(:holder AS TEXT) WHERE update_id IN (
  SELECT i.update_id FROM inbox i
  WHERE i.state = 'new' AND i.holder <> CAST(:holder AS TEXT) AND NOT EXISTS (
    SELECT 1 FROM meta m
    WHERE m.key = 'intake:' || i.holder AND m.value >= CAST(:since AS TEXT))
  ORDER BY i.received_at, i.update_id LIMIT :limit LOCKED(i))
RETURNING update_id, chat_id, received_at, body, attempts
"""


async def begin(conn: Hot, ids: Collection[int]) -> None:
    """Count one more attempt before the handling starts.

    Committed before it, that stops an update which kills the process from doing so for ever.
    """
    await fetch(conn, BEGIN, {"ids": pack(list(ids))})


BEGIN = "UPDATE inbox SET attempts = attempts + 1 WHERE update_id AMONG(:ids)"


async def done(conn: Hot, ids: Collection[int]) -> None:
    """Their answers have left: the bodies are blanked, the ids stay against repetition."""
    await fetch(conn, DONE, {"ids": pack(list(ids))})


DONE = "UPDATE inbox SET state = 'done', body = '' WHERE update_id AMONG(:ids)"


async def bad(conn: Connection, update_id: int, error: str) -> None:
    """Set one aside that cannot be handled; its body stays for whoever looks into it."""
    await conn.execute(
        update(inbox).where(inbox.c.update_id == update_id).values(state="bad", error=error[:500])
    )


async def sweep(conn: Connection, now: int, limit: int = 2000) -> int:
    """Drop up to `limit` that are done (or bad) and older than 48 hours; returns how many.

    Signs of life as old as that go too.
    """
    bounds = {"before": now - KEPT, "limit": limit}
    dropped = await conn.execute(text(SWEEP), bounds)
    # Whoever was killed could not take leave.
    silent = meta.c.key.like(f"{BEAT}%"), meta.c.value < _written(now - KEPT)
    await conn.execute(delete(meta).where(*silent))
    return dropped.rowcount


SWEEP = """
DELETE FROM inbox WHERE update_id IN (
  SELECT update_id FROM inbox WHERE state <> 'new' AND received_at < :before
  ORDER BY received_at LIMIT :limit)
"""


async def counts(conn: Connection) -> dict[str, int]:
    """How many there are in each state."""
    rows = await conn.execute(select(inbox.c.state, func.count()).group_by(inbox.c.state))
    return {row[0]: row[1] for row in rows}
