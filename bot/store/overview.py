"""What an operator looks at: counts of the moment, and hours that were not served."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from bot.store.database import Connection
from bot.store.sql import fetch

DAY = 24 * 3600 * 1_000_000
LATE = 60 * 1_000_000
"""Microseconds after which what is owed counts as late."""


@dataclass(frozen=True, slots=True)
class Overview:
    """`waiting` is not yet due, `due` may go now, `late` has waited for over a minute.

    `failed`, `expired` and `sent` are those of the occasions of the last 24 hours; `unknown` are
    all of which nobody knows whether they arrived.
    """

    waiting: int
    due: int
    late: int
    on_the_way: int
    unknown: int
    sent: int
    failed: int
    expired: int
    unanswered: int
    reports: int


@dataclass(frozen=True, slots=True)
class Silent:
    """A slot that was not served: `at` in microseconds, `readers` how many wait for it."""

    cohort_id: int
    edition: str
    zone: str
    minute: int
    at: int
    readers: int


async def overview(conn: Connection, now: int) -> Overview:
    """The counts of one moment (microseconds)."""
    row = (await conn.execute(text(COUNTS), {"now": now, "late": now - LATE})).one()
    ended = {
        str(state): int(number)
        for state, number in await fetch(conn, ENDED, {"since": now - DAY, "now": now})
    }
    return Overview(
        waiting=row.waiting,
        due=row.due,
        late=row.late,
        on_the_way=row.on_the_way,
        unknown=row.unknown,
        sent=ended.get("sent", 0),
        failed=ended.get("dead", 0),
        expired=ended.get("expired", 0),
        unanswered=row.unanswered,
        reports=row.reports,
    )


COUNTS = """
SELECT
  (SELECT count(*) FROM deliveries WHERE state = 'pending' AND not_before > :now) AS waiting,
  (SELECT count(*) FROM deliveries WHERE state = 'pending' AND not_before <= :now) AS due,
  (SELECT count(*) FROM deliveries WHERE state = 'pending' AND not_before <= :late) AS late,
  (SELECT count(*) FROM deliveries WHERE state IN ('claimed', 'sending')) AS on_the_way,
  (SELECT count(*) FROM deliveries WHERE state = 'unknown') AS unknown,
  (SELECT count(*) FROM questions) AS unanswered,
  (SELECT count(*) FROM reports WHERE state = 'open') AS reports
"""

ENDED = """
SELECT d.state, count(*) FROM occasions o JOIN deliveries d ON d.occasion_id = o.id
WHERE o.due_at > :since AND o.due_at <= :now AND d.state IN ('sent', 'dead', 'expired')
GROUP BY d.state
"""


async def silent(conn: Connection, *, since: int, before: int) -> list[Silent]:
    """Slots due between two moments that were not served, though somebody waits for them.

    Either the cohort still stands at a slot that has passed, or it went on and the slot has no
    delivery at all. Not counted are editions that were stopped, and readers who chose silence
    where nothing was new.
    """
    bounds = {"since": since, "before": before}
    rows = [*await fetch(conn, STANDING, bounds), *await fetch(conn, EMPTY, bounds)]
    return [Silent(*row) for row in rows]


STANDING = """
SELECT h.id, h.edition, h.zone, h.minute, h.next_at, count(*)
FROM cohorts h JOIN subscriptions s ON s.cohort_id = h.id JOIN chats c ON c.id = s.chat_id
WHERE h.next_at <= :before AND h.next_at > :since AND c.state = 'active' AND s.state = 'active'
  AND s.since <= h.next_at AND (s.done_date IS NULL OR s.done_date < h.next_date)
GROUP BY h.id, h.edition, h.zone, h.minute, h.next_at
ORDER BY h.id
"""

EMPTY = """
SELECT h.id, h.edition, h.zone, h.minute, o.due_at, count(*)
FROM occasions o JOIN cohorts h ON h.id = o.cohort_id
JOIN subscriptions s ON s.cohort_id = h.id JOIN chats c ON c.id = s.chat_id
WHERE o.kind = 'slot' AND o.state = 'open' AND o.due_at <= :before AND o.due_at > :since
  AND o.created_at <= o.expires_at AND (h.next_at IS NULL OR h.next_at > o.due_at)
  AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.occasion_id = o.id)
  AND c.state = 'active' AND s.state = 'active' AND s.since <= o.due_at
  AND (s.done_date IS NULL OR s.done_date < o.local_date)
  AND NOT EXISTS (SELECT 1 FROM bulletins b
    WHERE b.occasion_id = o.id AND (b.state = 'cancelled'
      OR (b.state = 'empty' AND c.empty = 'silence')))
GROUP BY h.id, h.edition, h.zone, h.minute, o.due_at
ORDER BY h.id
"""


@dataclass(frozen=True, slots=True)
class Coming:
    """An hour that comes: `at` in microseconds, `readers` how many will be owed something."""

    cohort_id: int
    edition: str
    zone: str
    at: int
    readers: int


async def coming(conn: Connection, *, now: int, until: int) -> list[Coming]:
    """The hours after `now` and up to `until`, the earliest first."""
    rows = await fetch(conn, COMING, {"now": now, "until": until})
    return [Coming(*row) for row in rows]


COMING = """
SELECT h.id, h.edition, h.zone, h.next_at, count(*)
FROM cohorts h JOIN subscriptions s ON s.cohort_id = h.id
WHERE h.next_at > :now AND h.next_at <= :until AND s.state = 'active'
GROUP BY h.id, h.edition, h.zone, h.next_at
ORDER BY h.next_at, h.id
"""


async def backlog(conn: Connection, now: int) -> int:
    """How many deliveries may go now, and wait for their turn."""
    [[found]] = await fetch(conn, BACKLOG, {"now": now})
    return int(found)


BACKLOG = "SELECT count(*) FROM deliveries WHERE state = 'pending' AND not_before <= :now"
