"""`/compare FIGURE A B`, and the button Compare: two periods of a figure side by side."""

from __future__ import annotations

from bot.chat import browse, find
from bot.chat.desk import Ask
from bot.content import asking
from bot.content.dates import When
from bot.content.model import Figure
from bot.render.views import compare as views
from bot.render.views import home

JOINING = frozenset({"vs", "versus", "against", "and", "with", "to", "from", "between", "in"})
"""Words that stand between two periods and name nothing."""


async def compare(ask: Ask) -> None:
    """A figure by name, and its periods; without periods the latest two."""
    if not ask.text:
        await ask.screen(views.usage, "compare")
        return
    today = ask.desk.clock.now().astimezone(ask.zone).date()
    question = asking.read(ask.text, today)
    name = " ".join(word for word in question.words if word not in JOINING)
    found = find.figure(ask.library, name) if name else None
    if found is None:
        await (browse.unknown(ask, ask.text) if name else ask.screen(views.usage, "compare"))
        return
    await _show(ask, ask.library.figure(found.key), question.periods[:2])


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
        button = find.open_button(find.Found("figure", figure.key, figure.name))
        await ask.show(home.notice(said, (button,)))
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
