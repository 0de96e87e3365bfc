"""The dead man's handle: tells the admins when an hour went by and nobody was owed anything.

It looks at what is there, not at what the rounds believe that they did.
"""

from __future__ import annotations

from datetime import timedelta

from bot import telemetry
from bot.clock import Clock, micros, moment
from bot.newsroom.compose import FindWords
from bot.newsroom.due import find_zone
from bot.newsroom.publish import TellAdmins
from bot.store.database import Database
from bot.store.overview import Silent, silent

log = telemetry.logger(__name__)

PATIENCE = timedelta(minutes=3)
"""How long after its hour a slot may still have no delivery."""
BACK = timedelta(hours=6)
FORGET = 1000


class Watchman:
    """Looks back over the last hours; each silent slot is told once."""

    def __init__(
        self, database: Database, clock: Clock, words: FindWords, tell_admins: TellAdmins
    ) -> None:
        self._database = database
        self._clock = clock
        self._words = words
        self._tell_admins = tell_admins
        self._told: dict[tuple[int, int], None] = {}

    async def look(self) -> list[Silent]:
        """The silent slots that were not told before; the admins are told of them now."""
        now = self._clock.now()
        async with self._database.read() as conn:
            found = await silent(conn, since=micros(now - BACK), before=micros(now - PATIENCE))
        new = [one for one in found if (one.cohort_id, one.at) not in self._told]
        for one in new:
            self._told[one.cohort_id, one.at] = None
        while len(self._told) > FORGET:
            self._told.pop(next(iter(self._told)))
        if new:
            log.error("Hours went by and nothing was owed.", action="silent", count=len(new))
            await self._tell_admins("\n".join(self._line(one) for one in new[:10]))
        return new

    def _line(self, one: Silent) -> str:
        words = self._words("en")
        zone = find_zone(one.zone)
        at = words.stamp(moment(one.at)) if zone is None else words.moment(moment(one.at), zone)
        return words(
            "operate.silent",
            edition=one.edition,
            at=f"{at} ({one.zone})",
            number=words.number(one.readers),
        )
