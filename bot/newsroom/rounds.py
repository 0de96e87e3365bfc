"""The round that is made at each tick: whose hour has come, and what is owed to them.

    cohort due ─▶ occasion ─▶ a bulletin for each variant ─▶ deliveries ─▶ cohort moved on

Bulletins are built ahead of the hour, what is owed is written at it: until then a reader may
still change their mind, and a new revision its words. Each arrow is a transaction of its own and
may be repeated: occasions are unique by their key, bulletins by variant, deliveries by
subscription and date. A process that dies anywhere is followed up by the next round.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot import telemetry
from bot.clock import Clock, micros, moment
from bot.content.model import Edition
from bot.errors import StoreError
from bot.newsroom.build import Builder
from bot.newsroom.compose import FindWords
from bot.newsroom.due import (
    Hour,
    Slot,
    due,
    find_zone,
    next_slot,
    renew_slot,
)
from bot.newsroom.guard import ClockGuard
from bot.newsroom.preface import write_prefaces
from bot.newsroom.publish import Publisher, TellAdmins
from bot.newsroom.slots import before, ensure_slot, late_limit
from bot.store import cohorts, occasions
from bot.store.cohorts import CHUNK, Cohort
from bot.store.database import Database, read_meta, take_tick, write_meta
from bot.store.occasions import Occasion, Served

log = telemetry.logger(__name__)

AHEAD = timedelta(seconds=60)
DAY = timedelta(days=1)

Step = Callable[[str], None]
"""Told the name of each step as it is passed; tests raise in it, as a process dies."""


@dataclass
class Round:
    """What one round did. `next_at` is when the next hour comes, if any does.

    `skipped` counts the slots that were not sent, by reason: late, coalesced, gone, failed.
    `is_whole` is False where another process was at it, something failed, or the clock is not
    believed.
    """

    owed: int = 0
    built: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    next_at: datetime | None = None
    is_whole: bool = True

    def skip(self, reason: str) -> None:
        self.skipped[reason] = self.skipped.get(reason, 0) + 1


class Rounds:
    """Makes rounds. `on_owed` is called when deliveries were written (the worker's `wake`);
    `languages` are those that bulletins are written in, by default those with a catalogue."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        publisher: Publisher,
        builder: Builder,
        *,
        words: FindWords,
        tell_admins: TellAdmins,
        guard: ClockGuard | None = None,
        on_owed: Callable[[], None] = lambda: None,
        rate: float = 25.0,
        chunk: int = CHUNK,
        languages: tuple[str, ...] | None = None,
        step: Step = lambda _: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._publisher = publisher
        self._builder = builder
        self._words = words
        self._tell_admins = tell_admins
        self.guard = ClockGuard(clock) if guard is None else guard
        self._on_owed = on_owed
        self._rate = rate
        self._chunk = chunk
        self._languages = languages
        self._step = step
        self._opened: set[tuple[int, int]] = set()
        self._unknown_zones: set[str] = set()
        self._spoilt: dict[int, int | None] = {}

    async def tick(self) -> Round:
        """Make one round. May be called at any time and as often as wanted."""
        done = Round()
        if not await self._is_clock_right():
            done.is_whole = False
            return done
        await self._plan()
        await self._serve_due(done)
        if done.owed:
            await self._warn(done.owed)
        upcoming = await self._open_ahead()
        done.built += await self._builder.build_waiting(upcoming)
        async with self._database.read() as conn:
            earliest = await cohorts.earliest(conn)
        done.next_at = None if earliest is None else moment(earliest)
        return done

    # --- the hour has come -----------------------------------------------------------------

    async def _serve_due(self, done: Round) -> None:
        failed: set[int] = set()
        served = True
        while served:
            now = self._clock.now()
            async with self._database.read() as conn:
                due_now = await cohorts.due(conn, micros(now), 100 + len(failed))
            found = [cohort for cohort in due_now if cohort.id not in failed]
            served = bool(found)
            for cohort in found:
                [result] = await asyncio.gather(
                    self._serve(cohort, now, done), return_exceptions=True
                )
                if result is True:
                    self._spoilt.pop(cohort.id, None)
                    continue
                done.is_whole = False
                if result is False:
                    return
                await self._pass_over(cohort, result)
                failed.add(cohort.id)
                done.skip("failed")

    async def _pass_over(self, cohort: Cohort, error: BaseException) -> None:
        """One cohort that fails must not keep the others from theirs; it is tried again."""
        if isinstance(error, StoreError) or not isinstance(error, Exception):
            raise error
        if self._spoilt.get(cohort.id, 0) == cohort.next_at:
            return
        self._spoilt[cohort.id] = cohort.next_at
        log.error(
            "A cohort could not be served.", action="slot failed", cohort=cohort.id, exc_info=error
        )
        words = self._words("en")
        hour = words.clock(cohort.minute)
        await self._tell_admins(
            words(
                "newsroom.slot_failed",
                edition=cohort.edition,
                hour=hour,
                zone=cohort.zone,
                error=error,
            )
        )

    async def _serve(self, cohort: Cohort, now: datetime, done: Round) -> bool:
        """Owe the cohort what is due, and move it on. False if another process is at it."""
        if cohort.next_at is None or cohort.next_date is None:
            return False
        slot = Slot(cohort.next_date, moment(cohort.next_at))
        hour = await self._hour(cohort)
        if hour is None:
            done.skip("zone")
            return await self._advance(cohort, Slot(slot.day + DAY, slot.at + DAY))
        edition = self._publisher.current.library.editions.get(cohort.edition)
        answer = due(slot, hour, now, late_limit(edition))
        late = tuple(skip.slot for skip in answer.skipped if skip.reason == "late")
        for skip in answer.skipped:
            done.skip(skip.reason)
        if answer.skipped:
            log.warning(
                "Hours have passed that are not sent any more.",
                action="skipped",
                edition=cohort.edition,
                cohort=cohort.id,
                count=len(answer.skipped),
            )
        if edition is None:
            done.skip("gone")
        elif answer.slot is not None:
            if not await self._owe(cohort, edition, answer.slot, hour, done, late):
                return False
        elif late and not await self._owe(cohort, edition, late[-1], hour, done):
            # It expires at once, so that the next edition can tell those whom it did not reach.
            return False
        return await self._advance(cohort, answer.following)

    async def _owe(
        self,
        cohort: Cohort,
        edition: Edition,
        slot: Slot,
        hour: Hour,
        done: Round,
        missed: tuple[Slot, ...] = (),
    ) -> bool:
        """Write down what is owed for one slot, in short transactions. False if interrupted."""
        opened = await self.open_slot(cohort, edition, slot)
        if opened is None:
            return True
        occasion, languages, since = opened
        if occasion.state == "stopped":
            return True
        self._step("opened")
        done.built += await self._builder.build_all(occasion)
        self._step("built")
        prefaces = write_prefaces(
            self._words,
            languages,
            title=edition.title,
            slot=slot,
            hour=hour,
            now=self._clock.now(),
            missed=missed,
        )
        after: int | None = 0
        while after is not None:
            async with self._database.write() as conn:
                if not await take_tick(conn):
                    return False
                seen = await occasions.get(conn, occasion.id)
                if seen is not None and seen.state == "stopped":
                    return True
                fan = await cohorts.fan_out(
                    conn,
                    occasion,
                    now=micros(self._clock.now()),
                    after=after,
                    limit=self._chunk,
                    since=since,
                    prefaces=prefaces.all,
                    apologies=prefaces.unsure,
                    missed=prefaces.lapsed,
                    languages=self._languages,
                )
                self._step("owing")
            after = fan.after
            done.owed += fan.owed
            if fan.owed:
                self._on_owed()
            self._step("owed")
        return True

    async def _advance(self, cohort: Cohort, slot: Slot) -> bool:
        async with self._database.write() as conn:
            if not await take_tick(conn):
                return False
            await cohorts.advance(conn, cohort.id, cohort.next_at, micros(slot.at), slot.day)
            self._step("advancing")
        return True

    # --- ahead of the hour -----------------------------------------------------------------

    async def _open_ahead(self) -> datetime | None:
        """Open the occasions of the next minute; returns when the first of them is due."""
        now = self._clock.now()
        async with self._database.read() as conn:
            found = await cohorts.due(conn, micros(now + AHEAD), limit=10_000)
        ahead = [item for item in found if item.next_at is not None and item.next_date is not None]
        first = next((item.next_at for item in ahead if item.next_at is not None), None)
        known = self._opened
        self._opened = set()
        for cohort in ahead:
            if cohort.next_at is None or cohort.next_date is None:
                continue
            if first is not None and micros(now) < first <= micros(self._clock.now()):
                # Whose hour has come goes before those that may still be got ready.
                break
            mark = (cohort.id, cohort.next_at)
            edition = self._publisher.current.library.editions.get(cohort.edition)
            if mark not in known and edition is not None:
                slot = Slot(cohort.next_date, moment(cohort.next_at))
                [result] = await asyncio.gather(
                    self.open_slot(cohort, edition, slot), return_exceptions=True
                )
                if isinstance(result, BaseException):
                    await self._pass_over(cohort, result)
            self._opened.add(mark)
        return None if first is None else moment(first)

    async def open_slot(
        self, cohort: Cohort, edition: Edition, slot: Slot
    ) -> tuple[Occasion, tuple[str, ...], Served | None] | None:
        """The slot's occasion with a row for each bulletin, their languages, and the slot before.

        None where nobody wants it.
        """
        due_at = micros(slot.at)
        async with self._database.write() as conn:
            since = await before(conn, cohort, slot)
            variants = await cohorts.variants(conn, cohort.id, due_at, since, self._languages)
            if not variants:
                return None
            occasion = await ensure_slot(conn, cohort, edition, slot, self._clock.now())
            await self._builder.open(conn, occasion, variants)
            self._step("opening")
        return occasion, tuple(sorted({variant.language for variant in variants})), since

    # --- planning --------------------------------------------------------------------------

    async def _plan(self) -> None:
        """Give a first hour to cohorts that were made without one."""
        now = self._clock.now()
        planned: set[int] = set()
        while True:
            async with self._database.read() as conn:
                found = await cohorts.unplanned(conn)
            fresh = [cohort for cohort in found if cohort.id not in planned]
            if not fresh:
                return
            for cohort in fresh:
                planned.add(cohort.id)
                hour = await self._hour(cohort)
                if hour is not None:
                    await self._advance(cohort, next_slot(hour, now))

    async def renew_zones(self, version: str) -> int:
        """After an update of the time zone rules: move what is to come; returns how many moved.

        `version` names the rules; those of the last start are remembered.
        """
        async with self._database.read() as conn:
            if await read_meta(conn, "tzdata") == version:
                return 0
        now, moved, after, page = self._clock.now(), 0, 0, True
        while page:
            async with self._database.read() as conn:
                found = await cohorts.listed(conn, after)
            page = bool(found)
            for cohort in found:
                after = cohort.id
                hour = await self._hour(cohort)
                if hour is None or cohort.next_at is None or cohort.next_date is None:
                    continue
                old = Slot(cohort.next_date, moment(cohort.next_at))
                new = renew_slot(old, hour, now)
                if new != old and await self._advance(cohort, new):
                    moved += 1
        async with self._database.write() as conn:
            await write_meta(conn, "tzdata", version)
        if moved:
            log.info("Time zone rules have changed.", action="zones", version=version, moved=moved)
        return moved

    async def _hour(self, cohort: Cohort) -> Hour | None:
        zone = find_zone(cohort.zone)
        if zone is not None:
            return Hour(cohort.minute, cohort.days, zone)
        if cohort.zone not in self._unknown_zones:
            self._unknown_zones.add(cohort.zone)
            await self._tell_admins(self._words("en")("newsroom.no_zone", zone=cohort.zone))
        return None

    # --- the clock, the queue --------------------------------------------------------------

    async def _is_clock_right(self) -> bool:
        look = self.guard.look()
        if look == "jumped":
            log.error("The clock jumped.", action="clock", seconds=self.guard.jump.total_seconds())
            minutes = round(self.guard.jump.total_seconds() / 60)
            await self._tell_admins(self._words("en")("newsroom.clock_jumped", minutes=minutes))
        elif look == "wrong":
            ours, theirs, words = self._clock.now(), self.guard.theirs, self._words("en")
            log.error("The clock is wrong.", action="clock", ours=str(ours), theirs=str(theirs))
            said = {"ours": words.stamp(ours), "theirs": words.stamp(theirs)}
            await self._tell_admins(words("newsroom.clock_wrong", **said))
        elif look == "settled":
            await self._tell_admins(self._words("en")("newsroom.clock_settled"))
        elif look == "mended":
            await self._tell_admins(self._words("en")("newsroom.clock_mended"))
        return look in ("steady", "settled", "mended")

    async def _warn(self, owed: int) -> None:
        """Tell the admins ahead of time that not all can be sent before it is too late."""
        grace = min(
            (late_limit(item) for item in self._publisher.current.library.editions.values()),
            default=timedelta(hours=3),
        )
        needed = timedelta(seconds=owed / self._rate)
        if needed > grace:
            hours = round(needed / timedelta(hours=1), 1)
            words = self._words("en")
            await self._tell_admins(words("newsroom.backlog", number=owed, hours=hours))
