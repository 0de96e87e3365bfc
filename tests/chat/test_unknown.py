"""What we do not know is said plainly, with what comes nearest."""

from __future__ import annotations

import pytest

from tests.cast import Actor, Town


async def test_an_unknown_command_is_refused_with_suggestions(ada: Actor) -> None:
    await ada.says("/coridor")
    assert "I do not know “/coridor”" in ada.sees
    assert "Middle Corridor" in ada.buttons
    await ada.presses("Middle Corridor")
    assert ada.sees.startswith("Middle Corridor\n")


async def test_an_edited_question_is_answered_again(ada: Actor, town: Town) -> None:
    said = await ada.says("/coridor")
    town.world.edit(ada.person, said, "/corridor")
    await town.answered()
    assert ada.sees.startswith("Middle Corridor\n")


@pytest.mark.parametrize("thing", ["sticker", "voice", "photo", "contact"])
async def test_what_is_not_words_gets_one_plain_line(ada: Actor, town: Town, thing: str) -> None:
    getattr(town.world, f"send_{thing}")(ada.person)
    await town.answered()
    assert [item.text for item in ada.told()] == ["I read words. Type a question, or /help."]


async def test_a_location_sets_the_zone(ada: Actor) -> None:
    await ada.is_at(43.238, 76.945)
    assert "Asia/Almaty" in ada.sees
    assert "10:00" in ada.sees


async def test_an_editors_commands_are_not_for_readers(ada: Actor) -> None:
    await ada.says("/invite")
    assert "t.me" not in ada.sees
