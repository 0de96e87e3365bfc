"""Rules for prose: what it names exists, what it types is no figure, what it fits into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from bot.content.actors import Actors
from bot.content.entries import proper_names
from bot.content.findings import Desk, Finding, Named, Place
from bot.content.model import Dossier, Figure, Unit
from bot.content.names import nearest, nearest_key
from bot.content.prose import Dated, Paragraph, Share, Shift, Shown, Span, Words
from bot.content.provenance import change, comparable, share

LEAD_ROOM = 300
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")


def readable_prose(desk: Desk) -> Iterator[Finding]:
    """Prose can be read, and types no number of its own."""
    for text in desk.prose:
        for error in text.scan.errors:
            remedy = error.remedy
            if error.number is not None:
                behind = text.text[error.offset + error.length :].split()[:3]
                figure = _who_has(desk, error.number, text.dossier, behind)
                if figure is not None:
                    remedy = f"write {{{figure}}}, or [[{error.number}]] if it is no figure"
            yield Finding(
                text.place, error.message, remedy, offset=error.offset, length=error.length
            )
    for place, misread in desk.misread:
        yield Finding(place, misread.message, misread.remedy)


def known_names(desk: Desk) -> Iterator[Finding]:
    """A figure, period or event that is named exists, and our arithmetic can be done."""
    for named in desk.named:
        yield from _known(desk, named)


def _known(desk: Desk, named: Named) -> Iterator[Finding]:
    match named.span:
        case Dated(event):
            yield from _event(desk, named, event)
        case Shown(figure, period):
            yield from _shown(desk, named, figure, period, whole=named.whole)
        case Shift(figure, period, base):
            wrong = [
                *_shown(desk, named, figure, period),
                *_shown(desk, named, figure, base),
            ]
            yield from wrong or _shift(desk, named, figure, period, base)
        case Share():
            span = named.span
            wrong = [
                *_shown(desk, named, span.figure, span.period),
                *_shown(desk, named, span.goal, span.goal_period),
            ]
            yield from wrong or _share(desk, named, span)


def _event(desk: Desk, named: Named, event: str) -> Iterator[Finding]:
    if event in desk.library.events or desk.unsure(event):
        return
    close = nearest_key(event, desk.library.events)
    yield _at(
        named,
        f"there is no event `{_short(event, named)}`",
        f"write {{on {_short(close, named)}}}" if close else "write the event, or another name",
    )


def _shown(
    desk: Desk, named: Named, key: str, period: str | None, *, whole: bool = False
) -> Iterator[Finding]:
    if desk.unsure(key):
        return
    if "." not in key:
        yield _at(
            named,
            f"`{key}` does not say of which dossier it is",
            _propose(desk, named, key) or f"write it as in corridor.{key}",
        )
        return
    figure = desk.figure(key)
    if figure is None:
        yield _at(
            named,
            _nothing(desk, named, key),
            _propose(desk, named, key) or "write the figure, or another name",
        )
        return
    periods = list(dict.fromkeys(item.period.text for item in figure.observations))
    name = _short(key, named)
    if period is None:
        if len(periods) > 1 and not whole:
            yield _at(
                named,
                f"`{name}` has several periods",
                f"say which: {', '.join(f'{name}@{item}' for item in periods)}",
            )
    elif period not in periods and period not in _meant(desk, figure):
        close = nearest(period, periods) or periods[-1:]
        yield _at(
            named,
            f"`{name}` has no observation for {period}",
            f"write `{name}@{close[0]}`" if close else "write the observation",
        )


def _meant(desk: Desk, figure: Figure) -> set[str]:
    """The periods of the figure's facts: an observation that has another is told where it is."""
    refs = {ref for item in figure.observations for ref in item.fact}
    return {fact.period.text for ref in refs if (fact := desk.fact(ref)) and fact.period}


def _shift(desk: Desk, named: Named, key: str, period: str, base: str) -> Iterator[Finding]:
    figure, new = desk.figure(key), desk.observation(key, period)
    old = desk.observation(key, base)
    if figure is None or new is None or old is None:
        return
    if period == base:
        yield _at(
            named,
            f"a change from {base} to {period} is none",
            "name two periods, the later one first",
        )
    elif change(figure, old, new) is None:
        yield _at(
            named,
            f"the change from {old.value} to {new.value} cannot be worked out",
            "name the two values and say it in words",
        )


def _share(desk: Desk, named: Named, span: Share) -> Iterator[Finding]:
    figure, part = desk.figure(span.figure), desk.observation(span.figure, span.period)
    goal_figure = desk.figure(span.goal)
    goal = desk.observation(span.goal, span.goal_period)
    if figure is None or part is None or goal_figure is None or goal is None:
        return
    if not comparable(figure.unit, goal_figure.unit):
        yield _at(
            named,
            f"{_unit(figure.unit)} and {_unit(goal_figure.unit)} cannot be compared",
            "give both units the same `sign:` and their `scale:`",
        )
    elif share(figure, part, goal_figure, goal) is None:
        yield _at(
            named,
            f"the share of {part.value} in {goal.value} cannot be worked out",
            "name the two values and say it in words",
        )


def multiples(desk: Desk) -> Iterator[Finding]:
    """What a multiple multiplies exists, and is no multiple itself."""
    for dossier, item in desk.library.dossiers.items():
        for name, figure in item.figures.items():
            for n, observation in enumerate(figure.observations):
                base = observation.value.base
                if base is None or base == "?":
                    continue
                place = Place("dossier", dossier, ("figures", name, "observations", n, "value"))
                key, _, period = base.partition("@")
                key = key if "." in key else f"{dossier}.{key}"
                if desk.unsure(key):
                    continue
                named = Named(place, dossier, Shown(key, period))
                wrong = list(_shown(desk, named, key, period))
                yield from wrong
                found = None if wrong else desk.observation(key, period)
                if found is not None and found.value.kind == "multiple":
                    yield Finding(
                        place,
                        f"`{base}` is a multiple itself",
                        "name the value that both come from, or write `x3 of ?`",
                    )


def lead_room(desk: Desk) -> Iterator[Finding]:
    """A lead fits on a phone once its figures are printed."""
    for text in desk.prose:
        if text.place.keys != ("lead",):
            continue
        size = len(printed(text.scan.paragraphs, desk))
        if size > LEAD_ROOM:
            yield Finding(
                text.place,
                f"the lead has {size} characters once its figures are printed",
                f"shorten it by {size - LEAD_ROOM}; {LEAD_ROOM} are the most",
            )


def embargoes(desk: Desk) -> Iterator[Finding]:
    """Nothing that is shown names what is still held back."""
    for name, item in desk.library.dossiers.items():
        if item.embargo is None:
            continue
        place = Place("dossier", name, ("embargo",))
        if item.embargo.utcoffset() is None:
            yield Finding(
                place,
                f"`{item.embargo:%Y-%m-%dT%H:%M}` does not say in which time zone",
                f"write `{item.embargo:%Y-%m-%dT%H:%M}+04:00`",
            )
        elif item.embargo.year < 2000:
            yield Finding(
                place,
                "`embargo` is not a moment of our time",
                "write `embargo: 2026-01-12T09:00+04:00`",
            )
    for named in desk.named:
        if not named.dossier:
            continue
        for topic in _topics(named.span):
            held = desk.library.dossiers.get(topic)
            own = desk.library.dossiers.get(named.dossier)
            if held is None or own is None or held is own or held.embargo is None:
                continue
            if own.embargo is None or _later(held, own):
                yield _at(
                    named,
                    f"`{topic}` is held back longer than this text",
                    "take the reference out, or write the same `embargo:` here",
                )


def _later(held: Dossier, own: Dossier) -> bool:
    if held.embargo is None or own.embargo is None:
        return False
    if held.embargo.utcoffset() is None or own.embargo.utcoffset() is None:
        return False
    return held.embargo > own.embargo


def printed(paragraphs: tuple[Paragraph, ...], desk: Desk) -> str:
    """Roughly what a reader will see: values with their units, our arithmetic in short."""
    parts = ["".join(_print(span, desk) for span in part.spans) for part in paragraphs]
    return "\n".join(parts)


def _print(span: Span, desk: Desk) -> str:
    match span:
        case Words(text):
            return text
        case Shown(key, period):
            figure, item = desk.figure(key), desk.observation(key, period)
            return f"{item.value} {_unit(figure.unit)}" if figure and item else ""
        case Shift():
            return "up about two thirds"
        case Share():
            return "roughly 55%"
        case Dated(event):
            found = desk.library.events.get(event)
            return (found.day or found.date.text) if found else ""


# --- words for places ----------------------------------------------------------------------


def _at(named: Named, message: str, remedy: str) -> Finding:
    return Finding(named.place, message, remedy, offset=named.offset, length=named.length)


def _short(key: str, named: Named) -> str:
    return key.removeprefix(f"{named.dossier}.") if named.dossier else key


def _nothing(desk: Desk, named: Named, key: str) -> str:
    topic = key.partition(".")[0]
    if topic not in desk.library.dossiers:
        return f"there is no dossier `{topic}`"
    return f"there is no figure `{_short(key, named)}`"


def _propose(desk: Desk, named: Named, key: str) -> str:
    """The nearest figure, of this dossier first; empty where none is like it."""
    close = nearest_key(key, desk.library.figures)
    return f"write `{_short(close, named)}`" if close else ""


def known_actors(desk: Desk) -> Iterator[Finding]:
    """Who plays a part is a country, or somebody of the dossiers."""
    actors: Actors | None = None
    people = [it.name for item in desk.library.dossiers.values() for it in item.people.values()]
    for dossier, item in desk.library.dossiers.items():
        for noun, found in (("sections", item.sections), ("events", item.events)):
            for key, part, name in (
                (key, (noun, key, "roles", number, part, at), name)
                for key, one in ((it.key.partition(".")[2], it) for it in found.values())
                for number, role in enumerate(one.roles)
                for part, names in role.parts.items()
                for at, name in enumerate(names)
            ):
                actors = actors or Actors(desk.library, proper_names(desk.library))
                if not actors.identify(name) and not desk.unsure(f"{dossier}.{key}"):
                    close = nearest(name, people)
                    yield Finding(
                        Place("dossier", dossier, part),
                        f'"{name}" is no country, and nobody in `people`',
                        f"write {close[0]}" if close else "add it to `people` of a dossier",
                    )


def _unit(unit: Unit) -> str:
    return f"{unit.sign or ''}{unit.other}"


def _topics(span: Span) -> tuple[str, ...]:
    match span:
        case Dated(key) | Shown(key) | Shift(key):
            return (key.partition(".")[0],)
        case Share():
            return (span.figure.partition(".")[0], span.goal.partition(".")[0])
    return ()


def _who_has(desk: Desk, number: str, dossier: str, behind: list[str]) -> str | None:
    """The observation that has a typed number, as one would write it in this dossier.

    A number of one digit is too common: the words `behind` it must be of the figure's unit.
    """
    found = tuple(Decimal(part) for part in _NUMBER.findall(_THOUSANDS.sub("", number)))
    own = [key for key in desk.library.figures if key.startswith(f"{dossier}.")]
    for key in dict.fromkeys((*own, *desk.library.figures)):
        figure = desk.library.figures[key]
        unit = {*figure.unit.one.split(), *figure.unit.other.split()}
        if len(number) == 1 and not unit & set(behind):
            continue
        for item in figure.observations:
            value = item.value
            numbers = (value.low,) if value.high is None else (value.low, value.high)
            if value.kind != "multiple" and numbers == found:
                return f"{key.removeprefix(f'{dossier}.')}@{item.period}"
    return None
