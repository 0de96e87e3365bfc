"""What editors save while readers hold buttons to it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.chat.cities import Cities
from tests.cast import Town, data

OURS = Path(__file__).parents[2] / "briefings"


@pytest.fixture
def briefings(tmp_path: Path) -> Path:
    """A copy of the briefings that a test may change."""
    return Path(shutil.copytree(OURS, tmp_path / "briefings"))


@pytest.fixture
async def town(
    briefings: Path, state: Path, gazetteer: Cities, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    """A town that reads the copy."""
    made = Town(state, monkeypatch, gazetteer, {"BRIEFING_BRIEFINGS": str(briefings)})
    try:
        await made.open()
        yield made
    finally:
        await made.close()
    assert made.world.complaints == []


async def edit(town: Town, briefings: Path, name: str, old: str, new: str) -> None:
    """Save a file with a change in it, and have it taken up."""
    path = briefings / name
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new), "utf-8")
    await town.app.publisher.accept()
    await town.answered()


async def remove_digital(town: Town, briefings: Path) -> None:
    (briefings / "digital.yaml").unlink()
    await edit(town, briefings, "editions.yaml", "energy.deals, digital.cable", "energy.deals")


async def test_a_press_on_a_dossier_that_is_gone_says_so(town: Town, briefings: Path) -> None:
    ada = town.ada
    await ada.says("/digital")
    screen = ada.last()
    await remove_digital(town, briefings)
    press = await ada.presses("Sections", screen)
    assert press.answer == "That is no longer in the briefings."
    assert ada.sees.startswith("Topics")
    assert "Digital links" not in ada.buttons


async def test_a_command_that_is_gone_is_unknown(town: Town, briefings: Path) -> None:
    await remove_digital(town, briefings)
    await town.ada.says("/digital")
    assert "I do not know “/digital”" in town.ada.sees
    menu = [item["command"] for item in town.world.menu(town.ada.person)]
    assert "digital" not in menu


async def test_a_subscription_to_a_dossier_that_is_gone_goes_on(
    town: Town, briefings: Path
) -> None:
    ada = town.ada
    await ada.says("/subscribe daily 08:30 Asia/Almaty corridor digital")
    await remove_digital(town, briefings)
    await ada.says("/subscriptions")
    assert "Topics: Middle Corridor." in ada.sees
    await town.pass_time(days=1)
    assert ada.sees.startswith("Morning brief, Tuesday 25 November")


async def test_a_saved_change_is_what_the_next_reader_sees(town: Town, briefings: Path) -> None:
    ada = town.ada
    await ada.says("/corridor")
    await edit(town, briefings, "corridor.yaml", "title: The route", "title: Where it runs")
    await ada.presses("Sections")
    assert "Where it runs" in ada.buttons


async def test_a_change_leads_the_next_brief(town: Town, briefings: Path) -> None:
    ada = town.ada
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.pass_time(days=1)
    await edit(
        town, briefings, "corridor.yaml", "How long the way on to Europe", "How long the way there"
    )
    await town.pass_time(days=1)
    assert ada.sees.startswith("Morning brief, Wednesday 26 November\n\nSince Tuesday 25 November")
    assert "Middle Corridor" in ada.sees.splitlines()[2] or "Transit time" in ada.sees


async def test_a_bad_file_is_told_to_the_editor_and_served_to_nobody(
    town: Town, briefings: Path
) -> None:
    await town.ed.starts()
    await edit(town, briefings, "corridor.yaml", "value: 4.5", "value: 4.6")
    assert "corridor.yaml" in town.ed.sees
    assert "Revision 1 is still served" in town.ed.sees
    await town.ada.says("/corridor 2024")
    assert town.ada.sees.startswith("4.5 million tons")
    await edit(town, briefings, "corridor.yaml", "value: 4.6", "value: 4.5")
    assert "in order again" in town.ed.sees


async def test_an_answer_that_changed_since_is_given_anew_unless_the_first_was_mended(
    briefings: Path, town: Town
) -> None:
    ada, club = town.ada, town.club
    await ada.says("/corridor", club)
    first = ada.last(club)
    old, new = "From China to Europe", "From China to all of Europe"
    await edit(town, briefings, "corridor.yaml", old, new)
    await ada.says("/corridor", club)
    second = ada.last(club)
    assert new in second.text
    await ada.says("/corridor", club)
    assert ada.last(club).text == "Answered above."
    assert ada.last(club).payload["reply_to_message"]["message_id"] == second.id
    assert old in first.text
    # A correction edits the message in place and writes its receipt anew.
    await edit(town, briefings, "corridor.yaml", new, "From China to much of Europe")
    async with town.app.database.write() as conn:
        await conn.execute(
            text("UPDATE receipts SET revision = 3 WHERE message_id = :id"), {"id": second.id}
        )
    await ada.says("/corridor", club)
    assert ada.last(club).text == "Answered above."
    assert ada.last(club).payload["reply_to_message"]["message_id"] == second.id


async def test_a_word_that_was_saved_is_understood_at_once(town: Town, briefings: Path) -> None:
    ada = town.ada
    await ada.says("thrombosis")
    assert ada.sees.startswith("The briefings do not cover that.")
    old = "      - weak points\n"
    await edit(town, briefings, "corridor.yaml", old, f"{old}      - thrombosis\n")
    await ada.says("thrombosis")
    assert ada.sees.startswith("Independent assessments")


async def test_what_is_held_back_answers_no_question_until_its_second(
    town: Town, briefings: Path
) -> None:
    ada = town.ada
    held = "embargo: 2025-11-24T06:00Z\ncommand: digital\n"
    await edit(town, briefings, "digital.yaml", "command: digital\n", held)
    for asked in ("fiber-optic cable", "/search fiber-optic cable", "/figure cable", "/digital"):
        await ada.says(asked)
        assert "Digital links" not in ada.sees
        assert not any("digital" in value for value in data(ada.last()) if value[:3] != "nm:")
    await town.pass_time(hours=1)
    await ada.says("fiber-optic cable")
    assert "fiber-optic cable" in ada.sees.casefold()
    assert "From: Digital links" in ada.sees or ada.sees.startswith("Digital links")
