"""How fast a question is answered: our program against a bare echo by python-telegram-bot.

Both poll the same pretend Telegram, which has a core to itself, as the bot has; each question of a
window comes from another chat. Ours keeps every update on disk before it answers and writes
receipts after.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.state import SANDBOX_BOT
from tests.bench.bots import Running, bot, settings, town

ECHOES, LOOKUPS, ROUNDS = 1500, 5000, 3
RATE, SECONDS = 500, 10
PATIENCE = 120.0
RUN = ["-m", "bot", "run"]


async def answer_all(
    session: aiohttp.ClientSession, who: Running, count: int
) -> tuple[float, float]:
    """Answers a second, and microseconds of CPU for each."""
    await (await session.post("/bench/ask", params={"count": count})).read()
    began, cpu, answers = time.monotonic(), who.cpu, 0
    while answers < count:
        assert time.monotonic() - began < PATIENCE, f"only {answers} of {count} were answered"
        await asyncio.sleep(0.02)
        answers = (await (await session.get("/bench/answered")).json())["answers"]
    return count / (time.monotonic() - began), (who.cpu - cpu) / count * 1e6


def middle(values: list[tuple[float, float]]) -> tuple[float, float]:
    return sorted(values)[len(values) // 2]


@pytest.mark.bench
async def test_a_lookup_against_a_bare_echo(tmp_path: Path) -> None:
    echoes: list[tuple[float, float]] = []
    lookups: list[tuple[float, float]] = []
    with town() as url:
        async with aiohttp.ClientSession(url) as session:
            for number in range(ROUNDS):
                async with bot(session, ["tests/bench/echo.py", url, SANDBOX_BOT]) as (who, _):
                    echoes.append(await answer_all(session, who, ECHOES))
                ours = settings(url, tmp_path / str(number))
                async with bot(session, RUN, ours) as (who, _):
                    lookups.append(await answer_all(session, who, LOOKUPS))
    echo, lookup = middle(echoes), middle(lookups)
    print(
        f"\nlookup, one core, polling, SQLite, median of {ROUNDS} windows, CPU for each; "
        f"{ECHOES} and {LOOKUPS} chats:"
        f"\n  bare echo by python-telegram-bot  {echo[0]:8.0f} answers/s {echo[1]:6.0f} us"
        f"\n  /corridor by us, all kept on disk {lookup[0]:8.0f} answers/s {lookup[1]:6.0f} us"
        f"\n  ratio                             {lookup[0] / echo[0]:8.2f}"
        "  (aims: at least 3, and 2,000 answers/s)"
    )
    assert lookup[0] >= 3 * echo[0]


@pytest.mark.bench
async def test_how_long_an_answer_takes_at_a_steady_pace(tmp_path: Path) -> None:
    pace = {"rate": RATE, "seconds": SECONDS}
    with town() as url:
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        async with (
            aiohttp.ClientSession(url, timeout=timeout) as session,
            bot(session, RUN, settings(url, tmp_path)) as (who, _),
        ):
            await (await session.post("/bench/pace", params=pace | {"seconds": 2})).read()
            cpu = who.cpu
            waited = sorted(await (await session.post("/bench/pace", params=pace)).json())
            used = who.cpu - cpu
    assert len(waited) == RATE * SECONDS
    at = {share: waited[int(len(waited) * share)] * 1000 for share in (0.5, 0.9, 0.99)}
    print(
        f"\n/corridor at {RATE}/s for {SECONDS} s, one core, polling, SQLite:"
        f"\n  p50 {at[0.5]:.1f} ms, p90 {at[0.9]:.1f} ms, p99 {at[0.99]:.1f} ms, "
        f"slowest {waited[-1] * 1000:.1f} ms; {used / SECONDS:.0%} of the core, "
        f"{used / len(waited) * 1e6:.0f} us for each (aim: p99 under 10 ms)"
    )
