"""What we do not know is said plainly, with what comes nearest."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.chat.routes import COMMANDS, THANKS
from bot.content.loader import accept
from bot.content.spelling import fold
from bot.text import words_for
from tests.cast import Actor, Town

ROOT = Path(__file__).parents[2]


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


# --- commands in plain words ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("Hello!", "/start"),
        ("brief me", "/brief"),
        ("What's new?", "/latest"),
        ("Sources?", "/sources"),
        ("what can you do?", "/help"),
        ("timeline", "/timeline"),
        ("Who made you", "/about"),
        ("stop sending me this", "/unsubscribe"),
    ],
)
async def test_a_command_may_be_asked_for_in_plain_words(ada: Actor, said: str, same: str) -> None:
    await ada.says(same)
    told = ada.sees
    await ada.says(said)
    assert ada.sees == told


async def test_thanks_are_no_question(ada: Actor) -> None:
    await ada.says("Thank you!")
    assert ada.sees == "You are welcome."


def test_no_spoken_words_mean_two_commands_or_what_an_editor_answers() -> None:
    words = words_for("en")
    said = [
        fold(one)
        for key in words.keys
        if key.startswith("spoken.")
        for one in words(key).split(";")
    ]
    assert len(said) == len(set(said))
    library = accept(ROOT / "briefings", ROOT / "seeds")
    written = {fold(text) for text, leads in library.questions.items() if leads != "none"}
    assert written.isdisjoint(said)
    assert {key for key in words.keys if key.startswith("spoken.")} <= {
        f"spoken.{name}" for name in (*(item.name for item in COMMANDS), THANKS)
    }


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
