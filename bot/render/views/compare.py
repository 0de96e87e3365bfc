"""Two periods of a figure side by side, with what our arithmetic makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.content.dates import When
from bot.content.model import Figure, Observation
from bot.content.provenance import change, difference
from bot.render.buttons import fit_copy, nav, rows
from bot.render.message import Block, Button, Heading, Para, Span, Text, View
from bot.render.pen import Pen
from bot.render.phrase import say_bounds, say_gap, say_number, say_period, say_step, say_when


def periods_of(figure: Figure) -> tuple[When, ...]:
    """The periods that a figure is known for, the earliest first, each once."""
    return tuple(dict.fromkeys(item.period for item in figure.observations))


def comparison(pen: Pen, figure: Figure, one: When, other: When) -> View:
    """Both values, each with its source; the difference, in numbers and per cent."""
    words = pen.words
    early, late = sorted((one, other), key=When.order)
    olds, news = _of(figure, early), _of(figure, late)
    title = words("compare.title", name=figure.name)
    blocks = [Heading((Text(title),)), *compared(pen, figure, early, late)]
    buttons = (
        *(
            nav(say_period(words, period), "f", figure.key, period.text)
            for period in (early, late)
            if ":" not in period.text
        ),
        Button(words("button.copy"), copy=_cite(pen, figure, olds[0], news[0])),
        nav(words("button.report_error"), "rp", "cp", figure.key),
        nav(words("button.back", title=figure.name), "f", figure.key),
    )
    return pen.view(blocks, rows(buttons), f"{figure.key}.compare")


def compared(pen: Pen, figure: Figure, early: When, late: When) -> list[Block]:
    """A line for each value, then our arithmetic."""
    olds, news = _of(figure, early), _of(figure, late)
    values = [Para(tuple(_value(pen, figure, item)), tight=True) for item in (*olds, *news)]
    reckoned = [
        Para((Text(line, shows=(olds[0].key, news[0].key)),), tight=bool(number))
        for number, line in enumerate(_reckoned(pen, figure, olds, news))
    ]
    return [*values, *reckoned]


def only_these(pen: Pen, figure: Figure, missing: Iterable[When]) -> View:
    """A period that the sources do not give: said plainly, with those that they do."""
    words = pen.words
    wanted = words.listed(say_period(words, period) for period in missing)
    line = words("compare.missing", name=figure.name, periods=wanted)
    blocks: list[Block] = [Para((Text(line),))]
    blocks += [Para(tuple(_value(pen, figure, item)), tight=True) for item in figure.observations]
    known = periods_of(figure)
    buttons = [
        nav(words("button.compare"), "cp", figure.key) if len(known) > 1 else None,
        nav(words("button.back", title=figure.name), "f", figure.key),
    ]
    return pen.view(blocks, rows(buttons), f"{figure.key}.compare")


def usage(pen: Pen) -> View:
    """How it is asked, and the figures that can be."""
    words = pen.words
    able = [item for item in pen.library.figures.values() if len(periods_of(item)) > 1]
    if not able:
        line = words("compare.nothing")
    else:
        first, last = periods_of(able[0])[0], periods_of(able[0])[-1]
        name = able[0].aliases[0] if able[0].aliases else able[0].name
        line = words("compare.usage", example=f"{name} {first} {last}")
    buttons = [nav(item.name, "cp", item.key) for item in able[:4]]
    back = nav(words("button.figures"), "B")
    return View((Para((Text(line),)),), rows((*buttons, back)), "compare")


def _of(figure: Figure, period: When) -> list[Observation]:
    return [item for item in figure.observations if item.period == period]


def _value(pen: Pen, figure: Figure, item: Observation) -> list[Span]:
    words = pen.words
    head = pen.value(figure, item, bold=True)
    opened = replace(head, text=head.text[:1].upper() + head.text[1:])
    tail = "" if item.status == "reported" else words("compare.status", status=_status(pen, item))
    return [opened, Text(f" {say_when(words, item)}{tail}"), pen.cite(item.fact)]


def _status(pen: Pen, item: Observation) -> str:
    return pen.words(f"status.{item.status}")


def _reckoned(
    pen: Pen, figure: Figure, olds: list[Observation], news: list[Observation]
) -> list[str]:
    """The lines of arithmetic; where sources differ nothing is averaged, so there are none."""
    words = pen.words
    if len(olds) > 1 or len(news) > 1:
        return [words("compare.disputed")]
    gap = difference(olds[0], news[0])
    if gap is None:
        return [words("compare.multiple")]
    lines = [words("compare.difference", gap=say_gap(words, gap, figure.unit))]
    derived = change(figure, olds[0], news[0])
    if derived is None:
        lines.append(words("compare.no_percent"))
    else:
        step, bounds = say_step(words, derived), say_bounds(words, derived)
        lines.append(words("compare.percent", step=step, bounds=bounds))
    lines.append(words("compare.ours"))
    return lines


def _cite(pen: Pen, figure: Figure, old: Observation, new: Observation) -> str:
    """A line to paste: both values as their source has them, without our arithmetic."""
    words = pen.words
    source = pen.library.source_of(new.fact[0])

    def line(name: str) -> str:
        return words(
            "compare.cite",
            name=name,
            old=f"{say_number(words, figure, old)} {say_when(words, old)}",
            new=f"{say_number(words, figure, new)} {say_when(words, new)}",
            source=source.name,
            day=source.day,
        )

    return fit_copy(line, figure.name)
