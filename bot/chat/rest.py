"""`/pause 7d` and its buttons: all subscriptions of a chat rest, and go on by themselves."""

from __future__ import annotations

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.chat.desk import Ask
from bot.chat.held import allowed, is_resting, known_here, lapsed
from bot.clock import micros
from bot.newsroom.due import find_zone, resolve
from bot.render.buttons import nav
from bot.render.views import following, home
from bot.render.views import settings as views
from bot.store import subscriptions
from bot.store.subscriptions import Subscription
from bot.text import clean

LENGTHS = (1, 3, 7, 14)
"""Days that are offered as buttons."""
LONGEST = 366
SPAN = re.compile(r"(\d{1,3})\s*(d|days?|w|weeks?)", re.IGNORECASE)
ENDS = frozenset({"off", "end", "stop", "resume", "over"})
SHOWN = 60


async def pause(ask: Ask) -> None:
    """`/pause` asks for how long; `/pause 7d`, `2w`, `2025-12-01` rest; `/pause off` ends it."""
    if not await allowed(ask):
        return
    known = await known_here(ask)
    if not known:
        await ask.show(following.listing(ask.words, ask.library, []))
    elif not ask.text or ask.press is not None:
        await ask.show(views.rest(ask.words, LENGTHS))
    elif ask.text.casefold() in ENDS:
        await _go_on(ask, known)
    else:
        today = ask.desk.clock.now().astimezone(_zone(ask, known)).date()
        day = read_end(ask.text, today)
        if day is None:
            example = today + timedelta(days=7)
            await ask.say("pause.wrong", asked=clean(ask.text, SHOWN), day=example)
        else:
            await _rest(ask, known, day)


async def rest_days(ask: Ask, days: str) -> None:
    """A button: so many days, 0 until told."""
    if not await allowed(ask):
        return
    known = await known_here(ask)
    if not known or days not in {"0", *map(str, LENGTHS)}:
        await lapsed(ask)
        return
    today = ask.desk.clock.now().astimezone(_zone(ask, known)).date()
    await _rest(ask, known, today + timedelta(days=int(days)) if int(days) else None)


async def go_on(ask: Ask) -> None:
    """The button Go on: the rest ends now."""
    if await allowed(ask):
        await _go_on(ask, await known_here(ask))


def read_end(text: str, today: date) -> date | None:
    """The day on which a rest of that length ends; None where it cannot be read, or is no rest."""
    found = SPAN.fullmatch(text.strip())
    if found is not None:
        days = int(found[1]) * (7 if found[2][0] in "wW" else 1)
    else:
        try:
            days = (date.fromisoformat(text.strip()) - today).days
        except ValueError:
            return None
    return today + timedelta(days=days) if 0 < days <= LONGEST else None


def _zone(ask: Ask, known: list[Subscription]) -> ZoneInfo:
    """The chat's, or that of its first brief."""
    names = (ask.chat.zone, *(item.zone for item in known))
    return next((zone for name in names if name and (zone := find_zone(name))), ask.zone)


async def _rest(ask: Ask, known: list[Subscription], day: date | None) -> None:
    """Rest until the first moment of a local day, or until told."""
    until = None if day is None else micros(resolve(day, 0, _zone(ask, known)))
    async with ask.desk.database.write() as conn:
        now = micros(ask.desk.clock.now())
        await subscriptions.pause(conn, ask.chat.id, until=until, now=now, thread_id=ask.thread_id)
    if day is None:
        said = ask.words("pause.done_open")
    else:
        said = ask.words("pause.done", day=ask.words.day(day, year=False, weekday=True))
    buttons = (nav(ask.words("button.go_on"), "po"), nav(ask.words("button.mine"), "subs"))
    await ask.show(home.notice(said, buttons, "pause"))


async def _go_on(ask: Ask, known: list[Subscription]) -> None:
    now = ask.desk.clock.now()
    resting = any(is_resting(item, now) for item in known)
    async with ask.desk.database.write() as conn:
        await subscriptions.resume(conn, ask.chat.id, now=micros(now), thread_id=ask.thread_id)
    ask.desk.wake()
    said = ask.words("pause.over" if resting else "pause.none")
    await ask.show(home.notice(said, (nav(ask.words("button.mine"), "subs"),), "pause"))
