"""What is offered behind the bot's name in any chat: a card each, its value in the title.

What is chosen is posted in somebody else's chat and may be forwarded from there, so that each
text stands alone: what it says, who says so, and as of when.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.content.answer import Answer, Hit
from bot.content.library import Library
from bot.content.model import Figure, Observation
from bot.render.buttons import start_link
from bot.render.html import plain_span
from bot.render.message import Block, Button, Cite, Heading, Para, Quote, Text, View
from bot.render.pen import Pen
from bot.render.views import asked
from bot.render.views.dossier import key_figures
from bot.text import clean

LONGEST_TITLE = 120
LONGEST_LINE = 140
"""Characters of a title and of the line below it; clients show fewer."""


@dataclass(frozen=True, slots=True)
class Card:
    """One result: its `title`, the `line` below it, and the view that is posted."""

    title: str
    line: str
    view: View


def figure(pen: Pen, item: Figure, period: str = "") -> Card:
    """A figure: its value and what it is, the source below; what is posted says both."""
    items = [found for found in item.observations if found.period.text == period]
    seen = items or [
        found for found in item.observations if found.period == item.observations[-1].period
    ]
    blocks: list[Block] = [
        Para(tuple(pen.statement(item, found)), tight=bool(number))
        for number, found in enumerate(seen)
    ]
    lines = [_place(pen, found) for found in seen]
    title = _titled(pen, item, seen[0])
    return _card(pen, title, "; ".join(dict.fromkeys(lines)), blocks, "f", item.key)


def _titled(pen: Pen, item: Figure, seen: Observation) -> str:
    """The value first; a multiple is no value, and so its name comes first."""
    said = "".join(span.text for span in pen.statement(item, seen) if isinstance(span, Text))
    if seen.value.kind == "multiple":
        return pen.words("inline.section", topic=item.name, title=said[:1].lower() + said[1:])
    return said


def section(pen: Pen, key: str) -> Card:
    """A section: its heading, how it begins, and all of it."""
    item = pen.library.section(key)
    dossier = pen.library.dossier(key.partition(".")[0])
    paras = pen.write(item.text, dossier.dossier)
    line = _plain(paras[0]) if paras else ""
    if paras:
        paras[-1] = Para((*paras[-1].spans, pen.cite(item.fact)), bullet=paras[-1].bullet)
    title = pen.words("inline.section", topic=dossier.title, title=item.title)
    return _card(pen, title, line, (Heading((Text(title),)), *paras), "s", key)


def dossier(pen: Pen, name: str) -> Card:
    """A dossier: its lead and its key figures."""
    item = pen.library.dossier(name)
    lead = pen.write(item.lead, name)
    line = _plain(lead[0]) if lead else ""
    blocks: list[Block] = [Heading((Text(item.title),)), *lead, *key_figures(pen, item)]
    return _card(pen, item.title, line, blocks, "d", name)


def answer(pen: Pen, found: Answer, text: str) -> Card | None:
    """What answers a question best, where that is no thing of its own: two periods, or a lack."""
    hit = found.best
    if hit is None:
        return None
    view = asked.answered(pen, found, text)
    kept = tuple(block for block in view.blocks if not isinstance(block, Quote))
    first = next((block for block in kept if isinstance(block, Para)), Para(()))
    title = hit.title if found.kind == "comparison" else _plain(first)
    return _card(pen, title, found.reason, kept, "f", hit.key)


def thing(pen: Pen, hit: Hit) -> Card:
    """A person, a term, an event."""
    title = pen.library.dossier(hit.dossier).title
    view = asked.found(pen, hit, title)
    kept = tuple(block for block in view.blocks if not isinstance(block, Quote))
    first = next((block for block in kept if isinstance(block, Para)), Para(()))
    return _card(pen, hit.title, _plain(first), kept, "d", hit.dossier)


def board(library: Library) -> tuple[Hit, ...]:
    """The key figures of all dossiers in their order, the other figures, the dossiers."""
    hits = {
        figure.key: Hit("figure", figure.key, figure.name, item.dossier)
        for item in library.dossiers.values()
        for figure in item.figures.values()
    }
    keys = [
        f"{item.dossier}.{text.partition('@')[0]}"
        for item in library.dossiers.values()
        for text in item.key_figures
    ]
    first = dict.fromkeys(key for key in keys if key in hits)
    topics = [Hit("dossier", name, it.title, name) for name, it in library.dossiers.items()]
    return (*(hits[key] for key in dict.fromkeys((*first, *hits))), *topics)


def _card(pen: Pen, title: str, line: str, blocks: Iterable[Block], kind: str, key: str) -> Card:
    """With the sources in the open: a forwarded message has no other way to show them."""
    shown = [
        Quote(block.paras, expandable=False) if isinstance(block, Quote) else block
        for block in pen.view(blocks).blocks
    ]
    button = Button(pen.words("button.to_bot"), url=start_link(pen.bot, kind, key))
    rows = ((button,),) if button.url else ()
    return Card(
        clean(title, LONGEST_TITLE), clean(line, LONGEST_LINE), View(tuple(shown), rows, "inline")
    )


def _place(pen: Pen, item: Observation) -> str:
    source = pen.library.source_of(item.fact[0])
    paragraph = pen.library.fact(item.fact[0]).paragraph
    return pen.words("sources.place", name=source.name, paragraph=paragraph)


def _plain(para: Para) -> str:
    """Its words without the marks, whose key stands elsewhere."""
    return "".join(plain_span(span) for span in para.spans if not isinstance(span, Cite))
