"""Questions that the briefings could not answer, counted without names for the editors."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select

from bot.store.database import Connection
from bot.store.sql import insert
from bot.store.tables import questions

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, how often, and when last (microseconds)."""

    text: str
    language: str
    count: int
    last_at: int


async def count(conn: Connection, text: str, language: str, now: int) -> int:
    """Count a question (spaces and case evened out, cut at 200); returns how often it came."""
    even = " ".join(text.split()).casefold()[:LONGEST]
    statement = insert(conn, questions).values(text=even, language=language, count=1, last_at=now)
    row = await conn.execute(
        statement.on_conflict_do_update(
            index_elements=["text", "language"],
            set_={"count": questions.c.count + 1, "last_at": statement.excluded.last_at},
        ).returning(questions.c.count)
    )
    return int(row.scalar_one())


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
