"""What differs between two libraries, for the editions, the alerts and the corrections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from bot.content.library import Library
from bot.content.model import Dossier, Event, Figure, Item, Observation, Section, Step, Tracker

Kind = Literal["added", "updated", "corrected", "withdrawn"]
Noun = Literal["dossier", "tracker", "figure", "event", "section", "watch", "person", "term"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `topic` is the dossier's name, `title` how a reader knows the thing.

    `key` is that of the item; for a figure it is the observation's key, as receipts keep it
    (`corridor.volume@2024:astana-talks`), for a tracker's step the step's
    (`transit.ban.agreement`). `before` and `after` are what it said (a value with its unit, a
    date, a state, a text as the editor wrote it), None where it was or is not.
    """

    kind: Kind
    noun: Noun
    key: str
    topic: str
    title: str
    before: str | None
    after: str | None


Some = TypeVar("Some", bound=Item)


def changes(old: Library | None, new: Library) -> tuple[Change, ...]:
    """What was added, updated (also: a new period), corrected (same key, other value), withdrawn.

    Dossiers stand in the order of their names; in each trackers come first, then figures,
    events, sections, watch, people and terms in the file's order, what is withdrawn at the end.
    A new dossier is one change; of a dossier that is gone each observation is told too, since
    receipts may hold it. Nothing differs from no library: it is the first.
    """
    if old is None:
        return ()
    found: list[Change] = []
    for name in sorted({*old.dossiers, *new.dossiers}):
        found += _dossier(name, old.dossiers.get(name), new.dossiers.get(name))
    return tuple(found)


def _dossier(name: str, old: Dossier | None, new: Dossier | None) -> Iterator[Change]:
    if new is None:
        if old is not None:
            yield Change("withdrawn", "dossier", name, name, old.title, old.lead, None)
            for figure in old.figures.values():
                yield from _figure(name, figure, None)
        return
    if old is None:
        yield Change("added", "dossier", name, name, new.title, None, new.lead)
        return
    before, after = _summary(old), _summary(new)
    if before != after:
        yield Change("updated", "dossier", name, name, new.title, before, after)
    for tracker_old, tracker_new in _pairs(old.trackers, new.trackers):
        yield from _tracker(name, tracker_old, tracker_new)
    for figure_old, figure_new in _pairs(old.figures, new.figures):
        yield from _figure(name, figure_old, figure_new)
    yield from _events(name, old.events, new.events)
    yield from _texts("section", name, old.sections, new.sections, _section)
    yield from _texts("watch", name, old.watch, new.watch, lambda it: (new.title, it.text))
    yield from _texts("person", name, old.people, new.people, lambda it: (it.name, it.role))
    yield from _texts("term", name, old.terms, new.terms, lambda it: (it.name, it.means))


def _summary(item: Dossier) -> str:
    return "\n".join(text for text in (item.title, item.lead, item.held_up) if text)


def _section(item: Section) -> tuple[str, str]:
    return item.title, item.text


def _pairs(
    old: Mapping[str, Some], new: Mapping[str, Some]
) -> Iterator[tuple[Some | None, Some | None]]:
    for name, item in new.items():
        yield old.get(name), item
    for name, item in old.items():
        if name not in new:
            yield item, None


# --- figures -------------------------------------------------------------------------------


def printed(figure: Figure, item: Observation) -> str:
    """A value with its unit as the source gave it: `about 2.7 million tons`."""
    sign = f"{figure.unit.sign} " if figure.unit.sign else ""
    return f"{item.value} {sign}{figure.unit.other}"


def _figure(topic: str, old: Figure | None, new: Figure | None) -> Iterator[Change]:
    before = {it.key: it for it in old.observations} if old else {}
    after = {it.key: it for it in new.observations} if new else {}
    title = new.name if new else old.name if old else ""
    for key, item in after.items():
        if new is None:
            continue
        says = printed(new, item)
        earlier = before.get(key)
        if earlier is None or old is None:
            kind: Kind = "updated" if old else "added"
            yield Change(kind, "figure", key, topic, title, None, says)
            continue
        said = printed(old, earlier)
        if said != says:
            yield Change("corrected", "figure", key, topic, title, said, says)
        elif _standing(earlier) != _standing(item):
            yield Change(
                "updated",
                "figure",
                key,
                topic,
                title,
                f"{said}, {earlier.status}",
                f"{says}, {item.status}",
            )
    for key, item in before.items():
        if key not in after and old is not None:
            yield Change("withdrawn", "figure", key, topic, title, printed(old, item), None)


def _standing(item: Observation) -> tuple[object, ...]:
    return item.status, item.by, item.note, item.as_of, item.period_says


# --- trackers, events, texts ---------------------------------------------------------------


def _tracker(topic: str, old: Tracker | None, new: Tracker | None) -> Iterator[Change]:
    if new is None:
        if old is not None:
            yield Change("withdrawn", "tracker", old.key, topic, old.title, _aim(old), None)
        return
    if old is None:
        yield Change("added", "tracker", new.key, topic, new.title, None, _aim(new))
        return
    if (old.title, _aim(old)) != (new.title, _aim(new)):
        yield Change("updated", "tracker", new.key, topic, new.title, _aim(old), _aim(new))
    for before, after in _pairs(old.steps, new.steps):
        said = _state(before) if before else None
        says = _state(after) if after else None
        item = after or before
        if item is not None and said != says:
            kind: Kind = "withdrawn" if after is None else "updated" if before else "added"
            yield Change(kind, "tracker", item.key, topic, item.title, said, says)


def _aim(item: Tracker) -> str:
    return "\n".join(text for text in (item.figure, item.goal, item.says) if text)


def _state(item: Step) -> str:
    return f"{item.state}: {item.says}"


def _events(topic: str, old: Mapping[str, Event], new: Mapping[str, Event]) -> Iterator[Change]:
    for before, after in _pairs(old, new):
        item = after or before
        if item is None:
            continue
        said = (before.title, _day(before)) if before else None
        says = (after.title, _day(after)) if after else None
        if said == says:
            continue
        if said is None or says is None:
            kind: Kind = "added" if said is None else "withdrawn"
        else:
            kind = "corrected" if said[1] != says[1] else "updated"
        at = 1 if kind == "corrected" else 0
        yield Change(
            kind,
            "event",
            item.key,
            topic,
            item.title,
            said[at] if said else None,
            says[at] if says else None,
        )


def _day(item: Event) -> str:
    return item.day or item.date.text


def _texts(
    noun: Noun,
    topic: str,
    old: Mapping[str, Some],
    new: Mapping[str, Some],
    words: Callable[[Some], tuple[str, str]],
) -> Iterator[Change]:
    for before, after in _pairs(old, new):
        said = words(before) if before is not None else None
        says = words(after) if after is not None else None
        key = str(getattr(after if after is not None else before, "key", ""))
        if said == says:
            continue
        title = (says or said or ("", ""))[0]
        kind: Kind = "added" if said is None else "withdrawn" if says is None else "updated"
        yield Change(
            kind,
            noun,
            key,
            topic,
            title,
            said[1] if said else None,
            says[1] if says else None,
        )
