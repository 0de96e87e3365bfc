"""How fast a bot may send, by the clock handed in.

A group or channel takes 20 messages in any 60 seconds, a private chat about one a second after a
short burst, and all chats together 30 in any second. Each of the three can be switched off. What
was refused does not count. Telegram's own windows are not published; these are the strict ones.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass, field

from bot.sandbox.chats import Chat
from bot.sandbox.refusals import too_many

GROUP_LIMIT = 20
GROUP_WINDOW = 60.0


@dataclass(slots=True)
class Rates:
    """The windows, and how often each of them refused (`refused["group"]`)."""

    private: bool = True
    group: bool = True
    overall: bool = True
    edits: bool = False
    """Whether an edit counts as a message sent; Telegram's answer is contested."""
    burst: float = 5.0
    overall_limit: int = 30
    paid_limit: int = 1000
    refused: Counter[str] = field(default_factory=Counter)
    _recent: deque[float] = field(default_factory=deque)

    def take(self, chat: Chat, now: float, *, paid: bool = False) -> None:
        """Count one message to a chat. Raises a 429 with the seconds until it may be sent."""
        recent = self._recent
        if self.overall:
            while recent and recent[0] <= now - 1.0:
                recent.popleft()
            if len(recent) >= (self.paid_limit if paid else self.overall_limit):
                self._refuse("overall", recent[0] + 1.0 - now)
        if chat.kind == "private":
            if self.private:
                until = max(chat.paid_until, now) + 1.0
                if until - now > self.burst + 1e-6:
                    self._refuse("private", until - now - self.burst)
                chat.paid_until = until
        elif self.group:
            sent = chat.sent
            while sent and sent[0] <= now - GROUP_WINDOW:
                sent.popleft()
            if len(sent) >= GROUP_LIMIT:
                self._refuse("group", sent[0] + GROUP_WINDOW - now)
            sent.append(now)
        if self.overall:
            recent.append(now)

    def _refuse(self, which: str, seconds: float) -> None:
        self.refused[which] += 1
        raise too_many(max(1, math.ceil(seconds - 1e-6)))

    def off(self) -> None:
        """Switch all three off, as benchmarks do."""
        self.private = self.group = self.overall = False
