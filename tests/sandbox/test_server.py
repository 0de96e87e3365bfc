"""The server, asked by a plain HTTP client."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox.chats import Person
from bot.sandbox.faults import broken_json, drip, hang, lose_answer, reset, status, too_many
from bot.sandbox.server import Running, serve
from tests.sandbox.house import PNG, House


class Client:
    """A running server, a session, and Ada."""

    def __init__(self, house: House, ada: Person, running: Running) -> None:
        self.house = house
        self.ada = ada
        self.running = running
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        self.url = f"{running.url}/bot{house.token}"

    async def post(self, method: str, **how: Any) -> tuple[int, Any]:
        async with self.session.post(f"{self.url}/{method}", **how) as response:
            return response.status, await response.json()

    async def send(self) -> tuple[int, Any]:
        return await self.post("sendMessage", json={"chat_id": self.ada.id, "text": "x"})


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    house = House()
    ada = house.started()

    async def greet(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    running = await serve(house, routes=[web.get("/demo/hello", greet)])
    client = Client(house, ada, running)
    yield client
    await client.session.close()
    await running.close()


async def test_every_way_to_send_parameters_is_taken(client: Client) -> None:
    chat = str(client.ada.id)
    async with client.session.get(
        f"{client.url}/sendmessage", params={"chat_id": chat, "text": "query"}
    ) as response:
        assert response.status == 200
        assert response.content_type == "application/json"
    await client.post("sendMessage", data={"chat_id": chat, "text": "form"})
    await client.post("SendMessage", json={"chat_id": client.ada.id, "text": "json"})
    form = aiohttp.FormData({"chat_id": chat, "text": "multipart"}, default_to_multipart=True)
    await client.post("sendMessage", data=form)
    await client.post(f"sendMessage?chat_id={chat}", json={"text": "both"})
    assert [entry.text for entry in client.house.ledger] == [
        "query",
        "form",
        "json",
        "multipart",
        "both",
    ]


async def test_a_photo_is_uploaded_and_fetched(client: Client) -> None:
    form = aiohttp.FormData({"chat_id": str(client.ada.id), "caption": "c"})
    form.add_field("photo", PNG, filename="a.png", content_type="image/png")
    code, body = await client.post("sendPhoto", data=form)
    assert code == 200
    file_id = body["result"]["photo"][-1]["file_id"]
    _, body = await client.post("getFile", json={"file_id": file_id})
    path = body["result"]["file_path"]
    root = f"{client.running.url}/file/bot{client.house.token}"
    async with client.session.get(f"{root}/{path}") as response:
        assert await response.read() == PNG
        assert response.content_type == "image/png"
    async with client.session.get(f"{root}/photos/none.png") as response:
        assert response.status == 404
    async with client.session.get(f"{client.running.url}/file/bot1:x/{path}") as response:
        assert response.status == 401


async def test_tokens_are_told_apart(client: Client) -> None:
    for token, code, words in (
        ("1:wrong", 401, "Unauthorized"),
        ("nonsense", 404, "Not Found"),
    ):
        async with client.session.get(f"{client.running.url}/bot{token}/getMe") as response:
            assert response.status == code
            body = await response.json()
            assert body == {"ok": False, "error_code": code, "description": words}
    client.house.revoke_token()
    assert (await client.post("getMe"))[0] == 401
    async with client.session.get(f"{client.running.url}/elsewhere") as response:
        assert response.status == 404
    async with client.session.get(f"{client.running.url}/demo/hello") as response:
        assert await response.text() == "hello"


async def test_a_body_that_cannot_be_read_is_refused(client: Client) -> None:
    headers = {"Content-Type": "application/json"}
    assert (await client.post("getMe", data=b"{", headers=headers))[0] == 400
    assert (await client.post("getMe", data=b"[]", headers=headers))[0] == 400
    code, body = await client.post("getMe", data=b'{"a": "\xff"}', headers=headers)
    assert (code, body["description"]) == (400, "Bad Request: strings must be encoded in UTF-8")
    long = io.BytesIO(json.dumps({"text": "x" * 1_100_000}).encode())
    code, body = await client.post("sendMessage", data=long, headers=headers)
    assert (code, body["description"]) == (413, "Request Entity Too Large")
    assert (await client.post("getMe"))[0] == 200


async def test_a_429_carries_its_header(client: Client) -> None:
    client.house.faults.add(too_many(35))
    async with client.session.post(f"{client.url}/getMe") as response:
        assert response.status == 429
        assert response.headers["Retry-After"] == "35"


async def test_connections_break_as_scripted(client: Client) -> None:
    client.house.faults.add(reset())
    with pytest.raises(aiohttp.ClientError):
        await client.send()
    assert client.house.ledger == []
    client.house.faults.add(lose_answer())
    with pytest.raises(aiohttp.ClientError):
        await client.send()
    assert len(client.house.ledger) == 1
    client.house.faults.add(status(502))
    async with client.session.post(f"{client.url}/getMe") as response:
        assert (response.status, response.content_type) == (502, "text/html")
    client.house.faults.add(broken_json())
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        await client.send()
    client.house.faults.add(drip(0.0))
    assert (await client.send())[0] == 200
    assert (await client.send())[0] == 200


async def test_silence_lasts_until_the_caller_gives_up(client: Client) -> None:
    client.house.faults.add(hang())
    with pytest.raises(TimeoutError):
        await client.post("getMe", timeout=aiohttp.ClientTimeout(total=0.05))
    assert (await client.post("getMe"))[0] == 200


async def test_a_paused_server_refuses_connections_and_comes_back(client: Client) -> None:
    assert (await client.post("getMe"))[0] == 200
    await client.running.pause()
    with pytest.raises(aiohttp.ClientError):
        await client.post("getMe")
    await client.running.resume()
    assert (await client.post("getMe"))[0] == 200


class Hook:
    """A bot's webhook: what it was sent, and what it answers."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.answer: dict[str, Any] | None = None
        self.arrived = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        assert request.headers["Content-Type"] == "application/json"
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.got.append(await request.json())
        self.arrived.set()
        return web.json_response(self.answer) if self.answer else web.Response()


async def test_updates_are_pushed_to_a_webhook_with_its_secret(client: Client) -> None:
    hook = Hook()
    answered = asyncio.Event()
    client.house.watch(lambda event: answered.set() if event["kind"] == "message" else None)
    app = web.Application()
    app.add_routes([web.post("/hook", hook.take)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await client.post("setWebhook", json={"url": url, "secret_token": "s3cret"})
    hook.answer = {"method": "sendMessage", "chat_id": client.ada.id, "text": "Answer"}
    client.house.say(client.ada, "Hello")
    answered.clear()
    await asyncio.wait_for(answered.wait(), 10)
    assert hook.got[0]["message"]["text"] == "Hello"
    assert hook.secrets == ["s3cret"]
    assert client.house.sees(client.ada)[-1].text == "Answer"
    assert not client.house.updates.pending
    await runner.cleanup()
