"""Dates as precise as their source: EDTF text with its first and last possible day.

The Extended Date/Time Format (ISO 8601-2): `2025-09-30`, `2025-10`, `2023`, a quarter
`2025-33` to `2025-36`, an interval `2025-10-08/2025-12-31`, an open one `2025-10-08/..`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, Self

Precision = Literal["day", "month", "quarter", "year", "interval"]

# Seasons (21 to 24) and the marks ~ ? X of EDTF say less than a reader can be told; what is left
# is a calendar's.
_FORM = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2]|3[3-6])|-[0-9]{2}-[0-9]{2})?")


@dataclass(frozen=True, slots=True)
class When:
    """A date or span; `first` and `last` are the bounds, None where the span is open."""

    text: str
    precision: Precision
    first: date | None
    last: date | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read EDTF; ValueError names what is wrong and what can be written."""
        return cls(*_parse(text.strip()))

    @property
    def year(self) -> int | None:
        """The year, where the whole span lies in one."""
        if self.first and self.last and self.first.year == self.last.year:
            return self.first.year
        return None

    def covers(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def within(self, other: When) -> bool:
        """Whether this span says no more than `other` allows: it lies inside it."""
        starts = other.first is None or (self.first is not None and other.first <= self.first)
        ends = other.last is None or (self.last is not None and self.last <= other.last)
        return starts and ends

    def order(self) -> tuple[date, date]:
        """Sorts by first possible day, then by last."""
        return (self.first or date.min, self.last or date.max)

    def __str__(self) -> str:
        return self.text


def _precision(text: str) -> Precision:
    if "/" in text:
        return "interval"
    match len(text):
        case 4:
            return "year"
        case 7:
            return "quarter" if text[5:] in {"33", "34", "35", "36"} else "month"
        case 10:
            return "day"
    raise ValueError(_advice(text))


def _advice(text: str) -> str:
    return (
        f"`{text}` is not a date in EDTF; write a day 2025-09-30, a month 2025-10, "
        "a year 2023, a quarter 2025-33 or an interval 2025-10-08/2025-12-31"
    )


def _bound(part: str, *, upper: bool) -> date | None:
    if part in {"", ".."}:
        return None
    if not _FORM.fullmatch(part):
        raise ValueError(_advice(part))
    year, *rest = (int(piece) for piece in part.split("-"))
    try:
        if len(rest) == 2:
            return date(year, *rest)
        month = rest[0] if rest else 0
        # A quarter is written 33 to 36.
        first, last = (month * 3 - 98, month * 3 - 96) if month > 12 else (month or 1, month or 12)
        if upper:
            return date(year, last, monthrange(year, last)[1])
        return date(year, first, 1)
    except ValueError as error:
        raise ValueError(_advice(part)) from error


@lru_cache(maxsize=4096)
def _parse(text: str) -> tuple[str, Precision, date | None, date | None]:
    start, slash, end = text.partition("/")
    first = _bound(start, upper=False)
    last = _bound(end if slash else start, upper=True)
    if first and last and last < first:
        raise ValueError(f"`{text}` ends before it starts; write the earlier date first")
    if first is None and last is None:
        raise ValueError(_advice(text))
    return text, _precision(text), first, last
