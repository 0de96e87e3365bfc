"""What the benches of delivery share: what is owed, the other end, and senders as processes."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import text

from bot.store import bulletins, occasions
from bot.store.bulletins import Part, Variant
from bot.store.database import Database
from tests.bench.crowd import CHATS, NUMBERS, tidy

ROOT = Path(__file__).resolve().parents[2]
BODY = "<b>4.5 million tons</b> in 2024, up about two thirds on 2023. " * 12
KEYS = {"inline_keyboard": [[{"text": "Read more", "callback_data": "brief!"}]]}
CORE, OTHER = 0, (os.cpu_count() or 1) - 1
SECOND = 1_000_000

OWED = """
INSERT INTO deliveries (occasion_id, chat_id, bulletin_id, not_before, expires_at, created_at,
  updated_at)
{numbers} SELECT :occasion, n, :bulletin, :now, :until, :now, :now FROM n
"""


async def owe(url: str, state: Path, many: int, ids: Sequence[int] = ()) -> str:
    """So many readers who are owed one bulletin; returns what the engine is called.

    They have the Telegram ids from 1 on, or those given.
    """
    database = await Database.open(url, state=state)
    now = round(time.time() * SECOND)
    numbers = NUMBERS[database.engine_name]
    async with database.write() as conn:
        await conn.execute(text(CHATS.format(numbers=numbers)), {"many": many, "now": now})
        if ids:
            rows = [{"number": number, "tg": tg} for number, tg in enumerate(ids, 1)]
            await conn.execute(text("UPDATE chats SET tg_id = -id"))
            await conn.execute(text("UPDATE chats SET tg_id = :tg WHERE id = :number"), rows)
        occasion = await occasions.ensure(
            conn,
            kind="announcement",
            key="bench",
            due_at=now,
            expires_at=now + 3600 * SECOND,
            now=now,
        )
        bulletin = await bulletins.ensure(conn, occasion.id, Variant("en", "full"))
        part = Part(BODY, BODY, KEYS, ("corridor.volume@2024:a",))
        await bulletins.finish(conn, bulletin.id, [part], revision=1)
        values = {"occasion": occasion.id, "bulletin": bulletin.id, "many": many, "now": now}
        await conn.execute(
            text(OWED.format(numbers=numbers)), {**values, "until": now + 3600 * SECOND}
        )
    await tidy(database)
    version = database.version
    await database.close()
    return version


@contextmanager
def post_office(*words: str) -> Iterator[str]:
    """The other end, on the core that is not ours; its address."""
    command = [sys.executable, "tests/bench/post_office.py", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        os.sched_setaffinity(process.pid, {OTHER})
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def sender(url: str, state: Path, api: str, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "tests/bench/sender.py", url, str(state), api, *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)


async def heard(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What a sender told at its end."""
    output, _ = await asyncio.to_thread(process.communicate)
    assert process.returncode == 0
    told: dict[str, Any] = json.loads(output.splitlines()[-1])
    return told


async def stats(api: str) -> dict[str, Any]:
    async with aiohttp.ClientSession(api) as session, session.get("/stats") as response:
        told: dict[str, Any] = await response.json()
        return told


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def most_in_a_second(times: list[float]) -> int:
    """The most that arrived within any 1.000 s; `times` in order."""
    most = first = 0
    for place, moment in enumerate(times):
        while times[first] <= moment - 1.0:
            first += 1
        most = max(most, place - first + 1)
    return most
