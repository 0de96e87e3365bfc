"""Every number that any screen shows traces to a fact of a source card."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from bot.content.library import Library
from bot.content.loader import accept
from bot.render.message import Para, Text, View
from bot.render.split import split
from bot.render.views.catalog import Shot, all_views
from bot.text import load_words

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2025, 11, 25)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# What our own arithmetic may say, each worked out here again from two values of the card.
REACHED = {"55"}
GROWN = {"62", "72"}
COMPARED = GROWN | {"67", "1.8", "1.7", "1.9"}
PARTS = 12
"""Over which the screens are dealt out."""


@cache
def library() -> Library:
    return accept(ROOT / "briefings", ROOT / "seeds")


@cache
def shots() -> tuple[Shot, ...]:
    return tuple(all_views(library(), load_words(), TODAY))


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(text))


@cache
def said_by_facts() -> frozenset[str]:
    """Each number of the card: values, periods, and what its own words hold."""
    found: set[str] = set()
    for source in library().sources.values():
        found |= numbers(source.day) | numbers(source.as_of.text) | numbers(source.title)
        for fact in source.facts.values():
            found |= numbers(fact.says) | numbers(fact.note or "")
            found |= numbers(str(fact.value or "")) | numbers(str(fact.period or ""))
    return frozenset(found)


def paper(shot: Shot) -> set[str]:
    """Numbers that are ours and no figure: places, dates of the house, the source's identity."""
    kept = library()
    found: set[str] = set()
    for source in kept.sources.values():
        found |= {str(fact.paragraph) for fact in source.facts.values()}
        found |= {str(number) for number in source.facts}
        found |= numbers(source.file) | numbers(source.sha256[:12]) | {"256"}
        if "sources" in shot.name:
            # The card's own account of itself, and how many of its facts are used.
            found |= numbers(source.note or "")
            found |= {str(number) for number in range(len(source.facts) + 1)}
    for figure in kept.figures.values():
        if figure.review_by and figure.review_by.last:
            due = figure.review_by.last
            found |= {str(due.day), str(due.year)}
    if shot.group == "editions":
        found |= {str(TODAY.day)}
    return found


def test_there_are_screens_of_every_dossier() -> None:
    assert {shot.group for shot in shots()} >= set(library().dossiers)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_screen_shows_no_number_that_the_card_lacks(part: int) -> None:
    for shot in shots()[part::PARTS]:
        for message in split(shot.view):
            strange = numbers(message.plain) - said_by_facts() - paper(shot)
            strange -= REACHED if "trade" in str(message.carries) else set()
            strange -= GROWN if shot.name.startswith("figure corridor.volume") else set()
            strange -= COMPARED if shot.name.startswith("compare corridor.volume") else set()
            assert not strange, f"{shot.group}, {shot.name}: {strange}"


def test_our_own_arithmetic_is_what_two_values_of_the_card_give() -> None:
    old, new = (library().observation(f"corridor.volume@{year}").value for year in (2023, 2024))
    least, greatest = new.bounds[0], new.bounds[1]
    assert least is not None
    assert greatest is not None
    assert old.bounds[0] is not None
    assert old.bounds[1] is not None
    low, high = least / old.bounds[1] - 1, greatest / old.bounds[0] - 1
    assert {str(round(low * 100)), str(round(high * 100))} == GROWN
    grown, more = round(100 * (new.low / old.low - 1)), new.low - old.low
    ends = least - old.bounds[1], greatest - old.bounds[0]
    assert {str(grown), str(more), *(str(end.normalize()) for end in ends)} == COMPARED - GROWN
    part = library().observation("trade.turnover").value.low
    goal = library().observation("trade.goal").value.low * 1000
    assert {str(round(100 * part / goal))} == REACHED


def stated(view: View) -> Iterator[Text]:
    for block in view.blocks:
        if isinstance(block, Para):
            yield from (span for span in block.spans if isinstance(span, Text) and span.shows)


def test_each_printed_value_is_that_of_its_observation_and_its_fact() -> None:
    seen = 0
    for shot in shots():
        for span in stated(shot.view):
            if len(span.shows) != 1 or not span.text.strip():
                continue
            key = span.shows[0]
            item = library().observation(key)
            facts = [library().fact(ref) for ref in item.fact]
            assert any(fact.value == item.value for fact in facts), key
            allowed = numbers(str(item.value)) | numbers(str(item.period))
            assert numbers(span.text) <= allowed, (shot.name, span.text)
            seen += 1
    assert seen > 50


def test_a_message_carries_each_observation_that_it_states() -> None:
    for shot in shots():
        messages = split(shot.view)
        carried = {key for message in messages for key in message.carries}
        for key in {key for span in stated(shot.view) for key in span.shows}:
            assert key in carried


def test_a_number_of_nowhere_would_be_found() -> None:
    shot = shots()[0]
    planted = Shot(shot.group, shot.name, View((Para((Text("It was 73.9 thousand."),)),)))
    text = split(planted.view)[0].plain
    assert numbers(text) - said_by_facts() - paper(planted) == {"73.9"}
