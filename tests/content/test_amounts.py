"""Amounts in questions, held against what answers them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.content.amounts import amounts
from bot.content.asking import MOST_LETTERS
from bot.content.search import Index

DAY = date(2025, 11, 25)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("goal of $2 billion", [("$2 billion", 2 * 10**9, "dollar")]),
        ("goal of 2 billion", [("2 billion", 2 * 10**9, "")]),
        ("35m euros", [("35m euros", 35 * 10**6, "euro")]),
        ("EUR 35 million", [("EUR 35 million", 35 * 10**6, "euro")]),
        ("a 35 million € loan", [("35 million €", 35 * 10**6, "euro")]),
        ("2,700,000 tonnes", [("2,700,000 tonnes", 2_700_000, "ton")]),
        ("4,5 million tons", [("4,5 million tons", 4_500_000, "ton")]),
        ("4.5 mln metric tons", [("4.5 mln metric tons", 4_500_000, "ton")]),
        ("fifteen days", [("fifteen days", 15, "day")]),
        ("15-18 days", [("18 days", 18, "day")]),
        ("grow three times", [("three times", 3, "time")]),
        ("a 20-day trip", [("20-day", 20, "day")]),
        # Years, ordinals and bare numbers are amounts of nothing.
        ("freight in 2024", []),
        ("2024 tons", []),
        ("the 12th summit", []),
        ("17 ministers", []),
        ("one day it will", []),
        ("", []),
    ],
)
def test_an_amount_is_a_number_with_a_sign_a_scale_or_a_unit(
    text: str, found: list[tuple[str, int, str]]
) -> None:
    read = [(amount.text, amount.number, amount.unit) for amount in amounts(text)]
    assert read == [(said, Decimal(number), unit) for said, number, unit in found]


@pytest.mark.parametrize(
    ("asked", "key", "unsaid"),
    [
        ("is the trade goal 5 billion", "trade.goal", ("5 billion",)),
        ("is the trade goal one billion dollars", "trade.goal", ()),
        ("$35 million", "corridor.aktau_loan", ("$35 million",)),
        ("€35 million", "corridor.aktau_loan", ()),
        ("is the transit time two weeks", "corridor.transit_time", ("two weeks",)),
        ("is the transit time 16 days", "corridor.transit_time", ()),
        ("is the EBRD loan 35 billion dollars", "corridor.aktau_loan", ("35 billion dollars",)),
    ],
)
def test_an_amount_that_is_another_is_said_before_the_right_one(
    index: Index, asked: str, key: str, unsaid: tuple[str, ...]
) -> None:
    found = index.ask(asked, DAY)
    assert found.best is not None
    assert key in {found.best.key, f"{found.best.dossier}.{found.best.key}"}
    assert found.unsaid == unsaid


@pytest.mark.parametrize(
    "asked",
    ["35 days", "4.5 million dollars", "550 million tons", "5 billion", "the loan of 3 tons"],
)
def test_an_amount_of_nothing_that_is_told_gets_no_answer(index: Index, asked: str) -> None:
    assert index.ask(asked, DAY).kind == "none"


def test_an_amount_tells_which_period_is_meant(index: Index) -> None:
    found = index.ask("2.7 million tonnes", DAY)
    assert found.best is not None
    assert (found.best.key, found.best.period) == ("corridor.volume", "2023")


def test_a_period_that_is_named_is_not_changed_for_an_amount(index: Index) -> None:
    found = index.ask("4.5 million tons of freight in 2023", DAY)
    assert found.best is not None
    assert (found.best.period, found.unsaid) == ("2023", ("4.5 million tons",))


@pytest.mark.parametrize(
    "asked", ["will trade trıple", "is it fİve days", "5 mİllion tons", "٣ days"]
)
def test_letters_and_digits_of_other_alphabets_do_no_harm(index: Index, asked: str) -> None:
    assert index.ask(asked, DAY).unsaid == ()


def test_without_a_wrong_amount_the_year_is_still_the_one_that_was_asked(index: Index) -> None:
    found = index.ask("was the freight 4.5 billion tons in 2023?", DAY)
    assert found.best is not None
    assert (found.best.key, found.best.period) == ("corridor.volume", "2023")
    assert found.unsaid == ("4.5 billion tons",)


def test_of_an_endless_number_no_more_is_repeated_than_is_read(index: Index) -> None:
    found = index.ask(f"is the trade goal ${'9' * 4000} billion", DAY)
    assert all(len(text) <= MOST_LETTERS for text in found.unsaid)
