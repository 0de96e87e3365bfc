"""An edition as its readers see it: what changed, then the blocks of its recipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from bot.content.changes import Change
from bot.content.model import Block as Recipe
from bot.content.model import Edition
from bot.render.buttons import nav, rows, start_link
from bot.render.message import Block, Button, Heading, Para, Span, Text, View
from bot.render.pen import Pen
from bot.render.views.trackers import tracker_blocks

TOLD = 12
"""Changes listed; the rest are counted."""


def edition(
    pen: Pen,
    recipe: Edition,
    changes: Sequence[Change] = (),
    since: date | None = None,
    topics: Iterable[str] = (),
    length: str = "full",
) -> View:
    """One bulletin's screen for readers of `topics` (none means all), short or full."""
    words = pen.words
    chosen = frozenset(topics)
    today = words.day(pen.today, year=False, weekday=True)
    blocks: list[Block] = [Heading((Text(words("edition.title", title=recipe.title, day=today)),))]
    for part in recipe.blocks:
        if part.full and length == "short":
            continue
        if part.changes:
            blocks += _changed(pen, changes, since)
        elif not chosen or part.topic in chosen or part.topic not in pen.library.dossiers:
            blocks += _part(pen, part)
    buttons: tuple[Button, ...] = (
        nav(words("button.more"), "topics!"),
        nav(words("button.figures"), "B!"),
        nav(words("button.hours"), "subs!"),
        nav(words("button.stop"), "un!"),
    )
    if pen.bot:
        # Others read along: whoever wants more finds it in their own chat.
        buttons = (Button(words("button.to_bot"), url=start_link(pen.bot, "brief")),)
    return pen.view(blocks, rows(buttons), f"edition.{recipe.key}")


def _changed(pen: Pen, changes: Sequence[Change], since: date | None) -> list[Block]:
    if since is None or not changes:
        return []
    words = pen.words
    day = words.day(since, year=False, weekday=True)
    blocks: list[Block] = [Para((Text(words("edition.since", day=day), bold=True),))]
    blocks += [Para(tuple(change_spans(pen, item)), bullet=True) for item in changes[:TOLD]]
    if len(changes) > TOLD:
        blocks.append(Para((Text(words("edition.more", count=len(changes) - TOLD)),), tight=True))
    return blocks


def change_spans(pen: Pen, change: Change) -> list[Span]:
    """A change in one line: what, how, and for a figure its value with its mark."""
    words = pen.words
    head = words(f"changed.{change.kind}", title=change.title)
    if change.noun == "figure" and change.kind != "withdrawn":
        items = pen.library.observations(change.key.partition("@")[0])
        for item in items:
            if item.key == change.key:
                figure = pen.library.figure(item.figure)
                value = pen.value(figure, item, bold=True)
                spans: list[Span] = [Text(head + ": "), value]
                if change.kind == "corrected" and change.before:
                    was = Text(change.before, strike=True)
                    spans += [Text(words("changed.was")), was]
                return [*spans, pen.cite(item.fact)]
    if change.noun == "tracker" and change.after and "{" not in change.after:
        return [Text(f"{head}: {change.after}")]
    return [Text(head)]


def _part(pen: Pen, part: Recipe) -> list[Block]:
    made: list[Block] = []
    if part.tracker:
        topic = part.tracker.partition(".")[0]
        made = tracker_blocks(pen, pen.library.tracker(part.tracker), topic)
    elif part.figures:
        made = [
            Para(tuple(pen.line(pen.resolve(text, part.topic or ""))), tight=True)
            for text in part.figures
        ]
    else:
        for key in part.watch:
            item = pen.library.watch(key)
            for para in pen.write(item.text, key.partition(".")[0]):
                made.append(Para((*para.spans, pen.cite(item.fact)), bullet=True))
    if not made or part.title is None:
        return made
    first = made[0]
    if isinstance(first, Para):
        made[0] = Para(first.spans, first.bullet, tight=True)
    return [Para((Text(part.title, bold=True),)), *made]
