"""Looking things up by their names, through the one index; nothing is answered here."""

from __future__ import annotations

from datetime import date

from bot.chat.desk import Ask
from bot.content.entries import Noun
from bot.content.model import Dossier
from bot.content.search import Answer
from bot.render.message import Button
from bot.render.views.asked import open_button


def today(ask: Ask) -> date:
    """The day it is where the asker is: "last year" is counted from it."""
    return ask.desk.clock.now().astimezone(ask.zone).date()


async def best(ask: Ask, text: str, dossier: str = "", noun: Noun | None = None) -> Answer:
    """What answers these words, of one dossier or of one kind if given."""
    index = await ask.desk.indexes.of(ask.library)
    return index.ask(text, today(ask), dossier, noun)


async def figure(ask: Ask, text: str) -> Answer:
    """The figure of that name, `missing` where it lacks the period; kind `none` without one."""
    return await best(ask, text, noun="figure")


async def dossier(ask: Ask, text: str) -> Dossier | None:
    """The dossier of that name, or the one in which the thing of that name stands."""
    known = ask.library.by_command(text.casefold())
    if known is not None:
        return known
    found = (await best(ask, text)).best
    return ask.library.dossier(found.dossier) if found else None


async def nearest(ask: Ask, text: str) -> tuple[Button, ...]:
    """Up to three things that come nearest, a button each."""
    found = await best(ask, text)
    return tuple(open_button(ask.library, hit) for hit in found.hits[:3])
