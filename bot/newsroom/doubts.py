"""Deliveries of which nobody knows whether they arrived: listed, sent once more, or let rest."""

from __future__ import annotations

from typing import Literal

from bot.newsroom.audience import GRACE
from bot.newsroom.office import Office
from bot.newsroom.send import micros_of
from bot.store import deliveries
from bot.store.deliveries import Held

Answer = Literal["resend", "close"]
PAGE = 500


async def doubts(office: Office, after: int = 0, limit: int = PAGE) -> list[Held]:
    """A page of them in the order of their numbers."""
    async with office.database.read() as conn:
        return await deliveries.unknown(conn, after, limit)


async def settle_doubts(office: Office, answer: Answer) -> int:
    """Settle all that there are now; returns how many.

    What is sent once more says so in a first line: the reader may then have it twice.
    """
    done, after, page = 0, 0, await doubts(office)
    while page:
        after = page[-1].id
        ids, now = [held.id for held in page], office.now
        async with office.database.write() as conn:
            if answer == "close":
                done += await deliveries.close(conn, ids, now=now)
            else:
                done += await deliveries.resend(
                    conn,
                    ids,
                    now=now,
                    expires_at=now + micros_of(GRACE),
                    preface=office.words("en")("operate.again"),
                )
        page = await doubts(office, after)
    if answer == "resend":
        office.on_owed()
    return done
