"""Subscribing: by a line of words, by buttons, or by answering which city.

`/subscribe daily 08:30 Asia/Almaty`, `/subscribe weekly mon 09:00`, `/subscribe alerts corridor`:
the edition first, then hours, days, topics and zone in any order.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import asdict, replace

from bot.chat.adjust import end, listing
from bot.chat.cities import City
from bot.chat.desk import Ask
from bot.chat.held import (
    allowed,
    cities_meant,
    city_label,
    city_of,
    describe,
    known_here,
    lapsed,
    moved,
    write,
)
from bot.chat.wish import SHOWN, Unclear, Wish, read_wish
from bot.clock import micros
from bot.content.model import Edition
from bot.newsroom.due import find_zone, read_days, read_minute
from bot.render.buttons import nav, rows
from bot.render.message import Para, Text, View
from bot.render.views import following, home
from bot.store import chats, prompts
from bot.store.chats import Length
from bot.store.subscriptions import Subscription
from bot.text import clean

# --- commands ------------------------------------------------------------------------------


async def subscribe(ask: Ask, topic: str = "") -> None:
    """`/subscribe` with or without a line behind it, and the button Subscribe or Follow."""
    if not await allowed(ask):
        return
    if not ask.text or ask.press is not None:
        known = topic if topic in ask.library.dossiers else ""
        await ask.show(following.choose_edition(ask.words, ask.library, known))
        return
    try:
        wish = read_wish(ask.library, ask.text)
    except Unclear as unclear:
        await ask.say(unclear.key, **unclear.values)
        return
    await _settle(ask, wish)


async def choose(ask: Ask, edition: str, topic: str = "") -> None:
    """The button of an edition: at its usual hour, to be changed by buttons."""
    if await allowed(ask):
        await _settle(ask, Wish(edition, topics=(topic,) if topic else ()))


async def unsubscribe(ask: Ask) -> None:
    """Stops the only one at once; of several asks which. Never more than two taps."""
    if not await allowed(ask):
        return
    known = await known_here(ask)
    if not known:
        await ask.show(following.listing(ask.words, ask.library, []))
    elif len(known) == 1:
        await end(ask, known[0])
    else:
        items = [await describe(ask, item) for item in known]
        await ask.show(following.endings(ask.words, items))


async def answer_city(ask: Ask, body: Mapping[str, object]) -> bool:
    """The reply to "In which city is your morning?"; False if that was not the question."""
    wish = Wish.kept(body)
    if wish is None or wish.edition not in ask.library.editions:
        return False
    if not await allowed(ask):
        return True
    cities = await cities_meant(ask)
    if await _take_city(ask, wish, ask.text, cities):
        async with ask.desk.database.write() as conn:
            await prompts.close(conn, ask.place.id, ask.reply_to)
    return True


async def locate(ask: Ask) -> None:
    """A location sets the zone."""
    if ask.location is None or not await allowed(ask):
        return
    city = await asyncio.to_thread(ask.desk.cities.near, *ask.location)
    if city is None:
        return
    async with ask.desk.database.write() as conn:
        await chats.set_fields(conn, ask.chat.id, now=micros(ask.desk.clock.now()), zone=city.zone)
    zone = find_zone(city.zone)
    clock = f"{ask.desk.clock.now().astimezone(zone):%H:%M}"
    await ask.say("subscribe.zone_set", zone=f"{city.name} ({city.zone})", clock=clock)


# --- settling a wish -----------------------------------------------------------------------


async def _settle(ask: Ask, wish: Wish) -> None:
    """Ask for what is missing, then put it down."""
    edition = ask.library.editions.get(wish.edition)
    if edition is None:
        await home_gone(ask)
    elif edition.time is None or (ask.chat.zone and not wish.zone):
        await _put(ask, edition, wish, ask.chat.zone or "")
    elif wish.zone:
        cities = await asyncio.to_thread(ask.desk.cities.find, wish.zone)
        await _take_city(ask, wish, wish.zone, cities)
    else:
        await ask.toast()
        await _ask_city(ask, wish, ask.words("subscribe.city"))


async def home_gone(ask: Ask) -> None:
    buttons = (nav(ask.words("button.topics"), "topics"),)
    await ask.show(home.notice(ask.words("unknown.gone"), buttons))


async def _ask_city(ask: Ask, wish: Wish, question: str) -> None:
    asked = await ask.anew().prompt(question, ask.words("subscribe.city_hint"))
    body = asdict(replace(wish, zone="")) | ask.about
    async with ask.desk.database.write() as conn:
        await prompts.ask(conn, ask.place.id, asked, body, micros(ask.desk.clock.now()))


async def _take_city(ask: Ask, wish: Wish, asked: str, cities: tuple[City, ...]) -> bool:
    """One city settles the wish; several are offered; none is said plainly and asked again."""
    if len(cities) == 1:
        zone = cities[0].zone
        async with ask.desk.database.write() as conn:
            if not ask.chat.zone:
                now = micros(ask.desk.clock.now())
                await chats.set_fields(conn, ask.chat.id, now=now, zone=zone)
        edition = ask.library.editions[wish.edition]
        await _put(ask, edition, wish, zone, cities[0].name)
        return True
    if not cities:
        question = ask.words("subscribe.city_unknown", asked=clean(asked, SHOWN))
        await _ask_city(ask, wish, question)
        return False
    token = secrets.token_urlsafe(6)
    async with ask.desk.database.write() as conn:
        # A choice among buttons has no message of ours yet: it is kept under a number of its own.
        await prompts.ask(
            conn, ask.chat.id, _number(token), asdict(wish), micros(ask.desk.clock.now())
        )
    buttons = [nav(city_label(ask, city), "sz", token, city.zone) for city in cities]
    text = Para((Text(ask.words("subscribe.city_which")),))
    await ask.anew().show(View((text,), rows(buttons), "city"))
    return True


def _number(token: str) -> int:
    """A token as a number below every message id."""
    return -int.from_bytes(token.encode()[:7], "big") - 1


async def take_zone(ask: Ask, token: str, zone: str) -> None:
    """The button of one of several cities."""
    if not await allowed(ask):
        return
    async with ask.desk.database.read() as conn:
        body = await prompts.take(conn, ask.chat.id, _number(token))
    wish = None if body is None else Wish.kept(body)
    if wish is None or wish.edition not in ask.library.editions or find_zone(zone) is None:
        await lapsed(ask)
        return
    city = City(city_of(zone), "", zone, 0)
    await _take_city(ask, replace(wish, zone=""), zone, (city,))


async def _put(ask: Ask, edition: Edition, wish: Wish, zone: str, city: str = "") -> None:
    """Put the wish down: a new subscription, or the hour of the one there is changed."""
    now = ask.desk.clock.now()
    same = [item for item in await known_here(ask) if item.edition == edition.key]
    if wish.minute is not None and wish.more:
        await _put_all(ask, edition, wish, zone, same)
        return
    before = same[0] if len(same) == 1 else None
    if edition.time is None:
        length = wish.length or _length(same)
        made = await write(ask, edition, wish.topics or _topics(same), None, 0, None, length=length)
        news = ""
    else:
        minute = read_minute(edition.time) if wish.minute is None else wish.minute
        kept = before.minute if before and wish.minute is None else None
        minute = minute if kept is None else kept
        days = wish.days or (before.days if before else read_days(edition.days or "mon-fri"))
        made = await write(
            ask,
            edition,
            wish.topics or _topics(same),
            minute,
            days,
            zone,
            length=wish.length or _length(same),
            change=before.id if before else None,
        )
        news = moved(ask, before, minute) if before and before.minute != minute else ""
    if made is None:
        return
    if before is not None and before.zone not in (None, zone) and edition.time is not None:
        async with ask.desk.database.write() as conn:
            await chats.set_fields(conn, ask.chat.id, now=micros(now), zone=zone)
    keep = None
    if news and before is not None and before.minute is not None:
        hour = ask.words.clock(before.minute)
        keep = nav(ask.words("button.keep_both", hour=hour), "sk", made.id, before.minute)
    item = await describe(ask, made, city)
    view = following.subscription(ask.words, ask.library, item, news, keep, is_first=before is None)
    await ask.show(view)


async def _put_all(
    ask: Ask, edition: Edition, wish: Wish, zone: str, same: list[Subscription]
) -> None:
    """Several hours in one line: a subscription each, beside those that there are."""
    days = wish.days or (same[0].days if len(same) == 1 else read_days(edition.days or "mon-fri"))
    topics, length = wish.topics or _topics(same), wish.length or _length(same)
    for minute in (wish.minute, *wish.more):
        if await write(ask, edition, topics, minute, days, zone, length=length) is None:
            return
    await listing(ask)


def _topics(same: list[Subscription]) -> tuple[str, ...]:
    return same[0].topics if len(same) == 1 else ()


def _length(same: list[Subscription]) -> Length | None:
    return same[0].length if len(same) == 1 else None
