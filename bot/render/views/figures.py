"""The board of figures, and the card on which a figure answers for itself."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from bot.content.model import Dossier, Figure, Observation
from bot.content.prose import Shift
from bot.content.provenance import change
from bot.render.buttons import fit_copy, nav, rows
from bot.render.message import Block, Button, Heading, Para, Text, View
from bot.render.pen import Pen
from bot.render.phrase import (
    say_as_of,
    say_bounds,
    say_change,
    say_number,
    say_period,
    say_when,
)
from bot.text import Words

PAGE = 8
"""Figures with a button each; beyond, the board by dossier is the way."""


def board(pen: Pen, only: Dossier | None = None) -> View:
    """Key figures by dossier, or all the figures of one dossier."""
    words = pen.words
    title = words("figures.title") if only is None else words("figures.of", title=only.title)
    blocks: list[Block] = [Heading((Text(title),))]
    buttons: list[Button] = []
    for dossier in (only,) if only else pen.library.dossiers.values():
        if not dossier.figures:
            continue
        if only is None:
            blocks.append(Para((Text(dossier.title, bold=True),)))
            buttons.append(nav(dossier.title, "B", dossier.dossier))
        for figure in dossier.figures.values():
            blocks += [Para(tuple(spans), tight=True) for spans in _latest(pen, figure)]
            if only is not None:
                buttons.append(nav(figure.name, "f", figure.key))
    if only is None:
        buttons.append(nav(words("button.back", title=words("topics.title")), "topics"))
    else:
        buttons.append(nav(words("button.back", title=only.title), "d", only.dossier))
    place = "figures" if only is None else f"{only.dossier}.figures"
    return pen.view(blocks, rows(buttons), place)


def _latest(pen: Pen, figure: Figure) -> list[list[Text]]:
    """The newest period, a line for each who states it."""
    words, last = pen.words, figure.observations[-1].period
    lines = []
    for item in figure.observations:
        if item.period != last:
            continue
        when = item.period_says or say_period(words, item.period)
        head = pen.value(figure, item, bold=True)
        said = words("figures.line", name=figure.name, when=when) + _tail(words, figure, item)
        opened = replace(head, text=head.text[:1].upper() + head.text[1:])
        lines.append([opened, Text(said), Text(pen.cite(item.fact).mark)])
    return lines


def _tail(words: Words, figure: Figure, item: Observation) -> str:
    """ ", a target", unless the figure's name says so itself."""
    if item.status not in {"forecast", "target", "estimate"}:
        return ""
    said = words(f"status.tail.{item.status}")
    return "" if said.split()[-1].casefold() in figure.name.casefold() else said


def card(pen: Pen, figure: Figure, period: str | None = None) -> View:
    """Value, who said it and where, how sure, as of when, what was before, when it is due."""
    words, library = pen.words, pen.library
    item = next(
        (found for found in figure.observations if found.period.text == period),
        figure.observations[-1],
    )
    topic = figure.key.partition(".")[0]
    dossier = library.dossier(topic)
    when = item.period_says or say_period(words, item.period)
    same = [found for found in figure.observations if found.period == item.period]
    blocks: list[Block] = []
    for found in same:
        head = pen.value(figure, found, bold=True)
        opened = replace(head, text=head.text[:1].upper() + head.text[1:])
        blocks.append(Para((opened,), tight=bool(blocks)))
    blocks.append(Para((Text(f"{figure.name}, {when}"),), tight=True))
    lines: list[Para] = []
    for found in same:
        lines += _answers(pen, figure, found)
    lines += _history(pen, figure, item)
    if figure.review_by and figure.review_by.last:
        overdue = figure.review_by.last < pen.today
        key = "card.overdue" if overdue else "card.review"
        lines.append(_line(words(key, day=words.day(figure.review_by.last))))
    if lines:
        lines[0] = Para(lines[0].spans)
    buttons = (
        *_other_periods(words, figure, item),
        _compare(words, figure, item),
        Button(words("button.copy"), copy=cite_line(pen, figure, item)),
        nav(words("button.fact"), "c", item.fact[0], figure.key),
        nav(words("button.report_error"), "rp", "f", figure.key),
        nav(words("button.back", title=dossier.title), "d", topic),
    )
    return View((*blocks, *lines), rows(buttons), figure.key)


def line(pen: Pen, figure: Figure, period: str | None = None) -> View:
    """The figure in one line for each who states it, as a group gets it; its card is a press away.

    Where one source has it, the change on the period before follows.
    """
    item = next(
        (found for found in figure.observations if found.period.text == period),
        figure.observations[-1],
    )
    same = [found for found in figure.observations if found.period == item.period]
    said = [pen.statement(figure, found) for found in same]
    upto = [found for found in figure.observations if found.period.order() < item.period.order()]
    before = [found for found in upto if found.period == upto[-1].period]
    if len(same) == len(before) == 1 and change(figure, before[0], item):
        moved = Shift(figure.key, item.period.text, before[0].period.text)
        said[0] += [Text(", "), *pen.line(moved, opens=False)]
    paras = [Para(tuple(spans), tight=True) for spans in said]
    shown = () if ":" in item.period.text else (item.period.text,)
    button = nav(pen.words("button.card"), "f", figure.key, *shown)
    return pen.view(paras, ((button,),), f"{figure.key}.line")


def cite_line(pen: Pen, figure: Figure, item: Observation) -> str:
    """ "value, unit, period, source": a line to paste, within what a copy button holds."""
    words = pen.words
    source = pen.library.source_of(item.fact[0])
    paragraph = pen.library.fact(item.fact[0]).paragraph

    def line(name: str) -> str:
        return words(
            "card.cite",
            value=say_number(words, figure, item),
            name=name,
            when=item.period_says or say_period(words, item.period),
            source=words("sources.place", name=source.name, paragraph=paragraph),
            day=source.day,
        )

    return fit_copy(line, figure.name)


def _line(text: str) -> Para:
    return Para((Text(text),), tight=True)


def _answers(pen: Pen, figure: Figure, item: Observation) -> list[Para]:
    words, library = pen.words, pen.library
    places = dict.fromkeys(
        words(
            "sources.place",
            name=library.source_of(ref).name,
            paragraph=library.fact(ref).paragraph,
        )
        for ref in item.fact
    )
    lines = [_line(words("card.said_by", place=words.listed(places)))]
    by = item.by or library.fact(item.fact[0]).by
    if by:
        lines.append(_line(words("card.by", by=by)))
    status = words(f"status.{item.status}")
    lines.append(_line(words("card.status", status=status)))
    source = library.source_of(item.fact[0])
    as_of = say_as_of(words, source, item)
    known = "card.as_of" if item.as_of or source.published else "card.as_of_no_day"
    lines.append(_line(words(known, day=as_of)))
    if item.note:
        lines.append(_line(words("card.note", note=item.note)))
    return lines


def _history(pen: Pen, figure: Figure, item: Observation) -> list[Para]:
    """Each earlier period, and the change from the one before, marked as our arithmetic."""
    words = pen.words
    upto = [found for found in figure.observations if found.period.order() <= item.period.order()]
    if len(upto) < 2:
        return []
    lines = []
    for old, new in pairwise(upto):
        if new.period == old.period:
            continue
        before = words(
            "card.before",
            value=say_number(words, figure, old),
            when=say_when(words, old),
        )
        derived = change(figure, old, new)
        moved = (
            words(
                "card.change", change=say_change(words, derived), bounds=say_bounds(words, derived)
            )
            if derived
            else ""
        )
        lines.append(Para((Text(before, shows=(old.key,)), Text(moved)), tight=True))
    return lines


def _compare(words: Words, figure: Figure, item: Observation) -> Button | None:
    """This period against another, where there is one."""
    if all(found.period == item.period for found in figure.observations):
        return None
    period = item.period.text
    return nav(words("button.compare"), "cp", figure.key, *([] if ":" in period else [period]))


def _other_periods(words: Words, figure: Figure, item: Observation) -> list[Button]:
    periods = dict.fromkeys(found.period for found in figure.observations)
    return [
        nav(say_period(words, period), "f", figure.key, period.text)
        for period in periods
        if period != item.period and ":" not in period.text
    ]
