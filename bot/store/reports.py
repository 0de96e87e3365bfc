"""Reports: readers who say that something is wrong, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row, func, insert, select, update

from bot.store.database import Connection
from bot.store.tables import reports


@dataclass(frozen=True, slots=True)
class Report:
    """One report: about which place, as of which revision, in the reader's words.

    `shown` is the text of the screen that they saw, empty where it is not known.
    """

    id: int
    chat_id: int
    thread_id: int
    place: str
    revision: int
    text: str
    state: Literal["open", "closed"]
    outcome: str
    created_at: int
    closed_at: int | None
    shown: str


async def add(
    conn: Connection,
    *,
    chat_id: int,
    place: str,
    revision: int,
    now: int,
    text: str = "",
    shown: str = "",
    thread_id: int = 0,
) -> Report:
    """Keep a report, open until an editor closes it."""
    row = await conn.execute(
        insert(reports)
        .values(
            chat_id=chat_id,
            thread_id=thread_id,
            place=place,
            revision=revision,
            text=text,
            shown=shown,
            created_at=now,
        )
        .returning(*reports.c)
    )
    return _report(row.one())


async def pending(conn: Connection, limit: int = 100) -> list[Report]:
    """The open ones, oldest first."""
    rows = await conn.execute(
        select(reports).where(reports.c.state == "open").order_by(reports.c.id).limit(limit)
    )
    return [_report(row) for row in rows]


async def get(conn: Connection, report_id: int) -> Report | None:
    row = (await conn.execute(select(reports).where(reports.c.id == report_id))).one_or_none()
    return None if row is None else _report(row)


async def waiting(conn: Connection, chat_id: int) -> int:
    """How many of a chat's are open."""
    found = await conn.scalar(
        select(func.count()).where(reports.c.chat_id == chat_id, reports.c.state == "open")
    )
    return int(found or 0)


async def close(conn: Connection, report_id: int, outcome: str, now: int) -> Report | None:
    """Close it with what came of it; None if it was closed before."""
    row = await conn.execute(
        update(reports)
        .where(reports.c.id == report_id, reports.c.state == "open")
        .values(state="closed", outcome=outcome, closed_at=now)
        .returning(*reports.c)
    )
    found = row.one_or_none()
    return None if found is None else _report(found)


def _report(row: Row[*tuple[Any, ...]]) -> Report:
    return Report(*row)
