"""How fast what is owed goes out, every step of it on the disk, and what one delivery costs.

The other end is a process that answers after 20 ms; our worker has a core of its own. Beside it,
in the same run and against the same other end: the stock client of python-telegram-bot, and bare
aiohttp, neither of which remembers anything.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from tests.bench.mail import (
    BODY,
    CORE,
    KEYS,
    heard,
    most_in_a_second,
    owe,
    percentile,
    post_office,
    sender,
    stats,
)

MANY = 20_000
PAID = 1000
PAID_SECONDS = 15


async def at_once(count: int, width: int, send: Callable[[int], Awaitable[object]]) -> None:
    """Send the numbers from 1 to `count`, `width` of them in flight."""
    left = iter(range(1, count + 1))

    async def lane() -> None:
        for number in left:
            await send(number)

    await asyncio.gather(*(lane() for _ in range(width)))


async def measured(work: Awaitable[None], count: int) -> tuple[float, float]:
    """Messages a second, and microseconds of our processor time for each."""
    begun, cpu = time.perf_counter(), time.process_time()
    await work
    took, cpu = time.perf_counter() - begun, time.process_time() - cpu
    return count / took, cpu / count * 1e6


async def stock(api: str, count: int) -> tuple[float, float]:
    """python-telegram-bot as it comes, at the width at which it is fastest."""
    request = HTTPXRequest(connection_pool_size=16, pool_timeout=30.0)
    async with Bot("4242:not-a-secret", base_url=f"{api}/bot", request=request) as bot:

        async def send(number: int) -> object:
            return await bot.send_message(number, BODY, parse_mode="HTML", reply_markup=None)

        return await measured(at_once(count, 16, send), count)


async def bare(api: str, count: int) -> tuple[float, float]:
    """aiohttp alone."""
    async with aiohttp.ClientSession() as session:

        async def send(number: int) -> object:
            body = {"chat_id": number, "text": BODY, "parse_mode": "HTML", "reply_markup": KEYS}
            url = f"{api}/bot4242:not-a-secret/sendMessage"
            async with session.post(url, json=body) as response:
                return await response.json()

        return await measured(at_once(count, 128, send), count)


@pytest.fixture(scope="module")
def rivals() -> dict[str, tuple[float, float]]:
    """What others do, measured once in the run, on the same core."""
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {CORE})
    try:
        with post_office() as api:
            found = {
                "python-telegram-bot": asyncio.run(stock(api, 2000)),
                "bare aiohttp": asyncio.run(bare(api, 10_000)),
            }
    finally:
        os.sched_setaffinity(0, mine)
    for name, (rate, cpu) in found.items():
        print(f"\n  {name:>20}: {rate:6.0f}/s, {cpu:5.0f} us of CPU each, nothing kept", end="")
    return found


@pytest.mark.bench
async def test_how_fast_what_is_owed_goes_out(
    tmp_path: Path, durable_url: str, rivals: dict[str, tuple[float, float]]
) -> None:
    state = tmp_path / "state"
    version = await owe(durable_url, state, MANY)
    with post_office() as api:
        words = ("--rate", "100000", "--core", str(CORE), "--until-empty")
        told = await heard(sender(durable_url, state, api, *words))
        sent = (await stats(api))["sent"]
    times = [moment for moment, _ in sent]
    rate = (len(times) - 1) / (times[-1] - times[0])
    cpu = told["cpu"] / len(sent) * 1e6
    print(
        f"\n{version}: {MANY:,} deliveries at {rate:.0f}/s on one core, {cpu:.0f} us of CPU each, "
        f"{told['memory']:.0f} MB; {rate / rivals['python-telegram-bot'][0]:.1f} times "
        f"python-telegram-bot, {rate / rivals['bare aiohttp'][0]:.2f} of bare aiohttp "
        "(aims: over 1,500/s, under 450 us)"
    )
    assert len(sent) == len({chat for _, chat in sent}) == MANY


@pytest.mark.bench
async def test_the_paid_pace_is_held(tmp_path: Path, durable_url: str) -> None:
    state, many = tmp_path / "state", PAID * PAID_SECONDS
    version = await owe(durable_url, state, many)
    with post_office() as api:
        words = ("--rate", str(PAID), "--core", str(CORE), "--until-empty")
        told = await heard(sender(durable_url, state, api, *words))
        times = sorted(moment for moment, _ in (await stats(api))["sent"])
    rate = (len(times) - 1) / (times[-1] - times[0])
    late = [moment - times[0] - place / PAID for place, moment in enumerate(times)]
    window = most_in_a_second(times)
    print(
        f"\n{version}, paid pace of {PAID}/s for {PAID_SECONDS} s: {rate:.0f}/s, "
        f"{rate / PAID:.1%} of the pace; late by {percentile(late, 0.5) * 1000:.0f} ms at p50, "
        f"{percentile(late, 0.99) * 1000:.0f} ms at p99; at most {window} in any second; "
        f"{told['cpu'] / told['seconds']:.0%} of a core (aims: 99 % of the pace, p99 under 300 ms)"
    )
    assert len(times) == many
