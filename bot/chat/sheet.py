"""A screen as it is sent: made once, shown to many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.render.buttons import markup, nav, start_link
from bot.render.html import write_plain
from bot.render.message import Button, Heading, Message, Quote, Text, View
from bot.render.split import split
from bot.store.chats import Chat
from bot.text import Words

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


def for_channel(view: View, words: Words, bot: str) -> View:
    """A screen in a channel, whose readers have nothing to press there: one button, to the bot."""
    link = Button(words("button.to_bot"), url=start_link(bot, "topics"))
    return replace(view, buttons=((link,),))


def about(view: View, chat: Chat, marks: frozenset[str]) -> View:
    """A screen about another chat: its name first, and its number in the buttons of `marks`."""

    def marked(button: Button) -> Button:
        parts = (button.data or "").split(":")
        return nav(button.text, f"@{chat.id}", *parts) if parts[0] in marks else button

    rows = tuple(tuple(marked(button) for button in row) for row in view.buttons)
    return replace(view, blocks=(Heading((Text(chat.title),)), *view.blocks), buttons=rows)
