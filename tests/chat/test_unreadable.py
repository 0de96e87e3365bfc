"""An update that nobody can read is passed over, and takes no other with it."""

from __future__ import annotations

import json

import pytest
from structlog.testing import capture_logs

from bot.chat.unreadable import KEPT, is_answer, number_in
from bot.sandbox import faults
from tests.cast import Actor, Town

DEEP = b"[" * 100_000 + b"]" * 100_000
SPOILED = {
    "too deep": b'{"update_id":NUMBER,\n"message":' + DEEP + b"}",
    "no end": b'{"update_id": NUMBER, "message": {"text": "',
    "no UTF-8": b'{"message":{"text":"\xff \x00"},"update_id":NUMBER}',
    "another's number in its words": (
        b'{"message":{"text":"\\"update_id\\":1,"},"more":' + DEEP + b',"update_id":NUMBER}'
    ),
    "no number": b'{"update":' + DEEP + b"}",
}
NUMBERLESS = {
    "a number in words": b'{"update_id":"NUMBER","message":{}}',
    "no update at all": b"null",
    "a number beyond all": b'{"update_id":NUMBER0000000000000000000000,"message":{}}',
}
SAID = "One update from Telegram could not be read."


@pytest.mark.parametrize("content", SPOILED.values(), ids=SPOILED)
async def test_one_that_cannot_be_read_between_two_that_can_costs_neither_of_them(
    ada: Actor, ben: Actor, zoe: Actor, ed: Actor, town: Town, content: bytes
) -> None:
    await ed.starts()
    town.world.say(ada.person, "/corridor")
    town.world.say(ben.person, "/visit")
    number = town.world.updates.spoil(content)
    town.world.say(zoe.person, "/trade")
    with capture_logs() as lines:
        await town.answered()
        await town.clock.advance(300)
    assert [item.text.splitlines()[0] for item in ada.told()] == ["Middle Corridor"]
    assert [item.text.splitlines()[0] for item in zoe.told()] == ["Bilateral trade"]
    assert ben.told() == []
    await ada.says("/trade")
    assert ada.sees.startswith("Bilateral trade")
    told = [line["action"] for line in lines if line["action"] != "admins told"]
    assert told == ["answer unreadable", "update set aside", "poll again"]
    assert [text.startswith(SAID) for text in town.sent(ed)].count(True) == 1
    assert str(number) in town.sent(ed)[-1]
    assert [line["update"] for line in lines if line["action"] == "update set aside"] == [number]
    assert town.app.intake.aside.count == 1
    [(found, body, why)] = await town.rows(
        "SELECT update_id, body, error FROM inbox WHERE state = 'bad'"
    )
    assert (found, why) == (number, "what Telegram sent cannot be read")
    assert 0 < len(body) <= KEPT


async def test_what_was_set_aside_is_no_burden_to_the_next_process(ada: Actor, town: Town) -> None:
    town.world.say(ada.person, "/visit")
    town.world.updates.spoil(SPOILED["too deep"])
    await town.answered()
    await town.restart()
    await ada.says("/corridor")
    assert [item.text.splitlines()[0] for item in ada.told()] == ["Middle Corridor"]


async def test_many_in_a_row_are_all_passed_over_and_told_of_once(
    ada: Actor, zoe: Actor, ed: Actor, town: Town
) -> None:
    await ed.starts()
    for _ in range(12):
        town.world.say(ada.person, "/visit")
        town.world.updates.spoil(SPOILED["too deep"])
        town.world.say(zoe.person, "/nothing at all")
    town.world.say(ada.person, "/corridor")
    since = town.clock.monotonic()
    await town.answered()
    assert town.clock.monotonic() - since < 120
    assert [item.text.splitlines()[0] for item in ada.told()] == ["Middle Corridor"]
    assert len(zoe.told()) == 12
    assert town.app.intake.aside.count == 12
    assert [text.startswith(SAID) for text in town.sent(ed)].count(True) == 1


@pytest.mark.parametrize("content", NUMBERLESS.values(), ids=NUMBERLESS)
async def test_one_without_a_number_is_passed_over_with_others_and_alone(
    ada: Actor, ben: Actor, zoe: Actor, town: Town, content: bytes
) -> None:
    town.world.say(ada.person, "/corridor")
    town.world.say(ben.person, "/visit")
    town.world.updates.spoil(content)
    town.world.say(zoe.person, "/trade")
    with capture_logs() as lines:
        await town.answered()
    assert [line["action"] for line in lines] == ["update lost"]
    town.world.say(ben.person, "/visit")
    town.world.updates.spoil(content)
    await town.answered()
    assert ben.told() == []
    await ada.says("/trade")
    assert [item.text.splitlines()[0] for item in ada.told()] == [
        "Middle Corridor",
        "Bilateral trade",
    ]
    assert zoe.sees.startswith("Bilateral trade")


async def test_one_that_came_before_and_could_be_read_then_is_answered_as_it_was(
    ada: Actor, ed: Actor, town: Town
) -> None:
    await ed.starts()
    town.world.say(ada.person, "/corridor")
    [update] = town.world.updates.pending
    town.world.updates.spoil(SPOILED["too deep"])
    await town.app.intake.keep([update.body])
    await town.answered()
    assert ada.sees.startswith("Middle Corridor")
    assert await town.rows("SELECT count(*) FROM inbox WHERE state = 'bad'") == [(0,)]
    assert not any(text.startswith(SAID) for text in town.sent(ed))


@pytest.mark.parametrize("times", [1, 2])
async def test_bytes_that_were_lost_on_the_way_cost_no_question(
    ada: Actor, town: Town, times: int
) -> None:
    await town.close()
    for command in ("/corridor", "/trade"):
        town.world.say(ada.person, command)
    lost = town.world.faults.add(faults.broken_json(), method="getUpdates", times=times)
    await town.open()
    assert lost.hits == times
    titles = [item.text.splitlines()[0] for item in ada.told()]
    assert titles == ["Middle Corridor", "Bilateral trade"]
    assert town.app.intake.aside.count == 0


async def test_a_page_in_place_of_the_answer_passes_over_nothing(ada: Actor, town: Town) -> None:
    page = town.world.faults.add(faults.flood(4000), method="getUpdates", times=None)
    # The poll that was held open has ended by then.
    await town.clock.advance(60)
    for command in ("/corridor", "/trade"):
        town.world.say(ada.person, command)
    await town.clock.advance(400)
    page.stop()
    await town.answered()
    titles = [item.text.splitlines()[0] for item in ada.told()]
    assert titles == ["Middle Corridor", "Bilateral trade"]
    assert town.app.intake.aside.count == 0


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"ok":true,"result":[{"update_id":7,"message":{', 7),
        (b'{"ok":true,"result":[{"update_id" : 7 "message"', 7),
        (b'{"ok":true,"result":[{"update_id":9},{"update_id":8}]', 8),
        (b'{"ok":true,"result":[{"update_id":4},{"update_id":8}]', 8),
        (b'{"ok":true,"result":[{"text":"\\"update_id\\":7"}', None),
        (b'{"ok":true,"result":[{"update_id":7', 7),
        (b'{"ok":true,"result":[{"update_id":7.5}', None),
        (b'{"ok":true,"result":[{"update_id":99999999999999999999}', None),
        (json.dumps({"ok": True, "result": []}).encode(), None),
    ],
)
def test_a_number_is_found_by_a_look_at_the_bytes(body: bytes, expected: int | None) -> None:
    assert is_answer(body)
    assert number_in(body, 5) == expected


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"ok":false', b'{"ok":truely', b"[1]"])
def test_what_is_no_answer_is_known(body: bytes) -> None:
    assert not is_answer(body)
