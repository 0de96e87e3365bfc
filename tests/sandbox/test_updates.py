"""The queue of updates, and the one poller that may stand at its end."""

from __future__ import annotations

import asyncio
import json

from bot.clock import settle
from bot.sandbox.transport import InProcess
from tests.sandbox.house import House


def test_an_offset_confirms_what_came_before() -> None:
    house = House()
    ada = house.started()
    for word in ("one", "two", "three"):
        house.say(ada, word)
    first = house.ask("getUpdates", limit=2)
    assert [update["message"]["text"] for update in first] == ["one", "two"]
    assert first == house.ask("getUpdates", limit=2)
    ids = [update["update_id"] for update in first]
    assert ids[1] == ids[0] + 1
    rest = house.ask("getUpdates", offset=ids[1] + 1)
    assert [update["message"]["text"] for update in rest] == ["three"]
    assert house.ask("getUpdates", offset=ids[1] + 2) == []


def test_a_negative_offset_counts_from_the_end() -> None:
    house = House()
    ada = house.started()
    for word in ("one", "two", "three"):
        house.say(ada, word)
    assert [update["message"]["text"] for update in house.ask("getUpdates", offset=-1)] == ["three"]
    assert len(house.updates.pending) == 1


async def test_updates_are_kept_for_a_day_and_some_much_shorter() -> None:
    house = House()
    ada = house.started()
    markup = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    house.ask("sendMessage", chat_id=ada.id, text="x", reply_markup=markup)
    house.say(ada, "Hello")
    house.press(ada, house.sees(ada)[-2], "Go")
    house.inline(ada, "x")
    await house.clock.advance(31)
    house.updates.expire(house.now())
    assert [update.kind for update in house.updates.pending] == ["message", "callback_query"]
    await house.clock.advance(120)
    house.updates.expire(house.now())
    assert [update.kind for update in house.updates.pending] == ["message"]
    await house.clock.advance(86400)
    assert house.news() == []
    assert house.updates.dropped == 3


async def test_ids_start_anew_after_a_week_of_silence() -> None:
    house = House()
    ada = house.started()
    house.say(ada, "one")
    before = house.news()[0]["update_id"]
    await house.clock.advance(3 * 86400)
    house.say(ada, "two")
    assert house.news()[0]["update_id"] == before + 1
    await house.clock.advance(8 * 86400)
    house.say(ada, "three")
    assert abs(house.news()[0]["update_id"] - before) > 2


def test_only_the_kinds_asked_for_come_and_the_choice_lasts() -> None:
    house = House()
    ada = house.started()
    house.ask("getUpdates", allowed_updates=json.dumps(["callback_query", "message_reaction"]))
    house.react(ada, house.say(ada, "Hello"), "👍")
    assert house.kinds() == ["message_reaction"]
    house.say(ada, "Hello")
    assert house.kinds() == []
    house.ask("getUpdates", allowed_updates=[])
    house.react(ada, house.say(ada, "Hello"), "👎")
    assert house.kinds() == ["message"]


def test_a_kind_that_the_api_does_not_have_is_complained_of() -> None:
    house = House()
    house.ask("getUpdates", allowed_updates=["message", "mesage"])
    assert house.complaints == ["allowed_updates names unknown kinds: mesage"]


async def test_a_poll_waits_for_news() -> None:
    house = House()
    ada = house.started()
    carrier = InProcess(house, sleep=house.clock.sleep)
    poll = asyncio.ensure_future(carrier.post("getUpdates", {"timeout": 30}, None, 60))
    await settle()
    await house.clock.advance(29)
    assert not poll.done()
    house.say(ada, "Hello")
    await settle()
    status, body = poll.result()
    assert status == 200
    assert json.loads(body)["result"][0]["message"]["text"] == "Hello"


async def test_a_poll_without_news_ends_with_its_time_which_is_fifty_seconds_at_most() -> None:
    house = House()
    carrier = InProcess(house, sleep=house.clock.sleep)
    poll = asyncio.ensure_future(carrier.post("getUpdates", {"timeout": 500}, None, 600))
    await settle()
    await house.clock.advance(49)
    assert not poll.done()
    await house.clock.advance(1)
    assert json.loads(poll.result()[1]) == {"ok": True, "result": []}
    assert house.updates.poll is None


async def test_a_second_poller_ends_the_first() -> None:
    house = House()
    ada = house.started()
    carrier = InProcess(house, sleep=house.clock.sleep)
    first = asyncio.ensure_future(carrier.post("getUpdates", {"timeout": 30}, None, 60))
    await settle()
    second = asyncio.ensure_future(carrier.post("getUpdates", {"timeout": 30}, None, 60))
    await settle()
    status, body = first.result()
    assert status == 409
    assert json.loads(body)["description"] == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot "
        "instance is running"
    )
    house.say(ada, "Hello")
    await settle()
    assert second.result()[0] == 200


async def test_a_webhook_ends_the_poller() -> None:
    house = House()
    carrier = InProcess(house, sleep=house.clock.sleep)
    poll = asyncio.ensure_future(carrier.post("getUpdates", {"timeout": 30}, None, 60))
    await settle()
    house.ask("setWebhook", url="http://127.0.0.1:1/hook")
    await settle()
    assert json.loads(poll.result()[1])["description"] == (
        "Conflict: terminated by setWebhook request"
    )


def test_the_webhook_tells_of_itself_and_can_drop_what_waits() -> None:
    house = House()
    ada = house.started()
    house.say(ada, "Hello")
    house.ask(
        "setWebhook", url="https://example.org/h", max_connections=500, allowed_updates=["message"]
    )
    info = house.ask("getWebhookInfo")
    assert info["url"] == "https://example.org/h"
    assert info["pending_update_count"] == 1
    assert info["max_connections"] == 100
    assert info["allowed_updates"] == ["message"]
    house.ask("deleteWebhook", drop_pending_updates=True)
    assert house.ask("getWebhookInfo")["pending_update_count"] == 0
    assert house.ask("getWebhookInfo")["url"] == ""


def test_an_update_tells_what_was_said_then_not_what_it_became() -> None:
    house = House()
    ada = house.started()
    message = house.say(ada, "first")
    house.edit(ada, message, "second")
    said, edited = house.news()
    assert said["message"]["text"] == "first"
    assert edited["edited_message"]["text"] == "second"
    assert "edit_date" in edited["edited_message"]
