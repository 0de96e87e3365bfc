"""Which period of a figure answers a question, and what kind of answer that makes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from bot.content.asking import Question
from bot.content.dates import When
from bot.content.model import Figure

WEEK = 7
FigureKind = Literal["figure", "comparison", "missing"]


def figure_kind(question: Question, figure: Figure) -> FigureKind:
    """`missing` where one of the periods asked for is not there: no neighbour stands in for it."""
    found = [period_of(figure, asked) for asked in question.periods]
    if not all(found):
        return "missing"
    known = len({item.period for item in figure.observations})
    if len(set(found)) > 1 or (question.compares and len(found) < 2 and known > 1):
        return "comparison"
    return "figure"


class Calendar:
    """Which figures have a period, of very many, and which events it saw. They are numbered by
    whoever asks."""

    def __init__(self) -> None:
        self._events: list[tuple[When, int]] = []
        self._by_year: dict[int, list[int]] = {}
        self._figures: dict[int, Figure] = {}
        self._dated: defaultdict[str, set[int]] = defaultdict(set)
        """The years of each day, "-09-30", on which something happened."""

    def add(self, number: int, figure: Figure) -> None:
        self._figures[number] = figure
        years = {
            day.year
            for item in figure.observations
            for day in (item.period.first, item.period.last)
            if day is not None
        }
        for year in years:
            self._by_year.setdefault(year, []).append(number)
        self._remember(item.period for item in figure.observations)

    def note(self, number: int, whens: Iterable[When]) -> None:
        """An event, and when it was."""
        dates = tuple(whens)
        self._events += [(when, number) for when in dates]
        self._remember(dates)

    def _remember(self, whens: Iterable[When]) -> None:
        for when in whens:
            first, last = when.first, when.last
            if first and last and (last - first).days < WEEK:
                for past in range((last - first).days + 1):
                    day = first + timedelta(days=past)
                    self._dated[f"-{day:%m-%d}"].add(day.year)

    def events(self, asked: When) -> list[int]:
        """Those of that time: within it or, of some days, on one of them."""
        return [number for when, number in self._events if is_then(when, asked)]

    def dated(self, question: Question) -> Question:
        """The same, a day without its year taken for the last one on which something happened."""
        if not question.relative or not any(map(is_day, question.periods)):
            return question
        periods = tuple(self._of_year(it) if is_day(it) else it for it in question.periods)
        return replace(question, periods=periods)

    def _of_year(self, day: When) -> When:
        years = self._dated.get(day.text[4:])
        return When.parse(f"{max(years):04d}{day.text[4:]}") if years else day

    def having(self, periods: Sequence[When], of: Set[int] | None = None) -> Iterator[int]:
        """Those (of some, if given) that answer for all the periods, in the order of numbers."""
        if not periods:
            return
        first, last = periods[0].first, periods[0].last
        if first is None or last is None:
            return
        near = {
            number
            for year in range(first.year, last.year + 1)
            for number in self._by_year.get(year, ())
        }
        for number in sorted(near if of is None else near & of):
            if all(period_of(self._figures[number], asked) for asked in periods):
                yield number


def is_day(when: When) -> bool:
    return when.precision == "day"


def is_then(known: When, asked: When) -> bool:
    """Whether a known time is that asked for: within it or, of some days, around it."""
    if known.within(asked) or known.first is None or known.last is None:
        return known.within(asked)
    return asked.within(known) and (known.last - known.first).days < WEEK


def period_of(figure: Figure, asked: When) -> str:
    """The period of a figure that answers for the one asked: itself, or the only one within."""
    known = list(dict.fromkeys(item.period for item in figure.observations))
    if asked in known:
        return asked.text
    inside = [period for period in known if period.within(asked)]
    return inside[0].text if len(inside) == 1 else ""


def chosen_periods(kind: str, question: Question, figure: Figure) -> tuple[str, str]:
    """The period that a figure answers for and, for a comparison, the one it is held against."""
    known = list(dict.fromkeys(item.period for item in figure.observations))
    asked = sorted(
        (
            period
            for period in known
            if period.text in {period_of(figure, it) for it in question.periods}
        ),
        key=When.order,
    )
    period, base = "", ""
    if kind == "figure":
        period = asked[0].text if asked else known[-1].text
    elif kind == "comparison":
        last = asked[-1] if len(asked) > 1 or (asked and asked[0] != known[0]) else known[-1]
        first = (
            asked[0]
            if len(asked) > 1 or (question.since and asked)
            else known[known.index(last) - 1]
        )
        period, base = last.text, first.text
    return period, base
