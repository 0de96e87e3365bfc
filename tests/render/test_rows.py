"""How buttons stand under a message."""

from __future__ import annotations

from bot.render.buttons import MARK, nav, rows


def _laid(*labels: str, width: int = 2) -> list[list[str]]:
    made = rows([nav(label, "d", number) for number, label in enumerate(labels)], width)
    return [[button.text for button in row] for row in made]


def test_short_buttons_stand_two_a_row() -> None:
    assert _laid("Sections", "Figures", "Sources") == [["Sections", "Figures"], ["Sources"]]


def test_a_button_that_would_be_cut_off_stands_alone() -> None:
    long = "EBRD loan for containers at Aktau"
    assert _laid("Topics", long, "Stop", "Help") == [["Topics"], [long], ["Stop", "Help"]]


def test_a_mark_that_comes_and_goes_moves_no_button() -> None:
    plain = _laid("Visit and council", "Energy")
    marked = _laid(f"{MARK}Visit and council", "Energy")
    assert [len(row) for row in plain] == [len(row) for row in marked] == [2]


def test_a_grid_keeps_its_width_and_what_is_missing_leaves_no_hole() -> None:
    assert _laid("a" * 30, "b", "c", "d", width=3) == [["a" * 30, "b", "c"], ["d"]]
    assert rows([None, nav("Help", "help"), None]) == ((nav("Help", "help"),),)
    assert rows([]) == ()
