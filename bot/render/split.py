"""A View cut into Messages that Telegram accepts, at natural places.

Limits: 4096 code points after parsing and 100 entities a message (more are dropped in
silence), https://core.telegram.org/bots/api#sendmessage. We keep 200 code points free for a
line before the text, and stop at 90 entities.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from bot.render.html import FOUND, weigh, write_html, write_plain
from bot.render.message import (
    Bar,
    Block,
    Cite,
    Heading,
    Message,
    Para,
    Quote,
    Span,
    Text,
    Time,
    View,
)

TELEGRAM_CHARACTERS = 4096
FREE_CHARACTERS = 200
CHARACTERS = TELEGRAM_CHARACTERS - FREE_CHARACTERS
ENTITIES = 90
BETWEEN = 2
"""An empty line between blocks."""


def split(view: View) -> tuple[Message, ...]:
    """At least one message; the buttons stand under the last."""
    parts = list(_pack(view.blocks)) or [()]
    last = len(parts) - 1
    return tuple(
        Message(
            html=write_html(part),
            plain=write_plain(part),
            buttons=view.buttons if number == last else (),
            carries=carried(part),
        )
        for number, part in enumerate(parts)
    )


def carried(blocks: Iterable[Block]) -> tuple[str, ...]:
    """The keys of the observations that these blocks state, each once."""
    keys: dict[str, None] = {}
    for block in blocks:
        match block:
            case Para(spans) | Heading(spans):
                for span in spans:
                    if isinstance(span, Text):
                        keys.update(dict.fromkeys(span.shows))
            case Quote(paras):
                keys.update(dict.fromkeys(carried(paras)))
            case Bar():
                pass
    return tuple(keys)


def _pack(blocks: tuple[Block, ...]) -> Iterator[tuple[Block, ...]]:
    part: list[Block] = []
    length = marks = 0
    for block in _pieces(blocks):
        size, found = weigh(block)
        over = length + BETWEEN + size > CHARACTERS or marks + found > ENTITIES
        if part and over:
            # A heading stays with what it heads.
            carried = [part.pop()] if len(part) > 1 and isinstance(part[-1], Heading) else []
            yield tuple(part)
            part = carried
            length = sum(weigh(item)[0] + BETWEEN for item in part)
            marks = sum(weigh(item)[1] for item in part)
        part.append(block)
        length += BETWEEN + size
        marks += found
    if part:
        yield tuple(part)


def _pieces(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Blocks that fit a message each: what is too large alone is cut into several."""
    for block in blocks:
        size, found = weigh(block)
        if size <= CHARACTERS // 2 and found <= ENTITIES // 2:
            yield block
            continue
        match block:
            case Para():
                yield from _cut_para(block)
            case Heading(spans):
                for piece in _cut_para(Para(spans)):
                    yield Heading(piece.spans)
            case Quote(paras, expandable):
                yield from _cut_quote(paras, expandable=expandable)
            case Bar():
                yield block


def _cut_quote(paras: tuple[Para, ...], *, expandable: bool) -> Iterator[Quote]:
    held: list[Para] = []
    length = marks = 0
    for para in (piece for whole in paras for piece in _cut_para(whole)):
        size, found = weigh(para)
        if held and (length + size > CHARACTERS // 2 or marks + found > ENTITIES // 2):
            yield Quote(tuple(held), expandable)
            held, length, marks = [], 0, 0
        held.append(para)
        length += size + 1
        marks += found
    if held:
        yield Quote(tuple(held), expandable)


def _cut_para(para: Para) -> Iterator[Para]:
    """Cut at the ends of sentences, else between words, else anywhere."""
    size, found = weigh(para)
    if size <= CHARACTERS // 2 and found <= ENTITIES // 2:
        yield para
        return
    spans: list[Span] = []
    length = marks = 0
    first = True
    for span in (piece for whole in para.spans for piece in _cut_span(whole)):
        size, found = weigh(Para((span,)))
        if spans and (length + size > CHARACTERS // 2 or marks + found > ENTITIES // 2):
            yield replace(para, spans=tuple(spans), bullet=para.bullet and first)
            spans, length, marks, first = [], 0, 0, False
        spans.append(span)
        length += size
        marks += found
    yield replace(para, spans=tuple(spans), bullet=para.bullet and first)


def _cut_span(span: Span) -> Iterator[Span]:
    if isinstance(span, Cite) or _room(span.text) == len(span.text):
        yield span
        return
    if isinstance(span, Time):
        # Each piece would be shown as the whole moment.
        span = Text(span.text)
    rest = span.text
    while (limit := _room(rest)) < len(rest):
        cut = max(rest.rfind(end, 0, limit) + len(end) for end in (". ", "? ", ".\n"))
        if cut < limit // 2:
            cut = rest.rfind(" ", 0, limit) + 1
        if cut <= 0:
            cut = limit
        yield replace(span, text=rest[:cut])
        rest = rest[cut:]
    if rest:
        yield replace(span, text=rest)


def _room(text: str) -> int:
    """How much of a text makes a piece: by its length, and by what Telegram may find in it."""
    limit = CHARACTERS // 4
    first = islice(FOUND.finditer(text, 0, limit + 1), ENTITIES // 4, None)
    return min(limit, next((match.start() for match in first), limit), len(text))
