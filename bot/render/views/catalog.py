"""Every screen there is: for the preview, and for a check that Telegram would take each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from bot.content.library import Library
from bot.errors import Problem
from bot.render.buttons import COPY_CHARACTERS, DATA_BYTES
from bot.render.html import weigh
from bot.render.message import Button, Message, View
from bot.render.pen import Pen
from bot.render.split import ENTITIES, TELEGRAM_CHARACTERS, split
from bot.render.views import (
    asked,
    compare,
    figures,
    following,
    guests,
    home,
    inline,
    record,
    trackers,
)
from bot.render.views import dossier as dossiers
from bot.render.views import edition as editions
from bot.text import Words

MOST_BUTTONS = 100
LONGEST_BUTTON = 64
"""Telegram names no limit; beyond this its apps cut the text."""
GENERAL = "general"
BOT = "your_bot"
"""The name that links of a group's screens lead to, where no bot is known."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One screen. `group` is a dossier's name, `editions` or `general`; `name` tells it apart."""

    group: str
    name: str
    view: View


def all_views(library: Library, words: Words, today: date) -> Iterator[Shot]:
    """Every screen of a library in one language, in the order in which an editor thinks."""

    def pen() -> Pen:
        return Pen(library, words, today)

    def public() -> Pen:
        return Pen(library, words, today, BOT)

    for item in library.dossiers.values():
        group = item.dossier
        yield Shot(group, "summary", dossiers.summary(pen(), item))
        yield Shot(group, "sections", dossiers.section_list(pen(), item))
        for name in item.sections:
            yield Shot(group, f"section {name}", dossiers.section(pen(), item, name))
        for figure in item.figures.values():
            for seen in figure.observations:
                name = f"figure {figure.key} {seen.period}"
                yield Shot(group, name, figures.card(pen(), figure, seen.period.text))
                name = f"in a group: {figure.key} {seen.period}"
                yield Shot(group, name, figures.line(public(), figure, seen.period.text))
            known = compare.periods_of(figure)
            for one, other in pairwise(known):
                name = f"compare {figure.key} {one} {other}"
                yield Shot(group, name, compare.comparison(pen(), figure, one, other))
        yield Shot(group, "figures", figures.board(pen(), item))
        yield Shot(group, "timeline", record.timeline(pen(), item))
        yield Shot(group, "sources", record.source_list(pen(), item))
        for ref in record.cited_facts(item):
            yield Shot(group, f"fact {ref}", record.fact_card(pen(), ref, group))
        for hit in asked.things(item):
            name = f"{hit.kind} {hit.key} asked for, {hit.period or hit.paragraph + 1}"
            yield Shot(group, name, asked.found(pen(), hit, item.title))
        yield Shot(group, "summary inline", inline.dossier(public(), group).view)
        for name, section in item.sections.items():
            shown = inline.section(public(), section.key).view
            yield Shot(group, f"section {name} inline", shown)
    for recipe in library.editions.values():
        for length in ("full", "short"):
            view = editions.edition(pen(), recipe, length=length)
            yield Shot("editions", f"{recipe.key} {length}", view)
        view = editions.edition(public(), recipe)
        yield Shot("editions", f"{recipe.key} in a group", view)
    yield Shot(GENERAL, "start", home.welcome(pen()))
    yield Shot(GENERAL, "added to a group", guests.greeting(public(), ()))
    yield Shot(GENERAL, "topics", home.topics(pen()))
    yield Shot(GENERAL, "subscribe", following.choose_edition(words, library))
    yield Shot(GENERAL, "figures", figures.board(pen()))
    yield Shot(GENERAL, "status", trackers.status(pen()))
    yield Shot(GENERAL, "timeline", record.timeline(pen()))
    yield Shot(GENERAL, "sources", record.source_list(pen()))
    yield Shot(GENERAL, "who", record.people(pen()))
    yield Shot(GENERAL, "glossary", record.glossary(pen()))
    yield Shot(GENERAL, "compare", compare.usage(pen()))


def check_views(library: Library, words: Words, today: date, folder: str) -> tuple[Problem, ...]:
    """What Telegram would refuse or cut, as problems of the dossiers' files in `folder`."""
    found: list[Problem] = []
    for shot in all_views(library, words, today):
        name = "editions" if shot.group in ("editions", GENERAL) else shot.group
        found += [
            Problem(f"{folder}/{name}.yaml", 1, 1, f"the screen `{shot.name}` {said}", remedy)
            for said, remedy in _refusals(shot.view)
        ]
    return tuple(found)


def _refusals(view: View) -> Iterator[tuple[str, str]]:
    for message in split(view):
        yield from _message(message)
    for block in view.blocks:
        if weigh(block)[1] > ENTITIES:
            yield "has a paragraph with too many figures for one message", "part it into two"


def _message(message: Message) -> Iterator[tuple[str, str]]:
    if not message.plain.strip():
        yield "would be empty", "write a text for it"
    if len(message.plain) > TELEGRAM_CHARACTERS:
        yield f"has {len(message.plain)} characters in one message", "part its paragraphs"
    buttons = [button for row in message.buttons for button in row]
    if len(buttons) > MOST_BUTTONS:
        yield (
            f"has {len(buttons)} buttons, Telegram takes {MOST_BUTTONS}",
            "part the dossier in two",
        )
    for button in buttons:
        yield from _button(button)


def _button(button: Button) -> Iterator[tuple[str, str]]:
    if not button.text.strip():
        yield "has a button without a text", "give what it leads to a title"
    if len(button.text) > LONGEST_BUTTON:
        yield f"has a button of {len(button.text)} characters: “{button.text}”", "shorten the title"
    if button.data is not None and len(button.data.encode()) > DATA_BYTES:
        yield f"has button data over {DATA_BYTES} bytes: {button.data}", "shorten the names"
    if button.copy is not None and not 1 <= len(button.copy) <= COPY_CHARACTERS:
        yield "has a copy button that Telegram refuses", "shorten the figure's name"
