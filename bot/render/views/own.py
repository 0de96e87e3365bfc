"""What the bot is, what it keeps about a chat, and how to take that away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.render.buttons import nav, rows
from bot.render.message import Block, Heading, Para, Text, Time, View
from bot.render.pen import Pen
from bot.text import Words

KEPT = ("chat", "subscriptions", "written", "prompts", "sent", "receipts", "reports", "questions")
"""What is kept, a line each, in the order of the screen."""


@dataclass(frozen=True, slots=True)
class State:
    """The program, and since when which revision is served."""

    version: str
    revision: int
    since: datetime | None
    since_says: str


def about(pen: Pen, state: State) -> View:
    """Who speaks, from what, and how fresh it is."""
    words, library = pen.words, pen.library
    observed = sum(len(item.observations) for item in library.figures.values())
    counted = words(
        "about.counted",
        dossiers=words("about.dossiers", count=len(library.dossiers)),
        figures=words("about.figures", count=len(library.figures)),
        values=words("about.values", count=observed),
        sources=words("about.sources", count=len(library.sources)),
    )
    before, _, after = words("about.revision", number=state.revision, when="\0").partition("\0")
    since = Time(state.since, state.since_says, "") if state.since else Text(state.since_says)
    blocks = (
        Heading((Text(words("about.title")),)),
        Para((Text(words("about.description")),), tight=True),
        Para((Text(words("about.promises")),)),
        Para((Text(counted),)),
        Para((Text(before), since, Text(after)), tight=True),
        Para((Text(words("about.version", version=state.version)),), tight=True),
    )
    buttons = (
        nav(words("button.topics"), "topics"),
        nav(words("button.sources"), "o"),
        nav(words("button.privacy"), "pr"),
        nav(words("button.help"), "help"),
    )
    return View(blocks, rows(buttons), "about")


def privacy(words: Words, days: Mapping[str, int]) -> View:
    """What is kept and for how long; `days` are the spans that the code keeps to."""
    spans = {name: words("about.days", count=count) for name, count in days.items()}
    lines = [
        Para((Text(words(f"privacy.{name}", **spans)),), bullet=True, tight=True) for name in KEPT
    ]
    blocks: list[Block] = [Heading((Text(words("privacy.title")),)), *lines]
    blocks.append(Para((Text(words("privacy.others")),)))
    blocks.append(Para((Text(words("privacy.yours")),), tight=True))
    buttons = (
        nav(words("button.my_data"), "my"),
        nav(words("button.forget"), "fg"),
        nav(words("button.help"), "help"),
    )
    return View(tuple(blocks), rows(buttons), "privacy")


def forget(words: Words, *, is_private: bool) -> View:
    """One question before all is erased."""
    line = words("forget.ask" if is_private else "forget.ask_group")
    buttons = (
        nav(words("button.forget_all"), "fx"),
        nav(words("button.keep"), "fk"),
        nav(words("button.my_data"), "my!"),
    )
    return View((Para((Text(line),)),), rows(buttons), "forget")
