"""An edition to all its subscribers, or to one chat, now: by an operator's word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.clock import micros
from bot.content.names import nearest
from bot.newsroom.audience import (
    GRACE,
    Audience,
    Nights,
    count_audience,
    count_member,
    of_chat,
    owe_all,
    owe_one,
)
from bot.newsroom.office import Office, Refusal, Told, say_nothing
from bot.newsroom.slots import late_limit
from bot.store import audience, bulletins, chats, occasions
from bot.store.audience import Member
from bot.store.bulletins import Variant
from bot.store.occasions import Occasion
from bot.text import Words

SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """Who would receive what: shown before it is sent."""

    edition: str
    revision: int
    rate: float
    audience: Audience

    @property
    def seconds(self) -> float:
        """How long those take who get it now."""
        return self.audience.now / self.rate

    @property
    def variants(self) -> set[Variant]:
        return self.audience.variants


@dataclass(frozen=True, slots=True)
class Sent:
    """What was written down: the occasion, and how many deliveries it owes."""

    occasion: Occasion
    owed: int


async def plan(office: Office, edition: str, to: int | None = None) -> Plan:
    """Who would receive the edition now. `to` is one chat's Telegram id.

    Raises Refusal for an edition or chat that there is not.
    """
    _check(office, edition)
    if to is None:
        found = await count_audience(office, edition)
    else:
        found, nights = Audience(), Nights(office.clock.now())
        for member in await _one(office, edition, to):
            count_member(found, member, nights)
    return Plan(edition, office.publisher.number, office.rate, found)


async def send(
    office: Office, edition: str, to: int | None = None, tell: Told = say_nothing
) -> Sent:
    """Owe the edition as an occasion of its own, and build what it needs first. Raises as `plan`.

    Those in their quiet hours get it after them.
    """
    planned = await plan(office, edition, to)
    if not planned.audience.reached:
        raise Refusal(office.words("en")("operate.nobody", edition=edition))
    now = office.now
    members = () if to is None else await _one(office, edition, to)
    late = late_limit(office.publisher.current.library.editions[edition])
    async with office.database.write() as conn:
        occasion = await occasions.ensure(
            conn,
            kind="manual",
            key=f"manual:{edition}:{now}" if to is None else f"manual:{edition}:{to}:{now}",
            edition=edition,
            local_date=planned.audience.day,
            due_at=now,
            expires_at=planned.audience.last_at + micros_of(late + GRACE),
            now=now,
        )
        for variant in sorted(planned.variants, key=lambda item: item.key):
            await bulletins.ensure(conn, occasion.id, variant)
        owed = 0
        if to is None:
            await audience.note(conn, occasion.id, 0)
        else:
            owed = await owe_one(conn, office, occasion, members)
    await office.builder.build_all(occasion)
    if to is None:
        owed = await owe_all(office, occasion, tell=tell)
        # Whoever subscribed meanwhile may want a variant of their own.
        await office.builder.build_all(occasion)
    office.on_owed()
    return Sent(occasion, owed)


def micros_of(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def report(planned: Plan, words: Words, late: timedelta) -> str:
    """The operator's lines: counts, time, and what to think of before."""
    found, number = planned.audience, words.number
    languages = {variant.language for variant in found.variants}
    lengths = {variant.length for variant in found.variants}
    topics = {variant.topics for variant in found.variants}
    parts = [
        words("operate.languages", count=len(languages)),
        words("operate.lengths", count=len(lengths)),
    ]
    if len(topics) > 1:
        parts.append(words("operate.topics", count=len(topics)))
    head = words(
        "operate.head",
        edition=planned.edition,
        revision=planned.revision,
        variants=", ".join(parts),
        bulletins=words("operate.bulletins", count=len(found.variants)),
    )
    lines = [head, *count_lines(found, words, planned.rate)]
    if found.near:
        note = words("operate.near", number=number(found.near), edition=planned.edition)
        lines.append(f"  {note}")
    if found.had:
        note = words("operate.had", number=number(found.had), edition=planned.edition)
        lines.append(f"  {note}")
    if planned.seconds > late.total_seconds():
        hours = round(late / timedelta(hours=1), 1)
        lines.append(f"  {words('operate.too_slow', hours=hours)}")
    return "\n".join(lines)


def count_lines(found: Audience, words: Words, rate: float) -> list[str]:
    """The lines on who gets it now, later and not at all."""
    number = words.number
    took = last(found.now / rate, words)
    lines = [
        f"{number(found.now):>8} {words('operate.now', count=found.now)}       "
        + words("operate.pace", rate=f"{rate:g}", time=took)
    ]
    if found.held:
        lines.append(f"{number(found.held):>8} {words('operate.held')}")
    rest = [
        words(key, number=number(count))
        for key, count in (
            ("operate.paused", found.paused),
            ("operate.blocked", found.blocked),
            ("operate.lost", found.lost),
        )
        if count
    ]
    if rest:
        first, _, others = ", ".join(rest).partition(" ")
        lines.append(f"{first:>8} {others}")
    return lines


def last(seconds: float, words: Words) -> str:
    """A span of time as an operator reads it: 48 s, 12 min, 1.5 h."""
    if seconds < 120:
        return words("operate.seconds", number=max(1, round(seconds)))
    if seconds < 7200:
        return words("operate.minutes", number=round(seconds / 60))
    return words("operate.hours", number=round(seconds / 3600, 1))


def _check(office: Office, edition: str) -> None:
    editions = office.publisher.current.library.editions
    if edition not in editions:
        near = nearest(edition, editions)
        raise Refusal(
            office.words("en")(
                "operate.no_edition", edition=edition, editions=", ".join(near or editions)
            )
        )


async def _one(office: Office, edition: str, to: int) -> tuple[Member, ...]:
    async with office.database.read() as conn:
        chat = await chats.find(conn, to)
        if chat is None:
            raise Refusal(office.words("en")("operate.no_chat", chat=to))
        return await of_chat(conn, chat, edition, micros(office.clock.now()))
