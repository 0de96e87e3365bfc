"""Sentences of the interface, plurals, numbers and dates, as one language writes them.

The sentences stand in `words/<language>.toml`. Numbers, dates and plural rules are Babel's.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

DEFAULT_LANGUAGE = "en"
MINUTES_A_DAY = 24 * 60
CODE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
LONGEST_CODE = 12


class Words:
    """One language's catalogue: `words("help.title")`, `words("sources.facts", count=3)`."""

    def __init__(self, language: str, sentences: Mapping[str, str | Mapping[str, str]]) -> None:
        self.language = language
        self.locale = Locale.parse(language, sep="-")
        self._sentences = sentences

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self._sentences)

    def __call__(self, key: str, /, **values: object) -> str:
        """The sentence with its placeholders filled; `count` chooses among plural forms.

        Raises KeyError for a key that the catalogue lacks.
        """
        sentence = self._sentences[key]
        if not isinstance(sentence, str):
            form = self.locale.plural_form(int(str(values["count"])))
            sentence = sentence.get(form) or sentence["other"]
        return sentence.format(**values)

    def number(self, number: Decimal | int) -> str:
        """Digits kept as given: 4.50 stays 4.50."""
        if isinstance(number, Decimal):
            exponent = int(number.as_tuple().exponent)
            pattern = "#,##0" + ("." + "0" * -exponent if exponent < 0 else "")
            return format_decimal(number, format=pattern, locale=self.locale)
        return format_decimal(number, locale=self.locale)

    def percent(self, ratio: Decimal | float) -> str:
        return format_percent(ratio, format="#,##0%", locale=self.locale)

    def listed(self, items: Iterable[str]) -> str:
        """ "a, b and c"."""
        return format_list(list(items), locale=self.locale)

    def day(self, day: date, *, year: bool = True, weekday: bool = False) -> str:
        """ "30 September 2025", "Tuesday 25 November"."""
        pattern = self("dates.day" if year else "dates.day_without_year")
        if weekday:
            pattern = self("dates.weekday").replace("DAY", pattern)
        return format_date(day, format=pattern, locale=self.locale)

    def month(self, day: date) -> str:
        return format_date(day, format=self("dates.month"), locale=self.locale)

    def clock(self, minute: int) -> str:
        """A minute of the day as "08:30"."""
        return f"{minute // 60:02d}:{minute % 60:02d}"

    def moment(self, at: datetime, zone: ZoneInfo) -> str:
        """ "Tuesday 25 November, 08:30" in that zone."""
        local = at.astimezone(zone)
        clock = format_time(local, format="HH:mm", locale=self.locale)
        return f"{self.day(local.date(), year=False, weekday=True)}, {clock}"

    def stamp(self, at: datetime) -> str:
        """A short date and time in UTC, for operators."""
        return format_datetime(at, format="yyyy-MM-dd HH:mm 'UTC'", locale=self.locale)

    def weekdays(self, days: int) -> str:
        """ "Monday to Friday", "every day", "Monday and Thursday" for bits with Monday as 1."""
        chosen = [number for number in range(7) if days >> number & 1]
        names = self.locale.days["stand-alone"]["wide"]
        if len(chosen) == 7:
            return self("days.every")
        if len(chosen) > 2 and chosen[-1] - chosen[0] == len(chosen) - 1:
            return self("days.span", first=names[chosen[0]], last=names[chosen[-1]])
        return self.listed(names[number] for number in chosen)

    def weekday(self, number: int) -> str:
        """The short name of a weekday, Monday as 0."""
        return str(self.locale.days["stand-alone"]["abbreviated"][number])


def _flatten(
    table: Mapping[str, object], prefix: str = ""
) -> Iterable[tuple[str, str | Mapping[str, str]]]:
    for name, item in table.items():
        if isinstance(item, str):
            yield prefix + name, item.strip("\n")
        elif isinstance(item, Mapping):
            if "other" in item:
                yield prefix + name, {str(form): str(text) for form, text in item.items()}
            else:
                yield from _flatten(item, f"{prefix}{name}.")


@lru_cache
def load_words(language: str = DEFAULT_LANGUAGE) -> Words:
    """The catalogue of a language. Raises KeyError where there is none."""
    path = files("bot").joinpath("words", f"{language}.toml")
    if not path.is_file():
        raise KeyError(language)
    return Words(language, dict(_flatten(tomllib.loads(path.read_text("utf-8")))))


@lru_cache
def known_languages() -> tuple[str, ...]:
    folder = files("bot").joinpath("words")
    names = (entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted(name.removesuffix(".toml") for name in names))


def words_for(language: str | None) -> Words:
    """The nearest catalogue to a Telegram language code such as `pt-br`; else the default."""
    return load_words(spoken(language or DEFAULT_LANGUAGE))


def spoken(language: str, known: Collection[str] | None = None) -> str:
    """The nearest of the `known` languages (those that have a catalogue) to a code."""
    known = known_languages() if known is None else known
    code = language.lower().replace("_", "-")
    return next((one for one in (code, code.partition("-")[0]) if one in known), DEFAULT_LANGUAGE)


def language_code(text: str | None) -> str:
    """A client's language code, as far as it is one; else the default. It becomes part of keys."""
    code = text or DEFAULT_LANGUAGE
    if not CODE.fullmatch(code):
        return DEFAULT_LANGUAGE
    return code if len(code) <= LONGEST_CODE else re.split("[-_]", code)[0]


def clean(text: str, limit: int | None = None) -> str:
    """Somebody's words made safe to repeat: no control or direction characters, one line."""
    kept = (
        " " if char.isspace() else char
        for char in unicodedata.normalize("NFC", text)
        if char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    line = " ".join("".join(kept).split())
    if limit is not None and len(line) > limit:
        return line[: limit - 1].rstrip() + "…"
    return line
