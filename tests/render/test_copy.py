"""Copy buttons: value, unit, period and source within what Telegram takes, whatever is written."""

from __future__ import annotations

from datetime import date
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from bot.content.dates import When
from bot.content.library import Library
from bot.content.model import Dossier, Fact, Figure, Observation, Source, Unit
from bot.content.values import Value
from bot.render.buttons import COPY_CHARACTERS, copy_size, copy_text, markup
from bot.render.message import Button
from bot.render.pen import Pen
from bot.render.views.figures import cite_line
from bot.sandbox.chats import Person
from bot.sandbox.world import World
from bot.text import load_words

TODAY = date(2025, 11, 24)
lines = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("🇰🇿🏳é中"), min_size=1
)


def units(text: str) -> int:
    """UTF-16 code units, counted without the code under test."""
    return sum(1 + (ord(char) > 0xFFFF) for char in text)


@cache
def a_world() -> tuple[World, Person]:
    world = World(now=lambda: 1_764_000_000.0)
    world.rates.off()
    ada = world.person("Ada")
    world.start(ada)
    return world, ada


def check_taken(text: str) -> None:
    world, ada = a_world()
    keyboard = markup(((Button("Copy", copy=text),),))
    params = {"chat_id": ada.id, "text": "x", "reply_markup": keyboard}
    reply = world.call("sendMessage", params)
    assert reply.status == 200, reply.body


@given(st.text(max_size=300) | st.text(alphabet="🇰🇿🏳👍", min_size=200, max_size=400))
def test_any_text_is_cut_between_characters_to_what_fits(text: str) -> None:
    cut = copy_text(text)
    assert units(cut) == copy_size(cut) <= COPY_CHARACTERS
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))
    assert units(text) > COPY_CHARACTERS or cut == text


@given(
    name=lines.filter(str.strip).map(lambda text: text[:300]),
    unit=st.text(st.characters(categories=["L"]), min_size=1, max_size=40),
    place=st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=80),
    value=st.sampled_from(["4.5", "about 2.7", "over 550", "15..18", "x3 of ?"]),
    period=st.sampled_from(["2024", "2025-10", "2025-09-30", "2025-10-08/2025-12-31"]),
)
def test_a_cited_line_keeps_value_period_and_source_and_shortens_the_name(
    name: str, unit: str, place: str, value: str, period: str
) -> None:
    observation = Observation(
        period=When.parse(period), value=Value.parse(value), fact=("talks.1",)
    )
    figure = Figure(
        name=name, unit=Unit(one=unit, other=unit), observations=(observation,), key="d.f"
    )
    pen = Pen(a_library(figure, place), load_words(), TODAY)
    line = cite_line(pen, figure, observation)
    assert 0 < units(line) <= COPY_CHARACTERS
    check_taken(line)
    assert unit in line
    assert place in line
    assert line.endswith("a Monday of October")
    assert "2024" in line or "2025" in line


def a_library(figure: Figure, place: str) -> Library:
    source = Source(
        source="talks", file="talks.txt", sha256="0" * 64, title="Talks", name=place,
        day="a Monday of October", as_of=When.parse("2025-10"),
        facts={1: Fact(paragraph=7, kind="statement", says="It is so.")},
    )  # fmt: skip
    dossier = Dossier(
        dossier="d", command="d", title="D", menu="d", lead="d", figures={"f": figure}
    )
    return Library.of([source], [dossier], {})
