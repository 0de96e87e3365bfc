"""What the rules work on and what they give: a desk in, findings out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from bot.content.library import Library
from bot.content.model import Fact, Figure, Observation
from bot.content.names import BUILT_IN
from bot.content.places import Keys
from bot.content.prose import ProseError, Reference, Scan, Span, reference, scan

Noun = Literal["source", "dossier", "editions", "questions"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file: which file, and the keys that lead to the value."""

    noun: Noun
    name: str
    keys: Keys


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found. `offset` and `length` mark a piece of the text that stands there."""

    place: Place
    message: str
    remedy: str
    warning: bool = False
    key: bool = False
    offset: int | None = None
    length: int = 1


@dataclass(frozen=True, slots=True)
class Prose:
    """A text that may name figures, and what reading it gave."""

    place: Place
    dossier: str
    text: str
    scan: Scan


@dataclass(frozen=True, slots=True)
class Named:
    """A figure or event named somewhere. `whole` allows a figure without one period."""

    place: Place
    dossier: str
    span: Span
    offset: int | None = None
    length: int = 1
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Cited:
    """A fact named somewhere."""

    place: Place
    ref: str


@dataclass(frozen=True)
class Desk:
    """A library as its files have it, and what else the rules may know.

    `broken` are dossiers, sources and keys (`corridor`, `corridor.volume`, `astana-talks.18`)
    with mistakes that are told already: nobody complains of references to them. `checksums`
    are those of the documents at hand, by source. `today` is None where no date is known.
    `questions` are the wordings and their answers, by file.
    """

    library: Library
    broken: frozenset[str] = frozenset()
    checksums: Mapping[str, str] = field(default_factory=dict)
    built_in: frozenset[str] = BUILT_IN
    today: date | None = None
    questions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def unsure(self, ref: str) -> bool:
        """Whether `ref` may well exist, in a part of a file that could not be read."""
        return ref in self.broken or ref.partition(".")[0] in self.broken

    def fact(self, ref: str) -> Fact | None:
        return self.library.facts.get(ref)

    def figure(self, key: str) -> Figure | None:
        return self.library.figures.get(key)

    def observation(self, key: str, period: str | None) -> Observation | None:
        """The first one for a period, or the only one; None where there is none or no only one."""
        figure = self.figure(key)
        if figure is None:
            return None
        if period is None:
            several = len({item.period.text for item in figure.observations}) > 1
            return None if several else next(iter(figure.observations), None)
        return next((it for it in figure.observations if it.period.text == period), None)

    @cached_property
    def prose(self) -> tuple[Prose, ...]:
        """Every text that may name figures."""
        found: list[Prose] = []

        def add(dossier: str, text: str | None, *keys: str) -> None:
            if text:
                place = Place("dossier", dossier, keys)
                found.append(Prose(place, dossier, text, scan(text, dossier)))

        for name, item in self.library.dossiers.items():
            add(name, item.lead, "lead")
            add(name, item.held_up, "held_up")
            for key, section in item.sections.items():
                add(name, section.text, "sections", key, "text")
            for key, tracker in item.trackers.items():
                add(name, tracker.says, "trackers", key, "says")
                for step_key, step in tracker.steps.items():
                    add(name, step.says, "trackers", key, "steps", step_key, "says")
            for key, watch in item.watch.items():
                add(name, watch.text, "watch", key, "text")
        return tuple(found)

    @cached_property
    def named(self) -> tuple[Named, ...]:
        """Every figure and event that a text or a list names."""
        found = [
            Named(text.place, text.dossier, mention.span, mention.offset, mention.length)
            for text in self.prose
            for mention in text.scan.mentions
        ]
        for place, dossier, text, whole in self.references:
            span = _read(text, dossier)
            if not isinstance(span, ProseError):
                found.append(Named(place, dossier, span, whole=whole))
        return tuple(found)

    @cached_property
    def misread(self) -> tuple[tuple[Place, ProseError], ...]:
        """References in lists that cannot be read."""
        return tuple(
            (place, span)
            for place, dossier, text, _ in self.references
            if isinstance(span := _read(text, dossier), ProseError)
        )

    @cached_property
    def references(self) -> tuple[tuple[Place, str, str, bool], ...]:
        """Place, dossier, text, and whether a figure without a period will do."""
        found: list[tuple[Place, str, str, bool]] = []
        for name, item in self.library.dossiers.items():

            def at(*keys: str | int, name: str = name) -> Place:
                return Place("dossier", name, keys)

            for n, text in enumerate(item.key_figures):
                found.append((at("key_figures", n), name, text, False))
            for key, section in item.sections.items():
                for n, text in enumerate(section.figures):
                    found.append((at("sections", key, "figures", n), name, text, True))
            for key, tracker in item.trackers.items():
                if tracker.figure:
                    found.append((at("trackers", key, "figure"), name, tracker.figure, False))
                if tracker.goal:
                    found.append((at("trackers", key, "goal"), name, tracker.goal, False))
        for key, edition in self.library.editions.items():
            for n, block in enumerate(edition.blocks):
                for i, text in enumerate(block.figures):
                    place = Place("editions", "", ("editions", key, "blocks", n, "figures", i))
                    found.append((place, "", text, False))
        return tuple(found)

    @cached_property
    def cited(self) -> tuple[Cited, ...]:
        """Every reference to a fact."""
        found: list[Cited] = []

        def add(dossier: str, refs: Iterable[str], *keys: str | int) -> None:
            for n, ref in enumerate(refs):
                found.append(Cited(Place("dossier", dossier, (*keys, "fact", n)), ref))

        for name, item in self.library.dossiers.items():
            for key, figure in item.figures.items():
                for n, observation in enumerate(figure.observations):
                    add(name, observation.fact, "figures", key, "observations", n)
            for key, section in item.sections.items():
                add(name, section.fact, "sections", key)
            for key, event in item.events.items():
                add(name, event.fact, "events", key)
            for key, tracker in item.trackers.items():
                for step_key, step in tracker.steps.items():
                    add(name, step.fact, "trackers", key, "steps", step_key)
            for key, watch in item.watch.items():
                add(name, watch.fact, "watch", key)
            for key, person in item.people.items():
                add(name, person.fact, "people", key)
            for key, term in item.terms.items():
                add(name, term.fact, "terms", key)
        return tuple(found)


Rule = Callable[[Desk], Iterable[Finding]]
"""A rule for editors."""


def _read(text: str, dossier: str) -> Reference | ProseError:
    try:
        return reference(text, dossier)
    except ProseError as error:
        return error
