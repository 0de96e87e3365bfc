"""A brief as messages: what is said when there is news, and when there is none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.content.changes import Change
from bot.content.library import Library
from bot.content.model import Block, Edition
from bot.newsroom.compose import Brief, Composer, on_topics
from bot.newsroom.due import EVERY_DAY, Hour, Slot
from bot.newsroom.preface import PREFACE, write_prefaces
from bot.render.message import Button, Para, Text, View
from bot.store.bulletins import Variant
from bot.text import Words
from tests.newsroom.desk import english

ALMATY = ZoneInfo("Asia/Almaty")
MORNING = Hour(480, EVERY_DAY, ALMATY)
TUESDAY = Slot(date(2025, 11, 25), datetime(2025, 11, 25, 3, tzinfo=UTC))
CHANGE = Change("added", "section", "harbour.state", "harbour", "State", None, "It is open.")


def brief(**more: object) -> Brief:
    edition = Edition(
        key="daily",
        title="Morning brief",
        menu="Every morning",
        blocks=(Block(changes=True),) if more.get("tells", True) else (),
    )
    since = more.get("since")
    assert since is None or isinstance(since, date)
    return Brief(
        edition=edition,
        library=Library.of((), (), {}),
        revision=3,
        variant=Variant("en", "full"),
        today=TUESDAY.day,
        changes=(CHANGE,) if more.get("news") else (),
        since=since,
    )


def long_view(item: Brief, words: Words) -> View:
    blocks = tuple(Para((Text(f"{number}: " + "word " * 300),)) for number in range(9))
    figure = Para((Text("40 tons", shows=("harbour.freight@2024:r",)),))
    return View((*blocks, figure), ((Button("Read more", data="read:daily"),),))


def test_the_messages_of_a_brief_carry_its_buttons_and_figures_at_the_end() -> None:
    composed = Composer(long_view, english).compose(brief())
    first, *_, last = composed.parts
    assert not composed.empty
    assert (first.keyboard, first.carries) == (None, ())
    assert last.carries == ("harbour.freight@2024:r",)
    assert last.keyboard == {
        "inline_keyboard": [[{"text": "Read more", "callback_data": "read:daily"}]]
    }
    assert all(len(part.plain) <= 4096 - PREFACE for part in composed.parts)


def test_the_same_brief_gives_the_same_messages() -> None:
    composer = Composer(long_view, english)
    assert composer.compose(brief()) == composer.compose(brief())


def test_a_first_brief_is_news_even_if_nothing_changed() -> None:
    assert not brief().is_empty
    assert brief(since=date(2025, 11, 24)).is_empty
    assert not brief(since=date(2025, 11, 24), news=True).is_empty
    assert not brief(since=date(2025, 11, 24), tells=False).is_empty


def test_a_day_without_news_is_one_line() -> None:
    composed = Composer(long_view, english).compose(brief(since=date(2025, 11, 21)))
    assert composed.empty
    [part] = composed.parts
    assert part.plain == "Morning brief: nothing new since Friday 21 November."
    assert part.carries == ()


def test_a_reader_of_one_topic_is_told_of_its_changes_only() -> None:
    assert on_topics((CHANGE,), ()) == (CHANGE,)
    assert on_topics((CHANGE,), ("harbour", "market")) == (CHANGE,)
    assert on_topics((CHANGE,), ("market",)) == ()


@pytest.mark.parametrize(
    ("late", "line"),
    [
        (timedelta(), ""),
        (timedelta(seconds=59), ""),
        (timedelta(seconds=60), "meant for 08:00, sent at 08:01"),
        (timedelta(hours=2, minutes=5), "meant for 08:00, sent at 10:05"),
        (timedelta(hours=20), "meant for Tuesday 25 November, 08:00, sent at 04:00"),
    ],
)
def test_a_late_brief_says_when_it_was_meant(late: timedelta, line: str) -> None:
    said = write_prefaces(
        english, ["en"], title="Brief", slot=TUESDAY, hour=MORNING, now=TUESDAY.at + late
    )
    assert said.all.get("en", "") == line
    assert said.unsure["en"] == "The last Brief may not have reached you: /latest"


def test_the_lines_before_a_brief_never_take_more_than_the_room_kept_for_them() -> None:
    said = write_prefaces(
        english,
        ["en", "de"],
        title="Brief on everything that happened " * 6,
        slot=TUESDAY,
        hour=MORNING,
        now=TUESDAY.at + timedelta(hours=2),
        missed=(TUESDAY, TUESDAY),
    )
    assert set(said.all) == {"en", "de"}
    for language in ("en", "de"):
        for more in (said.unsure[language], said.lapsed[language]):
            assert len(f"{said.all[language]}\n{more}") <= PREFACE
