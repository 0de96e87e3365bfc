"""Looking things up: each function answers one command or one button."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.chat import find
from bot.chat.desk import Ask
from bot.clock import micros
from bot.content.changes import Change
from bot.content.entries import Noun
from bot.content.model import Dossier
from bot.newsroom.compose import Brief
from bot.render.message import View
from bot.render.pen import Pen
from bot.render.views import asked, figures, home, record, trackers
from bot.render.views import dossier as dossiers
from bot.store import bulletins, deliveries, revisions
from bot.store.bulletins import Variant
from bot.text import clean

DAILY = "daily"
SHOWN = 60
"""Characters of a question that are repeated to whoever asked it."""


async def start(ask: Ask) -> None:
    await ask.screen(home.welcome, "start")


async def topics(ask: Ask) -> None:
    await ask.screen(home.topics, "topics")


async def topic(ask: Ask, name: str) -> None:
    """A dossier's summary."""
    dossier = ask.library.dossier(name)
    await ask.screen(lambda pen: dossiers.summary(pen, dossier, ask.desk.bot_name), "d", name)


async def sections(ask: Ask, name: str) -> None:
    dossier = ask.library.dossier(name)
    await ask.screen(lambda pen: dossiers.section_list(pen, dossier), "S", name)


async def section(ask: Ask, key: str) -> None:
    item = ask.library.section(key)
    name, _, part = item.key.partition(".")
    dossier = ask.library.dossier(name)
    await ask.screen(lambda pen: dossiers.section(pen, dossier, part, ask.desk.bot_name), "s", key)


async def section_sources(ask: Ask, key: str) -> None:
    item = ask.library.section(key)
    await ask.show(record.fact_card(ask.pen(), item.fact[0], item.key))


async def board(ask: Ask, name: str = "") -> None:
    only = ask.library.dossier(name) if name else None
    await ask.screen(lambda pen: figures.board(pen, only), "B", name)


async def figure(ask: Ask, key: str, period: str = "") -> None:
    item = ask.library.figure(key)
    if ask.is_private or ask.press is not None:
        await ask.screen(lambda pen: figures.card(pen, item, period or None), "f", key, period)
    else:
        await ask.screen(lambda pen: figures.line(pen, item, period or None), "fl", key, period)


async def sources(ask: Ask, name: str = "") -> None:
    await _of_topic(ask, name, record.source_list)


async def fact(ask: Ask, ref: str, back: str = "") -> None:
    await ask.show(record.fact_card(ask.pen(), ref, back))


async def timeline(ask: Ask, name: str = "") -> None:
    await _of_topic(ask, name, record.timeline)


async def _of_topic(ask: Ask, name: str, make: Callable[[Pen, Dossier | None], View]) -> None:
    """A screen of the dossier that a button or a command's words name; without any, of all."""
    dossier = ask.library.dossier(name) if name else None
    if not name and ask.text and ask.press is None:
        dossier = await find.dossier(ask, ask.text)
        if dossier is None:
            await unknown(ask, ask.text)
            return
    await ask.show(make(ask.pen(), dossier))


def screen(make: Callable[[Pen], View]) -> Callable[[Ask], Awaitable[None]]:
    """A handler that shows one view which needs nothing but a pen."""

    async def handler(ask: Ask) -> None:
        await ask.screen(make, make.__name__)

    return handler


status = screen(trackers.status)
people = screen(record.people)
terms = screen(record.glossary)


async def who(ask: Ask) -> None:
    """`/who` and a name: that one; without a name, or one that is not known, all."""
    await _one(ask, "person", people)


async def glossary(ask: Ask) -> None:
    """`/glossary` and a term: that one; without a term, or one that is not known, all."""
    await _one(ask, "term", terms)


async def _one(ask: Ask, noun: Noun, every: Callable[[Ask], Awaitable[None]]) -> None:
    found = await find.best(ask, ask.text, noun=noun) if ask.text else None
    if found is None or found.kind != noun or found.best is None:
        await every(ask)
        return
    title = ask.library.dossier(found.best.dossier).title
    await ask.show(asked.found(ask.pen(), found.best, title))


async def brief(ask: Ask) -> None:
    """Today's summary, in the words that subscribers of all topics get."""
    desk = ask.desk
    editions = ask.library.editions
    name = DAILY if DAILY in editions else next(iter(editions), None)
    if name is None:
        await topics(ask)
        return
    now = desk.clock.now()
    yesterday = now - timedelta(days=1)
    async with desk.database.read() as conn:
        before = await revisions.at(conn, micros(yesterday))
    changes: tuple[Change, ...] = ()
    if before is not None:
        changes = await desk.publisher.changes_since(before.number, yesterday, now)
    made = Brief(
        edition=editions[name],
        library=ask.library,
        revision=desk.publisher.number,
        variant=Variant(ask.chat.language, ask.chat.length, is_public=not ask.is_private),
        today=now.astimezone(ask.zone).date(),
        changes=changes,
        since=yesterday.astimezone(ask.zone).date() if changes else None,
    )
    await ask.anew().show(desk.composer.view(made))


async def latest(ask: Ask) -> None:
    """The newest bulletin again, as it was sent; before the first, today's brief."""
    async with ask.desk.database.read() as conn:
        number = await deliveries.latest(conn, ask.chat.id, ask.thread_id)
        parts = await bulletins.parts(conn, number) if number is not None else []
    if not parts:
        await brief(ask)
        return
    for part in parts:
        await ask.resend(part)


async def unknown(ask: Ask, words: str) -> None:
    """A plain refusal with what comes nearest."""
    buttons = await find.nearest(ask, words)
    await ask.show(home.nearest(ask.pen(), clean(words, SHOWN), buttons))
