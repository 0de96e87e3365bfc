"""Who does what to whom, in questions and in what answers them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.content.actors import Actors
from bot.content.entries import proper_names
from bot.content.library import Library
from bot.content.search import Index
from bot.content.spelling import fold

DAY = date(2025, 11, 25)


@pytest.fixture(scope="module")
def actors(library: Library) -> Actors:
    return Actors(library, proper_names(library))


@pytest.mark.parametrize(
    ("name", "stands_for"),
    [
        ("Azerbaijan", "Azerbaijan"),
        ("Baku", "Azerbaijan"),
        ("Ilham Aliyev", "Azerbaijan"),
        ("Tokayev", "Kazakhstan"),
        ("Kazakhstan", "Astana"),
        ("the European Union", "EU"),
    ],
)
def test_capitals_and_presidents_stand_for_their_countries(
    actors: Actors, name: str, stands_for: str
) -> None:
    assert actors.identify(name) == actors.identify(stands_for) != ""


@pytest.mark.parametrize("name", ["Atlantis", "the ministers", "Caspian"])
def test_who_is_no_country_and_nobody_of_the_dossiers_is_nobody(actors: Actors, name: str) -> None:
    assert actors.identify(name) == ""


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        ("did Russia lift the ban on Armenia", {"by": "Russia", "to": "Armenia"}),
        ("Armenia accuses Azerbaijan", {"by": "Armenia", "to": "Azerbaijan"}),
        ("was Armenia accused by Azerbaijan", {"by": "Azerbaijan", "to": "Armenia"}),
        ("i heard that Baku lifted the restrictions", {"by": "Azerbaijan"}),
        ("when did president Aliyev visit Astana", {"by": "Azerbaijan", "to": "Kazakhstan"}),
        ("is Armenia neutral", {"by": "Armenia"}),
        ("transit through Georgia to Armenia", {"through": "Georgia", "to": "Armenia"}),
        ("was it announced in Yerevan", {"at": "Armenia"}),
        # What only tells what kind of thing plays no part.
        ("is the Armenia ban over", {}),
        ("are Kazakh goods allowed", {}),
        ("Pashinyan's remark", {}),
        ("ban on Armenia lifted", {"to": "Armenia"}),
        ("on Aliyev's visit", {}),
        ("is Aktau in Kazakhstan or Azerbaijan", {}),
        ("freight in 2024", {}),
    ],
)
def test_the_parts_of_a_question_are_read(
    actors: Actors, asked: str, parts: dict[str, str]
) -> None:
    played = actors.parts(asked, fold(asked).split()).played
    assert played == {part: {actors.identify(name)} for part, name in parts.items()}


@pytest.mark.parametrize(
    "asked",
    [
        "did Turkey lift the ban on Armenia",
        "did Kazakhstan lift the ban on Armenia",
        "has Armenia lifted its ban on Azerbaijan",
        "did Azerbaijan lift restrictions on Russia",
        "Armenia accuses Kazakhstan",
        "Azerbaijan accuses Armenia",
        "when did Aliyev visit Yerevan",
        "did Tokayev praise Armenia",
        "is Armenia neutral",
        "was it announced in Yerevan",
        "where will the Turkic states meet in 2027",
    ],
)
def test_what_another_did_or_did_to_another_or_at_another_time_is_not_told(
    index: Index, asked: str
) -> None:
    assert index.ask(asked, DAY).kind == "none"


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("did Azerbaijan lift the ban on Armenia", "transit.announcement"),
        ("has Baku lifted its restrictions on Armenia", "transit.announcement"),
        ("how did Tokayev take the news on Armenia", "transit.announcement"),
        ("Armenia accuses Azerbaijan", "region.complaint"),
        ("when did Aliyev visit Astana", "visit.welcome"),
        ("did Tokayev praise Azerbaijan", "visit.tokayev"),
        ("is Astana neutral", "region.stance"),
        ("when did Russia invade Ukraine", "corridor.invasion"),
    ],
)
def test_the_same_words_with_the_right_names_are_answered(
    index: Index, asked: str, key: str
) -> None:
    found = index.ask(asked, DAY)
    assert found.best is not None
    assert found.best.key == key
