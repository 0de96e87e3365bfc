"""Our own arithmetic on what sources say, with the bounds that their rounding leaves."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from bot.content.model import Figure, Observation, Unit
from bot.content.values import Value


@dataclass(frozen=True, slots=True)
class Derived:
    """A change (new ÷ old) or a share (part ÷ goal) that we worked out.

    `ratio` is that of the numbers as written. `low` and `high` are the least and the greatest
    that round to what is written; `high` is None where a source says only "over". `facts` are
    those of both values. `exact` tells that no source said "about", "over" or "at most".
    """

    kind: Literal["change", "share"]
    ratio: Decimal
    low: Decimal
    high: Decimal | None
    facts: tuple[str, ...]
    exact: bool


def change(figure: Figure, old: Observation, new: Observation) -> Derived | None:
    """How `figure` moved from `old` to `new`; 2.7 to 4.5 is a ratio of 1.67.

    None where it cannot be said: a range, a multiple, "at most", a base of zero or below.
    """
    return _derived("change", old, new, Decimal(1))


def share(
    part_figure: Figure, part: Observation, goal_figure: Figure, goal: Observation
) -> Derived | None:
    """What share of `goal` `part` is; None also where their units do not compare."""
    if not comparable(part_figure.unit, goal_figure.unit):
        return None
    scale = Decimal(part_figure.unit.scale) / Decimal(goal_figure.unit.scale)
    return _derived("share", goal, part, scale)


@dataclass(frozen=True, slots=True)
class Gap:
    """How far two periods of a figure lie apart, new minus old, in the figure's own unit.

    `amount` is that of the numbers as written, None where one of them is a range. `low` and
    `high` are the least and the greatest that round to what is written, None where open.
    """

    amount: Decimal | None
    low: Decimal | None
    high: Decimal | None
    exact: bool


def difference(old: Observation, new: Observation) -> Gap | None:
    """What `new` has more than `old`; 2.7 to 4.5 is 1.8, or 1.7 to 1.9 within the rounding.

    None where one of the two is a multiple: its base is another number, or not known.
    """
    under, over = old.value, new.value
    if "multiple" in {under.kind, over.kind}:
        return None
    low_old, high_old = under.bounds
    low_new, high_new = over.bounds
    spans = "range" in {under.kind, over.kind}
    return Gap(
        None if spans else over.low - under.low,
        None if low_new is None or high_old is None else low_new - high_old,
        None if high_new is None or low_old is None else high_new - low_old,
        _plain(under) and _plain(over),
    )


def comparable(one: Unit, other: Unit) -> bool:
    """Whether numbers in both units differ only by scale: same sign, or the same last word."""
    if one.sign or other.sign:
        return one.sign == other.sign
    return one.other.split()[-1:] == other.other.split()[-1:]


def _derived(
    kind: Literal["change", "share"], base: Observation, top: Observation, scale: Decimal
) -> Derived | None:
    under, over = base.value, top.value
    if not {under.kind, over.kind} <= {"exact", "about", "over", "at_most"}:
        return None
    low_base, high_base = under.bounds
    low_top, high_top = over.bounds
    if under.low <= 0 or over.low < 0 or low_base is None or low_base <= 0:
        return None
    # Without a greatest base or a least top nothing bounds the ratio from below.
    if high_base is None or low_top is None:
        return None
    return Derived(
        kind,
        scale * over.low / under.low,
        scale * max(low_top, Decimal(0)) / high_base,
        None if high_top is None else scale * high_top / low_base,
        tuple(dict.fromkeys((*top.fact, *base.fact))),
        _plain(under) and _plain(over),
    )


def _plain(value: Value) -> bool:
    return value.kind == "exact"
