"""One slot of a cohort: its occasion, and what it owes to a member who leaves before its round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.clock import micros, moment
from bot.content.library import Library
from bot.content.model import Edition
from bot.newsroom.build import last_served, slot_key
from bot.newsroom.compose import FindWords
from bot.newsroom.due import Hour, Slot, due, find_zone, read_span
from bot.newsroom.preface import write_prefaces
from bot.store import chats, cohorts, holds, occasions
from bot.store.cohorts import Cohort
from bot.store.database import Connection
from bot.store.occasions import Occasion, Served
from bot.store.subscriptions import Subscription


def late_limit(edition: Edition | None) -> timedelta:
    """How late an edition is still sent."""
    return timedelta(hours=3) if edition is None else read_span(edition.late)


async def ensure_slot(
    conn: Connection, cohort: Cohort, edition: Edition, slot: Slot, now: datetime
) -> Occasion:
    """The slot's occasion, made if it is new, in the state that an editor said for its date."""
    key = slot_key(cohort.id, slot.day)
    return await occasions.named(conn, key) or await occasions.ensure(
        conn,
        kind="slot",
        key=key,
        edition=cohort.edition,
        cohort_id=cohort.id,
        local_date=slot.day,
        due_at=micros(slot.at),
        expires_at=micros(slot.at + late_limit(edition)),
        now=micros(now),
        state=await holds.word(conn, cohort.edition, slot.day),
    )


async def before(conn: Connection, cohort: Cohort, slot: Slot) -> Served | None:
    """The cohort's slot before this one that was served."""
    return await last_served(conn, cohort.id, slot.day)


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is owed to who leaves a cohort whose hour has come and whose round has not.

    `subscriptions.put` calls `owe` before it moves the row, in its transaction.
    """

    library: Library
    words: FindWords
    now: datetime

    async def owe(self, conn: Connection, wish: Subscription) -> date | None:
        """Owe it now, as the round would have; the date, or None where there is nothing."""
        cohort = None if wish.cohort_id is None else await cohorts.get(conn, wish.cohort_id)
        if cohort is None or cohort.next_at is None or cohort.next_date is None:
            return None
        zone, edition = find_zone(cohort.zone), self.library.editions.get(cohort.edition)
        if moment(cohort.next_at) > self.now or zone is None or edition is None:
            return None
        hour = Hour(cohort.minute, cohort.days, zone)
        planned = Slot(cohort.next_date, moment(cohort.next_at))
        slot = due(planned, hour, self.now, late_limit(edition)).slot
        reader = await chats.get(conn, wish.chat_id)
        if slot is None or reader is None:
            return None
        since = await before(conn, cohort, slot)
        occasion = await ensure_slot(conn, cohort, edition, slot, self.now)
        if occasion.state == "stopped":
            return None
        prefaces = write_prefaces(
            self.words, (reader.language,), title=edition.title, slot=slot, hour=hour, now=self.now
        )
        fan = await cohorts.fan_out(
            conn,
            occasion,
            now=micros(self.now),
            after=wish.id - 1,
            limit=1,
            since=since,
            prefaces=prefaces.all,
            apologies=prefaces.unsure,
            missed=prefaces.lapsed,
        )
        return slot.day if fan.owed else None
