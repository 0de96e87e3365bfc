"""Who may change what is not only theirs: in groups and channels, their admins."""

from __future__ import annotations

from bot.chat.desk import Ask
from bot.delivery.transport import CallFailed

ANONYMOUS_ADMIN = 1087968824
"""@GroupAnonymousBot, which Telegram names as the sender of an anonymous admin's message."""
ADMINS = frozenset({"creator", "administrator"})
MEMBERS = ADMINS | {"member", "restricted"}


def is_admin(ask: Ask) -> bool:
    """One of the desk's admins, in their private chat."""
    return ask.is_private and ask.user_id in ask.desk.admins


async def may_manage(ask: Ask) -> bool:
    """Asked of Telegram at the press: a right that was taken away is no right."""
    if ask.is_private or ask.chat.open_to_all:
        return True
    if ask.sender_chat == ask.chat.tg_id or ask.user_id == ANONYMOUS_ADMIN:
        return True
    return await _standing(ask, ask.user_id) in ADMINS


async def is_member(ask: Ask, user_id: int) -> bool:
    """Whether somebody is a member of the chat that asks."""
    return await _standing(ask, user_id) in MEMBERS


async def _standing(ask: Ask, user_id: int) -> str:
    try:
        member = await ask.desk.post.call(
            "getChatMember", {"chat_id": ask.chat.tg_id, "user_id": user_id}
        )
    except CallFailed:
        return ""
    return str(member.get("status", ""))
