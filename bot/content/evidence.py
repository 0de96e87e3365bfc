"""Rules that hold a dossier against the source cards: facts, values, units, dates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.content.dates import When
from bot.content.findings import Desk, Finding, Place
from bot.content.model import Fact, Figure, Observation, Unit
from bot.content.names import nearest
from bot.content.values import Value

_SIGNS: dict[str, frozenset[str]] = {
    "$": frozenset({"$", "us$", "dollar", "dollars", "usd", "us"}),
    "€": frozenset({"€", "euro", "euros", "eur"}),
    "£": frozenset({"£", "pound", "pounds", "gbp", "sterling"}),
    "₸": frozenset({"₸", "tenge", "kzt"}),
    "₼": frozenset({"₼", "manat", "manats", "azn"}),
}
_WORD = re.compile(r"[^\W\d_]+|[^\w\s]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def checksums(desk: Desk) -> Iterator[Finding]:
    """A card speaks of the very text that is at hand."""
    for name, source in desk.library.sources.items():
        found = desk.checksums.get(name)
        if found is not None and found != source.sha256:
            yield Finding(
                Place("source", name, ("sha256",)),
                f"the checksum is not that of {source.file}",
                f"read the document again, then write `{found}`",
            )


def card_values(desk: Desk) -> Iterator[Finding]:
    """A fact with a value says of what and for when."""
    for name, source in desk.library.sources.items():
        if not source.facts:
            yield Finding(
                Place("source", name, ("facts",)),
                f"the card `{name}` has no facts",
                "write `1:` with `paragraph:`, `kind:` and `says:` below it",
            )
        for number, fact in source.facts.items():
            place = Place("source", name, ("facts", str(number)))
            has_value = fact.value is not None
            if has_value and fact.period is None:
                yield Finding(
                    place,
                    f"fact {fact.key} has a value and no period",
                    "write `period:` with the day, month, year or interval it holds for",
                    key=True,
                )
            if fact.value is not None and fact.unit is None and fact.value.kind != "multiple":
                yield Finding(
                    place,
                    f"fact {fact.key} has a value and no unit",
                    "write `unit:` as the source has it",
                    key=True,
                )
            if not has_value and "{value}" in fact.says and not desk.unsure(fact.key):
                yield Finding(
                    Place("source", name, ("facts", str(number), "says")),
                    f"fact {fact.key} shows a value and has none",
                    "write `value:`, `unit:` and `period:`, or take `{value}` out",
                )


def known_facts(desk: Desk) -> Iterator[Finding]:
    """A reference to a fact leads somewhere."""
    for cited in desk.cited:
        if desk.fact(cited.ref) is not None or desk.unsure(cited.ref):
            continue
        name = cited.ref.partition(".")[0]
        source = desk.library.sources.get(name)
        if source is not None and source.facts:
            asked = int(cited.ref.partition(".")[2][:9])
            close_by = min(source.facts, key=lambda number: (abs(number - asked), number))
            last = max(source.facts)
            remedy = f"the last is {name}.{last}"
            if close_by != last:
                remedy = f"the nearest is {name}.{close_by}, {remedy}"
            message = f"there is no fact {cited.ref}"
        elif source is not None:
            continue
        else:
            close = nearest(name, desk.library.sources)
            message = f"there is no source `{name}`"
            remedy = (
                f"write `{close[0]}.{cited.ref.partition('.')[2]}`"
                if close
                else "write a card for it in seeds/, or name another source"
            )
        yield Finding(cited.place, message, remedy)


def same_values(desk: Desk) -> Iterator[Finding]:
    """An observation says what its fact says: value, unit and period."""
    for dossier, item in desk.library.dossiers.items():
        for name, figure in item.figures.items():
            for n, observation in enumerate(figure.observations):
                keys = ("figures", name, "observations", n)
                place = Place("dossier", dossier, keys)
                yield from _same(desk, place, name, figure, observation)


def _same(
    desk: Desk, place: Place, name: str, figure: Figure, item: Observation
) -> Iterator[Finding]:
    facts = [fact for ref in item.fact if (fact := desk.fact(ref)) is not None]
    if len(facts) < len(item.fact) and any(desk.unsure(ref) for ref in item.fact):
        return
    with_value = [fact for fact in facts if fact.value is not None]
    if not with_value:
        if facts and not any(desk.unsure(ref) for ref in item.fact):
            yield Finding(
                Place(place.noun, place.name, (*place.keys, "fact")),
                f"fact {facts[0].key} gives no number",
                f"name the fact that says {item.value}",
            )
        return
    differing = [list(_differences(desk, place, name, figure, item, it)) for it in with_value]
    yield from min(differing, key=len)


def _differences(
    desk: Desk, place: Place, name: str, figure: Figure, item: Observation, fact: Fact
) -> Iterator[Finding]:
    def at(*keys: str) -> Place:
        return Place(place.noun, place.name, (*place.keys, *keys))

    if fact.value is not None and not same_value(item.value, fact.value):
        other = _who_says(desk, fact, item)
        rest = f"`fact: {other}`" if other else f"name the fact that says {item.value}"
        yield Finding(
            at("value"),
            f"`{name}` for {item.period} says {item.value}, fact {fact.key} says {fact.value}",
            f"write `{fact.value}`, or {rest}",
        )
    if fact.unit is not None and not same_unit(fact.unit, figure.unit):
        yield Finding(
            Place(place.noun, place.name, (*place.keys[:2], "unit")),
            f"`{name}` is in {_words(figure.unit)}, fact {fact.key} in {fact.unit}",
            f"write `unit: {fact.unit}`, or name a fact in {_words(figure.unit)}",
        )
    if fact.period is not None and not _same_span(item.period, fact.period):
        precise = item.period.within(fact.period)
        yield Finding(
            at("period"),
            f"`{item.period}` is more precise than fact {fact.key}, which says {fact.period}"
            if precise
            else f"`{name}` is given for {item.period}, fact {fact.key} is about {fact.period}",
            f"write `period: {fact.period}`"
            + ("" if precise else f", or name the fact about {item.period}"),
        )


def forecast_status(desk: Desk) -> Iterator[Finding]:
    """A forecast is not told as something that was."""
    for dossier, item in desk.library.dossiers.items():
        for name, figure in item.figures.items():
            for n, observation in enumerate(figure.observations):
                facts = [fact for ref in observation.fact if (fact := desk.fact(ref))]
                if not facts or observation.status != "reported":
                    continue
                if all(fact.kind == "forecast" for fact in facts):
                    yield Finding(
                        Place("dossier", dossier, ("figures", name, "observations", n)),
                        f"`{name}` for {observation.period} is a forecast on its card, and "
                        "reported here",
                        "write `status: forecast`",
                        warning=True,
                    )


def event_dates(desk: Desk) -> Iterator[Finding]:
    """An event is dated no more precisely than its fact, and not otherwise."""
    for dossier, item in desk.library.dossiers.items():
        for name, event in item.events.items():
            bases = [(ref, basis) for ref in event.fact if (basis := _basis(desk, ref))]
            if not bases or any(basis.within(event.date) for _, basis in bases):
                continue
            ref, basis = next((pair for pair in bases if event.date.within(pair[1])), bases[0])
            place = Place("dossier", dossier, ("events", name, "date"))
            if event.date.within(basis):
                yield Finding(
                    place,
                    f"`{event.date}` is more precise than fact {ref}, which says {basis}",
                    f"write `date: {basis}`",
                )
            else:
                yield Finding(
                    place,
                    f"`{event.date}` is not when fact {ref} holds: {basis}",
                    f"write `date: {basis}`, or give the fact its own `period:` on the card",
                )


def typed_numbers(desk: Desk) -> Iterator[Finding]:
    """A number in a title, a role or an explanation stands on the cited card too."""
    for dossier, item in desk.library.dossiers.items():
        texts = [
            *((("events", key, "title"), it.title, it.fact) for key, it in item.events.items()),
            *((("terms", key, "means"), it.means, it.fact) for key, it in item.terms.items()),
            *((("people", key, "role"), it.role, it.fact) for key, it in item.people.items()),
        ]
        for keys, text, refs in texts:
            if any(desk.fact(ref) is None for ref in refs):
                continue
            known = {
                number
                for ref in refs
                if (fact := desk.fact(ref))
                for part in (fact.says, fact.value, fact.period, fact.note)
                for number in _NUMBER.findall(str(part or ""))
            }
            for typed in _NUMBER.finditer(text):
                if typed.group() not in known:
                    yield Finding(
                        Place("dossier", dossier, keys),
                        f"the number {typed.group()} does not stand in "
                        f"{'fact ' if len(refs) == 1 else 'facts '}{', '.join(refs)}",
                        "say it without the number, or name the fact that gives it",
                        offset=typed.start(),
                        length=len(typed.group()),
                    )


# --- comparing -----------------------------------------------------------------------------


def same_value(one: Value, other: Value) -> bool:
    """Same kind and same numbers, however they are written."""
    numbers = (one.kind, one.low, one.high) == (other.kind, other.low, other.high)
    return numbers and ((one.base == "?") == (other.base == "?"))


def same_unit(text: str, unit: Unit) -> bool:
    """Whether a card's unit means a figure's: `million dollars` is {sign: $, one: million}."""
    wanted = {_tokens(unit.one), _tokens(unit.other)}
    tokens = _tokens(text)
    if tokens in wanted:
        return not unit.sign or bool(set(tokens) & _currency(unit.sign))
    if not unit.sign:
        return False
    currency = _currency(unit.sign)
    rest = tuple(token for token in tokens if token not in currency)
    return rest != tokens and rest in wanted


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


def _currency(sign: str) -> frozenset[str]:
    for key, words in _SIGNS.items():
        if key in sign:
            return words
    return frozenset(_tokens(sign))


def _words(unit: Unit) -> str:
    return f"{unit.sign} {unit.other}" if unit.sign else unit.other


def _same_span(one: When, other: When) -> bool:
    return (one.first, one.last) == (other.first, other.last)


def _who_says(desk: Desk, fact: Fact, item: Observation) -> str | None:
    """Another fact of the same card with this very value and period."""
    for key, other in desk.library.facts.items():
        if other.value is None or other.period is None or other is fact:
            continue
        if same_value(other.value, item.value) and _same_span(other.period, item.period):
            return key
    return None


def _basis(desk: Desk, ref: str) -> When | None:
    """When a fact holds: its own period, or the card's."""
    fact = desk.fact(ref)
    if fact is None:
        return None
    return fact.period or desk.library.source_of(ref).as_of
