"""Deliveries of which nobody knows whether they arrived: listed, sent once more, or let rest."""

from __future__ import annotations

from typing import Literal

from bot import telemetry
from bot.newsroom.audience import GRACE
from bot.newsroom.office import Office
from bot.newsroom.send import micros_of
from bot.store import deliveries, repeats
from bot.store.deliveries import Held

log = telemetry.logger(__name__)

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


async def repeat_doubts(office: Office) -> int:
    """Send once more what may not have arrived of the editions that ask for it (`ambiguous:
    resend`); returns how many. Each is repeated once, while it is in time, and says so."""
    editions = [
        name
        for name, edition in office.publisher.current.library.editions.items()
        if edition.ambiguous == "resend"
    ]
    if not editions:
        return 0
    async with office.database.read() as conn:
        languages = await repeats.languages(conn, editions, office.now)
    if not languages:
        return 0
    said = {language: office.words(language)("operate.again") for language in languages}
    async with office.database.write() as conn:
        done = await repeats.repeat(conn, editions, said, office.now)
    if done:
        log.warning("What may not have arrived is sent once more.", action="repeat", count=done)
        office.on_owed()
    return done
