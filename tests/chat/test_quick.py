"""The short way to an Ask comes out where the long one does, or leaves it to the long one."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from bot.chat import quick
from bot.chat.desk import Ask
from bot.chat.door import Door
from bot.store import chats
from tests.cast import Actor, Town


class Doors:
    """The same update by both ways."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.door = Door(town.app.desk, town.app.intake._door._bot)

    async def both(self, body: dict[str, Any], actor: Actor) -> tuple[Ask | None, Ask | None]:
        async with self.town.app.database.read() as conn:
            known = await chats.find(conn, actor.person.id)
        assert known is not None
        short = quick.read(self.town.app.desk, copy.deepcopy(body), known)
        return short, await self.door.admit(self.door.parse(body), known)


def waiting(town: Town) -> list[dict[str, Any]]:
    return [json.loads(json.dumps(update.body)) for update in town.world.updates.pending]


WORDS = ["/corridor", "/corridor aktau 2024", "What of the port?", "a@b and /x", "/trade@other_bot"]


@pytest.mark.parametrize("words", WORDS)
async def test_words_come_out_the_same(ada: Actor, town: Town, words: str) -> None:
    await ada.says("/topics")
    town.world.say(ada.person, words)
    [body] = waiting(town)
    short, long = await Doors(town).both(body, ada)
    assert long is not None
    assert short == (None if "@" in words else long)


async def test_a_press_comes_out_the_same(ada: Actor, town: Town) -> None:
    await ada.says("/topics")
    town.world.press(ada.person, ada.last(), "Middle Corridor")
    [body] = waiting(town)
    short, long = await Doors(town).both(body, ada)
    assert short is not None
    assert short == long


async def test_whoever_changed_their_name_is_left_to_the_door(ada: Actor, town: Town) -> None:
    await ada.says("/topics")
    town.world.say(ada.person, "/corridor")
    [body] = waiting(town)
    for part in (body["message"]["from"], body["message"]["chat"]):
        part["first_name"] = "Ada Augusta"
    short, long = await Doors(town).both(body, ada)
    assert short is None
    assert long is not None
    assert long.chat.title == "Ada Augusta"


@pytest.mark.parametrize("date", [-62_135_596_801, -1, 253_402_300_800, 1 << 70])
async def test_what_was_written_at_no_time_is_left_to_the_door(
    ada: Actor, town: Town, date: int
) -> None:
    await ada.says("/topics")
    town.world.say(ada.person, "/corridor")
    [body] = waiting(town)
    await town.answered()
    body["message"]["date"] = date
    async with town.app.database.read() as conn:
        known = await chats.find(conn, ada.person.id)
    assert known is not None
    assert quick.read(town.app.desk, body, known) is None


JUNK = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=8),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(
            some.sampled_from(["id", "type", "text", "chat", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=some.data())
async def test_a_bent_update_is_read_alike_or_left_to_the_door(
    ada: Actor, town: Town, data: some.DataObject
) -> None:
    await ada.says("/topics")
    town.world.say(ada.person, "/corridor")
    [body] = waiting(town)
    await town.answered()
    part: Any = body
    for _ in range(data.draw(some.integers(1, 3))):
        if not isinstance(part, dict) or not part:
            break
        key = data.draw(some.sampled_from(sorted(part)))
        if data.draw(some.booleans()):
            part[key] = data.draw(JUNK)
            break
        part = part[key]
    doors = Doors(town)
    async with town.app.database.read() as conn:
        known = await chats.find(conn, ada.person.id)
    assert known is not None
    short = quick.read(town.app.desk, body, known)
    if short is not None:
        assert short == await doors.door.admit(doors.door.parse(body), known)
