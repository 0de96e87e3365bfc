"""How a value, a period, a change and a share are said in one language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from bot.content.dates import When
from bot.content.model import Event, Figure, Observation, Source, Unit
from bot.content.provenance import Derived, Gap
from bot.content.values import Value
from bot.text import Words

NICE = (
    (Decimal(1) / 10, "tenth"),
    (Decimal(1) / 4, "quarter"),
    (Decimal(1) / 3, "third"),
    (Decimal(1) / 2, "half"),
    (Decimal(2) / 3, "two_thirds"),
    (Decimal(3) / 4, "three_quarters"),
)
"""Shares that are said in words, where the rounding leaves room for no more."""
NEAR = Decimal("0.012")
HALF_PERCENT = Decimal("0.005")


def say_value(words: Words, value: Value, unit: Unit) -> str:
    """ "about 2.7 million tons", "15–18 days", "more than $550 million"."""
    if value.kind == "multiple":
        return words("value.multiple", factor=words.number(value.low), unit=unit.other)
    number = (unit.sign or "") + words.number(value.low)
    if value.high is not None:
        number = words("value.ends", low=number, high=words.number(value.high))
    name = unit.one if value.high is None and value.low == 1 else unit.other
    return words(f"value.{value.kind}", number=words("value.with_unit", number=number, unit=name))


def say_period(words: Words, period: When) -> str:
    """ "2024", "October 2025", "30 September 2025", "6–7 October 2025"."""
    first, last = period.first, period.last
    match period.precision:
        case "year" if first:
            return str(first.year)
        case "quarter" if first:
            return words("period.quarter", number=(first.month + 2) // 3, year=first.year)
        case "month" if first:
            return words.month(first)
        case "day" if first:
            return words.day(first)
    if first is None or last is None:
        edge = first or last
        key = "period.until" if first is None else "period.since"
        return words(key, day=words.day(edge) if edge else "")
    if half := _half(first, last):
        return words(half, year=first.year)
    if (first.year, first.month) == (last.year, last.month):
        return words("period.days", first=first.day, last=words.day(last))
    return words("period.span", first=words.day(first), last=words.day(last))


def say_when(words: Words, item: Observation) -> str:
    """The period as it stands in a sentence: "in 2024", "on 30 September 2025"."""
    if item.period_says:
        return item.period_says
    said, first, last = say_period(words, item.period), item.period.first, item.period.last
    is_half = first is not None and last is not None and _half(first, last)
    return words(f"period.in_{'quarter' if is_half else item.period.precision}", period=said)


def _half(first: date, last: date) -> str:
    """Which half of a year these days are, as the catalogue's key; "" for neither."""
    days = (first.month, first.day, last.month, last.day)
    halves = {(1, 1, 6, 30): "period.first_half", (7, 1, 12, 31): "period.second_half"}
    return halves.get(days, "") if first.year == last.year else ""


def say_date(words: Words, event: Event) -> str:
    return event.day or say_period(words, event.date)


def say_change(words: Words, derived: Derived) -> str:
    """ "up about two thirds"."""
    moved = derived.ratio - 1
    if abs(moved) < HALF_PERCENT:
        return words("change.same")
    way = "change.up" if moved > 0 else "change.down"
    return words(way, share=_share(words, abs(moved), exact=derived.exact))


def say_share(words: Words, derived: Derived) -> str:
    """ "roughly 55%"."""
    if derived.exact:
        return words.percent(derived.ratio)
    return words("share.roughly", percent=words.percent(derived.ratio))


def say_bounds(words: Words, derived: Derived) -> str:
    """What the rounding of the numbers leaves: "62 to 72%"."""
    shift = 1 if derived.kind == "change" else 0
    low = words.percent(derived.low - shift)
    if derived.high is None:
        return words("bounds.least", low=low)
    high = words.percent(derived.high - shift)
    return words("bounds.between", low=low.rstrip("%\u00a0 "), high=high)


def say_gap(words: Words, gap: Gap, unit: Unit) -> str:
    """ "about 1.8 million tons more (1.7 to 1.9 within the rounding)"."""
    within = _within(words, gap)
    if gap.amount is None:
        return words("gap.span", between=within, unit=unit.other)
    if gap.amount == 0:
        said = words("gap.none")
    else:
        number = (unit.sign or "") + words.number(_short(abs(gap.amount)))
        name = unit.one if abs(gap.amount) == 1 else unit.other
        told = words("value.with_unit", number=number, unit=name)
        if not gap.exact:
            told = words("value.about", number=told)
        said = words("gap.more" if gap.amount > 0 else "gap.less", number=told)
    return words("gap.within", said=said, between=within) if within else said


def _within(words: Words, gap: Gap) -> str:
    """The bounds: "1.7 to 1.9", "0.1 less to 0.2 more"; empty where both are open."""
    low, high = gap.low, gap.high
    if low is None and high is None:
        return ""
    if low is None or high is None:
        known = (low if low is not None else high) or Decimal(0)
        # At most 49.5 below zero is at least 49.5 less.
        key = "gap.at_least" if (high is None) is (known >= 0) else "gap.at_most"
        return words(key, number=_way(words, known))
    if low >= 0 and gap.amount is not None:
        return words("gap.between", low=_plain(words, low), high=_plain(words, high))
    if high <= 0 and gap.amount is not None:
        return words("gap.between", low=_plain(words, high), high=_plain(words, low))
    return words("gap.between", low=_way(words, low), high=_way(words, high))


def _way(words: Words, number: Decimal) -> str:
    return words("gap.less" if number < 0 else "gap.more", number=_plain(words, number))


def _plain(words: Words, number: Decimal) -> str:
    return words.number(_short(abs(number)))


def _short(number: Decimal) -> Decimal:
    """Without the zeros that arithmetic leaves behind: 1.70 is 1.7, and 550 stays 550."""
    plain = number.normalize()
    return plain.quantize(Decimal(1)) if plain == plain.to_integral_value() else plain


def say_step(words: Words, derived: Derived) -> str:
    """ "up about 67%", for a card that gives the number itself."""
    moved = derived.ratio - 1
    way = "change.up" if moved >= 0 else "change.down"
    return words(way, share=words("change.about", share=words.percent(abs(moved))))


def _share(words: Words, ratio: Decimal, *, exact: bool) -> str:
    for nice, name in NICE:
        if abs(ratio - nice) <= NEAR:
            return words("change.about", share=words(f"fraction.{name}"))
    return words("change.about", share=words.percent(ratio)) if not exact else words.percent(ratio)


def say_number(words: Words, figure: Figure, item: Observation) -> str:
    return say_value(words, item.value, figure.unit)


def say_as_of(words: Words, source: Source, item: Observation | None = None) -> str:
    """Since when it holds, as precisely as is known."""
    if item is not None and item.as_of is not None:
        return say_period(words, item.as_of)
    return source.day
