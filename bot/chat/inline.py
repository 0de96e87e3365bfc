"""Inline mode: figures and sections offered while somebody types behind our name in any chat."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bot import telemetry
from bot.chat import find
from bot.chat.desk import Ask
from bot.chat.indexes import Named
from bot.chat.sheet import NO_PREVIEW
from bot.config import Access
from bot.content.answer import Answer, Hit
from bot.content.completion import Completion
from bot.content.library import Library
from bot.delivery.transport import MaybeSent, Refused
from bot.render.buttons import markup
from bot.render.pen import Pen
from bot.render.split import split
from bot.render.views import inline
from bot.render.views.inline import Card
from bot.text import Words

log = telemetry.logger(__name__)

MOST = 50
"""Results of one answer, https://core.telegram.org/bots/api#answerinlinequery."""
CARDS = 4000
OFFERED = 20
"""Of a question: further down nobody looks."""
CACHE = 30
"""Seconds for which Telegram may show an answer again, to the same person alone: nobody gets
another's language, nor for long a figure that was withdrawn."""
START = "topics"
OWN = frozenset({"comparison", "missing"})
"""Answers that are no thing with a screen of its own."""


@dataclass(frozen=True)
class Shelf:
    """A library in one language on one day, for links to one bot. Each card is made once."""

    library: Library
    words: Words
    today: date
    bot: str

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shelf) and other._key == self._key

    @property
    def _key(self) -> tuple[object, ...]:
        return (self.library.hash, self.words.language, self.today, self.bot)

    def pen(self) -> Pen:
        return Pen(self.library, self.words, self.today, self.bot)

    def result(self, hit: Hit) -> dict[str, object]:
        return _made(self, hit)


async def answer(ask: Ask) -> None:
    """Answer what was typed: the board for nothing, what fits best first, or a way into the bot.

    What is chosen is posted by Telegram in a chat that is not ours to know: there is no receipt of
    it, and no correction reaches it. So each text names its source and date.
    """
    typed = ask.typed
    if typed is None:
        return
    results: list[dict[str, object]] = []
    key = "inline.closed"
    if _is_let_in(ask):
        results = await _results(ask, typed.text)
        key = "inline.open" if results else "inline.nothing"
    params: dict[str, object] = {
        "inline_query_id": typed.id,
        "results": results,
        "is_personal": True,
        "cache_time": CACHE,
        "button": {"text": ask.words(key), "start_parameter": START},
    }
    try:
        await ask.desk.post.call("answerInlineQuery", params)
    except (Refused, MaybeSent) as failure:
        # Who types on asks again; there is no place to tell them anything else.
        log.warning("What was typed inline is not answered.", action="inline", why=str(failure))


def _is_let_in(ask: Ask) -> bool:
    """In a closed desk those who were let in before; an unknown one has no way to show a link."""
    if ask.desk.access is Access.OPEN:
        return True
    return ask.chat.admitted or ask.user_id in ask.desk.admins


async def _results(ask: Ask, text: str) -> list[dict[str, object]]:
    today = ask.desk.clock.now().astimezone(ask.zone).date()
    library = ask.library
    shelf = Shelf(library, ask.words, today, ask.desk.bot_name)
    if not text.strip():
        return [shelf.result(hit) for hit in inline.board(library)[:MOST]]
    found = await find.best(ask, text)
    # A large library takes a moment when it is first read so; nobody else waits for that.
    begun = await asyncio.to_thread(begins, library, text)
    return offer(shelf, found, begun, text)


def begins(library: Library, text: str) -> tuple[Hit, ...]:
    """The things whose names begin as what is being typed."""
    return _completion(Named(library)).find(text, OFFERED)


def offer(shelf: Shelf, found: Answer, begun: Sequence[Hit], text: str) -> list[dict[str, object]]:
    """What answers the words, then what begins with them; each once, and figures first."""
    # What only comes near is no answer: here nobody would be told so.
    best, others = ((found.best,), found.others) if found.best is not None else ((), ())
    hits = [*best, *begun, *others]
    made: dict[str, dict[str, object]] = {}
    if found.best is not None and found.kind in OWN:
        card = inline.answer(shelf.pen(), found, text)
        if card is not None:
            made["answer"] = _result(card, f"answer {text}")
        hits = [hit for hit in hits if hit.kind not in OWN]
    for hit in sorted(hits, key=lambda hit: hit.kind != "figure")[:OFFERED]:
        name = f"{hit.kind} {hit.key}"
        if name not in made:
            made[name] = shelf.result(hit)
    return list(made.values())


def _card(pen: Pen, hit: Hit) -> Card:
    match hit.kind:
        case "figure" | "comparison" | "missing":
            return inline.figure(pen, pen.library.figure(hit.key), hit.period)
        case "section":
            return inline.section(pen, hit.key)
        case "dossier":
            return inline.dossier(pen, hit.dossier)
    return inline.thing(pen, hit)


def _result(card: Card, name: str) -> dict[str, object]:
    """The card as Telegram takes it: one message, its first part where there are more."""
    message = split(card.view)[0]
    result: dict[str, object] = {
        "type": "article",
        "id": hashlib.blake2s(name.encode(), digest_size=12).hexdigest(),
        "title": card.title,
        "description": card.line,
        "input_message_content": {
            "message_text": message.html,
            "parse_mode": "HTML",
            "link_preview_options": NO_PREVIEW,
        },
    }
    keyboard = markup(card.view.buttons)
    if keyboard is not None:
        result["reply_markup"] = keyboard
    return result


@lru_cache(maxsize=CARDS)
def _made(shelf: Shelf, hit: Hit) -> dict[str, object]:
    return _result(_card(shelf.pen(), hit), f"{hit.kind} {hit.key}")


@lru_cache(maxsize=3)
def _completion(named: Named) -> Completion:
    return Completion(named.it)
