"""Killed at random moments of a broadcast: nothing doubled, nothing lost in silence."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest

from tests.soak.stage import Reckoning, Stage, number_of, seed
from tests.store.conftest import Place

FEW = 2
MANY = 100
LEAST, MOST = 0.05, 0.9
"""Seconds for which a worker lives after it is ready."""
WIRE = 0.05
"""Seconds that a message takes at the pretend Telegram."""
FINISH = 1000.0
"""The pace of the last worker, which sends what is left."""

Figure = Callable[[str], None]


@dataclass(frozen=True)
class Kills:
    """`unknown` became so by each kill, `recovered` are the seconds until that was settled."""

    reckoning: Reckoning
    unknown: list[int]
    recovered: list[float]

    @property
    def figure(self) -> str:
        kills = len(self.unknown)
        shares = f"{sum(self.unknown) / kills:.1f} a kill (most {max(self.unknown)})"
        came = f"{self.reckoning.delivered} of {self.reckoning.unknown} had arrived"
        seconds = f"{statistics.median(self.recovered):.2f} s (most {max(self.recovered):.2f})"
        return f"{kills} kills: {self.reckoning.figure}, {shares}, {came}; recovered in {seconds}"


async def kill_often(stage: Stage, kills: int, draws: random.Random) -> Kills:
    """Kill so many workers in the middle of their work, then let one finish."""
    await stage.owe(round(stage.order.rate * MOST * kills))
    unknown, recovered = [0], []
    for turn in range(kills + 1):
        began = time.monotonic()
        worker = await stage.hire(rate=FINISH if turn == kills else None)
        (held,) = await worker.says("ready")
        if turn:
            unknown.append(int(held))
            recovered.append(time.monotonic() - began)
        if turn < kills:
            await asyncio.sleep(draws.uniform(LEAST, MOST))
            await worker.kill()
        else:
            await worker.finish()
            await worker.stop()
    reckoning = await stage.reckon()
    return Kills(reckoning, [after - before for before, after in pairwise(unknown)], recovered)


async def run(place: Place, rate: float, kills: int) -> Kills:
    chosen = seed()
    print(f"\n{place.engine}, {rate:g}/s, SOAK_SEED={chosen}")
    async with Stage.open(place.url, place.state, seed=chosen, rate=rate) as stage:
        kills_made = await kill_often(stage, kills, random.Random(chosen))
    print(kills_made.figure)
    kills_made.reckoning.check()
    return kills_made


async def test_a_few_kills_double_nothing_and_lose_nothing(place: Place) -> None:
    done = await run(place, 100.0, FEW)
    assert done.reckoning.unknown <= FEW * 100 * 3 * WIRE


@pytest.mark.soak
async def test_kills_at_25_a_second_leave_two_unknown_at_most(place: Place, figure: Figure) -> None:
    kills = number_of("SOAK_KILLS", MANY)
    done = await run(place, 25.0, kills)
    figure(f"{place.engine}: {done.figure}")
    assert done.reckoning.unknown <= 2 * kills


@pytest.mark.soak
async def test_kills_at_500_a_second_leave_no_more_unknown_than_the_wire_holds(
    place: Place, figure: Figure
) -> None:
    """Twice what is on the wire for as long as a message takes: the machine is busy."""
    kills = number_of("SOAK_KILLS", MANY)
    done = await run(place, 500.0, kills)
    figure(f"{place.engine}: {done.figure}")
    assert done.reckoning.unknown <= kills * 500 * WIRE * 2
