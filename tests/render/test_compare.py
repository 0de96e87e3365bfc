"""Differences in words: what the rounding leaves, and what cannot be worked out."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.dates import When
from bot.content.model import Observation, Unit
from bot.content.provenance import difference
from bot.content.values import Value
from bot.render.phrase import say_gap
from bot.text import load_words

TONS = Unit(one="ton", other="tons")
EUROS = Unit(one="million", other="million", sign="€")


def seen(text: str) -> Observation:
    return Observation(period=When.parse("2024"), value=Value.parse(text), fact=("talks.1",))


def told(old: str, new: str, unit: Unit = TONS) -> str:
    gap = difference(seen(old), seen(new))
    return "" if gap is None else say_gap(load_words(), gap, unit)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("about 2.7", "4.5", "about 1.8 tons more (1.7 to 1.9 within the rounding)"),
        ("4.5", "2.7", "1.8 tons less (1.7 to 1.9 within the rounding)"),
        ("100", "101", "1 ton more (0 to 2 within the rounding)"),
        ("4.5", "4.5", "none (0.1 less to 0.1 more within the rounding)"),
        ("500", "over 550", "about 50 tons more (at least 49.5 more within the rounding)"),
        ("over 550", "500", "about 50 tons less (at least 49.5 less within the rounding)"),
        ("at most 500", "600", "about 100 tons more (at least 99.5 more within the rounding)"),
        ("600", "at most 700", "about 100 tons more (at most 100.5 more within the rounding)"),
        ("over 500", "over 550", "about 50 tons more"),
        ("15..18", "12", "6.5 less to 2.5 less (tons)"),
        ("15..18", "20..22", "2 more to 7 more (tons)"),
        ("1000", "3000", "2,000 tons more (1,999 to 2,001 within the rounding)"),
        ("3", "x3 of ?", ""),
    ],
)
def test_a_difference_is_told_with_what_the_rounding_leaves(old: str, new: str, said: str) -> None:
    assert told(old, new) == said


def test_money_keeps_its_sign() -> None:
    assert told("15", "35", EUROS) == "€20 million more (19 to 21 within the rounding)"


numbers = st.decimals(0, 10_000, places=2)


@given(numbers, numbers)
def test_the_true_difference_of_any_two_numbers_lies_within_the_bounds(
    old: Decimal, new: Decimal
) -> None:
    """Whatever was rounded to one decimal: the bounds of the rounded hold the difference."""
    one, other = (seen(str(round(number, 1))) for number in (old, new))
    gap = difference(one, other)
    assert gap is not None
    assert gap.low is not None
    assert gap.high is not None
    assert gap.low <= new - old <= gap.high
