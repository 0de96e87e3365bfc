"""How long one who asks waits while a broadcast goes out at full rate; the whole program.

Beside it the same questions while nothing is sent.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.world import World
from tests.bench.bots import bot, settings, town
from tests.bench.mail import owe, percentile
from tests.bench.town import PEOPLE

RUN = ("-m", "bot", "run")
RATE, SECONDS = 5, 40
BROADCAST = 1100


def readers() -> list[int]:
    """The ids of those in the town who do not ask; its numbers are the same in each run."""
    world = World(now=time.time, seed=1)
    return [world.person(f"Reader {number}").id for number in range(PEOPLE)][-BROADCAST:]


async def answers(session: aiohttp.ClientSession) -> int:
    """How many messages the bot has sent."""
    async with session.get("/bench/answered") as response:
        return int((await response.json())["answers"])


async def settled(session: aiohttp.ClientSession) -> None:
    """Wait until the rest of the broadcast is out."""
    before = -1
    while (now := await answers(session)) != before:
        before = now
        await asyncio.sleep(1)


@pytest.mark.bench
async def test_an_answer_does_not_wait_for_a_broadcast(tmp_path: Path, durable_url: str) -> None:
    state = tmp_path / "state"
    waits: dict[str, list[float]] = {}
    version = await owe(durable_url, state, BROADCAST, readers())
    asked = {"rate": RATE, "seconds": SECONDS}
    sent = 0
    with town() as url:
        environment = settings(url, state) | {"BRIEFING_DATABASE_URL": durable_url}
        timeout = aiohttp.ClientTimeout(total=300)
        async with (
            aiohttp.ClientSession(url, timeout=timeout) as session,
            bot(session, RUN, environment),
        ):
            for name in ("a broadcast", "nothing"):
                async with session.post("/bench/pace", params=asked) as response:
                    waits[name] = [wait * 1000 for wait in await response.json()]
                sent = sent or await answers(session) - len(waits[name])
                await settled(session)
    figures = "; ".join(
        f"beside {name}: p50 {percentile(found, 0.5):.0f} ms, p99 {percentile(found, 0.99):.0f} ms"
        for name, found in waits.items()
    )
    print(
        f"\n{version}, {RATE} questions a second for {SECONDS} s, from the question to its answer "
        f"at Telegram; {figures}; {sent / SECONDS:.1f}/s of the broadcast went out "
        "(aim: p99 under 150 ms)"
    )
    assert len(waits["a broadcast"]) == RATE * SECONDS
    assert sent > 20 * SECONDS
