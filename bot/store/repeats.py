"""The second try of what may have arrived, for editions that would rather come twice than not."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.store.database import Connection
from bot.store.sql import fetch, pack, phrase

ANSWERS = 30_000_000
"""Microseconds for which a late answer may still tell how it ended."""


async def languages(conn: Connection, editions: Collection[str], now: int) -> set[str]:
    """The languages of those readers of these editions for whom `repeat` would do something."""
    rows = await fetch(conn, LANGUAGES, _bounds(editions, now))
    return {row[0] for row in rows}


async def repeat(
    conn: Connection, editions: Collection[str], said: Mapping[str, str], now: int
) -> int:
    """Send what is unknown of these editions once more, and only once; returns how many.

    Only while it is in time. `said` is by language, and stands before the message.
    """
    rows = pack(sorted(said.items()))
    done = await conn.execute(phrase(conn, REPEAT), {**_bounds(editions, now), "said": rows})
    return done.rowcount


def _bounds(editions: Collection[str], now: int) -> dict[str, object]:
    return {
        "now": now,
        "before": now - ANSWERS,
        "editions": pack([[edition] for edition in editions]),
    }


WHICH = """
WHERE d.state = 'unknown' AND d.repeats = 0 AND d.updated_at <= :before AND d.expires_at >= :now
  -- What a backup that was put back does not know of has arrived in all likelihood.
  AND d.error_class <> 'restored'
  AND o.id = d.occasion_id AND o.state = 'open' AND c.id = d.chat_id AND c.state = 'active'
  AND o.edition IN (SELECT edition FROM ROWS(:editions, edition TEXT))
"""

LANGUAGES = "".join(("SELECT DISTINCT c.language FROM deliveries d, occasions o, chats c", WHICH))

REPEAT = "".join(
    (
        """
UPDATE deliveries AS d SET state = 'pending', token = NULL, not_before = :now,
  repeats = repeats + 1, preface = v.words, error_class = 'repeat', updated_at = :now
FROM ROWS(:said, language TEXT, words TEXT), occasions o, chats c""",
        WHICH,
        "AND v.language = c.language",
    )
)
