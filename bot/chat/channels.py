"""Channels are looked after from an admin's private chat: picked, checked, and then managed.

A channel has nobody to talk to. Its subscriptions and settings are shown in the private chat of
one of its admins, whose buttons carry the channel's number along (`@12:sub`). The number holds no
power: whoever presses has to be an admin there, by Telegram's word.
"""

from __future__ import annotations

from bot.chat import access, adjust
from bot.chat.desk import Ask
from bot.chat.rights import in_charge
from bot.clock import micros
from bot.delivery.transport import MaybeSent, Refused
from bot.render.message import View
from bot.render.views import guests, home
from bot.store import chats
from bot.store.chats import Chat
from bot.text import clean

NEEDED = {"can_post_messages": True, "can_edit_messages": True}
"""What we must be allowed in a channel: to post, and to correct what we posted."""
PICKED = 1
MOST = 1000
TITLE = 120


async def elsewhere(ask: Ask) -> None:
    """Links that add us to a group or channel, and the way to the channels that we are in."""
    if ask.is_private:
        await ask.show(guests.elsewhere(ask.words, ask.desk.bot_name))
    else:
        await ask.say("channel.in_private", bot=ask.desk.bot_name)


async def pick(ask: Ask) -> None:
    """The client's own picker, as a keyboard that goes away with the choice."""
    if not ask.is_private:
        return
    wanted = {
        "request_id": PICKED,
        "chat_is_channel": True,
        "user_administrator_rights": NEEDED,
        "bot_administrator_rights": NEEDED,
        "request_title": True,
    }
    keyboard = {
        "keyboard": [[{"text": ask.words("button.pick_channel"), "request_chat": wanted}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }
    if len(ask.desk.picking) > MOST:
        ask.desk.picking.clear()
    ask.desk.picking[ask.user_id] = ask.desk.clock.monotonic()
    await ask.tell(ask.words("channel.pick"), keyboard)


async def picked(ask: Ask, marks: frozenset[str]) -> None:
    """A channel was chosen: who chose it and what we may do there is asked of Telegram."""
    # The keyboard goes first, whatever comes of the choice: nothing else may be sent with it.
    bare: dict[str, object] = {"remove_keyboard": True}
    found = await _look(ask)
    if isinstance(found, View):
        await ask.tell(ask.words("channel.not_yet"), bare)
        await ask.show(found)
        return
    managed = ask.manage(found, marks)
    if not await in_charge(managed):
        await ask.tell(ask.words("channel.not_yours", title=found.title), bare)
    elif not await access.may_ask(managed):
        await ask.tell(ask.words("access.closed_group"), bare)
    else:
        await ask.tell(ask.words("channel.picked", title=found.title), bare)
        await adjust.listing(managed)


async def managed(ask: Ask, number: str, marks: frozenset[str]) -> Ask | None:
    """The asker at the channel that a button names; None (and they are told) if not theirs."""
    chat = None
    if ask.is_private and number.isascii() and number.isdecimal() and len(number) < 19:
        async with ask.desk.database.read() as conn:
            chat = await chats.get(conn, int(number))
    if chat is None or chat.kind == "private":
        await ask.toast(ask.words("unknown.lapsed"), alert=True)
        return None
    there = ask.manage(chat, marks)
    if chat.state != "active":
        await ask.toast(ask.words("channel.away", title=chat.title), alert=True)
        return None
    if not await in_charge(there, fresh=False):
        await ask.toast(ask.words("channel.not_yours", title=chat.title), alert=True)
        return None
    return there


async def _look(ask: Ask) -> Chat | View:
    """The channel's row, or what to say where we cannot write there."""
    desk, words = ask.desk, ask.words
    try:
        chat = await desk.post.call("getChat", {"chat_id": ask.picked})
        ours = await desk.post.call(
            "getChatMember", {"chat_id": ask.picked, "user_id": desk.bot_id}
        )
    except (Refused, MaybeSent):
        return guests.not_there(words, desk.bot_name, words("channel.not_in"))
    title = clean(str(chat.get("title", "")), TITLE)
    if chat.get("type") != "channel":
        return home.notice(words("channel.no_channel", title=title))
    if not ours.get("can_post_messages"):
        return guests.not_there(words, desk.bot_name, words("channel.mute", title=title))
    now = micros(desk.clock.now())
    async with desk.database.write() as conn:
        row = await chats.ensure(conn, ask.picked, "channel", title, ask.place.language, now)
        if row.state != "active":
            await chats.set_state(conn, row.id, "active", now)
            row = await chats.get(conn, row.id) or row
    return row
