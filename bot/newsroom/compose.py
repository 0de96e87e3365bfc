"""An edition's messages, from its recipe, the library and what changed. Pure.

The words are chosen here once for all who share a language, length and topics; what leaves is
frozen, so that the preview, the reader and a later `/latest` see the same text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from bot.content.changes import Change
from bot.content.library import Library
from bot.content.model import Edition
from bot.render.buttons import markup
from bot.render.message import Para, Text, View
from bot.render.pen import Pen
from bot.render.split import split
from bot.render.views.edition import edition
from bot.store.bulletins import Part, Variant
from bot.text import Words, words_for


@dataclass(frozen=True, slots=True)
class Brief:
    """What one bulletin is made from.

    `library` is what may be seen at its hour, of the revision `revision`; `today` its nominal
    local date. `since` is the date of the one before, `changes` what changed since then on its
    topics; where there was none before, `since` is None and the whole is news.
    """

    edition: Edition
    library: Library
    revision: int
    variant: Variant
    today: date
    changes: tuple[Change, ...] = ()
    since: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether all of it was said before: an edition that tells changes, and there are none."""
        tells = any(block.changes for block in self.edition.blocks)
        return tells and self.since is not None and not self.changes


@dataclass(frozen=True, slots=True)
class Composed:
    """Finished messages; `empty` where they only say that nothing is new."""

    parts: tuple[Part, ...]
    empty: bool


WriteView = Callable[[Brief, Words], View]
FindWords = Callable[[str], Words]


def write_edition(brief: Brief, words: Words, bot: str = "") -> View:
    """The view of an edition, for all who share its variant; in public it leads to the `bot`."""
    return edition(
        Pen(brief.library, words, brief.today, bot if brief.variant.is_public else ""),
        brief.edition,
        brief.changes,
        brief.since,
        brief.variant.topics,
        brief.variant.length,
    )


class Composer:
    """Writes briefs as messages: `write` is the view of an edition, `words` finds a catalogue.

    `bot` is the name that public ones lead to.
    """

    def __init__(
        self, write: WriteView | None = None, words: FindWords = words_for, bot: str = ""
    ) -> None:
        self._write = write or partial(write_edition, bot=bot)
        self.words = words

    def view(self, brief: Brief) -> View:
        """The screen of one variant. Raises whatever the writing of it raises."""
        return self._write(brief, self.words(brief.variant.language))

    def compose(self, brief: Brief) -> Composed:
        """The messages of one variant. Raises as `view`."""
        empty = brief.is_empty
        words = self.words(brief.variant.language)
        view = tell_nothing(brief, words) if empty else self.view(brief)
        parts = tuple(
            Part(message.html, message.plain, markup(message.buttons), message.carries)
            for message in split(view)
        )
        return Composed(parts, empty)


def tell_nothing(brief: Brief, words: Words) -> View:
    """The one line for a day on which nothing is new."""
    since = "" if brief.since is None else words.day(brief.since, year=False, weekday=True)
    line = words("newsroom.nothing_new", title=brief.edition.title, day=since)
    return View((Para((Text(line),)),), place=f"edition.{brief.edition.key}.empty")


def on_topics(changes: tuple[Change, ...], topics: tuple[str, ...]) -> tuple[Change, ...]:
    """The changes that a reader of these topics follows; no topics means all."""
    return tuple(change for change in changes if not topics or change.topic in topics)
