"""Questions that the briefings could not answer, counted without names for the editors."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, delete, func, not_, select, tuple_

from bot.store.database import Connection
from bot.store.sql import insert
from bot.store.tables import questions

LONGEST = 200
MOST = 2000
"""Rows that are kept: whoever asks nonsense without end fills no disk."""
KEPT = 90 * 24 * 3600 * 1_000_000
"""Microseconds after which a question that nobody asked again tells the editors nothing."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, how often, and when last (microseconds)."""

    text: str
    language: str
    count: int
    last_at: int


async def count(conn: Connection, text: str, language: str, now: int, most: int = MOST) -> int:
    """Count a question (spaces and case evened out, cut at 200); returns how often it came.

    Beyond `most` rows a new one takes the place of the least asked, the longest ago.
    """
    even = " ".join(text.split()).casefold()[:LONGEST]
    statement = insert(conn, questions).values(text=even, language=language, count=1, last_at=now)
    row = await conn.execute(
        statement.on_conflict_do_update(
            index_elements=["text", "language"],
            set_={"count": questions.c.count + 1, "last_at": statement.excluded.last_at},
        ).returning(questions.c.count)
    )
    times = int(row.scalar_one())
    if times == 1:
        await _make_room(conn, even, language, most)
    return times


async def _make_room(conn: Connection, text: str, language: str, most: int) -> None:
    rows = int((await conn.execute(select(func.count()).select_from(questions))).scalar_one())
    if rows <= most:
        return
    key = tuple_(questions.c.text, questions.c.language)
    others = not_(and_(questions.c.text == text, questions.c.language == language))
    least = (
        select(questions.c.text, questions.c.language)
        .where(others)
        .order_by(questions.c.count, questions.c.last_at, questions.c.text)
        .limit(rows - most)
    )
    await conn.execute(delete(questions).where(key.in_(least)))


async def top(conn: Connection, limit: int = 20, since: int = 0) -> list[Question]:
    """The most asked of those last asked since a moment."""
    rows = await conn.execute(
        select(questions)
        .where(questions.c.last_at >= since)
        .order_by(questions.c.count.desc(), questions.c.last_at.desc(), questions.c.text)
        .limit(limit)
    )
    return [Question(*row) for row in rows]


async def clear(conn: Connection, before: int) -> int:
    """Drop those last asked before a moment; returns how many."""
    return (await conn.execute(delete(questions).where(questions.c.last_at < before))).rowcount
