"""Time, handed in from the edge: real, shifted (the demo), or moved by hand (tests)."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Wall time in UTC, and a monotonic count of seconds to wait by."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class ManualClock:
    """A clock that stands still until told to move; sleepers wake in the order of their times."""

    def __init__(self, start: datetime) -> None:
        if start.utcoffset() is None:
            raise ValueError("a clock starts at an aware datetime")
        self._start = start.astimezone(UTC)
        self._elapsed = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), future))
        await future

    def jump(self, seconds: float) -> None:
        """Move the wall clock alone, as an operator's `date` would; no sleeper wakes."""
        self._start += timedelta(seconds=seconds)

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass; each sleeper due on the way wakes at its own time."""
        until = self._elapsed + seconds
        while self._sleepers and self._sleepers[0][0] <= until:
            at, _, future = heapq.heappop(self._sleepers)
            if future.done():
                continue
            self._elapsed = max(self._elapsed, at)
            future.set_result(None)
            await settle()
        self._elapsed = until
        await settle()


class ShiftedClock(SystemClock):
    """The machine's clock, moved ahead on request; the demo's way to reach tomorrow morning."""

    def __init__(self) -> None:
        self._shift = timedelta()

    def now(self) -> datetime:
        return super().now() + self._shift

    def advance(self, by: timedelta) -> None:
        """Move ahead; a demo's clock never goes back."""
        if by < timedelta():
            raise ValueError("the demo's clock only moves ahead")
        self._shift += by


async def settle(turns: int = 20) -> None:
    """Let tasks that can run, run; used where time is moved by hand."""
    for _ in range(turns):
        await asyncio.sleep(0)


def micros(moment: datetime) -> int:
    """UTC microseconds since 1970, the unit of every time in the database."""
    return round(moment.timestamp() * 1_000_000)


def moment(value: int) -> datetime:
    """The aware UTC datetime of a database time."""
    return datetime.fromtimestamp(value / 1_000_000, UTC)
