"""Whether it is wise to send: opened by the first failure, closed by proof that sending works.

closed ──fail──▶ open ──a probe answers──▶ trial ──a message gets through──▶ closed
                  ▲────────a failure─────────┘          (one message at a time on trial)

So of what nobody knows the fate of there is no more than was on the wire when it began.
"""

from __future__ import annotations

import random
from typing import Literal

from bot.clock import Clock

FIRST = 0.25
LONGEST = 60.0


class Breaker:
    """Counts nothing but the last pause: 0.25 s, then doubled up to a minute, with jitter."""

    def __init__(self, clock: Clock, draws: random.Random) -> None:
        self._clock = clock
        self._draws = draws
        self._pause = 0.0
        self._until = 0.0
        self.state: Literal["closed", "open", "trial"] = "closed"
        self.reason = ""

    @property
    def pause(self) -> float:
        """Seconds that this failure costs; what was not sent may come again after them."""
        return self._pause

    def fail(self, reason: str) -> None:
        """A call failed. While open, more of the same is no news."""
        if self.state == "open":
            return
        self._open(reason)

    def probe_failed(self, reason: str) -> None:
        """The probe failed too: wait longer."""
        self._open(reason)

    def probe_answered(self) -> None:
        """Somebody is there: try one message."""
        self.state = "trial"

    def succeed(self) -> None:
        """A message got through, or was refused by Telegram itself."""
        if self.state == "trial":
            self.state = "closed"
            self._pause = 0.0
            self.reason = ""

    def wait(self) -> float:
        """Seconds until the next probe; 0 when it is time, or when nothing is wrong."""
        if self.state != "open":
            return 0.0
        return max(0.0, self._until - self._clock.monotonic())

    def _open(self, reason: str) -> None:
        self._pause = min(LONGEST, max(FIRST, self._pause * 2))
        # Many processes that lost the same server should not come back as one.
        self._until = self._clock.monotonic() + self._pause * self._draws.uniform(0.8, 1.2)
        self.state = "open"
        self.reason = reason
