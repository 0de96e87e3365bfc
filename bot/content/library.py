"""All dossiers, sources and editions of one moment, checked and frozen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Self, TypeVar

from pydantic import Field, TypeAdapter

from bot.content.model import (
    Block,
    Dossier,
    Edition,
    Event,
    Fact,
    Figure,
    Item,
    Name,
    Observation,
    Person,
    Section,
    Source,
    Term,
    Tracker,
    Watch,
)
from bot.content.names import nearest
from bot.errors import NotCovered

Kept = TypeVar("Kept")
Keyed = TypeVar("Keyed", bound=Item)


class Body(Item):
    """A library as JSON: what a revision keeps."""

    sources: tuple[Source, ...]
    dossiers: tuple[Dossier, ...]
    editions: dict[Name, Edition]
    questions: dict[str, str] = Field(default_factory=dict)


_BODY = TypeAdapter(Body)


@dataclass(frozen=True)
class Library:
    """Sources, dossiers and editions by name, with every key filled in.

    `questions` are readers' wordings, each with what answers it.
    Sources and dossiers stand in the order of their names, everything else as it was written;
    observations stand in the order of their periods. Lookups raise `NotCovered` with the
    nearest names.
    """

    sources: Mapping[str, Source]
    dossiers: Mapping[str, Dossier]
    editions: Mapping[str, Edition]
    questions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        sources: Iterable[Source],
        dossiers: Iterable[Dossier],
        editions: Mapping[str, Edition],
        questions: Mapping[str, str] | None = None,
        *,
        as_written: bool = False,
    ) -> Self:
        """Build a library and its keys; `as_written` leaves observations in the file's order."""
        return cls(
            _by_name({item.source: _keyed_source(item) for item in sources}),
            _by_place([_keyed_dossier(item, as_written) for item in dossiers]),
            MappingProxyType({name: _with_key(item, name) for name, item in editions.items()}),
            MappingProxyType(dict(sorted((questions or {}).items()))),
        )

    # --- as text ---------------------------------------------------------------------------

    def to_json(self) -> str:
        """Canonical JSON: the same library gives the same text, however its files look."""
        body = Body(
            sources=tuple(self.sources.values()),
            dossiers=tuple(self.dossiers.values()),
            editions=dict(self.editions),
            questions=dict(self.questions),
        )
        data = body.model_dump(mode="json", exclude_defaults=True)
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The library that `to_json` wrote; ValueError where `text` is something else."""
        body = _BODY.validate_json(text)
        return cls.of(body.sources, body.dossiers, body.editions, body.questions)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    # --- lookups ---------------------------------------------------------------------------

    def dossier(self, name: str) -> Dossier:
        return _take(self.dossiers, name)

    def by_command(self, command: str) -> Dossier | None:
        return next((item for item in self.dossiers.values() if item.command == command), None)

    def source(self, name: str) -> Source:
        return _take(self.sources, name)

    def fact(self, ref: str) -> Fact:
        """A fact by its reference, `astana-talks.18`."""
        return _take(self.facts, ref)

    def source_of(self, ref: str) -> Source:
        """The source of a fact."""
        return self.source(self.fact(ref).key.rpartition(".")[0])

    def figure(self, key: str) -> Figure:
        """A figure by its key, `corridor.volume`."""
        return _take(self.figures, key)

    def observations(self, key: str, period: str | None = None) -> tuple[Observation, ...]:
        """What the sources said of a figure for one period, or for all; two may disagree."""
        found = self.figure(key).observations
        if period is None:
            return found
        chosen = tuple(item for item in found if item.period.text == period)
        if not chosen:
            raise NotCovered(
                f"{key}@{period}", tuple(f"{key}@{item.period.text}" for item in found)
            )
        return chosen

    def observation(self, ref: str) -> Observation:
        """The first observation of `corridor.volume@2024`, of `corridor.volume`, or by its key."""
        key, _, rest = ref.partition("@")
        period, _, source = rest.partition(":")
        for item in self.observations(key, period or None):
            if not source or item.key == ref:
                return item
        raise NotCovered(ref, tuple(item.key for item in self.figure(key).observations))

    def section(self, key: str) -> Section:
        return _take(self.sections, key)

    def event(self, key: str) -> Event:
        return _take(self.events, key)

    def tracker(self, key: str) -> Tracker:
        return _take(self.trackers, key)

    def watch(self, key: str) -> Watch:
        return _take(self.watches, key)

    def term(self, key: str) -> Term:
        return _take(self.terms, key)

    def person(self, key: str) -> Person:
        return _take(self.people, key)

    def visible(self, now: datetime) -> Library:
        """This library without what is under embargo at `now` (an aware datetime)."""
        held = {
            name
            for name, item in self.dossiers.items()
            if item.embargo is not None and item.embargo > now
        }
        if not held:
            return self
        return Library(
            self.sources,
            _by_place([item for name, item in self.dossiers.items() if name not in held]),
            MappingProxyType({name: _without(item, held) for name, item in self.editions.items()}),
            MappingProxyType(
                {text: leads for text, leads in self.questions.items() if not _of(leads, held)}
            ),
        )

    # --- indexes, made when first asked for ------------------------------------------------

    @cached_property
    def facts(self) -> Mapping[str, Fact]:
        return {fact.key: fact for item in self.sources.values() for fact in item.facts.values()}

    @cached_property
    def figures(self) -> Mapping[str, Figure]:
        return {it.key: it for item in self.dossiers.values() for it in item.figures.values()}

    @cached_property
    def sections(self) -> Mapping[str, Section]:
        return {it.key: it for item in self.dossiers.values() for it in item.sections.values()}

    @cached_property
    def events(self) -> Mapping[str, Event]:
        return {it.key: it for item in self.dossiers.values() for it in item.events.values()}

    @cached_property
    def trackers(self) -> Mapping[str, Tracker]:
        return {it.key: it for item in self.dossiers.values() for it in item.trackers.values()}

    @cached_property
    def watches(self) -> Mapping[str, Watch]:
        return {it.key: it for item in self.dossiers.values() for it in item.watch.values()}

    @cached_property
    def terms(self) -> Mapping[str, Term]:
        return {it.key: it for item in self.dossiers.values() for it in item.terms.values()}

    @cached_property
    def people(self) -> Mapping[str, Person]:
        return {it.key: it for item in self.dossiers.values() for it in item.people.values()}


def observation_key(figure: str, item: Observation) -> str:
    """`corridor.volume@2024:astana-talks`: figure, period and the first source."""
    return f"{figure}@{item.period.text}:{item.fact[0].rpartition('.')[0]}"


def _take(items: Mapping[str, Kept], key: str) -> Kept:
    if key in items:
        return items[key]
    raise NotCovered(key, nearest(key, items, limit=3))


def _by_name(items: Mapping[str, Kept]) -> Mapping[str, Kept]:
    return MappingProxyType(dict(sorted(items.items())))


def _by_place(items: Iterable[Dossier]) -> Mapping[str, Dossier]:
    """In the editors' order, so that it is the same however the files were read."""
    ordered = sorted(items, key=lambda item: (item.place, item.dossier))
    return MappingProxyType({item.dossier: item for item in ordered})


def _with_key(item: Keyed, key: str) -> Keyed:
    return item.model_copy(update={"key": key})


def _under(prefix: str, items: Mapping[str, Keyed]) -> dict[str, Keyed]:
    return {name: _with_key(item, f"{prefix}.{name}") for name, item in items.items()}


def _keyed_source(item: Source) -> Source:
    facts = {
        number: _with_key(item.facts[number], f"{item.source}.{number}")
        for number in sorted(item.facts)
    }
    return item.model_copy(update={"facts": facts})


def _keyed_dossier(item: Dossier, as_written: bool) -> Dossier:
    name = item.dossier
    return item.model_copy(
        update={
            "figures": {
                key: _keyed_figure(figure, as_written)
                for key, figure in _under(name, item.figures).items()
            },
            "sections": _under(name, item.sections),
            "events": _under(name, item.events),
            "trackers": {
                key: tracker.model_copy(update={"steps": _under(tracker.key, tracker.steps)})
                for key, tracker in _under(name, item.trackers).items()
            },
            "watch": _under(name, item.watch),
            "people": _under(name, item.people),
            "terms": _under(name, item.terms),
        }
    )


def _keyed_figure(figure: Figure, as_written: bool) -> Figure:
    items = figure.observations
    if not as_written:
        items = tuple(sorted(items, key=lambda item: item.period.order()))
    keyed = tuple(
        item.model_copy(update={"key": observation_key(figure.key, item), "figure": figure.key})
        for item in items
    )
    return figure.model_copy(update={"observations": keyed})


def _of(leads: str, held: set[str]) -> bool:
    """Whether one of the answers to a wording stands in a dossier that is held."""
    keys = (part.split()[1] for part in leads.split("|") if len(part.split()) > 1)
    return any(key.partition(".")[0] in held for key in keys)


def _without(edition: Edition, held: set[str]) -> Edition:
    def kept(refs: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            ref for ref in refs if not any(part.split(".")[0] in held for part in ref.split())
        )

    blocks: list[Block] = []
    for block in edition.blocks:
        tracker = next(iter(kept((block.tracker,))), None) if block.tracker else None
        left = block.model_copy(
            update={
                "tracker": tracker,
                "figures": kept(block.figures),
                "watch": kept(block.watch),
            }
        )
        if left.changes or left.tracker or left.figures or left.watch:
            blocks.append(left)
    return edition.model_copy(update={"blocks": tuple(blocks)})
