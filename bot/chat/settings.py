"""`/settings`: a chat's zone, quiet hours, length, silence, and who may change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Unpack

from bot.chat.desk import Ask
from bot.chat.held import (
    allowed,
    cities_meant,
    city_label,
    city_of,
    known_here,
    lapsed,
    write,
)
from bot.chat.rights import in_charge
from bot.clock import micros
from bot.newsroom.due import find_zone
from bot.render.buttons import nav, rows
from bot.render.message import Para, Text, View
from bot.render.views import settings as views
from bot.render.views.settings import Manner
from bot.store import chats, prompts
from bot.store.chats import Fields
from bot.text import clean

SHOWN = 60
LATEST = 24 * 60 - 1


async def settings(ask: Ask) -> None:
    """All settings, a button each; whoever may not change them may read them."""
    await _show(ask)


async def ask_city(ask: Ask) -> None:
    """The button Time zone: the answer comes as a reply."""
    if await allowed(ask):
        await ask.toast()
        await _prompt(ask, ask.words("settings.city"))


async def answer_city(ask: Ask, body: Mapping[str, object]) -> bool:
    """The reply to "In which city are you?"; False if that was not the question."""
    goal = body.get("zone_for")
    if goal not in ("settings", "quiet"):
        return False
    if not await allowed(ask):
        return True
    cities = await cities_meant(ask)
    if not cities:
        question = ask.words("subscribe.city_unknown", asked=clean(ask.text, SHOWN))
        await _prompt(ask, question, str(goal))
    elif len(cities) > 1:
        buttons = [nav(city_label(ask, city), "zt", city.zone, goal) for city in cities]
        text = Para((Text(ask.words("subscribe.city_which")),))
        await ask.show(View((text,), rows(buttons), "city"))
    else:
        await _set_zone(ask, cities[0].zone, cities[0].name, str(goal))
    return True


async def take_zone(ask: Ask, zone: str, goal: str = "settings") -> None:
    """The button of one of several cities."""
    if not await allowed(ask):
        return
    if find_zone(zone) is None:
        await lapsed(ask)
    else:
        await _set_zone(ask, zone, city_of(zone), goal)


async def move_briefs(ask: Ask) -> None:
    """Briefs made for another zone keep their hour by the clocks of the chat's own."""
    zone = ask.chat.zone
    if not await allowed(ask):
        return
    if not zone:
        await lapsed(ask)
        return
    for item in await known_here(ask):
        if item.zone not in (None, zone):
            edition = ask.library.editions[item.edition]
            await write(
                ask, edition, item.topics, item.minute, item.days, zone,
                length=item.length, change=item.id, keeps_rest=True,
            )  # fmt: skip
    await _show(ask, ask.words("settings.moved", city=city_of(zone)))


async def quiet(ask: Ask) -> None:
    """The button Quiet hours; they need a zone, so that is asked for first."""
    if not await allowed(ask):
        return
    if not ask.chat.zone:
        await ask.toast()
        await _prompt(ask, ask.words("settings.city"), "quiet")
        return
    await ask.show(views.quiet(ask.words, await _manner(ask)))


async def quiet_begin(ask: Ask) -> None:
    if await allowed(ask):
        await ask.show(views.quiet_edge(ask.words, await _manner(ask), "begin"))


async def quiet_end(ask: Ask) -> None:
    if await allowed(ask):
        await ask.show(views.quiet_edge(ask.words, await _manner(ask), "end"))


async def set_quiet(ask: Ask, first: str, last: str) -> None:
    """Both ends in minutes of the day; equal ends mean none."""
    if not await allowed(ask):
        return
    if not (_is_minute(first) and _is_minute(last)) or not ask.chat.zone:
        await lapsed(ask)
        return
    both = (int(first), int(last)) if int(first) != int(last) else (None, None)
    ask = await _set(ask, quiet_from=both[0], quiet_to=both[1])
    await ask.show(views.quiet(ask.words, await _manner(ask)))


async def set_length(ask: Ask, kind: str) -> None:
    if not await allowed(ask):
        return
    if kind not in ("short", "full"):
        await lapsed(ask)
        return
    await _show(await _set(ask, length="short" if kind == "short" else "full"))


async def set_empty(ask: Ask, kind: str) -> None:
    """What comes when nothing is new: a line, or silence."""
    if not await allowed(ask):
        return
    if kind not in ("line", "silence"):
        await lapsed(ask)
        return
    await _show(await _set(ask, empty="line" if kind == "line" else "silence"))


async def set_open(ask: Ask, value: str) -> None:
    """Whether every member may change settings; only admins may change that."""
    if ask.chat.kind == "private" or value not in ("0", "1"):
        await lapsed(ask)
    elif not await in_charge(ask):
        await ask.toast(ask.words("unknown.not_yours"), alert=True)
    else:
        await _show(await _set(ask, open_to_all=value == "1"))


# --- how ------------------------------------------------------------------------------------


async def _prompt(ask: Ask, question: str, goal: str = "settings") -> None:
    asked = await ask.anew().prompt(question, ask.words("subscribe.city_hint"))
    async with ask.desk.database.write() as conn:
        now = micros(ask.desk.clock.now())
        await prompts.ask(conn, ask.place.id, asked, {"zone_for": goal} | ask.about, now)


async def _set(ask: Ask, **fields: Unpack[Fields]) -> Ask:
    """The same asker, whose chat has these settings now."""
    async with ask.desk.database.write() as conn:
        await chats.set_fields(conn, ask.chat.id, now=micros(ask.desk.clock.now()), **fields)
        fresh = await chats.get(conn, ask.chat.id)
    return replace(ask, chat=fresh or ask.chat)


async def _set_zone(ask: Ask, zone: str, city: str, goal: str) -> None:
    async with ask.desk.database.write() as conn:
        await prompts.close(conn, ask.place.id, ask.reply_to)
    ask = await _set(ask, zone=zone)
    if goal == "quiet":
        await ask.show(views.quiet(ask.words, await _manner(ask)))
    else:
        await _show(ask, ask.words("settings.zone_set", city=city))


async def _show(ask: Ask, news: str = "") -> None:
    await ask.show(views.settings(ask.words, await _manner(ask), news))


async def _manner(ask: Ask) -> Manner:
    chat, now = ask.chat, ask.desk.clock.now()
    first, last = chat.quiet_from, chat.quiet_to
    others = [item.zone for item in await known_here(ask) if item.zone not in (None, chat.zone)]
    return Manner(
        city=city_of(chat.zone or ""),
        clock=f"{now.astimezone(ask.zone):%H:%M}",
        midnight=datetime.combine(now.date() + timedelta(days=1), time(), UTC),
        quiet=None if first is None or last is None or first == last else (first, last),
        length=chat.length,
        empty=chat.empty,
        is_private=ask.chat.kind == "private",
        open_to_all=chat.open_to_all,
        moves=bool(others) and chat.zone is not None,
    )


def _is_minute(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 5 and int(text) <= LATEST
