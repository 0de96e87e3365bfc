"""A wish to subscribe, as a line of words says it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from bot.content.library import Library
from bot.content.spelling import fold
from bot.newsroom.due import WORKING_DAYS, read_days, read_minute
from bot.text import clean

EVERY = {"daily": 0b1111111, "everyday": 0b1111111, "weekdays": WORKING_DAYS}
BETWEEN = frozenset({"and", "at", "in", "on"})
"""Words that only join the others."""
SHOWN = 60
"""Characters of a word that are repeated to whoever wrote it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a line asks for; None and empty where it says nothing. Kept while a city is asked."""

    edition: str
    minute: int | None = None
    days: int = 0
    topics: tuple[str, ...] = ()
    zone: str = ""
    more: tuple[int, ...] = ()
    """Further hours than `minute`, where the line names several."""
    length: Literal["", "short", "full"] = ""

    @classmethod
    def kept(cls, body: Mapping[str, object]) -> Wish | None:
        """A wish as a prompt kept it."""
        topics, days, minute = body.get("topics"), body.get("days"), body.get("minute")
        more, length = body.get("more"), body.get("length")
        if not isinstance(topics, list) or not isinstance(days, int):
            return None
        return cls(
            edition=str(body.get("edition", "")),
            minute=minute if isinstance(minute, int) else None,
            days=days,
            topics=tuple(str(name) for name in topics),
            zone=str(body.get("zone", "")),
            more=tuple(hour for hour in more if isinstance(hour, int))
            if isinstance(more, list)
            else (),
            length="short" if length == "short" else "full" if length == "full" else "",
        )


class Unclear(Exception):
    """A word of the line is not understood; the key and values of the sentence that says so."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def read_wish(library: Library, line: str) -> Wish:
    """A line of words as a wish. Raises Unclear naming the word that is not understood."""
    named, *others = line.replace(",", " ").split() or [line]
    edition = library.editions.get(named.casefold())
    if edition is None:
        editions = ", ".join(library.editions)
        raise Unclear("subscribe.edition_wrong", asked=clean(named, SHOWN), editions=editions)
    wish, city, hours = Wish(edition.key), list[str](), list[int]()
    topics, others = _topics(library, others)
    for word in (word for word in others if word.casefold() not in BETWEEN):
        plain = word.casefold()
        if ":" in word or word.isdecimal():
            hours.append(_minute(word))
        elif plain in EVERY:
            wish = replace(wish, days=wish.days | EVERY[plain])
        elif plain in {"short", "full"}:
            wish = replace(wish, length="short" if plain == "short" else "full")
        elif (bits := _days(word)) is not None:
            wish = replace(wish, days=wish.days | bits)
        else:
            city.append(word)
    if edition.time is None and (hours or wish.days):
        raise Unclear("subscribe.no_hour", title=edition.title)
    if edition.time is None and city:
        # What comes at no hour has no city: the words were meant for a topic.
        asked = clean(" ".join(city), SHOWN)
        raise Unclear("subscribe.topic_wrong", asked=asked, topics=", ".join(library.dossiers))
    first, *more = dict.fromkeys(hours) or (None,)
    return replace(
        wish,
        zone=" ".join(city),
        topics=tuple(dict.fromkeys(topics)),
        minute=first,
        more=tuple(hour for hour in more if hour is not None),
    )


def _topics(library: Library, words: list[str]) -> tuple[list[str], list[str]]:
    """The dossiers that words name by key, command or title, and the words that are left."""
    names: dict[str, str] = {}
    for key, item in library.dossiers.items():
        names |= dict.fromkeys((fold(key), fold(item.command), fold(item.title)), key)
    longest = max((len(name.split()) for name in names), default=0)
    topics, left = list[str](), list[str]()
    at = 0
    while at < len(words):
        several = [names.get(fold(part), "") for part in words[at].split(";") if part]
        for size in range(min(longest, len(words) - at), 0, -1):
            if found := names.get(fold(" ".join(words[at : at + size]))):
                topics.append(found)
                break
        else:
            size = 1
            if several and all(several):
                topics += several
            else:
                left.append(words[at])
        at += size
    return topics, left


def _minute(word: str) -> int:
    try:
        return read_minute(word)
    except ValueError as error:
        raise Unclear("subscribe.hour_wrong", asked=clean(word, SHOWN)) from error


def _days(word: str) -> int | None:
    try:
        return read_days(word)
    except ValueError:
        return None
