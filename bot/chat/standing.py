"""Who is in charge of a group or channel, by Telegram's word of at most a minute ago."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.clock import Clock
from bot.delivery.post import Post
from bot.delivery.transport import MaybeSent, Refused

KEPT = 60.0
"""Seconds for which a list of admins is good enough to look at a screen by."""
MOST = 2000


@dataclass(slots=True)
class Standing:
    """Lists of admins. What has an effect asks anew: a right that was taken away is none."""

    post: Post
    clock: Clock
    _known: dict[int, tuple[float, frozenset[int]]] = field(default_factory=dict)

    async def admins(self, tg_id: int, *, fresh: bool = False) -> frozenset[int]:
        """The user ids of a chat's admins and owner; nobody where Telegram does not tell.

        Raises NotSent where it cannot be asked.
        """
        now = self.clock.monotonic()
        known = self._known.get(tg_id)
        if known is not None and not fresh and now - known[0] < KEPT:
            return known[1]
        try:
            found = await self.post.call("getChatAdministrators", {"chat_id": tg_id})
        except (Refused, MaybeSent):
            self._known.pop(tg_id, None)
            return frozenset()
        admins = frozenset(int(member["user"]["id"]) for member in found)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[tg_id] = (now, admins)
        return admins
