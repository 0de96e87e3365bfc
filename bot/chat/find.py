"""Looking things up by their names, through the one index; nothing is answered here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.chat.desk import Ask
from bot.content.answer import Answer, Hit
from bot.content.asking import read
from bot.content.dates import When
from bot.content.entries import Noun, synonyms
from bot.content.frames import SILENT
from bot.content.model import Dossier
from bot.content.spelling import fold, stem
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
    """The figure of that name, `missing` where it lacks the period; kind `none` without one.

    A part of a name is enough where one figure alone has it.
    """
    found = await best(ask, text, noun="figure")
    if found.kind == "none" and len(having := await holders(ask, text, found)) == 1:
        again = await best(ask, f"{having[0].title} {text}", noun="figure")
        return replace(again, corrected=found.corrected)
    return found


def bare_periods(ask: Ask, text: str) -> tuple[When, ...]:
    """The periods that words name, where they name nothing else."""
    question = read(text, today(ask))
    is_bare = all(stem(word) in SILENT for word in question.words)
    return question.periods if is_bare else ()


async def holders(ask: Ask, text: str, found: Answer) -> list[Hit]:
    """The figures whose names hold all the words, slips mended as `found` has them.

    For a period alone, those that have it.
    """
    mended = dict(found.corrected)
    question = read(text, today(ask))
    words = [mended.get(word, word) for word in question.words if stem(word) not in SILENT]
    if not words:
        return [hit for hit in found.others if question.periods and hit.kind == "figure"]
    asked = [_meant(ask, word) for word in words]
    index = await ask.desk.indexes.of(ask.library)
    return [
        Hit("figure", entry.key, entry.title, entry.dossier)
        for entry in index.entries
        if entry.noun == "figure" and all(entry.named & others for others in asked)
    ]


def _meant(ask: Ask, word: str) -> frozenset[str]:
    """The stems that would do for a word: its own, and those that the dossiers hold equal."""
    alike = {stem(word)}
    for group in synonyms(ask.library):
        folded = [fold(name) for name in group]
        if word in folded:
            alike.update(stem(name) for name in folded)
    return frozenset(alike)


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
