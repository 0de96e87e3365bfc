"""A desk for the newsroom's tests: real files, a real database, a clock moved by hand."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import insert, select

from bot.clock import ManualClock, micros
from bot.newsroom.build import Builder
from bot.newsroom.compose import Brief, Composer
from bot.newsroom.due import Hour, find_zone, next_slot, read_minute
from bot.newsroom.guard import ClockGuard
from bot.newsroom.manual import Manual
from bot.newsroom.publish import Publisher
from bot.newsroom.rounds import Rounds
from bot.render.message import Para, Text, View
from bot.store import bulletins, chats, deliveries, subscriptions
from bot.store.chats import Chat, Empty
from bot.store.database import Database
from bot.store.subscriptions import Subscription
from bot.store.tables import chats as people
from bot.store.tables import deliveries as ledger
from bot.store.tables import subscriptions as wishes
from bot.text import Words

LANGUAGES = ("de", "en")
"""Those that this desk has a catalogue of."""

MONDAY = datetime(2025, 11, 24, 2, tzinfo=UTC)
"""07:00 in Almaty, an hour before the morning brief."""

SOURCE = """\
source: report
file: report.txt
sha256: "0000000000000000000000000000000000000000000000000000000000000000"
title: A report
name: the report
published: 2025-11-20
day: 20 November 2025
as_of: 2025-11-20
facts:
  1: {paragraph: 1, kind: figure, says: "{value} in 2024.", value: 40, unit: tons, period: 2024}
  2: {paragraph: 2, kind: statement, says: "The harbour is open."}
"""

HARBOUR = """\
dossier: harbour
command: harbour
title: The harbour
menu: What passes the harbour
lead: The harbour handled {freight@2024} last year.
figures:
  freight:
    name: Freight of the harbour
    unit: tons
    observations:
      - {period: 2024, value: 40, fact: report.1}
sections:
  state:
    title: State of the harbour
    text: It is open.
    fact: report.2
"""

EDITIONS = """\
editions:
  daily:
    title: Morning brief
    menu: Every working day
    time: "08:00"
    days: mon-fri
    late: 3h
    blocks:
      - {changes: true}
      - {title: Harbour, figures: [harbour.freight@2024]}
  evening:
    title: Evening brief
    menu: Every evening
    time: "18:00"
    days: mon-sun
    late: 3h
    blocks:
      - {title: Harbour, figures: [harbour.freight@2024]}
"""

WORDS = """\
late = "meant for {meant}, sent at {sent}"
unsure = "The last {title} may not have reached you: /latest"
lapsed = "The last {title} did not reach you in time: /latest"
nothing_new = "{title}: nothing new since {day}."
files_wrong = "The files hold mistakes; revision {number} stays in use."
files_failed = "Reading the files fails ({error}); revision {number} stays."
files_right = "The files are right again; revision {number} is in use."
build_failed = "{edition} ({variant}) could not be built: {error}"
no_zone = "There is no time zone {zone}."
slot_failed = "{edition} at {hour} ({zone}) fails: {error}"
clock_jumped = "The clock moved by {minutes} minutes."
clock_settled = "The clock agrees with itself again."
clock_wrong = "The clock says {ours}, Telegram's {theirs}."
clock_mended = "The clock agrees with Telegram's again."
backlog = "{number} messages take {hours} hours."
missed = {one = "The {title} of {day} was missed.", other = "{count} were missed, last {day}."}
files_more = {one = "And {count} more.", other = "And {count} more."}
"""


def english(_language: str = "en") -> Words:
    sentences = {f"newsroom.{key}": text for key, text in tomllib.loads(WORDS).items()}
    sentences |= {
        "dates.day": "d MMMM y",
        "dates.day_without_year": "d MMMM",
        "dates.weekday": "EEEE DAY",
    }
    return Words("en", sentences)


def plain_view(brief: Brief, words: Words) -> View:
    """A bare edition: its title and day, what changed, the topics asked for."""
    changes = "; ".join(f"{change.kind} {change.title}" for change in brief.changes)
    lines = [
        f"{brief.edition.title}, {words.day(brief.today)}, revision {brief.revision}",
        *([f"since {brief.since}: {changes}"] if changes else []),
        *([f"on {', '.join(brief.variant.topics)}"] if brief.variant.topics else []),
        f"{brief.variant.language} {brief.variant.length}",
    ]
    return View(tuple(Para((Text(line),)) for line in lines))


@dataclass
class Desk:
    """Everything that a round needs. `owed` lists the ledger, `texts` what would be sent."""

    folder: Path
    clock: ManualClock
    database: Database
    told: list[str] = field(default_factory=list)
    woken: int = 0
    owed: asyncio.Event = field(default_factory=asyncio.Event)
    write: Callable[[Brief, Words], View] = plain_view

    def __post_init__(self) -> None:
        self.briefings = self.folder / "briefings"
        self.seeds = self.folder / "seeds"
        self.briefings.mkdir(exist_ok=True)
        self.seeds.mkdir(exist_ok=True)
        self.save("seeds/report.yaml", SOURCE)
        self.save("briefings/harbour.yaml", HARBOUR)
        self.save("briefings/editions.yaml", EDITIONS)
        self.build()

    def build(
        self,
        step: Callable[[str], None] = lambda _: None,
        chunk: int = 2000,
        rate: float = 25.0,
    ) -> None:
        """New objects over the same database, as after a restart."""
        self.publisher = Publisher(
            self.database,
            self.clock,
            briefings=self.briefings,
            seeds=self.seeds,
            words=english(),
            tell_admins=self.tell,
        )
        composer = Composer(self._view, english)
        self.builder = Builder(self.database, self.clock, self.publisher, composer, self.tell)
        self.guard = ClockGuard(self.clock, self.clock.monotonic)
        self.rounds = Rounds(
            self.database,
            self.clock,
            self.publisher,
            self.builder,
            words=english,
            tell_admins=self.tell,
            guard=self.guard,
            on_owed=self.wake,
            rate=rate,
            chunk=chunk,
            languages=LANGUAGES,
            step=step,
        )
        self.manual = Manual(
            self.database, self.clock, self.publisher, self.builder, on_owed=self.wake
        )
        self.publisher.on_accept.append(lambda _: self.builder.renew())

    def save(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")

    def _view(self, brief: Brief, words: Words) -> View:
        return self.write(brief, words)

    async def tell(self, text: str) -> None:
        self.told.append(text)

    def wake(self) -> None:
        self.woken += 1
        self.owed.set()

    async def restart(
        self, step: Callable[[str], None] = lambda _: None, chunk: int = 2000
    ) -> None:
        self.build(step, chunk)
        await self.publisher.accept()

    async def chat(
        self, number: int, *, language: str = "en", empty: Empty = "line", zone: str | None = None
    ) -> Chat:
        now = micros(self.clock.now())
        async with self.database.write() as conn:
            made = await chats.ensure(
                conn, tg_id=number, kind="private", title="", language=language, now=now
            )
            await chats.set_fields(conn, made.id, now=now, empty=empty, zone=zone)
            found = await chats.find(conn, number)
        assert found is not None
        return found

    async def subscribe(
        self,
        chat: Chat,
        hour: str = "08:00",
        zone: str = "Asia/Almaty",
        *,
        edition: str = "daily",
        days: int = 0b0011111,
        topics: tuple[str, ...] = (),
        change: int | None = None,
        leaving: subscriptions.Leaving | None = None,
    ) -> Subscription:
        place = find_zone(zone)
        assert place is not None
        slot = next_slot(Hour(read_minute(hour), days, place), self.clock.now())
        async with self.database.write() as conn:
            return await subscriptions.put(
                conn,
                chat_id=chat.id,
                edition=edition,
                now=micros(self.clock.now()),
                topics=topics,
                minute=read_minute(hour),
                days=days,
                zone=zone,
                next_at=micros(slot.at),
                next_date=slot.day,
                change=change,
                leaving=leaving,
            )

    async def crowd(self, count: int) -> None:
        """So many readers of the morning brief, with the numbers from 1."""
        now = micros(self.clock.now())
        first = await self.subscribe(await self.chat(1))
        others = range(2, count + 1)
        shared = {"created_at": now, "updated_at": now}
        async with self.database.write() as conn:
            await conn.execute(
                insert(people), [{"tg_id": one, "kind": "private", **shared} for one in others]
            )
            wish = {
                "edition": "daily",
                "cohort_id": first.cohort_id,
                "minute": 480,
                "days": 0b0011111,
                "zone": "Asia/Almaty",
                "since": now,
                **shared,
            }
            rows = await conn.execute(select(people.c.id).where(people.c.tg_id > 1))
            await conn.execute(insert(wishes), [{"chat_id": row[0], **wish} for row in rows])

    async def until(self, text: str) -> None:
        """Let time pass to `25 08:00`, a day and hour in Almaty, with rounds up to the hour."""
        while (left := self.seconds_to(text)) > 0:
            await self.clock.advance(left - 90 if left > 200 else min(15, left))
            await self.rounds.tick()

    async def sleep_until(self, text: str) -> None:
        """Let time pass without a round, as while the bot is down."""
        await self.clock.advance(self.seconds_to(text))

    def seconds_to(self, text: str) -> float:
        """Seconds until `25 08:00`, a day of November and an hour in Almaty."""
        day, _, hour = text.partition(" ")
        minute = read_minute(hour)
        almaty = find_zone("Asia/Almaty")
        goal = datetime(2025, 11, int(day), minute // 60, minute % 60, tzinfo=almaty)
        return (goal - self.clock.now()).total_seconds()

    async def claim(self, *, arrives: bool = True) -> list[deliveries.Claimed]:
        """What the worker would send now; all of it is sent, or nobody knows."""
        now = micros(self.clock.now())
        taken: list[deliveries.Claimed] = []
        while True:
            async with self.database.write() as conn:
                batch = await deliveries.claim(
                    conn,
                    now=now,
                    token=f"test-{now}-{len(taken)}",
                    limit=500,
                    lease=60_000_000,
                    interval=1,
                    horizon=10_000,
                )
                await deliveries.mark(conn, [one.id for one in batch], _token(batch), now, 1)
                end: Literal["sent", "unknown"] = "sent" if arrives else "unknown"
                sent = [
                    deliveries.Outcome(one.id, one.token, one.part, end, message_id=one.id)
                    for one in batch
                ]
                await deliveries.settle(conn, sent, now)
            if not batch:
                return taken
            taken += batch

    async def texts(self) -> list[str]:
        """What is sent now, with the line before it."""
        return ["\n".join(filter(None, (one.preface, one.plain))) for one in await self.claim()]

    async def states(self) -> dict[str, int]:
        async with self.database.read() as conn:
            return await deliveries.counts(conn)

    async def dates(self) -> list[tuple[int, str, str]]:
        """The ledger: subscription, local date and state of each delivery."""
        columns = (ledger.c.subscription_id, ledger.c.local_date, ledger.c.state)
        async with self.database.read() as conn:
            rows = await conn.execute(select(*columns).order_by(ledger.c.id))
            return [(int(row[0]), str(row[1]), str(row[2])) for row in rows]

    async def bulletins(self) -> dict[str, int]:
        async with self.database.read() as conn:
            return await bulletins.counts(conn)


def _token(batch: list[deliveries.Claimed]) -> str:
    return batch[0].token if batch else ""
