"""Updates of which Telegram's answer cannot be read: they are found, and passed over, one by one.

An answer is read whole or not at all, so one update in it can hide a hundred others. After such an
answer updates are fetched singly: those that can be read come as usual, and the one that cannot
be is set aside by the number that a mere look at the bytes finds in it.
"""

from __future__ import annotations

import re

from bot import telemetry
from bot.clock import Clock, micros
from bot.store import inbox
from bot.store.database import Database
from bot.store.inbox import Update

log = telemetry.logger(__name__)

TRIES = 2
"""How often a single update is fetched before it is passed over: bytes may be lost on the way."""
BLIND_TRIES = 5
"""The same for one whose number cannot be found."""
KEPT = 64 * 1024
"""Bytes of one set aside that are kept for whoever looks into it."""
WHY = "what Telegram sent cannot be read"

# A page of a proxy or a hotel is no answer: nothing is passed over for it.
_ANSWER = re.compile(rb'\s*\{\s*"ok"\s*:\s*true\b')
# Words that a person wrote cannot look like this: in JSON their quotes have a backslash.
_NUMBER = re.compile(rb'"update_id"\s*:\s*(\d{1,19})(?![\d.eE])')


def is_answer(body: bytes) -> bool:
    """Whether it begins as Telegram's yes does."""
    return _ANSWER.match(body) is not None


def number_in(body: bytes, offset: int) -> int | None:
    """The first update's number, from `offset` on; None where no number can be made out."""
    numbers = (int(found) for found in _NUMBER.findall(body))
    return min((one for one in numbers if offset <= one < 2**63 - 1), default=None)


class Search:
    """How far the search for an update that hides others has come."""

    def __init__(self) -> None:
        self._singly = 0
        self._tries = 0

    @property
    def is_on(self) -> bool:
        """Whether updates are to be fetched one by one."""
        return self._singly > 0

    def fails(self, body: bytes, offset: int, batch: int) -> int | None:
        """An answer could not be read. The number of the update to pass over, once it is found."""
        if not self.is_on:
            self._singly, self._tries = batch, 0
            return None
        self._tries += 1
        number = number_in(body, offset)
        if number is not None and self._tries >= TRIES:
            return number
        # Numbers follow one another: the next is as a rule the one that is looked for.
        return offset if offset and self._tries >= BLIND_TRIES else None

    def reads(self, count: int) -> None:
        """So many came that could be read. Having had them all, it was not an update's fault."""
        self._tries = 0
        self._singly = max(0, self._singly - 1) if count else 0

    def ends(self) -> None:
        """It is found and passed over."""
        self._singly = self._tries = 0


class Aside:
    """Where they are put: in the inbox, marked as bad."""

    def __init__(self, database: Database, clock: Clock, holder: str) -> None:
        self._database = database
        self._clock = clock
        self._holder = holder
        self.count = 0
        """How many since the start."""

    async def put(self, number: int, body: bytes) -> bool:
        """Keep its beginning for whoever looks into it. False if it came before, in another
        answer that could be read. Raises StoreError.
        """
        # No database takes a NUL for text.
        shown = body[:KEPT].decode(errors="replace").replace("\x00", "\ufffd")
        async with self._database.write() as conn:
            now = micros(self._clock.now())
            new = await inbox.keep(conn, [Update(number, None, shown)], now, self._holder)
            if new:
                await inbox.bad(conn, number, WHY)
        if not new:
            return False
        self.count += 1
        log.error(
            "An update is set aside: it cannot be read.",
            action="update set aside",
            update=number,
            why=WHY,
        )
        return True
