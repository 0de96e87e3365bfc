"""Who would get something now, and when; and writing down what they are owed, page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

from bot.clock import micros, moment
from bot.newsroom.due import find_zone, quiet_end
from bot.newsroom.office import Office, Told, say_nothing
from bot.newsroom.slots import late_limit
from bot.store import audience, bulletins, occasions
from bot.store.audience import Member, Owing
from bot.store.bulletins import Variant
from bot.store.chats import Chat
from bot.store.database import Connection
from bot.store.occasions import Occasion
from bot.text import spoken

NEAR = timedelta(hours=1)
GRACE = timedelta(hours=24)
"""How long an announcement is still sent."""
CHUNK = 500


@dataclass(slots=True)
class Audience:
    """How many places are written to: `now`, `held` until their morning, or not at all.

    `lost` are those whose forum topic is gone (the group gets it), `near` those whose own hour
    comes within an hour, `had` those who had today's. `last_at` is when the last of them wakes.
    """

    now: int = 0
    held: int = 0
    paused: int = 0
    blocked: int = 0
    lost: int = 0
    near: int = 0
    had: int = 0
    last_at: int = 0
    variants: set[Variant] = field(default_factory=set)
    days: Counter[date] = field(default_factory=Counter)

    @property
    def reached(self) -> int:
        return self.now + self.held

    @property
    def day(self) -> date | None:
        """The local date of most of them."""
        return self.days.most_common(1)[0][0] if self.days else None


class Nights:
    """When each may be written to, from one moment on: at once, or after their quiet hours."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._known: dict[tuple[str | None, int | None, int | None], int] = {}
        self._days: dict[str | None, date] = {}

    def start(self, member: Member) -> int:
        """Microseconds."""
        key = (member.zone, member.quiet_from, member.quiet_to)
        if key not in self._known:
            zone = find_zone(member.zone or "UTC")
            start = self.now
            if zone is not None:
                start = quiet_end(self.now, member.quiet_from, member.quiet_to, zone)
            self._known[key] = micros(start)
        return self._known[key]

    def today(self, member: Member) -> date:
        """The local date."""
        if member.zone not in self._days:
            zone: tzinfo = find_zone(member.zone or "UTC") or UTC
            self._days[member.zone] = self.now.astimezone(zone).date()
        return self._days[member.zone]


async def count_audience(office: Office, edition: str = "") -> Audience:
    """Who follows this edition, or without one anything at all."""
    found, nights = Audience(), Nights(office.clock.now())
    after: int | None = 0
    while after is not None:
        async with office.database.read() as conn:
            page = await audience.page(
                conn, edition=edition, now=micros(nights.now), after=after, limit=5 * CHUNK
            )
        for member in _places(page.members, is_edition=bool(edition)):
            count_member(found, member, nights)
        after = page.after
    return found


def count_member(found: Audience, member: Member, nights: Nights) -> None:
    """Add one place to the count."""
    if member.state == "paused":
        found.paused += 1
        return
    if member.state != "active":
        found.blocked += 1
        return
    start, now = nights.start(member), micros(nights.now)
    if start > now:
        found.held += 1
    else:
        found.now += 1
    found.lost += member.is_lost
    today = nights.today(member)
    soon = micros(nights.now + NEAR)
    found.near += member.next_at is not None and now <= member.next_at <= soon
    found.had += member.done_date == today
    found.last_at = max(found.last_at, start)
    found.variants.add(member.variant)
    found.days[today] += 1


async def of_chat(conn: Connection, chat: Chat, edition: str, now: int) -> tuple[Member, ...]:
    """The places of one chat that follow the edition; else the chat itself, on all topics."""
    members = await audience.of_chat(conn, chat.id, edition, now)
    if members:
        return members
    bare = Member(
        chat_id=chat.id,
        tg_id=chat.tg_id,
        thread_id=0,
        state=chat.state,
        variant=Variant(spoken(chat.language), chat.length, is_public=chat.kind != "private"),
        zone=chat.zone,
        quiet_from=chat.quiet_from,
        quiet_to=chat.quiet_to,
        next_at=None,
        done_date=None,
        is_lost=False,
    )
    return (bare,)


async def owe_one(
    conn: Connection, office: Office, occasion: Occasion, members: Iterable[Member]
) -> int:
    """Owe the occasion to these places; returns to how many that was new."""
    nights = Nights(moment(occasion.due_at))
    return await _owe(conn, office, occasion, tuple(members), nights, {})


async def owe_all(
    office: Office, occasion: Occasion, after: int | None = 0, tell: Told = say_nothing
) -> int:
    """Owe the occasion to all who follow its edition (or anything at all), in short transactions.

    Ends early where the occasion was stopped. How far it came is noted, for `resume`.
    """
    nights = Nights(moment(occasion.due_at))
    known: dict[str, int] = {}
    owed = 0
    while after is not None:
        async with office.database.write() as conn:
            fresh = await occasions.get(conn, occasion.id)
            page = await audience.page(
                conn,
                edition=occasion.edition,
                now=micros(nights.now),
                after=after,
                limit=CHUNK,
            )
            after = page.after
            if fresh is None or fresh.state != "open":
                after = None
            else:
                members = tuple(_places(page.members, is_edition=bool(occasion.edition)))
                owed += await _owe(conn, office, occasion, members, nights, known)
            await audience.note(conn, occasion.id, after)
        office.on_owed()
        await tell(owed)
    return owed


async def resume(office: Office) -> int:
    """Go on with what a process that died was still writing down; returns how many that owed."""
    async with office.database.read() as conn:
        found = await audience.unfinished(conn)
    owed = 0
    for number, after in found.items():
        async with office.database.write() as conn:
            occasion = await occasions.get(conn, number)
            if occasion is None:
                await audience.note(conn, number, None)
        if occasion is not None:
            await office.builder.build_all(occasion)
            owed += await owe_all(office, occasion, after)
    return owed


async def _owe(
    conn: Connection,
    office: Office,
    occasion: Occasion,
    members: tuple[Member, ...],
    nights: Nights,
    known: dict[str, int],
) -> int:
    """One page; a variant that turned up late is opened, to be built."""
    late = GRACE
    if occasion.edition:
        late = late_limit(office.publisher.current.library.editions.get(occasion.edition))
    if not known:
        known |= {item.variant.key: item.id for item in await bulletins.of(conn, occasion.id)}
    rows = []
    for member in members:
        if member.state != "active":
            continue
        # An announcement has one text for all; an edition one for each variant.
        key = member.variant.key if occasion.edition else next(iter(known))
        if key not in known:
            known[key] = (await bulletins.ensure(conn, occasion.id, member.variant)).id
        start = nights.start(member)
        until = micros(moment(start) + late)
        rows.append(Owing(member.chat_id, member.thread_id, known[key], start, until))
    return await audience.owe(conn, occasion.id, rows, office.now)


def _places(members: Iterable[Member], *, is_edition: bool) -> Iterable[Member]:
    """For an edition each topic of a forum that follows it, else each chat once."""
    if is_edition:
        return members
    firsts: dict[int, Member] = {}
    for member in members:
        there = firsts.get(member.chat_id)
        if there is None or (there.state != "active" and member.state == "active"):
            firsts[member.chat_id] = member
    return firsts.values()
