"""When an hour comes round, by the clocks of its zone. Pure.

An hour is kept by its nominal local date: each date that exists there comes once, whatever the
clocks do. A wall time is turned into an instant as RFC 5545 3.3.5 says: one that the clocks
leap over is read with the offset before the leap, one that they show twice is the first.

Two aware times of the same zone compare by their wall clocks in Python, and adding to one
forgets which of two it was; so everything here is compared and added in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY = timedelta(days=1)
EVERY_DAY = 0b1111111
WORKING_DAYS = 0b0011111
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A weekday that a zone loses comes again within two weeks, seen from the day before the first.
_HORIZON = 16


@dataclass(frozen=True, slots=True)
class Hour:
    """A wish: `minute` of the day (0 to 1439), on `days` (bits, Monday is 1), in `zone`."""

    minute: int
    days: int
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if not 0 <= self.minute < 1440:
            raise ValueError(f"a minute of the day is 0 to 1439, not {self.minute}")
        if not 0 < self.days <= EVERY_DAY:
            raise ValueError(f"days are bits from 1 to 127, not {self.days}")


@dataclass(frozen=True, slots=True)
class Slot:
    """One time that an hour comes round: its nominal local date, and the instant in UTC."""

    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Skip:
    """A slot that is not sent: overtaken by a newer one, or too late for its edition."""

    slot: Slot
    reason: Literal["coalesced", "late"]


@dataclass(frozen=True, slots=True)
class Due:
    """What to do now: send `slot` if there is one, count `skipped`, wait for `following`."""

    slot: Slot | None
    skipped: tuple[Skip, ...]
    following: Slot


def resolve(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, of a wall time of `zone` (RFC 5545 3.3.5)."""
    hour, minute = divmod(minute, 60)
    wall = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone, fold=0)
    return wall.astimezone(UTC)


def next_slot(hour: Hour, after: datetime, done: date | None = None) -> Slot:
    """The first slot after `after` whose date is later than `done`, the last date served."""
    start = after.astimezone(hour.zone).date() - DAY
    if done is not None:
        start = max(start, done + DAY)
    return _first_slot(hour, start, after)


def due(slot: Slot, hour: Hour, now: datetime, grace: timedelta) -> Due:
    """What of `slot`, and of those that came after it until `now`, is to be sent.

    Only the latest is, and only while it is at most `grace` late. Every slot that has passed
    is either sent or among the skipped.
    """
    if slot.at > now:
        return Due(None, (), slot)
    passed = [slot]
    while (following := next_slot(hour, passed[-1].at, passed[-1].day)).at <= now:
        passed.append(following)
    latest = passed[-1] if now - passed[-1].at <= grace else None
    skipped = tuple(
        Skip(missed, "late" if now - missed.at > grace else "coalesced")
        for missed in passed
        if missed is not latest
    )
    return Due(latest, skipped, following)


def renew_slot(slot: Slot, hour: Hour, now: datetime) -> Slot:
    """The same date by new time zone rules; a slot that is due already stays as it is.

    An instant that the new rules put into the past is simply due: late, neither lost nor twice.
    """
    if slot.at <= now:
        return slot
    return _first_slot(hour, slot.day, datetime.min.replace(tzinfo=UTC))


def quiet_end(at: datetime, start: int | None, end: int | None, zone: ZoneInfo) -> datetime:
    """The first moment from `at` on that is not in the quiet hours `start` to `end` (minutes).

    Equal ends, or a missing one, mean that there are none.
    """
    if start is None or end is None:
        return at
    waiting = at.astimezone(UTC)
    # A gap can push the end of one night into the next; two steps are the most there can be.
    for _ in range(2):
        today = waiting.astimezone(zone).date()
        nights = (today - DAY * back for back in (2, 1, 0))
        ends = [
            until
            for night in nights
            if resolve(night, start, zone) <= waiting
            and (until := resolve(night + DAY * (end < start), end, zone)) > waiting
        ]
        if not ends:
            break
        waiting = max(ends)
    return waiting


def find_zone(name: str) -> ZoneInfo | None:
    """The IANA zone of that name; None if there is no such zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def read_days(text: str) -> int:
    """`mon-fri` or `mon;thu` as bits; ValueError says what can be written."""
    bits = 0
    for part in text.lower().replace(",", ";").split(";"):
        first, dash, last = (word.strip() for word in part.partition("-"))
        if first not in NAMES or (dash and last not in NAMES):
            raise ValueError(f"`{text}` is not a list of days; write mon-fri or mon;thu")
        begin = NAMES.index(first)
        length = (NAMES.index(last or first) - begin) % 7 + 1
        for step in range(length):
            bits |= 1 << (begin + step) % 7
    return bits


def write_days(bits: int) -> str:
    """Bits as `mon-fri`, or `mon;thu` where they are not one run of three days or more."""
    numbers = [number for number in range(7) if bits >> number & 1]
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{NAMES[numbers[0]]}-{NAMES[numbers[-1]]}"
    return ";".join(NAMES[number] for number in numbers)


def read_minute(text: str) -> int:
    """`08:30` as minutes since midnight; ValueError says what can be written."""
    hour, _, minute = text.strip().partition(":")
    plain = hour.isdecimal() and minute.isdecimal() and len(minute) == 2 and len(hour) < 3
    if not plain or int(hour) > 23 or int(minute) > 59:
        raise ValueError(f"`{text}` is not a time; write 08:30")
    return int(hour) * 60 + int(minute)


def read_span(text: str) -> timedelta:
    """`3h` or `90m` as a span of time; ValueError says what can be written."""
    number, unit = text[:-1], text[-1:]
    if not number.isdecimal() or unit not in ("h", "m"):
        raise ValueError(f"`{text}` is not a span of time; write 3h or 90m")
    return timedelta(hours=int(number)) if unit == "h" else timedelta(minutes=int(number))


def _first_slot(hour: Hour, start: date, after: datetime) -> Slot:
    """The first slot from the date `start` on whose instant is after `after`."""
    for step in range(_HORIZON):
        day = start + DAY * step
        if not hour.days >> day.weekday() & 1:
            continue
        at = resolve(day, hour.minute, hour.zone)
        if at > after and not _is_lost(day, at, hour):
            return Slot(day, at)
    raise OverflowError(f"no slot of {hour} within {_HORIZON} days of {start}")


def _is_lost(day: date, at: datetime, hour: Hour) -> bool:
    """Whether the zone has no such day at all (Apia, 30 December 2011).

    Its time then falls on the next day, no earlier than that day's own.
    """
    if at.astimezone(hour.zone).date() <= day:
        return False
    return at >= resolve(day + DAY, hour.minute, hour.zone)
