"""The buttons under a coming edition: hold it, let it go, drop it. For the desk's admins."""

from __future__ import annotations

from bot.chat.desk import Ask
from bot.chat.rights import is_admin
from bot.newsroom.coming import Word, say_word
from bot.newsroom.office import Refusal
from bot.render.buttons import nav
from bot.render.message import Button
from bot.render.views import home
from bot.store.occasions import State


async def hold(ask: Ask, number: str) -> None:
    """Nothing more of it leaves, until it is let go."""
    await _say(ask, number, "held")


async def let_go(ask: Ask, number: str) -> None:
    """It goes out, at its hours; where those are past, now."""
    await _say(ask, number, "open")


async def drop(ask: Ask, number: str) -> None:
    """It is never sent; only what is held can be dropped, so that takes two presses."""
    await _say(ask, number, "stopped")


async def _say(ask: Ask, number: str, state: State) -> None:
    """The right is asked again at each press: an admin may be one no more."""
    if not is_admin(ask):
        await ask.toast(ask.words("access.admins_only"), alert=True)
        return
    try:
        said = await say_word(ask.desk.office, int(number) if number.isdecimal() else 0, state)
    except Refusal as refusal:
        await ask.toast(str(refusal), alert=True)
        return
    words = ask.words
    day = words.day(said.day, year=False, weekday=True)
    line = words(f"coming.{said.state}", title=said.title, day=day)
    await ask.show(home.notice(line, _buttons(ask, said), "coming"))


def _buttons(ask: Ask, said: Word) -> tuple[Button, ...]:
    words, number = ask.words, said.occasion_id
    if said.state == "held":
        return (
            nav(words("coming.let_go"), "ag", number),
            nav(words("coming.drop"), "ad", number),
        )
    return (nav(words("coming.hold"), "ah", number),) if said.state == "open" else ()
