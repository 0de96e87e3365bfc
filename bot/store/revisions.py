"""Revisions: every library that was accepted, kept whole and never changed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, insert, select

from bot.store.database import Connection, lock_name
from bot.store.tables import revisions


@dataclass(frozen=True, slots=True)
class Revision:
    """One accepted library: `body` is its JSON, `hash` what `Library.hash` gave."""

    number: int
    hash: str
    body: str
    accepted_at: int


async def save(conn: Connection, library_json: str, digest: str, now: int) -> int:
    """Keep a library; returns its number. The newest saved again keeps its number.

    A return to an older text is a new revision: what was said when is a chronicle.
    """
    await lock_name(conn, "revisions")
    newest = await head(conn)
    if newest is not None and newest[1] == digest:
        return newest[0]
    number = 1 if newest is None else newest[0] + 1
    await conn.execute(
        insert(revisions).values(
            number=number,
            hash=digest,
            body=zlib.compress(library_json.encode(), 6),
            accepted_at=now,
        )
    )
    return number


async def head(conn: Connection) -> tuple[int, str] | None:
    """Number and hash of the newest revision, without its body."""
    row = await conn.execute(
        select(revisions.c.number, revisions.c.hash).order_by(revisions.c.number.desc()).limit(1)
    )
    found = row.one_or_none()
    return None if found is None else (found[0], found[1])


async def accepted_at(conn: Connection, number: int) -> int | None:
    """When a revision was accepted (microseconds)."""
    at: int | None = await conn.scalar(
        select(revisions.c.accepted_at).where(revisions.c.number == number)
    )
    return at


async def latest(conn: Connection) -> Revision | None:
    """The newest revision, if there ever was one."""
    row = await conn.execute(select(revisions).order_by(revisions.c.number.desc()).limit(1))
    return _revision(row.one_or_none())


async def get(conn: Connection, number: int) -> Revision | None:
    row = await conn.execute(select(revisions).where(revisions.c.number == number))
    return _revision(row.one_or_none())


async def at(conn: Connection, moment: int) -> Revision | None:
    """The revision that was served at a moment (microseconds), if any was by then."""
    row = await conn.execute(
        select(revisions)
        .where(revisions.c.accepted_at <= moment)
        .order_by(revisions.c.accepted_at.desc(), revisions.c.number.desc())
        .limit(1)
    )
    return _revision(row.one_or_none())


async def count(conn: Connection) -> int:
    """How many revisions there are."""
    return int(await conn.scalar(select(func.count()).select_from(revisions)) or 0)


def _revision(row: Row[*tuple[Any, ...]] | None) -> Revision | None:
    if row is None:
        return None
    return Revision(row.number, row.hash, zlib.decompress(row.body).decode(), row.accepted_at)
