"""The lines that stand before a bulletin: that it comes late, or after one that did not come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.newsroom.compose import FindWords
from bot.newsroom.due import Hour, Slot
from bot.text import Words

LATE = timedelta(seconds=60)
"""From when on a bulletin says that it comes late."""
PREFACE = 200
"""Code points that every bulletin keeps free for these lines."""


@dataclass(frozen=True, slots=True)
class Prefaces:
    """By language: for all, for whom the last delivery is unknown, for whom it expired."""

    all: dict[str, str]
    unsure: dict[str, str]
    lapsed: dict[str, str]


def write_prefaces(
    words: FindWords,
    languages: Iterable[str],
    *,
    title: str,
    slot: Slot,
    hour: Hour,
    now: datetime,
    missed: tuple[Slot, ...] = (),
) -> Prefaces:
    """The lines for a slot that is served `now`, after `missed` that were too late to send."""
    written = Prefaces({}, {}, {})
    for language in languages:
        say = words(language)
        line = "\n".join(_general(say, title, slot, hour, now, missed))[:PREFACE]
        if line:
            written.all[language] = line
        room = max(0, PREFACE - len(line) - 1)
        written.unsure[language] = say("newsroom.unsure", title=title)[:room]
        written.lapsed[language] = say("newsroom.lapsed", title=title)[:room]
    return written


def _general(
    words: Words, title: str, slot: Slot, hour: Hour, now: datetime, missed: tuple[Slot, ...]
) -> Iterable[str]:
    if now - slot.at >= LATE:
        sent = now.astimezone(hour.zone)
        same_day = sent.date() == slot.day
        meant = words.clock(hour.minute) if same_day else words.moment(slot.at, hour.zone)
        yield words("newsroom.late", meant=meant, sent=words.clock(sent.hour * 60 + sent.minute))
    if missed:
        day = words.day(missed[-1].day, year=False, weekday=True)
        yield words("newsroom.missed", count=len(missed), title=title, day=day)
