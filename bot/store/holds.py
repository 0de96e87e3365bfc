"""An editor's word over one edition of one date: all its slots, in every zone, go or are held.

The word stands in an occasion of its own, `edition:daily:2025-11-25`, to which nothing is owed.
Slots that are opened later begin with its state; those that are there already are changed with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select, update

from bot.store.database import Connection, lock_name
from bot.store.occasions import Occasion, State, named
from bot.store.sql import fetch, pack, phrase
from bot.store.tables import occasions


def word_key(edition: str, day: date) -> str:
    """The key of the occasion that keeps the word."""
    return f"edition:{edition}:{day.isoformat()}"


async def word(conn: Connection, edition: str, day: date) -> State:
    """The word over an edition of a date; `open` where nobody said one.

    Nobody changes it until this transaction ends.
    """
    await lock_name(conn, word_key(edition, day))
    said = await named(conn, word_key(edition, day))
    return "open" if said is None else said.state


async def say(conn: Connection, said: Occasion, state: State) -> bool:
    """Hold, let go or stop all that `said` keeps the word of; False if it is stopped already."""
    await lock_name(conn, said.key)
    changed = update(occasions).where(occasions.c.state != "stopped").values(state=state)
    done = await conn.execute(changed.where(occasions.c.id == said.id))
    if done.rowcount > 0:
        ids = await slots(conn, said)
        await conn.execute(changed.where(occasions.c.id.in_(ids)))
    return done.rowcount > 0


async def slots(conn: Connection, said: Occasion) -> list[int]:
    """The numbers of the slots that there are of it."""
    rows = await conn.execute(
        select(occasions.c.id)
        .where(
            occasions.c.kind == "slot",
            occasions.c.edition == said.edition,
            occasions.c.local_date == str(said.local_date),
            # The same date is in other zones at most a day and a bit away.
            occasions.c.due_at > said.due_at - 2 * DAY,
        )
        .order_by(occasions.c.id)
    )
    return [int(row[0]) for row in rows]


MINUTE = 60 * 1_000_000
DAY = 24 * 60 * MINUTE


async def languages(conn: Connection, occasion_id: int) -> set[str]:
    """The languages of the readers for whom something of the occasion is held."""
    rows = await fetch(conn, LANGUAGES, {"occasion": occasion_id})
    return {row[0] for row in rows}


LANGUAGES = """
SELECT DISTINCT c.language FROM deliveries d JOIN chats c ON c.id = d.chat_id
WHERE d.occasion_id = :occasion AND d.state = 'pending' AND d.error_class = 'held'
"""


async def let_go(
    conn: Connection,
    occasion_id: int,
    said: Mapping[str, str],
    *,
    now: int,
    due_at: int,
    limit: int = 2000,
) -> int:
    """Call for up to `limit` deliveries that were held; returns how many.

    `said`, by language, goes before what their first lines say already; empty for nothing. Those
    that were late when they were written down say so themselves.
    """
    values = {"occasion": occasion_id, "now": now, "limit": limit, "line": "\n"}
    values |= {"late": due_at + MINUTE}
    done = await conn.execute(phrase(conn, LET_GO), {**values, "said": pack(sorted(said.items()))})
    return done.rowcount


LET_GO = """
UPDATE deliveries AS d SET not_before = :now, error_class = '', updated_at = :now,
  preface = CASE WHEN v.words = '' OR d.created_at > :late THEN d.preface
    WHEN d.preface = '' THEN v.words
    ELSE substr(v.words || CAST(:line AS TEXT) || d.preface, 1, 200) END
FROM ROWS(:said, language TEXT, words TEXT), chats c
WHERE d.id IN (SELECT id FROM deliveries WHERE occasion_id = :occasion AND state = 'pending'
    AND error_class = 'held' ORDER BY id LIMIT :limit)
  AND c.id = d.chat_id AND c.language = v.language
"""
