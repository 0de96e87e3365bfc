"""The bot's menus and what a newcomer reads of it, as the library in force has them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from bot import telemetry
from bot.chat.desk import Desk
from bot.config import Access
from bot.content.library import Library
from bot.delivery.transport import CallFailed
from bot.text import DEFAULT_LANGUAGE, Words, known_languages, load_words

log = telemetry.logger(__name__)

MOST = 12
"""Commands in one menu; the rest stands in /help."""
Lines = tuple[tuple[str, str], ...]
"""Commands, each with what it is for."""


@dataclass(frozen=True, slots=True)
class Menu:
    """What is offered somewhere: the names before the dossiers' commands, and those after."""

    scope: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    def lines(self, words: Words, library: Library) -> Lines:
        """All of it, twelve at most: the later dossiers give way."""
        first, last = (
            [(name, words(f"command.{name}")) for name in part]
            for part in (self.before, self.after)
        )
        topics = [(item.command, item.menu) for item in library.dossiers.values()]
        return (*first, *topics[: MOST - len(first) - len(last)], *last)


READERS = Menu("default", ("brief", "topics"), ("subscribe", "subscriptions", "help"))
MEMBERS = Menu("all_group_chats", ("brief", "topics"), ("help",))
GROUP_ADMINS = Menu(
    "all_chat_administrators",
    ("brief", "topics"),
    ("subscribe", "subscriptions", "settings", "help"),
)
ADMITTING = {Access.OPEN: (), Access.INVITE: ("invite",), Access.LIST: ("admit", "dismiss")}


def own_menu(access: Access) -> Menu:
    """What an admin of the desk is offered in their private chat: theirs first."""
    theirs = ("admin", "announce", "questions", *ADMITTING[access])
    return Menu("chat", (*theirs, "brief", "topics"), ("subscribe", "subscriptions", "help"))


async def hang_menus(desk: Desk) -> None:
    """Set the menus and what a newcomer reads, in each language; the bot works without."""
    admins = [admin for admin in desk.admins if admin > 0]
    await asyncio.gather(
        *(_hang(desk, menu) for menu in (READERS, MEMBERS, GROUP_ADMINS)),
        *(hang_own(desk, admin) for admin in admins),
        *(
            _call(desk, method, {name: words(key), **code})
            for words, code in _languages()
            for method, name, key in (
                ("setMyDescription", "description", "about.description"),
                ("setMyShortDescription", "short_description", "about.short"),
            )
        ),
    )


async def hang_own(desk: Desk, admin: int) -> None:
    """Set an admin's menu; Telegram knows their chat only once they have written there."""
    await _hang(desk, own_menu(desk.access), {"chat_id": admin})


async def _hang(desk: Desk, menu: Menu, where: dict[str, object] | None = None) -> None:
    library = desk.publisher.library
    for words, code in _languages():
        commands = [
            {"command": name, "description": line} for name, line in menu.lines(words, library)
        ]
        scope: dict[str, object] = {"type": menu.scope, **(where or {})}
        await _call(desk, "setMyCommands", {"commands": commands, "scope": scope, **code})


def _languages() -> Iterator[tuple[Words, dict[str, object]]]:
    """Each catalogue with Telegram's code for it; the default is for everybody else."""
    for language in known_languages():
        code: dict[str, object] = (
            {} if language == DEFAULT_LANGUAGE else {"language_code": language[:2]}
        )
        yield load_words(language), code


async def _call(desk: Desk, method: str, params: dict[str, object]) -> None:
    try:
        await desk.post.call(method, params)
    except CallFailed as failure:
        # Telegram refuses the menu of an admin who has not written to us yet.
        log.info("The bot's profile is as it was.", action=method, why=str(failure))
