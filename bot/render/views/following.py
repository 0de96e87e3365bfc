"""Subscriptions as their reader sees them: choose, confirm, change, list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.content.library import Library
from bot.content.model import Edition
from bot.render.buttons import MARK, nav, rows
from bot.render.message import Button, Heading, Para, Rows, Span, Text, Time, View
from bot.text import Words

HOURS = tuple(range(5 * 60, 23 * 60, 60))
HOURS_A_ROW = 6
DAY_CHOICES = (0b0011111, 0b1111111, 0b0000001, 0b0010101)


@dataclass(frozen=True, slots=True)
class Following:
    """One subscription, in words already fit to be shown; `minute` None for alerts."""

    id: int
    edition: Edition
    city: str
    minute: int | None
    days: int
    topics: tuple[str, ...]
    length: str
    next_at: str = ""
    next_moment: datetime | None = None
    rests: bool = False
    paused_until: str = ""
    """The local day on which a rest ends; empty where it ends when the reader says so."""


def choose_edition(words: Words, library: Library, topic: str = "") -> View:
    """Which brief? A button each."""
    lines = [
        Para(
            (Text(words("subscribe.line", title=item.title), bold=True), Text(f" {item.menu}")),
            tight=True,
        )
        for item in library.editions.values()
    ]
    buttons = [
        nav(item.title, "se", item.key, topic) if topic else nav(item.title, "se", item.key)
        for item in library.editions.values()
    ]
    if topic:
        name = library.dossier(topic).title
        back = nav(words("button.back", title=name), "d", topic)
        heading = Heading((Text(words("subscribe.which_topic", title=name)),))
    else:
        back = nav(words("button.mine"), "subs")
        heading = Heading((Text(words("subscribe.which")),))
    return View((heading, *lines), rows((*buttons, back)), "subscribe")


def describe(words: Words, library: Library, item: Following) -> list[str]:
    """The hour, the days, the topics, and when the next one comes."""
    if item.minute is None:
        lines = [words("subscribe.made_alerts", title=item.edition.title)]
    else:
        lines = [
            words(
                "subscribe.made",
                title=item.edition.title,
                hour=words.clock(item.minute),
                zone=item.city,
                days=words.weekdays(item.days),
            )
        ]
    known = [library.dossiers[name].title for name in item.topics if name in library.dossiers]
    topics = words.listed(known) if known else words("subscribe.all")
    lines.append(words("subscribe.about", topics=topics, length=words(f"subscribe.{item.length}")))
    if item.rests:
        lines.append(rest_line(words, item.paused_until))
    return lines


def rest_line(words: Words, until: str) -> str:
    return words("pause.until", day=until) if until else words("pause.open")


def next_line(words: Words, item: Following, key: str) -> Para:
    """When it comes next, in the chat's zone; on a tap Telegram tells it in the reader's own."""
    before, _, after = words(key, when="\0").partition("\0")
    when = Time(item.next_moment, item.next_at, "") if item.next_moment else Text(item.next_at)
    return Para((Text(before), when, Text(after)), tight=True)


def subscription(
    words: Words,
    library: Library,
    item: Following,
    news: str = "",
    keep: Button | None = None,
    is_first: bool = False,
) -> View:
    """One subscription with its buttons; `news` is what just became of it."""
    lines = [news, *describe(words, library, item)] if news else describe(words, library, item)
    scheduled = item.minute is not None
    buttons = (
        keep,
        nav(words("button.send_now"), "sn", item.id) if scheduled else None,
        nav(words("button.change_hour"), "sh", item.id) if scheduled else None,
        nav(words("button.change_days"), "sd", item.id) if scheduled else None,
        nav(words("button.choose_topics"), "st", item.id),
        nav(words("button.stop"), "sx", item.id),
        None if keep else nav(words("button.mine"), "subs"),
    )
    paras = [Para((Text(line),), tight=bool(number)) for number, line in enumerate(lines)]
    if item.next_at:
        paras.append(next_line(words, item, "subscribe.first" if is_first else "subscribe.next"))
    return View(tuple(paras), rows(buttons), "subscription")


def hours(words: Words, item: Following) -> View:
    """Full hours as buttons; the one in force is marked, any other is written."""
    buttons = [
        nav(_marked(words.clock(minute), minute == item.minute), "sm", item.id, minute)
        for minute in HOURS
    ]
    text = words("subscribe.pick_hour", zone=item.city, edition=item.edition.key)
    return View(
        (Para((Text(text),)),), _with_back(words, item, rows(buttons, HOURS_A_ROW)), "hours"
    )


def days(words: Words, item: Following) -> View:
    """Days to switch, and the usual choices."""
    single = [
        nav(
            _marked(words.weekday(number), bool(item.days >> number & 1)),
            "sb",
            item.id,
            item.days ^ (1 << number),
        )
        for number in range(7)
        if item.days ^ (1 << number)
    ]
    usual = [
        nav(_marked(_opened(words.weekdays(bits)), bits == item.days), "sb", item.id, bits)
        for bits in DAY_CHOICES
    ]
    grid = (*rows(single, 4), *rows(usual))
    return View(
        (Para((Text(words("subscribe.pick_days")),)),), _with_back(words, item, grid), "days"
    )


def topics(words: Words, library: Library, item: Following) -> View:
    """The dossiers to switch on and off, and the length."""
    chosen = set(item.topics)
    buttons = [
        nav(_marked(dossier.title, not chosen or name in chosen), "sp", item.id, name)
        for name, dossier in library.dossiers.items()
    ]
    lengths = [
        nav(_marked(words(f"button.length_{kind}"), item.length == kind), "sl", item.id, kind)
        for kind in ("short", "full")
    ]
    grid = (
        *rows(buttons),
        (nav(_marked(words("button.all_topics"), not chosen), "sp", item.id, "*"),),
        *rows(lengths),
    )
    return View(
        (Para((Text(words("subscribe.pick_topics")),)),), _with_back(words, item, grid), "topics"
    )


def listing(words: Words, library: Library, items: Sequence[Following]) -> View:
    """Every subscription of the chat, a button each."""
    new = nav(words("button.new_subscription"), "sub")
    if not items:
        return View((Para((Text(words("subscribe.none")),)),), rows((new,)), "subscriptions")
    lines = [Para(_listed(words, library, item), bullet=True) for item in items]
    buttons = [nav(title(words, item), "sv", item.id) for item in items]
    if all(item.rests for item in items):
        rest = nav(words("button.go_on"), "po")
    else:
        rest = nav(words("button.pause"), "pa")
    return View(
        (Heading((Text(words("subscribe.list")),)), *lines),
        rows((*buttons, new, rest)),
        "subscriptions",
    )


def _listed(words: Words, library: Library, item: Following) -> tuple[Span, ...]:
    said = Text(" ".join(describe(words, library, item)))
    if not item.next_at:
        return (said,)
    return (said, Text(" "), *next_line(words, item, "subscribe.next").spans)


def endings(words: Words, items: Iterable[Following]) -> View:
    """Which one shall I stop?"""
    buttons = [nav(title(words, item), "sx", item.id) for item in items]
    every = nav(words("button.stop_all"), "sxa")
    return View(
        (Para((Text(words("subscribe.which_end")),)),), rows((*buttons, every)), "unsubscribe"
    )


def title(words: Words, item: Following) -> str:
    hour = words("subscribe.at", hour=words.clock(item.minute)) if item.minute is not None else ""
    return item.edition.title + hour


def _marked(text: str, is_on: bool) -> str:
    return MARK + text if is_on else text


def _opened(text: str) -> str:
    return text[:1].upper() + text[1:]


def _with_back(words: Words, item: Following, grid: Rows) -> Rows:
    back = nav(words("button.back", title=title(words, item)), "sv", item.id)
    return (*grid, (back,))
