"""`/compare FIGURE A B`, and the button Compare: two periods of a figure side by side."""

from __future__ import annotations

from bot.chat import find
from bot.chat.desk import Ask
from bot.content import asking
from bot.content.dates import When
from bot.content.model import Figure
from bot.render.buttons import nav
from bot.render.views import asked, home
from bot.render.views import compare as views

JOINING = frozenset({"vs", "versus", "against", "and", "with", "to", "from", "between", "in"})
"""Words that stand between two periods and name nothing."""


async def compare(ask: Ask) -> None:
    """A figure by name, and its periods; without periods the latest two."""
    if not ask.text:
        await ask.screen(views.usage, "compare")
        return
    question = asking.read(ask.text, find.today(ask))
    name = " ".join(word for word in question.words if word not in JOINING)
    if not name:
        await ask.screen(views.usage, "compare")
        return
    found = await find.figure(ask, name)
    if found.best is None or found.best.key not in ask.library.figures:
        await ask.show(asked.not_covered(ask.pen(), found, is_counted=False))
        return
    await _show(ask, ask.library.figure(found.best.key), question.periods[:2])


async def pressed(ask: Ask, key: str, period: str = "") -> None:
    """The button Compare on a card: its period against the one before, or after the first."""
    figure = ask.library.figure(key)
    chosen = tuple(item for item in views.periods_of(figure) if item.text == period)
    await _show(ask, figure, chosen)


async def _show(ask: Ask, figure: Figure, named: tuple[When, ...]) -> None:
    known = views.periods_of(figure)
    missing = tuple(period for period in named if period not in known)
    if missing:
        await ask.show(views.only_these(ask.pen(), figure, missing))
    elif len(known) < 2:
        said = ask.words("compare.single", name=figure.name)
        await ask.show(home.notice(said, (nav(figure.name, "f", figure.key),)))
    else:
        one, other = _pair(known, named)
        name = ("cp", figure.key, one.text, other.text)
        await ask.screen(lambda pen: views.comparison(pen, figure, one, other), *name)


def _pair(known: tuple[When, ...], named: tuple[When, ...]) -> tuple[When, When]:
    """The two to be compared: what is not named is the neighbour, the earlier one first."""
    if len(named) > 1:
        return named[0], named[1]
    if not named:
        return known[-2], known[-1]
    at = known.index(named[0])
    return named[0], known[at - 1] if at else known[1]
