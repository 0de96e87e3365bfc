"""Who may use the bot: everybody, those who were invited, or those on the desk's list."""

from __future__ import annotations

import secrets
from datetime import timedelta

from bot.chat.desk import Ask
from bot.chat.rights import is_member
from bot.clock import micros, moment
from bot.config import Access
from bot.store import chats, subscriptions
from bot.store.chats import Chat
from bot.store.database import Connection, read_meta, write_meta

INVITATION = timedelta(days=7)
PREFIX = "inv-"


async def may_ask(ask: Ask) -> bool:
    """Whether this chat is served; one that is not is told how it could be.

    In a closed desk a group is served when one of our admins is among its members.
    """
    desk = ask.desk
    if desk.access is Access.OPEN or ask.chat.admitted or ask.user_id in desk.admins:
        return True
    if ask.chat.kind == "private":
        return await _is_let_in(ask)
    for admin in desk.admins:
        if admin > 0 and await is_member(ask, admin):
            await _admit(ask, ask.chat)
            return True
    if ask.press is not None:
        await ask.toast(ask.words("access.closed_group"), alert=True)
    elif ask.at is None and ask.chat.kind != "channel" and (ask.text or ask.event == "added"):
        await ask.say("access.closed_group")
    return False


async def _is_let_in(ask: Ask) -> bool:
    """By an invitation, or by having been listed before the chat was known."""
    desk = ask.desk
    if ask.event and not ask.message_id and ask.press is None:
        return False
    async with desk.database.read() as conn:
        listed = await read_meta(conn, _listed(ask.chat.tg_id))
    if listed:
        await _admit(ask, ask.chat)
        return True
    command, _, payload = ask.text.partition(" ")
    if command == "/start" and payload.startswith(PREFIX) and desk.access is Access.INVITE:
        async with desk.database.read() as conn:
            until = await read_meta(conn, _invitation(payload.removeprefix(PREFIX)))
        if until and desk.clock.now() < moment(int(until)):
            await _admit(ask, ask.chat)
            await ask.say("access.welcome")
            return True
        await ask.say("access.lapsed")
        return False
    key = "access.closed_invite" if desk.access is Access.INVITE else "access.closed_list"
    if ask.press is not None:
        await ask.toast(ask.words(key, number=ask.chat.tg_id), alert=True)
    else:
        await ask.say(key, number=ask.chat.tg_id)
    return False


async def _admit(ask: Ask, chat: Chat) -> None:
    async with ask.desk.database.write() as conn:
        await chats.set_fields(conn, chat.id, now=micros(ask.desk.clock.now()), admitted=True)


def _listed(tg_id: int) -> str:
    return f"listed:{tg_id}"


def _invitation(token: str) -> str:
    return f"invitation:{token[:64]}"


# --- what admins do ------------------------------------------------------------------------


async def invite(ask: Ask) -> None:
    """A link that lets in whoever opens it, for seven days."""
    token = secrets.token_urlsafe(16)
    until = micros(ask.desk.clock.now() + INVITATION)
    async with ask.desk.database.write() as conn:
        await write_meta(conn, _invitation(token), str(until))
    link = f"https://t.me/{ask.desk.bot_name}?start={PREFIX}{token}"
    await ask.say("access.invite", link=link, days=INVITATION.days)


async def admit(ask: Ask) -> None:
    """`/admit 12345`: that chat may use the bot, now or when it first writes."""
    number = _number(ask.text)
    if number is None:
        await ask.say("access.which", command="admit")
        return
    now = micros(ask.desk.clock.now())
    async with ask.desk.database.write() as conn:
        await write_meta(conn, _listed(number), "1")
        known = await chats.find(conn, number)
        if known is not None:
            await chats.set_fields(conn, known.id, now=now, admitted=True)
    await ask.say("access.admitted" if known else "access.stranger", number=number)


async def dismiss(ask: Ask) -> None:
    """`/dismiss 12345`: it may not any more, and its subscriptions end."""
    number = _number(ask.text)
    if number is None:
        await ask.say("access.which", command="dismiss")
        return
    async with ask.desk.database.write() as conn:
        await _dismiss(conn, number, micros(ask.desk.clock.now()))
    await ask.say("access.dismissed", number=number)


async def _dismiss(conn: Connection, number: int, now: int) -> None:
    await write_meta(conn, _listed(number), "")
    known = await chats.find(conn, number)
    if known is not None:
        await chats.set_fields(conn, known.id, now=now, admitted=False)
        await subscriptions.end_all(conn, known.id, now)


def _number(text: str) -> int | None:
    digits = text.strip()
    plain = digits.removeprefix("-")
    return int(digits) if plain.isascii() and plain.isdecimal() and len(plain) < 19 else None
