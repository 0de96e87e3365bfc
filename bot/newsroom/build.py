"""Building bulletins: once for each variant of an occasion, tried a few times, then given up.

An attempt is counted before it is made, so that a text which kills the process is given up
like one that only raises an error, and the others go out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot import telemetry
from bot.clock import Clock, micros, moment
from bot.errors import StoreError
from bot.newsroom.compose import Brief, Composed, Composer, on_topics
from bot.newsroom.publish import Publisher, TellAdmins
from bot.store import bulletins, deliveries, occasions, revisions
from bot.store.bulletins import TRIES, Bulletin, Variant
from bot.store.database import Connection, Database
from bot.store.occasions import Occasion, Served

log = telemetry.logger(__name__)

RETRIES = (timedelta(seconds=5), timedelta(seconds=20), timedelta(seconds=60))
COMPOSE_SECONDS = 20.0
UNCOUNTED = 1_000_000
"""So many tries that the store never gives up by itself: we do."""
LOOK_BACK = 14
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Before:
    """The last slot of a cohort that was sent: its revision, its date and its moment."""

    revision: int
    day: date
    at: datetime


class Builder:
    """Turns bulletins that are `building` into finished messages."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        publisher: Publisher,
        composer: Composer,
        tell_admins: TellAdmins,
    ) -> None:
        self._database = database
        self._clock = clock
        self._publisher = publisher
        self._composer = composer
        self._tell_admins = tell_admins

    async def open(self, conn: Connection, occasion: Occasion, variants: Sequence[Variant]) -> None:
        """Make a row for each variant, to be built."""
        for variant in variants:
            await bulletins.ensure(conn, occasion.id, variant)

    async def build_all(self, occasion: Occasion) -> int:
        """Build what waits of one occasion now; returns how many are finished by this."""
        async with self._database.read() as conn:
            found = await bulletins.of(conn, occasion.id)
        now = micros(self._clock.now())
        waiting = [item for item in found if item.state == "building" and item.retry_at <= now]
        return sum([await self._build(item, occasion) for item in waiting])

    async def build_waiting(self, until: datetime | None = None) -> int:
        """Build all that waits, the longest waiting first, but begin none after `until`."""
        built = 0
        async with self._database.read() as conn:
            waiting = await bulletins.building(conn, micros(self._clock.now()))
        for item in waiting:
            if until is not None and self._clock.now() >= until:
                break
            async with self._database.read() as conn:
                occasion = await occasions.get(conn, item.occasion_id)
            if occasion is not None:
                built += await self._build(item, occasion)
        return built

    async def renew(self) -> None:
        """After a new revision: build anew what nobody has got yet, and what had failed.

        What is owed of an edition that is no more is cancelled.
        """
        now = micros(self._clock.now())
        editions = self._publisher.current.library.editions
        after, is_more = 0, True
        while is_more:
            async with self._database.read() as conn:
                page = await occasions.running(conn, now, after)
            is_more = bool(page)
            for occasion in page:
                after = occasion.id
                if occasion.edition in editions:
                    await self._renew(occasion)
                else:
                    await self._stop(occasion, now)

    async def _renew(self, occasion: Occasion) -> None:
        async with self._database.read() as conn:
            old = [
                item.id
                for item in await bulletins.of(conn, occasion.id)
                if item.revision != self._publisher.number
                and item.state in ("ready", "empty", "failed")
            ]
        for number in old:
            async with self._database.write() as conn:
                await bulletins.rebuild(conn, number)

    async def _stop(self, occasion: Occasion, now: int) -> None:
        async with self._database.write() as conn:
            await occasions.stop(conn, occasion.id)
        cancelled, swept = 0, 1
        while swept:
            async with self._database.write() as conn:
                swept = await deliveries.sweep(conn, occasion.id, now=now)
            cancelled += swept
        log.warning(
            "An edition was removed; what was owed of it is cancelled.",
            action="edition gone",
            edition=occasion.edition,
            count=cancelled,
        )

    async def _build(self, bulletin: Bulletin, occasion: Occasion) -> bool:
        """One attempt; True when the bulletin is finished by it."""
        if bulletin.attempts >= TRIES:
            await self._give_up(bulletin, occasion, bulletin.error)
            return False
        now = self._clock.now()
        retry_at = micros(now + RETRIES[min(bulletin.attempts, len(RETRIES) - 1)])
        async with self._database.write() as conn:
            await bulletins.fail(
                conn,
                bulletin.id,
                "The process ended while this was built.",
                retry_at=retry_at,
                tries=UNCOUNTED,
            )
        [result] = await asyncio.gather(
            asyncio.wait_for(self._compose(occasion, bulletin.variant), COMPOSE_SECONDS),
            return_exceptions=True,
        )
        if isinstance(result, tuple):
            composed, revision = result
            async with self._database.write() as conn:
                done = await bulletins.finish(
                    conn,
                    bulletin.id,
                    composed.parts,
                    revision=revision,
                    empty=composed.empty,
                )
                if revision != self._publisher.number:
                    # Another was accepted meanwhile; `renew` passed over what was building.
                    await bulletins.rebuild(conn, bulletin.id)
            return done
        if isinstance(result, StoreError) or not isinstance(result, Exception):
            raise result
        error = f"{type(result).__name__}: {result}"
        log.error(
            "A bulletin could not be built.",
            action="build failed",
            occasion=occasion.key,
            variant=bulletin.variant.key,
            attempt=bulletin.attempts + 1,
            exc_info=result,
        )
        if bulletin.attempts + 1 >= TRIES:
            await self._give_up(bulletin, occasion, error)
        return False

    async def _give_up(self, bulletin: Bulletin, occasion: Occasion, error: str) -> None:
        async with self._database.write() as conn:
            await bulletins.fail(conn, bulletin.id, error, retry_at=0, tries=1)
        words = self._composer.words("en")
        await self._tell_admins(
            words(
                "newsroom.build_failed",
                edition=occasion.edition,
                variant=bulletin.variant.key,
                error=error,
            )
        )

    async def _compose(self, occasion: Occasion, variant: Variant) -> tuple[Composed, int]:
        """The finished messages, and the revision that they were made from."""
        revision = self._publisher.current
        at = max(moment(occasion.due_at), moment(occasion.created_at))
        before = await self._before(occasion, variant)
        changed = (
            ()
            if before is None
            else await self._publisher.changes_since(before.revision, before.at, at)
        )
        library = revision.library.visible(at)
        brief = Brief(
            edition=library.editions[occasion.edition],
            library=library,
            revision=revision.number,
            variant=variant,
            today=occasion.local_date or at.date(),
            changes=on_topics(changed, variant.topics),
            since=None if before is None else before.day,
        )
        return await asyncio.to_thread(self._composer.compose, brief), revision.number

    async def _before(self, occasion: Occasion, variant: Variant) -> Before | None:
        """What the readers of this variant had before; None where they never had any."""
        if occasion.cohort_id is None or occasion.local_date is None or variant.is_new:
            return None
        async with self._database.read() as conn:
            had = variant.had or await last_served(conn, occasion.cohort_id, occasion.local_date)
            if had is None:
                return None
            day, at = had
            earlier = await occasions.named(conn, slot_key(occasion.cohort_id, day))
            if earlier is not None and at in {0, earlier.due_at}:
                known = [item for item in await bulletins.of(conn, earlier.id) if item.revision]
                known.sort(key=lambda item: item.variant.language != variant.language)
                if known and known[0].revision:
                    return Before(known[0].revision, day, moment(earlier.due_at))
            # They had it at another hour, or long ago: what was in force then is near enough.
            at = at or occasion.due_at - (occasion.local_date - day) // timedelta(microseconds=1)
            served = await revisions.at(conn, at)
        return None if served is None else Before(served.number, day, moment(at))


async def last_served(conn: Connection, cohort_id: int, day: date) -> Served | None:
    """The cohort's last slot before `day` that was served in time, within two weeks."""
    earlier = [slot_key(cohort_id, day - back * DAY) for back in range(1, LOOK_BACK + 1)]
    return await occasions.last_served(conn, earlier)


def slot_key(cohort_id: int, day: date) -> str:
    """The key of a cohort's occasion: there is one for each nominal local date."""
    return f"slot:{cohort_id}:{day.isoformat()}"
