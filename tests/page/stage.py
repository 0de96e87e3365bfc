"""A world with a small scripted bot, and the page over it as tests hold it."""

from __future__ import annotations

import asyncio
import json
import struct
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp

from bot.sandbox.demo import Demo
from bot.sandbox.scene import ADA
from bot.sandbox.server import Running
from bot.sandbox.world import World

START = datetime(2026, 1, 12, 6, 30, tzinfo=UTC)

SAMPLER = (
    "<b>Bold</b> <i>italic</i> <u>under</u> <s>gone</s> <code>code</code> "
    "😀 <tg-spoiler>a secret</tg-spoiler> <a href='https://example.org/a'>a link</a>\n"
    "<pre><code class='language-python'>print(1)</code></pre>\n"
    "<blockquote>A short quote</blockquote>\n"
    "<blockquote expandable>First line of sources\nSecond line of sources\nThird line\n"
    "Fourth line\nFifth line\nSixth and last line</blockquote>\n"
    "At <tg-time unix='1768199400' format='wDt'>a moment</tg-time> in your zone."
)


def picture(width: int = 320, height: int = 180) -> bytes:
    """A plain PNG of this size."""
    row = b"\0" + bytes((45, 90, 76)) * width

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(row * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


class Clock:
    """Time that stands still until it is told to pass."""

    def __init__(self) -> None:
        self.unix = START.timestamp()
        self.due: datetime | None = None
        self.leaps: list[float] = []

    def now(self) -> float:
        return self.unix

    async def advance(self, seconds: float) -> None:
        self.leaps.append(seconds)
        self.unix += seconds

    async def next_due(self) -> datetime | None:
        return self.due


class EchoBot:
    """Answers what it is told by a few fixed rules, straight through `World.call`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.offset = 0
        self.news = asyncio.Event()
        self.quiet = asyncio.Event()
        self.busy = False
        self.silent = False
        world.updates.listeners.append(self.news.set)
        commands = [
            {"command": "start", "description": "Begin"},
            {"command": "show", "description": "All the formatting"},
            {"command": "shout", "description": "Say it loud"},
            {"command": "ask", "description": "Be asked back"},
            {"command": "keys", "description": "A keyboard"},
        ]
        self.call("setMyCommands", commands=commands)
        self.call("setMyDescription", description="I repeat what you say.")

    def call(self, method: str, **params: Any) -> Any:
        reply = self.world.call(method, params)
        assert reply.status == 200, reply.body
        return reply.body["result"]

    def take(self) -> list[dict[str, Any]]:
        updates: list[dict[str, Any]] = self.call("getUpdates", offset=self.offset)
        if updates:
            self.offset = updates[-1]["update_id"] + 1
        return updates

    async def settled(self) -> None:
        """Wait until nothing is left to be answered."""
        while self.news.is_set() or self.busy:
            self.quiet.clear()
            await self.quiet.wait()

    async def run(self) -> None:
        while True:
            if not self.news.is_set():
                self.busy = False
                self.quiet.set()
            await self.news.wait()
            self.busy = True
            self.news.clear()
            if self.silent:
                continue
            while updates := self.take():
                for update in updates:
                    self.handle(update)

    def handle(self, update: dict[str, Any]) -> None:
        if "text" in update.get("message", {}) and "via_bot" not in update["message"]:
            self.hear(update["message"])
        elif "callback_query" in update:
            self.pressed(update["callback_query"])
        elif "inline_query" in update:
            self.asked(update["inline_query"])

    def hear(self, message: dict[str, Any]) -> None:
        chat, text = message["chat"]["id"], message["text"]
        where = {"chat_id": chat}
        if message.get("is_topic_message"):
            where["message_thread_id"] = message["message_thread_id"]
        word, _, rest = text.partition(" ")
        match word.partition("@")[0]:
            case "/start":
                self.call("sendMessage", **where, text=f"Hello. {rest}".strip(), **self.counter(0))
            case "/show":
                self.call("sendMessage", **where, text=SAMPLER, parse_mode="HTML")
            case "/ask":
                markup = {"force_reply": True, "input_field_placeholder": "Name a city"}
                self.call("sendMessage", **where, text="Which city?", reply_markup=markup)
            case "/keys":
                rows = [[{"text": "Yes"}, {"text": "No"}]]
                markup = {"keyboard": rows, "one_time_keyboard": True}
                self.call("sendMessage", **where, text="Yes or no?", reply_markup=markup)
            case _:
                self.call("sendChatAction", **where, action="typing")
                reply = {"message_id": message["message_id"]}
                self.call("sendMessage", **where, text=f"You said: {text}", reply_parameters=reply)

    def counter(self, count: int) -> dict[str, Any]:
        name = self.world.bot.username
        rows = [
            [{"text": f"Count {count}", "callback_data": f"count:{count}"}],
            [
                {"text": "Warn me", "callback_data": "warn"},
                {"text": "Outside", "url": "https://example.org/"},
            ],
            [
                {"text": "Copy", "copy_text": {"text": "copied words"}},
                {"text": "Search", "switch_inline_query_current_chat": "aktau"},
            ],
            [{"text": "Deep", "url": f"https://t.me/{name}?start=deep_1"}],
        ]
        return {"reply_markup": {"inline_keyboard": rows}}

    def pressed(self, query: dict[str, Any]) -> None:
        data = query["data"]
        if data == "warn":
            self.call(
                "answerCallbackQuery", callback_query_id=query["id"], text="Mind.", show_alert=True
            )
            return
        count = int(data.partition(":")[2]) + 1
        self.call(
            "editMessageText",
            chat_id=query["message"]["chat"]["id"],
            message_id=query["message"]["message_id"],
            text=f"Counted to {count}",
            **self.counter(count),
        )
        self.call("answerCallbackQuery", callback_query_id=query["id"], text=f"Now {count}")

    def asked(self, query: dict[str, Any]) -> None:
        words = query["query"]
        results = [
            {
                "type": "article",
                "id": f"r{n}",
                "title": f"{words} number {n}",
                "description": "from the scripted bot",
                "input_message_content": {
                    "message_text": f"<b>{words}</b> {n}",
                    "parse_mode": "HTML",
                },
            }
            for n in (1, 2)
        ]
        self.call("answerInlineQuery", inline_query_id=query["id"], results=results)


@dataclass
class Stage:
    """A running page."""

    url: str
    world: World
    bot: EchoBot
    clock: Clock
    demo: Demo
    server: Running
    session: aiohttp.ClientSession

    async def state(self, person: int = ADA) -> dict[str, Any]:
        async with self.session.get(f"{self.url}/demo/state?as={person}") as response:
            assert response.status == 200
            body: dict[str, Any] = await response.json()
            return body

    async def chat(self, title: str, person: int = ADA) -> dict[str, Any]:
        state = await self.state(person)
        found: list[dict[str, Any]] = [one for one in state["chats"] if one["title"] == title]
        return found[0]

    async def post(self, deed: str, actor: int = ADA, **body: Any) -> tuple[int, dict[str, Any]]:
        request = {"as": actor, **body}
        async with self.session.post(f"{self.url}/demo/{deed}", json=request) as response:
            answer: dict[str, Any] = await response.json()
            return response.status, answer

    async def do(self, deed: str, actor: int = ADA, **body: Any) -> dict[str, Any]:
        status, answer = await self.post(deed, actor, **body)
        assert status == 200, answer
        return answer


class Stream:
    """The events of `/demo/events`, read one by one."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self, name: str) -> dict[str, Any]:
        """The next event of this name; others are passed over."""
        kind = ""
        async with asyncio.timeout(10):
            async for line in self.response.content:
                text = line.decode().rstrip("\n")
                if text.startswith("event: "):
                    kind = text.removeprefix("event: ")
                elif text.startswith("data: ") and kind == name:
                    body: dict[str, Any] = json.loads(text.removeprefix("data: "))
                    return body
        raise AssertionError("the stream ended")
