"""Whether the wall clock can be believed: it should pass as the machine's own count does, and
tell the time that Telegram tells.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.clock import Clock

JUMP = timedelta(seconds=120)
AGREEING = 3
APART = 5.0
"""Seconds between two looks that both count as agreeing."""

Look = Literal["steady", "jumped", "doubtful", "settled", "wrong", "mended"]


class Witness(Protocol):
    """Whose clock ours is held against: `delivery.witness.Witness`."""

    @property
    def says(self) -> Literal["nothing", "agrees", "unsure", "disagrees"]: ...

    @property
    def apart(self) -> timedelta: ...

    def forget(self) -> None: ...


def count_seconds() -> float:
    """Seconds since the machine started, those in which it slept included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class ClockGuard:
    """Compares, look by look, how far the wall clock and the machine's count have come, and asks
    the witness, if there is one.

    After a suspend both have moved alike; after a wrong `date`, or a lost battery, only one has.
    Nothing is to be sent from a jump until three looks in a row agree again: an hour that has not
    come would be served, and what waits would go out at night, or end as too late. A clock that
    is wrong from the start never jumps: only the witness knows.
    """

    def __init__(
        self,
        clock: Clock,
        seconds: Callable[[], float] = count_seconds,
        witness: Witness | None = None,
    ) -> None:
        self._clock = clock
        self._seconds = seconds
        self._witness = witness
        self._last: tuple[datetime, float] | None = None
        self._expected = timedelta()
        self._missing = 0
        self._counted_at = 0.0
        self._has_jumped = False
        self.is_denied = False
        """Whether the witness disagreed at a look, and nothing was believed since."""
        self.jump = timedelta()
        """By how much the clock jumped, the last time that it did."""

    @property
    def is_steady(self) -> bool:
        return self._missing == 0

    @property
    def theirs(self) -> datetime:
        """What the witness's clock says; ours where there is none."""
        return self._clock.now() + (self._witness.apart if self._witness else timedelta())

    def is_right(self) -> bool:
        """Whether the clock can be believed at this moment, between two looks too."""
        if self._is_doubted():
            return False
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
        self._has_jumped = False

    def look(self) -> Look:
        """`steady`, or what became of it: `jumped` just now, `doubtful` still, `settled` again;
        `wrong` by the witness's clock since just now, `mended` when that is over.
        """
        jumped = self._has_moved()
        if jumped and self._witness is not None:
            self._witness.forget()
        if self._witness is not None and self._witness.says == "disagrees" and not self.is_denied:
            self.is_denied = True
            return "wrong"
        if jumped and not self.is_denied:
            self._has_jumped = True
            return "jumped"
        if not self.is_steady or self._is_doubted():
            return "doubtful"
        look: Look = "settled" if self._has_jumped else "steady"
        if self.is_denied:
            look = "mended"
        self.is_denied = self._has_jumped = False
        return look

    def _is_doubted(self) -> bool:
        """Once the witness spoke, its agreement is waited for."""
        return self._witness is not None and self._witness.says in ("unsure", "disagrees")

    def _has_moved(self) -> bool:
        """Whether the clock jumped since the last look; else, one more look agrees."""
        now, seconds = self._clock.now(), self._seconds()
        last, self._last = self._last, (now, seconds)
        if last is None:
            return False
        jump = now - last[0] - timedelta(seconds=seconds - last[1]) - self._expected
        self._expected = timedelta()
        if abs(jump) > JUMP:
            self.jump, self._missing, self._counted_at = jump, AGREEING, seconds
            return True
        if self._missing and seconds - self._counted_at >= APART:
            self._missing -= 1
            self._counted_at = seconds
        return False
