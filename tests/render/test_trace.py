"""Every number that any screen shows traces to a fact of a source card."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from bot.content.library import Library
from bot.content.loader import accept
from bot.content.search import Index
from bot.render.message import Para, Text, View
from bot.render.pen import Pen
from bot.render.phrase import say_period
from bot.render.split import split
from bot.render.views import asked, dossier, figures, inline
from bot.render.views.catalog import Shot, all_views
from bot.text import load_words
from tests.content.quiz import SETS, Set, read_questions

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2025, 11, 25)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
PLACE = re.compile(r"¶\s(\d+)")
FACT = re.compile(r"\b[Ff]acts?\s(\d+)(?:\sand\s(\d+))?")
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
    """Numbers of a text, but those that say where something stands: ¶ 21, fact 9."""
    found = NUMBER.findall(FACT.sub("", PLACE.sub("", text)))
    # Of a date `2025-10-06` the day is written 6.
    return {number.lstrip("0") or "0" for number in found}


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
    """Numbers that are ours and no figure: dates of the house, the source's identity."""
    kept = library()
    found: set[str] = set()
    if "sources" in shot.name:
        for source in kept.sources.values():
            # The card's own account of itself, and how many of its facts are used.
            found |= numbers(source.file) | numbers(source.sha256[:12]) | {"256", "1"}
            found |= numbers(source.note or "")
            found |= {str(number) for number in range(len(source.facts) + 1)}
    if shot.name.startswith(("figure ", "compare ")):
        for figure in kept.figures.values():
            if figure.review_by and figure.review_by.last:
                due = figure.review_by.last
                found |= {str(due.day), str(due.year)}
    if shot.group == "editions":
        found |= {str(TODAY.day)}
    return found


def strange(shot: Shot) -> set[str]:
    """Numbers of a screen that come from nowhere."""
    found: set[str] = set()
    for message in split(shot.view):
        of_it = numbers(message.plain) - said_by_facts() - paper(shot)
        carried = str(message.carries)
        of_it -= REACHED if "trade" in carried else set()
        of_it -= GROWN if shot.name.startswith("figure corridor.volume") else set()
        if shot.name.startswith(("compare corridor.volume", "answer")) and "volume" in carried:
            of_it -= COMPARED
        found |= of_it
    return found


def test_there_are_screens_of_every_dossier() -> None:
    assert {shot.group for shot in shots()} >= set(library().dossiers)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_screen_shows_no_number_that_the_card_lacks(part: int) -> None:
    for shot in shots()[part::PARTS]:
        assert strange(shot) == set(), f"{shot.group}, {shot.name}"


EACH: Mapping[Set, int] = {"tuning": 5, "kept": 1, "hostile": 1}
"""One of so many questions is asked: there are a few dozen screens, and thousands of wordings."""


@pytest.mark.parametrize("chosen", SETS)
def test_an_answer_shows_no_number_that_neither_card_nor_question_has(chosen: Set) -> None:
    index = Index(library())
    for question in islice(read_questions(chosen), 0, None, EACH[chosen]):
        answer = index.ask(question.text, question.day)
        pen = Pen(library(), load_words(), question.day)
        if answer.best is None:
            view = asked.not_covered(pen, answer, is_counted=True)
        else:
            view = asked.answered(pen, answer, question.text)
        # A period that is lacking is named: "next year" as 2026.
        named = {
            number
            for period in answer.lacking
            for number in numbers(say_period(load_words(), period))
        }
        found = strange(Shot("asked", "answer", view))
        assert found <= numbers(question.text) | named, question.text


def test_what_groups_and_other_chats_get_shows_no_other_number() -> None:
    for figure in library().figures.values():
        for period in {item.period.text for item in figure.observations}:
            view = figures.line(abroad(), figure, period)
            assert strange(Shot("groups", f"line {figure.key}", view)) == set()
            trace_card(inline.figure(abroad(), figure, period))
    for key in library().sections:
        trace_card(inline.section(abroad(), key))
    for name, item in library().dossiers.items():
        trace_card(inline.dossier(abroad(), name))
        assert strange(Shot("groups", name, dossier.summary(abroad(), item))) == set()


def abroad() -> Pen:
    """A pen for chats in which a number leads to the bot."""
    return Pen(library(), load_words(), TODAY, bot="briefing_demo_bot")


def trace_card(card: inline.Card) -> None:
    """A result of an inline query: its title, its line, and the message it makes."""
    assert strange(Shot("inline", card.title, card.view)) == set()
    title = View((Para((Text(f"{card.title} {card.line}"),)),))
    assert strange(Shot("inline", "title", title)) == set(), card.title


def test_a_place_that_is_named_is_one_of_the_card() -> None:
    source = library().source("astana-talks")
    paragraphs = {fact.paragraph for fact in source.facts.values()}
    for shot in shots():
        for message in split(shot.view):
            assert {int(number) for number in PLACE.findall(message.plain)} <= paragraphs
            named = {
                int(number) for pair in FACT.findall(message.plain) for number in pair if number
            }
            assert named <= set(source.facts), shot.name


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


@pytest.mark.parametrize("text", ["It was 73.9 thousand.", "It took 41 days.", "It is fact 5."])
def test_a_number_of_nowhere_would_be_found(text: str) -> None:
    shot = shots()[0]
    planted = Shot(shot.group, shot.name, View((Para((Text(text),)),)))
    assert strange(planted) == {number for number in ("73.9", "41") if number in text}
