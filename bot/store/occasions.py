"""Occasions: why something is owed. One key, one occasion, whoever asks for it first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from sqlalchemy import Row, func, select, update

from bot.store.database import Connection
from bot.store.sql import fetch, insert, pack
from bot.store.tables import deliveries, occasions

Kind = Literal["slot", "change", "correction", "announcement", "manual"]
State = Literal["open", "held", "stopped"]

SOON = 60_000_000
"""Microseconds that a chat's own pace may put a delivery off; more is a wait for a morning."""

LONGEST = 35 * 24 * 3600 * 1_000_000
"""Microseconds after its due time in which an occasion surely ends."""


class Served(NamedTuple):
    """A slot that was sent: its nominal local date and its moment in microseconds."""

    day: date
    at: int


@dataclass(frozen=True, slots=True)
class Occasion:
    """One reason to write. `due_at` and `expires_at` are microseconds; a slot has a local date."""

    id: int
    kind: Kind
    key: str
    edition: str
    cohort_id: int | None
    local_date: date | None
    due_at: int
    expires_at: int
    state: State
    created_at: int


async def ensure(
    conn: Connection,
    *,
    kind: Kind,
    key: str,
    due_at: int,
    expires_at: int,
    now: int,
    edition: str = "",
    cohort_id: int | None = None,
    local_date: date | None = None,
    state: State = "open",
) -> Occasion:
    """The occasion of this key, made if it is new; a known one is returned as it is."""
    known = await named(conn, key)
    if known is not None:
        return known
    await conn.execute(
        insert(conn, occasions)
        .values(
            kind=kind,
            key=key,
            edition=edition,
            cohort_id=cohort_id,
            local_date=None if local_date is None else local_date.isoformat(),
            due_at=due_at,
            expires_at=expires_at,
            state=state,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )
    return _occasion((await conn.execute(select(occasions).where(occasions.c.key == key))).one())


async def get(conn: Connection, occasion_id: int) -> Occasion | None:
    row = (await conn.execute(select(occasions).where(occasions.c.id == occasion_id))).one_or_none()
    return None if row is None else _occasion(row)


async def named(conn: Connection, key: str) -> Occasion | None:
    """The occasion of this key, if it was ever opened."""
    row = (await conn.execute(select(occasions).where(occasions.c.key == key))).one_or_none()
    return None if row is None else _occasion(row)


async def last_served(conn: Connection, keys: Sequence[str]) -> Served | None:
    """The latest among the occasions of these keys that was written down in time, and of which at
    least one bulletin was built."""
    rows = await fetch(conn, SERVED, {"keys": pack([[key] for key in keys])})
    return next((Served(date.fromisoformat(day), at) for day, at in rows), None)


SERVED = """
SELECT o.local_date, o.due_at FROM ROWS(:keys, key TEXT) JOIN occasions o ON o.key = v.key
WHERE o.created_at <= o.expires_at
  AND EXISTS (SELECT 1 FROM bulletins b WHERE b.occasion_id = o.id AND b.revision > 0)
ORDER BY o.local_date DESC LIMIT 1
"""


async def running(conn: Connection, now: int, after: int = 0, limit: int = 500) -> list[Occasion]:
    """The open ones of editions that may still be sent, a page in the order of their ids."""
    bounds = occasions.c.due_at > now - LONGEST, occasions.c.expires_at > now
    rows = await conn.execute(
        select(occasions)
        .where(*bounds, occasions.c.state != "stopped", occasions.c.edition != "")
        .where(occasions.c.id > after)
        .order_by(occasions.c.id)
        .limit(limit)
    )
    return [_occasion(row) for row in rows]


async def stop(conn: Connection, occasion_id: int) -> bool:
    """End it in the middle. From this moment nothing more of it is claimed.

    What is still pending is cancelled as its turn comes, or at once by `deliveries.sweep`.
    """
    done = await conn.execute(
        update(occasions)
        .where(occasions.c.id == occasion_id, occasions.c.state != "stopped")
        .values(state="stopped")
    )
    return done.rowcount > 0


async def progress(conn: Connection, occasion_id: int) -> dict[str, int]:
    """How many of its deliveries are in each state."""
    rows = await conn.execute(
        select(deliveries.c.state, func.count())
        .where(deliveries.c.occasion_id == occasion_id)
        .group_by(deliveries.c.state)
    )
    return {row[0]: row[1] for row in rows}


async def waiting(conn: Connection, occasion_id: int, now: int) -> int:
    """How many of its deliveries wait for a time to come (a morning, as a rule)."""
    found = await conn.scalar(
        select(func.count()).where(
            deliveries.c.occasion_id == occasion_id,
            deliveries.c.state == "pending",
            deliveries.c.not_before > now + SOON,
        )
    )
    return int(found or 0)


async def under_way(conn: Connection, limit: int = 10) -> list[int]:
    """The numbers of those, not stopped, that still have something to send; newest first."""
    owing = select(deliveries.c.occasion_id).where(deliveries.c.state == "pending").distinct()
    rows = await conn.execute(
        select(occasions.c.id)
        .where(occasions.c.state != "stopped", occasions.c.id.in_(owing))
        .order_by(occasions.c.id.desc())
        .limit(limit)
    )
    return [int(row[0]) for row in rows]


def _occasion(row: Row[*tuple[Any, ...]]) -> Occasion:
    fields = dict(row._mapping)
    day = fields["local_date"]
    return Occasion(**{**fields, "local_date": None if day is None else date.fromisoformat(day)})
