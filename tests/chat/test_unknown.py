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


# --- words below a picture or a file -------------------------------------------------------------


async def test_what_is_written_below_a_picture_or_a_file_is_read_as_words(
    ada: Actor, town: Town
) -> None:
    photo = town.world.send_photo(ada.person, caption="how long from china to georgia")
    await town.answered()
    answer = ada.last()
    assert answer.text.startswith("15–18 days")
    await ada.edits(photo, "/trade")
    assert answer.text.startswith("Bilateral trade\n")
    town.world.send_document(ada.person, "map.pdf", b"%PDF", caption="/corridor 2024")
    await town.answered()
    assert ada.sees.startswith("4.5 million tons\n")
    town.world.send_photo(ada.person)
    await town.answered()
    assert ada.sees == "I read words. Type a question, or /help."


async def test_in_a_group_a_caption_is_a_question_where_it_is_meant_for_us(
    ada: Actor, town: Town
) -> None:
    room = town.world.supergroup("Room", ada.person, admin=True)
    await ada.says("ahem", room)
    told = len(ada.told(room))
    town.world.send_photo(ada.person, room, caption="bottlenecks")
    await town.answered()
    assert len(ada.told(room)) == told
    name = town.world.bot.username
    asked = town.world.send_photo(ada.person, room, caption=f"@{name} bottlenecks")
    await town.answered()
    answer = ada.last(room)
    assert "where the route is held up" in answer.text
    assert answer.payload["reply_to_message"]["message_id"] == asked.id
    town.world.send_document(ada.person, "map.pdf", b"%PDF", room, caption=f"/trade@{name}")
    await town.answered()
    assert ada.last(room).text.startswith("Bilateral trade\n")
    town.world.send_photo(ada.person, room, caption="freight", reply_to=answer)
    await town.answered()
    assert "4.5 million tons" in ada.last(room).text


async def test_an_error_may_be_reported_by_a_picture_with_a_caption(ada: Actor, town: Town) -> None:
    await ada.says("/report")
    town.world.send_photo(ada.person, caption="the freight of 2023", reply_to=ada.last())
    await town.answered()
    assert ada.sees.startswith("The editors have it now")
