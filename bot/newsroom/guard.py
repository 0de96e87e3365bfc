"""Whether the wall clock can be believed: it should pass as the machine's own count does."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from bot.clock import Clock

JUMP = timedelta(seconds=120)
AGREEING = 3
APART = 5.0
"""Seconds between two looks that both count as agreeing."""

Look = Literal["steady", "jumped", "doubtful", "settled"]


def count_seconds() -> float:
    """Seconds since the machine started, those in which it slept included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class ClockGuard:
    """Compares, look by look, how far the wall clock and the machine's count have come.

    After a suspend both have moved alike; after a wrong `date`, or a lost battery, only one has.
    Nothing is to be sent from a jump until three looks in a row agree again: an hour that has not
    come would be served, and what waits would go out at night, or end as too late.
    """

    def __init__(self, clock: Clock, seconds: Callable[[], float] = count_seconds) -> None:
        self._clock = clock
        self._seconds = seconds
        self._last: tuple[datetime, float] | None = None
        self._expected = timedelta()
        self._missing = 0
        self._counted_at = 0.0
        self.jump = timedelta()
        """By how much the clock jumped, the last time that it did."""

    @property
    def is_steady(self) -> bool:
        return self._missing == 0

    def is_right(self) -> bool:
        """Whether the clock can be believed at this moment, between two looks too."""
        if self._last is None:
            return True
        then, seconds = self._last
        passed = timedelta(seconds=self._seconds() - seconds)
        jump = self._clock.now() - then - passed - self._expected
        return self.is_steady and abs(jump) <= JUMP

    def expect(self, by: timedelta) -> None:
        """The clock is about to be moved on purpose (the demo's way to tomorrow morning)."""
        self._expected += by

    def trust(self) -> None:
        """Believe the clock from now on, by an operator's word."""
        self._last = None
        self._missing = 0

    def look(self) -> Look:
        """`steady`, or what became of it: `jumped` just now, `doubtful` still, `settled` again."""
        now, seconds = self._clock.now(), self._seconds()
        last, self._last = self._last, (now, seconds)
        if last is None:
            return "steady"
        jump = now - last[0] - timedelta(seconds=seconds - last[1]) - self._expected
        self._expected = timedelta()
        if abs(jump) > JUMP:
            self.jump, self._missing, self._counted_at = jump, AGREEING, seconds
            return "jumped"
        if self._missing == 0:
            return "steady"
        if seconds - self._counted_at >= APART:
            self._missing -= 1
            self._counted_at = seconds
        return "doubtful" if self._missing else "settled"
