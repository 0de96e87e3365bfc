"""Bulletins: the finished messages of one occasion in one language and length, frozen once.

building ──finish──▶ ready | empty          a delivery of a bulletin that is building or held
building ──fail───▶ building … failed       waits; one of a cancelled bulletin is cancelled
ready ◀──hold, release──▶ held      any ──cancel──▶ cancelled
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Self

from sqlalchemy import Row, case, delete, func, select, update

from bot.store.database import Connection
from bot.store.occasions import Served
from bot.store.sql import fetch, insert, phrase
from bot.store.tables import bulletin_figures, bulletin_parts, bulletins

State = Literal["building", "ready", "empty", "failed", "held", "cancelled"]

TRIES = 3
PUBLIC = "+public"
NEW = "new"


@dataclass(frozen=True, slots=True)
class Variant:
    """In which language and length, on which topics (none means all) a bulletin is written.

    `since` is for those who did not have the one before: the date of the last that they had, with
    its moment (microseconds) behind an `@` where that is known, or `new` for who never had any.
    Empty for everybody else. One that `is_public` is for groups and
    channels.
    """

    language: str
    length: Literal["short", "full"]
    topics: tuple[str, ...] = ()
    since: str = ""
    is_public: bool = False

    @property
    def key(self) -> str:
        """`en/full/corridor;trade`, as kept; `/2025-11-24@17...` or `/new` may follow.

        The length is `full+public` where that is so.
        """
        length = self.length + (PUBLIC if self.is_public else "")
        parts = (self.language, length, join_topics(self.topics))
        return "/".join((*parts, self.since) if self.since else parts)

    @property
    def is_new(self) -> bool:
        """Whether it is for who never had any."""
        return self.since == NEW

    @property
    def had(self) -> Served | None:
        """The last one that its readers had, where that was not the one before; `at` may be 0."""
        if not self.since or self.is_new:
            return None
        day, _, at = self.since.partition("@")
        return Served(date.fromisoformat(day), int(at or 0))

    @classmethod
    def of(cls, key: str) -> Self:
        """The variant of a key."""
        language, length, rest = key.split("/", 2)
        topics, _, since = rest.partition("/")
        return cls(
            language,
            "short" if length.removesuffix(PUBLIC) == "short" else "full",
            split_topics(topics),
            since,
            is_public=length.endswith(PUBLIC),
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a bulletin: `html` to send, `plain` should it be refused.

    `keyboard` is Telegram's `reply_markup`; `carries` are keys of observations.
    """

    html: str
    plain: str
    keyboard: Mapping[str, Any] | None = None
    carries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One row; `parts` counts its messages, `retry_at` (microseconds) is when to build again."""

    id: int
    occasion_id: int
    variant: Variant
    state: State
    sha256: str | None
    parts: int
    revision: int | None
    attempts: int
    retry_at: int
    error: str


def join_topics(topics: Sequence[str]) -> str:
    """Names of dossiers as a subscription keeps them: sorted, `;` between, empty for all."""
    return ";".join(sorted(set(topics)))


def split_topics(text: str) -> tuple[str, ...]:
    """The names of dossiers of a subscription; none means all."""
    return tuple(text.split(";")) if text else ()


async def ensure(conn: Connection, occasion_id: int, variant: Variant) -> Bulletin:
    """The occasion's bulletin of this variant; made, to be built, if there is none."""
    wanted = select(bulletins).where(
        bulletins.c.occasion_id == occasion_id, bulletins.c.variant == variant.key
    )
    known = (await conn.execute(wanted)).one_or_none()
    if known is not None:
        return _bulletin(known)
    await conn.execute(
        insert(conn, bulletins)
        .values(occasion_id=occasion_id, variant=variant.key)
        .on_conflict_do_nothing()
    )
    return _bulletin((await conn.execute(wanted)).one())


async def get(conn: Connection, bulletin_id: int) -> Bulletin | None:
    row = (await conn.execute(select(bulletins).where(bulletins.c.id == bulletin_id))).one_or_none()
    return None if row is None else _bulletin(row)


async def of(conn: Connection, occasion_id: int) -> list[Bulletin]:
    """All variants of one occasion."""
    rows = await conn.execute(
        select(bulletins).where(bulletins.c.occasion_id == occasion_id).order_by(bulletins.c.id)
    )
    return [_bulletin(row) for row in rows]


async def building(conn: Connection, now: int, limit: int = 100) -> list[Bulletin]:
    """Those that wait to be built now, the longest waiting first."""
    rows = await conn.execute(
        select(bulletins)
        .where(bulletins.c.state == "building", bulletins.c.retry_at <= now)
        .order_by(bulletins.c.retry_at, bulletins.c.id)
        .limit(limit)
    )
    return [_bulletin(row) for row in rows]


async def parts(conn: Connection, bulletin_id: int) -> list[Part]:
    """The messages of a bulletin, in order."""
    table = bulletin_parts
    rows = await conn.execute(
        select(table.c.html, table.c.plain, table.c.keyboard, table.c.carries)
        .where(table.c.bulletin_id == bulletin_id)
        .order_by(table.c.part)
    )
    return [
        Part(html, plain, json.loads(keyboard) if keyboard else None, tuple(json.loads(carries)))
        for html, plain, keyboard, carries in rows
    ]


async def finish(
    conn: Connection,
    bulletin_id: int,
    messages: Sequence[Part],
    *,
    revision: int,
    empty: bool = False,
) -> bool:
    """Freeze the finished messages with their hash; False if it is not waiting to be built.

    `empty` says that nothing changed: the messages are the one line for chats that chose it;
    chats that chose silence are owed none, and what was owed is cancelled as its turn comes.
    Deliveries that wait for the bulletin may be claimed from then on.
    """
    body = [
        (message.html, message.plain, message.keyboard, list(message.carries))
        for message in messages
    ]
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    done = await conn.execute(
        update(bulletins)
        .where(bulletins.c.id == bulletin_id, bulletins.c.state == "building")
        .values(
            state="empty" if empty else "ready",
            sha256=digest,
            parts=len(messages),
            revision=revision,
            error="",
        )
    )
    if done.rowcount == 0:
        return False
    await conn.execute(
        delete(bulletin_figures).where(bulletin_figures.c.bulletin_id == bulletin_id)
    )
    await conn.execute(delete(bulletin_parts).where(bulletin_parts.c.bulletin_id == bulletin_id))
    if messages:
        await conn.execute(
            insert(conn, bulletin_parts),
            [
                {
                    "bulletin_id": bulletin_id,
                    "part": place,
                    "html": message.html,
                    "plain": message.plain,
                    "keyboard": None if message.keyboard is None else json.dumps(message.keyboard),
                    "carries": json.dumps(message.carries),
                }
                for place, message in enumerate(messages)
            ],
        )
    figures = [
        {"observation": key, "bulletin_id": bulletin_id, "part": place}
        for place, message in enumerate(messages)
        for key in dict.fromkeys(message.carries)
    ]
    if figures:
        await conn.execute(insert(conn, bulletin_figures), figures)
    return True


async def fail(
    conn: Connection, bulletin_id: int, error: str, *, retry_at: int, tries: int = TRIES
) -> Bulletin | None:
    """Note that building failed; after `tries` the bulletin is `failed`, else built again."""
    row = await conn.execute(
        update(bulletins)
        .where(bulletins.c.id == bulletin_id, bulletins.c.state == "building")
        .values(
            attempts=bulletins.c.attempts + 1,
            state=case((bulletins.c.attempts + 1 >= tries, "failed"), else_="building"),
            retry_at=retry_at,
            error=error[:500],
        )
        .returning(*bulletins.c)
    )
    found = row.one_or_none()
    return None if found is None else _bulletin(found)


async def rebuild(conn: Connection, bulletin_id: int) -> bool:
    """Have a failed bulletin, or a finished one of which nothing was sent, built anew.

    No claim goes on meanwhile: what is claimed carries the words as they were, and its receipt
    says so.
    """
    await fetch(conn, CLAIMING, {})
    sent = await conn.scalar(phrase(conn, TOUCHED), {"bulletin": bulletin_id})
    if sent:
        return False
    done = await conn.execute(
        update(bulletins)
        .where(bulletins.c.id == bulletin_id, bulletins.c.state != "cancelled")
        .values(state="building", attempts=0, retry_at=0)
    )
    return done.rowcount > 0


# Claims of several processes follow each other by this row's lock.
CLAIMING = "SELECT token_hash FROM bucket KEPT(bucket)"

TOUCHED = """
SELECT count(*) FROM (
  SELECT 1 FROM deliveries d JOIN bulletins b ON b.occasion_id = d.occasion_id
  WHERE b.id = :bulletin AND d.bulletin_id = :bulletin
    AND (d.next_part > 0 OR d.state IN ('claimed', 'sending', 'sent', 'unknown'))
  LIMIT 1) AS t
"""


async def hold(conn: Connection, bulletin_id: int, error: str = "") -> bool:
    """Keep a ready bulletin back, by an editor or because too many of it were refused."""
    done = await conn.execute(
        update(bulletins)
        .where(bulletins.c.id == bulletin_id, bulletins.c.state == "ready")
        .values(state="held", error=error[:500])
    )
    return done.rowcount > 0


async def release(conn: Connection, bulletin_id: int) -> bool:
    """Let a held bulletin go out; what waited for it follows within half a minute."""
    done = await conn.execute(
        update(bulletins)
        .where(bulletins.c.id == bulletin_id, bulletins.c.state == "held")
        .values(state="ready", error="")
    )
    return done.rowcount > 0


async def cancel(conn: Connection, bulletin_id: int) -> bool:
    """Never send it; deliveries that still wait are cancelled as their turn comes."""
    done = await conn.execute(
        update(bulletins)
        .where(bulletins.c.id == bulletin_id, bulletins.c.state != "cancelled")
        .values(state="cancelled")
    )
    return done.rowcount > 0


async def counts(conn: Connection) -> dict[str, int]:
    """How many bulletins there are in each state."""
    rows = await conn.execute(select(bulletins.c.state, func.count()).group_by(bulletins.c.state))
    return {row[0]: row[1] for row in rows}


def _bulletin(row: Row[*tuple[Any, ...]]) -> Bulletin:
    fields = dict(row._mapping)
    return Bulletin(**{**fields, "variant": Variant.of(fields["variant"])})
