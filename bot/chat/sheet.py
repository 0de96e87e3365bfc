"""A screen as it is sent: made once, shown to many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.render.buttons import markup
from bot.render.html import write_plain
from bot.render.message import Message, Quote, View
from bot.render.split import split

NO_PREVIEW = {"is_disabled": True}
LONG_CHARACTERS = 400
LONG_LINES = 3
"""Beyond either, and its sources not counted, an answer is not given twice in a group."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A screen as it is sent: each message with its parameters."""

    place: str
    messages: tuple[tuple[Message, Mapping[str, object]], ...]
    is_long: bool = False

    @classmethod
    def of(cls, view: View) -> Sheet:
        said = write_plain([block for block in view.blocks if not isinstance(block, Quote)])
        is_long = len(said) > LONG_CHARACTERS or len(said.splitlines()) > LONG_LINES
        return cls(view.place, tuple((item, _body(item)) for item in split(view)), is_long)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(message.html for message, _ in self.messages)


def _body(message: Message) -> dict[str, object]:
    body: dict[str, object] = {
        "text": message.html,
        "parse_mode": "HTML",
        "link_preview_options": NO_PREVIEW,
    }
    keyboard = markup(message.buttons)
    if keyboard is not None:
        body["reply_markup"] = keyboard
    return body
