"""A chat's subscriptions as rows: found, written, and put into words."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.chat.cities import City
from bot.chat.desk import Ask
from bot.chat.rights import may_manage
from bot.clock import micros, moment
from bot.content.model import Edition
from bot.errors import TooMany
from bot.newsroom.due import Hour, Slot, find_zone, next_slot
from bot.newsroom.slots import Leaving
from bot.render.views.following import Following
from bot.store import subscriptions
from bot.store.chats import Length
from bot.store.subscriptions import Subscription


async def write(
    ask: Ask,
    edition: Edition,
    topics: tuple[str, ...],
    minute: int | None,
    days: int,
    zone: str | None,
    *,
    length: Length | None = None,
    change: int | None = None,
    keeps_rest: bool = False,
) -> Subscription | None:
    """One row; None (and the reader told) where the chat has as many as it can."""
    desk = ask.desk
    now = desk.clock.now()
    slot = None
    found = find_zone(zone or "")
    if minute is not None and found is not None:
        slot = next_slot(Hour(minute, days, found), now)
    try:
        async with desk.database.write() as conn:
            made = await subscriptions.put(
                conn,
                chat_id=ask.chat.id,
                edition=edition.key,
                now=micros(now),
                thread_id=ask.thread_id,
                topics=topics,
                minute=minute,
                days=days,
                zone=zone if minute is not None else None,
                length=length,
                next_at=micros(slot.at) if slot else None,
                next_date=slot.day if slot else None,
                change=change,
                keeps_rest=keeps_rest,
                leaving=Leaving(ask.library, desk.office.words, now).owe,
            )
    except TooMany:
        await ask.say("subscribe.too_many", limit=subscriptions.LIMIT)
        return None
    desk.wake()
    return made


async def cities_meant(ask: Ask) -> tuple[City, ...]:
    """The cities that a reply names, the likeliest first, or the one nearest to a place sent."""
    if ask.location is None:
        return await asyncio.to_thread(ask.desk.cities.find, ask.text)
    city = await asyncio.to_thread(ask.desk.cities.near, *ask.location)
    return () if city is None else (city,)


def moved(ask: Ask, before: Subscription, minute: int) -> str:
    old = ask.words.clock(before.minute or 0)
    return ask.words("subscribe.changed", before=old, hour=ask.words.clock(minute))


async def allowed(ask: Ask, *, fresh: bool = True) -> bool:
    """In a group only its admins may; the right is looked up anew, and others are told.

    Without `fresh`, for a screen that only shows, it may be a minute old.
    """
    if await may_manage(ask, fresh=fresh):
        return True
    if ask.press is not None:
        await ask.toast(ask.words("unknown.not_yours"), alert=True)
    else:
        await ask.say("subscribe.admins_only")
    return False


async def known_here(ask: Ask) -> list[Subscription]:
    """Those of this chat and topic that have not ended, of editions that there are."""
    async with ask.desk.database.read() as conn:
        items = await subscriptions.list_for(conn, ask.chat.id, ask.thread_id)
    return [item for item in items if item.edition in ask.library.editions]


async def mine(ask: Ask, number: str, *, fresh: bool = True) -> Subscription | None:
    """The subscription of a button, if it is this chat's; forged or old ones are told."""
    if not await allowed(ask, fresh=fresh):
        return None
    async with ask.desk.database.read() as conn:
        item = (
            await subscriptions.get(conn, int(number))
            if number.isascii() and number.isdecimal() and len(number) < 19
            else None
        )
    gone = item is None or item.chat_id != ask.chat.id or item.state == "ended"
    if item is None or gone or item.edition not in ask.library.editions:
        await lapsed(ask)
        return None
    return item


async def lapsed(ask: Ask) -> None:
    """What the button asks for is not to be had; nothing has changed."""
    if ask.press is not None:
        await ask.toast(ask.words("unknown.lapsed"), alert=True)
    else:
        await ask.say("unknown.lapsed")


def is_resting(item: Subscription, now: datetime) -> bool:
    """Whether it rests just now; a rest that is over has ended by itself."""
    if item.state != "paused":
        return False
    return item.paused_until is None or item.paused_until > micros(now)


async def describe(ask: Ask, item: Subscription, city: str = "") -> Following:
    """A row in words: the zone by its city, the next time as a reader says it."""
    now = ask.desk.clock.now()
    zone = find_zone(item.zone or "")
    rests = is_resting(item, now)
    slot = None
    if item.minute is not None and zone is not None and not (rests and not item.paused_until):
        begin = max(now, moment(item.paused_until)) if rests and item.paused_until else now
        slot = next_slot(Hour(item.minute, item.days, zone), begin, item.done_date)
    until = ""
    if rests and item.paused_until:
        local = moment(item.paused_until).astimezone(zone or ask.zone)
        until = ask.words.day(local.date(), year=False, weekday=True)
        if (local.hour, local.minute) != (0, 0):
            # The chat has moved to another zone since.
            until = ask.words.moment(local, zone or ask.zone)
    return Following(
        id=item.id,
        edition=ask.library.editions[item.edition],
        city=city or city_of(item.zone or ""),
        minute=item.minute,
        days=item.days,
        topics=item.topics,
        length=item.length or ask.chat.length,
        next_at=_say_next(ask, slot, zone) if slot and zone else "",
        next_moment=slot.at if slot else None,
        rests=rests,
        paused_until=until,
    )


def city_of(zone: str) -> str:
    """The city that a zone is named after."""
    return zone.rpartition("/")[2].replace("_", " ")


def city_label(ask: Ask, city: City) -> str:
    """A city among namesakes: its country, and the zone that it keeps."""
    zone = city_of(city.zone)
    name = f"{city.name}, {city.country}".rstrip(", ")
    return name if zone == city.name else ask.words("subscribe.city_in", city=name, zone=zone)


def _say_next(ask: Ask, slot: Slot, zone: ZoneInfo) -> str:
    words, today = ask.words, ask.desk.clock.now().astimezone(zone).date()
    local = slot.at.astimezone(zone)
    hour = words.clock(local.hour * 60 + local.minute)
    day = words.day(slot.day, year=False, weekday=True)
    if slot.day == today:
        return words("subscribe.today", hour=hour)
    if slot.day == today + timedelta(days=1):
        return words("subscribe.tomorrow", day=day, hour=hour)
    return words("subscribe.later", day=day, hour=hour)
