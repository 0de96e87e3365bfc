"""Two periods of a figure side by side: by words, by button, and where it cannot be said."""

from __future__ import annotations

import re

import pytest

from tests.cast import Actor, Town

HELD = "SELECT observation FROM receipt_figures ORDER BY 1"


@pytest.mark.parametrize(
    "asked",
    [
        "corridor volume 2023 2024",
        "corridor volume 2024 2023",
        "coridor volum 2023 against 2024",
        "corridor volume from 2023 to 2024",
        "2023 vs 2024 corridor volume",
        "corridor volume",
        "corridor volume 2024",
        "Freight on the Middle Corridor 2023",
    ],
)
async def test_two_periods_stand_side_by_side_with_our_arithmetic(ada: Actor, asked: str) -> None:
    await ada.says(f"/compare {asked}")
    lines = ada.sees.splitlines()
    assert lines[0] == "Freight on the Middle Corridor, compared"
    assert lines[1].startswith("About 2.7 million tons in 2023")
    assert lines[2].startswith("4.5 million tons in 2024")
    assert "about 1.8 million tons more (1.7 to 1.9 within the rounding)" in ada.sees
    assert "up about 67% (62 to 72% within the rounding)" in ada.sees
    assert "our arithmetic" in ada.sees
    assert "¶\u00a021" in ada.sees


@pytest.mark.parametrize("periods", ["2021", "2021 2024", "2023 2031", "q1 2024", "last year 2019"])
async def test_a_period_that_is_not_there_gets_no_neighbours_number(
    ada: Actor, periods: str
) -> None:
    await ada.says(f"/compare corridor volume {periods}")
    assert "the briefings have no figure for" in ada.sees
    assert "more (" not in ada.sees
    assert "4.5 million tons in 2024" in ada.sees
    await ada.presses("Compare")
    assert ada.sees.startswith("Freight on the Middle Corridor, compared")


async def test_a_figure_with_one_period_says_so_and_leads_to_it(ada: Actor) -> None:
    await ada.says("/compare aktau loan")
    assert "one period only" in ada.sees
    await ada.presses(ada.buttons[0])
    assert "€35 million" in ada.sees


@pytest.mark.parametrize("words", ["", " 2023 2024", " against"])
async def test_without_a_figure_the_way_to_ask_is_shown(ada: Actor, words: str) -> None:
    await ada.says(f"/compare{words}")
    example = re.search(r"/compare [a-z ]+ \d{4} \d{4}", ada.sees)
    assert example is not None
    await ada.says(example.group())
    assert "Difference:" in ada.sees


async def test_a_figure_that_nobody_knows_is_refused_with_the_nearest(ada: Actor) -> None:
    await ada.says("/compare gdp of armenia 2023 2024")
    assert ada.sees.startswith("The briefings do not cover that.")
    assert "Difference" not in ada.sees


async def test_the_card_leads_to_the_comparison_and_back(ada: Actor) -> None:
    await ada.says("/figure corridor volume")
    await ada.presses("2023")
    count = len(ada.told())
    await ada.presses("Compare")
    assert "Difference:" in ada.sees
    await ada.presses("2024")
    assert ada.sees.startswith("4.5 million tons\n")
    assert len(ada.told()) == count


async def test_a_card_with_one_period_has_nothing_to_compare(ada: Actor) -> None:
    await ada.says("/figure aktau loan")
    assert "Compare" not in ada.buttons


async def test_the_comparison_can_be_copied_and_is_held_to_what_it_told(
    ada: Actor, town: Town
) -> None:
    await ada.says("/compare corridor volume")
    press = await ada.presses("Copy with source")
    assert "about 2.7 million tons in 2023, 4.5 million tons in 2024. Source:" in press.value
    held = [row[0].partition(":")[0] for row in await town.rows(HELD)]
    assert held == ["corridor.volume@2023", "corridor.volume@2024"]


async def test_a_forged_comparison_shows_nothing_that_is_not_there(ada: Actor) -> None:
    await ada.says("/topics")
    for forged in ("cp:", "cp:nowhere.at", "cp:corridor.volume:1999", "cp:corridor.aktau_loan:x"):
        press = await ada.forges(forged)
        assert press.answered, forged
        assert "1999" not in ada.sees
