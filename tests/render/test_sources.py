"""Every screen that shows a figure tells whence: who says so, where, as of when, and how sure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from bot.content.model import Observation
from bot.render.message import Para, Quote, Text, View
from bot.render.pen import Pen
from bot.render.split import split
from bot.render.views import figures
from bot.render.views.catalog import Shot
from bot.text import load_words
from tests.render.test_trace import TODAY, library, shots

ARITHMETIC = "our arithmetic"
SAID = {"forecast": "forecast", "target": "target", "estimate": "estimate"}
"""The word by which a reader knows what is no report."""


@cache
def screens() -> tuple[Shot, ...]:
    """All screens, and those that only a group sees."""
    lines = [
        Shot(
            "group", f"line {figure.key} {item.period}", figures.line(pen, figure, item.period.text)
        )
        for figure in library().figures.values()
        for item in figure.observations
        for pen in (Pen(library(), load_words(), TODAY, "some_bot"),)
    ]
    return (*shots(), *lines)


def spans(view: View) -> Iterator[Text]:
    for block in view.blocks:
        paras = block.paras if isinstance(block, Quote) else (block,)
        for para in paras:
            if isinstance(para, Para):
                yield from (span for span in para.spans if isinstance(span, Text))


def whole(view: View) -> str:
    return "\n".join(message.plain for message in split(view)).replace("\u00a0", " ")


def lacking(text: str, item: Observation) -> list[str]:
    """What a screen does not tell of a figure that it shows."""
    fact, source = library().fact(item.fact[0]), library().source_of(item.fact[0])
    by = item.by or fact.by
    wanted = {
        "where it stands": f"¶ {fact.paragraph}",
        "what document": source.name,
        "as of when": source.day,
        "who says so": by or source.name,
        "how sure": SAID.get(item.status, ""),
    }
    return [what for what, words in wanted.items() if words not in text]


@pytest.mark.parametrize("part", range(6))
def test_each_figure_on_each_screen_tells_whence(part: int) -> None:
    for shot in screens()[part::6]:
        text = whole(shot.view)
        for key in {key for span in spans(shot.view) for key in span.shows}:
            missing = lacking(text, library().observation(key))
            # In prose its editor says how sure it is, in words that no test can know.
            if shot.name.startswith(("section ", "summary")):
                missing = [what for what in missing if what != "how sure"]
            assert not missing, f"{shot.group}, {shot.name}: {key} does not tell {missing}"


def test_what_we_worked_out_says_so() -> None:
    found = 0
    for shot in screens():
        reckoned = [span for span in spans(shot.view) if len(span.shows) > 1 and span.text.strip()]
        if reckoned:
            assert ARITHMETIC in whole(shot.view), shot.name
            found += 1
    assert found > 5


def test_a_card_leads_to_its_fact_and_its_fact_tells_the_source() -> None:
    for figure in library().figures.values():
        for item in figure.observations:
            view = figures.card(Pen(library(), load_words(), TODAY), figure, item.period.text)
            presses = {button.data for row in view.buttons for button in row}
            assert f"c:{item.fact[0]}:{figure.key}" in presses
            assert not lacking(whole(view), item)


def test_a_figure_without_a_source_would_be_found() -> None:
    item = library().observation("corridor.forecast")
    bare = View((Para((Text("Could triple by 2030", shows=(item.key,)),)),))
    assert lacking(whole(bare), item) == [
        "where it stands", "what document", "as of when", "who says so", "how sure",
    ]  # fmt: skip
