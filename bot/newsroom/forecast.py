"""Whether all that comes due in the next day can leave in time; told to the admins beforehand.

What is owed leaves in the order of its hours, at one pace. So each hour's last message leaves when
all before it have; what is past its limit then is too late, and takes no time from those after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import telemetry
from bot.clock import micros, moment
from bot.newsroom.due import find_zone
from bot.newsroom.office import Office
from bot.newsroom.publish import TellAdmins
from bot.newsroom.slots import late_limit
from bot.store.overview import Coming, backlog, coming

log = telemetry.logger(__name__)

DAY = timedelta(days=1)
TOLD = 5


@dataclass(frozen=True, slots=True)
class Surge:
    """So many messages are due at one moment, and worth nothing after their limit.

    `mark` tells those apart that are alike.
    """

    at: datetime
    count: int
    limit: timedelta
    mark: int = 0


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Of the messages of one surge so many would be too late; its last would leave at `until`."""

    surge: Surge
    missed: int
    until: datetime


def shortfalls(
    surges: Iterable[Surge], waiting: int, rate: float, now: datetime
) -> list[Shortfall]:
    """What cannot be sent in time at `rate` messages a second, behind `waiting` ones."""
    found = []
    free = now + timedelta(seconds=waiting / rate)
    for surge in sorted(surges, key=lambda one: one.at):
        begin = max(free, surge.at)
        until = begin + timedelta(seconds=surge.count / rate)
        end = surge.at + surge.limit
        if until > end:
            missed = min(surge.count, round((until - max(begin, end)).total_seconds() * rate))
            found.append(Shortfall(surge, missed, until))
        free = max(begin, min(until, end))
    return found


class Forecaster:
    """Looks a day ahead; the same hour is told of once."""

    def __init__(self, office: Office, tell_admins: TellAdmins) -> None:
        self._office = office
        self._tell_admins = tell_admins
        self._told: dict[tuple[int, int], None] = {}

    async def look(self) -> int:
        """Tell the admins of hours that were not told of before; returns how many there are."""
        office, now = self._office, self._office.clock.now()
        async with office.database.read() as conn:
            found = await coming(conn, now=micros(now), until=micros(now + DAY))
            waiting = await backlog(conn, micros(now))
        editions = office.publisher.current.library.editions
        surges = {
            Surge(moment(one.at), one.readers, late_limit(editions[one.edition]), mark): one
            for mark, one in enumerate(found)
            if one.edition in editions
        }
        short = shortfalls(surges, waiting, office.rate, now)
        new = [one for one in short if self._key(surges[one.surge]) not in self._told]
        self._told = {self._key(surges[one.surge]): None for one in short}
        if new:
            log.warning("Not all can be sent in time.", action="forecast", hours=len(new))
            await self._tell_admins(self._tell(new, surges))
        return len(new)

    @staticmethod
    def _key(one: Coming) -> tuple[int, int]:
        return one.cohort_id, one.at

    def _tell(self, new: list[Shortfall], surges: dict[Surge, Coming]) -> str:
        words = self._office.words("en")
        lines = [words("operate.forecast", rate=f"{self._office.rate:g}")]
        for one in new[:TOLD]:
            slot = surges[one.surge]
            zone = find_zone(slot.zone)
            at = words.stamp(one.surge.at) if zone is None else words.moment(one.surge.at, zone)
            lines.append(
                words(
                    "operate.shortfall",
                    edition=slot.edition,
                    at=f"{at} ({slot.zone})",
                    missed=words.number(one.missed),
                    number=words.number(one.surge.count),
                )
            )
        if len(new) > TOLD:
            lines.append(words("operate.more_hours", number=words.number(len(new) - TOLD)))
        return "\n".join((*lines, words("operate.remedy")))
