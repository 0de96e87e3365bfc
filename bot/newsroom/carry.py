"""What follows from a word over an occasion, brought to its end though the process dies in between.

    word and note, one transaction ──▶ held ones are let go, or what waits is cancelled ──▶ no note

A start looks for notes that are left. All of it may be done twice, by two processes at once.
"""

from __future__ import annotations

from bot import telemetry
from bot.clock import micros, moment
from bot.newsroom.due import Hour, Slot, find_zone
from bot.newsroom.office import Office
from bot.newsroom.preface import write_prefaces
from bot.store import cohorts, deliveries, holds, occasions
from bot.store.occasions import Occasion

log = telemetry.logger(__name__)


async def carry_out(office: Office, said: Occasion) -> None:
    """Do what the word over `said` means for all that is owed on it, in short transactions."""
    async with office.database.read() as conn:
        numbers = await holds.slots(conn, said) if holds.is_word(said) else [said.id]
    for number in numbers:
        if said.state == "open":
            await _let_go(office, number)
        elif said.state == "stopped":
            await _sweep(office, number)
    async with office.database.write() as conn:
        await holds.settle(conn, said)
    office.on_owed()


async def resume_words(office: Office) -> int:
    """Carry out what a process that died left; returns how many words that were."""
    async with office.database.read() as conn:
        found = [
            said
            for number in await holds.unsettled(conn)
            if (said := await occasions.get(conn, number)) is not None
        ]
    for said in found:
        log.warning("An editor's word is carried out.", action="resume", occasion=said.key)
        await carry_out(office, said)
    return len(found)


async def _let_go(office: Office, slot_id: int) -> None:
    """Call for what was held of one slot; it says at which hour it was meant to come."""
    async with office.database.read() as conn:
        slot = await occasions.get(conn, slot_id)
        languages = await holds.languages(conn, slot_id)
        cohort = None
        if slot is not None and slot.cohort_id is not None:
            cohort = await cohorts.get(conn, slot.cohort_id)
    zone = None if cohort is None else find_zone(cohort.zone)
    if slot is None or slot.local_date is None or cohort is None or zone is None or not languages:
        return
    now = office.clock.now()
    prefaces = write_prefaces(
        office.words,
        languages,
        title="",
        slot=Slot(slot.local_date, moment(slot.due_at)),
        hour=Hour(cohort.minute, cohort.days, zone),
        now=now,
    )
    said = {language: prefaces.all.get(language, "") for language in languages}
    going = 1
    while going:
        async with office.database.write() as conn:
            going = await holds.let_go(conn, slot_id, said, now=micros(now), due_at=slot.due_at)


async def _sweep(office: Office, number: int) -> None:
    """Cancel what waits. Who did not get it is told next time what changed since their last."""
    swept = 1
    while swept:
        async with office.database.write() as conn:
            swept = await deliveries.sweep(conn, number, now=office.now)
    returned = 1
    while returned:
        async with office.database.write() as conn:
            returned = await holds.give_back(conn, number)
