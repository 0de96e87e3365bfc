"""The table of routes: each command and each button, on one page."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from inspect import Parameter, signature

from bot.chat import (
    access,
    adjust,
    admin,
    browse,
    channels,
    coming,
    compare,
    guests,
    inline,
    menu,
    own,
    questions,
    report,
    rest,
    settings,
    subscribe,
)
from bot.chat.desk import Ask
from bot.chat.rights import is_admin
from bot.content.spelling import fold
from bot.render.buttons import read_data
from bot.render.views import home
from bot.store import chats, prompts
from bot.text import Words

Handler = Callable[[Ask], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command and its handler; its line is `command.<name>`, its place in a menu `menu`'s.

    Those `for_admins` are theirs alone, in their private chat, and stand in nobody else's help.
    One that `is_written` gets its text with its lines, others their words.
    """

    name: str
    handler: Handler
    for_admins: bool = False
    is_written: bool = False
    begins: str = ""
    """The part of /help that begins with it: `help.<begins>` is its heading."""


async def show_help(ask: Ask) -> None:
    lines = [
        home.Line(item.name, ask.words(f"command.{item.name}"), item.begins)
        for item in COMMANDS
        if not item.for_admins or is_admin(ask)
    ]
    await ask.show(home.help_screen(ask.pen(), lines))


COMMANDS: tuple[Command, ...] = (
    Command("start", browse.start, begins="reading"),
    Command("brief", browse.brief),
    Command("topics", browse.topics),
    Command("status", browse.status),
    Command("ask", questions.answer),
    Command("search", questions.answer),
    Command("figures", browse.board, begins="looking"),
    Command("figure", questions.figure),
    Command("compare", compare.compare),
    Command("timeline", browse.timeline),
    Command("sources", browse.sources),
    Command("who", browse.who),
    Command("glossary", browse.glossary),
    Command("latest", browse.latest),
    Command("subscribe", subscribe.subscribe, begins="getting"),
    Command("subscriptions", adjust.listing),
    Command("unsubscribe", subscribe.unsubscribe),
    Command("pause", rest.pause),
    Command("settings", settings.settings),
    Command("report", report.report, begins="rest"),
    Command("about", own.about),
    Command("privacy", own.privacy),
    Command("mydata", own.my_data),
    Command("forget", own.forget),
    Command("channels", channels.elsewhere),
    Command("help", show_help),
    Command("invite", access.invite, for_admins=True, begins="desk"),
    Command("admit", access.admit, for_admins=True),
    Command("dismiss", access.dismiss, for_admins=True),
    Command("admin", admin.admin, for_admins=True),
    Command("questions", admin.questions, for_admins=True),
    Command("announce", admin.announce, for_admins=True, is_written=True),
)

PRESSES: Mapping[str, Callable[..., Awaitable[None]]] = {
    "brief": browse.brief,
    "topics": browse.topics,
    "help": show_help,
    "d": browse.topic,
    "S": browse.sections,
    "s": browse.section,
    "so": browse.section_sources,
    "B": browse.board,
    "f": browse.figure,
    "q": questions.open_hit,
    "nm": questions.not_meant,
    "cp": compare.pressed,
    "o": browse.sources,
    "c": browse.fact,
    "tl": browse.timeline,
    "sub": subscribe.subscribe,
    "subs": adjust.listing,
    "un": subscribe.unsubscribe,
    "se": subscribe.choose,
    "sz": subscribe.take_zone,
    "sv": adjust.view,
    "sh": adjust.pick_hour,
    "sm": adjust.set_minute,
    "sk": adjust.keep_both,
    "sd": adjust.pick_days,
    "sb": adjust.set_days,
    "st": adjust.pick_topics,
    "sp": adjust.switch_topic,
    "sl": adjust.set_length,
    "sn": adjust.send_now,
    "sx": adjust.stop,
    "sxa": adjust.stop_all,
    "pa": rest.pause,
    "pd": rest.rest_days,
    "po": rest.go_on,
    "ab": own.about,
    "pr": own.privacy,
    "my": own.my_data,
    "fg": own.forget,
    "fx": own.forget_all,
    "fk": own.keep,
    "rp": report.pressed,
    "rl": report.open_ones,
    "ro": report.open_one,
    "rm": report.mended,
    "rn": report.no_error,
    "set": settings.settings,
    "setz": settings.ask_city,
    "zt": settings.take_zone,
    "zm": settings.move_briefs,
    "setq": settings.quiet,
    "qb": settings.quiet_begin,
    "qe": settings.quiet_end,
    "qs": settings.set_quiet,
    "setl": settings.set_length,
    "sete": settings.set_empty,
    "seto": settings.set_open,
    "bo": guests.go_on,
    "bx": guests.stop_all,
    "ga": channels.elsewhere,
    "gk": channels.pick,
    "am": admin.admin,
    "aq": admin.questions,
    "ac": admin.confirm,
    "an": admin.cancel,
    "ax": admin.end,
    "ah": coming.hold,
    "ag": coming.let_go,
    "ad": coming.drop,
}
COMMAND = re.compile(
    r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?", re.DOTALL
)

PLACES: Mapping[str, Handler] = {
    "topics": browse.topics,
    "brief": browse.brief,
    "channels": channels.elsewhere,
}
"""Start parameters that name a screen."""

THANKS = "thanks"
_NAMED: Mapping[str, Command] = {item.name: item for item in COMMANDS}
MANAGED = frozenset(
    verb
    for verb, handler in PRESSES.items()
    if handler.__module__ in {part.__name__ for part in (adjust, guests, rest, settings, subscribe)}
)
"""Buttons that are about a chat's subscriptions and settings, and so carry a channel along."""


async def answer(ask: Ask) -> None:
    """Answer whatever was written, sent or pressed, if the desk is open to this chat."""
    if ask.typed is not None:
        await inline.answer(ask)
        return
    if not await access.may_ask(ask):
        return
    if ask.event:
        await guests.greet(ask, MANAGED)
    if ask.press is not None:
        await _press(ask)
    elif not ask.message_id or await _replied(ask):
        return
    else:
        await _message(ask)
    await ask.withdraw()


async def _message(ask: Ask) -> None:
    """What was written or sent, and answers no question of ours."""
    if ask.picked:
        await channels.picked(ask, MANAGED)
    elif ask.location is not None:
        await subscribe.locate(ask)
    elif not ask.text:
        if ask.is_private:
            await ask.say("unknown.words_only")
        elif ask.is_named:
            await browse.topics(ask)
    elif found := COMMAND.fullmatch(ask.text):
        await _command(ask, found["name"], found["bot"] or "", found["rest"] or "")
    elif (said := fold(ask.text)) in (known := _spoken(ask.words)):
        if known[said] == THANKS:
            await ask.say("unknown.welcome")
        else:
            await _command(ask, known[said], "", "")
    else:
        await questions.answer(ask)


@lru_cache
def _spoken(words: Words) -> Mapping[str, str]:
    """What is written for a command, folded, and which command it is."""
    return {
        fold(said): name
        for name in (*_NAMED, THANKS)
        if f"spoken.{name}" in words.keys
        for said in words(f"spoken.{name}").split(";")
    }


async def _command(ask: Ask, name: str, bot: str, rest: str) -> None:
    if bot and bot.casefold() != ask.desk.bot_name.casefold():
        return
    asked = replace(ask, text=" ".join(rest.split()))
    command = _NAMED.get(name.casefold())
    if name.casefold() == "start" and not ask.is_private:
        await guests.started(asked)
        return
    if name.casefold() == "start" and is_admin(ask):
        # Before they had written, Telegram did not know their chat.
        ask.desk.errands.start(menu.hang_own(ask.desk, ask.user_id), "menu")
    if name.casefold() == "start" and asked.text:
        await _deep_link(asked)
    elif command is not None and command.for_admins and not is_admin(ask):
        await ask.say("access.admins_only")
    elif command is not None:
        written = command.is_written
        await command.handler(replace(ask, text=rest.strip()) if written else asked)
    elif (dossier := ask.library.by_command(name.casefold())) is not None:
        await questions.about(asked, dossier.dossier)
    elif ask.is_private or bot:
        await browse.unknown(asked, f"/{name}")


async def _deep_link(ask: Ask) -> None:
    """`/start d-corridor`, `s-corridor-aktau`, `f-corridor-volume`, `sub-daily`: else welcome.

    A start parameter holds letters, digits, `_` and `-` only.
    """
    kind, _, rest = ask.text.partition("-")
    key = rest.replace("-", ".", 1)
    there: Mapping[str, Mapping[str, object]] = {
        "d": ask.library.dossiers,
        "s": ask.library.sections,
        "f": ask.library.figures,
    }
    blank = replace(ask, text="")
    if kind in there and key in there[kind]:
        await PRESSES[kind](blank, key)
    elif ask.text in PLACES:
        await PLACES[ask.text](blank)
    elif kind == "sub":
        await subscribe.subscribe(replace(ask, text=rest.replace("-", " ", 1)))
    elif (dossier := ask.library.by_command(ask.text)) is not None:
        await browse.topic(blank, dossier.dossier)
    else:
        await browse.start(blank)


async def _press(ask: Ask) -> None:
    """A button: `verb:argument`; a `!` behind the verb answers anew and leaves the message."""
    data = ask.press.data if ask.press is not None else ""
    verb, arguments = read_data(data)
    if verb.startswith("@") and arguments:
        there = await channels.managed(ask, verb[1:], MANAGED)
        verb, arguments = arguments[0], arguments[1:]
        if there is None or verb not in MANAGED:
            await ask.toast(ask.words("unknown.lapsed"), alert=True)
            return
        ask = there
    handler = PRESSES.get(verb.removesuffix("!"))
    if handler is None or not _fits(handler, arguments):
        await ask.toast(ask.words("unknown.old"))
        await ask.show(home.topics(ask.pen()))
        return
    await handler(ask.anew() if verb.endswith("!") else ask, *arguments)
    await ask.toast()


def _fits(handler: Callable[..., Awaitable[None]], arguments: tuple[str, ...]) -> bool:
    """Whether a press has as many arguments as its handler takes; a forged one may not."""
    taken = list(signature(handler).parameters.values())[1:]
    needed = sum(item.default is Parameter.empty for item in taken)
    return needed <= len(arguments) <= len(taken)


async def _replied(ask: Ask) -> bool:
    """A reply to a question of ours; False if it replies to something else, or is a command.

    Apps aim whatever is written next at our question: `/help` asks for help all the same.
    """
    if not ask.reply_to or COMMAND.fullmatch(ask.text):
        return False
    async with ask.desk.database.read() as conn:
        body = await prompts.take(conn, ask.chat.id, ask.reply_to)
        about = None if body is None else body.get("chat")
        chat = await chats.get(conn, about) if isinstance(about, int) else None
    if body is None:
        return False
    if chat is not None:
        ask = ask.manage(chat, MANAGED)
    return (
        await report.answered(ask, body)
        or await settings.answer_city(ask, body)
        or await subscribe.answer_city(ask, body)
    )
