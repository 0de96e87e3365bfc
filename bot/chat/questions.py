"""Questions: `/ask`, `/search`, plain text, words behind a dossier's command, `/figure NAME`."""

from __future__ import annotations

from dataclasses import replace

from bot.chat import browse, find
from bot.chat.desk import Ask
from bot.clock import micros
from bot.content.answer import Answer, Hit
from bot.content.spelling import fold
from bot.errors import NotCovered
from bot.render.views import asked
from bot.store import questions


async def answer(ask: Ask) -> None:
    """The best that is written, or a plain no with what comes nearest."""
    found = await find.best(ask, ask.text)
    if found.is_blank:
        await ask.show(asked.blank(ask.pen()))
    else:
        await _reply(ask, found)


async def about(ask: Ask, name: str) -> None:
    """A dossier's summary; with words behind its command, its best section or figure."""
    found = await find.best(ask, ask.text, name) if ask.text else None
    if found is None or found.is_blank:
        await browse.topic(ask, name)
    elif found.kind == "section" and found.best is not None:
        await browse.section(ask, found.best.key)
    elif found.kind == "figure" and found.best is not None:
        await browse.figure(ask, found.best.key, found.best.period)
    elif found.kind == "none" and (periods := find.bare_periods(ask, ask.text)):
        is_counted = await _count(ask, f"{name} {ask.text}")
        dossier = ask.library.dossier(name)
        await ask.show(asked.no_period(ask.pen(), dossier, periods, is_counted=is_counted))
    else:
        await _reply(ask, found, name)


async def figure(ask: Ask) -> None:
    """`/figure NAME`: the card; where several have such a name, which; without a name the board."""
    if not ask.text:
        await browse.board(ask)
        return
    if ask.text in ask.library.figures:
        await browse.figure(ask, ask.text)
        return
    topic = ask.library.by_command(fold(ask.text))
    if topic is not None and len(topic.figures) > 1:
        await browse.board(ask, topic.dossier)
        return
    found = await find.figure(ask, ask.text)
    if found.kind in {"figure", "comparison"} and found.best is not None:
        await browse.figure(ask, found.best.key, found.best.period)
    elif found.kind == "missing":
        await _reply(ask, found)
    elif topic is not None and topic.figures:
        await browse.board(ask, topic.dossier)
    elif len(having := await find.holders(ask, ask.text, found)) > 1:
        await ask.show(asked.which(ask.pen(), having))
    else:
        await _reply(ask, found)


async def open_hit(ask: Ask, kind: str, key: str) -> None:
    """The button of a person, a term or an event. Raises NotCovered for one that is gone."""
    library = ask.library
    dossier = library.dossier(key.partition(".")[0])
    match kind:
        case "person":
            hit = Hit("person", key, library.person(key).name, dossier.dossier)
        case "term":
            hit = Hit("term", key, library.term(key).name, dossier.dossier)
        case "event":
            hit = Hit("event", key, library.event(key).title, dossier.dossier)
        case _:
            raise NotCovered(key)
    await ask.show(asked.found(ask.pen(), hit, dossier.title))


async def not_meant(ask: Ask, text: str) -> None:
    """The button: counted as a question without an answer, and what else there is."""
    found = await find.best(ask, text)
    await _count(ask, text)
    await ask.show(asked.not_meant(ask.pen(), found))


async def _reply(ask: Ask, found: Answer, dossier: str = "") -> None:
    if found.kind == "dossier" and found.best is not None:
        await browse.topic(replace(ask, text=""), found.best.dossier)
        return
    is_counted = found.kind in {"none", "missing"} and await _count(ask, f"{dossier} {ask.text}")
    pen = ask.pen()
    if found.kind == "none":
        view = asked.not_covered(pen, found, is_counted=is_counted, dossier=dossier)
    else:
        view = asked.answered(pen, found, ask.text)
    await ask.show(view)


async def _count(ask: Ask, text: str) -> bool:
    """Count it for the editors: the words alone, not whose they are; False without words."""
    words = fold(text)
    if not words:
        return False
    now = micros(ask.desk.clock.now())
    async with ask.desk.database.write() as conn:
        await questions.count(conn, words, ask.chat.language, now)
    return True
