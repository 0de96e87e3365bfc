"""What a worker that died had in hand, settled by those who start next."""

from __future__ import annotations

from collections import Counter

from bot.delivery.flight import Relic
from bot.delivery.ledger import Ledger
from bot.store import deliveries, receipts
from bot.store.database import Connection, Database
from bot.store.deliveries import Aloft, Outcome, spacing
from bot.store.receipts import Receipt


async def recover(database: Database, ledger: Ledger) -> Counter[str]:
    """Settle what the dead left in this machine's flight logs; how much, by its new state.

    On SQLite nobody else can hold a lease, so what no log explains is settled too: claimed goes
    back, sending becomes unknown. On PostgreSQL the leases do that in their time. Raises
    `StoreError`; the logs are kept then.
    """
    found: Counter[str] = Counter()
    relics, done = list(ledger.flight.relics()), False
    try:
        async with database.write() as conn:
            now = await ledger.now(conn)
            for relic in relics:
                found += await _settle(conn, relic, now)
            if database.engine_name == "sqlite":
                reaped = await deliveries.reap(conn, now, everything=True)
                found += Counter(pending=reaped.released, unknown=reaped.unknown)
        done = True
    finally:
        for relic in relics:
            relic.close(done=done)
    return +found


async def _settle(conn: Connection, relic: Relic, now: int) -> Counter[str]:
    if not relic.is_ours:
        return Counter()
    rows = await deliveries.aloft(conn, relic.tokens)
    outcomes = [_outcome(row, relic, now) for row in rows]
    done = await deliveries.settle(conn, outcomes, now)
    ended = [(row, one) for row, one in zip(rows, outcomes, strict=True) if row.id in done]
    await receipts.write(conn, [_receipt(row, one, now) for row, one in ended if one.message_id])
    return Counter(one.state for _, one in ended)


def _outcome(row: Aloft, relic: Relic, now: int) -> Outcome:
    fate, message = relic.fate(row.token, row.id, row.part)
    if fate == "open":
        return Outcome(row.id, row.token, row.part, "unknown", error_class="crash")
    if fate != "arrived":
        return Outcome(row.id, row.token, row.part, "pending", counted=False)
    if row.part + 1 >= row.parts:
        return Outcome(row.id, row.token, row.part, "sent", message)
    return Outcome(
        row.id,
        row.token,
        row.part,
        "sent",
        message,
        next_part=row.part + 1,
        not_before=now + spacing(row.kind),
    )


def _receipt(row: Aloft, outcome: Outcome, now: int) -> Receipt:
    return Receipt(
        chat_id=row.chat_id,
        thread_id=row.thread_id,
        message_id=outcome.message_id or 0,
        revision=row.revision or 0,
        place="bulletin",
        sent_at=now,
        bulletin_id=row.bulletin_id,
        part=row.part,
    )
