"""The timers of this process. They only tick: nothing about a reader, nothing that must survive.

APScheduler reads the wall clock. Should that be set back, every timer would sleep until the old
time comes round again; `_watch` counts in its own seconds and winds them anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from apscheduler.events import EVENT_SCHEDULER_SHUTDOWN
from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import telemetry
from bot.clock import Clock, micros
from bot.errors import StoreError
from bot.newsroom.rounds import Round
from bot.store import alive, deliveries
from bot.store.database import Database, read_clock
from bot.store.pruning import prune

log = telemetry.logger(__name__)

TICK = 15.0
"""Seconds between two rounds at most; the next hour is never slept through."""
REAP = 5.0
ALIVE = 5.0
PRUNE = 3600.0
SILENCE = 60.0
KEEP = timedelta(days=35)
"""How long ended deliveries are kept: they are what keeps a date from being sent twice."""
STOP_SECONDS = 10.0


Work = Callable[[], Awaitable[object]]


class Ticks(Protocol):
    """What makes the rounds: `Rounds`."""

    async def tick(self) -> Round: ...


class Watches(Protocol):
    """What looks for hours that went by in silence: `Watchman`."""

    async def look(self) -> object: ...


class Schedule:
    """Starts and stops the timers of one process.

    schedule = Schedule(database, clock, rounds, state=Path("var"))
    await schedule.start()
    schedule.wake()          # a subscription or a revision is new: look now
    await schedule.stop()
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        rounds: Ticks,
        *,
        state: Path | None = None,
        tick: float = TICK,
        on_reaped: Callable[[deliveries.Reaped], Awaitable[None]] | None = None,
        watchman: Watches | None = None,
        trusts: Callable[[], bool] = lambda: True,
    ) -> None:
        self._database = database
        self._clock = clock
        self._rounds = rounds
        self._state = state
        self._seconds = tick
        self._on_reaped = on_reaped
        self._watchman = watchman
        self._trusts = trusts
        self._beside: dict[str, tuple[float, Work]] = {}
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._tick: Job | None = None
        self._again = False
        self._is_on_round = False
        self._busy: set[asyncio.Task[None]] = set()
        self._watching: asyncio.Task[None] | None = None

    def also(self, name: str, seconds: float, work: Work) -> None:
        """Do this too, so often; to be said before `start`."""
        self._beside[name] = seconds, work

    async def start(self) -> None:
        """Begin; the first round is made at once."""
        # A coroutine function that APScheduler can see as one runs in our loop, not in a thread.
        self._tick = self._add("tick", self._make_rounds, self._seconds)
        self._add("reap", self._reap, REAP)
        self._add("alive", self._note_alive, ALIVE)
        self._add("prune", self._prune, PRUNE)
        # Not at once: what is late at a start is served by the first round.
        self._add("silence", self._look, SILENCE, after=SILENCE)
        for name, (seconds, work) in self._beside.items():
            self._add(name, work, seconds)
        self._scheduler.start()
        self._watching = asyncio.create_task(self._watch(), name="schedule")

    def wake(self) -> None:
        """Make a round now; one that is running is followed by another."""
        self._again = True
        if self._tick is not None and self._scheduler.running and not self._is_on_round:
            self._tick.modify(next_run_time=datetime.now(UTC))

    async def stop(self) -> None:
        """End: no timer begins any more, and what runs has ten seconds to come to its end."""
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])
        if self._busy:
            await asyncio.wait(self._busy, timeout=STOP_SECONDS)
        # It shuts down in a later turn of the loop.
        down = asyncio.Event()
        self._scheduler.add_listener(lambda _: down.set(), EVENT_SCHEDULER_SHUTDOWN)
        self._scheduler.shutdown(wait=False)
        await down.wait()

    def _add(self, name: str, work: Work, seconds: float, after: float = 0.0) -> Job:
        async def run() -> None:
            task = asyncio.current_task()
            if task is not None:
                self._busy.add(task)
            try:
                await work()
            except StoreError as error:
                log.warning("The database is away.", action=name, error=str(error))
            finally:
                if task is not None:
                    self._busy.discard(task)

        first = datetime.now(UTC) + timedelta(seconds=after)
        return self._scheduler.add_job(
            run, "interval", seconds=seconds, id=name, next_run_time=first
        )

    # --- the timers ------------------------------------------------------------------------

    async def _make_rounds(self) -> None:
        self._is_on_round = True
        try:
            self._again = False
            done = await self._rounds.tick()
            while self._again:
                self._again = False
                done = await self._rounds.tick()
        finally:
            self._is_on_round = False
        wait = self._seconds
        if done.next_at is not None:
            until = (done.next_at - self._clock.now()).total_seconds()
            # What is due and was not served is another's work just now; do not spin on it.
            wait = min(wait, until if done.is_whole else max(until, 1.0))
        if self._tick is not None:
            at = datetime.now(UTC) + timedelta(seconds=max(0.0, wait))
            self._tick.modify(next_run_time=at)

    async def _reap(self) -> None:
        async with self._database.write() as conn:
            # Leases were given by this clock; another machine's may be wrong by minutes.
            shared = self._database.engine_name != "sqlite"
            now = await read_clock(conn) if shared else micros(self._clock.now())
            reaped = await deliveries.reap(conn, now)
        if reaped.released or reaped.unknown:
            log.warning(
                "Leases were over.",
                action="reap",
                released=reaped.released,
                unknown=reaped.unknown,
            )
            if self._on_reaped is not None:
                await self._on_reaped(reaped)

    async def _note_alive(self) -> None:
        """Beside the database, so that a restored backup can be told from the present."""
        await alive.note(self._database, self._state, micros(self._clock.now()))

    async def _look(self) -> None:
        if self._watchman is not None and self._trusts():
            await self._watchman.look()

    async def _prune(self) -> None:
        # By a clock that is years ahead everything would be old enough.
        if not self._trusts():
            return
        now = self._clock.now()
        dropped = await prune(self._database, now=micros(now), before=micros(now - KEEP))
        if dropped:
            log.info("What nobody needs any more is dropped.", action="prune", **dropped)

    async def _watch(self) -> None:
        """Wind the timers anew after the wall clock was set back."""
        seconds = asyncio.get_running_loop().time
        before = datetime.now(UTC), seconds()
        while True:
            await asyncio.sleep(self._seconds)
            now = datetime.now(UTC), seconds()
            passed = (now[0] - before[0]).total_seconds()
            if passed < now[1] - before[1] - self._seconds:
                log.warning("The clock was set back; timers are wound anew.", action="clock")
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=now[0])
            before = now
