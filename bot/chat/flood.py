"""How much one person may ask of one chat: more than any human does, and no more.

Whoever goes beyond is told to slow down, once a minute in a chat; the rest is dropped and counted,
so that one who floods costs next to nothing and delays nobody.
"""

from __future__ import annotations

from typing import Literal

BURST = 40
"""Questions and presses at once; a hasty person makes some ten in as many seconds."""
RATE = 2.0
"""And so many a second after that."""
WAITING = 60
"""What may wait for its answer in one chat: answers go out at about one a second."""
QUIET = 60.0
"""Seconds between two requests to slow down in one chat."""
SWEEP_EVERY = 4096

Verdict = Literal["take", "warn", "drop"]


class Flood:
    """Keeps count per person and chat, in memory, for those of the last seconds only."""

    def __init__(self) -> None:
        self.dropped = 0
        """How many were dropped since the start."""
        self._due: dict[tuple[int, int], float] = {}
        self._warned: dict[int, float] = {}
        self._until_sweep = SWEEP_EVERY

    def judge(self, chat: int, person: int, waiting: int, now: float) -> Verdict:
        """One more question of `person`; `waiting` are before it in its chat, `now` in seconds.

        To `warn` is to answer it by a request to slow down.
        """
        key = (chat, person)
        due = max(self._due.get(key, now), now)
        if due - now <= (BURST - 1) / RATE and waiting < WAITING:
            self._due[key] = due + 1 / RATE
            self._until_sweep -= 1
            if self._until_sweep <= 0:
                self._sweep(now)
            return "take"
        if now - self._warned.get(chat, -QUIET) >= QUIET:
            self._warned[chat] = now
            return "warn"
        self.dropped += 1
        return "drop"

    def __len__(self) -> int:
        return len(self._due) + len(self._warned)

    def _sweep(self, now: float) -> None:
        self._due = {key: due for key, due in self._due.items() if due > now}
        self._warned = {chat: at for chat, at in self._warned.items() if now - at < QUIET}
        self._until_sweep = SWEEP_EVERY + len(self)
