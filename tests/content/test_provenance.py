from __future__ import annotations

from decimal import Decimal

import pytest

from bot.content.dates import When
from bot.content.model import Figure, Observation, Unit
from bot.content.provenance import Derived, change, share
from bot.content.values import Value

TONS = Unit(one="million tons", other="million tons")
DOLLARS = Unit(one="million", other="million", sign="$", scale=1_000_000)
BILLIONS = Unit(one="billion", other="billion", sign="$", scale=1_000_000_000)


def figure(unit: Unit, *values: str) -> tuple[Figure, list[Observation]]:
    items = [
        Observation(
            period=When.parse(str(2023 + n)), value=Value.parse(text), fact=(f"talks.{n + 1}",)
        )
        for n, text in enumerate(values)
    ]
    return Figure(name="A figure", unit=unit, observations=tuple(items)), items


def moved(old: str, new: str) -> Derived | None:
    item, (before, after) = figure(TONS, old, new)
    return change(item, before, after)


def part(part_value: str, goal_value: str, unit: Unit = DOLLARS) -> Derived | None:
    top, (one,) = figure(unit, part_value)
    goal, (other,) = figure(BILLIONS, goal_value)
    return share(top, one, goal, other)


def per_cent(number: Decimal) -> int:
    return round(number * 100)


def test_the_corridor_grew_by_62_to_72_per_cent_within_the_rounding() -> None:
    found = moved("about 2.7", "4.5")
    assert found is not None
    assert found.high is not None
    assert found.kind == "change"
    assert per_cent(found.ratio) - 100 == 67
    assert per_cent(found.low) - 100 == 62
    assert per_cent(found.high) - 100 == 72
    assert found.facts == ("talks.2", "talks.1")
    assert not found.exact


def test_values_without_about_or_over_are_exact() -> None:
    found = moved("2.7", "4.5")
    assert found is not None
    assert found.exact


def test_over_550_of_about_1000_has_no_upper_bound() -> None:
    found = part("over 550", "about 1.000")
    assert found is not None
    assert found.kind == "share"
    assert found.ratio == Decimal("0.55")
    assert per_cent(found.low) == 55
    assert found.low < found.ratio
    assert found.high is None
    assert not found.exact


def test_a_round_goal_leaves_wide_bounds() -> None:
    found = part("over 550", "about 1")
    assert found is not None
    assert per_cent(found.ratio) == 55
    assert per_cent(found.low) == 37


def test_at_most_below_leaves_the_change_open_above() -> None:
    found = moved("at most 2", "4")
    assert found is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x3 of ?", "4.5"),
        ("4.5", "x3 of ?"),
        ("15..18", "12..14"),
        ("over 3", "4.5"),
        ("2", "at most 3"),
        ("0", "4.5"),
        ("0.4", "-1"),
        ("-2", "4.5"),
    ],
)
def test_what_cannot_be_said_is_not_said(old: str, new: str) -> None:
    assert moved(old, new) is None


def test_a_fall_to_nothing_is_a_ratio_of_zero() -> None:
    found = moved("4", "0")
    assert found is not None
    assert found.ratio == found.low == Decimal(0)


def test_units_compare_by_sign_and_scale() -> None:
    euros = Unit(one="million", other="million", sign="€", scale=1_000_000)
    assert part("550", "1", euros) is None
    assert part("550", "1", TONS) is None
    thousands = Unit(one="thousand tons", other="thousand tons", scale=1000)
    top, (one,) = figure(thousands, "900")
    goal, (other,) = figure(Unit(one="million tons", other="million tons", scale=10**6), "4.5")
    found = share(top, one, goal, other)
    assert found is not None
    assert found.ratio == Decimal("0.2")
