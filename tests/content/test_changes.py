from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.changes import Change, changes
from bot.content.library import Library
from bot.content.loader import accept


@pytest.fixture
def before(corpus: Path) -> Library:
    return accept(corpus / "briefings", corpus / "seeds")


def after(corpus: Path, *edits: tuple[str, str, str]) -> Library:
    for file, old, new in edits:
        path = corpus / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    return accept(corpus / "briefings", corpus / "seeds")


CORRIDOR = "briefings/corridor.yaml"
TRADE = "briefings/trade.yaml"
TALKS = "seeds/talks.yaml"


def test_the_first_library_and_the_same_one_change_nothing(before: Library) -> None:
    assert changes(None, before) == ()
    assert changes(before, Library.from_json(before.to_json())) == ()


def test_another_value_for_the_same_key_is_a_correction(corpus: Path, before: Library) -> None:
    new = after(corpus, (CORRIDOR, "value: 4.5", "value: 4.6"), (TALKS, "value: 4.5", "value: 4.6"))
    assert changes(before, new) == (
        Change(
            "corrected",
            "figure",
            "corridor.volume@2024:talks",
            "corridor",
            "Freight on the Middle Corridor",
            "4.5 million tons",
            "4.6 million tons",
        ),
    )


def test_a_new_period_is_an_update_and_a_lost_one_a_withdrawal(
    corpus: Path, before: Library
) -> None:
    line = "      - {period: 2024, value: 4.5, fact: talks.2}\n"
    new = after(
        corpus,
        (CORRIDOR, line, line + "      - {period: 2025, value: about 5, fact: talks.9}\n"),
        (
            TALKS,
            "facts:\n",
            (
                "facts:\n  9: {paragraph: 1, kind: figure, says: 'So {value}.', value: about 5,"
                " unit: million tons, period: 2025}\n"
            ),
        ),
    )
    (change,) = changes(before, new)
    assert (change.kind, change.key) == ("updated", "corridor.volume@2025:talks")
    assert (change.before, change.after) == (None, "about 5 million tons")
    (change,) = changes(new, before)
    assert (change.kind, change.key) == ("withdrawn", "corridor.volume@2025:talks")
    assert (change.before, change.after) == ("about 5 million tons", None)


def test_a_new_figure_is_added(corpus: Path, before: Library) -> None:
    new = after(
        corpus,
        (
            CORRIDOR,
            "sections:\n",
            (
                "  days:\n    name: Days\n    unit: days\n    observations:\n"
                "      - {period: 2025, value: 15..18, fact: talks.3}\nsections:\n"
            ),
        ),
    )
    (change,) = changes(before, new)
    assert (change.kind, change.noun, change.title) == ("added", "figure", "Days")
    assert change.key == "corridor.days@2025:talks"


def test_another_standing_is_an_update(corpus: Path, before: Library) -> None:
    new = after(corpus, (TRADE, "status: claim", "status: estimate"))
    (change,) = changes(before, new)
    assert (change.kind, change.noun) == ("updated", "figure")
    assert change.before == "over 550 $ million, claim"
    assert change.after == "over 550 $ million, estimate"


def test_a_step_that_is_reached_is_an_update_of_its_tracker(corpus: Path, before: Library) -> None:
    new = after(
        corpus,
        (
            TRADE,
            "state: open\n        says: The report is silent.\n        silent: [talks]",
            "state: reached\n        says: Yes.\n        fact: talks.8",
        ),
    )
    assert changes(before, new) == (
        Change(
            "updated",
            "tracker",
            "trade.ban.answer",
            "trade",
            "The answer",
            "open: The report is silent.",
            "reached: Yes.",
        ),
    )


def test_texts_are_updated_and_dates_corrected_in_a_steady_order(
    corpus: Path, before: Library
) -> None:
    new = after(
        corpus,
        (CORRIDOR, "Ports are small.", "Ports are smaller."),
        (CORRIDOR, "title: A loan for Aktau is announced", "title: A loan is announced"),
        (CORRIDOR, "title: Middle Corridor", "title: The Middle Corridor"),
        (CORRIDOR, "Another name of", "One more name of"),
        (CORRIDOR, "says: The base year", "says: This base year"),
        (CORRIDOR, "role: He speaks", "role: He often speaks"),
        (TRADE, "The answer, and whether", "An answer, and whether"),
    )
    found = changes(before, new)
    assert [(it.kind, it.noun, it.key) for it in found] == [
        ("updated", "dossier", "corridor"),
        ("updated", "tracker", "corridor.volume"),
        ("updated", "event", "corridor.loan"),
        ("updated", "section", "corridor.bottlenecks"),
        ("updated", "person", "corridor.president"),
        ("updated", "term", "corridor.titr"),
        ("updated", "watch", "trade.answer"),
    ]
    assert changes(before, new) == found


def test_another_day_of_an_event_is_a_correction(corpus: Path, before: Library) -> None:
    new = after(
        corpus,
        (CORRIDOR, "date: 2025-09-30", "date: 2025-09"),
    )
    (change,) = changes(before, new)
    assert (change.kind, change.before, change.after) == ("corrected", "2025-09-30", "2025-09")


def test_a_dossier_that_comes_is_one_change_and_one_that_goes_names_its_figures(
    before: Library,
) -> None:
    less = Library.of(before.sources.values(), [before.dossier("corridor")], before.editions)
    assert [(it.kind, it.noun, it.key) for it in changes(less, before)] == [
        ("added", "dossier", "trade")
    ]
    assert [(it.kind, it.noun, it.key) for it in changes(before, less)] == [
        ("withdrawn", "dossier", "trade"),
        ("withdrawn", "figure", "trade.turnover@2024:talks"),
        ("withdrawn", "figure", "trade.goal@2025-10-08/..:talks"),
    ]


def test_items_come_and_go(before: Library) -> None:
    item = before.dossier("trade")
    bare = item.model_copy(update={"trackers": {}, "watch": {}})
    less = Library.of(before.sources.values(), [before.dossier("corridor"), bare], before.editions)
    assert [(it.kind, it.noun) for it in changes(less, before)] == [
        ("added", "tracker"),
        ("added", "watch"),
    ]
    assert [(it.kind, it.noun) for it in changes(before, less)] == [
        ("withdrawn", "tracker"),
        ("withdrawn", "watch"),
    ]
