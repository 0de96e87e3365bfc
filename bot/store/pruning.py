"""What nobody can need any more is dropped: a page at a time, each in a short transaction.

Kept are receipts, and of the bulletins that they name which figures each part shows: a reader
is told of a correction however old their message is. Revisions are a chronicle and stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable

from bot.store import inbox, prompts, questions
from bot.store.database import Connection, Database
from bot.store.sql import fetch, pack, phrase

PAGE = 1000

Dropping = Callable[[Connection], Awaitable[int]]


async def prune(database: Database, *, now: int, before: int, page: int = PAGE) -> Counter[str]:
    """Drop what ended before a moment (microseconds), `page` rows at a time; how many of what.

    Raises StoreError; what is done until then is done.
    """
    dropped: Counter[str] = Counter()
    dropped["deliveries"] = await _deliveries(database, before, page)
    dropped["occasions"] = await _occasions(database, before, page)
    dropped["updates"] = await _drain(database, lambda conn: inbox.sweep(conn, now))
    dropped["prompts"] = await _drain(database, lambda conn: prompts.sweep(conn, now))
    dropped["cohorts"] = await _drain(database, empty_cohorts)
    async with database.write() as conn:
        dropped["questions"] = await questions.clear(conn, now - questions.KEPT)
    return +dropped


async def _deliveries(database: Database, before: int, page: int) -> int:
    """Page by page in the order they were made, up to the first that is too young to have ended."""
    dropped, after = 0, 0
    while True:
        async with database.read() as conn:
            upto = await old(conn, after, before, page)
        if upto is None:
            return dropped
        async with database.write() as conn:
            dropped += await drop(conn, before, after=after, upto=upto)
        after = upto


async def old(conn: Connection, after: int, before: int, limit: int) -> int | None:
    """The last id of the next `limit` deliveries if any of these was made before a moment."""
    bounds = {"after": after, "limit": limit}
    [[upto, made]] = await fetch(conn, OLD, bounds)
    return upto if upto is not None and made < before else None


OLD = """
SELECT max(id), min(created_at) FROM (
  SELECT id, created_at FROM deliveries WHERE id > :after ORDER BY id LIMIT :limit) AS page
"""


async def drop(conn: Connection, before: int, *, after: int, upto: int) -> int:
    """Drop what has ended and was last touched before a moment, of the ids beyond `after` and
    up to `upto`; returns how many.

    The ledger keeps anyone from getting a date twice: keep it for weeks after the longest grace.
    """
    bounds = {"before": before, "after": after, "upto": upto}
    return (await conn.execute(phrase(conn, DROP), bounds)).rowcount


DROP = """
DELETE FROM deliveries
WHERE id > :after AND id <= :upto AND updated_at < :before
  AND state IN ('sent', 'dead', 'gone', 'expired', 'cancelled')
"""


async def _occasions(database: Database, before: int, page: int) -> int:
    """Those that nothing is owed on: their texts, and all of them that no receipt names."""
    dropped, after = 0, 0
    while True:
        async with database.read() as conn:
            rows = await fetch(conn, ENDED, {"before": before, "after": after, "limit": page})
        if not rows:
            return dropped
        after = rows[-1][0]
        texts = [key for key, has_text, _ in rows if has_text]
        bare = [key for key, _, is_named in rows if not is_named]
        if texts or bare:
            async with database.write() as conn:
                await conn.execute(phrase(conn, DROP_TEXTS), {"ids": pack(texts + bare)})
                for statement in (DROP_FIGURES, DROP_BULLETINS, DROP_OCCASIONS):
                    done = await conn.execute(phrase(conn, statement), {"ids": pack(bare)})
                dropped += done.rowcount


ENDED = """
SELECT o.id,
  EXISTS (SELECT 1 FROM bulletins b JOIN bulletin_parts p ON p.bulletin_id = b.id
    WHERE b.occasion_id = o.id),
  EXISTS (SELECT 1 FROM bulletins b JOIN receipts r ON r.bulletin_id = b.id
    WHERE b.occasion_id = o.id AND r.bulletin_id IS NOT NULL)
FROM occasions o
WHERE o.id > :after AND o.due_at < :before AND o.expires_at < :before
  AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.occasion_id = o.id)
ORDER BY o.id LIMIT :limit
"""

DROP_TEXTS = """
DELETE FROM bulletin_parts WHERE bulletin_id IN (
  SELECT id FROM bulletins WHERE occasion_id AMONG(:ids))
"""

DROP_FIGURES = """
DELETE FROM bulletin_figures WHERE bulletin_id IN (
  SELECT id FROM bulletins WHERE occasion_id AMONG(:ids))
"""

DROP_BULLETINS = "DELETE FROM bulletins WHERE occasion_id AMONG(:ids)"

DROP_OCCASIONS = "DELETE FROM occasions WHERE id AMONG(:ids)"


async def empty_cohorts(conn: Connection, limit: int = PAGE) -> int:
    """Drop cohorts that nobody belongs to any more; returns how many.

    The newest stays: SQLite would give its number to the next, and with it its occasions.
    """
    return (await conn.execute(phrase(conn, DROP_COHORTS), {"limit": limit})).rowcount


DROP_COHORTS = """
DELETE FROM cohorts WHERE id IN (
  SELECT h.id FROM cohorts h
  WHERE h.id < (SELECT max(id) FROM cohorts)
    AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.cohort_id = h.id)
  ORDER BY h.id LIMIT :limit)
"""


async def _drain(database: Database, drop_some: Dropping) -> int:
    dropped, last = 0, 1
    while last:
        async with database.write() as conn:
            last = await drop_some(conn)
        dropped += last
    return dropped
