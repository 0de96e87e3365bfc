"""What the bot has not yet been told: the queue behind getUpdates and the webhook.

Updates wait 24 hours, some much less. A call confirms all before its offset. One poller at a
time: a second getUpdates ends the first with a 409, as does a webhook.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.sandbox.chats import Payload
from bot.sandbox.draws import Draws

DAY = 86400.0
LIFE = {
    "callback_query": 150.0,
    "inline_query": 30.0,
    "chosen_inline_result": 600.0,
    "shipping_query": 150.0,
    "pre_checkout_query": 150.0,
}
"""Seconds that an update of a kind waits, where it is less than a day."""

NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
OTHER_POLLER = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """One update that waits. `body` is what the bot is sent; `chat` orders webhook delivery."""

    id: int
    kind: str
    at: float
    chat: int
    body: Payload

    def alive(self, now: float) -> bool:
        return now - self.at < LIFE.get(self.kind, DAY)


@dataclass(slots=True)
class Webhook:
    """Where updates are pushed to, and what went wrong last."""

    url: str
    secret: str = ""
    max_connections: int = 40
    ip_address: str = ""
    certificate: bool = False
    error_at: int = 0
    error: str = ""


@dataclass(slots=True, eq=False)
class Poll:
    """A getUpdates that waits. `wake` is called when there is news; `ended` says why to stop."""

    wake: Callable[[], None]
    ended: str = ""


@dataclass(slots=True)
class Updates:
    """The queue, the poller and the webhook."""

    draws: Draws
    pending: deque[Update] = field(default_factory=deque)
    allowed: frozenset[str] = frozenset()
    """Empty means all kinds but those of NOT_BY_DEFAULT."""
    webhook: Webhook | None = None
    spoiled: dict[int, bytes] = field(default_factory=dict)
    """What getUpdates writes in place of an update, by its id: no JSON, or too deep to be read."""
    dropped: int = 0
    """How many ran out of time before the bot took them."""
    poll: Poll | None = None
    listeners: list[Callable[[], None]] = field(default_factory=list)
    """Called at each new update and at each change of the webhook."""
    _last_id: int = 0
    _last_at: float = 0.0

    def wanted(self, kind: str) -> bool:
        """Whether the bot asked for this kind."""
        return kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT

    def allow(self, kinds: Iterable[str]) -> None:
        """Choose the kinds from now on; what waits already stays."""
        self.allowed = frozenset(kinds)

    def add(self, kind: str, payload: Payload, chat: int, now: float) -> None:
        """Queue an update; ids go up by one, and start anew after a week of silence."""
        if not self.wanted(kind):
            return
        if not self._last_id or (now - self._last_at > 7 * DAY and not self.pending):
            self._last_id = 100_000_000 + int(self.draws.share() * 800_000_000)
        self._last_id += 1
        self._last_at = now
        body = {"update_id": self._last_id, kind: payload}
        self.pending.append(Update(self._last_id, kind, now, chat, body))
        self.news()

    def news(self) -> None:
        """Wake the poller and whoever listens."""
        if self.poll is not None:
            self.poll.wake()
        for listener in self.listeners:
            listener()

    def expire(self, now: float) -> None:
        """Drop what waited too long."""
        if all(update.alive(now) for update in self.pending):
            return
        kept = [update for update in self.pending if update.alive(now)]
        self.dropped += len(self.pending) - len(kept)
        self.pending = deque(kept)

    def fetch(self, offset: int, limit: int, now: float) -> list[Payload]:
        """Confirm all before `offset` (a negative one counts from the end), give the next."""
        self.expire(now)
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
        else:
            while self.pending and self.pending[0].id < offset:
                self.pending.popleft()
        return [update.body for _, update in zip(range(limit), self.pending, strict=False)]

    def begin(self, poll: Poll) -> None:
        """A getUpdates begins to wait."""
        self.end(OTHER_POLLER)
        self.poll = poll

    def finish(self, poll: Poll) -> None:
        """It waits no more."""
        if self.poll is poll:
            self.poll = None

    def end(self, why: str) -> None:
        """Send the one that waits away with a 409."""
        if self.poll is not None:
            poll, self.poll = self.poll, None
            poll.ended = why
            poll.wake()

    def spoil(self, content: bytes) -> int:
        """Have the newest update written as `content`, with NUMBER for its id, which is given."""
        self.spoiled[self._last_id] = content.replace(b"NUMBER", str(self._last_id).encode())
        return self._last_id

    def take(self, update: Update) -> None:
        """A webhook took it."""
        if update in self.pending:
            self.pending.remove(update)
