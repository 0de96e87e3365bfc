"""What it all rests on, as it reads: events in their order, names before what they are."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from bot.content.library import Library
from bot.content.loader import accept
from bot.render.message import View
from bot.render.pen import Pen
from bot.render.split import split
from bot.render.views import record
from bot.text import load_words

ROOT = Path(__file__).resolve().parents[2]


@cache
def library() -> Library:
    return accept(ROOT / "briefings", ROOT / "seeds")


def pen() -> Pen:
    return Pen(library(), load_words(), date(2025, 11, 25))


def lines(view: View) -> list[str]:
    (message,) = split(view)
    return message.plain.splitlines()


def test_events_of_one_date_stand_as_the_source_tells_them() -> None:
    told = lines(record.timeline(pen()))
    order = [
        "2020: The Second Karabakh War",
        "2022: Russia's invasion",
        "30 September 2025: The EBRD",
        "6–7 October 2025: The Organization of Turkic States",
        "A Monday after 7 October 2025: Aliyev begins a state visit",
        "A Monday after 7 October 2025: Aliyev says that all restrictions",
        "A Monday after 7 October 2025: No new energy deals",
        "At the talks in Astana, after 7 October 2025: Tokayev names turnover and goal",
        "At the talks in Astana, after 7 October 2025: The Middle Corridor Development project",
    ]
    places = [next(at for at, line in enumerate(told) if line.startswith(one)) for one in order]
    assert places == sorted(places)


def test_a_name_stands_apart_from_what_it_is() -> None:
    assert any(line.startswith("SOCAR: Azerbaijan's") for line in lines(record.people(pen())))
    assert any(line.startswith("Akorda: A presi") for line in lines(record.glossary(pen())))
