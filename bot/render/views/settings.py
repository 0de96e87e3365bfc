"""How a chat likes it: its zone, quiet hours, length, and what to get when nothing is new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.render.buttons import MARK, nav, rows
from bot.render.message import Button, Heading, Para, Span, Text, Time, View
from bot.text import Words

NIGHT = (22 * 60, 7 * 60)
"""What is offered to who has no quiet hours yet, in minutes of the day."""
A_ROW = 6
Edge = Literal["begin", "end"]


@dataclass(frozen=True, slots=True)
class Manner:
    """A chat's settings as they are shown; `city` is empty while its zone is not known.

    `midnight` is the next one by UTC, which parts the days of a chat without a zone. `quiet` are
    minutes of the day, None for none. `moves` tells that briefs keep another zone than the chat.
    """

    city: str
    clock: str
    midnight: datetime
    quiet: tuple[int, int] | None
    length: str
    empty: str
    is_private: bool
    open_to_all: bool
    moves: bool = False


def settings(words: Words, manner: Manner, news: str = "") -> View:
    """All of it, and a button for each; `news` is what was just changed."""
    lines = [Para((Text(news),))] if news else []
    lines += [
        Para(_zone(words, manner), tight=True),
        _line(_quiet(words, manner)),
        _line(words(f"settings.length_{manner.length}")),
        _line(words(f"settings.empty_{manner.empty}")),
    ]
    if not manner.is_private:
        lines.append(_line(words("settings.open" if manner.open_to_all else "settings.closed")))
    short = manner.length == "short"
    silent = manner.empty == "silence"
    buttons = (
        nav(words("button.move_zone"), "zm") if manner.moves else None,
        nav(words("button.time_zone"), "setz"),
        nav(words("button.quiet_hours"), "setq"),
        nav(words("button.make_full" if short else "button.make_short"), "setl", _other(short)),
        nav(words("button.say_line" if silent else "button.be_silent"), "sete", _empty(silent)),
        _open(words, manner),
        None if manner.moves and not manner.is_private else nav(words("button.mine"), "subs"),
    )
    return View((Heading((Text(words("settings.title")),)), *lines), rows(buttons), "settings")


def _other(short: bool) -> str:
    return "full" if short else "short"


def _empty(silent: bool) -> str:
    return "line" if silent else "silence"


def _open(words: Words, manner: Manner) -> Button | None:
    if manner.is_private:
        return None
    if manner.open_to_all:
        return nav(words("button.admins_only"), "seto", "0")
    return nav(words("button.open_to_all"), "seto", "1")


def _zone(words: Words, manner: Manner) -> tuple[Span, ...]:
    if manner.city:
        return (Text(words("settings.zone", city=manner.city, clock=manner.clock)),)
    # Telegram shows the moment by the reader's own clock, which only their phone knows.
    before, _, after = words("settings.no_zone", clock="\0").partition("\0")
    return (Text(before), Time(manner.midnight, words("settings.midnight"), "t"), Text(after))


def _quiet(words: Words, manner: Manner) -> str:
    if manner.quiet is None:
        return words("settings.no_quiet")
    first, last = (words.clock(minute) for minute in manner.quiet)
    return words("settings.quiet", first=first, last=last)


def _line(text: str) -> Para:
    return Para((Text(text),), tight=True)


def quiet(words: Words, manner: Manner) -> View:
    """The quiet hours, what they hold back, and buttons for both ends."""
    first, last = manner.quiet or NIGHT
    what = words("settings.quiet_what", city=manner.city)
    lines = (Para((Text(_quiet(words, manner)),)), _line(what))
    usual = nav(f"{words.clock(NIGHT[0])}–{words.clock(NIGHT[1])}", "qs", *NIGHT)
    buttons = (
        nav(words("button.begin", hour=words.clock(first)), "qb"),
        nav(words("button.end", hour=words.clock(last)), "qe"),
        usual if manner.quiet != NIGHT else None,
        nav(words("button.no_quiet"), "qs", 0, 0) if manner.quiet else None,
        nav(words("button.back", title=words("settings.title")), "set"),
    )
    return View(lines, rows(buttons), "quiet")


def quiet_edge(words: Words, manner: Manner, edge: Edge) -> View:
    """The full hours of a day; the one in force is marked."""
    first, last = manner.quiet or NIGHT
    chosen = first if edge == "begin" else last
    buttons: Iterable[Button] = (
        nav(
            (MARK if minute == chosen else "") + words.clock(minute),
            "qs",
            *((minute, last) if edge == "begin" else (first, minute)),
        )
        for minute in range(0, 24 * 60, 60)
    )
    line = words("settings.quiet_first" if edge == "begin" else "settings.quiet_last")
    back = nav(words("button.back", title=words("button.quiet_hours")), "setq")
    return View((Para((Text(line),)),), (*rows(buttons, A_ROW), (back,)), "quiet")


def rest(words: Words, lengths: Iterable[int]) -> View:
    """For how long all briefs shall rest."""
    buttons = [nav(words("pause.days", count=days), "pd", days) for days in lengths]
    buttons += [
        nav(words("button.until_told"), "pd", 0),
        nav(words("button.back", title=words("button.mine")), "subs"),
    ]
    return View((Para((Text(words("pause.which")),)),), rows(buttons), "pause")
