"""A question as it is read: the words that say what about, periods, what kind of answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from bot.content.dates import When
from bot.content.frames import (
    ACTS,
    COMING,
    GROWING,
    MEANING,
    PLAIN_COMPARING,
    QUANTITY,
    SAYING,
    WHETHER,
)
from bot.content.spelling import fold, stem

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS if name != "may") + "|sept|may"
_YEAR = r"(?:19|20)\d\d"
ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4,
}  # fmt: skip
_ORDINAL = "|".join(ORDINALS)
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
_COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNT = rf"\d{{1,2}}|{'|'.join(_COUNTED)}"
_WHAT_IS = {("what", "is"), ("what", "are"), ("what", "was")}
_IDLE = re.compile(r"\bbased on\b")
_WHICH = ("which day", "what day", "which year", "what year", "year of")
_SHORT_YEAR = re.compile(r"(?<![\w])[’'`´](\d\d)\b(?!\s*%)")
_QUATER = re.compile(r"\bqu(?:at|art|arte)r?e?r\b")
_YEARS = re.compile(r"\byr(s?)\b")
_SINCE = re.compile(r"\b(?:since|than(?: in)?)\s*$")
_VAGUE = re.compile(
    r"\b(?:(?:19|20)?\d0s|(?:twen|thir|for|fif|six|seven|eigh|nine)ties|soviet (?:era|times?|days)"
    r"|(?:before|prior to|until|pre) (?:the )?(?:war|pandemic|covid|crisis|invasion|independence)"
    r"|(?:the year|time) of the|(?:mid|last|this|previous|next) ?century|century ago"
    r"|(?:last|past|previous|next) (?:\w+ )?(?:years|decade|decades|months|weeks|week)"
    r"|this week|weekly|monthly|daily|yesterday|tomorrow|(?:a|per|every) (?:day|week|month))\b"
)
_PAST = re.compile(
    r"\b(?:previously|formerly|originally|historically|back then|in the past|used to (?:be|take|go)"
    r"|before(?: now| that| this| today)?$)"
)
# "Tons a month", not "it takes a month".
_RATE = re.compile(
    r"(?:\b(?:per|each|every)|(?<!take)(?<!last)s a) (hour|day|week|month|quarter)\b"
    r"|\bper (head|capita|person|inhabitant|ton|container|train|truck|ship|km|kilomet(?:re|er))\b"
    r"|\b(hourly|daily|weekly|monthly|quarterly|averages?|averaged|median|record|peak|highest"
    r"|lowest|minimum|maximum)\b"
)
MOST_LETTERS = 400
_MOST_PERIODS = 4


@dataclass(frozen=True, slots=True)
class Question:
    """`words` are folded, in their order, the periods taken out.

    `periods` are those named, in the order of the question; `relative` tells that one was such
    as "last year"; `vague` that a time was named without its years, such as "before the war".
    `compares` is True where two periods or a change are asked for.
    """

    words: tuple[str, ...]
    periods: tuple[When, ...]
    relative: bool = False
    since: bool = False
    vague: bool = False

    @property
    def asks_quantity(self) -> bool:
        return (
            "how" in self.words and not {"much", "many", "big", "large"}.isdisjoint(self.words)
        ) or bool(QUANTITY.intersection(self.words))

    @property
    def asks_how_much(self) -> bool:
        return ("how", "much") in pairwise(self.words)

    @property
    def counted(self) -> int:
        """The place of the word for what is counted, "ships" in "how many ships"; -1 for none."""
        for at, pair in enumerate(pairwise(self.words), start=2):
            if pair in {("how", "many"), ("number", "of")} and at < len(self.words):
                return at
        return -1

    @property
    def asks_who(self) -> bool:
        return not {"who", "whos", "whom"}.isdisjoint(self.words)

    @property
    def asks_when(self) -> bool:
        said = f" {' '.join(self.words)} "
        asks = not {"when", "date"}.isdisjoint(self.words)
        # What is still to come is no dated event.
        return (asks or any(f" {words} " in said for words in _WHICH)) and "will" not in self.words

    @property
    def asks_whether(self) -> bool:
        """Whether yes or no would answer it."""
        return self.words[:1] != () and self.words[0] in WHETHER

    @property
    def asks_why(self) -> bool:
        return "why" in self.words or ("how", "come") in pairwise(self.words)

    @property
    def rates(self) -> frozenset[str]:
        """The stems of "month" in "tons a month", of "average" and of "record": words that make
        another number of it."""
        said = _RATE.findall(" ".join(self.words))
        return frozenset(stem(word) for words in said for word in words if word)

    @property
    def asks_past(self) -> bool:
        """Whether it asks for what was before, with no year named."""
        return not self.periods and bool(_PAST.search(" ".join(self.words)))

    @property
    def asks_ahead(self) -> bool:
        """Whether it asks for what is to come."""
        return not COMING.isdisjoint(self.words)

    @property
    def asks_meaning(self) -> bool:
        return self.words[:2] in _WHAT_IS or not MEANING.isdisjoint(self.words)

    @property
    def is_bare(self) -> bool:
        """Whether it only names a thing, or asks what it is."""
        return not (self.periods or self.asks_when or (ACTS | SAYING).intersection(self.words))

    @property
    def asks_change(self) -> bool:
        """A change without two periods named: "how much has it grown"."""
        words = frozenset(self.words)
        return bool(words & GROWING) or "year on year" in " ".join(self.words)

    @property
    def compares(self) -> bool:
        return (
            len(self.periods) > 1
            or self.asks_change
            or self.since
            or bool(PLAIN_COMPARING.intersection(self.words))
        )


def read(text: str, today: date) -> Question:
    """Read a question as asked on `today`; "last year" is counted from that day."""
    rest = _IDLE.sub(" ", fold(_SHORT_YEAR.sub(r" 20\1", text[:MOST_LETTERS])))
    rest = _YEARS.sub(r"year\1", _QUATER.sub("quarter", rest)).replace("per cent", "percent")
    found: list[tuple[int, When]] = []
    relative = False
    for pattern, make, is_relative in _FORMS if _TIMELY.search(rest) else ():
        for match in pattern.finditer(rest):
            when = make(match, today)
            if when is not None:
                found.append((match.start(), when))
                relative |= is_relative
                # Spaces of the same length keep the order of what is found later.
                blank = " " * (match.end() - match.start())
                rest = rest[: match.start()] + blank + rest[match.end() :]
    is_bare = not found
    rest = _year_before(rest, found, today)
    relative |= is_bare and bool(found)
    since = len(found) == 1 and bool(_SINCE.search(rest[: found[0][0]]))
    periods = dict.fromkeys(when for _, when in sorted(found, key=lambda item: item[0]))
    vague = not periods and bool(_VAGUE.search(rest))
    return Question(tuple(rest.split()), tuple(periods)[:_MOST_PERIODS], relative, since, vague)


def _year_before(rest: str, found: list[tuple[int, When]], today: date) -> str:
    """ "2024 and the year before" names 2023 too; "than the year before" alone compares."""
    match = _BEFORE.search(rest)
    if match is None:
        return rest
    said = ""
    if not found and match["than"]:
        said = "versus"
    elif len(found) <= 1:
        first = found[0][1].first if found else date(today.year, 1, 1)
        is_year = not found or found[0][1].precision == "year"
        when = _edtf(f"{first.year - 1:04d}") if first is not None and is_year else None
        if when is None:
            return rest
        found.append((match.start(), when))
        said = match["than"] or ""
    return f"{rest[: match.start()]} {said} {rest[match.end() :]}"


def _edtf(text: str) -> When | None:
    """The time that an EDTF text says; None where it says none, such as 31 February."""
    try:
        return When.parse(text)
    except ValueError:
        return None


def _iso_day(match: re.Match[str], _: date) -> When | None:
    return _edtf("-".join(match.groups()))


def _named_day(match: re.Match[str], _: date) -> When | None:
    month = _month_number(match["month"])
    return _edtf(f"{match['year']}-{month:02d}-{int(match['day']):02d}")


def _quarter(match: re.Match[str], _: date) -> When | None:
    return _quarter_of(int(match["year"]), int(match["number"]))


def _quarter_said(match: re.Match[str], _: date) -> When | None:
    return _quarter_of(int(match["year"]), ORDINALS[match["ordinal"]])


def _quarter_of(year: int, number: int) -> When | None:
    return _edtf(f"{year}-{32 + number}")


def _quarter_of_this(match: re.Match[str], today: date) -> When | None:
    """A quarter without a year is the last one that has begun."""
    said = match["number"]
    number = ORDINALS[said] if said in ORDINALS else int(said)
    return _quarter_of(today.year - (number > (today.month + 2) // 3), number)


def _last_of_year(match: re.Match[str], _: date) -> When | None:
    return _quarter_of(int(match["year"]), 4)


def _season(match: re.Match[str], _: date) -> When | None:
    """Three months of the northern hemisphere; winter is the one that begins in the year."""
    year, first = int(match["year"]), _SEASONS[match["season"]]
    last = f"{year + 1}-02" if first == 12 else f"{year}-{first + 2:02d}"
    return _edtf(f"{year}-{first:02d}/{last}")


def _month_of_this(match: re.Match[str], today: date) -> When | None:
    """A month without a year is the last one that has begun."""
    number = _month_number(match["month"])
    return _edtf(f"{today.year - (number > today.month)}-{number:02d}")


def _half(match: re.Match[str], _: date) -> When | None:
    first = match["half"] in {"first", "1st", "h1"}
    ends = ("01-01", "06-30") if first else ("07-01", "12-31")
    return _edtf(f"{match['year']}-{ends[0]}/{match['year']}-{ends[1]}")


def _month(match: re.Match[str], _: date) -> When | None:
    return _edtf(f"{match['year']}-{_month_number(match['month']):02d}")


def _year(match: re.Match[str], _: date) -> When | None:
    return _edtf(match.group())


_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
)  # fmt: skip


_SPOKEN_YEAR = (
    rf"(?:twenty|two thousand(?: and)?) (?P<tens>{'|'.join((*_TENS, *_TEENS))})"
    rf"(?: (?P<one>{'|'.join(_COUNTED[:9])}))?"
)


def _spoken_year(match: re.Match[str], _: date) -> When | None:
    """ "Twenty twenty four" is 2024."""
    first = match["tens"]
    number = _TENS[first] if first in _TENS else 10 + _TEENS.index(first)
    if match["one"]:
        number += _COUNTED.index(match["one"]) + 1
    return _edtf(f"20{number:02d}")


def _ago(years: int) -> Callable[[re.Match[str], date], When | None]:
    def make(_: re.Match[str], today: date) -> When | None:
        return _edtf(f"{today.year - years:04d}")

    return make


def _last_quarter(match: re.Match[str], today: date) -> When | None:
    number = (today.month + 2) // 3
    year = today.year
    if match["which"] == "last":
        year, number = (year - 1, 4) if number == 1 else (year, number - 1)
    return _quarter_of(year, number)


def _last_month(match: re.Match[str], today: date) -> When | None:
    day = today.replace(day=1)
    if match["which"] == "last":
        day -= timedelta(days=1)
    return _edtf(f"{day.year:04d}-{day.month:02d}")


def _ahead(match: re.Match[str], today: date) -> When | None:
    count = match["count"]
    years = int(count) if count.isdecimal() else _COUNTED.index(count) + 1
    return _edtf(f"{today.year + years:04d}")


def _years_back(match: re.Match[str], today: date) -> When | None:
    count = match["count"]
    years = int(count) if count.isdecimal() else _COUNTED.index(count) + 1
    return _edtf(f"{today.year - years:04d}")


def _decade(_: re.Match[str], today: date) -> When | None:
    return _edtf(f"{today.year - today.year % 10 + 10:04d}")


def _last_day(match: re.Match[str], today: date) -> When | None:
    """A day without a year is the last one of that name."""
    when = _edtf(f"{today.year:04d}-{_month_number(match['month']):02d}-{int(match['day']):02d}")
    if when is not None and when.first is not None and when.first > today:
        text = f"{today.year - 1:04d}{when.text[4:]}"
        return _edtf(text)
    return when


def _month_number(name: str) -> int:
    return next(number for number, full in enumerate(_MONTHS, start=1) if full.startswith(name[:3]))


_TIMELY = re.compile(rf"\d|year|quarter|month|decade|half|twenty|thousand|{_MONTH}")
"""What every one of the forms has a part of."""
_BEFORE = re.compile(
    r"\b(?:(?P<than>than|against|over|vs|versus|on|to|with) )?(?:in )?(?:the )?"
    r"(?:(?:previous|prior|preceding) year|year earlier|year before)\b"
    # "The year before the war" is another matter.
    r"(?! (?:the|a|it|that|covid|russia)\b)"
)
"""The year before another one."""
_Make = Callable[[re.Match[str], date], When | None]
_FORMS: tuple[tuple[re.Pattern[str], _Make, bool], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), make, is_relative)
    for pattern, make, is_relative in (
        (rf"({_YEAR}) ([01]\d) ([0-3]\d)", _iso_day, False),
        (rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{_MONTH}) (?P<year>{_YEAR})",
         _named_day, False),
        (rf"(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?P<year>{_YEAR})",
         _named_day, False),
        (rf"q(?P<number>[1-4]) (?:of )?(?P<year>{_YEAR})", _quarter, False),
        (rf"(?P<year>{_YEAR}) q(?P<number>[1-4])", _quarter, False),
        (rf"quarter (?P<number>[1-4]) (?:of )?(?P<year>{_YEAR})", _quarter, False),
        (rf"(?P<ordinal>{_ORDINAL}) quarter (?:of |in )?(?P<year>{_YEAR})", _quarter_said, False),
        (rf"(?P<half>first|1st|second|2nd) half (?:of |in )?(?P<year>{_YEAR})", _half, False),
        (rf"(?P<half>h[12]) (?:of )?(?P<year>{_YEAR})", _half, False),
        (rf"last quarter (?:of |in )?(?P<year>{_YEAR})", _last_of_year, False),
        (rf"(?P<month>{_MONTH}) (?:of )?(?P<year>{_YEAR})", _month, False),
        (rf"(?P<season>{'|'.join(_SEASONS)}) (?:of |in )?(?P<year>{_YEAR})", _season, False),
        (_YEAR, _year, False),
        (_SPOKEN_YEAR, _spoken_year, False),
        ("(?:the )?year before last|two years ago|2 years ago", _ago(2), True),
        ("last year|a year ago", _ago(1), True),
        (rf"(?P<count>{_COUNT}) years (?:ago|back|earlier)", _years_back, True),
        ("(?:a |one )?decade (?:ago|back|earlier)", _ago(10), True),
        ("this year|current year", _ago(0), True),
        ("next year", _ago(-1), True),
        (rf"(?:in )?(?P<count>{_COUNT}) years(?: from now| time| ahead| on)", _ahead, True),
        (rf"in (?P<count>{_COUNT}) years", _ahead, True),
        ("(?:the )?(?:end of (?:the|this) decade|decades end|turn of the decade)", _decade, True),
        (rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{_MONTH})", _last_day, True),
        (rf"(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?", _last_day, True),
        ("q(?P<number>[1-4])", _quarter_of_this, True),
        (rf"(?P<number>{_ORDINAL}) quarter", _quarter_of_this, True),
        (rf"(?:in|for|of|during|since) (?P<month>{_MONTH})", _month_of_this, True),
        ("(?P<which>last|this) quarter", _last_quarter, True),
        ("(?P<which>last|this) month", _last_month, True),
    )
)  # fmt: skip
