"""The timers: that they tick in time, and stop in order. In real time, waiting on events only."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from bot.clock import ShiftedClock, micros, moment
from bot.errors import StoreAway
from bot.newsroom.rounds import Round
from bot.newsroom.schedule import Schedule
from bot.store import deliveries
from bot.store.database import Database, read_meta
from tests.newsroom.desk import Desk

PATIENCE = 20.0


class Counting:
    """Stands where the rounds are: counts ticks, and does at each what the test wants."""

    def __init__(self, clock: ShiftedClock) -> None:
        self.clock = clock
        self.ticks: asyncio.Queue[float] = asyncio.Queue()
        self.next_in: float | None = None
        self.is_whole = True
        self.gate: asyncio.Event | None = None
        self.error: Exception | None = None

    async def tick(self) -> Round:
        self.ticks.put_nowait(asyncio.get_running_loop().time())
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        if self.next_in is None:
            return Round(is_whole=self.is_whole)
        return Round(
            next_at=self.clock.now() + timedelta(seconds=self.next_in), is_whole=self.is_whole
        )

    async def wait(self) -> float:
        return await asyncio.wait_for(self.ticks.get(), PATIENCE)


@pytest.fixture
def counting() -> Counting:
    return Counting(ShiftedClock())


def schedule(
    counting: Counting, database: Database, *, state: Path | None = None, tick: float = 15.0
) -> Schedule:
    return Schedule(database, counting.clock, counting, state=state, tick=tick)


async def test_the_first_round_is_made_at_once(counting: Counting, database: Database) -> None:
    timers = schedule(counting, database)
    await timers.start()
    await counting.wait()
    await timers.stop()


async def test_the_next_round_is_made_at_the_next_hour(
    counting: Counting, database: Database
) -> None:
    counting.next_in = 0.3
    timers = schedule(counting, database)
    await timers.start()
    first, second = await counting.wait(), await counting.wait()
    await timers.stop()
    assert second - first >= 0.29


async def test_a_far_hour_is_not_slept_through(counting: Counting, database: Database) -> None:
    counting.next_in = 3600.0
    timers = schedule(counting, database, tick=0.2)
    await timers.start()
    await counting.wait()
    await counting.wait()
    await timers.stop()


async def test_an_hour_that_another_process_serves_is_not_spun_on(
    counting: Counting, database: Database
) -> None:
    counting.next_in, counting.is_whole = -1.0, False
    timers = schedule(counting, database)
    await timers.start()
    first, second = await counting.wait(), await counting.wait()
    await timers.stop()
    assert second - first >= 0.9


async def test_a_wake_makes_a_round_now(counting: Counting, database: Database) -> None:
    timers = schedule(counting, database)
    await timers.start()
    await counting.wait()
    timers.wake()
    await counting.wait()
    await timers.stop()


async def test_a_wake_during_a_round_makes_another_after_it(
    counting: Counting, database: Database
) -> None:
    counting.gate = asyncio.Event()
    timers = schedule(counting, database)
    await timers.start()
    await counting.wait()
    timers.wake()
    timers.wake()
    assert counting.ticks.empty()
    counting.gate.set()
    await counting.wait()
    await timers.stop()
    assert counting.ticks.empty()


async def test_a_round_that_runs_is_let_finish(counting: Counting, database: Database) -> None:
    counting.gate = asyncio.Event()
    timers = schedule(counting, database)
    await timers.start()
    await counting.wait()
    stopping = asyncio.create_task(timers.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    counting.gate.set()
    await asyncio.wait_for(stopping, PATIENCE)
    timers.wake()
    await timers.stop()


async def test_a_database_that_is_away_does_not_end_the_rounds(
    counting: Counting, database: Database
) -> None:
    counting.error = StoreAway("The database does not answer.")
    timers = schedule(counting, database, tick=0.2)
    await timers.start()
    await counting.wait()
    await counting.wait()
    await timers.stop()


async def test_the_process_notes_that_it_lives(
    counting: Counting, database: Database, tmp_path: Path
) -> None:
    timers = schedule(counting, database, state=tmp_path)
    await timers.start()
    await counting.wait()
    await timers.stop()
    async with database.read() as conn:
        noted = await read_meta(conn, "last_alive")
    assert noted is not None
    assert abs(counting.clock.now() - moment(int(noted))) < timedelta(seconds=PATIENCE)
    assert (tmp_path / "last_alive").read_text("utf-8").strip() == noted


async def test_leases_that_are_over_are_taken_back(
    desk: Desk, counting: Counting, database: Database
) -> None:
    await desk.subscribe(await desk.chat(1))
    await desk.until("24 08:00")
    async with database.write() as conn:
        [claimed] = await deliveries.claim(
            conn,
            now=micros(desk.clock.now()),
            token="gone",
            limit=5,
            lease=1,
            interval=1,
            horizon=1000,
        )
        await deliveries.mark(conn, [claimed.id], "gone", micros(desk.clock.now()), 0)
    reaped: asyncio.Queue[deliveries.Reaped] = asyncio.Queue()
    timers = Schedule(database, counting.clock, counting, on_reaped=reaped.put)
    await timers.start()
    found = await asyncio.wait_for(reaped.get(), PATIENCE)
    await timers.stop()
    assert (found.released, found.unknown) == (0, 1)


async def test_a_demo_that_moves_its_clock_gets_its_brief(desk: Desk, database: Database) -> None:
    await desk.subscribe(await desk.chat(1))
    timers = Schedule(database, desk.clock, desk.rounds)
    await timers.start()
    desk.guard.expect(timedelta(hours=1))
    desk.clock.jump(3600)
    timers.wake()
    await asyncio.wait_for(desk.owed.wait(), PATIENCE)
    await timers.stop()
    assert len(await desk.texts()) == 1


async def test_timers_go_on_when_the_clock_is_set_back(
    counting: Counting, database: Database
) -> None:
    timers = schedule(counting, database, tick=0.3)
    await timers.start()
    await counting.wait()
    with time_machine.travel(datetime.now(UTC) - timedelta(days=1), tick=True):
        while not counting.ticks.empty():
            counting.ticks.get_nowait()
        await counting.wait()
        await counting.wait()
        await timers.stop()
