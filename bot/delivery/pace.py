"""How fast we may write: to one person, to one group, to all. Those who ask go first.

A reservation is a value: whether the turn was granted, and how long to wait for it. Nothing here
sleeps. What is owed waits for every rule; one who asks waits for a 429 and for the own chat only.

Telegram's rules (telegram.md 3): about one message a second to a person, short bursts allowed;
20 in any 60 s to a group, over all its topics; about 30 a second in all, to which answers are not
held. A bucket that saves up would pay out twice: at 25 a second and burst 1 no second holds
more than 28, at 30 and burst 30 one holds 59 (reliability.md 6.1).
"""

from __future__ import annotations

import math
from bisect import insort
from collections import deque
from dataclasses import dataclass

from bot.clock import Clock

PRIVATE_GAP = 1.1
PRIVATE_BURST = 3
"""Messages in a row that one who asks gets at once: a long answer has parts."""
GROUP_GAP = 3.1
GROUP_LIMIT = 20
GROUP_KEPT = 5
"""Places of the group's twenty that what is owed leaves to those who ask."""
GROUP_WINDOW = 60.5
"""Telegram's 60 s, and half a second for messages that overtake each other on the way."""
ASKER_SHARE = 3.0
"""Answers a second that are taken from what is owed; beyond it they come on top, so that a
flood of questions never stops a broadcast."""
TELLING = 10.0
"""Seconds in which a second chat's 429 means that all are meant."""
SWEEP_EVERY = 1024
FREE_RATE = 30.0
"""Messages in any second that Telegram takes for nothing."""
LATE = 0.1
"""Seconds after its slot for which a message may still leave. What leaves 0 to L seconds after
slots 1/r apart makes at most r * (1 + L) + 1 in any second: 28 at 25 a second, and two places are
left for messages that overtake each other on the way. A quarter of a second would make 32."""
LATE_PAID = 0.25
"""The same where much more is paid for: there a claim takes longer than its slots are apart."""
BRISK = 100.0
"""Messages a second up to which no second holds a tenth more than the pace."""
USUAL_OF = 9


@dataclass(frozen=True, slots=True)
class Turn:
    """`granted`: reserved, to be used after `wait` seconds. Else nothing was taken; ask again."""

    granted: bool
    wait: float


def lateness(rate: float, doubt: float = 0.0) -> float:
    """Seconds after its slot for which a message may still leave, at `rate` messages a second.

    `doubt` (seconds) is by how much the slot may have come earlier than it seemed. It shortens
    the time, but never to nothing: a database far away would let nothing be sent.
    """
    brisk = LATE - 1 / rate if rate > FREE_RATE else LATE
    late = brisk if rate <= BRISK else LATE_PAID
    return max(late - doubt, late / 2)


class Usual:
    """How long something usually takes, in seconds: three of four of its last times took no
    longer; 0 before any. One hiccup says nothing; what is always slow is begun earlier.
    """

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=USUAL_OF)

    def note(self, seconds: float) -> None:
        self._times.append(seconds)

    @property
    def seconds(self) -> float:
        ordered = sorted(self._times)
        return ordered[(len(ordered) - 1) * 3 // 4] if ordered else 0.0


class Pacer:
    """Keeps every rule of pace for one bot in one process; chats are Telegram's ids.

    Times are the clock's monotonic seconds. Memory holds the chats of the last minute only.
    """

    def __init__(self, clock: Clock, rate: float = 25.0) -> None:
        if rate <= 0:
            raise ValueError("a pace is more than nothing a second")
        self._clock = clock
        self.rate = rate
        self._next = -math.inf
        self._held = -math.inf
        self._askers_next = -math.inf
        self._spent = 0
        self._private: dict[int, float] = {}
        self._groups: dict[int, list[float]] = {}
        self._held_chats: dict[int, float] = {}
        self._limited: dict[int, float] = {}
        self._until_sweep = SWEEP_EVERY

    def ask(self, chat: int, *, within: float = math.inf) -> Turn:
        """A turn for one who asks, at most `within` seconds from now."""
        now = self._clock.monotonic()
        at = max(self._ready(chat, now, owed=False), self._held)
        if at - now > within:
            return Turn(False, at - now)
        self._take(chat, at)
        self._debit(now)
        return Turn(True, max(0.0, at - now))

    def ready(self, chat: int) -> float:
        """Seconds until `ask` would grant a turn at once; nothing is taken."""
        now = self._clock.monotonic()
        return max(self._ready(chat, now, owed=False), self._held) - now

    def owe(self, chat: int, *, slot: float = -math.inf, within: float = math.inf) -> Turn:
        """A turn for what is owed, not before the monotonic time `slot`."""
        now = self._clock.monotonic()
        at = max(self._ready(chat, now, owed=True), self._held, self._next, slot)
        if at - now > within:
            return Turn(False, at - now)
        self._take(chat, at)
        self._next = at + 1.0 / self.rate
        return Turn(True, max(0.0, at - now))

    def edit(self, chat: int, *, within: float = math.inf) -> Turn:
        """A turn to edit a message: 30 were accepted beside five sends, so no window is kept."""
        now = self._clock.monotonic()
        at = max(now, self._held, self._held_chats.get(chat, -math.inf))
        if at - now > within:
            return Turn(False, at - now)
        self._debit(now)
        return Turn(True, at - now)

    def hold(self, chat: int, seconds: float) -> bool:
        """Telegram told `chat` to wait. True if another chat was told so a moment ago."""
        now = self._clock.monotonic()
        self._held_chats[chat] = max(self._held_chats.get(chat, now), now + seconds)
        others = any(at > now - TELLING for other, at in self._limited.items() if other != chat)
        self._limited = {other: at for other, at in self._limited.items() if at > now - TELLING} | {
            chat: now
        }
        return others

    def hold_all(self, seconds: float) -> None:
        """Telegram told the bot to wait: nobody writes for so long."""
        self._held = max(self._held, self._clock.monotonic() + seconds)

    def held(self, chat: int | None = None) -> float:
        """Seconds for which all, or `chat` too, are held by a 429; 0 if they are not."""
        until = self._held
        if chat is not None:
            until = max(until, self._held_chats.get(chat, -math.inf))
        return max(0.0, until - self._clock.monotonic())

    def spent(self) -> int:
        """Turns that askers took from what is owed since this was last read."""
        count, self._spent = self._spent, 0
        return count

    def move(self, old: int, new: int) -> None:
        """A group became a supergroup; what it had sent counts on."""
        times = self._groups.pop(old, [])
        for at in times:
            insort(self._groups.setdefault(new, []), at)

    def __len__(self) -> int:
        return len(self._private) + len(self._groups) + len(self._held_chats)

    def _ready(self, chat: int, now: float, *, owed: bool) -> float:
        """When this chat may be written to, at the earliest."""
        at = max(now, self._held_chats.get(chat, -math.inf))
        if chat > 0:
            following = self._private.get(chat, -math.inf)
            return max(at, following - (0.0 if owed else (PRIVATE_BURST - 1) * PRIVATE_GAP))
        times = self._groups.get(chat)
        if not times:
            return at
        while times and times[0] <= now - GROUP_WINDOW:
            times.pop(0)
        limit = GROUP_LIMIT - GROUP_KEPT if owed else GROUP_LIMIT
        if len(times) >= limit:
            at = max(at, times[-limit] + GROUP_WINDOW)
        if owed and times:
            at = max(at, times[-1] + GROUP_GAP)
        return at

    def _take(self, chat: int, at: float) -> None:
        if chat > 0:
            self._private[chat] = max(self._private.get(chat, -math.inf), at) + PRIVATE_GAP
        else:
            insort(self._groups.setdefault(chat, []), at)
        self._until_sweep -= 1
        if self._until_sweep <= 0:
            self._sweep()

    def _debit(self, now: float) -> None:
        """Take a turn from what is owed, as long as askers keep to their share."""
        if self._askers_next - now > (ASKER_SHARE - 1) / ASKER_SHARE + 1e-9:
            return
        self._askers_next = max(self._askers_next, now) + 1 / ASKER_SHARE
        self._next = max(self._next, now) + 1.0 / self.rate
        self._spent += 1

    def _sweep(self) -> None:
        """Forget chats whose rules have run out; done so rarely that it costs nothing a turn."""
        now = self._clock.monotonic()
        self._private = {chat: at for chat, at in self._private.items() if at > now}
        self._groups = {
            chat: times for chat, times in self._groups.items() if times[-1] > now - GROUP_WINDOW
        }
        self._held_chats = {chat: at for chat, at in self._held_chats.items() if at > now}
        self._until_sweep = SWEEP_EVERY + len(self)
