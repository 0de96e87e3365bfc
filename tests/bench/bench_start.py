"""From the command to the first poll, and what the program holds in memory when it rests."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from tests.bench.bots import bot, settings, town

ROUNDS = 5
REST = 3.0
IDLE, PATIENCE = 0.05, 20
"""The share of a core below which it rests, and how many seconds it may take to get there: what
makes questions in words quick is made once nobody waits."""


@pytest.mark.bench
async def test_from_the_start_to_the_first_poll_and_at_rest(tmp_path: Path) -> None:
    first: list[tuple[float, float]] = []
    again: list[tuple[float, float]] = []
    used: list[float] = []
    made: list[float] = []
    with town() as url:
        async with aiohttp.ClientSession(url) as session:
            for number in range(ROUNDS):
                ours = settings(url, tmp_path / str(number))
                async with bot(session, ["-m", "bot", "run"], ours) as (who, seconds):
                    first.append((seconds, who.cpu))
                async with bot(session, ["-m", "bot", "run"], ours) as (who, seconds):
                    again.append((seconds, who.cpu))
                    began = who.cpu
                    for _ in range(PATIENCE):
                        cpu = who.cpu
                        await asyncio.sleep(1)
                        if who.cpu - cpu < IDLE:
                            break
                    cpu = who.cpu
                    made.append(cpu - began)
                    await asyncio.sleep(REST)
                    used.append((who.cpu - cpu) / REST)
                    memory = who.memory
    new, known = min(first), min(again)
    print(
        f"\nstart to first poll, best of {ROUNDS}:"
        f" {new[0]:.2f} s ({new[1]:.2f} s of CPU) with a new "
        f"state, {known[0]:.2f} s ({known[1]:.2f} s) with one that is there"
        f"\nthen {min(made):.2f} s of CPU to make questions quick"
        f"\nat rest: {memory:.0f} MB of its own, {min(used):.1%} of a core"
    )
