"""A pen writes one screen: it turns references into words, marks each with its source.

Marks (¹ ²) are given in the order of appearance, one for each place of a source, and keyed at
the end of the screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bot.content import prose
from bot.content.library import Library
from bot.content.model import Figure, Observation
from bot.content.prose import Dated, Reference, Share, Shift, Shown
from bot.content.provenance import Derived, change, share
from bot.errors import NotCovered
from bot.render.buttons import start_link
from bot.render.message import Block, Cite, Para, Quote, Rows, Span, Text, View
from bot.render.phrase import say_change, say_date, say_number, say_period, say_share, say_when
from bot.text import Words

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
Place = tuple[str, int]
"""A source's name and a paragraph of it."""


class Pen:
    """Holds what one screen has cited so far. `today` decides what is overdue for review.

    With `bot`, its name, the screen is for a group or channel: each number links to the bot.
    """

    def __init__(self, library: Library, words: Words, today: date, bot: str = "") -> None:
        self.bot = bot
        self.library = library
        self.words = words
        self.today = today
        self._places: dict[Place, list[str]] = {}
        self._overdue: dict[str, Figure] = {}
        self._reckoned = False

    # --- marks and sources ---

    def cite(self, facts: Iterable[str]) -> Cite:
        """A mark for each place that these facts stand in."""
        numbers: dict[int, None] = {}
        known = tuple(facts)
        for ref in known:
            place = (self.library.source_of(ref).source, self.library.fact(ref).paragraph)
            listed = self._places.setdefault(place, [])
            if ref not in listed:
                listed.append(ref)
            numbers[list(self._places).index(place) + 1] = None
        marks = "\u02d2".join(str(number).translate(SUPERSCRIPTS) for number in sorted(numbers))
        return Cite(known, "\u00a0" + marks.replace("\u02d2", "\u202f") if marks else "")

    def sources(self, names: Iterable[str] = ()) -> tuple[Block, ...]:
        """The sources keyed, in a quote that opens on a tap, and the date that they speak for.

        Where nothing was cited, `names` are the sources that the whole screen rests on.
        """
        if not self._places:
            return self._bare_sources(names)
        names = dict.fromkeys(name for name, _ in self._places)
        alone = len(names) == 1
        lines = [
            self._source_line(number, place, facts, named=not alone)
            for number, (place, facts) in enumerate(self._places.items(), start=1)
        ]
        if alone:
            # One source is named once, and first: a closed quote shows its first lines.
            source = self.library.source(next(iter(names)))
            lines.insert(0, self.words("sources.whole", name=source.name, day=source.day))
        else:
            days = dict.fromkeys(self.library.source(name).day for name in names)
            lines.append(self.words("sources.as_of", day=self.words.listed(days)))
        return (*self._notes(), Quote(tuple(Para((Text(line),), tight=True) for line in lines)))

    def _bare_sources(self, names: Iterable[str]) -> tuple[Block, ...]:
        lines = [
            self.words("sources.whole", name=source.name, day=source.day)
            for source in map(self.library.source, names)
        ]
        return (Quote(tuple(Para((Text(line),), tight=True) for line in lines)),) if lines else ()

    def _source_line(self, number: int, place: Place, facts: list[str], *, named: bool) -> str:
        name, paragraph = place
        source = self.library.source(name)
        said = dict.fromkeys(by for ref in facts if (by := self.library.fact(ref).by))
        line = self.words(
            "sources.line" if named else "sources.spot",
            mark=str(number).translate(SUPERSCRIPTS),
            name=source.name,
            paragraph=paragraph,
        )
        return line + (self.words("sources.by", by="; ".join(said)) if said else "")

    def _notes(self) -> tuple[Block, ...]:
        notes: list[Block] = []
        if self._reckoned:
            notes.append(Para((Text(self.words("sources.arithmetic"), italic=True),)))
        if self._overdue:
            names = self.words.listed(figure.name for figure in self._overdue.values())
            notes.append(Para((Text(self.words("sources.overdue", names=names), italic=True),)))
        return tuple(notes)

    # --- figures ---

    def resolve(self, reference: str, topic: str) -> Reference:
        """`volume@2024 vs 2023` of a dossier's file, made absolute."""
        return prose.reference(reference, topic)

    def observed(self, figure: str, period: str | None) -> tuple[Figure, Observation]:
        """A figure with the (first) observation of a period. Raises NotCovered."""
        found = self.library.observations(figure, period)
        if not found:
            raise NotCovered(f"{figure}@{period}" if period else figure)
        return self.library.figure(figure), found[0]

    def value(self, figure: Figure, item: Observation, *, bold: bool = False) -> Text:
        """The value with its unit, noting that this screen shows it."""
        if figure.review_by and figure.review_by.last and figure.review_by.last < self.today:
            self._overdue[figure.key] = figure
        link = start_link(self.bot, "f", figure.key) if self.bot else ""
        return Text(say_number(self.words, figure, item), bold=bold, shows=(item.key,), url=link)

    def shift(self, at: Shift) -> tuple[Derived | None, Observation, Observation]:
        figure, new = self.observed(at.figure, at.period)
        _, old = self.observed(at.figure, at.base)
        return change(figure, old, new), old, new

    def share(self, at: Share) -> tuple[Derived | None, Observation, Observation]:
        figure, part = self.observed(at.figure, at.period)
        goal_figure, goal = self.observed(at.goal, at.goal_period)
        return share(figure, part, goal_figure, goal), part, goal

    def reckon(
        self, figure: Figure, part: Observation, goal_figure: Figure, goal: Observation
    ) -> Derived | None:
        """The share of a goal, noting that this screen shows our arithmetic."""
        derived = share(figure, part, goal_figure, goal)
        self._reckoned |= derived is not None
        return derived

    def spans(self, reference: Reference, *, bold: bool = False) -> list[Span]:
        """A reference in the middle of a sentence, with its mark."""
        match reference:
            case Shown(key, period):
                figure, item = self.observed(key, period)
                return [self.value(figure, item, bold=bold), self.cite(item.fact)]
            case Shift():
                moved, old, new = self.shift(reference)
                return self._derived(moved, old, new, bold=bold)
            case Share():
                part, low, high = self.share(reference)
                return self._derived(part, low, high, bold=bold)

    def _derived(
        self, derived: Derived | None, one: Observation, other: Observation, *, bold: bool
    ) -> list[Span]:
        if derived is None:
            return [Text(self.words("derived.unknown"))]
        self._reckoned = True
        say = say_change if derived.kind == "change" else say_share
        text = say(self.words, derived)
        return [Text(text, bold=bold, shows=(one.key, other.key)), self.cite(derived.facts)]

    # --- prose ---

    def write(self, text: str, topic: str) -> list[Para]:
        """Paragraphs of a dossier's prose with its figures and dates printed."""
        return [
            Para(tuple(self._prose_spans(paragraph)), bullet=paragraph.bullet)
            for paragraph in prose.parse(text, topic)
        ]

    def _prose_spans(self, paragraph: prose.Paragraph) -> Iterable[Span]:
        for span in paragraph.spans:
            match span:
                case prose.Words(text):
                    yield Text(text)
                case Dated(event):
                    yield Text(say_date(self.words, self.library.event(event)))
                case Shown() | Shift() | Share():
                    yield from self.spans(span)

    def line(self, reference: Reference, *, opens: bool = True) -> list[Span]:
        """A key figure as a line of its own: the number first and bold, its label after it.

        `opens` is False where it goes on a line begun before.
        """
        spans = self._line(reference)
        return _opened(spans) if opens else spans

    def statement(self, figure: Figure, item: Observation) -> list[Span]:
        """One observation as such a line: two sources may speak of the same period."""
        return _opened(self._stated(figure, item))

    def _line(self, reference: Reference) -> list[Span]:
        match reference:
            case Shown(key, period):
                return self._stated(*self.observed(key, period))
            case Shift(key, period, base):
                figure, new = self.observed(key, period)
                _, old = self.observed(key, base)
                said = self.spans(reference)
                before = old.period_says or say_period(self.words, old.period)
                on = self.words("change.on", period=before)
                return [Text("", shows=(new.key,)), *said[:1], Text(on), *said[1:]]
            case Share(_, _, goal, goal_period):
                figure, item = self.observed(goal, goal_period)
                said = self.spans(reference, bold=True)
                of = Text(self.words("share.of"))
                return [*said[:1], of, self.value(figure, item), *said[1:]]

    def _stated(self, figure: Figure, item: Observation) -> list[Span]:
        if item.status == "forecast" and item.value.kind == "multiple":
            return self._forecast(figure, item)
        label = figure.short or self.words("figure.label", name=figure.name)
        said = Text(f" {label}" + self._behind(item))
        return [self.value(figure, item, bold=True), said, self.cite(item.fact)]

    def _behind(self, item: Observation) -> str:
        """What stands after a label: the period, the kind of statement and who makes it."""
        said = f" {say_when(self.words, item)}" if item.period.precision != "interval" else ""
        if item.period_says:
            said = f" {item.period_says}"
        if item.status in {"forecast", "target", "estimate"}:
            said += self.words(f"status.tail.{item.status}")
        elif item.status == "claim" and item.by:
            said += self.words("status.tail.claim", by=item.by)
        return said

    def _forecast(self, figure: Figure, item: Observation) -> list[Span]:
        factor = int(item.value.low) if item.value.low == int(item.value.low) else 0
        verb = f"forecast.times_{factor}" if factor in {2, 3} else "forecast.times"
        said = self.words(
            verb, factor=self.words.number(item.value.low), when=say_when(self.words, item)
        )
        tail = "forecast.no_base" if item.value.base == "?" else "forecast.tail"
        self.value(figure, item)
        return [
            Text(said, bold=True, shows=(item.key,)),
            Text(self.words(tail)),
            self.cite(item.fact),
        ]

    # --- the screen ---

    def view(
        self,
        blocks: Iterable[Block],
        buttons: Rows = (),
        place: str = "",
        rests_on: Iterable[str] = (),
    ) -> View:
        """The blocks with the sources that they cite, or with those that they rest on."""
        written = tuple(blocks)
        return View((*written, *self.sources(rests_on)), buttons, place)


def _opened(spans: list[Span]) -> list[Span]:
    """A line that begins with a capital."""
    at = next((n for n, span in enumerate(spans) if isinstance(span, Text) and span.text), 0)
    first = spans[at]
    if isinstance(first, Text):
        spans[at] = replace(first, text=first.text[:1].upper() + first.text[1:])
    return spans
