"""Deliveries: what is owed to whom, and how far it has come.

    pending ──claim──▶ claimed ──mark──▶ sending ──settle──▶ sent, or pending for the next part
       ▲                  │                 ├──▶ pending (proof that it was not sent), dead, gone
       └──lease over──────┘                 └──answer lost, lease over──▶ unknown ──late 200──▶ sent
    pending also ends as expired (too late), gone (chat lost) or cancelled (unsubscribed, stopped).

A message is written to the wire only after `mark` was committed for it: mark is the fence that a
process which lost its lease cannot pass. `settle` may be repeated as often as needed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select, text

from bot.store.claims import Claimed, block_until, claim, spacing
from bot.store.database import Connection
from bot.store.sql import fetch, insert, pack, phrase
from bot.store.tables import deliveries

__all__ = [
    "Aloft",
    "Claimed",
    "Held",
    "Outcome",
    "Reaped",
    "aloft",
    "block_until",
    "claim",
    "close",
    "counts",
    "latest",
    "mark",
    "next_at",
    "owe",
    "reap",
    "resend",
    "settle",
    "spacing",
    "sweep",
    "unknown",
]

End = Literal["sent", "pending", "unknown", "dead", "gone", "expired", "cancelled"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one claimed part ended, told by whoever holds `token`.

    `sent` with `message_id`; if more parts follow, `next_part` is the next one's number and
    `not_before` its time. `pending` means proof that nothing was sent: again at `not_before`;
    `counted` False takes back the attempt that `mark` counted. `unknown` means that the answer
    was lost. `part` is the part that this is about, counted from 0. Times are microseconds.
    """

    id: int
    token: str
    part: int
    state: End
    message_id: int | None = None
    next_part: int | None = None
    not_before: int | None = None
    counted: bool = True
    error_class: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Reaped:
    """What a reaping found: claims given back, and sends whose end nobody knows."""

    released: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Held:
    """One delivery of which nobody knows whether it arrived, for the operator's list."""

    id: int
    tg_id: int
    title: str
    thread_id: int
    edition: str
    occasion_id: int
    occasion_key: str
    part: int
    since: int
    error: str


@dataclass(frozen=True, slots=True)
class Aloft:
    """One part that a worker which is gone had in hand, with what its receipt wants to know."""

    id: int
    token: str
    state: str
    part: int
    parts: int
    chat_id: int
    thread_id: int
    kind: str
    bulletin_id: int
    revision: int | None


async def mark(
    conn: Connection, ids: Collection[int], token: str, now: int, deadline: int
) -> set[int]:
    """Note that these are about to be sent; returns those that may be.

    Only what is still claimed by `token` and whose lease outlasts `now + deadline` (microseconds)
    passes. Send nothing before this is committed, and nothing that is not in the answer.
    """
    rows = await fetch(
        conn,
        MARK,
        {"ids": pack(list(ids)), "token": token, "now": now, "end": now + deadline},
    )
    return {row[0] for row in rows}


MARK = """
UPDATE deliveries SET state = 'sending', attempts = attempts + 1, updated_at = :now
WHERE id AMONG(:ids) AND token = :token AND state = 'claimed' AND lease_until > :end
RETURNING id
"""


async def settle(conn: Connection, outcomes: Sequence[Outcome], now: int) -> dict[int, int]:
    """Write down how sends ended; returns the ids that changed, each with its chat's of today.

    An outcome counts only for the token and part that it names, so repeating it, or telling it
    after the row went to someone else, does nothing. A late `sent` (or proof of not sent) of the
    same token also settles what the reaper had called unknown. Sent wipes the chat's strikes.
    """
    if not outcomes:
        return {}
    rows = [
        (
            one.id,
            one.token,
            one.part,
            "pending" if one.state == "sent" and one.next_part is not None else one.state,
            one.state,
            one.message_id,
            one.part if one.next_part is None else one.next_part,
            one.not_before,
            # The attempts of the next part are its own.
            0 if one.counted else 1,
            one.error_class,
            one.error[:500],
        )
        for one in outcomes
    ]
    found = await fetch(conn, SETTLE, {"rows": pack(rows), "now": now})
    done = {row[0]: row[1] for row in found}
    reached = [one.id for one in outcomes if one.state == "sent" and one.id in done]
    if reached:
        await fetch(conn, FORGIVE, {"ids": pack(reached)})
    return done


SETTLE = """
UPDATE deliveries SET
  state = v.state,
  next_part = v.next_part,
  message_id = coalesce(v.message_id, deliveries.message_id),
  not_before = coalesce(v.not_before, deliveries.not_before),
  attempts = CASE WHEN v.ended = 'sent' AND v.state = 'pending' THEN 0
    WHEN v.back = 1 AND deliveries.state <> 'claimed' THEN deliveries.attempts - 1
    ELSE deliveries.attempts END,
  lease_until = NULL,
  token = CASE WHEN v.state = 'pending' THEN NULL ELSE deliveries.token END,
  error_class = v.error_class,
  error = v.error,
  updated_at = :now
FROM ROWS(:rows, id BIGINT, token TEXT, part BIGINT, state TEXT, ended TEXT, message_id BIGINT, \
next_part BIGINT, not_before BIGINT, back BIGINT, error_class TEXT, error TEXT)
WHERE deliveries.id = v.id AND deliveries.token = v.token AND deliveries.next_part = v.part
  AND (deliveries.state = 'sending'
    OR (deliveries.state = 'claimed' AND v.ended <> 'sent' AND v.ended <> 'unknown')
    OR (deliveries.state = 'unknown' AND v.ended <> 'unknown'))
RETURNING deliveries.id, deliveries.chat_id
"""

FORGIVE = """
UPDATE chats SET strikes = 0, struck_at = NULL
WHERE strikes > 0 AND id IN (SELECT chat_id FROM deliveries WHERE id AMONG(:ids))
"""


async def reap(conn: Connection, now: int, *, everything: bool = False) -> Reaped:
    """Take back leases that are over: claimed becomes pending, sending becomes unknown.

    `everything` does so for all leases, over or not: right at the start of the only process
    there is (SQLite), whose predecessor can hold nothing any more.
    """
    bound = {"now": now, "end": 2**62 if everything else now}
    released = (await conn.execute(text(RELEASE), bound)).rowcount
    lost = (await conn.execute(text(LOSE), bound)).rowcount
    return Reaped(released, lost)


RELEASE = """
UPDATE deliveries SET state = 'pending', token = NULL, lease_until = NULL, updated_at = :now
WHERE state IN ('claimed', 'sending') AND state = 'claimed' AND lease_until <= :end
"""

# The token stays: a late answer of the same process may still tell how it ended.
LOSE = """
UPDATE deliveries SET state = 'unknown', lease_until = NULL, error_class = 'lease',
  updated_at = :now
WHERE state IN ('claimed', 'sending') AND state = 'sending' AND lease_until <= :end
"""


async def aloft(conn: Connection, tokens: Collection[str]) -> list[Aloft]:
    """What is claimed, being sent or unknown under these tokens."""
    if not tokens:
        return []
    rows = await fetch(conn, ALOFT, {"rows": pack([(token,) for token in sorted(tokens)])})
    return [Aloft(*row) for row in rows]


# Two reads, so that each finds its own small index.
ALOFT = """
WITH held AS MATERIALIZED (
  SELECT id, token, state, next_part, chat_id, thread_id, bulletin_id FROM deliveries
  WHERE state IN ('claimed', 'sending')
  UNION ALL
  SELECT id, token, state, next_part, chat_id, thread_id, bulletin_id FROM deliveries
  WHERE state = 'unknown'
)
SELECT d.id, d.token, d.state, d.next_part, coalesce(b.parts, 1), d.chat_id, d.thread_id,
  coalesce(c.kind, 'private'), d.bulletin_id, b.revision
FROM held d JOIN ROWS(:rows, token TEXT) ON d.token = v.token
LEFT JOIN bulletins b ON b.id = d.bulletin_id
LEFT JOIN chats c ON c.id = d.chat_id
ORDER BY d.id
"""


async def owe(
    conn: Connection,
    *,
    occasion_id: int,
    chat_id: int,
    bulletin_id: int,
    not_before: int,
    expires_at: int,
    now: int,
    thread_id: int = 0,
    preface: str = "",
) -> int | None:
    """Owe one chat (or topic) one bulletin; its id, or None if the occasion was owed already.

    For changes, corrections, announcements and manual sends; a cohort's slot goes through
    `cohorts.fan_out`.
    """
    made = (
        insert(conn, deliveries)
        .values(
            occasion_id=occasion_id,
            chat_id=chat_id,
            thread_id=thread_id,
            bulletin_id=bulletin_id,
            preface=preface,
            not_before=not_before,
            expires_at=expires_at,
            created_at=now,
            updated_at=now,
        )
        .on_conflict_do_nothing()
        .returning(deliveries.c.id)
    )
    key: int | None = (await conn.execute(made)).scalar_one_or_none()
    return key


async def next_at(conn: Connection) -> int | None:
    """When the next pending delivery may go out (microseconds); None if there is none."""
    at: int | None = await conn.scalar(text(NEXT))
    return at


NEXT = "SELECT min(not_before) FROM deliveries WHERE state = 'pending'"


async def counts(conn: Connection) -> dict[str, int]:
    """How many deliveries of the ledger are in each state."""
    rows = await conn.execute(select(deliveries.c.state, func.count()).group_by(deliveries.c.state))
    return {row[0]: row[1] for row in rows}


async def unknown(conn: Connection, after: int = 0, limit: int = 100) -> list[Held]:
    """Those of which nobody knows whether they arrived, a page in the order of their ids."""
    rows = await conn.execute(text(HELD), {"after": after, "limit": limit})
    return [Held(*row) for row in rows]


HELD = """
SELECT d.id, c.tg_id, c.title, d.thread_id, o.edition, o.id, o.key, d.next_part, d.updated_at,
  CASE WHEN d.error = '' THEN d.error_class ELSE d.error END
FROM deliveries d JOIN chats c ON c.id = d.chat_id JOIN occasions o ON o.id = d.occasion_id
WHERE d.state = 'unknown' AND d.id > :after ORDER BY d.id LIMIT :limit
"""


async def resend(
    conn: Connection, ids: Collection[int], *, now: int, expires_at: int, preface: str = ""
) -> int:
    """Send unknown ones once more, by an operator's word; returns how many.

    Those whose readers have unsubscribed meanwhile are cancelled.
    """
    unwanted = {"ids": pack(list(ids)), "now": now}
    await conn.execute(phrase(conn, LEAVE), unwanted)
    done = await conn.execute(
        phrase(conn, RESEND),
        {"ids": pack(list(ids)), "now": now, "expires_at": expires_at, "preface": preface},
    )
    return done.rowcount


RESEND = """
UPDATE deliveries SET state = 'pending', token = NULL, not_before = :now, expires_at = :expires_at,
  preface = CASE WHEN :preface = '' THEN preface ELSE :preface END, error_class = 'resent',
  updated_at = :now
WHERE id AMONG(:ids) AND state = 'unknown'
"""


LEAVE = """
UPDATE deliveries SET state = 'cancelled', token = NULL, error_class = 'unsubscribed',
  updated_at = :now
WHERE id AMONG(:ids) AND state = 'unknown' AND expires_at = 0
"""


async def close(conn: Connection, ids: Collection[int], *, now: int) -> int:
    """Let unknown ones rest as they are; returns how many."""
    done = await conn.execute(phrase(conn, CLOSE), {"ids": pack(list(ids)), "now": now})
    return done.rowcount


CLOSE = """
UPDATE deliveries SET state = 'dead', token = NULL, error_class = 'closed', updated_at = :now
WHERE id AMONG(:ids) AND state = 'unknown'
"""


async def sweep(conn: Connection, occasion_id: int, *, now: int, limit: int = 2000) -> int:
    """Cancel up to `limit` deliveries of a stopped occasion that are not yet on their way."""
    done = await conn.execute(text(SWEEP), {"occasion": occasion_id, "now": now, "limit": limit})
    return done.rowcount


SWEEP = """
UPDATE deliveries SET state = 'cancelled', lease_until = NULL, error_class = 'stopped',
  updated_at = :now
WHERE id IN (SELECT id FROM deliveries
    WHERE occasion_id = :occasion AND state IN ('pending', 'claimed') ORDER BY id LIMIT :limit)
  AND state IN ('pending', 'claimed')
"""


async def latest(conn: Connection, chat_id: int, thread_id: int = 0) -> int | None:
    """The bulletin that this chat was sent last (or may have been), for `/latest`."""
    found: int | None = await conn.scalar(text(LATEST), {"chat": chat_id, "thread": thread_id})
    return found


LATEST = """
SELECT bulletin_id FROM deliveries
WHERE chat_id = :chat AND thread_id = :thread AND state IN ('sent', 'unknown', 'expired')
ORDER BY id DESC LIMIT 1
"""
