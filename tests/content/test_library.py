from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.content.library import Library
from bot.content.loader import accept
from bot.errors import NotCovered


@pytest.fixture
def library(corpus: Path) -> Library:
    return accept(corpus / "briefings", corpus / "seeds")


def edit(corpus: Path, file: str, old: str, new: str) -> None:
    path = corpus / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_item_knows_its_key(library: Library) -> None:
    assert library.fact("talks.2").key == "talks.2"
    assert library.figure("corridor.volume").key == "corridor.volume"
    assert library.section("corridor.bottlenecks").key == "corridor.bottlenecks"
    assert library.event("corridor.loan").key == "corridor.loan"
    assert library.tracker("trade.ban").steps["answer"].key == "trade.ban.answer"
    assert library.watch("trade.answer").key == "trade.answer"
    assert library.term("corridor.titr").key == "corridor.titr"
    assert library.person("corridor.president").key == "corridor.president"
    assert library.editions["daily"].key == "daily"
    first = library.figure("corridor.volume").observations[0]
    assert first.key == "corridor.volume@2023:talks"
    assert first.figure == "corridor.volume"


def test_lookups_find_what_is_there(library: Library) -> None:
    assert library.dossier("trade").title == "Trade and transit"
    found = library.by_command("corridor")
    assert found is not None
    assert found.dossier == "corridor"
    assert library.by_command("nothing") is None
    assert library.source("talks") is library.source_of("talks.3")
    assert [str(it.value) for it in library.observations("corridor.volume", "2024")] == ["4.5"]
    assert len(library.observations("corridor.volume", None)) == 2
    assert library.observation("corridor.volume@2024").key == "corridor.volume@2024:talks"
    assert library.observation("corridor.volume@2024:talks").value.text == "4.5"
    assert library.observation("corridor.transit_time").value.text == "15..18"


@pytest.mark.parametrize(
    ("ask", "nearest"),
    [
        (lambda it: it.dossier("coridor"), "corridor"),
        (lambda it: it.figure("corridor.volum"), "corridor.volume"),
        (lambda it: it.fact("talks.99"), "talks.1"),
        (lambda it: it.observation("corridor.volume@2021"), "corridor.volume@2023"),
        (lambda it: it.observation("corridor.volume@2024:times"), "corridor.volume@2024:talks"),
        (lambda it: it.section("corridor.bottleneck"), "corridor.bottlenecks"),
        (lambda it: it.event("corridor.loans"), "corridor.loan"),
        (lambda it: it.tracker("trade.bans"), "trade.ban"),
        (lambda it: it.watch("trade.answers"), "trade.answer"),
        (lambda it: it.term("corridor.title"), "corridor.titr"),
        (lambda it: it.person("corridor.presidents"), "corridor.president"),
        (lambda it: it.source("talk"), "talks"),
    ],
)
def test_what_is_not_covered_comes_with_the_nearest(
    library: Library, ask: object, nearest: str
) -> None:
    assert callable(ask)
    with pytest.raises(NotCovered) as caught:
        ask(library)
    assert nearest in caught.value.nearest


def test_json_brings_the_same_library_back(library: Library) -> None:
    text = library.to_json()
    again = Library.from_json(text)
    assert again == library
    assert again.hash == library.hash
    assert again.to_json() == text
    assert again.observation("corridor.volume@2024").key == "corridor.volume@2024:talks"
    assert list(again.dossier("corridor").figures) == list(library.dossier("corridor").figures)


def test_json_keeps_no_key_that_names_give(library: Library) -> None:
    assert '"key"' not in library.to_json()


def test_something_else_is_not_a_library() -> None:
    with pytest.raises(ValueError, match="validation error"):
        Library.from_json("{}")


def test_the_hash_does_not_see_formatting_or_file_names(corpus: Path, library: Library) -> None:
    edit(
        corpus,
        "briefings/corridor.yaml",
        "      - {period: 2023, value: about 2.7, fact: talks.1}\n"
        "      - {period: 2024, value: 4.5, fact: talks.2}\n",
        "      # the newest first\n"
        "      - fact: [talks.2]\n        value:   '4.5'\n        period: \"2024\"\n"
        "      - {period: 2023, value: about 2.7, fact: talks.1}\n",
    )
    again = accept(corpus / "briefings", corpus / "seeds")
    assert again.hash == library.hash
    backwards = Library.of(
        reversed(list(library.sources.values())),
        reversed(list(library.dossiers.values())),
        library.editions,
    )
    assert backwards.hash == library.hash


def test_the_hash_sees_every_word(corpus: Path, library: Library) -> None:
    edit(corpus, "briefings/corridor.yaml", "Ports are small.", "Ports are too small.")
    assert accept(corpus / "briefings", corpus / "seeds").hash != library.hash


def test_observations_stand_in_the_order_of_their_periods(corpus: Path) -> None:
    edit(
        corpus,
        "briefings/corridor.yaml",
        "      - {period: 2023, value: about 2.7, fact: talks.1}\n"
        "      - {period: 2024, value: 4.5, fact: talks.2}\n",
        "      - {period: 2024, value: 4.5, fact: talks.2}\n"
        "      - {period: 2023, value: about 2.7, fact: talks.1}\n",
    )
    library = accept(corpus / "briefings", corpus / "seeds")
    assert [str(it.period) for it in library.observations("corridor.volume")] == ["2023", "2024"]


def test_what_is_under_embargo_is_seen_nowhere_until_its_second(corpus: Path) -> None:
    edit(
        corpus,
        "briefings/trade.yaml",
        "command: trade\n",
        "command: trade\nembargo: 2026-01-12T09:00+04:00\n",
    )
    library = accept(corpus / "briefings", corpus / "seeds")
    before = library.visible(datetime(2026, 1, 12, 4, 59, 59, tzinfo=UTC))
    assert "trade" not in before.dossiers
    assert not any(key.startswith("trade.") for key in before.figures)
    assert [block.figures for block in before.editions["daily"].blocks] == [
        (),
        ("corridor.volume@2024",),
    ]
    assert library.visible(datetime(2026, 1, 12, 5, 0, tzinfo=UTC)) is library
