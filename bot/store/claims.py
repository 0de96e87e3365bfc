"""The claim: which deliveries go next, at which moments, and to whom alone they belong.

The rate of the whole bot is one row (GCRA). It is locked for the claim, so claims of several
processes follow each other, and what each is granted are slots: moments `interval` apart. In
the same transaction the late expire, what must wait is put off, and each chat's own spacing is
kept. A process that dies wastes its slots and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from bot.store.database import Connection
from bot.store.sql import fetch, pack

PRIVATE_SPACING = 1_100_000
GROUP_SPACING = 3_100_000

# How long a delivery whose bulletin is not ready is put off before it is looked at again.
BUILDING_WAIT = 500_000
HELD_WAIT = 20_000_000
# The same for one whose chat is in the hands of another transaction.
BUSY_WAIT = 200_000

# When what its reader wants no more expires.
NEVER = 0

# How long after its end what was begun in time is still finished: nobody is left with half.
FINISHING = 3_600_000_000

# How many rows are looked at beyond the slots: few at first, many once the head of the queue
# turns out to be full of rows that must wait.
SLACK = 16
DEEP = 512
ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Claimed:
    """One part of one delivery, to be sent by whoever holds `token`.

    `tg_id` is the chat at Telegram, `chat_id` our row. `slot_at` is when to send it
    (microseconds, by the clock that gave `now`), `delay` the same counted from `now`: a right for
    a moment from then on; missed, it is given back by settling it `pending`.
    `part` counts from 0, of `parts`; `preface` belongs before the first. `attempts` is how often
    it was marked before.
    """

    id: int
    token: str
    occasion_id: int
    chat_id: int
    tg_id: int
    kind: Literal["private", "group"]
    thread_id: int
    language: str
    slot_at: int
    delay: int
    bulletin_id: int
    revision: int | None
    part: int
    parts: int
    preface: str
    html: str
    plain: str
    keyboard: Mapping[str, Any] | None
    carries: tuple[str, ...]
    attempts: int
    expires_at: int


class Waiting(NamedTuple):
    """A pending delivery whose time has come, with what decides whether it may go."""

    id: int
    occasion_id: int
    chat_id: int
    thread_id: int
    bulletin_id: int
    preface: str
    next_part: int
    attempts: int
    not_before: int
    expires_at: int
    tg_id: int
    kind: str
    language: str
    empty: str
    chat_state: str | None
    next_send_at: int
    bulletin_state: str | None
    parts: int
    revision: int | None
    occasion_state: str | None


@dataclass(slots=True)
class _Sorting:
    """What one claim does with the rows that it looked at."""

    taken: list[tuple[Waiting, int]] = field(default_factory=list)
    ended: list[tuple[int, str, str]] = field(default_factory=list)
    put_off: list[tuple[int, int, str]] = field(default_factory=list)
    busy: dict[int, int] = field(default_factory=dict)


async def claim(
    conn: Connection,
    *,
    now: int,
    token: str,
    limit: int,
    lease: int,
    interval: int,
    horizon: int,
    notice: int = 0,
    spent: int = 0,
    bucket: str = "",
    doubtful: int = 0,
) -> list[Claimed]:
    """Take up to `limit` deliveries that may go out between `now` and `now + horizon`.

    All times are microseconds; `interval` lies between two messages of the whole bot. No slot
    comes before `now + notice`: what the claim itself and the mark are going to take. `token`
    (up to 40 characters, a new one for each claim) fences what is taken until `now + lease`.
    `spent` counts the messages sent since the last claim to those who asked: they are debited
    first. `bucket` names the rate row (a hash of the bot's token). What was to go out up to
    `doubtful` may have been sent before a backup was put back: it ends as unknown.

    Each chat's spacing is kept (private 1.1 s, group and channel 3.1 s); deliveries past their
    `expires_at` expire (an hour later if a part has arrived); those of an occasion that was
    stopped are cancelled; those whose bulletin is not ready wait. The transaction should be
    committed at once.
    """
    tat, blocked_until = await _bucket(conn, bucket, now)
    if spent:
        tat = max(tat, now) + spent * interval
    start = max(tat, blocked_until, now + notice)
    slots = 0 if start > now + horizon else (now + horizon - start) // interval + 1
    slots = min(slots, limit)
    found = _Sorting()
    rounds = 0
    while len(found.taken) < slots and rounds < ROUNDS:
        scan = slots - len(found.taken) + (SLACK if rounds == 0 else DEEP)
        rounds += 1
        rows = await fetch(conn, WAITING, {"now": now, "limit": scan})
        before = len(found.taken)
        for row in rows:
            if len(found.taken) == slots:
                break
            waiting = Waiting._make(row)
            if doubtful and waiting.not_before <= doubtful:
                found.ended.append((waiting.id, "unknown", "restored"))
            else:
                _sort(waiting, found, start + len(found.taken) * interval, now)
        await _write(conn, found, found.taken[before:], token, now, lease)
        if len(rows) < scan:
            break
    if found.taken or spent:
        spent_until = start + interval * len(found.taken) if found.taken else tat
        await fetch(conn, SPEND, {"tat": spent_until, "bucket": bucket})
    if not found.taken:
        return []
    return await _claimed(conn, found, token, now)


async def block_until(conn: Connection, bucket: str, until: int) -> None:
    """Nobody claims anything before `until` (microseconds): a 429 for the whole bot."""
    await _bucket(conn, bucket, 0)
    await fetch(conn, BLOCK, {"until": until, "bucket": bucket})


async def _bucket(conn: Connection, name: str, now: int) -> tuple[int, int]:
    """The rate row, made if it is new and locked until the transaction ends."""
    rows = await fetch(conn, RATE, {"bucket": name})
    if not rows:
        await fetch(conn, FIRST, {"bucket": name, "now": now})
        rows = await fetch(conn, RATE, {"bucket": name})
    tat, blocked_until = rows[0]
    return tat, blocked_until


RATE = "SELECT tat, blocked_until FROM bucket WHERE token_hash = :bucket KEPT(bucket)"

FIRST = "INSERT INTO bucket (token_hash, tat) VALUES (:bucket, :now) ON CONFLICT DO NOTHING"

SPEND = "UPDATE bucket SET tat = :tat WHERE token_hash = :bucket"

BLOCK = """
UPDATE bucket SET blocked_until = :until WHERE token_hash = :bucket AND blocked_until < :until
"""

# Rows that another transaction holds are passed over, and so are its chats (they come out as
# none), so that a claim never waits with locks in hand.
WAITING = """
WITH d AS MATERIALIZED (
  SELECT id, occasion_id, chat_id, thread_id, bulletin_id, preface, next_part, attempts,
    not_before, expires_at
  FROM deliveries d
  WHERE state = 'pending' AND not_before <= :now
  ORDER BY not_before, id LIMIT :limit LOCKED(d)
), c AS MATERIALIZED (
  SELECT id, tg_id, kind, language, empty, state, next_send_at
  FROM chats c WHERE id IN (SELECT chat_id FROM d) LOCKED(c)
)
SELECT d.id, d.occasion_id, d.chat_id, d.thread_id, d.bulletin_id, d.preface, d.next_part,
  d.attempts, d.not_before, d.expires_at, c.tg_id, c.kind, c.language, c.empty,
  c.state AS chat_state, c.next_send_at, b.state AS bulletin_state, b.parts, b.revision,
  o.state AS occasion_state
FROM d
LEFT JOIN c ON c.id = d.chat_id
LEFT JOIN bulletins b ON b.id = d.bulletin_id
LEFT JOIN occasions o ON o.id = d.occasion_id
ORDER BY d.not_before, d.id
"""


def _sort(row: Waiting, found: _Sorting, slot_at: int, now: int) -> None:
    """Decide one row: taken for `slot_at`, ended, or put off."""
    state = row.bulletin_state
    if row.expires_at == NEVER:
        found.ended.append((row.id, "cancelled", "unsubscribed"))
    elif row.expires_at + (FINISHING if row.next_part else 0) < now:
        found.ended.append((row.id, "expired", "late"))
    elif row.chat_state is None:
        found.put_off.append((row.id, now + BUSY_WAIT, ""))
    elif row.chat_state != "active":
        found.ended.append((row.id, "gone", row.chat_state))
    elif row.occasion_state == "held":
        # An editor holds it back: let go, it is called for; never let go, it expires.
        found.put_off.append((row.id, row.expires_at, "held"))
    elif row.occasion_state != "open" or state in {"cancelled", None}:
        found.ended.append((row.id, "cancelled", "stopped"))
    elif state == "empty" and row.empty == "silence":
        found.ended.append((row.id, "cancelled", "silence"))
    elif state == "building":
        found.put_off.append((row.id, now + BUILDING_WAIT, "waits"))
    elif state in {"held", "failed"}:
        found.put_off.append((row.id, now + HELD_WAIT, "waits"))
    elif row.next_part >= row.parts:
        found.ended.append((row.id, "sent" if row.next_part else "cancelled", "empty"))
    else:
        free_at = found.busy.get(row.chat_id, row.next_send_at)
        if free_at > slot_at:
            found.put_off.append((row.id, free_at, ""))
        else:
            found.busy[row.chat_id] = slot_at + spacing(row.kind)
            found.taken.append((row, slot_at))


def spacing(kind: str) -> int:
    """Microseconds between two owed messages to a chat: 1 a second, 20 a minute in groups."""
    return PRIVATE_SPACING if kind == "private" else GROUP_SPACING


async def _write(
    conn: Connection,
    found: _Sorting,
    taken: list[tuple[Waiting, int]],
    token: str,
    now: int,
    lease: int,
) -> None:
    """Write down what was decided; the rows leave the head of the queue."""
    if found.ended:
        rows = {"rows": pack(found.ended), "now": now}
        await fetch(conn, END, rows)
        found.ended.clear()
    if found.put_off:
        await fetch(conn, PUT_OFF, {"rows": pack(found.put_off)})
        found.put_off.clear()
    if taken:
        await fetch(
            conn,
            TAKE,
            {
                "ids": pack([row.id for row, _ in taken]),
                "token": token,
                "until": now + lease,
                "now": now,
            },
        )
        spaced = [(row.chat_id, found.busy[row.chat_id]) for row, _ in taken]
        await fetch(conn, SPACE, {"rows": pack(spaced)})


END = """
UPDATE deliveries SET state = v.state, error_class = v.reason, updated_at = :now
FROM ROWS(:rows, id BIGINT, state TEXT, reason TEXT) WHERE deliveries.id = v.id
"""

PUT_OFF = """
UPDATE deliveries SET not_before = v.at, error_class = v.reason
FROM ROWS(:rows, id BIGINT, at BIGINT, reason TEXT) WHERE deliveries.id = v.id
"""

TAKE = """
UPDATE deliveries
SET state = 'claimed', token = :token, lease_until = :until, error_class = '', updated_at = :now
WHERE id AMONG(:ids)
"""

SPACE = """
UPDATE chats SET next_send_at = v.at
FROM ROWS(:rows, id BIGINT, at BIGINT) WHERE chats.id = v.id
"""

PARTS = """
SELECT p.bulletin_id, p.part, p.html, p.plain, p.keyboard, p.carries
FROM bulletin_parts p
JOIN ROWS(:rows, bulletin BIGINT, part BIGINT) ON p.bulletin_id = v.bulletin AND p.part = v.part
"""


async def _claimed(conn: Connection, found: _Sorting, token: str, now: int) -> list[Claimed]:
    wanted = sorted({(row.bulletin_id, row.next_part) for row, _ in found.taken})
    rows = await fetch(conn, PARTS, {"rows": pack(wanted)})
    parts = {
        (bulletin_id, part): (
            html,
            plain,
            json.loads(keyboard) if keyboard else None,
            tuple(json.loads(carries)),
        )
        for bulletin_id, part, html, plain, keyboard, carries in rows
    }
    claimed = []
    for row, slot_at in found.taken:
        html, plain, keyboard, carries = parts[row.bulletin_id, row.next_part]
        claimed.append(
            Claimed(
                id=row.id,
                token=token,
                occasion_id=row.occasion_id,
                chat_id=row.chat_id,
                tg_id=row.tg_id,
                kind="private" if row.kind == "private" else "group",
                thread_id=row.thread_id,
                language=row.language,
                slot_at=slot_at,
                delay=slot_at - now,
                bulletin_id=row.bulletin_id,
                revision=row.revision,
                part=row.next_part,
                parts=row.parts,
                preface=row.preface if row.next_part == 0 else "",
                html=html,
                plain=plain,
                keyboard=keyboard,
                carries=carries,
                attempts=row.attempts,
                expires_at=row.expires_at,
            )
        )
    return claimed
