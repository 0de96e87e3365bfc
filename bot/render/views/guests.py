"""Coming into a group or channel, and coming back to one: what is said, and to whom."""

from __future__ import annotations

from collections.abc import Iterable

from bot.render.buttons import nav, rows
from bot.render.message import Button, Heading, Para, Text, View
from bot.render.pen import Pen
from bot.text import Words

GROUP_LINK = "https://t.me/{bot}?startgroup=here"
CHANNEL_LINK = "https://t.me/{bot}?startchannel&admin=post_messages+edit_messages"
"""Add the bot: a group needs no rights of it, a channel those to post and to correct itself."""


def greeting(pen: Pen, hints: Iterable[str]) -> View:
    """What a group can ask for and how, and a way on for its admins."""
    words = pen.words
    commands = list(pen.library.dossiers.values())
    example = commands[0].command if commands else "topics"
    titles = words.listed(dossier.title for dossier in commands)
    lines = [
        Para((Text(words("start.who")),)),
        Para((Text(words("start.what", topics=titles)),), tight=True),
        Para((Text(words("group.how", command=example, bot=pen.bot)),)),
        *(Para((Text(hint),)) for hint in hints),
    ]
    buttons = (
        nav(words("button.topics"), "topics"),
        nav(words("button.subscribe"), "sub"),
        nav(words("button.settings"), "set"),
    )
    return View(tuple(lines), rows(buttons), "greeting")


def offer(words: Words, lines: Iterable[str], *, is_private: bool) -> View:
    """The subscriptions from before; they go on only when somebody says so."""
    heading = words("group.back_private" if is_private else "group.back")
    buttons = (nav(words("button.go_on"), "bo"), nav(words("button.stop_all"), "bx"))
    paras = [Para((Text(line),), bullet=True) for line in lines]
    return View((Heading((Text(heading),)), *paras), rows(buttons), "back")


def elsewhere(words: Words, bot: str) -> View:
    """How groups and channels get the bot."""
    lines = [
        Para((Text(words("channel.groups")),)),
        Para((Text(words("channel.channels")),)),
    ]
    buttons = (
        Button(words("button.to_group"), url=GROUP_LINK.format(bot=bot)),
        Button(words("button.to_channel"), url=CHANNEL_LINK.format(bot=bot)),
        nav(words("button.pick_channel"), "gk"),
    )
    return View((Heading((Text(words("channel.title")),)), *lines), rows(buttons), "elsewhere")


def not_there(words: Words, bot: str, text: str) -> View:
    """The channel cannot be written to yet; the button adds us with the rights we need."""
    button = Button(words("button.to_channel"), url=CHANNEL_LINK.format(bot=bot))
    return View((Para((Text(text),)),), ((button,),), "channel")
