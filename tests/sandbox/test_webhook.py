"""How updates are pushed: in order for each chat, and again until they are taken."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from bot.clock import settle
from bot.sandbox.webhook import HEADER, Courier
from tests.sandbox.house import House

Answer = tuple[int, Mapping[str, str], bytes]


class Receiver:
    """A webhook in memory; `answers` by the text of the message, else a 200."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.got: list[tuple[float, str]] = []
        self.headers: list[Mapping[str, str]] = []
        self.answers: dict[str, Answer] = {}
        self.down = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.running = 0
        self.most = 0

    async def push(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        assert url == "http://127.0.0.1/hook"
        if self.down:
            raise ConnectionRefusedError
        text = json.loads(body)["message"]["text"]
        self.got.append((self.house.clock.monotonic(), text))
        self.headers.append(headers)
        self.running += 1
        self.most = max(self.most, self.running)
        await self.gate.wait()
        self.running -= 1
        return self.answers.get(text, (200, {}, b""))

    def open(self, **more: Any) -> Courier:
        self.house.ask("setWebhook", url="http://127.0.0.1/hook", **more)
        return Courier(self.house, self.push, sleep=self.house.clock.sleep)


async def test_an_update_that_fails_is_tried_again_after_growing_pauses() -> None:
    house = House()
    ada = house.started()
    receiver = Receiver(house)
    courier = receiver.open(secret_token="s3cret")
    receiver.answers["Hello"] = (500, {}, b"")
    house.say(ada, "Hello")
    await settle()
    await house.clock.advance(200)
    assert [at for at, _ in receiver.got] == [0, 0, 2, 6, 14, 30, 62, 122, 182]
    assert house.ask("getWebhookInfo")["last_error_message"] == (
        "Wrong response from the webhook: 500"
    )
    assert {headers[HEADER] for headers in receiver.headers} == {"s3cret"}
    receiver.answers.clear()
    await house.clock.advance(60)
    assert house.ask("getWebhookInfo")["pending_update_count"] == 0
    await courier.close()


async def test_a_failing_update_holds_up_its_own_chat_only() -> None:
    house = House()
    ada, zoe = house.started(), house.started("Zoe")
    receiver = Receiver(house)
    courier = receiver.open()
    receiver.answers["bad"] = (500, {}, b"")
    for person, text in ((ada, "bad"), (ada, "after"), (zoe, "one"), (zoe, "two")):
        house.say(person, text)
    await settle()
    assert [text for _, text in receiver.got if text != "bad"] == ["one", "two"]
    receiver.answers.clear()
    await house.clock.advance(5)
    assert receiver.got[-1][1] == "after"
    await courier.close()


async def test_a_retry_after_is_honoured() -> None:
    house = House()
    ada = house.started()
    receiver = Receiver(house)
    courier = receiver.open()
    receiver.answers["Hello"] = (503, {"Retry-After": "100"}, b"")
    house.say(ada, "Hello")
    await settle()
    receiver.answers.clear()
    await house.clock.advance(99)
    assert len(receiver.got) == 1
    await house.clock.advance(1)
    assert len(receiver.got) == 2
    await courier.close()


async def test_no_more_connections_are_used_than_allowed() -> None:
    house = House()
    people = [house.started(f"P{number}") for number in range(5)]
    receiver = Receiver(house)
    courier = receiver.open(max_connections=2)
    receiver.gate.clear()
    for person in people:
        house.say(person, "Hello")
    await settle()
    assert receiver.running == 2
    receiver.gate.set()
    await settle(100)
    assert len(receiver.got) == 5
    assert receiver.most == 2
    await courier.close()


async def test_an_update_is_given_up_when_its_time_is_over() -> None:
    house = House()
    ada = house.started()
    receiver = Receiver(house)
    courier = receiver.open()
    receiver.down = True
    house.say(ada, "Hello")
    await settle()
    await house.clock.advance(86400 + 120)
    assert house.ask("getWebhookInfo")["pending_update_count"] == 0
    assert house.ask("getWebhookInfo")["last_error_message"] == "Connection refused"
    assert receiver.got == []
    await courier.close()


async def test_a_410_for_23_hours_removes_the_webhook() -> None:
    house = House()
    ada = house.started()
    receiver = Receiver(house)
    courier = receiver.open()
    receiver.answers["Hello"] = (410, {}, b"")
    house.say(ada, "Hello")
    await settle()
    await house.clock.advance(22 * 3600)
    assert house.updates.webhook is not None
    await house.clock.advance(3600 + 120)
    assert house.updates.webhook is None
    await courier.close()


async def test_the_answer_may_hold_one_call_of_some_methods() -> None:
    house = House()
    ada = house.started()
    receiver = Receiver(house)
    courier = receiver.open()
    kind = {"Content-Type": "application/json; charset=utf-8"}
    body = {"method": "sendMessage", "chat_id": ada.id, "text": "Answer"}
    receiver.answers["Hello"] = (200, kind, json.dumps(body).encode())
    receiver.answers["Stop"] = (200, kind, b'{"method": "deleteWebhook"}')
    form = f"method=sendMessage&chat_id={ada.id}&text=Form".encode()
    receiver.answers["Form"] = (200, {"Content-Type": "application/x-www-form-urlencoded"}, form)
    receiver.answers["Bad"] = (200, kind, b"{")
    for text in ("Hello", "Stop", "Form", "Bad"):
        house.say(ada, text)
    await settle(50)
    assert [entry.text for entry in house.ledger] == ["Answer", "Form"]
    assert house.updates.webhook is not None
    assert not house.updates.pending
    await courier.close()
