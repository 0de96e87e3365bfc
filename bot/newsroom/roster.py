"""Subscribers moved in and out, a batch of lines in one short transaction each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.clock import micros
from bot.newsroom.checks import ChatLine, Checker, WishLine
from bot.newsroom.due import Hour, find_zone, next_slot
from bot.newsroom.lines import Form, Record, Wrong, write_chat, write_header
from bot.newsroom.office import Office
from bot.newsroom.slots import Leaving
from bot.store import chats, cohorts, roster, subscriptions
from bot.store.database import Connection
from bot.store.roster import Known, Plan, Settings, Wish
from bot.store.subscriptions import LIMIT
from bot.text import DEFAULT_LANGUAGE

BATCH = 500
"""Lines that are taken in one transaction."""
MANY = 10_000
SUPERGROUPS = -(10**12)
"""Ids of supergroups and channels lie below, those of basic groups above."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: subscriptions by what was done, chats that were new or changed.

    `left` ended here since, by the reader's own word: a file does not begin them again.
    """

    added: int
    changed: int
    same: int
    left: int
    new_chats: int
    changed_chats: int
    wrong: tuple[Wrong, ...]


async def take(office: Office, records: Sequence[Record]) -> Taken:
    """Take lines in; the good ones are kept whatever the others are. Repeating it does nothing.

    What is known here keeps its state: who has ended, paused or blocked has done so themselves.
    """
    checker = Checker(office.publisher.current.library)
    lines: list[ChatLine] = []
    wrong: list[Wrong] = []
    for record in records:
        line, passed = checker.check(record)
        wrong += passed
        if line is not None:
            lines.append(line)
    async with office.database.write() as conn:
        now = office.clock.now()
        batch = _Batch(now, Leaving(office.publisher.current.library, office.words, now))
        await batch.seat(conn, lines)
        await batch.put(conn, lines, wrong)
    if batch.added or batch.changed:
        office.on_planned()
    return Taken(
        batch.added,
        batch.changed,
        batch.same,
        batch.left,
        batch.new_chats,
        batch.changed_chats,
        tuple(wrong),
    )


class _Batch:
    """One batch in one transaction: first the chats, then what they wish."""

    def __init__(self, now: datetime, leaving: Leaving) -> None:
        self._at = now
        self._leaving = leaving
        self._now = micros(now)
        self._ids: dict[int, int] = {}
        self.added = self.changed = self.same = self.left = 0
        self.new_chats = self.changed_chats = 0

    async def seat(self, conn: Connection, lines: Sequence[ChatLine]) -> None:
        """Make the chats that are new, change those whose settings the file gives."""
        known = await roster.chats_of(conn, {line.tg_id for line in lines})
        fresh: dict[int, tuple[int, str, int, Settings]] = {}
        settings: dict[int, Settings] = {}
        for line in lines:
            tg_id, there = line.tg_id, known.get(line.tg_id)
            if there is None:
                own = _settings(fresh[tg_id][3] if tg_id in fresh else _blank(tg_id), line)
                made = line.created_at or self._now
                fresh[tg_id] = (tg_id, line.state, made, own)
            else:
                before = settings.get(tg_id, there.settings)
                # Kind and title follow Telegram, and who was shut out stays so.
                settings[tg_id] = _settings(before, line)._replace(
                    kind=there.settings.kind,
                    title=there.settings.title,
                    admitted=there.settings.admitted,
                )
        changed = [
            (known[tg_id].id, own)
            for tg_id, own in settings.items()
            if own != known[tg_id].settings
        ]
        await roster.change_chats(conn, changed, self._now)
        self._ids = {tg_id: chat.id for tg_id, chat in known.items()}
        made_now = await roster.add_chats(conn, list(fresh.values()), self._now)
        self._ids |= made_now
        if missing := set(fresh) - set(made_now):
            # Another process has met them this very moment.
            others = await roster.chats_of(conn, missing)
            self._ids |= {tg_id: chat.id for tg_id, chat in others.items()}
        self.new_chats, self.changed_chats = len(made_now), len(changed)

    async def put(self, conn: Connection, lines: Sequence[ChatLine], wrong: list[Wrong]) -> None:
        """Make and change subscriptions."""
        wanted = [
            (line, self._ids[line.tg_id], wish)
            for line in lines
            if line.tg_id in self._ids
            for wish in line.wishes
        ]
        cohorts = await roster.find_cohorts(conn, self._plans(wish for _, _, wish in wanted))
        there = await roster.wishes_of(conn, set(self._ids.values()))
        known = {wish.place: wish for wish in there}
        counts: dict[int, int] = {}
        for wish in there:
            counts[wish.chat_id] = counts.get(wish.chat_id, 0) + (wish.state != "ended")
        new: dict[tuple[int, int, str, int | None], Wish] = {}
        changed: dict[int, Wish] = {}
        for line, chat_id, asked in wanted:
            cohort = None
            if asked.minute is not None and asked.zone is not None:
                cohort = cohorts[asked.edition, asked.minute, asked.days, asked.zone]
            place = (chat_id, asked.thread_id, asked.edition, asked.minute)
            old = known.get(place)
            if old is not None:
                self._renew(old, asked, cohort, changed)
                continue
            made = self._make(chat_id, asked, cohort)
            if made.state != "ended":
                counts[chat_id] = counts.get(chat_id, 0) + 1
                if counts[chat_id] > LIMIT:
                    reason = f"would be more than {LIMIT} subscriptions for one chat"
                    wrong.append(Wrong(line.line, "", reason))
                    continue
            if place not in new:
                new[place] = made
        self.added = await roster.add_wishes(conn, list(new.values()), self._now)
        moved = {
            wish.id: wish.cohort_id
            for wish in there
            if wish.id in changed and changed[wish.id].cohort_id != wish.cohort_id
        }
        await self._owe_before_leaving(conn, moved, changed)
        await roster.change_wishes(conn, list(changed.values()), self._now)
        self.changed = len(changed)

    async def _owe_before_leaving(
        self, conn: Connection, moved: Mapping[int, int | None], changed: dict[int, Wish]
    ) -> None:
        """Those whose hour has come and who leave its cohort before the round."""
        if not moved:
            return
        due = {cohort.id for cohort in await cohorts.due(conn, self._now, MANY)}
        for number in [wish for wish, cohort in moved.items() if cohort in due]:
            wish = await subscriptions.get(conn, number)
            if wish is not None and (day := await self._leaving.owe(conn, wish)) is not None:
                changed[number] = changed[number]._replace(done_date=day.isoformat())

    def _renew(
        self, old: Wish, asked: WishLine, cohort: int | None, changed: dict[int, Wish]
    ) -> None:
        if old.state == "ended":
            if asked.fields.get("state") == "ended":
                self.same += 1
            else:
                self.left += 1
            return
        fresh = old._replace(
            topics=str(asked.fields["topics"]), cohort_id=cohort, days=asked.days, zone=asked.zone
        )
        if "length" in asked.fields:
            length = asked.fields["length"]
            fresh = fresh._replace(length=None if length is None else str(length))
        day = asked.fields.get("done_date")
        if isinstance(day, str) and (old.done_date is None or day > old.done_date):
            fresh = fresh._replace(done_date=day)
        if fresh == old:
            self.same += 1
            return
        if fresh.cohort_id != old.cohort_id:
            fresh = fresh._replace(since=self._now)
        changed[old.id] = fresh

    def _make(self, chat_id: int, asked: WishLine, cohort: int | None) -> Wish:
        blank = Wish(
            id=0,
            chat_id=chat_id,
            thread_id=asked.thread_id,
            edition=asked.edition,
            topics="",
            cohort_id=cohort,
            minute=asked.minute,
            days=asked.days,
            zone=asked.zone,
            length=None,
            state="active",
            paused_until=None,
            since=self._now,
            done_date=None,
            created_at=self._now,
        )
        return Wish._make({**blank._asdict(), **asked.fields}.values())

    def _plans(self, wishes: Iterable[WishLine]) -> list[Plan]:
        """Each cohort that is wanted, with its first hour should it be new."""
        keys = {
            (wish.edition, wish.minute, wish.days, wish.zone)
            for wish in wishes
            if wish.minute is not None and wish.zone is not None
        }
        plans = []
        for edition, minute, days, zone in sorted(keys):
            place = find_zone(zone)
            if isinstance(place, ZoneInfo):
                slot = next_slot(Hour(minute, days, place), self._at)
                at = micros(slot.at)
                plans.append(Plan(edition, minute, days, zone, at, slot.day.isoformat()))
        return plans


def _settings(before: Settings, line: ChatLine) -> Settings:
    after = Settings._make({**before._asdict(), **line.own}.values())
    return after if after.zone or not line.zone else after._replace(zone=line.zone)


def _blank(tg_id: int) -> Settings:
    """A chat of which nothing is known but its number; an operator's file lets it in."""
    kind = "private" if tg_id > 0 else "supergroup" if tg_id < SUPERGROUPS else "group"
    return Settings(kind, "", DEFAULT_LANGUAGE, None, None, None, "full", "line", 0, 1)


# --- out -----------------------------------------------------------------------------------


async def count_chats(office: Office) -> int:
    """How many chats there are to write out."""
    async with office.database.read() as conn:
        return sum((await chats.counts(conn)).values())


async def give(office: Office, form: Form) -> AsyncIterator[tuple[int, list[str]]]:
    """The file, some lines at a time, each with the number of chats done since the last."""
    if header := write_header(form):
        yield 0, [header]
    after, page = 0, list[Known]()
    while True:
        async with office.database.read() as conn:
            page = await roster.page(conn, after, BATCH)
            if not page:
                return
            wishes = await roster.wishes_of(conn, [chat.id for chat in page])
        after = page[-1].id
        theirs: dict[int, list[Wish]] = {}
        for wish in wishes:
            theirs.setdefault(wish.chat_id, []).append(wish)
        lines = [line for chat in page for line in write_chat(chat, theirs.get(chat.id, ()), form)]
        yield len(page), lines
