"""Cohorts: subscriptions that share edition, hour, days and zone, and so one due time.

    for each cohort that is due:
        occasion = await occasions.ensure(conn, kind="slot", key=..., cohort_id=cohort.id, ...)
        after: int | None = 0
        while after is not None:                         # one short transaction each
            fan = await fan_out(conn, occasion, after=after, now=now)
            after = fan.after
        await advance(conn, cohort.id, cohort.next_at, next_at, next_date)

Any number of processes may do so at once, and one that dies in the middle is followed by another:
what is owed is unique by subscription and nominal local date, and `done_date` only grows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, func, or_, select, update

from bot.store.bulletins import Variant
from bot.store.database import Connection
from bot.store.fan import DONE_SQLITE, OPEN, OWE_POSTGRES, OWE_SQLITE, PAGE, VARIANTS, said_in
from bot.store.occasions import Occasion, Served
from bot.store.sql import insert, is_sqlite, pack, phrase
from bot.store.tables import cohorts, subscriptions
from bot.text import known_languages

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Cohort:
    """`minute` of the local day, `days` as bits (Monday is 1), `zone` an IANA name.

    `next_at` (microseconds) and `next_date` (nominal local date) are None until planned.
    """

    id: int
    edition: str
    minute: int
    days: int
    zone: str
    next_at: int | None
    next_date: date | None


@dataclass(frozen=True, slots=True)
class Fan:
    """One chunk of a fan-out: how many deliveries it made, and where the next chunk begins.

    `after` is None when the cohort is through.
    """

    owed: int
    after: int | None


async def ensure(
    conn: Connection,
    *,
    edition: str,
    minute: int,
    days: int,
    zone: str,
    next_at: int | None = None,
    next_date: date | None = None,
) -> Cohort:
    """The cohort of these four, made if it is new. `next_at` counts only for a new one."""
    await conn.execute(
        insert(conn, cohorts)
        .values(
            edition=edition,
            minute=minute,
            days=days,
            zone=zone,
            next_at=next_at,
            next_date=None if next_date is None else next_date.isoformat(),
        )
        .on_conflict_do_nothing()
    )
    row = await conn.execute(
        select(cohorts).where(
            cohorts.c.edition == edition,
            cohorts.c.minute == minute,
            cohorts.c.days == days,
            cohorts.c.zone == zone,
        )
    )
    return _cohort(row.one())


async def get(conn: Connection, cohort_id: int) -> Cohort | None:
    row = (await conn.execute(select(cohorts).where(cohorts.c.id == cohort_id))).one_or_none()
    return None if row is None else _cohort(row)


async def due(conn: Connection, now: int, limit: int = 100) -> list[Cohort]:
    """Those whose time has come, the earliest first. A later `now` looks ahead."""
    rows = await conn.execute(
        select(cohorts)
        .where(cohorts.c.next_at <= now)
        .order_by(cohorts.c.next_at, cohorts.c.id)
        .limit(limit)
    )
    return [_cohort(row) for row in rows]


async def unplanned(conn: Connection, limit: int = 100) -> list[Cohort]:
    """Those made without a due time; `advance` them from None."""
    rows = await conn.execute(
        select(cohorts).where(cohorts.c.next_at.is_(None)).order_by(cohorts.c.id).limit(limit)
    )
    return [_cohort(row) for row in rows]


async def listed(conn: Connection, after: int = 0, limit: int = 1000) -> list[Cohort]:
    """All of them in the order of their ids, a page at a time; for planning anew."""
    rows = await conn.execute(
        select(cohorts).where(cohorts.c.id > after).order_by(cohorts.c.id).limit(limit)
    )
    return [_cohort(row) for row in rows]


async def earliest(conn: Connection) -> int | None:
    """When the next cohort is due, in microseconds; None if nothing is planned."""
    at: int | None = await conn.scalar(select(func.min(cohorts.c.next_at)))
    return at


async def awaited(conn: Connection) -> int | None:
    """As `earliest`, but only of cohorts that someone subscribes to, or will when a rest ends."""
    table = subscriptions
    counts = or_(
        table.c.state == "active",
        and_(table.c.state == "paused", table.c.paused_until.is_not(None)),
    )
    followed = table.select().where(table.c.cohort_id == cohorts.c.id, counts)
    at: int | None = await conn.scalar(select(func.min(cohorts.c.next_at)).where(followed.exists()))
    return at


async def advance(
    conn: Connection, cohort_id: int, seen_next_at: int | None, next_at: int, next_date: date
) -> bool:
    """Move on to the next time; False if another process has moved it meanwhile."""
    done = await conn.execute(
        update(cohorts)
        .where(cohorts.c.id == cohort_id, cohorts.c.next_at.is_not_distinct_from(seen_next_at))
        .values(next_at=next_at, next_date=next_date.isoformat())
    )
    return done.rowcount > 0


async def members(conn: Connection, cohort_id: int) -> int:
    """How many subscriptions of the cohort are active."""
    found = await conn.scalar(
        select(func.count())
        .select_from(subscriptions)
        .where(subscriptions.c.cohort_id == cohort_id, subscriptions.c.state == "active")
    )
    return int(found or 0)


async def variants(
    conn: Connection,
    cohort_id: int,
    due_at: int | None = None,
    since: Served | None = None,
    languages: tuple[str, ...] | None = None,
) -> list[Variant]:
    """In which variants the cohort's bulletin is wanted, for composing it ahead of the hour.

    `due_at` also counts those whose pause ends by then. A variant that turns up later is no
    loss: `fan_out` opens its bulletin, to be built. `since` and `languages` as there.
    """
    bounds = {
        "cohort": cohort_id,
        "due_at": 0 if due_at is None else due_at,
        **_since(since),
    }
    sql = said_in(VARIANTS, languages or known_languages())
    rows = await conn.execute(phrase(conn, sql), bounds)
    return [Variant.of(key) for (key,) in rows]


async def fan_out(
    conn: Connection,
    occasion: Occasion,
    *,
    now: int,
    after: int = 0,
    limit: int = CHUNK,
    not_before: int | None = None,
    since: Served | None = None,
    prefaces: Mapping[str, str] | None = None,
    apologies: Mapping[str, str] | None = None,
    missed: Mapping[str, str] | None = None,
    languages: tuple[str, ...] | None = None,
) -> Fan:
    """Owe the occasion's bulletins to the next `limit` members of its cohort.

    Skipped are: the ended, the paused (until `paused_until` is over by the due time), those who
    subscribed after the due time, chats that are not active, whoever had this local date or a
    later one already (`done_date`), and silent chats when the bulletin is known to be empty.
    Each variant's bulletin is found by its key, or opened to be built. Nothing is sent before
    `not_before` (default: the occasion's due time). `since` is the cohort's hour before
    this one: members who had none as late as that get a variant of their own (`Variant.since`).

    The texts are by language: `prefaces` for all (the late or missed line), `apologies` for
    those whose last delivery is unknown, `missed` for those whose last one expired. `languages`
    are those that there are bulletins in, by default those with a catalogue: a reader of another
    shares the one of the nearest, or of the default.
    """
    if occasion.cohort_id is None or occasion.local_date is None:
        raise ValueError(f"occasion {occasion.key!r} is no cohort's slot")
    page = {"cohort": occasion.cohort_id, "after": after, "limit": limit}
    upto = await conn.scalar(phrase(conn, PAGE), page)
    if upto is None:
        return Fan(0, None)
    bounds: dict[str, object] = {
        "cohort": occasion.cohort_id,
        "after": after,
        "upto": upto,
        "due_at": occasion.due_at,
        "local_date": occasion.local_date.isoformat(),
        "occasion": occasion.id,
        **_since(since),
    }
    values = {
        **bounds,
        "not_before": occasion.due_at if not_before is None else not_before,
        "expires_at": occasion.expires_at,
        "now": now,
        "said": pack(_said(prefaces or {}, apologies or {}, missed or {})),
    }
    spoken = languages or known_languages()
    owed = await _owe(conn, values, bounds, spoken)
    # Whoever is left over wants a variant that was not foreseen; as a rule nobody is.
    if (await conn.execute(phrase(conn, said_in(OPEN, spoken)), bounds)).rowcount > 0:
        owed += await _owe(conn, values, bounds, spoken)
    return Fan(owed, int(upto))


async def _owe(
    conn: Connection,
    values: Mapping[str, object],
    bounds: Mapping[str, object],
    languages: tuple[str, ...],
) -> int:
    if is_sqlite(conn):
        sql = said_in(OWE_SQLITE, languages)
        owed = (await conn.execute(phrase(conn, sql), values)).rowcount
        await conn.execute(phrase(conn, DONE_SQLITE), bounds)
        return owed
    return (await conn.execute(phrase(conn, said_in(OWE_POSTGRES, languages)), values)).rowcount


def _since(served: Served | None) -> dict[str, object]:
    if served is None:
        return {"since": "", "since_at": 0}
    return {"since": served.day.isoformat(), "since_at": served.at}


def _said(
    prefaces: Mapping[str, str], apologies: Mapping[str, str], missed: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """What is said first: by language, and by the state in which the last delivery ended."""
    return [
        (language, past, words)
        for language in sorted({*prefaces, *apologies, *missed})
        for past, texts in (("", {}), ("unknown", apologies), ("expired", missed))
        if (words := "\n".join(filter(None, (prefaces.get(language), texts.get(language)))))
    ]


def _cohort(row: Row[*tuple[Any, ...]]) -> Cohort:
    fields = dict(row._mapping)
    day = fields["next_date"]
    return Cohort(**{**fields, "next_date": None if day is None else date.fromisoformat(day)})
