"""Several processes on one database while everything goes wrong at once, or one thing often."""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.soak.stage import Process, Stage, number_of, seed
from tests.store.conftest import Place, command

Figure = Callable[[str], None]

CHANCES = {
    "too_many": 0.01,
    "gateway": 0.01,
    "reset": 0.005,
    "lose": 0.01,
    "mute": 0.005,
    "swallow": 0.002,
    "broken": 0.002,
    "blocked": 0.01,
    "refused": 0.003,
}
CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
RATE = 150.0
LEASE = 6.0
DEADLINE = 2.0
WORKERS = 3
DEEDS = ("kill", "kill", "kill", "cut", "cut", "freeze", "freeze")


class Storm:
    """Kills, freezes and cuts, in an order that a seed decides."""

    def __init__(self, stage: Stage, workers: list[Process], draws: random.Random) -> None:
        self._stage = stage
        self._workers = workers
        self._draws = draws
        self._frozen: set[asyncio.Task[None]] = set()
        self.done: Counter[str] = Counter()

    async def rage(self, deeds: int) -> None:
        for _ in range(deeds):
            await asyncio.sleep(self._draws.uniform(0.3, 1.5))
            deed = self._draws.choice(DEEDS)
            place = self._draws.randrange(len(self._workers))
            self.done[deed] += 1
            if deed == "kill":
                await self._workers[place].kill()
                self._workers[place] = await self._stage.hire()
            elif deed == "cut":
                await command(self._stage.order.url, CUT)
            else:
                seconds = self._draws.uniform(0.5, LEASE * 1.5)
                self.done["beyond the lease"] += seconds > LEASE
                self._frozen.add(asyncio.create_task(_freeze(self._workers[place], seconds)))
        await asyncio.gather(*self._frozen)


async def _freeze(worker: Process, seconds: float) -> None:
    """Stop the process as a sleeping machine does, and let it go on as if nothing had been."""
    worker.send(signal.SIGSTOP)
    await asyncio.sleep(seconds)
    worker.send(signal.SIGCONT)


@pytest.mark.soak
async def test_three_workers_in_a_storm_double_nothing_and_lose_nothing(
    postgres_url: str, tmp_path: Path, figure: Figure
) -> None:
    """429, 5xx, resets, silence, lost answers, cut connections, kills, freezes beyond the lease."""
    chosen, number = seed(), number_of("SOAK_MESSAGES", 5000)
    print(f"\nSOAK_SEED={chosen}")
    async with Stage.open(
        postgres_url,
        tmp_path,
        seed=chosen,
        chances=CHANCES,
        rate=RATE,
        lease=LEASE,
        deadline=DEADLINE,
    ) as stage:
        await stage.owe(number)
        workers = [await stage.hire() for _ in range(WORKERS)]
        storm = Storm(stage, workers, random.Random(chosen))
        await storm.rage(number_of("SOAK_DEEDS", 60))
        await workers[0].finish()
        for worker in workers:
            await worker.kill()
        found = await stage.reckon()
    deeds = ", ".join(f"{count} {deed}" for deed, count in sorted(storm.done.items()))
    figure(
        f"{number} messages, {deeds}; faults {found.hits}: {found.figure} "
        f"({found.delivered} of them had arrived), at most {found.busiest} in any second of "
        f"{RATE:g}; ended as {found.states}"
    )
    found.check()
    assert found.busiest <= RATE * 1.1


@pytest.mark.soak
async def test_connections_cut_each_second_double_nothing_and_lose_nothing(
    postgres_url: str, tmp_path: Path, figure: Figure
) -> None:
    """D1."""
    number = number_of("SOAK_CUT_MESSAGES", 1500)
    async with Stage.open(postgres_url, tmp_path, seed=1, rate=50.0) as stage:
        await stage.owe(number)
        workers = [await stage.hire() for _ in range(2)]
        for worker in workers:
            await worker.says("ready")
        cuts = 0
        idle = asyncio.ensure_future(workers[0].finish())
        while not idle.done():
            await command(postgres_url, CUT)
            cuts += 1
            await asyncio.wait({idle}, timeout=1.0)
        for worker in workers:
            await worker.stop()
        found = await stage.reckon()
    figure(f"{cuts} cuts, {number} messages: {found.figure}")
    found.check()
    assert found.unknown == 0


async def test_workers_whose_clocks_are_wrong_keep_the_pace_by_the_databases(
    postgres_url: str, tmp_path: Path, figure: Figure
) -> None:
    """K7: five minutes ahead, and five behind."""
    async with Stage.open(postgres_url, tmp_path, seed=1, rate=50.0) as stage:
        await stage.owe(150)
        workers = [await stage.hire(skew=300.0), await stage.hire(skew=-300.0)]
        for worker in workers:
            await worker.finish()
            await worker.stop()
        found = await stage.reckon()
    figure(f"at most {found.busiest} in any second of 50; {found.figure}")
    found.check()
    assert found.states == {"sent": 150}
    assert found.busiest <= 55


async def test_a_deploy_in_the_middle_of_a_broadcast_leaves_nothing_unknown(
    place: Place, figure: Figure
) -> None:
    """C5, O2: each process is asked to end, and the next goes on."""
    async with Stage.open(place.url, place.state, seed=1, rate=100.0) as stage:
        await stage.owe(150)
        took = []
        for _ in range(2):
            worker = await stage.hire()
            await worker.says("ready")
            await asyncio.sleep(0.3)
            left, seconds = await worker.stop()
            assert left == 0
            took.append(seconds)
        last = await stage.hire()
        await last.finish()
        await last.stop()
        found = await stage.reckon()
    figure(f"{place.engine}: {found.figure}; ended in {max(took):.2f} s")
    found.check()
    assert found.states == {"sent": 150}
    assert list((place.state / "flight").glob("*")) == []
