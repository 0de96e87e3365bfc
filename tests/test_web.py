"""The webhook keeps an update before it says so, and lets no stranger in."""

from __future__ import annotations

import asyncio
import io
import json
import socket
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bot.errors import StoreError
from bot.web import HEADER, MOST_BYTES, Web

SECRET = "a-secret-of-ours"
PATIENCE = 1.0
UPDATE = {"update_id": 7, "message": {"text": "/corridor"}}


@dataclass
class Office:
    """The webhook's server with an inbox that may be away."""

    url: str
    path: str = "/hook"
    secret: str = SECRET
    kept: list[dict[str, Any]] = field(default_factory=list)
    aside: list[bytes] = field(default_factory=list)
    away: bool = False
    ready: bool = True

    async def keep(self, updates: list[dict[str, Any]]) -> None:
        if self.away:
            raise StoreError("away")
        self.kept += updates

    async def set_aside(self, body: bytes) -> None:
        if self.away:
            raise StoreError("away")
        self.aside.append(body)

    async def health(self) -> dict[str, object]:
        return {"ready": self.ready, "revision": 3}

    async def brings(
        self, body: bytes, secret: str | None = SECRET, method: str = "POST", path: str = "/hook"
    ) -> tuple[int, str]:
        headers = {} if secret is None else {HEADER: secret}
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                method, self.url + path, data=io.BytesIO(body), headers=headers
            ) as response,
        ):
            return response.status, response.headers.get("Retry-After", "")


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Office(f"http://127.0.0.1:{port}")
    web = Web(made.health, made, patience=PATIENCE)
    await web.start("127.0.0.1", port)
    yield made
    await web.close()


async def test_an_update_with_the_secret_is_kept_and_then_acknowledged(office: Office) -> None:
    assert await office.brings(json.dumps(UPDATE).encode()) == (200, "")
    assert office.kept == [UPDATE]


@pytest.mark.parametrize("secret", [None, "", "a-secret-of-our", "a-secret-of-ours2", "ä"])
async def test_a_stranger_is_refused_and_nothing_is_kept(
    office: Office, secret: str | None
) -> None:
    status, _ = await office.brings(json.dumps(UPDATE).encode(), secret)
    assert (status, office.kept) == (403, [])


@pytest.mark.parametrize("secret", [b"\xff\xfe", b"a-secret-of-ours\xed\xa0\xbd", b"\x80" * 300])
async def test_a_secret_that_is_no_text_is_refused_like_any_other(
    office: Office, secret: bytes
) -> None:
    port = int(office.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps(UPDATE).encode()
    head = f"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{HEADER}: "
    writer.write(head.encode() + secret + b"\r\n\r\n" + body)
    answer = await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 403")
    assert office.kept == []


async def test_with_the_store_away_telegram_is_asked_to_bring_it_again(office: Office) -> None:
    office.away = True
    assert await office.brings(json.dumps(UPDATE).encode()) == (503, "5")
    office.away = False
    assert await office.brings(json.dumps(UPDATE).encode()) == (200, "")
    assert office.kept == [UPDATE]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"update_id": "7"}',
        b'{"update_id": 123456789012345678901234567890}',
        b"\xff\xfe",
        b"[" * 200_000,
    ],
    ids=["nothing", "half", "a list", "no id", "id as text", "a huge id", "no UTF-8", "deep"],
)
async def test_what_is_no_update_is_set_aside_and_acknowledged_so_that_it_does_not_come_for_a_day(
    office: Office, body: bytes
) -> None:
    office.away = True
    assert await office.brings(body) == (503, "5")
    office.away = False
    assert await office.brings(body) == (200, "")
    assert (office.kept, office.aside) == ([], [body])


async def test_an_update_over_a_mebibyte_is_dropped_and_acknowledged(office: Office) -> None:
    body = json.dumps({**UPDATE, "more": "x" * MOST_BYTES}).encode()
    assert await office.brings(body) == (200, "")
    assert (office.kept, office.aside) == ([], [])


@pytest.mark.parametrize(("method", "path"), [("GET", "/hook"), ("POST", "/other"), ("POST", "/")])
async def test_other_paths_and_methods_keep_nothing(office: Office, method: str, path: str) -> None:
    status, _ = await office.brings(json.dumps(UPDATE).encode(), method=method, path=path)
    assert status in (404, 405)
    assert office.kept == []


async def test_those_who_drip_keep_nobody_waiting_and_get_nothing_in(office: Office) -> None:
    """Three hundred connections: half a request line, a stranger's body, a body by the secret."""
    host, port = office.url.removeprefix("http://").split(":")
    head = f"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n{HEADER}: "
    openings = ["POST /ho", f"{head}wrong\r\n\r\n{{", f"{head}{SECRET}\r\n\r\n{{"] * 100
    lines = [await asyncio.open_connection(host, int(port)) for _ in openings]
    for (_, writer), opening in zip(lines, openings, strict=True):
        writer.write(opening.encode())
        await writer.drain()
    async with asyncio.timeout(PATIENCE):
        assert await office.brings(json.dumps(UPDATE).encode()) == (200, "")
    answers = [await reader.readline() for reader, _ in lines[1::3] + lines[2::3]]
    assert Counter(line.split()[1] for line in answers) == {b"403": 100, b"408": 100}
    assert office.kept == [UPDATE]
    for _, writer in lines:
        writer.close()


async def test_health_is_told_and_unready_is_503(office: Office) -> None:
    assert (await office.brings(b"", None, "GET", "/healthz"))[0] == 200
    assert (await office.brings(b"", None, "GET", "/readyz"))[0] == 200
    office.ready = False
    assert (await office.brings(b"", None, "GET", "/healthz"))[0] == 200
    assert (await office.brings(b"", None, "GET", "/readyz"))[0] == 503
