"""An editor's word over one edition of one date: all its slots, in every zone, go or are held.

The word stands in an occasion of its own, `edition:daily:2025-11-25`, to which nothing is owed.
Slots that are opened later begin with its state; those that are there already are changed with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, select, text, update

from bot.store.database import Connection, lock_name, write_meta
from bot.store.occasions import Occasion, State, get, named
from bot.store.sql import fetch, pack, phrase
from bot.store.tables import meta, occasions

SAID = "said:"


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
        await note(conn, said.id)
    return done.rowcount > 0


def is_word(occasion: Occasion) -> bool:
    """Whether this occasion keeps an editor's word over all slots of a date."""
    day = occasion.local_date
    return day is not None and occasion.key == word_key(occasion.edition, day)


async def note(conn: Connection, occasion_id: int) -> None:
    """Note that what was said of this occasion is still to be carried out."""
    await write_meta(conn, f"{SAID}{occasion_id}", "said")


async def settle(conn: Connection, said: Occasion) -> None:
    """It is carried out; unless something else was said meanwhile."""
    now = await get(conn, said.id)
    if now is None or now.state == said.state:
        await conn.execute(delete(meta).where(meta.c.key == f"{SAID}{said.id}"))


async def unsettled(conn: Connection) -> list[int]:
    """The occasions of which something was said and not carried out."""
    found = select(meta.c.key).where(meta.c.key.like(f"{SAID}%")).order_by(meta.c.key)
    return [int(key.removeprefix(SAID)) for key in await conn.scalars(found)]


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


async def give_back(conn: Connection, occasion_id: int, limit: int = 1000) -> int:
    """Take the date of a stopped slot from up to `limit` subscriptions that did not get it, so
    that their next one tells what changed since the last that they had; returns how many."""
    bounds = {"occasion": occasion_id, "limit": limit}
    return (await conn.execute(text(GIVE_BACK), bounds)).rowcount


# The cancelled delivery stays, and with it what keeps this date from being owed once more.
GIVE_BACK = """
UPDATE subscriptions SET done_date = (SELECT p.local_date @LAST), done_at = (SELECT o.due_at @LAST)
WHERE id IN (
  SELECT s.id FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id
  WHERE d.occasion_id = :occasion AND d.state = 'cancelled' AND d.error_class = 'stopped'
    AND s.done_date = d.local_date
  ORDER BY s.id LIMIT :limit)
""".replace(
    "@LAST",
    """FROM deliveries p JOIN occasions o ON o.id = p.occasion_id
    WHERE p.subscription_id = subscriptions.id AND p.local_date < subscriptions.done_date
      AND p.state IN ('sent', 'unknown', 'expired')
    ORDER BY p.local_date DESC LIMIT 1""",
)
