"""A webhook that brings nothing is noticed, told once, and set right where that can be done."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.chat.cities import Cities
from bot.chat.hook import EVERY, STUCK, Hook, take_off
from bot.clock import settle
from bot.delivery.pace import Pacer
from bot.delivery.post import Post
from bot.delivery.transport import Wire
from bot.errors import ConfigError, StoreError
from bot.sandbox import faults
from bot.sandbox.transport import InProcess
from bot.sandbox.webhook import HEADER, Courier
from bot.text import load_words
from tests.cast import Town
from tests.sandbox.house import House

SECRET = "a-secret-of-ours"
URL = "https://bot.example.org/a-hidden-path"
AGAIN = "Telegram was told to bring my updates elsewhere, or nowhere. I have set my webhook again."
LOST = "Telegram was told to bring my updates elsewhere, or nowhere, and my webhook cannot be set"
STUCK_TEXT = "Telegram cannot bring me updates by the webhook. It says: "
STILL = "Updates wait at Telegram and none comes by the webhook; it gives no reason."
WELL = "Updates come by the webhook again, after "


class Desk:
    """Telegram, the road from it to us, and a watched webhook at its end."""

    def __init__(self) -> None:
        self.house = House()
        self.ada = self.house.started()
        self.clock = self.house.clock
        self.kept: list[dict[str, Any]] = []
        self.told: list[str] = []
        self.is_away = False
        self.answer: int | None = None
        self.error: OSError | None = None
        post = Post(
            Wire(InProcess(self.house, sleep=self.clock.sleep)), Pacer(self.clock, 25), self.clock
        )
        self.post = post
        words = load_words()
        self.aside: list[int] = []
        self.hook = Hook(post, self.clock, self.keep, self.set_aside, words, self.tell, URL, SECRET)
        self.courier = Courier(self.house, self.push, sleep=self.clock.sleep)
        self.watching = asyncio.create_task(self.hook.watch())

    async def keep(self, updates: list[dict[str, Any]]) -> None:
        if self.is_away:
            raise StoreError("away")
        self.kept += updates

    async def set_aside(self, number: int, body: bytes) -> bool:
        if self.is_away:
            raise StoreError("away")
        self.aside.append(number)
        return self.aside.count(number) == 1

    async def tell(self, text: str) -> None:
        self.told.append(text)

    async def push(
        self, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """As our door does it, and a proxy that stands before it and may fail."""
        if self.error is not None:
            raise self.error
        if self.answer is not None:
            return self.answer, {}, b""
        if url != URL or headers.get(HEADER) != SECRET:
            return 403, {}, b""
        try:
            await self.hook.keep([json.loads(body)])
        except StoreError:
            return 503, {"Retry-After": "5"}, b""
        return 200, {}, b""

    async def passes(self, seconds: float) -> None:
        await self.clock.advance(seconds)
        await settle()

    async def close(self) -> None:
        self.watching.cancel()
        await asyncio.gather(self.watching, return_exceptions=True)
        await self.courier.close()


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    made = Desk()
    await made.hook.set()
    yield made
    await made.close()
    assert not [text for text in made.told if SECRET in text or "hidden" in text]


async def test_a_webhook_that_brings_what_there_is_is_nobodys_business(desk: Desk) -> None:
    for number in range(30):
        desk.house.say(desk.ada, f"question {number}")
        await desk.passes(60)
    await desk.passes(24 * 3600)
    assert len(desk.kept) == 30
    assert (desk.told, desk.hook.state) == ([], "well")


@pytest.mark.parametrize("other", ["https://elsewhere.example.org/hook", f"{URL}/2", None])
async def test_a_webhook_that_was_changed_is_set_again_and_told_once(
    desk: Desk, other: str | None
) -> None:
    if other is None:
        desk.house.ask("deleteWebhook")
    else:
        desk.house.ask("setWebhook", url=other, secret_token="anothers")
    desk.house.say(desk.ada, "a question")
    await desk.passes(EVERY + 120)
    assert desk.house.ask("getWebhookInfo")["url"] == URL
    assert [update["message"]["text"] for update in desk.kept] == ["a question"]
    await desk.passes(1800)
    assert [text.startswith(AGAIN) for text in desk.told] == [True]
    assert desk.hook.state == "well"


async def test_an_address_in_other_letters_is_the_same(desk: Desk) -> None:
    desk.house.ask("setWebhook", url="https://BOT.example.org:443/a-hidden-path")
    await desk.passes(EVERY + 1)
    assert desk.told == []


async def test_who_keeps_changing_it_is_told_of_once_an_hour_and_the_bot_is_not_well(
    desk: Desk,
) -> None:
    for _ in range(20):
        desk.house.ask("setWebhook", url="https://elsewhere.example.org/hook")
        await desk.passes(EVERY)
    assert [text.startswith(AGAIN) for text in desk.told] == [True]
    assert desk.hook.state == "elsewhere"
    await desk.passes(EVERY)
    assert desk.hook.state == "well"


async def test_one_that_cannot_be_set_again_is_told_and_tried_until_it_is(desk: Desk) -> None:
    no = desk.house.faults.add(
        faults.refusal(400, "Bad Request: bad webhook"), method="setWebhook", times=None
    )
    desk.house.ask("deleteWebhook")
    await desk.passes(10 * EVERY)
    assert [text.startswith(LOST) for text in desk.told] == [True]
    assert desk.hook.state == "elsewhere"
    no.stop()
    await desk.passes(2 * EVERY)
    assert desk.house.ask("getWebhookInfo")["url"] == URL
    assert [text.startswith(WELL) for text in desk.told] == [False, True]
    assert desk.hook.state == "well"


async def test_a_door_that_is_shut_is_told_with_telegrams_words_and_that_it_is_open_again(
    desk: Desk,
) -> None:
    desk.error = ConnectionRefusedError()
    desk.house.say(desk.ada, "a question")
    desk.house.say(desk.ada, "another")
    with capture_logs() as lines:
        await desk.passes(3600)
    [told] = desk.told
    assert told == (
        f"{STUCK_TEXT}Connection refused.\n\nWaiting there, for a day at most: 2. Check the "
        "certificate, the address, the port (443, 80, 88 or 8443) and the proxy in front of me."
    )
    assert [line["action"] for line in lines] == ["webhook stuck"]
    assert desk.hook.state == "stuck"
    desk.error = None
    await desk.passes(2 * EVERY)
    assert len(desk.kept) == 2
    assert desk.told[1:] == [f"{WELL}60 minutes."]
    assert desk.hook.state == "well"
    await desk.passes(3600)
    assert len(desk.told) == 2


async def test_one_failure_that_the_next_try_made_good_is_nobodys_business(desk: Desk) -> None:
    desk.answer = 502
    desk.house.say(desk.ada, "a question")
    await settle()
    desk.answer = None
    await desk.passes(3600)
    assert len(desk.kept) == 1
    assert (desk.told, desk.hook.state) == ([], "well")


async def test_what_waits_and_does_not_come_is_told_though_telegram_says_nothing(
    desk: Desk,
) -> None:
    await desk.courier.close()
    desk.house.say(desk.ada, "a question")
    await desk.passes(EVERY + STUCK - 1)
    assert desk.told == []
    await desk.passes(EVERY + 1)
    assert [text.startswith(STILL) for text in desk.told] == [True]
    assert desk.hook.state == "stuck"


async def test_it_is_over_with_the_first_one_that_comes_though_others_still_wait(
    desk: Desk,
) -> None:
    await desk.courier.close()
    desk.house.say(desk.ada, "a question")
    await desk.passes(2 * EVERY + STUCK)
    assert desk.hook.state == "stuck"
    await desk.hook.keep([])
    await desk.passes(EVERY)
    assert desk.house.ask("getWebhookInfo")["pending_update_count"] == 1
    assert [text.startswith(WELL) for text in desk.told] == [False, True]


async def test_ours_with_anothers_secret_is_set_again(desk: Desk) -> None:
    desk.house.ask("setWebhook", url=URL, secret_token="anothers")
    desk.house.say(desk.ada, "a question")
    await desk.passes(10 * EVERY)
    assert len(desk.kept) == 1
    assert desk.told[0].startswith(f"{STUCK_TEXT}Wrong response from the webhook: 403.")
    assert [text.startswith(WELL) for text in desk.told] == [False, True]


async def test_with_the_store_away_the_webhook_is_not_blamed_and_the_bot_is_not_well(
    desk: Desk,
) -> None:
    desk.is_away = True
    desk.house.say(desk.ada, "a question")
    await desk.passes(1800)
    assert (desk.told, desk.hook.state) == ([], "refusing")
    desk.is_away = False
    await desk.passes(60)
    assert (len(desk.kept), desk.hook.state) == (1, "well")


async def test_what_cannot_be_read_is_set_aside_by_its_number_and_told_of_once(desk: Desk) -> None:
    for body in (b'{"update_id":7,"message":[[[', b'{"update_id":7,"m', b'{"update_id":8,"m', b"["):
        await desk.hook.set_aside(body)
    assert desk.aside == [7, 7, 8]
    assert [text.startswith("One update from Telegram could") for text in desk.told] == [True]
    desk.is_away = True
    with pytest.raises(StoreError):
        await desk.hook.set_aside(b'{"update_id":9,')
    assert desk.hook.state == "refusing"


async def test_a_telegram_that_does_not_tell_is_unknown_and_logged_once(desk: Desk) -> None:
    mute = desk.house.faults.add(faults.status(502), method="getWebhookInfo", times=None)
    with capture_logs() as lines:
        await desk.passes(EVERY + STUCK + 200)
    assert [line["action"] for line in lines] == ["webhook"]
    assert (desk.told, desk.hook.state) == ([], "unknown")
    mute.stop()
    await desk.passes(EVERY + 10)
    assert desk.hook.state == "well"


async def test_telegrams_words_hide_what_is_not_for_the_eye(desk: Desk) -> None:
    desk.house.say(desk.ada, "a question")
    await settle()
    hook = desk.house.updates.webhook
    assert hook is not None
    await desk.passes(60)
    hook.error = f"{URL} said\nno to {SECRET} " + "x" * 500
    hook.error_at = int(desk.house.now())
    await desk.passes(EVERY)
    assert desk.told[0].startswith(f"{STUCK_TEXT}*** said no to *** xxx")
    assert len(desk.told[0]) < 500
    assert SECRET not in repr(desk.hook)


async def test_a_refused_webhook_is_a_mistake_in_the_settings(desk: Desk) -> None:
    no = faults.refusal(400, "Bad Request: bad webhook: IP address 127.0.0.1 is reserved")
    desk.house.faults.add(no, method="setWebhook")
    with pytest.raises(ConfigError, match="BRIEFING_WEBHOOK_URL is refused: 400 Bad Request"):
        await desk.hook.set()


async def test_who_polls_takes_a_webhook_off(desk: Desk) -> None:
    await take_off(desk.post)
    assert desk.house.ask("getWebhookInfo")["url"] == ""


async def test_the_whole_bot_answers_by_its_webhook_and_tells_its_health(
    state: Path, gazetteer: Cities, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        at = f"127.0.0.1:{probe.getsockname()[1]}"
    settings = {
        "BRIEFING_WEBHOOK_URL": f"http://{at}/hook",
        "BRIEFING_WEBHOOK_SECRET": SECRET,
        "BRIEFING_LISTEN": at,
    }
    town = Town(state, monkeypatch, gazetteer, settings)
    town.world.local = True
    # That the Club took the bot in is nobody's question here.
    town.world.updates.pending.clear()
    await town.open()
    try:
        async with aiohttp.ClientSession() as session:

            async def health() -> tuple[int, str]:
                async with session.get(f"http://{at}/readyz") as response:
                    return response.status, (await response.json())["webhook"]

            assert await health() == (200, "well")
            town.world.start(town.ed.person)
            town.world.say(town.ada.person, "/corridor")
            for update in list(town.world.updates.pending):
                headers = {HEADER: SECRET}
                async with session.post(
                    f"http://{at}/hook", json=update.body, headers=headers
                ) as response:
                    assert response.status == 200
                town.world.updates.take(update)
            await town.answered()
            assert town.ada.sees.startswith("Middle Corridor")
            deep = b'{"update_id":77,"message":' + b"[" * 200_000
            async with session.post(f"http://{at}/hook", data=deep, headers=headers) as response:
                assert response.status == 200
            bad = await town.rows("SELECT update_id FROM inbox WHERE state = 'bad'")
            assert bad == [(77,)]
            town.world.say(town.ada.person, "/trade")
            await town.clock.advance(2 * EVERY + STUCK)
            await town.work.rests()
            assert await health() == (503, "stuck")
            assert town.ed.sees.startswith(STILL)
    finally:
        await town.close()
