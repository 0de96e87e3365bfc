"""Blocks written as Telegram's HTML, and as plain text for when markup is refused.

https://core.telegram.org/bots/api#html-style
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from bot.render.message import Bar, Block, Cite, Heading, Link, Para, Quote, Span, Text, Time

BAR_CELLS = 10
BULLET = "· "
FOUND = re.compile(r"[#@]|(?<!\w)/|\$(?=[A-Z])|\.(?=[^\W\d]|\Z)")
"""Where Telegram may find a mention, command, hashtag or address by itself: each counts as well."""
TEXT_CONTROLS = {code: None for code in range(32) if code not in {9, 10}}


def _quoted(text: str) -> str:
    return escape(text.translate(TEXT_CONTROLS), quote=False)


def write_span(span: Span) -> str:
    match span:
        case Text(text, bold, italic, strike, _, url):
            out = _quoted(text)
            if url:
                out = f'<a href="{escape(url)}">{out}</a>'
            if strike:
                out = f"<s>{out}</s>"
            if italic:
                out = f"<i>{out}</i>"
            return f"<b>{out}</b>" if bold else out
        case Link(text, url, bold):
            out = f'<a href="{escape(url)}">{_quoted(text)}</a>'
            return f"<b>{out}</b>" if bold else out
        case Cite():
            return _quoted(span.mark)
        case Time(at, text, form):
            unix = int(at.timestamp())
            return f'<tg-time unix="{unix}" format="{escape(form)}">{_quoted(text)}</tg-time>'


def plain_span(span: Span) -> str:
    match span:
        case Cite():
            return span.mark
        case Text(text) | Link(text) | Time(_, text):
            return text.translate(TEXT_CONTROLS)


def entities(span: Span) -> int:
    """How many message entities Telegram makes of it, at most."""
    match span:
        case Text(text, bold, italic, strike, _, url):
            return bold + italic + strike + bool(url) + found(text)
        case Link(text, _, bold):
            return 1 + bold + found(text)
        case Time(_, text):
            return 1 + found(text)
        case Cite():
            return 0


def found(text: str) -> int:
    """How many entities it may hold that nobody marked."""
    return sum(1 for _ in FOUND.finditer(text))


def draw_bar(share: float) -> str:
    """Ten cells; one is filled when all of it is reached."""
    filled = int(min(max(share, 0.0), 1.0) * BAR_CELLS)
    return "▰" * filled + "▱" * (BAR_CELLS - filled)


def _para(para: Para, *, markup: bool) -> str:
    write = write_span if markup else plain_span
    return (BULLET if para.bullet else "") + "".join(write(span) for span in para.spans)


def _block(block: Block, *, markup: bool) -> str:
    match block:
        case Para():
            return _para(block, markup=markup)
        case Heading(spans):
            text = "".join(plain_span(span) for span in spans)
            return f"<b>{_quoted(text)}</b>" if markup else text
        case Bar(share):
            return draw_bar(share)
        case Quote(paras, expandable):
            lines = "\n".join(_para(para, markup=markup) for para in paras)
            if not markup:
                return lines
            return f"<blockquote{' expandable' if expandable else ''}>{lines}</blockquote>"


def gap(before: Block, block: Block) -> str:
    """What stands between two blocks: a new line, or an empty one as well."""
    tight = isinstance(block, Para) and (block.tight or block.bullet)
    if isinstance(before, Heading):
        return "\n\n" if isinstance(block, Para) and _is_title(block) else "\n"
    return "\n" if tight or isinstance(block, Bar) else "\n\n"


def _is_title(block: Para) -> bool:
    """A line in bold alone: two such lines without a gap would read as one."""
    return not block.bullet and all(isinstance(span, Text) and span.bold for span in block.spans)


def _join(blocks: Sequence[Block], *, markup: bool) -> str:
    out: list[str] = []
    for number, block in enumerate(blocks):
        if number:
            out.append(gap(blocks[number - 1], block))
        out.append(_block(block, markup=markup))
    return "".join(out)


def write_html(blocks: Sequence[Block]) -> str:
    return _join(blocks, markup=True)


def write_plain(blocks: Sequence[Block]) -> str:
    return _join(blocks, markup=False)


def weigh(block: Block) -> tuple[int, int]:
    """Code points after parsing, and entities."""
    match block:
        case Para(spans, bullet):
            length = sum(len(plain_span(span)) for span in spans)
            return length + len(BULLET) * bullet, sum(entities(span) for span in spans)
        case Heading(spans):
            own = sum(found(plain_span(span)) for span in spans)
            return sum(len(plain_span(span)) for span in spans), 1 + own
        case Bar():
            return BAR_CELLS, 0
        case Quote(paras):
            weights = [weigh(para) for para in paras]
            breaks = max(0, len(paras) - 1)
            return sum(w[0] for w in weights) + breaks, 1 + sum(w[1] for w in weights)
