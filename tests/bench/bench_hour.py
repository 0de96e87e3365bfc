"""How punctual the first message of an hour is: the whole bot, real time, hours of its own.

Beside it the least that can be done: a timer and a bare call.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot import telemetry
from bot.app import running
from bot.clock import SystemClock
from bot.config import Settings
from bot.store import chats, subscriptions
from bot.store.database import Database
from tests.bench.mail import OTHER, ROOT, SECOND, percentile, post_office, stats

HOURS = 60


@pytest.mark.bench
@pytest.mark.filterwarnings("default")
async def test_the_first_message_leaves_at_its_hour(tmp_path: Path, durable_url: str) -> None:
    telemetry.setup("text", "error", ())
    state = tmp_path / "state"
    state.mkdir()
    draws = random.Random(1)
    mine = os.sched_getaffinity(0)
    with post_office() as api:
        os.sched_setaffinity(0, mine - {OTHER} or mine)
        names = {
            "BRIEFING_TOKEN": "4242:not-a-secret",
            "BRIEFING_API_URL": api,
            "BRIEFING_STATE": str(state),
            "BRIEFING_DATABASE_URL": durable_url,
            "BRIEFING_BRIEFINGS": str(ROOT / "briefings"),
            "BRIEFING_SEEDS": str(ROOT / "seeds"),
        }
        settings = Settings.load(names, needs_token=True)
        async with running(settings, SystemClock()) as app:
            engine = app.database.version
            begin = time.time() + 10
            hours = {number: begin + number + draws.random() for number in range(1, HOURS + 1)}
            await subscribe(app.database, hours)
            app.schedule.wake()
            while len((await stats(api))["sent"]) < HOURS:
                assert time.time() < begin + HOURS + 30, "not all hours were kept"
                await asyncio.sleep(1)
        sent = (await stats(api))["sent"]
        bare = await timers(api)
    os.sched_setaffinity(0, mine)
    late = [(moment - hours[chat]) * 1000 for moment, chat in sent]
    print(
        f"\n{engine}, {HOURS} hours a second apart, from the hour to the first message: "
        f"p50 {percentile(late, 0.5):.0f} ms, p99 {percentile(late, 0.99):.0f} ms, "
        f"latest {max(late):.0f} ms; a timer and a bare call: p50 {percentile(bare, 0.5):.0f} ms, "
        f"p99 {percentile(bare, 0.99):.0f} ms (aim: p99 under 1,000 ms)"
    )
    assert len(late) == HOURS
    assert min(late) >= 0


async def subscribe(database: Database, hours: dict[int, float]) -> None:
    """A reader for each hour, whose cohort is due at that moment."""
    day = datetime.now(UTC).date() - timedelta(days=1)
    async with database.write() as conn:
        now = round(time.time() * SECOND) - SECOND
        for number, at in hours.items():
            chat = await chats.ensure(conn, number, "private", "Reader", "en", now)
            await subscriptions.put(
                conn,
                chat_id=chat.id,
                edition="daily",
                now=now,
                minute=number,
                days=127,
                zone="UTC",
                next_at=round(at * SECOND),
                next_date=day,
            )


async def timers(api: str) -> list[float]:
    """Milliseconds by which a sleep and a bare call are late."""
    late = []
    async with aiohttp.ClientSession() as session:
        for number in range(50):
            goal = time.time() + 0.05
            await asyncio.sleep(goal - time.time())
            body = {"chat_id": 10_000 + number, "text": "now"}
            async with session.post(f"{api}/bot4242:x/sendMessage", json=body) as response:
                await response.read()
            late.append(goal)
    sent = {chat: moment for moment, chat in (await stats(api))["sent"]}
    return [(sent[10_000 + number] - goal) * 1000 for number, goal in enumerate(late)]
