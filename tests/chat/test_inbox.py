"""Intake: nothing asked is lost, nothing is answered twice, and one cannot hold up another."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.chat.flood import BURST
from bot.chat.inbox import ENDING
from bot.clock import micros
from bot.sandbox import faults
from bot.store import inbox
from bot.store.database import Database
from tests.cast import Actor, Town


def waiting(town: Town) -> list[dict[str, Any]]:
    """The updates that Telegram holds, as it hands them over."""
    return [update.body for update in town.world.updates.pending]


async def states(town: Town) -> list[str]:
    return [row[0] for row in await town.rows("SELECT state FROM inbox ORDER BY update_id")]


async def kept_by_one_that_died(town: Town, *, begun: int = 0) -> None:
    """As a process does that is killed between keeping and confirming."""
    rows = [
        inbox.Update(body["update_id"], body["message"]["chat"]["id"], json.dumps(body))
        for body in waiting(town)
    ]
    folder = town.settings["BRIEFING_STATE"]
    database = await Database.open(f"{folder}/briefing.sqlite")
    async with database.write() as conn:
        await inbox.keep(conn, rows, micros(town.clock.now()))
        for _ in range(begun):
            await inbox.begin(conn, [row.update_id for row in rows])
    await database.close()


async def test_what_was_kept_by_one_that_was_killed_is_answered_once(
    ada: Actor, town: Town
) -> None:
    await town.close()
    town.world.say(ada.person, "/corridor")
    await kept_by_one_that_died(town)
    assert len(waiting(town)) == 1
    await town.open()
    assert [item.text.splitlines()[0] for item in ada.told()] == ["Middle Corridor"]
    await town.restart()
    assert len(ada.told()) == 1


async def test_what_a_process_died_over_three_times_more_is_set_aside(
    ada: Actor, town: Town
) -> None:
    await town.close()
    town.world.say(ada.person, "/corridor")
    await kept_by_one_that_died(town, begun=3)
    town.world.say(ada.person, "/trade")
    await town.open()
    assert [item.text.splitlines()[0] for item in ada.told()] == ["Bilateral trade"]
    assert (await states(town))[-2:] == ["bad", "done"]
    [row] = await town.rows("SELECT body, error FROM inbox WHERE state = 'bad'")
    assert "/corridor" in row[0]
    assert row[1] == "begun three times, never finished"


async def test_an_answer_that_hangs_is_given_up_at_the_end_and_begun_again_by_the_next(
    ada: Actor, town: Town
) -> None:
    await town.close()
    for words in ("/corridor", "/trade", "/visit"):
        town.world.say(ada.person, words)
    await kept_by_one_that_died(town, begun=2)
    held = town.world.faults.add(faults.hang(), method="sendMessage")
    opening = asyncio.create_task(town.open())
    for _ in range(100_000):
        await asyncio.sleep(0)
        if held.hits:
            break
    opening.cancel()
    await asyncio.gather(opening, return_exceptions=True)
    async with asyncio.timeout(ENDING + 5):
        await town.close()
    database = await Database.open(f"{town.settings['BRIEFING_STATE']}/briefing.sqlite")
    async with database.read() as conn:
        begun = [letter.attempts for letter in await inbox.pending(conn)]
    await database.close()
    # Only what was truly begun counts, not all that waited behind it.
    assert begun == [3, 2, 2]
    await town.open()
    assert [item.text.splitlines()[0] for item in ada.told()] == [
        "Bilateral trade",
        "Visit and council",
    ]


async def test_what_is_asked_while_we_are_down_is_answered_when_we_are_back(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    await town.close()
    town.world.say(ada.person, "/corridor")
    town.world.say(zoe.person, "/trade")
    await town.open()
    assert ada.sees.startswith("Middle Corridor")
    assert zoe.sees.startswith("Bilateral trade")


async def test_the_same_update_again_is_the_same_question(ada: Actor, town: Town) -> None:
    town.world.say(ada.person, "/corridor")
    [body] = waiting(town)
    await town.answered()
    for _ in range(3):
        await town.app.intake.keep([body])
        await town.answered()
    assert len(ada.told()) == 1


async def test_the_same_update_twice_in_one_batch_is_one_question(ada: Actor, town: Town) -> None:
    town.world.say(ada.person, "/corridor")
    [body] = waiting(town)
    await town.app.intake.keep([body, body])
    await town.answered()
    assert len(ada.told()) == 1


UNREADABLE: list[object] = [
    {"message_id": 5, "text": "a message without a chat"},
    {"message_id": 5, "date": "yesterday", "chat": {"id": "x", "type": "private"}},
    {"chat": {}, "from": {}},
    {"message_id": None, "date": 10**30, "chat": {"id": 7, "type": "private"}},
    {"chat": [], "from": 3, "message": 4},
    [],
    "text",
    None,
    7,
]


async def test_an_update_that_cannot_be_read_is_set_aside_and_the_next_answered(
    ada: Actor, town: Town
) -> None:
    for content in UNREADABLE:
        await town.receives("message", content)
        await ada.says("/corridor")
        assert ada.sees.startswith("Middle Corridor"), content
        await ada.says("/topics")
    assert "new" not in await states(town)
    assert "bad" in await states(town)


async def test_an_update_that_cannot_even_be_kept_keeps_no_other_out(
    ada: Actor, town: Town
) -> None:
    huge = {"id": 2**63, "type": "private", "first_name": "X"}
    for content, actions in (
        ({"message_id": 5, "date": 1, "chat": huge, "from": huge, "text": "/x"}, ["update lost"]),
        ({"message_id": 5, "date": 1, "chat": {**huge, "type": "group"}, "text": "x"}, []),
    ):
        town.world.updates.add("message", content, 0, town.world.now())
        with capture_logs() as lines:
            await ada.says("/corridor")
        assert ada.sees.startswith("Middle Corridor")
        assert [line["action"] for line in lines] == actions
        await ada.says("/topics")


@pytest.mark.parametrize("words", ["half \ud83d a zebra", "nothing \x00 and \x07", "\u202eabc"])
async def test_words_that_are_no_good_text_are_answered_all_the_same(
    ada: Actor, town: Town, words: str
) -> None:
    said = town.world.say(ada.person, "/topics")
    town.world.updates.pending.clear()
    await town.receives("message", {**said.payload, "text": words, "entities": []})
    assert ada.sees.startswith(("The briefings do not cover that.", "Ask in a few words"))
    await ada.says("/corridor")
    assert ada.sees.startswith("Middle Corridor")
    assert "new" not in await states(town)


async def test_twenty_quick_questions_are_answered_in_their_order(ada: Actor, town: Town) -> None:
    for command in ("/corridor", "/trade", "/visit", "/energy") * 5:
        town.world.say(ada.person, command)
    await town.answered()
    titles = ["Middle Corridor", "Bilateral trade", "Visit and council", "Energy"]
    assert [item.text.splitlines()[0] for item in ada.told()] == titles * 5


async def test_one_that_floods_does_not_hold_up_another(ada: Actor, zoe: Actor, town: Town) -> None:
    for number in range(30):
        town.world.say(ada.person, f"qq{number:02d}zz")
    town.world.say(zoe.person, "/corridor")
    await town.answered()
    answers = [entry for entry in town.world.ledger if entry.act == "sent"]
    [hers] = [entry for entry in answers if entry.chat_id == zoe.person.id]
    assert hers.at - town.world.ledger[0].at < 1
    assert len(ada.told()) == 30


async def test_a_flood_is_asked_to_slow_down_once_a_minute_and_the_rest_dropped(
    ada: Actor, zoe: Actor, town: Town
) -> None:
    slow = "Slow down, please. I answer again in a moment."
    for number in range(500):
        town.world.say(ada.person, f"qq{number:03d}zz")
    town.world.say(zoe.person, "/corridor")
    await town.answered()
    assert [item.text for item in ada.told()].count(slow) == 1
    assert len(ada.told()) == BURST + 1
    assert town.app.intake.dropped == 500 - BURST - 1
    assert zoe.sees.startswith("Middle Corridor")
    await town.clock.advance(60)
    await ada.says("/corridor")
    assert ada.sees.startswith("Middle Corridor")
    for number in range(200):
        town.world.say(ada.person, f"qq{number:03d}zz")
    await town.answered()
    assert [item.text for item in ada.told()].count(slow) == 2
    assert set(await states(town)) == {"done"}


async def test_presses_count_too_and_the_first_too_many_is_told_so(ada: Actor, town: Town) -> None:
    await ada.says("/topics")
    screen = ada.last()
    presses = [town.world.press(ada.person, screen, screen.buttons[0][0]["text"])]
    data = [town.world.press(ada.person, screen, "Middle Corridor") for _ in range(100)]
    await town.answered()
    told = [press for press in [*presses, *data] if press.answer]
    assert [press.answer for press in told] == ["Slow down, please. I answer again in a moment."]
    assert town.app.intake.dropped > 50


async def test_of_a_flood_in_a_group_others_feel_nothing(
    ada: Actor, ben: Actor, town: Town
) -> None:
    for _ in range(200):
        town.world.say(ben.person, "/nothing", town.club)
    asked = town.world.say(ada.person, "/corridor", town.club)
    await town.answered()
    answers = [item for item in ada.told(town.club) if item.text.startswith("Middle Corridor")]
    assert [item.payload["reply_to_message"]["message_id"] for item in answers] == [asked.id]


async def test_being_blocked_and_migrating_are_never_dropped(ben: Actor, town: Town) -> None:
    await ben.says("/subscribe daily 08:30 Asia/Almaty")
    for _ in range(100):
        town.world.say(ben.person, "/corridor")
    town.world.block(ben.person)
    await town.answered()
    assert await town.rows(f"SELECT state FROM chats WHERE tg_id = {ben.person.id}") == [
        ("blocked",)
    ]


async def test_an_hour_without_telegram_loses_no_question(ada: Actor, town: Town) -> None:
    script = town.world.faults.add(faults.refuse(), times=None)
    town.world.say(ada.person, "/unsubscribe")
    await town.clock.advance(600)
    script.stop()
    await town.answered()
    assert ada.sees.startswith("You have no subscriptions.")
    assert len(ada.told()) == 1


async def test_an_answer_that_finds_no_way_out_waits_for_one(ada: Actor, town: Town) -> None:
    town.world.faults.add(faults.refuse(), method="sendMessage", times=20)
    await ada.says("/corridor")
    assert len(ada.told()) == 1
    assert set(await states(town)) == {"done"}


async def test_an_answer_that_may_have_arrived_is_not_given_twice(ada: Actor, town: Town) -> None:
    town.world.faults.add(faults.lose_answer(), method="sendMessage")
    await ada.says("/corridor")
    assert len(ada.told()) == 1
    assert set(await states(town)) == {"done"}


async def test_one_answer_that_is_refused_does_not_stop_the_next(ada: Actor, town: Town) -> None:
    await ada.says("/topics")
    town.world.faults.add(faults.refusal(400, "Bad Request: no reason"), method="editMessageText")
    town.world.faults.add(faults.refusal(400, "Bad Request: no reason"), method="sendMessage")
    screen = ada.last()
    press = town.world.press(ada.person, screen, "Middle Corridor")
    await town.answered()
    town.world.faults.clear()
    await ada.says("/corridor")
    assert press.answer.startswith("That did not work on our side.")
    assert ada.sees.startswith("Middle Corridor")
    assert "new" not in await states(town)


async def test_a_refusal_of_the_apology_itself_does_not_stop_the_chat(
    ada: Actor, town: Town
) -> None:
    await ada.says("/topics")
    screen = ada.last()
    no = faults.refusal(400, "Bad Request: no reason")
    town.world.faults.add(no, method="editMessageText", times=None)
    town.world.faults.add(no, method="answerCallbackQuery", times=None)
    await ada.forges("d:nowhere", screen)
    await ada.forges("d:corridor", screen)
    town.world.faults.clear()
    await ada.says("/corridor")
    assert ada.sees.startswith("Middle Corridor")
    assert "new" not in await states(town)


# --- after an absence ------------------------------------------------------------------------


async def test_older_questions_get_one_line_a_chat(ada: Actor, zoe: Actor, town: Town) -> None:
    await town.close()
    for words in ("/corridor", "/trade", "bottlenecks"):
        town.world.say(ada.person, words)
    town.world.say(zoe.person, "/corridor")
    await town.clock.leap(11 * 60)
    town.world.say(zoe.person, "/trade")
    await town.open()
    away = "I was away when you asked. Please ask again."
    assert [item.text for item in ada.told()] == [away]
    assert [item.text.splitlines()[0] for item in zoe.told()] == [away, "Bilateral trade"]


async def test_questions_of_nine_minutes_ago_are_answered(ada: Actor, town: Town) -> None:
    await town.close()
    town.world.say(ada.person, "/corridor")
    await town.clock.leap(9 * 60)
    await town.open()
    assert ada.sees.startswith("Middle Corridor")


async def test_unsubscribing_an_hour_ago_is_still_carried_out(ada: Actor, town: Town) -> None:
    await ada.says("/subscribe daily 08:30 Asia/Almaty")
    await town.close()
    town.world.say(ada.person, "/unsubscribe")
    await town.clock.leap(3600)
    await town.open()
    assert ada.sees.startswith("Stopped: Morning brief")


async def test_one_who_blocked_us_while_we_were_down_gets_nothing(ben: Actor, town: Town) -> None:
    await ben.says("/subscribe daily 08:30 Asia/Almaty")
    await town.close()
    town.world.block(ben.person)
    await town.clock.leap(3600)
    await town.open()
    tried = town.calls("sendMessage")
    await town.pass_time(days=1)
    assert town.calls("sendMessage") == tried
