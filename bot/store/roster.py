"""Subscribers moved in and out by the thousand: whole batches in a handful of statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from bot.store.database import Connection
from bot.store.sql import fetch, pack


class Settings(NamedTuple):
    """A chat's own settings, as the table keeps them; the last two are 0 or 1."""

    kind: str
    title: str
    language: str
    zone: str | None
    quiet_from: int | None
    quiet_to: int | None
    length: str
    empty: str
    open_to_all: int
    admitted: int


class Known(NamedTuple):
    """A chat that there is: our id, Telegram's, its state and its settings."""

    id: int
    tg_id: int
    state: str
    created_at: int
    settings: Settings


class Plan(NamedTuple):
    """What makes a cohort, and when it is due first."""

    edition: str
    minute: int
    days: int
    zone: str
    next_at: int
    next_date: str


class Wish(NamedTuple):
    """A subscription, as the table keeps it; `id` is 0 for one that is new."""

    id: int
    chat_id: int
    thread_id: int
    edition: str
    topics: str
    cohort_id: int | None
    minute: int | None
    days: int
    zone: str | None
    length: str | None
    state: str
    paused_until: int | None
    since: int
    done_date: str | None
    created_at: int

    @property
    def place(self) -> tuple[int, int, str, int | None]:
        """What a subscription is unique by."""
        return (self.chat_id, self.thread_id, self.edition, self.minute)


async def chats_of(conn: Connection, tg_ids: Collection[int]) -> dict[int, Known]:
    """The chats of these Telegram ids that are known."""
    rows = await fetch(conn, CHATS, {"ids": pack(list(tg_ids))})
    return {known.tg_id: known for known in map(_known, rows)}


async def page(conn: Connection, after: int, limit: int) -> list[Known]:
    """The next chats in the order of our ids."""
    return [_known(row) for row in await fetch(conn, PAGE, {"after": after, "limit": limit})]


async def add_chats(
    conn: Connection, chats: Sequence[tuple[int, str, int, Settings]], now: int
) -> dict[int, int]:
    """Make chats of (Telegram's id, state, created at, settings); our ids of the new ones."""
    if not chats:
        return {}
    rows = pack([(tg_id, state, made, *own) for tg_id, state, made, own in chats])
    made = await fetch(conn, ADD_CHATS, {"rows": rows, "now": now})
    return {tg_id: key for key, tg_id in made}


async def change_chats(conn: Connection, chats: Sequence[tuple[int, Settings]], now: int) -> None:
    """Give known chats (by our ids) these settings."""
    if chats:
        rows = pack([(key, *own) for key, own in chats])
        await fetch(conn, CHANGE_CHATS, {"rows": rows, "now": now})


async def find_cohorts(
    conn: Connection, plans: Sequence[Plan]
) -> dict[tuple[str, int, int, str], int]:
    """The cohorts of these, made where they are new; their ids by edition, minute, days, zone."""
    if not plans:
        return {}
    rows = {"rows": pack(plans)}
    await fetch(conn, ADD_COHORTS, rows)
    found = await fetch(conn, COHORTS, rows)
    return {(edition, minute, days, zone): key for key, edition, minute, days, zone in found}


async def wishes_of(conn: Connection, chat_ids: Collection[int]) -> list[Wish]:
    """All subscriptions of these chats (our ids), the ended ones too."""
    rows = await fetch(conn, WISHES, {"ids": pack(list(chat_ids))})
    return [Wish._make(row) for row in rows]


async def add_wishes(conn: Connection, wishes: Sequence[Wish], now: int) -> int:
    """Put new subscriptions down; returns how many were not there."""
    if not wishes:
        return 0
    return len(await fetch(conn, ADD_WISHES, {"rows": pack(wishes), "now": now}))


async def change_wishes(conn: Connection, wishes: Sequence[Wish], now: int) -> None:
    """Change known subscriptions, by their ids."""
    if wishes:
        await fetch(conn, CHANGE_WISHES, {"rows": pack(wishes), "now": now})


def _known(row: tuple[object, ...]) -> Known:
    key, tg_id, state, created_at, *own = row
    settings = Settings._make(own)
    return Known(
        int(str(key)),
        int(str(tg_id)),
        str(state),
        int(str(created_at)),
        # PostgreSQL has booleans.
        settings._replace(open_to_all=int(settings.open_to_all), admitted=int(settings.admitted)),
    )


def read_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


COLUMNS = """
id, tg_id, state, created_at, kind, title, language, zone, quiet_from, quiet_to, length, empty,
open_to_all, admitted
"""

CHATS = "SELECT @COLUMNS FROM chats WHERE tg_id AMONG(:ids)".replace("@COLUMNS", COLUMNS)

PAGE = "SELECT @COLUMNS FROM chats WHERE id > :after ORDER BY id LIMIT :limit".replace(
    "@COLUMNS", COLUMNS
)

OWN = """kind TEXT, title TEXT, language TEXT, zone TEXT, quiet_from BIGINT, quiet_to BIGINT, \
length TEXT, empty TEXT, open BIGINT, admitted BIGINT"""

ADD_CHATS = """
INSERT INTO chats (tg_id, state, created_at, kind, title, language, zone, quiet_from, quiet_to,
  length, empty, open_to_all, admitted, updated_at)
SELECT v.tg_id, v.state, v.made, v.kind, v.title, v.language, v.zone, v.quiet_from, v.quiet_to,
  v.length, v.empty, v.open = 1, v.admitted = 1, CAST(:now AS BIGINT)
FROM ROWS(:rows, tg_id BIGINT, state TEXT, made BIGINT, @OWN)
WHERE true
ON CONFLICT DO NOTHING
RETURNING id, tg_id
""".replace("@OWN", OWN)

CHANGE_CHATS = """
UPDATE chats SET kind = v.kind, title = v.title, language = v.language, zone = v.zone,
  quiet_from = v.quiet_from, quiet_to = v.quiet_to, length = v.length, empty = v.empty,
  open_to_all = (v.open = 1), admitted = (v.admitted = 1), updated_at = :now
FROM ROWS(:rows, id BIGINT, @OWN) WHERE chats.id = v.id
""".replace("@OWN", OWN)

PLAN = "edition TEXT, minute BIGINT, days BIGINT, zone TEXT, next_at BIGINT, next_date TEXT"

ADD_COHORTS = """
INSERT INTO cohorts (edition, minute, days, zone, next_at, next_date)
SELECT v.edition, v.minute, v.days, v.zone, v.next_at, v.next_date
FROM ROWS(:rows, @PLAN)
WHERE true
ON CONFLICT DO NOTHING
""".replace("@PLAN", PLAN)

COHORTS = """
SELECT h.id, h.edition, h.minute, h.days, h.zone
FROM cohorts h JOIN ROWS(:rows, @PLAN)
  ON h.edition = v.edition AND h.minute = v.minute AND h.days = v.days AND h.zone = v.zone
""".replace("@PLAN", PLAN)

WISH = """id, chat_id, thread_id, edition, topics, cohort_id, minute, days, zone, length, state,
  paused_until, since, done_date, created_at"""

WISHES = """
SELECT @WISH FROM subscriptions WHERE chat_id AMONG(:ids)
ORDER BY chat_id, thread_id, edition, minute, id
""".replace("@WISH", WISH)

WISH_ROW = """id BIGINT, chat_id BIGINT, thread_id BIGINT, edition TEXT, topics TEXT, \
cohort_id BIGINT, minute BIGINT, days BIGINT, zone TEXT, length TEXT, state TEXT, \
paused_until BIGINT, since BIGINT, done_date TEXT, created_at BIGINT"""

ADD_WISHES = """
INSERT INTO subscriptions (chat_id, thread_id, edition, topics, cohort_id, minute, days, zone,
  length, state, paused_until, since, done_date, created_at, updated_at)
SELECT v.chat_id, v.thread_id, v.edition, v.topics, v.cohort_id, v.minute, v.days, v.zone,
  v.length, v.state, v.paused_until, v.since, v.done_date, v.created_at, CAST(:now AS BIGINT)
FROM ROWS(:rows, @WISH_ROW)
WHERE true
ON CONFLICT DO NOTHING
RETURNING id
""".replace("@WISH_ROW", WISH_ROW)

CHANGE_WISHES = """
UPDATE subscriptions SET topics = v.topics, cohort_id = v.cohort_id, days = v.days,
  zone = v.zone, length = v.length, state = v.state, paused_until = v.paused_until,
  since = v.since, done_date = v.done_date,
  done_at = CASE WHEN subscriptions.done_date = v.done_date THEN subscriptions.done_at END,
  version = version + 1, updated_at = :now
FROM ROWS(:rows, @WISH_ROW) WHERE subscriptions.id = v.id
""".replace("@WISH_ROW", WISH_ROW)
