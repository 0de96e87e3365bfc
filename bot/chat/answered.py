"""What was answered where of late, so that nothing long is said twice and an edit finds its answer.

Kept in memory: after a restart a long answer may be given once more, and an edited question is
answered by a new message.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

REPEAT = 600.0
"""Seconds in which a long answer is pointed to instead of being given again."""
MOST = 5000

Spot = tuple[int, int, tuple[str, ...]]
"""Telegram's chat id, the topic, and the name of a screen."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that shows a long answer, since `at` (monotonic seconds), in these words."""

    message_id: int
    at: float
    texts: tuple[str, ...]


@dataclass(slots=True)
class Answered:
    """Answers by their question, and long answers by what they show."""

    _answers: OrderedDict[tuple[int, int], list[int]] = field(default_factory=OrderedDict)
    _shown: OrderedDict[Spot, Shown] = field(default_factory=OrderedDict)
    _spots: dict[tuple[int, int], Spot] = field(default_factory=dict)

    def note(self, tg_id: int, question: int, answer: int) -> None:
        """A message of ours answers somebody's."""
        held = self._answers.setdefault((tg_id, question), [])
        if answer not in held:
            held.append(answer)
        if len(self._answers) > MOST:
            self._answers.popitem(last=False)

    def take(self, tg_id: int, question: int) -> list[int]:
        """Our messages that answered this one, to be edited now that it was."""
        return self._answers.pop((tg_id, question), [])

    def show(self, spot: Spot, shown: Shown) -> None:
        """A long answer stands in this message now."""
        self.leave(spot[0], shown.message_id)
        old = self._shown.pop(spot, None)
        if old is not None:
            self._spots.pop((spot[0], old.message_id), None)
        self._shown[spot] = shown
        self._spots[spot[0], shown.message_id] = spot
        if len(self._shown) > MOST:
            gone, first = self._shown.popitem(last=False)
            self._spots.pop((gone[0], first.message_id), None)

    def leave(self, tg_id: int, message_id: int) -> None:
        """A message shows something else now, or is gone."""
        spot = self._spots.pop((tg_id, message_id), None)
        if spot is not None:
            self._shown.pop(spot, None)

    def lately(self, spot: Spot, now: float) -> Shown | None:
        """The message that shows this, if it was sent in the last ten minutes."""
        shown = self._shown.get(spot)
        return shown if shown is not None and now - shown.at < REPEAT else None
